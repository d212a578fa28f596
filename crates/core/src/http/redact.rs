//! Taking the token out of what a provider sends back.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use memchr::{memchr, memchr2, memchr3, memmem};

use crate::{Authentication, Token};

/// What stands where the token stood.
const REDACTED: &[u8] = b"[REDACTED]";

/// Shorter tokens are not looked for: what they would match is more likely something else.
const SHORTEST: usize = 8;

/// How often escapes are taken off: so deep may a text be in texts.
const MOST_ESCAPES: usize = 6;

/// Takes a token out of answers: some providers echo it, and nothing downstream may ever hold it.
///
/// It is found as it is, in capitals or small letters, in base64, and with any of its characters escaped as in JSON or
/// percent-encoded, one inside the other and several times over. So is a beginning or an end of it that gives much of it
/// away, which a few characters do not: that is how many show which token they mean. The work is linear in the answer,
/// whatever both are: every search is one of `memmem`'s, in the answer itself and in what is left of it without escapes.
pub(super) struct Redactor {
    token: Token,
    /// Parts of it that are secret by themselves.
    parts: Vec<Token>,
}

impl Redactor {
    /// Looks for `token` as `authentication` carries it.
    pub(super) fn new(authentication: &Authentication, token: &Token) -> Self {
        let secret = token.expose_secret();
        let mut parts = Vec::new();
        match authentication {
            Authentication::All { .. } => {
                let names = authentication.parts();
                let divided = token.divide(&names).unwrap_or_default();
                parts.extend(divided.into_iter().map(Token::from));
            }
            // What it encodes is a user name and a password.
            Authentication::Basic { encoded: true, .. } => {
                let pair = BASE64_STANDARD.decode(secret).ok();
                if let Some(pair) = pair.and_then(|pair| String::from_utf8(pair).ok()) {
                    parts.extend(pair.split_once(':').map(|(_, last)| last.into()));
                    parts.push(pair.into());
                }
            }
            // Of a user name and a password, the last is the secret one.
            _ => parts.extend(secret.rsplit_once(':').map(|(_, last)| last.into())),
        }
        Self {
            token: token.clone(),
            parts,
        }
    }

    /// `body` without the token.
    pub(super) fn redact(&self, body: Bytes) -> Bytes {
        let found = self.found_in(&body);
        if found.is_empty() {
            return body;
        }
        let mut redacted = Vec::with_capacity(body.len() + REDACTED.len());
        let mut kept = 0;
        for range in merged(found) {
            redacted.extend_from_slice(&body[kept..range.start]);
            redacted.extend_from_slice(REDACTED);
            kept = range.end;
        }
        redacted.extend_from_slice(&body[kept..]);
        Bytes::from(redacted)
    }

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

    /// Where something of the token is.
    fn found_in(&self, body: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let secrets = || [&self.token].into_iter().chain(&self.parts);
        let secrets = || secrets().map(|it| it.expose_secret().as_bytes());
        let secrets = || secrets().filter(|it| it.len() >= SHORTEST);
        for secret in secrets() {
            find_forms(body, secret, |range| found.push(range));
        }
        let has_spaces = || secrets().any(|secret| secret.contains(&b' '));
        if !is_escaped(body) && !has_spaces() {
            return found;
        }
        // What looks like an escape in a secret itself is gone from a view as well.
        let mut secrets: Vec<Cow<'_, [u8]>> = secrets().map(Cow::Borrowed).collect();
        let mut view = Some(View::new(body, |at| at));
        for _ in 0..MOST_ESCAPES {
            let Some(this) = view else { break };
            for index in 0..secrets.len() {
                let plain = View::new(&secrets[index], |at| at).text;
                if plain.len() >= SHORTEST / 2 && !secrets.iter().any(|it| **it == *plain) {
                    secrets.push(plain.into());
                }
            }
            for secret in &secrets {
                this.find(secret, &mut found);
            }
            view = this.next();
        }
        found
    }
}

/// The ranges in their order, without what two of them share.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let is_shared = next.start < before.end;
        if is_shared {
            before.end = before.end.max(next.end);
        }
        is_shared
    });
    ranges
}

