//! A small server on this machine: HTTP/1.1 for one client that asks politely, a request to a connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;

use keyholder_openapi::{Error, Result};

/// How much a request may have, and how long it may take.
const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The path and the query, as they were sent.
    pub target: String,
    /// The path, as it was sent.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers, by names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer, as it goes out.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, but for those of the connection and of the body's length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers as `answer` says, on a port of its own.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Result<Self> {
        let error = |error| Error::new(format!("cannot listen on this machine: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let listening = thread::spawn({
            let is_over = Arc::clone(&is_over);
            move || listen(&listener, &is_over, &Arc::new(answer))
        });
        Ok(Self {
            address,
            is_over,
            listening: Some(listening),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

fn listen<A>(listener: &TcpListener, is_over: &AtomicBool, answer: &Arc<A>)
where
    A: Fn(&Request) -> Answer + Send + Sync + 'static,
{
    for stream in listener.incoming() {
        if is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let answer = Arc::clone(answer);
        thread::spawn(move || {
            // A client that goes away is no concern of this side.
            let _ = serve(stream, &*answer);
        });
    }
}

fn serve(stream: TcpStream, answer: &impl Fn(&Request) -> Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let request = Request::read(&mut reader)?;
    let Answer {
        status,
        headers,
        body,
    } = answer(&request);
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} Answer\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n",
    )?;
    stream.write_all(&body)?;
    stream.flush()
}

impl Answer {
    /// An answer with a body of a media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
            body: body.into(),
        }
    }

    /// An error, with its reason.
    pub fn error(status: u16, reason: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", reason)
    }
}

/// Headers that were read, their names in lower case.
pub fn owned(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let owned = |header: &httparse::Header<'_>| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_ascii_lowercase(), value)
    };
    headers.iter().map(owned).collect()
}

impl Request {
    /// A request with these headers, whose names are in lower case.
    pub fn new(method: &str, target: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
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
        let lower = owned(parsed.headers);
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
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    /// The first parameter of the query of that name.
    pub fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        query
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// The cookie of that name, decoded.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.headers.iter().filter(|(header, _)| header == "cookie");
        let mut cookies = headers.flat_map(|(_, value)| value.split(';'));
        cookies.find_map(|cookie| {
            let (it, value) = cookie.trim().split_once('=')?;
            (it == name).then(|| decoded(value))
        })
    }

    /// Whether each of `secrets` stands anywhere in it.
    pub fn holds_all<'a>(&self, mut secrets: impl Iterator<Item = &'a str>) -> bool {
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
