//! `cargo xtask live`: holds the clients against real servers.

use std::convert::Infallible;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use crate::cargo::cargo;
use crate::{Error, Result};

/// What to hold against what.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    /// The server and its options; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the command line and becomes the program that asks real servers, so that signals reach it.
///
/// That program is a crate of its own: it is built from the generated crates, which this one writes.
///
/// # Errors
///
/// A build that fails, and cargo that cannot be run.
pub fn exec(root: &Path, live: &Arguments) -> Result<Infallible> {
    let cannot = |error| Error::new(format!("cargo cannot be run: {error}"));
    // It ends up beside the other, where that looks for it.
    let built = cargo()
        .args(["build", "--package", "keyholder-cli"])
        .current_dir(root)
        .status()
        .map_err(cannot)?;
    if !built.success() {
        return Err(Error::new("the command line cannot be built: see above"));
    }
    let mut run = cargo();
    run.args(["run", "--package", "keyholder-live", "--"])
        .args(&live.arguments)
        .current_dir(root);
    Err(cannot(run.exec()))
}
