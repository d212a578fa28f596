//! The description that a documentation page tells of by tags in place of a schema: its front matter names the operation,
//! as in `api: "GET https://api.acme.dev/v1/me"`, and `<ParamField>` and `<ResponseField>` what it takes and gives.

use serde_json::{Map, Value, json};

use keyholder_openapi::load;
use keyholder_openapi::structure::METHODS;

use super::markdown::{self, Block};
use super::words;

/// The tags that are read.
const TAGS: [&str; 4] = [
    "ParamField",
    "ResponseField",
    "Expandable",
    "ResponseExample",
];

/// How deep fields may stand within fields.
const DEPTH: usize = 32;

/// Where a parameter may stand.
const PLACES: [&str; 4] = ["path", "query", "header", "cookie"];

/// A description that was made of a page's tags.
pub(super) struct Tagged {
    /// The document.
    pub document: Value,
    /// The operation, as in `GET /v1/me`.
    pub operation: String,
}

/// The attributes of a tag: each a name and a value, which is empty where there is none.
type Attributes<'a> = Vec<(&'a str, &'a str)>;

/// A tag, and the text after it.
#[derive(Debug)]
struct Tag<'a> {
    name: &'a str,
    kind: Kind,
    attributes: Attributes<'a>,
    text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Opening,
    Closing,
    Whole,
}

/// A field of a request or an answer.
#[derive(Debug, Default)]
struct Field {
    /// `ParamField`'s place; nothing for a field of an answer.
    place: Option<String>,
    name: String,
    kind: String,
    default: Option<String>,
    is_required: bool,
    description: String,
    fields: Vec<Field>,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    /// The field that the tag begins.
    fn field(&self) -> Field {
        let place = PLACES
            .iter()
            .chain(&["body"])
            .find_map(|place| Some(((*place).to_owned(), self.attribute(place)?)));
        let name = match &place {
            Some((_, name)) => name,
            None => self.attribute("name").unwrap_or_default(),
        };
        Field {
            name: name.to_owned(),
            place: place.map(|(place, _)| place),
            kind: self.attribute("type").unwrap_or_default().to_lowercase(),
            default: self.attribute("default").map(str::to_owned),
            is_required: self
                .attribute("required")
                .is_some_and(|it| it.is_empty() || it == "true"),
            // What comes after one that is closed is of the page.
            description: match self.kind {
                Kind::Opening => words::quote(self.text),
                Kind::Closing | Kind::Whole => String::new(),
            },
            fields: Vec::new(),
        }
    }
}

/// The description that a page tells of; nothing where its front matter names no operation or it has no such tag.
pub(super) fn describe(page: &str) -> Option<Tagged> {
    let front = markdown::front_matter_lines(page)?;
    let line = |key: &str| {
        let found = front.iter().find_map(|line| line.strip_prefix(key));
        found.map(|it| it.trim().trim_matches(['"', '\'']))
    };
    let (method, address) = ["api:", "openapi:"].into_iter().find_map(|key| {
        let (method, address) = line(key)?.split_once(char::is_whitespace)?;
        let method = method.to_ascii_lowercase();
        METHODS
            .contains(&method.as_str())
            .then(|| (method, address.trim()))
    })?;
    let (server, path) = parted(address)?;
    let fields = fields(&tags(&without_blocks(page)));
    let examples = examples(page);
    if fields.is_empty() && examples.is_empty() {
        return None;
    }
    let (parameters, answer): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|field| field.place.is_some());
    let mut operation = json!({
        "summary": line("title:").unwrap_or_default(),
        "description": line("description:").unwrap_or_default(),
        "responses": responses(&answer, examples),
    });
    let places = |field: &&Field| {
        let place = field.place.as_deref().unwrap_or_default();
        PLACES.contains(&place)
    };
    let listed: Vec<_> = parameters.iter().filter(places).map(parameter).collect();
    if !listed.is_empty() {
        operation["parameters"] = Value::from(listed);
    }
    let body: Vec<_> = parameters.iter().filter(|it| !places(it)).collect();
    if !body.is_empty() && method != "get" {
        let is_required = body.iter().any(|field| field.is_required);
        operation["requestBody"] = json!({
            "required": is_required,
            "content": { "application/json": { "schema": object(body, DEPTH) } },
        });
    }
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": line("title:").unwrap_or_default(), "version": "0", "description": "Made of the tags of a documentation page." },
        "paths": { path: { method.as_str(): operation } },
    });
    if let Some(server) = server {
        document["servers"] = json!([{ "url": server }]);
    }
    let scheme = match line("authMethod:") {
        Some("bearer") => Some("bearer"),
        Some("basic") => Some("basic"),
        _ => None,
    };
    if let Some(scheme) = scheme {
        document["security"] = json!([{ scheme: [] }]);
        document["components"] =
            json!({ "securitySchemes": { scheme: { "type": "http", "scheme": scheme } } });
    }
    Some(Tagged {
        document,
        operation: format!("{} {path}", method.to_uppercase()),
    })
}

