//! The providers that a run knows, and `keyholder providers`.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use keyholder::{Config, Provider, Token};
use keyholder_catalogue::Entry;
use keyholder_core::{KeyParameter, PartSource, Server, TokenForm};
use keyholder_describe::{Described, specs};
use keyholder_openapi::{nearest, text};
use serde::Serialize;

use crate::arguments::{self, is_like_a_word};
use crate::request::host;
use crate::table::table;
use crate::{complain, environment, forms};

/// Which providers there are beside the built-in ones.
#[derive(clap::Args)]
pub(crate) struct Specs {
    /// Know the providers too that the descriptions in this folder describe: `<provider>.yaml`, and
    /// `<provider>.overlay.yaml` with the corrections to it. One with the name of a provider that is known already takes its
    /// place.
    #[arg(long = "specs", value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// The providers that a run knows, by name.
pub(crate) struct Providers(BTreeMap<String, Known>);

/// A provider that a run knows. One of the catalogue is read when it is first asked for: a run needs few of them.
struct Known {
    is_of_catalogue: bool,
    source: Source,
    /// The base URL in the environment, looked up once.
    base_url: OnceLock<Result<Option<String>, String>>,
    /// The same with those of its forms alone that begin with a prefix.
    prefixed: OnceLock<Provider>,
}

/// By what of a token its provider is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Its form.
    Form,
    /// A form that begins with a prefix: among all that scanners find, others fit by chance.
    Prefix,
}

enum Source {
    Read(Provider),
    Unread(&'static Entry),
}

impl Known {
    /// One that is there already.
    fn read(provider: Provider) -> Self {
        Self {
            is_of_catalogue: false,
            source: Source::Read(provider),
            base_url: OnceLock::new(),
            prefixed: OnceLock::new(),
        }
    }

    /// One of the catalogue.
    fn unread(entry: &'static Entry) -> Self {
        Self {
            is_of_catalogue: true,
            source: Source::Unread(entry),
            base_url: OnceLock::new(),
            prefixed: OnceLock::new(),
        }
    }

    fn provider(&self) -> &Provider {
        match &self.source {
            Source::Read(provider) => provider,
            Source::Unread(entry) => entry.provider(),
        }
    }

    /// The provider as its tokens are told.
    fn told(&self, by: By) -> &Provider {
        match by {
            By::Form => self.provider(),
            By::Prefix => self
                .prefixed
                .get_or_init(|| forms::with_prefixes(self.provider())),
        }
    }

    /// Whether its tokens may be told by their form.
    fn has_forms(&self) -> bool {
        match &self.source {
            Source::Read(provider) => !provider.token.forms.is_empty(),
            Source::Unread(entry) => entry.has_forms(),
        }
    }

    /// Whether a token of it, or a part of one, is in the environment.
    fn has_token(&self) -> bool {
        match &self.source {
            Source::Read(provider) => environment::has_token(provider),
            Source::Unread(entry) => environment::has_some(entry.token_variables()),
        }
    }

    /// The same, with the environment's values of its keys' parameters.
    fn with_parameters(self) -> Result<Self, keyholder::Error> {
        if let Source::Unread(entry) = self.source
            && !environment::has_some(entry.parameter_variables())
        {
            return Ok(self);
        }
        let provider = environment::with_parameters(self.provider())?;
        Ok(Self {
            source: Source::Read(provider),
            ..self
        })
    }
}

impl Specs {
    /// The providers that there are. What there is to remark on descriptions is said on standard error.
    ///
    /// # Errors
    ///
    /// A description that does not read, with its file and the place in it.
    pub(crate) fn providers(&self) -> Result<Providers, String> {
        let mut providers = Providers::without_specs();
        if let Some(folder) = &self.folder {
            if let Err(error) = folder.metadata() {
                return Err(arguments::unreadable(
                    "the folder of --specs",
                    folder,
                    &error,
                ));
            }
            let described = described(folder).map_err(|error| text::message(&error.to_string()))?;
            for provider in described {
                let name = provider.name.clone();
                providers.0.insert(name, Known::read(provider));
            }
        }
        Ok(providers)
    }
}

/// The providers that the descriptions of a folder describe.
fn described(folder: &Path) -> keyholder_openapi::Result<Vec<Provider>> {
    let mut providers = Vec::new();
    let mut remarks = Vec::new();
    for spec in specs::specs(folder)? {
        let described = Described::read(&spec)?;
        let (info, found) = keyholder_describe::provider(&described)?;
        let file = described.file().display();
        remarks.extend(found.iter().map(|remark| format!("{file}: {remark}")));
        providers.push(Provider::from(info));
    }
    for remark in remarks {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr(), "remark: {}", text::message(&remark));
    }
    Ok(providers)
}

