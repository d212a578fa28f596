//! `README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::client::no_arguments;
use super::error::type_name as error_name;
use super::examples::name as examples_name;
use super::mock::reason;
use crate::about::About;
use crate::example::Example;
use crate::key;
use crate::markdown;
use crate::operation::Operation;
use keyholder_core::{KeyParameter, Limit, Meaning, Pointer, Rule, Scalar, Test, Text};
use keyholder_openapi::{Error, Result};
use syn::Item;

/// What the README says where answers have secrets.
const SECRETS: &str = "
A secret in an answer, such as another token, is a `Secret`: `Debug` and `Serialize` have `[REDACTED]` in its place.
`expose_secret()` gives it; `Exposed(&answer)` serialises with it.
";

/// `README.md`, whose examples are the crate's documentation tests.
///
/// # Errors
///
/// An example that is none of these, which is a defect of the generator.
pub(crate) fn readme(
    about: &About,
    operations: &[Operation],
    items: &[Item],
    examples: &[Example],
    has_secrets: bool,
) -> Result<String> {
    let operation = operations
        .first()
        .ok_or_else(|| Error::at("/paths", "has no operation"))?;
    let arguments = &no_arguments(operation, items);
    let name = &about.info.name;
    let title = markdown::escape(&about.info.title);
    let description = about
        .description
        .as_deref()
        .map(|text| format!("{}\n\n", markdown::prose(text).join("\n")))
        .unwrap_or_default();
    let base_url = base_url(about);
    let sent = sent(about) + &parameters(about);
    let methods = methods(about, operations);
    let errors = errors_tables(about, operations);
    let error = error_name(operation);
    let secrets = if has_secrets { SECRETS } else { "" };
    let sample = key::sample(&about.info);
    let is_run = if sample.is_usable { "" } else { ",no_run" };
    let snippets = [
        example_of_asking(about, operation, arguments),
        example_of_errors(about, operation, arguments),
        example_of_reading(about, examples, &sample),
        example_of_mocks(about, operation, arguments, &sample),
        example_of_blocking(about),
    ];
    let [asking, handling, reading, mocking, blocking] = &snippets;
    let readme = format!(
        r"# keyholder-{name}

Whose key is this? A typed client for {title}'s {endpoint}.

{description}```rust,no_run
{asking}```

{base_url}{sent}{methods}

## Is it valid?

`verify()` gives a `Verdict`: valid, with the identity; invalid, when {title} says that the token is no good; or
indeterminate. Whatever is not a refusal in a form in which {title} refuses tokens says nothing of a token, and never makes
it invalid: a redirect, a firewall's page, a proxy's challenge, a timeout, an error that nobody documented.

{errors}
A documented error comes in its own type, `{error}`, beside what every error knows:

```rust,no_run
{handling}```

Every field of an answer is optional in Rust: a provider that sends null where its description forgot to say so does not
keep you from the rest. A required field that is missing altogether is an error of `{function}`, since that is another
answer; `whoami()` and `verify()` read no more of an answer than whose token it is.
{secrets}
## In tests

`read_answer` says what a client makes of an answer, without a network:

```rust{is_run}
{reading}```

With the feature `httpmock`, a server plays {title}, for code that asks by itself. It expects the token where the description
has it:

```rust{is_run}
{mocking}```

## Without an async runtime

An async call runs in a Tokio runtime with its I/O and its clock, which `enable_all` of its builder has. With the feature
`blocking`, the same client waits for its answers, on any thread but one that runs async tasks:

```rust,no_run
{blocking}```

## Features

- `rustls` (default): TLS with the platform's certificates.
- `rustls-ring`: the same with ring in place of aws-lc, without the default features.
- `blocking`: a client for programs without an async runtime.
- `httpmock`: typed mocks.
- `schemars`: `JsonSchema` for the types.
",
        function = operation.function,
        endpoint = listed_endpoints(operations),
    );
    // They are tests of the crate, and the only ones.
    if markdown::examples(&readme) == snippets {
        Ok(readme)
    } else {
        Err(Error::at(
            "/info",
            "the description makes the generator write examples that are none of its own",
        ))
    }
}

