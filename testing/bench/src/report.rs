//! Figures, as tables and as JSON.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use serde_json::{Value, json};

use keyholder_openapi::{Error, Result};
use testing_harness::file;

use super::median;
use super::targets::{self, Target};

/// All that was measured.
#[derive(Debug)]
pub struct Report {
    /// What it was measured on, on one line.
    pub machine: String,
    /// The tables, in order.
    pub tables: Vec<Table>,
}

/// Figures that belong together.
#[derive(Debug)]
pub struct Table {
    /// Its title.
    pub name: &'static str,
    /// What the figures mean, and how they were had.
    pub about: String,
    /// Whose figures the ratios are to.
    pub reference: Option<&'static str>,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// A figure: what was measured once, or in several rounds.
#[derive(Debug)]
pub struct Figure {
    /// Whose it is: a row.
    pub subject: String,
    /// What was measured: a column.
    pub measure: String,
    /// What each round came to, in the order of the rounds: those of one column were measured by turns.
    pub rounds: Vec<f64>,
    /// Its unit; empty for a count.
    pub unit: &'static str,
}

/// How many times another figure one is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The one in the middle of the ratios that the rounds give.
    pub median: f64,
    /// The least of them.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

impl Figure {
    /// A figure that was measured once.
    pub fn new(
        subject: impl Into<String>,
        measure: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self::of_rounds(subject, measure, vec![value], unit)
    }

    /// A figure that was measured in several rounds.
    pub fn of_rounds(
        subject: impl Into<String>,
        measure: impl Into<String>,
        rounds: Vec<f64>,
        unit: &'static str,
    ) -> Self {
        Self {
            subject: subject.into(),
            measure: measure.into(),
            rounds,
            unit,
        }
    }

    /// The value in the middle of the rounds.
    pub fn value(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// How many times `other` it is, round by round: what slows a machine down for a while slows both.
    fn ratio_to(&self, other: &Self) -> Option<Ratio> {
        let pairs = self.rounds.iter().zip(&other.rounds);
        let mut ratios: Vec<_> = pairs
            .filter(|(_, beside)| **beside > 0.0)
            .map(|(value, beside)| value / beside)
            .collect();
        ratios.sort_by(f64::total_cmp);
        Some(Ratio {
            least: *ratios.first()?,
            most: *ratios.last()?,
            median: median(ratios),
        })
    }
}

impl Report {
    /// Without tables yet.
    pub fn of_this_machine() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
            .unwrap_or("unknown processor");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let system = std::env::consts::OS;
        Self {
            machine: format!("{model}, {cores} cores, {system} {}", kernel.trim()),
            tables: Vec::new(),
        }
    }

    /// The tables, as Markdown.
    pub fn markdown(&self) -> String {
        let mut tables: Vec<_> = self.tables.iter().map(Table::markdown).collect();
        tables.push(targets::markdown(&self.tables));
        format!("Measured on: {}.\n\n{}", self.machine, tables.join("\n"))
    }

    /// `{"machine", "figures": [{"benchmark", "subject", "measure", "value", "rounds", "unit", "ratio"}], "targets":
    /// [{"benchmark", "subject", "measure", "bound", "ratio", "holds"}]}`; a ratio is null where there is nothing to
    /// compare with.
    pub fn json(&self) -> Value {
        let figures: Vec<_> = self.tables.iter().flat_map(Table::json).collect();
        let targets = targets::json(&self.tables);
        json!({ "machine": self.machine, "figures": figures, "targets": targets })
    }

    /// The targets that were missed among those for what does not vary with the machine's mood: instructions, allocations
    /// and memory.
    pub fn missed(&self) -> Vec<&'static Target> {
        targets::missed(&self.tables)
    }

    /// Puts the tables between the marks of the file at `path`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or written, or has no marks.
    pub fn write(&self, path: &Path) -> Result<()> {
        const START: &str = "<!-- figures: written by `cargo xtask bench --write` -->\n";
        const END: &str = "<!-- end of figures -->";
        let text = fs::read_to_string(path)
            .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(path))?;
        let (before, rest) = text
            .split_once(START)
            .ok_or_else(|| Error::new(format!("has no {}", START.trim())).in_file(path))?;
        let (_, after) = rest
            .split_once(END)
            .ok_or_else(|| Error::new(format!("has no {END}")).in_file(path))?;
        let text = format!("{before}{START}\n{}\n{END}{after}", self.markdown());
        file::write(path, &text)
    }
}

impl Table {
    fn markdown(&self) -> String {
        let mut measures: Vec<&str> = Vec::new();
        let mut rows: Vec<&str> = Vec::new();
        let mut cells = BTreeMap::new();
        for figure in &self.figures {
            if !measures.contains(&figure.measure.as_str()) {
                measures.push(&figure.measure);
            }
            if !rows.contains(&figure.subject.as_str()) {
                rows.push(&figure.subject);
            }
            cells.insert((&*figure.subject, &*figure.measure), self.cell(figure));
        }
        let mut text = format!("## {}\n\n{}\n\n", self.name, self.about);
        text.push_str(&format!("| | {} |\n", measures.join(" | ")));
        text.push_str(&format!("|---|{}\n", "---:|".repeat(measures.len())));
        for row in rows {
            let cells = measures
                .iter()
                .map(|measure| cells.get(&(row, *measure)).map_or("", String::as_str));
            let cells: Vec<_> = cells.collect();
            text.push_str(&format!("| {row} | {} |\n", cells.join(" | ")));
        }
        text
    }

    fn cell(&self, figure: &Figure) -> String {
        let unit = match figure.unit {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let value = number(figure.value());
        match self.ratio(figure) {
            Some(ratio) => format!("{value}{unit} ({ratio})"),
            None => format!("{value}{unit}"),
        }
    }

    /// The ratio of a subject's figure to the reference's.
    pub(super) fn ratio_of(&self, subject: &str, measure: &str) -> Option<Ratio> {
        self.ratio(self.figure(subject, measure)?)
    }

    fn figure(&self, subject: &str, measure: &str) -> Option<&Figure> {
        let mut figures = self.figures.iter();
        figures.find(|figure| figure.subject == subject && figure.measure == measure)
    }

    /// How many times the reference's figure it is.
    fn ratio(&self, figure: &Figure) -> Option<Ratio> {
        figure.ratio_to(self.figure(self.reference?, &figure.measure)?)
    }

    fn json(&self) -> Vec<Value> {
        let figure = |figure: &Figure| {
            json!({
                "benchmark": self.name,
                "subject": figure.subject,
                "measure": figure.measure,
                "value": figure.value(),
                "rounds": figure.rounds,
                "unit": figure.unit,
                "ratio": self.ratio(figure).map(|ratio| ratio.median),
            })
        };
        self.figures.iter().map(figure).collect()
    }
}

/// The one in the middle, and how far the rounds lay apart.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, least, most] =
            [self.median, self.least, self.most].map(|ratio| format!("{ratio:.2}"));
        f.write_str(&median)?;
        if least == most {
            return Ok(());
        }
        write!(f, ", {least}–{most}")
    }
}

/// With three figures that say something, and thousands apart.
fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
