//! The doors to what is in `testing/`: programs of their own, built from the generated crates that this program writes.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use keyholder_openapi::{Error, Result};

/// What a program of `testing/` is given, unread: its own `--help` says what it takes.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// The program's own arguments; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds `needed` and the program in the package `package`, and runs it, where possible in the place of this one, so
/// that signals reach it.
///
/// # Errors
///
/// A build that fails, and cargo that cannot be run.
pub(crate) fn run(
    root: &Path,
    package: &str,
    needed: &[&str],
    arguments: &Arguments,
) -> Result<ExitCode> {
    // They end up beside the program, where it looks for them.
    for needed in needed {
        let built = cargo("build", root)
            .args(["--package", needed])
            .status()
            .map_err(|error| cannot(&error))?;
        if !built.success() {
            return Err(Error::new(format!("{needed} cannot be built: see above")));
        }
    }
    let mut run = cargo("run", root);
    run.args(["--package", package, "--"])
        .args(&arguments.arguments);
    execute(run)
}

/// cargo's command `name` for the workspace at `root`, by the cargo that this was started by, or the one on the PATH.
pub(crate) fn cargo(name: &str, root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .arg(name)
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"));
    cargo
}

fn cannot(error: &std::io::Error) -> Error {
    Error::new(format!("cargo cannot be run: {error}"))
}

#[cfg(unix)]
fn execute(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(cannot(&command.exec()))
}

#[cfg(not(unix))]
fn execute(mut command: Command) -> Result<ExitCode> {
    let status = command.status().map_err(|error| cannot(&error))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
