//! What the stream holds does not grow with the number of keys.
#![allow(clippy::unwrap_used, missing_docs)]

mod providers;

use std::alloc::System;

use cap::Cap;
use futures_util::stream::{self, StreamExt};
use keyholder_check::{Checker, Key};
use keyholder_core::{Answer, BoxFuture, Client, Config, Error, Identity, Provider, Token, WhoAmI};
use providers::UNLEASH;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Answers without a server.
struct Answered(Box<dyn WhoAmI>);

impl WhoAmI for Answered {
    fn provider(&self) -> &Provider {
        self.0.provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            let body = keyholder_unleash::examples::EXAMPLES[0].1;
            self.read_answer(Answer::new(200, body))
        })
    }

    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.0.read_answer(answer)
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        Ok(Box::new(Self(self.0.with_token(token)?)))
    }
}

/// How much more was held at once, in bytes, while so many keys were checked.
async fn growth(count: usize) -> usize {
    let make = |provider: &Provider, config: Config| -> Result<Box<dyn WhoAmI>, Error> {
        let client = Client::new(provider, config)?;
        Ok(Box::new(Answered(Box::new(client))))
    };
    let checker = Checker::new()
        .client(make)
        .remember(500, std::time::Duration::from_secs(60));
    // Every key comes five times, and every tenth key has a server of their own.
    let keys = stream::iter((0..count).map(|tag| {
        Key::new(tag, &*UNLEASH, format!("user:{}", tag / 5))
            .base_url(format!("http://localhost:4242/{}", tag / 10))
    }));
    let before = HEAP.allocated();
    let mut most = before;
    let mut verdicts = checker.check(keys);
    let mut known = 0;
    while let Some(checked) = verdicts.next().await {
        assert!(checked.verdict.is_valid());
        known += 1;
        most = most.max(HEAP.allocated());
    }
    assert_eq!(known, count);
    most - before
}

#[tokio::test]
async fn a_hundred_thousand_keys_take_no_more_memory_than_some_thousand() {
    let some = growth(20_000).await;
    let many = growth(100_000).await;
    assert!(
        many < some + some / 4 + 64 * 1024,
        "{some} and {many} bytes"
    );
    assert!(many < 16 * 1024 * 1024, "{many} bytes");
}
