//! What is asked of Prism: every described answer, by its examples and by many generated bodies, and refusals.

use std::fmt;

use serde_json::Value;

use super::description::{Described, Response};
use testing_harness::description::{members, resolve};

/// A question: which answer Prism is to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The described answer, by its key; of a refusal, nothing.
    pub answer: Option<String>,
    /// The status that is to come.
    pub status: u16,
    /// How the answer is to be made.
    pub kind: Kind,
}

/// How Prism is to make an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is described: from its example, else from its schema.
    Example,
    /// From the example of that name.
    Named(String),
    /// From its schema, by chance, with this seed.
    Dynamic(u64),
    /// By refusing a request whose credential was tampered with on its way.
    Refusal(Tampering),
}

/// What is done to the credential of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// It is taken out.
    Removed,
    /// It comes under another scheme.
    OtherScheme,
}

/// What is asked of a provider, with `seeds` generated bodies for each answer that has a schema.
#[must_use]
pub fn questions(described: &Described, seeds: u64) -> Vec<Question> {
    let mut questions = Vec::new();
    for response in described.responses() {
        let Some(status) = status(response.key, described) else {
            continue;
        };
        let kinds = kinds(described, response, seeds);
        questions.extend(kinds.into_iter().map(|kind| Question {
            answer: Some(response.key.to_owned()),
            status,
            kind,
        }));
    }
    if described.has_security() {
        questions.push(Question::refusal(Tampering::Removed));
    }
    if described.checks_scheme() {
        questions.push(Question::refusal(Tampering::OtherScheme));
    }
    questions
}

fn kinds(described: &Described, response: Response<'_>, seeds: u64) -> Vec<Kind> {
    let Some((_, media)) = response.json else {
        return vec![Kind::Example];
    };
    let mut kinds: Vec<_> = members(&media["examples"])
        .filter(|(_, example)| resolve(&described.document, example).get("value").is_some())
        .map(|(name, _)| Kind::Named(name.to_owned()))
        .collect();
    if kinds.is_empty() {
        kinds.push(Kind::Example);
    }
    if media
        .get("schema")
        .is_some_and(|schema| schema != &Value::Bool(true))
    {
        kinds.extend((1..=seeds).map(Kind::Dynamic));
    }
    kinds
}

/// A status that the key of an answer describes; none for what is neither a success nor an error.
fn status(key: &str, described: &Described) -> Option<u16> {
    let status = match key {
        "default" if described.responses().any(|it| it.key.starts_with('2')) => 500,
        "default" => 200,
        _ => match key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            Some(hundred) => hundred.parse::<u16>().ok()? * 100,
            None => key.parse().ok()?,
        },
    };
    (200..300)
        .contains(&status)
        .then_some(status)
        .or_else(|| (400..600).contains(&status).then_some(status))
}

impl Question {
    fn refusal(tampering: Tampering) -> Self {
        Self {
            answer: None,
            status: 401,
            kind: Kind::Refusal(tampering),
        }
    }

    /// What is said to Prism of it, in the header `Prefer` (RFC 7240); nothing for a refusal.
    #[must_use]
    pub fn preference(&self) -> Option<String> {
        let status = self.status;
        match &self.kind {
            Kind::Example => Some(format!("code={status}")),
            Kind::Named(name) => Some(format!("code={status}, example={name}")),
            // One seed makes the same of like schemas: with the status, each answer has its own.
            Kind::Dynamic(seed) => {
                Some(format!("code={status}, dynamic=true, seed={status}-{seed}"))
            }
            Kind::Refusal(_) => None,
        }
    }

    /// Whether Prism is to find something wrong with the request.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refusal(_))
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = self.answer.as_deref().unwrap_or_default();
        match &self.kind {
            Kind::Example => write!(f, "{answer}"),
            Kind::Named(name) => write!(f, "{answer}, example {name}"),
            Kind::Dynamic(seed) => write!(f, "{answer}, seed {seed}"),
            Kind::Refusal(Tampering::Removed) => write!(f, "no authentication"),
            Kind::Refusal(Tampering::OtherScheme) => write!(f, "wrong authentication"),
        }
    }
}
