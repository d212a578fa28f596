//! What is settable.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use governor::Quota;
use keyholder_core::support::prepared;
use keyholder_core::{Config, Error, HttpClients, Plan, Provider, Token, WhoAmI};

use crate::clients::{Client, Clients};
use crate::sharing::Hashing;
use crate::{Key, Verdicts, Way};

type Configure = dyn Fn(Config) -> Config + Send + Sync;
type MakeClient = dyn Fn(&Provider, Config) -> Result<Box<dyn WhoAmI>, Error> + Send + Sync;

/// Checks keys by the thousand: a stream of [`Key`]s in, a stream of verdicts out, each as soon as it is known.
///
/// - At most [`concurrency`](Self::concurrency) keys are asked about at once. Keys are taken from the input only while
///   there is room for them, and memory does not grow with their number.
/// - A server that answers 429, or anything with `Retry-After`, is left alone until it may be asked again, and then asked
///   again for the same key. A server is a provider and a base URL: where every user has a server of their own, each has
///   its own pause and its own [`rate`](Self::rate), also where several are on one host. Its keys wait in a queue of its own
///   and take no one else's turn.
/// - Servers that do not answer, however many they are, take no more than half of the turns from those that do, and each of
///   them fewer with each failure; requests without an answer to servers that answer others have half of the turns at most, too.
///   The first request to each that was never asked may take an eighth beside. Slow ones leave an eighth to others that may
///   come. A server that fails is left alone for a moment, longer each time. After ten failures in a row and ten seconds its
///   keys are indeterminate at once, with the last failure, but for a trial now and then; after ten failures, and three times
///   in a row all that was asked at once, where its name or its certificate is the cause.
/// - Keys are taken in the order of the input, past those that wait for their server. Those may be as many as
///   [`max_waiting`](Self::max_waiting) says, and 64 MiB, in all. When so many wait, no further key is taken, of whatever
///   provider, until a server takes some of them. A server that is to be left alone for more than a minute, or has failed ten
///   times in a row, has half of that room: what comes beyond is indeterminate at once, with what it said.
/// - Where this process has no file descriptor left, fewer keys are asked about at once, and those that had none are asked about
///   again. Only when that does not help for minutes are they indeterminate.
/// - Keys that are the same, of one provider and base URL and sent in one way, are asked about once: while the answer is awaited, and for
///   [`remember`](Self::remember) after it. What is remembered is a verdict under a hash of the key, keyed with a random
///   number; the key itself is not kept.
/// - Nothing runs by itself: what the stream does, it does while it is polled, and dropping it ends everything.
///
/// ```no_run
/// # #[tokio::main]
/// # async fn main() {
/// use futures_util::{StreamExt, stream};
/// use keyholder_check::{Checker, Key};
/// use keyholder_extruct::PROVIDER;
///
/// let found = ["key-1", "key-2", "key-1"].into_iter().enumerate();
/// let keys = stream::iter(found).map(|(line, token)| Key::new(line, &*PROVIDER, token));
/// let mut verdicts = Checker::new().concurrency(16).check(keys);
/// while let Some(checked) = verdicts.next().await {
///     println!("{}: {}", checked.tag, checked.verdict.as_str());
/// }
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Checker {
    pub(crate) concurrency: usize,
    pub(crate) max_waiting: usize,
    pub(crate) rate: Option<Quota>,
    pub(crate) max_retries: u32,
    pub(crate) max_pause: Duration,
    pub(crate) remembered: usize,
    pub(crate) remembered_bytes: usize,
    pub(crate) remember_for: Duration,
    configure: Option<Arc<Configure>>,
    make_client: Option<Arc<MakeClient>>,
    pub(crate) http_clients: HttpClients,
    clients: Clients,
    pub(crate) hashing: Hashing,
}

impl Checker {
    /// The defaults: 64 keys at once, 100,000 waiting, no limit on the rate, two retries, pauses of at most 5 minutes,
    /// 10,000 verdicts remembered for 5 minutes, in at most a megabyte (1 MiB).
    pub fn new() -> Self {
        Self {
            concurrency: 64,
            max_waiting: 100_000,
            rate: None,
            max_retries: 2,
            max_pause: Duration::from_secs(5 * 60),
            remembered: 10_000,
            remembered_bytes: 1024 * 1024,
            remember_for: Duration::from_secs(5 * 60),
            configure: None,
            make_client: None,
            http_clients: HttpClients::default(),
            clients: Clients::default(),
            hashing: Hashing::new(),
        }
    }

    /// How many keys are asked about at once, at least one.
    pub fn concurrency(mut self, keys: usize) -> Self {
        self.concurrency = keys.max(1);
        self
    }

    /// How many keys may wait, beside those that are asked about: for a server that pauses, for its rate, for another try,
    /// or for the answer about a key that is the same. What waits takes no more than 64 MiB, whatever this says.
    pub fn max_waiting(mut self, keys: usize) -> Self {
        self.max_waiting = keys;
        self
    }

    /// At most so many requests in that time to one server, evenly spaced. Without this, as many as there is room for.
    pub fn rate(mut self, requests: NonZeroU32, time: Duration) -> Self {
        // No time at all is no limit.
        self.rate = Quota::with_period(time / requests.get());
        self
    }

