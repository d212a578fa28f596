//! The responses of an operation, and what their bodies are described as.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use keyholder_core::{Content, Pointer, Status};
use keyholder_openapi::references::resolved;
use keyholder_openapi::{Error, Result, media_type, pointer, text};
use serde_json::{Value, json};

use crate::schema::{Place, Types};
use crate::wire;

/// How deep required members are looked for inside of required members, and of what schemas are put together from.
const MAX_DEPTH: usize = 4;

/// How many objects are looked into for required members.
const MAX_LEVELS: usize = 200;

/// How many required members a body has.
const MAX_REQUIRED: usize = 100;

/// How many forms an object may have, for what each requires to count.
const MAX_FORMS: usize = 20;

/// How many schemas are looked at, of those that others are put together from. What more of them require is left out.
const MAX_SCHEMAS: usize = 10_000;

/// The responses of one operation.
#[derive(Clone, Debug)]
pub struct Responses<'a> {
    /// The description, for references.
    pub document: &'a Value,
    /// The responses object (OpenAPI 3.0.3, section 4.7.16).
    pub responses: &'a Value,
    /// Where it stands.
    pub at: String,
}

/// A response, with the statuses that it describes.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The statuses.
    pub status: Status,
    /// The key under which it stands.
    pub key: &'a str,
    /// The response object, resolved.
    pub response: &'a Value,
    /// Its media type, of JSON if it has one.
    pub media_type: Option<&'a str>,
    /// The media type object of that.
    pub media: Option<&'a Value>,
}

impl<'a> Found<'a> {
    /// The schema of its JSON body; nothing where there is none, or none that says anything.
    #[must_use]
    pub fn schema(&self) -> Option<&'a Value> {
        let media = self.media.filter(|_| self.is_json())?;
        media.get("schema").filter(|schema| **schema != json!({}))
    }

    /// Whether it has a JSON body.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let is_json = |it: &str| media_type::is_json(it) || media_type::may_be_json(it);
        self.media_type.is_some_and(is_json)
    }
}

impl<'a> Responses<'a> {
    /// All of them, those of one status first.
    pub fn iter(&self) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let document = self.document;
        let responses = self.responses.as_object().into_iter().flatten();
        let mut found: Vec<_> = responses
            .filter_map(|(key, response)| {
                let status = key.parse().ok()?;
                let response = resolved(document, response);
                let content = response.get("content").and_then(Value::as_object);
                let json = content.and_then(media_type::json);
                let first = || {
                    let (media_type, media) = content?.iter().next()?;
                    Some((media_type.as_str(), media))
                };
                let (media_type, media) = json.or_else(first).unzip();
                Some(Found {
                    status,
                    key,
                    response,
                    media_type,
                    media,
                })
            })
            .collect();
        found.sort_by_key(|found| found.status);
        found.into_iter()
    }

    /// The responses that describe answers of a status: one of its own, else its range, else the default; of a range, all
    /// of its statuses (OpenAPI 3.0.3, section 4.7.16).
    #[must_use]
    pub fn describing(&self, status: Status) -> Vec<Found<'a>> {
        let all: Vec<_> = self.iter().collect();
        let first = |wanted: &[Status]| {
            let mut found = wanted
                .iter()
                .filter_map(|wanted| all.iter().find(|it| it.status == *wanted));
            found.next().copied().into_iter().collect()
        };
        match status {
            Status::Code(code) => first(&[status, Status::Range(code / 100), Status::Default]),
            Status::Range(hundred) => {
                let is_own = |it: &&Found<'a>| match it.status {
                    Status::Code(code) => code / 100 == hundred,
                    other => other == status,
                };
                let own: Vec<_> = all.iter().filter(is_own).copied().collect();
                if own.is_empty() {
                    first(&[Status::Default])
                } else {
                    own
                }
            }
            Status::Default => first(&[status]),
        }
    }

    /// The documented success: that of `statuses` where some are given, else of a status of its own, of the range `2XX` or
    /// the default. Of several, the first with a JSON body, else the first at all.
    ///
    /// # Errors
    ///
    /// There is none, or its media type is none that a header can name.
    pub fn success(&self, statuses: &[Status]) -> Result<Found<'a>> {
        let successes: Vec<_> = if statuses.is_empty() {
            let is_success = |found: &Found<'_>| {
                matches!(
                    found.status,
                    Status::Code(200..=299) | Status::Range(2) | Status::Default
                )
            };
            self.iter().filter(is_success).collect()
        } else {
            statuses
                .iter()
                .flat_map(|status| self.describing(*status))
                .collect()
        };
        let with_json = successes.iter().find(|found| found.is_json());
        let found = with_json.or(successes.first()).copied();
        let found = found.ok_or_else(|| {
            Error::at(&self.at, "has no success")
                .with_help("add the 200 answer with an action of the overlay")
        })?;
        if let Some(media_type) = found.media_type
            && let Some(reason) = wire::media_type(media_type)
        {
            let at = pointer::push(&pointer::push(&self.at, found.key), "content");
            let at = pointer::push(&at, media_type);
            return Err(Error::at(
                at,
                format!("{} {reason}", text::shown(media_type)),
            ));
        }
        Ok(found)
    }
}

