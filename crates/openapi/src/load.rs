//! `load`: reads YAML or JSON into one plain value.

pub(crate) mod notice;

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::granit_parser::{
    self, ErrorKind, ScalarStyle, ScanError, Scanner, StrInput, TokenType,
};
use serde_saphyr::{
    DuplicateKeyPolicy, Error as YamlError, ExternalMessageSource, Localizer, Location,
    UserMessageFormatter,
};

use crate::repair::Repair;
use crate::structure::Version;
use crate::{Error, Result};
use crate::{mend, newer, swagger, tidy};
use notice::{Step, Twice};

/// What `serde_json` takes in a document, with some room.
const MAX_DEPTH: usize = 120;

/// What `serde_json` takes.
const MAX_JSON_DEPTH: usize = 127;

/// The stack for that depth in YAML. In a development build a level takes 25 KiB, and all of them more than a thread
/// has by default.
const STACK: usize = 16 * 1024 * 1024;

/// How much aliases may add to a document: parts (each scalar, and the start and the end of each list and mapping), and
/// bytes of text.
///
/// A thousand aliases of a mapping of a thousand members make two million parts.
const MAX_ALIASED_PARTS: usize = 3_000_000;
const MAX_ALIASED_BYTES: usize = 256 * 1024 * 1024;

/// How many parts anchors may hold, beyond those that the file spells out. The library keeps them in a form that is
/// several times as large as what comes of them. Only anchors that hold aliases of other anchors, as in a "billion
/// laughs", come near it.
const MAX_ANCHORED_PARTS: usize = 500_000;

/// How far lines of quoted texts are indented at most: more would make a file of long lines far larger.
const MAX_INDENT: usize = 1000;

/// Reads the document at `file`: JSON when its name ends in `.json`, YAML 1.2 otherwise; Swagger 2.0 as OpenAPI 3.0, and
/// 3.2 as 3.1.
///
/// # Errors
///
/// A file that cannot be read or does not parse, with the line and column.
pub fn load(file: &Path) -> Result<Value> {
    fs::read(file)
        .map_err(|error| unreadable(file, &error))
        .and_then(|bytes| read(&decode(bytes)?, is_json(file)))
        .map_err(|error| error.in_file(file))
}

/// The text of the file at `file`, as [`decode`] has it.
///
/// # Errors
///
/// A file that cannot be read, or is no text.
pub fn text(file: &Path) -> Result<String> {
    fs::read(file)
        .map_err(|error| unreadable(file, &error))
        .and_then(decode)
        .map_err(|error| error.in_file(file))
}

fn unreadable(file: &Path, error: &io::Error) -> Error {
    let is_url = |it: &str| it.starts_with("https:") || it.starts_with("http:");
    let unreadable = Error::new(format!("cannot be read: {error}"));
    if file.to_str().is_some_and(is_url) {
        unreadable.with_help("that is an address: save what is there to a file, and give that")
    } else {
        unreadable
    }
}

/// The text of a file: UTF-8, or UTF-16 if it begins with that byte order mark.
///
/// # Errors
///
/// Bytes that are no such text, with the line and column of the first one.
pub fn decode(bytes: Vec<u8>) -> Result<String> {
    let error = |what: String| {
        Error::new(format!("cannot be read: it {what}")).with_help("save the file as UTF-8")
    };
    let (encoding, unit): (_, fn([u8; 2]) -> u16) = match bytes.as_slice() {
        // The mark of UTF-32 begins with that of UTF-16.
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(error("is in UTF-32".to_owned()));
        }
        [0xff, 0xfe, ..] => ("UTF-16, little-endian", u16::from_le_bytes),
        [0xfe, 0xff, ..] => ("UTF-16, big-endian", u16::from_be_bytes),
        _ => {
            return String::from_utf8(bytes).map_err(|invalid| {
                let valid = invalid.utf8_error().valid_up_to();
                let (before, rest) = invalid.as_bytes().split_at(valid);
                let byte = rest.first().copied().unwrap_or_default();
                let place = end(&String::from_utf8_lossy(before));
                error(format!("is not UTF-8: byte 0x{byte:02x} at {place}"))
            });
        }
    };
    let (units, half) = bytes.get(2..).unwrap_or_default().as_chunks();
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        let character = character
            .map_err(|_| error(format!("is not {encoding}: half a pair at {}", end(&text))))?;
        text.push(character);
    }
    if half.is_empty() {
        Ok(text)
    } else {
        Err(error(format!(
            "is not {encoding}: its last byte is one too many"
        )))
    }
}

