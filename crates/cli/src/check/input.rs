//! A thread that reads the lines, no further ahead than they are asked for.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use keyholder::Key;
use same_file::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::line::{Entry, Read, Reader};
use super::report::Report;
use super::resume::{Seen, Tail};
use crate::output::{Id, Line};

/// The longest line, in bytes.
const MAX_LINE: usize = 1024 * 1024;

/// The longest line of output that is read, in bytes: a body of a megabyte may come to much more.
const MAX_OUTPUT_LINE: usize = 64 * 1024 * 1024;

/// How many lines are handed over at once, and in how many bytes: waking another thread for each would cost more than
/// reading it.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 64 * 1024;

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

    /// Reads a file through and back to its start; no line of it may be malformed.
    pub(super) fn validate(&mut self, reader: &Reader) -> Result<(), String> {
        let Self::File(file, path) = self else {
            return Ok(());
        };
        let unreadable = |error| format!("{}: cannot be read: {error}", path.display());
        let mut lines = Lines::new(&*file);
        let mut malformed = 0;
        while let Some((number, next)) = lines.next_line().map_err(unreadable)? {
            let refused = match next.read(reader) {
                Ok(Read {
                    entry: Entry::Unasked(line),
                    ..
                }) if line.is_misconfigured() => line.failure(),
                Ok(_) => None,
                Err(message) => Some(("", message)),
            };
            if let Some((_, message)) = refused {
                malformed += 1;
                if malformed <= MAX_REPORTED {
                    crate::complain(&format!("line {number}: {message}"));
                }
            }
        }
        file.rewind().map_err(unreadable)?;
        match malformed {
            0 => Ok(()),
            1 => Err("1 line is malformed: nothing was asked".to_owned()),
            count => Err(format!("{count} lines are malformed: nothing was asked")),
        }
    }

    fn open(self) -> Box<dyn io::Read> {
        match self {
            Self::File(file, _) | Self::Stream(file, _) => Box::new(file),
            Self::Stdin => Box::new(io::stdin()),
        }
    }
}

/// The thread that reads.
pub(super) struct Input {
    thread: JoinHandle<()>,
    is_file: bool,
}

/// What there is in the lines, in batches.
pub(super) struct Entries {
    /// Those to be asked about.
    pub(super) keys: Receiver<Vec<Key<Option<Id>>>>,
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
        reader: Reader,
        strict: bool,
        report: Arc<Report>,
    ) -> (Self, Entries) {
        let (keys, keys_to_ask) = mpsc::channel(AHEAD);
        let (unasked, lines) = mpsc::channel(AHEAD);
        let is_file = source.file().is_some() && !reader.is_shared();
        let thread = thread::spawn(move || {
            let name = source.to_string();
            let mut batches = Batches::new(keys, unasked);
            let read = read(source, &reader, strict, &report, &mut batches);
            // What stands before the place where reading ended counts.
            batches.hand_over();
            if let Err(error) = read {
                report.broken(&format!("{name}: cannot be read: {error}"));
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
        let is_counted = self.is_file || self.thread.is_finished();
        if is_counted {
            // It has complained itself, if there was anything.
            let _ = self.thread.join();
        }
        End { is_counted }
    }
}

/// What was read, and is handed over in batches.
struct Batches {
    keys: Vec<Key<Option<Id>>>,
    lines: Vec<Line>,
    bytes: usize,
    to_keys: Sender<Vec<Key<Option<Id>>>>,
    to_lines: Sender<Vec<Line>>,
}

impl Batches {
    fn new(to_keys: Sender<Vec<Key<Option<Id>>>>, to_lines: Sender<Vec<Line>>) -> Self {
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

    /// Hands over what there is, as soon as there is room for it. False when nobody wants any more.
    fn hand_over(&mut self) -> bool {
        self.bytes = 0;
        let (keys, lines) = (mem::take(&mut self.keys), mem::take(&mut self.lines));
        (keys.is_empty() || self.to_keys.blocking_send(keys).is_ok())
            && (lines.is_empty() || self.to_lines.blocking_send(lines).is_ok())
            && !self.to_keys.is_closed()
    }
}

fn read(
    source: Source,
    reader: &Reader,
    strict: bool,
    report: &Report,
    batches: &mut Batches,
) -> io::Result<()> {
    let is_file = source.file().is_some();
    let mut lines = Lines::new(source.open());
    let mut seen = Seen::default();
    loop {
        // Nothing waits for what its writer has not written yet.
        if (batches.is_full() || !lines.has_next()) && !batches.hand_over() {
            break;
        }
        let Some((number, next)) = lines.next_line()? else {
            break;
        };
        batches.bytes += next.len();
        let read = next.read(reader);
        if let Ok(Read { id: Some(id), .. }) = read
            && seen.again(id)
        {
            report.twice(number);
        }
        let entry = read.and_then(|read| match read.entry {
            Entry::Unasked(line) if strict && line.is_misconfigured() => {
                Err(line.failure().map(|(_, it)| it).unwrap_or_default())
            }
            entry => Ok(entry),
        });
        match entry {
            Ok(Entry::Blank) => report.passed(),
            Ok(Entry::Elsewhere) => report.elsewhere(),
            Ok(Entry::Answered(verdict)) => report.skipped(verdict),
            Ok(Entry::Key(key)) => {
                report.read();
                batches.keys.push(key);
            }
            Ok(Entry::Unasked(line)) => {
                report.read();
                report.unasked(number, &line);
                batches.lines.push(line);
            }
            Err(message) => {
                report.malformed(number, &message);
                if strict {
                    report.say("error: nothing after that line was asked about");
                    return Ok(());
                }
            }
        }
    }
    // How many of those are for other runs is not known.
    if is_file && !reader.is_shared() {
        report.left(lines.count_rest()?);
    }
    Ok(())
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
pub(super) enum Next<'a> {
    Line(&'a [u8]),
    TooLong,
}

impl Next<'_> {
    /// How many bytes of it are held.
    fn len(&self) -> usize {
        match self {
            Self::Line(line) => line.len(),
            Self::TooLong => 0,
        }
    }

    fn read(self, reader: &Reader) -> Result<Read, String> {
        match self {
            Self::Line(line) => reader.read(line),
            Self::TooLong => reader.refuse(format!("longer than {MAX_LINE} bytes")),
        }
    }
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
