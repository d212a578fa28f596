//! The public API of a generated crate, read from its source, and what two of them differ in.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Fields, FnArg, ImplItem, Item, ItemImpl, Meta, ReturnType, Signature, Token,
    TraitItem, Type, UseTree, Visibility,
};

use super::step::{Reason, Step};
use keyholder_codegen::Files;
use keyholder_openapi::{Error, Result};

/// What users of a crate can name, by its path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Api(BTreeMap<String, Entry>);

/// One thing that users can name, or rely on.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// What it is a part of.
    owner: Option<String>,
    /// What it is, without documentation and bodies.
    signature: String,
    /// The step that it asks where its owner was there without it.
    added: Step,
}

/// A module: its items, and whether others can see it.
struct Module {
    items: Vec<Item>,
    children: BTreeMap<String, (bool, Module)>,
}

impl Api {
    /// Reads the API of the crate that these files are.
    ///
    /// # Errors
    ///
    /// A file that is not Rust or TOML, or that is missing.
    pub(crate) fn read(files: &Files) -> Result<Self> {
        let root = Module::read(files, "lib")?;
        let mut api = Self::default();
        api.module(&root, "");
        api.features(files)?;
        Ok(api)
    }

    /// What changed from this API to a newer one, and the step that each change asks.
    pub(crate) fn changes(&self, newer: &Self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let has_owner = |api: &Self, entry: &Entry| {
            let owner = entry.owner.as_ref();
            owner.is_none_or(|owner| api.0.contains_key(owner))
        };
        for (path, before) in &self.0 {
            match newer.0.get(path) {
                Some(after) if after.signature == before.signature => {}
                Some(after) => reasons.push(Reason::new(
                    Step::Major,
                    format!(
                        "`{path}` is `{}`, not `{}`",
                        after.signature, before.signature
                    ),
                )),
                // What goes with its owner is told of with it.
                None if has_owner(newer, before) => {
                    reasons.push(Reason::new(Step::Major, format!("`{path}` is gone")));
                }
                None => {}
            }
        }
        for (path, after) in &newer.0 {
            if self.0.contains_key(path) || !has_owner(self, after) {
                continue;
            }
            // Whoever builds a struct or matches an enum in full has to know of every part.
            let is_exhaustive = after.added == Step::Minor
                && after.owner.as_ref().is_some_and(|owner| {
                    self.0.contains_key(&exhaustive(owner)) && is_part(&after.signature)
                });
            let step = if is_exhaustive {
                Step::Major
            } else {
                after.added
            };
            let text = match step {
                Step::Major => format!("`{path}` is new, and users have to mind it"),
                _ => format!("`{path}` is new"),
            };
            reasons.push(Reason::new(step, text));
        }
        reasons
    }

    fn insert(&mut self, path: String, owner: Option<&str>, signature: impl Into<String>) {
        self.insert_as(path, owner, signature, Step::Minor);
    }

    fn insert_as(
        &mut self,
        path: String,
        owner: Option<&str>,
        signature: impl Into<String>,
        added: Step,
    ) {
        let entry = Entry {
            owner: owner.map(str::to_owned),
            signature: signature.into(),
            added,
        };
        self.0.insert(path, entry);
    }

    fn module(&mut self, module: &Module, prefix: &str) {
        for (name, (is_public, child)) in &module.children {
            if *is_public {
                let path = join(prefix, name);
                self.insert(path.clone(), None, "mod");
                self.module(child, &path);
            }
        }
        for item in &module.items {
            if let Item::Use(item) = item
                && is_public(&item.vis)
            {
                self.import(module, prefix, &item.tree, &mut Vec::new());
            } else {
                self.item(module, item, prefix, None);
            }
        }
    }

