//! A server whose provider is of the catalogue, and so has no crate: asked by the library, with a client of the
//! provider's data, and by the command.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join3;
use keyholder::{Provider, Token};
use keyholder_openapi::{Error, Result};
use serde_json::{Map, Value, json};
use testing_programs::process;

use crate::ask::{self, Expected, Question};
use crate::report::{Outcome, Report};

/// How long an answer may take on a machine that is busy.
const PATIENT: Duration = Duration::from_secs(30);

/// How long a server may take to start there.
pub(crate) const START: Duration = Duration::from_secs(180);

/// Where a server is asked, and what is told of it.
pub(crate) struct Scene<'a> {
    provider: &'static Provider,
    base_url: String,
    command_line: &'a Path,
    report: &'a mut Report,
}

impl<'a> Scene<'a> {
    /// The server at `base_url`, of that provider.
    ///
    /// # Errors
    ///
    /// A provider that the catalogue lacks.
    pub(crate) fn new(
        provider: &str,
        base_url: &str,
        command_line: &'a Path,
        report: &'a mut Report,
    ) -> Result<Self> {
        let found = keyholder_catalogue::provider(provider);
        Ok(Self {
            provider: found
                .ok_or_else(|| Error::new(format!("there is no provider {provider}")))?,
            base_url: base_url.to_owned(),
            command_line,
            report,
        })
    }

    /// What is expected to be told of a good token: these claims, but for those that are null.
    pub(crate) fn valid<const N: usize>(&self, claims: [(&str, Value); N]) -> Expected {
        let told = claims.into_iter().filter(|(_, value)| !value.is_null());
        let told = told.map(|(name, value)| (name.to_owned(), value));
        let mut identity: Map<_, _> = told.collect();
        identity.insert("provider".to_owned(), json!(self.provider.name));
        identity.insert("iss".to_owned(), json!(self.base_url));
        Expected::Valid(Value::Object(identity))
    }

    /// Asks about a token in every way, and takes down whether all tell what is expected.
    ///
    /// # Errors
    ///
    /// An interrupt: nothing more is to be tried.
    pub(crate) async fn ask(
        &mut self,
        what: &str,
        token: &Token,
        expected: Expected,
    ) -> Result<()> {
        self.at("", what, token, expected).await
    }

    /// The same, below a path of that server.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub(crate) async fn at(
        &mut self,
        path: &str,
        what: &str,
        token: &Token,
        expected: Expected,
    ) -> Result<()> {
        let start = Instant::now();
        let question = Question {
            base_url: format!("{}{path}", self.base_url),
            token: token.clone(),
            timeout: PATIENT,
        };
        let (by_trait, by_command, by_table) = join3(
            ask::by_trait(self.provider, &question),
            ask::by_command(self.command_line, self.provider, &question, &expected),
            ask::by_table(self.command_line, self.provider, &question, &expected),
        )
        .await;
        if process::is_interrupted() {
            return Err(Error::new("interrupted"));
        }
        let reasons = expected.against(&[by_trait, by_command, by_table], token);
        let outcome = if reasons.is_empty() {
            Outcome::Held(expected.in_a_line())
        } else {
            Outcome::Failed(reasons)
        };
        self.report.add(what, start, outcome);
        Ok(())
    }
}

/// What a server answers that is to do something.
///
/// # Errors
///
/// An answer that is no success, or no JSON.
pub(crate) async fn done(what: &str, request: reqwest::RequestBuilder) -> Result<Value> {
    let refused = |error: &reqwest::Error| {
        Error::new(format!("the server does not do this: {what}: {error}"))
    };
    let answer = request
        .send()
        .await
        .and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(|error| refused(&error))?;
    let body = answer.bytes().await.map_err(|error| refused(&error))?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body)
        .map_err(|error| Error::new(format!("the server answers no JSON: {what}: {error}")))
}

/// The token that stands in an answer.
///
/// # Errors
///
/// There is none.
pub(crate) fn token(answer: &Value, name: &str) -> Result<Token> {
    let token = answer[name].as_str();
    let token = token.ok_or_else(|| Error::new(format!("the server made no token: no {name}")))?;
    Ok(Token::from(token))
}

/// A client that asks this machine alone.
///
/// # Errors
///
/// As reqwest says.
pub(crate) fn http() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()
        .map_err(|error| Error::new(format!("there is no HTTP client: {error}")))
}

/// Writes a file that a server reads.
///
/// # Errors
///
/// As the system says.
pub(crate) fn write(file: &Path, content: &str) -> Result<()> {
    std::fs::write(file, content)
        .map_err(|error| Error::new(format!("cannot be written: {error}")).in_file(file))
}

/// 128 bits that nobody can guess, in hexadecimal.
///
/// # Errors
///
/// As the system says.
pub(crate) fn random() -> Result<String> {
    use std::io::Read as _;

    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| Error::new(format!("no random numbers can be had: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