/// The names of the providers that are there without any description.
pub(crate) fn names() -> Vec<String> {
    Providers::without_specs().0.into_keys().collect()
}

impl Providers {
    /// Those that are there without any description.
    fn without_specs() -> Self {
        let catalogue = keyholder_catalogue::entries().iter();
        let catalogue = catalogue.map(|it| (it.name().to_owned(), Known::unread(it)));
        let built_in = keyholder::providers().iter();
        let built_in = built_in.map(|it| (it.name.clone(), Known::read(it.clone())));
        Self(catalogue.chain(built_in).collect())
    }

    /// Those that are not of the catalogue, by name.
    fn of_ours(&self) -> impl Iterator<Item = &Known> {
        self.0.values().filter(|it| !it.is_of_catalogue)
    }

    /// Those of the catalogue, by name.
    fn of_catalogue(&self) -> impl Iterator<Item = &Known> {
        self.0.values().filter(|it| it.is_of_catalogue)
    }

    /// Those of which a token is in the environment.
    pub(crate) fn with_token(&self) -> Vec<Provider> {
        let known = self.0.values().filter(|it| it.has_token());
        known.map(|it| it.provider().clone()).collect()
    }

    /// The variables that may hold tokens, with commas between, but for those of the catalogue.
    pub(crate) fn variables(&self) -> String {
        let variables: Vec<_> = self
            .of_ours()
            .map(|it| it.provider().token.variable.as_str())
            .collect();
        variables.join(", ")
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.values().map(Known::provider)
    }

    /// The providers whose tokens have the form of one of these. Those of the catalogue have to stand back behind others: what
    /// a caller describes is meant.
    pub(crate) fn of_tokens(&self, tokens: &[Token], by: By) -> Vec<&Provider> {
        let is_like = |known: &&Known| {
            known.has_forms() && tokens.iter().any(|token| known.told(by).knows(token))
        };
        let ours: Vec<_> = self.of_ours().filter(is_like).collect();
        let found = if ours.is_empty() {
            self.of_catalogue().filter(is_like).collect()
        } else {
            ours
        };
        found.into_iter().map(Known::provider).collect()
    }

    /// The base URL of a provider in the environment.
    ///
    /// # Errors
    ///
    /// One that is not text.
    pub(crate) fn base_url_of(&self, provider: &Provider) -> Result<Option<&str>, String> {
        let Some(known) = self.0.get(&provider.name) else {
            return Ok(None);
        };
        let base_url = known.base_url.get_or_init(|| {
            environment::base_url_of(known.provider()).map_err(|error| error.to_string())
        });
        base_url
            .as_ref()
            .map(Option::as_deref)
            .map_err(Clone::clone)
    }

    /// The same, with the environment's values of their keys' parameters.
    ///
    /// # Errors
    ///
    /// A value that is not text, by its variable.
    pub(crate) fn with_parameters(self) -> Result<Self, String> {
        let known = self.0.into_iter();
        let known = known.map(|(name, known)| Ok((name, known.with_parameters()?)));
        let known: Result<_, keyholder::Error> = known.collect();
        known.map(Self).map_err(|error| error.to_string())
    }

