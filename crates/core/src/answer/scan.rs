//! One pass over JSON that keeps what is asked for, as it stands, and skips the rest.
//!
//! What is skipped costs no memory and no depth of the stack, whatever it holds. What is kept are slices of the body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::quick;
use crate::Pointer;

/// The places to keep, as a tree of names. Each has a slot, by which what was found there is asked for.
#[derive(Debug, Default)]
pub(super) struct Plan {
    root: Node,
    slots: usize,
    /// Whether what is read comes from headers, too.
    pub(super) reads_headers: bool,
}

#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) slot: Option<usize>,
    pub(super) members: Vec<(String, Node)>,
}

/// The number of a place in a [`Plan`].
pub(super) type Slot = usize;

/// What was found, by slot: slices of the text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found<'a>(Vec<Option<&'a str>>);

impl Plan {
    /// The slot of the place at `pointer`.
    pub(super) fn slot(&mut self, pointer: &Pointer) -> Slot {
        let mut node = &mut self.root;
        for token in pointer.tokens() {
            let index = match node.members.iter().position(|(name, _)| *name == token) {
                Some(index) => index,
                None => {
                    node.members.push((token, Node::default()));
                    node.members.len() - 1
                }
            };
            node = &mut node.members[index].1;
        }
        *node.slot.get_or_insert_with(|| {
            self.slots += 1;
            self.slots - 1
        })
    }

    /// Reads `json`, to its end.
    ///
    /// # Errors
    ///
    /// It is not JSON.
    pub(super) fn scan<'a>(&self, json: &'a str) -> serde_json::Result<Found<'a>> {
        match self.scan_quickly(json) {
            Some(found) => Ok(found),
            None => self.scan_whole(json),
        }
    }

    /// The same for an object as most are; nothing of anything else.
    pub(super) fn scan_quickly<'a>(&self, json: &'a str) -> Option<Found<'a>> {
        let mut slots = vec![None; self.slots];
        quick::scan(&self.root, json, &mut slots)?;
        Some(Found(slots))
    }

    /// The same for whatever JSON may be.
    pub(super) fn scan_whole<'a>(&self, json: &'a str) -> serde_json::Result<Found<'a>> {
        let scan = |careful| {
            let mut slots = vec![None; self.slots];
            let mut deserializer = Deserializer::from_str(json);
            let seed = Seed {
                node: &self.root,
                slots: &mut slots,
                careful,
            };
            seed.deserialize(&mut deserializer)?;
            deserializer.end()?;
            Ok(Found(slots))
        };
        // A text that holds half of a character where an object is looked for, or a name with a control, stops the quick way.
        scan(false).or_else(|_: serde_json::Error| scan(true))
    }
}

impl<'a> Found<'a> {
    /// What stands at a place.
    pub(super) fn get(&self, slot: Slot) -> Option<Value<'a>> {
        self.0.get(slot).copied().flatten().and_then(Value::read)
    }
}

/// A value of JSON, not taken apart further than it has to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// A number, as it is written: it may be beyond what any type holds.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(&'a str),
    Object(&'a str),
}

