//! What is written otherwise than OpenAPI has it, and can be meant in one way alone: it is read as it is meant, and said.
//!
//! Works on the whole of a document, before anything is looked for in it, so that everybody reads the same. What has no
//! plain reading is left as it is: [`repair`](crate::repair) does without it, where that can be done.

mod schemas;
mod schemes;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::load::notice::{Step, place};
use crate::references::Resolver;
use crate::repair::Repair;
use crate::structure::objects::SECURITY_SCHEMES;
use crate::structure::{Kind, Version, is_extension, walk};
use crate::{pointer, scalar, swagger, text};

/// Reads what a document of 3.0 or 3.1 has in a wrong form, with one plain meaning, as it is meant. The pointers are those
/// of the document.
pub(crate) fn mend(version: Version, document: &mut Value) -> Vec<Repair> {
    let mut mender = Mender {
        schemas: BTreeSet::new(),
        found: Vec::new(),
    };
    mender.sections(document);
    mender.schemas = names(&document["components"]["schemas"]);
    mender.node(version.root(), document, None);
    mender.references(document);
    mender.found
}

/// Under which names components are referred to where they are not.
const ELSEWHERE: [&str; 7] = [
    "components",
    "definitions",
    "models",
    "parameters",
    "responses",
    "schema",
    "schemas",
];

struct Mender {
    /// The names of the schemas among the components.
    schemas: BTreeSet<String>,
    found: Vec<Repair>,
}

impl Mender {
    fn say(&mut self, at: Option<&Step<'_>>, reason: impl Into<String>) {
        self.found.push(Repair {
            pointer: place(at),
            reason: reason.into(),
        });
    }

    /// Puts the sections of Swagger 2.0 where OpenAPI 3 has them, where it has none, and reads its host as a server.
    fn sections(&mut self, document: &mut Value) {
        let Some(root) = document.as_object_mut() else {
            return;
        };
        for (from, to) in swagger::SECTIONS {
            if !root.get(from).is_some_and(Value::is_object) {
                continue;
            }
            let components = root.entry("components").or_insert_with(|| json!({}));
            let Some(components) = components.as_object_mut() else {
                continue;
            };
            if components.contains_key(to) {
                continue;
            }
            if let Some(section) = root.remove(from)
                && let Some(components) = root["components"].as_object_mut()
            {
                components.insert(to.to_owned(), section);
                self.found.push(Repair {
                    pointer: format!("/components/{to}"),
                    reason: format!("stands at /{from}, as Swagger 2.0 has it"),
                });
            }
        }
        if !root.contains_key("servers") && root.get("host").is_some_and(Value::is_string) {
            let servers = swagger::servers(root);
            root.insert("servers".to_owned(), servers);
            self.found.push(Repair {
                pointer: "/servers".to_owned(),
                reason: "is read from `host`, `basePath` and `schemes`, as Swagger 2.0 has them"
                    .to_owned(),
            });
        }
    }

