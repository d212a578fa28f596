//! A secret in an answer.

use std::cell::Cell;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::Value;

/// What stands in the place of a secret.
const REDACTED: &str = "[REDACTED]";

/// A secret in an answer, such as a password or another token: zeroized when dropped, and shown by nothing.
///
/// There is no `Display`, and `Debug` prints `Secret([REDACTED])`. It reads any JSON, and serialises as the text
/// `[REDACTED]` unless [`Exposed`] is around it.
///
/// ```
/// let secret: keyholder_core::Secret = serde_json::from_str("\"rt_0123456789\"")?;
/// assert_eq!(secret.expose_secret(), "rt_0123456789");
/// assert_eq!(format!("{secret:?}"), "Secret([REDACTED])");
/// assert_eq!(serde_json::to_string(&secret)?, "\"[REDACTED]\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    text: SecretString,
    /// Whether it is a text; otherwise, the text is the JSON of what else came.
    is_text: bool,
}

impl Secret {
    /// Takes `text` as the secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: SecretString::from(text.into()),
            is_text: true,
        }
    }

    /// The secret itself; of one that came as something else than a text, its JSON. Whoever calls this answers for where
    /// it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([REDACTED])")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is_text == other.is_text && self.expose_secret() == other.expose_secret()
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Fails on no JSON: an error would quote it.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::new(text),
            other => Self {
                text: SecretString::from(other.to_string()),
                is_text: false,
            },
        })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !EXPOSED.get() {
            serializer.serialize_str(REDACTED)
        } else if self.is_text {
            serializer.serialize_str(self.expose_secret())
        } else {
            let value: Value = serde_json::from_str(self.expose_secret())
                .map_err(|_| ser::Error::custom("a secret is no JSON"))?;
            value.serialize(serializer)
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        // A provider may have a type of that name.
        concat!(module_path!(), "::Secret").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A secret, as a rule a text.",
            "format": "password",
        })
    }
}

thread_local! {
    /// Whether this thread is serialising what is exposed.
    static EXPOSED: Cell<bool> = const { Cell::new(false) };
}

/// A value that serialises with the secrets in it, on purpose. Whoever serialises it answers for where it goes.
///
/// ```
/// use keyholder_core::{Exposed, Secret};
///
/// let tokens = [Secret::from("rt_0123456789")];
/// assert_eq!(serde_json::to_string(&tokens)?, r#"["[REDACTED]"]"#);
/// assert_eq!(serde_json::to_string(&Exposed(&tokens))?, r#"["rt_0123456789"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exposed<'a, T: ?Sized>(pub &'a T);

impl<T: Serialize + ?Sized> Serialize for Exposed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A derived `Serialize` has no room for an argument. Serialising is one call, on one thread.
        let _restored = Restored(EXPOSED.replace(true));
        self.0.serialize(serializer)
    }
}

/// Restores what was exposed before, whatever way serialising ends.
struct Restored(bool);

impl Drop for Restored {
    fn drop(&mut self) {
        EXPOSED.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize, Serializer, ser};
    use serde_json::{Value, json};

    use super::{Exposed, Secret};

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    struct Answer {
        name: String,
        token: Option<Secret>,
        codes: Vec<Secret>,
        more: BTreeMap<String, Secret>,
    }

    fn body() -> Value {
        json!({
            "name": "Jane",
            "token": "hunter2-token",
            "codes": ["hunter2-code", 77_123_321, null],
            "more": { "pair": { "key": "hunter2-key", "n": 0.1 } },
        })
    }

    fn answer() -> Answer {
        serde_json::from_value(body()).unwrap_or_else(|error| unreachable!("{error}"))
    }

    #[test]
    fn nothing_shows_a_secret() {
        let answer = answer();
        let json = serde_json::to_string(&answer).unwrap_or_default();
        for shown in [format!("{answer:?}"), format!("{answer:#?}"), json] {
            assert!(shown.contains("Jane"), "{shown}");
            assert!(shown.contains("[REDACTED]"), "{shown}");
            for secret in ["hunter2", "77123321", "77_123_321", "0.1"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }

    #[test]
    fn any_json_is_read_and_exposed_as_it_came() {
        let answer = answer();
        assert_eq!(
            serde_json::to_value(Exposed(&answer)).ok(),
            Some(body()),
            "as it came"
        );
        let exposed: Vec<_> = answer.codes.iter().map(Secret::expose_secret).collect();
        assert_eq!(exposed, ["hunter2-code", "77123321", "null"]);
        // A text is not the JSON that it looks like.
        let (text, number) = (Secret::from("1"), serde_json::from_str::<Secret>("1"));
        assert_ne!(Some(&text), number.as_ref().ok());
        assert_eq!(serde_json::to_value(Exposed(&text)).ok(), Some(json!("1")));
    }

    /// Serialises as nothing but an error.
    struct Fails;

    impl Serialize for Fails {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(ser::Error::custom("fails"))
        }
    }

    #[test]
    fn what_is_exposed_ends_with_what_is_around_it() {
        let secret = Secret::from("hunter2");
        let hidden = || serde_json::to_value(&secret).ok();
        assert_eq!(hidden(), Some(json!("[REDACTED]")));
        let nested = (Exposed(&secret), &secret, Exposed(&Exposed(&secret)));
        assert_eq!(
            serde_json::to_value(nested).ok(),
            Some(json!(["hunter2", "[REDACTED]", "hunter2"]))
        );
        assert!(serde_json::to_value(Exposed(&(&secret, Fails))).is_err());
        assert_eq!(hidden(), Some(json!("[REDACTED]")));
    }
}
