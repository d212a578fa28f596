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
        .extend(destination.package_entries(destination.version()))
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
        .comment("The same with ring in place of aws-lc: it builds faster and is smaller.")
        .set("rustls-ring", vec!["keyholder-core/rustls-ring"])
        .comment("Every provider.")
        .set("all", names().collect::<Vec<_>>())
        .extend(names().map(|name| (name, Value::from(vec![format!("dep:keyholder-{name}")]))))
        .comment("The providers' typed mocks.")
        .set("httpmock", feature_of_each("httpmock"))
        .comment("`JsonSchema` for the identity and the providers' types.")
        .set("schemars", schemars.concat())
        .comment("Many keys in one call: `Checker`.")
        .set("stream", vec!["dep:keyholder-check"]);
    let of_provider = |provider: &Provider| {
        let name = &provider.name;
        let dependency = Table::from_iter([
            ("version".to_owned(), Value::from(provider.version.as_str())),
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
        .extend(providers.iter().map(of_provider));
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
    let module = names::function_name(name);
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
use keyholder::{{Client, Config, Verdict, WhoAmI, provider}};

let config = Config::new(std::env::var("{token_variable}")?){own_base_url};
let client = Client::new(provider("{name}")?, config)?;
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
# async fn main() -> Result<(), keyholder::Error> {{
use futures_util::{{StreamExt, stream}};
use keyholder::{{Checker, Key, provider}};

let {module} = provider("{name}")?;
let found = stream::iter([("config.py:3", "key-1"), (".env:17", "key-2")]);
let keys = found.map(|(place, token)| Key::new(place, {module}, token));
let mut verdicts = Checker::new().concurrency(16).check(keys);
while let Some(checked) = verdicts.next().await {{
    println!("{{}}: {{}}", checked.tag, checked.verdict.as_str());
}}
# Ok(())
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
    let docs = providers.iter().map(|provider| {
        let endpoint = markdown::code(&provider.endpoint);
        format!(" {}: {endpoint}.", markdown::escape(&provider.title))
    });
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

        use std::sync::LazyLock;

        #[cfg(feature = "stream")]
        pub use keyholder_check::{self as check, Checked, Checker, Key, Verdicts};
        pub use keyholder_core::{
            Authentication, BoxFuture, Client, Config, Error, ErrorKind, HttpClients, Identity, Limit, Limited,
            Operation, Organization, Permission, Provider, ProviderInfo, Quota, Reason, Retry, SubjectType,
            Timestamp, Token, TokenInfo, Verdict, VerdictKind, WhoAmI, http_client_builder,
        };
        #(
            #[doc = #docs]
            #[cfg(feature = #features)]
            pub use #crates as #modules;
        )*

        static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
            vec![
                #(#[cfg(feature = #features)] #modules::PROVIDER.clone(),)*
            ]
        });

        /// The providers whose features are enabled, by name.
        ///
        /// Each is data: [`Client`] asks any of them, and those that a program has read from descriptions itself.
        #[must_use]
        pub fn providers() -> &'static [Provider] {
            &PROVIDERS
        }

        /// The provider of that name, as in features and on the command line.
        ///
        /// # Errors
        ///
        /// There is none, or its feature is not enabled.
        pub fn provider(name: &str) -> Result<&'static Provider, Error> {
            let mut all = providers().iter();
            all.find(|provider| provider.name == name).ok_or_else(|| {
                let known: Vec<_> = providers().iter().map(|it| it.name.as_str()).collect();
                Error::config(format!("there is no provider {name:?}; there is: {}", known.join(", ")))
            })
        }

        /// Answers of the provider of that name, as its description gives them: status and body, the success first. None
        /// where there is no such provider.
        #[must_use]
        pub fn examples(name: &str) -> &'static [(u16, &'static str)] {
            match name {
                #(#[cfg(feature = #features)] #features => #modules::examples::EXAMPLES,)*
                _ => &[],
            }
        }
    }
}
