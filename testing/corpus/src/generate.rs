//! From a description to a crate, as its user does it: `new`, then `codegen`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::index::Entry;
use super::scale::{Cost, measure};
use keyholder_codegen::{Destination, Generated, generate_from};
use keyholder_core::ProviderInfo;
use keyholder_describe::{Described, specs};
use keyholder_openapi::{Error, Result};
use keyholder_propose::New;

/// A crate that was made, or what kept it from that; and what it cost.
#[derive(Debug)]
pub(super) struct Made {
    /// The crate.
    pub generated: Result<Generated>,
    /// The provider as it is read at run time, from the same files.
    pub info: Result<ProviderInfo>,
    /// What proposing its files cost.
    pub proposing: Cost,
    /// What generating cost.
    pub generating: Cost,
}

/// Proposes the files of `entry` below `folder`, and generates the crate.
pub(super) fn generate(
    corpus: &Path,
    entry: &Entry,
    folder: &Path,
    destination: &Destination,
) -> Made {
    let specs = folder.join(entry.name());
    let (proposed, proposing) = measure(|| guarded(|| propose(corpus, entry, &specs)));
    let (generated, generating) = match proposed {
        Ok(()) => measure(|| guarded(|| run(&specs, destination))),
        Err(error) => (Err(error), Cost::default()),
    };
    let info = guarded(|| Ok(keyholder_describe::provider(&described(&specs)?)?.0));
    Made {
        generated,
        info,
        proposing,
        generating,
    }
}

fn propose(corpus: &Path, entry: &Entry, specs: &Path) -> Result<()> {
    // What an earlier run proposed; `new` itself overwrites nothing.
    if specs.exists() {
        fs::remove_dir_all(specs)
            .map_err(|error| Error::new(format!("cannot be removed: {error}")).in_file(specs))?;
    }
    let new = New {
        provider: entry.name(),
        spec: Some(corpus.join(&entry.file)),
        operation: Some(entry.operation.clone()),
        specs: specs.to_path_buf(),
        ..New::default()
    };
    new.propose()?.write()
}

fn run(folder: &Path, destination: &Destination) -> Result<Generated> {
    generate_from(&described(folder)?, destination)
}

fn described(folder: &Path) -> Result<Described> {
    let specs = specs::specs(folder)?;
    let spec = specs
        .first()
        .ok_or_else(|| Error::new("holds no descriptions").in_file(folder))?;
    Described::read(spec)
}

/// A panic is a defect of ours, and one row's: the others go on.
fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = message.unwrap_or("it gives no reason");
        Err(Error::new(format!("the generator panicked: {message}")))
    })
}
