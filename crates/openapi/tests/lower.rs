//! The lowering of OpenAPI 3.1 to 3.0, through its public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
// What is written out in place reads better without borrows, and tables are long.
#![allow(clippy::needless_pass_by_value, clippy::too_many_lines)]

use std::collections::BTreeSet;

use keyholder_openapi::lower::{Lowered, lower};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// A document with components of these schemas.
fn document(version: &str, schemas: Value) -> Value {
    let mut document = json!({
        "openapi": version,
        "info": { "title": "Test", "version": "1" },
        "paths": {},
        "components": { "schemas": schemas },
    });
    // Something to refer to.
    let components = document["components"]["schemas"].as_object_mut().unwrap();
    components
        .entry("Pet")
        .or_insert_with(|| json!({ "type": "object" }));
    document
}

/// The document, lowered, after what holds for every one: `openapiv3` parses it, and lowering it again
/// changes nothing.
fn lowered(source: &Value) -> Lowered {
    let lowered = lower(source).unwrap_or_else(|error| panic!("{error}\n{source:#}"));
    if let Err(error) = serde_json::from_value::<openapiv3::OpenAPI>(lowered.document.clone()) {
        panic!("{error}\n{:#}", lowered.document);
    }
    let again = lower(&lowered.document).unwrap();
    let (first, second) = (&lowered.document, &again.document);
    assert!(
        first == second,
        "{source:#}\nfirst\n{first:#}\nthen\n{second:#}"
    );
    assert_eq!(again.loosened, []);
    lowered
}

/// Whether progenitor generates code for the document that names no type twice.
fn generates(document: &Value) -> Result<(), String> {
    let document = serde_json::from_value(document.clone()).unwrap();
    let generate = || {
        progenitor_impl::Generator::default()
            .generate_tokens(&document)
            .map_err(|error| error.to_string())
    };
    let tokens = std::panic::catch_unwind(generate).map_err(|_| "panics".to_owned())??;
    let file: syn::File = syn::parse2(tokens).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(types) if types.ident == "types" => types.content,
        _ => None,
    });
    let mut names = BTreeSet::new();
    for item in types.unwrap().1 {
        let name = match item {
            syn::Item::Struct(item) => item.ident,
            syn::Item::Enum(item) => item.ident,
            _ => continue,
        };
        if !names.insert(name.to_string()) {
            return Err(format!("names two types {name}"));
        }
    }
    Ok(())
}

/// The pointers of what was loosened, within the schema `S` where it is in there.
fn pointers(lowered: &Lowered) -> Vec<&str> {
    let pointers = lowered
        .loosened
        .iter()
        .map(|loosened| loosened.pointer.as_str());
    pointers
        .map(|pointer| {
            pointer
                .strip_prefix("/components/schemas/S/")
                .unwrap_or(pointer)
        })
        .collect()
}

/// Asserts what the schema `S` of a document becomes, and where it is loosened.
#[track_caller]
fn assert_schema(version: &str, source: &Value, expected: &Value, loosened: &[&str]) {
    let lowered = lowered(&document(version, json!({ "S": source })));
    let schema = &lowered.document["components"]["schemas"]["S"];
    assert_eq!(schema, expected, "\n{source:#}\nbecame\n{schema:#}");
    assert_eq!(pointers(&lowered), loosened, "\n{source:#}");
    if let Err(error) = generates(&lowered.document) {
        panic!("progenitor {error}\n{:#}", lowered.document);
    }
}

/// Asserts what a schema of 3.1 becomes, accepting what it accepted.
#[track_caller]
fn lowers(source: Value, expected: Value) {
    assert_schema("3.1.0", &source, &expected, &[]);
}

/// Asserts what a schema of 3.1 becomes, and where it is loosened.
#[track_caller]
fn loosens(source: Value, expected: Value, loosened: &[&str]) {
    assert_schema("3.1.0", &source, &expected, loosened);
}

/// Asserts that a document is refused, where and how.
#[track_caller]
fn refuses(source: &Value, pointer: &str, message: &str) {
    let error = lower(source).expect_err("it is lowered");
    assert_eq!(error.pointer(), Some(pointer), "{error}");
    assert!(error.to_string().contains(message), "{error}");
}

/// Asserts that the schema `S` of a document is refused, where and how.
#[track_caller]
fn refuses_schema(schema: Value, place: &str, message: &str) {
    refuses(
        &document("3.1.0", json!({ "S": schema })),
        &format!("/components/schemas/S{place}"),
        message,
    );
}

mod null {
    use super::*;

    #[test]
    fn type_lists() {
        lowers(
            json!({ "type": ["string", "null"] }),
            json!({ "type": "string", "nullable": true }),
        );
        lowers(json!({ "type": ["string"] }), json!({ "type": "string" }));
        lowers(
            json!({ "type": "null" }),
            json!({ "enum": [null], "nullable": true }),
        );
        lowers(
            json!({ "type": ["null"], "description": "d" }),
            json!({ "enum": [null], "nullable": true, "description": "d" }),
        );
        lowers(
            json!({ "type": ["string", "integer"], "minLength": 1, "minimum": 2, "title": "T", "format": "date" }),
            json!({
                "title": "T",
                "anyOf": [
                    { "type": "string", "minLength": 1, "format": "date" },
                    { "type": "integer", "minimum": 2, "format": "date" },
                ],
            }),
        );
        lowers(
            json!({
                "properties": {
                    "p": {
                        "type": ["array", "object", "null"],
                        "items": { "type": "string" },
                        "properties": { "a": {} },
                        "required": ["a"],
                        "additionalProperties": false,
                        "maxItems": 3,
                    },
                },
            }),
            json!({
                "properties": {
                    "p": {
                        "nullable": true,
                        "anyOf": [
                            { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
                            { "type": "object", "properties": { "a": {} }, "required": ["a"], "additionalProperties": false },
                        ],
                    },
                },
            }),
        );
    }

    #[test]
    fn type_lists_that_say_less_than_they_list() {
        lowers(
            json!({ "type": ["number", "integer"], "minimum": 1 }),
            json!({ "type": "number", "minimum": 1 }),
        );
        let every = [
            "array", "boolean", "integer", "null", "number", "object", "string",
        ];
        lowers(json!({ "type": every }), json!({}));
        lowers(
            json!({ "type": every, "enum": ["a", null] }),
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
        );
    }

    #[test]
    fn a_branch() {
        let nullable = json!({ "type": "string", "maxLength": 5, "nullable": true, "title": "T" });
        for keyword in ["anyOf", "oneOf"] {
            lowers(
                json!({ "properties": { "p": { keyword: [{ "type": "string", "maxLength": 5 }, { "type": "null" }], "title": "T" } } }),
                json!({ "properties": { "p": nullable } }),
            );
            lowers(
                json!({ keyword: [{ "$ref": "#/components/schemas/Pet" }, { "type": "null" }] }),
                json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }], "nullable": true }),
            );
            lowers(
                json!({ "properties": { "p": { keyword: [{ "type": "null" }, { "type": "string" }, { "type": "integer" }] } } }),
                json!({ "properties": { "p": { keyword: [{ "type": "string" }, { "type": "integer" }], "nullable": true } } }),
            );
        }
        lowers(
            json!({ "anyOf": [{ "const": null }, { "enum": [null] }] }),
            json!({ "enum": [null], "nullable": true }),
        );
        lowers(
            json!({ "anyOf": [{ "type": "null" }, true] }),
            json!({ "nullable": true }),
        );
    }

    #[test]
    fn a_branch_beside_other_keywords() {
        lowers(
            json!({
                "anyOf": [{ "$ref": "#/components/schemas/Pet" }, { "type": "null" }],
                "properties": { "a": { "type": "string" } },
                "description": "d",
            }),
            json!({
                "allOf": [{ "$ref": "#/components/schemas/SInner" }],
                "nullable": true,
                "description": "d",
            }),
        );
        loosens(
            json!({ "type": "object", "anyOf": [{ "$ref": "#/components/schemas/Pet" }, { "type": "null" }] }),
            json!({ "type": "object", "allOf": [{ "$ref": "#/components/schemas/Pet" }], "nullable": true }),
            &["anyOf"],
        );
        lowers(
            json!({
                "properties": {
                    "p": {
                        "anyOf": [{ "type": "object", "required": ["a"] }, { "type": "null" }],
                        "oneOf": [{ "type": "object", "required": ["b"] }, { "type": "null" }],
                    },
                },
            }),
            json!({
                "properties": {
                    "p": {
                        "allOf": [{ "type": "object", "required": ["a"] }],
                        "oneOf": [{ "type": "object", "required": ["b"] }],
                        "nullable": true,
                    },
                },
            }),
        );
    }

    #[test]
    fn branches_that_accept_null_among_others() {
        lowers(
            json!({ "properties": { "p": { "anyOf": [{ "type": ["string", "null"] }, { "type": ["integer", "null"] }] } } }),
            json!({ "properties": { "p": { "anyOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true } } }),
        );
        // Null is accepted by two branches of `oneOf`, and so by none.
        lowers(
            json!({ "oneOf": [{ "type": ["string", "null"] }, { "type": ["integer", "null"] }] }),
            json!({ "oneOf": [{ "type": "string", "nullable": true }, { "type": "integer", "nullable": true }] }),
        );
        loosens(
            json!({ "properties": { "p": { "oneOf": [{ "type": ["string", "null"] }, { "type": "null" }] } } }),
            json!({ "properties": { "p": { "type": "string", "nullable": true } } }),
            &["properties/p/oneOf"],
        );
    }

    #[test]
    fn beside_what_excludes_it() {
        loosens(
            json!({ "type": ["string", "null"], "enum": ["a"] }),
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
            &["type"],
        );
        loosens(
            json!({ "type": "string", "enum": ["a", null] }),
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
            &["enum"],
        );
        loosens(
            json!({ "type": ["object", "null"], "allOf": [{ "$ref": "#/components/schemas/Pet" }] }),
            json!({ "type": "object", "allOf": [{ "$ref": "#/components/schemas/Pet" }], "nullable": true }),
            &["type"],
        );
        loosens(
            json!({ "type": "string", "nullable": true }),
            json!({ "type": "string", "nullable": true }),
            &["nullable"],
        );
        lowers(
            json!({ "type": "string", "nullable": false }),
            json!({ "type": "string" }),
        );
    }

    #[test]
    fn a_reference_that_accepts_it_is_followed() {
        let source = document(
            "3.1.0",
            json!({
                "Maybe": { "type": ["object", "null"] },
                "S": { "type": ["object", "null"], "allOf": [{ "$ref": "#/components/schemas/Maybe" }] },
            }),
        );
        assert_eq!(pointers(&lowered(&source)), [""; 0]);
    }

    /// typify names what a nullable component is beside null by the component, unless it is a component.
    #[test]
    fn of_a_component_that_is_a_choice() {
        let lowered = lowered(&document(
            "3.1.0",
            json!({
                "S": { "description": "d", "x-e": 1, "oneOf": [{ "type": "string" }, { "type": "integer" }, { "type": "null" }] },
                "Titled": { "title": "Titled", "type": ["object", "null"], "properties": { "a": {} } },
                "TitledInner": { "type": "string" },
            }),
        ));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["S"],
            json!({ "description": "d", "x-e": 1, "allOf": [{ "$ref": "#/components/schemas/SInner" }], "nullable": true })
        );
        assert_eq!(
            schemas["SInner"],
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] })
        );
        assert_eq!(
            schemas["Titled"]["allOf"],
            json!([{ "$ref": "#/components/schemas/TitledInner_2" }])
        );
        assert_eq!(
            schemas["TitledInner_2"],
            json!({ "type": "object", "properties": { "a": {} } })
        );
        generates(&lowered.document).unwrap();
    }
}

