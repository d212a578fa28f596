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
