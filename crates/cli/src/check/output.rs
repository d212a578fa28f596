//! A thread that writes the answers, so that a reader who takes its time stops nothing else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyholder::VerdictKind;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, Sleep, sleep_until};

use super::resume::{Answered, Tail};
use super::sarif;
use super::shown::Shown;
use crate::arguments;
use crate::output::Line;

/// How much is written at once, where there is so much.
const CHUNK: usize = 64 * 1024;

/// How much waits at most for one who reads slowly, and one line more.
const FULL: usize = 16 * 1024 * 1024;

/// How long lines wait for others to be written with.
const INTERVAL: Duration = Duration::from_millis(20);

/// Where the answers go.
pub(super) enum Target {
    Stdout,
    /// A file that was there already, or not. What is in it is left as it is.
    File {
        file: File,
        path: PathBuf,
        is_regular: bool,
    },
}

impl Target {
    /// Opens a file to add to.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let open = || {
            let is_regular = fs::metadata(path).map_or_else(
                |error| error.kind() == io::ErrorKind::NotFound,
                |it| it.is_file(),
            );
            let mut options = OpenOptions::new();
            // Each write goes to the end, wherever that is by then: several runs can add to one file.
            options.append(true).create(true).read(is_regular);
            Ok((is_regular, options.open(path)?))
        };
        let (is_regular, file) =
            open().map_err(|error: io::Error| cannot_be_written(path, &error))?;
        Ok(Self::File {
            file,
            path: path.to_owned(),
            is_regular,
        })
    }

    /// Notes what a file has answered already, and mends its last line where that was cut off.
    ///
    /// Every run holds a shared lock on its file to its end. One that gets the lock for itself alone may cut a line off;
    /// otherwise others are at work, and such a line is only ended.
    pub(super) fn resume(&self, answered: &mut Answered) -> Result<(), String> {
        let Self::File {
            file,
            path,
            is_regular: true,
        } = self
        else {
            return Ok(());
        };
        let is_alone = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                // Whoever has it alone is mending, and soon done.
                let _ = file.lock_shared();
                false
            }
            // Not every file system has locks.
            Err(TryLockError::Error(_)) => false,
        };
        let tail = answered.read(path, file)?;
        let mended = match tail {
            Tail::Whole => Ok(()),
            Tail::Cut(at) if is_alone => file.set_len(at),
            Tail::Cut(_) | Tail::Unended => (&*file).write_all(b"\n"),
        };
        if is_alone {
            let _ = file.lock_shared();
        }
        mended.map_err(|error| cannot_be_written(path, &error))
    }
}

fn cannot_be_written(path: &Path, error: &io::Error) -> String {
    arguments::unwritable("the file of --output", path, error)
}

/// What the answers are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line of JSON for each.
    Jsonl,
    /// SARIF 2.1.0, a result for each.
    Sarif,
    /// A table of those that matter.
    Table,
}

/// What turns lines into text.
enum Encoder {
    Jsonl,
    Sarif { is_first: bool },
    Table(Shown),
}

/// What waits to be written.
pub(super) struct Output {
    encoder: Encoder,
    /// Whole lines.
    chunk: Vec<u8>,
    /// When something may be written again.
    next: Pin<Box<Sleep>>,
    chunks: Sender<Vec<u8>>,
    thread: JoinHandle<io::Result<()>>,
}

impl Output {
    pub(super) fn start(
        target: Target,
        format: Format,
        fail_on: &[VerdictKind],
    ) -> io::Result<Self> {
        let mut chunk = Vec::new();
        let encoder = match format {
            Format::Jsonl => Encoder::Jsonl,
            Format::Sarif => {
                sarif::start(&mut chunk)?;
                Encoder::Sarif { is_first: true }
            }
            Format::Table => Encoder::Table(Shown::new(fail_on)),
        };
        // The one that is written, and the one after it.
        let (chunks, receiver) = mpsc::channel(1);
        let thread = thread::spawn(move || match target {
            Target::Stdout => write(receiver, io::stdout().lock()),
            Target::File { file, path, .. } => write(receiver, &file)
                .map_err(|error| io::Error::new(error.kind(), cannot_be_written(&path, &error))),
        });
        Ok(Self {
            encoder,
            chunk,
            next: Box::pin(sleep_until(Instant::now())),
            chunks,
            thread,
        })
    }

    /// Lets a line wait.
    pub(super) fn push(&mut self, line: &Line) -> io::Result<()> {
        match &mut self.encoder {
            Encoder::Jsonl => line.write(&mut self.chunk),
            Encoder::Sarif { is_first } => {
                let is_first = mem::replace(is_first, false);
                sarif::write(line, is_first, &mut self.chunk)
            }
            Encoder::Table(shown) => {
                shown.push(line);
                Ok(())
            }
        }
    }

    /// How much waits.
    pub(super) fn room(&self) -> Room {
        match self.chunk.len() {
            0..CHUNK => Room::Enough,
            CHUNK..FULL => Room::Little,
            _ => Room::None,
        }
    }

    /// Whether a line waits.
    pub(super) fn is_waiting(&self) -> bool {
        !self.chunk.is_empty()
    }

    /// Hands over what waits, as soon as that can be written and is worth it: one that reads sees the first line at once,
    /// and those that follow it soon. False when no more can be written: [`finish`](Self::finish) tells why.
    ///
    /// What is not handed over, because this was dropped, waits as it did.
    pub(super) async fn hand_over(&mut self) -> bool {
        if self.chunk.len() < CHUNK {
            self.next.as_mut().await;
        }
        let Ok(room) = self.chunks.reserve().await else {
            return false;
        };
        room.send(mem::take(&mut self.chunk));
        self.next.as_mut().reset(Instant::now() + INTERVAL);
        true
    }

    /// Waits until all is written.
    pub(super) async fn finish(self) -> io::Result<()> {
        let Self {
            encoder,
            mut chunk,
            chunks,
            thread,
            ..
        } = self;
        match encoder {
            Encoder::Jsonl => {}
            Encoder::Sarif { .. } => sarif::end(&mut chunk)?,
            Encoder::Table(shown) => chunk.extend(shown.table().into_bytes()),
        }
        if !chunk.is_empty() {
            // If it cannot be sent, the thread says why.
            let _ = chunks.send(chunk).await;
        }
        drop(chunks);
        let written = tokio::task::spawn_blocking(move || thread.join());
        match written.await {
            Ok(Ok(result)) => result,
            _ => Err(io::Error::other("the output could not be written")),
        }
    }
}

/// How much room there is for further lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Enough,
    /// For the answers to what is asked already: left alone, those would be too late.
    Little,
    None,
}

/// Writes whole lines, as many at once as there are.
fn write(mut chunks: Receiver<Vec<u8>>, mut out: impl Write) -> io::Result<()> {
    while let Some(chunk) = chunks.blocking_recv() {
        out.write_all(&chunk)?;
        out.flush()?;
    }
    Ok(())
}
