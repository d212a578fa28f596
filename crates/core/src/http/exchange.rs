//! One request and its answer, by whatever sends it.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
#[cfg(feature = "__rustls")]
use hyper_util::client::legacy::ResponseFuture;
use reqwest::Url;

use super::connection;
#[cfg(feature = "__rustls")]
use super::lean;
use super::request::Outgoing;
use crate::{BoxFuture, Error};

/// What sends requests.
pub(super) trait Exchange {
    /// Sends, and waits for the head of an answer. After a connection that broke, `is_new` asks for one that was never used,
    /// where there is a choice.
    fn exchange(
        &self,
        request: Outgoing<'_>,
        is_new: bool,
    ) -> impl Future<Output = Result<Reply, Error>> + Send;
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
pub(super) struct HttpClient(Arc<RwLock<Arc<Sender>>>);

/// What an HTTP client sends with.
pub(super) enum Sender {
    /// The caller's own, or one for what needs more than the other has.
    Reqwest(reqwest::Client),
    #[cfg(feature = "__rustls")]
    Lean(Box<lean::Client>),
}

impl From<Sender> for HttpClient {
    fn from(sender: Sender) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(sender))))
    }
}

impl HttpClient {
    /// Sends with `sender` from now on. The connections of what sent before are closed once nobody waits for an answer.
    pub(super) fn replace(&self, sender: Sender) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(sender);
    }

    fn sender(&self) -> Arc<Sender> {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&sender)
    }
}

impl Exchange for HttpClient {
    // The request is handed over at once: a future that held it would be moved with it, and take several times its room.
    fn exchange(
        &self,
        request: Outgoing<'_>,
        #[cfg_attr(not(feature = "__rustls"), expect(unused_variables))] is_new: bool,
    ) -> impl Future<Output = Result<Reply, Error>> + Send {
        let answer = match &*self.sender() {
            Sender::Reqwest(client) => {
                let (client, request) = (client.clone(), request.into_reqwest());
                Answer::Reqwest(Box::pin(async move { client.execute(request).await }))
            }
            #[cfg(feature = "__rustls")]
            Sender::Lean(client) => match request.into_http() {
                Ok(request) => Answer::Lean(client.request(request, is_new)),
                Err(error) => Answer::Unsent(error),
            },
        };
        async move {
            match answer {
                Answer::Reqwest(answer) => {
                    let answer = answer.await;
                    answer.map(Reply::from).map_err(connection::error)
                }
                #[cfg(feature = "__rustls")]
                Answer::Lean(answer) => {
                    let (head, body) = answer.await.map_err(connection::lean_error)?.into_parts();
                    Ok(Reply {
                        status: head.status,
                        headers: head.headers,
                        body: Body::Lean(body),
                    })
                }
                #[cfg(feature = "__rustls")]
                Answer::Unsent(error) => Err(error),
            }
        }
    }
}

/// An answer that is yet to come.
enum Answer {
    Reqwest(BoxFuture<'static, reqwest::Result<reqwest::Response>>),
    #[cfg(feature = "__rustls")]
    Lean(ResponseFuture),
    /// There is none: the request cannot be sent.
    #[cfg(feature = "__rustls")]
    Unsent(Error),
}

/// A function in place of an HTTP client.
pub(super) struct By<F>(pub(super) F);

impl<F, A> Exchange for By<F>
where
    F: Fn(reqwest::Request) -> A,
    A: Future<Output = reqwest::Result<reqwest::Response>> + Send,
{
    fn exchange(
        &self,
        request: Outgoing<'_>,
        _: bool,
    ) -> impl Future<Output = Result<Reply, Error>> + Send {
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
