//! What a text has that no description ought to have, and how it was read nevertheless.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{pointer, text};

/// A member or an item, and what it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    around: Option<&'a Step<'a>>,
    name: Name<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Name<'a> {
    Key(&'a str),
    Item(usize),
}

impl<'a> Step<'a> {
    pub(crate) fn key(around: Option<&'a Step<'a>>, key: &'a str) -> Self {
        let name = Name::Key(key);
        Self { around, name }
    }

    pub(crate) fn item(around: Option<&'a Step<'a>>, at: usize) -> Self {
        let name = Name::Item(at);
        Self { around, name }
    }
}

/// The JSON pointer (RFC 6901) of a place.
pub(crate) fn place(at: Option<&Step<'_>>) -> String {
    let mut steps = Vec::new();
    let mut at = at;
    while let Some(step) = at {
        steps.push(step.name);
        at = step.around;
    }
    steps
        .into_iter()
        .rev()
        .fold(String::new(), |place, name| match name {
            Name::Key(key) => pointer::push(&place, key),
            Name::Item(at) => pointer::push(&place, at.to_string()),
        })
}

/// The keys that stand twice in one object.
#[derive(Debug, Default)]
pub(super) struct Twice {
    count: Cell<usize>,
    first: RefCell<Option<String>>,
}

impl Twice {
    /// Takes down a key that stands in the object at `at` once more, and which of both counts: the last, or the first.
    pub(super) fn add(&self, at: Option<&Step<'_>>, key: &str, is_last: bool) {
        self.count.set(self.count.get() + 1);
        self.first.borrow_mut().get_or_insert_with(|| {
            let counts = if is_last { "last" } else { "first" };
            let at = match place(at) {
                at if at.is_empty() => "the root".to_owned(),
                at => text::shown(&at),
            };
            format!(
                "at {at}: the key \"{}\" stands there more than once, and the {counts} counts",
                text::shown(key)
            )
        });
    }

    /// What is to be said of them, where there are some.
    pub(super) fn remark(&self) -> Option<String> {
        let first = self.first.borrow().clone()?;
        Some(match self.count.get() {
            0 | 1 => first,
            2 => format!("{first}; so it is with one more key"),
            count => format!("{first}; so it is with {} more keys", count - 1),
        })
    }
}

/// The keys that stand twice in a text of JSON that was parsed already: the last counts.
pub(super) fn twice_in_json(text: &str) -> Twice {
    let twice = Twice::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let keys = Keys {
        twice: &twice,
        at: None,
    };
    // It was parsed already; and what is found before an error stands there.
    let _ = keys.deserialize(&mut reader);
    twice
}

#[derive(Clone, Copy)]
struct Keys<'a> {
    twice: &'a Twice,
    at: Option<&'a Step<'a>>,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut at = 0;
        loop {
            let step = Step::item(self.at, at);
            let inner = Keys {
                twice: self.twice,
                at: Some(&step),
            };
            if items.next_element_seed(inner)?.is_none() {
                return Ok(());
            }
            at += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if keys.contains(&key) {
                self.twice.add(self.at, &key, true);
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let step = Step::key(self.at, &key);
            members.next_value_seed(Keys {
                twice: self.twice,
                at: Some(&step),
            })?;
            keys.insert(key);
        }
        Ok(())
    }
}

/// What is to be said of the characters that no text of a description has, where there are some.
pub(super) fn controls(text: &str, is_none: impl Fn(char) -> bool) -> Option<String> {
    let (at, first) = text.char_indices().find(|(_, c)| is_none(*c))?;
    let count = text[at..].chars().filter(|c| is_none(*c)).count();
    let place = super::end(&text[..at]);
    let more = match count {
        0 | 1 => String::new(),
        2 => "; so it is with one more".to_owned(),
        count => format!("; so it is with {} more", count - 1),
    };
    Some(format!(
        "at {place}: the character U+{:04X} is none of a text, and is read as U+FFFD{more}",
        u32::from(first)
    ))
}
