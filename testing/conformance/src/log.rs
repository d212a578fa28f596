//! What Prism's log complains of.

use std::sync::LazyLock;

use regex::Regex;

use super::question::Question;

/// What Prism complains of, request by request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// What it says before the first request.
    pub start: Vec<String>,
    /// What it says of each request, in the order in which they came.
    pub requests: Vec<Vec<String>>,
}

/// A line: a time, a mark, who speaks, the request if it is the server that speaks, a sign, how grave it is, and a text.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\[[^\]]+\] \S+ +\[([A-Z][A-Z ]*)\](?: [a-z]+ /\S*)? +\S+ +([a-z]+) +(.*)$").ok()
});

/// What opens the part of the log that is about one request.
const RECEIVED: &str = "Request received";

impl Log {
    /// Reads a log, whole. A line that is not of its form, such as one of a stack trace, is a complaint.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut log = Self::default();
        let mut goes_on = false;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let parts = LINE.as_ref().and_then(|form| form.captures(line));
            let complaint = match parts.as_ref().map(regex::Captures::extract) {
                Some((_, ["HTTP SERVER", "info", RECEIVED])) => {
                    log.requests.push(Vec::new());
                    None
                }
                // What the negotiator warns of is which answer it takes, and that shows in the answer.
                Some((_, ["NEGOTIATOR", "warning", _])) => None,
                Some((_, [speaker, "warning" | "error" | "fatal", text])) => {
                    Some(format!("{}: {text}", speaker.to_lowercase()))
                }
                Some(_) => None,
                None => Some(line.trim().to_owned()),
            };
            let part = log.requests.last_mut().unwrap_or(&mut log.start);
            // A text may have several lines.
            match (part.last_mut(), &complaint) {
                (Some(last), Some(rest)) if goes_on && parts.is_none() => {
                    last.push(' ');
                    last.push_str(rest);
                }
                _ => part.extend(complaint.clone()),
            }
            goes_on = complaint.is_some();
        }
        log
    }
}

/// What of Prism's complaints of one request is not as it should be: it complains of the credential where that was
/// tampered with, and of nothing else.
#[must_use]
pub fn unexpected(question: &Question, complaints: &[String]) -> Vec<String> {
    if !question.is_refusal() {
        return complaints
            .iter()
            .map(|it| format!("Prism says: {it}"))
            .collect();
    }
    let credential = "validator: Invalid security scheme used";
    if !complaints.iter().any(|it| it == credential) {
        let said = complaints.join("; ");
        return vec![format!(
            "Prism does not say that the credential is wrong: {said:?}"
        )];
    }
    // It says the same in several ways.
    let is_of_it = |complaint: &str| {
        complaint == credential
            || complaint == "validator: Request did not pass the validation rules"
            || complaint == "validator: Violation: request Invalid security scheme used"
            || complaint.starts_with("http server: Request terminated with error")
    };
    let others = complaints.iter().filter(|complaint| !is_of_it(complaint));
    others.map(|it| format!("Prism says: {it}")).collect()
}
