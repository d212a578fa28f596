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

/// Converters of 3.0's `nullable` write `type: null` where it stands without a `type`.
#[test]
fn alone_beside_what_describes_something_else() {
    let pet = json!({ "$ref": "#/components/schemas/Pet" });
    let nullable = json!({ "allOf": [pet], "nullable": true });
    loosens(
        json!({ "type": "null", "oneOf": [pet, { "type": "null" }] }),
        nullable.clone(),
        &["type"],
    );
    loosens(
        json!({ "type": ["null"], "allOf": [pet] }),
        nullable.clone(),
        &["type"],
    );
    loosens(
        json!({ "type": "null", "$ref": "#/components/schemas/Pet" }),
        nullable,
        &["type"],
    );
    loosens(
        json!({ "properties": { "p": { "type": "null", "properties": { "a": { "type": "string" } } } } }),
        json!({ "properties": { "p": { "nullable": true, "properties": { "a": { "type": "string" } } } } }),
        &["properties/p/type"],
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
