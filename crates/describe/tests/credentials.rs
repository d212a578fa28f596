//! Where a token goes, and what belongs to a key, as a description and its mapping say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_core::{Argument, Authentication, ProviderInfo};
use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, provider};
use keyholder_openapi::Result;
use serde_json::{Value, json};

const AT: &str = "/paths/~1accounts~1{account}~1me/post/x-whoami";

/// A description with these security schemes, all of which it asks for, one or the other.
fn described(schemes: &Value, patch: &Value) -> Result<ProviderInfo> {
    let security: Vec<_> = schemes
        .as_object()
        .unwrap()
        .keys()
        .map(|it| json!({ it: [] }))
        .collect();
    with_security(&json!(security), schemes, patch)
}

fn with_security(security: &Value, schemes: &Value, patch: &Value) -> Result<ProviderInfo> {
    let text = json!({ "type": "string" });
    let mut whoami = json!({
        "identity": { "sub": "/id" },
        "token": { "env": "ACME_KEY" },
        "arguments": { "account": "a" },
    });
    for (key, value) in patch.as_object().unwrap() {
        whoami[key] = value.clone();
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": security,
        "paths": { "/accounts/{account}/me": { "post": {
            "operationId": "getMe",
            "parameters": [
                { "name": "account", "in": "path", "required": true, "schema": text },
                { "name": "X-Key", "in": "header", "required": whoami["token"]["name"] == "X-Key", "schema": text },
                { "name": "key", "in": "query", "required": (whoami["token"]["in"] == "query" && whoami["token"]["name"] == "key"), "schema": text },
            ],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["key"],
                "properties": { "key": { "type": "string", "example": "an-example" }, "lang": text },
            } } } },
            "responses": { "200": { "description": "x", "content": { "application/json": { "schema": {
                "type": "object", "properties": { "id": text },
            } } } } },
            "x-whoami": whoami,
        } } },
        "components": { "securitySchemes": schemes },
    });
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: None,
    };
    let (info, _) = provider(&Described::parse(&spec, &document.to_string(), None)?)?;
    Ok(info)
}

/// The ways of the operation, in words.
fn ways(schemes: &Value, token: &Value) -> Vec<String> {
    let mut token = token.clone();
    token["env"] = json!("ACME_KEY");
    let info =
        described(schemes, &json!({ "token": token })).unwrap_or_else(|error| panic!("{error}"));
    let ways = info.credentials.iter();
    ways.map(|it| format!("{}: {}", it.scheme, it.authentication))
        .collect()
}

fn api_key(place: &str, name: &str) -> Value {
    json!({ "type": "apiKey", "in": place, "name": name })
}

#[test]
fn schemes_that_a_program_satisfies_go_first_and_a_prefix_is_its_schemes_own() {
    let schemes = json!({
        "a_session": api_key("cookie", "sid"),
        "b_basic": { "type": "http", "scheme": "basic" },
        "c_key": api_key("header", "Authorization"),
        "d_key": api_key("header", "X-Key"),
    });
    assert_eq!(
        ways(&schemes, &json!({})),
        [
            "c_key: the header authorization",
            "d_key: the header x-key",
            "b_basic: the user name and password of Basic authentication",
            "a_session: the cookie sid",
        ]
    );
    assert_eq!(
        ways(
            &schemes,
            &json!({ "scheme": "d_key", "prefix": "Key ", "encoding": "base64" })
        )[..2],
        [
            "d_key: the header x-key, after \"Key \", in Base64",
            "c_key: the header authorization",
        ]
    );
}

/// Two keys in one header differ by what stands before them.
#[test]
fn a_prefix_tells_two_schemes_of_one_header_apart() {
    let schemes = json!({
        "a": api_key("header", "Authorization"),
        "b": api_key("header", "Authorization"),
    });
    assert_eq!(
        ways(&schemes, &json!({ "scheme": "b", "prefix": "Team " })),
        [
            "b: the header authorization, after \"Team \"",
            "a: the header authorization"
        ]
    );
    assert_eq!(ways(&schemes, &json!({})), ["a: the header authorization"]);
}

