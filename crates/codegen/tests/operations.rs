//! A provider with several operations: its crate has all of them as data, and a method for each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod workspace;

use keyholder_codegen::{Destination, Files, generate_from};
use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use workspace::Workspace;

const DESCRIPTION: &str = r#"openapi: 3.0.3
info: { title: Acme, version: "1" }
servers: [{ url: 'https://api.acme.dev' }]
security: [{ key: [] }]
paths:
  /me:
    get:
      operationId: getMe
      summary: The person behind a key.
      parameters:
        - { name: include, in: query, schema: { type: string, enum: [team, plan] } }
      responses:
        "200":
          description: The person.
          content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } }
        "401":
          description: Unknown.
          content: { application/json: { schema: { $ref: '#/components/schemas/Problem' } } }
  /robots/{zone}/me:
    post:
      operationId: get_me
      parameters:
        - { name: zone, in: path, required: true, schema: { type: string } }
        - { name: X-Trace, in: header, schema: { type: integer } }
        - { name: lang, in: query, schema: { type: string } }
      responses:
        "201":
          description: The robot.
          content:
            application/json:
              schema:
                type: object
                required: [id, owner]
                properties:
                  id: { type: string }
                  owner: { $ref: '#/components/schemas/Person' }
                  secret: { type: string, format: password }
                  kind: { type: string, enum: [drone, rover] }
        "401":
          description: Unknown.
          content: { application/json: { schema: { $ref: '#/components/schemas/Problem' } } }
        "418":
          description: A teapot.
  /plan:
    get:
      responses:
        "200":
          description: The plan.
          content:
            application/json:
              schema: { type: object, properties: { name: { type: string }, kind: { $ref: '#/paths/~1robots~1{zone}~1me/post/responses/201/content/application~1json/schema/properties/kind' } } }
        default:
          description: Whatever else.
          content: { application/json: { schema: { type: object, properties: { message: { type: string } } } } }
components:
  securitySchemes: { key: { type: http, scheme: bearer } }
  schemas:
    Person:
      type: object
      required: [id]
      properties:
        id: { type: string }
        manager: { $ref: '#/components/schemas/Person' }
    Problem:
      type: object
      required: [code]
      properties: { code: { type: string } }
"#;

const OVERLAY: &str = r"overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.paths['/me'].get
    update:
      x-whoami:
        identity: { sub: /id }
        code: /code
        answers: { '401 bad_key': unauthenticated }
        token: { env: ACME_API_KEY, form: [{ pattern: '^robot-', operation: get_me }, '^person-'] }
        parameters: { zone: { default: north } }
  - target: $.paths['/robots/{zone}/me'].post
    update:
      x-whoami:
        rank: 2
        identity: { sub: /id, name: /owner/id }
        arguments: { zone: { parameter: zone } }
  - target: $.paths['/plan'].get
    update:
      x-whoami:
        adds_claims: true
        identity: { name: /name }
";

#[test]
fn the_data_has_all_of_them() {
    let described = described();
    let (info, _) = keyholder_describe::provider(&described).unwrap();
    assert_eq!(info.operations.len(), 3);
    let files = files(&described);
    let source = &files["src/provider.rs"];
    let (_, json) = source.split_once("r#\"").unwrap();
    let (json, _) = json.rsplit_once("\"#").unwrap();
    let mut embedded: keyholder_core::ProviderInfo = serde_json::from_str(json).unwrap();
    embedded.version.clone_from(&info.version);
    assert_eq!(embedded, info);
}

#[test]
fn the_readme_lists_their_methods() {
    let readme = &files(&described())["README.md"];
    for line in [
        "Whose key is this? A typed client for Acme's `GET /me`, `POST /robots/{zone}/me` and `GET /plan`.",
        "| `get_me` | `GET /me` | `types::Person` | `GetMeErrorResponse` | `examples::EXAMPLES` | as number 1 |",
        "| `get_me_2` | `POST /robots/{zone}/me` | `types::GetMe2Response` | `GetMe2ErrorResponse` | `examples::GET_ME_2_EXAMPLES` | as number 2 |",
        "| `get_plan` | `GET /plan` | `types::GetPlanResponse` | `GetPlanErrorResponse` | `examples::GET_PLAN_EXAMPLES` | to add claims |",
        "Of a token of the form `^robot-`, `get_me_2` alone is asked.",
    ] {
        assert!(readme.lines().any(|it| it == line), "{line}\n{readme}");
    }
}

/// A schema that two operations reach is one type.
#[test]
fn schemas_of_one_name_are_one_type() {
    let types = &files(&described())["src/types.rs"];
    let structs = types
        .lines()
        .filter_map(|it| it.strip_prefix("pub struct "));
    let structs: Vec<_> = structs.map(|it| it.trim_end_matches(" {")).collect();
    let wanted = [
        "GetMe2Response",
        "GetPlanOtherError",
        "GetPlanResponse",
        "Person",
        "Problem",
    ];
    assert_eq!(structs, wanted);
}

