//! A value that a schema allows: everything optional present, and no two texts or numbers alike, so that a mapping
//! that takes one for another shows.

use serde_json::{Map, Value, json};

use testing_harness::description::{decoded, list, members};

/// Below this depth, and beyond this many values, only what is required is given.
const DEEP: usize = 10;
const MANY: usize = 4_000;

/// How much of what is optional a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// All of it.
    Full,
    /// None of it.
    Required,
    /// All of it, and null wherever null is allowed.
    Null,
}

/// A value that `schema` allows; where it says nothing, what `examples` show. `way` tells which branches of unions
/// are taken.
pub(super) fn sample(
    document: &Value,
    schema: Option<&Value>,
    examples: &[&Value],
    way: usize,
    amount: Amount,
) -> Value {
    let mut sampler = Sampler {
        document,
        way,
        amount,
        made: 0,
        count: 0,
        open: Vec::new(),
    };
    let schemas: Vec<_> = schema.into_iter().collect();
    let spot = Spot {
        name: "value",
        depth: 0,
        index: 0,
    };
    sampler.value(&schemas, examples, spot).unwrap_or_default()
}

struct Sampler<'a> {
    document: &'a Value,
    way: usize,
    amount: Amount,
    /// How many values there are so far.
    made: usize,
    /// How many texts and numbers there are so far.
    count: usize,
    /// The references that the value is inside of.
    open: Vec<&'a str>,
}

/// Where in the answer a value stands.
#[derive(Clone, Copy)]
struct Spot<'s> {
    /// The name of the property.
    name: &'s str,
    depth: usize,
    /// Which item of its list it is.
    index: usize,
}

/// The schemas that hold for a value at once.
#[derive(Default)]
struct Parts<'a> {
    all: Vec<&'a Value>,
    /// Properties whose value a discriminator gives.
    tags: Vec<(&'a str, String)>,
}

