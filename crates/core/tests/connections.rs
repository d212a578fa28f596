//! What is said of a connection that fails, by kind: a real socket each, and never a secret.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]
#![cfg(any(feature = "rustls", feature = "rustls-ring"))]

use std::io::{Read as _, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use keyholder_core::{
    Client, Config, Error, ErrorKind, Operation, Provider, ProviderInfo, Reason, Retry, Verdict,
    WhoAmI, http_client_builder,
};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const TOKEN: &str = "kh_4f9d2c7ab1e06358";

async fn verdict(config: Config) -> Verdict {
    let provider = Provider::from(ProviderInfo::new(
        "example",
        Operation::new("me", "GET", "/me"),
    ));
    let client = Client::new(&provider, config.retry(Retry::OFF)).unwrap();
    client.verify().await
}

async fn ask(config: Config) -> Error {
    match verdict(config).await {
        Verdict::Indeterminate(error) => error,
        other => panic!("{other:?}"),
    }
}

fn to(base_url: &str) -> Config {
    Config::new(TOKEN).base_url(base_url)
}

/// By either way to send: hyper's client alone, and reqwest.
async fn assert_asking_says(config: Config, kind: ErrorKind, reason: Reason) {
    let reqwest = http_client_builder()
        .no_proxy()
        .connect_timeout(Duration::from_millis(300));
    let reqwest = config.clone().http_client(reqwest.build().unwrap());
    for config in [config, reqwest] {
        assert_says(&ask(config).await, kind, reason);
    }
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
    let config = to(&format!("http://127.0.0.1:{port}"));
    assert_asking_says(config, ErrorKind::Connect, Reason::Refused).await;
}

/// Writes an answer that names somebody.
fn names(stream: &mut impl Write, name: &str) {
    let body = format!("{{\"id\":\"{name}\"}}");
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
}

#[test]
fn an_answer_that_nobody_asked_for_is_not_the_answer_to_what_is_asked_next() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (release, may_go) = mpsc::channel::<()>();
    let (sent, is_sent) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        assert!(first.read(&mut [0; 4096]).unwrap() > 0);
        names(&mut first, "one");
        may_go.recv().unwrap();
        names(&mut first, "nobody");
        sent.send(()).unwrap();
        let (mut second, _) = listener.accept().unwrap();
        assert!(second.read(&mut [0; 4096]).unwrap() > 0);
        names(&mut second, "two");
        // Whoever asks on the first after all has no other answer.
        let _ = first.read_to_end(&mut Vec::new());
    });
    let mut operation = Operation::new("me", "GET", "/me");
    operation.identity.sub = serde_json::from_str("\"/id\"").unwrap();
    let provider = Provider::from(ProviderInfo::new("example", operation));
    let client = Client::new(&provider, to(&base_url)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(async {
        assert_eq!(client.whoami().await.unwrap().sub.as_deref(), Some("one"));
        // The only thread waits: nobody is told that something came.
        release.send(()).unwrap();
        is_sent.recv().unwrap();
        assert_eq!(client.whoami().await.unwrap().sub.as_deref(), Some("two"));
    });
}

#[tokio::test]
async fn a_connection_that_broke_is_followed_by_a_new_one() {
    let both = Arc::new(Barrier::new(2));
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&connections);
    // Each connection has one answer, and breaks when it is used again.
    let port = serve(move |mut stream| {
        let is_early = seen.fetch_add(1, Ordering::Relaxed) < 2;
        let both = Arc::clone(&both);
        async move {
            let _ = stream.read(&mut [0; 4096]).await;
            if is_early {
                both.wait().await;
            }
            let mut answer = Vec::new();
            names(&mut answer, "one");
            let _ = stream.write_all(&answer).await;
            let _ = stream.read(&mut [0; 4096]).await;
        }
    })
    .await;
    let provider = Provider::from(ProviderInfo::new(
        "example",
        Operation::new("me", "GET", "/me"),
    ));
    let retry = Retry::default()
        .max_retries(1)
        .delay(Duration::ZERO, Duration::ZERO);
    let config = to(&format!("http://127.0.0.1:{port}")).retry(retry);
    let client = Client::new(&provider, config).unwrap();
    let (one, other) = tokio::join!(client.whoami(), client.whoami());
    assert!(one.is_ok() && other.is_ok());
    // There are two that were used before.
    client.whoami().await.unwrap();
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    // RFC 6761, section 6.4.
    let config = to("https://keyholder.invalid");
    assert_asking_says(config, ErrorKind::Connect, Reason::NameNotFound).await;
}

