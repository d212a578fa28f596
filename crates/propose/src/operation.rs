//! Which operation tells who the caller is.

mod exclusion;
mod nouns;
mod phrases;
mod segments;
mod verbs;

use super::arguments;
use super::authentication;
use super::claims::{self, Context};
use super::document::{Description, Operation, Parameter, plain};
use super::words;
use keyholder_describe::request;
use keyholder_openapi::nearest::nearest;
use keyholder_openapi::select;
use keyholder_openapi::structure::METHODS;
use keyholder_openapi::{Error, Result};
use segments::SEGMENTS;

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
    /// What its answer tells of.
    pub told: Told,
}

/// What an answer tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    /// Who the caller is.
    Holder {
        /// Whether it tells what persons alone have: an address, a name to sign in with.
        is_person: bool,
    },
    /// The token, and perhaps the identifier of whose it is.
    Token {
        /// Whether it has that identifier.
        has_sub: bool,
    },
    /// A person, by an address or a name to sign in with, and no identifier.
    Person,
    /// Neither, or not enough.
    #[default]
    Else,
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
    /// One that tells of the token, where the one chosen tells whose it is and both were as likely.
    pub adding: Option<Candidate<'a>>,
    /// Those that names speak for and that are never asked, with the reason.
    pub excluded: Vec<(String, &'static str)>,
}

/// Below this, nothing speaks for an operation but its answer.
const THRESHOLD: i32 = 14;

/// Two operations that are nearer to one another than this are as likely.
pub(super) const TIE: i32 = 3;

/// As far above one that tells whose the token is, one that tells of the token is not much likelier.
const NEAR: i32 = 8;

/// The same for one that does not even name the holder.
const NEAR_WITHOUT_SUB: i32 = 20;

/// The same where a person's own is there: a bare identifier beside a token says little of whose it is.
const NEAR_PERSON: i32 = 30;

/// As far above one that tells who the caller is, one that names nobody is not much likelier.
const NEAR_NAMED: i32 = 12;

/// What is said of an answer without a claim.
const NAMES_NOBODY: &str = "its answer names nobody";

/// How many others are told of.
const RUNNERS_UP: usize = 4;

/// Why an operation is never asked whose method OpenAPI 3.2 alone has.
const NEWER: &str = "no client is made of its method, which OpenAPI 3.2 alone has";

/// From here on, a segment names the caller, and what follows it is something of theirs.
const STRONG_SEGMENT: i32 = 30;

/// From here on, a segment names the user who asks, and nothing else.
const OWN_SEGMENT: i32 = 44;

/// Verbs with which an operationId begins, none of which changes anything.
const READING: [&str; 11] = [
    "get", "retrieve", "fetch", "read", "show", "view", "describe", "find", "check", "refresh",
    "v1",
];

/// What a name that begins with such a verb is worth, until the answer shows whether it is a list.
const LISTED: i32 = -20;

/// Words of paths that name nothing.
const NO_NOUNS: [&str; 44] = [
    "api",
    "rest",
    "public",
    "v1",
    "v2",
    "v3",
    "v4",
    "me",
    "self",
    "current",
    "currently",
    "mine",
    "my",
    "myself",
    "own",
    "whoami",
    "who",
    "am",
    "i",
    "info",
    "information",
    "details",
    "status",
    "get",
    "retrieve",
    "lookup",
    "introspect",
    "introspection",
    "verify",
    "validate",
    "check",
    "test",
    "identity",
    "caller",
    "logged",
    "in",
    "authenticated",
    "auth",
    "oauth",
    "oauth2",
    "json",
    "account",
    "profile",
    "user",
];

/// Verbs of operations that are about several things.
const LISTING: [&str; 4] = ["list", "search", "lists", "browse"];

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
        let is_newer = |operation: &Operation<'_>| {
            operation.path == path && Some(operation.method.to_ascii_lowercase()) == method
        };
        if description.newer_operations().any(|it| is_newer(&it)) {
            let message = format!("{name} cannot be asked: {NEWER}");
            return Err(
                Error::at("/paths", message).with_help("name an operation of another method")
            );
        }
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
            told: Told::default(),
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
        if segment == value {
            continue;
        }
        // `user{extension}` may be `user.json`.
        let (before, rest) = segment.split_once('{')?;
        let (name, after) = rest.split_once('}')?;
        let value = value.strip_prefix(before)?.strip_suffix(after)?;
        if value.is_empty() || value.contains('{') || after.contains('{') {
            return None;
        }
        bound.push((name.to_owned(), value.to_owned()));
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
    let Ranked {
        mut candidates,
        adding,
        excluded,
    } = rank(description);
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
        let mut help = if names.is_empty() {
            "name it with --operation \"GET /me\"".to_owned()
        } else {
            format!(
                "name it with --operation; the most likely are: {}",
                names.join(", ")
            )
        };
        for (name, why) in &excluded {
            help.push_str(&format!("; never asked: {name}: {why}"));
        }
        return Err(error.with_help(help));
    }
    let candidate = candidates.remove(0);
    candidates.truncate(RUNNERS_UP);
    let adding = adding.filter(|_| matches!(candidate.told, Told::Holder { .. }));
    Ok(Choice {
        candidate,
        is_given: false,
        runners_up: candidates,
        adding,
        excluded,
    })
}

