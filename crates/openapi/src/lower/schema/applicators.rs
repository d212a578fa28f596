//! The applicators: schemas that apply to the same value.

use serde_json::{Map, Value, json};

use super::Draft;
use super::form::Schema30;
use super::values::Type;
use crate::Result;
use crate::lower::document::Pass;
use crate::lower::keywords::{is_annotation, is_trivial};
use crate::lower::null::Null;
use crate::pointer;
use crate::structure::Version;

impl Pass<'_> {
    /// Lowers `allOf`.
    pub(super) fn all_of(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let members = self.branches(draft, "allOf")?;
        draft.exact &= members.iter().all(|member| member.exact);
        draft.all_of.extend(
            members
                .into_iter()
                .map(|member| Value::from(member.keywords)),
        );
        Ok(())
    }

    /// Lowers `anyOf`. Null is taken out of the branches to be the whole's, where the whole accepts it:
    /// typify tells branches apart that do not overlap.
    pub(super) fn any_of(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let mut branches = self.branches(draft, "anyOf")?;
        draft.exact &= branches.iter().all(|branch| branch.exact);
        let nullable = |branch: &Schema30| branch.is_nullable() && !branch.is_null();
        if self.version == Version::V3_1
            && branches.iter().any(nullable)
            && self.accepts_null(draft.source, draft.at) == Null::Accepted
        {
            draft.null = draft.null.or(Some("anyOf"));
            branches
                .iter_mut()
                .filter(|branch| nullable(branch))
                .for_each(Schema30::remove_null);
        }
        add_choice(draft, "anyOf", "anyOf", branches);
        Ok(())
    }

    /// Lowers `oneOf`. Exactly one branch is to accept a value: where one accepts more than it did, and might
    /// accept what another does, it becomes `anyOf`.
    pub(super) fn one_of(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let branches = self.branches(draft, "oneOf")?;
        let overlapping = self.may_overlap(draft, &branches);
        draft.exact &= branches.iter().all(|branch| branch.exact);
        if overlapping {
            self.loosen(
                draft,
                "oneOf",
                "its branches may overlap, being loosened: `anyOf`",
            );
        }
        add_choice(
            draft,
            "oneOf",
            if overlapping { "anyOf" } else { "oneOf" },
            branches,
        );
        Ok(())
    }

    /// Whether a branch that accepts more than it did might accept what another does.
    fn may_overlap(&self, draft: &Draft<'_>, branches: &[Schema30]) -> bool {
        let Some(Value::Array(schemas)) = draft.source.get("oneOf") else {
            return false;
        };
        let at = draft.place("oneOf");
        let place = |index: usize| pointer::push(&at, index.to_string());
        let disjoint = |a: usize, b: usize| match (schemas.get(a), schemas.get(b)) {
            (Some(schema_a), Some(schema_b)) => {
                self.are_disjoint((schema_a, &place(a)), (schema_b, &place(b)))
            }
            _ => true,
        };
        let loosened = branches
            .iter()
            .enumerate()
            .filter(|(_, branch)| !branch.exact);
        let mut pairs = loosened.flat_map(|(a, _)| {
            (0..branches.len())
                .filter(move |b| *b != a)
                .map(move |b| (a, b))
        });
        pairs.any(|(a, b)| !disjoint(a, b))
    }

    /// Lowers `not`. It inverts: around a schema that accepts more, it would accept less.
    pub(super) fn not(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let Some(schema) = draft.source.get("not") else {
            return Ok(());
        };
        let notes = self.notes();
        let negated = self.schema(schema, &draft.place("not"))?;
        match negated.exact {
            true if negated.is_nothing() => return Ok(()),
            true if negated.is_anything() => draft.nothing = true,
            true if is_read_as_meant(draft, &negated.keywords) => {
                draft.set("not", negated.keywords);
            }
            exact => {
                self.take_back_notes(notes);
                let reason = if exact {
                    "typify does not read this negation as it is meant: dropped"
                } else {
                    "around a schema that is loosened, it would accept less: dropped"
                };
                self.loosen(draft, "not", reason);
            }
        }
        Ok(())
    }

    /// Drops `if`, `then` and `else`. Without `if`, or with nothing to follow from it, they assert nothing (JSON
    /// Schema 2020-12 Core, section 10.2.2).
    pub(super) fn conditional(&mut self, draft: &mut Draft<'_>) {
        let asserts = |keyword| {
            draft
                .source
                .get(keyword)
                .is_some_and(|schema| !is_trivial(schema))
        };
        if draft.source.contains_key("if") && (asserts("then") || asserts("else")) {
            self.loosen(
                draft,
                "if",
                "3.0 has no conditions: dropped, with `then` and `else`",
            );
        }
    }

    /// Lowers the schemas of an applicator.
    fn branches(&mut self, draft: &Draft<'_>, keyword: &str) -> Result<Vec<Schema30>> {
        let Some(Value::Array(schemas)) = draft.source.get(keyword) else {
            return Ok(Vec::new());
        };
        let at = draft.place(keyword);
        let branches = schemas.iter().enumerate();
        branches
            .map(|(index, schema)| self.schema(schema, &pointer::push(&at, index.to_string())))
            .collect()
    }
}

