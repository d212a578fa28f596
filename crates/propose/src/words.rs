//! Names as words: `avatarUrl`, `avatar-url` and `avatar_url` are one name.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

/// Words of what proves who asks.
pub(super) const CREDENTIALS: [&str; 8] = [
    "token",
    "tokens",
    "key",
    "keys",
    "apikey",
    "apikeys",
    "credential",
    "credentials",
];

/// What texts call it.
pub(super) const CREDENTIAL_NOUNS: [&str; 3] = ["token", "key", "credential"];

/// The words of a name or a text, in lower case: at every change of case and every other character a new one begins.
#[must_use]
pub(super) fn words(text: &str) -> Vec<String> {
    // The one word in common use whose capitals stand in its middle.
    let text = text.replace("OAuth", "Oauth");
    let characters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if begins_word(&characters, index) || !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    join(words)
}

/// One word that some write as two is one: `workSpaceId`.
fn join(words: Vec<String>) -> Vec<String> {
    let mut joined = Vec::<String>::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(before) if before == "work" && ["space", "spaces"].contains(&word.as_str()) => {
                before.push_str(&word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// Whether the capital at `index` begins a word: `userId`, and the second of `APIToken`.
fn begins_word(characters: &[char], index: usize) -> bool {
    let lower = |index: usize| {
        characters
            .get(index)
            .is_some_and(|character| character.is_lowercase() || character.is_numeric())
    };
    let Some(before) = index.checked_sub(1) else {
        return false;
    };
    characters[index].is_uppercase()
        && (lower(before)
            || characters[before].is_uppercase()
                && characters.get(index + 1).is_some_and(|c| c.is_lowercase()))
}

/// The words of a name, joined by underscores.
#[must_use]
pub(super) fn key(name: &str) -> String {
    words(name).join("_")
}

/// The name of an object without a last word that says nothing: `api_key_data`.
#[must_use]
pub(super) fn without_filler(key: &str) -> &str {
    let fillers = ["_data", "_info", "_information", "_details", "_object"];
    fillers
        .iter()
        .find_map(|filler| key.strip_suffix(filler))
        .unwrap_or(key)
}

/// The name of a time without what it is counted in: `creation_time_in_millis`. What has seconds counts how many are left,
/// as often as not.
#[must_use]
pub(super) fn without_unit(key: &str) -> &str {
    let bare = [
        "_millis",
        "_milliseconds",
        "_ms",
        "_msec",
        "_epoch",
        "_unix",
        "_utc",
        "_gmt",
        "_iso",
        "_iso8601",
    ]
    .iter()
    .find_map(|unit| key.strip_suffix(unit))
    .unwrap_or(key);
    match bare.strip_suffix("_in") {
        // `expires_in_millis` is how long.
        Some(name)
            if name.ends_with("_time") || name.ends_with("_date") || name.ends_with("_at") =>
        {
            name
        }
        Some(_) => key,
        None => bare,
    }
}

/// The singular of a plural in `s`: `companies`.
#[must_use]
pub(super) fn singular(noun: &str) -> String {
    match noun.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => noun.trim_end_matches('s').to_owned(),
    }
}

/// A text as one line that begins and ends with a space, for [`says`].
#[must_use]
pub(super) fn line(text: &str) -> String {
    format!(" {} ", words(text).join(" "))
}

/// Whether a [`line`] has these words in this order.
#[must_use]
pub(super) fn says(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(start, _)| {
        line[..start].ends_with(' ') && line[start + phrase.len()..].starts_with(' ')
    })
}

/// The quoted words of a text: in quotation marks, in backticks or as `<code>`.
#[must_use]
pub(super) fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (open, close) in [
        ("`", "`"),
        ("\"", "\""),
        ("'", "'"),
        ("<code>", "</code>"),
        ("“", "”"),
    ] {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(open) {
            let Some((inner, next)) = after.split_once(close) else {
                break;
            };
            found.push(inner.trim());
            // An apostrophe opens nothing: the next pair may begin where this one ended.
            rest = if inner.contains(char::is_whitespace) {
                after
            } else {
                next
            };
        }
    }
    found
}

static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"</?(?:b|br|p|strong|em|i|li|ul|ol|a|pre|span|div|h[1-6]|table|t[rdh])(?:\s[^<>]*)?/?>|\*\*",
    )
    .ok()
});

/// A text without the tags of HTML and the marks of bold type. What stands for a value, as in `<token>`, stays.
#[must_use]
pub(super) fn without_tags(text: &str) -> Cow<'_, str> {
    match TAG.as_ref() {
        Some(tag) => tag.replace_all(text, " "),
        None => text.into(),
    }
}

/// The first sentence or line of a text, on one line and not too long.
#[must_use]
pub(super) fn gist(text: &str) -> String {
    let text = &without_tags(text);
    let first = text.trim().lines().next().unwrap_or_default();
    let sentence = first.split_inclusive(". ").next().unwrap_or_default();
    cut(sentence, 80)
}

/// A description on one line, and not too long: what it says of the token may stand in any of its sentences.
#[must_use]
pub(super) fn quote(text: &str) -> String {
    cut(&without_tags(text), 200)
}

/// A text on one line, of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most {
        line = line.chars().take(most - 1).collect();
        line.push('…');
    }
    line
}

/// The line of a text in which something stands, on one line and not too long.
#[must_use]
pub(super) fn quote_at(text: &str, at: usize) -> String {
    let start = text
        .get(..at)
        .and_then(|it| it.rfind('\n'))
        .map_or(0, |it| it + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default();
    // Of a long line, what stands there rather than its beginning.
    let begin = (start + 80 < at).then(|| {
        let before = line.get(..at - start).unwrap_or_default();
        before.rfind(". ").map_or(0, |it| it + 2)
    });
    quote(line.get(begin.unwrap_or_default()..).unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::{gist, without_tags};

    #[test]
    fn tags_go_and_what_stands_for_a_value_stays() {
        let text = r#"<div style="float:right">default</div><b>Send</b> `Token <token>`"#;
        assert_eq!(gist(text), "default Send `Token <token>`");
        assert_eq!(without_tags("<user>"), "<user>");
    }
}
