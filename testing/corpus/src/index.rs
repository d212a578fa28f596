//! `index.json`: which descriptions there are, and what is known of each.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use keyholder_openapi::nearest;
use keyholder_openapi::{Error, Result};

/// The file that lists a corpus.
const FILE: &str = "index.json";

/// A row of the index.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The provider's name.
    pub provider: String,
    /// The description's file, below the corpus's folder.
    pub file: String,
    /// The operation that tells who the caller is, as in `GET /me`; none, where the description has none.
    #[serde(default)]
    pub operation: Option<String>,
    /// The security requirements that hold for it; the description's own where there are none.
    #[serde(default)]
    pub security: Option<Value>,
    /// How a request authenticates itself, in a person's words; see `wanted`.
    #[serde(default)]
    pub security_summary: Option<String>,
    /// What the answer tells, and where, in the index's own words; see `claims`.
    #[serde(default)]
    pub claims: BTreeMap<String, Value>,
}

impl Entry {
    /// The name of the provider's crate: the index's, as one that a crate can have.
    pub(super) fn name(&self) -> String {
        let mut name = String::new();
        for c in self.provider.chars() {
            match c.to_ascii_lowercase() {
                c if c.is_ascii_alphanumeric() => name.push(c),
                _ if name.is_empty() || name.ends_with('-') => {}
                _ => name.push('-'),
            }
        }
        name.trim_end_matches('-').to_owned()
    }

    /// The operation's method, in upper case, and its path.
    pub(super) fn method_and_path(&self) -> Result<(String, &str)> {
        let operation = self.operation.as_deref().unwrap_or_default();
        let (method, path) = operation.trim().split_once(' ').ok_or_else(|| {
            Error::new(format!(
                "{operation:?} is not an operation: write a method, a space and a path"
            ))
        })?;
        Ok((method.to_ascii_uppercase(), path.trim()))
    }
}

/// The rows of the corpus in `folder`; only those of the providers in `only`, if it names any.
///
/// # Errors
///
/// An index that cannot be read; a provider that it does not have.
pub(super) fn read(folder: &Path, only: &[String]) -> Result<Vec<Entry>> {
    let file = folder.join(FILE);
    let text = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let mut entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| {
        Error::new(format!("is not an index of descriptions: {error}"))
            .in_file(&file)
            .with_help("an index is a list of `{ provider, file, operation, security, security_summary, claims }`")
    })?;
    let names: Vec<_> = entries.iter().map(|entry| entry.provider.clone()).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        let error = Error::new(format!("has no provider {unknown:?}")).in_file(&file);
        return Err(
            match nearest::nearest(unknown, names.iter().map(String::as_str)) {
                Some(nearest) => error.with_help(format!("did you mean {nearest:?}?")),
                None => error.with_help(format!("there is: {}", names.join(", "))),
            },
        );
    }
    entries.retain(|entry| only.is_empty() || only.contains(&entry.provider));
    let mut seen = BTreeMap::new();
    for entry in &entries {
        if let Some(first) = seen.insert(entry.name(), &entry.provider) {
            let message = format!("{first:?} and {:?} are one crate's name", entry.provider);
            return Err(Error::new(message).in_file(&file));
        }
    }
    Ok(entries)
}
