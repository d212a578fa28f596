//! Where crates are written to, and what their manifests take from there.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use toml::{Table, Value};

use crate::dependencies::{self, EDITION, RUST_VERSION, VERSION};
use crate::package::Marker;
use crate::write::{self, Change};
use crate::{Files, Generated, facade};
use keyholder_openapi::{Error, Result};

/// The folder of the providers' crates, below the folder of the crates.
pub(crate) const PROVIDERS: &str = "providers";

/// The folder of the facade, below the folder of the crates.
const FACADE: &str = "keyholder";

const MANIFEST: &str = "Cargo.toml";

/// The keys of `[package]` that crates take from their workspace.
const PACKAGE: [&str; 7] = [
    "version",
    "edition",
    "rust-version",
    "license",
    "repository",
    "authors",
    "publish",
];

/// The keys of a dependency that say what of it is needed, not where it comes from.
const WHAT_OF_IT: [&str; 3] = ["default-features", "default_features", "features"];

/// The folder that crates are written to, and what their manifests take from where that is.
///
/// | made by | package keys and dependencies | a workspace of its own |
/// |---|---|---|
/// | [`standalone`](Self::standalone) | published versions | yes |
/// | [`member`](Self::member) | those that a workspace names, else published versions | no |
/// | [`detached`](Self::detached) | those that a workspace names, else published versions | yes |
///
/// The crates of providers are in `<out>/providers/<name>`, and their facade is in `<out>/keyholder`.
#[derive(Clone, Debug)]
pub struct Destination {
    out: PathBuf,
    workspace: Option<Workspace>,
    is_member: bool,
    has_facade: bool,
    command: String,
}

/// What a workspace's manifest says for all of its packages.
#[derive(Clone, Debug)]
struct Workspace {
    folder: PathBuf,
    package: Table,
    dependencies: Table,
    /// The texts of its licences, by their files' names: a package must bring its own.
    licences: Files,
}

