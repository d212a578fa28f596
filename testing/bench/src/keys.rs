//! Many keys: how many a second, and in how much memory.

use std::process::Command;

use super::count::{allocations, each, instructions, needs_valgrind};
use super::program::{Program, figure, output};
use super::report::{Figure, Table};
use super::{Bench, cost, turns};
use keyholder_openapi::Result;
use testing_programs::process;

/// By their names in the program.
const CLIENTS: [&str; 4] = ["keyholder", "reqwest", "progenitor", "hyper"];

/// Calls under way at once.
const CONCURRENCY: u32 = 64;

/// Keys and rounds on the clock.
const TIMED: (u32, usize) = (20_000, 5);

/// How many keys the memory is measured at, and in how many rounds.
const KEYS: [(u32, usize); 3] = [(1_000, 5), (100_000, 3), (1_000_000, 1)];

/// The cores that a program may use, and what sees to it: the server has the other core to itself in the first.
const CORES: [(usize, &str, &[&str]); 2] = [
    (1, "one core", &["taskset", "--cpu-list", "0"]),
    (2, "two cores", &[]),
];

/// Keys of the shorter and the longer run that are counted: what one has more is what the keys between cost.
const COUNTED: (u32, u32) = (1_000, 4_000);

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    needs_valgrind()?;
    let program = Program::start(bench)?;
    Ok(vec![
        rates(bench, &program)?,
        counts(bench, &program)?,
        memory(bench, &program)?,
    ])
}

fn rates(bench: &Bench<'_>, program: &Program) -> Result<Table> {
    let mut figures = Vec::new();
    for (threads, cores, launcher) in CORES {
        (bench.say)(&format!("asking with many keys on {cores}"));
        let mut rates = CLIENTS.map(|_| Vec::new());
        let mut ceiling = Vec::new();
        for round in 0..TIMED.1 {
            for turn in turns(CLIENTS.len(), round) {
                let mut command = many(program, launcher, CLIENTS[turn], TIMED.0, threads);
                let seconds = figure(&output(&mut command)?.0)?;
                rates[turn].push(f64::from(TIMED.0) / seconds);
            }
            if process::on_path("wrk").is_some() {
                ceiling.push(wrk(program, launcher, threads)?);
            }
        }
        for (client, rates) in CLIENTS.iter().zip(rates) {
            figures.push(Figure::of_rounds(*client, cores, rates, "keys/s"));
        }
        if !ceiling.is_empty() {
            figures.push(Figure::of_rounds("wrk", cores, ceiling, "keys/s"));
        }
    }
    Ok(Table {
        name: "Many keys",
        about: format!(
            "Each key asked once, {CONCURRENCY} at a time, over connections that are shared: keyholder with `Checker`, its \
             stream of keys, the others with the key put on each request. wrk, where it is there, sends the same request again \
             and again: the ceiling. {} rounds of {} keys, the clients by turns; in brackets the ratio, round by round, and \
             its least and greatest. On one core the server has the other to itself; on two, it takes its share of both.",
            TIMED.1, TIMED.0
        ),
        reference: Some("reqwest"),
        figures,
    })
}

fn counts(bench: &Bench<'_>, program: &Program) -> Result<Table> {
    let mut figures = Vec::new();
    for client in CLIENTS {
        (bench.say)(&format!("counting what a key costs with {client}"));
        let run = |keys: u32| {
            let options = [
                format!("--keys={keys}"),
                "--threads=1".to_owned(),
                format!("--concurrency={CONCURRENCY}"),
            ];
            let task = ["many", client, program.url()].map(str::to_owned);
            task.into_iter().chain(options).collect::<Vec<_>>()
        };
        let counted = each(COUNTED, |keys| instructions(bench, program, &run(keys)))?;
        let allocated = each(COUNTED, |keys| allocations(program, &run(keys)))?;
        figures.push(Figure::new(client, "instructions", counted, ""));
        figures.push(Figure::new(client, "allocations", allocated, ""));
    }
    Ok(Table {
        name: "A key of many",
        about: format!(
            "What one key of many costs, as above on one thread: instructions by callgrind and allocations by memcheck, each \
             as the difference between {} and {} keys.",
            COUNTED.0, COUNTED.1
        ),
        reference: Some("reqwest"),
        figures,
    })
}

fn memory(bench: &Bench<'_>, program: &Program) -> Result<Table> {
    let clients = ["keyholder", "reqwest"];
    let mut figures = Vec::new();
    for (keys, rounds) in KEYS {
        (bench.say)(&format!("measuring the memory at {keys} keys"));
        let mut memory = clients.map(|_| Vec::new());
        for round in 0..rounds {
            for turn in turns(clients.len(), round) {
                let cost = cost::run(&mut many(program, &[], clients[turn], keys, 1))?;
                memory[turn].push(cost.mebibytes);
            }
        }
        for (client, memory) in clients.into_iter().zip(memory) {
            let measure = format!("{keys} keys");
            figures.push(Figure::of_rounds(client, measure, memory, "MiB"));
        }
    }
    Ok(Table {
        name: "Memory",
        about: "The most that the process held while it asked with so many keys, as above."
            .to_owned(),
        reference: Some("reqwest"),
        figures,
    })
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
