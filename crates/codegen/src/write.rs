//! `write`: only what differs; orphans removed; nothing that is not ours touched.
//!
//! A file is ours if it begins with the mark; a licence bears none, and is ours in a crate of ours while it reads as it was
//! written. One that was cut short of its mark is ours where it stands among others of
//! ours: a system that went down, or a disk that was full, may leave one. Symbolic links below the folder of crates are not
//! followed, neither to read nor to write nor to remove; the folder itself may be one.
//!
//! All new content is on the disk before the first file is replaced, and a rename replaces each. So an error leaves what
//! was there; and a kill leaves whole files, each as it was or as it is to be, and temporary ones that the next run removes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use keyholder_openapi::{Error, Result};

use crate::file::{Folders, Persisted, Staged, is_temporary};
use crate::package::MARK;

/// What a mark stands behind: the comments of Rust, TOML and Markdown.
const COMMENTS: [&str; 3] = ["// ", "# ", "<!-- "];

const MANIFEST: &str = "Cargo.toml";

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
    /// It is to be removed: nothing in `specs/` makes it any more, or a run that was killed has left it.
    Remove {
        /// The file.
        file: PathBuf,
    },
}

/// What differs between the files that are wanted and the folder `out`.
///
/// # Errors
///
/// A file, folder or symbolic link in the way that was not generated.
pub fn changes(out: &Path, wanted: &BTreeMap<PathBuf, String>) -> Result<Vec<Change>> {
    if out.is_symlink() && !out.exists() {
        return Err(Error::new("is a symbolic link to nothing")
            .in_file(out)
            .with_help("make the folder that it names, or choose another with --out"));
    }
    let ours = crates(out)?;
    let wanted_crates: BTreeSet<_> = wanted
        .keys()
        .filter(|path| path.ends_with(MANIFEST))
        .filter_map(|path| path.parent())
        .collect();
    let crate_of = |path| crate_of(path, &wanted_crates);

    let mut changes = Vec::new();
    for (path, after) in wanted {
        let before = read(out, path)?;
        if before.as_deref() == Some(after.as_bytes()) {
            continue;
        }
        let is_among_ours = || match crate_of(path) {
            // The folder of crates itself: its manifest lists them.
            Some(folder) if folder == Path::new("") => !ours.is_empty(),
            Some(folder) => ours.contains(&out.join(folder)),
            None => false,
        };
        let is_replaced = before.as_deref().is_none_or(|before| match origin(before) {
            Origin::Ours => true,
            Origin::Cut => is_among_ours(),
            // A licence bears no mark: one that was cut is the beginning of what it is to be.
            Origin::Other => after.as_bytes().starts_with(held(before)) && is_among_ours(),
        });
        let file = out.join(path);
        if !is_replaced {
            return Err(in_the_way(&file, "is in the way: it was not generated"));
        }
        changes.push(Change::Write {
            file,
            before: before.map(|before| String::from_utf8_lossy(&before).into_owned()),
            after: after.clone(),
        });
    }

    // What crates consist of: a file of such a name that was cut is no user's in a crate that goes as a whole.
    let names: BTreeSet<_> = wanted
        .keys()
        .filter_map(|path| path.strip_prefix(crate_of(path)?).ok())
        .collect();
    let mut gone = leftovers(out, wanted.keys());
    for folder in &ours {
        let is_wanted = folder
            .strip_prefix(out)
            .is_ok_and(|folder| wanted_crates.contains(folder));
        let is_cut_off = |file: &Path| {
            let name = file.strip_prefix(folder);
            !is_wanted && name.is_ok_and(|name| names.contains(name))
        };
        // A licence is written without a mark: its text is all that it is known by.
        let is_copy = |file: &Path| {
            let is_same = |text: &String| fs::read(file).is_ok_and(|it| it == text.as_bytes());
            is_cut_off(file) && wanted.values().any(is_same)
        };
        gone.extend(files(folder)?.into_iter().filter(|file| {
            let path = file.strip_prefix(out).unwrap_or(file);
            !wanted.contains_key(path)
                && (is_temporary(file)
                    || match origin_of(file) {
                        Some(Origin::Ours) => true,
                        Some(Origin::Cut) => is_cut_off(file),
                        Some(Origin::Other) => is_copy(file),
                        None => false,
                    })
        }));
    }
    changes.extend(gone.into_iter().map(|file| Change::Remove { file }));
    Ok(changes)
}

/// The crate that a file belongs to, of those with these folders.
fn crate_of<'a>(path: &'a Path, crates: &BTreeSet<&Path>) -> Option<&'a Path> {
    let mut folders = path.ancestors().skip(1);
    folders.find(|folder| crates.contains(folder))
}

