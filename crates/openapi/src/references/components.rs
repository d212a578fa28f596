//! A document in which every reference leads to a component.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Resolver;
use super::names::{Lifted, Names, is_component_name};
use crate::prune::Reach;
use crate::structure::{
    self, Kind, METHODS, Section, Version, is_extension,
    objects::{PATH_ITEMS, ROOT, SECURITY_SCHEMES},
};
use crate::{Error, Result, pointer};

/// What of a document is kept.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'s> {
    /// All of it.
    Whole,
    /// One operation, and what it reaches.
    Operation {
        /// Its path.
        path: &'s str,
        /// Its method, in lower case.
        method: &'s str,
        /// Security schemes that are kept beside those that it requires.
        security_schemes: &'s [String],
    },
}

/// A document in which every reference leads to a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Referred {
    /// The document.
    pub document: Value,
    /// Where what stands in it stood before.
    pub moved: Moved,
}

/// Where what was moved within a document stood before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved(BTreeMap<String, String>);

impl Moved {
    /// Where what stands at `pointer` stood before: a JSON pointer (RFC 6901).
    #[must_use]
    pub fn before(&self, pointer: &str) -> String {
        pointer::around(pointer)
            .find_map(|outer| {
                let before = self.0.get(outer)?;
                Some(format!("{before}{}", &pointer[outer.len()..]))
            })
            .unwrap_or_else(|| pointer.to_owned())
    }

    /// The error, at the place where what it speaks of stood before.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        error.map_pointer(|pointer| self.before(pointer))
    }

    fn insert(&mut self, now: String, before: &str) {
        if now != before {
            self.0.insert(now, before.to_owned());
        }
    }
}

/// What a Reference Object leads to, from reference to reference, in a document in which every reference leads to a
/// component; any other value itself.
#[must_use]
pub fn resolved<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
    let mut value = value;
    // Longer chains are circles of schemas: no other is let through.
    for _ in 0..=64 {
        let reference = value.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| component(document, reference)) {
            Some((_, target)) => value = target,
            None => break,
        }
    }
    value
}

/// The component that a reference leads to in such a document: its pointer, and what stands there.
#[must_use]
pub fn component<'v, 'r>(document: &'v Value, reference: &'r str) -> Option<(&'r str, &'v Value)> {
    let pointer = reference.strip_prefix('#')?;
    Some((pointer, document.pointer(pointer)?))
}

/// `document`, or what of it is in `scope`, with every `$ref` leading to a component by its pointer.
///
/// What is referred to elsewhere (inside another schema, in another operation, by an `$anchor`) becomes a component. A
/// path item by reference comes to stand where it is referred from. Identifiers (`$id`, `$anchor`), which nothing needs
/// any more, are left out.
///
/// # Errors
///
/// A reference that is in scope and leads nowhere, to something else than is due, or back to itself, with its pointer.
pub fn to_components(document: &Value, scope: Scope<'_>) -> Result<Referred> {
    let mut pass = Pass {
        resolver: Resolver::new(document),
        names: match scope {
            Scope::Whole => Names::of(document),
            // What is not reached takes no name, so that it may as well not be there.
            Scope::Operation {
                path,
                method,
                security_schemes,
            } => {
                let mut reach = Reach::new(document);
                reach.operation(path, method);
                for name in security_schemes {
                    reach.security_scheme(name);
                }
                Names::taken(reach.components())
            }
        },
        only: match scope {
            Scope::Whole => None,
            Scope::Operation { method, .. } => Some(method),
        },
        is_whole: matches!(scope, Scope::Whole),
        queued: BTreeSet::new(),
        lifted: BTreeMap::new(),
        moved: Moved::default(),
    };
    let mut root = match scope {
        Scope::Whole => pass.make(Kind::Object(&ROOT), document, "")?,
        Scope::Operation { path, .. } => pass.operation(path)?,
    };
    if let Scope::Operation {
        path,
        method,
        security_schemes,
    } = scope
    {
        pass.security_schemes(path, method, &root, security_schemes)?;
    }
    while let Some(lifted) = pass.names.next_lifted() {
        pass.lift(&lifted)?;
    }
    for (section, components) in pass.lifted {
        if !root["components"].is_object() {
            root["components"] = json!({});
        }
        if !root["components"][section].is_object() {
            root["components"][section] = json!({});
        }
        if let Some(section) = root["components"][section].as_object_mut() {
            section.extend(components);
        }
    }
    Ok(Referred {
        document: root,
        moved: pass.moved,
    })
}

struct Pass<'a, 's> {
    resolver: Resolver<'a>,
    /// The method of the one operation that is kept.
    only: Option<&'s str>,
    names: Names,
    /// Whether all components are kept where they are.
    is_whole: bool,
    /// The own components that were reached.
    queued: BTreeSet<String>,
    /// The components that come to stand in the document, by section.
    lifted: BTreeMap<&'static str, Map<String, Value>>,
    moved: Moved,
}

