//! Gives every schema that becomes a type a name of its own, as a component, before progenitor names it.
//!
//! progenitor and typify name inline schemas after where they stand, and do not see when two come out alike.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};

use keyholder_openapi::pointer;
use keyholder_openapi::structure::{Kind, Version, walk, walk_mut};
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

const PREFIX: &str = "#/components/schemas/";

/// Names that a generated type would hide: what generated code and the macros in it name without a path.
const PRELUDE: [&str; 41] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "TryFrom",
    "Vec",
];

/// As long as a name gets.
const LONGEST: usize = 120;

/// As long as a name of a description is. rustc needs memory without end for the field of one that is much longer.
const LONGEST_DESCRIBED: usize = 1024;

/// Refuses a name that is as long as a text.
///
/// # Errors
///
/// There is one, with the pointer of what it is a name in.
pub(crate) fn check(document: &Value) -> Result<()> {
    let mut open = vec![(String::new(), document)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if name.len() > LONGEST_DESCRIBED {
                        let message = format!(
                            "the name {} is {} bytes long: no name has more than {LONGEST_DESCRIBED}",
                            text::shown(name),
                            name.len()
                        );
                        return Err(Error::at(at, message));
                    }
                    // What these hold is data.
                    if !matches!(name.as_str(), "example" | "examples" | "default" | "enum") {
                        open.push((pointer::push(&at, name), member));
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    open.push((pointer::push(&at, index.to_string()), item));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The schemas of a description, each under the name of its Rust type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schemas {
    named: BTreeMap<String, Value>,
    taken: BTreeSet<String>,
    /// The components as they were described, by their names there, with the names of their types.
    described: BTreeMap<String, (String, Value)>,
}

impl Schemas {
    /// Adds the components of `document`, renamed to Rust's customs, with every `$ref` following. One that is the same as
    /// the component of its name in an earlier document, with all that it refers to, is that one.
    ///
    /// Returns the document without them.
    pub(crate) fn add(&mut self, mut document: Value) -> Value {
        let components = document
            .pointer_mut("/components/schemas")
            .map(Value::take)
            .and_then(|schemas| match schemas {
                Value::Object(schemas) => Some(schemas),
                _ => None,
            })
            .unwrap_or_default();
        let known = self.known(&components);
        let names: BTreeMap<_, _> = components
            .keys()
            .map(|name| match known.get(name) {
                Some(known) => (name.clone(), known.clone()),
                None => (name.clone(), self.reserve(name)),
            })
            .collect();
        rename(Version::V3_0.root(), &mut document, &names);
        for (name, mut schema) in components {
            if known.contains_key(&name) {
                continue;
            }
            let described = schema.clone();
            rename(Kind::Schema, &mut schema, &names);
            let renamed = names.get(&name).cloned().unwrap_or(name.clone());
            self.lift_inside(&renamed, &mut schema);
            self.described
                .entry(name)
                .or_insert((renamed.clone(), described));
            self.named.insert(renamed, schema);
        }
        document
    }

    /// Of the components of a further document those that are known, with the names of their types.
    fn known(&self, components: &Map<String, Value>) -> BTreeMap<String, String> {
        let mut known: BTreeMap<_, _> = components
            .iter()
            .filter_map(|(name, schema)| match self.described.get(name) {
                Some((known, described)) if described == schema => {
                    Some((name.clone(), known.clone()))
                }
                _ => None,
            })
            .collect();
        // What refers to another schema is another.
        loop {
            let before = known.len();
            let names: BTreeSet<_> = known.keys().cloned().collect();
            known.retain(|name, _| {
                let mut is_same = true;
                if let Some(schema) = components.get(name) {
                    walk(Kind::Schema, schema, "", &mut |node| {
                        let target = component(node.kind, node.value);
                        is_same &= target
                            .is_none_or(|it| names.contains(&it) || !components.contains_key(&it));
                        true
                    });
                }
                is_same
            });
            if known.len() == before {
                return known;
            }
        }
    }

    /// The name under which `schema` is found: its own, when it is a `$ref`, or a new one after `name`.
    pub(crate) fn name(&mut self, name: &str, mut schema: Value) -> String {
        if let Some(named) = reference(&schema) {
            return named.to_owned();
        }
        let name = self.reserve(name);
        self.lift_inside(&name, &mut schema);
        self.named.insert(name.clone(), schema);
        name
    }

    /// The schema of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// The schema of that name, to be changed.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.named.get_mut(name)
    }

    /// `schema`, or the schema that it refers to.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        // As many steps as there are names: more would be a circle.
        for _ in 0..=self.named.len() {
            match referenced(schema).and_then(|name| self.get(name)) {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }

    /// Forgets the schema of that name, unless it stands for itself alone or another refers to it.
    pub(crate) fn forget(&mut self, name: &str) {
        let is_union = self
            .get(name)
            .is_some_and(|schema| schema.get("oneOf").is_some() || schema.get("anyOf").is_some());
        let target = format!("\"{PREFIX}{name}\"");
        let is_used = self
            .named
            .values()
            .any(|schema| schema.to_string().contains(&target));
        if is_union && !is_used {
            self.named.remove(name);
        }
    }

    /// The names of those that lead to the schema of that name, and its own.
    pub(crate) fn reaching(&self, name: &str) -> BTreeSet<String> {
        let mut referrers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (from, schema) in &self.named {
            for to in references(schema) {
                referrers.entry(to).or_default().push(from);
            }
        }
        let mut reaching = BTreeSet::from([name.to_owned()]);
        let mut open = vec![name];
        while let Some(to) = open.pop() {
            for from in referrers.get(to).into_iter().flatten() {
                if reaching.insert((*from).to_owned()) {
                    open.push(from);
                }
            }
        }
        reaching
    }

    /// Keeps those that `roots` lead to, and no others.
    pub(crate) fn keep_reached(&mut self, roots: impl IntoIterator<Item = String>) {
        let mut reached = BTreeSet::new();
        let mut open: Vec<_> = roots.into_iter().collect();
        while let Some(name) = open.pop() {
            let Some(schema) = self.named.get(&name) else {
                continue;
            };
            if reached.insert(name) {
                open.extend(references(schema));
            }
        }
        self.named.retain(|name, _| reached.contains(name));
    }

    /// Says of what refers to a schema that may be null that it may be, in the place of the schema itself: of that,
    /// typify would make two types of one name.
    pub(crate) fn spread_null(&mut self) {
        let mut nullable = BTreeSet::new();
        for (name, schema) in &mut self.named {
            let keyword = schema.as_object_mut().and_then(|it| it.remove("nullable"));
            if keyword == Some(json!(true)) {
                nullable.insert(name.clone());
            }
        }
        for schema in self.named.values_mut() {
            walk_mut(Kind::Schema, schema, &mut |_, value| {
                for keyword in ["items", "additionalProperties"] {
                    let Some(inner) = value.get_mut(keyword) else {
                        continue;
                    };
                    if referenced(inner).is_some_and(|name| nullable.contains(name)) {
                        if reference(inner).is_some() {
                            *inner = json!({ "allOf": [inner.take()] });
                        }
                        inner["nullable"] = json!(true);
                    }
                }
            });
        }
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.named.iter()
    }

    /// Each of them, to be changed in place.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.named.values_mut()
    }

    fn reserve(&mut self, name: &str) -> String {
        unique(&type_name(name), "", &mut self.taken)
    }

    /// Makes a component of each inline schema inside `schema` that becomes a type.
    fn lift_inside(&mut self, name: &str, schema: &mut Value) {
        join_texts(schema);
        let Some(schema) = schema.as_object_mut() else {
            return;
        };
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for (property, value) in properties {
                self.lift(&format!("{name} {property}"), value);
            }
        }
        for (keyword, suffix) in [("items", "item"), ("additionalProperties", "value")] {
            if let Some(value) = schema.get_mut(keyword) {
                self.lift(&format!("{name} {suffix}"), value);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get_mut(keyword).and_then(Value::as_array_mut);
            for (index, branch) in branches.into_iter().flatten().enumerate() {
                let name = format!("{name} {}", index + 1);
                if keyword == "allOf" {
                    // Its branches are merged into one type.
                    self.lift_inside(&name, branch);
                } else {
                    self.lift(&name, branch);
                }
            }
        }
    }

    fn lift(&mut self, name: &str, schema: &mut Value) {
        if !becomes_type(schema) {
            self.lift_inside(name, schema);
            return;
        }
        let mut lifted = schema.take();
        let nullable = lifted
            .as_object_mut()
            .and_then(|lifted| lifted.remove("nullable"))
            .is_some_and(|nullable| nullable == json!(true));
        let description = lifted.get("description").cloned();
        let name = self.name(name, lifted);
        let mut replacement = reference_to(&name);
        if nullable || description.is_some() {
            // Beside a `$ref` nothing counts (OpenAPI 3.0.3, section 4.7.23.1).
            replacement = json!({ "allOf": [replacement] });
        }
        if nullable {
            replacement["nullable"] = json!(true);
        }
        if let Some(description) = description {
            replacement["description"] = description;
        }
        *schema = replacement;
    }
}

/// Makes one enum of a union of enums of texts: of one type each, which are open, the first would read them all.
fn join_texts(schema: &mut Value) {
    for keyword in ["oneOf", "anyOf"] {
        let Some(branches) = schema.get(keyword).and_then(Value::as_array) else {
            continue;
        };
        let mut texts = Vec::new();
        for branch in branches {
            match (branch["type"].as_str(), branch["enum"].as_array()) {
                (Some("string"), Some(values)) => texts.extend(values.iter().cloned()),
                _ => return,
            }
        }
        let nullable = branches
            .iter()
            .any(|branch| branch["nullable"] == json!(true));
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.to_string()));
        if let Some(schema) = schema.as_object_mut() {
            schema.remove(keyword);
            schema.insert("type".to_owned(), json!("string"));
            schema.insert("enum".to_owned(), Value::Array(texts));
            if nullable {
                schema.insert("nullable".to_owned(), json!(true));
            }
        }
    }
}

