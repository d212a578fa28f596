//! Security schemes: what each is, for whom it is made, and what the description says of it in words.

use serde_json::{Value, json};

use crate::document::{Description, Operation};
use crate::overlay::Action;
use crate::shape::members;
use crate::words;
use crate::yaml::Map;

/// A credential that a request takes.
#[derive(Clone, Debug)]
pub(super) struct Scheme<'a> {
    pub name: &'a str,
    pub object: &'a Value,
}

/// How likely it is that a scheme is the one by which a program asks: the smaller, the likelier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A key or a token that is made for programs.
    Key,
    /// A single secret of which no more is said.
    Secret,
    /// A token that somebody gets by signing in.
    SignedIn,
    /// A token at the end of OAuth 2.0 or of OpenID Connect.
    Granted,
    /// A user name and a password.
    Password,
    /// A cookie.
    Cookie,
    /// A browser's session, or what protects one.
    Session,
    /// Nothing that a token alone satisfies: a signature, a certificate, a challenge to answer.
    Unusable,
}

/// Schemes of HTTP whose credentials are computed for each request, or in turns with the server.
const COMPUTED: [&str; 17] = [
    "digest",
    "negotiate",
    "ntlm",
    "kerberos",
    "spnego",
    "hoba",
    "mutual",
    "scram_sha_1",
    "scram_sha_256",
    "vapid",
    "dpop",
    "hawk",
    "signature",
    "hmac",
    "aws4_hmac_sha256",
    "oauth1",
    "cookie",
];

/// Words in the names of cookies and headers that hold a browser's session, or protect it.
const SESSIONS: [&str; 15] = [
    "session",
    "sessionid",
    "sess",
    "sid",
    "jsessionid",
    "phpsessid",
    "csrf",
    "xsrf",
    "csrftoken",
    "xsrftoken",
    "antiforgery",
    "requestverificationtoken",
    "remember",
    "sso",
    "samlsession",
];

/// Words in the names of keys that are not for everybody who has an account.
const PRIVILEGED: [&str; 12] = [
    "admin",
    "admins",
    "administrator",
    "internal",
    "partner",
    "partners",
    "master",
    "root",
    "superuser",
    "superadmin",
    "staff",
    "operator",
];

/// What is said of such keys.
const PRIVILEGED_PHRASES: [&str; 10] = [
    "internal use",
    "internal only",
    "internal services",
    "admin only",
    "admins only",
    "administrators only",
    "for administrators",
    "partners only",
    "only for partners",
    "staff only",
];