/// Where `secret` is in `body`, as it is or written otherwise.
fn find_forms(body: &[u8], secret: &[u8], mut found: impl FnMut(Range<usize>)) {
    find(body, secret, &mut found);
    // Most answers have no text that is long enough, which costs little to tell.
    if has_run(body, secret.len()) || !are_plain(secret) {
        find_base64(body, secret, &mut found);
        let folded = secret.to_ascii_lowercase();
        find(&body.to_ascii_lowercase(), &folded, &mut found);
    }
}

/// Where a secret is in `body`, or a beginning or an end that gives it away.
fn find(body: &[u8], secret: &[u8], mut found: impl FnMut(Range<usize>)) {
    let own = own(secret);
    let beginning = &secret[..telling(secret, &own)];
    // Making a searcher costs more than most answers have bytes, and less for a short text: most lack its end already.
    let end = &beginning[beginning.len().saturating_sub(SHORTEST)..];
    if memmem::find(body, end).is_some()
        && let Some(first) = memmem::find(body, beginning)
    {
        let byte_at = |at: usize| body.get(first + at).copied();
        for range in beginnings(byte_at, secret, beginning.len()) {
            found(first + range.start..first + range.end);
        }
    }
    let half = own.len() / 2;
    if half < SHORTEST {
        return;
    }
    let end = &secret[own.end - half..own.end];
    if memmem::find(body, &end[..SHORTEST]).is_some()
        && let Some(at) = memmem::rfind(body, end)
    {
        let last = at + end.len();
        let reversed: Vec<_> = secret[..own.end].iter().rev().copied().collect();
        let byte_at = |at: usize| Some(body[last.checked_sub(at + 1)?]);
        for range in beginnings(byte_at, &reversed, half) {
            found(last - range.end..last - range.start);
        }
    }
}

/// Where a text has at least `least` bytes of the beginning of `secret`; what overlaps is one.
///
/// It is the Z algorithm (D. Gusfield, Algorithms on Strings, Trees, and Sequences, section 1.3), which looks at no byte of
/// the text again that it has matched. To look at what follows each find would compare a secret of one letter with the same
/// run of it again and again.
fn beginnings(
    text: impl Fn(usize) -> Option<u8>,
    secret: &[u8],
    least: usize,
) -> Vec<Range<usize>> {
    // How much of its beginning stands at each place of the secret itself.
    let mut own = vec![secret.len()];
    let mut known = 0..0;
    for at in 1..secret.len() {
        let length = matched(at, |at| secret.get(at).copied(), secret, &own, &mut known);
        own.push(length);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut known = 0..0;
    for at in (0..).take_while(|at| text(*at).is_some()) {
        let length = matched(at, &text, secret, &own, &mut known);
        if length < least {
            continue;
        }
        match found.last_mut().filter(|before| at < before.end) {
            Some(before) => before.end = before.end.max(at + length),
            None => found.push(at..at + length),
        }
    }
    found
}

/// How much of the beginning of `secret` stands in a text at `at`. What is `known` is the match that reaches furthest; what
/// stands in it stands in the secret as well, of which `own` tells.
fn matched(
    at: usize,
    text: impl Fn(usize) -> Option<u8>,
    secret: &[u8],
    own: &[usize],
    known: &mut Range<usize>,
) -> usize {
    let mut length = 0;
    if at < known.end {
        let same = own.get(at - known.start).copied().unwrap_or_default();
        length = same.min(known.end - at);
    }
    if at + length >= known.end {
        while secret
            .get(length)
            .is_some_and(|it| text(at + length) == Some(*it))
        {
            length += 1;
        }
        *known = at..at + length;
    }
    length
}

/// The part of a secret that is so in any case: what follows its last separator, but for those at its end. What is before
/// that may be an identifier, which an answer tells of.
fn own(secret: &[u8]) -> Range<usize> {
    // These two are base64's own.
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let end = secret.iter().rposition(is_own).map_or(0, |at| at + 1);
    let last = secret[..end].iter().rposition(|byte| !is_own(byte));
    last.map_or(0, |at| at + 1)..end
}

/// How many of the first bytes of a secret give it away: those up to half of its own part.
fn telling(secret: &[u8], own: &Range<usize>) -> usize {
    let half = own.len() / 2;
    if half >= SHORTEST {
        return own.start + half;
    }
    // Of what is so short, more of the whole.
    let most = (secret.len() - secret.len() / 4).max(own.start + SHORTEST / 2);
    let whole = own.end.max(SHORTEST).min(secret.len());
    most.max(SHORTEST).min(whole)
}

/// Whether a byte is of those that most tokens are made of, and that most texts are not in such numbers without others.
fn is_plain(byte: u8) -> bool {
    /// For each byte, told once: this is asked for much of every answer.
    static PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            plain[byte as usize] = byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',');
            byte += 1;
        }
        plain
    };
    PLAIN[usize::from(byte)]
}

