//! What is said on standard error: malformed lines, progress, the summary.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::input::{self, End, MAX_REPORTED};
use super::line::Refusal;
use keyholder::VerdictKind;
use keyholder_openapi::text;

use crate::output::{self, Line, Unasked};
use crate::table::{Table, table_for_errors};

/// Counts what becomes of the lines, and says what there is to say. Both the reading thread and the asking one have it.
pub(super) struct Report {
    bar: Option<ProgressBar>,
    quiet: bool,
    is_dry_run: bool,
    /// How many lines are done with.
    passed: AtomicU64,
    read: AtomicU64,
    malformed: AtomicU64,
    unknown: AtomicU64,
    twice: AtomicU64,
    elsewhere: AtomicU64,
    /// Those that an earlier run has answered, by its verdicts.
    skipped: [AtomicU64; 3],
    left: AtomicU64,
    is_broken: AtomicBool,
    tally: Mutex<Tally>,
}

/// How many tokens of which provider came to what.
#[derive(Default)]
struct Tally {
    /// Valid, invalid, indeterminate.
    verdicts: BTreeMap<String, [u64; 3]>,
    misconfigured: u64,
    /// Those whose input has the token masked.
    redacted: u64,
    /// Those that were not asked about, because their host is not allowed; and what was said of them.
    refused: u64,
    said: HashSet<String>,
    /// How many lines would be sent where.
    places: BTreeMap<Place, u64>,
}

/// Where a token would go.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    host: String,
    provider: String,
    /// Where the request carries the token; none where it may not be sent there.
    key: Option<String>,
}

/// How many places are told apart: every line may have a host of its own.
const MAX_PLACES: usize = 1000;

impl Tally {
    fn total(&self) -> [u64; 3] {
        let mut total = [0; 3];
        for counts in self.verdicts.values() {
            for (sum, count) in total.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        total
    }
}

impl Report {
    /// Begins to report, with a bar if there is one.
    pub(super) fn start(bar: Option<ProgressBar>, quiet: bool, is_dry_run: bool) -> Self {
        Self {
            bar,
            quiet,
            is_dry_run,
            passed: AtomicU64::new(0),
            read: AtomicU64::new(0),
            malformed: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            twice: AtomicU64::new(0),
            elsewhere: AtomicU64::new(0),
            skipped: Default::default(),
            left: AtomicU64::new(0),
            is_broken: AtomicBool::new(false),
            tally: Mutex::default(),
        }
    }

