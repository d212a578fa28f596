//! The members of a line, each read for itself: what serde says of a member that is wrong quotes it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::line::Found;

/// The longest that is taken of each, in bytes: what waits is held, and no server takes longer tokens.
pub(super) const MAX_ID: usize = 1024;
pub(super) const MAX_TOKEN: usize = 16 * 1024;
pub(super) const MAX_BASE_URL: usize = 2 * 1024;
const MAX_NAME: usize = 256;
const MAX_PARAMETER: usize = 2 * 1024;

/// The most parameters, or parts of a token, that a line has.
const MAX_PAIRS: usize = 64;

/// A line: a JSON object.
#[derive(Deserialize)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    provider: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Option<&'a RawValue>,
    #[serde(borrow)]
    base_url: Option<&'a RawValue>,
    #[serde(borrow)]
    scheme: Option<&'a RawValue>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

/// A token as a line has it.
pub(super) enum Secret {
    Whole(String),
    /// Its parts, by name.
    Parts(Vec<(String, String)>),
}

impl Secret {
    /// The texts that nobody may see.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let (whole, parts) = match self {
            Self::Whole(token) => (Some(token.as_str()), [].as_slice()),
            Self::Parts(parts) => (None, parts.as_slice()),
        };
        let parts = parts.iter().map(|(_, part)| part.as_str());
        whole.into_iter().chain(parts)
    }
}

impl<'a> Members<'a> {
    /// The key that a line asks about.
    pub(super) fn found(&self) -> Result<Found, String> {
        let id = self.id()?.map(ToOwned::to_owned);
        Ok(Found {
            id,
            secrets: vec![self.token()?],
            base_url: self.base_url()?,
            scheme: self.scheme()?,
            parameters: self.parameters()?,
            provider: self.provider()?,
            ..Found::default()
        })
    }

    /// Reads a line.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
        serde_json::from_str(line).map_err(|error| {
            if error.is_data() {
                "not a JSON object with the fields `id`, `provider`, `token`, `base_url`, `scheme` and `parameters`, each once at most"
                    .to_owned()
            } else if line.trim_start().starts_with('{') {
                format!("not JSON, at column {}", error.column())
            } else {
                "not JSON: a line is an object with a `token`, unless --from says that it is something else".to_owned()
            }
        })
    }

    fn id(&self) -> Result<Option<&'a RawValue>, String> {
        match self.id {
            Some(id) if !is_scalar(id) => Err("`id` is not a string, number or boolean".to_owned()),
            Some(id) if id.get().len() > MAX_ID => Err(too_long("id", MAX_ID)),
            id => Ok(id),
        }
    }

    fn provider(&self) -> Result<Option<String>, String> {
        text("provider", self.provider, MAX_ID)
    }

    fn base_url(&self) -> Result<Option<String>, String> {
        text("base_url", self.base_url, MAX_BASE_URL)
    }

    fn scheme(&self) -> Result<Option<String>, String> {
        text("scheme", self.scheme, MAX_NAME)
    }

    fn token(&self) -> Result<Secret, String> {
        let missing = || "`token` is missing".to_owned();
        let value = self.token.ok_or_else(missing)?;
        if !is_object(value) {
            let token: String = serde_json::from_str(value.get())
                .map_err(|_| "`token` is not a string, or an object of its parts")?;
            if token.len() > MAX_TOKEN {
                return Err(too_long("token", MAX_TOKEN));
            }
            return Ok(Secret::Whole(token));
        }
        let parts = pairs("token", value, MAX_TOKEN)?;
        if parts.is_empty() {
            return Err("`token` has no part".to_owned());
        }
        let part = |(name, value): (String, &RawValue)| match serde_json::from_str(value.get()) {
            Ok(part) => Ok((name, part)),
            Err(_) => Err("`token` has a part that is not a string".to_owned()),
        };
        let parts = parts.into_iter().map(part);
        parts.collect::<Result<_, _>>().map(Secret::Parts)
    }

    /// The parameters of the key, by name; a number as it was written.
    fn parameters(&self) -> Result<Vec<(String, String)>, String> {
        let Some(value) = self.parameters else {
            return Ok(Vec::new());
        };
        let parameter = |(name, value): (String, &RawValue)| match value.get().as_bytes() {
            [b'"', ..] => serde_json::from_str(value.get())
                .map(|value| (name, value))
                .map_err(|_| "`parameters` has a value that is not Unicode".to_owned()),
            [b'-' | b'0'..=b'9', ..] => Ok((name, value.get().to_owned())),
            _ => Err("`parameters` has a value that is neither a string nor a number".to_owned()),
        };
        let parameters = pairs("parameters", value, MAX_PARAMETER)?;
        parameters.into_iter().map(parameter).collect()
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

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// The text of a field; nothing where it is missing or null.
fn text(name: &str, value: Option<&RawValue>, max: usize) -> Result<Option<String>, String> {
    let Some(value) = value else {
        return Ok(None);
    };
    let text: String =
        serde_json::from_str(value.get()).map_err(|_| format!("`{name}` is not a string"))?;
    if text.len() > max {
        return Err(too_long(name, max));
    }
    Ok(Some(text))
}

/// The members of a field that is an object.
fn pairs<'a>(
    name: &str,
    value: &'a RawValue,
    max: usize,
) -> Result<Vec<(String, &'a RawValue)>, String> {
    if !is_object(value) {
        return Err(format!("`{name}` is not an object"));
    }
    let Ok(Pairs(pairs)) = serde_json::from_str(value.get()) else {
        return Err(format!(
            "`{name}` has a name twice, or one that is not Unicode"
        ));
    };
    if pairs.len() > MAX_PAIRS {
        return Err(format!("`{name}` has more than {MAX_PAIRS} members"));
    }
    let is_long =
        |(name, value): &(String, &RawValue)| name.len() > MAX_NAME || value.get().len() > max;
    if pairs.iter().any(is_long) {
        return Err(format!(
            "`{name}` has a name that is longer than {MAX_NAME} bytes, or a value that is longer than {max}"
        ));
    }
    Ok(pairs)
}

fn too_long(name: &str, max: usize) -> String {
    format!("`{name}` is longer than {max} bytes")
}

/// The members of an object, in their order, each name once.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs: Self::Value = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    // Past that many the line is refused, so that looking at all of them costs little.
                    if pairs.len() <= MAX_PAIRS && pairs.iter().any(|(it, _)| *it == name) {
                        return Err(A::Error::custom("a name occurs twice"));
                    }
                    pairs.push((name, value));
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Members).map(Self)
    }
}
