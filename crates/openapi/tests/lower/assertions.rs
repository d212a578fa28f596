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