/// The place after `text`.
fn end(text: &str) -> String {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// The document that `text` holds: JSON or YAML 1.2; Swagger 2.0 as OpenAPI 3.0, and 3.2 as 3.1.
///
/// # Errors
///
/// Text that does not parse, with the line and column; text that holds nothing.
pub fn read(text: &str, json: bool) -> Result<Value> {
    read_versioned(text, json).map(|(document, _)| document)
}

/// The same, with the version that the document was written in; `None` for one that is no description.
///
/// # Errors
///
/// As [`read`].
pub fn read_versioned(text: &str, json: bool) -> Result<(Value, Option<Version>)> {
    read_noted(text, json).map(|(document, version, _)| (document, version))
}

/// The same, with a remark on each kind of thing that no description ought to have, and how it is read: a key that stands
/// more than once in an object, and characters such as a bell.
///
/// # Errors
///
/// As [`read`].
pub fn read_noted(text: &str, json: bool) -> Result<(Value, Option<Version>, Vec<String>)> {
    let read = read_mended(text, json)?;
    Ok((read.document, read.version, read.remarks))
}

/// A document as it is read, and what of it is read otherwise than it is written.
#[derive(Debug, Clone)]
pub struct Read {
    /// The document: OpenAPI 3.0 or 3.1.
    pub document: Value,
    /// The version that it was written in; `None` for one that is no description.
    pub version: Option<Version>,
    /// A remark on each kind of thing that no text of a description ought to have.
    pub remarks: Vec<String>,
    /// What is written otherwise than OpenAPI has it, and has one plain meaning, by pointers into the document.
    pub repairs: Vec<Repair>,
}

/// The same, with what was wrong in places and is read as it is meant.
///
/// # Errors
///
/// As [`read`].
pub fn read_mended(text: &str, json: bool) -> Result<Read> {
    let (document, remarks) = match parse_noted(text, json) {
        // A file of comments alone, too.
        _ if without_mark(text).trim().is_empty() => (Value::Null, Vec::new()),
        parsed => parsed?,
    };
    if document.is_null() {
        return Err(Error::new("is empty"));
    }
    let mut document = document;
    tidy::version(&mut document);
    let version = if newer::is_newer(&document) {
        document = newer::convert(document);
        Some(Version::V3_1)
    } else {
        Version::of(&document)
    };
    if version == Some(Version::V2_0) {
        document = swagger::convert(document);
    }
    let mut repairs = Vec::new();
    if let Some(read_as) = Version::of(&document) {
        tidy::nulls(read_as, &mut document);
        repairs = mend::mend(read_as, &mut document);
    }
    Ok(Read {
        document,
        version,
        remarks,
        repairs,
    })
}

fn is_json(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "json")
}

/// The text after a byte order mark.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Parses `text` as JSON or as YAML 1.2, with or without a byte order mark.
///
/// YAML may have merge keys (`<<: *anchor`), which YAML 1.1 had: what a mapping says itself counts more.
///
/// # Errors
///
/// Text that does not parse, with the line and column.
pub fn parse(text: &str, json: bool) -> Result<Value> {
    let text = without_mark(text);
    if json {
        return parse_json(text).map(|(document, _)| document);
    }
    parse_apart(&printable(text)).map(|(document, _)| document)
}

/// The same, with remarks on what is read otherwise than it is written.
fn parse_noted(text: &str, json: bool) -> Result<(Value, Vec<String>)> {
    let text = without_mark(text);
    let (document, twice, controls) = if json {
        let (document, escaped) = parse_json(text)?;
        let twice = notice::twice_in_json(escaped.as_deref().unwrap_or(text));
        let controls = escaped.and_then(|_| notice::controls(text, is_bare_in_json));
        (document, twice, controls)
    } else {
        let printable = printable(text);
        let (document, twice) = parse_apart(&printable)?;
        let has_controls = matches!(printable, Cow::Owned(_));
        let controls = has_controls.then(|| notice::controls(text, is_no_yaml));
        (document, twice, controls.flatten())
    };
    let remarks = twice.remark().into_iter().chain(controls).collect();
    Ok((document, remarks))
}

