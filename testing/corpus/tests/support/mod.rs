//! A folder for one test, and the command in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder of files.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }
}

/// What a run of the command answered.
pub(crate) struct Output {
    status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command in `folder`.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_testing-corpus"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Output {
    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub(crate) fn success(&self) {
        self.status(0);
    }

    /// Fails the test unless the command ended with this status.
    #[track_caller]
    pub(crate) fn status(&self, status: i32) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(
            self.status, status,
            "\nstdout:\n{stdout}\nstderr:\n{stderr}"
        );
    }
}
