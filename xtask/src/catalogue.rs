//! The providers of `catalogue/` as data: the generated file of the crate that carries them.

use std::fs;
use std::path::Path;

use keyholder_codegen::write::Change;
use keyholder_codegen::{Outcome, data};
use keyholder_describe::{Described, specs};
use keyholder_openapi::{Error, Result};

/// Adds to what a run comes to how the file differs, and what there is to say of the descriptions.
///
/// # Errors
///
/// Whatever is wrong with a description; a provider that has a crate; a file that does not read.
pub(crate) fn add(outcome: &mut Outcome, root: &Path) -> Result<()> {
    let specs = specs::specs(&root.join("catalogue"))?;
    for spec in &specs {
        let has_crate = |it: &keyholder_codegen::Provider| it.name == spec.provider;
        if outcome.providers.iter().any(has_crate) {
            return Err(Error::new("describes a provider that has a crate")
                .in_file(&spec.description)
                .with_help("keep it here or in specs/"));
        }
    }
    let described = specs
        .iter()
        .map(Described::read)
        .collect::<Result<Vec<_>>>()?;
    let data = data(&described, "cargo xtask codegen")?;
    outcome.remarks.extend(data.remarks);
    let file = root.join("crates/catalogue/src/data.rs");
    let before = match fs::read_to_string(&file) {
        Ok(before) => Some(before),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Error::new(format!("cannot be read: {error}")).in_file(&file));
        }
    };
    if before.as_ref() != Some(&data.file) {
        outcome.changes.push(Change::Write {
            file,
            before,
            after: data.file,
        });
    }
    Ok(())
}