    /// Mends what stands somewhere, and all that stands in it.
    fn node(&mut self, kind: Kind, value: &mut Value, at: Option<&Step<'_>>) {
        self.value(kind, value, at);
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let Some(kind) = kind.step(name) {
                        self.node(kind, member, Some(&Step::key(at, name)));
                    }
                }
            }
            Value::Array(items) => {
                if let Some(kind) = kind.item() {
                    for (index, item) in items.iter_mut().enumerate() {
                        self.node(kind, item, Some(&Step::item(at, index)));
                    }
                }
            }
            _ => {}
        }
    }

    /// Mends a value, and not yet what stands in it.
    fn value(&mut self, kind: Kind, value: &mut Value, at: Option<&Step<'_>>) {
        match kind {
            Kind::Text => self.text(value, at),
            Kind::Flag => self.flag(value, at),
            Kind::Choice(names) => self.choice(names, value, at),
            Kind::Schema => self.schema(value, at),
            Kind::Security => self.security(value, at),
            Kind::Content => self.content(value, at),
            Kind::Components(section) if section.name == SECURITY_SCHEMES.name => {
                self.schemes(value, at);
            }
            Kind::Patterned(_) => self.statuses(value, at),
            Kind::List(Kind::Text) if value.is_string() => {
                *value = json!([value.take()]);
                self.say(at, "is read as a list of one");
            }
            Kind::List(Kind::Object(object)) if object.name == "Server Object" => {
                self.servers(value, at);
            }
            Kind::Component(section) if value.get("$ref").is_none() => {
                self.value(section.kind, value, at);
            }
            Kind::Component(section) if section.holds() == "Response Object" => {
                self.response_by_schema(value, at);
            }
            Kind::Object(object) => match value.as_object_mut() {
                Some(members) => match object.name {
                    "Server Variable Object" => self.variable(members, at),
                    "Parameter Object" => self.parameter(members, at),
                    "Header Object" => self.schema_beside(members, at),
                    "Response Object" => self.response(members, at),
                    "Media Type Object" => self.media_type(members, at),
                    _ => {}
                },
                None => self.no_object(object.name, value, at),
            },
            _ => {}
        }
    }

    /// A number or a truth value where a text is due: as YAML reads `version: 1.0`.
    fn text(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        if value.is_number() || value.is_boolean() {
            let written = scalar::text(value).unwrap_or_default();
            *value = written.into();
            self.say(at, format!("is read as the text {value}"));
        }
    }

    /// A truth value that is written as a text.
    fn flag(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        if let Some(meant) = flag(value) {
            *value = meant.into();
            self.say(at, format!("is read as {value}, and not as a text"));
        }
    }

    /// A name in other letters than it has: `Header`, `headers`.
    fn choice(&mut self, names: &[&str], value: &mut Value, at: Option<&Step<'_>>) {
        if let Some(meant) = value.as_str().and_then(|written| chosen(names, written)) {
            let reason = format!("is read as `{meant}`");
            *value = meant.into();
            self.say(at, reason);
        }
    }

    /// One requirement without a list, requirements that are names alone, and scopes that are no list.
    fn security(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        if value.is_object() {
            *value = json!([value.take()]);
            self.say(at, "is read as a list of one requirement");
        }
        for (index, requirement) in value.as_array_mut().into_iter().flatten().enumerate() {
            let at = Step::item(at, index);
            if let Some(name) = requirement.as_str() {
                *requirement = json!({ name: [] });
                self.say(Some(&at), "is read as the requirement of that scheme");
            }
            for (name, scopes) in requirement.as_object_mut().into_iter().flatten() {
                let is_list = scopes
                    .as_array()
                    .is_some_and(|it| it.iter().all(Value::is_string));
                if is_list {
                    continue;
                }
                let named: Vec<Value> = match &*scopes {
                    Value::Array(names) => {
                        names.iter().filter(|it| it.is_string()).cloned().collect()
                    }
                    Value::Object(names) => names.keys().map(|name| name.as_str().into()).collect(),
                    Value::String(name) if !name.trim().is_empty() => vec![name.as_str().into()],
                    _ => Vec::new(),
                };
                *scopes = named.into();
                self.say(
                    Some(&Step::key(Some(&at), name)),
                    "is read as a list of scopes",
                );
            }
        }
    }

    /// One server without a list, and servers that are URLs alone.
    fn servers(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        if value.is_object() || value.is_string() {
            *value = json!([value.take()]);
            self.say(at, "is read as a list of one server");
        }
        for (index, server) in value.as_array_mut().into_iter().flatten().enumerate() {
            if let Some(url) = server.as_str() {
                *server = json!({ "url": url });
                self.say(Some(&Step::item(at, index)), "is read as a server's URL");
            }
        }
    }

    /// Statuses with words behind them, such as `200 OK`.
    fn statuses(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        let odd: Vec<_> = members
            .keys()
            .filter_map(|name| Some((name.clone(), status(name)?)))
            .filter(|(_, status)| !members.contains_key(status))
            .collect();
        for (name, status) in odd {
            if let Some(response) = members.remove(&name) {
                members.insert(status.clone(), response);
                self.say(Some(&Step::key(at, &status)), format!("stands at `{name}`"));
            }
        }
    }

    /// A variable without a default: its only value, or one that the caller gives.
    fn variable(&mut self, members: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        if members.contains_key("default") {
            return;
        }
        let values = members.get("enum").and_then(Value::as_array);
        let default = match values.map(Vec::as_slice) {
            Some([only]) => only.clone(),
            _ => json!(""),
        };
        members.insert("default".to_owned(), default);
        self.say(at, "has no default");
    }

    /// What stands in the place of an object, and says something of it.
    fn no_object(&mut self, name: &str, value: &mut Value, at: Option<&Step<'_>>) {
        match (name, scalar::text(value)) {
            ("Response Object", said) if !value.is_array() => {
                *value = json!({ "description": said.unwrap_or_default() });
                self.say(at, "is read as a response of which nothing else is said");
            }
            ("Server Variable Object", Some(default)) => {
                *value = json!({ "default": default });
                self.say(at, "is read as its default");
            }
            ("External Documentation Object", Some(url)) => {
                *value = json!({ "url": url });
                self.say(at, "is read as a URL");
            }
            ("Media Type Object", Some(name)) if self.schemas.contains(&name) => {
                *value = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
                self.say(at, "is read as the schema of that name");
            }
            ("Media Type Object", None) if value.is_null() => {
                *value = json!({});
                self.say(at, "is read as a media type of which nothing is said");
            }
            _ => {}
        }
    }

    /// A parameter: of a schema and media types, the schema describes it (OpenAPI 3.1.0, section 4.8.12.2). One of which
    /// neither is said is sent as a text.
    fn parameter(&mut self, members: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        self.schema_beside(members, at);
        if members.contains_key("schema") {
            if members.remove("content").is_some() {
                self.say(
                    at,
                    "is described by its `schema`: its `content` is left out",
                );
            }
        } else if !members.contains_key("content") {
            members.insert("schema".to_owned(), json!({ "type": "string" }));
            self.say(at, "is read as a text: it has no schema");
        }
    }

    /// A parameter or a header whose schema is written beside its name, as Swagger 2.0 has it.
    fn schema_beside(&mut self, members: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        let is_beside = ["type", "enum"].iter().any(|it| members.contains_key(*it));
        if !is_beside
            || ["schema", "content"]
                .iter()
                .any(|it| members.contains_key(*it))
        {
            return;
        }
        let written = swagger::SCHEMA_KEYWORDS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), members.remove(*name)?)));
        let schema: Map<_, _> = written.collect();
        members.insert("schema".to_owned(), schema.into());
        self.say(at, "has its schema beside its name, as Swagger 2.0 has it");
    }

    /// A response with its schema itself, as Swagger 2.0 has it.
    fn response(&mut self, members: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        if !members.contains_key("content")
            && let Some(schema) = members.remove("schema")
        {
            members.insert(
                "content".to_owned(),
                json!({ "application/json": { "schema": schema } }),
            );
            self.say(
                at,
                "has its schema itself, as Swagger 2.0 has it: it is read as that of JSON",
            );
        }
    }

    /// A response that refers to a schema.
    fn response_by_schema(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        let name = value["$ref"].as_str();
        let name = name.and_then(|it| it.strip_prefix("#/components/schemas/"));
        if name.is_some_and(|name| self.schemas.contains(name)) {
            *value = json!({
                "description": "",
                "content": { "application/json": { "schema": value.take() } },
            });
            self.say(at, "is a schema: it is read as that of a response in JSON");
        }
    }

    /// Media types that are left out between `content` and what it describes, or that are no whole ones.
    fn content(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        let is_media_type = members.get("schema").is_some_and(Value::is_object)
            && members.keys().all(|name| !name.contains('/'));
        if is_media_type {
            *value = json!({ "application/json": value.take() });
            self.say(at, "is read as that of JSON: it names no media type");
            return;
        }
        // Every media type has a slash (RFC 9110, section 8.3.1).
        let mut none = members.keys().filter(|name| !name.contains('/'));
        if let (Some(name), None) = (none.next().cloned(), none.next())
            && !members.contains_key("application/json")
            && let Some(described) = members.remove(&name)
        {
            members.insert("application/json".to_owned(), described);
            let name = text::shown(&name);
            self.say(
                at,
                format!("is read as that of JSON: `{name}` is no media type"),
            );
        }
    }

    /// A schema in the place of a media type.
    fn media_type(&mut self, members: &mut Map<String, Value>, at: Option<&Step<'_>>) {
        let is_schema = members.contains_key("$ref")
            || members.get("type").is_some_and(Value::is_string)
            || members.get("properties").is_some_and(Value::is_object);
        if is_schema && !members.contains_key("schema") {
            let schema = std::mem::take(members);
            members.insert("schema".to_owned(), schema.into());
            self.say(at, "is a schema: it is read as that of its media type");
        }
    }

    /// References that lead nowhere as they are written, where one component alone has that name: `#/definitions/User`,
    /// or `User`.
    fn references(&mut self, document: &mut Value) {
        let mut mended = Vec::new();
        let resolver = Resolver::new(document);
        walk(resolver.version().root(), document, "", &mut |node| {
            let (Some(reference), Some(section)) =
                (node.kind.reference(node.value), node.kind.section())
            else {
                return true;
            };
            let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
            let is_elsewhere =
                uri.contains(['.', ':']) || (!uri.is_empty() && !fragment.is_empty());
            if is_elsewhere || resolver.resolve(reference, node.pointer).is_ok() {
                return true;
            }
            let written = if uri.is_empty() { fragment } else { uri };
            let mut steps: Vec<_> = written.trim_start_matches('/').split('/').collect();
            let Some(name) = steps.pop().filter(|it| !it.is_empty()) else {
                return true;
            };
            if !steps
                .iter()
                .all(|step| ELSEWHERE.contains(step) || *step == section.name)
            {
                return true;
            }
            let components = document["components"][section.name].as_object();
            // Letters may be those of another case, where one name alone is the same then.
            let alike = || {
                let names = components.into_iter().flat_map(Map::keys);
                let mut alike = names.filter(|other| other.eq_ignore_ascii_case(name));
                alike.next().filter(|_| alike.next().is_none())
            };
            let is_there = components.is_some_and(|it| it.contains_key(name));
            let meant = if is_there {
                Some(name)
            } else {
                alike().map(String::as_str)
            };
            if let Some(meant) = meant {
                let meant = format!("#/components/{}/{}", section.name, pointer::escape(meant));
                mended.push((node.pointer.to_owned(), reference.to_owned(), meant));
            }
            true
        });
        for (at, written, meant) in mended {
            if let Some(value) = document.pointer_mut(&at) {
                value["$ref"] = meant.as_str().into();
                self.found.push(Repair {
                    pointer: pointer::push(&at, "$ref"),
                    reason: format!("is read as `{meant}`: `{written}` leads nowhere"),
                });
            }
        }
    }
}

