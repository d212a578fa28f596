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
    source["components"]["responses"] =
        json!({ "Ok": { "description": "d", "headers": { "X": { "schema": { "const": 1 } } } } });
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
