//! Many keys of one https server that is far away: by HTTP/1.1, and by HTTP/2.
//!
//! `serve LATENCY_MS CERTIFICATE_FILE` prints the port; `ask 1|2 PORT CERTIFICATE_FILE KEYS` prints keys a second and the
//! microseconds of processors for each. Both ways ask by reqwest under `Checker`, so that nothing but the protocol differs.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use keyholder::{Checker, Key, extruct, http_client_builder};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const BODY: &str = r#"{"user_id":"5f0c7c1e-2d4b-4a86-9a57-3c1f6e0b8d21","email":"jane@example.com","available_credits":1250}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", latency, file] => serve(Duration::from_millis(latency.parse()?), file).await,
        ["ask", version, port, file, keys] => ask(version, port, file, keys.parse()?).await,
        _ => Err("serve LATENCY_MS FILE, or ask 1|2 PORT FILE KEYS".into()),
    }
}

/// Answers each request after that time, and each connection's first bytes after twice that: TCP and TLS take a round trip
/// each.
async fn serve(latency: Duration, file: &str) -> Result<()> {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    std::fs::write(file, certified.cert.pem())?;
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der())?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            sleep(latency * 2).await;
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(|_: Request<_>| async move {
                sleep(latency).await;
                let answer = Response::builder().header("content-type", "application/json");
                let answer = answer.body(Full::new(Bytes::from_static(BODY.as_bytes())));
                Ok::<_, Infallible>(answer.unwrap_or_default())
            });
            // A client that goes away ends it, and nothing else.
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn ask(version: &str, port: &str, file: &str, keys: u64) -> Result<()> {
    let root = reqwest::Certificate::from_pem(&std::fs::read(file)?)?;
    let client = http_client_builder().tls_certs_only([root]).no_proxy();
    let client = match version {
        "1" => client.http1_only(),
        _ => client,
    };
    let client = client.build()?;
    let base_url = format!("https://localhost:{port}");
    let tokens = stream::iter(0..keys).map(|number| {
        let token = format!("ext_live_{number:032x}");
        Key::new((), &*extruct::PROVIDER, token).base_url(base_url.as_str())
    });
    let checker = Checker::new().configure(move |config| config.http_client(client.clone()));
    let (start, before) = (Instant::now(), processors()?);
    let mut checked = checker.check(tokens);
    while let Some(checked) = checked.next().await {
        if let Some(error) = checked.verdict.error() {
            return Err(error.clone().into());
        }
    }
    let (time, after) = (start.elapsed(), processors()?);
    #[allow(clippy::cast_precision_loss)]
    let keys = keys as f64;
    println!(
        "{:.0} keys/s, {:.1} µs of processors a key",
        keys / time.as_secs_f64(),
        (after - before) / keys
    );
    Ok(())
}

/// The microseconds of processors that this process took.
fn processors() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let time = usage.user_time() + usage.system_time();
    #[allow(clippy::cast_precision_loss)]
    Ok(time.num_microseconds() as f64)
}
