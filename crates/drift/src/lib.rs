//! What differs between two descriptions of an operation: our description held against the one that a server or a publisher publishes.
//!
//! Each operation of a provider and what it reaches is compared by meaning: a `$ref` is what it points to, `nullable: true` is
//! `type: [x, "null"]`, and Swagger 2.0 is OpenAPI 3.0 (see `form`). Each difference comes with a verdict: whether it
//! breaks a reader, which is the client that is generated from ours.
//!
//! # What breaks a reader
//!
//! The client reads an answer by its types and by what is required, as `pipeline/generate/tolerance.rs` says. So:
//!
//! - a property that ours requires is no longer required, or gone;
//! - a value is of a type that ours does not have (an integer where ours has a number is none), or may be null as an
//!   item of a list, as a value of a map, or as the whole answer. Properties may be null: the client takes that;
//! - the success has another status, another status is added to it, or its body is no longer JSON;
//! - what a claim of `x-whoami` points to is not there, a response header that a claim or a rule reads, or the code that
//!   tells its `answers` apart;
//! - the path, or the credential that the client sends, is another; a parameter, or a body, is required that it does
//!   not send; or a value that it sends is refused.
//!
//! New properties, new values of an `enum`, formats and limits break nothing. Nor does the body of an error: the client
//! falls back to its status and code. In a union that is not the whole answer, what fits no form is kept as it is, so
//! that only a lost claim breaks there.

mod accepts;
mod answers;
mod change;
mod claims;
mod form;
mod keywords;
mod operation;
mod report;
mod request;
mod schema;
mod security;
mod words;

use std::path::Path;

use serde_json::Value;

pub use change::{Change, Kind, Part, Place};
pub use report::Drift;

use keyholder_describe::Described;
use keyholder_describe::specs::{self, Spec};
use keyholder_openapi::load;
use keyholder_openapi::{Error, Result};
use operation::Operation;

/// A description, and where it comes from.
#[derive(Clone, Debug)]
pub struct Description {
    /// A file or an address.
    pub source: String,
    /// The document: OpenAPI 3.0 or 3.1.
    pub document: Value,
}

impl Description {
    /// What a provider's two files describe.
    ///
    /// # Errors
    ///
    /// A file that does not read, or is no description; an overlay that does not apply.
    pub fn of(spec: &Spec) -> Result<Self> {
        Described::read(spec).map(Self::from)
    }

    /// The description of a provider in the folder `specs`, as [`Description::of`].
    ///
    /// # Errors
    ///
    /// No such provider; and as there.
    pub fn of_provider(provider: &str, folder: &Path) -> Result<Self> {
        Self::of(&specs::find(provider, folder)?)
    }

    /// The description in a file: YAML, or JSON when its name ends in `.json`.
    ///
    /// # Errors
    ///
    /// A file that does not read, or is no description.
    pub fn read(file: &Path) -> Result<Self> {
        let document = load::load(file)?;
        keyholder_describe::check_is_description(&document).map_err(|error| error.in_file(file))?;
        Ok(Self {
            source: file.display().to_string(),
            document,
        })
    }

    /// The description in a text that was had from `source`: YAML or JSON.
    ///
    /// # Errors
    ///
    /// A text that does not read, or is no description.
    pub fn parse(source: &str, text: &str) -> Result<Self> {
        let is_json = text.trim_start().starts_with('{');
        let parsed = load::read(text, is_json).and_then(|document| {
            keyholder_describe::check_is_description(&document)?;
            Ok(document)
        });
        Ok(Self {
            source: source.to_owned(),
            document: parsed.map_err(|error| error.in_file(Path::new(source)))?,
        })
    }
}

impl From<Described> for Description {
    fn from(described: Described) -> Self {
        Self {
            source: described.file().display().to_string(),
            document: described.document,
        }
    }
}

