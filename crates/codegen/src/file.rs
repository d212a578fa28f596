//! Files that are written whole or not at all, with errors that name them.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use keyholder_openapi::{Error, Result};

// Who finds a temporary file knows by its name whose it is, and that nobody needs it.
const PREFIX: &str = ".keyholder-";
const RANDOM: usize = 12;
const SUFFIX: &str = ".tmp";

/// Whether a path is that of a temporary file, by its name: a run that was killed leaves them.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX))
        .is_some_and(|name| {
            name.len() == RANDOM && name.bytes().all(|it| it.is_ascii_alphanumeric())
        })
}

/// A file's content on the disk, but not in its place yet. Dropped, it is gone.
///
/// A symbolic link in the file's place is followed, as by any writer: who must not follow it looks first.
#[derive(Debug)]
pub(crate) struct Staged<'a> {
    file: PathBuf,
    content: &'a str,
    temporary: TempPath,
}

/// How often a temporary file is written again that another run has removed.
const RETRIES: usize = 16;

impl<'a> Staged<'a> {
    /// Writes the content to a temporary file.
    ///
    /// It stands in the nearest folder above that is there: the file system of the file's place. Making folders waits
    /// until all is staged, as one among the crates of a workspace that has no manifest yet is an error to Cargo.
    ///
    /// # Errors
    ///
    /// As the system says.
    pub(crate) fn new(file: &Path, content: &'a str) -> Result<Self> {
        let stage = || {
            let file = if file.is_symlink() {
                file.canonicalize()?
            } else {
                file.to_path_buf()
            };
            let temporary = temporary(&file, content)?;
            Ok(Self {
                file,
                content,
                temporary,
            })
        };
        stage().map_err(|error| cannot_write(file, &error))
    }

    /// Waits until the content is on the disk: some file systems tell only then that there is no room.
    ///
    /// Many files are written first and synced afterwards: that takes a fraction of the time.
    ///
    /// # Errors
    ///
    /// As the system says.
    pub(crate) fn sync(&self) -> Result<()> {
        let sync = || {
            OpenOptions::new()
                .write(true)
                .open(&self.temporary)?
                .sync_all()
        };
        match sync() {
            // Another run has removed it: see `persist`.
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(cannot_write(&self.file, &error))
            }
            _ => Ok(()),
        }
    }

    /// Puts the file in its place, in the folders that are there. It has the permissions of the file that it replaces,
    /// and that file is kept until the answer is dropped.
    ///
    /// # Errors
    ///
    /// As the system says; what stood there stands there still.
    pub(crate) fn persist(self) -> Result<Persisted> {
        let Self {
            file,
            content,
            temporary,
        } = self;
        let replaced = match fs::metadata(&file) {
            Ok(found) => Replaced::File {
                permissions: found.permissions(),
                // Not every file system has links of this kind.
                kept: kept(&file).ok(),
            },
            Err(_) => Replaced::Nothing,
        };
        let put = |temporary: TempPath| {
            if let Replaced::File { permissions, .. } = &replaced
                && *permissions != fs::metadata(&temporary)?.permissions()
            {
                fs::set_permissions(&temporary, permissions.clone())?;
            }
            temporary.persist(&file).map_err(|error| error.error)
        };
        let mut result = put(temporary);
        for _ in 0..RETRIES {
            match &result {
                // Another run in the same folder took it for one that was left.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    result = self::temporary(&file, content).and_then(put);
                }
                _ => break,
            }
        }
        match result {
            Ok(()) => Ok(Persisted { file, replaced }),
            Err(error) => Err(cannot_write(&file, &error)),
        }
    }
}

/// A file that was put in its place. Dropped, it stays, and what it replaced is gone.
#[derive(Debug)]
pub(crate) struct Persisted {
    file: PathBuf,
    replaced: Replaced,
}

#[derive(Debug)]
enum Replaced {
    Nothing,
    File {
        permissions: fs::Permissions,
        kept: Option<TempPath>,
    },
}

impl Persisted {
    /// Puts back what stood there.
    ///
    /// # Errors
    ///
    /// As the system says; what it replaced may not have been kept.
    pub(crate) fn undo(self) -> Result<()> {
        let result = match self.replaced {
            Replaced::Nothing => fs::remove_file(&self.file),
            Replaced::File { kept, .. } => match kept {
                Some(kept) => kept.persist(&self.file).map_err(|error| error.error),
                None => Err(ErrorKind::Unsupported.into()),
            },
        };
        result
            .map_err(|error| Error::new(format!("cannot be put back: {error}")).in_file(&self.file))
    }
}

/// The folders that had to be made for files. Dropped, those that are still empty are gone.
#[derive(Debug)]
pub(crate) struct Folders {
    made: Vec<PathBuf>,
}

impl Folders {
    /// Makes the folders above the files.
    ///
    /// # Errors
    ///
    /// As the system says; then none was made.
    pub(crate) fn above<'a>(files: impl IntoIterator<Item = &'a Staged<'a>>) -> Result<Self> {
        let mut folders = Self { made: Vec::new() };
        for Staged { file, .. } in files {
            folders
                .make(file.parent().unwrap_or(file))
                .map_err(|error| cannot_write(file, &error))?;
        }
        Ok(folders)
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        // The parent of a file in the current folder is the empty path.
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.make(parent)?;
        }
        match fs::create_dir(folder) {
            Ok(()) => self.made.push(folder.to_path_buf()),
            // Another run was faster.
            Err(_) if folder.is_dir() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // One that holds something stays: this fails.
            let _ = fs::remove_dir(folder);
        }
    }
}

fn temporary(file: &Path, content: &str) -> io::Result<TempPath> {
    let folder = file
        .ancestors()
        .skip(1)
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("."));
    let mut builder = builder();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any file: the rest is the umask's.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    // Not through the temporary file itself, whose errors name it.
    file.as_file_mut().write_all(content.as_bytes())?;
    Ok(file.into_temp_path())
}

/// A file under a second name, which needs no room.
fn kept(file: &Path) -> io::Result<TempPath> {
    let folder = match file.parent() {
        Some(folder) if folder.is_dir() => folder,
        _ => Path::new("."),
    };
    let linked = builder().make_in(folder, |path| fs::hard_link(file, path))?;
    Ok(linked.into_temp_path())
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).rand_bytes(RANDOM).suffix(SUFFIX);
    builder
}

fn cannot_write(file: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot be written: {error}")).in_file(file)
}
