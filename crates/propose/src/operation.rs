//! Which operation tells who the caller is.

use super::arguments;
use super::authentication;
use super::claims::{self, Context};
use super::document::{Description, Operation};
use super::words;
use keyholder_openapi::nearest::nearest;
use keyholder_openapi::select;
use keyholder_openapi::structure::METHODS;
use keyholder_openapi::{Error, Result};

/// An operation that may be the one, and why.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    /// The operation.
    pub operation: Operation<'a>,
    /// Values of the path's parameters, by name.
    pub bound: Vec<(String, String)>,
    /// How likely it is.
    pub score: i32,
    /// What was found in its favour and against it.
    pub reasons: Vec<String>,
}

/// The choice, and what else there was.
#[derive(Clone, Debug)]
pub(super) struct Choice<'a> {
    /// The operation.
    pub candidate: Candidate<'a>,
    /// Whether it was named rather than found.
    pub is_given: bool,
    /// The next best, the best first.
    pub runners_up: Vec<Candidate<'a>>,
}

/// Below this, nothing speaks for an operation but its answer.
const THRESHOLD: i32 = 20;

/// How many others are told of.
const RUNNERS_UP: usize = 4;

/// Last segments of paths, and how much they say.
const SEGMENTS: [(&str, i32); 66] = [
    ("me", 44),
    ("whoami", 46),
    ("who_am_i", 46),
    ("caller_identity", 46),
    ("caller", 34),
    ("myself", 44),
    ("self", 36),
    ("mine", 20),
    ("current", 32),
    ("current_user", 44),
    ("currentuser", 44),
    ("current_account", 40),
    ("current_member", 40),
    ("current_session", 34),
    ("current_token", 40),
    ("current_key", 40),
    ("current_identity", 40),
    ("authenticated_user", 44),
    ("logged_in_user", 40),
    ("loggedin", 20),
    ("me_json", 44),
    ("my_user", 38),
    ("my_profile", 40),
    ("my_account", 40),
    ("own_user", 34),
    ("userinfo", 40),
    ("user_info", 40),
    ("token_info", 40),
    ("tokeninfo", 40),
    ("token_owner", 42),
    ("token_status", 36),
    ("token_details", 34),
    ("token_verify", 32),
    ("tokens_verify", 32),
    ("token_validate", 28),
    ("token_introspect", 34),
    ("token_introspection", 34),
    ("introspect", 30),
    ("introspection", 30),
    ("auth_test", 38),
    ("auth_status", 26),
    ("auth_me", 44),
    ("auth_check", 24),
    ("auth_verify", 24),
    ("users_identity", 32),
    ("user_profile", 28),
    ("user_details", 28),
    ("user_current", 40),
    ("account_info", 30),
    ("account_details", 30),
    ("viewer", 36),
    ("identity", 22),
    ("api_key_info", 34),
    ("session", 20),
    ("profile", 24),
    ("account", 22),
    ("user", 24),
    ("member", 10),
    ("key", 16),
    ("api_key", 16),
    ("token", 14),
    ("access_token", 16),
    ("credential", 10),
    ("auth", 10),
    ("organization", 10),
    ("merchant", 8),
];

/// From here on, a segment names the caller, and what follows it is something of theirs.
const STRONG_SEGMENT: i32 = 30;

/// Phrases of operationId, summary and description, and how much they say.
const PHRASES: [(&str, i32); 62] = [
    ("who am i", 24),
    ("whoami", 24),
    ("caller identity", 24),
    ("identify the caller", 24),
    ("identity of the caller", 24),
    ("the calling user", 20),
    ("current user", 22),
    ("current users", 20),
    ("current member", 20),
    ("current account", 20),
    ("current api key", 24),
    ("current key", 22),
    ("current token", 22),
    ("current access token", 24),
    ("current session", 16),
    ("current auth session", 20),
    ("authenticated user", 22),
    ("authenticated account", 20),
    ("authenticated api key", 22),
    ("authenticated member", 20),
    ("authenticating user", 20),
    ("currently authenticated", 20),
    ("currently logged in", 20),
    ("logged in user", 20),
    ("logged in account", 18),
    ("signed in user", 20),
    ("owner of the token", 24),
    ("owner of an access token", 24),
    ("owner of a given access token", 24),
    ("owner of the api key", 24),
    ("owner of the access token", 24),
    ("token owner", 22),
    ("token info", 22),
    ("token information", 20),
    ("token details", 20),
    ("token status", 20),
    ("token s bot user", 22),
    ("token the current user", 20),
    ("user the token belongs to", 24),
    ("associated with the current", 14),
    ("associated with the token", 14),
    ("associated with the api key", 16),
    ("associated with the access token", 16),
    ("information about an oauth access token", 18),
    ("introspect", 14),
    ("api credential details", 18),
    ("api key used", 14),
    ("api key you used", 16),
    ("my api credential", 18),
    ("my profile", 18),
    ("my account", 18),
    ("own user", 18),
    ("your profile", 16),
    ("your account", 10),
    ("user profile", 8),
    ("user s profile", 10),
    ("get user information", 10),
    ("account information", 8),
    ("get account", 8),
    ("get session", 12),
    ("get me", 22),
    ("user info", 14),
];

