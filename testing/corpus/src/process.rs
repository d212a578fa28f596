//! Programs of their own: each has only so long, and what it started ends with it.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use testing_harness::cargo::complaint;

/// How often it is seen whether a program has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of a program.
#[derive(Debug)]
pub(super) struct Ended {
    /// What it wrote, and its status; that of one that was ended here is of no use.
    pub output: Output,
    /// Whether it was ended, because its time was up.
    pub is_late: bool,
    limit: Duration,
}

impl Ended {
    /// What went wrong with it; nothing if it ended well.
    pub(super) fn fault(&self) -> Option<String> {
        if self.is_late {
            return Some(format!(
                "took longer than {} s, and was ended",
                self.limit.as_secs()
            ));
        }
        if self.output.status.success() {
            return None;
        }
        let said = complaint(&self.output);
        let status = self.output.status.to_string();
        Some(if said == status {
            status
        } else {
            format!("{said} ({status})")
        })
    }
}

/// Runs a program to its end, or to that of its time.
///
/// # Errors
///
/// A program that cannot be run.
pub(super) fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let stdout = child.stdout.take().map(read);
    let stderr = child.stderr.take().map(read);
    let mut is_late = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() >= limit {
            is_late = true;
            break end(&mut child)?;
        }
        thread::sleep(PAUSE);
    };
    let joined = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        reader
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default()
    };
    Ok(Ended {
        output: Output {
            status,
            stdout: joined(stdout),
            stderr: joined(stderr),
        },
        is_late,
        limit,
    })
}

fn read(mut from: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came until it broke off counts.
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}

/// Ends a program and what it started.
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    child.wait()
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::run;

    fn shell(script: &str, limit: Duration) -> super::Ended {
        run(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn one_that_ends_well_has_no_fault() {
        let ended = shell("echo said", Duration::from_secs(20));
        assert_eq!(ended.fault(), None);
        assert_eq!(ended.output.stdout, b"said\n");
    }

    #[test]
    fn one_that_fails_says_why() {
        let ended = shell("echo error: no >&2; exit 3", Duration::from_secs(20));
        assert_eq!(ended.fault().unwrap(), "error: no (exit status: 3)");
        let ended = shell("kill -ABRT $$", Duration::from_secs(20));
        assert!(ended.fault().unwrap().contains("signal: 6"), "{ended:?}");
    }

    #[test]
    fn one_that_never_ends_is_ended_with_what_it_started() {
        let start = Instant::now();
        let ended = shell("sleep 60 & sleep 60", Duration::from_millis(200));
        assert!(ended.is_late);
        assert!(start.elapsed() < Duration::from_secs(30));
        assert!(ended.fault().unwrap().contains("was ended"), "{ended:?}");
    }
}
