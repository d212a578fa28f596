//! What `--spec` names: a description in YAML or JSON, or a page in Markdown that embeds one.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::markdown;
use keyholder_openapi::{Error, Result};
use keyholder_openapi::{bundle, load};

/// How a description is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// YAML 1.2.
    Yaml,
    /// JSON.
    Json,
}

impl Format {
    /// The ending of such a file's name.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
        }
    }
}

/// A description as it was published.
#[derive(Clone, Debug)]
pub(super) struct Published {
    /// Its text: unchanged, unless it was split over several files.
    pub text: String,
    /// How it is written.
    pub format: Format,
    /// The document.
    pub document: Value,
    /// The operation that a page says to describe.
    pub operation: Option<String>,
}

/// Reads what `--spec` names.
///
/// # Errors
///
/// A file that cannot be read or holds no description.
pub(super) fn read(file: &Path, operation: Option<&str>) -> Result<Published> {
    let text = fs::read_to_string(file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
    parse(text, file, operation).map_err(|error| error.in_file(file))
}

fn parse(text: String, file: &Path, operation: Option<&str>) -> Result<Published> {
    let extension = file
        .extension()
        .and_then(|it| it.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let format = match extension.as_str() {
        "md" | "mdx" | "markdown" => return embedded(&text, operation),
        "json" => Format::Json,
        "yaml" | "yml" => Format::Yaml,
        _ if text.trim_start().starts_with('{') => Format::Json,
        _ if text.contains("```") && !is_keyed(&text) => return embedded(&text, operation),
        _ => Format::Yaml,
    };
    let document = load::read(&text, format == Format::Json)?;
    if bundle::is_split(&document) {
        return whole(&load::parse(&text, format == Format::Json)?, file);
    }
    Ok(Published {
        text,
        format,
        document,
        operation: None,
    })
}

/// A description that is split over several files, as one document.
fn whole(document: &Value, file: &Path) -> Result<Published> {
    let bundled = bundle::bundle(file, document)?;
    let text = format!("{:#}\n", bundled.document);
    Ok(Published {
        document: load::read(&text, true)?,
        text,
        format: Format::Json,
        operation: None,
    })
}

fn embedded(page: &str, operation: Option<&str>) -> Result<Published> {
    let found = markdown::extract(page, operation)?;
    Ok(Published {
        text: found.text,
        format: found.format,
        document: found.document,
        operation: found.operation,
    })
}

/// Whether a text begins as a description in YAML does.
fn is_keyed(text: &str) -> bool {
    text.lines()
        .any(|line| line.starts_with("openapi:") || line.starts_with("swagger:"))
}
