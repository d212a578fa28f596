//! What is asserted of arrays.

use serde_json::{Value, json};

use super::Draft;
use super::form::{Schema30, union};
use crate::Result;
use crate::lower::document::Pass;
use crate::lower::keywords::{self, applies_in_place, is_trivial};
use crate::pointer;

impl Pass<'_> {
    /// Lowers what is asserted of arrays.
    pub(super) fn arrays(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        self.count(draft, "maxItems");
        self.count(draft, "minItems");
        draft.copy("uniqueItems");
        let rest = self.other_items(draft);
        match draft.source.get("prefixItems") {
            Some(Value::Array(prefix)) => self.tuple(draft, prefix, rest)?,
            _ => self.items(draft, rest)?,
        }
        self.contains(draft);
        Ok(())
    }

    /// The keyword that says what the items after `prefixItems` are. `unevaluatedItems` does where nothing else
    /// can evaluate an item (JSON Schema 2020-12 Core, section 11.2).
    fn other_items(&mut self, draft: &mut Draft<'_>) -> Option<&'static str> {
        let source = draft.source;
        if source.contains_key("items") {
            return Some("items");
        }
        if source.get("unevaluatedItems").is_none_or(is_trivial) {
            return None;
        }
        if applies_in_place(source) || source.contains_key("contains") {
            let reason = "3.0 cannot tell which items are evaluated: dropped";
            self.loosen(draft, "unevaluatedItems", reason);
            return None;
        }
        Some("unevaluatedItems")
    }

    /// Lowers the schema of all items.
    fn items(&mut self, draft: &mut Draft<'_>, keyword: Option<&str>) -> Result<()> {
        let Some((keyword, schema)) =
            keyword.and_then(|keyword| Some((keyword, draft.source.get(keyword)?)))
        else {
            return Ok(());
        };
        if *schema == Value::Bool(false) {
            draft.set("maxItems", 0);
            draft.set("items", json!({}));
            return Ok(());
        }
        let items = self.part(schema, &draft.place(keyword))?;
        draft.exact &= items.exact;
        draft.set("items", items.keywords);
        Ok(())
    }

    /// Lowers an array whose first items have schemas of their own. 3.0 has one schema for all: each item is
    /// one of those that it could be.
    fn tuple(&mut self, draft: &mut Draft<'_>, prefix: &[Value], rest: Option<&str>) -> Result<()> {
        let rest_schema = rest.and_then(|keyword| draft.source.get(keyword));
        let closed = rest_schema == Some(&Value::Bool(false));
        if closed {
            let prefixed = u64::try_from(prefix.len()).unwrap_or(u64::MAX);
            let most = limit(draft).map_or(prefixed, |limit| limit.min(prefixed));
            draft.set("maxItems", most);
        }
        let most = limit(draft)
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(usize::MAX);

        let mut branches = Vec::new();
        for (index, schema) in prefix.iter().take(most).enumerate() {
            let at = pointer::push(&draft.place("prefixItems"), index.to_string());
            branches.push(self.part(schema, &at)?);
        }
        if most > prefix.len() {
            branches.push(match (rest, rest_schema) {
                (Some(keyword), Some(schema)) => self.part(schema, &draft.place(keyword))?,
                _ => Schema30::anything(),
            });
        }
        let alike = branches
            .iter()
            .all(|branch| branches.first() == Some(branch));
        draft.exact &= branches.iter().all(|branch| branch.exact);
        draft.set(
            "items",
            if branches.is_empty() {
                json!({})
            } else {
                union(branches).into()
            },
        );
        if !alike {
            self.loosen(
                draft,
                "prefixItems",
                "3.0 has one schema for all items: each may be what any may be",
            );
        }
        Ok(())
    }

    fn contains(&mut self, draft: &mut Draft<'_>) {
        let source = draft.source;
        // Of at least none, `contains` asserts nothing (JSON Schema 2020-12 Core, section 10.3.1.3).
        let minimum = source.get("minContains").and_then(Value::as_f64);
        let asserts = minimum != Some(0.0) || source.contains_key("maxContains");
        if source.contains_key("contains") && asserts {
            self.loosen(
                draft,
                "contains",
                "3.0 cannot ask for some of the items: dropped",
            );
        }
    }
}

/// The greatest length that is set.
fn limit(draft: &Draft<'_>) -> Option<u64> {
    draft
        .out
        .get("maxItems")
        .and_then(|count| keywords::count(count, draft.at).ok())
}
