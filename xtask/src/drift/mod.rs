//! `cargo xtask drift`: our description held against the one that a server or a publisher publishes.

mod fetch;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use keyholder_drift::{Description, Drift, compare};
use keyholder_openapi::{Error, Result};

/// The arguments of `cargo xtask drift`.
#[derive(Args, Clone, Debug, Default)]
#[command(group = ArgGroup::new("ours").required(true).args(["provider", "base"]))]
#[command(group = ArgGroup::new("theirs").required(true).args(["url", "file"]))]
pub(crate) struct Arguments {
    /// The provider whose description is held against the other, with its overlay.
    provider: Option<String>,
    /// In place of a provider: the description that a reader was made from, as it is. Needs --operation, unless it has
    /// `x-whoami`.
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// The other description: an address, https or on this machine. No credential is sent.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The other description: a file, YAML or JSON.
    #[arg(long, visible_alias = "spec", value_name = "FILE")]
    file: Option<PathBuf>,
    /// The operation, as in "GET /me", or its operationId: in the other description, where it is not found by the
    /// method and the path of ours; with --base, in both.
    #[arg(long, value_name = "OPERATION")]
    operation: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The folder of the descriptions.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
}

impl Arguments {
    /// Compares what the arguments name; `root` is the workspace's folder.
    ///
    /// # Errors
    ///
    /// A description that cannot be had or does not read; an operation that one of them does not have.
    pub(crate) fn run(&self, root: &Path) -> Result<Drift> {
        let ours = match (&self.provider, &self.base) {
            (Some(provider), _) => {
                let folder = self.specs.clone().unwrap_or_else(|| root.join("specs"));
                Description::of_provider(provider, &folder)
            }
            (None, Some(file)) => Description::read(file),
            (None, None) => Err(Error::new("name a provider, or a file with --base")),
        }?;
        let theirs = match (&self.url, &self.file) {
            (Some(url), _) => fetch(url),
            (None, Some(file)) => Description::read(file),
            (None, None) => Err(Error::new(
                "name the other description with --url or --file",
            )),
        }?;
        compare(&ours, &theirs, self.operation.as_deref())
    }
}

/// The description at an address: JSON or YAML, by `https`, or by `http` from this machine. No credential is sent.
fn fetch(url: &str) -> Result<Description> {
    let source = fetch::shown(url);
    let text = fetch::fetch(url).map_err(|error| error.in_file(Path::new(&source)))?;
    Description::parse(&source, &text)
}
