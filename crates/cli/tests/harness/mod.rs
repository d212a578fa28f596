//! Runs a case of the table through the command and through the library, and tells what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::LazyLock;

use futures_util::StreamExt;
use keyholder::{Client, Config, Error, HttpClients, Provider, Verdict, WhoAmI};
use keyholder_describe::{Described, specs};
use serde_json::Value;
use testing_fault_server::{Answer, Server};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::table::{self, Case, Expected, Scene, Subject, Wait};

/// A token as bearer tokens are: long, and with characters that JSON, URLs and base64 write differently.
pub(crate) const TOKEN: &str = "u7.kh/9f8+e7d6~c5b4.a3b2-c1d0_4f5e==";

const DECADE: u64 = 10 * 365 * 24 * 3600;

/// How many cases run at once. Most of them wait.
const AT_ONCE: usize = 40;

/// The servers of a case: the one that is asked, and one that nobody may come to.
pub(crate) struct Servers {
    pub(crate) asked: Server,
    elsewhere: Server,
}

impl Servers {
    pub(crate) async fn start(case: &Case) -> Self {
        let elsewhere = Server::start([Answer::json(200, "{}")]).await.unwrap();
        let scene = Scene {
            provider: case.provider.clone(),
            token: TOKEN,
            elsewhere: elsewhere.url(),
        };
        let asked = Server::start((case.answers)(&scene)).await.unwrap();
        Self { asked, elsewhere }
    }

    /// What is wrong with what the servers were sent.
    pub(crate) fn complaints(&self, case: &Case) -> Vec<String> {
        let mut complaints = Vec::new();
        let requests = self.asked.requests();
        if requests.len() != case.expected.requests {
            complaints.push(format!(
                "{} requests in place of {}",
                requests.len(),
                case.expected.requests
            ));
        }
        let line = format!("GET {} HTTP/1.1", table::whoami(&case.provider).path);
        for request in requests {
            if request.line != line {
                complaints.push(format!("a request {:?}", request.line));
            }
        }
        if self.elsewhere.connections() != 0 {
            complaints.push("the other server was connected to".to_owned());
        }
        // What the systems at both ends buffer is some megabytes: an endless body was not read to its end.
        if self.asked.sent() > 64 * 1024 * 1024 {
            complaints.push(format!("{} bytes were taken", self.asked.sent()));
        }
        complaints
    }
}

/// What came of a case, however it was run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) verdict: String,
    pub(crate) kind: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) message: Option<String>,
    /// Who it is, but for `iss`, which differs from run to run.
    pub(crate) identity: Option<Value>,
}

impl Outcome {
    /// From a line of JSON output.
    pub(crate) fn of_line(line: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let error = &line["error"];
        let mut identity = line["identity"].clone();
        if let Some(identity) = identity.as_object_mut() {
            identity.remove("iss");
        }
        Self {
            verdict: text(&line["verdict"]).unwrap_or_default(),
            kind: text(&error["kind"]),
            status: error["status"].as_u64().map(|it| it.try_into().unwrap()),
            code: text(&error["code"]),
            reason: text(&error["reason"]),
            retry_after: error["retry_after"].as_u64(),
            message: text(&error["message"]),
            identity: Some(identity).filter(|it| !it.is_null()),
        }
    }

    /// From what the library gives, by its accessors.
    pub(crate) fn of_verdict(verdict: &Verdict) -> Self {
        let error = verdict.error();
        Self {
            verdict: verdict.as_str().to_owned(),
            kind: error.map(|it| it.kind().to_string()),
            status: error.and_then(Error::status).map(|it| it.as_u16()),
            code: error.and_then(|it| it.code()).map(str::to_owned),
            reason: error.and_then(Error::reason).map(|it| it.to_string()),
            retry_after: error.and_then(Error::retry_after).map(|it| it.as_secs()),
            message: error.map(ToString::to_string),
            identity: verdict.identity().map(|identity| {
                let mut identity = serde_json::to_value(identity).unwrap();
                identity.as_object_mut().unwrap().remove("iss");
                identity
            }),
        }
    }

