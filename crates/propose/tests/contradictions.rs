//! What is left out, or read otherwise, where the words of a description contradict the name of a field, a flag or an
//! answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use keyholder_openapi::load;
use keyholder_propose::{File, Input, Source, propose};
use serde_json::{Value, json};

/// The proposed `x-whoami`, and the overlay's text.
fn proposed(document: &Value) -> (Value, String) {
    let text = document.to_string();
    let texts = propose(&Input {
        provider: "acme",
        source: Source::Description(File {
            path: Path::new("acme.json"),
            text: &text,
        }),
        operation: None,
    })
    .unwrap();
    let overlay = load::parse(&texts.overlay, false).unwrap();
    let actions = overlay["actions"].as_array().unwrap();
    let found = actions
        .iter()
        .find_map(|action| action["update"].get("x-whoami"));
    (found.unwrap().clone(), texts.overlay)
}

/// A description of one operation: a success with these properties, and these other answers.
fn document(path: &str, summary: &str, properties: &Value, others: &Value) -> Value {
    let mut responses = json!({ "200": { "description": "", "content": { "application/json": {
        "schema": { "type": "object", "properties": properties },
    } } } });
    for (status, response) in others.as_object().unwrap() {
        responses[status] = response.clone();
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "bearer": [] }],
        "paths": { path: { "get": { "summary": summary, "responses": responses } } },
        "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } },
    })
}

/// `{id, email}` and these properties.
fn person(more: &Value) -> Value {
    let mut properties = json!({ "id": { "type": "string" }, "email": { "type": "string" } });
    for (name, schema) in more.as_object().unwrap() {
        properties[name] = schema.clone();
    }
    properties
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

mod flags {
    use super::*;

    fn refuses(path: &str, summary: &str, properties: &Value) -> bool {
        let (whoami, _) = proposed(&document(path, summary, properties, &json!({})));
        whoami["answers"].as_array().is_some_and(|answers| {
            answers
                .iter()
                .any(|it| it["means"] == "unauthenticated" && !it["body"].is_null())
        })
    }

    #[test]
    fn valid_refuses_no_token_where_something_else_is_valid() {
        for description in [
            "Whether the e-mail address is valid",
            "Whether the user's payment card is valid",
            "Whether the profile is complete",
            "",
        ] {
            let answer = person(&json!({ "valid": flag(description) }));
            let is_refused = refuses("/me", "Get the current user", &answer);
            assert!(!is_refused, "{description}");
        }
        let answer = person(&json!({ "valid": flag("Whether the e-mail address is valid") }));
        assert!(!refuses("/token/verify", "Verify a token", &answer));
        let (_, overlay) = proposed(&document("/me", "Get the user", &answer, &json!({})));
        assert!(overlay.contains("/valid may say whether"), "{overlay}");
    }

    #[test]
    fn valid_refuses_where_it_is_about_tokens() {
        let verdict = json!({ "valid": flag(""), "id": { "type": "string" } });
        assert!(refuses("/token/verify", "Verify a token", &verdict));
        for description in ["Whether the API key is valid", "True if the token is valid"] {
            let answer = person(&json!({ "valid": flag(description) }));
            assert!(
                refuses("/me", "Get the current user", &answer),
                "{description}"
            );
        }
    }

    #[test]
    fn active_is_a_condition_only_of_who_asks() {
        let condition = |name: &str, description: &str| {
            let answer = person(&json!({ name: flag(description) }));
            let (whoami, _) = proposed(&document("/me", "Get the user", &answer, &json!({})));
            !whoami["success"].is_null()
        };
        for (name, description) in [
            ("active", "Whether the user has been active this month"),
            ("is_active", "Is the user's shop active"),
            ("enabled", "Whether notifications are enabled"),
        ] {
            assert!(!condition(name, description), "{description}");
        }
        for (name, description) in [
            ("active", ""),
            ("is_active", "Is the user active"),
            ("is_active", "Whether the user's account is active"),
            ("enabled", "Whether it is enabled"),
        ] {
            assert!(condition(name, description), "{description}");
        }
    }
}

mod errors {
    use super::*;

    #[test]
    fn a_401_that_asks_for_more_than_a_token_refuses_none() {
        let meaning = |description: &str| {
            let others = json!({ "401": { "description": description } });
            let (whoami, _) = proposed(&document("/me", "Get", &person(&json!({})), &others));
            let answers = whoami["answers"].as_array().unwrap().clone();
            let of_401 = answers.iter().find(|it| it["status"] == 401).unwrap();
            of_401["means"].as_str().unwrap().to_owned()
        };
        for description in [
            "Two-factor authentication required",
            "Re-authentication required",
            "Authentication required: this endpoint only takes user tokens, not app tokens",
            "API key required or origin not allowed",
            "Not authorised to access this resource",
        ] {
            assert_eq!(meaning(description), "forbidden", "{description}");
        }
        for description in [
            "Authentication required",
            "Unauthorized",
            "Missing or invalid API key",
            "Bad or expired token. You should re-authenticate the user.",
            "Authentication is required to access this resource",
        ] {
            assert_eq!(meaning(description), "unauthenticated", "{description}");
        }
    }
}
