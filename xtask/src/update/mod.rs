//! `cargo xtask update`: a newer description in the place of a provider's, and all that follows from it.
//!
//! Everything is worked out before anything is written: the overlay applied, the difference from the description that
//! was there, the crate, and the version step that the difference asks of it. What is then written is written whole,
//! or not at all.
//!
//! # The version step
//!
//! Two things are compared: how the description differs (see [`drift`]), which is what a user of the
//! crate sees of the provider; and the public API of the crate that is made from each.
//!
//! - major: a difference breaks a reader, or something of the API is gone, is another, or has to be minded;
//! - minor: there is something more;
//! - patch: the rest, such as documentation;
//! - none: the crate is as it was.
//!
//! The crates share the workspace's version, and this task does not edit it: other changes may ask for more.

mod api;
mod arguments;
mod place;
mod step;

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;

use crate::codegen;
use keyholder_codegen::write::{self, Change};
use keyholder_codegen::{Codegen, Destination, Files, Generated, generate_from};
use keyholder_describe::Described;
use keyholder_describe::specs::{self, Spec};
use keyholder_drift::{self as drift, Drift, Kind};
use keyholder_openapi::{Error, Result, bundle, load};

use api::Api;
pub(crate) use arguments::Arguments;
pub(crate) use step::{Reason, Step};

/// What to update, and where.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// The provider.
    pub provider: String,
    /// The newer description.
    pub file: PathBuf,
    /// The folder of the descriptions.
    pub specs: PathBuf,
    /// Where the crates are written to.
    pub destination: Destination,
    /// The workspace's folder.
    pub root: PathBuf,
    /// Whether all of the newer description is kept, whatever was kept of the one that is there.
    pub whole: bool,
}

/// A newer description, in one text.
struct Newer {
    /// Its file, and the overlay that is there.
    spec: Spec,
    text: String,
}

impl Newer {
    /// Reads it: one that is split over several files as one document in JSON.
    fn read(file: &Path, old: &Spec) -> Result<Self> {
        let text = load::text(file)?;
        let joined = bundle::joined(file, &text).map_err(|error| error.in_file(file))?;
        let description = match joined {
            Some(_) => file.with_extension("json"),
            None => file.to_path_buf(),
        };
        Ok(Self {
            spec: Spec {
                description,
                ..old.clone()
            },
            text: joined.unwrap_or(text),
        })
    }
}

/// What an update comes to. Nothing is written yet.
#[derive(Debug)]
pub(crate) struct Plan {
    /// How the newer description differs from the one that is there.
    pub drift: Drift,
    /// The step that the difference asks of the crate.
    pub step: Step,
    /// Why, the greatest step first.
    pub reasons: Vec<Reason>,
    /// The version of the crates.
    pub version: Version,
    /// The version that the step leads to.
    pub next: Version,
    /// The files to write and to remove: the description, the crate, and what lists it.
    pub changes: Vec<Change>,
    update: Update,
    /// The version that the newer description states.
    described: Option<String>,
    /// How many bytes of how many are kept of it, where that is not all.
    left_out: Option<(usize, usize)>,
}

