//! What a document of 3.0 says is said already.

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
