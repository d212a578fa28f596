//! Operations that are never asked whose a token is: they log in, or change something.

use super::super::document::{Operation, plain};
use super::super::shape::{Shape, list, members};
use super::super::words;
use super::{nouns, phrases, verbs};
use keyholder_openapi::media_type;

/// Names of operations that begin or end a session, or make an account.
const LOGINS: [&str; 19] = [
    "login",
    "log_in",
    "logon",
    "signin",
    "sign_in",
    "signup",
    "sign_up",
    "register",
    "registration",
    "logout",
    "log_out",
    "logoff",
    "signout",
    "sign_out",
    "authorize",
    "forgot_password",
    "reset_password",
    "impersonate",
    "callback",
];

/// The same as the first words of a summary or an operationId.
const LOGIN_WORDS: [&str; 16] = [
    "log in",
    "logs in",
    "login",
    "perform a login",
    "sign in",
    "signs in",
    "signin",
    "log out",
    "logs out",
    "logout",
    "sign out",
    "sign up",
    "signup",
    "register",
    "registers",
    "impersonate",
];

/// Names of operations that begin or end an account or a session, and that nobody takes for one that reads.
const ENDINGS: [&str; 8] = [
    "logout",
    "logoff",
    "signout",
    "signup",
    "register",
    "registration",
    "export",
    "exports",
];

/// What a POST makes a new one of.
const MADE: [&str; 10] = [
    "authenticate",
    "authentication",
    "auth",
    "session",
    "sessions",
    "token",
    "tokens",
    "access_token",
    "access_tokens",
    "oauth_token",
];

/// Verbs that give a new token for an old one, or take one away.
const RENEWALS: [&str; 14] = [
    "refresh",
    "refreshes",
    "refreshing",
    "renew",
    "renews",
    "rotate",
    "rotates",
    "regenerate",
    "regenerates",
    "revoke",
    "revokes",
    "exchange",
    "exchanges",
    "obtain",
];

/// What such verbs are about.
const RENEWED: [&str; 7] = [
    "token",
    "tokens",
    "session",
    "jwt",
    "key",
    "login",
    "credentials",
];

/// Verbs of operations that change something.
const CHANGES: [&str; 34] = [
    "create",
    "creates",
    "update",
    "updates",
    "delete",
    "deletes",
    "add",
    "adds",
    "remove",
    "removes",
    "set",
    "sets",
    "send",
    "sends",
    "invite",
    "reset",
    "resets",
    "upload",
    "generate",
    "generates",
    "issue",
    "issues",
    "change",
    "changes",
    "edit",
    "modify",
    "patch",
    "replace",
    "disable",
    "enable",
    "confirm",
    "deactivate",
    "activate",
    "accept",
];

/// Verbs and nouns by which a POST is named that only reads.
const READS: [&str; 30] = [
    "get",
    "gets",
    "fetch",
    "retrieve",
    "retrieves",
    "read",
    "return",
    "returns",
    "show",
    "view",
    "describe",
    "lookup",
    "introspect",
    "introspects",
    "introspection",
    "verify",
    "verifies",
    "validate",
    "validates",
    "check",
    "checks",
    "test",
    "tests",
    "whoami",
    "status",
    "info",
    "userinfo",
    "query",
    "inspect",
    "tokeninfo",
];

/// What is verified without telling whose token it is.
const VERIFIED: [&str; 18] = [
    "email",
    "phone",
    "otp",
    "totp",
    "code",
    "password",
    "domain",
    "mfa",
    "2fa",
    "sms",
    "webhook",
    "captcha",
    "invitation",
    "signup",
    "challenge",
    "factor",
    "username",
    "recovery",
];

/// Members of a request that a log-in sends.
const SECRETS: [&str; 8] = [
    "password",
    "passwd",
    "grant_type",
    "refresh_token",
    "otp",
    "new_password",
    "code_verifier",
    "client_assertion",
];

/// From here on, a phrase of a text speaks of the caller, a program's or an organization's among them, and of nothing
/// that is theirs.
const SAYS_CALLER: i32 = 12;

