//! The arguments of `cargo xtask update`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Update;
use crate::folders::Folders;

/// The arguments of `cargo xtask update`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Arguments {
    /// The provider.
    provider: String,
    /// The newer description, as it is published: YAML or JSON.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Write nothing; show what would be.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    folders: Folders,
}

impl Arguments {
    /// What the arguments ask for; `root` is the workspace's folder.
    #[must_use]
    pub(crate) fn update(&self, root: &Path) -> Update {
        Update {
            provider: self.provider.clone(),
            file: self.spec.clone(),
            specs: self.folders.specs(root),
            out: self.folders.out(root),
            root: root.to_path_buf(),
        }
    }
}
