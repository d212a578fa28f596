//! What differs, as a table for people and as JSON for programs.

use serde_json::{Value, json};

use super::change::Change;
use comfy_table::{Table, presets};

/// What differs between two descriptions of an operation.
#[derive(Clone, Debug)]
pub struct Drift {
    /// The operation, as in `GET /me`.
    pub operation: String,
    /// Where ours comes from.
    pub ours: String,
    /// Where theirs comes from.
    pub theirs: String,
    /// The differences, in the order of the operation's parts and of the places in them.
    pub changes: Vec<Change>,
}

impl Drift {
    /// Whether a difference breaks a reader.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.changes.iter().any(|change| change.breaks)
    }

    /// For people: a row for each difference, and a line that sums them up.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!(
            "{}\n  ours:   {}\n  theirs: {}\n\n",
            self.operation, self.ours, self.theirs
        );
        if self.changes.is_empty() {
            text.push_str("nothing differs\n");
            return text;
        }
        let head = ["place", "change", "ours", "theirs", "breaks"];
        let rows = self.changes.iter().map(|change| {
            let breaks = match (change.breaks, change.note.as_str()) {
                (true, note) => format!("yes: {note}"),
                (false, "") => "no".to_owned(),
                (false, note) => format!("no: {note}"),
            };
            [
                change.place.to_string(),
                change.kind.words().to_owned(),
                cell(&change.ours),
                cell(&change.theirs),
                breaks,
            ]
        });
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_header(head)
            .add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        text.push_str(&format!("{}\n\n", table.trim_fmt()));
        let breaking = self.changes.iter().filter(|change| change.breaks).count();
        let all = match self.changes.len() {
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        };
        text.push_str(&match breaking {
            0 => format!("{all}, none of which breaks a reader\n"),
            1 => format!("{all}, of which 1 breaks a reader\n"),
            count => format!("{all}, of which {count} break a reader\n"),
        });
        text
    }

    /// For programs: an object of
    ///
    /// - `operation`, `ours`, `theirs`: as the fields of this type;
    /// - `breaks`: whether a difference breaks a reader;
    /// - `changes`: a list of objects with `place` (the part of the operation, and after a space the JSON pointer in
    ///   it, as in `200 /user/email`), `change` (a name of [`Kind`](super::Kind)), `ours` and `theirs` (texts for
    ///   people, or null), `breaks`, and `note` (a text for people, or null).
    #[must_use]
    pub fn json(&self) -> Value {
        let changes: Vec<_> = self.changes.iter().map(Change::json).collect();
        json!({
            "operation": self.operation,
            "ours": self.ours,
            "theirs": self.theirs,
            "breaks": self.breaks(),
            "changes": changes,
        })
    }
}

/// As much of a text as a column has room for; JSON has all of it.
fn cell(text: &str) -> String {
    const LONGEST: usize = 48;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if text.is_empty() => "-".to_owned(),
        None => text.to_owned(),
    }
}
