//! Which base URL a provider has, where it has one for everyone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_describe::servers;
use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, provider};
use keyholder_openapi::{Error, load};
use serde_json::{Value, json};

const ME: &str = "/paths/~1me/get";

/// A description with these servers.
fn document(servers: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": servers,
        "security": [{ "key": [] }],
        "paths": { "/me": { "get": { "responses": { "200": { "description": "The caller.", "content": {
            "application/json": { "schema": { "type": "object", "properties": { "id": { "type": "string" } } } },
        } } } } } },
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
    })
}

/// The base URL, the path of the request, and the remarks on the servers.
fn described(
    document: &Value,
    more: &[Value],
) -> Result<(Option<String>, String, Vec<String>), Error> {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: Some("acme.overlay.json".into()),
    };
    let mapping = json!({
        "target": "$.paths['/me'].get",
        "update": { "x-whoami": { "identity": { "sub": "/id" }, "token": { "env": "ACME_API_TOKEN" } } },
    });
    let actions = [more, &[mapping]].concat();
    let overlay = json!({
        "overlay": "1.0.0",
        "info": { "title": "Corrections", "version": "1" },
        "actions": actions,
    });
    let described = Described::parse(&spec, &document.to_string(), Some(&overlay.to_string()))?;
    let (info, mut remarks) = provider(&described)?;
    remarks.retain(|remark| remark.contains("servers/"));
    Ok((info.base_url, info.operations[0].path.clone(), remarks))
}

/// What is said of the one server with that URL, if it is none for everyone.
fn missing(server: &Value) -> Option<String> {
    let found = servers::servers(&document(&json!([server])), ME);
    assert_ne!(found.base_url.is_some(), found.missing.is_some());
    found.missing.map(|missing| missing.reason)
}

#[test]
fn what_is_run_for_everyone() {
    for url in [
        "https://api.acme.com",
        "https://api.acme.com:8443/v1",
        "//api.acme.com/v1",
        "https://acme.dev/api/dev",
        "https://api.contest.com",
        "https://latest.api.dev",
        "https://testrail.io",
        "https://demoscene.org",
        "https://api.dev.to",
        "https://test.io/v1",
        "https://api.demo.co.uk",
        "https://local.ch",
        "https://hosts.io",
        "https://api.customer.io",
        "https://api.domain.com.au",
        "https://examplecorp.com",
        "https://my-clippings.com",
        "https://api.codesandbox.io",
        "https://robot-ws.your-server.de",
        "https://developers.acme.com",
        "https://backstage.acme.com",
        "https://attestation.acme.com",
        "https://customer-api.acme.com",
        "https://store.acme.com",
        "https://account.acme.com",
        "https://myaccount.acme.com",
        "https://acme.github.io",
        "https://acme.herokuapp.com",
        "https://api.acme.com.",
        "https://bücher.de",
        "https://eu-west-1.api.acme.co.jp",
    ] {
        assert_eq!(missing(&json!({ "url": url })), None, "{url}");
    }
}

