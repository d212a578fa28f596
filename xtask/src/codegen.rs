//! `cargo xtask codegen`: the crates anew from `specs/`, the table of them in the workspace's README, and the providers of
//! `catalogue/` as data.

use std::path::Path;
use std::process::ExitCode;

use keyholder_codegen::command::{CodegenArguments, Folders};
use keyholder_codegen::{Codegen, Destination, Outcome};
use keyholder_describe::{Described, specs};
use keyholder_openapi::Result;

use crate::{catalogue, readme};

/// Generates, or checks; `root` is the workspace's folder.
///
/// # Errors
///
/// Whatever is wrong with a description; a folder that is not ours.
pub(crate) fn run(arguments: &CodegenArguments, root: &Path) -> Result<ExitCode> {
    let codegen = Codegen {
        specs: arguments.folders.specs(root),
        destination: destination(&arguments.folders, root)?,
        providers: arguments.providers.clone(),
    };
    let specs = specs::specs(&codegen.specs)?;
    specs::check_described(&specs, &codegen.providers, &codegen.specs)?;
    let mut outcome = plan(&codegen, specs.iter().map(Described::read), root)?;
    if is_home(root, codegen.destination.out()) {
        catalogue::add(&mut outcome, root)?;
    }
    arguments.finish(&outcome, "cargo xtask")
}

/// The workspace itself, or a folder of its own whose crates stand on those of the workspace.
///
/// # Errors
///
/// A manifest that does not read.
pub(crate) fn destination(folders: &Folders, root: &Path) -> Result<Destination> {
    let out = folders.out(root);
    let destination = if is_home(root, &out) {
        Destination::member(root, out)
    } else {
        Destination::detached(root, out)
    };
    Ok(destination?.written_by("cargo xtask codegen"))
}

/// Whether `out` is the workspace's own folder of crates.
pub(crate) fn is_home(root: &Path, out: &Path) -> bool {
    is_same(&root.join("crates"), out)
}

/// Whether both paths lead to one place.
pub(crate) fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// What differs between what is there and what the descriptions make, the README's table among it.
///
/// # Errors
///
/// As [`Codegen::plan_described`]; a README without a place for the table.
pub(crate) fn plan(
    codegen: &Codegen,
    described: impl IntoIterator<Item = Result<Described>>,
    root: &Path,
) -> Result<Outcome> {
    let mut outcome = codegen.plan_described(described)?;
    if is_home(root, codegen.destination.out()) {
        let change = readme::change(root, &outcome.providers)?;
        outcome.changes.extend(change);
    }
    Ok(outcome)
}
