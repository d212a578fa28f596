//! Which file an error is to be mended in, and where in it.

#![allow(clippy::unwrap_used, missing_docs)]

use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use keyholder_openapi::{Error, lower};

const OVERLAY: &str = "overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.paths['/me'].get
    update:
      summary: Whose key it is.
      x-whoami: { token: { env: KEY } }
";

fn described(ending: &str, description: &str, overlay: &str) -> Described {
    let spec = Spec {
        provider: "acme".to_owned(),
        description: format!("acme.{ending}").into(),
        overlay: Some("acme.overlay.yaml".into()),
    };
    Described::parse(&spec, description, Some(overlay)).unwrap()
}

/// The error of everything up to the lowered description.
fn error(described: &Described) -> String {
    let selected = match described.select() {
        Ok(selected) => selected,
        Err(error) => return error.to_string(),
    };
    let error = lower::lower(&selected.document).unwrap_err();
    described.locate(selected.locate(error)).to_string()
}

#[test]
fn the_file_that_wrote_it() {
    let description = "openapi: 3.1.0
info: { title: Acme, version: '1' }
paths: { /me: { get: { summary: x, responses: { '200': { description: ok } } } } }
";
    let described = described("yaml", description, OVERLAY);
    for (pointer, file) in [
        ("/paths/~1me/get/responses/200", "acme.yaml"),
        ("/paths/~1me/get/x-whoami/token/env", "acme.overlay.yaml"),
        ("/paths/~1me/get/summary", "acme.overlay.yaml"),
        ("/info/title", "acme.yaml"),
        // What is missing is missing where its surroundings are from.
        ("/paths/~1me/get/x-whoami/identity", "acme.overlay.yaml"),
        ("/info/missing", "acme.yaml"),
    ] {
        let error = described.locate(Error::at(pointer, "is wrong"));
        assert_eq!(error.file().unwrap().to_str(), Some(file), "{pointer}");
        assert_eq!(error.pointer(), Some(pointer));
    }
}

/// What a description refers to is told by where it stands, however it was moved.
#[test]
fn the_place_where_it_stands() {
    let schema = "components: { schemas: { A: { properties: { b: { type: strin } } } } }";
    let description = format!(
        "openapi: 3.1.0
info: {{ title: Acme, version: '1' }}
paths: {{ /me: {{ get: {{ responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A/properties/b' }} }} }} }} }} }} }} }}
{schema}
"
    );
    let said = error(&described("yaml", &description, OVERLAY));
    assert!(
        said.starts_with("acme.yaml: at /components/schemas/A/properties/b/type: `strin`"),
        "{said}"
    );
}

#[test]
fn swagger_has_places_of_its_own() {
    let description = r##"{
  "swagger": "2.0",
  "info": { "title": "Acme", "version": "1" },
  "paths": { "/me": { "get": { "responses": { "200": { "description": "ok", "schema": { "$ref": "#/definitions/Me" } } } } } },
  "definitions": { "Me": { "properties": { "id": { "type": "strin" } } } }
}"##;
    let said = error(&described("json", description, OVERLAY));
    assert!(
        said.starts_with("acme.json: at /definitions/Me/properties/id/type: "),
        "{said}"
    );
    let inline = description.replace(
        r##"{ "$ref": "#/definitions/Me" }"##,
        r#"{ "type": "strin" }"#,
    );
    let said = error(&described("json", &inline, OVERLAY));
    assert!(
        said.starts_with("acme.json: at /paths/~1me/get/responses/200/schema/type: "),
        "{said}"
    );
}

/// A body that several operations share is a parameter in 2.0.
#[test]
fn shared_bodies_of_swagger() {
    let description = r##"{
  "swagger": "2.0",
  "info": { "title": "Acme", "version": "1" },
  "parameters": {
    "Body": { "in": "body", "name": "body", "required": true, "schema": { "$ref": "#/definitions/Body" } },
    "Page": { "in": "query", "name": "page", "type": "integer" }
  },
  "paths": { "/me": { "get": {
    "parameters": [{ "$ref": "#/parameters/Body" }, { "$ref": "#/parameters/Page" }],
    "responses": { "200": { "description": "ok", "schema": { "type": "object" } } }
  } } },
  "definitions": { "Body": { "type": "object" } }
}"##;
    let selected = described("json", description, OVERLAY).select().unwrap();
    let operation = &selected.document["paths"]["/me"]["get"];
    assert_eq!(
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Body"
    );
    assert_eq!(operation["parameters"].as_array().unwrap().len(), 1);
    lower::lower(&selected.document).unwrap();

    let gone = description.replace("#/definitions/Body", "#/definitions/Gone");
    let said = error(&described("json", &gone, OVERLAY));
    assert!(
        said.contains("`#/definitions/Gone` points to nothing"),
        "{said}"
    );
}

#[test]
fn path_items_of_swagger_by_reference() {
    let description = r##"{
  "swagger": "2.0",
  "info": { "title": "Acme", "version": "1" },
  "paths": { "/me": { "$ref": "#/x-items/me" } },
  "x-items": { "me": { "get": { "responses": { "200": { "description": "ok", "schema": { "title": "it" } } } } } }
}"##;
    let selected = described("json", description, OVERLAY).select().unwrap();
    let answer = &selected.document["paths"]["/me"]["get"]["responses"]["200"];
    assert_eq!(
        answer["content"]["application/json"]["schema"]["title"],
        "it"
    );
}