    /// What a `pub use` makes nameable: the items of a module of the crate, or those of another crate.
    fn import(&mut self, module: &Module, prefix: &str, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.import(module, prefix, &tree.tree, path);
                path.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(module, prefix, tree, path);
                }
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.imported(module, prefix, path, &name, &name);
            }
            UseTree::Rename(rename) => {
                let (name, new) = (rename.ident.to_string(), rename.rename.to_string());
                self.imported(module, prefix, path, &name, &new);
            }
            UseTree::Glob(_) => match module.descendant(path) {
                Some(child) => self.module(child, prefix),
                None => {
                    let path = path.join("::");
                    self.insert(join(prefix, &format!("{path}::*")), None, "use");
                }
            },
        }
    }

    fn imported(&mut self, module: &Module, prefix: &str, path: &[String], name: &str, new: &str) {
        let Some(child) = module.descendant(path) else {
            let from = format!("{}::{name}", path.join("::"));
            self.insert(join(prefix, new), None, format!("use {from}"));
            return;
        };
        for item in &child.items {
            self.item(child, item, prefix, Some((name, new)));
        }
    }

    /// A public item; with `only`, none but that of this name, under another.
    fn item(&mut self, module: &Module, item: &Item, prefix: &str, only: Option<(&str, &str)>) {
        let path = |name: String| match only {
            Some((wanted, new)) => (wanted == name).then(|| join(prefix, new)),
            None => Some(join(prefix, &name)),
        };
        match item {
            Item::Struct(item) if is_public(&item.vis) => {
                let Some(path) = path(item.ident.to_string()) else {
                    return;
                };
                let generics = tidy(&item.generics);
                self.insert(path.clone(), None, format!("struct{generics}"));
                self.fields(&path, &item.fields, true);
                let is_open = is_non_exhaustive(&item.attrs)
                    || item.fields.iter().any(|field| !is_public(&field.vis));
                self.ways(&path, is_open);
                self.traits(module, &path, &item.ident.to_string(), &item.attrs);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.ident.to_string()) {
                    self.enumeration(&path, item, "enum", is_non_exhaustive(&item.attrs));
                    self.traits(module, &path, &item.ident.to_string(), &item.attrs);
                }
            }
            Item::Macro(item) => {
                let name = item
                    .mac
                    .path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string());
                let kind = match name.as_deref() {
                    Some("open_enum") => "enum that takes any value",
                    Some("closed_enum") => "enum that takes no other value",
                    _ => return,
                };
                // The macro makes it non-exhaustive.
                if let Ok(item) = syn::parse2::<syn::ItemEnum>(item.mac.tokens.clone())
                    && let Some(path) = path(item.ident.to_string())
                {
                    self.enumeration(&path, &item, kind, true);
                }
            }
            Item::Fn(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.sig.ident.to_string()) {
                    self.insert(path, None, signature(&item.sig));
                }
            }
            Item::Const(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.ident.to_string()) {
                    self.insert(path, None, format!("const: {}", tidy(&item.ty)));
                }
            }
            Item::Static(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.ident.to_string()) {
                    self.insert(path, None, format!("static: {}", tidy(&item.ty)));
                }
            }
            Item::Type(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.ident.to_string()) {
                    let (generics, ty) = (tidy(&item.generics), tidy(&item.ty));
                    self.insert(path, None, format!("type{generics} = {ty}"));
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                if let Some(path) = path(item.ident.to_string()) {
                    self.a_trait(&path, item);
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, path: &str, fields: &Fields, are_visible: bool) {
        for (index, field) in fields.iter().enumerate() {
            let is_visible = !are_visible || is_public(&field.vis);
            if is_visible {
                let name = field
                    .ident
                    .as_ref()
                    .map_or_else(|| index.to_string(), ToString::to_string);
                let field = format!("field: {}", tidy(&field.ty));
                self.insert(join(path, &name), Some(path), field);
            }
        }
    }

    fn enumeration(&mut self, path: &str, item: &syn::ItemEnum, kind: &str, is_open: bool) {
        let generics = tidy(&item.generics);
        self.insert(path.to_owned(), None, format!("{kind}{generics}"));
        for variant in &item.variants {
            let variant_path = join(path, &variant.ident.to_string());
            let fields = tidy(&variant.fields);
            self.insert(variant_path, Some(path), format!("variant{fields}"));
        }
        self.ways(path, is_open);
    }

    /// Whether a struct can be built, and a struct or an enum matched, in full.
    fn ways(&mut self, path: &str, is_open: bool) {
        if !is_open {
            self.insert(
                exhaustive(path),
                Some(path),
                "can be built and matched in full",
            );
        }
    }

    /// The traits of a type, its methods and its constants, derived or written in the module of the type.
    fn traits(&mut self, module: &Module, path: &str, name: &str, attributes: &[Attribute]) {
        for derived in derives(attributes) {
            self.insert(format!("{path}: {derived}"), Some(path), "implemented");
        }
        for item in &module.items {
            if let Item::Impl(item) = item
                && is_of(item, name)
            {
                self.implementation(path, item);
            }
        }
    }

    fn implementation(&mut self, path: &str, item: &ItemImpl) {
        if let Some((implemented, _)) = &item.trait_ {
            let name = tidy(implemented);
            self.insert(format!("{path}: {name}"), Some(path), "implemented");
            return;
        }
        for inner in &item.items {
            match inner {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let name = join(path, &function.sig.ident.to_string());
                    self.insert(name, Some(path), signature(&function.sig));
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    let name = join(path, &constant.ident.to_string());
                    let ty = tidy(&constant.ty);
                    self.insert(name, Some(path), format!("const: {ty}"));
                }
                _ => {}
            }
        }
    }

    fn a_trait(&mut self, path: &str, item: &syn::ItemTrait) {
        let (generics, bounds) = (tidy(&item.generics), tidy(&item.supertraits));
        self.insert(path.to_owned(), None, format!("trait{generics}: {bounds}"));
        for inner in &item.items {
            if let TraitItem::Fn(function) = inner {
                // Whoever implements the trait has to write what has no body.
                let added = if function.default.is_some() {
                    Step::Minor
                } else {
                    Step::Major
                };
                let name = join(path, &function.sig.ident.to_string());
                self.insert_as(name, Some(path), signature(&function.sig), added);
            }
        }
    }

    /// The features of the crate's manifest.
    fn features(&mut self, files: &Files) -> Result<()> {
        let manifest: toml::Table = files
            .get("Cargo.toml")
            .map_or("", String::as_str)
            .parse()
            .map_err(|error| Error::new(format!("the generated manifest is not TOML: {error}")))?;
        let features = manifest.get("features").and_then(toml::Value::as_table);
        for name in features.into_iter().flat_map(toml::Table::keys) {
            self.insert(format!("feature {name}"), None, "feature");
        }
        Ok(())
    }
}

