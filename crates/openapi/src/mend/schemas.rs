//! Schemas: types by other names, and keywords whose values are written as texts.

use serde_json::{Map, Value, json};

use super::{Mender, flag, folded};
use crate::load::notice::Step;
use crate::repair;
use crate::structure::{KEYWORDS, Keyword};

/// What other names of types are read as: a type of JSON Schema and its format. Names are in lower case, without what
/// separates words.
const NAMES: [(&str, &str, &str); 62] = [
    ("array", "array", ""),
    ("arr", "array", ""),
    ("list", "array", ""),
    ("set", "array", ""),
    ("tuple", "array", ""),
    ("collection", "array", ""),
    ("bool", "boolean", ""),
    ("boolean", "boolean", ""),
    ("flag", "boolean", ""),
    ("integer", "integer", ""),
    ("int", "integer", ""),
    ("int32", "integer", "int32"),
    ("int64", "integer", "int64"),
    ("bigint", "integer", "int64"),
    ("biginteger", "integer", ""),
    ("long", "integer", "int64"),
    ("short", "integer", ""),
    ("smallint", "integer", ""),
    ("uint", "integer", ""),
    ("uint32", "integer", ""),
    ("uint64", "integer", ""),
    ("number", "number", ""),
    ("numeric", "number", ""),
    ("num", "number", ""),
    ("real", "number", ""),
    ("float", "number", "float"),
    ("float32", "number", "float"),
    ("float64", "number", "double"),
    ("double", "number", "double"),
    ("object", "object", ""),
    ("obj", "object", ""),
    ("dict", "object", ""),
    ("dictionary", "object", ""),
    ("map", "object", ""),
    ("hash", "object", ""),
    ("hashmap", "object", ""),
    ("struct", "object", ""),
    ("null", "null", ""),
    ("none", "null", ""),
    ("nil", "null", ""),
    ("string", "string", ""),
    ("str", "string", ""),
    ("text", "string", ""),
    ("char", "string", ""),
    ("varchar", "string", ""),
    ("slug", "string", ""),
    ("uuid", "string", "uuid"),
    ("guid", "string", "uuid"),
    ("date", "string", "date"),
    ("datetime", "string", "date-time"),
    ("time", "string", ""),
    ("email", "string", "email"),
    ("url", "string", "uri"),
    ("uri", "string", "uri"),
    ("password", "string", "password"),
    ("hostname", "string", ""),
    ("ipv4", "string", ""),
    ("file", "string", "binary"),
    ("binary", "string", "binary"),
    ("byte", "string", "byte"),
    ("base64", "string", "byte"),
    ("objectid", "string", ""),
];

/// Names of types that leave the value open: a `timestamp` is a text here and a number there.
const OPEN: [&str; 9] = [
    "any",
    "mixed",
    "unknown",
    "undefined",
    "json",
    "variant",
    "timestamp",
    "decimal",
    "enum",
];

/// What the name of a type is read as.
enum Meant {
    /// Types of JSON Schema, and the format of the one.
    Types(Vec<&'static str>, &'static str),
    /// Any of them.
    Any,
}

impl Mender {
    /// A schema: its type, and keywords whose values have another form.
    pub(super) fn schema(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        if let Some(schema) = value.as_str().and_then(|name| self.by_name(name)) {
            let reason = format!("is read as {schema}: it is the name {value} alone");
            *value = schema;
            self.say(at, reason);
        }
        let Some(schema) = value.as_object_mut() else {
            return;
        };
        let was_empty = schema.is_empty();
        self.types(schema, at);
        self.required(schema, at);
        self.member_of_null(schema, at);
        if schema.is_empty() && !was_empty {
            repair::say_any(schema);
        }
        for (name, value) in schema.iter_mut() {
            if let Some((keyword, due)) = KEYWORDS.iter().find(|(known, _)| known == name) {
                self.keyword(keyword, *due, value, at);
            }
        }
        // A list of one, in drafts before 2020-12.
        if let Some(Value::Array(items)) = schema.get_mut("items")
            && let [only] = items.as_mut_slice()
        {
            let only = only.take();
            schema.insert("items".to_owned(), only);
            let at = Step::key(at, "items");
            self.say(Some(&at), "is read as the schema of each item");
        }
    }

    /// A member of `allOf` that is nullable and nothing else: it is meant of the whole, as it says nothing where it stands.
    fn member_of_null(&mut self, schema: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        let Some(Value::Array(members)) = schema.get_mut("allOf") else {
            return;
        };
        let is_null = |member: &Value| {
            member.as_object().is_some_and(|it| {
                it.get("nullable") == Some(&Value::Bool(true))
                    && it
                        .keys()
                        .all(|key| matches!(key.as_str(), "nullable" | "description" | "title"))
            })
        };
        if members.iter().any(is_null) && !members.iter().all(is_null) {
            members.retain(|it| !is_null(it));
            schema.insert("nullable".to_owned(), Value::Bool(true));
            let at = Step::key(at, "allOf");
            self.say(
                Some(&at),
                "has `nullable` as a member: it is read as that of the whole",
            );
        }
    }

    /// The schema that a name alone stands for.
    fn by_name(&self, name: &str) -> Option<Value> {
        if self.schemas.contains(name) {
            return Some(json!({ "$ref": format!("#/components/schemas/{name}") }));
        }
        match meant(name)? {
            Meant::Any => Some(json!({})),
            Meant::Types(types, format) => {
                let [only] = types.as_slice() else {
                    return Some(json!({ "type": types }));
                };
                let mut schema = json!({ "type": only });
                if !format.is_empty() {
                    schema["format"] = format.into();
                }
                Some(schema)
            }
        }
    }