#[tokio::test]
async fn the_other_end_hangs_up() {
    let port = serve(async |mut stream| {
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let config = to(&format!("http://127.0.0.1:{port}"));
    assert_asking_says(config, ErrorKind::Connect, Reason::Reset).await;
}

#[tokio::test]
async fn tls_that_nobody_answers() {
    let port = serve(
        async |mut stream| {
            while stream.read(&mut [0; 1024]).await.is_ok_and(|it| it > 0) {}
        },
    )
    .await;
    let config = to(&format!("https://127.0.0.1:{port}"));
    let config = config.connect_timeout(Duration::from_millis(300));
    assert_asking_says(config, ErrorKind::Connect, Reason::ConnectTimeout).await;
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
    let config = to(&format!("https://127.0.0.1:{port}"));
    assert_asking_says(config, ErrorKind::Connect, Reason::Tls).await;
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

/// A server with a certificate of these parameters, which answers a good token: its port, and the certificate as PEM.
async fn certified(parameters: CertificateParams) -> (u16, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let port = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 1024]).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
                let _ = stream.write_all(answer).await;
                let _ = stream.read(&mut [0; 1024]).await;
            }
        }
    })
    .await;
    (port, certificate.pem())
}

/// What reqwest says of the server at that port, if it trusts this certificate alone.
async fn by_reqwest(port: u16, root: &str) -> Verdict {
    let root = reqwest::Certificate::from_pem(root.as_bytes()).unwrap();
    let builder = http_client_builder().no_proxy().tls_certs_only([root]);
    let config = to(&format!("https://localhost:{port}"));
    verdict(config.http_client(builder.build().unwrap())).await
}

/// What a process of its own says of the servers at those ports, one after the other, if the platform trusts that
/// certificate alone: it is read once, before the first.
fn by_hyper(ports: &[u16], root: &str) -> Vec<String> {
    let file = std::env::temp_dir().join(format!("keyholder-root-{}.pem", ports[0]));
    std::fs::write(&file, root).unwrap();
    let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "asks_the_ports_it_is_given",
            "--ignored",
            "--nocapture",
        ])
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        .env("KEYHOLDER_PORTS", ports.join(","))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().filter_map(|it| it.strip_prefix("said: "));
    let lines = lines.map(str::to_owned).collect();
    assert!(!file.exists(), "{said}");
    lines
}

fn said(verdict: &Verdict) -> String {
    let reason = verdict.error().and_then(Error::reason);
    format!("{} {}", verdict.as_str(), reason.map_or("", Reason::as_str))
}

/// The other half of [`by_hyper`].
#[tokio::test]
#[ignore = "a part of another test"]
async fn asks_the_ports_it_is_given() {
    for port in std::env::var("KEYHOLDER_PORTS").unwrap().split(',') {
        let verdict = verdict(to(&format!("https://localhost:{port}"))).await;
        println!("\nsaid: {}", said(&verdict));
        let _ = std::fs::remove_file(std::env::var("SSL_CERT_FILE").unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_with_faults() {
    let of = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();

    let (port, _) = certified(of("localhost")).await;
    let config = to(&format!("https://localhost:{port}"));
    assert_asking_says(config, ErrorKind::Connect, Reason::CertificateIssuer).await;

    let mut expired = of("localhost");
    expired.not_before = date_time_ymd(2000, 1, 1);
    expired.not_after = date_time_ymd(2001, 1, 1);
    for (parameters, expected) in [
        (of("localhost"), "valid "),
        (of("other.example"), "indeterminate certificate_name"),
        (expired, "indeterminate certificate_expired"),
    ] {
        let (port, root) = certified(parameters).await;
        assert_eq!(said(&by_reqwest(port, &root).await), expected);
        assert_eq!(by_hyper(&[port], &root), [expected]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_certificates_are_read_once() {
    let (port, root) =
        certified(CertificateParams::new(vec!["localhost".to_owned()]).unwrap()).await;
    // Their file is gone after the first; each client is made anew.
    assert_eq!(by_hyper(&[port, port, port], &root), ["valid "; 3]);
}
