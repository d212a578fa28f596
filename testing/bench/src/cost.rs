//! What running a program costs: time, processors and memory.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use keyholder_openapi::{Error, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use testing_harness::memory;

/// What running a command came to.
pub(super) struct Cost {
    /// On the clock.
    pub(super) seconds: f64,
    /// Of processors, its own and those of the processes that it waited for, in user and in system mode.
    pub(super) cpu_seconds: f64,
    /// The most that it held, in MiB, as the system said it last before the end: it is asked every millisecond.
    pub(super) mebibytes: f64,
}

/// Runs `command` to its end.
///
/// # Errors
///
/// A command that cannot be run, or fails.
pub(super) fn run(command: &mut Command) -> Result<Cost> {
    output(command).map(|(_, cost)| cost)
}

/// As [`run`], with what it printed to standard output: a line or two.
///
/// # Errors
///
/// As [`run`].
pub(super) fn output(command: &mut Command) -> Result<(String, Cost)> {
    let name = command.get_program().display().to_string();
    let error = |error| Error::new(format!("{name} cannot be run: {error}"));
    let before = cpu_of_children()?;
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(error)?;
    let id = child.id().to_string();
    let mut kibibytes = 0;
    let ended = loop {
        kibibytes = memory::peak(&id).unwrap_or(kibibytes);
        if let Some(ended) = child.try_wait().map_err(error)? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let seconds = start.elapsed().as_secs_f64();
    if !ended.success() {
        return Err(Error::new(format!("{name} ended with {ended}")));
    }
    let mut said = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut said).map_err(error)?;
    }
    #[allow(clippy::cast_precision_loss)]
    let mebibytes = kibibytes as f64 / 1024.0;
    let cost = Cost {
        seconds,
        cpu_seconds: cpu_of_children()? - before,
        mebibytes,
    };
    Ok((said, cost))
}

/// The seconds of processors that all processes took that this one has waited for so far.
fn cpu_of_children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_err(|error| Error::new(format!("the system does not tell the time used: {error}")))?;
    let microseconds = (usage.user_time() + usage.system_time()).num_microseconds();
    #[allow(clippy::cast_precision_loss)]
    Ok(microseconds as f64 / 1e6)
}
