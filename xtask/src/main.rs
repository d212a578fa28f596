//! `cargo xtask`: the workspace's tasks.

#![allow(clippy::print_stderr)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::cargo::cargo;
use xtask::codegen::Codegen;
use xtask::corpus::Corpus;
use xtask::drift;
use xtask::folders::Folders;
use xtask::new::New;
use xtask::update;
use xtask::{Error, Result, pipeline::write};

/// The workspace's tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the crates from the descriptions in specs/.
    Codegen {
        /// The providers to write; all when none is named.
        providers: Vec<String>,
        /// Write nothing; show what differs, and fail if anything does.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        folders: Folders,
    },
    /// Propose a provider's two files, from a description, a documentation page or examples.
    New {
        /// The provider's name: lower-case letters, digits and dashes.
        provider: String,
        /// The description: YAML, JSON, or a page in Markdown that embeds one.
        #[arg(long, value_name = "FILE")]
        spec: Option<PathBuf>,
        /// The operation that tells who the caller is, as in "GET /me", or its operationId; found when left out.
        /// Without --spec, with its whole address.
        #[arg(long, value_name = "OPERATION")]
        operation: Option<String>,
        /// Without --spec: bearer, basic, header:NAME, query:NAME or cookie:NAME.
        #[arg(long, value_name = "AUTH")]
        auth: Option<String>,
        /// Without --spec: an example of an answer, as in 200=me.json; may be repeated, for one status as well.
        #[arg(long = "example", value_name = "STATUS=FILE")]
        examples: Vec<String>,
        /// The folder of the descriptions.
        #[arg(long, value_name = "DIR")]
        specs: Option<PathBuf>,
    },
    /// Take every description of a folder from `new` to an answer of `whoami()`, and say how far each comes.
    ///
    /// Exits with 1 when one that held before falls back, unless that is accepted.
    Corpus {
        /// The folder of the descriptions and their index.json.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// A provider to take; may be repeated. All when left out.
        #[arg(long, value_name = "PROVIDER")]
        only: Vec<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// What held before: xtask/corpus.json when left out.
        #[arg(long, value_name = "FILE")]
        held: Option<PathBuf>,
        /// Keep what holds now as what held before.
        #[arg(long)]
        accept: bool,
        /// The folder to work in: target/corpus when left out.
        #[arg(long, value_name = "DIR")]
        work: Option<PathBuf>,
    },
    /// Hold the clients against Prism, which serves their descriptions.
    ///
    /// Exits with 1 when a client makes of an answer what it does not say, or sends what is not described.
    #[cfg(unix)]
    Conformance(xtask::conformance::arguments::Arguments),
    /// Hold our description against the one that a server or a publisher publishes, field by field.
    ///
    /// Exits with 1 when a difference breaks a reader: the client that is generated from ours.
    Drift(drift::Arguments),
    /// Put a newer description in the place of a provider's, generate its crate anew, and say which version step that
    /// asks for, and why. On any error nothing is written.
    Update(update::Arguments),
    /// Generate the crates, and ask all providers through the facade, played by a server on this machine.
    Demo,
    #[cfg(unix)]
    Bench(xtask::bench::Arguments),
    /// Hold the clients against real servers, which are installed under target/ and started for it.
    #[cfg(unix)]
    Live(xtask::live::Arguments),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    // What reads descriptions recurses as deep as they are nested: deeper than the stack that threads have.
    let worker = std::thread::Builder::new()
        .stack_size(64 * 1024 * 1024)
        .spawn(|| run(task))
        .map_err(|error| Error::new(format!("no thread can be started: {error}")));
    let result = worker.and_then(|worker| {
        worker
            .join()
            .unwrap_or_else(|_| Err(Error::new("the task has a defect: see above")))
    });
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Codegen {
            providers,
            check,
            folders,
        } => {
            let root = root();
            let codegen = Codegen {
                specs: folders.specs(&root),
                out: folders.out(&root),
                root,
                providers,
            };
            generate(&codegen, check)
        }
        Task::New {
            provider,
            spec,
            operation,
            auth,
            examples,
            specs,
        } => propose(&New {
            provider,
            spec,
            operation,
            auth,
            examples,
            specs: specs.unwrap_or_else(|| root().join("specs")),
        }),
        Task::Corpus {
            folder,
            only,
            json,
            held,
            accept,
            work,
        } => {
            let root = root();
            let corpus = Corpus {
                folder,
                work: work.unwrap_or_else(|| root.join("target/corpus")),
                build: root.join("target/corpus/build"),
                only,
                held: held.unwrap_or_else(|| root.join("xtask/corpus.json")),
                accept,
                root,
            };
            try_corpus(&corpus, json)
        }
        #[cfg(unix)]
        Task::Conformance(arguments) => conform(arguments),
        Task::Drift(arguments) => compare(&arguments),
        Task::Update(arguments) => renew(&arguments),
        Task::Demo => demo(),
        #[cfg(unix)]
        Task::Bench(arguments) => {
            say(&arguments.run(root(), &|step| eprintln!("{step}"))?);
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(unix)]
        Task::Live(live) => match xtask::live::exec(&root(), &live)? {},
    }
}

