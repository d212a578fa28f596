//! Markdown that holds text that is not ours: for documentation, READMEs and their tables.
//!
//! A description's texts are Markdown themselves (OpenAPI 3.1.0, section 4.8.2). They are read with the parser that rustdoc
//! reads them with, and written anew from what it read: as nothing but paragraphs, lists, quotes, tables, emphasis,
//! code that is no Rust, and links to the web. What was written is read again; where that is not what was meant, the
//! text is written with every sign in it escaped.

use std::mem;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use keyholder_openapi::text;

/// As wide as a line of documentation gets, where words allow.
const WIDTH: usize = 96;

/// As deep as lists and quotes are nested. What is deeper stands in the last of them.
const DEEPEST: usize = 8;

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
    code_span(&text::shown(text))
}

/// The same, to stand in the cell of a table.
#[must_use]
pub(crate) fn code_in_cell(text: &str) -> String {
    code_span(&text::shown(text)).replace('|', "\\|")
}

/// A text of a description, in Markdown, as lines of Markdown that are safe anywhere between blank lines.
#[must_use]
pub(crate) fn prose(markdown: &str) -> Vec<String> {
    let source = text::lines(markdown);
    let blocks = blocks(&source);
    let meant = Summary::of_blocks(&blocks);
    for is_plain in [false, true] {
        let lines = Writer::write(&blocks, is_plain);
        let written = lines.join("\n");
        let read = Summary::of_markdown(&written);
        if read.is_some_and(|read| read.is_as(&meant, is_plain)) {
            return lines;
        }
    }
    literal(&source)
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

/// What a text is made of, as far as it is kept.
enum Block {
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

enum Inline {
    Text(String),
    Code(String),
    /// The delimiter of emphasis, before or after what is emphasised.
    Delimiter(&'static str),
    LinkStart,
    LinkEnd(String),
    Break,
}

fn blocks(markdown: &str) -> Vec<Block> {
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
            Tag::Table(_) => self.paragraph(),
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
fn is_web(url: &str) -> bool {
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

/// Writes blocks as Markdown.
struct Writer {
    lines: Vec<String>,
    /// What the next line begins with, where that is another than what those after it do.
    first: Option<String>,
    /// Without emphasis, and without links.
    is_plain: bool,
}

impl Writer {
    fn write(blocks: &[Block], is_plain: bool) -> Vec<String> {
        let mut writer = Self {
            lines: Vec::new(),
            first: None,
            is_plain,
        };
        writer.blocks(blocks, "", false);
        writer.lines
    }

    fn line(&mut self, margin: &str, line: &str) {
        let margin = self.first.take().unwrap_or_else(|| margin.to_owned());
        self.lines
            .push(format!("{margin}{line}").trim_end().to_owned());
    }

    fn blocks(&mut self, blocks: &[Block], margin: &str, is_tight: bool) {
        // Two lists in a row are two by their markers.
        let mut is_second = false;
        for (index, block) in blocks.iter().enumerate() {
            let is_list = matches!(block, Block::List { .. });
            if index > 0 && !(is_tight && is_list) {
                self.line(margin, "");
            }
            let is_after_list = index > 0 && matches!(blocks[index - 1], Block::List { .. });
            is_second = is_list && is_after_list && !is_second;
            self.block(block, margin, is_second);
        }
    }

    fn block(&mut self, block: &Block, margin: &str, is_second: bool) {
        match block {
            Block::Paragraph(inlines) => {
                let mut words = Words::new(Place::Paragraph, self.is_plain);
                words.inlines(inlines);
                for line in words.wrapped(WIDTH.saturating_sub(margin.len())) {
                    self.line(margin, &line);
                }
            }
            Block::Code { language, text } => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                self.line(margin, &format!("{fence}{language}"));
                for line in text.lines() {
                    self.line(margin, &line.replace('\t', "    "));
                }
                self.line(margin, &fence);
            }
            Block::Quote(blocks) => {
                let lead = self.first.take().unwrap_or_else(|| margin.to_owned());
                self.first = Some(format!("{lead}> "));
                self.blocks(blocks, &format!("{margin}> "), false);
                self.end_of_container(margin);
            }
            Block::List {
                start,
                is_loose,
                items,
            } => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 && *is_loose {
                        self.line(margin, "");
                    }
                    let marker = marker(*start, index, is_second);
                    let indent = format!("{margin}{}", " ".repeat(marker.len()));
                    let lead = self.first.take().unwrap_or_else(|| margin.to_owned());
                    self.first = Some(format!("{lead}{marker}"));
                    self.blocks(item, &indent, !is_loose);
                    self.end_of_container(margin);
                }
            }
            Block::Table(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    let cells: String = row.iter().map(|cell| self.cell(cell)).collect();
                    self.line(margin, &format!("|{cells}"));
                    if index == 0 {
                        self.line(margin, &format!("|{}", "---|".repeat(row.len())));
                    }
                }
            }
            Block::Rule => self.line(margin, "***"),
        }
    }

    fn cell(&self, inlines: &[Inline]) -> String {
        let mut words = Words::new(Place::Cell, self.is_plain);
        words.inlines(inlines);
        format!(" {} |", words.in_one_line())
    }

    /// Writes the marker of what holds nothing.
    fn end_of_container(&mut self, margin: &str) {
        if self.first.is_some() {
            self.line(margin, "");
        }
    }
}

fn marker(start: Option<u64>, index: usize, is_second: bool) -> String {
    match start {
        // A list is known by the number of its first item; the others count from there.
        Some(start) => {
            let number = start.saturating_add(u64::try_from(index).unwrap_or_default());
            let sign = if is_second { ')' } else { '.' };
            format!("{}{sign} ", number.min(999_999_999))
        }
        None if is_second => "* ".to_owned(),
        None => "- ".to_owned(),
    }
}

/// Where text is to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a paragraph of its own.
    Paragraph,
    /// In the cell of a table.
    Cell,
    /// In a paragraph, the cell of a table or a link.
    Anywhere,
}

