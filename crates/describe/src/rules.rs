//! What answers say of a token: whether each rule can fit, and asks for what the description has.

use std::collections::BTreeMap;

use keyholder_core::customary::{self, Says};
use keyholder_core::{
    Limit, Meaning, Operation, Pointer, Reason, Rule, Scalar, Status, Test, Text,
};
use keyholder_openapi::{Error, Result, nearest, text};
use serde_json::Value;

use crate::claims::{below, check_header, lacks};
use crate::implied;
use crate::responses::{Found, Responses};
use crate::schema::{Place, Types};
use crate::whoami::{Answers, Mapping};

/// What the rules of an operation are checked against.
pub(crate) struct Checker<'a> {
    /// The documented responses.
    pub responses: &'a Responses<'a>,
    /// The operation, with its success and its rules.
    pub operation: &'a Operation,
    /// Where `x-whoami` stands.
    pub at: &'a str,
}

impl<'a> Checker<'a> {
    /// Checks the conditions of the success, the places of codes, and the rules. What looks doubtful goes into `remarks`.
    ///
    /// # Errors
    ///
    /// A rule that can never fit, or never do what it says; a place that the description lacks; a value that cannot stand
    /// in its place.
    pub(crate) fn check(&self, mapping: &Mapping, remarks: &mut Vec<String>) -> Result<()> {
        self.check_success(remarks)?;
        self.check_code(mapping)?;
        for challenge in &mapping.challenges {
            if !crate::wire::is_token(challenge) {
                let message = format!(
                    "{} is not a name that an authentication scheme can have (RFC 9110, section 11.1)",
                    text::shown(challenge)
                );
                return Err(Error::at(format!("{}/challenges", self.at), message));
            }
        }
        let Answers { rules, keys } = &mapping.answers;
        let at = |index: usize| {
            let key = keys.get(index).map_or("", String::as_str);
            below(self.at, &["answers", key])
        };
        for (index, rule) in rules.iter().enumerate() {
            self.check_rule(rule, &at(index), remarks)?;
            self.check_shadow(rules, index, &at, remarks)?;
        }
        self.check_statuses_alone(rules, &at)
    }

    fn check_success(&self, remarks: &mut Vec<String>) -> Result<()> {
        let at = format!("{}/success", self.at);
        let success = &self.operation.success;
        let documented = self.documented(&success.status);
        self.check_conditions(
            (
                &success.conditions.body,
                &success.conditions.header,
                success.conditions.text.as_ref(),
            ),
            &documented,
            &at,
            remarks,
        )
    }

    /// Each place of a code is one of a documented answer, unless no error is described at all.
    fn check_code(&self, mapping: &Mapping) -> Result<()> {
        let (successes, errors): (Vec<_>, Vec<_>) = self
            .responses
            .iter()
            .partition(|found| self.is_success(found.status));
        let place = |of: &[Found<'a>]| {
            Place::new(self.responses.document, of.iter().filter_map(Found::schema))
        };
        if errors.iter().all(|found| found.schema().is_none()) {
            return Ok(());
        }
        let (errors, successes) = (place(&errors), place(&successes));
        for (index, code) in mapping.code.iter().enumerate() {
            let at = match mapping.code.len() {
                1 => format!("{}/code", self.at),
                _ => format!("{}/code/{index}", self.at),
            };
            let found = errors.walk(code).or_else(|missing| {
                let found = successes.walk(code);
                found.map_err(|_| lacks("no documented answer has", code, &missing, &at))
            })?;
            let types = found.types();
            if types != Types::NONE && !types.meets(Types::STRING | Types::NUMBER) {
                let message = format!(
                    "{} is {}, and a code is a text or a number",
                    text::shown(code.as_str()),
                    types.kind()
                );
                return Err(Error::at(at, message));
            }
        }
        Ok(())
    }

    fn check_rule(&self, rule: &Rule, at: &str, remarks: &mut Vec<String>) -> Result<()> {
        if let Some(status) = rule
            .status
            .iter()
            .find(|it| matches!(it, Status::Code(100..=199) | Status::Range(1)))
        {
            let message =
                format!("{status} is no answer: others follow it (RFC 9110, section 15.2)");
            return Err(Error::at(at, message));
        }
        check_meaning(rule, at)?;
        if !rule.code.is_empty() && self.operation.code.is_empty() {
            return Err(Error::at(
                at,
                "goes by a code, and nothing says where answers have one",
            )
            .with_help("point to it with `code`"));
        }
        if rule.is_by_status_alone() {
            self.check_status_alone(rule, at)?;
        }
        let documented = self.documented(&rule.status);
        self.check_conditions(
            (&rule.body, &rule.header, rule.text.as_ref()),
            &documented,
            at,
            remarks,
        )?;
        self.check_codes(rule, &documented, at, remarks)?;
        check_vetoes(rule, at, remarks)
    }

