//! The answer of success: its status, its media type and a value that its description allows.

use serde_json::{Value, json};

use super::sample::{Amount, sample};
use crate::claims::{Claim, holds, names_somebody};
use keyholder_openapi::{Error, Result};
use testing_harness::description::{Place, is_json, list, members, resolve};

/// How many ways through the unions of a schema are tried.
const WAYS: usize = 8;

/// An answer of success.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// The body.
    pub body: Value,
    /// Other bodies that the description allows: other branches of unions, nothing optional, null where it may be.
    pub others: Vec<Value>,
}

impl Answer {
    /// An answer as it is described; of the values that unions allow, the first in which the most `claims` are.
    ///
    /// # Errors
    ///
    /// No JSON answer is described.
    pub(super) fn read(place: Place<'_>, claims: &[Claim]) -> Result<Self> {
        let Place { document, .. } = place;
        let mut successes: Vec<_> = members(&place.operation["responses"])
            .filter(|(status, _)| status.starts_with('2') || *status == "default")
            .collect();
        successes.sort_by_key(|(status, _)| *status);
        for (status, response) in successes {
            let response = resolve(document, response);
            let Some((media_type, schema, examples)) = body(place, response) else {
                continue;
            };
            let make = |way, amount| sample(document, schema, &examples, way, amount);
            let ways = (0..WAYS).map(|way| make(way, Amount::Full));
            let ways: Vec<_> = ways.filter(|body| !is_of_no_token(body)).collect();
            let count = |body: &Value| claims.iter().filter(|claim| holds(claim, body)).count();
            let best = ways.iter().reduce(|best, next| {
                if count(next) > count(best) {
                    next
                } else {
                    best
                }
            });
            let body = best.cloned().unwrap_or_default();
            let less = [Amount::Required, Amount::Null].map(|amount| make(0, amount));
            let mut others = Vec::new();
            // One that names nobody is rightly not taken for an answer.
            let names = |body: &Value| {
                let mut names = claims.iter().filter(|claim| names_somebody(claim));
                names.any(|claim| holds(claim, body))
            };
            let is_named = names(&body);
            let ways = ways.into_iter().filter(|body| !is_named || names(body));
            let less = less.into_iter().filter(names);
            for other in ways.chain(less) {
                if other != body && !others.contains(&other) {
                    others.push(other);
                }
            }
            return Ok(Self {
                // A range, such as `2XX`, and `default` are as good as 200.
                status: status.parse().unwrap_or(200),
                media_type: media_type.to_owned(),
                body,
                others,
            });
        }
        Self::unsaid(place)
            .filter(|_| claims.is_empty())
            .ok_or_else(|| Error::new("no JSON is described as the answer of success"))
    }

    /// An answer to an operation of whose success nothing is said but that there is one: no claim can be asked of it, and a
    /// client has to take it.
    fn unsaid(place: Place<'_>) -> Option<Self> {
        let responses = members(&place.operation["responses"]);
        let mut statuses = responses.filter_map(|(status, response)| {
            let response = resolve(place.document, response);
            let is_silent = response.get("schema").is_none() && response.get("content").is_none();
            let status = status.parse::<u16>().ok()?;
            // These have no body (RFC 9110, sections 15.3.5 and 15.3.6).
            let has_body = (200..300).contains(&status) && ![204, 205].contains(&status);
            (is_silent && has_body).then_some(status)
        });
        Some(Self {
            status: statuses.next()?,
            media_type: "application/json".to_owned(),
            body: json!({}),
            others: Vec::new(),
        })
    }
}

/// Whether an answer is that of a token which is not good: one that introspects it says no more then (RFC 7662, section
/// 2.2).
fn is_of_no_token(body: &Value) -> bool {
    body.as_object().is_some_and(|members| members.len() == 1) && body["active"] == false
}

/// An answer that refuses, as it is described; plain where it is not.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The status.
    pub status: u16,
    /// The media type; none of an empty body.
    pub media_type: Option<String>,
    /// The body.
    pub body: String,
    /// Whether it says that the credential is no good, and not that it may not ask this.
    pub is_of_credential: bool,
}

