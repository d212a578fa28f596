//! The arguments of `cargo xtask update`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Update;

/// The arguments of `cargo xtask update`.
#[derive(Args, Clone, Debug, Default)]
pub struct Arguments {
    /// The provider.
    provider: String,
    /// The newer description, as it is published: YAML or JSON.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Write nothing; show what would be.
    #[arg(long)]
    pub dry_run: bool,
    /// The folder of the descriptions.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// The folder of the crates.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Arguments {
    /// What the arguments ask for; `root` is the workspace's folder.
    #[must_use]
    pub fn update(&self, root: &Path) -> Update {
        Update {
            provider: self.provider.clone(),
            file: self.spec.clone(),
            specs: self.specs.clone().unwrap_or_else(|| root.join("specs")),
            out: self.out.clone().unwrap_or_else(|| root.join("crates")),
            root: root.to_path_buf(),
        }
    }
}
