//! The schemas of a document that have a name of their own: an `$id` or an `$anchor` (JSON Schema 2020-12 Core, sections
//! 8.2.1 and 8.2.2).

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::pointer;
use crate::structure::{Kind, Version, walk};

/// Where a document is whose own address nobody knows: relative identifiers start here. `invalid` is no one's
/// (RFC 2606, section 2).
const UNKNOWN: &str = "https://description.invalid/";

/// The identifiers of a document's schemas.
#[derive(Debug, Default)]
pub(super) struct Identifiers {
    /// The schemas with an `$id`, each a resource, by pointer: their addresses.
    resources: BTreeMap<String, Url>,
    /// The same, by address.
    by_address: BTreeMap<Url, String>,
    /// The schemas with an `$anchor`, by the resource that they are in and the anchor.
    anchors: BTreeMap<(String, String), String>,
}

impl Identifiers {
    /// Those of `document`.
    pub(super) fn of(document: &Value) -> Self {
        let mut found = Self::default();
        // Most documents have none, and the walk is long.
        if !has_any(document) {
            return found;
        }
        let mut named = Vec::new();
        walk(Version::V3_1.root(), document, "", &mut |node| {
            if let (Kind::Schema, Value::Object(schema)) = (node.kind, node.value) {
                let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
                // The walk goes inwards: the resources around are known by now.
                if let Some(id) = text("$id") {
                    // Before 2019-09, an `$id` of a fragment was an anchor.
                    match id.strip_prefix('#') {
                        Some(anchor) => named.push((anchor, node.pointer.to_owned())),
                        None => found.add(id, node.pointer),
                    }
                }
                for keyword in ["$anchor", "$dynamicAnchor"] {
                    named.extend(text(keyword).map(|anchor| (anchor, node.pointer.to_owned())));
                }
            }
            true
        });
        for (anchor, place) in named {
            let resource = found.around(&place).to_owned();
            found
                .anchors
                .entry((resource, anchor.to_owned()))
                .or_insert(place);
        }
        found
    }

    fn add(&mut self, id: &str, place: &str) {
        let around = pointer::parent(place).map_or("", |outer| self.around(outer));
        if let Some(mut address) = self.address(id, around) {
            address.set_fragment(None);
            self.by_address
                .entry(address.clone())
                .or_insert_with(|| place.to_owned());
            self.resources.insert(place.to_owned(), address);
        }
    }

    /// The resource that a place is in: the pointer of the nearest schema around it with an `$id`, or the root's.
    pub(super) fn around<'p>(&self, at: &'p str) -> &'p str {
        if self.resources.is_empty() {
            return "";
        }
        pointer::around(at)
            .find(|outer| self.resources.contains_key(*outer))
            .unwrap_or_default()
    }

    /// The pointer of the resource that `uri` names from within the resource at `base`.
    pub(super) fn resource(&self, uri: &str, base: &str) -> Option<&str> {
        let address = self.address(uri, base)?;
        self.by_address.get(&address).map(String::as_str)
    }

    /// The schema that has an anchor in a resource; in any, where that resource has none.
    pub(super) fn anchor(&self, resource: &str, anchor: &str) -> Option<&str> {
        let key = (resource.to_owned(), anchor.to_owned());
        let mut named = self
            .anchors
            .iter()
            .filter(|((_, other), _)| other == anchor);
        let only = match (named.next(), named.next()) {
            (Some((_, place)), None) => Some(place),
            _ => None,
        };
        self.anchors.get(&key).or(only).map(String::as_str)
    }

    /// All anchors.
    pub(super) fn anchors(&self) -> impl Iterator<Item = &str> {
        self.anchors.keys().map(|(_, anchor)| anchor.as_str())
    }

    /// The address that `uri` comes to from within the resource at `base` (RFC 3986, section 5).
    fn address(&self, uri: &str, base: &str) -> Option<Url> {
        match self.resources.get(base) {
            Some(base) => base.join(uri).ok(),
            None => Url::parse(UNKNOWN).ok()?.join(uri).ok(),
        }
    }
}

/// Whether some object in `value` has a member that may be an identifier.
fn has_any(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| {
            matches!(name.as_str(), "$id" | "$anchor" | "$dynamicAnchor") || has_any(member)
        }),
        Value::Array(items) => items.iter().any(has_any),
        _ => false,
    }
}
