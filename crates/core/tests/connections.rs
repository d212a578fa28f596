//! What is said of a connection that fails, by kind: a real socket each, and never a secret.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![cfg(feature = "rustls")]

use std::sync::Arc;

use keyholder_core::{
    Client, Config, Error, ErrorKind, Operation, Provider, ProviderInfo, Reason, Retry, Verdict,
    WhoAmI, http_client_builder,
};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const TOKEN: &str = "kh_4f9d2c7ab1e06358";

async fn ask(config: Config) -> Error {
    let provider = Provider::from(ProviderInfo::new(
        "example",
        Operation::new("me", "GET", "/me"),
    ));
    let client = Client::new(&provider, config.retry(Retry::OFF)).unwrap();
    match client.verify().await {
        Verdict::Indeterminate(error) => error,
        other => panic!("{other:?}"),
    }
}

async fn ask_at(base_url: &str) -> Error {
    ask(Config::new(TOKEN).base_url(base_url)).await
}

fn assert_says(error: &Error, kind: ErrorKind, reason: Reason) {
    assert_eq!(
        (error.kind(), error.reason()),
        (kind, Some(reason)),
        "{error:?} {:?}",
        std::error::Error::source(error)
    );
    let json = serde_json::to_value(Verdict::Indeterminate(error.clone())).unwrap();
    assert_eq!(json["error"]["reason"], reason.as_str());
    let shown = format!("{error} {error:?} {json}");
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(error.to_string().contains(": "), "{error}");
}

/// A server that does `answer` with each connection. Gives its port.
async fn serve<F>(answer: impl Fn(tokio::net::TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    port
}

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = ask_at(&format!("http://127.0.0.1:{port}")).await;
    assert_says(&error, ErrorKind::Connect, Reason::Refused);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    // RFC 6761, section 6.4.
    let error = ask_at("https://keyholder.invalid").await;
    assert_says(&error, ErrorKind::Connect, Reason::NameNotFound);
}

#[tokio::test]
async fn the_other_end_hangs_up() {
    let port = serve(async |mut stream| {
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let error = ask_at(&format!("http://127.0.0.1:{port}")).await;
    assert_says(&error, ErrorKind::Connect, Reason::Reset);
}

#[tokio::test]
async fn a_server_without_tls() {
    let port = serve(async |mut stream| {
        let _ = stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .await;
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let error = ask_at(&format!("https://127.0.0.1:{port}")).await;
    assert_says(&error, ErrorKind::Connect, Reason::Tls);
}

#[tokio::test]
async fn a_proxy_that_refuses() {
    let port = serve(async |mut stream| {
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            .await;
    })
    .await;
    let proxy = reqwest::Proxy::all(format!("http://user:hunter2@127.0.0.1:{port}")).unwrap();
    let client = http_client_builder().proxy(proxy).build().unwrap();
    let error = ask(Config::new(TOKEN)
        .base_url("https://api.example.com")
        .http_client(client))
    .await;
    assert_says(&error, ErrorKind::Connect, Reason::Proxy);
    assert!(!format!("{error}{error:?}").contains("hunter2"));
}

/// A server with a certificate of these parameters, and a client that trusts it where `trusted`.
async fn asked_with(parameters: CertificateParams, trusted: bool) -> Error {
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let port = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let _ = acceptor.accept(stream).await;
        }
    })
    .await;
    let mut builder = http_client_builder();
    if trusted {
        let pem = certificate.pem();
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
        builder = builder.tls_certs_only([root]);
    }
    let client = builder.build().unwrap();
    let base_url = format!("https://localhost:{port}");
    ask(Config::new(TOKEN).base_url(base_url).http_client(client)).await
}

#[tokio::test]
async fn certificates_with_faults() {
    let of = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();

    let unknown = asked_with(of("localhost"), false).await;
    assert_says(&unknown, ErrorKind::Connect, Reason::CertificateIssuer);

    let other = asked_with(of("other.example"), true).await;
    assert_says(&other, ErrorKind::Connect, Reason::CertificateName);

    let mut expired = of("localhost");
    expired.not_before = date_time_ymd(2000, 1, 1);
    expired.not_after = date_time_ymd(2001, 1, 1);
    let expired = asked_with(expired, true).await;
    assert_says(&expired, ErrorKind::Connect, Reason::CertificateExpired);
}
