//! `cargo xtask corpus`: takes every description of a folder from a proposal to an answer of `whoami()`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use testing_corpus::Corpus;
use testing_harness::task::{progress, root, run, say};

/// Take every description of a folder from `new` to an answer of `whoami()`, and say how far each comes.
///
/// Exits with 1 when one that held before falls back, unless that is accepted.
#[derive(Parser)]
#[command(name = "cargo xtask corpus", bin_name = "cargo xtask corpus")]
struct Arguments {
    /// The folder of the descriptions and their index.json.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The providers to take, as the index names them. All when left out.
    #[arg(value_name = "ROW")]
    rows: Vec<String>,
    /// A provider to take; may be repeated.
    #[arg(long, value_name = "PROVIDER")]
    only: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// What held before: testing/corpus/baseline.json when left out.
    #[arg(long, alias = "held", value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Keep what holds now as what held before.
    #[arg(long)]
    accept: bool,
    /// The folder to work in: target/corpus when left out.
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
}

fn main() -> ExitCode {
    // A process of its own for a step of one row.
    let mut given = std::env::args_os().skip(1);
    if given.next().is_some_and(|it| it == testing_corpus::STEP) {
        let file = PathBuf::from(given.next().unwrap_or_default());
        return run(move || {
            say(&format!("{}\n", testing_corpus::step(&file)?));
            Ok(ExitCode::SUCCESS)
        });
    }
    let arguments = Arguments::parse();
    run(move || {
        let root = root();
        let corpus = Corpus {
            folder: arguments.folder,
            work: arguments.work.unwrap_or_else(|| root.join("target/corpus")),
            build: root.join("target/corpus/build"),
            only: [arguments.rows, arguments.only].concat(),
            baseline: arguments
                .baseline
                .unwrap_or_else(|| root.join("testing/corpus/baseline.json")),
            accept: arguments.accept,
            root,
        };
        let report = corpus.run(&progress)?;
        if arguments.json {
            say(&format!("{:#}\n", report.json()));
        } else {
            say(&report.table());
        }
        Ok(if report.fallen_back.is_empty() || corpus.accept {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}
