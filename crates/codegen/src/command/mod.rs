//! The commands `new` and `codegen`: their arguments, and what they write and say.
//!
//! For the program of this package, and for a workspace's own tasks that offer the same.

#![allow(clippy::print_stderr)]

mod codegen;
mod folders;
mod new;

pub use codegen::CodegenArguments;
pub use folders::Folders;
pub use new::NewArguments;

use std::io::Write as _;

/// Writes to standard output; a reader that has gone away, such as `head`, is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