#[test]
fn schemes_of_http_are_named_before_the_token() {
    for (scheme, expected) in [
        ("bearer", "the header authorization, after \"Bearer \""),
        ("Token", "the header authorization, after \"Token \""),
        ("ApiKey", "the header authorization, after \"ApiKey \""),
    ] {
        let schemes = json!({ "key": { "type": "http", "scheme": scheme } });
        assert_eq!(ways(&schemes, &json!({})), [format!("key: {expected}")]);
    }
    for scheme in ["digest", "Negotiate", "HOBA", "two words", ""] {
        let schemes = json!({ "key": { "type": "http", "scheme": scheme } });
        let error = described(&schemes, &json!({})).unwrap_err();
        assert!(
            error.to_string().contains("no scheme takes a token"),
            "{error}"
        );
    }
}

#[test]
fn half_of_a_pair_may_be_the_same_for_everyone() {
    let schemes = json!({ "basic": { "type": "http", "scheme": "basic" } });
    for (token, expected) in [
        (
            json!({ "username": "api" }),
            "the password of Basic authentication, for \"api\"",
        ),
        (
            json!({ "password": "x" }),
            "the user name of Basic authentication",
        ),
        (
            json!({ "encoding": "none" }),
            "the header authorization, as a pair encoded for Basic",
        ),
    ] {
        assert_eq!(ways(&schemes, &token), [format!("basic: {expected}")]);
    }
}

#[test]
fn a_place_that_no_scheme_says_is_named() {
    let none = json!({});
    for (place, name, expected) in [
        ("query", "key", "key: the query's parameter key"),
        ("header", "X-Key", "X-Key: the header x-key"),
        ("body", "key", "key: the body, at /key"),
        ("body", "/key/a~1b", "/key/a~1b: the body, at /key/a~1b"),
    ] {
        assert_eq!(
            ways(&none, &json!({ "in": place, "name": name })),
            [expected]
        );
    }
    let patch =
        json!({ "token": { "env": "K", "in": "path", "name": "account" }, "arguments": {} });
    let info = described(&none, &patch).unwrap();
    assert_eq!(info.operations[0].path, "/accounts/{account}/me");
    // What the description offers beside it stays for who chooses it.
    let schemes = json!({ "other": api_key("header", "X-Other") });
    let offered = ways(&schemes, &json!({ "in": "query", "name": "key" }));
    assert_eq!(
        offered,
        [
            "key: the query's parameter key",
            "other: the header x-other"
        ]
    );
    let info = described(
        &none,
        &json!({ "token": { "env": "K", "in": "body", "name": "key" } }),
    )
    .unwrap();
    let body = info.operations[0].body.as_ref().unwrap();
    assert_eq!(body.content, "{}", "the example is not sent");
}

#[test]
fn parts_have_names_places_and_variables() {
    let token = json!({ "env": "ACME_KEYS", "parts": [
        { "part": "id", "in": "query", "name": "key", "env": "ACME_ID" },
        { "part": "secret", "in": "header", "name": "X-Secret", "prefix": "S ", "encoding": "base64" },
    ] });
    let info = described(&json!({}), &json!({ "token": token })).unwrap();
    assert_eq!(info.credentials[0].authentication.parts(), ["id", "secret"]);
    let variables: Vec<_> = info
        .token
        .parts
        .iter()
        .map(|it| it.variable.as_str())
        .collect();
    assert_eq!(variables, ["ACME_ID", "ACME_SECRET"]);

    let schemes = json!({ "key": api_key("header", "X-Key"), "login": { "type": "http", "scheme": "basic" } });
    let both = json!([{ "key": [], "login": [] }]);
    let info = with_security(&both, &schemes, &json!({})).unwrap();
    assert_eq!(
        info.credentials[0].authentication.parts(),
        ["key", "username", "password"]
    );
    assert!(matches!(
        info.credentials[0].authentication,
        Authentication::All { .. }
    ));
}

