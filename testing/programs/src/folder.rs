//! A temporary folder that does not outlive this program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use keyholder_openapi::{Error, Result};

/// Removes a folder when its standard input ends, which it does when this program dies, however that comes about.
/// What still writes into the folder then is dying as well, so it tries for a while.
const REMOVE: &str = r#"
cat >/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$1" 2>/dev/null
    [ -e "$1" ] || exit 0
    sleep 1
done"#;

/// A temporary folder, removed when this is dropped, and when this program is killed.
///
/// Others may pass through it, so that a program which runs as another user reaches what is its own there.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    remover: Child,
}

impl Temporary {
    /// Makes a folder named after `name` and this process, where the path of a Unix socket is short enough and other
    /// users may pass.
    ///
    /// # Errors
    ///
    /// A machine without such a place.
    pub fn new(name: &str) -> Result<Self> {
        let name = format!("{name}-{}", std::process::id());
        let places = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
        let place = places
            .iter()
            .find(|place| place.as_os_str().len() < 50 && is_open(place))
            .ok_or_else(|| {
                Error::new("there is no folder for temporary files that all users may pass through")
            })?;
        let path = place.join(name);
        let cannot = |error| Error::new(format!("cannot be made: {error}")).in_file(&path);
        fs::create_dir(&path).map_err(cannot)?;
        let remover = Command::new("/bin/sh")
            .args(["-c", REMOVE, "remove"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // Out of reach of what is sent to this program's group.
            .process_group(0)
            .spawn()
            .map_err(|error| {
                let _ = fs::remove_dir(&path);
                Error::new(format!("/bin/sh cannot be run: {error}"))
            })?;
        let folder = Self { path, remover };
        fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o711)).map_err(|error| {
            Error::new(format!("cannot be opened to others: {error}")).in_file(&folder.path)
        })?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        // What could not be removed now is removed by it.
        drop(self.remover.stdin.take());
        let _ = self.remover.wait();
    }
}

/// Whether other users can reach what is at `path`.
pub fn is_open(path: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| {
        path.ancestors()
            .all(|it| fs::metadata(it).is_ok_and(|it| it.permissions().mode() & 0o001 != 0))
    })
}
