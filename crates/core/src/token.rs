//! The secret that is asked about.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::{Authentication, Error};

/// An API token or key: zeroized when dropped, and shown by nothing.
///
/// There is no `Display`, `Debug` prints `Token([REDACTED])`, and it does not serialise.
/// Whether it can be sent at all is checked when a client is made from it.
///
/// ```
/// let token = keyholder_core::Token::from("nxd_0123456789");
/// assert_eq!(format!("{token:?}"), "Token([REDACTED])");
/// ```
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    /// The names of its parts, and where each ends in the secret, in which a colon parts them.
    parts: Vec<(String, usize)>,
}

impl Token {
    /// Takes `secret` as the token. Of one with several parts, colons part them, as in RFC 7617.
    pub fn new(secret: impl Into<String>) -> Self {
        Self::from(SecretString::from(secret.into()))
    }

    /// A token of several parts, such as a user name and a password, by their names. They may hold colons of their own.
    ///
    /// ```
    /// use keyholder_core::Token;
    ///
    /// let token = Token::of_parts([("username", "jane"), ("password", "a:b")]);
    /// assert_eq!(token.part("password"), Some("a:b"));
    /// ```
    pub fn of_parts<N: Into<String>, S: AsRef<str>>(
        parts: impl IntoIterator<Item = (N, S)>,
    ) -> Self {
        let mut secret = String::new();
        let mut ends = Vec::new();
        for (name, part) in parts {
            if !ends.is_empty() {
                secret.push(':');
            }
            secret.push_str(part.as_ref());
            ends.push((name.into(), secret.len()));
        }
        Self {
            secret: SecretString::from(secret),
            parts: ends,
        }
    }

    /// The token itself; of its parts, with colons between. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Whether some of the token, or all of it, is left out: as scanners, logs and settings show tokens.
    ///
    /// ```
    /// use keyholder_core::Token;
    ///
    /// assert!(Token::from("ghp_16C7...").is_masked());
    /// assert!(Token::from("REDACTED").is_masked());
    /// assert!(!Token::from("ghp_16C7e42F292c6912E7").is_masked());
    /// ```
    #[must_use]
    pub fn is_masked(&self) -> bool {
        let secret = self.expose_secret().trim();
        is_cut(secret) || is_mask(secret)
    }

    /// The part of that name, of a token that was made [of parts](Self::of_parts). Whoever calls this answers for where it
    /// goes.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&str> {
        let index = self.parts.iter().position(|(it, _)| it == name)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.parts.get(before)?.1 + 1,
            None => 0,
        };
        self.expose_secret().get(start..self.parts.get(index)?.1)
    }

    /// The names of its parts, of a token that was made [of parts](Self::of_parts).
    pub fn part_names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|(name, _)| name.as_str())
    }

    /// Its parts, as many as there are names: by their names or, of a token that was given whole, parted at colons. The
    /// last has those that are left.
    ///
    /// # Errors
    ///
    /// A part is missing, or is none that the provider has.
    pub(crate) fn divide(&self, names: &[&str]) -> Result<Vec<&str>, Error> {
        let listed = names.join(", ");
        if self.parts.is_empty() {
            let parts: Vec<_> = self.expose_secret().splitn(names.len(), ':').collect();
            if parts.len() < names.len() {
                let count = names.len();
                return Err(Error::config(format!(
                    "the token has {count} parts, with colons between: {listed}"
                )));
            }
            return Ok(parts);
        }
        if self.parts.len() > names.len() || self.part_names().any(|it| !names.contains(&it)) {
            return Err(Error::config(format!(
                "the token has a part that the provider takes none of: it takes {listed}"
            )));
        }
        let parts = names.iter().map(|name| {
            let missing = || Error::config(format!("the token lacks its part {name}"));
            self.part(name).ok_or_else(missing)
        });
        parts.collect()
    }
}

