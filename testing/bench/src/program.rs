//! The program in `program/`: built as a user's program is, and its server.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Bench;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::cargo;
use testing_programs::process::Process;

/// The built program, and the server that it asks.
pub(super) struct Program {
    file: PathBuf,
    url: String,
    _server: Process,
}

impl Program {
    /// Builds it in release, and starts its server.
    ///
    /// # Errors
    ///
    /// A program that cannot be built or started.
    pub(super) fn start(bench: &Bench<'_>) -> Result<Self> {
        (bench.say)("building the program that asks");
        let target = bench.folder("program")?;
        let mut build = cargo();
        build
            .args([
                "build",
                "--release",
                "--quiet",
                "--locked",
                "--manifest-path",
            ])
            .arg(bench.root.join("testing/bench/program/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target);
        output(&mut build)?;
        let file = target.join("release/keyholder-bench-program");
        let mut serve = Command::new(&file);
        serve.arg("serve");
        let mut server = Process::start("the server", &serve, &target.join("server.log"))?;
        let url = server.wait_until(Duration::from_secs(10), |printed| {
            let line = printed.lines().next()?;
            line.starts_with("http://").then(|| line.to_owned())
        })?;
        Ok(Self {
            file,
            url,
            _server: server,
        })
    }

    /// The server's base URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The program's file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The program's command for `task` and `client`, run by `launcher`.
    pub(super) fn command(&self, launcher: &[&str], task: &str, client: &str) -> Command {
        let mut command = match launcher {
            [] => Command::new(&self.file),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.file);
                command
            }
        };
        command.args([task, client, &self.url]);
        command
    }
}

/// Runs `command` to its end, and gives what it printed: to standard output, then to standard error.
///
/// # Errors
///
/// A command that cannot be run, or fails; with what it said.
pub(super) fn output(command: &mut Command) -> Result<(String, String)> {
    let name = command.get_program().display().to_string();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::new(format!("{name} cannot be run: {error}")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let errors = text(&output.stderr);
    if output.status.success() {
        Ok((text(&output.stdout), errors))
    } else {
        Err(Error::new(format!(
            "{name} ended with {}:\n{}",
            output.status,
            errors.trim()
        )))
    }
}

/// The figure that a program printed.
///
/// # Errors
///
/// A text that is none.
pub(super) fn figure(text: &str) -> Result<f64> {
    text.trim()
        .parse()
        .map_err(|_| Error::new(format!("this is not a figure: {text:?}")))
}