/// The operations of a description, as far as something speaks for them.
struct Ranked<'a> {
    /// Those that may be asked, the likeliest first.
    candidates: Vec<Candidate<'a>>,
    /// One of them that tells of the token beside one that tells whose it is.
    adding: Option<Candidate<'a>>,
    /// Those that are never asked although their names speak for them, with the reason.
    excluded: Vec<(String, &'static str)>,
}

fn rank(description: Description<'_>) -> Ranked<'_> {
    let promising = description
        .operations()
        .filter(|operation| matches!(operation.method, "get" | "post"))
        .filter_map(by_names);
    let mut excluded: Vec<_> = description
        .newer_operations()
        .filter_map(by_names)
        .map(|candidate| (candidate, NEWER))
        .collect();
    let mut candidates = Vec::new();
    for candidate in promising {
        match exclusion::reason(&candidate.operation) {
            None => candidates.push(candidate),
            Some(why) => excluded.push((candidate, why)),
        }
    }
    sort(&mut candidates);
    excluded.retain(|(candidate, _)| candidate.score >= THRESHOLD);
    // Of one path, it is plain which of two methods reads.
    let is_read = |path: &str| {
        candidates
            .iter()
            .any(|it: &Candidate<'_>| it.operation.path == path)
    };
    excluded.retain(|(candidate, _)| {
        let operation = &candidate.operation;
        operation.method != "post" || !(is_read(operation.path) || exclusion::is_plain(operation))
    });
    excluded.sort_by_key(|(candidate, _)| (-candidate.score, candidate.operation.path));
    excluded.truncate(RUNNERS_UP);
    let excluded = excluded
        .into_iter()
        .map(|(candidate, why)| (candidate.operation.name(), why))
        .collect();
    // Answers are looked into only where the names are promising: a description may have thousands.
    candidates.truncate(40);
    for candidate in &mut candidates {
        weigh_request(candidate);
        weigh_answer(candidate);
    }
    candidates.retain(|candidate| candidate.score > 0);
    prefer_own(&mut candidates);
    prefer_key_itself(&mut candidates, description);
    prefer_named(&mut candidates);
    prefer_public(&mut candidates);
    let adding = prefer_holder(&mut candidates);
    prefer_declared(&mut candidates, description);
    prefer_keyed(&mut candidates, description);
    sort(&mut candidates);
    Ranked {
        candidates,
        adding,
        excluded,
    }
}

/// Puts one that tells of the token after one that tells whose it is and is about as likely; and gives the one that may
/// add what it knows.
fn prefer_holder<'a>(candidates: &mut [Candidate<'a>]) -> Option<Candidate<'a>> {
    let is_likely = |candidate: &Candidate<'_>| {
        matches!(candidate.told, Told::Holder { .. }) && candidate.score >= THRESHOLD
    };
    let best_of_all = best(candidates, is_likely)?;
    let of_person = best(candidates, |candidate| {
        is_likely(candidate) && is_of_person(candidate)
    });
    let is_near_person =
        |score: i32| of_person.is_some_and(|best| (-NEAR..=NEAR_PERSON).contains(&(score - best)));
    let adding = candidates
        .iter()
        .filter(|it| matches!(it.told, Told::Token { .. }) && it.score >= THRESHOLD)
        .filter(|it| (it.score - best_of_all).abs() <= NEAR || is_near_person(it.score))
        .max_by_key(|it| it.score)
        .cloned();
    let why = "it tells of the token, and another as likely tells whose it is";
    put_behind(candidates, of_person, why, |candidate| {
        matches!(candidate.told, Told::Token { .. }) && is_near_person(candidate.score)
    });
    put_behind(
        candidates,
        Some(best_of_all),
        why,
        |candidate| match candidate.told {
            Told::Token { has_sub: true } => candidate.score <= best_of_all + NEAR,
            Told::Token { has_sub: false } => candidate.score <= best_of_all + NEAR_WITHOUT_SUB,
            Told::Holder { .. } | Told::Person | Told::Else => false,
        },
    );
    adding
}

/// Whether an operation is of a person by its path, and its answer tells what persons alone have.
fn is_of_person(candidate: &Candidate<'_>) -> bool {
    let mut segments = candidate.operation.segments_from_last();
    let last = segments.next().unwrap_or_default();
    let is_named = nouns::is_person(last) || segment_weight(last) >= OWN_SEGMENT;
    candidate.told == (Told::Holder { is_person: true })
        && is_named
        && nouns::worth(segments.next()).1.is_none()
}

