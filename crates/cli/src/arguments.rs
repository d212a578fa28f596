//! What is said of arguments that are wrong, without showing any: each of them may be a key, put in the wrong place.
//!
//! An argument is quoted only where it is nearly something that there is, a file that there is, or a short number.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use keyholder_openapi::{nearest, text};

/// Where a key goes, rather than into the arguments.
const WHERE_KEYS_GO: &str = "a key is never an argument, where the shell's history and other programs see it: give it on \
standard input (`keyholder whoami PROVIDER --token-stdin`), in a file (--token-file FILE), or in the environment \
(`keyholder providers` names the variables)";

/// How many files of a folder are looked at for the name that was meant.
const MAX_FILES: usize = 10_000;

/// What clap says of arguments, quoting none of them that may be a key.
pub(crate) fn without_keys(mut error: clap::Error) -> clap::Error {
    let (quoted, suggested) = match error.kind() {
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => (
            ContextKind::InvalidSubcommand,
            ContextKind::SuggestedSubcommand,
        ),
        _ => (ContextKind::InvalidValue, ContextKind::SuggestedValue),
    };
    let Some(ContextValue::String(given)) = error.get(quoted) else {
        return error;
    };
    let tip = || ContextValue::StyledStrs(vec![StyledStr::from(WHERE_KEYS_GO)]);
    if is_figure(given, MAX_FIGURE) {
        return error;
    }
    if error.get(suggested).is_some() && is_like_a_word(given) {
        if NAMES_OF_KEYS.iter().any(|name| given.contains(name)) {
            error.insert(ContextKind::Suggested, tip());
        }
        return error;
    }
    error.insert(quoted, ContextValue::String("…".to_owned()));
    // What clap has there may quote it again.
    error.insert(ContextKind::Suggested, tip());
    error
}

/// What is in the name of an option that somebody would give a key by.
const NAMES_OF_KEYS: [&str; 5] = ["token", "key", "secret", "password", "auth"];

/// How long a figure may be that is quoted whatever there is: too short for a key.
const MAX_FIGURE: usize = 5;

/// Whether a text is a figure of at most so many characters.
fn is_figure(text: &str, most: usize) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    text.len() <= most && text.chars().all(is_part)
}

/// Whether a text is so short and plain that it is a word, an option or a figure, and no key.
pub(crate) fn is_like_a_word(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
    (text.len() <= 24 && text.chars().all(is_word)) || is_figure(text, 8)
}

/// The text of a file that an argument names, or of standard input: no more than `most` bytes of it.
///
/// # Errors
///
/// It cannot be read, or is no text.
pub(crate) fn text_of(input: impl Read, most: u64) -> io::Result<String> {
    let mut text = String::new();
    match input.take(most).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(io::Error::new(error.kind(), "it is not text in UTF-8"))
        }
        Err(error) => Err(error),
    }
}

/// A complaint about an argument that is not shown, with what to do where it was a key.
pub(crate) fn with_help(complaint: &str) -> String {
    format!("{complaint}\nhelp: {WHERE_KEYS_GO}")
}

/// What is said of the file of an argument that cannot be read. The argument is called `what` where there is no such file.
pub(crate) fn unreadable(what: &str, file: &Path, error: &io::Error) -> String {
    failed(what, file, "read", error)
}

/// What is said of the file of an argument that cannot be written.
pub(crate) fn unwritable(what: &str, file: &Path, error: &io::Error) -> String {
    failed(what, file, "written", error)
}

fn failed(what: &str, file: &Path, done: &str, error: &io::Error) -> String {
    if file.symlink_metadata().is_ok() {
        let file = text::shown(&file.display().to_string());
        return format!("{file}: cannot be {done}: {error}");
    }
    let complaint = format!("{what} cannot be {done}: {error}");
    with_help(&match meant(file) {
        Some(meant) => format!("{complaint}: did you mean {meant:?}?"),
        None => complaint,
    })
}

/// The file that was likely meant: one that there is, in the same folder.
fn meant(file: &Path) -> Option<String> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let files = fs::read_dir(folder).ok()?.take(MAX_FILES);
    let names: Vec<_> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .collect();
    let name = file.file_name()?.to_str()?;
    nearest::nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}
