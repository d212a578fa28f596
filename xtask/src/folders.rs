//! The folders that tasks read descriptions from and write crates to.

use std::path::{Path, PathBuf};

use clap::Args;

/// The arguments `--specs` and `--out`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Folders {
    /// The folder of the descriptions.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// The folder of the crates.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Folders {
    /// The folder of the descriptions: `specs/` of the workspace at `root`, unless another is given.
    #[must_use]
    pub(crate) fn specs(&self, root: &Path) -> PathBuf {
        self.specs.clone().unwrap_or_else(|| root.join("specs"))
    }

    /// The folder of the crates: `crates/` of the workspace at `root`, unless another is given.
    #[must_use]
    pub(crate) fn out(&self, root: &Path) -> PathBuf {
        self.out.clone().unwrap_or_else(|| root.join("crates"))
    }
}
