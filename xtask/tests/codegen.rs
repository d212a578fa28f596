//! `cargo xtask codegen`, through the command itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Place, SMALL, SMALL_OVERLAY, run};

#[test]
fn the_second_run_writes_nothing() {
    let place = Place::new();
    let first = place.codegen(&[]);
    first.success();
    assert!(
        first
            .stdout
            .contains("+ out/providers/small/src/client.rs\n")
    );
    let written = place.out();

    let second = place.codegen(&[]);
    second.success();
    assert_eq!(
        second.stdout,
        "nothing to write: everything is as the descriptions make it\n"
    );
    assert_eq!(place.out(), written);

    let check = place.codegen(&["--check"]);
    check.success();
    assert_eq!((check.stdout.as_str(), check.stderr.as_str()), ("", ""));
    assert_eq!(place.out(), written);
}

#[test]
fn two_folders_get_the_same_bytes() {
    let contents = || {
        let place = Place::new();
        place.codegen(&[]).success();
        let out = place.path("out");
        place
            .out()
            .into_iter()
            .map(|(file, (content, _))| (file.strip_prefix(&out).unwrap().to_owned(), content))
            .collect::<Vec<_>>()
    };
    assert_eq!(contents(), contents());
}

#[test]
fn check_shows_what_is_not_as_it_should_be_and_codegen_mends_it() {
    for case in DIFFERENCES {
        let name = case.name;
        let place = Place::new();
        place.codegen(&[]).success();
        (case.spoil)(&place);
        let spoilt = place.out();

        let check = place.codegen(&["--check"]);
        check.status(1);
        for text in case.shown {
            let stdout = &check.stdout;
            assert!(stdout.contains(text), "{name}: no {text:?} in\n{stdout}");
        }
        let help = "\n  help: run `cargo xtask codegen --specs specs --out out`\n";
        assert!(check.stderr.ends_with(help), "{name}: {}", check.stderr);
        assert_eq!(place.out(), spoilt, "{name}: --check wrote something");

        place.codegen(&[]).success();
        place.codegen(&["--check"]).success();
        for path in case.gone {
            assert!(!place.path(path).exists(), "{name}: {path} is there");
        }
    }
}

/// Something that is not as the descriptions make it.
struct Difference {
    name: &'static str,
    /// Makes it so in a place that was right.
    spoil: fn(&Place),
    /// What `--check` shows of it: the diff, and the line that sums it up.
    shown: &'static [&'static str],
    /// What `codegen` removes.
    gone: &'static [&'static str],
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "an edited file",
        gone: &[],
        spoil: |place| {
            place.edit(
                "out/providers/small/src/lib.rs",
                "pub use client::Client;",
                "pub use client::*;",
            );
        },
        shown: &[
            "--- out/providers/small/src/lib.rs\n+++ out/providers/small/src/lib.rs (generated)\n",
            "\n-pub use client::*;\n+pub use client::Client;\n",
            "\n~ out/providers/small/src/lib.rs\n",
        ],
    },
    Difference {
        name: "a removed file",
        gone: &[],
        spoil: |place| place.remove("out/providers/small/src/types.rs"),
        shown: &[
            "--- out/providers/small/src/types.rs\n",
            "\n+pub struct Caller {\n",
            "\n+ out/providers/small/src/types.rs\n",
        ],
    },
    Difference {
        name: "a newer description",
        gone: &[],
        spoil: |place| {
            place.edit(
                "specs/small.yaml",
                "        email:",
                "        mail: { type: string }\n        email:",
            );
        },
        shown: &[
            "--- out/providers/small/src/types.rs\n",
            "\n+    pub mail: Option<String>,\n",
            "\n~ out/providers/small/src/types.rs\n",
        ],
    },
    Difference {
        name: "a newer overlay",
        gone: &[],
        spoil: |place| place.edit("specs/small.overlay.yaml", "sub: /id", "sub: /email"),
        shown: &[
            "--- out/providers/small/src/provider.rs\n",
            "\n-        \"sub\": \"/id\",\n+        \"sub\": \"/email\",\n",
            "\n~ out/providers/small/src/provider.rs\n",
        ],
    },
    Difference {
        name: "a description with a comment more: the hash is another",
        gone: &[],
        spoil: |place| place.write("specs/small.yaml", format!("# Reviewed.\n{SMALL}")),
        shown: &[
            "--- out/providers/small/Cargo.toml\n",
            "\n~ out/providers/small/Cargo.toml\n",
        ],
    },
    Difference {
        name: "a new provider",
        gone: &[],
        spoil: |place| {
            place.write("specs/other.yaml", SMALL);
            place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
        },
        shown: &[
            "--- out/providers/other/Cargo.toml\n",
            "\n+ out/providers/other/Cargo.toml\n",
            "\n~ out/keyholder/Cargo.toml\n",
        ],
    },
    Difference {
        name: "an orphaned file",
        gone: &["out/providers/small/src/old"],
        spoil: |place| {
            let mark = place.read("out/providers/small/src/lib.rs");
            place.write("out/providers/small/src/old/module.rs", mark);
        },
        shown: &[
            "--- out/providers/small/src/old/module.rs\n+++ nothing: no description makes it\n",
            "\n- out/providers/small/src/old/module.rs\n",
        ],
    },
    Difference {
        name: "a provider without a description",
        gone: &["out/providers/other"],
        spoil: |place| {
            place.write("specs/other.yaml", SMALL);
            place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
            place.codegen(&[]).success();
            place.remove("specs/other.yaml");
            place.remove("specs/other.overlay.yaml");
        },
        shown: &[
            "--- out/providers/other/src/client.rs\n+++ nothing: no description makes it\n",
            "\n- out/providers/other/src/client.rs\n",
            "\n~ out/keyholder/src/lib.rs\n",
        ],
    },
];

