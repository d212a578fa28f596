//! The operation and the mapping that are proposed, by small descriptions of the kinds that providers write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use keyholder_openapi::load;
use keyholder_propose::{File, Input, Source, propose};
use serde_json::{Value, json};

/// A schema in short: `"string"`, `"string? a description"`, `"string:uri"`; an object of them; a list of one.
/// A `$` in an object is a schema as it stands.
fn schema(short: &Value) -> Value {
    match short {
        Value::String(text) => {
            let (head, description) = text.split_once(' ').unwrap_or((text, ""));
            let nullable = head.ends_with('?');
            let (kind, format) = head
                .trim_end_matches('?')
                .split_once(':')
                .unwrap_or((head.trim_end_matches('?'), ""));
            let mut schema = json!({ "description": description, "nullable": nullable });
            if kind != "any" {
                schema["type"] = json!(kind);
            }
            if !format.is_empty() {
                schema["format"] = json!(format);
            }
            schema
        }
        Value::Array(items) => json!({ "type": "array", "items": schema(&items[0]) }),
        Value::Object(fields) => {
            if let Some(whole) = fields.get("$") {
                return whole.clone();
            }
            let properties: serde_json::Map<_, _> = fields
                .iter()
                .map(|(name, short)| (name.clone(), schema(short)))
                .collect();
            json!({ "type": "object", "properties": properties })
        }
        other => panic!("{other} is no schema in short"),
    }
}

fn operation(summary: &str, answer: &Value) -> Value {
    json!({ "summary": summary, "responses": { "200": {
        "description": "", "content": { "application/json": { "schema": schema(answer) } },
    } } })
}

fn document(operations: &[(&str, Value)]) -> Value {
    let mut paths = json!({});
    for (name, operation) in operations {
        let (method, path) = name.split_once(' ').unwrap();
        paths[path][method.to_lowercase()] = operation.clone();
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } },
    })
}

/// The proposal's operation, its mapping, the overlay's text and the report.
struct Proposed {
    operation: String,
    identity: Value,
    overlay: String,
    report: String,
}

fn try_propose(document: &Value) -> Result<Proposed, String> {
    propose_text(&document.to_string())
}

