//! Fetches a description by HTTP.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;

use keyholder_openapi::{Error, Result};

/// How long an answer may take, redirects and all.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest description that is taken, in bytes: published ones come to a few megabytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// The text at `url`. No credential is sent.
///
/// # Errors
///
/// An address other than `https`, but for this machine's, or one that holds a credential; an answer other than 200,
/// too late or too large.
pub(crate) fn fetch(url: &str) -> Result<String> {
    let mut uri = check(url)?;
    for _ in 0..=REDIRECTS {
        let mut response = get(&uri)?;
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(http::header::LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            let Some(location) = location else {
                return Err(Error::new(format!("answers {status}, and not where to")));
            };
            uri = check(&absolute(&uri, location)).map_err(|error| {
                Error::new(format!(
                    "redirects to an address that is not asked: {error}"
                ))
            })?;
            continue;
        }
        if status != http::StatusCode::OK {
            return Err(Error::new(format!("answers {status}")).with_help(
                "the address is asked without a credential; where it needs one, save the description and name it with --file",
            ));
        }
        let body = response.body_mut().with_config().limit(LARGEST);
        return body
            .read_to_string()
            .map_err(|error| Error::new(format!("cannot be read: {error}")));
    }
    Err(Error::new(format!("redirects more than {REDIRECTS} times")))
}

/// An address as it may be shown: without what may be a secret, its user and its query.
pub(crate) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => url.rsplit('@').next().unwrap_or_default().to_owned(),
    }
}

fn get(uri: &Uri) -> Result<http::Response<ureq::Body>> {
    let mut config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        // Each is checked before it is followed.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("keyholder-xtask/", env!("CARGO_PKG_VERSION")));
    if is_this_machine(uri) {
        config = config.proxy(None);
    }
    ureq::Agent::new_with_config(config.build())
        .get(uri)
        .header(
            "accept",
            "application/json, application/yaml;q=0.9, */*;q=0.8",
        )
        .call()
        .map_err(|error| Error::new(format!("cannot be fetched: {error}")))
}

/// Takes an address that may be asked.
fn check(url: &str) -> Result<Uri> {
    let uri: Uri = url
        .parse()
        .map_err(|error| Error::new(format!("is not an address: {error}")))?;
    let authority = uri.authority().map(http::uri::Authority::as_str);
    if authority.is_none_or(|authority| authority.contains('@')) {
        return Err(Error::new(match authority {
            None => "is not an address: it names no host",
            Some(_) => "holds a credential, and none is sent",
        }));
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_this_machine(&uri) => Ok(uri),
        _ => Err(Error::new(
            "is not asked: only https is, and http on this machine",
        )),
    }
}

fn is_this_machine(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Where a redirect leads to: an address, or a path on the same host (RFC 9110, section 10.2.2).
fn absolute(from: &Uri, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let scheme = from.scheme_str().unwrap_or("https");
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    let authority = from.authority().map_or("", http::uri::Authority::as_str);
    if location.starts_with('/') {
        return format!("{scheme}://{authority}{location}");
    }
    let folder = from
        .path()
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    format!("{scheme}://{authority}{folder}/{location}")
}
