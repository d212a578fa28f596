//! What a request carries of a key, for mocks to compare with what came.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::transport::Transport;
use crate::{Config, Error, Provider};

/// What a request carries of a key: its token, and what of its parameters is sent.
///
/// It has no `Debug`: nothing prints it.
struct Carried {
    headers: Vec<(HeaderName, HeaderValue)>,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Bytes>,
}

/// Whether a request to that operation of `provider` carries the key of `config`, by its URL, its headers and its body. A key
/// that no client is made from is carried by none.
#[doc(hidden)]
pub fn carries(
    provider: &Provider,
    operation: usize,
    config: Config,
) -> impl Fn(&Uri, &HeaderMap, &[u8]) -> bool + Send + Sync + 'static {
    let carried = carried(provider, operation, config);
    move |uri, headers, body| {
        let carried = carried.as_ref();
        carried.is_ok_and(|it| it.is_in(uri, headers, body))
    }
}

/// What the request of that operation carries that a client made from `config` sends.
fn carried(provider: &Provider, operation: usize, config: Config) -> Result<Carried, Error> {
    let config = match config.base_url {
        Some(_) => config,
        // Where it goes makes no difference.
        None => config.base_url("http://localhost"),
    };
    let transport = Transport::prepare(provider, &config)?;
    let (request, names) = transport.request(operation)?;
    let headers = names.filter_map(|name| {
        let value = request.headers().get(name)?;
        Some((name.clone(), value.clone()))
    });
    let query = request.url().query_pairs().into_owned();
    Ok(Carried {
        headers: headers.collect(),
        path: request.url().path().to_owned(),
        query: query.collect(),
        body: request
            .body()
            .and_then(|body| body.as_bytes().map(Bytes::copy_from_slice)),
    })
}

impl Carried {
    /// Whether a request has all of it. What else the request has makes no difference, nor does what the path begins with.
    fn is_in(&self, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> bool {
        let query = uri.query().unwrap_or_default().as_bytes();
        let query: Vec<_> = form_urlencoded::parse(query).into_owned().collect();
        let has_header = |(name, value): &(HeaderName, HeaderValue)| {
            let mut values = headers.get_all(name).iter();
            values.any(|it| it == value)
        };
        self.headers.iter().all(has_header)
            && uri.path().ends_with(&self.path)
            && self.query.iter().all(|pair| query.contains(pair))
            && self.body.as_ref().is_none_or(|it| it == body)
    }
}
