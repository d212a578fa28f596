//! Which base URL a client may have by default: one that the description's makers run for everyone.
//!
//! A short list of rules, and a reading by itself: a key that goes to a server which is none of these goes to a
//! stranger. Of some servers the description does not say enough; they are told.

use std::net::IpAddr;

use regex::Regex;
use serde_json::Value;

use testing_harness::description::{Place, list, members};

/// The servers of an operation, each with what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Servers(Vec<Server>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Server {
    /// The URL, with the defaults of its variables, and without a slash at its end.
    url: String,
    /// The URL as it is written, where it has variables.
    template: String,
    /// The variables whose values are listed.
    listed: Vec<(String, Vec<String>)>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Run for everyone.
    Public,
    /// It may be, or not.
    Doubtful(&'static str),
    /// Not run for everyone, and why.
    Strange(&'static str),
}

/// How a client's servers came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Allowed {
    Yes,
    /// Nothing says enough.
    Unknown(String),
    No(String),
}

/// Words of a host that say that it is none for keys.
const STRANGE: [&str; 26] = [
    "demo",
    "sandbox",
    "sandbox1",
    "sbx",
    "staging",
    "stage",
    "stg",
    "test",
    "testing",
    "dev",
    "develop",
    "development",
    "uat",
    "qa",
    "preprod",
    "mock",
    "mocks",
    "stoplight",
    "prism",
    "playground",
    "local",
    "localhost",
    "apiexplorer",
    "example",
    "sample",
    "try",
];

/// Words of a host that every user puts another in the place of.
const OWN: [&str; 8] = [
    "mydomain",
    "subdomain",
    "tenant",
    "instance",
    "hostname",
    "placeholder",
    "foo",
    "xxx",
];

/// Words of a host that may be such a word, or a part of the makers' own name for it.
const DOUBTFUL: [&str; 11] = [
    "my",
    "domain",
    "company",
    "customer",
    "account",
    "organization",
    "workspace",
    "host",
    "server",
    "site",
    "project",
];

/// Domains that are nobody's (RFC 2606, RFC 6761, RFC 6762, RFC 8375).
const RESERVED: [&str; 11] = [
    "example",
    "example.com",
    "example.net",
    "example.org",
    "test",
    "invalid",
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "onion",
];

impl Servers {
    /// The servers of the operation: of itself, its path, or the description; of Swagger 2.0, the host.
    pub(in super::super) fn read(place: Place<'_>) -> Self {
        let Place {
            document,
            item,
            operation,
        } = place;
        if document.get("swagger").is_some() {
            return Self(swagger(document).into_iter().collect());
        }
        let level = [operation, item, document]
            .into_iter()
            .map(|level| &level["servers"])
            .find(|servers| list(servers).next().is_some());
        Self(level.into_iter().flat_map(list).map(Server::read).collect())
    }

    /// Whether a client may have this base URL by default, or none, and these others by name.
    pub(in super::super) fn judge(&self, default: Option<&str>, named: &[String]) -> Allowed {
        let mut doubt = None;
        for url in default.into_iter().chain(named.iter().map(String::as_str)) {
            if url.contains('{') {
                // The caller fills it in: the key stays in the makers' own domain.
                if !self
                    .0
                    .iter()
                    .any(|server| server.is(url) && Server::stays_home(url))
                {
                    return Allowed::No(format!("{url} may be anywhere"));
                }
                continue;
            }
            let found = self.0.iter().filter(|server| server.is(url));
            let kinds: Vec<_> = found.map(|server| &server.kind).collect();
            if kinds.contains(&&Kind::Public) {
                continue;
            }
            match kinds.first() {
                None => return Allowed::No(format!("{url} is none of the description's servers")),
                Some(Kind::Strange(reason)) => return Allowed::No(format!("{url} {reason}")),
                Some(Kind::Doubtful(reason)) => doubt = Some(format!("{url} {reason}")),
                Some(Kind::Public) => {}
            }
        }
        let public = self.0.iter().find(|server| server.kind == Kind::Public);
        match (default, public, doubt) {
            (None, Some(server), _) => {
                Allowed::No(format!("no default, where {} is for everyone", server.url))
            }
            (_, _, Some(doubt)) => Allowed::Unknown(doubt),
            _ => Allowed::Yes,
        }
    }
}