impl<'a> Value<'a> {
    /// What a slice of JSON is. Where a text holds half of a character, the replacement character stands in its place:
    /// what the rest of it says counts.
    pub(super) fn read(raw: &'a str) -> Option<Self> {
        Some(match raw.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'{' => Self::Object(raw),
            b'[' => Self::List(raw),
            b'"' if raw.contains('\\') => Self::Text(Cow::Owned(unescaped(raw)?)),
            b'"' => Self::Text(Cow::Borrowed(raw.get(1..raw.len() - 1)?)),
            _ => Self::Number(raw),
        })
    }

    /// A code: a text, or a number, which is one whole number however it is written.
    pub(super) fn into_code(self) -> Option<Cow<'a, str>> {
        /// Up to here every integer is a number of its own (IEEE 754 binary64).
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if let Self::Number(number) = self
            && !number.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(value) = number.parse::<f64>()
            && value.fract() == 0.0
            && value.abs() <= EXACT
        {
            return Some(Cow::Owned(format!("{value:.0}")));
        }
        self.into_text()
    }

    /// A text, or a number as it is written.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(Cow::Borrowed(number)),
            _ => None,
        }
    }

    /// The number that it is, or that its text writes.
    pub(super) fn number(&self) -> Option<f64> {
        let text = match self {
            Self::Number(number) => number,
            Self::Text(text) => text.trim(),
            _ => return None,
        };
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The truth value that it is, or that its text names.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => match text.as_ref() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The text that a string of JSON writes.
fn unescaped(raw: &str) -> Option<String> {
    if let Ok(text) = serde_json::from_str(raw) {
        return Some(text);
    }
    let Name(bytes) = serde_json::from_str(raw).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Calls `visit` with each item of a list, and the name of each where it is an object, until it returns false.
///
/// `raw` is JSON: a slice that was found.
pub(super) fn for_each<'a>(raw: &'a str, visit: impl FnMut(Option<&str>, &'a str) -> bool) {
    // It was read before: it fails on nothing but the break.
    let _ = Deserializer::from_str(raw).deserialize_any(Items(visit));
}

struct Items<F>(F);

impl<'de, F: FnMut(Option<&str>, &'de str) -> bool> Visitor<'de> for Items<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            if !(self.0)(None, item.get()) {
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key()? {
            let item: &RawValue = members.next_value()?;
            if !(self.0)(Some(&String::from_utf8_lossy(&name)), item.get()) {
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

/// The name of a member, which may be no Unicode.
struct Name<'a>(Cow<'a, [u8]>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, name: &[u8]) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_vec())))
            }

            fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.as_bytes().to_vec())))
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name.as_bytes())))
            }
        }

        deserializer.deserialize_bytes(NameVisitor)
    }
}

/// Fills the slots of a node and of all below it.
struct Seed<'p, 's, 'a> {
    node: &'p Node,
    slots: &'s mut [Option<&'a str>],
    /// Whether what may be anything is found out before it is taken apart.
    careful: bool,
}

impl<'a> DeserializeSeed<'a> for Seed<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        // Of two members of one name, the last counts, as most readers have it.
        self.node.clear(self.slots);
        if self.node.slot.is_none() && !self.careful && !self.node.members.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
        if let Some(slot) = self.node.slot {
            self.slots[slot] = Some(raw);
        }
        if !self.node.members.is_empty() && raw.starts_with(['{', '[']) {
            let mut inner = Deserializer::from_str(raw);
            inner
                .deserialize_any(self)
                .map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

impl<'a> Visitor<'a> for Seed<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key()? {
            // Names are read as bytes, in which nobody looks for controls that stand there as they are (RFC 8259, section 7).
            if !self.careful && name.iter().any(u8::is_ascii_control) {
                return Err(serde::de::Error::custom("a control in a name"));
            }
            match self.node.member(&name) {
                Some(node) => members.next_value_seed(Seed {
                    node,
                    slots: &mut *self.slots,
                    careful: self.careful,
                })?,
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let node = self.node.item(index);
            let more = match node {
                Some(node) => items.next_element_seed(Seed {
                    node,
                    slots: &mut *self.slots,
                    careful: self.careful,
                })?,
                None => items.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl Node {
    pub(super) fn member(&self, name: &[u8]) -> Option<&Self> {
        let mut members = self.members.iter();
        let found = members.find(|(member, _)| member.as_bytes() == name);
        found.map(|(_, node)| node)
    }

    /// The node of an item of a list (RFC 6901, section 4).
    pub(super) fn item(&self, index: usize) -> Option<&Self> {
        let is_it = |name: &str| {
            name.parse() == Ok(index) && (name == "0" || !name.starts_with(['0', '+']))
        };
        let mut members = self.members.iter();
        let found = members.find(|(name, _)| is_it(name));
        found.map(|(_, node)| node)
    }

    pub(super) fn clear(&self, slots: &mut [Option<&str>]) {
        if let Some(slot) = self.slot {
            slots[slot] = None;
        }
        for (_, node) in &self.members {
            node.clear(slots);
        }
    }
}