/// Adds the branches of `source` to the draft, as `keyword`, with those that are null as the draft's own.
fn add_choice(
    draft: &mut Draft<'_>,
    source: &'static str,
    keyword: &'static str,
    branches: Vec<Schema30>,
) {
    if branches.is_empty() {
        return;
    }
    let (null, mut others): (Vec<_>, Vec<_>) = branches.into_iter().partition(Schema30::is_null);
    if !null.is_empty() {
        draft.null = draft.null.or(Some(source));
    }
    match others.len() {
        0 => draft.only_null = true,
        1 if !null.is_empty() && draft.sole_branch.is_none() => {
            draft.sole_branch = others.pop().map(|branch| branch.keywords);
        }
        _ => draft.choose(
            keyword,
            others
                .into_iter()
                .map(|branch| branch.keywords.into())
                .collect(),
        ),
    }
}

/// Whether typify reads a negation as it is meant. It takes an enumeration off a type, and takes an object with
/// a property that is not to be there for one without; it reads other negations of objects as narrower than
/// they are, and takes no other.
fn is_read_as_meant(draft: &Draft<'_>, not: &Map<String, Value>) -> bool {
    let is_enumeration = not
        .keys()
        .all(|keyword| matches!(keyword.as_str(), "type" | "enum") || is_annotation(keyword));
    (not.contains_key("enum") && is_enumeration && draft.types.len() == 1)
        || (draft.types == [Type::Object]
            && draft.out.contains_key("properties")
            && is_presence(not))
}

/// Whether a schema accepts the objects that have a certain property, or one of several.
fn is_presence(schema: &Map<String, Value>) -> bool {
    let of_one = |keyword: &str, value: &Value| match (keyword, value) {
        ("type", of_type) => *of_type == json!("object"),
        ("required", Value::Array(names)) => names.len() == 1,
        ("properties", Value::Object(properties)) => {
            properties.len() <= 1
                && properties
                    .keys()
                    .all(|name| schema.get("required") == Some(&json!([name])))
                && properties.values().all(is_trivial)
        }
        _ => is_annotation(keyword),
    };
    let of_several = |keyword: &str, value: &Value| match (keyword, value) {
        ("anyOf", Value::Array(branches)) => branches
            .iter()
            .all(|branch| branch.as_object().is_some_and(is_presence)),
        _ => is_annotation(keyword),
    };
    (schema.contains_key("required")
        && schema.iter().all(|(keyword, value)| of_one(keyword, value)))
        || (schema.contains_key("anyOf")
            && schema
                .iter()
                .all(|(keyword, value)| of_several(keyword, value)))
}