/// The server of Swagger 2.0 (section "Swagger Object").
fn swagger(document: &Value) -> Option<Server> {
    let host = document["host"].as_str().filter(|host| !host.is_empty())?;
    let mut schemes = list(&document["schemes"])
        .filter_map(Value::as_str)
        .peekable();
    // Without schemes, it is that of the description itself: it was got by https.
    let is_safe = schemes.peek().is_none() || schemes.any(|scheme| scheme == "https");
    let scheme = if is_safe { "https" } else { "http" };
    let path = document["basePath"].as_str().unwrap_or_default();
    let url = format!("{scheme}://{host}{path}");
    Some(Server::read(&serde_json::json!({ "url": url })))
}

impl Server {
    fn read(server: &Value) -> Self {
        let template = server["url"].as_str().unwrap_or_default();
        let template = template.trim().trim_end_matches('/').to_owned();
        let mut url = template.clone();
        let mut listed = Vec::new();
        let mut kind = None;
        for (name, variable) in members(&server["variables"]) {
            let pattern = format!("{{{name}}}");
            let Some(at) = template.find(&pattern) else {
                continue;
            };
            let default = variable["default"].as_str().unwrap_or_default();
            let values: Vec<_> = list(&variable["enum"])
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            url = url.replace(&pattern, default);
            // Behind the host, it is a matter of a version; before it, of the scheme, which its default tells.
            let start = template.find("://").map_or(0, |at| at + 3);
            let end = template[start..]
                .find('/')
                .map_or(template.len(), |slash| start + slash);
            let is_path = default.starts_with('/');
            if (start..end).contains(&at) && values.is_empty() && !is_path {
                kind = Some(Kind::Strange(
                    "has a variable in its host that everyone fills in",
                ));
            }
            if !values.is_empty() {
                listed.push((name.to_owned(), values));
            }
        }
        let description = server["description"].as_str().unwrap_or_default();
        Self {
            kind: kind.unwrap_or_else(|| kind_of(&url, description)),
            url: url.trim_end_matches('/').to_owned(),
            template,
            listed,
        }
    }

