//! What the documented errors say of the token.

use std::collections::BTreeMap;

use keyholder_core::Meaning;
use keyholder_core::customary::{self, Says};
use keyholder_openapi::pointer;

use super::document::{Operation, Response};
use super::shape::Shape;
use super::yaml::{self, Map, Node};
use super::{success, words};

/// The proposal: where the provider's own code stands, and what the answers mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The pointers to the code, and why they are taken for ones.
    pub code: Option<(Vec<String>, String)>,
    /// The rules, each with a comment that quotes what it rests on.
    pub rules: Vec<Node>,
    /// What nothing is concluded from.
    pub remarks: Vec<String>,
    /// What must hold of a success.
    pub success: Option<Map>,
}

/// Where a provider's own code stands, the likeliest first.
const CODES: &[&str] = &[
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
    "error/slug",
    "error/error_slug",
    "error/status",
    "detail/code",
    "detail/type",
    "detail/slug",
    "detail/reason",
    "errors/0/reason",
    "errors/0/slug",
    "errors/0/name",
    "meta/code",
    "error_type",
    "error_name",
    "error_key",
    "slug",
    "error_slug",
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

/// Words with which a code or a description says that a credential is no good.
const BAD: &[&str] = &[
    "invalid",
    "expired",
    "revoked",
    "bad",
    "unknown",
    "unrecognized",
    "unrecognised",
    "malformed",
    "incorrect",
    "wrong",
    "deleted",
];

/// Words for credentials.
const CREDENTIAL: &[&str] = &[
    "token",
    "tokens",
    "key",
    "keys",
    "apikey",
    "credential",
    "credentials",
    "auth",
    "authentication",
    "jwt",
    "bearer",
];

/// Words that leave it the same credential.
const PLAIN: &[&str] = &[
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
    "is",
];

/// Phrases of descriptions that speak of more than whether the token is good: a good one may be refused so as well.
const MORE_IS_ASKED: &[&str] = &[
    "two factor",
    "two step",
    "second factor",
    "multi factor",
    "multifactor",
    "2fa",
    "mfa",
    "otp",
    "one time password",
    "one time code",
    "step up",
    "only takes",
    "only accepts",
    "only supports",
    "only works with",
    "only available to",
    "only available for",
    "only for",
    "only user tokens",
    "not allowed",
    "not permitted",
    "origin",
    "ip address",
    "permission",
    "permissions",
    "scope",
    "scopes",
    "insufficient",
    "not authorised to",
    "not authorised for",
    "not authorized to",
    "not authorized for",
];

/// Phrases that ask a person to sign in anew; beside words of a bad token, that is what to do about it.
const AGAIN: &[&str] = &[
    "re authentication",
    "reauthentication",
    "re authenticate",
    "reauthenticate",
];

/// What a word says, where that is that the token is not the matter.
fn meaning_of(says: Says) -> Option<Meaning> {
    Some(match says {
        Says::BadToken(_) => Meaning::Unauthenticated,
        Says::NoToken => Meaning::Nothing,
        // That the token is good is for somebody to say who knows: a guess would hide a dead one.
        Says::Limited(_) | Says::SomethingElse => Meaning::Forbidden,
        Says::RateLimited => Meaning::RateLimited,
        Says::Unavailable => Meaning::Unavailable,
        _ => return None,
    })
}

/// A status, its code, what that is taken to mean, and why.
struct Told {
    status: String,
    code: Option<String>,
    meaning: Meaning,
    why: String,
}

/// How many codes of one status are looked at: an enum may hold all errors of an API.
const MAX_CODES: usize = 60;

/// Proposes `code`, `answers` and what must hold of a success.
pub(super) fn propose(operation: &Operation<'_>, about: &str) -> Answers {
    let errors: Vec<_> = operation
        .responses()
        .into_iter()
        .filter(|response| !response.status.starts_with(['2', '3']))
        .collect();
    let mut answers = Answers {
        code: code(&errors),
        ..Answers::default()
    };
    let mut documented: BTreeMap<&str, &Response<'_>> = BTreeMap::new();
    for error in &errors {
        documented.insert(error.status, error);
    }
    let pointers = answers.code.iter().flat_map(|(pointers, _)| pointers);
    let pointers: Vec<_> = pointers.map(String::as_str).collect();
    let mut told = Vec::new();
    for (status, response) in &documented {
        told.extend(by_codes(status, response, &pointers, &mut answers.remarks));
    }
    // Where one status refuses by a code that is not the only one of its kind, so do all: see the rule of the reader.
    let refuses = |it: &Told| it.meaning == Meaning::Unauthenticated;
    let has_refusals = told.iter().any(refuses);
    // Another answer says how a wrong token is told.
    let is_told_elsewhere = |own: &str| {
        documented.iter().any(|(status, response)| {
            *status != own
                && by_description(status, response.description, false)
                    .is_some_and(|(meaning, _)| meaning == Meaning::Unauthenticated)
                && says_bad_token(response.description)
        })
    };
    for (status, response) in &documented {
        let has_codes = told.iter().any(|it| it.status == **status);
        match by_description(status, response.description, is_told_elsewhere(status)) {
            Some((Meaning::Unauthenticated, why)) if has_codes && !has_refusals => {
                told.push(Told {
                    status: (*status).to_owned(),
                    code: None,
                    meaning: Meaning::Nothing,
                    why: format!(
                        "{why} Its refusals have a code, and which is in doubt: so it refuses none. Give the code a rule."
                    )
                    .trim()
                    .to_owned(),
                });
            }
            Some((Meaning::Unauthenticated, why)) if has_refusals => {
                let is_told = told.iter().any(|it| it.status == **status && refuses(it));
                let remark = format!(
                    "{status} refuses no token: refusals have a code here, and none of its own is known. {why}"
                );
                answers.remarks.extend((!is_told).then_some(remark));
            }
            Some((meaning, why)) => told.push(Told {
                status: (*status).to_owned(),
                code: None,
                meaning,
                why,
            }),
            None if !has_codes => answers
                .remarks
                .extend(undecided(status, response.description)),
            None => {}
        }
    }
    let success = operation.success();
    let body = success.as_ref().and_then(|success| success.body.as_ref());
    let mut rules = Vec::new();
    if let (Some(success), Some(body)) = (&success, body) {
        let found = success::propose(success.status, body, about);
        rules.extend(found.rules);
        answers.success = found.conditions;
        answers.remarks.extend(found.remarks);
    }
    // An API that tells of errors in a success does so by the same codes.
    let also = body
        .filter(|body| {
            success::has_verdict_flag(body)
                && pointers.iter().all(|it| pointer::tokens(it).count() == 1)
        })
        .and(success.as_ref())
        .map(|success| success.status);
    // A refusal goes before the condition that the same answer fails.
    let mut all = written(told, also);
    all.extend(rules);
    answers.rules = all;
    answers
}

/// The rules, those with a code first. Codes of one status that mean the same are one.
fn written(told: Vec<Told>, also: Option<&str>) -> Vec<Node> {
    let mut groups: Vec<(String, Meaning, Vec<String>, Vec<String>)> = Vec::new();
    for it in told {
        let code = Vec::from_iter(it.code);
        let same = groups.iter_mut().find(|(status, meaning, codes, _)| {
            *status == it.status && *meaning == it.meaning && codes.is_empty() == code.is_empty()
        });
        match same {
            Some((_, _, codes, why)) => {
                codes.extend(code);
                why.push(it.why);
            }
            None => groups.push((it.status, it.meaning, code, vec![it.why])),
        }
    }
    groups.sort_by_key(|(_, _, codes, _)| codes.is_empty());
    groups
        .into_iter()
        .map(|(status, meaning, codes, why)| {
            let mut rule = Map::default();
            let mut why: Vec<_> = why.into_iter().filter(|it| !it.is_empty()).collect();
            why.dedup();
            let status = match also {
                Some(also) if !codes.is_empty() && meaning == Meaning::Unauthenticated => {
                    Node::List(vec![yaml::status(also), yaml::status(&status)])
                }
                _ => yaml::status(&status),
            };
            if why.is_empty() {
                rule.add("status", status);
            } else {
                rule.explain("status", status, why.join("\n"));
            }
            let mut codes: Vec<Node> = codes.into_iter().map(Node::from).collect();
            match codes.len() {
                0 => {}
                1 => rule.add("code", codes.remove(0)),
                _ => rule.add("code", codes),
            }
            rule.add("means", meaning.as_str());
            rule.into()
        })
        .collect()
}

/// What a status means by its description, and by itself where that says nothing else; with what it rests on.
fn by_description(
    status: &str,
    description: &str,
    is_told_elsewhere: bool,
) -> Option<(Meaning, String)> {
    let gist = words::quote(description);
    let quote = if gist.is_empty() {
        String::new()
    } else {
        format!("Described as: \"{gist}\"")
    };
    let says = customary::message(description);
    let asks_more = || {
        let line = words::line(description);
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| words::says(&line, phrase));
        (has(MORE_IS_ASKED) || has(AGAIN) && !says_bad_token(description))
            .then_some(Meaning::Forbidden)
    };
    let other = says
        .and_then(meaning_of)
        .filter(|it| *it != Meaning::Nothing)
        .or_else(asks_more);
    let is_bad = says_bad_token(description);
    let doubt = |more: &str| format!("{quote} {more}").trim().to_owned();
    match status {
        "429" => Some((Meaning::RateLimited, quote)),
        "503" => Some((Meaning::Unavailable, quote)),
        "401" => Some(match (other, says) {
            (Some(_), _) => (
                Meaning::Forbidden,
                doubt(
                    "That is not only about a bad token, so it refuses none: check how a wrong one is answered.",
                ),
            ),
            (None, Some(Says::NoToken)) if is_told_elsewhere => (
                Meaning::Nothing,
                doubt("It speaks of a missing token, and another answer of a wrong one."),
            ),
            (None, Some(Says::NoToken)) => (
                Meaning::Unauthenticated,
                doubt("It speaks of a missing token; a wrong one is taken to be answered alike."),
            ),
            (None, _) if description.trim().is_empty() => (
                Meaning::Unauthenticated,
                "By its status: nothing is said of it.".to_owned(),
            ),
            (None, _) if !is_about_credentials(description) => (
                Meaning::Forbidden,
                doubt(
                    "That does not speak of a token, so it refuses none: check how a wrong one is answered.",
                ),
            ),
            (None, _) => (Meaning::Unauthenticated, quote),
        }),
        "400" | "403" if is_bad && other.is_none() => Some((Meaning::Unauthenticated, quote)),
        "403" => {
            let more = if is_bad {
                "That is not only about a bad token, so it refuses none: check how a wrong one is answered."
            } else {
                ""
            };
            Some((Meaning::Forbidden, doubt(more)))
        }
        _ => None,
    }
}

