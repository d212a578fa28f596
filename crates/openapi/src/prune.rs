//! `prune`: the text of a description without what its operations do not reach.
//!
//! Everything else stays where it stands, so that a JSON pointer, or the target of an overlay, leads to what it led to
//! before. What is left of the text is as it was written: its order, its layout, and its comments.

mod cut;
mod reach;

use serde_json::Value;

use crate::repair::Repair;
use crate::structure::Version;
use crate::{Result, load, swagger};

pub(crate) use reach::Reach;

/// What of a description is kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Paths and methods, in lower case.
    pub operations: Vec<(String, String)>,
    /// Security schemes, beside those that the operations or the document require.
    pub security_schemes: Vec<String>,
    /// What is referred to from elsewhere: JSON pointers (RFC 6901) into the description as [`load::read`] gives it. One
    /// that leads nowhere is nothing.
    pub places: Vec<String>,
    /// What each target of an overlay selects, as such pointers: all of it, where nothing of it is kept otherwise.
    pub targets: Vec<Vec<String>>,
}

/// `text`, which is a description in JSON or YAML of any version that is read, with what is `kept` and all that this
/// refers to; `None` where nothing is left out, and where that cannot be done without changing something else.
///
/// What of the root speaks of all operations is kept: its servers, its security requirements with their schemes, and
/// `info`. Tags, webhooks and extensions of the root are not.
///
/// # Errors
///
/// Text that does not parse.
pub fn prune(text: &str, json: bool, kept: &Kept) -> Result<Option<String>> {
    let document = load::parse(text, json)?;
    let reach = reached(&document, kept);
    let Some(pruned) = reach.prune(&document) else {
        return Ok(None);
    };
    if pruned == document {
        return Ok(None);
    }
    let is_same = |text: &String| load::parse(text, json).is_ok_and(|read| read == pruned);
    let text = cut::cut(text, &reach).filter(is_same);
    Ok(text.or_else(|| written(&pruned, json).filter(is_same)))
}

/// Those of some repairs that are of what an operation reaches, or of what speaks of all operations.
#[must_use]
pub fn reached_of(
    document: &Value,
    path: &str,
    method: &str,
    security_schemes: &[String],
    repairs: &[Repair],
) -> Vec<Repair> {
    if repairs.is_empty() {
        return Vec::new();
    }
    let mut reach = Reach::new(document);
    reach.operation(path, method);
    for name in security_schemes {
        reach.security_scheme(name);
    }
    let is_reached = |it: &&Repair| reach.has(&it.pointer);
    repairs.iter().filter(is_reached).cloned().collect()
}

/// The reach of what is kept of a document as it was parsed.
fn reached<'a>(document: &'a Value, kept: &Kept) -> Reach<'a> {
    let mut reach = Reach::new(document);
    for (path, method) in &kept.operations {
        reach.operation(path, method);
    }
    for name in &kept.security_schemes {
        reach.security_scheme(name);
    }
    let is_swagger = Version::of(document) == Some(Version::V2_0);
    let original = |place: &String| {
        if is_swagger {
            swagger::original_pointer(place)
        } else {
            place.clone()
        }
    };
    for place in &kept.places {
        reach.place(&original(place));
    }
    for target in &kept.targets {
        let places: Vec<_> = target.iter().map(original).collect();
        if !places.iter().any(|place| reach.has(place)) {
            for place in &places {
                reach.place(place);
            }
        }
    }
    reach
}

/// The text of a document, where what is left of the text that it had does not say the same: as where an anchor stood in
/// what is left out.
fn written(document: &Value, json: bool) -> Option<String> {
    if json {
        Some(format!("{document:#}\n"))
    } else {
        serde_saphyr::to_string(document).ok()
    }
}
