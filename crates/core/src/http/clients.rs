//! HTTP clients that many configurations share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Url;

use super::exchange::{Client, HttpClient};
#[cfg(feature = "__rustls")]
use super::lean;
use super::{base_url, connection, transport};
use crate::{Config, Error};

/// How long a client of its own keeps a connection that nobody uses.
pub(super) const OWN_IDLE: Duration = Duration::from_secs(90);

/// How long a connection is kept that nobody uses. Whoever asks many servers would run out of connections otherwise.
const IDLE: Duration = Duration::from_secs(10);

/// HTTP clients for many configurations, so that connections are kept and certificates read once.
///
/// A client made from a configuration that has these is as safe as one that builds its own: there is one for `https`,
/// one for `http`, and one for this machine, which no proxy gets to see; each is built when it is first needed. The
/// time to connect is that of the configuration which needed it first. Cheap to clone: clones share the clients.
///
/// ```
/// use keyholder_core::{Config, HttpClients};
///
/// let shared = HttpClients::default();
/// let one = Config::new("nxd_0123456789").http_clients(shared.clone());
/// let other = Config::new("nxd_9876543210").http_clients(shared);
/// ```
#[derive(Clone, Default)]
pub struct HttpClients(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    clients: HashMap<Way, HttpClient>,
    /// Base URLs that were found fit to be asked: apart those that are so only where `http` is allowed.
    base_urls: [HashMap<String, Url>; 2],
}

/// How many base URLs are remembered. Keys most often come with few of them; with more, they are parsed anew.
const BASE_URLS: usize = 256;

/// What makes one HTTP client unfit for what another is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Way {
    encrypted: bool,
    loopback: bool,
    /// Whether reqwest is to send.
    has_proxy: bool,
}

impl Way {
    /// That of what is sent to `base_url`.
    pub(super) fn of(base_url: &Url) -> Self {
        let encrypted = base_url.scheme() == "https";
        // A proxy would carry the token off this machine, unencrypted.
        let loopback = !encrypted && base_url::is_loopback(base_url);
        Self {
            encrypted,
            loopback,
            has_proxy: !loopback && has_proxy(base_url),
        }
    }

    /// Whether it is `https`.
    pub(super) fn is_encrypted(self) -> bool {
        self.encrypted
    }

    /// Whether it is `http`, to this machine.
    pub(super) fn is_loopback(self) -> bool {
        self.loopback
    }

    /// What sends in this way, and keeps connections that nobody uses for so long, or none.
    pub(super) fn client(
        self,
        connect_timeout: Duration,
        idle: Option<Duration>,
    ) -> Result<Client, Error> {
        #[cfg(feature = "__rustls")]
        if !self.has_proxy {
            let client = lean::client(self.encrypted, connect_timeout, idle)?;
            return Ok(Client::Lean(client));
        }
        let mut builder = transport::http_client_builder_for(self, connect_timeout);
        if idle.is_none() {
            builder = builder.pool_max_idle_per_host(0);
        }
        let client = builder.pool_idle_timeout(idle).build();
        client.map(Client::Reqwest).map_err(connection::build_error)
    }
}

/// Whether requests to `base_url` go by a proxy, of which reqwest knows how to ask it.
#[cfg(feature = "__rustls")]
fn has_proxy(base_url: &Url) -> bool {
    let uri = base_url.as_str().parse();
    uri.map_or(true, |uri| lean::has_proxy(&uri))
}

/// reqwest sends in any case.
#[cfg(not(feature = "__rustls"))]
fn has_proxy(_: &Url) -> bool {
    true
}

impl HttpClients {
    /// As [`base_url::parse`], which costs more than all else that is done before a request.
    pub(super) fn base_url(&self, text: &str, allow_http: bool) -> Result<Url, Error> {
        let known = |shared: &Shared| shared.base_urls[usize::from(allow_http)].get(text).cloned();
        if let Some(url) = known(&self.lock()) {
            return Ok(url);
        }
        let url = base_url::parse(text, allow_http)?;
        let known = &mut self.lock().base_urls[usize::from(allow_http)];
        if known.len() == BASE_URLS {
            known.clear();
        }
        known.insert(text.to_owned(), url.clone());
        Ok(url)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the connections that nobody uses, once those are answered that are under way. Who asks next makes new ones.
    ///
    /// For who has no file descriptor left: connections to servers that are asked no more would be kept for seconds.
    pub fn close_idle(&self) {
        for client in self.lock().clients.values() {
            client.renew(IDLE);
        }
    }

    /// The client for `base_url`.
    pub(super) fn get(&self, base_url: &Url, config: &Config) -> Result<HttpClient, Error> {
        let way = Way::of(base_url);
        let clients = &mut self.lock().clients;
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = HttpClient::new(way, config.connect_timeout, IDLE)?;
        clients.insert(way, client.clone());
        Ok(client)
    }
}

impl fmt::Debug for HttpClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClients").finish_non_exhaustive()
    }
}
