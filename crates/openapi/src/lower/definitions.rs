//! The schemas that a `$ref` can lead to, and what leads to what.

use std::collections::{BTreeMap, BTreeSet};

use crate::pointer;
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
        let endless = self.endless();
        let next = |pointer: &str| {
            let leads_to = &self.known.get(pointer)?.in_place;
            leads_to
                .iter()
                .find(|(target, _)| endless.contains(target.as_str()))
        };
        // Each of them leads to another: after as many steps, the walk is on a cycle.
        let mut walk = endless.first().and_then(|pointer| next(pointer));
        for _ in 0..endless.len() {
            walk = walk.and_then(|(target, _)| next(target));
        }
        let Some((_, at)) = walk else {
            return Ok(());
        };
        let message = "the schema that it leads to is defined by itself: nothing says which values it accepts";
        Err(Error::at(pointer::push(at, "$ref"), message))
    }

    /// The definitions that lead to a cycle: those that remain when what leads nowhere is taken away, and
    /// then what leads only there, and so on.
    fn endless(&self) -> BTreeSet<&str> {
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for (pointer, definition) in &self.known {
            open.insert(pointer, definition.in_place.len());
            for target in definition.in_place.keys() {
                users.entry(target).or_default().push(pointer);
            }
        }
        let closed = open.iter().filter(|(_, count)| **count == 0);
        let mut pending: Vec<&str> = closed.map(|(pointer, _)| *pointer).collect();
        while let Some(pointer) = pending.pop() {
            open.remove(pointer);
            for user in users.get(pointer).into_iter().flatten() {
                if let Some(count) = open.get_mut(user) {
                    *count -= 1;
                    if *count == 0 {
                        pending.push(user);
                    }
                }
            }
        }
        open.into_keys().collect()
    }
}
