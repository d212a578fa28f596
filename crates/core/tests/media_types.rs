//! A page is somebody else's, however its media type is written.

#![allow(clippy::unwrap_used, missing_docs)]

use bytes::Bytes;
use http::{HeaderValue, header};
use keyholder_core::{Client, Config, Operation, Provider, ProviderInfo, Verdict, WhoAmI as _};

/// What a 401 with these media types says of a token.
fn refused(media_types: &[&[u8]]) -> Verdict {
    let info = ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me"));
    let config = Config::new("a-token").base_url("https://acme.example");
    let client = Client::new(&Provider::from(info), config).unwrap();
    let mut answer = http::Response::new(Bytes::from_static(br#"{"error": "invalid_token"}"#));
    *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
    for media_type in media_types {
        let value = HeaderValue::from_bytes(media_type).unwrap();
        answer.headers_mut().append(header::CONTENT_TYPE, value);
    }
    client.read_answer(answer.into()).into()
}

#[test]
fn a_page_refuses_no_token() {
    assert!(refused(&[]).is_invalid());
    assert!(refused(&[b"application/json; charset=utf-8"]).is_invalid());
    for media_types in [
        &[&b"text/html"[..]][..],
        &[b"Text/HTML ;charset=utf-8"],
        // Bytes that are no text: a header may have them (RFC 9110, section 5.5).
        &[b"text/html; charset=\xa6utf-8"],
        &[b"application/json", b"text/html"],
    ] {
        assert!(refused(media_types).is_indeterminate(), "{media_types:?}");
    }
}
