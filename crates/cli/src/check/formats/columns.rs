//! Tables with commas: the names of the columns stand in the first line.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde_json::Value;

use super::{Broken, Fields, MAX_FINDING, Sink, findings};
use crate::check::detectors::folded;
use crate::check::line::{Found, Refusal};
use crate::check::members::{MAX_BASE_URL, MAX_TOKEN, Secret};
use crate::output::Extra;

/// What columns are called, without case and separators: ours, gitleaks', and what people write.
const TOKENS: &[&str] = &[
    "token",
    "secret",
    "apikey",
    "apitoken",
    "accesstoken",
    "key",
    "raw",
];
const PROVIDERS: &[&str] = &["provider", "service"];
const RULES: &[&str] = &["ruleid", "rule", "detector", "detectorname"];
const FILES: &[&str] = &["file", "path", "filename", "filepath"];
const LINES: &[&str] = &["startline", "line", "linenumber"];
const IDS: &[&str] = &["id", "fingerprint"];
const BASE_URLS: &[&str] = &["baseurl", "url"];

/// Where each thing stands.
struct Columns {
    token: usize,
    provider: Option<usize>,
    rule: Option<usize>,
    file: Option<usize>,
    line: Option<usize>,
    id: Option<usize>,
    base_url: Option<usize>,
    kept: Vec<(String, usize)>,
}

impl Columns {
    fn of(header: &StringRecord, fields: &Fields) -> Result<Self, String> {
        let named = |name: &str| header.iter().position(|it| it.trim() == name);
        let like = |names: &[&str]| {
            names.iter().find_map(|name| {
                let mut header = header.iter();
                header.position(|it| folded(it) == *name)
            })
        };
        let token = match &fields.token {
            Some(name) => named(name).ok_or("no column has the name of --token-field")?,
            None => like(TOKENS).ok_or(
                "no column is called `token` or `secret`: the first line has the names, or --token-field says which it is",
            )?,
        };
        let provider = match &fields.provider {
            Some(name) => Some(named(name).ok_or("no column has the name of --provider-field")?),
            None => like(PROVIDERS),
        };
        let kept = fields.keep.iter();
        let kept = kept.filter_map(|name| Some((name.clone(), named(name)?)));
        Ok(Self {
            token,
            provider,
            rule: like(RULES),
            file: like(FILES),
            line: like(LINES),
            id: like(IDS),
            base_url: like(BASE_URLS).filter(|_| like(RULES).is_none()),
            kept: kept.collect(),
        })
    }

    fn found(&self, row: &StringRecord) -> Result<Found, Refusal> {
        let text = |column: Option<usize>| {
            let text = row.get(column?)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let secret = text(Some(self.token));
        let secret = secret.ok_or_else(|| Refusal::malformed("there is no token"))?;
        let base_url = text(self.base_url);
        if secret.len() > MAX_TOKEN || base_url.as_ref().is_some_and(|it| it.len() > MAX_BASE_URL) {
            return Err(Refusal::malformed("the token or the base URL is too long"));
        }
        let kept = self.kept.iter();
        let kept = kept.filter_map(|(name, at)| Some((name.clone(), Value::from(row.get(*at)?))));
        Ok(Found {
            id: text(self.id).and_then(|id| findings::raw(&id)),
            provider: text(self.provider),
            is_finding: self.rule.is_some(),
            secrets: vec![Secret::Whole(secret)],
            base_url,
            extra: Extra {
                file: text(self.file),
                line: text(self.line).and_then(|it| it.parse().ok()),
                rule: text(self.rule),
                kept: kept.collect(),
                ..Extra::default()
            },
            ..Found::default()
        })
    }
}

/// Gives the rows of `input` to `sink`.
pub(super) fn walk(
    input: Box<dyn Read>,
    separator: u8,
    fields: &Fields,
    sink: &mut dyn Sink,
) -> Result<(), Broken> {
    let sink = RefCell::new(sink);
    let left = Cell::new(MAX_FINDING);
    let bounded = Bounded {
        input,
        left: &left,
        sink: &sink,
    };
    let mut rows = ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(bounded);
    let header = rows.headers().map_err(|error| broken(&error))?.clone();
    if header.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(&header, fields).map_err(|message| Broken::Malformed(1, message))?;
    let mut row = StringRecord::new();
    loop {
        left.set(MAX_FINDING);
        let found = match rows.read_record(&mut row) {
            Ok(false) => return Ok(()),
            Ok(true) => columns.found(&row).map_err(|refusal| {
                let is_finding = columns.rule.is_some();
                if is_finding {
                    refusal.of_finding()
                } else {
                    refusal
                }
            }),
            Err(error) if matches!(error.kind(), ErrorKind::Utf8 { .. }) => {
                Err(Refusal::malformed("not UTF-8"))
            }
            Err(error) => return Err(broken(&error)),
        };
        let number = row.position().map_or(0, csv::Position::line);
        if !sink.borrow_mut().take(number, found) {
            return Ok(());
        }
    }
}

fn broken(error: &csv::Error) -> Broken {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        ErrorKind::Io(error) => Broken::Io(io::Error::new(error.kind(), error.to_string())),
        _ => Broken::Malformed(line, "not a row of a table".to_owned()),
    }
}

/// An input of which no row is longer than that.
struct Bounded<'b, 's> {
    input: Box<dyn Read>,
    left: &'b Cell<u64>,
    sink: &'b RefCell<&'s mut dyn Sink>,
}

impl Read for Bounded<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.sink.borrow_mut().wait() {
            return Ok(0);
        }
        let read = self.input.read(out)?;
        let left = self.left.get().checked_sub(read as u64);
        let too_long = || io::Error::other("a row is too long: a quotation mark may be missing");
        self.left.set(left.ok_or_else(too_long)?);
        Ok(read)
    }
}
