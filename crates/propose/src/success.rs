//! What a success says of the token beside whose it is.

use serde_json::Value;

use keyholder_openapi::pointer;

use super::shape::Shape;
use super::words;
use super::yaml::{self, Map, Node};

/// Names of flags by which an answer says whether the token is good.
const VALID_FLAGS: &[&str] = &["valid", "is_valid", "token_valid", "key_valid"];

/// Names of flags by which an answer says whether the request went well.
const OK_FLAGS: &[&str] = &["ok", "success", "successful", "succeeded"];

/// Names of flags that are true of a token, or an account, in use.
const ACTIVE_FLAGS: &[&str] = &[
    "active",
    "is_active",
    "enabled",
    "is_enabled",
    "authenticated",
    "is_authenticated",
    "logged_in",
    "is_logged_in",
];

/// Names of flags that are false of a token in use.
const DEAD_FLAGS: &[&str] = &[
    "revoked",
    "is_revoked",
    "disabled",
    "is_disabled",
    "expired",
    "is_expired",
    "deleted",
    "anonymous",
    "is_anonymous",
    "guest",
    "is_guest",
];

/// Names of objects around what an answer says of the token.
const WRAPPERS: &[&str] = &[
    "data",
    "result",
    "token",
    "key",
    "api_key",
    "apikey",
    "access_token",
    "credential",
];

/// Values of `status` that a token in use has.
const GOOD_STATUSES: &[&str] = &[
    "active",
    "activated",
    "approved",
    "confirmed",
    "enabled",
    "live",
    "ok",
    "provisioned",
    "registered",
    "success",
    "succeeded",
    "valid",
    "verified",
];

/// Words of operations that are about tokens rather than people.
const ABOUT_TOKENS: &[&str] = &[
    "token",
    "key",
    "credential",
    "validate",
    "verify",
    "introspect",
];

/// Words by which operations, schemas and objects are about tokens, beside those and [`words::CREDENTIALS`].
const TOKENS: &[&str] = &[
    "auth",
    "authentication",
    "jwt",
    "bearer",
    "session",
    "verify",
    "validate",
    "introspect",
    "introspection",
];

/// Credentials, and what is true of them when a request is.
const CREDENTIALS: &[&str] = &[
    "token",
    "tokens",
    "key",
    "apikey",
    "credential",
    "credentials",
    "auth",
    "authentication",
    "authenticated",
    "jwt",
    "bearer",
    "session",
];

/// Who or what is in use together with its token.
const HOLDERS: &[&str] = &[
    "user", "users", "account", "member", "caller", "owner", "person", "profile", "client", "app",
];

/// Words that say no more than a flag's name does.
const GENERIC: &[&str] = &[
    "whether",
    "if",
    "it",
    "is",
    "was",
    "be",
    "the",
    "a",
    "an",
    "this",
    "that",
    "or",
    "not",
    "and",
    "true",
    "false",
    "valid",
    "validity",
    "active",
    "enabled",
    "status",
    "state",
    "flag",
    "indicates",
    "indicate",
    "indicating",
    "currently",
    "boolean",
    "when",
    "will",
    "still",
    "authenticated",
    "logged",
    "in",
    "returns",
    "always",
    "s",
];

/// Words for spans of time: what was active in one is not what is in use.
const SPANS: &[&str] = &[
    "day", "days", "week", "weeks", "month", "months", "year", "recently", "last", "ago", "since",
    "online",
];

/// What else of a holder may be in order or not, while its token is good.
const CONFIRMED: &[&str] = &["email", "mail", "phone", "mfa", "newsletter", "newsletters"];

/// Fields of persons that may be valid or not themselves.
const CHECKED: &[&str] = &["email", "phone", "phone_number", "address", "card", "vat"];

/// What a success says of the token beside whose it is.
#[derive(Default)]
pub(super) struct Success {
    /// What must hold of it.
    pub conditions: Option<Map>,
    /// What it says by itself, as rules.
    pub rules: Vec<Node>,
    /// What nothing is concluded from.
    pub remarks: Vec<String>,
}

