//! Asks whose token it is in every way that the library offers, and holds what is told against what is expected.

use std::error::Error as _;
use std::fmt::Debug;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use keyholder::{Client, Config, Error, ErrorKind, Provider, Token, Verdict, WhoAmI as _};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::leak;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// Where.
    pub(crate) base_url: String,
    /// About which token.
    pub(crate) token: Token,
    /// How long the answer may take.
    pub(crate) timeout: Duration,
}

impl Question {
    /// A client's configuration for it.
    pub(crate) fn config(&self) -> Config {
        Config::new(self.token.clone())
            .base_url(self.base_url.as_str())
            .timeout(self.timeout)
    }
}

/// What one way of asking told.
#[derive(Debug)]
pub(crate) struct Told {
    /// Which way it was.
    by: &'static str,
    /// The verdict's name; what came instead, when there was none.
    verdict: String,
    /// The identity of a valid token; else the error's kind, status, code and `Retry-After`. `None` where this way
    /// tells nothing that a program reads.
    detail: Option<Value>,
    /// All that it showed to anybody.
    shown: String,
}

impl Told {
    /// What `verdict` tells; `shown` is what there was to see besides.
    pub(crate) fn new(by: &'static str, verdict: &Verdict, shown: &str) -> Self {
        let mut shown = shown.to_owned() + &debug(verdict);
        let detail = match (verdict.identity(), verdict.error()) {
            (Some(identity), _) => json!(identity),
            (None, Some(error)) => {
                shown += &all_of(error);
                json!({
                    "kind": error.kind().as_str(),
                    "status": error.status().map(|status| status.as_u16()),
                    "code": error.code(),
                    "retry_after": error.retry_after().map(|wait| wait.as_secs()),
                })
            }
            (None, None) => Value::Null,
        };
        shown += &detail.to_string();
        Self {
            by,
            verdict: verdict.as_str().to_owned(),
            detail: Some(detail),
            shown,
        }
    }

    /// That the token is good, by an error which tells no identity; `shown` is what there was to see besides.
    pub(crate) fn good(by: &'static str, error: &Error, shown: &str) -> Self {
        Self {
            by,
            verdict: error.verdict().to_string(),
            detail: None,
            shown: shown.to_owned() + &all_of(error),
        }
    }

    /// Something other than a verdict.
    fn nothing(by: &'static str, what: String) -> Self {
        Self {
            by,
            verdict: format!("no verdict, {what}"),
            detail: None,
            shown: what,
        }
    }
}

