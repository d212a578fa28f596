//! The text of a paragraph or of a cell, escaped.

use std::mem;

use super::blocks::Inline;
use keyholder_openapi::text;

/// Where text is to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a paragraph of its own.
    Paragraph,
    /// In the cell of a table.
    Cell,
    /// In a paragraph, the cell of a table or a link.
    Anywhere,
}

/// The words of a paragraph, escaped, in the lines that they had.
pub(crate) struct Words {
    lines: Vec<Vec<String>>,
    /// Whether a blank comes next.
    is_apart: bool,
    place: Place,
    is_plain: bool,
    is_link: bool,
}

impl Words {
    pub(crate) fn new(place: Place, is_plain: bool) -> Self {
        Self {
            lines: vec![Vec::new()],
            is_apart: false,
            place,
            is_plain,
            is_link: false,
        }
    }

    /// Adds to the last word, or begins one.
    fn push(&mut self, part: &str) {
        let is_apart = mem::take(&mut self.is_apart);
        if let Some(line) = self.lines.last_mut() {
            match line.last_mut() {
                Some(word) if !is_apart => word.push_str(part),
                _ => line.push(part.to_owned()),
            }
        }
    }

    pub(crate) fn inlines(&mut self, inlines: &[Inline]) {
        let mut rest = inlines;
        while let Some((inline, after)) = rest.split_first() {
            rest = after;
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Code(code) => {
                    let code = code_span(&text::shown(code));
                    if self.place == Place::Cell {
                        self.push(&code.replace('|', "\\|"));
                    } else {
                        self.push(&code);
                    }
                }
                Inline::Break if self.place == Place::Paragraph => {
                    self.lines.push(Vec::new());
                    self.is_apart = false;
                }
                Inline::Break => self.is_apart = true,
                _ if self.is_plain => {}
                Inline::Delimiter(delimiter) => self.push(delimiter),
                Inline::LinkStart => match after {
                    // An address that stands for itself.
                    [Inline::Text(text), Inline::LinkEnd(url), others @ ..] if text == url => {
                        self.push(&format!("<{url}>"));
                        rest = others;
                    }
                    [Inline::LinkEnd(url), others @ ..] => {
                        self.push(&format!("<{url}>"));
                        rest = others;
                    }
                    _ => {
                        self.end_without_mark();
                        self.push("[");
                        self.is_link = true;
                    }
                },
                Inline::LinkEnd(url) => {
                    self.is_link = false;
                    let is_plain = !url.contains(['(', ')']);
                    self.push(&if is_plain {
                        format!("]({url})")
                    } else {
                        format!("](<{url}>)")
                    });
                }
            }
        }
    }

    /// A `!` before a link would make an image of it.
    fn end_without_mark(&mut self) {
        let word = self.lines.last_mut().and_then(|line| line.last_mut());
        if let Some(word) = word.filter(|word| word.ends_with('!'))
            && !self.is_apart
        {
            word.pop();
            word.push_str("\\!");
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        let mut before = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(url) = url(rest).filter(|_| !self.is_link) {
                if self.place == Place::Anywhere {
                    // A link inside of a link would end that. In two parts, it is no address to anybody.
                    let scheme = url.split(':').next().unwrap_or_default();
                    self.push(&format!("{scheme}\\:"));
                    rest = &rest[scheme.len() + 1..];
                    before = Some(':');
                } else {
                    self.push(&format!("<{url}>"));
                    rest = &rest[url.len()..];
                    before = None;
                }
                continue;
            }
            rest = &rest[c.len_utf8()..];
            if c.is_whitespace() {
                self.is_apart = self.lines.last().is_some_and(|line| !line.is_empty());
            } else {
                if self.is_special(before, c, rest) {
                    self.push("\\");
                }
                self.push(c.encode_utf8(&mut [0; 4]));
            }
            before = Some(c);
        }
    }

    /// Whether a character has a meaning in Markdown, in the middle of a line.
    fn is_special(&self, before: Option<char>, c: char, rest: &str) -> bool {
        let after = rest.chars().next();
        let is_all =
            |matches: fn(char) -> bool| before.is_some_and(matches) && after.is_some_and(matches);
        match c {
            '\\' | '`' | '<' | '[' | ']' | '~' => true,
            // Between blanks it is a sign of its own, inside of a word a part of that.
            '*' => !is_all(char::is_whitespace),
            '_' => !is_all(char::is_alphanumeric),
            '&' => is_reference(rest),
            '|' => self.place != Place::Paragraph,
            '!' => self.place == Place::Anywhere && after == Some('['),
            _ => false,
        }
    }

    /// In lines of at most that width, where words allow.
    pub(crate) fn wrapped(self, width: usize) -> Vec<String> {
        let mut wrapped = Vec::new();
        for line in self.lines {
            let mut current = String::new();
            for word in line {
                if !current.is_empty() {
                    if current.len() + 1 + word.len() > width {
                        wrapped.push(mem::take(&mut current));
                    } else {
                        current.push(' ');
                    }
                }
                current.push_str(&word);
            }
            if !current.is_empty() {
                wrapped.push(current);
            }
        }
        wrapped.iter().map(|line| at_line_start(line)).collect()
    }

    pub(crate) fn in_one_line(self) -> String {
        let words: Vec<_> = self.lines.into_iter().flatten().collect();
        at_line_start(&words.join(" "))
    }
}

/// A line without the meaning that its beginning has in Markdown.
fn at_line_start(line: &str) -> String {
    let escaped = |at: usize| format!("{}\\{}", &line[..at], &line[at..]);
    let after = |at: usize| line[at..].chars().next();
    let is_only = |signs: &str| line.chars().all(|c| signs.contains(c));
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line.chars().next() {
        Some('#' | '>') => escaped(0),
        Some('-' | '+' | '*') if matches!(after(1), None | Some(' ')) => escaped(0),
        Some('-' | ':' | '|') if is_only("-:| ") => escaped(0),
        Some('=') if is_only("= ") => escaped(0),
        Some('0'..='9')
            if matches!(after(digits), Some('.' | ')'))
                && matches!(after(digits + 1), None | Some(' ')) =>
        {
            escaped(digits)
        }
        _ => line.to_owned(),
    }
}

/// The address of the web that a text begins with.
fn url(text: &str) -> Option<&str> {
    let address = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c);
    let end = address.find(|c| !is_part(c)).unwrap_or(address.len());
    let address = address[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', '*']);
    let scheme = text.find("//")? + 2;
    (!address.is_empty()).then(|| &text[..scheme + address.len()])
}

/// Whether what stands after a `&` makes a character of it (`CommonMark` 0.31.2, section 2.5).
fn is_reference(rest: &str) -> bool {
    let name = rest.split(';').next().unwrap_or_default();
    name.len() < rest.len()
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
}

/// Code between as many backticks as it takes.
pub(crate) fn code_span(code: &str) -> String {
    if code.trim().is_empty() {
        // There is no code of nothing, and a blank is hard to see.
        return format!("`{code:?}`");
    }
    let fence = match longest_run(code) {
        0 => "`".to_owned(),
        longest => "`".repeat(longest + 1),
    };
    let is_padded = code.starts_with('`')
        || code.ends_with('`')
        || (code.starts_with(' ') && code.ends_with(' '));
    let pad = if is_padded { " " } else { "" };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// The length of the longest run of backticks.
pub(crate) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A text in which every sign stands for itself.
pub(crate) fn literal(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().map(escaped_all).collect();
            words.join(" ")
        })
        .filter(|line| !line.is_empty())
        .collect()
}

fn escaped_all(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            c.is_ascii_punctuation()
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}