/// Proposes what must hold of a success of this status, by flags at its root or in what wraps it.
pub(super) fn propose(status: &str, body: &Shape<'_>, about: &str) -> Success {
    let mut found = Success::default();
    let mut conditions = Map::default();
    if body.is_boolean() {
        conditions.explain(
            "",
            Node::from(Value::from(true)),
            "The whole answer is a flag: where it is not true, nothing is known of the token.",
        );
    }
    let mut places = vec![(String::new(), body.clone())];
    for (name, inner) in body.fields() {
        if WRAPPERS.contains(&words::key(name).as_str()) {
            places.push((pointer::push("", name), inner));
        }
    }
    let is_about_tokens = ABOUT_TOKENS.iter().any(|word| words::says(about, word));
    let speaks_of_tokens = |text: &str| {
        let line = words::line(text);
        let mut nouns = words::CREDENTIALS.iter().chain(TOKENS);
        nouns.any(|word| words::says(&line, word))
    };
    let names_tokens =
        speaks_of_tokens(about) || body.names().iter().any(|name| speaks_of_tokens(name));
    for (place, shape) in &places {
        let has_checked = shape
            .fields()
            .iter()
            .any(|(name, _)| CHECKED.contains(&words::key(name).as_str()));
        for (name, field) in shape.fields() {
            let key = words::key(name);
            let at = pointer::push(place, name);
            let quote = match words::quote(&field.description()) {
                quote if quote.is_empty() => quote,
                quote => format!(" Described as: \"{quote}\""),
            };
            let may_be_active = is_about_tokens || place.is_empty();
            if field.is_flag() && VALID_FLAGS.contains(&key.as_str()) {
                let description = field.description();
                let line = words::line(&description);
                let is_said = CREDENTIALS.iter().any(|word| words::says(&line, word));
                let is_of_tokens = is_said
                    || speaks_of_tokens(name)
                    || speaks_of_tokens(place)
                    || names_tokens && !(has_checked && line.trim().is_empty());
                if is_of_tokens && !is_of_another(&description, CREDENTIALS) {
                    found.rules.extend(verdicts(status, &at, &quote));
                } else {
                    found.remarks.push(format!(
                        "{at} may say whether the token is good, or whether something else is: no rule goes by it.{quote}"
                    ));
                }
            } else if field.is_flag() {
                let nouns = [CREDENTIALS, HOLDERS].concat();
                let is_active = ACTIVE_FLAGS.contains(&key.as_str());
                if is_active && is_of_another(&field.description(), &nouns) {
                    found.remarks.push(format!(
                        "{at} does not plainly say whether the token, or its account, is in use: no condition goes by it.{quote}"
                    ));
                } else if let Some((test, what)) = condition(&key, may_be_active) {
                    conditions.explain(at, test, format!("{what}{quote}"));
                }
            } else if key == "status" && field.is_string() {
                match good_statuses(&field) {
                    Ok(good) => conditions.explain(
                        at,
                        good,
                        format!(
                            "By its values, it says whether the token, or its account, is in use: otherwise nothing is concluded. If it is the token, a rule may refuse it.{quote}"
                        ),
                    ),
                    Err(values) => found.remarks.push(format!(
                        "{at} may say whether the token is in use{values}: no rule goes by it.{quote}"
                    )),
                }
            }
        }
    }
    if !conditions.is_empty() {
        let mut success = Map::default();
        success.add("body", conditions);
        found.conditions = Some(success);
    }
    found
}

/// Whether a flag is described as something else's than these: it names none of them, or something that one of them has.
fn is_of_another(description: &str, nouns: &[&str]) -> bool {
    let all = words::words(description);
    let has = |known: &[&str]| all.iter().any(|word| known.contains(&word.as_str()));
    let is_bare = all.iter().all(|word| GENERIC.contains(&word.as_str()));
    // "The user's payment card": what stands after the possessor is what is meant.
    let is_possessor = all.iter().enumerate().any(|(at, word)| {
        let mut next = all.iter().skip(at + 1).take(3);
        word == "s" && !next.any(|it| nouns.contains(&it.as_str()))
    });
    !is_bare && (!has(nouns) || is_possessor || has(SPANS) || has(CONFIRMED))
}

/// Whether a success says by a flag whether the request went well.
pub(super) fn has_verdict_flag(body: &Shape<'_>) -> bool {
    body.fields()
        .into_iter()
        .any(|(name, field)| field.is_flag() && OK_FLAGS.contains(&words::key(name).as_str()))
}

/// The rules of a flag that says whether the token is good.
fn verdicts(status: &str, at: &str, quote: &str) -> [Node; 2] {
    let rule = |value: bool, means: &str, why: String| {
        let mut body = Map::default();
        body.add(at, Node::from(Value::from(value)));
        let mut rule = Map::default();
        rule.explain("status", yaml::status(status), why);
        rule.add("body", body);
        rule.add("means", means);
        Node::from(rule)
    };
    let why = format!("By its name, {at} says whether the token is good: check.{quote}");
    [
        rule(false, "unauthenticated", why),
        rule(
            true,
            "valid",
            "The same, whether or not it names somebody.".to_owned(),
        ),
    ]
}

/// What must hold of a flag of that name, and why.
fn condition(key: &str, may_be_active: bool) -> Option<(Node, &'static str)> {
    let not = |value: bool| {
        let mut test = Map::default();
        test.add("not", Node::from(Value::from(value)));
        Node::from(test)
    };
    if OK_FLAGS.contains(&key) {
        Some((
            not(false),
            "By its name, it says whether the request went well: where it did not, nothing is known of the token.",
        ))
    } else if ACTIVE_FLAGS.contains(&key) && may_be_active {
        Some((
            not(false),
            "By its name, it says whether the token, or its account, is in use: where it is not, nothing is concluded. If it is the token, a rule may refuse it.",
        ))
    } else if DEAD_FLAGS.contains(&key) {
        Some((
            not(true),
            "By its name, it is true of a token that is not in use, or of nobody's: then nothing is concluded. If it is the token, a rule may refuse it.",
        ))
    } else {
        None
    }
}

/// The values of a `status` in use; else what its values are, for people.
fn good_statuses(field: &Shape<'_>) -> Result<Node, String> {
    let values = field.values();
    let good: Vec<_> = values
        .iter()
        .filter(|value| GOOD_STATUSES.contains(&value.to_lowercase().as_str()))
        .map(|value| Node::from(*value))
        .collect();
    match (good.is_empty(), values.is_empty()) {
        // A good answer may leave it out.
        (false, _) => Ok(Node::List(
            good.into_iter().chain([Node::from(Value::Null)]).collect(),
        )),
        (true, true) => Err(", and its values are not described".to_owned()),
        (true, false) => Err(format!(" ({})", values.join(", "))),
    }
}
