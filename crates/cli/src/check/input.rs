//! A thread that reads the lines, no further ahead than they are asked for.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use keyholder::Key;
use same_file::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::formats::{self, Broken, Fields, Format, Reading, Sink};
use super::line::{Before, Entry, Found, Read, Reader, Refusal};
use super::report::Report;
use super::resume::{Seen, Tail};
use crate::output::{Line, Tag};

/// The longest line, in bytes.
const MAX_LINE: usize = 1024 * 1024;

/// The longest line of output that is read, in bytes: a body of a megabyte may come to much more.
const MAX_OUTPUT_LINE: usize = 64 * 1024 * 1024;

/// How many lines are handed over at once, and in how many bytes: waking another thread for each would cost more than
/// reading it.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 64 * 1024;

/// About how much of the input a key is, in bytes.
const ABOUT: usize = 512;

/// How many batches are read before anybody asks for them.
const AHEAD: usize = 2;

/// How much of the input is read at once.
const BUFFER: usize = 64 * 1024;

/// How many malformed lines are reported one by one.
pub(super) const MAX_REPORTED: u64 = 100;

/// Where the lines come from.
pub(super) enum Source {
    /// A regular file, which can be read twice.
    File(File, PathBuf),
    /// A pipe or a device that has a name.
    Stream(File, PathBuf),
    Stdin,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(_, path) | Self::Stream(_, path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

impl Source {
    /// Whether it can be known how much there is before all is read.
    pub(super) fn file(&self) -> Option<&File> {
        match self {
            Self::File(file, _) => Some(file),
            Self::Stream(..) | Self::Stdin => None,
        }
    }

    /// Whether it is that file, where the system tells.
    pub(super) fn is(&self, other: &Handle) -> bool {
        let own = match self {
            Self::File(file, _) => file.try_clone().and_then(Handle::from_file),
            Self::Stream(..) => return false,
            Self::Stdin => Handle::stdin(),
        };
        own.is_ok_and(|own| own == *other)
    }

    /// How it is read, where that can be known before it is read: of a file.
    pub(super) fn reading(&mut self, format: Option<Format>) -> io::Result<Option<Reading>> {
        let Self::File(file, path) = self else {
            return Ok(None);
        };
        let reading = formats::open(Box::new(file.try_clone()?), Some(path), format)?.reading;
        file.rewind()?;
        Ok(Some(reading))
    }

    /// Reads a file through and back to its start; no line of it may be malformed.
    pub(super) fn validate(
        &mut self,
        reader: &Reader,
        format: Option<Format>,
    ) -> Result<(), String> {
        let Self::File(file, path) = self else {
            return Ok(());
        };
        let unreadable = |error| format!("{}: cannot be read: {error}", path.display());
        let input = file.try_clone().map_err(unreadable)?;
        let mut validation = Validation {
            reader,
            malformed: 0,
        };
        let input = formats::open(Box::new(input), Some(path), format).map_err(unreadable)?;
        read_with(input, reader, &mut validation).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        match validation.malformed {
            0 => Ok(()),
            1 => Err("1 line is malformed: nothing was asked".to_owned()),
            count => Err(format!("{count} lines are malformed: nothing was asked")),
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::File(_, path) | Self::Stream(_, path) => Some(path),
            Self::Stdin => None,
        }
    }

    fn open(self) -> Box<dyn io::Read> {
        match self {
            Self::File(file, _) | Self::Stream(file, _) => Box::new(file),
            Self::Stdin => Box::new(io::stdin()),
        }
    }
}

/// Says what is malformed, and counts it.
struct Validation<'r> {
    reader: &'r Reader,
    malformed: u64,
}

impl Sink for Validation<'_> {
    fn take(&mut self, number: u64, found: Result<Found, Refusal>) -> bool {
        let read = found.and_then(|found| self.reader.read_found(found, &mut |_| 0));
        self.take_read(number, read)
    }

    fn wait(&mut self) -> bool {
        true
    }
}

impl Lined for Validation<'_> {
    fn take_read(&mut self, number: u64, read: Result<Read, Refusal>) -> bool {
        let refused = match read {
            Ok(Read {
                entry: Entry::Unasked(line),
                ..
            }) if line.is_misconfigured() => line.failure().map(|(_, message)| message),
            Ok(_) => None,
            Err(refusal) => Some(refusal.message().to_owned()),
        };
        if let Some(message) = refused {
            self.malformed += 1;
            if self.malformed <= MAX_REPORTED {
                crate::complain(&format!("line {number}: {message}"));
            }
        }
        true
    }

    fn before(&mut self, _: u64) -> u32 {
        0
    }

    fn is_broken(&mut self, _: &str) {}
}

