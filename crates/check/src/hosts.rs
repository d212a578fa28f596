//! Where keys may go when somebody else writes the base URL.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use keyholder_core::{Error, Provider};
use url::{Host, Url};

/// The hosts that a key may be sent to although the base URL comes from elsewhere: from a line of input, a database, a
/// customer's settings.
///
/// Such a base URL is asked where it is the provider's own, a loopback address, one that the operator has named for the
/// provider, or on a host that is allowed here. Origins are compared (RFC 6454): scheme, host and port. So
/// `http` in place of `https`, another port and a name that merely resembles the provider's are others.
///
/// ```
/// use keyholder_check::AllowedHosts;
/// # use keyholder_unleash::PROVIDER;
///
/// let allowed = AllowedHosts::from_iter(["*.unleash.example".parse()?]);
/// assert!(allowed.permit(&PROVIDER, &[], "https://acme.unleash.example/api").is_ok());
/// let error = allowed.permit(&PROVIDER, &[], "https://unleash.example.com").unwrap_err();
/// assert_eq!(error.host(), "unleash.example.com");
/// # Ok::<(), keyholder_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<AllowedHost>);

impl AllowedHosts {
    /// Whether a key of `provider` may be sent to `base_url`. `named` are the base URLs that the operator has given for
    /// this provider.
    ///
    /// # Errors
    ///
    /// The host, where it may not be sent there.
    pub fn permit(
        &self,
        provider: &Provider,
        named: &[&str],
        base_url: &str,
    ) -> Result<(), HostNotAllowed> {
        let not_allowed = |host| HostNotAllowed {
            provider: provider.name.clone(),
            variable: provider.base_url_variable.clone(),
            host,
            is_http: false,
        };
        let Ok(url) = Url::parse(base_url.trim()) else {
            return Err(not_allowed(String::new()));
        };
        let is_named = named.iter().any(|it| {
            // An opaque origin is the same as no other, itself included.
            Url::parse(it.trim()).is_ok_and(|it| it.origin() == url.origin())
        });
        if provider.runs(url.as_str())
            || is_named
            || is_loopback(&url)
            || self.0.iter().any(|it| it.names(&url))
        {
            return Ok(());
        }
        Err(HostNotAllowed {
            is_http: url.scheme() == "http",
            ..not_allowed(shown(&url))
        })
    }
}

impl FromIterator<AllowedHost> for AllowedHosts {
    fn from_iter<I: IntoIterator<Item = AllowedHost>>(hosts: I) -> Self {
        Self(hosts.into_iter().collect())
    }
}

/// A host that a key may be sent to: `HOST` or `HOST:PORT`, where `*.HOST` is every name below that host.
///
/// Without a port it is the default one of the scheme. Names are compared as a URL has them: in lower case, in
/// punycode, IPv4 addresses in decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Is(Host),
    /// Every name that ends so: the text begins with a dot.
    EndsIn(String),
}

impl AllowedHost {
    fn names(&self, url: &Url) -> bool {
        // A default port is none to the URL.
        self.port.or_else(|| default_port(url)) == url.port_or_known_default()
            && match (&self.name, url.host()) {
                (Name::Is(name), Some(host)) => *name == host,
                (Name::EndsIn(end), Some(Host::Domain(host))) => host
                    .strip_suffix(end.as_str())
                    .is_some_and(|labels| labels.split('.').all(|label| !label.is_empty())),
                _ => false,
            }
    }
}

impl FromStr for AllowedHost {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (host, port) = split(text)?;
        let name = match host.strip_prefix("*.") {
            Some(above) => match parse(above)? {
                Host::Domain(above) => Name::EndsIn(format!(".{above}")),
                Host::Ipv4(_) | Host::Ipv6(_) => {
                    return Err(Error::config("there are no names below an address"));
                }
            },
            None => Name::Is(parse(host)?),
        };
        Ok(Self { name, port })
    }
}

/// The host and the port of `HOST[:PORT]`.
fn split(text: &str) -> Result<(&str, Option<u16>), Error> {
    let (host, port) = match text.rfind(']') {
        // An IPv6 address has colons of its own.
        Some(end) => match text.split_at(end + 1) {
            (host, "") => (host, None),
            (host, rest) => (host, Some(rest.strip_prefix(':').unwrap_or_default())),
        },
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let Some(port) = port else {
        return Ok((host, None));
    };
    match port.parse() {
        Ok(number @ 1..) if port.bytes().all(|it| it.is_ascii_digit()) => Ok((host, Some(number))),
        _ => Err(Error::config(
            "what follows the host is not a port: give HOST or HOST:PORT, without a scheme or a path, and an IPv6 address in brackets",
        )),
    }
}

fn parse(host: &str) -> Result<Host, Error> {
    let is_other = |c: char| c.is_whitespace() || c.is_control() || "/\\@?#%*".contains(c);
    if host.contains(is_other) || host.starts_with('.') || host.ends_with('.') {
        return Err(Error::config(
            "not a host: give HOST, HOST:PORT or *.HOST, without a scheme, a path or a dot at its end",
        ));
    }
    Host::parse(host).map_err(|error| Error::config(format!("not a host: {error}")))
}

/// Why a key is not sent: nobody who may say so has said that its host may have it.
///
/// What is displayed holds neither a token nor anything of the base URL but its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostNotAllowed {
    provider: String,
    variable: String,
    host: String,
    is_http: bool,
}

impl HostNotAllowed {
    /// The host, with its port where that is not the default: as [`AllowedHost`] reads it.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for HostNotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            provider,
            variable,
            host,
            is_http,
        } = self;
        // What is advised may be pasted into a shell, and a URL takes `$(…)` for a host.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if host.is_empty() || !host.chars().all(is_plain) {
            return write!(
                f,
                "{provider}: the base URL has no host that can be allowed"
            );
        }
        // The provider's own host is another's over `http`.
        let over = if *is_http { " over http" } else { "" };
        write!(
            f,
            "{provider}: nothing is sent to {host}{over}, which is not the provider's own: allow it with `--allow-host {host}`, or name it in {variable}"
        )
    }
}

impl std::error::Error for HostNotAllowed {}

/// The host of a URL, with its port where that is not the default.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn default_port(url: &Url) -> Option<u16> {
    match url.scheme() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

/// Whether a URL's host is this machine. A name counts only if it is `localhost`: others that end so are resolved by
/// whoever the machine asks.
fn is_loopback(url: &Url) -> bool {
    let is_loopback_v4 = |it: Ipv4Addr| it.is_loopback();
    let is_loopback_v6 =
        |it: Ipv6Addr| it.is_loopback() || it.to_ipv4_mapped().is_some_and(is_loopback_v4);
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => is_loopback_v4(address),
        Some(Host::Ipv6(address)) => is_loopback_v6(address),
        None => false,
    }
}
