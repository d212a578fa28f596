//! What a schema allows, seen through `$ref`s and unions: the fields that any branch describes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::words;
use keyholder_openapi::references::Resolver;

/// The keywords whose branches describe the same value.
const UNIONS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The schemas that describe one value, and examples of it.
#[derive(Clone, Debug)]
pub(super) struct Shape<'a> {
    resolver: &'a Resolver<'a>,
    branches: Vec<&'a Value>,
    examples: Vec<&'a Value>,
}

impl<'a> Shape<'a> {
    /// The shape of a value with this schema and these examples.
    pub(super) fn new(
        resolver: &'a Resolver<'a>,
        schema: Option<&'a Value>,
        examples: Vec<&'a Value>,
    ) -> Self {
        let mut shape = Self {
            resolver,
            branches: Vec::new(),
            examples,
        };
        let mut seen = BTreeSet::new();
        if let Some(schema) = schema {
            shape.expand(schema, &mut seen);
        }
        shape
    }

    /// Adds a schema, what it refers to and the branches of its unions, each once.
    fn expand(&mut self, schema: &'a Value, seen: &mut BTreeSet<&'a str>) {
        if let Some(reference) = schema["$ref"].as_str()
            && seen.insert(reference)
            && let Ok(target) = self.resolver.resolve(reference, "")
        {
            self.expand(target.value, seen);
        }
        self.branches.push(schema);
        self.examples.extend(schema.get("example"));
        self.examples.extend(list(&schema["examples"]));
        self.examples.extend(schema.get("const"));
        self.examples.extend(schema.get("default"));
        for keyword in UNIONS {
            for branch in list(&schema[keyword]) {
                self.expand(branch, seen);
            }
        }
    }

    /// The fields of an object, by the names in the answer.
    pub(super) fn fields(&self) -> BTreeMap<&'a str, Shape<'a>> {
        let mut schemas = BTreeMap::<&str, Vec<&Value>>::new();
        for branch in &self.branches {
            for (name, schema) in members(&branch["properties"]) {
                schemas.entry(name).or_default().push(schema);
            }
        }
        if schemas.is_empty() && self.is_open() {
            for (name, _) in self.examples.iter().flat_map(|example| members(example)) {
                schemas.entry(name).or_default();
            }
        }
        schemas
            .into_iter()
            .map(|(name, schemas)| {
                let examples = self.examples.iter().filter_map(|it| it.get(name)).collect();
                (name, self.inner(&schemas, examples))
            })
            .collect()
    }

