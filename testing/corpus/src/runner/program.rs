//! Asks each provider that standard input names whose token it is, and says what came out: lines of JSON.

mod message;

use std::io::{self, BufRead, Write};

use message::message;
use keyholder::{Config, Error, Identity, Provider, Retry, WhoAmI};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let mut answer = match runtime.block_on(ask(&question)) {
            Ok(identity) => json!({ "identity": identity }),
            Err(error) => json!({ "error": message(&error) }),
        };
        answer["provider"] = question["provider"].clone();
        answer["unread"] = json!(unread(&question)?);
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}

async fn ask(question: &Value) -> Result<Identity, Error> {
    client(question)?.whoami().await
}

/// What the client cannot read of the other answers that the description allows.
fn unread(question: &Value) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let client = client(question)?;
    let mut unread = Vec::new();
    for body in question["others"].as_array().into_iter().flatten() {
        let answer = http::Response::builder()
            .status(question["status"].as_u64().unwrap_or(200) as u16)
            .header(
                "content-type",
                question["media_type"].as_str().unwrap_or_default(),
            )
            .body(body.to_string().into())?;
        if let Err(error) = client.read(answer) {
            unread.push(format!("{} of {body}", message(&error)));
        }
    }
    Ok(unread)
}

fn client(question: &Value) -> Result<Box<dyn WhoAmI>, Error> {
    let text = |key: &str| question[key].as_str().unwrap_or_default();
    let provider: Provider = text("provider").parse()?;
    let config = Config::new(text("token"))
        .base_url(text("base_url"))
        .retry(Retry::OFF);
    provider.client(config)
}
