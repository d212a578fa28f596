//! What the original description says of the operation: how it is asked and what it answers.
//!
//! It is read here a second time, apart from the generator's pipeline, and neither converted nor lowered: what the
//! generator gets wrong must not be wrong here in the same way. Not even the parser is the generator's.

mod answer;
mod document;
mod sample;

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::claims::Claim;
use super::index::Entry;
use super::wanted::Wanted;
use super::wanted::servers::Servers;
use keyholder_openapi::{Error, Result};
use testing_harness::description::{Parameters, Place, base_path, members, resolve};

pub(super) use answer::{Answer, Refusal};
pub(super) use document::parse;

/// The methods of a path item, written down a second time.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// The operation, as its description has it.
#[derive(Debug)]
pub(super) struct Original {
    /// The method, in upper case.
    pub method: String,
    /// The path of the server's address, without a slash at its end.
    pub base_path: String,
    /// What a request carries beside the credentials.
    pub parameters: Parameters,
    /// The path, as a template.
    pub path: String,
    /// What a request authenticates itself with.
    pub wanted: Wanted,
    /// The servers that a client may have by default.
    pub servers: Servers,
    /// What it is answered with.
    pub answer: Answer,
    /// What it says to a token that it does not know, and to one that may not ask this.
    pub refusals: [Refusal; 2],
    /// How large the description is.
    pub size: Size,
}

/// How large a description is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    /// Its bytes.
    pub bytes: u64,
    /// Its operations.
    pub operations: usize,
}

/// Reads the description in `folder` that `entry` names, and prepares an answer that holds `claims`.
///
/// # Errors
///
/// A description that cannot be read, does not have the operation, or describes no JSON answer for it.
pub(super) fn read(folder: &Path, entry: &Entry, claims: &[Claim]) -> Result<Original> {
    let file = folder.join(&entry.file);
    let text = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let is_json = Path::new(&entry.file)
        .extension()
        .is_some_and(|extension| extension == "json");
    let document = document::parse(&text, is_json).map_err(|error| error.in_file(&file))?;
    let original = self::original(&document, entry, claims).map_err(|error| error.in_file(&file));
    original.map(|original| Original {
        size: Size {
            bytes: text.len() as u64,
            operations: operations(&document),
        },
        ..original
    })
}

fn original(document: &Value, entry: &Entry, claims: &[Claim]) -> Result<Original> {
    let (method, path) = entry.method_and_path()?;
    let item = resolve(document, &document["paths"][path]);
    let operation = item
        .get(method.to_ascii_lowercase())
        .ok_or_else(|| Error::at("/paths", format!("there is no operation {method} {path}")))?;
    let place = Place {
        document,
        item,
        operation,
    };
    let said = entry.security_summary.as_deref();
    let wanted = Wanted::read(place, said, entry.security.as_ref());
    let [own, shared] = [operation, item].map(|level| wanted.without_credentials(document, level));
    let asked = Place {
        item: &shared,
        operation: &own,
        ..place
    };
    Ok(Original {
        base_path: base_path(place),
        parameters: Parameters::read(asked, path),
        path: path.to_owned(),
        wanted,
        servers: Servers::read(place),
        answer: Answer::read(place, claims)?,
        refusals: [401, 403].map(|status| Refusal::read(place, status)),
        size: Size::default(),
        method,
    })
}

fn operations(document: &Value) -> usize {
    members(&document["paths"])
        .map(|(_, item)| resolve(document, item))
        .filter_map(Value::as_object)
        .map(|item| {
            let is_operation = |key: &&String| METHODS.contains(&key.as_str());
            item.keys().filter(is_operation).count()
        })
        .sum()
}
