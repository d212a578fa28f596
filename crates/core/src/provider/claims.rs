//! Where the claims of an identity stand in an answer.
//!
//! The names are those of [`Identity`](crate::Identity), and the format is that of `x-whoami`'s `identity`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Pointer;
use crate::SubjectType;

/// Where each claim of an identity comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[non_exhaustive]
pub struct Claims {
    /// [`Identity::sub`](crate::Identity::sub).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<Source>,
    /// [`Identity::name`](crate::Identity::name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Source>,
    /// [`Identity::given_name`](crate::Identity::given_name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<Source>,
    /// [`Identity::family_name`](crate::Identity::family_name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Source>,
    /// [`Identity::preferred_username`](crate::Identity::preferred_username).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<Source>,
    /// [`Identity::email`](crate::Identity::email).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Source>,
    /// [`Identity::email_verified`](crate::Identity::email_verified): a truth value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<Source>,
    /// [`Identity::picture`](crate::Identity::picture).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Source>,
    /// [`Identity::created_at`](crate::Identity::created_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Source>,
    /// [`Identity::updated_at`](crate::Identity::updated_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Source>,
    /// [`Identity::subject_type`](crate::Identity::subject_type).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<SubjectTypeSource>,
    /// [`Identity::organizations`](crate::Identity::organizations).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations: Option<OrganizationClaims>,
    /// [`Identity::permissions`](crate::Identity::permissions).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<PermissionClaims>,
    /// [`Identity::scopes`](crate::Identity::scopes): a list of texts; a text with spaces or commas between the scopes; or
    /// an object, whose members that are true are the scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Source>,
    /// [`Identity::quotas`](crate::Identity::quotas).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<QuotaClaims>,
    /// [`Identity::token`](crate::Identity::token).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenClaims>,
}

/// Where a claim comes from: places, of which the first that has a value wins, or a constant.
///
/// As JSON, a text that is empty or starts with `/` is a pointer, any other text is a constant, and a list is several
/// places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Places in the answer.
    Places(Vec<Place>),
    /// A text that is the same for every answer.
    Constant(String),
}

/// A place in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the body, or in the item of a list that the claims are of.
    Body(Pointer),
    /// A response header: `{ header: NAME }`.
    Header(String),
    /// The name under which the item stands, where `each` leads to an object: `{ key: true }`.
    Key,
}

/// What kind of holder the token has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum SubjectTypeSource {
    /// The same for every answer.
    Constant(SubjectType),
    /// By the value of a field: what is not among the values is unknown.
    Field {
        /// Where the field stands.
        at: Pointer,
        /// What its values mean.
        values: BTreeMap<String, SubjectType>,
    },
    /// By which of several pointers finds something: the first that does.
    Present {
        /// The pointers, each with the kind of holder that it tells of.
        present: Vec<(Pointer, SubjectType)>,
    },
}

/// Where the claims of organizations come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[non_exhaustive]
pub struct OrganizationClaims {
    /// A list, or an object of named members, whose items tell of an organization each: all else is relative to an item.
    /// Without it the answer itself tells of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<Pointer>,
    /// [`Organization::id`](crate::Organization::id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Source>,
    /// [`Organization::name`](crate::Organization::name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Source>,
    /// [`Organization::slug`](crate::Organization::slug).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Source>,
    /// [`Organization::role`](crate::Organization::role).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Source>,
    /// [`Organization::active`](crate::Organization::active): a truth value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<Source>,
}

/// Where the claims of permissions come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[non_exhaustive]
pub struct PermissionClaims {
    /// A list, or an object of named members, whose items tell of permissions: all else is relative to an item. Without it
    /// the answer itself does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<Pointer>,
    /// [`Permission::permission`](crate::Permission::permission). A list of texts is a permission each; of an object, each
    /// member that is true, or holds a text or a list, is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Source>,
    /// [`Permission::resource`](crate::Permission::resource).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Source>,
    /// [`Permission::resource_type`](crate::Permission::resource_type): kept only where there is a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<Source>,
    /// [`Permission::environment`](crate::Permission::environment).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Source>,
    /// Permissions inside an item, in a list or object of its own. What they don't say of themselves, the item around them
    /// says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<PermissionClaims>>,
}

/// Where the figures of a quota come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
#[non_exhaustive]
pub struct QuotaClaims {
    /// [`Quota::name`](crate::Quota::name): a constant.
    pub name: String,
    /// [`Quota::unit`](crate::Quota::unit): a constant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// [`Quota::limit`](crate::Quota::limit): a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Source>,
    /// [`Quota::used`](crate::Quota::used): a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Source>,
    /// [`Quota::remaining`](crate::Quota::remaining): a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<Source>,
    /// [`Quota::resets_at`](crate::Quota::resets_at).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<Source>,
}

/// Where the claims of the token itself come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[non_exhaustive]
pub struct TokenClaims {
    /// [`TokenInfo::id`](crate::TokenInfo::id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Source>,
    /// [`TokenInfo::name`](crate::TokenInfo::name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Source>,
    /// [`TokenInfo::expires_at`](crate::TokenInfo::expires_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Source>,
    /// [`TokenInfo::issued_at`](crate::TokenInfo::issued_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Source>,
    /// [`TokenInfo::last_used_at`](crate::TokenInfo::last_used_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Source>,
}

