//! What a line asks for, or what is wrong with it.

use std::cell::RefCell;

use keyholder::check::{AllowedHosts, Shard};
use keyholder::{Checker, Key, Provider, Reason, Token, VerdictKind};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use serde_json::value::RawValue;

use super::detectors;
use super::formats::{self, Fields};
use super::mask::mask;
use super::members::{Members, Secret};
use super::resume::Answered;
use crate::output::{Extra, Id, Line, Tag, Unasked};
use crate::providers::{By, Providers};
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
    Key(Key<Tag>),
    /// Not to be asked about, and this is why.
    Unasked(Line),
}

/// A line that was read.
pub(super) struct Read {
    pub(super) entry: Entry,
    /// Its identifier as it can be shown, where it came before.
    pub(super) twice: Option<String>,
}

impl Read {
    /// A line with nothing in it that is a key.
    pub(super) fn blank() -> Self {
        Self {
            entry: Entry::Blank,
            twice: None,
        }
    }
}

/// How often an identifier came before, by what it is known by.
pub(super) type Before<'a> = &'a mut dyn FnMut(u64) -> u32;

/// What an input has of one key.
#[derive(Default)]
pub(super) struct Found {
    /// What it is known by: a string, a number or a boolean.
    pub(super) id: Option<Box<RawValue>>,
    /// The name of its provider, where it is given.
    pub(super) provider: Option<String>,
    /// Whether it is a scanner's finding: then its rule may tell whose it is, and its form only by a prefix.
    pub(super) is_finding: bool,
    /// The token; several where it is one of them, and its provider's form says which.
    pub(super) secrets: Vec<Secret>,
    pub(super) base_url: Option<String>,
    pub(super) scheme: Option<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) extra: Extra,
    /// What is wrong with it.
    pub(super) refusal: Option<Refusal>,
}

/// A line of which nobody can be asked, and why.
pub(super) struct Refusal {
    kind: Unasked,
    provider: String,
    tag: Tag,
    message: String,
}

impl Refusal {
    /// A line that cannot be read at all.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self {
            kind: Unasked::MalformedInput,
            provider: String::new(),
            tag: Tag::default(),
            message: message.into(),
        }
    }

    pub(super) fn of(kind: Unasked, message: impl Into<String>) -> Self {
        Self {
            kind,
            ..Self::malformed(message)
        }
    }

    /// The same, of what a scanner found.
    pub(super) fn of_finding(mut self) -> Self {
        self.tag.is_finding = true;
        self
    }

    /// Whether it is of what a scanner found.
    pub(super) fn is_of_finding(&self) -> bool {
        self.tag.is_finding
    }

    /// Whether the input is as it should be, and yet nobody can be asked.
    pub(super) fn is_of_key(&self) -> bool {
        matches!(self.kind, Unasked::UnknownProvider | Unasked::Redacted)
    }

    /// What is wrong, without any of what the line holds.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// What is said of it in the output. A line that cannot be read is told by its number.
    pub(super) fn line(self, number: u64) -> Line {
        let Self {
            kind,
            provider,
            mut tag,
            message,
        } = self;
        if kind == Unasked::MalformedInput {
            tag.extra.get_or_insert_default().input_line = Some(number);
        }
        // Where a finding is, stands beside it.
        let message = match kind {
            Unasked::UnknownProvider | Unasked::Redacted if tag.is_finding => message,
            _ => format!("line {number}: {message}"),
        };
        Line::unasked(tag, &provider, kind, message, None)
    }
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self::malformed(message)
    }
}

/// A line, as far as its provider and its server.
enum Parsed<'a> {
    Answered(VerdictKind),
    Elsewhere,
    Key(Box<Asked<'a>>),
}

