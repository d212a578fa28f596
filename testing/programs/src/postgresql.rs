//! PostgreSQL: the machine's own, or Debian's package under the target folder; and a server that keeps nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{Account, Process, Signal};
use super::{debian, folder, process};
use keyholder_openapi::{Error, Result};

/// How long one step may take on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(120);

/// The programs of PostgreSQL, and what they need.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The folder that holds `initdb`, `postgres` and `psql`.
    folder: PathBuf,
    /// Folders of libraries, when they were unpacked rather than installed.
    libraries: Vec<PathBuf>,
}

/// Finds PostgreSQL on the PATH or where Debian installs it; else fetches Debian's package into `cache`.
///
/// # Errors
///
/// A machine that has none, and cannot fetch it.
pub fn install(cache: &Path) -> Result<Programs> {
    let on_path = process::on_path("initdb").and_then(|it| it.canonicalize().ok());
    let on_path = on_path.and_then(|it| it.parent().map(Path::to_owned));
    if let Some(folder) = on_path.or_else(|| newest(Path::new("/"))) {
        return Ok(Programs {
            folder,
            libraries: Vec::new(),
        });
    }
    let root = debian::install(cache, "postgresql").map_err(|error| {
        Error::new(format!(
            "there is no PostgreSQL: `initdb` is neither on the PATH nor in /usr/lib/postgresql, and {error}"
        ))
        .with_help("install PostgreSQL 13 or newer; what can be fetched is kept under target/")
    })?;
    Programs::unpacked(&root)
}

/// Where Debian's newest PostgreSQL is, below `root`.
fn newest(root: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(root.join("usr/lib/postgresql")).ok()?;
    let version = |folder: &PathBuf| -> Option<u32> { folder.file_name()?.to_str()?.parse().ok() };
    let versions = versions.filter_map(|it| it.ok().map(|it| it.path()));
    let newest = versions
        .filter(|it| it.join("bin/initdb").exists())
        .max_by_key(version)?;
    Some(newest.join("bin"))
}

impl Programs {
    /// Those of a package that was unpacked into `root`.
    fn unpacked(root: &Path) -> Result<Self> {
        let nothing = || Error::new("holds no PostgreSQL: remove the folder").in_file(root);
        let folder = newest(root).ok_or_else(nothing)?;
        // Libraries stand in a folder named after the machine's architecture.
        let library = root.join("usr/lib");
        let architectures = fs::read_dir(&library).map_err(|_| nothing())?;
        let mut libraries: Vec<_> = architectures
            .filter_map(|it| it.ok().map(|it| it.path()))
            .filter(|it| it.to_string_lossy().ends_with("-linux-gnu"))
            .collect();
        libraries.push(library);
        Ok(Self { folder, libraries })
    }

    /// A command of one of them.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        if let Ok(path) = std::env::join_paths(&self.libraries)
            && !self.libraries.is_empty()
        {
            command.env("LD_LIBRARY_PATH", path);
        }
        // The machine's time zone and language matter to nobody here, and may not be there.
        command.current_dir("/").env("TZ", "UTC").env("LC_ALL", "C");
        command
    }

    /// These, or a copy of them in `copy`, where any user can reach it.
    fn open_to_others(&self, copy: &Path) -> Result<Self> {
        if folder::is_open(&self.folder.join("initdb")) {
            return Ok(self.clone());
        }
        // What is unpacked stands in `root/usr/lib/postgresql/VERSION/bin`.
        let Some(root) = self.folder.ancestors().nth(5) else {
            return Err(Error::new("is closed to other users").in_file(&self.folder));
        };
        let mut cp = Command::new("cp");
        cp.arg("-R").arg(root).arg(copy);
        process::run("cp", &cp, None, &copy.with_extension("log"), LIMIT)?;
        Self::unpacked(copy)
    }
}

/// A server with one database, reached by a Unix socket alone and without a password; it is stopped when this is
/// dropped.
///
/// It keeps no data safe: it does not wait for the disk.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    account: Option<Account>,
    folder: PathBuf,
    process: Option<Process>,
}

/// The user and the database.
const NAME: &str = "test";

impl Server {
    /// Makes a server in a new folder at `folder`, and starts it. As root, who may not run one, it runs as `postgres`
    /// or `nobody`.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says, and a folder that cannot be made. An interrupt.
    pub fn start(programs: &Programs, folder: &Path) -> Result<Self> {
        let cannot = |error| Error::new(format!("cannot be made: {error}")).in_file(folder);
        fs::create_dir(folder).map_err(cannot)?;
        let account = Account::instead_of_root(&["postgres", "nobody"])?;
        let programs = match account {
            Some(_) => programs.open_to_others(&folder.with_extension("programs"))?,
            None => programs.clone(),
        };
        if let Some(account) = account {
            chown(folder, Some(account.user), Some(account.group)).map_err(cannot)?;
        }
        // Root is not the server's user, and yet asks it.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).map_err(cannot)?;
        let mut server = Self {
            programs,
            account,
            folder: folder.to_owned(),
            process: None,
        };
        let mut initdb = server.programs.command("initdb");
        initdb
            .args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--no-sync", "--pgdata"])
            .arg(server.data());
        let log = server.folder.with_extension("initdb.log");
        process::run("initdb", &initdb, account, &log, LIMIT)?;
        server.resume()?;
        server.run_in("postgres", &format!("CREATE DATABASE {NAME}"))?;
        Ok(server)
    }

    /// Starts it again, with the data that it has.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says. An interrupt.
    pub fn resume(&mut self) -> Result<()> {
        let mut postgres = self.programs.command("postgres");
        postgres
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder)
            .args(["-F", "-c", "listen_addresses=", "-c", "jit=off"])
            .args([
                "-c",
                "logging_collector=off",
                "-c",
                "log_destination=stderr",
            ]);
        let log = self.folder.with_extension("log");
        let mut process = Process::start_as("postgres", &postgres, self.account, &log)?;
        process.wait_until(LIMIT, |log| {
            log.contains("database system is ready to accept connections")
                .then_some(())
        })?;
        self.process = Some(process);
        Ok(())
    }

    /// Stops it at once, as when its machine fails. [`resume`](Self::resume) starts it again.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            // Not to be kind to who is connected.
            process.signal(Signal::QUIT);
        }
    }

    /// The URL of the database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{NAME}@/{NAME}?host={}", self.folder.display())
    }

    /// Runs SQL, and gives the rows that it answers with, a line each and without headings.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says. An interrupt.
    pub fn run(&self, sql: &str) -> Result<String> {
        self.run_in(NAME, sql)
    }

    /// Runs SQL in the background. What the server does for it goes on after what is given here is dropped, until the
    /// server sees that nobody waits for it.
    ///
    /// # Errors
    ///
    /// `psql` cannot be started.
    pub fn run_in_background(&self, sql: &str) -> Result<Process> {
        let log = self.folder.with_extension("background.log");
        Process::start("psql", &self.psql(NAME, sql), &log)
    }

    fn run_in(&self, database: &str, sql: &str) -> Result<String> {
        let log = self.folder.with_extension("psql.log");
        process::run("psql", &self.psql(database, sql), None, &log, LIMIT)
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut psql = self.programs.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--username", NAME, "--host"])
            .arg(&self.folder)
            .args(["--dbname", database, "--command", sql]);
        psql
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
