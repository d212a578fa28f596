//! Whether an answer fits a rule, or is of a documented form.

use http::HeaderMap;

use super::scan::{Plan, Slot, Value, for_each};
use super::{Kind, Opened};
use crate::{Conditions, Content, Pointer, Rule, Scalar, Status, Test, Text};

/// A rule, and what reads its conditions.
pub(super) struct RuleReader {
    pub(super) rule: Rule,
    conditions: ConditionsReader,
}

impl RuleReader {
    pub(super) fn new(rule: &Rule, plan: &mut Plan) -> Self {
        let conditions = Conditions {
            body: rule.body.clone(),
            header: rule.header.clone(),
            text: rule.text.clone(),
        };
        Self {
            rule: rule.clone(),
            conditions: ConditionsReader::new(&conditions, plan),
        }
    }

    /// Whether it asks for what messages say.
    pub(super) fn reads_messages(&self) -> bool {
        self.conditions.reads_messages()
    }

    /// Whether all of it fits.
    pub(super) fn fits(&self, answer: &Opened<'_>, is_success: bool) -> bool {
        let Rule { status, code, .. } = &self.rule;
        let number = answer.answer.status.as_u16();
        status.iter().any(|it| match it {
            Status::Default => !is_success,
            named => named.names(number),
        }) && (code.is_empty() || answer.code.as_ref().is_some_and(|it| code.contains(it)))
            && self.conditions.hold(answer)
    }
}

/// Conditions, and where the body's part of them is found.
pub(super) struct ConditionsReader {
    conditions: Conditions,
    body: Vec<Slot>,
}

impl ConditionsReader {
    pub(super) fn new(conditions: &Conditions, plan: &mut Plan) -> Self {
        Self {
            conditions: conditions.clone(),
            body: conditions.body.keys().map(|at| plan.slot(at)).collect(),
        }
    }

    pub(super) fn reads_messages(&self) -> bool {
        self.conditions.text.is_some()
    }

    /// Whether all of them hold.
    pub(super) fn hold(&self, answer: &Opened<'_>) -> bool {
        let Conditions { body, header, text } = &self.conditions;
        fits_body(answer, body.values().zip(&self.body))
            && header
                .iter()
                .all(|(name, test)| fits_header(answer.answer.headers, name, test))
            && text.as_ref().is_none_or(|text| fits_text(answer, text))
    }
}

/// What a body is described as, and where its required members are found.
pub(super) enum ContentReader {
    Undescribed,
    Empty,
    Object(Vec<Slot>, Vec<Vec<Slot>>),
    List,
    Json,
    Other,
}

impl ContentReader {
    pub(super) fn new(content: &Content, plan: &mut Plan) -> Self {
        match content {
            Content::Undescribed => Self::Undescribed,
            Content::Empty => Self::Empty,
            Content::Object { required, forms } => {
                let mut slots =
                    |pointers: &[Pointer]| pointers.iter().map(|at| plan.slot(at)).collect();
                Self::Object(slots(required), forms.iter().map(|it| slots(it)).collect())
            }
            Content::List => Self::List,
            Content::Json => Self::Json,
            Content::Other => Self::Other,
        }
    }

    /// Whether the body is what is described; an empty one or an object where nothing is.
    pub(super) fn fits(&self, answer: &Opened<'_>) -> bool {
        match self {
            Self::Undescribed => matches!(answer.kind, Kind::Empty | Kind::Object),
            Self::Empty => answer.kind == Kind::Empty,
            Self::Object(required, forms) => {
                let is_there =
                    |slot: &Slot| !matches!(answer.found.get(*slot), None | Some(Value::Null));
                answer.kind == Kind::Object
                    && required.iter().all(is_there)
                    && (forms.is_empty() || forms.iter().any(|form| form.iter().all(is_there)))
            }
            Self::List => answer.kind == Kind::Json && answer.text.starts_with('['),
            Self::Json => matches!(answer.kind, Kind::Object | Kind::Json),
            Self::Other => answer.kind != Kind::Empty,
        }
    }
}

