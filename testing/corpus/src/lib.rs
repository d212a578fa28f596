//! `cargo xtask corpus`: many descriptions, each taken from `new` to an answer of `whoami()`.
//!
//! ```text
//! index -> generate -> compile -> ask -> compare -> report
//! ```
//!
//! A client that is made of the same files at run time is held to what the generated one says, answer by answer.
//!
//! The description plays its own provider: a `server` on this machine answers as the `original` says, and takes only
//! the authentication that it declares. It reads descriptions by itself, apart from the pipeline that is under test.

pub mod answers;
mod baseline;
mod claims;
mod compile;
mod generate;
mod index;
mod original;
mod report;
mod run_time;
mod runner;
mod scale;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use claims::{Claim, Finding};
use compile::Findings;
use index::Entry;
use original::Original;
use runner::{Answers, Question};
use server::{Outcome, Part, Server};

use keyholder_codegen::write;
use keyholder_codegen::{Destination, Generated};
use keyholder_core::ProviderInfo;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::Cargo;

pub use report::{Report, Row};

/// A corpus, and where to work on it.
#[derive(Debug)]
pub struct Corpus {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The folder of the descriptions and their `index.json`.
    pub folder: PathBuf,
    /// The folder that files and crates are written to.
    pub work: PathBuf,
    /// The folder of what cargo builds.
    pub build: PathBuf,
    /// The providers to take; all when empty.
    pub only: Vec<String>,
    /// The file that tells what held before.
    pub baseline: PathBuf,
    /// Whether what holds now is kept in that file.
    pub accept: bool,
}

/// A description on its way.
struct Trial {
    entry: Entry,
    claims: Vec<Claim>,
    original: Option<Original>,
    generated: Option<Generated>,
    info: Option<ProviderInfo>,
    row: Row,
}

impl Corpus {
    /// Takes every description as far as it comes, telling `progress` where it is.
    ///
    /// # Errors
    ///
    /// An index that cannot be read, a folder that cannot be written to, or a cargo that cannot be run. What is wrong
    /// with a description is in its row.
    pub fn run(&self, progress: &dyn Fn(&str)) -> Result<Report> {
        let entries = index::read(&self.folder, &self.only)?;
        let before = baseline::read(&self.baseline)?;
        fs::create_dir_all(&self.work)
            .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(&self.work))?;
        // cargo runs in folders of its own, where a relative path means another.
        let work = absolute(&self.work)?;
        let out = work.join("out");
        let destination = Destination::detached(&self.root, out)?;
        let mut trials = Vec::new();
        for entry in entries {
            progress(&format!("generating {}", entry.provider));
            trials.push(self.try_out(entry, &work.join("specs"), &destination));
        }
        let mut errors = Vec::new();
        let mut check_seconds = 0.0;
        if write_crates(&mut trials, &destination)? {
            check_seconds = self.try_crates(&mut trials, &work, &mut errors, progress)?;
        }
        let rows: Vec<_> = trials.into_iter().map(|trial| trial.row).collect();
        let fallen_back = baseline::fallen_back(&before, &rows);
        if self.accept {
            baseline::accept(&self.baseline, before, &rows)?;
        }
        Ok(Report {
            rows,
            errors,
            check_seconds,
            fallen_back,
        })
    }

    /// Compiles the crates and asks them; the seconds that compiling took.
    fn try_crates(
        &self,
        trials: &mut [Trial],
        work: &Path,
        errors: &mut Vec<String>,
        progress: &dyn Fn(&str),
    ) -> Result<f64> {
        let out = work.join("out");
        let cargo = Cargo {
            root: &self.root,
            build: &absolute(&self.build)?,
        };
        progress("compiling");
        let start = Instant::now();
        let findings = compile::check(&cargo, &out)?;
        let check_seconds = start.elapsed().as_secs_f64();
        errors.extend(findings.first.get("keyholder").cloned());
        for trial in &mut *trials {
            trial.compiled(&findings);
        }

        progress("asking");
        let server = Server::start(trials.iter_mut().filter_map(Trial::part).collect())?;
        let questions: Vec<_> = trials
            .iter()
            .filter_map(|trial| trial.question(&server))
            .collect();
        let answers =
            runner::ask(&cargo, &work.join("runner"), &out, &questions).unwrap_or_else(|error| {
                errors.push(error.to_string());
                Answers::new()
            });
        for trial in trials {
            trial.asked(&server, &answers);
            trial.compared(&server, &questions, &answers);
        }
        Ok(check_seconds)
    }

    /// From the description to the crate's files.
    fn try_out(&self, entry: Entry, specs: &Path, destination: &Destination) -> Trial {
        let claims = claims::read(&entry.claims);
        let made = generate::generate(&self.folder, &entry, specs, destination);
        let mut row = Row {
            provider: entry.provider.clone(),
            generated: made.generated.is_ok(),
            claims_expected: claims.len(),
            seconds: (made.proposing.time + made.generating.time).as_secs_f64(),
            codegen_seconds: made.generating.time.as_secs_f64(),
            peak_memory_kib: made.generating.peak_memory,
            ..Row::default()
        };
        let generated = made
            .generated
            .map_err(|error| row.fail(error.to_string()))
            .ok();
        let info = made.info.map_err(|error| row.fail(error.to_string())).ok();
        if let Some(generated) = &generated {
            row.lines = lines(generated);
        }
        let original = original::read(&self.folder, &entry, &claims)
            .map_err(|error| row.fail(error.to_string()))
            .ok();
        if let Some(original) = &original {
            row.bytes = original.size.bytes;
            row.operations = original.size.operations;
        }
        Trial {
            entry,
            claims,
            original,
            generated,
            info,
            row,
        }
    }
}

