//! The program that asks the providers, through the generated clients: one run of it a provider.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers;
use super::process;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::Cargo;
use testing_harness::{file, program};

const PROGRAM: &str = include_str!("program.rs");
const NAME: &str = "keyholder-corpus-runner";

/// How long a run may take, and how long building the program.
const RUN_LIMIT: Duration = Duration::from_secs(120);
const BUILD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What to ask of a provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Question {
    /// The name of the crate.
    pub provider: String,
    /// Where it is asked.
    pub base_url: String,
    /// The token to ask with.
    pub token: String,
    /// Values for what belongs to the key: of those of its form, the first.
    pub any: Vec<String>,
    /// Further tokens, each by a word for it.
    pub tokens: BTreeMap<String, String>,
    /// The status and the media type of its success.
    pub status: u16,
    /// As above.
    pub media_type: String,
    /// Other bodies of success, to be read.
    pub others: Vec<Value>,
    /// Answers of every kind, of each of which there is a verdict.
    pub answers: Vec<answers::Answer>,
}

/// What a provider's client says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    /// The verdict that came of asking, as JSON.
    #[serde(default)]
    pub verdict: Value,
    /// The error that it carries, on one line.
    pub error: Option<String>,
    /// The verdicts that came of asking with the further tokens.
    #[serde(default)]
    pub asked: BTreeMap<String, Value>,
    /// What the client is made of, as JSON.
    #[serde(default)]
    pub provider: Value,
    /// Whether a client can be made without a base URL.
    #[serde(default)]
    pub has_default: bool,
    /// Why which other bodies could not be read.
    #[serde(default)]
    pub unread: Vec<String>,
    /// The verdicts on the question's answers, in their order.
    #[serde(default)]
    pub verdicts: Vec<Value>,
    /// The examples that the crate has, each with its verdict.
    #[serde(default)]
    pub examples: Vec<(u16, String, Value)>,
}

impl Answer {
    /// Whose token it is, or an error on one line.
    pub(super) fn identity(&self) -> std::result::Result<Value, String> {
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(self.verdict["identity"].clone()),
        }
    }
}

/// The built programs, by the providers that they ask.
#[derive(Debug, Default)]
pub(super) struct Programs {
    programs: BTreeMap<String, PathBuf>,
    /// Why there is none for a provider.
    pub faults: BTreeMap<String, String>,
}

impl Programs {
    /// Writes the program below `folder` and builds it on the crates in `out`: one for all of `names`; if that cannot
    /// be, one for each.
    ///
    /// # Errors
    ///
    /// A program that cannot be written, or a cargo that cannot be run.
    pub(super) fn build(
        cargo: &Cargo<'_>,
        folder: &Path,
        out: &Path,
        names: &[&str],
    ) -> Result<Self> {
        let mut programs = Self::default();
        if names.is_empty() {
            return Ok(programs);
        }
        match build(cargo, folder, out, names)? {
            Ok(program) => {
                let all = names
                    .iter()
                    .map(|name| ((*name).to_owned(), program.clone()));
                programs.programs.extend(all);
            }
            Err(fault) if names.len() == 1 => {
                programs.faults.insert(names[0].to_owned(), fault);
            }
            Err(_) => {
                for name in names {
                    match build(cargo, &folder.join("alone").join(name), out, &[*name])? {
                        Ok(program) => {
                            // The next one takes its name.
                            let kept = program.with_file_name(format!("{NAME}-{name}"));
                            std::fs::rename(&program, &kept)
                                .map_err(|error| Error::new(error.to_string()).in_file(&program))?;
                            programs.programs.insert((*name).to_owned(), kept);
                        }
                        Err(fault) => {
                            programs.faults.insert((*name).to_owned(), fault);
                        }
                    }
                }
            }
        }
        Ok(programs)
    }