impl Pass<'_, '_> {
    /// What stands at `at` with its references leading to components.
    fn make(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
        match kind {
            Kind::PathItem => self.path_item(value, at),
            // They come to stand where they are referred from.
            Kind::Components(section) if section.name == PATH_ITEMS.name => Ok(value.clone()),
            Kind::Components(section) if section.name != SECURITY_SCHEMES.name => {
                self.components(section, value, at)
            }
            // A client does not receive them.
            Kind::Map(Kind::CallbackItem) => Ok(value.clone()),
            Kind::CallbackItem => self.callback_item(value, at),
            Kind::Component(section) => match (kind.reference(value), section.kind) {
                // What stands beside the reference says nothing of what it leads to.
                (Some(reference), _) => {
                    let mut made = value.clone();
                    made["$ref"] = self.component(kind, reference, at)?.into();
                    Ok(made)
                }
                (None, of_section) => self.make(of_section, value, at),
            },
            Kind::Schema => self.schema(value, at),
            Kind::Object(object) if object.name == "Discriminator Object" => {
                Ok(self.discriminator(value, at))
            }
            _ => self.members(kind, value, at),
        }
    }

    fn members(&mut self, kind: Kind, value: &Value, at: &str) -> Result<Value> {
        structure::map_members(kind, value, at, &mut |kind, value, at| {
            self.make(kind, value, at)
        })
    }

    /// A schema. Its definitions are components once something refers to them, and nothing before.
    fn schema(&mut self, value: &Value, at: &str) -> Result<Value> {
        let Some(keywords) = value.as_object() else {
            return self.members(Kind::Schema, value, at);
        };
        let reference = Kind::Schema.reference(value);
        // In 3.0, what stands beside a reference does not count (OpenAPI 3.0.3, section 4.7.23).
        let is_alone = reference.is_some() && self.resolver.version() == Version::V3_0;
        let mut made = Map::new();
        for (keyword, value) in keywords {
            let is_identifier = matches!(keyword.as_str(), "$id" | "$anchor");
            let is_definitions = matches!(keyword.as_str(), "$defs" | "definitions");
            if is_definitions || (is_identifier && self.resolver.version() == Version::V3_1) {
                continue;
            }
            let value = match Kind::Schema.step(keyword) {
                Some(kind) if !is_alone => self.make(kind, value, &pointer::push(at, keyword))?,
                _ => value.clone(),
            };
            made.insert(keyword.clone(), value);
        }
        if let Some(reference) = reference {
            let component = self.component(Kind::Schema, reference, at)?;
            made.insert("$ref".to_owned(), component.into());
        }
        Ok(made.into())
    }

    /// A path item of a callback. One by reference is only held to be there: following it can lead back here.
    fn callback_item(&mut self, value: &Value, at: &str) -> Result<Value> {
        match Kind::CallbackItem.reference(value) {
            Some(reference) => {
                self.resolver.follow(Kind::PathItem, reference, at)?;
                Ok(value.clone())
            }
            None => self.members(Kind::CallbackItem, value, at),
        }
    }

    /// The reference to the component that `reference`, of an object at `at`, leads to.
    fn component(&mut self, kind: Kind, reference: &str, at: &str) -> Result<String> {
        let Some(section) = kind.section() else {
            return Ok(reference.to_owned());
        };
        let target = self.resolver.resolve_as(kind, reference, at)?;
        // A schema may lead back to itself by way of the value's parts; the others may not.
        if !matches!(kind, Kind::Schema) {
            self.resolver.follow(kind, reference, at)?;
        }
        let name = self.name(section, &target.pointer);
        Ok(format!("#/components/{}/{name}", section.name))
    }

    /// The name of the component that what stands at `target` is, or becomes.
    fn name(&mut self, section: &'static Section, target: &str) -> String {
        if let Some(name) = Names::own(section, target) {
            if !self.is_whole && self.queued.insert(target.to_owned()) {
                self.names.queue(section, target, &name);
            }
            return name;
        }
        self.names.component(section, target)
    }

    /// A section of the components. What has a name that 3.0 does not permit gets another.
    fn components(&mut self, section: &'static Section, value: &Value, at: &str) -> Result<Value> {
        let Some(components) = value.as_object() else {
            return Ok(value.clone());
        };
        let mut made = Map::new();
        for (name, value) in components {
            let at = pointer::push(at, name);
            if is_component_name(name) {
                made.insert(name.clone(), self.make(section.component(), value, &at)?);
            } else {
                self.names.component(section, &at);
            }
        }
        Ok(made.into())
    }

    /// A discriminator's mapping leads to schemas by reference or by name (OpenAPI 3.1.0, section 4.8.25). One that leads
    /// nowhere is a hint, and is left alone.
    fn discriminator(&mut self, value: &Value, at: &str) -> Value {
        let mut made = value.clone();
        let mapping = made.get_mut("mapping").and_then(Value::as_object_mut);
        for reference in mapping.into_iter().flat_map(|mapping| mapping.values_mut()) {
            let Some(text) = reference.as_str().filter(|text| text.contains('#')) else {
                continue;
            };
            if let Ok(component) = self.component(Kind::Schema, text, at) {
                *reference = component.into();
            }
        }
        made
    }