/// Parses JSON; and where characters stand in its texts that ought to be escaped, what was parsed in its place.
fn parse_json(text: &str) -> Result<(Value, Option<String>)> {
    let error = match serde_json::from_str(text) {
        Ok(document) => return Ok((document, None)),
        Err(error) => error,
    };
    let escaped = escaped(text).ok_or_else(|| not_json(&error))?;
    match serde_json::from_str(&escaped) {
        Ok(document) => Ok((document, Some(escaped))),
        Err(_) => Err(not_json(&error)),
    }
}

/// Whether a character stands in no text of JSON as it is, and is none of a text at all.
fn is_bare_in_json(c: char) -> bool {
    c < ' ' && !matches!(c, '\t' | '\n' | '\r')
}

/// A text of JSON with escapes in the place of line breaks and tabs in its texts, and with a mark (U+FFFD) in the place of
/// other characters that cannot stand there (RFC 8259, section 7); nothing where it has none.
fn escaped(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let (mut is_quoted, mut is_escaped, mut has_some) = (false, false, false);
    for c in text.chars() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            c if c < ' ' && is_quoted => {
                has_some = true;
                // A backslash before it escapes nothing.
                if is_escaped {
                    written.push('\\');
                }
                is_escaped = false;
                written.push_str(match c {
                    '\t' => "\\t",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    _ => "\u{fffd}",
                });
                continue;
            }
            _ => {}
        }
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        written.push(c);
    }
    has_some.then_some(written)
}

