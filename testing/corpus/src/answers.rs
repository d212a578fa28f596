//! Answers to hold clients against: what a provider's description has, and much that no description has.
//!
//! Two clients of one provider, generated and made at run time, must say the same of each. What is right to say of it is
//! for other tests.

use keyholder_core::{Conditions, Operation, ProviderInfo, Rule, Scalar, Status, Test, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Values that take the place of what a claim or a condition is read from.
const ODD: [&str; 10] = [
    "null",
    "\"\"",
    "\"a text\"",
    "\"2026-01-02T03:04:05Z\"",
    "1250.0",
    "123456789012345678901234567890",
    "true",
    "[]",
    "[\"a\", {\"id\": 1, \"name\": \"b\"}]",
    "{\"a\": true, \"id\": 1e3}",
];

/// Statuses of which a description may or may not speak.
const STATUSES: [u16; 12] = [200, 204, 302, 400, 401, 403, 404, 407, 418, 429, 500, 503];

/// Headers that say something by themselves.
const HEADERS: [&[(&str, &str)]; 9] = [
    &[],
    &[("content-type", "text/html; charset=utf-8")],
    &[("www-authenticate", "Bearer")],
    &[(
        "www-authenticate",
        "Bearer error=\"invalid_token\", error_description=\"The token expired\"",
    )],
    &[("www-authenticate", "Bearer error=\"insufficient_scope\"")],
    &[("www-authenticate", "Basic realm=\"a proxy\"")],
    &[
        ("www-authenticate", "Negotiate"),
        ("www-authenticate", "bearer ERROR=invalid_token"),
    ],
    &[("retry-after", "30")],
    &[("proxy-authenticate", "Basic")],
];

/// Bodies that anybody may answer with.
const BODIES: [&str; 14] = [
    "",
    "{}",
    "[]",
    "null",
    "\"Unauthorized\"",
    "Unauthorized",
    "<!doctype html><title>Sign in</title>",
    "{\"error\":\"invalid_token\"}",
    "{\"error\":{\"code\":\"token_expired\",\"message\":\"The token has expired\"}}",
    "{\"code\":\"ip_not_allowed\",\"message\":\"This address is not on the allow list\"}",
    "{\"message\":\"No API key found in request\"}",
    "{\"detail\":\"Not authenticated\"}",
    "\u{feff}{\"status\":401,\"title\":\"Unauthorized\",\"type\":\"about:blank\"}",
    "{\"errors\":[{\"code\":40101},{\"message\":\"Invalid API key\"}]}",
];

/// The answers to hold clients of a provider against. `bodies` are some of its successes.
#[must_use]
pub fn answers(info: &ProviderInfo, bodies: &[Value]) -> Vec<Answer> {
    let Some(operation) = info.whoami() else {
        return Vec::new();
    };
    let mut answers = successes(operation, bodies);
    for status in STATUSES {
        for headers in HEADERS {
            answers.extend(BODIES.map(|body| Answer::new(status, headers, body)));
        }
    }
    for rule in &operation.answers {
        answers.extend(fitting(operation, rule));
    }
    answers
}

/// The successes: as they are, with other headers, and with odd values where something is read.
fn successes(operation: &Operation, bodies: &[Value]) -> Vec<Answer> {
    let status = operation
        .success
        .status
        .first()
        .map_or(200, |status| example(*status));
    let of = |body: String| {
        let media_type = ("content-type", operation.success.media_type.as_str());
        Answer::new(status, &[media_type], &body)
    };
    let mut answers: Vec<_> = bodies.iter().map(|body| of(body.to_string())).collect();
    let Some(body) = bodies.first() else {
        return answers;
    };
    let text = body.to_string();
    answers.extend(HEADERS.map(|headers| Answer::new(status, headers, &text)));
    answers.push(of(format!("\u{feff}\r\n{text}\n")));
    answers.push(of(format!("{text} {{}}")));
    answers.push(of(text
        .get(..text.len() / 2)
        .unwrap_or_default()
        .to_owned()));
    for (name, value) in named_headers(operation) {
        let mut answer = of(text.clone());
        answer.headers.push((name, value));
        answers.push(answer);
    }
    for pointer in pointers(operation, body) {
        for odd in ODD {
            // As it is written: a number may be beyond what a value of serde_json holds.
            let mut body = body.clone();
            if let Some(value) = body.pointer_mut(&pointer) {
                *value = json!(PLACE);
            }
            answers.push(of(body.to_string().replace(&json!(PLACE).to_string(), odd)));
        }
        let mut body = body.clone();
        if remove(&mut body, &pointer) {
            answers.push(of(body.to_string()));
        }
    }
    answers
}

/// A text that no answer has.
const PLACE: &str = "the place of another value";

/// The places of `body` that the operation's data names, by itself or inside of the first item of a list.
fn pointers(operation: &Operation, body: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    collect(&json!(operation), &mut texts);
    texts.sort();
    texts.dedup();
    let absolute = texts.iter().filter(|text| body.pointer(text).is_some());
    let mut pointers: Vec<_> = absolute.cloned().collect();
    let lists: Vec<_> = texts
        .iter()
        .filter(|text| {
            body.pointer(text)
                .is_some_and(|it| it.is_array() || it.is_object())
        })
        .cloned()
        .chain([String::new()])
        .collect();
    for list in lists {
        for text in &texts {
            let inner = format!("{list}/0{text}");
            if body.pointer(&inner).is_some() && !pointers.contains(&inner) {
                pointers.push(inner);
            }
        }
    }
    pointers
}

/// The texts that are pointers, as keys or as values.
fn collect(value: &Value, found: &mut Vec<String>) {
    let mut add = |text: &str| {
        if text.starts_with('/') {
            found.push(text.to_owned());
        }
    };
    match value {
        Value::String(text) => add(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            members.keys().for_each(|key| add(key));
            members.values().for_each(|value| collect(value, found));
        }
        _ => {}
    }
}

/// The response headers that claims are read from, each with values.
fn named_headers(operation: &Operation) -> Vec<(String, String)> {
    let mut named = Vec::new();
    headers_in(&json!(operation.identity), &mut named);
    let values = ["repo, read:user", "1767323045", "2026-01-02T03:04:05Z", ""];
    let named = named.iter();
    named
        .flat_map(|name| values.map(|value| (name.clone(), value.to_owned())))
        .collect()
}

fn headers_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| headers_in(item, found)),
        Value::Object(members) => {
            found.extend(
                members
                    .get("header")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            members.values().for_each(|value| headers_in(value, found));
        }
        _ => {}
    }
}

