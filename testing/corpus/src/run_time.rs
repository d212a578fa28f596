//! The client that is made of a description at run time, held against the generated one.

use std::future::Future;

use keyholder_core::{Client, Config, Provider, ProviderInfo, Retry, Verdict, WhoAmI as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::Answer;
use super::runner::{self, Question};
use keyholder_openapi::{Error, Result};

/// What came of comparing two clients.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Comparison {
    /// How many answers were read.
    pub read: usize,
    /// How many both read alike.
    pub same: usize,
    /// What the first difference is.
    pub difference: Option<String>,
}

/// Asks and reads as the generated client did, and compares.
///
/// # Errors
///
/// A client that cannot be made.
pub(super) fn compare(
    info: &ProviderInfo,
    question: &Question,
    answer: &runner::Answer,
) -> Result<Comparison> {
    let provider = Provider::from(info.clone());
    let config = Config::new(question.token.as_str())
        .base_url(question.base_url.as_str())
        .retry(Retry::OFF);
    // As the generated client has them.
    let made = question.any.iter().map(|any| {
        let parameters = provider.parameters.iter();
        let config = parameters.fold(config.clone(), |config, it| {
            let value = it.values.first().or(it.default.as_ref());
            config.parameter(&it.name, value.unwrap_or(any))
        });
        Client::new(&provider, config)
    });
    let made = made.reduce(std::result::Result::or);
    let client = made.ok_or_else(|| Error::new("no value is asked with"))?;
    let client = client.map_err(|error| Error::new(error.to_string()))?;
    let mut comparison = Comparison::default();
    let asked = wait(client.verify())?;
    comparison.add("what is asked", &json!(asked), &answer.verdict);
    for (sent, verdict) in question.answers.iter().zip(&answer.verdicts) {
        comparison.read(&client, sent, verdict);
    }
    for (status, body, verdict) in &answer.examples {
        let sent = Answer {
            status: *status,
            headers: Vec::new(),
            body: body.clone(),
        };
        comparison.read(&client, &sent, verdict);
    }
    let missing = question.answers.len().saturating_sub(answer.verdicts.len());
    if missing > 0 {
        comparison.read += missing;
        let message = format!("{missing} answers were not read by the generated client");
        comparison.difference.get_or_insert(message);
    }
    Ok(comparison)
}

impl Comparison {
    fn read(&mut self, client: &Client, answer: &Answer, generated: &Value) {
        let verdict = match answer.http() {
            Ok(answer) => json!(Verdict::from(client.read_answer(answer.into()))),
            Err(error) => json!({ "unread": error.to_string() }),
        };
        let what = format!("{} {:?} {}", answer.status, answer.headers, answer.body);
        self.add(&what, &verdict, generated);
    }

    fn add(&mut self, what: &str, run_time: &Value, generated: &Value) {
        self.read += 1;
        if run_time == generated {
            self.same += 1;
        } else {
            self.difference.get_or_insert_with(|| {
                format!("at run time, {what} is {run_time}; the generated client has {generated}")
            });
        }
    }
}

fn wait<T>(future: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Error::new(format!("no runtime: {error}")))?;
    Ok(runtime.block_on(future))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use keyholder_core::{Client, Config, Operation, Provider, ProviderInfo, Verdict, WhoAmI as _};
    use serde_json::{Value, json};

    use super::compare;
    use crate::answers::answers;
    use crate::runner::{self, Question};

    fn info() -> ProviderInfo {
        let mut operation = Operation::new("get_me", "GET", "/me");
        operation.identity.sub = Some("/id".parse::<keyholder_core::Pointer>().unwrap().into());
        ProviderInfo::new("acme", operation)
    }

    /// What a client of `info` says, asked where nothing listens, with one verdict put in the place of another.
    fn said(
        info: &ProviderInfo,
        change: impl FnOnce(&mut Vec<Value>),
    ) -> (Question, runner::Answer) {
        let question = Question {
            provider: "acme".to_owned(),
            base_url: "http://127.0.0.1:1".to_owned(),
            token: "a-token".to_owned(),
            any: vec!["a1".to_owned()],
            tokens: BTreeMap::new(),
            status: 200,
            media_type: "application/json".to_owned(),
            others: Vec::new(),
            answers: answers(info, &[json!({ "id": 1 })]),
        };
        let config = Config::new("a-token").base_url("http://127.0.0.1:1");
        let client = Client::new(&Provider::from(info.clone()), config).unwrap();
        let mut verdicts: Vec<_> = question
            .answers
            .iter()
            .map(|answer| {
                json!(Verdict::from(
                    client.read_answer(answer.http().unwrap().into())
                ))
            })
            .collect();
        change(&mut verdicts);
        let verdict = super::wait(client.verify()).unwrap();
        let answer = runner::Answer {
            error: None,
            verdict: json!(verdict),
            asked: BTreeMap::new(),
            provider: Value::Null,
            has_default: false,
            unread: Vec::new(),
            verdicts,
            examples: Vec::new(),
        };
        (question, answer)
    }

    #[test]
    fn clients_that_say_the_same_are_alike() {
        let info = info();
        let (question, answer) = said(&info, |_| {});
        let comparison = compare(&info, &question, &answer).unwrap();
        assert_eq!(comparison.difference, None);
        assert_eq!(
            (comparison.same, comparison.read),
            (question.answers.len() + 1, question.answers.len() + 1)
        );
    }

    #[test]
    fn one_other_word_is_a_difference() {
        let info = info();
        let (question, answer) = said(&info, |verdicts| {
            verdicts[0]["identity"]["sub"] = json!("2");
        });
        let comparison = compare(&info, &question, &answer).unwrap();
        assert_eq!(comparison.same + 1, comparison.read);
        let difference = comparison.difference.unwrap();
        assert!(difference.contains("\"sub\":\"2\""), "{difference}");
    }

    #[test]
    fn an_answer_that_one_did_not_read_is_a_difference() {
        let info = info();
        let (question, answer) = said(&info, |verdicts| verdicts.truncate(1));
        let comparison = compare(&info, &question, &answer).unwrap();
        assert_eq!(
            (comparison.same, comparison.read),
            (2, question.answers.len() + 1)
        );
        assert!(comparison.difference.is_some());
    }

    #[test]
    fn other_data_gives_other_verdicts() {
        let info = info();
        let (question, answer) = said(&info, |_| {});
        let mut other = info;
        let email = "/email".parse::<keyholder_core::Pointer>().unwrap();
        other.operations[0].identity.sub = Some(email.into());
        let comparison = compare(&other, &question, &answer).unwrap();
        assert!(comparison.same < comparison.read && comparison.difference.is_some());
    }
}