    /// A rule by statuses alone says it of every answer of them.
    fn check_status_alone(&self, rule: &Rule, at: &str) -> Result<()> {
        let help =
            "tell such answers apart by a code, or by a condition on `body`, `header` or `text`";
        let is_good = matches!(
            rule.means,
            Meaning::Valid | Meaning::Limited | Meaning::NoSubject
        );
        let is_bad = rule.means == Meaning::Unauthenticated;
        let successes = &self.operation.success.status;
        let is_left = |success: &Status| !rule.status.iter().any(|it| self.covers(*it, *success));
        if !is_good && !is_bad && !successes.iter().any(is_left) {
            return Err(Error::at(at, "leaves no success").with_help(help));
        }
        for status in &rule.status {
            let reason = match *status {
                status if is_bad && self.may_be_success(status) && status != Status::Default => {
                    "a success refuses no token by its status alone"
                }
                status if is_good && self.is_success(status) => {
                    return Err(Error::at(at, "a success says that the token is good by itself, once it names somebody")
                        .with_help("leave the rule out; write `identity: none` where a success tells only good from bad"));
                }
                Status::Code(300..=399) | Status::Range(3) if is_good || is_bad => {
                    "a redirect says nothing of a token by its status alone"
                }
                Status::Code(407 | 408 | 425 | 429 | 500..=599) | Status::Range(5) if is_bad => {
                    "such a status refuses no token by itself"
                }
                Status::Code(500..=599) | Status::Range(5) if is_good => {
                    "such a status proves no token good by itself"
                }
                Status::Range(_) | Status::Default if is_bad => {
                    return Err(Error::at(
                        at,
                        format!("{status} by itself would refuse a token for whatever goes wrong"),
                    )
                    .with_help(
                        "name the statuses by which the provider refuses tokens, or their codes",
                    ));
                }
                Status::Range(4) | Status::Default if is_good => {
                    return Err(Error::at(
                        at,
                        format!("{status} by itself would prove a token good, whatever goes wrong"),
                    )
                    .with_help("name the statuses that prove it, or their codes"));
                }
                _ => continue,
            };
            return Err(Error::at(at, format!("{status}: {reason}")).with_help(help));
        }
        Ok(())
    }

    /// Where refusals have codes, a status alone refuses no more.
    fn check_statuses_alone(&self, rules: &[Rule], at: &dyn Fn(usize) -> String) -> Result<()> {
        let refuses = |rule: &&(usize, &Rule)| rule.1.means == Meaning::Unauthenticated;
        let all: Vec<_> = rules.iter().enumerate().collect();
        let by_code = all.iter().filter(refuses).find(|(_, rule)| {
            !(rule.code.is_empty() && rule.body.is_empty())
                && rule.status.iter().any(|status| self.may_be_error(*status))
        });
        let alone = all
            .iter()
            .filter(refuses)
            .find(|(_, rule)| rule.is_by_status_alone());
        match (by_code, alone) {
            (Some((by_code, _)), Some((alone, _))) => {
                let message = format!(
                    "never refuses a token: {} tells refusals by more than their status, and then all of them have to be told so",
                    text::shown(&at(*by_code))
                );
                Err(Error::at(at(*alone), message)
                    .with_help("list the codes by which this status refuses tokens"))
            }
            _ => Ok(()),
        }
    }

