//! Whoever depends on a provider's crate, or on the facade, can name all that it takes and gives.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use testing_api::Interface;

fn folder(name: &str) -> PathBuf {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/");
    PathBuf::from(crates).join(name)
}

fn read(name: &str) -> Interface {
    Interface::read(&folder(name)).unwrap()
}

/// The types of `core` that the interface of a crate comes to: those that it names, and those that these name in turn.
///
/// What only the members of a provider's data hold is left out: a program that looks at that depends on `core`, or names it as
/// the crate's `keyholder_core`.
fn reached(own: &Interface, core: &Interface) -> BTreeSet<String> {
    const DATA: [&str; 2] = ["Provider", "ProviderInfo"];
    let exports = core.items().map(|(name, _)| name);
    let known: BTreeSet<_> = exports.filter(|name| !name.contains(' ')).collect();
    let mut open: Vec<String> = Vec::new();
    let visit = |open: &mut Vec<String>, interface: &Interface, item: &str| {
        for named in interface.named(item) {
            let name = named.path.rsplit("::").next().unwrap();
            if known.contains(name) {
                open.push(name.to_owned());
            }
        }
    };
    for (item, _) in own.items() {
        visit(&mut open, own, item);
    }
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) && !DATA.contains(&name.as_str()) {
            visit(&mut open, core, &name);
        }
    }
    reached
}

#[test]
fn a_providers_crate_re_exports_what_it_takes_and_gives() {
    let core = read("core");
    let mut count = 0;
    for entry in fs::read_dir(folder("providers")).unwrap() {
        let path = entry.unwrap().path();
        let own = Interface::read(&path).unwrap();
        let exports = own.exports("keyholder_core");
        let reached = reached(&own, &core);
        // It has a client of its own.
        let missing: Vec<_> = reached
            .iter()
            .filter(|name| !exports.contains(name.as_str()) && *name != "Client")
            .collect();
        assert_eq!(missing, Vec::<&String>::new(), "{}", path.display());
        for name in [
            "SubjectType",
            "Organization",
            "Quota",
            "HttpClients",
            "Authentication",
        ] {
            assert!(reached.contains(name), "{name}: {reached:?}");
        }
        assert!(exports.contains("http_client_builder"));
        count += 1;
    }
    assert!(count >= 4);
}

#[test]
fn the_facade_re_exports_what_it_takes_and_gives() {
    let (core, check, own) = (read("core"), read("check"), read("keyholder"));
    let exports = own.exports("keyholder_core");
    for interface in [&own, &check] {
        let reached = reached(interface, &core);
        assert!(reached.contains("Provider"), "{reached:?}");
        let missing: Vec<_> = reached
            .iter()
            .filter(|name| !exports.contains(name.as_str()))
            .collect();
        assert_eq!(missing, Vec::<&String>::new());
    }
}
