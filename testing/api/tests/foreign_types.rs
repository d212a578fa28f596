//! The types and traits of other crates that the published crates have in their interfaces are those of a list.
//!
//! A new one is a promise: that crate's next major version is ours too. Write the list anew with
//! `UPDATE_FOREIGN_TYPES=1 cargo test -p testing-api`, and read what has changed.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use testing_api::Interface;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/foreign-types.txt");

/// What stands above the list.
const HEAD: &str = "\
# What the interfaces of the published crates have of crates that are not ours: the crate, what it names, what that is behind,
# and the items that name it. `impl` stands before a type that a trait is implemented for. CONTRIBUTING.md says what a change
# of it means. Written by `UPDATE_FOREIGN_TYPES=1 cargo test -p testing-api`.
";

/// Crates whose names stand before paths and are not foreign.
const OWN: [&str; 7] = [
    "std",
    "core",
    "alloc",
    "crate",
    "self",
    "super",
    "keyholder",
];

fn crates() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates"))
}

/// The crates that a folder's manifest depends on, as paths in Rust name them.
fn dependencies(folder: &Path) -> BTreeSet<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut is_in = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_in = line == "[dependencies]";
        } else if let Some((name, _)) = line.split_once(['=', '.', ' '])
            && is_in
            && !name.starts_with(['#', ' '])
        {
            names.insert(name.trim().replace('-', "_"));
        }
    }
    names
}

/// The lines of one crate.
fn lines(shown: &str, folder: &Path) -> BTreeSet<String> {
    let dependencies = dependencies(folder);
    let interface = Interface::read(folder).unwrap();
    let known: BTreeSet<_> = interface.items().map(|(item, _)| item.to_owned()).collect();
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (item, named) in interface.items() {
        // A trait that is implemented for what nobody can name is nobody's.
        if let Some(ty) = item.strip_prefix("impl ")
            && !known.contains(ty)
        {
            continue;
        }
        for named in named {
            let (first, _) = named.path.split_once("::").unwrap_or(("", ""));
            let is_ours = OWN.contains(&first) || first.starts_with("keyholder");
            if !is_ours && dependencies.contains(first) {
                let feature = named.feature.clone();
                let behind = feature.map_or_else(String::new, |it| format!(" [{it}]"));
                let items = found.entry((named.path.clone(), behind)).or_default();
                items.insert(item.to_owned());
            }
        }
    }
    let line = |((path, behind), items): ((String, String), BTreeSet<String>)| {
        let items: Vec<_> = items.into_iter().collect();
        // Each type of an answer is one of serde's.
        let items = if items.len() > 12 {
            "many".to_owned()
        } else {
            items.join(", ")
        };
        format!("{shown}: {path}{behind}: {items}")
    };
    found.into_iter().map(line).collect()
}

#[test]
fn the_foreign_types_are_those_of_the_list() {
    let mut found = BTreeSet::new();
    for name in ["core", "check", "keyholder"] {
        let shown = match name {
            "keyholder" => name.to_owned(),
            name => format!("keyholder-{name}"),
        };
        found.extend(lines(&shown, &crates().join(name)));
    }
    // Generated alike: of each, what names it differs.
    for entry in fs::read_dir(crates().join("providers")).unwrap() {
        let lines = lines("keyholder-<provider>", &entry.unwrap().path());
        found.extend(lines.iter().map(|line| {
            let (path, _) = line.rsplit_once(": ").unwrap();
            path.to_owned()
        }));
    }
    let mut text = HEAD.to_owned();
    for line in &found {
        text += line;
        text += "\n";
    }
    if std::env::var_os("UPDATE_FOREIGN_TYPES").is_some() {
        fs::write(LIST, &text).unwrap();
    }
    let list = fs::read_to_string(LIST).unwrap();
    let listed: BTreeSet<_> = list.lines().filter(|it| !it.starts_with('#')).collect();
    let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new: {new:#?}\ngone: {gone:#?}"
    );
}

#[test]
fn the_reader_sees_what_is_there() {
    let interface = Interface::read(&crates().join("core")).unwrap();
    let names = |item: &str, path: &str| {
        let named = interface.named(item);
        named.iter().any(|it| it.path == path)
    };
    // A function's argument, what it gives, what is hidden, a derive, an implementation, and what is behind a feature.
    assert!(names("Config", "reqwest::Client"));
    assert!(names("http_client_builder", "reqwest::ClientBuilder"));
    assert!(!names("Transport", "reqwest::Request"));
    assert!(names("impl Identity", "serde::Serialize"));
    assert!(names("impl Answer", "http::Response"));
    let schema = interface.named("impl Identity").iter();
    let mut schema = schema.filter(|it| it.path.ends_with("JsonSchema"));
    assert_eq!(schema.next().unwrap().feature.as_deref(), Some("schemars"));
}
