//! `keyholder demo`: every provider, played by a server on this machine.

use std::io;
use std::process::ExitCode;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use keyholder::{Authentication, Config, Provider, Token, Verdict};
use tokio::net::TcpListener;

use crate::output::{self, Line};

/// The token that the server takes.
const TOKEN: &str = "a-token-for-the-demonstration";

/// Starts the server, asks each provider, and prints what is known.
pub(crate) async fn run(json: bool) -> io::Result<ExitCode> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    let lines = join_all(Provider::ALL.iter().map(|&provider| async move {
        // A path of its own for each, as any base URL may have one.
        let token = match provider.info().authentication {
            Authentication::All(parts) => Token::joined(&vec![TOKEN; parts.len()]),
            _ => Token::from(TOKEN),
        };
        let config = Config::new(token).base_url(format!("http://{address}/{provider}"));
        let verdict = match provider.client(config) {
            Ok(client) => client.verify().await,
            Err(error) => Verdict::Indeterminate(error),
        };
        Line::new(None, provider.name(), verdict)
    }))
    .await;
    server.abort();
    output::print(&lines, json)?;
    Ok(output::exit_code(&lines))
}

/// Answers as the provider that the path names: its description's example to a good token, and its documented 401
/// to any other.
async fn answer(request: Request) -> Response {
    let asked = Provider::ALL.iter().copied().find(|provider| {
        let operation = &provider.info().whoami;
        let path = format!("/{provider}{}", operation.path);
        request.uri().path() == path && request.method() == operation.method
    });
    let Some(provider) = asked else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let operation = &provider.info().whoami;
    let example = if is_authenticated(&request, provider.info().authentication) {
        provider
            .examples()
            .iter()
            .find(|(status, _)| operation.success.contains(status))
    } else {
        provider
            .examples()
            .iter()
            .find(|(status, _)| *status == 401)
    };
    let (status, body) = example.copied().unwrap_or((401, ""));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn is_authenticated(request: &Request, authentication: Authentication) -> bool {
    let header = |headers: &HeaderMap, name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    match authentication {
        Authentication::Basic => {
            header(request.headers(), "authorization").is_some_and(|it| it.starts_with("Basic "))
        }
        Authentication::Header { name, prefix } => {
            header(request.headers(), name) == Some(format!("{prefix}{TOKEN}"))
        }
        Authentication::Cookie { name } => {
            header(request.headers(), "cookie").is_some_and(|it| it.contains(&format!("{name}=")))
        }
        Authentication::Query { name } => {
            let pair = format!("{name}={TOKEN}");
            let query = request.uri().query().unwrap_or_default();
            query.split('&').any(|it| it == pair)
        }
        Authentication::All(parts) => parts.iter().all(|part| is_authenticated(request, *part)),
        _ => false,
    }
}