mod values {
    use super::*;

    #[test]
    fn const_is_an_enum_of_one() {
        lowers(
            json!({ "const": "a" }),
            json!({ "type": "string", "enum": ["a"] }),
        );
        lowers(
            json!({ "const": 1 }),
            json!({ "type": "integer", "enum": [1] }),
        );
        lowers(
            json!({ "const": 1.5 }),
            json!({ "type": "number", "enum": [1.5] }),
        );
        lowers(
            json!({ "const": true }),
            json!({ "type": "boolean", "enum": [true] }),
        );
        lowers(
            json!({ "const": { "a": 1 } }),
            json!({ "type": "object", "enum": [{ "a": 1 }] }),
        );
        lowers(
            json!({ "const": [1] }),
            json!({ "type": "array", "items": {}, "enum": [[1]] }),
        );
        lowers(
            json!({ "const": null }),
            json!({ "enum": [null], "nullable": true }),
        );
        lowers(
            json!({ "const": "a", "enum": ["a", "b"] }),
            json!({ "type": "string", "enum": ["a"] }),
        );
        lowers(
            json!({ "const": 1, "enum": [1.0] }),
            json!({ "type": "integer", "enum": [1] }),
        );
        lowers(
            json!({ "const": "c", "enum": ["a", "b"], "title": "T" }),
            json!({ "not": {}, "title": "T" }),
        );
    }

    #[test]
    fn an_enum_has_a_type() {
        lowers(
            json!({ "enum": ["a", "b"] }),
            json!({ "type": "string", "enum": ["a", "b"] }),
        );
        lowers(
            json!({ "enum": [1, 2.5] }),
            json!({ "type": "number", "enum": [1, 2.5] }),
        );
        lowers(
            json!({ "enum": ["a", 1, null, true], "description": "d" }),
            json!({
                "allOf": [{ "$ref": "#/components/schemas/SInner" }],
                "description": "d",
                "nullable": true,
            }),
        );
        lowers(
            json!({ "type": ["string", "integer"], "enum": ["a", 1, true] }),
            json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, { "type": "integer", "enum": [1] }] }),
        );
        lowers(
            json!({ "type": ["string", "integer"], "enum": ["a"] }),
            json!({ "type": "string", "enum": ["a"] }),
        );
        lowers(
            json!({ "type": "string", "enum": ["a", 1] }),
            json!({ "type": "string", "enum": ["a"] }),
        );
        lowers(json!({ "enum": [] }), json!({ "not": {} }));
    }

    #[test]
    fn an_enum_of_null() {
        lowers(
            json!({ "enum": ["a", null] }),
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
        );
        lowers(
            json!({ "type": ["string", "null"], "enum": ["a", null] }),
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
        );
        lowers(
            json!({ "enum": [null] }),
            json!({ "enum": [null], "nullable": true }),
        );
        loosens(
            json!({ "type": "string", "const": null }),
            json!({ "enum": [null], "nullable": true }),
            &["const"],
        );
    }

    #[test]
    fn an_enum_of_other_types_than_the_type() {
        loosens(
            json!({ "type": "integer", "enum": ["1", "2"] }),
            json!({ "type": "integer" }),
            &["enum"],
        );
    }

    #[test]
    fn boolean_schemas() {
        lowers(json!(true), json!({}));
        lowers(json!(false), json!({ "not": {} }));
        lowers(
            json!({ "type": "object", "properties": { "a": true, "b": false }, "additionalProperties": false }),
            json!({ "type": "object", "properties": { "a": {}, "b": { "not": {} } }, "additionalProperties": false }),
        );
        lowers(
            json!({ "type": "object", "additionalProperties": true }),
            json!({ "type": "object", "additionalProperties": true }),
        );
        lowers(
            json!({ "type": "array", "items": false }),
            json!({ "type": "array", "items": {}, "maxItems": 0 }),
        );
        lowers(
            json!({ "type": "array", "items": true }),
            json!({ "type": "array", "items": {} }),
        );
        lowers(
            json!({ "type": "array" }),
            json!({ "type": "array", "items": {} }),
        );
    }
}

mod assertions {
    use super::*;

    #[test]
    fn bounds() {
        let cases = [
            (
                json!({ "exclusiveMinimum": 1 }),
                json!({ "minimum": 1, "exclusiveMinimum": true }),
            ),
            (
                json!({ "exclusiveMaximum": 1.5 }),
                json!({ "maximum": 1.5, "exclusiveMaximum": true }),
            ),
            (
                json!({ "minimum": 3, "exclusiveMinimum": 1 }),
                json!({ "minimum": 3 }),
            ),
            (
                json!({ "minimum": 1, "exclusiveMinimum": 3 }),
                json!({ "minimum": 3, "exclusiveMinimum": true }),
            ),
            (
                json!({ "minimum": 3, "exclusiveMinimum": 3 }),
                json!({ "minimum": 3, "exclusiveMinimum": true }),
            ),
            (
                json!({ "maximum": 3, "exclusiveMaximum": 1 }),
                json!({ "maximum": 1, "exclusiveMaximum": true }),
            ),
            (
                json!({ "maximum": 1, "exclusiveMaximum": 3 }),
                json!({ "maximum": 1 }),
            ),
            (
                json!({ "maximum": 1, "exclusiveMaximum": 1.0 }),
                json!({ "maximum": 1.0, "exclusiveMaximum": true }),
            ),
            (
                json!({ "minimum": u64::MAX, "exclusiveMinimum": u64::MAX - 1 }),
                json!({ "minimum": u64::MAX }),
            ),
            // As 3.0 writes it.
            (
                json!({ "minimum": 1, "exclusiveMinimum": true }),
                json!({ "minimum": 1, "exclusiveMinimum": true }),
            ),
            (
                json!({ "minimum": 1, "exclusiveMinimum": false }),
                json!({ "minimum": 1, "exclusiveMinimum": false }),
            ),
            (json!({ "exclusiveMinimum": true }), json!({})),
        ];
        for (mut source, mut expected) in cases {
            source["type"] = json!("number");
            expected["type"] = json!("number");
            lowers(source, expected);
        }
    }

    #[test]
    fn counts() {
        lowers(
            json!({ "type": "string", "maxLength": 5.0 }),
            json!({ "type": "string", "maxLength": 5 }),
        );
        loosens(
            json!({ "type": "string", "maxLength": 4_294_967_296_u64 }),
            json!({ "type": "string" }),
            &["maxLength"],
        );
        lowers(
            json!({ "type": "string", "maxLength": u32::MAX }),
            json!({ "type": "string", "maxLength": u32::MAX }),
        );
        lowers(
            json!({ "type": "object", "required": [] }),
            json!({ "type": "object" }),
        );
    }

    #[test]
    fn content() {
        lowers(
            json!({ "type": "string", "contentEncoding": "base64" }),
            json!({ "type": "string", "format": "byte" }),
        );
        lowers(
            json!({ "type": ["string", "null"], "contentEncoding": "base64", "contentMediaType": "image/png" }),
            json!({ "type": "string", "nullable": true, "format": "byte" }),
        );
        lowers(
            json!({ "type": "string", "contentMediaType": "application/octet-stream" }),
            json!({ "type": "string", "format": "binary" }),
        );
        loosens(
            json!({ "type": "string", "contentEncoding": "base64", "format": "password" }),
            json!({ "type": "string", "format": "password" }),
            &["contentEncoding"],
        );
        loosens(
            json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": { "type": "null" } }),
            json!({ "type": "string" }),
            &["contentMediaType", "contentSchema"],
        );
    }

    #[test]
    fn format() {
        lowers(
            json!({ "type": "string", "format": "uuid" }),
            json!({ "type": "string", "format": "uuid" }),
        );
        lowers(
            json!({ "pattern": "a", "format": "email" }),
            json!({ "pattern": "a", "format": "email" }),
        );
        loosens(
            json!({ "type": "object", "format": "map" }),
            json!({ "type": "object" }),
            &["format"],
        );
        loosens(json!({ "format": "date" }), json!({}), &["format"]);
    }

    #[test]
    fn nullable_without_a_type_is_wrapped() {
        // progenitor takes it for an array.
        let source = json!({ "minLength": 1, "anyOf": [{ "type": "null" }, true] });
        let lowered = lowered(&document(
            "3.1.0",
            json!({ "S": { "properties": { "p": source } } }),
        ));
        assert_eq!(
            lowered
                .document
                .pointer("/components/schemas/S/properties/p")
                .unwrap(),
            &json!({ "allOf": [{ "minLength": 1, "allOf": [{}] }], "nullable": true })
        );
    }
}

mod arrays {
    use super::*;

    #[test]
    fn tuples() {
        let (a, b, c) = (
            json!({ "type": "string" }),
            json!({ "type": "integer" }),
            json!({ "type": "boolean" }),
        );
        let array = |mut source: Value, mut expected: Value, loosened: &[&str]| {
            source["type"] = json!("array");
            expected["type"] = json!("array");
            loosens(source, expected, loosened);
        };
        array(
            json!({ "prefixItems": [a, b] }),
            json!({ "items": {} }),
            &["prefixItems"],
        );
        array(
            json!({ "prefixItems": [a, b], "items": c }),
            json!({ "items": { "anyOf": [a, b, c] } }),
            &["prefixItems"],
        );
        array(
            json!({ "prefixItems": [a, b], "items": false }),
            json!({ "items": { "anyOf": [a, b] }, "maxItems": 2 }),
            &["prefixItems"],
        );
        array(
            json!({ "prefixItems": [a, b], "items": false, "maxItems": 1 }),
            json!({ "items": a, "maxItems": 1 }),
            &[],
        );
        array(
            json!({ "prefixItems": [a, b], "minItems": 2, "maxItems": 2 }),
            json!({ "items": { "anyOf": [a, b] }, "minItems": 2, "maxItems": 2 }),
            &["prefixItems"],
        );
        array(
            json!({ "prefixItems": [a, a], "items": false }),
            json!({ "items": a, "maxItems": 2 }),
            &[],
        );
        array(
            json!({ "prefixItems": [a, a], "items": a }),
            json!({ "items": a }),
            &[],
        );
        array(
            json!({ "prefixItems": [a], "unevaluatedItems": b }),
            json!({ "items": { "anyOf": [a, b] } }),
            &["prefixItems"],
        );
        array(
            json!({ "prefixItems": [a, { "type": "null" }], "items": false }),
            json!({ "items": { "type": "string", "nullable": true }, "maxItems": 2 }),
            &["prefixItems"],
        );
    }

