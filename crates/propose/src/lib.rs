//! `cargo xtask new`: proposes a provider's two files from a description, a page or examples.
//!
//! What it cannot know it guesses, by tables of names rather than by provider, and every guess gets a comment that
//! says what it rests on. It asks nothing and never overwrites.

mod answers;
mod arguments;
mod authentication;
mod claims;
mod corrections;
mod document;
mod examples;
mod infer;
mod markdown;
mod operation;
mod overlay;
mod shape;
mod source;
mod words;
mod yaml;

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use corrections::Correction;
use document::{Description, Operation, Server};
use keyholder_describe::specs;
use keyholder_openapi::load;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::{Error, Result};
use operation::Choice;
use overlay::Action;
use source::{Format, Published};
use yaml::{Map, Node};

/// What every overlay begins with.
const PREFACE: &str = "Proposed by `cargo xtask new`. What it guessed has a comment that says why: check it, and delete the comment.";

/// What to propose two files for, as on the command line.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// The provider's name.
    pub provider: String,
    /// A description in YAML or JSON, or a page in Markdown that embeds one.
    pub spec: Option<PathBuf>,
    /// The operation: `GET /me` or an operationId; without a description, with its whole address.
    pub operation: Option<String>,
    /// Without a description: how it is authenticated.
    pub auth: Option<String>,
    /// Without a description: examples of answers, as `STATUS=FILE`.
    pub examples: Vec<String>,
    /// The folder of the descriptions.
    pub specs: PathBuf,
}

/// A provider's two files, not yet written.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The description's file and its text.
    pub description: (PathBuf, String),
    /// The overlay's file and its text.
    pub overlay: (PathBuf, String),
    /// What was chosen and why, for people.
    pub report: String,
}

impl New {
    /// Proposes the two files.
    ///
    /// # Errors
    ///
    /// A name that no provider can have or that is taken, and whatever is wrong with what was given.
    pub fn propose(&self) -> Result<Proposal> {
        let named = self.specs.join(format!("{}.yaml", self.provider));
        specs::check_name(&self.provider, &named)?;
        self.check_free()?;
        let (published, operation) = self.read()?;
        let file = self.file(published.format.extension());
        let (overlay, report) = self
            .overlay(&published.document, operation.as_deref())
            .map_err(|error| error.in_file(self.spec.as_deref().unwrap_or(&file)))?;
        Ok(Proposal {
            description: (file, published.text),
            overlay: (self.file("overlay.yaml"), overlay),
            report,
        })
    }

    /// The file of the provider with this ending.
    fn file(&self, ending: &str) -> PathBuf {
        self.specs.join(format!("{}.{ending}", self.provider))
    }

    fn check_free(&self) -> Result<()> {
        let endings = ["yaml", "yml", "json"];
        let taken = endings
            .iter()
            .flat_map(|ending| [(*ending).to_owned(), format!("overlay.{ending}")])
            .map(|ending| self.file(&ending))
            .find(|file| file.exists());
        match taken {
            Some(file) => Err(exists(&file)),
            None => Ok(()),
        }
    }

    /// The description, published or derived, and the operation where one is named.
    fn read(&self) -> Result<(Published, Option<String>)> {
        if let Some(file) = &self.spec {
            if self.auth.is_some() || !self.examples.is_empty() {
                return Err(Error::new("--auth and --example go without --spec")
                    .with_help("a description says both itself; correct it in the overlay"));
            }
            let published = source::read(file, self.operation.as_deref())?;
            let named = self
                .operation
                .clone()
                .or_else(|| published.operation.clone());
            return Ok((published, named));
        }
        let Some(operation) = &self.operation else {
            return Err(Error::new("there is nothing to start from").with_help(
                "give --spec FILE, or --operation \"GET https://api.example.com/v1/me\" with --auth and --example",
            ));
        };
        let request: examples::Request = operation.parse()?;
        let credential = self.auth.as_deref().map(str::parse).transpose()?;
        let examples = self
            .examples
            .iter()
            .map(|example| examples::Example::read(example))
            .collect::<Result<Vec<_>>>()?;
        let text = examples::describe(&self.provider, &request, credential.as_ref(), &examples)?;
        let document = load::parse(&text, false)?;
        let published = Published {
            text,
            format: Format::Yaml,
            document,
            operation: None,
        };
        Ok((published, Some(request.operation())))
    }

    /// The overlay's text, and the report.
    fn overlay(&self, document: &Value, named: Option<&str>) -> Result<(String, String)> {
        let resolver = Resolver::new(document);
        let description = Description::new(&resolver)?;
        let choice = match named {
            Some(name) => Choice {
                candidate: operation::find(description, name)?,
                is_given: true,
                runners_up: Vec::new(),
            },
            None => operation::choose(description)?,
        };
        let candidate = &choice.candidate;
        let corrections = corrections::find(&candidate.operation);
        let mut corrected = Cow::Borrowed(document);
        for correction in &corrections {
            correction.apply(corrected.to_mut());
        }
        let resolver = Resolver::new(&corrected);
        let description = Description::new(&resolver)?;
        let operation = operation::find(description, &candidate.operation.name())?.operation;
        let mut actions: Vec<_> = corrections.iter().flat_map(Correction::actions).collect();
        actions.extend(self.actions(description, &operation, &candidate.bound)?);
        let chosen = explain(&choice);
        let mut preface = vec![PREFACE.to_owned(), chosen.clone()];
        preface.extend(server_remark(description, &operation, &self.provider));
        Ok((overlay::write(&self.provider, &preface, actions), chosen))
    }

