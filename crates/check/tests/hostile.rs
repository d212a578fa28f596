//! Servers that misbehave: what is said of their keys, and that others' are answered meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod providers;

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use keyholder_check::{Checker, Key};
use keyholder_core::ErrorKind;
use providers::EXTRUCT;

/// What a server does with a connection on which a request came.
type Answer = dyn Fn(&mut TcpStream) -> io::Result<()> + Send + Sync;

/// A server that does so with each connection. Gives its base URL, and how many requests came.
fn serve(answer: Arc<Answer>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                if stream.read(&mut [0; 8192]).is_ok_and(|it| it > 0) {
                    count.fetch_add(1, Ordering::SeqCst);
                    // A client that goes away ends it.
                    let _ = answer(&mut stream);
                }
            });
        }
    });
    (base_url, requests)
}

/// The same bytes to everybody, and then the end.
fn says(text: impl Into<Vec<u8>>) -> Arc<Answer> {
    let text = text.into();
    Arc::new(move |stream| stream.write_all(&text))
}

/// The same bytes to everybody, and then the same others again and again, with pauses of so many milliseconds.
fn goes_on(text: &'static str, more: &'static str, pause: u64) -> Arc<Answer> {
    Arc::new(move |stream| {
        stream.write_all(text.as_bytes())?;
        loop {
            stream.write_all(more.as_bytes())?;
            thread::sleep(Duration::from_millis(pause));
        }
    })
}

fn good() -> &'static str {
    keyholder_extruct::examples::EXAMPLES
        .iter()
        .find(|it| it.0 == 200)
        .unwrap()
        .1
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}")
}

/// Servers by what they do, with the kind of error that their keys have; none where they are valid.
#[allow(clippy::too_many_lines)] // It is a table.
fn hostile() -> Vec<(&'static str, Arc<Answer>, Option<ErrorKind>)> {
    use ErrorKind::{Connect, InvalidResponse, RateLimited, Redirected, Timeout, UnexpectedStatus};
    let length = good().len();
    let gzip = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}".repeat(20);
    let tail = &good()[..length / 2];
    vec![
        (
            "a head that comes slowly",
            goes_on("HTTP/1.1 200 OK\r\n", "x", 20),
            Some(Timeout),
        ),
        (
            "a head without end",
            goes_on("HTTP/1.1 200 OK\r\n", "x: y\r\n", 0),
            Some(InvalidResponse),
        ),
        (
            "chunks of one byte",
            goes_on(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "1\r\n \r\n",
                5,
            ),
            Some(Timeout),
        ),
        (
            "continues",
            goes_on("", "HTTP/1.1 100 Continue\r\n\r\n", 1),
            Some(Timeout),
        ),
        (
            "early hints",
            goes_on("", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", 1),
            Some(Timeout),
        ),
        (
            "silence",
            Arc::new(|stream| stream.read_to_end(&mut Vec::new()).map(drop)),
            Some(Timeout),
        ),
        (
            "a redirect to itself",
            says("HTTP/1.1 302 Found\r\nlocation: /v1/user\r\ncontent-length: 0\r\n\r\n"),
            Some(Redirected),
        ),
        (
            "trailers",
            says(ok(
                "transfer-encoding: chunked\r\ntrailer: x\r\n",
                &format!("{length:x}\r\n{}\r\n0\r\nx: y\r\n\r\n", good()),
            )),
            None,
        ),
        (
            "gzip that nobody asked for",
            says(ok(
                &format!(
                    "content-encoding: gzip\r\ncontent-length: {}\r\n",
                    gzip.len()
                ),
                &gzip,
            )),
            Some(InvalidResponse),
        ),
        (
            "less than it says",
            says(ok("content-length: 100000\r\n", good())),
            Some(Connect),
        ),
        (
            "more than it says",
            says(ok(
                &format!("content-length: {length}\r\n"),
                &good().repeat(3),
            )),
            None,
        ),
        (
            "a length that nothing holds",
            says(ok("content-length: 99999999999999999999\r\n", good())),
            Some(InvalidResponse),
        ),
        (
            "two lengths",
            says(ok("content-length: 5\r\ncontent-length: 6\r\n", good())),
            Some(InvalidResponse),
        ),
        (
            "a chunk that is none",
            says(ok("transfer-encoding: chunked\r\n", "zz\r\nabc\r\n")),
            Some(InvalidResponse),
        ),
        (
            "HTTP/1.0 without a length",
            says(format!("HTTP/1.0 200 OK\r\n\r\n{}", good())),
            None,
        ),
        (
            "half a body, and the end",
            says(ok("", tail)),
            Some(InvalidResponse),
        ),
        ("nothing", says(""), Some(Connect)),
        (
            "no HTTP",
            says("SSH-2.0-OpenSSH_9.6\r\n"),
            Some(InvalidResponse),
        ),
        (
            "another protocol",
            says("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
            Some(UnexpectedStatus),
        ),
        (
            "a wait of a year",
            says(
                "HTTP/1.1 429 Too Many Requests\r\nretry-after: 31536000\r\ncontent-length: 0\r\n\r\n",
            ),
            Some(RateLimited),
        ),
        (
            "a wait until a date",
            says(
                "HTTP/1.1 429 Too Many Requests\r\nretry-after: Fri, 31 Dec 2100 23:59:59 GMT\r\ncontent-length: 0\r\n\r\n",
            ),
            Some(RateLimited),
        ),
        (
            "a refusal with a wait",
            says(
                "HTTP/1.1 401 Unauthorized\r\nretry-after: 31536000\r\ncontent-length: 2\r\n\r\n{}",
            ),
            Some(RateLimited),
        ),
    ]
}

#[tokio::test]
async fn each_is_told_for_what_it_is_and_stops_nobody() {
    let (good_url, _) = serve(Arc::new(|stream: &mut TcpStream| {
        let answer = ok(&format!("content-length: {}\r\n", good().len()), good());
        loop {
            stream.write_all(answer.as_bytes())?;
            if stream.read(&mut [0; 8192])? == 0 {
                return Ok(());
            }
        }
    }));
    let mut expected = HashMap::new();
    let mut requests = HashMap::new();
    let mut keys = Vec::new();
    for (name, answer, kind) in hostile() {
        let (base_url, count) = serve(answer);
        for number in 0..3 {
            let token = format!("ext_live_{:032x}", keys.len());
            keys.push(Key::new(Some(name), &*EXTRUCT, token).base_url(base_url.as_str()));
            let token = format!("ext_test_{number}_{:032x}", keys.len());
            keys.push(Key::new(None, &*EXTRUCT, token).base_url(good_url.as_str()));
        }
        expected.insert(name, kind);
        requests.insert(name, count);
    }
    let (all, mut good) = (keys.len(), 0);
    let mut verdicts = Checker::new()
        .max_retries(0)
        .configure(|config| config.timeout(Duration::from_secs(2)))
        .check(stream::iter(keys));
    let mut seen = 0;
    while let Some(checked) = verdicts.next().await {
        seen += 1;
        let Some(name) = checked.tag else {
            assert!(checked.verdict.is_valid(), "{checked:?}");
            good += 1;
            continue;
        };
        let error = checked.verdict.error();
        assert_eq!(
            error.map(keyholder_core::Error::kind),
            expected[name],
            "{name}: {checked:?}"
        );
        assert!(
            error.is_none() || checked.verdict.is_indeterminate(),
            "{name}"
        );
    }
    assert_eq!((seen, good), (all, all / 2));
    for (name, count) in requests {
        assert!(count.load(Ordering::SeqCst) <= 3, "{name} was asked again");
    }
}