/// What is wrong with a further operation is said of its place in the description.
#[test]
fn errors_say_where_they_stand() {
    let description = DESCRIPTION.replace(
        "                type: object\n                required: [id, owner]\n",
        "                $ref: '#/components/schemas/Nothing'\n",
    );
    assert_ne!(description, DESCRIPTION);
    let error = parse(&description, OVERLAY)
        .select_further()
        .err()
        .map(|it| it.to_string());
    assert!(error.is_some_and(|it| it.contains("/paths/~1robots~1{zone}~1me/post")));
    let overlay = OVERLAY.replace("name: /owner/id", "name: /owner/nickname");
    let destination = Destination::standalone("clients");
    let error = generate_from(&parse(DESCRIPTION, &overlay), &destination).unwrap_err();
    assert_eq!(
        error.pointer(),
        Some("/paths/~1robots~1{zone}~1me/post/x-whoami/identity/name")
    );
    assert!(error.to_string().contains("acme.overlay.yaml"), "{error}");
}

/// Each method asks its own operation, and reads what that answers.
const MAIN: &str = r##"use httpmock::MockServer;
use keyholder_acme::mock::MockServerExt;
use keyholder_acme::{Client, Config, GetMe2ErrorResponse, GetMeErrorResponse, GetPlanErrorResponse, WhoAmI, types};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start_async().await;
    let client = |token: &str| Client::with_config(Config::new(token).base_url(server.base_url()));
    let person = client("person-1")?;

    let example = |examples: &[(u16, &'static str)]| examples[0].1;
    let me: types::Person = serde_json::from_str(example(keyholder_acme::examples::EXAMPLES))?;
    let mut mock = server.get_me(|when, then| {
        when.include(types::GetMeInclude::Team);
        then.ok(&me);
    });
    assert_eq!(*person.get_me(Some(types::GetMeInclude::Team)).await?, me);
    mock.assert();
    mock.delete();

    let robot: types::GetMe2Response = serde_json::from_str(example(keyholder_acme::examples::GET_ME_2_EXAMPLES))?;
    let mut mock = server.get_me_2(|when, then| {
        when.x_trace(7).lang("de");
        then.created(&robot);
    });
    let answer = person.get_me_2(Some("de"), Some(7)).await?;
    assert_eq!(*answer, robot);
    assert_eq!(answer.secret.as_ref().map(|it| it.expose_secret()), Some("text"));
    mock.assert();
    mock.delete();

    let plan: types::GetPlanResponse = serde_json::from_str(example(keyholder_acme::examples::GET_PLAN_EXAMPLES))?;
    let mut mock = server.get_plan(|_, then| { then.ok(&plan); });
    assert_eq!(*person.get_plan().await?, plan);
    mock.delete();

    let mut mock = server.get_me(|_, then| { then.unauthorized(&serde_json::from_str(r#"{"code":"bad_key"}"#).expect("a body")); });
    let error = person.get_me(None).await.err().ok_or("it is refused")?;
    assert_eq!(error.kind(), keyholder_acme::ErrorKind::Unauthenticated, "{error}");
    assert!(matches!(error.response(), Some(GetMeErrorResponse::Unauthorized(_))), "{error}");
    mock.delete();
    let mut mock = server.get_me_2(|_, then| { then.ima_teapot(); });
    let error = person.get_me_2(None, None).await.err().ok_or("it is refused")?;
    assert_eq!(error.response(), Some(&GetMe2ErrorResponse::ImaTeapot), "{error}");
    mock.delete();
    let mut mock = server.get_plan(|_, then| { then.other_error(402, &serde_json::from_str("{}").expect("a body")); });
    let error = person.get_plan().await.err().ok_or("it is refused")?;
    assert!(matches!(error.response(), Some(GetPlanErrorResponse::OtherError(_))), "{error}");
    mock.delete();

    // A robot's key is asked about at the robots' alone, and then for what adds claims.
    let robots = server.get_me_2(|_, then| { then.created(&robot); });
    let plans = server.get_plan(|_, then| { then.ok(&plan); });
    let identity = client("robot-1")?.whoami().await?;
    assert_eq!(identity.sub.as_deref(), Some("text"));
    robots.assert();
    plans.assert();
    Ok(())
}
"##;

const APP: &str = r#"[package]
name = "keyholder-operations-app"
version = "1.0.0"
edition = "2024"

[dependencies]
httpmock = "0.9"
keyholder-acme = { path = "../clients/providers/acme", default-features = false, features = ["httpmock", "schemars"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

#[test]
fn each_method_asks_its_own_operation() {
    let workspace = Workspace::new();
    let generated = generate_from(&described(), &workspace.destination).unwrap();
    workspace.write(vec![generated], APP, MAIN);
    workspace.cargo(&["run", "--package", "keyholder-operations-app"]);
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

fn described() -> Described {
    parse(DESCRIPTION, OVERLAY)
}

fn parse(description: &str, overlay: &str) -> Described {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: "acme.yaml".into(),
        overlay: Some("acme.overlay.yaml".into()),
    };
    Described::parse(&spec, description, Some(overlay)).unwrap()
}

fn files(described: &Described) -> Files {
    let destination = Destination::standalone("clients");
    let generated = generate_from(described, &destination);
    generated.unwrap_or_else(|error| panic!("{error}")).files
}
