//! Many keys: how many a second, and in how much memory.

use std::process::Command;

use super::program::{Program, figure, output};
use super::report::{Figure, Table};
use super::{Bench, median, peak};
use keyholder_openapi::Result;
use testing_programs::process;

/// By their names in the program.
const CLIENTS: [&str; 4] = ["keyholder", "reqwest", "progenitor", "hyper"];

/// Calls under way at once.
const CONCURRENCY: u32 = 64;

/// Keys and rounds on the clock.
const TIMED: (u32, usize) = (20_000, 5);

/// How many keys the memory is measured at.
const KEYS: [u32; 3] = [1_000, 100_000, 1_000_000];

/// The cores that a program may use, and what sees to it: the server has the other core to itself in the first.
const CORES: [(usize, &str, &[&str]); 2] = [
    (1, "one core", &["taskset", "--cpu-list", "0"]),
    (2, "two cores", &[]),
];

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    let program = Program::start(bench)?;
    let mut figures = Vec::new();
    for (threads, cores, launcher) in CORES {
        (bench.say)(&format!("asking with many keys on {cores}"));
        let mut seconds = CLIENTS.map(|_| Vec::new());
        let mut ceiling = Vec::new();
        for _ in 0..TIMED.1 {
            for (client, seconds) in CLIENTS.iter().zip(&mut seconds) {
                let mut command = many(&program, launcher, client, TIMED.0, threads);
                seconds.push(figure(&output(&mut command)?.0)?);
            }
            if process::on_path("wrk").is_some() {
                ceiling.push(wrk(&program, launcher, threads)?);
            }
        }
        for (client, seconds) in CLIENTS.iter().zip(seconds) {
            let rate = f64::from(TIMED.0) / median(seconds);
            figures.push(Figure::new(*client, cores, rate, "keys/s"));
        }
        if !ceiling.is_empty() {
            figures.push(Figure::new("wrk", cores, median(ceiling), "keys/s"));
        }
    }
    let mut memory = Vec::new();
    for keys in KEYS {
        (bench.say)(&format!("measuring the memory at {keys} keys"));
        for client in ["keyholder", "reqwest"] {
            let cost = peak::run(
                many(&program, &[], client, keys, 1).stdout(std::process::Stdio::null()),
            )?;
            let measure = format!("{keys} keys");
            memory.push(Figure::new(client, measure, cost.mebibytes, "MiB"));
        }
    }
    Ok(vec![
        Table {
            name: "Many keys",
            about: format!(
                "Each key asked once, {CONCURRENCY} at a time, over connections that are shared: keyholder with `Checker`, its \
                 stream of keys, the others with the key put on each request. wrk, where it is there, sends the same request again \
                 and again: the ceiling. The median of {} rounds of {} keys, the clients in turn. On one core the server has \
                 the other to itself; on two, it takes its share of both.",
                TIMED.1, TIMED.0
            ),
            reference: Some("reqwest"),
            figures,
        },
        Table {
            name: "Memory",
            about: "The most that the process held while it asked with so many keys, as above."
                .to_owned(),
            reference: Some("reqwest"),
            figures: memory,
        },
    ])
}

fn many(program: &Program, launcher: &[&str], client: &str, keys: u32, threads: usize) -> Command {
    let mut command = program.command(launcher, "many", client);
    command
        .arg(format!("--keys={keys}"))
        .arg(format!("--threads={threads}"))
        .arg(format!("--concurrency={CONCURRENCY}"));
    command
}

/// Requests a second.
fn wrk(program: &Program, launcher: &[&str], threads: usize) -> Result<f64> {
    let arguments = [
        "wrk".to_owned(),
        format!("--threads={threads}"),
        format!("--connections={CONCURRENCY}"),
        "--duration=2s".to_owned(),
        "--header=Authorization: Bearer a-token-of-the-length-that-tokens-have".to_owned(),
        program.url().to_owned(),
    ];
    let mut words = launcher
        .iter()
        .copied()
        .chain(arguments.iter().map(String::as_str));
    let mut command = Command::new(words.next().unwrap_or("wrk"));
    let (said, _) = output(command.args(words))?;
    let rate = said.split("Requests/sec:").nth(1).unwrap_or_default();
    figure(rate.lines().next().unwrap_or_default())
}
