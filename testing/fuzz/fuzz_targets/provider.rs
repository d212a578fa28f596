//! Reads any JSON as a provider, and any answer by it: a provider or an error, never a panic; the data stays the same as it
//! is written and read again, and the token never comes out of an answer.
//!
//! The input: the provider, the status of an answer, its headers and an empty line where there are any, and its body, with
//! `---` in a line of its own between the provider and the rest.

#![no_main]

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use keyholder::{Client, Config, Provider, ProviderInfo, Verdict, WhoAmI};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "token-0123456789";

fuzz_target!(|text: &str| {
    let (provider, answer) = text.split_once("\n---\n").unwrap_or((text, ""));
    let Ok(info) = serde_json::from_str::<ProviderInfo>(provider) else {
        return;
    };
    let written = serde_json::to_string(&info).expect("data serialises");
    let again = serde_json::from_str::<ProviderInfo>(&written).expect("what is written reads");
    assert_eq!(again, info, "the data changes as it is written");
    // What the data itself holds, an error may quote and a constant claim may say.
    let holds_token = written.contains(TOKEN);
    let config = Config::new(TOKEN).base_url("http://localhost/");
    let client = match Client::new(&Provider::from(info), config) {
        Ok(client) => client,
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(holds_token || !shown.contains(TOKEN), "the token came out");
            return;
        }
    };
    let (head, body) = answer.split_once("\n\n").unwrap_or(("", answer));
    let mut lines = head.lines();
    let status = lines.next().and_then(|status| status.parse().ok());
    let mut read = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *read.status_mut() = status
        .and_then(|status| http::StatusCode::from_u16(status).ok())
        .unwrap_or(http::StatusCode::OK);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value.trim()),
        ) {
            read.headers_mut().append(name, value);
        }
    }
    let operations = client.provider().operations.iter();
    let mut rules = operations.flat_map(|operation| &operation.answers);
    let is_refusal = rules.any(|rule| rule.means.as_str() == "unauthenticated");
    let status = read.status();
    let verdict = Verdict::from(client.read_answer(read.into()));
    if verdict.is_invalid() {
        assert!(is_refusal || status == 401, "{status} is no refusal");
    }
    let json = serde_json::to_string(&verdict).expect("a verdict serialises");
    let shown = format!("{verdict:?} {json}");
    assert!(holds_token || !shown.contains(TOKEN), "the token came out");
});
