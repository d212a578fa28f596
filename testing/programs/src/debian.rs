//! Packages of Debian and its descendants, unpacked under the target folder: nothing is installed, nobody needs to be
//! root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process;
use keyholder_openapi::{Error, Result};

/// How long apt may take for one thing.
const LIMIT: Duration = Duration::from_secs(600);

/// Unpacks a package, with what it depends on and this machine lacks, unless that has been done, and gives the folder
/// that stands for `/`.
///
/// The machine's own lists of packages are left alone: apt's lists and downloads stand beside the folder in `cache`.
///
/// # Errors
///
/// A machine without `apt-get` and `dpkg-deb`, and whatever they say when they fail.
pub fn install(cache: &Path, package: &str) -> Result<PathBuf> {
    let cache = cache.join("debian");
    let cannot = |error| Error::new(format!("cannot be made: {error}")).in_file(&cache);
    fs::create_dir_all(&cache).map_err(cannot)?;
    // apt takes a relative path for one below its own folders.
    let cache = cache.canonicalize().map_err(cannot)?;
    let folder = cache.join(package);
    if folder.exists() {
        return Ok(folder);
    }
    for program in ["apt-get", "dpkg-deb"] {
        if process::on_path(program).is_none() {
            return Err(Error::new(format!(
                "{package} cannot be fetched: there is no `{program}` on the PATH"
            )));
        }
    }
    // Complete or not there at all: what was interrupted is not taken for what ended.
    let unfinished = cache.join(format!("{package}.{}", std::process::id()));
    let unpacked = unpack(&unfinished, package);
    // Somebody else may have been quicker.
    let kept = unpacked.is_ok() && fs::rename(unfinished.join("root"), &folder).is_ok();
    let _ = fs::remove_dir_all(&unfinished);
    match unpacked {
        Ok(()) if kept || folder.exists() => Ok(folder),
        Ok(()) => Err(Error::new("cannot be written").in_file(&folder)),
        Err(error) => Err(Error::new(format!(
            "{package} cannot be fetched, which needs Debian's registry once: {error}"
        ))),
    }
}

/// Fetches and unpacks everything into `folder/root`.
fn unpack(folder: &Path, package: &str) -> Result<()> {
    let make = |part: &str| {
        let path = folder.join(part);
        fs::create_dir_all(&path)
            .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(&path))?;
        Ok(path)
    };
    for part in ["lists/partial", "archives/partial"] {
        make(part)?;
    }
    let (packages, root) = (make("packages")?, make("root")?);
    let log = folder.join("apt.log");
    let apt = |arguments: &[&str]| {
        let mut apt = apt(folder);
        apt.args(arguments).current_dir(&packages);
        process::run("apt-get", &apt, None, &log, LIMIT)
    };
    apt(&["update", "--error-on=any"])?;
    let plan = apt(&["install", "--simulate", "--no-install-recommends", package])?;
    let lacking = to_install(&plan);
    if lacking.is_empty() {
        return Err(Error::new(
            "this machine says that it is installed already, and it is not where it should be",
        ));
    }
    let mut download = vec!["download"];
    download.extend(lacking.iter().map(String::as_str));
    apt(&download)?;
    let cannot = |error| Error::new(format!("cannot be read: {error}")).in_file(&packages);
    for file in fs::read_dir(&packages).map_err(cannot)? {
        let file = file.map_err(cannot)?.path();
        let mut dpkg = Command::new("dpkg-deb");
        dpkg.arg("-x").arg(&file).arg(&root);
        process::run("dpkg-deb", &dpkg, None, &log, LIMIT)?;
    }
    Ok(())
}

/// apt-get, with lists and downloads of its own.
fn apt(folder: &Path) -> Command {
    let mut apt = Command::new("apt-get");
    for (option, part) in [("Dir::State::Lists", "lists"), ("Dir::Cache", "")] {
        let path = folder.join(part);
        apt.arg("-o").arg(format!("{option}={}/", path.display()));
    }
    // Root, too, downloads as itself: apt's own user may not be able to reach the folder.
    for option in [
        "APT::Sandbox::User=root",
        "APT::Get::Show-User-Simulation-Note=false",
        "Debug::NoLocking=1",
    ] {
        apt.args(["-o", option]);
    }
    apt.arg("-qq")
        .env("LC_ALL", "C")
        .env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// The packages, each with its version, that a simulated installation says it would install: lines such as
/// `Inst libpq5 (15.8-0+deb12u1 Debian:12/stable [amd64])`.
fn to_install(plan: &str) -> Vec<String> {
    let mut packages = Vec::new();
    for line in plan.lines().filter_map(|line| line.strip_prefix("Inst ")) {
        let name = line.split_whitespace().next();
        let version = line
            .split_once('(')
            .and_then(|(_, rest)| rest.split_whitespace().next());
        if let (Some(name), Some(version)) = (name, version) {
            packages.push(format!("{name}={version}"));
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::to_install;

    #[test]
    fn what_is_lacking_is_read_from_a_plan() {
        let plan = "Inst libpq5 (15.8-0+deb12u1 Debian:12/stable [amd64])\n\
                    Inst tzdata [2024a] (2025b-0+deb12u1 Debian:12/stable [all])\n\
                    Conf libpq5 (15.8-0+deb12u1 Debian:12/stable [amd64])\n";
        let packages = ["libpq5=15.8-0+deb12u1", "tzdata=2025b-0+deb12u1"];
        assert_eq!(to_install(plan), packages);
    }
}
