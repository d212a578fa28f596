//! A workspace with generated crates and a program that uses them, built and run by cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use keyholder_codegen::{Destination, Generated};
use tempfile::TempDir;

const MANIFEST: &str = r#"[workspace]
resolver = "2"
members = ["app", "clients/providers/*"]

[workspace.dependencies]
keyholder-core = { path = "CRATES/core", default-features = false }
"#;

/// The workspace, which goes as it is dropped.
pub(crate) struct Workspace {
    place: TempDir,
    /// Where its generated crates go.
    pub(crate) destination: Destination,
    /// What is built for a debugger, as a profile has it.
    pub(crate) debug: &'static str,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let crates = crates();
        let manifest = MANIFEST.replace("CRATES", crates.to_str().unwrap());
        fs::write(place.path().join("Cargo.toml"), manifest).unwrap();
        let lock = crates.join("../Cargo.lock");
        fs::copy(lock, place.path().join("Cargo.lock")).unwrap();
        let clients = place.path().join("clients");
        let destination = Destination::member(place.path(), clients).unwrap();
        Self {
            destination: destination.without_facade(),
            debug: "'line-tables-only'",
            place,
        }
    }

    /// Writes generated crates, and the program by its manifest and its source.
    pub(crate) fn write(&self, generated: Vec<Generated>, manifest: &str, main: &str) {
        for (path, content) in self.destination.files(generated).unwrap() {
            self.file(&format!("clients/{}", path.display()), &content);
        }
        self.file("app/Cargo.toml", manifest);
        self.file("app/src/main.rs", main);
    }

    fn file(&self, path: &str, content: &str) {
        let file = self.place.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// Runs cargo offline; it must end well, and must not warn.
    pub(crate) fn cargo(&self, arguments: &[&str]) {
        // What the project's own workspace has built already need not be built again.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--config"])
            .arg(format!("profile.dev.debug={}", self.debug))
            .env("CARGO_TARGET_DIR", target)
            .current_dir(self.place.path())
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !stderr.contains("warning"),
            "{stdout}\n{stderr}"
        );
    }
}

/// The folder of the project's crates.
fn crates() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.join("..").canonicalize().unwrap()
}