    /// A path item, with those that it refers to, where it stands.
    fn path_item(&mut self, value: &Value, at: &str) -> Result<Value> {
        let document = self.resolver.document();
        let mut merged = Map::new();
        let mut seen = BTreeSet::new();
        let mut place = at.to_owned();
        let mut item = value;
        loop {
            let Some(members) = item.as_object() else {
                return Ok(item.clone());
            };
            for (name, member) in members {
                let is_other = self.only.is_some_and(|method| method != name)
                    && METHODS.contains(&name.as_str());
                if name == "$ref" || is_other {
                    continue;
                }
                let from = pointer::push(&place, name);
                let made = match Kind::PathItem.step(name) {
                    Some(kind) if self.only == Some(name) => {
                        let mut operation = member.clone();
                        if let Some(operation) = operation.as_object_mut() {
                            operation.remove("callbacks");
                        }
                        self.make(kind, &operation, &from)?
                    }
                    Some(kind) => self.make(kind, member, &from)?,
                    None => member.clone(),
                };
                self.moved.insert(pointer::push(at, name), &from);
                merge(&mut merged, name, made, &from)?;
            }
            let here = pointer::push(&place, "$ref");
            let reference = match members.get("$ref") {
                None => return Ok(merged.into()),
                Some(Value::String(reference)) => reference,
                Some(_) => return Err(Error::at(here, "a string is due here")),
            };
            let target = self
                .resolver
                .resolve_as(Kind::PathItem, reference, &place)?;
            if !seen.insert(target.pointer.clone()) {
                let here = pointer::push(at, "$ref");
                return Err(Error::at(here, "the reference leads to itself"));
            }
            place = target.pointer;
            item = document.pointer(&place).unwrap_or(&Value::Null);
        }
    }

    /// The root with one operation, and without what neither sends nor receives.
    fn operation(&mut self, path: &str) -> Result<Value> {
        let document = self.resolver.document();
        let mut root = Map::new();
        for (name, value) in document.as_object().into_iter().flatten() {
            let at = pointer::push("", name);
            match name.as_str() {
                "paths" => {
                    let item = self.path_item(&value[path], &pointer::push(&at, path))?;
                    root.insert(name.clone(), json!({ path: item }));
                }
                "components" | "webhooks" | "tags" => {}
                _ => {
                    let made = match Kind::Object(&ROOT).step(name) {
                        Some(kind) => self.make(kind, value, &at)?,
                        None => value.clone(),
                    };
                    root.insert(name.clone(), made);
                }
            }
        }
        Ok(root.into())
    }

    /// Keeps the security schemes that the operation, or the document for it, requires by name, and `more`, as far as
    /// they are described.
    fn security_schemes(
        &mut self,
        path: &str,
        method: &str,
        root: &Value,
        more: &[String],
    ) -> Result<()> {
        let operation = &root["paths"][path][method];
        let security = operation.get("security").or_else(|| root.get("security"));
        let requirements = security.and_then(Value::as_array).into_iter().flatten();
        let names = requirements
            .filter_map(Value::as_object)
            .flat_map(|requirement| requirement.keys())
            .chain(more);
        for name in names.collect::<BTreeSet<_>>() {
            let at = pointer::push(&format!("/components/{}", SECURITY_SCHEMES.name), name);
            // One that is not described is for the caller to miss.
            let Some(value) = self.resolver.document().pointer(&at) else {
                continue;
            };
            let scheme = Kind::Component(&SECURITY_SCHEMES);
            let value = match scheme.reference(value) {
                Some(reference) => self.resolver.follow(scheme, reference, &at)?.value,
                None => value,
            };
            let section = self.lifted.entry(SECURITY_SCHEMES.name).or_default();
            section.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    /// Makes a component of what is referred to.
    fn lift(&mut self, lifted: &Lifted) -> Result<()> {
        let document = self.resolver.document();
        let Some(value) = document.pointer(&lifted.pointer) else {
            return Ok(());
        };
        let made = self.make(lifted.section.component(), value, &lifted.pointer)?;
        let now = pointer::push(
            &pointer::push("/components", lifted.section.name),
            &lifted.name,
        );
        self.moved.insert(now, &lifted.pointer);
        let section = self.lifted.entry(lifted.section.name).or_default();
        section.insert(lifted.name.clone(), made);
        Ok(())
    }
}

/// Adds a field to a path item. What both the path item and the one that it refers to say of requests and answers is
/// undefined (OpenAPI 3.1.0, section 4.8.9).
fn merge(merged: &mut Map<String, Value>, name: &str, value: Value, at: &str) -> Result<()> {
    let documentation = matches!(name, "summary" | "description") || is_extension(name);
    if merged.contains_key(name) && !documentation {
        let message = format!("`{name}` stands both here and beside a `$ref` that leads here");
        return Err(Error::at(at, message));
    }
    merged.entry(name).or_insert(value);
    Ok(())
}
