//! A thread that writes the answers, so that a reader who takes its time stops nothing else.

use std::io::{self, BufWriter, Write};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::output::Line;

/// How many lines wait for whoever reads the output.
const AHEAD: usize = 256;

pub(super) struct Output {
    lines: Sender<Vec<u8>>,
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
    pub(super) async fn send(&mut self, line: &Line) -> bool {
        let Ok(mut text) = serde_json::to_vec(line) else {
            // Nothing in a line has keys other than strings.
            return false;
        };
        text.push(b'\n');
        self.lines.send(text).await.is_ok()
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

fn write(mut lines: Receiver<Vec<u8>>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    while let Some(line) = lines.blocking_recv() {
        out.write_all(&line)?;
        while let Ok(line) = lines.try_recv() {
            out.write_all(&line)?;
        }
        // Whoever reads sees at once all that is known.
        out.flush()?;
    }
    Ok(())
}
