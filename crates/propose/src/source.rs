//! What `--spec` names: a description in YAML or JSON, or a page in Markdown that embeds one.

use serde_json::Value;

use super::File;
use super::{markdown, tags};
use keyholder_openapi::Result;
use keyholder_openapi::load;

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
    /// Its text, unchanged.
    pub text: String,
    /// How it is written.
    pub format: Format,
    /// The document.
    pub document: Value,
    /// The operation that a page says to describe.
    pub operation: Option<String>,
    /// What of its text is read otherwise than it is written.
    pub noticed: Vec<String>,
}

/// Reads the description that a file holds.
///
/// # Errors
///
/// A file that holds none.
pub(super) fn read(file: File<'_>, operation: Option<&str>) -> Result<Published> {
    parse(file, operation).map_err(|error| error.in_file(file.path))
}

fn parse(File { path, text }: File<'_>, operation: Option<&str>) -> Result<Published> {
    let extension = path
        .extension()
        .and_then(|it| it.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let format = match extension.as_str() {
        "md" | "mdx" | "markdown" => return embedded(text, operation),
        "json" => Format::Json,
        "yaml" | "yml" => Format::Yaml,
        _ if text.trim_start().starts_with('{') => Format::Json,
        _ if text.contains("```") && !is_keyed(text) => return embedded(text, operation),
        _ => Format::Yaml,
    };
    let (document, _, noticed) = load::read_noted(text, format == Format::Json)?;
    Ok(Published {
        noticed,
        text: text.to_owned(),
        format,
        document,
        operation: None,
    })
}

fn embedded(page: &str, operation: Option<&str>) -> Result<Published> {
    let found = match markdown::extract(page, operation) {
        Ok(found) => found,
        Err(error) => {
            let tagged = tags::describe(page).ok_or(error)?;
            return Ok(Published {
                text: format!("{:#}\n", tagged.document),
                format: Format::Json,
                document: tagged.document,
                operation: Some(tagged.operation),
                noticed: Vec::new(),
            });
        }
    };
    Ok(Published {
        text: found.text,
        format: found.format,
        document: found.document,
        operation: found.operation,
        noticed: found.noticed,
    })
}

/// Whether a text begins as a description in YAML does.
fn is_keyed(text: &str) -> bool {
    text.lines()
        .any(|line| line.starts_with("openapi:") || line.starts_with("swagger:"))
}
