//! `keyholder check`, beside the library that it stands on.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::program::{Program, figure, output};
use super::report::{Figure, Table};
use super::{Bench, cost, turns};
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::cargo;
use testing_harness::file;

/// Keys and rounds on the clock.
const TIMED: (u32, usize) = (100_000, 5);

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    let program = Program::start(bench)?;
    let command = built(bench)?;
    let folder = bench.folder("command/files")?;
    let input = folder.join("keys.jsonl");
    file::write(&input, &lines(program.url()))?;
    (bench.say)("checking the lines of a file");
    let mut rates = [Vec::new(), Vec::new()];
    let mut memory = [Vec::new(), Vec::new()];
    for round in 0..TIMED.1 {
        for turn in turns(2, round) {
            let (seconds, mebibytes) = match turn {
                0 => check(&command, &input, &folder.join("checked.jsonl"))?,
                _ => library(&program)?,
            };
            rates[turn].push(f64::from(TIMED.0) / seconds);
            memory[turn].push(mebibytes);
        }
    }
    let subjects = ["keyholder check", "the library"];
    let mut figures = Vec::new();
    for ((subject, rates), memory) in subjects.into_iter().zip(rates).zip(memory) {
        figures.push(Figure::of_rounds(subject, "rate", rates, "keys/s"));
        figures.push(Figure::of_rounds(subject, "peak memory", memory, "MiB"));
    }
    Ok(vec![Table {
        name: "The command",
        about: format!(
            "`keyholder check FILE --output FILE` on {} lines, from its start to its end, beside `Checker` on as many keys \
             that are there already, both on all cores. Rounds: {}, by turns.",
            TIMED.0, TIMED.1
        ),
        reference: Some("the library"),
        figures,
    }])
}

/// The command, built in release.
fn built(bench: &Bench<'_>) -> Result<PathBuf> {
    (bench.say)("building the command");
    let target = bench.folder("command")?;
    let mut build = cargo();
    build
        .args(["build", "--release", "--quiet", "--locked"])
        .args(["--package", "keyholder-cli", "--target-dir"])
        .arg(&target)
        .current_dir(&bench.root);
    output(&mut build)?;
    Ok(target.join("release/keyholder"))
}

fn lines(base_url: &str) -> String {
    let line = |number: u32| {
        let token = format!("ext_live_{number:032x}");
        let line = json!({
            "id": number,
            "provider": "extruct",
            "token": token,
            "base_url": base_url,
        });
        format!("{line}\n")
    };
    (0..TIMED.0).map(line).collect()
}

/// Seconds, and the most memory in MiB.
fn check(command: &Path, input: &Path, checked: &Path) -> Result<(f64, f64)> {
    match std::fs::remove_file(checked) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::new(format!("cannot be removed: {error}")).in_file(checked));
        }
        _ => {}
    }
    let cost = cost::run(
        Command::new(command)
            .args(["check", "--quiet"])
            .arg(input)
            .arg("--output")
            .arg(checked),
    )?;
    Ok((cost.seconds, cost.mebibytes))
}

/// As [`check`]. The seconds are the program's own, without its start.
fn library(program: &Program) -> Result<(f64, f64)> {
    let keys = format!("--keys={}", TIMED.0);
    let mut command = program.command(&[], "many", "keyholder");
    command.args([keys.as_str(), "--threads=2", "--concurrency=64"]);
    let (said, cost) = cost::output(&mut command)?;
    Ok((figure(&said)?, cost.mebibytes))
}
