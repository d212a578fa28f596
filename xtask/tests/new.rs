//! `cargo xtask new`, through its public interface and the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use keyholder_openapi::{load, overlay};
use keyholder_propose::{New, Proposal};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with files, and the folder of descriptions in it.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn specs(&self) -> PathBuf {
        self.file("specs")
    }

    fn new_from(&self, spec: &str, operation: Option<&str>) -> New {
        New {
            provider: "acme".to_owned(),
            spec: Some(self.file(spec)),
            operation: operation.map(str::to_owned),
            specs: self.specs(),
            ..New::default()
        }
    }
}

/// The proposal for a description, and the error if there is none.
fn try_propose(document: &Value, operation: Option<&str>) -> Result<Proposal, String> {
    let folder = Folder::new(&[("api.json", &document.to_string())]);
    folder
        .new_from("api.json", operation)
        .propose()
        .map_err(|error| error.to_string())
}

fn propose(document: &Value) -> Proposal {
    try_propose(document, None).unwrap()
}

/// The description with the overlay applied: every action must match.
fn applied(proposal: &Proposal) -> Value {
    let is_json = proposal.description.0.extension().unwrap() == "json";
    let description = load::parse(&proposal.description.1, is_json).unwrap();
    let actions = load::parse(&proposal.overlay.1, false).unwrap();
    overlay::overlay(description, &actions).unwrap()
}

/// Name of the operation that has the mapping, and the operation.
fn marked(proposal: &Proposal) -> (String, Value) {
    let document = applied(proposal);
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("x-whoami").is_some() {
                found.push((
                    format!("{} {path}", method.to_uppercase()),
                    operation.clone(),
                ));
            }
        }
    }
    assert_eq!(found.len(), 1, "{}", proposal.overlay.1);
    found.remove(0)
}

fn whoami(proposal: &Proposal) -> Value {
    marked(proposal).1["x-whoami"].clone()
}

fn identity(proposal: &Proposal) -> Value {
    whoami(proposal)["identity"].clone()
}

/// An operation that answers with this schema.
fn answering(schema: &Value) -> Value {
    json!({ "responses": { "200": {
        "description": "", "content": { "application/json": { "schema": schema } },
    } } })
}

fn object(fields: &[(&str, Value)]) -> Value {
    let properties: serde_json::Map<_, _> = fields
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    json!({ "type": "object", "properties": properties })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn number() -> Value {
    json!({ "type": "integer" })
}

fn with_paths(paths: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } },
    })
}

/// A description whose one operation answers with this schema.
fn with_answer(schema: &Value) -> Value {
    with_paths(&json!({ "/me": { "get": answering(schema) } }))
}

mod kinds {
    use super::*;

    const YAML: &str = "openapi: 3.1.0
info: { title: Acme, version: '1' } # Kept as it stands.
servers:
  - url: https://api.acme.dev
paths:
  /v1/user:
    get:
      security:
        - key: []
      responses:
        '200':
          description: The user.
          content:
            application/json:
              schema:
                type: object
                properties:
                  id: { type: string }
components:
  securitySchemes:
    key: { type: http, scheme: bearer }
";

    #[test]
    fn a_description_is_copied_as_it_stands() {
        let folder = Folder::new(&[("api.yml", YAML)]);
        let proposal = folder.new_from("api.yml", None).propose().unwrap();
        assert_eq!(proposal.description.0, folder.specs().join("acme.yaml"));
        assert_eq!(proposal.description.1, YAML);
        assert_eq!(marked(&proposal).0, "GET /v1/user");
        let json = with_answer(&object(&[("id", text())])).to_string();
        let folder = Folder::new(&[("api.json", &json)]);
        let proposal = folder.new_from("api.json", None).propose().unwrap();
        assert_eq!(proposal.description.0, folder.specs().join("acme.json"));
        assert_eq!(proposal.description.1, json);
    }

    #[test]
    fn a_page_with_the_operation_in_the_info_string() {
        let page = format!(
            "# User\n\n```bash\ncurl\n```\n\n````yaml get /v1/user\n{YAML}````\n\n```yaml\nother: 1\n```\n"
        );
        let folder = Folder::new(&[("page.md", &page)]);
        let proposal = folder.new_from("page.md", None).propose().unwrap();
        assert_eq!(proposal.description.1, YAML);
        assert!(proposal.report.contains("as given: GET /v1/user"));
    }

