//! Schemas that nobody would write, and that are there: what of them cannot be typed does not take the rest with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::too_many_lines)]

mod workspace;

use std::fmt::Write as _;

use keyholder_codegen::{Destination, Generated, generate_from};
use keyholder_describe::specs::Spec;
use keyholder_describe::{Described, provider};
use keyholder_openapi::{bundle, load, with_deep_stack};
use serde_json::{Map, Value, json};
use workspace::Workspace;

fn content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

/// A description of an operation whose success has an id and `more`, with an error.
fn description(version: &str, more: &Value, error: &Value, schemas: &Value) -> Value {
    let success =
        json!({ "type": "object", "properties": { "id": { "type": "string" }, "more": more } });
    json!({
        "openapi": version,
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "key": [] }],
        "paths": { "/me": { "get": {
            "operationId": "get_me",
            "responses": {
                "200": { "description": "The caller.", "content": content(&success) },
                "400": { "description": "An error.", "content": content(error) },
                "401": { "description": "Another.", "content": content(&json!({ "type": "object", "properties": { "code": { "type": "string" } } })) },
            },
            "x-whoami": { "identity": { "sub": "/id" }, "code": "/code", "token": { "env": "ACME_API_KEY" } },
        } } },
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    })
}

fn described(name: &str, document: &Value) -> Described {
    let spec = Spec {
        provider: name.to_owned(),
        description: "acme.json".into(),
        overlay: None,
    };
    Described::parse(&spec, &document.to_string(), None).unwrap()
}

/// The crate, which was parsed as Rust; and the remarks with which it is read without one.
fn generate(document: &Value) -> keyholder_openapi::Result<(Generated, Vec<String>)> {
    let destination = Destination::detached(std::path::Path::new("../.."), "out")?;
    let described = described("acme", document);
    with_deep_stack(move || {
        let (info, remarks) = provider(&described)?;
        assert_eq!(info.operations.len(), 1);
        Ok((generate_from(&described, &destination)?, remarks))
    })
}

fn types(generated: &Generated) -> &str {
    &generated.files["src/types.rs"]
}

/// Schemas that nothing can be made of, with where the fault is and what is said of it.
fn faults() -> Vec<(Value, &'static str, &'static str)> {
    vec![
        (
            json!({ "oneOf": [] }),
            "",
            "at least one schema is due here",
        ),
        (
            json!({ "anyOf": [] }),
            "",
            "at least one schema is due here",
        ),
        (
            json!({ "type": "strin" }),
            "",
            "`strin` is not a type of JSON Schema",
        ),
        (json!({ "type": [] }), "", "at least one type is due here"),
        (
            json!({ "type": 5 }),
            "",
            "a type or a list of types is due here",
        ),
        (
            json!({ "items": 5 }),
            "/items",
            "a schema is an object or a boolean",
        ),
        (
            json!({ "$ref": "#/components/schemas/A" }),
            "/components/schemas/A",
            "defined by itself",
        ),
        (
            json!({ "$ref": "#/components/schemas/Nowhere" }),
            "",
            "points to nothing",
        ),
        (
            json!({ "$ref": "https://acme.dev/error.json" }),
            "",
            "points out of the document",
        ),
        (json!({ "$ref": 5 }), "", "a string is due here"),
        (
            json!({ "$dynamicRef": "#node" }),
            "",
            "is resolved anew in each place",
        ),
        (json!({ "properties": [] }), "", "an object is due here"),
        (
            json!({ "properties": { "a": 5 } }),
            "/properties/a",
            "a schema is an object or a boolean",
        ),
        (
            json!({ "externalDocs": {}, "type": "object" }),
            "/externalDocs",
            "has no `url`",
        ),
    ]
}