/// What the body of a response is described as.
#[must_use]
pub fn described(document: &Value, response: &Value) -> Content {
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        return Content::Undescribed;
    };
    if content.is_empty() {
        return Content::Empty;
    }
    let Some((_, media)) = media_type::json(content) else {
        return Content::Other;
    };
    let Some(schema) = media.get("schema") else {
        return Content::Undescribed;
    };
    match Place::new(document, [schema]).types() {
        // It says nothing, or contradicts itself.
        Types::ALL | Types::NONE => Content::Undescribed,
        Types::STRING if resolved(document, schema)["maxLength"] == json!(0) => Content::Empty,
        Types::OBJECT => {
            let required = required(document, schema);
            Content::Object {
                forms: forms(document, schema, &required),
                required,
            }
        }
        Types::ARRAY => Content::List,
        _ => Content::Json,
    }
}

/// Pointers to the members that every object of a schema has in an answer, and those inside of them, in order.
///
/// A name that `required` has and no `properties` is left out: such descriptions mean another member, or none. So is what
/// only requests have (`writeOnly`; OpenAPI 3.0.3, section 4.7.24.2), what may be null, and what lies inside of what may be
/// missing.
fn required(document: &Value, schema: &Value) -> Vec<Pointer> {
    let mut levels = Levels {
        document,
        left: MAX_LEVELS,
        schemas_left: Cell::new(MAX_SCHEMAS),
        around: Vec::new(),
    };
    let mut found = BTreeSet::new();
    levels.collect(schema, "", 0, &mut found);
    let pointers = found.into_iter().take(MAX_REQUIRED);
    pointers
        .filter_map(|pointer| pointer.parse().ok())
        .collect()
}

/// Where a schema's objects have one of several forms: what each requires beside what all do. None where one of the forms
/// requires nothing more.
fn forms(document: &Value, schema: &Value, common: &[Pointer]) -> Vec<Vec<Pointer>> {
    let schema = resolved(document, schema);
    let listed = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|keyword| schema.get(keyword)?.as_array());
    let forms: Vec<_> = listed
        .into_iter()
        .flatten()
        .take(MAX_FORMS + 1)
        .map(|form| {
            let mut own = required(document, form);
            own.retain(|pointer| !common.contains(pointer));
            own
        })
        .collect();
    if forms.len() > MAX_FORMS || forms.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    forms
}

/// Looks for required members, level by level.
struct Levels<'a> {
    document: &'a Value,
    /// How many objects are still looked into.
    left: usize,
    /// How many schemas are still looked at.
    schemas_left: Cell<usize>,
    /// The schemas of the objects around: one that is inside of itself is required by mistake.
    around: Vec<&'a Value>,
}

/// What is described of an object's members, by name.
type Members<'a> = BTreeMap<&'a str, Vec<&'a Value>>;

impl<'a> Levels<'a> {
    /// The required members of an object at `at`.
    fn collect(&mut self, schema: &'a Value, at: &str, depth: usize, found: &mut BTreeSet<String>) {
        let schema = resolved(self.document, schema);
        let is_within_itself = self.around.iter().any(|it| std::ptr::eq(*it, schema));
        if depth > MAX_DEPTH || self.left == 0 || is_within_itself {
            return;
        }
        self.left -= 1;
        self.around.push(schema);
        let mut members = Members::new();
        for (name, schema) in Place::new(self.document, [schema]).described() {
            members
                .entry(name)
                .or_default()
                .push(resolved(self.document, schema));
        }
        let names = self.names(schema, 0);
        for name in names {
            let Some(described) = members.get(name) else {
                continue;
            };
            if described.iter().any(|member| self.is_write_only(member, 0)) {
                continue;
            }
            // What may be null says nothing by being there.
            if described.iter().any(|member| self.may_be_null(member, 0)) {
                continue;
            }
            let place = pointer::push(at, name);
            found.insert(place.clone());
            if found.len() >= MAX_REQUIRED {
                break;
            }
            // Of a member that several forms describe, each in its own way, nothing more is known.
            if let [member] = described.as_slice()
                && Place::new(self.document, [*member]).types() == Types::OBJECT
            {
                self.collect(member, &place, depth + 1, found);
            }
        }
        self.around.pop();
    }

