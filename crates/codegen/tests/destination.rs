//! Where crates go, and what their manifests take from there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use keyholder_codegen::{Destination, Generated, generate_from, write};
use keyholder_describe::specs;
use tempfile::TempDir;
use toml::{Table, Value};

/// The versions of where there is no workspace are those that this workspace has.
#[test]
fn published_versions_are_those_of_this_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let here = manifests(&Destination::member(&root, root.join("crates")).unwrap());
    let elsewhere = manifests(&Destination::standalone("out"));
    assert_eq!(here.len(), 2);
    for (file, manifest) in here {
        let published = &elsewhere[&file];
        for section in ["dependencies", "dev-dependencies"] {
            assert_eq!(
                without_paths(&published[section]),
                without_paths(&manifest[section]),
                "{}: mend crates/codegen/src/dependencies.rs",
                file.display()
            );
        }
        for key in ["version", "edition", "rust-version"] {
            assert_eq!(published["package"][key], manifest["package"][key], "{key}");
        }
    }
}

/// Whose the crates are, only a workspace can say.
#[test]
fn a_folder_of_its_own_names_no_owner() {
    let manifests = manifests(&Destination::standalone("out"));
    let package = manifests[Path::new("providers/acme/Cargo.toml")]["package"]
        .as_table()
        .unwrap();
    for key in ["license", "repository", "authors", "publish"] {
        assert!(!package.contains_key(key), "{key}");
    }
    let workspace = &manifests[Path::new("Cargo.toml")]["workspace"];
    assert_eq!(
        workspace["members"],
        Value::from(vec!["keyholder", "providers/*"])
    );
}

#[test]
fn package_keys_are_those_of_the_workspace() {
    let package = r#"
version = "1.2.3-rc.1"
edition = "2021"
rust-version = "1.90"
license = "LicenseRef-Ours"
repository = "https://example.com/ours"
authors = ["Us"]
publish = ["ours"]
"#;
    let place = Place::new(&format!(
        "[workspace]\nmembers = []\n[workspace.package]\n{package}homepage = \"https://example.com\"\n"
    ));
    let manifests = manifests(&place.member("clients"));
    assert!(!manifests.contains_key(Path::new("Cargo.toml")));
    for file in ["providers/acme/Cargo.toml", "keyholder/Cargo.toml"] {
        let package: Table = package.parse().unwrap();
        for (key, value) in package {
            let written = &manifests[Path::new(file)]["package"];
            assert_eq!(written[&key], value, "{file}: {key}");
        }
    }
    let facade = &manifests[Path::new("keyholder/Cargo.toml")]["dependencies"];
    assert_eq!(
        facade["keyholder-acme"]["version"],
        Value::from("1.2.3-rc.1")
    );
}

/// A workspace says where a dependency comes from; what of it is needed, generated code knows.
#[test]
fn dependencies_come_from_where_the_workspace_says() {
    let cases = [
        (
            r#"keyholder-core = { path = "vendor/core" }"#,
            r#"{ path = "../../../vendor/core", default-features = false }"#,
        ),
        (
            r#"keyholder-core = { path = "../core", version = "=0.1.0", features = ["rustls"] }"#,
            r#"{ path = "../../../../core", version = "=0.1.0", default-features = false }"#,
        ),
        (
            r#"keyholder-core = { path = "/srv/core", default-features = true }"#,
            r#"{ path = "/srv/core", default-features = false }"#,
        ),
        (
            r#"keyholder-core = { git = "https://example.com/core", rev = "abc" }"#,
            r#"{ git = "https://example.com/core", rev = "abc", default-features = false }"#,
        ),
        (
            r#"serde = "=1.0.100""#,
            r#"{ version = "=1.0.100", features = ["derive"] }"#,
        ),
        (
            r#"serde = { version = "1.0.100", default-features = false, features = ["rc"] }"#,
            r#"{ version = "1.0.100", features = ["derive"] }"#,
        ),
        (
            r#"schemars = { version = "1", package = "our-schemars", registry = "ours" }"#,
            r#"{ version = "1", package = "our-schemars", registry = "ours", optional = true }"#,
        ),
    ];
    for (named, expected) in cases {
        let place = Place::new(&format!("[workspace]\n[workspace.dependencies]\n{named}\n"));
        let (name, _) = named.split_once(" = ").unwrap();
        let manifests = manifests(&place.member("clients"));
        let written = &manifests[Path::new("providers/acme/Cargo.toml")]["dependencies"][name];
        let expected: Table = format!("it = {expected}").parse().unwrap();
        assert_eq!(*written, expected["it"], "{named}");
    }
}

