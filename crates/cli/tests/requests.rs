//! What a request carries, where it goes, and what becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod harness;
#[allow(dead_code)]
mod table;

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use harness::{TOKEN, command};
use keyholder::{Authentication, Config, Error, ErrorKind, Provider, Verdict, WhoAmI};
use table::{good_example, whoami};
use testing_fault_server::{Answer, Request, Server};
use tokio::time::timeout;

async fn good_server(provider: &Provider) -> Server {
    let answer = Answer::json(200, good_example(provider));
    Server::start([answer]).await.unwrap()
}

/// The headers that a request is to carry, and no others.
fn headers(provider: &Provider, server: &Server, user_agent: &str) -> BTreeSet<(String, String)> {
    let credential = match (provider.name.as_str(), provider.authentication()) {
        // As it is, with no scheme before it.
        ("unleash", _) => ("authorization", TOKEN.to_owned()),
        ("extruct" | "katapult" | "nextdocs", _) => ("authorization", format!("Bearer {TOKEN}")),
        (_, Some(Authentication::Header { name, prefix, .. })) => {
            (name.as_str(), format!("{prefix}{TOKEN}"))
        }
        (_, other) => panic!("{other:?} is new to this test"),
    };
    let headers = [
        ("host", server.address().to_string()),
        ("accept", whoami(provider).success.media_type.clone()),
        ("user-agent", user_agent.to_owned()),
        credential,
    ];
    headers.map(|(name, value)| (name.to_owned(), value)).into()
}

