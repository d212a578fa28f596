//! A server that misbehaves as it is told to, for tests.
//!
//! It listens on this machine, speaks raw TCP, and says exactly the bytes of its script: the nth request gets the
//! nth [`Answer`], over all connections, and the last answer is given again to every further request. What it
//! received and what became of it, it tells.
//!
//! ```
//! # use testing_fault_server::{Answer, Server};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let server = Server::start([
//!     Answer::new().send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{").reset(),
//!     Answer::json(200, "{}"),
//! ])
//! .await?;
//! println!("{} answers with a broken body, then well", server.url());
//! assert!(server.requests().is_empty());
//! # Ok(())
//! # }
//! ```

mod answer;
mod connection;
mod request;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use answer::Answer;
pub use request::Request;

use connection::{Connection, Script};

/// A running server. Dropping it closes everything.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    log: watch::Receiver<Log>,
    listening: JoinHandle<()>,
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Log {
    requests: Vec<Request>,
    opened: usize,
    closed: usize,
    sent: u64,
}

impl Server {
    /// Listens on a port of its own, and answers by `answers`.
    ///
    /// # Errors
    ///
    /// No port can be had, or there is no answer to give.
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> io::Result<Self> {
        let answers: Vec<_> = answers.into_iter().collect();
        if answers.is_empty() {
            return Err(io::Error::other("a server needs an answer to give"));
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (log, seen) = watch::channel(Log::default());
        let script = Arc::new(Script::new(answers, log));
        let listening = tokio::spawn(listen(listener, script));
        Ok(Self {
            address,
            log: seen,
            listening,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that came, in the order in which their heads were complete.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.log.borrow().requests.clone()
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.log.borrow().opened
    }

    /// How many bytes it could hand to the operating system, in all.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.log.borrow().sent
    }

    /// Waits until `count` requests have come.
    pub async fn received(&self, count: usize) {
        self.wait_for(|log| log.requests.len() >= count).await;
    }

    /// Waits until `count` connections have ended, by whichever side.
    pub async fn closed(&self, count: usize) {
        self.wait_for(|log| log.closed >= count).await;
    }

    async fn wait_for(&self, condition: impl FnMut(&Log) -> bool) {
        // The other end lives as long as the server does.
        let _ = self.log.clone().wait_for(condition).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Takes connections until it is dropped, and they with it.
async fn listen(listener: TcpListener, script: Arc<Script>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(Connection::new(stream, Arc::clone(&script)).serve());
    }
}