    /// Asks a provider's client, in a process of its own. `folder` is where the question is written to.
    ///
    /// # Errors
    ///
    /// What became of the process, if it gave no answer.
    pub(super) fn ask(&self, folder: &Path, question: &Question) -> Result<Answer> {
        let name = &question.provider;
        let Some(program) = self.programs.get(name) else {
            let fault = self
                .faults
                .get(name)
                .map_or("was not built", String::as_str);
            return Err(Error::new(format!("the program that asks: {fault}")));
        };
        // By a file: whoever writes to a pipe and reads none may wait for a program that does the same.
        let input = folder.join(format!("{name}.json"));
        file::write(&input, &format!("{}\n", json!(question)))?;
        let error = |error| Error::new(format!("the program that asks cannot be run: {error}"));
        let mut command = Command::new(program);
        command.stdin(File::open(&input).map_err(error)?);
        let ended = process::run(&mut command, RUN_LIMIT).map_err(error)?;
        if let Some(fault) = ended.fault() {
            return Err(Error::new(format!("the program that asks: {fault}")));
        }
        serde_json::from_slice(&ended.output.stdout).map_err(|error| {
            Error::new(format!(
                "the program that asks said nothing that can be read: {error}"
            ))
        })
    }
}

/// The program's file, or why it cannot be built.
fn build(
    cargo: &Cargo<'_>,
    folder: &Path,
    out: &Path,
    names: &[&str],
) -> Result<std::result::Result<PathBuf, String>> {
    let facade = program::dependency("keyholder", &out.join("keyholder"), names.to_vec());
    let crates = names.iter().map(|name| {
        let folder = out.join("providers").join(name);
        program::dependency(&format!("keyholder-{name}"), &folder, Vec::new())
    });
    let crates: String = crates.collect();
    let clients: String = names
        .iter()
        .map(|name| format!("    {name:?}: keyholder_{};\n", name.replace('-', "_")))
        .collect();
    let manifest = format!(
        r#"[package]
name = "{NAME}"
edition = "2024"

[workspace]

[dependencies]
bytes = "1"
http = "1"
{facade}{crates}serde_json = {{ version = "1", features = ["float_roundtrip"] }}
tokio = {{ version = "1", features = ["net", "rt", "time"] }}
"#
    );
    file::write(&folder.join("Cargo.toml"), &manifest)?;
    file::write(&folder.join("src/main.rs"), PROGRAM)?;
    file::write(
        &folder.join("src/clients.rs"),
        &format!("crate::clients! {{\n{clients}}}\n"),
    )?;
    let mut command = cargo.command(folder)?;
    command.args(["build", "--quiet", "--message-format=json"]);
    // It is run once: what a debugger needs is only large.
    command.envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    let ended = process::run(&mut command, BUILD_LIMIT)
        .map_err(|error| Error::new(format!("cargo cannot be run: {error}")))?;
    if let Some(fault) = ended.fault() {
        return Ok(Err(fault));
    }
    let said = String::from_utf8_lossy(&ended.output.stdout);
    let programs = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    Ok(programs
        .reduce(|_, last| last)
        .ok_or_else(|| "cargo built no program".to_owned()))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Programs, Question};

    #[test]
    fn a_program_that_ends_badly_is_one_providers() {
        let place = tempfile::tempdir().unwrap();
        let scripts = [
            (
                "good",
                r#"printf '{"error": null, "verdict": {"identity": {"sub": "1"}}}'"#,
            ),
            (
                "aborting",
                "echo 'thread main has overflowed its stack' >&2; kill -ABRT $$",
            ),
            ("babbling", "echo hello"),
        ];
        let mut programs = Programs::default();
        for (name, script) in scripts {
            let file = place.path().join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            programs.programs.insert(name.to_owned(), file);
        }
        programs
            .faults
            .insert("unbuilt".to_owned(), "error: no linker".to_owned());
        let ask = |name: &str| {
            let question = Question {
                provider: name.to_owned(),
                base_url: String::new(),
                token: String::new(),
                any: Vec::new(),
                tokens: BTreeMap::new(),
                status: 200,
                media_type: String::new(),
                others: Vec::new(),
                answers: Vec::new(),
            };
            let answer = programs.ask(place.path(), &question);
            answer.map(|answer| answer.identity().unwrap()["sub"].to_string())
        };
        for (name, fault) in [
            ("aborting", "overflowed its stack (signal: 6"),
            ("babbling", "said nothing that can be read"),
            ("unbuilt", "no linker"),
            ("unknown", "was not built"),
        ] {
            let error = ask(name).unwrap_err().to_string();
            assert!(error.contains(fault), "{name}: {error}");
        }
        assert_eq!(ask("good").unwrap(), "\"1\"");
    }
}
