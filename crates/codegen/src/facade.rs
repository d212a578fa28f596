//! The facade: a feature for each provider, and the trait that all of them implement.

use keyholder_openapi::Result;
use quote::format_ident;
use syn::{File, parse_quote};
use toml::{Table, Value};

use crate::package::Marker;
use crate::toml_file::TomlFile;
use crate::{Destination, Files, Provider, markdown, names, tells};

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
    let blocking = [
        vec!["keyholder-core/blocking".to_owned()],
        feature_of_each("blocking"),
    ];
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
        .comment("Clients for programs without an async runtime, in the modules `blocking`.")
        .set("blocking", blocking.concat())
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
    let tells = tells_table(providers);
    let further = further_ways(name, token_variable, &own_base_url);
    format!(
        r#"# keyholder

Whose key is this? One trait, `WhoAmI`, over typed clients for many APIs, one feature each.

```console
cargo add keyholder --features {name}
cargo add tokio --features macros,rt-multi-thread
```

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

A wrong "invalid" makes people destroy good keys: a token is invalid only when its provider refuses it, in a form in which that
provider refuses tokens. Everything else is indeterminate, and the error says what happened.

## Providers

What each tells of a token, as the members of an `Identity`. `verify()` tells good tokens from bad ones with all of them.

{tells}
`provider(name)` gives one by its name, `providers()` all that are enabled. Each has a module with a typed client of its own,
and a page of documentation there: which answers mean what, and how its key is sent.

{FEATURES}{further}## Many keys

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

/// What the README says of features.
const FEATURES: &str = "\
## Features

| feature | what it adds |
|---|---|
| `rustls` (default) | TLS with the platform's certificates |
| `rustls-ring` | the same with ring in place of aws-lc: it builds faster and is smaller |
| a provider's name | that provider; `all` is every one |
| `stream` | `Checker`: many keys in one call |
| `blocking` | `blocking`: clients for programs without an async runtime |
| `httpmock` | a module `mock` in each provider's: a server that plays the provider |
| `schemars` | `JsonSchema` for the identity and the providers' types |

";

/// What the README says of tests and of programs without an async runtime, with examples of one provider.
fn further_ways(name: &str, token_variable: &str, own_base_url: &str) -> String {
    format!(
        r#"A provider whose feature is off is told from one that there is not:

```rust
let told = |name| keyholder::provider(name).map_or_else(|error| error.to_string(), |it| it.name.clone());
# if cfg!(not(feature = "{name}")) {{
assert!(told("{name}").contains("enable the feature"));
# }}
assert!(told("nobody").contains("there is no provider"));
```

## In tests

`read_answer` says what a client makes of an answer, without a network. `examples(name)` has the description's own answers.

```rust,no_run
# #[cfg(feature = "{name}")]
# fn main() -> Result<(), keyholder::Error> {{
use keyholder::{{Answer, Client, Config, Verdict, WhoAmI, provider}};

let client = Client::new(provider("{name}")?, Config::new("a-token"){own_base_url})?;
let verdict = Verdict::from(client.read_answer(Answer::new(503, "")));
assert!(verdict.is_indeterminate());
# Ok(())
# }}
# #[cfg(not(feature = "{name}"))]
# fn main() {{}}
```

## Without an async runtime

An async call runs in a Tokio runtime with its I/O and its clock, which `enable_all` of its builder has. With the feature
`blocking`, the same clients wait for their answers, on any thread but one that runs async tasks:

```rust,no_run
# #[cfg(all(feature = "blocking", feature = "{name}"))]
# fn main() -> Result<(), Box<dyn std::error::Error>> {{
use keyholder::blocking::{{Client, WhoAmI}};
use keyholder::{{Config, provider}};

let config = Config::new(std::env::var("{token_variable}")?){own_base_url};
let client = Client::new(provider("{name}")?, config)?;
println!("{{}}", client.verify().as_str());
# Ok(())
# }}
# #[cfg(not(all(feature = "blocking", feature = "{name}")))]
# fn main() {{}}
```

"#
    )
}

/// A table of what each provider tells.
fn tells_table(providers: &[Provider]) -> String {
    let claims: String = tells::all().map(|claim| format!(" `{claim}` |")).collect();
    let line: String = tells::all().map(|_| "---|").collect();
    let mut table = format!("| provider | feature |{claims}\n|---|---|{line}\n");
    for provider in providers {
        let told: String = tells::all()
            .map(|claim| {
                if provider.tells.contains(&claim) {
                    " yes |"
                } else {
                    " |"
                }
            })
            .collect();
        let title = markdown::escape(&provider.title);
        table += &format!("| {title} | `{}` |{told}\n", provider.name);
    }
    table
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

        /// What every client shares: the rest of a provider's data, [`ProviderInfo`], is here.
        pub use keyholder_core;
        #[cfg(feature = "blocking")]
        pub use keyholder_core::blocking;
        #[cfg(feature = "stream")]
        pub use keyholder_check::{self as check, Checked, Checker, Key, Verdicts};
        pub use keyholder_core::{
            Answer, Authentication, BoxFuture, Client, Config, Encoding, Error, ErrorKind, HttpClients, Identity, Limit,
            Limited, NotAPointer, Operation, Organization, Part, Permission, Plan, PlannedRequest, Pointer,
            Provider, ProviderInfo, Quota, Reason, Retry, SubjectType, Timestamp, Token, TokenInfo, Verdict,
            VerdictKind, WhoAmI, http_client_builder,
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

        /// The features that enable providers, each by its provider's name.
        const FEATURES: &[&str] = &[#(#features),*];

        /// The provider of that name, as in features and on the command line.
        ///
        /// # Errors
        ///
        /// There is none, or its feature is not enabled: the message says which.
        pub fn provider(name: &str) -> Result<&'static Provider, Error> {
            let mut all = providers().iter();
            all.find(|provider| provider.name == name).ok_or_else(|| {
                Error::config(if FEATURES.contains(&name) {
                    format!("the provider {name:?} is not in this build: enable the feature {name:?} of the crate keyholder")
                } else {
                    format!("there is no provider {name:?}; there is: {}", FEATURES.join(", "))
                })
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