/// Puts one whose answer names nobody after one that tells who the caller is and is not much less likely.
fn prefer_named(candidates: &mut [Candidate<'_>]) {
    let best = best(candidates, |candidate| {
        matches!(candidate.told, Told::Holder { .. } | Told::Person) && candidate.score >= THRESHOLD
    });
    let near = best.unwrap_or_default() + NEAR_NAMED;
    put_behind(candidates, best, "another tells who it is", |candidate| {
        candidate.score <= near
            && !names_itself(&candidate.operation)
            && candidate.reasons.iter().any(|it| it == NAMES_NOBODY)
    });
}

/// Puts after what is surely about the user who asks: the same of an organization or a service account; and OpenID
/// Connect's `userinfo`, which needs a scope that most tokens lack, and may have a server of its own.
fn prefer_own(candidates: &mut [Candidate<'_>]) {
    let best = best(candidates, is_own);
    put_behind(
        candidates,
        best,
        "it is no user's, and a user's own is there",
        |candidate| {
            let mut segments = candidate.operation.segments_from_last();
            let last = segments.next().unwrap_or_default().trim_start_matches('@');
            let is_of_another = nouns::worth(segments.next()).1.is_some();
            is_of_another && segment_weight(last) >= STRONG_SEGMENT
        },
    );
    put_behind(
        candidates,
        best,
        "OpenID Connect's, and the API has its own",
        |candidate| is_openid_connect(&candidate.operation),
    );
}

/// Puts an introspection for which a client authenticates, and which has the token in its body, after whatever works
/// with the token itself: who has the token has no client's secret.
fn prefer_key_itself(candidates: &mut [Candidate<'_>], description: Description<'_>) {
    let is_of_client =
        |candidate: &Candidate<'_>| is_for_clients(&candidate.operation, description);
    let best = best(candidates, |candidate| {
        candidate.score >= THRESHOLD && !is_of_client(candidate)
    });
    put_behind(
        candidates,
        best,
        "it is for clients, which send the token in the body",
        is_of_client,
    );
}

/// Of operations that are as likely, puts those that declare no credential after one that does.
fn prefer_declared(candidates: &mut [Candidate<'_>], description: Description<'_>) {
    let declares =
        |candidate: &Candidate<'_>| asks_for_credential(&candidate.operation, description.root());
    let Some(best) = best(candidates, declares) else {
        return;
    };
    put_behind(
        candidates,
        (best >= THRESHOLD).then_some(best),
        "it asks for no credential that is declared, and one that does is as likely",
        |candidate| candidate.score <= best + TIE && !declares(candidate),
    );
}

/// Puts what stands among the operations of administrators after the same for everybody, where both are as likely: who
/// holds a key need not be an administrator.
fn prefer_public(candidates: &mut [Candidate<'_>]) {
    let for_all: Vec<_> = candidates
        .iter()
        .map(|candidate| (beside_admins(&candidate.operation), candidate.score))
        .filter(|((is_of_admins, _), _)| !is_of_admins)
        .map(|((_, path), score)| (path, score))
        .collect();
    let why = "it is for administrators, and the same is there for everybody";
    for candidate in candidates {
        let (is_of_admins, path) = beside_admins(&candidate.operation);
        let same = for_all.iter().find(|(other, score)| {
            *other == path && (score - TIE..=score + TIE).contains(&candidate.score)
        });
        if let Some((_, score)) = same.filter(|_| is_of_admins) {
            candidate.weigh(score - candidate.score - TIE - 1, why);
        }
    }
}

/// Whether a path leads through what is for administrators, and its segments beside that and its opposite.
fn beside_admins<'a>(operation: &Operation<'a>) -> (bool, Vec<&'a str>) {
    let (of_admins, rest): (Vec<_>, Vec<_>) = operation
        .segments_from_last()
        .filter(|segment| *segment != "public")
        .partition(|segment| ["admin", "admins"].contains(segment));
    (!of_admins.is_empty(), rest)
}

/// Puts what only a log-in with a password opens after what surely tells of the key and takes one: who holds a key has
/// no password.
fn prefer_keyed(candidates: &mut [Candidate<'_>], description: Description<'_>) {
    let is_of_kind = |name: &str, is_one: fn(&serde_json::Value) -> bool| {
        description
            .security_schemes()
            .any(|(known, scheme)| known == name && is_one(scheme))
    };
    let takes_key = |candidate: &Candidate<'_>| {
        matches!(candidate.told, Told::Holder { .. } | Told::Token { .. })
            && candidate.score >= STRONG_SEGMENT
            && asked(&candidate.operation, description.root())
                .iter()
                .any(|name| is_of_kind(name, |scheme| scheme["type"] == "apiKey"))
    };
    let best = best(candidates, takes_key);
    let why = "only a log-in with a password opens it, and another takes a key";
    put_behind(candidates, best, why, |candidate| {
        let asked = asked(&candidate.operation, description.root());
        !asked.is_empty() && asked.iter().all(|name| is_of_kind(name, is_of_password))
    });
}

/// The names of the schemes that an operation asks for, by whatever requirement.
fn asked<'a>(operation: &Operation<'a>, root: &'a serde_json::Value) -> Vec<&'a str> {
    super::shape::list(security(operation, root))
        .flat_map(super::shape::members)
        .map(|(name, _)| name)
        .collect()
}

/// Whether a scheme is OAuth 2.0 by a password, and by nothing else.
fn is_of_password(scheme: &serde_json::Value) -> bool {
    let mut flows = super::shape::members(&scheme["flows"])
        .map(|(name, _)| name)
        .peekable();
    scheme["type"] == "oauth2" && flows.peek().is_some() && flows.all(|name| name == "password")
}

/// What an operation asks for: its own requirements, or those of the whole description.
pub(super) fn security<'a>(
    operation: &Operation<'a>,
    root: &'a serde_json::Value,
) -> &'a serde_json::Value {
    let own = operation.object.get("security");
    own.unwrap_or(&root["security"])
}

/// Whether an operation says that it needs a credential.
fn asks_for_credential(operation: &Operation<'_>, root: &serde_json::Value) -> bool {
    super::shape::list(security(operation, root))
        .any(|requirement| super::shape::members(requirement).next().is_some())
}

/// The best score of those candidates.
fn best(candidates: &[Candidate<'_>], is_one: impl Fn(&Candidate<'_>) -> bool) -> Option<i32> {
    let ones = candidates.iter().filter(|candidate| is_one(candidate));
    ones.map(|candidate| candidate.score).max()
}

/// Puts those that come behind so far below `best` that there is no tie.
fn put_behind(
    candidates: &mut [Candidate<'_>],
    best: Option<i32>,
    why: &'static str,
    is_behind: impl Fn(&Candidate<'_>) -> bool,
) {
    let Some(best) = best else { return };
    for candidate in candidates {
        if candidate.score >= best && is_behind(candidate) {
            candidate.weigh(best - candidate.score - TIE - 1, why);
        }
    }
}

/// Whether an operation needs a token in its body, and each way to authenticate is HTTP Basic.
fn is_for_clients(operation: &Operation<'_>, description: Description<'_>) -> bool {
    let content = operation
        .request_body()
        .and_then(|body| body["content"].as_object());
    let needs_token = content.is_some_and(|content| {
        content.values().any(|media| {
            let shape =
                super::shape::Shape::new(operation.resolver, media.get("schema"), Vec::new());
            shape
                .fields()
                .into_keys()
                .any(|name| words::key(name) == "token")
        })
    });
    let mut names = super::shape::list(security(operation, description.root()))
        .flat_map(super::shape::members)
        .map(|(name, _)| name)
        .peekable();
    let is_basic = |name: &str| {
        description.security_schemes().any(|(known, scheme)| {
            known == name
                && scheme["scheme"]
                    .as_str()
                    .is_some_and(|it| it.eq_ignore_ascii_case("basic"))
        })
    };
    needs_token && names.peek().is_some() && names.all(is_basic)
}

/// Whether an operation is surely about the user who asks, by its path: `/users/me`.
fn is_own(candidate: &Candidate<'_>) -> bool {
    let mut segments = candidate.operation.segments_from_last();
    let last = segments.next().unwrap_or_default().trim_start_matches('@');
    let is_user = matches!(nouns::worth(segments.next()), (100, _));
    is_user && segment_weight(last) >= OWN_SEGMENT && candidate.score >= OWN_SEGMENT
}

/// Whether an operation is the `userinfo` of OpenID Connect, by its path and its scopes.
fn is_openid_connect(operation: &Operation<'_>) -> bool {
    let segments: Vec<_> = operation.path.split('/').map(words::key).collect();
    let is_named = segments.iter().any(|segment| segment == "userinfo");
    let is_within = segments.iter().any(|segment| {
        [
            "oauth",
            "oauth2",
            "oidc",
            "openid",
            "openid_connect",
            "connect",
        ]
        .contains(&segment.as_str())
    });
    let is_tagged = super::shape::list(&operation.object["tags"])
        .filter_map(serde_json::Value::as_str)
        .map(words::line)
        .chain([words::line(operation.text("summary"))])
        .any(|line| {
            ["oidc", "openid", "open id"]
                .iter()
                .any(|it| words::says(&line, it))
        });
    let asks_for_scope = super::shape::list(&operation.object["security"])
        .flat_map(super::shape::members)
        .flat_map(|(_, scopes)| super::shape::list(scopes))
        .any(|scope| scope == "openid");
    is_named && (is_within || is_tagged || asks_for_scope)
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
        told: Told::default(),
    };
    weigh_path(&mut candidate);
    weigh_texts(&mut candidate);
    weigh_thing(&mut candidate);
    weigh_verb(&mut candidate);
    (candidate.score > 0).then_some(candidate)
}

fn weigh_path(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let mut segments: Vec<_> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(plain)
        .collect();
    // `/me/api/json`: how the answer is written.
    if segments.len() > 1 && segments.ends_with(&["json"]) {
        segments.pop();
        segments.pop_if(|last| *last == "api");
    }
    let Some((last, before)) = segments.split_last() else {
        return candidate.weigh(6, "it is the root");
    };
    let mut of_last = 0;
    if let Some(name) = parameter_name(last) {
        let documented = operation
            .parameters()
            .into_iter()
            .find(|parameter| parameter.place() == "path" && parameter.name() == name)
            .and_then(|parameter| {
                arguments::caller(&parameter, operation).or_else(|| default_caller(&parameter))
            });
        if let Some(value) = documented {
            let (worth, less) = nouns::worth_of_item(before.last().copied());
            let because = less.map_or(String::new(), |less| format!(", {less}"));
            candidate.weigh(
                34 * worth / 100,
                format!("{{{name}}} may be `{value}`{because}"),
            );
            candidate.bound.push((name.to_owned(), value));
        }
    } else {
        // `account-info/v3/details`: a version stands between.
        let is_version = |segment: &&&str| {
            let digits = segment.strip_prefix('v').unwrap_or_default();
            !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
        };
        let before = before.iter().rev().find(|segment| !is_version(segment));
        let of_service = before.and_then(|before| service_method(operation, before, last));
        of_last = match &of_service {
            Some(name) => weigh_last_segment(candidate, name, None),
            None => weigh_last_segment(candidate, last, before.copied()),
        };
        if segments::says_nothing(operation) {
            candidate.weigh(4, format!("its path is `{last}` alone"));
        }
    }
    for parameter in operation.parameters() {
        let is_before = before
            .iter()
            .any(|segment| parameter_name(segment) == Some(parameter.name()));
        if let Some(value) = default_caller(&parameter).filter(|_| is_before) {
            candidate.bound.push((parameter.name().to_owned(), value));
        }
    }
    let of_the_caller = before
        .iter()
        .any(|segment| segment_weight(segment) >= STRONG_SEGMENT);
    if of_the_caller && of_last < STRONG_SEGMENT {
        // `/me/token`: the credential itself tells of its holder, too.
        let is_credential = words::CREDENTIALS.contains(&words::key(last).as_str());
        let weight = if is_credential { -10 } else { -30 };
        candidate.weigh(weight, "something of the caller's");
    }
    // Beside a credential, a key in the path is one that is asked about.
    let is_asked_about = asks_for_credential(operation, operation.resolver.document());
    let secrets = operation
        .parameters()
        .iter()
        .filter(|_| !is_asked_about)
        .filter(|parameter| parameter.place() == "path" && authentication::is_credential(parameter))
        .count();
    let free = segments
        .iter()
        .filter(|segment| segment.contains('{'))
        .count()
        .saturating_sub(candidate.bound.len() + secrets);
    if free > 0 {
        // A value of the key's own may stand before the caller; anywhere else it says whose account is asked about.
        let weight = if of_last >= OWN_SEGMENT { -40 } else { -100 };
        candidate.weigh(weight, "its path needs a value that nothing tells");
    }
    if nouns::are_within_settings(&segments) {
        candidate.weigh(-12, "it is among settings or figures");
    }
    // `/account/~/extension/~` is no deeper than `/`.
    let depth = segments.len().saturating_sub(2 * candidate.bound.len());
    let depth = i32::try_from(depth).unwrap_or(i32::MAX);
    candidate.score -= depth.min(8);
    // Of two versions of one operation, the newer.
    let version = segments.iter().find_map(|segment| {
        let version = segment.strip_prefix('v')?.parse::<i32>().ok()?;
        (1..100).contains(&version).then_some(version)
    });
    candidate.score += version.unwrap_or_default().min(4);
}

/// The value of a path's parameter that stands for the caller where nothing else is said: `/accounts/{id}` with `~`.
fn default_caller(parameter: &Parameter<'_>) -> Option<String> {
    let default = parameter.object["schema"]["default"].as_str()?;
    (parameter.place() == "path" && ["~", "-", "me", "@me", "self", "current"].contains(&default))
        .then(|| default.to_owned())
}

/// The weight of the last segment, or of the last two together.
fn weigh_last_segment(candidate: &mut Candidate<'_>, last: &str, before: Option<&str>) -> i32 {
    // `users.identity`, `com.example.server.getSession`: a name with dots is a path of its own.
    let last = last.trim_start_matches('@');
    let mut single = segment_weight(last);
    if nouns::CHECKS.contains(&words::key(last).as_str()) && !nouns::is_about_tokens(before) {
        single = 0;
    }
    if ["token", "key"].contains(&last) && before.is_some_and(nouns::has_other_tokens) {
        single = 0;
    }
    let pair = before
        .filter(|segment| !segment.contains('{'))
        .map(|segment| format!("{}_{}", words::key(segment), words::key(last)));
    // `users:whoami`: a custom method, as protobuf's mapping to HTTP has it.
    let dotted = last
        .rsplit_once(['.', ':'])
        .map(|(_, name)| segment_weight(name))
        .unwrap_or_default();
    let pair = pair.map_or(0, |pair| weight(&SEGMENTS, &pair));
    let best = single.max(pair).max(dotted);
    if best > 0 {
        let (worth, less) = match before.filter(|_| best > pair) {
            Some(before) if words::key(last) == "current" => nouns::worth_of_current(before),
            before => nouns::worth(before),
        };
        let because = less.map_or(String::new(), |less| format!(", {less}"));
        candidate.weigh(
            best * worth / 100,
            format!("its path ends in `{last}`{because}"),
        );
    }
    best
}

/// What a method of a service says together with what the service is of, as gRPC's paths have it: `user_info` of
/// `/acme.v1.UsersService/GetInfo`. None where the request takes something, which may say whose.
fn service_method(operation: &Operation<'_>, service: &str, method: &str) -> Option<String> {
    let mut of_service = words::words(service.rsplit('.').next()?);
    of_service.pop_if(|last| last == "service")?;
    let of = of_service.pop()?;
    let mut method = words::words(method);
    if !method
        .first()
        .is_some_and(|it| READING.contains(&it.as_str()))
    {
        return None;
    }
    let method = method.split_off(1).join("_");
    let body = authentication::body_schema(operation);
    let takes = super::shape::Shape::new(operation.resolver, body, Vec::new());
    (!method.is_empty() && takes.fields().is_empty())
        .then(|| format!("{}_{method}", nouns::singular(&of)))
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

/// What the summary says it is of, where that is no holder. A path that surely names the caller is believed.
fn weigh_thing(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let last = operation.segments_from_last().next();
    let is_own = segment_weight(last.unwrap_or_default()) >= STRONG_SEGMENT;
    if let Some(thing) = nouns::thing_of(operation.text("summary")).filter(|_| !is_own) {
        candidate.weigh(-30, format!("it is of the {thing}"));
    }
    let before = operation.segments_from_last().nth(1);
    let says_caller = [operation.text("summary"), operation.text("description")]
        .into_iter()
        .any(phrases::speaks_to_caller);
    if !is_own && !says_caller && before.is_some_and(nouns::is_machine) {
        candidate.weigh(-30, "it is of a machine");
    }
}

/// The phrases of operationId, summary and description.
fn weigh_texts(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let summary = operation.text("summary");
    // An operationId has no articles and no commas: its words are one clause.
    let id = words::words(operation.text("operationId")).join(" ");
    let description: String = operation.text("description").chars().take(400).collect();
    // The first sentence is the summary where there is none.
    let most = if summary.is_empty() { 24 } else { 14 };
    let last = operation.segments_from_last().next().unwrap_or_default();
    let is_bound = |name: &str| candidate.bound.iter().any(|(known, _)| known == name);
    let is_own = segment_weight(last) >= OWN_SEGMENT || parameter_name(last).is_some_and(is_bound);
    // Where the request has no place for a name, the summary may be called after something inside.
    let names_one = operation.request_body().is_some()
        || operation
            .parameters()
            .iter()
            .any(|it| matches!(it.place(), "path" | "query"));
    let says_caller = [summary, &id, &description]
        .into_iter()
        .any(phrases::speaks_to_caller);
    let asks_whom = !says_caller
        && operation.method == "get"
        && operation
            .parameters()
            .iter()
            .any(|it| it.place() == "query" && arguments::says_who(it.name()));
    let says_whose = [summary, &description].into_iter().any(phrases::says_whose);
    if is_of_caller_unnamed(operation) {
        candidate.weigh(34, "without a name, it is of who asks");
    } else if !is_own && (asks_whom || says_whose) {
        let weight = if names_one { -60 } else { -30 };
        candidate.weigh(weight, "it is of whom the request names");
    }
    for (text, most, what) in [
        (summary, 24, "its summary"),
        (id.as_str(), 24, "its operationId"),
        (description.as_str(), most, "its description"),
    ] {
        if let Some((phrase, weight)) = phrases::best(text) {
            candidate.weigh(weight.min(most), format!("{what} says \"{phrase}\""));
        }
    }
}

/// Whether an operation of a collection of people says that it answers with who asks, where nobody is named: `/users`.
fn is_of_caller_unnamed(operation: &Operation<'_>) -> bool {
    let last = operation.segments_from_last().next().unwrap_or_default();
    operation.method == "get"
        && last != "account"
        && nouns::is_person(last)
        && phrases::defaults_to_caller(operation.text("description"))
}

fn weigh_verb(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    // The company of an API that asks nobody for a credential is the maker's own.
    let root = operation.resolver.document();
    let is_public = !asks_for_credential(operation, root)
        && super::shape::members(&root["components"]["securitySchemes"])
            .next()
            .is_none()
        && !operation
            .parameters()
            .iter()
            .any(authentication::is_credential);
    let last = operation.segments_from_last().next();
    if is_public && nouns::is_organization(last.unwrap_or_default()) {
        candidate.weigh(-15, "an organization, and nothing asks for a credential");
    }
    let lists = |text: &str| {
        let mut words = words::words(text);
        words.retain(|word| !["a", "an", "the"].contains(&word.as_str()));
        let is_named = words
            .iter()
            .take(2)
            .any(|word| LISTING.contains(&word.as_str()));
        // "Get all users", but not "Get all details".
        let is_all = words.get(1).is_some_and(|it| it == "all")
            && words
                .get(2)
                .is_some_and(|it| it.ends_with('s') && !phrases::is_told(it));
        is_named || is_all
    };
    let is_root = operation.path == "/";
    if is_root {
        // What the root lists are links.
    } else if lists(operation.text("operationId")) || lists(operation.text("summary")) {
        candidate.weigh(LISTED, "it is named as a list");
    }
    if operation.method == "post" {
        // A GET of the same names changes nothing for sure.
        candidate.score -= 1;
    }
    let is_open = operation.object["security"]
        .as_array()
        .is_some_and(Vec::is_empty);
    if is_open {
        candidate.weigh(-10, "it asks for no credential");
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
        .filter(|parameter| !request::is_ignored(parameter.place(), parameter.name()))
        .filter(|parameter| !authentication::is_credential(parameter))
        .filter(|parameter| !authentication::is_partner(parameter))
        .filter(|parameter| arguments::value(parameter, operation).is_none())
        .collect();
    if !unknown.is_empty() {
        // Beside what names the caller it may be anything; elsewhere a query says who or what is asked about.
        let is_own = names_itself(operation) || !candidate.bound.is_empty();
        let asks = !is_own && unknown.iter().any(|it| it.place() == "query");
        let names: Vec<_> = unknown.iter().map(Parameter::name).collect();
        let weight = if asks { -60 } else { -30 };
        candidate.weigh(weight, format!("it needs `{}`", names.join("`, `")));
    }
    let is_nowhere = |parameter: &&Parameter<'_>| {
        parameter.place() == "path"
            && !operation
                .path
                .contains(&format!("{{{}}}", parameter.name()))
    };
    let parameters = operation.parameters();
    if let Some(lost) = parameters.iter().find(is_nowhere) {
        let what = format!("its path needs `{}`, and has no place for it", lost.name());
        candidate.weigh(-200, what);
    }
    let needs_body = operation
        .request_body()
        .is_some_and(|body| body["required"] == true);
    // One that takes the token in its body needs nothing else.
    let takes_token = operation.path.contains("introspect") || unnamed_body(operation);
    if needs_body && !takes_token {
        candidate.weigh(-15, "it needs a body");
    }
    let needed = arguments::needed_in_body(operation);
    if !takes_token && !needed.is_empty() {
        // Beside what names itself, a value of the key's own is no more than one in the path.
        let is_own = names_itself(operation);
        let of_key = |name: &str| is_own && arguments::is_of_key(name);
        let is_whose = needed
            .iter()
            .any(|name| arguments::says_whose(name) && !of_key(name));
        let weight = match (is_whose, needed.iter().any(|name| of_key(name))) {
            (true, _) => -200,
            (false, true) => -40,
            (false, false) => -25,
        };
        candidate.weigh(weight, format!("its body needs `{}`", needed.join("`, `")));
    }
}

/// Whether the last segment of the path names the user who asks, and nothing else: `/whoami`, `/users/me`.
fn names_itself(operation: &Operation<'_>) -> bool {
    let last = operation.segments_from_last().next().unwrap_or_default();
    segment_weight(last.trim_start_matches('@')) >= OWN_SEGMENT
}

/// Whether a body must be sent, and nothing in it but what authenticates.
fn unnamed_body(operation: &Operation<'_>) -> bool {
    let Some(content) = operation
        .request_body()
        .and_then(|body| body["content"].as_object())
    else {
        return false;
    };
    content.values().next().is_some_and(|media| {
        let shape = super::shape::Shape::new(operation.resolver, media.get("schema"), Vec::new());
        shape.fields().into_keys().all(|name| {
            let words = words::words(name);
            words
                .iter()
                .any(|word| matches!(word.as_str(), "token" | "key" | "apikey"))
        })
    })
}

/// What the answer holds.
fn weigh_answer(candidate: &mut Candidate<'_>) {
    let operation = &candidate.operation.clone();
    let Some(answer) = operation.success().and_then(|response| response.body) else {
        // Where nothing is described, it may be anything.
        let weight = if operation.blank_success().is_some() {
            -20
        } else {
            -30
        };
        candidate.weigh(weight, "its answer is not described as JSON");
        return;
    };
    let types = answer.types();
    let is_value = !types.is_empty() && !types.contains("object") && !types.contains("array");
    if is_value && !nouns::is_check(operation.path) {
        candidate.weigh(-30, "its answer is one value");
        return;
    }
    let is_told = candidate.score >= THRESHOLD;
    let listed =
        members_of_lists(&answer).filter(|(name, _)| !matches!(*name, "emails" | "scopes"));
    if is_list_of_memberships(&answer) {
        candidate.weigh(12, "it answers with what the caller belongs to");
    } else if (says_one(operation) || is_of_caller_unnamed(operation))
        && (answer.is_array() || listed.is_some())
    {
        candidate.weigh(-4, "it answers with a list, which is said to be of one");
    } else if answer.is_array() || listed.is_some_and(|(_, is_page)| is_page || !is_told) {
        // Of what is surely the caller's, the only item may be meant.
        let weight = if candidate.score >= 40 { -20 } else { -30 };
        candidate.weigh(weight, "it answers with a list");
        return;
    } else if listed.is_some() {
        candidate.weigh(-6, "it answers with a list, which may be of one");
    }
    if listed.is_none()
        && candidate
            .reasons
            .iter()
            .any(|it| it == "it is named as a list")
    {
        candidate.weigh(-LISTED / 2, "though it answers with no list");
    }
    let identity = claims::propose(&answer, &context(operation));
    candidate.told = told(&identity);
    if segments::says_nothing(operation) && !is_told {
        // `/info` is the server's, unless it tells with what name somebody signs in.
        let is_of_user = identity.claims().any(|claim| claim == "preferred_username");
        let (weight, why) = if is_of_user {
            (14, "its answer has a name to sign in with")
        } else {
            (-40, "nothing says of whom it tells")
        };
        candidate.weigh(weight, why);
    }
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
    if weight == 0 && !answer.fields().is_empty() {
        // Of a check of the token, that it succeeds is enough.
        let weight = match (is_told, nouns::is_check(operation.path)) {
            (true, true) => -6,
            (true, false) => -16,
            (false, _) => -20,
        };
        candidate.weigh(weight, NAMES_NOBODY);
    } else if !found.is_empty() {
        let names_holder = [
            "sub",
            "email",
            "name",
            "given_name",
            "preferred_username",
            "organizations",
        ];
        if !found.iter().any(|claim| names_holder.contains(claim)) {
            candidate.weigh(-12, "its answer names the token alone");
        }
        candidate.weigh(
            weight.min(22),
            format!("its answer has {}", found.join(", ")),
        );
    }
}

/// What an answer tells of, by its claims.
fn told(identity: &claims::Identity) -> Told {
    let has = |names: &[&str]| identity.claims().any(|claim| names.contains(&claim));
    let has_sub = has(&["sub"]);
    let is_person = has(&["email", "preferred_username", "given_name"]);
    let is_somebody = is_person || has(&["name"]);
    if !is_somebody && has(&["token", "scopes"]) {
        Told::Token { has_sub }
    } else if has_sub && is_somebody {
        Told::Holder { is_person }
    } else if is_person {
        Told::Person
    } else {
        Told::Else
    }
}

/// Whether an operation says of itself that it answers with one of something: "returns 1 object within the array".
fn says_one(operation: &Operation<'_>) -> bool {
    let line = words::line(operation.text("description"));
    [
        "return",
        "returns",
        "contain",
        "contains",
        "contain only",
        "returns only",
    ]
    .iter()
    .any(|verb| {
        ["1", "one", "exactly one", "a single", "only one"]
            .iter()
            .any(|one| words::says(&line, &format!("{verb} {one}")))
    })
}

/// Whether an answer is a list whose items each name an organization and are none themselves.
fn is_list_of_memberships(answer: &super::shape::Shape<'_>) -> bool {
    let Some(items) = answer.items().filter(|_| answer.is_array()) else {
        return false;
    };
    let keys: Vec<_> = items.fields().into_keys().map(words::key).collect();
    ["tenant_id", "organization_id", "org_id", "workspace_id"]
        .iter()
        .any(|name| keys.iter().any(|key| key == name))
        && keys.iter().any(|key| key.ends_with("_name"))
}

/// The name of the list that an answer consists of, and whether that is a page of a listing.
fn members_of_lists<'a>(answer: &super::shape::Shape<'a>) -> Option<(&'a str, bool)> {
    let fields = answer.fields();
    let pages = [
        "next",
        "next_page",
        "next_page_token",
        "page_info",
        "page_token",
        "page_count",
        "page_size",
        "has_more",
        "pagination",
        "cursor",
        "next_cursor",
        "paging",
        "total",
        "total_count",
        "total_pages",
        "total_items",
        "page",
        "per_page",
        "offset",
        "meta",
        "next_link",
        "odata_next_link",
        "is_last_page",
        "total_results",
    ];
    let is_page = fields
        .keys()
        .any(|name| pages.contains(&words::key(name).as_str()));
    // `value` is OData's.
    let names = ["data", "items", "results", "value", "values", "records"];
    let list = fields
        .iter()
        .find(|(name, shape)| shape.is_array() && names.contains(name));
    match list {
        Some((name, _)) => Some((name, is_page)),
        None if is_page => fields
            .iter()
            .find(|(_, shape)| shape.is_array())
            .filter(|_| !fields.values().any(super::shape::Shape::is_object))
            .map(|(name, _)| (*name, true)),
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
    let about = words::line(&texts.join(" "));
    let mut collection = collection(operation.path);
    if collection.is_empty() {
        collection = said_collection(&about);
    }
    Context {
        noun: noun(operation.path),
        about,
        collection,
    }
}

/// The collection of which an operation is said to take the caller's own item: `accounts` of "the account that sent the
/// request".
fn said_collection(about: &str) -> String {
    let words: Vec<_> = about.split_whitespace().collect();
    let says = |at: usize, phrase: &[&str]| {
        words
            .get(at..at + phrase.len())
            .is_some_and(|it| it == phrase)
    };
    let is_own = |at: usize| {
        [
            &["that", "sent", "the", "request"][..],
            &["who", "sent", "the", "request"],
        ]
        .iter()
        .any(|phrase| says(at + 1, phrase))
            || at.checked_sub(1).is_some_and(|before| {
                ["current", "authenticated"]
                    .iter()
                    .any(|it| says(before, &[it]))
            })
    };
    let own = (0..words.len()).find(|at| is_own(*at) && !words[*at].ends_with('s'));
    own.map_or(String::new(), |at| format!("{}s", words[at]))
}

/// The collection of which a path takes the caller's own item: `profiles` of `/profiles/me`.
fn collection(path: &str) -> String {
    let mut segments = path.trim_end_matches('/').rsplit('/').map(plain);
    let last = segments.next().unwrap_or_default().trim_start_matches('@');
    let is_own = ["me", "self", "current", "myself"].contains(&last);
    let before = segments.next().filter(|it| is_own && !it.contains('{'));
    words::key(before.unwrap_or_default())
}

/// What a path is about: the last of its words that names something.
fn noun(path: &str) -> String {
    let last = path
        .split('/')
        .rev()
        .map(plain)
        .filter(|segment| !segment.contains('{'))
        .map(|segment| {
            let mut words = words::words(segment);
            words.retain(|word| !NO_NOUNS.contains(&word.as_str()));
            words.join("_")
        })
        .find(|noun| !noun.is_empty());
    last.unwrap_or_default()
}

/// The names of the operations of a document, for messages.
pub(super) fn names(document: &serde_json::Value) -> Vec<String> {
    select::operations(document)
        .into_iter()
        .map(|it| format!("{} {}", it.method.to_ascii_uppercase(), it.path))
        .collect()
}
