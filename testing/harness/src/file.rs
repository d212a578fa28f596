//! Files, with errors that name them.

use std::fs;
use std::path::Path;

use keyholder_openapi::{Error, Result};

/// Writes a file, and makes the folders above it.
///
/// # Errors
///
/// As the system says.
pub fn write(file: &Path, content: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, content))
        .map_err(|error| Error::new(format!("cannot be written: {error}")).in_file(file))
}
