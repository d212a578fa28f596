//! What `WWW-Authenticate` says (RFC 9110, section 11.6.1; RFC 6750, section 3).

use http::{HeaderMap, header};

use super::customary;

/// The challenges of an answer, as they concern the token that was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Challenges {
    /// There is one by a scheme that the token was sent by, or that the description names.
    pub(super) has_ours: bool,
    /// There is one, and none of ours.
    pub(super) has_others_only: bool,
    /// A `DPoP` challenge stands among them (RFC 9449, section 7.1): what is refused may be the proof.
    has_dpop: bool,
    /// The `error` of ours.
    error: Option<String>,
    /// The `error_description` of ours.
    description: Option<String>,
}

/// What the challenges say of the token by themselves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Says<'a> {
    /// It is no good, in these words (RFC 6750, section 3.1, `invalid_token`).
    Refused(Option<&'a str>),
    /// It is good, and its scope is not enough (RFC 6750, section 3.1, `insufficient_scope`).
    InsufficientScope,
    /// Something else is wrong, or somebody else asks.
    SomethingElse,
    /// Nothing either way.
    Nothing,
}

impl Challenges {
    /// Reads them. `is_ours` tells the schemes whose challenges concern the token.
    pub(super) fn read(headers: &HeaderMap, is_ours: impl Fn(&str) -> bool) -> Self {
        let mut challenges = Self::default();
        let mut has_others = false;
        for value in headers.get_all(header::WWW_AUTHENTICATE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            let mut of_ours = false;
            for element in elements(&text) {
                let parameter = match parameter(element) {
                    Some(parameter) => Some(parameter),
                    None => {
                        let (scheme, rest) = match element.split_once([' ', '\t']) {
                            Some((scheme, rest)) => (scheme, rest.trim()),
                            None => (element, ""),
                        };
                        challenges.has_dpop |= scheme.eq_ignore_ascii_case("DPoP");
                        of_ours = is_ours(scheme);
                        challenges.has_ours |= of_ours;
                        has_others |= !of_ours;
                        // What is no parameter is a `token68`, which says nothing.
                        parameter(rest)
                    }
                };
                match parameter {
                    Some((name, value)) if of_ours && name.eq_ignore_ascii_case("error") => {
                        challenges.error = Some(value);
                    }
                    Some((name, value))
                        if of_ours && name.eq_ignore_ascii_case("error_description") =>
                    {
                        challenges.description = Some(value);
                    }
                    _ => {}
                }
            }
        }
        challenges.has_others_only = has_others && !challenges.has_ours;
        challenges
    }

    /// What they say of the token, with that status.
    pub(super) fn says(&self, status: u16) -> Says<'_> {
        match (self.error.as_deref(), status) {
            _ if self.has_others_only => Says::SomethingElse,
            (None, _) => Says::Nothing,
            (Some(error), 401) if error.eq_ignore_ascii_case("invalid_token") => {
                let description = self.description.as_deref();
                let is_about_more =
                    |it: &str| customary::is_about_issuance(it) || customary::message(it).is_some();
                if self.has_dpop || description.is_some_and(is_about_more) {
                    Says::SomethingElse
                } else {
                    Says::Refused(description)
                }
            }
            (Some(error), 401 | 403) if error.eq_ignore_ascii_case("insufficient_scope") => {
                Says::InsufficientScope
            }
            (Some(_), _) => Says::SomethingElse,
        }
    }

    /// The `error` of ours.
    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

/// The elements of a list with commas between, outside of quoted strings (RFC 9110, sections 5.6.1 and 5.6.4). Each is a
/// scheme with what follows it, or a parameter of the scheme before.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.split(move |c| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        c == ',' && !is_quoted
    })
    .map(str::trim)
    .filter(|element| !element.is_empty())
}

/// A parameter: a name and a value, which may be quoted (RFC 9110, section 11.2).
fn parameter(element: &str) -> Option<(&str, String)> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let (name, value) = element.split_once('=')?;
    let (name, value) = (name.trim_end(), value.trim_start());
    if name.is_empty() || !name.chars().all(is_token) {
        return None;
    }
    let Some(quoted) = value.strip_prefix('"') else {
        let is_value = !value.is_empty() && value.chars().all(is_token);
        return is_value.then(|| (name, value.to_owned()));
    };
    let mut text = String::new();
    let mut characters = quoted.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => return Some((name, text)),
            '\\' => text.extend(characters.next()),
            c => text.push(c),
        }
    }
    // It does not end: what is there counts.
    Some((name, text))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Challenges, Says};

    fn says(values: &[&'static str], status: u16) -> &'static str {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        let is_ours = |scheme: &str| scheme.eq_ignore_ascii_case("bearer");
        match Challenges::read(&headers, is_ours).says(status) {
            Says::Refused(_) => "refused",
            Says::InsufficientScope => "scope",
            Says::SomethingElse => "else",
            Says::Nothing => "nothing",
        }
    }

    #[test]
    fn challenges_are_read_as_rfc_9110_has_them() {
        for (values, status, expected) in [
            (&["Bearer"][..], 401, "nothing"),
            (&["bearer realm=\"a, b\""], 401, "nothing"),
            (&["BEARER error=invalid_token"], 401, "refused"),
            (&["Bearer Error=\"INVALID_token\""], 401, "refused"),
            (&["Bearer error=\"invalid_token\""], 403, "else"),
            (
                &["Basic realm=\"x\", Bearer error=\"invalid_token\""],
                401,
                "refused",
            ),
            (
                &["Basic realm=\"x\"", "Bearer error=\"invalid_token\""],
                401,
                "refused",
            ),
            (
                &["Bearer error=\"insufficient_scope\", scope=\"a\""],
                403,
                "scope",
            ),
            (&["Bearer error=\"insufficient_scope\""], 401, "scope"),
            (&["Bearer error=\"insufficient_scope\""], 400, "else"),
            (&["Bearer error=\"invalid_request\""], 401, "else"),
            (&["Bearer error=\"use_dpop_nonce\""], 401, "else"),
            (&["Basic realm=\"error=invalid_token\""], 401, "else"),
            (
                &["Basic realm=\"x, Bearer error=invalid_token\""],
                401,
                "else",
            ),
            (
                &["DPoP error=\"invalid_token\", Bearer error=\"invalid_token\""],
                401,
                "else",
            ),
            (
                &[
                    "Bearer error=\"invalid_token\", error_description=\"The audience 'a' is invalid\"",
                ],
                401,
                "else",
            ),
            (
                &["Bearer error=\"invalid_token\", error_description=\"The token expired\""],
                401,
                "refused",
            ),
            (&["Negotiate"], 401, "else"),
            (&["Negotiate abc==, Bearer"], 401, "nothing"),
            (
                &["Negotiate YII=, Bearer error=\"invalid_token\""],
                401,
                "refused",
            ),
            (
                &["NTLM TlRM, Bearer realm=\"a\\\"b, c\", error=invalid_token"],
                401,
                "refused",
            ),
            (&["Bearer   error = \"invalid_token\""], 401, "refused"),
            (&["Bearer,, error=\"invalid_token\""], 401, "refused"),
            (&["Bearer error=\"invalid_token"], 401, "refused"),
            (&["Bearer abc==, error=\"invalid_token\""], 401, "refused"),
            (&["Bearer =broken="], 401, "nothing"),
            (&[], 401, "nothing"),
        ] {
            assert_eq!(says(values, status), expected, "{values:?} {status}");
        }
    }
}
