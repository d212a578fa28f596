//! Which base URLs a token may be sent to.

use std::net::IpAddr;

use reqwest::Url;

use super::values::Values;
use crate::{Config, Error, Provider};

/// The base URL that `config` has for `provider`, whose own has the values of parameters put in.
///
/// # Errors
///
/// None at all, or one that a token may not be sent to.
pub(super) fn of(provider: &Provider, config: &Config, values: &Values<'_>) -> Result<Url, Error> {
    let base_url = match &config.base_url {
        Some(base_url) => base_url.clone(),
        None => values.base_url()?.ok_or_else(|| {
            let variable = &provider.base_url_variable;
            Error::config(format!(
                "every user has a server of their own: give its base URL ({variable} on the command line)"
            ))
        })?,
    };
    match &config.http_clients {
        Some(clients) => clients.base_url(&base_url, config.allow_http),
        None => parse(&base_url, config.allow_http),
    }
}

/// As [`of`], without a slash at its end.
pub(crate) fn text_of(provider: &Provider, config: &Config) -> Result<String, Error> {
    let form = provider.form_of(&config.token);
    Values::new(provider, config, form.as_ref())
        .and_then(|values| of(provider, config, &values))
        .map(|url| prefix(&url).to_owned())
        .map_err(|error| error.with_provider(provider))
}

/// The base URL as the paths of a description are put after it.
pub(super) fn prefix(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// A base URL, which may have parameters in braces, as what ends with its host and port, and its path.
pub(crate) fn parted(base_url: &str) -> (&str, &str) {
    let start = base_url.find("://").map_or(0, |at| at + "://".len());
    let end = base_url[start..]
        .find('/')
        .map_or(base_url.len(), |at| start + at);
    base_url.split_at(end)
}

/// The base URL to ask, without the slash at its end: paths of a description start with one.
///
/// # Errors
///
/// A configuration error, which never shows the URL: it may hold a password.
pub(crate) fn parse(base_url: &str, allow_http: bool) -> Result<Url, Error> {
    let url = Url::parse(base_url.trim()).map_err(|error| {
        let help = if base_url.contains("://") {
            ""
        } else {
            ": it begins with https://"
        };
        Error::config(format!("the base URL is not a URL: {error}{help}"))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config(
            "the base URL holds a user name or a password: remove it, the token is the only credential",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::config(
            "the base URL holds a query or a fragment: end it at the path",
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || is_loopback(&url) => Ok(url),
        "http" => Err(Error::config(
            "the base URL is http, which sends the token unencrypted: use https, or allow http explicitly",
        )),
        // It is not shown: a token with a colon, put in the wrong place, begins like a URL.
        _ => Err(Error::config(
            "the base URL is neither https nor http: use https",
        )),
    }
}

/// The base URL as it may be shown: its scheme, host, port and path.
pub(crate) fn shown(base_url: &str) -> String {
    Url::parse(base_url.trim())
        .ok()
        .filter(Url::has_host)
        .map_or_else(
            || "not a URL".to_owned(),
            |url| format!("{}{}", url.origin().ascii_serialization(), url.path()),
        )
}

/// Whether the URL's host is this machine (RFC 6761, section 6.3, for names).
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn https_anywhere_and_http_on_this_machine() {
        for url in [
            "https://api.example.com",
            "https://api.example.com/base/",
            "http://localhost:4242",
            "http://acme.localhost",
            "http://127.0.0.2:80/path",
            "http://[::1]:4242/",
        ] {
            assert!(parse(url, false).is_ok(), "{url}");
        }
    }

    #[test]
    fn nothing_else() {
        for url in [
            "",
            "api.example.com",
            "http://api.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "https://user@example.com",
            "https://user:hunter2@example.com",
            "https://example.com/?a=b",
            "https://example.com/#a",
        ] {
            let error = parse(url, false).map(|_| url);
            let message = format!("{error:?}");
            assert!(error.is_err(), "{url}");
            assert!(!message.contains("hunter2"), "{message}");
        }
        assert!(parse("http://api.example.com", true).is_ok());
    }
}
