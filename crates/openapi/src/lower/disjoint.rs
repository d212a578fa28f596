//! Whether two schemas, once lowered, accept no value in common.
//!
//! What is looked at is what the lowering keeps exactly: types, and the properties that tell objects apart.
//! Where that does not tell, the answer is no.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Version;
use super::document::Pass;
use super::null;
use crate::pointer;

/// How many schemas are looked at for one branch, and how deep.
const STEPS: u32 = 256;
const DEPTH: u32 = 16;

/// What is known of the values that a schema accepts once lowered.
struct Facts<'v> {
    /// Their types, with null apart; `None` is any.
    types: Option<BTreeSet<Atom>>,
    /// Whether null may be one.
    null: bool,
    /// The properties that they have, as far as they are objects.
    required: BTreeSet<&'v str>,
    /// The properties that are one of some strings.
    tags: BTreeMap<&'v str, BTreeSet<&'v str>>,
}

/// The types, such that no two have a value in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Atom {
    Array,
    Boolean,
    Integer,
    Fraction,
    Object,
    String,
}

impl Pass<'_> {
    /// Whether no value is accepted by both of two schemas, given with their places, once they are lowered.
    pub(super) fn are_disjoint(&self, a: (&Value, &str), b: (&Value, &str)) -> bool {
        let (a, b) = (self.facts(a.0, a.1), self.facts(b.0, b.1));
        !(a.null && b.null) && (a.has_no_type_of(&b) || a.is_told_from(&b))
    }

    fn facts<'v>(&'v self, schema: &'v Value, at: &str) -> Facts<'v> {
        Inquiry {
            pass: self,
            steps: STEPS,
        }
        .schema(schema, at, DEPTH)
    }
}

impl<'v> Facts<'v> {
    /// Of a schema of which nothing is known.
    fn none() -> Self {
        Self {
            types: None,
            null: true,
            required: BTreeSet::new(),
            tags: BTreeMap::new(),
        }
    }

    /// Of a schema's own keywords.
    fn of(schema: &'v Map<String, Value>) -> Self {
        let values = values_of(schema);
        // That one is no longer null alone.
        let listed = schema.get("type").filter(|_| !null::is_beside(schema));
        let types = match listed {
            Some(types) => atoms(types),
            None => values
                .as_ref()
                .map(|values| values.iter().filter_map(|value| Atom::of(value)).collect()),
        };
        let required = schema.get("required").and_then(Value::as_array);
        let properties = schema.get("properties").and_then(Value::as_object);
        Self {
            null: types.is_none() && values.is_none(),
            types,
            required: required
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            tags: properties
                .into_iter()
                .flatten()
                .filter_map(|(name, property)| Some((name.as_str(), tag(property)?)))
                .collect(),
        }
    }

    /// What is known of the values that `other` accepts, too.
    fn and(mut self, other: Self) -> Self {
        self.types = match (self.types, other.types) {
            (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
            (a, b) => a.or(b),
        };
        self.null &= other.null;
        self.required.extend(other.required);
        for (name, values) in other.tags {
            self.tags
                .entry(name)
                .and_modify(|own| own.retain(|value| values.contains(value)))
                .or_insert(values);
        }
        self
    }

    fn has_no_type_of(&self, other: &Self) -> bool {
        matches!((&self.types, &other.types), (Some(a), Some(b)) if a.is_disjoint(b))
    }

    /// Whether both are objects that a property tells apart.
    fn is_told_from(&self, other: &Self) -> bool {
        let objects = Some(BTreeSet::from([Atom::Object]));
        let told_by = |name: &&str| match (self.tags.get(*name), other.tags.get(*name)) {
            (Some(a), Some(b)) => a.is_disjoint(b),
            _ => false,
        };
        self.types == objects
            && other.types == objects
            && self.required.intersection(&other.required).any(told_by)
    }
}

impl Atom {
    /// The type of a value other than null.
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Array(_) => Self::Array,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number)
                if number.as_f64().is_some_and(|number| number.fract() == 0.0) =>
            {
                Self::Integer
            }
            Value::Number(_) => Self::Fraction,
            Value::Object(_) => Self::Object,
            Value::String(_) => Self::String,
        })
    }

    /// The types that a type of JSON Schema comprises, without null.
    fn all_of(name: &str) -> &'static [Self] {
        match name {
            "array" => &[Self::Array],
            "boolean" => &[Self::Boolean],
            "integer" => &[Self::Integer],
            "number" => &[Self::Integer, Self::Fraction],
            "object" => &[Self::Object],
            "string" => &[Self::String],
            _ => &[],
        }
    }
}

/// A walk of the schemas that apply to the same value.
struct Inquiry<'p, 'a> {
    pass: &'p Pass<'a>,
    steps: u32,
}

impl<'p> Inquiry<'p, '_> {
    fn schema(&mut self, schema: &'p Value, at: &str, depth: u32) -> Facts<'p> {
        let Some(keywords) = schema.as_object().filter(|_| self.steps > 0 && depth > 0) else {
            return Facts::none();
        };
        self.steps -= 1;
        let by_reference = keywords
            .get("$ref")
            .map(|reference| self.target(reference, depth - 1));
        let mut facts = match (by_reference, self.pass.version) {
            (Some(facts), Version::V3_0) => facts,
            (by_reference, _) => self
                .own(keywords, at, depth)
                .and(by_reference.unwrap_or_else(Facts::none)),
        };
        facts.null |= null::is_listed(schema);
        facts
    }

    /// Of the keywords and `allOf`.
    fn own(&mut self, keywords: &'p Map<String, Value>, at: &str, depth: u32) -> Facts<'p> {
        let members = keywords
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate();
        members.fold(Facts::of(keywords), |facts, (index, member)| {
            let at = pointer::push(&pointer::push(at, "allOf"), index.to_string());
            facts.and(self.schema(member, &at, depth - 1))
        })
    }

    fn target(&mut self, reference: &Value, depth: u32) -> Facts<'p> {
        let target = reference
            .as_str()
            .and_then(|reference| self.pass.component(reference));
        target.map_or_else(Facts::none, |(at, schema)| self.schema(schema, at, depth))
    }
}

/// The types that `type` lists; `None` where it lists all.
fn atoms(types: &Value) -> Option<BTreeSet<Atom>> {
    let atoms: BTreeSet<Atom> = null::types_of(types)
        .flat_map(Atom::all_of)
        .copied()
        .collect();
    (atoms.len() < 6).then_some(atoms)
}

/// The values that `enum` or `const` list.
fn values_of(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    let listed = schema
        .get("enum")
        .and_then(Value::as_array)
        .map(|values| values.iter().collect());
    listed.or_else(|| schema.get("const").map(|value| vec![value]))
}

/// The strings that a property is one of, if it is, whatever else is said of it.
fn tag(property: &Value) -> Option<BTreeSet<&str>> {
    let keywords = property.as_object()?;
    let is_string = keywords
        .get("type")
        .is_none_or(|of_type| of_type == "string");
    if !is_string || null::is_listed(property) || keywords.contains_key("$ref") {
        return None;
    }
    values_of(keywords)?
        .into_iter()
        .map(Value::as_str)
        .collect()
}