fn propose_text(text: &str) -> Result<Proposed, String> {
    let input = Input {
        provider: "acme",
        source: Source::Description(File {
            path: Path::new("acme.json"),
            text,
        }),
        operation: None,
    };
    let texts = propose(&input).map_err(|error| error.to_string())?;
    let overlay = load::parse(&texts.overlay, false).unwrap();
    let action = overlay["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["update"].get("x-whoami").is_some())
        .unwrap();
    let (path, method) = action["target"]
        .as_str()
        .and_then(|target| target.strip_prefix("$.paths['"))
        .and_then(|target| target.split_once("']."))
        .unwrap();
    Ok(Proposed {
        operation: format!("{} {path}", method.to_uppercase()),
        identity: action["update"]["x-whoami"]["identity"].clone(),
        overlay: texts.overlay,
        report: texts.report,
    })
}

fn proposed(operations: &[(&str, Value)]) -> Proposed {
    try_propose(&document(operations)).unwrap()
}

fn user() -> Value {
    json!({ "id": "string", "email": "string", "name": "string" })
}

/// What is proposed for an answer to `GET /me`.
fn mapped(answer: &Value) -> Value {
    answer_of("GET /me", "Get the current user", answer).identity
}

fn answer_of(name: &str, summary: &str, answer: &Value) -> Proposed {
    proposed(&[(name, operation(summary, answer))])
}

mod operations {
    use super::*;

    /// Of these operations, the first is found; all answer with a user.
    fn assert_first(operations: &[(&str, &str)]) {
        let described: Vec<_> = operations
            .iter()
            .map(|(name, summary)| (*name, operation(summary, &user())))
            .collect();
        let found = proposed(&described);
        assert_eq!(found.operation, operations[0].0, "{}", found.report);
    }

    #[test]
    fn a_log_in_is_never_picked() {
        assert_first(&[
            ("GET /account", "Account"),
            (
                "POST /account/login",
                "Returns the current user and a token",
            ),
            ("POST /auth/sign-in", "Get the logged-in user"),
            ("POST /plugin/authenticate", "Get the authenticated user"),
            ("POST /register", "Returns the authenticated user"),
        ]);
        let alone = document(&[(
            "POST /login",
            operation("Returns the authenticated user", &user()),
        )]);
        assert!(try_propose(&alone).is_err());
    }

    #[test]
    fn what_tells_of_a_log_in_is_none() {
        let mut information = operation("Gets login information", &user());
        information["operationId"] = json!("LoginInformation_GetLoginInformation");
        information["description"] = json!("Retrieves the account of the authenticated user.");
        let with = |id: &str| {
            let mut operation = information.clone();
            operation["operationId"] = json!(id);
            operation
        };
        for (name, id) in [
            ("GET /login_information", "LoginInformation_Get"),
            ("GET /account", "Login.status"),
        ] {
            assert_eq!(proposed(&[(name, with(id))]).operation, name);
        }
        for (name, id) in [
            ("POST /login_information", "LoginInformation_Get"),
            ("GET /account", "login_user"),
        ] {
            assert!(try_propose(&document(&[(name, with(id))])).is_err(), "{id}");
        }
    }

    #[test]
    fn what_tells_of_a_token_makes_none() {
        let answer = json!({ "result": { "apiKey": {
            "name": "string The key's name", "authScopes": ["string"],
        } } });
        let with = |id: &str| {
            let mut token = operation("Информация о токене", &answer);
            token["operationId"] = json!(id);
            token
        };
        let name = "POST /v2/auth/token";
        let found = proposed(&[(name, with("getAuthTokenInfo"))]);
        assert_eq!(found.operation, name);
        for id in ["getAuthToken", "createTokenInfo", "authToken"] {
            assert!(try_propose(&document(&[(name, with(id))])).is_err(), "{id}");
        }
        let mut body = with("getAuthTokenInfo");
        body["requestBody"] = json!({ "content": { "application/json": {
            "schema": schema(&json!({ "clientId": "string" })),
        } } });
        assert!(try_propose(&document(&[(name, body)])).is_err());
    }

    #[test]
    fn neither_is_a_request_with_a_password() {
        let mut session = operation("Get the current user", &user());
        session["requestBody"] = json!({ "content": { "application/json": {
            "schema": schema(&json!({ "email": "string", "password": "string" })),
        } } });
        let found = proposed(&[
            ("POST /current-user", session),
            ("GET /profile", operation("Profile", &user())),
        ]);
        assert_eq!(found.operation, "GET /profile");
        assert!(
            found
                .report
                .contains("Never asked: POST /current-user: it asks for what a log-in needs"),
            "{}",
            found.report
        );
    }

    #[test]
    fn neither_is_a_renewal_or_a_change() {
        assert_first(&[
            ("GET /session/user", "User of the session"),
            (
                "GET /session/refresh",
                "Refreshes the current session and returns the authenticated user",
            ),
            (
                "POST /me/token/rotate",
                "Rotate the token of the current user",
            ),
            ("POST /users/me", "Update the authenticated user"),
            ("POST /me", "The current user"),
        ]);
        // A GET that says of itself that it only returns something is none.
        assert_first(&[(
            "GET /account/refresh-account",
            "Returns an up-to-date account",
        )]);
        // What is obtained is a token, or it is only read.
        assert_first(&[
            (
                "GET /status",
                "Obtain the overall status of the account tied to the API token in use",
            ),
            ("GET /account", "Obtain a new token of the account"),
        ]);
    }

    #[test]
    fn a_list_of_all_users_and_a_condition_are_not_about_the_caller() {
        let users = json!({ "items": [{ "id": "string", "email": "string" }] });
        let all = operation("Get a list of the team's users", &users);
        assert!(try_propose(&document(&[("GET /user", all)])).is_err());
        let mut search = operation("Resolve", &json!({ "person": user() }));
        search["description"] = json!("If the user is authenticated, more is found.");
        assert!(try_propose(&document(&[("GET /resolve", search)])).is_err());
    }

    #[test]
    fn what_verifies_is_said_in_the_first_sentence() {
        assert_first(&[(
            "GET /user",
            "Get attributes of the authenticated user. Of several, the one with the email confirmed",
        )]);
    }

    #[test]
    fn the_callers_token_tells_of_its_holder() {
        let token = json!({ "id": "string", "accountId": "string", "expiresAt": "string" });
        let found = proposed(&[(
            "GET /me/token",
            operation("Gets information about the current token", &token),
        )]);
        assert_eq!(found.identity["sub"], "/accountId");
    }

    #[test]
    fn information_of_a_seller_is_of_the_holder() {
        let seller = operation("Информация", &json!({ "sid": "string", "name": "string" }));
        let found = proposed(&[("GET /seller-info", seller)]);
        assert_eq!(found.operation, "GET /seller-info");
    }

    #[test]
    fn who_sent_the_request_is_the_caller() {
        assert_first(&[
            (
                "POST /ReadAccounts",
                "Gets information about the account that sent the request",
            ),
            ("POST /CheckStatus", "Gets the state of the service"),
        ]);
    }

    #[test]
    fn a_method_of_the_users_service_that_takes_nothing_is_of_the_caller() {
        let with = |takes: Value| {
            let mut info = operation(
                "GetInfo — сведения",
                &json!({ "userId": "string", "tariff": "string" }),
            );
            info["operationId"] = json!("UsersService_GetInfo");
            info["requestBody"] = json!({ "required": true, "content": { "application/json": {
                "schema": { "type": "object", "properties": takes },
            } } });
            info
        };
        let name = "POST /acme.contract.v1.UsersService/GetInfo";
        let found = proposed(&[(name, with(json!({})))]);
        assert_eq!(found.operation, name);
        assert_eq!(found.identity["sub"], "/userId");
        let of_another = with(json!({ "userId": { "type": "string" } }));
        let is_none = |name: &str, info: Value| try_propose(&document(&[(name, info)])).is_err();
        assert!(is_none(name, of_another));
        let of_orders = "POST /acme.contract.v1.OrdersService/GetInfo";
        assert!(is_none(of_orders, with(json!({}))));
    }

    #[test]
    fn what_authenticates_the_request_is_the_callers() {
        let name = "GET /user/auth/metadata";
        for text in [
            "Retrieve metadata associated with the authentication method used in the request",
            "Returns the record of the credential used to authenticate this request",
        ] {
            let mut metadata = operation("Metadata", &json!({ "data": { "user_id": "integer" } }));
            metadata["description"] = json!(text);
            let found = proposed(&[(name, metadata)]);
            assert_eq!(found.operation, name, "{text}");
            assert_eq!(found.identity["sub"], "/data/user_id");
        }
    }

    #[test]
    fn my_profile_in_an_account_is_the_callers() {
        let with = |name: &str, text: &str| {
            let mut own = operation("", &user());
            own["operationId"] = json!("GetMyProfile");
            own["description"] = json!(text);
            own["parameters"] = json!([{ "name": "accountId", "in": "path", "required": true,
                "description": "The account's ID", "schema": { "type": "string" } }]);
            try_propose(&document(&[(name, own)]))
        };
        let text = "Get the current authenticated user's profile";
        let name = "GET /{accountId}/my/profile.json";
        assert_eq!(with(name, text).unwrap().operation, name);
        assert!(with("GET /{accountId}/profile.json", "The profile").is_err());
    }

    #[test]
    fn a_user_without_an_identifier_comes_before_what_names_nobody() {
        let mut keys = operation(
            "Get API key information",
            &json!({ "api_keys": [{ "creation": "integer" }] }),
        );
        keys["description"] = json!("Your own API key is returned.");
        let mut own = operation(
            "Authenticate a user",
            &json!({ "username": "string", "email": "string", "full_name": "string", "roles": ["string"] }),
        );
        own["description"] = json!("Returns information about the authenticated user.");
        let name = "GET /_security/_authenticate";
        let found = proposed(&[("GET /_security/api_key", keys), (name, own)]);
        assert_eq!(found.operation, name, "{}", found.report);
    }

    #[test]
    fn what_takes_a_key_comes_before_what_only_a_password_opens() {
        let with = |flows: &str, asked: &[&str]| {
            let mut key = operation(
                "Introspect the current API key",
                &json!({ "api_key_id": "string", "organization_id": "string", "expires_at": "string" }),
            );
            key["security"] = asked.iter().map(|it| json!({ *it: [] })).collect();
            let mut own = operation("Get the current user", &user());
            own["security"] = json!([{ "session": [] }]);
            let mut document = document(&[
                ("GET /auth/client_credentials/introspect", key),
                ("GET /users/me", own),
            ]);
            document["components"]["securitySchemes"] = json!({
                "session": { "type": "oauth2", "flows": { flows: { "scopes": {},
                    "authorizationUrl": "https://acme.dev/auth", "tokenUrl": "https://acme.dev/token" } } },
                "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            });
            try_propose(&document).unwrap().operation
        };
        let of_key = "GET /auth/client_credentials/introspect";
        assert_eq!(with("password", &["session", "key"]), of_key);
        assert_eq!(with("password", &["session"]), "GET /users/me");
        assert_eq!(
            with("authorizationCode", &["session", "key"]),
            "GET /users/me"
        );
    }

    #[test]
    fn the_application_that_asks_is_no_thing() {
        let application = operation(
            "Get information about the currently logged application",
            &json!({ "data": { "applicationId": "string", "name": "string" } }),
        );
        let name = "GET /marketing-solutions/me";
        let found = proposed(&[
            (
                "GET /advertisers/me",
                operation("List advertisers", &json!([user()])),
            ),
            (name, application),
        ]);
        assert_eq!(found.operation, name, "{}", found.report);
        assert_eq!(found.identity["name"], "/data/name");
        assert_none(&[(
            "GET /marketing-solutions/me",
            "The campaigns that are running",
        )]);
    }

    #[test]
    fn of_equals_the_one_for_administrators_comes_last() {
        for (everybodys, admins) in [
            ("GET /iam/public/users/me", "GET /iam/admin/users/me"),
            ("GET /v1/users/me", "GET /v1/admin/users/me"),
        ] {
            let summary = "Get the current user";
            let found = proposed(&[
                (everybodys, operation(summary, &user())),
                (admins, operation(summary, &user())),
            ]);
            assert_eq!(found.operation, everybodys);
            assert!(!found.report.contains("is as likely"), "{}", found.report);
        }
    }

    #[test]
    fn who_asks_may_be_meant_where_nobody_is_named() {
        let list = json!({ "data": [user()] });
        let with = |description: &str| {
            let mut users = operation("Gets information about one or more users", &list);
            users["description"] = json!(description);
            users["parameters"] = json!([
                { "name": "id", "in": "query", "schema": { "type": "string" } },
            ]);
            users
        };
        let text = "Looks up users by ID.\n\nIf you don't specify IDs, the request returns \
                    information about the user in the access token.";
        let found = proposed(&[("GET /users", with(text))]);
        assert_eq!(found.operation, "GET /users");
        assert_eq!(found.identity["sub"], "/data/0/id");
        // What is the caller's is not the caller, and neither is a video.
        for (name, text) in [
            ("GET /videos", text),
            (
                "GET /users",
                "If you don't specify IDs, returns the followers of the authenticated user.",
            ),
            (
                "GET /users",
                "Looks up users by ID. Requires the token of a user.",
            ),
        ] {
            assert!(
                try_propose(&document(&[(name, with(text))])).is_err(),
                "{name} {text}"
            );
        }
    }

    /// None of these is found, each alone; all answer with a user.
    fn assert_none(operations: &[(&str, &str)]) {
        for (name, summary) in operations {
            let alone = document(&[(name, operation(summary, &user()))]);
            if let Ok(found) = try_propose(&alone) {
                panic!("{name} {summary}: {}", found.report);
            }
        }
    }

    #[test]
    fn a_change_by_get_is_never_picked() {
        for verb in [
            "close",
            "unsubscribe",
            "suspend",
            "cancel",
            "join",
            "leave",
            "merge",
            "export",
            "purge",
            "resend",
            "link",
            "unlink",
            "lock",
            "unlock",
            "mute",
            "block",
            "follow",
            "subscribe",
            "enroll",
            "approve",
            "archive",
            "restore",
            "upgrade",
            "downgrade",
            "erase",
            "wipe",
            "forget",
            "switch",
            "extend",
            "reactivate",
            "promote",
            "onboard",
            "touch",
            "track",
            "bump",
            "consume",
            "claim",
            "redeem",
            "poke",
            "wake",
            "activate",
            "deactivate",
            "confirm",
            "accept",
            "impersonate",
            "invite",
        ] {
            let (within, before) = (format!("GET /account/{verb}"), format!("GET /{verb}/me"));
            assert_none(&[
                (&within, "The account"),
                (&within, "Get the current user"),
                (&before, ""),
            ]);
            let says = format!("{verb} the current user");
            assert_none(&[("GET /account", &says), ("GET /me", &says)]);
        }
        assert_none(&[
            ("GET /user", "Closes your account"),
            ("GET /account/switch-user", "The current user"),
            ("GET /account", "Nudge the authenticated user"),
        ]);
        for reads in [
            "Shows the current user",
            "Looks up the current user",
            "About the current user",
            "The current user",
            "Profile of the current user",
            "Links of the current user",
            "Export of the current user",
            "Ping the API with your key",
        ] {
            assert_first(&[("GET /me", reads)]);
        }
        let mut described = operation("", &user());
        described["description"] = json!("Closes the account. It can be opened again.");
        assert!(try_propose(&document(&[("GET /account", described)])).is_err());
        assert_first(&[("GET /track/me", "Get the current user")]);
    }

    #[test]
    fn the_current_one_of_a_thing_is_nobody() {
        for thing in [
            "orders",
            "leads",
            "carts",
            "weather",
            "invoices",
            "devices",
            "jobs",
            "songs",
            "tickets",
            "statuses",
            "playlists",
            "wallets",
            "my-orders",
        ] {
            for own in ["current", "me", "self"] {
                let name = format!("GET /v1/{thing}/{own}");
                assert_none(&[(&name, "")]);
                assert_first(&[("GET /auth", "Check the key"), (&name, "")]);
            }
        }
        let both = proposed(&[
            ("GET /leads/me", operation("", &user())),
            ("GET /account", operation("", &user())),
        ]);
        assert!(
            both.report
                .contains("Never asked: GET /leads/me: it is of a thing, which holds no token"),
            "{}",
            both.report
        );
        for holder in [
            "users",
            "accounts",
            "members",
            "profile",
            "people",
            "customers",
            "employees",
            "teams",
            "organizations",
            "workspaces",
            "companies",
            "tokens",
            "keys",
            "sessions",
            "credentials",
            "applications",
            "bots",
            "clients",
            "integrations",
            "drivers",
        ] {
            for own in ["current", "me", "self"] {
                assert_first(&[(&format!("GET /{holder}/{own}"), "")]);
            }
        }
        assert_first(&[("GET /v1/me", "")]);
        assert_first(&[("GET /acme/me", "")]);
        assert_first(&[("GET /seats/me", "Get the current user")]);
    }

    #[test]
    fn what_gives_a_new_token_is_never_picked() {
        for field in ["jwt", "access_token", "accessToken"] {
            let answer = json!({ field: "string", "user": user() });
            let found = proposed(&[
                (
                    "GET /authenticate",
                    operation("Returns the current user", &answer),
                ),
                ("GET /auth/status", operation("Who is logged in", &user())),
            ]);
            assert_eq!(found.operation, "GET /auth/status");
            assert!(
                found.report.contains("it gives a new token"),
                "{}",
                found.report
            );
        }
        assert_none(&[
            (
                "GET /authenticate",
                "Returns a new JWT and the current user",
            ),
            (
                "GET /session",
                "Returns the current user and a new access token",
            ),
        ]);
        // A profile may show one among all else.
        let answer = json!({ "id": "string", "email": "string", "access_token": "string" });
        for (name, summary) in [
            ("GET /profile", "Fetch the profile of the user"),
            ("GET /v1/user", "Get a user"),
            ("GET /account", "Account"),
        ] {
            assert_eq!(answer_of(name, summary, &answer).operation, name);
        }
        let alone = json!({ "access_token": "string", "id": "string" });
        for (name, summary, answer) in [
            ("GET /user", "Refresh the access token of the user", &answer),
            ("GET /account", "Signs the user in", &answer),
            ("GET /session", "Session of the user", &answer),
            ("GET /user", "User", &alone),
        ] {
            let alone = document(&[(name, operation(summary, answer))]);
            assert!(try_propose(&alone).is_err(), "{name} {summary}");
        }
        // Beside who the caller surely is, it may be the one that was sent.
        let answer = json!({ "access_token": "string", "id": "string", "email": "string" });
        for name in ["GET /me", "GET /token_info"] {
            assert_eq!(answer_of(name, "", &answer).operation, name);
        }
    }

    #[test]
    fn somebodys_papers_are_not_the_caller() {
        assert_none(&[
            (
                "POST /identity/verify",
                "Verify a person's identity documents",
            ),
            ("POST /identity/verify", "Verify"),
            ("GET /kyc/identity", "Get the identity"),
            ("GET /identity", "Result of the identity verification"),
        ]);
        assert_first(&[
            ("GET /identity", "Identity of the caller"),
            ("GET /kyc/identity", ""),
        ]);
    }

    #[test]
    fn what_a_summary_says_is_of_a_thing_is_of_no_caller() {
        let key = operation(
            "Information about your API key",
            &json!({ "key_name": "string", "owner": "string" }),
        );
        for (name, summary, answer) in [
            ("GET /identity", "Identity of the node", user()),
            (
                "GET /profile",
                "Risk profile of a wallet",
                json!({ "id": "string", "score": "number" }),
            ),
            (
                "GET /session",
                "Get the current game session",
                json!({ "id": "string", "name": "string", "players": ["string"] }),
            ),
            ("GET /profile", "Get the profile of a company", user()),
        ] {
            let found = proposed(&[
                ("GET /key-info", key.clone()),
                (name, operation(summary, &answer)),
            ]);
            assert_eq!(found.operation, "GET /key-info", "{summary}");
            assert!(
                try_propose(&document(&[(name, operation(summary, &answer))])).is_err(),
                "{summary}"
            );
        }
        for (name, summary) in [
            ("GET /profile", "Profile of the current user"),
            (
                "GET /profile",
                "Get the profile of the authenticated company",
            ),
            ("GET /identity", "Identity of the application"),
            ("GET /user", "User account of the bearer"),
            ("GET /session", "Get the current auth session"),
            ("GET /me", "Identity of the node"),
        ] {
            assert_first(&[(name, summary)]);
        }
    }

    #[test]
    fn what_is_of_a_machine_or_set_is_nobody() {
        let licence =
            json!({ "account": "string", "company": "string", "sub": "string", "jti": "string" });
        for (name, summary, answer) in [
            ("GET /v1/instance/profile", "Gets the profile", user()),
            ("GET /server/account", "", user()),
            ("GET /licensing/token", "Get license token", licence.clone()),
            (
                "GET /push/key",
                "",
                json!({ "id": "string", "name": "string" }),
            ),
            (
                "GET /v1/source/installation",
                "Fetch the installation configuration",
                json!({ "id": "string", "name": "string", "avatar_url": "string" }),
            ),
        ] {
            let other = document(&[(name, operation(summary, &answer))]);
            assert!(try_propose(&other).is_err(), "{name}");
        }
        assert_first(&[("GET /instance/profile", "Gets your profile")]);
        assert_first(&[("GET /server/whoami", "")]);
    }

    #[test]
    fn all_of_something_is_a_list() {
        for summary in [
            "Get all users within the current account",
            "Returns all accounts under the authenticated account",
        ] {
            let mut other = operation(summary, &json!([user()]));
            other["operationId"] = json!("getPeopleInCurrentAccount");
            other["description"] = json!(summary);
            let other = document(&[("GET /people", other)]);
            assert!(try_propose(&other).is_err(), "{summary}");
        }
        assert_first(&[("GET /account", "Get all details of the account")]);
    }

    #[test]
    fn what_the_caller_has_or_must_do_is_not_the_caller() {
        let described = |description: &str| {
            let mut operation = operation("Get", &json!({ "id": "string" }));
            operation["description"] = json!(description);
            document(&[("GET /elements", operation)])
        };
        for description in [
            "Returns a list of all elements the authenticated user has permission to view",
            "The elements that the current user owns",
            "The agent making the call must take part in it",
            "The current user should have the role of an editor",
        ] {
            assert!(
                try_propose(&described(description)).is_err(),
                "{description}"
            );
        }
        for description in [
            "Checks whether the current user has access",
            "The current user has this identifier",
        ] {
            assert!(
                try_propose(&described(description)).is_ok(),
                "{description}"
            );
        }
    }

    #[test]
    fn an_introspection_for_clients_comes_after_the_key_itself() {
        let body = json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": {
            "type": "object", "required": ["token"], "properties": { "token": { "type": "string" } },
        } } } });
        let answer = json!({ "active": "boolean", "sub": "string", "username": "string", "scope": "string" });
        let mut introspection = operation("Introspect a token", &answer);
        introspection["requestBody"] = body;
        let identity = json!({ "id": "string", "user_id": "string", "identity": { "id": "string", "email": "string" } });
        let of = |scheme: &str| {
            let mut introspection = introspection.clone();
            introspection["security"] = json!([{ scheme: [] }]);
            let mut document = document(&[
                ("POST /oauth/introspect", introspection),
                ("GET /session", operation("", &identity)),
            ]);
            document["components"]["securitySchemes"]["client"] =
                json!({ "type": "http", "scheme": "basic" });
            try_propose(&document).unwrap().operation
        };
        assert_eq!(of("client"), "GET /session");
        assert_eq!(of("bearer"), "POST /oauth/introspect");
    }

    #[test]
    fn of_procedures_tenants_and_log_ins() {
        let mut procedure = operation("", &user());
        procedure["operationId"] = json!("User.Me");
        assert_eq!(
            proposed(&[("POST /rpc/User.Me", procedure)]).operation,
            "POST /rpc/User.Me"
        );
        assert_none(&[("POST /me", ""), ("POST /rpc/User.Close", "")]);
        assert_first(&[("GET /{tenant}/me", "")]);
        let status = json!({ "loggedIn": "boolean", "user": user() });
        assert_eq!(
            answer_of("GET /login/status", "", &status).operation,
            "GET /login/status"
        );
        assert_none(&[("POST /login/status", ""), ("GET /login", "")]);
    }

    #[test]
    fn a_review_of_oneself_makes_nothing() {
        let review = json!({ "kind": "string", "status": { "userInfo": {
            "username": "string", "uid": "string", "groups": ["string"],
        } } });
        let of = |id: &str| {
            let mut operation = operation("", &review);
            operation["operationId"] = json!(id);
            operation["description"] = json!("create a review");
            operation["requestBody"] = json!({ "required": true, "content": { "application/json": {
                "schema": schema(&review),
            } } });
            operation
        };
        let name = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";
        let found = proposed(&[
            (name, of("createAuthenticationSelfSubjectReview")),
            (
                "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                of("createAuthorizationSelfSubjectAccessReview"),
            ),
            (
                "POST /apis/authentication.k8s.io/v1/tokenreviews",
                of("createAuthenticationTokenReview"),
            ),
        ]);
        assert_eq!(found.operation, name, "{}", found.report);
        assert_eq!(found.identity["sub"], "/status/userInfo/uid");
        assert_first(&[("POST /whoami", "Perform the question who asks")]);
        assert_none(&[("POST /whoami", "Log in and tell who that is")]);
    }

    #[test]
    fn info_of_nobody_is_somebodys_where_it_names_a_user() {
        let of =
            |answer: Value| try_propose(&document(&[("GET /v1/info", operation("", &answer))]));
        let found = of(json!({ "username": "string" })).unwrap();
        assert_eq!(found.identity["preferred_username"], "/username");
        for answer in [
            json!({ "name": "string", "version": "string" }),
            json!({ "id": "string", "name": "string", "email": "string the maintainer's" }),
            json!({ "title": "string", "contact": { "email": "string" } }),
        ] {
            assert!(of(answer.clone()).is_err(), "{answer}");
        }
        let username = json!({ "username": "string" });
        let other = document(&[("GET /orders/info", operation("", &username))]);
        assert!(try_propose(&other).is_err());
        let found = proposed(&[
            ("GET /account", operation("", &user())),
            ("GET /info", operation("", &username)),
        ]);
        assert_eq!(found.operation, "GET /account", "{}", found.report);
    }

    #[test]
    fn what_is_told_by_the_token_is_the_callers() {
        let described = |description: &str| {
            let mut operation = operation("", &user());
            operation["description"] = json!(description);
            operation
        };
        for name in ["POST /_details", "POST /lookup", "GET /holder"] {
            let found = proposed(&[(name, described("Get user details based on access token"))]);
            assert_eq!(found.operation, name);
        }
        for other in [
            "Get prices based on the access token",
            "Sends user details based on access token",
        ] {
            let other = document(&[("POST /_details", described(other))]);
            assert!(try_propose(&other).is_err());
        }
        let mut ping = described("Use this to verify that authentication is functioning.");
        ping["responses"]["200"]["content"]["application/json"]["schema"] = schema(&json!({
            "meta": { "id": "string The id of the authenticated customer", "status": "string" },
        }));
        let found = proposed(&[("GET /util/ping", ping)]);
        assert_eq!(found.operation, "GET /util/ping");
    }

    #[test]
    fn a_post_that_reads_is_as_good() {
        assert_first(&[
            ("POST /users/get_current_account", "Get the current account"),
            ("POST /users/get_account", "Get an account"),
            ("GET /users", "List users"),
        ]);
        assert_first(&[("POST /token/introspect", "Introspect the token")]);
        assert_first(&[(
            "POST /auth.test",
            "Checks authentication and tells who you are",
        )]);
    }

    #[test]
    fn the_noun_says_whose_self_it_is() {
        assert_first(&[
            ("GET /users/self", "Get the logged-in user"),
            ("GET /groups/self", "Get the group of the logged-in user"),
        ]);
        assert_first(&[
            ("GET /profile", "Profile"),
            ("GET /leaderboards/me", "A place"),
            ("GET /plans/current", "The plan of the current user"),
            ("GET /devices/self", "A device"),
        ]);
        // Where there is nobody else, an organization's is.
        assert_first(&[
            ("GET /team", "Authenticated team"),
            ("GET /team/members", "Members of the authenticated team"),
        ]);
    }

    #[test]
    fn a_users_own_before_a_service_accounts_own() {
        let own = |what: &str| {
            let mut operation = operation(&format!("Gets my {what}"), &user());
            operation["operationId"] = json!(format!("Get my {what}"));
            operation["description"] = json!(format!("This gets my {what}"));
            operation
        };
        for account in ["service_accounts", "service-account", "serviceaccounts"] {
            let name = format!("GET /v1/{account}/me");
            let found = proposed(&[
                (&name, own("service account")),
                ("GET /v1/users/me", operation("", &user())),
            ]);
            assert_eq!(found.operation, "GET /v1/users/me", "{}", found.report);
            assert_first(&[(&name, "")]);
        }
        assert_first(&[("GET /account", "Get the current service account")]);
    }

    #[test]
    fn known_for_what_they_are() {
        for name in [
            "GET /auth_info",
            "GET /auth/token/lookup-self",
            "GET /auth.test",
            "GET /accounts/verify_credentials",
            "GET /token/self",
            "GET /people/me",
            "GET /api/v2/current_user",
            "GET /account/whoami",
        ] {
            let found = proposed(&[
                (name, operation("", &user())),
                ("GET /user-groups", operation("", &user())),
            ]);
            assert_eq!(found.operation, name, "{}", found.report);
        }
        let connections = json!([{ "id": "string", "tenantId": "string", "tenantName": "string" }]);
        let found = answer_of(
            "GET /Connections",
            "The connections for this user",
            &connections,
        );
        assert_eq!(
            found.identity["organizations"],
            json!({ "each": "", "id": "/tenantId", "name": "/tenantName" })
        );
    }

    #[test]
    fn a_parameter_that_is_the_caller_by_default() {
        let mut extension = operation("The extension of the user", &user());
        let parameter = |name: &str| {
            json!({
                "name": name, "in": "path", "required": true,
                "schema": { "type": "string", "default": "~" },
            })
        };
        extension["parameters"] = json!([parameter("account"), parameter("extension")]);
        let name = "GET /accounts/{account}/extensions/{extension}";
        let found = proposed(&[(name, extension), ("GET /phones", operation("", &user()))]);
        assert_eq!(found.operation, name);
    }

    #[test]
    fn a_parameter_that_is_said_to_be_the_caller() {
        let mut users = operation("User -- Get", &user());
        users["description"] = json!("Gets a user by id.");
        users["parameters"] = json!([{
            "name": "id", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "The user's id. ('me' can be used with a key of a user)",
        }]);
        let company = operation(
            "Company -- Get",
            &json!({ "id": "string", "name": "string" }),
        );
        let found = proposed(&[("GET /v2/users/{id}", users), ("GET /v2/company", company)]);
        assert_eq!(found.operation, "GET /v2/users/{id}", "{}", found.report);
    }

    #[test]
    fn one_that_asks_for_no_credential_loses() {
        let mut open = operation("Profile", &user());
        open["security"] = json!([]);
        let found = proposed(&[
            ("GET /profile", open),
            ("GET /account", operation("Account", &user())),
        ]);
        assert_eq!(found.operation, "GET /account", "{}", found.report);
    }

    #[test]
    fn something_of_the_callers_is_not_the_caller() {
        assert_first(&[
            ("GET /user", "Who"),
            ("GET /keys", "The keys of the authenticated user"),
            ("GET /usage", "Get the current user's usage"),
            ("GET /teams", "List teams for the authenticated user"),
        ]);
    }

    #[test]
    fn near_misses_and_ties_are_told_of() {
        let found = proposed(&[
            ("GET /v1/me", operation("Current user", &user())),
            ("GET /v1/self", operation("Current user", &user())),
            ("POST /v1/login", operation("Get the current user", &user())),
        ]);
        assert_eq!(found.operation, "GET /v1/me");
        assert!(
            found.report.contains("- GET /v1/self ("),
            "{}",
            found.report
        );
        assert!(
            found
                .report
                .contains("Never asked: POST /v1/login: it logs in"),
            "{}",
            found.report
        );
        let mut tie = operation("Current user", &user());
        tie["operationId"] = json!("me");
        let found = proposed(&[("GET /a/me", tie.clone()), ("GET /b/me", tie)]);
        assert!(
            found.report.contains("Check: GET /b/me is as likely."),
            "{}",
            found.report
        );
    }

    #[test]
    fn the_apis_own_before_openid_connects() {
        let claims = json!({ "sub": "string", "email": "string", "name": "string", "given_name": "string", "family_name": "string" });
        let userinfo = |security: Value, tags: Value| {
            let mut operation = operation("User info of the current user", &claims);
            operation["security"] = security;
            operation["tags"] = tags;
            operation
        };
        let own = || operation("", &json!({ "user_id": "string" }));
        for (path, security, tags) in [
            ("GET /oidc/userinfo", json!([{ "bearer": [] }]), json!([])),
            (
                "GET /userinfo",
                json!([{ "bearer": ["openid"] }]),
                json!([]),
            ),
            ("GET /userinfo", json!([{ "bearer": [] }]), json!(["OIDC"])),
        ] {
            let found = proposed(&[(path, userinfo(security, tags)), ("GET /users/me", own())]);
            assert_eq!(found.operation, "GET /users/me", "{}", found.report);
        }
        // One of the API's own is none of OpenID Connect.
        let other = userinfo(json!([{ "bearer": [] }]), json!([]));
        let found = proposed(&[("GET /session/userinfo", other), ("GET /users/me", own())]);
        assert_eq!(found.operation, "GET /session/userinfo", "{}", found.report);
    }

    #[test]
    fn what_goes_with_the_key_however_it_is_said() {
        for description in [
            "Retrieve the account(s) associated with a given private API key.",
            "Returns the organization connected to the current access token",
            "The user belonging to your secret key",
        ] {
            let mut accounts = operation("", &user());
            accounts["description"] = json!(description);
            let found = try_propose(&document(&[
                ("GET /ledger", accounts),
                ("GET /things", operation("", &user())),
            ]));
            assert_eq!(found.unwrap().operation, "GET /ledger", "{description}");
        }
        let mut others = operation("", &user());
        others["description"] = json!("The users associated with a project");
        assert!(try_propose(&document(&[("GET /ledger", others)])).is_err());
    }

    #[test]
    fn a_list_that_is_said_to_be_of_one() {
        let list = json!({ "data": [{ "id": "string", "type": "string" }] });
        let mut accounts = operation("Get accounts", &list);
        accounts["description"] = json!(
            "The account associated with your API key. This will return 1 object within the array."
        );
        let found = proposed(&[("GET /accounts", accounts)]);
        assert_eq!(found.identity["sub"], "/data/0/id");
    }

    #[test]
    fn a_page_of_many_is_nobody() {
        let users = json!([user()]);
        for page in ["pageInfo", "page_size", "totalPages"] {
            let page = json!({ page: "any", "results": users });
            let other = document(&[("GET /user", operation("The users", &page))]);
            assert!(try_propose(&other).is_err());
        }
    }

    #[test]
    fn something_across_the_account_is_not_the_account() {
        assert_first(&[
            ("GET /validate", "Validate the API key"),
            ("GET /usage/summary", "Get usage across your account"),
        ]);
    }

    #[test]
    fn what_needs_somebodys_identifier_is_none() {
        let with = |place: &str, name: &str| {
            let mut operation = operation("Get the user info of the authenticated user", &user());
            operation["parameters"] = json!([{ "name": name, "in": place, "required": true, "schema": { "type": "string" } }]);
            operation
        };
        let body = |properties: Value, required: Value| {
            let mut operation = operation("Get the user info", &user());
            operation["requestBody"] = json!({ "content": { "application/json": {
                "schema": { "type": "object", "properties": properties, "required": required },
            } } });
            operation
        };
        let text = json!({ "type": "string" });
        for (name, operation) in [
            (
                "GET /arrangements/{arrangement}/userinfo",
                with("path", "arrangement"),
            ),
            // The path has no place for it.
            ("GET /processed/user/info", with("path", "user_id")),
            (
                "POST /user.info",
                body(json!({ "userId": text }), json!(["userId"])),
            ),
        ] {
            assert!(
                try_propose(&document(&[(name, operation)])).is_err(),
                "{name}"
            );
        }
        // What the description tells, or the token itself, is nobody's identifier.
        for (properties, required) in [
            (
                json!({ "userId": { "type": "string", "default": "me" } }),
                json!(["userId"]),
            ),
            (json!({ "api_key": text }), json!(["api_key"])),
            (json!({ "userId": text }), json!([])),
        ] {
            let found = proposed(&[("POST /user.info", body(properties, required))]);
            assert_eq!(found.operation, "POST /user.info");
        }
        // So may an organization's in the body of what names itself; a person's may not.
        let name = "POST /query/whoami";
        let of_key = body(json!({ "organizationId": text }), json!(["organizationId"]));
        assert_eq!(proposed(&[(name, of_key)]).operation, name);
        let of_person = body(json!({ "userId": text }), json!(["userId"]));
        assert!(try_propose(&document(&[(name, of_person)])).is_err());
        // A value of the key's own may stand before the caller.
        let found = proposed(&[("GET /tenants/{tenant}/users/me", with("path", "tenant"))]);
        assert_eq!(found.operation, "GET /tenants/{tenant}/users/me");
    }

    #[test]
    fn what_can_be_asked_of_anybody_is_not_the_caller() {
        let with = |summary: &str, name: &str, is_required: bool| {
            let mut operation = operation(summary, &user());
            operation["parameters"] = json!([{ "name": name, "in": "query", "required": is_required,
                "schema": { "type": "string" } }]);
            operation
        };
        for (summary, name, is_required) in [
            ("Retrieves the user", "userId", false),
            ("Retrieves the user", "email", false),
            ("Retrieves the user", "loginId", false),
            ("Get account info", "did", true),
        ] {
            let other = with(summary, name, is_required);
            assert!(
                try_propose(&document(&[("GET /api/user", other)])).is_err(),
                "{name}"
            );
        }
        for (path, summary, name, is_required) in [
            ("GET /account", "Returns your account", "email", false),
            ("GET /account", "Get account info", "fields", false),
            ("GET /users/me", "", "project", true),
        ] {
            let own = with(summary, name, is_required);
            assert_eq!(proposed(&[(path, own)]).operation, path, "{name}");
        }
    }

    #[test]
    fn what_checks_or_is_current_is_named_before() {
        let thing = || json!({ "height": "integer" });
        for name in [
            "POST /templates/validate",
            "POST /orders/verify",
            "GET /verify/user",
            "GET /key-blocks/current",
            "GET /insights/account",
        ] {
            let described = operation("Get", &thing());
            assert!(
                try_propose(&document(&[(name, described)])).is_err(),
                "{name}"
            );
        }
        for name in [
            "GET /tokens/check",
            "GET /tokens/verify",
            "GET /users/current",
        ] {
            let described = operation("", &thing());
            assert_eq!(proposed(&[(name, described)]).operation, name);
        }
    }

    #[test]
    fn the_current_session_is_less_than_its_user() {
        let mut session = operation(
            "Get session",
            &json!({ "id": "string", "userId": "string" }),
        );
        session["operationId"] = json!("getSession");
        session["description"] =
            json!("A session of the logged in user. Use `current` for this one.");
        session["parameters"] = json!([{ "name": "id", "in": "path", "required": true,
            "description": "Session ID. Use the string 'current' for the current one.",
            "schema": { "type": "string" } }]);
        let found = proposed(&[
            ("GET /account/sessions/{id}", session),
            (
                "GET /account",
                operation("Get the currently logged in user", &user()),
            ),
        ]);
        assert_eq!(found.operation, "GET /account", "{}", found.report);
    }

    #[test]
    fn one_whose_answer_is_not_described() {
        let blank = |summary: &str| json!({ "summary": summary, "responses": { "200": { "description": "OK" } } });
        let found = proposed(&[
            ("GET /v1/users/me", blank("")),
            ("GET /v1/users", blank("List users")),
        ]);
        assert_eq!(found.operation, "GET /v1/users/me", "{}", found.report);
        assert_eq!(found.identity, "none");
        // The text of an example is no schema: nothing is said of the answer.
        let mut written = blank("Get the current user");
        written["responses"]["200"]["content"] = json!({ "application/json": {
            "examples": { "Result": { "value": "{\n  \"user\": { User }\n}" } },
        } });
        let found = proposed(&[("GET /me", written)]);
        assert_eq!(found.identity, "none");
        assert!(!found.overlay.contains("schema:"), "{}", found.overlay);
    }

    #[test]
    fn a_likelier_one_that_names_nobody_comes_after() {
        let nobody = operation(
            "Get your account's information",
            &json!({ "reputation": "number" }),
        );
        let username = json!({ "username": "string", "user_id": "string" });
        let mut named = operation("", &username);
        named["description"] = json!("Returns the name that is in use for the current account.");
        let found = proposed(&[("GET /user/account", nobody), ("GET /user/username", named)]);
        assert_eq!(found.operation, "GET /user/username", "{}", found.report);
    }

    #[test]
    fn an_answer_that_names_somebody_before_one_that_does_not() {
        let found = proposed(&[
            (
                "GET /user/account",
                operation("Account information", &json!({ "reputation": "number" })),
            ),
            (
                "GET /user/profile",
                operation(
                    "A profile",
                    &json!({ "first_name": "string", "last_name": "string" }),
                ),
            ),
        ]);
        assert_eq!(found.operation, "GET /user/profile");
    }
}

