//! `cargo check` over the crates, and what the compiler says of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use keyholder_openapi::{Error, Result};
use testing_harness::cargo::{Cargo, complaint};

/// What the compiler says of the crates, by the names of their folders.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Those that compile.
    pub compiled: BTreeSet<String>,
    /// How many warnings there are.
    pub warnings: BTreeMap<String, usize>,
    /// What is wrong first: an error, else a warning.
    pub first: BTreeMap<String, String>,
}

/// A line of `cargo --message-format=json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
}

/// Checks all crates in `folder`, with all features; one that does not compile hides no other.
///
/// # Errors
///
/// A cargo that does not come to compiling.
pub(super) fn check(cargo: &Cargo<'_>, folder: &Path) -> Result<Findings> {
    let arguments = [
        "check",
        "--quiet",
        "--workspace",
        "--all-features",
        "--keep-going",
        "--message-format=json",
    ];
    let output = cargo
        .command(folder)?
        .args(arguments)
        .output()
        .map_err(|error| Error::new(format!("cargo cannot be run: {error}")))?;
    let findings = Findings::read(&String::from_utf8_lossy(&output.stdout), folder);
    if !output.status.success() && findings.first.is_empty() {
        return Err(Error::new(format!("cargo check: {}", complaint(&output))));
    }
    Ok(findings)
}

impl Findings {
    fn read(lines: &str, folder: &Path) -> Self {
        let folder = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        let mut findings = Self::default();
        let mut failed = BTreeSet::new();
        for message in lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        {
            let name = message
                .manifest_path
                .as_deref()
                .and_then(Path::parent)
                .and_then(|manifest| manifest.strip_prefix(folder.join("providers")).ok())
                .and_then(Path::to_str);
            let Some(name) = name else { continue };
            match (message.reason.as_str(), message.message) {
                ("compiler-artifact", _) => {
                    findings.compiled.insert(name.to_owned());
                }
                ("compiler-message", Some(diagnostic)) if diagnostic.is_of_code() => {
                    let is_error = diagnostic.level != "warning";
                    let line = diagnostic.line();
                    if is_error && failed.insert(name.to_owned()) {
                        findings.first.insert(name.to_owned(), line);
                    } else if !is_error {
                        *findings.warnings.entry(name.to_owned()).or_default() += 1;
                        findings.first.entry(name.to_owned()).or_insert(line);
                    }
                }
                _ => {}
            }
        }
        findings
    }
}

impl Diagnostic {
    /// Whether it is about code, rather than a count of the others.
    fn is_of_code(&self) -> bool {
        let is_count =
            self.message.ends_with(" emitted") || self.message.starts_with("aborting due to");
        !is_count
            && matches!(
                self.level.as_str(),
                "error" | "warning" | "error: internal compiler error"
            )
    }

    fn line(&self) -> String {
        let place = self.spans.iter().find(|span| span.is_primary);
        let place = place.map_or_else(String::new, |span| {
            format!(" ({}:{})", span.file_name, span.line_start)
        });
        format!("{}: {}{place}", self.level, self.message)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::Findings;

    fn message(name: &str, level: &str, text: &str) -> Value {
        json!({
            "reason": "compiler-message",
            "manifest_path": format!("/out/providers/{name}/Cargo.toml"),
            "message": { "level": level, "message": text, "spans": [
                { "file_name": "src/lib.rs", "line_start": 3, "is_primary": true },
            ] },
        })
    }

    #[test]
    fn what_is_said_is_said_of_a_crate() {
        let lines = [
            message("warned", "warning", "unused"),
            message("warned", "warning", "1 warning emitted"),
            message("broken", "warning", "unused"),
            message("broken", "error", "mismatched types"),
            message("broken", "error", "aborting due to 1 previous error"),
            json!({ "reason": "compiler-artifact", "manifest_path": "/out/providers/warned/Cargo.toml" }),
            json!({ "reason": "compiler-artifact", "manifest_path": "/elsewhere/core/Cargo.toml" }),
            json!({ "reason": "build-finished", "success": false }),
        ];
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let findings = Findings::read(&lines, Path::new("/out"));
        assert_eq!(
            findings.compiled.into_iter().collect::<Vec<_>>(),
            ["warned"]
        );
        assert_eq!(findings.warnings["warned"], 1);
        assert_eq!(findings.first["warned"], "warning: unused (src/lib.rs:3)");
        assert_eq!(
            findings.first["broken"],
            "error: mismatched types (src/lib.rs:3)"
        );
    }
}
