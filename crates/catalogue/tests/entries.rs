//! What is told of a provider before it is read is what is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_catalogue::{entries, provider};

#[test]
fn each_is_as_its_entry_says() {
    assert!(entries().len() >= 30, "{}", entries().len());
    for entry in entries() {
        let info = entry.provider();
        assert_eq!(info.name, entry.name());
        assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
        let parts = info.token.parts.iter().map(|it| it.variable.as_str());
        let variables: Vec<_> = [info.token.variable.as_str()]
            .into_iter()
            .chain(parts)
            .collect();
        assert_eq!(variables, entry.token_variables(), "{}", entry.name());
        let parameters = info.parameters.iter().map(|it| it.variable.as_str());
        let parameters: Vec<_> = parameters.collect();
        assert_eq!(parameters, entry.parameter_variables(), "{}", entry.name());
        let has_forms = !info.token.forms.is_empty();
        assert_eq!(has_forms, entry.has_forms(), "{}", entry.name());
    }
}

#[test]
fn each_is_found_by_its_name() {
    for entry in entries() {
        let found = provider(entry.name()).unwrap();
        assert_eq!(found.name, entry.name());
    }
    assert!(provider("nobody").is_none());
    let names: Vec<_> = entries()
        .iter()
        .map(keyholder_catalogue::Entry::name)
        .collect();
    assert!(names.is_sorted(), "{names:?}");
}

/// What a rule rests on is written beside it.
#[test]
fn each_rule_has_its_source() {
    for entry in entries() {
        for operation in &entry.provider().operations {
            for rule in &operation.answers {
                let source = rule.source.as_deref().unwrap_or_default();
                assert!(
                    source.len() > 8,
                    "{}, {}: {rule:?}",
                    entry.name(),
                    operation.id
                );
            }
        }
    }
}
