//! Where a newer description goes: into the file that is there, as it is published.

use std::fs;
use std::path::Path;

use keyholder_codegen::write::Change;
use keyholder_openapi::load;
use keyholder_openapi::{Error, Result};

/// The changes that put the text of `file` in the place of `old`.
///
/// The name stays where the text reads alike under it. Where it does not, as JSON in a file that is read as YAML may
/// not, the ending becomes that of its format.
///
/// # Errors
///
/// A file that cannot be read.
pub(crate) fn changes(old: &Path, file: &Path) -> Result<Vec<Change>> {
    let read = |file: &Path| {
        fs::read(file)
            .map_err(|error| Error::new(format!("cannot be read: {error}")))
            .and_then(load::decode)
            .map_err(|error| error.in_file(file))
    };
    let (before, after) = (read(old)?, read(file)?);
    let document = load::load(file)?;
    let is_json = |path: &Path| path.extension().is_some_and(|it| it == "json");
    if load::read(&after, is_json(old)).is_ok_and(|read| read == document) {
        let change = Change::Write {
            file: old.to_path_buf(),
            before: Some(before.clone()),
            after: after.clone(),
        };
        return Ok(if before == after {
            Vec::new()
        } else {
            vec![change]
        });
    }
    let ending = if is_json(file) { "json" } else { "yaml" };
    Ok(vec![
        Change::Write {
            file: old.with_extension(ending),
            before: None,
            after,
        },
        Change::Remove {
            file: old.to_path_buf(),
        },
    ])
}
