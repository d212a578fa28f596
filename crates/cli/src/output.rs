//! A line of output: what is known of one token.

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;

use keyholder::{Error, ErrorKind, Identity, Verdict, VerdictKind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::table;

/// What is known of one token.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Verdict")]
pub(crate) struct Line {
    /// The identifier that came with the token, if any.
    pub(crate) id: Option<Id>,
    /// The provider that was asked.
    pub(crate) provider: String,
    /// What its answer says of the token.
    pub(crate) verdict: VerdictKind,
    /// Who stands behind a valid token.
    pub(crate) identity: Option<Identity>,
    /// What happened with a token that is not known to be valid.
    pub(crate) error: Option<ErrorReport>,
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

/// What happened.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ErrorReport {
    /// The kind of error, as in `rate_limited`.
    pub(crate) kind: &'static str,
    /// The HTTP status of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// The provider's own code.
    pub(crate) code: Option<String>,
    /// How many seconds the provider asks to wait.
    pub(crate) retry_after: Option<u64>,
    /// What happened, for people.
    pub(crate) message: String,
}

impl Line {
    /// What `verdict` says.
    pub(crate) fn new(id: Option<Id>, provider: &str, verdict: Verdict) -> Self {
        let kind = verdict.kind();
        let (identity, error) = match verdict {
            Verdict::Valid(identity) => (Some(*identity), None),
            Verdict::Invalid(error) | Verdict::Indeterminate(error) => (None, Some(error)),
        };
        Self {
            id,
            provider: provider.to_owned(),
            verdict: kind,
            identity,
            error: error.as_ref().map(ErrorReport::from),
        }
    }

    /// Writes it as JSON, with the line break that ends it.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// Whether nothing was asked, because something is not as it must be.
    pub(crate) fn is_misconfigured(&self) -> bool {
        let kind = self.error.as_ref().map(|error| error.kind);
        kind == Some(ErrorKind::Config.as_str())
    }
}

impl From<&Error> for ErrorReport {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().as_str(),
            status: error.status().map(|status| status.as_u16()),
            code: error.code().map(str::to_owned),
            retry_after: error.retry_after().map(|wait| wait.as_secs()),
            message: error.to_string(),
        }
    }
}

/// The JSON Schema of a line.
pub(crate) fn schema() -> serde_json::Value {
    Schema::to_value(schema_for!(Line))
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
    let any = |verdict| lines.iter().any(|line| line.verdict == verdict);
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