/// Whether all of them are plain. A secret has no controls: no header can carry them.
fn are_plain(secret: &[u8]) -> bool {
    secret.is_ascii()
        && memchr3(b'"', b'\\', b',', secret).is_none()
        && memchr(b' ', secret).is_none()
}

/// Where `secret` is in `body` in base64, alone or within something longer, as in `Bearer <token>`.
fn find_base64(body: &[u8], secret: &[u8], mut found: impl FnMut(Range<usize>)) {
    // Three bytes make four characters, so there are three ways for the secret to fall.
    let falls = [0, 1, 2].map(|before| (before, whole(before, before + secret.len())));
    for (before, whole) in falls {
        let bytes = [&[0_u8; 2][..before], secret].concat();
        let mut text = BASE64_STANDARD.encode(&bytes).into_bytes();
        find(body, &text[whole.clone()], &mut found);
        if for_urls(&mut text) {
            find(body, &text[whole], &mut found);
        }
    }
}

/// The characters of base64 that bytes before the secret, and after its end, have no part in.
fn whole(before: usize, end: usize) -> Range<usize> {
    (before * 8).div_ceil(6)..end * 8 / 6
}

/// Whether so many plain characters follow each other somewhere. Looks at few of the others.
fn has_run(body: &[u8], length: usize) -> bool {
    // Of a run that would begin at `start`, all that is before `known` are plain.
    let (mut start, mut known) = (0, 0);
    while let Some(run) = body.get(start..start + length) {
        let unknown = known.max(start) - start;
        match run[unknown..].iter().rposition(|&byte| !is_plain(byte)) {
            None => return true,
            Some(other) => {
                known = start + length;
                start += unknown + other + 1;
            }
        }
    }
    false
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

/// A text without its escapes: percent-encoding (RFC 3986, section 2.1) and JSON's (RFC 8259, section 7). Of backslashes
/// that begin no `\u`, nothing is left: texts in texts have several for one.
struct View {
    text: Vec<u8>,
    /// For each byte of the text, where what it stands for begins.
    starts: Vec<usize>,
    /// The length of what it was made of.
    end: usize,
}

impl View {
    /// The escapes of `text` taken off once. Where each of its bytes begins is what `start` says.
    fn new(text: &[u8], start: impl Fn(usize) -> usize) -> Self {
        let mut view = Self {
            text: Vec::with_capacity(text.len()),
            starts: Vec::with_capacity(text.len()),
            end: start(text.len()),
        };
        let mut at = 0;
        // Where the backslashes begin that are before what is at `at`.
        let mut run = None;
        while let Some(&byte) = text.get(at) {
            let rest = &text[at + 1..];
            let (meant, length) = match byte {
                b'\\' => {
                    run = run.or(Some(at));
                    at += 1;
                    continue;
                }
                b'%' => hex(rest, 2).map_or((byte, 1), |meant| (meant, 3)),
                b'u' if run.is_some() => hex(rest, 4).map_or((byte, 1), |meant| (meant, 5)),
                _ => (byte, 1),
            };
            view.text.push(meant);
            view.starts.push(start(run.take().unwrap_or(at)));
            at += length;
        }
        view
    }

    /// The same with the next escapes taken off, if it has any.
    fn next(&self) -> Option<Self> {
        is_escaped(&self.text).then(|| Self::new(&self.text, |at| self.start(at)))
    }

    fn start(&self, at: usize) -> usize {
        self.starts.get(at).copied().unwrap_or(self.end)
    }

    /// Where `secret` is, in what this was made of.
    fn find(&self, secret: &[u8], found: &mut Vec<Range<usize>>) {
        let mut add = |it: Range<usize>| found.push(self.start(it.start)..self.start(it.end));
        find_forms(&self.text, secret, &mut add);
        // A space may be written as a plus.
        if secret.contains(&b' ') {
            find(&with_spaces(&self.text), &with_spaces(secret), &mut add);
        }
        // One that stands for itself may be percent-encoded, which leaves it there.
        if secret.contains(&b'\\') {
            let is_other = |byte: &u8| *byte != b'\\';
            let secret: Vec<_> = secret.iter().copied().filter(is_other).collect();
            if secret.len() >= SHORTEST / 2 {
                let kept = self.text.iter().zip(&self.starts);
                let kept = kept.filter(|(byte, _)| is_other(byte));
                let (text, starts) = kept.unzip();
                let end = self.end;
                Self { text, starts, end }.find(&secret, found);
            }
        }
    }
}

/// Whether a text may have escapes.
fn is_escaped(text: &[u8]) -> bool {
    memchr2(b'%', b'\\', text).is_some()
}

/// The byte that so many hexadecimal digits at the start of `text` stand for. A token holds no other character.
fn hex(text: &[u8], digits: usize) -> Option<u8> {
    let mut digits = text.get(..digits)?.iter();
    let code = digits.try_fold(0, |code, &digit| {
        Some(code * 16 + char::from(digit).to_digit(16)?)
    });
    u8::try_from(code?).ok()
}

/// A text with spaces in the place of pluses.
fn with_spaces(text: &[u8]) -> Vec<u8> {
    let written = |&byte: &u8| if byte == b'+' { b' ' } else { byte };
    text.iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::{MOST_ESCAPES, Redactor, View, has_run, is_plain};
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
    fn most_of_a_token_is_taken_out_and_what_names_it_is_not() {
        for (token, name) in [
            ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7"),
            ("nxd_4f9d2c7ab1e063584f9d2c7ab1e06358", "nxd_4f9d"),
            (
                "patAbCdEf12345678.9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a3928",
                "patAbCdEf12345678",
            ),
            (
                "AC0123456789abcdef0123456789abcdef:9f8e7d6c5b4a39281706f5e4d3c2b1a0",
                "AC0123456789abcdef0123456789abcdef",
            ),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1NyJ9.dBjftJeZ4CVPmB92K27uhbUJU1p1r",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1NyJ9",
            ),
            ("6f1b9a2e-4c3d-4e5f-8a9b-0c1d2e3f4a5b", "6f1b9a2e-4c3d"),
            (
                "AKIA0123456789ABCDEF:wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY/9",
                "AKIA0123456789ABCDEF",
            ),
        ] {
            let most = &token[..token.len() - 8];
            for text in [
                token.to_owned(),
                token.to_uppercase(),
                token.to_lowercase(),
                format!("{most}…"),
                format!("{most}********"),
                most.replace('_', "%5F").replace(':', "\\u003a"),
            ] {
                let body = format!("{{\"token\":\"{text}\",\"name\":\"{name}\"}}");
                let redacted = redact(body.clone(), &Token::from(token));
                let left = String::from_utf8_lossy(&redacted).into_owned();
                assert!(
                    left.starts_with("{\"token\":\"[REDACTED]"),
                    "{body} became {left}"
                );
                assert!(left.len() < name.len() + 45, "{body} became {left}");
                assert!(left.ends_with(&format!("\"name\":\"{name}\"}}")), "{left}");
            }
            // The same of half of its own part, at its end.
            let own = token.rsplit(['_', '-', '.', ':']).next().unwrap_or(token);
            let half = &own[own.len() / 2 - 1..];
            if half.len() > 8 {
                let redacted = redact(format!("{{\"token\":\"…{half}\"}}"), &Token::from(token));
                let left = String::from_utf8_lossy(&redacted).into_owned();
                assert_eq!(left, "{\"token\":\"…[REDACTED]\"}", "{half}");
            }
            // A few characters at its end name it too.
            let masked = format!("{{\"token\":\"…{}\"}}", &token[token.len() - 4..]);
            assert_eq!(redact(masked.clone(), &Token::from(token)), masked);
        }
    }

    #[test]
    fn padding_hides_nothing_of_a_token() {
        for (token, echoed) in [
            ("goodS3cr3tTokenValue99abc=", "goodS3cr3tTokenValue99abc"),
            ("goodS3cr3tTokenValue99abc~~", "goodS3cr3tTokenValue99abc~"),
            (
                "id.goodS3cr3tTokenValue99abc==",
                "goodS3cr3tTokenValue99abc=",
            ),
            ("goodS3cr3tTokenValue99abc=", "S3cr3tTokenValue99abc"),
            ("a1b2c3d4==", "a1b2c3d4"),
        ] {
            let redacted = redact(format!("{{\"email\":\"{echoed}\"}}"), &Token::from(token));
            let left = String::from_utf8_lossy(&redacted).into_owned();
            assert!(!left.contains(&echoed[echoed.len() - 8..]), "{left}");
            assert!(left.contains("[REDACTED]"), "{left}");
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

    #[test]
    fn escapes_in_escapes_are_found() {
        let token = Token::from("kh/4f9d\"2c7a 1e06");
        let json = |text: &str| serde_json::Value::from(text).to_string();
        let percent = |text: &str| {
            let set = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(text, set).to_string()
        };
        let unicode = |text: &str| -> String {
            text.chars()
                .map(|c| format!("\\u{:04x}", c as u32))
                .collect()
        };
        let secret = token.expose_secret();
        let mut texts = vec![secret.to_owned()];
        // Each way of each way of each way.
        for _ in 0..3 {
            let next = texts
                .iter()
                .flat_map(|it| [json(it), percent(it), unicode(it)]);
            texts = texts.iter().cloned().chain(next).collect();
        }
        for text in texts {
            for body in [
                text.clone(),
                format!("a%25 {text} b"),
                format!("\\n{text}%25"),
            ] {
                let redacted = redact(body.clone(), &token);
                let left = String::from_utf8_lossy(&redacted);
                assert!(left.contains("[REDACTED]"), "{body} became {left}");
                assert!(left.len() < text.len() + 24, "{body} became {left}");
            }
        }
    }

    #[test]
    fn what_comes_before_or_after_hides_nothing() {
        let token = Token::from("abcdef0123456789");
        for before in ["%", "%4", "100%25", "%2", "\\", "\\u", "\\u00", "\\\\u004"] {
            for written in ["abcdef0123456789", "%61bcdef0123456789"] {
                // What is begun before is another text's, and what follows a token is none of it.
                let is_cut = written.starts_with('a') || before == "100%25";
                let body = format!("{before}{written}4");
                let redacted = redact(body.clone(), &token);
                let whole = String::from_utf8_lossy(&redacted);
                assert!(
                    whole.contains("[REDACTED]") || !is_cut,
                    "{body} became {whole}"
                );
                assert!(!whole.contains("f0123456789"), "{body} became {whole}");
            }
        }
    }

    #[test]
    fn overlapping_finds_are_one() {
        let token = Token::from("user:password-0123");
        let body = "user:password-0123 password-0123 user:user:password-0123";
        assert_eq!(
            redact(body, &token),
            "[REDACTED] [REDACTED] user:[REDACTED]"
        );
        let token = Token::from("aaaaaaaa");
        assert_eq!(
            redact("aaaaaaaaaaaaaaaabaaaaaaa", &token),
            "[REDACTED]baaaaaaa"
        );
        // The second begins in the first, and goes on where that ends.
        let token = Token::from("abcabcabcabcabcd");
        let body = "abcabcabcabcabcabcd";
        assert_eq!(redact(body, &token), "[REDACTED]");
    }

    #[test]
    fn no_view_is_larger_than_what_it_is_of() {
        // Each of them is searched once for each secret, by a search that is linear, and there are few.
        for piece in [
            "a", "%", "\\", "%25", "%2525", "\\u0025", "\\u005c", "%5c", "%2", "\\\"", "%5Cu00",
        ] {
            let body = piece.repeat(1000);
            let mut view = Some(View::new(body.as_bytes(), |at| at));
            for _ in 0..MOST_ESCAPES {
                let Some(this) = view else { break };
                assert!(this.text.len() <= body.len() && this.starts.len() == this.text.len());
                assert!(this.starts.is_sorted() && this.end == body.len());
                view = this.next();
            }
        }
    }

    /// What the redactor did before it took escapes off first: each place is tried with each way to write each character.
    mod naive {
        const MOST_BACKSLASHES: usize = 8;

        /// How much of the start of `text` is `form`, each of its characters written in any way.
        pub(super) fn matched(text: &[u8], form: &[u8]) -> Option<usize> {
            let mut ends = vec![0];
            for &byte in form {
                let next = ends.iter().flat_map(|&end| {
                    let lengths = written(&text[end..], byte);
                    lengths.map(move |length| end + length)
                });
                let mut next: Vec<_> = next.collect();
                next.sort_unstable();
                next.dedup();
                ends = next;
            }
            ends.into_iter().max()
        }

        /// The lengths of what `text` starts with, if that is `byte`: as it is, percent-encoded or escaped.
        fn written(text: &[u8], byte: u8) -> impl Iterator<Item = usize> {
            let plain =
                text.first() == Some(&byte) || (byte == b' ' && text.first() == Some(&b'+'));
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
    }

    /// One way to write a character.
    fn written(byte: u8, way: u8) -> String {
        let c = char::from(byte);
        match way {
            0 => format!("%{byte:02X}"),
            1 => format!("%{byte:02x}"),
            2 => format!("\\u{byte:04x}"),
            3 => format!("\\\\\\\\u{byte:04X}"),
            4 if matches!(c, '"' | '/') => format!("\\{c}"),
            5 if matches!(c, '"' | '/') => format!("\\\\\\{c}"),
            4 if c == '\\' => "\\\\".to_owned(),
            5 if c == '\\' => "\\\\\\\\".to_owned(),
            _ => c.to_string(),
        }
    }

    #[test]
    fn an_answer_of_the_tokens_letter_is_searched_in_time_linear_in_it() {
        use std::cell::Cell;

        for secret in [
            "%".repeat(4_000),
            "ab".repeat(2_000),
            format!("{}b", "a".repeat(4_000)),
        ] {
            let body = secret.repeat(20);
            let looked = Cell::new(0);
            let text = |at: usize| {
                looked.set(looked.get() + 1);
                body.as_bytes().get(at).copied()
            };
            let found = super::beginnings(text, secret.as_bytes(), 8);
            assert!(!found.is_empty());
            assert!(looked.get() <= 4 * body.len(), "{}", looked.get());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn each_beginning_is_found(text in "[ab]{0,40}", secret in "[ab]{1,12}", least in 1_usize..12) {
            let (text, secret) = (text.as_bytes(), secret.as_bytes());
            let common = |at: usize| text[at..].iter().zip(secret).take_while(|(a, b)| a == b).count();
            let all: Vec<_> = (0..text.len())
                .filter(|at| common(*at) >= least)
                .map(|at| at..at + common(at))
                .collect();
            let found = super::beginnings(|at| text.get(at).copied(), secret, least);
            prop_assert_eq!(found, super::merged(all));
        }

        #[test]
        fn nothing_is_left_that_trying_every_place_finds(
            // What looks like an escape itself is so in one way.
            secret in prop_oneof![
                "[a-c0-2/\"]{0,3}[a-c0-2:._~-][a-c0-2/\"%:._~-]{8,16}[g-z]{2}",
                "[a-c0-2/\"\\\\]{0,3}[a-c0-2:._~-][a-c0-2/\"\\\\:._~-]{8,16}[g-z]{2}",
            ],
            ways in proptest::collection::vec(0_u8..16, 32),
            around in proptest::collection::vec(
                prop_oneof![
                    Just(""), Just("%20"), Just("%25"), Just("\\n"), Just("\\u00eb"), Just("{\"a\":\""), Just("a2"), Just(" "),
                ],
                6,
            ),
        ) {
            // Where a part of it looks like an escape, nobody can tell which of them were written: all are, or none.
            let looks_escaped = *View::new(secret.as_bytes(), |at| at).text != *secret.as_bytes();
            let way = |index: usize| ways[if looks_escaped { 0 } else { index }];
            let bytes = secret.bytes().enumerate();
            let text: String = bytes.map(|(index, byte)| written(byte, way(index))).collect();
            let [a, b, c, d, e, f] = &around[..] else { unreachable!() };
            let body = format!("{a}{b}{c}{text}{d}{e}{f}");
            prop_assert!((0..body.len()).any(|at| naive::matched(&body.as_bytes()[at..], secret.as_bytes()).is_some()));
            let redacted = redact(body.clone(), &Token::from(secret.as_str()));
            let left = (0..redacted.len()).find(|&at| naive::matched(&redacted[at..], secret.as_bytes()).is_some());
            prop_assert_eq!(left, None, "{} in {} became {:?}", secret, body, redacted);
        }

        #[test]
        fn a_run_is_found_wherever_it_is(text in "[a-z+_ ,]{0,60}", length in 1_usize..12) {
            let runs = text.split(|c: char| !is_plain(c as u8));
            let longest = runs.map(str::len).max().unwrap_or_default();
            prop_assert_eq!(has_run(text.as_bytes(), length), longest >= length, "{}", longest);
        }
    }
}
