//! The table of providers in the workspace's README.

use std::fs;
use std::path::Path;

use keyholder_codegen::write::Change;
use keyholder_codegen::{Provider, table};
use keyholder_openapi::{Error, Result};

const START: &str = "<!-- providers: written by `cargo xtask codegen` -->\n";
const END: &str = "<!-- end of providers -->\n";

/// The README with its table anew, where that differs.
///
/// # Errors
///
/// A README without the marks between which the table stands.
pub(crate) fn change(root: &Path, providers: &[Provider]) -> Result<Option<Change>> {
    let file = root.join("README.md");
    let before = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let parts = before
        .split_once(START)
        .and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    let Some((head, tail)) = parts else {
        return Err(Error::new("has no place for the table of providers")
            .in_file(&file)
            .with_help(format!(
                "put these two lines where it is to stand:\n{START}{END}"
            )));
    };
    let after = format!(
        "{head}{START}{}{END}{tail}",
        table(providers, "crates/providers")
    );
    Ok((before != after).then_some(Change::Write {
        file,
        before: Some(before),
        after,
    }))
}