    /// The provider of that name, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<&Provider> {
        self.0.get(name).map(Known::provider)
    }

    /// The provider whose tokens have the form of `token`.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub(crate) fn of_token(&self, token: &Token) -> Result<&Provider, String> {
        match self
            .of_tokens(std::slice::from_ref(token), By::Form)
            .as_slice()
        {
            [provider] => Ok(provider),
            [] => Err("the token's form tells of no provider: name it".to_owned()),
            several => {
                let names: Vec<_> = several.iter().map(|it| it.name.as_str()).collect();
                Err(format!(
                    "the token's form tells of several providers: name one of {}",
                    names.join(", ")
                ))
            }
        }
    }

    /// The names, with commas between; of those of the catalogue, how many there are.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self.of_ours().map(|it| &*it.provider().name).collect();
        let names = names.join(", ");
        match self.of_catalogue().count() {
            0 => names,
            more => format!("{names}; and {more} more, which `keyholder providers` lists"),
        }
    }

    /// The provider that an argument names.
    ///
    /// # Errors
    ///
    /// There is none, with the name that was likely meant. An argument that is not much like a name may be a token, put in
    /// the wrong place: it is not shown.
    pub(crate) fn named(&self, name: &str) -> Result<&Provider, String> {
        if let Some(provider) = self.get(name) {
            return Ok(provider);
        }
        let likely = nearest::nearest(name, self.0.keys().map(String::as_str));
        Err(match likely.filter(|_| is_like_a_word(name)) {
            Some(likely) => format!("there is no provider {name:?}: did you mean {likely:?}?"),
            None => arguments::with_help(&format!(
                "there is no provider of the name that was given; there is: {}",
                self.names()
            )),
        })
    }
}

/// A regular expression that the tokens of `provider` match, where their form is known.
fn token_form(provider: &Provider) -> Option<String> {
    match provider.token.forms.as_slice() {
        [] => None,
        [form] => Some(form.pattern.clone()),
        forms => {
            let forms: Vec<_> = forms
                .iter()
                .map(|form| format!("(?:{})", form.pattern))
                .collect();
            Some(forms.join("|"))
        }
    }
}

/// A provider, as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    title: &'a str,
    /// Whether it is of the catalogue: known as data, and never asked by us.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    catalogue: bool,
    method: &'a str,
    path: &'a str,
    base_url: Option<&'a str>,
    /// What a firewall has to let through, as `--allow-host` has it; nothing where every user has a server of their own.
    hosts: Vec<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    servers: &'a [Server],
    token_variable: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    token_parts: &'a [PartSource],
    base_url_variable: &'a str,
    token_form: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    forms: &'a [TokenForm],
    schemes: Vec<Scheme<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    parameters: &'a [KeyParameter],
}

/// A way to send a token.
#[derive(Serialize)]
struct Scheme<'a> {
    /// As `scheme` of a line of input has it.
    name: &'a str,
    /// Where the token goes, in words.
    key: String,
    /// The names of the token's parts, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn of(known: &'a Known) -> Self {
        let provider = known.provider();
        let operation = provider.whoami();
        let schemes = provider.credentials.iter().map(|credential| Scheme {
            name: &credential.scheme,
            key: credential.authentication.to_string(),
            parts: credential.authentication.parts(),
        });
        Self {
            name: &provider.name,
            title: &provider.title,
            catalogue: known.is_of_catalogue,
            method: operation.map_or("", |it| &it.method),
            path: operation.map_or("", |it| &it.path),
            base_url: provider.base_url.as_deref(),
            hosts: hosts(provider),
            servers: &provider.servers,
            token_variable: &provider.token.variable,
            token_parts: &provider.token.parts,
            base_url_variable: &provider.base_url_variable,
            token_form: token_form(provider),
            forms: &provider.token.forms,
            schemes: schemes.collect(),
            parameters: &provider.parameters,
        }
    }

    /// The line as a row for people.
    fn row(&self) -> Vec<String> {
        let parts: Vec<_> = self
            .token_parts
            .iter()
            .map(|it| it.variable.as_str())
            .collect();
        let token = match parts.as_slice() {
            [] => self.token_variable.to_owned(),
            parts => parts.join("\n"),
        };
        let hosts = if self.hosts.is_empty() {
            format!("(yours, in {})", self.base_url_variable)
        } else {
            self.hosts.join("\n")
        };
        let schemes: Vec<_> = match self.schemes.as_slice() {
            [scheme] => vec![scheme.key.clone()],
            several => several
                .iter()
                .map(|scheme| format!("{}: {}", scheme.name, scheme.key))
                .collect(),
        };
        let forms: Vec<_> = self.forms.iter().map(|it| it.pattern.as_str()).collect();
        let parameters: Vec<_> = self.parameters.iter().map(in_words).collect();
        vec![
            self.name.to_owned(),
            token,
            self.base_url_variable.to_owned(),
            hosts,
            format!("{} {}", self.method, self.path),
            schemes.join("\n"),
            forms.join("\n"),
            parameters.join("\n"),
        ]
    }
}

