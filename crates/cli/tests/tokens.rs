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
