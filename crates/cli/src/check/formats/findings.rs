//! What each scanner calls what it found.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Fields;
use crate::check::line::{Found, Refusal};
use crate::check::members::{MAX_ID, MAX_TOKEN, Members, Secret};
use crate::output::Extra;

/// The longest that is taken of a file's name or a rule's, in characters.
const MAX_NAME: usize = 1024;

/// The longest that is kept of a field, in bytes of JSON.
const MAX_KEPT: usize = 4 * 1024;

/// What a line is that is a whole object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Own,
    /// What a scanner found.
    Finding,
    /// A report, with findings in it.
    Report,
}

/// The members that a report has, and those of a finding.
const OF_REPORTS: [&str; 3] = ["runs", "findings", "results"];
const OF_FINDINGS: [&str; 5] = [
    "DetectorName",
    "SourceMetadata",
    "RuleID",
    "ruleId",
    "finding",
];

/// What a line is; nothing where it is no whole object.
pub(super) fn kind(line: &[u8]) -> Option<Kind> {
    let object: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    Some(if has(&OF_REPORTS) {
        Kind::Report
    } else if has(&OF_FINDINGS) || is_log(&object) {
        Kind::Finding
    } else {
        Kind::Own
    })
}

/// Whether a line that is no whole object begins as a report in one line does.
pub(super) fn is_report(line: &[u8]) -> bool {
    let names = OF_REPORTS.iter().chain(&OF_FINDINGS).chain(&["$schema"]);
    names
        .map(|name| format!("\"{name}\":"))
        .any(|name| memchr::memmem::find(line, name.as_bytes()).is_some())
}

/// What is found in an item of a report. Nothing where it is no finding.
pub(in crate::check) fn found(text: &str, fields: &Fields) -> Option<Result<Found, Refusal>> {
    let Ok(item) = serde_json::from_str::<Map<String, Value>>(text) else {
        return Some(Err(Refusal::malformed("not a JSON object").of_finding()));
    };
    let item = unwrapped(item);
    let is_own = item.contains_key("token") && !item.contains_key("ruleId");
    if is_own && fields.token.is_none() && fields.provider.is_none() {
        let found = Members::parse(text.as_bytes()).and_then(|members| members.found());
        return Some(found.map_err(Refusal::from).map(|mut found| {
            found.extra.kept = kept(&item, fields);
            found
        }));
    }
    if is_log(&item) {
        return None;
    }
    Some(Ok(finding(&item, fields)))
}

/// The finding in an object with a list of one, as kingfisher wrote them in 2025.
fn unwrapped(mut item: Map<String, Value>) -> Map<String, Value> {
    let is_finding = |it: &Value| it.get("finding").is_some();
    match item.get_mut("matches").and_then(Value::as_array_mut) {
        Some(matches) if matches.len() == 1 && matches.iter().all(is_finding) => {
            match matches.pop() {
                Some(Value::Object(finding)) => finding,
                _ => item,
            }
        }
        _ => item,
    }
}

/// Whether it is what a scanner says of its own work, amid what it finds.
fn is_log(item: &Map<String, Value>) -> bool {
    let has = |name: &str| item.contains_key(name);
    // SARIF's findings have both, too.
    let is_finding = OF_FINDINGS.iter().any(|name| has(name));
    let is_message = has("level") && (has("msg") || has("message")) && !is_finding;
    // Kingfisher writes these behind its findings.
    let is_summary = item.len() == 1 && (has("access_map") || has("audit"));
    is_message || is_summary
}

fn finding(item: &Map<String, Value>, fields: &Fields) -> Found {
    let rule = text_at(item, RULES);
    let file =
        text_at(item, FILES).or_else(|| of_source(item, &["file", "filename", "path", "link"]));
    let line = LINES
        .iter()
        .find_map(|path| number(at(item, path)?))
        .or_else(|| source(item).and_then(|it| number(it.get("line")?)));
    let provider = match &fields.provider {
        Some(path) => at(item, path).and_then(text),
        None => None,
    };
    let (secrets, refusal) = match secrets(item, fields) {
        Ok(secrets) => (secrets, None),
        Err(refusal) => (Vec::new(), Some(refusal)),
    };
    let commit = of_source(item, &["commit"]);
    let id = id(
        item,
        commit.as_deref(),
        file.as_deref(),
        line,
        rule.as_deref(),
    );
    Found {
        id: id.and_then(|id| raw(&id)),
        provider,
        is_finding: true,
        secrets,
        extra: Extra {
            file: file.map(shortened),
            line,
            rule: rule.map(shortened),
            kept: kept(item, fields),
            ..Extra::default()
        },
        refusal,
        ..Found::default()
    }
}

