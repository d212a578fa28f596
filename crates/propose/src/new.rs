//! A proposal from files to files, as on the command line. It never overwrites.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use keyholder_describe::Described;
use keyholder_describe::specs::{self, Spec};
use keyholder_openapi::{Error, Result, bundle, load, text};

use super::markdown;
use super::{Example, File, Input, Source, Texts, propose};

/// What to propose two files for, as on the command line.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// The provider's name.
    pub provider: String,
    /// A description in YAML or JSON, or a page in Markdown that embeds one.
    pub spec: Option<PathBuf>,
    /// The operation: `GET /me` or an operationId; without a description, with its whole address.
    pub operation: Option<String>,
    /// Without a description: how it is authenticated.
    pub auth: Option<String>,
    /// Without a description: examples of answers, as `STATUS=FILE`.
    pub examples: Vec<String>,
    /// Whether all of the description is kept, and not only what its operation reaches.
    pub whole: bool,
    /// The folder of the descriptions.
    pub specs: PathBuf,
}

/// What an overlay says where not all of the description is kept.
const REACHED: &str = "# Of the description, only what this operation reaches is kept; `new --whole` keeps all of it.";

/// A provider's two files, not yet written.
#[derive(Debug)]
pub struct Proposal {
    /// The description's file and its text.
    pub description: (PathBuf, String),
    /// The overlay's file and its text.
    pub overlay: (PathBuf, String),
    /// What was chosen and why, for people.
    pub report: String,
    /// What is left to be filled in before a client can be generated: what keeps the two from being read.
    pub open: Option<Error>,
}

/// An example that was read.
struct Answer {
    status: u16,
    file: PathBuf,
    text: String,
}

impl New {
    /// Reads what is named, and proposes the two files.
    ///
    /// # Errors
    ///
    /// A name that no provider can have or that is taken, and whatever is wrong with what was given.
    pub fn propose(&self) -> Result<Proposal> {
        specs::check_name(&self.provider, &self.file("yaml"))?;
        self.check_free()?;
        let mut texts = match &self.spec {
            Some(file) => self.propose_from(file),
            None => self.propose_from_examples(),
        }?;
        let spec = Spec {
            provider: self.provider.clone(),
            description: self.file(texts.extension),
            overlay: Some(self.file("overlay.yaml")),
        };
        if !self.whole {
            keep_reached(&mut texts, &spec);
        }
        let open = Described::parse(&spec, &texts.description, Some(&texts.overlay))
            .and_then(|described| keyholder_describe::provider(&described))
            .err();
        Ok(Proposal {
            description: (spec.description, texts.description),
            overlay: (self.file("overlay.yaml"), texts.overlay),
            report: texts.report,
            open,
        })
    }

    fn propose_from(&self, file: &Path) -> Result<Texts> {
        if self.auth.is_some() || !self.examples.is_empty() {
            return Err(Error::new("--auth and --example go without --spec")
                .with_help("a description says both itself; correct it in the overlay"));
        }
        let text = read(file)?;
        let is_page = file
            .extension()
            .is_some_and(|it| ["md", "mdx", "markdown"].iter().any(|page| it == *page));
        if is_page && let Some(named) = markdown::front_matter(&text) {
            return self.propose_from_named(file, &text, &named);
        }
        let bundled = if is_page {
            None
        } else {
            bundle::joined(file, &text).map_err(|error| error.in_file(file))?
        };
        let whole = file.with_extension("json");
        let file = match &bundled {
            Some(text) => File { path: &whole, text },
            None => File {
                path: file,
                text: &text,
            },
        };
        self.propose_with(Source::Description(file))
    }

    /// From a page whose front matter names the operation, and perhaps the file that describes it.
    fn propose_from_named(
        &self,
        page: &Path,
        text: &str,
        named: &markdown::Named,
    ) -> Result<Texts> {
        let operation = self.operation.as_deref().unwrap_or(&named.operation);
        let asking = Self {
            operation: Some(operation.to_owned()),
            ..self.clone()
        };
        let embedded = asking.propose_with(Source::Description(File { path: page, text }));
        let Some(name) = &named.file else {
            return embedded;
        };
        // What the page has itself is what it shows.
        if embedded.is_ok() {
            return embedded;
        }
        let found = beside(page, name).ok_or_else(|| {
            Error::new(format!(
                "names {operation} of the description {}, which is not there",
                text::shown(name)
            ))
            .in_file(page)
            .with_help("give the description itself as --spec, with --operation")
        })?;
        asking.propose_from(&found)
    }