/// The thread that reads.
pub(super) struct Input {
    /// Gives whether there is nothing left that was not read.
    thread: JoinHandle<bool>,
    is_file: bool,
}

/// What there is in the lines, in batches.
pub(super) struct Entries {
    /// Those to be asked about.
    pub(super) keys: Receiver<Vec<Key<Tag>>>,
    /// The answers to the others.
    pub(super) unasked: Receiver<Vec<Line>>,
}

/// How the input ended.
pub(super) struct End {
    /// Whether it was read to its end, or it is known how much is left.
    pub(super) is_counted: bool,
}

impl Input {
    pub(super) fn start(
        source: Source,
        format: Option<Format>,
        is_lines: bool,
        reader: Reader,
        strict: bool,
        report: Arc<Report>,
    ) -> (Self, Entries) {
        let (keys, keys_to_ask) = mpsc::channel(AHEAD);
        let (unasked, lines) = mpsc::channel(AHEAD);
        // How many findings a report has is not known before it is read.
        let is_file = is_lines && source.file().is_some() && !reader.is_shared();
        let thread = thread::spawn(move || {
            let name = source.to_string();
            let mut batches = Batches::new(keys, unasked);
            let read = read(source, format, &reader, strict, &report, &mut batches);
            // What stands before the place where reading ended counts.
            let is_taken = batches.hand_over();
            match read {
                Ok(is_whole) => is_whole && is_taken,
                Err(error) => {
                    report.broken(&format!("{name}: cannot be read: {error}"));
                    true
                }
            }
        });
        let entries = Entries {
            keys: keys_to_ask,
            unasked: lines,
        };
        (Self { thread, is_file }, entries)
    }

    /// Waits until a file is counted. What reads a stream may wait for its next line for ever: it is left to itself.
    pub(super) fn finish(self) -> End {
        // It has complained itself, if there was anything.
        let is_whole = if self.is_file || self.thread.is_finished() {
            self.thread.join().unwrap_or(true)
        } else {
            false
        };
        End {
            is_counted: self.is_file || is_whole,
        }
    }
}

/// What was read, and is handed over in batches.
struct Batches {
    keys: Vec<Key<Tag>>,
    lines: Vec<Line>,
    bytes: usize,
    to_keys: Sender<Vec<Key<Tag>>>,
    to_lines: Sender<Vec<Line>>,
}

impl Batches {
    fn new(to_keys: Sender<Vec<Key<Tag>>>, to_lines: Sender<Vec<Line>>) -> Self {
        Self {
            keys: Vec::new(),
            lines: Vec::new(),
            bytes: 0,
            to_keys,
            to_lines,
        }
    }

    fn is_full(&self) -> bool {
        self.keys.len() + self.lines.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn push_key(&mut self, key: Key<Tag>) {
        self.bytes += ABOUT;
        self.keys.push(key);
    }

    fn push_line(&mut self, line: Line) {
        self.bytes += ABOUT;
        self.lines.push(line);
    }

    /// Hands over what there is, as soon as there is room for it. False when nobody wants any more.
    fn hand_over(&mut self) -> bool {
        self.bytes = 0;
        let (keys, lines) = (mem::take(&mut self.keys), mem::take(&mut self.lines));
        (keys.is_empty() || self.to_keys.blocking_send(keys).is_ok())
            && (lines.is_empty() || self.to_lines.blocking_send(lines).is_ok())
            && !self.to_keys.is_closed()
    }
}

/// Reads the input, and tells whether that was to its end.
fn read(
    source: Source,
    format: Option<Format>,
    reader: &Reader,
    strict: bool,
    report: &Report,
    batches: &mut Batches,
) -> io::Result<bool> {
    let is_file = source.file().is_some();
    let path = source.path().map(Path::to_owned);
    let input = formats::open(source.open(), path.as_deref(), format)?;
    let mut intake = Intake {
        reader,
        strict,
        report,
        batches,
        seen: Seen::default(),
        counts: HashMap::new(),
        is_stopped: false,
        is_over: false,
    };
    let rest = read_with(input, reader, &mut intake)?;
    // How many of those are for other runs is not known.
    if let Some(mut rest) = rest
        && !intake.is_stopped
        && is_file
        && !reader.is_shared()
    {
        report.left(rest.count_rest()?);
    }
    Ok(!intake.is_over)
}

/// Who takes what is read of lines, too.
trait Lined: Sink {
    /// Takes what a line is. False when no more is wanted.
    fn take_read(&mut self, number: u64, read: Result<Read, Refusal>) -> bool;

