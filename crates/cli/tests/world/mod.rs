//! A server whose answers depend on the token, and the command that asks it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::harness::{command, lines};
use crate::table::{good_example, refusal, whoami};

/// A server that answers by what the token begins with.
pub(crate) struct World {
    pub(crate) url: String,
    state: Arc<State>,
    pub(crate) release: watch::Sender<bool>,
}

struct State {
    asked: watch::Sender<HashMap<String, usize>>,
    under_way: Mutex<(usize, usize)>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1").await
    }

    /// One that is to be found at other addresses of this machine, too.
    pub(crate) async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (release, released) = watch::channel(false);
        let state = Arc::new(State {
            asked: watch::Sender::default(),
            under_way: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| {
            let (state, released) = (Arc::clone(&shared), released.clone());
            let token = request.headers()["authorization"].to_str().unwrap();
            let token = token.strip_prefix("Bearer ").unwrap_or(token).to_owned();
            let path = request.uri().path().to_owned();
            async move { answer(&state, released, &path, token).await }
        });
        tokio::spawn(axum::serve(listener, router).into_future());
        Self {
            url,
            state,
            release,
        }
    }

    /// How often the server was asked, about all tokens that begin so.
    pub(crate) fn asked(&self, token: &str) -> usize {
        let asked = self.state.asked.borrow();
        let asked = asked.iter().filter(|(it, _)| it.starts_with(token));
        asked.map(|(_, count)| count).sum()
    }

    /// Waits until it was asked so often.
    pub(crate) async fn was_asked(&self, count: usize) {
        let mut asked = self.state.asked.subscribe();
        let enough = |it: &HashMap<_, usize>| it.values().sum::<usize>() >= count;
        asked.wait_for(enough).await.unwrap();
    }

    /// The most that were asked about at once.
    pub(crate) fn most(&self) -> usize {
        self.state.under_way.lock().unwrap().1
    }

    /// The command, for whose providers this is the server.
    pub(crate) fn check(&self, arguments: &[&str]) -> Command {
        let mut command = command(&[
            ("EXTRUCT_BASE_URL", &self.url),
            ("NEXTDOCS_BASE_URL", &self.url),
            ("UNLEASH_BASE_URL", &self.url),
        ]);
        command.arg("check").args(arguments);
        command
    }
}

async fn answer(
    state: &State,
    mut released: watch::Receiver<bool>,
    path: &str,
    token: String,
) -> Response {
    let mut all = keyholder::providers().iter();
    let provider = all.find(|it| path.ends_with(&whoami(it).path)).unwrap();
    let mut nth = 0;
    state.asked.send_modify(|asked| {
        let count = asked.entry(token.clone()).or_default();
        nth = *count;
        *count += 1;
    });
    {
        let (now, most) = &mut *state.under_way.lock().unwrap();
        *now += 1;
        *most = (*most).max(*now);
    }
    // Long enough for others to come meanwhile.
    tokio::time::sleep(Duration::from_millis(if token.starts_with("some") {
        20
    } else {
        0
    }))
    .await;
    if token.starts_with("held") {
        released.wait_for(|it| *it).await.unwrap();
    }
    state.under_way.lock().unwrap().0 -= 1;
    let json = [(header::CONTENT_TYPE, "application/json")];
    let retry_after = match (token.split('-').next().unwrap(), nth) {
        ("bad", _) => {
            let (status, body) = refusal(provider);
            return (StatusCode::from_u16(status).unwrap(), json, body).into_response();
        }
        ("shut", _) => return (StatusCode::FORBIDDEN, "{}").into_response(),
        ("busy", 0) => "1",
        ("away", _) => "864000",
        _ => {
            return (json, good_example(provider)).into_response();
        }
    };
    let wait = [(header::RETRY_AFTER, retry_after)];
    (StatusCode::TOO_MANY_REQUESTS, wait, "").into_response()
}

/// A line about a token of Extruct.
pub(crate) fn line(id: impl Into<Value>, token: &str) -> Value {
    json!({ "id": id.into(), "provider": "extruct", "token": token })
}

pub(crate) fn input<'a>(lines: impl IntoIterator<Item = &'a Value>) -> String {
    lines.into_iter().map(|it| format!("{it}\n")).collect()
}

/// A file of its own for a test.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, content).unwrap();
    file.to_str().unwrap().to_owned()
}

/// The verdicts by identifier.
pub(crate) fn verdicts(output: &Output) -> BTreeMap<String, String> {
    let lines = lines(output);
    let verdicts: BTreeMap<_, _> = lines
        .iter()
        .map(|it| {
            (
                it["id"].to_string(),
                it["verdict"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(verdicts.len(), lines.len(), "{output:?}");
    verdicts
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Starts the command with pipes.
pub(crate) fn start(mut command: Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(unix)]
pub(crate) async fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id().unwrap());
    let status = Command::new("sh")
        .args(["-c", &kill])
        .status()
        .await
        .unwrap();
    assert!(status.success());
}

/// Reads standard error until it holds this.
#[cfg(unix)]
pub(crate) async fn said(child: &mut Child, expected: &str) -> String {
    let stderr = child.stderr.as_mut().unwrap();
    let mut said = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&said).into_owned();
        if text.contains(expected) {
            return text;
        }
        assert_ne!(stderr.read_buf(&mut said).await.unwrap(), 0, "{text}");
    }
}
