//! What came out of a corpus: rows and totals, as a table for people and as JSON for programs.

use serde::Serialize;
use serde_json::{Value, json};

use testing_harness::table::aligned;

/// What came out of one description.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The provider, as the index names it.
    pub provider: String,
    /// The size of the description, in bytes.
    pub bytes: u64,
    /// The operations that the description has.
    pub operations: usize,
    /// Whether a crate came out.
    pub generated: bool,
    /// Whether the crate compiles.
    pub compiles: bool,
    /// How many warnings the compiler has.
    pub warnings: usize,
    /// The lines of Rust in the crate.
    pub lines: usize,
    /// Whether a request was authenticated as the description says.
    pub authenticated: bool,
    /// How many claims the identity has.
    pub claims_found: usize,
    /// How many claims the answer has, by the index.
    pub claims_expected: usize,
    /// How many answers a client that was made at run time reads as the generated one does.
    pub answers_same: usize,
    /// How many answers both read.
    pub answers_read: usize,
    /// The seconds that proposing and generating took.
    pub seconds: f64,
    /// The seconds that generating alone took.
    pub codegen_seconds: f64,
    /// The most memory that this process held while it generated, in KiB; where the system tells. What earlier rows
    /// took and the allocator kept is in it: it is the row's own where there is one row.
    pub peak_memory_kib: Option<u64>,
    /// What went wrong first.
    pub error: Option<String>,
}

/// What came out of a corpus.
#[derive(Debug, Default)]
pub struct Report {
    /// A row for each description, in the order of the index.
    pub rows: Vec<Row>,
    /// What is wrong with what all crates share.
    pub errors: Vec<String>,
    /// The seconds that compiling took.
    pub check_seconds: f64,
    /// The rows that held more before, and what they lost.
    pub fallen_back: Vec<(String, Vec<&'static str>)>,
}

impl Row {
    /// Whether everything is as it should be: the stages, and every other answer that the description allows.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.generated
            && self.compiles
            && self.warnings == 0
            && self.authenticated
            && self.claims_found == self.claims_expected
            && self.reads_alike()
            && self.error.is_none()
    }

    /// Whether a client that was made at run time says of every answer what the generated one does.
    #[must_use]
    pub fn reads_alike(&self) -> bool {
        self.answers_read > 0 && self.answers_same == self.answers_read
    }

    /// Keeps the first error, on one line.
    pub(super) fn fail(&mut self, error: impl AsRef<str>) {
        let error = error.as_ref().split_whitespace().collect::<Vec<_>>();
        self.error.get_or_insert_with(|| error.join(" "));
    }
}

impl Report {
    fn count(&self, is: impl Fn(&Row) -> bool) -> usize {
        self.rows.iter().filter(|row| is(row)).count()
    }

    fn sum(&self, of: impl Fn(&Row) -> usize) -> usize {
        self.rows.iter().map(of).sum()
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                let mut value = serde_json::to_value(row).unwrap_or_default();
                value["holds"] = json!(row.holds());
                value
            })
            .collect();
        let fallen_back: serde_json::Map<_, _> = self
            .fallen_back
            .iter()
            .map(|(provider, lost)| (provider.clone(), json!(lost)))
            .collect();
        json!({
            "rows": rows,
            "totals": {
                "rows": self.rows.len(),
                "hold": self.count(Row::holds),
                "generated": self.count(|row| row.generated),
                "compile": self.count(|row| row.compiles),
                "warnings": self.sum(|row| row.warnings),
                "lines": self.sum(|row| row.lines),
                "authenticated": self.count(|row| row.authenticated),
                "claims_found": self.sum(|row| row.claims_found),
                "claims_expected": self.sum(|row| row.claims_expected),
                "answers_same": self.sum(|row| row.answers_same),
                "answers_read": self.sum(|row| row.answers_read),
                "seconds": self.seconds(),
                "codegen_seconds": self.codegen_seconds(),
                "check_seconds": self.check_seconds,
                "peak_memory_kib": self.peak_memory(),
            },
            "errors": self.errors,
            "fallen_back": fallen_back,
        })
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let head = [
            "provider",
            "generated",
            "compiles",
            "warnings",
            "lines",
            "authenticated",
            "claims",
            "read alike",
            "seconds",
            "first error",
        ];
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let mut cells = vec![head.map(str::to_owned)];
        cells.extend(self.rows.iter().map(|row| {
            [
                row.provider.clone(),
                yes(row.generated),
                yes(row.compiles),
                row.warnings.to_string(),
                row.lines.to_string(),
                yes(row.authenticated),
                format!("{}/{}", row.claims_found, row.claims_expected),
                format!("{}/{}", row.answers_same, row.answers_read),
                format!("{:.2}", row.seconds),
                shortened(row.error.as_deref().unwrap_or_default()),
            ]
        }));
        let all = self.rows.len();
        cells.push([
            "total".to_owned(),
            format!("{}/{all}", self.count(|row| row.generated)),
            format!("{}/{all}", self.count(|row| row.compiles)),
            self.sum(|row| row.warnings).to_string(),
            self.sum(|row| row.lines).to_string(),
            format!("{}/{all}", self.count(|row| row.authenticated)),
            format!(
                "{}/{}",
                self.sum(|row| row.claims_found),
                self.sum(|row| row.claims_expected)
            ),
            format!(
                "{}/{}",
                self.sum(|row| row.answers_same),
                self.sum(|row| row.answers_read)
            ),
            format!("{:.2}", self.seconds()),
            String::new(),
        ]);
        let mut text = aligned(&cells);
        text.push('\n');
        for error in &self.errors {
            text.push_str(&format!("error: {error}\n"));
        }
        for (provider, lost) in &self.fallen_back {
            text.push_str(&format!("fell back: {provider}: {}\n", lost.join(", ")));
        }
        text.push_str(&format!("{} of {all} hold\n", self.count(Row::holds)));
        text.push_str(&self.scale());
        text
    }

    /// The cost, in one line.
    fn scale(&self) -> String {
        let slowest = self
            .rows
            .iter()
            .max_by(|a, b| a.codegen_seconds.total_cmp(&b.codegen_seconds));
        let slowest = slowest.map_or_else(String::new, |row| {
            format!(
                ", at most {:.2} s ({}: {} operations, {} kB)",
                row.codegen_seconds,
                row.provider,
                row.operations,
                row.bytes / 1000
            )
        });
        let memory = self.peak_memory().map_or_else(String::new, |kib| {
            format!(", with at most {} MiB of memory", kib / 1024)
        });
        format!(
            "codegen took {:.2} s in all{slowest}{memory}; compiling took {:.1} s\n",
            self.codegen_seconds(),
            self.check_seconds
        )
    }

    fn seconds(&self) -> f64 {
        self.rows.iter().map(|row| row.seconds).sum()
    }

    fn codegen_seconds(&self) -> f64 {
        self.rows.iter().map(|row| row.codegen_seconds).sum()
    }

    fn peak_memory(&self) -> Option<u64> {
        let peaks = self.rows.iter().filter_map(|row| row.peak_memory_kib);
        peaks.max()
    }
}

/// As much of an error as a line of a table has room for; JSON has all of it.
fn shortened(error: &str) -> String {
    const LONGEST: usize = 200;
    match error.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &error[..end]),
        None => error.to_owned(),
    }
}
