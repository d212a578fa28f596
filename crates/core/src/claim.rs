//! From the fields of an answer to the claims of an identity.
//!
//! The generated mapping is made of these calls, so that the compiler checks a description's `x-whoami` against the
//! types that were generated from it.

use serde_json::Value;

use crate::SubjectType;

/// A field that can be a text claim. Numbers are: `sub` is always a string.
pub trait Text {
    /// The text, unless the value has none.
    fn text(&self) -> Option<String>;
}

/// A field that can be a claim which is true or false.
pub trait Flag {
    /// The truth value, unless the value has none.
    fn flag(&self) -> Option<bool>;
}

/// A field that can be a figure of a quota.
pub trait Number {
    /// The figure, unless the value has none.
    fn number(&self) -> Option<f64>;
}

/// A field that can be a list of texts: an array, or a text with spaces between (RFC 6749, section 3.3).
pub trait TextList {
    /// The texts, unless the value is no list.
    fn text_list(&self) -> Option<Vec<String>>;
}

/// A text claim; the empty text is none.
pub fn text<T: Text + ?Sized>(field: Option<&T>) -> Option<String> {
    field.and_then(Text::text).filter(|text| !text.is_empty())
}

/// A claim that is true or false.
pub fn flag<T: Flag + ?Sized>(field: Option<&T>) -> Option<bool> {
    field.and_then(Flag::flag)
}

/// A figure of a quota.
pub fn number<T: Number + ?Sized>(field: Option<&T>) -> Option<f64> {
    field.and_then(Number::number)
}

/// A list of texts.
pub fn text_list<T: TextList + ?Sized>(field: Option<&T>) -> Option<Vec<String>> {
    field.and_then(TextList::text_list)
}

/// The kind of holder that a field names, by the values that the description gives them.
#[must_use]
pub fn subject_type<T: Text + ?Sized>(
    field: Option<&T>,
    values: &[(&str, SubjectType)],
) -> SubjectType {
    let named = text(field);
    values
        .iter()
        .find(|(value, _)| named.as_deref() == Some(*value))
        .map_or(SubjectType::Unknown, |(_, subject_type)| *subject_type)
}

/// A claim whose parts are all absent is absent.
pub fn present<T: Default + PartialEq>(value: T) -> Option<T> {
    (value != T::default()).then_some(value)
}

impl Text for str {
    fn text(&self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Text for String {
    fn text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Number for str {
    fn number(&self) -> Option<f64> {
        self.trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }
}

impl Number for String {
    fn number(&self) -> Option<f64> {
        self.as_str().number()
    }
}

impl Flag for bool {
    fn flag(&self) -> Option<bool> {
        Some(*self)
    }
}

impl Text for bool {
    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Text for $number {
            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
        }

        impl Number for $number {
            // A quota beyond 2^53 is past any that a reader could tell apart.
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)]
            fn number(&self) -> Option<f64> {
                Some(*self as f64)
            }
        }
    )*};
}

numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl Text for Value {
    fn text(&self) -> Option<String> {
        match self {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl Flag for Value {
    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }
}

impl Number for Value {
    fn number(&self) -> Option<f64> {
        match self {
            Value::String(text) => text.number(),
            _ => self.as_f64(),
        }
    }
}

impl TextList for Value {
    fn text_list(&self) -> Option<Vec<String>> {
        match self {
            Value::Array(items) => Some(items.iter().filter_map(Text::text).collect()),
            Value::String(text) => text.text_list(),
            _ => None,
        }
    }
}

impl TextList for str {
    fn text_list(&self) -> Option<Vec<String>> {
        Some(self.split_whitespace().map(str::to_owned).collect())
    }
}

impl TextList for String {
    fn text_list(&self) -> Option<Vec<String>> {
        self.as_str().text_list()
    }
}

impl<T: Text> TextList for [T] {
    fn text_list(&self) -> Option<Vec<String>> {
        Some(self.iter().filter_map(Text::text).collect())
    }
}

impl<T: Text> TextList for Vec<T> {
    fn text_list(&self) -> Option<Vec<String>> {
        self.as_slice().text_list()
    }
}

impl<T: Text + ?Sized> Text for Box<T> {
    fn text(&self) -> Option<String> {
        (**self).text()
    }
}
