//! What an earlier run has answered.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::input::{Lines, Next};
use super::members;
use crate::complain;
use crate::output::Unasked;

/// The identifiers that an earlier run has answered, as hashes: eight bytes each.
#[derive(Default)]
pub(super) struct Answered {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl Answered {
    pub(super) fn has(&self, id: &RawValue) -> bool {
        !self.hashes.is_empty() && self.hashes.contains(&self.hash(id))
    }

    fn hash(&self, id: &RawValue) -> u64 {
        // A program between may have written the string in another way.
        match serde_json::from_str::<String>(id.get()) {
            Ok(text) => self.hasher.hash_one((true, text)),
            Err(_) => self.hasher.hash_one((false, id.get())),
        }
    }
}

/// A line of output, as far as it matters here.
#[derive(Deserialize)]
struct Earlier<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(rename = "verdict")]
    _verdict: IgnoredAny,
    #[serde(borrow)]
    error: Option<Failure<'a>>,
}

/// The error of a line of output, as far as it matters here.
#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

impl Earlier<'_> {
    /// Whether the line is of a token that nobody was to be asked about: that may be otherwise by now.
    fn is_unasked(&self) -> bool {
        let kind = self.error.as_ref().map(|error| &*error.kind);
        Unasked::ALL.iter().any(|it| kind == Some(it.as_str()))
    }
}

/// Reads the output of an earlier run. A line that was cut off says nothing.
pub(super) fn read(file: &Path) -> Result<Answered, String> {
    let name = file.display();
    let unreadable = |error| format!("{name}: cannot be read: {error}");
    let mut lines = Lines::new(BufReader::new(File::open(file).map_err(unreadable)?));
    let mut answered = Answered::default();
    while let Some((number, next)) = lines.next_line().map_err(unreadable)? {
        let Next::Line(text) = next else {
            complain(&format!(
                "{name}: line {number} is too long: it is checked again"
            ));
            continue;
        };
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Earlier<'_>>(text) {
            Ok(earlier) if earlier.is_unasked() => {}
            Ok(earlier) => {
                if let Some(id) = earlier.id.filter(|id| members::is_scalar(id)) {
                    let hash = answered.hash(id);
                    answered.hashes.insert(hash);
                }
            }
            Err(error) if error.is_data() => {
                return Err(format!(
                    "{name}: line {number} is no line of output: --resume takes what an earlier run has printed"
                ));
            }
            // Cut off; a run that went on from there has written behind it.
            Err(_) => complain(&format!(
                "{name}: line {number} was cut off: it is checked again"
            )),
        }
    }
    Ok(answered)
}
