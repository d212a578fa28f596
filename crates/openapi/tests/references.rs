//! What references lead to, and what is kept of a description for one operation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::needless_pass_by_value)]

use std::fs;

use keyholder_openapi::references::{Referred, Resolver};
use keyholder_openapi::select::{operations, select};
use keyholder_openapi::{bundle, load, lower};
use serde_json::{Value, json};

/// A description whose one answer has this schema, with these components.
fn description(version: &str, schema: Value, components: Value) -> Value {
    json!({
        "openapi": version,
        "info": { "title": "Test", "version": "1" },
        "paths": { "/me": { "get": { "responses": { "200": {
            "description": "",
            "content": { "application/json": { "schema": schema } },
        } } } } },
        "components": components,
    })
}

fn selected(description: &Value) -> Referred {
    let selected = select(description, "/me", "get", &[]);
    selected.unwrap_or_else(|error| panic!("{error}\n{description:#}"))
}

/// The schema of the answer, after its reference.
fn answer(document: &Value) -> Value {
    let schema = "/paths/~1me/get/responses/200/content/application~1json/schema";
    let schema = document.pointer(schema).unwrap();
    match schema["$ref"].as_str() {
        Some(reference) => {
            let target = document.pointer(&reference[1..]);
            target
                .unwrap_or_else(|| panic!("{reference} in {document:#}"))
                .clone()
        }
        None => schema.clone(),
    }
}

/// Asserts that `reference` leads to the schema that has the title `it`, through select and through lower.
fn leads(version: &str, reference: &str, components: Value) {
    let description = description(version, json!({ "$ref": reference }), components);
    let selected = selected(&description);
    assert_eq!(answer(&selected.document)["title"], "it", "{reference}");
    let lowered = lower::lower(&description).unwrap_or_else(|error| panic!("{reference}: {error}"));
    assert_eq!(answer(&lowered.document)["title"], "it", "{reference}");
}