mod holders {
    use super::*;

    #[test]
    fn a_person_and_a_business_may_be_told_of_apart() {
        let individual = json!({ "email": "string", "firstName": "string", "lastName": "string" });
        let business = json!({ "email": "string", "name": "string", "website": "string" });
        let identity = mapped(&json!({
            "userId": "string", "username": "string", "accountType": "string",
            "individualAccount": individual, "businessAccount": business,
        }));
        assert_eq!(identity["sub"], "/userId");
        assert_eq!(
            identity["email"],
            json!(["/individualAccount/email", "/businessAccount/email"])
        );
        assert_eq!(identity["name"], "/businessAccount/name");
        assert_eq!(identity["given_name"], "/individualAccount/firstName");
        // Who says nothing of which of the two it is may have both.
        let identity = mapped(&json!({
            "userId": "string", "username": "string",
            "individualAccount": individual, "businessAccount": business,
        }));
        assert_eq!(identity["email"], Value::Null);
        assert_eq!(identity["name"], Value::Null);
    }

    #[test]
    fn the_nearest_to_the_root() {
        for somebody in [
            "owner",
            "contact",
            "impersonator",
            "invitedBy",
            "created_by",
            "manager",
            "account",
        ] {
            let found = mapped(&json!({
                "id": "string", "name": "string",
                somebody: { "id": "string", "name": "string", "email": "string" },
            }));
            assert_eq!(found["sub"], "/id", "{somebody}");
            assert_eq!(found["name"], "/name", "{somebody}");
            assert_eq!(found.get("email"), None, "{somebody}");
        }
    }

    #[test]
    fn through_wrappers() {
        for (answer, at) in [
            (json!({ "user": user() }), "/user"),
            (
                json!({ "team_user": user(), "team": { "id": "string" } }),
                "/team_user",
            ),
            (json!({ "ok": "boolean", "somebody": user() }), "/somebody"),
            (json!({ "data": { "viewer": user() } }), "/data/viewer"),
            (json!({ "data": [user()] }), "/data/0"),
            (
                json!({ "id": "string", "scopes": ["string"], "expires_at": "string", "token_type": "string", "owner": user() }),
                "/owner",
            ),
            (
                json!({ "session": { "id": "string", "expiresAt": "string" }, "user": user() }),
                "/user",
            ),
        ] {
            let found = mapped(&answer);
            assert_eq!(found["sub"], format!("{at}/id"), "{answer}");
            assert_eq!(found["email"], format!("{at}/email"), "{answer}");
        }
    }

    #[test]
    fn an_object_within_its_like_is_somebody_else() {
        let names = [
            "user", "member", "owner", "account", "team", "customer", "profile", "data",
        ];
        let mut fields = json!({ "id": { "type": "string" }, "email": { "type": "string" } });
        let mut nobodys = json!({});
        for name in names {
            fields[name] = json!({ "$ref": "#/components/schemas/Person" });
            nobodys[name] = json!({ "$ref": "#/components/schemas/Nobody" });
        }
        let whole = |name: &str| {
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            operation("Who", &json!({ "$": reference }))
        };
        let mut document =
            document(&[("GET /me", whole("Person")), ("GET /self", whole("Nobody"))]);
        document["components"]["schemas"] = json!({
            "Person": { "type": "object", "properties": fields },
            "Nobody": { "type": "object", "properties": nobodys },
        });
        // It has no end, and must come to one nevertheless.
        let found = try_propose(&document).unwrap();
        assert_eq!(found.identity["sub"], "/id");
        assert_eq!(found.identity["email"], "/email");
    }

    #[test]
    fn json_api() {
        let resource = json!({
            "id": "string", "type": "string",
            "attributes": { "email": "string", "first_name": "string", "date_joined": "string" },
            "relationships": { "team": { "data": { "id": "string" } } },
        });
        let found = mapped(&json!({ "data": resource, "included": [{ "id": "string" }] }));
        assert_eq!(found["sub"], "/data/id");
        assert_eq!(found["email"], "/data/attributes/email");
        assert_eq!(found["given_name"], "/data/attributes/first_name");
        assert_eq!(found["created_at"], "/data/attributes/date_joined");
    }

    #[test]
    fn resource_names_are_identifiers() {
        let named = json!({
            "name": "string The resource name of the user. Format: users/{user}",
            "displayName": "string", "emailAddress": "string",
        });
        let found = mapped(&json!({ "user": named }));
        assert_eq!(found["sub"], "/user/name");
        assert_eq!(found["name"], "/user/displayName");
        let shown = json!({ "name": { "$": { "type": "string", "example": "people/1" } } });
        let found = mapped(&shown);
        assert_eq!(found["sub"], "/name");
        assert_eq!(found.get("name"), None);
    }

    #[test]
    fn one_of_several_kinds_of_holder() {
        let one = |fields: Value| {
            let mut one = schema(&fields);
            one["nullable"] = json!(true);
            json!({ "$": one })
        };
        let account = one(json!({ "id": "integer", "email": "string" }));
        let found = mapped(&json!({ "data": { "user": account, "account": account } }));
        assert_eq!(found["sub"], json!(["/data/user/id", "/data/account/id"]));
        assert_eq!(
            found["email"],
            json!(["/data/user/email", "/data/account/email"])
        );
        assert_eq!(
            found["subject_type"],
            json!({ "present": [["/data/user", "user"], ["/data/account", "organization"]] })
        );
        assert_eq!(found.get("organizations"), None);
        // An account that is always there is what the user belongs to.
        let both = json!({ "user": user(), "account": { "id": "string", "name": "string" } });
        let found = mapped(&both);
        assert_eq!(found["sub"], "/user/id");
        assert_eq!(
            found["organizations"],
            json!({ "id": "/account/id", "name": "/account/name" })
        );
    }

    #[test]
    fn what_is_no_user() {
        for (name, answer, kind) in [
            (
                "GET /team",
                json!({ "id": "string", "name": "string" }),
                "organization",
            ),
            (
                "GET /merchants/me",
                json!({ "merchant": { "id": "string", "name": "string", "owner_email": "string" } }),
                "organization",
            ),
            (
                "GET /oauth/application",
                json!({ "id": "string", "name": "string" }),
                "application",
            ),
        ] {
            let found = answer_of(name, "The one of the token", &answer).identity;
            assert_eq!(found["subject_type"], kind, "{name}");
            assert_eq!(found.get("email"), None, "{name}");
        }
        // One without an identifier is told of as an organization, and nobody is named.
        let workspace = json!({ "name": "string", "slug": "string" });
        let found = answer_of("GET /workspace", "The workspace of the key", &workspace).identity;
        assert_eq!(
            found,
            json!({
                "subject_type": "organization",
                "organizations": { "name": "/name", "slug": "/slug" },
            })
        );
        // A project has no tokens; its organization has.
        let projects = json!({ "data": [{
            "id": "string", "name": "string", "organization": { "id": "string", "name": "string" },
        }] });
        let found = answer_of("GET /projects", "Project of the API key", &projects).identity;
        assert_eq!(found.get("sub"), None);
        assert_eq!(found["organizations"]["id"], "/data/0/organization/id");
    }

    #[test]
    fn a_tokens_own_fields_are_the_tokens() {
        let token = json!({
            "id": "string", "name": "string", "scopes": ["string"], "created_at": "string",
            "expires_at": "string", "last_used_at": "string", "user_id": "string",
        });
        let found = answer_of("GET /tokens/self", "The current token", &token).identity;
        assert_eq!(
            found,
            json!({
                "sub": "/user_id", "subject_type": "user", "scopes": "/scopes",
                "token": {
                    "id": "/id", "name": "/name", "expires_at": "/expires_at",
                    "issued_at": "/created_at", "last_used_at": "/last_used_at",
                },
            })
        );
        let key = json!({ "id": "string", "label": "string", "expiresAt": "string" });
        let found = answer_of("GET /api-key", "The current API key", &key).identity;
        assert_eq!(
            found,
            json!({ "token": { "id": "/id", "name": "/label", "expires_at": "/expiresAt" } })
        );
        // An account may end, too.
        let account = json!({ "id": "string", "email": "string", "expires_at": "string" });
        assert_eq!(mapped(&account).get("token"), None);
    }

    #[test]
    fn the_end_of_a_session_is_the_credentials() {
        let answer = json!({ "expires_at": "string", "identity": { "id": "string" } });
        let mut operation = operation("Who is signed in", &answer);
        let expires_at = |operation: &Value| {
            let found = proposed(&[("GET /whoami", operation.clone())]).identity;
            found.pointer("/token/expires_at").cloned()
        };
        assert_eq!(expires_at(&operation), None);
        operation["responses"]["200"]["content"]["application/json"]["schema"]["title"] =
            json!("Session");
        assert_eq!(expires_at(&operation), Some(json!("/expires_at")));
    }

    #[test]
    fn an_introspection() {
        let answer = json!({
            "active": "boolean", "scope": "string", "client_id": "string", "username": "string",
            "exp": "integer", "iat": "integer", "sub": "string", "jti": "string",
        });
        let found = answer_of("POST /introspect", "Introspect", &answer).identity;
        assert_eq!(found["sub"], "/sub");
        assert_eq!(found["preferred_username"], "/username");
        assert_eq!(
            found["token"],
            json!({ "id": "/jti", "expires_at": "/exp", "issued_at": "/iat" })
        );
    }

    #[test]
    fn two_readings_are_left_out() {
        let found = answer_of(
            "GET /me",
            "Me",
            &json!({ "id": "integer", "user_id": "integer", "email": "string" }),
        );
        assert_eq!(found.identity.get("sub"), None);
        assert!(
            found
                .overlay
                .contains("sub is left out: /id is as likely as /user_id"),
            "{}",
            found.overlay
        );
        let told = json!({
            "id": "integer The id of the membership", "user_id": "integer", "email": "string",
        });
        assert_eq!(mapped(&told)["sub"], "/user_id");
        let found = answer_of(
            "GET /me",
            "Me",
            &json!({ "alpha_id": "string", "beta_id": "string" }),
        );
        assert!(
            found.overlay.contains("any of /alpha_id, /beta_id may be"),
            "{}",
            found.overlay
        );
    }

