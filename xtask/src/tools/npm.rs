//! Packages of the npm registry, installed once under the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, Result};

/// Installs a package and what it depends on, unless it is there, and gives the folder that holds `node_modules`.
///
/// Nothing of the packages runs while they are installed, and npm's own cache stands beside them in `cache`.
///
/// # Errors
///
/// A machine without Node.js or npm, and whatever npm says when it fails.
pub fn install(cache: &Path, package: &str, version: &str) -> Result<PathBuf> {
    let name = package.trim_start_matches('@').replace('/', "-");
    let folder = cache.join(format!("npm/{name}-{version}"));
    if folder.join("node_modules").join(package).exists() {
        return Ok(folder);
    }
    for program in ["node", "npm"] {
        require(program)?;
    }
    // Complete or not there at all: an install that was interrupted is not taken for one that ended.
    let unfinished = cache.join(format!("npm/{name}-{version}.{}", std::process::id()));
    let cannot = |error| Error::new(format!("cannot be written: {error}")).in_file(&unfinished);
    fs::create_dir_all(&unfinished).map_err(cannot)?;
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--no-package-lock", "--loglevel", "error", "--prefix"])
        .arg(&unfinished)
        .arg("--cache")
        .arg(cache.join("npm/cache"))
        .arg(format!("{package}@{version}"))
        .output()
        .map_err(|error| Error::new(format!("npm cannot be run: {error}")))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let _ = fs::remove_dir_all(&unfinished);
        return Err(Error::new(format!(
            "npm cannot install {package}@{version}: {}",
            complaint.trim()
        ))
        .with_help("it needs the npm registry once; what it fetched is kept under target/"));
    }
    // Somebody else may have been quicker.
    if fs::rename(&unfinished, &folder).is_err() {
        fs::remove_dir_all(&unfinished).map_err(cannot)?;
    }
    Ok(folder)
}

/// Makes sure that a program of Node.js is there.
///
/// # Errors
///
/// It is not.
pub fn require(program: &str) -> Result<()> {
    let asked = Command::new(program).arg("--version").output();
    if asked.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    Err(
        Error::new(format!("there is no `{program}` on this machine"))
            .with_help("install Node.js 20 or newer, with npm"),
    )
}