impl Update {
    /// Works out everything. Nothing is written.
    ///
    /// # Errors
    ///
    /// No such provider; whatever is wrong with the newer description, among it a correction of the overlay whose
    /// target is not there any more; a folder that is not ours.
    pub(crate) fn plan(self) -> Result<Plan> {
        let specs = specs::specs(&self.specs)?;
        let old = specs::find(&self.provider, &self.specs)?;
        if codegen::is_same(&old.description, &self.file) {
            return Err(Error::new("is the description that is there")
                .in_file(&self.file)
                .with_help("name a newer one; after an edit, run `cargo xtask codegen`"));
        }
        let overlay = old.overlay.as_deref().map(load::text).transpose()?;
        let overlay = overlay.as_deref();
        let old_text = load::text(&old.description)?;
        let newer = Newer::read(&self.file, &old)?;
        let is_whole = self.whole
            || keyholder_describe::pruned(&old, &old_text, overlay).is_ok_and(|it| it.is_some());
        // The overlay first: what it corrected and is gone matters more than any difference.
        let whole = Described::parse(&newer.spec, &newer.text, overlay)?;
        let pruned = if is_whole {
            None
        } else {
            keyholder_describe::pruned(&newer.spec, &newer.text, overlay)?
        };
        let left_out = pruned.as_ref().map(|text| (text.len(), newer.text.len()));
        let text = pruned.unwrap_or(newer.text);
        let theirs = match left_out {
            Some(_) => Described::parse(&newer.spec, &text, overlay)?,
            None => whole,
        };
        let ours = Described::parse(&old, &old_text, overlay)?;
        let drift = drift::compare(&ours.clone().into(), &theirs.clone().into(), None)?;

        let after = generate_from(&theirs, &self.destination)?;
        let before = generate_from(&ours, &self.destination)?;
        let described = theirs.document["info"]["version"].as_str();
        let described = described.map(str::to_owned);
        let codegen = Codegen {
            specs: self.specs.clone(),
            destination: self.destination.clone(),
            providers: vec![self.provider.clone()],
        };
        let is_json = newer.spec.description.extension() == Some("json".as_ref());
        let mut changes = place::changes(&old.description, &old_text, &text, is_json)?;
        let all = specs.iter().map(|spec| {
            if spec.provider == self.provider {
                Ok(theirs.clone())
            } else {
                Described::read(spec)
            }
        });
        changes.extend(codegen::plan(&codegen, all, &self.root)?.changes);

        let reasons = reasons(&drift, &before, &after)?;
        let step = reasons.iter().map(|it| it.step).max().unwrap_or(Step::None);
        let version = Version::parse(self.destination.version()).map_err(|error| {
            Error::new(format!("the workspace's version does not read: {error}"))
        })?;
        Ok(Plan {
            next: step.next(&version),
            described,
            left_out,
            drift,
            step,
            reasons,
            version,
            changes,
            update: self,
        })
    }
}

/// Why the crate needs a step: what its users see of the provider, its API, and what else differs in its files.
fn reasons(drift: &Drift, before: &Generated, after: &Generated) -> Result<Vec<Reason>> {
    let mut reasons: Vec<_> = drift.changes.iter().map(of_change).collect();
    let (old, new) = (Api::read(&before.files)?, Api::read(&after.files)?);
    reasons.extend(old.changes(&new));
    let differing = differing(&before.files, &after.files);
    if reasons.is_empty() && !differing.is_empty() {
        let text = format!(
            "documentation, examples or data in {}",
            differing.join(", ")
        );
        reasons.push(Reason::new(Step::Patch, text));
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.step));
    Ok(reasons)
}

fn of_change(change: &drift::Change) -> Reason {
    let step = match change.kind {
        _ if change.breaks => Step::Major,
        Kind::Added | Kind::ValuesAdded | Kind::Moved => Step::Minor,
        _ => Step::Patch,
    };
    Reason::new(step, change.to_string())
}

/// The files whose content differs, but for the line that says what they are made from.
fn differing(before: &Files, after: &Files) -> Vec<String> {
    let content = |text: &String| {
        let content = text.split_once('\n').map_or("", |(_, rest)| rest);
        content.to_owned()
    };
    let names = before.keys().chain(after.keys());
    let mut differing: Vec<_> = names
        .filter(|name| before.get(*name).map(content) != after.get(*name).map(content))
        .cloned()
        .collect();
    differing.sort();
    differing.dedup();
    differing
}

impl Plan {
    /// Writes all that is to be written; on an error, what was there is there again.
    ///
    /// # Errors
    ///
    /// A file system that refuses.
    pub(crate) fn apply(&self) -> Result<()> {
        let undo = self
            .changes
            .iter()
            .rev()
            .map(inverse)
            .collect::<Result<Vec<_>>>()?;
        write::apply(&self.changes).map_err(|error| {
            // What was not written yet may not be there to be removed.
            let undone = undo.iter().filter(|change| match change {
                Change::Remove { file } => file.exists(),
                Change::Write { .. } => true,
            });
            let failed: Vec<_> = undone
                .filter_map(|change| write::apply(std::slice::from_ref(change)).err())
                .map(|error| error.to_string())
                .collect();
            match failed.as_slice() {
                [] => error.with_help("everything is as it was"),
                failed => error.with_help(format!(
                    "not everything is as it was: {}; see `git status`",
                    failed.join("; ")
                )),
            }
        })
    }

