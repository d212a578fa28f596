//! A program in the background that does not outlive this one.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Error, Result};

/// A program in the background, in a process group of its own; it is stopped when this is dropped.
///
/// On Linux the kernel stops it as well when this process dies, however that comes about.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`; what it prints goes into the file `log`. `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// A program that cannot be started, and a log that cannot be written.
    pub fn start(name: &str, command: &Command, log: &Path) -> Result<Self> {
        let cannot = |error| Error::new(format!("cannot be written: {error}")).in_file(log);
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        let output = File::create(log).map_err(cannot)?;
        let errors = output.try_clone().map_err(cannot)?;
        let child = with_parent(command)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|error| Error::new(format!("{name} cannot be started: {error}")))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
        })
    }

    /// What it has printed so far.
    ///
    /// # Errors
    ///
    /// A log that cannot be read.
    pub fn printed(&self) -> Result<String> {
        fs::read(&self.log)
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&self.log))
    }

    /// Waits until `ready` gives something for what has been printed, and gives that.
    ///
    /// # Errors
    ///
    /// A program that ends first, or is not ready within `limit`; with the last lines it printed.
    pub fn wait_until<T>(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let end = Instant::now() + limit;
        loop {
            let status = self.ended()?;
            let printed = self.printed()?;
            if let Some(value) = ready(&printed) {
                return Ok(value);
            }
            let lines: Vec<_> = printed.lines().collect();
            let last = lines[lines.len().saturating_sub(15)..].join("\n  ");
            if let Some(status) = status {
                return Err(Error::new(format!(
                    "{} ended with {status}:\n  {last}",
                    self.name
                )));
            }
            if Instant::now() > end {
                let seconds = limit.as_secs();
                let message = format!("{} is not ready after {seconds} s:\n  {last}", self.name);
                return Err(Error::new(message));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// As the system says.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .map_err(|error| Error::new(format!("{}: {error}", self.name)))
    }

    /// Sends a signal to it and to all it has started.
    pub fn signal(&self, signal: Signal) {
        // The process is not waited for before it is dropped, so the number is still its own.
        if let Some(group) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// A port on loopback that nobody listens on now.
///
/// # Errors
///
/// As the system says.
pub fn free_port() -> Result<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Error::new(format!("no port can be had: {error}")))
}

/// `command`, in a group of its own, and where `setpriv` is there, bound to the life of the thread that starts it.
fn with_parent(command: &Command) -> Command {
    use std::os::unix::process::CommandExt as _;

    let setpriv = Path::new("/usr/bin/setpriv");
    let mut bound = if setpriv.exists() {
        let mut bound = Command::new(setpriv);
        bound.args(["--pdeathsig", "TERM", "--"]);
        bound.arg(command.get_program());
        bound
    } else {
        Command::new(command.get_program())
    };
    bound.args(command.get_args()).process_group(0);
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound
}
