//! Blocks, written as Markdown.

use super::blocks::{Block, Inline};
use super::words::{Place, Words, longest_run};

/// As wide as a line of documentation gets, where words allow.
const WIDTH: usize = 96;

/// Writes blocks as Markdown.
pub(crate) struct Writer {
    lines: Vec<String>,
    /// What the next line begins with, where that is another than what those after it do.
    first: Option<String>,
    /// Without emphasis, and without links.
    is_plain: bool,
}

impl Writer {
    pub(crate) fn write(blocks: &[Block], is_plain: bool) -> Vec<String> {
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
            let before = index.checked_sub(1).map(|before| &blocks[before]);
            let is_list = matches!(block, Block::List { .. });
            if before.is_some() && !(is_tight && is_list) {
                self.line(margin, "");
            }
            let is_alike = matches!(
                (before, block),
                (Some(Block::List { start: before, .. }), Block::List { start, .. })
                    if before.is_some() == start.is_some()
            );
            is_second = is_alike && !is_second;
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