    /// The items of an array.
    pub(super) fn items(&self) -> Option<Shape<'a>> {
        let schemas: Vec<_> = self
            .branches
            .iter()
            .filter_map(|branch| branch.get("items"))
            .collect();
        let examples: Vec<_> = self.examples.iter().flat_map(|it| list(it)).collect();
        let is_array = !schemas.is_empty() || (self.is_open() && !examples.is_empty());
        is_array.then(|| self.inner(&schemas, examples))
    }

    fn inner(&self, schemas: &[&'a Value], examples: Vec<&'a Value>) -> Self {
        let mut shape = Self::new(self.resolver, None, examples);
        let mut seen = BTreeSet::new();
        for schema in schemas {
            shape.expand(schema, &mut seen);
        }
        shape
    }

    /// Whether no branch says what is in it. The `items` of what is said to be an object say nothing.
    fn is_open(&self) -> bool {
        !self.branches.iter().any(|branch| {
            let is_object = branch["type"] == "object";
            ["properties", "items", "enum", "const"]
                .iter()
                .any(|keyword| branch.get(keyword).is_some() && !(is_object && *keyword == "items"))
        })
    }

    /// The types that it may have, `null` left out; none when nothing says.
    pub(super) fn types(&self) -> BTreeSet<&'a str> {
        let mut types = BTreeSet::new();
        for branch in &self.branches {
            match &branch["type"] {
                Value::String(name) => types.extend([name.as_str()]),
                Value::Array(names) => types.extend(names.iter().filter_map(Value::as_str)),
                _ if branch.get("properties").is_some() => types.extend(["object"]),
                _ if branch.get("items").is_some() => types.extend(["array"]),
                // A closure, because `type_of` itself would ask for values that live for ever.
                _ => types.extend(
                    list(&branch["enum"])
                        .chain(branch.get("const"))
                        .map(|value| -> &'a str { type_of(value) }),
                ),
            }
        }
        if types.is_empty() {
            types.extend(self.examples.iter().map(|example| type_of(example)));
        }
        types.remove("null");
        types
    }

    /// Whether it can be a text claim: a string or a number, or anything.
    pub(super) fn is_text(&self) -> bool {
        let types = self.types();
        types.is_empty() && self.fields().is_empty()
            || ["string", "integer", "number"]
                .iter()
                .any(|name| types.contains(name))
    }

    /// Whether it is a string.
    pub(super) fn is_string(&self) -> bool {
        self.types().contains("string")
    }

    /// Whether it can be a text alone: a string, or anything.
    pub(super) fn is_string_or_anything(&self) -> bool {
        let types = self.types();
        types.contains("string") || (types.is_empty() && self.fields().is_empty())
    }

    /// Whether it can be true or false.
    pub(super) fn is_flag(&self) -> bool {
        let types = self.types();
        types.contains("boolean") || (types.is_empty() && self.fields().is_empty())
    }

    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        let types = self.types();
        types.contains("integer") || types.contains("number")
    }

    /// Whether it is an object, and nothing else.
    pub(super) fn is_object(&self) -> bool {
        self.types().into_iter().eq(["object"])
    }

    /// Whether it is an array, and nothing else.
    pub(super) fn is_array(&self) -> bool {
        self.types().into_iter().eq(["array"])
    }

    /// Whether it is a list of texts, or one text with spaces between.
    pub(super) fn is_text_list(&self) -> bool {
        let listed = self.items().is_some_and(|items| {
            let types = items.types();
            types.is_empty() || types.contains("string")
        });
        listed || self.is_string()
    }

    /// The descriptions and titles, as one text.
    pub(super) fn description(&self) -> String {
        self.branches
            .iter()
            .flat_map(|branch| [&branch["description"], &branch["title"]])
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Its own description rather than those of what it refers to.
    pub(super) fn says(&self, phrase: &str) -> bool {
        words::says(&words::line(&self.description()), phrase)
    }

    /// Whether some branch has this `format`.
    pub(super) fn has_format(&self, format: &str) -> bool {
        self.branches
            .iter()
            .any(|branch| branch["format"].as_str() == Some(format))
    }

    /// The strings that are said to be all that it may be: of `enum` and `const`.
    pub(super) fn values(&self) -> Vec<&'a str> {
        let mut values: Vec<_> = self
            .branches
            .iter()
            .flat_map(|branch| list(&branch["enum"]).chain(branch.get("const")))
            .filter_map(Value::as_str)
            .collect();
        values.dedup();
        values
    }

    /// The pattern that its texts match.
    pub(super) fn pattern(&self) -> Option<&'a str> {
        self.branches
            .iter()
            .find_map(|branch| branch["pattern"].as_str())
    }

    /// The integers that it may be, or that are shown as examples, as texts.
    pub(super) fn numbers(&self) -> Vec<String> {
        let listed = self
            .branches
            .iter()
            .flat_map(|branch| list(&branch["enum"]).chain(branch.get("const")));
        let mut numbers: Vec<_> = listed
            .chain(self.examples.iter().copied())
            .filter_map(Value::as_i64)
            .map(|number| number.to_string())
            .collect();
        numbers.dedup();
        numbers
    }

    /// The strings that are shown as examples.
    pub(super) fn samples(&self) -> Vec<&'a str> {
        self.examples.iter().filter_map(|it| it.as_str()).collect()
    }

    /// Whether all schemas with fields that describe `other` describe this one as well: an object within its like.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let mut theirs = other
            .branches
            .iter()
            .filter(|branch| branch.get("properties").is_some())
            .peekable();
        theirs.peek().is_some()
            && theirs.all(|branch| self.branches.iter().any(|it| std::ptr::eq(*it, *branch)))
    }

    /// The names of the schemas that describe it: of references, and titles.
    pub(super) fn names(&self) -> Vec<&'a str> {
        self.branches
            .iter()
            .flat_map(|branch| [&branch["$ref"], &branch["title"]])
            .filter_map(Value::as_str)
            .map(|name| name.rsplit('/').next().unwrap_or(name))
            .collect()
    }

    /// Whether it may be null.
    pub(super) fn is_nullable(&self) -> bool {
        self.branches.iter().any(|branch| {
            branch["nullable"] == true
                || branch["type"] == "null"
                || list(&branch["type"]).any(|name| name == "null")
                || list(&branch["enum"]).any(Value::is_null)
        })
    }

    /// Whether it is said to be on its way out.
    pub(super) fn is_deprecated(&self) -> bool {
        let line = words::line(&self.description());
        self.branches
            .iter()
            .any(|branch| branch["deprecated"] == true)
            || [" deprecated ", " legacy ", " obsolete "]
                .iter()
                .any(|word| line.starts_with(word))
            || [
                "is deprecated",
                "has been deprecated",
                "been replaced by",
                "will be removed",
            ]
            .iter()
            .any(|phrase| words::says(&line, phrase))
    }

    /// Whether no answer has it: it is only sent, or is no longer told.
    pub(super) fn is_gone(&self) -> bool {
        let line = words::line(&self.description());
        let is_replaced = self.is_deprecated()
            && [" use ", " replaced by ", " in favor of ", " in favour of "]
                .iter()
                .any(|words| line.contains(words));
        is_replaced
            || self
                .branches
                .iter()
                .any(|branch| branch["writeOnly"] == true)
            || [
                "no longer available",
                "no longer returned",
                "no longer supported",
                "no longer provided",
                "no longer populated",
                "not returned",
                "never returned",
                "always null",
                "always empty",
                "always an empty",
            ]
            .iter()
            .any(|phrase| words::says(&line, phrase))
    }

    /// Whether some branch has a keyword with such a text.
    pub(super) fn keyword(&self, keyword: &str) -> impl Iterator<Item = &'a str> {
        self.branches
            .iter()
            .filter_map(move |branch| branch[keyword].as_str())
    }

    /// The names of the fields of each of the forms that it may have.
    pub(super) fn forms(&self) -> Vec<BTreeSet<&'a str>> {
        self.branches
            .iter()
            .flat_map(|branch| list(&branch["oneOf"]).chain(list(&branch["anyOf"])))
            .map(|form| {
                let shape = Self::new(self.resolver, Some(form), Vec::new());
                shape.fields().into_keys().collect()
            })
            .collect()
    }

    /// Whether an example is an e-mail address, or the format says so.
    pub(super) fn is_email(&self) -> bool {
        let address = |text: &str| {
            text.split_once('@')
                .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
                && !text.contains(['/', ' '])
        };
        self.has_format("email") || self.samples().into_iter().any(address)
    }

    /// Whether nothing at all describes it.
    pub(super) fn is_empty(&self) -> bool {
        self.branches.is_empty() && self.examples.is_empty()
    }
}

/// The members of an object; none for another value.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

/// The items of an array; none for another value.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// JSON Schema's name of a value's type.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
