//! What people write of a key: what stands before it, and which half of basic authentication it is.

use std::sync::LazyLock;

use regex::Regex;

/// Words that stand before a key also where no key is shown.
const SCHEMES: [&str; 9] = [
    "bearer", "token", "apikey", "api-key", "api_key", "bot", "key", "jwt", "oauth",
];

/// Whether a word, in lower case, is one that stands before keys with many providers.
pub(super) fn stands_before_keys(word: &str) -> bool {
    SCHEMES.contains(&word)
}

fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// A key as it is written where it is shown: in brackets, in capitals, as `your_key`, or one of its own with digits.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(concat!(
        r"^(?:",
        r"[<{\[(].*|\$\{?\w.*|%\w+%|\.\.\.|…|\*{3,}|",
        r"[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|KEY|TOKEN|APIKEY|SECRET|JWT|X{3,}|",
        r"(?i:your|my)[-_. ]?(?i:api|access|auth|jwt|personal)?[-_. ]?(?i:key|token|secret|jwt)(?:[-_. ]?(?i:here|value))?|",
        r"(?i:\S*x{3,}\S*)|(?i:your)[-_. ]?\S+|",
        r"\S*[0-9]\S{4,}|\S{4,}[0-9]\S*|abc|\S{24,}",
        r")$"
    ))
});

/// A key that is only named: it counts after a word that stands before keys, as in `Bearer token`.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"^(?i:the )?(?i:api|access|auth|jwt|personal)?[-_. ]?(?i:key|token|secret|jwt)$")
});

/// What stands before a key in a header's value as it is shown; nothing where no key can be told in it.
pub(super) fn prefix_of(value: &str) -> Option<String> {
    let value = value.trim().trim_end_matches(['.', ',', ';']);
    let key = KEY.as_ref()?;
    if value.is_empty() {
        return None;
    }
    // The shortest prefix that leaves a key.
    let ends = value
        .char_indices()
        .filter(|(_, c)| " =:".contains(*c))
        .map(|(at, c)| at + c.len_utf8());
    for end in std::iter::once(0).chain(ends) {
        let (prefix, rest) = value.split_at(end);
        let is_prefix = prefix.is_empty() || is_word(prefix);
        let inner = rest.trim_matches(['"', '\'', '`']);
        let is_scheme = SCHEMES.contains(&prefix.trim_end().to_ascii_lowercase().as_str());
        let is_named = is_scheme && NAMED.as_ref().is_some_and(|named| named.is_match(inner));
        let rest_is_key = is_named || key.is_match(inner);
        // `Token` before a key is a word, and not the key's own name.
        let is_scheme_first =
            prefix.is_empty() && rest.contains(' ') && !rest.starts_with(['<', '{', '[', '(', '$']);
        if is_prefix && rest_is_key && !is_scheme_first {
            return Some(prefix.to_owned());
        }
    }
    // The word alone: `Authorization: Bearer`.
    let lower = value.to_ascii_lowercase();
    SCHEMES
        .contains(&lower.as_str())
        .then(|| format!("{value} "))
}

fn is_word(prefix: &str) -> bool {
    let mut chars = prefix.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || "-_ =:.".contains(c))
}

/// A text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim_end();
    for quote in ['`', '"', '\''] {
        if let Some(inner) = text
            .trim_start()
            .strip_prefix(quote)
            .and_then(|text| text.strip_suffix(quote))
        {
            return inner;
        }
    }
    text.trim_start()
}

/// What stands before a key wherever `text` shows the header: `Authorization: Token abc`.
pub(super) fn shown(header: &str, text: &str) -> Vec<String> {
    let pattern = format!(
        r#"(?i:\b{})[\\"'`*]*\s*(?:[:=]|=>)\s*(?<quote>[\\"'`]*)(?<value>[^\r\n"'`\\]+)"#,
        regex::escape(header)
    );
    let Some(pattern) = regex(&pattern) else {
        return Vec::new();
    };
    pattern
        .captures_iter(text)
        .filter_map(|found| {
            // Of what runs on after the key, nothing counts.
            let value = found["value"].trim();
            let whole = prefix_of(value);
            whole.or_else(|| {
                let mut words = value.split_whitespace();
                let first = words.next()?;
                let two = words.next().map(|second| format!("{first} {second}"));
                two.and_then(|two| prefix_of(&two))
                    .or_else(|| prefix_of(first))
            })
        })
        .filter(|prefix| !prefix.trim().eq_ignore_ascii_case("basic"))
        .collect()
}