/// Carries the changes out: nothing is replaced before all that is new is on the disk.
///
/// # Errors
///
/// A file system that refuses. Unless it is a removal that is refused, everything is as it was.
pub fn apply(changes: &[Change]) -> Result<()> {
    let mut writes = Vec::new();
    let mut removals = Vec::new();
    for change in changes {
        match change {
            Change::Write { file, after, .. } => {
                let is_ours = matches!(origin(after.as_bytes()), Origin::Ours);
                if is_ours && file.is_symlink() {
                    return Err(link(file));
                }
                // There is nothing to do, be the disk as full as it may.
                if fs::read(file).is_ok_and(|content| content == after.as_bytes()) {
                    continue;
                }
                // A run that is killed leaves no manifest that names a crate which is not there yet. The description,
                // which says what all the rest is to be, is the last.
                let turn = match (is_ours, file.ends_with(MANIFEST)) {
                    (true, false) => 0,
                    (true, true) if !file.exists() => 1,
                    (true, true) => 2,
                    (false, _) => 3,
                };
                writes.push((turn, Staged::new(file, after)?));
            }
            Change::Remove { file } => removals.push(file),
        }
    }
    for (_, staged) in &writes {
        staged.sync()?;
    }
    let folders = Folders::above(writes.iter().map(|(_, staged)| staged))?;
    writes.sort_by_key(|(turn, _)| *turn);
    put(writes.into_iter().map(|(_, staged)| staged))?;
    drop(folders);

    // The manifest says whose the folder is, as long as there is something in it.
    removals.sort_by_key(|file| (!is_temporary(file), file.ends_with(MANIFEST)));
    removals.into_iter().try_for_each(|file| remove(file))
}

/// Puts all files in their places, or none.
fn put<'a>(files: impl Iterator<Item = Staged<'a>>) -> Result<()> {
    let mut done = Vec::new();
    for staged in files {
        match staged.persist() {
            Ok(persisted) => done.push(persisted),
            Err(error) => {
                let undone: Vec<_> = done.into_iter().rev().map(Persisted::undo).collect();
                return Err(match undone.into_iter().collect::<Result<Vec<_>>>() {
                    Ok(_) => error.with_help("everything is as it was"),
                    Err(_) => error.with_help(
                        "each file is whole, but some are as they were and some are new: run it again",
                    ),
                });
            }
        }
    }
    Ok(())
}

/// Removes a file, and the folders that are empty then, the crate's own at most; one that holds anything else stays.
fn remove(file: &Path) -> Result<()> {
    // The crate's own folder holds the manifest, and `src`.
    let mut is_last = file.ends_with(MANIFEST);
    if is_last {
        // A run may have been killed when it had removed what stood there.
        let _ = fs::remove_dir(file.with_file_name("src"));
    }
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::new(format!("cannot be removed: {error}")).in_file(file));
        }
        _ => {}
    }
    // No folder was made for a temporary file.
    if is_temporary(file) {
        return Ok(());
    }
    for folder in file.ancestors().skip(1) {
        // Fails at a symbolic link, too.
        if fs::remove_dir(folder).is_err() || is_last {
            break;
        }
        is_last = folder.ends_with("src");
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
    if !out.is_dir()
        || matches!(origin_of(&out.join(MANIFEST)), Some(Origin::Ours))
        || holds_nothing(out)?
        || !crates(out)?.is_empty()
    {
        return Ok(());
    }
    Err(
        Error::new("is not a folder of generated crates: it holds other things")
            .in_file(out)
            .with_help("choose an empty or a new folder with --out; nothing was written"),
    )
}

/// Whether there are no files below a folder, but such as a run that was killed has left.
fn holds_nothing(folder: &Path) -> Result<bool> {
    for entry in entries(folder)? {
        let is_nothing = match entry.kind {
            Kind::Folder => holds_nothing(&entry.path)?,
            Kind::File => is_temporary(&entry.path),
            Kind::Other => false,
        };
        if !is_nothing {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The crates of ours in `out`, or one folder deeper.
fn crates(out: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut crates = BTreeSet::new();
    if !out.is_dir() {
        return Ok(crates);
    }
    for folder in folders(out)? {
        if is_crate_of_ours(&folder)? {
            crates.insert(folder);
        } else if origin_of(&folder.join(MANIFEST)).is_none() {
            for folder in folders(&folder)? {
                if is_crate_of_ours(&folder)? {
                    crates.insert(folder);
                }
            }
        }
    }
    Ok(crates)
}

/// Whether a crate was generated: by its manifest, or by its other files where that is cut or gone.
fn is_crate_of_ours(folder: &Path) -> Result<bool> {
    let manifest = origin_of(&folder.join(MANIFEST));
    match manifest {
        Some(Origin::Ours) => return Ok(true),
        Some(Origin::Other) => return Ok(false),
        Some(Origin::Cut) | None => {}
    }
    let sources = folder.join("src");
    let has_sources = sources.is_dir() && !sources.is_symlink();
    if manifest.is_none() && !has_sources {
        return Ok(false);
    }
    let mut found = entries(folder)?;
    if has_sources {
        found.extend(entries(&sources)?);
    }
    let origins: Vec<_> = found
        .iter()
        .filter(|entry| entry.kind != Kind::Folder && !is_temporary(&entry.path))
        .map(|entry| origin_of(&entry.path))
        .collect();
    // Where all is cut, it takes more than one empty file to be a crate.
    let is_cut = |path: &str| matches!(origin_of(&folder.join(path)), Some(Origin::Cut));
    let all_cut = || {
        is_cut(MANIFEST)
            && is_cut("src/lib.rs")
            && origins.iter().all(|it| matches!(it, Some(Origin::Cut)))
    };
    Ok(origins.iter().any(|it| matches!(it, Some(Origin::Ours))) || all_cut())
}

/// The files below a folder, but for what Cargo builds there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        match entry.kind {
            Kind::Folder if entry.path.ends_with("target") => {}
            Kind::Folder => found.extend(files(&entry.path)?),
            Kind::File => found.push(entry.path),
            Kind::Other => {}
        }
    }
    Ok(found)
}