/// Answers that fit a rule, as far as that can be made: with what vetoes a refusal too.
fn fitting(operation: &Operation, rule: &Rule) -> Vec<Answer> {
    let mut conditions = Conditions::default();
    conditions.body.clone_from(&rule.body);
    conditions.header.clone_from(&rule.header);
    conditions.text.clone_from(&rule.text);
    let mut bodies = Vec::new();
    let codes: Vec<_> = match rule.code.as_slice() {
        [] => vec![None],
        codes => codes.iter().map(Some).collect(),
    };
    for code in codes {
        let places: Vec<_> = match (code, operation.code.as_slice()) {
            (None, _) | (_, []) => vec![None],
            (_, places) => places.iter().map(Some).collect(),
        };
        for place in places {
            let mut body = json!({});
            for (pointer, test) in &conditions.body {
                if let Some(value) = meets(test) {
                    insert(&mut body, &pointer.tokens().collect::<Vec<_>>(), value);
                }
            }
            if let (Some(place), Some(code)) = (place, code) {
                insert(&mut body, &place.tokens().collect::<Vec<_>>(), json!(code));
            }
            if let (Some(text), Some(body)) = (&conditions.text, body.as_object_mut()) {
                body.entry("message").or_insert(json!(says(text)));
            }
            bodies.push(body.to_string());
        }
    }
    bodies.extend(conditions.text.iter().map(says));
    let headers: Vec<_> = conditions
        .header
        .iter()
        .filter_map(|(name, test)| match meets(test)? {
            Value::String(text) => Some((name.clone(), text)),
            other => Some((name.clone(), other.to_string())),
        })
        .collect();
    let mut answers = Vec::new();
    for status in &rule.status {
        for body in &bodies {
            for more in HEADERS {
                let mut answer = Answer::new(example(*status), more, body);
                answer.headers.extend(headers.iter().cloned());
                answers.push(answer);
            }
        }
    }
    answers
}

/// A value of which a test holds; nothing where it must be absent.
fn meets(test: &Test) -> Option<Value> {
    match (test.equals.first(), test.contains.first(), test.present) {
        (Some(Scalar::Null), ..) | (.., Some(false)) => None,
        (Some(scalar), ..) => serde_json::to_value(scalar).ok(),
        (None, Some(held), _) => Some(json!(format!("It says: {held}."))),
        (None, None, _) => Some(json!("a text of its own")),
    }
}

/// A message that says what is asked for.
fn says(text: &Text) -> String {
    let texts = text.all.iter().chain(text.any.first());
    let texts: Vec<_> = texts.map(String::as_str).collect();
    format!("It says {}.", texts.join(", "))
}

/// A status that another names.
fn example(status: Status) -> u16 {
    match status {
        Status::Code(status) => status,
        Status::Range(hundred) => hundred * 100 + 22,
        Status::Default => 418,
    }
}

/// Puts a value at a place, in objects that are made for it. Where something else is in the way, it stays.
fn insert(body: &mut Value, tokens: &[String], value: Value) {
    match tokens {
        [] => *body = value,
        [token, rest @ ..] => {
            if let Value::Object(members) = body {
                insert(members.entry(token).or_insert(json!({})), rest, value);
            }
        }
    }
}

/// Removes what stands at a pointer; whether it stood in an object.
fn remove(body: &mut Value, pointer: &str) -> bool {
    let Some((around, token)) = pointer.rsplit_once('/') else {
        return false;
    };
    let members = body.pointer_mut(around).and_then(Value::as_object_mut);
    let token = token.replace("~1", "/").replace("~0", "~");
    members.is_some_and(|members| members.remove(&token).is_some())
}

impl Answer {
    fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter();
        Self {
            status,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    /// As clients read it.
    ///
    /// # Errors
    ///
    /// A status or a header that HTTP does not have.
    pub fn http(&self) -> http::Result<http::Response<bytes::Bytes>> {
        let mut answer = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            answer = answer.header(name, value);
        }
        answer.body(self.body.clone().into())
    }
}