#[cfg(unix)]
fn conform(arguments: xtask::conformance::arguments::Arguments) -> Result<ExitCode> {
    let json = arguments.json;
    let report = arguments
        .conformance(&root())
        .run(&|step| eprintln!("{step}"))?;
    if json {
        say(&format!("{:#}\n", report.json()));
    } else {
        say(&report.table());
    }
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn try_corpus(corpus: &Corpus, json: bool) -> Result<ExitCode> {
    let report = corpus.run(&|step| eprintln!("{step}"))?;
    if json {
        say(&format!("{:#}\n", report.json()));
    } else {
        say(&report.table());
    }
    Ok(if report.fallen_back.is_empty() || corpus.accept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn compare(arguments: &drift::Arguments) -> Result<ExitCode> {
    let drift = arguments.run(&root())?;
    if arguments.json {
        say(&format!("{:#}\n", drift.json()));
    } else {
        say(&drift.table());
    }
    Ok(if drift.breaks() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn renew(arguments: &update::Arguments) -> Result<ExitCode> {
    let plan = arguments.update(&root()).plan()?;
    if !arguments.dry_run {
        plan.apply()?;
    }
    say(&plan.report(!arguments.dry_run));
    Ok(ExitCode::SUCCESS)
}

fn propose(new: &New) -> Result<ExitCode> {
    let proposal = new.propose()?;
    proposal.write()?;
    say(&format!(
        "wrote {}\nwrote {}\n{}\n",
        proposal.description.0.display(),
        proposal.overlay.0.display(),
        proposal.report
    ));
    Ok(ExitCode::SUCCESS)
}

/// The workspace's folder, relative where that is shorter to read.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (root.canonicalize(), here) {
        (Ok(root), Ok(here)) if root == here => PathBuf::from("."),
        (Ok(root), _) => root,
        (Err(_), _) => root,
    }
}

fn generate(codegen: &Codegen, check: bool) -> Result<ExitCode> {
    let changes = codegen.changes()?;
    if !check {
        write::apply(&changes)?;
        for change in &changes {
            say(&format!("{}\n", change.summary()));
        }
        if changes.is_empty() {
            say("nothing to write: everything is as the descriptions make it\n");
        }
        return Ok(ExitCode::SUCCESS);
    }
    for change in &changes {
        say(&change.diff());
    }
    if changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say("\n");
    for change in &changes {
        say(&format!("{}\n", change.summary()));
    }
    match changes.len() {
        1 => eprintln!("error: 1 file is not as the descriptions make it"),
        count => eprintln!("error: {count} files are not as the descriptions make them"),
    }
    eprintln!("  help: run `{}`", fix());
    Ok(ExitCode::FAILURE)
}

/// Writes to standard output; a reader that has gone away, such as `head`, is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The command that was run, without `--check`.
fn fix() -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@+,~".contains(c);
    let arguments = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--check")
        .map(|argument| argument.to_string_lossy().into_owned())
        .map(|argument| {
            if argument.chars().all(is_plain) {
                argument
            } else {
                format!("'{argument}'")
            }
        });
    std::iter::once("cargo xtask".to_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

fn demo() -> Result<ExitCode> {
    let root = root();
    let folders = Folders::default();
    let codegen = Codegen {
        specs: folders.specs(&root),
        out: folders.out(&root),
        root: root.clone(),
        providers: Vec::new(),
    };
    generate(&codegen, false)?;
    let status = cargo()
        .args(["run", "--package", "keyholder-cli", "--", "demo"])
        .current_dir(&root)
        .status()
        .map_err(|error| Error::new(format!("cargo cannot be run: {error}")))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