/// What keeps a token, or a part of one, from being sent as `authentication` carries it, if anything does. One whose form
/// the provider documents `is_known`.
///
/// Nothing of the token is in what is said.
pub(crate) fn defect(
    secret: &str,
    authentication: &Authentication,
    is_known: bool,
) -> Option<&'static str> {
    // A password may be anything that a header can carry.
    let is_pair = matches!(authentication, Authentication::Basic { encoded: false, .. });
    if let Some(defect) = defect_of_characters(secret) {
        Some(defect)
    } else if is_quoted(secret) {
        Some("the token is quoted: give it without the quotation marks")
    } else if let Some(defect) = begins_with_scheme(secret) {
        Some(defect)
    } else if begins_with_prefix(secret, authentication) {
        Some("the token begins with the text that the header puts before it: give the token alone")
    } else if is_variable(secret) {
        Some("the token is the name of a variable: give its value")
    } else if is_placeholder(secret, is_pair) {
        Some("the token is a placeholder: give the real one")
    } else if is_cut(secret) || (!is_pair && is_mask(secret)) {
        Some("the token is masked: give the real one")
    } else if !is_pair && !is_known && secret.contains(' ') {
        Some("the token holds a space")
    } else if is_bearer(authentication) && !is_known && !is_b64token(secret) {
        Some("the token holds a character that no bearer token has (RFC 6750, section 2.1)")
    } else {
        None
    }
}

/// What keeps characters from being sent: a header field holds neither control characters nor, portably, anything outside ASCII
/// (RFC 9110, section 5.5), and its value cannot start or end with white space.
fn defect_of_characters(secret: &str) -> Option<&'static str> {
    if !secret.is_empty() && are_all(secret, |byte| byte.is_ascii_graphic()) {
        // As most tokens are.
        None
    } else if secret.trim().is_empty() {
        Some("the token is empty")
    } else if secret.ends_with(['\n', '\r']) {
        Some("the token ends in a line break: remove it")
    } else if secret.chars().any(char::is_control) {
        Some("the token holds a control character")
    } else if !secret.is_ascii() {
        Some("the token holds a character outside ASCII, which no header can carry")
    } else if secret.starts_with(' ') || secret.ends_with(' ') {
        Some("the token starts or ends with a space: remove it")
    } else {
        None
    }
}

/// Whether all bytes of a text are such. It looks at all of them, which a processor does for many at once.
fn are_all(text: &str, is_one: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |are, byte| are & is_one(byte))
}

/// Whether some of a text is left out of it.
fn is_cut(text: &str) -> bool {
    const REDACTED: &[u8] = b"REDACTED";
    let bytes = text.as_bytes();
    let is_there = memchr::memchr2(b'*', b'.', bytes).is_some();
    // By its rarest letter.
    let mut words = memchr::memchr2_iter(b't', b'T', bytes).filter_map(|at| {
        let start = at.checked_sub(REDACTED.len() - 3)?;
        bytes.get(start..start + REDACTED.len())
    });
    (is_there && (text.contains("***") || text.contains("...")))
        || (!text.is_ascii() && (text.contains("•••") || text.ends_with('…')))
        || words.any(|word| word.eq_ignore_ascii_case(REDACTED))
}

/// Whether a text is what stands in the place of a token that is not shown. A password may be `hidden`.
fn is_mask(text: &str) -> bool {
    const WORDS: [&str; 6] = [
        "REDACT", "<redact>", "MASKED", "[masked]", "<masked>", "hidden",
    ];
    let is_all_of = |characters: &[char]| text.chars().all(|c| characters.contains(&c));
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || (text.len() > 2 && is_all_of(&['*', '•', '…', '.', '#']))
        || (text.len() >= 8 && is_all_of(&['x', 'X']))
}

/// Whether a text stands between quotation marks of one kind.
fn is_quoted(text: &str) -> bool {
    ['"', '\'', '`']
        .into_iter()
        .any(|mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark))
}

