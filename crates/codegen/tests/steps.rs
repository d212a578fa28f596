//! Each step of the pipeline against golden files, for one description that has a bit of everything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use keyholder_codegen::{self as codegen, Destination, Input};
use keyholder_describe::specs;
use keyholder_openapi::lower::{self, Lowered};
use keyholder_openapi::{load, overlay, select};
use serde_json::{Value, json};
use similar::TextDiff;

const UPDATE: &str = "UPDATE_GOLDEN";

#[test]
fn load_and_overlay() {
    let overlaid = overlaid();
    compare([("overlaid.json", pretty(&overlaid))]);

    let address = "/paths/~1people~1self/get/responses/200/content/application~1json; charset=utf-8/schema/properties/address/properties";
    let address = overlaid.pointer(address).unwrap();
    assert_eq!(address["country"]["enum"], json!(["ch", "no", "y"]));
    assert_eq!(address["1st-line"], address["2nd-line"]);
}

#[test]
fn select_keeps_what_the_operation_reaches() {
    let selected = selected();
    compare([("selected.json", pretty(&selected))]);

    assert!(
        lower::lower(&overlaid()).is_err(),
        "the description is to have a component that cannot be mended"
    );
    for gone in ["Broken", "Nowhere", "Unused", "/anvils", "webhooks"] {
        assert!(!selected.to_string().contains(gone), "{gone} is there");
    }
}

#[test]
fn lower_to_3_0() {
    let lowered = lowered();
    let loosened: String = lowered
        .loosened
        .iter()
        .map(|it| format!("{} {}: {}\n", it.pointer, it.keyword, it.reason))
        .collect();
    compare([
        ("lowered.json", pretty(&lowered.document)),
        ("loosened.txt", loosened),
    ]);
}

#[test]
fn generate_each_file() {
    let files = generated_files();
    compare(
        files
            .iter()
            .map(|(path, content)| (path.as_str(), content.clone())),
    );
    let wanted: BTreeSet<_> = files.iter().map(|(path, _)| golden(path)).collect();
    for file in files_below(&golden("crates")) {
        if !wanted.contains(&file) {
            assert!(
                is_update(),
                "{} is not generated any more; remove it, or run the tests with {UPDATE}=1",
                file.display()
            );
            fs::remove_file(file).unwrap();
        }
    }
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    assert_eq!(generated_files(), generated_files());
}

fn overlaid() -> Value {
    let spec = spec();
    let published = load::load(&spec.description).unwrap();
    let corrections = load::load(&spec.overlay.unwrap()).unwrap();
    overlay::overlay(published, &corrections).unwrap()
}

fn selected() -> Value {
    let overlaid = overlaid();
    let marked = keyholder_describe::marked(&overlaid).unwrap();
    let selected = select::select(&overlaid, marked.path, marked.method, &[]).unwrap();
    selected.document
}

fn lowered() -> Lowered {
    lower::lower(&selected()).unwrap()
}

/// The crate of the provider and the facade, by the paths of their golden files.
fn generated_files() -> Vec<(String, String)> {
    let root = tempfile::tempdir().unwrap();
    let crates = root.path().join("crates");
    fs::create_dir(&crates).unwrap();
    let manifest = here().join("workspace.toml");
    fs::copy(manifest, root.path().join("Cargo.toml")).unwrap();
    let destination = Destination::member(root.path(), &crates).unwrap();
    let input = Input {
        provider: "acme",
        document: lowered().document,
        hash: "of both files",
        version: None,
    };
    let generated = codegen::generate(input, &destination).unwrap();
    let files = destination.files(vec![generated]).unwrap();
    files
        .into_iter()
        .map(|(path, content)| (format!("crates/{}.golden", path.display()), content))
        .collect()
}

fn spec() -> specs::Spec {
    let specs = specs::specs(&here()).unwrap();
    specs
        .into_iter()
        .find(|spec| spec.provider == "acme")
        .unwrap()
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn golden(path: &str) -> PathBuf {
    here().join("acme").join(path)
}

fn is_update() -> bool {
    std::env::var_os(UPDATE).is_some_and(|value| value != "0")
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Fails with a diff of all files that are not as they were, or writes them anew.
fn compare<'a>(files: impl IntoIterator<Item = (&'a str, String)>) {
    let mut diffs = String::new();
    for (path, actual) in files {
        let file = golden(path);
        if is_update() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            if fs::read_to_string(&file).ok().as_ref() != Some(&actual) {
                fs::write(&file, actual).unwrap();
            }
            continue;
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        let diff = TextDiff::from_lines(&expected, &actual)
            .unified_diff()
            .header(&format!("golden/acme/{path}"), "what comes out now")
            .to_string();
        diffs.push_str(&diff);
    }
    assert!(
        diffs.is_empty(),
        "\n{diffs}\nIf that is what it should be, write the golden files anew and read the diff:\n    \
         {UPDATE}=1 cargo test -p keyholder-codegen --test steps\n"
    );
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