fn assert_request(request: &Request, line: &str, headers: &BTreeSet<(String, String)>) {
    assert_eq!(request.line, line);
    let carried: BTreeSet<_> = request.headers.iter().cloned().collect();
    assert_eq!(&carried, headers);
    assert_eq!(
        request.headers.len(),
        headers.len(),
        "each once: {request:?}"
    );
    assert!(request.body.is_empty(), "{request:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_carries_what_the_description_asks_for_and_nothing_else() {
    for provider in keyholder::providers() {
        let operation = whoami(provider);
        let line = format!("{} {} HTTP/1.1", operation.method, operation.path);
        let user_agent = format!("keyholder-{provider}/{}", provider.version);
        assert_eq!(
            provider.version,
            env!("CARGO_PKG_VERSION"),
            "all are released together"
        );

        let server = good_server(provider).await;
        let output = command(&[(&provider.token.variable, TOKEN)])
            .args(["whoami", &provider.name, "--base-url", &server.url()])
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let by_command = server.requests();
        assert_eq!(by_command.len(), 1);
        assert_request(
            &by_command[0],
            &line,
            &headers(provider, &server, &user_agent),
        );

        let server = good_server(provider).await;
        let config = Config::new(TOKEN)
            .base_url(server.url())
            .user_agent("mine/1");
        assert!(verify(provider, config).await.is_valid());
        let by_library = server.requests();
        assert_eq!(by_library.len(), 1);
        assert_request(&by_library[0], &line, &headers(provider, &server, "mine/1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_try_carries_the_same() {
    for provider in keyholder::providers() {
        let server = Server::start([Answer::new().reset(), Answer::json(503, "{}")]);
        let server = server.await.unwrap();
        let config = Config::new(TOKEN).base_url(server.url());
        assert!(verify(provider, config).await.is_indeterminate());
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[0], requests[1]);
        assert_eq!(requests[0], requests[2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_may_have_a_path_and_end_in_slashes() {
    for provider in keyholder::providers() {
        for (base, before) in [
            ("", ""),
            ("/", ""),
            ("//", ""),
            ("/base", "/base"),
            ("/base/", "/base"),
            ("/base///", "/base"),
            ("/a/b%20c/", "/a/b%20c"),
        ] {
            let server = good_server(provider).await;
            let base_url = format!("{}{base}", server.url());
            // By the argument or by the variable.
            let mut command = command(&[
                (&provider.token.variable, TOKEN),
                (&provider.base_url_variable, &base_url),
            ]);
            command.args(["whoami", &provider.name, "--json"]);
            if base.len() > 1 {
                command.env_remove(&provider.base_url_variable);
                command.args(["--base-url", &base_url]);
            }
            let output = command.output().await.unwrap();
            assert!(output.status.success(), "{base}: {output:?}");
            let asked: Vec<_> = server
                .requests()
                .iter()
                .map(|it| it.target().to_owned())
                .collect();
            assert_eq!(asked, [format!("{before}{}", whoami(provider).path)]);
            let identity = &harness::lines(&output)[0]["identity"];
            assert_eq!(identity["iss"], format!("{}{before}", server.url()));
            assert_eq!(identity["provider"], provider.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_argument_goes_before_the_variable() {
    let [asked, ignored] = [
        good_server(harness::provider("extruct")).await,
        good_server(harness::provider("extruct")).await,
    ];
    let output = command(&[
        ("EXTRUCT_API_TOKEN", TOKEN),
        ("EXTRUCT_BASE_URL", &ignored.url()),
    ])
    .args(["whoami", "extruct", "--base-url", &asked.url()])
    .output()
    .await
    .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!((asked.requests().len(), ignored.connections()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_those_are_asked_whose_variables_are_set() {
    let [extruct, unleash] = [
        good_server(harness::provider("extruct")).await,
        good_server(harness::provider("unleash")).await,
    ];
    let output = command(&[
        ("EXTRUCT_API_TOKEN", TOKEN),
        ("EXTRUCT_BASE_URL", &extruct.url()),
        ("UNLEASH_API_TOKEN", TOKEN),
        ("UNLEASH_BASE_URL", &unleash.url()),
    ])
    .args(["whoami", "--json"])
    .output()
    .await
    .unwrap();
    assert!(output.status.success(), "{output:?}");
    let asked: Vec<_> = harness::lines(&output)
        .iter()
        .map(|it| it["provider"].to_string())
        .collect();
    assert_eq!(asked, ["\"extruct\"", "\"unleash\""]);
}

async fn verify(provider: &Provider, config: Config) -> Verdict {
    let client = harness::generated(provider, config).unwrap();
    client.verify().await
}

// HTTP clients of the caller's own.

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_follows_redirects_is_found_out() {
    let follows = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::limited(3))
        .no_proxy()
        .build()
        .unwrap();
    for provider in keyholder::providers() {
        let good = Answer::json(200, good_example(provider));
        for last in [good, Answer::json(401, "{}"), Answer::html(200, "Log in!")] {
            let elsewhere = Server::start([last.clone()]).await.unwrap();
            for location in [
                "/login".to_owned(),
                "/base/login".to_owned(),
                elsewhere.url(),
            ] {
                let first = Answer::http(302, &[&format!("Location: {location}")], "");
                let server = Server::start([first, last.clone()]).await.unwrap();
                let config = Config::new(TOKEN)
                    .base_url(format!("{}/base/", server.url()))
                    .http_client(follows.clone());
                let verdict = verify(provider, config).await;
                let error = verdict.error().unwrap();
                assert_eq!(error.kind(), ErrorKind::Redirected, "{location}: {error}");
                assert!(verdict.is_indeterminate());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_follows_redirects_will_do_where_there_are_none() {
    let follows = reqwest::Client::builder().no_proxy().build().unwrap();
    for provider in keyholder::providers() {
        for base in ["", "/", "//", "/base", "/base/"] {
            let server = good_server(provider).await;
            let config = Config::new(TOKEN)
                .base_url(format!("{}{base}", server.url()))
                .http_client(follows.clone());
            let verdict = verify(provider, config).await;
            assert!(verdict.is_valid(), "{base}: {verdict:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_share_one_http_client() {
    let shared = keyholder::http_client_builder().no_proxy().build().unwrap();
    let servers = join_all(keyholder::providers().iter().map(good_server)).await;
    let mut calls = Vec::new();
    let mut tokens = Vec::new();
    for (provider, server) in keyholder::providers().iter().zip(&servers) {
        let mut of_provider = BTreeSet::new();
        for nth in 0..25 {
            let token = format!("token-{nth:02}-of-{provider}");
            let config = Config::new(token.as_str())
                .base_url(server.url())
                .http_client(shared.clone());
            let client = harness::generated(provider, config).unwrap();
            calls.push(tokio::spawn(async move { client.verify().await }));
            of_provider.insert(token);
        }
        tokens.push(of_provider);
    }
    for verdict in join_all(calls).await {
        assert!(verdict.unwrap().is_valid());
    }
    for (server, tokens) in servers.iter().zip(tokens) {
        let requests = server.requests();
        let came: BTreeSet<_> = requests
            .iter()
            .map(|it| it.header("authorization").unwrap().replace("Bearer ", ""))
            .collect();
        assert_eq!(came, tokens, "each token once, where it belongs");
        assert_eq!(requests.len(), 25);
    }
}

#[tokio::test]
async fn clients_that_share_an_http_client_share_its_connections() {
    let shared = keyholder::http_client_builder().no_proxy().build().unwrap();
    let server = good_server(harness::provider("extruct")).await;
    for nth in 0..20 {
        let config = Config::new(format!("token-{nth:02}")).base_url(server.url());
        let verdict = verify(
            harness::provider("extruct"),
            config.http_client(shared.clone()),
        )
        .await;
        assert!(verdict.is_valid());
        tokio::task::yield_now().await;
    }
    assert_eq!(server.requests().len(), 20);
    assert!(
        server.connections() < 20,
        "{} connections",
        server.connections()
    );
}

#[test]
fn clients_are_cheap_to_pass_around() {
    fn is_shareable<T: Send + Sync + Clone + 'static>() {}
    fn is_sendable<T: Send + Sync + ?Sized>() {}
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    fn is_send<T: Send>(_: T) {}

    is_shareable::<keyholder::extruct::Client>();
    is_shareable::<keyholder::katapult::Client>();
    is_shareable::<keyholder::nextdocs::Client>();
    is_shareable::<keyholder::unleash::Client>();
    is_shareable::<Config>();
    is_sendable::<dyn WhoAmI>();
    is_error::<Error>();
    is_error::<keyholder_core::OperationError<keyholder::katapult::GetCurrentUserErrorResponse>>();

    let client = keyholder::extruct::Client::new(TOKEN).unwrap();
    is_send(client.get_user());
    is_send(client.whoami());
    is_send(client.clone().verify());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_asks_as_the_client_does() {
    let server = good_server(harness::provider("unleash")).await;
    let config = Config::new(TOKEN).base_url(server.url());
    let client = keyholder::unleash::Client::with_config(config).unwrap();
    let clone = client.clone();
    drop(client);
    let identity = tokio::spawn(async move { clone.whoami().await })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(identity.sub.as_deref(), Some("42"));
}

// Futures that are dropped.

/// A guard against waiting for ever, not a measure.
const FOR_EVER: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_future_closes_the_connection() {
    let part = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
    for answer in [Answer::new().silence(), Answer::new().send(part).silence()] {
        for provider in keyholder::providers() {
            let server = Server::start([answer.clone()]).await.unwrap();
            let config = Config::new(TOKEN).base_url(server.url()).timeout(FOR_EVER);
            let client = harness::generated(provider, config).unwrap();
            tokio::select! {
                verdict = client.verify() => panic!("{verdict:?}"),
                () = server.received(1) => {}
            }
            // The client lives on; only the future is gone.
            let closed = timeout(FOR_EVER, server.closed(1)).await;
            assert!(closed.is_ok(), "the connection is still open");
            assert_eq!((server.requests().len(), server.connections()), (1, 1));
            drop(client);
        }
    }
}
