//! One value, or a list of them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BoolDeserializer, F64Deserializer, I64Deserializer, MapAccessDeserializer};
use serde::de::value::{SeqAccessDeserializer, StrDeserializer, U64Deserializer, UnitDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads one value, or a list of them. An error in one names its own place and kind, as those of an untagged enum
/// don't.
pub(super) fn deserialize<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Writes a list of one as that one.
pub(super) fn serialize<S: Serializer, T: Serialize>(
    values: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match values {
        [one] => one.serialize(serializer),
        many => many.serialize(serializer),
    }
}

struct OneOrMany<T>(PhantomData<T>);

macro_rules! one {
    ($($visit:ident: $value:ty => $deserializer:ident,)*) => {$(
        fn $visit<E: Error>(self, value: $value) -> Result<Self::Value, E> {
            let deserializer: $deserializer<E> = value.into_deserializer();
            T::deserialize(deserializer).map(|one| vec![one])
        }
    )*};
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value, or a list of them")
    }

    one! {
        visit_bool: bool => BoolDeserializer,
        visit_i64: i64 => I64Deserializer,
        visit_u64: u64 => U64Deserializer,
        visit_f64: f64 => F64Deserializer,
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(value)).map(|one| vec![one])
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        T::deserialize(UnitDeserializer::new()).map(|one| vec![one])
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        let items = Vec::<T>::deserialize(SeqAccessDeserializer::new(items))?;
        if items.is_empty() {
            return Err(A::Error::custom(
                "the list is empty: leave it out, or put something into it",
            ));
        }
        Ok(items)
    }
}

/// What must hold of several places: an object with something in it.
pub(super) mod conditions {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer};

    /// Reads them. An empty object asks for nothing, and would make a rule go by its status alone.
    pub(in crate::provider) fn deserialize<'de, D, K, V>(
        deserializer: D,
    ) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        let conditions = BTreeMap::deserialize(deserializer)?;
        if conditions.is_empty() {
            return Err(D::Error::custom(
                "there are no conditions: leave it out, or put some into it",
            ));
        }
        Ok(conditions)
    }
}