/// The facade is a folder less deep, and the workspace may be named by its folder, by its manifest, from within, or by
/// a symbolic link.
#[test]
fn paths_are_relative_to_the_manifest_that_they_stand_in() {
    let place = Place::new(
        "[workspace]\n[workspace.dependencies]\nkeyholder-core = { path = \"vendor/core\" }\nkeyholder-check = { path = \"vendor/check\" }\n",
    );
    let root = place.path("");
    let mut names = vec![root.clone(), root.join("Cargo.toml"), root.join("src/..")];
    let out = root.join("gone/../a/b");
    fs::create_dir(root.join("src")).unwrap();
    #[cfg(unix)]
    {
        let link = place.0.path().join("link");
        std::os::unix::fs::symlink(&root, &link).unwrap();
        names.push(link);
    }
    for name in names {
        let destination = Destination::member(&name, &out).unwrap();
        let manifests = manifests(&destination);
        let path = |file: &str, name: &str| {
            manifests[Path::new(file)]["dependencies"][name]["path"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            path("providers/acme/Cargo.toml", "keyholder-core"),
            "../../../../vendor/core"
        );
        assert_eq!(
            path("keyholder/Cargo.toml", "keyholder-check"),
            "../../../vendor/check"
        );
        assert_eq!(
            path("keyholder/Cargo.toml", "keyholder-acme"),
            "../providers/acme"
        );
    }
}

/// Crates of a workspace that are written elsewhere stand on it from anywhere.
#[test]
fn a_detached_folder_has_absolute_paths_and_a_workspace() {
    let place = Place::new(
        "[workspace]\n[workspace.package]\nlicense = \"MIT\"\n[workspace.dependencies]\nkeyholder-core = { path = \"vendor/core\" }\n",
    );
    let root = place.path("").canonicalize().unwrap();
    let destination = Destination::detached(&root, place.0.path().join("elsewhere")).unwrap();
    let manifests = manifests(&destination);
    let acme = &manifests[Path::new("providers/acme/Cargo.toml")];
    assert_eq!(
        acme["dependencies"]["keyholder-core"]["path"].as_str(),
        root.join("vendor/core").to_str()
    );
    assert_eq!(acme["package"]["license"].as_str(), Some("MIT"));
    assert!(manifests.contains_key(Path::new("Cargo.toml")));
}

#[test]
fn what_is_no_workspace_is_refused() {
    let place = Place::new("[package]\nname = \"one\"\n");
    let cases = [
        (place.path(""), "clients", "has no [workspace]"),
        (place.path("gone"), "clients", "cannot be read: "),
        (place.path("clients/.."), "clients", "cannot be read: "),
    ];
    for (manifest, out, message) in cases {
        let error = Destination::member(&manifest, place.path(out)).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }

    let place = Place::new("[workspace]\n");
    for out in [
        place.0.path().join("beside"),
        place.path("../beside"),
        place.path(".."),
        place.path("gone/../../beside"),
    ] {
        let error = Destination::member(&place.path(""), &out).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("is not in the workspace"), "{error}");
    }
}

