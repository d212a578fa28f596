//! The steps of a row that run code under test, in a process of their own: one that panics, aborts or never ends is
//! that row's, and takes no other row with it.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use keyholder_codegen::Destination;
use keyholder_core::ProviderInfo;
use keyholder_openapi::{Error, Result};
use testing_harness::file;

use super::index::Entry;
use super::process;
use super::runner::{Answer, Question};
use super::{generate, run_time};

/// The argument by which this program is asked to do one step; the file of the step follows.
pub const ARGUMENT: &str = "--step";

/// How long a step may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A step.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// Proposes, and generates without writing.
    Generate {
        root: PathBuf,
        corpus: PathBuf,
        entry: Entry,
        specs: PathBuf,
        out: PathBuf,
    },
    /// Holds a client that is made at run time against what the generated one said.
    Compare {
        info: Box<ProviderInfo>,
        question: Question,
        answer: Answer,
    },
}

/// Does the step that a file tells of, and gives what came of it.
///
/// # Errors
///
/// A file that tells of none, and what goes wrong with the step as a whole.
pub fn step(file: &Path) -> Result<Value> {
    let mut text = String::new();
    let error = |error: std::io::Error| Error::new(error.to_string()).in_file(file);
    File::open(file)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(error)?;
    let step =
        serde_json::from_str(&text).map_err(|error| Error::new(error.to_string()).in_file(file))?;
    match step {
        Step::Generate {
            root,
            corpus,
            entry,
            specs,
            out,
        } => {
            let destination = Destination::detached(&root, out)?;
            Ok(json!(generate::outcome(
                &corpus,
                &entry,
                &specs,
                &destination
            )))
        }
        Step::Compare {
            info,
            question,
            answer,
        } => Ok(json!(run_time::compare(&info, &question, &answer)?)),
    }
}

/// Has a step done by a process of its own; `folder` is where it is told of.
///
/// # Errors
///
/// What the step says of itself, or what became of its process.
pub(super) fn ask<T: for<'de> Deserialize<'de>>(
    step: &Step,
    folder: &Path,
    name: &str,
) -> Result<T> {
    let task = folder.join(format!("{name}.json"));
    file::write(&task, &json!(step).to_string())?;
    let cannot = |error: std::io::Error| Error::new(format!("cannot be run: {error}"));
    let program = std::env::current_exe().map_err(cannot)?;
    let ended =
        process::run(Command::new(program).arg(ARGUMENT).arg(&task), LIMIT).map_err(cannot)?;
    if let Some(fault) = ended.fault() {
        return Err(Error::new(fault.trim_start_matches("error: ").to_owned()));
    }
    let said = serde_json::from_slice(&ended.output.stdout);
    // One that went wrong can be done again, to see why. The others are only large.
    if said.is_ok() {
        let _ = std::fs::remove_file(&task);
    }
    said.map_err(|error| Error::new(format!("said nothing that can be read: {error}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::{Step, ask, step};

    #[test]
    fn a_process_that_ends_badly_is_an_error_of_its_step() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| place.path().join(name);
        let asked = Step::Generate {
            root: PathBuf::from("/"),
            corpus: folder("corpus"),
            entry: serde_json::from_value(json!({ "provider": "acme", "file": "acme.yaml" }))
                .unwrap(),
            specs: folder("specs"),
            out: folder("out"),
        };
        // The program of this test knows no steps, and says so.
        let error = ask::<Value>(&asked, place.path(), "acme")
            .unwrap_err()
            .to_string();
        assert!(error.contains("exit status"), "{error}");
        // What it was asked is kept, to be done again.
        assert!(step(&folder("acme.json")).is_err());
        assert!(folder("acme.json").exists());
    }
}
