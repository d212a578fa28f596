//! What held before: a small file that is kept with the code, so that nothing falls back unseen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::report::{Row, Standing};
use keyholder_openapi::{Error, Result};

/// What held, by provider.
pub(super) type Held = BTreeMap<String, Stages>;

/// How far a row came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Stages {
    /// All of what follows, and every other answer that the description allows could be read.
    holds: bool,
    generated: bool,
    compiles: bool,
    without_warning: bool,
    /// The operation is found by itself.
    operation: bool,
    authenticated: bool,
    /// The credential came where it is wanted, by the index or the description's words.
    credential: bool,
    /// A client has a base URL by default only where one is allowed.
    servers: bool,
    claims: usize,
    wrong_claims: usize,
    /// A client that is made at run time says the same as the generated one.
    read_alike: bool,
}

impl Stages {
    fn of(row: &Row) -> Self {
        Self {
            holds: row.holds(),
            generated: row.generated,
            compiles: row.compiles,
            without_warning: row.compiles && row.warnings == 0,
            operation: row.operation == Standing::Yes,
            authenticated: row.authenticated,
            credential: row.credential == Standing::Yes,
            servers: row.servers == Standing::Yes,
            wrong_claims: row.claims_wrong,
            claims: row.claims_found,
            read_alike: row.reads_alike(),
        }
    }

    /// What held before, and does not now.
    fn lost(self, now: Self) -> Vec<&'static str> {
        [
            (self.holds && !now.holds, "holds"),
            (self.generated && !now.generated, "generated"),
            (self.compiles && !now.compiles, "compiles"),
            (
                self.without_warning && !now.without_warning,
                "without warning",
            ),
            (self.operation && !now.operation, "operation"),
            (self.authenticated && !now.authenticated, "authenticated"),
            (self.credential && !now.credential, "credential"),
            (self.servers && !now.servers, "servers"),
            (self.claims > now.claims, "claims"),
            (self.wrong_claims < now.wrong_claims, "wrong claims"),
            (self.read_alike && !now.read_alike, "read alike"),
        ]
        .into_iter()
        .filter_map(|(is_lost, stage)| is_lost.then_some(stage))
        .collect()
    }
}

/// What held before; nothing where there is no file.
///
/// # Errors
///
/// A file that does not read.
pub(super) fn read(file: &Path) -> Result<Held> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Held::new()),
        Err(error) => {
            return Err(Error::new(format!("cannot be read: {error}")).in_file(file));
        }
    };
    serde_json::from_str(&text).map_err(|error| {
        Error::new(format!("is not a record of what held: {error}"))
            .in_file(file)
            .with_help("remove it, and write it anew with --accept")
    })
}

/// The rows that held more before than now, and what they lost.
pub(super) fn fallen_back(before: &Held, rows: &[Row]) -> Vec<(String, Vec<&'static str>)> {
    rows.iter()
        .filter_map(|row| {
            let lost = before.get(&row.provider)?.lost(Stages::of(row));
            (!lost.is_empty()).then(|| (row.provider.clone(), lost))
        })
        .collect()
}

/// Keeps what holds now; of other rows, what is kept already.
///
/// # Errors
///
/// A file that cannot be written.
pub(super) fn accept(file: &Path, mut held: Held, rows: &[Row]) -> Result<()> {
    for row in rows {
        held.insert(row.provider.clone(), Stages::of(row));
    }
    let text = serde_json::to_string_pretty(&held)
        .map_err(|error| Error::new(error.to_string()).in_file(file))?;
    testing_harness::file::write(file, &format!("{text}\n"))
}
