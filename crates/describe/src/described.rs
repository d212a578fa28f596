//! A provider's description with its overlay.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use keyholder_openapi::references::Moved;
use keyholder_openapi::repair::{self, Repair};
use keyholder_openapi::select::{self, Operation};
use keyholder_openapi::structure::Version;
use keyholder_openapi::{Error, Result, load, nearest, overlay, pointer, prune, swagger};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::servers;
use crate::specs::Spec;

/// The extension that marks the operation which tells whose token it is.
pub const EXTENSION: &str = "x-whoami";

/// The member of an overlay's `info` that holds the version of the package.
const PACKAGE_VERSION: &str = "x-package-version";

/// A provider's description with what its overlay corrects, and what it was before: so it is known which of the two
/// files an error is to be mended in.
#[derive(Clone, Debug)]
pub struct Described {
    /// The corrected description: OpenAPI 3.0 or 3.1.
    pub document: Value,
    /// The description as it was published.
    published: Value,
    /// The version that it was published in.
    version: Option<Version>,
    /// The version of the package, where the overlay names one.
    package_version: Option<String>,
    /// What of the description's text is read otherwise than it is written.
    noticed: Vec<String>,
    /// What of the description is in a wrong form, and is read as it is meant.
    mended: Vec<Repair>,
    spec: Spec,
    hash: String,
}

/// The operation that tells whose token it is, with only what it reaches.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The path, as a template.
    pub path: String,
    /// The method, in lower case.
    pub method: &'static str,
    /// The description of that operation alone, in which every reference leads to a component.
    pub document: Value,
    /// Where what stands in it stood in the corrected description.
    pub moved: Moved,
    /// What in the corrected description was wrong, and could be done without.
    pub repairs: Vec<Repair>,
}

impl Described {
    /// Reads a provider's two files.
    ///
    /// # Errors
    ///
    /// Files that cannot be read, and as [`Described::parse`].
    pub fn read(spec: &Spec) -> Result<Self> {
        let read = |file: &Path| {
            fs::read(file)
                .map_err(|error| Error::new(format!("cannot be read: {error}")))
                .and_then(load::decode)
                .map_err(|error| error.in_file(file))
        };
        let description = read(&spec.description)?;
        let overlay = spec.overlay.as_deref().map(read).transpose()?;
        Self::parse(spec, &description, overlay.as_deref())
    }

