//! `generate`: progenitor's types and requests, the client around them, its identity, its mocks and its package.

mod about;
mod authentication;
mod claims;
mod example;
pub mod facade;
mod files;
mod names;
mod operation;
pub mod package;
mod rust;
mod tolerance;

use std::collections::BTreeMap;

use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::quote;
use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

pub use package::Workspace;

/// The files of a crate: path below its folder, and content.
pub type Files = BTreeMap<String, String>;

/// A description, ready to be generated from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The provider's name, as in the file names.
    pub provider: &'a str,
    /// The selected and lowered description.
    pub document: Value,
    /// The hash of the files that it came from.
    pub hash: &'a str,
}

/// A generated crate, and what the facade must know of it.
#[derive(Debug)]
pub struct Generated {
    /// The crate's files.
    pub files: Files,
    /// What the facade and the README say of the provider.
    pub provider: Provider,
}

/// What the facade and the README say of a provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The name, as in the file names.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// The variable that holds the token.
    pub token_variable: String,
    /// The base URL, where all users share one.
    pub base_url: Option<String>,
    /// The HTTP method and the path of the operation.
    pub endpoint: String,
}

/// Generates the crate of one provider.
///
/// # Errors
///
/// A description that there is no client for, with the pointer.
pub fn generate(input: Input<'_>, workspace: &Workspace) -> Result<Generated> {
    let (document, mut schemas) = names::Schemas::take(input.document);
    let operation = operation::read(&document, &mut schemas)?;
    let authentication = authentication::resolve(&document, &operation.object, &operation.pointer)?;
    let examples = example::examples(&operation, &schemas);
    schemas.values_mut().for_each(tolerance::tolerate);

    let requests = progenitor(
        &operation::request_document(&document, &operation, &schemas),
        Generator::generate_tokens,
    )?;
    let mocks = progenitor(
        &operation::mock_document(&document, &operation, &schemas),
        |generator, document| generator.httpmock(document, "crate"),
    )?;
    let generated = rust::split(rust::parse(requests)?)?;

    let about = about::About::new(input.provider, &document, &operation, authentication)?;
    let claims = claims::Mapping {
        types: rust::TypeIndex::new(&generated.types),
        at: format!("{}/x-whoami/identity", operation.pointer),
    }
    .statements(&operation.whoami.identity, &operation.success.type_name)?;
    let marker = package::Marker {
        provider: input.provider,
        hash: input.hash,
    };
    let mut files = Files::new();
    files.insert(
        "src/types.rs".to_owned(),
        marker.rust(&files::types(&generated.types)),
    );
    files.insert(
        "src/client.rs".to_owned(),
        marker.rust(&files::client(&about, &operation, &generated.rest)?),
    );
    files.insert(
        "src/requests.rs".to_owned(),
        marker.rust(&files::requests(generated.rest)),
    );
    files.insert(
        "src/identity.rs".to_owned(),
        marker.rust(&files::identity(&operation, &claims)),
    );
    files.insert(
        "src/error.rs".to_owned(),
        marker.rust(&files::errors(&operation)),
    );
    files.insert(
        "src/mock.rs".to_owned(),
        marker.rust(&files::mock(mocks, &operation)?),
    );
    files.insert(
        "src/examples.rs".to_owned(),
        marker.rust(&files::examples(&examples)),
    );
    files.insert(
        "src/provider.rs".to_owned(),
        marker.rust(&files::provider(&about, &operation)),
    );
    files.insert(
        "src/lib.rs".to_owned(),
        marker.rust(&files::root(&operation)),
    );
    files.insert(
        "Cargo.toml".to_owned(),
        marker.toml(&files::manifest(&about, workspace)),
    );
    files.insert(
        "README.md".to_owned(),
        marker.markdown(&files::readme(&about, &operation)),
    );
    Ok(Generated {
        files,
        provider: about.into_provider(),
    })
}

/// Runs progenitor on a document of OpenAPI 3.0.
fn progenitor(
    document: &Value,
    run: impl Fn(&mut Generator, &OpenAPI) -> progenitor_impl::Result<proc_macro2::TokenStream>,
) -> Result<proc_macro2::TokenStream> {
    let document = OpenAPI::deserialize(document)
        .map_err(|error| Error::new(format!("is not OpenAPI 3.0 after lowering: {error}")))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_inner_type(quote!(Transport))
        .with_hooks(HooksMode::Expected)
        .with_map_type("::std::collections::BTreeMap");
    run(&mut Generator::new(&settings), &document).map_err(|error| {
        Error::new(format!(
            "progenitor cannot generate from the description: {error}"
        ))
    })
}
