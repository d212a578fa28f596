//! `x-whoami`: what a description says of identities, as `specs/README.md` documents it.

use std::collections::BTreeMap;
use std::fmt;

use keyholder_core::{Argument, Claims, Conditions, Pointer, Rule, Status, TokenForm};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;

use keyholder_openapi::pointer;
use keyholder_openapi::{Error, Result};

/// The mapping of one operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct Mapping {
    /// The claims and where they stand in the answer.
    #[serde(default)]
    pub identity: Identity,
    /// What a success is beside what the description says of it.
    #[serde(default)]
    pub success: SuccessSource,
    /// Where an answer carries the provider's own code.
    #[serde(default, deserialize_with = "pointers")]
    pub code: Vec<Pointer>,
    /// The authentication schemes by which the provider challenges, beside that of the token.
    #[serde(default)]
    pub challenges: Vec<String>,
    /// What answers say of the token.
    #[serde(default)]
    pub answers: Answers,
    /// Where the token comes from and goes to. The operation that is asked first says it.
    #[serde(default)]
    pub token: TokenSource,
    /// When a further operation is asked, of those that are asked in turn: the smaller is asked first.
    pub rank: Option<u32>,
    /// Whether it only adds claims to what another has told.
    #[serde(default)]
    pub adds_claims: bool,
    /// What a request needs that belongs to a key, by the parameters' names.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterSource>,
    /// The values of the request's parameters, by name.
    #[serde(default)]
    pub arguments: BTreeMap<String, Argument>,
    /// The request's body.
    pub body: Option<Value>,
}

/// What `identity` says.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    /// `none`: a success tells that the token is good, and no more.
    None,
    /// Where the claims stand.
    Claims(Box<Claims>),
}

/// What a success is beside what the description says of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub struct SuccessSource {
    /// Its statuses, in the place of those that the description documents.
    #[serde(deserialize_with = "statuses")]
    pub status: Vec<Status>,
    /// What must stand in the body.
    pub body: BTreeMap<Pointer, keyholder_core::Test>,
    /// What the response headers must be.
    pub header: BTreeMap<String, keyholder_core::Test>,
    /// What a message must say, or a body that is not JSON.
    pub text: Option<keyholder_core::Text>,
}

/// What answers say of the token, as rules in their order.
///
/// Written as a list of rules, or as a map of statuses and codes, of which those with a code go first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// The rules.
    pub rules: Vec<Rule>,
    /// Where each stands below `answers`, as the last part of a pointer.
    pub keys: Vec<String>,
}

/// Where the token comes from, and where it goes beside what the description's security schemes say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub struct TokenSource {
    /// The environment variable.
    pub env: String,
    /// The forms that the provider's tokens have.
    #[serde(deserialize_with = "forms")]
    pub form: Vec<TokenForm>,
    /// Whether there is no other form.
    pub exclusive: bool,
    /// The forms of the maker's other secrets, which no operation knows.
    #[serde(deserialize_with = "patterns")]
    pub other: Vec<String>,
    /// The security scheme to use, by its name in the description.
    pub scheme: Option<String>,
    /// What stands before the token in a header.
    pub prefix: Option<String>,
    /// How the token is encoded.
    pub encoding: Option<Encoding>,
    /// Of Basic authentication, the user name that is the same for everyone.
    pub username: Option<String>,
    /// Of Basic authentication, the password that is the same for everyone.
    pub password: Option<String>,
    /// A place that no security scheme of the description says.
    #[serde(rename = "in")]
    pub place: Option<PlaceName>,
    /// The name of the parameter, header, cookie or member there.
    pub name: Option<String>,
    /// Several such places, each for a part of the token.
    pub parts: Vec<PartSource>,
}

/// A part of a token, and where it goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct PartSource {
    /// The part's name.
    pub part: String,
    /// The environment variable that holds it.
    pub env: Option<String>,
    /// The kind of place.
    #[serde(rename = "in")]
    pub place: PlaceName,
    /// The name of the parameter, header, cookie or member there.
    pub name: String,
    /// What stands before the part in a header.
    pub prefix: Option<String>,
    /// How the part is encoded in a header.
    pub encoding: Option<Encoding>,
}

/// A kind of place that a request has for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceName {
    /// A header.
    Header,
    /// A parameter of the query.
    Query,
    /// A cookie.
    Cookie,
    /// A parameter of the path.
    Path,
    /// A member of the body, by its name or a JSON pointer.
    Body,
}

