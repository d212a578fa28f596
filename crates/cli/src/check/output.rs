//! A thread that writes the answers, so that a reader who takes its time stops nothing else.

use std::io::{self, BufWriter, Write};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::output::Line;

/// How many lines wait for whoever reads the output.
const AHEAD: usize = 256;

pub(super) struct Output {
    lines: Sender<Line>,
    thread: JoinHandle<io::Result<()>>,
}

impl Output {
    pub(super) fn start() -> Self {
        let (lines, receiver) = mpsc::channel(AHEAD);
        Self {
            lines,
            thread: thread::spawn(move || write(receiver)),
        }
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

fn write(mut lines: Receiver<Line>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    while let Some(line) = lines.blocking_recv() {
        line.write(&mut out)?;
        while let Ok(line) = lines.try_recv() {
            line.write(&mut out)?;
        }
        // Whoever reads sees at once all that is known.
        out.flush()?;
    }
    Ok(())
}