    /// Takes the texts of a provider's two files. Nothing is read: `spec` says what errors call them, and by its endings
    /// how they are written.
    ///
    /// # Errors
    ///
    /// A text that does not parse or is no description, and an overlay that does not apply.
    pub fn parse(spec: &Spec, description: &str, overlay: Option<&str>) -> Result<Self> {
        let parse = |text: &str, file: &Path| {
            let is_json = file.extension().is_some_and(|ending| ending == "json");
            load::read_mended(text, is_json).map_err(|error| error.in_file(file))
        };
        let load::Read {
            document: published,
            version,
            remarks: noticed,
            repairs: mended,
        } = parse(description, &spec.description)?;
        check_is_description(&published).map_err(|error| error.in_file(&spec.description))?;
        let mut package_version = None;
        let document = match (&spec.overlay, overlay) {
            (Some(file), Some(text)) => {
                let overlay = parse(text, file)?.document;
                package_version =
                    package_version_of(&overlay).map_err(|error| error.in_file(file))?;
                overlay::overlay(published.clone(), &overlay)
                    .map_err(|error| error.in_file(file))?
            }
            _ => published.clone(),
        };
        let mut hash = Sha256::new();
        hash.update(description);
        hash.update(overlay.unwrap_or_default());
        let hash = hash.finalize();
        Ok(Self {
            document,
            published,
            version,
            package_version,
            noticed,
            mended,
            spec: spec.clone(),
            hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// The file of the description.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.spec.description
    }

    /// The version of the package: `x-package-version` in the overlay's `info`. `None` where it names none, and the package
    /// has that of its workspace.
    #[must_use]
    pub fn package_version(&self) -> Option<&str> {
        self.package_version.as_deref()
    }

    /// A remark on each kind of thing that the description's text ought not to have, such as a key that stands twice in one
    /// object, and how it is read.
    #[must_use]
    pub fn noticed(&self) -> &[String] {
        &self.noticed
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.spec.provider
    }

    /// The SHA-256 of both files, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The operation that carries [`EXTENSION`] with a token, with only what it reaches.
    ///
    /// # Errors
    ///
    /// No such operation, or more than one; a reference that it reaches and that leads nowhere. With the file.
    pub fn select(&self) -> Result<Selected> {
        let select = || {
            let operation = marked(&self.document)?;
            let (document, left_out) = self.with_described_security(&operation)?;
            servers::refuse_added(&self.document, &operation.pointer, &self.published)?;
            let mut selected = self.select_one(&document, &operation)?;
            selected.repairs.splice(0..0, left_out);
            Ok(selected)
        };
        select().map_err(|error| self.locate(error))
    }

    /// The further operations that carry it, each with only what it reaches: those that are asked in turn, by their `rank`,
    /// and those that add claims.
    ///
    /// # Errors
    ///
    /// Two of one rank; a reference that one reaches and that leads nowhere. With the file.
    pub fn select_further(&self) -> Result<Vec<Selected>> {
        let further = further(&self.document).map_err(|error| self.locate(error))?;
        let further = further
            .iter()
            .map(|operation| self.select_one(&self.document, operation));
        further
            .map(|selected| selected.map_err(|error| self.locate(error)))
            .collect()
    }

    /// The corrected description without those of the operation's security requirements whose schemes are not described;
    /// where none of them is left, without the list: nothing is said there. With what is left out.
    ///
    /// # Errors
    ///
    /// Such a requirement that the overlay wrote. No requirement that is left, where the mapping does not say either how
    /// the token is sent.
    fn with_described_security(
        &self,
        operation: &Operation<'_>,
    ) -> Result<(Cow<'_, Value>, Vec<Repair>)> {
        let mut document = Cow::Borrowed(&self.document);
        let mut left_out = Vec::new();
        let mut first = None;
        for around in [operation.pointer.as_str(), ""] {
            let at = pointer::push(around, "security");
            let undescribed = undescribed_schemes(&self.document, &at);
            if undescribed.is_empty() {
                match self.document.pointer(&at) {
                    Some(_) => return Ok((document, left_out)),
                    None => continue,
                }
            }
            let mut dropped = Vec::new();
            for (index, name) in undescribed {
                let place = pointer::push(&at, index.to_string());
                let error = undescribed_scheme(&self.document, &at, &name);
                if self.is_corrected(&place) {
                    return Err(error);
                }
                left_out.push(Repair {
                    pointer: place,
                    reason: format!("is left out: {}", error.message()),
                });
                dropped.push(index);
                first.get_or_insert(error);
            }
            let requirements = document.to_mut().pointer_mut(&at);
            if let Some(requirements) = requirements.and_then(Value::as_array_mut) {
                let mut index = 0..;
                requirements.retain(|_| index.next().is_some_and(|it| !dropped.contains(&it)));
                if !requirements.is_empty() {
                    return Ok((document, left_out));
                }
            }
            let holder = document.to_mut().pointer_mut(around);
            if let Some(holder) = holder.and_then(Value::as_object_mut) {
                holder.remove("security");
            }
        }
        let token = &operation.object[EXTENSION]["token"];
        let is_told = ["scheme", "in", "parts"]
            .iter()
            .any(|key| token.get(key).is_some());
        match first {
            Some(error) if !is_told => Err(error),
            _ => Ok((document, left_out)),
        }
    }

    /// That operation of a corrected description, with only what it reaches.
    fn select_one(&self, document: &Value, operation: &Operation<'_>) -> Result<Selected> {
        let scheme = operation.object[EXTENSION]["token"]["scheme"].as_str();
        let schemes: Vec<_> = scheme.map(str::to_owned).into_iter().collect();
        let (path, method) = (operation.path, operation.method);
        let (referred, repairs) = repair::select_repaired(document, path, method, &schemes)?;
        let mut all = prune::reached_of(document, path, method, &schemes, &self.mended);
        all.extend(repairs);
        Ok(Selected {
            path: path.to_owned(),
            method,
            document: referred.document,
            moved: referred.moved,
            repairs: all,
        })
    }

    /// The error, with the file that it is to be mended in: the overlay where that wrote what stands at its pointer, else
    /// the description, in which its pointer is that of Swagger 2.0 where it was published so.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        let Some(pointer) = error.pointer() else {
            return error.in_file(&self.spec.description);
        };
        let file = self.file_at(pointer);
        let error = if self.version == Some(Version::V2_0) && file == self.spec.description {
            error
                .map_pointer(swagger::original_pointer)
                .map_texts(swagger::original_message)
        } else {
            error
        };
        error.in_file(file)
    }