    /// This outcome without what is a matter of time: a wait until a date, which is shorter at each look, and
    /// whether a connection broke before or after it was there.
    pub(crate) fn lasting(mut self) -> Self {
        self.retry_after = self.retry_after.filter(|wait| *wait < DECADE);
        if self.kind.as_deref() == Some("connect") {
            self.message = None;
            self.reason = None;
        }
        self
    }

    /// What is not as it was expected.
    pub(crate) fn complaints(&self, case: &Case) -> Vec<String> {
        let Expected {
            verdict,
            kind,
            status,
            code,
            reason,
            limited,
            retry_after,
            subject,
            ..
        } = case.expected;
        let mut complaints = Vec::new();
        let mut expect = |what: &str, right: bool| {
            if !right {
                complaints.push(format!("{what}: {self:?}"));
            }
        };
        expect("verdict", self.verdict == verdict);
        expect("kind", self.kind.as_deref() == kind);
        expect("status", self.status == status);
        expect("code", self.code.as_deref() == code);
        // Others tell a reason as well: what failed about a connection.
        let is_refused = kind == Some("unauthenticated");
        expect("reason", !is_refused || self.reason.as_deref() == reason);
        let limits = self.identity.as_ref().map(|it| &it["token"]["limited"]);
        let limits = limits.filter(|it| !it.is_null());
        let limits = limits.map(|it| (it["by"].as_str().unwrap(), it["code"].as_str()));
        expect("limited", limits == limited);
        let named = self.identity.as_ref().map(|it| it["provider"].as_str());
        let name = Some(case.provider.name.as_str());
        expect("provider", named.is_none_or(|it| it == name));
        expect(
            "retry_after",
            match retry_after {
                Wait::None => self.retry_after.is_none(),
                Wait::Seconds(wait) => self.retry_after == Some(wait),
                Wait::Decades => self.retry_after > Some(DECADE),
            },
        );
        let one_line = self.message.as_ref().is_none_or(|it| !it.contains('\n'));
        expect("message", one_line);
        let sub = self.identity.as_ref().map(|it| it["sub"].as_str());
        expect(
            "subject",
            match subject {
                Subject::NoIdentity => sub.is_none(),
                Subject::Nobody => sub == Some(None),
                Subject::Somebody => matches!(sub, Some(Some(_))),
                Subject::Is(it) => sub == Some(Some(it)),
            },
        );
        complaints
    }
}

/// A certificate that signs nothing: one has to be there.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/root.pem");

/// The command, with nothing in its environment but what is given.
pub(crate) fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyholder"));
    command
        .env_clear()
        // No server here speaks TLS, and reading all of the system's certificates takes longer than all the rest.
        .env("SSL_CERT_FILE", ROOT)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Asks the provider of `case` at `base_url`, for JSON.
pub(crate) async fn whoami(case: &Case, base_url: &str, more: &[(&str, &str)]) -> Output {
    let mut command = asking(case, base_url, more);
    command.arg("--json").output().await.unwrap()
}

/// Asks the provider of `case` at `base_url`, for a table.
pub(crate) async fn whoami_table(case: &Case, base_url: &str, more: &[(&str, &str)]) -> Output {
    asking(case, base_url, more).output().await.unwrap()
}

/// The command that asks the provider of `case` at `base_url`.
pub(crate) fn asking(case: &Case, base_url: &str, more: &[(&str, &str)]) -> Command {
    let mut environment = vec![(case.provider.token.variable.as_str(), TOKEN)];
    environment.extend(more);
    let mut command = command(&environment);
    command
        .args(["whoami", &case.provider.name, "--base-url", base_url])
        .args(["--timeout", &case.timeout.as_secs_f64().to_string()]);
    command
}

/// Runs the command with `input` as its standard input.
pub(crate) async fn with_input(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may write before it has read everything, or end before.
    let written = async move {
        let _ = stdin.write_all(input.as_bytes()).await;
    };
    let ((), output) = tokio::join!(written, child.wait_with_output());
    output.unwrap()
}

