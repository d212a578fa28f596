//! How the programs that are tasks of the workspace begin and end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyholder_openapi::{Result, with_deep_stack};

/// The workspace's folder, relative where that is shorter to read.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (root.canonicalize(), here) {
        (Ok(root), Ok(here)) if root == here => PathBuf::from("."),
        (Ok(root), _) => root,
        (Err(_), _) => root,
    }
}

/// Runs a task to its exit status: its own, or 2 with the error on standard error.
pub fn run(task: impl FnOnce() -> Result<ExitCode> + Send + 'static) -> ExitCode {
    with_deep_stack(task).unwrap_or_else(|error| {
        progress(&format!("error: {error}"));
        ExitCode::from(2)
    })
}

/// Writes to standard output; a reader that has gone away, such as `head`, is no reason to fail.
pub fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says on standard error how far a task has come.
pub fn progress(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