impl<'a> Scheme<'a> {
    fn member(&self, key: &str) -> &'a str {
        self.object[key].as_str().unwrap_or_default()
    }

    /// The scheme of HTTP, in lower case; none for another type.
    pub(super) fn http(&self) -> Option<String> {
        match self.member("type") {
            "http" => Some(self.member("scheme").to_lowercase()),
            // As Swagger 2.0 writes it.
            "basic" => Some("basic".to_owned()),
            _ => None,
        }
    }

    pub(super) fn is_basic(&self) -> bool {
        self.http().is_some_and(|it| it == "basic")
    }

    /// Whether it is sent as a bearer token.
    pub(super) fn is_bearer(&self) -> bool {
        matches!(self.member("type"), "oauth2" | "openIdConnect")
            || self.http().is_some_and(|it| it == "bearer")
    }

    /// The header that a key stands in.
    pub(super) fn header(&self) -> Option<&'a str> {
        (self.member("type") == "apiKey" && self.member("in") == "header")
            .then(|| self.member("name"))
    }

    /// Whether it is one of OAuth 2.0.
    pub(super) fn is_oauth(&self) -> bool {
        self.member("type") == "oauth2"
    }

    /// Whether it is a key in `Authorization`, of which OpenAPI cannot say what stands before it.
    pub(super) fn is_authorization(&self) -> bool {
        self.header()
            .is_some_and(|it| it.eq_ignore_ascii_case("authorization"))
    }

    /// Whether it has the header `Authorization`, of which a request has one.
    pub(super) fn takes_authorization(&self) -> bool {
        self.is_authorization() || self.is_basic() || self.is_bearer()
    }

    /// The name of a scheme of HTTP that OpenAPI's readers do not know, but that stands before a token as others do
    /// (RFC 9110, section 11.4).
    pub(super) fn unusual(&self) -> Option<&'a str> {
        let name = self
            .http()
            .filter(|it| !matches!(it.as_str(), "bearer" | "basic"))?;
        let is_token = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && !is_computed(&name);
        is_token.then(|| self.member("scheme"))
    }

    /// What the description says of it, in its own words: of this scheme, and of no other.
    pub(super) fn words(&self) -> String {
        let mut text = String::new();
        let header = self.header().unwrap_or("Authorization");
        for (key, value) in members(self.object) {
            // `x-displayName: API Token` is what it is called.
            let is_title = words::words(key)
                .iter()
                .any(|it| ["name", "title", "label", "description"].contains(&it.as_str()));
            let is_sample =
                (key.starts_with("x-") && !is_title) || key.contains("example") || key == "default";
            match (key, value) {
                ("type" | "in" | "name" | "scheme" | "flows" | "openIdConnectUrl", _) => {}
                (_, Value::String(sample)) if is_sample => {
                    text.push_str(&format!("{header}: {sample}\n"));
                }
                _ => super::strings(value, &mut |it| text.push_str(&format!("{it}\n"))),
            }
        }
        text
    }

    /// Whether its name or its words call the credential a key or a token for programs.
    pub(super) fn is_key(&self) -> bool {
        let said = format!(
            "{}{}{}",
            words::line(self.name),
            words::line(self.member("name")),
            words::line(self.member("description"))
        );
        [
            "api key",
            "api keys",
            "apikey",
            "api token",
            "api tokens",
            "apitoken",
            "access token",
            "personal access token",
            "personal token",
            "secret key",
            "private token",
            "service token",
            "pat",
        ]
        .iter()
        .any(|phrase| words::says(&said, phrase))
    }

    /// Whether it is for administrators, partners or the provider's own: by a word that is none of `path`, and by what is
    /// said of it.
    pub(super) fn is_privileged(&self, path: &str) -> bool {
        let names = [words::words(self.name), words::words(self.member("name"))].concat();
        let own = words::words(path);
        let line = words::line(self.member("description"));
        names
            .iter()
            .any(|it| PRIVILEGED.contains(&it.as_str()) && !own.contains(it))
            || PRIVILEGED_PHRASES.iter().any(|it| words::says(&line, it))
    }

    pub(super) fn rank(&self) -> Rank {
        match self.member("type") {
            "apiKey" => self.rank_of_key(),
            "oauth2" | "openIdConnect" => Rank::Granted,
            "mutualTLS" => Rank::Unusable,
            _ => self.rank_of_http(),
        }
    }

    fn rank_of_key(&self) -> Rank {
        let words = words::words(self.member("name"));
        let names = [words, words::words(self.name)].concat();
        let has = |known: &[&str]| names.iter().any(|it| known.contains(&it.as_str()));
        // `X-Forwarded-For` is no secret: some call it a scheme.
        let is_of_network = has(&["forwarded", "origin", "referer"]);
        if is_of_network || has(&["signature", "hmac", "sign"]) {
            Rank::Unusable
        } else if has(&SESSIONS) {
            Rank::Session
        } else if self.member("in") == "cookie" {
            Rank::Cookie
        } else if self.is_signed_in() && !self.is_key() {
            Rank::SignedIn
        } else if self.header().is_some() || has(&["key", "apikey"]) || self.is_key() {
            Rank::Key
        } else {
            Rank::Secret
        }
    }

    fn rank_of_http(&self) -> Rank {
        match self.http().as_deref() {
            Some("basic") if self.is_key() => Rank::Key,
            // Registered for OAuth 1.0, which signs each request (RFC 5849); some mean a token that stands after it.
            Some("basic" | "oauth") => Rank::Password,
            Some(_) if self.http().as_deref() != Some("bearer") && self.unusual().is_none() => {
                Rank::Unusable
            }
            None => Rank::Unusable,
            Some(_) if self.is_key() => Rank::Key,
            Some(_) if self.is_signed_in() => Rank::SignedIn,
            Some(_) => Rank::Secret,
        }
    }

    /// Whether its words speak of people who sign in.
    fn is_signed_in(&self) -> bool {
        let said = format!(
            "{}{}{}",
            words::line(self.name),
            words::line(self.member("bearerFormat")),
            words::line(self.member("description"))
        );
        [
            "jwt",
            "login",
            "log in",
            "logged in",
            "sign in",
            "signed in",
            "signin",
            "session",
            "oauth",
            "oauth2",
            "user token",
            "id token",
            "cognito",
            "firebase",
        ]
        .iter()
        .any(|phrase| words::says(&said, phrase))
    }

    /// The actions that put another scheme in its place.
    pub(super) fn replace(&self, object: &Value, why: &str) -> [Action; 2] {
        let mut schemes = Map::default();
        schemes.add(self.name, object.clone());
        let holder = "$.components.securitySchemes";
        [
            Action::remove(
                format!("{holder}[{}]", crate::document::name_selector(self.name)),
                why,
            ),
            Action::update(holder, "The same as it is really sent.", schemes),
        ]
    }
}

fn is_computed(name: &str) -> bool {
    let key = words::key(name);
    COMPUTED.contains(&key.as_str()) || key.contains("hmac") || key.contains("signature")
}

/// A scheme by its name alone.
pub(super) fn guess(name: &str) -> Value {
    let words = words::words(name);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let is_bearer = has(&["bearer", "jwt", "oauth", "oauth2"]);
    if has(&["basic"]) {
        json!({ "type": "http", "scheme": "basic" })
    } else if !is_bearer && (has(&["apikey"]) || has(&["api"]) && has(&["key"])) {
        json!({ "type": "apiKey", "in": "header", "name": "X-API-Key" })
    } else {
        json!({ "type": "http", "scheme": "bearer" })
    }
}

/// The schemes of a description.
pub(super) fn all(description: Description<'_>) -> Vec<Scheme<'_>> {
    description
        .security_schemes()
        .map(|(name, object)| Scheme { name, object })
        .collect()
}

/// The security requirements of an operation: its own, or those of the whole description.
pub(super) fn requirements<'a>(
    description: Description<'a>,
    operation: &Operation<'a>,
) -> &'a Value {
    let own = operation.object.get("security");
    own.unwrap_or(&description.root()["security"])
}

/// Whether an operation asks for a scheme.
pub(super) fn is_asked(
    scheme: &Scheme<'_>,
    description: Description<'_>,
    operation: &Operation<'_>,
) -> bool {
    crate::shape::list(requirements(description, operation))
        .flat_map(members)
        .any(|(name, _)| name == scheme.name)
}
