//! What an answer says of a token, step by step: each rule with the section that it rests on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    missing_docs
)]

use std::sync::LazyLock;

use bytes::Bytes;
use keyholder_core::{
    Authentication, Client, Config, Credential, ErrorKind, Identity, Limit, Operation, Provider,
    ProviderInfo, Reason, Verdict, WhoAmI,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const TOKEN: &str = "kh_4f9d2c7ab1e06358";

/// A provider of an operation that is written as JSON, beside `id`, `method` and `path`.
fn provider(operation: &Value) -> ProviderInfo {
    let mut all = json!({ "id": "get_me", "method": "GET", "path": "/me" });
    let members = operation.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(members);
    let operation: Operation = serde_json::from_value(all).unwrap();
    let mut info = ProviderInfo::new("example", operation);
    info.base_url = Some("https://api.example.com".to_owned());
    info
}

/// One that tells whose token it is at `/id`, and documents nothing else.
fn plain() -> Value {
    json!({ "identity": { "sub": "/id" } })
}

/// One that documents a code for its refusals.
fn coded() -> Value {
    json!({
        "identity": { "sub": "/id" },
        "code": "/code",
        "answers": [{ "status": 403, "code": "invalid_api_token", "means": "unauthenticated" }],
    })
}

struct Asked<'a> {
    operation: Value,
    authentication: Authentication,
    status: u16,
    headers: &'a [(&'a str, &'a str)],
    body: &'a [u8],
}

impl Asked<'_> {
    fn verdict(&self) -> Verdict {
        let mut info = provider(&self.operation);
        info.credentials = vec![Credential::new("key", self.authentication.clone())];
        read(info, self.status, self.headers, self.body)
    }
}

fn read(info: ProviderInfo, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    // Nothing is sent: it is made once.
    static HTTP_CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| keyholder_core::http_client_builder().build().unwrap());
    let config = Config::new(TOKEN).http_client(HTTP_CLIENT.clone());
    let client = Client::new(&Provider::from(info), config).unwrap();
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let answer = answer.body(Bytes::copy_from_slice(body)).unwrap();
    client.read_answer(answer.into()).into()
}

fn verdict(operation: &Value, status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
    let asked = Asked {
        operation: operation.clone(),
        authentication: Authentication::bearer(),
        status,
        headers,
        body: body.as_bytes(),
    };
    asked.verdict()
}

/// Each row: status, headers, body, verdict.
type Row<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, &'a str);

