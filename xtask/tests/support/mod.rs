//! A folder of descriptions and a folder of crates for one test, and the command between them.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

/// A description that is as small as one can be.
pub(crate) const SMALL: &str = r##"openapi: 3.1.0
info: { title: Small, version: "1" }
servers: [{ url: https://small.acme.dev }]
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

/// Its overlay.
pub(crate) const SMALL_OVERLAY: &str = r#"overlay: 1.0.0
info: { title: Corrections, version: "1" }
actions:
  - target: $.paths['/me'].get
    description: Tells who the caller is.
    update:
      x-whoami:
        identity: { sub: /id, email: /email }
        answers: { "403": forbidden }
        token: { env: SMALL_API_TOKEN }
"#;

/// What a run of the command answered.
pub(crate) struct Output {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A place to generate in.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// A place with the provider `small`.
    pub(crate) fn new() -> Self {
        let place = Self::empty();
        place.write("specs/small.yaml", SMALL);
        place.write("specs/small.overlay.yaml", SMALL_OVERLAY);
        place
    }

    /// A place without descriptions.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("specs")).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// Replaces the one place where `from` stands in the file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}");
        self.write(path, text.replace(from, to));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// `cargo xtask codegen` in this place, with `--specs specs --out out` and more.
    pub(crate) fn codegen(&self, arguments: &[&str]) -> Output {
        let places = ["codegen", "--specs", "specs", "--out", "out"];
        run(self.folder.path(), &[&places, arguments].concat())
    }

    /// Everything below the folder of crates: content, and when it was written.
    pub(crate) fn out(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut found = BTreeMap::new();
        collect(&self.path("out"), &mut found);
        found
    }
}

/// Runs `cargo xtask` in `folder`.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
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
    pub(crate) fn success(&self) -> &Self {
        self.status(0)
    }

    /// Fails the test unless the command ended with this status.
    #[track_caller]
    pub(crate) fn status(&self, status: i32) -> &Self {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(
            self.status, status,
            "\nstdout:\n{stdout}\nstderr:\n{stderr}"
        );
        self
    }
}

fn collect(path: &Path, found: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
    } else if path.exists() {
        let written = path.metadata().unwrap().modified().unwrap();
        found.insert(path.to_path_buf(), (fs::read(path).unwrap(), written));
    }
}