/// Code or a quotation that ends with a key: "format `Token token=<API_KEY>`", "the value is "Bot {token}"".
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r#"[`"'“‘]([A-Za-z][\w.-]*(?:[ =:]\s?[\w.-]+)*[ =:]?\s?[^`"'”’\s]+)[`"'”’]"#)
});

/// "prefixed with `API-Key`", "the word `Token`", "with the `Bearer` prefix", "insert JWT with Bearer into field".
static SAID: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
            r#"(?i)(?:prefixed|preceded)\s+(?:with|by)\s+(?:the\s+)?(?:word\s+|string\s+|prefix\s+)?[`"'“]?(?<word>[A-Za-z][\w-]*)"#,
            r#"(?i)\bthe\s+(?:word|prefix|keyword|string)\s+[`"'“](?<word>[A-Za-z][\w-]*)"#,
            r#"(?i)\bwith\s+(?:the\s+|a\s+)?[`"'“]?(?<word>[A-Za-z][\w-]*)[`"'”]?\s+(?:prefix|in\s+front|before)\b"#,
            r"(?i)\bwith\s+(?<word>bearer)\b",
            r"(?i)\b(?:as|a)\s+(?:an?\s+)?(?<word>bearer)\s+token\b",
            r"(?i)^\s*(?<word>bearer)\s+(?:token|authentication)\b",
        ]
        .iter()
        .filter_map(|pattern| regex(pattern))
        .collect()
});

/// What stands before a key by the words of its scheme: shown with or without its header, or said.
pub(super) fn said(header: &str, text: &str) -> Option<String> {
    if let Some(prefix) = shown(header, text).into_iter().next() {
        return Some(prefix);
    }
    if let Some(code) = CODE.as_ref() {
        let prefixes = code.captures_iter(text);
        let mut prefixes = prefixes.filter_map(|found| prefix_of(&found[1]));
        // The header's own name in code is that of the header: "pass it in the headers as `api-key`".
        let is_word = |prefix: &String| {
            let word = prefix.trim();
            !matches!(word.to_ascii_lowercase().as_str(), "" | "basic")
                && !word.eq_ignore_ascii_case(header)
        };
        if let Some(prefix) = prefixes.find(is_word) {
            return Some(prefix);
        }
    }
    let mut words = SAID.iter().filter_map(|pattern| pattern.captures(text));
    let word = words.next()?["word"].to_owned();
    let word = match word.as_str() {
        "bearer" => "Bearer".to_owned(),
        _ => word,
    };
    Some(format!("{word} "))
}

