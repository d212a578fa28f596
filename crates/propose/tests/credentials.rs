//! What is proposed about the credential: where it goes, what stands before it, and what is left to be filled in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_openapi::{load, overlay};
use keyholder_propose::{File, Input, Source, propose};
use serde_json::{Value, json};

/// A proposal, read back.
struct Proposed {
    /// The overlay's text.
    text: String,
    /// The description with the overlay applied.
    document: Value,
}

impl Proposed {
    fn of(document: &Value) -> Self {
        Self::named(document, None)
    }

    fn named(document: &Value, operation: Option<&str>) -> Self {
        let text = document.to_string();
        let texts = propose(&Input {
            provider: "acme",
            source: Source::Description(File {
                path: "acme.json".as_ref(),
                text: &text,
            }),
            operation,
        })
        .unwrap();
        let description = load::parse(&texts.description, true).unwrap();
        let actions = load::parse(&texts.overlay, false).unwrap();
        Self {
            text: texts.overlay,
            document: overlay::overlay(description, &actions).unwrap(),
        }
    }

    fn whoami(&self) -> Value {
        let paths = self.document["paths"].as_object().unwrap();
        paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .find_map(|operation| operation.get("x-whoami"))
            .unwrap()
            .clone()
    }

    fn token(&self) -> Value {
        self.whoami()["token"].clone()
    }

    /// The comments, as one line.
    fn comments(&self) -> String {
        let lines = self.text.lines().map(str::trim);
        let comments: Vec<_> = lines.filter_map(|line| line.strip_prefix("# ")).collect();
        comments.join(" ")
    }
}

fn answer() -> Value {
    json!({ "200": { "description": "ok", "content": { "application/json": { "schema": {
        "type": "object", "properties": { "id": { "type": "string" }, "email": { "type": "string" } },
    } } } } })
}

/// A description that asks for these schemes.
fn secured(security: &Value, schemes: &Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": security,
        "paths": { "/me": { "get": { "summary": "Get the current user", "responses": answer() } } },
        "components": { "securitySchemes": schemes },
    })
}

/// A key in `Authorization`, with these members.
fn authorization(members: &Value) -> Value {
    let mut scheme = json!({ "type": "apiKey", "in": "header", "name": "Authorization" });
    for (key, value) in members.as_object().unwrap() {
        scheme[key] = value.clone();
    }
    secured(&json!([{ "auth": [] }]), &json!({ "auth": scheme }))
}

/// A description without schemes, whose operation has these members beside its answer.
fn open(path: &str, method: &str, members: &Value) -> Value {
    let mut operation = json!({ "summary": "Get the current user", "responses": answer() });
    for (key, value) in members.as_object().unwrap() {
        operation[key] = value.clone();
    }
    let mut document = secured(&json!([]), &json!({}));
    document["paths"] = json!({ path: { method: operation } });
    document
}

mod prefix {
    use super::*;

    /// What operations show that ask for the same scheme is said of it, where they agree and many have it.
    #[test]
    fn in_the_words_of_operations_that_ask_for_the_same_scheme() {
        let showing = |texts: &[&str], security: Option<Value>| {
            let mut document = authorization(&json!({}));
            document["components"]["securitySchemes"]["other"] =
                json!({ "type": "http", "scheme": "bearer" });
            for (index, text) in texts.iter().enumerate() {
                let mut other = json!({ "description": text, "responses": answer() });
                if let Some(security) = &security {
                    other["security"] = security.clone();
                }
                document["paths"][format!("/things/{index}")] = json!({ "delete": other });
            }
            Proposed::of(&document).token()["prefix"].clone()
        };
        let token = "`Authorization: Token <your key>`";
        let bearer = "`Authorization: Bearer <your key>`";
        let key = "`Authorization: ApiKey <your key>`";
        let metrics = "`Authorization: Metrics <your key>`";
        assert_eq!(showing(&[token], None), "Token ");
        assert_eq!(showing(&[token, token], None), "Token ");
        for (texts, security) in [
            (&[token, key][..], None),
            (&[metrics], None),
            (&[token], Some(json!([{ "other": [] }]))),
            // It is that of the other scheme.
            (&[bearer], Some(json!([{ "auth": [] }, { "other": [] }]))),
        ] {
            assert_eq!(showing(texts, security), Value::Null, "{texts:?}");
        }
    }

    #[test]
    fn in_the_words_of_the_scheme() {
        for (said, prefix) in [
            (
                "The API Key with format `Token token=<API_KEY>`",
                "Token token=",
            ),
            ("API key. Format: Token token=YOUR_API_KEY", "Token token="),
            ("As in Authorization: Token abc123def", "Token "),
            ("Use: `Bearer {token}`", "Bearer "),
            ("Value: Token <key>", "Token "),
            ("The key, prefixed with `Token`.", "Token "),
            ("Prefix the API key with 'Token'", "Token "),
            ("Please prepend 'ApiKey ' to your key.", "ApiKey "),
            (
                "The string 'Bearer ' followed by your access token.",
                "Bearer ",
            ),
            (
                "The word \"Token\", followed by a space and the key.",
                "Token ",
            ),
            ("Enter: Bearer <JWT>", "Bearer "),
            (
                "Enter your token in the form **Key &lt;your key&gt;**",
                "Key ",
            ),
            ("Your key in the form `Key <k>`", "Key "),
            (
                "Enter the token with the `Bearer: ` prefix, e.g. \"Bearer abcde12345\".",
                "Bearer ",
            ),
            (
                "JWT Authorization header using the Bearer scheme. Example: \"Authorization: Bearer {token}\"",
                "Bearer ",
            ),
            (
                "curl https://api.acme.dev/me -H 'Authorization: SSWS 00abcDEF12'",
                "SSWS ",
            ),
            (
                "<p>Send <code>Authorization: Bot &lt;token&gt;</code></p>",
                "Bot ",
            ),
            ("Pass `apikey <your api key>` in this header.", "apikey "),
            ("Must start with \"Bearer\".", "Bearer "),
            ("Add Bearer before the token", "Bearer "),
            ("Bearer + token", "Bearer "),
            (
                "The token is sent with the scheme `Zoho-oauthtoken`.",
                "Zoho-oauthtoken ",
            ),
            ("Bearer token for the API.", "Bearer "),
            ("Please insert JWT with Bearer into field", "Bearer "),
            ("Send `GoogleLogin auth=<token>`.", "GoogleLogin auth="),
            (
                "Type in the *Value* box: 'Token ' + your key, e.g. `Token 9944b09199c62bcf`",
                "Token ",
            ),
            (
                "Token-based authentication with required prefix \"Token\"",
                "Token ",
            ),
            (
                "Authorization header: `Klaviyo-API-Key your-private-api-key`",
                "Klaviyo-API-Key ",
            ),
            ("Header value must be of the form: Token XXXXX", "Token "),
            ("You need to put 'Key' in front of your API key", "Key "),
            ("Requires the `Authorization: Bearer` header", "Bearer "),
            (
                "Use your secret key. Format: `Authorization: Secret <key>`",
                "Secret ",
            ),
            (
                "It needs to be sent as Authorization: ApiKey=<key>",
                "ApiKey=",
            ),
            ("Include it as: Authorization: Bearer sk-...", "Bearer "),
            ("Public authentication: Client-ID <client_id>", "Client-ID "),
            ("Don't forget the `Bearer` prefix.", "Bearer "),
            (
                "The request fails without the Bearer prefix: `Authorization: Bearer <key>`",
                "Bearer ",
            ),
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(
                proposed.token()["prefix"],
                prefix,
                "{said}\n{}",
                proposed.text
            );
            assert!(
                proposed.comments().contains("The scheme's own words: \""),
                "{said}"
            );
        }
    }

