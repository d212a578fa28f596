//! `load`: reads YAML or JSON into one plain value.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Error, Result};

/// Reads the document at `file`: JSON when its name ends in `.json`, YAML 1.2 otherwise.
///
/// # Errors
///
/// A file that cannot be read or does not parse, with the line and column.
pub fn load(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
    parse(&text, is_json(file)).map_err(|error| error.in_file(file))
}

fn is_json(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "json")
}

/// Parses `text` as JSON or as YAML 1.2.
///
/// # Errors
///
/// Text that does not parse, with the line and column.
pub fn parse(text: &str, json: bool) -> Result<Value> {
    if json {
        serde_json::from_str(text).map_err(|error| Error::new(format!("is not JSON: {error}")))
    } else {
        serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
            let place = error.location().map_or(String::new(), |location| {
                format!(" at line {} column {}", location.line(), location.column())
            });
            let message = error.without_snippet().render();
            let message = message.lines().next().unwrap_or_default();
            Error::new(format!("is not YAML: {message}{place}"))
        })
    }
}

/// YAML 1.2's core schema, in which `no` and `1_000` are strings, without the bounds of untrusted input:
/// a description is a file of ours, and large ones have a million nodes.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_events: 50_000_000,
            max_nodes: 25_000_000,
            max_total_scalar_bytes: 1024 * 1024 * 1024,
            max_depth: 120,
        },
    }
}