impl<'a> Sampler<'a> {
    /// A value that all of `schemas` allow; none where there is no end to it.
    fn value(
        &mut self,
        schemas: &[&'a Value],
        examples: &[&'a Value],
        spot: Spot<'_>,
    ) -> Option<Value> {
        self.made += 1;
        let open = self.open.len();
        let mut parts = Parts::default();
        let is_finite = schemas
            .iter()
            .all(|schema| self.expand(schema, &mut parts).is_some());
        let value = is_finite.then(|| self.of_parts(&parts, examples, spot));
        self.open.truncate(open);
        value.flatten()
    }

    /// Adds what holds where `schema` does: what it refers to, all of `allOf`, one branch of each union.
    fn expand(&mut self, schema: &'a Value, parts: &mut Parts<'a>) -> Option<()> {
        if schema == &Value::Bool(false) {
            return None;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            if self.open.contains(&reference) {
                return None;
            }
            self.open.push(reference);
            if let Some(target) = decoded(reference)
                .strip_prefix('#')
                .and_then(|pointer| self.document.pointer(pointer))
            {
                self.expand(target, parts)?;
            }
        }
        parts.all.push(schema);
        for part in list(&schema["allOf"]) {
            self.expand(part, parts)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            let branches: Vec<_> = list(&schema[keyword]).filter(|it| !is_null(it)).collect();
            if branches.is_empty() {
                continue;
            }
            self.branch(schema, &branches, parts)?;
        }
        Some(())
    }

    /// The branch of this way, or the next that has an end.
    fn branch(
        &mut self,
        schema: &'a Value,
        branches: &[&'a Value],
        parts: &mut Parts<'a>,
    ) -> Option<()> {
        let (open, all, tags) = (self.open.len(), parts.all.len(), parts.tags.len());
        for offset in 0..branches.len() {
            let branch = branches[(self.way + offset) % branches.len()];
            if self.expand(branch, parts).is_some() {
                parts.tags.extend(tag(schema, branch));
                return Some(());
            }
            self.open.truncate(open);
            parts.all.truncate(all);
            parts.tags.truncate(tags);
        }
        None
    }

    fn of_parts(
        &mut self,
        parts: &Parts<'a>,
        examples: &[&'a Value],
        spot: Spot<'_>,
    ) -> Option<Value> {
        let own = parts.all.iter().flat_map(|part| {
            let listed = list(&part["examples"]);
            part.get("example").into_iter().chain(listed)
        });
        let examples: Vec<_> = examples.iter().copied().chain(own).collect();
        if let Some(only) = parts.keyword("const") {
            return Some(only.clone());
        }
        let is_inner = spot.depth > 0;
        if self.amount == Amount::Null && is_inner && parts.is_nullable() {
            return Some(Value::Null);
        }
        let kind = parts.kind(&examples);
        if let Some(listed) = parts.keyword("enum") {
            return chosen(listed, kind, &examples, spot.index).cloned();
        }
        Some(match kind {
            Some("object") => self.object(parts, &examples, spot),
            Some("array") => self.array(parts, &examples, spot),
            Some("boolean") => json!(!speaks_against(spot.name)),
            Some("integer") => json!(self.integer(parts)),
            Some("number") => json!(f64::from(self.integer(parts)) + 0.5),
            Some("null") => Value::Null,
            Some("string") => json!(self.text(parts, &examples, spot.name)),
            // Nothing is said of it.
            _ => match examples.iter().find(|example| !example.is_null()) {
                Some(example) => (*example).clone(),
                None => json!(self.text(parts, &examples, spot.name)),
            },
        })
    }

    fn object(&mut self, parts: &Parts<'a>, examples: &[&'a Value], spot: Spot<'_>) -> Value {
        let mut properties = Vec::<(&str, Vec<&Value>)>::new();
        for (name, schema) in parts
            .all
            .iter()
            .flat_map(|part| members(&part["properties"]))
        {
            match properties.iter_mut().find(|(known, _)| *known == name) {
                Some((_, schemas)) => schemas.push(schema),
                None => properties.push((name, vec![schema])),
            }
        }
        let mut object = Map::new();
        for (name, schemas) in &properties {
            let is_required = parts.requires(name);
            let is_written = schemas.iter().any(|schema| schema["writeOnly"] == true);
            let is_too_much =
                spot.depth >= DEEP || self.made >= MANY || self.amount == Amount::Required;
            if is_written || (is_too_much && !is_required) {
                continue;
            }
            let examples: Vec<_> = examples.iter().filter_map(|it| it.get(name)).collect();
            let inner = Spot {
                name,
                depth: spot.depth + 1,
                index: spot.index,
            };
            let value = self.value(schemas, &examples, inner);
            let tag = parts.tags.iter().find(|(tagged, _)| tagged == name);
            let is_free = schemas
                .iter()
                .all(|schema| schema.get("const").is_none() && schema.get("enum").is_none());
            match (value, tag) {
                (_, Some((_, tag))) if is_free => object.insert((*name).to_owned(), json!(tag)),
                (Some(value), _) => object.insert((*name).to_owned(), value),
                // Without an end, and yet required: null, where it is allowed, ends it.
                (None, _) if is_required => object.insert((*name).to_owned(), Value::Null),
                (None, _) => None,
            };
        }
        for (name, tag) in &parts.tags {
            object.entry(*name).or_insert_with(|| json!(tag));
        }
        if properties.is_empty() {
            self.open_object(parts, examples, spot, &mut object);
        }
        Value::Object(object)
    }

    /// What an object has whose properties have no names in the description.
    fn open_object(
        &mut self,
        parts: &Parts<'a>,
        examples: &[&'a Value],
        spot: Spot<'_>,
        object: &mut Map<String, Value>,
    ) {
        for example in examples {
            for (name, value) in members(example) {
                object.entry(name).or_insert_with(|| value.clone());
            }
        }
        let values = parts.keyword("additionalProperties");
        if let Some(values) = values.filter(|it| it.is_object() && object.is_empty()) {
            let inner = Spot {
                depth: spot.depth + 1,
                ..spot
            };
            if let Some(value) = self.value(&[values], &[], inner) {
                object.insert(format!("{}-key", spot.name), value);
            }
        }
    }

    fn array(&mut self, parts: &Parts<'a>, examples: &[&'a Value], spot: Spot<'_>) -> Value {
        let first = |index| {
            parts
                .all
                .iter()
                .find_map(|part| part["prefixItems"].get(index))
        };
        let items = parts.keyword("items");
        let fewest = parts.number("minItems").unwrap_or_default();
        let most = parts.number("maxItems").unwrap_or(u64::MAX);
        // Two show whether a list is read to its end.
        let usual = if spot.depth < 4 && self.made < MANY {
            2
        } else {
            1
        };
        let count = usual.max(fewest.min(100)).min(most);
        let mut array = Vec::new();
        for index in 0..usize::try_from(count).unwrap_or_default() {
            let shown = examples.iter().filter_map(|example| example.get(index));
            let shown: Vec<_> = shown.collect();
            let inner = Spot {
                name: spot.name,
                depth: spot.depth + 1,
                index,
            };
            let value = match first(index).or(items) {
                Some(schema) => self.value(&[schema], &shown, inner),
                None => shown.first().map(|example| (*example).clone()),
            };
            array.extend(value);
        }
        if parts.keyword("uniqueItems") == Some(&json!(true)) {
            let mut seen = Vec::new();
            array.retain(|item| {
                let is_new = !seen.contains(item);
                seen.push(item.clone());
                is_new
            });
        }
        Value::Array(array)
    }

    /// A number of its own, within the bounds.
    fn integer(&mut self, parts: &Parts<'_>) -> i32 {
        let bound = |keyword: &str| {
            let bound = parts.keyword(keyword).and_then(Value::as_i64);
            bound.and_then(|bound| i32::try_from(bound).ok())
        };
        let number = 1000 + self.next();
        match (bound("minimum"), bound("maximum")) {
            (_, Some(most)) if most < number => most,
            (Some(least), _) if least > number => least,
            _ => number,
        }
    }

    /// A text of its own, of the described form.
    fn text(&mut self, parts: &Parts<'_>, examples: &[&Value], name: &str) -> String {
        let number = self.next();
        let format = parts.keyword("format").and_then(Value::as_str);
        let text = formatted(format.unwrap_or_default(), name, number);
        let pattern = parts.keyword("pattern").and_then(Value::as_str);
        let text = match pattern.and_then(|pattern| regex::Regex::new(pattern).ok()) {
            Some(pattern) => {
                let shown = examples.iter().filter_map(|example| example.as_str());
                let candidates = [text.clone(), number.to_string(), format!("A{number}")];
                let mut candidates = candidates.into_iter().chain(shown.map(str::to_owned));
                let found = candidates.find(|candidate| pattern.is_match(candidate));
                found.unwrap_or(text)
            }
            None => text,
        };
        let limit = |keyword| {
            parts
                .number(keyword)
                .and_then(|it| usize::try_from(it).ok())
        };
        let length = text.chars().count();
        // The number stands at the end.
        let most = limit("maxLength")
            .filter(|most| *most > 0)
            .unwrap_or(length);
        let text: String = text.chars().skip(length.saturating_sub(most)).collect();
        let fewest = limit("minLength").unwrap_or_default().min(10_000);
        format!(
            "{}{text}",
            "x".repeat(fewest.saturating_sub(text.chars().count()))
        )
    }

    fn next(&mut self) -> i32 {
        self.count += 1;
        i32::try_from(self.count).unwrap_or(i32::MAX / 2)
    }
}

impl<'a> Parts<'a> {
    /// The first that has the keyword.
    fn keyword(&self, keyword: &str) -> Option<&'a Value> {
        self.all.iter().find_map(|part| part.get(keyword))
    }

    fn number(&self, keyword: &str) -> Option<u64> {
        self.keyword(keyword).and_then(Value::as_u64)
    }

    /// Whether null is a value of it, in the words of OpenAPI 3.1, 3.0 or 2.0.
    fn is_nullable(&self) -> bool {
        let own = |part: &Value| {
            list(&part["type"]).any(|kind| kind == "null")
                || part["nullable"] == true
                || part["x-nullable"] == true
        };
        let in_union = |part: &Value| {
            let mut unions = ["oneOf", "anyOf"].iter();
            unions.any(|union| list(&part[*union]).any(is_null))
        };
        // What one part allows, another may take back.
        self.all.len() == 1 && self.all.iter().any(|part| own(part))
            || self.all.first().is_some_and(|part| in_union(part))
    }

    fn requires(&self, name: &str) -> bool {
        let mut required = self.all.iter().flat_map(|part| list(&part["required"]));
        required.any(|required| required == name)
    }

    /// The type: the described one, the one that other keywords suppose, or that of an example.
    fn kind(&self, examples: &[&Value]) -> Option<&'a str> {
        let described = self.all.iter().find_map(|part| match &part["type"] {
            Value::String(kind) => Some(kind.as_str()),
            Value::Array(kinds) => {
                let mut kinds = kinds.iter().filter_map(Value::as_str);
                let first = kinds.next()?;
                Some(
                    std::iter::once(first)
                        .chain(kinds)
                        .find(|kind| *kind != "null")
                        .unwrap_or(first),
                )
            }
            _ => None,
        });
        let has = |keywords: &[&str]| keywords.iter().any(|it| self.keyword(it).is_some());
        described.or_else(|| {
            if has(&["properties", "additionalProperties"]) {
                Some("object")
            } else if has(&["items", "prefixItems"]) {
                Some("array")
            } else if examples.iter().any(|example| !example.is_null()) {
                None
            } else if has(&["format", "pattern", "minLength", "maxLength"]) {
                Some("string")
            } else {
                None
            }
        })
    }
}

/// The value of a discriminator's property for a branch: its name in the mapping, or its schema's.
fn tag<'a>(schema: &'a Value, branch: &Value) -> Option<(&'a str, String)> {
    let discriminator = schema.get("discriminator")?;
    let property = discriminator["propertyName"].as_str()?;
    let reference = branch["$ref"].as_str()?;
    let name = reference.rsplit('/').next().unwrap_or_default();
    let mapped = members(&discriminator["mapping"])
        .find(|(_, target)| {
            target
                .as_str()
                .is_some_and(|it| it == reference || it == name)
        })
        .map(|(value, _)| value);
    Some((property, mapped.unwrap_or(name).to_owned()))
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
        || schema.get("const").is_some_and(Value::is_null)
        || schema["enum"] == json!([null])
}