/// Where the base URL comes from, and what the command line reads.
fn base_url(about: &About) -> String {
    let token = markdown::code(&about.info.token.variable);
    let variable = markdown::code(&about.info.base_url_variable);
    if let Some(url) = &about.info.base_url {
        let url = markdown::code(url);
        return format!(
            "The base URL is {url}, unless `Config::base_url` names another. The command line reads the token from {token} and the base URL from\n{variable}."
        );
    }
    if let Some(server) = about.info.servers.first() {
        let url = markdown::code(&server.base_url);
        return format!(
            "The base URL is {url}, with the parameters of the key, unless `Config::base_url` names another. The command line reads the\ntoken from {token} and the base URL from {variable}."
        );
    }
    let reason = about.missing.as_ref().map(|missing| match &missing.url {
        Some(url) => format!(
            " The server {} {}.",
            markdown::code(url),
            markdown::escape(&missing.reason)
        ),
        None => format!(" The description {}.", markdown::escape(&missing.reason)),
    });
    let path = about.info.operations.first().map_or("", |it| &it.path);
    format!(
        "The caller gives the base URL; for the command it is in {variable}.{}\n{} is asked below it. The command line reads the token from {token}.",
        reason.unwrap_or_default(),
        markdown::code(path)
    )
}

fn example_of_asking(about: &About, operation: &Operation, arguments: &str) -> String {
    let (library, new) = (about.library(), constructor(about));
    let function = &operation.function;
    let comment = match &operation.success.type_name {
        Some(success) => format!(" // the provider's own type, `types::{success}`"),
        None => String::new(),
    };
    format!(
        r#"# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
use {library}::{{Client, WhoAmI}};

let client = {new};
let answer = client.{function}({arguments}).await?;{comment}
println!("{{answer:?}}");
let identity = client.whoami().await?; // the same for every provider
println!("{{:?}} {{:?}}", identity.sub, identity.email);
# Ok(())
# }}
"#
    )
}

fn example_of_errors(about: &About, operation: &Operation, arguments: &str) -> String {
    let (library, new) = (about.library(), constructor(about));
    let function = &operation.function;
    format!(
        r#"# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
# use {library}::Client;
# let client = {new};
if let Err(error) = client.{function}({arguments}).await {{
    println!("{{}}: status {{:?}}, code {{:?}}", error.kind(), error.status(), error.code());
    println!("{{:?}}", error.response());
}}
# Ok(())
# }}
"#
    )
}

fn example_of_reading(about: &About, examples: &[Example], sample: &key::Sample) -> String {
    let library = about.library();
    let verdict = sample.verdict(&about.info, examples.first());
    let token = &sample.token;
    let mut config = format!("Config::new({token:?})");
    if key::needs_base_url(&about.info) {
        config += ".base_url(\"https://acme.example\")";
    }
    for (name, value) in &sample.parameters {
        let _ = write!(config, ".parameter({name:?}, {value:?})");
    }
    format!(
        r#"use {library}::examples::EXAMPLES;
use {library}::{{Answer, Client, Config, Verdict, WhoAmI}};

let client = Client::with_config({config})?;
let (status, body) = EXAMPLES[0]; // the description's own
let verdict = Verdict::from(client.read_answer(Answer::new(status, body)));
assert_eq!(verdict.as_str(), "{verdict}");
# Ok::<(), {library}::Error>(())
"#
    )
}

fn example_of_blocking(about: &About) -> String {
    let (library, new) = (about.library(), constructor(about));
    format!(
        r#"# #[cfg(feature = "blocking")]
# fn main() -> Result<(), Box<dyn std::error::Error>> {{
use {library}::blocking::{{Client, WhoAmI}};

let client = {new};
println!("{{:?}}", client.whoami()?.sub);
# Ok(())
# }}
# #[cfg(not(feature = "blocking"))]
# fn main() {{}}
"#
    )
}