    /// A rule is not to be there for nothing.
    fn check_shadow(
        &self,
        rules: &[Rule],
        index: usize,
        at: &dyn Fn(usize) -> String,
        remarks: &mut Vec<String>,
    ) -> Result<()> {
        let rule = &rules[index];
        let earlier = || rules.iter().enumerate().take(index);
        let mut fit_first = Vec::new();
        let mut is_needed = false;
        let codes: Vec<_> = match rule.code.as_slice() {
            [] => vec![None],
            codes => codes.iter().map(Some).collect(),
        };
        for status in &rule.status {
            for code in &codes {
                let first = earlier().find(|(_, first)| {
                    let has_status = first.status.iter().any(|it| self.covers(*it, *status));
                    let has_code =
                        first.code.is_empty() || code.is_some_and(|it| first.code.contains(it));
                    has_status && has_code && implied::by(rule, first)
                });
                match first {
                    Some((first, _)) => fit_first.push((first, *status, *code)),
                    None => is_needed = true,
                }
            }
        }
        let Some((first, status, code)) = fit_first.first() else {
            return Ok(());
        };
        let earlier = &rules[*first];
        if !is_needed {
            let is_same = earlier.status == rule.status
                && earlier.code == rule.code
                && implied::by(earlier, rule);
            let message = if is_same {
                format!(
                    "is there twice: {} has the same conditions",
                    text::shown(&at(*first))
                )
            } else {
                format!("can never fit: {} fits first", text::shown(&at(*first)))
            };
            return Err(Error::at(at(index), message).with_help(
                "the first rule that fits decides: put the narrower one first, or leave one out",
            ));
        }
        let what = match code {
            Some(code) => format!("{status} with the code {}", text::shown(code)),
            None => status.to_string(),
        };
        remarks.push(format!(
            "at {}: {what} never comes here: {} fits first",
            at(index),
            at(*first)
        ));
        Ok(())
    }

    /// Conditions hold together, and ask for what the description has.
    fn check_conditions(
        &self,
        (body, header, text): (
            &BTreeMap<Pointer, Test>,
            &BTreeMap<String, Test>,
            Option<&Text>,
        ),
        documented: &[Found<'a>],
        at: &str,
        remarks: &mut Vec<String>,
    ) -> Result<()> {
        for (name, test) in header {
            let at = below(at, &["header", name]);
            check_header(name, &at)?;
            check_test(test, &at)?;
        }
        if let Some(text) = text {
            check_text(text, &format!("{at}/text"))?;
        }
        let schemas: Vec<_> = documented.iter().filter_map(Found::schema).collect();
        let place = Place::new(self.responses.document, schemas.iter().copied());
        for (pointer, test) in body {
            let at = below(at, &["body", pointer.as_str()]);
            check_test(test, &at)?;
            let around = body.iter().find(|(outer, around)| {
                let is_inside = pointer.as_str().strip_prefix(outer.as_str());
                is_inside.is_some_and(|rest| rest.starts_with('/'))
                    && implied::is_no_container(around)
                    && implied::is_there(test)
            });
            if let Some((outer, _)) = around {
                let outer = text::shown(outer.as_str());
                return Err(Error::at(
                    at,
                    format!("can never hold beside the condition on {outer}, in which it stands"),
                ));
            }
            if schemas.is_empty() {
                continue;
            }
            let found = place
                .walk(pointer)
                .map_err(|missing| lacks("the answer has no", pointer, &missing, &at))?;
            check_values(test, pointer, &found, &at, remarks)?;
        }
        Ok(())
    }

    /// Whether the codes of a rule are some that the answers of its statuses are said to have.
    fn check_codes(
        &self,
        rule: &Rule,
        documented: &[Found<'a>],
        at: &str,
        remarks: &mut Vec<String>,
    ) -> Result<()> {
        if rule.code.is_empty() {
            return Ok(());
        }
        if let [only] = self.operation.code.as_slice()
            && let Some(test) = rule.body.get(only)
            && !test.equals.is_empty()
        {
            let is_one = |scalar: &Scalar| match scalar {
                Scalar::Text(text) => rule.code.contains(text),
                Scalar::Number(number) => rule.code.contains(&number.to_string()),
                _ => false,
            };
            if !test.equals.iter().any(is_one) {
                return Err(Error::at(
                    below(at, &["body", only.as_str()]),
                    "can never hold beside `code`, which stands in the same place",
                ));
            }
        }
        let schemas: Vec<_> = documented.iter().filter_map(Found::schema).collect();
        if schemas.is_empty() {
            return Ok(());
        }
        let place = Place::new(self.responses.document, schemas);
        let mut listed = Vec::new();
        let places = self
            .operation
            .code
            .iter()
            .filter_map(|code| place.walk(code).ok());
        for place in places {
            match place.values() {
                Some(values) => listed.extend(
                    values
                        .into_iter()
                        .filter_map(keyholder_openapi::scalar::text),
                ),
                // Any may come.
                None => return Ok(()),
            }
        }
        if listed.is_empty() {
            return Ok(());
        }
        for code in rule.code.iter().filter(|code| !listed.contains(code)) {
            remarks.push(unlisted(code, listed.iter().map(String::as_str), at));
        }
        Ok(())
    }

    /// The responses that describe answers of `statuses`.
    fn documented(&self, statuses: &[Status]) -> Vec<Found<'a>> {
        let mut found: Vec<Found<'a>> = Vec::new();
        for status in statuses {
            let of = match status {
                // Of a rule, all that is no success.
                Status::Default => {
                    let errors = self
                        .responses
                        .iter()
                        .filter(|it| !self.is_success(it.status));
                    errors.collect()
                }
                status => self.responses.describing(*status),
            };
            for one in of {
                if !found.iter().any(|it| it.key == one.key) {
                    found.push(one);
                }
            }
        }
        found
    }

    /// Whether a status is of successes alone.
    fn is_success(&self, status: Status) -> bool {
        match status {
            Status::Code(code) => self.operation.is_success(code),
            Status::Range(hundred) => hundred == 2,
            // It describes the success where nothing else does.
            Status::Default => {
                let is_other = |found: Found<'_>| {
                    matches!(found.status, Status::Code(200..=299) | Status::Range(2))
                };
                !self.responses.iter().any(is_other)
            }
        }
    }

