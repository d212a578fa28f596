//! Markdown that holds text that is not ours: for documentation, READMEs and their tables.
//!
//! A description's texts are Markdown themselves (OpenAPI 3.1.0, section 4.8.2). They are read with the parser that rustdoc
//! reads them with, and written anew from what it read: as nothing but paragraphs, lists, quotes, tables, emphasis,
//! code that is no Rust, and links to the web. What was written is read again; where that is not what was meant, the
//! text is written with every sign in it escaped.

mod blocks;
mod summary;
mod words;
mod writer;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use self::summary::Summary;
use self::words::{Place, Words};
use self::writer::Writer;
use keyholder_openapi::text;

/// The languages that code of a description is marked with. rustdoc takes none of these for Rust.
const LANGUAGES: [&str; 15] = [
    "bash",
    "console",
    "graphql",
    "http",
    "html",
    "ini",
    "javascript",
    "json",
    "python",
    "sh",
    "shell",
    "toml",
    "typescript",
    "xml",
    "yaml",
];

/// The language of all other code.
const NO_LANGUAGE: &str = "text";

/// One line of text, to stand in a paragraph, a heading, a link or the cell of a table.
#[must_use]
pub(crate) fn escape(text: &str) -> String {
    let mut words = Words::new(Place::Anywhere, false);
    words.text(&text::line(text));
    words.in_one_line()
}

/// A name or a value as code, to stand in a paragraph.
#[must_use]
pub(crate) fn code(text: &str) -> String {
    words::code_span(&text::shown(text))
}

/// The same, to stand in the cell of a table.
#[must_use]
pub(crate) fn code_in_cell(text: &str) -> String {
    words::code_span(&text::shown(text)).replace('|', "\\|")
}

/// A text of a description, in Markdown, as lines of Markdown that are safe anywhere between blank lines.
#[must_use]
pub(crate) fn prose(markdown: &str) -> Vec<String> {
    let source = text::lines(markdown);
    let blocks = blocks::read(&source);
    let meant = Summary::of_blocks(&blocks);
    for is_plain in [false, true] {
        let lines = Writer::write(&blocks, is_plain);
        let written = lines.join("\n");
        let read = Summary::of_markdown(&written);
        if read.is_some_and(|read| read.is_as(&meant, is_plain)) && is_safe_in_list(&written) {
            return lines;
        }
    }
    words::literal(&source)
}

/// Whether what was written has no code in an item of a list either. There, a bullet before empty bullets is a line between
/// paragraphs (`CommonMark` 0.31.2, section 4.1), and what is indented below is no longer of a list.
fn is_safe_in_list(written: &str) -> bool {
    !written.starts_with(['-', '*', '+']) || examples(&in_list(written)).is_empty()
}

/// The same as an item of a list.
fn in_list(written: &str) -> String {
    format!("- {}", written.replace('\n', "\n  "))
}

/// The code in `markdown` that rustdoc takes for examples, and that its tests compile or run.
#[must_use]
pub(crate) fn examples(markdown: &str) -> Vec<String> {
    let mut examples = Vec::new();
    // rustdoc reads documentation with these, and looks for examples with none.
    for options in [RUSTDOC, Options::empty()] {
        let mut code = None;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => code = is_rust(&kind).then(String::new),
                Event::Text(text) => {
                    if let Some(code) = &mut code {
                        code.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    examples.extend(code.take().filter(|code| !examples.contains(code)));
                }
                _ => {}
            }
        }
    }
    examples
}