/// Crates of others may stand beside those of a workspace, and stay.
#[test]
fn a_folder_with_other_crates_is_taken_in_a_workspace_alone() {
    let place = Place::new("[workspace]\nmembers = [\"crates/*\"]\n");
    let own = "[package]\nname = \"own\"\n";
    place.write("crates/own/Cargo.toml", own);
    let alone = Destination::standalone(place.path("crates"));
    let error = alone.changes(vec![acme(&alone)]).unwrap_err().to_string();
    assert!(error.contains("it holds other things"), "{error}");

    apply(&place.member("crates"));
    assert_eq!(place.read("crates/own/Cargo.toml"), own);
    assert!(place.path("crates/providers/acme/Cargo.toml").exists());

    place.write("crates/providers/acme/Cargo.toml", own);
    let member = place.member("crates");
    let error = member.changes(vec![acme(&member)]).unwrap_err().to_string();
    assert!(
        error.contains("is in the way: it was not generated"),
        "{error}"
    );
}

#[test]
fn the_facade_is_left_out_and_removed() {
    let place = Place::new("[workspace]\n");
    apply(&place.member("clients"));
    assert!(place.path("clients/keyholder/Cargo.toml").exists());
    apply(&place.member("clients").without_facade());
    assert!(!place.path("clients/keyholder").exists());
    assert!(place.path("clients/providers/acme/Cargo.toml").exists());

    let alone = Destination::standalone("out").without_facade();
    let manifests = manifests(&alone);
    let workspace = &manifests[Path::new("Cargo.toml")]["workspace"];
    assert_eq!(workspace["members"], Value::from(vec!["providers/*"]));
}

/// A workspace of its own within another would keep the crates from being that one's members.
#[test]
fn a_folder_that_becomes_part_of_a_workspace_is_no_workspace_any_more() {
    let place = Place::new("[workspace]\n");
    apply(&Destination::standalone(place.path("clients")));
    assert!(place.path("clients/Cargo.toml").exists());
    let member = place.member("clients");
    apply(&member);
    assert!(!place.path("clients/Cargo.toml").exists());
    assert!(place.path("clients/providers/acme/Cargo.toml").exists());
    assert!(member.changes(vec![acme(&member)]).unwrap().is_empty());

    // Nobody's but ours goes: at the top of a workspace, the manifest is the user's.
    apply(&place.member(""));
    assert_eq!(place.read("Cargo.toml"), "[workspace]\n");
}

/// Files name the command that makes them again, and are known for ours whichever it was.
#[test]
fn files_name_the_command_that_writes_them() {
    let place = Place::new("[workspace]\n");
    apply(
        &place
            .member("clients")
            .written_by("cargo xtask clients --all"),
    );
    for file in [
        "providers/acme/Cargo.toml",
        "providers/acme/README.md",
        "providers/acme/src/lib.rs",
        "keyholder/src/lib.rs",
    ] {
        let text = place.read(&format!("clients/{file}"));
        let first = text.lines().next().unwrap();
        assert!(
            first.contains("run `cargo xtask clients --all` again."),
            "{first}"
        );
    }
    apply(&place.member("clients"));
    let text = place.read("clients/keyholder/src/lib.rs");
    let first = text.lines().next().unwrap();
    assert!(
        first.contains("run `keyholder-codegen codegen` again."),
        "{first}"
    );
}

/// A package brings the texts of its licences, which are its workspace's; other texts are not ours to replace.
#[test]
fn licences_are_copied_and_go_with_their_crate() {
    let place = Place::new("[workspace]\n");
    place.write("LICENSE", "Ours, 2026\n");
    place.write("LICENSE-MIT.txt", "MIT\n");
    place.write("UNLICENSED", "no licence\n");
    apply(&place.member("clients"));
    for folder in ["providers/acme", "keyholder"] {
        let read = |file: &str| place.read(&format!("clients/{folder}/{file}"));
        assert_eq!(read("LICENSE"), "Ours, 2026\n");
        assert_eq!(read("LICENSE-MIT.txt"), "MIT\n");
        let other = place.path(&format!("clients/{folder}/UNLICENSED"));
        assert!(!other.exists());
    }
    let member = place.member("clients");
    assert!(member.changes(vec![acme(&member)]).unwrap().is_empty());

    place.write("clients/providers/acme/LICENSE", "Somebody's\n");
    let error = member.changes(vec![acme(&member)]).unwrap_err().to_string();
    let expected = "acme/LICENSE: is in the way: it was not generated";
    assert!(error.contains(expected), "{error}");
    place.write("clients/providers/acme/LICENSE", "Ours, 2026\n");

    apply(&place.member("clients").without_facade());
    assert!(!place.path("clients/keyholder").exists());
}

