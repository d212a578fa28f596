//! Enums of strings: open ones, which take a value that the description does not have, and closed ones.

use std::fmt;

/// A value that an enum of strings does not know. Nothing but this module sees what is in it, so that it is neither made nor
/// matched elsewhere.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue(String);

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a value is in an enum that does not know it.
#[must_use]
pub fn unknown(value: &str) -> UnknownValue {
    UnknownValue(value.to_owned())
}

/// The value as the provider writes it.
#[must_use]
pub fn text_of(value: &UnknownValue) -> &str {
    &value.0
}

/// An enum of strings that stays readable when the provider adds one: it keeps a value that it does not know, and serialises it
/// back to what came. Only reading makes such a value, so that a known one is never taken for it.
///
/// ```
/// keyholder_core::open_enum! {
///     /// The plan that an account is on.
///     pub enum Plan {
///         /// Nothing is paid.
///         Free = "free",
///         /// Paid by the seat.
///         Team = "team plan",
///     }
/// }
///
/// assert_eq!(Plan::from("team plan"), Plan::Team);
/// assert_eq!(Plan::from("galactic").as_str(), "galactic");
/// assert_eq!("free".parse(), Ok(Plan::Free));
///
/// // Still right when a newer version knows the value: what is known matches `_` as well.
/// let seats = match Plan::from("galactic") {
///     Plan::Free => 1,
///     plan if plan.as_str() == "galactic" => 1_000_000,
///     _ => 10,
/// };
/// assert_eq!(seats, 1_000_000);
/// ```
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)*
        }
    ) => {
        $(#[$meta])*
        ///
        /// A value that this version does not know matches `_`, as does each that a newer version adds. Tell them apart by
        /// [`as_str`](Self::as_str): that stays right when the value becomes known.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the description does not have. Only reading makes one.
            #[doc(hidden)]
            Unknown($crate::support::UnknownValue),
        }

        impl $name {
            /// The value as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => $crate::support::text_of(value),
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    value => Self::Unknown($crate::support::unknown(value)),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl<'de> $crate::support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <String as $crate::support::serde::Deserialize>::deserialize(deserializer)
                    .map(Self::from)
            }
        }

        $crate::__string_enum!($name);
        $crate::__string_enum_schema!($name, "examples", [$($value),*]);
    };
}

/// An enum of strings that takes no other: by its value, the forms of a union are told apart.
///
/// ```
/// keyholder_core::closed_enum! {
///     /// What makes an account a bot's.
///     pub enum Bot {
///         /// The only value.
///         Bot = "bot",
///     }
/// }
///
/// assert_eq!(Bot::try_from("bot"), Ok(Bot::Bot));
/// assert!(serde_json::from_str::<Bot>("\"person\"").is_err());
/// ```
#[macro_export]
macro_rules! closed_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            /// The value as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = &'static str;

            fn try_from(value: &str) -> Result<Self, &'static str> {
                match value {
                    $($value => Ok(Self::$variant),)*
                    _ => Err(concat!("not a value of ", stringify!($name))),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = &'static str;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::try_from(value)
            }
        }

        impl<'de> $crate::support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let value = <String as $crate::support::serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(value.as_str()).map_err($crate::support::serde::de::Error::custom)
            }
        }

        $crate::__string_enum!($name);
        $crate::__string_enum_schema!($name, "enum", [$($value),*]);
    };
}

/// What open and closed enums share.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::support::serde::Serialize for $name {
            fn serialize<S: $crate::support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// The `JsonSchema` of an enum of strings, its values under a keyword that fits.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum_schema {
    ($name:ident, $keyword:literal, [$($value:literal),*]) => {
        impl $crate::support::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::support::schemars::SchemaGenerator,
            ) -> $crate::support::schemars::Schema {
                $crate::support::schemars::json_schema!({
                    "type": "string",
                    $keyword: (&[$($value),*] as &[&str]),
                })
            }
        }
    };
}

/// Without the feature there is none.
#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum_schema {
    ($name:ident, $keyword:literal, [$($value:literal),*]) => {};
}