fn refused(version: &str, reference: &str, components: Value, says: &str) {
    let description = description(version, json!({ "$ref": reference }), components);
    let error = select(&description, "/me", "get", &[]).unwrap_err();
    assert_eq!(
        error.pointer(),
        Some("/paths/~1me/get/responses/200/content/application~1json/schema/$ref"),
        "{error}"
    );
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn fragments_are_decoded_before_they_are_pointers() {
    let it = json!({ "title": "it" });
    for (name, reference) in [
        ("Page«User»", "#/components/schemas/Page%C2%ABUser%C2%BB"),
        ("Page«User»", "#/components/schemas/Page«User»"),
        ("a/b", "#/components/schemas/a~1b"),
        ("a/b", "#/components/schemas/a%7E1b"),
        ("m~n", "#/components/schemas/m~0n"),
        ("m~1n", "#/components/schemas/m~01n"),
        ("with blank", "#/components/schemas/with%20blank"),
        // A name may have a percent sign of its own.
        ("50%25", "#/components/schemas/50%25"),
        ("50%", "#/components/schemas/50%25"),
    ] {
        leads("3.0.3", reference, json!({ "schemas": { name: it } }));
    }
}

#[test]
fn into_other_places() {
    let inside = json!({ "title": "it" });
    let components = json!({ "schemas": { "A": { "properties": { "b": { "items": inside } } } } });
    leads(
        "3.0.3",
        "#/components/schemas/A/properties/b/items",
        components,
    );
    let mut far = description("3.0.3", json!({ "$ref": "#/x-far/It" }), json!({}));
    far["x-far"] = json!({ "It": { "properties": { "more": { "$ref": "#/x-far/More" } } }, "More": { "title": "it" } });
    let document = selected(&far).document;
    let more = answer(&document)["properties"]["more"]["$ref"].clone();
    assert_eq!(
        document.pointer(&more.as_str().unwrap()[1..]).unwrap()["title"],
        "it"
    );
}

#[test]
fn anchors_and_identifiers() {
    let it = json!({ "$anchor": "here", "title": "it" });
    leads(
        "3.1.0",
        "#here",
        json!({ "schemas": { "A": { "properties": { "b": it } } } }),
    );
    let identified = json!({ "schemas": {
        "A": { "$id": "https://example.com/schemas/a", "title": "it" },
        "B": {
            "$id": "https://example.com/schemas/b",
            "$defs": { "inner": { "$anchor": "inner", "title": "it" } },
            "properties": { "a": { "$ref": "a" }, "own": { "$ref": "#/$defs/inner" }, "root": { "$ref": "#/components/schemas/C" } },
        },
        "C": { "title": "it" },
    } });
    leads("3.1.0", "https://example.com/schemas/a", identified.clone());
    leads(
        "3.1.0",
        "https://example.com/schemas/b#inner",
        identified.clone(),
    );
    leads(
        "3.1.0",
        "https://example.com/schemas/b#/$defs/inner",
        identified.clone(),
    );
    let document = description(
        "3.1.0",
        json!({ "$ref": "#/components/schemas/B" }),
        identified.clone(),
    );
    let document = selected(&document).document;
    let properties = answer(&document)["properties"].clone();
    for property in ["a", "own", "root"] {
        let reference = properties[property]["$ref"].as_str().unwrap();
        assert_eq!(
            document.pointer(&reference[1..]).unwrap()["title"],
            "it",
            "{property}"
        );
    }
    // 3.0 knows neither.
    refused(
        "3.0.3",
        "https://example.com/schemas/a",
        identified.clone(),
        "points out of the document",
    );
    refused(
        "3.1.0",
        "#hre",
        json!({ "schemas": { "A": { "$anchor": "here" } } }),
        "did you mean \"here\"?",
    );
}

#[test]
fn that_lead_nowhere() {
    let known = json!({ "schemas": { "Caller": { "title": "it" } } });
    refused(
        "3.1.0",
        "#/components/schemas/Callers",
        known.clone(),
        "did you mean #/components/schemas/Caller?",
    );
    refused(
        "3.1.0",
        "common.yaml#/Caller",
        known.clone(),
        "it wants the file \"common.yaml\"",
    );
    refused(
        "3.1.0",
        "https://example.com/c.json",
        known.clone(),
        "it wants what is published at",
    );
    refused(
        "3.1.0",
        "#/info",
        known,
        "leads to: Info Object; due here: Schema Object",
    );
}

/// A property called `example`, `$ref` or `x-…` is a property, and so is a header of such a name a header; what an example
/// holds is data.
#[test]
fn names_are_no_keywords() {
    let schema = json!({
        "type": "object",
        "properties": {
            "example": { "$ref": "#/components/schemas/It" },
            "enum": { "$ref": "#/components/schemas/It" },
            "default": { "$ref": "#/components/schemas/It" },
            "x-user": { "$ref": "#/components/schemas/It" },
            "$ref": { "$ref": "#/components/schemas/It" },
            "properties": { "properties": { "examples": { "$ref": "#/components/schemas/It" } } },
        },
        "example": { "$ref": "#/nowhere" },
        "x-note": { "$ref": "#/nowhere" },
        "enum": [{ "$ref": "#/nowhere" }],
        "default": { "$ref": "#/nowhere" },
    });
    let components =
        json!({ "schemas": { "It": { "title": "it" }, "Unused": { "$ref": "#/nowhere" } } });
    let mut source = description("3.0.3", schema, components);
    source["paths"]["/me"]["get"]["responses"]["200"]["headers"] =
        json!({ "x-limit": { "schema": { "$ref": "#/components/schemas/It" } } });
    let document = selected(&source).document;
    assert_eq!(
        document["components"]["schemas"],
        json!({ "It": { "title": "it" } })
    );
    assert_eq!(answer(&document)["example"], json!({ "$ref": "#/nowhere" }));
    lower::lower(&document).unwrap();
}

#[test]
fn circles_end() {
    let components = json!({ "schemas": { "Node": { "title": "it", "properties": { "next": { "$ref": "#/components/schemas/Node" } } } } });
    leads("3.1.0", "#/components/schemas/Node", components);
    let mut source = description(
        "3.1.0",
        json!({}),
        json!({ "responses": {
        "A": { "$ref": "#/components/responses/B" },
        "B": { "$ref": "#/components/responses/A" },
    } }),
    );
    source["paths"]["/me"]["get"]["responses"]["401"] =
        json!({ "$ref": "#/components/responses/A" });
    let error = select(&source, "/me", "get", &[]).unwrap_err().to_string();
    assert!(error.contains("leads to itself"), "{error}");
}

#[test]
fn path_items() {
    let item = json!({ "get": { "operationId": "me", "responses": {} }, "post": { "responses": { "200": { "$ref": "#/gone" } } } });
    let source = json!({
        "openapi": "3.1.0",
        "info": { "title": "Test", "version": "1" },
        "paths": {
            "/me": { "$ref": "#/components/pathItems/Me", "summary": "own" },
            "/self": { "$ref": "#/paths/~1me" },
            "/circle": { "$ref": "#/paths/~1circle" },
            "/gone": { "$ref": "#/components/pathItems/Gone" },
        },
        "components": { "pathItems": { "Me": item } },
    });
    let found: Vec<_> = operations(&source)
        .into_iter()
        .map(|it| format!("{} {} {}", it.method, it.path, it.pointer))
        .collect();
    assert_eq!(
        found,
        [
            "get /me /components/pathItems/Me/get",
            "post /me /components/pathItems/Me/post",
            "get /self /components/pathItems/Me/get",
            "post /self /components/pathItems/Me/post",
        ]
    );
    let selected = selected(&source);
    assert_eq!(
        selected.document["paths"],
        json!({ "/me": { "summary": "own", "get": { "operationId": "me", "responses": {} } } })
    );
    assert_eq!(
        selected.moved.before("/paths/~1me/get/responses"),
        "/components/pathItems/Me/get/responses"
    );
}

/// What was lifted is told by where it stood.
#[test]
fn errors_stand_where_their_cause_stands() {
    let components = json!({ "schemas": { "A": { "properties": { "b": { "type": "strin" } } } } });
    let source = description(
        "3.1.0",
        json!({ "$ref": "#/components/schemas/A/properties/b" }),
        components,
    );
    let selected = selected(&source);
    let error = lower::lower(&selected.document).unwrap_err();
    let error = selected.moved.locate(error);
    assert_eq!(
        error.pointer(),
        Some("/components/schemas/A/properties/b/type")
    );
}

#[test]
fn files_beside_the_description() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "api.yaml",
        "openapi: 3.0.3
info: { title: Split, version: '1' }
paths:
  /me: { $ref: 'me.yaml' }
  /far: { $ref: 'paths/far.yaml' }
components:
  schemas:
    Team: { type: object, properties: { owner: { $ref: 'schemas.yaml#/User' } } }
",
    );
    write(
        "me.yaml",
        "get:
  responses:
    '200':
      description: ''
      content: { application/json: { schema: { $ref: './schemas.yaml#/User' } } }
    '401': { $ref: 'my%20answers.json#/No' }
",
    );
    write(
        "schemas.yaml",
        "User:
  title: it
  properties:
    id: { $ref: '#/Id' }
    team: { $ref: 'api.yaml#/components/schemas/Team' }
    example: { $ref: '#/Id' }
  example: { $ref: '#/nowhere' }
Id: { type: string }
",
    );
    write("my answers.json", r#"{ "No": { "description": "no" } }"#);
    let file = folder.path().join("api.yaml");
    let document = load::load(&file).unwrap();
    assert!(bundle::is_split(&document));
    let bundled = bundle::bundle(&file, &document).unwrap();
    let names: Vec<_> = bundled
        .files
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ["me.yaml", "my answers.json", "schemas.yaml"]);
    let document = selected(&bundled.document).document;
    assert_eq!(answer(&document)["title"], "it");
    assert_eq!(
        document["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["Id", "Team", "User"]
    );
    lower::lower(&document).unwrap();
    // What is not there is nobody's business, until it is asked for.
    assert_eq!(bundled.document["paths"]["/far"]["$ref"], "paths/far.yaml");
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.yaml");
    fs::write(&secret, "It: { title: it }\n").unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    std::os::unix::fs::symlink(&secret, inner.join("link.yaml")).unwrap();
    std::os::unix::fs::symlink(folder.path(), inner.join("folder")).unwrap();
    for reference in [
        "link.yaml#/It",
        "../secret.yaml#/It",
        "folder/secret.yaml#/It",
        "a/../../secret.yaml#/It",
        "/etc/passwd",
        "file:///etc/passwd",
    ] {
        let document = description("3.1.0", json!({ "$ref": reference }), json!({}));
        let bundled = bundle::bundle(&inner.join("api.json"), &document).unwrap();
        assert_eq!(bundled.document, document, "{reference}");
        assert!(bundled.files.is_empty());
    }
}