/// A key that a line asks about.
struct Asked<'a> {
    provider: &'a Provider,
    secret: Secret,
    key: Key<Tag>,
    tag: Tag,
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
    /// What was permitted last: lines of one server often follow each other.
    permitted: RefCell<Option<(Provider, String)>>,
    answered: Answered,
    is_dry_run: bool,
    is_strict: bool,
    is_masking: bool,
    fields: Fields,
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
            permitted: RefCell::default(),
            answered: Answered::default(),
            is_dry_run: false,
            is_strict: false,
            is_masking: false,
            fields: Fields::default(),
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

    /// Has each token shown beside its verdict, but for its prefix and its end masked.
    pub(super) fn masking(mut self, is_masking: bool) -> Self {
        self.is_masking = is_masking;
        self
    }

    /// The fields of reports that are looked at.
    pub(super) fn with_fields(mut self, fields: Fields) -> Self {
        self.fields = fields;
        self
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// What an identifier is known by.
    pub(super) fn hash(&self, id: &RawValue) -> u64 {
        self.answered.hash(id)
    }

    /// The providers that there are.
    pub(super) fn providers(&self) -> &Providers {
        &self.providers
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
    pub(super) fn read(&self, line: &[u8], before: Before<'_>) -> Result<Read, Refusal> {
        if line.trim_ascii().is_empty() {
            return Ok(Read::blank());
        }
        if !self.fields.is_default() {
            let text = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned());
            return match text.map(|text| formats::found(text, &self.fields)) {
                Ok(Some(Ok(found))) => self.read_found(found, before),
                Ok(Some(Err(refusal))) => self.refuse(refusal),
                Ok(None) => Ok(Read::blank()),
                Err(message) => self.refuse(Refusal::malformed(message)),
            };
        }
        match Members::parse(line).and_then(|members| members.found()) {
            Ok(found) => self.read_found(found, before),
            Err(message) => self.refuse(Refusal::malformed(message)),
        }
    }

    /// What a key that was found asks for.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without any of its content: that may be a token.
    pub(super) fn read_found(&self, mut found: Found, before: Before<'_>) -> Result<Read, Refusal> {
        let id = found.id.take();
        let hash = id.as_deref().map(|id| self.answered.hash(id));
        let count = hash.map_or(0, before);
        let answered = hash.and_then(|hash| self.answered.verdict_of(hash, count));
        let is_shown = |id: &&RawValue| {
            count > 0 && !found.secrets.iter().any(|secret| holds(id.get(), secret))
        };
        let twice = id.as_deref().filter(is_shown).map(shown);
        if self.shard.is_none()
            && let Some(verdict) = answered
        {
            let entry = Entry::Answered(verdict);
            return Ok(Read { entry, twice });
        }
        let is_finding = found.is_finding;
        let is_told = |kind: Unasked| {
            kind.is_final(is_finding)
                && hash.is_some_and(|hash| self.answered.has_told(hash, kind, count))
        };
        let parsed = self.parse(id, found, answered);
        let entry = match parsed {
            Ok(Parsed::Answered(verdict)) => Entry::Answered(verdict),
            Ok(Parsed::Key(asked)) => self.entry(*asked)?,
            Ok(Parsed::Elsewhere) => Entry::Elsewhere,
            Err(refusal) if is_told(refusal.kind) => Entry::Answered(VerdictKind::Indeterminate),
            Err(refusal) => return self.refuse(refusal),
        };
        let entry = match entry {
            Entry::Unasked(line) if line.unasked_kind().is_some_and(is_told) => {
                Entry::Answered(VerdictKind::Indeterminate)
            }
            entry => entry,
        };
        Ok(Read { entry, twice })
    }

    /// A line of which nobody can tell whom to ask: one run of several says so.
    pub(super) fn refuse(&self, refusal: Refusal) -> Result<Read, Refusal> {
        let is_anothers = self.shard.is_some_and(|shard| !shard.is_first());
        if is_anothers && !self.is_strict {
            let entry = Entry::Elsewhere;
            return Ok(Read { entry, twice: None });
        }
        Err(refusal)
    }

    /// Which key a line asks about, as far as that is to be known.
    fn parse(
        &self,
        id: Option<Box<RawValue>>,
        found: Found,
        answered: Option<VerdictKind>,
    ) -> Result<Parsed<'_>, Refusal> {
        let asked = self.asked(id, found)?;
        let is_ours = |shard: Shard| shard.has(&self.checker, &asked.key);
        Ok(match answered {
            _ if !self.shard.is_none_or(is_ours) => Parsed::Elsewhere,
            Some(verdict) => Parsed::Answered(verdict),
            None => Parsed::Key(Box::new(asked)),
        })
    }

    /// The key that a line asks about.
    fn asked(&self, id: Option<Box<RawValue>>, found: Found) -> Result<Asked<'_>, Refusal> {
        let Found {
            id: _,
            provider: name,
            is_finding,
            secrets,
            base_url,
            scheme,
            parameters,
            mut extra,
            refusal,
        } = found;
        let by_rule = extra.rule.as_deref().and_then(detectors::of_rule);
        let by_rule = by_rule.filter(|_| is_finding && name.is_none());
        redact(&mut extra, &secrets);
        if self.is_masking
            && let Some(Secret::Whole(token)) = secrets.first()
        {
            extra.token = Some(mask(token));
        }
        let is_printed = |text: &str| secrets.iter().any(|secret| holds(text, secret));
        let id_text = id
            .as_deref()
            .and_then(|id| serde_json::from_str::<String>(id.get()).ok());
        let ids = [id.as_deref().map(RawValue::get), id_text.as_deref()];
        let is_id_printed = ids.into_iter().flatten().any(is_printed);
        let tag = Tag {
            id: id.filter(|_| !is_id_printed).map(Id),
            extra: extra.filled(),
            is_finding,
        };
        let refused = |refusal: Refusal| Refusal {
            tag: tag.clone(),
            ..refusal
        };
        if let Some(refusal) = refusal {
            return Err(refused(refusal));
        }
        // Of a line of our own, the client says so.
        if is_finding && secrets.first().is_some_and(is_redacted) {
            return Err(refused(Refusal::of(Unasked::Redacted, MASKED)));
        }
        let provider = match by_rule.and_then(|it| self.providers.get(&it.provider)) {
            Some(provider) => provider,
            None => self
                .provider_for(name.as_deref(), is_finding, &secrets)
                .map_err(&refused)?,
        };
        let of_provider = |refusal: Refusal| Refusal {
            provider: provider.name.clone(),
            ..refused(refusal)
        };
        let is_whole = |secret: &Secret| provider.knows(&token_of(secret));
        if by_rule.is_some_and(|it| it.needs_form) && !secrets.iter().any(is_whole) {
            return Err(of_provider(Refusal::malformed(PART)));
        }
        let secret = chosen(provider, secrets)
            .ok_or_else(|| of_provider(Refusal::malformed("there is no token")))?;
        let mut printed = base_url
            .iter()
            .chain(parameters.iter().map(|(_, value)| value));
        // A scanner's identifier is left out.
        if (is_id_printed && !is_finding) || printed.any(|it| holds(it, &secret)) {
            return Err(of_provider(Refusal::malformed(PRINTED)));
        }
        let token = token_of(&secret);
        if provider.is_other(&token) {
            return Err(of_provider(Refusal::of(Unasked::UnknownProvider, OTHER)));
        }
        let is_mistyped = provider.is_mistyped(&token);
        let is_of_line = base_url.is_some() || !parameters.is_empty();
        let base_url = match base_url {
            Some(base_url) => Some(base_url),
            None => self
                .base_url_of(provider)
                .map_err(|message| of_provider(Refusal::of(Unasked::Config, message)))?,
        };
        let mut key = Key::new(tag.clone(), provider, token);
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
            provider,
            secret,
            key,
            tag,
            is_of_line,
            is_mistyped,
        })
    }

    /// What a key that a line asks about comes to, before it is asked about.
    fn entry(&self, asked: Asked<'_>) -> Result<Entry, Refusal> {
        let Asked {
            provider,
            secret,
            key,
            tag,
            is_of_line,
            is_mistyped,
        } = asked;
        let unasked = |kind, message: String, request| {
            Entry::Unasked(Line::unasked(
                tag.clone(),
                &provider.name,
                kind,
                message,
                request,
            ))
        };
        if is_mistyped {
            return Ok(unasked(Unasked::Checksum, MISTYPED.to_owned(), None));
        }
        let refusal = |message: String| Refusal {
            provider: provider.name.clone(),
            tag: tag.clone(),
            ..Refusal::of(Unasked::Config, message)
        };
        let text = |error: keyholder::Error| refusal(error.to_string());
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
                return Err(Refusal {
                    kind: Unasked::MalformedInput,
                    ..refusal(PRINTED.to_owned())
                });
            }
            if let Err(error) = self.permit(provider, &base_url) {
                let message = error.to_string();
                return Ok(unasked(Unasked::HostNotAllowed, message, request));
            }
        }
        if self.is_dry_run {
            let message = "nothing is asked with --dry-run".to_owned();
            return Ok(unasked(Unasked::NotAsked, message, request));
        }
        Ok(Entry::Key(key))
    }

    /// Whether a token of `provider` may be sent to a base URL that a line has.
    fn permit(
        &self,
        provider: &Provider,
        base_url: &str,
    ) -> Result<(), keyholder::check::HostNotAllowed> {
        let is_last = |(last, url): &(Provider, String)| last == provider && url == base_url;
        if self.permitted.borrow().as_ref().is_some_and(is_last) {
            return Ok(());
        }
        let argument = self.base_url_of_argument(provider);
        let environment = self.providers.base_url_of(provider).ok().flatten();
        let named: Vec<_> = argument.into_iter().chain(environment).collect();
        self.allowed.permit(provider, &named, base_url)?;
        *self.permitted.borrow_mut() = Some((provider.clone(), base_url.to_owned()));
        Ok(())
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

    /// The provider of the key that a line names by `name`, or else of one that looks like that.
    fn provider_for(
        &self,
        name: Option<&str>,
        is_finding: bool,
        secrets: &[Secret],
    ) -> Result<&Provider, Refusal> {
        let unknown = |message: String| Refusal::of(Unasked::UnknownProvider, message);
        if let Some(name) = name {
            let known = || detectors::of_rule(name).and_then(|it| self.providers.get(&it.provider));
            // People write names as the makers do.
            let like = || {
                let name = detectors::folded(name);
                let mut all = self.providers.iter();
                all.find(|it| {
                    [&it.name, &it.title]
                        .map(|it| detectors::folded(it))
                        .contains(&name)
                })
            };
            let provider = self.providers.get(name).or_else(known).or_else(like);
            return provider.ok_or_else(|| {
                let names = self.providers.names();
                unknown(format!(
                    "there is no provider of that name; there is: {names}"
                ))
            });
        }
        if let Some(provider) = &self.provider {
            return Ok(provider);
        }
        self.provider_of(is_finding, secrets).map_err(|message| {
            let missing = if is_finding {
                "nothing names a provider that is known"
            } else {
                "`provider` is missing"
            };
            unknown(format!("{missing}, and {message}"))
        })
    }

    /// The provider of a token whose line names none.
    fn provider_of(&self, is_finding: bool, secrets: &[Secret]) -> Result<&Provider, String> {
        let tokens = secrets.iter().filter_map(|secret| match secret {
            Secret::Whole(token) => Some(Token::from(token.as_str())),
            Secret::Parts(_) => None,
        });
        let tokens: Vec<_> = tokens.collect();
        if tokens.is_empty() {
            return Err("parts of a token have no form that tells it".to_owned());
        }
        let by = if is_finding { By::Prefix } else { By::Form };
        match self.providers.of_tokens(&tokens, by).as_slice() {
            [provider] => Ok(provider),
            [] => Err("the token has no provider's form".to_owned()),
            several => {
                let names: Vec<_> = several.iter().map(|it| it.name.as_str()).collect();
                Err(format!(
                    "the token has the form of several: {}",
                    names.join(", ")
                ))
            }
        }
    }
}

