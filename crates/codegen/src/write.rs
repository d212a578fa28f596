//! `write`: only what differs; orphans removed; nothing that is not ours touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::package::MARK;
use keyholder_openapi::{Error, Result};

/// One file that is not as it should be.
#[derive(Debug)]
pub enum Change {
    /// It is to be written with this content; before it was the other, if any.
    Write {
        /// The file.
        file: PathBuf,
        /// What stands there.
        before: Option<String>,
        /// What is to stand there.
        after: String,
    },
    /// It is to be removed: nothing in `specs/` makes it any more.
    Remove {
        /// The file.
        file: PathBuf,
    },
}

/// What differs between the files that are wanted and the folder `out`.
///
/// # Errors
///
/// A file or folder in the way that was not generated.
pub fn changes(out: &Path, wanted: &BTreeMap<PathBuf, String>) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (path, after) in wanted {
        let file = out.join(path);
        let before = read(&file)?;
        match &before {
            Some(before) if before == after => continue,
            Some(before) if !is_generated(before) => {
                return Err(Error::new("is in the way: it was not generated")
                    .in_file(&file)
                    .with_help(
                        "move it, or choose another folder with --out; nothing was written",
                    ));
            }
            _ => {}
        }
        changes.push(Change::Write {
            file,
            before,
            after: after.clone(),
        });
    }
    let mut orphans = BTreeSet::new();
    for folder in folders(out)? {
        generated_files(&folder, &mut orphans)?;
    }
    changes.extend(
        orphans
            .into_iter()
            .filter(|file| {
                file.strip_prefix(out)
                    .is_ok_and(|path| !wanted.contains_key(path))
            })
            .map(|file| Change::Remove { file }),
    );
    Ok(changes)
}

/// Carries the changes out.
///
/// # Errors
///
/// A file system that refuses.
pub fn apply(changes: &[Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::Write { file, after, .. } => {
                crate::file::write(file, after)?;
            }
            Change::Remove { file } => {
                fs::remove_file(file).map_err(|error| {
                    Error::new(format!("cannot be removed: {error}")).in_file(file)
                })?;
                // An empty folder goes with its last file; one that holds anything else stays.
                for folder in file.ancestors().skip(1) {
                    if fs::remove_dir(folder).is_err() {
                        break;
                    }
                }
            }
        }
    }
    Ok(())
}

impl Change {
    /// The change as a unified diff, cut where it gets long.
    #[must_use]
    pub fn diff(&self) -> String {
        const LONGEST: usize = 80;
        let (file, before, after) = match self {
            Self::Write {
                file,
                before,
                after,
            } => (file, before.clone().unwrap_or_default(), after.clone()),
            Self::Remove { file } => {
                return format!(
                    "--- {0}\n+++ nothing: no description makes it\n",
                    file.display()
                );
            }
        };
        let name = file.display().to_string();
        let diff = TextDiff::from_lines(&before, &after)
            .unified_diff()
            .context_radius(2)
            .header(&name, &format!("{name} (generated)"))
            .to_string();
        let mut lines: Vec<_> = diff.lines().collect();
        let more = lines.len().saturating_sub(LONGEST);
        lines.truncate(LONGEST);
        let mut diff = lines.join("\n");
        if more > 0 {
            diff.push_str(&format!("\n… and {more} more lines"));
        }
        diff.push('\n');
        diff
    }

    /// The file, with a sign for what becomes of it.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Write {
                file, before: None, ..
            } => format!("+ {}", file.display()),
            Self::Write { file, .. } => format!("~ {}", file.display()),
            Self::Remove { file } => format!("- {}", file.display()),
        }
    }
}

/// Refuses a folder that holds things, and nothing that was generated.
///
/// # Errors
///
/// Such a folder.
pub(crate) fn check_folder(out: &Path) -> Result<()> {
    if out.is_file() {
        return Err(Error::new("is a file, not a folder").in_file(out));
    }
    let Ok(mut entries) = fs::read_dir(out) else {
        return Ok(());
    };
    if entries.next().is_none() {
        return Ok(());
    }
    if is_generated_file(&out.join("Cargo.toml")) || !folders(out)?.is_empty() {
        return Ok(());
    }
    Err(
        Error::new("is not a folder of generated crates: it holds other things")
            .in_file(out)
            .with_help("choose an empty or a new folder with --out; nothing was written"),
    )
}

/// The folders in `out` whose crate is generated.
fn folders(out: &Path) -> Result<Vec<PathBuf>> {
    if !out.is_dir() {
        return Ok(Vec::new());
    }
    let mut folders = entries(out)?;
    let providers = out.join("providers");
    if providers.is_dir() {
        folders.extend(entries(&providers)?);
    }
    let mut folders: Vec<_> = folders
        .into_iter()
        .filter(|path| is_generated_file(&path.join("Cargo.toml")))
        .collect();
    folders.sort();
    Ok(folders)
}

fn generated_files(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                generated_files(&path, found)?;
            }
        } else if is_generated_file(&path) {
            found.insert(path);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let error =
        |error: std::io::Error| Error::new(format!("cannot be read: {error}")).in_file(folder);
    fs::read_dir(folder)
        .map_err(error)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(error))
        .collect()
}

fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(format!("cannot be read: {error}")).in_file(file)),
    }
}

pub(crate) fn is_generated_file(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| is_generated(&text))
}

fn is_generated(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.contains(MARK))
}