impl Destination {
    /// The folder `out` as a workspace of its own, whose crates stand on published versions.
    pub fn standalone(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            workspace: None,
            is_member: false,
            has_facade: true,
            command: "keyholder-codegen codegen".to_owned(),
        }
    }

    /// The folder `out` in the workspace of `manifest`, which is a `Cargo.toml` or its folder. The workspace has to list
    /// the crates among its members, unless a member depends on them by path.
    ///
    /// Package keys (`version`, `edition`, `rust-version`, `license`, `repository`, `authors`, `publish`) come from
    /// `[workspace.package]`. Of a dependency that `[workspace.dependencies]` names, that says where it comes from; which
    /// of its features generated code needs is for the generator to say.
    ///
    /// # Errors
    ///
    /// A manifest that does not read, or without `[workspace]`; a folder that is not below that of the workspace.
    pub fn member(manifest: &Path, out: impl Into<PathBuf>) -> Result<Self> {
        let it = Self {
            is_member: true,
            ..Self::detached(manifest, out)?
        };
        let folder = it.workspace.as_ref().map(|it| &it.folder);
        let is_inside =
            folder.is_some_and(|folder| real(&it.out).is_some_and(|out| out.starts_with(folder)));
        if is_inside {
            Ok(it)
        } else {
            let help = "Cargo finds the workspace of a crate in the folders above it: choose a folder in the workspace";
            Err(Error::new("is not in the workspace")
                .in_file(&it.out)
                .with_help(help))
        }
    }

    /// The folder `out` as a workspace of its own, whose crates take what those of [`member`](Self::member) take: paths
    /// are absolute, so that the folder may be anywhere on this machine.
    ///
    /// # Errors
    ///
    /// A manifest that does not read, or without `[workspace]`.
    pub fn detached(manifest: &Path, out: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self {
            workspace: Some(Workspace::read(manifest)?),
            ..Self::standalone(out)
        })
    }

    /// The same without the facade: the providers' crates alone.
    #[must_use]
    pub fn without_facade(mut self) -> Self {
        self.has_facade = false;
        self
    }

    /// The same for crates that another command writes, on one line: generated files name it, for who wants to change
    /// them. It is `keyholder-codegen codegen` otherwise.
    #[must_use]
    pub fn written_by(mut self, command: impl Into<String>) -> Self {
        self.command = command.into();
        self
    }

    /// The folder that crates are written to.
    #[must_use]
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The version of the facade, and of each crate whose overlay names none.
    #[must_use]
    pub fn version(&self) -> &str {
        self.workspace
            .as_ref()
            .and_then(|it| it.package.get("version"))
            .and_then(Value::as_str)
            .unwrap_or(VERSION)
    }

    /// All files of these crates, with the licences of the workspace that they belong to, of their facade and of the workspace around them, by their paths below the folder.
    ///
    /// # Errors
    ///
    /// A file that does not read as it was meant, which is a defect of this generator.
    pub fn files(&self, mut generated: Vec<Generated>) -> Result<BTreeMap<PathBuf, String>> {
        generated.sort_by(|a, b| a.provider.name.cmp(&b.provider.name));
        let licences = self.workspace.as_ref().map(|it| it.licences.clone());
        let licences = licences.unwrap_or_default();
        let mut files = BTreeMap::new();
        let mut providers = Vec::new();
        for Generated {
            files: own,
            provider,
            ..
        } in generated
        {
            let folder = Path::new(PROVIDERS).join(&provider.name);
            files.extend(below(&folder, own));
            files.extend(below(&folder, licences.clone()));
            providers.push(provider);
        }
        if self.has_facade {
            files.extend(below(Path::new(FACADE), facade::facade(&providers, self)?));
            files.extend(below(Path::new(FACADE), licences));
        }
        if !self.is_member {
            files.insert(PathBuf::from(MANIFEST), self.manifest());
        }
        Ok(files)
    }

    /// What differs between what stands in the folder and these crates. Nothing is written.
    ///
    /// # Errors
    ///
    /// A file or folder in the way that was not generated.
    pub fn changes(&self, generated: Vec<Generated>) -> Result<Vec<Change>> {
        self.check()?;
        let mut changes = write::changes(&self.out, &self.files(generated)?)?;
        let manifest = self.out.join(MANIFEST);
        if self.is_member && write::is_generated_file(&manifest) {
            // From a run without the workspace: the crates would be members of this one.
            changes.push(Change::Remove { file: manifest });
        }
        Ok(changes)
    }

    /// Refuses a folder that is somebody else's. In a workspace, the crates may stand among those of others.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_member {
            Ok(())
        } else {
            write::check_folder(&self.out)
        }
    }

    /// The command that writes the crates.
    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// The entries of `[package]` that all crates share, and a version.
    pub(crate) fn package_entries(
        &self,
        version: &str,
    ) -> impl Iterator<Item = (&'static str, Value)> {
        PACKAGE.into_iter().filter_map(move |key| {
            let named = self.workspace.as_ref().and_then(|it| it.package.get(key));
            let value = match (named, key) {
                (_, "version") => Value::from(version),
                (Some(value), _) => value.clone(),
                (None, "edition") => Value::from(EDITION),
                (None, "rust-version") => Value::from(RUST_VERSION),
                // Whose the crates are is not for us to say.
                (None, _) => return None,
            };
            Some((key, value))
        })
    }

    /// The entry of a dependency with `more` keys, in a manifest so many folders below that of the crates.
    pub(crate) fn dependency_entry<'a>(
        &self,
        name: &'a str,
        depth: usize,
        more: &[(&str, Value)],
    ) -> (&'a str, Value) {
        let needed = dependencies::find(name);
        let named = self
            .workspace
            .as_ref()
            .and_then(|it| it.dependency(name, self.is_member.then_some((&*self.out, depth))));
        let mut dependency = named.unwrap_or_else(|| {
            let version = needed.map(|it| ("version".to_owned(), Value::from(it.version)));
            version.into_iter().collect()
        });
        if let Some(needed) = needed {
            if !needed.default_features {
                dependency.insert("default-features".to_owned(), Value::from(false));
            }
            if !needed.features.is_empty() {
                let features = Value::from(needed.features.to_vec());
                dependency.insert("features".to_owned(), features);
            }
        }
        dependency.extend(
            more.iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
        let value = match (dependency.len(), dependency.get("version")) {
            (1, Some(version)) => version.clone(),
            _ => Value::Table(dependency),
        };
        (name, value)
    }

    /// The manifest of the workspace around the crates, so that they build where they are.
    fn manifest(&self) -> String {
        let facade = if self.has_facade {
            format!("\"{FACADE}\", ")
        } else {
            String::new()
        };
        Marker::of_all(&self.command).toml(&format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{facade}\"{PROVIDERS}/*\"]\n"
        ))
    }
}

