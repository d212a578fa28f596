//! `cargo check` over the crates, and what the compiler says of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::process;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::Cargo;

/// What the compiler says of the crates, by the names of their folders.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Those that compile.
    pub compiled: BTreeSet<String>,
    /// How many warnings there are.
    pub warnings: BTreeMap<String, usize>,
    /// Those that do not.
    pub failed: BTreeSet<String>,
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

/// How long all crates may take to compile, and how long one alone.
const LIMIT: Duration = Duration::from_secs(30 * 60);
const LIMIT_ALONE: Duration = Duration::from_secs(5 * 60);

/// Checks the crates of these names in `folder`, with all features; one that does not compile hides no other. Where
/// they do not come to an end together, those that are left are checked each alone, in a workspace of its own that
/// `alone` writes.
///
/// # Errors
///
/// A cargo that cannot be run.
pub(super) fn check(
    cargo: &Cargo<'_>,
    folder: &Path,
    names: &[&str],
    alone: &mut dyn FnMut(&str) -> Result<PathBuf>,
) -> Result<Findings> {
    let (mut findings, fault) = run(cargo, folder, LIMIT)?;
    let Some(fault) = fault else {
        return Ok(findings);
    };
    for name in names {
        if findings.compiled.contains(*name) || findings.failed.contains(*name) {
            continue;
        }
        if names.len() == 1 {
            findings.first.insert((*name).to_owned(), fault.clone());
            continue;
        }
        let (own, fault) = run(cargo, &alone(name)?, LIMIT_ALONE)?;
        if let Some(fault) = fault.filter(|_| !own.first.contains_key(*name)) {
            findings.first.insert((*name).to_owned(), fault);
        }
        findings.compiled.extend(own.compiled);
        findings.warnings.extend(own.warnings);
        findings.first.extend(own.first);
    }
    Ok(findings)
}

/// What is found of the crates in a workspace, and what kept cargo from its end: its time, or a fault of no crate.
fn run(cargo: &Cargo<'_>, folder: &Path, limit: Duration) -> Result<(Findings, Option<String>)> {
    let arguments = [
        "check",
        "--quiet",
        "--workspace",
        "--all-features",
        "--keep-going",
        "--message-format=json",
    ];
    let mut command = cargo.command(folder)?;
    let ended = process::run(command.args(arguments), limit)
        .map_err(|error| Error::new(format!("cargo cannot be run: {error}")))?;
    let findings = Findings::read(&String::from_utf8_lossy(&ended.output.stdout), folder);
    let is_of_a_crate = !ended.is_late && !findings.failed.is_empty();
    let fault = ended.fault().filter(|_| !is_of_a_crate);
    Ok((findings, fault.map(|fault| format!("cargo check: {fault}"))))
}

impl Findings {
    fn read(lines: &str, folder: &Path) -> Self {
        let folder = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        let mut findings = Self::default();
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
                    if is_error && findings.failed.insert(name.to_owned()) {
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
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::{Value, json};
    use testing_harness::cargo::Cargo;
    use testing_harness::file;

    use super::{Findings, check};

    /// A workspace of crates, each of a manifest's rest and of code.
    fn workspace(folder: &Path, crates: &[(&str, &str)]) {
        let manifest = "[workspace]\nmembers = [\"providers/*\"]\nresolver = \"3\"\n";
        file::write(&folder.join("Cargo.toml"), manifest).unwrap();
        for (name, code) in crates {
            let own = folder.join("providers").join(name);
            let end = if *name == "astray" { "" } else { "]" };
            let manifest = format!("[package{end}\nname = {name:?}\nedition = \"2024\"\n");
            file::write(&own.join("Cargo.toml"), &manifest).unwrap();
            file::write(&own.join("src/lib.rs"), code).unwrap();
        }
    }

    /// What is found of these crates.
    fn found(crates: &[(&str, &str)]) -> Findings {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        file::write(&root.join("Cargo.lock"), "version = 4\n").unwrap();
        let cargo = Cargo {
            root: &root,
            build: &place.path().join("build"),
        };
        let out = place.path().join("out");
        workspace(&out, crates);
        let names: Vec<_> = crates.iter().map(|(name, _)| *name).collect();
        let mut alone = |name: &str| {
            let folder = place.path().join("alone").join(name);
            let own: Vec<_> = crates
                .iter()
                .filter(|(it, _)| *it == name)
                .copied()
                .collect();
            workspace(&folder, &own);
            Ok(folder)
        };
        let findings = check(&cargo, &out, &names, &mut alone).unwrap();
        fs::remove_dir_all(place.path()).unwrap();
        findings
    }

    #[test]
    fn a_crate_that_does_not_compile_hides_no_other() {
        let findings = found(&[("good", "pub fn f() {}"), ("bad", "pub fn f() -> u8 {}")]);
        assert_eq!(findings.compiled.iter().collect::<Vec<_>>(), ["good"]);
        assert!(findings.first["bad"].contains("mismatched types"));
        assert!(!findings.first.contains_key("good"));
    }

    #[test]
    fn a_crate_that_cargo_cannot_load_hides_no_other() {
        let findings = found(&[
            ("good", "pub fn f() {}"),
            ("astray", ""),
            ("bad", "pub fn f() -> u8 {}"),
        ]);
        assert_eq!(findings.compiled.iter().collect::<Vec<_>>(), ["good"]);
        assert!(
            findings.first["astray"].starts_with("cargo check: error"),
            "{findings:?}"
        );
        assert!(findings.first["bad"].contains("mismatched types"));
    }

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
