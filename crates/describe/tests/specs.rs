//! The descriptions of the folder `specs`: they read, and answers mean what they should.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;

use bytes::Bytes;
use keyholder_core::{Client, Config, Provider, ProviderInfo, Verdict, WhoAmI};
use keyholder_describe::{Described, provider, specs};

fn providers() -> Vec<(ProviderInfo, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let specs = specs::specs(&folder).unwrap();
    let read = |spec| provider(&Described::read(spec)?);
    let all = specs
        .iter()
        .map(|spec| read(spec).unwrap_or_else(|error| panic!("{error}")));
    all.collect()
}

/// Each reads, and nothing looks doubtful.
#[test]
fn every_provider_reads_without_a_remark() {
    for (info, remarks) in providers() {
        assert_eq!(remarks, [""; 0], "{}", info.name);
        let json = serde_json::to_string(&info).unwrap();
        assert_eq!(serde_json::from_str::<ProviderInfo>(&json).unwrap(), info);
    }
}

/// A verdict in one word, with what limits a token that is good.
fn verdict(client: &Client, status: u16, headers: &[(&str, &str)], body: &str) -> String {
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let answer = answer
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let verdict = Verdict::from(client.read_answer(answer.into()));
    let token = verdict
        .identity()
        .and_then(|identity| identity.token.as_ref());
    match token.and_then(|token| token.limited.as_ref()) {
        Some(limited) => format!("{} by {}", verdict.as_str(), limited.by),
        None => verdict.as_str().to_owned(),
    }
}

fn check(name: &str, cases: &[(u16, &str, &str)]) {
    let (info, _) = providers()
        .into_iter()
        .find(|(info, _)| info.name == name)
        .unwrap();
    let config = Config::new("k3yh0lder9f2").base_url("https://api.acme.test");
    let client = Client::new(&Provider::from(info), config).unwrap();
    for (status, body, expected) in cases {
        let found = verdict(
            &client,
            *status,
            &[("content-type", "application/json")],
            body,
        );
        assert_eq!(found, *expected, "{name} {status} {body}");
    }
}

#[test]
fn extruct() {
    check(
        "extruct",
        &[
            (
                200,
                r#"{"user_id": "u", "email": "jane@example.com", "available_credits": 1250.0}"#,
                "valid",
            ),
            (
                200,
                r#"{"user_id": "", "email": "", "available_credits": 0}"#,
                "indeterminate",
            ),
            (
                200,
                r#"{"ok": false, "error": "invalid_auth"}"#,
                "indeterminate",
            ),
            (401, "", "invalid"),
            (
                401,
                r#"{"detail": "Could not validate credentials"}"#,
                "invalid",
            ),
            (401, r#"{"error": "invalid_token"}"#, "invalid"),
            (401, r#"{"detail": "Not authenticated"}"#, "indeterminate"),
            (401, r#"{"name": "restricted_api_key"}"#, "indeterminate"),
            (401, r#""Unauthorized""#, "indeterminate"),
            (403, r#"{"detail": "Forbidden"}"#, "indeterminate"),
        ],
    );
}

#[test]
fn nextdocs() {
    check(
        "nextdocs",
        &[
            (
                200,
                r#"{"object": "user", "id": "user_1", "email": "jane@example.com", "quota": []}"#,
                "valid",
            ),
            (
                401,
                r#"{"error": {"code": "UNAUTHORIZED", "message": "m"}}"#,
                "invalid",
            ),
            (
                401,
                r#"{"error": {"message": "The API key is not valid."}}"#,
                "invalid",
            ),
            (
                401,
                r#"{"error": {"code": "IP_NOT_ALLOWED", "message": "m"}}"#,
                "indeterminate",
            ),
            (
                401,
                r#"{"error": {"code": "UNAUTHORIZED", "message": "The key may not be used from this address."}}"#,
                "indeterminate",
            ),
            // Not of the documented shape.
            (401, r#"{"message": "Unauthorized"}"#, "indeterminate"),
            (401, "", "indeterminate"),
            (
                404,
                r#"{"error": {"code": "NOT_FOUND", "message": "m"}}"#,
                "indeterminate",
            ),
        ],
    );
}

#[test]
fn katapult() {
    check(
        "katapult",
        &[
            (
                200,
                r#"{"user": {"id": "user_1"}, "organizations": [], "api_token_id": null}"#,
                "valid",
            ),
            (
                200,
                r#"{"user": null, "organizations": [], "api_token_id": null}"#,
                "indeterminate",
            ),
            (
                403,
                r#"{"code": "invalid_api_token", "description": "d", "detail": {}}"#,
                "invalid",
            ),
            (
                403,
                r#"{"code": "scope_not_granted", "description": "d", "detail": {}}"#,
                "valid by scope",
            ),
            (
                403,
                r#"{"code": "unauthorized_network_for_api_token"}"#,
                "valid by network",
            ),
            (
                403,
                r#"{"code": "invalid_capabilities_token"}"#,
                "indeterminate",
            ),
            (403, r#"{"code": "something_new"}"#, "indeterminate"),
            (
                400,
                r#"{"code": "missing_api_token", "description": "d", "detail": {}}"#,
                "indeterminate",
            ),
            (
                404,
                r#"{"code": "no_user_associated_with_identity"}"#,
                "valid",
            ),
            (404, r#"{"code": "not_found"}"#, "indeterminate"),
            (429, r#"{"code": "rate_limit_reached"}"#, "indeterminate"),
            (503, r#"{"code": "service_unavailable"}"#, "indeterminate"),
            // Its refusals have a code and are no 401.
            (401, r#"{"code": "invalid_api_token"}"#, "indeterminate"),
            (401, "{}", "indeterminate"),
        ],
    );
}

#[test]
fn unleash() {
    let wrong_kind =
        r#"{"message": "invalid token: expected a different token type for this endpoint"}"#;
    check(
        "unleash",
        &[
            (
                200,
                r#"{"user": {"id": 2, "username": "jane"}, "permissions": [], "feedback": [], "splash": {}}"#,
                "valid",
            ),
            // An admin API token has no id.
            (
                200,
                r#"{"user": {"username": "admin", "type": "admin"}, "permissions": [], "feedback": [], "splash": {}}"#,
                "valid",
            ),
            // A server with authentication off.
            (
                200,
                r#"{"user": {"id": -1, "username": "unknown"}, "permissions": [{"permission": "ADMIN"}]}"#,
                "indeterminate",
            ),
            (
                401,
                r#"{"name": "UnauthorizedError", "message": "You must log in to use Unleash."}"#,
                "invalid",
            ),
            (
                401,
                r#"{"name": "AuthenticationRequired", "message": "You must log in to use Unleash."}"#,
                "indeterminate",
            ),
            (
                401,
                r#"{"name": "LicenseExpiredError", "message": "m"}"#,
                "indeterminate",
            ),
            (401, "{}", "indeterminate"),
            (403, wrong_kind, "valid by kind"),
            (
                403,
                r#"{"name": "NoAccessError", "message": "You don't have the required permissions."}"#,
                "indeterminate",
            ),
            (429, "", "indeterminate"),
        ],
    );
}
