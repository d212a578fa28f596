//! The one error of the pipeline: what happened, where, and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::is_hidden;

/// What a task answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of a task: a message, the place it concerns, and what to do about it.
///
/// Its `Display` is one message: `file: at /json/pointer: message`, with the help on a line of its own.
#[derive(Debug)]
pub struct Error {
    message: String,
    file: Option<PathBuf>,
    pointer: Option<String>,
    help: Option<String>,
}

impl Error {
    /// An error that says what happened.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: None,
            pointer: None,
            help: None,
        }
    }

    /// An error at a place of a document, as a JSON pointer (RFC 6901).
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            ..Self::new(message)
        }
    }

    /// Names the file, unless an inner step has already named one.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file.get_or_insert_with(|| file.to_path_buf());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same error at another place: what `map` makes of its pointer, where it has one.
    #[must_use]
    pub fn map_pointer(mut self, map: impl FnOnce(&str) -> String) -> Self {
        self.pointer = self.pointer.as_deref().map(map);
        self
    }

    /// The same error in other words: what `map` makes of its message and its help.
    #[must_use]
    pub fn map_texts(mut self, map: impl Fn(&str) -> String) -> Self {
        self.message = map(&self.message);
        self.help = self.help.as_deref().map(map);
        self
    }

    /// What happened, without the place and the help.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the document it happened, as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The file that it concerns.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        if let Some(pointer) = &self.pointer {
            let pointer = if pointer.is_empty() {
                "the root"
            } else {
                pointer
            };
            f.write_str("at ")?;
            // A name of the description may hold a line break, and the message is to be ours alone.
            for c in pointer.chars() {
                if is_hidden(c) {
                    write!(f, "{}", c.escape_default())?;
                } else {
                    write!(f, "{c}")?;
                }
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_name_forges_no_line() {
        let error = Error::at("/paths/~1me\nerror: forged", "is wrong").with_help("mend it");
        assert_eq!(
            error.to_string(),
            "at /paths/~1me\\nerror: forged: is wrong\n  help: mend it"
        );
    }
}
