//! What the public interface of a crate names, read from its source.
//!
//! It goes by `pub` alone, without modules: the lint `unreachable_pub` keeps whatever is not to be named elsewhere from being
//! `pub`. What is `doc(hidden)` is no part of the interface.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{
    Attribute, Field, Fields, File, ImplItem, Item, ItemImpl, ItemMod, Meta, Signature, TraitItem,
    Type, UseTree, Visibility,
};

/// The public interface of a crate.
#[derive(Debug, Default)]
pub struct Interface {
    /// What each public item names, as a path; names of its own crate as they stand.
    names: BTreeMap<String, Vec<Named>>,
    /// What the root re-exports of each other crate.
    exports: BTreeMap<String, BTreeSet<String>>,
}

/// Something that a public item names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The path, from the crate on where it is another one.
    pub path: String,
    /// The feature that it is behind, if any.
    pub feature: Option<String>,
}

impl Interface {
    /// Reads the crate in that folder.
    ///
    /// # Errors
    ///
    /// A file that is missing or no Rust.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut interface = Self::default();
        interface.file(&folder.join("src/lib.rs"), None, true)?;
        Ok(interface)
    }

    /// The public items, each with what it names.
    pub fn items(&self) -> impl Iterator<Item = (&str, &[Named])> {
        let items = self.names.iter();
        items.map(|(item, named)| (item.as_str(), named.as_slice()))
    }

    /// What a public item names; nothing where there is no such item.
    #[must_use]
    pub fn named(&self, item: &str) -> &[Named] {
        self.names.get(item).map_or(&[], Vec::as_slice)
    }

    /// What the root re-exports of another crate.
    #[must_use]
    pub fn exports(&self, other: &str) -> BTreeSet<&str> {
        let names = self.exports.get(other).into_iter().flatten();
        names.map(String::as_str).collect()
    }

    fn file(&mut self, path: &Path, feature: Option<&str>, is_root: bool) -> Result<(), String> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        let file: File = syn::parse_file(&text).map_err(|error| format!("{shown}: {error}"))?;
        self.module(&file.items, path, feature, is_root)
    }

    fn module(
        &mut self,
        items: &[Item],
        path: &Path,
        feature: Option<&str>,
        is_root: bool,
    ) -> Result<(), String> {
        let imports = imports(items);
        let mut read = Reading {
            interface: self,
            imports: &imports,
            feature: feature.map(str::to_owned),
        };
        for item in items {
            read.item(item, is_root);
        }
        for item in items {
            if let Item::Mod(item) = item
                && !is_hidden(&item.attrs)
                && !is_test(&item.attrs)
            {
                let feature = feature_of(&item.attrs).or(feature.map(str::to_owned));
                match &item.content {
                    Some((_, items)) => self.module(items, path, feature.as_deref(), false)?,
                    None => self.file(&file_of(item, path), feature.as_deref(), false)?,
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, item: &str, path: String, feature: Option<String>) {
        let named = Named { path, feature };
        let known = self.names.entry(item.to_owned()).or_default();
        if !known.contains(&named) {
            known.push(named);
        }
    }
}

/// The file of a module that is declared in the file `path`.
fn file_of(item: &ItemMod, path: &Path) -> PathBuf {
    let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or("");
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = match stem {
        "lib" | "mod" => folder.to_owned(),
        stem => folder.join(stem),
    };
    let name = item.ident.to_string();
    let file = folder.join(format!("{name}.rs"));
    if file.exists() {
        file
    } else {
        folder.join(name).join("mod.rs")
    }
}

/// What the names of a module stand for, by its imports.
fn imports(items: &[Item]) -> BTreeMap<String, String> {
    let mut imports = BTreeMap::new();
    for item in items {
        if let Item::Use(item) = item {
            import(&item.tree, "", &mut imports);
        }
    }
    imports
}

fn import(tree: &UseTree, before: &str, imports: &mut BTreeMap<String, String>) {
    match tree {
        UseTree::Path(tree) => {
            import(&tree.tree, &format!("{before}{}::", tree.ident), imports);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                import(tree, before, imports);
            }
        }
        UseTree::Name(name) if name.ident == "self" => {
            let path = before.trim_end_matches("::");
            let name = path.rsplit("::").next().unwrap_or(path);
            imports.insert(name.to_owned(), path.to_owned());
        }
        UseTree::Name(name) => {
            imports.insert(name.ident.to_string(), format!("{before}{}", name.ident));
        }
        UseTree::Rename(rename) => {
            let path = format!("{before}{}", rename.ident);
            let path = path.trim_end_matches("::self").to_owned();
            imports.insert(rename.rename.to_string(), path);
        }
        UseTree::Glob(_) => {}
    }
}

/// A module that is read.
struct Reading<'a> {
    interface: &'a mut Interface,
    imports: &'a BTreeMap<String, String>,
    /// The feature that the module is behind.
    feature: Option<String>,
}