/// Schemas of which a keyword is left out, or read as it is meant, with where that stands.
fn mended() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "required": "id" }), "/required"),
        (json!({ "required": true }), "/required"),
        (json!({ "enum": "a" }), "/enum"),
        (json!({ "minimum": "1" }), "/minimum"),
        (json!({ "minimum": "one" }), "/minimum"),
        (json!({ "multipleOf": 0 }), "/multipleOf"),
        (json!({ "maxLength": -1 }), "/maxLength"),
        (json!({ "pattern": 5 }), "/pattern"),
        (json!({ "nullable": "yes" }), "/nullable"),
        (json!({ "allOf": { "type": "object" } }), "/allOf"),
        (json!({ "description": 5 }), "/description"),
        (json!("string"), ""),
        (json!({ "type": "any" }), "/type"),
        (json!({ "type": "Text" }), "/type"),
        (
            json!({ "type": "array", "items": [{ "type": "string" }] }),
            "/items",
        ),
        (
            json!({ "discriminator": "kind", "oneOf": [{ "type": "object" }] }),
            "/discriminator",
        ),
    ]
}

/// Wherever such a schema stands, it keeps nothing from being made.
#[test]
fn a_keyword_that_is_mended_leaves_the_rest() {
    for (schema, at) in mended() {
        for (place, whole) in [
            (OF_ERROR.to_owned(), false),
            (format!("{OF_SUCCESS}/properties/more"), false),
            (OF_SUCCESS.to_owned(), true),
        ] {
            let error = json!({ "type": "object" });
            let mut document = description("3.1.0", &json!({}), &error, &json!({}));
            *document.pointer_mut(&place).unwrap() = schema.clone();
            if whole {
                // Of a text, no claim is read.
                document["paths"]["/me"]["get"]["x-whoami"]["identity"] = json!("none");
            }
            let (generated, remarks) =
                generate(&document).unwrap_or_else(|error| panic!("{place}: {schema}: {error}"));
            let at = format!("{place}{at}");
            assert!(has(&remarks, &at, ""), "{schema}: {at}: {remarks:?}");
            assert!(
                whole || types(&generated).contains("pub id: Option<String>"),
                "{schema}"
            );
        }
    }
}

fn circle() -> Value {
    json!({ "A": { "$ref": "#/components/schemas/B" }, "B": { "allOf": [{ "$ref": "#/components/schemas/A" }] } })
}

fn has(remarks: &[String], at: &str, says: &str) -> bool {
    remarks
        .iter()
        .any(|remark| remark.contains(&format!("{at} is ")) && remark.contains(says))
}

const OF_ERROR: &str = "/paths/~1me/get/responses/400/content/application~1json/schema";
const OF_SUCCESS: &str = "/paths/~1me/get/responses/200/content/application~1json/schema";

#[test]
fn a_fault_in_an_error_leaves_the_rest() {
    for (schema, at, says) in faults() {
        for (error, inside) in [
            (schema.clone(), ""),
            (
                json!({ "type": "object", "properties": { "code": { "type": "string" }, "odd": schema } }),
                "/properties/odd",
            ),
        ] {
            let document = description("3.1.0", &json!({}), &error, &circle());
            let (generated, remarks) =
                generate(&document).unwrap_or_else(|error| panic!("{schema}: {error}"));
            let at = if at.starts_with("/components") {
                at.to_owned()
            } else {
                format!("{OF_ERROR}{inside}{at}")
            };
            assert!(has(&remarks, &at, says), "{schema}: {at}: {remarks:?}");
            assert!(
                has(&generated.remarks, &at, says),
                "{schema}: {:?}",
                generated.remarks
            );
            let types = types(&generated);
            assert!(
                types.contains("pub id: Option<String>"),
                "{schema}: {types}"
            );
            // An error that is wrong in a part has a type of its own, and the other error has.
            let codes = types.matches("pub code: Option<String>").count();
            assert_eq!(
                codes,
                if inside.is_empty() { 1 } else { 2 },
                "{schema}: {types}"
            );
        }
    }
}

#[test]
fn a_fault_in_a_success_leaves_the_rest() {
    for (schema, at, says) in faults() {
        let document = description("3.1.0", &schema, &json!({ "type": "object" }), &circle());
        let (generated, remarks) =
            generate(&document).unwrap_or_else(|error| panic!("{schema}: {error}"));
        let at = if at.starts_with("/components") {
            at.to_owned()
        } else {
            format!("{OF_SUCCESS}/properties/more{at}")
        };
        assert!(has(&remarks, &at, says), "{schema}: {at}: {remarks:?}");
        assert!(
            types(&generated).contains("pub id: Option<String>"),
            "{schema}"
        );
    }
}

