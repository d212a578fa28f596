//! The command `codegen`: crates from a folder of descriptions.

use std::process::ExitCode;

use clap::Args;

use super::{Folders, say};
use crate::Outcome;
use crate::write::{self, Change};
use keyholder_openapi::{Result, text};

/// The arguments of `codegen`.
#[derive(Args, Clone, Debug, Default)]
pub struct CodegenArguments {
    /// The providers to write; all when none is named.
    #[arg(value_name = "PROVIDER")]
    pub providers: Vec<String>,
    /// Write nothing; show what differs, and fail if anything does.
    #[arg(long)]
    pub check: bool,
    /// Where the descriptions are, and where the crates go.
    #[command(flatten)]
    pub folders: Folders,
}

impl CodegenArguments {
    /// Says what was left out, writes the changes and says which they are; with `--check`, writes nothing, shows them and says how to make them.
    /// `program` is what the command line that was run begins with.
    ///
    /// # Errors
    ///
    /// A file system that refuses.
    pub fn finish(&self, outcome: &Outcome, program: &str) -> Result<ExitCode> {
        for remark in &outcome.remarks {
            eprintln!("remark: {}", text::message(remark));
        }
        if self.check {
            Ok(check(&outcome.changes, program))
        } else {
            write(&outcome.changes)
        }
    }
}

fn write(changes: &[Change]) -> Result<ExitCode> {
    write::apply(changes)?;
    for change in changes {
        say(&format!("{}\n", change.summary()));
    }
    if changes.is_empty() {
        say("nothing to write: everything is as the descriptions make it\n");
    }
    Ok(ExitCode::SUCCESS)
}

fn check(changes: &[Change], program: &str) -> ExitCode {
    for change in changes {
        say(&change.diff());
    }
    if changes.is_empty() {
        return ExitCode::SUCCESS;
    }
    say("\n");
    for change in changes {
        say(&format!("{}\n", change.summary()));
    }
    match changes.len() {
        1 => eprintln!("error: 1 file is not as the descriptions make it"),
        count => eprintln!("error: {count} files are not as the descriptions make them"),
    }
    eprintln!("  help: run `{}`", fix(program));
    ExitCode::FAILURE
}

/// The command that was run, without `--check`.
fn fix(program: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@+,~".contains(c);
    let arguments = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--check")
        .map(|argument| argument.to_string_lossy().into_owned())
        .map(|argument| {
            if argument.chars().all(is_plain) {
                argument
            } else {
                format!("'{argument}'")
            }
        });
    std::iter::once(program.to_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
