//! The table: what a server does, and what follows from it for the token.
//!
//! Rows are for every provider, those of the future included, unless they name one or say what a description must have.

use std::sync::Arc;
use std::time::Duration;

use keyholder::Provider;
use keyholder_core::Meaning;
use serde_json::{Value, json};
use testing_fault_server::Answer;

use Who::{All, Coded, Only, Plain};

/// What a server is and knows.
pub(crate) struct Scene {
    pub(crate) provider: Provider,
    /// The token that it is asked with.
    pub(crate) token: &'static str,
    /// The base URL of a server that nobody may come to.
    pub(crate) elsewhere: String,
}

pub(crate) type Answers = Arc<dyn Fn(&Scene) -> Vec<Answer> + Send + Sync>;

/// A server's answers, and what is expected of them.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) provider: Provider,
    pub(crate) name: String,
    pub(crate) answers: Answers,
    pub(crate) timeout: Duration,
    pub(crate) expected: Expected,
}

/// What is expected of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) verdict: &'static str,
    pub(crate) exit: i32,
    pub(crate) kind: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<&'static str>,
    pub(crate) retry_after: Wait,
    pub(crate) subject: Subject,
    /// How many requests the server gets.
    pub(crate) requests: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    None,
    Seconds(u64),
    /// Until a date that is far off.
    Decades,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    NoIdentity,
    Nobody,
    Somebody,
    Is(&'static str),
}

