//! Clients on threads without a Tokio runtime, and on those of one.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use keyholder_core::{
    Client, Config, ErrorKind, Operation, Provider, ProviderInfo, Verdict, WhoAmI as _,
};

fn provider() -> Provider {
    let mut operation = Operation::new("get_me", "GET", "/me");
    operation.identity.sub = serde_json::from_str("\"/id\"").unwrap();
    Provider::from(ProviderInfo::new("acme", operation))
}

#[test]
fn without_a_runtime_an_async_client_says_what_to_do() {
    let reqwest = keyholder_core::http_client_builder().build().unwrap();
    for base_url in ["https://acme.example", "http://127.0.0.1:1"] {
        let config = Config::new("a-token").base_url(base_url);
        for config in [config.clone(), config.http_client(reqwest.clone())] {
            let client = Client::new(&provider(), config).unwrap();
            let Verdict::Indeterminate(error) = pollster::block_on(client.verify()) else {
                unreachable!("nobody was asked");
            };
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(
                error.to_string(),
                "acme: no Tokio runtime runs this call: await it in one, or use `blocking::Client` of the feature `blocking`"
            );
        }
    }
}

#[cfg(feature = "blocking")]
mod blocking {
    use std::thread;
    use std::time::Duration;

    use keyholder_core::blocking::{Client, WhoAmI as _, block_on};
    use keyholder_core::{Answer as Read, Config, Error, ErrorKind, Identity, Retry, Token};
    use testing_fault_server::{Answer, Server};
    use tokio::runtime::Runtime;
    use tokio::task::{LocalSet, block_in_place, coop, spawn_blocking, spawn_local};

    use super::provider;

    /// A server on a runtime of its own, and a client of it. The client knows nothing of that runtime.
    fn server(answers: impl IntoIterator<Item = Answer>) -> (Runtime, Server, Client) {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(answers)).unwrap();
        let config = Config::new("a-token").base_url(server.url());
        let client = Client::new(&provider(), config).unwrap();
        (runtime, server, client)
    }

    fn is_u7(result: Result<Identity, Error>) -> bool {
        result.unwrap().sub.as_deref() == Some("u7")
    }

    fn good() -> Answer {
        Answer::json(200, r#"{"id":"u7"}"#)
    }

    fn assert_told(result: Result<Identity, Error>) {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.provider(), Some("acme"));
        let told = error.to_string();
        assert!(told.contains("tokio::task::spawn_blocking"), "{told}");
        // The task goes on as if nobody had asked.
        assert!(coop::has_budget_remaining());
    }

    #[test]
    fn any_thread_may_ask_and_many_at_once() {
        let (_runtime, server, client) = server([good()]);
        assert!(is_u7(client.whoami()));
        assert!(client.verify().is_valid());
        thread::scope(|scope| {
            let asking: Vec<_> = (0..20)
                .map(|_| scope.spawn(|| (0..5).all(|_| is_u7(client.whoami()))))
                .collect();
            assert!(asking.into_iter().all(|it| it.join().unwrap()));
        });
        assert_eq!(server.requests().len(), 102);
        // On an executor that is not Tokio's, it works as well.
        assert!(pollster::block_on(async { is_u7(client.whoami()) }));
    }

    #[test]
    fn retries_and_deadlines_are_as_ever() {
        let (_runtime, server, client) = server([Answer::json(503, ""), good()]);
        assert!(is_u7(client.whoami()));
        assert_eq!(server.requests().len(), 2);

        let (_runtime, server, _) = self::server([Answer::new().silence()]);
        let config = Config::new("a-token")
            .base_url(server.url())
            .timeout(Duration::from_millis(50))
            .retry(Retry::OFF);
        let late = Client::new(&provider(), config).unwrap();
        assert_eq!(late.whoami().unwrap_err().kind(), ErrorKind::Timeout);
    }

    #[test]
    fn it_is_the_same_client() {
        let (_runtime, server, client) = server([good()]);
        assert_eq!(client.provider().name, "acme");
        let other = client
            .with_token(&Token::from("another-0123456789"))
            .unwrap();
        assert!(is_u7(other.whoami()));
        let sent = &server.requests()[0];
        let bearer = (
            "authorization".to_owned(),
            "Bearer another-0123456789".to_owned(),
        );
        assert!(sent.headers.contains(&bearer), "{sent:?}");
        let read = other.read_answer(Read::new(200, r#"{"id":"another-0123456789"}"#));
        assert_eq!(read.unwrap().sub.as_deref(), Some("[REDACTED]"));
        // And it is asked as the other one, where there is a runtime.
        let runtime = Runtime::new().unwrap();
        assert!(is_u7(runtime.block_on(client.as_async().whoami())));
    }

    #[test]
    fn a_task_is_told_not_to_block() {
        let (_runtime, server, client) = server([good()]);
        let many = Runtime::new().unwrap();
        let one = tokio::runtime::Builder::new_current_thread();
        let one = { one }.build().unwrap();
        for runtime in [&many, &one] {
            runtime.block_on(async { assert_told(client.whoami()) });
            let client = client.clone();
            let task = runtime.spawn(async move { assert_told(client.whoami()) });
            runtime.block_on(task).unwrap();
        }
        let local = LocalSet::new();
        let asking = client.clone();
        local.block_on(&one, async {
            let task = spawn_local(async move { assert_told(asking.whoami()) });
            task.await.unwrap();
        });
        assert!(server.requests().is_empty());
    }

    #[test]
    fn a_thread_of_a_runtime_that_may_block_may_ask() {
        let (runtime, server, client) = server([good()]);
        let asking = client.clone();
        let one = tokio::runtime::Builder::new_current_thread();
        let one = { one }.build().unwrap();
        for runtime in [&runtime, &one] {
            let asking = asking.clone();
            let task = runtime.spawn(spawn_blocking_of(asking));
            assert!(runtime.block_on(task).unwrap());
            // A runtime that is entered and does not run.
            let _entered = runtime.enter();
            assert!(is_u7(client.whoami()));
        }
        let in_place = runtime.spawn(async move { block_in_place(|| is_u7(asking.whoami())) });
        assert!(runtime.block_on(in_place).unwrap());
        assert_eq!(server.requests().len(), 5);
    }

    async fn spawn_blocking_of(client: Client) -> bool {
        let asked = spawn_blocking(move || is_u7(client.whoami()));
        asked.await.unwrap()
    }

    #[test]
    fn calls_may_be_nested_and_other_futures_waited_for() {
        let (_runtime, _server, client) = server([good()]);
        let slept = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            is_u7(client.whoami())
        };
        assert!(block_on(slept).unwrap());
        // Somebody else's unpark wakes nobody.
        thread::current().unpark();
        assert!(is_u7(client.whoami()));
    }
}