    /// Whether a URL with variables is in a public domain, whatever their values.
    fn stays_home(url: &str) -> bool {
        let Some((scheme, rest)) = url.split_once("://") else {
            return false;
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let fixed = authority.rsplit('}').next().unwrap_or_default();
        let fixed = match fixed.strip_prefix('.') {
            Some(fixed) => fixed,
            None if authority.contains('}') => return false,
            None => fixed,
        };
        !scheme.contains('{') && kind_of(&format!("{scheme}://{fixed}"), "") == Kind::Public
    }

    /// Whether a client's URL is this server: with the defaults of its variables, with other values that are listed,
    /// or with the variables themselves, which the caller gives.
    fn is(&self, url: &str) -> bool {
        let url = url.trim_end_matches('/');
        if url.eq_ignore_ascii_case(&self.url) {
            return true;
        }
        let mut texts = vec![self.template.clone()];
        for (name, values) in &self.listed {
            let pattern = format!("{{{name}}}");
            let other: Vec<_> = texts
                .iter()
                .flat_map(|text| values.iter().map(|value| text.replace(&pattern, value)))
                .collect();
            texts.extend(other);
        }
        let url = with_plain_names(url);
        let mut texts = texts.iter().map(|text| text.trim_end_matches('/'));
        texts.any(|text| with_plain_names(text) == url)
    }
}

/// A URL whose variables are named as every style has them: `accountId` and `account_id` are one.
fn with_plain_names(url: &str) -> String {
    let mut is_name = false;
    let mut plain = String::new();
    for c in url.chars() {
        is_name = c == '{' || (is_name && c != '}');
        match c {
            '_' | '-' if is_name => {}
            _ if is_name => plain.extend(c.to_lowercase()),
            _ => plain.push(c),
        }
    }
    plain
}

fn kind_of(url: &str, description: &str) -> Kind {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Kind::Strange("has no host");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let host = host.to_ascii_lowercase();
    let labels: Vec<_> = host.split('.').collect();
    let words_of = |labels: &[&str]| -> Vec<String> {
        let words = labels.iter().flat_map(|label| label.split(['-', '_']));
        words.map(str::to_owned).collect()
    };
    // A top-level domain is no word: `.dev` is one. That below it is a name, unless it has several words.
    let (inner, own) = labels.split_at(labels.len().saturating_sub(2));
    let own: Vec<_> = own
        .iter()
        .copied()
        .take(own.len().saturating_sub(1))
        .collect();
    let mut words = words_of(inner);
    if own.iter().any(|label| label.contains('-')) {
        words.extend(words_of(&own));
    }
    let own = words_of(&own);
    let says_own = |word: &String| word.starts_with("your") || OWN.contains(&word.as_str());
    let is_reserved = RESERVED
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    if host.is_empty() || host.contains(|c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c)))
    {
        return Kind::Strange("is a placeholder");
    }
    if host.parse::<IpAddr>().is_ok() || labels.len() < 2 || is_reserved {
        return Kind::Strange("is nobody's, or this machine's");
    }
    if scheme != "https" {
        return Kind::Strange("is plain http");
    }
    if words.iter().any(|word| STRANGE.contains(&word.as_str()))
        || own == ["example"]
        || host.contains("sandbox")
        || host.contains("staging")
    {
        return Kind::Strange("is for trying or testing");
    }
    if host.contains("internal") {
        return Kind::Strange("is an internal host");
    }
    if words.iter().chain(&own).any(says_own) {
        return Kind::Strange("is a placeholder");
    }
    let says = |pattern: &str| Regex::new(pattern).is_ok_and(|it| it.is_match(description));
    if says(
        r"(?i)\b(demo|sandbox|staging|stage|test(ing)?|develop(ment|er)?|local|mock|internal|example|uat|qa|preview)\b",
    ) && !says(r"(?i)\bprod(uction)?\b|\blive\b")
    {
        return Kind::Strange("is for trying or testing, by its description");
    }
    if says(r"(?i)\b(self[- ]?host(ed|ing)?|your own|replace|on[- ]?prem)") {
        return Kind::Doubtful("may be for everyone: its description speaks of one's own");
    }
    if words.iter().any(|word| DOUBTFUL.contains(&word.as_str())) {
        return Kind::Doubtful("may be for everyone, or a placeholder");
    }
    if !port.is_empty() && port != "443" {
        return Kind::Doubtful("has a port of its own");
    }
    Kind::Public
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Allowed, Place, Servers};

    fn servers(document: &Value) -> Servers {
        Servers::read(Place {
            document,
            item: &Value::Null,
            operation: &Value::Null,
        })
    }

    fn of(urls: &[&str]) -> Value {
        let servers: Vec<_> = urls.iter().map(|url| json!({ "url": url })).collect();
        json!({ "servers": servers })
    }

    #[test]
    fn what_is_run_for_everyone_is_wanted() {
        let url = "https://api.acme-inc.com/v1";
        for servers_of in [
            of(&["https://api.acme-inc.com/v1/"]),
            of(&["http://localhost:8080", "https://api.acme-inc.com/v1"]),
            of(&[
                "https://sandbox.acme-inc.com/v1",
                "https://api.acme-inc.com/v1",
            ]),
            json!({ "swagger": "2.0", "host": "api.acme-inc.com", "basePath": "/v1", "schemes": ["http", "https"] }),
        ] {
            let servers = servers(&servers_of);
            assert_eq!(servers.judge(Some(url), &[]), Allowed::Yes, "{servers_of}");
            let without = servers.judge(None, &[]);
            assert!(
                matches!(without, Allowed::No(_)),
                "{servers_of}: {without:?}"
            );
        }
    }

    #[test]
    fn a_key_goes_to_no_stranger() {
        let strangers = [
            "https://your-domain.acme.dev",
            "https://demo.acme-inc.org/api",
            "https://api.example.org",
            "https://subdomain.acme-inc.com",
            "https://api.sandbox.acme-inc.com",
            "https://api-test.acme-inc.com",
            "https://api.figinternal.dev/v2",
            "http://api.acme-inc.com",
            "http://localhost:8080",
            "https://localhost",
            "https://10.0.0.1",
            "https://<host>/api",
            "/api/v1",
        ];
        for url in strangers {
            let servers = servers(&of(&[url]));
            assert_eq!(servers.judge(None, &[]), Allowed::Yes, "{url}");
            let with = servers.judge(Some(url), &[]);
            assert!(matches!(with, Allowed::No(_)), "{url}: {with:?}");
        }
        let other = servers(&of(&["https://api.acme-inc.com"]));
        for url in ["https://api.acme-inc.com/v2", "https://evil.io"] {
            assert!(
                matches!(other.judge(Some(url), &[]), Allowed::No(_)),
                "{url}"
            );
        }
        let named = ["http://api.acme-inc.com".to_owned()];
        assert!(matches!(
            other.judge(Some("https://api.acme-inc.com"), &named),
            Allowed::No(_)
        ));
    }

    #[test]
    fn a_variable_of_the_host_is_given_or_chosen() {
        let own = json!({ "servers": [{
            "url": "https://{project}.acme-inc.dev/v1", "variables": { "project": { "default": "abcdef" } },
        }] });
        let own = servers(&own);
        assert_eq!(own.judge(None, &[]), Allowed::Yes);
        assert!(matches!(
            own.judge(Some("https://abcdef.acme-inc.dev/v1"), &[]),
            Allowed::No(_)
        ));
        let region = json!({ "servers": [{
            "url": "https://{region}.acme-inc.dev", "variables": { "region": { "default": "eu", "enum": ["eu", "us"] } },
        }] });
        let region = servers(&region);
        assert_eq!(
            own.judge(Some("https://{project}.acme-inc.dev/v1"), &[]),
            Allowed::Yes
        );
        for url in [
            "https://eu.acme-inc.dev",
            "https://us.acme-inc.dev",
            "https://{region}.acme-inc.dev",
        ] {
            assert_eq!(region.judge(Some(url), &[]), Allowed::Yes, "{url}");
        }
    }

    #[test]
    fn a_variable_of_the_scheme_is_none_of_the_host() {
        let of = |default: &str| {
            servers(&json!({ "servers": [{
                "url": "{scheme}://api.acme-inc.com", "variables": { "scheme": { "default": default } },
            }] }))
        };
        let url = "https://api.acme-inc.com";
        assert_eq!(of("https").judge(Some(url), &[]), Allowed::Yes);
        assert!(matches!(of("https").judge(None, &[]), Allowed::No(_)));
        let plain = of("http").judge(Some("http://api.acme-inc.com"), &[]);
        assert!(matches!(plain, Allowed::No(_)), "{plain:?}");
    }

    #[test]
    fn what_the_description_leaves_open_is_unknown() {
        let cloud = json!({ "servers": [{
            "url": "https://app.acme-inc.io/api", "description": "Cloud. Change the host if you are self-hosting.",
        }] });
        let cloud = servers(&cloud);
        assert!(matches!(
            cloud.judge(Some("https://app.acme-inc.io/api"), &[]),
            Allowed::Unknown(_)
        ));
        assert_eq!(cloud.judge(None, &[]), Allowed::Yes);
    }
}