/// What an answer should tell.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// A valid token, with just this identity.
    Valid(Value),
    /// A token that the provider refuses, with this status and code.
    Invalid(u16, Option<&'static str>),
    /// An error that says nothing of the token, if `Some` of this kind, status and code.
    Indeterminate(Option<(ErrorKind, Option<u16>, Option<&'static str>)>),
}

impl Expected {
    /// An error of this kind, with no answer at all.
    pub(crate) fn unanswered(kind: ErrorKind) -> Self {
        Self::Indeterminate(Some((kind, None, None)))
    }

    /// The verdict's name.
    fn verdict(&self) -> &'static str {
        match self {
            Self::Valid(_) => "valid",
            Self::Invalid(..) => "invalid",
            Self::Indeterminate(_) => "indeterminate",
        }
    }

    /// The status that the command exits with.
    fn exit_status(&self) -> i32 {
        match self {
            Self::Valid(_) => 0,
            Self::Invalid(..) => 1,
            Self::Indeterminate(Some((ErrorKind::Config, ..))) => 2,
            Self::Indeterminate(_) => 3,
        }
    }

    /// In a line: the verdict, and what stands behind it.
    pub(crate) fn in_a_line(&self) -> String {
        match self {
            Self::Valid(identity) => {
                let text = |name: &str| identity.get(name).and_then(Value::as_str);
                let permissions = identity.get("permissions").and_then(Value::as_array);
                format!(
                    "valid, {} {}, {} permissions",
                    text("subject_type").unwrap_or("unknown"),
                    text("sub").or(text("name")).unwrap_or("(no one)"),
                    permissions.map_or(0, Vec::len)
                )
            }
            Self::Invalid(status, code) => {
                let code = code.map(|it| format!(" {it}")).unwrap_or_default();
                format!("invalid, {status}{code}")
            }
            Self::Indeterminate(Some((kind, status, code))) => {
                let status = status.map(|it| format!(", {it}")).unwrap_or_default();
                let code = code.map(|it| format!(" {it}")).unwrap_or_default();
                format!("indeterminate, {kind}{status}{code}")
            }
            Self::Indeterminate(None) => "indeterminate".to_owned(),
        }
    }

    /// Why what was told is not this; nothing when it is.
    pub(crate) fn against(&self, told: &[Told], token: &Token) -> Vec<String> {
        told.iter()
            .flat_map(|told| self.against_one(told, token))
            .collect()
    }

    fn against_one(&self, told: &Told, token: &Token) -> Vec<String> {
        let Told {
            by,
            verdict,
            detail,
            shown,
        } = told;
        let mut reasons = Vec::new();
        if verdict == self.verdict() {
            let differs = detail.as_ref().and_then(|detail| self.differs(detail));
            reasons.extend(differs.map(|differs| format!("{by}: {differs}")));
        } else {
            let expected = self.verdict();
            let detail = detail.as_ref().map(|detail| format!(": {detail}"));
            reasons.push(format!(
                "{by}: {verdict}, expected {expected}{}",
                detail.unwrap_or_default()
            ));
        }
        let secret = token.expose_secret();
        if let Some(form) = leak::form(secret, shown).filter(|_| !secret.is_empty()) {
            // Not where: that would show it.
            reasons.push(format!("{by}: shows the token, {form}"));
        }
        reasons
    }

    /// What the identity, or the error's kind, status and code, should be where it is not.
    fn differs(&self, detail: &Value) -> Option<String> {
        let (kind, status, code) = match self {
            Self::Valid(identity) => {
                return (detail != identity).then(|| format!("{detail}, expected {identity}"));
            }
            Self::Invalid(status, code) => (ErrorKind::Unauthenticated, Some(*status), *code),
            Self::Indeterminate(Some(expected)) => *expected,
            Self::Indeterminate(None) => return None,
        };
        let expected = json!({ "kind": kind.as_str(), "status": status, "code": code });
        let same = ["kind", "status", "code"]
            .iter()
            .all(|name| detail[name] == expected[name]);
        // A rate limit, and nothing else, says how long to wait: a minute at most.
        let wait = detail["retry_after"].as_u64();
        let (waits, how_long) = if kind == ErrorKind::RateLimited {
            (
                wait.is_some_and(|it| (1..=60).contains(&it)),
                "from 1 to 60",
            )
        } else {
            (wait.is_none(), "absent")
        };
        (!same || !waits)
            .then(|| format!("{detail}, expected {expected} and retry_after {how_long}"))
    }
}

/// Asks by the one trait, with a client that is made of the provider's data at run time.
pub(crate) async fn by_trait(provider: &Provider, question: &Question) -> Told {
    let config = question.config();
    let mut shown = debug(&config);
    let verdict = match Client::new(provider, config) {
        Ok(client) => client.verify().await,
        Err(error) => Verdict::Indeterminate(error),
    };
    shown += &debug(&question.token);
    Told::new("WhoAmI", &verdict, &shown)
}

/// Asks by the command line, with every log on, for JSON.
pub(crate) async fn by_command(
    command_line: &Path,
    provider: &Provider,
    question: &Question,
    expected: &Expected,
) -> Told {
    const BY: &str = "keyholder whoami --json";
    let output = run(command_line, provider, question, &["--json"]).await;
    let (status, stdout, stderr) = match output {
        Ok(output) => output,
        Err(error) => return Told::nothing(BY, error),
    };
    let shown = format!("{stdout}\n{stderr}");
    let Ok(mut line) = serde_json::from_str::<Value>(&stdout) else {
        return Told::nothing(BY, shown);
    };
    let verdict = line["verdict"].as_str().unwrap_or_default().to_owned();
    let mut detail = match line["identity"].take() {
        Value::Null => line["error"].take(),
        identity => identity,
    };
    if let Some(detail) = detail.as_object_mut() {
        // For people.
        detail.remove("message");
    }
    let exit_status = expected.exit_status();
    Told {
        by: BY,
        verdict: if status == Some(exit_status) {
            verdict
        } else {
            format!("{verdict} with exit status {status:?} rather than {exit_status}")
        },
        detail: Some(detail),
        shown,
    }
}

/// Asks by the command line for a table, of which only the exit status is held against anything.
pub(crate) async fn by_table(
    command_line: &Path,
    provider: &Provider,
    question: &Question,
    expected: &Expected,
) -> Told {
    const BY: &str = "keyholder whoami";
    match run(command_line, provider, question, &[]).await {
        Ok((status, stdout, stderr)) if status == Some(expected.exit_status()) => Told {
            by: BY,
            verdict: expected.verdict().to_owned(),
            detail: None,
            shown: format!("{stdout}\n{stderr}"),
        },
        Ok((status, ..)) => Told::nothing(BY, format!("but exit status {status:?}")),
        Err(error) => Told::nothing(BY, error),
    }
}

type Output = (Option<i32>, String, String);

async fn run(
    command_line: &Path,
    provider: &Provider,
    question: &Question,
    arguments: &[&str],
) -> Result<Output, String> {
    let output = Command::new(command_line)
        .args(["whoami", &provider.name, "--timeout"])
        .arg(question.timeout.as_secs_f64().to_string())
        .args(arguments)
        .env(&provider.token.variable, question.token.expose_secret())
        .env(&provider.base_url_variable, &question.base_url)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("it cannot be run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    ))
}

/// A value as `Debug` shows it.
pub(crate) fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// All that an error can be asked for.
fn all_of(error: &Error) -> String {
    let mut shown = debug(error) + &format!("{error}\n");
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!("{error}\n{error:?}\n{error:#?}\n");
        source = error.source();
    }
    shown += &String::from_utf8_lossy(error.body().unwrap_or_default());
    shown + &format!("{:?} {:?}\n", error.code(), error.path())
}
