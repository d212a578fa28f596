//! HTTP clients that many configurations share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_core::{Client, Config, HttpClients, Operation, Provider, ProviderInfo, WhoAmI};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}";

async fn answer(connection: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(connection.read_u8().await.unwrap());
    }
    connection.write_all(ANSWER).await.unwrap();
}

#[tokio::test]
async fn connections_that_nobody_uses_can_be_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut operation = Operation::new("get_me", "GET", "/me");
    operation.identity.sub = serde_json::from_str("\"/id\"").unwrap();
    let provider = Provider::from(ProviderInfo::new("acme", operation));
    let shared = HttpClients::default();
    let config = || {
        Config::new("a-token")
            .base_url(&url)
            .http_clients(shared.clone())
    };
    // Clients that were made before are told too.
    let clients = [config(), config()].map(|it| Client::new(&provider, it).unwrap());

    let (first, mut connection) = tokio::join!(clients[0].whoami(), async {
        let (mut connection, _) = listener.accept().await.unwrap();
        answer(&mut connection).await;
        connection
    });
    assert!(first.is_ok());
    let (second, ()) = tokio::join!(clients[1].whoami(), answer(&mut connection));
    assert!(second.is_ok(), "the connection is shared");

    shared.close_idle();
    assert_eq!(connection.read(&mut [0]).await.unwrap(), 0, "it is closed");
    let (third, ()) = tokio::join!(clients[0].whoami(), async {
        let (mut connection, _) = listener.accept().await.unwrap();
        answer(&mut connection).await;
    });
    assert!(third.is_ok());
}