    #[test]
    fn a_list_of_memberships_has_no_holder() {
        let answer = json!([{ "id": "string", "tenantId": "string", "tenantName": "string" }]);
        let found = answer_of(
            "GET /connections",
            "The connections of the current user",
            &answer,
        );
        assert_eq!(
            found.identity,
            json!({ "organizations": { "each": "", "id": "/tenantId", "name": "/tenantName" } })
        );
        assert!(
            found
                .overlay
                .contains("each item of the answer is a membership")
        );
    }

    #[test]
    fn the_item_of_the_collection_that_the_path_names() {
        let answer = json!({
            "profiles": [{ "id": "string", "email": "string" }],
            "links": { "profiles.image": "string" },
            "linked": { "groups": [{ "id": "string" }] },
            "meta": { "count": "integer" },
        });
        let found = answer_of("GET /profiles/me", "The profile", &answer);
        assert_eq!(found.identity["sub"], "/profiles/0/id");
        assert_eq!(found.identity["email"], "/profiles/0/email");
        // Of another path, it may be anybody.
        let found = answer_of("GET /me", "The current user", &answer);
        assert_eq!(found.identity, "none");
    }

    #[test]
    fn a_list_of_whoever_sent_the_request() {
        let answer = json!({
            "Accounts": [{ "AccountId": "string", "Email": "string", "FirstName": "string" }],
            "ResponseContext": { "RequestId": "string" },
        });
        let found = answer_of(
            "POST /ReadAccounts",
            "Gets information about the account that sent the request.",
            &answer,
        );
        assert_eq!(found.identity["sub"], "/Accounts/0/AccountId");
        assert_eq!(found.identity["email"], "/Accounts/0/Email");
        assert_eq!(found.identity.get("organizations"), None);
        // Several of them are those that the caller belongs to.
        let found = answer_of("GET /me", "The accounts of the caller", &answer);
        assert_eq!(found.identity["organizations"]["id"], "/AccountId");
        assert_eq!(found.identity.get("sub"), None);
    }

    #[test]
    fn the_caller_under_another_name() {
        let meta = |description: &str| {
            let id = format!("string {description}");
            mapped(&json!({ "data": [{ "id": "string" }], "meta": { "id": id } }))
        };
        assert_eq!(meta("The authenticated customer's id")["sub"], "/meta/id");
        assert_eq!(meta("The id of the request")["sub"], "/data/0/id");
        let party = mapped(&json!({ "party": { "name": "string" } }));
        assert_eq!(party, json!({ "name": "/party/name" }));
    }

    #[test]
    fn an_identifier_that_is_named_as_what_the_path_names() {
        let answer = json!({ "customer_uuid": "string", "routing_id": "string", "name": "string" });
        let found = answer_of("GET /customers/current", "The current customer", &answer);
        assert_eq!(found.identity["sub"], "/customer_uuid");
    }

    #[test]
    fn an_identifier_of_the_users_profile_is_not_the_users() {
        let answer = json!({
            "id": "string Unique identifier for the user profile",
            "user_id": "string Unique identifier for the user",
            "email": "string",
        });
        assert_eq!(mapped(&answer)["sub"], "/user_id");
    }

    #[test]
    fn the_fields_of_an_object_that_is_described_as_items() {
        let fields = schema(&json!({ "id": "integer", "username": "string" }));
        let mut operation = operation(
            "Get the current user",
            &json!({ "$": { "type": "object", "items": fields } }),
        );
        let example = json!({ "id": 1, "username": "ada", "email": "ada@acme.dev" });
        operation["responses"]["200"]["content"]["application/json"]["example"] = example;
        let found = proposed(&[("GET /me", operation)]);
        assert_eq!(found.identity["sub"], "/id");
        assert_eq!(found.identity["preferred_username"], "/username");
    }

    #[test]
    fn a_name_to_sign_in_with_is_no_identifier() {
        let found = mapped(&json!({ "username": "string", "email": "string" }));
        assert_eq!(found.get("sub"), None);
        assert_eq!(found["preferred_username"], "/username");
    }
}

mod fields {
    use super::*;

    #[test]
    fn a_picture_is_an_address() {
        for (picture, is_one) in [
            (json!("string"), true),
            (json!("string:uri"), true),
            (json!("string URL of the avatar"), true),
            (json!("string SHA1 hash of the avatar"), false),
            (json!("string Identifier of the file"), false),
            (json!("string:byte"), false),
            (json!("integer"), false),
            (
                json!({ "$": { "type": "string", "example": "0f3a" } }),
                false,
            ),
            (
                json!({ "$": { "type": "string", "example": "https://acme.dev/a.png" } }),
                true,
            ),
            (
                json!({ "$": { "type": "string", "example": "/files/a.jpg" } }),
                true,
            ),
            (
                json!({ "$": { "type": "string", "example": "a.jpg", "description": "File name" } }),
                false,
            ),
        ] {
            let found = mapped(&json!({ "id": "string", "avatar": picture }));
            assert_eq!(found.get("picture").is_some(), is_one, "{picture}");
        }
        for (answer, pointer) in [
            (
                json!({ "picture": { "small": "string", "medium": "string", "tag": "string" } }),
                "/picture/medium",
            ),
            (
                json!({ "avatarUrls": { "16x16": "string", "48x48": "string" } }),
                "/avatarUrls/48x48",
            ),
            (json!({ "pic_url": "string" }), "/pic_url"),
            (
                json!({ "cover_image_url": "string", "portrait": "string:uri" }),
                "/portrait",
            ),
        ] {
            let mut answer = answer;
            answer["id"] = json!("string");
            assert_eq!(mapped(&answer)["picture"], pointer);
        }
        let tagged = json!({ "id": "string", "avatar": { "_id": "string", "tag": "string" } });
        assert_eq!(mapped(&tagged).get("picture"), None);
    }

    /// A file's identifier, or the file where it was asked to be read along.
    #[test]
    fn a_text_or_an_object_is_a_reference() {
        for (text, picture) in [
            (json!({ "type": "string" }), Value::Null),
            (
                json!({ "type": "string", "format": "uri" }),
                json!("/avatar"),
            ),
            (
                json!({ "type": "string", "description": "The URL" }),
                json!("/avatar"),
            ),
        ] {
            let avatar = json!({ "oneOf": [text, { "type": "object", "properties": { "id": { "type": "string" } } }] });
            let found =
                mapped(&json!({ "id": "string", "email": "string", "avatar": { "$": avatar } }));
            assert_eq!(found["picture"], picture, "{avatar}");
        }
    }

    #[test]
    fn names_and_addresses_of_many_kinds() {
        for (field, claim) in [
            ("friendly_name", "name"),
            ("pref_name", "name"),
            ("userPrincipalName", "preferred_username"),
            ("confirmed_email", "email"),
            ("primaryEmail", "email"),
            ("date_joined", "created_at"),
            ("member_since", "created_at"),
        ] {
            let found = mapped(&json!({ "id": "string", field: "string" }));
            assert_eq!(found[claim], format!("/{field}"), "{field}");
        }
        let primary = json!({ "id": "string", "emails": { "primary": "string" } });
        assert_eq!(mapped(&primary)["email"], "/emails/primary");
        let flag = json!({ "id": "string", "email": "string", "confirmed_email": "boolean" });
        let found = mapped(&flag);
        assert_eq!(found["email"], "/email");
        assert_eq!(found["email_verified"], "/confirmed_email");
    }

    #[test]
    fn an_integer_is_no_name() {
        let found = mapped(&json!({ "id": "string", "name": "integer", "email": "boolean" }));
        assert_eq!(found.get("name"), None);
        assert_eq!(found.get("email"), None);
    }

    #[test]
    fn what_is_on_its_way_out_loses() {
        let old = |more: Value| {
            let mut old = json!({ "type": "string" });
            old.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            json!({ "$": old })
        };
        let found = mapped(&json!({
            "id": "string",
            "username": old(json!({ "deprecated": true })), "handle": "string",
            "name": old(json!({ "description": "This property is no longer available." })),
            "displayName": "string",
            "email": old(json!({ "writeOnly": true })),
        }));
        assert_eq!(found["preferred_username"], "/handle");
        assert_eq!(found["name"], "/displayName");
        assert_eq!(found.get("email"), None);
    }

    #[test]
    fn a_full_name_before_one_to_sign_in_with() {
        let found = mapped(&json!({ "id": "string", "name": "string", "real_name": "string" }));
        assert_eq!(found["name"], "/real_name");
        let found = mapped(&json!({ "id": "string", "name": "string The user name. For login." }));
        assert_eq!(found["preferred_username"], "/name");
        assert_eq!(found.get("name"), None);
    }

    #[test]
    fn a_name_beside_a_family_name_is_the_given_one() {
        let identity = mapped(&json!({ "id": "string", "name": "string", "surname": "string" }));
        assert_eq!(identity["given_name"], "/name");
        assert_eq!(identity["family_name"], "/surname");
        assert_eq!(identity["name"], Value::Null);
        for full in [
            json!({ "id": "string", "name": "string The full name", "last_name": "string" }),
            json!({ "id": "string", "name": "string", "first_name": "string", "last_name": "string" }),
        ] {
            assert_eq!(mapped(&full)["name"], "/name", "{full}");
        }
    }

    #[test]
    fn what_names_its_replacement_is_gone() {
        let identity = mapped(&json!({
            "id": "string", "email": "string", "login": "string DEPRECATED. Use `email`.",
        }));
        assert_eq!(identity["preferred_username"], Value::Null);
        // Without one, it is all there is.
        let identity = mapped(&json!({ "id": "string", "login": "string Deprecated." }));
        assert_eq!(identity["preferred_username"], "/login");
    }

    #[test]
    fn a_size_alone_is_no_address() {
        let image = |original: &str| json!({ "id": "string", "image": { "original": original } });
        for (original, picture) in [
            ("string", Value::Null),
            ("string:uri", json!("/image/original")),
            ("string The URL of the image", json!("/image/original")),
        ] {
            assert_eq!(mapped(&image(original))["picture"], picture, "{original}");
        }
    }

    #[test]
    fn an_address_to_sign_in_with() {
        let login = json!({ "type": "string", "example": "ada@acme.dev" });
        let identity = mapped(&json!({ "name": "string", "loginId": { "$": login } }));
        assert_eq!(identity["email"], "/loginId");
        assert_eq!(identity["sub"], "/loginId");
        let identity = mapped(&json!({ "name": "string", "loginId": "string" }));
        assert_eq!(identity["email"], Value::Null);
    }

    #[test]
    fn a_users_name_is_no_name_to_sign_in_with() {
        let identity =
            mapped(&json!({ "id": "string", "email": "string", "name": "string User name." }));
        assert_eq!(identity["name"], "/name");
        assert_eq!(identity["preferred_username"], Value::Null);
        let identity =
            mapped(&json!({ "id": "string", "name": "string The user name. For login." }));
        assert_eq!(identity["preferred_username"], "/name");
    }

    #[test]
    fn an_accounts_name_is_not_that_of_a_person() {
        let identity = mapped(&json!({
            "id": "string", "firstName": "string", "lastName": "string", "accountName": "string",
        }));
        assert_eq!(identity["name"], Value::Null);
        assert_eq!(
            mapped(&json!({ "id": "string", "accountName": "string" }))["name"],
            "/accountName"
        );
    }

    #[test]
    fn an_answer_that_tells_whether_anybody_is_logged_in() {
        let found = answer_of(
            "GET /me",
            "The current user",
            &json!({ "loggedIn": "boolean", "username": "string" }),
        );
        assert!(found.overlay.contains("/loggedIn:"), "{}", found.overlay);
    }

    #[test]
    fn organizations_by_what_is_said_of_them() {
        for (answer, organizations) in [
            (
                json!({ "app": { "$": {
                    "type": "object", "description": "An app is a workspace on Acme",
                    "properties": { "id_code": { "type": "string" }, "name": { "type": "string" } },
                } } }),
                json!({ "id": "/app/id_code", "name": "/app/name" }),
            ),
            (
                json!({ "silo_id": "string The silo to which this user belongs", "silo_name": "string" }),
                json!({ "id": "/silo_id", "name": "/silo_name" }),
            ),
            (
                json!({ "env_id": "string The environment (\"organization\") that the current token is attached to" }),
                json!({ "id": "/env_id" }),
            ),
            (
                json!({ "app": { "id": "string", "name": "string" }, "silo_id": "string A silo" }),
                Value::Null,
            ),
        ] {
            let mut answer = answer;
            answer["id"] = json!("string");
            assert_eq!(mapped(&answer)["organizations"], organizations, "{answer}");
        }
    }

    #[test]
    fn an_organization_before_what_is_within_it() {
        let workspaces = json!([{ "id": "string", "name": "string" }]);
        for (answer, organizations) in [
            (
                json!({ "organizationId": "string", "workspaces": workspaces }),
                json!({ "id": "/organizationId" }),
            ),
            (
                json!({ "organization": { "id": "string", "name": "string" }, "teams": workspaces }),
                json!({ "id": "/organization/id", "name": "/organization/name" }),
            ),
            (
                json!({ "organization_id": "string", "organizations": workspaces }),
                json!({ "each": "/organizations", "id": "/id", "name": "/name" }),
            ),
            (
                json!({ "organizations": [{ "id": "string", "name": "string", "tenant": { "id": "string", "name": "string" } }] }),
                json!({ "each": "/organizations", "id": "/id", "name": "/name" }),
            ),
            (
                json!({ "memberships": [{ "id": "string", "organization": { "id": "string", "name": "string" } }] }),
                json!({ "each": "/memberships", "id": "/organization/id", "name": "/organization/name" }),
            ),
            // An account may be the user's own.
            (
                json!({ "user_id": "string", "account_id": "string" }),
                Value::Null,
            ),
            (
                json!({ "user_id": "string", "account_id": "string The account of the company" }),
                json!({ "id": "/account_id" }),
            ),
        ] {
            let mut answer = answer;
            if answer.get("user_id").is_none() {
                answer["id"] = json!("string");
            }
            assert_eq!(mapped(&answer)["organizations"], organizations, "{answer}");
        }
    }

    #[test]
    fn a_free_text_is_no_organization() {
        let profile = json!({
            "id": "string", "login": "string", "company": "string", "bio": "string", "blog": "string",
        });
        assert_eq!(mapped(&profile).get("organizations"), None);
        // What a person writes of an employer, unless it is said to be a name.
        for (company, organizations) in [
            ("string The user's company.", Value::Null),
            ("string", Value::Null),
            (
                "string The name of the user's company.",
                json!({ "name": "/company" }),
            ),
        ] {
            let user = json!({ "id": "string", "first_name": "string", "company": company });
            assert_eq!(mapped(&user)["organizations"], organizations, "{company}");
        }
        let key = json!({ "id": "string", "company": "string" });
        assert_eq!(mapped(&key)["organizations"], json!({ "name": "/company" }));
        let active = json!({ "id": "string", "email": "string", "active_organization": "integer" });
        assert_eq!(
            mapped(&active)["organizations"],
            json!({ "id": "/active_organization" })
        );
        let found = answer_of(
            "GET /me",
            "Me",
            &json!({ "id": "string", "tenant": "string" }),
        );
        assert_eq!(found.identity.get("organizations"), None);
        assert!(
            found
                .overlay
                .contains("organizations is left out: /tenant may be an identifier or a name"),
            "{}",
            found.overlay
        );
    }

    #[test]
    fn an_organization_by_the_name_of_its_business() {
        let account = json!({ "uid": "string", "full_name": "string", "business_name": "string" });
        let found = mapped(&json!({ "user": user(), "account": account }));
        assert_eq!(
            found["organizations"],
            json!({ "id": "/account/uid", "name": "/account/business_name" })
        );
    }

    #[test]
    fn organizations_of_lists() {
        for (answer, organizations) in [
            (
                json!({ "orgs": [{ "id": "string", "name": "string" }] }),
                json!({ "each": "/orgs", "id": "/id", "name": "/name" }),
            ),
            (
                json!({ "privileges": [{ "org_id": "string", "org_name": "string", "role": "string" }] }),
                json!({ "each": "/privileges", "id": "/org_id", "name": "/org_name", "role": "/role" }),
            ),
            (
                json!({ "teams": ["integer"] }),
                json!({ "each": "/teams", "id": "" }),
            ),
            (json!({ "team_ids": ["string"] }), Value::Null),
        ] {
            let mut answer = answer;
            answer["id"] = json!("string");
            assert_eq!(mapped(&answer)["organizations"], organizations, "{answer}");
        }
    }
}

#[test]
fn the_address_of_a_mailbox_and_one_to_be_reached_at_are_the_holders() {
    for (at, fields) in [
        (
            "/contactEmail",
            json!({ "contactEmail": "string User contact email" }),
        ),
        (
            "/mailbox/full_address",
            json!({ "mailbox": { "pk": "integer", "full_address": "string" } }),
        ),
    ] {
        let mut user = json!({ "id": "string", "first_name": "string", "last_name": "string" });
        let user_fields = user.as_object_mut().unwrap();
        user_fields.extend(fields.as_object().unwrap().clone());
        assert_eq!(mapped(&user)["email"], at);
    }
}

#[test]
fn an_identifier_of_which_nothing_is_said_is_nobodys() {
    let with = |id: &str, field: &str| {
        let mut user = json!({ "email": "string" });
        user[id] = json!(field);
        mapped(&user)["sub"].clone()
    };
    assert_eq!(
        with("historyId", "string The current history record"),
        Value::Null
    );
    assert_eq!(with("fb_pixel_id", "string"), Value::Null);
    assert_eq!(with("keycloakGuid", "string"), "/keycloakGuid");
    assert_eq!(
        with("blue_id", "string The identifier of the user"),
        "/blue_id"
    );
}

#[test]
fn pictures_and_addresses_stand_in_links_lists_and_records() {
    let identity = mapped(&json!({
        "id": "string", "name": "string",
        "_links": { "avatar": "string" }, "metadata": { "email": "string?" },
    }));
    assert_eq!(identity["picture"], "/_links/avatar");
    assert_eq!(identity["email"], "/metadata/email");
    let images =
        json!({ "id": "string", "profile_image": [{ "type": "string", "uri": "string" }] });
    assert_eq!(mapped(&images)["picture"], "/profile_image/0/uri");
}

