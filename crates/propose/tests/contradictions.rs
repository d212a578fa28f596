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

/// The identity proposed for `GET /me` with these properties.
fn identity(properties: &Value) -> Value {
    let document = document("/me", "Get the current user", properties, &json!({}));
    proposed(&document).0["identity"].clone()
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

mod holders {
    use super::*;

    #[test]
    fn json_lds_identifier_is_the_documents() {
        let found = identity(&json!({
            "@context": text(""), "@id": text(""), "@type": text(""), "id": text(""), "email": text(""),
        }));
        assert_eq!(found["sub"], "/id");
    }

    #[test]
    fn a_groups_number_is_not_the_users() {
        let number = json!({ "type": "integer" });
        let found = identity(&json!({ "uid": number, "gid": number, "login": text("") }));
        assert_eq!(found["sub"], "/uid");
        let found = identity(&json!({ "gid": text(""), "email": text("") }));
        assert_eq!(found["sub"], "/gid");
    }

    #[test]
    fn a_token_is_of_its_resource_owner() {
        let application = json!({ "type": "object", "properties": { "uid": text("") } });
        let answer = json!({
            "resource_owner_id": { "type": "integer" },
            "scope": { "type": "array", "items": { "type": "string" } },
            "expires_in": { "type": "integer" },
            "application": application,
        });
        let document = document(
            "/oauth/token/info",
            "Get information about the token",
            &answer,
            &json!({}),
        );
        let (whoami, overlay) = proposed(&document);
        assert_eq!(whoami["identity"]["sub"], "/resource_owner_id", "{overlay}");
        assert_ne!(whoami["identity"]["subject_type"], "application");
    }

    #[test]
    fn an_account_beside_a_user_is_an_organization_alone() {
        let found = identity(
            &json!({ "accountId": text(""), "accountName": text(""), "userName": text("") }),
        );
        let organization = json!({ "id": "/accountId", "name": "/accountName" });
        assert_eq!(found["organizations"], organization, "{found}");
        assert!(found["sub"].is_null() && found["name"].is_null(), "{found}");
        assert_eq!(found["preferred_username"], "/userName");
    }

    #[test]
    fn a_caller_is_a_user_or_a_service_account() {
        let holder =
            json!({ "type": "object", "properties": { "id": text(""), "name": text("") } });
        let found = identity(&json!({ "caller": { "type": "object", "properties": {
            "user": holder, "serviceAccount": holder,
        } } }));
        let subs = json!(["/caller/user/id", "/caller/serviceAccount/id"]);
        assert_eq!(found["sub"], subs, "{found}");
        let present = json!([
            ["/caller/user", "user"],
            ["/caller/serviceAccount", "service_account"],
        ]);
        assert_eq!(found["subject_type"]["present"], present, "{found}");
    }
}

mod fields {
    use super::*;

    #[test]
    fn accounts_elsewhere_and_customers_are_no_organizations() {
        for (list, names) in [
            ("accounts", &["id", "network", "name"][..]),
            ("accounts", &["id", "provider", "username"]),
            ("accounts", &["iban", "id", "name", "balance"]),
            ("customers", &["id", "name"]),
        ] {
            let properties: serde_json::Map<_, _> = names
                .iter()
                .map(|name| ((*name).to_owned(), text("")))
                .collect();
            let items = json!({ "type": "object", "properties": properties });
            let found = identity(&person(
                &json!({ list: { "type": "array", "items": items } }),
            ));
            assert!(found["organizations"].is_null(), "{list} {names:?}");
        }
        let items = json!({ "type": "object", "properties": { "id": text(""), "name": text("") } });
        let found = identity(&person(
            &json!({ "accounts": { "type": "array", "items": items } }),
        ));
        assert_eq!(found["organizations"]["id"], "/id");
    }

    #[test]
    fn free_text_is_no_organization() {
        let company = |description: &str| {
            identity(&person(&json!({ "company": text(description) })))["organizations"].clone()
        };
        assert!(company("Free text from the profile").is_null());
        assert_eq!(company("Name of the company")["name"], "/company");
    }

    #[test]
    fn a_hash_and_a_logo_are_no_pictures_of_a_user() {
        for (name, description) in [
            ("picture", "SHA-1 of the picture"),
            ("logo", ""),
            ("logo_url", ""),
        ] {
            let found = identity(&person(&json!({ name: text(description) })));
            assert!(found["picture"].is_null(), "{name}");
        }
    }

    #[test]
    fn words_that_deny_a_name_are_believed() {
        let number = |description: &str| json!({ "type": "integer", "description": description });
        for (claim, name, denied, plain) in [
            (
                "created_at",
                "created",
                text("Name of who created the user"),
                text("When it was created"),
            ),
            (
                "updated_at",
                "updated",
                number("Number of updates"),
                number("Number of seconds since 1970"),
            ),
            (
                "email_verified",
                "email_verified",
                flag("Whether the *backup* e-mail is verified"),
                flag("Whether the e-mail is verified"),
            ),
            (
                "name",
                "name",
                text("Name of the user's organization"),
                text("Name of the user"),
            ),
            (
                "preferred_username",
                "username",
                text("Username of the manager"),
                text("Username of the user"),
            ),
            (
                "email",
                "email",
                text("E-mail of the account's owner, not of the caller"),
                text("E-mail of the caller"),
            ),
            (
                "sub",
                "id",
                text("Opaque cache id; changes with every request"),
                text("Opaque id"),
            ),
        ] {
            let answer = person(&json!({ name: denied }));
            let (whoami, overlay) = proposed(&document("/me", "Get", &answer, &json!({})));
            assert!(whoami["identity"][claim].is_null(), "{overlay}");
            let remark = format!("# {claim} is left out");
            assert!(overlay.contains(&remark), "{overlay}");
            let found = identity(&person(&json!({ name: plain })));
            assert_eq!(found[claim], format!("/{name}"), "{claim}");
        }
    }

    #[test]
    fn a_name_that_is_a_username_stands_beside_a_full_one() {
        let found = identity(&json!({
            "id": text(""), "name": text("Username"), "full": text("Full name"),
        }));
        assert_eq!(found["preferred_username"], "/name", "{found}");
        assert_eq!(found["name"], "/full", "{found}");
    }

    #[test]
    fn clients_name_themselves() {
        let mut document = document(
            "/me",
            "Get the current user",
            &person(&json!({})),
            &json!({}),
        );
        document["paths"]["/me"]["get"]["parameters"] = json!([{
            "name": "User-Agent", "in": "header", "required": true, "schema": { "type": "string" },
        }]);
        let (whoami, overlay) = proposed(&document);
        assert!(
            whoami["parameters"].is_null() && whoami["arguments"].is_null(),
            "{overlay}"
        );
    }
}
