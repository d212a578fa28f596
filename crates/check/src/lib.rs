//! Many keys in one call: a stream of keys in, a stream of verdicts out.
//!
//! - `checker`: what is settable.
//! - `verdicts`: the stream, which takes keys, asks, and gives verdicts.
//! - `servers`: what waits for which server, and until when.
//! - `sharing`: one answer for keys that are the same.

mod checker;
mod servers;
mod sharing;
mod verdicts;

use std::fmt;
use std::hash::{Hash, Hasher};

use keyholder_core::{Authentication, Config, Error, ProviderInfo, Token, Verdict, WhoAmI};

pub use checker::Checker;
pub use verdicts::Verdicts;

/// A provider that keys are of: what its description says, and what makes a client for it.
///
/// Two are the same when their names are.
#[derive(Clone, Copy)]
pub struct Provider {
    info: &'static ProviderInfo,
    connect: fn(Config) -> Result<Box<dyn WhoAmI>, Error>,
}

impl Provider {
    /// The provider that `info` describes, whose clients `connect` makes.
    ///
    /// ```
    /// use keyholder_check::Provider;
    /// use keyholder_extruct::{Client, PROVIDER};
    ///
    /// let provider = Provider::new(&PROVIDER, |config| Ok(Box::new(Client::with_config(config)?)));
    /// assert_eq!(provider.name(), PROVIDER.name);
    /// ```
    #[must_use]
    pub const fn new(
        info: &'static ProviderInfo,
        connect: fn(Config) -> Result<Box<dyn WhoAmI>, Error>,
    ) -> Self {
        Self { info, connect }
    }

    /// What its description says.
    #[must_use]
    pub fn info(self) -> &'static ProviderInfo {
        self.info
    }

    /// Its name, as on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info.name
    }

    /// A client for it, made as `config` says.
    ///
    /// # Errors
    ///
    /// A token or a base URL that cannot be used. Nothing is sent.
    pub fn client(self, config: Config) -> Result<Box<dyn WhoAmI>, Error> {
        (self.connect)(config)
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Provider {}

impl Hash for Provider {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A key to check, with a tag of the caller's own that comes back with its verdict.
///
/// ```
/// # use keyholder_check::Provider;
/// # use keyholder_unleash::{Client, PROVIDER};
/// use keyholder_check::Key;
///
/// # let provider = Provider::new(&PROVIDER, |config| Ok(Box::new(Client::with_config(config)?)));
/// let key = Key::new(17, provider, "user:0123456789").base_url("https://unleash.example.com");
/// # assert!(!format!("{key:?}").contains("user:0123456789"));
/// ```
#[derive(Clone)]
pub struct Key<T> {
    tag: T,
    provider: Provider,
    token: Token,
    base_url: Option<String>,
    authentication: Option<Authentication>,
}

impl<T> Key<T> {
    /// A key of `provider`.
    pub fn new(tag: T, provider: impl Into<Provider>, token: impl Into<Token>) -> Self {
        Self {
            tag,
            provider: provider.into(),
            token: token.into(),
            base_url: None,
            authentication: None,
        }
    }

    /// Asks at another base URL than the provider's own.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Carries the token in another way than the first that the description offers, as
    /// [`Config::authentication`] does.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = Some(authentication);
        self
    }
}

/// Shows the tag and the provider: not the token, and not the base URL, which may hold a password.
impl<T: fmt::Debug> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("tag", &self.tag)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// What is known of one key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checked<T> {
    /// The tag that came with the key.
    pub tag: T,
    /// The provider that was asked.
    pub provider: Provider,
    /// What its answer says of the key.
    ///
    /// A key that cannot be asked about at all is indeterminate, with an error of the kind
    /// [`Config`](keyholder_core::ErrorKind::Config).
    pub verdict: Verdict,
}
