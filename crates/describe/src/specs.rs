//! The folder of descriptions: which providers there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use keyholder_openapi::nearest;
use keyholder_openapi::{Error, Result};

const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The features that the facade has beside those of the providers.
const FEATURES: [&str; 6] = ["all", "default", "httpmock", "rustls", "schemars", "stream"];

/// The packages `keyholder-…` that are there already.
const PACKAGES: [&str; 9] = [
    "catalogue",
    "check",
    "cli",
    "codegen",
    "core",
    "describe",
    "drift",
    "openapi",
    "propose",
];

/// A provider's two files.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The provider's name: the file's, without its ending.
    pub provider: String,
    /// The description.
    pub description: PathBuf,
    /// Our corrections.
    pub overlay: Option<PathBuf>,
}

/// The providers of `folder`, by name.
///
/// # Errors
///
/// Two files for one provider, a name that no crate can have, an overlay without a description.
pub fn specs(folder: &Path) -> Result<Vec<Spec>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(folder))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut descriptions = BTreeMap::<String, PathBuf>::new();
    let mut overlays = BTreeMap::<String, PathBuf>::new();
    for file in files {
        let Some((stem, extension)) = name(&file) else {
            continue;
        };
        if !EXTENSIONS.contains(&extension) {
            continue;
        }
        let (provider, found) = match stem.strip_suffix(".overlay") {
            Some(provider) => (provider, &mut overlays),
            None => (stem, &mut descriptions),
        };
        check_name(provider, &file)?;
        if let Some(first) = found.insert(provider.to_owned(), file.clone()) {
            return Err(Error::new(format!(
                "{provider} is described by {} already",
                first.display()
            ))
            .in_file(&file)
            .with_help("keep one of the two"));
        }
    }
    if let Some((provider, file)) = overlays
        .iter()
        .find(|(name, _)| !descriptions.contains_key(*name))
    {
        return Err(
            Error::new(format!("corrects {provider}, which has no description"))
                .in_file(file)
                .with_help(format!("put the description beside it, as {provider}.yaml")),
        );
    }
    if descriptions.is_empty() {
        return Err(Error::new("holds no descriptions")
            .in_file(folder)
            .with_help("add <provider>.yaml"));
    }
    Ok(descriptions
        .into_iter()
        .map(|(provider, description)| Spec {
            overlay: overlays.remove(&provider),
            provider,
            description,
        })
        .collect())
}

/// The files of one provider of `folder`.
///
/// # Errors
///
/// No such provider, with the nearest; and as [`specs`].
pub fn find(provider: &str, folder: &Path) -> Result<Spec> {
    let specs = specs(folder)?;
    let names: Vec<_> = specs.iter().map(|spec| spec.provider.clone()).collect();
    let found = specs.into_iter().find(|spec| spec.provider == provider);
    found.ok_or_else(|| unknown(provider, &names).in_file(folder))
}

/// The error for a provider that there is none of.
#[must_use]
pub fn unknown(provider: &str, names: &[String]) -> Error {
    let error = Error::new(format!("there is no description of {provider:?}"));
    match nearest::nearest(provider, names.iter().map(String::as_str)) {
        Some(nearest) => error.with_help(format!("did you mean {nearest:?}?")),
        None => error.with_help(format!("there is: {}", names.join(", "))),
    }
}

fn name(file: &Path) -> Option<(&str, &str)> {
    Some((file.file_stem()?.to_str()?, file.extension()?.to_str()?))
}

/// A provider's name is a crate's, a feature's and a word on the command line.
///
/// # Errors
///
/// A name that cannot be all of these.
pub fn check_name(name: &str, file: &Path) -> Result<()> {
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.ends_with('-')
        && !name.contains("--");
    if !valid {
        return Err(
            Error::new(format!("{name:?} is not a name that a provider can have"))
                .in_file(file)
                .with_help(
                    "use lower-case letters, digits and single dashes, and start with a letter",
                ),
        );
    }
    if FEATURES.contains(&name) || PACKAGES.contains(&name) {
        return Err(Error::new(format!(
            "{name:?} has another meaning and cannot be a provider's name"
        ))
        .in_file(file)
        .with_help("give the provider's files another name"));
    }
    Ok(())
}

/// The providers of `folder` that `names` names; all when it names none.
///
/// # Errors
///
/// As [`specs`], and a name that nothing describes.
pub fn named(folder: &Path, names: &[String]) -> Result<Vec<Spec>> {
    let mut specs = specs(folder)?;
    check_described(&specs, names, folder)?;
    specs.retain(|spec| names.is_empty() || names.contains(&spec.provider));
    Ok(specs)
}

/// Refuses a name that nothing in `folder` describes.
///
/// # Errors
///
/// There is one, with the nearest that is described.
pub fn check_described(specs: &[Spec], names: &[String], folder: &Path) -> Result<()> {
    let described: Vec<_> = specs.iter().map(|spec| spec.provider.clone()).collect();
    match names.iter().find(|name| !described.contains(name)) {
        None => Ok(()),
        Some(name) => Err(unknown(name, &described).in_file(folder)),
    }
}