    fn may_be_success(&self, status: Status) -> bool {
        match status {
            Status::Code(code) => self.operation.is_success(code) || code / 100 == 2,
            Status::Range(hundred) => hundred == 2,
            Status::Default => false,
        }
    }

    /// As the reader of answers has it.
    fn may_be_error(&self, status: Status) -> bool {
        match status {
            Status::Code(code) => !self.operation.is_success(code),
            Status::Range(hundred) => hundred >= 4,
            Status::Default => true,
        }
    }

    /// Whether every answer of a status is one of `first`.
    fn covers(&self, first: Status, status: Status) -> bool {
        match (first, status) {
            (first, status) if first == status => true,
            (first, Status::Code(code)) if first != Status::Default => first.names(code),
            (Status::Default, Status::Code(code)) => !self.operation.is_success(code),
            (Status::Default, Status::Range(hundred)) => {
                let mut all = hundred * 100..hundred * 100 + 100;
                !all.any(|code| self.operation.is_success(code))
            }
            _ => false,
        }
    }
}

/// The statuses of a success are some that successes have.
///
/// # Errors
///
/// One is not.
pub(crate) fn check_success_statuses(statuses: &[Status], at: &str) -> Result<()> {
    let is_other = |status: &&Status| !matches!(status, Status::Code(200..=299) | Status::Range(2));
    match statuses.iter().find(is_other) {
        None => Ok(()),
        Some(status) => Err(Error::at(
            format!("{at}/success/status"),
            format!("{status} is no status of a success"),
        )
        .with_help("say what it means with a rule under `answers`")),
    }
}

/// `by` and `reason` go with the meanings that they are of.
fn check_meaning(rule: &Rule, at: &str) -> Result<()> {
    if rule.means == Meaning::Limited && rule.by.is_none() {
        let limits = [Limit::Scope, Limit::Network, Limit::Kind, Limit::Account]
            .map(|limit| format!("`{limit}`"));
        let error = Error::at(at, "says that the token is limited, and not by what");
        return Err(error.with_help(format!(
            "give it `by`, in a list of rules: {}",
            limits.join(", ")
        )));
    }
    if rule.means != Meaning::Limited && rule.by.is_some() {
        return Err(Error::at(
            at,
            format!(
                "has `by`, which goes with `limited` and not with `{}`",
                rule.means.as_str()
            ),
        ));
    }
    let Some(reason) = rule.reason else {
        return Ok(());
    };
    if rule.means != Meaning::Unauthenticated {
        let message = format!(
            "has `reason`, which goes with `unauthenticated` and not with `{}`",
            rule.means.as_str()
        );
        return Err(Error::at(at, message));
    }
    match reason {
        Reason::Expired | Reason::Revoked | Reason::Unknown => Ok(()),
        _ => Err(
            Error::at(at, "has a reason for which no provider refuses a token")
                .with_help("write `expired`, `revoked` or `unknown`"),
        ),
    }
}

