//! A thread that writes the answers, so that a reader who takes its time stops nothing else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::resume::{Answered, Tail};
use crate::output::Line;

/// How many lines wait for whoever reads the output.
const AHEAD: usize = 256;

/// How much is written at once, where there is so much.
const CHUNK: usize = 64 * 1024;

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
    format!("{}: cannot be written: {error}", path.display())
}

pub(super) struct Output {
    lines: Sender<Line>,
    thread: JoinHandle<io::Result<()>>,
}

impl Output {
    pub(super) fn start(target: Target) -> Self {
        let (lines, receiver) = mpsc::channel(AHEAD);
        let thread = thread::spawn(move || match target {
            Target::Stdout => write(receiver, io::stdout().lock()),
            Target::File { file, path, .. } => write(receiver, &file)
                .map_err(|error| io::Error::new(error.kind(), cannot_be_written(&path, &error))),
        });
        Self { lines, thread }
    }

    /// Writes a line. False when no more can be written: [`finish`](Self::finish) tells why.
    pub(super) async fn send(&self, line: Line) -> bool {
        self.lines.send(line).await.is_ok()
    }

    /// Waits until all is written.
    pub(super) async fn finish(self) -> io::Result<()> {
        let Self { lines, thread } = self;
        drop(lines);
        let written = tokio::task::spawn_blocking(move || thread.join());
        match written.await {
            Ok(Ok(result)) => result,
            _ => Err(io::Error::other("the output could not be written")),
        }
    }
}

/// Writes whole lines, as many at once as there are.
fn write(mut lines: Receiver<Line>, mut out: impl Write) -> io::Result<()> {
    let mut chunk = Vec::new();
    while let Some(line) = lines.blocking_recv() {
        line.write(&mut chunk)?;
        while chunk.len() < CHUNK
            && let Ok(line) = lines.try_recv()
        {
            line.write(&mut chunk)?;
        }
        out.write_all(&chunk)?;
        // Whoever reads sees at once all that is known.
        out.flush()?;
        chunk.clear();
        chunk.shrink_to(2 * CHUNK);
    }
    Ok(())
}
