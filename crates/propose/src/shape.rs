//! What a schema allows, seen through `$ref`s and unions: the fields that any branch describes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::words;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::structure::Version;

/// The keywords whose branches describe the same value.
const UNIONS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The schemas that describe one value, and examples of it.
#[derive(Clone, Debug)]
pub(super) struct Shape<'a> {
    resolver: &'a Resolver<'a>,
    /// The schemas before their references and unions are followed, and the examples beside them.
    given: (Vec<&'a Value>, Vec<&'a Value>),
    branches: Vec<&'a Value>,
    examples: Vec<&'a Value>,
    /// The forms of unions that are passed over, here and in what is within.
    left_out: Rc<Vec<&'a Value>>,
}

impl<'a> Shape<'a> {
    /// The shape of a value with this schema and these examples.
    pub(super) fn new(
        resolver: &'a Resolver<'a>,
        schema: Option<&'a Value>,
        examples: Vec<&'a Value>,
    ) -> Self {
        let given = (schema.into_iter().collect(), examples);
        Self::expanded(resolver, given, Rc::default())
    }

    fn expanded(
        resolver: &'a Resolver<'a>,
        given: (Vec<&'a Value>, Vec<&'a Value>),
        left_out: Rc<Vec<&'a Value>>,
    ) -> Self {
        let mut shape = Self {
            resolver,
            branches: Vec::new(),
            examples: given.1.clone(),
            left_out,
            given,
        };
        let mut seen = BTreeSet::new();
        for schema in shape.given.0.clone() {
            shape.expand(schema, &mut seen);
        }
        shape
    }