#[test]
fn what_is_not() {
    let reserved = "reserved for examples";
    let network = "on one machine or in one network";
    let trial = "is for trying or testing";
    let placeholder = "is a placeholder";
    for (url, reason) in [
        ("http://api.acme.com", "is not https"),
        ("http://localhost:8080", "is not https"),
        ("http://127.0.0.1", "is not https"),
        ("ftp://api.acme.com", "is not https"),
        ("javascript://acme.com/%0aalert(1)", "is not https"),
        ("https://", "names no host"),
        ("https:///", "names no host"),
        ("https:///api.acme.com/v1", "names no host"),
        ("https://@api.acme.com", "holds a user name"),
        ("https://jane@api.acme.com", "holds a user name"),
        ("https://jane:word@api.acme.com", "holds a user name"),
        ("https://api.acme.com/?a=b", "holds a query"),
        ("https://api.acme.com?", "holds a query"),
        ("https://api.acme.com/#", "holds a query"),
        ("https://api.ac\nme.com", "holds a character"),
        (" https://api.acme.com", "holds a character"),
        ("https://api.acme.com/ a", "holds a character"),
        ("https://api.acme.com/\u{202e}", "holds a character"),
        ("https://api.acme.com\\@evil.com", "is not a URL"),
        ("https://<your-domain>/api", "is not a URL"),
        ("https://api.acme.com:port", "is not a URL"),
        ("://", "has no scheme"),
        ("//api.acme.test/v1", reserved),
        ("api.acme.com/v1", "has no scheme"),
        ("localhost:8080/v1", "has no scheme"),
        ("https://api.acme.test", reserved),
        ("https://acme.example", reserved),
        ("https://api.example.com", reserved),
        ("https://EXAMPLE.org./a", reserved),
        ("https://%65xample.net", reserved),
        ("https://a.localhost", reserved),
        ("https://localhost:8443", network),
        ("https://api", network),
        ("https://acme.local", network),
        ("https://api.acme.internal", network),
        ("https://acme.home.arpa", network),
        ("https://192.0.2.1", "is an address"),
        ("https://10.0.0.1:8443", "is an address"),
        ("https://0x7f.1", "is an address"),
        ("https://8.8.8.8", "is an address"),
        ("https://[::1]", "is an address"),
        ("https://acme.corp", "no top-level domain"),
        ("https://api.yourdomain.tld", "no top-level domain"),
        ("https://co.uk", "is a suffix"),
        ("https://a1b2.ngrok.io", "anybody gets a name"),
        ("https://petstore.swagger.io/v2", "answers anybody"),
        ("https://httpbin.org", "answers anybody"),
        ("https://stoplight.io/mocks/acme/api/1", "answers anybody"),
        ("https://demo.acme.org/api", trial),
        ("https://demo2.acme.co.uk", trial),
        ("https://management-test.acme.com", trial),
        ("https://test-api.acme.com", trial),
        ("https://testapi.acme.com", trial),
        ("https://api.sandbox.acme.com", trial),
        ("https://api-sandbox.acme.com", trial),
        ("https://staging.acme.com", trial),
        ("https://stage.acme.com", trial),
        ("https://dev.acme.com", trial),
        ("https://qa3.acme.com", trial),
        ("https://uat.acme.com", trial),
        ("https://pre-prod.acme.com", trial),
        ("https://preprod.acme.com", trial),
        ("https://mock.acme.com", trial),
        ("https://api.internal.acme.com", trial),
        ("https://local.acme.com", trial),
        ("https://localhost.acme.com", trial),
        ("https://api.acme-demo.com", trial),
        ("https://api.acmeinternal.dev", trial),
        ("https://demo.herokuapp.com", trial),
        ("https://your-domain.acme.dev", placeholder),
        ("https://your-domain.com/api", placeholder),
        ("https://your-acme-url.com", placeholder),
        ("https://yourcompany.acme.com", placeholder),
        ("https://yourpodURL.acme.com/pod", placeholder),
        ("https://api.yourdomain.com", placeholder),
        ("https://my-instance.acme.com", placeholder),
        ("https://mycompany.acme.com", placeholder),
        ("https://mydomain.com", placeholder),
        ("https://subdomain.acme.com", placeholder),
        ("https://tenant.acme.com", placeholder),
        ("https://tenant1.eu.acme.com", placeholder),
        ("https://company-name.acme.com", placeholder),
        ("https://account_id.acme.com", placeholder),
        ("https://customer.acme.com", placeholder),
        ("https://instance.acme.com", placeholder),
        ("https://server.api.acme.com", placeholder),
        ("https://example.acme.com", placeholder),
        ("https://api.example.io", placeholder),
        ("https://domain.com", placeholder),
        ("https://xxxx.acme.com", placeholder),
    ] {
        let said = missing(&json!({ "url": url })).unwrap_or_default();
        assert!(said.contains(reason), "{url:?}: {said:?}");
    }
}

#[test]
fn what_its_description_says_is_for_trying() {
    let said = |description: &str| {
        missing(&json!({ "url": "https://api2.acme.com", "description": description }))
    };
    for description in [
        "Staging",
        "Sandbox server",
        "Mock server (fake data)",
        "The QA environment.",
        "Non-production",
        "DEV",
    ] {
        let reason = said(description).unwrap_or_default();
        assert!(
            reason.contains("is for trying or testing, by its description"),
            "{description}: {reason}"
        );
    }
    for description in [
        "Production",
        "Live and test",
        "Not a sandbox",
        "Attestation",
        "Europe. Whoever wants to try it first finds a sandbox at another host.",
        "",
    ] {
        assert_eq!(said(description), None, "{description}");
    }
    let found = servers::servers(
        &document(&json!([
            { "url": "https://api2.acme.com", "description": "Staging" },
            { "url": "https://api.acme.com", "description": "Production" },
        ])),
        ME,
    );
    assert_eq!(found.base_url.as_deref(), Some("https://api.acme.com"));
    assert_eq!(found.named, []);
}

