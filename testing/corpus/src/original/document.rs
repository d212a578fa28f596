//! A description's text as a value, by a parser's own rules and none of the generator's.

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
            .spawn_scoped(scope, || yaml(text))
            .map_err(|error| Error::new(format!("cannot be parsed: {error}")))?;
        let panicked = |_| Err(Error::new("is not YAML: its parser panicked"));
        parsed.join().unwrap_or_else(panicked)
    })
}

fn yaml(text: &str) -> Result<Value> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        strict_indentation: false,
        emit_comments: false,
        with_snippet: false,
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
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
        assert!(parse("a: [", false).is_err());
    }
}
