//! A key that somebody puts into the arguments is shown nowhere, and they are told where it goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;

/// Keys as providers make them, and as people make them up.
const KEYS: &[&str] = &[
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "nxd_0123456789abcdef",
    "user:0f3c9b1d8e7a6f5c4b3a29180716253443526170",
    "*:*.964a287e1b728cb5f4f3e0120df92cb5",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "correct-horse-battery",
    "qwertyuiopasdfgh",
    "31415926",
    "pass word with blanks",
    "key\u{1b}[31m\u{202e}reversed",
];

fn run(arguments: &[&str]) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("arguments");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("findings.json"), "[]").unwrap();
    Command::cargo_bin("keyholder")
        .unwrap()
        .env_clear()
        .current_dir(folder)
        .args(arguments)
        .write_stdin("")
        .output()
        .unwrap()
}

/// Every place of an argument. `KEY` stands for a key.
const PLACES: &[&[&str]] = &[
    &["KEY"],
    &["help", "KEY"],
    &["whoami", "KEY"],
    &["whoami", "extruct", "KEY"],
    &["whoami", "--token", "KEY"],
    &["whoami", "--token=KEY"],
    &["whoami", "--token-stdin=KEY"],
    &["whoami", "extruct", "--timeout", "KEY"],
    &["whoami", "extruct", "--parameter", "KEY"],
    &["whoami", "extruct", "--json=KEY"],
    &["whoami", "--specs", "KEY"],
    &["whoami", "--KEY"],
    &["check", "KEY"],
    &["check", "KEY", "KEY"],
    &["check", "./KEY"],
    &["check", "KEY/KEY"],
    &["check", "findings.json/KEY"],
    &["check", "--provider", "KEY"],
    &["check", "--resume", "KEY"],
    &["check", "--output", "KEY/KEY"],
    &["check", "--allow-host", "KEY/"],
    &["check", "--concurrency", "KEY"],
    &["check", "--shard", "KEY"],
    &["check", "--rate", "KEY"],
    &["check", "--specs", "KEY"],
    &["providers", "KEY"],
    &["providers", "--specs", "KEY"],
    &["schema", "KEY"],
    &["demo", "KEY"],
    &["completions", "KEY"],
];

#[test]
fn a_key_in_the_arguments_is_never_shown() {
    for key in KEYS {
        for place in PLACES {
            let arguments: Vec<_> = place.iter().map(|it| it.replace("KEY", key)).collect();
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let output = run(&arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            // A figure may be a limit.
            if output.status.code() == Some(0) && *key == "31415926" {
                continue;
            }
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            let all = said + &String::from_utf8(output.stdout).unwrap();
            let parts = key.split(['/', ' ', '\u{1b}', '\u{202e}']);
            for part in parts.filter(|it| it.len() > 6).chain([*key]) {
                assert!(!all.contains(part), "{arguments:?}: {all}");
            }
            assert!(
                !all.contains(['\u{1b}', '\u{202e}']),
                "{arguments:?}: {all}"
            );
        }
    }
}

#[test]
fn what_to_do_with_a_key_is_told() {
    for place in [
        &["KEY"][..],
        &["whoami", "KEY"],
        &["whoami", "extruct", "KEY"],
        &["whoami", "--token", "KEY"],
        &["check", "KEY"],
        &["check", "--specs", "KEY"],
        &["providers", "KEY"],
    ] {
        let arguments: Vec<_> = place.iter().map(|it| it.replace("KEY", KEYS[0])).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let said = String::from_utf8(run(&arguments).stderr).unwrap();
        for way in ["--token-stdin", "--token-file", "environment"] {
            assert!(said.contains(way), "{place:?}: {said}");
        }
    }
}

#[test]
fn what_was_nearly_right_is_told_by_what_is_right() {
    for (arguments, told) in [
        (&["chek"][..], "'check'"),
        (&["whoami", "--jsno"], "'--json'"),
        (&["whoami", "extrct"], "did you mean \"extruct\"?"),
        (
            &["check", "findngs.json"],
            "did you mean \"findings.json\"?",
        ),
        (&["completions", "bsh"], "'bash'"),
    ] {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
    // A file that there is may be named.
    let said = String::from_utf8(run(&["check", "."]).stderr).unwrap();
    assert!(said.contains(".: cannot be read"), "{said}");
}

/// A file that is to be made may have any name but that of a key.
#[test]
fn no_file_is_made_with_a_key_for_its_name() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("arguments-output");
    fs::create_dir_all(&folder).unwrap();
    let key = "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";
    let output = Command::cargo_bin("keyholder")
        .unwrap()
        .env_clear()
        .current_dir(&folder)
        .args(["check", "--output", key])
        .write_stdin("")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("a key for its name") && !said.contains(key),
        "{said}"
    );
    assert_eq!(folder.read_dir().unwrap().count(), 0);
}