/// Parses YAML on a thread of its own, for its stack.
fn parse_apart(text: &str) -> Result<(Value, Twice)> {
    thread::scope(|scope| {
        let parsed = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || parse_yaml(text))
            .map_err(|error| Error::new(format!("cannot be parsed: {error}")))?;
        parsed.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// What is wrong with a text of JSON. The reader has one limit, for its stack.
fn not_json(error: &serde_json::Error) -> Error {
    let said = error.to_string();
    match said.strip_prefix("recursion limit exceeded") {
        Some(place) => Error::new(format!(
            "is not JSON that can be read: it is nested more than {MAX_JSON_DEPTH} levels deep{place}"
        )),
        None => Error::new(format!("is not JSON: {said}")),
    }
}

/// The text with a mark (U+FFFD) in the place of each character that YAML does not have (YAML 1.2.2, section 5.1), such as
/// a bell that was pasted into a description. Lines and columns stay.
fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(is_no_yaml) {
        Cow::Owned(text.replace(is_no_yaml, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether YAML does not have a character. Line breaks are none of them, nor what may stand in a text: tabs, and all from
/// U+00A0 on but two.
fn is_no_yaml(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn parse_yaml(text: &str) -> Result<(Value, Twice)> {
    let mut written = Cow::Borrowed(text);
    let mut error = match parse_as_written(text) {
        Ok(document) => return Ok(document),
        Err(error) => error,
    };
    // Each mends all places of its kind, and the one may keep the other from being seen.
    for _ in 0..2 {
        let mended = match scan_error(&error).and_then(line_at_fault) {
            Some(fault) => indent_quoted_texts(&written, fault),
            None if is_no_finite_number(&error) => quote_numbers(&written),
            None => break,
        };
        written = Cow::Owned(mended);
        error = match parse_as_written(&written) {
            Ok(document) => return Ok(document),
            Err(error) => error,
        };
    }
    Err(yaml_error(&error, text, &written))
}

fn parse_as_written(text: &str) -> std::result::Result<(Value, Twice), YamlError> {
    let twice = Twice::default();
    let node = Node {
        may_merge: may_merge(text),
        is_example: false,
        is_schema: false,
        twice: &twice,
        at: None,
    };
    let document = serde_saphyr::with_deserializer_from_str_with_options(
        text,
        options(text),
        |deserializer| node.deserialize(deserializer),
    )?;
    Ok((document, twice))
}

/// Members that tell people something, and programs nothing: whichever of two counts.
const FOR_PEOPLE: [&str; 4] = ["description", "summary", "title", "externalDocs"];

/// Whether a text may have merge keys: such a key and its colon, or the mark of a key before it.
fn may_merge(text: &str) -> bool {
    text.match_indices("<<").any(|(at, found)| {
        let after = text[at + found.len()..].trim_start_matches(['"', '\'', ' ', '\t']);
        let before = text[..at].trim_end_matches(['"', '\'', ' ', '\t']);
        after.starts_with(':') || before.ends_with('?')
    })
}

/// YAML 1.2's core schema, in which `no` and `1_000` are strings. A description is a file of ours, and large ones have a
/// million nodes: only what aliases make of it is bounded, beside its depth.
fn options(text: &str) -> serde_saphyr::Options {
    serde_saphyr::options! {
        // Where no merge key brings some, `Node` tells those that spoil nothing.
        duplicate_keys: if may_merge(text) {
            DuplicateKeyPolicy::Error
        } else {
            DuplicateKeyPolicy::PassThrough
        },
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        // Published descriptions indent the lines of quoted texts as they like.
        strict_indentation: false,
        // To tell of comments, the library would refuse more than 32 in a row.
        emit_comments: false,
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_ALIASED_PARTS,
        },
        budget: serde_saphyr::budget! {
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_depth: MAX_DEPTH,
            // Tags count as what they are short for.
            max_total_scalar_bytes: text.len().saturating_mul(8).saturating_add(MAX_ALIASED_BYTES),
            enforce_alias_anchor_ratio: false,
            max_aliases: usize::MAX,
            max_anchors: usize::MAX,
            max_recorded_anchor_events: text.len().saturating_add(MAX_ANCHORED_PARTS),
            max_recorded_anchor_bytes: text.len().saturating_add(MAX_ALIASED_BYTES),
            max_merge_keys: usize::MAX,
        },
    }
}

/// Reads a node of YAML as a value.
///
/// To the library, `200` and `"200"` are two keys. They are one here.
#[derive(Clone, Copy)]
struct Node<'a> {
    /// Whether there may be merge keys. The library gives what they bring after what the mapping says itself.
    may_merge: bool,
    /// Whether it is an example or a part of one: a key that stands there twice spoils nothing, and the first counts.
    is_example: bool,
    /// Whether it is a schema, several of them or a part of one: of a key that stands there twice the last counts, as in
    /// JSON, and so of what is for people alone. What else a description says twice may be who is asked, and how.
    is_schema: bool,
    /// The keys that stand somewhere twice.
    twice: &'a Twice,
    /// Where it stands.
    at: Option<&'a Step<'a>>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, node: D) -> std::result::Result<Value, D::Error> {
        node.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a node of YAML")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let step = Step::item(self.at, items.len());
            let inner = Node {
                at: Some(&step),
                ..self
            };
            match seq.next_element_seed(inner)? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let name = key.clone();
            let step = Step::key(self.at, &name);
            let inner = Node {
                at: Some(&step),
                is_example: self.is_example || ["example", "examples"].contains(&key.as_str()),
                is_schema: self.is_schema
                    || ["schema", "schemas", "definitions", "properties"].contains(&key.as_str()),
                ..self
            };
            match members.entry(key) {
                Entry::Vacant(member) => {
                    member.insert(map.next_value_seed(inner)?);
                }
                Entry::Occupied(_) if self.may_merge || self.is_example => {
                    if !self.may_merge {
                        self.twice.add(self.at, &name, false);
                    }
                    map.next_value::<IgnoredAny>()?;
                }
                Entry::Occupied(mut member)
                    if self.is_schema || FOR_PEOPLE.contains(&name.as_str()) =>
                {
                    self.twice.add(self.at, &name, true);
                    member.insert(map.next_value_seed(inner)?);
                }
                Entry::Occupied(member) => {
                    let what = format!("duplicate mapping key `{}`", member.key());
                    // An error of this kind gets the place of the key.
                    let found = Unexpected::Other(&what);
                    return Err(A::Error::invalid_value(found, &"each key once"));
                }
            }
        }
        Ok(Value::Object(members))
    }
}

/// What is wrong with `text`, which was parsed as `indented`.
fn yaml_error(error: &YamlError, text: &str, indented: &str) -> Error {
    let places = Places { text, indented };
    let too_deep = format!("it is nested more than {MAX_DEPTH} levels deep");
    let limit = match cause(error) {
        YamlError::AliasReplayLimitExceeded { .. } => {
            format!("its aliases make more than {MAX_ALIASED_PARTS} parts of it")
        }
        YamlError::Budget { breach, .. } => match breach {
            BudgetBreach::Depth { .. } => too_deep,
            BudgetBreach::RecordedAnchorEvents { .. } => format!(
                "its nested anchors and aliases make more than {MAX_ANCHORED_PARTS} parts of it"
            ),
            _ => format!(
                "its aliases make more than {} MiB of it",
                MAX_ALIASED_BYTES >> 20
            ),
        },
        // The scanner has a limit of its own.
        _ if scan_error(error).map(ScanError::kind) == Some(&ErrorKind::RecursionLimitExceeded) => {
            too_deep
        }
        _ => {
            let formatter = UserMessageFormatter.with_localizer(&places);
            let message = error.render_with_formatter(&formatter);
            return Error::new(format!("is not YAML: {message}"));
        }
    };
    let place = error.location().map(|place| places.say(place));
    let place = place.map(|place| format!(" at {place}"));
    Error::new(format!(
        "is not YAML that can be read: {limit}{}",
        place.unwrap_or_default()
    ))
}

/// What went wrong, without where it was used or how it looks.
fn cause(error: &YamlError) -> &YamlError {
    match error {
        YamlError::AliasError { error, .. } | YamlError::WithSnippet { error, .. } => cause(error),
        error => error,
    }
}

fn scan_error(error: &YamlError) -> Option<&ScanError> {
    match cause(error) {
        YamlError::ExternalMessage { source, .. } => match source.as_ref() {
            ExternalMessageSource::Parser(error) => Some(error),
            _ => None,
        },
        _ => None,
    }
}

/// Says the places of a text that was indented as those of the text before.
struct Places<'a> {
    text: &'a str,
    indented: &'a str,
}

impl Places<'_> {
    fn say(&self, place: Location) -> String {
        let (line, column) = (place.line(), place.column());
        let length = |text: &str| {
            let line = usize::try_from(line).unwrap_or_default();
            text.lines().nth(line.saturating_sub(1)).map_or(0, str::len)
        };
        let added = length(self.indented).saturating_sub(length(self.text));
        let added = u64::try_from(added).unwrap_or_default();
        format!(
            "line {line}, column {}",
            column.saturating_sub(added).max(1)
        )
    }
}

