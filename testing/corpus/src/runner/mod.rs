//! The program that asks the providers, through the generated clients.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answers;
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
    /// Answers of every kind, of each of which there is a verdict.
    pub answers: Vec<answers::Answer>,
}

/// What the providers' clients say.
pub(super) type Answers = BTreeMap<String, Answer>;

/// What a provider's client says.
#[derive(Debug)]
pub(super) struct Answer {
    /// An identity, or an error on one line.
    pub identity: std::result::Result<Value, String>,
    /// The verdict that came of asking, as JSON.
    pub verdict: Value,
    /// Why which other bodies could not be read.
    pub unread: Vec<String>,
    /// The verdicts on the question's answers, in their order.
    pub verdicts: Vec<Value>,
    /// The examples that the crate has, each with its verdict.
    pub examples: Vec<(answers::Answer, Value)>,
}

/// A line of the program's.
#[derive(Deserialize)]
struct Line {
    provider: String,
    #[serde(default)]
    verdict: Value,
    error: Option<String>,
    #[serde(default)]
    unread: Vec<String>,
    #[serde(default)]
    verdicts: Vec<Value>,
    #[serde(default)]
    examples: Vec<(u16, String, Value)>,
}

/// Writes the program to `folder`, builds it on the crates in `out`, and asks.
///
/// # Errors
///
/// A program that cannot be written, built or run.
pub(super) fn ask(
    cargo: &Cargo<'_>,
    folder: &Path,
    out: &Path,
    questions: &[Question],
) -> Result<Answers> {
    if questions.is_empty() {
        return Ok(Answers::new());
    }
    let names = || questions.iter().map(|question| question.provider.as_str());
    let facade = program::dependency("keyholder", &out.join("keyholder"), names().collect());
    let crates = names().map(|name| {
        let folder = out.join("providers").join(name);
        program::dependency(&format!("keyholder-{name}"), &folder, Vec::new())
    });
    let crates: String = crates.collect();
    let clients: String = names()
        .map(|name| format!("    {name:?}: keyholder_{};\n", name.replace('-', "_")))
        .collect();
    let program = Program {
        name: "keyholder-corpus-runner",
        dependencies: format!("bytes = \"1\"\nhttp = \"1\"\n{facade}{crates}"),
        files: &[
            ("main.rs", PROGRAM),
            ("clients.rs", &format!("crate::clients! {{\n{clients}}}\n")),
        ],
    };
    let questions: Vec<_> = questions.iter().map(Question::json).collect();
    let answers = program.ask(cargo, folder, &questions)?;
    let answers = answers
        .into_iter()
        .filter_map(|line| serde_json::from_value::<Line>(line).ok());
    Ok(answers.map(Line::answer).collect())
}

impl Question {
    fn json(&self) -> Value {
        let answers: Vec<_> = self.answers.iter().map(answers::Answer::json).collect();
        json!({
            "provider": self.provider,
            "base_url": self.base_url,
            "token": self.token,
            "status": self.status,
            "media_type": self.media_type,
            "others": self.others,
            "answers": answers,
        })
    }
}

impl Line {
    fn answer(self) -> (String, Answer) {
        let examples = self.examples.into_iter();
        let examples = examples.map(|(status, body, verdict)| {
            let answer = answers::Answer {
                status,
                headers: Vec::new(),
                body,
            };
            (answer, verdict)
        });
        let answer = Answer {
            identity: match self.error {
                Some(error) => Err(error),
                None => Ok(self.verdict["identity"].clone()),
            },
            verdict: self.verdict,
            unread: self.unread,
            verdicts: self.verdicts,
            examples: examples.collect(),
        };
        (self.provider, answer)
    }
}
