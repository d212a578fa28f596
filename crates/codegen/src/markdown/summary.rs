//! What is in a text, to see whether what was written is what was meant.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::RUSTDOC;
use super::blocks::{Block, Inline, is_web};
use keyholder_openapi::text;

/// What is in a text, to see whether what was written is what was meant.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Blocks of code: language, and lines.
    code: Vec<(String, Vec<String>)>,
    links: Vec<String>,
    /// Everything else but blanks.
    text: String,
}

impl Summary {
    pub(crate) fn of_blocks(blocks: &[Block]) -> Self {
        let mut summary = Self::default();
        summary.blocks(blocks);
        summary
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(inlines) => self.inlines(inlines),
                Block::Code { language, text } => self.code(language, &text.replace('\t', "    ")),
                Block::Quote(blocks) => self.blocks(blocks),
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Block::Table(rows) => rows.iter().flatten().for_each(|cell| self.inlines(cell)),
                Block::Rule => {}
            }
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for (index, inline) in inlines.iter().enumerate() {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Code(code) => {
                    let code = text::shown(code);
                    if code.trim().is_empty() {
                        self.text(&format!("{code:?}"));
                    } else {
                        self.text(&code);
                    }
                }
                Inline::LinkEnd(url) => {
                    self.links.push(url.clone());
                    let before = index.checked_sub(1).map(|before| &inlines[before]);
                    if matches!(before, Some(Inline::LinkStart)) {
                        self.text(url);
                    }
                }
                Inline::Delimiter(_) | Inline::LinkStart | Inline::Break => {}
            }
        }
    }

    /// What rustdoc reads in `markdown`; nothing where it reads what is never meant.
    pub(crate) fn of_markdown(markdown: &str) -> Option<Self> {
        let mut summary = Self::default();
        let mut code: Option<(String, String)> = None;
        for event in Parser::new_ext(markdown, RUSTDOC) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    code = Some((info.into_string(), String::new()));
                }
                Event::End(TagEnd::CodeBlock) => {
                    let (language, text) = code.take()?;
                    summary.code(&language, &text);
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    summary.links.push(dest_url.into_string());
                }
                Event::Text(text) => match &mut code {
                    Some((_, code)) => code.push_str(&text),
                    None => summary.text(&text),
                },
                Event::Code(code) => summary.text(&code),
                Event::SoftBreak
                | Event::Rule
                | Event::End(_)
                | Event::Start(
                    Tag::Paragraph
                    | Tag::BlockQuote(None)
                    | Tag::List(_)
                    | Tag::Item
                    | Tag::Table(_)
                    | Tag::TableHead
                    | Tag::TableRow
                    | Tag::TableCell
                    | Tag::Emphasis
                    | Tag::Strong
                    | Tag::Strikethrough,
                ) => {}
                _ => return None,
            }
        }
        Some(summary)
    }

    fn code(&mut self, language: &str, text: &str) {
        let lines = text.lines().map(|line| line.trim_end().to_owned());
        self.code.push((language.to_owned(), lines.collect()));
    }

    fn text(&mut self, text: &str) {
        self.text
            .extend(text.chars().filter(|c| !c.is_whitespace()));
    }

    /// Whether it is what `meant` is; a plain text has links for its addresses alone.
    pub(crate) fn is_as(&self, meant: &Self, is_plain: bool) -> bool {
        self.code == meant.code
            && self.text == meant.text
            && self.links.iter().all(|url| is_web(url))
            && (is_plain || meant.links.iter().all(|url| self.links.contains(url)))
    }
}