/// Which half of basic authentication the key is, and what the other is: nothing where it is not said. `is_own` tells
/// that the text is the scheme's own.
pub(super) fn half(text: &str, is_own: bool) -> Option<super::summary::Half> {
    use super::summary::Half;
    let lower = text.to_ascii_lowercase();
    let key = r"(?:api[ _-]?)?(?:key|token)";
    let is = |pattern: &str| regex(pattern).is_some_and(|pattern| pattern.is_match(&lower));
    let as_user = is(&format!(
        r"{key}[^.]{{0,40}}\b(?:as|for|is) (?:the |your |a )?(?:basic auth(?:entication)? |http basic )?user ?-?name"
    )) || is(&format!(
        r"user ?-?name[^.]{{0,20}}\b(?:is|as|=|:) ?(?:the |your )?{key}"
    ));
    let as_password = is(&format!(
        r"{key}[^.]{{0,40}}\b(?:as|for|is) (?:the |your |a )?(?:basic auth(?:entication)? |http basic )?password"
    )) || is(&format!(
        r"password[^.]{{0,20}}\b(?:is|as|=|:) ?(?:the |your )?{key}"
    ));
    let no_password = is(
        r"(?:empty|blank|no|without a?) ?password|password[^.]{0,20}(?:empty|blank|unused|ignored)",
    );
    match (as_user, as_password) {
        (true, false) if no_password => Some(Half::Password(String::new())),
        (true, false) => Some(Half::AnyPassword),
        (false, true) => Some(Half::AnyUser),
        // An API key, and neither a name nor a password spoken of: the customary place of one.
        (false, false)
            if is_own
                && is(r"\bapi[ _-]?(?:key|token)\b")
                && !is(r"\buser|\bpassword|\bsecret|\bpair\b|\bid\b") =>
        {
            Some(Half::AnyPassword)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::summary::Half;
    use super::{half, prefix_of, said, shown};

    #[test]
    fn what_stands_before_a_key_is_told_from_it() {
        let cases = [
            ("Token token=<API_KEY>", Some("Token token=")),
            ("Bearer <token>", Some("Bearer ")),
            ("Token INFLUX_API_TOKEN", Some("Token ")),
            ("Bearer your_token", Some("Bearer ")),
            ("Bearer Cxxxxxxxxxx", Some("Bearer ")),
            ("Bearer sk_example_123456789", Some("Bearer ")),
            ("Bearer $TOKEN", Some("Bearer ")),
            ("Bearer Your.API.Key-HERE", Some("Bearer ")),
            (
                "API-Key 3039ba033eb1410caa0a2227158d63c9d6502cd8",
                Some("API-Key "),
            ),
            ("Token {apitoken}", Some("Token ")),
            ("Bot 123456", Some("Bot ")),
            ("Bearer", Some("Bearer ")),
            (
                "mrp_RNtLRSPmGj2pd1v1ubi52nX7TJJM9sznrmwhAuj511oe4t1jAqAQ3D6Wc8Ic",
                Some(""),
            ),
            ("YOUR_KEY", Some("")),
            ("<api key>", Some("")),
            ("Bearer token", Some("Bearer ")),
            ("API key", None),
            ("the key of the account", None),
            ("read-only", None),
        ];
        for (value, expected) in cases {
            assert_eq!(prefix_of(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn what_a_scheme_says_of_its_key_is_read() {
        let cases = [
            (
                "The API Key with format `Token token=<API_KEY>`",
                Some("Token token="),
            ),
            (
                "API Token value format is `Token {apitoken}`",
                Some("Token "),
            ),
            (
                "The value should be prefixed with `API-Key` followed by a space and the actual API key.",
                Some("API-Key "),
            ),
            (
                "Enter a client token with the `Bearer` prefix, e.g. `Bearer Cxxxxxxxxxx`.",
                Some("Bearer "),
            ),
            ("Please insert JWT with Bearer into field", Some("Bearer ")),
            (
                "provide the word `Token` followed by a space and an API token",
                Some("Token "),
            ),
            ("`Authorization: Token INFLUX_API_TOKEN`", Some("Token ")),
            ("Used to authenticate as a user.", None),
            ("The key of your account.", None),
            (
                "Your `API key`, as the \"Access key\" of the page says.",
                None,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(said("Authorization", text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_name_of_a_header_stands_before_no_key() {
        let text =
            "The API key should be passed in the request headers as `api-key` for authentication.";
        assert_eq!(said("api-key", text), None);
        // In another header, it is a word like others.
        assert_eq!(
            said("Authorization", "as `api-key <KEY>`"),
            Some("api-key ".to_owned())
        );
        assert_eq!(
            said("Token", "as `Bearer <KEY>`"),
            Some("Bearer ".to_owned())
        );
    }

    #[test]
    fn a_header_that_is_shown_tells_its_prefix() {
        let text = r#"curl -H "Authorization: Bearer Your.API.Key-HERE" -H "Content-Type: application/json""#;
        assert_eq!(shown("Authorization", text), ["Bearer "]);
        assert_eq!(
            shown("Authorization", "Authorization: Basic abc123456"),
            [""; 0]
        );
        assert_eq!(shown("X-Key", "Authorization: Bearer <key>"), [""; 0]);
        assert_eq!(
            shown(
                "Authorization",
                "```\nAuthorization: mrp_RNtLRSPmGj2pd1v\n```"
            ),
            [""]
        );
    }

    #[test]
    fn the_half_that_is_the_key_is_read() {
        let elsewhere = "Your API key can be used to make calls to the API.";
        assert_eq!(half(elsewhere, false), None);
        let named = "- username: Acme Public Key\n- password: Acme Secret Key";
        assert_eq!(half(named, false), None);
        let cases = [
            (
                "Use your API key as the username, and leave the password blank.",
                Some(Half::Password(String::new())),
            ),
            ("Your API key is the password.", Some(Half::AnyUser)),
            (
                "Your API key can be used to make calls to the API.",
                Some(Half::AnyPassword),
            ),
            ("A user name and a password.", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(half(text, true), expected, "{text}");
        }
    }
}