    #[test]
    fn unevaluated_items() {
        lowers(
            json!({ "type": "array", "unevaluatedItems": { "type": "string" } }),
            json!({ "type": "array", "items": { "type": "string" } }),
        );
        lowers(
            json!({ "type": "array", "items": { "type": "string" }, "unevaluatedItems": false }),
            json!({ "type": "array", "items": { "type": "string" } }),
        );
        loosens(
            json!({ "type": "array", "allOf": [{ "minItems": 1 }], "unevaluatedItems": false }),
            json!({ "type": "array", "allOf": [{ "minItems": 1 }], "items": {} }),
            &["unevaluatedItems"],
        );
    }

    #[test]
    fn contains() {
        loosens(
            json!({ "type": "array", "contains": { "type": "string" }, "minContains": 2, "maxContains": 3 }),
            json!({ "type": "array", "items": {} }),
            &["contains"],
        );
        lowers(
            json!({ "type": "array", "contains": false, "minContains": 0 }),
            json!({ "type": "array", "items": {} }),
        );
        lowers(
            json!({ "type": "array", "minContains": 2 }),
            json!({ "type": "array", "items": {} }),
        );
    }
}

mod objects {
    use super::*;

    #[test]
    fn pattern_properties() {
        let (a, b) = (json!({ "type": "string" }), json!({ "type": "integer" }));
        loosens(
            json!({ "type": "object", "patternProperties": { "^a": a } }),
            json!({ "type": "object" }),
            &["patternProperties"],
        );
        loosens(
            json!({ "type": "object", "patternProperties": { "^a": a }, "additionalProperties": false }),
            json!({ "type": "object", "additionalProperties": a }),
            &["patternProperties"],
        );
        loosens(
            json!({ "type": "object", "patternProperties": { "^a": a }, "additionalProperties": b, "properties": { "c": {} } }),
            json!({ "type": "object", "additionalProperties": { "anyOf": [a, b] }, "properties": { "c": {} } }),
            &["patternProperties"],
        );
        lowers(
            json!({ "type": "object", "patternProperties": { ".*": a }, "additionalProperties": false }),
            json!({ "type": "object", "additionalProperties": a }),
        );
        lowers(
            json!({ "type": "object", "patternProperties": {} }),
            json!({ "type": "object" }),
        );
    }

    #[test]
    fn unevaluated_properties() {
        lowers(
            json!({ "type": "object", "properties": { "a": {} }, "unevaluatedProperties": false }),
            json!({ "type": "object", "properties": { "a": {} }, "additionalProperties": false }),
        );
        lowers(
            json!({ "type": "object", "additionalProperties": true, "unevaluatedProperties": false }),
            json!({ "type": "object", "additionalProperties": true }),
        );
        loosens(
            json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }], "unevaluatedProperties": false }),
            json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }] }),
            &["unevaluatedProperties"],
        );
    }

    #[test]
    fn names_and_dependencies() {
        loosens(
            json!({ "type": "object", "propertyNames": { "pattern": "^a" } }),
            json!({ "type": "object" }),
            &["propertyNames"],
        );
        lowers(
            json!({ "type": "object", "propertyNames": { "type": "string" } }),
            json!({ "type": "object" }),
        );
        loosens(
            json!({
                "type": "object",
                "dependentRequired": { "a": ["b"] },
                "dependentSchemas": { "a": { "required": ["b"] } },
            }),
            json!({ "type": "object" }),
            &["dependentRequired", "dependentSchemas"],
        );
    }

    /// Property names that are keywords elsewhere, and data that looks like schemas.
    #[test]
    fn names_and_data_are_left_alone() {
        let data = json!({
            "type": ["string", "null"],
            "const": 1,
            "$ref": "#/nowhere",
            "examples": [1],
            "properties": { "type": 5 },
        });
        let schema = json!({
            "type": "object",
            "properties": {
                "type": { "type": "string" },
                "const": { "type": "string" },
                "$defs": { "type": "string" },
                "$ref": { "type": "string" },
                "$id": { "type": "string" },
                "nullable": { "type": "string" },
                "enum": { "type": "string" },
                "x-name": { "type": "string" },
            },
            "example": data,
            "default": data,
            "x-data": data,
        });
        let lowered = lowered(&document(
            "3.1.0",
            json!({ "S": schema, "T": { "const": data } }),
        ));
        assert_eq!(lowered.document["components"]["schemas"]["S"], schema);
        assert_eq!(
            lowered.document["components"]["schemas"]["T"]["enum"],
            json!([data])
        );
        assert_eq!(lowered.loosened, []);
    }
}

mod applicators {
    use super::*;

    #[test]
    fn a_reference_with_siblings() {
        let pet = json!({ "$ref": "#/components/schemas/Pet" });
        lowers(pet.clone(), pet.clone());
        lowers(
            json!({ "$ref": "#/components/schemas/Pet", "$comment": "c" }),
            pet.clone(),
        );
        lowers(
            json!({ "$ref": "#/components/schemas/Pet", "description": "d" }),
            json!({ "allOf": [pet], "description": "d" }),
        );
        lowers(
            json!({ "$ref": "#/components/schemas/Pet", "allOf": [{ "minProperties": 1 }], "required": ["a"] }),
            json!({ "allOf": [pet, { "minProperties": 1 }], "required": ["a"] }),
        );
        loosens(
            json!({ "$ref": "#/components/schemas/Pet", "nullable": true, "description": "d" }),
            json!({ "allOf": [pet], "nullable": true, "description": "d" }),
            &["nullable"],
        );
    }

    #[test]
    fn any_of_beside_one_of() {
        lowers(
            json!({
                "type": "object",
                "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
                "oneOf": [{ "required": ["c"] }, { "required": ["d"] }],
            }),
            json!({
                "type": "object",
                "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
                "allOf": [{ "oneOf": [{ "required": ["c"] }, { "required": ["d"] }] }],
            }),
        );
    }

    #[test]
    fn one_of_with_a_branch_that_is_loosened() {
        let dependent = json!({ "type": "object", "dependentRequired": { "a": ["b"] } });
        let object = json!({ "type": "object" });
        loosens(
            json!({ "oneOf": [dependent, { "type": "object", "required": ["c"] }] }),
            json!({ "anyOf": [object, { "type": "object", "required": ["c"] }] }),
            &["oneOf/0/dependentRequired", "oneOf"],
        );
        // No value is of both types.
        loosens(
            json!({ "oneOf": [dependent, { "type": "string" }] }),
            json!({ "oneOf": [object, { "type": "string" }] }),
            &["oneOf/0/dependentRequired"],
        );
        // But null is.
        loosens(
            json!({ "oneOf": [
                { "type": ["string", "null"], "enum": ["a"] },
                { "type": ["integer", "null"] },
            ] }),
            json!({ "anyOf": [
                { "type": "string", "enum": ["a"], "nullable": true },
                { "type": "integer", "nullable": true },
            ] }),
            &["oneOf/0/type", "oneOf"],
        );
    }

