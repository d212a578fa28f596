//! `keyholder new`: the program `keyholder-codegen`, which is not in this one because it is heavy.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::complain;

/// The program that proposes descriptions and writes clients.
const PROGRAM: &str = "keyholder-codegen";

/// Runs it, with what was given, and ends as it does.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let run = |program: PathBuf| Command::new(program).arg("new").args(arguments).status();
    let is_missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    // The one that was installed with this one comes before any other.
    let beside = env::current_exe().ok().map(|it| {
        let name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
        it.with_file_name(name)
    });
    let status = match beside
        .filter(|it| it.is_file())
        .map_or_else(|| run(PROGRAM.into()), run)
    {
        Ok(status) => status,
        Err(error) if is_missing(&error) => {
            complain(&format!(
                "`keyholder new` is done by {PROGRAM}, which is neither beside this program nor on the PATH\n\
                 help: cargo install {PROGRAM}"
            ));
            return ExitCode::from(2);
        }
        Err(error) => {
            complain(&format!("{PROGRAM} cannot be started: {error}"));
            return ExitCode::from(2);
        }
    };
    // What a signal ended has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(130))
}
