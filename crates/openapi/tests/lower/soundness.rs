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
        prop::collection::btree_map(name(), schema.clone(), 0..3).prop_map(|schemas| json!(schemas))
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

fn array(root: &Value, keywords: &Map<String, Value>, choices: &mut Choices, depth: u32) -> Value {
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

fn object(root: &Value, keywords: &Map<String, Value>, choices: &mut Choices, depth: u32) -> Value {
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
    let schema = json!({ "$ref": "#/components/schemas/S", "components": document["components"] });
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