impl Localizer for Places<'_> {
    fn attach_location<'b>(&self, message: Cow<'b, str>, place: Location) -> Cow<'b, str> {
        if place == Location::UNKNOWN {
            return message;
        }
        format!("{message} at {}", self.say(place)).into()
    }

    fn alias_defined_at(&self, place: Location) -> String {
        format!(" (defined at {})", self.say(place))
    }

    fn alias_used_at(&self, place: Location) -> String {
        format!(" (used at {})", self.say(place))
    }
}

/// Indents the lines of quoted texts that are not further to the right than the mapping or list around them.
/// `fault` is the first such line.
///
/// YAML wants them there, and many writers and readers do not. How far does not matter: line folding takes it off again
/// (YAML 1.2.2, section 7.3.1).
fn indent_quoted_texts(text: &str, fault: usize) -> String {
    let mut indented = String::new();
    let mut rest = text;
    let mut fault = Some(fault);
    while let Some(quoted) = fault.and_then(|fault| quoted_text(rest, fault)) {
        let before = &rest[..quoted.start];
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        // Past the key, or past where the text itself starts in a list.
        let indent = line.len() - line.trim_start_matches([' ', '\t', '-', '?', ':']).len() + 1;
        let indent = indent.min(MAX_INDENT);
        indented += before;
        for (number, line) in rest[quoted.clone()]
            .split_inclusive(['\n', '\r'])
            .enumerate()
        {
            let is_blank = line.trim_matches([' ', '\t', '\n', '\r']).is_empty();
            let column = line.len() - line.trim_start_matches([' ', '\t']).len();
            if number > 0 && !is_blank && column < indent {
                indented.extend(std::iter::repeat_n(' ', indent));
            }
            indented += line;
        }
        // The scanner can start again after such a text: what the next one is indented against is on a line of its own.
        rest = &rest[quoted.end..];
        fault = first_error(rest).as_ref().and_then(line_at_fault);
    }
    indented + rest
}