#[test]
fn one_reference_at_a_time() {
    let document = description(
        "3.1.0",
        json!({}),
        json!({ "schemas": { "A": { "title": "it" } } }),
    );
    let resolver = Resolver::new(&document);
    let target = resolver
        .resolve("#/components/schemas/A", "/paths")
        .unwrap();
    assert_eq!(
        (target.pointer.as_str(), &target.value["title"]),
        ("/components/schemas/A", &json!("it"))
    );
}

/// A reference is relative to the file that it stands in.
#[test]
fn files_in_folders_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(
        "paths/me.yaml",
        "get:
  responses:
    '200':
      description: ''
      content: { application/json: { schema: { $ref: '../schemas/deep/user.yaml' } } }
    '401': { $ref: ./answers.yaml#/No }
",
    );
    write("paths/answers.yaml", "No: { description: no }\n");
    write(
        "schemas/deep/user.yaml",
        "title: it
properties:
  team: { $ref: '../all.yaml#team' }
  outside: { $ref: '../../../secret.yaml' }
",
    );
    write(
        "schemas/all.yaml",
        "$defs: { Team: { $anchor: team, title: a team, properties: { id: { $ref: 'deep/../id.yaml#/Id' } } } }\n",
    );
    write("schemas/id.yaml", "Id: { type: string }\n");
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Split", "version": "1" },
        "paths": { "/me": { "$ref": "./paths/me.yaml" } },
    });
    let bundled = bundle::bundle(&folder.path().join("api.json"), &document).unwrap();
    let read: Vec<_> = bundled
        .files
        .iter()
        .map(|file| file.strip_prefix(folder.path()).unwrap().to_str().unwrap())
        .collect();
    assert_eq!(
        read,
        [
            "paths/answers.yaml",
            "paths/me.yaml",
            "schemas/all.yaml",
            "schemas/deep/user.yaml",
            "schemas/id.yaml"
        ]
    );
    let components = &bundled.document["components"]["schemas"];
    assert_eq!(components["user"]["title"], "it");
    assert_eq!(components["Team"]["title"], "a team");
    assert_eq!(components["Id"]["type"], "string");
    // A file beside the folder of the description is not read, and it is said that it is wanted.
    let error = select(&bundled.document, "/me", "get", &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("it wants the file \"../../../secret.yaml\""),
        "{error}"
    );
}

