//! Packages of the Python Package Index, installed once under the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process;
use keyholder_openapi::{Error, Result};

/// The oldest Python that packages are run with.
const OLDEST_PYTHON: (u32, u32) = (3, 10);

/// Installs a package and what it depends on into a virtual environment of its own, unless it is there, and gives the
/// Python that knows it: `-m` runs its programs.
///
/// Nothing of the packages runs while they are installed.
///
/// # Errors
///
/// A machine without a Python that is new enough and makes virtual environments, and whatever pip says when it fails.
pub fn install(cache: &Path, package: &str, version: &str) -> Result<PathBuf> {
    let folder = cache.join(format!("pip/{package}-{version}"));
    let python = |folder: &Path| folder.join("bin/python");
    if python(&folder).exists() {
        return absolute(&python(&folder));
    }
    check_python()?;
    // Complete or not there at all: an install that was interrupted is not taken for one that ended.
    let unfinished = cache.join(format!("pip/{package}-{version}.{}", std::process::id()));
    let cannot = |error| Error::new(format!("cannot be written: {error}")).in_file(&unfinished);
    fs::create_dir_all(&unfinished).map_err(cannot)?;
    let installed = fill(&unfinished, &python(&unfinished), package, version);
    if let Err(error) = installed {
        let _ = fs::remove_dir_all(&unfinished);
        return Err(
            Error::new(format!("{package} {version} cannot be installed: {error}")).with_help(
                "it needs the Python Package Index once; what it fetched is kept under target/",
            ),
        );
    }
    // Somebody else may have been quicker. The Python in it finds its packages wherever it stands.
    if fs::rename(&unfinished, &folder).is_err() {
        fs::remove_dir_all(&unfinished).map_err(cannot)?;
    }
    absolute(&python(&folder))
}

fn fill(folder: &Path, python: &Path, package: &str, version: &str) -> Result<()> {
    let log = folder.join("pip.log");
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(folder);
    process::run(
        "python3 -m venv",
        &venv,
        None,
        &log,
        Duration::from_secs(120),
    )?;
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-cache-dir"])
        .args(["--disable-pip-version-check", "--only-binary", ":all:"])
        .arg(format!("{package}=={version}"));
    process::run("pip", &pip, None, &log, Duration::from_secs(900))?;
    Ok(())
}

/// A program is started in folders of its own.
fn absolute(python: &Path) -> Result<PathBuf> {
    std::path::absolute(python)
        .map_err(|error| Error::new(format!("cannot be found: {error}")).in_file(python))
}

/// Makes sure that there is a Python on the PATH that is new enough.
fn check_python() -> Result<()> {
    let (major, minor) = OLDEST_PYTHON;
    let help = format!("install Python {major}.{minor} or newer, with its module venv");
    let script = "import sys, venv; print(*sys.version_info[:2])";
    let asked = Command::new("python3").args(["-c", script]).output();
    let Some(asked) = asked.ok().filter(|asked| asked.status.success()) else {
        let error = Error::new("there is no `python3` on the PATH that makes virtual environments");
        return Err(error.with_help(help));
    };
    let version = String::from_utf8_lossy(&asked.stdout);
    let mut numbers = version.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= OLDEST_PYTHON => Ok(()),
        _ => Err(Error::new(format!("Python {} is too old", version.trim())).with_help(help)),
    }
}
