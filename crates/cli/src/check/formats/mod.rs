//! What an input is: lines of our own, a scanner's report, a table with commas, a file of variables.
//!
//! - `json`: the findings of a JSON document of any size, one by one.
//! - `findings`: what each scanner calls what it found.
//! - `columns`: tables with commas.
//! - `variables`: files of environment variables.

mod columns;
mod findings;
mod json;
pub(crate) mod variables;

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::{UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::line::{Found, Refusal};
use findings::Kind;
pub(super) use findings::{found, raw};

use crate::providers::Providers;

/// The longest finding, in bytes: scanners put whole lines of programs into them.
const MAX_FINDING: u64 = 16 * 1024 * 1024;

/// How much of an input is looked at to tell what it is, in bytes.
const HEAD: u64 = 64 * 1024;

/// What trufflehog writes to standard error before it begins, which may be in one file with its findings.
const BANNER: &[u8] = b"TruffleHog. Unearth your secrets.";

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line of JSON for each key.
    #[value(alias = "ndjson")]
    Jsonl,
    /// The report of gitleaks, in JSON or CSV.
    Gitleaks,
    /// The findings of trufflehog, in JSON.
    Trufflehog,
    /// The report of betterleaks, in JSON or CSV.
    Betterleaks,
    /// The report of kingfisher, in JSON.
    Kingfisher,
    /// SARIF, with the secret in the snippet.
    Sarif,
    /// A table with commas, semicolons or tabs between its columns, and their names in the first line.
    Csv,
    /// Variables, a line each: NAME=VALUE.
    Env,
}

/// How an input is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Line by line, each of them JSON of our own.
    Lines,
    /// Line by line, each of them JSON of a scanner's.
    Findings,
    /// As one or more JSON documents.
    Json,
    /// As a table with this between its columns.
    Columns(u8),
    Variables,
}

impl Reading {
    /// Whether it is lines of JSON, of which there are as many as keys.
    pub(super) fn is_lines(self) -> bool {
        matches!(self, Self::Lines | Self::Findings)
    }
}

/// Which fields of a report are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// The one that has the token, by its name or the names that lead to it, with dots between.
    pub(super) token: Option<String>,
    /// The one that has the provider's name, or the rule's.
    pub(super) provider: Option<String>,
    /// Those that come back with the verdict.
    pub(super) keep: Vec<String>,
}

impl Fields {
    /// Whether lines of our own are read as they are by default.
    pub(super) fn is_default(&self) -> bool {
        self.token.is_none() && self.provider.is_none() && self.keep.is_empty()
    }
}

/// Who takes what is found.
pub(super) trait Sink {
    /// Takes what stands at that line of the input. False when no more is wanted.
    fn take(&mut self, number: u64, found: Result<Found, Refusal>) -> bool;

    /// What is next may be long in coming. False when no more is wanted.
    fn wait(&mut self) -> bool;
}

/// An input of which it is known what it is.
pub(super) struct Input {
    pub(super) reading: Reading,
    pub(super) input: Box<dyn Read>,
}

/// Tells what an input is: by `format`, by the name of its file, or by how it begins.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn open(
    input: Box<dyn Read>,
    name: Option<&Path>,
    format: Option<Format>,
) -> io::Result<Input> {
    let mut input = decoded(input)?;
    let mut head = Vec::new();
    // A stream's first line is waited for, as it is in any case.
    loop {
        let before = head.len();
        let most = HEAD.saturating_sub(before as u64);
        (&mut input).take(most).read_until(b'\n', &mut head)?;
        if memchr::memmem::find(&head[before..], BANNER).is_some() {
            // Its line stays, so that those behind it have their numbers.
            head.truncate(before);
            head.push(b'\n');
        } else if head.len() == before || !head.trim_ascii().is_empty() {
            break;
        }
    }
    let reading = match format {
        Some(format) => reading_of(format, &head),
        None => detected(name, &head),
    };
    let input = Box::new(Cursor::new(head).chain(input));
    Ok(Input { reading, input })
}

/// What unpacks an input that begins so; nothing where it is not packed.
fn packed(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("gzip -dc FILE"),
        [b'P', b'K', 0x03] => Some("unzip -p FILE"),
        [0x28, 0xb5, 0x2f] => Some("zstd -dc FILE"),
        [0xfd, b'7', b'z'] => Some("xz -dc FILE"),
        _ => None,
    }
}

