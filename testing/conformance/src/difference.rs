//! What differs between the JSON that was sent and the JSON that was read.

use std::collections::BTreeSet;

use serde_json::Value;

use super::places::Place;
use keyholder_openapi::pointer;

/// The differences between `sent` and `read`, each with its JSON pointer.
///
/// Not a difference is what clients are documented to pass over: null for absent, a member that the description at
/// `place` does not know, and how a number is written.
#[must_use]
pub fn differences(sent: &Value, read: &Value, place: &Place<'_>) -> Vec<String> {
    let mut found = Vec::new();
    compare("", sent, read, place, &mut found);
    found
}

fn compare(at: &str, sent: &Value, read: &Value, place: &Place<'_>, found: &mut Vec<String>) {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            let names: BTreeSet<_> = sent.keys().chain(read.keys()).collect();
            for name in names {
                let at = pointer::push(at, name);
                let sent = sent.get(name).unwrap_or(&Value::Null);
                let read = read.get(name).unwrap_or(&Value::Null);
                match place.member(name) {
                    Some(place) => compare(&at, sent, read, &place, found),
                    None if read.is_null() => {}
                    None => compare(&at, sent, read, &Place::open(), found),
                }
            }
        }
        (Value::Array(sent), Value::Array(read)) if sent.len() == read.len() => {
            for (index, (sent, read)) in sent.iter().zip(read).enumerate() {
                let at = pointer::push(at, index.to_string());
                compare(&at, sent, read, &place.item(index), found);
            }
        }
        _ if is_same(sent, read) => {}
        _ => found.push(format!(
            "at {}: sent {}, read {}",
            if at.is_empty() { "the root" } else { at },
            shortened(sent),
            shortened(read)
        )),
    }
}

/// Whether two values that are not both objects or lists of one length are one.
fn is_same(sent: &Value, read: &Value) -> bool {
    let is_whole = |value: &Value| value.is_i64() || value.is_u64();
    match (sent, read) {
        // `5` and `5.0` are one number in JSON.
        (Value::Number(_), Value::Number(_)) if !(is_whole(sent) && is_whole(read)) => {
            sent.as_f64() == read.as_f64()
        }
        _ => sent == read,
    }
}

/// As much of a value as a line has room for.
fn shortened(value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        value => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
