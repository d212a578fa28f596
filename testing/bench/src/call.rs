//! One call: instructions, allocations and time.

use std::process::Command;

use super::count::{allocations, each, instructions, needs_valgrind};
use super::program::{Program, figure, output};
use super::report::{Figure, Table};
use super::{Bench, turns};
use keyholder_openapi::Result;

/// By their names in the program.
const CLIENTS: [&str; 4] = ["keyholder", "reqwest", "progenitor", "hyper"];

/// Calls of the shorter and the longer run: what one has more is what the calls between cost.
const CALLS: (u32, u32) = (200, 1_200);

/// Calls and rounds on the clock.
const TIMED: (u32, usize) = (10_000, 7);

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    needs_valgrind()?;
    let program = Program::start(bench)?;
    let mut figures = Vec::new();
    for client in CLIENTS {
        (bench.say)(&format!(
            "counting the instructions and allocations of {client}"
        ));
        let run = |calls: u32| {
            ["one", client, program.url()]
                .map(str::to_owned)
                .into_iter()
                .chain([format!("--calls={calls}")])
                .collect::<Vec<_>>()
        };
        let counted = each(CALLS, |calls| instructions(bench, &program, &run(calls)))?;
        let allocated = each(CALLS, |calls| allocations(&program, &run(calls)))?;
        figures.push(Figure::new(client, "instructions", counted, ""));
        figures.push(Figure::new(client, "allocations", allocated, ""));
    }
    (bench.say)("timing the calls");
    let mut microseconds = CLIENTS.map(|_| Vec::new());
    for round in 0..TIMED.1 {
        for turn in turns(CLIENTS.len(), round) {
            let seconds = timed(&program, CLIENTS[turn])?;
            microseconds[turn].push(seconds * 1e6 / f64::from(TIMED.0));
        }
    }
    for (client, microseconds) in CLIENTS.iter().zip(microseconds) {
        figures.push(Figure::of_rounds(*client, "time", microseconds, "µs"));
    }
    Ok(vec![Table {
        name: "One call",
        about: format!(
            "A call with one token on one connection that stands already: `whoami()` with its whole policy; reqwest as most \
             people write the call; the client that progenitor generates, as it comes; hyper's pooled client with nothing \
             around it. Instructions by callgrind and allocations by memcheck, each as the difference between {} and {} \
             calls. Time on the clock: {} rounds of {} calls, the clients by turns.",
            CALLS.0, CALLS.1, TIMED.1, TIMED.0
        ),
        reference: Some("reqwest"),
        figures,
    }])
}

fn timed(program: &Program, client: &str) -> Result<f64> {
    let mut command: Command = program.command(&[], "one", client);
    let (seconds, _) = output(command.arg(format!("--calls={}", TIMED.0)))?;
    figure(&seconds)
}