#[test]
fn parameters_of_a_key_stand_where_arguments_put_them() {
    let patch = json!({
        "parameters": { "tenant": { "pattern": "[a-z]+", "description": "Whose it is." } },
        "arguments": { "account": { "parameter": "tenant" }, "X-Key": { "parameter": "tenant" } },
        "token": { "env": "ACME_KEY", "form": [
            "^a_",
            { "pattern": "^b_(?P<tenant>[a-z]+)", "scheme": "other", "operation": "getMe" },
        ] },
    });
    let schemes =
        json!({ "key": { "type": "http", "scheme": "bearer" }, "other": api_key("query", "k") });
    let info = described(&schemes, &patch).unwrap();
    assert_eq!(info.operations[0].path, "/accounts/{tenant}/me");
    let tenant = Argument::Parameter {
        parameter: "tenant".to_owned(),
    };
    assert_eq!(info.operations[0].headers, [("x-key".to_owned(), tenant)]);
    assert_eq!(info.parameters[0].variable, "ACME_TENANT");
    assert_eq!(info.token.forms[1].scheme.as_deref(), Some("other"));
}

#[test]
#[allow(clippy::too_many_lines)] // A table.
fn what_does_not_fit_is_refused_with_its_place() {
    let key = json!({ "key": api_key("header", "X-Key"), "basic": { "type": "http", "scheme": "basic" } });
    let token = |token: Value| {
        let mut token = token;
        token["env"] = json!("ACME_KEY");
        json!({ "token": token })
    };
    for (patch, place, says) in [
        (
            token(json!({ "username": "a" })),
            "/token/username",
            "not Basic",
        ),
        (
            token(json!({ "scheme": "basic", "username": "a:b" })),
            "/token/username",
            "a colon",
        ),
        (
            token(json!({ "scheme": "basic", "username": "a", "password": "b" })),
            "/token",
            "no room for the token",
        ),
        (
            token(json!({ "scheme": "basic", "prefix": "a" })),
            "/token/prefix",
            "takes no prefix",
        ),
        (
            token(json!({ "in": "query", "name": "k", "encoding": "base64" })),
            "/token/encoding",
            "nothing is encoded",
        ),
        (token(json!({ "in": "query" })), "/token/in", "lacks `name`"),
        (
            token(json!({ "name": "key" })),
            "/token/name",
            "without `in`",
        ),
        (
            token(json!({ "in": "query", "name": "k", "scheme": "key" })),
            "/token/scheme",
            "a place for the token",
        ),
        (
            token(json!({ "in": "header", "name": "Host" })),
            "/token/name",
            "the connection itself",
        ),
        (
            token(json!({ "in": "path", "name": "id" })),
            "/token",
            "the path has no {id}",
        ),
        (
            token(json!({ "in": "path", "name": "account" })),
            "/arguments/account",
            "where the token goes",
        ),
        (
            token(json!({ "in": "moon", "name": "id" })),
            "/token/in",
            "unknown variant",
        ),
        (
            token(json!({ "parts": [{ "part": "a", "in": "query", "name": "a" }] })),
            "/token/parts",
            "several parts",
        ),
        (
            token(json!({ "parts": [
                { "part": "a", "in": "query", "name": "a" },
                { "part": "b", "in": "query", "name": "a" },
            ] })),
            "/token/parts/1",
            "another part",
        ),
        (
            token(json!({ "form": "^(?P<team>x)" })),
            "/token/form",
            "the name of no parameter",
        ),
        (
            token(json!({ "form": [{ "pattern": "^x", "scheme": "bsic" }] })),
            "/token/form",
            "did you mean \"basic\"?",
        ),
        (
            token(json!({ "form": [{ "pattern": "^x", "operation": "me" }] })),
            "/token/form",
            "no operation",
        ),
        (
            json!({ "parameters": { "team": {} } }),
            "/parameters/team",
            "nothing uses it",
        ),
        (
            json!({ "parameters": { "Team": {} } }),
            "/parameters/Team",
            "not a name",
        ),
        (
            json!({ "arguments": { "account": { "parameter": "team" } } }),
            "/arguments/account",
            "no parameter team",
        ),
        (
            json!({ "parameters": { "team": { "pattern": "(" } }, "arguments": { "account": { "parameter": "team" } } }),
            "/parameters/team/pattern",
            "not a regular expression",
        ),
        (
            json!({
                "parameters": { "team": { "values": ["a"], "default": "b" } },
                "arguments": { "account": { "parameter": "team" } },
            }),
            "/parameters/team/default",
            "is not a value that it may have",
        ),
        (json!({ "token": {} }), "/token", "missing field `env`"),
    ] {
        let error = described(&key, &patch)
            .map(|info| format!("{info:?}"))
            .unwrap_err();
        let at = format!("{AT}{place}");
        assert_eq!(error.pointer(), Some(at.as_str()), "{patch}: {error}");
        assert!(error.to_string().contains(says), "{patch}: {error}");
    }
    let body = token(json!({ "in": "body", "name": "ky" }));
    let error = described(&key, &body).unwrap_err();
    assert!(error.to_string().contains("there is: key, lang"), "{error}");
    let other = token(json!({ "in": "body", "name": "lang" }));
    let error = described(&key, &other).unwrap_err();
    assert!(
        error.to_string().contains("member key is required"),
        "{error}"
    );
}

