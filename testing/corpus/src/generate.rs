//! From a description to a crate, as its user does it: `new`, then `codegen`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::index::Entry;
use super::original;
use super::scale::{Cost, measure};
use keyholder_codegen::{Destination, Generated, generate_from};
use keyholder_core::ProviderInfo;
use keyholder_describe::{Described, specs};
use keyholder_openapi::{Error, Result};
use keyholder_propose::New;

/// What came of a description, without its crate: that is made again by who writes it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// The operation that is proposed where none is named: a method and a path.
    pub operation: Option<String>,
    /// Why none is proposed.
    pub no_operation: Option<String>,
    /// What kept it from a crate.
    pub fault: Option<String>,
    /// The provider as it is read at run time, from the same files.
    pub info: Option<ProviderInfo>,
    /// Why it is not.
    pub no_info: Option<String>,
    /// The lines of Rust in the crate.
    pub lines: usize,
    /// What proposing its files cost.
    pub proposing: Cost,
    /// What generating cost.
    pub generating: Cost,
}

/// Proposes the files of `entry` below `folder`, and generates the crate.
pub(super) fn outcome(
    corpus: &Path,
    entry: &Entry,
    folder: &Path,
    destination: &Destination,
) -> Outcome {
    let mut outcome = Outcome::default();
    let found = folder.join("found").join(entry.name());
    match guarded(|| propose(corpus, entry, None, &found)).and_then(|()| proposed(&found, entry)) {
        Ok(operation) => outcome.operation = Some(operation),
        Err(error) => outcome.no_operation = Some(error.to_string()),
    }
    let Some(operation) = entry.operation.as_deref() else {
        return outcome;
    };
    let specs = folder.join(entry.name());
    let (proposed, proposing) =
        measure(|| guarded(|| propose(corpus, entry, Some(operation), &specs)));
    outcome.proposing = proposing;
    if let Err(error) = proposed {
        outcome.fault = Some(error.to_string());
        return outcome;
    }
    let (generated, generating) = measure(|| guarded(|| run(&specs, destination)));
    outcome.generating = generating;
    match generated {
        Ok(generated) => outcome.lines = lines(&generated),
        Err(error) => outcome.fault = Some(error.to_string()),
    }
    match guarded(|| Ok(keyholder_describe::provider(&described(&specs)?)?.0)) {
        Ok(info) => outcome.info = Some(info),
        Err(error) => outcome.no_info = Some(error.to_string()),
    }
    outcome
}

/// The crate of `entry`, whose files are proposed already.
///
/// # Errors
///
/// A description that there is no client for.
pub(super) fn crate_of(
    entry: &Entry,
    folder: &Path,
    destination: &Destination,
) -> Result<Generated> {
    guarded(|| run(&folder.join(entry.name()), destination))
}

fn propose(corpus: &Path, entry: &Entry, operation: Option<&str>, specs: &Path) -> Result<()> {
    // What an earlier run proposed; `new` itself overwrites nothing.
    if specs.exists() {
        fs::remove_dir_all(specs)
            .map_err(|error| Error::new(format!("cannot be removed: {error}")).in_file(specs))?;
    }
    let new = New {
        provider: entry.name(),
        spec: Some(corpus.join(&entry.file)),
        operation: operation.map(str::to_owned),
        specs: specs.to_path_buf(),
        ..New::default()
    };
    new.propose()?.write()
}

/// The operation that an overlay marks, as it is written in it.
fn proposed(specs: &Path, entry: &Entry) -> Result<String> {
    let file = specs.join(format!("{}.overlay.yaml", entry.name()));
    let text =
        fs::read_to_string(&file).map_err(|error| Error::new(error.to_string()).in_file(&file))?;
    let overlay = original::parse(&text, false)?;
    let actions = overlay["actions"].as_array();
    let marks = |action: &&Value| action["update"].get("x-whoami").is_some();
    let target = actions.into_iter().flatten().find(marks);
    let target = target.and_then(|action| action["target"].as_str());
    let target = target.ok_or_else(|| Error::new("the overlay marks no operation"))?;
    Ok(named(target).unwrap_or_else(|| target.to_owned()))
}

/// The method and the path in a query such as `$.paths['/me'].get` (RFC 9535).
fn named(target: &str) -> Option<String> {
    let pattern = r#"^\$(?:\.paths|\[['"]paths['"]\])\[(?:'([^']+)'|"([^"]+)")\](?:\.(\w+)|\[['"](\w+)['"]\])$"#;
    let found = Regex::new(pattern).ok()?.captures(target)?;
    let path = found.get(1).or(found.get(2))?.as_str();
    let method = found.get(3).or(found.get(4))?.as_str();
    Some(format!("{} {path}", method.to_ascii_uppercase()))
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

fn lines(generated: &Generated) -> usize {
    let files = generated.files.iter();
    let rust = files.filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "rs"));
    rust.map(|(_, content)| content.lines().count()).sum()
}

/// A panic is a defect of ours, and one step's: the others go on.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = message.unwrap_or("it gives no reason");
        Err(Error::new(format!("a panic: {message}")))
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_operation_of_a_target_is_named() {
        let cases = [
            ("$.paths['/users/{id}'].get", Some("GET /users/{id}")),
            (r#"$["paths"]["/me"]["post"]"#, Some("POST /me")),
            ("$.paths['/me']", None),
            ("$", None),
        ];
        for (target, expected) in cases {
            assert_eq!(named(target).as_deref(), expected, "{target}");
        }
    }
}
