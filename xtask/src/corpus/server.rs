//! The server on this machine that plays the providers.
//!
//! It speaks as much HTTP/1.1 as one client that asks politely needs: a request, an answer, and the connection is
//! closed.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;

use super::original::Original;
use crate::{Error, Result};

/// How much a request may have, and how long it may take.
const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A request, as it came.
#[derive(Debug)]
pub(super) struct Request {
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers, by names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A provider that the server plays.
#[derive(Debug)]
pub(super) struct Part {
    /// What its description says.
    pub original: Original,
    /// The token that it takes: parts with colons between.
    pub token: String,
}

/// What became of a provider's last request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It went elsewhere.
    Elsewhere(String),
    /// It lacks something, or has something that is not described.
    Malformed(String),
    /// It was not authenticated as the description says.
    Refused(String),
    /// It was answered.
    Answered,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    stage: Arc<Stage>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Stage {
    /// By the first segment of the path.
    parts: BTreeMap<String, Part>,
    outcomes: Mutex<BTreeMap<String, Outcome>>,
    is_over: AtomicBool,
}

struct Answer {
    status: u16,
    media_type: String,
    body: String,
}

impl Server {
    /// Plays `parts`, by their names, on a port of its own.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub(super) fn start(parts: BTreeMap<String, Part>) -> Result<Self> {
        let error = |error| Error::new(format!("cannot listen on this machine: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        let stage = Arc::new(Stage {
            parts,
            outcomes: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let listening = thread::spawn({
            let stage = Arc::clone(&stage);
            move || listen(&listener, &stage)
        });
        Ok(Self {
            address,
            stage,
            listening: Some(listening),
        })
    }

    /// A provider that is played here.
    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.stage.parts.get(name)
    }

    /// The base URL of a provider: with the path of its server, in a folder of its own.
    pub(super) fn base_url(&self, name: &str) -> String {
        let path = self.part(name).map_or("", |part| &part.original.base_path);
        format!("http://{}/{name}{path}", self.address)
    }

    /// What became of the last request to a provider; none, if there was none.
    pub(super) fn outcome(&self, name: &str) -> Option<Outcome> {
        let outcomes = self.stage.outcomes.lock();
        let outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.get(name).cloned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stage.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

fn listen(listener: &TcpListener, stage: &Arc<Stage>) {
    for stream in listener.incoming() {
        if stage.is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let stage = Arc::clone(stage);
        thread::spawn(move || {
            // A client that goes away is no concern of this side.
            let _ = serve(stream, &stage);
        });
    }
}

fn serve(stream: TcpStream, stage: &Stage) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let request = Request::read(&mut reader)?;
    let answer = stage.answer(&request);
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {} Answer\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        answer.status,
        answer.media_type,
        answer.body.len(),
        answer.body
    )?;
    stream.flush()
}

impl Stage {
    fn answer(&self, request: &Request) -> Answer {
        let name = request.path.split('/').nth(1).unwrap_or_default();
        let Some(part) = self.parts.get(name) else {
            return Answer::error(404, "there is no such provider");
        };
        let outcome = part.judge(request, &format!("/{name}"));
        let answer = match &outcome {
            Outcome::Elsewhere(reason) => Answer::error(404, reason),
            Outcome::Malformed(reason) => Answer::error(400, reason),
            Outcome::Refused(reason) => Answer::error(401, reason),
            Outcome::Answered => {
                let answer = &part.original.answer;
                Answer {
                    status: answer.status,
                    media_type: answer.media_type.clone(),
                    body: answer.body.to_string(),
                }
            }
        };
        let outcomes = self.outcomes.lock();
        let mut outcomes = outcomes.unwrap_or_else(PoisonError::into_inner);
        outcomes.insert(name.to_owned(), outcome);
        answer
    }
}

impl Part {
    /// Whether the request is the described one; `folder` is the part of its path that is the server's.
    fn judge(&self, request: &Request, folder: &str) -> Outcome {
        let original = &self.original;
        let path = request.path.strip_prefix(folder).unwrap_or_default();
        let operation = path.strip_prefix(original.base_path.as_str());
        let operation = operation.filter(|path| original.parameters.is_path(path));
        let Some(operation) = operation.filter(|_| request.method == original.method) else {
            return Outcome::Elsewhere(format!("{} {path} was asked", request.method));
        };
        let keys = original.credentials.query();
        if let Err(reason) = original.parameters.check(operation, request, &keys) {
            return Outcome::Malformed(reason);
        }
        if original.credentials.accept(request, &self.token) {
            Outcome::Answered
        } else {
            let expected = original.credentials.expectation();
            Outcome::Refused(format!("not authenticated by {expected}"))
        }
    }
}

impl Answer {
    fn error(status: u16, reason: &str) -> Self {
        Self {
            status,
            media_type: "text/plain; charset=utf-8".to_owned(),
            body: reason.to_owned(),
        }
    }
}

impl Request {
    /// A request with these headers, whose names are in lower case.
    pub(super) fn new(method: &str, target: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (form_decoded(name), form_decoded(value)))
                .collect(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body,
        }
    }

    fn read(reader: &mut impl BufRead) -> io::Result<Self> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let mut head = Vec::new();
        let mut limited = reader.take(MAX_HEAD);
        while !head.ends_with(b"\r\n\r\n") {
            if limited.read_until(b'\n', &mut head)? == 0 {
                return Err(invalid());
            }
        }
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut headers);
        parsed.parse(&head).map_err(|_| invalid())?;
        let lower: Vec<_> = parsed
            .headers
            .iter()
            .map(|header| {
                let value = String::from_utf8_lossy(header.value).into_owned();
                (header.name.to_ascii_lowercase(), value)
            })
            .collect();
        let headers: Vec<_> = lower
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let (method, target) = (
            parsed.method.unwrap_or_default(),
            parsed.path.unwrap_or_default(),
        );
        let mut request = Self::new(method, target, &headers, Vec::new());
        let length = request.header("content-length");
        let length = length.map_or(Ok(0), str::parse).map_err(|_| invalid())?;
        if length > MAX_BODY {
            return Err(invalid());
        }
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
        Ok(request)
    }

    /// The first header of that name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    /// The first parameter of the query of that name.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        query
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// The cookie of that name, decoded.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.headers.iter().filter(|(header, _)| header == "cookie");
        let mut cookies = headers.flat_map(|(_, value)| value.split(';'));
        cookies.find_map(|cookie| {
            let (it, value) = cookie.trim().split_once('=')?;
            (it == name).then(|| decoded(value))
        })
    }

    /// Whether each of `secrets` stands anywhere in it.
    pub(super) fn holds_all<'a>(&self, mut secrets: impl Iterator<Item = &'a str>) -> bool {
        let mut texts: Vec<_> = self.query.iter().map(|(_, value)| value.clone()).collect();
        for (_, value) in &self.headers {
            texts.push(decoded(value));
            let pair = value.rsplit(' ').next().unwrap_or_default();
            let pair = BASE64_STANDARD.decode(pair).ok();
            texts.extend(pair.and_then(|pair| String::from_utf8(pair).ok()));
        }
        texts.push(form_decoded(&String::from_utf8_lossy(&self.body)));
        secrets.all(|secret| texts.iter().any(|text| text.contains(secret)))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A name or value of a form (WHATWG URL, section 5.1).
fn form_decoded(text: &str) -> String {
    decoded(&text.replace('+', " "))
}
