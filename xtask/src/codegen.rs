//! `cargo xtask codegen`: the crates anew from `specs/`, and the table of them in the workspace's README.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use keyholder_codegen::Codegen;
use keyholder_codegen::write::{self, Change};
use keyholder_describe::specs::{self, Spec};
use keyholder_openapi::Result;

use crate::folders::Folders;
use crate::{readme, say};

/// What to generate.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Arguments {
    /// The providers to write; all when none is named.
    pub(crate) providers: Vec<String>,
    /// Write nothing; show what differs, and fail if anything does.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    pub(crate) folders: Folders,
}

impl Arguments {
    /// Generates, or checks.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with a description; a folder that is not ours.
    pub(crate) fn run(&self, root: &Path) -> Result<ExitCode> {
        let codegen = Codegen {
            specs: self.folders.specs(root),
            out: self.folders.out(root),
            root: root.to_path_buf(),
            providers: self.providers.clone(),
        };
        let changes = changes(&codegen, &specs::specs(&codegen.specs)?)?;
        if self.check {
            Ok(check(&changes))
        } else {
            write(&changes)
        }
    }
}

/// What differs between what is there and what the descriptions make, the README's table among it.
///
/// # Errors
///
/// As [`Codegen::plan_of`]; a README without a place for the table.
pub(crate) fn changes(codegen: &Codegen, specs: &[Spec]) -> Result<Vec<Change>> {
    let outcome = codegen.plan_of(specs)?;
    let mut changes = outcome.changes;
    if codegen.is_at_home() {
        changes.extend(readme::change(&codegen.root, &outcome.providers)?);
    }
    Ok(changes)
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

fn check(changes: &[Change]) -> ExitCode {
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
    eprintln!("  help: run `{}`", fix());
    ExitCode::FAILURE
}

/// The command that was run, without `--check`.
fn fix() -> String {
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
    std::iter::once("cargo xtask".to_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
