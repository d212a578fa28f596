//! Tables for people: no wider than the terminal, and with nothing in them that would steer it.

use std::env;
use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, presets};
use keyholder::{Identity, Quota, VerdictKind};
use keyholder_openapi::text::is_hidden;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::Line;

/// What stands in the place of what is cut.
const CUT: char = '…';

/// How narrow a column becomes before others do, and how narrow the last one, which says what happened.
const NARROW: usize = 8;
const NARROW_LAST: usize = 20;

/// How wide a column may be that is shown whole as long as others can be cut.
const WHOLE: usize = 20;

/// How many lines the last column's texts take.
const MAX_LINES: usize = 4;

/// How narrow a column becomes at most.
const NARROWEST: usize = 3;

/// What a table has beside each text: a blank on both sides.
const PADDING: usize = 2;

/// A table: rows of texts under headings.
pub(crate) struct Table {
    colors: ColorChoice,
    /// How wide it may be; nothing where that does not matter.
    width: Option<usize>,
    headings: Vec<String>,
    rows: Vec<Row>,
    dispensable: Vec<String>,
    optional: Vec<String>,
    cut_at_start: Option<String>,
}

struct Row {
    cells: Vec<String>,
    /// What the row is about, which has a colour.
    verdict: Option<VerdictKind>,
}

/// A table for standard output with these headings, in colour only where the terminal takes it.
pub(crate) fn table(headings: &[&str]) -> Table {
    let width = width(io::stdout().is_terminal());
    Table::new(AutoStream::choice(&io::stdout()), width, headings)
}

/// A table for standard error.
pub(crate) fn table_for_errors(headings: &[&str]) -> Table {
    let width = width(io::stderr().is_terminal());
    Table::new(AutoStream::choice(&io::stderr()), width, headings)
}

/// How wide a table may be: as `COLUMNS` says, or the terminal. What is no terminal takes any width.
fn width(is_terminal: bool) -> Option<usize> {
    let columns = env::var("COLUMNS").ok();
    let columns = columns.and_then(|it| it.parse().ok()).filter(|it| *it > 0);
    let of_terminal = || {
        let (width, _) = terminal_size::terminal_size().filter(|_| is_terminal)?;
        Some(width.0.into())
    };
    columns.or_else(of_terminal)
}

impl Table {
    fn new(colors: ColorChoice, width: Option<usize>, headings: &[&str]) -> Self {
        Self {
            colors,
            width,
            headings: headings.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
            dispensable: Vec::new(),
            optional: Vec::new(),
            cut_at_start: None,
        }
    }