    #[test]
    fn in_other_members_of_the_scheme() {
        for (members, prefix) in [
            (json!({ "bearerFormat": "Token <key>" }), "Token "),
            (json!({ "example": "Token 0123456789abcdef" }), "Token "),
            (json!({ "x-example": "Bearer eyJhbGciOi" }), "Bearer "),
            (
                json!({ "x-default": "API-Key 3039ba033eb1410c" }),
                "API-Key ",
            ),
            (json!({ "x-apikey-prefix": "ApiKey" }), "ApiKey "),
            (json!({ "x-token-prefix": "Token token=" }), "Token token="),
            (
                json!({ "x-fern-header": { "name": "apiKey", "prefix": "Token" } }),
                "Token ",
            ),
            (json!({ "scheme": "bearer" }), "Bearer "),
        ] {
            let proposed = Proposed::of(&authorization(&members));
            assert_eq!(
                proposed.token()["prefix"],
                prefix,
                "{members}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn not_where_nothing_or_the_contrary_is_said() {
        for said in [
            "",
            "The header must hold the key.",
            "In `Authorization: the key you were given`",
            "Your API key. See [Authentication](https://acme.dev/docs).",
            "Enter your API key (without the Bearer prefix).",
            "The raw key: do not add a prefix.",
            "`Authorization: <API_KEY>`",
            "Authorization: YOUR_API_KEY",
            "API keys begin with `sk_`.",
            "Keys are prefixed with `live-`.",
            "Use your [API key](https://acme.dev/keys) here.",
            "Access [token] of the user",
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(
                proposed.token()["prefix"],
                Value::Null,
                "{said}\n{}",
                proposed.text
            );
            let comments = proposed.comments();
            let is_remarked = comments.contains("mostly has a scheme before it")
                || comments.contains("Nothing stands before the key.");
            assert!(is_remarked, "{said}\n{}", proposed.text);
        }
    }

    #[test]
    fn of_several_none() {
        let said = "Send `Authorization: Bearer <token>` with a token, `Authorization: ApiKey <key>` with a key.";
        let proposed = Proposed::of(&authorization(&json!({ "description": said })));
        assert_eq!(proposed.token()["prefix"], Value::Null);
        let comments = proposed.comments();
        assert!(
            comments.contains("`Bearer `") && comments.contains("`ApiKey `"),
            "{comments}"
        );
    }

    #[test]
    fn not_what_is_said_of_something_else_beside() {
        for (said, prefix) in [
            (
                "Your API key. OAuth tokens are sent as `Bearer <token>` instead.",
                Value::Null,
            ),
            (
                "The key: `Authorization: Key <key>`. With OAuth, `Authorization: Bearer <token>`.",
                json!("Key "),
            ),
            (
                "The OAuth token: `Authorization: Bearer <token>`",
                json!("Bearer "),
            ),
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(
                proposed.token()["prefix"],
                prefix,
                "{said}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn the_word_oauth_is_about_itself() {
        let said = "The string \"OAuth\" followed by the user's token: OAuth ACCESS_TOKEN. Obtained in the flow below";
        let document = authorization(&json!({ "description": said }));
        assert_eq!(Proposed::of(&document).token()["prefix"], "OAuth ");
    }

    #[test]
    fn in_an_extension_of_the_whole_description() {
        let mut document = authorization(&json!({}));
        document["x-acme"] = json!({ "curl": "-H \"Authorization: ApiKey $ACME_API_KEY\"" });
        assert_eq!(Proposed::of(&document).token()["prefix"], "ApiKey ");
    }

    #[test]
    fn in_another_header() {
        for (said, prefix) in [
            ("`X-Acme-Auth: Key <key>`", json!("Key ")),
            ("The key, prefixed with \"Token\"", json!("Token ")),
            ("Your bearer token", Value::Null),
            ("In place of `Authorization: Bearer <token>`.", Value::Null),
            (
                "Where `Authorization: Bearer <token>` is taken by a proxy: `Key <key>`",
                json!("Key "),
            ),
        ] {
            let scheme = json!({ "type": "apiKey", "in": "header", "name": "X-Acme-Auth", "description": said });
            let proposed = Proposed::of(&secured(
                &json!([{ "auth": [] }]),
                &json!({ "auth": scheme }),
            ));
            assert_eq!(proposed.token()["prefix"], prefix, "{said}");
        }
    }

    #[test]
    fn by_the_operation_or_the_introduction_where_nobody_else_claims_it() {
        let shown = "Send the header `Authorization: Token <key>`.";
        let mut own = authorization(&json!({}));
        own["paths"]["/me"]["get"]["description"] = json!(shown);
        assert_eq!(Proposed::of(&own).token()["prefix"], "Token ");
        let mut intro = authorization(&json!({}));
        intro["info"]["description"] = json!(format!("# Acme\n\n## Keys\n{shown}"));
        assert_eq!(Proposed::of(&intro).token()["prefix"], "Token ");
        // Another scheme's.
        let mut other = intro.clone();
        other["components"]["securitySchemes"]["old"] =
            json!({ "type": "http", "scheme": "Token" });
        let proposed = Proposed::of(&other);
        assert_eq!(proposed.token()["prefix"], Value::Null);
        assert!(
            proposed.comments().contains("of another scheme, `old`"),
            "{}",
            proposed.text
        );
        // OAuth's.
        let mut oauth = authorization(&json!({}));
        oauth["info"]["description"] = json!(
            "Keys go into `Authorization` as they are.\n\n# OAuth 2.0\n\nSend the token:\n\n```\nAuthorization: Bearer <token>\n```\n"
        );
        let proposed = Proposed::of(&oauth);
        assert_eq!(proposed.token()["prefix"], Value::Null, "{}", proposed.text);
    }

    #[test]
    fn under_its_own_heading() {
        for (intro, prefix) in [
            (
                "# Authentication\nAll requests need a key:\n\n    curl -H 'Authorization: Api-Key abc123' https://api.acme.dev\n",
                json!("Api-Key "),
            ),
            (
                "## API keys\n```\nAuthorization: Token <key>\n```\n## OAuth\n```\nAuthorization: Bearer <token>\n```\n",
                json!("Token "),
            ),
            (
                "Needs `Authorization: Bearer <jwt-token>`.\n\n**CalDAV:** Basic authentication, for calendars alone.",
                json!("Bearer "),
            ),
            (
                "Either `Authorization: Token <key>` or `Authorization: Bearer <key>`.",
                Value::Null,
            ),
        ] {
            let mut document = authorization(&json!({}));
            document["info"]["description"] = json!(intro);
            let proposed = Proposed::of(&document);
            assert_eq!(
                proposed.token()["prefix"],
                prefix,
                "{intro}\n{}",
                proposed.text
            );
        }
        let mut sample = authorization(&json!({}));
        sample["paths"]["/me"]["get"]["x-codeSamples"] = json!([{ "lang": "curl", "source": "curl -H 'Authorization: ApiKey abc123def' https://api.acme.dev/me" }]);
        assert_eq!(Proposed::of(&sample).token()["prefix"], "ApiKey ");
    }

    #[test]
    fn what_cannot_be_said_is_quoted() {
        for said in [
            "`Authorization: Token token=\"<API key>\"`",
            "`Authorization: HMAC-SHA256 key=<key>, signature=<sig>`",
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(proposed.token()["prefix"], Value::Null, "{said}");
            assert!(
                proposed.comments().contains(&format!("(\"{said}\")")),
                "{}",
                proposed.text
            );
        }
    }

    #[test]
    fn where_all_are_asked_for_at_once() {
        let schemes = json!({
            "a": { "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`" },
            "b": { "type": "apiKey", "in": "header", "name": "X-Secret" },
        });
        let proposed = Proposed::of(&secured(&json!([{ "a": [], "b": [] }]), &schemes));
        assert_eq!(
            proposed.token()["parts"],
            json!([
                { "part": "a", "in": "header", "name": "Authorization", "prefix": "Token ", "env": "ACME_A" },
                { "part": "b", "in": "header", "name": "X-Secret", "env": "ACME_B" },
            ])
        );
    }

    #[test]
    fn the_order_of_parts_is_said() {
        let key = |name: &str| json!({ "type": "apiKey", "in": "header", "name": name });
        let basic = json!({ "type": "http", "scheme": "basic" });
        let bearer = json!({ "type": "http", "scheme": "bearer" });
        for (gw, b, order, variables) in [
            (
                key("X-Gw"),
                key("X-B"),
                "`b:gw`",
                "`b` in ACME_B, `gw` in ACME_GW.",
            ),
            (
                key("X-Gw"),
                bearer,
                "`b:gw`",
                "`b` in ACME_B, `gw` in ACME_GW.",
            ),
            (
                key("X-Gw"),
                basic,
                "`username:password:gw`",
                "`username` in ACME_USERNAME, `password` in ACME_PASSWORD, `gw` in ACME_GW.",
            ),
        ] {
            let schemes = json!({ "gw": gw, "b": b });
            let proposed = Proposed::of(&secured(&json!([{ "gw": [], "b": [] }]), &schemes));
            let comments = proposed.comments();
            assert!(comments.contains(order), "{comments}");
            assert!(comments.contains(variables), "{comments}");
            assert_eq!(proposed.token()["parts"], Value::Null);
        }
        // One scheme has no order.
        let proposed = Proposed::of(&secured(&json!([{ "a": [] }]), &json!({ "a": key("X-A") })));
        assert!(!proposed.comments().contains("with colons between"));
    }

    #[test]
    fn where_no_scheme_is_declared() {
        let shown = "Send `Authorization: Token <key>` with every request.";
        for security in [json!([{ "TokenAuth": [] }]), Value::Null] {
            let mut document = secured(&security, &json!({}));
            document["info"]["description"] = json!(shown);
            let proposed = Proposed::of(&document);
            assert_eq!(proposed.token()["prefix"], "Token ", "{}", proposed.text);
            let schemes = proposed.document["components"]["securitySchemes"]
                .as_object()
                .unwrap();
            let scheme = schemes.values().next().unwrap();
            assert_eq!(
                *scheme,
                json!({ "type": "apiKey", "in": "header", "name": "Authorization" })
            );
        }
    }

    #[test]
    fn never_of_another_operation() {
        let mut document = authorization(&json!({}));
        document["components"]["securitySchemes"]["metrics"] =
            json!({ "type": "http", "scheme": "bearer", "bearerFormat": "Metrics <token>" });
        document["paths"]["/metrics"] = json!({ "get": {
            "description": "Send `Authorization: Metrics <token>`.",
            "security": [{ "metrics": [] }], "responses": answer(),
        } });
        let proposed = Proposed::named(&document, Some("GET /me"));
        assert_eq!(proposed.token()["prefix"], Value::Null);
        assert!(
            proposed
                .comments()
                .contains("shown of another operation, GET /metrics")
        );
    }

    #[test]
    fn the_name_of_the_scheme_is_the_likely_one_and_no_more() {
        for (name, likely) in [
            ("GenieKey", "GenieKey "),
            ("jwtAuth", "Bearer "),
            ("BotToken", "Bot "),
            ("TokenAuth", "Token "),
            ("ApiKey", "ApiKey "),
        ] {
            let scheme =
                json!({ name: { "type": "apiKey", "in": "header", "name": "Authorization" } });
            let proposed = Proposed::of(&secured(&json!([{ name: [] }]), &scheme));
            assert_eq!(proposed.token()["prefix"], Value::Null);
            let comments = proposed.comments();
            assert!(
                comments.contains(&format!("`prefix: \"{likely}\"`")),
                "{name}: {comments}"
            );
            assert!(
                comments.contains("mostly has a scheme before it"),
                "{comments}"
            );
        }
    }

    #[test]
    fn a_scheme_that_is_called_bearer_is_one() {
        for name in ["Bearer", "bearerAuth", "http_bearer"] {
            let key = |members: Value| {
                let mut scheme =
                    json!({ "type": "apiKey", "in": "header", "name": "Authorization" });
                for (key, value) in members.as_object().unwrap() {
                    scheme[key] = value.clone();
                }
                let schemes = json!({ name: scheme });
                Proposed::of(&secured(&json!([{ name: [] }]), &schemes)).token()["prefix"].clone()
            };
            assert_eq!(key(json!({})), "Bearer ");
            // What is said of it counts more.
            assert_eq!(
                key(json!({ "description": "Send `Authorization: Token <key>`." })),
                "Token "
            );
            assert_eq!(
                key(json!({ "description": "A key of your account." })),
                Value::Null
            );
        }
    }

    #[test]
    fn schemes_that_each_take_the_header_are_alternatives() {
        let schemes = json!({
            "key": { "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`" },
            "password": { "type": "http", "scheme": "basic" },
            "site": { "type": "apiKey", "in": "header", "name": "X-Site" },
        });
        let both = json!([{ "key": [], "password": [] }]);
        let token = Proposed::of(&secured(&both, &schemes)).token();
        assert_eq!(token["scheme"], "key");
        assert_eq!(token["prefix"], "Token ");
        // What has a place of its own goes with each.
        let three = json!([{ "key": [], "password": [], "site": [] }]);
        let parts = Proposed::of(&secured(&three, &schemes)).token()["parts"].clone();
        let names: Vec<_> = parts
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["part"])
            .collect();
        assert_eq!(names, ["key", "site"]);
    }

    #[test]
    fn a_key_that_has_the_services_name_before_it() {
        for said in ["A valid Acme API key", "Your Acme access token."] {
            let body = json!({ "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "required": ["key"],
                "properties": { "key": { "type": "string", "description": said, "example": "abc" } },
            } } } } });
            let token = Proposed::of(&open("/users/info", "post", &body)).token();
            assert_eq!(
                (&token["in"], &token["name"]),
                (&json!("body"), &json!("key")),
                "{said}"
            );
        }
        let header = json!({ "parameters": [
            { "name": "x-ac-accesstoken", "in": "header", "schema": { "type": "string", "example": "{{token}}" } },
        ] });
        let token = Proposed::of(&open("/account", "get", &header)).token();
        assert_eq!(token["name"], "x-ac-accesstoken");
    }

    #[test]
    fn oauth_1_after_oauth_2() {
        let schemes = json!({
            "user": { "type": "http", "scheme": "OAuth" },
            "granted": { "type": "oauth2", "flows": { "authorizationCode": {
                "authorizationUrl": "https://acme.dev/a", "tokenUrl": "https://acme.dev/t", "scopes": {},
            } } },
        });
        let either = json!([{ "user": [] }, { "granted": [] }]);
        let token = Proposed::of(&secured(&either, &schemes)).token();
        assert_eq!(token["scheme"], "granted");
    }

    #[test]
    fn a_phrase_in_quotation_marks_is_none() {
        let said = json!({ "description": "Open the \"Acme API Keys\" page and click on \"Generate API Key\"." });
        let proposed = Proposed::of(&authorization(&said));
        assert_eq!(proposed.token()["prefix"], Value::Null);
        assert!(!proposed.comments().contains("more than one thing is shown"));
    }

    #[test]
    fn of_a_bearer_scheme_whose_words_show_another() {
        let scheme = json!({ "key": { "type": "http", "scheme": "bearer", "description": "Send `Authorization: Token <key>`." } });
        let token = Proposed::of(&secured(&json!([{ "key": [] }]), &scheme)).token();
        assert_eq!(token["prefix"], "Token ");
        let scheme = json!({ "key": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Send `Authorization: Bearer <key>`." } });
        let token = Proposed::of(&secured(&json!([{ "key": [] }]), &scheme)).token();
        assert_eq!(token["prefix"], Value::Null);
    }

    #[test]
    fn of_oauth_whose_words_show_another() {
        let flows =
            json!({ "clientCredentials": { "tokenUrl": "https://acme.dev/token", "scopes": {} } });
        for (said, prefix) in [
            ("Send `Authorization: OAuth2 <token>`.", json!("OAuth2 ")),
            (
                "Send `Zoho-oauthtoken <token>` in the header.",
                json!("Zoho-oauthtoken "),
            ),
            (
                "Authorization: Zoho-oauthtoken 1000.abc",
                json!("Zoho-oauthtoken "),
            ),
            (
                "<code>Authorization: token &lt;access token&gt;</code>",
                json!("token "),
            ),
            (
                "Ask for a token with `Authorization: Basic base64(id:secret)`, and send `Authorization: OAuth <token>`.",
                json!("OAuth "),
            ),
            ("Send `Authorization: Bearer <token>`.", Value::Null),
            (
                "Ask for a token with `Authorization: Basic <pair>`.",
                Value::Null,
            ),
            ("OAuth 2.0 for apps.", Value::Null),
            ("", Value::Null),
        ] {
            for scheme in [
                json!({ "type": "oauth2", "flows": flows, "description": said }),
                json!({ "type": "openIdConnect", "openIdConnectUrl": "https://acme.dev/o", "description": said }),
            ] {
                let proposed =
                    Proposed::of(&secured(&json!([{ "o": [] }]), &json!({ "o": scheme })));
                assert_eq!(
                    proposed.token()["prefix"],
                    prefix,
                    "{said}\n{}",
                    proposed.text
                );
                assert_eq!(
                    proposed.comments().contains("by the scheme's own words"),
                    prefix != Value::Null,
                    "{said}"
                );
            }
        }
    }

    #[test]
    fn a_scheme_of_http_that_is_not_registered() {
        for (name, prefix) in [
            ("Token", "Token "),
            ("ApiKey", "ApiKey "),
            ("SSWS", "SSWS "),
        ] {
            let scheme = json!({ "key": { "type": "http", "scheme": name } });
            let proposed = Proposed::of(&secured(&json!([{ "key": [] }]), &scheme));
            assert_eq!(proposed.token()["prefix"], prefix);
            assert_eq!(
                proposed.document["components"]["securitySchemes"]["key"],
                json!({ "type": "apiKey", "in": "header", "name": "Authorization" })
            );
        }
    }
}

/// What the words of a description without schemes say.
mod words_without_schemes {
    use super::*;

    fn told(intro: &str, own: &str) -> Proposed {
        let mut document = secured(&Value::Null, &json!({}));
        document["info"]["description"] = json!(intro);
        document["paths"]["/me"]["get"]["description"] = json!(own);
        Proposed::of(&document)
    }

    fn scheme(proposed: &Proposed) -> Value {
        let schemes = proposed.document["components"]["securitySchemes"]
            .as_object()
            .unwrap();
        assert_eq!(schemes.len(), 1);
        let (name, scheme) = schemes.iter().next().unwrap();
        assert_eq!(
            proposed.document["paths"]["/me"]["get"]["security"],
            json!([{ name: [] }])
        );
        scheme.clone()
    }

    /// That these words say that the key goes there.
    fn says(said: &str, place: &str, name: &str) {
        for proposed in [told(said, ""), told("", said)] {
            assert_eq!(
                scheme(&proposed),
                json!({ "type": "apiKey", "in": place, "name": name }),
                "{said}\n{}",
                proposed.text
            );
            let text = &proposed.text;
            assert!(text.contains("Its words say what is sent"), "{text}");
            assert!(text.contains(name), "{text}");
        }
    }

    #[test]
    fn a_key_in_a_header() {
        for (said, name) in [
            (
                "Pass your API key in the `X-Acme-Key` header.",
                "X-Acme-Key",
            ),
            ("Send the X-API-Key header with every request.", "X-API-Key"),
            (
                "All requests need a header named `X-Acme`, which holds your API key.",
                "X-Acme",
            ),
            (
                "# Keys\n\n    curl -H 'X-Acme-Token: 0123abcd' https://api.acme.dev/me\n",
                "X-Acme-Token",
            ),
            (
                "Your key goes into the header <code>apikey</code>.",
                "apikey",
            ),
            (
                "Put the token into the HTTP header **Acme-Auth**.",
                "Acme-Auth",
            ),
            (
                "Use the header `X-Acme-Key: <your key>`, and `X-Request-Id: <uuid>` as you like.",
                "X-Acme-Key",
            ),
            (
                "Requests are authenticated with an `X-Auth-Token` HTTP header.",
                "X-Auth-Token",
            ),
            (
                "Requests without the `X-Acme-Key` header are rejected.",
                "X-Acme-Key",
            ),
            ("Do not forget the header `X-Acme-Key`.", "X-Acme-Key"),
            (
                "Never append `?api_key=…`: send the `X-Acme-Key` header.",
                "X-Acme-Key",
            ),
            (
                "Append `?api_key=KEY`, or send the `X-Key` header.",
                "X-Key",
            ),
            (
                "With OAuth, send `Authorization: Bearer <token>`.\nElse the `X-Key` header.",
                "X-Key",
            ),
            (
                "Instead of the `X-Old-Key` header, use the `X-New-Key` header.",
                "X-New-Key",
            ),
        ] {
            says(said, "header", name);
        }
    }

    #[test]
    fn a_key_in_the_query() {
        for (said, name) in [
            ("Append `?api_key=YOUR_KEY` to every request.", "api_key"),
            ("GET https://api.acme.dev/me?limit=1&token=abcdef", "token"),
            ("Send your token as the query parameter `token`.", "token"),
            ("The API key is given as the `k` query parameter.", "k"),
            ("Add an `apikey` parameter to every request.", "apikey"),
            (
                "Give the `key` in the query string: query string parameter `key`",
                "key",
            ),
            ("Add api_key=YOUR_KEY to the query string.", "api_key"),
            ("The key goes into the query parameter token.", "token"),
            (
                "Authentication is done through an api_key query parameter.",
                "api_key",
            ),
            (
                "Add it to the URL: `https://api.acme.dev/me?apikey=xxxx`",
                "apikey",
            ),
        ] {
            says(said, "query", name);
        }
    }

    #[test]
    fn what_stands_before_a_key_in_such_a_header() {
        let proposed = told("Send `X-Acme-Auth: Token <your key>`.", "");
        assert_eq!(scheme(&proposed)["name"], "X-Acme-Auth");
        assert_eq!(proposed.token()["prefix"], "Token ", "{}", proposed.text);
        let proposed = told(
            "Your key goes into the `Authorization` header, as `Token <your key>`.",
            "",
        );
        assert_eq!(
            scheme(&proposed)["name"],
            "Authorization",
            "{}",
            proposed.text
        );
        assert_eq!(proposed.token()["prefix"], "Token ", "{}", proposed.text);
        let proposed = told("Send `Authorization: <API_KEY>`, the key alone.", "");
        assert_eq!(scheme(&proposed)["name"], "Authorization");
        assert_eq!(proposed.token()["prefix"], Value::Null);
    }

    #[test]
    fn a_pair() {
        for (said, half) in [
            (
                "Use HTTP Basic: `curl -u YOUR_API_KEY: https://api.acme.dev/me`",
                json!({}),
            ),
            (
                "    curl --user \"$KEY:\" https://api.acme.dev/me",
                json!({}),
            ),
            (
                "HTTP Basic authentication with your API key as the user name.",
                json!({}),
            ),
            (
                "We use basic auth; your API key is the password, and `api` the user name: `curl -u api:YOUR_KEY`",
                json!({ "username": "api" }),
            ),
            (
                "Your API key is the user name, and the password is empty.",
                json!({}),
            ),
            (
                "Base64 encode your API key followed by a colon and send it with Basic",
                json!({}),
            ),
            ("`Authorization: Basic base64(key:)`", json!({})),
        ] {
            for proposed in [told(said, ""), told("", said)] {
                assert_eq!(
                    scheme(&proposed),
                    json!({ "type": "http", "scheme": "basic" }),
                    "{said}\n{}",
                    proposed.text
                );
                assert_eq!(proposed.token()["username"], half["username"], "{said}");
                assert!(
                    proposed
                        .text
                        .contains("Its words say what is sent, Basic authentication")
                );
            }
        }
    }

    #[test]
    fn nothing_of_a_key_leaves_the_guess() {
        for said in [
            "",
            "An API for keys and tokens.",
            "Send an `Idempotency-Key` header with every POST.",
            "Every answer has the `X-Request-Id` header; give it with your API key to our support.",
            "Webhooks carry the `X-Acme-Token` header.",
            "Pages: `?page_token=abc&limit=10`",
            "The response header `X-RateLimit-Remaining` says how many calls a key has left.",
            "The `X-Acme-Key` header is no longer supported.",
            "HTTP Basic is not supported.",
            "Our Basic plan has 10 requests a day.",
            "Sort by the sort query parameter or filter.",
            "Give the user's password to nobody.",
            "`GET /items?page=2&limit=10` lists what a key may see.",
        ] {
            let proposed = told(said, "");
            assert_eq!(
                scheme(&proposed),
                json!({ "type": "http", "scheme": "bearer" }),
                "{said}\n{}",
                proposed.text
            );
            assert!(
                proposed
                    .text
                    .contains("A guess: a bearer token, as most providers have."),
                "{said}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn another_place_is_named_as_well() {
        let proposed = told("Use the `X-Key` header, or append `?key=KEY`.", "");
        assert!(
            proposed.text.contains("(and the query's `key`, too)"),
            "{}",
            proposed.text
        );
    }

    #[test]
    fn a_scheme_that_is_asked_for_and_not_declared() {
        let mut document = secured(&json!([{ "AcmeAuth": [] }]), &json!({}));
        document["info"]["description"] = json!("The key is sent in the `X-Acme-Key` header.");
        let proposed = Proposed::of(&document);
        assert_eq!(
            proposed.document["components"]["securitySchemes"]["AcmeAuth"],
            json!({ "type": "apiKey", "in": "header", "name": "X-Acme-Key" }),
            "{}",
            proposed.text
        );
    }
}

mod encoding {
    use super::*;

    #[test]
    fn base64_asked_for_in_words() {
        for (said, prefix) in [
            ("The Base64-encoded API key", Value::Null),
            ("Your key must be base64 encoded.", Value::Null),
            ("`Bearer base64(API_KEY)`", json!("Bearer ")),
            (
                "Encode the key with Base64, and send `Authorization: Token <encoded key>`",
                json!("Token "),
            ),
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            let token = proposed.token();
            assert_eq!(token["encoding"], "base64", "{said}\n{}", proposed.text);
            assert_eq!(token["prefix"], prefix, "{said}\n{}", proposed.text);
        }
    }

    #[test]
    fn basic_authentication_in_words() {
        for (said, half) in [
            ("Basic base64(api_key + ':')", json!({})),
            ("Authorization: Basic base64(user:password)", json!({})),
            (
                "Use Basic auth: the Base64-encoded `username:password`, `Basic dXNlcjpwYXNzd29yZA==`",
                json!({}),
            ),
            (
                "`Basic <base64(api:KEY)>`, with `api` as the user name and your key as the password",
                json!({ "username": "api" }),
            ),
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(
                proposed.document["components"]["securitySchemes"]["auth"],
                json!({ "type": "http", "scheme": "basic" }),
                "{said}\n{}",
                proposed.text
            );
            let token = proposed.token();
            assert_eq!(token["prefix"], Value::Null, "{said}");
            assert_eq!(
                token["username"], half["username"],
                "{said}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn a_doubt_is_a_remark() {
        for said in [
            "A Base64 string of 32 bytes",
            "A base64-encoded JWT",
            "A base64 encoded API key which you get from your dashboard.",
            "The Base64-encoded token, issued by support.",
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(proposed.token()["encoding"], Value::Null, "{said}");
            assert!(
                proposed.comments().contains("Base64 is spoken of"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_pair_that_is_no_key_alone_is_remarked_on() {
        for (said, remark) in [
            (
                "Your email address with /token appended as username, the API token as password: `{email}/token:{api_token}`",
                "something is added to its user name",
            ),
            (
                "`jane@acme.dev/token:0123abc`, encoded.",
                "something is added to its user name",
            ),
            (
                "The user name is your email, followed by `/key`; the password is the key.",
                "something is added to its user name",
            ),
            (
                "Use your API key for both username and password.",
                "the user name and the password at once",
            ),
            (
                "Your API key as the user name and as the password",
                "the user name and the password at once",
            ),
            (
                "Both the username and the password are your API key.",
                "the user name and the password at once",
            ),
        ] {
            let scheme = json!({ "type": "http", "scheme": "basic", "description": said });
            let schemes = json!({ "basic": scheme });
            let declared = Proposed::of(&secured(&json!([{ "basic": [] }]), &schemes));
            let mut intro = secured(
                &json!([{ "basic": [] }]),
                &json!({ "basic": { "type": "http", "scheme": "basic" } }),
            );
            intro["info"]["description"] = json!(said);
            for proposed in [declared, Proposed::of(&intro)] {
                let comments = proposed.comments();
                assert!(comments.contains(remark), "{said}\n{}", proposed.text);
                assert!(comments.contains(&format!("\"{said}\"")), "{comments}");
                assert_eq!(
                    proposed.token(),
                    json!({ "env": "ACME_API_TOKEN" }),
                    "{said}"
                );
            }
        }
        for said in [
            "Your API key as the user name, and no password.",
            "`GET /users/{email}/items:batch` is asked with the user name and the password.",
            "See `/login` for the password.",
        ] {
            let schemes =
                json!({ "basic": { "type": "http", "scheme": "basic", "description": said } });
            let proposed = Proposed::of(&secured(&json!([{ "basic": [] }]), &schemes));
            let comments = proposed.comments();
            assert!(!comments.contains("added to its user name"), "{comments}");
            assert!(!comments.contains("at once"), "{comments}");
        }
    }

    #[test]
    fn a_key_with_a_colon_after_it_is_basic() {
        for said in [
            "Base64 encode your API key followed by a colon and send it with Basic",
            "Basic, with the base64-encoded key and a trailing colon",
            "Base64-encode the API key with a colon appended, after `Basic `",
            "Append a colon to your key, Base64 encode it, and send `Authorization: Basic <result>`.",
        ] {
            let proposed = Proposed::of(&authorization(&json!({ "description": said })));
            assert_eq!(
                proposed.document["components"]["securitySchemes"]["auth"],
                json!({ "type": "http", "scheme": "basic" }),
                "{said}\n{}",
                proposed.text
            );
            assert_eq!(
                proposed.token(),
                json!({ "env": "ACME_API_TOKEN" }),
                "{said}"
            );
            assert!(
                proposed.comments().contains("the password is empty"),
                "{said}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn a_fixed_half_of_a_pair() {
        for (said, key, value) in [
            (
                "Use your API key as the username and leave the password blank.",
                "",
                "",
            ),
            ("Your API key as username, no password.", "", ""),
            (
                "Use `api` as the user name and your API key as the password.",
                "username",
                "api",
            ),
            (
                "Username: `apikey`; password: your API key",
                "username",
                "apikey",
            ),
            (
                "Any string as the username, and the API key as the password.",
                "username",
                "x",
            ),
            (
                "The username can be anything; use the access token as the password",
                "username",
                "x",
            ),
            (
                "Leave the username empty and use the token as the password.",
                "username",
                "",
            ),
            (
                "API token as the username and `api_token` as the password",
                "password",
                "api_token",
            ),
            (
                "Use your API key as username, password `X`.",
                "password",
                "X",
            ),
            (
                "`curl -u 1971800d4d82861d8f2c1651fea4d212:api_token https://api.acme.dev/me`",
                "password",
                "api_token",
            ),
            (
                "curl -u api:YOUR_API_KEY https://api.acme.dev/me",
                "username",
                "api",
            ),
            ("curl -u \"YOUR_API_KEY:\" https://api.acme.dev/me", "", ""),
            ("curl -u user:password https://api.acme.dev/me", "", ""),
            ("curl -u <key>:<secret> https://api.acme.dev/me", "", ""),
            ("Public key as username, secret key as password.", "", ""),
            (
                "Your email as the username and the API token as the password.",
                "",
                "",
            ),
            (
                "The credentials are given to you base64 encoded.",
                "encoding",
                "none",
            ),
            (
                "The pair, already Base64-encoded, as the dashboard shows it",
                "encoding",
                "none",
            ),
        ] {
            let schemes =
                json!({ "basic": { "type": "http", "scheme": "basic", "description": said } });
            let proposed = Proposed::of(&secured(&json!([{ "basic": [] }]), &schemes));
            let token = proposed.token();
            for name in ["username", "password", "encoding", "prefix"] {
                let expected = if name == key {
                    json!(value)
                } else {
                    Value::Null
                };
                assert_eq!(token[name], expected, "{said}: {name}\n{}", proposed.text);
            }
        }
    }
}

mod choice {
    use super::*;

    #[test]
    fn what_a_program_can_satisfy_goes_first() {
        let key = json!({ "type": "apiKey", "in": "header", "name": "X-Api-Key" });
        let query = json!({ "type": "apiKey", "in": "query", "name": "api_key" });
        let oauth = json!({ "type": "oauth2", "flows": { "authorizationCode": {
            "authorizationUrl": "https://acme.dev/a", "tokenUrl": "https://acme.dev/t", "scopes": {},
        } } });
        let cookie = |name: &str| json!({ "type": "apiKey", "in": "cookie", "name": name });
        let jwt = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "From POST /login." });
        let personal = json!({ "type": "http", "scheme": "bearer", "description": "A personal access token." });
        for (people, programs) in [
            (cookie("connect.sid"), key.clone()),
            (cookie("JSESSIONID"), query.clone()),
            (
                cookie("auth"),
                json!({ "type": "http", "scheme": "bearer" }),
            ),
            (oauth.clone(), personal.clone()),
            (oauth.clone(), key.clone()),
            (
                json!({ "type": "openIdConnect", "openIdConnectUrl": "https://acme.dev/o" }),
                key.clone(),
            ),
            (json!({ "type": "http", "scheme": "basic" }), key.clone()),
            (
                json!({ "type": "http", "scheme": "basic" }),
                personal.clone(),
            ),
            (json!({ "type": "http", "scheme": "digest" }), key.clone()),
            (
                json!({ "type": "http", "scheme": "negotiate" }),
                json!({ "type": "http", "scheme": "basic" }),
            ),
            (json!({ "type": "mutualTLS" }), oauth.clone()),
            (jwt.clone(), key.clone()),
            (
                json!({ "type": "apiKey", "in": "header", "name": "X-CSRF-Token" }),
                jwt.clone(),
            ),
            (
                oauth.clone(),
                json!({ "type": "http", "scheme": "basic", "description": "Your API key as the user name." }),
            ),
        ] {
            for security in [
                json!([{ "people": [] }, { "programs": [] }]),
                json!([{ "programs": [] }, { "people": [] }]),
            ] {
                let schemes = json!({ "people": people, "programs": programs });
                let proposed = Proposed::of(&secured(&security, &schemes));
                assert_eq!(proposed.token()["scheme"], "programs", "{schemes}");
                assert!(
                    proposed
                        .comments()
                        .contains("the operation takes `people` as well")
                );
            }
        }
    }

    #[test]
    fn a_prefix_belongs_to_the_scheme_that_is_named() {
        let schemes = json!({
            "a": { "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Authorization: Bearer Cxxxxxxxxx`" },
            "b": { "type": "apiKey", "in": "header", "name": "X-Acme-Key" },
        });
        let proposed = Proposed::of(&secured(&json!([{ "a": [] }, { "b": [] }]), &schemes));
        assert_eq!(proposed.token()["scheme"], "a");
        assert_eq!(proposed.token()["prefix"], "Bearer ");
        let proposed = Proposed::of(&secured(&json!([{ "b": [] }]), &schemes));
        assert_eq!(proposed.token()["prefix"], Value::Null);
    }

    #[test]
    fn a_session_alone_is_remarked_on() {
        let schemes = json!({ "session": { "type": "apiKey", "in": "cookie", "name": "sid" } });
        let proposed = Proposed::of(&secured(&json!([{ "session": [] }]), &schemes));
        assert!(
            proposed.comments().contains("`session` is a session"),
            "{}",
            proposed.text
        );
    }

    #[test]
    fn of_the_schemes_that_are_not_asked_for_the_likeliest() {
        let schemes = json!({
            "cookie": { "type": "apiKey", "in": "cookie", "name": "sid" },
            "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        });
        let proposed = Proposed::of(&secured(&Value::Null, &schemes));
        assert_eq!(
            proposed.document["paths"]["/me"]["get"]["security"],
            json!([{ "key": [] }])
        );
    }
}

mod places {
    use super::*;

    fn parameter(name: &str, place: &str, said: &str) -> Value {
        json!({ "name": name, "in": place, "required": true, "description": said,
            "schema": { "type": "string", "example": "demo-1234" } })
    }

    #[test]
    fn a_parameter_that_is_the_key() {
        for (name, place, said) in [
            ("key", "query", "Your API key"),
            ("key", "query", ""),
            ("token", "query", "A valid access token"),
            ("access_token", "query", ""),
            ("apikey", "query", "The key of your account"),
            ("k", "query", "API key of the account"),
            ("X-Auth-Token", "header", "The token"),
            ("X-Acme-Secret", "header", "Your secret API key"),
        ] {
            let parameters = json!({ "parameters": [parameter(name, place, said)] });
            let proposed = Proposed::of(&open("/account", "get", &parameters));
            let expected = json!({ "env": "ACME_API_TOKEN", "in": place, "name": name });
            assert_eq!(
                proposed.token(),
                expected,
                "{name}: {said}\n{}",
                proposed.text
            );
            assert_eq!(proposed.whoami()["arguments"], Value::Null);
            assert!(!proposed.text.contains("demo-1234"));
            assert!(proposed.comments().contains(said), "{}", proposed.text);
        }
    }

    #[test]
    fn a_parameter_that_is_called_a_key_and_is_none() {
        for (name, said) in [
            ("key", "The Jira issue key"),
            ("key", "Cache key"),
            ("key", "The idempotency key of the request"),
            ("page_token", "The token of the next page"),
            ("token", "Pagination token"),
            ("csrf_token", ""),
            ("device_token", "The push token of the device"),
            ("token", "The invitation token"),
            ("api_key_id", "The API key ID"),
            ("api_key_name", "API key name"),
        ] {
            let parameters = json!({ "parameters": [parameter(name, "query", said)] });
            let proposed =
                Proposed::named(&open("/account", "get", &parameters), Some("GET /account"));
            assert_eq!(
                proposed.token()["in"],
                Value::Null,
                "{name}: {said}\n{}",
                proposed.text
            );
        }
    }

    #[test]
    fn in_the_path() {
        let parameters = json!({ "parameters": [parameter("token", "path", "The bot's token")] });
        let document = open("/bot{token}/getMe", "get", &parameters);
        let proposed = Proposed::of(&document);
        assert_eq!(
            proposed.token(),
            json!({ "env": "ACME_API_TOKEN", "in": "path", "name": "token" }),
            "{}",
            proposed.text
        );
        assert_eq!(proposed.whoami()["arguments"], Value::Null);
    }

    #[test]
    fn a_key_in_the_path_that_names_something_else() {
        for said in ["Project key, like PROJ", "The invitation token"] {
            let parameters = json!({ "parameters": [parameter("token", "path", said)] });
            let proposed = Proposed::named(
                &open("/x/{token}/whoami", "get", &parameters),
                Some("/x/{token}/whoami"),
            );
            assert_eq!(proposed.token()["in"], Value::Null, "{}", proposed.text);
        }
    }

    #[test]
    fn a_token_that_is_asked_about() {
        let schemes = json!({ "basic": { "type": "http", "scheme": "basic" } });
        let mut document = secured(&json!([{ "basic": [] }]), &schemes);
        let mut operation = body(
            &json!({ "type": "object", "required": ["token"], "properties": {
                "token": { "type": "string", "description": "The token to introspect", "example": "tok_1" },
            } }),
            "application/x-www-form-urlencoded",
        );
        operation["responses"] = answer();
        document["paths"] = json!({ "/token/introspect": { "post": operation } });
        let proposed = Proposed::named(&document, Some("/token/introspect"));
        assert_eq!(proposed.whoami()["body"], Value::Null, "{}", proposed.text);
        assert!(
            proposed
                .comments()
                .contains("The body's `token` may be the credential")
        );
    }

    fn body(schema: &Value, media: &str) -> Value {
        json!({ "requestBody": { "required": true, "content": { media: { "schema": schema } } } })
    }

    #[test]
    fn in_the_body() {
        let text =
            |said: &str| json!({ "type": "string", "description": said, "example": "ONzNrsmb" });
        let schema = json!({ "type": "object", "required": ["key", "lang", "workspace"], "properties": {
            "key": text("A valid API key"), "lang": { "type": "string", "default": "en" },
            "workspace": text("The user"), "name": text("A name"),
        } });
        for media in ["application/json", "application/x-www-form-urlencoded"] {
            let proposed = Proposed::named(
                &open("/users/info", "post", &body(&schema, media)),
                Some("POST /users/info"),
            );
            assert_eq!(proposed.token()["in"], "body");
            assert_eq!(proposed.whoami()["body"], json!({ "lang": "en" }));
            assert!(!proposed.text.contains("ONzNrsmb"), "{}", proposed.text);
            assert!(
                proposed
                    .comments()
                    .contains("`workspace` of the body is left out")
            );
        }
        let nested = json!({ "type": "object", "required": ["auth"], "properties": { "auth": {
            "type": "object", "required": ["api_key"], "properties": { "api_key": text("") },
        } } });
        let proposed = Proposed::of(&open("/me", "post", &body(&nested, "application/json")));
        assert_eq!(
            proposed.token(),
            json!({ "env": "ACME_API_TOKEN", "in": "body", "name": "/auth/api_key" })
        );
        assert_eq!(proposed.whoami()["body"], Value::Null, "{}", proposed.text);
    }

    #[test]
    fn in_the_body_by_an_example_of_the_whole() {
        let mut members = body(
            &json!({ "type": "object", "required": ["token"], "properties": { "token": { "type": "string" } } }),
            "application/json",
        );
        members["requestBody"]["content"]["application/json"]["example"] =
            json!({ "token": "abc123", "verbose": true });
        let proposed = Proposed::of(&open("/me", "post", &members));
        assert_eq!(proposed.token()["name"], "token");
        assert_eq!(proposed.whoami()["body"], json!({ "verbose": true }));
    }

    #[test]
    fn of_several_parts() {
        for (members, parts) in [
            (
                json!({ "parameters": [parameter("app_key", "query", ""), parameter("app_id", "query", "")] }),
                json!([
                    { "part": "app_id", "in": "query", "name": "app_id", "env": "ACME_APP_ID" },
                    { "part": "app_key", "in": "query", "name": "app_key", "env": "ACME_APP_KEY" },
                ]),
            ),
            (
                json!({ "parameters": [parameter("X-Auth-Token", "header", ""), parameter("X-User-Id", "header", "")] }),
                json!([
                    { "part": "user_id", "in": "header", "name": "X-User-Id", "env": "ACME_USER_ID" },
                    { "part": "auth_token", "in": "header", "name": "X-Auth-Token", "env": "ACME_AUTH_TOKEN" },
                ]),
            ),
            (
                body(
                    &json!({ "type": "object", "required": ["login", "password"], "properties": {
                    "login": { "type": "string" }, "password": { "type": "string" },
                } }),
                    "application/json",
                ),
                json!([
                    { "part": "login", "in": "body", "name": "login", "env": "ACME_LOGIN" },
                    { "part": "password", "in": "body", "name": "password", "env": "ACME_PASSWORD" },
                ]),
            ),
            (
                body(
                    &json!({ "type": "object", "required": ["client_id", "client_secret"], "properties": {
                    "client_id": { "type": "string" }, "client_secret": { "type": "string" },
                } }),
                    "application/x-www-form-urlencoded",
                ),
                json!([
                    { "part": "client_id", "in": "body", "name": "client_id", "env": "ACME_CLIENT_ID" },
                    { "part": "client_secret", "in": "body", "name": "client_secret", "env": "ACME_CLIENT_SECRET" },
                ]),
            ),
            (
                body(
                    &json!({ "type": "object", "required": ["id", "secret"], "properties": {
                    "id": { "type": "string" }, "secret": { "type": "string" },
                } }),
                    "application/json",
                ),
                json!([
                    { "part": "id", "in": "body", "name": "id", "env": "ACME_ID" },
                    { "part": "secret", "in": "body", "name": "secret", "env": "ACME_SECRET" },
                ]),
            ),
        ] {
            let method = if members.get("parameters").is_some() {
                "get"
            } else {
                "post"
            };
            let proposed = Proposed::named(&open("/me", method, &members), Some("/me"));
            assert_eq!(proposed.token()["parts"], parts, "{}", proposed.text);
            assert_eq!(proposed.whoami()["arguments"], Value::Null);
            assert_eq!(proposed.whoami()["body"], Value::Null);
        }
    }

    #[test]
    fn beside_a_scheme() {
        let mut document = secured(
            &json!([{ "bearer": [] }]),
            &json!({ "bearer": { "type": "http", "scheme": "bearer" } }),
        );
        document["paths"]["/me"]["get"]["parameters"] =
            json!([parameter("X-Api-Key", "header", "The key of your app")]);
        let proposed = Proposed::of(&document);
        assert_eq!(
            proposed.token()["parts"],
            json!([
                { "part": "bearer", "in": "header", "name": "Authorization", "prefix": "Bearer ", "env": "ACME_BEARER" },
                { "part": "api_key", "in": "header", "name": "X-Api-Key", "env": "ACME_API_KEY" },
            ]),
            "{}",
            proposed.text
        );
    }

    #[test]
    fn a_header_called_token_is_what_oauth_sends() {
        let flows =
            json!({ "implicit": { "authorizationUrl": "https://acme.dev/a", "scopes": {} } });
        let schemes = json!({ "auth": { "type": "oauth2", "flows": flows } });
        let mut document = secured(&json!([{ "auth": [] }]), &schemes);
        document["paths"]["/me"]["get"]["parameters"] =
            json!([parameter("token", "header", "Authentication token")]);
        let proposed = Proposed::of(&document);
        assert_eq!(proposed.token(), json!({ "env": "ACME_API_TOKEN" }));
        assert_eq!(proposed.whoami()["arguments"], Value::Null);
        assert_eq!(
            proposed.document["paths"]["/me"]["get"]["parameters"],
            json!([])
        );
    }

    #[test]
    fn the_same_token_in_one_place() {
        let flows =
            json!({ "implicit": { "authorizationUrl": "https://acme.dev/a", "scopes": {} } });
        for scheme in [
            json!({ "type": "http", "scheme": "bearer" }),
            json!({ "type": "oauth2", "flows": flows }),
        ] {
            for (name, place) in [
                ("access_token", "query"),
                ("token", "query"),
                ("access_token", "header"),
                ("X-Access-Token", "header"),
            ] {
                let mut document = secured(&json!([{ "auth": [] }]), &json!({ "auth": scheme }));
                document["paths"]["/me"]["get"]["parameters"] =
                    json!([parameter(name, place, "The access token")]);
                let proposed = Proposed::of(&document);
                assert_eq!(
                    proposed.token(),
                    json!({ "env": "ACME_API_TOKEN", "in": place, "name": name }),
                    "{}",
                    proposed.text
                );
                assert_eq!(proposed.whoami()["arguments"], Value::Null);
                assert!(
                    proposed
                        .comments()
                        .contains("the scheme `auth`, and requires")
                );
                assert!(!proposed.text.contains("demo-1234"));
            }
            // One that need not be given is left to the scheme.
            let mut document = secured(&json!([{ "auth": [] }]), &json!({ "auth": scheme }));
            let mut optional = parameter("access_token", "query", "");
            optional["required"] = json!(false);
            document["paths"]["/me"]["get"]["parameters"] = json!([optional]);
            assert_eq!(
                Proposed::of(&document).token(),
                json!({ "env": "ACME_API_TOKEN" })
            );
        }
        // A token that the answer is about is another.
        let mut document = secured(
            &json!([{ "auth": [] }]),
            &json!({ "auth": { "type": "http", "scheme": "bearer" } }),
        );
        document["paths"]["/me"]["get"]["parameters"] =
            json!([parameter("token", "query", "The token to introspect")]);
        assert_eq!(Proposed::of(&document).token()["in"], Value::Null);
    }

    #[test]
    fn in_the_envelope_of_json_rpc() {
        let members = |id: Value| {
            body(
                &json!({ "type": "object", "required": ["jsonrpc", "method", "auth", "id"], "properties": {
                    "jsonrpc": { "type": "string", "enum": ["2.0"] },
                    "method": { "type": "string", "example": "user.get" },
                    "auth": { "type": "string", "description": "The API token" },
                    "id": id,
                } }),
                "application/json",
            )
        };
        for (id, sent) in [
            (json!({ "type": "integer" }), json!(1)),
            (json!({ "type": "integer", "example": 7 }), json!(7)),
            (json!({ "type": "string" }), json!("1")),
            (json!({}), json!(1)),
        ] {
            let document = open("/api", "post", &members(id.clone()));
            let proposed = Proposed::named(&document, Some("POST /api"));
            assert_eq!(
                proposed.token(),
                json!({ "env": "ACME_API_TOKEN", "in": "body", "name": "auth" }),
                "{id}\n{}",
                proposed.text
            );
            assert_eq!(
                proposed.whoami()["body"],
                json!({ "jsonrpc": "2.0", "method": "user.get", "id": sent }),
                "{}",
                proposed.text
            );
        }
        let mut shown = members(json!({ "type": "integer" }));
        shown["requestBody"]["content"]["application/json"]["example"] =
            json!({ "jsonrpc": "2.0", "method": "me", "params": [], "auth": "038e1d7b", "id": 3 });
        let proposed = Proposed::named(&open("/api", "post", &shown), Some("POST /api"));
        assert_eq!(
            proposed.whoami()["body"],
            json!({ "jsonrpc": "2.0", "method": "me", "params": [], "id": 3 })
        );
        // A number is no part of a credential in any body.
        let plain = body(
            &json!({ "type": "object", "required": ["api_key", "id"], "properties": {
                "api_key": { "type": "string" }, "id": { "type": "integer" },
            } }),
            "application/json",
        );
        let proposed = Proposed::of(&open("/me", "post", &plain));
        assert_eq!(proposed.token()["name"], "api_key", "{}", proposed.text);
    }

    #[test]
    fn a_header_with_its_prefix() {
        for (said, example, prefix) in [
            ("`Token <key>`", "", json!("Token ")),
            ("The token", "Bearer abc123", json!("Bearer ")),
            ("The token", "", Value::Null),
        ] {
            let parameters = json!({ "parameters": [{ "name": "Authorization", "in": "header", "required": true,
                "description": said, "schema": { "type": "string" }, "example": example }] });
            let proposed = Proposed::of(&open("/me", "get", &parameters));
            assert_eq!(
                proposed.token()["name"],
                "Authorization",
                "{}",
                proposed.text
            );
            assert_eq!(
                proposed.token()["prefix"],
                prefix,
                "{said}\n{}",
                proposed.text
            );
        }
    }
}

mod arguments {
    use super::*;

    fn with(parameters: &Value, path: &str) -> Proposed {
        let mut document = secured(
            &json!([{ "bearer": [] }]),
            &json!({ "bearer": { "type": "http", "scheme": "bearer" } }),
        );
        document["paths"] =
            json!({ path: { "get": { "parameters": parameters, "responses": answer() } } });
        Proposed::named(&document, Some(path))
    }

    #[test]
    fn an_example_says_not_whose_account_is_asked_about() {
        for (name, place, example) in [
            ("user_id", "query", json!(123)),
            ("X-Account-Id", "header", json!("acc_1")),
            ("email", "query", json!("jane@example.com")),
            ("slug", "query", json!("acme")),
        ] {
            let parameters = json!([{ "name": name, "in": place, "required": true, "schema": {}, "example": example }]);
            let whoami = with(&parameters, "/me").whoami();
            let is_constant = whoami["arguments"][name].is_string();
            assert!(!is_constant, "{name}: {whoami}");
        }
        let version = json!([{ "name": "Acme-Version", "in": "header", "required": true, "schema": {}, "example": "2026-01-01" }]);
        let whoami = with(&version, "/me").whoami();
        assert_eq!(whoami["arguments"], json!({ "Acme-Version": "2026-01-01" }));
    }

    #[test]
    fn what_differs_with_each_request_is_no_constant() {
        for (name, place) in [
            ("X-Timestamp", "header"),
            ("X-Acme-Request-Timestamp", "header"),
            ("X-Nonce", "header"),
            ("nonce", "query"),
            ("timestamp", "query"),
            ("date", "query"),
            ("X-Amz-Date", "header"),
            ("signature", "query"),
            ("x-request-signature", "header"),
            ("idempotency-key", "header"),
            ("X-Request-Id", "header"),
            ("X-Correlation-ID", "header"),
        ] {
            for shown in [
                json!({ "type": "string", "example": "1700000000" }),
                json!({ "type": "string", "default": "1700000000" }),
                json!({ "type": "string", "enum": ["1700000000", "1"] }),
            ] {
                let mut parameter = json!({ "name": name, "in": place, "required": true,
                    "schema": shown, "description": "Made by the client" });
                let proposed = with(&json!([parameter]), "/me");
                let whoami = proposed.whoami();
                assert_eq!(whoami["arguments"], json!({}), "{}", proposed.text);
                assert_eq!(whoami["parameters"], Value::Null, "{}", proposed.text);
                let remark = format!("`{name}` is required, and by its name its value differs");
                assert!(proposed.comments().contains(&remark), "{}", proposed.text);
                assert!(proposed.comments().contains("\"Made by the client\""));
                parameter["required"] = json!(false);
                let proposed = with(&json!([parameter]), "/me");
                assert_eq!(
                    proposed.whoami()["arguments"],
                    Value::Null,
                    "{}",
                    proposed.text
                );
            }
        }
        for (name, value) in [
            ("start_date", "2026-01-01"),
            ("X-Version-Date", "2026-01-01"),
        ] {
            let place = if name.starts_with('X') {
                "header"
            } else {
                "query"
            };
            let parameters = json!([{ "name": name, "in": place, "required": true,
                "schema": { "type": "string", "example": value } }]);
            assert_eq!(
                with(&parameters, "/me").whoami()["arguments"],
                json!({ name: value })
            );
        }
    }

    #[test]
    fn a_body_has_no_constant_for_what_differs_with_each_request() {
        let mut document = secured(
            &json!([{ "bearer": [] }]),
            &json!({ "bearer": { "type": "http", "scheme": "bearer" } }),
        );
        document["paths"] = json!({ "/me": { "post": { "responses": answer(), "requestBody": { "required": true,
            "content": { "application/json": { "example": { "nonce": "abc", "verbose": true } } } } } } });
        let proposed = Proposed::named(&document, Some("POST /me"));
        assert_eq!(proposed.whoami()["body"], json!({ "verbose": true }));
        assert!(
            proposed
                .comments()
                .contains("`nonce` of the body is left out")
        );
    }

    #[test]
    fn a_default_of_somebody_is_an_example() {
        for (name, schema, sent) in [
            (
                "userId",
                json!({ "type": "integer", "default": 1 }),
                Value::Null,
            ),
            (
                "user_id",
                json!({ "type": "string", "default": "u_123" }),
                Value::Null,
            ),
            (
                "member_id",
                json!({ "type": "integer", "default": 42 }),
                Value::Null,
            ),
            (
                "email",
                json!({ "type": "string", "default": "jane@acme.dev" }),
                Value::Null,
            ),
            (
                "accountId",
                json!({ "type": "integer", "default": 100 }),
                Value::Null,
            ),
            (
                "X-Org-Id",
                json!({ "type": "string", "default": "17" }),
                Value::Null,
            ),
            (
                "workspaceId",
                json!({ "type": "string", "default": "7d444840-9dc0-11d1-b245-5ffdce74fad2" }),
                Value::Null,
            ),
            (
                "userId",
                json!({ "type": "string", "default": "me" }),
                json!("me"),
            ),
            (
                "user",
                json!({ "type": "string", "default": "self" }),
                json!("self"),
            ),
            (
                "member_id",
                json!({ "type": "string", "default": "current" }),
                json!("current"),
            ),
            (
                "member_limit",
                json!({ "type": "integer", "default": 10 }),
                json!("10"),
            ),
            (
                "user_fields",
                json!({ "type": "string", "default": "all" }),
                json!("all"),
            ),
            (
                "tenant",
                json!({ "type": "string", "default": "main" }),
                json!("main"),
            ),
            (
                "region_id",
                json!({ "type": "integer", "default": 1 }),
                json!("1"),
            ),
        ] {
            let parameters =
                json!([{ "name": name, "in": "query", "required": true, "schema": schema }]);
            let proposed = with(&parameters, "/me");
            let argument = &proposed.whoami()["arguments"][name];
            let constant = if argument.is_object() {
                &Value::Null
            } else {
                argument
            };
            assert_eq!(*constant, sent, "{name}: {schema}\n{}", proposed.text);
        }
        let parameters =
            json!([{ "name": "id", "in": "path", "required": true, "schema": { "default": 1 } }]);
        assert_eq!(
            with(&parameters, "/users/{id}").whoami()["arguments"]["id"],
            json!({ "parameter": "user" })
        );
        let mut document = secured(
            &json!([{ "bearer": [] }]),
            &json!({ "bearer": { "type": "http", "scheme": "bearer" } }),
        );
        document["paths"] = json!({ "/me": { "post": { "responses": answer(), "requestBody": { "required": true,
            "content": { "application/json": { "schema": { "type": "object", "required": ["userId", "lang"],
                "properties": { "userId": { "default": 1 }, "lang": { "default": "en" } } } } } } } } });
        assert_eq!(
            Proposed::named(&document, Some("POST /me")).whoami()["body"],
            json!({ "lang": "en" })
        );
    }

    #[test]
    fn what_leaves_no_choice_fills() {
        for (schema, value) in [
            (json!({ "type": "string", "default": "a" }), "a"),
            (json!({ "type": "string", "enum": ["b"] }), "b"),
            (json!({ "const": "c" }), "c"),
        ] {
            let parameters =
                json!([{ "name": "tenant", "in": "query", "required": true, "schema": schema }]);
            assert_eq!(
                with(&parameters, "/me").whoami()["arguments"]["tenant"],
                value
            );
        }
        let parameters = json!([{ "name": "user_id", "in": "query", "required": true, "schema": { "type": "string" },
            "description": "The id, or `me`." }]);
        assert_eq!(
            with(&parameters, "/user").whoami()["arguments"]["user_id"],
            "me"
        );
    }

    #[test]
    fn a_body_says_nobody_by_an_example() {
        for (schema, body, remark) in [
            (
                json!({ "type": "string", "default": "main" }),
                json!({ "tenant": "main" }),
                None,
            ),
            (
                json!({ "type": "string", "enum": ["main"] }),
                json!({ "tenant": "main" }),
                None,
            ),
            (
                json!({ "type": "string", "example": "t1" }),
                Value::Null,
                Some("`tenant` of the body is left out"),
            ),
            (
                json!({ "type": "string" }),
                json!({ "tenant": "" }),
                Some("`tenant` of the body says whose account"),
            ),
        ] {
            let mut document = secured(
                &json!([{ "bearer": [] }]),
                &json!({ "bearer": { "type": "http", "scheme": "bearer" } }),
            );
            document["paths"] = json!({ "/me": { "post": { "responses": answer(), "requestBody": { "required": true,
                "content": { "application/json": { "schema": { "type": "object", "required": ["tenant"],
                    "properties": { "tenant": schema } } } } } } } });
            let proposed = Proposed::named(&document, Some("POST /me"));
            assert_eq!(proposed.whoami()["body"], body, "{}", proposed.text);
            let comments = proposed.comments();
            assert_eq!(
                comments.contains("of the body"),
                remark.is_some(),
                "{comments}"
            );
            assert!(comments.contains(remark.unwrap_or_default()), "{comments}");
        }
    }

    #[test]
    fn what_belongs_to_the_key_is_a_parameter_of_it() {
        for (path, name, place, schema, parameter, expected) in [
            (
                "/accounts/{account_id}",
                "account_id",
                "path",
                json!({ "type": "string", "pattern": "^[0-9]+$" }),
                "account",
                json!({ "env": "ACME_ACCOUNT", "pattern": "^[0-9]+$" }),
            ),
            (
                "/accounts/{id}",
                "id",
                "path",
                json!({ "type": "string", "example": "a1" }),
                "account",
                json!({ "env": "ACME_ACCOUNT" }),
            ),
            (
                "/{region}/me",
                "region",
                "path",
                json!({ "type": "string", "enum": ["eu", "us"] }),
                "region",
                json!({ "env": "ACME_REGION", "values": ["eu", "us"] }),
            ),
            (
                "/me",
                "X-Tenant-ID",
                "header",
                json!({ "type": "string", "pattern": "^(?=a)b" }),
                "tenant",
                json!({ "env": "ACME_TENANT" }),
            ),
            (
                "/me",
                "workspaceId",
                "query",
                json!({ "type": "string" }),
                "workspace",
                json!({ "env": "ACME_WORKSPACE" }),
            ),
            (
                "/companies/{id}/me",
                "id",
                "path",
                json!({ "type": "string" }),
                "company",
                json!({ "env": "ACME_COMPANY" }),
            ),
        ] {
            let parameters =
                json!([{ "name": name, "in": place, "required": true, "schema": schema }]);
            let proposed = with(&parameters, path);
            let whoami = proposed.whoami();
            assert_eq!(
                whoami["arguments"],
                json!({ name: { "parameter": parameter } }),
                "{}",
                proposed.text
            );
            assert_eq!(
                whoami["parameters"],
                json!({ parameter: expected }),
                "{}",
                proposed.text
            );
            assert!(
                proposed
                    .comments()
                    .contains("a value that belongs to the key")
            );
        }
    }
}

mod plain_keys {
    use super::*;

    fn scheme(security: &Value, schemes: &Value) -> Value {
        Proposed::of(&secured(security, schemes)).token()["scheme"].clone()
    }

    #[test]
    fn come_before_those_of_administrators_and_partners() {
        let bearer = json!({ "type": "http", "scheme": "bearer" });
        let admin = json!({ "type": "apiKey", "in": "header", "name": "X-Admin-Api-Key" });
        let found = scheme(
            &json!([{ "user": [] }, { "admin": [] }]),
            &json!({ "user": bearer, "admin": admin }),
        );
        assert_eq!(found, "user");
        let cookie = json!({ "type": "apiKey", "in": "cookie", "name": "session" });
        let found = scheme(
            &json!([{ "cookieAuth": [] }, { "adminKey": [] }, { "userKey": [] }]),
            &json!({ "cookieAuth": cookie, "adminKey": admin, "userKey": bearer }),
        );
        assert_eq!(found, "userKey");
        let partner = json!({
            "type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "Internal use only",
        });
        let found = scheme(
            &json!([{ "partnerKey": [] }, { "bearerAuth": [] }]),
            &json!({ "partnerKey": partner, "bearerAuth": bearer }),
        );
        assert_eq!(found, "bearerAuth");
    }

    #[test]
    fn are_no_browsers_cookies() {
        let cookie = json!({ "type": "apiKey", "in": "cookie", "name": "session" });
        let admin = json!({ "type": "apiKey", "in": "header", "name": "X-Admin-Api-Key" });
        let found = scheme(
            &json!([{ "cookieAuth": [] }, { "adminKey": [] }]),
            &json!({ "cookieAuth": cookie, "adminKey": admin }),
        );
        assert_eq!(found, "adminKey");
    }
}

mod fixed_halves {
    use super::*;

    #[test]
    fn are_read_in_plain_words() {
        for (description, username) in [
            ("Username: apikey. Password: your key.", "apikey"),
            ("Username must be 'user'; password is the API key", "user"),
            ("Basic auth with `anystring:YOUR_API_KEY`", "anystring"),
            (
                "Set the username to `_token` and put the token into the password.",
                "_token",
            ),
        ] {
            let basic = json!({ "type": "http", "scheme": "basic", "description": description });
            let found = Proposed::of(&secured(&json!([{ "b": [] }]), &json!({ "b": basic })));
            assert_eq!(found.token()["username"], username, "{description}");
        }
    }

    #[test]
    fn are_left_out_where_both_halves_are_secret() {
        for description in [
            "Basic auth with `client_id:client_secret`",
            "Username: API key. Password: your API key.",
            "Username: API key ID. Password: your API secret.",
        ] {
            let basic = json!({ "type": "http", "scheme": "basic", "description": description });
            let found = Proposed::of(&secured(&json!([{ "b": [] }]), &json!({ "b": basic })));
            assert!(found.token()["username"].is_null(), "{description}");
            assert!(found.token()["password"].is_null(), "{description}");
        }
    }
}

#[test]
fn a_short_example_of_a_header_shows_its_prefix() {
    let parameter = |name: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": true,
            "schema": { "type": "string", "example": example },
        })
    };
    let only = open(
        "/me",
        "get",
        &json!({ "parameters": [parameter("Authorization", "Bearer abc")] }),
    );
    assert_eq!(Proposed::of(&only).token()["prefix"], "Bearer ");

    // The parts of a token of several are in the order of the parameters.
    let several = open(
        "/me",
        "get",
        &json!({ "parameters": [
            parameter("Authorization", "Bearer abc"),
            parameter("X-Account-Id", "a1"),
        ] }),
    );
    let token = Proposed::of(&several).token();
    let parts = token["parts"].as_array().unwrap();
    let names: Vec<_> = parts.iter().map(|part| &part["name"]).collect();
    assert_eq!(names, ["Authorization", "X-Account-Id"]);
    assert_eq!(parts[0]["prefix"], "Bearer ");
}

#[test]
fn a_hyphenated_placeholder_shows_what_stands_before_it() {
    let said = "Must be given in the header with format 'Bearer -token-'.";
    let token = Proposed::of(&authorization(&json!({ "description": said }))).token();
    assert_eq!(token["prefix"], "Bearer ");
}

#[test]
fn a_header_that_shows_a_scheme_is_the_credential_and_its_default_is_never_sent() {
    for members in [
        json!({ "description": "Authorization with access token (Format: \"Bearer \" + {access_token})" }),
        json!({ "schema": { "type": "string", "default": "Bearer <Access token>" } }),
    ] {
        let mut parameter = json!({ "in": "header", "name": "Auth", "required": true, "schema": { "type": "string" } });
        for (key, value) in members.as_object().unwrap() {
            parameter[key] = value.clone();
        }
        let mut document = open("/me", "get", &json!({ "parameters": [parameter] }));
        // A name that nothing declares says less than the header.
        document["security"] = json!([{ "API Key": [] }]);
        let proposed = Proposed::of(&document);
        let token = proposed.token();
        assert_eq!(token["in"], "header", "{}", proposed.text);
        assert_eq!(token["name"], "Auth");
        assert_eq!(token["prefix"], "Bearer ", "{}", proposed.text);
        assert!(
            proposed
                .whoami()
                .get("arguments")
                .is_none_or(|it| it.get("Auth").is_none())
        );
        // Nothing asks for the scheme that there is not.
        assert_eq!(
            proposed.document["paths"]["/me"]["get"]["security"],
            json!([])
        );
    }
}

#[test]
fn what_is_all_of_a_body_that_must_be_sent_is_the_credential() {
    let body = |required: bool| {
        json!({ "requestBody": { "required": required, "content": { "application/json": { "schema": {
            "type": "object", "properties": { "key": { "type": "string" } },
        } } } } })
    };
    let token = Proposed::of(&open("/users/info", "post", &body(true))).token();
    assert_eq!(
        (&token["in"], &token["name"]),
        (&json!("body"), &json!("key"))
    );
    let token = Proposed::of(&open("/users/info", "post", &body(false))).token();
    assert!(token.get("in").is_none());
}

#[test]
fn headers_that_no_description_can_make_parameters_of_are_not_open() {
    let parameters = json!({ "parameters": [
        { "in": "header", "name": "Accept", "required": true, "schema": { "type": "string" } },
        { "in": "header", "name": "Content-Type", "required": true, "schema": { "type": "string" } },
    ] });
    let proposed = Proposed::of(&open("/me", "get", &parameters));
    assert!(
        proposed.whoami().get("arguments").is_none(),
        "{}",
        proposed.text
    );
}

#[test]
fn what_is_described_as_the_body_of_a_get_is_ignored() {
    let body = json!({ "requestBody": { "required": true, "content": { "application/json": { "schema": {
        "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } },
    } } } } });
    let proposed = Proposed::of(&open("/me", "get", &body));
    assert!(proposed.whoami().get("body").is_none(), "{}", proposed.text);
}

#[test]
fn an_address_is_no_pair() {
    let mut document = secured(
        &json!([{ "basic": [] }]),
        &json!({ "basic": { "type": "http", "scheme": "basic" } }),
    );
    let said = "The base URL to use for this service is `https://api.acme.dev/v1`.";
    document["info"]["description"] = json!(said);
    let token = Proposed::of(&document).token();
    assert!(token.get("username").is_none(), "{token}");
}

#[test]
fn the_words_of_what_else_is_taken_are_told() {
    let schemes = json!({
        "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
        "login": { "type": "http", "scheme": "bearer", "description": "An access token of OAuth 2.0. More." },
    });
    let found = Proposed::of(&secured(&json!([{ "key": [] }, { "login": [] }]), &schemes));
    let text = found.text.replace('#', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "the operation takes `login` as well. Of `login` is said: \"An access token of OAuth 2.0\".";
    assert!(text.contains(said), "{text}");
}

#[test]
fn what_is_not_declared_beside_a_token_in_authorization_is_left_out() {
    let schemes = json!({ "user": { "type": "oauth2", "flows": {} } });
    let asked = json!([{ "partner": ["read"], "user": ["read"] }]);
    let found = Proposed::of(&secured(&asked, &schemes));
    assert_eq!(found.token()["scheme"], "user");
    assert!(found.token().get("parts").is_none(), "{}", found.text);
    let declared = found.document["components"]["securitySchemes"].as_object();
    assert_eq!(declared.unwrap().len(), 1, "{}", found.text);
    assert!(
        found.comments().contains("asks for `partner` beside it"),
        "{}",
        found.text
    );
    // A requirement of which all is declared counts more.
    let schemes = json!({
        "user": { "type": "oauth2", "flows": {} },
        "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
    });
    let asked = json!([{ "partner": [], "user": [] }, { "key": [] }]);
    let found = Proposed::of(&secured(&asked, &schemes));
    assert!(
        found.token().get("scheme").is_none_or(|it| it == "key"),
        "{}",
        found.text
    );
}

#[test]
fn a_header_by_the_name_that_programs_find_it_under_is_the_scheme_s() {
    let mut document = secured(
        &json!([{ "key": [] }]),
        &json!({ "key": { "type": "apiKey", "in": "header", "name": "X-Site-Key" } }),
    );
    let item = document["paths"]
        .as_object_mut()
        .unwrap()
        .values_mut()
        .next()
        .unwrap();
    item["parameters"] = json!([
        { "name": "HTTP_X_SITE_KEY", "in": "header", "required": true, "schema": { "type": "string" } },
    ]);
    let found = Proposed::of(&document);
    assert!(found.whoami().get("arguments").is_none(), "{}", found.text);
    let item = found.document["paths"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap();
    assert_eq!(item["parameters"], json!([]), "{}", found.text);
}

#[test]
fn what_a_scheme_is_called_is_nothing_before_its_token() {
    let bearer = json!({ "type": "http", "scheme": "bearer", "x-displayName": "JWT Token" });
    let named = Proposed::of(&secured(&json!([{ "jwt": [] }]), &json!({ "jwt": bearer })));
    assert_eq!(named.token()["prefix"], Value::Null);
    let key =
        json!({ "type": "apiKey", "in": "header", "name": "x-acme-token", "x-title": "API Token" });
    let named = Proposed::of(&secured(&json!([{ "key": [] }]), &json!({ "key": key })));
    assert_eq!(named.token()["prefix"], Value::Null);
}

#[test]
fn where_a_request_comes_from_is_no_credential() {
    let mut document = secured(
        &json!([]),
        &json!({
            "acl": { "type": "apiKey", "in": "header", "name": "X-Forwarded-For" },
            "token": { "type": "http", "scheme": "bearer" },
        }),
    );
    for operation in document["paths"].as_object_mut().unwrap().values_mut() {
        for operation in operation.as_object_mut().unwrap().values_mut() {
            operation.as_object_mut().unwrap().remove("security");
        }
    }
    document.as_object_mut().unwrap().remove("security");
    assert!(Proposed::of(&document).text.contains("- token: []"));
}

#[test]
fn what_is_reserved_is_no_credential() {
    let reserved = json!({ "parameters": [{
        "in": "query", "name": "api_password", "schema": { "type": "string" },
        "description": "Reserved for Acme.",
    }] });
    let found = Proposed::of(&open("/me", "get", &reserved));
    assert_eq!(found.token()["in"], Value::Null);
}

#[test]
fn of_two_headers_that_are_each_optional_one_is_enough() {
    let header = |name: &str, required: bool| {
        json!({
            "in": "header", "name": name, "required": required, "schema": { "type": "string" },
        })
    };
    let with = |required: bool| {
        let headers = [
            header("authorization", required),
            header("X-API-Key", required),
        ];
        Proposed::of(&open("/me", "get", &json!({ "parameters": headers }))).token()
    };
    assert_eq!(with(false)["name"], "X-API-Key");
    assert!(with(true)["parts"].is_array());
}

#[test]
fn a_header_that_is_said_to_hold_a_bearer_token_has_that_before_it() {
    let header = json!({ "parameters": [{
        "in": "header", "name": "Authorization", "required": true, "schema": { "type": "string" },
        "description": "The bearer access token of the account.",
    }] });
    let token = Proposed::of(&open("/me", "get", &header)).token();
    assert_eq!(token["prefix"], "Bearer ");
}