    /// How often one key is asked about again after a broken connection or a status that passes, such as 503 (an idempotent
    /// request only; four times as often while the server answers others, and once then after a timeout), and how many pauses
    /// a server may ask for in a row, without an answer between them, before the keys that it turned away are given up as
    /// indeterminate.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The longest `Retry-After` that is waited for, at most a day.
    ///
    /// A server that asks for more gets no further request in that time: its keys are indeterminate at once, with its
    /// error.
    pub fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause.min(crate::servers::DAY);
        self
    }

    /// How many verdicts are remembered, and for how long, so that a key which was just asked about is not asked about
    /// again. Nought turns it off. Indeterminate verdicts are never remembered.
    pub fn remember(mut self, verdicts: usize, time: Duration) -> Self {
        self.remembered = verdicts;
        self.remember_for = time;
        self
    }

    /// About how many bytes the verdicts that are remembered may take: those that were not asked for longest go first.
    pub fn remember_bytes(mut self, bytes: usize) -> Self {
        self.remembered_bytes = bytes;
        self
    }

    /// Sets what all clients have in common, beside the key: the time that one try may take, a proxy by an HTTP client of
    /// one's own, `http`. It is called as a client is made: as a rule, once for each server.
    ///
    /// Retries are this type's own: [`Config::retry`] has no effect.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use keyholder_check::Checker;
    ///
    /// let checker = Checker::new().configure(|config| config.timeout(Duration::from_secs(5)));
    /// ```
    pub fn configure(
        mut self,
        configure: impl Fn(Config) -> Config + Send + Sync + 'static,
    ) -> Self {
        self.configure = Some(Arc::new(configure));
        self.clients = Clients::default();
        self
    }

    /// Makes the clients by other means than [`Client::new`](keyholder_core::Client::new): with a transport of one's own, or
    /// for tests. As a rule, one is made for each server, of its first key, and asked about the others by
    /// [`WhoAmI::with_token`].
    pub fn client(
        mut self,
        make: impl Fn(&Provider, Config) -> Result<Box<dyn WhoAmI>, Error> + Send + Sync + 'static,
    ) -> Self {
        self.make_client = Some(Arc::new(make));
        self.clients = Clients::default();
        self
    }

    /// Checks the keys of `input`.
    ///
    /// Verdicts come in no order. A service that checks keys as they turn up keeps one stream, fed by a channel: limits
    /// and memory belong to the stream. Poll it within a Tokio runtime with time and I/O enabled.
    pub fn check<S, T>(&self, input: S) -> Verdicts<S, T>
    where
        S: Stream<Item = Key<T>>,
    {
        Verdicts::new(self.clone(), input)
    }

    /// Whether `key` can be asked about, without asking.
    ///
    /// # Errors
    ///
    /// A token, a base URL, a scheme or a parameter that cannot be used.
    pub fn validate<T>(&self, key: &Key<T>) -> Result<(), Error> {
        let client = self.client_for(&key.provider, &key.way, &key.token)?;
        client.with_token(self, &key.token).map(drop)
    }

    /// The base URL that `key` would be asked about at, as URLs are written, without a slash at its end.
    ///
    /// # Errors
    ///
    /// None at all, or one that a token may not be sent to.
    pub fn base_url<T>(&self, key: &Key<T>) -> Result<String, Error> {
        let client = self.client_for(&key.provider, &key.way, &key.token)?;
        Ok(client.server.base_url.clone())
    }

    /// What would be sent to ask about `key`, without asking, and without its token.
    ///
    /// # Errors
    ///
    /// A base URL, a scheme or a parameter that cannot be used.
    pub fn plan<T>(&self, key: &Key<T>) -> Result<Plan, Error> {
        self.config(&key.token, &key.way).plan(&key.provider)
    }

    /// The client for such a key.
    ///
    /// # Errors
    ///
    /// A base URL or a parameter that cannot be used.
    pub(crate) fn client_for(
        &self,
        provider: &Provider,
        way: &Way,
        token: &Token,
    ) -> Result<Arc<Client>, Error> {
        self.clients.get(self, provider, way, token)
    }

    pub(crate) fn config(&self, token: &Token, way: &Way) -> Config {
        let mut config = Config::new(token.clone()).http_clients(self.http_clients.clone());
        if let Some(base_url) = &way.base_url {
            config = config.base_url(base_url);
        }
        if let Some(authentication) = &way.authentication {
            config = config.authentication(authentication.clone());
        }
        if let Some(scheme) = &way.scheme {
            config = config.scheme(scheme);
        }
        for (name, value) in &way.parameters {
            config = config.parameter(name, value);
        }
        let config = match &self.configure {
            Some(configure) => configure(config),
            None => config,
        };
        // A wait would take up a turn that another key could have.
        config.retry(keyholder_core::Retry::OFF)
    }

    pub(crate) fn make(
        &self,
        provider: &Provider,
        config: Config,
    ) -> Result<Box<dyn WhoAmI>, Error> {
        match &self.make_client {
            Some(make) => make(provider, config),
            None => Ok(Box::new(prepared(provider, &config)?)),
        }
    }
}

impl Default for Checker {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("concurrency", &self.concurrency)
            .field("max_waiting", &self.max_waiting)
            .field("rate", &self.rate)
            .field("max_retries", &self.max_retries)
            .field("max_pause", &self.max_pause)
            .field("remembered", &self.remembered)
            .field("remembered_bytes", &self.remembered_bytes)
            .field("remember_for", &self.remember_for)
            .finish_non_exhaustive()
    }
}
