//! What HTTP can carry of a description: each function says why it cannot, or nothing.

/// Headers that a connection is made of. A token in one of them would change where its request goes or ends.
const OF_CONNECTION: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// As long as a name or a value of a request is, in bytes. What is longer, servers refuse (RFC 9110, section 4.1).
const LONGEST: usize = 8000;

/// Why a text is not the name of a header that a client may send.
#[must_use]
pub fn header_name(name: &str) -> Option<&'static str> {
    if let Some(reason) = length(name) {
        return Some(reason);
    }
    if !is_token(name) {
        return Some("is not a name that a header can have (RFC 9110, section 5.1)");
    }
    let name = name.to_ascii_lowercase();
    OF_CONNECTION
        .contains(&name.as_str())
        .then_some("is a header that the connection itself needs")
}

/// Why a text is not the name of a header that an answer may have.
#[must_use]
pub fn response_header_name(name: &str) -> Option<&'static str> {
    let reason = "is not a name that a header can have (RFC 9110, section 5.1)";
    length(name).or((!is_token(name)).then_some(reason))
}

/// Why a text is not the name of a cookie.
#[must_use]
pub fn cookie_name(name: &str) -> Option<&'static str> {
    let is_name = is_token(name);
    length(name)
        .or((!is_name).then_some("is not a name that a cookie can have (RFC 6265, section 4.1.1)"))
}

/// Why a text is not the name of a parameter of the query: in there, everything else is percent-encoded.
#[must_use]
pub fn query_name(name: &str) -> Option<&'static str> {
    length(name).or(name.is_empty().then_some("is a parameter without a name"))
}

/// Why no header can hold a value (RFC 9110, section 5.5).
#[must_use]
pub fn header_value(value: &str) -> Option<&'static str> {
    let is_value = value.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    let reason = "holds a character that no header can carry (RFC 9110, section 5.5)";
    length(value).or((!is_value).then_some(reason))
}

/// Why a text is not a media type.
#[must_use]
pub fn media_type(text: &str) -> Option<&'static str> {
    let mut parts = parameters(text).into_iter();
    let essence = parts.next().unwrap_or_default();
    let is_essence = essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    let is_parameter = |part: &str| {
        part.split_once('=')
            .is_some_and(|(name, value)| is_token(name) && (is_token(value) || is_quoted(value)))
    };
    (!is_essence || !parts.all(is_parameter))
        .then_some("is not a media type (RFC 9110, section 8.3.1)")
}

/// Why a text is not a path that requests go to as it is written.
#[must_use]
pub fn path(path: &str) -> Option<&'static str> {
    if let Some(reason) = length(path) {
        return Some(reason);
    }
    if !path.starts_with('/') {
        return Some("does not start with a slash");
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c);
    if path.contains(['?', '#']) {
        return Some("holds a query or a fragment");
    }
    if !path.chars().all(is_part) || !has_whole_escapes(path) {
        return Some("holds a character that has to be percent-encoded (RFC 3986, section 3.3)");
    }
    // To a client, `%2e` is a dot as well (WHATWG URL, section 4.1).
    let decoded = path.replace("%2e", ".").replace("%2E", ".");
    decoded
        .split('/')
        .any(|segment| segment == "." || segment == "..")
        .then_some("holds a segment that leads elsewhere")
}

/// Why a text is longer than what a request holds.
pub fn length(text: &str) -> Option<&'static str> {
    (text.len() > LONGEST).then_some("is longer than what a request holds")
}

/// A token: RFC 9110, section 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

/// A quoted string: RFC 9110, section 5.6.4.
fn is_quoted(text: &str) -> bool {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else { return false };
    let mut is_escaped = false;
    for c in inner.chars() {
        match c {
            _ if c != ' ' && !c.is_ascii_graphic() => return false,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    !is_escaped
}

/// A media type and its parameters, parted at semicolons outside of quotes.
fn parameters(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    let parts = text.split(|c| {
        let is_end = c == ';' && !is_quoted;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        is_end
    });
    parts.map(|part| part.trim_matches([' ', '\t'])).collect()
}

fn has_whole_escapes(path: &str) -> bool {
    path.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{cookie_name, header_name, header_value, media_type, path, query_name};

    /// Asserts of each text whether it can be carried.
    fn check(why: fn(&str) -> Option<&'static str>, can: &[&str], cannot: &[&str]) {
        for text in can {
            assert_eq!(why(text), None, "{text:?}");
        }
        for text in cannot {
            assert!(why(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn names() {
        let cannot = [
            "",
            "a b",
            "a:b",
            "a\nb",
            "a\0",
            "é",
            "(a)",
            "a=b",
            "a;b",
            "a\u{202e}",
        ];
        check(header_name, &["X-API-Key", "x_key", "a.b"], &cannot);
        check(
            header_name,
            &[],
            &["Host", "content-length", "Transfer-Encoding"],
        );
        check(cookie_name, &["session", "__Host-id"], &cannot);
        let long = "a".repeat(8001);
        for why in [header_name, cookie_name, query_name, header_value] {
            check(why, &[&long[1..]], &[&long]);
        }
        check(query_name, &["key", "filter[a]", "a b", "é"], &[""]);
        check(
            header_value,
            &["", "Bearer ", "a: b"],
            &["a\nb", "a\rb", "\0", "é", "\t"],
        );
    }

    #[test]
    fn media_types() {
        check(
            media_type,
            &[
                "application/json",
                "application/vnd.a+json",
                "application/json;charset=utf-8",
                "application/json; charset=\"utf-8\"; v=1",
                "application/json; a=\"b; \\\"c\"",
                "*/*",
            ],
            &[
                "",
                "json",
                "application/",
                "/json",
                "a/b/c",
                "application/json;",
                "application/json; charset",
                "application/json; a=b c",
                "application/json; a=\"b",
                "application/json; a=\"b\nc\"",
                "application/json\n",
                "application/jsön",
                "application/\u{202e}json",
            ],
        );
    }

    #[test]
    fn paths() {
        check(
            path,
            &[
                "/",
                "/me",
                "/v1.0/me()/$me+a",
                "/a%20b",
                "/me/",
                "/a..b",
                "/.../x",
                "/~a:b@c",
            ],
            &[
                "",
                "me",
                "/me?x=1",
                "/me#x",
                "/a b",
                "/a\nb",
                "/é",
                "/a%2",
                "/a%zz",
                "/%é0",
                "/../admin",
                "/a/..",
                "/./a",
                "/%2e%2E/a",
                "/.%2e",
                "/a\\..\\b",
                "/{id}",
                "/a\"b",
                "/a|b",
            ],
        );
    }
}
