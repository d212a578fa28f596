//! HTTP clients that many configurations share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;

use super::{base_url, transport};
use crate::{Config, Error};

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
pub struct HttpClients(Arc<Mutex<HashMap<Way, reqwest::Client>>>);

/// What makes one HTTP client unfit for what another is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    encrypted: bool,
    loopback: bool,
}

impl HttpClients {
    /// The client for `base_url`.
    pub(super) fn get(&self, base_url: &Url, config: &Config) -> Result<reqwest::Client, Error> {
        let encrypted = base_url.scheme() == "https";
        let way = Way {
            encrypted,
            loopback: !encrypted && base_url::is_loopback(base_url),
        };
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let builder = transport::http_client_builder_for(base_url, config);
        let client = transport::build(builder.pool_idle_timeout(IDLE))?;
        clients.insert(way, client.clone());
        Ok(client)
    }
}

impl fmt::Debug for HttpClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClients").finish_non_exhaustive()
    }
}
