//! What stands between the clients and Prism: it says what Prism is to answer, and keeps what came and went.
//!
//! A client sends nothing but what is described, so that it cannot ask a mock for an error. Each question has a base
//! URL of its own here, and the proxy adds the header `Prefer` to what comes under it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::question::Tampering;
use keyholder_openapi::{Error, Result};
use testing_harness::server::{Answer, Request, Server, owned};

const PATIENCE: Duration = Duration::from_secs(30);

/// Headers that are of one connection alone (RFC 9110, section 7.6.1), and what Prism adds for browsers.
const CONNECTION: [&str; 5] = ["connection", "content-length", "host", "keep-alive", "date"];

/// Where a question goes, and what is done to it.
#[derive(Debug)]
pub(super) struct Route {
    /// The Prism that answers.
    pub prism: SocketAddr,
    /// What is taken off the path, because Prism serves without it.
    pub base_path: String,
    /// The header `Prefer`.
    pub preference: Option<String>,
    /// What is done to the credential.
    pub tampering: Option<Tampering>,
    /// The token, by which a credential is known.
    pub token: String,
}

/// A request that a client sent, and what Prism answered.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    /// The number of the route.
    pub route: usize,
    /// As the client sent it, without the part of its path that names the route.
    pub request: Request,
    /// As Prism sent it.
    pub answer: Answer,
}

/// The proxy, running. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Proxy {
    server: Server,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Proxy {
    /// Forwards along `routes`.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub(super) fn start(routes: Vec<Route>) -> Result<Self> {
        let exchanges = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&exchanges);
        let server = Server::start(move |request| {
            let named = named(request).and_then(|(number, request)| {
                let route = routes.get(number)?;
                Some((number, route, request))
            });
            let Some((number, route, request)) = named else {
                return Answer::error(404, "no such question");
            };
            let answer = match forward(route, &request) {
                Ok(answer) => answer,
                Err(error) => return Answer::error(502, &error.to_string()),
            };
            let exchange = Exchange {
                route: number,
                request,
                answer: answer.clone(),
            };
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(exchange);
            answer
        })?;
        Ok(Self { server, exchanges })
    }

    /// The base URL of a question.
    pub(super) fn base_url(&self, number: usize, base_path: &str) -> String {
        format!("http://{}/{number}{base_path}", self.server.address())
    }

    /// All that came and went so far, in the order in which it came.
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        let exchanges = self.exchanges.lock();
        exchanges.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The number that a request's path begins with, and the request without it.
fn named(request: &Request) -> Option<(usize, Request)> {
    let rest = request.target.strip_prefix('/')?;
    let (number, rest) = rest.split_once('/')?;
    let mut request = request.clone();
    request.target = format!("/{rest}");
    let path = request.target.split('?').next().unwrap_or_default();
    request.path = path.to_owned();
    Some((number.parse().ok()?, request))
}

fn forward(route: &Route, request: &Request) -> Result<Answer> {
    let target = request.target.strip_prefix(&route.base_path);
    let target = target.filter(|target| target.starts_with('/'));
    let mut target = target.unwrap_or(&request.target).to_owned();
    let mut headers: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| !CONNECTION.contains(&name.as_str()))
        .cloned()
        .collect();
    if let Some(tampering) = route.tampering {
        tamper(&mut target, &mut headers, &route.token, tampering);
    }
    let preference = route.preference.iter();
    headers.extend(preference.map(|preference| ("prefer".to_owned(), preference.clone())));
    exchange(
        route.prism,
        &request.method,
        &target,
        &headers,
        &request.body,
    )
}

/// Takes the credential out, wherever it is, or gives it another scheme.
fn tamper(
    target: &mut String,
    headers: &mut Vec<(String, String)>,
    token: &str,
    tampering: Tampering,
) {
    // Each part of a token may stand in a place of its own.
    let holds_any = |text: &str| token.split(':').any(|part| text.contains(part));
    match tampering {
        Tampering::Removed => {
            headers.retain(|(name, value)| {
                !matches!(name.as_str(), "authorization" | "cookie") && !holds_any(value)
            });
            if let Some((path, query)) = target.split_once('?') {
                let rest: Vec<_> = query.split('&').filter(|pair| !holds_any(pair)).collect();
                *target = format!("{path}?{}", rest.join("&"));
            }
        }
        Tampering::OtherScheme => {
            for (name, value) in headers {
                if name == "authorization" {
                    "Other credential".clone_into(value);
                }
            }
        }
    }
}