    /// Says one thing, above the bar. Where standard error is closed there is nobody to tell.
    pub(super) fn say(&self, message: &str) {
        let say = || {
            let _ = writeln!(io::stderr(), "{}", text::message(message));
        };
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// A line that is asked about was read.
    pub(super) fn read(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    /// A line was passed over, because there is nothing in it.
    pub(super) fn passed(&self) {
        self.advance();
    }

    /// A line was skipped, because an earlier run has answered it so.
    pub(super) fn skipped(&self, verdict: VerdictKind) {
        self.skipped[verdict as usize].fetch_add(1, Ordering::Relaxed);
        self.advance();
    }

    /// A line was left to another run.
    pub(super) fn elsewhere(&self) {
        self.elsewhere.fetch_add(1, Ordering::Relaxed);
        self.advance();
    }

    /// A line has an identifier that one before it has.
    pub(super) fn twice(&self, number: u64, id: &str) {
        let count = self.twice.fetch_add(1, Ordering::Relaxed);
        if count < MAX_REPORTED {
            self.say(&format!(
                "warning: line {number}: its `id` came before: {id}: their answers cannot be told apart, and --resume counts them"
            ));
        } else if count == MAX_REPORTED {
            self.say(
                "warning: there are more lines whose `id` came before: they are counted, not shown",
            );
        }
    }

    /// A line cannot be asked about.
    pub(super) fn refused(&self, number: u64, refusal: &Refusal) {
        let message = refusal.message();
        if refusal.is_of_key() {
            let count = self.unknown.fetch_add(1, Ordering::Relaxed);
            if count < MAX_REPORTED {
                self.say(&format!("warning: line {number}: {message}"));
            }
            return;
        }
        let count = self.malformed.fetch_add(1, Ordering::Relaxed);
        if count < MAX_REPORTED {
            self.say(&format!("error: line {number}: {message}"));
        } else if count == MAX_REPORTED {
            self.say("error: there are more malformed lines: they are counted, not shown");
        }
    }

    /// Nobody is asked about a line. What is wrong with a host is said once.
    pub(super) fn unasked(&self, number: u64, line: &Line) {
        let Some((_, message)) = line.failure().filter(|_| line.is_misconfigured()) else {
            return;
        };
        let mut tally = self.tally();
        if line.is_not_allowed() {
            tally.refused += 1;
        }
        let has_room = (tally.said.len() as u64) < MAX_REPORTED;
        let is_new = has_room && tally.said.insert(message.clone());
        drop(tally);
        if is_new {
            self.say(&format!("error: line {number}: {message}"));
        }
    }

    /// So many lines were not read.
    pub(super) fn left(&self, lines: u64) {
        self.left.fetch_add(lines, Ordering::Relaxed);
    }

    /// The input broke off.
    pub(super) fn broken(&self, message: &str) {
        self.is_broken.store(true, Ordering::Relaxed);
        self.say(&format!("error: {message}"));
    }

    /// A token came to this.
    pub(super) fn answered(&self, line: &Line) {
        let provider = line.provider();
        let mut tally = self.tally();
        let nth = line.verdict() as usize;
        match tally.verdicts.get_mut(provider) {
            Some(counts) => counts[nth] += 1,
            None => tally.verdicts.entry(provider.to_owned()).or_default()[nth] += 1,
        }
        if line.is_misconfigured() {
            tally.misconfigured += 1;
        }
        if line.unasked_kind() == Some(Unasked::Redacted) {
            tally.redacted += 1;
        }
        if let Some(request) = line.request() {
            let key = Some(request.key.clone()).filter(|_| !line.is_misconfigured());
            let mut place = Place {
                host: request.host.clone(),
                provider: provider.to_owned(),
                key,
            };
            if tally.places.len() >= MAX_PLACES && !tally.places.contains_key(&place) {
                "(others)".clone_into(&mut place.host);
            }
            *tally.places.entry(place).or_default() += 1;
        }
        drop(tally);
        self.advance();
    }

    /// Takes the bar away, before anything else is printed.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// The end: what came of it, and what is left.
    pub(super) fn finish(&self, interrupted: bool, end: &End) {
        self.clear();
        if interrupted {
            let known: u64 = self.tally().total().iter().sum();
            let left = self.read.load(Ordering::Relaxed).saturating_sub(known)
                + self.left.load(Ordering::Relaxed);
            let more = if end.is_counted {
                ""
            } else {
                ", and there may be more to read"
            };
            self.say(&format!(
                "interrupted: {} not asked about{more}",
                lines(left)
            ));
        }
        if !self.quiet {
            let _ = write!(io::stderr(), "{}", self.summary());
        }
    }

    fn summary(&self) -> String {
        let tally = self.tally();
        let table = if self.is_dry_run {
            places(&tally)
        } else {
            verdicts(&tally)
        };
        let mut summary = format!("{}\n", table.trim_fmt());
        if tally.refused > 0 {
            let refused = lines(tally.refused);
            let _ = writeln!(
                summary,
                "{refused} for hosts that are not allowed: nothing was sent there"
            );
        }
        if tally.redacted > 0 {
            let redacted = lines(tally.redacted);
            let _ = writeln!(
                summary,
                "{redacted} without the token, which the scanner has left out: run it without its option to redact"
            );
        }
        let malformed = self.malformed.load(Ordering::Relaxed);
        if malformed > 0 {
            let _ = writeln!(summary, "{} malformed", lines(malformed));
        }
        let twice = self.twice.load(Ordering::Relaxed);
        if twice > 0 {
            let _ = writeln!(summary, "{} with an `id` that came before", lines(twice));
        }
        let elsewhere = self.elsewhere.load(Ordering::Relaxed);
        if elsewhere > 0 {
            let _ = writeln!(summary, "{} left to other shares", lines(elsewhere));
        }
        let skipped = self.skipped_verdicts();
        if skipped != [0; 3] {
            let [valid, invalid, indeterminate] = skipped;
            let _ = writeln!(
                summary,
                "{} skipped: answered before, {valid} valid, {invalid} invalid, {indeterminate} indeterminate",
                lines(skipped.iter().sum())
            );
        }
        summary
    }

    fn skipped_verdicts(&self) -> [u64; 3] {
        self.skipped.each_ref().map(|it| it.load(Ordering::Relaxed))
    }

    /// The exit status that all of it comes to, with what earlier runs have answered.
    pub(super) fn exit_code(&self, fail_on: &[VerdictKind]) -> ExitCode {
        let tally = self.tally();
        let mut counts = tally.total();
        for (count, before) in counts.iter_mut().zip(self.skipped_verdicts()) {
            *count += before;
        }
        let [_, invalid, indeterminate] = counts;
        let misconfigured = tally.misconfigured > 0
            || self.malformed.load(Ordering::Relaxed) > 0
            || self.is_broken.load(Ordering::Relaxed);
        if self.is_dry_run {
            // Nothing is known of any token, and that is as it should be.
            return output::status(misconfigured, false, false);
        }
        if !fail_on.is_empty() {
            let is_met = fail_on.iter().any(|verdict| counts[*verdict as usize] > 0);
            return output::status(misconfigured, is_met, false);
        }
        output::status(misconfigured, invalid > 0, indeterminate > 0)
    }

    fn advance(&self) {
        self.passed.fetch_add(1, Ordering::Relaxed);
    }

    /// Shows on the bar how many lines are done. That costs more than counting a line does.
    pub(super) fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.passed.load(Ordering::Relaxed));
        }
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many tokens of which provider came to what.
fn verdicts(tally: &Tally) -> Table {
    let [valid, invalid, indeterminate] = VerdictKind::ALL.map(VerdictKind::as_str);
    let mut table = table_for_errors(&["provider", valid, invalid, indeterminate]);
    let mut add = |name: &str, counts: [u64; 3]| {
        let [valid, invalid, indeterminate] = counts.map(|it| it.to_string());
        table.add_row([name, &valid, &invalid, &indeterminate]);
    };
    for (name, counts) in &tally.verdicts {
        let name = if name.is_empty() { "(unknown)" } else { name };
        add(name, *counts);
    }
    if tally.verdicts.len() != 1 {
        add("all", tally.total());
    }
    table
}

/// How many tokens would be sent where.
fn places(tally: &Tally) -> Table {
    let mut table = table_for_errors(&["host", "provider", "lines", "token in"]);
    for (place, count) in &tally.places {
        let key = place.key.as_deref().unwrap_or("(not allowed)");
        let count = count.to_string();
        table.add_row([place.host.as_str(), &place.provider, &count, key]);
    }
    if tally.places.len() != 1 {
        let all: u64 = tally.places.values().sum();
        table.add_row(["all", "", &all.to_string(), ""]);
    }
    table
}

fn lines(count: u64) -> String {
    match count {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// The bar, where standard error is a terminal: of the lines of a file, or else of what there was so far.
///
/// # Errors
///
/// The file cannot be read.
pub(super) fn bar_for(file: Option<&File>) -> io::Result<Option<ProgressBar>> {
    if !io::stderr().is_terminal() {
        return Ok(None);
    }
    Ok(Some(bar(file.map(input::count).transpose()?)))
}

/// A bar where it is known how many lines there are; otherwise what there was so far.
fn bar(lines: Option<u64>) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let (bar, template) = match lines {
        Some(lines) => (
            ProgressBar::with_draw_target(Some(lines), target),
            "{wide_bar} {human_pos} of {human_len}, {rate}, {eta} left",
        ),
        None => (
            ProgressBar::with_draw_target(None, target),
            "{spinner} {human_pos}, {rate}, {elapsed}",
        ),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{:.1}/s", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
