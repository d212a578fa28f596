//! `keyholder check --shard`: several runs over the same lines, of which each asks its part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use harness::{lines, with_input};
use serde_json::{Value, json};
use world::{World, file, input, stderr};

/// Keys of twenty servers, of which each has fifteen.
fn keys(world: &World) -> Vec<Value> {
    (0..300)
        .map(|id| {
            let base_url = format!("{}/{}", world.url, id % 20);
            json!({ "id": id, "provider": "extruct", "token": format!("good-{id}"), "base_url": base_url })
        })
        .collect()
}

/// What is no key of any server.
const OTHERS: &str = "not JSON\n{\"id\":\"x\",\"provider\":\"nobody\",\"token\":\"good-x\"}\n\n{\"id\":\"y\",\"token\":\"?\"}\n";

fn read(paths: &[String]) -> BTreeMap<u64, Value> {
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    let text = texts.collect::<String>();
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["id"].as_u64().unwrap(), line)
    });
    let count = text.lines().count();
    let lines: BTreeMap<_, _> = lines.collect();
    assert_eq!(lines.len(), count, "each once");
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_in_one_share() {
    let world = World::start().await;
    let lines_in = format!("{}{OTHERS}", input(&keys(&world)));
    for count in [1, 2, 7] {
        let asked = world.asked("");
        let mut servers = BTreeMap::<String, usize>::new();
        let (mut answered, mut malformed, mut told) = (0, 0, 0);
        for share in 1..=count {
            let shard = format!("{share}/{count}");
            let output = with_input(world.check(&["--shard", &shard]), &lines_in).await;
            for line in lines(&output) {
                if line["error"] != Value::Null {
                    malformed += 1;
                    continue;
                }
                let server = line["identity"]["iss"].to_string();
                assert_eq!(*servers.entry(server).or_insert(share), share);
                answered += 1;
            }
            let said = stderr(&output);
            told += said.matches(": line ").count();
            // The first, whichever way it is counted.
            let status = if share == count { 2 } else { 0 };
            assert_eq!(output.status.code(), Some(status), "{output:?}");
        }
        assert_eq!((answered, world.asked("") - asked), (300, 300));
        assert_eq!((servers.len(), malformed, told), (20, 3, 3));
        let used: std::collections::BTreeSet<_> = servers.values().collect();
        assert!(used.len() > count.min(2) - 1, "{servers:?}");
    }
}

/// The line of the documentation, over two processes.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_ask_no_key_twice_and_leave_none_out() {
    let world = World::start().await;
    let lines_in = file("shards-in", input(&keys(&world)));
    let out = |share: &str| file(&format!("shards-out.{share}"), "");
    let outs = [out("1"), out("2")];
    let pattern = outs[0].replace("out.1", "out.{}");
    let version = Command::new("parallel").arg("--version").output();
    let command = |shard: &str, output: &str| {
        world
            .check(&[&lines_in, "--shard", shard, "--output", output])
            .into_std()
    };
    let statuses = if version.is_ok() {
        // What it starts is the same command, with the environment of the test's.
        let command = command("{}/2", &pattern);
        let mut parallel = Command::new("parallel");
        parallel
            .arg(command.get_program())
            .args(command.get_args())
            .args([":::", "1", "2"])
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stderr(Stdio::null());
        tokio::task::spawn_blocking(move || vec![parallel.status()])
            .await
            .unwrap()
    } else {
        let [mut one, mut other] = [("1/2", &outs[0]), ("2/2", &outs[1])]
            .map(|(shard, out)| command(shard, out).stderr(Stdio::null()).spawn().unwrap());
        tokio::task::spawn_blocking(move || vec![one.wait(), other.wait()])
            .await
            .unwrap()
    };
    for status in statuses {
        assert!(status.unwrap().success());
    }
    assert_eq!((read(&outs).len(), world.asked("")), (300, 300));
    for id in 0..300 {
        // As a text that no other token begins with.
        assert!(world.asked(&format!("good-{id}")) >= 1);
    }
    // Put together they are what one run has done.
    let all: String = outs
        .iter()
        .map(|it| fs::read_to_string(it).unwrap())
        .collect();
    let merged = file("shards-merged", all);
    let rest = world
        .check(&[&lines_in, "--resume", &merged])
        .output()
        .await
        .unwrap();
    assert_eq!((rest.status.code(), rest.stdout.len()), (Some(0), 0));
    let share = world
        .check(&[
            &lines_in, "--shard", "1/2", "--resume", &outs[1], "--resume", &outs[0],
        ])
        .output()
        .await
        .unwrap();
    assert_eq!((share.status.code(), share.stdout.len()), (Some(0), 0));
    assert_eq!(world.asked(""), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_line_stops_every_share_that_is_strict() {
    let world = World::start().await;
    let lines_in = file("shards-strict", format!("{}{OTHERS}", input(&keys(&world))));
    for shard in ["1/3", "2/3", "3/3"] {
        let run = world
            .check(&[&lines_in, "--strict", "--shard", shard])
            .output()
            .await
            .unwrap();
        assert_eq!(run.status.code(), Some(2));
    }
    assert_eq!(world.asked(""), 0);
    let wrong = world
        .check(&[&lines_in, "--shard", "4/3"])
        .output()
        .await
        .unwrap();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
}
