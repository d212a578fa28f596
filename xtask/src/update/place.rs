//! Where a newer description goes: into the file that is there.

use std::path::Path;

use keyholder_codegen::write::Change;
use keyholder_openapi::{Result, load};

/// The changes that put `text`, which is JSON or YAML, in the place of what `file` holds.
///
/// The name stays where the text reads alike under it. Where it does not, as JSON in a file that is read as YAML may
/// not, the ending becomes that of its format.
///
/// # Errors
///
/// A text that does not read.
pub(crate) fn changes(file: &Path, before: &str, text: &str, json: bool) -> Result<Vec<Change>> {
    let document = load::read(text, json)?;
    let is_json = file.extension().is_some_and(|it| it == "json");
    if load::read(text, is_json).is_ok_and(|read| read == document) {
        let change = Change::Write {
            file: file.to_path_buf(),
            before: Some(before.to_owned()),
            after: text.to_owned(),
        };
        return Ok(if before == text {
            Vec::new()
        } else {
            vec![change]
        });
    }
    let ending = if json { "json" } else { "yaml" };
    Ok(vec![
        Change::Write {
            file: file.with_extension(ending),
            before: None,
            after: text.to_owned(),
        },
        Change::Remove {
            file: file.to_path_buf(),
        },
    ])
}