/// What no rule may call a refusal, since it says that no token came, or to come back later.
fn check_vetoes(rule: &Rule, at: &str, remarks: &mut Vec<String>) -> Result<()> {
    if rule.means != Meaning::Unauthenticated {
        return Ok(());
    }
    let help = "a token was sent, and something took it: write `nothing`";
    let says_none = |code: &&String| customary::code(code) == Some(Says::NoToken);
    let none: Vec<_> = rule.code.iter().filter(says_none).collect();
    if let Some(code) = none.first() {
        let code = text::shown(code);
        if none.len() == rule.code.len() {
            let message = format!("never refuses a token: {code} says that none came");
            return Err(Error::at(at, message).with_help(help));
        }
        remarks.push(format!(
            "at {at}: {code} says that no token came, and never refuses one"
        ));
    }
    if let Some(text) = &rule.text {
        let says_none = |text: &String| customary::message(text) == Some(Says::NoToken);
        let is_none = text.all.iter().any(says_none)
            || (!text.any.is_empty() && text.any.iter().all(says_none));
        if is_none {
            return Err(
                Error::at(at, "never refuses a token: the text says that none came")
                    .with_help(help),
            );
        }
    }
    let vetoes = ["retry-after", "proxy-authenticate"];
    let mut headers = rule
        .header
        .iter()
        .filter(|(_, test)| implied::is_there(test));
    if let Some((name, _)) =
        headers.find(|(name, _)| vetoes.iter().any(|it| name.eq_ignore_ascii_case(it)))
    {
        let message = format!(
            "never refuses a token: an answer with {} does not",
            text::shown(name)
        );
        return Err(Error::at(at, message).with_help("say with another meaning what the answer is"));
    }
    Ok(())
}

/// Refuses a condition on one value that nothing meets.
fn check_test(test: &Test, at: &str) -> Result<()> {
    if implied::is_contradiction(test) {
        return Err(Error::at(
            at,
            "can never hold: its parts contradict each other",
        ));
    }
    if test.contains.iter().any(|it| it.trim().is_empty()) {
        return Err(Error::at(at, "a text to look for has something in it"));
    }
    Ok(())
}

fn check_text(text: &Text, at: &str) -> Result<()> {
    let is_excluded = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        text.none
            .iter()
            .any(|it| wanted.contains(&it.to_lowercase()))
    };
    let is_any_excluded = !text.any.is_empty() && text.any.iter().all(is_excluded);
    if is_any_excluded || text.all.iter().any(is_excluded) {
        return Err(Error::at(
            at,
            "can never hold: what it asks for has what it rules out",
        ));
    }
    Ok(())
}

/// Refuses values that what stands in a place cannot be.
fn check_values(
    test: &Test,
    pointer: &Pointer,
    found: &Place<'_>,
    at: &str,
    remarks: &mut Vec<String>,
) -> Result<()> {
    let types = found.types();
    if types == Types::NONE {
        return Ok(());
    }
    let shown = text::shown(pointer.as_str());
    let listed = found.values();
    for scalar in test.equals.iter().chain(&test.not) {
        let (wanted, kind) = match scalar {
            Scalar::Null => continue,
            Scalar::Bool(_) => (Types::BOOLEAN, "a boolean"),
            Scalar::Number(_) => (Types::NUMBER, "a number"),
            Scalar::Text(_) => (Types::STRING, "a text"),
        };
        let value = as_json(scalar);
        if !types.meets(wanted) {
            let value = text::shown(&value.to_string());
            return Err(Error::at(
                at,
                format!("{shown} is never {value}: the schema does not have it as {kind}"),
            ));
        }
        if let Some(listed) = &listed
            && !listed.iter().any(|it| is_same(it, &value))
        {
            let names: Vec<_> = listed
                .iter()
                .filter_map(|it| keyholder_openapi::scalar::text(it))
                .collect();
            let value = keyholder_openapi::scalar::text(&value).unwrap_or_default();
            remarks.push(unlisted(&value, names.iter().map(String::as_str), at));
        }
    }
    if !test.contains.is_empty() && !types.meets(Types::STRING | Types::ARRAY) {
        return Err(Error::at(
            at,
            format!(
                "{shown} is {}, and `contains` takes a text or a list",
                types.kind()
            ),
        ));
    }
    Ok(())
}

/// Whether two values are the same: as numbers where they are.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_number() && one.as_f64() == other.as_f64())
}

fn as_json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(flag) => Value::Bool(*flag),
        Scalar::Number(number) => Value::Number(number.clone()),
        Scalar::Text(text) => Value::String(text.clone()),
    }
}

/// The remark that a value is none of those that the schema lists.
fn unlisted<'n>(value: &str, listed: impl IntoIterator<Item = &'n str>, at: &str) -> String {
    let nearest = nearest::nearest(value, listed);
    let nearest = nearest.map(|it| format!("; the nearest is {}", text::shown(it)));
    format!(
        "at {at}: {} is none of the values that the schema lists{}",
        text::shown(value),
        nearest.unwrap_or_default()
    )
}