    fn types(&mut self, schema: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        let here = Step::key(at, "type");
        let here = Some(&here);
        match schema.get("type") {
            Some(Value::String(name)) if !is_type(name) => {
                let name = name.clone();
                if let Some(item) = name.strip_suffix("[]")
                    && let Some(item) = self.by_name(item)
                {
                    schema.insert("type".to_owned(), json!("array"));
                    schema.entry("items").or_insert(item);
                    self.say(here, format!("is read as a list: `{name}` is no type"));
                    return;
                }
                if self.schemas.contains(&name) && !schema.contains_key("$ref") {
                    schema.retain(|keyword, _| matches!(keyword.as_str(), "description" | "title"));
                    let reference = format!("#/components/schemas/{name}");
                    self.say(
                        here,
                        format!("is read as a reference to `{reference}`: `{name}` is no type"),
                    );
                    schema.insert("$ref".to_owned(), reference.into());
                    return;
                }
                match meant(&name) {
                    Some(Meant::Any) => {
                        schema.remove("type");
                        self.say(here, format!("is read as any type: `{name}` is none"));
                    }
                    Some(Meant::Types(types, format)) => {
                        let read_as = match types.as_slice() {
                            [only] => json!(only),
                            _ => json!(types),
                        };
                        if !format.is_empty() {
                            schema.entry("format").or_insert_with(|| format.into());
                        }
                        self.say(here, format!("is read as {read_as}: `{name}` is no type"));
                        schema.insert("type".to_owned(), read_as);
                    }
                    None => {}
                }
            }
            Some(Value::Null) => {
                schema.insert("type".to_owned(), json!("null"));
            }
            Some(Value::Array(names)) => {
                let read = names.iter().map(|name| match name {
                    Value::Null => Some("null"),
                    name => match meant(name.as_str()?)? {
                        Meant::Types(types, _) => types.first().copied(),
                        Meant::Any => None,
                    },
                });
                let read: Option<Vec<_>> = read.collect();
                let is_as_written = read.as_ref().is_some_and(|read| {
                    names
                        .iter()
                        .map(Value::as_str)
                        .eq(read.iter().map(|it| Some(*it)))
                });
                if let Some(read) = read
                    && !is_as_written
                    && !read.is_empty()
                {
                    let read = json!(read);
                    self.say(here, format!("is read as {read}"));
                    schema.insert("type".to_owned(), read);
                }
            }
            _ => {}
        }
    }

    /// `required` of a property, which says nothing of the values that the property has; and one name without a list.
    fn required(&mut self, schema: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        let read = match schema.get("required") {
            None => return,
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => return,
            Some(Value::String(name))
                if schema
                    .get("properties")
                    .is_some_and(|it| it.get(name).is_some()) =>
            {
                Some(json!([name]))
            }
            Some(_) => None,
        };
        let here = Step::key(at, "required");
        match read {
            Some(names) => {
                schema.insert("required".to_owned(), names);
                self.say(Some(&here), "is read as a list of one name");
            }
            None => {
                schema.remove("required");
                self.say(Some(&here), "is left out: it is no list of names");
            }
        }
    }

    /// A number, a truth value or a text that is written as another of these.
    fn keyword(&mut self, keyword: &str, due: Keyword, value: &mut Value, at: Option<&Step<'_>>) {
        let here = Step::key(at, keyword);
        match due {
            // What refers to something is no text for people.
            Keyword::Text if keyword.starts_with('$') => {}
            Keyword::Text => self.text(value, Some(&here)),
            Keyword::Flag => self.flag(value, Some(&here)),
            Keyword::Bound if flag(value).is_some() && value != "0" && value != "1" => {
                self.flag(value, Some(&here));
            }
            Keyword::Number | Keyword::Count | Keyword::Bound | Keyword::Positive => {
                let number = value.as_str().and_then(|text| {
                    let number: serde_json::Number = text.trim().parse().ok()?;
                    Some(number)
                });
                if let Some(number) = number {
                    *value = number.into();
                    self.say(Some(&here), format!("is read as the number {value}"));
                }
            }
            Keyword::Schemas if value.is_object() => {
                *value = json!([value.take()]);
                self.say(Some(&here), "is read as a list of one");
            }
            Keyword::Discriminator => {
                if let Some(property) = value.as_str() {
                    *value = json!({ "propertyName": property });
                    self.say(Some(&here), "is read as the name of a property");
                }
            }
            _ => {}
        }
    }
}

fn is_type(name: &str) -> bool {
    [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ]
    .contains(&name)
}

/// What the name of a type is read as: by another name, in other letters, with a length behind it, or several of them.
fn meant(name: &str) -> Option<Meant> {
    let parts: Vec<_> = name
        .split(['|', '/', ','])
        .map(|part| part.split(['(', '<']).next().unwrap_or_default())
        .map(folded)
        .collect();
    let mut types = Vec::new();
    let mut formats = Vec::new();
    for part in &parts {
        if OPEN.contains(&part.as_str()) {
            return Some(Meant::Any);
        }
        let (_, of_type, format) = NAMES.iter().find(|(name, ..)| name == part)?;
        if !types.contains(of_type) {
            types.push(*of_type);
        }
        formats.push(*format);
    }
    let format = match formats.as_slice() {
        [only] => *only,
        _ => "",
    };
    Some(Meant::Types(types, format))
}
