//! Taking the token out of what a provider sends back.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use memchr::{memchr_iter, memchr2, memchr3};

use crate::{Authentication, Token};

/// What stands where the token stood.
const REDACTED: &[u8] = b"[REDACTED]";

/// Shorter tokens are not looked for: what they would match is more likely something else.
const SHORTEST: usize = 8;

/// How many backslashes in a row may escape one character: JSON inside a string of JSON has several.
const MOST_BACKSLASHES: usize = 8;

/// Takes a token out of answers: some providers echo it, and nothing downstream may ever hold it.
///
/// It is found as it is, in base64, and with any of its characters escaped as in JSON or percent-encoded. Most answers have
/// nothing of it, which is told without working out all the ways to write it.
pub(super) struct Redactor(Vec<Secret>);

/// The token, or a part of it that is secret by itself.
struct Secret {
    token: Token,
    /// Where in it the byte is that is looked for first.
    rare: usize,
    /// How it may begin in base64.
    beginnings: [Beginning; 3],
}

/// The characters of base64 that the beginning of a secret makes, wherever it falls.
struct Beginning {
    text: [u8; BEGINNING / 3 * 4],
    whole: Range<usize>,
    /// As above, from the start of what is whole.
    rare: usize,
}

/// So many bytes of a secret are enough to tell that it may be there; they make whole groups of base64.
const BEGINNING: usize = 9;

impl Redactor {
    /// Looks for `token` as `authentication` carries it.
    pub(super) fn new(authentication: &Authentication, token: &Token) -> Self {
        let secret = token.expose_secret();
        let mut secrets = vec![token.clone()];
        match authentication {
            Authentication::All { .. } => {
                let parts = token.divide(&authentication.parts());
                secrets.extend(parts.unwrap_or_default().into_iter().map(Token::from));
            }
            // What it encodes is a user name and a password.
            Authentication::Basic { encoded: true, .. } => {
                let pair = BASE64_STANDARD.decode(secret).ok();
                if let Some(pair) = pair.and_then(|pair| String::from_utf8(pair).ok()) {
                    secrets.extend(pair.split_once(':').map(|(_, last)| last.into()));
                    secrets.push(pair.into());
                }
            }
            // Of a user name and a password, the last is the secret one.
            _ => secrets.extend(secret.rsplit_once(':').map(|(_, last)| last.into())),
        }
        secrets.retain(|secret| secret.expose_secret().len() >= SHORTEST);
        Self(secrets.into_iter().map(Secret::new).collect())
    }

    /// `body` without the token.
    pub(super) fn redact(&self, body: Bytes) -> Bytes {
        // Without either, nothing is escaped.
        let is_escaped = memchr2(b'%', b'\\', &body).is_some();
        self.0.iter().fold(body, |body, secret| {
            if is_escaped || secret.may_be_in(&body) {
                let secret = secret.token.expose_secret().as_bytes();
                let forms = in_base64(secret).into_iter().chain([secret.to_vec()]);
                forms.fold(body, |body, form| replace(body, &form))
            } else {
                body
            }
        })
    }
}

impl Redactor {
    /// `headers` without the token.
    pub(super) fn redact_headers(&self, headers: &HeaderMap) -> HeaderMap {
        let values = headers.iter().filter_map(|(name, value)| {
            let value = self.redact(Bytes::copy_from_slice(value.as_bytes()));
            Some((name.clone(), HeaderValue::from_maybe_shared(value).ok()?))
        });
        let mut redacted = HeaderMap::with_capacity(headers.len());
        for (name, value) in values {
            redacted.append(name, value);
        }
        redacted
    }
}

impl Secret {
    fn new(token: Token) -> Self {
        let secret = token.expose_secret().as_bytes();
        let beginnings = [0, 1, 2].map(|before| {
            let end = BEGINNING.min(before + secret.len());
            let mut bytes = [0; BEGINNING];
            bytes[before..end].copy_from_slice(&secret[..end - before]);
            let mut text = [0; BEGINNING / 3 * 4];
            // There is room for just so many.
            let _ = BASE64_STANDARD.encode_slice(bytes, &mut text);
            let whole = whole(before, end);
            Beginning {
                rare: rare(&text[whole.clone()]),
                text,
                whole,
            }
        });
        Self {
            rare: rare(secret),
            token,
            beginnings,
        }
    }