#[test]
fn what_the_user_wrote_stays() {
    let own = [
        "out/providers/small/src/own.rs",
        "out/providers/small/notes/plan.md",
        "out/mine/Cargo.toml",
    ];
    let place = Place::new();
    place.write("specs/other.yaml", SMALL);
    place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
    place.codegen(&[]).success();
    for path in own {
        place.write(path, "# mine\n");
    }
    place.codegen(&[]).success();
    place.codegen(&["--check"]).success();
    place.remove("specs/small.yaml");
    place.remove("specs/small.overlay.yaml");
    place.codegen(&[]).success();
    for path in own {
        assert_eq!(place.read(path), "# mine\n");
    }
    assert!(!place.path("out/providers/small/src/lib.rs").exists());
    place.codegen(&["--check"]).success();
}

#[test]
fn a_named_provider_and_the_facade_alone_are_written() {
    let place = Place::new();
    place.write("specs/other.yml", SMALL);
    place.write("specs/other.overlay.yml", SMALL_OVERLAY);
    let run = place.codegen(&["other"]);
    run.success();
    assert!(place.path("out/providers/other/src/client.rs").exists());
    assert!(!place.path("out/providers/small").exists());
    assert!(
        place
            .read("out/keyholder/src/lib.rs")
            .contains("keyholder_small")
    );

    place.codegen(&["--check", "other"]).success();
    let all = place.codegen(&["--check"]);
    all.status(1);
    assert!(all.stdout.contains("\n+ out/providers/small/Cargo.toml\n"));
    let small = place.codegen(&["small", "--check"]);
    small.status(1);
    assert!(
        small
            .stderr
            .ends_with("help: run `cargo xtask codegen --specs specs --out out small`\n")
    );
}

#[test]
fn the_command_that_mends_can_be_pasted() {
    let place = Place::new();
    let arguments = [
        "codegen", "--specs", "specs", "--out", "a folder", "--check",
    ];
    let check = run(&place.path(""), &arguments);
    check.status(1);
    assert!(
        check
            .stderr
            .ends_with("help: run `cargo xtask codegen --specs specs --out 'a folder'`\n"),
        "{}",
        check.stderr
    );
}

/// A success tells that the token is good, and has no body. What may be null in a request may be left out.
const NO_BODY: &str = r#"openapi: 3.1.0
info: { title: Ping, version: "1" }
servers: [{ url: "https://ping.acme.dev" }]
paths:
  /ping:
    get:
      operationId: ping
      parameters:
        - { in: header, name: Accept-Language, schema: { type: [string, "null"] } }
        - { in: query, name: pings, schema: { anyOf: [{ type: integer }, { type: "null" }] } }
      security: [{ key: [] }]
      responses:
        "204": { description: The key is good. }
      x-whoami:
        identity: none
        token: { env: PING_KEY }
