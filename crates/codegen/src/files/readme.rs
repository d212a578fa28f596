//! `README.md`.

use std::fmt::Write as _;

use super::error::type_name as error_name;
use crate::about::About;
use crate::markdown;
use crate::names;
use crate::operation::Operation;
use keyholder_describe::whoami::Meaning;
use keyholder_openapi::{Error, Result};

/// `README.md`, whose examples are the crate's documentation tests.
///
/// # Errors
///
/// An example that is none of these, which is a defect of the generator.
pub(crate) fn readme(about: &About, operation: &Operation, arguments: &str) -> Result<String> {
    let name = &about.name;
    let title = markdown::escape(&about.title);
    let description = about
        .description
        .as_deref()
        .map(|text| format!("{}\n\n", markdown::prose(text).join("\n")))
        .unwrap_or_default();
    let base_url = match &about.base_url {
        Some(url) => format!(
            "{}, unless `Config::base_url` names another.",
            markdown::code(url)
        ),
        None => "your own instance's: every user has one, so the client asks for it.".to_owned(),
    };
    let sent = sent(about);
    let errors = errors_table(operation);
    let error = error_name(operation);
    let examples = [
        example_of_asking(about, operation, arguments),
        example_of_errors(about, operation, arguments),
        example_of_mocks(about, operation, arguments),
    ];
    let [asking, handling, mocking] = &examples;
    let readme = format!(
        r"# keyholder-{name}

Whose key is this? A typed client for {title}'s {endpoint}.

{description}```rust,no_run
{asking}```

The base URL is {base_url} The command line reads the token from {token_variable} and the base URL from
{base_url_variable}.{sent}

## Is it valid?

`verify()` gives a `Verdict`: valid, with the identity; invalid, when {title} says that the token is no good; or
indeterminate. A redirect, a firewall's page, a timeout or a body that does not read says nothing of a token, and never
makes it invalid.

{errors}
A documented error comes in its own type, `{error}`, beside what every error knows:

```rust,no_run
{handling}```

Every field of an answer is optional in Rust: a provider that sends null where its description forgot to say so does not
keep you from the rest. A required field that is missing altogether is an error, since that is another answer.

## Features

- `rustls` (default): TLS with the platform's certificates.
- `httpmock`: typed mocks.
- `schemars`: `JsonSchema` for the types.

```rust
{mocking}```
",
        endpoint = markdown::code(&about.endpoint),
        token_variable = markdown::code(&about.token_variable),
        base_url_variable = markdown::code(&about.base_url_variable),
    );
    // They are tests of the crate, and the only ones.
    if markdown::examples(&readme) == examples {
        Ok(readme)
    } else {
        Err(Error::at(
            "/info",
            "the description makes the generator write examples that are none of its own",
        ))
    }
}

fn example_of_asking(about: &About, operation: &Operation, arguments: &str) -> String {
    let (library, new) = (about.library(), constructor(about));
    let (function, success) = (&operation.function, &operation.success.type_name);
    format!(
        r#"# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
use {library}::{{Client, WhoAmI}};

let client = {new};
let answer = client.{function}({arguments}).await?; // the provider's own type, `types::{success}`
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

fn example_of_mocks(about: &About, operation: &Operation, arguments: &str) -> String {
    let library = about.library();
    let (function, success) = (&operation.function, &operation.success.type_name);
    let status = *operation.success.statuses.start();
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .map_or_else(|| "ok".to_owned(), names::function_name);
    format!(
        r#"# #[cfg(feature = "httpmock")]
# #[tokio::main]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {{
use httpmock::MockServer;
use {library}::mock::MockServerExt;
use {library}::{{Client, Config, types}};

let server = MockServer::start_async().await;
server.{function}(|_when, then| {{
    let example = {library}::examples::EXAMPLES[0].1;
    then.{reason}(&serde_json::from_str::<types::{success}>(example).expect("the description's example"));
}});
let client = Client::with_config(Config::new("a token").base_url(server.base_url()))?;
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
    if !about.alternatives.is_empty() {
        sent.push_str(
            "\n\nThe description offers other ways to send it: `PROVIDER.alternatives`, for `Config::authentication`.",
        );
    }
    sent
}

/// The expression that makes a client from the environment.
fn constructor(about: &About) -> String {
    let library = about.library();
    let token = format!("std::env::var(\"{}\")?", about.token_variable);
    let base_url = format!("std::env::var(\"{}\")?", about.base_url_variable);
    let is_whole = about.parts().is_empty();
    match (&about.base_url, is_whole) {
        (Some(_), true) => format!("Client::new({token})?"),
        (None, true) => format!("Client::new({base_url}, {token})?"),
        (Some(_), false) => format!("Client::with_config({library}::Config::new({token}))?"),
        (None, false) => {
            format!("Client::with_config({library}::Config::new({token}).base_url({base_url}))?")
        }
    }
}

fn errors_table(operation: &Operation) -> String {
    if operation.whoami.answers.is_empty() {
        return String::new();
    }
    let mut table = String::from("| status | code | means |\n|---|---|---|\n");
    for (answer, meaning) in &operation.whoami.answers {
        let code = answer
            .code
            .as_ref()
            .map(|code| markdown::code_in_cell(code))
            .unwrap_or_default();
        let _ = writeln!(
            table,
            "| {} | {code} | {} |",
            answer.status,
            means(*meaning)
        );
    }
    table
}

fn means(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Unauthenticated => "invalid",
        Meaning::Forbidden => "indeterminate: the question is refused, not the token",
        Meaning::NoSubject => "valid, and no user stands behind it",
        Meaning::RateLimited => "indeterminate: too many requests",
        Meaning::Unavailable => "indeterminate: not for now",
    }
}