/// Where a line of a quoted text begins that is not indented as YAML wants it.
fn line_at_fault(error: &ScanError) -> Option<usize> {
    (*error.kind() == ErrorKind::InvalidQuotedScalarIndent)
        .then(|| error.marker().byte_offset())
        .flatten()
}

/// The quoted text of which a line begins at `line`.
fn quoted_text(text: &str, line: usize) -> Option<Range<usize>> {
    let before = text.get(..line)?;
    let written = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
    let line_end = before[written..].find(['\n', '\r'])? + written;
    // Cut off there, the text does not end, and the scanner says where it starts.
    let error = first_error(&text[..line_end])?;
    if *error.kind() != ErrorKind::UnclosedQuotedScalar {
        return None;
    }
    let start = error.marker().byte_offset()?;
    Some(start..start + quoted_length(&text[start..])?)
}

/// How long the quoted text is that `text` begins with, its quotes included.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut from = quote.len_utf8();
    loop {
        let found = from + text[from..].find([quote, '\\'])?;
        let after = text[found..].chars().nth(1);
        from = found + 1;
        if text[found..].starts_with(quote) {
            if quote == '"' || after != Some(quote) {
                return Some(from);
            }
            from += 1;
        } else if quote == '"' {
            from += after?.len_utf8();
        }
    }
}

/// What the scanner finds to be wrong with `text` first.
fn first_error(text: &str) -> Option<ScanError> {
    scanner(text).find_map(std::result::Result::err)
}

fn scanner(text: &str) -> Scanner<'_, StrInput<'_>> {
    // With comments, it would look through the whole text for one before it starts.
    let options = granit_parser::options! { emit_comments: false };
    Scanner::with_options(StrInput::new(text), options)
}

fn is_no_finite_number(error: &YamlError) -> bool {
    matches!(cause(error), YamlError::NonFiniteFloat { .. })
}

/// Puts quotes around what YAML reads as numbers that no value holds: `.inf`, `.nan`, and what is too large, such as the
/// hash `600e27371700`. They are the texts that they are written as.
///
/// With a tag, it is said that they are numbers.
fn quote_numbers(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut copied = 0;
    let mut is_tagged = false;
    for token in scanner(text).map_while(std::result::Result::ok) {
        let (span, token) = token.into_parts();
        if let TokenType::Scalar(ScalarStyle::Plain, written) = &token
            && !is_tagged
            && is_infinite(written)
            && let Some(at) = span.byte_range()
            && let Some(before) = text.get(copied..at.start)
            && text.get(at.clone()) == Some(written)
        {
            quoted.extend([before, "'", written, "'"]);
            copied = at.end;
        }
        is_tagged = matches!(token, TokenType::Tag(..))
            || is_tagged && matches!(token, TokenType::Anchor(_));
    }
    quoted + text.get(copied..).unwrap_or_default()
}

/// Whether a plain scalar is a number of YAML's core schema that is not finite (YAML 1.2.2, section 10.3.2).
fn is_infinite(written: &str) -> bool {
    let unsigned = written.strip_prefix(['-', '+']).unwrap_or(written);
    let is_named = ["inf", "Inf", "INF", "nan", "NaN", "NAN"]
        .iter()
        .any(|name| unsigned.strip_prefix('.') == Some(*name));
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_named || is_number && written.parse().is_ok_and(f64::is_infinite)
}
