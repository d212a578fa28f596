//! Which servers' keys one of several runs takes.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use keyholder_core::{Error, Provider};
use twox_hash::XxHash64;

use crate::{Checker, Key};

/// A share of all servers, for one of several runs over the same keys, on one machine or many.
///
/// Each server's keys are in one share, so that its pauses and its [`rate`](Checker::rate) hold over all runs, and no key is
/// asked about twice. A server is a provider and a base URL. Which share it is in is the same on every machine and in every
/// version: XXH64, with seed 0, of the provider's name, a zero byte and the base URL without the slashes at its end, all in
/// UTF-8, modulo the number of shares. The keys whose server cannot be told are in the first share.
///
/// As text it is `I/N`: share `I` of `N`. `I` counts from 0 or from 1: `0/N` and `N/N` are the same share, the first.
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use keyholder_check::{Checker, Key, Shard};
/// # use keyholder_extruct::PROVIDER;
///
/// let (checker, shard) = (Checker::new(), "1/2".parse::<Shard>()?);
/// let keys = ["key-1", "key-2"].map(|token| Key::new((), &*PROVIDER, token));
/// let keys = stream::iter(keys).filter(|key| std::future::ready(shard.has(&checker, key)));
/// # Ok::<(), keyholder_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: NonZeroU32,
}

impl Shard {
    /// The share `index` of `count`, counted from 0 or from 1.
    ///
    /// # Errors
    ///
    /// More than `count`, or none at all.
    pub fn new(index: u32, count: u32) -> Result<Self, Error> {
        match NonZeroU32::new(count) {
            Some(count) if index <= count.get() => Ok(Self {
                index: index % count,
                count,
            }),
            _ => Err(Error::config(
                "not a share: give I/N, where N is how many there are, and I is one of them, from 0 or from 1 on",
            )),
        }
    }

    /// Whether it has the keys whose server cannot be told.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.index == 0
    }

    /// Whether it has the keys of `provider` that are asked about at `base_url`, as [`Checker::base_url`] has it.
    #[must_use]
    pub fn has_server(&self, provider: &Provider, base_url: &str) -> bool {
        let server = format!("{}\0{}", provider.name, base_url.trim_end_matches('/'));
        let hash = XxHash64::oneshot(0, server.as_bytes());
        hash % u64::from(self.count.get()) == u64::from(self.index)
    }

    /// Whether it has `key`, as `checker` would ask about it.
    #[must_use]
    pub fn has<T>(&self, checker: &Checker, key: &Key<T>) -> bool {
        match checker.base_url(key) {
            Ok(base_url) => self.has_server(&key.provider, &base_url),
            Err(_) => self.is_first(),
        }
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
            text.parse().ok().filter(|_| is_number)
        };
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(index, count)| Some((number(index)?, number(count)?)));
        // Of none there is no share.
        let (index, count) = numbers.unwrap_or_default();
        Self::new(index, count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}