/// The server and the path of an address, which may be a path alone.
fn parted(address: &str) -> Option<(Option<&str>, &str)> {
    if address.starts_with('/') {
        return Some((None, address));
    }
    let host = address.find("://")? + "://".len();
    let path = address[host..].find('/')? + host;
    Some((Some(&address[..path]), &address[path..]))
}

/// The page without its fenced blocks: a tag in one is no tag.
fn without_blocks(page: &str) -> String {
    let mut is_fenced = false;
    let mut kept = String::with_capacity(page.len());
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The tags of a page that are read, each with the text up to the next one.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::<Tag<'_>>::new();
    // Where the text after the last of them begins.
    let mut begin = 0;
    let mut at = 0;
    while let Some(next) = page[at..].find('<') {
        let start = at + next;
        at = start + 1;
        let is_closing = page[at..].starts_with('/');
        let after = &page[at + usize::from(is_closing)..];
        let Some(name) = TAGS.iter().find(|name| {
            let next = after.strip_prefix(**name);
            next.is_some_and(|it| !it.starts_with(|c: char| c.is_alphanumeric()))
        }) else {
            continue;
        };
        if let Some(before) = found.last_mut() {
            before.text = &page[begin..start];
        }
        // One that does not end takes the rest of the page, and nothing is known of it.
        let Some((attributes, is_whole, after)) = attributes(&after[name.len()..]) else {
            return found;
        };
        let kind = match (is_closing, is_whole) {
            (true, _) => Kind::Closing,
            (false, true) => Kind::Whole,
            (false, false) => Kind::Opening,
        };
        at = page.len() - after.len();
        begin = at;
        found.push(Tag {
            name,
            kind,
            attributes,
            text: "",
        });
    }
    if let Some(last) = found.last_mut() {
        last.text = &page[begin..];
    }
    found
}

/// The attributes of a tag, whether it closes itself, and what comes after it.
fn attributes(text: &str) -> Option<(Attributes<'_>, bool, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((found, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((found, false, after));
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))?;
        if end == 0 {
            // What is none of a name is passed over.
            let mut characters = rest.chars();
            characters.next()?;
            rest = characters.as_str();
            continue;
        }
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            found.push((name, ""));
            continue;
        };
        let after = after.trim_start();
        let close = match after.chars().next()? {
            '{' => '}',
            quote @ ('"' | '\'') => quote,
            _ => return None,
        };
        let (value, after) = after[1..].split_once(close)?;
        found.push((name, value.trim_matches(['"', '\''])));
        rest = after;
    }
}

/// The fields, each with those that stand within it.
fn fields(tags: &[Tag<'_>]) -> Vec<Field> {
    let mut done = Vec::new();
    let mut open: Vec<Field> = Vec::new();
    for tag in tags {
        if !tag.name.ends_with("Field") {
            continue;
        }
        let ended = match tag.kind {
            Kind::Opening if open.len() < DEPTH => {
                open.push(tag.field());
                None
            }
            Kind::Opening | Kind::Whole => Some(tag.field()),
            Kind::Closing => open.pop(),
        };
        if let Some(field) = ended {
            match open.last_mut() {
                Some(around) => around.fields.push(field),
                None => done.push(field),
            }
        }
    }
    // One that is not closed holds what comes after it, as far as is told: it is taken as a field beside.
    done.extend(open.into_iter().flat_map(|mut field| {
        let inner = std::mem::take(&mut field.fields);
        std::iter::once(field).chain(inner)
    }));
    done.retain(|field| !field.name.is_empty());
    done
}

/// A parameter of the request.
fn parameter(field: &Field) -> Value {
    let mut schema = schema(field, DEPTH);
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("description");
    }
    if let Some(default) = &field.default {
        schema["default"] = Value::from(default.as_str());
    }
    let place = field.place.as_deref().unwrap_or_default();
    json!({
        "name": field.name,
        "in": place,
        "required": field.is_required || place == "path",
        "description": field.description,
        "schema": schema,
    })
}

