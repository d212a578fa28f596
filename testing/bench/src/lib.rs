//! `bench`: what a call, many keys, the command, a user's build and the generator cost, beside what others cost in the same
//! run.
//!
//! The program in `program/` makes the calls; this runs it, counts and compares. Every figure stands beside one of the same
//! run on the same machine, and what is timed is timed by turns: the ratios are what to look at. What they are to be is in
//! `targets.rs`.

mod answers;
mod call;
mod command;
mod cost;
mod count;
mod generator;
mod keys;
mod program;
mod report;
mod start;
mod targets;
mod user_build;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use keyholder_openapi::{Error, Result};

pub use report::{Figure, Ratio, Report, Table};

/// Say what a call, many keys, the command, a user's build and the generator cost, beside the same done by others, and
/// whether that is what it is to be.
///
/// Needs `valgrind`; `wrk` where it is there. Takes some twenty minutes, most of them for the builds.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Only this; may be repeated.
    #[arg(long, value_name = "BENCHMARK")]
    only: Vec<Benchmark>,
    /// Print JSON: a list of figures.
    #[arg(long)]
    json: bool,
    /// Put the tables into BENCHMARKS.md as well.
    #[arg(long, conflicts_with = "only")]
    write: bool,
    /// End with 1 where a target for instructions, allocations or memory is missed. Those for times are told, and decide
    /// nothing.
    #[arg(long)]
    check: bool,
}

/// What was measured, and whether it is what it is to be.
#[derive(Debug)]
pub struct Measured {
    /// What is to be printed.
    pub text: String,
    /// The targets that `--check` asks for and that were missed, a line each.
    pub missed: Vec<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// One call.
    Call,
    /// Many keys at once.
    Keys,
    /// `keyholder check`.
    Command,
    /// Reading answers that were made to be dear.
    Answers,
    /// The first call over https.
    Start,
    /// A program that uses one provider.
    Build,
    /// `cargo xtask codegen`.
    Generator,
}

impl Arguments {
    /// Measures, and gives what is to be printed.
    ///
    /// # Errors
    ///
    /// A program that cannot be built or run; a tool that is not there.
    pub fn run(&self, root: PathBuf, say: &dyn Fn(&str)) -> Result<Measured> {
        let bench = Bench { root, say };
        let mut report = Report::of_this_machine();
        for benchmark in Benchmark::value_variants() {
            if self.only.is_empty() || self.only.contains(benchmark) {
                report.tables.extend(match benchmark {
                    Benchmark::Call => call::measure(&bench)?,
                    Benchmark::Keys => keys::measure(&bench)?,
                    Benchmark::Command => command::measure(&bench)?,
                    Benchmark::Answers => answers::measure(&bench)?,
                    Benchmark::Start => start::measure(&bench)?,
                    Benchmark::Build => user_build::measure(&bench)?,
                    Benchmark::Generator => generator::measure(&bench)?,
                });
            }
        }
        if self.write {
            report.write(&bench.root.join("BENCHMARKS.md"))?;
        }
        let missed = report.missed().into_iter().map(ToString::to_string);
        Ok(Measured {
            missed: missed.filter(|_| self.check).collect(),
            text: if self.json {
                format!("{:#}\n", report.json())
            } else {
                report.markdown()
            },
        })
    }
}

/// Where it is measured, and who is told how far it has come.
struct Bench<'a> {
    root: PathBuf,
    say: &'a dyn Fn(&str),
}

impl Bench<'_> {
    /// A folder below the target folder.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("target/bench").join(name);
        std::fs::create_dir_all(&folder)
            .and_then(|()| folder.canonicalize())
            .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(&folder))
    }
}

/// The places of so many that are measured by turns, in the order of one round: another goes first in each.
fn turns(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |at| (at + round) % count)
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