    #[test]
    fn one_of_that_a_property_tells_apart() {
        let branch = |tag: &str| {
            json!({
                "type": "object",
                "required": ["kind"],
                "properties": { "kind": { "const": tag }, "pair": { "type": "array", "prefixItems": [true], "items": false } },
                "dependentRequired": { "a": ["b"] },
            })
        };
        let source = document(
            "3.1.0",
            json!({
                "Cat": branch("cat"),
                "Dog": { "allOf": [branch("dog"), { "type": "object" }] },
                "S": { "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }] },
                "T": { "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "type": "object", "required": ["kind"] }] },
            }),
        );
        let lowered = lowered(&source);
        assert!(
            lowered
                .document
                .pointer("/components/schemas/S/oneOf")
                .is_some()
        );
        assert!(
            lowered
                .document
                .pointer("/components/schemas/T/anyOf")
                .is_some()
        );
    }

    /// What is loosened at the end of a chain of references shows at its start.
    #[test]
    fn one_of_with_a_reference_to_what_is_loosened() {
        let source = document(
            "3.1.0",
            json!({
                "A": { "properties": { "b": { "$ref": "#/components/schemas/B" } } },
                "B": { "items": { "$ref": "#/components/schemas/C" } },
                "C": { "if": { "type": "object" }, "then": { "required": ["c"] } },
                "S": { "oneOf": [{ "$ref": "#/components/schemas/A" }, { "type": "object" }] },
                "T": { "not": { "$ref": "#/components/schemas/A" }, "description": "d" },
            }),
        );
        let lowered = lowered(&source);
        assert_eq!(
            lowered.document["components"]["schemas"]["S"],
            json!({ "anyOf": [{ "$ref": "#/components/schemas/A" }, { "type": "object" }] })
        );
        assert_eq!(
            lowered.document["components"]["schemas"]["T"],
            json!({ "description": "d" })
        );
        assert_eq!(
            pointers(&lowered),
            [
                "/components/schemas/C/if",
                "oneOf",
                "/components/schemas/T/not"
            ]
        );
    }

    #[test]
    fn negations() {
        lowers(json!({ "not": false }), json!({}));
        lowers(
            json!({ "not": true, "type": "string" }),
            json!({ "not": {} }),
        );
        lowers(
            json!({ "type": "string", "not": { "enum": ["a"] } }),
            json!({ "type": "string", "not": { "type": "string", "enum": ["a"] } }),
        );
        lowers(
            json!({ "type": "object", "properties": { "a": {} }, "not": { "required": ["b"] } }),
            json!({ "type": "object", "properties": { "a": {} }, "not": { "required": ["b"] } }),
        );
        loosens(json!({ "not": { "type": "string" } }), json!({}), &["not"]);
        loosens(
            json!({ "type": "array", "not": { "contains": { "type": "string" } } }),
            json!({ "type": "array", "items": {} }),
            &["not"],
        );
    }

    #[test]
    fn conditions() {
        loosens(
            json!({ "type": "object", "if": { "required": ["a"] }, "then": { "required": ["b"] }, "else": { "required": ["c"] } }),
            json!({ "type": "object" }),
            &["if"],
        );
        lowers(
            json!({ "type": "object", "if": { "required": ["a"] } }),
            json!({ "type": "object" }),
        );
        lowers(
            json!({ "type": "object", "then": { "required": ["a"] } }),
            json!({ "type": "object" }),
        );
    }
}

mod annotations {
    use super::*;

    #[test]
    fn examples() {
        lowers(
            json!({ "type": "string", "examples": ["a", "b"] }),
            json!({ "type": "string", "example": "a" }),
        );
        lowers(
            json!({ "type": "string", "examples": ["a"], "example": "c" }),
            json!({ "type": "string", "example": "c" }),
        );
        lowers(
            json!({ "type": "string", "examples": [] }),
            json!({ "type": "string" }),
        );
    }

    #[test]
    fn core_keywords_are_dropped() {
        lowers(
            json!({
                "$id": "https://example.com/s",
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$anchor": "s",
                "$dynamicAnchor": "t",
                "$comment": "c",
                "$vocabulary": {},
                "$defs": { "unused": { "type": "null" } },
                "type": "string",
            }),
            json!({ "type": "string" }),
        );
    }

    #[test]
    fn unknown_keywords_are_dropped_and_noted() {
        loosens(
            json!({ "type": "string", "descripton": "d", "x-kept": 1 }),
            json!({ "type": "string", "x-kept": 1 }),
            &["descripton"],
        );
    }

    #[test]
    fn discriminators() {
        let source = document(
            "3.1.0",
            json!({ "S": {
                "oneOf": [{ "$ref": "#/components/schemas/Pet" }, { "$ref": "#/components/schemas/S/$defs/cat" }],
                "discriminator": { "propertyName": "kind", "mapping": {
                    "pet": "#/components/schemas/Pet",
                    "cat": "#/components/schemas/S/$defs/cat",
                    "dog": "Dog",
                    "gone": "#/components/schemas/Gone",
                } },
                "$defs": { "cat": { "type": "string" } },
            } }),
        );
        assert_eq!(
            lowered(&source).document["components"]["schemas"]["S"]["discriminator"]["mapping"],
            json!({
                "pet": "#/components/schemas/Pet",
                "cat": "#/components/schemas/cat",
                "dog": "Dog",
                "gone": "#/components/schemas/Gone",
            })
        );
    }
}

mod references {
    use super::*;

    #[test]
    fn definitions_become_components() {
        let lowered = lowered(&document(
            "3.1.0",
            json!({
                "Node": { "type": "string" },
                "S": {
                    "$defs": {
                        "Node": { "type": ["object", "null"], "properties": { "next": { "$ref": "#/components/schemas/S/$defs/Node" } } },
                        "leaf": { "const": 1 },
                    },
                    "definitions": { "old": { "type": ["string", "null"] } },
                    "properties": {
                        "node": { "$ref": "#/components/schemas/S/$defs/Node" },
                        "near": { "$ref": "#/$defs/leaf" },
                        "old": { "$ref": "#/definitions/old" },
                    },
                },
            }),
        ));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["S"],
            json!({ "properties": {
            "node": { "$ref": "#/components/schemas/Node_2" },
            "near": { "$ref": "#/components/schemas/leaf" },
            "old": { "$ref": "#/components/schemas/old" },
        } })
        );
        assert_eq!(schemas["Node"], json!({ "type": "string" }));
        assert_eq!(
            schemas["Node_2"],
            json!({
                "type": "object",
                "nullable": true,
                "properties": { "next": { "$ref": "#/components/schemas/Node_2" } },
            })
        );
        assert_eq!(schemas["leaf"], json!({ "type": "integer", "enum": [1] }));
        assert_eq!(
            schemas["old"],
            json!({ "type": "string", "nullable": true })
        );
        generates(&lowered.document).unwrap();
    }

    #[test]
    fn what_is_no_component_becomes_one() {
        let mut source = document(
            "3.1.0",
            json!({
                "A": { "properties": { "b": { "type": ["string", "null"] } } },
                "S": { "properties": {
                    "inner": { "$ref": "#/components/schemas/A/properties/b" },
                    "far": { "$ref": "#/x-schemas/Far" },
                    "odd": { "$ref": "#/components/schemas/Odd%20%C2%ABname%C2%BB" },
                } },
                "Odd «name»": { "type": "integer" },
            }),
        );
        source["x-schemas"] = json!({ "Far": { "const": true } });
        let lowered = lowered(&source);
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["S"],
            json!({ "properties": {
            "inner": { "$ref": "#/components/schemas/A_properties_b" },
            "far": { "$ref": "#/components/schemas/x-schemas_Far" },
            "odd": { "$ref": "#/components/schemas/Odd_name" },
        } })
        );
        assert_eq!(
            schemas["A_properties_b"],
            json!({ "type": "string", "nullable": true })
        );
        assert_eq!(
            schemas["x-schemas_Far"],
            json!({ "type": "boolean", "enum": [true] })
        );
        assert_eq!(schemas["Odd_name"], json!({ "type": "integer" }));
        assert_eq!(schemas.get("Odd «name»"), None);
        generates(&lowered.document).unwrap();
    }

    #[test]
    fn a_resource_of_its_own() {
        let lowered = lowered(&document(
            "3.1.0",
            json!({ "S": {
                "$id": "https://example.com/s",
                "$defs": { "a": { "type": "string" } },
                "properties": { "a": { "$ref": "#/$defs/a" } },
            } }),
        ));
        assert_eq!(
            lowered.document["components"]["schemas"]["a"],
            json!({ "type": "string" })
        );
    }

    #[test]
    fn parameters_and_their_like_by_odd_references() {
        let mut source = document("3.1.0", json!({}));
        let parameter = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": ["string", "null"] } });
        source["paths"] = json!({
            "/a/{id}": { "parameters": [parameter], "get": { "operationId": "a", "responses": {} } },
            "/b/{id}": {
                "parameters": [{ "$ref": "#/paths/~1a~1%7Bid%7D/parameters/0", "description": "ignored" }],
                "get": { "operationId": "b", "responses": { "200": { "$ref": "#/components/responses/Ok", "summary": "ignored" } } },
            },
        });
        source["components"]["responses"] = json!({ "Ok": { "description": "d", "headers": { "X": { "schema": { "const": 1 } } } } });
        let lowered = lowered(&source).document;
        assert_eq!(
            lowered.pointer("/paths/~1b~1{id}/parameters/0").unwrap(),
            &json!({ "$ref": "#/components/parameters/a_id_parameters_0" })
        );
        assert_eq!(
            lowered
                .pointer("/components/parameters/a_id_parameters_0/schema")
                .unwrap(),
            &json!({ "type": "string", "nullable": true })
        );
        assert_eq!(
            lowered
                .pointer("/paths/~1b~1{id}/get/responses/200")
                .unwrap(),
            &json!({ "$ref": "#/components/responses/Ok" })
        );
        assert_eq!(
            lowered
                .pointer("/components/responses/Ok/headers/X/schema")
                .unwrap(),
            &json!({ "type": "integer", "enum": [1] })
        );
        generates(&lowered).unwrap();
    }

    #[test]
    fn that_cannot_be_followed() {
        refuses_schema(
            json!({ "$ref": "#/components/schemas/Pets" }),
            "/$ref",
            "did you mean #/components/schemas/Pet?",
        );
        refuses_schema(
            json!({ "$ref": "#/components/schema/Pet" }),
            "/$ref",
            "did you mean #/components/schemas?",
        );
        refuses_schema(
            json!({ "items": { "$ref": "other.yaml#/Pet" } }),
            "/items/$ref",
            "points out of the document",
        );
        refuses_schema(
            json!({ "$ref": "https://example.com/pet" }),
            "/$ref",
            "`https://example.com/pet`",
        );
        refuses_schema(json!({ "$ref": "#pet" }), "/$ref", "$anchor");
        refuses_schema(json!({ "$ref": "#" }), "/$ref", "OpenAPI Object");
        refuses_schema(
            json!({ "$ref": "#/info" }),
            "/$ref",
            "`#/info` leads to: Info Object; due here: Schema Object",
        );
        refuses_schema(
            json!({ "$id": "https://example.com/s", "items": { "$ref": "#/components/schemas/Gone" } }),
            "/items/$ref",
            "points to nothing",
        );
        refuses_schema(
            json!({ "$dynamicRef": "#node" }),
            "/$dynamicRef",
            "which 3.0 cannot say",
        );
    }

    /// However long, a chain is no recursion.
    #[test]
    fn in_long_chains() {
        let last = 2_000;
        let link = |index: usize| match index % 2 {
            0 => json!({ "$ref": format!("#/components/schemas/L{}", index + 1) }),
            _ => json!({ "oneOf": [
                { "$ref": format!("#/components/schemas/L{}", index + 1) },
                { "type": "null" },
            ] }),
        };
        let mut schemas: Map<String, Value> = (0..last)
            .map(|index| (format!("L{index}"), link(index)))
            .collect();
        schemas.insert(
            format!("L{last}"),
            json!({ "type": "object", "contains": true }),
        );
        lower(&document("3.1.0", schemas.clone().into())).unwrap();
        schemas.insert(
            format!("L{last}"),
            json!({ "$ref": "#/components/schemas/L0" }),
        );
        refuses(
            &document("3.1.0", schemas.into()),
            "/components/schemas/L0/$ref",
            "defined by itself",
        );
    }

    #[test]
    fn that_lead_to_themselves() {
        refuses_schema(
            json!({ "$ref": "#/components/schemas/S" }),
            "/$ref",
            "defined by itself",
        );
        refuses_schema(
            json!({ "anyOf": [{ "allOf": [{ "$ref": "#/components/schemas/S" }] }] }),
            "/anyOf/0/allOf/0/$ref",
            "defined by itself",
        );
        // Through a part of the value, it ends with the value.
        lowers(
            json!({ "properties": { "s": { "$ref": "#/components/schemas/S" } } }),
            json!({ "properties": { "s": { "$ref": "#/components/schemas/S" } } }),
        );
    }
}

mod documents {
    use super::*;

