//! Enums that take a value which the description does not have.

/// An enum of strings that stays readable when the provider adds one: what it does not know is kept in `Unknown`,
/// and serialises back to what came.
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
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the description does not have.
            Unknown(String),
        }

        impl $name {
            /// The value as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    value => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::claim::Text for $name {
            fn text(&self) -> Option<String> {
                Some(self.as_str().to_owned())
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

        impl<'de> $crate::support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <String as $crate::support::serde::Deserialize>::deserialize(deserializer)
                    .map(Self::from)
            }
        }

        $crate::__open_enum_schema!($name, [$($value),*]);
    };
}

/// The `JsonSchema` of an open enum: a string, with the known values as examples.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($name:ident, [$($value:literal),*]) => {
        impl $crate::support::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::support::schemars::SchemaGenerator,
            ) -> $crate::support::schemars::Schema {
                $crate::support::schemars::json_schema!({
                    "type": "string",
                    "examples": [$($value),*],
                })
            }
        }
    };
}

/// Without the feature there is none.
#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($name:ident, [$($value:literal),*]) => {};
}
