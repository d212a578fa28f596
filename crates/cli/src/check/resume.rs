//! What earlier runs have answered.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use keyholder::{ErrorKind, VerdictKind};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::input::{Lines, Next};
use super::members;
use crate::complain;
use crate::output::Unasked;

/// What every line of output begins with, so that one that was cut off is told from what is no line of output at all.
const BEGINNING: &[u8] = b"{\"id\":";

/// How many identifiers are known of before the oldest half of them is forgotten.
const SEEN: usize = 1 << 20;

/// The identifiers that earlier runs have answered, as hashes: eight bytes each.
#[derive(Default)]
pub(super) struct Answered {
    hasher: RandomState,
    /// Of each verdict, in the order of [`VerdictKind::ALL`]. None is in two of them.
    hashes: [HashSet<u64>; 3],
    /// Of identifiers that were answered several times, how often by which verdict.
    several: HashMap<u64, [u32; 3]>,
    /// How many lines there are of an identifier that say that nobody can be asked, by that and the reason.
    told: HashMap<u64, u32>,
    /// Whether those of which nothing is known are asked about again.
    retries_indeterminate: bool,
}

impl Answered {
    pub(super) fn retry_indeterminate(mut self, retries: bool) -> Self {
        self.retries_indeterminate = retries;
        self
    }

    /// The verdict on the token of that identifier, if it need not be asked about again.
    pub(super) fn verdict(&self, hash: u64) -> Option<VerdictKind> {
        VerdictKind::ALL
            .into_iter()
            .find(|&verdict| self.hashes[verdict as usize].contains(&hash))
    }

    /// The verdict on a line whose identifier came in so many lines before it: of several lines, each has an answer of its
    /// own, or has none yet.
    pub(super) fn verdict_of(&self, hash: u64, before: u32) -> Option<VerdictKind> {
        let Some([valid, invalid, indeterminate]) = self.several.get(&hash).copied() else {
            return self.verdict(hash).filter(|_| before == 0);
        };
        // A line that was asked about again has an answer more, which says nothing.
        let unknown = if valid + invalid == 0 {
            indeterminate
        } else {
            0
        };
        let counts = [valid, invalid, unknown];
        let mut left = before;
        VerdictKind::ALL.into_iter().find(|&verdict| {
            let is_it = left < counts[verdict as usize];
            left = left.saturating_sub(counts[verdict as usize]);
            is_it
        })
    }

    /// Whether that many lines of that identifier, and one more, say that nobody can be asked, and why: to say so again
    /// would only make the output longer.
    pub(super) fn has_told(&self, hash: u64, kind: Unasked, before: u32) -> bool {
        let told = self.told.get(&self.told_as(hash, kind.as_str()));
        told.is_some_and(|count| *count > before)
    }

    fn told_as(&self, hash: u64, kind: &str) -> u64 {
        self.hasher.hash_one((hash, kind))
    }

