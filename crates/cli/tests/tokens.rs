//! `keyholder whoami` with tokens from files and from standard input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use harness::{command, lines, with_input};
use tokio::process::Command;
use world::{World, file, stderr};

fn whoami(world: &World, arguments: &[&str]) -> Command {
    let variables = [
        ("EXTRUCT_BASE_URL", world.url.as_str()),
        ("NEXTDOCS_BASE_URL", &world.url),
        ("UNLEASH_BASE_URL", &world.url),
    ];
    let mut command = command(&variables);
    command.args(["whoami", "--json"]).args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_comes_from_a_file() {
    let world = World::start().await;
    for content in ["good-1", "good-1\n", "good-1\r\n", "\u{feff}good-1\n"] {
        let token = file("token", content);
        let arguments = ["extruct", "--token-file", &token];
        let output = whoami(&world, &arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{content:?}: {output:?}");
    }
    assert_eq!(world.asked("good-1"), 4);
    let output = with_input(
        whoami(&world, &["extruct", "--token-file", "-"]),
        "good-2\n",
    )
    .await;
    assert_eq!((output.status.code(), world.asked("good-2")), (Some(0), 1));
    for (content, told) in [
        (&b"\xff\xfeg\0"[..], "not text"),
        (b"", "empty"),
        (b"two\nlines", "control character"),
        (b"EXTRUCT_API_TOKEN=good-1", "EXTRUCT_API_TOKEN=…"),
        (b"export NEXTDOCS_API_KEY=nxd_1", "--env-file"),
    ] {
        let token = file("no-token", content);
        let arguments = ["extruct", "--token-file", &token];
        let output = whoami(&world, &arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(told), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_provider_goes_by_its_form() {
    let world = World::start().await;
    for (token, provider) in [
        ("nxd_0123456789", "nextdocs"),
        ("user:0123456789", "unleash"),
    ] {
        let in_file = file("form", token);
        for arguments in [&["--token-stdin"][..], &["--token-file", &in_file]] {
            let output = with_input(whoami(&world, arguments), token).await;
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(lines(&output)[0]["provider"], provider);
        }
    }
    let asked = world.asked("");
    let output = with_input(whoami(&world, &["--token-stdin"]), "s3cr3t-c0ntent").await;
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("tells of no provider"), "{said}");
    assert!(!said.contains("s3cr3t"), "{said}");
    let arguments = ["extruct", "unleash", "--token-stdin"];
    let output = with_input(whoami(&world, &arguments), "nxd_0123456789").await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(world.asked(""), asked, "something was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_variables_has_several_keys_of_one_provider() {
    let world = World::start().await;
    let other = World::start().await;
    let content = format!(
        "EXTRUCT_API_TOKEN=good-1\nEXTRUCT_API_TOKEN_STAGING=bad-2\nEXTRUCT_BASE_URL_STAGING={}\nPROD_EXTRUCT_API_TOKEN=good-3\n\
         NEXTDOCS_API_KEY='good-4'\nEXTRUCT_API_TOKEN_FILE=/x\nPORT=1\n",
        other.url
    );
    let env = file("keys.env", content);
    let ids = |output: &std::process::Output| -> Vec<String> {
        let ids = lines(output);
        ids.iter()
            .map(|it| format!("{} {}", it["id"], it["verdict"]).replace('"', ""))
            .collect()
    };
    let output = whoami(&world, &["--env-file", &env])
        .output()
        .await
        .unwrap();
    let all = [
        "EXTRUCT_API_TOKEN valid",
        "EXTRUCT_API_TOKEN_STAGING invalid",
        "PROD_EXTRUCT_API_TOKEN valid",
        "NEXTDOCS_API_KEY valid",
    ];
    assert_eq!(ids(&output), all, "{output:?}");
    assert_eq!((output.status.code(), other.asked("bad-2")), (Some(1), 1));
    let output = whoami(&world, &["--env-file", &env, "extruct"])
        .output()
        .await
        .unwrap();
    assert_eq!(ids(&output), all[..3]);
    let output = whoami(&world, &["--env-file", &env, "extruct:prod"])
        .output()
        .await
        .unwrap();
    assert_eq!(ids(&output), [all[2]]);
    // The environment has them by the same names.
    let mut command = whoami(&world, &["extruct:staging"]);
    command
        .env("EXTRUCT_API_TOKEN_STAGING", "good-5")
        .env("EXTRUCT_API_TOKEN", "bad-1");
    let output = command.output().await.unwrap();
    assert_eq!(ids(&output), ["EXTRUCT_API_TOKEN_STAGING valid"]);
    for arguments in [
        &["--env-file", &*env, "extruct:none"][..],
        &["extruct:none"],
        &["nobody:x"],
    ] {
        let output = whoami(&world, arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_a_file_is_asked_about_and_those_that_are_meant_are_named() {
    let world = World::start().await;
    let content =
        "EXTRUCT_API_TOKEN=good-1\nEXTRUCT_API_TOKEN_STAGING=good-2\nDOCS=nxd_0123456789\nPORT=1\n";
    let env = file("meant.env", content);
    let output = whoami(&world, &["--env-file", &env])
        .output()
        .await
        .unwrap();
    let ids: Vec<_> = lines(&output)
        .iter()
        .map(|it| format!("{} {}", it["id"], it["provider"]).replace('"', ""))
        .collect();
    let all = [
        "EXTRUCT_API_TOKEN extruct",
        "EXTRUCT_API_TOKEN_STAGING extruct",
        "DOCS nextdocs",
    ];
    assert_eq!(
        (output.status.code(), ids),
        (Some(0), all.map(str::to_owned).into())
    );
    let asked = world.asked("");
    let url = world.url.as_str();
    for (arguments, told) in [
        (
            &["extruct", "--base-url", url][..],
            "EXTRUCT_API_TOKEN, EXTRUCT_API_TOKEN_STAGING",
        ),
        (&["--scheme", "bearer"], "one key"),
        (
            &["extruct:none"],
            "there is: EXTRUCT_API_TOKEN, EXTRUCT_API_TOKEN_STAGING",
        ),
        (&["unleash:none"], "UNLEASH_API_TOKEN_STAGING"),
    ] {
        let arguments = [&["--env-file", &*env], arguments].concat();
        let output = whoami(&world, &arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(told), "{output:?}");
    }
    assert_eq!(world.asked(""), asked, "something was sent");
    let arguments = ["--env-file", &env, "extruct:staging", "--base-url", url];
    let output = whoami(&world, &arguments).output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_table_has_one_column_for_what_is_known() {
    let world = World::start().await;
    let env = file(
        "narrow.env",
        "EXTRUCT_API_TOKEN=bad-1\nEXTRUCT_API_TOKEN_STAGING=good-2\n",
    );
    for (width, has_columns) in [("60", false), ("200", true)] {
        let mut command = command(&[("EXTRUCT_BASE_URL", &world.url), ("COLUMNS", width)]);
        command.args(["whoami", "--env-file", &env]);
        let output = command.output().await.unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        assert_eq!(table.contains("e-mail"), has_columns, "{table}");
        assert_eq!(table.contains("what is known"), !has_columns, "{table}");
        assert!(table.contains("_STAGING "), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_have_the_providers() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = command(&[])
            .args(["completions", shell])
            .output()
            .await
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        // Elvish's and PowerShell's have options alone.
        let is_complete = !matches!(shell, "powershell" | "elvish");
        assert_eq!(script.contains("nextdocs"), is_complete, "{shell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_and_certificates_can_be_named() {
    let world = World::start().await;
    let variables = [("EXTRUCT_API_TOKEN", "good-1")];
    let run = async |arguments: &[&str]| {
        let mut command = command(&variables);
        command
            .args(["whoami", "extruct", "--json"])
            .args(arguments);
        command.output().await.unwrap()
    };
    // Nothing listens there: the proxy is what fails, and this machine is asked without it.
    let output = run(&["--proxy", "http://127.0.0.1:9"]).await;
    assert_eq!(lines(&output)[0]["error"]["reason"], "proxy", "{output:?}");
    let arguments = ["--proxy", "http://127.0.0.1:9", "--base-url", &world.url];
    assert_eq!(run(&arguments).await.status.code(), Some(0));
    for proxy in ["s3cr3t-c0ntent", "socks5://s3cr3t-c0ntent", "http://"] {
        let output = run(&["--proxy", proxy]).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(!stderr(&output).contains("s3cr3t"), "{output:?}");
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/root.pem");
    let arguments = ["--ca-file", root, "--base-url", &world.url];
    assert_eq!(run(&arguments).await.status.code(), Some(0));
    for file in [file("no.pem", "no certificates"), "no-such-file".to_owned()] {
        let output = run(&["--ca-file", &file]).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("--ca-file"), "{output:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn new_is_done_by_the_program_for_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("path");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join("keyholder-codegen");
    std::fs::write(&program, "#!/bin/sh\necho \"$@\"\nexit 3\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = async |path: &str| {
        // Where there is none beside it.
        let copy = folder.join("bin");
        std::fs::create_dir_all(&copy).unwrap();
        let copy = copy.join("keyholder");
        if !copy.exists() {
            std::fs::copy(env!("CARGO_BIN_EXE_keyholder"), &copy).unwrap();
        }
        let mut command = Command::new(copy);
        let arguments = ["new", "acme", "--spec", "x.yaml", "--help"];
        command
            .env("PATH", path)
            .args(arguments)
            .output()
            .await
            .unwrap()
    };
    let output = run(folder.to_str().unwrap()).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(output.stdout, b"new acme --spec x.yaml --help\n");
    let output = run("/nowhere").await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("cargo install keyholder-codegen"),
        "{output:?}"
    );
}
