//! Answers that were made to be dear: the token is looked for in time linear in the answer, whatever both are.

use super::Bench;
use super::count::{each, instructions, needs_valgrind};
use super::program::Program;
use super::report::{Figure, Table};
use keyholder_openapi::Result;

/// What the answers are full of, by their names in the program.
const KINDS: [(&str, &str); 4] = [
    ("repeated letter", "letter"),
    ("escaped letter", "escaped"),
    ("percent signs", "percent"),
    ("backslashes", "backslash"),
];

/// How large they are, in bytes.
const SIZES: [(&str, u32); 3] = [("10 kB", 10_000), ("100 kB", 100_000), ("1 MB", 1_000_000)];

/// The title of the table.
pub(super) const NAME: &str = "Answers made to be dear";

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    needs_valgrind()?;
    let program = Program::start(bench)?;
    let mut figures = Vec::new();
    for (subject, size) in SIZES {
        (bench.say)(&format!("reading answers of {subject}"));
        for (measure, kind) in KINDS {
            let answer = each((1, 3), |reads| {
                let [size, reads] = [format!("--size={size}"), format!("--reads={reads}")];
                instructions(bench, &program, &["read", kind, &size, &reads])
            })?;
            let figure = Figure::new(subject, measure, answer / f64::from(size), "");
            figures.push(figure);
        }
    }
    Ok(vec![Table {
        name: NAME,
        about: "Instructions for each byte of an answer that is read for its identity with a token of a thousand equal letters. \
                The answer's one text repeats what the token is made of: the letter itself, the letter escaped as in JSON, \
                percent signs, backslashes. A search that goes back grows with the size."
            .to_owned(),
        reference: Some("10 kB"),
        figures,
    }])
}