/// A success of which nothing can be typed is any JSON, and its claims are read. One that leads nowhere is an error: nothing
/// says what is read.
#[test]
fn a_success_that_cannot_be_typed() {
    for (schema, at, _) in faults() {
        // What is wrong in a part only is a list, say, in which no claim is.
        if !at.is_empty() && !at.starts_with("/components") {
            continue;
        }
        let mut document =
            description("3.1.0", &json!({}), &json!({ "type": "object" }), &circle());
        let success = &mut document["paths"]["/me"]["get"]["responses"]["200"];
        success["content"] = content(&schema);
        let is_lost = schema.get("$ref").is_some();
        match generate(&document) {
            Ok((generated, _)) => {
                assert!(!is_lost, "{schema}");
                assert!(!generated.remarks.is_empty(), "{schema}");
            }
            Err(error) => assert!(is_lost, "{schema}: {error}"),
        }
    }
}

/// What a client can do without is left out.
#[test]
fn faults_beside_schemas() {
    for (member, value, says) in [
        (
            "headers",
            json!({ "X-Limit": {} }),
            "/headers/X-Limit is left out",
        ),
        ("links", json!({ "self": {} }), "/links/self is left out"),
        (
            "description",
            Value::Null,
            "400 is read as a response without words",
        ),
    ] {
        let mut document = description(
            "3.0.3",
            &json!({}),
            &json!({ "type": "object" }),
            &json!({}),
        );
        let error = document["paths"]["/me"]["get"]["responses"]["400"]
            .as_object_mut()
            .unwrap();
        error.remove(member);
        if !value.is_null() {
            error.insert(member.to_owned(), value);
        }
        document["info"]["license"] = json!({});
        let (_, remarks) = generate(&document).unwrap_or_else(|error| panic!("{member}: {error}"));
        assert!(remarks.iter().any(|it| it.contains(says)), "{remarks:?}");
        assert!(
            remarks
                .iter()
                .any(|it| it.contains("/info/license is left out")),
            "{remarks:?}"
        );
    }
}

/// So is what has another form than it is to have, where it stands beside what is sent and read.
#[test]
fn faults_beside_what_counts() {
    let get = "/paths/~1me/get";
    let text = json!({ "type": "string" });
    for (at, value, says) in [
        (
            "/info/description",
            json!(["x"]),
            "/info/description is left out",
        ),
        (
            "/servers/0",
            json!({ "description": "x" }),
            "/servers/0 is left out",
        ),
        (
            "/paths/~1me/get/deprecated",
            json!("maybe"),
            "deprecated is left out",
        ),
        (
            "/paths/~1me/get/responses/40X",
            json!({ "description": "x" }),
            "responses/40X is left out",
        ),
        (
            "/paths/~1me/get/responses/400/headers",
            json!([]),
            "headers is left out",
        ),
        (
            "/paths/~1me/get/requestBody",
            json!({}),
            "requestBody is left out",
        ),
        (
            "/components/schemas/Err/title",
            json!([]),
            "title is left out",
        ),
        (
            "/paths/~1me/get/parameters",
            json!([null]),
            "parameters/0 is left out",
        ),
        (
            "/paths/~1me/get/parameters",
            json!([{ "in": "query", "schema": text }]),
            "parameters/0 is left out",
        ),
        (
            "/paths/~1me/get/parameters",
            json!([{ "$ref": "#/components/parameters/Gone" }]),
            "parameters/0 is left out",
        ),
        (
            "/paths/~1me/get/parameters",
            json!([{ "name": "q", "in": "query", "schema": { "type": "Frob" } }]),
            "parameters/0 is read as a text",
        ),
    ] {
        let error = json!({ "$ref": "#/components/schemas/Err" });
        let more = json!({ "Err": { "type": "object" } });
        let mut document = description("3.0.3", &json!({}), &error, &more);
        if let Some(part) = document.pointer_mut(at) {
            *part = value;
        } else {
            let (holder, name) = at.rsplit_once('/').unwrap();
            document.pointer_mut(holder).unwrap()[name] = value;
        }
        let (_, remarks) = generate(&document).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert!(
            remarks.iter().any(|it| it.contains(says)),
            "{at}: {remarks:?}"
        );
    }
    // What is sent has to be right.
    for parameter in [
        json!({ "in": "query", "required": true, "schema": text }),
        json!({ "name": "q", "in": "frob", "required": true, "schema": text }),
    ] {
        let mut document = description("3.0.3", &json!({}), &text, &json!({}));
        document.pointer_mut(get).unwrap()["parameters"] = json!([parameter]);
        assert!(generate(&document).is_err(), "{parameter}");
    }
}