impl Trial {
    /// Takes down what the compiler says.
    fn compiled(&mut self, findings: &Findings) {
        let name = self.entry.name();
        self.row.compiles = findings.compiled.contains(&name);
        self.row.warnings = findings.warnings.get(&name).copied().unwrap_or_default();
        if let Some(first) = findings.first.get(&name) {
            self.row.fail(first);
        } else if self.row.generated && !self.row.compiles {
            self.row.fail("the crate was not compiled");
        }
    }

    /// What the server plays of it, if there is a crate to ask.
    fn part(&mut self) -> Option<(String, Part)> {
        if !self.row.compiles {
            return None;
        }
        let name = self.entry.name();
        let original = self.original.take()?;
        let part = Part {
            token: original.credentials.token(&name),
            original,
        };
        Some((name, part))
    }

    fn question(&self, server: &Server) -> Option<Question> {
        let provider = self.entry.name();
        let part = server.part(&provider)?;
        let answer = &part.original.answer;
        let bodies: Vec<_> = [&answer.body]
            .into_iter()
            .chain(&answer.others)
            .cloned()
            .collect();
        let info = self.info.as_ref();
        Some(Question {
            base_url: server.base_url(&provider, info.is_some_and(|info| info.base_url.is_some())),
            token: part.token.clone(),
            status: answer.status,
            media_type: answer.media_type.clone(),
            others: answer.others.clone(),
            answers: info
                .map(|info| answers::answers(info, &bodies))
                .unwrap_or_default(),
            provider,
        })
    }

    /// Takes down what came of asking, and compares.
    fn asked(&mut self, server: &Server, answers: &Answers) {
        let name = self.entry.name();
        let Some(part) = server.part(&name) else {
            return;
        };
        self.row.claims_expected = 0;
        match server.outcome(&name) {
            Some(Outcome::Answered) => self.row.authenticated = true,
            Some(
                Outcome::Elsewhere(reason) | Outcome::Malformed(reason) | Outcome::Refused(reason),
            ) => self.row.fail(reason),
            None => {}
        }
        let answer = answers.get(&name);
        let identity = match answer.map(|answer| &answer.identity) {
            Some(Ok(identity)) => identity,
            Some(Err(error)) => {
                self.row.fail(error);
                &Value::Null
            }
            None => {
                self.row.fail("it was not asked");
                &Value::Null
            }
        };
        for claim in &self.claims {
            match claim.check(&part.original.answer.body, identity) {
                Finding::Found => {
                    self.row.claims_found += 1;
                    self.row.claims_expected += 1;
                }
                Finding::Missing(reason) => {
                    self.row.claims_expected += 1;
                    self.row.fail(reason);
                }
                Finding::NotExpected => {}
            }
        }
        for unread in answer.into_iter().flat_map(|answer| &answer.unread) {
            self.row.fail(unread);
        }
    }
}

impl Trial {
    /// Asks by the client that is made at run time, and takes down whether it says the same.
    fn compared(&mut self, server: &Server, questions: &[Question], answers: &Answers) {
        let name = self.entry.name();
        let question = questions.iter().find(|question| question.provider == name);
        let (Some(info), Some(question), Some(answer)) = (&self.info, question, answers.get(&name))
        else {
            return;
        };
        match run_time::compare(info, question, answer) {
            Ok(comparison) => {
                self.row.answers_read = comparison.read;
                self.row.answers_same = comparison.same;
                if let Some(difference) = comparison.difference {
                    self.row.fail(difference);
                }
            }
            Err(error) => self.row.fail(format!("at run time: {error}")),
        }
        // The last request was that of the client that was made at run time.
        if self.row.authenticated && server.outcome(&name) != Some(Outcome::Answered) {
            self.row
                .fail("at run time, it was not asked as the description says");
        }
    }
}

/// Writes the crates that came out, as one workspace; whether there is any.
fn write_crates(trials: &mut [Trial], destination: &Destination) -> Result<bool> {
    let generated: Vec<_> = trials
        .iter_mut()
        .filter_map(|trial| trial.generated.take())
        .collect();
    if generated.is_empty() {
        return Ok(false);
    }
    write::apply(&destination.changes(generated)?)?;
    Ok(true)
}

fn lines(generated: &Generated) -> usize {
    let files = generated.files.iter();
    let rust = files.filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "rs"));
    rust.map(|(_, content)| content.lines().count()).sum()
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(error.to_string()).in_file(path))
}
