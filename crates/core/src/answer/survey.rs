//! Codes and messages of an error answer, in the places where they customarily stand.

use std::borrow::Cow;

use http::StatusCode;

use super::scan::{Value, for_each};

/// What an error answer says, by custom.
#[derive(Default)]
pub(super) struct Survey<'a> {
    /// Texts without blanks and numbers, under names such as `code`.
    pub(super) codes: Vec<Cow<'a, str>>,
    /// Texts under names such as `message`, and those with blanks under names of codes.
    pub(super) messages: Vec<Cow<'a, str>>,
    /// Other texts with blanks. They may speak against a refusal, and for nothing.
    pub(super) others: Vec<Cow<'a, str>>,
    /// Whether there is more than is looked at.
    pub(super) is_cut: bool,
}

/// How many items of lists of errors are looked at.
const MAX_ITEMS: usize = 1000;

impl<'a> Survey<'a> {
    /// Surveys an object: its members, and those of `error`, `errors` and `detail` in it.
    pub(super) fn read(object: &'a str, status: StatusCode) -> Self {
        let mut survey = Self::default();
        let mut left = MAX_ITEMS;
        survey.members(object, status, 0, &mut left);
        survey
    }

    /// The first code.
    pub(super) fn first_code(&self) -> Option<String> {
        self.codes.first().map(ToString::to_string)
    }

    /// All texts that may say what is the matter.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().chain(&self.others).map(AsRef::as_ref)
    }

    /// Members of an object at this depth: the root, then what holds errors, then an error in a list.
    fn members(&mut self, object: &'a str, status: StatusCode, depth: u8, left: &mut usize) {
        for_each(object, |name, raw| {
            let name = name.unwrap_or_default();
            let holds_errors = depth == 0 && holds_errors(name);
            match Value::read(raw) {
                Some(Value::Text(text)) => self.text(name, text, status),
                Some(number @ Value::Number(_)) if is_code_name(name) => {
                    let code = number.into_code().filter(|code| is_code(code, status));
                    self.codes.extend(code);
                }
                Some(Value::Object(inner)) if holds_errors => {
                    self.members(inner, status, 1, left);
                }
                // In `errors`, there may be a list for each field.
                Some(Value::List(items)) if holds_errors || depth == 1 => {
                    self.items(items, status, left);
                }
                _ => {}
            }
            true
        });
    }

    fn items(&mut self, items: &'a str, status: StatusCode, left: &mut usize) {
        for_each(items, |_, raw| {
            let Some(rest) = left.checked_sub(1) else {
                self.is_cut = true;
                return false;
            };
            *left = rest;
            match Value::read(raw) {
                Some(Value::Object(inner)) => self.members(inner, status, 2, left),
                Some(Value::Text(text)) => self.text("error", text, status),
                _ => {}
            }
            true
        });
    }

    fn text(&mut self, name: &str, text: Cow<'a, str>, status: StatusCode) {
        let has_blanks = text.trim().contains(char::is_whitespace);
        if is_message_name(name) || (has_blanks && is_code_name(name)) {
            self.messages.push(text);
        } else if has_blanks {
            self.others.push(text);
        } else if is_code_name(name) && is_code(&text, status) {
            self.codes.push(text);
        }
    }
}

/// Whether a text or number under such a name is one: not nothing, not an address, and not the status again.
pub(super) fn is_code(code: &str, status: StatusCode) -> bool {
    let code = code.trim();
    let is_address = code.contains("://")
        || code.starts_with("about:")
        || code.starts_with("urn:")
        || code.starts_with('/');
    let letters = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let is_status = code == status.as_str()
        || status
            .canonical_reason()
            .is_some_and(|phrase| letters(phrase) == letters(code));
    !code.is_empty() && !is_address && !is_status
}

fn holds_errors(name: &str) -> bool {
    matches!(name, "error" | "errors" | "detail")
}

/// `code`, `error`, `type`, `name`, `slug`, `reason`, `status`, and what ends in `_code`, in any case and spelling.
fn is_code_name(name: &str) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let ends_in_code = name
        .len()
        .checked_sub("code".len())
        .and_then(|at| Some((name.get(..at)?, name.get(at..)?)))
        .is_some_and(|(before, end)| {
            end == "Code" || (before.ends_with(['_', '-']) && end.eq_ignore_ascii_case("code"))
        });
    [
        "code", "error", "errors", "type", "name", "slug", "reason", "status",
    ]
    .into_iter()
    .any(is)
        || ends_in_code
}

fn is_message_name(name: &str) -> bool {
    [
        "message",
        "msg",
        "detail",
        "details",
        "description",
        "title",
        "info",
        "hint",
        "cause",
        "error_description",
        "error_message",
        "errorMessage",
        "errorDescription",
        "error_summary",
        "errorSummary",
        "err",
    ]
    .into_iter()
    .any(|other| name.eq_ignore_ascii_case(other))
}