#[test]
fn an_error_that_is_nowhere_leaves_the_rest() {
    let error = json!({ "type": "object" });
    let mut document = description("3.0.3", &json!({}), &error, &json!({}));
    document["paths"]["/me"]["get"]["responses"]["400"] =
        json!({ "$ref": "#/components/responses/Nowhere" });
    let (_, remarks) = generate(&document).unwrap();
    let says = "400 is read as a response of which nothing is said";
    assert!(remarks.iter().any(|it| it.contains(says)), "{remarks:?}");
}

#[test]
fn parameters_alike_in_rust_are_numbered() {
    let error = json!({ "type": "object" });
    let mut document = description("3.0.3", &json!({}), &error, &json!({}));
    document["paths"]["/me"]["get"]["parameters"] = json!([
        { "name": "self", "in": "query", "schema": { "type": "string" } },
        { "name": "Self", "in": "header", "schema": { "type": "string" } },
    ]);
    generate(&document).unwrap();
}

/// Numbers that look random and are the same each time (the `SplitMix64` of Steele, Lea and Flood).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit).unwrap()).unwrap()
    }

    fn pick(&mut self, from: &[&str]) -> String {
        from[self.below(from.len())].to_owned()
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

const NAMES: [&str; 24] = [
    "id",
    "Id",
    "type",
    "self",
    "async",
    "a.b",
    "a-b",
    "a_b",
    "1st",
    "",
    "$",
    "größe",
    "ключ",
    "名",
    "ref",
    "error",
    "Error",
    "Value",
    "String",
    "std",
    "\u{202e}x",
    "a\nb",
    "x-y",
    "crate",
];

const TEXTS: [&str; 8] = [
    "Plain.",
    "*/ fn main() {}",
    "\"#",
    "`code` [link](x) <b>",
    "\u{202e}txt",
    "a\n\nb\n    indented",
    "{}",
    "\\u{0}",
];

/// A valid schema.
fn schema(random: &mut Random, depth: usize, is_31: bool) -> Value {
    let mut schema = Map::new();
    let inner = |random: &mut Random| self::schema(random, depth.saturating_sub(1), is_31);
    let kind = if depth == 0 {
        random.below(6)
    } else {
        random.below(16)
    };
    match kind {
        0 => schema.extend([("type".to_owned(), json!("string"))]),
        1 => schema.extend([("type".to_owned(), json!("integer"))]),
        2 => schema.extend([(
            "type".to_owned(),
            json!(random.pick(&["number", "boolean"])),
        )]),
        3 => return json!({ "$ref": format!("#/components/schemas/S{}", random.below(6)) }),
        4 => {
            let all = [
                json!("a"),
                json!("A"),
                json!("+1"),
                json!("-1"),
                json!(""),
                json!(1),
                json!(null),
                json!(18_446_744_073_709_551_615_u64),
                json!(1.5),
                json!(true),
                json!("self"),
            ];
            let count = 1 + random.below(4);
            let values: Vec<_> = (0..count)
                .map(|_| all[random.below(all.len())].clone())
                .collect();
            schema.insert("enum".to_owned(), values.into());
            if random.chance(2) {
                schema.insert(
                    "type".to_owned(),
                    json!(random.pick(&["string", "integer"])),
                );
            }
        }
        5 => {}
        6..=9 => {
            let count = random.below(5);
            let properties: Map<_, _> = (0..count)
                .map(|_| (random.pick(&NAMES), inner(random)))
                .collect();
            let required: Vec<_> = NAMES.iter().filter(|_| random.chance(8)).collect();
            schema.insert("type".to_owned(), json!("object"));
            schema.insert("properties".to_owned(), properties.into());
            if !required.is_empty() {
                schema.insert("required".to_owned(), json!(required));
            }
            match random.below(4) {
                0 => drop(schema.insert("additionalProperties".to_owned(), inner(random))),
                1 => {
                    drop(schema.insert("additionalProperties".to_owned(), json!(random.chance(2))));
                }
                _ => {}
            }
        }
        10 | 11 => {
            schema.insert("type".to_owned(), json!("array"));
            schema.insert("items".to_owned(), inner(random));
        }
        kind => {
            let keyword = ["oneOf", "anyOf", "allOf", "oneOf"][kind - 12];
            let count = 1 + random.below(3);
            let branches: Vec<_> = (0..count).map(|_| inner(random)).collect();
            schema.insert(keyword.to_owned(), branches.into());
            if random.chance(3) {
                schema.insert("properties".to_owned(), json!({ "beside": inner(random) }));
            }
        }
    }
    let odd = [
        (
            "format",
            json!(random.pick(&[
                "date-time",
                "uuid",
                "int32",
                "uint64",
                "byte",
                "binary",
                "password",
                "none"
            ])),
        ),
        ("title", json!(random.pick(&TEXTS))),
        ("description", json!(random.pick(&TEXTS))),
        ("default", json!({ "of": "another type" })),
        ("example", json!([null, 1])),
        ("minimum", json!(-1e300)),
        ("maximum", json!(1e300)),
        ("minLength", json!(4_294_967_296_u64)),
        ("maxItems", json!(0)),
        ("pattern", json!("(?<!x")),
        ("uniqueItems", json!(true)),
        ("readOnly", json!(true)),
        ("deprecated", json!(true)),
        ("x-extra", json!({ "$ref": "#/nowhere" })),
    ];
    for _ in 0..random.below(3) {
        let (keyword, value) = odd[random.below(odd.len())].clone();
        schema.entry(keyword).or_insert(value);
    }
    if is_31 {
        let count = random.below(8);
        let keyword = [
            "not",
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "unevaluatedProperties",
        ]
        .get(count);
        if let Some(keyword) = keyword.filter(|_| depth > 0) {
            schema.insert((*keyword).to_owned(), inner(random));
        }
        match random.below(10) {
            0 if depth > 0 => drop(schema.insert(
                "prefixItems".to_owned(),
                json!([inner(random), inner(random)]),
            )),
            1 if depth > 0 => drop(schema.insert(
                "patternProperties".to_owned(),
                json!({ "^x": inner(random) }),
            )),
            2 => drop(schema.insert("const".to_owned(), json!(random.pick(&NAMES)))),
            3 => {
                if let Some(Value::String(one)) = schema.get("type").cloned() {
                    schema.insert("type".to_owned(), json!([one, "null"]));
                }
            }
            4 => drop(schema.insert(
                "type".to_owned(),
                json!(["string", "object", "array", "null"]),
            )),
            _ => {}
        }
    } else if random.chance(4) {
        schema.insert("nullable".to_owned(), json!(true));
    }
    schema.into()
}

/// What OpenAPI 3.2 has anew, as far as a description of an identity operation has it.
const NEWER: &str = r##"openapi: 3.2.0
$self: https://acme.dev/openapi.yaml
info: { title: Acme, version: "1", summary: S }
jsonSchemaDialect: https://spec.openapis.org/oas/3.2/dialect/2025-09-17
servers: [{ url: https://api.acme.dev, name: prod, description: Prod }]
tags: [{ name: a, summary: A, kind: nav, parent: b }, { name: b }]
security: [{ key: [] }]
paths:
  /me:
    query: { operationId: q, responses: { "200": { summary: ok } } }
    additionalOperations:
      COPY: { operationId: c, responses: { "200": { summary: ok } } }
    get:
      operationId: getMe
      x-whoami: { identity: { sub: /id }, code: /code, answers: { "401": unauthenticated }, token: { env: ACME_API_KEY } }
      summary: The current user
      tags: [a]
      parameters:
        - { name: all, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
        - { name: c, in: cookie, style: cookie, schema: { type: string } }
        - { name: h, in: header, allowReserved: true, schema: { type: string } }
      responses:
        "200":
          summary: The caller.
          headers:
            Set-Cookie: { schema: { type: string }, style: simple }
          content:
            application/json: { $ref: "#/components/mediaTypes/Me" }
            application/jsonl:
              itemSchema: { $ref: "#/components/schemas/Me" }
              itemEncoding: { contentType: application/json }
            multipart/mixed:
              prefixEncoding: [{ contentType: application/json }]
              schema: { type: array }
        "401":
          summary: No.
          content:
            application/json:
              schema: { $ref: "https://acme.dev/openapi.yaml#/components/schemas/Error" }
              examples: { a: { dataValue: { code: x }, serializedValue: '{"code":"x"}' } }
components:
  mediaTypes:
    Me: { schema: { $ref: "#/components/schemas/Me" } }
  schemas:
    Me: { type: object, properties: { id: { type: string }, email: { type: string }, pet: { oneOf: [{ $ref: "#/components/schemas/Cat" }], discriminator: { propertyName: kind, defaultMapping: Cat } } } }
    Cat: { type: object, properties: { kind: { type: string, xml: { nodeType: element } } } }
    Error: { type: object, properties: { code: { type: string } } }
  securitySchemes:
    key: { type: http, scheme: bearer }
    old: { type: apiKey, in: header, name: X, deprecated: true }
    oauth: { type: oauth2, oauth2MetadataUrl: https://acme.dev/x, flows: { deviceAuthorization: { deviceAuthorizationUrl: https://acme.dev/d, tokenUrl: https://acme.dev/t, scopes: {} } } }
"##;

#[test]
fn a_description_of_openapi_3_2() {
    let document = load::parse(NEWER, false).unwrap();
    assert!(!bundle::is_split(&document));
    let (generated, remarks) = generate(&document).unwrap();
    assert_eq!(remarks, Vec::<String>::new());
    for text in [
        "pub id: Option<String>",
        "pub pet: Option<",
        "pub code: Option<String>",
    ] {
        assert!(types(&generated).contains(text), "{text}");
    }
    // The parameter that is the whole query may be left out, and is.
    assert_eq!(generated.interface.function, "get_me");
}

/// How many descriptions are made.
const SEEDS: u64 = 80;

/// What is made of a seed.
fn random(seed: u64) -> Value {
    let mut random = Random(seed);
    let is_31 = random.chance(2);
    let mut schemas: Map<String, Value> = (0..6)
        .map(|index| (format!("S{index}"), schema(&mut random, 4, is_31)))
        .collect();
    // A circle without a level between is no valid schema.
    schemas.insert("S0".to_owned(), json!({ "type": "object", "properties": { "next": { "$ref": "#/components/schemas/S1" } } }));
    let (more, error) = (schema(&mut random, 4, is_31), schema(&mut random, 4, is_31));
    description(
        if is_31 { "3.1.0" } else { "3.0.3" },
        &more,
        &error,
        &schemas.into(),
    )
}

#[test]
fn whatever_is_valid_makes_a_crate() {
    let mut wrong = Vec::new();
    for seed in 0..SEEDS {
        let document = random(seed);
        if let Err(error) = generate(&document) {
            wrong.push(format!("seed {seed}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Schemas that are valid and odd.
fn odd() -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let node = || json!({ "$ref": "#/components/schemas/Node" });
    let mode = || json!({ "$ref": "#/components/schemas/Mode" });
    let odd = json!([
        { "not": {} },
        { "not": { "type": "null" } },
        { "if": { "type": "string" }, "then": { "minLength": 1 }, "else": { "type": "integer" } },
        { "type": "array", "prefixItems": [text(), { "type": "integer" }, { "type": "null" }], "items": { "type": "boolean" } },
        { "type": "array", "contains": text(), "minContains": 2, "unevaluatedItems": false },
        { "patternProperties": { "^a": text(), "^b": { "type": "integer" } }, "additionalProperties": false },
        { "type": "object", "propertyNames": { "enum": ["a", "b"] }, "additionalProperties": { "type": "integer" } },
        { "type": "object", "dependentRequired": { "a": ["b"] }, "dependentSchemas": { "b": object(json!({ "c": text() })) } },
        { "const": "\u{202e}x" },
        { "const": [1, { "a": null }] },
        { "const": 1.0 },
        { "enum": ["\u{0}", "\u{feff}", "\u{1f600}", "é", "e\u{301}"] },
        { "enum": ["async", "Self", "self", "r#type", "_", "__"] },
        { "enum": ["1", "01", "1.0", "-1", "+1", "1e3"] },
        { "enum": [0, -0.0, 1e308, i64::MIN, u64::MAX] },
        { "enum": [[], {}, "a", null] },
        { "type": "string", "enum": [] },
        { "type": ["string", "integer", "boolean", "null"], "enum": ["a", 1, null] },
        { "type": "string", "format": "date-time", "default": 5, "pattern": "[", "minLength": 9, "maxLength": 1 },
        { "type": "integer", "format": "date", "multipleOf": 0.1, "minimum": 1e300, "maximum": -1e300 },
        { "type": "boolean", "format": "binary", "default": "yes" },
        { "type": "array", "uniqueItems": true, "items": object(json!({ "a": { "type": "number" } })) },
        { "type": "array", "minItems": 3, "maxItems": 3, "items": text() },
        { "type": "array", "items": true },
        { "type": "array", "items": false },
        { "type": "object", "additionalProperties": { "not": {} } },
        { "type": "object", "unevaluatedProperties": text(), "properties": { "a": text() } },
        { "title": "Vec<u8>; fn main() {}", "type": "object", "properties": { "a": text() } },
        { "title": "\u{202e}", "description": "*/ #![allow(warnings)]\n```rust\npanic!()\n```", "type": "object", "properties": { "b": text() } },
        { "type": "object", "properties": { "fn": text(), "Fn": text(), "FN": text(), "f n": text(), "f-n": text(), "1": text(), "-": text(), "\u{1f600}": text() } },
        { "type": "object", "required": ["a", "a", "b"], "properties": { "a": text() } },
        { "oneOf": [{ "type": "null" }, { "type": "null" }] },
        { "oneOf": [{ "oneOf": [{ "anyOf": [text(), { "type": "null" }] }] }, { "allOf": [{ "type": "integer" }] }] },
        { "anyOf": [true, text()] },
        { "allOf": [true, {}, text()] },
        { "allOf": [node(), { "type": "object", "required": ["children"] }] },
        { "oneOf": [node(), { "type": "array", "items": node() }, text()], "discriminator": { "propertyName": "none" } },
        { "type": "object", "properties": { "left": node() }, "additionalProperties": node() },
        { "$ref": "#/components/schemas/Node", "description": "Beside.", "nullable": true, "deprecated": true },
        { "$ref": "#/components/schemas/Ping" },
        { "$ref": "#/components/schemas/Grid" },
        { "type": "string", "contentEncoding": "base64", "contentMediaType": "application/json", "contentSchema": object(json!({})) },
        { "$comment": "None.", "$defs": { "x": text() }, "x-unknown": 1, "unknown": 2 },
    ]);
    // What is a name of an enumeration and something beside.
    let of_modes = json!([
        { "allOf": [mode(), { "minLength": 1 }] },
        { "allOf": [mode(), {}] },
        { "allOf": [mode(), { "nullable": true, "default": "all" }] },
        { "anyOf": [{ "allOf": [mode()], "title": "Which" }, { "type": "null" }] },
    ]);
    let lists = [odd, of_modes];
    lists
        .iter()
        .flat_map(|it| it.as_array().unwrap().clone())
        .collect()
}

/// Trees, mutual recursion, and lists of lists.
fn recursive() -> Value {
    let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    json!({
        "Node": { "type": "object", "properties": {
            "value": { "type": "string" },
            "parent": to("Node"),
            "children": { "type": "array", "items": to("Node") },
            "by_name": { "type": "object", "additionalProperties": to("Node") },
        } },
        "Ping": { "type": "object", "required": ["pong"], "properties": { "pong": { "anyOf": [to("Pong"), { "type": "null" }] } } },
        "Pong": { "type": "object", "properties": { "pang": to("Pang") } },
        "Pang": { "oneOf": [to("Ping"), { "type": "string" }] },
        "Grid": { "type": "array", "items": { "anyOf": [to("Grid"), { "type": "integer" }] } },
        "Mode": { "type": "string", "enum": ["all", "none"] },
    })
}

/// What is made of odd schemas, and of some of the random ones, compiles without a warning.
#[test]
fn they_compile() {
    let mut workspace = Workspace::new();
    // They are many.
    workspace.debug = "0";
    let properties: Map<_, _> = odd()
        .into_iter()
        .enumerate()
        .map(|(index, it)| (format!("p{index}"), it))
        .collect();
    let all = json!({ "type": "object", "properties": properties });
    let mut documents = vec![(
        "odd".to_owned(),
        description("3.1.0", &all, &json!({ "anyOf": odd() }), &recursive()),
    )];
    for seed in [3, 14, 15] {
        documents.push((format!("seed-{seed}"), random(seed)));
    }
    documents.push(("values".to_owned(), values_beside()));
    let destination = workspace.destination.clone();
    let generated = with_deep_stack(move || {
        let made = documents
            .iter()
            .map(|(name, document)| generate_from(&described(name, document), &destination));
        made.collect::<keyholder_openapi::Result<Vec<_>>>()
    })
    .unwrap();
    let mut manifest = "[package]\nname = \"keyholder-odd-app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n".to_owned();
    for made in &generated {
        let name = &made.provider.name;
        let _ = writeln!(
            manifest,
            "keyholder-{name} = {{ path = \"../clients/providers/{name}\", features = [\"httpmock\", \"schemars\"] }}"
        );
    }
    workspace.write(generated, &manifest, "fn main() {}\n");
    workspace.cargo(&["build", "--package", "keyholder-odd-app"]);
}

/// A description whose properties have the values of an enumeration beside the reference to it, by each keyword.
fn values_beside() -> Value {
    let reference = json!([{ "$ref": "#/components/schemas/Mode" }]);
    let mut properties = Map::new();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for (name, values) in [
            ("all", json!(["all", "none"])),
            ("null", json!(["none", null])),
        ] {
            let plain = json!({ "enum": values, keyword: reference, "description": "Which." });
            let typed = json!({ "type": "string", "enum": values, keyword: reference });
            properties.insert(format!("{keyword}_{name}"), plain);
            properties.insert(format!("{keyword}_{name}_typed"), typed);
        }
    }
    let more = json!({ "type": "object", "properties": properties });
    let schemas = json!({ "Mode": { "type": "string", "enum": ["all", "none"] } });
    description("3.0.4", &more, &json!({ "type": "object" }), &schemas)
}

/// Some writers put the values of an enumeration beside the reference to it.
#[test]
fn values_beside_what_has_them_too_are_typed_by_that() {
    let schemas = json!({ "Mode": { "type": "string", "enum": ["all", "none"] } });
    let reference = json!([{ "$ref": "#/components/schemas/Mode" }]);
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for values in [
            json!(["all", "none"]),
            json!(["all"]),
            json!(["none", null]),
        ] {
            let more = json!({ "type": "object", "properties": {
                "mode": { "enum": values, keyword: reference, "description": "Which." },
                "typed": { "type": "string", "enum": values, keyword: reference },
            } });
            let error = json!({ "type": "object" });
            let document = description("3.0.4", &more, &error, &schemas);
            let (generated, _) = generate(&document).expect(keyword);
            let types = types(&generated);
            assert!(types.contains("pub enum Mode {"), "{more}\n{types}");
            let field = types
                .split("pub mode:")
                .nth(1)
                .and_then(|it| it.split_inclusive([',', '\n']).next());
            assert!(
                field.is_some_and(|it| it.contains("Mode")),
                "{more}\n{field:?}"
            );
        }
    }
}