    /// Adds a row. Line breaks stay.
    pub(crate) fn add_row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.add(None, cells);
    }

    /// Adds a row about a token, whose second text is its verdict.
    pub(crate) fn add_verdict<T: AsRef<str>>(
        &mut self,
        verdict: VerdictKind,
        cells: impl IntoIterator<Item = T>,
    ) {
        self.add(Some(verdict), cells);
    }

    fn add<T: AsRef<str>>(
        &mut self,
        verdict: Option<VerdictKind>,
        cells: impl IntoIterator<Item = T>,
    ) {
        let cells = cells.into_iter();
        let cells = cells.map(|cell| {
            cell.as_ref()
                .lines()
                .map(plain)
                .collect::<Vec<_>>()
                .join("\n")
        });
        let mut cells: Vec<_> = cells.collect();
        cells.resize(self.headings.len(), String::new());
        self.rows.push(Row { cells, verdict });
    }

    /// The table as it is shown, without a line break at its end.
    pub(crate) fn trim_fmt(mut self) -> String {
        let widths = self.fitting();
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        let headings = self.headings.iter().zip(&widths);
        table.set_header(headings.map(|(heading, width)| {
            Cell::new(cut(heading, *width)).add_attribute(Attribute::Bold)
        }));
        for row in &self.rows {
            let cells = row.cells.iter().zip(&widths).enumerate();
            table.add_row(cells.map(|(nth, (cell, width))| {
                let is_start = self.cut_at_start.as_ref() == self.headings.get(nth);
                let cut = if is_start { cut_start } else { cut };
                // What happened is said in several lines, where that takes some.
                let lines = cell.split('\n').flat_map(|line| {
                    if nth + 1 == widths.len() {
                        wrapped(line, *width)
                    } else {
                        vec![cut(line, *width)]
                    }
                });
                let lines: Vec<_> = lines.collect();
                let cell = Cell::new(lines.join("\n"));
                match row.verdict.filter(|_| nth == 1) {
                    Some(VerdictKind::Valid) => cell.fg(Color::Green),
                    Some(VerdictKind::Invalid) => cell.fg(Color::Red),
                    Some(VerdictKind::Indeterminate) => cell.fg(Color::Yellow),
                    None => cell,
                }
            }));
        }
        match self.colors {
            ColorChoice::Never => table.force_no_tty(),
            _ => table.enforce_styling(),
        };
        table.trim_fmt()
    }

    /// Lets these columns go, the first first, where there is no room for all.
    pub(crate) fn dispensable(mut self, headings: &[&str]) -> Self {
        self.dispensable = headings.iter().map(ToString::to_string).collect();
        self
    }

    /// Leaves these columns out where nothing stands in them.
    pub(crate) fn optional(mut self, headings: &[&str]) -> Self {
        self.optional = headings.iter().map(ToString::to_string).collect();
        self
    }

    /// Whether all columns fit, without those that are dispensable, and what they say can be read.
    fn has_room(&self) -> bool {
        let widths = self.widths();
        let is_shown = |nth: usize| {
            let heading = &self.headings[nth];
            nth < 2 || !(self.dispensable.contains(heading) || self.is_empty(nth))
        };
        let shown = (0..widths.len()).filter(|nth| is_shown(*nth));
        let least = shown.map(|nth| self.least(&widths, nth).min(widths[nth]) + PADDING);
        self.width.is_none_or(|most| least.sum::<usize>() <= most)
    }

    fn is_empty(&self, nth: usize) -> bool {
        self.rows.iter().all(|row| row.cells[nth].is_empty())
    }

    /// Cuts the texts of this column at their start: their end says more.
    pub(crate) fn cut_at_start(mut self, heading: &str) -> Self {
        self.cut_at_start = Some(heading.to_owned());
        self
    }

    /// How wide each column is, so that all fit. Columns with nothing in them go first, and then those that are
    /// dispensable.
    fn fitting(&mut self) -> Vec<usize> {
        for heading in std::mem::take(&mut self.optional) {
            let nth = self.headings.iter().position(|it| *it == heading);
            if let Some(nth) = nth.filter(|nth| self.is_empty(*nth)) {
                self.remove(nth);
            }
        }
        let Some(most) = self.width else {
            return self.widths();
        };
        let total = |widths: &[usize]| widths.iter().map(|it| it + PADDING).sum::<usize>();
        if total(&self.widths()) > most {
            let mut empty: Vec<_> = (2..self.headings.len())
                .filter(|nth| self.is_empty(*nth))
                .collect();
            while let Some(nth) = empty.pop() {
                self.remove(nth);
            }
        }
        for heading in std::mem::take(&mut self.dispensable) {
            let widths = self.widths();
            let least = (0..widths.len()).map(|nth| self.least(&widths, nth).min(widths[nth]));
            if total(&least.collect::<Vec<_>>()) <= most {
                break;
            }
            if let Some(nth) = self.headings.iter().position(|it| *it == heading) {
                self.remove(nth);
            }
        }
        let mut widths = self.widths();
        let natural = widths.clone();
        let limits: [&dyn Fn(usize) -> usize; 3] = [
            &|nth| self.least(&natural, nth),
            &|nth| {
                if nth < 2 {
                    self.least(&natural, nth)
                } else {
                    NARROWEST
                }
            },
            &|_| NARROWEST,
        ];
        for limit in limits {
            while total(&widths) > most {
                let columns = (0..widths.len()).filter(|nth| widths[*nth] > limit(*nth));
                let Some(widest) = columns.max_by_key(|nth| widths[*nth]) else {
                    break;
                };
                widths[widest] -= 1;
            }
        }
        widths
    }

    /// How narrow a column becomes while others can be narrower.
    fn least(&self, widths: &[usize], nth: usize) -> usize {
        match nth {
            // What it is about, and the verdict.
            0 | 1 => widths[nth].min(WHOLE),
            nth if nth + 1 == widths.len() => NARROW_LAST,
            nth if self.cut_at_start.as_ref() == self.headings.get(nth) => 2 * NARROW,
            _ => NARROW,
        }
    }

    fn remove(&mut self, nth: usize) {
        self.headings.remove(nth);
        for row in &mut self.rows {
            row.cells.remove(nth);
        }
    }

    fn widths(&self) -> Vec<usize> {
        let width = |text: &str| text.split('\n').map(UnicodeWidthStr::width).max();
        let columns = self.headings.iter().enumerate();
        columns
            .map(|(nth, heading)| {
                let cells = self.rows.iter().filter_map(|row| width(&row.cells[nth]));
                cells.chain([heading.width()]).max().unwrap_or_default()
            })
            .collect()
    }
}