#[test]
fn a_unique_name_of_several_words_is_no_name_to_sign_in_with() {
    let name = |sample: &str| {
        let schema =
            json!({ "type": "string", "description": "The unique name", "example": sample });
        mapped(&json!({ "id": "string", "email": "string", "name": { "$": schema } }))
    };
    assert_eq!(name("Ann O'Hara")["name"], "/name");
    assert_eq!(name("Ann O'Hara")["preferred_username"], Value::Null);
    assert_eq!(name("ann")["preferred_username"], "/name");
}

#[test]
fn a_value_that_is_told_in_words_is_sent() {
    let mut profile = operation("The current user", &user());
    profile["parameters"] = json!([{
        "in": "query", "name": "api-version", "required": true, "schema": { "type": "string" },
        "description": "Version of the API. This should be set to '7.2-preview.3'.",
    }]);
    let found = proposed(&[("GET /me", profile)]);
    assert!(found.overlay.contains("api-version: \"7.2-preview.3\""));
}

#[test]
fn contact_information_is_the_holders_own() {
    let answer = json!({ "UserID": "integer", "Name": "string", "ContactInformation": { "EmailAddress": "string" } });
    assert_eq!(mapped(&answer)["email"], "/ContactInformation/EmailAddress");
}

#[test]
fn a_number_of_a_passport_is_no_identifier_and_a_public_one_is() {
    let answer = json!({ "nationalId": "string", "email": "string" });
    assert_eq!(mapped(&answer).get("sub"), None);
    let answer = json!({ "directoryUserId": "string", "publicId": "string", "email": "string" });
    assert_eq!(mapped(&answer)["sub"], "/publicId");
}

#[test]
fn an_account_beside_a_name_to_sign_in_with_is_not_the_user() {
    let answer = json!({ "accountId": "integer", "userName": "string", "email": "string" });
    let of_user = answer_of("GET /userinfo", "Get the current user", &answer);
    assert_eq!(of_user.identity.get("sub"), None, "{}", of_user.overlay);
    let of_account = answer_of("GET /account", "Get the current account", &answer);
    assert_eq!(of_account.identity["sub"], "/accountId");
    let own = json!({ "accountId": "string The account ID of the user", "userName": "string" });
    assert_eq!(mapped(&own)["sub"], "/accountId");
}

#[test]
fn what_is_of_a_project_and_called_nothing_is_no_holder() {
    let answer = json!({ "id": "string", "project": "string", "type": "string" });
    assert_eq!(mapped(&answer).get("sub"), None);
    let person =
        json!({ "id": "string", "project": "string", "type": "string", "email": "string" });
    assert_eq!(mapped(&person)["sub"], "/id");
}

#[test]
fn an_index_of_the_caller_is_read() {
    let index = operation("Indexes this instance.", &user());
    let found = proposed(&[("GET /me", index)]);
    assert_eq!(found.operation, "GET /me");
}

#[test]
fn of_two_as_likely_the_one_that_declares_its_credential_is_taken() {
    let mut open = operation("", &user());
    open["security"] = json!([{}]);
    let asking = operation("", &user());
    let found = proposed(&[("GET /a/me", open), ("GET /longer/a/me", asking)]);
    assert_eq!(found.operation, "GET /longer/a/me", "{}", found.overlay);
}

#[test]
fn what_is_never_asked_is_told_where_nothing_is_left() {
    let mut document = document(&[("GET /me", operation("Suspend the current user", &user()))]);
    document["servers"] = json!([]);
    let Err(message) = try_propose(&document) else {
        panic!("it is asked");
    };
    assert!(
        message.contains("never asked: GET /me: it changes something"),
        "{message}"
    );
}

#[test]
fn an_introspection_without_a_user_tells_of_the_token() {
    let answer = json!({ "uuid": "string", "issued_at": "string", "features": ["string"] });
    let found = answer_of(
        "GET /auth/introspect",
        "Introspects the given token",
        &answer,
    )
    .identity;
    assert_eq!(found.get("sub"), None);
    assert_eq!(found["token"]["id"], "/uuid");
    let answer = json!({ "sub": "string", "scope": "string" });
    let found = answer_of(
        "GET /auth/introspect",
        "Introspects the given token",
        &answer,
    )
    .identity;
    assert_eq!(found["sub"], "/sub");
}

#[test]
fn a_name_that_is_unique_is_one_to_sign_in_with() {
    let answer = json!({
        "id": "string", "email": "string", "display_name": "string The full name of the user",
        "name": "string The unique name that is used to identify the user",
    });
    let found = mapped(&answer);
    assert_eq!(found["name"], "/display_name");
    assert_eq!(found["preferred_username"], "/name");
}

#[test]
fn an_account_that_is_followed_is_no_organization() {
    let account = json!({ "id": "string", "name": "string", "followersCount": "integer" });
    let answer = json!({ "id": "string", "email": "string", "account": account });
    assert_eq!(mapped(&answer).get("organizations"), None);
}

#[test]
fn whoever_has_to_consent_to_terms_is_a_person() {
    let answer = json!({ "id": "string", "email": "string", "legal_consent_pending": "boolean" });
    assert_eq!(mapped(&answer)["subject_type"], "user");
    let answer = json!({ "id": "string", "email": "string", "legal_name": "string" });
    assert_eq!(mapped(&answer).get("subject_type"), None);
}

#[test]
fn identifiers_of_one_word_are_known() {
    let answer = json!({ "memberid": "integer", "email": "string" });
    assert_eq!(mapped(&answer)["sub"], "/memberid");
    let answer = json!({ "immutableId": "string", "objectId": "string", "mail": "string" });
    assert_eq!(mapped(&answer)["sub"], "/objectId");
}

#[test]
fn the_item_of_the_caller_among_things_is_nobody() {
    let mut document = document(&[("GET /clusters/{id}", operation("Get the details", &user()))]);
    document["paths"]["/clusters/{id}"]["get"]["parameters"] = json!([{
        "in": "path", "name": "id", "required": true, "description": "An id, or *me* for self",
        "schema": { "type": "string", "default": "me" },
    }]);
    assert!(try_propose(&document).is_err());
}

#[test]
fn an_answer_that_is_a_text_names_nobody() {
    let text = operation("Returns the current administrator", &json!("string"));
    assert!(try_propose(&document(&[("GET /access/administrator", text)])).is_err());
}

#[test]
fn whom_the_request_names_is_not_the_caller() {
    let other = operation("Retrieve the information about the user by ID", &user());
    assert!(try_propose(&document(&[("GET /getUser", other)])).is_err());
    let own = operation("Get the current user by ID token", &user());
    assert_eq!(proposed(&[("GET /getUser", own)]).operation, "GET /getUser");
}

#[test]
fn a_page_of_odata_is_a_list() {
    let answer = json!({ "@recordsetCount": "integer", "@nextLink": "string", "value": [user()] });
    let list = operation("Retrieve the accounts of your company", &answer);
    assert!(try_propose(&document(&[("GET /accounts", list)])).is_err());
    let answer = json!({ "isLastPage": "boolean", "values": [user()] });
    let list = operation("Get organizations", &answer);
    assert!(try_propose(&document(&[("GET /organization", list)])).is_err());
}

#[test]
fn a_key_in_the_path_is_asked_about_where_another_asks() {
    let mut details = operation("Showing the details of an API key", &user());
    details["parameters"] = json!([{
        "in": "path", "name": "key", "required": true, "description": "The API key to show",
        "schema": { "type": "string" },
    }]);
    assert!(try_propose(&document(&[("GET /apikeys/{key}", details)])).is_err());
}

#[test]
fn the_company_of_a_public_api_is_its_makers() {
    let mut document = document(&[("GET /company", operation("", &user()))]);
    assert!(try_propose(&document).is_ok());
    document.as_object_mut().unwrap().remove("security");
    document.as_object_mut().unwrap().remove("components");
    assert!(try_propose(&document).is_err());
}

#[test]
fn a_success_that_is_a_flag_is_one_where_it_is_true() {
    let flag = operation("Validate Token", &json!("boolean"));
    let found = proposed(&[("GET /token/validate", flag)]);
    assert_eq!(found.identity, "none");
    assert!(found.overlay.contains("\"\": true"), "{}", found.overlay);
}

mod forms {
    use super::*;

    /// What is proposed for `GET /me`, whose answer has one of these forms.
    fn of_forms(keyword: &str, forms: &[Value]) -> Proposed {
        let forms: Vec<_> = forms.iter().map(schema).collect();
        let union = json!({ "$": { keyword: forms } });
        answer_of("GET /me", "Get the current user", &union)
    }

    #[test]
    fn one_that_is_nobodys_leaves_the_others() {
        let somebody = json!({ "user_id": "string", "name": "string" });
        let kind = |value: Value| json!({ "$": { "enum": [value] } });
        for (form, why) in [
            (
                json!({ "id": "string", "code": "string", "message": "string" }),
                "it is an error: {code, id, message}",
            ),
            (
                json!({ "$": { "title": "ApiError", "properties": { "id": {}, "name": {} } } }),
                "it is an error: `ApiError` {id, name}",
            ),
            (
                json!({ "id": "string", "type": kind(json!("anonymous")) }),
                "it is for whom nobody knows: {id, type}",
            ),
            (
                json!({ "id": "string", "authenticated": kind(json!(false)) }),
                "it is for whom nobody knows: {authenticated, id}",
            ),
            (
                json!({ "plan": "string", "region": "string" }),
                "it tells of nobody: {plan, region}",
            ),
            (
                json!({ "id": "string", "name": "string", "prefix": "string", "expires_at": "string" }),
                "it tells of the token alone, whose identifier is no holder's: {expires_at, id, name, prefix}",
            ),
        ] {
            let found = of_forms("oneOf", &[form.clone(), somebody.clone()]);
            assert_eq!(found.identity["sub"], "/user_id", "{form}");
            assert_eq!(found.identity["name"], "/name", "{form}");
            // A comment is broken into lines.
            let said = found.overlay.replace('#', " ");
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            let expected =
                format!("Nothing is taken from one of the forms of the answer, for {why}.");
            assert!(said.contains(&expected), "{}", found.overlay);
        }
    }

    #[test]
    fn within_what_is_around_the_holder() {
        let union = json!({ "$": { "oneOf": [
            { "title": "Problem", "properties": { "id": {}, "name": {} } },
            { "properties": { "user_id": {}, "name": {} } },
        ] } });
        let found = answer_of("GET /me", "Me", &json!({ "data": union }));
        assert_eq!(found.identity["sub"], "/data/user_id");
        assert!(
            found.overlay.contains("forms of /data,"),
            "{}",
            found.overlay
        );
    }

    #[test]
    fn several_at_once_are_read_together() {
        let found = of_forms(
            "anyOf",
            &[user(), json!({ "plan": "string", "credits": "integer" })],
        );
        assert_eq!(found.identity["sub"], "/id");
        assert_eq!(found.identity["quotas"][0]["remaining"], "/credits");
        assert!(
            !found.overlay.contains("Nothing is taken"),
            "{}",
            found.overlay
        );
    }

    #[test]
    fn where_all_are_nobodys_nothing_is_left_out() {
        let error = json!({ "id": "string", "message": "string", "code": "string" });
        let found = of_forms("oneOf", &[error.clone(), json!({ "plan": "string" })]);
        assert!(
            !found.overlay.contains("Nothing is taken"),
            "{}",
            found.overlay
        );
        // What stands beside the forms tells of the holder in each.
        let beside = json!({ "$": {
            "properties": { "id": {}, "email": {} },
            "oneOf": [schema(&error), { "properties": { "plan": {} } }],
        } });
        let found = answer_of("GET /me", "Me", &beside);
        assert_eq!(found.identity["sub"], "/id");
        assert!(
            !found.overlay.contains("Nothing is taken"),
            "{}",
            found.overlay
        );
    }

    #[test]
    fn the_bearer_of_a_form_alone_is_still_told_of() {
        let tokens = json!({ "token": { "id": "string", "scopes": ["string"] } });
        let found = of_forms("oneOf", &[json!({ "error": "string" }), tokens]);
        assert_eq!(found.identity["token"]["id"], "/token/id");
    }
}

mod lost {
    use super::*;

    /// What `new` makes of an answer with this schema, by the text of its overlay without its line breaks.
    fn said_of(answer: &Value) -> (Value, String) {
        let found = answer_of("GET /me", "Get the current user", &json!({ "$": answer }));
        let text = found.overlay.replace('#', " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (found.identity, text)
    }

    #[test]
    fn a_schema_that_leads_nowhere_leaves_a_line_to_fill_in() {
        let lost = json!({ "$ref": "#/components/schemas/Gone" });
        for (answer, place) in [
            (lost.clone(), "The answer"),
            (
                json!({ "allOf": [lost, { "type": "object" }] }),
                "The answer",
            ),
            (
                json!({ "type": "object", "properties": { "data": lost } }),
                "/data",
            ),
            (json!({ "type": "array", "items": lost }), "/0"),
            (
                json!({ "type": "object", "properties": { "person_of_it": lost } }),
                "/person_of_it",
            ),
        ] {
            let (identity, text) = said_of(&answer);
            assert_eq!(identity, json!({ "sub": null }), "{answer}");
            let expected =
                format!("{place} is not described: `/components/schemas/Gone` points to nothing.");
            assert!(text.replace("` /", "`/").contains(&expected), "{text}");
        }
        let (identity, text) = said_of(&json!({ "$ref": "schemas/user.yaml" }));
        assert_eq!(identity, json!({ "sub": null }));
        assert!(
            text.contains("`schemas/user.yaml` points out of the document"),
            "{text}"
        );
    }

    #[test]
    fn what_is_lost_beside_a_holder_spoils_nothing() {
        let lost = json!({ "$ref": "#/components/schemas/Gone" });
        let (identity, text) = said_of(&json!({ "properties": { "id": {}, "settings": lost } }));
        assert_eq!(identity["sub"], "/id");
        assert!(!text.contains("not described"), "{text}");
        let (identity, text) = said_of(&json!({ "properties": { "email": {}, "user": lost } }));
        assert_eq!(identity["email"], "/email");
        assert_eq!(identity.get("sub"), None);
        assert!(text.contains("/user is not described"), "{text}");
    }

    #[test]
    fn an_answer_of_which_nothing_is_said() {
        for answer in [json!({}), json!({ "description": "The user" })] {
            let (identity, text) = said_of(&answer);
            assert_eq!(identity, "none");
            assert!(
                text.contains("does not say what the answer holds"),
                "{text}"
            );
            // It may be anything, and is no flag.
            assert!(!text.contains("success:"), "{text}");
        }
    }
}

mod tokens_and_holders {
    use super::*;

    fn token() -> Value {
        json!({ "id": "string", "name": "string", "user_id": "string", "scopes": ["string"], "expires_at": "string" })
    }

    /// What is proposed for the operation that adds claims.
    fn added(found: &Proposed) -> Option<(String, Value)> {
        let overlay = load::parse(&found.overlay, false).unwrap();
        let actions = overlay["actions"].as_array().unwrap();
        let action = actions
            .iter()
            .find(|it| it["update"]["x-whoami"]["adds_claims"] == true)?;
        let target = action["target"].as_str().unwrap().to_owned();
        Some((target, action["update"]["x-whoami"]["identity"].clone()))
    }

    #[test]
    fn of_two_as_likely_the_one_that_tells_whose_it_is() {
        let found = proposed(&[
            ("GET /token", operation("Get the current token", &token())),
            ("GET /user", operation("", &user())),
        ]);
        assert_eq!(found.operation, "GET /user", "{}", found.report);
        let token_claims = json!({ "id": "/id", "name": "/name", "expires_at": "/expires_at" });
        assert_eq!(
            added(&found),
            Some((
                "$.paths['/token'].get".to_owned(),
                json!({ "scopes": "/scopes", "token": token_claims })
            ))
        );
        let said = "Asked further, for what it tells of the token: GET /token.";
        assert!(found.report.contains(said), "{}", found.report);
        // One that does not even name the holder is further behind.
        let nameless = json!({ "id": "string", "label": "string", "expires_at": "string" });
        let found = proposed(&[
            ("GET /key", operation("Get the current API key", &nameless)),
            ("GET /profile", operation("", &user())),
        ]);
        assert_eq!(found.operation, "GET /profile", "{}", found.report);
    }

    #[test]
    fn a_person_before_a_bare_identifier_beside_a_token() {
        let mut info = operation("", &token());
        info["operationId"] = json!("getTokenInfo");
        let token_info = || ("GET /oauth/token/info", info.clone());
        let found = proposed(&[token_info(), ("GET /profile", operation("", &user()))]);
        assert_eq!(found.operation, "GET /profile", "{}", found.report);
        assert!(added(&found).is_some());
        // An organization's own tells less of who has the token, and so does one without a word on persons.
        let thing = json!({ "id": "string", "name": "string" });
        for (name, answer) in [
            ("GET /organization", user()),
            ("GET /account", thing),
            ("GET /bots/me", user()),
        ] {
            let found = proposed(&[token_info(), (name, operation("", &answer))]);
            assert_eq!(found.operation, token_info().0, "{name}: {}", found.report);
        }
    }

    #[test]
    fn both_are_read_as_one_provider() {
        let document = document(&[
            ("GET /token", operation("Get the current token", &token())),
            ("GET /user", operation("", &user())),
        ]);
        let overlay = try_propose(&document).unwrap().overlay;
        let spec = Spec {
            provider: "acme".to_owned(),
            description: "acme.json".into(),
            overlay: Some("acme.overlay.yaml".into()),
        };
        let described = Described::parse(&spec, &document.to_string(), Some(&overlay)).unwrap();
        let (provider, _) = keyholder_describe::provider(&described).unwrap();
        let operations = provider.operations.iter();
        let asked: Vec<_> = operations
            .map(|it| (it.path.as_str(), it.adds_claims))
            .collect();
        assert_eq!(asked, [("/user", false), ("/token", true)]);
    }

    #[test]
    fn one_that_tells_both_is_enough() {
        let both = json!({ "token": { "id": "string", "name": "string" }, "user": user(), "scopes": ["string"] });
        let found = proposed(&[
            ("GET /token", operation("The current token", &both)),
            ("GET /user", operation("", &user())),
        ]);
        assert_eq!(found.operation, "GET /token", "{}", found.report);
        assert_eq!(added(&found), None);
    }