/// The base URL, or why there is none, of a server with variables.
fn with_variables(url: &str, variables: &Value) -> Result<String, String> {
    let server = json!({ "url": url, "variables": variables });
    let found = servers::servers(&document(&json!([server])), ME);
    found.base_url.ok_or_else(|| {
        found
            .missing
            .map_or(String::new(), |missing| missing.reason)
    })
}

#[test]
fn variables_keep_real_defaults() {
    for (url, variables, expected) in [
        (
            "https://{region}.acme.com",
            json!({ "region": { "default": "eu" } }),
            "https://eu.acme.com",
        ),
        (
            "{protocol}://api.acme.com:{port}{basePath}",
            json!({ "protocol": { "default": "https" }, "port": { "default": 8443 }, "basePath": { "default": "/v1" } }),
            "https://api.acme.com:8443/v1",
        ),
        (
            "{server}/v1",
            json!({ "server": { "default": "https://api.acme.com" } }),
            "https://api.acme.com/v1",
        ),
        // What only some may be is no user's own.
        (
            "https://{host}",
            json!({ "host": { "default": "api.acme.com", "enum": ["api.acme.com", "eu.acme.com"] } }),
            "https://api.acme.com",
        ),
        (
            "https://api{suffix}.acme.com",
            json!({ "suffix": { "default": "", "enum": ["", "-eu"] } }),
            "https://api.acme.com",
        ),
        (
            "https://api.acme.com/{project}",
            json!({ "project": { "default": "main" } }),
            "https://api.acme.com/main",
        ),
    ] {
        let found = with_variables(url, &variables);
        assert_eq!(found.as_deref(), Ok(expected), "{url} {variables}");
    }
}

#[test]
fn variables_without_a_real_default() {
    let own = "is each user's own, by the name of its variable";
    let none = "without a default";
    let placeholder = "has a placeholder for the default";
    for (url, variables, expected) in [
        (
            "https://{project}.acme.dev/auth/v1",
            json!({ "project": { "default": "abcdefghijklmnopqrst" } }),
            own,
        ),
        (
            "https://{tenantName}.acme.com",
            json!({ "tenantName": { "default": "api" } }),
            own,
        ),
        (
            "https://{accountid}.acme.com",
            json!({ "accountid": { "default": "1" } }),
            own,
        ),
        (
            "https://{api_host}/v1",
            json!({ "api_host": { "default": "api.acme.com" } }),
            own,
        ),
        ("https://{tenant}.acme.com", json!({}), none),
        ("https://{region}.acme.com", json!({ "region": {} }), none),
        (
            "https://{region}.acme.com",
            json!({ "region": { "default": " " } }),
            none,
        ),
        (
            "https://api.acme.com/{version}",
            json!({ "version": { "default": "" } }),
            none,
        ),
        ("{baseUrl}/v1", json!({}), none),
        ("https://api.acme.com/}", json!({}), "has a brace outside"),
        (
            "https://{region}.acme.com",
            json!({ "region": { "default": "your-region" } }),
            placeholder,
        ),
        (
            "https://api.acme.com/{realm}",
            json!({ "realm": { "default": "example" } }),
            placeholder,
        ),
        (
            "https://{region}.acme.com",
            json!({ "region": { "default": "{region}" } }),
            placeholder,
        ),
        (
            "https://{environment}.acme.com",
            json!({ "environment": { "default": "sandbox" } }),
            "is for trying or testing",
        ),
        (
            "{protocol}://{where}",
            json!({ "protocol": { "default": "https" }, "where": { "default": "localhost:5000" } }),
            "on one machine or in one network",
        ),
    ] {
        let reason = with_variables(url, &variables).unwrap_err();
        assert!(reason.contains(expected), "{url} {variables}: {reason}");
    }
}

