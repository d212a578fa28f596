//! One connection.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::answer::{MOST, Step};
use crate::{Answer, Log, Request};

/// The answers, shared by all connections.
pub(crate) struct Script {
    answers: Vec<Answer>,
    next: AtomicUsize,
    log: watch::Sender<Log>,
}

impl Script {
    pub(crate) fn new(answers: Vec<Answer>, log: watch::Sender<Log>) -> Self {
        Self {
            answers,
            next: AtomicUsize::new(0),
            log,
        }
    }

    fn peek(&self) -> Option<&Answer> {
        let next = self.next.load(Ordering::SeqCst);
        self.answers.get(next).or(self.answers.last())
    }

    fn take(&self) -> Option<&Answer> {
        let next = self.next.fetch_add(1, Ordering::SeqCst);
        self.answers.get(next).or(self.answers.last())
    }
}

/// A connection, which is open until it is dropped.
pub(crate) struct Connection {
    stream: TcpStream,
    script: Arc<Script>,
    /// What was read and belongs to no request yet.
    unread: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, script: Arc<Script>) -> Self {
        script.log.send_modify(|log| log.opened += 1);
        Self {
            stream,
            script,
            unread: Vec::new(),
        }
    }

    /// Answers until either side has had enough.
    pub(crate) async fn serve(mut self) {
        let script = Arc::clone(&self.script);
        while let Some(answer) = self.next_answer(&script).await {
            for step in &answer.steps {
                if !matches!(self.perform(step).await, Ok(ControlFlow::Continue(()))) {
                    return;
                }
            }
        }
    }

    async fn next_answer<'a>(&mut self, script: &'a Script) -> Option<&'a Answer> {
        if !script.peek()?.on_connect {
            let request = self.request().await.ok()?;
            script.log.send_modify(|log| log.requests.push(request));
        }
        script.take()
    }

    /// Reads a request, body included.
    async fn request(&mut self) -> io::Result<Request> {
        const END: &[u8] = b"\r\n\r\n";
        let end = loop {
            match self.unread.windows(END.len()).position(|it| it == END) {
                Some(end) => break end,
                None => self.read().await?,
            }
        };
        let rest = self.unread.split_off(end + END.len());
        let mut request = Request::parse(&self.unread[..end]);
        self.unread = rest;
        let length = request.content_length();
        while self.unread.len() < length {
            self.read().await?;
        }
        let rest = self.unread.split_off(length);
        request.body = std::mem::replace(&mut self.unread, rest);
        Ok(request)
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn perform(&mut self, step: &Step) -> io::Result<ControlFlow<()>> {
        match step {
            Step::Send(bytes) => self.send(bytes).await?,
            Step::Drip(bytes, every) => {
                for byte in bytes {
                    sleep(*every).await;
                    self.send(&[*byte]).await?;
                }
            }
            Step::Flood(bytes) => {
                for _ in 0..MOST.div_ceil(bytes.len().max(1)) {
                    self.send(bytes).await?;
                }
                return Ok(ControlFlow::Break(()));
            }
            Step::Wait(time) => sleep(*time).await,
            Step::Silence => loop {
                self.read().await?;
            },
            Step::Close => {
                self.stream.shutdown().await?;
                return Ok(ControlFlow::Break(()));
            }
            Step::Reset => {
                self.stream.set_zero_linger()?;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    async fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.stream.write(bytes).await?;
            self.script.log.send_modify(|log| log.sent += count as u64);
            bytes = &bytes[count..];
        }
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.script.log.send_modify(|log| log.closed += 1);
    }
}