/// The lines of JSON output.
pub(crate) fn lines(output: &Output) -> Vec<Value> {
    serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

/// An HTTP client for all.
pub(crate) fn http_client() -> reqwest::Client {
    static SHARED: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let builder = keyholder::http_client_builder().no_proxy();
        builder.build().unwrap()
    });
    SHARED.clone()
}

/// What the library is asked with.
pub(crate) fn config(case: &Case, base_url: &str) -> Config {
    Config::new(TOKEN)
        .base_url(base_url)
        .timeout(case.timeout)
        .http_client(http_client())
}

/// Asks the provider of `case` through the library: its generated client.
pub(crate) async fn verify(case: &Case, base_url: &str) -> Verdict {
    let client = generated(&case.provider, config(case, base_url)).unwrap();
    client.verify().await
}

/// Asks the provider of `case` through a client that is made of its description as the test runs, and that sends with
/// hyper's client alone in place of reqwest.
pub(crate) async fn verify_described(case: &Case, base_url: &str) -> Verdict {
    static SHARED: LazyLock<HttpClients> = LazyLock::new(HttpClients::default);
    let provider = described(&case.provider.name);
    let config = Config::new(TOKEN)
        .base_url(base_url)
        .timeout(case.timeout)
        .http_clients(SHARED.clone());
    let client = Client::new(provider, config).unwrap();
    client.verify().await
}

/// The client of the provider's own crate.
pub(crate) fn generated(provider: &Provider, config: Config) -> Result<Box<dyn WhoAmI>, Error> {
    Ok(match provider.name.as_str() {
        "extruct" => Box::new(keyholder::extruct::Client::with_config(config)?),
        "katapult" => Box::new(keyholder::katapult::Client::with_config(config)?),
        "nextdocs" => Box::new(keyholder::nextdocs::Client::with_config(config)?),
        "unleash" => Box::new(keyholder::unleash::Client::with_config(config)?),
        other => panic!("{other} is new to these tests"),
    })
}

/// The folder of the descriptions that the providers' crates were generated from.
pub(crate) const SPECS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs");

/// The providers of that folder, made as the test runs.
pub(crate) fn all_described() -> &'static [Provider] {
    static DESCRIBED: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        let specs = specs::specs(Path::new(SPECS)).unwrap();
        let provider = |spec| {
            let described = Described::read(spec).unwrap();
            let (info, _) = keyholder_describe::provider(&described).unwrap();
            info.into()
        };
        specs.iter().map(provider).collect()
    });
    &DESCRIBED
}

/// The provider of that name, made of its description.
pub(crate) fn described(name: &str) -> &'static Provider {
    let mut all = all_described().iter();
    all.find(|it| it.name == name).unwrap()
}

/// Runs `check` on each case, several at once, and fails with what is wrong with any of them.
pub(crate) async fn for_each_case<F>(cases: &[Case], check: impl Fn(Case) -> F)
where
    F: Future<Output = Vec<String>> + Send + 'static,
{
    let complaints: Vec<_> = futures_util::stream::iter(cases)
        .map(async |case| {
            let found = tokio::spawn(check(case.clone())).await;
            let found = found.unwrap_or_else(|error| vec![error.to_string()]);
            let named = found.iter();
            let named = named.map(|it| format!("{}, {}: {it}", case.provider, case.name));
            named.collect::<Vec<_>>()
        })
        .buffer_unordered(AT_ONCE)
        .concat()
        .await;
    assert!(
        complaints.is_empty(),
        "{} complaints of {} cases:\n{}",
        complaints.len(),
        cases.len(),
        complaints.join("\n")
    );
}

/// The provider of that name.
pub(crate) fn provider(name: &str) -> &'static Provider {
    keyholder::provider(name).unwrap()
}

/// A folder of a test's own below that of its file, with these files.
pub(crate) fn folder(tests: &str, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(tests)
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (file, content) in files {
        fs::write(folder.join(file), content).unwrap();
    }
    folder
}
