//! `keyholder whoami`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use futures_util::future::join_all;
use keyholder::{Client, Config, Error, Provider, Token, WhoAmI};
use keyholder_openapi::load;

use crate::arguments::{text_of, unreadable};
use crate::check::formats::variables::Variables;
use crate::network::Network;
use crate::output::{self, Line};
use crate::providers::{Providers, Specs};
use crate::{complain, environment};

/// What to ask.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The providers to ask; without one, every provider whose variable is set or, for a token of --token-stdin or
    /// --token-file, the provider whose tokens have that form. PROVIDER:NAME is one of several keys: extruct:staging is in
    /// `EXTRUCT_API_TOKEN_STAGING`, with `EXTRUCT_BASE_URL_STAGING` beside it.
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
    #[command(flatten)]
    network: Network,
    /// Read the tokens from this file of variables (.env), rather than from the environment: each variable that is called as
    /// its provider's, or that and a name, as in `EXTRUCT_API_TOKEN_STAGING`, with what stands beside it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_stdin", "token_file"])]
    env_file: Option<PathBuf>,
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
    let client = arguments.network.client();
    let prepared = client.and_then(|client| Ok((client, keys(&arguments)?)));
    let (http, keys) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            complain(&message);
            return Ok(ExitCode::from(2));
        }
    };
    let lines = join_all(keys.into_iter().map(|key| {
        let Key {
            name,
            provider,
            token,
            values,
        } = key;
        let client = token.and_then(|token| {
            let config = config(&provider, token, &arguments, values.as_ref())?;
            let config = match &http {
                Some(http) => config.http_client(http.clone()),
                None => config,
            };
            Client::new(&environment::with_parameters(&provider)?, config)
        });
        async move {
            let asked = match client {
                Ok(client) => Ok(client.verify().await),
                Err(error) => Err(error),
            };
            Line::named(name.as_deref(), &provider, asked)
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

/// A key to ask about.
struct Key {
    /// What tells it from others of the same provider.
    name: Option<String>,
    provider: Provider,
    token: Result<Token, Error>,
    /// What stands beside it in its file, or in the environment under the same name.
    values: Option<Variables>,
}

/// The keys to ask about, or what keeps that from being known.
fn keys(arguments: &Arguments) -> Result<Vec<Key>, String> {
    let known = arguments.specs.providers()?;
    if arguments.is_of_one() && arguments.providers.len() > 1 {
        return Err(OF_ONE.to_owned());
    }
    let given = match &arguments.token_file {
        Some(file) => Some(token_of_file(file, &known)?),
        None if arguments.token_stdin => {
            let unreadable = |error| format!("standard input cannot be read: {error}");
            let text = text(io::stdin().lock()).map_err(unreadable)?;
            Some(token(&text, &known)?)
        }
        None => None,
    };
    let is_named = arguments.providers.iter().any(|it| it.contains(':'));
    if arguments.env_file.is_some() || (is_named && given.is_none()) {
        return named(arguments, &known);
    }
    let providers = match &given {
        Some(token) if arguments.providers.is_empty() => vec![known.of_token(token)?.clone()],
        _ => chosen(arguments, &known)?,
    };
    let keys = providers.into_iter().map(|provider| Key {
        name: None,
        token: given
            .clone()
            .map_or_else(|| environment::token_of(&provider), Ok),
        provider,
        values: None,
    });
    Ok(keys.collect())
}

/// The keys of a file of variables, or those of the environment that are asked for by their names.
fn named(arguments: &Arguments, known: &Providers) -> Result<Vec<Key>, String> {
    let mut wanted = Vec::new();
    for argument in &arguments.providers {
        let (provider, name) = match argument.split_once(':') {
            Some((provider, name)) => (provider, Some(name.to_ascii_uppercase())),
            None => (argument.as_str(), None),
        };
        wanted.push((known.named(provider)?.name.clone(), name));
    }
    let variables = match &arguments.env_file {
        Some(file) => {
            let unreadable = |error| unreadable("the file of --env-file", file, &error);
            Variables::of_file(file).map_err(unreadable)?
        }
        None => Variables::of_environment(),
    };
    for line in variables.malformed() {
        complain(&format!(
            "line {line} of the file is not NAME=VALUE, or lacks a quotation mark: it is passed over"
        ));
    }
    let mut keys = Vec::new();
    for (variable, provider, affix, token) in variables.tokens(known) {
        let is_wanted = |(name, key): &(String, Option<String>)| {
            *name == provider.name && key.as_ref().is_none_or(|key| affix.is_called(key))
        };
        if wanted.is_empty() || wanted.iter().any(is_wanted) {
            keys.push(Key {
                name: Some(variable),
                provider: provider.clone(),
                token: Ok(token),
                values: Some(variables.beside(provider, &affix)),
            });
        }
    }
    if keys.is_empty() {
        return Err(no_key(&variables, known, &wanted));
    }
    if arguments.is_of_one() && keys.len() > 1 {
        let names: Vec<_> = keys.iter().filter_map(|it| it.name.as_deref()).collect();
        return Err(format!(
            "--base-url, --scheme and --parameter are for one key, and these are meant: {}: name one, as in PROVIDER:NAME",
            names.join(", ")
        ));
    }
    Ok(keys)
}

/// What is said where there is no key of those that are wanted: which there are.
fn no_key(variables: &Variables, known: &Providers, wanted: &[(String, Option<String>)]) -> String {
    let is_meant = |provider: &Provider| {
        wanted.is_empty() || wanted.iter().any(|(name, _)| *name == provider.name)
    };
    let tokens = variables.tokens(known);
    let meant = tokens.iter().filter(|(_, it, ..)| is_meant(it));
    let names: Vec<_> = meant.map(|(variable, ..)| variable.as_str()).collect();
    if !names.is_empty() {
        return format!("no such key there; there is: {}", names.join(", "));
    }
    let provider = known.iter().find(|it| is_meant(it));
    let variable = provider.map_or("TOKEN", |it| &it.token.variable);
    format!(
        "no such key there: variables are called as the provider's, or that and a name, as in {variable} or {variable}_STAGING"
    )
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

fn config(
    provider: &Provider,
    token: Token,
    arguments: &Arguments,
    values: Option<&Variables>,
) -> Result<Config, Error> {
    let mut config = Config::new(token)
        .timeout(arguments.timeout)
        .allow_http(arguments.allow_http);
    if let Some(scheme) = &arguments.scheme {
        config = config.scheme(scheme);
    }
    for parameter in &provider.parameters {
        if let Some(value) = values.and_then(|it| it.get(&parameter.variable)) {
            config = config.parameter(&parameter.name, value);
        }
    }
    for (name, value) in &arguments.parameters {
        config = config.parameter(name, value);
    }
    let base_url = match &arguments.base_url {
        Some(base_url) => Some(base_url.clone()),
        None => match values.and_then(|it| it.get(&provider.base_url_variable)) {
            Some(base_url) => Some(base_url.to_owned()),
            None => environment::base_url_of(provider)?,
        },
    };
    Ok(match base_url {
        Some(base_url) => config.base_url(base_url),
        None => config,
    })
}

/// The token in a file, or in standard input where that is `-`.
fn token_of_file(file: &Path, known: &Providers) -> Result<Token, String> {
    let read = || match file.to_str() {
        Some("-") => text(io::stdin().lock()),
        _ => text(File::open(file)?),
    };
    let text = read().map_err(|error| unreadable("the file of --token-file", file, &error))?;
    token(&text, known)
}

/// A token as it was read. A variable with its name would be sent as a token, and be refused.
fn token(text: &str, known: &Providers) -> Result<Token, String> {
    let statement = text.trim_start();
    let statement = statement.strip_prefix("export ").unwrap_or(statement);
    let is_variable = |name: &str| {
        let rest = statement.strip_prefix(name).filter(|_| !name.is_empty());
        rest.is_some_and(|rest| rest.starts_with('='))
    };
    match known.iter().find(|it| is_variable(&it.token.variable)) {
        Some(provider) => Err(format!(
            "that is no token, but a variable with its name, {}=…: --env-file reads such files",
            provider.token.variable
        )),
        None => Ok(Token::from(text)),
    }
}

/// All that there is to read, without a byte order mark and the line break that ends it.
fn text(input: impl Read) -> io::Result<String> {
    // No token is that long: whatever is, was not meant.
    const LONGEST: u64 = 64 * 1024;
    let token = text_of(input, LONGEST)?;
    let token = load::without_mark(&token);
    Ok(token.trim_end_matches(['\r', '\n']).to_owned())
}
