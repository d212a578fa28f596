//! One request and its answer, by whatever sends it.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::Url;

use super::connection;
#[cfg(feature = "__rustls")]
use super::lean;
use super::request::Outgoing;
use crate::Error;

/// What sends requests.
pub(super) trait Exchange {
    /// Sends, and waits for the head of an answer.
    fn exchange(&self, request: Outgoing<'_>) -> impl Future<Output = Result<Reply, Error>> + Send;
}

/// The head of an answer, whose body is yet to come.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

/// A body that is yet to come.
pub(super) enum Body {
    Reqwest(reqwest::Response),
    #[cfg(feature = "__rustls")]
    Lean(hyper::body::Incoming),
}

/// An HTTP client. Clones share its connections, and what takes its place.
#[derive(Clone)]
pub(super) struct HttpClient(Arc<RwLock<Sender>>);

/// What an HTTP client sends with.
#[derive(Clone)]
pub(super) enum Sender {
    /// The caller's own, or one for what needs more than the other has.
    Reqwest(reqwest::Client),
    #[cfg(feature = "__rustls")]
    Lean(lean::Client),
}

impl From<Sender> for HttpClient {
    fn from(sender: Sender) -> Self {
        Self(Arc::new(RwLock::new(sender)))
    }
}

impl HttpClient {
    /// Sends with `sender` from now on. The connections of what sent before are closed once nobody waits for an answer.
    pub(super) fn replace(&self, sender: Sender) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = sender;
    }

    fn sender(&self) -> Sender {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sender.clone()
    }
}

impl Exchange for HttpClient {
    async fn exchange(&self, request: Outgoing<'_>) -> Result<Reply, Error> {
        match self.sender() {
            Sender::Reqwest(client) => {
                // It is large, and most often the other one is sent with.
                let answer = Box::pin(client.execute(request.into_reqwest())).await;
                answer.map(Reply::from).map_err(connection::error)
            }
            #[cfg(feature = "__rustls")]
            Sender::Lean(client) => {
                let answer = client.request(request.into_http()?).await;
                let (head, body) = answer.map_err(connection::lean_error)?.into_parts();
                Ok(Reply {
                    status: head.status,
                    headers: head.headers,
                    body: Body::Lean(body),
                })
            }
        }
    }
}

/// A function in place of an HTTP client.
pub(super) struct By<F>(pub(super) F);

impl<F, A> Exchange for By<F>
where
    F: Fn(reqwest::Request) -> A,
    A: Future<Output = reqwest::Result<reqwest::Response>> + Send,
{
    fn exchange(&self, request: Outgoing<'_>) -> impl Future<Output = Result<Reply, Error>> + Send {
        let answer = self.0(request.into_reqwest());
        async move { answer.await.map(Reply::from).map_err(connection::error) }
    }
}

impl From<reqwest::Response> for Reply {
    fn from(mut answer: reqwest::Response) -> Self {
        Self {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body: Body::Reqwest(answer),
        }
    }
}

impl Reply {
    /// Whether it came from a URL of which that holds; a client that follows no redirect was answered from where it asked.
    pub(super) fn is_from(&self, is_asked: impl Fn(&Url) -> bool) -> bool {
        match &self.body {
            Body::Reqwest(answer) => is_asked(answer.url()),
            #[cfg(feature = "__rustls")]
            Body::Lean(_) => true,
        }
    }
}

impl Body {
    /// The next bytes; none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Reqwest(answer) => answer.chunk().await.map_err(connection::error),
            #[cfg(feature = "__rustls")]
            Self::Lean(body) => lean::chunk(body).await.map_err(connection::body_error),
        }
    }
}