    /// How often an identifier came before, by what it is known by.
    fn before(&mut self, hash: u64) -> u32;

    /// The input is not what it should be, from there on.
    fn is_broken(&mut self, message: &str);
}

/// Reads an input to its end, or until no more of it is wanted; and gives the rest of it, where that is lines.
fn read_with(
    input: formats::Input,
    reader: &Reader,
    sink: &mut impl Lined,
) -> io::Result<Option<Lines<Box<dyn io::Read>>>> {
    let is_report = match input.reading {
        Reading::Lines => false,
        Reading::Findings => true,
        _ => {
            match formats::walk(input, reader.fields(), reader.providers(), sink) {
                Ok(()) => {}
                Err(Broken::Io(error)) => return Err(error),
                Err(Broken::Malformed(number, message)) => {
                    sink.take_read(number, Err(Refusal::malformed(message)));
                    sink.is_broken("nothing after that line was read");
                }
            }
            return Ok(None);
        }
    };
    let mut lines = Lines::new(input.input);
    loop {
        // Nothing waits for what its writer has not written yet.
        if !lines.has_next() && !sink.wait() {
            return Ok(Some(lines));
        }
        let Some((number, next)) = lines.next_line()? else {
            return Ok(Some(lines));
        };
        let is_wanted = if is_report {
            match next.finding(reader.fields()) {
                Some(found) => sink.take(number, found),
                None => sink.take_read(number, Ok(Read::blank())),
            }
        } else {
            let read = next.read(reader, &mut |hash| sink.before(hash));
            sink.take_read(number, read)
        };
        if !is_wanted {
            return Ok(Some(lines));
        }
    }
}

/// Takes what is read: to be asked about, or to be told.
struct Intake<'i> {
    reader: &'i Reader,
    strict: bool,
    report: &'i Report,
    batches: &'i mut Batches,
    seen: Seen,
    /// How often the identifiers of findings came.
    counts: HashMap<u64, u32>,
    /// Whether a malformed line was the last.
    is_stopped: bool,
    /// Whether no more was wanted before the input ended.
    is_over: bool,
}

/// How many identifiers of findings are counted before all of that is forgotten.
const MAX_COUNTED: usize = 1 << 20;

impl Intake<'_> {
    /// A scanner may give two findings one fingerprint: the second gets a number.
    fn distinguish(&mut self, found: &mut Found) {
        let Some(id) = found.id.as_deref().filter(|_| found.is_finding) else {
            return;
        };
        if self.counts.len() >= MAX_COUNTED {
            self.counts.clear();
        }
        let count = self.counts.entry(self.reader.hash(id)).or_default();
        *count += 1;
        if *count > 1
            && let Ok(text) = serde_json::from_str::<String>(id.get())
        {
            found.id = formats::raw(&format!("{text}#{count}"));
        }
    }
}

impl Sink for Intake<'_> {
    fn take(&mut self, number: u64, found: Result<Found, Refusal>) -> bool {
        let read = match found {
            Ok(mut found) => {
                self.distinguish(&mut found);
                let seen = &mut self.seen;
                self.reader.read_found(found, &mut |hash| seen.before(hash))
            }
            Err(refusal) => self.reader.refuse(refusal),
        };
        self.take_read(number, read)
    }

    fn wait(&mut self) -> bool {
        let is_wanted = self.batches.hand_over();
        self.is_over |= !is_wanted;
        is_wanted
    }
}

impl Lined for Intake<'_> {
    fn before(&mut self, hash: u64) -> u32 {
        self.seen.before(hash)
    }

    fn take_read(&mut self, number: u64, read: Result<Read, Refusal>) -> bool {
        let Self { report, .. } = *self;
        if self.batches.is_full() && !self.wait() {
            // The line at hand is read already, and nobody takes it.
            let is_to_ask = read.as_ref().map_or(true, |read| {
                matches!(read.entry, Entry::Key(_) | Entry::Unasked(_))
            });
            report.left(u64::from(is_to_ask));
            return false;
        }
        if let Ok(Read {
            twice: Some(id), ..
        }) = &read
        {
            report.twice(number, id);
        }
        let entry = read.and_then(|read| match read.entry {
            Entry::Unasked(line) if self.strict && line.is_misconfigured() => {
                let message = line.failure().map(|(_, it)| it);
                Err(Refusal::malformed(message.unwrap_or_default()))
            }
            entry => Ok(entry),
        });
        match entry {
            Ok(Entry::Blank) => report.passed(),
            Ok(Entry::Elsewhere) => report.elsewhere(),
            Ok(Entry::Answered(verdict)) => report.skipped(verdict),
            Ok(Entry::Key(key)) => {
                report.read();
                self.batches.push_key(key);
            }
            Ok(Entry::Unasked(line)) => {
                report.read();
                report.unasked(number, &line);
                self.batches.push_line(line);
            }
            Err(refusal) => {
                if !refusal.is_of_finding() {
                    report.refused(number, &refusal);
                }
                if self.strict {
                    report.say("error: nothing after that line was asked about");
                    self.is_stopped = true;
                    return false;
                }
                report.read();
                self.batches.push_line(refusal.line(number));
            }
        }
        true
    }

    fn is_broken(&mut self, message: &str) {
        self.report.broken(message);
    }
}