/// The provider of a description with several operations that have `x-whoami`.
fn with_operations(mappings: &Value) -> Result<ProviderInfo> {
    let text = json!({ "type": "string" });
    let answers = json!({ "200": { "description": "x", "content": { "application/json": { "schema": {
        "type": "object", "properties": { "id": text, "name": text },
    } } } } });
    let mut paths = json!({});
    for (name, mapping) in mappings.as_object().unwrap() {
        paths[format!("/{name}/{{team}}")] = json!({ "get": {
            "operationId": name,
            "parameters": [{ "name": "team", "in": "path", "required": true, "schema": text }],
            "responses": answers,
            "x-whoami": mapping,
        } });
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
    });
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: None,
    };
    let (info, _) = provider(&Described::parse(&spec, &document.to_string(), None)?)?;
    Ok(info)
}

fn first() -> Value {
    json!({
        "identity": { "sub": "/id" },
        "token": { "env": "ACME_KEY", "form": [{ "pattern": "^s_", "operation": "service" }] },
        "parameters": { "team": {} },
        "arguments": { "team": { "parameter": "team" } },
    })
}

#[test]
fn operations_are_asked_by_rank_and_those_that_add_claims_last() {
    let further = |more: Value| {
        let mut mapping = json!({ "identity": { "name": "/name" }, "arguments": { "team": "x" } });
        for (key, value) in more.as_object().unwrap() {
            mapping[key] = value.clone();
        }
        mapping
    };
    let info = with_operations(&json!({
        "a_limits": further(json!({ "adds_claims": true, "arguments": { "team": { "parameter": "team" } } })),
        "b_other": further(json!({ "rank": 3 })),
        "service": further(json!({ "rank": 2 })),
        "user": first(),
    }))
    .unwrap();
    let operations = info.operations.iter();
    let operations: Vec<_> = operations
        .map(|it| (it.id.as_str(), it.path.as_str(), it.adds_claims))
        .collect();
    assert_eq!(
        operations,
        [
            ("user", "/user/{team}", false),
            ("service", "/service/x", false),
            ("b_other", "/b_other/x", false),
            ("a_limits", "/a_limits/{team}", true),
        ]
    );

    let at = |name: &str, rest: &str| format!("/paths/~1{name}~1{{team}}/get/x-whoami{rest}");
    for (mappings, place, says) in [
        (
            json!({ "a": further(json!({ "rank": 2 })), "service": further(json!({ "rank": 2 })), "user": first() }),
            at("service", "/rank"),
            "is that of GET /a",
        ),
        (
            json!({ "service": further(json!({})), "user": first() }),
            at("service", ""),
            "is on a second operation",
        ),
        (
            json!({ "service": further(json!({ "rank": 2, "adds_claims": true })), "user": first() }),
            at("service", "/rank"),
            "no sense beside",
        ),
        (
            json!({ "service": further(json!({ "rank": 2, "parameters": {} })), "user": first() }),
            at("service", "/parameters"),
            "stands with `token`",
        ),
        (
            json!({ "service": first(), "user": first() }),
            at("user", ""),
            "a second operation has",
        ),
        (
            json!({ "a": further(json!({ "rank": 2 })), "b": further(json!({ "rank": 3 })) }),
            "/paths".to_owned(),
            "none of the operations",
        ),
        (
            json!({
                "service": further(json!({ "rank": 2, "arguments": { "team": { "parameter": "tema" } } })),
                "user": first(),
            }),
            at("service", "/arguments/team"),
            "no parameter tema",
        ),
    ] {
        let error = with_operations(&mappings)
            .map(|it| format!("{it:?}"))
            .unwrap_err();
        assert_eq!(error.pointer(), Some(place.as_str()), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_body_in_parts_is_refused_where_nothing_else_is_taken() {
    let read = |media_types: &[&str]| {
        let content: serde_json::Map<_, _> = media_types
            .iter()
            .map(|it| {
                let schema =
                    json!({ "type": "object", "properties": { "key": { "type": "string" } } });
                ((*it).to_owned(), json!({ "schema": schema }))
            })
            .collect();
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": "Acme", "version": "1" },
            "paths": { "/me": { "post": {
                "requestBody": { "required": true, "content": content },
                "responses": { "200": { "description": "x", "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "id": { "type": "string" } },
                } } } } },
                "x-whoami": { "identity": { "sub": "/id" }, "token": { "env": "ACME_KEY", "in": "body", "name": "key" } },
            } } },
        });
        let spec = Spec {
            provider: "acme".to_owned(),
            description: "acme.json".into(),
            overlay: None,
        };
        let (info, _) = provider(&Described::parse(&spec, &document.to_string(), None)?)?;
        Ok::<_, keyholder_openapi::Error>(info.operations[0].body.clone().unwrap().media_type)
    };
    let error = read(&["multipart/form-data"]).unwrap_err().to_string();
    assert!(error.contains("a body in parts"), "{error}");
    assert!(error.contains("multipart~1form-data"), "{error}");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(read(&["multipart/form-data", form]).unwrap(), form);
    let json = "application/json";
    assert_eq!(read(&["multipart/form-data", json]).unwrap(), json);
}

