//! A provider, ready to be asked.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use regex_lite::Regex;

use super::{KeyParameter, ProviderInfo};
use crate::Token;
use crate::answer::Reader;
use crate::http::base_url;

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
    /// The forms of its tokens, by their index. `describe` refuses what is no expression.
    forms: Vec<(usize, Regex)>,
    /// What the maker's other secrets match.
    others: Vec<Regex>,
    /// The patterns of the keys' parameters, by their names.
    patterns: BTreeMap<String, Regex>,
}

/// What the form of a token says.
pub(crate) struct Form<'a> {
    /// How it is sent.
    pub(crate) scheme: Option<&'a str>,
    /// Which operation knows it.
    pub(crate) operation: Option<&'a str>,
    /// Values of parameters.
    pub(crate) values: BTreeMap<String, String>,
}

/// What a form says of how a token is sent. No form says nothing.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Saying {
    scheme: Option<String>,
    operation: Option<String>,
    values: BTreeMap<String, String>,
}

impl Saying {
    pub(crate) fn of(form: Option<&Form<'_>>) -> Self {
        form.map_or_else(Self::default, |form| Self {
            scheme: form.scheme.map(str::to_owned),
            operation: form.operation.map(str::to_owned),
            values: form.values.clone(),
        })
    }

    /// Whether that form says the same.
    pub(crate) fn is_of(&self, form: Option<&Form<'_>>) -> bool {
        match form {
            None => *self == Self::default(),
            Some(form) => {
                self.scheme.as_deref() == form.scheme
                    && self.operation.as_deref() == form.operation
                    && self.values == form.values
            }
        }
    }
}

impl Provider {
    /// The name, as one that errors share.
    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.0.name)
    }

    /// Whether a token has one of the [forms](super::TokenSource::forms) that this provider documents, and others don't have.
    #[must_use]
    pub fn knows(&self, token: &Token) -> bool {
        let mut forms = self.0.forms.iter();
        let is_own = |index: usize| self.token.forms.get(index).is_some_and(|it| !it.shared);
        forms.any(|(index, form)| is_own(*index) && form.is_match(token.expose_secret()))
    }

    /// Whether a token is another secret of the maker's, which no operation here knows: see
    /// [`others`](super::TokenSource::others). One that has a form of the provider's tokens is none.
    #[must_use]
    pub fn is_other(&self, token: &Token) -> bool {
        let token = token.expose_secret();
        self.0.others.iter().any(|it| it.is_match(token))
            && !self.0.forms.iter().any(|(_, form)| form.is_match(token))
    }

    /// Whether a token has a form with check digits, and they are wrong: it was mistyped, cut or made up. A token that has
    /// another of the forms too is not told by this.
    #[must_use]
    pub fn is_mistyped(&self, token: &Token) -> bool {
        let token = token.expose_secret();
        let forms = self.0.forms.iter();
        let mut fitting = forms
            .filter(|(_, pattern)| pattern.is_match(token))
            .filter_map(|(index, pattern)| Some((self.token.forms.get(*index)?, pattern)))
            .peekable();
        fitting.peek().is_some()
            && fitting.all(|(form, pattern)| {
                let checksum = form.checksum.as_ref();
                checksum.is_some_and(|it| it.refutes(pattern, token))
            })
    }

    /// What the first form says that a token has.
    pub(crate) fn form_of(&self, token: &Token) -> Option<Form<'_>> {
        self.0.forms.iter().find_map(|(index, pattern)| {
            let captures = pattern.captures(token.expose_secret())?;
            let form = self.token.forms.get(*index)?;
            let is_value = |name: &&str| {
                let checksum = form.checksum.as_ref();
                checksum.is_none_or(|it| !it.groups().contains(name))
            };
            let names = pattern.capture_names().flatten().filter(is_value);
            let values = names.filter_map(|name| {
                let value = captures.name(name)?.as_str();
                Some((name.to_owned(), value.to_owned()))
            });
            Some(Form {
                scheme: form.scheme.as_deref(),
                operation: form.operation.as_deref(),
                values: values.collect(),
            })
        })
    }

    /// The way to carry a token of that name: as it is written, or else in any case.
    #[must_use]
    pub fn credential(&self, scheme: &str) -> Option<&super::Credential> {
        let credentials = || self.credentials.iter();
        credentials()
            .find(|it| it.scheme == scheme)
            .or_else(|| credentials().find(|it| it.scheme.eq_ignore_ascii_case(scheme)))
    }

    /// Whether a base URL is one of the provider's own: of the origin (RFC 6454, section 4) of one that it runs. A parameter
    /// in a host stands for one label.
    #[must_use]
    pub fn runs(&self, base_url: &str) -> bool {
        let Some(origin) = origin(base_url) else {
            return false;
        };
        let servers = self.servers.iter().map(|it| &it.base_url);
        let mut own = self.base_url.iter().chain(servers);
        own.any(|own| match own.split_once('{') {
            None => self::origin(own).is_some_and(|own| own == origin),
            Some(_) => self.fits(own, &origin),
        })
    }

    /// Whether an origin is one that a base URL with parameters in its host makes, each with a value that it may have.
    fn fits(&self, template: &str, origin: &str) -> bool {
        let mut pattern = String::from("^");
        let (mut rest, _) = base_url::parted(template);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return false;
            };
            pattern += &regex_lite::escape(before);
            let parameter = self.parameters.iter().find(|it| it.name == name);
            match parameter.map_or(&[][..], |it| &it.values) {
                [] => pattern += "[a-z0-9-]+",
                values => {
                    // The host of a URL is in lower case.
                    let values = values.iter().map(|it| it.to_ascii_lowercase());
                    let values: Vec<_> = values.map(|it| regex_lite::escape(&it)).collect();
                    pattern += &format!("(?:{})", values.join("|"));
                }
            }
            rest = after;
        }
        pattern += &regex_lite::escape(rest);
        pattern.push('$');
        Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(origin))
    }

    /// Whether a value matches the pattern of a parameter, from end to end.
    pub(crate) fn may_be(&self, parameter: &KeyParameter, value: &str) -> bool {
        let pattern = self.0.patterns.get(&parameter.name);
        pattern.is_none_or(|pattern| pattern.is_match(value))
    }

    /// What reads the answers of the operation of that index.
    pub(crate) fn reader(&self, operation: usize) -> Option<&Reader> {
        self.0.readers.get(operation)
    }
}

/// The scheme, host and port of a URL that a token may be sent to.
fn origin(url: &str) -> Option<String> {
    let url = base_url::parse(url, true).ok()?;
    Some(url.origin().ascii_serialization())
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
                .enumerate()
                .filter_map(|(index, form)| Some((index, Regex::new(&form.pattern).ok()?)))
                .collect(),
            others: info
                .token
                .others
                .iter()
                .filter_map(|it| Regex::new(it).ok())
                .collect(),
            patterns: info
                .parameters
                .iter()
                .filter_map(|it| {
                    let pattern = Regex::new(&format!("^(?:{})$", it.pattern.as_ref()?)).ok()?;
                    Some((it.name.clone(), pattern))
                })
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

/// Whether forms of a provider's tokens say values of parameters, so that where a token is sent may depend on it.
#[doc(hidden)]
#[must_use]
pub fn reads_parameters_from_tokens(provider: &Provider) -> bool {
    let mut forms = provider.0.forms.iter();
    forms.any(|(_, form)| form.capture_names().flatten().next().is_some())
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