/// The schema of an object of these fields.
fn object<'f>(fields: impl IntoIterator<Item = &'f Field>, depth: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        if field.is_required && !required.contains(&field.name) {
            required.push(field.name.clone());
        }
        properties.insert(field.name.clone(), schema(field, depth));
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// The schema of a field: of its type, as it is written for people.
fn schema(field: &Field, depth: usize) -> Value {
    let kind = field.kind.trim();
    let is_list = kind.starts_with("array")
        || kind.starts_with("list")
        || kind.ends_with("[]")
        || kind.starts_with("object[");
    let has_fields = !field.fields.is_empty() && depth > 0;
    let single = kind
        .trim_end_matches("[]")
        .split(['|', ',', ' ', '<', '[', '('])
        .next();
    let named = match single.unwrap_or_default() {
        "string" | "uuid" | "date" | "datetime" | "timestamp" | "url" | "email" | "enum" => {
            "string"
        }
        "integer" | "int" => "integer",
        "number" | "float" | "double" => "number",
        "boolean" | "bool" => "boolean",
        "object" => "object",
        _ => "",
    };
    let mut inner = if has_fields {
        object(&field.fields, depth - 1)
    } else if is_list && (kind.starts_with("array") || kind.starts_with("list")) {
        // `array of strings`, `array<string>`
        let of = ["string", "integer", "number", "boolean", "object"];
        match of.iter().find(|it| kind.contains(*it)) {
            Some(of) => json!({ "type": of }),
            None => json!({}),
        }
    } else if named.is_empty() {
        json!({})
    } else {
        json!({ "type": named })
    };
    if kind.contains("null") {
        inner["nullable"] = Value::from(inner.get("type").is_some());
    }
    let mut schema = if is_list {
        json!({ "type": "array", "items": inner })
    } else {
        inner
    };
    if !field.description.is_empty() {
        schema["description"] = Value::from(field.description.as_str());
    }
    schema
}

/// The examples of answers, by status.
fn examples(page: &str) -> Vec<(String, Value)> {
    let Some((_, after)) = page.split_once("<ResponseExample") else {
        return Vec::new();
    };
    let shown = after.split("</ResponseExample>").next().unwrap_or(after);
    let read = |block: Block| {
        let mut words = block.info.split_whitespace();
        if !words.next()?.eq_ignore_ascii_case("json") {
            return None;
        }
        let is_status = |word: &str| word.len() == 3 && word.bytes().all(|c| c.is_ascii_digit());
        let status = words.find(|word| is_status(word)).unwrap_or("200");
        let value = load::parse(&block.text, true).ok()?;
        (value.is_object() || value.is_array()).then(|| (status.to_owned(), value))
    };
    markdown::blocks(shown)
        .into_iter()
        .filter_map(read)
        .collect()
}

/// The responses: a success of these fields, and what the examples show.
fn responses(fields: &[Field], examples: Vec<(String, Value)>) -> Value {
    let mut responses = json!({ "200": { "description": "" } });
    let status = examples
        .iter()
        .map(|(status, _)| status)
        .find(|status| status.starts_with('2'));
    let success = status.map_or("200", String::as_str).to_owned();
    if success != "200" {
        responses = json!({ success.as_str(): { "description": "" } });
    }
    for (status, example) in examples {
        let media = &mut responses[status.as_str()];
        if media.is_null() {
            *media = json!({ "description": "" });
        }
        let media = &mut media["content"]["application/json"];
        if media.get("example").is_none() {
            media["example"] = example;
        }
    }
    if !fields.is_empty() {
        responses[success.as_str()]["content"]["application/json"]["schema"] =
            object(fields, DEPTH);
    }
    responses
}
