//! `Cargo.toml`.

use toml::Value;

use keyholder_openapi::Result;

use crate::Destination;
use crate::about::About;
use crate::toml_file::TomlFile;

/// `Cargo.toml`.
///
/// # Errors
///
/// As [`TomlFile::finish`].
pub(crate) fn manifest(about: &About, destination: &Destination) -> Result<String> {
    let name = &about.info.name;
    let description = format!(
        "Whose key is this? A typed client for {} that answers whoami().",
        about.info.title
    );
    let keyword: String = name.chars().take(20).collect();
    let optional = [("optional", Value::from(true))];
    let runtime = [("features", Value::from(vec!["macros", "rt-multi-thread"]))];

    let mut file = TomlFile::default();
    file.section("package")
        .set("name", format!("keyholder-{name}"))
        .set("description", description)
        .extend(destination.package_entries(&about.version))
        .set("readme", "README.md")
        .set(
            "keywords",
            vec![&keyword, "whoami", "api-client", "openapi"],
        )
        .set("categories", vec!["api-bindings", "authentication"]);
    file.section("package.metadata.docs.rs")
        .set("all-features", true);
    file.section("features")
        .set("default", vec!["rustls"])
        .comment("TLS by rustls, with the platform's certificates. Without it, enable a TLS feature of reqwest's yourself.")
        .set("rustls", vec!["keyholder-core/rustls"])
        .comment("The same with ring in place of aws-lc: it builds faster and is smaller.")
        .set("rustls-ring", vec!["keyholder-core/rustls-ring"])
        .comment("A client for programs without an async runtime, in the module `blocking`.")
        .set("blocking", vec!["keyholder-core/blocking"])
        .comment("Typed mocks, in the module `mock`.")
        .set("httpmock", vec!["dep:httpmock", "dep:regex"])
        .comment("`JsonSchema` for the provider's types and the identity.")
        .set("schemars", vec!["dep:schemars", "keyholder-core/schemars"]);
    file.section("dependencies").extend([
        destination.dependency_entry("httpmock", 2, &optional),
        destination.dependency_entry("keyholder-core", 2, &[]),
        destination.dependency_entry("regex", 2, &optional),
        destination.dependency_entry("schemars", 2, &optional),
        destination.dependency_entry("serde", 2, &[]),
        destination.dependency_entry("serde_json", 2, &[]),
    ]);
    file.section("dev-dependencies")
        .extend([destination.dependency_entry("tokio", 2, &runtime)]);
    file.section("lints.rust")
        .set("unsafe_code", "forbid")
        .set("missing_docs", "warn");
    file.finish()
}