/// Whether the conditions on a body hold. Where there is no JSON, none does.
fn fits_body<'t>(
    answer: &Opened<'_>,
    tests: impl ExactSizeIterator<Item = (&'t Test, &'t Slot)>,
) -> bool {
    let is_json = matches!(answer.kind, Kind::Object | Kind::Json);
    if tests.len() > 0 && !is_json {
        return false;
    }
    let mut tests = tests;
    tests.all(|(test, slot)| holds(test, answer.found.get(*slot).as_ref()))
}

fn holds(test: &Test, value: Option<&Value<'_>>) -> bool {
    let value = value.filter(|value| **value != Value::Null);
    let is = |scalar: &Scalar| match (scalar, value) {
        (Scalar::Null, value) => value.is_none(),
        (Scalar::Bool(wanted), Some(Value::Bool(found))) => wanted == found,
        (Scalar::Text(wanted), Some(Value::Text(found))) => wanted == found,
        // Servers write one number as a number and as a text.
        (Scalar::Number(wanted), Some(Value::Number(_) | Value::Text(_))) => {
            let found = value
                .cloned()
                .and_then(Value::into_text)
                .unwrap_or_default();
            let is_equal = || wanted.as_f64() == found.trim().parse().ok();
            wanted.to_string() == *found || (wanted.as_f64().is_some() && is_equal())
        }
        (Scalar::Text(wanted), Some(Value::Number(found))) => wanted == found,
        _ => false,
    };
    let contains = || match value {
        Some(Value::Text(found)) => holds_one(found, &test.contains),
        Some(Value::List(items)) => {
            let mut found = false;
            for_each(items, |_, raw| {
                let item = Value::read(raw).and_then(Value::into_text);
                found = item.is_some_and(|item| test.contains.iter().any(|it| *it == *item));
                !found
            });
            found
        }
        _ => false,
    };
    (test.equals.is_empty() || test.equals.iter().any(is))
        && !test.not.iter().any(is)
        && (test.contains.is_empty() || contains())
        && test
            .present
            .is_none_or(|present| present == value.is_some())
}

fn fits_header(headers: &HeaderMap, name: &str, test: &Test) -> bool {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let is = |scalar: &Scalar| match scalar {
        Scalar::Null => values.is_empty(),
        Scalar::Bool(flag) => values
            .iter()
            .any(|it| it.eq_ignore_ascii_case(if *flag { "true" } else { "false" })),
        Scalar::Number(number) => values.contains(&number.to_string().as_str()),
        Scalar::Text(wanted) => values.contains(&wanted.as_str()),
    };
    (test.equals.is_empty() || test.equals.iter().any(is))
        && !test.not.iter().any(is)
        && (test.contains.is_empty() || values.iter().any(|it| holds_one(it, &test.contains)))
        && test
            .present
            .is_none_or(|present| present != values.is_empty())
}

/// Whether a text stands in a message of the body, or in a body that is not JSON.
fn fits_text(answer: &Opened<'_>, text: &Text) -> bool {
    let messages: Vec<String> = match answer.kind {
        Kind::Empty => return false,
        Kind::Other => vec![answer.text.to_lowercase()],
        Kind::Object | Kind::Json => {
            let survey = &answer.survey;
            let texts = survey.messages.iter().chain(&survey.codes);
            texts.map(|it| it.to_lowercase()).collect()
        }
    };
    let stands = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        messages.iter().any(|message| message.contains(&wanted))
    };
    (text.any.is_empty() || text.any.iter().any(stands))
        && text.all.iter().all(stands)
        && !text.none.iter().any(stands)
        && !messages.is_empty()
}

/// Whether a text holds one of several, in upper or lower case.
fn holds_one(text: &str, wanted: &[String]) -> bool {
    let text = text.to_lowercase();
    wanted.iter().any(|it| text.contains(&it.to_lowercase()))
}
