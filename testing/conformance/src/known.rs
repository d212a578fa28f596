//! What is known to differ, and why: a small file that is kept with the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::report::Row;
use keyholder_openapi::{Error, Result};

/// Findings that are Prism's and not a client's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The provider.
    pub provider: String,
    /// The question, as the report names it; without what follows its comma, all that begin so.
    pub question: String,
    /// What is found begins so.
    pub finding: String,
    /// Why it is so, and whose fault it is.
    pub reason: String,
}

/// Reads the file; nothing is known where there is none.
///
/// # Errors
///
/// A file that is not a list of such findings.
pub fn read(file: &Path) -> Result<Vec<Known>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?;
    serde_json::from_str(&text).map_err(|error| {
        Error::new(format!("is not a list of known findings: {error}"))
            .in_file(file)
            .with_help("a known finding is `{ provider, question, finding, reason }`")
    })
}

/// Moves what is known out of the findings, and gives with the rows what is known and was not found, of the
/// providers that were asked.
#[must_use]
pub fn set_aside(mut rows: Vec<Row>, known: &[Known]) -> (Vec<Row>, Vec<String>) {
    let mut needed = BTreeSet::new();
    for row in &mut rows {
        for mut finding in std::mem::take(&mut row.findings) {
            let mut all = known.iter().enumerate();
            let of =
                all.find(|(_, it)| it.covers(&row.provider, &finding.question, &finding.finding));
            match of {
                Some((index, known)) => {
                    needed.insert(index);
                    finding.reason = Some(known.reason.clone());
                    row.known.push(finding);
                }
                None => row.findings.push(finding),
            }
        }
    }
    let unneeded = known.iter().enumerate().filter(|(index, known)| {
        !needed.contains(index) && rows.iter().any(|row| row.provider == known.provider)
    });
    let unneeded = unneeded
        .map(|(_, known)| format!("{}: {}: {}", known.provider, known.question, known.finding))
        .collect();
    (rows, unneeded)
}

impl Known {
    /// Whether it is this finding.
    fn covers(&self, provider: &str, question: &str, finding: &str) -> bool {
        let rest = question.strip_prefix(self.question.as_str());
        provider == self.provider
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
            && finding.starts_with(&self.finding)
    }
}