impl Claims {
    /// The claims that name somebody: a success that has a text or a number at one of them counts.
    pub(crate) fn naming(&self) -> impl Iterator<Item = &Source> {
        let organizations = self.organizations.iter();
        let token = self.token.iter();
        [
            &self.sub,
            &self.email,
            &self.preferred_username,
            &self.name,
            &self.given_name,
            &self.family_name,
        ]
        .into_iter()
        .chain(organizations.flat_map(|it| [&it.id, &it.name]))
        .chain(token.flat_map(|it| [&it.id, &it.name]))
        .flatten()
    }

    /// Whether it maps a claim that can name somebody. A constant cannot: it is the same for everybody.
    ///
    /// Where it does not, an answer is a success by its status, media type and required members.
    #[must_use]
    pub fn names_somebody(&self) -> bool {
        self.naming()
            .any(|source| matches!(source, Source::Places(_)))
    }
}

impl From<Pointer> for Source {
    fn from(pointer: Pointer) -> Self {
        Self::Places(vec![Place::Body(pointer)])
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, name) = match self {
            Self::Body(pointer) => return pointer.serialize(serializer),
            Self::Header(name) => ("header", Some(name)),
            Self::Key => ("key", None),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        match name {
            Some(name) => map.serialize_entry(key, name)?,
            None => map.serialize_entry(key, &true)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PlaceVisitor;

        impl<'de> Visitor<'de> for PlaceVisitor {
            type Value = Place;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON pointer, `{ header: NAME }` or `{ key: true }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Place, E> {
                text.parse().map(Place::Body).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Place, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Other {
                    header: Option<String>,
                    key: Option<bool>,
                }
                match Other::deserialize(MapAccessDeserializer::new(map))? {
                    Other {
                        header: Some(name),
                        key: None,
                    } if !name.is_empty() => Ok(Place::Header(name)),
                    Other {
                        header: None,
                        key: Some(true),
                    } => Ok(Place::Key),
                    _ => Err(A::Error::custom(
                        "a place is a JSON pointer, `{ header: NAME }` or `{ key: true }`",
                    )),
                }
            }
        }

        deserializer.deserialize_any(PlaceVisitor)
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Places(places) => super::list::serialize(places, serializer),
            Self::Constant(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SourceVisitor;

        impl<'de> Visitor<'de> for SourceVisitor {
            type Value = Source;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a JSON pointer, `{ header: NAME }`, a list of them, or a constant text",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Source, E> {
                Ok(match text.parse::<Pointer>() {
                    Ok(pointer) => pointer.into(),
                    Err(_) => Source::Constant(text.to_owned()),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                let place = Place::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Source::Places(vec![place]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Source, A::Error> {
                let mut places = Vec::new();
                while let Some(place) = items.next_element()? {
                    places.push(place);
                }
                if places.is_empty() {
                    return Err(A::Error::custom("the list of places is empty"));
                }
                Ok(Source::Places(places))
            }
        }

        deserializer.deserialize_any(SourceVisitor)
    }
}

impl<'de> Deserialize<'de> for SubjectTypeSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SubjectTypeVisitor;

        /// The kinds of holder that a description may name.
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            User,
            ServiceAccount,
            Organization,
            Application,
            Unknown,
        }

        impl From<Kind> for SubjectType {
            fn from(kind: Kind) -> Self {
                match kind {
                    Kind::User => Self::User,
                    Kind::ServiceAccount => Self::ServiceAccount,
                    Kind::Organization => Self::Organization,
                    Kind::Application => Self::Application,
                    Kind::Unknown => Self::Unknown,
                }
            }
        }

        impl<'de> Visitor<'de> for SubjectTypeVisitor {
            type Value = SubjectTypeSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "one of `user`, `service_account`, `organization`, `application`, `unknown`, or an object with `at` and `values`, or with `present`",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SubjectTypeSource, E> {
                let kind = Kind::deserialize(serde::de::value::StrDeserializer::<E>::new(text))?;
                Ok(SubjectTypeSource::Constant(kind.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SubjectTypeSource, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Object {
                    at: Option<Pointer>,
                    values: Option<BTreeMap<String, Kind>>,
                    present: Option<Vec<(Pointer, Kind)>>,
                }
                match Object::deserialize(MapAccessDeserializer::new(map))? {
                    Object {
                        at: Some(at),
                        values: Some(values),
                        present: None,
                    } => Ok(SubjectTypeSource::Field {
                        at,
                        values: values
                            .into_iter()
                            .map(|(value, kind)| (value, kind.into()))
                            .collect(),
                    }),
                    Object {
                        at: None,
                        values: None,
                        present: Some(present),
                    } => Ok(SubjectTypeSource::Present {
                        present: present
                            .into_iter()
                            .map(|(pointer, kind)| (pointer, kind.into()))
                            .collect(),
                    }),
                    _ => Err(A::Error::custom(
                        "give `at` and `values`, or `present` alone",
                    )),
                }
            }
        }

        deserializer.deserialize_any(SubjectTypeVisitor)
    }
}

#[cfg(feature = "schemars")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Place, Source};

    impl JsonSchema for Place {
        fn schema_name() -> Cow<'static, str> {
            "Place".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A JSON pointer, or the name of a response header.",
                "type": ["string", "object"],
            })
        }
    }

    impl JsonSchema for Source {
        fn schema_name() -> Cow<'static, str> {
            "Source".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A place in the answer, a list of them, or a constant text.",
                "type": ["string", "object", "array"],
            })
        }
    }
}
