//! `keyholder`: whose key is this?

mod arguments;
mod check;
mod demo;
mod environment;
mod forms;
mod network;
mod new;
mod output;
mod providers;
mod request;
mod table;
mod whoami;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use mimalloc::MiMalloc;
use tokio::runtime::Builder;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Whose key is this? Asks an API whether a token is valid, whose it is, and what it may do.
///
/// Tokens come from the environment, from standard input or from a file, never from the command line.
#[derive(Parser)]
#[command(name = "keyholder", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Environment:
  RUST_LOG                  what is logged to standard error: RUST_LOG=keyholder=info has a line for each request, with its
                            status, its verdict and what failed; debug and trace have more, and none has a token
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                            the proxy to ask by, and the hosts that are asked without it; --proxy goes before them
  SSL_CERT_FILE, SSL_CERT_DIR
                            the authorities to trust in place of the system's, on Linux; --ca-file adds to them
  NO_COLOR, COLUMNS         whether tables have colours, and how wide they are

Exit status:
  0    every token is valid
  1    some token is invalid
  2    usage or configuration
  3    no token is invalid, and of some nothing is known
  141  whoever read the output went away";

#[derive(Subcommand)]
enum Command {
    /// Tell whose tokens those in the environment are.
    Whoami(whoami::Arguments),
    /// Check many tokens: a line of JSON for each in, a line of JSON for each out.
    Check(check::Arguments),
    /// List the providers: the hosts that they are asked at, how their tokens are sent, and the variables that hold them.
    Providers {
        #[command(flatten)]
        specs: providers::Specs,
        /// Print JSON, a provider a line.
        #[arg(long)]
        json: bool,
    },
    /// Propose the two files that describe another provider; see `keyholder new --help`. keyholder-codegen does it.
    #[command(disable_help_flag = true)]
    New {
        /// What keyholder-codegen takes.
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGUMENT"
        )]
        arguments: Vec<OsString>,
    },
    /// Print the JSON Schema of a line of JSON output.
    Schema,
    /// Ask every provider once, played by a server on this machine.
    Demo {
        /// Print JSON, a provider a line.
        #[arg(long)]
        json: bool,
    },
    /// Print a script that completes this command's arguments.
    Completions {
        /// The shell to write it for.
        shell: Shell,
    },
}

/// On how many threads the connections of a run are served at most: more would wait for the one that has the lines.
const MOST_THREADS: usize = 4;

fn main() -> ExitCode {
    log();
    let arguments = Arguments::try_parse();
    // Many connections are more than one core serves; of one call, threads would only cost. Without file descriptors there is
    // no runtime.
    let has_many = matches!(
        &arguments,
        Ok(Arguments {
            command: Command::Check(_)
        })
    );
    let runtime = if has_many {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        Builder::new_multi_thread()
            .worker_threads(threads.min(MOST_THREADS))
            .enable_all()
            .build()
    } else {
        Builder::new_current_thread().enable_all().build()
    };
    match runtime {
        Ok(runtime) => {
            // On a thread of the runtime's own, which wakes no other for each answer. What panics has said so.
            let code = runtime
                .block_on(runtime.spawn(start(arguments)))
                .unwrap_or(ExitCode::from(101));
            // A name that is still being resolved keeps nobody waiting.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            complain(&format!("nothing can be started: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn start(arguments: clap::error::Result<Arguments>) -> ExitCode {
    let run = match arguments {
        Ok(arguments) => run(arguments.command).await,
        Err(error) => print(&arguments::without_keys(error)),
    };
    match run {
        Ok(code) => code,
        // Whoever reads the output has read enough of it: as a shell has it for a program that SIGPIPE ended.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(141),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}

/// Prints help, or what is wrong with the arguments.
fn print(error: &clap::Error) -> io::Result<ExitCode> {
    error.print()?;
    io::stdout().flush()?;
    Ok(u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn run(command: Command) -> io::Result<ExitCode> {
    match command {
        Command::Whoami(arguments) => whoami::run(arguments).await,
        Command::Check(arguments) => check::run(arguments).await,
        Command::Providers { specs, json } => providers::run(&specs, json),
        Command::New { arguments } => Ok(new::run(&arguments)),
        Command::Schema => {
            writeln!(io::stdout(), "{:#}", output::schema())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo { json } => demo::run(json).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut completed(), "keyholder", &mut script);
            let mut out = io::stdout().lock();
            out.write_all(&script)?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The command with the names of the providers as values, for shells to complete. Others are taken too, since there may be
/// more with --specs.
fn completed() -> clap::Command {
    let names = || PossibleValuesParser::new(providers::names());
    Arguments::command()
        .mut_subcommand("whoami", |it| {
            it.mut_arg("providers", |it| it.value_parser(names()))
        })
        .mut_subcommand("check", |it| {
            it.mut_arg("provider", |it| it.value_parser(names()))
        })
}

/// Logs to standard error what `RUST_LOG` asks for, a line for each try as it ends; nothing without it.
fn log() {
    if let Ok(filter) = EnvFilter::try_from_default_env() {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_span_events(FmtSpan::CLOSE)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr)
            .init();
    }
}

/// A complaint on standard error. Where that is closed there is nobody to tell.
fn complain(message: &str) {
    let message = keyholder_openapi::text::message(message);
    let _ = writeln!(io::stderr(), "error: {message}");
}
