//! Which claims a provider tells.

use keyholder_core::{Claims, ProviderInfo};

/// A member of `Identity`, and whether claims have a source for it.
type Told = (&'static str, fn(&Claims) -> bool);

/// What differs most from provider to provider.
const ALL: [Told; 8] = [
    ("sub", |it| it.sub.is_some()),
    ("name", |it| {
        let parts = [&it.given_name, &it.family_name, &it.preferred_username];
        it.name.is_some() || parts.iter().any(|part| part.is_some())
    }),
    ("email", |it| it.email.is_some()),
    ("organizations", |it| it.organizations.is_some()),
    ("permissions", |it| it.permissions.is_some()),
    ("scopes", |it| it.scopes.is_some()),
    ("quotas", |it| !it.quotas.is_empty()),
    ("token.expires_at", |it| {
        let token = it.token.as_ref();
        token.is_some_and(|token| token.expires_at.is_some())
    }),
];

/// All that a provider may tell, in the order of a table.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

/// What of it a provider tells, by one of its operations.
pub(crate) fn tells(provider: &ProviderInfo) -> Vec<&'static str> {
    let is_told = |(_, is_in): &&Told| {
        let mut operations = provider.operations.iter();
        operations.any(|operation| is_in(&operation.identity))
    };
    ALL.iter().filter(is_told).map(|(name, _)| *name).collect()
}
