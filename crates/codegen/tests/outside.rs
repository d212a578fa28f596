//! `keyholder-codegen` in a workspace of somebody else's, outside of this repository.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

const DESCRIPTION: &str = r##"openapi: 3.1.0
info: { title: Acme, version: "1" }
servers: [{ url: https://api.acme.dev }]
paths:
  /me:
    get:
      operationId: get_me
      security: [{ key: [] }]
      responses:
        "200":
          description: The caller.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Caller" }
components:
  securitySchemes:
    key: { type: http, scheme: bearer }
  schemas:
    Caller:
      type: object
      properties:
        id: { type: integer, description: Identifies the caller. }
        email: { type: string, description: Where to write to. }
"##;

/// The user's workspace. Nothing but the paths of what is not published yet leads to this repository.
const WORKSPACE: &str = r#"[workspace]
resolver = "2"
members = ["app", "clients/providers/*"]

[workspace.package]
version = "3.0.0"
edition = "2021"
license = "LicenseRef-Ours"
publish = false

[workspace.dependencies]
keyholder-core = { path = "CRATES/core" }

[patch.crates-io]
keyholder-check = { path = "CRATES/check" }
"#;

const APP: &str = r#"[package]
name = "app"
version.workspace = true
edition.workspace = true

[dependencies]
keyholder-acme = { path = "../clients/providers/acme", default-features = false }
keyholder = { path = "../clients/keyholder", default-features = false, features = ["acme", "stream"] }
"#;

const MAIN: &str = r#"use keyholder_acme::{Client, Error, Verdict, WhoAmI};

async fn whose(key: &str) -> Result<Option<String>, Error> {
    let client = Client::new(key)?;
    let caller = client.get_me().await?;
    println!("{:?} {:?}", caller.id, caller.email);
    match client.verify().await {
        Verdict::Valid(identity) => Ok(identity.sub),
        _ => Ok(None),
    }
}

fn main() -> Result<(), Error> {
    drop(whose("a key"));
    let provider = keyholder::provider("acme")?;
    let key = keyholder::Key::new("config.py:3", provider, "a key");
    println!("{provider} {key:?}");
    Ok(())
}
"#;

#[test]
fn a_workspace_of_ones_own() {
    let place = Place::new();
    let crates = place.crates();
    place.write("Cargo.toml", &WORKSPACE.replace("CRATES", &crates));
    place.write("openapi.yaml", DESCRIPTION);
    place.write("app/Cargo.toml", APP);
    place.write("app/src/main.rs", MAIN);

    let new = place.run(&["new", "acme", "--spec", "openapi.yaml"]);
    new.status(0);
    assert!(
        new.stdout
            .starts_with("wrote specs/acme.yaml\nwrote specs/acme.overlay.yaml\n"),
        "{}",
        new.stdout
    );

    let codegen = ["codegen", "--workspace", ".", "--out", "clients"];
    let check = [&codegen[..], &["--check"]].concat();
    let missing = place.run(&check);
    missing.status(1);
    let fix = "\n  help: run `keyholder-codegen codegen --workspace . --out clients`\n";
    assert!(missing.stderr.ends_with(fix), "{}", missing.stderr);
    assert!(!place.path("clients").exists());

    let first = place.run(&codegen);
    first.status(0);
    assert!(
        first
            .stdout
            .contains("+ clients/providers/acme/Cargo.toml\n"),
        "{}",
        first.stdout
    );
    let manifest = place.read("clients/providers/acme/Cargo.toml");
    for line in [
        "version = \"3.0.0\"\nedition = \"2021\"\n",
        "license = \"LicenseRef-Ours\"\n",
        "publish = false\n",
        &format!("path = \"../../../{crates}/core\""),
    ] {
        assert!(manifest.contains(line), "{line}\n{manifest}");
    }
    assert!(
        manifest
            .lines()
            .next()
            .unwrap()
            .contains("`keyholder-codegen codegen`")
    );

    let written = place.files("clients");
    let second = place.run(&codegen);
    second.status(0);
    assert_eq!(
        second.stdout,
        "nothing to write: everything is as the descriptions make it\n"
    );
    assert_eq!(place.files("clients"), written);
    let same = place.run(&check);
    same.status(0);
    assert_eq!((same.stdout.as_str(), same.stderr.as_str()), ("", ""));

    place.cargo(".", &["check", "--package", "app"]);
}

/// Without a workspace the folder is one, which stands on what is published.
#[test]
fn a_folder_of_its_own() {
    let place = Place::new();
    place.write("openapi.yaml", DESCRIPTION);
    place
        .run(&["new", "acme", "--spec", "openapi.yaml"])
        .status(0);
    place.run(&["codegen"]).status(0);
    place.run(&["codegen", "--check"]).status(0);
    let manifest = place.read("crates/providers/acme/Cargo.toml");
    let core = format!(
        "keyholder-core = {{ default-features = false, version = {:?} }}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(manifest.contains(&core), "{manifest}");

    // What is published stands in for itself.
    let crates = absolute_crates();
    let patch = |name: &str| {
        let path = toml::Value::from(crates.join(name).to_str().unwrap());
        format!("patch.crates-io.keyholder-{name}.path={path}")
    };
    let (core, check) = (patch("core"), patch("check"));
    let patches = ["--config", &core, "--config", &check];
    // As few as the other test's, which are built already.
    let features = [
        "--no-default-features",
        "--features",
        "keyholder/acme,keyholder/stream",
    ];
    place.cargo(
        "crates",
        &[&["check", "--workspace"], &features[..], &patches].concat(),
    );
}

#[test]
fn the_facade_can_be_left_out() {
    let place = Place::new();
    place.write("openapi.yaml", DESCRIPTION);
    place
        .run(&["new", "acme", "--spec", "openapi.yaml"])
        .status(0);
    place.run(&["codegen", "--no-facade"]).status(0);
    assert!(place.path("crates/providers/acme").exists());
    assert!(!place.path("crates/keyholder").exists());
}

/// On an error nothing is written, and the exit status is 2.
#[test]
fn errors() {
    let cases: [(&[&str], &str); 6] = [
        (&["codegen"], "error: specs: cannot be read: "),
        (
            &["codegen", "--workspace", "gone"],
            "error: gone: cannot be read: ",
        ),
        (
            &["codegen", "--workspace", "app"],
            "error: app/Cargo.toml: has no [workspace]\n  help: ",
        ),
        (
            &["codegen", "--workspace", ".", "--out", "../clients"],
            "error: ../clients: is not in the workspace\n  help: ",
        ),
        (
            &["codegen", "--wurkspace", "."],
            "error: unexpected argument",
        ),
        (&["new", "acme"], "error: there is nothing to start from"),
    ];
    for (arguments, message) in cases {
        let place = Place::new();
        place.write("Cargo.toml", "[workspace]\n");
        place.write("app/Cargo.toml", APP);
        let before = place.files("");
        let run = place.run(arguments);
        run.status(2);
        assert!(run.stderr.starts_with(message), "{}", run.stderr);
        assert_eq!(place.files(""), before);
    }
}

/// What a run of the command answered.
struct Output {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Output {
    /// Fails the test unless the command ended with this status.
    #[track_caller]
    fn status(&self, status: i32) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(
            self.status, status,
            "\nstdout:\n{stdout}\nstderr:\n{stderr}"
        );
    }
}

/// A folder outside of this repository.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inside = absolute_crates().join("..").canonicalize().unwrap();
        assert!(!folder.path().canonicalize().unwrap().starts_with(inside));
        Self(folder)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, content: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The way from here to this repository's crates.
    fn crates(&self) -> String {
        let here = self.0.path().canonicalize().unwrap();
        let up = "../".repeat(here.components().count() - 1);
        let crates = absolute_crates();
        format!("{up}{}", crates.strip_prefix("/").unwrap().display())
    }

    /// Runs the command here. It is told nothing of where it was built.
    fn run(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_keyholder-codegen"))
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .output()
            .unwrap();
        Output {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs cargo offline, with this workspace's locked versions; it must not warn.
    fn cargo(&self, folder: &str, arguments: &[&str]) {
        let lock = absolute_crates().join("../Cargo.lock");
        fs::copy(lock, self.path(folder).join("Cargo.lock")).unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            // What this workspace has built already need not be built again.
            .args([
                "--offline",
                "--config",
                "profile.dev.debug='line-tables-only'",
            ])
            .env("CARGO_TARGET_DIR", target)
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !stderr.contains("warning"),
            "cargo {}\n{stderr}",
            arguments.join(" ")
        );
    }

    /// Everything below a folder: content, and when it was written.
    fn files(&self, folder: &str) -> BTreeMap<PathBuf, (String, SystemTime)> {
        let mut found = BTreeMap::new();
        collect(&self.path(folder), &mut found);
        found
    }
}

fn collect(path: &Path, found: &mut BTreeMap<PathBuf, (String, SystemTime)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
    } else {
        let written = path.metadata().unwrap().modified().unwrap();
        let content = fs::read_to_string(path).unwrap();
        found.insert(path.to_path_buf(), (content, written));
    }
}

fn absolute_crates() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize();
    here.unwrap().parent().unwrap().to_path_buf()
}
