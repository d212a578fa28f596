//! `load`: reads YAML or JSON into one plain value.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::swagger;
use crate::{Error, Result};

/// What `serde_json` takes in a document, with some room.
const MAX_DEPTH: usize = 120;

/// Reads the document at `file`: JSON when its name ends in `.json`, YAML 1.2 otherwise; Swagger 2.0 as OpenAPI 3.0.
///
/// # Errors
///
/// A file that cannot be read or does not parse, with the line and column.
pub fn load(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
    read(&text, is_json(file)).map_err(|error| error.in_file(file))
}

/// The document that `text` holds: JSON or YAML 1.2; Swagger 2.0 as OpenAPI 3.0.
///
/// # Errors
///
/// Text that does not parse, with the line and column; text that holds nothing.
pub fn read(text: &str, json: bool) -> Result<Value> {
    let document = match parse(text, json) {
        // A file of comments alone, too.
        _ if text.trim().is_empty() => Value::Null,
        parsed => parsed?,
    };
    if document.is_null() {
        return Err(Error::new("is empty"));
    }
    Ok(if swagger::is_swagger(&document) {
        swagger::convert(document)
    } else {
        document
    })
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
        parse_yaml(text)
    }
}

fn parse_yaml(text: &str) -> Result<Value> {
    let mut text = Cow::Borrowed(text);
    loop {
        let error = match serde_saphyr::from_str_with_options(&text, options()) {
            Ok(document) => return Ok(document),
            Err(error) => error,
        };
        let message = error.without_snippet().render();
        let message = message.lines().next().unwrap_or_default();
        // What the library would have its callers do.
        let message = &message
            .replace(", set DuplicateKeyPolicy in Options if acceptable", "")
            .replace(
                "; use from_str_multiple or from_str_multiple_with_options",
                "",
            );
        if message.contains("budget breached") || message.contains("recursion limit") {
            return Err(Error::new(format!(
                "is not YAML that can be read: it is nested more than {MAX_DEPTH} levels deep, or its aliases make too much of it"
            )));
        }
        let Some(location) = error.location() else {
            return Err(Error::new(format!("is not YAML: {message}")));
        };
        let line = usize::try_from(location.line()).unwrap_or_default();
        match indent_quoted_lines(&text, line, message) {
            Some(indented) => text = Cow::Owned(indented),
            // The message ends in the place.
            None => return Err(Error::new(format!("is not YAML: {message}"))),
        }
    }
}

/// Indents the lines around `line` that start at the margin inside a quoted text.
///
/// YAML wants them indented, and many writers and readers do not. How far does not matter: line folding takes it off
/// again (YAML 1.2.2, section 7.3.1).
fn indent_quoted_lines(text: &str, line: usize, message: &str) -> Option<String> {
    if !message.contains("indentation in multiline quoted scalar") {
        return None;
    }
    let mut lines: Vec<_> = text.lines().map(Cow::Borrowed).collect();
    let at_margin = |line: &str| line.starts_with(|c: char| !c.is_whitespace());
    let line = line.min(lines.len()).checked_sub(1)?;
    let line = (line.saturating_sub(1)..=line).find(|&line| at_margin(&lines[line]))?;
    let before = lines[..line]
        .iter()
        .rev()
        .take_while(|line| at_margin(line))
        .count();
    let after = lines[line..]
        .iter()
        .take_while(|line| at_margin(line))
        .count();
    for line in &mut lines[line - before..line + after] {
        *line = Cow::Owned(format!("{:80}{line}", ""));
    }
    Some(lines.join("\n"))
}

/// YAML 1.2's core schema, in which `no` and `1_000` are strings, without the bounds of untrusted input:
/// a description is a file of ours, and large ones have a million nodes.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        // Published descriptions indent the lines of quoted texts as they like.
        strict_indentation: false,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_events: 50_000_000,
            max_nodes: 25_000_000,
            max_total_scalar_bytes: 1024 * 1024 * 1024,
            max_depth: MAX_DEPTH,
        },
    }
}
