//! A line of output: what is known of one token.

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;

use keyholder::{Error, ErrorKind, Provider, Verdict, VerdictKind};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::table;

/// What is known of one token.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Verdict")]
pub(crate) struct Line {
    /// The identifier that came with the token, if any.
    pub(crate) id: Option<Id>,
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
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
        Self { id: None, verdict }
    }

    /// Writes it as JSON, with the line break that ends it.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// The provider that was asked.
    pub(crate) fn provider(&self) -> &str {
        match &self.verdict {
            Verdict::Valid(identity) => &identity.provider,
            Verdict::Invalid(error) | Verdict::Indeterminate(error) => {
                error.provider().unwrap_or_default()
            }
        }
    }

    /// Whether nothing was asked, because something is not as it must be.
    pub(crate) fn is_misconfigured(&self) -> bool {
        let error = self.verdict.error();
        error.is_some_and(|error| error.kind() == ErrorKind::Config)
    }
}

/// The JSON Schema of a line.
pub(crate) fn schema() -> serde_json::Value {
    // Of what is written: what is always there is required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    Schema::to_value(settings.into_generator().into_root_schema_for::<Line>())
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
    let any = |verdict| lines.iter().any(|line| line.verdict.kind() == verdict);
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
