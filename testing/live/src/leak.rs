//! Whether a token can be found in what was shown.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A part of a token as long as this is found, wherever it is.
const PART: usize = 12;

/// In which form `token`, or a part of it, stands in `text`; `None` when it does not.
///
/// It is looked for as it is, in base64, as bytes in decimal, percent-encoded, and escaped as JSON escapes. A token's
/// first part, up to its last `:` or `.`, says of what kind it is and is no secret.
pub(crate) fn form(token: &str, text: &str) -> Option<&'static str> {
    let start = token.rfind([':', '.']).map_or(0, |at| at + 1);
    let secret = token.get(start..).unwrap_or(token);
    if secret.len() < PART {
        return text.contains(token).then_some("as it is");
    }
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    let parts = secret.as_bytes().windows(PART);
    for part in parts.filter_map(|part| std::str::from_utf8(part).ok()) {
        if text.contains(part) {
            return Some("as it is");
        }
        if decoded.contains(part) {
            return Some("percent-encoded");
        }
    }
    // Three bytes make four characters, so that there are three ways to fall; what neighbours have a part in is cut.
    for before in ["", "x", "xx"] {
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let whole = engine.encode(format!("{before}{secret}"));
            if whole
                .get(4..whole.len() - 2)
                .is_some_and(|it| text.contains(it))
            {
                return Some("in base64");
            }
        }
    }
    let bytes: Vec<_> = secret.bytes().take(PART).map(|it| it.to_string()).collect();
    if text.contains(&bytes.join(", ")) || text.contains(&bytes.join(",\n")) {
        return Some("as bytes");
    }
    let escaped: String = secret
        .bytes()
        .take(PART)
        .map(|it| format!("\\u{it:04x}"))
        .collect();
    if text.to_lowercase().contains(&escaped) {
        return Some("escaped");
    }
    let encoded = utf8_percent_encode(token, NON_ALPHANUMERIC).to_string();
    text.contains(&encoded).then_some("percent-encoded")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::form;

    const TOKEN: &str = "*:*.0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_is_found_in_every_form() {
        let secret = &TOKEN[4..];
        let escaped: String = secret.bytes().map(|it| format!("\\u{it:04X}")).collect();
        for text in [
            format!("GET / {TOKEN}\n"),
            format!("…{}…", &secret[8..22]),
            BASE64_STANDARD.encode(TOKEN),
            BASE64_STANDARD.encode(format!("u:{TOKEN}")),
            format!("{:?}", secret.as_bytes()),
            escaped,
        ] {
            assert!(form(TOKEN, &text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_not_taken_for_one() {
        for text in ["", "*:*.[REDACTED]", "0123456789a", "user: 0123456789"] {
            assert_eq!(form(TOKEN, text), None, "{text}");
        }
    }
}
