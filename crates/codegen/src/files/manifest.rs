//! `Cargo.toml`.

use toml::Value;

use crate::Destination;
use crate::about::About;

/// `Cargo.toml`.
pub(crate) fn manifest(about: &About, destination: &Destination) -> String {
    let name = &about.name;
    let optional = ("optional", Value::from(true));
    let description = format!(
        "Whose key is this? A typed client for {} that answers whoami().",
        about.title
    );
    let keyword: String = name.chars().take(20).collect();
    let dependencies = [
        destination.dependency("httpmock", 2, std::slice::from_ref(&optional)),
        destination.dependency("keyholder-core", 2, &[]),
        destination.dependency("regex", 2, std::slice::from_ref(&optional)),
        destination.dependency("schemars", 2, std::slice::from_ref(&optional)),
        destination.dependency("serde", 2, &[]),
        destination.dependency("serde_json", 2, &[]),
    ]
    .concat();
    let tokio = destination.dependency(
        "tokio",
        2,
        &[("features", Value::from(vec!["macros", "rt-multi-thread"]))],
    );
    format!(
        r#"[package]
name = "keyholder-{name}"
description = {description}
{package}readme = "README.md"
keywords = ["{keyword}", "whoami", "api-client", "openapi"]
categories = ["api-bindings", "authentication"]

[package.metadata.docs.rs]
all-features = true

[features]
default = ["rustls"]
## TLS by rustls, with the platform's certificates. Without it, enable a TLS feature of reqwest's yourself.
rustls = ["keyholder-core/rustls"]
## Typed mocks, in the module `mock`.
httpmock = ["dep:httpmock", "dep:regex"]
## `JsonSchema` for the provider's types and the identity.
schemars = ["dep:schemars", "keyholder-core/schemars"]

[dependencies]
{dependencies}
[dev-dependencies]
{tokio}
[lints.rust]
unsafe_code = "forbid"
missing_docs = "warn"
"#,
        description = Value::from(description),
        package = destination.package(),
    )
}