    /// For people: the difference, the files, the step with its reasons, and what to do next.
    #[must_use]
    pub(crate) fn report(&self, is_written: bool) -> String {
        let mut text = self.drift.table();
        text.push('\n');
        for change in &self.changes {
            text.push_str(&format!("{}\n", change.summary()));
        }
        if self.changes.is_empty() {
            text.push_str("nothing to write: everything is as the description makes it\n");
        }
        if let Some((kept, of)) = self.left_out {
            text.push_str(&format!(
                "kept of the newer description is what the operation reaches, {kept} of {of} bytes, as of the one that was there; --whole keeps all of it\n"
            ));
        }
        text.push_str(&format!("\nversion step: {}", self.step));
        if self.step == Step::None {
            text.push_str(": the crate is as it was\n");
        } else {
            text.push_str(&format!(
                ", from {} to {}\n  to release this crate alone, that is `x-package-version: {}` in the `info` of its overlay; with all, `version` of [workspace.package] in {}\n",
                self.version,
                self.next,
                self.next,
                self.update.root.join("Cargo.toml").display()
            ));
        }
        for reason in &self.reasons {
            text.push_str(&format!("  {:<5}  {}\n", reason.step, reason.text));
        }
        if !is_written {
            text.push_str("\nnothing was written: run it again without --dry-run\n");
        } else if self.step != Step::None {
            text.push_str(&self.next_steps());
        }
        text
    }

    /// What to run, and what to write into the changelog.
    fn next_steps(&self) -> String {
        let provider = &self.update.provider;
        let out = self.update.destination.out();
        let is_home = codegen::is_home(&self.update.root, out);
        let place = if is_home {
            String::new()
        } else {
            let manifest = out.join("Cargo.toml");
            format!(" --manifest-path {}", manifest.display())
        };
        let mut commands = format!("  cargo test{place} -p keyholder-{provider} --all-features\n");
        if is_home {
            commands.push_str("  cargo test -p keyholder -p keyholder-cli --all-features\n");
        }
        let section = match self.step {
            Step::Minor => "Added",
            _ => "Changed",
        };
        format!(
            "\nnext:\n{commands}\nfor CHANGELOG.md:\n  ### {section}\n\n  {}\n",
            self.changelog()
        )
    }

    /// A line for the changelog.
    fn changelog(&self) -> String {
        const SHOWN: usize = 3;
        let greatest: Vec<_> = self
            .reasons
            .iter()
            .filter(|reason| reason.step == self.step)
            .map(|reason| reason.text.as_str())
            .collect();
        let mut what = greatest[..greatest.len().min(SHOWN)].join("; ");
        if greatest.len() > SHOWN {
            what.push_str(&format!("; and {} more", greatest.len() - SHOWN));
        }
        let version = self
            .described
            .as_ref()
            .map_or_else(String::new, |version| format!(", version {version}"));
        format!(
            "- `keyholder-{}`: made from the provider's newer description{version}: {what}.",
            self.update.provider
        )
    }
}

/// What takes a change back.
fn inverse(change: &Change) -> Result<Change> {
    Ok(match change {
        Change::Write {
            file,
            before: Some(before),
            after,
        } => Change::Write {
            file: file.clone(),
            before: Some(after.clone()),
            after: before.clone(),
        },
        Change::Write {
            file, before: None, ..
        } => Change::Remove { file: file.clone() },
        Change::Remove { file } => Change::Write {
            file: file.clone(),
            before: None,
            // One that was cut short need not be text.
            after: fs::read(file)
                .map(|content| String::from_utf8_lossy(&content).into_owned())
                .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(file))?,
        },
    })
}
