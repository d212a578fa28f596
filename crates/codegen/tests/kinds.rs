//! Kinds of schemas that generators stumble over: their crates compile without a warning and with all features, and read
//! the answers that the schemas are of, on a small stack.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::needless_pass_by_value, clippy::too_many_lines)]

mod workspace;

use std::fmt::Write as _;

use keyholder_codegen::{Destination, Generated, generate_from};
use keyholder_describe::Described;
use keyholder_describe::specs::Spec;
use serde_json::{Value, json};
use workspace::Workspace;

/// A schema of the success, which is one of the error as well, with answers that are of it.
struct Kind {
    name: &'static str,
    version: &'static str,
    schema: Value,
    components: Value,
    answers: Vec<Value>,
}

fn kind(name: &'static str, version: &'static str, schema: Value, answers: Value) -> Kind {
    Kind {
        name,
        version,
        schema,
        components: json!({}),
        answers: answers.as_array().unwrap().clone(),
    }
}

impl Kind {
    fn with(mut self, components: Value) -> Self {
        self.components = components;
        self
    }
}

const V3_0: &str = "3.0.3";
const V3_1: &str = "3.1.0";

fn properties(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn kinds() -> Vec<Kind> {
    let text = || json!({ "type": "string" });
    let nothing = || json!({ "type": "null" });
    vec![
        kind(
            "nullable-union",
            V3_0,
            properties(json!({
                "owner": { "nullable": true, "oneOf": [text(), properties(json!({ "a": text() })), { "type": "array", "items": text() }] },
                "list": { "type": "array", "items": { "nullable": true, "anyOf": [text(), { "type": "integer" }] } },
                "map": { "type": "object", "additionalProperties": { "nullable": true, "oneOf": [text(), { "type": "boolean" }] } },
            })),
            json!([{}, { "owner": null, "list": null, "map": null }, { "owner": "a", "list": [1, "a", null], "map": { "x": null, "y": true } }, { "owner": { "a": "b" } }, { "owner": ["a"] }]),
        ),
        kind(
            "nullable-union-31",
            V3_1,
            properties(json!({
                "a": { "anyOf": [reference("One"), reference("Two"), nothing()] },
                "b": { "type": ["string", "object", "null"], "properties": { "c": text() } },
                "c": { "oneOf": [nothing(), { "type": ["integer", "null"] }, { "type": "array", "items": { "anyOf": [text(), nothing()] } }] },
                "d": { "type": "array", "items": { "oneOf": [reference("One"), nothing()] } },
                "e": nothing(),
                "f": { "anyOf": [{ "type": "object", "additionalProperties": { "anyOf": [reference("One"), text(), nothing()] } }, nothing()] },
            })),
            json!([{}, { "a": null, "b": null, "c": null, "d": [null, { "x": "1" }], "e": null, "f": { "x": null, "y": "z" } }, { "a": { "y": 1 }, "b": "c", "c": ["a", null] }, { "b": { "c": "d" }, "c": 3 }]),
        )
        .with(json!({ "One": { "type": "object", "required": ["x"], "properties": { "x": text() } }, "Two": { "type": "object", "required": ["y"], "properties": { "y": { "type": "integer" } } } })),
        kind(
            "nullable-root-union",
            V3_1,
            json!({ "anyOf": [properties(json!({ "id": text() })), { "type": "array", "items": text() }, nothing()] }),
            json!([{ "id": "1" }, ["a"]]),
        ),
        kind(
            "properties-beside-one-of",
            V3_0,
            json!({
                "type": "object", "required": ["id"], "properties": { "id": text(), "more": reference("Beside") },
                "oneOf": [
                    { "type": "object", "required": ["user"], "properties": { "user": text() } },
                    { "type": "object", "required": ["team"], "properties": { "team": { "type": "integer" } } },
                ],
            }),
            json!([{ "id": "1", "user": "u" }, { "id": "1", "team": 7, "more": { "kind": "a", "one": "x" } }]),
        )
        .with(json!({ "Beside": { "type": "object", "properties": { "kind": text() }, "anyOf": [reference("One"), reference("Two")], "discriminator": { "propertyName": "kind" } }, "One": properties(json!({ "one": text() })), "Two": properties(json!({ "two": text() })) })),
        kind(
            "one-of-required-alone",
            V3_0,
            json!({ "type": "object", "properties": { "a": text(), "b": text() }, "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
            json!([{ "a": "1" }, { "b": "1" }]),
        ),
        kind(
            "all-of-with-additional-properties",
            V3_0,
            json!({ "allOf": [
                { "type": "object", "required": ["id"], "properties": { "id": text() }, "additionalProperties": false },
                { "type": "object", "properties": { "blocks": { "type": "object", "properties": { "b": text() }, "additionalProperties": true } }, "additionalProperties": true },
                { "type": "object", "additionalProperties": { "type": "object", "properties": { "z": text() } } },
            ] }),
            json!([{ "id": "1" }, { "id": "1", "blocks": { "b": "x", "y": 1 } }, { "id": "1", "other": { "z": "1" } }]),
        ),
        kind(
            "all-of-of-maps",
            V3_0,
            properties(json!({ "links": { "allOf": [reference("Map"), { "type": "object", "additionalProperties": text() }] }, "both": { "allOf": [reference("Map"), properties(json!({ "self": text() }))] } })),
            json!([{}, { "links": { "a": "b" }, "both": { "self": "a", "c": "d" } }]),
        )
        .with(json!({ "Map": { "type": "object", "additionalProperties": text() } })),
        kind(
            "required-undeclared",
            V3_0,
            json!({ "type": "object", "required": ["id", "gone", "type"], "properties": { "id": text(), "inner": { "allOf": [{ "required": ["x", "y"] }, properties(json!({ "x": text() }))] } } }),
            json!([{ "id": "1" }, { "id": "1", "inner": { "x": "a" } }]),
        ),
        kind(
            "small-enums",
            V3_0,
            properties(json!({
                "one": { "type": "string", "enum": ["only"] },
                "null": { "nullable": true, "enum": [null] },
                "some": { "type": "string", "nullable": true, "enum": ["a", null] },
                "mixed": { "enum": [1, "a", true, null] },
                "empty": { "type": "string", "enum": [""] },
                "alike": { "type": "string", "enum": ["a", "A", "a ", "-a", "unknown", "Unknown", "+1", "-1"] },
                "digits": { "type": "string", "enum": ["1", "2", "1.0"] },
                "numbers": { "type": "integer", "enum": [1] },
                "flags": { "type": "boolean", "enum": [true] },
                "objects": { "type": "object", "enum": [{ "a": 1 }] },
                "lists": { "type": "array", "items": { "type": "string", "enum": ["x"] } },
                "wrong": { "type": "string", "enum": [1, 2] },
            })),
            json!([{}, { "one": "only", "null": null, "some": null, "mixed": "a", "empty": "", "alike": "A", "digits": "1.0", "numbers": 1, "flags": true, "objects": { "a": 1 }, "lists": ["x", "y"] }, { "one": "another", "mixed": 1, "null": null }, { "mixed": true }]),
        ),
        kind(
            "constants",
            V3_1,
            properties(json!({ "a": { "const": null }, "b": { "const": "x" }, "c": { "const": 5 }, "d": { "const": { "x": 1 } }, "e": { "type": ["string", "null"], "enum": ["a", null] }, "f": { "enum": [null] } })),
            json!([{}, { "a": null, "b": "x", "c": 5, "d": { "x": 1 }, "e": null, "f": null }]),
        ),
        kind(
            "large-numbers",
            V3_0,
            properties(json!({
                "a": { "type": "integer", "enum": [18_446_744_073_709_551_615_u64, 1e30] },
                "b": { "type": "integer", "maximum": 1e30, "minimum": -1e30 },
                "c": { "type": "integer", "example": 18_446_744_073_709_551_615_u64 },
                "d": { "type": "integer", "format": "int128" },
                "e": { "type": "number", "enum": [1.5, 1e300] },
                "f": { "type": "integer", "format": "int32", "maximum": 4_294_967_296_u64 },
                "g": { "type": "integer", "example": 10.5 },
            })),
            json!([{}, { "a": 1, "b": 2, "c": 18_446_744_073_709_551_615_u64, "d": 4, "e": 1e300, "f": 4_294_967_296_u64, "g": 10.5 }]),
        ),
        kind(
            "contradictions",
            V3_0,
            properties(json!({
                "a": { "allOf": [text(), { "type": "object", "properties": { "x": text() } }] },
                "b": { "allOf": [{ "type": "string", "enum": ["a"] }, { "type": "string", "enum": ["b"] }] },
                "c": { "not": {} },
                "d": { "allOf": [{ "type": "integer" }, { "type": "string" }], "nullable": true },
                "e": { "type": "string", "properties": { "x": text() } },
                "f": { "type": "array", "properties": { "x": text() } },
            })),
            json!([{}]),
        ),
        kind(
            "contradiction-at-the-root",
            V3_0,
            json!({ "allOf": [{ "type": "array", "items": text() }, properties(json!({ "x": text() })), text()] }),
            json!([]),
        ),
        kind(
            "contradictory-branches",
            V3_0,
            json!({ "type": "object", "properties": { "a": text() }, "oneOf": [{ "type": "array", "items": text() }, { "type": "string", "enum": ["x"] }] }),
            json!([]),
        ),
        kind(
            "circles",
            V3_0,
            properties(json!({ "d": reference("Tree"), "e": reference("ByValue") })),
            json!([{}, { "d": { "next": { "next": { "kids": [{ "next": {} }] } } } }, { "e": { "other": { "back": { "other": {} } } } }]),
        )
        .with(json!({
            "Tree": properties(json!({ "next": reference("Tree"), "kids": { "type": "array", "items": reference("Tree") } })),
            "ByValue": properties(json!({ "other": reference("Back") })), "Back": properties(json!({ "back": reference("ByValue") })),
        })),
        kind(
            "names",
            V3_0,
            properties(json!({ "": text(), "$": text(), "a.b": text(), "self": text(), "type": text(), "id": text(), "_id": text(), "ID": text(), "Id": text(), "value": reference("Error"), "subtype_0": text(), "extra": reference("error"), "x": reference("Value"), "y": reference("String"), "z": reference("std") })),
            json!([{}, { "": "a", "$": "b", "id": "1", "_id": "2", "ID": "3", "Id": "4", "value": { "a": "x" } }]),
        )
        .with(json!({ "Error": properties(json!({ "a": text() })), "error": properties(json!({ "b": text() })), "Value": { "oneOf": [text(), properties(json!({ "a": text() }))] }, "String": properties(json!({ "s": text() })), "std": properties(json!({ "s": text() })) })),
        kind(
            "beside-references",
            V3_1,
            properties(json!({ "a": { "$ref": "#/components/schemas/One", "description": "Beside.", "properties": { "y": text() } }, "b": { "$ref": "#/components/schemas/One", "type": ["object", "null"] }, "c": { "anyOf": [{ "$ref": "#/components/schemas/One", "required": ["x"] }, { "type": "null" }], "default": null, "examples": [null] } })),
            json!([{}, { "a": { "x": "1", "y": "2" }, "b": null, "c": null }, { "b": { "x": "1" }, "c": { "x": "2" } }]),
        )
        .with(json!({ "One": properties(json!({ "x": text() })) })),
        kind(
            "keywords-of-31",
            V3_1,
            json!({ "type": "object", "unevaluatedProperties": false, "patternProperties": { "^x-": text() }, "propertyNames": { "pattern": "^a" },
                "properties": { "pair": { "type": "array", "prefixItems": [text(), { "type": "integer" }], "items": false }, "any": true, "none": false, "list": { "type": "array" }, "contains": { "type": "array", "contains": text() } },
                "if": { "required": ["pair"] }, "then": { "required": ["any"] }, "else": { "properties": { "other": text() } }, "dependentSchemas": { "any": { "required": ["pair"] } }, "$defs": { "x": text() } }),
            json!([{}, { "pair": ["a", 1], "any": { "x": 1 }, "list": [1, "a"], "x-y": "z" }]),
        ),
        kind(
            "discriminators",
            V3_0,
            properties(json!({ "pet": { "oneOf": [reference("Cat"), reference("Dog")], "discriminator": { "propertyName": "kind", "mapping": { "cat": "#/components/schemas/Cat", "dog": "Dog" } } }, "base": reference("Base") })),
            json!([{}, { "pet": { "kind": "cat", "lives": 9 }, "base": { "kind": "x" } }, { "pet": { "kind": "dog", "name": "Rex" } }, { "pet": { "kind": "fish" } }]),
        )
        .with(json!({
            "Base": { "type": "object", "required": ["kind"], "properties": { "kind": text() }, "discriminator": { "propertyName": "kind" } },
            "Cat": { "allOf": [reference("Base"), { "type": "object", "required": ["lives"], "properties": { "kind": { "type": "string", "enum": ["cat"] }, "lives": { "type": "integer" } } }] },
            "Dog": { "allOf": [reference("Base"), { "type": "object", "properties": { "kind": { "type": "string", "enum": ["dog"] }, "name": text() } }] },
        })),
        kind(
            "odd-maps",
            V3_0,
            json!({ "type": "object", "required": ["id"], "properties": { "id": text(), "a": { "type": "object", "additionalProperties": {} }, "b": { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "object", "additionalProperties": { "oneOf": [text(), { "type": "object" }] } } } }, "c": { "type": "object", "required": ["x"], "additionalProperties": text() }, "d": { "additionalProperties": text(), "oneOf": [properties(json!({ "p": text() })), properties(json!({ "q": text() }))] } }, "additionalProperties": { "type": "integer" } }),
            json!([{ "id": "1", "n": 4 }, { "id": "1", "a": { "x": 1 }, "b": { "k": [{ "z": "a" }] }, "c": { "y": "z" } }]),
        ),
        kind(
            "secrets-in-unions",
            V3_0,
            properties(json!({ "token": { "nullable": true, "oneOf": [text(), properties(json!({ "secret": text() }))] }, "tokens": { "type": "array", "items": { "anyOf": [text(), { "type": "integer" }] } }, "password": { "allOf": [text()], "nullable": true } })),
            json!([{}, { "token": "a", "tokens": ["b", 1], "password": null }, { "token": { "secret": "x" } }]),
        ),
        kind(
            "unions-of-one",
            V3_0,
            properties(json!({ "a": { "oneOf": [text()] }, "b": { "anyOf": [properties(json!({ "x": text() }))] }, "c": { "allOf": [{ "oneOf": [text(), { "type": "integer" }] }] }, "d": { "allOf": [{ "anyOf": [properties(json!({ "x": text() })), properties(json!({ "y": text() }))] }, { "anyOf": [properties(json!({ "z": text() })), properties(json!({ "w": text() }))] }] }, "e": { "oneOf": [{ "type": "string", "enum": ["a"] }, { "type": "string", "enum": ["b"], "nullable": true }] } })),
            json!([{}, { "a": "x", "b": { "x": "y" }, "c": 1, "d": { "x": "1", "z": "2" }, "e": "b" }, { "e": null, "a": null }]),
        ),
        kind("scalar", V3_0, json!({ "type": "string", "format": "uuid" }), json!(["x"])),
        kind("list", V3_0, json!({ "type": "array", "items": { "nullable": true, "oneOf": [text(), properties(json!({ "a": text() }))] } }), json!([["a", null, { "a": "b" }]])),
        kind("map", V3_0, json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "integer" } } }), json!([{ "a": [1] }])),
        kind("nullable-object", V3_1, json!({ "type": ["object", "null"], "properties": { "a": text() } }), json!([{ "a": "x" }])),
        kind("anything", V3_1, json!({ "description": "Whatever." }), json!([{ "a": "x" }, [1]])),
        kind(
            "by-value",
            V3_0,
            properties(json!({ "id": text(), "more": { "type": "array", "items": reference("L0") }, "wide": reference("Wide"), "union": reference("Union") })),
            json!([{ "id": "1", "more": [] }, { "more": [{ "p0": { "p1": { "p2": { "p3": { "p4": { "p5": { "p6": { "id": "x" } } } } } } } }], "wide": { "p399": { "p0": "x" } }, "union": { "a": { "p1": { "id": "x" } } } }]),
        )
        .with(by_value()),
        kind(
            "deep",
            V3_0,
            properties(json!({ "node": reference("Node") })),
            Value::Array(vec![json!({ "node": nested(12) })]),
        )
        .with(json!({ "Node": properties(Value::Object((0..60).map(|index| (format!("p{index}"), json!({ "nullable": true, "oneOf": [reference("Node"), text()] }))).collect())) })),
    ]
}