    /// The names that every object of a schema has to have: those of all that hold together, and those that all of
    /// several forms have in common.
    fn names(&self, schema: &'a Value, depth: usize) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        if !self.goes_on(depth) {
            return names;
        }
        let schema = resolved(self.document, schema);
        let listed = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        names.extend(
            listed("required")
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        for part in listed("allOf").into_iter().flatten() {
            names.extend(self.names(part, depth + 1));
        }
        for keyword in ["oneOf", "anyOf"] {
            let mut forms = listed(keyword)
                .into_iter()
                .flatten()
                .map(|form| self.names(form, depth + 1));
            if let Some(first) = forms.next() {
                let common = forms.fold(first, |common, form| &common & &form);
                names.extend(common);
            }
        }
        names
    }

    fn goes_on(&self, depth: usize) -> bool {
        let left = self.schemas_left.get();
        self.schemas_left.set(left.saturating_sub(1));
        left > 0 && depth <= MAX_DEPTH
    }

    fn is_write_only(&self, schema: &Value, depth: usize) -> bool {
        let schema = resolved(self.document, schema);
        let parts = schema.get("allOf").and_then(Value::as_array);
        let mut parts = parts.into_iter().flatten();
        schema["writeOnly"] == json!(true)
            || parts.any(|part| self.goes_on(depth) && self.is_write_only(part, depth + 1))
    }

