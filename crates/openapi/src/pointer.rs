//! JSON pointers (RFC 6901).

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

/// The pointer to what the value at `pointer` stands in; `None` for the root.
#[must_use]
pub fn parent(pointer: &str) -> Option<&str> {
    pointer.rfind('/').and_then(|end| pointer.get(..end))
}

/// `pointer` and those around it, outwards, without the root.
pub fn around(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |at| parent(at)).filter(|at| !at.is_empty())
}
