//! What `security_summary` says: how a request authenticates itself, in a person's few words.
//!
//! ```text
//! summary     = alternative *( " OR " alternative ) / "none declared" [words] / "explicitly empty" ["(schemes exist: …)"]
//! alternative = part *( " AND " part ) / "(anonymous)"
//! part        = "http bearer" / "http basic" / "basic" / "oauth2" ["(flow)"] / "openIdConnect" / "undeclared:" name
//!             / ["apiKey "] ( "header" / "query" / "cookie" / "path" / "body" ) name
//!               followed by what is said of the key: ": Token token=KEY", "(prefix `Token `)", "base64",
//!               "user api", "no password", "key as user"
//! ```
//!
//! Whatever else stands there is told, and not passed over.

use regex::Regex;

use super::words;

/// What a summary says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// The alternatives, each of one or several parts. None, where it says that nothing is declared.
    pub alternatives: Vec<Vec<Written>>,
    /// What of it could not be understood.
    pub unclear: Vec<String>,
}

/// Where a part of the credential goes, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub place: Spot,
    /// What stands before the key, if it is said.
    pub prefix: Option<String>,
    /// Whether the key is Base64-encoded.
    pub is_encoded: bool,
    /// Of basic: the half that is fixed, if it is said.
    pub half: Option<Half>,
}

/// A place in a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Spot {
    /// `Authorization`, after the name of a scheme of HTTP's.
    #[default]
    Bearer,
    Http(String),
    Basic,
    Header(String),
    Query(String),
    Cookie(String),
    Path(String),
    /// A member of the body, or a pointer to it.
    Body(String),
}

/// The half of basic authentication that is not the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// The key is the password of this user.
    User(String),
    /// The key is a user with this password.
    Password(String),
    /// The key is one of both, and the other is anything.
    AnyUser,
    AnyPassword,
}

impl Written {
    /// A part of which nothing further is said.
    pub(super) fn at(place: Spot) -> Self {
        Self {
            place,
            ..Self::default()
        }
    }
}

/// Reads a summary.
pub(super) fn read(text: &str) -> Summary {
    let mut summary = Summary::default();
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let starts = ["explicitly empty", "none declared", "none"];
    let said = starts.iter().find_map(|start| cut(text, &lower, start));
    let rest = said.unwrap_or(text);
    if let Some(schemes) = said.and_then(|rest| between(rest, "schemes exist:")) {
        // `(schemes exist: http bearer; http basic)`: any of them, for one of them it must be.
        for scheme in schemes.split(';') {
            summary.alternative(scheme);
        }
        return summary;
    }
    // What is really wanted may follow: `none declared; really header X-Auth-Token`.
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ";,:-—".contains(c));
    let rest = match rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) if !rest.eq_ignore_ascii_case("(anonymous)") => inner,
        _ => rest,
    };
    let rest = without_lead(rest);
    if !rest.is_empty() {
        for alternative in split(rest, " or ") {
            summary.alternative(alternative);
        }
    }
    summary
}

impl Summary {
    fn alternative(&mut self, text: &str) {
        let text = text.trim();
        if text.eq_ignore_ascii_case("(anonymous)") || text.eq_ignore_ascii_case("anonymous") {
            return;
        }
        let mut parts = Vec::new();
        for part in split(text, " and ") {
            let Some((written, rest)) = place(part.trim()) else {
                self.unclear.push(part.trim().to_owned());
                return;
            };
            parts.push(self.qualified(written, rest));
        }
        self.alternatives.push(parts);
    }

    /// Adds what is said of the key after its place.
    fn qualified(&mut self, mut written: Written, rest: &str) -> Written {
        let shown = rest.trim_start();
        if let Some(shown) = shown.strip_prefix(':') {
            match words::prefix_of(words::unquoted(shown.trim())) {
                Some(prefix) => written.prefix = Some(prefix),
                None => self.unclear.push(shown.trim().to_owned()),
            }
            return written;
        }
        let rest = shown
            .strip_prefix('(')
            .and_then(|it| it.strip_suffix(')'))
            .unwrap_or(shown);
        for said in rest.split([',', ';']) {
            let said = said.trim().trim_matches(['(', ')']).trim();
            if !said.is_empty() && !written.qualify(said) {
                self.unclear.push(said.to_owned());
            }
        }
        written
    }
}