/// A parameter of a key for people, as in `region in ACME_REGION: eu, us; else eu`.
fn in_words(parameter: &KeyParameter) -> String {
    let mut words = format!("{} in {}", parameter.name, parameter.variable);
    if !parameter.values.is_empty() {
        words += &format!(": {}", parameter.values.join(", "));
    }
    if let Some(default) = &parameter.default {
        words += &format!("; else {default}");
    }
    words
}

/// The most hosts that one server comes to.
const MAX_HOSTS: usize = 1000;

/// The hosts that are asked unless a line or an argument names a base URL.
fn hosts(provider: &Provider) -> Vec<String> {
    let servers = provider.servers.iter().map(|it| it.base_url.as_str());
    let own = servers.chain(provider.base_url.as_deref());
    let mut hosts = Vec::new();
    for base_url in own {
        add_hosts(host(base_url), provider, &mut hosts);
    }
    // One that cannot be asked is complained of when it is to be.
    if let Ok(Some(base_url)) = environment::base_url_of(provider)
        && let Ok(base_url) = Config::new("")
            .allow_http(true)
            .base_url(base_url)
            .base_url_of(provider)
    {
        hosts.push(host(&base_url).to_owned());
    }
    let mut known = HashSet::new();
    hosts.retain(|it| known.insert(it.clone()));
    hosts
}

/// Adds the hosts that a template comes to: with each value that a parameter may have, or a star where it may have any.
fn add_hosts(template: &str, provider: &Provider, hosts: &mut Vec<String>) {
    let parts = template
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (name, after))) = parts else {
        if hosts.len() < MAX_HOSTS {
            hosts.push(template.to_owned());
        }
        return;
    };
    let mut parameters = provider.parameters.iter();
    let parameter = parameters.find(|it| it.name == name);
    match parameter.map_or(&[][..], |it| &it.values) {
        [] => add_hosts(&format!("{before}*{after}"), provider, hosts),
        values => {
            for value in values {
                let value = value.to_ascii_lowercase();
                add_hosts(&format!("{before}{value}{after}"), provider, hosts);
            }
        }
    }
}

/// Lists the providers.
pub(crate) fn run(specs: &Specs, json: bool) -> io::Result<ExitCode> {
    let providers = match specs.providers() {
        Ok(providers) => providers,
        Err(message) => {
            complain(&message);
            return Ok(ExitCode::from(2));
        }
    };
    let ours: Vec<_> = providers.of_ours().map(Line::of).collect();
    let catalogue: Vec<_> = providers.of_catalogue().map(Line::of).collect();
    let mut out = io::stdout().lock();
    if json {
        for line in ours.iter().chain(&catalogue) {
            serde_json::to_writer(&mut out, line)?;
            writeln!(out)?;
        }
    } else {
        writeln!(out, "{}", listed(&ours))?;
        if !catalogue.is_empty() {
            writeln!(out, "\n{CATALOGUE}\n{}", listed(&catalogue))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What stands above the providers of the catalogue.
const CATALOGUE: &str =
    "Of the catalogue, read in documents and code; no maker was ever asked by us:";

/// A table of providers. A column in which none has anything is not there.
fn listed(lines: &[Line<'_>]) -> String {
    let rows: Vec<_> = lines.iter().map(Line::row).collect();
    let is_shown = |column: usize| rows.iter().any(|row| !row[column].is_empty());
    let columns: Vec<_> = (0..HEADINGS.len()).filter(|it| is_shown(*it)).collect();
    let headings: Vec<_> = columns.iter().map(|it| HEADINGS[*it]).collect();
    let mut table = table(&headings).dispensable(&[
        "form of tokens",
        "base URL in",
        "sends the token in",
        "belongs to a key",
        "asks",
    ]);
    for row in &rows {
        table.add_row(columns.iter().map(|it| row[*it].as_str()));
    }
    table.trim_fmt()
}

const HEADINGS: [&str; 8] = [
    "provider",
    "token in",
    "base URL in",
    "host",
    "asks",
    "sends the token in",
    "form of tokens",
    "belongs to a key",
];
