//! hyper's pooled client alone, where nothing asks for what reqwest has beside it: a client of the caller's own, or a proxy.
//!
//! Names, connections and TLS are as reqwest has them: the same connector, both families of addresses, the platform's
//! certificates, HTTP/1.1. It follows no redirect and adds no header.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::{self, connect};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
#[cfg(feature = "rustls")]
use rustls::crypto::aws_lc_rs as cryptography;
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
use rustls::crypto::ring as cryptography;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use super::connection;
use super::names::Resolver;
use super::stream::Stream;
use crate::{Error, Reason};

/// A client with connections of its own. Clones share them.
pub(super) type Client = legacy::Client<Connector, Full<Bytes>>;

type HttpConnector = connect::HttpConnector<Resolver>;

/// How long after the last bytes the system asks whether the other end is there, how often, and how many times.
const KEEP_ALIVE: (Duration, u32) = (Duration::from_secs(15), 3);

/// How much is read from a connection before it is asked for: the largest head of an answer, and the largest piece of its
/// body.
const PIECE: usize = 32 * 1024;

/// A client for one kind of URLs, which keeps connections that nobody uses for so long, or none.
///
/// # Errors
///
/// TLS that does not start: the machine has no certificates.
pub(super) fn client(
    is_encrypted: bool,
    connect_timeout: Duration,
    idle: Option<Duration>,
) -> Result<Client, Error> {
    let mut http = HttpConnector::new_with_resolver(Resolver::shared());
    http.enforce_http(!is_encrypted);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connect_timeout));
    http.set_keepalive(Some(KEEP_ALIVE.0));
    http.set_keepalive_interval(Some(KEEP_ALIVE.0));
    http.set_keepalive_retries(Some(KEEP_ALIVE.1));
    let connector = Connector {
        way: if is_encrypted {
            Way::Encrypted(HttpsConnector::from((http, tls()?)))
        } else {
            Way::Plain(http)
        },
        timeout: connect_timeout,
    };
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    if idle.is_none() {
        builder.pool_max_idle_per_host(0);
    }
    Ok(builder
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(idle)
        .http1_max_buf_size(PIECE)
        // Every request has it already.
        .set_host(false)
        .build(connector))
}

/// Whether the environment, or what else the system has, sends requests to `uri` by a proxy.
pub(super) fn has_proxy(uri: &Uri) -> bool {
    Matcher::from_system().intercept(uri).is_some()
}

/// How TLS is spoken: the same for all clients of the process, for which the platform's certificates are read once.
fn tls() -> Result<Arc<ClientConfig>, Error> {
    static TLS: Mutex<Option<Arc<ClientConfig>>> = Mutex::new(None);
    // Whoever comes meanwhile waits, and does not read them again.
    let mut tls = TLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(tls) = &*tls {
        return Ok(Arc::clone(tls));
    }
    let provider = provider().ok_or_else(|| {
        Error::config("the HTTP client cannot be built").with_reason(Some(Reason::NoTls))
    })?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(ConfigBuilderExt::try_with_platform_verifier)
        .map_err(connection::build_error)?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::clone(tls.insert(Arc::new(config))))
}

/// The cryptography that the program has chosen for all of it, or our own, which one of two features brings.
fn provider() -> Option<Arc<CryptoProvider>> {
    let provider = CryptoProvider::get_default().cloned();
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    let provider = provider.or_else(|| Some(Arc::new(cryptography::default_provider())));
    provider
}

/// Has reqwest find the cryptography too: without aws-lc it knows none by itself, and would panic. It looks where the program
/// puts its own choice, which goes first; rustls itself does the same when it makes a configuration.
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
pub(crate) fn install() {
    // One that is there already stays.
    let _ = cryptography::default_provider().install_default();
}

/// The next bytes of a body; none at its end.
pub(super) async fn chunk(body: &mut Incoming) -> hyper::Result<Option<Bytes>> {
    while let Some(frame) = body.frame().await {
        // Trailers are passed over.
        if let Ok(data) = frame?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Makes connections, each within a time.
#[derive(Clone)]
pub(super) struct Connector {
    way: Way,
    /// For all of it: the name, the connection and TLS.
    timeout: Duration,
}

#[derive(Clone)]
enum Way {
    Plain(HttpConnector),
    Encrypted(HttpsConnector<HttpConnector>),
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

type Connecting =
    Pin<Box<dyn Future<Output = Result<MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>> + Send>>;

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.way {
            Way::Plain(http) => http.poll_ready(context).map_err(Into::into),
            Way::Encrypted(https) => https.poll_ready(context),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting: Connecting = match &mut self.way {
            Way::Plain(http) => {
                let connecting = http.call(uri);
                Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) })
            }
            Way::Encrypted(https) => https.call(uri),
        };
        let time = self.timeout;
        Box::pin(async move {
            let in_time = timeout(time, connecting).await;
            let stream =
                in_time.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))?;
            Ok(Stream::from(stream))
        })
    }
}