/// Which of these names is written in other letters than it has: `Header`, `headers`.
fn chosen<'a>(names: &[&'a str], written: &str) -> Option<&'a str> {
    let folded = written.trim().to_ascii_lowercase();
    let is_one = |name: &&&str| folded == **name || folded.strip_suffix('s') == Some(**name);
    let meant = names.iter().find(is_one).copied();
    meant.filter(|_| !names.contains(&written))
}

/// A name in lower case, without what separates words.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The truth value that a text says.
fn flag(value: &Value) -> Option<bool> {
    match value.as_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// The status that a name begins with, where words follow it: `200 OK`, `404 - Not found`.
fn status(name: &str) -> Option<String> {
    let name = name.trim_start();
    let (status, words) = (name.get(..3)?, name.get(3..)?);
    let is_status = |it: &str| {
        it.starts_with(|c: char| ('1'..='5').contains(&c))
            && (it.bytes().all(|c| c.is_ascii_digit()) || it[1..].eq_ignore_ascii_case("xx"))
    };
    let is_apart = words.starts_with([' ', '-', ':', '_']);
    (is_apart && !is_extension(name) && is_status(status)).then(|| status.to_owned())
}

/// The names of the members of an object.
fn names(value: &Value) -> BTreeSet<String> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, _)| name.clone()).collect()
}