fn example_of_mocks(
    about: &About,
    operation: &Operation,
    arguments: &str,
    sample: &key::Sample,
) -> String {
    let library = about.library();
    let token = &sample.token;
    let mut config = format!("Config::new({token:?}).base_url(server.base_url())");
    for (name, value) in &sample.parameters {
        let _ = write!(config, ".parameter({name:?}, {value:?})");
    }
    let function = &operation.function;
    let status = operation.success.status;
    let reason = reason(status);
    let (import, answer) = match &operation.success.type_name {
        Some(success) => (
            ", types",
            format!(
                r#"let example = {library}::examples::EXAMPLES[0].1;
    then.{reason}(&serde_json::from_str::<types::{success}>(example).expect("the description's example"));"#
            ),
        ),
        None => ("", format!("then.{reason}();")),
    };
    format!(
        r#"# #[cfg(feature = "httpmock")]
# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
use httpmock::MockServer;
use {library}::mock::MockServerExt;
use {library}::{{Client, Config{import}}};

let server = MockServer::start_async().await;
let config = {config};
server.{function}(|when, then| {{
    when.config(&config); // or `when.token({token:?})`
    {answer}
}});
let client = Client::with_config(config)?;
assert_eq!(client.{function}({arguments}).await?.status(), {status});
# Ok(())
# }}
# #[cfg(not(feature = "httpmock"))]
# fn main() {{}}
"#
    )
}

/// What there is to say of how the token is sent, a paragraph each.
fn sent(about: &About) -> String {
    let mut sent = String::new();
    let parts = about.parts();
    if !parts.is_empty() {
        let parts = parts.join(":");
        sent.push_str(&format!(
            "\n\nThe token is `{parts}`; `Client::new` takes its parts one by one."
        ));
    }
    if about.info.credentials.len() > 1 {
        sent.push_str(
            "\n\nThe description offers other ways to send it: `PROVIDER.credentials`, for `Config::authentication`.",
        );
    }
    sent
}

/// What belongs to a key beside its token, a row each, and the servers that there are to choose from.
fn parameters(about: &About) -> String {
    let mut text = String::new();
    let parameters = about.parameters();
    if !parameters.is_empty() {
        text.push_str(
            "\n\nBeside its token, a key has parameters. `Client::new` takes those that have no other source, `Config::parameter` all of\nthem, and the command line reads them from variables.\n\n| parameter | variable | values | without one | what it is |\n|---|---|---|---|---|",
        );
    }
    for parameter in &parameters {
        let info = parameter.info;
        let without = match &info.default {
            Some(default) => markdown::code_in_cell(default),
            None if parameter.is_required => "an error".to_owned(),
            None => "what the token says".to_owned(),
        };
        let values = codes(&info.values, markdown::code_in_cell);
        let _ = write!(
            text,
            "\n| {} | {} | {} | {without} | {} |",
            markdown::code_in_cell(&info.name),
            markdown::code_in_cell(&info.variable),
            listed(values.into_iter(), ", "),
            markdown::escape(&info.description),
        );
    }
    let names: Vec<_> = about
        .info
        .servers
        .iter()
        .map(|it| it.name.clone())
        .collect();
    if names.len() > 1 {
        let names = listed(codes(&names, markdown::code).into_iter(), ", ");
        let _ = write!(
            text,
            "\n\nThe first of these servers is asked, unless the parameter `server` names another: {names}."
        );
    }
    text
}

/// The expression that makes a client from the environment.
fn constructor(about: &About) -> String {
    let library = about.library();
    let token = format!("std::env::var(\"{}\")?", about.info.token.variable);
    let base_url = format!("std::env::var(\"{}\")?", about.info.base_url_variable);
    let needs_base_url = key::needs_base_url(&about.info);
    let parameters = about.parameters();
    let required = parameters.iter().filter(|it| it.is_required);
    if about.parts().is_empty() {
        let base_url = needs_base_url.then_some(base_url);
        let required = required.map(|parameter| match &parameter.values {
            Some(values) => {
                let first = values.variants.first().map_or("", |(variant, _)| variant);
                format!("{library}::parameters::{}::{first}", values.name)
            }
            None => format!("std::env::var(\"{}\")?", parameter.info.variable),
        });
        let arguments: Vec<_> = base_url
            .into_iter()
            .chain([token])
            .chain(required)
            .collect();
        return format!("Client::new({})?", arguments.join(", "));
    }
    let mut config = format!("{library}::Config::new({token})");
    if needs_base_url {
        let _ = write!(config, ".base_url({base_url})");
    }
    for parameter in required {
        let KeyParameter { name, variable, .. } = parameter.info;
        let _ = write!(
            config,
            ".parameter({name:?}, std::env::var(\"{variable}\")?)"
        );
    }
    format!("Client::with_config({config})?")
}

