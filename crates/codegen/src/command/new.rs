//! The command `new`: proposes a provider's two files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::say;
use keyholder_openapi::Result;
use keyholder_propose::New;

/// The exit status where the files are written, and something is left to be filled in.
const INCOMPLETE: u8 = 3;

/// The arguments of `new`.
#[derive(Args, Clone, Debug)]
pub struct NewArguments {
    /// The provider's name: lower-case letters, digits and dashes.
    provider: String,
    /// The description: YAML, JSON, or a page in Markdown that embeds one.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The operation that tells who the caller is, as in "GET /me", or its operationId; found when left out.
    /// Without --spec, with its whole address.
    #[arg(long, value_name = "OPERATION")]
    operation: Option<String>,
    /// Without --spec: bearer, basic, header:NAME, query:NAME or cookie:NAME.
    #[arg(long, value_name = "AUTH")]
    auth: Option<String>,
    /// Without --spec: an example of an answer, as in 200=me.json; may be repeated, for one status as well.
    #[arg(long = "example", value_name = "STATUS=FILE")]
    examples: Vec<String>,
    /// Keep all of the description, and not only what the operation reaches.
    #[arg(long)]
    whole: bool,
    /// The folder of the descriptions; `specs` when left out.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
}

impl NewArguments {
    /// Proposes both files, writes them to the given folder or to `specs` below `root`, and says what was chosen and why. The
    /// exit status is 3 where something is left to be filled in.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with what was given; files that are there already. Nothing is written then.
    pub fn run(self, root: &Path) -> Result<ExitCode> {
        let proposal = New {
            provider: self.provider,
            spec: self.spec,
            operation: self.operation,
            auth: self.auth,
            examples: self.examples,
            whole: self.whole,
            specs: self.specs.unwrap_or_else(|| root.join("specs")),
        }
        .propose()?;
        proposal.write()?;
        say(&format!(
            "wrote {}\nwrote {}\n{}\n",
            proposal.description.0.display(),
            proposal.overlay.0.display(),
            proposal.report
        ));
        match proposal.open {
            None => Ok(ExitCode::SUCCESS),
            Some(open) => {
                eprintln!("left to be filled in: {open}");
                Ok(ExitCode::from(INCOMPLETE))
            }
        }
    }
}
