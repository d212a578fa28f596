//! The server does what its script says, and tells what it got.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io;
use std::time::Duration;

use testing_fault_server::{Answer, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const REQUEST: &[u8] = b"GET /a?b HTTP/1.1\r\nHost: here\r\nX-Two: 2\r\nx-two:  two \r\n\r\n";

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Sends a request, and reads to the end of the connection.
async fn ask(server: &Server) -> io::Result<Vec<u8>> {
    let mut stream = connect(server).await;
    stream.write_all(REQUEST).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn the_nth_request_gets_the_nth_answer_and_the_rest_the_last() {
    let server = Server::start([
        Answer::new().send("one").close(),
        Answer::new().send(b"\xff\0").close(),
    ]);
    let server = server.await.unwrap();
    assert_eq!(ask(&server).await.unwrap(), b"one");
    assert_eq!(ask(&server).await.unwrap(), b"\xff\0");
    assert_eq!(ask(&server).await.unwrap(), b"\xff\0");
    assert_eq!(
        (server.requests().len(), server.connections(), server.sent()),
        (3, 3, 7)
    );
}

#[tokio::test]
async fn a_connection_stays_open_for_more_requests() {
    let server = Server::start([
        Answer::json(200, "{}"),
        Answer::http(204, &["A: b"], "").close(),
    ]);
    let server = server.await.unwrap();
    let mut stream = connect(&server).await;
    stream
        .write_all(&[REQUEST, REQUEST].concat())
        .await
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let expected = "HTTP/1.1 200 Status\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}\
        HTTP/1.1 204 Status\r\nA: b\r\n\r\n";
    assert_eq!(answers, expected);
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn requests_are_kept_as_they_came() {
    let server = Server::start([Answer::json(200, "{}"), Answer::new().close()])
        .await
        .unwrap();
    let mut stream = connect(&server).await;
    let post = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
    stream.write_all(&[REQUEST, post].concat()).await.unwrap();
    server.received(2).await;
    let requests = server.requests();
    assert_eq!(requests[0].line, "GET /a?b HTTP/1.1");
    assert_eq!(requests[0].target(), "/a?b");
    let headers = [("host", "here"), ("x-two", "2"), ("x-two", "two")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(requests[0].headers, headers);
    assert_eq!(requests[0].header("X-Two"), Some("2"));
    assert!(requests[0].body.is_empty());
    assert_eq!(requests[1].body, b"body");
}

#[tokio::test]
async fn a_reset_is_one_before_a_request_and_after_a_part_of_an_answer() {
    let server = Server::start([Answer::new().on_connect().reset()])
        .await
        .unwrap();
    let mut stream = connect(&server).await;
    server.closed(1).await;
    let error = stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(server.requests().is_empty());

    let server = Server::start([Answer::new().send("a").reset()])
        .await
        .unwrap();
    let error = ask(&server).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn silence_lasts_until_the_client_hangs_up() {
    let server = Server::start([Answer::new().send("a").silence()])
        .await
        .unwrap();
    let mut stream = connect(&server).await;
    stream.write_all(REQUEST).await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'a');
    drop(stream);
    server.closed(1).await;
}

#[tokio::test]
async fn a_flood_lasts_until_the_client_hangs_up_and_is_counted() {
    let server = Server::start([Answer::new().flood("ab")]).await.unwrap();
    let mut stream = connect(&server).await;
    stream.write_all(REQUEST).await.unwrap();
    let mut taken = vec![0; 100_000];
    stream.read_exact(&mut taken).await.unwrap();
    assert!(taken.chunks(2).all(|it| it == b"ab"));
    drop(stream);
    server.closed(1).await;
    assert!(server.sent() >= 100_000);
}

#[tokio::test(start_paused = true)]
async fn bytes_drip_one_at_a_time() {
    let second = Duration::from_secs(1);
    let server = Server::start([Answer::new().wait(second).drip("abc", second).close()]);
    let server = server.await.unwrap();
    let start = tokio::time::Instant::now();
    assert_eq!(ask(&server).await.unwrap(), b"abc");
    assert!(start.elapsed() >= 4 * second);
}

#[tokio::test]
async fn dropping_it_closes_everything() {
    let server = Server::start([Answer::new().silence()]).await.unwrap();
    let mut stream = connect(&server).await;
    stream.write_all(REQUEST).await.unwrap();
    server.received(1).await;
    let address = server.address();
    drop(server);
    assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn without_an_answer_there_is_no_server() {
    assert!(Server::start([]).await.is_err());
}
