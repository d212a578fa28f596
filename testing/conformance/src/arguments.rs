//! The arguments of `cargo xtask conformance`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Conformance;

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
    /// The folder of the descriptions.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// The folder of the crates.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Arguments {
    /// What is to be done, in the workspace at `root`.
    #[must_use]
    pub fn conformance(self, root: &Path) -> Conformance {
        Conformance {
            root: root.to_path_buf(),
            specs: self.specs.unwrap_or_else(|| root.join("specs")),
            out: self.out.unwrap_or_else(|| root.join("crates")),
            known: root.join("testing/conformance/known.json"),
            work: root.join("target/conformance"),
            tools: root.join("target/tools"),
            providers: self.providers,
            seeds: self.seeds,
        }
    }
}
