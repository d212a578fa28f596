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
