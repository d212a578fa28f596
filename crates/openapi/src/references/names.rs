//! The names of components.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::pointer;
use crate::structure::Section;

/// Names for what a reference can point to. What is not a component is lifted to be one.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The names that are taken, by section, without what Rust's naming of types leaves out.
    taken: BTreeMap<&'static str, BTreeSet<String>>,
    /// The names of the document's own components, by section.
    own: BTreeMap<String, Vec<String>>,
    /// The names of what is lifted, by section and pointer.
    given: BTreeMap<(&'static str, String), String>,
    /// What is yet to be lifted.
    pending: VecDeque<Lifted>,
}

/// What becomes a component.
#[derive(Debug)]
pub(crate) struct Lifted {
    pub(crate) section: &'static Section,
    /// Where it stands.
    pub(crate) pointer: String,
    pub(crate) name: String,
}

impl Names {
    /// The names that `document` takes.
    pub(crate) fn of(document: &Value) -> Self {
        let sections = document.get("components").and_then(Value::as_object);
        let names_of = |section: &Value| {
            section
                .as_object()
                .map(|names| names.keys().cloned().collect())
        };
        let own = sections
            .into_iter()
            .flatten()
            .filter_map(|(section, names)| Some((section.clone(), names_of(names)?)))
            .collect();
        Self::taken(own)
    }

    /// The names that components have, by section.
    pub(crate) fn taken(own: BTreeMap<String, Vec<String>>) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// The name of the component that stands at `target`, where it is one, and its name is permitted.
    pub(crate) fn own(section: &Section, target: &str) -> Option<String> {
        let name = target
            .strip_prefix("/components/")?
            .strip_prefix(section.name)?
            .strip_prefix('/')?;
        is_component_name(name).then(|| name.to_owned())
    }

    /// Queues what stands at `target`, to be lifted under its own name.
    pub(crate) fn queue(&mut self, section: &'static Section, target: &str, name: &str) {
        self.pending.push_back(Lifted {
            section,
            pointer: target.to_owned(),
            name: name.to_owned(),
        });
    }

    /// The name of the component that what stands at `target` becomes.
    pub(crate) fn component(&mut self, section: &'static Section, target: &str) -> String {
        let key = (section.name, target.to_owned());
        if let Some(name) = self.given.get(&key) {
            return name.clone();
        }
        let name = self.unique(section, &name_for(target));
        self.given.insert(key, name.clone());
        self.pending.push_back(Lifted {
            section,
            pointer: target.to_owned(),
            name: name.clone(),
        });
        name
    }

    /// What is next to be lifted.
    pub(crate) fn next_lifted(&mut self) -> Option<Lifted> {
        self.pending.pop_front()
    }

    /// A name like `name` that no other component of the section has, nor one that is the same in Rust.
    pub(crate) fn unique(&mut self, section: &'static Section, name: &str) -> String {
        let own = &self.own;
        let taken = self.taken.entry(section.name).or_insert_with(|| {
            own.get(section.name)
                .into_iter()
                .flatten()
                .filter(|name| is_component_name(name))
                .map(|name| plain(name))
                .collect()
        });
        let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
        let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
        // The candidates do not end.
        candidates
            .find(|name| taken.insert(plain(name)))
            .unwrap_or_default()
    }
}

/// Whether a component may have the name (OpenAPI 3.0.3, section 4.7.7), so that progenitor finds it by the
/// last part of a reference.
pub(crate) fn is_component_name(name: &str) -> bool {
    let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.chars().all(permitted)
}

/// A name for what stands at `target`: of a definition its own, else the way to it.
fn name_for(target: &str) -> String {
    let tokens: Vec<String> = pointer::tokens(target).collect();
    let definition = tokens
        .iter()
        .rposition(|token| token == "$defs" || token == "definitions");
    let start = match (definition, tokens.first().map(String::as_str)) {
        (Some(definition), _) => definition + 1,
        (None, Some("components")) => 2,
        (None, Some("paths")) => 1,
        _ => 0,
    };
    let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let parts = tokens
        .iter()
        .skip(start)
        .flat_map(|token| token.split(|c| !permitted(c)));
    let name = parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    if name.is_empty() {
        "Lifted".to_owned()
    } else {
        name
    }
}

/// A name without case and separators, which Rust's naming of types leaves out.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
