//! What a request authenticates itself with, by the description's security schemes.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use regex::Regex;
use serde_json::Value;

use super::{Place, list, members, resolve};
use crate::server::Request;

/// The alternatives, each of one or several secrets at once.
#[derive(Debug)]
pub struct Credentials {
    alternatives: Vec<Vec<Secret>>,
    /// What people read of the schemes and the operation, in which a word before a key is documented.
    text: String,
    /// The words that stand before a key in the description's examples of requests.
    shown: Vec<String>,
}

/// Where a request carries a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Secret {
    /// In `Authorization`, after the name of its scheme.
    Authorization(String),
    /// A user name and a password (RFC 7617).
    Basic,
    /// In a header, after the word that its description shows.
    Header { name: String, word: Option<String> },
    /// In a parameter of the query.
    Query(String),
    /// In a cookie.
    Cookie(String),
    /// Nothing is described: anywhere.
    Anywhere,
}

impl Credentials {
    /// Reads the security requirements in `security`, else in the description.
    pub fn read(place: Place<'_>, security: Option<&Value>) -> Self {
        let Place {
            document,
            operation,
            ..
        } = place;
        let schemes = match document.get("securityDefinitions") {
            Some(old) => old,
            None => &document["components"]["securitySchemes"],
        };
        let own = || operation.get("security").or(document.get("security"));
        let security = security.filter(|it| it.is_array()).or_else(own);
        let mut alternatives: Vec<Vec<Secret>> = security
            .into_iter()
            .flat_map(list)
            .map(|requirement| {
                members(requirement)
                    .map(|(name, _)| secret(name, resolve(document, &schemes[name])))
                    .collect()
            })
            .filter(|secrets: &Vec<_>| !secrets.is_empty())
            .collect();
        if alternatives.is_empty() {
            // Nothing is required of this operation: what others are asked for, or whatever there may be.
            alternatives = members(schemes)
                .map(|(name, scheme)| vec![secret(name, resolve(document, scheme))])
                .collect();
        }
        if alternatives.is_empty() {
            alternatives.push(vec![Secret::Anywhere]);
        }
        let text = [schemes, &document["info"], operation];
        Self {
            shown: shown(document, &alternatives),
            alternatives,
            text: text.map(Value::to_string).join(" "),
        }
    }