/// What is read of a description with these requirements, of its operation and of its whole, and an overlay.
fn with_requirements(
    own: &Value,
    whole: &Value,
    token: &Value,
    overlay: Option<&Value>,
) -> Result<(Vec<String>, Vec<String>)> {
    let mut token = token.clone();
    token["env"] = json!("ACME_KEY");
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "paths": { "/me": { "get": {
            "operationId": "getMe",
            "responses": { "200": { "description": "x", "content": { "application/json": { "schema": {
                "type": "object", "properties": { "id": { "type": "string" } },
            } } } } },
            "x-whoami": { "identity": { "sub": "/id" }, "token": token },
        } } },
        "components": { "securitySchemes": {
            "key": api_key("header", "X-Key"),
            "other": { "type": "http", "scheme": "bearer" },
        } },
    });
    for (holder, security) in [("/paths/~1me/get", own), ("", whole)] {
        if !security.is_null() {
            document.pointer_mut(holder).unwrap()["security"] = security.clone();
        }
    }
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: overlay.map(|_| "acme.overlay.json".into()),
    };
    let overlay = overlay.map(Value::to_string);
    let described = Described::parse(&spec, &document.to_string(), overlay.as_deref())?;
    let (info, remarks) = provider(&described)?;
    let ways = info.credentials.iter().map(|it| it.scheme.clone());
    let remarks = remarks.into_iter().filter(|it| it.contains("/security"));
    Ok((ways.collect(), remarks.collect()))
}