    /// Whether it may be in `body`, in which nothing is escaped.
    fn may_be_in(&self, body: &[u8]) -> bool {
        let secret = self.token.expose_secret().as_bytes();
        // A space may be written as a plus.
        secret.contains(&b' ')
            || is_in(body, secret, self.rare)
            || self.beginnings.iter().any(|beginning| {
                let mut text = beginning.text;
                let text = &mut text[beginning.whole.clone()];
                let rare = beginning.rare;
                is_in(body, text, rare) || (for_urls(text) && is_in(body, text, rare))
            })
    }
}

/// Whether `text`, whose byte at `rare` is looked for first, is in `body`. A searcher of memchr's own costs more to make
/// than one answer has bytes.
fn is_in(body: &[u8], text: &[u8], rare: usize) -> bool {
    memchr_iter(text[rare], body).any(|at| {
        let start = at.checked_sub(rare);
        start.is_some_and(|start| body[start..].starts_with(text))
    })
}

/// Where the byte of `text` is that answers have fewest of.
fn rare(text: &[u8]) -> usize {
    let first = |most| text.iter().position(|&byte| commonness(byte) <= most);
    first(0).or_else(|| first(1)).unwrap_or_default()
}

/// How much of it there is in JSON, roughly: none to speak of, little, much.
fn commonness(byte: u8) -> u8 {
    match byte {
        b'j' | b'k' | b'q' | b'v'..=b'z' => 1,
        b'a'..=b'z' | b'0'..=b'9' => 2,
        _ if b"\"',.:/-_{} ".contains(&byte) => 2,
        _ => 0,
    }
}

/// What every base64 text has in it that the secret was encoded in, alone or within something longer, as in
/// `Bearer <token>`.
fn in_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    // Three bytes make four characters, so there are three ways for the secret to fall.
    for before in 0..3 {
        let bytes = [&[0_u8; 2][..before], secret].concat();
        let text = BASE64_STANDARD.encode(&bytes).into_bytes();
        let form = text[whole(before, bytes.len())].to_vec();
        let mut other = form.clone();
        if for_urls(&mut other) {
            forms.push(other);
        }
        forms.push(form);
    }
    forms
}

/// The characters that bytes before the secret, and after its end, have no part in.
fn whole(before: usize, end: usize) -> Range<usize> {
    (before * 8).div_ceil(6)..end * 8 / 6
}

/// Writes base64 in the alphabet for URLs and file names, which has two other letters (RFC 4648, section 5). Gives whether
/// that changes anything.
fn for_urls(form: &mut [u8]) -> bool {
    let mut is_changed = false;
    for byte in form {
        let other = match byte {
            b'+' => b'-',
            b'/' => b'_',
            _ => continue,
        };
        *byte = other;
        is_changed = true;
    }
    is_changed
}

fn replace(body: Bytes, form: &[u8]) -> Bytes {
    let mut redacted = Vec::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = memchr3(form[0], b'%', b'\\', &body[at..]) {
        let start = at + found;
        match matched(&body[start..], form) {
            Some(length) => {
                redacted.extend_from_slice(&body[kept..start]);
                redacted.extend_from_slice(REDACTED);
                at = start + length;
                kept = at;
            }
            None => at = start + 1,
        }
    }
    if kept == 0 {
        return body;
    }
    redacted.extend_from_slice(&body[kept..]);
    Bytes::from(redacted)
}

/// How much of the start of `text` is `form`, each of its characters written in any way.
fn matched(text: &[u8], form: &[u8]) -> Option<usize> {
    // Most that start alike are something else: that is known without a list of ends.
    let (&first, rest) = form.split_first()?;
    let mut ends: Vec<_> = written(text, first).collect();
    for &byte in rest {
        if ends.is_empty() {
            return None;
        }
        let mut next = Vec::with_capacity(ends.len());
        for end in ends {
            for length in written(&text[end..], byte) {
                if !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            }
        }
        ends = next;
    }
    ends.into_iter().max()
}

