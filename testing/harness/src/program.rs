//! A program on the generated crates: written, built with the workspace's locked versions, and asked by lines of JSON.

use std::fs::File;
use std::path::Path;

use serde_json::Value;

use crate::cargo::{Cargo, complaint};
use crate::file;
use keyholder_openapi::{Error, Result};

/// What every program has: how it tells an error.
const MESSAGE: &str = include_str!("message.rs");

/// A program that reads a question a line and writes an answer a line.
#[derive(Debug)]
pub struct Program<'a> {
    /// The name of its package.
    pub name: &'a str,
    /// The lines of its manifest's `[dependencies]`, but for what every such program stands on: `serde_json`, `tokio`.
    pub dependencies: String,
    /// Its files below `src`, beside `message.rs`.
    pub files: &'a [(&'a str, &'a str)],
}

impl Program<'_> {
    /// Writes the program to `folder`, builds it, and asks it `questions`. A line that is no JSON is no answer.
    ///
    /// # Errors
    ///
    /// A program that cannot be written, built or run.
    pub fn ask(&self, cargo: &Cargo<'_>, folder: &Path, questions: &[Value]) -> Result<Vec<Value>> {
        file::write(&folder.join("Cargo.toml"), &self.manifest())?;
        file::write(&folder.join("src/message.rs"), MESSAGE)?;
        for (name, content) in self.files {
            file::write(&folder.join("src").join(name), content)?;
        }
        let lines: String = questions
            .iter()
            .map(|question| format!("{question}\n"))
            .collect();
        // By a file: whoever writes to a pipe and reads none may wait for a program that does the same.
        let input = folder.join("questions.ndjson");
        file::write(&input, &lines)?;
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
            .filter_map(|line| serde_json::from_str(line).ok());
        Ok(answers.collect())
    }

    /// Which versions it stands on, the workspace's lock file says.
    fn manifest(&self) -> String {
        format!(
            r#"[package]
name = "{name}"
edition = "2024"

[workspace]

[dependencies]
{dependencies}serde_json = {{ version = "1", features = ["float_roundtrip"] }}
tokio = {{ version = "1", features = ["net", "rt", "time"] }}
"#,
            name = self.name,
            dependencies = self.dependencies,
        )
    }
}

/// A generated crate in `folder` as a dependency, without TLS, which nothing on this machine needs.
pub fn dependency(name: &str, folder: &Path, features: Vec<&str>) -> String {
    let path = toml::Value::from(folder.display().to_string());
    let table = toml::Table::from_iter([
        ("path".to_owned(), path),
        ("default-features".to_owned(), toml::Value::from(false)),
        ("features".to_owned(), toml::Value::from(features)),
    ]);
    format!("{name} = {}\n", toml::Value::Table(table))
}
