//! Reads any answer as any provider's, by the generated client and by the one that is made of its description: neither
//! panics, both say the same, the token never comes out, and nothing but a rule or an explicit refusal by HTTP speaks
//! against a token.
//!
//! The input: a byte for the provider, two for the status, lines of headers and an empty line where there are any, and the
//! body.

#![no_main]

use std::error::Error as _;
use std::path::Path;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use keyholder::{Client, Config, Operation, Provider, Verdict, WhoAmI};
use keyholder_describe::{Described, provider, specs};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "token-0123456789";

/// The two clients of each provider: generated, and made at run time.
static CLIENTS: LazyLock<Vec<[Box<dyn WhoAmI>; 2]>> = LazyLock::new(|| {
    let config = || Config::new(TOKEN).base_url("http://localhost/");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let specs = specs::specs(&folder).expect("the descriptions are there");
    let clients = specs.iter().map(|spec| {
        let described = Described::read(spec).expect("the description reads");
        let (info, _) = provider(&described).expect("the mapping reads");
        let generated: Box<dyn WhoAmI> = match info.name.as_str() {
            "extruct" => Box::new(keyholder::extruct::Client::with_config(config()).expect("fine")),
            "katapult" => {
                Box::new(keyholder::katapult::Client::with_config(config()).expect("fine"))
            }
            "nextdocs" => {
                Box::new(keyholder::nextdocs::Client::with_config(config()).expect("fine"))
            }
            "unleash" => Box::new(keyholder::unleash::Client::with_config(config()).expect("fine")),
            name => panic!("{name} is new: add it here"),
        };
        let made = Client::new(&Provider::from(info), config()).expect("fine");
        [generated, Box::new(made)]
    });
    clients.collect()
});

fuzz_target!(|input: &[u8]| {
    let [provider, low, high, rest @ ..] = input else {
        return;
    };
    let [generated, made] = &CLIENTS[usize::from(*provider) % CLIENTS.len()];
    let status = 200 + u16::from_le_bytes([*low, *high]) % 400;
    let answer = answer(status, rest);
    let verdict = Verdict::from(generated.read_answer(answer.clone().into()));
    let other = Verdict::from(made.read_answer(answer.clone().into()));
    assert_eq!(told(&verdict), told(&other), "the two clients differ");

    let operation = made.provider().whoami().expect("it has one");
    match &verdict {
        Verdict::Valid(_) => assert!(
            may_be_valid(operation, &answer),
            "{status} is no answer to a good token"
        ),
        Verdict::Invalid(_) => check_refusal(operation, &answer),
        Verdict::Indeterminate(_) => {}
    }
    let mut shown = format!("{verdict:?} {}", told(&verdict));
    if let Some(error) = verdict.error() {
        shown += &format!("{error} {:?}", error.code());
        shown += &String::from_utf8_lossy(error.body().unwrap_or_default());
        let mut source = error.source();
        while let Some(error) = source {
            shown += &format!("{error} {error:?}");
            source = error.source();
        }
    }
    assert!(!shown.contains(TOKEN), "the token came out");
});

/// The answer that is written so.
fn answer(status: u16, text: &[u8]) -> http::Response<Bytes> {
    let end = text.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => (&[][..], text),
    };
    let mut answer = http::Response::new(Bytes::copy_from_slice(body));
    *answer.status_mut() = http::StatusCode::from_u16(status).expect("it is one");
    for line in head.split(|&byte| byte == b'\n') {
        let mut parts = line.splitn(2, |&byte| byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name),
            HeaderValue::from_bytes(value.trim_ascii()),
        ) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// A verdict as JSON.
fn told(verdict: &Verdict) -> String {
    serde_json::to_string(verdict).expect("a verdict serialises")
}

/// Whether a rule of one of these meanings speaks of a status.
fn speaks(operation: &Operation, status: u16, meanings: &[&str]) -> bool {
    let is_success = operation.is_success(status);
    operation.answers.iter().any(|rule| {
        let names = |it: &keyholder_core::Status| match it {
            keyholder_core::Status::Default => !is_success,
            named => named.names(status),
        };
        meanings.contains(&rule.means.as_str()) && rule.status.iter().any(names)
    })
}

fn may_be_valid(operation: &Operation, answer: &http::Response<Bytes>) -> bool {
    let status = answer.status().as_u16();
    operation.is_success(status)
        || speaks(operation, status, &["valid", "limited", "no_subject"])
        || (matches!(status, 401 | 403) && challenges_with(answer, "insufficient_scope"))
        || (speaks(operation, status, &["unauthenticated"])
            && challenges_with(answer, "insufficient_scope"))
}

fn check_refusal(operation: &Operation, answer: &http::Response<Bytes>) {
    let status = answer.status().as_u16();
    let headers = answer.headers();
    assert!(
        status == 401 || speaks(operation, status, &["unauthenticated"]),
        "{status} is no refusal"
    );
    for veto in [header::RETRY_AFTER, header::PROXY_AUTHENTICATE] {
        assert!(!headers.contains_key(&veto), "{veto} allows no refusal");
    }
    // By its content type, or by what it is, the body may be anybody's: then only a challenge refuses a token.
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|it| {
        let essence = it
            .as_bytes()
            .split(|&byte| byte == b';')
            .next()
            .unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"text/html")
    });
    let body = answer.body();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let is_object = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
        && body.trim_ascii().starts_with(b"{");
    let may_be_theirs = !is_page && (is_object || body.trim_ascii().is_empty());
    assert!(
        may_be_theirs || (status == 401 && challenges_with(answer, "invalid_token")),
        "the body is not the provider's"
    );
}

/// Whether a challenge says so, by whatever scheme.
fn challenges_with(answer: &http::Response<Bytes>, error: &str) -> bool {
    let mut values = answer.headers().get_all(header::WWW_AUTHENTICATE).iter();
    values.any(|value| {
        // A quoted string may escape any of its characters.
        let value = String::from_utf8_lossy(value.as_bytes()).replace('\\', "");
        value.to_ascii_lowercase().contains(error)
    })
}
