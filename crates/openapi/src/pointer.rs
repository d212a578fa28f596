//! JSON pointers (RFC 6901).

use serde_json::Value;

/// `pointer` with one more reference token, escaped as RFC 6901 section 4 says.
#[must_use]
pub fn push(pointer: &str, token: impl AsRef<str>) -> String {
    format!("{pointer}/{}", escape(token.as_ref()))
}

/// A reference token, escaped: `~` as `~0`, `/` as `~1`.
#[must_use]
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The reference tokens of `pointer`, unescaped.
pub fn tokens(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
}

/// The value that a local `$ref` (`#/…`) points to.
#[must_use]
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}