/// Whether typify makes a type of its own of `schema`.
fn becomes_type(schema: &Value) -> bool {
    let has = |keyword: &str| schema.get(keyword).is_some();
    let is_union = ["anyOf", "oneOf"].into_iter().any(has);
    let is_merge = schema
        .get("allOf")
        .and_then(Value::as_array)
        .is_some_and(|branches| branches.len() > 1 || has("properties"));
    // Values beside what has them too are not typed: see `tolerance`.
    let has_values = has("enum") && !has("allOf");
    has("properties") || has_values || is_union || is_merge
}

/// A `$ref` to the component schema of that name.
pub(crate) fn reference_to(name: &str) -> Value {
    json!({ "$ref": format!("{PREFIX}{name}") })
}

/// The name that a `$ref` to a component schema has.
pub(crate) fn reference(schema: &Value) -> Option<&str> {
    let target = schema.get("$ref")?.as_str()?;
    target.strip_prefix(PREFIX)
}

/// The same, also of a `$ref` that is wrapped to stand beside other keywords.
pub(crate) fn referenced(schema: &Value) -> Option<&str> {
    reference(schema).or_else(|| match schema.get("allOf")?.as_array()?.as_slice() {
        [only] => reference(only),
        _ => None,
    })
}

/// The names of the component schemas that a schema refers to.
pub(crate) fn references(schema: &Value) -> Vec<String> {
    let mut names = Vec::new();
    walk(Kind::Schema, schema, "", &mut |node| {
        names.extend(reference(node.value).map(str::to_owned));
        true
    });
    names
}