/// Types that nest by value, each eight times in the one before; a wide one; and a union of them.
fn by_value() -> Value {
    let mut schemas = serde_json::Map::new();
    for level in 0..8 {
        let next = format!("L{}", level + 1);
        let members = (0..8).map(|index| (format!("p{index}"), reference(&next)));
        schemas.insert(
            format!("L{level}"),
            properties(Value::Object(members.collect())),
        );
    }
    schemas.insert(
        "L8".to_owned(),
        properties(json!({ "id": { "type": "string" } })),
    );
    let members = (0..400).map(|index| (format!("p{index}"), reference("Part")));
    schemas.insert(
        "Wide".to_owned(),
        properties(Value::Object(members.collect())),
    );
    let members = (0..400).map(|index| (format!("p{index}"), json!({ "type": "string" })));
    schemas.insert(
        "Part".to_owned(),
        properties(Value::Object(members.collect())),
    );
    schemas.insert("Union".to_owned(), json!({ "oneOf": [
        { "type": "object", "required": ["a"], "properties": { "a": reference("L7"), "b": reference("Wide") } },
        { "type": "object", "required": ["c"], "properties": { "c": reference("Wide") } },
    ] }));
    Value::Object(schemas)
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!("end"), |inner, _| json!({ "p3": inner }))
}

