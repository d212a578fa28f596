#![doc = include_str!("../README.md")]

mod providers;
#[cfg(feature = "stream")]
mod stream;

use std::fmt;
use std::str::FromStr;

pub use keyholder_core::{
    Answer, Authentication, BoxFuture, Config, Error, ErrorKind, HttpClients, Identity, Meaning,
    Operation, Organization, Permission, ProviderInfo, Quota, Retry, SubjectType, Token, TokenInfo,
    Verdict, WhoAmI, http_client_builder,
};
pub use providers::*;
#[cfg(feature = "stream")]
pub use stream::{Checked, Checker, Key, Verdicts};

impl Provider {
    /// The name, as in features and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Provider {
    type Err = Error;

    /// The provider of that name.
    fn from_str(name: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.iter().copied();
        all.find(|provider| provider.name() == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|provider| provider.name()).collect();
            Error::config(format!(
                "there is no provider {name:?}; there is: {}",
                known.join(", ")
            ))
        })
    }
}
