//! `cargo xtask bench`: measures what a call, many keys, a user's build and the generator cost.

use std::process::ExitCode;

use clap::Parser;
use testing_bench::Arguments;
use testing_harness::task::{progress, root, run, say};

/// Say what a call, many keys, the command, a user's build and the generator cost, beside the same done by others.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    run(move || {
        let measured = arguments.run(root(), &progress)?;
        say(&measured.text);
        for missed in &measured.missed {
            progress(&format!("missed: {missed}"));
        }
        Ok(if measured.missed.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}