/// Where reports have the rule or the detector: gitleaks and betterleaks, trufflehog, SARIF, kingfisher, and gitleaks before
/// version 8.
const RULES: &[&str] = &["RuleID", "DetectorName", "ruleId", "rule.id", "rule"];

const FILES: &[&str] = &[
    "File",
    "locations.0.physicalLocation.artifactLocation.uri",
    "finding.path",
    "file",
    "path",
];

const LINES: &[&str] = &[
    "StartLine",
    "locations.0.physicalLocation.region.startLine",
    "finding.line",
    "lineNumber",
    "line",
];

/// Where reports have the secret. `Match` and a snippet may have more around it: a text with blanks is no token.
const SECRETS: &[&str] = &[
    "Secret",
    "Raw",
    "RawV2",
    "finding.secret",
    "finding.snippet",
    "secret",
    "offender",
    "Match",
    "locations.0.physicalLocation.region.snippet.text",
];

const IDS: &[&str] = &[
    "Fingerprint",
    "finding.fingerprint",
    "guid",
    "partialFingerprints.fingerprint",
    "fingerprint",
    "id",
];

/// What is said of a finding without a secret, as in trufflehog's SARIF.
const NO_SECRET: &str =
    "the finding has no secret: let the scanner write one of its formats that has it";

/// The texts that may be the token.
fn secrets(item: &Map<String, Value>, fields: &Fields) -> Result<Vec<Secret>, Refusal> {
    let paths = match &fields.token {
        Some(path) => vec![path.as_str()],
        None => SECRETS.to_vec(),
    };
    let mut secrets: Vec<String> = Vec::new();
    for path in paths {
        let Some(text) = at(item, path).and_then(text) else {
            continue;
        };
        let text = text.trim();
        // What is around a token is no token; what is no token at all is told below, where there is nothing else.
        let is_more = text.contains(char::is_whitespace) && !secrets.is_empty();
        if !text.is_empty() && !is_more && !secrets.iter().any(|it| it == text) {
            secrets.push(text.to_owned());
        }
    }
    // Trufflehog's parts of a key, as pairs are written.
    if let Some(Value::Object(parts)) = item.get("SecretParts") {
        let parts: Vec<_> = parts.values().filter_map(text).collect();
        if let [one, other] = parts.as_slice() {
            secrets.push(format!("{one}:{other}"));
            secrets.push(format!("{other}:{one}"));
        }
    }
    match secrets.first() {
        None => Err(Refusal::malformed(NO_SECRET)),
        Some(first) if first.len() > MAX_TOKEN => Err(Refusal::malformed(format!(
            "the secret is longer than {MAX_TOKEN} bytes"
        ))),
        Some(_) => Ok(secrets.into_iter().map(Secret::Whole).collect()),
    }
}

/// What a finding is known by: its fingerprint, or where it is.
fn id(
    item: &Map<String, Value>,
    commit: Option<&str>,
    file: Option<&str>,
    line: Option<u64>,
    rule: Option<&str>,
) -> Option<String> {
    let id = text_at(item, IDS).filter(|id| id.len() <= MAX_ID);
    id.or_else(|| {
        let line = line.map(|it| it.to_string());
        let parts: Vec<_> = [commit, file, rule, line.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        let id = parts.join(":");
        (file.is_some() && id.len() <= MAX_ID).then_some(id)
    })
}

/// What `--keep` names, under the names that it has there.
fn kept(item: &Map<String, Value>, fields: &Fields) -> std::collections::BTreeMap<String, Value> {
    let fields = fields.keep.iter();
    let kept = fields.filter_map(|name| Some((name.clone(), at(item, name)?.clone())));
    kept.filter(|(_, value)| value.to_string().len() <= MAX_KEPT)
        .collect()
}

/// The member that names lead to, with dots between them. A name may have dots of its own.
fn at<'v>(item: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = item.get(path) {
        return Some(value);
    }
    let mut names = path.split('.');
    let first = item.get(names.next()?)?;
    names.try_fold(first, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    })
}

fn text_at(item: &Map<String, Value>, paths: &[&str]) -> Option<String> {
    let mut texts = paths.iter().filter_map(|path| text(at(item, path)?));
    texts.find(|text| !text.is_empty())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .filter(|line| *line > 0)
}

/// What trufflehog says of where a secret was: `SourceMetadata.Data` has one member, named after the kind of source.
fn source(item: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let data = at(item, "SourceMetadata.Data")?.as_object()?;
    data.values().next()?.as_object()
}

fn of_source(item: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let source = source(item)?;
    let mut texts = names.iter().filter_map(|name| text(source.get(*name)?));
    texts.find(|text| !text.is_empty())
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An identifier as it is written.
pub(in crate::check) fn raw(id: &str) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(id).ok()
}
