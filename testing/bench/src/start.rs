//! The first call over https: what is read once, and what once a client.

use super::Bench;
use super::count::{instructions, needs_valgrind};
use super::program::Program;
use super::report::{Figure, Table};
use keyholder_openapi::Result;

/// The title of the table.
pub(super) const NAME: &str = "The first call over https";

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    needs_valgrind()?;
    let program = Program::start(bench)?;
    (bench.say)("counting the instructions of a start over https");
    let mut figures = Vec::new();
    for (subject, clients) in [
        ("one client", "--clients=1"),
        ("four clients", "--clients=4"),
    ] {
        let count = instructions(bench, &program, &["start", clients])?;
        figures.push(Figure::new(subject, "instructions", count, ""));
    }
    Ok(vec![Table {
        name: NAME,
        about: "A whole process that makes clients and asks each once, at a port of this machine that nobody listens on: \
                most of it is reading the certificates that the platform trusts, which is to be done once."
            .to_owned(),
        reference: Some("one client"),
        figures,
    }])
}
