//! `keyholder check` where files are short.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use serde_json::json;
use tokio::process::Command;
use world::{World, file, input, line, verdicts};

/// The command, in a shell that sets a limit before.
fn limited(command: &Command, limit: &str) -> Command {
    let command = command.as_std();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    shell
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_open_files_costs_no_verdict() {
    let world = World::start().await;
    let all: Vec<_> = (0..500).map(|id| line(id, &format!("some-{id}"))).collect();
    let lines_in = file("files-in", input(&all));
    for limit in ["-n 64", "-n 32"] {
        let command = world.check(&[&lines_in, "--concurrency", "500"]);
        let output = limited(&command, limit).output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{limit}: {output:?}");
        let verdicts = verdicts(&output);
        assert!(verdicts.values().all(|it| it == "valid") && verdicts.len() == 500);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_limit_of_open_files_is_raised() {
    let world = World::start().await;
    let all: Vec<_> = (0..100).map(|id| line(id, &format!("held-{id}"))).collect();
    let lines_in = file("files-raised", input(&all));
    let command = world.check(&[&lines_in, "--concurrency", "100"]);
    let child = limited(&command, "-Sn 40")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // All at once: more than the limit was.
    world.was_asked(100).await;
    world.release.send_replace(true);
    assert_eq!(
        child.wait_with_output().await.unwrap().status.code(),
        Some(0)
    );
}

/// Connections that are kept take up files, too. On Linux, each of these addresses is this machine's.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn connections_to_many_servers_cost_no_verdict() {
    let world = World::start_at("0.0.0.0").await;
    let all: Vec<_> = (0..250)
        .map(|id| {
            let base_url = world.url.replace("0.0.0.0", &format!("127.0.1.{id}"));
            json!({ "id": id, "provider": "extruct", "token": format!("good-{id}"), "base_url": base_url })
        })
        .collect();
    let lines_in = file("files-hosts", input(&all));
    let command = world.check(&[&lines_in]);
    let output = limited(&command, "-n 48").output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(verdicts(&output).len(), 250);
}