fn check(operation: &Value, rows: &[Row<'_>]) {
    let mut wrong = Vec::new();
    for (status, headers, body, expected) in rows {
        let verdict = verdict(operation, *status, headers, body);
        if verdict.as_str() != *expected {
            wrong.push(format!("{status} {headers:?} {body}: {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const JSON: (&str, &str) = ("content-type", "application/json");
const BASIC: (&str, &str) = ("www-authenticate", "Basic realm=\"x\"");
const BEARER: (&str, &str) = ("www-authenticate", "Bearer realm=\"api\"");
const INVALID: (&str, &str) = ("www-authenticate", "Bearer error=\"invalid_token\"");
const SCOPE: (&str, &str) = (
    "www-authenticate",
    "Bearer error=\"insufficient_scope\", scope=\"a\"",
);

#[test]
fn a_401_without_a_rule_is_a_refusal_in_few_forms() {
    check(
        &plain(),
        &[
            // RFC 9110, section 15.5.2: the request lacks valid credentials.
            (401, &[], "", "invalid"),
            (401, &[], "{}", "invalid"),
            (401, &[BEARER], "", "invalid"),
            (401, &[JSON], "{\"message\":\"Bad credentials\"}", "invalid"),
            (401, &[], "\u{feff}{\"detail\":\"bad\"}", "invalid"),
            // RFC 8259, section 2: a form feed is no blank of JSON.
            (401, &[], "{\"detail\":\"bad\"}\t\r\n ", "invalid"),
            (401, &[], "{\"detail\":\"bad\"}\u{c}", "indeterminate"),
            (
                401,
                &[],
                "{\"status\":401,\"error\":\"Unauthorized\",\"path\":\"/me\"}",
                "invalid",
            ),
            (
                401,
                &[],
                "{\"type\":\"about:blank\",\"title\":\"Unauthorized\"}",
                "invalid",
            ),
            (
                401,
                &[],
                "{\"error\":{\"code\":\"invalid_api_key\",\"type\":\"error\"}}",
                "invalid",
            ),
            (
                401,
                &[],
                "{\"errors\":[{\"code\":\"token_expired\"}]}",
                "invalid",
            ),
            (401, &[], "{\"errors\":[\"Invalid token\"]}", "invalid"),
            // A code that is not about a bad token.
            (401, &[], "{\"code\":\"ip_not_allowed\"}", "indeterminate"),
            (401, &[], "{\"error\":\"Forbidden\"}", "indeterminate"),
            (
                401,
                &[],
                "{\"error\":{\"type\":\"rate_limit\"}}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"errors\":[{\"reason\":\"x1\"}]}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"detail\":{\"slug\":\"suspended\"}}",
                "indeterminate",
            ),
            (401, &[], "{\"error_code\":1017}", "indeterminate"),
            (401, &[], "{\"errorCode\":1017}", "indeterminate"),
            (
                401,
                &[],
                "{\"code\":\"invalid_token\",\"reason\":\"ip_not_allowed\"}",
                "indeterminate",
            ),
            // A message that speaks of something else.
            (
                401,
                &[],
                "{\"message\":\"This key lacks the scope user:read\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"Your IP address is not allowed\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"Too many failed attempts\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"Your trial has ended\"}",
                "indeterminate",
            ),
            // None came, it says, and one was sent.
            (
                401,
                &[],
                "{\"message\":\"No API key found in request\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"detail\":\"Not authenticated\"}",
                "indeterminate",
            ),
            (401, &[], "{\"code\":\"missing_token\"}", "indeterminate"),
            // Nobody's refusal.
            (401, &[], "\"Unauthorized\"", "indeterminate"),
            (401, &[], "[]", "indeterminate"),
            (401, &[], "null", "indeterminate"),
            (401, &[], "Unauthorized", "indeterminate"),
            (401, &[("content-type", "text/html")], "{}", "indeterminate"),
            (
                401,
                &[("content-type", "text/html; charset=utf-8")],
                "",
                "indeterminate",
            ),
            (401, &[], "<!DOCTYPE html><p>", "indeterminate"),
            // RFC 9110, section 10.2.3; RFC 9110, section 11.7.1.
            (401, &[("retry-after", "60")], "", "indeterminate"),
            (401, &[("proxy-authenticate", "Basic")], "", "indeterminate"),
            // RFC 9110, section 11.6.1: somebody else's challenge.
            (401, &[BASIC], "", "indeterminate"),
            (
                401,
                &[("www-authenticate", "Negotiate")],
                "{}",
                "indeterminate",
            ),
            (401, &[BASIC, BEARER], "", "invalid"),
        ],
    );
}

#[test]
fn what_speaks_against_a_refusal_counts_wherever_it_hides() {
    let many = |last: &str| {
        let errors = "{\"message\":\"a\"},".repeat(2000);
        format!("{{\"errors\":[{errors}{last}]}}")
    };
    let scope = many("{\"message\":\"missing scope\"}");
    let code = many("{\"code\":\"ip_denied\"}");
    check(
        &plain(),
        &[
            // Beside half of a character.
            (401, &[], "{\"code\":\"ip_denied\\ud800\"}", "indeterminate"),
            (
                401,
                &[],
                "{\"message\":\"missing scope \\ud800\"}",
                "indeterminate",
            ),
            (401, &[], "{\"\\ud800\":\"missing scope\"}", "indeterminate"),
            // At the end of many errors, and in a list for each field.
            (401, &[], &scope, "indeterminate"),
            (401, &[], &code, "indeterminate"),
            (
                401,
                &[],
                "{\"errors\":{\"base\":[\"missing scope\"]}}",
                "indeterminate",
            ),
            // In other words.
            (
                401,
                &[],
                "{\"message\":\"Authorization header required\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"No authentication token provided\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"Token cannot be empty\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"You do not have access to this resource\"}",
                "indeterminate",
            ),
            (
                401,
                &[],
                "{\"message\":\"Unable to verify token at this time\"}",
                "indeterminate",
            ),
            // As numbers are written.
            (401, &[], "{\"code\":401.0}", "invalid"),
            (401, &[], "{\"code\":4.01e2}", "invalid"),
            (401, &[], "{\"code\":1017.0}", "indeterminate"),
            // And still a refusal.
            (
                401,
                &[],
                "{\"message\":\"Please provide a valid API key\"}",
                "invalid",
            ),
            (
                401,
                &[],
                "{\"message\":\"The access token is invalid\"}",
                "invalid",
            ),
        ],
    );
    let by_text = json!({
        "identity": { "sub": "/id" },
        "answers": [{ "status": 403, "text": "unknown token", "means": "unauthenticated" }],
    });
    check(
        &by_text,
        &[
            (403, &[], "{\"message\":\"Unknown token\"}", "invalid"),
            (403, &[], "{\"trace\":\"Unknown token\"}", "indeterminate"),
        ],
    );
    let numbers = json!({
        "identity": { "sub": "/id" }, "code": "/code",
        "answers": [{ "status": 400, "code": 20003, "means": "unauthenticated" }],
    });
    check(
        &numbers,
        &[
            (400, &[], "{\"code\":20003.0}", "invalid"),
            (400, &[], "{\"code\":2.0003e4}", "invalid"),
            (400, &[], "{\"code\":\"20003\"}", "invalid"),
            (400, &[], "{\"code\":20003.5}", "indeterminate"),
        ],
    );
    let forms = json!({
        "identity": { "sub": "/id" },
        "refusals": [{ "status": 401, "content": { "object": { "forms": [["/code"], ["/message"]] } } }],
    });
    check(
        &forms,
        &[
            (401, &[], "{\"message\":\"no good\"}", "invalid"),
            (401, &[], "{}", "indeterminate"),
            (401, &[], "{\"code\":null}", "indeterminate"),
        ],
    );
}

#[test]
fn an_empty_condition_is_no_condition() {
    for rule in [
        json!({ "status": 403, "code": [], "means": "unauthenticated" }),
        json!({ "status": 403, "body": {}, "means": "unauthenticated" }),
        json!({ "status": 403, "header": {}, "means": "unauthenticated" }),
        json!({ "status": [], "means": "unauthenticated" }),
        json!({ "status": 403, "text": [], "means": "unauthenticated" }),
    ] {
        let read = serde_json::from_value::<keyholder_core::Rule>(rule.clone());
        assert!(read.is_err(), "{rule}");
    }
}

#[test]
fn no_other_status_refuses_by_itself() {
    let bodies = [
        "",
        "{}",
        "{\"code\":\"invalid_token\"}",
        "{\"error\":\"invalid_api_key\"}",
    ];
    for status in (100..=599).filter(|status| *status != 401 && *status != 101) {
        for body in bodies {
            for headers in [&[][..], &[INVALID], &[BEARER]] {
                let verdict = verdict(&plain(), status, headers, body);
                assert!(!verdict.is_invalid(), "{status} {body} {verdict:?}");
            }
        }
    }
}

#[test]
fn a_challenge_says_what_rfc_6750_has_it_say() {
    let html = ("content-type", "text/html");
    check(
        &plain(),
        &[
            // RFC 6750, section 3.1, whatever the body.
            (401, &[INVALID], "Unauthorized", "invalid"),
            (401, &[INVALID, html], "<html>", "invalid"),
            (401, &[INVALID], "{\"code\":\"whatever\"}", "invalid"),
            (401, &[INVALID], "[]", "invalid"),
            (401, &[SCOPE], "{}", "valid"),
            (403, &[SCOPE], "", "valid"),
            (403, &[SCOPE, html], "<html>", "valid"),
            (
                401,
                &[("www-authenticate", "Bearer error=\"invalid_request\"")],
                "{}",
                "indeterminate",
            ),
            (
                400,
                &[("www-authenticate", "Bearer error=\"invalid_request\"")],
                "{}",
                "indeterminate",
            ),
            (403, &[INVALID], "{}", "indeterminate"),
            // The vetoes hold.
            (401, &[INVALID, ("retry-after", "5")], "", "indeterminate"),
            (
                401,
                &[INVALID, ("proxy-authenticate", "Basic")],
                "",
                "indeterminate",
            ),
            (
                401,
                &[INVALID],
                "{\"message\":\"No API key found in request\"}",
                "indeterminate",
            ),
            // RFC 9449, section 7.1: what is refused may be the proof.
            (
                401,
                &[
                    INVALID,
                    ("www-authenticate", "DPoP error=\"invalid_token\""),
                ],
                "",
                "indeterminate",
            ),
        ],
    );
    let by = |description: &str| {
        let challenge = format!("Bearer error=invalid_token, error_description=\"{description}\"");
        verdict(&plain(), 401, &[("www-authenticate", &challenge)], "")
    };
    for other in [
        "The audience 'x' is invalid",
        "The issuer is invalid",
        "The signing key was not found",
        "The certificate is not trusted",
        "The token is not valid before '01/01/2030'",
        "bad nbf claim",
    ] {
        assert!(by(other).is_indeterminate(), "{other}");
    }
    let expired = by("The access token expired");
    assert_eq!(expired.error().unwrap().reason(), Some(Reason::Expired));
    assert!(
        expired
            .error()
            .unwrap()
            .to_string()
            .ends_with(": the token has expired")
    );
}

#[test]
fn a_challenge_is_ours_by_the_scheme_that_was_sent() {
    let sent = |authentication: Authentication, operation: Value, challenge: &'static str| {
        let asked = Asked {
            operation,
            authentication,
            status: 401,
            headers: &[("www-authenticate", challenge)],
            body: b"{}",
        };
        asked.verdict().as_str()
    };
    let bare = || Authentication::header("x-api-key", "");
    let token = || Authentication::header("Authorization", "Token ");
    assert_eq!(sent(bare(), plain(), "Bearer"), "indeterminate");
    assert_eq!(
        sent(bare(), plain(), "Bearer error=\"invalid_token\""),
        "indeterminate"
    );
    assert_eq!(
        sent(
            Authentication::header("authorization", ""),
            plain(),
            "Basic"
        ),
        "indeterminate"
    );
    assert_eq!(sent(token(), plain(), "token"), "invalid");
    assert_eq!(sent(token(), plain(), "Bearer"), "indeterminate");
    assert_eq!(
        sent(Authentication::query("key"), plain(), "Basic"),
        "indeterminate"
    );
    // One that the description names.
    let mut named = plain();
    named["challenges"] = json!(["ApiKey"]);
    assert_eq!(sent(bare(), named, "apikey realm=x"), "invalid");
}

#[test]
fn where_refusals_have_a_code_nothing_else_is_one() {
    check(
        &coded(),
        &[
            (403, &[], "{\"code\":\"invalid_api_token\"}", "invalid"),
            (
                403,
                &[JSON],
                "\u{feff} {\"code\":\"invalid_api_token\"}",
                "invalid",
            ),
            (401, &[], "", "indeterminate"),
            (401, &[], "{}", "indeterminate"),
            (401, &[], "{\"code\":\"invalid_token\"}", "indeterminate"),
            (
                401,
                &[],
                "{\"code\":\"invalid_api_token\"}",
                "indeterminate",
            ),
            (401, &[INVALID], "{}", "indeterminate"),
            (401, &[INVALID], "", "indeterminate"),
            (
                401,
                &[INVALID],
                "{\"code\":\"invalid_api_token\"}",
                "invalid",
            ),
            (
                403,
                &[],
                "{\"error\":{\"code\":\"invalid_api_token\"}}",
                "indeterminate",
            ),
            (
                403,
                &[("content-type", "text/html")],
                "{\"code\":\"invalid_api_token\"}",
                "indeterminate",
            ),
            (
                403,
                &[("retry-after", "1")],
                "{\"code\":\"invalid_api_token\"}",
                "indeterminate",
            ),
            (
                403,
                &[("proxy-authenticate", "Basic")],
                "{\"code\":\"invalid_api_token\"}",
                "indeterminate",
            ),
        ],
    );
    // What says that no token came refuses none, whatever a rule says.
    let mut missing = coded();
    missing["answers"][0]["code"] = json!(["missing_api_token", "invalid_api_token"]);
    check(
        &missing,
        &[
            (
                403,
                &[],
                "{\"code\":\"missing_api_token\"}",
                "indeterminate",
            ),
            (
                403,
                &[],
                "{\"code\":\"invalid_api_token\",\"message\":\"No API key found in request\"}",
                "indeterminate",
            ),
        ],
    );
}

#[test]
fn a_documented_form_is_asked_for() {
    let mut documented = plain();
    documented["code"] = json!("/error/code");
    documented["refusals"] = json!([
        { "status": 401, "content": { "object": { "required": ["/error", "/error/code"] } } },
    ]);
    documented["answers"] = json!([{ "status": 401, "means": "unauthenticated" }]);
    check(
        &documented,
        &[
            (
                401,
                &[],
                "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"m\"}}",
                "invalid",
            ),
            (
                401,
                &[],
                "{\"error\":{\"code\":\"IP_NOT_ALLOWED\",\"message\":\"m\"}}",
                "indeterminate",
            ),
            (401, &[], "{}", "indeterminate"),
            (401, &[], "", "indeterminate"),
            (401, &[], "{\"detail\":\"Invalid token\"}", "indeterminate"),
            (401, &[INVALID], "", "invalid"),
        ],
    );
    let mut empty = plain();
    empty["refusals"] = json!([{ "status": 401, "content": "empty" }]);
    check(
        &empty,
        &[(401, &[], "", "invalid"), (401, &[], "{}", "indeterminate")],
    );
    let mut text = plain();
    text["refusals"] = json!([{ "status": "4XX", "content": "other" }]);
    check(
        &text,
        &[
            (401, &[], "{}", "indeterminate"),
            (401, &[], "no", "indeterminate"),
        ],
    );
    // A status alone passes through the same, whatever it is.
    let mut other = plain();
    other["answers"] = json!([{ "status": 404, "means": "unauthenticated" }]);
    check(
        &other,
        &[
            (404, &[], "{}", "invalid"),
            (404, &[], "{\"code\":\"no_such_page\"}", "indeterminate"),
            (404, &[], "<html>", "indeterminate"),
            (404, &[BASIC], "{}", "indeterminate"),
            (
                404,
                &[],
                "{\"message\":\"Upgrade your plan\"}",
                "indeterminate",
            ),
        ],
    );
}

#[test]
fn rules_speak_of_any_status_by_code_body_header_and_text() {
    let operation = json!({
        "identity": { "sub": "/user_id" },
        "code": ["/error", "/result/error"],
        "success": { "status": "2XX" },
        "answers": [
            { "status": 200, "code": "invalid_auth", "means": "unauthenticated" },
            { "status": 200, "code": ["token_revoked", "account_inactive"], "means": "unauthenticated", "reason": "revoked" },
            { "status": 200, "body": { "/active": false }, "means": "unauthenticated", "reason": "expired" },
            { "status": 200, "body": { "/result/status": ["disabled", "paused"] }, "means": "forbidden" },
            { "status": 200, "body": { "/anonymous": { "present": true } }, "means": "nothing" },
            { "status": 200, "body": { "/user_id": -1 }, "means": "nothing" },
            { "status": "4XX", "header": { "X-Limit": "network" }, "means": "limited", "by": "network" },
            { "status": 403, "text": "blocked", "means": "limited", "by": "account" },
            { "status": 400, "text": { "all": ["key", "expired"], "none": ["session"] }, "means": "unauthenticated" },
            { "status": "default", "code": 20003, "means": "unauthenticated" },
            { "status": 418, "body": { "/roles": { "contains": "admin" } }, "means": "valid" },
        ],
    });
    check(
        &operation,
        &[
            (
                200,
                &[],
                "{\"ok\":false,\"error\":\"invalid_auth\",\"user_id\":\"u1\"}",
                "invalid",
            ),
            (
                200,
                &[],
                "{\"result\":{\"error\":\"invalid_auth\"}}",
                "invalid",
            ),
            (200, &[], "{\"error\":\"token_revoked\"}", "invalid"),
            (200, &[], "{\"error\":\"ratelimited\"}", "indeterminate"),
            (200, &[], "{\"active\":false,\"user_id\":\"u1\"}", "invalid"),
            (
                200,
                &[],
                "{\"active\":\"false\",\"user_id\":\"u1\"}",
                "valid",
            ),
            (
                200,
                &[],
                "{\"result\":{\"status\":\"paused\"},\"user_id\":\"u1\"}",
                "indeterminate",
            ),
            (
                200,
                &[],
                "{\"anonymous\":{},\"user_id\":\"u1\"}",
                "indeterminate",
            ),
            (200, &[], "{\"anonymous\":null,\"user_id\":\"u1\"}", "valid"),
            (200, &[], "{\"user_id\":-1}", "indeterminate"),
            (200, &[], "{\"user_id\":-1.0}", "indeterminate"),
            (200, &[], "{\"user_id\":-1e0}", "indeterminate"),
            (200, &[], "{\"user_id\":1}", "valid"),
            (201, &[], "{\"user_id\":1}", "valid"),
            (403, &[("x-limit", "network")], "", "valid"),
            (403, &[("x-limit", "none")], "", "indeterminate"),
            (403, &[], "Account BLOCKED.", "valid"),
            (403, &[], "{\"message\":\"you are blocked\"}", "valid"),
            (
                400,
                &[],
                "{\"error\":{\"message\":\"The key has expired\"}}",
                "invalid",
            ),
            (
                400,
                &[],
                "The key has expired, or the session",
                "indeterminate",
            ),
            (400, &[], "{\"error\":20003}", "invalid"),
            (500, &[], "{\"error\":20003}", "invalid"),
            (418, &[], "{\"roles\":[\"user\",\"admin\"]}", "valid"),
            (418, &[], "{\"roles\":[\"administrator\"]}", "indeterminate"),
        ],
    );
    let revoked = verdict(&operation, 200, &[], "{\"error\":\"token_revoked\"}");
    let error = revoked.error().unwrap();
    assert_eq!(
        (error.reason(), error.code()),
        (Some(Reason::Revoked), Some("token_revoked"))
    );
    let limited = verdict(
        &operation,
        403,
        &[("x-limit", "network")],
        "{\"error\":\"e1\"}",
    );
    let identity = limited.identity().unwrap();
    let by = identity.token.as_ref().unwrap().limited.as_ref().unwrap();
    assert_eq!((by.by, by.code.as_deref()), (Limit::Network, Some("e1")));
    assert_eq!(
        (identity.provider.as_str(), identity.iss.as_str()),
        ("example", "https://api.example.com")
    );
}

#[test]
fn the_first_rule_that_fits_decides() {
    let operation = json!({
        "code": "/code",
        "identity": { "sub": "/id" },
        "answers": [
            { "status": 403, "code": "a", "means": "limited", "by": "scope" },
            { "status": [401, 403], "code": ["a", "b"], "means": "unauthenticated" },
            { "status": "4XX", "means": "forbidden" },
        ],
    });
    check(
        &operation,
        &[
            (403, &[], "{\"code\":\"a\"}", "valid"),
            (401, &[], "{\"code\":\"a\"}", "invalid"),
            (403, &[], "{\"code\":\"b\"}", "invalid"),
            (403, &[], "{\"code\":\"c\"}", "indeterminate"),
            (401, &[], "{}", "indeterminate"),
        ],
    );
}

#[test]
fn a_status_alone_speaks_for_a_token_only_in_the_providers_own_answers() {
    let operation = json!({
        "identity": { "sub": "/id" },
        "answers": [
            { "status": 404, "means": "no_subject" },
            { "status": 403, "means": "forbidden" },
        ],
    });
    check(
        &operation,
        &[
            (404, &[], "{\"message\":\"no user\"}", "valid"),
            (404, &[], "", "valid"),
            (
                404,
                &[("content-type", "text/html")],
                "<html>404</html>",
                "indeterminate",
            ),
            (404, &[], "404 page not found", "indeterminate"),
            (404, &[("proxy-authenticate", "Basic")], "", "indeterminate"),
            (403, &[], "{}", "indeterminate"),
            // HTTP's own meaning said aloud does not hide what a challenge says.
            (403, &[SCOPE], "", "valid"),
        ],
    );
}

#[test]
fn a_success_names_somebody() {
    let operation = json!({ "identity": {
        "sub": "/user/id", "email": "/user/email", "name": "/user/name", "created_at": "/created",
        "picture": "/picture", "scopes": "/scopes", "permissions": { "each": "/permissions", "permission": "" },
        "organizations": { "each": "/orgs", "id": "/id", "name": "/name", "role": "/role" },
        "quotas": [{ "name": "credits", "remaining": "/credits" }],
        "token": { "id": "/token/id", "expires_at": "/token/expires" },
        "subject_type": "user",
    } });
    check(
        &operation,
        &[
            (200, &[], "{\"user\":{\"id\":1}}", "valid"),
            (200, &[], "{\"user\":{\"id\":\"x\"}}", "valid"),
            (200, &[], "{\"user\":{\"email\":\"a@b.example\"}}", "valid"),
            (200, &[], "{\"orgs\":[{},{\"name\":\"O\"}]}", "valid"),
            (200, &[], "{\"token\":{\"id\":\"t\"}}", "valid"),
            (200, &[], "\u{feff}{\"user\":{\"id\":1}}", "valid"),
            (
                200,
                &[],
                "{\"user\":null,\"orgs\":[],\"token\":null}",
                "indeterminate",
            ),
            (
                200,
                &[],
                "{\"user\":{\"id\":\"\",\"email\":\" \"}}",
                "indeterminate",
            ),
            (200, &[], "{\"user\":{\"id\":null}}", "indeterminate"),
            (
                200,
                &[],
                "{\"user\":{\"id\":true,\"name\":{}}}",
                "indeterminate",
            ),
            (
                200,
                &[],
                "{\"credits\":5,\"scopes\":[\"a\"],\"permissions\":[\"b\"],\"created\":\"2026\",\"picture\":\"p\"}",
                "indeterminate",
            ),
            (
                200,
                &[],
                "{\"orgs\":[{\"role\":\"owner\"}],\"token\":{\"expires\":\"2026\"}}",
                "indeterminate",
            ),
            (
                200,
                &[],
                "{\"ok\":false,\"error\":\"invalid_auth\"}",
                "indeterminate",
            ),
            (200, &[], "{}", "indeterminate"),
            (200, &[], "[]", "indeterminate"),
            (200, &[], "", "indeterminate"),
            (200, &[], "<html>", "indeterminate"),
            (200, &[], "{\"user\":{\"id\":1}", "indeterminate"),
            (200, &[], "{\"user\":{\"id\":1}} {}", "indeterminate"),
            // Of two members of one name the last counts.
            (
                200,
                &[],
                "{\"user\":{\"id\":1},\"user\":null}",
                "indeterminate",
            ),
            (204, &[], "", "indeterminate"),
            (202, &[], "{\"user\":{\"id\":1}}", "indeterminate"),
        ],
    );
    // A constant is the same for everybody.
    let constant = json!({ "identity": { "name": "Acme", "sub": "/id" } });
    check(
        &constant,
        &[
            (200, &[], "{}", "indeterminate"),
            (200, &[], "{\"id\":\"1\"}", "valid"),
        ],
    );
}

#[test]
fn a_success_that_names_nobody_goes_by_its_form() {
    let schemaless = json!({});
    check(
        &schemaless,
        &[
            (200, &[], "", "valid"),
            (200, &[], "{\"valid\":true}", "valid"),
            (200, &[], "[]", "indeterminate"),
            (200, &[], "OK", "indeterminate"),
            (200, &[("content-type", "text/html")], "", "indeterminate"),
            (200, &[], "{\"error\":\"invalid_token\"}", "indeterminate"),
            (401, &[], "{}", "invalid"),
        ],
    );
    let described = json!({ "success": {
        "status": 200, "media_type": "application/json",
        "content": { "object": { "required": ["/data", "/data/valid"] } },
        "conditions": { "body": { "/data/valid": true } },
    } });
    check(
        &described,
        &[
            (200, &[], "{\"data\":{\"valid\":true}}", "valid"),
            (200, &[], "{\"data\":{\"valid\":false}}", "indeterminate"),
            (200, &[], "{\"data\":{}}", "indeterminate"),
            (200, &[], "{}", "indeterminate"),
            (200, &[], "", "indeterminate"),
        ],
    );
    let no_content = json!({ "success": { "status": 204, "content": "empty" } });
    check(
        &no_content,
        &[(204, &[], "", "valid"), (200, &[], "{}", "indeterminate")],
    );
    let array = json!({ "success": { "status": 200, "content": "list" } });
    check(
        &array,
        &[(200, &[], "[]", "valid"), (200, &[], "{}", "indeterminate")],
    );
    let either = json!({ "success": { "status": [200, 204], "content": { "object": { "required": ["/id"] } } } });
    check(
        &either,
        &[
            (204, &[("content-type", "text/html")], "", "valid"),
            (200, &[], "{\"id\":1}", "valid"),
            (200, &[], "", "indeterminate"),
        ],
    );
    let list = json!({ "success": { "status": 200, "content": "json" } });
    check(
        &list,
        &[(200, &[], "[]", "valid"), (200, &[], "OK", "indeterminate")],
    );
    let text =
        json!({ "success": { "status": 200, "media_type": "text/plain", "content": "other" } });
    check(
        &text,
        &[
            (
                200,
                &[("content-type", "text/plain; charset=utf-8")],
                "OK",
                "valid",
            ),
            (
                200,
                &[("content-type", "text/html")],
                "<html>",
                "indeterminate",
            ),
            (200, &[], "OK", "indeterminate"),
        ],
    );
}

fn identity(claims: Value, headers: &[(&str, &str)], body: &str) -> Identity {
    let operation = json!({ "identity": claims });
    match verdict(&operation, 200, headers, body) {
        Verdict::Valid(identity) => *identity,
        other => panic!("{other:?}"),
    }
}

#[test]
fn claims_are_told_as_they_came() {
    let claims = json!({ "sub": "/id", "name": ["/missing", "/name"], "created_at": "/at", "email_verified": "/v" });
    for (id, sub) in [
        ("1250.0", "1250.0"),
        ("1e3", "1e3"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("-7", "-7"),
        ("\"a\\u00e4\"", "aä"),
    ] {
        let body = format!("{{\"id\":{id},\"name\":5,\"at\":1777593600,\"v\":\"true\"}}");
        let identity = identity(claims.clone(), &[], &body);
        assert_eq!(identity.sub.as_deref(), Some(sub));
        assert_eq!(identity.name.as_deref(), Some("5"));
        assert_eq!(identity.created_at.unwrap().as_str(), "1777593600");
        assert_eq!(identity.email_verified, Some(true));
    }
    // What nobody reads spoils nothing, whatever it holds: half a character, a name of none, a depth of ten thousand.
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let odd = format!(
        "{{\"x\":\"\\ud800\",\"\\udfff\":{deep},\"id\":\"1\",\"name\":{{\"\\ud800\":1}},\"at\":[],\"v\":1}}"
    );
    let odd = identity(claims, &[], &odd);
    assert_eq!(odd.sub.as_deref(), Some("1"));
    assert_eq!(
        (odd.name, odd.created_at, odd.email_verified),
        (None, None, None)
    );
    // So does half a character where an object was looked for.
    let nested = json!({ "sub": "/id", "name": "/a/b" });
    assert_eq!(
        identity(nested, &[], "{\"a\":\"\\ud800\",\"id\":1}")
            .sub
            .as_deref(),
        Some("1")
    );
}

#[test]
fn scopes_come_in_many_forms() {
    let claims = json!({ "sub": "/id", "scopes": ["/scopes", { "header": "X-OAuth-Scopes" }] });
    let scopes = |headers: &[(&str, &str)], scopes: &str| {
        identity(claims.clone(), headers, &format!("{{\"id\":1{scopes}}}")).scopes
    };
    let expected = Some(vec!["repo".to_owned(), "user:email".to_owned()]);
    for written in [
        "\"repo user:email\"",
        "\"repo,user:email\"",
        "\"repo, user:email\"",
        "[\"repo\",\"user:email\"]",
        "[\"repo\",null,\"\",{},\"user:email\"]",
        "{\"repo\":true,\"admin\":false,\"user:email\":true}",
        "{\"repo\":true,\"user\":\"email\"}",
        "{\"repo\":\"true\",\"admin\":\"false\",\"user:email\":true}",
        "{\"repo\":true,\"user\":{\"email\":true,\"name\":false}}",
    ] {
        assert_eq!(
            scopes(&[], &format!(",\"scopes\":{written}")),
            expected,
            "{written}"
        );
    }
    assert_eq!(
        scopes(&[("x-oauth-scopes", "repo, user:email")], ""),
        expected
    );
    assert_eq!(
        scopes(
            &[("x-oauth-scopes", "repo"), ("x-oauth-scopes", "user:email")],
            ""
        ),
        expected
    );
    // Said to be none, and not said.
    assert_eq!(scopes(&[], ",\"scopes\":[]"), Some(vec![]));
    assert_eq!(scopes(&[("x-oauth-scopes", "")], ""), Some(vec![]));
    assert_eq!(scopes(&[], ""), None);
    assert_eq!(scopes(&[], ",\"scopes\":5"), None);
}

#[test]
fn permissions_come_in_lists_nested_lists_and_objects() {
    let permissions = |claims: Value, body: &str| {
        let identity = identity(json!({ "sub": "/id", "permissions": claims }), &[], body);
        serde_json::to_value(identity.permissions).unwrap()
    };
    assert_eq!(
        permissions(
            json!({ "each": "/p", "permission": "" }),
            "{\"id\":1,\"p\":[\"a\",\"b\",\"\"]}"
        ),
        json!([{ "permission": "a" }, { "permission": "b" }])
    );
    assert_eq!(
        permissions(
            json!({ "each": "/projects", "resource": "/name", "resource_type": "project", "permission": "/may" }),
            "{\"id\":1,\"projects\":[{\"name\":\"x\",\"may\":[\"read\",\"write\"]},{\"name\":\"y\",\"may\":{\"pull\":true,\"push\":false}}]}"
        ),
        json!([
            { "permission": "read", "resource": "x", "resource_type": "project" },
            { "permission": "write", "resource": "x", "resource_type": "project" },
            { "permission": "pull", "resource": "y", "resource_type": "project" },
        ])
    );
    assert_eq!(
        permissions(
            json!({ "each": "/p", "resource": { "key": true }, "permission": "" }),
            "{\"id\":1,\"p\":{\"contents\":\"write\",\"issues\":[\"read\",\"triage\"]}}"
        ),
        json!([
            { "permission": "write", "resource": "contents" },
            { "permission": "read", "resource": "issues" },
            { "permission": "triage", "resource": "issues" },
        ])
    );
    assert_eq!(
        permissions(
            json!({ "each": "/roles", "resource": "/team", "within": { "each": "/grants", "permission": "/name", "environment": "/env" } }),
            "{\"id\":1,\"roles\":[{\"team\":\"t\",\"grants\":[{\"name\":\"a\",\"env\":\"e\"},{\"name\":\"b\"}]},{\"team\":\"u\"}]}"
        ),
        json!([
            { "permission": "a", "resource": "t", "environment": "e" },
            { "permission": "b", "resource": "t" },
        ])
    );
    assert_eq!(
        permissions(
            json!({ "each": "/p", "permission": "" }),
            "{\"id\":1,\"p\":[]}"
        ),
        json!([])
    );
    assert_eq!(
        permissions(json!({ "each": "/p", "permission": "" }), "{\"id\":1}"),
        json!(null)
    );
}

#[test]
fn the_token_is_in_no_claim_from_a_header_either() {
    let claims = json!({ "sub": "/id", "token": { "name": { "header": "X-Key" }, "expires_at": { "header": "X-Expiry" } } });
    let echoed = format!("key {TOKEN}");
    let headers = [
        ("x-key", echoed.as_str()),
        ("x-expiry", "2026-05-01 00:00:00 UTC"),
    ];
    let identity = identity(claims, &headers, "{\"id\":1}");
    let json = serde_json::to_string(&identity).unwrap();
    assert!(!json.contains(TOKEN), "{json}");
    assert!(json.contains("2026-05-01 00:00:00 UTC"), "{json}");
    // Nobody is named by a header that echoes, and somebody is by one that does not.
    let by_header = json!({ "sub": { "header": "X-User" } });
    let operation = json!({ "identity": by_header });
    assert!(verdict(&operation, 200, &[("x-user", "u1")], "").is_valid());
    assert!(verdict(&operation, 200, &[], "").is_indeterminate());
}

#[test]
fn memory_is_bounded_by_what_is_chosen() {
    let body = format!("{{\"id\":1,\"o\":[{}{{}}]}}", "{\"id\":1},".repeat(50_000));
    let claims = json!({ "sub": "/id", "organizations": { "each": "/o", "id": "/id" } });
    assert_eq!(
        identity(claims, &[], &body).organizations.unwrap().len(),
        10_000
    );
    // A text that is told once and stands in every item.
    let long = "é".repeat(100_000);
    let many = format!("[{}\"x\"]", "\"x\",".repeat(50_000));
    let body = format!(
        "{{\"id\":\"{long}\",\"p\":{{\"{long}\":{many}}},\"l\":[{{\"r\":\"{long}\",\"w\":{many}}}]}}"
    );
    let claims = json!({
        "sub": "/id",
        "scopes": "/p",
        "permissions": { "each": "/l", "resource": "/r", "permission": "/w" },
    });
    let identity = identity(claims, &[], &body);
    assert_eq!(identity.sub.as_deref(), Some("é".repeat(2048).as_str()));
    let json = serde_json::to_string(&identity).unwrap();
    assert!(json.len() < 3 * 1024 * 1024, "{}", json.len());
    assert!(identity.scopes.unwrap().len() > 100);
    assert!(identity.permissions.unwrap().len() > 100);
}

#[test]
fn what_an_error_keeps_is_bounded() {
    let operation = json!({
        "code": "/code",
        "identity": { "sub": "/id" },
        "answers": [
            { "status": 401, "means": "unauthenticated" },
            { "status": 403, "means": "limited", "by": "scope" },
        ],
    });
    let body = format!("{{\"code\":\"{}\"}}", "é".repeat(500_000));
    let refused = verdict(&operation, 403, &[JSON], &body);
    let limited = refused.identity().unwrap().token.as_ref().unwrap();
    let code = limited.limited.as_ref().unwrap().code.as_deref();
    assert_eq!(code, Some("é".repeat(100).as_str()));
    let refused = verdict(&operation, 400, &[JSON], &body);
    let error = refused.error().unwrap();
    assert_eq!(error.code(), Some("é".repeat(100).as_str()));
    assert_eq!(error.body().unwrap().len(), 4096);
    let told = json!({
        "provider": "example",
        "verdict": "invalid",
        "error": { "kind": "unauthenticated", "code": "é".repeat(5000), "message": "é".repeat(5000) },
    });
    let read: Verdict = serde_json::from_value(told).unwrap();
    let error = read.error().unwrap();
    assert_eq!(error.code().unwrap().len(), 200);
    assert_eq!(error.to_string().len(), 4096);
}

#[test]
fn a_verdict_is_json_both_ways() {
    let operation = json!({
        "code": "/code",
        "identity": { "sub": "/id", "created_at": "/at" },
        "answers": [{ "status": 403, "code": "gone", "means": "unauthenticated", "reason": "expired" }],
    });
    let good = verdict(
        &operation,
        200,
        &[],
        "{\"id\":1,\"at\":\"2026-05-01T00:00:00Z\"}",
    );
    let json = serde_json::to_value(&good).unwrap();
    assert_eq!(
        json,
        json!({
            "provider": "example", "verdict": "valid", "error": null,
            "identity": {
                "provider": "example", "iss": "https://api.example.com", "subject_type": "unknown",
                "sub": "1", "created_at": "2026-05-01T00:00:00Z",
            },
        })
    );
    let back: Verdict = serde_json::from_value(json).unwrap();
    assert_eq!(back.identity(), good.identity());
    let bad = verdict(&operation, 403, &[], "{\"code\":\"gone\"}");
    let json = serde_json::to_value(&bad).unwrap();
    assert_eq!(
        json,
        json!({
            "provider": "example", "verdict": "invalid", "identity": null,
            "error": {
                "kind": "unauthenticated", "status": 403, "code": "gone", "reason": "expired", "retry_after": null,
                "message": "example: the provider says that the token is no good (status 403, code gone): the token has expired",
            },
        })
    );
    let back: Verdict = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), json);
    assert_eq!(back.error().unwrap().kind(), ErrorKind::Unauthenticated);
    assert!(
        serde_json::from_str::<Verdict>(
            "{\"provider\":\"x\",\"verdict\":\"valid\",\"identity\":null,\"error\":null}"
        )
        .is_err()
    );
}

fn body() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|it| json!(it)),
        (0..1000_u32).prop_map(|it| json!(it)),
        prop::sample::select(vec![
            "",
            "invalid_api_token",
            "invalid_token",
            "ip_not_allowed",
            "missing_api_token",
            "error",
            "unauthorized",
            "Not authenticated",
            "Token expired",
            "Your plan",
            "https://a.example/b",
        ])
        .prop_map(|it| json!(it)),
    ];
    let name = prop::sample::select(vec![
        "code", "error", "errors", "detail", "message", "type", "status", "id", "user", "x_code",
    ]);
    let value = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..4).prop_map(|it| it
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    });
    prop_oneof![
        8 => value.prop_map(|it| it.to_string()),
        1 => ".{0,20}",
        1 => Just(String::new()),
        1 => Just("<html>".to_owned()),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let header = prop::sample::select(vec![
        JSON,
        BASIC,
        BEARER,
        SCOPE,
        INVALID,
        ("content-type", "text/html"),
        ("retry-after", "3"),
        ("proxy-authenticate", "Basic"),
        ("www-authenticate", "Bearer error=\"invalid_request\""),
        ("www-authenticate", "=\" broken"),
    ]);
    prop::collection::vec(header, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What is neither a rule's refusal nor one by HTTP is never invalid.
    #[test]
    fn nothing_but_a_refusal_is_invalid(status in 100..600_u16, headers in headers(), body in body()) {
        prop_assume!(status != 101);
        let operation = coded();
        let verdict = verdict(&operation, status, &headers, &body);
        if verdict.is_invalid() {
            let parsed: Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(&parsed["code"], &json!("invalid_api_token"));
            prop_assert!(status == 403 || (status == 401 && headers.contains(&INVALID)));
            prop_assert!(!headers.iter().any(|(name, _)| matches!(*name, "retry-after" | "proxy-authenticate")));
            prop_assert!(!body.contains("Not authenticated") || !parsed.to_string().contains("message"));
        }
    }

    /// The same where nothing is documented: only a 401 refuses.
    #[test]
    fn only_a_401_refuses_by_itself(status in 100..600_u16, headers in headers(), body in body()) {
        prop_assume!(status != 101);
        let verdict = verdict(&plain(), status, &headers, &body);
        if verdict.is_invalid() {
            prop_assert_eq!(status, 401);
            prop_assert!(!headers.iter().any(|(name, _)| matches!(*name, "retry-after" | "proxy-authenticate")));
            if !headers.contains(&INVALID) {
                prop_assert!(!headers.contains(&("content-type", "text/html")));
                let is_object = serde_json::from_str::<Value>(&body).is_ok_and(|it| it.is_object());
                prop_assert!(body.trim().is_empty() || is_object);
                let parsed: Value = serde_json::from_str(&body).unwrap_or_default();
                prop_assert_ne!(&parsed["code"], &json!("ip_not_allowed"));
            }
        }
    }

    /// Whatever comes is read, and what is said holds no token.
    #[test]
    fn anything_is_read(status in 100..600_u16, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assume!(status != 101);
        let body = [b"{\"id\":\"".as_slice(), TOKEN.as_bytes(), b"\"", &bytes].concat();
        let verdict = read(provider(&plain()), status, &[], &body);
        let said = format!("{verdict:?} {}", serde_json::to_string(&verdict).unwrap());
        prop_assert!(!said.contains(TOKEN));
    }
}

/// Where messages stand by other names: `err` (clickup.com, API errors), `error_summary` (dropbox.com, HTTP documentation) and
/// `errorSummary` (okta/okta-management-openapi-spec).
#[test]
fn messages_have_several_names() {
    let operation = json!({
        "identity": { "sub": "/id" },
        "answers": [
            { "status": 400, "text": "expired_access_token", "means": "unauthenticated" },
            { "status": 401, "text": "Token invalid", "means": "unauthenticated" },
        ],
    });
    for name in ["err", "error_summary", "errorSummary"] {
        let said = |text: &str| json!({ name: text }).to_string();
        check(
            &operation,
            &[
                (400, &[JSON], &said("expired_access_token/.."), "invalid"),
                (401, &[JSON], &said("Token invalid"), "invalid"),
                (400, &[JSON], &said("missing_scope/.."), "indeterminate"),
                (401, &[JSON], &said("No API key provided"), "indeterminate"),
            ],
        );
        let expired = verdict(&plain(), 401, &[JSON], &said("The token has expired"));
        assert_eq!(
            expired.error().unwrap().reason(),
            Some(Reason::Expired),
            "{name}"
        );
    }
}