#[test]
fn the_first_for_everyone_is_taken() {
    let servers = json!([
        { "url": "/relative" },
        { "url": "http://api.acme.com" },
        { "url": "https://demo.acme.com" },
        { "url": "https://api.acme.com/" },
        { "url": "https://eu.acme.com" },
        { "url": "http://localhost" },
    ]);
    let mut document = document(&servers);
    let (base_url, path, remarks) = described(&document, &[]).unwrap();
    assert_eq!(base_url.as_deref(), Some("https://api.acme.com"));
    assert_eq!(path, "/me");
    assert_eq!(
        remarks,
        [
            "at /servers/1/url: http://api.acme.com is not https: the server is left out",
            "at /servers/2/url: https://demo.acme.com is for trying or testing, by its name \"demo\": the server is left out",
        ]
    );

    // An operation's own servers stand in the place of the others, also where none of them is of use.
    document["paths"]["/me"]["get"]["servers"] = json!([{ "url": "http://d.acme.com/v2" }]);
    let (base_url, path, remarks) = described(&document, &[]).unwrap();
    assert_eq!((base_url, path.as_str()), (None, "/v2/me"));
    assert_eq!(
        remarks,
        [
            "at /paths/~1me/get/servers/0/url: http://d.acme.com/v2 is not https: the server is left out"
        ]
    );
}

#[test]
fn the_path_of_a_server_without_a_host_goes_before_that_of_the_operation() {
    for (servers, path, remarks) in [
        (json!([{ "url": "/" }]), "/me", 0),
        (json!([{ "url": "" }]), "/me", 0),
        (json!([{ "url": "." }]), "/me", 0),
        (json!([{ "url": "/api/v2" }]), "/api/v2/me", 0),
        (json!([{ "url": "/api/v2/" }]), "/api/v2/me", 0),
        (json!([{ "url": "api/v2" }]), "/api/v2/me", 0),
        (json!([{ "url": "./api" }]), "/api/me", 0),
        (
            json!([{ "url": "/{version}", "variables": { "version": { "default": "v2" } } }]),
            "/v2/me",
            0,
        ),
        (json!([{ "url": "/{version}" }]), "/me", 1),
        (json!([{ "url": "../v2" }]), "/me", 1),
        (json!([{ "url": "/a/../v2" }]), "/me", 1),
        (json!([{ "url": "/a/%2e%2E/v2" }]), "/me", 1),
        (json!([{ "url": "/v2?a=b" }]), "/me", 1),
        (json!([{ "url": "/v2#a" }]), "/me", 1),
        (json!([{ "url": "/v 2" }]), "/me", 1),
        // The caller names the host of these, and no more.
        (
            json!([{ "url": "http://localhost:8080/api/v3" }]),
            "/api/v3/me",
            1,
        ),
        (
            json!([{ "url": "https://demo.acme.org/api" }]),
            "/api/me",
            1,
        ),
        (
            json!([{ "url": "https://<your-domain>/api" }]),
            "/api/me",
            1,
        ),
        (
            json!([{ "url": "https://{tenant}.acme.com/api" }]),
            "/api/me",
            1,
        ),
        (json!([{ "url": "{baseUrl}/api" }]), "/api/me", 1),
        (json!([{ "url": "//your-domain.com/v1" }]), "/v1/me", 1),
        (json!([{ "url": "localhost:8080/v1" }]), "/v1/me", 1),
        (
            json!([{ "url": "https://your-domain.com" }, { "url": "/v1" }]),
            "/v1/me",
            1,
        ),
        (
            json!([{ "url": "https://api.acme.com/{tenant}" }]),
            "/me",
            1,
        ),
        (
            json!([{ "url": "https://api.acme.com/{tenant}", "variables": { "tenant": { "default": "your-tenant" } } }]),
            "/me",
            1,
        ),
        (json!([{ "url": "https://jane@api.acme.com/v1" }]), "/me", 1),
        (json!([{ "url": "http://localhost/a/../v2" }]), "/me", 1),
    ] {
        let found = described(&document(&servers), &[]).unwrap();
        assert_eq!(found.0, None, "{servers}");
        assert_eq!(found.1, path, "{servers}");
        assert_eq!(found.2.len(), remarks, "{servers}: {:?}", found.2);
    }
    // Where the host is the provider's, its path is part of the base URL.
    let servers = json!([{ "url": "/v1" }, { "url": "https://api.acme.com/v2" }]);
    let (base_url, path, _) = described(&document(&servers), &[]).unwrap();
    assert_eq!(base_url.as_deref(), Some("https://api.acme.com/v2"));
    assert_eq!(path, "/me");
}

