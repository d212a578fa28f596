//! A line of output: what is known of one token.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use keyholder::{Checked, Error, ErrorKind, Identity, Provider, Reason, Verdict, VerdictKind};
use keyholder_openapi::text;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::request::Request;
use crate::table;

/// What is known of one token.
#[derive(Debug)]
pub(crate) struct Line {
    /// The identifier that came with the token, if any.
    pub(crate) id: Option<Id>,
    pub(crate) outcome: Outcome,
    /// What else there is to say of where the token came from.
    pub(crate) extra: Option<Box<Extra>>,
    /// Whether a scanner found the token: then what is wrong with it is nobody's mistake here.
    is_finding: bool,
}

/// What comes back with a verdict of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tag {
    pub(crate) id: Option<Id>,
    pub(crate) extra: Option<Box<Extra>>,
    /// Whether a scanner found the token.
    pub(crate) is_finding: bool,
}

/// Where a token came from, as the input says it: never the token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Extra {
    /// The file that the token was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The line of that file, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// The rule or the detector that found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<String>,
    /// The token, but for its prefix and its end: with `--mask`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
    /// The line of the input, from 1 on, where that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_line: Option<u64>,
    /// What `--keep` names.
    #[serde(flatten)]
    pub(crate) kept: BTreeMap<String, serde_json::Value>,
}

impl Extra {
    /// The same, unless there is nothing in it.
    pub(crate) fn filled(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// What came of a token.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// What its provider's answer says, or what kept the client from asking.
    Asked(Verdict),
    /// Nobody was to be asked.
    Unasked(Box<UnaskedToken>),
}

/// A token that nobody was to be asked about.
#[derive(Debug)]
pub(crate) struct UnaskedToken {
    provider: String,
    kind: Unasked,
    message: String,
    /// What happened with another token, which is why.
    cause: Option<Error>,
    /// The request that would have been sent, where that is told.
    pub(crate) request: Option<Request>,
}

/// Why nobody was asked about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unasked {
    /// The token's check digits are wrong.
    Checksum,
    /// Something that is needed is missing, or cannot be used.
    Config,
    /// The line's base URL is on a host that nobody has allowed.
    HostNotAllowed,
    /// The input cannot be read there, or what it has cannot be a token.
    MalformedInput,
    /// Nothing was to be asked, or its server does not answer for now.
    NotAsked,
    /// The input has the token masked, or something in its place.
    Redacted,
    /// Whose token it is, nothing tells; or it is one of its provider's for something else, of which nobody can be asked.
    UnknownProvider,
}

impl Unasked {
    pub(crate) const ALL: [Self; 7] = [
        Self::Checksum,
        Self::Config,
        Self::HostNotAllowed,
        Self::MalformedInput,
        Self::NotAsked,
        Self::Redacted,
        Self::UnknownProvider,
    ];

    /// Whether the same input comes to the same again, and nobody has to mend it.
    pub(crate) fn is_final(self, is_finding: bool) -> bool {
        match self {
            Self::Checksum | Self::Redacted | Self::UnknownProvider => true,
            Self::MalformedInput => is_finding,
            Self::Config | Self::HostNotAllowed | Self::NotAsked => false,
        }
    }

    /// The name that it has in a line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Checksum => "checksum",
            Self::Config => "config",
            Self::HostNotAllowed => "host_not_allowed",
            Self::MalformedInput => "malformed_input",
            Self::NotAsked => "not_asked",
            Self::Redacted => "redacted",
            Self::UnknownProvider => "unknown_provider",
        }
    }
}

/// A line as it is written.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Verdict")]
struct Written<'a> {
    /// The identifier that came with the token, if any.
    id: Option<&'a Id>,
    /// The provider's name; empty where none was asked.
    provider: &'a str,
    /// What is known of the token.
    verdict: VerdictKind,
    /// Who stands behind the token; an object whenever the verdict is valid, else null.
    identity: Option<&'a Identity>,
    /// What happened instead; null whenever the verdict is valid.
    error: Option<Failure<'a>>,
    /// The request that would have been sent: with `--dry-run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Request>,
    /// Where the token came from, where the input says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<&'a Extra>,
}

/// What happened in place of an answer that proves the token good.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
struct Failure<'a> {
    /// What kind of thing went wrong.
    kind: Kind,
    /// The HTTP status of the answer, if there was one.
    status: Option<u16>,
    /// The provider's own code.
    code: Option<&'a str>,
    /// Why it is so, where that is told.
    reason: Option<Reason>,
    /// How many seconds the provider asks to wait.
    retry_after: Option<u64>,
    /// What happened, in a line for people.
    message: Cow<'a, str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Kind {
    Asked(ErrorKind),
    Unasked(Unasked),
}

