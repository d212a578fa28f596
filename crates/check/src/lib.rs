//! Many keys in one call: a stream of keys in, a stream of verdicts out.
//!
//! - `checker`: what is settable.
//! - `clients`: a client for each server, which is asked about all of its keys.
//! - `verdicts`: the stream, which takes keys, asks, and gives verdicts.
//! - `servers`: what waits for which server, and until when.
//! - `sharing`: one answer for keys that are the same.
//! - `hosts`: where keys may go when somebody else writes the base URL.
//! - `shard`: which servers' keys one of several runs takes.

mod checker;
mod clients;
mod hosts;
mod servers;
mod shard;
mod sharing;
mod verdicts;

use std::collections::BTreeMap;
use std::fmt;
use std::mem;

use keyholder_core::{Authentication, Provider, Token, Verdict};

pub use checker::Checker;
pub use hosts::{AllowedHost, AllowedHosts, HostNotAllowed};
pub use shard::Shard;
pub use verdicts::Verdicts;

/// A key to check, with a tag of the caller's own that comes back with its verdict.
///
/// ```
/// # use keyholder_unleash::PROVIDER;
/// use keyholder_check::Key;
///
/// let key = Key::new(17, &*PROVIDER, "user:0123456789").base_url("https://unleash.example.com");
/// # assert!(!format!("{key:?}").contains("user:0123456789"));
/// ```
#[derive(Clone)]
pub struct Key<T> {
    tag: T,
    provider: Provider,
    token: Token,
    way: Way,
}

/// Where a key is asked about, and how it is sent, where that departs from what the description says first.
#[derive(Clone, Default, PartialEq, Eq)]
struct Way {
    base_url: Option<String>,
    authentication: Option<Authentication>,
    scheme: Option<String>,
    parameters: BTreeMap<String, String>,
}

impl<T> Key<T> {
    /// A key of `provider`: one of a generated crate, or one that was made of a description at run time.
    pub fn new(tag: T, provider: impl Into<Provider>, token: impl Into<Token>) -> Self {
        Self {
            tag,
            provider: provider.into(),
            token: token.into(),
            way: Way::default(),
        }
    }

    /// Asks at another base URL than the provider's own. It decides where the key goes: where somebody else has written it,
    /// [`AllowedHosts`] says whether it may.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.way.base_url = Some(base_url.into());
        self
    }

    /// Carries the token in another way than the first that the description offers, as
    /// [`Config::authentication`](keyholder_core::Config::authentication) does.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.way.authentication = Some(authentication);
        self
    }

    /// Carries the token by the scheme of that name, as [`Config::scheme`](keyholder_core::Config::scheme) does.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.way.scheme = Some(name.into());
        self
    }

    /// The value of a parameter that belongs to the key, as [`Config::parameter`](keyholder_core::Config::parameter) takes
    /// it.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.way.parameters.insert(name.into(), value.into());
        self
    }
}

impl<T> Key<T> {
    /// About how much memory it takes, its token and its base URL twice: as it came, and as the request has it.
    fn size(&self) -> usize {
        let Way {
            base_url,
            scheme,
            parameters,
            ..
        } = &self.way;
        let parameters = parameters
            .iter()
            .map(|(name, value)| name.len() + value.len());
        let texts = [base_url, scheme].into_iter().flatten().map(String::len);
        let texts = texts.chain(parameters).sum::<usize>() + self.token.expose_secret().len();
        mem::size_of::<Self>() + 2 * texts
    }
}

/// Shows the tag and the provider: not the token, nor the base URL and the parameters, which may hold a password.
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
    /// Whether the verdict comes of a request about this key, or about one that is the same.
    ///
    /// Where it does not, asking again later may help: the key could not be sent, or its server does not answer for now, or
    /// has asked for a pause that is too long. The error then is what the server did with another key.
    pub is_asked: bool,
}