/// What is said of a status from which nothing is concluded.
fn undecided(status: &str, description: &str) -> Option<String> {
    let is_error = status.starts_with('4') && status.parse::<u16>().is_ok() || status == "default";
    if !is_error {
        return None;
    }
    let mut remark = format!("{status} is left out: what it says of the token is not plain.");
    let gist = words::quote(description);
    if !gist.is_empty() {
        remark.push_str(&format!(" Described as: \"{gist}\""));
    }
    Some(remark)
}

/// What the codes of a status mean.
fn by_codes(
    status: &str,
    response: &Response<'_>,
    pointers: &[&str],
    remarks: &mut Vec<String>,
) -> Vec<Told> {
    let Some(body) = &response.body else {
        return Vec::new();
    };
    let number = status.parse::<u16>().ok();
    let mut found = Vec::new();
    let mut is_listed = false;
    for pointer in pointers {
        let (codes, listed) = codes(body, pointer);
        is_listed |= listed;
        for code in codes {
            if !found.contains(&code) {
                found.push(code);
            }
        }
    }
    if found.len() > MAX_CODES {
        remarks.push(format!(
            "Of the codes of {status} only the first {MAX_CODES} of {} were looked at.",
            found.len()
        ));
        found.truncate(MAX_CODES);
    }
    let mut told = Vec::new();
    for code in found {
        let (meaning, why) = meaning(&code, number);
        // One example tells of one refusal, and a 401 refuses by other codes as well.
        let is_http = number == Some(401) && !is_listed && meaning == Meaning::Unauthenticated;
        // What a status says by itself needs no rule for a code.
        let is_said = matches!(
            (number, meaning),
            (Some(429), Meaning::RateLimited) | (Some(503), Meaning::Unavailable)
        );
        let is_about_token = matches!(number, Some(400 | 401 | 403)) || status == "default";
        let is_known = matches!(meaning, Meaning::NoSubject);
        if !is_http && !is_said && (is_about_token || is_known) {
            told.push(Told {
                status: status.to_owned(),
                code: Some(code),
                meaning,
                why,
            });
        }
    }
    told
}