/// Compares the operations of `ours` that `x-whoami` is on with the same operations of `theirs`: those of their methods and
/// their whole paths, unless, for the one that is asked first, `theirs` has `x-whoami` itself.
///
/// `operation`, such as `GET /me` or an operationId, names the operation of theirs; and of ours, where that has no
/// `x-whoami`.
///
/// # Errors
///
/// An operation that one of the two does not have, with the nearest names; a `$ref` that points nowhere.
pub fn compare(ours: &Description, theirs: &Description, operation: Option<&str>) -> Result<Drift> {
    let in_ours = |error: Error| error.in_file(Path::new(&ours.source));
    let in_theirs = |error: Error| error.in_file(Path::new(&theirs.source));
    let marked = Operation::marked(&ours.document).map_err(in_ours)?;
    let our_operation = match (marked, operation) {
        (Some(marked), _) => marked,
        (None, Some(name)) => Operation::named(&ours.document, name).map_err(in_ours)?,
        (None, None) => {
            return Err(in_ours(
                Error::at("/paths", "no operation has `x-whoami`")
                    .with_help("name the operation with --operation"),
            ));
        }
    };
    let their_operation = match operation {
        Some(name) => Operation::named(&theirs.document, name),
        None => match Operation::marked(&theirs.document).map_err(in_theirs)? {
            Some(marked) => Ok(marked),
            None => our_operation.counterpart(&theirs.document),
        },
    };
    let their_operation = their_operation.map_err(in_theirs)?;
    let mut changes = whereabouts(&our_operation, &their_operation, operation.is_some());
    let pair = (&our_operation, &their_operation);
    changes.extend(parts(pair, in_ours, in_theirs)?);
    for further in our_operation.further().map_err(in_ours)? {
        let found = match further.counterpart(&theirs.document) {
            Ok(other) => {
                let mut found = whereabouts(&further, &other, false);
                found.extend(parts((&further, &other), in_ours, in_theirs)?);
                found
            }
            Err(_) => {
                let place = Place::whole(Part::Operation);
                let gone = Change::new(&place, Kind::Removed, further.name(), "");
                vec![gone.breaking("the client asks it")]
            }
        };
        changes.extend(found.into_iter().map(|mut change| {
            change.place.operation = Some(further.name());
            change
        }));
    }
    changes.sort();
    changes.dedup();
    Ok(Drift {
        operation: our_operation.name(),
        ours: ours.source.clone(),
        theirs: theirs.source.clone(),
        changes,
    })
}

/// The differences in what two operations ask for and answer.
fn parts(
    (ours, theirs): (&Operation<'_>, &Operation<'_>),
    in_ours: impl Fn(Error) -> Error,
    in_theirs: impl Fn(Error) -> Error,
) -> Result<Vec<Change>> {
    let our_selected = ours.selected().map_err(in_ours)?;
    let their_selected = theirs.selected().map_err(in_theirs)?;
    let ours = ours.within(&our_selected);
    let theirs = theirs.within(&their_selected);
    let mut changes = Vec::new();
    for part in [security::compare, request::compare, answers::compare] {
        changes.extend(part(&ours, &theirs)?);
    }
    Ok(changes)
}

/// The differences in where the operation is.
fn whereabouts(ours: &Operation<'_>, theirs: &Operation<'_>, is_named: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    if theirs.is_deprecated() && !ours.is_deprecated() {
        let place = Place::whole(Part::Operation);
        changes.push(Change::new(&place, Kind::Deprecated, "", ""));
    }
    let (our_paths, their_paths) = (ours.full_paths(), theirs.full_paths());
    let (our_servers, their_servers) = (ours.servers(), theirs.servers());
    // Who names the operation knows that its path may be another: behind a proxy, say.
    let is_known = !our_servers.is_empty() && !their_servers.is_empty();
    let is_same_below = ours.path == theirs.path && !is_known;
    let method_moved = ours.method != theirs.method;
    if method_moved || (our_paths.is_disjoint(&their_paths) && !is_same_below && is_known) {
        let show = |operation: &Operation<'_>| {
            let servers = operation.servers();
            let base = servers.first().map_or("", |server| server.path.as_str());
            let method = operation.method.to_ascii_uppercase();
            format!("{method} {base}{}", operation.path)
        };
        let change = Change::new(
            &Place::whole(Part::Path),
            Kind::Moved,
            show(ours),
            show(theirs),
        );
        changes.push(if is_named && !method_moved {
            change
        } else {
            change.breaking("the client asks at the old path")
        });
    }
    let origins = |servers: &[operation::Server]| {
        let origins = servers.iter().filter_map(|server| server.origin.clone());
        origins.collect::<Vec<_>>()
    };
    let (our_origins, their_origins) = (origins(&our_servers), origins(&their_servers));
    if let (Some(used), Some(first)) = (our_origins.first(), their_origins.first())
        && !their_origins.contains(used)
    {
        let place = Place::whole(Part::Server);
        changes.push(Change::new(&place, Kind::Moved, used, first));
    }
    changes
}