    /// The same without these forms of its unions, and of those within.
    pub(super) fn without(&self, forms: &[&'a Value]) -> Self {
        let left_out = self.left_out.iter().chain(forms).copied().collect();
        Self::expanded(self.resolver, self.given.clone(), Rc::new(left_out))
    }

    /// What describes it in this form of a union alone.
    pub(super) fn form(&self, form: &'a Value) -> Self {
        let given = (vec![form], Vec::new());
        Self::expanded(self.resolver, given, Rc::clone(&self.left_out))
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
        if self.is_mere_reference(schema) {
            return;
        }
        for keyword in UNIONS {
            for branch in list(&schema[keyword]) {
                if !self.is_left_out(branch) {
                    self.expand(branch, seen);
                }
            }
        }
    }

    /// Whether nothing but a reference counts of a schema: in 3.0, what stands beside it asserts nothing (3.0.3, section
    /// 4.7.23.1).
    fn is_mere_reference(&self, schema: &Value) -> bool {
        schema.get("$ref").is_some() && self.resolver.version() != Version::V3_1
    }

    fn is_left_out(&self, form: &Value) -> bool {
        self.left_out.iter().any(|it| std::ptr::eq(*it, form))
    }

    /// The fields of an object, by the names in the answer.
    pub(super) fn fields(&self) -> BTreeMap<&'a str, Shape<'a>> {
        self.fields_named(|_| true)
    }

    /// Those of some names: of an object with very many, the others cost nothing then.
    pub(super) fn fields_named(
        &self,
        is_one: impl Fn(&str) -> bool,
    ) -> BTreeMap<&'a str, Shape<'a>> {
        let mut schemas = BTreeMap::<&str, Vec<&Value>>::new();
        let mut is_described = false;
        let describing = self
            .branches
            .iter()
            .filter(|branch| may_be(branch, "object") && !self.is_mere_reference(branch));
        for branch in describing {
            for (name, schema) in members(&branch["properties"]) {
                is_described = true;
                if is_one(name) {
                    schemas.entry(name).or_default().push(schema);
                }
            }
        }
        if !is_described && self.is_open("object") {
            let shown = self.examples.iter().flat_map(|example| members(example));
            for (name, _) in shown.filter(|(name, _)| is_one(name)) {
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
        let is_array = !schemas.is_empty() || (self.is_open("array") && !examples.is_empty());
        is_array.then(|| self.inner(&schemas, examples))
    }

    fn inner(&self, schemas: &[&'a Value], examples: Vec<&'a Value>) -> Self {
        let given = (schemas.to_vec(), examples);
        Self::expanded(self.resolver, given, Rc::clone(&self.left_out))
    }

    /// Whether no branch says what is in it, where it may be of a type. The `items` of what is said to be an object say
    /// nothing.
    fn is_open(&self, name: &str) -> bool {
        !self.branches.iter().any(|branch| {
            let is_object = branch["type"] == "object";
            !may_be(branch, name)
                || ["properties", "items", "enum", "const"]
                    .iter()
                    .any(|keyword| {
                        branch.get(keyword).is_some() && !(is_object && *keyword == "items")
                    })
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
        self.is_anything()
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
        types.contains("string") || self.is_anything()
    }

    /// Whether nothing is said of what it may be.
    pub(super) fn is_anything(&self) -> bool {
        self.types().is_empty() && self.fields().is_empty()
    }

    /// Whether it is true or false, and nothing else.
    pub(super) fn is_boolean(&self) -> bool {
        self.types().into_iter().eq(["boolean"])
    }

    /// Whether it can be true or false.
    pub(super) fn is_flag(&self) -> bool {
        let types = self.types();
        types.contains("boolean") || self.is_anything()
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

    /// Whether no answer has the field of this name: it is only sent, or is no longer told.
    pub(super) fn is_gone(&self, name: &str) -> bool {
        let description = self.description();
        let line = words::line(&description);
        let is_replaced = self.is_deprecated()
            && [" use ", " replaced by ", " in favor of ", " in favour of "]
                .iter()
                .any(|words| line.contains(words));
        is_replaced
            || self
                .branches
                .iter()
                .any(|branch| branch["writeOnly"] == true)
            || description
                .split(['.', '\n', ';', ':', '(', ')'])
                .any(|clause| is_of_gone(&words::line(clause), name))
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
            .filter(|form| !self.is_left_out(form))
            .map(|form| self.form(form).fields().into_keys().collect())
            .collect()
    }

    /// Its unions of several forms, each with whether it can have one of them alone.
    pub(super) fn unions(&self) -> Vec<(Vec<&'a Value>, bool)> {
        let of = |keyword: &'static str, is_one: bool| {
            let unions = self.branches.iter().map(move |branch| &branch[keyword]);
            unions
                .map(|union| list(union).collect::<Vec<_>>())
                .filter(|forms| forms.len() > 1)
                .map(move |forms| (forms, is_one))
        };
        of("oneOf", true).chain(of("anyOf", false)).collect()
    }

    /// The only value that it may have.
    pub(super) fn constant(&self) -> Option<&'a Value> {
        self.branches.iter().find_map(|branch| {
            let only = match branch["enum"].as_array().map(Vec::as_slice) {
                Some([only]) => Some(only),
                _ => None,
            };
            branch.get("const").or(only)
        })
    }

    /// Why its references lead nowhere, where one does.
    pub(super) fn lost(&self) -> Option<String> {
        let mut references = self
            .branches
            .iter()
            .filter_map(|branch| branch["$ref"].as_str())
            .peekable();
        let is_reference_alone = self.branches.iter().all(|branch| {
            members(branch).all(|(name, _)| ["$ref", "description", "title"].contains(&name))
        });
        let is_circle = references.peek().is_some() && is_reference_alone;
        let error = references.find_map(|reference| self.resolver.resolve(reference, "").err());
        match error {
            Some(error) => Some(error.message().to_owned()),
            None => is_circle.then(|| "the reference leads to itself".to_owned()),
        }
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

/// Whether a schema's own `type` lets a value be of this one. Null alone is what is left of a `nullable`.
fn may_be(schema: &Value, name: &str) -> bool {
    let mut types = schema["type"]
        .as_str()
        .into_iter()
        .chain(list(&schema["type"]).filter_map(Value::as_str))
        .filter(|it| *it != "null")
        .peekable();
    types.peek().is_none() || types.any(|it| it == name)
}

/// What is said of a field that no answer has.
const GONE: [&str; 12] = [
    "no longer available",
    "no longer returned",
    "no longer supported",
    "no longer provided",
    "no longer populated",
    "not returned",
    "never returned",
    "always null",
    "always be null",
    "always empty",
    "always be empty",
    "always an empty",
];

/// Words between what is gone and that it is.
const VERBS: [&str; 12] = [
    "is",
    "are",
    "was",
    "were",
    "has",
    "been",
    "will",
    "be",
    "and",
    "now",
    "currently",
    "therefore",
];

/// Words by which a description means what it describes.
const ITSELF: [&str; 10] = [
    "this",
    "it",
    "that",
    "which",
    "field",
    "property",
    "attribute",
    "array",
    "list",
    "deprecated",
];

/// Whether a clause says of the field of this name that no answer has it, and not of something else: "The secret is never
/// returned" is said of what stands in an `api_key`.
fn is_of_gone(clause: &str, name: &str) -> bool {
    let own = words::line(name);
    GONE.iter()
        .filter_map(|phrase| clause.split_once(&format!(" {phrase} ")))
        .any(|(before, _)| {
            let mut said: Vec<_> = before.split_whitespace().collect();
            while said.last().is_some_and(|word| VERBS.contains(word)) {
                said.pop();
            }
            said.last().is_none_or(|word| ITSELF.contains(word))
                || format!(" {}", said.join(" ")).ends_with(own.trim_end())
        })
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
