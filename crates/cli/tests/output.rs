//! `keyholder check --output` and `--resume`: what is written, what is mended, and what is asked again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;
#[allow(dead_code)]
mod world;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use harness::{lines, with_input};
use serde_json::{Value, json};
use testing_fault_server::{Answer, Server};
use world::{World, file, input, line, stderr};

/// A file that is not there yet.
fn absent(name: &str) -> String {
    let path = file(name, "");
    fs::remove_file(&path).unwrap();
    path
}

fn answers(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

async fn check(world: &World, arguments: &[&str]) -> Output {
    world.check(arguments).output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_goes_on_where_it_ended() {
    let world = World::start().await;
    let all = [
        line(1, "good-1"),
        line(2, "bad-1"),
        line(3, "shut-1"),
        line("4", "good-2"),
    ];
    let lines_in = file("goes-on-in", input(&all));
    let out = absent("goes-on-out");
    let first = check(&world, &[&lines_in, "--output", &out]).await;
    assert_eq!((first.status.code(), first.stdout.len()), (Some(1), 0));
    assert_eq!(answers(&out).len(), 4);
    // Nothing is left to ask, and the exit status is that of what was answered.
    for arguments in [
        &[&lines_in, "--output", &out][..],
        &[&lines_in, "--output", &out, "--resume", &out],
        &[&lines_in, "--output", &out, "--resume"],
        &[&lines_in, "--resume", &out],
    ] {
        let again = check(&world, arguments).await;
        assert_eq!(again.status.code(), Some(1), "{again:?}");
        assert!(
            stderr(&again)
                .contains("4 lines skipped: answered before, 2 valid, 1 invalid, 1 indeterminate"),
            "{again:?}"
        );
        assert_eq!((answers(&out).len(), world.asked("")), (4, 4));
    }
    // Without the refused one nothing is known of one.
    let rest: Vec<_> = all.iter().filter(|it| it["id"] != 2).collect();
    let rest = file("goes-on-rest", input(rest));
    let again = check(&world, &[&rest, "--output", &out]).await;
    assert_eq!(again.status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_is_known_of_is_asked_again_where_that_is_wanted() {
    let world = World::start().await;
    let lines_in = file("retry-in", input(&[line(1, "shut-1"), line(2, "good-1")]));
    let earlier = json!({ "id": 1, "provider": "extruct", "verdict": "indeterminate", "identity": null,
        "error": { "kind": "timeout", "message": "" } });
    let out = file("retry-out", input(&[earlier]));
    let kept = check(&world, &[&lines_in, "--output", &out]).await;
    assert_eq!((kept.status.code(), world.asked("shut")), (Some(3), 0));
    let again = check(
        &world,
        &[&lines_in, "--output", &out, "--retry-indeterminate"],
    )
    .await;
    assert_eq!((again.status.code(), world.asked("shut")), (Some(3), 1));
    assert_eq!(world.asked("good"), 1, "what is known is not asked again");
    // In whatever order outputs are put together, what says most counts.
    let mut all = answers(&out);
    all.push(json!({ "id": 1, "provider": "extruct", "verdict": "valid", "identity": {}, "error": null }));
    all.reverse();
    let out = file("retry-merged", input(&all));
    let merged = check(
        &world,
        &[&lines_in, "--resume", &out, "--retry-indeterminate"],
    )
    .await;
    assert_eq!((merged.status.code(), merged.stdout.len()), (Some(0), 0));
    let alone = check(&world, &[&lines_in, "--retry-indeterminate"]).await;
    assert_eq!(alone.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_asked_about_is_asked_by_the_next_run() {
    // A server that lets nobody connect, and later answers.
    let down = Server::start([Answer::new().on_connect().reset()])
        .await
        .unwrap();
    let world = World::start().await;
    let all: Vec<_> = (0..60)
        .map(|id| json!({ "id": id, "provider": "extruct", "token": format!("good-{id}") }))
        .collect();
    let lines_in = file("breaker-in", input(&all));
    let out = absent("breaker-out");
    let arguments = [&lines_in, "--concurrency", "2", "--output", &out];
    let mut command = world.check(&arguments);
    command.env("EXTRUCT_BASE_URL", down.url());
    let first = command.output().await.unwrap();
    assert_eq!(first.status.code(), Some(3));
    let first = answers(&out);
    assert_eq!(first.len(), 60);
    let mut kinds = HashMap::<_, usize>::new();
    for line in &first {
        let error = &line["error"];
        *kinds.entry(error["kind"].as_str().unwrap()).or_default() += 1;
        assert_eq!(error["reason"], "reset", "the cause of both: {line}");
    }
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let unasked = kinds["not_asked"];
    assert!(unasked > 30, "{kinds:?}");
    // It answers now: those that were turned away are asked about, the others when that is wanted.
    let second = check(&world, &arguments).await;
    assert_eq!((second.status.code(), world.asked("")), (Some(3), unasked));
    let third = check(
        &world,
        &[&arguments[..], &["--retry-indeterminate"]].concat(),
    )
    .await;
    assert_eq!((third.status.code(), world.asked("")), (Some(0), 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_line_that_was_cut_off_is_mended() {
    let world = World::start().await;
    let all = [line(1, "good-1"), line(2, "good-2")];
    let lines_in = file("mended-in", input(&all));
    let out = absent("mended-out");
    check(&world, &[&lines_in, "--output", &out]).await;
    let whole = fs::read(&out).unwrap();
    let first = whole.iter().position(|it| *it == b'\n').unwrap() + 1;
    let nulls = [&whole[..first], &[0; 100][..]].concat();
    // Cut at every place in the last line, from none of it to all but its line break.
    let cut = (first..whole.len())
        .step_by(7)
        .map(|at| whole[..at].to_vec());
    let cut = cut.chain([
        whole[..=first].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        nulls,
    ]);
    for (nth, cut) in cut.enumerate() {
        let out = file(&format!("mended-{nth}"), cut);
        let run = check(&world, &[&lines_in, "--output", &out]).await;
        assert_eq!(run.status.code(), Some(0), "{run:?}");
        let mut ids: Vec<_> = answers(&out)
            .iter()
            .map(|it| it["id"].to_string())
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, ["1", "2"], "cut {nth}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_output_is_left_as_it_is() {
    let world = World::start().await;
    let lines_in = file("foreign-in", input(&[line(1, "good-1")]));
    for (nth, foreign) in ["notes without a line break", "[1]\n", "{\"id\":1}\n", "\n7"]
        .into_iter()
        .enumerate()
    {
        let out = file(&format!("foreign-{nth}"), foreign);
        let run = check(&world, &[&lines_in, "--output", &out]).await;
        assert_eq!(run.status.code(), Some(2), "{foreign}");
        assert_eq!(fs::read_to_string(&out).unwrap(), foreign);
    }
    // Nor is the input written to.
    let before = fs::read(&lines_in).unwrap();
    let run = check(&world, &[&lines_in, "--output", &lines_in]).await;
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert!(stderr(&run).contains("cannot be the output too"), "{run:?}");
    assert_eq!(fs::read(&lines_in).unwrap(), before);
    assert_eq!(world.asked(""), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_cannot_be_written_is_told() {
    let world = World::start().await;
    let lines_in = file("unwritable-in", input(&[line(1, "good-1")]));
    let missing = format!("{}/no-such-folder/out", env!("CARGO_TARGET_TMPDIR"));
    let full = absent("full-device");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let folder = env!("CARGO_TARGET_TMPDIR");
    for out in [&missing, folder, "/dev/full", &full] {
        if out.contains("full") && !Path::new("/dev/full").exists() {
            continue;
        }
        let run = check(&world, &[&lines_in, "--output", out]).await;
        assert_eq!(run.status.code(), Some(2), "{out}: {run:?}");
        assert!(stderr(&run).contains("cannot be written"), "{out}: {run:?}");
    }
    fs::remove_file(full).unwrap();
    // A device takes what comes.
    let run = check(&world, &[&lines_in, "--output", "/dev/null"]).await;
    assert_eq!(run.status.code(), Some(0), "{run:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_shell_adds_to_what_is_resumed_from_is_mended_too() {
    let world = World::start().await;
    let lines_in = file(
        "appended-in",
        input(&[line(1, "good-1"), line(2, "good-2")]),
    );
    let out = file("appended-out", "{\"id\":1,\"prov");
    let appending = fs::OpenOptions::new().append(true).open(&out).unwrap();
    let mut command = world.check(&[&lines_in, "--resume", &out]);
    command.stdout(appending).stderr(Stdio::piped());
    let run = command.spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_eq!(answers(&out).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_runs_add_to_one_file() {
    let world = World::start().await;
    let out = absent("several-out");
    let runs: Vec<_> = (0..4)
        .map(|run| {
            let all: Vec<_> = (0..500)
                .map(|id| line(format!("{run}-{id}"), &format!("good-{run}-{id}")))
                .collect();
            let lines_in = file(&format!("several-{run}"), input(&all));
            let mut command = world.check(&[&lines_in, "--output", &out]);
            command.stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut run in runs {
        assert_eq!(run.wait().await.unwrap().code(), Some(0));
    }
    let answers = answers(&out);
    let ids: std::collections::HashSet<_> = answers.iter().map(|it| it["id"].to_string()).collect();
    assert_eq!((answers.len(), ids.len()), (2000, 2000));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_one_id_each_have_an_answer_of_their_own() {
    let world = World::start().await;
    let all = [line("a", "good-1"), line("a", "bad-1"), line("a", "good-2")];
    let out = absent("twice-out");
    let some = file("twice-in", input(&all[..2]));
    let first = check(&world, &[&some, "--output", &out]).await;
    assert_eq!((first.status.code(), world.asked("")), (Some(1), 2));
    let again = check(&world, &[&some, "--output", &out]).await;
    assert_eq!((again.status.code(), world.asked("")), (Some(1), 2));
    assert!(
        stderr(&again).contains("2 lines skipped: answered before, 1 valid, 1 invalid"),
        "{again:?}"
    );
    // The third has no answer yet.
    let more = file("twice-more", input(&all));
    let more = check(&world, &[&more, "--output", &out]).await;
    assert_eq!((more.status.code(), world.asked("")), (Some(1), 3));
    assert_eq!(answers(&out).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_named_twice_counts_once() {
    let world = World::start().await;
    let first = file("named-twice", input(&[line(1, "good-1")]));
    let both = file(
        "named-twice-both",
        input(&[line(1, "good-1"), line(1, "good-2")]),
    );
    let out = absent("named-twice-out");
    check(&world, &[&first, "--output", &out]).await;
    let asked = world.asked("");
    let again = ["--output", &out, "--resume", &out, "--resume", &out];
    check(&world, &[&[both.as_str()], &again[..]].concat()).await;
    assert_eq!(world.asked("") - asked, 1, "the other line of that id");
    assert_eq!(answers(&out).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_comes_twice_is_told() {
    let world = World::start().await;
    let all = [
        line("a", "good-1"),
        line(1, "good-2"),
        line("1", "good-3"),
        line(Value::Null, "good-4"),
        line(Value::Null, "good-5"),
        line("a", "good-6"),
    ];
    let output = with_input(world.check(&[]), &input(&all)).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output).len(), 6, "it is asked about all the same");
    let said = stderr(&output);
    assert!(
        said.contains("warning: line 6: its `id` came before: \"a\": "),
        "{said}"
    );
    assert!(
        said.contains("1 line with an `id` that came before"),
        "{said}"
    );
}
