//! Documents with anything anywhere.

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