    #[test]
    fn a_page_with_a_heading_and_a_generators_mistakes() {
        let page = "# Me\n\n## OpenAPI Specification\n\n```yaml
openapi: 3.1.1
info: { title: Me, version: '1' }
paths:
  /me:
    get:
      tags: [[users]]
      parameters:
        - { name: Authorization, in: header, required: true, schema: { type: string } }
      responses:
        '200':
          description: ''
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Me' }
components:
  schemas:
    Kind: { type: string, enum: [{ value: user }, { value: bot }] }
    Me: { type: object, properties: { id: { type: integer }, kind: { $ref: '#/components/schemas/Kind' } } }
```
";
        let folder = Folder::new(&[("page.mdx", page)]);
        let proposal = folder.new_from("page.mdx", None).propose().unwrap();
        let document = applied(&proposal);
        let operation = &document["paths"]["/me"]["get"];
        assert_eq!(operation["tags"], json!(["users"]));
        assert_eq!(
            document["components"]["schemas"]["Kind"]["enum"],
            json!(["user", "bot"])
        );
        assert_eq!(
            operation["x-whoami"]["token"],
            json!({ "env": "ACME_API_TOKEN", "in": "header", "name": "Authorization" })
        );
        assert_eq!(operation["x-whoami"].get("arguments"), None);
        assert_eq!(
            operation["x-whoami"]["identity"]["subject_type"],
            json!({ "at": "/kind", "values": { "user": "user", "bot": "service_account" } })
        );
    }

    /// What is left to be filled in is said, with its place.
    #[test]
    fn what_is_left_open_is_told() {
        let mut document = with_answer(&object(&[("id", text())]));
        let proposal = propose(&document);
        assert!(proposal.open.is_none(), "{:?}", proposal.open);
        let operation = &mut document["paths"]["/me"]["get"];
        operation["parameters"] =
            json!([{ "name": "mode", "in": "query", "required": true, "schema": text() }]);
        let proposal = try_propose(&document, Some("GET /me")).unwrap();
        let open = proposal.open.unwrap().to_string();
        assert!(open.contains("the parameter mode is required"), "{open}");

        let folder = Folder::new(&[("api.json", &document.to_string())]);
        let run = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["new", "acme", "--operation", "GET /me", "--spec"])
            .arg(folder.file("api.json"))
            .arg("--specs")
            .arg(folder.specs())
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(3));
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(said.starts_with("left to be filled in: "), "{said}");
        assert!(folder.specs().join("acme.overlay.yaml").exists());
    }

    #[test]
    fn a_page_whose_front_matter_names_a_file() {
        let description = with_paths(&json!({
            "/v1/user": { "get": answering(&object(&[("id", text())])) },
            "/v1/me": { "get": answering(&object(&[("id", text())])) },
        }));
        let page =
            "---\ntitle: Get user\nopenapi: \"/api/openapi.json GET /v1/user\"\n---\n\nText.\n";
        let place = Folder::new(&[
            ("page.mdx", page),
            ("out.mdx", &page.replace("/api/openapi.json", "../x.json")),
            ("gone.mdx", &page.replace("/api/openapi.json", "gone.json")),
        ]);
        std::fs::create_dir(place.file("api")).unwrap();
        std::fs::write(place.file("api/openapi.json"), description.to_string()).unwrap();
        let proposal = place.new_from("page.mdx", None).propose().unwrap();
        assert_eq!(marked(&proposal).0, "GET /v1/user");
        let proposal = place
            .new_from("page.mdx", Some("GET /v1/me"))
            .propose()
            .unwrap();
        assert_eq!(marked(&proposal).0, "GET /v1/me");
        for page in ["out.mdx", "gone.mdx"] {
            let error = place
                .new_from(page, None)
                .propose()
                .unwrap_err()
                .to_string();
            assert!(error.contains("which is not there"), "{error}");
        }
    }

    #[test]
    fn a_page_with_a_description_without_a_fence() {
        let page = "# Get user\n\nSome: prose before.\n\n## OpenAPI\n\nopenapi: 3.1.0\ninfo:\n  title: Acme\n  version: '1'\nservers:\n- url: https://api.acme.dev\n# a comment\npaths:\n  /v1/user:\n    get:\n      responses:\n        '200':\n          description: ok\n          content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } }\n\nRelated topics are elsewhere.\n";
        let place = Folder::new(&[("page.md", page)]);
        let proposal = place.new_from("page.md", None).propose().unwrap();
        assert_eq!(marked(&proposal).0, "GET /v1/user");
        assert!(!proposal.description.1.contains("Related"));
    }

    /// What is proposed is taken: each description has a title and a version.
    #[test]
    fn what_a_description_does_not_say_of_itself_is_added() {
        for (info, expected) in [
            (
                json!({ "title": "Acme" }),
                json!({ "title": "Acme", "version": "0" }),
            ),
            (
                // It is read as a text by everybody.
                json!({ "title": "Acme", "version": 1.5 }),
                json!({ "title": "Acme", "version": 1.5 }),
            ),
            (
                json!({ "version": "2" }),
                json!({ "title": "acme", "version": "2" }),
            ),
            (Value::Null, json!({ "title": "acme", "version": "0" })),
        ] {
            let mut document = with_answer(&object(&[("id", text())]));
            document["info"] = info;
            assert_eq!(applied(&propose(&document))["info"], expected);
        }
    }

    #[test]
    fn of_several_blocks_the_one_that_names_the_operation() {
        let other = YAML.replace("/v1/user", "/v1/me");
        let page = format!("````yaml get /v1/user\n{YAML}````\n````yaml get /v1/me\n{other}````\n");
        let folder = Folder::new(&[("page.md", &page)]);
        let error = folder.new_from("page.md", None).propose().unwrap_err();
        assert!(error.to_string().contains("GET /v1/user, GET /v1/me"));
        let given = folder.new_from("page.md", Some("GET /v1/me"));
        assert_eq!(given.propose().unwrap().description.1, other);
    }

    #[test]
    fn swagger_2_is_looked_into_where_it_keeps_things() {
        let document = json!({
            "swagger": "2.0", "info": { "title": "Acme", "version": "1" }, "host": "api.acme.dev",
            "paths": { "/user": { "get": { "operationId": "getCurrentUser", "responses": {
                "200": { "description": "", "schema": { "$ref": "#/definitions/User" } },
            } } } },
            "security": [{ "key": [] }],
            "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } },
            "definitions": { "User": object(&[("id", text()), ("email", text())]) },
        });
        assert_eq!(identity(&propose(&document))["email"], "/email");
    }

    #[test]
    fn what_is_no_description_is_refused() {
        for (name, text, message) in [
            ("a.json", "{}", "is not an OpenAPI description"),
            ("a.json", "{", "is not JSON"),
            ("a.yaml", "openapi: 3.1.0", "has no paths"),
            ("a.md", "# Nothing", "embeds no OpenAPI description"),
        ] {
            let folder = Folder::new(&[(name, text)]);
            let error = folder.new_from(name, None).propose().unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert_eq!(error.file(), Some(folder.file(name).as_path()));
        }
    }
}

mod operations {
    use super::*;

    fn user() -> Value {
        answering(&object(&[("id", text()), ("email", text())]))
    }

    #[test]
    fn the_caller_rather_than_what_is_theirs_or_others() {
        let proposal = propose(&with_paths(&json!({
            "/users": { "get": answering(&json!({ "type": "array", "items": object(&[("id", text())]) })) },
            "/users/{id}": { "get": user() },
            "/users/me": { "get": user(), "delete": user() },
            "/users/me/keys": { "get": user() },
            "/account": { "get": user() },
        })));
        assert_eq!(marked(&proposal).0, "GET /users/me");
        assert!(
            proposal.report.contains("- GET /account ("),
            "{}",
            proposal.report
        );
        assert!(proposal.overlay.1.contains("# - GET /account ("));
    }

    #[test]
    fn by_the_names_that_providers_use() {
        for path in [
            "/whoami",
            "/v2/caller-identity",
            "/user/@me",
            "/oauth/token/info",
            "/rest/api/3/myself",
            "/auth.test",
            "/api/users.currentUser",
            "/v1/profile",
        ] {
            let document =
                with_paths(&json!({ path: { "get": user() }, "/things": { "get": user() } }));
            assert_eq!(marked(&propose(&document)).0, format!("GET {path}"));
        }
    }

    #[test]
    fn a_parameter_that_may_be_me_is_fixed() {
        let mut operation = user();
        operation["parameters"] = json!([{
            "name": "user_id", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "An id, or \"me\" for the current user.",
        }]);
        let document = with_paths(&json!({ "/users/{user_id}": { "get": operation } }));
        for named in [None, Some("GET /users/{user_id}")] {
            let whoami = whoami(&try_propose(&document, named).unwrap());
            assert_eq!(whoami["arguments"], json!({ "user_id": "me" }));
        }
    }

    #[test]
    fn named_by_method_and_path_by_path_by_id_or_with_a_value() {
        let mut named = user();
        named["operationId"] = json!("readPerson");
        named["parameters"] = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
        let document = with_paths(&json!({
            "/me": { "get": user() }, "/people/{id}": { "get": named },
        }));
        for name in [
            "GET /people/{id}",
            "/people/{id}",
            "readPerson",
            "get /people/me",
        ] {
            let proposal = try_propose(&document, Some(name)).unwrap();
            assert_eq!(marked(&proposal).0, "GET /people/{id}");
        }
        let proposal = try_propose(&document, Some("GET /people/self")).unwrap();
        assert_eq!(whoami(&proposal)["arguments"], json!({ "id": "self" }));
    }

    #[test]
    fn what_cannot_be_found_is_an_error_with_the_nearest() {
        let document = with_paths(&json!({ "/people": { "get": user() } }));
        let error = try_propose(&document, Some("GET /peple")).unwrap_err();
        assert!(error.contains("did you mean /people?"), "{error}");
        let error = try_propose(&document, None).unwrap_err();
        assert!(error.contains("--operation"), "{error}");
        let error = try_propose(&document, Some("FETCH /people")).unwrap_err();
        assert!(error.contains("does not begin with a method"), "{error}");
    }

    #[test]
    fn an_answer_without_json_is_refused() {
        let document = with_paths(
            &json!({ "/me": { "get": { "responses": { "204": { "description": "" } } } } }),
        );
        let error = try_propose(&document, Some("GET /me")).unwrap_err();
        assert!(error.contains("no success with a JSON body"), "{error}");
    }

    #[test]
    fn required_values_and_versions_are_fixed() {
        let mut operation = user();
        operation["parameters"] = json!([
            { "name": "page", "in": "query", "required": true, "schema": { "type": "integer", "default": 1 } },
            { "name": "X-Api-Version", "in": "header", "schema": { "type": "string", "default": "2024-01-01" } },
            { "name": "fields", "in": "query", "schema": { "type": "string", "default": "id" } },
            { "name": "mode", "in": "query", "required": true, "schema": { "type": "string" } },
        ]);
        let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
        assert_eq!(
            whoami(&proposal)["arguments"],
            json!({ "page": "1", "X-Api-Version": "2024-01-01" })
        );
        assert!(proposal.overlay.1.contains("# `mode` is required"));
    }
}

mod claims {
    use super::*;

    fn identity_of(schema: &Value) -> Value {
        identity(&propose(&with_answer(schema)))
    }

    #[test]
    fn a_flat_user() {
        let found = identity_of(&object(&[
            ("_id", text()),
            ("emailAddress", text()),
            ("email_verified", json!({ "type": "boolean" })),
            ("firstName", text()),
            ("last-name", text()),
            ("displayName", text()),
            ("handle", text()),
            ("avatarUrl", json!({})),
            ("dateCreated", text()),
            ("password", text()),
        ]));
        assert_eq!(
            found,
            json!({
                "sub": "/_id", "email": "/emailAddress", "email_verified": "/email_verified",
                "given_name": "/firstName", "family_name": "/last-name", "name": "/displayName",
                "preferred_username": "/handle", "picture": "/avatarUrl", "created_at": "/dateCreated",
                "subject_type": "user",
            })
        );
    }

    #[test]
    fn through_envelopes_unions_references_and_lists() {
        let document = json!({
            "openapi": "3.0.3", "info": { "title": "", "version": "" },
            "paths": { "/me": { "get": answering(&object(&[(
                "data", json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/User" }] }),
            )])) } },
            "components": { "schemas": {
                "Base": object(&[("gid", number())]),
                "User": { "oneOf": [
                    { "allOf": [{ "$ref": "#/components/schemas/Base" }, object(&[
                        ("emails", json!({ "type": "array", "items": object(&[("address", text())]) })),
                        ("images", json!({ "type": "array", "items": object(&[("url", text())]) })),
                        ("manager", json!({ "$ref": "#/components/schemas/User" })),
                    ])] },
                    { "$ref": "#/components/schemas/User" },
                ] },
            } },
        });
        let found = identity(&propose(&document));
        assert_eq!(found["sub"], "/data/gid");
        assert_eq!(found["email"], "/data/emails/0/address");
        assert_eq!(found["picture"], "/data/images/0/url");
    }

    #[test]
    fn attributes_belong_to_what_is_around_them() {
        let found = identity_of(&object(&[(
            "data",
            object(&[
                ("id", text()),
                ("attributes", object(&[("email", text()), ("name", text())])),
            ]),
        )]));
        assert_eq!(found["sub"], "/data/id");
        assert_eq!(found["email"], "/data/attributes/email");
    }

    #[test]
    fn an_address_to_sign_in_with() {
        let login = json!({ "type": "string", "example": "jane@example.com" });
        let found = identity_of(&object(&[("id", text()), ("login", login)]));
        assert_eq!(found["email"], "/login");
        assert_eq!(found["preferred_username"], "/login");
    }

    #[test]
    fn organizations_in_lists_objects_and_fields() {
        let workspace = object(&[("id", text()), ("name", text()), ("role", text())]);
        let list = json!({ "type": "array", "items": workspace });
        let found = identity_of(&object(&[("id", text()), ("workspaces", list)]));
        assert_eq!(
            found["organizations"],
            json!({ "each": "/workspaces", "id": "/id", "name": "/name", "role": "/role" })
        );
        let membership = object(&[
            ("organization", object(&[("id", text())])),
            ("role", text()),
        ]);
        let list = json!({ "type": "array", "items": membership });
        let found = identity_of(&object(&[("id", text()), ("memberships", list)]));
        assert_eq!(
            found["organizations"],
            json!({ "each": "/memberships", "id": "/organization/id", "role": "/role" })
        );
        let found = identity_of(&object(&[
            ("user", object(&[("id", text()), ("email", text())])),
            ("account", object(&[("id", text()), ("name", text())])),
        ]));
        assert_eq!(found["sub"], "/user/id");
        assert_eq!(
            found["organizations"],
            json!({ "id": "/account/id", "name": "/account/name" })
        );
        let found = identity_of(&object(&[
            ("id", text()),
            ("organization_id", text()),
            ("organization_slug", text()),
        ]));
        assert_eq!(
            found["organizations"],
            json!({ "id": "/organization_id", "slug": "/organization_slug" })
        );
        let company = identity_of(&object(&[("id", text()), ("company", text())]));
        assert_eq!(company["organizations"], json!({ "name": "/company" }));
    }

    #[test]
    fn an_identifier_of_the_user_is_no_organizations() {
        for (name, description, is_organization) in [
            ("account_id", "A public identifier for the user.", false),
            ("account_id", "An identifier of the user's account.", false),
            ("account_id", "The account that the token belongs to.", true),
            ("company", "The name of the user's company.", true),
            ("workspace", "An identifier of the user's workspace.", true),
        ] {
            let field = json!({ "type": "string", "description": description });
            let found = identity_of(&object(&[("id", text()), (name, field)]));
            assert_eq!(
                found.get("organizations").is_some(),
                is_organization,
                "{description}"
            );
        }
    }

    #[test]
    fn what_the_token_is_and_may_do() {
        let found = identity_of(&object(&[
            ("merchant_id", text()),
            ("scopes", json!({ "type": "array", "items": text() })),
            ("token_id", text()),
            ("expires_at", text()),
        ]));
        assert_eq!(
            found,
            json!({
                "sub": "/merchant_id", "subject_type": "organization", "scopes": "/scopes",
                "token": { "id": "/token_id", "expires_at": "/expires_at" },
            })
        );
        let permission = object(&[("permission", text()), ("project", text())]);
        let list = json!({ "type": "array", "items": permission });
        let found = identity_of(&object(&[("id", text()), ("permissions", list)]));
        assert_eq!(
            found["permissions"],
            json!({
                "each": "/permissions", "permission": "/permission",
                "resource": "/project", "resource_type": "project",
            })
        );
    }

    #[test]
    fn quotas_by_what_their_figures_share() {
        let found = identity_of(&object(&[
            ("id", text()),
            ("available_credits", number()),
            ("login_attempts", number()),
            (
                "quota",
                object(&[
                    ("export_limit", number()),
                    ("export_used", number()),
                    ("pages_left", number()),
                    ("reset_date", text()),
                ]),
            ),
        ]));
        assert_eq!(
            found["quotas"],
            json!([
                { "name": "credits", "unit": "credit", "remaining": "/available_credits" },
                { "name": "export", "limit": "/quota/export_limit", "used": "/quota/export_used",
                  "resets_at": "/quota/reset_date" },
                { "name": "pages", "unit": "page", "remaining": "/quota/pages_left" },
            ])
        );
    }

    #[test]
    fn what_kind_of_holder_it_is() {
        let flag = json!({ "type": "boolean" });
        let found = identity_of(&object(&[("member_id", text()), ("is_bot", flag)]));
        assert_eq!(
            found["subject_type"],
            json!({ "at": "/is_bot", "values": { "true": "service_account", "false": "user" } })
        );
        let only = json!({ "type": "string", "enum": ["application"] });
        let found = identity_of(&object(&[("id", text()), ("type", only)]));
        assert_eq!(found["subject_type"], "application");
        let company = json!({ "type": "string", "description": "Unique ID of company" });
        let found = identity_of(&object(&[("id", company)]));
        assert_eq!(found["subject_type"], "organization");
        let proposal = propose(&with_answer(&object(&[("id", text())])));
        assert_eq!(identity(&proposal).get("subject_type"), None);
        assert!(proposal.overlay.1.contains("# subject_type is left out"));
    }

    #[test]
    fn every_claim_has_a_reason() {
        let schema = object(&[("id", text()), ("uuid", text()), ("email", text())]);
        let overlay = propose(&with_answer(&schema)).overlay.1;
        let lines: Vec<_> = overlay.lines().collect();
        for claim in ["sub: ", "email: ", "subject_type: "] {
            let at = lines
                .iter()
                .position(|line| line.trim().starts_with(claim))
                .unwrap();
            assert!(lines[at - 1].trim().starts_with('#'), "{claim}");
        }
        assert!(overlay.contains("Next: /uuid."));
    }

    #[test]
    fn an_answer_without_claims_or_without_a_schema() {
        let proposal = propose(&with_answer(&object(&[(
            "valid",
            json!({ "type": "boolean" }),
        )])));
        assert_eq!(identity(&proposal), "none");
        let operation = json!({ "responses": { "200": { "description": "", "content": {
            "application/json": { "example": { "id": 7, "email": "jane@example.com" } },
        } } } });
        let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
        let (_, operation) = marked(&proposal);
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(schema["properties"]["id"], json!({ "type": "integer" }));
        assert_eq!(operation["x-whoami"]["identity"]["sub"], "/id");
    }
}

mod answers {
    use super::*;

    fn error(code: &Value) -> Value {
        let schema = object(&[("code", code.clone()), ("message", text())]);
        json!({ "description": "", "content": { "application/json": { "schema": schema } } })
    }

    fn answers_of(responses: &Value) -> (Proposal, Value) {
        let mut operation = answering(&object(&[("id", text())]));
        for (status, response) in responses.as_object().unwrap() {
            operation["responses"][status] = response.clone();
        }
        let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
        let whoami = whoami(&proposal);
        (proposal, whoami)
    }

    /// The rules, each as its statuses, its codes and its meaning.
    fn rules(whoami: &Value) -> Vec<(Value, Value, String)> {
        let rules = whoami["answers"].as_array().cloned().unwrap_or_default();
        let meaning = |rule: &Value| rule["means"].as_str().unwrap().to_owned();
        rules
            .iter()
            .map(|rule| (rule["status"].clone(), rule["code"].clone(), meaning(rule)))
            .collect()
    }

    fn rule(
        status: impl Into<Value>,
        code: impl Into<Value>,
        means: &str,
    ) -> (Value, Value, String) {
        (status.into(), code.into(), means.to_owned())
    }

    fn described(description: &str) -> Value {
        json!({ "description": description })
    }

    const NONE: Value = Value::Null;

    #[test]
    fn statuses_that_mean_the_same_everywhere() {
        let bare = described("");
        let (proposal, whoami) = answers_of(&json!({
            "401": bare, "403": bare, "404": bare, "429": bare, "500": bare, "503": bare, "4XX": bare,
        }));
        assert_eq!(
            rules(&whoami),
            [
                rule(401, NONE, "unauthenticated"),
                rule(403, NONE, "forbidden"),
                rule(429, NONE, "rate_limited"),
                rule(503, NONE, "unavailable"),
            ]
        );
        assert_eq!(whoami.get("code"), None);
        assert!(proposal.overlay.1.contains("# 404 is left out"));
    }

    #[test]
    fn a_status_means_what_its_description_says() {
        for (status, description, means) in [
            ("401", "Unauthorized", Some("unauthenticated")),
            (
                "401",
                "The API key is missing or invalid.",
                Some("unauthenticated"),
            ),
            (
                "401",
                "Authentication is required.",
                Some("unauthenticated"),
            ),
            (
                "401",
                "Incorrect token scopes or no authorization to access the item",
                Some("forbidden"),
            ),
            (
                "401",
                "The address is not on the allow list",
                Some("forbidden"),
            ),
            ("401", "The account is suspended", Some("forbidden")),
            ("401", "Billing is overdue", Some("forbidden")),
            ("403", "Forbidden", Some("forbidden")),
            (
                "403",
                "Request failed. User token not valid.",
                Some("unauthenticated"),
            ),
            (
                "403",
                "Invalid token, or missing permissions",
                Some("forbidden"),
            ),
            ("400", "Invalid token.", Some("unauthenticated")),
            ("400", "Invalid request.", None),
            ("404", "Invalid token.", None),
            ("422", "Invalid token.", None),
        ] {
            let (proposal, whoami) = answers_of(&json!({ status: described(description) }));
            let found: Vec<_> = rules(&whoami)
                .into_iter()
                .map(|(_, _, means)| means)
                .collect();
            assert_eq!(found, Vec::from_iter(means), "{status} {description}");
            // Each guess, and each doubt, quotes what it rests on.
            let words = description.split_whitespace().next().unwrap();
            assert!(
                proposal.overlay.1.contains(&format!("\"{words}")),
                "{}",
                proposal.overlay.1
            );
        }
    }

    #[test]
    fn codes_whose_meaning_is_plain() {
        let codes = json!({ "type": "string", "enum": [
            "invalid_token", "scope_not_granted", "invalid_capabilities_token", "unauthorized_network_for_token",
        ] });
        let (proposal, whoami) = answers_of(&json!({
            "400": error(&json!({ "const": "missing_api_token" })),
            "401": error(&json!({ "type": "string", "example": "ip_not_allowed" })),
            "403": error(&codes),
            "404": error(&json!({ "const": "no_user_associated" })),
        }));
        assert_eq!(whoami["code"], "/code");
        let others = json!([
            "scope_not_granted",
            "invalid_capabilities_token",
            "unauthorized_network_for_token"
        ]);
        let rules = rules(&whoami);
        for expected in [
            rule(400, "missing_api_token", "nothing"),
            rule(401, "ip_not_allowed", "forbidden"),
            rule(403, "invalid_token", "unauthenticated"),
            rule(404, "no_user_associated", "no_subject"),
        ] {
            assert!(rules.contains(&expected), "{expected:?} {rules:?}");
        }
        let refused: Vec<_> = rules
            .iter()
            .filter(|(_, _, means)| means == "unauthenticated")
            .collect();
        assert_eq!(refused.len(), 1, "{rules:?}");
        let left: Vec<_> = rules
            .iter()
            .filter(|(status, ..)| *status == json!(403))
            .collect();
        for code in others.as_array().unwrap() {
            let is_left = |(_, codes, means): &&(Value, Value, String)| {
                means != "unauthenticated"
                    && codes.as_array().is_some_and(|codes| codes.contains(code))
            };
            assert!(left.iter().any(is_left), "{code} {rules:?}");
            let quoted = format!("# `{}`: ", code.as_str().unwrap());
            assert!(
                proposal.overlay.1.contains(&quoted),
                "{}",
                proposal.overlay.1
            );
        }
    }

    #[test]
    fn of_the_codes_of_a_401_only_those_about_a_bad_token_refuse() {
        let codes = [
            "invalid_token",
            "ip_not_allowed",
            "sso_required",
            "account_suspended",
            "mfa_required",
            "terms_not_accepted",
            "email_not_verified",
            "billing_required",
            "token_expired",
            "missing_token",
        ];
        let (_, whoami) =
            answers_of(&json!({ "401": error(&json!({ "type": "string", "enum": codes })) }));
        let rules = rules(&whoami);
        assert!(
            rules.contains(&rule(
                401,
                json!(["invalid_token", "token_expired"]),
                "unauthenticated"
            )),
            "{rules:?}"
        );
        assert!(
            rules.contains(&rule(401, "missing_token", "nothing")),
            "{rules:?}"
        );
        assert_eq!(
            rules
                .iter()
                .filter(|(_, _, means)| means == "unauthenticated")
                .count(),
            1,
            "{rules:?}"
        );
    }

    #[test]
    fn a_code_is_found_where_it_stands() {
        for path in [
            "error/slug",
            "error/name",
            "error/reason",
            "error/type",
            "errors/0/reason",
            "detail/slug",
            "slug",
        ] {
            let mut schema = json!({ "type": "string", "enum": ["invalid_token", "not_here"] });
            for name in path.rsplit('/') {
                schema = match name {
                    "0" => json!({ "type": "array", "items": schema }),
                    name => object(&[(name, schema), ("message", text())]),
                };
            }
            let response = json!({ "description": "", "content": { "application/json": { "schema": schema } } });
            let (_, whoami) = answers_of(&json!({ "401": response }));
            assert_eq!(whoami["code"], format!("/{path}"));
            assert!(
                rules(&whoami).contains(&rule(401, "invalid_token", "unauthenticated")),
                "{path}"
            );
        }
        // Statuses that differ are told by a place each.
        let error = |name: &str, code: &str| {
            let schema = object(&[(name, json!({ "const": code })), ("message", text())]);
            json!({ "description": "", "content": { "application/json": { "schema": schema } } })
        };
        let (_, whoami) = answers_of(&json!({
            "401": error("code", "invalid_token"), "403": error("error_type", "revoked_token"),
        }));
        assert_eq!(whoami["code"], json!(["/code", "/error_type"]));
    }

    #[test]
    fn a_flag_of_a_success_becomes_a_condition() {
        let with = |name: &str, schema: Value| {
            let operation = answering(&object(&[("id", text()), (name, schema)]));
            let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
            (whoami(&proposal), proposal.overlay.1)
        };
        let flag = || json!({ "type": "boolean" });
        for (name, condition) in [
            ("ok", json!({ "not": false })),
            ("success", json!({ "not": false })),
            ("active", json!({ "not": false })),
            ("revoked", json!({ "not": true })),
            ("anonymous", json!({ "not": true })),
        ] {
            let (whoami, overlay) = with(name, flag());
            assert_eq!(whoami["success"]["body"][format!("/{name}")], condition);
            assert!(overlay.contains("# By its name, it"), "{overlay}");
        }
        let status = json!({ "type": "string", "enum": ["active", "disabled"] });
        let (whoami, _) = with("status", status);
        assert_eq!(
            whoami["success"]["body"]["/status"],
            json!(["active", null])
        );
        let (whoami, overlay) = with("status", text());
        assert_eq!(whoami.get("success"), None);
        assert!(overlay.contains("# /status may say"), "{overlay}");
        let (whoami, _) = with("valid", flag());
        assert_eq!(whoami.get("answers"), None, "it may be of anything");
        let mut valid = flag();
        valid["description"] = json!("Whether the token is valid.");
        let (whoami, _) = with("valid", valid);
        assert_eq!(
            whoami["answers"],
            json!([
                { "status": 200, "body": { "/valid": false }, "means": "unauthenticated" },
                { "status": 200, "body": { "/valid": true }, "means": "valid" },
            ])
        );
    }

    #[test]
    fn an_error_told_in_a_success_is_told_by_the_same_codes() {
        let success = object(&[("ok", json!({ "type": "boolean" })), ("user_id", text())]);
        let mut operation = answering(&success);
        operation["responses"]["default"] =
            error(&json!({ "type": "string", "enum": ["invalid_auth", "not_authed"] }));
        let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
        let rules = rules(&whoami(&proposal));
        assert!(
            rules.contains(&rule(
                json!([200, "default"]),
                "invalid_auth",
                "unauthenticated"
            )),
            "{rules:?}"
        );
        assert!(
            rules.contains(&rule("default", "not_authed", "nothing")),
            "{rules:?}"
        );
    }

    #[test]
    fn a_success_without_claims_says_so() {
        let operation = answering(&json!({ "type": "object", "properties": {} }));
        let proposal = propose(&with_paths(&json!({ "/me": { "get": operation } })));
        assert_eq!(whoami(&proposal)["identity"], "none");
    }

    #[test]
    fn a_good_key_is_not_called_invalid() {
        for (status, code) in [
            ("400", "invalid_key"),
            ("400", "invalid_request"),
            ("403", "token_limit"),
            ("403", "invalid_csrf_token"),
            ("404", "token_not_found"),
            ("422", "invalid_token"),
        ] {
            let (_, whoami) = answers_of(&json!({ status: error(&json!({ "const": code })) }));
            let refused = rules(&whoami)
                .into_iter()
                .any(|(_, _, means)| means == "unauthenticated");
            assert!(!refused, "{status} {code}");
        }
    }

    #[test]
    fn a_number_or_a_sentence_is_no_code() {
        for code in [
            json!({ "type": "integer", "example": 401 }),
            json!({ "type": "string", "example": "You are not signed in" }),
        ] {
            let (_, whoami) = answers_of(&json!({ "401": error(&code) }));
            assert_eq!(whoami.get("code"), None);
        }
    }
}

mod authentication {
    use super::*;

    fn secured(security: &Value, schemes: &Value) -> Value {
        let mut document = with_answer(&object(&[("id", text())]));
        document["security"] = security.clone();
        document["components"]["securitySchemes"] = schemes.clone();
        document
    }

    fn token(document: &Value) -> Value {
        whoami(&propose(document))["token"].clone()
    }

    #[test]
    fn the_first_that_one_secret_satisfies() {
        let schemes = json!({
            "basic": { "type": "http", "scheme": "basic" },
            "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
            "sign": { "type": "apiKey", "in": "header", "name": "X-Sign" },
        });
        let security = json!([{}, { "basic": [] }, { "key": [], "sign": [] }, { "key": [] }]);
        assert_eq!(
            token(&secured(&security, &schemes)),
            json!({ "env": "ACME_API_TOKEN", "scheme": "key" })
        );
        assert_eq!(
            token(&secured(&json!([{ "basic": [] }]), &schemes)),
            json!({ "env": "ACME_API_TOKEN" })
        );
        let named = json!({
            "basic": { "type": "http", "scheme": "basic", "description": "Your API key, without a password." },
            "oauth": { "type": "http", "scheme": "bearer" },
        });
        let security = json!([{ "basic": [] }, { "oauth": [] }]);
        assert_eq!(token(&secured(&security, &named))["scheme"], "basic");
    }

    #[test]
    fn what_stands_before_the_token() {
        for (description, prefix) in [
            ("Send `Authorization: Token ACME_TOKEN`.", json!("Token ")),
            (
                "As in Authorization: Token token=abc123",
                json!("Token token="),
            ),
            ("The key, prefixed with `API-Key`.", json!("API-Key ")),
            ("The header must hold the key.", Value::Null),
            ("In `Authorization: the key you were given`", Value::Null),
        ] {
            let schemes = json!({ "key": {
                "type": "apiKey", "in": "header", "name": "Authorization", "description": description,
            } });
            let token = token(&secured(&json!([{ "key": [] }]), &schemes));
            assert_eq!(token["prefix"], prefix, "{description}");
        }
    }

    #[test]
    fn the_variable_and_form_that_the_description_shows() {
        let schemes = json!({ "key": {
            "type": "http", "scheme": "bearer",
            "description": "Keys begin with `ak_`: export ACME_API_KEY, not YOUR_API_KEY.",
        } });
        assert_eq!(
            token(&secured(&json!([{ "key": [] }]), &schemes)),
            json!({ "env": "ACME_API_KEY", "form": "^ak_" })
        );
    }

    #[test]
    fn a_scheme_that_is_not_declared_or_not_asked_for() {
        let proposal = propose(&secured(&json!([{ "jwt": [] }]), &json!({})));
        assert_eq!(
            applied(&proposal)["components"]["securitySchemes"]["jwt"],
            json!({ "type": "http", "scheme": "bearer" })
        );
        assert!(proposal.overlay.1.contains("guess"));
        let key = json!({ "key": { "type": "apiKey", "in": "query", "name": "key" } });
        let mut document = secured(&json!([{ "key": [] }]), &key);
        document["paths"]["/me"]["get"]["security"] = json!([]);
        assert_eq!(
            marked(&propose(&document)).1["security"],
            json!([{ "key": [] }])
        );
        document["paths"]["/me"]["get"]["security"] = json!([{}]);
        assert_eq!(
            marked(&propose(&document)).1["security"],
            json!([{ "key": [] }])
        );
        let proposal = propose(&secured(&Value::Null, &json!({})));
        assert_eq!(marked(&proposal).1["security"], json!([{ "bearer": [] }]));
    }

    #[test]
    fn headers_that_are_the_credential() {
        let mut document = secured(&Value::Null, &json!({}));
        document["components"]["parameters"] = json!({ "Token": {
            "name": "X-Auth-Token", "in": "header", "required": true, "schema": { "type": "string" },
        } });
        document["paths"]["/me"]["get"]["parameters"] = json!([
            { "$ref": "#/components/parameters/Token" },
            { "name": "X-User-Id", "in": "header", "required": true, "schema": { "type": "string" } },
            { "name": "lang", "in": "query", "schema": { "type": "string" } },
        ]);
        let (_, operation) = marked(&propose(&document));
        assert_eq!(
            operation["x-whoami"]["token"]["parts"],
            json!([
                { "part": "user_id", "in": "header", "name": "X-User-Id", "env": "ACME_USER_ID" },
                { "part": "auth_token", "in": "header", "name": "X-Auth-Token", "env": "ACME_AUTH_TOKEN" },
            ])
        );
        assert_eq!(operation["x-whoami"].get("arguments"), None);
    }

    #[test]
    fn the_base_url_is_the_callers_where_there_is_none() {
        for (servers, reason) in [
            (json!([{ "url": "https://api.acme.dev" }]), None),
            (
                json!([{ "url": "https://demo.acme.dev" }, { "url": "https://api.acme.dev" }]),
                None,
            ),
            (
                json!([{ "url": "https://{region}.acme.dev", "variables": { "region": { "default": "eu" } } }]),
                None,
            ),
            (
                json!([{ "url": "https://{site}.acme.dev", "variables": { "site": { "default": "eu" } } }]),
                Some(
                    "The server https://eu.acme.dev is each user's own, by the name of its variable \"site\".",
                ),
            ),
            (
                json!([{ "url": "https://{region}.acme.dev", "variables": { "region": {} } }]),
                Some(
                    "The server https://{region}.acme.dev has the variable \"region\" without a default.",
                ),
            ),
            (
                json!([{ "url": "/v1" }]),
                Some("The server /v1 names no host."),
            ),
            (
                json!([{ "url": "http://localhost:8080" }]),
                Some("The server http://localhost:8080 is not https."),
            ),
            (
                json!([{ "url": "https://your-domain.acme.dev" }]),
                Some(
                    "The server https://your-domain.acme.dev is a placeholder, by its name \"your-domain\".",
                ),
            ),
            (json!([]), Some("The description names no server.")),
        ] {
            let mut document = with_answer(&object(&[("id", text())]));
            document["servers"] = servers.clone();
            let proposal = propose(&document);
            let comment: Vec<_> = proposal
                .overlay
                .1
                .lines()
                .map_while(|line| line.strip_prefix('#'))
                .map(str::trim)
                .collect();
            for said in [comment.join(" "), proposal.report.replace('\n', " ")] {
                match reason {
                    None => assert!(!said.contains("base URL"), "{servers}: {said}"),
                    Some(reason) => {
                        let told = format!(
                            "The caller gives the base URL; for the command it is in ACME_BASE_URL. {reason}"
                        );
                        assert!(said.contains(&told), "{servers}: {said}");
                    }
                }
            }
        }
    }
}

mod examples {
    use super::*;

    fn from(
        files: &[(&str, &str)],
        auth: Option<&str>,
        examples: &[&str],
    ) -> Result<Proposal, String> {
        let folder = Folder::new(files);
        let examples = examples
            .iter()
            .map(|example| {
                let (status, file) = example.split_once('=').unwrap();
                format!("{status}={}", folder.file(file).display())
            })
            .collect();
        let new = New {
            provider: "acme".to_owned(),
            operation: Some("GET https://api.acme.dev/v1/me?full=1".to_owned()),
            auth: auth.map(str::to_owned),
            examples,
            specs: folder.specs(),
            ..New::default()
        };
        new.propose().map_err(|error| error.to_string())
    }

    #[test]
    fn types_are_what_the_examples_show() {
        let proposal = from(
            &[
                ("a.json", r#"{"id": 1, "score": 1, "at": "2026-01-15T10:30:00.000Z", "name": null, "old": null, "tags": []}"#),
                ("b.json", r#"{"id": 2, "score": 1.5, "at": "2026-01-15T10:30:00+02:00", "name": "Jane", "old": null, "extra": {"n": true}}"#),
            ],
            Some("bearer"),
            &["200=a.json", "200=b.json"],
        )
        .unwrap();
        let document = applied(&proposal);
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(
            document["servers"],
            json!([{ "url": "https://api.acme.dev" }])
        );
        let operation = &document["paths"]["/v1/me"]["get"];
        assert_eq!(operation["x-whoami"]["arguments"], json!({ "full": "1" }));
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(
            schema["required"],
            json!(["at", "id", "name", "old", "score"])
        );
        assert_eq!(
            schema["properties"],
            json!({
                "id": { "type": "integer" },
                "score": { "type": "number" },
                "at": { "type": "string", "format": "date-time" },
                "name": { "type": ["string", "null"] },
                "old": {},
                "tags": { "type": "array", "items": {} },
                "extra": { "type": "object", "required": ["n"], "properties": { "n": { "type": "boolean" } } },
            })
        );
        let text = &proposal.description.1;
        for comment in [
            "# Null in 1 of 2 examples.",
            "# Null in every example: its type is not known.",
            "# Left out in 1 of 2 examples.",
            "# An RFC 3339 time in every example.",
            "# A whole number in some examples only.",
            "# Empty in every example: what it holds is not known.",
        ] {
            assert!(text.contains(comment), "{comment}\n{text}");
        }
    }

    #[test]
    fn errors_keep_their_codes() {
        let proposal = from(
            &[
                ("me.json", r#"{"id": "u1"}"#),
                (
                    "bad.json",
                    r#"{"error": {"code": "invalid_api_key", "message": "No."}}"#,
                ),
                (
                    "scope.json",
                    r#"{"error": {"code": "scope_not_granted", "message": "No."}}"#,
                ),
                ("none.json", ""),
            ],
            Some("header:X-Key"),
            &[
                "200=me.json",
                "403=bad.json",
                "403=scope.json",
                "429=none.json",
            ],
        )
        .unwrap();
        let (_, operation) = marked(&proposal);
        assert_eq!(operation["x-whoami"]["code"], "/error/code");
        assert_eq!(
            operation["x-whoami"]["answers"],
            json!([
                { "status": 403, "code": "invalid_api_key", "means": "unauthenticated" },
                { "status": 403, "code": "scope_not_granted", "means": "forbidden" },
                { "status": 403, "means": "forbidden" },
                { "status": 429, "means": "rate_limited" },
            ])
        );
        assert_eq!(
            applied(&proposal)["components"]["securitySchemes"]["token"],
            json!({ "type": "apiKey", "in": "header", "name": "X-Key" })
        );
    }

    #[test]
    fn bad_input_is_refused() {
        let files = [("me.json", r#"{"id": "u1"}"#), ("page.json", "<html>")];
        for (auth, examples, message) in [
            (Some("magic"), vec!["200=me.json"], "--auth \"magic\""),
            (None, vec!["401=me.json"], "no example of a good answer"),
            (None, vec![], "no example of a good answer"),
            (None, vec!["200=page.json"], "is not JSON"),
            (None, vec!["200=gone.json"], "cannot be read"),
            (None, vec!["ok=me.json"], "is not a status and a file"),
        ] {
            let error = from(&files, auth, &examples).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn an_address_is_needed_in_full() {
        for operation in [
            None,
            Some("GET /me"),
            Some("https://example.com/me"),
            Some("GET https:///me"),
        ] {
            let new = New {
                provider: "acme".to_owned(),
                operation: operation.map(str::to_owned),
                specs: PathBuf::from("specs"),
                ..New::default()
            };
            let error = new.propose().unwrap_err().to_string();
            assert!(error.contains("https://api.example.com/v1/me"), "{error}");
        }
    }
}

mod files {
    use super::*;

    fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    fn api() -> String {
        with_answer(&object(&[("id", text()), ("email", text())])).to_string()
    }

    #[test]
    fn both_are_written_and_codegen_takes_them() {
        let folder = Folder::new(&[("api.json", &api())]);
        let at = folder.0.path();
        let new = ["new", "acme", "--spec", "api.json", "--specs", "specs"];
        let (status, out, error) = run(at, &new);
        assert_eq!((status, error.as_str()), (0, ""));
        assert!(
            out.contains("specs/acme.json") && out.contains("GET /me"),
            "{out}"
        );
        let (status, _, error) = run(at, &["codegen", "--specs", "specs", "--out", "crates"]);
        assert_eq!((status, error.as_str()), (0, ""));
    }

    #[test]
    fn what_the_operation_does_not_reach_is_left_out() {
        let mut api = with_answer(&object(&[("id", text()), ("email", text())]));
        let order = json!({ "$ref": "#/components/schemas/Order" });
        api["paths"]["/orders"]["get"]["responses"]["200"] =
            json!({ "description": "", "content": { "application/json": { "schema": order } } });
        api["components"]["schemas"]["Order"] = object(&[("number", text())]);
        let whole = format!("{api:#}");
        let folder = Folder::new(&[("api.json", &whole)]);
        let at = folder.0.path();
        let new = ["new", "acme", "--spec", "api.json", "--specs", "specs"];
        let (status, out, error) = run(at, &new);
        assert_eq!((status, error.as_str()), (0, ""));
        let read = |file: &str| std::fs::read_to_string(at.join(file)).unwrap();
        let kept = read("specs/acme.json");
        assert!(kept.contains("/me") && !kept.contains("rder"), "{kept}");
        let said = format!(
            "{} of {} bytes; --whole keeps all of it",
            kept.len(),
            whole.len()
        );
        assert!(out.contains(&said), "{out}");
        assert!(read("specs/acme.overlay.yaml").contains("`new --whole` keeps all of it."));
        let (status, _, error) = run(at, &["codegen", "--specs", "specs", "--out", "crates"]);
        assert_eq!((status, error.as_str()), (0, ""));

        let all = [
            "new", "acme", "--spec", "api.json", "--specs", "all", "--whole",
        ];
        let (status, out, _) = run(at, &all);
        assert_eq!(status, 0);
        assert!(!out.contains("--whole"), "{out}");
        assert_eq!(read("all/acme.json"), whole);
    }

    #[test]
    fn codegen_takes_what_is_proposed_of_credentials() {
        for scheme in [
            json!({ "type": "http", "scheme": "Token" }),
            json!({ "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token token=<KEY>`" }),
            json!({ "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Basic base64(key:)`" }),
            json!({ "type": "apiKey", "in": "header", "name": "Authorization" }),
        ] {
            let mut document = with_answer(&object(&[("id", text()), ("email", text())]));
            document["components"]["securitySchemes"]["bearer"] = scheme.clone();
            document["components"]["securitySchemes"]["cookie"] =
                json!({ "type": "apiKey", "in": "cookie", "name": "sid" });
            document["security"] = json!([{ "cookie": [] }, { "bearer": [] }]);
            let folder = Folder::new(&[("api.json", &document.to_string())]);
            let at = folder.0.path();
            let new = ["new", "acme", "--spec", "api.json", "--specs", "specs"];
            let (status, _, error) = run(at, &new);
            assert_eq!((status, error.as_str()), (0, ""), "{scheme}");
            let (status, _, error) = run(at, &["codegen", "--specs", "specs", "--out", "crates"]);
            assert_eq!((status, error.as_str()), (0, ""), "{scheme}");
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        for taken in ["acme.yaml", "acme.yml", "acme.json", "acme.overlay.yaml"] {
            let folder = Folder::new(&[("api.json", &api())]);
            fs::create_dir(folder.specs()).unwrap();
            fs::write(folder.specs().join(taken), "mine").unwrap();
            let new = ["new", "acme", "--spec", "api.json", "--specs", "specs"];
            let (status, _, error) = run(folder.0.path(), &new);
            assert_eq!(status, 2);
            assert!(error.contains("exists already"), "{error}");
            let left: Vec<_> = fs::read_dir(folder.specs()).unwrap().collect();
            assert_eq!(left.len(), 1);
            assert_eq!(
                fs::read_to_string(folder.specs().join(taken)).unwrap(),
                "mine"
            );
        }
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept_and_nothing_is_left_behind() {
        let folder = Folder::new(&[("api.json", &api())]);
        let proposal = folder.new_from("api.json", None).propose().unwrap();
        fs::create_dir(folder.specs()).unwrap();
        fs::write(&proposal.overlay.0, "mine").unwrap();
        proposal.write().unwrap_err();
        assert!(!proposal.description.0.exists());
        assert_eq!(fs::read_to_string(&proposal.overlay.0).unwrap(), "mine");
    }

    #[test]
    fn bad_input_writes_nothing() {
        let folder = Folder::new(&[("api.json", &api()), ("me.json", "{}")]);
        for arguments in [
            vec!["new", "Acme", "--spec", "api.json"],
            vec!["new", "core", "--spec", "api.json"],
            vec!["new", "acme", "--spec", "gone.json"],
            vec![
                "new",
                "acme",
                "--spec",
                "api.json",
                "--operation",
                "GET /nothing",
            ],
            vec!["new", "acme", "--spec", "api.json", "--auth", "bearer"],
            vec![
                "new",
                "acme",
                "--spec",
                "api.json",
                "--example",
                "200=me.json",
            ],
            vec!["new", "acme"],
        ] {
            let mut arguments = arguments;
            arguments.extend(["--specs", "specs"]);
            let (status, _, error) = run(folder.0.path(), &arguments);
            assert_eq!(status, 2, "{arguments:?}");
            assert!(error.starts_with("error: "), "{error}");
            assert!(!folder.specs().exists(), "{arguments:?}");
        }
    }
}
