//! One document of a description that is split over several files.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::references::{Names, Resolver};
use crate::structure::objects::{PATH_ITEMS, SCHEMAS};
use crate::structure::{Kind, Section, Version, walk, walk_mut};
use crate::{Error, Result, load, pointer};

/// The largest file that is read beside a description, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The most files that are read beside a description.
const MOST: usize = 1_000;

/// How many files may lead to one another where the specification has no reference.
const CHAIN: usize = 16;

/// A description in one document, and the files that it was made from.
#[derive(Debug, Clone)]
pub struct Bundled {
    /// The document. What was in other files are components of it.
    pub document: Value,
    /// The files that were read beside the description.
    pub files: Vec<PathBuf>,
}

/// Whether some reference of `document` leads to another document.
#[must_use]
pub fn is_split(document: &Value) -> bool {
    let resolver = Resolver::new(document);
    let mut found = false;
    // A document of OpenAPI 3.2 may name itself (section 4.1.2.2.1).
    let own = document["$self"].as_str();
    walk(resolver.version().root(), document, "", &mut |node| {
        let reference = node.kind.reference(node.value);
        found |= elsewhere(node.kind, node.value).is_some();
        found |= reference.is_some_and(|reference| {
            let uri = reference.split('#').next().unwrap_or_default();
            !uri.is_empty()
                && own != Some(uri)
                && resolver.resolve(reference, node.pointer).is_err()
        });
        !found
    });
    found
}

/// The text of a description that is split over several files, as one document in JSON; `None` for one that is not.
///
/// # Errors
///
/// A text that does not parse, and as [`bundle`].
pub fn joined(file: &Path, text: &str) -> Result<Option<String>> {
    // Most have no such reference, and need not be read twice.
    let leads_elsewhere = |(at, key): (usize, &str)| {
        let target = text[at + key.len()..].trim_start_matches(['"', '\'', ':', ' ']);
        !target.starts_with('#')
    };
    if !text.match_indices("$ref").any(leads_elsewhere) {
        return Ok(None);
    }
    let is_json = match file.extension().and_then(|it| it.to_str()) {
        Some("yaml" | "yml") => false,
        Some("json") => true,
        _ => text.trim_start().starts_with('{'),
    };
    let document = load::parse(text, is_json)?;
    if !is_split(&document) {
        return Ok(None);
    }
    let bundled = bundle(file, &document)?;
    Ok(Some(format!("{:#}\n", bundled.document)))
}

/// Makes one document of `document`, which was read from `file`, and of the files that it refers to. Files are read from
/// the same folder and from those in it alone, and by no link.
///
/// A reference to what is not there is left as it is: only what is asked for is to be whole.
///
/// # Errors
///
/// A file that is referred to and is too large, or does not parse.
pub fn bundle(file: &Path, document: &Value) -> Result<Bundled> {
    let version = Version::of(document).unwrap_or(Version::V3_1);
    let mut bundle = Bundle {
        folder: file.parent().unwrap_or(Path::new("")).to_path_buf(),
        own: file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        version,
        files: BTreeMap::new(),
        names: Names::default(),
        given: BTreeMap::new(),
        pending: VecDeque::new(),
        inlined: 0,
        error: None,
    };
    let mut bundled = document.clone();
    bundle.inline(version.root(), &mut bundled, None, CHAIN);
    bundle.names = Names::of(&components(&bundled, version));
    bundle.rewrite(version.root(), &mut bundled, None);
    while let Some((section, name, target)) = bundle.pending.pop_front() {
        let Some(mut value) = bundle.value(&target) else {
            continue;
        };
        bundle.inline(section.component(), &mut value, Some(&target.file), CHAIN);
        bundle.rewrite(section.component(), &mut value, Some(&target.file));
        let place = bundle.place(section, &name);
        insert(&mut bundled, &place, value);
    }
    match bundle.error {
        Some(error) => Err(error),
        None => Ok(Bundled {
            document: bundled,
            files: bundle
                .files
                .iter()
                .filter(|(_, value)| value.is_some())
                .map(|(name, _)| bundle.folder.join(name))
                .collect(),
        }),
    }
}

/// What a reference leads to in another file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    /// Its path from the description's folder, with `/` between its parts.
    file: String,
    pointer: String,
}

