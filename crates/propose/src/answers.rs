//! What the documented errors say of the token.

use std::collections::BTreeMap;

use super::document::{Operation, Response};
use super::shape::Shape;
use super::words;
use super::yaml::Map;
use keyholder_openapi::pointer;

/// The proposal: where the provider's own code stands, and what the answers mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The pointer to the code, and why it is taken for one.
    pub code: Option<(String, String)>,
    /// The meanings.
    pub map: Map,
}

/// Statuses that mean the same with every provider (RFC 9110, section 15; RFC 6585, section 4).
const STATUSES: [(&str, &str); 4] = [
    ("401", "unauthenticated"),
    ("403", "forbidden"),
    ("429", "rate_limited"),
    ("503", "unavailable"),
];

/// Where a provider's own code stands, the likeliest first.
const CODES: [&str; 24] = [
    "code",
    "error_code",
    "errcode",
    "error/code",
    "error/error_code",
    "errors/0/code",
    "errors/0/error_code",
    "error/type",
    "error/name",
    "error/error_name",
    "error/reason",
    "error/key",
    "error/status",
    "detail/code",
    "meta/code",
    "error_type",
    "error_name",
    "error_key",
    "type",
    "error",
    "errors/0/type",
    "reason",
    "id",
    "name",
];

/// Of these, only ones with a text for people beside them: the rest are names of other things.
const COMMON: [&str; 6] = ["type", "error", "id", "name", "reason", "errors/0/type"];

/// Texts for people.
const MESSAGES: [&str; 8] = [
    "message",
    "detail",
    "details",
    "description",
    "error_description",
    "msg",
    "title",
    "error_message",
];

/// Words with which a code says that a credential is no good.
const BAD: [&str; 17] = [
    "invalid",
    "expired",
    "revoked",
    "missing",
    "bad",
    "unknown",
    "unrecognized",
    "unrecognised",
    "malformed",
    "incorrect",
    "wrong",
    "no",
    "inactive",
    "disabled",
    "deleted",
    "required",
    "not",
];

/// Words for credentials.
const CREDENTIAL: [&str; 11] = [
    "token",
    "key",
    "apikey",
    "credential",
    "credentials",
    "auth",
    "authentication",
    "authorization",
    "jwt",
    "bearer",
    "authenticated",
];

/// Words that leave it the same credential.
const PLAIN: [&str; 13] = [
    "api",
    "access",
    "bearer",
    "oauth",
    "personal",
    "user",
    "m",
    "error",
    "exception",
    "err",
    "found",
    "provided",
    "is",
];

/// Codes that say it in other words.
const UNAUTHENTICATED: [&str; 8] = [
    "unauthenticated",
    "unauthorized_token",
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "login_required",
];

/// Words of codes for a good token that may not do this, or not from here.
const FORBIDDEN: [&str; 16] = [
    "scope",
    "scopes",
    "permission",
    "permissions",
    "network",
    "ip",
    "forbidden",
    "insufficient",
    "denied",
    "role",
    "allowed",
    "permitted",
    "origin",
    "plan",
    "subscription",
    "restricted",
];

/// Words of codes for too many requests, and for not now.
const OTHERS: [(&str, &[&str]); 2] = [
    (
        "rate_limited",
        &[
            "rate",
            "ratelimited",
            "throttled",
            "throttling",
            "many",
            "limit",
        ],
    ),
    ("unavailable", &["unavailable", "maintenance", "overloaded"]),
];

/// How many codes of one status are told of when their meaning is in doubt.
const DOUBTS: usize = 6;

/// Proposes `code` and `answers`.
pub(super) fn propose(operation: &Operation<'_>) -> Answers {
    let errors: Vec<_> = operation
        .responses()
        .into_iter()
        .filter(|response| !response.status.starts_with(['2', '3']))
        .collect();
    let code = code(&errors);
    let mut map = Map::default();
    let mut documented: BTreeMap<&str, &Response<'_>> = BTreeMap::new();
    for error in &errors {
        documented.insert(error.status, error);
    }
    for (status, response) in documented {
        add_status(status, response, &mut map);
        let is_told = match &code {
            Some((pointer, _)) => add_codes(status, response, pointer, &mut map),
            None => false,
        };
        if !is_told {
            remark_status(status, response, &mut map);
        }
    }
    Answers { code, map }
}

/// What a status says by itself.
fn add_status(status: &str, response: &Response<'_>, map: &mut Map) {
    let gist = words::gist(response.description);
    match by_status(status) {
        Some(meaning) if gist.is_empty() => map.add(status, meaning),
        Some(meaning) => map.explain(status, meaning, gist),
        None => {}
    }
}

fn by_status(status: &str) -> Option<&'static str> {
    STATUSES
        .iter()
        .find(|(known, _)| *known == status)
        .map(|(_, meaning)| *meaning)
}

/// Says that nothing is concluded from a status.
fn remark_status(status: &str, response: &Response<'_>, map: &mut Map) {
    let is_error = status.starts_with('4') && status.parse::<u16>().is_ok();
    if !is_error || by_status(status).is_some() {
        return;
    }
    let mut remark = format!("{status} is left out: what it says of the token is not plain.");
    let gist = words::gist(response.description);
    if !gist.is_empty() {
        remark.push_str(&format!(" Described as: \"{gist}\""));
    }
    map.remark(remark);
}