    /// A document with something in each of its parts.
    pub(super) fn parts() -> Value {
        let body = json!({ "content": { "application/json": { "schema": { "const": 1 } } } });
        json!({
            "openapi": "3.1.0",
            "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
            "info": {
                "title": "Test",
                "summary": "gone",
                "version": "1",
                "license": { "name": "MIT", "identifier": "MIT" },
            },
            "servers": [{ "url": "https://{host}", "variables": { "host": { "default": "example.com", "enum": ["example.com"] } } }],
            "security": [{ "token": [] }, { "mtls": [] }, { "token": [], "mtls": [] }],
            "webhooks": { "event": { "post": { "requestBody": body } } },
            "paths": {
                "/a": {
                    "get": {
                        "operationId": "a",
                        "security": [{ "mtls": [] }],
                        "parameters": [
                            { "name": "q", "in": "query", "schema": { "type": ["string", "null"] }, "example": { "type": ["a"] } },
                            { "$ref": "#/components/parameters/P", "description": "ignored" },
                        ],
                        "callbacks": {
                            "kept": { "{$request.body#/url}": { "post": { "requestBody": body } } },
                            "gone": { "$ref": "#/components/callbacks/C" },
                        },
                        "x-extension": { "type": ["a"] },
                    },
                    "post": {
                        "operationId": "b",
                        "requestBody": { "content": { "application/octet-stream": {} } },
                        "responses": {
                            "200": {
                                "description": "d",
                                "headers": { "X": { "schema": { "const": 1 } } },
                                "content": { "application/json": { "examples": { "e": { "value": { "const": 1 } } } } },
                                "links": { "l": { "operationId": "a" } },
                            },
                            "x-extension": { "const": 1 },
                        },
                    },
                },
                "/shared": { "$ref": "#/components/pathItems/Shared", "summary": "own" },
            },
            "components": {
                "parameters": { "P": { "name": "p", "in": "query", "content": { "application/json": { "schema": { "const": 1 } } } } },
                "requestBodies": { "B": body },
                "headers": { "H": { "schema": { "const": 1 } } },
                "callbacks": { "C": { "{$url}": { "post": { "requestBody": body } } } },
                "examples": { "E": { "value": { "const": 1 } } },
                "pathItems": { "Shared": { "summary": "shared", "get": { "operationId": "c", "responses": { "200": { "description": "d" } } } } },
                "securitySchemes": {
                    "token": { "type": "http", "scheme": "bearer" },
                    "mtls": { "type": "mutualTLS" },
                },
            },
        })
    }

    #[test]
    fn every_part_is_walked() {
        let lowered = lowered(&parts());
        let at = |pointer: &str| {
            lowered
                .document
                .pointer(pointer)
                .cloned()
                .unwrap_or_default()
        };
        let one = json!({ "type": "integer", "enum": [1] });
        assert_eq!(at("/openapi"), "3.0.3");
        assert_eq!(at("/jsonSchemaDialect"), Value::Null);
        assert_eq!(
            at("/info"),
            json!({ "title": "Test", "version": "1", "license": { "name": "MIT", "url": "https://spdx.org/licenses/MIT.html" } })
        );
        assert_eq!(at("/servers"), parts()["servers"]);
        assert_eq!(at("/webhooks"), Value::Null);
        assert_eq!(at("/security"), json!([{ "token": [] }, { "token": [] }]));
        assert_eq!(at("/paths/~1a/get/security"), json!([{}]));
        assert_eq!(
            at("/paths/~1a/get/parameters/0/schema"),
            json!({ "type": "string", "nullable": true })
        );
        assert_eq!(
            at("/paths/~1a/get/parameters/0/example"),
            json!({ "type": ["a"] })
        );
        assert_eq!(
            at("/paths/~1a/get/parameters/1"),
            json!({ "$ref": "#/components/parameters/P" })
        );
        assert_eq!(at("/paths/~1a/get/responses"), json!({}));
        assert_eq!(at("/paths/~1a/get/x-extension"), json!({ "type": ["a"] }));
        let callbacks = at("/paths/~1a/get/callbacks");
        assert_eq!(callbacks.get("gone"), None);
        assert_eq!(
            callbacks["kept"]["{$request.body#/url}"]["post"]["requestBody"]["content"]["application/json"]
                ["schema"],
            one
        );
        assert_eq!(
            at("/paths/~1a/post/requestBody/content/application~1octet-stream/schema"),
            json!({ "type": "string", "format": "binary" })
        );
        let response = at("/paths/~1a/post/responses/200");
        assert_eq!(response["headers"]["X"]["schema"], one);
        assert_eq!(response["content"]["application/json"]["schema"], json!({}));
        assert_eq!(
            response["content"]["application/json"]["examples"]["e"]["value"],
            json!({ "const": 1 })
        );
        assert_eq!(
            at("/paths/~1a/post/responses/x-extension"),
            json!({ "const": 1 })
        );
        assert_eq!(
            at("/paths/~1shared"),
            json!({ "summary": "own", "get": { "operationId": "c", "responses": { "200": { "description": "d" } } } })
        );
        assert_eq!(at("/components/pathItems"), Value::Null);
        assert_eq!(
            at("/components/parameters/P/content/application~1json/schema"),
            one
        );
        assert_eq!(
            at("/components/requestBodies/B/content/application~1json/schema"),
            one
        );
        assert_eq!(at("/components/headers/H/schema"), one);
        assert_eq!(at("/components/examples/E/value"), json!({ "const": 1 }));
        assert_eq!(
            at("/components/callbacks/C/{$url}/post/requestBody/content/application~1json/schema"),
            one
        );
        assert_eq!(
            at("/components/securitySchemes"),
            json!({ "token": { "type": "http", "scheme": "bearer" } })
        );
        let mut places = pointers(&lowered);
        places.sort_unstable();
        assert_eq!(
            places,
            [
                "/components/securitySchemes/mtls/type",
                "/paths/~1a/get/callbacks/gone/$ref",
                "/paths/~1a/get/security/0/mtls",
                "/security/1/mtls",
                "/security/2/mtls",
                "/webhooks",
            ]
        );
    }

    #[test]
    fn paths_may_be_missing() {
        let lowered =
            lowered(&json!({ "openapi": "3.1.1", "info": { "title": "Test", "version": "1" } }));
        assert_eq!(
            lowered.document,
            json!({ "openapi": "3.0.3", "info": { "title": "Test", "version": "1" }, "paths": {} })
        );
    }

    #[test]
    fn a_license_expression_has_no_page() {
        let mut source = document("3.1.0", json!({}));
        source["info"]["license"] = json!({ "name": "Both", "identifier": "MIT OR Apache-2.0" });
        assert_eq!(
            lowered(&source).document["info"]["license"],
            json!({ "name": "Both" })
        );
        source["info"]["license"] =
            json!({ "name": "MIT", "identifier": "MIT", "url": "https://example.com" });
        assert_eq!(
            lowered(&source).document["info"]["license"],
            json!({ "name": "MIT", "url": "https://example.com" })
        );
    }

    #[test]
    fn path_items_by_reference() {
        let mut source = document("3.1.0", json!({}));
        let get = json!({ "get": { "operationId": "a", "responses": {} } });
        source["components"]["pathItems"] =
            json!({ "A": { "$ref": "#/components/pathItems/B", "description": "d" }, "B": get });
        source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/A", "parameters": [] } });
        assert_eq!(
            lowered(&source).document["paths"]["/a"],
            json!({ "description": "d", "parameters": [], "get": { "operationId": "a", "responses": {} } })
        );
        source["paths"]["/a"]["get"] = json!({ "responses": {} });
        refuses(
            &source,
            "/components/pathItems/B/get",
            "stands both here and beside a `$ref`",
        );
        source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/C" } });
        refuses(&source, "/paths/~1a/$ref", "points to nothing");
        source["components"]["pathItems"]["B"] = json!({ "$ref": "#/components/pathItems/A" });
        source["paths"] = json!({ "/a": { "$ref": "#/components/pathItems/A" } });
        refuses(&source, "/paths/~1a/$ref", "leads to itself");
    }

    #[test]
    fn what_openapiv3_does_not_see_or_take() {
        let mut source = document("3.1.0", json!({}));
        let callback = json!({ "{$url}": {}, "x-extension": "kept from openapiv3" });
        source["paths"] =
            json!({ "/a": { "get": { "responses": {}, "callbacks": { "c": callback } } } });
        let lowered = lowered(&source);
        assert_eq!(
            lowered.document["paths"]["/a"]["get"]["callbacks"],
            json!({ "c": { "{$url}": {} } })
        );
        assert_eq!(
            pointers(&lowered),
            ["/paths/~1a/get/callbacks/c/x-extension"]
        );
        source["paths"] = json!({ "a": {} });
        refuses(&source, "/paths/a", "`a` is not a path");
        source["paths"] =
            json!({ "/a": { "get": { "responses": { "OK": { "description": "d" } } } } });
        refuses(
            &source,
            "/paths/~1a/get/responses/OK",
            "`OK` is not a status",
        );
    }

    #[test]
    fn what_progenitor_asks_for() {
        let mut source = document("3.1.0", json!({}));
        let body = json!({ "schema": {}, "encoding": { "a": { "contentType": "text/plain" } } });
        source["paths"] = json!({ "/a/{id}": { "post": {
            "operationId": "a",
            "parameters": [{ "name": "id", "in": "path", "schema": { "type": "string" } }],
            "responses": { "200": { "description": "d", "content": { "application/json": body } } },
        } } });
        let lowered = lowered(&source).document;
        let operation = &lowered["paths"]["/a/{id}"]["post"];
        assert_eq!(operation["parameters"][0]["required"], json!(true));
        assert_eq!(
            operation["responses"]["200"]["content"]["application/json"],
            json!({ "schema": {} })
        );
        generates(&lowered).unwrap();
    }

    #[test]
    fn unknown_fields_are_dropped_and_noted() {
        let mut source = document("3.1.0", json!({}));
        source["info"]["contact"] = json!({ "name": "n", "phone": 1 });
        let lowered = lowered(&source);
        assert_eq!(lowered.document["info"]["contact"], json!({ "name": "n" }));
        assert_eq!(pointers(&lowered), ["/info/contact/phone"]);
        assert_eq!(lowered.loosened[0].keyword, "phone");
    }
}

/// What a document of 3.0 says is said already.
mod version_3_0 {
    use super::*;

    #[track_caller]
    fn keeps(schema: Value) {
        assert_schema("3.0.0", &schema, &schema, &[]);
    }

