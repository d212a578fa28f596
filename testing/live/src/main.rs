//! Holds the clients against real servers: `cargo xtask live`.
//!
//! A mock that is made from our own reading of a description agrees with our own mistakes. Here the other side is what
//! its maker wrote: each server is installed under the target folder, started on this machine under a temporary folder,
//! asked in every way that the library offers, and taken down again.
//!
//! Modules, from the outside in: one for each server (`unleash`, `verdaccio`, `jupyterhub`, `airflow`), which knows its
//! facts; [`scene`], where a server is asked whose provider has no crate; [`report`], which says what held; [`ask`], which
//! asks in every way and holds what is told against what is expected; [`leak`], which looks for the token in all that was
//! shown.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(unix)]
mod airflow;
#[cfg(unix)]
mod ask;
#[cfg(unix)]
mod jupyterhub;
#[cfg(unix)]
mod leak;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod scene;
#[cfg(unix)]
mod unleash;
#[cfg(unix)]
mod verdaccio;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    on_unix::main()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("error: real servers are run on Unix alone");
    ExitCode::from(2)
}

#[cfg(unix)]
mod on_unix {
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use clap::{Parser, Subcommand};
    use keyholder_openapi::{Error, Result};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::{flag, low_level};
    use testing_programs::process;

    use crate::report::Report;
    use crate::{airflow, jupyterhub, unleash, verdaccio};

    /// Holds the clients against real servers.
    #[derive(Parser)]
    #[command(name = "cargo xtask live", bin_name = "cargo xtask live")]
    struct Arguments {
        #[command(subcommand)]
        server: Server,
        /// The folder that keeps what is downloaded: target/tools when left out.
        #[arg(long, global = true, value_name = "DIR")]
        tools: Option<PathBuf>,
    }

    #[derive(Subcommand)]
    enum Server {
        /// Unleash, of its npm package, with Debian's PostgreSQL behind it.
        ///
        /// Exits with 1 when something does not hold, and with 2 when it cannot be tried.
        Unleash {
            /// A version to hold the client against; may be repeated.
            #[arg(long = "version", value_name = "VERSION", default_values = unleash::VERSIONS)]
            versions: Vec<String>,
        },
        /// Verdaccio, of its npm package: a registry that speaks npm's protocol.
        Verdaccio,
        /// The hub of Jupyter, of its Python package.
        Jupyterhub,
        /// Airflow, of its Python package.
        Airflow,
    }

    pub(super) fn main() -> ExitCode {
        let arguments = Arguments::parse();
        let ended_by = Arc::new(AtomicUsize::new(0));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            // Positive on every system.
            let number = signal.unsigned_abs() as usize;
            let registered = flag::register_usize(signal, Arc::clone(&ended_by), number)
                .and_then(|_| flag::register(signal, process::interrupt()));
            if let Err(error) = registered {
                eprintln!("error: signals cannot be handled: {error}");
                return ExitCode::from(2);
            }
        }
        let result = run(&arguments);
        let signal = ended_by.load(Ordering::Relaxed);
        if let Ok(signal @ 1..) = i32::try_from(signal) {
            eprintln!("interrupted: everything is taken down");
            // Whoever waits for this program is to see what ended it.
            let _ = low_level::emulate_default_handler(signal);
        }
        match result {
            Ok(report) => {
                println!("{}", report.summary());
                if report.holds() {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                }
            }
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        }
    }

    fn run(arguments: &Arguments) -> Result<Report> {
        let here = std::env::current_exe()
            .map_err(|error| Error::new(format!("this program cannot be found: {error}")))?;
        // target/debug/testing-live
        let folder = here.parent().unwrap_or(Path::new("."));
        let tools = arguments
            .tools
            .clone()
            .unwrap_or_else(|| folder.with_file_name("tools"));
        let command_line = folder.join("keyholder");
        if !command_line.exists() {
            return Err(Error::new("is not there")
                .in_file(&command_line)
                .with_help("run `cargo xtask live`, which builds it"));
        }
        // One thread, this one: the programs that are started end when the thread does that has started them.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(format!("the runtime cannot be started: {error}")))?;
        let mut report = Report::default();
        let (tools, command_line) = (&*tools, &*command_line);
        runtime.block_on(async {
            let report = &mut report;
            let tried = async {
                match &arguments.server {
                    Server::Unleash { versions } => {
                        unleash::run(tools, command_line, versions, report).await
                    }
                    Server::Verdaccio => verdaccio::run(tools, command_line, report).await,
                    Server::Jupyterhub => jupyterhub::run(tools, command_line, report).await,
                    Server::Airflow => airflow::run(tools, command_line, report).await,
                }
            };
            tokio::select! {
                result = tried => result,
                () = interrupted() => Err(Error::new("interrupted")),
            }
        })?;
        Ok(report)
    }

    /// Waits until somebody wants this program to end.
    async fn interrupted() {
        while !process::is_interrupted() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