/// Whether a text begins with the name of an authentication scheme, or of the header.
fn begins_with_scheme(text: &str) -> Option<&'static str> {
    let begins = |start: &str| {
        text.get(..start.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(start))
    };
    if begins("bearer ") {
        Some("the token begins with `Bearer `: leave that out")
    } else if begins("basic ") {
        Some("the token begins with `Basic `: leave that out")
    } else if begins("token ") {
        Some("the token begins with `Token `: leave that out")
    } else if begins("authorization:") {
        Some("the token begins with the name of a header: leave that out")
    } else {
        None
    }
}

/// Whether a text begins with the prefix of its header, where that is a word of its own or ends in an equals sign.
fn begins_with_prefix(text: &str, authentication: &Authentication) -> bool {
    match authentication {
        Authentication::Header { prefix, .. } if prefix.ends_with([' ', '=']) => text
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        _ => false,
    }
}

/// Whether a text is a variable that nobody has put the value in for: `$NAME`, `${NAME}`, `$(…)`, `{{ … }}` or `%NAME%`.
fn is_variable(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let between = |start: &str, end: &str| text.strip_prefix(start)?.strip_suffix(end);
    text.strip_prefix('$').is_some_and(is_name)
        || between("%", "%").is_some_and(is_name)
        || between("${", "}").is_some()
        || between("$(", ")").is_some()
        || between("{{", "}}").is_some()
}

/// Whether a text is what examples have in a token's place: `<token>`, `YOUR_API_KEY`, `your-token-here`, `xxxxxxxx`. A
/// password may well be `changeme`.
fn is_placeholder(text: &str, is_password: bool) -> bool {
    if text.starts_with('<') && text.ends_with('>') {
        return true;
    }
    // Most tokens have a digit, and need no further look.
    let is_separator = |byte: u8| matches!(byte, b'-' | b'_' | b' ' | b'.');
    let is_of_words = |byte: u8| byte.is_ascii_alphabetic() || is_separator(byte);
    if !text.bytes().all(is_of_words) {
        return false;
    }
    let letters = text.chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '.'));
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let letters = letters.as_str();
    let is_of_x = letters.len() >= 6 && letters.bytes().all(|c| c == b'x');
    let begins = |words: &[&str]| words.iter().any(|word| letters.starts_with(word));
    let ends = |words: &[&str]| words.iter().any(|word| letters.ends_with(word));
    let asks = begins(&["your", "insert", "paste", "replacewith"])
        && letters.bytes().all(|c| c.is_ascii_lowercase())
        && ends(&["key", "token", "secret", "pat", "credential", "here"]);
    asks || is_of_x || (!is_password && ["changeme", "replaceme", "todo"].contains(&letters))
}

fn is_bearer(authentication: &Authentication) -> bool {
    let Authentication::Header { encoding: None, .. } = authentication else {
        return false;
    };
    let scheme = authentication.scheme();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("Bearer"))
}

/// Whether a text is a `b64token` (RFC 6750, section 2.1).
fn is_b64token(text: &str) -> bool {
    let characters = text.trim_end_matches('=');
    let is_one = |byte: u8| {
        byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    !characters.is_empty() && are_all(characters, is_one)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([REDACTED])")
    }
}

