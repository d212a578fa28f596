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
        let parts = provider.authentication().map(Authentication::parts);
        let token = match parts.unwrap_or_default().as_slice() {
            [] | ["username", "password"] => Token::from(TOKEN),
            parts => Token::of_parts(parts.iter().map(|part| (*part, TOKEN))),
        };
        let config = Config::new(token).base_url(format!("http://{address}/{provider}"));
        let config = provider
            .parameters
            .iter()
            .fold(config, |config, parameter| {
                let value = parameter.values.first().map_or("demo", String::as_str);
                config.parameter(&parameter.name, value)
            });
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
        let template = format!("/{provider}{}", operation.path);
        let segments = template.split('/');
        // What stands in braces is the token, or a parameter of the key.
        let is_path = segments.clone().count() == request.uri().path().split('/').count()
            && segments
                .zip(request.uri().path().split('/'))
                .all(|(segment, sent)| segment.contains('{') || segment == sent);
        let is_asked = is_path && *request.method() == *operation.method;
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
        Authentication::Basic { .. } => {
            header("authorization").is_some_and(|it| it.starts_with("Basic "))
        }
        Authentication::Header {
            name,
            prefix,
            encoding: None,
        } => header(name) == Some(format!("{prefix}{TOKEN}")),
        Authentication::Header { name, prefix, .. } => {
            header(name).is_some_and(|it| it.starts_with(prefix.as_str()))
        }
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
        Authentication::Path { .. } => request.uri().path().contains(TOKEN),
        // Its length is all that is looked at: the demonstration has one token.
        Authentication::Body { .. } => header("content-length").is_some_and(|it| it != "0"),
        _ => false,
    }
}