impl Written {
    fn qualify(&mut self, said: &str) -> bool {
        let lower = said.to_ascii_lowercase();
        let is_basic = self.place == Spot::Basic;
        let value = |names: &[&str]| {
            let mut names = names.iter();
            names.find_map(|name| Some(cut(said, &lower, name)?.trim()))
        };
        if lower.contains("base64") || lower == "encoded" {
            self.is_encoded = true;
        } else if matches!(lower.as_str(), "bare" | "no prefix" | "without prefix") {
            self.prefix = Some(String::new());
        } else if let Some(prefix) = value(&[
            "with the prefix",
            "with prefix",
            "prefixed with",
            "prefixed by",
            "prefix",
            "after",
            "format",
            "as",
        ])
        .filter(|prefix| !is_basic && !prefix.is_empty())
        {
            let prefix = words::unquoted(prefix.trim_start_matches([':', '=']).trim_start());
            self.prefix = Some(words::prefix_of(prefix).unwrap_or_else(|| spaced(prefix)));
        } else if is_basic && speaks_of_key(&lower) && lower.contains("user") {
            self.half.get_or_insert(Half::AnyPassword);
        } else if is_basic && speaks_of_key(&lower) && lower.contains("password") {
            self.half.get_or_insert(Half::AnyUser);
        } else if is_basic && ["no password", "empty password", "blank password"].contains(&&*lower)
        {
            self.half = Some(Half::Password(String::new()));
        } else if is_basic
            && ["no user", "no username", "empty username", "blank username"].contains(&&*lower)
        {
            self.half = Some(Half::User(String::new()));
        } else if let Some(user) = value(&["username ", "user name ", "user "]).filter(|_| is_basic)
        {
            self.half = Some(Half::User(words::unquoted(user).to_owned()));
        } else if let Some(password) = value(&["password "]).filter(|_| is_basic) {
            self.half = Some(Half::Password(words::unquoted(password).to_owned()));
        } else {
            return false;
        }
        true
    }
}

/// The place at the start of a part, and what follows it.
fn place(part: &str) -> Option<(Written, &str)> {
    let lower = part.to_ascii_lowercase();
    let named: [(&str, Spot); 8] = [
        ("http bearer", Spot::Bearer),
        ("http basic", Spot::Basic),
        ("bearer", Spot::Bearer),
        ("basic", Spot::Basic),
        ("oauth2", Spot::Bearer),
        ("oauth 2", Spot::Bearer),
        ("openidconnect", Spot::Bearer),
        ("oauth", Spot::Bearer),
    ];
    for (name, spot) in named {
        if let Some(rest) = cut(part, &lower, name) {
            let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c));
            // The flows of OAuth change nothing: its tokens are bearer tokens.
            let flows = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
            let rest = match flows {
                Some((flows, rest)) if name.starts_with('o') && are_flows(flows) => rest,
                _ => rest,
            };
            if ends {
                return Some((Written::at(spot), rest));
            }
        }
    }
    if let Some(name) = cut(part, &lower, "undeclared:") {
        return Some((Written::at(undeclared(name)?), ""));
    }
    if let Some(scheme) = cut(part, &lower, "http ") {
        let (scheme, rest) = scheme.split_once(' ').unwrap_or((scheme, ""));
        return Some((Written::at(Spot::Http(scheme.to_owned())), rest));
    }
    let pattern = Regex::new(
        r"(?i)^(?:apikey\s+)?(?:in\s+(?:the\s+)?)?(header|query|cookie|path|body|form)\s+(?:(?:parameter|member|field)\s+)?(`[^`]+`|[^\s(,;:]+)",
    );
    let captures = pattern.ok()?.captures(part)?;
    let name = words::unquoted(&captures[2]).to_owned();
    let rest = &part[captures[0].len()..];
    let spot = match captures[1].to_ascii_lowercase().as_str() {
        "header" => Spot::Header(name),
        "query" => Spot::Query(name),
        "cookie" => Spot::Cookie(name),
        "path" => Spot::Path(name.trim_matches(['{', '}']).to_owned()),
        _ => Spot::Body(name),
    };
    Some((Written::at(spot), rest))
}

/// One that is named and not described: its name is all there is.
pub(super) fn undeclared(name: &str) -> Option<Spot> {
    let name = name.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["bearer", "oauth", "jwt", "openid", "oidc"]) {
        Some(Spot::Bearer)
    } else if says(&["basic"]) {
        Some(Spot::Basic)
    } else {
        None
    }
}

fn speaks_of_key(lower: &str) -> bool {
    ["key as ", "token as ", "key is ", "token is "]
        .iter()
        .any(|word| lower.contains(word))
}

/// Whether these are names of flows, whatever stands between them.
fn are_flows(said: &str) -> bool {
    const FLOWS: [&str; 8] = [
        "authorizationcode",
        "accesscode",
        "implicit",
        "password",
        "application",
        "clientcredentials",
        "deviceauthorization",
        "pkce",
    ];
    let mut flows = said.split([',', '/', '+', '|', ';']);
    flows.all(|flow| {
        let flow = flow
            .trim()
            .to_ascii_lowercase()
            .replace([' ', '-', '_'], "");
        FLOWS.contains(&flow.as_str())
    })
}

/// A prefix, with the space that stands after a word.
fn spaced(prefix: &str) -> String {
    if prefix.ends_with(|c: char| c.is_alphanumeric()) {
        format!("{prefix} ")
    } else {
        prefix.to_owned()
    }
}

/// `really header X` and the like.
fn without_lead(text: &str) -> &str {
    let lead = Regex::new(
        r"(?i)^(?:(?:but|really|in truth|in words|wanted|wants|actually|by its parameters|is)[:,]?\s+)+",
    );
    match lead.ok().and_then(|lead| lead.find(text)) {
        Some(found) => &text[found.end()..],
        None => text,
    }
}