/// The temporary files that a run which was killed has left where files are staged: in the folders on the way to
/// what is wanted, and above `out` while that was not there.
fn leftovers<'a>(out: &Path, wanted: impl Iterator<Item = &'a PathBuf>) -> BTreeSet<PathBuf> {
    let mut folders: BTreeSet<_> = wanted
        .flat_map(|path| path.ancestors().skip(1))
        .filter(|path| *path != Path::new(""))
        .map(|path| out.join(path))
        .collect();
    folders.insert(out.to_path_buf());
    let mut above = out.ancestors().skip(1).map(|folder| match folder {
        folder if folder == Path::new("") => Path::new("."),
        folder => folder,
    });
    folders.extend(above.find(|folder| folder.is_dir()).map(Path::to_path_buf));
    folders
        .iter()
        // A folder that does not read has nothing for us; what is wanted in it says so.
        .filter_map(|folder| entries(folder).ok())
        .flatten()
        .filter(|entry| entry.kind == Kind::File && is_temporary(&entry.path))
        .map(|entry| entry.path)
        .collect()
}

/// Something in a folder. A symbolic link is not followed: it is neither file nor folder.
struct Entry {
    path: PathBuf,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Other,
}

fn entries(folder: &Path) -> Result<Vec<Entry>> {
    let entry = |entry: fs::DirEntry| {
        let kind = match entry.file_type()? {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Other,
        };
        Ok(Entry {
            path: entry.path(),
            kind,
        })
    };
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|it| it.and_then(entry)).collect())
        .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(folder))
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|entry| entry.kind == Kind::Folder)
        .map(|entry| entry.path)
        .collect())
}

/// What stands at `path` below `out`. Links on the way are errors: `out` may be one, and nothing below it.
fn read(out: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
    let file = out.join(path);
    let cannot =
        |error: std::io::Error| Error::new(format!("cannot be read: {error}")).in_file(&file);
    let mut place = out.to_path_buf();
    for component in path.components() {
        place.push(component);
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_symlink() => return Err(link(&place)),
            Ok(found) if place == file && !found.is_file() && !found.is_dir() => {
                // Reading a pipe would wait for who writes to it.
                return Err(in_the_way(&file, "is in the way: it is no file"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot(error)),
        }
    }
    fs::read(&file).map(Some).map_err(cannot)
}

fn link(place: &Path) -> Error {
    in_the_way(
        place,
        "is a symbolic link, and nothing is written through one",
    )
}

fn in_the_way(file: &Path, message: &str) -> Error {
    Error::new(message)
        .in_file(file)
        .with_help("move it, or choose another folder with --out; nothing was written")
}

/// What the beginning of a file says of who wrote it.
enum Origin {
    /// We did.
    Ours,
    /// It does not reach as far as a mark would, and holds nothing else: it may be ours, or a user's empty file.
    Cut,
    /// Somebody else did.
    Other,
}

/// Whether we wrote a file.
pub(crate) fn is_generated_file(file: &Path) -> bool {
    matches!(origin_of(file), Some(Origin::Ours))
}

fn origin(content: &[u8]) -> Origin {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let content = held(content);
    // Nobody else's mark goes as far as the name of our command.
    let unmistakable = MARK.find('`').map_or(MARK.len(), |quote| quote + 1);
    let mut origin = Origin::Other;
    for comment in COMMENTS {
        let mark = [comment, MARK].concat().into_bytes();
        if content.starts_with(&mark) {
            return Origin::Ours;
        }
        if mark.starts_with(content) {
            if content.len() > comment.len() + unmistakable {
                return Origin::Ours;
            }
            origin = Origin::Cut;
        }
    }
    origin
}

/// A content without what a file system has made room for, and never filled.
fn held(content: &[u8]) -> &[u8] {
    let last = content.iter().rposition(|byte| *byte != 0);
    &content[..last.map_or(0, |last| last + 1)]
}

/// The same for a file that may be there; a symbolic link, a folder and a file that does not read are somebody else's.
fn origin_of(file: &Path) -> Option<Origin> {
    /// More than any first line of ours.
    const BEGINNING: u64 = 1 << 16;
    let found = match fs::symlink_metadata(file) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(_) => return Some(Origin::Other),
    };
    let mut content = Vec::new();
    let is_read = found.is_file()
        && fs::File::open(file)
            .and_then(|file| file.take(BEGINNING).read_to_end(&mut content))
            .is_ok();
    Some(match origin(&content) {
        _ if !is_read => Origin::Other,
        Origin::Cut if found.len() > BEGINNING => Origin::Other,
        origin => origin,
    })
}
