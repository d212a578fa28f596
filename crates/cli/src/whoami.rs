//! `keyholder whoami`.

use std::env::{self, VarError};
use std::io::{self, Read};
use std::process::ExitCode;
use std::time::Duration;

use futures_util::future::join_all;
use keyholder::{Client, Config, Error, Provider, Token, WhoAmI};

use crate::complain;
use crate::output::{self, Line};
use crate::providers::{Providers, Specs};

/// What to ask.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The providers to ask; without one, every provider whose variable is set.
    #[arg(value_name = "PROVIDER")]
    providers: Vec<String>,
    #[command(flatten)]
    specs: Specs,
    /// Print JSON, a provider a line.
    #[arg(long)]
    json: bool,
    /// Ask at this base URL, rather than the provider's own or the one in `<PROVIDER>_BASE_URL`.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// How long one provider may take in all.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
    /// Read the token from standard input, rather than from the environment.
    #[arg(long)]
    token_stdin: bool,
    /// Let the token travel unencrypted, over http, to another machine.
    #[arg(long)]
    allow_http: bool,
}

/// A duration that a clock can hold, as an argument.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero() && *timeout <= Duration::from_secs(24 * 3600))
        .ok_or_else(|| "not a number of seconds between 0 and 86400".to_owned())
}

/// Asks, and prints what is known.
pub(crate) async fn run(arguments: Arguments) -> io::Result<ExitCode> {
    let known = arguments.specs.providers();
    let chosen = known.and_then(|known| chosen(&arguments, &known));
    let providers = match chosen {
        Ok(providers) => providers,
        Err(message) => {
            complain(&message);
            return Ok(ExitCode::from(2));
        }
    };
    let given = if arguments.token_stdin {
        Some(token_from_stdin()?)
    } else {
        None
    };
    let lines = join_all(providers.iter().map(|provider| {
        let token = given
            .clone()
            .map_or_else(|| token_from_environment(provider), Ok);
        let client =
            token.and_then(|token| Client::new(provider, config(provider, token, &arguments)?));
        async move {
            let asked = match client {
                Ok(client) => Ok(client.verify().await),
                Err(error) => Err(error),
            };
            Line::of(provider, asked)
        }
    }))
    .await;
    output::print(&lines, arguments.json)?;
    for line in lines.iter().filter(|line| line.is_misconfigured()) {
        if let Some((_, message)) = line.failure() {
            complain(&message);
        }
    }
    Ok(output::exit_code(&lines))
}

/// The providers to ask, or what keeps that from being known.
fn chosen(arguments: &Arguments, known: &Providers) -> Result<Vec<Provider>, String> {
    let named = &arguments.providers;
    if (arguments.token_stdin || arguments.base_url.is_some()) && named.len() != 1 {
        return Err("--token-stdin and --base-url are for one provider: name it".to_owned());
    }
    if !named.is_empty() {
        let mut providers = Vec::new();
        for name in named {
            let provider = known.named(name)?;
            if !providers.contains(provider) {
                providers.push(provider.clone());
            }
        }
        return Ok(providers);
    }
    let is_set = |provider: &&Provider| env::var_os(&provider.token.variable).is_some();
    let providers: Vec<_> = known.iter().filter(is_set).cloned().collect();
    if providers.is_empty() {
        let variables: Vec<_> = known.iter().map(|it| it.token.variable.as_str()).collect();
        return Err(format!(
            "no token in the environment: set one of {}",
            variables.join(", ")
        ));
    }
    Ok(providers)
}

fn config(provider: &Provider, token: Token, arguments: &Arguments) -> Result<Config, Error> {
    let config = Config::new(token)
        .timeout(arguments.timeout)
        .allow_http(arguments.allow_http);
    let base_url = match &arguments.base_url {
        Some(base_url) => Some(base_url.clone()),
        None => base_url_of(provider)?,
    };
    Ok(match base_url {
        Some(base_url) => config.base_url(base_url),
        None => config,
    })
}

fn token_from_environment(provider: &Provider) -> Result<Token, Error> {
    let name = &provider.token.variable;
    variable(name)?
        .map(Token::from)
        .ok_or_else(|| Error::config(format!("no token: set {name}")))
}

/// The base URL in the environment; an empty one is none.
pub(crate) fn base_url_of(provider: &Provider) -> Result<Option<String>, Error> {
    let base_url = variable(&provider.base_url_variable)?;
    Ok(base_url.filter(|base_url| !base_url.is_empty()))
}

/// An environment variable, where it is set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        // Its own message quotes the value.
        Err(VarError::NotUnicode(_)) => Err(Error::config(format!("{name} is not text"))),
    }
}

/// All of standard input, without the line break that ends it.
fn token_from_stdin() -> io::Result<Token> {
    // No token is that long: whatever is, was not meant.
    const LONGEST: u64 = 64 * 1024;
    let mut token = String::new();
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_string(&mut token)
        .map_err(|error| io::Error::new(error.kind(), "standard input is not text"))?;
    let end = token.trim_end_matches(['\r', '\n']).len();
    token.truncate(end);
    Ok(Token::from(token))
}