    #[test]
    fn its_own_keywords_are_kept() {
        keeps(json!({ "type": "string", "nullable": true }));
        keeps(json!({ "type": "string", "nullable": false }));
        keeps(
            json!({ "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false }),
        );
        keeps(json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }));
        keeps(json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }], "nullable": true }));
        keeps(
            json!({ "oneOf": [{ "$ref": "#/components/schemas/Pet" }, { "type": "string" }], "discriminator": { "propertyName": "p" } }),
        );
        keeps(
            json!({ "type": "string", "example": "a", "xml": { "name": "n" }, "externalDocs": { "url": "u" } }),
        );
    }

    #[test]
    fn null_in_an_enum_is_left_to_nullable() {
        let source = json!({ "type": "string", "nullable": true, "enum": ["a", null] });
        assert_schema(
            "3.0.3",
            &source,
            &json!({ "type": "string", "nullable": true, "enum": ["a"] }),
            &[],
        );
    }

    /// 3.0 ignores what stands beside a reference, but for what is commonly meant.
    #[test]
    fn siblings_of_a_reference() {
        let pet = json!({ "$ref": "#/components/schemas/Pet" });
        let source =
            json!({ "$ref": "#/components/schemas/Pet", "description": "d", "minProperties": 5 });
        assert_schema("3.0.3", &source, &pet, &[]);
        let source =
            json!({ "$ref": "#/components/schemas/Pet", "description": "d", "nullable": true });
        assert_schema(
            "3.0.3",
            &source,
            &json!({ "allOf": [pet], "nullable": true }),
            &[],
        );
    }
}

mod refusals {
    use super::*;

    #[test]
    fn versions() {
        for version in [
            json!("2.0"),
            json!("3.2.0"),
            json!("3.1"),
            json!("3.10.0"),
            json!("4"),
            json!(3.1),
            json!(null),
        ] {
            let mut source = document("3.1.0", json!({}));
            source["openapi"] = version;
            refuses(
                &source,
                "/openapi",
                "help: descriptions of OpenAPI 3.0.x and 3.1.x are taken",
            );
        }
        refuses(
            &json!({ "swagger": "2.0" }),
            "/openapi",
            "does not state its OpenAPI version",
        );
        refuses(&json!([]), "", "an OpenAPI document is an object");
    }

    #[test]
    fn dialects() {
        let mut source = document("3.1.0", json!({}));
        source["jsonSchemaDialect"] = json!("http://json-schema.org/draft-07/schema#");
        refuses(&source, "/jsonSchemaDialect", "draft-07");
        source["jsonSchemaDialect"] = json!("https://json-schema.org/draft/2020-12/schema");
        lowered(&source);
    }

    #[test]
    fn malformed_schemas() {
        let cases = [
            (
                json!({ "type": 5 }),
                "/type",
                "a type or a list of types is due here, not 5",
            ),
            (
                json!({ "type": "strin" }),
                "/type",
                "did you mean \"string\"?",
            ),
            (json!({ "type": [] }), "/type", "at least one type"),
            (
                json!({ "type": ["string", 1] }),
                "/type/1",
                "a string is due",
            ),
            (
                json!({ "properties": [] }),
                "/properties",
                "an object is due here, not an array",
            ),
            (
                json!({ "properties": { "a": 1 } }),
                "/properties/a",
                "a schema is an object or a boolean, not 1",
            ),
            (
                json!({ "required": "a" }),
                "/required",
                "an array is due here, not \"a\"",
            ),
            (json!({ "required": true }), "/required", "an array is due"),
            (json!({ "required": [1] }), "/required/0", "a string is due"),
            (
                json!({ "items": [] }),
                "/items",
                "a schema is an object or a boolean",
            ),
            (json!({ "allOf": {} }), "/allOf", "an array is due"),
            (json!({ "anyOf": [] }), "/anyOf", "at least one schema"),
            (
                json!({ "oneOf": [null] }),
                "/oneOf/0",
                "a schema is an object or a boolean",
            ),
            (
                json!({ "not": "a" }),
                "/not",
                "a schema is an object or a boolean",
            ),
            (json!({ "enum": "a" }), "/enum", "an array is due"),
            (
                json!({ "enum": null }),
                "/enum",
                "an array is due here, not null",
            ),
            (
                json!({ "minLength": -1 }),
                "/minLength",
                "an integer of at least 0",
            ),
            (
                json!({ "minLength": 1.5 }),
                "/minLength",
                "an integer of at least 0",
            ),
            (json!({ "minimum": "1" }), "/minimum", "a number is due"),
            (
                json!({ "exclusiveMinimum": "1" }),
                "/exclusiveMinimum",
                "a number is due",
            ),
            (json!({ "multipleOf": 0 }), "/multipleOf", "greater than 0"),
            (
                json!({ "description": 1 }),
                "/description",
                "a string is due",
            ),
            (
                json!({ "nullable": "true" }),
                "/nullable",
                "a boolean is due",
            ),
            (json!({ "examples": {} }), "/examples", "an array is due"),
            (json!({ "$ref": 1 }), "/$ref", "a string is due"),
            (
                json!({ "discriminator": "kind" }),
                "/discriminator",
                "an object is due",
            ),
            (
                json!({ "discriminator": {} }),
                "/discriminator/propertyName",
                "has no `propertyName`",
            ),
            (
                json!({ "dependentRequired": { "a": "b" } }),
                "/dependentRequired/a",
                "an array is due",
            ),
            (json!("string"), "", "a schema is an object or a boolean"),
        ];
        for (schema, place, message) in cases {
            refuses_schema(schema.clone(), place, message);
            refuses_schema(
                json!({ "properties": { "a/b~c": schema } }),
                &format!("/properties/a~1b~0c{place}"),
                message,
            );
        }
    }

    #[test]
    fn malformed_documents() {
        let operation = |operation: Value| json!({ "paths": { "/a": { "get": operation } } });
        let cases = [
            (
                json!({ "paths": 3 }),
                "/paths",
                "an object is due here, not 3",
            ),
            (
                json!({ "paths": null }),
                "/paths",
                "an object is due here, not null",
            ),
            (
                json!({ "info": { "title": "T" } }),
                "/info/version",
                "the Info Object has no `version`",
            ),
            (
                json!({ "info": { "title": "T", "version": 1 } }),
                "/info/version",
                "a string is due here, not 1",
            ),
            (
                json!({ "tags": [{ "description": "d" }] }),
                "/tags/0/name",
                "has no `name`",
            ),
            (json!({ "servers": {} }), "/servers", "an array is due"),
            (
                json!({ "components": { "securitySchemes": { "a": { "type": "basic" } } } }),
                "/components/securitySchemes/a/type",
                "not a type of security scheme",
            ),
            (
                json!({ "components": { "securitySchemes": { "a": { "type": "http" } } } }),
                "/components/securitySchemes/a/scheme",
                "has no `scheme`",
            ),
            (
                operation(json!([])),
                "/paths/~1a/get",
                "an object is due here, not an array",
            ),
            (
                operation(json!({ "parameters": {} })),
                "/paths/~1a/get/parameters",
                "an array is due",
            ),
            (
                operation(json!({ "parameters": [{ "name": "a", "in": "body", "schema": {} }] })),
                "/paths/~1a/get/parameters/0/in",
                "`body` is not one of",
            ),
            (
                operation(json!({ "parameters": [{ "name": "a", "in": "query" }] })),
                "/paths/~1a/get/parameters/0/schema",
                "has no `schema` or `content`",
            ),
            (
                operation(
                    json!({ "parameters": [{ "name": "a", "in": "header", "schema": {}, "style": "form" }] }),
                ),
                "/paths/~1a/get/parameters/0/style",
                "`form` is not a style of a parameter in `header`",
            ),
            (
                operation(json!({ "responses": { "200": {} } })),
                "/paths/~1a/get/responses/200/description",
                "has no `description`",
            ),
            (
                operation(json!({ "requestBody": { "$ref": "#/components/schemas/Pet" } })),
                "/paths/~1a/get/requestBody/$ref",
                "leads to: Schema Object; due here: Request Body Object",
            ),
            (
                operation(json!({ "security": [[]] })),
                "/paths/~1a/get/security/0",
                "an object is due",
            ),
            (
                operation(json!({ "callbacks": { "c": { "$ref": "#/nowhere" } } })),
                "/paths/~1a/get/callbacks/c/$ref",
                "points to nothing",
            ),
        ];
        for (fields, pointer, message) in cases {
            let mut source = document("3.1.0", json!({}));
            for (field, value) in fields.as_object().unwrap() {
                source[field] = value.clone();
            }
            refuses(&source, pointer, message);
        }
    }

    /// As deep as `serde_json` parses, on the stack that tests have; deeper is refused.
    #[test]
    fn depth() {
        let nested = |levels: usize, keyword: &str| {
            (0..levels).fold(
                json!({ "type": ["string", "null"] }),
                |inner, _| json!({ keyword: inner }),
            )
        };
        // Four levels are the document's.
        lower(&document("3.1.0", json!({ "S": nested(122, "items") }))).unwrap();
        lower(&document("3.1.0", json!({ "S": nested(122, "not") }))).unwrap();
        refuses(
            &document("3.1.0", json!({ "S": nested(200, "items") })),
            "",
            "deeper than 128 levels",
        );
    }
}

mod soundness {
    use super::*;

    // --- schemas -------------------------------------------------------------------------------