#[test]
fn the_base_path_of_swagger_without_a_host_is_such_a_path() {
    let mut document = json!({
        "swagger": "2.0",
        "info": { "title": "Acme", "version": "1" },
        "basePath": "/api/v1",
        "produces": ["application/json"],
        "paths": { "/me": { "get": { "security": [{ "key": [] }], "responses": { "200": {
            "description": "The caller.",
            "schema": { "type": "object", "properties": { "id": { "type": "string" } } },
        } } } } },
        "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } },
    });
    for (host, expected) in [
        (None, (None, "/api/v1/me")),
        (Some("localhost"), (None, "/api/v1/me")),
        (
            Some("api.acme.com"),
            (Some("https://api.acme.com/api/v1"), "/me"),
        ),
    ] {
        if let Some(host) = host {
            document["host"] = host.into();
        }
        let (base_url, path, _) = described(&document, &[]).unwrap();
        assert_eq!((base_url.as_deref(), path.as_str()), expected, "{host:?}");
    }
}

/// An action that makes of the servers what is given.
fn servers_to(servers: &Value) -> [Value; 2] {
    [
        json!({ "target": "$.servers", "remove": true }),
        json!({ "target": "$", "update": { "servers": servers } }),
    ]
}

#[test]
fn what_the_overlay_wrote_is_refused_wherever_it_stands() {
    let good = json!([{ "url": "https://api.acme.com" }]);
    let bad = json!([{ "url": "https://demo.acme.com" }]);
    for (url, says) in [
        ("https://demo.acme.com", "`x-default: true`"),
        ("http://api.acme.com", "the caller then names the base URL"),
        ("/a/../b", "holds a segment that leads elsewhere"),
    ] {
        let servers = json!([{ "url": "https://api.acme.com" }, { "url": url }]);
        let error = described(&document(&good), &servers_to(&servers)).unwrap_err();
        assert_eq!(error.pointer(), Some("/servers/1/url"), "{url}: {error}");
        assert!(error.to_string().contains("acme.overlay.json"), "{error}");
        assert!(error.to_string().contains(says), "{url}: {error}");
        // What was published so is left out instead.
        let mut published = document(&servers);
        assert!(described(&published, &[]).is_ok());
        published["servers"] = bad.clone();
        assert!(described(&published, &[]).is_ok());
    }
    // That an overlay describes it does not make it the overlay's.
    let describes =
        json!({ "target": "$.servers[0]", "update": { "description": "To try things at." } });
    assert_eq!(described(&document(&bad), &[describes]).unwrap().0, None);
    // A path is no host.
    let relative = json!([{ "url": "/api" }]);
    let (base_url, path, _) = described(&document(&good), &servers_to(&relative)).unwrap();
    assert_eq!((base_url, path.as_str()), (None, "/api/me"));
}

#[test]
fn a_path_that_stands_for_anything_is_none() {
    for url in ["xxx", "/your-tenant/v1", "<tenant>"] {
        let (base_url, path, _) = described(&document(&json!([{ "url": url }])), &[]).unwrap();
        assert_eq!((base_url, path.as_str()), (None, "/me"), "{url}");
    }
}

#[test]
fn the_documented_action_makes_a_server_right() {
    let readme = include_str!("../../../specs/README.md");
    let block = readme.split("```yaml\nactions:").nth(1).unwrap();
    let block = format!("actions:{}", block.split("```").next().unwrap());
    let actions = load::read(&block, false).unwrap()["actions"].take();
    let document = document(&json!([{ "url": "https://test.acme.dev" }]));
    assert_eq!(described(&document, &[]).unwrap().0, None);
    let right = described(&document, actions.as_array().unwrap()).unwrap();
    assert_eq!(right.0.as_deref(), Some("https://test.acme.dev"));
}

