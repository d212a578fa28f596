//! One span for each try, with OpenTelemetry's names, and none when nobody listens.
//!
//! Apart from the other tests: they make the same spans with nobody listening, and that decides for a process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)] // Each test uses a part of it.
mod calls;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use calls::{Script, TOKEN, answer, broken, call_for, config, http, operation, provider};
use keyholder_core::{
    Authentication, Credential, ErrorKind, OperationError, Parameter, Provider, Response, Transport,
};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// A span that was seen, and what is on it.
#[derive(Clone, Debug, Default)]
struct Seen {
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

type Listening = (DefaultGuard, MutexGuard<'static, ()>);

/// Keeps the spans of the core, in the order in which they are closed.
#[derive(Clone, Default)]
struct Listener {
    made: Arc<AtomicUsize>,
    closed: Arc<std::sync::Mutex<Vec<Seen>>>,
}

impl Listener {
    /// Listens until what it gives is dropped. One at a time: what a process listens to is partly its own affair,
    /// not each thread's.
    async fn listen(&self, level: LevelFilter) -> Listening {
        static ONE: Mutex<()> = Mutex::const_new(());
        let only = ONE.lock().await;
        let core = filter_fn(|it| it.target().starts_with("keyholder_core"));
        let subscriber = Registry::default()
            .with(level)
            .with(core)
            .with(self.clone());
        (subscriber.set_default(), only)
    }

    fn spans(&self) -> Vec<Seen> {
        self.closed.lock().unwrap().clone()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.made.fetch_add(1, Ordering::SeqCst);
        let mut seen = Seen::default();
        attributes.record(&mut seen);
        context.span(id).unwrap().extensions_mut().insert(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let mut extensions = span.extensions_mut();
        values.record(extensions.get_mut::<Seen>().unwrap());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let seen = span.extensions_mut().remove::<Seen>().unwrap();
        self.closed.lock().unwrap().push(seen);
    }
}

fn fields(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    pairs
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_span_for_each_try_says_what_opentelemetry_names() {
    let listener = Listener::default();
    let _listening = listener.listen(LevelFilter::TRACE).await;
    let answers: &[Script] = &[
        || http(503, &[("retry-after", "1")], ""),
        broken,
        || http(401, &[], "{\"detail\":\"kh_4f9d2c7ab1e06358 has expired\"}"),
    ];
    let call = call_for(config(), &operation("GET"), answers).await;
    assert_eq!(call.kind(), ErrorKind::Unauthenticated);
    let spans = listener.spans();
    let common = [
        ("otel.kind", "client"),
        ("otel.name", "GET /me"),
        ("http.request.method", "GET"),
        ("url.template", "/me"),
        ("url.full", "https://api.example.com:8443/base/me"),
        ("server.address", "api.example.com"),
        ("server.port", "8443"),
        ("keyholder.provider", "example"),
        ("keyholder.operation", "get_me"),
    ];
    let outcomes = [
        vec![
            ("http.response.status_code", "503"),
            ("error.type", "unavailable"),
            ("keyholder.verdict", "indeterminate"),
        ],
        vec![
            ("http.request.resend_count", "1"),
            ("http.response.status_code", "200"),
            ("error.type", "connect"),
            ("keyholder.reason", "reset"),
            ("keyholder.verdict", "indeterminate"),
        ],
        vec![
            ("http.request.resend_count", "2"),
            ("http.response.status_code", "401"),
            ("error.type", "unauthenticated"),
            ("keyholder.verdict", "invalid"),
            ("keyholder.reason", "expired"),
        ],
    ];
    assert_eq!(spans.len(), outcomes.len());
    for (span, outcome) in spans.iter().zip(outcomes) {
        let expected = fields(&[common.to_vec(), outcome].concat());
        assert_eq!(span.fields, expected);
    }
    let everything = format!("{spans:?}");
    assert!(!everything.contains(TOKEN), "{everything}");
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_good_token_says_that_it_is_valid() {
    let good: [(Script, &str); 2] = [
        (|| answer(200), "200"),
        // Good, and it stands for nobody.
        (|| http(404, &[], "{\"code\":\"no_user\"}"), "404"),
    ];
    for (script, status) in good {
        let listener = Listener::default();
        let listening = listener.listen(LevelFilter::TRACE).await;
        call_for(config(), &operation("GET"), &[script]).await;
        drop(listening);
        let spans = listener.spans();
        assert_eq!(spans.len(), 1);
        let fields = &spans[0].fields;
        assert_eq!(fields["keyholder.verdict"], "valid");
        assert_eq!(fields["http.response.status_code"], status);
    }
}

#[tokio::test(start_paused = true)]
async fn the_url_on_a_span_does_not_hold_the_token() {
    let mut in_query = provider(operation("GET"));
    in_query.credentials = vec![Credential::new("key", Authentication::query("key"))];
    let listener = Listener::default();
    let _listening = listener.listen(LevelFilter::TRACE).await;
    let transport = Transport::new(&Provider::from(in_query), &config()).unwrap();
    let result: Result<Response<Value>, OperationError<()>> = transport
        .send_by(0, &[Parameter::query("page", &1)], |request| async move {
            let query = request.url().query().unwrap_or_default();
            assert!(query.contains(TOKEN), "the request carries it: {query}");
            answer(200)
        })
        .await;
    assert!(result.is_ok());
    let spans = listener.spans();
    assert_eq!(
        spans[0].fields["url.full"],
        "https://api.example.com:8443/base/me?page=1"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_when_nobody_listens() {
    for (level, spans) in [
        (LevelFilter::OFF, 0),
        (LevelFilter::WARN, 0),
        (LevelFilter::INFO, 3),
    ] {
        let listener = Listener::default();
        let listening = listener.listen(level).await;
        call_for(config(), &operation("GET"), &[|| answer(503)]).await;
        drop(listening);
        assert_eq!(listener.made.load(Ordering::SeqCst), spans, "{level}");
    }
}
