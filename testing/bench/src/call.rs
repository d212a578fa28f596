//! One call: instructions, allocations and time.

use std::fs;
use std::process::Command;

use super::program::{Program, figure, output};
use super::report::{Figure, Table};
use super::{Bench, median};
use keyholder_openapi::{Error, Result};
use testing_programs::process;

/// By their names in the program.
const CLIENTS: [&str; 4] = ["keyholder", "reqwest", "progenitor", "hyper"];

/// Calls of the shorter and the longer run: what one has more is what the calls between cost.
const CALLS: (u32, u32) = (200, 1_200);

/// Calls and rounds on the clock.
const TIMED: (u32, usize) = (10_000, 7);

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    if process::on_path("valgrind").is_none() {
        return Err(Error::new("there is no `valgrind` on this machine")
            .with_help("install it, as by `apt-get install valgrind`"));
    }
    let program = Program::start(bench)?;
    let mut figures = Vec::new();
    for client in CLIENTS {
        (bench.say)(&format!(
            "counting the instructions and allocations of {client}"
        ));
        let instructions = per_call(|calls| instructions(bench, &program, client, calls))?;
        let allocations = per_call(|calls| allocations(&program, client, calls))?;
        figures.push(Figure::new(client, "instructions", instructions, ""));
        figures.push(Figure::new(client, "allocations", allocations, ""));
    }
    (bench.say)("timing the calls");
    let mut seconds = CLIENTS.map(|_| Vec::new());
    for _ in 0..TIMED.1 {
        for (client, seconds) in CLIENTS.iter().zip(&mut seconds) {
            seconds.push(timed(&program, client)?);
        }
    }
    for (client, seconds) in CLIENTS.iter().zip(seconds) {
        let microseconds = median(seconds) * 1e6 / f64::from(TIMED.0);
        figures.push(Figure::new(*client, "time", microseconds, "µs"));
    }
    Ok(vec![Table {
        name: "One call",
        about: format!(
            "A call with one token on one connection that stands already: `whoami()` with its whole policy; reqwest as most \
             people write the call; the client that progenitor generates, as it comes; hyper's pooled client with nothing \
             around it. Instructions by callgrind and allocations by memcheck, each as the difference between {} and {} \
             calls. Time on the clock: the median of {} rounds of {} calls, the clients in turn.",
            CALLS.0, CALLS.1, TIMED.1, TIMED.0
        ),
        reference: Some("reqwest"),
        figures,
    }])
}

fn per_call(count: impl Fn(u32) -> Result<f64>) -> Result<f64> {
    let (few, many) = CALLS;
    Ok((count(many)? - count(few)?) / f64::from(many - few))
}

fn instructions(bench: &Bench<'_>, program: &Program, client: &str, calls: u32) -> Result<f64> {
    let file = bench.folder("callgrind")?.join(client);
    let option = format!("--callgrind-out-file={}", file.display());
    let launcher = ["valgrind", "--tool=callgrind", &option];
    output(&mut one(program, &launcher, client, calls))?;
    let counted = fs::read_to_string(&file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&file))?;
    let mut lines = counted.lines();
    lines
        .find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok())
        .ok_or_else(|| Error::new("has no summary").in_file(&file))
}

fn allocations(program: &Program, client: &str, calls: u32) -> Result<f64> {
    let launcher = ["valgrind", "--tool=memcheck", "--leak-check=no"];
    let (_, said) = output(&mut one(program, &launcher, client, calls))?;
    let usage = said.split("total heap usage: ").nth(1);
    usage
        .and_then(|usage| usage.split(" allocs").next())
        .and_then(|count| count.replace(',', "").parse().ok())
        .ok_or_else(|| Error::new("valgrind does not say how often memory was allocated"))
}

fn timed(program: &Program, client: &str) -> Result<f64> {
    let (seconds, _) = output(&mut one(program, &[], client, TIMED.0))?;
    figure(&seconds)
}

fn one(program: &Program, launcher: &[&str], client: &str, calls: u32) -> Command {
    let mut command = program.command(launcher, "one", client);
    command.arg(format!("--calls={calls}"));
    command
}