/// Sends a request on a connection of its own, and reads the answer.
///
/// # Errors
///
/// A connection that breaks, and an answer that is not HTTP.
pub(super) fn exchange(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<Answer> {
    let broken = |error: std::io::Error| Error::new(format!("Prism does not answer: {error}"));
    let mut stream = TcpStream::connect_timeout(&to, PATIENCE).map_err(broken)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(broken)?;
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = match body.len() {
        0 => String::new(),
        length => format!("content-length: {length}\r\n"),
    };
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n{length}{lines}\r\n"
    );
    stream.write_all(head.as_bytes()).map_err(broken)?;
    stream.write_all(body).map_err(broken)?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).map_err(broken)?;
    answer(&text).ok_or_else(|| Error::new("Prism's answer is not one of HTTP/1.1 with a length"))
}

fn answer(text: &[u8]) -> Option<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(text).ok()? else {
        return None;
    };
    let headers = owned(parsed.headers);
    if headers.iter().any(|(name, _)| name == "transfer-encoding") {
        return None;
    }
    let stated = headers.iter().find(|(name, _)| name == "content-length");
    let body = text.get(length..)?.to_vec();
    if stated.is_some_and(|(_, stated)| stated.parse() != Ok(body.len())) {
        return None;
    }
    Some(Answer {
        status: parsed.code?,
        headers: headers
            .into_iter()
            .filter(|(name, _)| !CONNECTION.contains(&name.as_str()))
            .collect(),
        body,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Answer, Proxy, Route, Server, Tampering, exchange};

    /// What a server behind the proxy is sent, as a text, and what comes back through the proxy.
    fn through(
        target: &str,
        headers: &[(&str, &str)],
        tampering: Option<Tampering>,
    ) -> (String, Answer, Proxy) {
        let server = Server::start(|request| {
            let mut headers = request.headers.clone();
            headers.retain(|(name, _)| name != "host" && name != "connection");
            let body = String::from_utf8_lossy(&request.body);
            let text = format!("{} {} {headers:?} {body}", request.method, request.target);
            let mut answer = Answer::new(418, "text/plain", text);
            answer
                .headers
                .push(("Retry-After".to_owned(), "7".to_owned()));
            answer
        })
        .unwrap();
        let route = |preference: &str| Route {
            prism: server.address(),
            base_path: "/core/v1".to_owned(),
            preference: Some(preference.to_owned()),
            tampering,
            token: "one:two".to_owned(),
        };
        let proxy = Proxy::start(vec![route("code=200"), route("code=418")]).unwrap();
        let url = proxy.base_url(1, "/core/v1");
        let (address, base_url) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let target = format!("/{base_url}{target}");
        let address = address.parse().unwrap();
        let answer = exchange(address, "POST", &target, &headers, b"body").unwrap();
        let text = String::from_utf8(answer.body.clone()).unwrap();
        (text, answer, proxy)
    }

    #[test]
    fn a_request_goes_on_as_it_is_with_the_preference_and_comes_back_as_it_is() {
        let (sent, answer, proxy) =
            through("/me?a=1", &[("authorization", "Bearer one:two")], None);
        let expected = r#"POST /me?a=1 [("content-length", "4"), ("authorization", "Bearer one:two"), ("prefer", "code=418")] body"#;
        assert_eq!(sent, expected);
        assert_eq!(answer.status, 418);
        assert!(
            answer
                .headers
                .contains(&("retry-after".to_owned(), "7".to_owned()))
        );
        let [kept] = &proxy.exchanges()[..] else {
            unreachable!("{:?}", proxy.exchanges());
        };
        assert_eq!(
            (kept.route, kept.request.target.as_str()),
            (1, "/core/v1/me?a=1")
        );
        assert_eq!(kept.request.header("prefer"), None);
        assert_eq!(kept.answer.body, answer.body);
    }

    #[test]
    fn a_credential_is_taken_out_wherever_it_is() {
        let headers = [
            ("authorization", "Basic b25l"),
            ("cookie", "session=one:two"),
            ("x-key", "two"),
            ("accept", "application/json"),
        ];
        let (sent, ..) = through(
            "/me?key=one%3Atwo&page=1",
            &headers,
            Some(Tampering::Removed),
        );
        assert!(sent.starts_with("POST /me?page=1 "), "{sent}");
        assert!(sent.contains("accept"), "{sent}");
        for gone in ["authorization", "cookie", "x-key", "one"] {
            assert!(!sent.contains(gone), "{sent}");
        }
    }

    #[test]
    fn a_credential_comes_under_another_scheme() {
        let headers = [("authorization", "Bearer one:two")];
        let (sent, ..) = through("/me", &headers, Some(Tampering::OtherScheme));
        assert!(
            sent.contains(r#"("authorization", "Other credential")"#),
            "{sent}"
        );
    }
}
