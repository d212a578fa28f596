//! A provider, ready to be asked.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use regex_lite::Regex;

use super::ProviderInfo;
use crate::Token;
use crate::answer::Reader;

/// A provider, ready to be asked: [what its description says](ProviderInfo), to which it dereferences, and what reads its
/// answers. Cheap to clone.
///
/// Two are the same when their names are.
///
/// ```
/// use keyholder_core::{Operation, Provider, ProviderInfo};
///
/// let provider = Provider::from(ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me")));
/// assert_eq!(provider.name, "acme");
/// ```
#[derive(Clone)]
pub struct Provider(Arc<Shared>);

struct Shared {
    info: ProviderInfo,
    name: Arc<str>,
    /// The reader of each operation's answers.
    readers: Vec<Reader>,
    /// The forms of its tokens. `describe` refuses what is no expression.
    forms: Vec<Regex>,
}

impl Provider {
    /// The name, as one that errors share.
    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.0.name)
    }

    /// Whether a token has one of the [forms](super::TokenSource::forms) that this provider documents.
    #[must_use]
    pub fn knows(&self, token: &Token) -> bool {
        let mut forms = self.0.forms.iter();
        forms.any(|form| form.is_match(token.expose_secret()))
    }

    /// What reads the answers of the operation that is asked whose token it is.
    pub(crate) fn reader(&self) -> Option<&Reader> {
        self.0.readers.first()
    }
}

impl From<ProviderInfo> for Provider {
    fn from(info: ProviderInfo) -> Self {
        let readers = info.operations.iter();
        Self(Arc::new(Shared {
            readers: readers.map(Reader::new).collect(),
            forms: info
                .token
                .forms
                .iter()
                .filter_map(|form| Regex::new(&form.pattern).ok())
                .collect(),
            name: info.name.as_str().into(),
            info,
        }))
    }
}

impl From<&Provider> for Provider {
    fn from(provider: &Provider) -> Self {
        provider.clone()
    }
}

impl Deref for Provider {
    type Target = ProviderInfo;

    fn deref(&self) -> &ProviderInfo {
        &self.0.info
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Provider {}

impl Hash for Provider {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What a generated crate carries of its provider.
///
/// # Panics
///
/// On a text that is not the JSON of a provider. `codegen` writes no other, and no input reaches this.
#[must_use]
#[allow(clippy::panic)]
pub fn embedded(json: &str, version: &str) -> Provider {
    match serde_json::from_str::<ProviderInfo>(json) {
        Ok(mut info) => {
            version.clone_into(&mut info.version);
            info.into()
        }
        Err(error) => {
            panic!("this crate was generated for another version of keyholder-core: {error}")
        }
    }
}
