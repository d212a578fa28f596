//! `keyholder whoami`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use futures_util::future::join_all;
use keyholder::{Client, Config, Error, Provider, Token, WhoAmI};

use crate::arguments::unreadable;
use crate::output::{self, Line};
use crate::providers::{Providers, Specs};
use crate::{complain, environment};

/// What to ask.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The providers to ask; without one, every provider whose variable is set or, for a token of --token-stdin or
    /// --token-file, the provider whose tokens have that form.
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
    /// Send the token by this scheme, one of those that `keyholder providers --json` has, rather than the first.
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// A value that belongs to the key, such as an account or a region, rather than the one in `<PROVIDER>_<NAME>`. May be
    /// given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// How long one provider may take in all.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
    /// Read the token from standard input, rather than from the environment.
    #[arg(long)]
    token_stdin: bool,
    /// Read the token from this file, rather than from the environment.
    #[arg(long, value_name = "FILE", conflicts_with = "token_stdin")]
    token_file: Option<PathBuf>,
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

/// A parameter of the key, as an argument.
fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("not NAME=VALUE".to_owned()),
    }
}

/// Asks, and prints what is known.
pub(crate) async fn run(arguments: Arguments) -> io::Result<ExitCode> {
    let (given, providers) = match prepare(&arguments) {
        Ok(prepared) => prepared,
        Err(message) => {
            complain(&message);
            return Ok(ExitCode::from(2));
        }
    };
    let lines = join_all(providers.iter().map(|provider| {
        let token = given
            .clone()
            .map_or_else(|| environment::token_of(provider), Ok);
        let client = token.and_then(|token| {
            let config = config(provider, token, &arguments)?;
            Client::new(&environment::with_parameters(provider)?, config)
        });
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

/// The token that was given, if any was, and the providers to ask.
fn prepare(arguments: &Arguments) -> Result<(Option<Token>, Vec<Provider>), String> {
    let known = arguments.specs.providers()?;
    if arguments.is_of_one() && arguments.providers.len() > 1 {
        return Err(OF_ONE.to_owned());
    }
    let given = match &arguments.token_file {
        Some(file) => Some(token_of_file(file)?),
        None if arguments.token_stdin => {
            let unreadable = |error| format!("standard input cannot be read: {error}");
            Some(token(io::stdin().lock()).map_err(unreadable)?)
        }
        None => None,
    };
    let providers = match &given {
        Some(token) if arguments.providers.is_empty() => vec![known.of_token(token)?.clone()],
        _ => chosen(arguments, &known)?,
    };
    Ok((given, providers))
}

const OF_ONE: &str = "--token-stdin, --token-file, --base-url, --scheme and --parameter are for one provider: name it";

impl Arguments {
    /// Whether they say what only one provider can be meant by.
    fn is_of_one(&self) -> bool {
        self.token_stdin
            || self.token_file.is_some()
            || self.base_url.is_some()
            || self.scheme.is_some()
            || !self.parameters.is_empty()
    }
}

/// The providers to ask, or what keeps that from being known.
fn chosen(arguments: &Arguments, known: &Providers) -> Result<Vec<Provider>, String> {
    let named = &arguments.providers;
    if arguments.is_of_one() && named.len() != 1 {
        return Err(OF_ONE.to_owned());
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
    let providers = known.with_token();
    if providers.is_empty() {
        return Err(format!(
            "no token in the environment: set one of {}, or one that `keyholder providers` names",
            known.variables()
        ));
    }
    Ok(providers)
}

fn config(provider: &Provider, token: Token, arguments: &Arguments) -> Result<Config, Error> {
    let mut config = Config::new(token)
        .timeout(arguments.timeout)
        .allow_http(arguments.allow_http);
    if let Some(scheme) = &arguments.scheme {
        config = config.scheme(scheme);
    }
    for (name, value) in &arguments.parameters {
        config = config.parameter(name, value);
    }
    let base_url = match &arguments.base_url {
        Some(base_url) => Some(base_url.clone()),
        None => environment::base_url_of(provider)?,
    };
    Ok(match base_url {
        Some(base_url) => config.base_url(base_url),
        None => config,
    })
}

/// The token in a file, or in standard input where that is `-`.
fn token_of_file(file: &Path) -> Result<Token, String> {
    let read = || match file.to_str() {
        Some("-") => token(io::stdin().lock()),
        _ => token(File::open(file)?),
    };
    read().map_err(|error| unreadable("the file of --token-file", file, &error))
}

/// All that there is to read, without a byte order mark and the line break that ends it.
fn token(input: impl Read) -> io::Result<Token> {
    // No token is that long: whatever is, was not meant.
    const LONGEST: u64 = 64 * 1024;
    let mut token = String::new();
    input
        .take(LONGEST)
        .read_to_string(&mut token)
        .map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => io::Error::new(error.kind(), "it is not text in UTF-8"),
            _ => error,
        })?;
    let token = token.strip_prefix('\u{feff}').unwrap_or(&token);
    Ok(Token::from(token.trim_end_matches(['\r', '\n'])))
}