    /// What the overlay adds to a description for an operation.
    fn actions(
        &self,
        description: Description<'_>,
        operation: &Operation<'_>,
        bound: &[(String, String)],
    ) -> Result<Vec<Action>> {
        let answer = operation.success().ok_or_else(|| {
            Error::at(operation.pointer(), format!("{} has no success with a JSON body", operation.name()))
                .with_help("name another operation with --operation, or describe its answer with --operation, --auth and --example in place of --spec")
        })?;
        let mut actions = Vec::new();
        if let Some(missing) = &answer.missing_schema {
            let mut update = Map::default();
            update.add("schema", missing.schema.clone());
            actions.push(Action::update(
                missing.target.clone(),
                "The description gives examples of this answer, but no schema. Its types are what the examples show.",
                update,
            ));
        }
        let authentication = authentication::propose(description, operation, &self.provider);
        actions.extend(authentication.actions);
        let arguments = arguments::propose(operation, bound, &authentication.removed);
        let mut update = Map::default();
        update.add(
            "x-whoami",
            whoami(operation, &answer, arguments, authentication.token),
        );
        actions.push(Action::update(
            operation.target(),
            "How this operation answers the question whose token it is.",
            update,
        ));
        Ok(actions)
    }
}

impl Proposal {
    /// Writes both files, or neither.
    ///
    /// # Errors
    ///
    /// A file that exists by now, or cannot be written.
    pub fn write(&self) -> Result<()> {
        let (first, text) = &self.description;
        if let Some(folder) = first.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(folder))?;
        }
        create(first, text)?;
        let (second, text) = &self.overlay;
        create(second, text).inspect_err(|_| {
            // It was made just now, so nothing of anybody's is lost.
            let _ = fs::remove_file(first);
        })
    }
}

/// Makes a file that does not exist.
fn create(file: &Path, text: &str) -> Result<()> {
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(file),
            _ => Error::new(format!("cannot be written: {error}")).in_file(file),
        })?;
    made.write_all(text.as_bytes()).map_err(|error| {
        let _ = fs::remove_file(file);
        Error::new(format!("cannot be written: {error}")).in_file(file)
    })
}

fn exists(file: &Path) -> Error {
    Error::new("exists already, and is not overwritten")
        .in_file(file)
        .with_help("choose another name or another --specs, or remove the provider's files first")
}

/// The mapping of an operation.
fn whoami(
    operation: &Operation<'_>,
    answer: &document::Response<'_>,
    arguments: Map,
    token: Map,
) -> Map {
    let mut whoami = Map::default();
    if !arguments.is_blank() {
        whoami.add("arguments", arguments);
    }
    if let Some((body, why)) = arguments::body(operation) {
        whoami.explain("body", body, why);
    }
    if let Some(body) = &answer.body {
        let identity = claims::propose(body, &operation::context(operation));
        whoami.add("identity", identity.map);
    }
    let answers = answers::propose(operation);
    if let Some((pointer, why)) = answers.code {
        whoami.explain("code", pointer, why);
    }
    if !answers.map.is_blank() {
        whoami.add("answers", answers.map);
    }
    whoami.add("token", Node::Map(token));
    whoami
}

/// Which operation it is, why, and which else it might be.
fn explain(choice: &Choice<'_>) -> String {
    let candidate = &choice.candidate;
    if choice.is_given {
        return format!("The operation, as given: {}.", candidate.operation.name());
    }
    let mut text = format!(
        "The operation, found: {}: {}.",
        candidate.operation.name(),
        candidate.reasons.join("; ")
    );
    if choice.runners_up.is_empty() {
        text.push_str("\nNothing else came near.");
    } else {
        text.push_str("\nThe next likeliest, for --operation:");
    }
    for other in &choice.runners_up {
        text.push_str(&format!(
            "\n- {} ({} against {}): {}.",
            other.operation.name(),
            other.score,
            candidate.score,
            other.reasons.join("; ")
        ));
    }
    text
}

/// What is to be known of the base URL.
fn server_remark(
    description: Description<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Option<String> {
    let variable = format!("{}_BASE_URL", provider.replace('-', "_").to_uppercase());
    let caller = format!("The caller gives the base URL; for the command it is in {variable}.");
    match description.server(operation) {
        Server::Known => None,
        Server::None => Some(format!("The description has no absolute server. {caller}")),
        Server::Open(url) => Some(format!(
            "The server {url} has a variable that the description gives no value for. {caller}"
        )),
        Server::Placeholder(host) => Some(format!(
            "The server {host} is a placeholder, or on the reader's own machine. {caller}"
        )),
    }
}
