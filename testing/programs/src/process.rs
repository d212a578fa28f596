//! A program in the background that does not outlive this one.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process_group};

pub use rustix::process::Signal;

use keyholder_openapi::{Error, Result};

/// Whether somebody wants this program to end.
static INTERRUPT: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// The flag that a signal handler sets when this program is to end: everything here that waits gives up then.
pub fn interrupt() -> Arc<AtomicBool> {
    Arc::clone(&INTERRUPT)
}

/// Whether this program is to end.
pub fn is_interrupted() -> bool {
    INTERRUPT.load(Ordering::Relaxed)
}

/// The user that a program runs as, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: u32,
    /// The user's own group.
    pub group: u32,
}

impl Account {
    /// An account that may do less than root, the first of `names` that this machine has; `None` when this is not root,
    /// who alone can take another account.
    ///
    /// # Errors
    ///
    /// A machine that has none of them.
    pub fn instead_of_root(names: &[&str]) -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let file = Path::new("/etc/passwd");
        let users = fs::read_to_string(file)
            .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
        let account = names.iter().find_map(|name| Self::find(&users, name));
        account.map(Some).ok_or_else(|| {
            Error::new(format!("has none of the users {}", names.join(", "))).in_file(file)
        })
    }

    /// The account of a user in the text of `/etc/passwd`.
    fn find(users: &str, name: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let is_it = fields.next() == Some(name);
            let (user, group) = (fields.nth(1)?, fields.next()?);
            let account = Self {
                user: user.parse().ok()?,
                group: group.parse().ok()?,
            };
            is_it.then_some(account)
        })
    }
}

/// A program in the background, in a process group of its own; it is stopped when this is dropped.
///
/// On Linux the kernel stops it as well when this process dies, however that comes about. It binds the program to the
/// thread that starts it: start programs from a thread that lives as long as they do.
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
        Self::start_as(name, command, None, log)
    }

    /// Starts `command` as another user, without any group but that user's own; else as [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and an account that this process may not take.
    pub fn start_as(
        name: &str,
        command: &Command,
        account: Option<Account>,
        log: &Path,
    ) -> Result<Self> {
        let cannot = |error| Error::new(format!("cannot be written: {error}")).in_file(log);
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        let output = File::create(log).map_err(cannot)?;
        let errors = output.try_clone().map_err(cannot)?;
        let child = with_parent(command, account)
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
    /// A program that ends first, or is not ready within `limit`; with the last lines it printed. An interrupt.
    pub fn wait_until<T>(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        self.wait(limit, |status, printed| match (ready(printed), status) {
            (Some(value), _) => Some(Ok(value)),
            (None, Some(status)) => Some(Err(status)),
            (None, None) => None,
        })
    }

    /// Waits until it has ended well, and gives what it printed.
    ///
    /// # Errors
    ///
    /// A program that ends badly, or not within `limit`; with the last lines it printed. An interrupt.
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<String> {
        self.wait(limit, |status, printed| match status {
            Some(status) if status.success() => Some(Ok(printed.to_owned())),
            Some(status) => Some(Err(status)),
            None => None,
        })
    }

    fn wait<T>(
        &mut self,
        limit: Duration,
        mut done: impl FnMut(Option<ExitStatus>, &str) -> Option<std::result::Result<T, ExitStatus>>,
    ) -> Result<T> {
        let end = Instant::now() + limit;
        loop {
            let status = self.ended()?;
            let printed = self.printed()?;
            let last = || {
                let lines: Vec<_> = printed.lines().collect();
                lines[lines.len().saturating_sub(15)..].join("\n  ")
            };
            match done(status, &printed) {
                Some(Ok(value)) => return Ok(value),
                Some(Err(status)) => {
                    let message = format!("{} ended with {status}:\n  {}", self.name, last());
                    return Err(Error::new(message));
                }
                None if is_interrupted() => {
                    return Err(Error::new(format!("interrupted: {}", self.name)));
                }
                None if Instant::now() > end => {
                    let seconds = limit.as_secs();
                    return Err(Error::new(format!(
                        "{} is not ready after {seconds} s:\n  {}",
                        self.name,
                        last()
                    )));
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
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

/// Runs `command` to its end, as another user where one is given, and gives what it printed, which is also kept in the
/// file `log`. `name` is what errors call it.
///
/// # Errors
///
/// A program that cannot be started, or ends badly, or not within `limit`. An interrupt.
pub fn run(
    name: &str,
    command: &Command,
    account: Option<Account>,
    log: &Path,
    limit: Duration,
) -> Result<String> {
    Process::start_as(name, command, account, log)?.wait_for_end(limit)
}

/// The file that would run as `program`, if there is one on the PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
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
fn with_parent(command: &Command, account: Option<Account>) -> Command {
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
    if let Some(account) = account {
        // Before `setpriv` runs: a change of the user undoes the bond. The groups of root are left behind as well.
        bound.uid(account.user).gid(account.group);
    }
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

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let users = "postgres2:x:1:2::/:/bin/sh\npostgres:x:101:104:PostgreSQL,,,:/var:/bin/bash\nbroken:x\n";
        let account = Account {
            user: 101,
            group: 104,
        };
        assert_eq!(Account::find(users, "postgres"), Some(account));
        assert_eq!(Account::find(users, "broken"), None);
        assert_eq!(Account::find(users, "nobody"), None);
    }
}
