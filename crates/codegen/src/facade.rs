//! The facade: a feature for each provider, and the trait that all of them implement.

use keyholder_openapi::Result;
use quote::format_ident;
use syn::{File, parse_quote};
use toml::{Table, Value};

use crate::package::Marker;
use crate::toml_file::TomlFile;
use crate::{Destination, Files, Provider, markdown, names};

/// The files of the facade.
///
/// # Errors
///
/// A file that does not read as it was meant, which is a defect of this generator.
pub(crate) fn facade(providers: &[Provider], destination: &Destination) -> Result<Files> {
    let marker = Marker::of_all(destination.command());
    Ok(Files::from([
        (
            "Cargo.toml".to_owned(),
            marker.toml(&manifest(providers, destination)?),
        ),
        ("README.md".to_owned(), marker.markdown(&readme(providers))),
        ("src/lib.rs".to_owned(), marker.rust(&root(providers))?),
    ]))
}

fn manifest(providers: &[Provider], destination: &Destination) -> Result<String> {
    let names = || providers.iter().map(|provider| provider.name.as_str());
    let feature_of_each = |feature: &str| {
        let features = names().map(|name| format!("keyholder-{name}?/{feature}"));
        features.collect::<Vec<_>>()
    };
    let schemars = [
        vec!["keyholder-core/schemars".to_owned()],
        feature_of_each("schemars"),
    ];
    let optional = [("optional", Value::from(true))];
    let runtime = [("features", Value::from(vec!["macros", "rt-multi-thread"]))];

    let mut file = TomlFile::default();
    file.section("package")
        .set("name", "keyholder")
        .set(
            "description",
            "Whose key is this? One trait, WhoAmI, over typed clients for many APIs.",
        )
        .extend(destination.package_entries())
        .set(
            "keywords",
            vec![
                "whoami",
                "identity",
                "api-key",
                "secret-scanning",
                "openapi",
            ],
        )
        .set("categories", vec!["api-bindings", "authentication"]);
    file.section("package.metadata.docs.rs")
        .set("all-features", true);
    file.section("features")
        .set("default", vec!["rustls"])
        .comment("TLS by rustls, with the platform's certificates. Without it, enable a TLS feature of reqwest's yourself.")
        .set("rustls", vec!["keyholder-core/rustls"])
        .comment("Every provider.")
        .set("all", names().collect::<Vec<_>>())
        .extend(names().map(|name| (name, Value::from(vec![format!("dep:keyholder-{name}")]))))
        .comment("The providers' typed mocks.")
        .set("httpmock", feature_of_each("httpmock"))
        .comment("`JsonSchema` for the identity and the providers' types.")
        .set("schemars", schemars.concat())
        .comment("Many keys in one call: `Checker`.")
        .set("stream", vec!["dep:keyholder-check"]);
    let of_provider = |name: &str| {
        let dependency = Table::from_iter([
            ("version".to_owned(), Value::from(destination.version())),
            (
                "path".to_owned(),
                Value::from(format!("../providers/{name}")),
            ),
            ("default-features".to_owned(), Value::from(false)),
            ("optional".to_owned(), Value::from(true)),
        ]);
        (format!("keyholder-{name}"), Value::Table(dependency))
    };
    file.section("dependencies")
        .extend([
            destination.dependency_entry("keyholder-core", 1, &[]),
            destination.dependency_entry("keyholder-check", 1, &optional),
        ])
        .extend(names().map(of_provider));
    file.section("dev-dependencies").extend([
        destination.dependency_entry("futures-util", 1, &[]),
        destination.dependency_entry("tokio", 1, &runtime),
    ]);
    file.section("lints.rust")
        .set("unsafe_code", "forbid")
        .set("missing_docs", "warn");
    file.finish()
}

