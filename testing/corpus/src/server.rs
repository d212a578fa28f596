//! The server on this machine that plays the providers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::original::Original;
use keyholder_openapi::Result;
use testing_harness::server::{self, Answer, Request};

/// A provider that the server plays.
#[derive(Debug)]
pub(super) struct Part {
    /// What its description says.
    pub original: Original,
    /// The token that it takes: parts with colons between.
    pub token: String,
}

/// What became of a provider's last request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It went elsewhere.
    Elsewhere(String),
    /// It lacks something, or has something that is not described.
    Malformed(String),
    /// It was not authenticated as the description says.
    Refused(String),
    /// It was answered.
    Answered,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Server {
    server: server::Server,
    stage: Arc<Stage>,
}

#[derive(Debug)]
struct Stage {
    /// By the first segment of the path.
    parts: BTreeMap<String, Part>,
    outcomes: Mutex<BTreeMap<String, Outcome>>,
}

impl Server {
    /// Plays `parts`, by their names, on a port of its own.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub(super) fn start(parts: BTreeMap<String, Part>) -> Result<Self> {
        let stage = Arc::new(Stage {
            parts,
            outcomes: Mutex::default(),
        });
        let server = server::Server::start({
            let stage = Arc::clone(&stage);
            move |request| stage.answer(request)
        })?;
        Ok(Self { server, stage })
    }

    /// A provider that is played here.
    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.stage.parts.get(name)
    }

    /// The base URL of a provider, in a folder of its own: with the path of its server where a client has that by
    /// default. Else the client puts it in front of its paths itself.
    pub(super) fn base_url(&self, name: &str, has_default: bool) -> String {
        let part = self.part(name).filter(|_| has_default);
        let path = part.map_or("", |part| &part.original.base_path);
        format!("http://{}/{name}{path}", self.server.address())
    }

    /// What became of the last request to a provider; none, if there was none.
    pub(super) fn outcome(&self, name: &str) -> Option<Outcome> {
        let outcomes = self.stage.outcomes.lock();
        let outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.get(name).cloned()
    }
}

impl Stage {
    fn answer(&self, request: &Request) -> Answer {
        let name = request.path.split('/').nth(1).unwrap_or_default();
        let Some(part) = self.parts.get(name) else {
            return Answer::error(404, "there is no such provider");
        };
        let outcome = part.judge(request, &format!("/{name}"));
        let answer = match &outcome {
            Outcome::Elsewhere(reason) => Answer::error(404, reason),
            Outcome::Malformed(reason) => Answer::error(400, reason),
            Outcome::Refused(reason) => Answer::error(401, reason),
            Outcome::Answered => {
                let answer = &part.original.answer;
                Answer::new(answer.status, &answer.media_type, answer.body.to_string())
            }
        };
        let outcomes = self.outcomes.lock();
        let mut outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.insert(name.to_owned(), outcome);
        answer
    }
}

impl Part {
    /// Whether the request is the described one; `folder` is the part of its path that is the server's.
    fn judge(&self, request: &Request, folder: &str) -> Outcome {
        let original = &self.original;
        let path = request.path.strip_prefix(folder).unwrap_or_default();
        let operation = path.strip_prefix(original.base_path.as_str());
        let operation = operation.filter(|path| original.parameters.is_path(path));
        let Some(operation) = operation.filter(|_| request.method == original.method) else {
            return Outcome::Elsewhere(format!("{} {path} was asked", request.method));
        };
        let keys = original.credentials.query();
        if let Err(reason) = original.parameters.check(operation, request, &keys) {
            return Outcome::Malformed(reason);
        }
        if original.credentials.accept(request, &self.token) {
            Outcome::Answered
        } else {
            let expected = original.credentials.expectation();
            Outcome::Refused(format!("not authenticated by {expected}"))
        }
    }
}
