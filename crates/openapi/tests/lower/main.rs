//! The lowering of OpenAPI 3.1 to 3.0, through its public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
// What is written out in place reads better without borrows, and tables are long.
#![allow(clippy::needless_pass_by_value, clippy::too_many_lines)]

mod annotations;
mod applicators;
mod arrays;
mod assertions;
mod documents;
mod null;
mod objects;
mod references;
mod refusals;
mod soundness;
mod totality;
mod values;
mod version_3_0;

use std::collections::BTreeSet;

use keyholder_openapi::lower::{Lowered, lower};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// A document with components of these schemas.
fn document(version: &str, schemas: Value) -> Value {
    let mut document = json!({
        "openapi": version,
        "info": { "title": "Test", "version": "1" },
        "paths": {},
        "components": { "schemas": schemas },
    });
    // Something to refer to.
    let components = document["components"]["schemas"].as_object_mut().unwrap();
    components
        .entry("Pet")
        .or_insert_with(|| json!({ "type": "object" }));
    document
}

/// The document, lowered, after what holds for every one: `openapiv3` parses it, and lowering it again
/// changes nothing.
fn lowered(source: &Value) -> Lowered {
    let lowered = lower(source).unwrap_or_else(|error| panic!("{error}\n{source:#}"));
    if let Err(error) = serde_json::from_value::<openapiv3::OpenAPI>(lowered.document.clone()) {
        panic!("{error}\n{:#}", lowered.document);
    }
    let again = lower(&lowered.document).unwrap();
    let (first, second) = (&lowered.document, &again.document);
    assert!(
        first == second,
        "{source:#}\nfirst\n{first:#}\nthen\n{second:#}"
    );
    assert_eq!(again.loosened, []);
    lowered
}

/// Whether progenitor generates code for the document that names no type twice.
fn generates(document: &Value) -> Result<(), String> {
    let document = serde_json::from_value(document.clone()).unwrap();
    let generate = || {
        progenitor_impl::Generator::default()
            .generate_tokens(&document)
            .map_err(|error| error.to_string())
    };
    let tokens = std::panic::catch_unwind(generate).map_err(|_| "panics".to_owned())??;
    let file: syn::File = syn::parse2(tokens).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(types) if types.ident == "types" => types.content,
        _ => None,
    });
    let mut names = BTreeSet::new();
    for item in types.unwrap().1 {
        let name = match item {
            syn::Item::Struct(item) => item.ident,
            syn::Item::Enum(item) => item.ident,
            _ => continue,
        };
        if !names.insert(name.to_string()) {
            return Err(format!("names two types {name}"));
        }
    }
    Ok(())
}

/// The pointers of what was loosened, within the schema `S` where it is in there.
fn pointers(lowered: &Lowered) -> Vec<&str> {
    let pointers = lowered
        .loosened
        .iter()
        .map(|loosened| loosened.pointer.as_str());
    pointers
        .map(|pointer| {
            pointer
                .strip_prefix("/components/schemas/S/")
                .unwrap_or(pointer)
        })
        .collect()
}

/// Asserts what the schema `S` of a document becomes, and where it is loosened.
#[track_caller]
fn assert_schema(version: &str, source: &Value, expected: &Value, loosened: &[&str]) {
    let lowered = lowered(&document(version, json!({ "S": source })));
    let schema = &lowered.document["components"]["schemas"]["S"];
    assert_eq!(schema, expected, "\n{source:#}\nbecame\n{schema:#}");
    assert_eq!(pointers(&lowered), loosened, "\n{source:#}");
    if let Err(error) = generates(&lowered.document) {
        panic!("progenitor {error}\n{:#}", lowered.document);
    }
}

/// Asserts what a schema of 3.1 becomes, accepting what it accepted.
#[track_caller]
fn lowers(source: Value, expected: Value) {
    assert_schema("3.1.0", &source, &expected, &[]);
}

/// Asserts what a schema of 3.1 becomes, and where it is loosened.
#[track_caller]
fn loosens(source: Value, expected: Value, loosened: &[&str]) {
    assert_schema("3.1.0", &source, &expected, loosened);
}

/// Asserts that a document is refused, where and how.
#[track_caller]
fn refuses(source: &Value, pointer: &str, message: &str) {
    let error = lower(source).expect_err("it is lowered");
    assert_eq!(error.pointer(), Some(pointer), "{error}");
    assert!(error.to_string().contains(message), "{error}");
}

/// Asserts that the schema `S` of a document is refused, where and how.
#[track_caller]
fn refuses_schema(schema: Value, place: &str, message: &str) {
    refuses(
        &document("3.1.0", json!({ "S": schema })),
        &format!("/components/schemas/S{place}"),
        message,
    );
}
