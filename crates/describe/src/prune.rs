//! What of a description is kept beside its overlay.

use keyholder_openapi::prune::{self, Kept};
use keyholder_openapi::structure::is_extension;
use keyholder_openapi::{Result, load, overlay};
use serde_json::Value;

use crate::described::all_marked;
use crate::specs::Spec;
use crate::{Described, EXTENSION, Selected};

/// The text of a description with only what its marked operations reach, and what its overlay speaks of; `None` where
/// nothing is left out. Everything in it stands where it stood, so that the overlay, `codegen`, `drift` and `update` find
/// what they find in the whole.
///
/// The texts are those of `spec`'s two files. Nothing is read.
///
/// # Errors
///
/// As [`Described::parse`], and as [`Described::select`].
pub fn pruned(spec: &Spec, description: &str, overlay: Option<&str>) -> Result<Option<String>> {
    let whole = Described::parse(spec, description, overlay)?;
    let corrections = match (overlay, &spec.overlay) {
        (Some(text), Some(file)) => load::read(text, is_json(file))?,
        _ => Value::Null,
    };
    let marked = all_marked(&whole.document);
    let scheme = |mapping: &Value| mapping["token"]["scheme"].as_str().map(str::to_owned);
    let kept = Kept {
        operations: marked
            .iter()
            .map(|it| (it.path.to_owned(), it.method.to_owned()))
            .collect(),
        security_schemes: marked
            .iter()
            .filter_map(|it| scheme(&it.object[EXTENSION]))
            .collect(),
        places: overlay::references(&corrections),
        targets: overlay::targets(&whole.document, &corrections),
    };
    let pruned = prune::prune(description, is_json(&spec.description), &kept)?;
    let Some(pruned) = pruned else {
        return Ok(None);
    };
    // What is read of it is what is read of the whole, or the whole is kept.
    let expected = reached(&whole)?;
    let is_same = Described::parse(spec, &pruned, overlay)
        .and_then(|left| reached(&left))
        .is_ok_and(|left| left == expected);
    Ok(is_same.then_some(pruned))
}

/// What is read of each operation.
fn reached(described: &Described) -> Result<Vec<Value>> {
    let first = described.select()?;
    let further = described.select_further()?;
    let of_operation = |selected: Selected| {
        let mut document = selected.document;
        if let Some(root) = document.as_object_mut() {
            root.retain(|name, _| !is_extension(name));
        }
        document
    };
    Ok(std::iter::once(first)
        .chain(further)
        .map(of_operation)
        .collect())
}

fn is_json(file: &std::path::Path) -> bool {
    file.extension().is_some_and(|ending| ending == "json")
}
