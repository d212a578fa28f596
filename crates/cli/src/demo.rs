//! `keyholder demo`: every provider, played by a server on this machine.

use std::io;
use std::process::ExitCode;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use keyholder::{Authentication, Client, Config, Token, WhoAmI};
use tokio::net::TcpListener;

use crate::output::{self, Line};

/// The token that the server takes.
const TOKEN: &str = "a-token-for-the-demonstration";

/// Starts the server, asks each provider, and prints what is known.
pub(crate) async fn run(json: bool) -> io::Result<ExitCode> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    let lines = join_all(keyholder::providers().iter().map(|provider| async move {
        // A path of its own for each, as any base URL may have one.
        let token = match provider.authentication() {
            Some(Authentication::All { parts }) => Token::joined(&vec![TOKEN; parts.len()]),
            _ => Token::from(TOKEN),
        };
        let config = Config::new(token).base_url(format!("http://{address}/{provider}"));
        let asked = match Client::new(provider, config) {
            Ok(client) => Ok(client.verify().await),
            Err(error) => Err(error),
        };
        Line::of(provider, asked)
    }))
    .await;
    server.abort();
    output::print(&lines, json)?;
    Ok(output::exit_code(&lines))
}

/// Answers as the provider that the path names: its description's example to a good token, and its documented 401
/// to any other.
async fn answer(request: Request) -> Response {
    let asked = keyholder::providers().iter().find_map(|provider| {
        let operation = provider.whoami()?;
        let path = format!("/{provider}{}", operation.path);
        let is_asked = request.uri().path() == path && *request.method() == *operation.method;
        is_asked.then_some((provider, operation))
    });
    let Some((provider, operation)) = asked else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let credential = provider.authentication();
    let is_good = credential.is_some_and(|it| is_authenticated(&request, it));
    let is_answer = |status: u16| {
        if is_good {
            operation.is_success(status)
        } else {
            status == 401
        }
    };
    let mut examples = keyholder::examples(&provider.name).iter();
    let example = examples.find(|(status, _)| is_answer(*status));
    let (status, body) = example.copied().unwrap_or((401, ""));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn is_authenticated(request: &Request, authentication: &Authentication) -> bool {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    match authentication {
        Authentication::Basic => header("authorization").is_some_and(|it| it.starts_with("Basic ")),
        Authentication::Header { name, prefix } => header(name) == Some(format!("{prefix}{TOKEN}")),
        Authentication::Cookie { name } => {
            header("cookie").is_some_and(|it| it.contains(&format!("{name}=")))
        }
        Authentication::Query { name } => {
            let pair = format!("{name}={TOKEN}");
            let query = request.uri().query().unwrap_or_default();
            query.split('&').any(|it| it == pair)
        }
        Authentication::All { parts } => parts
            .iter()
            .all(|part| is_authenticated(request, &part.authentication)),
        _ => false,
    }
}