/// The operations, as a sentence names them.
fn listed_endpoints(operations: &[Operation]) -> String {
    let mut endpoints = operations.iter().map(|it| markdown::code(&it.endpoint()));
    let last = endpoints.next_back().unwrap_or_default();
    let others: Vec<_> = endpoints.collect();
    if others.is_empty() {
        last
    } else {
        format!("{} and {last}", others.join(", "))
    }
}

/// Where there are several methods, what each asks and answers with, a row each.
fn methods(about: &About, operations: &[Operation]) -> String {
    if operations.len() < 2 {
        return String::new();
    }
    let mut text = "\n\n## Methods\n\n`whoami()` and `verify()` ask these operations in their order, until one knows the token; then those that add claims, of a good\ntoken alone. Each has a method of its own as well, with its own types.\n\n| method | asks | answers with | documented errors | examples | `whoami()` asks it |\n|---|---|---|---|---|---|".to_owned();
    let in_order = operations.iter().zip(&about.info.operations).zip(1..);
    for ((operation, info), number) in in_order {
        let answer = match &operation.success.type_name {
            Some(name) => format!("`types::{name}`"),
            None => "a status alone".to_owned(),
        };
        let examples = match number {
            1 => "EXAMPLES".to_owned(),
            _ => examples_name(&operation.function),
        };
        let asked = if info.adds_claims {
            "to add claims".to_owned()
        } else {
            format!("as number {number}")
        };
        let _ = write!(
            text,
            "\n| `{}` | {} | {answer} | `{}` | `examples::{examples}` | {asked} |",
            operation.function,
            markdown::code_in_cell(&operation.endpoint()),
            error_name(operation),
        );
    }
    let forms = about.info.token.forms.iter();
    let chosen = forms.filter_map(|form| Some((&form.pattern, form.operation.as_ref()?)));
    for (pattern, id) in chosen {
        let mut in_order = operations.iter().zip(&about.info.operations);
        if let Some((operation, _)) = in_order.find(|(_, info)| &info.id == id) {
            let _ = write!(
                text,
                "\n\nOf a token of the form {}, `{}` alone is asked.",
                markdown::code(pattern),
                operation.function
            );
        }
    }
    text
}

/// What the rules of each operation say.
fn errors_tables(about: &About, operations: &[Operation]) -> String {
    let mut texts = Vec::new();
    for (operation, info) in operations.iter().zip(&about.info.operations) {
        let table = errors_table(operation, info);
        if operations.len() == 1 {
            return table;
        }
        if !table.is_empty() {
            let endpoint = markdown::code(&operation.endpoint());
            texts.push(format!(
                "What {endpoint} answers:\n\n{}",
                table.trim_start()
            ));
        }
    }
    texts.join("\n")
}

/// What the rules say, a row each, and what else a success is.
fn errors_table(operation: &Operation, info: &keyholder_core::Operation) -> String {
    let mut text = String::new();
    if !operation.rules.is_empty() {
        text.push_str("| status | code | what else | means |\n|---|---|---|---|\n");
    }
    for rule in &operation.rules {
        let status: Vec<_> = rule.status.iter().map(ToString::to_string).collect();
        let conditions = Conditions {
            body: &rule.body,
            header: &rule.header,
            text: rule.text.as_ref(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            status.join(", "),
            listed(codes(&rule.code, markdown::code_in_cell).into_iter(), ", "),
            listed(
                conditions.in_words(markdown::code_in_cell).into_iter(),
                "; "
            ),
            means(rule)
        );
    }
    let success = &info.success.conditions;
    let conditions = Conditions {
        body: &success.body,
        header: &success.header,
        text: success.text.as_ref(),
    };
    let words = conditions.in_words(markdown::code);
    if !words.is_empty() {
        let words = listed(words.into_iter(), "; ");
        let _ = writeln!(text, "\nA success says nothing of a token unless {words}.");
    }
    text
}

/// A name or a value as code.
type Code = fn(&str) -> String;

/// Conditions on an answer.
struct Conditions<'a> {
    body: &'a BTreeMap<Pointer, Test>,
    header: &'a BTreeMap<String, Test>,
    text: Option<&'a Text>,
}

