//! How far into a document the target of an overlay's action leads, where it selects nothing.

use serde_json::Value;

use crate::nearest::nearest;

/// A segment of a `JSONPath` (RFC 9535): a name, or whatever else selects, as it is written.
#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Name(String),
    Other(String),
}

/// Says what there is on the way of `target`, a `JSONPath` that selects nothing: the last place that is there, and the
/// name nearest to the one that is not.
#[must_use]
pub(super) fn explain(document: &Value, target: &str) -> String {
    let mut place = "$".to_owned();
    let mut value = document;
    for segment in segments(target) {
        match segment {
            Segment::Name(name) => {
                if let Some(inner) = value.get(&name) {
                    place.push_str(&step(&name));
                    value = inner;
                    continue;
                }
                return format!(
                    "{place} is there and has no {name:?}{}",
                    others(value, &name, &place)
                );
            }
            Segment::Other(text) => {
                return format!("{place} is there, and nothing in it is as {text} asks");
            }
        }
    }
    format!("{place} is there")
}

/// What there is in place of a name.
fn others(value: &Value, name: &str, place: &str) -> String {
    const SHOWN: usize = 5;
    let members = value.as_object();
    let names = || members.into_iter().flat_map(|members| members.keys());
    // A path may have got a prefix, or lost one.
    let is_end = |other: &&String| {
        name.len() > 1
            && other.len() > 1
            && (other.ends_with(name) || name.ends_with(other.as_str()))
    };
    let ending = names().find(is_end).map(String::as_str);
    if let Some(nearest) = ending.or_else(|| nearest(name, names().map(String::as_str))) {
        return format!("; the nearest is {place}{}", step(nearest));
    }
    let mut shown: Vec<_> = names().take(SHOWN).map(String::as_str).collect();
    if names().count() > SHOWN {
        shown.push("…");
    }
    if shown.is_empty() {
        return String::new();
    }
    format!("; there is: {}", shown.join(", "))
}

/// The segments of a `JSONPath`, up to one that cannot be read.
fn segments(target: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = target.trim().strip_prefix('$').unwrap_or(target);
    loop {
        rest = rest.trim_start();
        if let Some(name) = rest.strip_prefix('.').filter(|rest| !rest.starts_with('.')) {
            let end = name.find(['.', '[', ' ']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            segments.push(match name {
                "*" => Segment::Other("*".to_owned()),
                name => Segment::Name(name.to_owned()),
            });
            rest = after;
        } else if rest.starts_with('[') {
            let end = end_of_bracket(rest);
            let (bracket, after) = rest.split_at(end);
            let inner = bracket[1..]
                .strip_suffix(']')
                .unwrap_or(&bracket[1..])
                .trim();
            segments.push(quoted(inner).unwrap_or_else(|| Segment::Other(bracket.to_owned())));
            rest = after;
        } else {
            if !rest.is_empty() {
                segments.push(Segment::Other(rest.to_owned()));
            }
            return segments;
        }
    }
}

/// A name between quotation marks, if the selector is one name.
fn quoted(selector: &str) -> Option<Segment> {
    let quote = selector
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"'))?;
    let name = selector.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = name.replace(&format!("\\{quote}"), "").replace("\\\\", "");
    (!plain.contains(quote)).then(|| {
        let name = name.replace(&format!("\\{quote}"), &quote.to_string());
        Segment::Name(name.replace("\\\\", "\\"))
    })
}

/// The length of the bracketed selection that a text begins with; all of it where it does not end.
fn end_of_bracket(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// A name as a segment of a `JSONPath`.
fn step(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain {
        format!(".{name}")
    } else {
        format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::explain;

    #[test]
    fn says_how_far_it_leads() {
        let document =
            json!({ "paths": { "/v2/me": { "get": { "parameters": [{ "in": "query" }] } } } });
        for (target, said) in [
            (
                "$.paths['/v1/me'].get",
                r#"$.paths is there and has no "/v1/me"; the nearest is $.paths['/v2/me']"#,
            ),
            (
                "$.paths['/me'].get",
                r#"$.paths is there and has no "/me"; the nearest is $.paths['/v2/me']"#,
            ),
            (
                r#"$["paths"]["/v2/me"].post"#,
                r#"$.paths['/v2/me'] is there and has no "post"; there is: get"#,
            ),
            (
                "$.paths['/v2/me'].get.parameters[?@.in == ']' && @.name == 'x']",
                "$.paths['/v2/me'].get.parameters is there, and nothing in it is as [?@.in == ']' && @.name == 'x'] asks",
            ),
            (
                "$.paths.*.put",
                "$.paths is there, and nothing in it is as * asks",
            ),
            ("$..x", "$ is there, and nothing in it is as ..x asks"),
            (
                "$['paths",
                "$ is there, and nothing in it is as ['paths asks",
            ),
        ] {
            assert_eq!(explain(&document, target), said, "{target}");
        }
    }
}