    /// The query's parameters that carry secrets.
    pub fn query(&self) -> Vec<&str> {
        let secrets = self.alternatives.iter().flatten();
        secrets
            .filter_map(|secret| match secret {
                Secret::Query(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// What stands for a token of `provider`: of as many parts as the alternative of the fewest asks for. One part is a
    /// bearer token (RFC 6750, section 2.1), which has no colon.
    pub fn token(&self, provider: &str) -> String {
        let parts = |secrets: &Vec<Secret>| match secrets.as_slice() {
            [Secret::Basic] => 2,
            secrets => secrets.len(),
        };
        let fewest = self.alternatives.iter().map(parts).min().unwrap_or(1);
        let parts: Vec<_> = ["one", "two", "three", "four"]
            .iter()
            .take(fewest)
            .map(|part| format!("{provider}-{part}"))
            .collect();
        parts.join(":")
    }

    /// Whether the request carries `token`, whose parts have colons between, as one of the alternatives says.
    pub fn accept(&self, request: &Request, token: &str) -> bool {
        self.alternatives.iter().any(|secrets| {
            if secrets.contains(&Secret::Anywhere) {
                return request.holds_all(token.split(':'));
            }
            let found: Option<Vec<_>> = secrets
                .iter()
                .map(|secret| self.find(secret, request))
                .collect();
            let mut parts: Vec<_> = token
                .splitn(secrets.len(), ':')
                .map(str::to_owned)
                .collect();
            parts.sort();
            found.is_some_and(|mut found| {
                found.sort();
                found == parts
            })
        })
    }

    /// What is expected, in words.
    pub fn expectation(&self) -> String {
        let alternative = |secrets: &Vec<Secret>| {
            let secrets: Vec<_> = secrets.iter().map(Secret::in_words).collect();
            secrets.join(" and ")
        };
        let alternatives: Vec<_> = self.alternatives.iter().map(alternative).collect();
        alternatives.join(", or ")
    }

    fn find(&self, secret: &Secret, request: &Request) -> Option<String> {
        match secret {
            Secret::Authorization(scheme) => {
                let (given, token) = request.header("authorization")?.split_once(' ')?;
                given.eq_ignore_ascii_case(scheme).then(|| token.to_owned())
            }
            Secret::Basic => {
                let (given, pair) = request.header("authorization")?.split_once(' ')?;
                let pair = BASE64_STANDARD.decode(pair).ok()?;
                let pair = String::from_utf8(pair).ok()?;
                given.eq_ignore_ascii_case("basic").then_some(pair)
            }
            Secret::Header { name, word } => self.key(request.header(name)?, word.as_deref()),
            Secret::Query(name) => request.query(name).map(str::to_owned),
            Secret::Cookie(name) => request.cookie(name),
            Secret::Anywhere => None,
        }
    }

    /// The key in a header's value: after its word, if one is documented.
    fn key(&self, value: &str, word: Option<&str>) -> Option<String> {
        if let Some(word) = word {
            let key = value.strip_prefix(word)?;
            return key.strip_prefix([' ', '=']).map(str::to_owned);
        }
        let Some((before, key)) = value.rsplit_once([' ', '=']) else {
            return Some(value.to_owned());
        };
        let is_shown = || self.shown.iter().any(|word| word == before);
        (self.text.contains(before) || is_shown()).then(|| key.to_owned())
    }
}

impl Secret {
    fn in_words(&self) -> String {
        match self {
            Self::Authorization(scheme) => format!("`Authorization: {scheme} …`"),
            Self::Basic => "`Authorization: Basic …`".to_owned(),
            Self::Header { name, word: None } => format!("the header {name}"),
            Self::Header {
                name,
                word: Some(word),
            } => format!("`{name}: {word} …`"),
            Self::Query(name) => format!("{name} in the query"),
            Self::Cookie(name) => format!("the cookie {name}"),
            Self::Anywhere => "the token anywhere".to_owned(),
        }
    }
}

/// A security scheme: of OpenAPI 3 (3.1.0, section 4.8.27) or Swagger 2.0.
fn secret(name: &str, scheme: &Value) -> Secret {
    let text = |key: &str| scheme[key].as_str().unwrap_or_default().to_owned();
    let bearer = || Secret::Authorization("Bearer".to_owned());
    match text("type").as_str() {
        "oauth2" | "openIdConnect" => bearer(),
        "basic" => Secret::Basic,
        "http" if text("scheme").eq_ignore_ascii_case("basic") => Secret::Basic,
        "http" => Secret::Authorization(text("scheme")),
        "apiKey" => match text("in").as_str() {
            "query" => Secret::Query(text("name")),
            "cookie" => Secret::Cookie(text("name")),
            _ => Secret::Header {
                word: word(&text("name"), &text("description")),
                name: text("name"),
            },
        },
        // One that is named and not described: its name is all there is.
        _ if name.to_ascii_lowercase().contains("bearer") => bearer(),
        _ if name.to_ascii_lowercase().contains("basic") => Secret::Basic,
        _ => Secret::Anywhere,
    }
}

/// The words before a key, anywhere in the description where one of the schemes' headers is shown.
fn shown(document: &Value, alternatives: &[Vec<Secret>]) -> Vec<String> {
    let headers: Vec<_> = alternatives
        .iter()
        .flatten()
        .filter_map(|secret| match secret {
            Secret::Header { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if headers.is_empty() {
        return Vec::new();
    }
    let text = document.to_string();
    headers
        .into_iter()
        .flat_map(|header| words(header, &text))
        .collect()
}

/// The word before the key, where the description of the scheme shows the header: `Authorization: Token abc`.
fn word(header: &str, description: &str) -> Option<String> {
    words(header, description).into_iter().next()
}

/// The words before keys in a text that shows the header.
fn words(header: &str, text: &str) -> Vec<String> {
    let pattern = format!(
        r#"(?i:{})[\\"'`]*\s*:\s*[\\"'`]*(?<word>[A-Za-z][A-Za-z-]*(?: token)?)[ =][\\"'`]*[<{{\[$A-Z0-9_]"#,
        regex::escape(header)
    );
    let Ok(pattern) = Regex::new(&pattern) else {
        return Vec::new();
    };
    let found = pattern.captures_iter(text);
    found.map(|captures| captures["word"].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Credentials, Place, Secret, word};
    use crate::server::Request;

    /// Requirements, and a request's query and headers.
    type Case<'a> = (Value, &'a str, &'a [(&'a str, &'a str)]);

    /// Whether a request with these headers and this query passes where `schemes` are described.
    fn accepts(schemes: &Value, security: &Value, query: &str, headers: &[(&str, &str)]) -> bool {
        let document = json!({ "components": { "securitySchemes": schemes } });
        let place = Place {
            document: &document,
            item: &Value::Null,
            operation: &Value::Null,
        };
        let request = Request::new("GET", &format!("/me{query}"), headers, Vec::new());
        Credentials::read(place, Some(security)).accept(&request, "one:two")
    }

    #[test]
    fn a_secret_counts_only_where_it_is_described() {
        let schemes = json!({
            "bearer": { "type": "http", "scheme": "bearer" },
            "basic": { "type": "http", "scheme": "basic" },
            "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
            "secret": { "type": "apiKey", "in": "header", "name": "X-Secret" },
            "query": { "type": "apiKey", "in": "query", "name": "api_key" },
            "cookie": { "type": "apiKey", "in": "cookie", "name": "session" },
            "token": { "type": "apiKey", "in": "header", "name": "Authorization",
                       "description": "`Authorization: Token YOUR_KEY`" },
            "oauth": { "type": "oauth2" },
        });
        let passing: [Case<'_>; 8] = [
            (
                json!([{ "bearer": [] }]),
                "",
                &[("authorization", "Bearer one:two")],
            ),
            (
                json!([{ "oauth": ["read"] }]),
                "",
                &[("authorization", "Bearer one:two")],
            ),
            (
                json!([{ "basic": [] }]),
                "",
                &[("authorization", "Basic b25lOnR3bw==")],
            ),
            (json!([{ "key": [] }]), "", &[("x-key", "one:two")]),
            (
                json!([{ "key": [], "secret": [] }]),
                "",
                &[("x-key", "one"), ("x-secret", "two")],
            ),
            (json!([{ "query": [] }]), "?api_key=one%3Atwo", &[]),
            (
                json!([{ "cookie": [] }]),
                "",
                &[("cookie", "a=b; session=one%3Atwo")],
            ),
            (
                json!([{ "token": [] }]),
                "",
                &[("authorization", "Token one:two")],
            ),
        ];
        for (security, query, headers) in passing {
            assert!(accepts(&schemes, &security, query, headers), "{security}");
        }
        let failing: [Case<'_>; 7] = [
            (json!([{ "bearer": [] }]), "", &[]),
            (
                json!([{ "bearer": [] }]),
                "",
                &[("authorization", "one:two")],
            ),
            (json!([{ "key": [] }]), "", &[("x-key", "Bot one:two")]),
            (
                json!([{ "key": [] }]),
                "",
                &[("authorization", "Bearer one:two")],
            ),
            (
                json!([{ "key": [], "secret": [] }]),
                "",
                &[("x-key", "one:two")],
            ),
            (
                json!([{ "token": [] }]),
                "",
                &[("authorization", "one:two")],
            ),
            (
                json!([{ "token": [] }]),
                "",
                &[("authorization", "Bearer one:two")],
            ),
        ];
        for (security, query, headers) in failing {
            assert!(
                !accepts(&schemes, &security, query, headers),
                "{security} {headers:?}"
            );
        }
    }

    #[test]
    fn where_none_is_required_any_that_is_described_counts_and_else_any_at_all() {
        let schemes = json!({ "bearer": { "type": "http", "scheme": "bearer" } });
        let bearer = [("authorization", "Bearer one:two")];
        let elsewhere = [("x-one", "one"), ("x-two", "two")];
        for security in [json!([]), json!([{}])] {
            assert!(accepts(&schemes, &security, "", &bearer), "{security}");
            assert!(!accepts(&schemes, &security, "", &elsewhere), "{security}");
        }
        assert!(accepts(&Value::Null, &json!([]), "", &elsewhere));
        assert!(!accepts(&Value::Null, &json!([]), "", &elsewhere[..1]));
        let undescribed = json!([{ "bearer": [] }]);
        assert!(accepts(&Value::Null, &undescribed, "", &bearer));
        assert!(!accepts(&Value::Null, &undescribed, "", &elsewhere));
    }

    #[test]
    fn a_word_is_required_where_its_description_shows_it() {
        let cases = [
            ("Send `Authorization: Token YOUR_TOKEN`.", Some("Token")),
            ("Authorization: API-Key {key}", Some("API-Key")),
            ("An `Authorization` header.", None),
            (r#"{\"Authorization\": \"Bot 123\"}"#, Some("Bot")),
            ("Authorization: YOUR_KEY", None),
            ("Authorization: the key of the account", None),
        ];
        for (description, expected) in cases {
            assert_eq!(
                word("Authorization", description).as_deref(),
                expected,
                "{description}"
            );
        }
        assert_eq!(
            super::secret(
                "x",
                &json!({ "type": "apiKey", "in": "header", "name": "X" })
            ),
            Secret::Header {
                name: "X".to_owned(),
                word: None
            }
        );
    }
}