/// The name of the component schema that a value of `kind` refers to.
fn component(kind: Kind, value: &Value) -> Option<String> {
    let name = kind.reference(value)?.strip_prefix(PREFIX)?;
    pointer::tokens(&format!("/{name}")).next()
}

/// Gives the references in `value`, which is of `kind`, the new names of schemas.
fn rename(kind: Kind, value: &mut Value, names: &BTreeMap<String, String>) {
    walk_mut(kind, value, &mut |kind, value| {
        if let Some(name) = component(kind, value).and_then(|name| names.get(&name)) {
            value["$ref"] = format!("{PREFIX}{name}").into();
        }
    });
}

/// A Rust type's name.
pub(crate) fn type_name(name: &str) -> String {
    let mut name = ascii(name).to_upper_camel_case();
    name.truncate(LONGEST);
    // typify does it again, and that may change a name: `U81B` becomes `U81b`, which stays.
    let name = name.to_upper_camel_case();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || name == "Self" {
        format!("Type{name}")
    } else if PRELUDE.contains(&name.as_str()) {
        format!("{name}Type")
    } else {
        name
    }
}

/// A Rust function's, field's or module's name; a keyword gets an underscore.
pub(crate) fn function_name(name: &str) -> String {
    let mut name = ascii(name).to_snake_case();
    name.truncate(LONGEST);
    let name = name.trim_end_matches('_');
    // Since the edition of 2024.
    let is_new_keyword = name == "gen";
    if name.is_empty() {
        "unnamed".to_owned()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else if is_new_keyword || syn::parse_str::<syn::Ident>(name).is_err() {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// `name`, or with a number after `separator` where that is taken; taken afterwards.
pub(crate) fn unique(name: &str, separator: &str, taken: &mut BTreeSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut count = 1;
    while !taken.insert(unique.clone()) {
        count += 1;
        // A keyword's underscore is not needed with a number after it.
        let name = name.trim_end_matches('_');
        unique = format!("{name}{separator}{count}");
    }
    unique
}

/// Whether a name can stand in code as it is: rustc warns of letters that look like others.
pub(crate) fn is_plain(name: &str) -> bool {
    name.is_ascii() && name.len() <= LONGEST
}

/// The letters and digits of a name, in ASCII, with blanks for everything else.
fn ascii(name: &str) -> String {
    // What is longer is cut anyway.
    let start: String = name.chars().take(4 * LONGEST).collect();
    deunicode::deunicode_with_tofu(&start, " ")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{PRELUDE, function_name, type_name};

    #[test]
    fn every_name_is_one_in_rust() {
        let long = "word ".repeat(40_000);
        let names = [
            "", " ", "_", "__", "self", "Self", "super", "crate", "gen", "try", "async", "union",
            "1st", "é", "имя", "名前", "اسم", "👍", "u8 1 b", "\u{202e}", "\u{3164}", "a\nb",
            "r#type", "'a", "a::b", "½", &long,
        ];
        for name in names.into_iter().chain(PRELUDE) {
            for made in [type_name(name), function_name(name)] {
                let code = format!("fn {made}() {{}}");
                assert!(
                    syn::parse_str::<syn::ItemFn>(&code).is_ok(),
                    "{name:?}: {made:?}"
                );
                assert!(made.is_ascii() && made.len() < 130, "{name:?}: {made:?}");
            }
            assert!(!PRELUDE.contains(&type_name(name).as_str()), "{name:?}");
            assert_eq!(type_name(&type_name(name)), type_name(name), "{name:?}");
            assert_eq!(
                function_name(&function_name(name)),
                function_name(name),
                "{name:?}"
            );
        }
        assert_eq!(function_name("gen"), "gen_");
        assert_eq!(function_name("имя"), "imia");
        assert_eq!(type_name("prénom"), "Prenom");
    }
}
