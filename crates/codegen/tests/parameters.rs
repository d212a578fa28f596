//! What belongs to a key beside its token: what a client is made from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod workspace;

use keyholder_codegen::{Destination, Files, generate_from};
use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use workspace::Workspace;

const DESCRIPTION: &str = r#"openapi: 3.0.3
info: { title: Acme, version: "1" }
servers: SERVERS
security: [{ key: [] }]
paths:
  /accounts/{account_id}/me:
    get:
      operationId: get_me
      parameters:
        - { name: account_id, in: path, required: true, schema: { type: string } }
        - { name: X-Zone, in: header, required: true, schema: { type: string } }
        - { name: dept, in: query, required: true, schema: { type: string } }
      responses:
        "200":
          description: The caller.
          content:
            application/json:
              schema: { type: object, properties: { id: { type: string } } }
components:
  securitySchemes: { key: { type: http, scheme: SCHEME } }
"#;

const OVERLAY: &str = r"overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.paths['/accounts/{account_id}/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        token: { env: ACME_API_KEY, form: '^ak-(?<dept>[0-9]+)$' }
        parameters:
          account: { pattern: '^[0-9]+$', description: Whose key it is. }
          zone: { values: [north, 2-south] }
          dept: { env: ACME_DEPT }
        arguments:
          account_id: { parameter: account }
          X-Zone: { parameter: zone }
          dept: { parameter: dept }
";

const FIXED: &str = "[{ url: 'https://api.acme.dev' }]";
const OF_A_TENANT: &str = "[{ url: 'https://{tenant}.{region}.acme.dev', variables: { tenant: { default: yours }, region: { default: eu, enum: [eu, us] } } }]";
const NONE: &str = "[]";

/// The constructor takes what has no other source, in the order of base URL, token and parameters.
#[test]
fn constructors() {
    for (servers, scheme, signature) in [
        (
            FIXED,
            "bearer",
            "token: impl Into<Token>, account: impl Into<String>, zone: parameters::Zone,",
        ),
        (
            OF_A_TENANT,
            "bearer",
            "token: impl Into<Token>, tenant: impl Into<String>, account: impl Into<String>, zone: parameters::Zone,",
        ),
        (
            NONE,
            "bearer",
            "base_url: impl Into<String>, token: impl Into<Token>, account: impl Into<String>, zone: parameters::Zone,",
        ),
        (
            FIXED,
            "basic",
            "username: &str, password: &str, account: impl Into<String>, zone: parameters::Zone,",
        ),
    ] {
        let client = &files(servers, scheme)["src/client.rs"];
        let (_, new) = client.split_once("pub fn new(").expect("a constructor");
        let (new, _) = new.split_once(')').unwrap();
        let new: Vec<_> = new.split_whitespace().collect();
        assert_eq!(new.join(" "), signature, "{servers} {scheme}");
    }
}

#[test]
fn the_readme_lists_them() {
    let readme = &files(OF_A_TENANT, "bearer")["README.md"];
    // The example of mocks runs.
    assert!(
        readme.contains("```rust\n# #[cfg(feature = \"httpmock\")]"),
        "{readme}"
    );
    for line in [
        "| `tenant` | `ACME_TENANT` |  | an error |  |",
        "| `region` | `ACME_REGION` | `eu`, `us` | `eu` |  |",
        "| `account` | `ACME_ACCOUNT` |  | an error | Whose key it is. |",
        "| `zone` | `ACME_ZONE` | `north`, `2-south` | an error |  |",
        "| `dept` | `ACME_DEPT` |  | what the token says |  |",
        "let client = Client::new(std::env::var(\"ACME_API_KEY\")?, std::env::var(\"ACME_TENANT\")?, std::env::var(\"ACME_ACCOUNT\")?, keyholder_acme::parameters::Zone::North)?;",
    ] {
        assert!(readme.lines().any(|it| it == line), "{line}\n{readme}");
    }
}

/// What is made in these ways is built, and sends what it is given.
const MAIN: &str = r##"use httpmock::MockServer;
use keyholder_acme::parameters::{Region, Zone};
use keyholder_acme::{Client, Config, WhoAmI};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Client::new("ak-7", "jane", "42", Zone::X2South)?;
    for (tenant, account) in [("a.b", "42"), ("jane", "x"), ("jane", "")] {
        let error = Client::new("ak-7", tenant, account, Zone::North).err().ok_or("it is refused")?;
        assert_eq!(error.kind(), keyholder_acme::ErrorKind::Config, "{error}");
    }
    let server = MockServer::start_async().await;
    let mock = server.mock(|when, then| {
        when.path("/accounts/42/me").header("x-zone", "2-south").query_param("dept", "7");
        then.status(200).header("content-type", "application/json").body(r#"{"id":"u1"}"#);
    });
    let config = Config::new("ak-7")
        .base_url(server.base_url())
        .parameter("account", "42")
        .parameter("zone", Zone::X2South.as_str())
        .parameter("region", Region::Us.as_str());
    assert_eq!(Client::with_config(config)?.whoami().await?.sub.as_deref(), Some("u1"));
    mock.assert();
    Ok(())
}
"##;

const APP: &str = r#"[package]
name = "keyholder-parameters-app"
version = "1.0.0"
edition = "2024"

[dependencies]
httpmock = "0.9"
keyholder-acme = { path = "../clients/providers/acme", default-features = false, features = ["httpmock"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

#[test]
fn clients_send_what_they_are_given() {
    let workspace = Workspace::new();
    let generated =
        generate_from(&described(OF_A_TENANT, "bearer"), &workspace.destination).unwrap();
    workspace.write(vec![generated], APP, MAIN);
    workspace.cargo(&["run", "--package", "keyholder-parameters-app"]);
    // The examples of the README are made so that they run.
    let tests = [
        "test",
        "--doc",
        "--package",
        "keyholder-acme",
        "--features",
        "httpmock",
    ];
    workspace.cargo(&tests);
}

fn described(servers: &str, scheme: &str) -> Described {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.yaml".into(),
        overlay: Some("acme.overlay.yaml".into()),
    };
    let description = DESCRIPTION
        .replace("SERVERS", servers)
        .replace("SCHEME", scheme);
    Described::parse(&spec, &description, Some(OVERLAY)).unwrap()
}

fn files(servers: &str, scheme: &str) -> Files {
    let destination = Destination::standalone("clients");
    let generated = generate_from(&described(servers, scheme), &destination);
    generated.unwrap_or_else(|error| panic!("{error}")).files
}
