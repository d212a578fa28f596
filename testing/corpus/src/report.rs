//! What came out of a corpus: rows and totals, as a table for people and as JSON for programs.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::server::Outcome;
use testing_harness::table::aligned;

/// How a question of a row is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It did not come to it.
    #[default]
    Unasked,
    /// As it should be.
    Yes,
    /// Otherwise.
    No,
    /// Neither the index nor the description says enough.
    Unknown,
}

impl Standing {
    fn word(self) -> &'static str {
        match self {
            Self::Unasked => "-",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing speaks against it.
    fn may_be(self) -> bool {
        matches!(self, Self::Yes | Self::Unknown)
    }
}

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
    /// Whether the description has an operation that tells who the caller is.
    pub has_operation: bool,
    /// Whether the right operation is proposed where none is named; none, where there is none.
    pub operation: Standing,
    /// The operation that is proposed in its place, or why none is.
    pub operation_note: Option<String>,
    /// Whether a request was answered: the right one, and authenticated as is wanted.
    pub authenticated: bool,
    /// Whether the credential came where it is wanted.
    pub credential: Standing,
    /// Where it is wanted, by the index and the description's words.
    pub credential_wanted: String,
    /// Where it came.
    pub credential_came: String,
    /// What of that could not be understood, or is not said.
    pub doubts: Vec<String>,
    /// Whether a client has a base URL by default only where one is for everyone, and then that.
    pub servers: Standing,
    /// The base URL that the client has by default.
    pub base_url: Option<String>,
    /// What is to be said of it.
    pub servers_note: Option<String>,
    /// How many claims the identity has.
    pub claims_found: usize,
    /// How many claims the answer has, by the index.
    pub claims_expected: usize,
    /// How many claims have another value than the index says, or one where it has none.
    pub claims_wrong: usize,
    /// Which they are.
    pub wrong: Vec<String>,
    /// What the identity says that indexes do not always tell, and this one does not.
    pub beyond: Vec<String>,
    /// The identity.
    pub identity: Value,
    /// What is said of a key that nobody knows, to which the answer is the described refusal.
    pub bad_key: String,
    /// What is said of a key that may not ask this, to which the answer is the described one.
    pub no_scope: String,
    /// What is said where something in between answers: a page, as a refusal or as a success.
    pub nobody: String,
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
        if !self.has_operation {
            return self.operation == Standing::Yes && self.error.is_none();
        }
        self.generated
            && self.compiles
            && self.warnings == 0
            && self.authenticated
            && self.credential.may_be()
            && self.servers.may_be()
            && self.claims_found == self.claims_expected
            && self.claims_wrong == 0
            && self.reads_alike()
            && self.error.is_none()
    }

    /// Whether a client that was made at run time says of every answer what the generated one does.
    #[must_use]
    pub fn reads_alike(&self) -> bool {
        self.answers_read > 0 && self.answers_same == self.answers_read
    }

    /// Takes down which operation is proposed where none is named.
    pub(super) fn operation_found(
        &mut self,
        wanted: Option<&str>,
        found: Option<String>,
        reason: Option<String>,
    ) {
        self.has_operation = wanted.is_some();
        let parts = |text: &str| {
            let (method, path) = text.trim().split_once(' ').unwrap_or(("", text));
            (method.to_ascii_uppercase(), path.trim().to_owned())
        };
        (self.operation, self.operation_note) = match (found, wanted) {
            (Some(found), Some(wanted)) if parts(&found) == parts(wanted) => (Standing::Yes, None),
            (None, None) => (Standing::Yes, None),
            (Some(found), _) => (Standing::No, Some(found)),
            (None, _) => (Standing::No, Some(one_line(&reason.unwrap_or_default()))),
        };
    }

    /// Takes down what became of the request with the good key.
    pub(super) fn came(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Answered { came, is_unsaid }) => {
                self.authenticated = true;
                self.credential = if is_unsaid {
                    Standing::Unknown
                } else {
                    Standing::Yes
                };
                self.credential_came = came;
            }
            Some(Outcome::Refused(came)) => {
                self.credential = Standing::No;
                self.fail(format!(
                    "not authenticated by {}: {came} came",
                    self.credential_wanted
                ));
                self.credential_came = came;
            }
            Some(Outcome::Elsewhere(reason) | Outcome::Malformed(reason)) => self.fail(reason),
            None => {}
        }
    }

    /// Keeps the first error, on one line.
    pub(super) fn fail(&mut self, error: impl AsRef<str>) {
        let error = error.as_ref();
        self.error.get_or_insert_with(|| one_line(error));
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
                "operations": standings(&self.rows, |row| row.operation),
                "authenticated": self.count(|row| row.authenticated),
                "credentials": standings(&self.rows, |row| row.credential),
                "servers": standings(&self.rows, |row| row.servers),
                "claims_found": self.sum(|row| row.claims_found),
                "claims_expected": self.sum(|row| row.claims_expected),
                "claims_wrong": self.sum(|row| row.claims_wrong),
                "bad_key": verdicts(&self.rows, |row| &row.bad_key),
                "no_scope": verdicts(&self.rows, |row| &row.no_scope),
                "nobody": verdicts(&self.rows, |row| &row.nobody),
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
            "holds",
            "operation",
            "generated",
            "compiles",
            "warnings",
            "lines",
            "credential",
            "servers",
            "claims",
            "wrong",
            "bad key",
            "no scope",
            "nobody's",
            "read alike",
            "seconds",
            "first error",
        ];
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let mut cells = vec![head.map(str::to_owned)];
        cells.extend(self.rows.iter().map(|row| {
            [
                row.provider.clone(),
                yes(row.holds()),
                row.operation.word().to_owned(),
                yes(row.generated),
                yes(row.compiles),
                row.warnings.to_string(),
                row.lines.to_string(),
                row.credential.word().to_owned(),
                row.servers.word().to_owned(),
                format!("{}/{}", row.claims_found, row.claims_expected),
                row.claims_wrong.to_string(),
                said(&row.bad_key).to_owned(),
                said(&row.no_scope).to_owned(),
                said(&row.nobody).to_owned(),
                format!("{}/{}", row.answers_same, row.answers_read),
                format!("{:.2}", row.seconds),
                shortened(row.error.as_deref().unwrap_or_default()),
            ]
        }));
        let all = self.rows.len();
        let of = |count: usize| format!("{count}/{all}");
        let standing =
            |of_row: fn(&Row) -> Standing| of(self.count(|row| of_row(row) == Standing::Yes));
        cells.push([
            "total".to_owned(),
            of(self.count(Row::holds)),
            standing(|row| row.operation),
            of(self.count(|row| row.generated)),
            of(self.count(|row| row.compiles)),
            self.sum(|row| row.warnings).to_string(),
            self.sum(|row| row.lines).to_string(),
            standing(|row| row.credential),
            standing(|row| row.servers),
            format!(
                "{}/{}",
                self.sum(|row| row.claims_found),
                self.sum(|row| row.claims_expected)
            ),
            self.sum(|row| row.claims_wrong).to_string(),
            String::new(),
            String::new(),
            String::new(),
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
        text.push_str(&self.details());
        for error in &self.errors {
            text.push_str(&format!("error: {error}\n"));
        }
        for (provider, lost) in &self.fallen_back {
            text.push_str(&format!("fell back: {provider}: {}\n", lost.join(", ")));
        }
        text.push_str(&self.totals());
        text.push_str(&format!("{} of {all} hold\n", self.count(Row::holds)));
        text.push_str(&self.scale());
        text
    }

    /// What the table has no room for, a line each: what is not as it should be, and what nothing says.
    fn details(&self) -> String {
        let mut text = String::new();
        let mut told = |what: &str, row: &Row, said: &str| {
            text.push_str(&format!("{what}: {}: {said}\n", row.provider));
        };
        for row in self.rows.iter().filter(|row| row.operation == Standing::No) {
            let note = row.operation_note.as_deref().unwrap_or_default();
            told("operation not found", row, &shortened(note));
        }
        for row in &self.rows {
            let (wanted, came) = (&row.credential_wanted, &row.credential_came);
            match row.credential {
                Standing::No => told(
                    "credential",
                    row,
                    &format!("{came} came, {wanted} is wanted"),
                ),
                Standing::Unknown => told(
                    "credential unknown",
                    row,
                    &format!("{came} came, {wanted} is all that is said"),
                ),
                Standing::Yes | Standing::Unasked => {}
            }
            for doubt in &row.doubts {
                told("credential not understood", row, doubt);
            }
        }
        for row in &self.rows {
            let note = row.servers_note.as_deref().unwrap_or_default();
            match row.servers {
                Standing::No => told("base URL", row, note),
                Standing::Unknown => told("base URL unknown", row, note),
                Standing::Yes | Standing::Unasked => {}
            }
        }
        for row in &self.rows {
            for wrong in &row.wrong {
                told("wrong", row, &shortened(wrong));
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    /// The totals that are not counts of yes.
    fn totals(&self) -> String {
        let count = |name: &str, counts: &Value| {
            let counts = counts.as_object().into_iter().flatten();
            let counts: Vec<_> = counts
                .map(|(word, count)| format!("{count} {word}"))
                .collect();
            format!("{name}: {}\n", counts.join(", "))
        };
        [
            count(
                "operations found",
                &standings(&self.rows, |row| row.operation),
            ),
            count(
                "credentials as wanted",
                &standings(&self.rows, |row| row.credential),
            ),
            count(
                "servers as allowed",
                &standings(&self.rows, |row| row.servers),
            ),
            count("a bad key is", &verdicts(&self.rows, |row| &row.bad_key)),
            count(
                "a good key without scope is",
                &verdicts(&self.rows, |row| &row.no_scope),
            ),
            count(
                "by nobody's answer, a key is",
                &verdicts(&self.rows, |row| &row.nobody),
            ),
        ]
        .concat()
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

/// How often a question is answered how.
fn standings(rows: &[Row], of: impl Fn(&Row) -> Standing) -> Value {
    let mut counts = Map::new();
    for standing in [
        Standing::Yes,
        Standing::No,
        Standing::Unknown,
        Standing::Unasked,
    ] {
        let count = rows.iter().filter(|row| of(row) == standing).count();
        let word = match standing {
            Standing::Unasked => "not asked",
            _ => standing.word(),
        };
        if count > 0 {
            counts.insert(word.to_owned(), json!(count));
        }
    }
    Value::Object(counts)
}

/// How often a verdict is given.
fn verdicts(rows: &[Row], of: impl Fn(&Row) -> &String) -> Value {
    let mut counts = Map::new();
    for word in rows.iter().map(|row| said(of(row))) {
        let word = if word == "-" { "not asked" } else { word };
        let count = counts.get(word).and_then(Value::as_u64).unwrap_or_default();
        counts.insert(word.to_owned(), json!(count + 1));
    }
    Value::Object(counts)
}

fn said(verdict: &str) -> &str {
    if verdict.is_empty() { "-" } else { verdict }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As much of an error as a line of a table has room for; JSON has all of it.
fn shortened(error: &str) -> String {
    const LONGEST: usize = 200;
    match error.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &error[..end]),
        None => error.to_owned(),
    }
}