#[test]
fn an_overlay_says_outright_that_a_server_is_right() {
    let update = |server: Value| [json!({ "target": "$.servers[0]", "update": server })];
    for url in [
        "https://test.acme.com/v1",
        "https://my-api.acme.org/v1",
        "https://keys.internal/v1",
        "https://192.0.2.1/v1",
    ] {
        let document = document(&json!([{ "url": url }, { "url": "https://api.acme.com" }]));
        let (base_url, path, remarks) = described(
            &document,
            &update(json!({ "x-default": true, "description": "All users are here." })),
        )
        .unwrap();
        assert_eq!(base_url.as_deref(), Some(url));
        assert_eq!((path.as_str(), remarks.as_slice()), ("/me", &[][..]));
        for (server, says) in [
            (json!({ "x-default": true }), "needs a `description`"),
            (
                json!({ "x-default": true, "description": " " }),
                "needs a `description`",
            ),
            (
                json!({ "x-default": "yes", "description": "It is." }),
                "is neither true nor false",
            ),
        ] {
            let error = described(&document, &update(server)).unwrap_err();
            assert_eq!(error.pointer(), Some("/servers/0/x-default"), "{error}");
            assert!(error.to_string().contains(says), "{error}");
        }
        let no = update(json!({ "x-default": false }));
        let (base_url, _, _) = described(&document, &no).unwrap();
        assert_eq!(base_url.as_deref(), Some("https://api.acme.com"));
    }
    // It chooses among several, too.
    let several = document(&json!([
        { "url": "https://us.acme.com" },
        { "url": "https://eu.acme.com" },
    ]));
    let eu = json!({
        "target": "$.servers[1]",
        "update": { "x-default": true, "description": "Where all keys are known." },
    });
    assert_eq!(
        described(&several, &[eu]).unwrap().0.as_deref(),
        Some("https://eu.acme.com")
    );
    // It makes right what a name looks like, and nothing else.
    for url in [
        "http://api.acme.com",
        "https://api.example.com",
        "https://jane@api.acme.com",
        "https://{tenant}.acme.com",
        "https://api.acme.com/?a=b",
        "/v1",
    ] {
        let said = update(json!({ "x-default": true, "description": "All users are here." }));
        let error = described(&document(&json!([{ "url": url }])), &said).unwrap_err();
        assert_eq!(
            error.pointer(),
            Some("/servers/0/x-default"),
            "{url}: {error}"
        );
    }
}

/// The provider that is described with these servers.
fn info(servers: &Value) -> keyholder_core::ProviderInfo {
    let mut document = document(servers);
    document["paths"]["/me"]["get"]["x-whoami"] =
        json!({ "identity": { "sub": "/id" }, "token": { "env": "ACME_API_TOKEN" } });
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.json".into(),
        overlay: None,
    };
    let described = Described::parse(&spec, &document.to_string(), None).unwrap();
    provider(&described).unwrap().0
}

#[test]
fn variables_of_a_host_are_parameters_of_the_key() {
    let region =
        json!({ "default": "us", "enum": ["us", "eu", "sandbox"], "description": "Where." });
    let found = info(&json!([
        { "url": "https://{apiRegion}.acme.com/{version}", "variables": { "apiRegion": region, "version": { "default": "v1" } } },
    ]));
    assert_eq!(found.base_url.as_deref(), Some("https://us.acme.com/v1"));
    assert_eq!(
        found.servers[0].base_url,
        "https://{api_region}.acme.com/v1"
    );
    let parameter = &found.parameters[0];
    assert_eq!(
        (parameter.name.as_str(), parameter.variable.as_str()),
        ("api_region", "ACME_API_REGION")
    );
    // One of the values makes a host that is for trying.
    assert_eq!(parameter.values, ["us", "eu"]);
    assert_eq!(parameter.default.as_deref(), Some("us"));
    assert_eq!(parameter.description, "Where.");

    let found = info(&json!([
        { "url": "https://{tenant}.acme.com/api", "variables": { "tenant": { "default": "your-tenant" } } },
    ]));
    assert_eq!(found.base_url, None);
    assert_eq!(found.servers[0].base_url, "https://{tenant}.acme.com/api");
    assert_eq!(found.parameters[0].default, None);
    assert_eq!(
        (found.base_path.as_str(), found.operations[0].path.as_str()),
        ("/api", "/api/me")
    );

    let found = info(&json!([{ "url": "https://api.acme.com/{workspace}/v1" }]));
    assert_eq!(found.base_url, None);
    assert_eq!(
        found.servers[0].base_url,
        "https://api.acme.com/{workspace}/v1"
    );
}

