//! The most memory that a process has held.

use std::process::Command;
use std::time::{Duration, Instant};

use keyholder_openapi::{Error, Result};
use testing_harness::memory;

/// What running a command came to.
pub(super) struct Cost {
    pub(super) seconds: f64,
    /// In MiB, as the system said it last before the end: it is asked every millisecond.
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
    let id = child.id().to_string();
    let mut kibibytes = 0;
    let ended = loop {
        kibibytes = memory::peak(&id).unwrap_or(kibibytes);
        if let Some(ended) = child.try_wait().map_err(error)? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    if !ended.success() {
        return Err(Error::new(format!("{name} ended with {ended}")));
    }
    #[allow(clippy::cast_precision_loss)]
    let mebibytes = kibibytes as f64 / 1024.0;
    Ok(Cost {
        seconds: start.elapsed().as_secs_f64(),
        mebibytes,
    })
}