    #[test]
    fn only_one_that_is_asked_alike_adds_claims() {
        let found = |change: &dyn Fn(&mut Value)| {
            let mut of_token = operation("Get the current token", &token());
            change(&mut of_token);
            let mut document = document(&[
                ("GET /token", of_token),
                ("GET /user", operation("", &user())),
            ]);
            document["components"]["securitySchemes"]["other"] =
                json!({ "type": "apiKey", "in": "header", "name": "X-Other" });
            added(&try_propose(&document).unwrap()).is_some()
        };
        assert!(found(&|_| {}));
        assert!(found(&|it| it["security"] = json!([{ "bearer": [] }])));
        assert!(!found(&|it| it["security"] = json!([{ "other": [] }])));
        assert!(!found(
            &|it| it["servers"] = json!([{ "url": "https://auth.acme.dev" }])
        ));
    }
}

mod accounts {
    use super::*;

    #[test]
    fn what_businesses_have_makes_no_user() {
        let of = |name: &str, fields: &[&str]| {
            let mut answer = json!({ "id": "string", "email": "string" });
            for field in fields {
                answer[field] = json!("string");
            }
            answer_of(name, "", &answer)
        };
        for fields in [
            &["company_name"][..],
            &["company"],
            &["company_address"],
            &["registration_number"],
            &["vat_number"],
            &["address", "city"],
            &["street", "postal_code"],
        ] {
            let found = of("GET /account", fields);
            assert_eq!(found.identity.get("subject_type"), None, "{fields:?}");
            let said = found.overlay.contains("subject_type is left out");
            assert!(said, "{}", found.overlay);
        }
        for fields in [
            &[][..],
            &["city"],
            &["organization_id"],
            &["first_name", "company_name"],
        ] {
            let found = of("GET /account", fields);
            assert_eq!(found.identity["subject_type"], "user", "{fields:?}");
        }
        // A person has an employer and an address.
        let found = of("GET /me", &["company_name", "address", "city"]);
        assert_eq!(found.identity["subject_type"], "user");
        let found = of("GET /me", &["vat_number"]);
        assert_eq!(found.identity.get("subject_type"), None);
    }
}

mod identifiers {
    use super::*;

    #[test]
    fn a_count_is_neither_an_identifier_nor_a_name() {
        for field in [
            "user_count",
            "users_total",
            "name_count",
            "num_users",
            "id_count",
        ] {
            for kind in ["integer", "string"] {
                let found = mapped(&json!({ "email": "string", field: kind }));
                assert_eq!(found.get("sub"), None, "{field}");
                assert_eq!(found.get("name"), None, "{field}");
                assert_eq!(found.get("preferred_username"), None, "{field}");
                assert_eq!(found.get("organizations"), None, "{field}");
            }
        }
        for words in [
            "Number of users",
            "The number of members",
            "How many there are",
            "Total number of seats",
        ] {
            let found = mapped(&json!({
                "email": "string", "uid": format!("integer {words}"),
                "name": format!("string {words}"), "team": format!("integer {words}"),
            }));
            assert_eq!(found.get("sub"), None, "{words}");
            assert_eq!(found.get("name"), None, "{words}");
            assert_eq!(found.get("organizations"), None, "{words}");
        }
        for words in ["Number of the user", "The user's number"] {
            let found = mapped(&json!({ "email": "string", "id": format!("integer {words}") }));
            assert_eq!(found["sub"], "/id", "{words}");
        }
    }

    #[test]
    fn a_users_key_where_there_is_nothing_better() {
        let found = mapped(&json!({ "user_key": "string", "email": "string" }));
        assert_eq!(found["sub"], "/user_key");
        let found = mapped(&json!({ "key": "string The key of the user", "email": "string" }));
        assert_eq!(found["sub"], "/key");
        let better = mapped(&json!({ "user_key": "string", "id": "string", "email": "string" }));
        assert_eq!(better["sub"], "/id");
        for (field, kind) in [
            ("user_key", "string The secret key of the user"),
            ("user_key", "string Your API key"),
            ("user_key", "string:password"),
            ("key", "string"),
            ("api_key", "string"),
        ] {
            let found = mapped(&json!({ field: kind, "email": "string" }));
            assert_eq!(found.get("sub"), None, "{field} {kind}");
        }
    }

    #[test]
    fn an_organization_in_one_text() {
        let shown = |example: &str| json!({ "$": { "type": "string", "example": example } });
        for (organization, expected) in [
            (shown("org_4f7c91ab"), json!({ "id": "/organization" })),
            (shown("1042"), json!({ "id": "/organization" })),
            (
                shown("6f1d2a34-9b1c-4a52-8f4e-0c9a7d1b2e3f"),
                json!({ "id": "/organization" }),
            ),
            (
                shown("Acme Incorporated"),
                json!({ "name": "/organization" }),
            ),
            (shown("acme"), Value::Null),
            (
                json!("string The identifier of the organization"),
                json!({ "id": "/organization" }),
            ),
            (
                json!("string Name of the organization"),
                json!({ "name": "/organization" }),
            ),
            (
                json!("string Name of the company, as entered by the user"),
                Value::Null,
            ),
            (
                json!("string Which organization the user works for"),
                Value::Null,
            ),
            (
                json!({ "id": "string", "name": "string" }),
                json!({ "id": "/organization/id", "name": "/organization/name" }),
            ),
        ] {
            let answer = json!({ "id": "string", "organization": organization });
            assert_eq!(mapped(&answer)["organizations"], expected, "{answer}");
        }
    }
}

mod formats_in_paths {
    use super::*;

    /// The proposal for a description with this operation alone, whose path has this parameter.
    fn of(name: &str, parameter: &Value) -> Result<Proposed, String> {
        let mut operation = operation("", &user());
        let mut parameter = parameter.clone();
        parameter["in"] = json!("path");
        parameter["required"] = json!(true);
        operation["parameters"] = json!([parameter]);
        try_propose(&document(&[(name, operation)]))
    }

    #[test]
    fn how_the_answer_is_written_is_json() {
        let text = json!({ "type": "string" });
        for (name, parameter, written) in [
            (
                "GET /user{mediaTypeExtension}",
                json!({ "name": "mediaTypeExtension", "schema": { "type": "string", "enum": [".xml", ".json"] } }),
                "mediaTypeExtension: \".json\"",
            ),
            (
                "GET /user{mediaTypeExtension}",
                json!({ "name": "mediaTypeExtension", "schema": text }),
                "mediaTypeExtension: \".json\"",
            ),
            (
                "GET /users/me.{format}",
                json!({ "name": "format", "schema": text }),
                "format: json",
            ),
            (
                "GET /users/me.{format}",
                json!({ "name": "format", "schema": { "type": "string", "default": "JSON" } }),
                "format: JSON",
            ),
        ] {
            let found = of(name, &parameter).unwrap();
            assert_eq!(found.operation, name);
            assert!(found.overlay.contains(written), "{}", found.overlay);
        }
    }

    #[test]
    fn the_caller_before_an_ending() {
        let parameter = json!({ "name": "user", "description": "An identifier, or `me`", "schema": { "type": "string" } });
        let found = of("GET /users/{user}.json", &parameter).unwrap();
        assert!(found.overlay.contains("user: me"), "{}", found.overlay);
    }

    #[test]
    fn another_parameter_at_the_end_is_a_value_that_nothing_tells() {
        for name in ["GET /user{id}", "GET /user-{user_id}"] {
            let parameter = name.split_once('{').unwrap().1.trim_end_matches('}');
            let found = of(
                name,
                &json!({ "name": parameter, "schema": { "type": "string" } }),
            );
            assert!(found.is_err(), "{name}");
        }
        let only =
            json!({ "name": "format", "schema": { "type": "string", "enum": ["xml", "csv"] } });
        let found = of("GET /me.{format}", &only).unwrap();
        assert!(!found.overlay.contains("format:"), "{}", found.overlay);
    }
}

#[test]
fn what_is_read_otherwise_than_written_is_told() {
    let document = document(&[("GET /me", operation("The user", &user()))]).to_string();
    assert!(
        !propose_text(&document)
            .unwrap()
            .report
            .contains("Read otherwise")
    );
    let text = document
        .replace(
            "\"summary\":",
            "\"deprecated\": true, \"deprecated\": false, \"summary\":",
        )
        .replace("The user", "The\u{8} user");
    let found = propose_text(&text).unwrap();
    let lines: Vec<_> = found
        .report
        .lines()
        .filter(|it| it.starts_with("Read otherwise than written: "))
        .collect();
    assert_eq!(lines.len(), 2, "{}", found.report);
    assert!(
        lines[0].contains("at /paths/~1me/get: the key \"deprecated\""),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains("U+0008"), "{}", lines[1]);
    assert!(
        found.overlay.contains("Read otherwise than written"),
        "{}",
        found.overlay
    );
}

mod methods_of_openapi_3_2 {
    use super::*;

    /// A description with `QUERY /me`, `WHOAMI /me` among the additional operations, and these.
    fn with(operations: &[(&str, Value)]) -> Value {
        let mut document = document(operations);
        document["openapi"] = json!("3.2.0");
        let own = operation("Get the current user", &user());
        let lost = json!({ "responses": { "200": { "$ref": "#/nowhere" } } });
        document["paths"]["/me"]["query"] = own.clone();
        document["paths"]["/me"]["additionalOperations"] =
            json!({ "WHOAMI": own, "COPY": lost, "ODD": 1 });
        document
    }

    #[test]
    fn they_are_told_of_beside_what_is_chosen() {
        let found = try_propose(&with(&[("GET /account", operation("", &user()))])).unwrap();
        assert_eq!(found.operation, "GET /account");
        for said in [
            "Never asked: QUERY /me: no client is made of its method",
            "Never asked: WHOAMI /me: no client is made of its method",
            "Not looked at, for their methods, which OpenAPI 3.2 alone has: QUERY /me, ",
        ] {
            assert!(found.report.contains(said), "{}", found.report);
        }
        let without = proposed(&[("GET /account", operation("", &user()))]);
        assert!(!without.report.contains("3.2"), "{}", without.report);
    }

    #[test]
    fn they_are_told_of_where_nothing_else_is() {
        let Err(message) = try_propose(&with(&[("GET /things", operation("", &json!("string")))]))
        else {
            panic!("it is asked");
        };
        let said = "never asked: QUERY /me: no client is made of its method";
        assert!(message.contains(said), "{message}");
    }

    #[test]
    fn one_that_is_named_is_refused_with_the_reason() {
        let text = with(&[("GET /account", operation("", &user()))]).to_string();
        for (name, said) in [
            (
                "QUERY /me",
                "QUERY /me cannot be asked: no client is made of its method",
            ),
            ("whoami /me", "whoami /me cannot be asked"),
            ("LOOK /me", "does not begin with a method"),
        ] {
            let input = Input {
                provider: "acme",
                source: Source::Description(File {
                    path: Path::new("acme.json"),
                    text: &text,
                }),
                operation: Some(name),
            };
            let message = propose(&input).unwrap_err().to_string();
            assert!(message.contains(said), "{message}");
        }
    }
}

mod pages_with_tags {
    use super::*;

    const PAGE: &str = r#"---
title: "Get the current user"
api: "GET https://api.acme.dev/v1/me"
description: 'Who the key is of.'
---

<ParamField header="Authorization" type="string" required>
  Bearer authentication header of the form `Bearer <token>`.
</ParamField>
<ParamField query="expand" type="string" default="none" />

### Response

<ResponseField name="user" type="object" required>
  The user, where a < b.
  <Expandable title="properties">
    <ResponseField name="id" type="string">
      The user's identifier
    </ResponseField>
    <ResponseField name='email' type='string | null' />
    <ResponseField name="teams" type="array of objects">
      <Expandable>
        <ResponseField name="id" type="integer" required={true}></ResponseField>
        <ResponseField name="name" type="string"></ResponseField>
      </Expandable>
    </ResponseField>
  </Expandable>
</ResponseField>

```html
<ResponseField name="not_a_field" type="string" />
```

<ResponseExample>
```json 200
{ "user": { "id": "u1" } }
```
```json 401 Unauthorized
{ "code": "bad_key", "message": "No." }
```
</ResponseExample>
"#;

    /// The description and the overlay that are made of a page.
    fn of(page: &str, operation: Option<&str>) -> Result<(Value, String), String> {
        let input = Input {
            provider: "acme",
            source: Source::Description(File {
                path: Path::new("me.mdx"),
                text: page,
            }),
            operation,
        };
        let texts = propose(&input).map_err(|error| error.to_string())?;
        assert_eq!(texts.extension, "json");
        Ok((
            load::parse(&texts.description, true).unwrap(),
            texts.overlay,
        ))
    }

    #[test]
    fn they_are_read_in_place_of_a_schema() {
        let (document, overlay) = of(PAGE, None).unwrap();
        assert_eq!(document["servers"][0]["url"], "https://api.acme.dev");
        let operation = &document["paths"]["/v1/me"]["get"];
        let parameters = operation["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), 2);
        let said = "Bearer authentication header of the form `Bearer <token>`.";
        assert_eq!(parameters[0]["description"], said);
        assert_eq!(parameters[1]["schema"]["default"], "none");
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(schema["required"], json!(["user"]));
        assert_eq!(schema["properties"].as_object().unwrap().len(), 1);
        let user = &schema["properties"]["user"]["properties"];
        assert_eq!(user["email"], json!({ "type": "string", "nullable": true }));
        assert_eq!(user["teams"]["items"]["required"], json!(["id"]));
        let refusal = &operation["responses"]["401"]["content"]["application/json"]["example"];
        assert_eq!(refusal["code"], "bad_key");
        for claim in [
            "sub: /user/id",
            "email: /user/email",
            "each: /user/teams",
            "in: header",
            "name: Authorization",
            "prefix: \"Bearer \"",
            "code: /code",
        ] {
            assert!(overlay.contains(claim), "{claim}\n{overlay}");
        }
    }

    #[test]
    fn of_an_operation_that_the_front_matter_names_otherwise() {
        let page = PAGE.replace(
            "api: \"GET https://api.acme.dev/v1/me\"",
            "openapi: GET /v1/me\nauthMethod: bearer",
        );
        let (document, _) = of(&page, None).unwrap();
        assert_eq!(document.get("servers"), None);
        assert_eq!(document["security"], json!([{ "bearer": [] }]));
        let other = of(&page, Some("GET /v1/other")).unwrap_err();
        assert!(other.contains("there is no operation"), "{other}");
    }

    #[test]
    fn examples_alone_are_enough() {
        let (before, example) = PAGE.split_once("<ResponseExample>").unwrap();
        let (front, _) = before.split_once("<ParamField").unwrap();
        let page = format!("{front}<ResponseExample>{example}");
        let (_, overlay) = of(&page, None).unwrap();
        assert!(overlay.contains("sub: /user/id"), "{overlay}");
    }

    #[test]
    fn a_page_that_tells_of_nothing_is_refused_as_before() {
        for page in [
            "---\napi: GET /v1/me\n---\n\nText.\n",
            "# Me\n\n<ResponseField name=\"id\" type=\"string\" />\n",
            "---\napi: me\n---\n<ResponseField name=\"id\" />\n",
            "---\napi: GET /v1/me\n---\n<ResponseField name=\"id\n",
        ] {
            let error = of(page, None).unwrap_err();
            assert!(error.contains("embeds no OpenAPI description"), "{error}");
        }
    }
}

#[test]
fn what_nobody_would_ask_is_not_told_of() {
    let post = |id: &str, summary: &str| {
        let mut operation = operation(summary, &user());
        operation["operationId"] = json!(id);
        operation
    };
    let found = proposed(&[
        ("GET /me", operation("Current user", &user())),
        ("POST /me", operation("Current user", &user())),
        ("POST /user", post("createUser", "Returns the current user")),
        ("POST /session/me", post("x", "Refreshes the current user")),
        (
            "POST /current/user/logout",
            operation("The current user", &user()),
        ),
        (
            "POST /current-user",
            operation("Current user, if a password is right", &user()),
        ),
        ("GET /user/close", operation("The current user", &user())),
    ]);
    let told: Vec<_> = found
        .report
        .lines()
        .filter_map(|line| line.strip_prefix("Never asked: ")?.split(": ").next())
        .collect();
    assert_eq!(
        told,
        ["POST /current-user", "GET /user/close"],
        "{}",
        found.report
    );
}

mod what_else_is_read_as_a_person_reads_it {
    use super::*;

    #[test]
    fn a_name_beside_both_parts_of_one_is_to_sign_in_with() {
        let identity = mapped(&json!({
            "uuid": "string", "first_name": "string", "last_name": "string", "name": "string The user name",
        }));
        assert_eq!(identity["preferred_username"], "/name");
        assert_eq!(identity["name"], Value::Null);
    }

    #[test]
    fn the_name_of_the_account_that_others_follow() {
        let account =
            json!({ "id": "integer", "displayName": "string", "followersCount": "integer" });
        let identity = mapped(
            &json!({ "id": "integer", "username": "string", "email": "string", "account": account }),
        );
        assert_eq!(identity["name"], "/account/displayName");
        // A customer's account has the customer's name.
        let account = json!({ "id": "integer", "displayName": "string" });
        let identity = mapped(
            &json!({ "id": "integer", "username": "string", "email": "string", "account": account }),
        );
        assert_eq!(identity["name"], Value::Null);
    }

    #[test]
    fn the_organization_of_what_the_token_is_for() {
        let organization = json!({ "id": "string", "name": "string" });
        let found = answer_of(
            "GET /auth/session/info",
            "Information on the current user",
            &json!({
                "project": { "id": "string", "name": "string", "org": organization },
                "org_member": { "id": "string UUID identifier for the organization member", "email": "string", "name": "string" },
            }),
        );
        let identity = found.identity;
        assert_eq!(identity["sub"], "/org_member/id");
        assert_eq!(
            identity["organizations"],
            json!({ "id": "/project/org/id", "name": "/project/org/name" })
        );
        assert_ne!(identity["subject_type"], "organization");
    }

