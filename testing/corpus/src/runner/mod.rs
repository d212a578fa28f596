//! The program that asks the providers, through the generated facade.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use keyholder_openapi::Result;
use testing_harness::cargo::Cargo;
use testing_harness::program::{self, Program};

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
    folder: &Path,
    facade: &Path,
    questions: &[Question],
) -> Result<Answers> {
    if questions.is_empty() {
        return Ok(Answers::new());
    }
    let features = questions.iter().map(|question| question.provider.as_str());
    let facade = program::dependency("keyholder", facade, features.collect());
    let program = Program {
        name: "keyholder-corpus-runner",
        dependencies: format!("bytes = \"1\"\nhttp = \"1\"\n{facade}"),
        files: &[("main.rs", PROGRAM)],
    };
    let questions: Vec<_> = questions.iter().map(Question::json).collect();
    let answers = program.ask(cargo, folder, &questions)?;
    let answers = answers
        .into_iter()
        .filter_map(|line| serde_json::from_value::<Line>(line).ok());
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
    fn json(&self) -> Value {
        json!({
            "provider": self.provider,
            "base_url": self.base_url,
            "token": self.token,
            "status": self.status,
            "media_type": self.media_type,
            "others": self.others,
        })
    }
}
