//! Where the token comes from, and what it begins with.

use crate::document::{Description, Operation};
use crate::words;

use super::scheme::Scheme;
use super::strings;

/// The first words of placeholders, which are no provider's variable.
const PLACEHOLDERS: [&str; 13] = [
    "YOUR", "MY", "API", "ACCESS", "AUTH", "BEARER", "THE", "X", "SECRET", "INSERT", "REPLACE",
    "EXAMPLE", "USER",
];

/// The last words of variables that hold a token.
const VARIABLE_ENDINGS: [&str; 5] = ["TOKEN", "KEY", "APIKEY", "SECRET", "PAT"];

/// What a description says that tokens begin with, as a regular expression.
pub(super) fn form(chosen: &[Scheme<'_>]) -> Option<String> {
    let [scheme] = chosen else {
        return None;
    };
    let text = scheme.object["description"].as_str()?;
    let is_said = [
        "begin with",
        "begins with",
        "start with",
        "starts with",
        "prefixed with",
    ]
    .iter()
    .any(|phrase| text.contains(phrase));
    let mut prefixes: Vec<_> = words::quoted(text)
        .into_iter()
        .filter(|word| word.len() > 1 && word.ends_with(['_', '-']))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        })
        .collect();
    prefixes.dedup();
    // Of several, each may be another kind of token's.
    match prefixes.as_slice() {
        [one] if is_said => Some(format!("^{one}")),
        _ => None,
    }
}

/// The environment variable that holds the token, and where it was found.
pub(super) fn variable(
    description: Description<'_>,
    operation: &Operation<'_>,
    chosen: &[Scheme<'_>],
    provider: &str,
) -> (String, Option<String>) {
    let mut found = None;
    let mut look = |text: &str| {
        if found.is_none() {
            found = variable_in(text, provider);
        }
    };
    for scheme in chosen {
        strings(scheme.object, &mut look);
    }
    strings(operation.object, &mut look);
    strings(&description.root()["info"], &mut look);
    match found {
        Some(name) => (
            name,
            Some("The examples in the description use this name.".to_owned()),
        ),
        None => (default_variable(provider), None),
    }
}

/// The name that a provider's variable has by default.
pub(crate) fn default_variable(provider: &str) -> String {
    keyholder_describe::variable(provider, "api_token")
}

/// A name such as `EXAMPLE_TOKEN` in a text, where `EXAMPLE` begins as the provider's name does.
fn variable_in(text: &str, provider: &str) -> Option<String> {
    let letters: String = provider
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(4)
        .collect();
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.contains('_'))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .filter(|word| {
            let mut parts = word.split('_').filter(|part| !part.is_empty());
            let first = parts.next().unwrap_or_default();
            let last = parts.next_back().unwrap_or_default();
            let own = first.to_lowercase().starts_with(&letters)
                || letters.starts_with(&first.to_lowercase()) && first.len() > 2;
            own && !PLACEHOLDERS.contains(&first) && VARIABLE_ENDINGS.contains(&last)
        })
        .map(str::to_owned)
        .next()
}
