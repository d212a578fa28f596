//! `generate`: progenitor's types and mocks, the client around them, and its package.

use std::collections::BTreeMap;

use serde_json::Value;

use keyholder_describe::servers;
use keyholder_openapi::Result;

use crate::package::Marker;
use crate::{
    Destination, about, example, files, names, operation, progenitor, rust, secrets, tolerance,
    unions,
};

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
    /// What code that calls the client has to name.
    pub interface: Interface,
    /// What of the description was left out, a line each.
    pub remarks: Vec<String>,
}

/// The names by which code calls a generated client.
#[derive(Clone, Debug)]
pub struct Interface {
    /// The client's method that asks the operation.
    pub function: String,
    /// The arguments of a call that asks for nothing but the answer, as Rust.
    pub arguments: String,
    /// The type of the documented errors.
    pub error_type: String,
    /// Its variants, and whether each holds a body.
    pub errors: Vec<(String, bool)>,
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
pub fn generate(input: Input<'_>, destination: &Destination) -> Result<Generated> {
    let reading = keyholder_describe::read(input.provider, &input.document)?;
    let remarks = reading.remarks.clone();
    let server = servers::servers(&input.document, &reading.pointer);
    let mut document = input.document;
    let secret = secrets::mark(&mut document);
    let (document, mut schemas) = names::Schemas::take(document);
    let operation = operation::read(&document, reading, &mut schemas)?;
    let examples = example::examples(&operation, &schemas);
    let root = operation.success.type_name.as_deref();
    let closed = unions::prepare(&mut schemas, root, secret.as_deref());
    schemas.values_mut().for_each(tolerance::tolerate);

    let shown = progenitor::Shown {
        document: &document,
        operation: &operation,
        schemas: &schemas,
        secret: secret.as_deref(),
    };
    let types = progenitor::types(&shown)?;
    let mocks = progenitor::mocks(&shown)?;
    let generated = rust::split(rust::parse(types)?, &closed)?;

    let about = about::About::new(&document, &operation, server.missing);
    let marker = Marker::of_provider(input.provider, input.hash, destination.command());
    let arguments = files::no_arguments(&operation, &generated.rest);
    let mut files = Files::new();
    files.insert(
        "src/types.rs".to_owned(),
        marker.rust(&files::types(&generated.types))?,
    );
    files.insert(
        "src/client.rs".to_owned(),
        marker.rust(&files::client(&about, &operation, &generated.rest)?)?,
    );
    files.insert(
        "src/error.rs".to_owned(),
        marker.rust(&files::errors(&operation))?,
    );
    files.insert(
        "src/mock.rs".to_owned(),
        marker.rust(&files::mock(mocks, &operation, secret.is_some())?)?,
    );
    files.insert(
        "src/examples.rs".to_owned(),
        marker.rust(&files::examples(&examples))?,
    );
    files.insert(
        "src/provider.rs".to_owned(),
        marker.rust(&files::provider(&about)?)?,
    );
    let parameters = files::parameters(&about);
    if let Some(parameters) = &parameters {
        files.insert("src/parameters.rs".to_owned(), marker.rust(parameters)?);
    }
    files.insert(
        "src/lib.rs".to_owned(),
        marker.rust(&files::root(
            &operation,
            secret.is_some(),
            parameters.is_some(),
        ))?,
    );
    files.insert(
        "Cargo.toml".to_owned(),
        marker.toml(&files::manifest(&about, destination)?),
    );
    files.insert(
        "README.md".to_owned(),
        marker.markdown(&files::readme(
            &about,
            &operation,
            &arguments,
            secret.is_some(),
        )?),
    );
    let errors = operation.errors.iter();
    let interface = Interface {
        function: operation.function.clone(),
        arguments,
        error_type: files::error_type(&operation),
        errors: errors
            .map(|error| (error.variant.clone(), error.type_name.is_some()))
            .collect(),
    };
    Ok(Generated {
        files,
        interface,
        remarks,
        provider: about.into_provider(),
    })
}
