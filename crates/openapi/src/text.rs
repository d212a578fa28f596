//! Text that is not ours: what a description says, made fit to stand in a file or on a screen.
//!
//! A description is third-party input. Controls can end a comment or drive a terminal; characters of the general
//! category "format" turn text around or hide in it. None of them leaves this module, in whatever is generated.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// As long as a line of a description gets. Longer titles are none.
const LONGEST_LINE: usize = 200;

/// As long as a text of a description gets, in bytes. The rest stays in the description.
const LONGEST_TEXT: usize = 8 * 1024;

/// What stands in the place of what is cut.
const CUT: char = '…';

/// Whether a character is not seen, or changes how others are: controls, format characters, and separators of lines.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// A text as one line, and not a long one: blanks are single, and what is hidden is gone.
#[must_use]
pub fn line(text: &str) -> String {
    let mut words = String::new();
    let mut count = 0;
    let mut is_apart = false;
    for c in text.chars() {
        if c.is_whitespace() || is_break(c) {
            is_apart = !words.is_empty();
        } else if !is_hidden(c) {
            if count >= LONGEST_LINE {
                words.push(CUT);
                break;
            }
            if is_apart {
                words.push(' ');
                is_apart = false;
            }
            words.push(c);
            count += 1;
        }
    }
    words
}

/// A name or a value as it is, in one line: what is hidden is shown as Rust's escapes show it.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count >= LONGEST_LINE {
            shown.push(CUT);
            break;
        }
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The lines of a message: as [`shown`], but that its own line breaks stay, and that it may be long.
#[must_use]
pub fn message(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A text of several lines: every break of a line is a line feed, blanks are spaces or tabs, and what is hidden is gone.
#[must_use]
pub fn lines(text: &str) -> String {
    let mut lines = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if lines.len() >= LONGEST_TEXT {
            // Words and lines stay whole where there are some.
            let end = lines.rfind('\n').unwrap_or(0);
            if end > LONGEST_TEXT / 2 {
                lines.truncate(end);
            }
            lines.push(CUT);
            break;
        }
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\t' => lines.push(c),
            _ if is_break(c) => lines.push('\n'),
            _ if is_hidden(c) => {}
            _ if c.is_whitespace() => lines.push(' '),
            _ => lines.push(c),
        }
    }
    lines
}

/// JSON whose hidden characters are JSON's own escapes: the value stays the same (RFC 8259, section 7).
///
/// `json` is a document as a serialiser writes it: outside of its strings it has no hidden character but line feeds.
#[must_use]
pub fn json(json: &str) -> String {
    let mut escaped = String::new();
    for c in json.chars() {
        if is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Whether a character ends a line, to any reader (Unicode, section 5.8).
fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use super::{json, line, lines, message, shown};

    /// One of each kind, each between two letters.
    const HIDDEN: &str = "a\u{0}b\u{1b}c\u{7f}d\u{9b}e\u{ad}f\u{61c}g\u{200b}h\u{200e}i\u{202e}j\u{2066}k\u{2069}l\u{feff}m\u{e0041}n";

    #[test]
    fn what_is_hidden_is_gone_from_lines() {
        assert_eq!(line(HIDDEN), "abcdefghijklmn");
        assert_eq!(lines(HIDDEN), "abcdefghijklmn");
    }

    #[test]
    fn a_line_is_one() {
        let text = "  one\ntwo\r\nthree\rfour\u{2028}five\u{2029}six\u{85}seven\u{b}\u{c} \t eight\u{a0}nine  ";
        assert_eq!(line(text), "one two three four five six seven eight nine");
        assert_eq!(line(" \n "), "");
    }

    #[test]
    fn lines_end_in_line_feeds() {
        assert_eq!(lines("a\r\nb\rc\u{2028}d\u{85}\te"), "a\nb\nc\nd\n\te");
    }

    #[test]
    fn what_is_hidden_is_seen_in_names() {
        assert_eq!(shown("a\u{202e}b\nc\u{0}"), r"a\u{202e}b\nc\u{0}");
        assert_eq!(message("a\u{1b}[2J\nb"), "a\\u{1b}[2J\nb");
        assert_eq!(shown("नाम 👍🏽 اسم"), "नाम 👍🏽 اسم");
    }

    #[test]
    fn nothing_is_endless() {
        let long = "word ".repeat(40_000);
        assert!(line(&long).len() < 300);
        assert!(shown(&long).len() < 300);
        assert!(lines(&long).len() < 10_000);
        let many = "a line\n".repeat(40_000);
        assert!(lines(&many).ends_with("a line…"));
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "a\u{202e}": [HIDDEN, "é\n"] });
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        let escaped = json(&text);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).ok(),
            Some(value)
        );
        assert!(escaped.chars().all(|c| c == '\n' || !super::is_hidden(c)));
        assert!(escaped.contains("\\u202e") && escaped.contains("\\udb40\\udc41"));
    }
}
