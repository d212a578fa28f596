//! Verdicts as SARIF 2.1.0, which platforms for code take in: a result for each line.

use std::io::{self, Write};

use keyholder::VerdictKind;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use crate::output::Line;
use crate::table::{plain, subject};

/// What a path of a URI has with percent signs (RFC 3986, 3.3).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What stands before the results.
pub(super) fn start(out: &mut impl Write) -> io::Result<()> {
    let rule = |id: &str, text: &str, level: &str| json!({ "id": id, "shortDescription": { "text": text }, "defaultConfiguration": { "level": level } });
    let driver = json!({
        "name": "keyholder",
        "version": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": [
            rule("valid", "The provider takes this key.", "error"),
            rule("invalid", "The provider refuses this key.", "none"),
            rule("indeterminate", "Whether the provider takes this key is not known.", "note"),
        ],
    });
    write!(
        out,
        r#"{{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":{driver}}},"results":["#
    )
}

/// A result.
pub(super) fn write(line: &Line, is_first: bool, out: &mut impl Write) -> io::Result<()> {
    let (level, kind) = match line.verdict() {
        VerdictKind::Valid => ("error", "fail"),
        VerdictKind::Invalid => ("none", "pass"),
        VerdictKind::Indeterminate => ("note", "fail"),
    };
    let known = match (line.identity(), line.failure()) {
        (Some(identity), _) => subject(identity),
        (None, failure) => failure.map(|(_, message)| message).unwrap_or_default(),
    };
    let provider = match line.provider() {
        "" => "an unknown provider",
        provider => provider,
    };
    let text = plain(&format!(
        "A key of {provider} is {}: {known}",
        line.verdict()
    ));
    let properties: Value = serde_json::from_str(&line.json()?)?;
    let mut result = json!({
        "ruleId": line.verdict().as_str(), "level": level, "kind": kind, "message": { "text": text },
        "properties": properties,
    });
    if let Some(location) = location(line) {
        result["locations"] = json!([location]);
    }
    if let Some(id) = line.id_text() {
        result["partialFingerprints"] = json!({ "keyholder/v1": id });
    }
    let result = keyholder_openapi::text::json(&result.to_string());
    if !is_first {
        out.write_all(b",")?;
    }
    write!(out, "\n{result}")
}

/// What stands behind the results.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\n]}]}\n")
}

/// Where the key was found.
fn location(line: &Line) -> Option<Value> {
    let extra = line.extra.as_deref()?;
    let file = extra.file.as_ref()?.replace('\\', "/");
    let uri = utf8_percent_encode(&file, PATH).to_string();
    let mut location = json!({ "artifactLocation": { "uri": uri } });
    if let Some(line) = extra.line {
        location["region"] = json!({ "startLine": line });
    }
    Some(json!({ "physicalLocation": location }))
}