/// An identifier, as far as it is shown where it is told of.
fn shown(id: &RawValue) -> String {
    const MOST: usize = 100;
    let characters = id.get().chars().filter(|it| !it.is_control());
    characters.take(MOST).collect()
}

/// Whether a scanner, or somebody else, has put something in the place of a token.
fn is_redacted(secret: &Secret) -> bool {
    matches!(secret, Secret::Whole(token) if Token::from(token.as_str()).is_masked())
}

fn token_of(secret: &Secret) -> Token {
    match secret {
        Secret::Whole(token) => Token::from(token.as_str()),
        Secret::Parts(parts) => {
            Token::of_parts(parts.iter().map(|(name, part)| (name.as_str(), part)))
        }
    }
}

/// The token of `provider` among what may be it: the first that has its form, or the first at all.
fn chosen(provider: &Provider, mut secrets: Vec<Secret>) -> Option<Secret> {
    if secrets.len() <= 1 {
        return secrets.pop();
    }
    let mut all = secrets.iter();
    let fitting = all.position(|secret| provider.knows(&token_of(secret)));
    let first = fitting.unwrap_or_default();
    (first < secrets.len()).then(|| secrets.swap_remove(first))
}

/// Takes the tokens out of what is printed beside their verdict.
fn redact(extra: &mut Extra, secrets: &[Secret]) {
    for secret in secrets {
        for text in [&mut extra.file, &mut extra.rule].into_iter().flatten() {
            redact_text(text, secret);
        }
        extra
            .kept
            .values_mut()
            .for_each(|it| redact_value(it, secret));
    }
}

