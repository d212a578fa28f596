//! Reads any answer as any provider's: it never panics, the token never comes out, and nothing but a documented refusal
//! or a bare 401 speaks against a token.

#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use keyholder::{Config, ErrorKind, Provider, WhoAmI};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "token-0123456789";

static CLIENTS: LazyLock<Vec<Box<dyn WhoAmI>>> = LazyLock::new(|| {
    let client = |provider: &Provider| {
        let config = Config::new(TOKEN).base_url("http://localhost/");
        provider.client(config).expect("the configuration is good")
    };
    Provider::ALL.iter().map(client).collect()
});

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (provider, status, body) = input;
    let client = &CLIENTS[usize::from(provider) % CLIENTS.len()];
    let operation = &client.provider().whoami;
    let Ok(status) = http::StatusCode::from_u16(200 + status % 400) else {
        return;
    };
    let mut answer = http::Response::new(Bytes::copy_from_slice(body));
    *answer.status_mut() = status;
    let shown = match client.read(answer) {
        Ok(identity) => {
            let documented = operation.success.contains(&status.as_u16())
                || operation
                    .answers
                    .iter()
                    .any(|answer| answer.status == status.as_u16());
            assert!(
                documented,
                "{status} is no documented answer to a good token"
            );
            format!(
                "{identity:?} {}",
                serde_json::to_string(&identity).expect("an identity serialises")
            )
        }
        Err(error) => {
            if error.kind() == ErrorKind::Unauthenticated {
                let documented = operation
                    .answers
                    .iter()
                    .any(|answer| answer.status == status.as_u16());
                assert!(
                    documented || status == 401,
                    "{status} is no documented refusal"
                );
                let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
                assert!(
                    is_json || body.trim_ascii().is_empty(),
                    "the body is not the provider's"
                );
            }
            format!("{error} {error:?} {:?}", error.body())
        }
    };
    assert!(!shown.contains(TOKEN), "the token came out");
});
