//! `generate`: progenitor's types and mocks, the client around them, and its package.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;
use syn::File;

use keyholder_describe::servers;
use keyholder_openapi::{Error, Result};

use crate::operation::{Functions, Operation};
use crate::package::Marker;
use crate::{
    Destination, about, example, files, merging, names, operation, progenitor, rust, secrets,
    tolerance, unions,
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
    /// The version of its package, if not that of the others.
    pub version: Option<&'a str>,
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
    /// The client's method that asks the operation which is asked first.
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
    /// The version of the package.
    pub version: String,
    /// The members of an identity that the provider tells, of those that not every provider does.
    pub tells: Vec<&'static str>,
}

/// Generates the crate of a provider with one operation.
///
/// # Errors
///
/// A description that there is no client for, with the pointer.
pub fn generate(input: Input<'_>, destination: &Destination) -> Result<Generated> {
    let documents = vec![input.document];
    let (provider, hash, version) = (input.provider, input.hash, input.version);
    generate_all(provider, documents, hash, version, destination).map_err(|(_, error)| error)
}

/// Generates the crate of a provider from a document for each of its operations, the one that is asked first before
/// others.
///
/// # Errors
///
/// As [`generate`], with the index of the document that it speaks of.
pub(crate) fn generate_all(
    provider: &str,
    mut documents: Vec<Value>,
    hash: &str,
    version: Option<&str>,
    destination: &Destination,
) -> std::result::Result<Generated, (usize, Error)> {
    let shown: Vec<_> = documents.iter().collect();
    let reading = keyholder_describe::read_all(provider, &shown)?;
    let (info, mut remarks) = (reading.info, reading.remarks);
    let in_first = |error| (0, error);
    let pointer = reading.operations.first().map_or("", |it| &it.pointer);
    let server = documents
        .first()
        .map(|first| servers::servers(first, pointer));

    let secret = secrets::name(&documents);
    let mut has_secrets = false;
    for document in &mut documents {
        has_secrets |= secrets::mark(document, &secret);
    }
    let secret = has_secrets.then_some(secret);
    let mut schemas = names::Schemas::default();
    let documents: Vec<_> = documents.into_iter().map(|it| schemas.add(it)).collect();
    let mut functions = Functions::default();
    let mut operations = Vec::new();
    let read = documents.iter().zip(&info.operations);
    for (index, ((document, info), reading)) in read.zip(reading.operations).enumerate() {
        let operation = operation::read(document, info, reading, &mut functions, &mut schemas);
        operations.push(operation.map_err(|error| (index, error))?);
    }
    let Some(document) = documents.first() else {
        return Err(in_first(Error::at("/paths", "has no operation")));
    };
    let roots = operations
        .iter()
        .filter_map(|it| it.success.type_name.clone());
    // Examples are of what is described, before it is made tolerant.
    let described = schemas.clone();
    let closed = unions::prepare(&mut schemas, &roots.collect(), secret.as_deref());
    schemas.spread_null();
    tolerance::require_declared(&mut schemas);
    schemas.values_mut().for_each(tolerance::tolerate);
    let bounded = merging::bound(&mut schemas);
    remarks.extend(bounded.iter().map(|name| unmerged(name)));

    let made = TypeMaker {
        document,
        secret: secret.as_deref(),
        schemas: &schemas,
    }
    .types(&mut operations);
    let (types, untyped) = made
        .or_else(|error| {
            // What types are merged of may be what there is no type for.
            let avoided = merging::avoid(&mut schemas);
            let maker = TypeMaker {
                document,
                secret: secret.as_deref(),
                schemas: &schemas,
            };
            let (types, mut untyped) = maker.types(&mut operations).map_err(|_| error)?;
            untyped.extend(avoided.iter().map(|name| unmerged(name)));
            Ok((types, untyped))
        })
        .map_err(in_first)?;
    remarks.extend(untyped);
    let Some((first, further)) = operations.split_first() else {
        return Err(in_first(Error::at("/paths", "has no operation")));
    };
    let examples = example::examples(first, &described);
    let further_examples: Vec<_> = further
        .iter()
        .map(|it| (it.function.as_str(), example::examples(it, &described)))
        .collect();
    let generated = rust::parse(types).and_then(|types| rust::split(types, &closed));
    let version = version.unwrap_or(destination.version());
    let missing = server.and_then(|it| it.missing);
    let about = about::About::new(document, info, first, missing, version);
    let parts = Parts {
        marker: Marker::of_provider(provider, hash, destination.command()),
        about,
        operations: &operations,
        generated: generated.map_err(in_first)?,
        examples: files::examples(&examples, &further_examples),
        first_examples: &examples,
        has_secrets,
    };
    let files = parts.files(destination).map_err(in_first)?;
    let errors = first.errors.iter();
    let interface = Interface {
        function: first.function.clone(),
        arguments: files::no_arguments(first, &parts.generated.rest),
        error_type: files::error_type(first),
        errors: errors
            .map(|error| (error.variant.clone(), error.type_name.is_some()))
            .collect(),
    };
    Ok(Generated {
        files,
        interface,
        remarks,
        provider: parts.about.into_provider(),
    })
}

/// What is said of a type with a part that is not merged.
fn unmerged(name: &str) -> String {
    format!(
        "the type {name} has a part that is any JSON: what it is made of cannot be merged, or is too much"
    )
}

/// What types are made of.
struct TypeMaker<'a> {
    document: &'a Value,
    secret: Option<&'a str>,
    schemas: &'a names::Schemas,
}

