//! The table: what a server does, and what follows from it for the token.
//!
//! Rows are for every provider, those of the future included, unless they name one or say what a description must have.

use std::sync::Arc;
use std::time::Duration;

use keyholder::{Authentication, Operation, Provider};
use keyholder_core::{Content, Meaning, Rule, Scalar, Status, Test};
use serde_json::{Value, json};
use testing_fault_server::Answer;

use Who::{All, Bare, Bearer, Coded, Only, Plain, Shaped, Uncoded, Unruled};

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
    /// Why a token is refused.
    pub(crate) reason: Option<&'static str>,
    /// What limits a valid token, and the provider's code for that.
    pub(crate) limited: Option<(&'static str, Option<&'static str>)>,
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
    /// Those of whose descriptions no rule speaks of this status.
    Unruled(u16),
    /// Those whose descriptions say of this status, in general, what HTTP says of it, or nothing.
    Plain(u16),
    /// Those whose refusals have codes that are documented.
    Coded,
    /// All others.
    Uncoded,
    /// Of these, those whose 401 has a body that is described.
    Shaped,
    /// Of these, those whose 401 has none.
    Bare,
    /// Of these, those that take the token with the scheme `Bearer`.
    Bearer(&'static Who),
}

impl Who {
    fn includes(&self, provider: &Provider) -> bool {
        let operation = whoami(provider);
        let of = |status: u16| {
            let rules = operation.answers.iter();
            rules.filter(move |it| speaks_of(operation, it, status))
        };
        let is_coded = || {
            operation.answers.iter().any(|it| {
                it.means == Meaning::Unauthenticated
                    && !(it.code.is_empty() && it.body.is_empty())
                    && it.status != operation.success.status
            })
        };
        let is_shaped = || {
            operation.refusals.iter().any(|it| {
                matches!(
                    it.status,
                    Status::Code(401) | Status::Range(4) | Status::Default
                ) && it.content != Content::Undescribed
            })
        };
        match *self {
            All => true,
            Only(name) => provider.name == name,
            Unruled(status) => of(status).next().is_none(),
            Plain(status) => {
                let general = match status {
                    403 => Some(Meaning::Forbidden),
                    429 => Some(Meaning::RateLimited),
                    500.. => Some(Meaning::Unavailable),
                    _ => None,
                };
                of(status)
                    .filter(|it| it.is_by_status_alone())
                    .all(|it| Some(it.means) == general)
            }
            Coded => is_coded(),
            Uncoded => !is_coded(),
            Shaped => !is_coded() && is_shaped(),
            Bare => !is_coded() && !is_shaped(),
            Bearer(who) => {
                let bearer = Authentication::bearer();
                who.includes(provider) && provider.authentication() == Some(&bearer)
            }
        }
    }
}

/// The operation that is asked whose token it is.
pub(crate) fn whoami(provider: &Provider) -> &Operation {
    provider.whoami().unwrap()
}

/// Whether a rule speaks of answers with this status.
fn speaks_of(operation: &Operation, rule: &Rule, status: u16) -> bool {
    rule.status.iter().any(|it| match it {
        Status::Default => !operation.is_success(status),
        named => named.names(status),
    })
}

/// The answer that a description gives for a good token.
pub(crate) fn good_example(provider: &Provider) -> &'static str {
    keyholder::examples(&provider.name)[0].1
}