    #[test]
    fn a_workspace_is_larger_than_its_teams() {
        let one = json!({ "id": "string", "name": "string" });
        let identity = mapped(
            &json!({ "id": "string", "firstName": "string", "workspace": one, "teams": [one] }),
        );
        assert_eq!(
            identity["organizations"],
            json!({ "id": "/workspace/id", "name": "/workspace/name" })
        );
    }

    #[test]
    fn memberships_in_something_else_are_no_organizations() {
        let identity = mapped(&json!({
            "id": "integer", "login": "string",
            "memberships": [{ "id": "integer", "project": { "id": "integer", "name": "string" } }],
        }));
        assert_eq!(identity["organizations"], Value::Null);
    }

    #[test]
    fn who_is_told_by_uris_belongs_to_what_a_uri_tells() {
        let identity = mapped(&json!({
            "uri": "string", "name": "string", "email": "string", "current_organization": "string",
        }));
        assert_eq!(
            identity["organizations"],
            json!({ "id": "/current_organization" })
        );
    }

    #[test]
    fn the_only_item_of_what_was_asked_for() {
        let user = json!({ "id": "integer", "username": "string", "roles": ["integer"] });
        let identity = mapped(&json!({
            "data": { "affected_items": [user], "total_affected_items": "integer" }, "error": "integer", "message": "string",
        }));
        assert_eq!(identity["sub"], "/data/affected_items/0/id");
        assert_eq!(
            identity["preferred_username"],
            "/data/affected_items/0/username"
        );
    }

    #[test]
    fn claims_by_other_names() {
        let identity = mapped(&json!({
            "subject": "string", "email": "string", "email_validated": "boolean", "onPremisesSamAccountName": "string",
        }));
        assert_eq!(identity["sub"], "/subject");
        assert_eq!(identity["email_verified"], "/email_validated");
        assert_eq!(identity["preferred_username"], "/onPremisesSamAccountName");
    }

    #[test]
    fn a_name_of_a_resource_before_its_address() {
        let identity = mapped(&json!({ "uri": "string", "urn": "string", "username": "string" }));
        assert_eq!(identity["sub"], "/urn");
    }

    #[test]
    fn a_summary_names_nobody_where_the_request_cannot() {
        let list = json!([{ "name": "string", "link": "string" }]);
        let found = proposed(&[
            (
                "GET /api/user/info",
                operation("GetUserInfoByUserID", &user()),
            ),
            (
                "GET /api/connector/user/info",
                operation("get all connectors info about user", &list),
            ),
        ]);
        assert_eq!(found.operation, "GET /api/user/info", "{}", found.report);
    }
}

mod what_an_answer_says {
    use super::*;

    /// What is proposed for an answer, held against the description as `codegen` does it.
    fn checked(version: &str, answer: &Value) -> Value {
        let mut document = document(&[("GET /me", operation("The current user", &json!({})))]);
        document["openapi"] = json!(version);
        document["components"]["schemas"] = json!({
            "Base": schema(&json!({ "id": "string" })),
        });
        document["paths"]["/me"]["get"]["responses"]["200"]["content"]["application/json"] =
            answer.clone();
        let found = try_propose(&document).unwrap();
        let spec = Spec {
            provider: "acme".to_owned(),
            description: "acme.json".into(),
            overlay: Some("acme.overlay.yaml".into()),
        };
        let described = Described::parse(&spec, &document.to_string(), Some(&found.overlay));
        let provider = described.and_then(|it| keyholder_describe::provider(&it));
        assert!(provider.is_ok(), "{provider:?}\n{}", found.overlay);
        found.identity
    }

    #[test]
    fn nothing_is_proposed_that_the_description_rules_out() {
        let base = json!({ "$ref": "#/components/schemas/Base" });
        let mut beside = base.clone();
        beside["properties"] = json!({ "email": { "type": "string" } });
        let mut user = schema(&json!({ "id": "string", "email": "string" }));
        let whole = json!({ "sub": "/id", "email": "/email", "subject_type": "user" });
        let of = |version: &str, schema: &Value| checked(version, &json!({ "schema": schema }));
        // What stands beside a reference counts since 3.1.
        assert_eq!(of("3.1.0", &beside), whole);
        assert_eq!(of("3.0.3", &beside), of("3.0.3", &base));
        assert_eq!(of("3.0.3", &user), whole);
        user["type"] = json!("null");
        assert_eq!(of("3.1.0", &user), whole);
        // An array has no fields, nor has a text.
        for kind in ["array", "string"] {
            user["type"] = json!(kind);
            let found = of("3.0.3", &json!({ "properties": { "person": user } }));
            assert_eq!(found, "none", "{kind}");
        }
        let shown = json!({ "id": "1", "email": "a@acme.dev" });
        let text = json!({ "schema": { "type": "string" }, "example": shown });
        assert_eq!(checked("3.0.3", &text), "none");
    }

    #[test]
    fn what_is_said_of_the_secret_is_not_said_of_its_key() {
        let described = |name: &str, description: &str| {
            let mut key = schema(&json!({ "id": "string", "name": "string" }));
            key["description"] = json!(description);
            mapped(&json!({ "company": { "id": "string" }, name: { "$": key } }))["token"].clone()
        };
        let whole = json!({ "id": "/api_key/id", "name": "/api_key/name" });
        for description in [
            "The key of the request. The secret is never returned (it is shown once).",
            "What the key is called; its value is not returned.",
        ] {
            assert_eq!(described("api_key", description), whole, "{description}");
        }
        for description in [
            "Deprecated, and no longer returned.",
            "Always null.",
            "The API key is never returned.",
            "A field that is no longer populated.",
        ] {
            assert_eq!(
                described("api_key", description),
                Value::Null,
                "{description}"
            );
        }
    }

    #[test]
    fn the_only_name_of_a_user_is_the_one_to_sign_in_with() {
        let roles = json!(["string"]);
        for (name, answer) in [
            (
                "GET /whoami",
                json!({ "name": "string Name of the user.", "tags": "string" }),
            ),
            ("GET /users/me", json!({ "name": "string", "roles": roles })),
            (
                "GET /me",
                json!({ "user": { "name": "string", "roles": roles } }),
            ),
            // The token is told of beside the user.
            (
                "GET /me",
                json!({
                    "name": "string The user's name", "prefix": "string", "scopes": roles,
                    "token_id": "string The id of the token of the request",
                }),
            ),
        ] {
            let found = answer_of(name, "Who asks", &answer).identity;
            let at = found["preferred_username"].as_str().unwrap();
            assert!(at.ends_with("/name"), "{answer}");
            assert_eq!(found["name"], Value::Null, "{answer}");
            assert_eq!(found["token"].get("name"), None, "{answer}");
        }
        for (name, answer) in [
            (
                "GET /profile",
                json!({ "name": "string", "language": "string" }),
            ),
            (
                "GET /users/me",
                json!({ "name": "string", "avatar": "string" }),
            ),
            (
                "GET /users/me",
                json!({ "name": "string The full name of the user" }),
            ),
            (
                "GET /users/me",
                json!({ "name": "string", "email": "string" }),
            ),
        ] {
            let found = answer_of(name, "Who asks", &answer).identity;
            assert_eq!(found["name"], "/name", "{answer}");
            assert_eq!(found["preferred_username"], Value::Null, "{answer}");
        }
    }

    #[test]
    fn a_nickname_that_a_user_is_told_by_is_a_username() {
        let shown = |example: &str| json!({ "$": { "type": "string", "example": example } });
        for (other, nickname, username) in [
            ("last_name", shown("adalovelace"), json!("/nickname")),
            ("name", json!("string The user name"), json!("/nickname")),
            ("username", shown("adalovelace"), json!("/username")),
            ("last_name", shown("Ada"), Value::Null),
            ("last_name", json!("string"), Value::Null),
        ] {
            let answer = json!({
                "id": "string", "first_name": "string", other: "string", "nickname": nickname,
            });
            let found = mapped(&answer);
            assert_eq!(found["preferred_username"], username, "{answer}");
            assert_ne!(found["name"], "/nickname", "{answer}");
        }
        assert_eq!(
            mapped(&json!({ "id": "string", "nickname": "string" }))["name"],
            "/nickname"
        );
        // A given name alone is a name as well.
        let given = mapped(&json!({ "id": "string", "first_name": "string" }));
        assert_eq!(given["name"], "/first_name");
        // What others see is no name to sign in with.
        let alias = json!({ "id": "string", "email": "string", "alias": shown("Mr. Johnny") });
        assert_eq!(mapped(&alias)["preferred_username"], Value::Null);
    }

    #[test]
    fn more_that_is_told_by_its_words() {
        let found = mapped(&json!({
            "name": "string Format: users/{user}", "title": "string The full name of the user.",
        }));
        assert_eq!(found["sub"], "/name");
        assert_eq!(found["name"], "/title");
        let found = mapped(&json!({ "identity": "string", "organization_ids": ["string"] }));
        assert_eq!(found["sub"], "/identity");
        assert_eq!(
            found["organizations"],
            json!({ "each": "/organization_ids", "id": "" })
        );
        let chosen = json!({ "$": {
            "type": "array", "description": "The user's favorite ones",
            "items": schema(&json!({ "id": "string", "name": "string" })),
        } });
        let found = mapped(&json!({ "id": "string", "organizations": chosen }));
        assert_eq!(found["organizations"], Value::Null);
    }

    #[test]
    fn the_end_of_what_proves_who_asks_is_the_credentials() {
        for (name, expires) in [
            ("Authentication", json!("/expires_at")),
            ("GrantInfo", json!("/expires_at")),
            ("AuthStatus", json!("/expires_at")),
            ("Membership", Value::Null),
        ] {
            let mut answer = schema(
                &json!({ "id": "string", "method": "string", "expires_at": "string:date-time" }),
            );
            answer["title"] = json!(name);
            let found = answer_of("GET /self", "", &json!({ "$": answer })).identity;
            assert_eq!(found["sub"], "/id", "{name}");
            assert_eq!(found["token"]["expires_at"], expires, "{name}");
        }
    }

    #[test]
    fn identifiers_named_after_their_objects() {
        let found = mapped(&json!({
            "user": { "user_sid": "string", "email": "string", "provider_sid": "string" },
            "account": { "account_sid": "string", "created_at": "string" },
        }));
        assert_eq!(found["sub"], "/user/user_sid");
        assert_eq!(
            found["organizations"],
            json!({ "id": "/account/account_sid" })
        );
        // As resources of Kubernetes are.
        let resource = json!({
            "kind": "string", "metadata": { "name": "string" },
            "spec": { "email": "string", "displayName": "string" },
        });
        let found = mapped(&json!({ "user": resource, "roles": [{ "kind": "string" }] }));
        assert_eq!(found["sub"], "/user/metadata/name");
        assert_eq!(found["preferred_username"], "/user/metadata/name");
        assert_eq!(found["name"], "/user/spec/displayName");
    }

    #[test]
    fn an_address_beside_the_user_is_the_users() {
        let user = json!({ "id": "string", "username": "string" });
        let found = mapped(&json!({ "user": user, "email": "string", "wallet": "string" }));
        assert_eq!(found["email"], "/email");
        // Of what has an identifier of its own, it is that one's.
        let found = mapped(&json!({ "agent": user, "uuid": "string", "email": "string" }));
        assert_eq!(found["sub"], "/uuid");
    }

    #[test]
    fn names_beside_a_given_and_a_family_name() {
        for other in [
            json!({ "preferred_name": "string The user's preferred name" }),
            json!({ "profile": { "display_name": "string" } }),
        ] {
            let mut answer =
                json!({ "id": "string", "first_name": "string", "last_name": "string" });
            answer
                .as_object_mut()
                .unwrap()
                .extend(other.as_object().unwrap().clone());
            assert_eq!(mapped(&answer)["name"], Value::Null, "{answer}");
        }
        let business = json!({ "id": "string", "username": "string", "business_name": "string" });
        let found = mapped(&business);
        assert_eq!(found["name"], Value::Null);
        assert_eq!(found["organizations"], Value::Null);
    }

    #[test]
    fn a_tokens_scopes_before_its_users_permissions() {
        let found = mapped(&json!({
            "user": { "id": "string", "email": "string", "permissions": ["string"] },
            "access_token": { "uid": "string", "scopes": ["string"] },
        }));
        assert_eq!(found["scopes"], "/access_token/scopes");
        assert_eq!(found["token"], json!({ "id": "/access_token/uid" }));
    }

    #[test]
    fn of_several_organizations_the_largest() {
        let named = json!({ "id": "string", "name": "string" });
        for (answer, organizations) in [
            (
                json!({ "team": named, "company": named }),
                json!({ "id": "/company/id", "name": "/company/name" }),
            ),
            (
                json!({ "org": { "org_id": "string", "org_name": "string", "org_slug": "string" } }),
                json!({ "id": "/org/org_id", "name": "/org/org_name", "slug": "/org/org_slug" }),
            ),
            // What is in doubt is passed over.
            (
                json!({ "tenant": "string", "account_id": "string The account", "account_name": "string" }),
                json!({ "id": "/account_id", "name": "/account_name" }),
            ),
        ] {
            let mut user = json!({ "id": "string", "email": "string" });
            user.as_object_mut()
                .unwrap()
                .extend(answer.as_object().unwrap().clone());
            assert_eq!(mapped(&user)["organizations"], organizations, "{answer}");
        }
        // An account that is the holder is in none.
        let account = json!({ "account_id": "string", "account_name": "string" });
        let found = answer_of("GET /account", "The account", &account).identity;
        assert_eq!(found["sub"], "/account_id");
        assert_eq!(found["organizations"], Value::Null);
    }

    #[test]
    fn what_stands_apart_belongs_together() {
        let found = mapped(&json!({
            "user": { "id": "string", "email": "string", "organization_id": "string" },
            "organization": { "name": "string" },
        }));
        assert_eq!(
            found["organizations"],
            json!({ "name": "/organization/name", "id": "/user/organization_id" })
        );
        let customer =
            json!({ "customer": { "customer_id": "string", "customer_name": "string" } });
        let found = answer_of("GET /customer", "The customer of the key", &customer).identity;
        assert_eq!(found["sub"], "/customer/customer_id");
        assert_eq!(found["name"], "/customer/customer_name");
        assert_eq!(found["organizations"], Value::Null);
    }

    #[test]
    fn an_unverified_address_makes_no_bad_token() {
        for (description, is_asked) in [
            ("Whether the user has verified their email address.", false),
            ("Whether the user is active.", true),
        ] {
            let answer = json!({ "id": "string", "active": format!("boolean {description}") });
            let found = answer_of("GET /me", "The current user", &answer);
            assert_eq!(
                found.overlay.contains("/active:"),
                is_asked,
                "{description}"
            );
        }
    }
}

mod names_before_names {
    use super::*;

    #[test]
    fn a_persons_word_before_what_persons_have() {
        for (given, family, email) in [
            ("UserFirstname", "UserLastname", "UserEmail"),
            ("memberFirstName", "memberLastName", "memberEmail"),
            ("account_first_name", "account_last_name", "account_email"),
            ("person_given_name", "person_family_name", "person_mail"),
            ("my_forename", "my_surname", "my_email_address"),
        ] {
            let found = mapped(&json!([{
                "UserIdentifier": "string", given: "string", family: "string", email: "string",
            }]));
            assert_eq!(found["given_name"], format!("/0/{given}"), "{found}");
            assert_eq!(found["family_name"], format!("/0/{family}"), "{found}");
            assert_eq!(found["email"], format!("/0/{email}"), "{found}");
        }
        // The word of the path, where it is no organization's; and somebody else's is nobody's.
        for (prefix, is_own) in [("driver", true), ("manager", false), ("company", false)] {
            let answer = json!({
                "id": "string", format!("{prefix}FirstName"): "string",
                format!("{prefix}Email"): "string",
            });
            for path in ["GET /drivers/me", "GET /companies/current"] {
                let found = answer_of(path, "The current one", &answer).identity;
                let is_own = is_own && path.contains("driver");
                assert_eq!(found["given_name"] != Value::Null, is_own, "{found}");
                assert_eq!(found["email"] != Value::Null, is_own, "{found}");
            }
        }
    }

    #[test]
    fn the_identifier_of_a_tokens_owner_is_the_owners() {
        for owner in ["owner", "holder", "bearer", "user"] {
            let found = mapped(&json!({
                "identity": "string",
                "userId": format!("string Internal user ID of the token {owner}"),
            }));
            assert_eq!(found["sub"], "/userId", "{owner}");
        }
    }
}

mod records {
    use super::*;

    #[test]
    fn when_the_holder_was_made_stands_in_what_tells_of_the_record() {
        for (record, made, changed) in [
            ("metadata", "createdAt", "updatedAt"),
            ("meta", "created", "lastModified"),
            ("audit", "created_on", "modified_on"),
            ("timestamps", "created", "updated"),
            ("sys", "createdAt", "updatedAt"),
            ("auditInfo", "creationDate", "modifiedDate"),
            ("metadata", "creationTimestamp", "updated_timestamp"),
        ] {
            let times = json!({ made: "string:date-time", changed: "string:date-time" });
            let found = mapped(&json!({ "data": {
                "id": "string", "email": "string", record: times.clone(),
            } }));
            assert_eq!(found["created_at"], format!("/data/{record}/{made}"));
            assert_eq!(found["updated_at"], format!("/data/{record}/{changed}"));
            // What is around the holder is the answer's.
            let found = mapped(&json!({ "data": { "id": "string" }, record: times }));
            assert_eq!(found["created_at"], Value::Null, "{record}");
        }
        let times = json!({ "created_at": "string When the response was made" });
        let found = mapped(&json!({ "id": "string", "email": "string", "meta": times }));
        assert_eq!(found["created_at"], Value::Null);
        // The holder's own is the one.
        let found = mapped(&json!({
            "id": "string", "created_at": "string", "metadata": { "id": "string", "created_at": "string" },
        }));
        assert_eq!(found["sub"], "/id");
        assert_eq!(found["created_at"], "/created_at");
    }

