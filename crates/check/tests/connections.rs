//! The stream against a server: connections are shared, and end with the stream.
#![allow(clippy::similar_names, clippy::unwrap_used, missing_docs)]

mod providers;

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::stream::{self, StreamExt};
use keyholder_check::{Checker, Key};
use keyholder_core::{Operation, Pointer, Provider, ProviderInfo, Source};
use providers::EXTRUCT;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A server that gives every token the description's answer, and counts.
struct Server {
    url: String,
    /// How often each came.
    requests: Arc<Mutex<HashMap<Vec<u8>, usize>>>,
    connections: Arc<AtomicUsize>,
    /// How many connections are open.
    open: watch::Sender<usize>,
}

impl Server {
    /// One that answers so many requests on each connection, and hangs up at the next; with none, it only listens.
    async fn start(answers: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            connections: Arc::default(),
            open: watch::Sender::default(),
        };
        let (requests, connections, open) = (
            Arc::clone(&server.requests),
            Arc::clone(&server.connections),
            server.open.clone(),
        );
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (requests, open) = (Arc::clone(&requests), open.clone());
                tokio::spawn(async move {
                    open.send_modify(|it| *it += 1);
                    let _ = serve(stream, &requests, answers).await;
                    open.send_modify(|it| *it -= 1);
                });
            }
        });
        server
    }

    /// How many requests came, and how often the same at most.
    fn requests(&self) -> (usize, usize) {
        let requests = self.requests.lock().unwrap();
        (
            requests.values().sum(),
            requests.values().copied().max().unwrap_or_default(),
        )
    }

    async fn has_open(&self, count: usize) {
        let mut open = self.open.subscribe();
        open.wait_for(|it| *it == count).await.unwrap();
    }
}

async fn serve(
    mut stream: TcpStream,
    requests: &Mutex<HashMap<Vec<u8>, usize>>,
    mut answers: usize,
) -> std::io::Result<()> {
    let only_listens = answers == 0;
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await? > 0 {
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let request = mem::take(&mut request);
        *requests.lock().unwrap().entry(request).or_default() += 1;
        if !only_listens {
            let Some(left) = answers.checked_sub(1) else {
                return Ok(());
            };
            answers = left;
            let body = keyholder_extruct::examples::EXAMPLES[0].1;
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

fn keys(count: usize, url: &str) -> impl stream::Stream<Item = Key<usize>> {
    stream::iter(
        (0..count)
            .map(move |tag| Key::new(tag, &*EXTRUCT, format!("token-{}", tag / 2)).base_url(url)),
    )
}

#[tokio::test]
async fn many_keys_share_few_connections() {
    let server = Server::start(usize::MAX).await;
    let checker = Checker::new().concurrency(4);
    let checked: Vec<_> = checker.check(keys(400, &server.url)).collect().await;
    assert!(
        checked.iter().all(|it| it.verdict.is_valid()),
        "{checked:?}"
    );
    assert_eq!(checked.len(), 400);
    // Each key comes twice, and is asked about once.
    assert_eq!(server.requests(), (200, 1));
    let connections = server.connections.load(Ordering::SeqCst);
    assert!(connections < 40, "{connections} for 200 requests");
    // They end with the last that has them.
    drop(checker);
    server.has_open(0).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_on_connections_used_again_loses_no_key() {
    let server = Server::start(1).await;
    let checker = Checker::new().concurrency(16);
    let checked: Vec<_> = checker.check(keys(400, &server.url)).collect().await;
    assert!(
        checked.iter().all(|it| it.verdict.is_valid()),
        "{checked:?}"
    );
    // What is asked again is asked once more, on a connection of its own.
    assert_eq!(server.requests().1, 2);
}

#[tokio::test]
async fn dropping_the_stream_hangs_up() {
    let server = Server::start(0).await;
    let mut verdicts = Checker::new().concurrency(8).check(keys(100, &server.url));
    tokio::select! {
        _ = verdicts.next() => unreachable!("it does not answer"),
        () = server.has_open(8) => {}
    }
    drop(verdicts);
    server.has_open(0).await;
}

/// A provider that no crate was generated for is asked as any other.
#[tokio::test]
async fn a_provider_that_is_data_alone_is_asked() {
    let server = Server::start(usize::MAX).await;
    let example = keyholder_extruct::examples::EXAMPLES[0].1;
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let mut operation = Operation::new("get_me", "GET", "/me");
    operation.identity.sub = Some(Source::from("/email".parse::<Pointer>().unwrap()));
    let acme = Provider::from(ProviderInfo::new("acme", operation));
    let keys = [
        Key::new("acme", &acme, "token").base_url(&server.url),
        Key::new("extruct", &*EXTRUCT, "token").base_url(&server.url),
    ];
    let checked: Vec<_> = Checker::new().check(stream::iter(keys)).collect().await;
    assert_eq!(checked.len(), 2);
    for it in checked {
        let identity = it.verdict.identity().unwrap();
        assert_eq!(
            (it.tag, identity.provider.as_str()),
            (it.provider.name.as_str(), it.tag)
        );
        let claim = if it.tag == "acme" { "email" } else { "user_id" };
        assert_eq!(identity.sub.as_deref(), example[claim].as_str());
    }
    // The same token, of two providers at one address.
    assert_eq!(server.requests().0, 2);
}
