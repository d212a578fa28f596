//! What an error answer says, by `x-whoami.answers` and, where that is silent, by HTTP (`specs/README.md`): the
//! rules of the clients, written down a second time.

use std::collections::BTreeSet;

use serde_json::Value;

use super::assertions::Received;
use super::description::Described;
use super::identity::plain;
use testing_harness::description::members;

/// What is to be understood of an error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The kind of error.
    pub kind: &'static str,
    /// The verdict on the token.
    pub verdict: &'static str,
    /// The provider's own code.
    pub code: Option<String>,
    /// The key of `x-whoami.answers` that says so.
    pub key: Option<String>,
}

/// What an answer of `status` with `body` says of a token.
#[must_use]
pub fn meaning(described: &Described, status: u16, body: &[u8]) -> Meaning {
    let whoami = described.whoami();
    let is_empty = body.trim_ascii().is_empty();
    let json = serde_json::from_slice::<Value>(body).ok();
    // Whoever answers in neither silence nor JSON is somebody in between.
    let is_foreign = !is_empty && json.is_none();
    let code = whoami["code"]
        .as_str()
        .and_then(|at| json.as_ref()?.pointer(at))
        .filter(|code| !code.is_boolean())
        .and_then(plain);
    let answers = &whoami["answers"];
    let with_code = code.as_ref().map(|code| format!("{status} {code}"));
    let key = with_code
        .into_iter()
        .chain([status.to_string()])
        .find(|key| answers.get(key).is_some());
    let documented = key
        .as_ref()
        .and_then(|key| answers[key].as_str())
        .filter(|meaning| !is_foreign || matches!(*meaning, "rate_limited" | "unavailable"));
    let has_status = answers.as_object().is_some_and(|answers| {
        let status = status.to_string();
        answers
            .keys()
            .any(|key| key.split(' ').next() == Some(&status))
    });
    let kind = match (documented, status) {
        (Some("unauthenticated"), _) => "unauthenticated",
        (Some("rate_limited"), _) | (None, 429) => "rate_limited",
        (Some("unavailable"), _) | (None, 500..=599) => "unavailable",
        (None, 300..=399) => "redirected",
        (None, 401 | 403) if is_foreign => "invalid_response",
        (None, 401) if code.is_none() || !has_status => "unauthenticated",
        (Some("forbidden"), _) | (None, 403) => "forbidden",
        _ => "unexpected_status",
    };
    let verdict = match (documented, kind) {
        (Some("no_subject"), _) => "valid",
        (_, "unauthenticated") => "invalid",
        _ => "indeterminate",
    };
    Meaning {
        kind,
        verdict,
        code,
        key,
    }
}

/// What `x-whoami.answers` lists and none of what came was: no example shows it, or no seed makes it.
#[must_use]
pub fn unreached(described: &Described, came: &[Received]) -> Vec<String> {
    let reached: BTreeSet<_> = came
        .iter()
        .filter_map(|answer| meaning(described, answer.status, &answer.body).key)
        .collect();
    members(&described.whoami()["answers"])
        .filter(|(key, _)| !reached.contains(*key))
        .map(|(key, _)| {
            format!("no answer came that `x-whoami` lists as {key:?}: describe an example of it")
        })
        .collect()
}