/// A text in lines that are no wider than that, between words; no more than some.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > width && lines.len() + 1 < MAX_LINES {
        let mut taken = 0;
        let fitting = rest.char_indices().find(|(_, c)| {
            taken += c.width().unwrap_or_default();
            taken > width
        });
        let Some((most, next)) = fitting.filter(|(at, _)| *at > 0) else {
            break;
        };
        // A word that is too long is broken anywhere.
        let end = match rest[..most].rfind(' ') {
            Some(end) if next != ' ' => end,
            _ => most,
        };
        lines.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    lines.push(cut(rest, width));
    lines
}

/// A text that is no wider than that, without its start.
fn cut_start(text: &str, width: usize) -> String {
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    reversed(&cut(&reversed(text), width))
}

/// A text that is no wider than that.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut cut = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or_default()) else {
            break;
        };
        left = rest;
        cut.push(c);
    }
    cut.push(CUT);
    cut
}

/// What is known of each token: in a column for each claim, or in one where there is no room for those.
pub(crate) fn verdicts(lines: &[Line]) -> Table {
    let table = claimed(lines);
    if table.has_room() {
        table
    } else {
        summed_up(lines)
    }
}

fn summed_up(lines: &[Line]) -> Table {
    let headings = ["provider", "verdict", "key", "what is known"];
    let mut table = table(&headings).optional(&["key"]).cut_at_start("key");
    for line in lines {
        let known = line.identity().map(subject).or_else(|| failure(line));
        let cells = [
            line.provider().to_owned(),
            line.verdict().to_string(),
            line.id_text().unwrap_or_default(),
            known.unwrap_or_default(),
        ];
        table.add_verdict(line.verdict(), cells);
    }
    table
}

fn claimed(lines: &[Line]) -> Table {
    let has_ids = lines.iter().any(|line| line.id.is_some());
    let headings = [
        "provider",
        "verdict",
        "key",
        "subject",
        "name",
        "e-mail",
        "organizations",
        "more",
    ];
    let headings: Vec<_> = headings
        .into_iter()
        .filter(|it| has_ids || *it != "key")
        .collect();
    let mut table = table(&headings)
        .dispensable(&["name", "organizations"])
        .cut_at_start("key");
    for line in lines {
        let mut cells = vec![line.provider().to_owned(), line.verdict().to_string()];
        if has_ids {
            cells.push(line.id_text().unwrap_or_default());
        }
        if let Some(identity) = line.identity() {
            cells.extend(claims(identity).map(|claim| plain(&claim)));
        }
        if let Some(failure) = failure(line) {
            cells.extend(["", "", "", ""].map(str::to_owned));
            cells.push(failure);
        }
        table.add_verdict(line.verdict(), cells);
    }
    table
}

/// What happened, by its kind and in words. What is displayed of an error ends in its reason, and begins with the provider,
/// which stands beside it.
pub(crate) fn failure(line: &Line) -> Option<String> {
    let (kind, message) = line.failure()?;
    let provider = format!("{}: ", line.provider());
    let message = message.strip_prefix(&provider).unwrap_or(&message);
    Some(plain(&format!("{kind}: {message}")))
}

