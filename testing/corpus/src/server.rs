//! The server on this machine that plays the providers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::ANY;
use super::original::{Original, Refusal};
use super::wanted::{Judgement, came};
use keyholder_openapi::Result;
use testing_harness::server::{self, Answer, Request};

/// Tokens of a provider, each answered in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It is good.
    Good,
    /// Nobody knows it.
    Bad,
    /// It is good, and may not ask this.
    Limited,
    /// Something in between answers in the provider's place, with a refusal of its own.
    Nobody,
    /// The same, with a page to sign in on.
    Page,
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Self; 5] = [
        Self::Good,
        Self::Bad,
        Self::Limited,
        Self::Nobody,
        Self::Page,
    ];

    /// The word for it, which its token has.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Limited => "limited",
            Self::Nobody => "nobody",
            Self::Page => "page",
        }
    }
}

/// What something in between says.
const PAGE: &str =
    "<!doctype html><html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>";

/// A provider that the server plays.
#[derive(Debug)]
pub(super) struct Part {
    /// What its description says.
    pub original: Original,
    /// Its tokens: parts with colons between.
    tokens: BTreeMap<Kind, String>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It went elsewhere.
    Elsewhere(String),
    /// It lacks something, or has something that is not described.
    Malformed(String),
    /// It was not authenticated as is wanted, but so.
    Refused(String),
    /// It was answered: it was authenticated so, and it is as wanted, or nothing says otherwise.
    Answered { came: String, is_unsaid: bool },
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
    /// What became of the requests that had a token of a kind.
    outcomes: Mutex<BTreeMap<(String, Kind), Outcome>>,
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

    /// Takes what became of the last request to a provider with a token of that kind; none, if there was none.
    pub(super) fn take(&self, name: &str, kind: Kind) -> Option<Outcome> {
        let outcomes = self.stage.outcomes.lock();
        let mut outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.remove(&(name.to_owned(), kind))
    }
}

impl Stage {
    fn answer(&self, request: &Request) -> Answer {
        let name = request.path.split('/').nth(1).unwrap_or_default();
        let Some(part) = self.parts.get(name) else {
            return Answer::error(404, "there is no such provider");
        };
        let (kind, outcome) = part.judge(request, &format!("/{name}"));
        let answer = match &outcome {
            Outcome::Elsewhere(reason) => Answer::error(404, reason),
            Outcome::Malformed(reason) => Answer::error(400, reason),
            Outcome::Refused(_) => Answer {
                status: 401,
                ..Answer::default()
            },
            Outcome::Answered { .. } => part.answer(kind),
        };
        let outcomes = self.outcomes.lock();
        let mut outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.insert((name.to_owned(), kind), outcome);
        answer
    }
}

impl Part {
    /// The provider of that name, with tokens of every kind.
    pub(super) fn new(name: &str, original: Original) -> Self {
        let token = |kind: Kind| (kind, original.wanted.token(name, kind.word()));
        Self {
            tokens: Kind::ALL.into_iter().map(token).collect(),
            original,
        }
    }

    /// Its token of a kind.
    pub(super) fn token(&self, kind: Kind) -> String {
        self.tokens.get(&kind).cloned().unwrap_or_default()
    }

    fn answer(&self, kind: Kind) -> Answer {
        let refusal = |it: &Refusal| match &it.media_type {
            Some(media_type) => Answer::new(it.status, media_type, it.body.clone()),
            None => Answer {
                status: it.status,
                ..Answer::default()
            },
        };
        let [unknown, forbidden] = &self.original.refusals;
        match kind {
            Kind::Good => {
                let answer = &self.original.answer;
                Answer::new(answer.status, &answer.media_type, answer.body.to_string())
            }
            Kind::Bad => refusal(unknown),
            Kind::Limited => refusal(forbidden),
            Kind::Nobody => Answer::new(401, "text/html; charset=utf-8", PAGE),
            Kind::Page => Answer::new(200, "text/html; charset=utf-8", PAGE),
        }
    }

    /// Whether the request is the described one, and with a token of which kind; `folder` is the part of its path that
    /// is the server's.
    fn judge(&self, request: &Request, folder: &str) -> (Kind, Outcome) {
        let original = &self.original;
        let mut tokens = self.tokens.iter();
        // One that has none of them was to have the good one.
        let carried = tokens.find(|(_, token)| {
            token
                .split(':')
                .any(|part| super::wanted::carries(request, part))
        });
        let (kind, token) = match carried {
            Some((kind, token)) => (*kind, token.clone()),
            None => (Kind::Good, self.token(Kind::Good)),
        };
        let path = request.path.strip_prefix(folder).unwrap_or_default();
        let operation = path.strip_prefix(original.base_path.as_str());
        let operation = operation.filter(|path| original.parameters.is_path(path));
        let Some(operation) = operation.filter(|_| request.method == original.method) else {
            return (
                kind,
                Outcome::Elsewhere(format!("{} {path} was asked", request.method)),
            );
        };
        let came = came(request, operation, &token);
        let outcome = match original
            .wanted
            .judge(request, &original.path, operation, &token)
        {
            Judgement::Otherwise => Outcome::Refused(came),
            judgement => {
                let keys = original.wanted.query();
                match original.parameters.check(operation, request, &keys, &ANY) {
                    Err(reason) => Outcome::Malformed(reason),
                    Ok(()) => Outcome::Answered {
                        came,
                        is_unsaid: judgement == Judgement::Unsaid,
                    },
                }
            }
        };
        (kind, outcome)
    }
}