components:
  securitySchemes:
    key: { type: http, scheme: bearer }
"#;

/// The crates of the golden description, of one with odd names and of one without types, their examples, and a program that uses one.
#[test]
fn generated_crates_build_and_pass_their_tests() {
    // One folder for all runs, in which only what differs is written: cargo then has little to do.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/codegen/tests/golden");
    for file in ["acme.yaml", "acme.overlay.yaml", "odd-1.json"] {
        let content = fs::read_to_string(golden.join(file)).unwrap();
        write(&folder.join("specs").join(file), &content);
    }
    write(&folder.join("specs/ping.yaml"), NO_BODY);
    write(&folder.join("user/Cargo.toml"), USER_MANIFEST);
    write(&folder.join("user/src/main.rs"), USER);

    // From the workspace's own folder, where its path is the shortest.
    let specs = folder.join("specs");
    let out = folder.join("out");
    let arguments = [
        "codegen",
        "--specs",
        specs.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    run(&workspace(), &arguments).success();

    cargo(&out, &["test", "--workspace", "--all-features"]);
    cargo(&folder.join("user"), &["build"]);
}

const USER_MANIFEST: &str = r#"[package]
name = "user"
edition = "2024"

[workspace]

[dependencies]
keyholder-acme = { path = "../out/providers/acme" }
keyholder-ping = { path = "../out/providers/ping" }
"#;

const USER: &str = r#"use keyholder_acme::types::GetSelfInclude;
use keyholder_acme::{Client, Config, Error, GetSelfErrorResponse, Identity, PROVIDER, Verdict, WhoAmI};

async fn ask(client: &Client) -> Result<Option<i64>, Error> {
    match client.get_self(Some(GetSelfInclude::Teams), Some("en")).await {
        Ok(answer) => Ok(answer.person.as_ref().and_then(|person| person.id)),
        Err(error) => {
            if let Some(GetSelfErrorResponse::KeyPaused(body)) = error.response() {
                println!("{body:?}");
            }
            Err(error.into())
        }
    }
}

async fn who(client: &dyn WhoAmI) -> Result<Option<String>, Error> {
    let identity: Identity = client.whoami().await?;
    match client.verify().await {
        Verdict::Invalid(error) => Err(error),
        _ => Ok(identity.sub),
    }
}

async fn ping() -> Result<bool, Error> {
    let answer = keyholder_ping::Client::new("a key")?.ping(Some(1), Some("en")).await?;
    let (): () = *answer;
    Ok(answer.verdict().is_valid() && answer.identity().is_some())
}

fn main() -> Result<(), Error> {
    drop(ping());
    let client = Client::with_config(Config::new("a key").base_url("https://us.example.com/v2"))?;
    println!("{client:?} {}", PROVIDER.name);
    drop(ask(&client));
    drop(who(&client));
    Ok(())
}
"#;

/// Runs cargo offline, with the workspace's locked versions and what the workspace has built already; it must not warn.
fn cargo(folder: &Path, arguments: &[&str]) {
    let locked = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
    // cargo takes out of its own copy what it does not need.
    if write(&folder.join("Cargo.lock.original"), &locked) {
        write(&folder.join("Cargo.lock"), &locked);
    }
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        )
        // As the workspace's own profile: what is built already is taken, and a build takes far less room.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && !stderr.contains("warning"),
        "cargo {}\n{stdout}\n{stderr}",
        arguments.join(" ")
    );
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// Writes the file whole or not at all, and only when it differs: another run may be reading it.
fn write(file: &Path, content: &str) -> bool {
    if fs::read_to_string(file).is_ok_and(|before| before == content) {
        return false;
    }
    let folder = file.parent().unwrap();
    fs::create_dir_all(folder).unwrap();
    let new = tempfile::NamedTempFile::new_in(folder).unwrap();
    fs::write(new.path(), content).unwrap();
    new.persist(file).unwrap();
    true
}
