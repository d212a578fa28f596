//! The program that asks the providers, through the generated facade.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::compile::{Cargo, complaint};
use crate::pipeline::generate::Workspace;
use crate::{Error, Result};

const PROGRAM: &str = include_str!("program.rs");

/// What to ask of a provider.
#[derive(Debug)]
pub(super) struct Question {
    /// The name of the crate.
    pub provider: String,
    /// Where it is asked.
    pub base_url: String,
    /// The token to ask with.
    pub token: String,
    /// The status and the media type of its success.
    pub status: u16,
    /// As above.
    pub media_type: String,
    /// Other bodies of success, to be read.
    pub others: Vec<Value>,
}

/// What the providers' clients say.
pub(super) type Answers = BTreeMap<String, Answer>;

/// What a provider's client says.
#[derive(Debug)]
pub(super) struct Answer {
    /// An identity, or an error on one line.
    pub identity: std::result::Result<Value, String>,
    /// Why which other bodies could not be read.
    pub unread: Vec<String>,
}

/// A line of the program's.
#[derive(Deserialize)]
struct Line {
    provider: String,
    #[serde(default)]
    identity: Value,
    error: Option<String>,
    #[serde(default)]
    unread: Vec<String>,
}

/// Writes the program to `folder`, builds it on the facade in `facade`, and asks.
///
/// # Errors
///
/// A program that cannot be written, built or run.
pub(super) fn ask(
    cargo: &Cargo<'_>,
    workspace: &Workspace,
    folder: &Path,
    facade: &Path,
    questions: &[Question],
) -> Result<Answers> {
    if questions.is_empty() {
        return Ok(Answers::new());
    }
    let features = questions.iter().map(|question| question.provider.as_str());
    let manifest = manifest(workspace, facade, features.collect());
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("src/main.rs"), PROGRAM)?;
    let lines: String = questions.iter().map(Question::line).collect();
    // By a file: whoever writes to a pipe and reads none may wait for a program that does the same.
    let input = folder.join("questions.ndjson");
    write(&input, &lines)?;
    let error = |error| Error::new(format!("the program that asks cannot be run: {error}"));
    let output = cargo
        .command(folder)?
        .args(["run", "--quiet"])
        .stdin(File::open(&input).map_err(error)?)
        .output()
        .map_err(error)?;
    if !output.status.success() {
        return Err(Error::new(format!(
            "the program that asks: {}",
            complaint(&output)
        )));
    }
    let answers = String::from_utf8_lossy(&output.stdout);
    let answers = answers
        .lines()
        .filter_map(|line| serde_json::from_str::<Line>(line).ok());
    Ok(answers
        .map(|line| {
            let answer = Answer {
                identity: line.error.map_or(Ok(line.identity), Err),
                unread: line.unread,
            };
            (line.provider, answer)
        })
        .collect())
}

impl Question {
    fn line(&self) -> String {
        let line = json!({
            "provider": self.provider,
            "base_url": self.base_url,
            "token": self.token,
            "status": self.status,
            "media_type": self.media_type,
            "others": self.others,
        });
        format!("{line}\n")
    }
}

/// Without TLS, which nothing on this machine needs.
fn manifest(workspace: &Workspace, facade: &Path, features: Vec<&str>) -> String {
    let facade = toml::Table::from_iter([
        (
            "path".to_owned(),
            toml::Value::from(facade.display().to_string()),
        ),
        ("default-features".to_owned(), toml::Value::from(false)),
        ("features".to_owned(), toml::Value::from(features)),
    ]);
    let features = [("features", toml::Value::from(vec!["net", "rt", "time"]))];
    format!(
        "[package]\nname = \"keyholder-corpus-runner\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nbytes = \"1\"\nhttp = \"1\"\nkeyholder = {}\n{}{}",
        toml::Value::Table(facade),
        workspace.dependency("serde_json", &[]),
        workspace.dependency("tokio", &features),
    )
}

fn write(file: &Path, content: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, content))
        .map_err(|error| Error::new(format!("cannot be written: {error}")).in_file(file))
}