/// Whether what is true under that name is not true of a good token's holder.
fn speaks_against(name: &str) -> bool {
    const AGAINST: [&str; 11] = [
        "anonymous",
        "archived",
        "banned",
        "blocked",
        "deactivated",
        "deleted",
        "disabled",
        "expired",
        "guest",
        "revoked",
        "suspended",
    ];
    let name = name.to_ascii_lowercase();
    AGAINST.iter().any(|word| name.contains(word))
}

/// A listed value of the type, each item of a list another. The first is one that is shown, where one is: the first that is
/// listed may be that of an account which is not in use.
fn chosen<'a>(
    listed: &'a Value,
    kind: Option<&str>,
    shown: &[&Value],
    index: usize,
) -> Option<&'a Value> {
    let fits = |value: &&Value| match kind {
        Some("string") => value.is_string(),
        Some("integer" | "number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => !value.is_null(),
    };
    let values: Vec<_> = list(listed).filter(fits).collect();
    let first = shown
        .iter()
        .find_map(|shown| values.iter().position(|value| value == shown));
    match values.len() {
        0 => listed.get(0),
        count => values
            .get((first.unwrap_or_default() + index) % count)
            .copied(),
    }
}

/// A text of a format, with a number in it.
fn formatted(format: &str, name: &str, number: i32) -> String {
    let name = name.trim_matches('_');
    let (minute, second) = (number / 60 % 60, number % 60);
    match format {
        "date-time" => format!("2026-01-02T03:{minute:02}:{second:02}Z"),
        "date" => format!(
            "20{:02}-0{}-1{}",
            20 + number / 90 % 80,
            1 + number / 10 % 9,
            number % 10
        ),
        "time" => format!("03:{minute:02}:{second:02}Z"),
        "duration" => format!("PT{number}S"),
        "email" | "idn-email" => format!("{name}-{number}@example.com"),
        "uuid" => format!("00000000-0000-4000-8000-{number:012}"),
        "uri" | "url" | "uri-reference" | "iri" => format!("https://example.com/{name}/{number}"),
        "hostname" => format!("host-{number}.example.com"),
        "ipv4" => format!("192.0.2.{}", number % 256),
        "ipv6" => format!("2001:db8::{number:x}"),
        "int32" | "int64" | "decimal" => (1000 + number).to_string(),
        _ => format!("{name}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Amount, sample};

    fn made(schema: &Value) -> Value {
        sample(&Value::Null, Some(schema), &[], 0, Amount::Full)
    }

    #[test]
    fn what_is_optional_may_be_left_out_or_null() {
        let schema = json!({
            "required": ["id"],
            "properties": {
                "id": { "type": "string" },
                "age": { "type": ["integer", "null"] },
                "nick": { "type": "string", "nullable": true },
                "team": { "oneOf": [{ "type": "null" }, { "type": "object" }] },
            },
        });
        let made = |amount| sample(&Value::Null, Some(&schema), &[], 0, amount);
        assert_eq!(made(Amount::Required), json!({ "id": "id-1" }));
        let nulls = json!({ "age": null, "id": "id-1", "nick": null, "team": null });
        assert_eq!(made(Amount::Null), nulls);
    }

    #[test]
    fn every_keyword_gives_a_value() {
        let cases = [
            (json!({ "type": "string" }), json!("value-1")),
            (
                json!({ "type": "string", "format": "email" }),
                json!("value-1@example.com"),
            ),
            (
                json!({ "type": "string", "format": "date-time" }),
                json!("2026-01-02T03:00:01Z"),
            ),
            (json!({ "type": "string", "maxLength": 3 }), json!("e-1")),
            (
                json!({ "type": "string", "minLength": 9 }),
                json!("xxvalue-1"),
            ),
            (
                json!({ "type": "string", "pattern": "^[0-9]+$" }),
                json!("1"),
            ),
            (
                json!({ "type": "string", "pattern": "^u_x$", "example": "u_x" }),
                json!("u_x"),
            ),
            (json!({ "type": ["null", "integer"] }), json!(1001)),
            (json!({ "type": "integer", "maximum": 9 }), json!(9)),
            (json!({ "type": "number" }), json!(1001.5)),
            (json!({ "type": "boolean" }), json!(true)),
            (
                json!({ "properties": { "is_guest": { "type": "boolean" }, "new": { "type": "boolean" } } }),
                json!({ "is_guest": false, "new": true }),
            ),
            (json!({ "type": "null" }), json!(null)),
            (json!({ "const": 7 }), json!(7)),
            (json!({ "enum": [null, "a", "b"] }), json!("a")),
            // The value that is shown, where it is one of them.
            (json!({ "enum": ["a", "b"], "example": "b" }), json!("b")),
            (json!({ "enum": ["a", "b"], "example": "c" }), json!("a")),
            (
                json!({ "items": { "enum": ["a", "b"], "example": "b" } }),
                json!(["b", "a"]),
            ),
            (
                json!({ "items": { "enum": ["a", "b"] } }),
                json!(["a", "b"]),
            ),
            (
                json!({ "type": "array", "items": { "type": "integer" }, "maxItems": 1 }),
                json!([1001]),
            ),
            (
                json!({ "prefixItems": [{ "const": 1 }, { "const": 2 }] }),
                json!([1, 2]),
            ),
            (
                json!({ "additionalProperties": { "type": "boolean" } }),
                json!({ "value-key": true }),
            ),
            (
                json!({ "oneOf": [{ "type": "null" }, { "type": "boolean" }] }),
                json!(true),
            ),
            (json!({}), json!("value-1")),
            (json!({ "example": { "a": 1 } }), json!({ "a": 1 })),
            (
                json!({ "type": "object", "example": { "a": 1 } }),
                json!({ "a": 1 }),
            ),
        ];
        for (schema, expected) in cases {
            assert_eq!(made(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn parts_are_merged_and_no_two_values_are_alike() {
        let schema = json!({
            "allOf": [
                { "properties": { "id": { "type": "string" }, "name": { "type": "string" } } },
                { "type": "object", "properties": { "name": { "description": "The name." }, "age": { "type": "integer" } } },
            ],
            "properties": { "secret": { "type": "string", "writeOnly": true } },
        });
        assert_eq!(
            made(&schema),
            json!({ "id": "id-1", "name": "name-2", "age": 1003 })
        );
    }

    #[test]
    fn a_way_takes_another_branch_and_its_tag() {
        let document = json!({ "components": { "schemas": {
            "Cat": { "properties": { "kind": { "type": "string" }, "lives": { "type": "integer" } } },
            "Dog": { "properties": { "kind": { "type": "string" }, "tricks": { "type": "integer" } } },
        } } });
        let schema = json!({
            "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
            "discriminator": { "propertyName": "kind", "mapping": { "cat": "#/components/schemas/Cat" } },
        });
        let made = |way| sample(&document, Some(&schema), &[], way, Amount::Full);
        assert_eq!(made(0), json!({ "kind": "cat", "lives": 1002 }));
        assert_eq!(made(1), json!({ "kind": "Dog", "tricks": 1002 }));
    }

    #[test]
    fn recursion_ends_where_it_may() {
        let document = json!({ "components": { "schemas": { "Node": {
            "type": "object",
            "required": ["next"],
            "properties": {
                "id": { "type": "string" },
                "parent": { "$ref": "#/components/schemas/Node" },
                "next": { "oneOf": [{ "$ref": "#/components/schemas/Node" }, { "type": "string" }] },
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
            },
        } } } });
        let schema = json!({ "$ref": "#/components/schemas/Node" });
        assert_eq!(
            sample(&document, Some(&schema), &[], 0, Amount::Full),
            json!({ "children": [], "id": "id-1", "next": "next-2" })
        );
    }

    #[test]
    fn examples_fill_what_the_schema_leaves_open() {
        let schema =
            json!({ "type": "object", "properties": { "a": {}, "b": { "type": "string" } } });
        let example = json!({ "a": [1], "b": "as shown" });
        assert_eq!(
            sample(&Value::Null, Some(&schema), &[&example], 0, Amount::Full),
            json!({ "a": [1], "b": "b-1" })
        );
        assert_eq!(
            sample(&Value::Null, None, &[&example], 0, Amount::Full),
            example
        );
    }
}
