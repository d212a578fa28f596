//! What a line asks for, or what is wrong with it.

use keyholder::check::{AllowedHosts, Shard};
use keyholder::{Checker, Key, Provider, Reason, Token, VerdictKind};
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use super::members::{Members, Secret};
use super::resume::Answered;
use crate::output::{Id, Line, Unasked};
use crate::providers::Providers;
use crate::request::Request;

/// From how many characters on a token is looked for in what is printed. A shorter one is in anything.
const TELLING: usize = 8;

/// What a line is.
pub(super) enum Entry {
    /// Empty.
    Blank,
    /// For another run to ask about.
    Elsewhere,
    /// Answered by an earlier run, so.
    Answered(VerdictKind),
    /// To be asked about.
    Key(Key<Option<Id>>),
    /// Not to be asked about, and this is why.
    Unasked(Line),
}

/// A line that was read.
pub(super) struct Read {
    pub(super) entry: Entry,
    /// What its identifier is known by, if it has one.
    pub(super) id: Option<u64>,
}

/// A line, as far as its provider and its server.
enum Parsed<'a> {
    Answered(VerdictKind),
    Elsewhere,
    Key(Box<Asked<'a>>),
}

/// A key that a line asks about.
struct Asked<'a> {
    id: Option<Id>,
    provider: &'a Provider,
    secret: Secret,
    key: Key<Option<Id>>,
    /// Whether the line itself says where the key goes.
    is_of_line: bool,
    /// Whether its check digits do not match.
    is_mistyped: bool,
}

/// What is done with lines.
pub(super) struct Reader {
    checker: Checker,
    providers: Providers,
    /// The provider of the lines that name none, and its base URL.
    provider: Option<Provider>,
    base_url: Option<String>,
    allowed: AllowedHosts,
    answered: Answered,
    is_dry_run: bool,
    is_strict: bool,
    /// The servers whose lines are asked about; without it, all.
    shard: Option<Shard>,
}

impl Reader {
    pub(super) fn new(checker: Checker, providers: Providers) -> Self {
        Self {
            checker,
            providers,
            provider: None,
            base_url: None,
            allowed: AllowedHosts::default(),
            answered: Answered::default(),
            is_dry_run: false,
            is_strict: false,
            shard: None,
        }
    }

    /// The provider of the lines that name none, and the base URL of those of its lines that have none.
    pub(super) fn provider(mut self, provider: Option<Provider>, base_url: Option<String>) -> Self {
        self.provider = provider;
        self.base_url = base_url;
        self
    }

    /// The hosts that a line may name beside those that it may in any case.
    pub(super) fn allowed(mut self, hosts: AllowedHosts) -> Self {
        self.allowed = hosts;
        self
    }

    /// What an earlier run has answered.
    pub(super) fn answered(mut self, answered: Answered) -> Self {
        self.answered = answered;
        self
    }

    /// Leaves the lines of other servers to other runs.
    pub(super) fn shard(mut self, shard: Option<Shard>) -> Self {
        self.shard = shard;
        self
    }

    /// Whether other runs read the same lines.
    pub(super) fn is_shared(&self) -> bool {
        self.shard.is_some()
    }

    /// Has every run say what is wrong with a line, since each of them ends there.
    pub(super) fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Has nothing asked about, and tells of each line what would be asked.
    pub(super) fn dry_run(mut self, is_dry_run: bool) -> Self {
        self.is_dry_run = is_dry_run;
        self
    }

    /// What `line` asks for.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without any of its content: that may be a token.
    pub(super) fn read(&self, line: &[u8]) -> Result<Read, String> {
        let nothing = |entry| Ok(Read { entry, id: None });
        if line.trim_ascii().is_empty() {
            return nothing(Entry::Blank);
        }
        let parsed = Members::parse(line).and_then(|members| self.parse(&members));
        let (hash, parsed) = match parsed {
            Ok(parsed) => parsed,
            Err(message) => return self.refuse(message),
        };
        let entry = match parsed {
            Parsed::Answered(verdict) => Entry::Answered(verdict),
            Parsed::Key(asked) => self.entry(*asked)?,
            Parsed::Elsewhere => Entry::Elsewhere,
        };
        Ok(Read { entry, id: hash })
    }