/// How a token is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// In Base64.
    Base64,
    /// Not at all. A pair of Basic authentication is encoded already.
    None,
}

/// What is said of a parameter that belongs to a key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub struct ParameterSource {
    /// The environment variable that holds it.
    pub env: Option<String>,
    /// What it is, for people.
    pub description: String,
    /// The values that it may have.
    pub values: Vec<String>,
    /// A regular expression that they match from end to end.
    pub pattern: Option<String>,
    /// Its value where nobody gives one.
    pub default: Option<String>,
}

/// Reads the mapping that stands at `at` in the description, of the operation that is asked first.
///
/// # Errors
///
/// A key or value that the format does not have, with its pointer.
pub fn read(value: &Value, at: &str) -> Result<Mapping> {
    let whoami = parse(value, at)?;
    for (key, is_there) in [
        ("rank", whoami.rank.is_some()),
        ("adds_claims", whoami.adds_claims),
    ] {
        if is_there {
            return Err(Error::at(
                format!("{at}/{key}"),
                "is for a further operation: this one has `token`, and is asked first",
            ));
        }
    }
    if value.get("token").is_none() {
        return Err(Error::at(at, "missing field `token`")
            .with_help("it says which environment variable holds a token, as `{ env: … }`"));
    }
    if value["token"].get("env").is_none() {
        return Err(Error::at(format!("{at}/token"), "missing field `env`")
            .with_help("it names the environment variable that holds a token"));
    }
    check_variable(&whoami.token.env, &format!("{at}/token/env"))?;
    for (index, part) in whoami.token.parts.iter().enumerate() {
        if let Some(env) = &part.env {
            check_variable(env, &format!("{at}/token/parts/{index}/env"))?;
        }
    }
    for form in &whoami.token.form {
        check_pattern(&form.pattern, &format!("{at}/token/form"))?;
    }
    for other in &whoami.token.other {
        check_pattern(other, &format!("{at}/token/other"))?;
    }
    for (name, parameter) in &whoami.parameters {
        let at = pointer::push(&format!("{at}/parameters"), name);
        if let Some(env) = &parameter.env {
            check_variable(env, &pointer::push(&at, "env"))?;
        }
        if let Some(pattern) = &parameter.pattern {
            check_pattern(pattern, &pointer::push(&at, "pattern"))?;
        }
    }
    Ok(whoami)
}

/// Reads the mapping of a further operation, which stands at `at`.
///
/// # Errors
///
/// As [`read`], and what only the operation that is asked first says.
pub fn read_further(value: &Value, at: &str) -> Result<Mapping> {
    let whoami = parse(value, at)?;
    if value.get("parameters").is_some() {
        return Err(Error::at(
            format!("{at}/parameters"),
            "stands with `token`, on the operation that is asked first",
        ));
    }
    if whoami.rank.is_some() && whoami.adds_claims {
        return Err(
            Error::at(format!("{at}/rank"), "has no sense beside `adds_claims`")
                .with_help("what adds claims is asked after all others: leave one of them out"),
        );
    }
    if whoami.rank.is_none() && !whoami.adds_claims {
        return Err(Error::at(at, "is on a second operation").with_help(
            "say with `rank` when it is asked, or with `adds_claims: true` that it only adds claims",
        ));
    }
    Ok(whoami)
}

fn parse(value: &Value, at: &str) -> Result<Mapping> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error
            .path()
            .iter()
            .fold(at.to_owned(), |place, segment| match segment {
                Segment::Seq { index } => pointer::push(&place, index.to_string()),
                Segment::Map { key } | Segment::Enum { variant: key } => pointer::push(&place, key),
                Segment::Unknown => place,
            });
        Error::at(place, error.inner().to_string()).with_help(concat!(
            "specs/README.md documents the format, in ",
            env!("CARGO_PKG_REPOSITORY")
        ))
    })
}

/// Refuses what is no regular expression of the dialect that tokens are matched in.
fn check_pattern(pattern: &str, at: &str) -> Result<()> {
    match regex_lite::Regex::new(pattern) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::at(
            at,
            format!("{pattern:?} is not a regular expression"),
        )),
    }
}

/// Environment variables have letters, digits and underscores (POSIX.1-2017, section 8.1).
fn check_variable(name: &str, at: &str) -> Result<()> {
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if valid {
        Ok(())
    } else {
        Err(Error::at(
            at,
            format!("{name:?} is not a name that an environment variable can have"),
        ))
    }
}

