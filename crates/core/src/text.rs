//! Texts that a provider wrote, bounded.

use std::borrow::Cow;

/// The beginning of a text, of at most so many bytes, that ends with a character.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    // A character has at most four bytes (RFC 3629, section 3).
    let ends = (0..=most).rev().take(4);
    let end = ends.into_iter().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// The same, as a text of its own, of which no more is kept.
pub(crate) fn kept(text: Cow<'_, str>, most: usize) -> String {
    match text {
        Cow::Owned(text) if text.len() <= most => text,
        text => beginning(&text, most).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{beginning, kept};

    #[test]
    fn a_text_ends_with_a_character() {
        for (text, most, expected) in [
            ("", 0, ""),
            ("abc", 3, "abc"),
            ("abc", 2, "ab"),
            ("aé", 2, "a"),
            ("a😀", 4, "a"),
            ("😀", 3, ""),
            ("😀a", 4, "😀"),
        ] {
            assert_eq!(beginning(text, most), expected);
            let owned = kept(Cow::Owned(text.to_owned()), most);
            assert_eq!(owned, expected);
            assert_eq!(kept(Cow::Borrowed(text), most), expected);
        }
        let long = kept(Cow::Owned("a".repeat(1000)), 10);
        assert!(long.capacity() < 100, "what is left out is not kept");
    }
}