    /// A line of which nobody can tell whom to ask: one run of several says so.
    pub(super) fn refuse(&self, message: String) -> Result<Read, String> {
        let is_anothers = self.shard.is_some_and(|shard| !shard.is_first());
        if is_anothers && !self.is_strict {
            let entry = Entry::Elsewhere;
            return Ok(Read { entry, id: None });
        }
        Err(message)
    }

    /// Which key a line asks about, as far as that is to be known; and what its identifier is known by.
    fn parse(&self, members: &Members<'_>) -> Result<(Option<u64>, Parsed<'_>), String> {
        let id = members.id()?;
        let hash = id.map(|id| self.answered.hash(id));
        let answered = hash.and_then(|hash| self.answered.verdict(hash));
        if self.shard.is_none()
            && let Some(verdict) = answered
        {
            return Ok((hash, Parsed::Answered(verdict)));
        }
        let asked = self.asked(id, members)?;
        let is_ours = |shard: Shard| shard.has(&self.checker, &asked.key);
        let parsed = match answered {
            _ if !self.shard.is_none_or(is_ours) => Parsed::Elsewhere,
            Some(verdict) => Parsed::Answered(verdict),
            None => Parsed::Key(Box::new(asked)),
        };
        Ok((hash, parsed))
    }

    /// The key that a line asks about.
    fn asked(&self, id: Option<&RawValue>, members: &Members<'_>) -> Result<Asked<'_>, String> {
        let secret = members.token()?;
        let base_url = members.base_url()?;
        let scheme = members.scheme()?;
        let parameters = members.parameters()?;
        let provider = match members.provider()? {
            Some(name) => self
                .providers
                .get(&name)
                .ok_or_else(|| self.unknown_provider())?,
            None => self.provider_of(&secret)?,
        };
        if is_printed(&secret, id, base_url.as_deref(), &parameters) {
            return Err(PRINTED.to_owned());
        }
        let token = match &secret {
            Secret::Whole(token) => Token::from(token.as_str()),
            Secret::Parts(parts) => {
                Token::of_parts(parts.iter().map(|(name, part)| (name.as_str(), part)))
            }
        };
        let is_mistyped = provider.is_mistyped(&token);
        let is_of_line = base_url.is_some() || !parameters.is_empty();
        let base_url = match base_url {
            Some(base_url) => Some(base_url),
            None => self.base_url_of(provider)?,
        };
        let id = id.map(|id| Id(id.to_owned()));
        let mut key = Key::new(id.clone(), provider, token);
        if let Some(base_url) = base_url {
            key = key.base_url(base_url);
        }
        if let Some(scheme) = scheme {
            key = key.scheme(scheme);
        }
        for (name, value) in parameters {
            key = key.parameter(name, value);
        }
        Ok(Asked {
            id,
            provider,
            secret,
            key,
            is_of_line,
            is_mistyped,
        })
    }

    /// What a key that a line asks about comes to, before it is asked about.
    fn entry(&self, asked: Asked<'_>) -> Result<Entry, String> {
        let Asked {
            id,
            provider,
            secret,
            key,
            is_of_line,
            is_mistyped,
        } = asked;
        if is_mistyped {
            let message = MISTYPED.to_owned();
            let line = Line::unasked(id, provider, Unasked::Checksum, message, None);
            return Ok(Entry::Unasked(line));
        }
        let text = |error: keyholder::Error| error.to_string();
        match self.checker.validate(&key) {
            // Those that are asked about now have all file descriptors, and give them back.
            Err(error) if error.reason() != Some(Reason::TooManyFiles) => return Err(text(error)),
            _ => {}
        }
        if !is_of_line && !self.is_dry_run {
            return Ok(Entry::Key(key));
        }
        // What is compared and shown is what the client makes of it, not what the line has.
        let base_url = self.checker.base_url(&key).map_err(text)?;
        // A plan is made where it is shown: to make it for each line costs time.
        let plan = self.is_dry_run.then(|| self.checker.plan(&key));
        let plan = plan.transpose().map_err(text)?;
        let request = plan.as_ref().map(Request::of);
        if is_of_line {
            if holds(&base_url, &secret) {
                return Err(PRINTED.to_owned());
            }
            if let Err(error) = self.permit(provider, &base_url) {
                let message = error.to_string();
                let line = Line::unasked(id, provider, Unasked::HostNotAllowed, message, request);
                return Ok(Entry::Unasked(line));
            }
        }
        if self.is_dry_run {
            let message = "nothing is asked with --dry-run".to_owned();
            let line = Line::unasked(id, provider, Unasked::NotAsked, message, request);
            return Ok(Entry::Unasked(line));
        }
        Ok(Entry::Key(key))
    }

    /// Whether a token of `provider` may be sent to a base URL that a line has.
    fn permit(
        &self,
        provider: &Provider,
        base_url: &str,
    ) -> Result<(), keyholder::check::HostNotAllowed> {
        let argument = self.base_url_of_argument(provider);
        let environment = self.providers.base_url_of(provider).ok().flatten();
        let named: Vec<_> = argument.into_iter().chain(environment).collect();
        self.allowed.permit(provider, &named, base_url)
    }

    fn base_url_of(&self, provider: &Provider) -> Result<Option<String>, String> {
        if let Some(base_url) = self.base_url_of_argument(provider) {
            return Ok(Some(base_url.to_owned()));
        }
        let base_url = self.providers.base_url_of(provider)?;
        Ok(base_url.map(str::to_owned))
    }

    fn base_url_of_argument(&self, provider: &Provider) -> Option<&str> {
        let is_meant = self.provider.as_ref() == Some(provider);
        self.base_url.as_deref().filter(|_| is_meant)
    }

    fn unknown_provider(&self) -> String {
        let names = self.providers.names();
        format!("`provider` is none that there is: {names}")
    }

    /// The provider of a token whose line names none.
    fn provider_of(&self, secret: &Secret) -> Result<&Provider, String> {
        if let Some(provider) = &self.provider {
            return Ok(provider);
        }
        let Secret::Whole(token) = secret else {
            return Err("`provider` is missing, and parts of a token tell of none".to_owned());
        };
        let token = Token::from(token.as_str());
        let alike = self.providers.of_token(&token);
        match alike.as_slice() {
            [provider] => Ok(provider),
            [] => Err("`provider` is missing, and the token's form tells of none".to_owned()),
            several => {
                let names: Vec<_> = several.iter().map(|it| it.name.as_str()).collect();
                Err(format!(
                    "`provider` is missing, and the token's form tells of several: {}",
                    names.join(", ")
                ))
            }
        }
    }
}

const MISTYPED: &str = "the token's check digits do not match the rest of it: it was mistyped, cut or made up, and is not sent";

const PRINTED: &str =
    "`id`, `base_url` or `parameters` holds the token or a part of it, and all of them are printed";

/// Whether what is printed of a line holds its token.
fn is_printed(
    secret: &Secret,
    id: Option<&RawValue>,
    base_url: Option<&str>,
    parameters: &[(String, String)],
) -> bool {
    let id_text = id.and_then(|id| serde_json::from_str::<String>(id.get()).ok());
    let printed = [id.map(RawValue::get), id_text.as_deref(), base_url];
    let printed = printed.into_iter().flatten();
    let mut printed = printed.chain(parameters.iter().map(|(_, value)| value.as_str()));
    printed.any(|it| holds(it, secret))
}

/// Whether a text that is printed holds a token. A host is printed in lower case, and percent signs can be undone.
fn holds(printed: &str, secret: &Secret) -> bool {
    let decoded = percent_decode_str(printed).decode_utf8_lossy();
    let printed = [printed, &*decoded].map(str::to_ascii_lowercase);
    let mut texts = secret.texts().filter(|it| it.len() >= TELLING);
    texts.any(|text| {
        let text = text.to_ascii_lowercase();
        printed.iter().any(|it| it.contains(&text))
    })
}