impl Identity {
    /// The claims; none of `none`.
    #[must_use]
    pub fn claims(&self) -> Claims {
        match self {
            Self::None => Claims::default(),
            Self::Claims(claims) => (**claims).clone(),
        }
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self::Claims(Box::default())
    }
}

impl SuccessSource {
    /// Its conditions.
    #[must_use]
    pub fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.body.clone_from(&self.body);
        conditions.header.clone_from(&self.header);
        conditions.text.clone_from(&self.text);
        conditions
    }
}

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct IdentityVisitor;

        impl<'de> Visitor<'de> for IdentityVisitor {
            type Value = Identity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of claims, or `none`")
            }

            fn visit_str<E: serde::de::Error>(
                self,
                text: &str,
            ) -> std::result::Result<Identity, E> {
                match text {
                    "none" => Ok(Identity::None),
                    _ => Err(E::custom(format!(
                        "{text:?} is neither an object of claims nor `none`"
                    ))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                map: A,
            ) -> std::result::Result<Identity, A::Error> {
                Claims::deserialize(MapAccessDeserializer::new(map))
                    .map(|claims| Identity::Claims(Box::new(claims)))
            }
        }

        deserializer.deserialize_any(IdentityVisitor)
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct AnswersVisitor;

        impl<'de> Visitor<'de> for AnswersVisitor {
            type Value = Answers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rules, or an object of statuses and codes")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                rules: A,
            ) -> std::result::Result<Answers, A::Error> {
                let rules = Vec::<Rule>::deserialize(SeqAccessDeserializer::new(rules))?;
                Ok(Answers {
                    keys: (0..rules.len()).map(|index| index.to_string()).collect(),
                    rules,
                })
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Answers, A::Error> {
                let mut rules = Vec::new();
                while let Some(Key { text, status, code }) = map.next_key()? {
                    let rule = Rule::new(status, map.next_value()?);
                    let rule = match code {
                        Some(code) => rule.with_code(code),
                        None => rule,
                    };
                    rules.push((text, rule));
                }
                // Status and code together go before the status alone, and a status before a range.
                rules.sort_by(|(_, a), (_, b)| {
                    let rank = |rule: &Rule| (rule.code.is_empty(), rule.status.clone());
                    rank(a).cmp(&rank(b))
                });
                let (keys, rules) = rules.into_iter().unzip();
                Ok(Answers { rules, keys })
            }
        }

        deserializer.deserialize_any(AnswersVisitor)
    }
}

/// A status, or a status, a space and a code.
struct Key {
    text: String,
    status: Status,
    code: Option<String>,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (status, code) = match text.split_once(' ') {
            Some((status, code)) => (status, Some(code.trim())),
            None => (text.as_str(), None),
        };
        match (status.parse(), code) {
            (Ok(status), code) if code != Some("") => Ok(Self {
                status,
                code: code.map(str::to_owned),
                text,
            }),
            _ => Err(D::Error::custom(format!(
                "{text:?} is not an answer: write a status, or a status, a space and a code"
            ))),
        }
    }
}

/// A form: a regular expression, or an object with more than that.
#[derive(Deserialize)]
#[serde(untagged)]
enum FormSource {
    Pattern(String),
    Form(TokenForm),
}

fn forms<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<TokenForm>, D::Error> {
    let forms: Vec<FormSource> = one_or_many(deserializer).map_err(|_| {
        D::Error::custom(
            "a regular expression, an object with `pattern`, `scheme`, `operation`, `shared` and `checksum`, or a list of these was expected",
        )
    })?;
    let forms = forms.into_iter().map(|form| match form {
        FormSource::Pattern(pattern) => TokenForm::new(pattern),
        FormSource::Form(form) => form,
    });
    Ok(forms.collect())
}

fn patterns<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<String>, D::Error> {
    one_or_many(deserializer)
        .map_err(|_| D::Error::custom("a regular expression, or a list of them, was expected"))
}

/// One value, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    // First, since a list is also read as the fields of an object in their order.
    Many(Vec<T>),
    One(T),
}

fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<T>, D::Error> {
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

fn pointers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<Pointer>, D::Error> {
    one_or_many(deserializer).map_err(|_| {
        D::Error::custom("a JSON pointer, or a list of them, was expected: one starts with `/`")
    })
}

fn statuses<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<Status>, D::Error> {
    let statuses = one_or_many(deserializer).map_err(|_| {
        D::Error::custom("a status, a range such as `2XX`, or a list of them was expected")
    })?;
    if statuses.is_empty() {
        return Err(D::Error::custom("names no status"));
    }
    Ok(statuses)
}