/// The lengths of what `text` starts with, if that is `byte`: as it is, percent-encoded or escaped.
fn written(text: &[u8], byte: u8) -> impl Iterator<Item = usize> {
    let plain = text.first() == Some(&byte) || (byte == b' ' && text.first() == Some(&b'+'));
    let percent = text
        .strip_prefix(b"%")
        .is_some_and(|text| is_hex(text, 2, byte));
    let backslashes = text
        .iter()
        .take(MOST_BACKSLASHES)
        .take_while(|&&it| it == b'\\')
        .count();
    let escaped = &text[backslashes..];
    // What JSON has a short escape for (RFC 8259, section 7) and a token can hold.
    let short = match byte {
        b'\\' => Some(2..=backslashes),
        b'"' | b'/' if backslashes > 0 && escaped.first() == Some(&byte) => {
            Some(backslashes + 1..=backslashes + 1)
        }
        _ => None,
    };
    let long = backslashes > 0
        && escaped
            .strip_prefix(b"u")
            .is_some_and(|text| is_hex(text, 4, byte));
    [plain.then_some(1), percent.then_some(3)]
        .into_iter()
        .chain([long.then_some(backslashes + 5)])
        .flatten()
        .chain(short.into_iter().flatten())
}

/// Whether `text` starts with `byte` in so many hexadecimal digits.
fn is_hex(text: &[u8], digits: usize, byte: u8) -> bool {
    text.get(..digits)
        .filter(|it| it.iter().all(u8::is_ascii_hexdigit))
        .and_then(|it| std::str::from_utf8(it).ok())
        .and_then(|it| u32::from_str_radix(it, 16).ok())
        == Some(byte.into())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use bytes::Bytes;

    use super::Redactor;
    use crate::{Authentication, Token};

    fn redact(body: impl Into<Bytes>, token: &Token) -> Bytes {
        Redactor::new(&Authentication::basic(), token).redact(body.into())
    }

    #[test]
    fn every_form_of_the_token_is_taken_out() {
        let token = Token::from(r#"*:*.a/"secret" \x~"#);
        for body in [
            r#"{"field":"*:*.a/\"secret\" \\x~"}"#,
            r#"{"field":"*:*.a\/\"secret\" \\x~"}"#,
            r#"{"field":"\u002a:*.a/\"secret\" \u005Cx~","other":1}"#,
            r#"{"list":[{"deep":"x *:*.a\/\u0022secret\" \\x~ y"}]}"#,
            r#"{"*:*.a/\u0022\u0073ecret\u0022\u0020\\x~":"a key"}"#,
            r#"{"text":"{\"inner\":\"*:*.a\\/\\\"secret\\\" \\\\x~\"}"}"#,
            r#"plain *:*.a/"secret" \x~ text"#,
            "%2A%3A%2A%2Ea%2F%22secret%22%20%5Cx%7E",
            "*%3a*.a%2f%22secret%22+%5cx~",
            "KjoqLmEvInNlY3JldCIgXHh+",
            r"KjoqLmEvInNlY3JldCIgXHh\u002b",
            "KjoqLmEvInNlY3JldCIgXHh%2B",
            "Basic KjoqLmEvInNlY3JldCIgXHh-",
            // `Bearer <token>` and `u:<token>`.
            "QmVhcmVyICo6Ki5hLyJzZWNyZXQiIFx4fg==",
            "dToqOiouYS8ic2VjcmV0IiBceH4=",
        ] {
            let redacted = redact(body.to_owned(), &token);
            let text = String::from_utf8_lossy(&redacted);
            assert!(text.contains("[REDACTED]"), "{body} became {text}");
            for part in ["secret", "NlY3Jl", "zZWNyZ", "c2VjcmV", "x~"] {
                assert!(!text.contains(part), "{body} became {text}");
            }
            if body.starts_with('{') {
                let json = serde_json::from_str::<serde::de::IgnoredAny>(&text);
                assert!(json.is_ok(), "{body} became {text}");
            }
        }
    }

    #[test]
    fn the_shortest_token_is_found_wherever_it_falls() {
        let token = Token::from("k?>~~k?>");
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "z"] {
                let text = format!("{before}{}{after}", token.expose_secret());
                for body in [
                    BASE64_STANDARD.encode(&text),
                    BASE64_URL_SAFE_NO_PAD.encode(&text),
                    text,
                ] {
                    let redacted = redact(body.clone(), &token);
                    assert!(redacted.windows(10).any(|it| it == b"[REDACTED]"), "{body}");
                }
            }
        }
    }

    #[test]
    fn an_answer_without_the_token_is_left_as_it_is() {
        let token = Token::from("nxd_0123456789");
        let body = r#"{"name":"Zo\u00eb","url":"https:\/\/example.com"}"#;
        assert_eq!(redact(body, &token), body);
    }
}
