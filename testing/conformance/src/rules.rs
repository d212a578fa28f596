//! What an answer says, by `x-whoami` and, where that is silent, by HTTP (`specs/README.md`): the steps of the clients,
//! written down a second time.
//!
//! The words that say that no token came, or that something other than the token is wrong, are a few here: those that the
//! descriptions' examples and Prism have. A client that knows more of them is held to them elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::assertions::Received;
use super::description::Described;
use super::identity::{identity, plain};
use testing_harness::description::{list, members, resolve};

/// What is to be understood of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// The kind of error; of a token that is good, the kind that the typed method has for an answer that is none.
    pub kind: &'static str,
    /// The verdict on the token.
    pub verdict: &'static str,
    /// What limits the token: `by` and `code`.
    pub limited: Option<Value>,
    /// The provider's own code, from where the description has it.
    pub code: Option<String>,
    /// Codes in customary places, any of which may stand for it.
    pub customary: Vec<String>,
    /// How the rule is called that says so.
    pub rule: Option<String>,
}

/// The names under which codes stand by custom, beside those that end in `_code`.
const CODES: [&str; 8] = [
    "code", "error", "errors", "type", "name", "slug", "reason", "status",
];

/// The names under which messages stand by custom.
const MESSAGES: [&str; 8] = [
    "message",
    "msg",
    "detail",
    "details",
    "description",
    "title",
    "error_description",
    "error_message",
];

/// The members that hold errors.
const HOLDERS: [&str; 3] = ["error", "errors", "detail"];

/// Codes that speak of a bad token, or of nothing in particular.
const BAD_TOKEN: [&str; 8] = [
    "invalidtoken",
    "invalidapikey",
    "invalidapitoken",
    "expiredtoken",
    "tokenexpired",
    "unauthorized",
    "unauthorizederror",
    "unauthenticated",
];

/// What is said where no token came.
const NO_TOKEN: [&str; 4] = [
    "missingapitoken",
    "authenticationrequired",
    "noapikeyfoundinrequest",
    "notauthenticated",
];

/// An answer, as far as rules look into it.
struct Opened<'a> {
    came: &'a Received,
    text: String,
    json: Option<Value>,
    code: Option<String>,
    codes: Vec<String>,
    messages: Vec<String>,
}

impl<'a> Opened<'a> {
    fn of(described: &Described, came: &'a Received) -> Self {
        let text = String::from_utf8_lossy(&came.body).trim().to_owned();
        let json = serde_json::from_str::<Value>(&text).ok();
        let pointers = &described.whoami()["code"];
        let pointers = match pointers {
            Value::String(_) => std::slice::from_ref(pointers),
            many => many.as_array().map(Vec::as_slice).unwrap_or_default(),
        };
        let code = pointers.iter().find_map(|at| {
            let found = json.as_ref()?.pointer(at.as_str()?)?;
            plain(found).filter(|_| !found.is_boolean())
        });
        let mut opened = Self {
            came,
            text,
            json: None,
            code,
            codes: Vec::new(),
            messages: Vec::new(),
        };
        if let Some(object) = &json {
            opened.survey(object, true);
        }
        opened.json = json;
        opened
    }