/// The README, whose examples are the crate's documentation tests: of the first provider.
fn readme(providers: &[Provider]) -> String {
    let Some(Provider {
        name,
        token_variable,
        base_url,
        ..
    }) = providers.first()
    else {
        return "# keyholder\n".to_owned();
    };
    let variant = names::type_name(name);
    let own_base_url = match base_url {
        Some(_) => String::new(),
        None => ".base_url(\"https://example.com\")".to_owned(),
    };
    format!(
        r#"# keyholder

Whose key is this? One trait, `WhoAmI`, over typed clients for many APIs, one feature each.

```rust,no_run
# #[cfg(feature = "{name}")]
# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
use keyholder::{{Config, Provider, Verdict}};

let provider: Provider = "{name}".parse()?;
let client = provider.client(Config::new(std::env::var("{token_variable}")?){own_base_url})?;
match client.verify().await {{
    Verdict::Valid(identity) => println!("{{:?}} {{:?}}", identity.sub, identity.email),
    Verdict::Invalid(error) => println!("no good: {{error}}"),
    Verdict::Indeterminate(error) => println!("nobody knows: {{error}}"),
}}
# Ok(())
# }}
# #[cfg(not(feature = "{name}"))]
# fn main() {{}}
```

Many keys are one call, with the feature `stream`: bounded in what is asked at once and in what is held, with a pause and a
rate for each server, and one answer for keys that are the same.

```rust,no_run
# #[cfg(all(feature = "stream", feature = "{name}"))]
# #[tokio::main]
# async fn main() {{
use futures_util::{{StreamExt, stream}};
use keyholder::{{Checker, Key, Provider}};

let found = stream::iter([("config.py:3", "a key"), (".env:17", "another")]);
let keys = found.map(|(place, token)| Key::new(place, Provider::{variant}, token));
let mut verdicts = Checker::new().concurrency(16).check(keys);
while let Some(checked) = verdicts.next().await {{
    println!("{{}}: {{}}", checked.tag, checked.verdict.as_str());
}}
# }}
# #[cfg(not(all(feature = "stream", feature = "{name}")))]
# fn main() {{}}
```
"#
    )
}

/// `src/lib.rs`.
fn root(providers: &[Provider]) -> File {
    let features: Vec<_> = providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    let titles = providers.iter().map(|provider| {
        let endpoint = markdown::code(&provider.endpoint);
        format!(" {}: {endpoint}.", markdown::escape(&provider.title))
    });
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
    parse_quote! {
        #![doc = include_str!("../README.md")]

        use std::fmt;
        use std::str::FromStr;

        #[cfg(feature = "stream")]
        pub use keyholder_check::{self as check, Checked, Checker, Key, Verdicts};
        pub use keyholder_core::{
            Answer, Authentication, BoxFuture, Config, Error, ErrorKind, HttpClients, Identity, Meaning,
            Operation, Organization, Permission, ProviderInfo, Quota, Retry, SubjectType, Token, TokenInfo,
            Verdict, VerdictKind, WhoAmI, http_client_builder,
        };
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

            /// The name, as in features and on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                self.info().name
            }

            /// A client for it, made as `config` says.
            ///
            /// # Errors
            ///
            /// A token or a base URL that cannot be used. Nothing is sent.
            pub fn client(self, config: Config) -> Result<Box<dyn WhoAmI>, Error> {
                self.connect()(config)
            }

            fn connect(self) -> Connect {
                match self {
                    #(#[cfg(feature = #features)] Self::#variants => |config| Ok(Box::new(#modules::Client::with_config(config)?)),)*
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

        type Connect = fn(Config) -> Result<Box<dyn WhoAmI>, Error>;

        impl fmt::Display for Provider {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for Provider {
            type Err = Error;

            /// The provider of that name.
            fn from_str(name: &str) -> Result<Self, Error> {
                let mut all = Self::ALL.iter().copied();
                all.find(|provider| provider.name() == name).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|provider| provider.name()).collect();
                    Error::config(format!("there is no provider {name:?}; there is: {}", known.join(", ")))
                })
            }
        }

        #[cfg(feature = "stream")]
        impl From<Provider> for check::Provider {
            fn from(provider: Provider) -> Self {
                Self::new(provider.info(), provider.connect())
            }
        }
    }
}