impl From<String> for Token {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl From<&str> for Token {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

impl From<SecretString> for Token {
    fn from(secret: SecretString) -> Self {
        Self {
            secret,
            parts: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Token;
    use crate::Authentication;

    fn defect(authentication: &Authentication, secret: &str) -> Option<&'static str> {
        super::defect(secret, authentication, false)
    }

    #[test]
    fn a_masked_token_is_told_from_one_that_is_not() {
        for masked in [
            "REDACTED",
            "REDACT",
            "[REDACTED:4f2a]",
            "***",
            "ghp_****************3f9",
            "ghp_16C7...",
            "••••••••",
            "xxxxxxxxxxxx",
            "####",
        ] {
            assert!(Token::from(masked).is_masked(), "{masked}");
        }
        for token in [
            "",
            "*:*.964a287e1b728cb5",
            "ghp_16C7e42F292c6912E7",
            "a.b.c",
            "xoxb-1-2",
        ] {
            assert!(!Token::from(token).is_masked(), "{token}");
        }
        // A password may be any word.
        let (pair, header) = (Authentication::basic(), Authentication::header("x", ""));
        assert_eq!(defect(&pair, "jane:hidden"), None);
        assert_eq!(defect(&pair, "hidden"), None);
        assert!(defect(&header, "hidden").is_some());
    }

    #[test]
    fn what_cannot_be_a_token_is_told_without_it() {
        let header = Authentication::header("x-api-key", "");
        for secret in [
            "",
            " ",
            "a\n",
            "a\tb",
            "clé",
            " a",
            "a ",
            "\"sk_1\"",
            "'sk_1'",
            "`sk_1`",
            "Bearer sk_1",
            "bearer sk_1",
            "Basic c2s=",
            "Token sk_1",
            "Authorization: Bearer sk_1",
            "$API_KEY",
            "${API_KEY}",
            "$(cat key)",
            "{{ key }}",
            "%API_KEY%",
            "<your-token>",
            "sk_***",
            "sk_****9f",
            "sk_1...9f",
            "[REDACTED]",
            "two words",
        ] {
            let defect = defect(&header, secret);
            assert!(defect.is_some(), "{secret:?}");
            assert!(secret.len() < 4 || !defect.unwrap_or_default().contains(secret));
        }
        for secret in [
            "sk_1", "$1$abc", "a:b", "a|b", "100%", "<b", "'", "**", "a=b", "x%y%z", "$",
        ] {
            assert_eq!(defect(&header, secret), None, "{secret:?}");
        }
    }

    #[test]
    fn a_bearer_token_has_the_characters_of_rfc_6750() {
        let bearer = Authentication::bearer();
        for secret in ["abc", "a-b._~+/c==", "eyJ.a.b"] {
            assert_eq!(defect(&bearer, secret), None, "{secret}");
        }
        for secret in ["a:b", "1|abc", "a=b", "=", "*:*.abc"] {
            assert!(defect(&bearer, secret).is_some(), "{secret}");
            // Where the provider documents that its tokens are so, they are.
            assert_eq!(super::defect(secret, &bearer, true), None, "{secret}");
        }
    }

    #[test]
    fn a_password_may_be_anything_that_a_header_can_carry() {
        let basic = Authentication::basic();
        assert_eq!(defect(&basic, "jane:two words"), None);
        assert_eq!(defect(&basic, "jane:p@ss=$word"), None);
    }

    #[test]
    fn a_prefix_is_not_given_twice() {
        let header = Authentication::header("authorization", "Key token=");
        assert!(defect(&header, "key token=abc").is_some());
        assert_eq!(defect(&header, "keytoken"), None);
        assert_eq!(defect(&Authentication::header("x-key", "k"), "kabc"), None);
    }

    #[test]
    fn a_token_is_divided_by_names_or_at_colons() {
        let names = ["id", "key"];
        let whole = Token::from("a:b:c");
        assert_eq!(whole.divide(&names).ok(), Some(vec!["a", "b:c"]));
        let parted = Token::of_parts([("key", "b"), ("id", "a:c")]);
        assert_eq!(parted.divide(&names).ok(), Some(vec!["a:c", "b"]));
        assert!(Token::from("a").divide(&names).is_err());
        for wrong in [&["id"][..], &["id", "other"], &["id", "key", "more"]] {
            let token = Token::of_parts(wrong.iter().map(|name| (*name, "secret-value")));
            let error = token.divide(&names).err().map(|error| error.to_string());
            assert!(
                error.is_some_and(|it| !it.contains("secret-value")),
                "{wrong:?}"
            );
        }
    }
}
