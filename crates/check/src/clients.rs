//! A client for each server, which is asked about all of its keys.

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use keyholder_core::support::reads_parameters_from_tokens;
use keyholder_core::{Error, Provider, ProviderInfo, Token, WhoAmI};
use lru::LruCache;

use crate::servers::ServerId;
use crate::sharing::Fingerprint;
use crate::{Checker, Way};

/// How many clients are kept. Of more servers, those that were asked least recently are prepared for anew.
const CLIENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(511);

/// The clients of a checker and of its clones.
#[derive(Clone)]
pub(crate) struct Clients(Arc<Mutex<Known>>);

struct Known {
    /// The one that was asked last: keys of one server often follow each other.
    last: Option<Arc<Client>>,
    /// Those first that were asked last.
    clients: LruCache<Fingerprint, Arc<Client>>,
}

/// What tells servers apart.
#[derive(PartialEq, Eq)]
pub(crate) struct ServerKey {
    pub(crate) provider: Provider,
    /// Without a slash at its end.
    pub(crate) base_url: String,
    /// Of both, worked out once.
    hash: u64,
}

impl Hash for ServerKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Asks one server, in one way. It keeps no key.
pub(crate) struct Client {
    /// The server.
    pub(crate) server: ServerId,
    /// What tells it from clients that would ask something else.
    pub(crate) fingerprint: Fingerprint,
    way: Way,
    /// Made of the first key that can be sent.
    client: OnceLock<Box<dyn WhoAmI>>,
}

/// A key, and the client that asks about it.
pub(crate) struct ClientKey {
    pub(crate) client: Arc<Client>,
    pub(crate) token: Token,
}

impl Default for Clients {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Known {
            last: None,
            clients: LruCache::sparse(CLIENTS),
        })))
    }
}

impl Clients {
    /// The client for such keys.
    ///
    /// # Errors
    ///
    /// A base URL or a parameter that cannot be used.
    pub(crate) fn get(
        &self,
        checker: &Checker,
        provider: &Provider,
        way: &Way,
        token: &Token,
    ) -> Result<Arc<Client>, Error> {
        let hashing = &checker.hashing;
        let base_url = || checker.config(token, way).base_url_of(provider);
        // Where tokens say which account or region they are of, those of one way may be of several servers.
        let own = reads_parameters_from_tokens(provider)
            .then(base_url)
            .transpose()?;
        let is_same = |client: &&Arc<Client>| {
            let server = &*client.server;
            // By their names alone, providers that were made at run time may be others.
            ptr::eq::<ProviderInfo>(&raw const *server.provider, &raw const **provider)
                && client.way == *way
                && own.as_ref().is_none_or(|own| *own == server.base_url)
        };
        let mut known = self.lock();
        if let Some(client) = known.last.as_ref().filter(is_same) {
            return Ok(Arc::clone(client));
        }
        let id = hashing.way(provider, own.as_ref().or(way.base_url.as_ref()), way);
        if let Some(client) = known.clients.get(&id).filter(is_same).cloned() {
            known.last = Some(Arc::clone(&client));
            return Ok(client);
        }
        // What is called now is the caller's own, and may ask this.
        drop(known);
        let base_url = own.clone().map_or_else(base_url, Ok)?;
        let server = hashing.way(provider, Some(&base_url), &Way::default());
        let client = Arc::new(Client {
            fingerprint: hashing.way(provider, Some(&base_url), way),
            server: Arc::new(ServerKey {
                provider: provider.clone(),
                base_url,
                hash: server.short(),
            }),
            way: way.clone(),
            client: OnceLock::new(),
        });
        let mut known = self.lock();
        known.clients.put(id, Arc::clone(&client));
        known.last = Some(Arc::clone(&client));
        Ok(client)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// Ready to ask about `token`.
    ///
    /// # Errors
    ///
    /// A token that cannot be sent; whatever keeps any from being sent there.
    pub(crate) fn with_token(
        &self,
        checker: &Checker,
        token: &Token,
    ) -> Result<Box<dyn WhoAmI>, Error> {
        if let Some(client) = self.client.get() {
            return client.with_token(token);
        }
        let client = checker.make(&self.server.provider, checker.config(token, &self.way))?;
        let ready = client.with_token(token);
        // Another thread may have been faster.
        let _ = self.client.set(client);
        ready
    }
}

impl ClientKey {
    /// Ready to be asked.
    ///
    /// # Errors
    ///
    /// As [`Client::with_token`].
    pub(crate) fn ready(&self, checker: &Checker) -> Result<Box<dyn WhoAmI>, Error> {
        self.client.with_token(checker, &self.token)
    }

    /// The same, to be asked on a connection that was never used before: some servers break each that is used again.
    ///
    /// # Errors
    ///
    /// As [`ready`](Self::ready).
    pub(crate) fn ready_anew(&self, checker: &Checker) -> Result<Box<dyn WhoAmI>, Error> {
        let Client { server, way, .. } = &*self.client;
        let config = checker.config(&self.token, way).new_connections();
        checker
            .make(&server.provider, config)?
            .with_token(&self.token)
    }
}