/// Who stands behind a token, in a few words.
pub(crate) fn subject(identity: &Identity) -> String {
    let [sub, name, email, organizations, more] = claims(identity);
    let who = [email, name, sub].into_iter().find(|it| !it.is_empty());
    let all = [who.unwrap_or_default(), organizations, more];
    let all: Vec<_> = all.into_iter().filter(|it| !it.is_empty()).collect();
    all.join(", ")
}

fn claims(identity: &Identity) -> [String; 5] {
    let names = [&identity.given_name, &identity.family_name];
    let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
    let name = identity.name.clone().unwrap_or_else(|| names.join(" "));
    let organizations = identity.organizations.iter().flatten();
    let organizations: Vec<_> = organizations
        .filter_map(|it| it.name.as_ref().or(it.slug.as_ref()).or(it.id.as_ref()))
        .map(String::as_str)
        .collect();
    [
        identity
            .sub
            .clone()
            .unwrap_or_else(|| "(not told)".to_owned()),
        name,
        identity.email.clone().unwrap_or_default(),
        organizations.join(", "),
        more(identity),
    ]
}

fn more(identity: &Identity) -> String {
    let token = identity.token.as_ref();
    let limited = token.and_then(|it| it.limited.as_ref()).map(|limited| {
        let code = limited.code.as_ref();
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        format!("limited by {}{code}", limited.by)
    });
    let quotas = identity.quotas.iter().flatten().map(quota);
    let permissions = identity
        .permissions
        .as_ref()
        .map(|it| format!("{} permissions", it.len()));
    let scopes = identity
        .scopes
        .as_ref()
        .map(|it| format!("scopes {}", it.join(" ")));
    limited
        .into_iter()
        .chain(quotas)
        .chain(permissions)
        .chain(scopes)
        .collect::<Vec<_>>()
        .join(", ")
}

fn quota(quota: &Quota) -> String {
    let name = quota.name.replace('_', " ");
    match (quota.used, quota.limit, quota.remaining) {
        (Some(used), Some(limit), _) => format!("{name} {used} of {limit} used"),
        (_, _, Some(remaining)) => format!("{name} {remaining} left"),
        (Some(used), None, None) => format!("{name} {used} used"),
        (None, Some(limit), None) => format!("{name} of {limit}"),
        (None, None, None) => name,
    }
}

/// Text that others wrote, without what is not seen, or would steer a terminal or turn the text around.
pub(crate) fn plain(text: &str) -> String {
    let shown = |c| {
        if is_hidden(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use anstream::ColorChoice;
    use unicode_width::UnicodeWidthStr;

    use super::{Table, cut, wrapped};

    #[test]
    fn a_text_is_cut_by_the_columns_that_it_takes() {
        for (text, width, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("日本語です", 6, "日本…"),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut(text, width), expected);
            assert!(cut(text, width).width() <= width);
        }
    }

    #[test]
    fn a_text_is_broken_between_words() {
        let text = "no connection to the provider: nothing listens at that address";
        let lines = [
            "no connection to the",
            "provider: nothing",
            "listens at that",
            "address",
        ];
        assert_eq!(wrapped(text, 20), lines);
        let lines = ["no", "connectio", "n to the", "provider…"];
        assert_eq!(wrapped(text, 9), lines);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(wrapped("a b c d e f", 1), ["a", "b", "c", "…"]);
    }

    #[test]
    fn a_table_is_as_wide_as_it_may_be_at_most() {
        for width in [20, 40, 60, 80, 200] {
            let headings = ["provider", "verdict", "subject", "name", "more"];
            let mut table = Table::new(ColorChoice::Never, Some(width), &headings);
            table.add_row(["extruct", "valid", &"s".repeat(90), "", &"日本 ".repeat(40)]);
            table.add_row([
                "\u{1b}[31m\u{202e}x",
                "indeterminate",
                "a\u{200b}b",
                "",
                "c\u{9b}d\u{7}",
            ]);
            let shown = table.trim_fmt();
            for line in shown.lines() {
                assert!(line.width() <= width, "{width}: {line:?}");
            }
            assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\u{9b}', '\u{7}']));
            if width >= 40 {
                assert!(shown.contains('…'), "{shown}");
            }
        }
    }
}