impl Conditions<'_> {
    /// Each of them, with names and values as `code`.
    fn in_words(&self, code: Code) -> Vec<String> {
        let body = self.body.iter().map(|(at, test)| match at.as_str() {
            "" => format!("the body {}", test_in_words(test, code)),
            at => format!("{} {}", code(at), test_in_words(test, code)),
        });
        let header = self.header.iter().map(|(name, test)| {
            let test = test_in_words(test, code);
            format!("the header {} {test}", code(name))
        });
        let text = self.text.map(|text| {
            in_words([
                (codes(&text.any, code), "a message says ", " or "),
                (codes(&text.all, code), "messages say ", " and "),
                (codes(&text.none, code), "no message says ", " or "),
            ])
        });
        body.chain(header).chain(text).collect()
    }
}

/// What must hold of a value.
fn test_in_words(test: &Test, code: Code) -> String {
    let scalars = |scalars: &[Scalar]| {
        let json = |scalar| serde_json::to_string(scalar).unwrap_or_default();
        scalars.iter().map(|scalar| code(&json(scalar))).collect()
    };
    let present = match test.present {
        Some(true) => vec!["there".to_owned()],
        Some(false) => vec!["not there".to_owned()],
        None => Vec::new(),
    };
    in_words([
        (scalars(&test.equals), "is ", " or "),
        (scalars(&test.not), "is not ", " or "),
        (codes(&test.contains, code), "holds ", " or "),
        (present, "is ", ""),
    ])
}

/// Of lists with what stands before each and between its items, those that have any.
fn in_words<const N: usize>(parts: [(Vec<String>, &str, &str); N]) -> String {
    let parts = parts.into_iter().filter(|(items, ..)| !items.is_empty());
    let parts = parts.map(|(items, verb, or)| format!("{verb}{}", listed(items.into_iter(), or)));
    parts.collect::<Vec<_>>().join(" and ")
}

fn codes(texts: &[String], code: Code) -> Vec<String> {
    texts.iter().map(|text| code(text)).collect()
}

/// Items with `between` between them. Of a long list, as many as a reader bears: the crate has all of it, as data.
fn listed(items: impl ExactSizeIterator<Item = String>, between: &str) -> String {
    const MOST: usize = 40;
    let more = items.len().saturating_sub(MOST);
    let mut items: Vec<_> = items.take(MOST).collect();
    if more > 0 {
        items.push(format!("{more} more"));
    }
    items.join(between)
}

/// What a rule says of the token, and what it rests on where that is not the description.
fn means(rule: &Rule) -> String {
    let means = match (rule.means, rule.by, rule.reason) {
        (Meaning::Valid, ..) => "valid".to_owned(),
        (Meaning::NoSubject, ..) => "valid, and no user stands behind it".to_owned(),
        (Meaning::Limited, by, _) => format!(
            "valid: what limits the token is {}",
            match by {
                Some(Limit::Network) => "the network that it is used from",
                Some(Limit::Kind) => "its kind",
                Some(Limit::Account) => "its account",
                _ => "its scope",
            }
        ),
        (Meaning::Unauthenticated, _, Some(reason)) => format!("invalid: {reason}"),
        (Meaning::Unauthenticated, _, None) => "invalid".to_owned(),
        (Meaning::Forbidden, ..) => {
            "indeterminate: the question is refused, not the token".to_owned()
        }
        (Meaning::RateLimited, ..) => "indeterminate: too many requests".to_owned(),
        (Meaning::Unavailable, ..) => "indeterminate: not for now".to_owned(),
        _ => "indeterminate: it says nothing of the token".to_owned(),
    };
    match &rule.source {
        Some(source) => format!("{means} ({})", markdown::escape(source)),
        None => means,
    }
}