/// What the codes of a status say, where that is something else than the status says; whether any was told of.
fn add_codes(status: &str, response: &Response<'_>, pointer: &str, map: &mut Map) -> bool {
    let (Some(body), Ok(number)) = (&response.body, status.parse::<u16>()) else {
        return false;
    };
    let by_status = by_status(status);
    let mut is_told = false;
    let mut doubtful = Vec::new();
    for code in codes(body, pointer) {
        match meaning(&code, number) {
            Some(meaning) if Some(meaning) == by_status => {}
            Some(meaning) => {
                is_told = true;
                map.explain(format!("{status} {code}"), meaning, "By the code's name.");
            }
            None => doubtful.push(code),
        }
    }
    if !doubtful.is_empty() && by_status != Some("unauthenticated") {
        let more = doubtful.len().saturating_sub(DOUBTS);
        doubtful.truncate(DOUBTS);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        map.remark(format!(
            "{status} with {}{more}: what it says of the token is in doubt.",
            doubtful.join(", ")
        ));
        is_told = true;
    }
    is_told
}

/// What a code says of the token, where that is plain. When it is not, nothing: somebody will destroy a key that is
/// called invalid.
fn meaning(code: &str, status: u16) -> Option<&'static str> {
    let words = words::words(code);
    let key = words.join("_");
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if words::says(&words::line(code), "no user") && status == 404 {
        return Some("no_subject");
    }
    let other = OTHERS.iter().find(|(_, names)| has(names));
    if let Some((meaning, _)) = other.filter(|_| matches!(status, 429 | 503)) {
        return Some(meaning);
    }
    if !matches!(status, 400 | 401 | 403) {
        return None;
    }
    if has(&FORBIDDEN) || (key == "unauthorized" && status == 403) {
        return Some("forbidden");
    }
    // A bare `key` may be that of any parameter.
    let is_some_key = has(&["key"]) && !has(&["api", "access", "auth"]);
    let is_of_the_token = has(&CREDENTIAL)
        && has(&BAD)
        && !is_some_key
        && words.iter().all(|word| {
            [&BAD[..], &CREDENTIAL[..], &PLAIN[..]]
                .iter()
                .any(|names| names.contains(&word.as_str()))
        });
    let is_plain = UNAUTHENTICATED.contains(&key.as_str())
        || (status == 401 && matches!(key.as_str(), "unauthorized" | "authentication_error"));
    (is_of_the_token || is_plain).then_some("unauthenticated")
}

/// Where every JSON error answer carries the provider's own code.
fn code(errors: &[Response<'_>]) -> Option<(String, String)> {
    let bodies: Vec<_> = errors
        .iter()
        .filter_map(|error| error.body.as_ref())
        .collect();
    if bodies.is_empty() {
        return None;
    }
    let (pointer, name) = CODES.iter().find_map(|name| {
        let found: Vec<_> = bodies
            .iter()
            .filter_map(|body| Some((body, find(body, name)?)))
            .collect();
        let (_, (pointer, _)) = found.first()?;
        let fits = found
            .iter()
            .all(|(body, (_, shape))| is_code(body, name, shape));
        (found.len() * 2 > bodies.len() && fits).then(|| (pointer.clone(), name))
    })?;
    let having = bodies
        .iter()
        .filter(|body| find(body, name).is_some())
        .count();
    let comment = format!(
        "By its name, the provider's own code: {having} of {} described errors have it.",
        bodies.len()
    );
    Some((pointer, comment))
}

/// Whether a field holds codes rather than texts for people or numbers.
fn is_code(body: &Shape<'_>, name: &str, field: &Shape<'_>) -> bool {
    let is_text = field.is_string() && !field.is_number();
    let mut shown = field.values();
    shown.extend(field.samples());
    let is_word = |text: &&str| !text.contains(char::is_whitespace) && !text.contains("://");
    if !is_text || !shown.iter().all(is_word) {
        return false;
    }
    if !COMMON.contains(&name) {
        return true;
    }
    let has_message = MESSAGES.iter().any(|message| {
        find(body, message).is_some() || find(body, &format!("errors/0/{message}")).is_some()
    });
    // Without an example, `id` is likelier the error's than its kind's.
    has_message && (!shown.is_empty() || !matches!(name, "id" | "name" | "error"))
}

/// The field at a path of names, through objects and the first items of arrays.
fn find<'a>(shape: &Shape<'a>, path: &str) -> Option<(String, Shape<'a>)> {
    let mut at = String::new();
    let mut shape = shape.clone();
    for token in path.split('/') {
        if token == "0" {
            shape = shape.items()?;
            at = pointer::push(&at, "0");
        } else {
            let (name, inner) = shape
                .fields()
                .into_iter()
                .find(|(name, _)| words::key(name) == token)?;
            at = pointer::push(&at, name);
            shape = inner;
        }
    }
    Some((at, shape))
}

/// The codes that a body is documented to have.
fn codes(body: &Shape<'_>, at: &str) -> Vec<String> {
    let path = pointer::tokens(at)
        .map(|token| words::key(&token))
        .collect::<Vec<_>>()
        .join("/");
    let Some((_, field)) = find(body, &path) else {
        return Vec::new();
    };
    let mut codes = field.values();
    codes.extend(field.samples());
    let mut unique = Vec::<String>::new();
    for code in codes {
        let is_code = !code.is_empty() && !code.contains(char::is_whitespace);
        if is_code && !unique.iter().any(|known| known == code) {
            unique.push(code.to_owned());
        }
    }
    unique
}
