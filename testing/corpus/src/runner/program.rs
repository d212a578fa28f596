//! Asks the provider that standard input names whose tokens these are, and says what came out: a line of JSON.

mod clients;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use keyholder::{Answer, Config, Error, Retry, Verdict, WhoAmI};
use serde_json::{Value, json};

/// The generated client of each provider, by its name.
#[macro_export]
macro_rules! clients {
    ($($name:literal: $krate:ident;)*) => {
        pub fn client(name: &str, config: keyholder::Config) -> Result<Box<dyn keyholder::WhoAmI>, keyholder::Error> {
            match name {
                $($name => Ok(Box::new($krate::Client::with_config(config)?)),)*
                _ => Err(keyholder::Error::config(format!("there is no provider {name:?}"))),
            }
        }
    };
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut question = String::new();
    io::stdin().lock().read_to_string(&mut question)?;
    let question: Value = serde_json::from_str(&question)?;
    let answer = match client(&question, &question["token"]) {
        Ok(client) => {
            let verdict = runtime.block_on(client.verify());
            let mut asked = BTreeMap::new();
            for (word, token) in question["tokens"].as_object().into_iter().flatten() {
                let verdict = match self::client(&question, token) {
                    Ok(client) => json!(runtime.block_on(client.verify())),
                    Err(error) => json!({ "verdict": "not asked", "error": error.to_string() }),
                };
                asked.insert(word, verdict);
            }
            json!({
                "error": verdict.error().map(|error| error.to_string()),
                "verdict": verdict,
                "asked": asked,
                "provider": **client.provider(),
                "has_default": without_base_url(&question).is_ok(),
                "unread": unread(&*client, &question)?,
                "verdicts": verdicts(&*client, &question)?,
                "examples": examples(&*client)?,
            })
        }
        Err(error) => json!({ "error": error.to_string() }),
    };
    writeln!(io::stdout(), "{answer}")?;
    Ok(())
}

/// What the client cannot read of the other answers that the description allows.
fn unread(client: &dyn WhoAmI, question: &Value) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut unread = Vec::new();
    for body in question["others"].as_array().into_iter().flatten() {
        let status = question["status"].as_u64().unwrap_or(200) as u16;
        let media_type = question["media_type"].as_str().unwrap_or_default();
        let answer = Answer::new(status, body.to_string()).header("content-type", media_type);
        if let Err(error) = client.read_answer(answer) {
            unread.push(format!("{error} of {body}"));
        }
    }
    Ok(unread)
}

/// What the client says of each answer of the question.
fn verdicts(client: &dyn WhoAmI, question: &Value) -> Result<Vec<Verdict>, Box<dyn std::error::Error>> {
    let mut verdicts = Vec::new();
    for answer in question["answers"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let status = answer["status"].as_u64().unwrap_or(200) as u16;
        let mut read = Answer::new(status, text(&answer["body"]));
        for header in answer["headers"].as_array().into_iter().flatten() {
            read = read.header(&text(&header[0]), &text(&header[1]));
        }
        verdicts.push(client.read_answer(read).into());
    }
    Ok(verdicts)
}

/// What the client says of its own examples, with these.
fn examples(client: &dyn WhoAmI) -> Result<Vec<(u16, &'static str, Verdict)>, Box<dyn std::error::Error>> {
    let mut examples = Vec::new();
    for (status, body) in keyholder::examples(&client.provider().name) {
        let answer = Answer::new(*status, *body);
        examples.push((*status, *body, client.read_answer(answer).into()));
    }
    Ok(examples)
}

fn client(question: &Value, token: &Value) -> Result<Box<dyn WhoAmI>, Error> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = text(&question["provider"]);
    let config = Config::new(text(token))
        .base_url(text(&question["base_url"]))
        .retry(Retry::OFF);
    // What belongs to a key is any value that it may have; the first of these that is of its form.
    let parameters = keyholder::provider(&name).map(|it| it.parameters.clone());
    let any = question["any"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let made = any.map(|any| {
        let parameters = parameters.iter().flatten();
        let config = parameters.fold(config.clone(), |config, it| {
            let value = it.values.first().or(it.default.as_ref());
            config.parameter(&it.name, value.map_or(any, String::as_str))
        });
        clients::client(&name, config)
    });
    made.reduce(Result::or)
        .unwrap_or_else(|| Err(Error::config("no value is asked with")))
}

/// A client that is told no base URL. It asks nothing.
fn without_base_url(question: &Value) -> Result<Box<dyn WhoAmI>, Error> {
    let text = |key: &str| question[key].as_str().unwrap_or_default();
    clients::client(text("provider"), Config::new(text("token")))
}
