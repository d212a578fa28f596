//! What an answer's schema leaves untold because its references lead nowhere.

use serde_json::Value;

use super::super::shape::Shape;
use super::super::yaml::Map;
use super::{Scope, subject};
use keyholder_openapi::pointer;

/// How deep lost references are looked for.
const DEPTH: usize = 2;

/// How many of them are told of.
const MOST: usize = 3;

/// Says which parts of the answer no schema describes, where the holder may stand in them. Where nothing else tells of
/// the holder, the identifier is left open, to be filled in.
pub(super) fn add_to(map: &mut Map, answer: &Shape<'_>) {
    if map.get("sub").is_some() {
        return;
    }
    let mut found = Vec::new();
    find("", answer, DEPTH, &mut found);
    if found.is_empty() {
        return;
    }
    let shown: Vec<_> = found
        .iter()
        .take(MOST)
        .map(|(at, why)| {
            let place = if at.is_empty() { "The answer" } else { at };
            format!("{place} is not described: {why}.")
        })
        .collect();
    let told = shown.join(" ");
    if map.is_empty() {
        map.explain(
            "sub",
            Value::Null,
            format!(
                "{told} Mend the description; or fill in where the answer has whose token it is, as in `/id`; or write `identity: none` if it says nothing of it."
            ),
        );
    } else {
        map.remark(told);
    }
}

/// The parts that lead nowhere, by their pointers, with the reason.
fn find(at: &str, shape: &Shape<'_>, depth: usize, found: &mut Vec<(String, String)>) {
    if let Some(why) = shape.lost() {
        found.push((at.to_owned(), why));
        return;
    }
    if depth == 0 {
        return;
    }
    if let Some(items) = shape.items().filter(|_| shape.is_array()) {
        return find(&pointer::push(at, "0"), &items, depth, found);
    }
    let scope = Scope::new(at, shape);
    for field in &scope.fields {
        if subject::is_entered(field, &scope) || field.shape.lost().is_some() {
            find(&field.pointer, &field.shape, depth - 1, found);
        }
    }
}
