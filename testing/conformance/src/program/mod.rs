//! The program that asks, through the generated clients and their own types.

use std::path::Path;

use serde_json::Value;

use keyholder_codegen::Interface;
use keyholder_openapi::Result;
use testing_harness::cargo::Cargo;
use testing_harness::program::{self, Program};

const MAIN: &str = include_str!("main.rs");

/// Writes the program to `folder`, builds it on the crates in `crates`, and asks it `questions`.
///
/// # Errors
///
/// A program that cannot be written, built or run.
pub(super) fn ask(
    cargo: &Cargo<'_>,
    folder: &Path,
    crates: &Path,
    providers: &[(&str, &Interface)],
    questions: &[Value],
) -> Result<Vec<Value>> {
    let dependencies = providers.iter().map(|(provider, _)| {
        let name = format!("keyholder-{provider}");
        program::dependency(&name, &crates.join("providers").join(provider), Vec::new())
    });
    let program = Program {
        name: "testing-conformance",
        dependencies: dependencies.collect(),
        files: &[("main.rs", MAIN), ("providers.rs", &source(providers))],
    };
    program.ask(cargo, folder, questions).map_err(|error| {
        error.with_help(
            "the crates must be as the descriptions make them: run `cargo xtask codegen`",
        )
    })
}

/// The part that names what differs between clients: their methods, and the variants of their errors.
fn source(providers: &[(&str, &Interface)]) -> String {
    let lines: String = providers
        .iter()
        .map(|(provider, interface)| {
            let errors = interface.errors.iter();
            let errors = errors.map(|(variant, has_body)| {
                format!("{variant}{}", if *has_body { "(body)" } else { "" })
            });
            format!(
                "    {provider:?}: keyholder_{}::{}({}), {} {{ {} }};\n",
                provider.replace('-', "_"),
                interface.function,
                interface.arguments,
                interface.error_type,
                errors.collect::<Vec<_>>().join(", ")
            )
        })
        .collect();
    format!("crate::providers! {{\n{lines}}}\n")
}
