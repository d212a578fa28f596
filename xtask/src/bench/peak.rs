//! The most memory that a process has held.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// What running a command came to.
pub(super) struct Cost {
    pub(super) seconds: f64,
    /// In MiB, as the system said it last before the end: it is asked every millisecond (proc(5), `VmHWM`).
    pub(super) mebibytes: f64,
}

/// Runs `command` to its end.
///
/// # Errors
///
/// A command that cannot be run, or fails.
pub(super) fn run(command: &mut Command) -> Result<Cost> {
    let name = command.get_program().display().to_string();
    let error = |error| Error::new(format!("{name} cannot be run: {error}"));
    let start = Instant::now();
    let mut child = command.spawn().map_err(error)?;
    let status = format!("/proc/{}/status", child.id());
    let mut kibibytes = 0.0;
    let ended = loop {
        if let Some(peak) = fs::read_to_string(&status).ok().as_deref().and_then(peak) {
            kibibytes = peak;
        }
        if let Some(ended) = child.try_wait().map_err(error)? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    if !ended.success() {
        return Err(Error::new(format!("{name} ended with {ended}")));
    }
    Ok(Cost {
        seconds: start.elapsed().as_secs_f64(),
        mebibytes: kibibytes / 1024.0,
    })
}

fn peak(status: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
