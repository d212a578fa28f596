//! What is asserted of numbers and strings.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::Draft;
use super::values::Type;
use crate::lower::document::Pass;
use crate::lower::keywords;

/// The greatest count that progenitor does not cut short.
const GREATEST_COUNT: u64 = u32::MAX as u64;

impl Pass<'_> {
    /// Lowers what is asserted of strings, and the annotations that say what a string holds.
    pub(super) fn strings(&mut self, draft: &mut Draft<'_>) {
        self.count(draft, "maxLength");
        self.count(draft, "minLength");
        draft.copy("pattern");
        self.format(draft);
        self.content(draft);
    }

    /// Lowers a count.
    pub(super) fn count(&mut self, draft: &mut Draft<'_>, keyword: &str) {
        let Some(count) = draft
            .source
            .get(keyword)
            .and_then(|count| keywords::count(count, draft.at).ok())
        else {
            return;
        };
        if count > GREATEST_COUNT {
            self.loosen(draft, keyword, "progenitor cuts counts to 32 bits: dropped");
        } else {
            draft.set(keyword, count);
        }
    }

    /// Keeps `format` where typify takes it. It asserts nothing (JSON Schema 2020-12 Validation, section 7.2.1).
    fn format(&mut self, draft: &mut Draft<'_>) {
        let of_strings = ["maxLength", "minLength", "pattern"]
            .iter()
            .any(|keyword| draft.source.contains_key(*keyword));
        let untyped = draft.types.is_empty() && !draft.only_null;
        if (untyped && of_strings) || draft.types.iter().any(|of_type| of_type.has_format()) {
            draft.copy("format");
        } else if draft.source.contains_key("format") {
            self.note(
                draft.at,
                "format",
                "typify takes a format of strings and numbers only: dropped",
            );
        }
    }

    /// Lowers the keywords of JSON Schema 2020-12 Validation, section 8. They are annotations; 3.0 has a format
    /// for two cases (sections 4.4 and 4.7.14.2).
    fn content(&mut self, draft: &mut Draft<'_>) {
        let text = |keyword| draft.source.get(keyword).and_then(Value::as_str);
        let format = match (text("contentEncoding"), text("contentMediaType")) {
            (Some(encoding), _) if encoding.eq_ignore_ascii_case("base64") => Some("byte"),
            (None, Some("application/octet-stream")) => Some("binary"),
            _ => None,
        };
        if let Some(format) = format
            && draft.types == [Type::String]
            && !draft.source.contains_key("format")
        {
            draft.set("format", format);
            return;
        }
        for keyword in ["contentEncoding", "contentMediaType", "contentSchema"] {
            if draft.source.contains_key(keyword) {
                self.note(
                    draft.at,
                    keyword,
                    "an annotation that 3.0 has no keyword for: dropped",
                );
            }
        }
    }
}

/// Lowers what is asserted of numbers.
pub(super) fn numbers(draft: &mut Draft<'_>) {
    draft.copy("multipleOf");
    bound(draft, "minimum", "exclusiveMinimum", Ordering::Greater);
    bound(draft, "maximum", "exclusiveMaximum", Ordering::Less);
}

/// Lowers a bound. 3.1 has an inclusive and an exclusive one, each a number; 3.0 has one, which a boolean makes
/// exclusive. Of two, the tighter says all.
fn bound(draft: &mut Draft<'_>, inclusive: &str, exclusive: &str, tighter: Ordering) {
    let limit = draft.source.get(inclusive);
    match (limit, draft.source.get(exclusive)) {
        (Some(Value::Number(limit)), Some(Value::Number(excluded)))
            if compare(limit, excluded) == tighter =>
        {
            draft.copy(inclusive);
        }
        (_, Some(Value::Number(excluded))) => {
            draft.set(inclusive, excluded.clone());
            draft.set(exclusive, true);
        }
        (limit, _) => {
            draft.copy(inclusive);
            // Without a limit, 3.0's boolean says nothing.
            if limit.is_some() {
                draft.copy(exclusive);
            }
        }
    }
}

/// Compares numbers: exactly where both are integers.
fn compare(a: &Number, b: &Number) -> Ordering {
    let integer = |number: &Number| {
        number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
    };
    if let (Some(a), Some(b)) = (integer(a), integer(b)) {
        return a.cmp(&b);
    }
    let float = |number: &Number| number.as_f64().unwrap_or_default();
    float(a).total_cmp(&float(b))
}