/// What a code means, and why. When that is not plain, that it refuses nothing: somebody will destroy a key that is called
/// invalid.
fn meaning(code: &str, status: Option<u16>) -> (Meaning, String) {
    let line = words::line(code);
    if words::says(&line, "no user") && status == Some(404) {
        return (Meaning::NoSubject, format!("`{code}`: by its name."));
    }
    if let Some(meaning) = customary::code(code).and_then(meaning_of) {
        let why = match meaning {
            Meaning::Nothing => "says that no token came, and one was sent",
            _ => "customarily says just that",
        };
        return (meaning, format!("`{code}`: it {why}."));
    }
    let is_again = customary::code(code) == Some(Says::Nothing);
    if is_again && status == Some(401) {
        return (
            Meaning::Unauthenticated,
            format!("`{code}`: it says what the status says."),
        );
    }
    match customary::message(&line).and_then(meaning_of) {
        Some(Meaning::Nothing) => {
            return (
                Meaning::Nothing,
                format!("`{code}`: it says that no token came, and one was sent."),
            );
        }
        Some(meaning) => {
            return (
                meaning,
                format!("`{code}`: by its name, not about a bad token."),
            );
        }
        None => {}
    }
    if names_bad_token(code) {
        return (Meaning::Unauthenticated, format!("`{code}`: by its name."));
    }
    (
        Meaning::Forbidden,
        format!("`{code}`: what it says of the token is in doubt, so it refuses none: check."),
    )
}

