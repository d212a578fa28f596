//! Places of a described body: which schemas hold there, and which members they know.

use serde_json::Value;

use testing_harness::description::{list, members, resolve};

/// A place of a body, with every schema that may hold there.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    document: &'a Value,
    schemas: Vec<&'a Value>,
}

impl<'a> Place<'a> {
    /// Where `schema` holds; references lead into `document`.
    #[must_use]
    pub fn new(document: &'a Value, schema: &'a Value) -> Self {
        Self::of(document, [schema])
    }

    /// Where nothing is described, so that every member counts.
    #[must_use]
    pub fn open() -> Self {
        Self::of(&Value::Null, [])
    }

    fn of(document: &'a Value, schemas: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut place = Self {
            document,
            schemas: Vec::new(),
        };
        for schema in schemas {
            place.expand(schema);
        }
        place
    }

    /// Adds `schema` and what it is made of.
    fn expand(&mut self, schema: &'a Value) {
        if self
            .schemas
            .iter()
            .any(|known| std::ptr::eq(*known, schema))
        {
            return;
        }
        self.schemas.push(schema);
        let target = resolve(self.document, schema);
        if !std::ptr::eq(target, schema) {
            self.expand(target);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in list(&schema[keyword]) {
                self.expand(part);
            }
        }
    }

    /// The place of a member; none for one that no schema knows, which readers may leave out.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Self> {
        let known = self
            .schemas
            .iter()
            .filter_map(|schema| schema["properties"].get(name));
        let known: Vec<_> = known.collect();
        if !known.is_empty() {
            return Some(Self::of(self.document, known));
        }
        let others = self
            .schemas
            .iter()
            .map(|schema| &schema["additionalProperties"]);
        let others: Vec<_> = others.filter(|schema| schema.is_object()).collect();
        if !others.is_empty() {
            return Some(Self::of(self.document, others));
        }
        let mut properties = self
            .schemas
            .iter()
            .flat_map(|schema| members(&schema["properties"]));
        properties.next().is_none().then(Self::open)
    }

    /// The place of the item of a list.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        let items = self.schemas.iter().filter_map(|schema| {
            let first = schema["prefixItems"].get(index);
            first.or_else(|| schema.get("items"))
        });
        Self::of(self.document, items)
    }
}