/// Why an operation is never the one; none where nothing speaks against it.
pub(super) fn reason(operation: &Operation<'_>) -> Option<&'static str> {
    let segments: Vec<_> = operation
        .path
        .split('/')
        .map(plain)
        .filter(|segment| !segment.is_empty() && !segment.contains('{'))
        .collect();
    let last = segments.last().copied().unwrap_or_default();
    let id = words::words(operation.text("operationId"));
    let summary = words::words(operation.text("summary"));
    let is_post = operation.method == "post";
    let names_login = segments
        .iter()
        .rev()
        .take(2)
        .any(|segment| is_login(segment));
    // `/login/status`: whether somebody has.
    let names_login = names_login && (is_post || !["status", "state"].contains(&last));
    let is_of_caller = super::segment_weight(last) >= super::STRONG_SEGMENT;
    let begins_login = |words: &[String]| {
        let line = format!("{} ", words.join(" "));
        LOGIN_WORDS.iter().any(|phrase| {
            line.strip_prefix(&format!("{phrase} "))
                .is_some_and(|after| is_post || !tells_of_login(after))
        })
    };
    // `getAuthTokenInfo`: what is told of a token is none.
    let makes_login =
        is_post && MADE.contains(&words::key(last).as_str()) && !tells_of_token(operation, &id);
    if makes_login || (names_login && !is_of_caller) || begins_login(&id) || begins_login(&summary)
    {
        return Some("it logs in or out, or makes an account");
    }
    if is_post && asks_for_secret(operation) {
        return Some("it asks for what a log-in needs");
    }
    if renews(last, &id, &summary, is_post) {
        return Some("it renews or revokes a token");
    }
    // `/whoami`: who asks, and nothing is made by it, whatever the operationId begins with.
    if is_post && super::segment_weight(last) > super::OWN_SEGMENT {
        return None;
    }
    // `/rpc/User.Me`: of a procedure that is called, the method says nothing.
    let is_procedure =
        last.contains(['.', ':']) || segments.iter().any(|it| words::key(it) == "rpc");
    let name = last.rsplit(['.', ':']).next().unwrap_or(last);
    let calls_me = is_procedure && super::segment_weight(name) >= super::OWN_SEGMENT;
    let last = words::words(last);
    // The first sentence is the summary where there is none.
    let told = if summary.is_empty() {
        operation.text("description")
    } else {
        operation.text("summary")
    };
    let told = words::words(&words::gist(told));
    let names = [&last, &id, &told];
    let has = |table: &[&str]| {
        names
            .iter()
            .any(|words| words.iter().any(|word| table.contains(&word.as_str())))
    };
    let begins = |words: &[String]| {
        words
            .first()
            .is_some_and(|it| CHANGES.contains(&it.as_str()))
    };
    if verifies_another(&segments, &names) {
        return Some("it verifies something else");
    }
    let changes = begins(&id)
        || begins(&summary)
        || (is_post && begins(&last))
        || id.iter().any(|word| CHANGES[..6].contains(&word.as_str()));
    let reads_first = summary
        .first()
        .is_some_and(|it| READS.contains(&it.as_str()));
    if changes && (is_post || !reads_first) {
        return Some("it changes something");
    }
    if changes_by_get(&segments, &id, &told) {
        return Some("it changes something");
    }
    if gives_token(operation) {
        return Some("it gives a new token");
    }
    if is_of_documents(operation, &segments) {
        return Some("it verifies something else");
    }
    if is_of_a_thing(operation) {
        return Some("it is of a thing, which holds no token");
    }
    if is_post && !has(&READS) && !calls_me {
        return Some("it is a POST, and nothing says that it only reads");
    }
    None
}

/// Whether it verifies something that is no credential: `/email/verify`, `/verify/user`. The first of the names is the
/// last segment.
fn verifies_another(segments: &[&str], names: &[&Vec<String>; 3]) -> bool {
    let has = |table: &[&str]| {
        names
            .iter()
            .any(|words| words.iter().any(|word| table.contains(&word.as_str())))
    };
    let verifies = has(&[
        "verify",
        "validate",
        "check",
        "confirm",
        "confirmed",
        "valid",
        "verification",
    ]);
    // `/verify/user`: what follows is verified.
    let verified_first = segments.len() > 1
        && ["verify", "validate", "verification"]
            .contains(&words::key(segments[segments.len() - 2]).as_str())
        && !["token", "key", "auth", "credentials", "api"]
            .iter()
            .any(|it| names[0].iter().any(|word| word == it));
    verifies && has(&VERIFIED) || verified_first
}

/// Whether the names of a POST say so plainly that it changes something that nobody would ask it: `deleteSession`,
/// `/logout`, "Create a user".
pub(super) fn is_plain(operation: &Operation<'_>) -> bool {
    let last = operation.segments_from_last().next().unwrap_or_default();
    let mut words = words::words(last);
    words.extend(words::words(operation.text("operationId")));
    let summary = words::words(operation.text("summary"));
    words.extend(summary.into_iter().next());
    words.iter().any(|word| {
        [&CHANGES[..], &RENEWALS, &ENDINGS]
            .iter()
            .any(|table| table.contains(&word.as_str()))
    })
}

/// Whether the answer has a new token in it. One that is surely of the caller, or of a token, may have one beside.
fn gives_token(operation: &Operation<'_>) -> bool {
    let says_new = [operation.text("summary"), operation.text("description")]
        .into_iter()
        .any(|text| {
            let words = words::words(&words::gist(text));
            let after = words.iter().skip_while(|word| *word != "new").take(4);
            after.into_iter().any(|word| is_token(word))
        });
    let last = operation.segments_from_last().next();
    let last = last.unwrap_or_default();
    let is_of_token = words::words(last)
        .iter()
        .any(|word| word.contains("token") || word.contains("introspect"));
    if says_new {
        return true;
    }
    if is_of_token || super::segment_weight(last) >= super::OWN_SEGMENT - 4 {
        return false;
    }
    let Some(answer) = operation.success().and_then(|response| response.body) else {
        return false;
    };
    let is_one =
        |name: &str| ["jwt", "access_token", "id_token"].contains(&words::key(name).as_str());
    let given = answer.fields_named(is_one);
    given.values().any(|shape| !shape.is_object()) && !shows_profile(operation, last, &answer)
}

/// Whether a GET shows somebody, `/profile`, and among all else a token of theirs; and says nothing of a log-in.
fn shows_profile(operation: &Operation<'_>, last: &str, answer: &Shape<'_>) -> bool {
    let begins = [operation.text("summary"), operation.text("description")]
        .into_iter()
        .map(|text| words::words(&words::gist(text)))
        .chain([words::words(operation.text("operationId"))]);
    let mut words = begins.flatten();
    let says_login = words.any(|word| {
        verbs::is_change(&word)
            || LOGINS.contains(&word.as_str())
            || RENEWALS.contains(&word.as_str())
            || [
                "log",
                "logs",
                "sign",
                "signs",
                "authenticate",
                "authenticates",
            ]
            .contains(&word.as_str())
    });
    let identity = super::claims::propose(answer, &super::context(operation));
    operation.method == "get"
        && nouns::is_person(last)
        && !says_login
        && matches!(super::told(&identity), super::Told::Holder { .. })
}

fn is_token(word: &str) -> bool {
    ["token", "tokens", "jwt"].contains(&word)
}

/// Whether it verifies who somebody is by their papers: know your customer.
fn is_of_documents(operation: &Operation<'_>, segments: &[&str]) -> bool {
    const PAPERS: [&str; 9] = [
        "kyc",
        "kyb",
        "aml",
        "know your customer",
        "identity document",
        "identity documents",
        "person s identity",
        "identity verification",
        "verify identity",
    ];
    let texts = [
        operation.path,
        operation.text("summary"),
        operation.text("operationId"),
    ];
    let line = words::line(&texts.join(" "));
    let is_identity = segments.len() > 1 && {
        let (last, before) = (segments[segments.len() - 1], segments[segments.len() - 2]);
        ["verify", "verification", "validate", "check"].contains(&words::key(last).as_str())
            && ["identity", "identities", "person", "document"]
                .contains(&words::key(before).as_str())
    };
    let is_of_token = [
        "token",
        "key",
        "caller",
        "credential",
        "credentials",
        "authenticated",
    ]
    .iter()
    .any(|it| words::says(&line, it));
    PAPERS.iter().any(|it| words::says(&line, it)) || (is_identity && !is_of_token)
}

/// Whether it is the current one of what is no holder, `/orders/current`, and no text says that it is the caller.
fn is_of_a_thing(operation: &Operation<'_>) -> bool {
    let mut segments = operation.segments_from_last();
    let last = words::key(segments.next().unwrap_or_default());
    let before = segments.next().unwrap_or_default();
    let is_current = ["current", "self"].contains(&last.as_str());
    if !is_current && !["me", "myself", "mine"].contains(&last.as_str()) {
        return false;
    }
    let says_caller = [operation.text("summary"), operation.text("description")]
        .iter()
        .filter_map(|text| phrases::best(text))
        .any(|(_, weight)| weight >= SAYS_CALLER);
    nouns::is_thing(before, is_current) && !says_caller
}

/// Whether it changes something whatever its method is: `/account/close`, "Suspend the current user".
fn changes_by_get(segments: &[&str], id: &[String], summary: &[String]) -> bool {
    let mut from_last = segments.iter().rev();
    let is_named = |segment: Option<&&str>| segment.is_some_and(|it| verbs::is_change_segment(it));
    if is_named(from_last.next()) || verbs::begins_change(summary) {
        return true;
    }
    // `/track/me` may be a product's name: a summary that reads says so.
    let reads = summary
        .first()
        .is_some_and(|it| READS.contains(&it.as_str()));
    let begins = id.first().is_some_and(|it| verbs::is_change(it));
    !reads && (begins || is_named(from_last.next()))
}

/// Whether a GET whose name begins with a log-in tells of one that was: `loginInformation_get`, "Login status". Who is
/// to "login user" logs in.
fn tells_of_login(after: &str) -> bool {
    let next = after.split(' ').next().unwrap_or_default();
    ["info", "information", "details", "status", "state"].contains(&next)
}

/// Whether an operationId is to get what is told of a token, and nothing is sent but the token: `getTokenInfo`.
fn tells_of_token(operation: &Operation<'_>, id: &[String]) -> bool {
    let is_read = id
        .first()
        .is_some_and(|it| READS.contains(&it.as_str()) && *it != "info");
    let is_told = id
        .last()
        .is_some_and(|it| ["info", "information", "details", "metadata"].contains(&it.as_str()));
    let of_token = id
        .iter()
        .any(|it| words::CREDENTIALS.contains(&it.as_str()));
    is_read && is_told && of_token && operation.request_body().is_none()
}

fn is_login(segment: &str) -> bool {
    let key = words::key(segment);
    // `login_information` tells of somebody who has logged in.
    let is_about = [
        "info",
        "information",
        "user",
        "details",
        "account",
        "accounts",
    ]
    .iter()
    .any(|word| key.ends_with(&format!("_{word}")));
    LOGINS
        .iter()
        .any(|name| key == *name || (!is_about && key.starts_with(&format!("{name}_"))))
        || segment
            .rsplit_once('.')
            .is_some_and(|(_, name)| LOGINS.contains(&words::key(name).as_str()))
}

/// Whether it gives a new token. A `GET` named `refresh-account` that says of itself that it returns one does not.
fn renews(last: &str, id: &[String], summary: &[String], is_post: bool) -> bool {
    let has =
        |words: &[String], table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let last = words::words(last);
    let is_named = [&last[..], id].iter().any(|it| has(it, &RENEWALS));
    let begins = summary.iter().take(2).enumerate().any(|(at, it)| {
        let what = || summary.iter().skip(at + 1).take(5).any(|it| is_token(it));
        // "Obtain the status of the account" gives nothing new.
        RENEWALS.contains(&it.as_str()) && (it != "obtain" || what())
    });
    let of_token = [&last[..], id]
        .iter()
        .any(|it| has(it, &RENEWALS) && has(it, &RENEWED));
    let reads = summary
        .first()
        .is_some_and(|it| READS.contains(&it.as_str()));
    begins || of_token || (is_named && (is_post || last.len() == 1 || !reads))
}

/// Whether the request has a password or the like in it.
fn asks_for_secret(operation: &Operation<'_>) -> bool {
    let Some(body) = operation.request_body() else {
        return false;
    };
    let Some(content) = body["content"].as_object() else {
        return false;
    };
    let media = media_type::json(content)
        .map(|(_, media)| media)
        .or_else(|| members(&body["content"]).map(|(_, media)| media).next());
    let Some(media) = media else {
        return false;
    };
    let shape = Shape::new(operation.resolver, media.get("schema"), Vec::new());
    shape
        .fields()
        .into_keys()
        .any(|name| SECRETS.contains(&words::key(name).as_str()))
        || list(&operation.object["parameters"]).any(|it| {
            it["name"]
                .as_str()
                .is_some_and(|name| SECRETS.contains(&words::key(name).as_str()))
        })
}
