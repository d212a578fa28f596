//! `cargo xtask conformance`: holds the clients against Prism, which serves their descriptions.

use std::process::ExitCode;

use clap::Parser;
use testing_conformance::arguments::Arguments;
use testing_harness::task::{progress, root, run, say};

/// Hold the clients against Prism, which serves their descriptions.
///
/// Exits with 1 when a client makes of an answer what it does not say, or sends what is not described.
#[derive(Parser)]
#[command(name = "cargo xtask conformance", bin_name = "cargo xtask conformance")]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    run(move || {
        let json = arguments.json;
        let report = arguments.conformance(&root()).run(&progress)?;
        if json {
            say(&format!("{:#}\n", report.json()));
        } else {
            say(&report.table());
        }
        Ok(if report.holds() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}