/// Whom a row is about.
enum Who {
    All,
    Only(&'static str),
    /// Those whose descriptions say of this status, in general, what HTTP says of it, or nothing.
    Plain(u16),
    /// Those whose descriptions know this status by its codes alone.
    Coded(u16),
}

impl Who {
    fn includes(&self, provider: Provider) -> bool {
        let answers = provider.info().whoami.answers;
        let of = |status: u16| answers.iter().filter(move |it| it.status == status);
        match *self {
            All => true,
            Only(name) => provider.name() == name,
            Plain(status) => {
                let general = match status {
                    401 => Some(Meaning::Unauthenticated),
                    403 => Some(Meaning::Forbidden),
                    429 => Some(Meaning::RateLimited),
                    500.. => Some(Meaning::Unavailable),
                    _ => None,
                };
                of(status)
                    .filter(|it| it.code.is_none())
                    .all(|it| Some(it.meaning) == general)
                    && (status != 401 || !Coded(401).includes(provider))
            }
            Coded(status) => of(status).next().is_some() && of(status).all(|it| it.code.is_some()),
        }
    }
}

/// The token is good. Exit status 0.
fn valid(subject: Subject) -> Expected {
    Expected {
        verdict: "valid",
        exit: 0,
        kind: None,
        status: None,
        code: None,
        retry_after: Wait::None,
        subject,
        requests: 1,
    }
}

/// The provider says that the token is no good. Exit status 1.
fn invalid(status: u16) -> Expected {
    Expected {
        verdict: "invalid",
        exit: 1,
        kind: Some("unauthenticated"),
        status: Some(status),
        ..valid(Subject::NoIdentity)
    }
}

/// Nothing is known of the token. Exit status 3. Status 0 is none.
fn unknown(kind: &'static str, status: u16) -> Expected {
    Expected {
        verdict: "indeterminate",
        exit: 3,
        kind: Some(kind),
        status: Some(status).filter(|it| *it != 0),
        ..valid(Subject::NoIdentity)
    }
}

impl Expected {
    /// The provider's own code.
    fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// What the provider asks to wait.
    fn wait(self, retry_after: Wait) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// So many requests, rather than one.
    fn asked(self, requests: usize) -> Self {
        Self { requests, ..self }
    }
}

/// A row: whom it is about, what the server does, and what is expected.
struct Row(Who, &'static str, fn(&Scene) -> Vec<Answer>, Expected);

/// The deadline of rows whose servers take longer than it.
pub(crate) const SHORT: Duration = Duration::from_secs(5);

/// The deadline of all other rows: longer than any machine takes, however busy, and shorter than what is asked to wait.
pub(crate) const LONG: Duration = Duration::from_secs(45);

/// Every case there is.
pub(crate) fn cases() -> Vec<Case> {
    let rows = || {
        let long = rows().into_iter().map(|row| (row, LONG));
        long.chain(slow_rows().into_iter().map(|row| (row, SHORT)))
    };
    let mut cases = Vec::new();
    for &provider in Provider::ALL {
        let about = rows().filter(|(row, _)| row.0.includes(provider));
        cases.extend(
            about.map(|(Row(_, name, answers, expected), timeout)| Case {
                provider,
                name: name.to_owned(),
                answers: Arc::new(answers),
                timeout,
                expected,
            }),
        );
        cases.extend(documented(provider));
    }
    cases
}

/// The answers that a description documents, by the meanings it gives them.
fn documented(provider: Provider) -> Vec<Case> {
    let operation = &provider.info().whoami;
    let case = |name, status, body: String, expected| Case {
        provider,
        name,
        answers: Arc::new(move |_: &Scene| vec![Answer::json(status, &body)]),
        timeout: LONG,
        expected,
    };
    let mut cases = Vec::new();
    for (status, body) in provider.examples() {
        let code = operation.code.and_then(|at| {
            let body: Value = serde_json::from_str(body).ok()?;
            let code = body.pointer(at)?.as_str()?;
            Some(&*code.to_owned().leak())
        });
        let of_status = || operation.answers.iter().filter(|it| it.status == *status);
        let said = of_status()
            .find(|it| it.code.is_some() && it.code == code)
            .or_else(|| of_status().find(|it| it.code.is_none()));
        let expected = match said {
            _ if operation.success.contains(status) => valid(Subject::Somebody),
            Some(said) => by_meaning(said.meaning, *status, code),
            // Documented as an answer, but not for what it says of the token.
            None => Expected {
                code,
                ..unknown("unexpected_status", *status)
            },
        };
        cases.push(case(
            format!("example of {status}"),
            *status,
            (*body).to_owned(),
            expected,
        ));
    }
    for answer in operation.answers {
        let body = match (operation.code, answer.code) {
            (Some(at), Some(code)) => nested(at, code).to_string(),
            _ => String::new(),
        };
        cases.push(case(
            format!(
                "documented {} {}",
                answer.status,
                answer.code.unwrap_or_default()
            ),
            answer.status,
            body,
            by_meaning(answer.meaning, answer.status, answer.code),
        ));
    }
    cases
}

fn by_meaning(meaning: Meaning, status: u16, code: Option<&'static str>) -> Expected {
    let requests = if [429, 502, 503, 504].contains(&status) {
        3
    } else {
        1
    };
    let expected = match meaning {
        Meaning::Unauthenticated => invalid(status),
        Meaning::Forbidden => unknown("forbidden", status),
        Meaning::NoSubject => return valid(Subject::Nobody),
        Meaning::RateLimited => unknown("rate_limited", status).asked(requests),
        Meaning::Unavailable => unknown("unavailable", status).asked(requests),
        _ => panic!("{meaning:?} is new to this table"),
    };
    Expected { code, ..expected }
}

/// `{"error":{"code":"…"}}` for `/error/code`.
fn nested(pointer: &str, value: &str) -> Value {
    pointer
        .split('/')
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .fold(Value::from(value), |value, name| json!({ name: value }))
}

/// The rows of servers that answer at once.
fn rows() -> Vec<Row> {
    [
        good_answers(),
        other_bodies(),
        tolerated(),
        admin_tokens(),
        status_401(),
        status_403(),
        codes(),
        other_statuses(),
        redirects(),
        not_now(),
        second_tries(),
        broken_connections(),
        not_http(),
        without_end(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A good answer, whatever surrounds it.
#[rustfmt::skip]
fn good_answers() -> Vec<Row> { vec![
    Row(All, "the example",                          |it| vec![good(it)],                                                  valid(Subject::Somebody)),
    Row(Only("extruct"),  "the example's subject",   |it| vec![good(it)],                                                  valid(Subject::Is("5f0c7c1e-2d4b-4a86-9a57-3c1f6e0b8d21"))),
    Row(Only("katapult"), "the example's subject",   |it| vec![good(it)],                                                  valid(Subject::Is("user_Xm4Tq9LrVb2kNc"))),
    Row(Only("nextdocs"), "the example's subject",   |it| vec![good(it)],                                                  valid(Subject::Is("user_2abc123"))),
    Row(Only("unleash"),  "the example's subject",   |it| vec![good(it)],                                                  valid(Subject::Is("42"))),
    Row(All, "200 in chunks",                        |it| vec![chunked(&example(it))],                                     valid(Subject::Somebody)),
    Row(All, "200 of HTTP/1.0, to the end",          |it| vec![Answer::new().send(format!("HTTP/1.0 200 OK\r\n\r\n{}", example(it))).close()], valid(Subject::Somebody)),
    Row(All, "200 said to be HTML",                  |it| vec![Answer::html(200, example(it))],                            valid(Subject::Somebody)),
    Row(All, "103 before 200",                       |it| vec![Answer::new().send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").send(http(200, &example(it)))], valid(Subject::Somebody)),
    Row(All, "fields that nobody knows",             |it| vec![Answer::json(200, with_unknown_fields(it))],                valid(Subject::Somebody)),
] }

/// A body that is not the one described.
#[rustfmt::skip]
fn other_bodies() -> Vec<Row> { vec![
    Row(All, "200 without a body",                   |_| vec![Answer::json(200, "")],                                      unknown("invalid_response", 200)),
    Row(All, "200 of white space",                   |_| vec![Answer::json(200, " \r\n")],                                 unknown("invalid_response", 200)),
    Row(All, "200 HTML",                             |_| vec![Answer::html(200, PAGE)],                                    unknown("invalid_response", 200)),
    Row(All, "200 text",                             |_| vec![Answer::json(200, "OK")],                                    unknown("invalid_response", 200)),
    Row(All, "200 []",                               |_| vec![Answer::json(200, "[]")],                                    unknown("invalid_response", 200)),
    Row(All, "200 null",                             |_| vec![Answer::json(200, "null")],                                  unknown("invalid_response", 200)),
    Row(All, "200 true",                             |_| vec![Answer::json(200, "true")],                                  unknown("invalid_response", 200)),
    Row(All, "200 a string",                         |_| vec![Answer::json(200, "\"jane\"")],                              unknown("invalid_response", 200)),
    Row(All, "200 JSON cut off",                     |it| vec![Answer::json(200, cut(it))],                                unknown("invalid_response", 200)),
    Row(All, "200 JSON and something after it",      |it| vec![Answer::json(200, example(it) + "{}")],                     unknown("invalid_response", 200)),
    Row(All, "200 not in UTF-8",                     |_| vec![Answer::json(200, b"{\"id\":\"\xff\xfe\"}")],                unknown("invalid_response", 200)),
    Row(All, "200 of 200,000 open brackets",         |_| vec![Answer::json(200, "[".repeat(200_000))],                     unknown("invalid_response", 200)),
    Row(All, "200 of 200,000 open objects",          |_| vec![Answer::json(200, "{\"a\":".repeat(200_000))],               unknown("invalid_response", 200)),
    Row(All, "200 of brackets in an unknown field",  |it| vec![Answer::json(200, with_field(it, &"[".repeat(200_000)))],   unknown("invalid_response", 200)),
    Row(Only("extruct"),  "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("katapult"), "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("nextdocs"), "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("unleash"),  "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("extruct"),  "200 [null, …]",           |_| vec![Answer::json(200, "[null,null,null,null,null,null,null]")],  unknown("invalid_response", 200)),
    Row(Only("katapult"), "200 [null, …]",           |_| vec![Answer::json(200, "[null,null,null]")],                      unknown("invalid_response", 200)),
    Row(Only("extruct"),  "no user_id",              |it| vec![without(it, "", "user_id")],                                unknown("invalid_response", 200)),
    Row(Only("extruct"),  "no email",                |it| vec![without(it, "", "email")],                                  unknown("invalid_response", 200)),
    Row(Only("extruct"),  "no available_credits",    |it| vec![without(it, "", "available_credits")],                      unknown("invalid_response", 200)),
    Row(Only("extruct"),  "no organization_id",      |it| vec![without(it, "", "organization_id")],                        valid(Subject::Somebody)),
    Row(Only("katapult"), "no user",                 |it| vec![without(it, "", "user")],                                   unknown("invalid_response", 200)),
    Row(Only("katapult"), "no organizations",        |it| vec![without(it, "", "organizations")],                          unknown("invalid_response", 200)),
    Row(Only("katapult"), "no api_token_id",         |it| vec![without(it, "", "api_token_id")],                           valid(Subject::Somebody)),
    Row(Only("nextdocs"), "no id",                   |it| vec![without(it, "", "id")],                                     unknown("invalid_response", 200)),
    Row(Only("nextdocs"), "no quota",                |it| vec![without(it, "", "quota")],                                  unknown("invalid_response", 200)),
    Row(Only("unleash"),  "no user",                 |it| vec![without(it, "", "user")],                                   unknown("invalid_response", 200)),
    Row(Only("unleash"),  "no splash",               |it| vec![without(it, "", "splash")],                                 unknown("invalid_response", 200)),
    Row(Only("unleash"),  "no name in a permission", |it| vec![without(it, "/permissions/1", "permission")],               unknown("invalid_response", 200)),
    Row(Only("unleash"),  "no user.id",              |it| vec![without(it, "/user", "id")],                                valid(Subject::Nobody)),
    Row(Only("extruct"),  "a number for user_id",    |it| vec![with(it, "/user_id", json!(5))],                            unknown("invalid_response", 200)),
    Row(Only("extruct"),  "a text for credits",      |it| vec![with(it, "/available_credits", json!("many"))],             unknown("invalid_response", 200)),
    Row(Only("katapult"), "a list for user",         |it| vec![with(it, "/user", json!("jane"))],                          unknown("invalid_response", 200)),
    Row(Only("nextdocs"), "a text for quota",        |it| vec![with(it, "/quota", json!("none"))],                         unknown("invalid_response", 200)),
    Row(Only("unleash"),  "an object for a list",    |it| vec![with(it, "/permissions", json!({}))],                       unknown("invalid_response", 200)),
] }

/// Null where the description has none, and values that it does not list: no reason to lose the rest.
#[rustfmt::skip]
fn tolerated() -> Vec<Row> { vec![
    Row(Only("extruct"),  "null for email",          |it| vec![with(it, "/email", Value::Null)],                           valid(Subject::Somebody)),
    Row(Only("extruct"),  "null for user_id",        |it| vec![with(it, "/user_id", Value::Null)],                         valid(Subject::Nobody)),
    Row(Only("katapult"), "null for user",           |it| vec![with(it, "/user", Value::Null)],                            valid(Subject::Nobody)),
    Row(Only("katapult"), "null for organizations",  |it| vec![with(it, "/organizations", Value::Null)],                   valid(Subject::Somebody)),
    Row(Only("nextdocs"), "null for first_name",     |it| vec![with(it, "/first_name", Value::Null)],                      valid(Subject::Somebody)),
    Row(Only("nextdocs"), "null for quota",          |it| vec![with(it, "/quota", Value::Null)],                           valid(Subject::Somebody)),
    Row(Only("unleash"),  "null for feedback",       |it| vec![with(it, "/feedback", Value::Null)],                        valid(Subject::Somebody)),
    Row(Only("unleash"),  "null for user.email",     |it| vec![with(it, "/user/email", Value::Null)],                      valid(Subject::Somebody)),
    Row(Only("unleash"),  "a new account type",      |it| vec![with(it, "/user/accountType", json!("Robot"))],             valid(Subject::Somebody)),
    Row(Only("nextdocs"), "a new kind of object",    |it| vec![with(it, "/object", json!("robot"))],                       valid(Subject::Somebody)),
] }

/// Unleash's admin API token stands for no user, and its answer holds the token.
#[rustfmt::skip]
fn admin_tokens() -> Vec<Row> { vec![
    Row(Only("unleash"),  "an admin API token",      |it| vec![Answer::json(200, admin_token(it))],                        valid(Subject::Nobody)),
] }

/// 401.
#[rustfmt::skip]
fn status_401() -> Vec<Row> { vec![
    Row(Plain(401), "401 without a body",            |_| vec![Answer::http(401, &[], "")],                                 invalid(401)),
    Row(Plain(401), "401 without a body or length",  |_| vec![Answer::new().send("HTTP/1.1 401 Unauthorized\r\n\r\n").close()], invalid(401)),
    Row(Plain(401), "401 of white space",            |_| vec![Answer::http(401, &[], "\r\n")],                             invalid(401)),
    Row(Plain(401), "401 {}",                        |_| vec![Answer::json(401, "{}")],                                    invalid(401)),
    Row(Plain(401), "401 JSON of no known shape",    |_| vec![Answer::json(401, "[{\"fault\":1}]")],                       invalid(401)),
    Row(Coded(401), "401 without a body",            |_| vec![Answer::http(401, &[], "")],                                 invalid(401)),
    Row(Coded(401), "401 {}",                        |_| vec![Answer::json(401, "{}")],                                    invalid(401)),
    Row(Coded(401), "401 with a new code",           |it| vec![Answer::json(401, coded(it, "new_code"))],                  unknown("unexpected_status", 401).code("new_code")),
    Row(All, "401 HTML",                             |_| vec![Answer::html(401, PAGE)],                                    unknown("invalid_response", 401)),
    Row(All, "401 text",                             |_| vec![Answer::http(401, &["Content-Type: text/plain"], "Unauthorized")], unknown("invalid_response", 401)),
    Row(All, "401 JSON cut off",                     |_| vec![Answer::json(401, "{\"code\":")],                            unknown("invalid_response", 401)),
    Row(All, "401 HTML said to be JSON",             |_| vec![Answer::json(401, PAGE)],                                    unknown("invalid_response", 401)),
    Row(All, "401 of 200,000 open brackets",         |_| vec![Answer::json(401, "[".repeat(200_000))],                     unknown("invalid_response", 401)),
    Row(Only("katapult"), "401 with a code of 403",  |_| vec![katapult(401, "scope_not_granted")],                         invalid(401).code("scope_not_granted")),
    Row(Only("nextdocs"), "401 with a new code",     |it| vec![Answer::json(401, coded(it, "EXPIRED"))],                   invalid(401).code("EXPIRED")),
    Row(Only("unleash"),  "401 no header",           |_| vec![unleash(401, "AuthenticationRequired")],                     invalid(401).code("AuthenticationRequired")),
    Row(Only("unleash"),  "401 a wrong token",       |_| vec![unleash(401, "UnauthorizedError")],                          invalid(401).code("UnauthorizedError")),
    Row(Only("unleash"),  "401 another error",       |_| vec![unleash(401, "PasswordMismatch")],                           unknown("unexpected_status", 401).code("PasswordMismatch")),
    Row(Only("unleash"),  "401 code of another case", |_| vec![unleash(401, "unauthorizederror")],                         unknown("unexpected_status", 401).code("unauthorizederror")),
    Row(Only("unleash"),  "401 HTML with the code",  |_| vec![Answer::html(401, "<p>UnauthorizedError</p>")],              unknown("invalid_response", 401)),
] }

/// 403.
#[rustfmt::skip]
fn status_403() -> Vec<Row> { vec![
    Row(Plain(403), "403 without a body",            |_| vec![Answer::http(403, &[], "")],                                 unknown("forbidden", 403)),
    Row(Plain(403), "403 {}",                        |_| vec![Answer::json(403, "{}")],                                    unknown("forbidden", 403)),
    Row(Plain(403), "403 HTML",                      |_| vec![Answer::html(403, PAGE)],                                    unknown("invalid_response", 403)),
    Row(Plain(403), "403 text",                      |_| vec![Answer::http(403, &[], "Forbidden")],                        unknown("invalid_response", 403)),
    Row(Only("unleash"),  "403 a backend token",     |_| vec![Answer::json(403, r#"{"message":"invalid token: expected a different token type for this endpoint"}"#)], unknown("forbidden", 403)),
    Row(Only("unleash"),  "403 with a code of 401",  |_| vec![unleash(403, "UnauthorizedError")],                          unknown("forbidden", 403).code("UnauthorizedError")),
] }

/// Katapult's codes, and the same codes where they do not belong.
#[rustfmt::skip]
fn codes() -> Vec<Row> { vec![
    Row(Only("katapult"), "400 missing",             |_| vec![katapult(400, "missing_api_token")],                         invalid(400).code("missing_api_token")),
    Row(Only("katapult"), "403 invalid",             |_| vec![katapult(403, "invalid_api_token")],                         invalid(403).code("invalid_api_token")),
    Row(Only("katapult"), "403 capabilities",        |_| vec![katapult(403, "invalid_capabilities_token")],                unknown("forbidden", 403).code("invalid_capabilities_token")),
    Row(Only("katapult"), "403 scope",               |_| vec![katapult(403, "scope_not_granted")],                         unknown("forbidden", 403).code("scope_not_granted")),
    Row(Only("katapult"), "403 network",             |_| vec![katapult(403, "unauthorized_network_for_api_token")],        unknown("forbidden", 403).code("unauthorized_network_for_api_token")),
    Row(Only("katapult"), "404 no user",             |_| vec![katapult(404, "no_user_associated_with_identity")],          valid(Subject::Nobody)),
    Row(Only("katapult"), "429 rate limit",          |_| vec![katapult(429, "rate_limit_reached")],                        unknown("rate_limited", 429).code("rate_limit_reached").asked(3)),
    Row(Only("katapult"), "503 unavailable",         |_| vec![katapult(503, "service_unavailable")],                       unknown("unavailable", 503).code("service_unavailable").asked(3)),
    Row(Only("katapult"), "400 invalid",             |_| vec![katapult(400, "invalid_api_token")],                         unknown("unexpected_status", 400).code("invalid_api_token")),
    Row(Only("katapult"), "403 missing",             |_| vec![katapult(403, "missing_api_token")],                         unknown("forbidden", 403).code("missing_api_token")),
    Row(Only("katapult"), "403 a new code",          |_| vec![katapult(403, "token_on_holiday")],                          unknown("forbidden", 403).code("token_on_holiday")),
    Row(Only("katapult"), "404 a new code",          |_| vec![katapult(404, "route_not_found")],                           unknown("unexpected_status", 404).code("route_not_found")),
    Row(Only("katapult"), "410 no user",             |_| vec![katapult(410, "no_user_associated_with_identity")],          unknown("unexpected_status", 410).code("no_user_associated_with_identity")),
    Row(Only("katapult"), "200 invalid",             |_| vec![katapult(200, "invalid_api_token")],                         unknown("invalid_response", 200)),
    Row(Only("katapult"), "403 HTML with the code",  |_| vec![Answer::html(403, "<p>invalid_api_token</p>")],              unknown("invalid_response", 403)),
    Row(Only("katapult"), "403 code elsewhere",      |_| vec![Answer::json(403, r#"{"error":{"code":"invalid_api_token"}}"#)], unknown("forbidden", 403)),
    Row(Only("katapult"), "403 code in a list",      |_| vec![Answer::json(403, r#"{"code":["invalid_api_token"]}"#)],     unknown("forbidden", 403)),
    Row(Only("katapult"), "404 HTML",                |_| vec![Answer::html(404, PAGE)],                                    unknown("unexpected_status", 404)),
    Row(Only("nextdocs"), "404 not found",           |it| vec![Answer::json(404, coded(it, "NOT_FOUND"))],                 unknown("unexpected_status", 404).code("NOT_FOUND")),
] }

/// Statuses that say nothing of a token.
#[rustfmt::skip]
fn other_statuses() -> Vec<Row> { vec![
    Row(All, "201",                                  |it| vec![Answer::json(201, example(it))],                            unknown("unexpected_status", 201)),
    Row(All, "204",                                  |_| vec![Answer::http(204, &[], "")],                                 unknown("unexpected_status", 204)),
    Row(All, "206",                                  |it| vec![Answer::json(206, example(it))],                            unknown("unexpected_status", 206)),
    Row(Plain(400), "400",                           |_| vec![Answer::json(400, "{}")],                                    unknown("unexpected_status", 400)),
    Row(Plain(400), "400 HTML",                      |_| vec![Answer::html(400, PAGE)],                                    unknown("unexpected_status", 400)),
    Row(Plain(402), "402",                           |_| vec![Answer::json(402, "{}")],                                    unknown("unexpected_status", 402)),
    Row(Plain(404), "404 without a body",            |_| vec![Answer::http(404, &[], "")],                                 unknown("unexpected_status", 404)),
    Row(Plain(404), "404 {}",                        |_| vec![Answer::json(404, "{}")],                                    unknown("unexpected_status", 404)),
    Row(Plain(404), "404 HTML",                      |_| vec![Answer::html(404, PAGE)],                                    unknown("unexpected_status", 404)),
    Row(Plain(407), "407",                           |_| vec![Answer::html(407, PAGE)],                                    unknown("unexpected_status", 407)),
    Row(Plain(408), "408",                           |_| vec![Answer::json(408, "{}")],                                    unknown("unexpected_status", 408)),
    Row(Plain(418), "418",                           |_| vec![Answer::json(418, "{}")],                                    unknown("unexpected_status", 418)),
    Row(Plain(451), "451 HTML",                      |_| vec![Answer::html(451, PAGE)],                                    unknown("unexpected_status", 451)),
    Row(Plain(999), "999",                           |_| vec![Answer::html(999, PAGE)],                                    unknown("unexpected_status", 999)),
] }

/// Redirects, to the server that nobody may come to and to the same one.
#[rustfmt::skip]
fn redirects() -> Vec<Row> { vec![
    Row(All, "301",                                  |it| vec![redirect(301, &it.elsewhere)],                              unknown("redirected", 301)),
    Row(All, "302",                                  |it| vec![redirect(302, &it.elsewhere)],                              unknown("redirected", 302)),
    Row(All, "303",                                  |it| vec![redirect(303, &it.elsewhere)],                              unknown("redirected", 303)),
    Row(All, "307",                                  |it| vec![redirect(307, &it.elsewhere)],                              unknown("redirected", 307)),
    Row(All, "308",                                  |it| vec![redirect(308, &it.elsewhere)],                              unknown("redirected", 308)),
    Row(All, "302 to the same server",               |it| vec![redirect(302, "/login"), good(it)],                         unknown("redirected", 302)),
    Row(All, "308 to the same place",                |it| vec![redirect(308, it.provider.info().whoami.path), good(it)],   unknown("redirected", 308)),
    Row(All, "302 to nowhere",                       |_| vec![Answer::http(302, &[], "")],                                 unknown("redirected", 302)),
    Row(All, "304",                                  |_| vec![Answer::http(304, &[], "")],                                 unknown("redirected", 304)),
    Row(All, "302 with a good body",                 |it| vec![Answer::http(302, &[&format!("Location: {}", it.elsewhere)], example(it))], unknown("redirected", 302)),
] }

/// Too many requests, or not now: asked twice more, unless the wait does not fit.
#[rustfmt::skip]
fn not_now() -> Vec<Row> { vec![
    Row(Plain(429), "429 without Retry-After",       |_| vec![Answer::json(429, "{}")],                                    unknown("rate_limited", 429).asked(3)),
    Row(Plain(429), "429 HTML",                      |_| vec![Answer::html(429, PAGE)],                                    unknown("rate_limited", 429).asked(3)),
    Row(Plain(429), "429, wait 0 s",                 |_| vec![later(429, "0")],                                            unknown("rate_limited", 429).asked(3).wait(Wait::Seconds(0))),
    Row(Plain(429), "429, wait an hour",             |_| vec![later(429, "3600")],                                         unknown("rate_limited", 429).wait(Wait::Seconds(3600))),
    Row(Plain(429), "429, wait 30 digits",           |_| vec![later(429, "999999999999999999999999999999")],               unknown("rate_limited", 429).wait(Wait::Decades)),
    Row(Plain(429), "429, wait until 9999",          |_| vec![later(429, "Fri, 31 Dec 9999 23:59:59 GMT")],                unknown("rate_limited", 429).wait(Wait::Decades)),
    Row(Plain(429), "429, wait until 2015",          |_| vec![later(429, "Wed, 21 Oct 2015 07:28:00 GMT")],                unknown("rate_limited", 429).asked(3).wait(Wait::Seconds(0))),
    Row(Plain(429), "429, wait for what?",           |_| vec![later(429, "a while")],                                      unknown("rate_limited", 429).asked(3)),
    Row(Plain(503), "503 without Retry-After",       |_| vec![Answer::json(503, "{}")],                                    unknown("unavailable", 503).asked(3)),
    Row(Plain(503), "503 HTML",                      |_| vec![Answer::html(503, PAGE)],                                    unknown("unavailable", 503).asked(3)),
    Row(Plain(503), "503, wait an hour",             |_| vec![later(503, "3600")],                                         unknown("unavailable", 503).wait(Wait::Seconds(3600))),
    Row(Plain(503), "503, wait until 9999",          |_| vec![later(503, "Fri, 31 Dec 9999 23:59:59 GMT")],                unknown("unavailable", 503).wait(Wait::Decades)),
    Row(Plain(502), "502 HTML",                      |_| vec![Answer::html(502, PAGE)],                                    unknown("unavailable", 502).asked(3)),
    Row(Plain(504), "504 HTML",                      |_| vec![Answer::html(504, PAGE)],                                    unknown("unavailable", 504).asked(3)),
    Row(Plain(500), "500",                           |_| vec![Answer::json(500, "{}")],                                    unknown("unavailable", 500)),
    Row(Plain(500), "500 HTML",                      |_| vec![Answer::html(500, PAGE)],                                    unknown("unavailable", 500)),
    Row(Plain(501), "501",                           |_| vec![Answer::json(501, "{}")],                                    unknown("unavailable", 501)),
    Row(Plain(520), "520 HTML",                      |_| vec![Answer::html(520, PAGE)],                                    unknown("unavailable", 520)),
    Row(Only("unleash"), "429 as a server sends it", |_| vec![Answer::http(429, &["Content-Type: text/html", "Retry-After: 60"], PAGE)], unknown("rate_limited", 429).wait(Wait::Seconds(60))),
] }

/// A first answer that fails, and a second that does not.
#[rustfmt::skip]
fn second_tries() -> Vec<Row> { vec![
    Row(Plain(429), "429, then 200",                 |it| vec![Answer::json(429, "{}"), good(it)],                         valid(Subject::Somebody).asked(2)),
    Row(Plain(429), "429, wait 1 s, then 200",       |it| vec![later(429, "1"), good(it)],                                 valid(Subject::Somebody).asked(2)),
    Row(Plain(502), "502, then 200",                 |it| vec![Answer::html(502, PAGE), good(it)],                         valid(Subject::Somebody).asked(2)),
    Row(Plain(503), "503, then 200",                 |it| vec![Answer::json(503, "{}"), good(it)],                         valid(Subject::Somebody).asked(2)),
    Row(Plain(504), "504 twice, then 200",           |it| vec![Answer::json(504, "{}"), Answer::json(504, "{}"), good(it)], valid(Subject::Somebody).asked(3)),
    Row(Plain(401), "503, then 401",                 |_| vec![Answer::json(503, "{}"), Answer::http(401, &[], "")],        invalid(401).asked(2)),
    Row(Plain(503), "503 thrice, then 200",          |it| vec![Answer::json(503, "{}"), Answer::json(503, "{}"), Answer::json(503, "{}"), good(it)], unknown("unavailable", 503).asked(3)),
    Row(All, "a reset, then 200",                    |it| vec![Answer::new().reset(), good(it)],                           valid(Subject::Somebody).asked(2)),
    Row(All, "a reset at once, then 200",            |it| vec![Answer::new().on_connect().reset(), good(it)],              valid(Subject::Somebody)),
    Row(All, "half a body, then 200",                |it| vec![half(it).close(), good(it)],                                valid(Subject::Somebody).asked(2)),
    Row(All, "half a body and a reset, then 200",    |it| vec![half(it).reset(), good(it)],                                valid(Subject::Somebody).asked(2)),
] }

/// Connections that break.
#[rustfmt::skip]
fn broken_connections() -> Vec<Row> { vec![
    Row(All, "a reset at once",                      |_| vec![Answer::new().on_connect().reset()],                         unknown("connect", 0).asked(0)),
    Row(All, "a reset in place of an answer",        |_| vec![Answer::new().reset()],                                      unknown("connect", 0).asked(3)),
    Row(All, "not a word",                           |_| vec![Answer::new().close()],                                      unknown("connect", 0).asked(3)),
    Row(All, "half a head",                          |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nContent-").close()],  unknown("connect", 0).asked(3)),
    Row(All, "half a body",                          |it| vec![half(it).close()],                                          unknown("connect", 200).asked(3)),
    Row(All, "half a body and a reset",              |it| vec![half(it).wait(MOMENT).reset()],                             unknown("connect", 200).asked(3)),
    Row(All, "half a chunk",                         |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{").close()], unknown("connect", 200).asked(3)),
    Row(All, "401 with half a body",                 |_| vec![Answer::new().send("HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n{").close()], unknown("connect", 401).asked(3)),
] }

/// What is not HTTP.
#[rustfmt::skip]
fn not_http() -> Vec<Row> { vec![
    Row(All, "SSH",                                  |_| vec![Answer::new().send("SSH-2.0-OpenSSH_9.7\r\n").close()],       unknown("invalid_response", 0)),
    Row(All, "TLS",                                  |_| vec![Answer::new().send(b"\x15\x03\x01\x00\x02\x02\x16").close()], unknown("invalid_response", 0)),
    Row(All, "a page without a head",                |_| vec![Answer::new().send(PAGE).close()],                            unknown("invalid_response", 0)),
    Row(All, "a megabyte of nothing",                |_| vec![Answer::new().send(vec![0; 1 << 20]).close()],                unknown("invalid_response", 0)),
    Row(All, "a status that is none",                |_| vec![Answer::new().send("HTTP/1.1 OK 200\r\n\r\n").close()],       unknown("invalid_response", 0)),
    Row(All, "a header that is none",                |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\n{}\r\n\r\n").close()], unknown("invalid_response", 0)),
    Row(All, "two lengths",                          |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}").close()], unknown("invalid_response", 0)),
    Row(All, "a chunk of no length",                 |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n{}\r\n0\r\n\r\n").close()], unknown("invalid_response", 200)),
    Row(All, "endless headers",                      |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\n").flood("A: b\r\n".repeat(1000))], unknown("invalid_response", 0)),
    Row(All, "an endless header",                    |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nA: ").flood("b".repeat(65536))], unknown("invalid_response", 0)),
] }

/// Bodies without end.
#[rustfmt::skip]
fn without_end() -> Vec<Row> { vec![
    Row(All, "a gigabyte",                           |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n").flood(" ".repeat(65536))], unknown("body_too_large", 200)),
    Row(All, "endless chunks",                       |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").flood(format!("10000\r\n{}\r\n", " ".repeat(65536)))], unknown("body_too_large", 200)),
    Row(All, "endless, without a length",            |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\n\r\n").flood("[".repeat(65536))], unknown("body_too_large", 200)),
    Row(All, "401 and a gigabyte",                   |_| vec![Answer::new().send("HTTP/1.1 401 No\r\nContent-Length: 1073741824\r\n\r\n").flood(" ".repeat(65536))], unknown("body_too_large", 401)),
    Row(All, "a byte more than a megabyte",          |it| vec![Answer::json(200, padded(it, (1 << 20) + 1))],              unknown("body_too_large", 200)),
    Row(All, "exactly a megabyte",                   |it| vec![Answer::json(200, padded(it, 1 << 20))],                    valid(Subject::Somebody)),
] }

/// Servers that take longer than they are given.
#[rustfmt::skip]
fn slow_rows() -> Vec<Row> { vec![
    Row(All, "silence",                              |_| vec![Answer::new().silence()],                                    unknown("timeout", 0)),
    Row(All, "silence in the head",                  |_| vec![Answer::new().send("HTTP/1.1 200 OK\r\n").silence()],        unknown("timeout", 0)),
    Row(All, "silence in the body",                  |it| vec![half(it).silence()],                                        unknown("timeout", 200)),
    Row(All, "401 and silence in the body",          |_| vec![Answer::new().send("HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n").silence()], unknown("timeout", 401)),
    Row(All, "a head, a byte a second",              |it| vec![Answer::new().drip(http(200, &example(it)), SECOND)],       unknown("timeout", 0)),
    Row(All, "a body, a byte a second",              |it| vec![Answer::new().send(head(200, &example(it))).drip(example(it), SECOND)], unknown("timeout", 200)),
    Row(All, "503, then silence",                    |_| vec![Answer::json(503, "{}"), Answer::new().silence()],           unknown("timeout", 0).asked(2)),
    Row(All, "429, wait 5 s of 5",                   |_| vec![later(429, "5")],                                            unknown("rate_limited", 429).wait(Wait::Seconds(5))),
] }

const SECOND: Duration = Duration::from_secs(1);

/// Enough for what was sent to arrive before a reset overtakes it.
pub(crate) const MOMENT: Duration = Duration::from_millis(100);

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Attention!</title></head><body>Who are you?</body></html>\n";

/// The body of the description's own good answer.
pub(crate) fn example(scene: &Scene) -> String {
    scene.provider.examples()[0].1.to_owned()
}

fn good(scene: &Scene) -> Answer {
    Answer::json(200, example(scene))
}

fn head(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
}

fn http(status: u16, body: &str) -> String {
    head(status, body) + body
}

fn chunked(body: &str) -> Answer {
    let (a, b) = body.split_at(body.len() / 2);
    Answer::new().send(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{a}\r\n{:x}\r\n{b}\r\n0\r\n\r\n",
        a.len(),
        b.len()
    ))
}

/// A good answer, of which half the body is sent.
fn half(scene: &Scene) -> Answer {
    Answer::new().send(head(200, &example(scene)) + &cut(scene))
}

fn cut(scene: &Scene) -> String {
    let mut body = example(scene);
    body.truncate(body.len() / 2);
    body
}

fn padded(scene: &Scene, length: usize) -> String {
    let body = example(scene);
    let padding = " ".repeat(length - body.len());
    body + &padding
}

fn redirect(status: u16, to: &str) -> Answer {
    Answer::http(status, &[&format!("Location: {to}")], PAGE)
}

fn later(status: u16, retry_after: &str) -> Answer {
    Answer::http(status, &[&format!("Retry-After: {retry_after}")], "{}")
}

fn katapult(status: u16, code: &str) -> Answer {
    let body = json!({ "code": code, "description": "What went wrong.", "detail": {} });
    Answer::json(status, body.to_string())
}

fn unleash(status: u16, name: &str) -> Answer {
    let message = "What went wrong.";
    let body = json!({ "id": "2b7c1f7e", "name": name, "message": message, "details": [{ "message": message }] });
    Answer::json(status, body.to_string())
}

/// A JSON error with this code, where the provider has its codes.
fn coded(scene: &Scene, code: &str) -> String {
    let at = scene.provider.info().whoami.code.unwrap_or("/code");
    nested(at, code).to_string()
}

/// What a server answers an admin API token: the token itself is in it.
fn admin_token(scene: &Scene) -> String {
    let user = json!({
        "username": "deployment",
        "permissions": ["ADMIN"],
        "environment": "*",
        "type": "admin",
        "projects": ["*"],
        "internalAdminTokenUserId": -42,
        "secret": scene.token,
    });
    json!({ "user": user, "permissions": [{ "permission": "ADMIN" }], "feedback": [], "splash": {} })
        .to_string()
}

/// The example with `value` at `pointer`, which it must have.
fn with(scene: &Scene, pointer: &str, value: Value) -> Answer {
    let mut body: Value = serde_json::from_str(&example(scene)).unwrap();
    *body.pointer_mut(pointer).unwrap() = value;
    Answer::json(200, body.to_string())
}

/// The example without the member `name` of the object at `pointer`, which must have it.
fn without(scene: &Scene, pointer: &str, name: &str) -> Answer {
    let mut body: Value = serde_json::from_str(&example(scene)).unwrap();
    let object = body.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
    object.remove(name).unwrap();
    Answer::json(200, body.to_string())
}

/// The example with one more field, of this raw value.
fn with_field(scene: &Scene, value: &str) -> String {
    example(scene).replacen('{', &format!("{{\"zzz\":{value},"), 1)
}

/// The example with a field more in each of its objects.
fn with_unknown_fields(scene: &Scene) -> String {
    fn add(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(add),
            // A map from any name to a flag takes flags only.
            Value::Object(members) if !members.values().all(Value::is_boolean) => {
                members.values_mut().for_each(add);
                members.insert("zzz".to_owned(), json!({ "new": [1, null] }));
            }
            _ => {}
        }
    }
    let mut body = serde_json::from_str(&example(scene)).unwrap();
    add(&mut body);
    body.to_string()
}
