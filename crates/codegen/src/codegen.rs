//! `cargo xtask codegen`: the crates anew from `specs/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyholder_describe::specs::{self, Spec};
use keyholder_openapi::Result;

use crate::package::{MARK, same_folder};
use crate::write::{self, Change};
use crate::{Generated, Provider, Workspace, facade, run};

/// What to generate, and where.
#[derive(Debug)]
pub struct Codegen {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The folder of the descriptions.
    pub specs: PathBuf,
    /// The folder that the crates are written to.
    pub out: PathBuf,
    /// The providers to write; all when empty.
    pub providers: Vec<String>,
}

/// What a run comes to. Nothing is written yet.
#[derive(Debug)]
pub struct Outcome {
    /// What differs.
    pub changes: Vec<Change>,
    /// The providers that are described.
    pub providers: Vec<Provider>,
}

/// The folder of the providers' crates, below the folder of the crates.
const PROVIDERS: &str = "providers";

impl Codegen {
    /// What differs between the folder of crates and what the descriptions make.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with a description; a folder that is not ours. Nothing is written.
    pub fn plan(&self) -> Result<Outcome> {
        self.plan_of(&specs::specs(&self.specs)?)
    }

    /// The same, for descriptions that need not be in the folder.
    ///
    /// # Errors
    ///
    /// As [`Codegen::plan`].
    pub fn plan_of(&self, specs: &[Spec]) -> Result<Outcome> {
        specs::check_described(specs, &self.providers, &self.specs)?;
        let at_home = self.is_at_home();
        if !at_home {
            write::check_folder(&self.out)?;
        }
        let workspace = Workspace::read(&self.root, &self.out)?;
        let generated = specs
            .iter()
            .map(|spec| run(spec, &workspace))
            .collect::<Result<Vec<_>>>()?;
        let providers = generated.iter().map(|it| it.provider.clone()).collect();
        let wanted = if at_home {
            crates(generated, &workspace)
        } else {
            elsewhere(generated, &workspace)
        };
        let mut changes = write::changes(&self.out, &wanted)?;
        changes.retain(|change| self.is_asked_for(change, specs));
        Ok(Outcome { changes, providers })
    }

    /// Whether the crates are written into the workspace itself.
    #[must_use]
    pub fn is_at_home(&self) -> bool {
        same_folder(&self.root.join("crates"), &self.out)
    }

    /// Whether a change is in a provider that was asked for, or in what all providers share.
    fn is_asked_for(&self, change: &Change, specs: &[Spec]) -> bool {
        let (Change::Write { file, .. } | Change::Remove { file }) = change;
        let folder = file
            .strip_prefix(self.out.join(PROVIDERS))
            .ok()
            .and_then(|path| path.iter().next())
            .and_then(|folder| folder.to_str())
            .unwrap_or_default();
        self.providers.is_empty()
            || self.providers.iter().any(|name| name == folder)
            || !specs.iter().any(|spec| spec.provider == folder)
    }
}

/// The files of the crates and of what lists them in the facade.
fn crates(generated: Vec<Generated>, workspace: &Workspace) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut providers = Vec::new();
    for Generated {
        files: own,
        provider,
        ..
    } in generated
    {
        files.extend(below(&format!("{PROVIDERS}/{}", provider.name), own));
        providers.push(provider);
    }
    files.extend(below("keyholder", facade::facade(&providers, workspace)));
    files
}

/// The files of a folder that builds by itself: the crates, the whole facade, and a workspace around them.
#[must_use]
pub fn elsewhere(
    mut generated: Vec<Generated>,
    workspace: &Workspace,
) -> BTreeMap<PathBuf, String> {
    generated.sort_by(|a, b| a.provider.name.cmp(&b.provider.name));
    let mut files = crates(generated, workspace);
    files.insert(PathBuf::from("Cargo.toml"), manifest());
    files
}

fn below(
    folder: &str,
    files: impl IntoIterator<Item = (String, String)>,
) -> Vec<(PathBuf, String)> {
    files
        .into_iter()
        .map(|(path, content)| (Path::new(folder).join(path), content))
        .collect()
}

/// The manifest of a workspace around crates that are written elsewhere, so that they build there.
fn manifest() -> String {
    format!(
        "# {MARK}. Do not edit: run it again.\n\n[workspace]\nresolver = \"3\"\nmembers = [\"keyholder\", \"{PROVIDERS}/*\"]\n"
    )
}
