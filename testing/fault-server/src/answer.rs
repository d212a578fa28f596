//! What to do with one request.

use std::time::Duration;

/// What a flood comes to with a client that takes everything.
pub(crate) const MOST: usize = 128 * 1024 * 1024;

/// What to do with one request, step by step.
///
/// Without [`close`](Self::close), [`reset`](Self::reset) or [`silence`](Self::silence) at its end, the connection
/// stays open for the next request.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Answer {
    pub(crate) on_connect: bool,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one at a time, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes again and again, until the client has had enough or [`MOST`] was sent.
    Flood(Vec<u8>),
    /// Does nothing for so long.
    Wait(Duration),
    /// Says nothing more, and waits for the client to hang up.
    Silence,
    /// Ends the connection in good order.
    Close,
    /// Ends the connection with a reset.
    Reset,
}

impl Answer {
    /// An answer that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole answer with a `Content-Length`. `headers` are lines as in `Location: /`.
    pub fn http(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} Status\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        // Neither has a body, so neither has a length (RFC 9110, section 8.6).
        if status != 204 && status != 304 {
            head.push_str("Content-Length: ");
            head.push_str(&body.len().to_string());
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        Self::new().send(head).send(body)
    }

    /// A whole answer of JSON.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::http(status, &["Content-Type: application/json"], body)
    }

    /// A whole answer of HTML.
    pub fn html(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::http(status, &["Content-Type: text/html; charset=utf-8"], body)
    }

    /// Acts as soon as a connection is made, without waiting for a request.
    pub fn on_connect(mut self) -> Self {
        self.on_connect = true;
        self
    }

    /// Sends `bytes` as they are.
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Send(bytes.as_ref().to_vec()))
    }

    /// Sends `bytes` one at a time, with a pause of `every` before each.
    pub fn drip(self, bytes: impl AsRef<[u8]>, every: Duration) -> Self {
        self.then(Step::Drip(bytes.as_ref().to_vec(), every))
    }

    /// Sends `bytes` again and again, until the client hangs up.
    ///
    /// A client that has taken 128 MiB does not: the connection ends, before the machine is full.
    pub fn flood(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Flood(bytes.as_ref().to_vec()))
    }

    /// Does nothing for `time`.
    pub fn wait(self, time: Duration) -> Self {
        self.then(Step::Wait(time))
    }

    /// Says nothing more, and waits for the client to hang up.
    pub fn silence(self) -> Self {
        self.then(Step::Silence)
    }

    /// Ends the connection in good order.
    pub fn close(self) -> Self {
        self.then(Step::Close)
    }

    /// Ends the connection with a TCP reset.
    pub fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}