impl<'a> Failure<'a> {
    fn of(error: &'a Error) -> Self {
        Self {
            kind: Kind::Asked(error.kind()),
            message: error.to_string().into(),
            ..Self::caused_by(Some(error))
        }
    }

    /// What an error tells beside its kind and its message.
    fn caused_by(error: Option<&'a Error>) -> Self {
        Self {
            kind: Kind::Unasked(Unasked::NotAsked),
            status: error.and_then(Error::status).map(|it| it.as_u16()),
            code: error.and_then(|it| it.code()),
            reason: error.and_then(Error::reason),
            retry_after: error.and_then(Error::retry_after).map(|it| it.as_secs()),
            message: Cow::Borrowed(""),
        }
    }
}

/// An identifier: a string, a number or a boolean, as it was written.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Id(pub(crate) Box<RawValue>);

impl JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl Line {
    /// What is known of a token of `provider` that was asked about, or that `error` keeps from being asked about.
    pub(crate) fn of(provider: &Provider, asked: Result<Verdict, Error>) -> Self {
        let verdict =
            asked.unwrap_or_else(|error| Verdict::Indeterminate(error.with_provider(provider)));
        Self::asked(Tag::default(), verdict)
    }

    /// The same, of one of several tokens, by its name.
    pub(crate) fn named(
        name: Option<&str>,
        provider: &Provider,
        asked: Result<Verdict, Error>,
    ) -> Self {
        let id = name.and_then(|it| serde_json::value::to_raw_value(it).ok());
        let line = Self::of(provider, asked);
        Self {
            id: id.map(Id),
            ..line
        }
    }

    /// What is known of a token that was asked about.
    pub(crate) fn asked(tag: Tag, verdict: Verdict) -> Self {
        Self::tagged(tag, Outcome::Asked(verdict))
    }

    fn tagged(tag: Tag, outcome: Outcome) -> Self {
        let Tag {
            id,
            extra,
            is_finding,
        } = tag;
        Self {
            id,
            outcome,
            extra,
            is_finding,
        }
    }

    /// What came of a token among many.
    pub(crate) fn checked(checked: Checked<Tag>) -> Self {
        let Checked {
            tag,
            provider,
            verdict,
            is_asked,
            ..
        } = checked;
        match verdict {
            Verdict::Indeterminate(error) if !is_asked && error.kind() != ErrorKind::Config => {
                let outcome = Outcome::Unasked(Box::new(UnaskedToken {
                    provider: provider.name.clone(),
                    kind: Unasked::NotAsked,
                    message: format!(
                        "not asked, since the server does not answer for now: {error}"
                    ),
                    cause: Some(error),
                    request: None,
                }));
                Self::tagged(tag, outcome)
            }
            verdict => Self::asked(tag, verdict),
        }
    }

    /// A token that nobody was to be asked about.
    pub(crate) fn unasked(
        tag: Tag,
        provider: &str,
        kind: Unasked,
        message: String,
        request: Option<Request>,
    ) -> Self {
        let outcome = Outcome::Unasked(Box::new(UnaskedToken {
            provider: provider.to_owned(),
            kind,
            message,
            cause: None,
            request,
        }));
        Self::tagged(tag, outcome)
    }