struct Bundle {
    folder: PathBuf,
    /// The name of the description's own file.
    own: Option<String>,
    version: Version,
    /// The files, by their paths; `None` for one that is not there.
    files: BTreeMap<String, Option<Value>>,
    names: Names,
    given: BTreeMap<(&'static str, Target), String>,
    pending: VecDeque<(&'static Section, String, Target)>,
    /// How often something was put in the place of a reference.
    inlined: usize,
    error: Option<Error>,
}

/// The file that `value` refers to where the specification has no reference, as bundlers of files take it: a section of
/// the components, all paths, an operation.
fn elsewhere(kind: Kind, value: &Value) -> Option<&str> {
    // A text is one, whatever stands in its place.
    let is_whole = !matches!(kind, Kind::Data | Kind::Text | Kind::Flag | Kind::Choice(_));
    let is_open = is_whole && kind.reference(value).is_none();
    let reference = value.get("$ref").filter(|_| is_open)?.as_str()?;
    let uri = reference.split('#').next().unwrap_or_default();
    (!uri.is_empty()).then_some(reference)
}

impl Bundle {
    /// Puts what stands in other files where `value`, which stands in `file` or in the description itself, refers to it
    /// and the specification has no reference.
    fn inline(&mut self, kind: Kind, value: &mut Value, file: Option<&str>, left: usize) {
        if let Some(left) = left.checked_sub(1)
            && self.inlined < MOST
            && let Some(reference) = elsewhere(kind, value).map(str::to_owned)
            && let Some(target) = self.target(&reference, file)
            && let Some(mut found) = self.value(&target).filter(Value::is_object)
        {
            self.inlined += 1;
            rebase(kind, &mut found, &target.file, file);
            // Their names are those of the section.
            if let (Kind::Components(section), Some(members)) = (kind, found.as_object()) {
                for name in members.keys() {
                    let member = Target {
                        file: target.file.clone(),
                        pointer: pointer::push(&target.pointer, name),
                    };
                    self.given.insert((section.name, member), name.clone());
                }
            }
            if let (Some(own), Value::Object(found)) = (value.as_object_mut(), found) {
                own.remove("$ref");
                for (name, member) in found {
                    own.entry(name).or_insert(member);
                }
            }
            return self.inline(kind, value, file, left);
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let Some(kind) = kind.step(name) {
                        self.inline(kind, member, file, left);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(kind) = kind.item() {
                    for item in items {
                        self.inline(kind, item, file, left);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a reference to another file leads to.
    fn target(&self, reference: &str, file: Option<&str>) -> Option<Target> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let name = path(uri, file)?;
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        (self.own.as_deref() != Some(&name)).then(|| Target {
            file: name,
            pointer: fragment.into_owned(),
        })
    }

    /// Makes the references in `value`, which stands in `file` or in the description itself, lead to components.
    fn rewrite(&mut self, kind: Kind, value: &mut Value, file: Option<&str>) {
        walk_mut(kind, value, &mut |kind, value| {
            let section = match kind {
                Kind::PathItem | Kind::CallbackItem => Some(&PATH_ITEMS),
                kind => kind.section(),
            };
            let (Some(section), Some(reference)) = (section, kind.reference(value)) else {
                return;
            };
            if let Some(reference) = self.component(section, reference, file) {
                value["$ref"] = reference.into();
            }
        });
    }

    /// The reference within the description that `reference`, in `file`, becomes; `None` where it stays as it is.
    fn component(
        &mut self,
        section: &'static Section,
        reference: &str,
        file: Option<&str>,
    ) -> Option<String> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let name = match (uri, file) {
            ("", None) => return None,
            ("", Some(file)) => file.to_owned(),
            (uri, _) => path(uri, file)?,
        };
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        if self.own.as_deref() == Some(&name) {
            return Some(format!("#{fragment}"));
        }
        let is_anchor = !fragment.is_empty() && !fragment.starts_with('/');
        let place = match self.file(&name).filter(|_| is_anchor) {
            Some(document) => anchor(document, &fragment, ""),
            None => None,
        };
        let target = Target {
            pointer: place.unwrap_or_else(|| fragment.into_owned()),
            file: name,
        };
        if self.value(&target).is_none() {
            // In the description itself, it would lead to something else.
            return file
                .filter(|_| uri.is_empty())
                .map(|file| format!("{file}#{fragment}", fragment = target.pointer));
        }
        let key = (section.name, target.clone());
        let name = match self.given.get(&key) {
            Some(name) => name.clone(),
            None => {
                let name = self.names.unique(section, &readable(&target));
                self.given.insert(key, name.clone());
                self.pending.push_back((section, name.clone(), target));
                name
            }
        };
        Some(format!("#{}", self.place(section, &name)))
    }

    /// What stands at a target, if it is there.
    fn value(&mut self, target: &Target) -> Option<Value> {
        self.file(&target.file)?.pointer(&target.pointer).cloned()
    }

    /// What is in a file, if it is there.
    fn file(&mut self, name: &str) -> Option<&Value> {
        if !self.files.contains_key(name) {
            let read = self.read(name);
            self.files.insert(name.to_owned(), read);
        }
        self.files.get(name)?.as_ref()
    }

    fn read(&mut self, name: &str) -> Option<Value> {
        let file = self.folder.join(name);
        // Not by a link: that may lead anywhere.
        let mut folder = self.folder.clone();
        let (folders, _) = name.rsplit_once('/').unwrap_or_default();
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            if !fs::symlink_metadata(&folder).ok()?.is_dir() {
                return None;
            }
        }
        let found = fs::symlink_metadata(&file).ok()?;
        if !found.is_file() {
            return None;
        }
        let read = if found.len() > LARGEST {
            Err(Error::new(format!("is larger than {LARGEST} bytes")).in_file(&file))
        } else if self.files.len() >= MOST {
            Err(Error::new(format!("is one of more than {MOST} files")).in_file(&file))
        } else {
            // As it stands: a part of a description in Swagger 2.0 is converted with the whole.
            fs::read(&file)
                .map_err(|error| Error::new(format!("cannot be read: {error}")))
                .and_then(load::decode)
                .and_then(|text| {
                    load::parse(&text, file.extension().is_some_and(|it| it == "json"))
                })
                .map_err(|error| error.in_file(&file))
        };
        read.map_err(|error| self.error.get_or_insert(error)).ok()
    }

    /// Where a component of that name stands.
    fn place(&self, section: &Section, name: &str) -> String {
        match self.version {
            Version::V2_0 if section.name == SCHEMAS.name => pointer::push("/definitions", name),
            Version::V2_0 => pointer::push(&pointer::push("", section.name), name),
            _ => pointer::push(&pointer::push("/components", section.name), name),
        }
    }
}

/// The file that a relative reference leads to, from the description's folder; `from` is the file that it stands in, where
/// that is another than the description.
fn path(uri: &str, from: Option<&str>) -> Option<String> {
    let uri = uri.split('?').next().unwrap_or_default();
    let (folder, _) = from.and_then(|it| it.rsplit_once('/')).unwrap_or_default();
    let mut parts: Vec<_> = folder
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    for part in uri.split('/') {
        let part = percent_decode_str(part).decode_utf8().ok()?;
        match &*part {
            "." => {}
            // Not out of the description's folder.
            ".." => {
                parts.pop()?;
            }
            part if part.is_empty() || part.contains(['/', '\\', ':', '\0']) => return None,
            part => parts.push(part.to_owned()),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Makes the references of `value`, which is of `kind` and stood in the file `from`, lead to the same from `to`.
fn rebase(kind: Kind, value: &mut Value, from: &str, to: Option<&str>) {
    let (folder, _) = to.and_then(|it| it.rsplit_once('/')).unwrap_or_default();
    let out = "../".repeat(folder.split('/').filter(|it| !it.is_empty()).count());
    walk_mut(kind, value, &mut |kind, value| {
        let is_reference = !matches!(kind, Kind::Data);
        let reference = value.get("$ref").filter(|_| is_reference);
        let moved = reference.and_then(Value::as_str).and_then(|reference| {
            let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
            let file = match uri {
                "" => from.to_owned(),
                uri => path(uri, Some(from))?,
            };
            Some(format!("{out}{file}#{fragment}"))
        });
        if let Some(moved) = moved {
            value["$ref"] = moved.into();
        }
    });
}

/// Where the schema stands that has an anchor of that name (JSON Schema 2020-12 Core, section 8.2.2), in what stands at `at`.
fn anchor(value: &Value, name: &str, at: &str) -> Option<String> {
    match value {
        Value::Object(members) => {
            let has = |keyword: &str| members.get(keyword).and_then(Value::as_str) == Some(name);
            // Before 2019-09, an `$id` of a fragment was an anchor.
            let id = members.get("$id").and_then(Value::as_str);
            let is_id = id.and_then(|id| id.strip_prefix('#')) == Some(name);
            if is_id || has("$anchor") || has("$dynamicAnchor") {
                return Some(at.to_owned());
            }
            members
                .iter()
                .find_map(|(key, member)| anchor(member, name, &pointer::push(at, key)))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| anchor(item, name, &pointer::push(at, index.to_string()))),
        _ => None,
    }
}

/// A name for what is referred to: the end of the way to it, or the file's.
fn readable(target: &Target) -> String {
    let name = target.file.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let end = pointer::tokens(&target.pointer).last();
    let name: String = end
        .as_deref()
        .unwrap_or(stem)
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() {
        "Part".to_owned()
    } else {
        name
    }
}

/// The components of a document, in the form of OpenAPI 3.
fn components(document: &Value, version: Version) -> Value {
    let components = match version {
        Version::V2_0 => {
            let sections = [
                ("definitions", "schemas"),
                ("parameters", "parameters"),
                ("responses", "responses"),
            ];
            Value::from(Map::from_iter(
                sections.map(|(from, to)| (to.to_owned(), document[from].clone())),
            ))
        }
        _ => document["components"].clone(),
    };
    Value::from(Map::from_iter([("components".to_owned(), components)]))
}

/// Puts `value` at a place, and makes the objects on the way.
fn insert(document: &mut Value, place: &str, value: Value) {
    let mut at = document;
    for token in pointer::tokens(place) {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[token];
    }
    *at = value;
}
