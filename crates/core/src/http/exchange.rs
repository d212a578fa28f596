//! One request and its answer, by whatever sends it.

use std::future::Future;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
#[cfg(feature = "__rustls")]
use hyper_util::client::legacy::ResponseFuture;
use reqwest::Url;

use super::clients::Way;
use super::connection;
#[cfg(feature = "__rustls")]
use super::lean;
use super::request::Outgoing;
use crate::{BoxFuture, Error};

/// What sends requests.
pub(super) trait Exchange {
    /// Sends, and waits for the head of an answer; where `is_new` asks for it and there is a choice, on a connection that was
    /// never used before.
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
struct Sender {
    client: Client,
    /// What it was made for, where it is not the caller's own: in which way it sends, and in what time it connects.
    made_for: Option<(Way, Duration)>,
    /// The same without kept connections, once it was wanted.
    unpooled: OnceLock<Client>,
}

/// A client of a library's.
#[derive(Clone)]
pub(super) enum Client {
    /// The caller's own, or one for what needs more than the other has.
    Reqwest(reqwest::Client),
    #[cfg(feature = "__rustls")]
    Lean(lean::Client),
}

impl Sender {
    fn new(client: Client, made_for: Option<(Way, Duration)>) -> Self {
        Self {
            client,
            made_for,
            unpooled: OnceLock::new(),
        }
    }

    fn client(&self, is_new: bool) -> &Client {
        match self.made_for {
            Some((way, connect_timeout)) if is_new => self.unpooled.get_or_init(|| {
                let unpooled = way.client(connect_timeout, None);
                // Where none can be made, a connection that was used is better than none.
                unpooled.unwrap_or_else(|_| self.client.clone())
            }),
            _ => &self.client,
        }
    }
}

impl From<reqwest::Client> for HttpClient {
    fn from(client: reqwest::Client) -> Self {
        Self::of(Sender::new(Client::Reqwest(client), None))
    }
}

impl HttpClient {
    /// One that sends in that way, and keeps connections that nobody uses for so long.
    pub(super) fn new(way: Way, connect_timeout: Duration, idle: Duration) -> Result<Self, Error> {
        Self::sender(way, connect_timeout, idle).map(Self::of)
    }

    fn of(sender: Sender) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(sender))))
    }

    fn sender(way: Way, connect_timeout: Duration, idle: Duration) -> Result<Sender, Error> {
        let client = way.client(connect_timeout, Some(idle))?;
        Ok(Sender::new(client, Some((way, connect_timeout))))
    }

    /// Closes the connections that nobody uses, and those in use once nobody waits for an answer. Those of the caller's own
    /// client stay.
    pub(super) fn renew(&self, idle: Duration) {
        let Some((way, connect_timeout)) = self.current().made_for else {
            return;
        };
        // Where none can be made, that which is there goes on.
        if let Ok(sender) = Self::sender(way, connect_timeout, idle) {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(sender);
        }
    }

    fn current(&self) -> Arc<Sender> {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&sender)
    }
}

impl Exchange for HttpClient {
    // The request is handed over at once: a future that held it would be moved with it, and take several times its room.
    fn exchange(
        &self,
        request: Outgoing<'_>,
        is_new: bool,
    ) -> impl Future<Output = Result<Reply, Error>> + Send {
        let answer = match self.current().client(is_new) {
            Client::Reqwest(client) => {
                let (client, request) = (client.clone(), request.into_reqwest());
                Answer::Reqwest(Box::pin(async move { client.execute(request).await }))
            }
            #[cfg(feature = "__rustls")]
            Client::Lean(client) => match request.into_http() {
                Ok(request) => Answer::Lean(client.request(request)),
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
