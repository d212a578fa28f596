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