    /// The file that wrote what stands at a pointer: the overlay, or else the description.
    #[must_use]
    pub fn file_at(&self, pointer: &str) -> &Path {
        match &self.spec.overlay {
            Some(overlay) if self.is_corrected(pointer) => overlay,
            _ => &self.spec.description,
        }
    }

    /// Whether what stands at a pointer was written by the overlay: it, or what it stands in, was not published, or is
    /// another value now.
    #[must_use]
    pub fn is_corrected(&self, pointer: &str) -> bool {
        let nearest = std::iter::once(pointer)
            .chain(pointer::around(pointer))
            .find(|at| self.document.pointer(at).is_some());
        let Some(at) = nearest else {
            return false;
        };
        match (self.document.pointer(at), self.published.pointer(at)) {
            (Some(_), None) => true,
            // Objects and lists differ by what they hold, which has places of its own.
            (Some(Value::Object(_)), Some(Value::Object(_)))
            | (Some(Value::Array(_)), Some(Value::Array(_))) => false,
            (now, before) => now != before,
        }
    }
}

impl Selected {
    /// The operation's `document`, which is this one's or was made from it, in OpenAPI 3.0; and a remark on each place of the
    /// description that was wrong and could be done without.
    ///
    /// # Errors
    ///
    /// As [`lower`](keyholder_openapi::lower::lower), for what cannot be done without.
    pub fn lower(&self, document: &Value) -> Result<(Value, Vec<String>)> {
        let (lowered, repairs) = repair::lower_repaired(document)?;
        let before = self.repairs.iter().map(|it| (it.pointer.clone(), it));
        let now = repairs
            .iter()
            .map(|it| (self.moved.before(&it.pointer), it));
        let remarks = before
            .chain(now)
            .map(|(at, repair)| format!("{at} {}", repair.reason))
            .collect();
        Ok((lowered.document, remarks))
    }

    /// The error, at the place in the corrected description that it speaks of.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        self.moved.locate(error)
    }
}

/// The version of the package that an overlay names.
fn package_version_of(overlay: &Value) -> Result<Option<String>> {
    let version = &overlay["info"][PACKAGE_VERSION];
    let error = match version {
        Value::Null => return Ok(None),
        Value::String(text) => match semver::Version::parse(text) {
            Ok(_) => return Ok(Some(text.clone())),
            Err(error) => error.to_string(),
        },
        _ => "it is no text".to_owned(),
    };
    let at = pointer::push("/info", PACKAGE_VERSION);
    Err(
        Error::at(at, format!("is no version of a package: {error}"))
            .with_help("write one of three numbers (https://semver.org), such as '1.2.3'"),
    )
}

/// The operations that carry [`EXTENSION`]. Of paths that lead to the same operation, the one at which it stands.
pub(crate) fn all_marked(document: &Value) -> Vec<Operation<'_>> {
    let mut marked: Vec<Operation<'_>> = Vec::new();
    let mut found: Vec<_> = select::operations(document)
        .into_iter()
        .filter(|operation| operation.object.get(EXTENSION).is_some())
        .collect();
    found.sort_by_key(|operation| !operation.is_in_place());
    for operation in found {
        if !marked.iter().any(|it| it.pointer == operation.pointer) {
            marked.push(operation);
        }
    }
    marked
}

