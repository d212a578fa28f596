//! `bench`: what a call, many keys, a user's build and the generator cost, beside what others cost in the same run.
//!
//! The program in `program/` makes the calls; this runs it, counts and compares. Every figure stands beside one of the same
//! run on the same machine: the ratios are what to look at.

mod call;
mod generator;
mod keys;
mod peak;
mod program;
mod report;
mod user_build;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use keyholder_openapi::{Error, Result};

pub use report::{Report, Table};

/// Say what a call, many keys, a user's build and the generator cost, beside the same done by others.
///
/// Needs `valgrind`; `wrk` where it is there. Takes some ten minutes, most of them for the builds.
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
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// One call.
    Call,
    /// Many keys at once.
    Keys,
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
    pub fn run(&self, root: PathBuf, say: &dyn Fn(&str)) -> Result<String> {
        let bench = Bench { root, say };
        let mut report = Report::of_this_machine();
        for benchmark in Benchmark::value_variants() {
            if self.only.is_empty() || self.only.contains(benchmark) {
                report.tables.extend(match benchmark {
                    Benchmark::Call => call::measure(&bench)?,
                    Benchmark::Keys => keys::measure(&bench)?,
                    Benchmark::Build => user_build::measure(&bench)?,
                    Benchmark::Generator => generator::measure(&bench)?,
                });
            }
        }
        if self.write {
            report.write(&bench.root.join("BENCHMARKS.md"))?;
        }
        Ok(if self.json {
            format!("{:#}\n", report.json())
        } else {
            report.markdown()
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

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