/// What another file lacks is not taken from the description.
#[test]
fn files_keep_their_own_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("api.json");
    fs::write(
        folder.path().join("defs.json"),
        r##"{ "Me": { "properties": { "email": { "$ref": "#/components/schemas/Email" } } } }"##,
    )
    .unwrap();
    let document = description(
        "3.1.0",
        json!({ "$ref": "defs.json#/Me" }),
        json!({ "schemas": { "Email": { "title": "another" } } }),
    );
    let bundled = bundle::bundle(&file, &document).unwrap();
    let error = select(&bundled.document, "/me", "get", &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`defs.json#/components/schemas/Email` points out of the document"),
        "{error}"
    );
}

/// Bundlers put a file in the place of any reference: a section, all paths, an operation.
#[test]
fn files_stand_where_there_is_no_reference() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(
        "parts/paths.yaml",
        "/me: { get: { $ref: operations/me.yaml } }\n",
    );
    write(
        "parts/operations/me.yaml",
        "responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '../schemas.yaml#/Me' } } } } }\n",
    );
    write(
        "parts/schemas.yaml",
        "Me: { properties: { team: { $ref: '#/Team' } } }\nTeam: { title: a team }\n",
    );
    write(
        "keys.yaml",
        "key: { type: apiKey, in: header, name: X-Key }\n",
    );
    write("round.yaml", "$ref: round.yaml\n");
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Split", "version": "1", "description": { "$ref": "text.md" } },
        "tags": { "$ref": "round.yaml" },
        "paths": { "$ref": "parts/paths.yaml" },
        "components": {
            "schemas": { "$ref": "./parts/schemas.yaml", "Own": { "type": "string" } },
            "securitySchemes": { "$ref": "keys.yaml" },
        },
    });
    let file = folder.path().join("api.json");
    assert!(bundle::is_split(&document));
    let bundled = bundle::bundle(&file, &document).unwrap().document;
    let answer = "/paths/~1me/get/responses/200/content/application~1json/schema/$ref";
    assert_eq!(bundled.pointer(answer).unwrap(), "#/components/schemas/Me");
    assert_eq!(
        bundled["components"],
        json!({
            "schemas": {
                "Me": { "properties": { "team": { "$ref": "#/components/schemas/Team" } } },
                "Team": { "title": "a team" },
                "Own": { "type": "string" },
            },
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } },
        })
    );
    assert_eq!(bundled["info"], document["info"]);
}
