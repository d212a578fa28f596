//! `keyholder-codegen`: generates clients in any workspace.

#![allow(clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser};
use keyholder_codegen::command::{CodegenArguments, NewArguments};
use keyholder_codegen::{Codegen, Destination};
use keyholder_openapi::{Result, text, with_deep_stack};

const PROGRAM: &str = "keyholder-codegen";

/// Generates Keyholder's clients from OpenAPI descriptions.
#[derive(Parser)]
#[command(name = PROGRAM, version)]
enum Command {
    /// Propose a provider's two files, from a description, a documentation page or examples.
    New(NewArguments),
    /// Generate the crates from the descriptions.
    ///
    /// Exits with 1 when --check finds a difference, and with 2 on errors.
    Codegen(Arguments),
}

/// The arguments of `codegen`.
#[derive(Args)]
struct Arguments {
    #[command(flatten)]
    shared: CodegenArguments,
    /// The workspace that the crates are for: its Cargo.toml, or its folder. It has to list them among its members, unless
    /// a member depends on them by path. They take from it the package keys and the dependencies that it names. Without
    /// it, the folder of the crates becomes a workspace of its own.
    #[arg(long, value_name = "DIR|Cargo.toml")]
    workspace: Option<PathBuf>,
    /// Leave out the facade: the crate `keyholder`, which has a feature for each provider.
    #[arg(long)]
    no_facade: bool,
}

fn main() -> ExitCode {
    let command = Command::parse();
    with_deep_stack(|| command.run()).unwrap_or_else(|error| {
        // It may quote a description.
        eprintln!("error: {}", text::message(&error.to_string()));
        ExitCode::from(2)
    })
}

impl Command {
    fn run(self) -> Result<ExitCode> {
        match self {
            Self::New(arguments) => arguments.run(Path::new("")),
            Self::Codegen(arguments) => arguments.run(),
        }
    }
}

impl Arguments {
    fn run(self) -> Result<ExitCode> {
        let here = Path::new("");
        let out = self.shared.folders.out(here);
        let mut destination = match &self.workspace {
            Some(manifest) => Destination::member(manifest, out)?,
            None => Destination::standalone(out),
        };
        if self.no_facade {
            destination = destination.without_facade();
        }
        let codegen = Codegen {
            specs: self.shared.folders.specs(here),
            destination,
            providers: self.shared.providers.clone(),
        };
        self.shared.finish(&codegen.plan()?, PROGRAM)
    }
}