    /// What an identifier is known by.
    pub(super) fn hash(&self, id: &RawValue) -> u64 {
        // A program between may have written the string in another way.
        match serde_json::from_str::<Cow<'_, str>>(id.get()) {
            Ok(text) => self.hasher.hash_one((true, text)),
            Err(_) => self.hasher.hash_one((false, id.get())),
        }
    }

    /// Notes a line of output. Where there are several of one identifier, the one that says most counts, so that outputs may
    /// be put together in any order.
    fn note(&mut self, line: &Earlier<'_>) {
        let Some(id) = line.id.filter(|id| members::is_scalar(id)) else {
            return;
        };
        let hash = self.hash(id);
        if line.is_unasked() {
            if let Some(Failure { kind }) = &line.error {
                *self.told.entry(self.told_as(hash, kind)).or_default() += 1;
            }
            return;
        }
        let known = self.verdict(hash);
        if let Some(known) = known
            && !(self.retries_indeterminate && line.verdict == VerdictKind::Indeterminate)
        {
            let counts = self.several.entry(hash).or_insert_with(|| {
                let mut counts = [0; 3];
                counts[known as usize] = 1;
                counts
            });
            counts[line.verdict as usize] = counts[line.verdict as usize].saturating_add(1);
        }
        match (known, line.verdict) {
            (_, VerdictKind::Indeterminate) if self.retries_indeterminate || known.is_some() => {}
            (_, verdict) => {
                if let Some(known) = known {
                    self.hashes[known as usize].remove(&hash);
                }
                self.hashes[verdict as usize].insert(hash);
            }
        }
    }

    /// Reads the output of an earlier run, and gives how it ends. A line that was cut off says nothing.
    pub(super) fn read(&mut self, name: &Path, file: &File) -> Result<Tail, String> {
        let name = name.display();
        let unreadable = |error| format!("{name}: cannot be read: {error}");
        let again = |number, what| {
            complain(&format!(
                "{name}: line {number} {what}: it is checked again"
            ));
        };
        let mut lines = Lines::of_output(file);
        let mut tail = Tail::Whole;
        loop {
            let start = lines.position();
            let Some((number, next)) = lines.next_line().map_err(unreadable)? else {
                return Ok(tail);
            };
            let Next::Line(text) = next else {
                again(number, "is too long");
                tail = lines.tail(Tail::Cut(start));
                continue;
            };
            let text = text.trim_ascii();
            tail = match serde_json::from_slice::<Earlier<'_>>(text) {
                _ if text.is_empty() => Tail::Unended,
                // What a machine leaves that lost its power.
                _ if text.iter().all(|byte| *byte == 0) => Tail::Cut(start),
                Ok(line) => {
                    self.note(&line);
                    Tail::Unended
                }
                Err(error) if error.is_data() || !text.starts_with(b"{") => {
                    return Err(format!(
                        "{name}: line {number} is no line of output: only what an earlier run has printed can be resumed from, or added to"
                    ));
                }
                // Cut off; a run that went on from there may have written behind it.
                Err(_) => {
                    again(number, "was cut off");
                    if is_beginning(text) {
                        Tail::Cut(start)
                    } else {
                        Tail::Unended
                    }
                }
            };
            tail = lines.tail(tail);
        }
    }
}

/// How a file of answers ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tail {
    /// With a line break, or it is empty.
    Whole,
    /// With a whole line that lacks its line break.
    Unended,
    /// With a line that was cut off, which begins there.
    Cut(u64),
}

/// Whether a text begins as a line of output does, or is the beginning of that.
fn is_beginning(text: &[u8]) -> bool {
    text.iter().zip(BEGINNING).all(|(one, other)| one == other)
}

/// A line of output, as far as it matters here.
#[derive(Deserialize)]
struct Earlier<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    verdict: VerdictKind,
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
    /// Whether the line is of a token that nobody was asked about: that may be otherwise by now.
    fn is_unasked(&self) -> bool {
        let Some(Failure { kind }) = &self.error else {
            return false;
        };
        *kind == ErrorKind::Config.as_str() || Unasked::ALL.iter().any(|it| *kind == it.as_str())
    }
}

/// The identifiers that came in this run, of which those are told that come twice. It holds a bounded number of them: an
/// identifier that comes again after half a million others may not be noticed.
#[derive(Default)]
pub(super) struct Seen {
    recent: HashSet<u64>,
    older: HashSet<u64>,
    /// How often those came before that came several times.
    several: HashMap<u64, u32>,
}

impl Seen {
    /// In how many lines the identifier came before.
    pub(super) fn before(&mut self, hash: u64) -> u32 {
        if self.older.contains(&hash) || !self.recent.insert(hash) {
            if self.several.len() >= SEEN {
                self.several.clear();
            }
            let count = self.several.entry(hash).or_default();
            *count = count.saturating_add(1);
            return *count;
        }
        if self.recent.len() >= SEEN / 2 {
            self.older = std::mem::take(&mut self.recent);
        }
        0
    }
}