/// Words for what authenticates, and for what ails it.
const CREDENTIALS: [&str; 6] = [
    "token",
    "key",
    "credential",
    "session",
    "login",
    "logged in",
];
const AILMENTS: [&str; 8] = [
    "invalid",
    "not valid",
    "missing",
    "expired",
    "revoked",
    "no valid",
    "not provided",
    "unauthenticated",
];
/// Words for what a good credential may lack.
const LACKS: [&str; 8] = [
    "permission",
    "scope",
    "forbidden",
    "insufficient",
    "not allowed",
    "privilege",
    "access denied",
    "role",
];

impl Refusal {
    /// The answer of a status: its own example, or a value that its schema allows.
    pub(super) fn read(place: Place<'_>, status: u16) -> Self {
        let Place { document, .. } = place;
        let responses = &place.operation["responses"];
        let response = resolve(document, &responses[status.to_string()]);
        let said = response["description"].as_str().unwrap_or_default();
        let Some((media_type, schema, examples)) = body(place, response) else {
            return Self {
                status,
                media_type: None,
                body: String::new(),
                is_of_credential: is_of_credential(said),
            };
        };
        let body = match examples.first() {
            Some(example) if example.is_object() => (*example).clone(),
            _ => {
                let mut body = sample(document, schema, &examples, 0, Amount::Full);
                if let Some(schema) = schema {
                    show(document, schema, &mut body, 0);
                }
                body
            }
        };
        Self {
            status,
            media_type: Some(media_type.to_owned()),
            is_of_credential: is_of_credential(said) || any_text(&body, is_of_credential),
            body: body.to_string(),
        }
    }
}

/// Whether a text speaks of a credential that is no good, and of nothing that a good one may lack.
fn is_of_credential(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace(['_', '-'], " ");
    let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
    names(&CREDENTIALS) && names(&AILMENTS) && !names(&LACKS)
}

/// Whether a text in a value is one of that kind.
fn any_text(value: &Value, is: fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, is)),
        Value::Object(members) => members.values().any(|value| any_text(value, is)),
        _ => false,
    }
}

/// Puts what a schema shows of a refusal in the place of what was made up: its codes are the provider's own.
fn show(document: &Value, schema: &Value, value: &mut Value, depth: usize) {
    const DEEP: usize = 8;
    let schema = resolve(document, schema);
    let shown = list(&schema["examples"]).chain(schema.get("example"));
    let is_like = |shown: &&Value| match (*shown, &*value) {
        (Value::Object(_), Value::Object(_))
        | (Value::Array(_), Value::Array(_))
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_)) => true,
        (shown, value) => shown == value,
    };
    if let Some(shown) = shown.into_iter().find(is_like) {
        *value = shown.clone();
        return;
    }
    if depth >= DEEP {
        return;
    }
    for part in list(&schema["allOf"]) {
        show(document, part, value, depth + 1);
    }
    match value {
        Value::Object(members_of) => {
            for (name, value) in members_of {
                show(
                    document,
                    &schema["properties"][name.as_str()],
                    value,
                    depth + 1,
                );
            }
        }
        Value::Array(items) => {
            for item in items {
                show(document, &schema["items"], item, depth + 1);
            }
        }
        _ => {}
    }
}

