//! The arguments of `cargo xtask conformance`.

use std::path::Path;

use clap::Args;

use super::Conformance;
use crate::folders::Folders;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The providers to ask; all when none is named.
    providers: Vec<String>,
    /// How many bodies Prism generates for each described answer.
    #[arg(long, value_name = "N", default_value_t = 50)]
    seeds: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    folders: Folders,
}

impl Arguments {
    /// What is to be done, in the workspace at `root`.
    #[must_use]
    pub fn conformance(self, root: &Path) -> Conformance {
        Conformance {
            root: root.to_path_buf(),
            specs: self.folders.specs(root),
            out: self.folders.out(root),
            known: root.join("xtask/conformance.json"),
            work: root.join("target/conformance"),
            tools: root.join("target/tools"),
            providers: self.providers,
            seeds: self.seeds,
        }
    }
}