/// The one operation that carries [`EXTENSION`] with a token: it is asked first.
///
/// # Errors
///
/// None that does, or a second.
pub fn marked(document: &Value) -> Result<Operation<'_>> {
    let mut marked = all_marked(document);
    if marked.is_empty() {
        return Err(
            Error::at("/paths", format!("no operation has `{EXTENSION}`")).with_help(
                "let an action of the overlay put it on the operation that tells who the caller is",
            ),
        );
    }
    if let [only] = marked.as_slice() {
        return Ok(only.clone());
    }
    let places: Vec<_> = marked
        .iter()
        .map(|it| format!("{} {}", it.method.to_uppercase(), it.path))
        .collect();
    marked.retain(|operation| operation.object[EXTENSION].get("token").is_some());
    let mut marked = marked.into_iter();
    let Some(first) = marked.next() else {
        return Err(Error::at(
            "/paths",
            format!(
                "none of the operations with `{EXTENSION}` has `token`: {}",
                places.join(", ")
            ),
        )
        .with_help("say it on the operation that is asked first"));
    };
    match marked.next() {
        None => Ok(first),
        Some(second) => Err(Error::at(
            pointer::push(&second.pointer, EXTENSION),
            format!(
                "a second operation has `{EXTENSION}` with `token`; the first is {} {}",
                first.method.to_uppercase(),
                first.path
            ),
        )
        .with_help("keep `token` on the one that is asked first, and give the other a `rank`, or `adds_claims`")),
    }
}

/// The others that carry it, in the order in which they are asked.
fn further(document: &Value) -> Result<Vec<Operation<'_>>> {
    let first = marked(document)?;
    let mut further = all_marked(document);
    further.retain(|it| it.pointer != first.pointer);
    let order = |it: &Operation<'_>| {
        let mapping = &it.object[EXTENSION];
        (
            mapping["adds_claims"] == true,
            mapping["rank"].as_u64().unwrap_or_default(),
        )
    };
    further.sort_by_key(order);
    for pair in further.windows(2) {
        if let [one, other] = pair
            && order(one) == order(other)
            && !order(one).0
        {
            let at = pointer::push(&other.pointer, EXTENSION);
            return Err(Error::at(
                pointer::push(&at, "rank"),
                format!("is that of {} {}", one.method.to_uppercase(), one.path),
            )
            .with_help("give each operation a rank of its own: the smaller is asked first"));
        }
    }
    Ok(further)
}

/// Of each security requirement of the list at `at` that names a scheme which is not described, its index and that name.
fn undescribed_schemes(document: &Value, at: &str) -> Vec<(usize, String)> {
    let schemes = &document["components"]["securitySchemes"];
    let requirements = document.pointer(at).and_then(Value::as_array);
    let requirements = requirements.into_iter().flatten().enumerate();
    requirements
        .filter_map(|(index, requirement)| {
            let mut names = requirement.as_object()?.keys();
            let name = names.find(|name| schemes.get(name.as_str()).is_none())?;
            Some((index, name.clone()))
        })
        .collect()
}

fn undescribed_scheme(document: &Value, at: &str, name: &str) -> Error {
    let error = Error::at(
        at,
        format!("the security scheme {name:?} is not described under /components/securitySchemes"),
    );
    let schemes = document["components"]["securitySchemes"].as_object();
    let known = schemes.into_iter().flat_map(|schemes| schemes.keys());
    nearest::help(error, name, known.map(String::as_str))
}

/// Refuses a document that is no description, before what is asked of one is missed in something else.
///
/// # Errors
///
/// A document that is no description.
pub fn check_is_description(document: &Value) -> Result<()> {
    let help = "descriptions of OpenAPI 3.0.x, 3.1.x and 3.2.x are taken, and of Swagger 2.0";
    if !document.is_object() {
        return Err(Error::at("", "is not a description: one is an object").with_help(help));
    }
    match document.get("openapi") {
        Some(_) => Ok(()),
        None => Err(
            Error::at("/openapi", "is missing: it names the version of OpenAPI").with_help(help),
        ),
    }
}
