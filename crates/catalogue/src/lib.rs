#![doc = include_str!("../README.md")]

mod data;

use std::sync::OnceLock;

use keyholder_core::Provider;
use keyholder_core::support::embedded;

/// A provider that is read when it is first asked for, and what is to be known of it before.
pub struct Entry {
    name: &'static str,
    token_variables: &'static [&'static str],
    parameter_variables: &'static [&'static str],
    has_forms: bool,
    /// Its data, as JSON.
    json: &'static str,
    provider: OnceLock<Provider>,
}

impl Entry {
    const fn new(
        name: &'static str,
        token_variables: &'static [&'static str],
        parameter_variables: &'static [&'static str],
        has_forms: bool,
        json: &'static str,
    ) -> Self {
        Self {
            name,
            token_variables,
            parameter_variables,
            has_forms,
            json,
            provider: OnceLock::new(),
        }
    }

    /// The name, as in `github`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The environment variables that hold its token: the whole first, then parts of it.
    #[must_use]
    pub fn token_variables(&self) -> &'static [&'static str] {
        self.token_variables
    }

    /// The environment variables that hold what belongs to a key, such as an account.
    #[must_use]
    pub fn parameter_variables(&self) -> &'static [&'static str] {
        self.parameter_variables
    }

    /// Whether its tokens may be told from those of others by their forms.
    #[must_use]
    pub fn has_forms(&self) -> bool {
        self.has_forms
    }

    /// The provider. The first call reads it.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        self.provider
            .get_or_init(|| embedded(self.json, env!("CARGO_PKG_VERSION")))
    }
}

/// All of them, by name. None is read by this.
#[must_use]
pub fn entries() -> &'static [Entry] {
    &data::ENTRIES
}

/// The provider of that name, if there is one.
#[must_use]
pub fn provider(name: &str) -> Option<&'static Provider> {
    let entries = entries();
    let found = entries.binary_search_by(|it| it.name.cmp(name)).ok()?;
    entries.get(found).map(Entry::provider)
}