    /// Writes it as JSON, with the line break that ends it.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let json = self.json()?;
        out.write_all(json.as_bytes())?;
        out.write_all(b"\n")
    }

    /// The line as JSON. What is not seen, or would steer a terminal, is escaped: it stays the same value.
    pub(crate) fn json(&self) -> io::Result<String> {
        let json = serde_json::to_string(&self.written())?;
        let is_plain = json.bytes().all(|byte| byte.is_ascii() && byte != 0x7f);
        Ok(if is_plain { json } else { text::json(&json) })
    }

    /// The identifier as a text.
    pub(crate) fn id_text(&self) -> Option<String> {
        let id = self.id.as_ref()?.0.get();
        Some(serde_json::from_str(id).unwrap_or_else(|_| id.to_owned()))
    }

    /// Whether a scanner found the token.
    pub(crate) fn is_finding(&self) -> bool {
        self.is_finding
    }

    fn written(&self) -> Written<'_> {
        let (identity, error, request) = match &self.outcome {
            Outcome::Asked(verdict) => (verdict.identity(), verdict.error().map(Failure::of), None),
            Outcome::Unasked(token) => {
                let cause = token.cause.as_ref();
                let error = Failure {
                    kind: Kind::Unasked(token.kind),
                    message: Cow::Borrowed(&token.message),
                    ..Failure::caused_by(cause)
                };
                (None, Some(error), token.request.as_ref())
            }
        };
        Written {
            id: self.id.as_ref(),
            provider: self.provider(),
            verdict: self.verdict(),
            identity,
            error,
            request,
            extra: self.extra.as_deref(),
        }
    }

    /// The provider that was asked, or would have been.
    pub(crate) fn provider(&self) -> &str {
        match &self.outcome {
            Outcome::Asked(Verdict::Valid(identity)) => &identity.provider,
            Outcome::Asked(Verdict::Invalid(error) | Verdict::Indeterminate(error)) => {
                error.provider().unwrap_or_default()
            }
            Outcome::Unasked(token) => &token.provider,
        }
    }

    /// Which of the verdicts it is.
    pub(crate) fn verdict(&self) -> VerdictKind {
        match &self.outcome {
            Outcome::Asked(verdict) => verdict.kind(),
            Outcome::Unasked(_) => VerdictKind::Indeterminate,
        }
    }

    /// Who stands behind the token, where it is valid.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        match &self.outcome {
            Outcome::Asked(verdict) => verdict.identity(),
            Outcome::Unasked(_) => None,
        }
    }

    /// What happened, by its kind and in words, where the token is not known to be valid.
    pub(crate) fn failure(&self) -> Option<(&'static str, String)> {
        match &self.outcome {
            Outcome::Asked(verdict) => {
                let error = verdict.error()?;
                Some((error.kind().as_str(), error.to_string()))
            }
            Outcome::Unasked(token) => Some((token.kind.as_str(), token.message.clone())),
        }
    }

    /// Why nobody was asked, where that was not to be.
    pub(crate) fn unasked_kind(&self) -> Option<Unasked> {
        match &self.outcome {
            Outcome::Asked(_) => None,
            Outcome::Unasked(token) => Some(token.kind),
        }
    }

    /// Whether nothing was asked, because something is not as it must be.
    pub(crate) fn is_misconfigured(&self) -> bool {
        if self.is_finding {
            return false;
        }
        match &self.outcome {
            Outcome::Asked(verdict) => {
                let error = verdict.error();
                error.is_some_and(|error| error.kind() == ErrorKind::Config)
            }
            Outcome::Unasked(token) => matches!(
                token.kind,
                Unasked::Config | Unasked::HostNotAllowed | Unasked::MalformedInput
            ),
        }
    }

    /// Whether the line of input is for a host that nobody has allowed.
    pub(crate) fn is_not_allowed(&self) -> bool {
        matches!(&self.outcome, Outcome::Unasked(token) if token.kind == Unasked::HostNotAllowed)
    }

    /// The request that would have been sent, where that is told.
    pub(crate) fn request(&self) -> Option<&Request> {
        match &self.outcome {
            Outcome::Asked(_) => None,
            Outcome::Unasked(token) => token.request.as_ref(),
        }
    }
}

/// The JSON Schema of a line.
pub(crate) fn schema() -> serde_json::Value {
    // Of what is written: what is always there is required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    Schema::to_value(
        settings
            .into_generator()
            .into_root_schema_for::<Written<'_>>(),
    )
}

/// Prints the lines, as JSON or as a table.
pub(crate) fn print(lines: &[Line], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        for line in lines {
            line.write(&mut out)?;
        }
        out.flush()
    } else {
        writeln!(out, "{}", table::verdicts(lines).trim_fmt())
    }
}

/// The exit status that the lines come to.
pub(crate) fn exit_code(lines: &[Line]) -> ExitCode {
    let any = |verdict| lines.iter().any(|line| line.verdict() == verdict);
    status(
        lines.iter().any(Line::is_misconfigured),
        any(VerdictKind::Invalid),
        any(VerdictKind::Indeterminate),
    )
}

/// The exit status of a run in which some token was such.
pub(crate) fn status(misconfigured: bool, invalid: bool, indeterminate: bool) -> ExitCode {
    ExitCode::from(match (misconfigured, invalid, indeterminate) {
        (true, _, _) => 2,
        (false, true, _) => 1,
        (false, false, true) => 3,
        (false, false, false) => 0,
    })
}
