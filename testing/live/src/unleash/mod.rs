//! Unleash: its npm package, with PostgreSQL behind it.
//!
//! Each version is started under a temporary folder of its own, and every scenario of `scenarios` is tried on it. A
//! scenario that cannot be tried, because the server does not do what it needs, counts as failed; the next ones are
//! tried all the same.

mod scenarios;
mod server;
mod stage;

use std::path::Path;
use std::time::Instant;

use keyholder_openapi::{Error, Result};
use testing_programs::{npm, postgresql, process};

use crate::report::{Outcome, Report};

/// The versions that the client is held against, unless others are named: the oldest and the newest of what is in use.
pub(crate) const VERSIONS: [&str; 2] = ["7.5.1", "8.2.0"];

/// Installs what is needed under `tools`, and tries everything on each version.
///
/// # Errors
///
/// What cannot be installed. An interrupt.
pub(crate) async fn run(
    tools: &Path,
    command_line: &Path,
    versions: &[String],
    report: &mut Report,
) -> Result<()> {
    let start = Instant::now();
    let database = postgresql::install(tools)?;
    let mut packages = Vec::new();
    for version in versions {
        packages.push(npm::install(tools, "unleash-server", version, &[])?);
    }
    println!(
        "PostgreSQL, and Unleash {}: installed ({:.1} s)",
        versions.join(" and "),
        start.elapsed().as_secs_f64()
    );
    for (version, package) in versions.iter().zip(&packages) {
        report.about(&format!("Unleash {version}"));
        let start = Instant::now();
        match stage::Stage::set(&database, package, command_line, version, report).await {
            Ok(stage) => scenarios::run(stage).await?,
            Err(error) if process::is_interrupted() => return Err(error),
            Err(error) => report.add("start", start, Outcome::Failed(vec![error.to_string()])),
        }
    }
    Ok(())
}

/// The number before the first dot of a version.
fn major(version: &str) -> Result<u32> {
    let major = version.split('.').next().and_then(|it| it.parse().ok());
    major.ok_or_else(|| Error::new(format!("{version:?} is no version, such as 8.2.0")))
}