    fn propose_from_examples(&self) -> Result<Texts> {
        let answers = self
            .examples
            .iter()
            .map(|example| Answer::read(example))
            .collect::<Result<Vec<_>>>()?;
        let examples: Vec<_> = answers.iter().map(Answer::example).collect();
        self.propose_with(Source::Examples {
            auth: self.auth.as_deref(),
            examples: &examples,
        })
    }

    fn propose_with(&self, source: Source<'_>) -> Result<Texts> {
        propose(&Input {
            provider: &self.provider,
            source,
            operation: self.operation.as_deref(),
        })
    }

    /// The file of the provider with this ending.
    fn file(&self, ending: &str) -> PathBuf {
        self.specs.join(format!("{}.{ending}", self.provider))
    }

    fn check_free(&self) -> Result<()> {
        let endings = ["yaml", "yml", "json"];
        let taken = endings
            .iter()
            .flat_map(|ending| [(*ending).to_owned(), format!("overlay.{ending}")])
            .map(|ending| self.file(&ending))
            .find(|file| file.exists());
        match taken {
            Some(file) => Err(exists(&file)),
            None => Ok(()),
        }
    }
}

impl Answer {
    /// Reads `STATUS=FILE`.
    fn read(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(format!("--example {text:?} is not a status and a file"))
                .with_help("write it as in --example 200=me.json")
        };
        let (status, file) = text.split_once('=').ok_or_else(wrong)?;
        let file = Path::new(file);
        Ok(Self {
            status: status.parse().map_err(|_| wrong())?,
            text: read(file)?,
            file: file.to_path_buf(),
        })
    }

    fn example(&self) -> Example<'_> {
        Example {
            status: self.status,
            body: File {
                path: &self.file,
                text: &self.text,
            },
        }
    }
}

/// Leaves out of the description what the operation does not reach.
fn keep_reached(texts: &mut Texts, spec: &Spec) {
    let pruned = keyholder_describe::pruned(spec, &texts.description, Some(&texts.overlay));
    // What keeps it from being read is said where both are read.
    let Ok(Some(pruned)) = pruned else { return };
    texts.report.push_str(&format!(
        "\nKept of the description is what the operation reaches, {} of {} bytes; --whole keeps all of it.",
        pruned.len(),
        texts.description.len()
    ));
    texts.description = pruned;
    // After the comments that the overlay begins with.
    if let Some(end) = texts.overlay.find("\n\n") {
        texts
            .overlay
            .insert_str(end + 1, &format!("#\n{REACHED}\n"));
    }
}

/// The file of that name in the folder of a page, or in one around it, as a site's pages name its files. It is never read by
/// a path that leads out of these.
fn beside(page: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name.trim_start_matches('/'));
    let is_plain = name.components().all(|part| {
        matches!(
            part,
            std::path::Component::Normal(_) | std::path::Component::CurDir
        )
    });
    let is_description = ["json", "yaml", "yml"]
        .iter()
        .any(|it| name.extension().is_some_and(|ending| ending == *it));
    if !is_plain || !is_description {
        return None;
    }
    let page = fs::canonicalize(page).ok()?;
    page.ancestors()
        .skip(1)
        .map(|folder| folder.join(name))
        .find(|file| fs::symlink_metadata(file).is_ok_and(|it| it.is_file()))
}

fn read(file: &Path) -> Result<String> {
    fs::read(file)
        .map_err(|error| Error::new(format!("cannot be read: {error}")))
        .and_then(load::decode)
        .map_err(|error| error.in_file(file))
}

impl Proposal {
    /// Writes both files, or neither.
    ///
    /// # Errors
    ///
    /// A file that exists by now, or cannot be written.
    pub fn write(&self) -> Result<()> {
        let (first, text) = &self.description;
        if let Some(folder) = first.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(folder))?;
        }
        create(first, text)?;
        let (second, text) = &self.overlay;
        create(second, text).inspect_err(|_| {
            // It was made just now, so nothing of anybody's is lost.
            let _ = fs::remove_file(first);
        })
    }
}

/// Makes a file that does not exist.
fn create(file: &Path, text: &str) -> Result<()> {
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(file),
            _ => Error::new(format!("cannot be written: {error}")).in_file(file),
        })?;
    made.write_all(text.as_bytes()).map_err(|error| {
        let _ = fs::remove_file(file);
        Error::new(format!("cannot be written: {error}")).in_file(file)
    })
}

fn exists(file: &Path) -> Error {
    Error::new("exists already, and is not overwritten")
        .in_file(file)
        .with_help("choose another name or another --specs, or remove the provider's files first")
}
