//! Answers of the providers and of whoever stands in front of them, with the verdicts that may be given: a file of cases
//! beside the workspace, or where `KEYHOLDER_CASES` says.
//!
//! Each is asked about through the command, with the built-in provider and with its description, and through the library,
//! with the generated client and with one that is made of the description. All must come to the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs
)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

use harness::{Outcome, SPECS, Servers, lines};
use serde::Deserialize;
use table::{Case, Expected, Subject, Wait};
use testing_fault_server::Answer;

/// An answer, and the verdicts that may be given of it.
#[derive(Clone, Deserialize)]
struct Given {
    id: String,
    provider: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    verdict: Vec<String>,
    why: String,
}

impl Given {
    /// Its body: a character stands for a byte where all of them can.
    fn body(&self) -> Vec<u8> {
        let bytes = self.body.chars().map(|c| u8::try_from(u32::from(c)));
        let bytes: Result<_, _> = bytes.collect();
        bytes.unwrap_or_else(|_| self.body.clone().into_bytes())
    }

    fn case(&self) -> Case {
        let (status, body) = (self.status, self.body());
        let headers = self.headers.iter();
        let headers: Vec<_> = headers.map(|(name, it)| format!("{name}: {it}")).collect();
        Case {
            provider: harness::provider(&self.provider).clone(),
            name: format!("{} ({})", self.id, self.why),
            answers: Arc::new(move |_| {
                let headers: Vec<_> = headers.iter().map(String::as_str).collect();
                vec![Answer::http(status, &headers, &body)]
            }),
            timeout: table::SHORT,
            // Of these, what is expected is the verdict alone.
            expected: Expected {
                verdict: "any",
                exit: 0,
                kind: None,
                status: None,
                code: None,
                reason: None,
                limited: None,
                retry_after: Wait::None,
                subject: Subject::NoIdentity,
                requests: 1,
            },
        }
    }

    async fn complaints(&self) -> Vec<String> {
        let case = self.case();
        let mut complaints = Vec::new();
        let mut first = None;
        for by in [
            "command",
            "command, described",
            "library",
            "library, described",
        ] {
            let servers = Servers::start(&case).await;
            let url = servers.asked.url();
            let outcome = match by {
                "library" => Outcome::of_verdict(&harness::verify(&case, &url).await),
                "library, described" => {
                    Outcome::of_verdict(&harness::verify_described(&case, &url).await)
                }
                _ => {
                    let mut command = harness::asking(&case, &url, &[]);
                    command.arg("--json");
                    if by != "command" {
                        command.args(["--specs", SPECS]);
                    }
                    let output = command.output().await.unwrap();
                    let line = &lines(&output)[0];
                    let has = |key: &str| line[key].is_object();
                    if (has("identity"), has("error"))
                        != (line["verdict"] == "valid", line["verdict"] != "valid")
                    {
                        complaints.push(format!("{by}: {line}"));
                    }
                    Outcome::of_line(line)
                }
            };
            if !self.verdict.contains(&outcome.verdict) {
                complaints.push(format!("{by}: not {:?}: {outcome:?}", self.verdict));
            }
            let first = first.get_or_insert_with(|| outcome.clone());
            if *first != outcome {
                complaints.push(format!("{by}: {outcome:?}, and before: {first:?}"));
            }
        }
        complaints
    }
}

/// The file of cases, if there is one.
fn cases() -> Option<Vec<Given>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases");
    let folder = env::var_os("KEYHOLDER_CASES").map_or_else(|| beside.into(), PathBuf::from);
    let Ok(text) = fs::read_to_string(folder.join("answers.json")) else {
        eprintln!("no answers.json there: nothing was tested");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_comes_to_its_verdict_by_all_ways() {
    let given = cases().unwrap_or_default();
    let all: Vec<_> = given.iter().map(Given::case).collect();
    harness::for_each_case(&all, |case| {
        let id = case.name.split(' ').next().unwrap();
        let given = given.iter().find(|it| it.id == id).unwrap().clone();
        async move { given.complaints().await }
    })
    .await;
}
