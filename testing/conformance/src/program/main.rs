//! Asks what standard input names, a question a line, and says what the clients make of the answers.

mod message;
mod providers;

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

/// Calls of the clients, each by its own method and with its own errors.
#[macro_export]
macro_rules! providers {
    ($(
        $name:literal: $krate:ident::$function:ident($($argument:expr),*),
        $errors:ident { $($variant:ident $(($body:ident))?),* };
    )*) => {
        pub async fn ask(question: &serde_json::Value) -> serde_json::Value {
            match question["provider"].as_str().unwrap_or_default() {
                $($name => {
                    use $krate::{Client, Config, Retry, WhoAmI};
                    let text = |key: &str| question[key].as_str().unwrap_or_default();
                    let config = Config::new(text("token")).base_url(text("base_url")).retry(Retry::OFF);
                    let client = match Client::with_config(config) {
                        Ok(client) => client,
                        Err(error) => return serde_json::json!({ "called": { "error": $crate::describe!(error) } }),
                    };
                    let called = match client.$function($($argument),*).await {
                        Ok(answer) => serde_json::json!({
                            "status": answer.status().as_u16(),
                            "value": answer.into_inner(),
                        }),
                        Err(error) => {
                            #[allow(unreachable_patterns)]
                            let response = match error.response() {
                                $(Some($krate::$errors::$variant $(($body))?) => serde_json::json!({
                                    "variant": stringify!($variant),
                                    $("body": $body,)?
                                }),)*
                                _ => serde_json::Value::Null,
                            };
                            serde_json::json!({ "error": $crate::describe!(error), "response": response })
                        }
                    };
                    let verdict = client.verify().await;
                    serde_json::json!({
                        "called": called,
                        "verified": {
                            "verdict": verdict.as_str(),
                            "identity": verdict.identity(),
                            "error": verdict.error().map(|error| $crate::describe!(error)),
                        },
                    })
                })*
                _ => serde_json::Value::Null,
            }
        }
    };
}

/// An error, as JSON.
#[macro_export]
macro_rules! describe {
    ($error:ident) => {
        serde_json::json!({
            "kind": $error.kind().as_str(),
            "status": $error.status().map(|status| status.as_u16()),
            "code": $error.code(),
            "retry_after": $error.retry_after().map(|wait| wait.as_secs()),
            "message": $crate::message::message(&$error),
        })
    };
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let mut answer = runtime.block_on(providers::ask(&question));
        answer["number"] = json!(question["number"]);
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}