/// Verbs with which an operationId begins, none of which changes anything.
const READING: [&str; 11] = [
    "get", "retrieve", "fetch", "read", "show", "view", "describe", "find", "lookup", "check", "v1",
];

/// Verbs of operations that do something.
const CHANGING: [&str; 24] = [
    "create",
    "update",
    "delete",
    "list",
    "add",
    "remove",
    "set",
    "send",
    "invite",
    "reset",
    "revoke",
    "refresh",
    "register",
    "login",
    "logout",
    "verify_email",
    "upload",
    "search",
    "generate",
    "issue",
    "rotate",
    "obtain",
    "exchange",
    "sign",
];

/// The operation that was named: `GET /me`, `/me` or an operationId.
///
/// # Errors
///
/// A name that no operation has, with the nearest.
pub(super) fn find<'a>(description: Description<'a>, name: &str) -> Result<Candidate<'a>> {
    let (method, path) = match name.split_once(char::is_whitespace) {
        Some((method, path)) => (Some(method.to_ascii_lowercase()), path.trim()),
        None => (None, name),
    };
    let known = method
        .as_deref()
        .is_none_or(|method| METHODS.contains(&method));
    if !known {
        return Err(Error::new(format!("{name:?} does not begin with a method"))
            .with_help("name it as in --operation \"GET /me\", or by its operationId"));
    }
    let of_method = |operation: &Operation<'_>| match &method {
        Some(method) => method == operation.method,
        None => true,
    };
    let operations: Vec<_> = description.operations().filter(of_method).collect();
    let exact = operations
        .iter()
        .find(|operation| operation.path == path || operation.text("operationId") == name)
        .map(|operation| (operation.clone(), Vec::new()));
    let found = exact.or_else(|| {
        operations
            .iter()
            .find_map(|operation| Some((operation.clone(), bind(operation.path, path)?)))
    });
    match found {
        Some((operation, bound)) => Ok(Candidate {
            operation,
            bound,
            score: 0,
            reasons: Vec::new(),
        }),
        None => Err(unknown(description, name, path)),
    }
}

fn unknown(description: Description<'_>, name: &str, path: &str) -> Error {
    let error = Error::at("/paths", format!("there is no operation {name:?}"));
    let mut names: Vec<String> = Vec::new();
    for operation in description.operations() {
        names.push(operation.path.to_owned());
        names.push(operation.text("operationId").to_owned());
    }
    match nearest(
        path,
        names.iter().map(String::as_str).filter(|it| !it.is_empty()),
    ) {
        Some(nearest) => error.with_help(format!("did you mean {nearest}?")),
        None => error.with_help("leave --operation out to have it found"),
    }
}

/// The values of a template's parameters for which it is this path.
fn bind(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template: Vec<_> = template.trim_end_matches('/').split('/').collect();
    let path: Vec<_> = path.trim_end_matches('/').split('/').collect();
    if template.len() != path.len() {
        return None;
    }
    let mut bound = Vec::new();
    for (segment, value) in template.into_iter().zip(path) {
        match parameter_name(segment) {
            Some(name) if !value.is_empty() && !value.contains('{') => {
                bound.push((name.to_owned(), value.to_owned()));
            }
            _ if segment == value => {}
            _ => return None,
        }
    }
    Some(bound)
}