impl Module {
    /// The module in `src/{path}.rs`, and those that it declares.
    fn read(files: &Files, path: &str) -> Result<Self> {
        let file = format!("src/{path}.rs");
        let text = files
            .get(&file)
            .ok_or_else(|| Error::new(format!("the generated crate has no {file}")))?;
        let parsed = syn::parse_file(text)
            .map_err(|error| Error::new(format!("the generated {file} is not Rust: {error}")))?;
        Self::of(files, parsed.items)
    }

    fn of(files: &Files, items: Vec<Item>) -> Result<Self> {
        let mut module = Self {
            items: Vec::new(),
            children: BTreeMap::new(),
        };
        for item in items {
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let child = match item.content {
                        Some((_, items)) => Self::of(files, items)?,
                        None => Self::read(files, &name)?,
                    };
                    module.children.insert(name, (is_public(&item.vis), child));
                }
                other => module.items.push(other),
            }
        }
        Ok(module)
    }

    /// The module at a path below this one; none for a path into another crate.
    fn descendant(&self, path: &[String]) -> Option<&Self> {
        let mut path = path
            .iter()
            .skip_while(|name| *name == "self" || *name == "crate");
        path.try_fold(self, |module, name| {
            module.children.get(name).map(|(_, child)| child)
        })
    }
}

fn exhaustive(path: &str) -> String {
    format!("{path} {{…}}")
}

/// Whether an entry is a field or a variant.
fn is_part(signature: &str) -> bool {
    signature.starts_with("field") || signature.starts_with("variant")
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}::{name}")
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_non_exhaustive(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

/// The traits that are derived, always or with a feature.
fn derives(attributes: &[Attribute]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in attributes {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        if list.path.is_ident("derive") {
            found.extend(paths(list.tokens.clone()));
        } else if list.path.is_ident("cfg_attr")
            && let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        {
            let condition = parts.first().map(tidy).unwrap_or_default();
            for part in parts.iter().skip(1) {
                if let Meta::List(list) = part
                    && list.path.is_ident("derive")
                {
                    let with = |name| format!("{name} with {condition}");
                    found.extend(paths(list.tokens.clone()).map(with));
                }
            }
        }
    }
    found
}

fn paths(tokens: TokenStream) -> impl Iterator<Item = String> {
    use syn::parse::Parser as _;
    let parser = Punctuated::<syn::Path, Token![,]>::parse_terminated;
    let parsed = parser.parse2(tokens);
    parsed.into_iter().flatten().map(|path| tidy(&path))
}

/// Whether an impl is of the type of that name, in the same module.
fn is_of(item: &ItemImpl, name: &str) -> bool {
    match &*item.self_ty {
        Type::Path(path) => {
            path.path.is_ident(name) || {
                let last = path.path.segments.last();
                path.path.segments.len() == 1 && last.is_some_and(|last| last.ident == name)
            }
        }
        _ => false,
    }
}

/// A function's signature, without the names of its arguments.
fn signature(signature: &Signature) -> String {
    let inputs: Vec<_> = signature
        .inputs
        .iter()
        .map(|input| match input {
            FnArg::Receiver(receiver) => tidy(receiver),
            FnArg::Typed(typed) => tidy(&typed.ty),
        })
        .collect();
    let output = match &signature.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => format!(" -> {}", tidy(ty)),
    };
    let marks = [
        signature.constness.is_some().then_some("const "),
        signature.asyncness.is_some().then_some("async "),
    ];
    let marks: String = marks.into_iter().flatten().collect();
    let generics = &signature.generics;
    let bounds = generics.where_clause.as_ref().map(tidy).unwrap_or_default();
    format!(
        "{marks}fn{}({}){output}{}{bounds}",
        tidy(generics),
        inputs.join(", "),
        if bounds.is_empty() { "" } else { " " },
    )
}

/// Tokens as a person writes them.
fn tidy(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("' ", "'"),
        (" ;", ";"),
        (" :", ":"),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(from, to);
    }
    text
}
