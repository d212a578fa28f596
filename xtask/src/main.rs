//! `cargo xtask`: the workspace's tasks, a module each. What is in `testing/` runs as programs of its own.

#![allow(clippy::print_stderr)]

mod catalogue;
mod codegen;
mod drift;
mod readme;
mod testing;
mod update;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use keyholder_codegen::command::{CodegenArguments, NewArguments};
use keyholder_openapi::{Error, Result, text, with_deep_stack};

/// The workspace's tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the crates from the descriptions in specs/, and the data of those in catalogue/.
    Codegen(CodegenArguments),
    /// Propose a provider's two files, from a description, a documentation page or examples.
    New(NewArguments),
    /// Hold our description against the one that a server or a publisher publishes, field by field.
    ///
    /// Exits with 1 when a difference breaks a reader: the client that is generated from ours.
    Drift(drift::Arguments),
    /// Put a newer description in the place of a provider's, generate its crate anew, and say which version step that
    /// asks for, and why. On any error nothing is written.
    Update(update::Arguments),
    /// Generate the crates, and ask all providers through the facade, played by a server on this machine.
    Demo,
    /// Take every description of a folder from `new` to an answer of `whoami()`, and say how far each comes.
    Corpus(testing::Arguments),
    /// Hold the clients against Prism, which serves their descriptions.
    Conformance(testing::Arguments),
    /// Hold the clients against real servers, which are installed under target/ and started for it.
    Live(testing::Arguments),
    /// Say what a call, many keys, a user's build and the generator cost, beside the same done by others.
    Bench(testing::Arguments),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    with_deep_stack(|| run(task)).unwrap_or_else(|error| {
        // It may quote a description.
        eprintln!("error: {}", text::message(&error.to_string()));
        ExitCode::from(2)
    })
}

fn run(task: Task) -> Result<ExitCode> {
    let root = root();
    match task {
        Task::Codegen(arguments) => codegen::run(&arguments, &root),
        Task::New(arguments) => arguments.run(&root),
        Task::Drift(arguments) => compare(&arguments, &root),
        Task::Update(arguments) => renew(&arguments, &root),
        Task::Demo => demo(&root),
        Task::Corpus(arguments) => testing::run(&root, "testing-corpus", &[], &arguments),
        Task::Conformance(arguments) => testing::run(&root, "testing-conformance", &[], &arguments),
        Task::Live(arguments) => {
            testing::run(&root, "testing-live", &["keyholder-cli"], &arguments)
        }
        Task::Bench(arguments) => testing::run(&root, "testing-bench", &["xtask"], &arguments),
    }
}

fn compare(arguments: &drift::Arguments, root: &Path) -> Result<ExitCode> {
    let drift = arguments.run(root)?;
    if arguments.json {
        say(&format!("{:#}\n", drift.json()));
    } else {
        say(&drift.table());
    }
    Ok(if drift.breaks() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn renew(arguments: &update::Arguments, root: &Path) -> Result<ExitCode> {
    let plan = arguments.update(root)?.plan()?;
    if !arguments.dry_run {
        plan.apply()?;
    }
    say(&plan.report(!arguments.dry_run));
    Ok(ExitCode::SUCCESS)
}

fn demo(root: &Path) -> Result<ExitCode> {
    codegen::run(&CodegenArguments::default(), root)?;
    let status = testing::cargo("run", root)
        .args(["--package", "keyholder-cli", "--", "demo"])
        .status()
        .map_err(|error| Error::new(format!("cargo cannot be run: {error}")))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The workspace's folder, relative where that is shorter to read.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (root.canonicalize(), here) {
        (Ok(root), Ok(here)) if root == here => PathBuf::from("."),
        (Ok(root), _) => root,
        (Err(_), _) => root,
    }
}

/// Writes to standard output; a reader that has gone away, such as `head`, is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