/// The name of the parameter that a whole segment is.
fn parameter_name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Finds the operation that tells who the caller is.
///
/// # Errors
///
/// A description in which none looks like it, with the nearest.
pub(super) fn choose(description: Description<'_>) -> Result<Choice<'_>> {
    let mut candidates = rank(description);
    if candidates.first().is_none_or(|it| it.score < THRESHOLD) {
        let error = Error::at(
            "/paths",
            "no operation looks as if it told who the caller is",
        );
        let names: Vec<_> = candidates
            .iter()
            .take(RUNNERS_UP)
            .map(|it| it.operation.name())
            .collect();
        return Err(if names.is_empty() {
            error.with_help("name it with --operation \"GET /me\"")
        } else {
            error.with_help(format!(
                "name it with --operation; the most likely are: {}",
                names.join(", ")
            ))
        });
    }
    let candidate = candidates.remove(0);
    candidates.truncate(RUNNERS_UP);
    Ok(Choice {
        candidate,
        is_given: false,
        runners_up: candidates,
    })
}

/// The operations that something speaks for, the likeliest first.
fn rank(description: Description<'_>) -> Vec<Candidate<'_>> {
    let mut candidates: Vec<_> = description
        .operations()
        .filter(|operation| matches!(operation.method, "get" | "post"))
        .filter_map(by_names)
        .collect();
    sort(&mut candidates);
    // Answers are looked into only where the names are promising: a description may have thousands.
    candidates.truncate(40);
    for candidate in &mut candidates {
        weigh_request(candidate);
        weigh_answer(candidate);
    }
    candidates.retain(|candidate| candidate.score > 0);
    sort(&mut candidates);
    candidates
}

fn sort(candidates: &mut [Candidate<'_>]) {
    candidates.sort_by_key(|candidate| {
        (
            -candidate.score,
            candidate.operation.path.len(),
            candidate.operation.path,
            candidate.operation.method,
        )
    });
}

impl Candidate<'_> {
    fn weigh(&mut self, weight: i32, reason: impl Into<String>) {
        self.score += weight;
        self.reasons.push(reason.into());
    }
}

/// What the names of an operation say; nothing for one that no name speaks for.
fn by_names(operation: Operation<'_>) -> Option<Candidate<'_>> {
    let mut candidate = Candidate {
        operation,
        bound: Vec::new(),
        score: 0,
        reasons: Vec::new(),
    };
    weigh_path(&mut candidate);
    weigh_texts(&mut candidate);
    weigh_verb(&mut candidate);
    (candidate.score > 0).then_some(candidate)
}

fn weigh_path(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let segments: Vec<_> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let Some((last, before)) = segments.split_last() else {
        return;
    };
    if let Some(name) = parameter_name(last) {
        let documented = operation
            .parameters()
            .into_iter()
            .find(|parameter| parameter.place() == "path" && parameter.name() == name)
            .and_then(|parameter| arguments::caller(&parameter, operation));
        if let Some(value) = documented {
            candidate.weigh(34, format!("{{{name}}} may be `{value}`"));
            candidate.bound.push((name.to_owned(), value));
        }
    } else {
        weigh_last_segment(candidate, last, before.last().copied());
    }
    let of_the_caller = before
        .iter()
        .any(|segment| segment_weight(segment) >= STRONG_SEGMENT);
    if of_the_caller && segment_weight(last) < STRONG_SEGMENT {
        candidate.weigh(-30, "something of the caller's");
    }
    let secrets = operation
        .parameters()
        .iter()
        .filter(|parameter| parameter.place() == "path" && authentication::is_credential(parameter))
        .count();
    let free = segments
        .iter()
        .filter(|segment| segment.contains('{'))
        .count()
        .saturating_sub(candidate.bound.len() + secrets);
    if free > 0 {
        candidate.weigh(-40, "its path needs a value that nothing tells");
    }
    let depth = i32::try_from(segments.len()).unwrap_or(i32::MAX);
    candidate.score -= depth.min(8);
}

/// The weight of the last segment, or of the last two together.
fn weigh_last_segment(candidate: &mut Candidate<'_>, last: &str, before: Option<&str>) {
    // `users.identity`, `com.example.server.getSession`: a name with dots is a path of its own.
    let last = last.trim_start_matches('@');
    let single = segment_weight(last);
    let pair = before
        .filter(|segment| !segment.contains('{'))
        .map(|segment| format!("{}_{}", words::key(segment), words::key(last)));
    let dotted = last
        .rsplit_once('.')
        .map(|(_, name)| segment_weight(name))
        .unwrap_or_default();
    let pair = pair.map_or(0, |pair| weight(&SEGMENTS, &pair));
    let best = single.max(pair).max(dotted);
    if best > 0 {
        candidate.weigh(best, format!("its path ends in `{last}`"));
    }
}

fn segment_weight(segment: &str) -> i32 {
    let words = words::words(segment);
    let nouns: Vec<_> = words
        .iter()
        .skip_while(|word| READING.contains(&word.as_str()))
        .map(String::as_str)
        .collect();
    weight(&SEGMENTS, &nouns.join("_"))
}

fn weight(table: &[(&str, i32)], name: &str) -> i32 {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map_or(0, |(_, weight)| *weight)
}

/// The phrases of operationId, summary and description.
fn weigh_texts(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let description: String = operation.text("description").chars().take(400).collect();
    for (text, most, what) in [
        (operation.text("summary"), 24, "its summary"),
        (operation.text("operationId"), 24, "its operationId"),
        (description.as_str(), 14, "its description"),
    ] {
        let line = words::line(text);
        let best = PHRASES
            .iter()
            .filter(|(phrase, _)| words::says(&line, phrase))
            .max_by_key(|(_, weight)| *weight);
        if let Some((phrase, weight)) = best {
            candidate.weigh((*weight).min(most), format!("{what} says \"{phrase}\""));
        }
    }
}

fn weigh_verb(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let id = words::words(operation.text("operationId"));
    let summary = words::words(operation.text("summary"));
    let changes = |words: &[String]| {
        words
            .iter()
            .take(2)
            .any(|word| CHANGING.contains(&word.as_str()))
    };
    if changes(&id) || changes(&summary) {
        candidate.weigh(-25, "it is named as something else than a look-up");
    }
    if operation.method == "post" {
        candidate.weigh(-12, "it is a POST");
    }
    if operation.object["deprecated"] == true {
        candidate.weigh(-20, "it is deprecated");
    }
}

/// What a request must hold.
fn weigh_request(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let unknown: Vec<_> = operation
        .parameters()
        .into_iter()
        .filter(|parameter| parameter.place() != "path" && parameter.is_required())
        .filter(|parameter| !authentication::is_credential(parameter))
        .filter(|parameter| !authentication::is_partner(parameter))
        .filter(|parameter| arguments::value(parameter, operation).is_none())
        .map(|parameter| parameter.name())
        .collect();
    if !unknown.is_empty() {
        candidate.weigh(-30, format!("it needs `{}`", unknown.join("`, `")));
    }
    let needs_body = operation
        .request_body()
        .is_some_and(|body| body["required"] == true);
    if needs_body {
        candidate.weigh(-15, "it needs a body");
    }
}

/// What the answer holds.
fn weigh_answer(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let Some(answer) = operation.success().and_then(|response| response.body) else {
        candidate.weigh(-30, "its answer is not described as JSON");
        return;
    };
    let is_list = answer.is_array()
        || members_of_lists(&answer).is_some_and(|name| !matches!(name, "emails" | "scopes"));
    if is_list {
        candidate.weigh(-30, "it answers with a list");
        return;
    }
    let identity = claims::propose(&answer, &context(operation));
    let mut found = Vec::new();
    let mut weight = 0;
    for claim in identity.claims() {
        weight += match claim {
            "sub" => 6,
            "email" => 8,
            "name" | "given_name" | "preferred_username" => 4,
            "scopes" | "organizations" => 3,
            "picture" | "permissions" | "token" => 2,
            _ => 0,
        };
        if claim != "subject_type" {
            found.push(claim);
        }
    }
    if !found.is_empty() {
        candidate.weigh(
            weight.min(22),
            format!("its answer has {}", found.join(", ")),
        );
    }
}

/// The name of the list that a page of a listing consists of.
fn members_of_lists<'a>(answer: &super::shape::Shape<'a>) -> Option<&'a str> {
    let fields = answer.fields();
    let pages = [
        "next",
        "next_page",
        "next_page_token",
        "has_more",
        "pagination",
        "cursor",
        "next_cursor",
        "paging",
    ];
    let is_page = fields
        .keys()
        .any(|name| pages.contains(&words::key(name).as_str()));
    let list = fields
        .iter()
        .find(|(name, shape)| shape.is_array() && matches!(**name, "data" | "items" | "results"));
    match list {
        Some((name, _)) => Some(name),
        None if is_page => fields
            .iter()
            .find(|(_, shape)| shape.is_array())
            .map(|(name, _)| *name),
        None => None,
    }
}

/// What is known of an operation beside its answer.
pub(super) fn context(operation: &Operation<'_>) -> Context {
    let tags: Vec<_> = super::shape::list(&operation.object["tags"])
        .filter_map(serde_json::Value::as_str)
        .collect();
    let description = operation.text("description");
    let texts = [
        operation.path,
        operation.text("operationId"),
        operation.text("summary"),
        &words::gist(description),
        &tags.join(" "),
    ];
    Context {
        about: words::line(&texts.join(" ")),
    }
}

/// The names of the operations of a document, for messages.
pub(super) fn names(document: &serde_json::Value) -> Vec<String> {
    select::operations(document)
        .into_iter()
        .map(|it| format!("{} {}", it.method.to_ascii_uppercase(), it.path))
        .collect()
}
