//! What a line asks for, or what is wrong with it.

use keyholder::{Checker, Key, Provider, Token};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::resume::Answered;
use crate::output::Id;
use crate::providers::Providers;
use crate::whoami::base_url_of;

/// The longest that is taken of each, in bytes: what waits is held, and no server takes longer tokens.
const MAX_ID: usize = 1024;
const MAX_TOKEN: usize = 16 * 1024;
const MAX_BASE_URL: usize = 2 * 1024;

/// From how many characters on a token is looked for in what is printed. A shorter one is in anything.
const TELLING: usize = 8;

/// What a line is.
pub(super) enum Entry {
    /// Empty.
    Blank,
    /// Answered by an earlier run.
    Answered,
    /// To be asked about.
    Key(Key<Option<Id>>),
}

/// Reads lines.
pub(super) struct Reader {
    checker: Checker,
    provider: Option<Provider>,
    base_url: Option<String>,
    answered: Answered,
    providers: Providers,
    /// What there is to know of each provider before any line.
    known: Vec<Known>,
}

struct Known {
    provider: Provider,
    /// The base URL in the environment.
    base_url: Result<Option<String>, String>,
}

/// An object. What is wrong with a field is found out one by one, since what serde says quotes it.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    provider: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Option<&'a RawValue>,
    #[serde(borrow)]
    base_url: Option<&'a RawValue>,
}

impl Reader {
    pub(super) fn new(
        checker: Checker,
        providers: Providers,
        provider: Option<Provider>,
        base_url: Option<String>,
        answered: Answered,
    ) -> Self {
        let known = providers.iter().map(|provider| Known {
            provider: provider.clone(),
            base_url: base_url_of(provider).map_err(|error| error.to_string()),
        });
        Self {
            known: known.collect(),
            checker,
            provider,
            base_url,
            answered,
            providers,
        }
    }

    /// What `line` asks for.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without any of its content: that may be a token.
    pub(super) fn read(&self, line: &[u8]) -> Result<Entry, String> {
        if line.trim_ascii().is_empty() {
            return Ok(Entry::Blank);
        }
        let line = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
        let fields: Fields<'_> = serde_json::from_str(line).map_err(|error| {
            if error.is_data() {
                "not a JSON object with the fields `id`, `provider`, `token` and `base_url`, each once at most"
                    .to_owned()
            } else {
                format!("not JSON, at column {}", error.column())
            }
        })?;
        let id = match fields.id {
            Some(id) if !is_scalar(id) => {
                return Err("`id` is not a string, number or boolean".to_owned());
            }
            Some(id) if id.get().len() > MAX_ID => {
                return Err(format!("`id` is longer than {MAX_ID} bytes"));
            }
            id => id,
        };
        if id.is_some_and(|id| self.answered.has(id)) {
            return Ok(Entry::Answered);
        }
        let token = text("token", fields.token, MAX_TOKEN)?.ok_or("`token` is missing")?;
        let base_url = text("base_url", fields.base_url, MAX_BASE_URL)?;
        let provider = match text("provider", fields.provider, MAX_ID)? {
            Some(name) => self
                .providers
                .get(&name)
                .ok_or_else(|| self.unknown_provider())?,
            None => self.provider_of(&Token::from(token.as_str()))?,
        };
        let id_text = id.and_then(|id| serde_json::from_str::<String>(id.get()).ok());
        let printed = [
            id.map(RawValue::get),
            id_text.as_deref(),
            base_url.as_deref(),
        ];
        if token.len() >= TELLING && printed.iter().flatten().any(|it| it.contains(&token)) {
            return Err("`id` or `base_url` holds the token, and both are printed".to_owned());
        }
        let base_url = match base_url {
            Some(base_url) => Some(base_url),
            None => self.base_url_of(provider)?,
        };
        let id = id.map(|id| Id(id.to_owned()));
        let mut key = Key::new(id, provider, Token::from(token));
        if let Some(base_url) = base_url {
            key = key.base_url(base_url);
        }
        match self.checker.validate(&key) {
            Ok(()) => Ok(Entry::Key(key)),
            Err(error) => Err(error.to_string()),
        }
    }

    fn base_url_of(&self, provider: &Provider) -> Result<Option<String>, String> {
        if self.provider.as_ref() == Some(provider) && self.base_url.is_some() {
            return Ok(self.base_url.clone());
        }
        let known = self.known.iter().find(|it| it.provider == *provider);
        known.map_or(Ok(None), |it| it.base_url.clone())
    }

    fn unknown_provider(&self) -> String {
        let names = self.providers.names();
        format!("`provider` is none that there is: {names}")
    }

    /// The provider of a token whose line names none.
    fn provider_of(&self, token: &Token) -> Result<&Provider, String> {
        if let Some(provider) = &self.provider {
            return Ok(provider);
        }
        let is_like = |known: &&Known| known.provider.knows(token);
        let alike: Vec<_> = self.known.iter().filter(is_like).collect();
        match alike.as_slice() {
            [known] => Ok(&known.provider),
            [] => Err("`provider` is missing, and the token's form tells of none".to_owned()),
            several => {
                let names: Vec<_> = several.iter().map(|it| it.provider.name.as_str()).collect();
                Err(format!(
                    "`provider` is missing, and the token's form tells of several: {}",
                    names.join(", ")
                ))
            }
        }
    }
}

/// Whether a value is a string, a number or a boolean.
pub(super) fn is_scalar(value: &RawValue) -> bool {
    match value.get().as_bytes().first() {
        // A string may name half of a character only: that is no text.
        Some(b'"') => serde_json::from_str::<String>(value.get()).is_ok(),
        first => !matches!(first, Some(b'{' | b'[')),
    }
}

/// The text of a field; nothing where it is missing or null.
fn text(name: &str, value: Option<&RawValue>, max: usize) -> Result<Option<String>, String> {
    let Some(value) = value else {
        return Ok(None);
    };
    let text: String =
        serde_json::from_str(value.get()).map_err(|_| format!("`{name}` is not a string"))?;
    if text.len() > max {
        return Err(format!("`{name}` is longer than {max} bytes"));
    }
    Ok(Some(text))
}
