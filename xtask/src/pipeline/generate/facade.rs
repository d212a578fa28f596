//! The facade, where it lists the providers.

use quote::format_ident;
use syn::parse_quote;

use super::package::{MARK, UNFORMATTED, Workspace};
use super::{Files, Provider, names, rust};

/// The hand-written part of the facade, for folders other than its own.
const README: &str = include_str!("../../../../crates/keyholder/README.md");
const SOURCES: &[(&str, &str)] = &[
    (
        "src/lib.rs",
        include_str!("../../../../crates/keyholder/src/lib.rs"),
    ),
    (
        "src/stream/mod.rs",
        include_str!("../../../../crates/keyholder/src/stream/mod.rs"),
    ),
    (
        "src/stream/checker.rs",
        include_str!("../../../../crates/keyholder/src/stream/checker.rs"),
    ),
    (
        "src/stream/servers.rs",
        include_str!("../../../../crates/keyholder/src/stream/servers.rs"),
    ),
    (
        "src/stream/sharing.rs",
        include_str!("../../../../crates/keyholder/src/stream/sharing.rs"),
    ),
    (
        "src/stream/verdicts.rs",
        include_str!("../../../../crates/keyholder/src/stream/verdicts.rs"),
    ),
];

/// What the stream stands on: nobody pays for it who has no stream.
const OF_STREAM: &[&str] = &[
    "blake3",
    "futures-core",
    "futures-util",
    "getrandom",
    "governor",
    "lru",
    "serde_json",
];

/// The generated files of the facade.
pub fn facade(providers: &[Provider], workspace: &Workspace) -> Files {
    let mark = format!("{MARK} from the names in specs/. Do not edit: run it again.");
    Files::from([
        (
            "Cargo.toml".to_owned(),
            format!("# {mark}\n\n{}", manifest(providers, workspace)),
        ),
        (
            "src/providers.rs".to_owned(),
            format!("// {mark}\n{UNFORMATTED}\n\n{}", list(providers)),
        ),
    ])
}

/// The hand-written files, for a facade outside this workspace.
pub fn copied() -> Files {
    let mark = format!("{MARK}: a copy of the facade's own. Do not edit: run it again.");
    let sources = SOURCES
        .iter()
        .map(|(path, source)| ((*path).to_owned(), format!("// {mark}\n\n{source}")));
    let readme = format!("<!-- {mark} -->\n\n{README}");
    sources.chain([("README.md".to_owned(), readme)]).collect()
}

fn manifest(providers: &[Provider], workspace: &Workspace) -> String {
    let names: Vec<_> = providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    let each =
        |line: &dyn Fn(&str) -> String| names.iter().map(|name| line(name)).collect::<String>();
    let all = names
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ");
    let version = workspace.version();
    let dependencies = each(&|name| {
        format!(
            "keyholder-{name} = {{ version = \"{version}\", path = \"../{name}\", default-features = false, optional = true }}\n"
        )
    });
    let providers = each(&|name| format!("{name} = [\"dep:keyholder-{name}\"]\n"));
    let schemars = each(&|name| format!(", \"keyholder-{name}?/schemars\""));
    let httpmock = names
        .iter()
        .map(|name| format!("\"keyholder-{name}?/httpmock\""))
        .collect::<Vec<_>>()
        .join(", ");
    let optional = ("optional", toml::Value::from(true));
    let stream: Vec<_> = OF_STREAM
        .iter()
        .map(|name| workspace.dependency(name, std::slice::from_ref(&optional)))
        .collect();
    let of_stream = OF_STREAM
        .iter()
        .map(|name| format!("\"dep:{name}\", "))
        .collect::<String>();
    let features = |features: &[&str]| ("features", toml::Value::from(features.to_vec()));
    let tokio = workspace.dependency("tokio", &[features(&["time"]), optional]);
    format!(
        r#"[package]
name = "keyholder"
description = "Whose key is this? One trait, WhoAmI, over typed clients for many APIs."
{package}keywords = ["whoami", "identity", "api-key", "secret-scanning", "openapi"]
categories = ["api-bindings", "authentication"]

[package.metadata.docs.rs]
all-features = true

[features]
default = ["rustls"]
## TLS by rustls, with the platform's certificates. Without it, enable a TLS feature of reqwest's yourself.
rustls = ["keyholder-core/rustls"]
## Every provider.
all = [{all}]
{providers}## The providers' typed mocks.
httpmock = [{httpmock}]
## `JsonSchema` for the identity and the providers' types.
schemars = ["keyholder-core/schemars"{schemars}]
## Many keys in one call: `Checker`.
stream = [{of_stream}"dep:tokio"]

[dependencies]
{core}{dependencies}{stream}{tokio}
[dev-dependencies]
{development}
[lints.rust]
unsafe_code = "forbid"
missing_docs = "warn"
"#,
        package = workspace.package(),
        core = workspace.dependency("keyholder-core", &[]),
        stream = stream.concat(),
        development = [
            workspace.dependency("cap", &[]),
            workspace.dependency("futures-util", &[]),
            workspace.dependency("serde_json", &[]),
            workspace.dependency(
                "tokio",
                &[features(&[
                    "macros",
                    "rt-multi-thread",
                    "net",
                    "io-util",
                    "test-util"
                ])]
            ),
        ]
        .concat(),
    )
}

fn list(providers: &[Provider]) -> String {
    let features: Vec<_> = providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    let titles = providers
        .iter()
        .map(|provider| format!(" {}: `{}`.", provider.title, provider.endpoint));
    let variants: Vec<_> = features
        .iter()
        .map(|name| format_ident!("{}", names::type_name(name)))
        .collect();
    let modules: Vec<_> = features
        .iter()
        .map(|name| format_ident!("{}", names::function_name(name)))
        .collect();
    let crates: Vec<_> = features
        .iter()
        .map(|name| format_ident!("keyholder_{}", name.replace('-', "_")))
        .collect();
    rust::render(&parse_quote! {
        //! The providers.

        use crate::{Config, Error, ProviderInfo, WhoAmI};

        #(
            #[cfg(feature = #features)]
            pub use #crates as #modules;
        )*

        /// The providers whose features are enabled.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Provider {
            #(
                #[doc = #titles]
                #[cfg(feature = #features)]
                #variants,
            )*
        }

        impl Provider {
            /// All of them, by name.
            pub const ALL: &'static [Self] = &[
                #(#[cfg(feature = #features)] Self::#variants,)*
            ];

            /// What the description says of it.
            #[must_use]
            pub fn info(self) -> &'static ProviderInfo {
                match self {
                    #(#[cfg(feature = #features)] Self::#variants => &#modules::PROVIDER,)*
                }
            }

            /// A client for it, made as `config` says.
            ///
            /// # Errors
            ///
            /// A token or a base URL that cannot be used. Nothing is sent.
            #[allow(unused_variables)]
            pub fn client(self, config: Config) -> Result<Box<dyn WhoAmI>, Error> {
                match self {
                    #(#[cfg(feature = #features)] Self::#variants => Ok(Box::new(#modules::Client::with_config(config)?)),)*
                }
            }

            /// Answers as its description gives them: status and body, the success first.
            #[must_use]
            pub fn examples(self) -> &'static [(u16, &'static str)] {
                match self {
                    #(#[cfg(feature = #features)] Self::#variants => #modules::examples::EXAMPLES,)*
                }
            }
        }
    })
}