fn redact_value(value: &mut Value, secret: &Secret) {
    match value {
        Value::String(text) => redact_text(text, secret),
        Value::Array(items) => items.iter_mut().for_each(|it| redact_value(it, secret)),
        Value::Object(members) => {
            if members.keys().any(|name| holds(name, secret)) {
                *value = Value::from(REDACTED);
            } else {
                members.values_mut().for_each(|it| redact_value(it, secret));
            }
        }
        other => {
            if holds(&other.to_string(), secret) {
                *other = Value::from(REDACTED);
            }
        }
    }
}

fn redact_text(text: &mut String, secret: &Secret) {
    for part in secret.texts().filter(|it| it.len() >= TELLING) {
        if text.contains(part) {
            *text = text.replace(part, REDACTED);
        }
    }
    // It stands there in another way: nothing of it is shown.
    if secret.texts().any(|part| text == part) || holds(text, secret) {
        REDACTED.clone_into(text);
    }
}

/// What stands in the place of a token.
const REDACTED: &str = "[REDACTED]";

const MASKED: &str = "the token is masked, or something stands in its place: run the scanner without its option to redact";

const PART: &str = "what was found is a part of a key, or no key of this provider: nothing is sent";

const OTHER: &str = "it is a key of this provider's for something else, of which nobody here can be asked: nothing is sent";

const MISTYPED: &str = "the token's check digits do not match the rest of it: it was mistyped, cut or made up, and is not sent";

const PRINTED: &str =
    "`id`, `base_url` or `parameters` holds the token or a part of it, and all of them are printed";

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