    /// Takes down codes and messages where they customarily are.
    fn survey(&mut self, object: &Value, is_root: bool) {
        for (name, value) in members(object) {
            let holds_errors = is_root && HOLDERS.contains(&name);
            match value {
                Value::Object(_) if holds_errors => self.survey(value, false),
                Value::Array(items) if holds_errors => {
                    for item in items {
                        match item {
                            Value::String(text) => self.take("error", text),
                            item => self.survey(item, false),
                        }
                    }
                }
                Value::String(text) => self.take(name, text),
                Value::Number(number) if is_code_name(name) => {
                    let number = number.to_string();
                    if number != self.came.status.to_string() {
                        self.codes.push(number);
                    }
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, name: &str, text: &str) {
        let name = name.to_ascii_lowercase();
        if MESSAGES.contains(&name.as_str()) || text.trim().contains(char::is_whitespace) {
            self.messages.push(text.to_owned());
        } else if is_code_name(&name) && is_code(text, self.came.status) {
            self.codes.push(text.to_owned());
        }
    }

    fn is_page(&self) -> bool {
        let media_type = self.came.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("text/html")
            || self.text.to_lowercase().starts_with("<!doctype html")
            || self.text.to_lowercase().starts_with("<html")
    }

    /// Whether whoever answers does so in neither silence nor JSON.
    fn is_foreign(&self) -> bool {
        self.is_page() || (!self.text.is_empty() && self.json.is_none())
    }

    /// What keeps it from speaking against a token, whatever else it says.
    fn veto(&self) -> Option<&'static str> {
        if self.came.header("retry-after").is_some() {
            return Some("rate_limited");
        }
        let said = self.codes.iter().chain(&self.messages).chain(&self.code);
        let mut said = said.map(|text| letters(text));
        let is_unsent = said.any(|it| NO_TOKEN.iter().any(|no| it.contains(no)));
        (is_unsent || self.came.header("proxy-authenticate").is_some())
            .then_some("unexpected_status")
    }
}

/// What an answer says of a token.
#[must_use]
pub fn meaning(described: &Described, came: &Received) -> Meaning {
    let answer = Opened::of(described, came);
    let is_success = described.is_success(came.status);
    let rules = rules(described);
    let refuses_by_code = rules.iter().any(|(_, rule)| {
        rule["means"] == "unauthenticated" && (!rule["code"].is_null() || !rule["body"].is_null())
    });
    let found = rules
        .iter()
        .find(|(_, rule)| fits(rule, &answer, is_success));
    let mut meaning = match found {
        Some((_, rule)) => by_rule(described, rule, &answer, refuses_by_code),
        None if is_success => success(described, &answer),
        None => by_http(described, &answer, refuses_by_code),
    };
    meaning.rule = found.map(|(label, _)| label.clone());
    meaning.code.clone_from(&answer.code);
    meaning.customary = answer.codes;
    meaning
}

fn is(kind: &'static str) -> Meaning {
    Meaning {
        kind,
        verdict: match kind {
            "unauthenticated" => "invalid",
            _ => "indeterminate",
        },
        ..Meaning::default()
    }
}

fn valid(limited: Option<Value>) -> Meaning {
    Meaning {
        kind: "forbidden",
        verdict: "valid",
        limited,
        ..Meaning::default()
    }
}

fn by_rule(
    described: &Described,
    rule: &Value,
    answer: &Opened<'_>,
    refuses_by_code: bool,
) -> Meaning {
    let is_bare = ["code", "body", "header", "text"]
        .iter()
        .all(|key| rule[*key].is_null());
    match rule["means"].as_str().unwrap_or_default() {
        "valid" | "no_subject" => valid(None),
        "limited" => {
            let code = answer.code.clone().or(answer.codes.first().cloned());
            valid(Some(json!({ "by": rule["by"], "code": code })))
        }
        "unauthenticated" if is_bare => refusal(described, answer, refuses_by_code),
        "unauthenticated" => match answer.veto() {
            Some(kind) => is(kind),
            None if answer.is_page() => is("invalid_response"),
            None => is("unauthenticated"),
        },
        "forbidden" => is("forbidden"),
        "rate_limited" => is("rate_limited"),
        "unavailable" => is("unavailable"),
        _ => is("unexpected_status"),
    }
}

/// A success counts when it names somebody; where nothing that names anybody is mapped, when it is the described one.
fn success(described: &Described, answer: &Opened<'_>) -> Meaning {
    if !meets(&described.whoami()["success"], answer) {
        return is("invalid_response");
    }
    let mapping = &described.whoami()["identity"];
    if mapping == "none" {
        return if has_form(described, answer) && !answer.is_page() {
            valid(None)
        } else {
            is("invalid_response")
        };
    }
    let json = answer.json.clone().unwrap_or_default();
    let claims = identity(mapping, &json);
    let names = |at: &str| claims.pointer(at).and_then(plain).is_some();
    let at_root = ["/sub", "/email", "/preferred_username", "/name"];
    let more = ["/given_name", "/family_name", "/token/id", "/token/name"];
    let mut organizations = list(&claims["organizations"]);
    let is_somebody = at_root.into_iter().chain(more).any(names)
        || organizations.any(|it| plain(&it["id"]).or(plain(&it["name"])).is_some());
    if is_somebody {
        valid(None)
    } else {
        is("invalid_response")
    }
}

fn by_http(described: &Described, answer: &Opened<'_>, refuses_by_code: bool) -> Meaning {
    let status = answer.came.status;
    match status {
        401 | 403 if answer.came.challenges_with("insufficient_scope") => {
            valid(Some(json!({ "by": "scope", "code": "insufficient_scope" })))
        }
        401 => refusal(described, answer, refuses_by_code),
        429 => is("rate_limited"),
        403 if answer.is_foreign() => is("invalid_response"),
        403 => is("forbidden"),
        300..=399 => is("redirected"),
        500..=599 => is("unavailable"),
        _ => is("unexpected_status"),
    }
}

/// Whether an answer refuses a token by its status.
fn refusal(described: &Described, answer: &Opened<'_>, refuses_by_code: bool) -> Meaning {
    if let Some(kind) = answer.veto() {
        return is(kind);
    }
    if answer.came.challenges_with("insufficient_scope") {
        return valid(Some(json!({ "by": "scope", "code": "insufficient_scope" })));
    }
    if !refuses_by_code && answer.came.challenges_with("invalid_token") {
        return is("unauthenticated");
    }
    if answer.is_foreign() {
        return is("invalid_response");
    }
    let is_about_token = |code: &String| BAD_TOKEN.contains(&letters(code).as_str());
    let documented = answer.code.iter();
    let documented = documented.filter(|code| is_code(code, answer.came.status));
    let is_refusal = !refuses_by_code
        && has_form(described, answer)
        && answer.codes.iter().chain(documented).all(is_about_token);
    is(if is_refusal {
        "unauthenticated"
    } else {
        "unexpected_status"
    })
}

/// Whether the body has the members that the description requires; where it describes none, an empty body or an object.
fn has_form(described: &Described, answer: &Opened<'_>) -> bool {
    let response = described.response(answer.came.status);
    let media = response.and_then(|response| response.json);
    let schema = media.and_then(|(_, media)| media.get("schema"));
    match (schema, &answer.json) {
        (None, None) => answer.text.is_empty(),
        (None, Some(json)) => json.is_object(),
        (Some(schema), json) => json
            .as_ref()
            .is_some_and(|json| json.is_object() && has_required(described, schema, json)),
    }
}

fn has_required(described: &Described, schema: &Value, json: &Value) -> bool {
    let schema = resolve(&described.document, schema);
    let has_own = list(&schema["required"])
        .filter_map(Value::as_str)
        .all(|name| {
            let property = resolve(&described.document, &schema["properties"][name]);
            let value = &json[name];
            json.get(name).is_some()
                && (value.is_null() || has_required(described, property, value))
        });
    let branches = ["oneOf", "anyOf"].map(|keyword| list(&schema[keyword]).collect::<Vec<_>>());
    let branches = branches.concat();
    has_own
        && list(&schema["allOf"]).all(|part| has_required(described, part, json))
        && (branches.is_empty()
            || branches
                .iter()
                .any(|branch| has_required(described, branch, json)))
}

/// The rules, each with what it is called, in the order in which they are tried.
fn rules(described: &Described) -> Vec<(String, Value)> {
    let answers = &described.whoami()["answers"];
    if answers.is_array() {
        return list(answers)
            .map(|rule| (label(rule), rule.clone()))
            .collect();
    }
    let mut rules: Vec<_> = members(answers)
        .map(|(key, means)| {
            let (status, code) = key.split_once(' ').unwrap_or((key, ""));
            let status = status.parse::<u16>().map_or(json!(status), |it| json!(it));
            let mut rule = json!({ "status": status, "means": means });
            if !code.is_empty() {
                rule["code"] = json!(code);
            }
            (key.to_owned(), rule)
        })
        .collect();
    // What has a code goes first.
    rules.sort_by_key(|(_, rule)| rule["code"].is_null());
    rules
}

/// What a rule is called: its statuses and codes, and its conditions where it has some.
fn label(rule: &Value) -> String {
    let texts = |value: &Value| match value {
        Value::Array(items) => items
            .iter()
            .filter_map(plain)
            .collect::<Vec<_>>()
            .join(", "),
        one => plain(one).unwrap_or_default(),
    };
    let mut label = texts(&rule["status"]);
    let conditions = ["body", "header", "text"].map(|key| match &rule[key] {
        Value::Null => String::new(),
        condition => condition.to_string(),
    });
    for more in [texts(&rule["code"])].into_iter().chain(conditions) {
        if !more.is_empty() {
            label = format!("{label} {more}");
        }
    }
    label
}

/// One value, or each of a list.
fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn fits(rule: &Value, answer: &Opened<'_>, is_success: bool) -> bool {
    let status = answer.came.status;
    let is_status = each(&rule["status"]).into_iter().any(|it| match it {
        Value::String(text) if text == "default" => !is_success,
        Value::String(text) => {
            let is_range = text.to_ascii_lowercase().ends_with("xx");
            (is_range && text.starts_with(&(status / 100).to_string()))
                || *text == status.to_string()
        }
        number => *number == json!(status),
    });
    let codes = each(&rule["code"]);
    let is_code = codes.is_empty()
        || codes
            .into_iter()
            .any(|code| plain(code).is_some() && plain(code) == answer.code);
    is_status && is_code && meets(rule, answer)
}

/// Whether an answer meets the conditions on its body, its headers and its texts.
fn meets(conditions: &Value, answer: &Opened<'_>) -> bool {
    members(&conditions["body"]).all(|(pointer, test)| {
        let value = answer.json.as_ref().map(|json| json.pointer(pointer));
        value.is_some_and(|value| holds(test, value))
    }) && members(&conditions["header"]).all(|(name, test)| {
        let value = answer.came.header(name).map(Value::from);
        holds(test, value.as_ref())
    }) && says(&conditions["text"], answer)
}

/// Whether a value is what a test asks for.
fn holds(test: &Value, value: Option<&Value>) -> bool {
    let value = value.filter(|value| !value.is_null());
    let is = |wanted: &Value| match (wanted, value) {
        (Value::Null, value) => value.is_none(),
        (Value::Number(wanted), Some(Value::Number(found))) => wanted.as_f64() == found.as_f64(),
        (wanted, value) => Some(wanted) == value,
    };
    if !test.is_object() {
        return each(test).into_iter().any(is) || test.is_null() && value.is_none();
    }
    let contains = |wanted: &Value| {
        let wanted = wanted.as_str().unwrap_or_default();
        match value {
            Some(Value::String(found)) => found.to_lowercase().contains(&wanted.to_lowercase()),
            Some(Value::Array(items)) => items
                .iter()
                .any(|item| plain(item).as_deref() == Some(wanted)),
            _ => false,
        }
    };
    let one = |key: &str| each(&test[key]);
    (one("equals").is_empty() || one("equals").into_iter().any(is))
        && !one("not").into_iter().any(is)
        && (one("contains").is_empty() || one("contains").into_iter().any(contains))
        && test["present"]
            .as_bool()
            .is_none_or(|present| present == value.is_some())
}

/// Whether the answer says what a text asks for.
fn says(text: &Value, answer: &Opened<'_>) -> bool {
    if text.is_null() {
        return true;
    }
    let said: Vec<_> = if answer.json.is_some() {
        let said = answer.messages.iter().chain(&answer.codes);
        said.map(|text| text.to_lowercase()).collect()
    } else {
        vec![answer.text.to_lowercase()]
    };
    let stands = |wanted: &Value| {
        let wanted = wanted.as_str().unwrap_or_default().to_lowercase();
        said.iter().any(|text| text.contains(&wanted))
    };
    let (any, all, none) = if text.is_object() {
        (each(&text["any"]), each(&text["all"]), each(&text["none"]))
    } else {
        (each(text), Vec::new(), Vec::new())
    };
    said.iter().any(|text| !text.is_empty())
        && (any.is_empty() || any.into_iter().any(stands))
        && all.into_iter().all(stands)
        && !none.into_iter().any(stands)
}

/// The letters and digits of a text, in lower case: codes are compared so.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_code_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CODES.contains(&name.as_str()) || name.ends_with("_code") || name.ends_with("-code")
}

/// Whether a text under such a name is a code: no address, and not the status again.
fn is_code(text: &str, status: u16) -> bool {
    let phrase = match status {
        400 => "badrequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "notfound",
        429 => "toomanyrequests",
        500 => "internalservererror",
        503 => "serviceunavailable",
        _ => "",
    };
    let is_address = text.contains("://") || text.starts_with("about:") || text.starts_with('/');
    !text.trim().is_empty()
        && !is_address
        && text.trim() != status.to_string()
        && letters(text) != phrase
}

/// What `x-whoami.answers` lists and none of what came was: no example shows it, or no seed makes it.
#[must_use]
pub fn unreached(described: &Described, came: &[Received]) -> Vec<String> {
    let reached: BTreeSet<_> = came
        .iter()
        .filter_map(|answer| meaning(described, answer).rule)
        .collect();
    let rules = rules(described).into_iter();
    rules
        // A success that is nobody's is no example of a description: those are held in crates/cli/tests.
        .filter(|(label, _)| !label.starts_with('2') && !reached.contains(label))
        .map(|(label, _)| {
            format!("no answer came that `x-whoami` lists as {label:?}: describe an example of it")
        })
        .collect()
}