    fn may_be_null(&self, schema: &Value, depth: usize) -> bool {
        let schema = resolved(self.document, schema);
        let forms = ["oneOf", "anyOf"]
            .into_iter()
            .filter_map(|keyword| schema.get(keyword)?.as_array());
        schema["nullable"] == json!(true)
            || !self.goes_on(depth)
            || forms
                .flatten()
                .any(|form| self.may_be_null(form, depth + 1))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use keyholder_core::Content;
    use serde_json::{Value, json};

    use super::described;

    fn of(schema: &Value) -> Content {
        let document = json!({ "components": { "schemas": {
            "Error": { "type": "object", "required": ["code"], "properties": { "code": { "type": "string" } } },
            "Secret": { "type": "string", "writeOnly": true },
            "Node": { "type": "object", "required": ["next"], "properties": { "next": { "$ref": "#/components/schemas/Node" } } },
        } } });
        described(
            &document,
            &json!({ "content": { "application/json": { "schema": schema } } }),
        )
    }

    fn required(schema: &Value) -> Vec<String> {
        match of(schema) {
            Content::Object { required, .. } => required.iter().map(ToString::to_string).collect(),
            other => vec![format!("{other:?}")],
        }
    }

    #[test]
    fn what_a_body_is() {
        let document = Value::Null;
        for (response, content) in [
            (json!({}), Content::Undescribed),
            (json!({ "content": {} }), Content::Empty),
            (json!({ "content": { "text/html": {} } }), Content::Other),
            (
                json!({ "content": { "application/json": {} } }),
                Content::Undescribed,
            ),
            (
                json!({ "content": { "*/*": { "schema": { "type": "object" } } } }),
                Content::Object {
                    required: vec![],
                    forms: vec![],
                },
            ),
        ] {
            assert_eq!(described(&document, &response), content, "{response}");
        }
        for (schema, content) in [
            (json!({}), Content::Undescribed),
            (json!({ "description": "An error." }), Content::Undescribed),
            (json!({ "type": "string", "maxLength": 0 }), Content::Empty),
            (json!({ "type": "string" }), Content::Json),
            (
                json!({ "type": "array", "items": { "type": "object", "required": ["a"] } }),
                Content::List,
            ),
            (
                json!({ "oneOf": [{ "type": "object" }, { "type": "string" }] }),
                Content::Json,
            ),
            (
                json!({ "type": "object", "maxProperties": 0 }),
                Content::Object {
                    required: vec![],
                    forms: vec![],
                },
            ),
        ] {
            assert_eq!(of(&schema), content, "{schema}");
        }
    }

    #[test]
    fn what_every_object_has() {
        let text = json!({ "type": "string" });
        let error = json!({ "$ref": "#/components/schemas/Error" });
        let object = |required: Value, properties: Value| json!({ "type": "object", "required": required, "properties": properties });
        let maybe = json!({ "allOf": [error], "nullable": true });
        let either = json!({ "oneOf": [error, { "type": "object", "nullable": true }] });
        for (schema, expected) in [
            (error.clone(), &["/code"][..]),
            (
                object(json!(["a", "b"]), json!({ "a": text, "b": error })),
                &["/a", "/b", "/b/code"],
            ),
            // What `properties` lacks is a mistake of the description.
            (object(json!(["a", "gone"]), json!({ "a": text })), &["/a"]),
            // What only requests have.
            (
                object(
                    json!(["a", "secret"]),
                    json!({ "a": text, "secret": { "type": "string", "writeOnly": true } }),
                ),
                &["/a"],
            ),
            (
                object(
                    json!(["a", "secret"]),
                    json!({ "a": text, "secret": { "allOf": [{ "$ref": "#/components/schemas/Secret" }] } }),
                ),
                &["/a"],
            ),
            // What may be null says nothing by being there.
            (object(json!(["a"]), json!({ "a": maybe })), &[]),
            (object(json!(["a"]), json!({ "a": either })), &[]),
            // A list may be empty.
            (
                object(
                    json!(["a"]),
                    json!({ "a": { "type": "array", "items": error } }),
                ),
                &["/a"],
            ),
            (object(json!([]), json!({ "a": error })), &[]),
            (
                json!({ "allOf": [error, object(json!(["a"]), json!({ "a": text }))] }),
                &["/a", "/code"],
            ),
            (
                json!({ "allOf": [{ "properties": { "a": text } }, { "type": "object", "required": ["a"] }] }),
                &["/a"],
            ),
            // Of several forms, what all have.
            (
                json!({ "oneOf": [
                    object(json!(["a", "b"]), json!({ "a": text, "b": text })),
                    object(json!(["b", "c"]), json!({ "b": text, "c": text })),
                ] }),
                &["/b"],
            ),
            (
                json!({ "type": "object", "properties": { "a": text, "b": text }, "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
                &[],
            ),
            (object(json!(["a/b"]), json!({ "a/b": text })), &["/a~1b"]),
            (json!({ "$ref": "#/components/schemas/Node" }), &["/next"]),
        ] {
            assert_eq!(required(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn what_each_of_several_forms_has() {
        let form = |name: &str| json!({ "type": "object", "required": [name], "properties": { name: { "type": "string" } } });
        let forms = |schema: Value| match of(&schema) {
            Content::Object { forms, .. } => json!(forms),
            other => json!(format!("{other:?}")),
        };
        assert_eq!(
            forms(json!({ "oneOf": [form("a"), form("b")] })),
            json!([["/a"], ["/b"]])
        );
        assert_eq!(
            forms(json!({ "anyOf": [form("a"), { "type": "object" }] })),
            json!([])
        );
        assert_eq!(forms(form("a")), json!([]));
    }

    /// Objects of a hundred members that are such objects, and forms of a hundred forms.
    #[test]
    fn the_work_is_bounded() {
        let names: Vec<_> = (0..100).map(|index| format!("m{index}")).collect();
        let mut schemas = serde_json::Map::new();
        for level in 0..10 {
            let next = json!({ "$ref": format!("#/components/schemas/Wide{}", level + 1) });
            let properties: Value = names
                .iter()
                .map(|name| (name.clone(), next.clone()))
                .collect();
            let wide = json!({ "type": "object", "required": names, "properties": properties });
            schemas.insert(format!("Wide{level}"), wide);
            let next = json!({ "$ref": format!("#/components/schemas/Forms{}", level + 1) });
            schemas.insert(format!("Forms{level}"), json!({ "oneOf": vec![next; 100] }));
        }
        for last in ["Wide10", "Forms10"] {
            schemas.insert(last.to_owned(), json!({ "type": "object" }));
        }
        let document = json!({ "components": { "schemas": schemas } });
        let start = Instant::now();
        for name in ["Wide0", "Forms0"] {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            let found = described(
                &document,
                &json!({ "content": { "application/json": { "schema": schema } } }),
            );
            let count = match found {
                Content::Object { required, .. } => required.len(),
                _ => 0,
            };
            assert!(count <= 100, "{name}: {count}");
        }
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
