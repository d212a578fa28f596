//! Packages of the npm registry, installed once under the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process;
use keyholder_openapi::{Error, Result};
use serde_json::{Map, json};

/// The oldest Node.js that packages are run with.
const OLDEST_NODE: u32 = 20;

/// Installs a package and what it depends on, unless it is there, and gives the folder that holds `node_modules`.
///
/// `overrides` are the versions of packages that have to stand in the place of what they are wanted by, each by its name.
/// Nothing of the packages runs while they are installed, and npm's own cache stands beside them in `cache`.
///
/// # Errors
///
/// A machine without npm or without a [Node.js](node) that is new enough, and whatever npm says when it fails.
pub fn install(
    cache: &Path,
    package: &str,
    version: &str,
    overrides: &[(&str, &str)],
) -> Result<PathBuf> {
    node()?;
    let name = package.trim_start_matches('@').replace('/', "-");
    let folder = cache.join(format!("npm/{name}-{version}"));
    if folder.join("node_modules").join(package).exists() {
        return Ok(folder);
    }
    if process::on_path("npm").is_none() {
        return Err(Error::new("there is no `npm` on the PATH").with_help(help()));
    }
    // Complete or not there at all: an install that was interrupted is not taken for one that ended.
    let unfinished = cache.join(format!("npm/{name}-{version}.{}", std::process::id()));
    let cannot = |error| Error::new(format!("cannot be written: {error}")).in_file(&unfinished);
    fs::create_dir_all(&unfinished).map_err(cannot)?;
    let overrides: Map<_, _> = overrides
        .iter()
        .map(|(name, version)| ((*name).to_owned(), json!(version)))
        .collect();
    let manifest = json!({ "private": true, "overrides": overrides });
    fs::write(unfinished.join("package.json"), manifest.to_string()).map_err(cannot)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--no-package-lock", "--loglevel", "error", "--prefix"])
        .arg(&unfinished)
        .arg("--cache")
        .arg(cache.join("npm/cache"))
        .arg(format!("{package}@{version}"));
    let log = unfinished.join("npm.log");
    if let Err(error) = process::run("npm", &npm, None, &log, Duration::from_secs(900)) {
        let _ = fs::remove_dir_all(&unfinished);
        return Err(
            Error::new(format!("{package} {version} cannot be installed: {error}"))
                .with_help("it needs the npm registry once; what it fetched is kept under target/"),
        );
    }
    // Somebody else may have been quicker.
    if fs::rename(&unfinished, &folder).is_err() {
        fs::remove_dir_all(&unfinished).map_err(cannot)?;
    }
    Ok(folder)
}

/// Makes sure that there is a Node.js on the PATH, of version 20 or newer.
///
/// # Errors
///
/// A machine where that is not so.
pub fn node() -> Result<()> {
    let asked = Command::new("node").arg("--version").output();
    let Some(asked) = asked.ok().filter(|asked| asked.status.success()) else {
        return Err(Error::new("there is no `node` on the PATH").with_help(help()));
    };
    let version = String::from_utf8_lossy(&asked.stdout);
    let version = version.trim().trim_start_matches('v');
    let major = version.split('.').next().and_then(|it| it.parse().ok());
    if major.is_some_and(|major: u32| major >= OLDEST_NODE) {
        return Ok(());
    }
    Err(Error::new(format!("Node.js {version} is too old")).with_help(help()))
}

fn help() -> String {
    format!("install Node.js {OLDEST_NODE} or newer, with npm")
}