fn below(
    folder: &Path,
    files: impl IntoIterator<Item = (String, String)>,
) -> Vec<(PathBuf, String)> {
    files
        .into_iter()
        .map(|(path, content)| (folder.join(path), content))
        .collect()
}

impl Workspace {
    fn read(manifest: &Path) -> Result<Self> {
        let file = if manifest.is_dir() {
            manifest.join(MANIFEST)
        } else {
            manifest.to_path_buf()
        };
        let cannot =
            |error: std::io::Error| Error::new(format!("cannot be read: {error}")).in_file(&file);
        let mut content: Table = std::fs::read_to_string(&file)
            .map_err(cannot)?
            .parse()
            .map_err(|error| Error::new(format!("is not TOML: {error}")).in_file(&file))?;
        let Some(Value::Table(mut workspace)) = content.remove("workspace") else {
            return Err(Error::new("has no [workspace]")
                .in_file(&file)
                .with_help("name the manifest of the whole workspace, or its folder"));
        };
        let mut table = |key: &str| match workspace.remove(key) {
            Some(Value::Table(table)) => table,
            _ => Table::new(),
        };
        let file = file.canonicalize().map_err(cannot)?;
        let folder = file.parent().unwrap_or(&file).to_path_buf();
        Ok(Self {
            package: table("package"),
            dependencies: table("dependencies"),
            licences: licences(&folder)?,
            folder,
        })
    }

    /// Where the workspace takes a dependency from, if it says so.
    ///
    /// A path is relative to the manifest that it stands in: to one so many folders below `out`, or absolute.
    fn dependency(&self, name: &str, below: Option<(&Path, usize)>) -> Option<Table> {
        let mut dependency = match self.dependencies.get(name)? {
            Value::Table(table) => table.clone(),
            version => Table::from_iter([("version".to_owned(), version.clone())]),
        };
        dependency.retain(|key, _| !WHAT_OF_IT.contains(&key));
        if let Some(Value::String(path)) = dependency.get_mut("path")
            && Path::new(path).is_relative()
        {
            let target = self.folder.join(&*path);
            let relative = below.and_then(|(out, depth)| relative(out, depth, &target));
            *path = relative.unwrap_or_else(|| target.display().to_string());
        }
        Some(dependency)
    }
}

/// The files of a folder that are called `LICENSE`, with any ending.
///
/// # Errors
///
/// A folder or such a file that does not read.
fn licences(folder: &Path) -> Result<Files> {
    let cannot = |file: &Path, error: std::io::Error| {
        Error::new(format!("cannot be read: {error}")).in_file(file)
    };
    let mut licences = Files::new();
    for entry in std::fs::read_dir(folder).map_err(|error| cannot(folder, error))? {
        let file = entry.map_err(|error| cannot(folder, error))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("LICENSE") && file.is_file() {
            let text = std::fs::read_to_string(&file).map_err(|error| cannot(&file, error))?;
            licences.insert(name.into_owned(), text);
        }
    }
    Ok(licences)
}

/// `target` as seen from a folder so many below `out`, which need not be there yet.
fn relative(out: &Path, depth: usize, target: &Path) -> Option<String> {
    let from_out = pathdiff::diff_paths(target, real(out)?)?;
    let mut steps = vec!["..".to_owned(); depth];
    for component in from_out.components() {
        // Where the two have no root in common, there is no such path.
        let (Component::ParentDir | Component::Normal(_)) = component else {
            return None;
        };
        steps.push(component.as_os_str().to_str()?.to_owned());
    }
    Some(steps.join("/"))
}

/// The path without symbolic links, as far as it is there.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find_map(|folder| {
        let mut real = folder.canonicalize().ok()?;
        for component in path.strip_prefix(folder).ok()?.components() {
            match component {
                // Nothing is there, and so no link.
                Component::ParentDir => drop(real.pop()),
                component => real.push(component),
            }
        }
        Some(real)
    })
}