/// The words of a paragraph, escaped, in the lines that they had.
struct Words {
    lines: Vec<Vec<String>>,
    /// Whether a blank comes next.
    is_apart: bool,
    place: Place,
    is_plain: bool,
    is_link: bool,
}

impl Words {
    fn new(place: Place, is_plain: bool) -> Self {
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

    fn inlines(&mut self, inlines: &[Inline]) {
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

    fn text(&mut self, text: &str) {
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
    fn wrapped(self, width: usize) -> Vec<String> {
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

    fn in_one_line(self) -> String {
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

/// Whether what stands after a `&` makes a character of it (CommonMark 0.31.2, section 2.5).
fn is_reference(rest: &str) -> bool {
    let name = rest.split(';').next().unwrap_or_default();
    name.len() < rest.len()
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
}

/// Code between as many backticks as it takes.
fn code_span(code: &str) -> String {
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
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A text in which every sign stands for itself.
fn literal(text: &str) -> Vec<String> {
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

/// What is in a text, to see whether what was written is what was meant.
#[derive(Debug, Default, PartialEq, Eq)]
struct Summary {
    /// Blocks of code: language, and lines.
    code: Vec<(String, Vec<String>)>,
    links: Vec<String>,
    /// Everything else but blanks.
    text: String,
}

impl Summary {
    fn of_blocks(blocks: &[Block]) -> Self {
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
    fn of_markdown(markdown: &str) -> Option<Self> {
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
    fn is_as(&self, meant: &Self, is_plain: bool) -> bool {
        self.code == meant.code
            && self.text == meant.text
            && self.links.iter().all(|url| is_web(url))
            && (is_plain || meant.links.iter().all(|url| self.links.contains(url)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    use super::{RUSTDOC, code, code_in_cell, escape, examples, prose};

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
            for markdown in [written(&text), format!("- {}", written(&text).replace('\n', "\n  "))] {
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