#[test]
fn a_server_is_for_trying_where_its_description_says_so() {
    for (said, is_for_all) in [
        ("Sandbox", false),
        ("The staging environment", false),
        ("Acme Staging", false),
        ("Local development server", false),
        ("Mock server", false),
        ("Production", true),
        ("Production (not the sandbox)", true),
        ("Live and test mode", true),
        ("Main server", true),
        (
            "The server that all users have; for testing there is another one elsewhere.",
            true,
        ),
        ("", true),
    ] {
        let servers = json!([{ "url": "https://api.acme.com", "description": said }]);
        assert_eq!(info(&servers).base_url.is_some(), is_for_all, "{said}");
    }
    // Whoever knows better says so.
    let servers =
        json!([{ "url": "https://api.acme.com", "description": "Test", "x-default": true }]);
    assert!(info(&servers).base_url.is_some());
}

#[test]
fn what_each_user_puts_there_is_said_in_words_and_in_the_path() {
    for (url, said) in [
        (
            "https://acme.acme-cloud.io",
            "Replace with your own instance URL",
        ),
        (
            "https://cloud.acme.com",
            "Your instance of Acme, wherever it runs and whoever runs it for you.",
        ),
        ("https://cloud.acme.com", "Self-hosted"),
        ("https://acme.com/your-tenant/api", ""),
        ("https://acme.com/<tenant>/api", ""),
        ("https://api.acme.onion", ""),
    ] {
        let found = info(&json!([{ "url": url, "description": said }]));
        assert_eq!(
            (found.base_url, found.operations[0].path.contains("tenant")),
            (None, false),
            "{url}"
        );
    }
    for (url, said) in [
        ("https://api.acme.com", "Use your own API key."),
        ("https://acme.com/tenants/api", ""),
    ] {
        assert!(
            info(&json!([{ "url": url, "description": said }]))
                .base_url
                .is_some(),
            "{url}"
        );
    }
}

#[test]
fn a_scheme_that_may_be_https_is() {
    let variables = json!({ "protocol": { "default": "http", "enum": ["http", "https"] } });
    let found = info(&json!([{ "url": "{protocol}://api.acme.com/v1", "variables": variables }]));
    assert_eq!(found.base_url.as_deref(), Some("https://api.acme.com/v1"));
}

/// What stands in the braces would decide whose the host is.
#[test]
fn a_variable_that_decides_whose_the_host_is_is_no_parameter() {
    for url in [
        "https://{host}",
        "https://{host}/api",
        "https://{name}.com",
        "https://{name}.co.uk",
        "https://{app}.herokuapp.com",
        "https://api.{domain}",
        "https://acme.com.{domain}/",
        "https://acme.com{rest}",
        "https://api.acme.com:{port}",
        "https://{tenant}.example.com",
        "https://{tenant}.demo.acme.com",
        "http://{tenant}.acme.com",
        "{scheme}://{tenant}.acme.com",
        "https://{user}@api.acme.com",
        "https://{tenant}.acme.com@evil.com",
        "https://{{tenant}}.acme.com",
    ] {
        let found = info(&json!([{ "url": url }]));
        assert_eq!(found.base_url, None, "{url}");
        assert_eq!(found.servers, [], "{url}");
        assert_eq!(found.parameters, [], "{url}");
    }
}

#[test]
fn several_servers_are_offered_by_name() {
    let found = info(&json!([
        { "url": "https://api.acme.com/v1", "description": "Production (US)" },
        { "url": "https://eu.acme.com/v1", "description": "EU" },
        { "url": "https://api.acme.com/v1/" },
        { "url": "https://sandbox.acme.com/v1" },
        { "url": "https://ap.acme.com/v1", "description": "This one is for the users of Asia and the Pacific." },
        { "url": "https://{region}.acme.com/v1", "description": "EU" },
    ]));
    assert_eq!(found.base_url.as_deref(), Some("https://api.acme.com/v1"));
    let servers = found
        .servers
        .iter()
        .map(|it| (it.name.as_str(), it.base_url.as_str()));
    assert_eq!(
        servers.collect::<Vec<_>>(),
        [
            ("production-us", "https://api.acme.com/v1"),
            ("eu", "https://eu.acme.com/v1"),
            ("ap", "https://ap.acme.com/v1"),
            ("region", "https://{region}.acme.com/v1"),
        ]
    );
    let server = found
        .parameters
        .iter()
        .find(|it| it.name == "server")
        .unwrap();
    assert_eq!(server.values, ["production-us", "eu", "ap", "region"]);
    assert_eq!(
        (server.default.as_deref(), server.variable.as_str()),
        (Some("production-us"), "ACME_SERVER")
    );
}