/// Whether a code says by its words that the token is no good, and nothing beside that.
fn names_bad_token(code: &str) -> bool {
    let words = words::words(code);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    // A bare `key` may be that of any parameter.
    let is_some_key = has(&["key", "keys"]) && !has(&["api", "access", "auth"]);
    has(CREDENTIAL)
        && has(BAD)
        && !is_some_key
        && words.iter().all(|word| {
            [BAD, CREDENTIAL, PLAIN]
                .iter()
                .any(|names| names.contains(&word.as_str()))
        })
}

/// Whether the description of a 401 is about who asks, or says no more than that something went wrong.
fn is_about_credentials(description: &str) -> bool {
    const ABOUT: &[&str] = &[
        "unauthorized",
        "unauthorised",
        "unauthenticated",
        "unauthorizederror",
        "authenticate",
        "authenticated",
        "authentication",
        "authorization",
        "authorized",
        "authorised",
        "auth",
        "login",
        "logged",
        "log",
        "sign",
        "signed",
        "401",
    ];
    const GENERIC: &[&str] = &[
        "error", "errors", "failure", "failed", "response", "the", "an", "a", "client", "api",
        "request", "bad", "invalid",
    ];
    let line = words::line(description);
    let has = |names: &[&str]| names.iter().any(|name| words::says(&line, name));
    let words = words::words(description);
    has(ABOUT) || has(CREDENTIAL) || words.iter().all(|word| GENERIC.contains(&word.as_str()))
}

