//! What an answer says of a token, as a rule.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Pointer, list};
use crate::Reason;

/// A rule: of an answer that fits all of its conditions, what it says of the token.
///
/// The first rule of an operation that fits an answer decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
#[non_exhaustive]
pub struct Rule {
    /// The statuses; any of them.
    #[serde(with = "list")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<Status>"))]
    pub status: Vec<Status>,
    /// The provider's own codes, any of them, as they stand at the operation's [`code`](super::Operation::code). A number
    /// is compared as a text.
    #[serde(default, with = "codes", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<String>"))]
    pub code: Vec<String>,
    /// What must stand in the body; all of it.
    #[serde(
        default,
        deserialize_with = "list::conditions::deserialize",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub body: BTreeMap<Pointer, Test>,
    /// What the response headers must be, by their names; all of them.
    #[serde(
        default,
        deserialize_with = "list::conditions::deserialize",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub header: BTreeMap<String, Test>,
    /// What a message of the body must say, or the whole of a body that is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// What the answer says of the token.
    pub means: Meaning,
    /// What limits the token, of the meaning [`Limited`](Meaning::Limited).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Limit>,
    /// Why the token is refused, of the meaning [`Unauthenticated`](Meaning::Unauthenticated), where the answer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What the rule rests on, for people, where that is not the description: a page, or what a server was seen to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Which statuses a rule, or a response of a description, speaks of (OpenAPI 3.1.1, section 4.8.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// One status.
    Code(u16),
    /// Those of a hundred, by its first digit: `4` is `4XX`.
    Range(u16),
    /// `default`: every status that is not one of the operation's successes.
    Default,
}

/// What must hold of a value in a body, or of a header.
///
/// As JSON, a scalar or a list of them is what it must equal; else it is an object of the fields here.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Test {
    /// It is one of these. A header is compared as a text.
    pub equals: Vec<Scalar>,
    /// It is none of these. What is absent is none of them.
    pub not: Vec<Scalar>,
    /// It is a text that holds one of these, in upper or lower case, or a list of which an item is one.
    pub contains: Vec<String>,
    /// Whether it is there. Null is not.
    pub present: Option<bool>,
}

/// A value of JSON that holds no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a text, a number, a truth value or null")]
pub enum Scalar {
    /// Null; for a condition, also what is not there.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number: `1`, `1.0`, `1e0` and the text `"1"` are the same.
    Number(serde_json::Number),
    /// A text, to the letter; or a number that is written so.
    Text(String),
}

/// What a text must hold, in upper or lower case.
///
/// As JSON, a text or a list of them is what it must hold one of; else it is an object of the fields here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text {
    /// One of these; with none, none is asked for.
    pub any: Vec<String>,
    /// All of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

/// What an answer says of the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Meaning {
    /// The token is good: valid.
    Valid,
    /// The token is good, and [`Limit`] says what keeps it from asking this: valid.
    Limited,
    /// The token is good, and no user stands behind it: valid.
    NoSubject,
    /// The token is no good: invalid.
    Unauthenticated,
    /// The question is refused, which says nothing of the token: indeterminate.
    Forbidden,
    /// Too many requests: indeterminate.
    RateLimited,
    /// The provider cannot answer for now: indeterminate.
    Unavailable,
    /// It says nothing of the token: indeterminate.
    #[default]
    Nothing,
}

/// What keeps a good token from asking whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// It lacks a scope or a permission.
    Scope,
    /// It is not to be used from this network.
    Network,
    /// It is of a kind that this operation does not take.
    Kind,
    /// Its account is suspended, locked, or has not paid.
    Account,
}

impl Rule {
    /// A rule for every answer of a status.
    #[must_use]
    pub fn new(status: Status, means: Meaning) -> Self {
        Self {
            status: vec![status],
            means,
            ..Self::default()
        }
    }

    /// The rule, for answers with one of the provider's own codes.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code.push(code.into());
        self
    }

    /// Whether it goes by the status alone.
    #[must_use]
    pub fn is_by_status_alone(&self) -> bool {
        self.code.is_empty()
            && self.body.is_empty()
            && self.header.is_empty()
            && self.text.is_none()
    }
}

impl Meaning {
    /// Its name, as in `no_subject`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Limited => "limited",
            Self::NoSubject => "no_subject",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Nothing => "nothing",
        }
    }
}

