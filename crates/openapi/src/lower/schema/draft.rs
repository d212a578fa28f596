//! A schema on its way from 3.1 to 3.0.

use serde_json::{Map, Value, json};

use super::form::{Schema30, make_nullable};
use super::values::Type;
use crate::lower::keywords;
use crate::pointer;

/// A schema on its way: the keywords that it has so far, those that decide its final form apart.
#[derive(Debug)]
pub(super) struct Draft<'s> {
    /// The schema that is lowered.
    pub(super) source: &'s Map<String, Value>,
    /// Where it stands.
    pub(super) at: &'s str,
    /// Whether it accepts, so far, what its source accepts, and nothing more.
    pub(super) exact: bool,
    /// Annotations, and assertions of one type each.
    pub(super) out: Map<String, Value>,
    /// The types that it has, without null; none is any.
    pub(super) types: Vec<Type>,
    /// The values that it is one of, without null.
    pub(super) values: Option<Vec<Value>>,
    /// The keyword that lists null, if one does.
    pub(super) null: Option<&'static str>,
    /// The component that it refers to.
    pub(super) reference: Option<Value>,
    /// What it is all of.
    pub(super) all_of: Vec<Value>,
    /// The one branch that `anyOf` or `oneOf` has beside null.
    pub(super) sole_branch: Option<Map<String, Value>>,
    /// `anyOf` or `oneOf`. Never both: typify cannot merge them.
    choice: Option<(&'static str, Vec<Value>)>,
    /// Whether it accepts nothing but null, or nothing at all.
    pub(super) only_null: bool,
    pub(super) nothing: bool,
}

impl<'s> Draft<'s> {
    pub(super) fn new(source: &'s Map<String, Value>, at: &'s str) -> Self {
        Self {
            source,
            at,
            exact: true,
            out: Map::new(),
            types: Vec::new(),
            values: None,
            null: None,
            reference: None,
            all_of: Vec::new(),
            sole_branch: None,
            choice: None,
            only_null: false,
            nothing: false,
        }
    }

    /// Where a keyword of the source stands.
    pub(super) fn place(&self, keyword: &str) -> String {
        pointer::push(self.at, keyword)
    }

    /// Copies a keyword that is the same in 3.0.
    pub(super) fn copy(&mut self, keyword: &str) {
        if let Some(value) = self.source.get(keyword) {
            self.out.insert(keyword.to_owned(), value.clone());
        }
    }

    /// Sets a keyword.
    pub(super) fn set(&mut self, keyword: &str, value: impl Into<Value>) {
        self.out.insert(keyword.to_owned(), value.into());
    }

    /// Adds a choice: the first is the schema's own, others become members of `allOf`.
    pub(super) fn choose(&mut self, keyword: &'static str, branches: Vec<Value>) {
        if self.choice.is_none() {
            self.choice = Some((keyword, branches));
        } else {
            self.all_of.push(json!({ keyword: branches }));
        }
    }

    /// The schema in its final form.
    pub(super) fn finish(mut self) -> Schema30 {
        let exact = self.exact;
        let nullable = self.null.is_some();
        let keywords = if self.only_null {
            self.annotated(Schema30::null())
        } else if self.nothing {
            self.annotated(Schema30::nothing())
        } else {
            self.set_types();
            self.assemble()
        };
        let keywords = if nullable {
            make_nullable(keywords)
        } else {
            keywords
        };
        Schema30 { keywords, exact }
    }

    /// `schema` with the annotations of this one.
    fn annotated(mut self, schema: Schema30) -> Map<String, Value> {
        self.out
            .retain(|keyword, _| keywords::is_annotation(keyword));
        self.out.extend(schema.keywords);
        self.out
    }

    /// Sets `type` and `enum`. 3.0 has one type (section 4.7.24): of several, each becomes a branch with the
    /// keywords that apply to it.
    fn set_types(&mut self) {
        let types = std::mem::take(&mut self.types);
        let values = self.values.take();
        let branches = types
            .iter()
            .map(|of_type| self.branch(*of_type, values.as_deref()));
        match branches.collect::<Vec<_>>().as_slice() {
            [] => {}
            [only] => self.out.extend(only.clone()),
            branches => {
                let of_no_type =
                    |keyword: &str| Type::of_keyword(keyword).is_none() && keyword != "format";
                self.out.retain(|keyword, _| of_no_type(keyword));
                self.choose("anyOf", branches.iter().cloned().map(Value::from).collect());
            }
        }
    }

    /// The schema of the values of one type.
    fn branch(&self, of_type: Type, values: Option<&[Value]>) -> Map<String, Value> {
        let applies = |keyword: &str| {
            of_type.has_keyword(keyword) || (keyword == "format" && of_type.has_format())
        };
        let applying = self.out.iter().filter(|(keyword, _)| applies(keyword));
        let mut branch: Map<String, Value> = applying
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect();
        branch.insert("type".to_owned(), of_type.name().into());
        if let Some(values) = values {
            let values = values.iter().filter(|value| of_type.has(value)).cloned();
            branch.insert("enum".to_owned(), values.collect());
        }
        // 3.0 requires `items` of arrays (section 4.7.24.1).
        if of_type == Type::Array {
            branch.entry("items").or_insert_with(|| json!({}));
        }
        branch
    }

    /// Puts together what was kept apart.
    fn assemble(self) -> Map<String, Value> {
        let mut keywords = self.out;
        let mut all_of = self.all_of;
        if let Some((keyword, branches)) = self.choice {
            keywords.insert(keyword.to_owned(), branches.into());
        }
        let bare = keywords
            .keys()
            .all(|keyword| keywords::is_annotation(keyword));
        match self.sole_branch {
            // A choice of one is that one, and the schema says nothing else: what it says of itself goes first.
            Some(branch)
                if bare
                    && self.reference.is_none()
                    && all_of.is_empty()
                    && !branch.contains_key("$ref") =>
            {
                for (keyword, value) in branch {
                    keywords.entry(keyword).or_insert(value);
                }
            }
            Some(branch) => all_of.push(branch.into()),
            None => {}
        }
        match self.reference {
            Some(Value::Object(reference)) if keywords.is_empty() && all_of.is_empty() => {
                return reference;
            }
            reference => all_of.splice(0..0, reference),
        };
        if !all_of.is_empty() {
            keywords.insert("allOf".to_owned(), all_of.into());
        }
        keywords
    }
}
