//! What the library shows, and whether the token is in it.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use keyholder::Error;
use keyholder_core::{OperationError, Response};
use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use crate::harness::TOKEN;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The token in every form that it is searched in, each with a name.
pub(crate) fn forms() -> Vec<(&'static str, String)> {
    let bearer = format!("Bearer {TOKEN}");
    let percent = utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string();
    let escaped: String = TOKEN.bytes().map(|it| format!("\\u{it:04x}")).collect();
    vec![
        ("as it is", TOKEN.to_owned()),
        ("with its scheme", bearer.clone()),
        ("in base64", BASE64_STANDARD.encode(TOKEN)),
        (
            "in base64 without padding",
            BASE64_STANDARD_NO_PAD.encode(TOKEN),
        ),
        ("in base64 for URLs", BASE64_URL_SAFE.encode(TOKEN)),
        (
            "in base64 for URLs without padding",
            BASE64_URL_SAFE_NO_PAD.encode(TOKEN),
        ),
        (
            "with its scheme, in base64",
            BASE64_STANDARD.encode(&bearer),
        ),
        (
            "with its scheme, in base64 without padding",
            BASE64_STANDARD_NO_PAD.encode(&bearer),
        ),
        (
            "with its scheme, in base64 for URLs",
            BASE64_URL_SAFE.encode(&bearer),
        ),
        // Base64 takes three bytes together, so there are three ways to fall.
        (
            "after one more, in base64",
            BASE64_STANDARD.encode(format!("x{TOKEN}")),
        ),
        (
            "after two more, in base64",
            BASE64_STANDARD.encode(format!("xx{TOKEN}")),
        ),
        (
            "as a password, in base64",
            BASE64_STANDARD.encode(format!("id:{TOKEN}:x")),
        ),
        (
            "as a user name, in base64",
            BASE64_STANDARD.encode(format!("{TOKEN}:")),
        ),
        ("percent-encoded", percent.clone()),
        ("percent-encoded in lower case", percent.to_lowercase()),
        (
            "percent-encoded as a component",
            utf8_percent_encode(TOKEN, COMPONENT).to_string(),
        ),
        ("escaped as JSON may be", escaped),
        ("escaped as PHP does", TOKEN.replace('/', "\\/")),
        (
            "base64, percent-encoded",
            utf8_percent_encode(&BASE64_STANDARD.encode(TOKEN), COMPONENT).to_string(),
        ),
    ]
}

/// What to search for, each with a name: the forms, and traces of them.
static NEEDLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let forms = forms().into_iter();
    let mut needles: Vec<_> = forms.map(|(name, it)| (name.to_owned(), it)).collect();
    // A part of it is enough to complain: every sixteen characters of it hold one of these.
    for part in TOKEN.as_bytes().windows(12).step_by(4) {
        let part = String::from_utf8(part.to_vec()).unwrap();
        needles.push((format!("in the part {part}"), part));
    }
    // Bytes, as `Debug` prints them.
    let bytes: Vec<_> = TOKEN.bytes().map(|it| it.to_string()).collect();
    needles.push(("as bytes".to_owned(), bytes.join(", ")));
    needles.push(("as bytes, a line each".to_owned(), bytes.join(",\n")));
    // Base64 of something that it is in the middle of.
    for before in ["", "x", "xx"] {
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let inside = engine.encode(format!("{before}{TOKEN}"));
            let inside = inside[4..inside.len() - 2].to_owned();
            needles.push(("within base64".to_owned(), inside));
        }
    }
    needles
});

/// What of the token is in `text`.
pub(crate) fn leaks(text: &str) -> BTreeSet<String> {
    // What was percent-encoded, escaped or indented is read as it was meant.
    let mut readings = BTreeSet::from([text.to_owned(), unescape(text)]);
    for reading in readings.clone() {
        readings.insert(
            percent_decode_str(&reading)
                .decode_utf8_lossy()
                .into_owned(),
        );
    }
    let indented = text.lines().any(|it| it.starts_with(' '));
    if indented {
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        readings.insert(lines.join("\n"));
    }
    let readings: Vec<_> = readings.into_iter().collect();
    let readings = readings.join("\0");
    NEEDLES
        .iter()
        .filter(|(_, needle)| memmem::find(readings.as_bytes(), needle.as_bytes()).is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

/// `text` with `\uXXXX` and `\/` as the characters that they stand for.
fn unescape(text: &str) -> String {
    let mut unescaped = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        unescaped.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let code = rest
            .strip_prefix('u')
            .and_then(|it| it.get(..4))
            .and_then(|it| u32::from_str_radix(it, 16).ok())
            .and_then(char::from_u32);
        if let Some(character) = code {
            unescaped.push(character);
            rest = &rest[5..];
        } else if !rest.starts_with('/') {
            unescaped.push('\\');
        }
    }
    unescaped.push_str(rest);
    unescaped
}

pub(crate) fn outcome<T: Debug + Serialize, R: Debug>(
    result: Result<Response<T>, OperationError<R>>,
) -> String {
    let mut shown = debug(&result);
    match result {
        Ok(response) => {
            shown += &debug(&*response);
            shown += &serde_json::to_string_pretty(&*response).unwrap();
        }
        Err(error) => {
            shown += &debug(&error.response());
            shown += &display(&error);
            shown += &all_of(&error);
            shown += &all_of(&Error::from(error));
        }
    }
    shown
}

pub(crate) fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

pub(crate) fn display(value: &(impl Display + ?Sized)) -> String {
    format!("{value}\n{value:#}\n")
}

/// All that an error can be asked for, its sources included.
pub(crate) fn all_of(error: &Error) -> String {
    let mut shown = debug(error) + &display(error);
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!("{error:?}\n{error:#?}\n");
        shown += &display(error);
        source = error.source();
    }
    shown += &String::from_utf8_lossy(error.body().unwrap_or_default());
    shown += &format!("{:?} {:?}\n", error.code(), error.path());
    shown
}
