//! Taking the token out of what a provider sends back.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::Token;

/// What stands where the token stood.
const REDACTED: &str = "[REDACTED]";

/// Shorter tokens are not looked for: what they would match is more likely something else.
const SHORTEST: usize = 8;

/// Every form of the token that an answer may hold: as it is, as JSON escapes it, percent-encoded and in base64.
fn forms(token: &Token) -> Vec<String> {
    let secret = token.expose_secret();
    let json = Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        BASE64_STANDARD.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
    ];
    forms.dedup();
    forms
}

/// `body` without the token: providers echo it (Unleash's admin API token does, in `user.secret`), and nothing
/// downstream may ever hold it.
pub(super) fn redact(body: Bytes, token: &Token) -> Bytes {
    if token.expose_secret().len() < SHORTEST {
        return body;
    }
    let forms = forms(token);
    let body = forms.iter().fold(body, |body, form| replace(body, form));
    // JSON may write any character as an escape, so that the bytes alone do not tell (RFC 8259, section 7).
    if memmem::find(&body, b"\\u").is_some() || memmem::find(&body, b"\\/").is_some() {
        redact_escaped(body, &forms)
    } else {
        body
    }
}

fn replace(body: Bytes, form: &str) -> Bytes {
    let mut found = memmem::find_iter(&body, form).peekable();
    if found.peek().is_none() {
        return body;
    }
    let mut redacted = Vec::with_capacity(body.len());
    let mut end = 0;
    for start in found {
        redacted.extend_from_slice(&body[end..start]);
        redacted.extend_from_slice(REDACTED.as_bytes());
        end = start + form.len();
    }
    redacted.extend_from_slice(&body[end..]);
    Bytes::from(redacted)
}

fn redact_escaped(body: Bytes, forms: &[String]) -> Bytes {
    let Ok(mut value) = serde_json::from_slice::<Value>(&body) else {
        return body;
    };
    if redact_value(&mut value, forms) {
        Bytes::from(value.to_string())
    } else {
        body
    }
}

/// Whether anything was taken out of `value`.
fn redact_value(value: &mut Value, forms: &[String]) -> bool {
    match value {
        Value::String(text) => {
            let found = forms.iter().any(|form| text.contains(form.as_str()));
            if found {
                *text = forms.iter().fold(std::mem::take(text), |text, form| {
                    text.replace(form, REDACTED)
                });
            }
            found
        }
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, item| redact_value(item, forms) | found),
        Value::Object(members) => members
            .values_mut()
            .fold(false, |found, member| redact_value(member, forms) | found),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::redact;
    use crate::Token;

    #[test]
    fn every_form_of_the_token_is_taken_out() {
        let token = Token::from("*:*.a/\"secret\"");
        for body in [
            r#"{"secret":"*:*.a/\"secret\""}"#,
            r#"{"secret":"*:*.a\/\"secret\""}"#,
            r#"{"secret":"\u002a:*.a/\"secret\"","other":1}"#,
            r#"{"list":[{"deep":"x *:*.a\/\u0022secret\" y"}]}"#,
            "plain *:*.a/\"secret\" text",
            "%2A%3A%2A%2Ea%2F%22secret%22",
            "Kjoqj KjoqLmEvInNlY3JldCI= ",
        ] {
            let redacted = redact(body.to_owned().into(), &token);
            let text = String::from_utf8_lossy(&redacted);
            assert!(text.contains("[REDACTED]"), "{body} became {text}");
            assert!(
                !text.contains("secret\\\"") && !text.contains("a/\"secret"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_answer_without_the_token_is_left_as_it_is() {
        let token = Token::from("nxd_0123456789");
        let body = r#"{"name":"Zo\u00eb","url":"https:\/\/example.com"}"#;
        assert_eq!(redact(body.into(), &token), body);
    }
}