/// The lines of an input, each bounded.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    max: usize,
    line: Vec<u8>,
    number: u64,
    position: u64,
    is_ended: bool,
}

/// A line.
#[derive(Clone, Copy)]
pub(super) enum Next<'a> {
    Line(&'a [u8]),
    TooLong,
}

impl Next<'_> {
    fn read(self, reader: &Reader, before: Before<'_>) -> Result<Read, Refusal> {
        match self {
            Self::Line(line) => reader.read(line, before),
            Self::TooLong => reader.refuse(too_long()),
        }
    }

    /// What a scanner found, in a line of its report. Nothing where it is no finding.
    fn finding(self, fields: &Fields) -> Option<Result<Found, Refusal>> {
        let line = match self {
            Self::Line(line) => line.trim_ascii(),
            Self::TooLong => return Some(Err(too_long().of_finding())),
        };
        if line.is_empty() {
            return None;
        }
        match std::str::from_utf8(line) {
            Ok(text) => formats::found(text, fields),
            Err(_) => Some(Err(Refusal::malformed("not UTF-8").of_finding())),
        }
    }
}

fn too_long() -> Refusal {
    Refusal::malformed(format!("longer than {MAX_LINE} bytes"))
}

impl<R: io::Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self::bounded(input, MAX_LINE)
    }

    /// The lines of what a run has printed.
    pub(super) fn of_output(input: R) -> Self {
        Self::bounded(input, MAX_OUTPUT_LINE)
    }

    fn bounded(input: R, max: usize) -> Self {
        Self {
            input: BufReader::with_capacity(BUFFER, input),
            max,
            line: Vec::new(),
            number: 0,
            position: 0,
            is_ended: true,
        }
    }

    /// Whether the next line is there already, whole.
    fn has_next(&self) -> bool {
        memchr::memchr(b'\n', self.input.buffer()).is_some()
    }

    /// Where the next line begins, in bytes.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// How the input ends, if the line that was read is the last: with its line break, or so.
    pub(super) fn tail(&self, without_break: Tail) -> Tail {
        if self.is_ended {
            Tail::Whole
        } else {
            without_break
        }
    }

    /// The next line and its number, if there is one.
    pub(super) fn next_line(&mut self) -> io::Result<Option<(u64, Next<'_>)>> {
        // A long line's room is not kept.
        self.line.clear();
        self.line.shrink_to(64 * 1024);
        let most = self.max as u64 + 1;
        let mut input = (&mut self.input).take(most);
        let read = input.read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.position += read as u64;
        self.is_ended = self.line.last() == Some(&b'\n');
        if self.is_ended {
            self.line.pop();
        } else if self.line.len() > self.max {
            let (skipped, is_ended) = self.skip_line()?;
            self.position += skipped;
            self.is_ended = is_ended;
            return Ok(Some((self.number, Next::TooLong)));
        }
        let mut line = self.line.as_slice();
        if self.number == 1 {
            // What some programs put before UTF-8.
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        Ok(Some((self.number, Next::Line(line))))
    }

    /// Passes over the rest of a line, and tells how long it was and whether it had a line break.
    fn skip_line(&mut self) -> io::Result<(u64, bool)> {
        let mut skipped = 0;
        loop {
            let buffer = self.input.fill_buf()?;
            let (used, is_ended) = match memchr::memchr(b'\n', buffer) {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            let is_broken = used > 0 && is_ended;
            self.input.consume(used);
            skipped += used as u64;
            if is_ended {
                return Ok((skipped, is_broken));
            }
        }
    }

    /// How many lines there are from here on.
    fn count_rest(&mut self) -> io::Result<u64> {
        let mut count = 0;
        while self.input.skip_until(b'\n')? > 0 {
            count += 1;
        }
        Ok(count)
    }
}

/// How many lines a file has.
pub(super) fn count(file: &File) -> io::Result<u64> {
    let mut file = file;
    let count = Lines::new(file).count_rest()?;
    file.rewind()?;
    Ok(count)
}
