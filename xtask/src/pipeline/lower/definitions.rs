//! The schemas that a `$ref` can lead to, and what leads to what.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Error, Result};

/// The definitions of a document, by pointer.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    known: BTreeMap<String, Definition>,
    /// The definition that is being lowered.
    current: Option<String>,
    /// Whether what is being lowered applies to the same value as the definition does.
    in_place: bool,
}

/// A schema that a `$ref` can lead to.
#[derive(Debug, Default)]
struct Definition {
    /// Whether it accepts more once lowered, by itself.
    loose: bool,
    /// The definitions that it uses.
    uses: BTreeSet<String>,
    /// Those that it applies to the same value, and where.
    in_place: BTreeMap<String, String>,
}

impl Definitions {
    /// Begins the definition at `pointer`.
    pub(super) fn begin(&mut self, pointer: &str) {
        self.current = Some(pointer.to_owned());
        self.in_place = true;
        self.known.insert(pointer.to_owned(), Definition::default());
    }

    /// Ends the definition; `exact` when it accepts once lowered what it accepted.
    pub(super) fn end(&mut self, exact: bool) {
        if let Some(definition) = self
            .current
            .take()
            .and_then(|pointer| self.known.get_mut(&pointer))
        {
            definition.loose = !exact;
        }
    }

    /// Enters a subschema that applies to a part of the value; what it was before is to be given back to
    /// [`Definitions::leave`].
    pub(super) fn enter_part(&mut self) -> bool {
        std::mem::replace(&mut self.in_place, false)
    }

    /// Leaves what [`Definitions::enter_part`] entered.
    pub(super) fn leave(&mut self, in_place: bool) {
        self.in_place = in_place;
    }

    /// Records that the schema at `at` uses `target`.
    pub(super) fn uses(&mut self, target: &str, at: &str) {
        let Some(definition) = self
            .current
            .as_ref()
            .and_then(|pointer| self.known.get_mut(pointer))
        else {
            return;
        };
        definition.uses.insert(target.to_owned());
        if self.in_place {
            definition.in_place.insert(target.to_owned(), at.to_owned());
        }
    }

    /// The definitions that accept more once lowered, by themselves or by what they use.
    pub(super) fn loose(&self) -> BTreeSet<String> {
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (pointer, definition) in &self.known {
            for used in &definition.uses {
                users.entry(used).or_default().push(pointer);
            }
        }
        let by_itself = self.known.iter().filter(|(_, definition)| definition.loose);
        let mut pending: Vec<&str> = by_itself.map(|(pointer, _)| pointer.as_str()).collect();
        let mut loose = BTreeSet::new();
        while let Some(pointer) = pending.pop() {
            if loose.insert(pointer.to_owned()) {
                pending.extend(users.get(pointer).into_iter().flatten());
            }
        }
        loose
    }

    /// An error for a definition that leads back to itself without going down into the value: no validator
    /// ever ends (JSON Schema 2020-12 Core, section 9.4.1), nor does the generator.
    pub(super) fn check_recursion(&self) -> Result<()> {
        let mut remaining: BTreeSet<&str> = self.known.keys().map(String::as_str).collect();
        let next = |remaining: &BTreeSet<&str>, pointer: &str| {
            let edges = &self.known.get(pointer)?.in_place;
            edges
                .iter()
                .find(|(target, _)| remaining.contains(target.as_str()))
        };
        // What leads to no remaining definition is on no cycle.
        loop {
            let before = remaining.len();
            let leading: BTreeSet<&str> = remaining
                .iter()
                .copied()
                .filter(|pointer| next(&remaining, pointer).is_some())
                .collect();
            remaining = leading;
            if remaining.len() == before {
                break;
            }
        }
        // Each of those that remain leads to another: after as many steps, the walk is on a cycle.
        let mut walk = remaining
            .first()
            .and_then(|pointer| next(&remaining, pointer));
        for _ in 0..remaining.len() {
            walk = walk.and_then(|(target, _)| next(&remaining, target));
        }
        match walk {
            None => Ok(()),
            Some((target, at)) => Err(Error::at(
                format!("{at}/$ref"),
                format!(
                    "the schema at {target} is defined by itself: nothing says which values it accepts"
                ),
            )),
        }
    }
}