impl TypeMaker<'_> {
    /// The types of the operations' answers, with a remark for each error that there is no type for. Such an error has
    /// none then, and everything else has its own.
    ///
    /// # Errors
    ///
    /// There is no type for something else.
    fn types(&self, operations: &mut [Operation]) -> Result<(TokenStream, Vec<String>)> {
        let error = match self.of(operations) {
            Ok(types) => return Ok((types, Vec::new())),
            Err(error) => error,
        };
        let errors = operations.iter().flat_map(|it| &it.errors);
        let names: BTreeSet<_> = errors.filter_map(|it| it.type_name.clone()).collect();
        let mut untyped = names.clone();
        let mut types = self.of(&without(operations, &untyped)).map_err(|_| error)?;
        for name in names {
            untyped.remove(&name);
            match self.of(&without(operations, &untyped)) {
                Ok(more) => types = more,
                Err(_) => {
                    untyped.insert(name);
                }
            }
        }
        let mut remarks = Vec::new();
        for operation in operations.iter() {
            for error in &operation.errors {
                if error
                    .type_name
                    .as_ref()
                    .is_some_and(|it| untyped.contains(it))
                {
                    remarks.push(format!(
                        "the error {} of {} has no type: none can be made of its schema",
                        error.variant,
                        operation.endpoint()
                    ));
                }
            }
        }
        operations.clone_from_slice(&without(operations, &untyped));
        Ok((types, remarks))
    }

    fn of(&self, operations: &[Operation]) -> Result<TokenStream> {
        let mut schemas = self.schemas.clone();
        schemas.keep_reached(operations.iter().flat_map(Operation::references));
        progenitor::types(&progenitor::Shown {
            document: self.document,
            operations,
            schemas: &schemas,
            secret: self.secret,
        })
    }
}

/// The operations, with no types for errors of those names.
fn without(operations: &[Operation], names: &BTreeSet<String>) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    for error in operations.iter_mut().flat_map(|it| &mut it.errors) {
        error.type_name.take_if(|name| names.contains(name));
    }
    operations
}

/// What the files of a crate are made from.
struct Parts<'a> {
    marker: Marker,
    about: about::About,
    operations: &'a [Operation],
    generated: rust::Generated,
    examples: File,
    /// Answers of the operation that is asked first.
    first_examples: &'a [example::Example],
    has_secrets: bool,
}

impl Parts<'_> {
    fn files(&self, destination: &Destination) -> Result<Files> {
        let Self {
            marker,
            about,
            operations,
            generated,
            ..
        } = self;
        let parameters = files::parameters(about);
        let root = files::root(operations, self.has_secrets, parameters.is_some());
        let sources = [
            ("src/types.rs", files::types(&generated.types)),
            (
                "src/client.rs",
                files::client(about, operations, &generated.rest)?,
            ),
            (
                "src/blocking.rs",
                files::blocking(about, operations, &generated.rest)?,
            ),
            (
                "src/error.rs",
                files::errors(operations, &generated.types.sizes),
            ),
            (
                "src/mock.rs",
                files::mock(operations, &generated.rest, self.has_secrets)?,
            ),
            ("src/examples.rs", self.examples.clone()),
            ("src/provider.rs", files::provider(about)?),
            ("src/lib.rs", root),
        ];
        let parameters = parameters.map(|it| ("src/parameters.rs", it));
        let mut files = Files::new();
        for (path, file) in sources.into_iter().chain(parameters) {
            files.insert(path.to_owned(), marker.rust(&file)?);
        }
        files.insert(
            "Cargo.toml".to_owned(),
            marker.toml(&files::manifest(about, destination)?),
        );
        let examples = self.first_examples;
        let rest = &generated.rest;
        let readme = files::readme(about, operations, rest, examples, self.has_secrets)?;
        files.insert("README.md".to_owned(), marker.markdown(&readme));
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::TypeMaker;
    use crate::names::Schemas;
    use crate::operation::{self, Functions};

    #[test]
    fn an_error_without_a_type_leaves_the_others_theirs() {
        let answer = |name: &str| {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            json!({ "description": "", "content": { "application/json": { "schema": schema } } })
        };
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": "Acme", "version": "1" },
            "security": [{ "key": [] }],
            "paths": { "/me": { "get": {
                "operationId": "get_me",
                "responses": { "200": answer("Me"), "400": answer("Odd"), "401": answer("Plain") },
                "x-whoami": { "identity": "none", "token": { "env": "ACME_API_KEY" } },
            } } },
            "components": {
                "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
                "schemas": {
                    "Me": { "type": "object", "properties": { "id": { "type": "string" } } },
                    "Plain": { "type": "object", "properties": { "code": { "type": "string" } } },
                    // Nothing that lowering leaves.
                    "Odd": { "type": "array", "items": 5 },
                },
            },
        });
        let mut reading = keyholder_describe::read("acme", &document).ok();
        let mut schemas = Schemas::default();
        let document = schemas.add(document);
        let read = reading.as_mut().and_then(|reading| {
            let (at, info) = (reading.operations.pop()?, reading.info.whoami()?);
            let functions = &mut Functions::default();
            operation::read(&document, info, at, functions, &mut schemas).ok()
        });
        let mut operations: Vec<_> = read.into_iter().collect();
        let maker = TypeMaker {
            document: &document,
            secret: None,
            schemas: &schemas,
        };
        let types = maker.types(&mut operations);
        let remarks = types.map(|(_, remarks)| remarks);
        assert_eq!(
            remarks.ok(),
            Some(vec![
                "the error BadRequest of GET /me has no type: none can be made of its schema"
                    .to_owned()
            ])
        );
        let errors = operations.iter().flat_map(|it| &it.errors);
        let types: BTreeSet<_> = errors.map(|it| it.type_name.as_deref()).collect();
        assert_eq!(types, BTreeSet::from([None, Some("Plain")]));
    }
}
