//! Whose keys the scanners' rules find, as data.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The rules and detectors of the scanners, by the providers whose keys they find.
const DATA: &str = include_str!("detectors.json");

/// What a rule finds.
pub(super) struct Detected {
    pub(super) provider: String,
    /// Whether it may find a part of a key alone, so that one without a form of the provider's is not sent.
    pub(super) needs_form: bool,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    needs_form: bool,
    rules: Vec<String>,
}

static RULES: LazyLock<HashMap<String, Detected>> = LazyLock::new(|| {
    // A test reads it: nothing is unreadable where it passes.
    let entries: HashMap<String, Entry> = serde_json::from_str(DATA).unwrap_or_default();
    let rules = entries.into_iter().flat_map(|(provider, entry)| {
        let needs_form = entry.needs_form;
        entry.rules.into_iter().map(move |rule| {
            let provider = provider.clone();
            (
                folded(&rule),
                Detected {
                    provider,
                    needs_form,
                },
            )
        })
    });
    rules.collect()
});

/// Whose keys a rule finds, by its name or identifier; case and separators do not count.
pub(super) fn of_rule(rule: &str) -> Option<&'static Detected> {
    RULES.get(&folded(rule))
}

/// A name without what differs between ways to write it: case and separators.
pub(super) fn folded(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::{HashMap, HashSet};

    use super::{DATA, Entry, folded, of_rule};

    #[test]
    fn every_rule_is_of_one_provider() {
        let entries: HashMap<String, Entry> = serde_json::from_str(DATA).unwrap();
        let rules = entries.values().flat_map(|it| &it.rules);
        let mut known = HashSet::new();
        for rule in rules {
            assert!(known.insert(folded(rule)), "{rule}");
        }
        assert!(known.len() > 100);
        for provider in entries.keys() {
            assert!(
                keyholder_catalogue::provider(provider).is_some(),
                "{provider}"
            );
        }
    }

    #[test]
    fn a_rule_is_known_however_it_is_written() {
        for (rule, provider) in [
            ("github-pat", "github"),
            ("Github", "github"),
            ("kingfisher.github.1", "github"),
            ("GitHub Personal Access Token", "github"),
            ("SendGrid", "sendgrid"),
        ] {
            assert_eq!(of_rule(rule).unwrap().provider, provider);
        }
        // What it finds is no key, or none that can be asked about.
        for rule in [
            "generic-api-key",
            "slack-webhook-url",
            "github-refresh-token",
            "private-key",
        ] {
            assert!(of_rule(rule).is_none(), "{rule}");
        }
    }
}
