//! A description's text as a value, by a parser's own rules and none of the generator's.

use std::borrow::Cow;
use std::thread;

use serde_json::Value;

use keyholder_openapi::{Error, Result};

/// Descriptions nest deeper than a test's stack has room for.
const STACK: usize = 64 * 1024 * 1024;

/// Reads JSON, or YAML. A key that is there twice has its last value, as with most readers.
///
/// # Errors
///
/// A text that is neither.
pub(in super::super) fn parse(text: &str, is_json: bool) -> Result<Value> {
    let text = text.trim_start_matches('\u{feff}');
    if is_json && let Ok(document) = serde_json::from_str(text) {
        return Ok(document);
    }
    thread::scope(|scope| {
        let parsed = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || mended(text))
            .map_err(|error| Error::new(format!("cannot be parsed: {error}")))?;
        let panicked = |_| Err(Error::new("is not YAML: its parser panicked"));
        parsed.join().unwrap_or_else(panicked)
    })
}

/// Reads YAML whose quoted texts go on at the margin, as some published descriptions have them: how far the lines of a
/// quoted text are indented says nothing (YAML 1.2.2, section 7.3).
fn mended(text: &str) -> Result<Value> {
    const MENDS: usize = 200;
    let mut text = Cow::Borrowed(text);
    for _ in 0..MENDS {
        match yaml(&text) {
            Err(error) if error.to_string().contains("quoted scalar") => {
                match line(&error.to_string()) {
                    Some(line) => text = Cow::Owned(indented(&text, line)),
                    None => return Err(error),
                }
            }
            result => return result,
        }
    }
    yaml(&text)
}

/// The line that an error names, as in `at line 12, column 1`.
fn line(error: &str) -> Option<usize> {
    let (_, after) = error.rsplit_once("line ")?;
    let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The text with the lines from that one to the end of the quoted text further in.
fn indented(text: &str, from: usize) -> String {
    let mut is_inside = false;
    let mut mended = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        is_inside = is_inside || index + 1 == from;
        if is_inside {
            mended.push_str(&" ".repeat(100));
            is_inside = !line.contains(['"', '\'']);
        }
        mended.push_str(line);
        mended.push('\n');
    }
    mended
}

fn yaml(text: &str) -> Result<Value> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        strict_indentation: false,
        emit_comments: false,
        with_snippet: false,
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
        // A hash such as `600e27371700` looks like one. What it is counts nowhere: that the rest is read does.
        non_finite_float_policy: serde_saphyr::options::NonFiniteFloatPolicy::AsString,
        budget: serde_saphyr::budget! {
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
            enforce_alias_anchor_ratio: false,
            max_aliases: usize::MAX,
            max_anchors: usize::MAX,
            max_merge_keys: usize::MAX,
        },
    };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Error::new(format!("is not YAML: {error}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn both_forms_are_read_and_the_last_of_two_keys_counts() {
        let yaml = "a: {200: no, x: yes}\nb: 1\nb: '2'\nc: 1_000\nd: true\n";
        let expected =
            json!({ "a": { "200": "no", "x": "yes" }, "b": "2", "c": "1_000", "d": true });
        assert_eq!(parse(yaml, false).unwrap(), expected);
        assert_eq!(
            parse("\u{feff}{\"a\": 1}", true).unwrap(),
            json!({ "a": 1 })
        );
        let margin = "a:\n  - b: \"one\ntwo\nthree\"\n    c: 1\n";
        assert_eq!(
            parse(margin, false).unwrap(),
            json!({ "a": [{ "b": "one two three", "c": 1 }] })
        );
        assert!(parse("a: [", false).is_err());
    }
}