/// A field in the overlay releases one crate.
#[test]
fn a_package_has_the_version_that_its_overlay_names() {
    let destination = Destination::standalone("out");
    let generated = generate_from(&versioned("1.4.0-rc.1").unwrap(), &destination).unwrap();
    let files = destination.files(vec![generated]).unwrap();
    let manifest = |file: &str| files[Path::new(file)].parse::<Table>().unwrap();
    let acme = manifest("providers/acme/Cargo.toml");
    assert_eq!(acme["package"]["version"].as_str(), Some("1.4.0-rc.1"));
    let facade = manifest("keyholder/Cargo.toml");
    assert_eq!(
        facade["package"]["version"].as_str(),
        Some(destination.version())
    );
    assert_eq!(
        facade["dependencies"]["keyholder-acme"]["version"].as_str(),
        Some("1.4.0-rc.1")
    );

    for wrong in [
        "1.4",
        "v1.4.0",
        "1.4.0\\n[lints]",
        "\"\"",
        "2024-01-01",
        "4",
        "{}",
    ] {
        let error = versioned(wrong).unwrap_err().to_string();
        assert!(
            error.contains("acme.overlay.yaml: at /info/x-package-version"),
            "{error}"
        );
        assert!(error.contains("is no version of a package"), "{error}");
    }
}

/// The golden description, whose overlay names this version of the package.
fn versioned(version: &str) -> keyholder_openapi::Result<keyholder_describe::Described> {
    let spec = specs::find("acme", &golden()).unwrap();
    let text = |file: &Path| fs::read_to_string(file).unwrap();
    let overlay = text(spec.overlay.as_deref().unwrap());
    let overlay = overlay.replacen(
        "info:\n",
        &format!("info:\n  x-package-version: {version}\n"),
        1,
    );
    keyholder_describe::Described::parse(&spec, &text(&spec.description), Some(&overlay))
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A folder with a workspace in it.
struct Place(TempDir);

impl Place {
    fn new(manifest: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("Cargo.toml", manifest);
        place
    }

    /// A path in the workspace.
    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("workspace").join(path)
    }

    fn write(&self, path: &str, content: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn member(&self, out: &str) -> Destination {
        Destination::member(&self.path(""), self.path(out)).unwrap()
    }
}

fn apply(destination: &Destination) {
    let changes = destination.changes(vec![acme(destination)]).unwrap();
    write::apply(&changes).unwrap();
}

/// The crate of the golden description.
fn acme(destination: &Destination) -> Generated {
    let described =
        keyholder_describe::Described::read(&specs::find("acme", &golden()).unwrap()).unwrap();
    generate_from(&described, destination).unwrap()
}

/// The manifests among the files.
fn manifests(destination: &Destination) -> BTreeMap<PathBuf, Table> {
    let files = destination.files(vec![acme(destination)]).unwrap();
    let manifests = files
        .into_iter()
        .filter(|(path, _)| path.ends_with("Cargo.toml"));
    manifests
        .map(|(path, content)| (path, content.parse().unwrap()))
        .collect()
}

fn without_paths(dependencies: &Value) -> Value {
    let mut dependencies = dependencies.clone();
    for (_, dependency) in dependencies.as_table_mut().unwrap() {
        if let Value::Table(dependency) = dependency {
            dependency.remove("path");
        }
    }
    dependencies
}
