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