    /// Values of every type, alike enough to hit one another.
    fn value() -> impl Strategy<Value = Value> {
        select(vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(1.5),
            json!(2.0),
            json!(3),
            json!(-1),
            json!(""),
            json!("a"),
            json!("ab"),
            json!("b"),
            json!([]),
            json!([1]),
            json!(["a", null]),
            json!({}),
            json!({ "a": 1 }),
            json!({ "a": "b", "type": null }),
        ])
    }

    /// Names of properties, some of which are keywords.
    fn name() -> impl Strategy<Value = String> {
        select(vec!["a", "b", "type", "nullable", "const", "$defs", "x-c"]).prop_map(str::to_owned)
    }

    fn type_name() -> impl Strategy<Value = &'static str> {
        select(vec![
            "array", "boolean", "integer", "null", "number", "object", "string",
        ])
    }

    fn types() -> impl Strategy<Value = Value> {
        let all = vec![
            "array", "boolean", "integer", "null", "number", "object", "string",
        ];
        prop_oneof![
            4 => type_name().prop_map(Value::from),
            2 => type_name().prop_map(|of_type| json!([of_type, "null"])),
            2 => subsequence(all, 1..=7).prop_map(Value::from),
        ]
    }

    fn keyword(
        name: &'static str,
        value: impl Strategy<Value = Value> + 'static,
    ) -> BoxedStrategy<(String, Value)> {
        value
            .prop_map(move |value| (name.to_owned(), value))
            .boxed()
    }

    fn count() -> impl Strategy<Value = Value> {
        prop_oneof![(0..4_u8).prop_map(Value::from), Just(json!(2.0))]
    }

    fn number() -> impl Strategy<Value = Value> {
        prop_oneof![(-2..4_i8).prop_map(Value::from), Just(json!(1.5))]
    }

    /// Keywords without subschemas.
    fn assertion() -> BoxedStrategy<(String, Value)> {
        let simple = prop_oneof![
            6 => keyword("type", types()),
            2 => keyword("const", value()),
            3 => keyword("enum", prop::collection::vec(value(), 0..5).prop_map(Value::from)),
            1 => keyword("format", Just(json!("date"))),
            1 => keyword("description", Just(json!("text"))),
            1 => keyword("nullable", any::<bool>().prop_map(Value::from)),
            1 => keyword("x-data", Just(json!({ "type": ["a"], "const": 1 }))),
        ];
        let of_one_type = prop_oneof![
            keyword("minimum", number()),
            keyword("maximum", number()),
            keyword("exclusiveMinimum", number()),
            keyword("exclusiveMaximum", number()),
            keyword("multipleOf", Just(json!(2))),
            keyword("minLength", count()),
            keyword("maxLength", count()),
            keyword("pattern", select(vec![json!("^a"), json!("b$")])),
            keyword("minItems", count()),
            keyword("maxItems", count()),
            keyword("uniqueItems", any::<bool>().prop_map(Value::from)),
            keyword("minProperties", count()),
            keyword("maxProperties", count()),
            keyword(
                "required",
                prop::collection::btree_set(name(), 0..2).prop_map(|names| json!(names))
            ),
            keyword(
                "dependentRequired",
                prop::collection::btree_map(name(), Just(json!(["b"])), 0..2)
                    .prop_map(|names| json!(names))
            ),
        ];
        prop_oneof![3 => simple, 2 => of_one_type].boxed()
    }

    /// Keywords with subschemas.
    fn applicator(schema: &BoxedStrategy<Value>) -> BoxedStrategy<(String, Value)> {
        let one = || schema.clone();
        let list = || prop::collection::vec(schema.clone(), 1..4).prop_map(Value::from);
        let by_name = || {
            prop::collection::btree_map(name(), schema.clone(), 0..3)
                .prop_map(|schemas| json!(schemas))
        };
        let by_pattern = || {
            let pattern = select(vec!["^a", "", ".*", "b"]).prop_map(str::to_owned);
            prop::collection::btree_map(pattern, schema.clone(), 0..3)
                .prop_map(|schemas| json!(schemas))
        };
        let in_place = prop_oneof![
            3 => keyword("allOf", list()),
            5 => keyword("anyOf", list()),
            5 => keyword("oneOf", list()),
            2 => keyword("not", one()),
            1 => keyword("if", one()),
            1 => keyword("then", one()),
            1 => keyword("else", one()),
            1 => keyword("dependentSchemas", by_name()),
        ];
        let of_parts = prop_oneof![
            4 => keyword("properties", by_name()),
            2 => keyword("patternProperties", by_pattern()),
            2 => keyword("additionalProperties", one()),
            1 => keyword("propertyNames", one()),
            2 => keyword("unevaluatedProperties", one()),
            2 => keyword("items", one()),
            2 => keyword("prefixItems", list()),
            1 => keyword("contains", one()),
            1 => keyword("minContains", count()),
            1 => keyword("maxContains", count()),
            2 => keyword("unevaluatedItems", one()),
        ];
        prop_oneof![in_place, of_parts].boxed()
    }

    /// References to components, to definitions inside of them, and to other places inside of them.
    fn reference() -> impl Strategy<Value = Value> {
        select(vec![
            "#/components/schemas/A",
            "#/components/schemas/B",
            "#/components/schemas/S",
            "#/components/schemas/A/$defs/x",
            "#/components/schemas/B/properties/a",
            "#/components/schemas/odd%20name",
        ])
        .prop_map(Value::from)
    }

    fn assemble(keywords: Vec<(String, Value)>) -> Value {
        keywords.into_iter().collect::<Map<_, _>>().into()
    }

    fn schema() -> BoxedStrategy<Value> {
        let leaf = prop_oneof![
            1 => any::<bool>().prop_map(Value::from),
            1 => Just(json!({ "type": "null" })),
            6 => prop::collection::vec(assertion(), 0..3).prop_map(assemble),
            2 => reference().prop_map(|reference| json!({ "$ref": reference })),
        ];
        leaf.prop_recursive(3, 24, 3, |inner| {
            let inner = inner.boxed();
            let keyword = prop_oneof![
                3 => assertion(),
                4 => applicator(&inner),
                1 => keyword("$ref", reference()),
            ];
            prop::collection::vec(keyword, 1..5).prop_map(assemble)
        })
        .boxed()
    }

    /// A component that has what [`reference`] refers to.
    fn component() -> impl Strategy<Value = Value> {
        (schema(), schema(), schema()).prop_map(|(schema, property, definition)| {
            let mut keywords = schema.as_object().cloned().unwrap_or_default();
            keywords.insert("properties".to_owned(), json!({ "a": property }));
            keywords.insert("$defs".to_owned(), json!({ "x": definition }));
            keywords.into()
        })
    }

    /// Branches that something tells apart, so that `oneOf` is tried on more than chance.
    fn tagged() -> impl Strategy<Value = Value> {
        let branch = |tag: &'static str| {
            (schema(), schema()).prop_map(move |(property, other)| {
                json!({
                    "type": "object",
                    "required": ["type"],
                    "properties": { "type": { "const": tag }, "a": property },
                    "patternProperties": { "b": other },
                })
            })
        };
        (branch("a"), branch("b"), schema()).prop_map(|(a, b, c)| json!({ "oneOf": [a, b, c] }))
    }

    /// A negation of one keyword, so that `not` is tried around what is loosened.
    fn negated() -> impl Strategy<Value = Value> {
        let one = prop_oneof![assertion(), applicator(&schema())];
        (one, prop::option::of(assertion())).prop_map(|(negated, beside)| {
            let mut keywords = assemble(beside.into_iter().collect());
            keywords["not"] = assemble(vec![negated]);
            keywords
        })
    }

    fn schemas() -> impl Strategy<Value = Value> {
        let root = prop_oneof![6 => schema(), 1 => tagged(), 1 => negated()];
        (root, component(), component(), schema())
            .prop_map(|(s, a, b, odd)| json!({ "S": s, "A": a, "B": b, "odd name": odd }))
    }

    /// Bounds, of which several come together.
    fn bounded() -> impl Strategy<Value = Value> {
        let bound = select(vec![
            "minimum",
            "exclusiveMinimum",
            "maximum",
            "exclusiveMaximum",
        ])
        .prop_map(str::to_owned);
        prop::collection::btree_map(bound, number(), 1..4).prop_map(|bounds| json!(bounds))
    }

    fn component_for_expressible() -> impl Strategy<Value = Value> {
        select(vec![
            json!({ "type": "string" }),
            json!({ "type": ["object", "null"], "properties": { "a": { "type": "string" } } }),
            json!({ "enum": ["a", 1] }),
            json!({ "const": null }),
        ])
    }

    /// Schemas of keywords that 3.0 can say.
    fn expressible() -> BoxedStrategy<Value> {
        let leaf = prop_oneof![
            1 => any::<bool>().prop_map(Value::from),
            1 => Just(json!({ "type": "null" })),
            6 => prop::collection::vec(assertion(), 1..3).prop_map(assemble),
            1 => bounded(),
            1 => Just(json!({ "$ref": "#/components/schemas/A" })),
            1 => Just(json!({ "$ref": "#/components/schemas/B/properties/a" })),
        ];
        leaf.prop_recursive(2, 12, 3, |inner| {
            let list = || prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from);
            let by_name = prop::collection::btree_map(name(), inner.clone(), 0..3)
                .prop_map(|schemas| json!(schemas));
            let keyword = prop_oneof![
                4 => assertion(),
                1 => keyword("allOf", list()),
                2 => keyword("anyOf", list()),
                2 => keyword("oneOf", list()),
                1 => keyword("not", inner.clone()),
                1 => keyword("properties", by_name),
                1 => keyword("additionalProperties", inner.clone()),
                1 => keyword("unevaluatedProperties", inner.clone()),
                1 => keyword("unevaluatedItems", inner.clone()),
                1 => keyword("items", inner.clone()),
                1 => keyword("prefixItems", list()),
                1 => keyword("$ref", Just(json!("#/components/schemas/A"))),
            ];
            prop::collection::vec(keyword, 1..4).prop_map(assemble)
        })
        .boxed()
    }

    // --- values --------------------------------------------------------------------------------

    /// A source of choices.
    struct Choices(u64);

    impl Choices {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
        }

        fn of<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
            if items.is_empty() {
                None
            } else {
                Some(&items[self.below(items.len())])
            }
        }
    }

    /// A value that the schema is likely to accept.
    fn instance(root: &Value, schema: &Value, choices: &mut Choices, depth: u32) -> Value {
        let Some(keywords) = schema.as_object().filter(|_| depth > 0) else {
            return any_value(choices);
        };
        let list = |keyword: &str| {
            keywords
                .get(keyword)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let mut ways: Vec<Value> = [list("anyOf"), list("oneOf"), list("allOf")].concat();
        ways.extend(
            ["if", "then", "else", "not"]
                .iter()
                .filter_map(|keyword| keywords.get(*keyword))
                .cloned(),
        );
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            ways.extend(target(root, reference).cloned());
        }
        if choices.below(3) > 0
            && let Some(way) = choices.of(&ways)
        {
            let value = instance(root, way, choices, depth - 1);
            // Of several that apply to an object, each gives some properties.
            if let (Value::Object(mut value), Value::Object(own)) =
                (value.clone(), own_instance(root, keywords, choices, depth))
            {
                value.extend(own);
                return value.into();
            }
            return value;
        }
        own_instance(root, keywords, choices, depth)
    }

    fn target<'r>(root: &'r Value, reference: &str) -> Option<&'r Value> {
        root.pointer(&reference.strip_prefix('#')?.replace("%20", " "))
    }

    fn own_instance(
        root: &Value,
        keywords: &Map<String, Value>,
        choices: &mut Choices,
        depth: u32,
    ) -> Value {
        let values = match (keywords.get("const"), keywords.get("enum")) {
            (Some(value), _) => vec![value.clone()],
            (_, Some(Value::Array(values))) => values.clone(),
            _ => Vec::new(),
        };
        if let Some(value) = choices.of(&values) {
            return value.clone();
        }
        let types: Vec<String> = match keywords.get("type") {
            Some(Value::String(of_type)) => vec![of_type.clone()],
            Some(Value::Array(types)) => types
                .iter()
                .map(|of_type| of_type.as_str().unwrap().to_owned())
                .collect(),
            _ => implied_types(keywords),
        };
        match choices.of(&types).map(String::as_str) {
            Some("null") => Value::Null,
            Some("boolean") => json!(choices.below(2) == 0),
            Some("integer") => json!(i64::try_from(choices.below(6)).unwrap() - 2),
            Some("number") => choices
                .of(&[json!(1.5), json!(2), json!(-1), json!(0), json!(3.0)])
                .unwrap()
                .clone(),
            Some("string") => choices
                .of(&[json!("a"), json!("ab"), json!(""), json!("b"), json!("aab")])
                .unwrap()
                .clone(),
            Some("array") => array(root, keywords, choices, depth),
            Some("object") => object(root, keywords, choices, depth),
            _ => any_value(choices),
        }
    }

    fn implied_types(keywords: &Map<String, Value>) -> Vec<String> {
        let implied: &[(&str, &[&str])] = &[
            (
                "array",
                &[
                    "items",
                    "prefixItems",
                    "contains",
                    "unevaluatedItems",
                    "minItems",
                ],
            ),
            (
                "object",
                &[
                    "properties",
                    "patternProperties",
                    "additionalProperties",
                    "required",
                    "unevaluatedProperties",
                ],
            ),
            (
                "number",
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
            ),
            ("string", &["minLength", "maxLength", "pattern"]),
        ];
        let applying = implied
            .iter()
            .filter(|(_, known)| known.iter().any(|keyword| keywords.contains_key(*keyword)));
        applying.map(|(of_type, _)| (*of_type).to_owned()).collect()
    }

    fn array(
        root: &Value,
        keywords: &Map<String, Value>,
        choices: &mut Choices,
        depth: u32,
    ) -> Value {
        let prefix = keywords
            .get("prefixItems")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let rest = keywords
            .get("items")
            .or_else(|| keywords.get("unevaluatedItems"))
            .cloned()
            .unwrap_or(json!(true));
        let length = choices.below(4);
        (0..length)
            .map(|index| instance(root, prefix.get(index).unwrap_or(&rest), choices, depth - 1))
            .collect()
    }

    fn object(
        root: &Value,
        keywords: &Map<String, Value>,
        choices: &mut Choices,
        depth: u32,
    ) -> Value {
        let mut names: Vec<String> = ["a", "b", "type", "ab"].map(str::to_owned).to_vec();
        let declared = keywords
            .get("properties")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        names.extend(declared.keys().cloned());
        let required = keywords
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut out = Map::new();
        let chosen: Vec<String> = (0..choices.below(4))
            .filter_map(|_| choices.of(&names).cloned())
            .collect();
        for name in required
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .chain(chosen)
        {
            let patterns = keywords
                .get("patternProperties")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            let by_pattern = patterns.iter().find(|(pattern, _)| {
                let pattern = pattern.as_str();
                matches!(pattern, "" | ".*")
                    || (pattern == "^a" && name.starts_with('a'))
                    || (pattern == "b" && name.contains('b'))
            });
            let others = keywords
                .get("additionalProperties")
                .or_else(|| keywords.get("unevaluatedProperties"));
            let schema = declared
                .get(&name)
                .or(by_pattern.map(|(_, schema)| schema))
                .or(others)
                .cloned()
                .unwrap_or(json!(true));
            let value = instance(root, &schema, choices, depth - 1);
            out.insert(name, value);
        }
        out.into()
    }

    fn any_value(choices: &mut Choices) -> Value {
        let values = [
            json!(null),
            json!(true),
            json!(0),
            json!(1.5),
            json!(2),
            json!("a"),
            json!("ab"),
            json!([]),
            json!([1, "a"]),
            json!({}),
            json!({ "a": 1 }),
            json!({ "a": null, "b": "a" }),
            json!({ "type": "a" }),
        ];
        choices.of(&values).unwrap().clone()
    }

    /// The value, or one that differs from it in a place.
    fn mutate(value: Value, choices: &mut Choices) -> Value {
        if choices.below(2) == 0 {
            return value;
        }
        match value {
            Value::Array(mut items) if !items.is_empty() && choices.below(3) > 0 => {
                let index = choices.below(items.len());
                let item = items[index].take();
                items[index] = mutate(item, choices);
                items.into()
            }
            Value::Object(mut fields) if !fields.is_empty() && choices.below(3) > 0 => {
                let names: Vec<String> = fields.keys().cloned().collect();
                let name = choices.of(&names).unwrap().clone();
                let field = fields.remove(&name).unwrap();
                if choices.below(3) > 0 {
                    fields.insert(name, mutate(field, choices));
                }
                fields.into()
            }
            _ => any_value(choices),
        }
    }

    // --- validation ----------------------------------------------------------------------------

    /// The component `S` as a JSON Schema.
    fn validator(document: &Value) -> jsonschema::Validator {
        let schema =
            json!({ "$ref": "#/components/schemas/S", "components": document["components"] });
        jsonschema::draft202012::new(&schema).unwrap()
    }

    /// A schema of 3.0 in the words of JSON Schema 2020-12.
    fn translate(schema: &Value) -> Value {
        let mut out = Map::new();
        for (keyword, value) in schema.as_object().unwrap() {
            let value = match keyword.as_str() {
                "nullable" | "exclusiveMinimum" | "exclusiveMaximum" => continue,
                "allOf" | "anyOf" | "oneOf" => {
                    value.as_array().unwrap().iter().map(translate).collect()
                }
                "not" | "items" => translate(value),
                "additionalProperties" if value.is_object() => translate(value),
                "properties" => {
                    let properties = value.as_object().unwrap().iter();
                    properties
                        .map(|(name, property)| (name.clone(), translate(property)))
                        .collect()
                }
                _ => value.clone(),
            };
            out.insert(keyword.clone(), value);
        }
        for (exclusive, inclusive) in [
            ("exclusiveMinimum", "minimum"),
            ("exclusiveMaximum", "maximum"),
        ] {
            if schema.get(exclusive) == Some(&json!(true)) {
                let limit = out.remove(inclusive).unwrap();
                out.insert(exclusive.to_owned(), limit);
            }
        }
        if schema.get("nullable") == Some(&json!(true)) {
            return json!({ "anyOf": [out, { "type": "null" }] });
        }
        out.into()
    }

    fn translate_document(document: &Value) -> Value {
        let schemas = document["components"]["schemas"]
            .as_object()
            .unwrap()
            .iter();
        let schemas: Map<_, _> = schemas
            .map(|(name, schema)| (name.clone(), translate(schema)))
            .collect();
        json!({ "components": { "schemas": schemas } })
    }

    /// Fails unless each value tried says the same or, where something is recorded, is accepted at least
    /// where it was. `seed` decides which values are tried.
    fn check(source: &Value, lowered: &Lowered, seed: u64) -> Result<(), TestCaseError> {
        let before = validator(source);
        let after = validator(&translate_document(&lowered.document));
        let mut choices = Choices(seed);
        for _ in 0..24 {
            let value = instance(
                source,
                &source["components"]["schemas"]["S"],
                &mut choices,
                6,
            );
            let value = mutate(value, &mut choices);
            let (was, is) = (before.is_valid(&value), after.is_valid(&value));
            prop_assert!(
                is || !was,
                "{value} is no longer accepted by\n{:#}",
                lowered.document
            );
            let recorded = !lowered.loosened.is_empty();
            prop_assert!(
                was || !is || recorded,
                "{value} is now accepted, unrecorded, by\n{:#}",
                lowered.document
            );
        }
        Ok(())
    }

    /// The document, lowered; rejected when its schemas never end.
    fn lowered_if_it_ends(source: &Value) -> Result<Lowered, TestCaseError> {
        match lower(source) {
            Ok(_) => Ok(lowered(source)),
            Err(error) if error.to_string().contains("itself") => {
                Err(TestCaseError::reject("recursion"))
            }
            Err(error) => Err(TestCaseError::fail(error.to_string())),
        }
    }

    fn config() -> ProptestConfig {
        ProptestConfig {
            max_global_rejects: 1 << 20,
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_is_accepted_stays_accepted(schemas in schemas(), seed in 1..u64::MAX) {
            let source = document("3.1.0", schemas);
            check(&source, &lowered_if_it_ends(&source)?, seed)?;
        }

        #[test]
        fn what_is_not_recorded_is_as_it_was(s in expressible(), a in component_for_expressible(), seed in 1..u64::MAX) {
            let source = document("3.1.0", json!({ "S": s, "A": a, "B": { "properties": { "a": a } } }));
            let lowered = lowered_if_it_ends(&source)?;
            prop_assume!(lowered.loosened.is_empty());
            check(&source, &lowered, seed)?;
        }
    }
}

