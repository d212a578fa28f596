//! What is JSON and what is not (RFC 8259), where a rule looks into it.

#![allow(clippy::unwrap_used, missing_docs)]

use bytes::Bytes;
use keyholder_core::{
    Client, Config, Meaning, Operation, Provider, ProviderInfo, Rule, Status, Verdict, WhoAmI as _,
};

/// What a 401 with this body says of a token, where the code `revoked` refuses one.
fn refused(body: &'static str) -> Verdict {
    let mut operation = Operation::new("get_me", "GET", "/me");
    operation.code = vec!["/code".parse().unwrap()];
    let rule = Rule::new(Status::Code(401), Meaning::Unauthenticated);
    operation.answers = vec![rule.with_code("revoked")];
    let provider = Provider::from(ProviderInfo::new("acme", operation));
    let config = Config::new("a-token").base_url("https://acme.example");
    let client = Client::new(&provider, config).unwrap();
    let mut answer = http::Response::new(Bytes::from_static(body.as_bytes()));
    *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
    client.read_answer(answer.into()).into()
}

#[test]
fn a_control_in_a_name_is_escaped_or_the_body_is_no_json() {
    for body in [
        r#"{"code": "revoked"}"#,
        r#"{"a\u0015\nb": 1, "code": "revoked"}"#,
        r#"{"a\ud800b": "\ud800", "code": "revoked"}"#,
    ] {
        assert!(refused(body).is_invalid(), "{body}");
    }
    for body in [
        "{\"a\u{15}b\": 1, \"code\": \"revoked\"}",
        "{\"\\u0041\nb\": 1, \"code\": \"revoked\"}",
        "{\"a\": \"\u{15}\", \"code\": \"revoked\"}",
        "{\"code\": \"revoked\"} {}",
        "{\"code\": \"revoked\",}",
    ] {
        assert!(refused(body).is_indeterminate(), "{body:?}");
    }
}
