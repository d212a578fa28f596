//! cargo, as tasks run it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use keyholder_openapi::{Error, Result};

/// The cargo that this was started by, or the one on the PATH.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Where and with what cargo builds what stands on the generated crates.
#[derive(Debug)]
pub struct Cargo<'a> {
    /// The workspace, whose locked versions are used.
    pub root: &'a Path,
    /// The folder of what is built: one for all runs, so that dependencies are compiled once.
    pub build: &'a Path,
}

impl Cargo<'_> {
    /// A command in `folder`, with the workspace's locked versions: what it builds needs no network.
    ///
    /// # Errors
    ///
    /// A lock file that cannot be copied.
    pub fn command(&self, folder: &Path) -> Result<Command> {
        let lock = self.root.join("Cargo.lock");
        fs::copy(&lock, folder.join("Cargo.lock"))
            .map_err(|error| Error::new(format!("cannot be copied: {error}")).in_file(&lock))?;
        let mut command = cargo();
        command
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", self.build);
        Ok(command)
    }
}

/// What a program says as it fails: the first line that has a word of it.
pub fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.clone().find(|line| line.starts_with("error"));
    let first = first.or_else(|| lines.next());
    first.map_or_else(|| output.status.to_string(), str::to_owned)
}