impl Reading<'_> {
    fn item(&mut self, item: &Item, is_root: bool) {
        match item {
            Item::Struct(it) if is_public(&it.vis, &it.attrs) => {
                let name = it.ident.to_string();
                self.derives(&name, &it.attrs);
                self.fields(&name, &it.fields, false);
            }
            Item::Enum(it) if is_public(&it.vis, &it.attrs) => {
                let name = it.ident.to_string();
                self.derives(&name, &it.attrs);
                for variant in &it.variants {
                    self.fields(&name, &variant.fields, true);
                }
            }
            Item::Fn(it) if is_public(&it.vis, &it.attrs) => {
                self.signature(&it.sig.ident.to_string(), &it.sig, &it.attrs);
            }
            Item::Const(it) if is_public(&it.vis, &it.attrs) => {
                self.ty(&it.ident.to_string(), &it.ty, &it.attrs);
            }
            Item::Static(it) if is_public(&it.vis, &it.attrs) => {
                self.ty(&it.ident.to_string(), &it.ty, &it.attrs);
            }
            Item::Type(it) if is_public(&it.vis, &it.attrs) => {
                self.ty(&it.ident.to_string(), &it.ty, &it.attrs);
            }
            Item::Trait(it) if is_public(&it.vis, &it.attrs) => {
                let name = it.ident.to_string();
                for inner in &it.items {
                    if let TraitItem::Fn(function) = inner
                        && !is_hidden(&function.attrs)
                    {
                        self.signature(&name, &function.sig, &function.attrs);
                    }
                }
            }
            Item::Impl(it) if !is_hidden(&it.attrs) => self.implementation(it),
            Item::Use(it) if is_root && matches!(it.vis, Visibility::Public(_)) => {
                let mut exports = BTreeMap::new();
                import(&it.tree, "", &mut exports);
                for path in exports.values() {
                    let (krate, name) = path.split_once("::").unwrap_or((path, ""));
                    let names = self.interface.exports.entry(krate.to_owned());
                    names.or_default().insert(name.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Of an inherent implementation, its public functions; of a trait's, what it is for.
    fn implementation(&mut self, item: &ItemImpl) {
        let Type::Path(ty) = &*item.self_ty else {
            return;
        };
        let Some(name) = ty.path.segments.last().map(|it| it.ident.to_string()) else {
            return;
        };
        if let Some((implemented, _)) = &item.trait_ {
            let feature = self.feature_at(&item.attrs);
            let mut paths = Paths::default();
            paths.visit_path(implemented);
            paths.visit_generics(&item.generics);
            for path in paths.0 {
                let path = self.resolved(&path);
                self.interface
                    .add(&format!("impl {name}"), path, feature.clone());
            }
            return;
        }
        for inner in &item.items {
            if let ImplItem::Fn(function) = inner
                && is_public(&function.vis, &function.attrs)
            {
                let mut attributes = item.attrs.clone();
                attributes.extend(function.attrs.iter().cloned());
                self.signature(&name, &function.sig, &attributes);
            }
        }
    }

    fn fields(&mut self, item: &str, fields: &Fields, are_public: bool) {
        let is_seen = |field: &&Field| {
            (are_public && !is_hidden(&field.attrs)) || is_public(&field.vis, &field.attrs)
        };
        for field in fields.iter().filter(is_seen) {
            self.ty(item, &field.ty, &field.attrs);
        }
    }

    fn signature(&mut self, item: &str, signature: &Signature, attributes: &[Attribute]) {
        let mut paths = Paths::default();
        paths.visit_signature(signature);
        self.paths(item, paths, attributes);
    }

    fn ty(&mut self, item: &str, ty: &Type, attributes: &[Attribute]) {
        let mut paths = Paths::default();
        paths.visit_type(ty);
        self.paths(item, paths, attributes);
    }

    fn paths(&mut self, item: &str, paths: Paths, attributes: &[Attribute]) {
        let feature = self.feature_at(attributes);
        for path in paths.0 {
            let path = self.resolved(&path);
            self.interface.add(item, path, feature.clone());
        }
    }

    /// The traits that are derived, with the features that they are behind.
    fn derives(&mut self, item: &str, attributes: &[Attribute]) {
        // A type that names nothing is there as well.
        self.interface.names.entry(item.to_owned()).or_default();
        for attribute in attributes {
            let Ok(list) = attribute.meta.require_list() else {
                continue;
            };
            let tokens = list.tokens.to_string().replace(' ', "");
            let feature = tokens
                .strip_prefix("feature=\"")
                .and_then(|rest| rest.split_once('"'));
            let (feature, derives) = match feature {
                Some((feature, rest)) if attribute.path().is_ident("cfg_attr") => {
                    let derives = rest.split_once("derive(").map(|(_, rest)| rest);
                    (Some(feature.to_owned()), derives)
                }
                _ if attribute.path().is_ident("derive") => (None, Some(tokens.as_str())),
                _ => continue,
            };
            let derives = derives.and_then(|it| it.split(')').next());
            for name in derives.into_iter().flat_map(|it| it.split(',')) {
                let path = self.resolved(name);
                self.interface
                    .add(&format!("impl {item}"), path, feature.clone());
            }
        }
    }

    fn feature_at(&self, attributes: &[Attribute]) -> Option<String> {
        feature_of(attributes).or_else(|| self.feature.clone())
    }

    /// A path with what its first name stands for.
    fn resolved(&self, path: &str) -> String {
        let (first, rest) = match path.split_once("::") {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        match (self.imports.get(first), rest) {
            (Some(full), Some(rest)) => format!("{full}::{rest}"),
            (Some(full), None) => full.clone(),
            (None, _) => path.to_owned(),
        }
    }
}

/// The paths in a piece of syntax.
#[derive(Default)]
struct Paths(Vec<String>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|it| it.ident.to_string());
        self.0.push(names.collect::<Vec<_>>().join("::"));
        visit::visit_path(self, path);
    }
}

/// The feature of a `cfg` that names one alone.
fn feature_of(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::List(list) = &attribute.meta else {
            return None;
        };
        let tokens = list.tokens.to_string().replace(' ', "");
        let feature = tokens.strip_prefix("feature=\"")?.strip_suffix('"')?;
        list.path.is_ident("cfg").then(|| feature.to_owned())
    })
}

fn is_public(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    matches!(visibility, Visibility::Public(_)) && !is_hidden(attributes)
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    says(attributes, "doc", "hidden")
}

fn is_test(attributes: &[Attribute]) -> bool {
    says(attributes, "cfg", "test")
}

fn says(attributes: &[Attribute], name: &str, value: &str) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.path.is_ident(name) && list.tokens.to_string() == value)
    })
}