/// Documents with anything anywhere.
mod totality {
    use super::*;

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = select(vec![
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(u64::MAX),
            json!(""),
            json!("null"),
            json!("#/components/schemas/Pet"),
            json!("#/paths/~1a"),
            json!("#/components/pathItems/Shared"),
            json!("#"),
            json!("#a"),
            json!("%"),
        ]);
        leaf.prop_recursive(2, 8, 3, |inner| {
            let name = select(vec![
                "$ref", "type", "$id", "$defs", "schema", "anyOf", "const", "nullable", "x-a", "~/",
            ]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map(name.prop_map(str::to_owned), inner, 0..3)
                    .prop_map(|fields| json!(fields)),
            ]
        })
    }

    /// The pointers of everything in a value.
    fn pointers_into(value: &Value, at: &str, pointers: &mut Vec<String>) {
        pointers.push(at.to_owned());
        let mut below = |name: &str, value: &Value| {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointers_into(value, &format!("{at}/{name}"), pointers);
        };
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, item)| below(&index.to_string(), item)),
            Value::Object(fields) => fields.iter().for_each(|(name, field)| below(name, field)),
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// It is lowered, or it is refused with a place that is in the document, or that something is missing at.
        #[test]
        fn any_document_is_lowered_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), anything()), 1..3),
        ) {
            let mut source = documents::parts();
            source["components"]["schemas"] = json!({
                "Pet": { "$defs": { "a": { "type": "null" } }, "anyOf": [{ "$ref": "#/$defs/a" }, { "type": "array", "prefixItems": [true] }] },
                "S": { "type": "object", "properties": { "p": { "$ref": "#/components/schemas/Pet", "description": "d" } } },
            });
            for (index, value) in changes {
                let mut places = Vec::new();
                pointers_into(&source, "", &mut places);
                let place = index.get(&places);
                *source.pointer_mut(place).unwrap() = value;
            }
            match lower(&source) {
                Ok(_) => {
                    lowered(&source);
                }
                Err(error) => {
                    let pointer = error.pointer().unwrap();
                    let parent = pointer.rfind('/').map_or("", |end| &pointer[..end]);
                    prop_assert!(source.pointer(parent).is_some(), "{error}");
                }
            }
        }
    }
}
