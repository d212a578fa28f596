//! The clients that are measured, each asked whose token it has.

use std::error::Error;

use bytes::Bytes;
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::{Client as HyperClient, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use keyholder::extruct;
use keyholder::{Checker, Config, Key, Verdict, WhoAmI};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use serde::Deserialize;

/// What a caller goes on with when something fails.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Which client.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// `whoami()` of keyholder-extruct, with its whole policy.
    Keyholder,
    /// reqwest, as most people write the call.
    Reqwest,
    /// hyper's pooled client and nothing else: no URL is parsed, no deadline kept.
    Hyper,
    /// The client that progenitor generates, as it comes.
    Progenitor,
}

/// A client that asks with one token after another.
#[derive(Clone)]
pub enum Client {
    /// See [`Kind::Keyholder`].
    Keyholder(String),
    /// See [`Kind::Reqwest`].
    Reqwest(String, reqwest::Client),
    /// See [`Kind::Hyper`].
    Hyper(String, HyperClient<HttpConnector, Empty<Bytes>>),
    /// See [`Kind::Progenitor`].
    Progenitor(String, reqwest::Client),
}

/// A client that holds its token, so that only the call itself is left to do.
pub enum Prepared {
    /// See [`Kind::Keyholder`].
    Keyholder(extruct::Client),
    /// The others take the token with the call.
    Other(Client, String),
    /// progenitor's client holds what its hooks need.
    Progenitor(generated::Client),
}

#[allow(missing_docs, unused_imports, clippy::all)]
mod generated {
    progenitor::generate_api!(spec = "progenitor.json", inner_type = super::HeaderValue);
}

/// The token, put on each request.
impl ClientHooks<HeaderValue> for generated::Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &OperationInfo,
    ) -> std::result::Result<(), progenitor_client::Error<E>> {
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.inner().clone());
        Ok(())
    }
}

/// The answer, as somebody writes it who calls reqwest by hand.
#[derive(Deserialize)]
struct User {
    user_id: String,
    email: String,
    #[expect(dead_code, reason = "decoded, as by the others")]
    available_credits: i64,
    organization_id: Option<String>,
    organization_name: Option<String>,
    organization_slug: Option<String>,
    #[expect(dead_code, reason = "decoded, as by the others")]
    organization_is_active: Option<bool>,
}

impl User {
    /// So many bytes of text: what a caller does with it, so that nothing is left out as unused.
    fn size(&self) -> usize {
        let texts = [
            &self.organization_id,
            &self.organization_name,
            &self.organization_slug,
        ];
        let texts = texts.into_iter().flatten().map(String::len);
        self.user_id.len() + self.email.len() + texts.sum::<usize>()
    }
}

impl Client {
    /// A client for the server at `url`.
    pub fn new(kind: Kind, url: &str) -> Result<Self> {
        let url = url.to_owned();
        Ok(match kind {
            Kind::Keyholder => Self::Keyholder(url),
            Kind::Reqwest => {
                let client = reqwest::Client::builder().no_proxy().build()?;
                Self::Reqwest(url, client)
            }
            Kind::Hyper => {
                let client = HyperClient::builder(TokioExecutor::new()).build_http();
                Self::Hyper(url, client)
            }
            Kind::Progenitor => {
                let client = reqwest::Client::builder().no_proxy().build()?;
                Self::Progenitor(url, client)
            }
        })
    }

    /// All that can be done before the first call with `token`.
    pub fn prepare(&self, token: &str) -> Result<Prepared> {
        Ok(match self {
            Self::Keyholder(url) => {
                let config = Config::new(token).base_url(url);
                Prepared::Keyholder(extruct::Client::with_config(config)?)
            }
            Self::Progenitor(url, client) => Prepared::Progenitor(
                generated::Client::new_with_client(url, client.clone(), bearer(token)?),
            ),
            other => Prepared::Other(other.clone(), token.to_owned()),
        })
    }

    /// Asks once with each token, so many at a time. Gives the size of the text that came back.
    pub async fn ask_all(
        &self,
        tokens: impl Iterator<Item = String> + Send,
        concurrency: usize,
    ) -> Result<usize> {
        if let Self::Keyholder(url) = self {
            return check_all(url, tokens, concurrency).await;
        }
        let mut asked = stream::iter(tokens)
            .map(|token| {
                let client = self.prepare(&token);
                async move { client?.ask().await }
            })
            .buffer_unordered(concurrency);
        let mut size = 0;
        while let Some(read) = asked.next().await {
            size += read?;
        }
        Ok(size)
    }

    async fn ask(&self, token: &str) -> Result<usize> {
        match self {
            Self::Reqwest(url, client) => {
                let answer = client
                    .get(format!("{url}/v1/user"))
                    .bearer_auth(token)
                    .header(ACCEPT, "application/json")
                    .send()
                    .await?
                    .error_for_status()?;
                Ok(answer.json::<User>().await?.size())
            }
            Self::Hyper(url, client) => {
                let request = Request::get(format!("{url}/v1/user"))
                    .header(AUTHORIZATION, bearer(token)?)
                    .header(ACCEPT, "application/json")
                    .header(USER_AGENT, "bench")
                    .body(Empty::new())?;
                let answer = client.request(request).await?;
                let body = answer.into_body().collect().await?.to_bytes();
                Ok(serde_json::from_slice::<User>(&body)?.size())
            }
            Self::Keyholder(..) | Self::Progenitor(..) => Err("is to be prepared".into()),
        }
    }
}

/// With keyholder's own stream.
async fn check_all(
    url: &str,
    tokens: impl Iterator<Item = String> + Send,
    concurrency: usize,
) -> Result<usize> {
    let keys = tokens.map(|token| Key::new((), &*extruct::PROVIDER, token).base_url(url));
    let mut checked = Checker::new()
        .concurrency(concurrency)
        .check(stream::iter(keys));
    let mut size = 0;
    while let Some(checked) = checked.next().await {
        match checked.verdict {
            Verdict::Valid(identity) => size += identity.sub.map_or(0, |sub| sub.len()),
            Verdict::Invalid(error) | Verdict::Indeterminate(error) => return Err(error.into()),
        }
    }
    Ok(size)
}

impl Prepared {
    /// Asks once. Gives the size of the text that came back.
    pub async fn ask(&self) -> Result<usize> {
        match self {
            Self::Keyholder(client) => {
                let identity = client.whoami().await?;
                let texts = [&identity.sub, &identity.email];
                Ok(texts.into_iter().flatten().map(String::len).sum())
            }
            Self::Other(client, token) => client.ask(token).await,
            Self::Progenitor(client) => Ok(client.get_user().await?.user_id.len()),
        }
    }
}

fn bearer(token: &str) -> Result<HeaderValue> {
    Ok(HeaderValue::try_from(format!("Bearer {token}"))?)
}