/// What rustdoc reads, but for what changes how quotation marks look.
const RUSTDOC: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Whether rustdoc may take the code for Rust: unless a language is named that is none of its own words.
fn is_rust(kind: &CodeBlockKind<'_>) -> bool {
    match kind {
        CodeBlockKind::Indented => true,
        CodeBlockKind::Fenced(info) => {
            let is_other = |language: &str| *info.as_ref() == *language;
            info.as_ref() != NO_LANGUAGE && !LANGUAGES.iter().any(|language| is_other(language))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    use super::words::literal;
    use super::{RUSTDOC, code, code_in_cell, escape, examples, in_list, prose};

    fn written(markdown: &str) -> String {
        prose(markdown).join("\n")
    }

    #[test]
    fn what_is_harmless_stays() {
        for text in [
            "Identifies the caller.",
            "Two lines\nof one *paragraph*, with **bold** text and `code`.",
            "- one\n- two\n  - inner\n- three",
            "1. one\n2. two",
            "- one\n\n- two",
            "> A quote.\n>\n> More of it.",
            "| a | b |\n|---|---|\n| `x` | y |",
            "[A page](https://example.com/a) and <https://example.com/b>.",
            "```json\n{\n  \"a\": 1\n}\n```",
            "snake_case, a * b, 2 \\< 3, Q&A, 5 | 6 - 7 + 8, 100 %, #1",
            "It's \"quoted\" (here)! And so on... {braces} $dollars",
        ] {
            assert_eq!(written(text), text);
        }
    }

    #[test]
    fn what_is_written_otherwise() {
        for (text, expected) in [
            ("# Title #", "**Title**"),
            ("Title\n=====\nText", "**Title**\n\nText"),
            ("* one\n* two\n+ three", "- one\n- two\n\n* three"),
            ("- one\n1. two", "- one\n\n1. two"),
            (
                "See https://example.com/a_b.",
                "See <https://example.com/a_b>.",
            ),
            (
                "[x](/relative) ![y](https://example.com/y.png)",
                "x [y](https://example.com/y.png)",
            ),
            (
                "[x][y]\n\n[y]: https://example.com/",
                "[x](https://example.com/)",
            ),
            ("`Vec<T>` and Vec<T>", "`Vec<T>` and Vec\\<T>"),
            ("one<br>two<!-- three -->", "one\ntwo"),
            ("<pre>\n\n    x\n</pre>", "\\<pre>\nx\n\\</pre>"),
            ("```rust\nfn x() {}\n```", "```text\nfn x() {}\n```"),
            ("````\n```\n````", "````text\n```\n````"),
            ("~~~rust,no_run\nx\n~~~", "```text\nx\n```"),
            ("    fn x() {}", "```text\nfn x() {}\n```"),
            ("\tfn x() {}", "```text\nfn x() {}\n```"),
            (
                "- a\n\n      fn x() {}",
                "- a\n\n  ```text\n  fn x() {}\n  ```",
            ),
            ("> ```\n> fn x() {}", "> ```text\n> fn x() {}\n> ```"),
            ("> ~~~\nfn x() {}", "> ```text\n> ```\n\nfn x() {}"),
            ("[broken](", "\\[broken\\]("),
            ("[`Vec`] [x]", "\\[`Vec`\\] \\[x\\]"),
            ("a\rb\u{2028}c\u{202e}d\u{0}e", "a\nb\ncde"),
            ("&lt;b&gt; &#x202e;&#10;x &amp;lt;", "\\<b> x \\&lt;"),
            ("1986\\. Great", "1986\\. Great"),
            ("\\# a\n\\- b\n\\> c\n\\* d", "\\# a\n\\- b\n\\> c\n\\* d"),
            ("***", "***"),
            ("", ""),
            (" \n \n", ""),
            ("\\", "\\\\"),
        ] {
            assert_eq!(written(text), expected, "{text:?}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}deep\n{}", "> ".repeat(4_000), "- ".repeat(4_000));
        let lines = prose(&deep);
        assert!(lines.iter().all(|line| line.len() < 200), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("deep")));
    }

    #[test]
    fn lines_are_wrapped_where_that_means_nothing() {
        let long = "word - ".repeat(60);
        let lines = prose(&long);
        assert!(
            lines.len() > 3 && lines.iter().all(|line| line.len() <= 97),
            "{lines:?}"
        );
        assert!(
            !lines.iter().any(|line| line.starts_with("- ")),
            "{lines:?}"
        );
    }

    #[test]
    fn a_line_of_text_is_that_line() {
        for text in [
            "Acme & Sons",
            "# 1. *Acme* _x_ [y](z) `code` <b> | cell",
            "- a",
            "1. a",
            "![x](https://example.com/) https://example.com/y&amp;",
            "a ``` b",
        ] {
            for around in [
                ("", ""),
                ("A ", "."),
                ("# ", ""),
                ("[", "](https://example.com)"),
            ] {
                let markdown = format!("{}{}{}", around.0, escape(text), around.1);
                let read: String = Parser::new_ext(&markdown, RUSTDOC)
                    .filter_map(|event| match event {
                        Event::Text(text) => Some(text.into_string()),
                        Event::Start(_) | Event::End(_) => None,
                        other => panic!("{other:?} in {markdown}"),
                    })
                    .collect();
                let expected = around.0.replace(['#', '['], "");
                let end = if around.1 == "." { "." } else { "" };
                assert_eq!(
                    read,
                    format!("{}{text}{end}", expected.trim_start()),
                    "{markdown}"
                );
            }
        }
    }

    #[test]
    fn code_is_that_code() {
        for text in ["a", "`", "``a`", " a ", "a|b", "a\\", "<b>", "a`` `b"] {
            for markdown in [
                code(text),
                format!("| a |\n|---|\n| {} |", code_in_cell(text)),
            ] {
                let read: Vec<_> = Parser::new_ext(&markdown, RUSTDOC)
                    .filter_map(|event| match event {
                        Event::Code(code) => Some(code.into_string()),
                        _ => None,
                    })
                    .collect();
                assert_eq!(read, [text], "{markdown}");
            }
        }
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code("a\nb\u{202e}"), "`a\\nb\\u{202e}`");
    }

    #[test]
    fn empty_bullets_make_no_code_of_what_follows() {
        for text in ["- - \n\n    - ", "- -\n  -", "* * \n\n    code"] {
            let written = written(text);
            assert_eq!(
                examples(&in_list(&written)),
                Vec::<String>::new(),
                "{written}"
            );
        }
    }

    #[test]
    fn examples_are_what_rustdoc_tests() {
        for (markdown, count) in [
            ("```\nx\n```", 1),
            ("```rust\nx\n```", 1),
            ("~~~ no_run\nx\n~~~", 1),
            ("    x", 1),
            ("- a\n\n      x", 1),
            ("> ```\n> x", 1),
            ("```text\nx\n```", 0),
            ("```json\nx\n```", 0),
            ("`x`", 0),
        ] {
            assert_eq!(examples(markdown).len(), count, "{markdown:?}");
        }
    }

    /// Texts of what Markdown is made of.
    fn markdown() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "```",
            "~~~",
            "`",
            "``",
            "rust",
            "\n",
            "\n\n",
            "    ",
            "\t",
            " ",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "2) ",
            "> ",
            "#",
            "# ",
            "=",
            "===",
            "-",
            "---",
            "|",
            "|---|",
            "a | b",
            "[",
            "]",
            "](",
            ")",
            "[x]: ",
            "!",
            "<",
            ">",
            "<b>",
            "</b>",
            "<!--",
            "-->",
            "<pre>",
            "<script>",
            "https://a.example/b",
            "&lt;",
            "&#8238;",
            "&",
            ";",
            "*",
            "**",
            "_",
            "__",
            "~~",
            "\\",
            "word",
            "fn main() {}",
            "é",
            "\u{202e}",
            "\r",
            "\u{2028}",
            "\u{0}",
            ":",
            "/",
            "\"",
            "'",
            "(",
            "{",
            "}",
            "0",
            "$",
            "[^1]",
            "[^1]: ",
            "[ ] ",
            ".",
            "<https://a.example/>",
            "<a@b.example>",
        ]);
        prop::collection::vec(parts, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_is_safe(text in markdown()) {
            let written = written(&text);
            let in_list = in_list(&written);
            let literal = literal(&keyholder_openapi::text::lines(&text)).join("\n");
            for markdown in [written, in_list, literal] {
                prop_assert!(examples(&markdown).is_empty(), "{markdown}");
                for event in Parser::new_ext(&markdown, RUSTDOC) {
                    prop_assert!(
                        !matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_)),
                        "{event:?} in {markdown}"
                    );
                }
                prop_assert!(!markdown.chars().any(|c| c != '\n' && keyholder_openapi::text::is_hidden(c)));
            }
            let once = escape(&text);
            let html = format!("[{once}](https://example.com)");
            prop_assert_eq!(
                Parser::new_ext(&html, RUSTDOC).filter(|event| !matches!(event, Event::Text(_))).count(),
                4,
                "{}", html
            );
        }
    }
}
