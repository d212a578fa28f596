//! Answers that were made to be dear to whoever looks for a token in them.

use bytes::Bytes;
use clap::ValueEnum;
use keyholder::extruct;
use keyholder::{Config, WhoAmI};

use crate::clients::Result;

/// What an answer's one text is full of.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Filling {
    /// The letter that the token is made of.
    Letter,
    /// That letter, escaped as in JSON.
    Escaped,
    /// What begins an escape of URLs.
    Percent,
    /// What begins an escape of JSON, itself escaped.
    Backslash,
}

impl Filling {
    fn text(self) -> &'static str {
        match self {
            Self::Letter => "a",
            Self::Escaped => "\\u0061",
            Self::Percent => "%",
            Self::Backslash => "\\\\",
        }
    }
}

/// Reads an answer of `size` bytes so many times.
pub fn read(filling: Filling, size: usize, reads: u64) -> Result<()> {
    let config = Config::new("a".repeat(1_000)).base_url("http://localhost:1");
    let client = extruct::Client::with_config(config)?;
    let text = filling.text();
    let body = format!(r#"{{"user_id":"{}"}}"#, text.repeat(size / text.len()));
    let body = Bytes::from(body);
    for _ in 0..reads {
        let mut answer = http::Response::new(body.clone());
        let value = http::HeaderValue::from_static("application/json");
        answer.headers_mut().insert("content-type", value);
        // Whatever it says: the answer is no good, and has to be read all the same.
        let _ = std::hint::black_box(client.read_answer(answer.into()));
    }
    Ok(())
}