/// An input in UTF-8, whatever Unicode it is written in, and without its byte order mark.
fn decoded(mut input: Box<dyn Read>) -> io::Result<BufReader<Box<dyn Read>>> {
    let mut start = Vec::new();
    (&mut input).take(3).read_to_end(&mut start)?;
    if let Some(program) = packed(&start) {
        return Err(io::Error::other(format!(
            "it is packed: unpack it first, as `{program}` does, and give --from where FILE's name told what it is"
        )));
    }
    // JSON and variables begin with ASCII. Without a mark, that tells UTF-16 (RFC 4627, section 3).
    let encoding = match start.as_slice() {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [0, second, ..] if *second != 0 => Some(UTF_16BE),
        [first, 0, ..] if *first != 0 => Some(UTF_16LE),
        _ => None,
    };
    let input = Cursor::new(start).chain(input);
    let input: Box<dyn Read> = match encoding {
        Some(encoding) => Box::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .build(input),
        ),
        None => Box::new(input),
    };
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut mark = Vec::new();
    (&mut input).take(3).read_to_end(&mut mark)?;
    if mark == "\u{feff}".as_bytes() {
        mark.clear();
    }
    let input: Box<dyn Read> = Box::new(Cursor::new(mark).chain(input));
    Ok(BufReader::with_capacity(64 * 1024, input))
}

/// How an input of that format is read. A scanner's report may be JSON or a table.
fn reading_of(format: Format, head: &[u8]) -> Reading {
    let is_json = matches!(
        head.trim_ascii_start().first(),
        None | Some(b'{' | b'[' | b'n')
    );
    match format {
        Format::Jsonl => Reading::Lines,
        Format::Csv => Reading::Columns(separator(head)),
        Format::Env => Reading::Variables,
        Format::Gitleaks | Format::Betterleaks if !is_json => Reading::Columns(separator(head)),
        _ => match findings::kind(head.trim_ascii()) {
            Some(Kind::Own | Kind::Finding) => Reading::Findings,
            Some(Kind::Report) | None => Reading::Json,
        },
    }
}

/// What an input is, by how it begins and by its file's name. What might be anything is lines of our own.
fn detected(name: Option<&Path>, head: &[u8]) -> Reading {
    let file = name.and_then(Path::file_name).and_then(|it| it.to_str());
    let file = file.unwrap_or_default().to_ascii_lowercase();
    let is_named = |end: &str| file.ends_with(end);
    let line = head.trim_ascii();
    match line.first() {
        Some(b'[') => Reading::Json,
        Some(b'{') => match findings::kind(line) {
            Some(Kind::Finding) => Reading::Findings,
            Some(Kind::Report) => Reading::Json,
            // A document that does not end with its first line.
            None if line == b"{" || findings::is_report(line) => Reading::Json,
            Some(Kind::Own) | None => Reading::Lines,
        },
        _ if line == b"null" => Reading::Json,
        _ if is_named(".csv") || is_named(".tsv") => Reading::Columns(separator(head)),
        _ if is_named(".env") || file.starts_with(".env") => Reading::Variables,
        _ => Reading::Lines,
    }
}

/// What stands between the names of columns.
fn separator(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| memchr::memchr_iter(separator, line).count();
    let most = [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|it| count(*it));
    most.unwrap_or(b',')
}

/// Gives what stands in an input that is not lines of our own.
///
/// # Errors
///
/// Where it cannot be read any further, and why; nothing of what stands there.
pub(super) fn walk(
    input: Input,
    fields: &Fields,
    providers: &Providers,
    sink: &mut dyn Sink,
) -> Result<(), Broken> {
    match input.reading {
        Reading::Columns(separator) => columns::walk(input.input, separator, fields, sink),
        Reading::Variables => variables::walk(input.input, providers, sink),
        Reading::Lines | Reading::Findings | Reading::Json => {
            json::walk(input.input, sink, &|text| findings::found(text, fields))
        }
    }
}

/// Where an input breaks off.
pub(super) enum Broken {
    /// It cannot be read.
    Io(io::Error),
    /// What stands at that line is not what it should be.
    Malformed(u64, String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