    #[test]
    fn an_identifier_in_what_tells_of_the_record() {
        let user = |id: &str, made: &str| {
            mapped(&json!({ "email": "string", "metadata": { "id": id, made: "string" } }))
        };
        assert_eq!(user("string", "createdAt")["sub"], "/metadata/id");
        // It may be the request's.
        assert_eq!(user("string", "receivedAt")["sub"], Value::Null);
        let of_request = user("string The ID of the request", "createdAt");
        assert_eq!(of_request["sub"], Value::Null);
    }
}

mod what_the_holder_belongs_to {
    use super::*;

    fn organizations(fields: &Value) -> Value {
        let mut user = json!({ "id": "string", "email": "string" });
        let user_fields = user.as_object_mut().unwrap();
        user_fields.extend(fields.as_object().unwrap().clone());
        mapped(&user)["organizations"].clone()
    }

    #[test]
    fn an_account_that_the_holder_has_is_none() {
        for fields in [
            json!({ "account_name": "string The main account or subaccount name" }),
            json!({ "account_id": "string", "account_name": "string", "is_sub_account": "boolean" }),
            json!({ "accountId": "string Number of the trading account", "accountName": "string" }),
            json!({ "account_id": "string", "account_name": "string", "iban": "string" }),
            json!({ "account_id": "string The identifier of the user's account" }),
        ] {
            assert_eq!(organizations(&fields), Value::Null, "{fields}");
        }
        let apart = json!({ "account_id": "string", "account_name": "string" });
        let both = json!({ "id": "/account_id", "name": "/account_name" });
        assert_eq!(organizations(&apart), both);
    }

    #[test]
    fn a_default_workspace_is_one_unless_an_organization_is_in_doubt() {
        let fields = json!({ "defaultWorkspaceId": "integer" });
        let workspace = json!({ "id": "/defaultWorkspaceId" });
        assert_eq!(organizations(&fields), workspace);
        let fields = json!({ "defaultWorkspaceId": "integer", "organization": "string" });
        assert_eq!(organizations(&fields), Value::Null);
    }

    #[test]
    fn an_identifier_beside_a_biography_is_no_free_text() {
        let told = json!({ "bio": "string", "organization": "string Organization ID (if any)" });
        assert_eq!(organizations(&told), json!({ "id": "/organization" }));
        let free = json!({ "bio": "string", "organization": "string" });
        assert_eq!(organizations(&free), Value::Null);
    }

    #[test]
    fn a_default_account_of_the_user_is_one() {
        let fields = json!({ "defaultAccountId": "string The default account ID of the user" });
        assert_eq!(organizations(&fields), json!({ "id": "/defaultAccountId" }));
    }

    #[test]
    fn institutions_that_a_key_may_reach_are_none() {
        let fields = json!({ "institutions": [{ "id": "string", "name": "string" }] });
        assert_eq!(organizations(&fields), Value::Null);
    }

    #[test]
    fn a_name_under_another_name_by_its_words() {
        let id = "integer Unique identifier of the user's account";
        let fields = json!({
            "accountId": id, "acountLabel": "string The name of the user's account",
        });
        let both = json!({ "id": "/accountId", "name": "/acountLabel" });
        assert_eq!(organizations(&fields), both);
        // That of something else of it.
        let fields = json!({
            "organization_id": "string",
            "key_name": "string The name of the organization API key",
        });
        assert_eq!(organizations(&fields), json!({ "id": "/organization_id" }));
    }

    #[test]
    fn a_list_in_what_holds_several() {
        let list = json!([{ "gid": "string", "label": "string" }]);
        for holder in ["groups", "memberships", "_embedded"] {
            let own = json!({ "gid": "string", "label": "string" });
            let fields = json!({ holder: { "me": own, "organizations": list } });
            let found = json!({ "each": format!("/{holder}/organizations"), "id": "/gid", "name": "/label" });
            assert_eq!(organizations(&fields), found);
        }
        let fields = json!({ "preferences": { "organizations": list } });
        assert_eq!(organizations(&fields), Value::Null);
    }

    #[test]
    fn a_workspace_in_two_words() {
        let fields = json!({ "workSpaceId": "string", "workSpaceName": "string" });
        let both = json!({ "id": "/workSpaceId", "name": "/workSpaceName" });
        assert_eq!(organizations(&fields), both);
        let fields = json!({ "work_spaces": [{ "id": "string", "name": "string" }] });
        let each = json!({ "each": "/work_spaces", "id": "/id", "name": "/name" });
        assert_eq!(organizations(&fields), each);
    }

    #[test]
    fn what_the_token_goes_with_by_its_words() {
        for noun in ["deployment", "space", "installation"] {
            let said = format!("string {noun} ID associated with the API token.");
            let fields = json!({ format!("{noun}Id"): said });
            assert_eq!(
                organizations(&fields),
                json!({ "id": format!("/{noun}Id") })
            );
        }
        for (name, said) in [
            ("deploymentId", "The latest deployment"),
            ("policyId", "The policy associated with the API token"),
            (
                "actorId",
                "Who in the deployment is associated with the API token",
            ),
        ] {
            let fields = json!({ name: format!("string {said}") });
            assert_eq!(organizations(&fields), Value::Null, "{said}");
        }
    }

    #[test]
    fn relations_of_json_api() {
        let to = |resource: Value| {
            json!({ "data": {
                "id": "string", "type": "string", "attributes": { "email": "string" },
                "relationships": resource,
            } })
        };
        let one = json!({ "id": "string", "type": "string" });
        let found = mapped(&to(json!({ "organization": { "data": one } })));
        let at = "/data/relationships/organization/data/id";
        assert_eq!(found["organizations"], json!({ "id": at }));
        let found = mapped(&to(json!({ "workspaces": { "data": [one] } })));
        let at = "/data/relationships/workspaces/data";
        assert_eq!(found["organizations"], json!({ "each": at, "id": "/id" }));
    }
}

mod holders_of_other_kinds {
    use super::*;

    #[test]
    fn a_company_whose_name_stands_in_its_settings() {
        let company = |within: &str| {
            let answer = json!({ "id": "string", within: { "name": "string", "email": "string" } });
            answer_of("GET /companies/current", "The current company", &answer).identity
        };
        for within in ["settings", "general"] {
            assert_eq!(company(within)["name"], format!("/{within}/name"));
        }
        // Of a user, they are the settings' own.
        let user = json!({ "id": "string", "email": "string", "settings": { "name": "string" } });
        assert_eq!(mapped(&user)["name"], Value::Null);
    }

    #[test]
    fn by_what_a_user_signs_in() {
        let user = |sign_in: Value| {
            let mut answer = json!({ "id": "string", "name": "string" });
            let fields = answer.as_object_mut().unwrap();
            fields.extend(sign_in.as_object().unwrap().clone());
            mapped(&answer)["preferred_username"].clone()
        };
        let own = json!({ "username": "string", "id": "string" });
        let certificate = json!({ "fingerprint": "string" });
        for (sign_in, name) in [
            (
                json!({ "authenticators": { "updb": own, "cert": certificate } }),
                json!("/authenticators/updb/username"),
            ),
            (
                json!({ "credentials": { "username": "string" } }),
                json!("/credentials/username"),
            ),
            // With another service, or in several ways.
            (json!({ "authentication": { "github": own } }), Value::Null),
            (
                json!({ "authenticators": { "a": own, "b": own } }),
                Value::Null,
            ),
            (json!({ "discord": own }), Value::Null),
        ] {
            assert_eq!(user(sign_in.clone()), name, "{sign_in}");
        }
    }

    #[test]
    fn an_account_by_its_address_on_a_blockchain() {
        let of = |name: &str, said: &str| {
            let answer = json!({ "results": [{ name: said, "username": "string" }] });
            answer_of("GET /account/info", "The current account", &answer).identity["sub"].clone()
        };
        for (name, said) in [
            ("account", "string Starknet address of the account"),
            ("address", "string The wallet's address"),
            ("wallet_address", "string On-chain address"),
        ] {
            assert_eq!(of(name, said), format!("/results/0/{name}"));
        }
        assert_eq!(of("address", "string Where the user lives"), Value::Null);
        assert_eq!(of("account", "string The account"), Value::Null);
        // As by its example.
        let example = format!("0x{}", "4f".repeat(20));
        let address = json!({ "$": { "type": "string", "example": example } });
        let found = mapped(&json!({ "address": address, "email": "string" }));
        assert_eq!(found["sub"], "/address");
    }
}

mod whom_a_request_names {
    use super::*;

    #[test]
    fn a_word_for_the_caller_with_marks_around_it() {
        for word in [
            "-me-",
            "@me",
            "~me",
            "$me",
            "current-user",
            "~self",
            "_self",
        ] {
            let mut person = operation("Get a person", &user());
            person["description"] = json!(format!(
                "Use the `{word}` string for the authenticated user."
            ));
            person["parameters"] = json!([{
                "name": "personId", "in": "path", "required": true,
                "description": "The identifier of a person.", "schema": { "type": "string" },
            }]);
            let found = proposed(&[("GET /people/{personId}", person)]);
            assert!(found.overlay.contains(word), "{}", found.overlay);
        }
        // A placeholder is none.
        let mut person = operation("Get a person", &user());
        person["description"] = json!("The `<me>` of the authenticated user is `{me}`.");
        person["parameters"] = json!([{
            "name": "personId", "in": "path", "required": true, "schema": { "type": "string" },
        }]);
        let document = document(&[("GET /people/{personId}", person)]);
        assert!(try_propose(&document).is_err());
    }

    #[test]
    fn the_context_of_a_request_tells_which_key_asks() {
        let kinds = json!({ "$": { "type": "string", "enum": ["apikey", "service_principal"] } });
        let context = json!({ "resource_id": "integer", "auth_type": kinds });
        let organization = json!({ "id": "string", "name": "string" });
        let found = proposed(&[
            (
                "GET /organization",
                operation("An organization", &organization),
            ),
            ("GET /auth/context", operation("The context", &context)),
        ]);
        assert_eq!(found.operation, "GET /auth/context");
        assert_eq!(found.identity["sub"], "/resource_id");
        // Beside kinds of something else, it is a resource's.
        let kinds = json!({ "$": { "type": "string", "enum": ["file", "folder"] } });
        let other = json!({ "resource_id": "integer", "resource_type": kinds, "email": "string" });
        assert_eq!(mapped(&other)["sub"], Value::Null);
    }

    #[test]
    fn a_company_that_is_told_by_a_name_alone() {
        for (name, field) in [
            ("company", "organization"),
            ("business", "legal_name"),
            ("organization", "company"),
        ] {
            let answer = json!({ "id": "string", "email": "string", name: { field: "string", "city": "string" } });
            assert_eq!(
                mapped(&answer)["organizations"],
                json!({ "name": format!("/{name}/{field}") })
            );
        }
        // What a customer wrote.
        for name in ["customer", "account", "site"] {
            let written = json!({ "company": "string", "city": "string" });
            let found = mapped(&json!({ "id": "string", "email": "string", name: written }));
            assert_eq!(found["organizations"], Value::Null, "{name}");
        }
    }

    #[test]
    fn a_switch_of_what_the_answer_has_is_left_off() {
        for (name, said, is_switch) in [
            (
                "noRoles",
                "Set to true to avoid including the roles in the response",
                true,
            ),
            ("includeTeams", "", true),
            ("exclude_settings", "", true),
            ("pretty", "", true),
            // Whom the answer is of.
            ("isActive", "", false),
            (
                "onlyIncluded",
                "Leaves what is excluded out of the response",
                false,
            ),
            ("consent", "Whether the user agrees", false),
        ] {
            let mut me = operation("The current user", &user());
            me["parameters"] = json!([{
                "name": name, "in": "query", "required": true, "description": said,
                "schema": { "type": "boolean" },
            }]);
            let found = proposed(&[("GET /users/me", me)]);
            let sent = format!("{name}: \"false\"");
            assert_eq!(
                found.overlay.contains(&sent),
                is_switch,
                "{}",
                found.overlay
            );
        }
    }
}

mod the_same_written_otherwise {
    use super::*;

    #[test]
    fn lists_in_objects_that_tell_of_them() {
        let one = json!({ "id": "string", "name": "string" });
        for (lists, organizations) in [
            (
                json!({ "orgs": { "items": [one], "total": "integer" } }),
                json!({ "each": "/orgs/items", "id": "/id", "name": "/name" }),
            ),
            (
                json!({ "teams": { "nodes": [one] } }),
                json!({ "each": "/teams/nodes", "id": "/id", "name": "/name" }),
            ),
            (
                json!({ "organizations": { "edges": [{ "node": one, "cursor": "string" }] } }),
                json!({ "each": "/organizations/edges", "id": "/node/id", "name": "/node/name" }),
            ),
        ] {
            let mut answer = json!({ "id": "string", "email": "string" });
            let fields = answer.as_object_mut().unwrap();
            fields.extend(lists.as_object().unwrap().clone());
            assert_eq!(mapped(&answer)["organizations"], organizations, "{lists}");
        }
    }

    #[test]
    fn accounts_with_money_in_them() {
        let account = |sign: &str| json!({ "id": "string", "name": "string", sign: "string" });
        for (sign, is_one) in [("iban", false), ("margin_mode", false), ("plan", true)] {
            for accounts in [
                json!({ "account": account(sign) }),
                json!({ "accounts": [account(sign)] }),
            ] {
                let mut answer = json!({ "id": "string", "email": "string" });
                let fields = answer.as_object_mut().unwrap();
                fields.extend(accounts.as_object().unwrap().clone());
                let found = mapped(&answer)["organizations"] != Value::Null;
                assert_eq!(found, is_one, "{accounts}");
            }
        }
    }

    #[test]
    fn names_and_times_in_other_words() {
        let answer = json!({
            "ContactId": "string", "ContactEmail": "string", "name_first": "string",
            "name_last": "string", "audit": { "created": { "at": "string", "by": "string" } },
            "updated": { "at": "string", "by": "string" },
        });
        let found = answer_of("GET /contacts/me", "The current contact", &answer).identity;
        for (claim, pointer) in [
            ("sub", "/ContactId"),
            ("email", "/ContactEmail"),
            ("given_name", "/name_first"),
            ("family_name", "/name_last"),
            ("created_at", "/audit/created/at"),
            ("updated_at", "/updated/at"),
        ] {
            assert_eq!(found[claim], pointer, "{found}");
        }
    }
}

mod callers_without_quotation_marks {
    use super::*;

    /// What is sent in place of the identifier that is described so.
    fn sent(parameter: &str, said: &str) -> Option<String> {
        let mut person = operation("Get a user", &user());
        person["description"] = json!(said);
        person["parameters"] = json!([{
            "name": "userId", "in": "path", "required": true, "description": parameter,
            "schema": { "type": "string" },
        }]);
        let found = try_propose(&document(&[("GET /users/{userId}", person)])).ok()?;
        let line = found.overlay.lines().find(|it| it.contains("userId: "))?;
        Some(line.trim().trim_start_matches("userId: ").replace('"', ""))
    }

    #[test]
    fn a_word_with_marks_and_a_sign_that_is_said_to_be_one() {
        for (parameter, said, value) in [
            (
                "User id, or the value -me- for the authenticated user",
                "",
                "-me-",
            ),
            ("The user's ID; @me is the caller.", "", "@me"),
            (
                "",
                "Use -me- in place of userId to get the current user.",
                "-me-",
            ),
            ("", "Use '~' to get the currently authenticated user.", "~"),
            ("Specify 0 for the current user.", "", "0"),
            ("The id, or me", "", "me"),
        ] {
            assert_eq!(
                sent(parameter, said).as_deref(),
                Some(value),
                "{parameter}{said}"
            );
        }
        for parameter in [
            "Use 0 for no user",
            "A number from 0 to the current maximum",
            "Its place under ~ for the user",
            "The user, as in first-me-last",
        ] {
            assert_eq!(sent(parameter, ""), None, "{parameter}");
        }
    }

    #[test]
    fn the_name_of_a_company_and_what_a_key_belongs_to() {
        let answer = json!({ "id": "string", "details": { "legal_name": "string" } });
        let found = answer_of("GET /companies/me", "The current company", &answer).identity;
        assert_eq!(found["name"], "/details/legal_name");
        let said = "string The space the API key belongs to";
        let answer = json!({ "id": "string", "email": "string", "space_id": said });
        assert_eq!(
            mapped(&answer)["organizations"],
            json!({ "id": "/space_id" })
        );
    }

    #[test]
    fn times_with_what_they_are_counted_in() {
        for name in [
            "creation_time_in_millis",
            "createdAtMs",
            "created_at_utc",
            "createTimeEpoch",
        ] {
            let answer = json!({ "id": "string", "email": "string", name: "integer" });
            assert_eq!(mapped(&answer)["created_at"], format!("/{name}"));
        }
        // How long it is good for, and not until when.
        let answer =
            json!({ "id": "string", "token": { "id": "string", "expires_in_millis": "integer" } });
        assert_eq!(mapped(&answer)["token"]["expires_at"], Value::Null);
    }

    #[test]
    fn a_key_in_an_object_of_data() {
        for object in ["api_key_data", "apiKeyInfo", "token_details"] {
            let noun = if object.starts_with("api") {
                "api_key"
            } else {
                "token"
            };
            let name = format!("{noun}_name");
            let answer = json!({
                "user_data": { "email": "string" },
                object: { name.as_str(): "string", "expires_at": "string" },
            });
            let token = &mapped(&answer)["token"];
            assert_eq!(token["name"], format!("/{object}/{name}"), "{token}");
            assert_eq!(
                token["expires_at"],
                format!("/{object}/expires_at"),
                "{token}"
            );
        }
    }

    #[test]
    fn a_name_of_a_team_alone_is_of_a_profile() {
        let mut answer = json!({ "id": "string", "email": "string", "teamName": "string" });
        assert_eq!(mapped(&answer)["organizations"], Value::Null);
        answer["teamId"] = json!("string");
        assert_eq!(
            mapped(&answer)["organizations"],
            json!({ "id": "/teamId", "name": "/teamName" })
        );
    }
}
