//! Secrets in answers: what of a description is one, and that nothing shows it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod workspace;

use keyholder_codegen::{Destination, Files, generate_from};
use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use workspace::Workspace;

const DESCRIPTION: &str = r##"openapi: 3.1.0
info: { title: Acme, version: "1" }
servers: [{ url: https://api.acme.dev }]
security: [{ key: [] }]
paths:
  /me:
    get:
      operationId: get_me
      responses:
        "200":
          description: The caller.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Caller" }
        "403":
          description: Not with this token.
          content:
            application/json:
              schema:
                type: object
                required: [code]
                properties:
                  code: { type: string }
                  one_time_password: { type: string }
components:
  securitySchemes: { key: { type: http, scheme: bearer } }
  schemas:
    Caller:
      type: object
      required: [id, refresh_token, password, seed]
      properties:
        id: { type: string }
        # What names say.
        refresh_token: { type: string, description: Renews the session., examples: [rt_1] }
        apiKey: { type: [string, "null"], minLength: 8 }
        client_secret: { $ref: "#/components/schemas/Text" }
        session_token: { anyOf: [{ $ref: "#/components/schemas/Text" }, { type: "null" }] }
        private_key: { description: Of any type. }
        access_token: { oneOf: [{ type: string }, { type: object, properties: { id: { type: string } } }] }
        recovery_codes: { type: array, items: { type: string } }
        backup_codes: { $ref: "#/components/schemas/Texts" }
        secrets: { type: object, additionalProperties: { type: string } }
        credentials: { type: object }
        api_keys: { type: array, items: { type: object, properties: { id: { type: string }, key: { type: string } } } }
        token: { $ref: "#/components/schemas/Token" }
        # What the description says.
        answer: { type: string, format: password }
        door: { $ref: "#/components/schemas/Door" }
        doors: { type: array, items: { $ref: "#/components/schemas/Door" } }
        azure: { type: string, x-ms-secret: true }
        key: { $ref: "#/components/schemas/SigningKey" }
        password: { type: string, writeOnly: true }
        seed: { type: object, writeOnly: true, properties: { words: { type: string } } }
        marked_1: { $ref: "#/components/schemas/Text", format: password }
        marked_2: { $ref: "#/components/schemas/Text", writeOnly: true }
        marked_3: { $ref: "#/components/schemas/Text", x-ms-secret: true }
        marked_4: { type: [string, "null"], format: password }
        marked_5: { anyOf: [{ type: string, format: password }, { type: "null" }] }
        marked_6: { type: [string, integer], format: password }
        marked_7: { format: password }
        marked_8: { allOf: [{ $ref: "#/components/schemas/Door" }], description: Of a door. }
        marked_9: { type: [array, "null"], items: { type: string, format: password } }
        marked_10: { oneOf: [{ type: integer }, { type: boolean }], writeOnly: true }
        marked_11: { type: array, items: { type: array, items: { $ref: "#/components/schemas/Door" } } }
        api_tokens: { type: [array, "null"], items: { type: [string, "null"] } }
        # What is none.
        text: { $ref: "#/components/schemas/Text" }
        texts: { $ref: "#/components/schemas/Texts" }
        token_type: { type: string }
        token_id: { type: string }
        tokens: { type: integer }
        has_password: { type: boolean }
        password_changed_at: { type: string, format: date-time }
        last_token: { type: string, format: date-time }
        kind_of_token: { type: string, enum: [access, refresh] }
        default_token: { type: string, enum: [access, refresh] }
        next_page_token: { type: string }
        public_key: { type: string }
        bearer: { type: string, x-sensitive: false, description: Who bears the key. }
        owner: { $ref: "#/components/schemas/KeyholderSecret" }
        # In what is put together.
        merged: { allOf: [{ $ref: "#/components/schemas/Base" }, { $ref: "#/components/schemas/More" }] }
        either: { oneOf: [{ $ref: "#/components/schemas/Person" }, { $ref: "#/components/schemas/Robot" }] }
        neither: { oneOf: [{ $ref: "#/components/schemas/Text" }, { type: integer }] }
    Text: { type: string }
    Texts: { type: array, items: { type: string } }
    Door: { type: string, format: password }
    SigningKey: { type: string }
    # Names that are taken.
    KeyholderSecret: { type: object, properties: { id: { type: string } } }
    Secret: { type: object, properties: { id: { type: string }, value: { type: string } } }
    Token: { type: object, properties: { id: { type: string }, value: { type: string }, inner: { $ref: "#/components/schemas/Secret" } } }
    Base: { type: object, required: [auth_token], properties: { auth_token: { type: string }, pin: { type: string, minLength: 4 }, gate: { type: string, format: password } } }
    More: { type: object, properties: { auth_token: { type: string, maxLength: 9 }, pin: { type: [string, "null"] }, name: { type: string }, gate: { type: string, minLength: 4 } } }
    Person: { type: object, required: [name, otp], properties: { name: { type: string }, otp: { type: string } } }
    Robot:
      allOf:
        - { type: object, properties: { model: { type: string }, setup: { type: string, writeOnly: true } } }
        - { required: [model, setup] }
"##;

const OVERLAY: &str = "overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.paths['/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        token: { env: ACME_API_KEY }
";

/// The fields of secrets, each as its struct has it.
const SECRETS: &[&str] = &[
    "Base.auth_token: Secret",
    "Base.gate: Secret",
    "Base.pin: Secret",
    "Caller.access_token: Secret",
    "Caller.answer: Secret",
    "Caller.api_key: Secret",
    "Caller.api_tokens: Vec<Option<Secret>>",
    "Caller.azure: Secret",
    "Caller.backup_codes: Vec<Secret>",
    "Caller.client_secret: Secret",
    "Caller.credentials: BTreeMap<String,Secret>",
    "Caller.door: Secret",
    "Caller.doors: Vec<Secret>",
    "Caller.key: Secret",
    "Caller.marked_1: Secret",
    "Caller.marked_10: Secret",
    "Caller.marked_11: Vec<Vec<Secret>>",
    "Caller.marked_2: Secret",
    "Caller.marked_3: Secret",
    "Caller.marked_4: Secret",
    "Caller.marked_5: Secret",
    "Caller.marked_6: Secret",
    "Caller.marked_7: Secret",
    "Caller.marked_8: Secret",
    "Caller.marked_9: Vec<Secret>",
    "Caller.password: Secret",
    "Caller.private_key: Secret",
    "Caller.recovery_codes: Vec<Secret>",
    "Caller.refresh_token: Secret",
    "Caller.secrets: BTreeMap<String,Secret>",
    "Caller.seed: Secret",
    "Caller.session_token: Secret",
    "CallerApiKeysItem.key: Secret",
    "CallerMerged.auth_token: Secret",
    "CallerMerged.gate: Secret",
    "CallerMerged.pin: Secret",
    "GetMeForbidden.one_time_password: Secret",
    "More.auth_token: Secret",
    "More.pin: Secret",
    "Person.otp: Secret",
    "Robot.setup: Secret",
    "Secret.value: Secret",
    "Token.value: Secret",
];

#[test]
fn what_is_a_secret_has_the_type_of_one() {
    let types = types();
    let mut fields = Vec::new();
    for item in structs(&types) {
        for field in &item.fields {
            let Some(name) = &field.ident else { continue };
            let ty = &field.ty;
            let ty = quote::quote!(#ty).to_string().replace(' ', "");
            if ty.contains("keyholder_core::Secret") {
                let ty = ty
                    .replace("keyholder_core::", "")
                    .replace("std::collections::", "");
                let ty = ty
                    .strip_prefix("Option<")
                    .unwrap()
                    .strip_suffix('>')
                    .unwrap();
                fields.push(format!("{}.{name}: {ty}", item.ident));
            }
        }
    }
    assert_eq!(fields, SECRETS);
    // What stood for secrets alone is gone; the type of the description's own that is called so is not.
    let names: Vec<_> = structs(&types).map(|item| item.ident.to_string()).collect();
    for (name, is_there) in [
        ("Door", false),
        ("SigningKey", false),
        ("Text", true),
        ("Secret", true),
        ("KeyholderSecret", true),
    ] {
        assert_eq!(
            names.iter().any(|it| it == name),
            is_there,
            "{name} of {names:?}"
        );
    }
}

#[test]
fn what_only_requests_have_is_not_required() {
    let types = types();
    let mut required = Vec::new();
    for item in structs(&types) {
        for field in &item.fields {
            let attributes = &field.attrs;
            let attributes = quote::quote!(#(#attributes)*).to_string();
            if let (true, Some(name)) = (attributes.contains("deserialize_with"), &field.ident) {
                required.push(format!("{}.{name}", item.ident));
            }
        }
    }
    let expected = [
        "Base.auth_token",
        "Caller.id",
        "Caller.refresh_token",
        "CallerMerged.auth_token",
        "GetMeForbidden.code",
        "Person.name",
        "Person.otp",
        "Robot.model",
    ];
    assert_eq!(required, expected);
}

#[test]
fn what_has_no_secrets_says_nothing_of_them() {
    let plain = "
openapi: 3.1.0
info: { title: Acme, version: '1' }
servers: [{ url: 'https://api.acme.dev' }]
security: [{ key: [] }]
paths:
  /me:
    get:
      operationId: get_me
      responses:
        '200':
          description: The caller.
          content:
            application/json:
              schema: { type: object, properties: { id: { type: string }, token_id: { type: string } } }
components:
  securitySchemes: { key: { type: http, scheme: bearer } }
";
    for (path, file) in files(plain) {
        assert!(
            !file.contains("Secret") && !file.contains("Exposed"),
            "{path}\n{file}"
        );
    }
}

/// A program that asks for an answer and an error, and looks for their secrets in what it can print of them.
const MAIN: &str = r##"use httpmock::MockServer;
use keyholder_acme::mock::MockServerExt;
use keyholder_acme::{Client, Config, Exposed, Secret, WhoAmI, types};

const ANSWER: &str = r#"{
    "id": "jane",
    "refresh_token": "hunter2-1",
    "apiKey": null,
    "private_key": { "pem": "hunter2-2", "bits": 4096 },
    "access_token": { "id": "hunter2-3" },
    "recovery_codes": ["hunter2-4", 77123321],
    "secrets": { "A": "hunter2-5" },
    "api_keys": [{ "id": "k1", "key": "hunter2-6" }],
    "token": { "id": "t1", "value": "hunter2-7", "inner": { "value": "hunter2-8" } },
    "answer": "hunter2-9",
    "merged": { "auth_token": "hunter2-10", "name": "m1" },
    "either": { "something": "hunter2-11" },
    "key": "hunter2-12",
    "next_page_token": "p1"
}"#;

const FORBIDDEN: &str = r#"{ "code": "otp_needed", "one_time_password": "hunter2-13" }"#;

fn hides(shown: &str, has: &[&str]) {
    assert!(!shown.contains("hunter2") && !shown.contains("77123321"), "{shown}");
    for text in has {
        assert!(shown.contains(text), "{text}: {shown}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start_async().await;
    let client = Client::with_config(Config::new("a-token").base_url(server.base_url()))?;

    let value: types::Caller = serde_json::from_str(ANSWER)?;
    let mut good = server.get_me(|_when, then| {
        then.ok(&value);
    });
    let answer = client.get_me().await?;
    assert_eq!(*answer, value);
    assert_eq!(answer.refresh_token.as_ref().map(Secret::expose_secret), Some("hunter2-1"));
    assert_eq!(answer.access_token.as_ref().map(Secret::expose_secret), Some(r#"{"id":"hunter2-3"}"#));
    hides(&format!("{answer:?}"), &["jane", "k1", "t1", "m1", "p1", "[REDACTED]"]);
    hides(&format!("{answer:#?}"), &["jane"]);
    hides(&serde_json::to_string(&*answer)?, &["jane", "k1", "t1", "m1", "p1", "[REDACTED]"]);
    let mut exposed = serde_json::to_value(Exposed(&*answer))?;
    exposed["apiKey"] = serde_json::Value::Null;
    assert_eq!(exposed, serde_json::from_str::<serde_json::Value>(ANSWER)?);
    let schema = serde_json::to_string(&schemars::schema_for!(types::Caller))?;
    assert!(schema.contains("\"format\":\"password\""), "{schema}");
    good.delete();

    let refusal: types::GetMeForbidden = serde_json::from_str(FORBIDDEN)?;
    server.get_me(|_when, then| {
        then.forbidden(&refusal);
    });
    let error = client.get_me().await.expect_err("it is forbidden");
    let Some(keyholder_acme::GetMeErrorResponse::Forbidden(body)) = error.response() else {
        panic!("{error:?}");
    };
    assert_eq!(body.one_time_password.as_ref().map(Secret::expose_secret), Some("hunter2-13"));
    hides(&format!("{error:?} {error} {:?}", error.response()), &["otp_needed", "[REDACTED]"]);
    hides(&format!("{:?}", client.verify().await), &[]);
    Ok(())
}
"##;

const APP: &str = r#"[package]
name = "keyholder-secrets-app"
version = "1.0.0"
edition = "2024"

[dependencies]
httpmock = "0.9"
keyholder-acme = { path = "../clients/providers/acme", default-features = false, features = ["httpmock", "schemars"] }
schemars = "1"
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

#[test]
fn nothing_shows_a_secret_of_an_answer() {
    let workspace = Workspace::new();
    let generated = generate_from(&described(DESCRIPTION), &workspace.destination).unwrap();
    workspace.write(vec![generated], APP, MAIN);
    workspace.cargo(&["run", "--package", "keyholder-secrets-app"]);
}

fn described(description: &str) -> Described {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.yaml".into(),
        overlay: Some("acme.overlay.yaml".into()),
    };
    Described::parse(&spec, description, Some(OVERLAY)).unwrap()
}

fn files(description: &str) -> Files {
    let destination = Destination::standalone("clients");
    generate_from(&described(description), &destination)
        .unwrap()
        .files
}

fn types() -> syn::File {
    syn::parse_file(&files(DESCRIPTION)["src/types.rs"]).unwrap()
}

fn structs(file: &syn::File) -> impl Iterator<Item = &syn::ItemStruct> {
    file.items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    })
}