#[test]
fn a_requirement_of_a_scheme_that_is_not_described_is_left_out_where_others_are() {
    let left_out = |at: &str, name: &str| {
        format!(
            "{at} is left out: the security scheme {name:?} is not described under /components/securitySchemes"
        )
    };
    let own = "/paths/~1me/get/security";
    let cases = [
        (
            json!([{ "gone": [] }, { "key": [] }]),
            json!(null),
            vec!["key"],
            vec![left_out(&format!("{own}/0"), "gone")],
        ),
        (
            json!([{ "key": [] }, { "key": [], "gone": [] }, { "other": [] }, { "lost": [] }]),
            json!([{ "lost": [] }]),
            vec!["key", "other"],
            vec![
                left_out(&format!("{own}/1"), "gone"),
                left_out(&format!("{own}/3"), "lost"),
            ],
        ),
        (
            json!(null),
            json!([{ "gone": [] }, { "key": [] }]),
            vec!["key"],
            vec![left_out("/security/0", "gone")],
        ),
        // Where none is left, it is as if the operation had no list.
        (
            json!([{ "gone": [] }]),
            json!([{ "lost": [] }, { "other": [] }]),
            vec!["other"],
            vec![
                left_out(&format!("{own}/0"), "gone"),
                left_out("/security/0", "lost"),
            ],
        ),
        (
            json!([{ "key": [] }]),
            json!([{ "gone": [] }]),
            vec!["key"],
            vec![],
        ),
    ];
    for (own, whole, ways, remarks) in cases {
        let read = with_requirements(&own, &whole, &json!({}), None).unwrap();
        let (found, told) = read;
        assert_eq!(
            (found, told),
            (ways.iter().map(|it| (*it).to_owned()).collect(), remarks),
            "{own} {whole}"
        );
    }
    // Where nothing is left at all, the mapping may say how the token is sent.
    let gone = json!([{ "gone": [] }]);
    for (token, way) in [
        (json!({ "scheme": "key" }), "key"),
        (json!({ "in": "header", "name": "X-Token" }), "X-Token"),
    ] {
        let (ways, remarks) = with_requirements(&gone, &gone, &token, None).unwrap();
        assert_eq!((ways, remarks.len()), (vec![way.to_owned()], 2), "{token}");
    }
}

#[test]
fn a_requirement_of_a_scheme_that_is_not_described_is_refused_where_nothing_else_is_said() {
    let gone = json!([{ "kay": [] }]);
    let message = |own: &Value, overlay: Option<&Value>| {
        let read = with_requirements(own, &json!(null), &json!({}), overlay);
        read.expect_err("is refused").to_string()
    };
    let alone = message(&gone, None);
    assert!(
        alone.contains("acme.json: at /paths/~1me/get/security: "),
        "{alone}"
    );
    assert!(
        alone.contains("the security scheme \"kay\" is not described"),
        "{alone}"
    );
    // What an overlay adds is its own to mend, whatever stands beside it.
    let overlay = json!({
        "overlay": "1.0.0",
        "info": { "title": "x", "version": "1" },
        "actions": [{ "target": "$.paths['/me'].get", "update": { "security": [{ "kay": [] }] } }],
    });
    let ours = message(&json!([{ "key": [] }]), Some(&overlay));
    assert!(
        ours.contains("the security scheme \"kay\" is not described"),
        "{ours}"
    );
}

#[test]
fn schemes_of_one_requirement_that_have_authorization_are_one_token() {
    let schemes = json!({
        "basic": { "type": "http", "scheme": "basic" },
        "key": api_key("header", "X-Site"),
        "oauth": { "type": "oauth2", "flows": {} },
        "openid": { "type": "openIdConnect", "openIdConnectUrl": "https://acme.dev" },
    });
    let read = |requirement: &Value| {
        let info = with_security(&json!([requirement]), &schemes, &json!({})).unwrap();
        let found = info.credentials.into_iter().map(|it| it.scheme);
        found.collect::<Vec<_>>()
    };
    for (requirement, expected) in [
        (json!({ "oauth": [], "openid": [] }), vec!["oauth"]),
        (json!({ "basic": [], "oauth": [] }), vec!["oauth", "basic"]),
        (
            json!({ "basic": [], "key": [], "openid": [] }),
            vec!["basic and key", "key and openid"],
        ),
        (json!({ "key": [], "oauth": [] }), vec!["key and oauth"]),
    ] {
        assert_eq!(read(&requirement), expected, "{requirement}");
    }
}