/// What follows `start`, whatever its case. `lower` is the text in lower case.
fn cut<'a>(text: &'a str, lower: &str, start: &str) -> Option<&'a str> {
    lower.starts_with(start).then(|| &text[start.len()..])
}

/// What stands in parentheses after `start`.
fn between<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let text = text.trim().strip_prefix('(')?.trim_start();
    text.strip_prefix(start)?.strip_suffix(')')
}

/// Splits at a word, outside of parentheses and of code.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let lower = text.to_ascii_lowercase();
    let mut parts = Vec::new();
    let (mut start, mut depth, mut is_code) = (0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '`' => is_code = !is_code,
            '(' if !is_code => depth += 1,
            ')' if !is_code => depth = depth.saturating_sub(1),
            _ if depth == 0 && !is_code && at >= start && lower[at..].starts_with(word) => {
                parts.push(&text[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::{Half, Spot, Summary, Written, read};

    fn one(place: Spot) -> Summary {
        Summary {
            alternatives: vec![vec![Written::at(place)]],
            unclear: Vec::new(),
        }
    }

    fn header(name: &str) -> Spot {
        Spot::Header(name.to_owned())
    }

    #[test]
    fn every_form_that_an_index_has_is_understood() {
        let of = |alternatives: &[&[Spot]]| Summary {
            alternatives: alternatives
                .iter()
                .map(|parts| parts.iter().cloned().map(Written::at).collect())
                .collect(),
            unclear: Vec::new(),
        };
        let cases = [
            ("http bearer", one(Spot::Bearer)),
            ("oauth2", one(Spot::Bearer)),
            ("oauth2(authorizationCode)", one(Spot::Bearer)),
            ("oauth2(authorizationCode,implicit)", one(Spot::Bearer)),
            (
                "oauth2(authorizationCode/clientCredentials)",
                one(Spot::Bearer),
            ),
            ("openIdConnect", one(Spot::Bearer)),
            (
                "none declared (schemes exist: http bearer)",
                one(Spot::Bearer),
            ),
            ("undeclared:bearer", one(Spot::Bearer)),
            ("none declared", of(&[])),
            ("explicitly empty", of(&[])),
            (
                "explicitly empty (schemes exist: http bearer; http basic)",
                of(&[&[Spot::Bearer], &[Spot::Basic]]),
            ),
            ("basic OR (anonymous)", one(Spot::Basic)),
            (
                "apiKey cookie connect.sid OR apiKey header X-Api-Key",
                of(&[
                    &[Spot::Cookie("connect.sid".to_owned())],
                    &[header("X-Api-Key")],
                ]),
            ),
            (
                "apiKey header Authorization OR http basic AND apiKey header X-CSRFToken OR apiKey query token",
                of(&[
                    &[header("Authorization")],
                    &[Spot::Basic, header("X-CSRFToken")],
                    &[Spot::Query("token".to_owned())],
                ]),
            ),
            (
                "none declared; really header X-Auth-Token AND header X-User-Id",
                of(&[&[header("X-Auth-Token"), header("X-User-Id")]]),
            ),
            (
                "none declared (body key)",
                one(Spot::Body("key".to_owned())),
            ),
            ("path {token}", one(Spot::Path("token".to_owned()))),
            ("http digest", one(Spot::Http("digest".to_owned()))),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_said_of_the_key_is_taken() {
        let prefixed = |prefix: &str| Written {
            prefix: Some(prefix.to_owned()),
            ..Written::at(header("Authorization"))
        };
        let basic = |half| Written {
            half: Some(half),
            ..Written::at(Spot::Basic)
        };
        let cases = [
            (
                "apiKey header Authorization: Token token=KEY",
                prefixed("Token token="),
            ),
            (
                "apiKey header Authorization (prefix `GenieKey `)",
                prefixed("GenieKey "),
            ),
            (
                "apiKey header Authorization (prefix GenieKey)",
                prefixed("GenieKey "),
            ),
            (
                "apiKey header Authorization with prefix Bot",
                prefixed("Bot "),
            ),
            ("apiKey header Authorization (bare)", prefixed("")),
            (
                "http basic (base64)",
                Written {
                    is_encoded: true,
                    ..Written::at(Spot::Basic)
                },
            ),
            ("http basic (key as user)", basic(Half::AnyPassword)),
            (
                "http basic (key as username, no password)",
                basic(Half::Password(String::new())),
            ),
            (
                "http basic (user `api`, key as password)",
                basic(Half::User("api".to_owned())),
            ),
        ];
        for (text, expected) in cases {
            let summary = read(text);
            assert_eq!(summary.alternatives, [vec![expected]], "{text}");
            assert_eq!(summary.unclear, [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for text in [
            "a signature of the request",
            "mutualTLS",
            "apiKey header Authorization (by moonlight)",
            "http bearer OR by arrangement",
        ] {
            assert_eq!(read(text).unclear.len(), 1, "{text}: {:?}", read(text));
        }
    }
}