/// An answer by which the provider refuses a token: the one that its description gives, where it gives one.
pub(crate) fn refusal(provider: &Provider) -> (u16, String) {
    let (status, body) = match provider.name.as_str() {
        "katapult" => (403, r#"{"code":"invalid_api_token"}"#),
        "nextdocs" => (401, r#"{"error":{"code":"UNAUTHORIZED"}}"#),
        "unleash" => (401, r#"{"name":"UnauthorizedError","message":"m"}"#),
        _ => (401, "{}"),
    };
    (status, body.to_owned())
}

/// The token is good. Exit status 0.
fn valid(subject: Subject) -> Expected {
    Expected {
        verdict: "valid",
        exit: 0,
        kind: None,
        status: None,
        code: None,
        reason: None,
        limited: None,
        retry_after: Wait::None,
        subject,
        requests: 1,
    }
}

/// The token is good, and this keeps it from telling whose it is, with the provider's code for that. Exit status 0.
fn limited(by: &'static str, code: Option<&'static str>) -> Expected {
    Expected {
        limited: Some((by, code)),
        ..valid(Subject::Nobody)
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

    /// Why the token is refused.
    fn reason(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
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
    for provider in keyholder::providers() {
        let about = rows().filter(|(row, _)| row.0.includes(provider));
        cases.extend(
            about.map(|(Row(_, name, answers, expected), timeout)| Case {
                provider: provider.clone(),
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
fn documented(provider: &Provider) -> Vec<Case> {
    let operation = whoami(provider);
    let case = |name, status, body: String, expected| Case {
        provider: provider.clone(),
        name,
        answers: Arc::new(move |_: &Scene| vec![Answer::json(status, &body)]),
        timeout: LONG,
        expected,
    };
    let mut cases = Vec::new();
    for (nth, (status, body)) in keyholder::examples(&provider.name).iter().enumerate() {
        let (status, body) = (*status, (*body).to_owned());
        let expected = if operation.is_success(status) {
            valid(Subject::Somebody)
        } else {
            of_example(operation, status, &body)
        };
        cases.push(case(example_name(nth, status), status, body, expected));
    }
    for (nth, rule) in operation.answers.iter().enumerate() {
        // What a status alone refuses has a body to look at as well: the example's, and those of the rows.
        if rule.means == Meaning::Unauthenticated && rule.is_by_status_alone() {
            continue;
        }
        let (status, body) = of_rule(provider, rule);
        let code = rule.code.first().map(|code| leak(code));
        let expected = by_rule(rule, status, code);
        cases.push(case(rule_name(nth), status, body, expected));
    }
    cases
}

pub(crate) fn example_name(nth: usize, status: u16) -> String {
    format!("example {nth}, of {status}")
}

pub(crate) fn rule_name(nth: usize) -> String {
    format!("rule {nth}")
}

/// What an example of an error says: what the first rule that it fits does, or else HTTP.
fn of_example(operation: &Operation, status: u16, body: &str) -> Expected {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let code = operation.code.iter().find_map(|at| {
        let code = body.pointer(at.as_str())?.as_str()?;
        Some(leak(code))
    });
    let mut rules = operation.answers.iter();
    let rule = rules.find(|rule| {
        assert!(rule.header.is_empty(), "an example has no headers");
        let has_code = code.is_some_and(|code| rule.code.iter().any(|it| it == code));
        let has_text = |text: &keyholder_core::Text| {
            let body = body.to_string().to_lowercase();
            let has = |it: &String| body.contains(&it.to_lowercase());
            (text.any.is_empty() || text.any.iter().any(has))
                && text.all.iter().all(has)
                && !text.none.iter().any(has)
        };
        speaks_of(operation, rule, status)
            && (rule.code.is_empty() || has_code)
            && rule.text.as_ref().is_none_or(has_text)
            && rule.body.iter().all(|(at, test)| {
                let value = body.pointer(at.as_str());
                *test == Test::present(value.is_some()) || value == equal_to(test).as_ref()
            })
    });
    match rule {
        Some(rule) => by_rule(rule, status, code),
        None => {
            let kind = match status {
                403 => "forbidden",
                429 => "rate_limited",
                500.. => "unavailable",
                // Documented as an answer, but not for what it says of the token.
                _ => "unexpected_status",
            };
            Expected {
                code,
                ..unknown(kind, status)
            }
        }
    }
}

/// An answer that fits a rule, and no more than that.
fn of_rule(provider: &Provider, rule: &Rule) -> (u16, String) {
    let operation = whoami(provider);
    assert!(
        rule.header.is_empty(),
        "headers of rules are new to this table"
    );
    let status = match rule.status[0] {
        Status::Code(status) => status,
        Status::Range(hundred) => hundred * 100 + 18,
        Status::Default => 418,
    };
    if rule.is_by_status_alone() {
        return (status, String::new());
    }
    let mut body = if operation.is_success(status) {
        serde_json::from_str(good_example(provider)).unwrap()
    } else {
        json!({})
    };
    if let Some(code) = rule.code.first() {
        put(&mut body, operation.code[0].as_str(), code.as_str().into());
    }
    for (at, test) in &rule.body {
        let value = match test.present {
            Some(true) => json!("here"),
            Some(false) => Value::Null,
            None => equal_to(test).expect("such a condition is new to this table"),
        };
        put(&mut body, at.as_str(), value);
    }
    if let Some(text) = &rule.text {
        let words: Vec<_> = text.any.first().into_iter().chain(&text.all).collect();
        let words: Vec<_> = words.into_iter().map(String::as_str).collect();
        put(
            &mut body,
            "/message",
            format!("It says: {}.", words.join(" ")).into(),
        );
    }
    (status, body.to_string())
}

/// The first value that a condition takes.
fn equal_to(condition: &Test) -> Option<Value> {
    Some(match condition.equals.first()? {
        Scalar::Null => Value::Null,
        Scalar::Bool(flag) => (*flag).into(),
        Scalar::Number(number) => number.clone().into(),
        Scalar::Text(text) => text.as_str().into(),
    })
}

/// Puts `value` at a pointer, with the objects that lead there.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let names: Vec<_> = pointer.split('/').skip(1).collect();
    let place = names.iter().fold(body, |place, name| &mut place[*name]);
    *place = value;
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn by_rule(rule: &Rule, status: u16, code: Option<&'static str>) -> Expected {
    let requests = if [429, 502, 503, 504].contains(&status) {
        3
    } else {
        1
    };
    let expected = match rule.means {
        Meaning::Unauthenticated => Expected {
            reason: rule.reason.map(|it| leak(it.as_str())),
            ..invalid(status)
        },
        Meaning::Forbidden => unknown("forbidden", status),
        Meaning::NoSubject => return valid(Subject::Nobody),
        Meaning::Limited => return limited(leak(rule.by.unwrap().as_str()), code),
        Meaning::RateLimited => unknown("rate_limited", status).asked(requests),
        Meaning::Unavailable => unknown("unavailable", status).asked(requests),
        Meaning::Nothing if status < 300 => unknown("invalid_response", status),
        Meaning::Nothing => unknown("unexpected_status", status),
        _ => panic!("{:?} is new to this table", rule.means),
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
        other_members(),
        tolerated(),
        nobody(),
        admin_tokens(),
        status_401(),
        messages(),
        challenges(),
        vetoes(),
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
    Row(All, "200 of deep lists, unknown",           |it| vec![Answer::json(200, with_field(it, &("[".repeat(100_000) + &"]".repeat(100_000))))], valid(Subject::Somebody)),
    Row(All, "200 after a byte order mark",          |it| vec![Answer::json(200, format!("\u{feff}{}", example(it)))],     valid(Subject::Somebody)),
    Row(Only("extruct"),  "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("katapult"), "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("nextdocs"), "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("unleash"),  "200 {}",                  |_| vec![Answer::json(200, "{}")],                                    unknown("invalid_response", 200)),
    Row(Only("extruct"),  "200 [null, …]",           |_| vec![Answer::json(200, "[null,null,null,null,null,null,null]")],  unknown("invalid_response", 200)),
    Row(Only("katapult"), "200 [null, …]",           |_| vec![Answer::json(200, "[null,null,null]")],                      unknown("invalid_response", 200)),
] }

/// What a success lacks of what its description requires, and values of other types: what is left may name somebody.
#[rustfmt::skip]
fn other_members() -> Vec<Row> { vec![
    Row(Only("extruct"),  "no user_id",              |it| vec![without(it, "", "user_id")],                                valid(Subject::Nobody)),
    Row(Only("extruct"),  "no email",                |it| vec![without(it, "", "email")],                                  valid(Subject::Somebody)),
    Row(Only("extruct"),  "no available_credits",    |it| vec![without(it, "", "available_credits")],                      valid(Subject::Somebody)),
    Row(Only("extruct"),  "no organization_id",      |it| vec![without(it, "", "organization_id")],                        valid(Subject::Somebody)),
    Row(Only("katapult"), "no user",                 |it| vec![without(it, "", "user")],                                   valid(Subject::Nobody)),
    Row(Only("katapult"), "no organizations",        |it| vec![without(it, "", "organizations")],                          valid(Subject::Somebody)),
    Row(Only("katapult"), "no api_token_id",         |it| vec![without(it, "", "api_token_id")],                           valid(Subject::Somebody)),
    Row(Only("nextdocs"), "no id",                   |it| vec![without(it, "", "id")],                                     valid(Subject::Nobody)),
    Row(Only("nextdocs"), "no quota",                |it| vec![without(it, "", "quota")],                                  valid(Subject::Somebody)),
    Row(Only("unleash"),  "no user",                 |it| vec![without(it, "", "user")],                                   unknown("invalid_response", 200)),
    Row(Only("unleash"),  "no splash",               |it| vec![without(it, "", "splash")],                                 valid(Subject::Somebody)),
    Row(Only("unleash"),  "no name in a permission", |it| vec![without(it, "/permissions/1", "permission")],               valid(Subject::Somebody)),
    Row(Only("unleash"),  "no user.id",              |it| vec![without(it, "/user", "id")],                                valid(Subject::Nobody)),
    Row(Only("extruct"),  "a number for user_id",    |it| vec![with(it, "/user_id", json!(5))],                            valid(Subject::Is("5"))),
    Row(Only("extruct"),  "a text for credits",      |it| vec![with(it, "/available_credits", json!("many"))],             valid(Subject::Somebody)),
    Row(Only("katapult"), "a list for user",         |it| vec![with(it, "/user", json!("jane"))],                          valid(Subject::Nobody)),
    Row(Only("nextdocs"), "a text for quota",        |it| vec![with(it, "/quota", json!("none"))],                         valid(Subject::Somebody)),
    Row(Only("extruct"),  "1250.0 for credits",      |it| vec![raw(it, "1250", "1250.0")],                                 valid(Subject::Somebody)),
    Row(Only("extruct"),  "1e400 for credits",       |it| vec![raw(it, "1250", "1e400")],                                  valid(Subject::Somebody)),
    Row(Only("unleash"),  "40 digits for user.id",   |it| vec![raw(it, "\"id\":42", &format!("\"id\":{}", "7".repeat(40)))], valid(Subject::Is("7777777777777777777777777777777777777777"))),
    Row(Only("unleash"),  "a text for user.id",      |it| vec![with(it, "/user/id", json!("42"))],                         valid(Subject::Is("42"))),
    Row(Only("unleash"),  "an object for user.id",   |it| vec![with(it, "/user/id", json!({}))],                           valid(Subject::Nobody)),
    Row(Only("unleash"),  "an object for a list",    |it| vec![with(it, "/permissions", json!({}))],                       valid(Subject::Somebody)),
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

/// A success that names nobody, or says that there is nobody.
#[rustfmt::skip]
fn nobody() -> Vec<Row> { vec![
    Row(All, "200 that says it is an error",         |_| vec![Answer::json(200, r#"{"ok":false,"error":"invalid_auth"}"#)], unknown("invalid_response", 200)),
    Row(Only("extruct"),  "texts with nothing in",   |_| vec![Answer::json(200, r#"{"user_id":"","email":" ","available_credits":7}"#)], unknown("invalid_response", 200)),
    Row(Only("extruct"),  "an organization's name",  |_| vec![Answer::json(200, r#"{"organization_name":"Example"}"#)],    valid(Subject::Nobody)),
    Row(Only("extruct"),  "quotas and flags alone",  |_| vec![Answer::json(200, r#"{"available_credits":7,"organization_is_active":true}"#)], unknown("invalid_response", 200)),
    Row(Only("katapult"), "nobody, of no one",       |_| vec![Answer::json(200, r#"{"user":null,"organizations":[],"api_token_id":null}"#)], unknown("invalid_response", 200)),
    Row(Only("katapult"), "a token's id",            |_| vec![Answer::json(200, r#"{"user":null,"organizations":[],"api_token_id":"t"}"#)], valid(Subject::Nobody)),
    Row(Only("unleash"),  "authentication off",      |_| vec![Answer::json(200, r#"{"user":{"id":-1,"username":"unknown","isAPI":false},"permissions":[{"permission":"ADMIN"}],"feedback":[],"splash":{}}"#)], unknown("invalid_response", 200)),
] }

/// Unleash's admin API token stands for no user, and its answer holds the token.
#[rustfmt::skip]
fn admin_tokens() -> Vec<Row> { vec![
    Row(Only("unleash"),  "an admin API token",      |it| vec![Answer::json(200, admin_token(it))],                        valid(Subject::Nobody)),
] }

/// 401, by its body.
#[rustfmt::skip]
fn status_401() -> Vec<Row> { vec![
    Row(Bare, "401 without a body",                  |_| vec![Answer::http(401, &[], "")],                                 invalid(401)),
    Row(Bare, "401 without a body or length",        |_| vec![Answer::new().send("HTTP/1.1 401 Unauthorized\r\n\r\n").close()], invalid(401)),
    Row(Bare, "401 of white space",                  |_| vec![Answer::http(401, &[], "\r\n")],                             invalid(401)),
    Row(Bare, "401 {}",                              |_| vec![Answer::json(401, "{}")],                                    invalid(401)),
    Row(Bare, "401 {} after a byte order mark",      |_| vec![Answer::json(401, "\u{feff}{}")],                            invalid(401)),
    Row(Bare, "401 {} said to be text",              |_| vec![Answer::http(401, &["Content-Type: text/plain"], "{}")],     invalid(401)),
    Row(Bare, "401 {} said to be HTML",              |_| vec![Answer::html(401, "{}")],                                    unknown("invalid_response", 401)),
    Row(Shaped, "401 without a body",                |_| vec![Answer::http(401, &[], "")],                                 unknown("unexpected_status", 401)),
    Row(Shaped, "401 {}",                            |_| vec![Answer::json(401, "{}")],                                    unknown("unexpected_status", 401)),
    Row(Coded, "401 without a body",                 |_| vec![Answer::http(401, &[], "")],                                 unknown("unexpected_status", 401)),
    Row(Coded, "401 {}",                             |_| vec![Answer::json(401, "{}")],                                    unknown("unexpected_status", 401)),
    Row(Coded, "401 with a new code",                |it| vec![Answer::json(401, coded(it, "new_code"))],                  unknown("unexpected_status", 401).code("new_code")),
    Row(Coded, "401 with a code of others",          |it| vec![Answer::json(401, coded(it, "invalid_token"))],             unknown("unexpected_status", 401).code("invalid_token")),
    Row(All, "401 a list",                           |_| vec![Answer::json(401, "[{\"fault\":1}]")],                       unknown("unexpected_status", 401)),
    Row(All, "401 a string",                         |_| vec![Answer::json(401, "\"Unauthorized\"")],                      unknown("unexpected_status", 401)),
    Row(All, "401 null",                             |_| vec![Answer::json(401, "null")],                                  unknown("unexpected_status", 401)),
    Row(All, "401 HTML",                             |_| vec![Answer::html(401, PAGE)],                                    unknown("invalid_response", 401)),
    Row(All, "401 text",                             |_| vec![Answer::http(401, &["Content-Type: text/plain"], "Unauthorized")], unknown("invalid_response", 401)),
    Row(All, "401 JSON cut off",                     |_| vec![Answer::json(401, "{\"code\":")],                            unknown("invalid_response", 401)),
    Row(All, "401 HTML said to be JSON",             |_| vec![Answer::json(401, PAGE)],                                    unknown("invalid_response", 401)),
    Row(All, "401 of 200,000 open brackets",         |_| vec![Answer::json(401, "[".repeat(200_000))],                     unknown("invalid_response", 401)),
    Row(Only("katapult"), "401 with a code of 403",  |_| vec![katapult(401, "scope_not_granted")],                         unknown("unexpected_status", 401).code("scope_not_granted")),
    Row(Only("nextdocs"), "401 a customary code",    |it| vec![Answer::json(401, coded(it, "API_KEY_EXPIRED"))],           invalid(401).code("API_KEY_EXPIRED").reason("expired")),
    Row(Only("nextdocs"), "401 with a new code",     |it| vec![Answer::json(401, coded(it, "EXPIRED"))],                   unknown("unexpected_status", 401).code("EXPIRED")),
    Row(Only("nextdocs"), "401 an address",          |it| vec![Answer::json(401, coded(it, "IP_NOT_ALLOWED"))],            unknown("unexpected_status", 401).code("IP_NOT_ALLOWED")),
    Row(Only("unleash"),  "401 no header",           |_| vec![unleash(401, "AuthenticationRequired")],                     unknown("unexpected_status", 401).code("AuthenticationRequired")),
    Row(Only("unleash"),  "401 a wrong token",       |_| vec![unleash(401, "UnauthorizedError")],                          invalid(401).code("UnauthorizedError")),
    Row(Only("unleash"),  "401 another error",       |_| vec![unleash(401, "PasswordMismatch")],                           unknown("unexpected_status", 401).code("PasswordMismatch")),
    Row(Only("unleash"),  "401 code of another case", |_| vec![unleash(401, "unauthorizederror")],                         unknown("unexpected_status", 401).code("unauthorizederror")),
    Row(Only("unleash"),  "401 HTML with the code",  |_| vec![Answer::html(401, "<p>UnauthorizedError</p>")],              unknown("invalid_response", 401)),
] }

/// 401 where no code is documented: codes in their customary places, and messages.
#[rustfmt::skip]
fn messages() -> Vec<Row> { vec![
    Row(Bare, "401 a message",                       |_| vec![Answer::json(401, r#"{"detail":"Invalid token"}"#)],         invalid(401)),
    Row(Bare, "401 a customary code",                |_| vec![Answer::json(401, r#"{"error":"invalid_token"}"#)],          invalid(401).code("invalid_token")),
    Row(Bare, "401 a code in error",                 |_| vec![Answer::json(401, r#"{"error":{"slug":"revoked-token"}}"#)], invalid(401).code("revoked-token").reason("revoked")),
    Row(Bare, "401 a code in errors",                |_| vec![Answer::json(401, r#"{"errors":[{"code":"TokenExpired"}]}"#)], invalid(401).code("TokenExpired").reason("expired")),
    Row(Bare, "401 a code in detail",                |_| vec![Answer::json(401, r#"{"detail":{"type":"M_UNKNOWN_TOKEN"}}"#)], invalid(401).code("M_UNKNOWN_TOKEN").reason("unknown")),
    Row(Bare, "401 a reason in words",               |_| vec![Answer::json(401, r#"{"message":"The token has expired."}"#)], invalid(401).reason("expired")),
    Row(Bare, "401 the status again",                |_| vec![Answer::json(401, r#"{"statusCode":401,"error":"Unauthorized"}"#)], invalid(401)),
    Row(Bare, "401 a problem of no type",            |_| vec![Answer::json(401, r#"{"type":"about:blank","title":"Unauthorized","status":401}"#)], invalid(401)),
    Row(Bare, "401 a code that is null",             |_| vec![Answer::json(401, r#"{"code":null,"message":"Bad credentials"}"#)], invalid(401)),
    Row(Bare, "401 a new code",                      |_| vec![Answer::json(401, r#"{"code":"ip_not_allowed"}"#)],          unknown("unexpected_status", 401).code("ip_not_allowed")),
    Row(Bare, "401 a number for a code",             |_| vec![Answer::json(401, r#"{"code":1021}"#)],                      unknown("unexpected_status", 401).code("1021")),
    Row(Bare, "401 a code by another name",          |_| vec![Answer::json(401, r#"{"error_code":"maintenance"}"#)],       unknown("unexpected_status", 401).code("maintenance")),
    Row(Bare, "401 a restricted key",                |_| vec![Answer::json(401, r#"{"statusCode":401,"message":"m","name":"restricted_api_key"}"#)], unknown("unexpected_status", 401).code("restricted_api_key")),
    Row(Bare, "401 two codes, one of them new",      |_| vec![Answer::json(401, r#"{"error":"invalid_token","code":"ip_not_allowed"}"#)], unknown("unexpected_status", 401).code("invalid_token")),
    Row(Bare, "401 about scopes",                    |_| vec![Answer::json(401, r#"{"message":"This key lacks the scope user:read."}"#)], unknown("unexpected_status", 401)),
    Row(Bare, "401 about an address",                |_| vec![Answer::json(401, r#"{"message":"Your IP is not on the allow list."}"#)], unknown("unexpected_status", 401)),
    Row(Bare, "401 about limits",                    |_| vec![Answer::json(401, r#"{"detail":"Too many failed attempts"}"#)], unknown("unexpected_status", 401)),
    Row(Bare, "401 about billing",                   |_| vec![Answer::json(401, r#"{"message":"Billing is overdue."}"#)],  unknown("unexpected_status", 401)),
] }

/// `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 6750, section 3).
#[rustfmt::skip]
fn challenges() -> Vec<Row> { vec![
    Row(Bearer(&Bare), "401 Bearer",                 |_| vec![challenge(401, "Bearer", "{}")],                             invalid(401)),
    Row(Bearer(&Bare), "401 Bearer, a realm",        |_| vec![challenge(401, "bearer realm=\"a, Basic b\"", "")],          invalid(401)),
    Row(Bearer(&Uncoded), "401 invalid_token",       |_| vec![challenge(401, "Bearer error=\"invalid_token\"", PAGE)],     invalid(401)),
    Row(Bearer(&Uncoded), "401 invalid_token, text", |_| vec![challenge(401, "Bearer error=invalid_token, error_description=\"The access token expired\"", "Unauthorized")], invalid(401).reason("expired")),
    Row(Bearer(&Uncoded), "401 two challenges",      |_| vec![challenge(401, "Basic realm=\"a\", BEARER Error=\"invalid_token\"", "")], invalid(401)),
    Row(Bearer(&Uncoded), "401 insufficient_scope",  |_| vec![challenge(401, "Bearer error=\"insufficient_scope\"", "{}")], limited("scope", Some("insufficient_scope"))),
    Row(Bearer(&Unruled(403)), "403 insufficient_scope", |_| vec![challenge(403, "Bearer error=\"insufficient_scope\", scope=\"read\"", "")], limited("scope", Some("insufficient_scope"))),
    Row(Bearer(&All), "401 invalid_request",         |_| vec![challenge(401, "Bearer error=\"invalid_request\"", "{}")],   unknown("unexpected_status", 401)),
    Row(Bearer(&All), "401 about an audience",       |_| vec![challenge(401, "Bearer error=\"invalid_token\", error_description=\"The audience 'x' is invalid\"", "{}")], unknown("unexpected_status", 401)),
    Row(Bearer(&All), "401 DPoP as well",            |_| vec![challenge(401, "DPoP algs=\"ES256\", Bearer error=\"invalid_token\"", "{}")], unknown("unexpected_status", 401)),
    Row(Bearer(&Coded), "401 invalid_token",         |_| vec![challenge(401, "Bearer error=\"invalid_token\"", "{}")],     unknown("unexpected_status", 401)),
    Row(Bearer(&All), "400 invalid_token",           |_| vec![challenge(400, "Bearer error=\"invalid_token\"", "{}")],     unknown("unexpected_status", 400)),
    Row(All, "401 somebody else's challenge",        |_| vec![challenge(401, "Basic realm=\"restricted\"", "")],           unknown("unexpected_status", 401)),
    Row(All, "401 somebody else's error",            |_| vec![challenge(401, "Negotiate error=\"invalid_token\"", "{}")],  unknown("unexpected_status", 401)),
] }

/// What allows no refusal, by whatever rule.
#[rustfmt::skip]
fn vetoes() -> Vec<Row> { vec![
    Row(Only("extruct"),   "its refusal",             |it| vec![refused(it, "X-Header: 1")],                               invalid(401)),
    Row(Only("katapult"),  "its refusal",             |it| vec![refused(it, "X-Header: 1")],                               invalid(403).code("invalid_api_token")),
    Row(Only("nextdocs"),  "its refusal",             |it| vec![refused(it, "X-Header: 1")],                               invalid(401).code("UNAUTHORIZED")),
    Row(Only("unleash"),   "its refusal",             |it| vec![refused(it, "X-Header: 1")],                               invalid(401).code("UnauthorizedError")),
    Row(Only("extruct"),   "its refusal, later",      |it| vec![refused(it, "Retry-After: 3600")],                         unknown("rate_limited", 401).wait(Wait::Seconds(3600))),
    Row(Only("katapult"),  "its refusal, later",      |it| vec![refused(it, "Retry-After: 3600")],                         unknown("rate_limited", 403).code("invalid_api_token").wait(Wait::Seconds(3600))),
    Row(Only("nextdocs"),  "its refusal, later",      |it| vec![refused(it, "Retry-After: 3600")],                         unknown("rate_limited", 401).code("UNAUTHORIZED").wait(Wait::Seconds(3600))),
    Row(Only("unleash"),   "its refusal, later",      |it| vec![refused(it, "Retry-After: 3600")],                         unknown("rate_limited", 401).code("UnauthorizedError").wait(Wait::Seconds(3600))),
    Row(Only("extruct"),   "its refusal, by a proxy", |it| vec![refused(it, "Proxy-Authenticate: Basic realm=corp")],      unknown("unexpected_status", 401)),
    Row(Only("katapult"),  "its refusal, by a proxy", |it| vec![refused(it, "Proxy-Authenticate: Basic realm=corp")],      unknown("unexpected_status", 403).code("invalid_api_token")),
    Row(Only("nextdocs"),  "its refusal, by a proxy", |it| vec![refused(it, "Proxy-Authenticate: Basic realm=corp")],      unknown("unexpected_status", 401).code("UNAUTHORIZED")),
    Row(Only("unleash"),   "its refusal, by a proxy", |it| vec![refused(it, "Proxy-Authenticate: Basic realm=corp")],      unknown("unexpected_status", 401).code("UnauthorizedError")),
    Row(Bearer(&Uncoded), "invalid_token, later",    |_| vec![Answer::http(401, &["Retry-After: 3600", "WWW-Authenticate: Bearer error=\"invalid_token\""], "")], unknown("rate_limited", 401).wait(Wait::Seconds(3600))),
    Row(Bare, "401 of no token",                     |_| vec![Answer::json(401, r#"{"detail":"Not authenticated"}"#)],     unknown("unexpected_status", 401)),
    Row(Bare, "401 of a missing token",              |_| vec![Answer::json(401, r#"{"error":"missing_token"}"#)],          unknown("unexpected_status", 401).code("missing_token")),
    Row(Bare, "401 of no key",                       |_| vec![Answer::json(401, r#"{"message":"No API key found in request"}"#)], unknown("unexpected_status", 401)),
    Row(Only("katapult"), "a refusal of no token",   |_| vec![Answer::json(403, r#"{"code":"invalid_api_token","description":"No API token was provided: not authenticated."}"#)], unknown("unexpected_status", 403).code("invalid_api_token")),
] }

/// 403.
#[rustfmt::skip]
fn status_403() -> Vec<Row> { vec![
    Row(Plain(403), "403 without a body",            |_| vec![Answer::http(403, &[], "")],                                 unknown("forbidden", 403)),
    Row(Plain(403), "403 {}",                        |_| vec![Answer::json(403, "{}")],                                    unknown("forbidden", 403)),
    Row(Unruled(403), "403 HTML",                    |_| vec![Answer::html(403, PAGE)],                                    unknown("invalid_response", 403)),
    Row(Unruled(403), "403 text",                    |_| vec![Answer::http(403, &[], "Forbidden")],                        unknown("invalid_response", 403)),
    Row(Only("unleash"),  "403 a backend token",     |_| vec![Answer::json(403, r#"{"message":"invalid token: expected a different token type for this endpoint"}"#)], limited("kind", None)),
    Row(Only("unleash"),  "403 with a code of 401",  |_| vec![unleash(403, "UnauthorizedError")],                          unknown("forbidden", 403).code("UnauthorizedError")),
] }

/// Katapult's codes, and the same codes where they do not belong.
#[rustfmt::skip]
fn codes() -> Vec<Row> { vec![
    Row(Only("katapult"), "400 missing",             |_| vec![katapult(400, "missing_api_token")],                         unknown("unexpected_status", 400).code("missing_api_token")),
    Row(Only("katapult"), "403 invalid",             |_| vec![katapult(403, "invalid_api_token")],                         invalid(403).code("invalid_api_token")),
    Row(Only("katapult"), "403 capabilities",        |_| vec![katapult(403, "invalid_capabilities_token")],                unknown("forbidden", 403).code("invalid_capabilities_token")),
    Row(Only("katapult"), "403 scope",               |_| vec![katapult(403, "scope_not_granted")],                         limited("scope", Some("scope_not_granted"))),
    Row(Only("katapult"), "403 network",             |_| vec![katapult(403, "unauthorized_network_for_api_token")],        limited("network", Some("unauthorized_network_for_api_token"))),
    Row(Only("katapult"), "404 no user",             |_| vec![katapult(404, "no_user_associated_with_identity")],          valid(Subject::Nobody)),
    Row(Only("katapult"), "429 rate limit",          |_| vec![katapult(429, "rate_limit_reached")],                        unknown("rate_limited", 429).code("rate_limit_reached").asked(3)),
    Row(Only("katapult"), "503 unavailable",         |_| vec![katapult(503, "service_unavailable")],                       unknown("unavailable", 503).code("service_unavailable").asked(3)),
    Row(Only("katapult"), "400 invalid",             |_| vec![katapult(400, "invalid_api_token")],                         unknown("unexpected_status", 400).code("invalid_api_token")),
    Row(Only("katapult"), "403 missing",             |_| vec![katapult(403, "missing_api_token")],                         unknown("forbidden", 403).code("missing_api_token")),
    Row(Only("katapult"), "403 a new code",          |_| vec![katapult(403, "token_on_holiday")],                          unknown("forbidden", 403).code("token_on_holiday")),
    Row(Only("katapult"), "404 a new code",          |_| vec![katapult(404, "route_not_found")],                           unknown("unexpected_status", 404).code("route_not_found")),
    Row(Only("katapult"), "410 no user",             |_| vec![katapult(410, "no_user_associated_with_identity")],          unknown("unexpected_status", 410).code("no_user_associated_with_identity")),
    Row(Only("katapult"), "200 invalid",             |_| vec![katapult(200, "invalid_api_token")],                         unknown("invalid_response", 200).code("invalid_api_token")),
    Row(Only("katapult"), "403 HTML with the code",  |_| vec![Answer::html(403, "<p>invalid_api_token</p>")],              unknown("invalid_response", 403)),
    Row(Only("katapult"), "403 code elsewhere",      |_| vec![Answer::json(403, r#"{"error":{"code":"invalid_api_token"}}"#)], unknown("forbidden", 403).code("invalid_api_token")),
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
    Row(Plain(408), "408",                           |_| vec![Answer::json(408, "{}")],                                    unknown("unexpected_status", 408).asked(3)),
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
    Row(All, "308 to the same place",                |it| vec![redirect(308, &whoami(&it.provider).path), good(it)],   unknown("redirected", 308)),
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
    Row(Bare, "503, then 401",                       |_| vec![Answer::json(503, "{}"), Answer::http(401, &[], "")],        invalid(401).asked(2)),
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
    good_example(&scene.provider).to_owned()
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

fn challenge(status: u16, challenge: &str, body: &str) -> Answer {
    Answer::http(status, &[&format!("WWW-Authenticate: {challenge}")], body)
}

/// The provider's own refusal, with one more header.
fn refused(scene: &Scene, header: &str) -> Answer {
    let (status, body) = refusal(&scene.provider);
    Answer::http(status, &["Content-Type: application/json", header], body)
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
    let at = whoami(&scene.provider).code.first();
    nested(at.map_or("/code", |at| at.as_str()), code).to_string()
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

/// The example, on one line, with `new` in place of `old`, which it must have.
fn raw(scene: &Scene, old: &str, new: &str) -> Answer {
    let body: Value = serde_json::from_str(&example(scene)).unwrap();
    let body = body.to_string();
    assert!(body.contains(old), "{body}");
    Answer::json(200, body.replacen(old, new, 1))
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
