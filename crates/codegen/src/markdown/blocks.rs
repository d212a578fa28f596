//! What a text in Markdown is made of, as far as it is kept.

use std::mem;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{LANGUAGES, NO_LANGUAGE};
use keyholder_openapi::text;

/// As deep as lists and quotes are nested. What is deeper stands in the last of them.
const DEEPEST: usize = 8;

/// What a text is made of, as far as it is kept.
pub(crate) enum Block {
    Paragraph(Vec<Inline>),
    Code {
        language: &'static str,
        text: String,
    },
    Quote(Vec<Block>),
    List {
        /// The first number, of a list that has some.
        start: Option<u64>,
        /// Whether blank lines stand between the items.
        is_loose: bool,
        items: Vec<Vec<Block>>,
    },
    /// The first row is the head.
    Table(Vec<Vec<Vec<Inline>>>),
    Rule,
}

pub(crate) enum Inline {
    Text(String),
    Code(String),
    /// The delimiter of emphasis, before or after what is emphasised.
    Delimiter(&'static str),
    LinkStart,
    LinkEnd(String),
    Break,
}

pub(crate) fn read(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, options) {
        reader.read(event);
    }
    reader.paragraph();
    reader.blocks
}

/// From the parser's events to blocks. No recursion: a text may nest as deep as it is long.
#[derive(Default)]
struct Reader {
    /// The blocks of the innermost list item or quote.
    blocks: Vec<Block>,
    /// What is around it.
    around: Vec<Around>,
    /// Of each list, item and quote that is open, whether it is one of `around`.
    is_kept: Vec<bool>,
    inlines: Vec<Inline>,
    /// The address of each open link or image, where it is kept.
    links: Vec<Option<String>>,
    code: Option<(&'static str, String)>,
    html: Option<String>,
    rows: Vec<Vec<Vec<Inline>>>,
    is_heading: bool,
}

struct Around {
    blocks: Vec<Block>,
    list: Option<List>,
}

struct List {
    start: Option<u64>,
    is_loose: bool,
    items: Vec<Vec<Block>>,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(code) => self.inlines.push(Inline::Code(code.into_string())),
            Event::Html(html) => match &mut self.html {
                Some(block) => block.push_str(&html),
                None => self.text(&html),
            },
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::SoftBreak | Event::HardBreak => self.inlines.push(Inline::Break),
            Event::Rule => {
                self.paragraph();
                self.blocks.push(Block::Rule);
            }
            // The options that these come with are off.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.paragraph();
                if let Some(Around {
                    list: Some(list), ..
                }) = self.list()
                {
                    list.is_loose = true;
                }
            }
            Tag::Heading { .. } => {
                self.paragraph();
                self.is_heading = true;
                self.inlines.push(Inline::Delimiter("**"));
            }
            Tag::BlockQuote(_) => {
                self.paragraph();
                self.open(None, 1);
            }
            Tag::List(start) => {
                self.paragraph();
                let list = List {
                    start,
                    is_loose: false,
                    items: Vec::new(),
                };
                self.open(Some(list), 2);
            }
            Tag::Item => {
                self.paragraph();
                // Of a list that is not kept, neither are the items.
                if self.is_kept.last() == Some(&true) {
                    self.open(None, 0);
                } else {
                    self.is_kept.push(false);
                }
            }
            Tag::CodeBlock(kind) => {
                self.paragraph();
                self.code = Some((language(&kind), String::new()));
            }
            Tag::HtmlBlock => {
                self.paragraph();
                self.html = Some(String::new());
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::TableCell => self.inlines.clear(),
            Tag::Emphasis => self.inlines.push(Inline::Delimiter("*")),
            Tag::Strong if self.is_heading => {}
            Tag::Strong => self.inlines.push(Inline::Delimiter("**")),
            Tag::Strikethrough => self.inlines.push(Inline::Delimiter("~~")),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let is_inside = self.links.iter().any(Option::is_some);
                let url = Some(dest_url.into_string());
                let url = url.filter(|url| !is_inside && is_web(url));
                if url.is_some() {
                    self.inlines.push(Inline::LinkStart);
                }
                self.links.push(url);
            }
            _ => self.paragraph(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.inlines.push(Inline::Delimiter("**"));
                self.is_heading = false;
                self.paragraph();
            }
            TagEnd::BlockQuote(_) => {
                if let Some(inner) = self.close() {
                    self.blocks.push(Block::Quote(inner.blocks));
                }
            }
            TagEnd::List(_) => {
                if let Some(Around {
                    list: Some(list), ..
                }) = self.close()
                {
                    self.blocks.push(Block::List {
                        start: list.start,
                        is_loose: list.is_loose,
                        items: list.items,
                    });
                }
            }
            TagEnd::Item => {
                if let Some(item) = self.close()
                    && let Some(Around {
                        list: Some(list), ..
                    }) = self.around.last_mut()
                {
                    list.items.push(item.blocks);
                }
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.blocks.push(Block::Code { language, text });
                }
            }
            TagEnd::HtmlBlock => {
                let html = without_comments(&self.html.take().unwrap_or_default());
                for line in html.lines() {
                    self.text(line.trim());
                    self.inlines.push(Inline::Break);
                }
                self.paragraph();
            }
            TagEnd::TableCell => {
                let cell = mem::take(&mut self.inlines);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = mem::take(&mut self.rows);
                self.blocks.push(Block::Table(rows));
            }
            TagEnd::Emphasis => self.inlines.push(Inline::Delimiter("*")),
            TagEnd::Strong if self.is_heading => {}
            TagEnd::Strong => self.inlines.push(Inline::Delimiter("**")),
            TagEnd::Strikethrough => self.inlines.push(Inline::Delimiter("~~")),
            TagEnd::Link | TagEnd::Image => {
                if let Some(url) = self.links.pop().flatten() {
                    self.inlines.push(Inline::LinkEnd(url));
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {}
            _ => self.paragraph(),
        }
    }

    /// Opens a list, an item or a quote, unless it is `levels` too deep.
    fn open(&mut self, list: Option<List>, levels: usize) {
        let is_kept = self.around.len() + levels <= DEEPEST;
        self.is_kept.push(is_kept);
        if is_kept {
            let blocks = mem::take(&mut self.blocks);
            self.around.push(Around { blocks, list });
        }
    }

    /// Closes it; what it holds, unless that stands in what is around it.
    fn close(&mut self) -> Option<Around> {
        self.paragraph();
        if self.is_kept.pop() != Some(true) {
            return None;
        }
        let around = self.around.pop()?;
        let blocks = mem::replace(&mut self.blocks, around.blocks);
        Some(Around {
            blocks,
            list: around.list,
        })
    }

    /// The list whose item is open, where the item is the innermost that is.
    fn list(&mut self) -> Option<&mut Around> {
        let inner = self.around.len().checked_sub(2)?;
        self.around.get_mut(inner)
    }

    fn text(&mut self, text: &str) {
        // References to characters are resolved by now, and may have been to anything.
        let is_kept = |c: &char| c.is_whitespace() || !text::is_hidden(*c);
        let text: String = text.chars().filter(is_kept).collect();
        match self.inlines.last_mut() {
            Some(Inline::Text(before)) => before.push_str(&text),
            _ => self.inlines.push(Inline::Text(text)),
        }
    }

    fn inline_html(&mut self, html: &str) {
        let name = html.trim_matches(['<', '>', '/', ' ']);
        if name.eq_ignore_ascii_case("br") {
            self.inlines.push(Inline::Break);
        } else {
            let html = without_comments(html);
            self.text(&html);
        }
    }

    /// Ends a paragraph, where one is open: those of tight lists have no beginning and no end.
    fn paragraph(&mut self) {
        let inlines = mem::take(&mut self.inlines);
        let is_something = inlines.iter().any(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => !text.trim().is_empty(),
            Inline::LinkEnd(_) => true,
            _ => false,
        });
        if is_something {
            self.blocks.push(Block::Paragraph(inlines));
        }
    }
}

/// The language of a block of code, where it is one of a few.
fn language(kind: &CodeBlockKind<'_>) -> &'static str {
    let CodeBlockKind::Fenced(info) = kind else {
        return NO_LANGUAGE;
    };
    let first = info.split(|c: char| c == ',' || c.is_whitespace()).next();
    let first = first.unwrap_or_default().to_ascii_lowercase();
    let named = LANGUAGES.iter().find(|language| **language == first);
    named.copied().unwrap_or(NO_LANGUAGE)
}

/// Whether a link leads to the web, by an address that can stand in Markdown as it is.
pub(crate) fn is_web(url: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '\\' | '`' | '"');
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(is_plain)
}

fn without_comments(html: &str) -> String {
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}