/// The JSON body of a response: its media type, its schema and its examples.
fn body<'a>(
    place: Place<'a>,
    response: &'a Value,
) -> Option<(&'a str, Option<&'a Value>, Vec<&'a Value>)> {
    // Swagger 2.0.
    if let Some(schema) = response.get("schema") {
        let operations = [place.operation, place.document];
        let produced = operations
            .into_iter()
            .find_map(|level| level.get("produces"));
        let media_type = produced
            .into_iter()
            .flat_map(list)
            .filter_map(Value::as_str);
        let media_type = media_type.into_iter().find(|it| is_json(it));
        let examples = members(&response["examples"])
            .filter(|(media_type, _)| is_json(media_type))
            .map(|(_, example)| example)
            .collect();
        return Some((
            media_type.unwrap_or("application/json"),
            Some(schema),
            examples,
        ));
    }
    let content = members(&response["content"]);
    let (media_type, media) = content
        .filter(|(media_type, _)| is_json(media_type))
        .min_by_key(|(media_type, _)| !media_type.starts_with("application/json"))?;
    let named = members(&media["examples"])
        .filter_map(|(_, example)| resolve(place.document, example).get("value"));
    let examples: Vec<_> = media.get("example").into_iter().chain(named).collect();
    let schema = media.get("schema");
    if schema.is_none() && examples.is_empty() {
        return None;
    }
    let media_type = if media_type.contains('*') {
        "application/json"
    } else {
        media_type
    };
    Some((media_type, schema, examples))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Answer, Refusal};
    use testing_harness::description::Place;

    fn answer(operation: &Value) -> Option<(u16, String, Value)> {
        let place = Place {
            document: &json!({ "produces": ["application/xml", "application/json"] }),
            item: &Value::Null,
            operation,
        };
        let answer = Answer::read(place, &[]).ok()?;
        Some((answer.status, answer.media_type, answer.body))
    }

    #[test]
    fn the_lowest_success_with_json_is_taken() {
        let json_of = |example: u8| json!({ "application/json": { "example": example } });
        let cases = [
            (
                json!({ "204": {}, "201": { "content": json_of(1) } }),
                201,
                1,
            ),
            (
                json!({ "2XX": { "content": json_of(1) }, "default": { "content": json_of(2) } }),
                200,
                1,
            ),
            (
                json!({ "404": { "content": json_of(1) }, "default": { "content": json_of(2) } }),
                200,
                2,
            ),
        ];
        for (responses, status, body) in cases {
            let expected = Some((status, "application/json".to_owned(), json!(body)));
            assert_eq!(answer(&json!({ "responses": responses })), expected);
        }
        assert_eq!(answer(&json!({ "responses": { "204": {} } })), None);
        // Of which nothing is said.
        let silent = json!({ "responses": { "200": { "description": "OK" } } });
        let expected = Some((200, "application/json".to_owned(), json!({})));
        assert_eq!(answer(&silent), expected);
        let text = json!({ "responses": { "200": { "content": { "text/html": {} } } } });
        assert_eq!(answer(&text), None);
    }

    #[test]
    fn an_answer_that_says_that_a_token_is_not_active_is_none_of_a_good_one() {
        let active = |values: Value| json!({ "type": "boolean", "enum": values });
        let schema = json!({ "anyOf": [
            { "properties": { "active": active(json!([false])) } },
            { "properties": { "active": active(json!([true])), "sub": { "enum": ["me"] } } },
            { "properties": { "active": active(json!([false])), "sub": { "enum": ["other"] } } },
        ] });
        let operation = json!({ "responses": { "200": { "content": { "application/json": { "schema": schema } } } } });
        let place = Place {
            document: &Value::Null,
            item: &Value::Null,
            operation: &operation,
        };
        let answer = Answer::read(place, &[]).unwrap();
        assert_eq!(answer.body, json!({ "active": true, "sub": "me" }));
        // More than the RFC's answer may be of a holder who is not active.
        assert_eq!(answer.others, [json!({ "active": false, "sub": "other" })]);
    }

    #[test]
    fn the_media_type_is_the_described_one() {
        let content = json!({ "text/html": {}, "application/hal+json": { "example": 1 } });
        let (_, media_type, _) =
            answer(&json!({ "responses": { "200": { "content": content } } })).unwrap();
        assert_eq!(media_type, "application/hal+json");
        let old = json!({ "responses": { "200": { "schema": { "type": "integer" } } } });
        assert_eq!(answer(&old).unwrap().1, "application/json");
    }

    #[test]
    fn a_refusal_is_the_described_one_or_plain() {
        let of = |responses: Value| {
            let operation = json!({ "responses": responses });
            let place = Place {
                document: &Value::Null,
                item: &Value::Null,
                operation: &operation,
            };
            Refusal::read(place, 401)
        };
        let content = |media: Value| json!({ "401": { "content": { "application/json": media } } });
        let shown = of(content(json!({ "example": { "code": "bad_key" } })));
        assert_eq!(shown.body, r#"{"code":"bad_key"}"#);
        let made = of(content(
            json!({ "schema": { "properties": { "code": { "enum": ["no"] } } } }),
        ));
        assert_eq!((made.status, made.body.as_str()), (401, r#"{"code":"no"}"#));
        let inner = json!({ "properties": { "error": { "properties": { "code": { "type": "string", "example": "bad_key" } } } } });
        let inner = of(content(json!({ "schema": inner })));
        assert_eq!(inner.body, r#"{"error":{"code":"bad_key"}}"#);
        let plain = of(json!({ "401": { "description": "Refused." } }));
        assert_eq!((plain.media_type, plain.body.as_str()), (None, ""));
    }
}
