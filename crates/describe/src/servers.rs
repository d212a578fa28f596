//! Which server requests go to, unless the caller names another.

use std::net::IpAddr;

use serde_json::Value;
use url::{Host, Url};

use keyholder_openapi::pointer;
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

/// The server of an operation.
#[derive(Debug, Default)]
pub struct Server {
    /// Its base URL; nothing where the caller has to name one.
    pub base_url: Option<String>,
    /// What there is to say of the servers before it.
    pub remarks: Vec<String>,
}

/// The first absolute server of the operation at that pointer that a client can use, with the defaults of its variables.
///
/// # Errors
///
/// A variable without a default.
pub fn server(document: &Value, operation: &str) -> Result<Server> {
    let mut found = Server::default();
    for Candidate { at, url, .. } in candidates(document, operation)? {
        match unusable(&url) {
            None => {
                found.base_url = Some(url.trim_end_matches('/').to_owned());
                break;
            }
            Some(reason) => found.remarks.push(format!(
                "at {at}: {} {reason}: the server is left out",
                text::shown(&url)
            )),
        }
    }
    Ok(found)
}

/// Refuses a server that no client can use and that the description did not have when it was published: whoever wrote
/// it can mend it.
///
/// # Errors
///
/// There is one before the first that is of use.
pub fn refuse_added(document: &Value, operation: &str, published: &Value) -> Result<()> {
    // What else is wrong with them is not the overlay's alone.
    let candidates = candidates(document, operation).unwrap_or_default();
    for Candidate { at, url, server } in candidates {
        let Some(reason) = unusable(&url) else { break };
        if !has_server(published, server) {
            return Err(Error::at(at, format!("{} {reason}", text::shown(&url)))
                .with_help("name a server that every user of the provider can ask, or remove the servers: the caller then names the base URL"));
        }
    }
    Ok(())
}

/// An absolute server of an operation.
struct Candidate<'a> {
    /// Where its URL stands.
    at: String,
    /// The URL, with the defaults of its variables.
    url: String,
    server: &'a Value,
}

/// The absolute servers of the operation, its path item or the description, whichever has some (OpenAPI 3.0.3, section
/// 4.7.5).
fn candidates<'a>(document: &'a Value, operation: &str) -> Result<Vec<Candidate<'a>>> {
    let item = operation.rsplit_once('/').map_or("", |(item, _)| item);
    let servers = [operation, item, ""].into_iter().find_map(|place| {
        let at = pointer::push(place, "servers");
        let servers = document.pointer(&at)?.as_array()?;
        (!servers.is_empty()).then_some((at, servers))
    });
    let Some((at, servers)) = servers else {
        return Ok(Vec::new());
    };
    let mut candidates = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        let at = pointer::push(&pointer::push(&at, index.to_string()), "url");
        let Some(url) = server["url"].as_str().filter(|url| url.contains("://")) else {
            continue;
        };
        let mut url = url.to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            let default = variable["default"].as_str().unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), default);
        }
        candidates.push(Candidate { at, url, server });
    }
    // Those after the first that is of use are not asked.
    let end = candidates
        .iter()
        .position(|candidate| unusable(&candidate.url).is_none() || candidate.url.contains('{'));
    candidates.truncate(end.map_or(candidates.len(), |end| end + 1));
    match candidates.last() {
        Some(Candidate { url, .. }) if url.contains('{') => Err(Error::at(
            "/servers",
            format!("{} has a variable without a default", text::shown(url)),
        )
        .with_help("give it one with the overlay, or remove the servers: the caller then names the base URL")),
        _ => Ok(candidates),
    }
}

/// Why no client can use a base URL, or may send a token there.
fn unusable(url: &str) -> Option<&'static str> {
    // A parser would leave out some of them without a word.
    if url.chars().any(|c| c.is_whitespace() || text::is_hidden(c)) {
        return Some("holds a character that no URL has");
    }
    let Ok(parsed) = Url::parse(url) else {
        return Some("is not a URL");
    };
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Some("holds a user name or a password");
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Some("holds a query or a fragment");
    }
    match (parsed.scheme(), parsed.host()) {
        ("https", Some(_)) => None,
        ("http", Some(host)) if is_loopback(&host) => None,
        _ => Some("is not https"),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

/// Whether a description has that server anywhere.
fn has_server(description: &Value, server: &Value) -> bool {
    match description {
        Value::Object(members) => members.iter().any(|(key, member)| {
            let is_here = key == "servers"
                && member
                    .as_array()
                    .is_some_and(|servers| servers.contains(server));
            is_here || has_server(member, server)
        }),
        Value::Array(items) => items.iter().any(|item| has_server(item, server)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{refuse_added, server, unusable};

    const ME: &str = "/paths/~1me/get";

    fn document(servers: &Value) -> Value {
        json!({ "servers": servers, "paths": { "/me": { "get": {} } } })
    }

    #[test]
    fn which_urls_are_of_use() {
        for url in [
            "https://api.example.com",
            "https://api.example.com:8443/v1/",
            "http://localhost:4242",
            "http://127.0.0.1",
            "http://[::1]:80/a",
            "https://bücher.example",
        ] {
            assert_eq!(unusable(url), None, "{url}");
        }
        for url in [
            "http://api.example.com",
            "http://evil.localhost",
            "http://localhost.example.com",
            "ftp://localhost",
            "javascript://example.com/%0aalert(1)",
            "https://",
            "https://user@example.com",
            "https://user:word@example.com",
            "https://example.com/?a=b",
            "https://example.com/#a",
            "https://exa\nmple.com",
            "https://example.com/ a",
            "https://example.com/\u{202e}",
            "://",
        ] {
            assert!(unusable(url).is_some(), "{url:?}");
        }
    }

    #[test]
    fn the_first_of_use_is_taken() {
        let servers = json!([
            { "url": "/relative" },
            { "url": "http://a.example" },
            { "url": "https://b.example/" },
            { "url": "http://c.example" },
        ]);
        let found = server(&document(&servers), ME).unwrap_or_default();
        assert_eq!(found.base_url.as_deref(), Some("https://b.example"));
        assert_eq!(
            found.remarks,
            ["at /servers/1/url: http://a.example is not https: the server is left out"]
        );

        // An operation's own servers stand in the place of the others, also where none of them is of use.
        let mut document = document(&servers);
        document["paths"]["/me"]["get"]["servers"] = json!([{ "url": "http://d.example" }]);
        let found = server(&document, ME).unwrap_or_default();
        assert_eq!(found.base_url, None);
        assert_eq!(found.remarks.len(), 1, "{found:?}");
    }

    #[test]
    fn what_the_overlay_wrote_is_refused() {
        let bad = document(&json!([{ "url": "http://a.example" }]));
        let good = document(&json!([{ "url": "https://a.example" }]));
        assert!(refuse_added(&bad, ME, &bad).is_ok());
        assert!(refuse_added(&good, ME, &bad).is_ok());
        let error = refuse_added(&bad, ME, &good).err();
        assert_eq!(
            error
                .and_then(|error| error.pointer().map(str::to_owned))
                .as_deref(),
            Some("/servers/0/url")
        );
    }
}
