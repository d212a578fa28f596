//! Counting what a program does, by valgrind.

use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use super::Bench;
use super::program::{Program, output};
use keyholder_openapi::{Error, Result};
use testing_programs::process;

/// # Errors
///
/// There is no valgrind.
pub(super) fn needs_valgrind() -> Result<()> {
    match process::on_path("valgrind") {
        Some(_) => Ok(()),
        None => Err(Error::new("there is no `valgrind` on this machine")
            .with_help("install it, as by `apt-get install valgrind`")),
    }
}

/// What one more costs: the difference between a run of more and a run of fewer, by the number of those that it has more.
///
/// # Errors
///
/// A run that fails.
pub(super) fn each((few, many): (u32, u32), count: impl Fn(u32) -> Result<f64>) -> Result<f64> {
    Ok((count(many)? - count(few)?) / f64::from(many - few))
}

/// The instructions of the program's run with `arguments`.
///
/// # Errors
///
/// A run that fails.
pub(super) fn instructions(
    bench: &Bench<'_>,
    program: &Program,
    arguments: &[impl AsRef<OsStr>],
) -> Result<f64> {
    let file = bench.folder("callgrind")?.join("counted");
    let option = format!("--callgrind-out-file={}", file.display());
    let mut command = under(&["--tool=callgrind", &option], program, arguments);
    output(&mut command)?;
    let counted = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let mut lines = counted.lines();
    lines
        .find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok())
        .ok_or_else(|| Error::new("has no summary").in_file(&file))
}

/// How often the program's run with `arguments` allocates memory.
///
/// # Errors
///
/// A run that fails.
pub(super) fn allocations(program: &Program, arguments: &[impl AsRef<OsStr>]) -> Result<f64> {
    let options = ["--tool=memcheck", "--leak-check=no"];
    let (_, said) = output(&mut under(&options, program, arguments))?;
    let usage = said.split("total heap usage: ").nth(1);
    usage
        .and_then(|usage| usage.split(" allocs").next())
        .and_then(|count| count.replace(',', "").parse().ok())
        .ok_or_else(|| Error::new("valgrind does not say how often memory was allocated"))
}

fn under(options: &[&str], program: &Program, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new("valgrind");
    command.args(options).arg(program.file()).args(arguments);
    command
}