impl Limit {
    /// Its name, as in `scope`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Network => "network",
            Self::Kind => "kind",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Status {
    /// Whether it names `status`, by itself or by its range. `Default` names none.
    #[must_use]
    pub fn names(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Range(hundred) => status / 100 == hundred,
            Self::Default => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(status) => write!(f, "{status}"),
            Self::Range(hundred) => write!(f, "{hundred}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = text.strip_suffix("XX").or_else(|| text.strip_suffix("xx"));
        let status = match (text, range) {
            ("default", _) => Some(Self::Default),
            (_, Some(hundred)) => hundred.parse().ok().map(Self::Range),
            (_, None) => text.parse().ok().map(Self::Code),
        };
        match status {
            Some(Self::Code(100..=599) | Self::Range(1..=5) | Self::Default) => {
                status.ok_or_else(String::new)
            }
            _ => Err(format!(
                "{text:?} is no status: write one, as in `401`, a range, as in `4XX`, or `default`"
            )),
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Code(status) => status.serialize(serializer),
            other => serializer.collect_str(other),
        }
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StatusVisitor;

        impl Visitor<'_> for StatusVisitor {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status, a range such as `4XX`, or `default`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Status, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: Error>(self, status: u64) -> Result<Status, E> {
                status.to_string().parse().map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, status: i64) -> Result<Status, E> {
                status.to_string().parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(StatusVisitor)
    }
}

impl Test {
    /// That a value is `scalar`.
    #[must_use]
    pub fn equals(scalar: Scalar) -> Self {
        Self {
            equals: vec![scalar],
            ..Self::default()
        }
    }

    /// That a value is there, or is not.
    #[must_use]
    pub fn present(present: bool) -> Self {
        Self {
            present: Some(present),
            ..Self::default()
        }
    }
}

impl Serialize for Test {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_equality = self.not.is_empty() && self.contains.is_empty() && self.present.is_none();
        if is_equality {
            return list::serialize(&self.equals, serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        if !self.equals.is_empty() {
            map.serialize_entry("equals", &self.equals)?;
        }
        if !self.not.is_empty() {
            map.serialize_entry("not", &self.not)?;
        }
        if !self.contains.is_empty() {
            map.serialize_entry("contains", &self.contains)?;
        }
        if let Some(present) = self.present {
            map.serialize_entry("present", &present)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TestVisitor;

        impl<'de> Visitor<'de> for TestVisitor {
            type Value = Test;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a value, a list of values, or an object with `equals`, `not`, `contains` or `present`",
                )
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Test, E> {
                Ok(Test::equals(Scalar::Bool(value)))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Test, E> {
                Ok(Test::equals(Scalar::Number(value.into())))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Test, E> {
                Ok(Test::equals(Scalar::Number(value.into())))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Test, E> {
                serde_json::Number::from_f64(value)
                    .map(|number| Test::equals(Scalar::Number(number)))
                    .ok_or_else(|| E::custom("a number of JSON is finite"))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Test, E> {
                Ok(Test::equals(Scalar::Text(value.to_owned())))
            }

            fn visit_unit<E: Error>(self) -> Result<Test, E> {
                Ok(Test::equals(Scalar::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Test, A::Error> {
                let mut test = Test::default();
                while let Some(scalar) = items.next_element()? {
                    test.equals.push(scalar);
                }
                if test.equals.is_empty() {
                    return Err(A::Error::custom("nothing is one of no values"));
                }
                Ok(test)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Test, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Object {
                    #[serde(default, with = "list")]
                    equals: Vec<Scalar>,
                    #[serde(default, with = "list")]
                    not: Vec<Scalar>,
                    #[serde(default, with = "list")]
                    contains: Vec<String>,
                    present: Option<bool>,
                }
                let Object {
                    equals,
                    not,
                    contains,
                    present,
                } = Object::deserialize(MapAccessDeserializer::new(map))?;
                let test = Test {
                    equals,
                    not,
                    contains,
                    present,
                };
                if test == Test::default() {
                    return Err(A::Error::custom("the condition asks for nothing"));
                }
                Ok(test)
            }
        }

        deserializer.deserialize_any(TestVisitor)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.all.is_empty() && self.none.is_empty() {
            return list::serialize(&self.any, serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        for (key, texts) in [("any", &self.any), ("all", &self.all), ("none", &self.none)] {
            if !texts.is_empty() {
                map.serialize_entry(key, texts)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list of them, or an object with `any`, `all` or `none`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                checked(Text {
                    any: vec![text.to_owned()],
                    ..Text::default()
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text, A::Error> {
                let mut text = Text::default();
                while let Some(item) = items.next_element()? {
                    text.any.push(item);
                }
                checked(text)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Object {
                    #[serde(default, with = "list")]
                    any: Vec<String>,
                    #[serde(default, with = "list")]
                    all: Vec<String>,
                    #[serde(default, with = "list")]
                    none: Vec<String>,
                }
                let Object { any, all, none } =
                    Object::deserialize(MapAccessDeserializer::new(map))?;
                checked(Text { any, all, none })
            }
        }

        fn checked<E: Error>(text: Text) -> Result<Text, E> {
            let mut texts = text.any.iter().chain(&text.all).chain(&text.none);
            if texts.clone().next().is_none() || texts.any(|it| it.trim().is_empty()) {
                return Err(E::custom("a text to look for has something in it"));
            }
            Ok(text)
        }

        deserializer.deserialize_any(TextVisitor)
    }
}

/// Codes, of which YAML may read some as numbers.
mod codes {
    use super::{Deserialize, Deserializer, Error, Scalar, Serializer, list};

    pub(super) fn serialize<S: Serializer>(
        codes: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        list::serialize(codes, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        struct Code(String);

        impl<'de> Deserialize<'de> for Code {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match Scalar::deserialize(deserializer)? {
                    Scalar::Text(code) if !code.is_empty() => Ok(Self(code)),
                    Scalar::Number(code) => Ok(Self(code.to_string())),
                    _ => Err(D::Error::custom("a code is a text or a number")),
                }
            }
        }

        let codes: Vec<Code> = list::deserialize(deserializer)?;
        Ok(codes.into_iter().map(|code| code.0).collect())
    }
}

#[cfg(feature = "schemars")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Status, Test, Text};

    impl JsonSchema for Status {
        fn schema_name() -> Cow<'static, str> {
            "Status".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A status, a range such as `4XX`, or `default`.",
                "type": ["integer", "string"],
            })
        }
    }

    impl JsonSchema for Test {
        fn schema_name() -> Cow<'static, str> {
            "Test".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "What must hold of a value: it is this, one of these, or what the object says.",
            })
        }
    }

    impl JsonSchema for Text {
        fn schema_name() -> Cow<'static, str> {
            "Text".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "What a text must hold: this, one of these, or what the object says.",
                "type": ["string", "array", "object"],
            })
        }
    }
}
