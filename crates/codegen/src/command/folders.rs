//! The folders that commands read descriptions from and write crates to.

use std::path::{Path, PathBuf};

use clap::Args;

/// The arguments `--specs` and `--out`.
#[derive(Args, Clone, Debug, Default)]
pub struct Folders {
    /// The folder of the descriptions; `specs` when left out.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// The folder of the crates; `crates` when left out.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Folders {
    /// The folder of the descriptions: `specs` below `root`, unless another is given.
    #[must_use]
    pub fn specs(&self, root: &Path) -> PathBuf {
        self.specs.clone().unwrap_or_else(|| root.join("specs"))
    }

    /// The folder of the crates: `crates` below `root`, unless another is given.
    #[must_use]
    pub fn out(&self, root: &Path) -> PathBuf {
        self.out.clone().unwrap_or_else(|| root.join("crates"))
    }
}
