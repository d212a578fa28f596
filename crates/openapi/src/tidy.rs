//! What is written otherwise than OpenAPI has it, and can mean one thing alone.

use serde_json::Value;

use crate::scalar;
use crate::structure::{KEYWORDS, Keyword, Kind, Version, walk_mut};

/// The version as the text that it is meant to be: `openapi: 3.0` is a number in YAML, and no whole version either. Of
/// both keys, the one that has a version of its own counts.
pub(crate) fn version(document: &mut Value) {
    let is = |document: &Value, key: &str, major: &str| {
        let stated = document.get(key).and_then(scalar::text);
        stated.is_some_and(|it| it.trim().trim_start_matches('v').starts_with(major))
    };
    if let (true, Some(root)) = (is(document, "openapi", "3"), document.as_object_mut()) {
        root.remove("swagger");
    }
    if is(document, "openapi", "2.0") && document.get("swagger").is_none() {
        let stated = document.as_object_mut().and_then(|it| it.remove("openapi"));
        document["swagger"] = stated.unwrap_or_default();
    }
    for key in ["openapi", "swagger"] {
        let bare = document[key]
            .as_str()
            .map(|it| it.trim().trim_start_matches('v').to_owned());
        if let Some(bare) = bare {
            document[key] = bare.into();
        }
    }
    for (key, whole) in [
        (
            "swagger",
            &[("2", "2.0"), ("2.0", "2.0"), ("2.0.0", "2.0")][..],
        ),
        (
            "openapi",
            &[
                ("3", "3.0.0"),
                ("3.0", "3.0.0"),
                ("3.1", "3.1.0"),
                ("3.2", "3.2.0"),
            ][..],
        ),
    ] {
        let stated = document.get(key).and_then(scalar::text);
        let meant = whole
            .iter()
            .find(|(short, _)| stated.as_deref() == Some(*short));
        if let Some((_, meant)) = meant {
            document[key] = (*meant).into();
        }
    }
}

/// Leaves out what is null where OpenAPI has a text, a flag, a list or an object: nothing is said there. What may be any
/// JSON, as an example may, stays.
pub(crate) fn nulls(version: Version, document: &mut Value) {
    walk_mut(version.root(), document, &mut |kind, value| {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        if members.values().all(|member| !member.is_null()) {
            return;
        }
        // It may be empty, but not left out.
        if kind.name() == "Response Object"
            && let Some(description) = members.get_mut("description").filter(|it| it.is_null())
        {
            *description = "".into();
        }
        members.retain(|name, member| !member.is_null() || !says_nothing(kind, name));
    });
}

/// Whether null at that field of what is of `kind` says nothing.
fn says_nothing(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Component(section) => says_nothing(section.kind, name),
        Kind::SecurityScheme => true,
        // Of a type, null is one.
        Kind::Schema => KEYWORDS.iter().any(|(known, keyword)| {
            *known == name && !matches!(keyword, Keyword::Data | Keyword::Types)
        }),
        Kind::Object(_) | Kind::PathItem | Kind::CallbackItem => kind
            .step(name)
            .is_some_and(|field| !matches!(field, Kind::Data)),
        _ => false,
    }
}
