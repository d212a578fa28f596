//! The arguments of `cargo xtask update`.

use std::path::{Path, PathBuf};

use clap::Args;
use keyholder_codegen::command::Folders;
use keyholder_openapi::Result;

use super::Update;
use crate::codegen;

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
    /// Keep all of the newer description. Without it, what the operation reaches is kept where no more is kept of the one
    /// that is there.
    #[arg(long)]
    whole: bool,
    #[command(flatten)]
    folders: Folders,
}

impl Arguments {
    /// What the arguments ask for; `root` is the workspace's folder.
    ///
    /// # Errors
    ///
    /// A manifest of the workspace that does not read.
    pub(crate) fn update(&self, root: &Path) -> Result<Update> {
        Ok(Update {
            provider: self.provider.clone(),
            file: self.spec.clone(),
            specs: self.folders.specs(root),
            destination: codegen::destination(&self.folders, root)?,
            root: root.to_path_buf(),
            whole: self.whole,
        })
    }
}