/// Whether a description says of a token that it is no good.
fn says_bad_token(description: &str) -> bool {
    let line = words::line(description);
    let has = |names: &[&str]| names.iter().any(|name| words::says(&line, name));
    has(CREDENTIAL) && (has(BAD) || has(&["not valid", "isn t valid", "is not recognized"]))
}

/// Where JSON error answers carry the provider's own code: one place for most of them, or a place each.
fn code(errors: &[Response<'_>]) -> Option<(Vec<String>, String)> {
    let bodies: Vec<_> = errors
        .iter()
        .filter_map(|error| error.body.as_ref())
        .collect();
    let fits = |body: &Shape<'_>, name: &str| {
        let (pointer, shape) = find(body, name)?;
        is_code(body, name, &shape).then_some(pointer)
    };
    // The place that most have goes first.
    let common = CODES.iter().find_map(|name| {
        let having: Vec<_> = bodies.iter().filter_map(|body| find(body, name)).collect();
        let fitting = bodies.iter().filter(|body| fits(body, name).is_some());
        let is_common = having.len() * 2 > bodies.len() && fitting.count() == having.len();
        let (pointer, _) = having.into_iter().next()?;
        is_common.then_some(pointer)
    });
    let mut pointers = Vec::from_iter(common);
    let mut having = 0;
    for body in &bodies {
        let tokens = |at: &String| {
            let keys = pointer::tokens(at).map(|token| words::key(&token));
            keys.collect::<Vec<_>>().join("/")
        };
        if pointers.iter().any(|at| find(body, &tokens(at)).is_some()) {
            having += 1;
        } else if let Some(pointer) = CODES.iter().find_map(|name| fits(body, name)) {
            having += 1;
            pointers.push(pointer);
        }
    }
    let comment = format!(
        "By its name, the provider's own code: {having} of {} described errors have it.",
        bodies.len()
    );
    (!pointers.is_empty()).then_some((pointers, comment))
}

/// Whether a field holds codes rather than texts for people or numbers.
fn is_code(body: &Shape<'_>, name: &str, field: &Shape<'_>) -> bool {
    let is_text = field.is_string() && !field.is_number();
    let numbers = field.numbers();
    let is_status = |number: &String| {
        number
            .parse::<u16>()
            .is_ok_and(|it| (100..600).contains(&it))
    };
    if !numbers.is_empty() && !is_text {
        // Numbers that are no statuses are codes, under a name for codes.
        return !COMMON.contains(&name) && !numbers.iter().all(is_status);
    }
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
    // A list of values says as much as a text beside it.
    let is_listed = !field.values().is_empty() && !matches!(name, "id" | "name" | "type");
    is_listed || has_message && (!shown.is_empty() || !matches!(name, "id" | "name" | "error"))
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

/// The codes that a body is documented to have, and whether the description lists them rather than gives an example.
fn codes(body: &Shape<'_>, at: &str) -> (Vec<String>, bool) {
    let path = pointer::tokens(at)
        .map(|token| words::key(&token))
        .collect::<Vec<_>>()
        .join("/");
    let Some((_, field)) = find(body, &path) else {
        return (Vec::new(), false);
    };
    let listed = field.values();
    let numbers = field.numbers();
    let mut unique = Vec::<String>::new();
    for code in listed
        .iter()
        .copied()
        .chain(field.samples())
        .chain(numbers.iter().map(String::as_str))
    {
        let is_code = !code.is_empty() && !code.contains(char::is_whitespace);
        if is_code && !unique.iter().any(|known| known == code) {
            unique.push(code.to_owned());
        }
    }
    let is_listed = !listed.is_empty() || unique.len() > 1;
    (unique, is_listed)
}