const MAIN: &str = r#"
/// No more than a small thread has.
const STACK: usize = 1 << 20;

fn read<T>(name: &str, answer: &str)
where
    T: serde::de::DeserializeOwned + serde::Serialize + Clone + PartialEq + std::fmt::Debug,
{
    let value: T = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{name}: {error}: {answer}"));
    let copy = value.clone();
    assert_eq!(value, copy, "{name}");
    assert!(!format!("{value:?}").is_empty());
    serde_json::to_string(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn main() {
    let reader = std::thread::Builder::new().stack_size(STACK).spawn(all).expect("a thread");
    reader.join().expect("every answer reads");
}

fn all() {
"#;

#[test]
fn kinds_of_schemas() {
    let mut workspace = Workspace::new();
    // They are many.
    workspace.debug = "0";
    let mut main = MAIN.to_owned();
    let mut dependencies = String::new();
    let mut all = Vec::new();
    for kind in kinds() {
        let generated = generate(&kind, &workspace.destination);
        let library = format!("keyholder_{}", kind.name.replace('-', "_"));
        let _ = writeln!(
            dependencies,
            "keyholder-{0} = {{ path = \"../clients/providers/{0}\", features = [\"httpmock\", \"schemars\"] }}",
            kind.name
        );
        let client = &generated.files["src/client.rs"];
        let typed = client
            .split_once("Result<Response<types::")
            .map(|(_, rest)| rest.split_once('>').unwrap().0);
        if let Some(typed) = typed {
            for answer in &kind.answers {
                let _ = writeln!(
                    main,
                    "    read::<{library}::types::{typed}>({:?}, r##\"{answer}\"##);",
                    kind.name
                );
            }
        }
        all.push(generated);
    }
    main.push_str("}\n");
    let manifest = format!(
        "[package]\nname = \"keyholder-kinds-app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\nserde_json = \"1\"\n{dependencies}"
    );
    workspace.write(all, &manifest, &main);
    workspace.cargo(&["run", "--package", "keyholder-kinds-app"]);
}

fn generate(kind: &Kind, destination: &Destination) -> Generated {
    let content = json!({ "application/json": { "schema": kind.schema } });
    let description = json!({
        "openapi": kind.version,
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.dev" }],
        "security": [{ "key": [] }],
        "paths": { "/me": { "get": {
            "operationId": "get_me",
            "responses": {
                "200": { "description": "The caller.", "content": content },
                "400": { "description": "An error.", "content": content },
            },
            "x-whoami": { "identity": "none", "token": { "env": "ACME_API_KEY" } },
        } } },
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
            "schemas": kind.components,
        },
    });
    let spec = Spec {
        provider: kind.name.to_owned(),
        description: format!("{}.json", kind.name).into(),
        overlay: None,
    };
    let described = Described::parse(&spec, &description.to_string(), None).unwrap();
    generate_from(&described, destination).unwrap_or_else(|error| panic!("{}: {error}", kind.name))
}
