//! How a client is made.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::http::base_url;
use crate::{Authentication, Error, HttpClients, Provider, Token};

/// What a client is made from: the token, and what departs from the defaults.
///
/// ```
/// # use std::time::Duration;
/// use keyholder_core::{Config, Retry};
///
/// let config = Config::new("nxd_0123456789")
///     .base_url("http://localhost:4242/proxy/")
///     .timeout(Duration::from_secs(5))
///     .retry(Retry::OFF);
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) token: Token,
    pub(crate) authentication: Option<Authentication>,
    pub(crate) scheme: Option<String>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) base_url: Option<String>,
    pub(crate) allow_http: bool,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_body_bytes: usize,
    pub(crate) retry: Retry,
    pub(crate) user_agent: Option<String>,
    pub(crate) http_client: Option<reqwest::Client>,
    pub(crate) http_clients: Option<HttpClients>,
    /// Whether each request has a connection that was never used before, where there is a choice.
    pub(crate) is_new: bool,
}

impl Config {
    /// The defaults: the provider's own base URL, `https` only, 10 s in all, 3 s to connect, a body of at most
    /// 1 MiB, at most two more tries.
    pub fn new(token: impl Into<Token>) -> Self {
        Self {
            token: token.into(),
            authentication: None,
            scheme: None,
            parameters: BTreeMap::new(),
            base_url: None,
            allow_http: false,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(3),
            max_body_bytes: 1024 * 1024,
            retry: Retry::default(),
            user_agent: None,
            http_client: None,
            http_clients: None,
            is_new: false,
        }
    }

    /// Carries the token in another way than the first that the description offers: one of
    /// [`ProviderInfo::credentials`](crate::ProviderInfo::credentials), or one that it leaves out.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = Some(authentication);
        self
    }

    /// Carries the token by the scheme of that name, one of
    /// [`ProviderInfo::credentials`](crate::ProviderInfo::credentials). Without it, the token's form decides where that is
    /// known, and else it is the first.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// The value of one of the [parameters](crate::ProviderInfo::parameters) that belong to a key, such as an account or a
    /// region. It goes before what the token's form says.
    ///
    /// Of a provider that runs [several servers](crate::ProviderInfo::servers), the parameter `server` names the one to ask.
    ///
    /// ```
    /// let config = keyholder_core::Config::new("a-token").parameter("region", "eu");
    /// ```
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Asks at another base URL. It may end in a slash, and it may carry a path.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Lets the token travel unencrypted, over `http`, to hosts other than this one.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// The time that one call may take in all, tries and waits between them included.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        // A year is as good as for ever, and a clock can hold it.
        self.timeout = timeout.min(Duration::from_secs(365 * 24 * 3600));
        self
    }

    /// The time that a connection may take to be made. A client given with [`http_client`](Self::http_client)
    /// keeps its own.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest body, in bytes, that is read.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// When and how often a call is tried again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// What the `User-Agent` header says, in place of `keyholder-<provider>/<version>`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends with a client of one's own, whose connections many clients can share.
    ///
    /// Build it from [`http_client_builder`], which turns redirects off: a client that follows redirects may
    /// carry the token elsewhere before this library sees it. A redirect that it followed is an error.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sends with the HTTP clients that other configurations have too, unless it has one
    /// [of its own](Self::http_client).
    #[must_use]
    pub fn http_clients(mut self, shared: HttpClients) -> Self {
        self.http_clients = Some(shared);
        self
    }

    /// Sends each request on a connection that was never used before, unless by a client of one's own.
    ///
    /// For who asks again after a connection that broke, as retries of a call do by themselves.
    #[doc(hidden)]
    #[must_use]
    pub fn new_connections(mut self) -> Self {
        self.is_new = true;
        self
    }

    /// The same, without its token.
    pub(crate) fn without_token(&self) -> Self {
        Self {
            token: Token::from(""),
            authentication: self.authentication.clone(),
            scheme: self.scheme.clone(),
            parameters: self.parameters.clone(),
            base_url: self.base_url.clone(),
            user_agent: self.user_agent.clone(),
            http_client: self.http_client.clone(),
            http_clients: self.http_clients.clone(),
            ..*self
        }
    }

    /// The base URL that a client of `provider` made from this asks, without a slash at its end.
    ///
    /// # Errors
    ///
    /// A base URL that a token may not be sent to, or none where every user has a server of their own.
    pub fn base_url_of(&self, provider: &Provider) -> Result<String, Error> {
        base_url::text_of(provider, self)
    }
}

/// Shows neither the token nor what a base URL should not hold: a user name, a password, a query.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("token", &self.token)
            .field("authentication", &self.authentication)
            .field("scheme", &self.scheme)
            .field("parameters", &self.parameters.keys())
            .field("base_url", &self.base_url.as_deref().map(base_url::shown))
            .field("allow_http", &self.allow_http)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("retry", &self.retry)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// A builder of HTTP clients that are safe to send tokens with: no redirects, no referrer, no header that a description
/// does not ask for, 3 s to connect.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shared = keyholder_core::http_client_builder().build()?;
/// let config = keyholder_core::Config::new("nxd_0123456789").http_client(shared);
/// # Ok(())
/// # }
/// ```
pub fn http_client_builder() -> reqwest::ClientBuilder {
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    crate::http::install_cryptography();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Another crate of the program may enable these, and with them a header of their own.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(Duration::from_secs(3))
}

/// When and how often an idempotent call is tried again: on 408, 429, 502, 503, 504 and on connections that fail.
///
/// The wait grows exponentially with full jitter; `Retry-After` is honoured. No wait goes past the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    pub(crate) max_retries: u32,
    pub(crate) min_delay: Duration,
    pub(crate) max_delay: Duration,
}

impl Retry {
    /// One try, and no more.
    pub const OFF: Self = Self {
        max_retries: 0,
        min_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
    };

    /// At most `retries` more tries.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The bounds of the wait before the next try; the jitter takes from the wait, down to nothing.
    pub fn delay(mut self, min: Duration, max: Duration) -> Self {
        // An hour is more than any deadline leaves room for, and keeps the arithmetic from overflowing.
        let longest = Duration::from_secs(3600);
        self.min_delay = min.min(longest);
        self.max_delay = max.min(longest).max(self.min_delay);
        self
    }
}

impl Default for Retry {
    /// At most two more tries, after at most 0.2 s, then 0.4 s.
    fn default() -> Self {
        Self {
            max_retries: 2,
            min_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(2),
        }
    }
}