#[test]
fn an_example_of_a_token_is_no_part_of_a_server() {
    for name in ["token", "apiKey", "bot_token"] {
        let server = json!({
            "url": format!("https://api.acme.com/bot{{{name}}}"),
            "variables": { name: { "default": "123456:ABC-DEF1234" } },
        });
        let reason = missing(&server).unwrap();
        assert!(reason.contains("has a credential"), "{reason}");
        let found = servers::servers(&document(&json!([server])), ME);
        assert!(found.parameters.is_empty() && found.path.is_none());
        assert!(!format!("{found:?}").contains("123456"));
    }
}

/// A host may end in a variable whose values are listed: each of them is held against what a host must be.
#[test]
fn a_host_that_ends_in_one_of_some_names() {
    let with = |url: &str, values: &Value, default: &str| {
        let site = json!({ "default": default, "enum": values });
        let server =
            json!({ "url": url, "variables": { "site": site, "tenant": { "default": "" } } });
        let found = servers::servers(&document(&json!([server])), ME);
        let values = found.parameters.iter().find(|it| it.name == "site");
        let asked = found
            .base_url
            .or_else(|| Some(found.named.first()?.base_url.clone()));
        (asked, values.map(|it| it.values.clone()))
    };
    let names = json!([
        "acme.com",
        "us3.acme.com",
        "acme.example",
        "localhost",
        "acme.eu"
    ]);
    let kept = vec![
        "acme.com".to_owned(),
        "us3.acme.com".to_owned(),
        "acme.eu".to_owned(),
    ];
    for url in [
        "https://api.{site}",
        "https://{tenant}.{site}",
        "https://{site}/v1",
    ] {
        let (base_url, values) = with(url, &names, "");
        assert_eq!(
            (base_url.as_deref(), values),
            (Some(url), Some(kept.clone()))
        );
    }
    // Whoever likes may register a name that another ends in.
    let (_, values) = with("https://{tenant}{site}", &names, "");
    assert_eq!(values, None);
    // Without a list it may be anybody's.
    let (_, values) = with("https://api.{site}", &json!([]), "");
    assert_eq!(values, None);
    // Where there is one for everyone, it is asked.
    let (base_url, _) = with("https://api.{site}", &names, "acme.com");
    assert_eq!(base_url.as_deref(), Some("https://api.acme.com"));
}

#[test]
fn a_subdomain_before_one_of_some_sites() {
    let sites = json!({ "default": "acme.com", "enum": ["acme.com", "eu.acme.com"] });
    let found = info(&json!([{
        "url": "https://{subdomain}.{site}",
        "variables": { "subdomain": { "default": "api" }, "site": sites },
    }]));
    assert_eq!(found.base_url.as_deref(), Some("https://api.acme.com"));
    assert_eq!(found.servers[0].base_url, "https://{subdomain}.{site}");
    let parameters: Vec<_> = found
        .parameters
        .iter()
        .map(|it| (it.name.as_str(), it.default.as_deref(), it.values.len()))
        .collect();
    assert_eq!(
        parameters,
        [("subdomain", Some("api"), 0), ("site", Some("acme.com"), 2)]
    );
    // Somebody's own is given by the caller, and the site is the provider's whatever it is.
    let found = info(&json!([{
        "url": "https://{subdomain}.{site}",
        "variables": { "subdomain": { "default": "your-company" }, "site": sites },
    }]));
    assert_eq!(found.base_url, None);
    assert_eq!(found.parameters[0].default, None);
    assert_eq!(found.parameters[1].default.as_deref(), Some("acme.com"));
    // Of a site that may be any, nothing is the provider's.
    let found = info(&json!([{
        "url": "https://{subdomain}.{site}",
        "variables": { "subdomain": { "default": "your-company" }, "site": { "default": "acme.com" } },
    }]));
    assert_eq!(found.base_url, None);
    assert!(found.parameters.is_empty());
}
