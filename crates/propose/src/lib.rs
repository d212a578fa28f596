#![doc = include_str!("../README.md")]

mod additional;
mod answers;
mod arguments;
mod authentication;
mod claims;
mod corrections;
mod document;
mod examples;
mod infer;
mod info;
mod key_parameters;
mod markdown;
mod new;
mod operation;
mod overlay;
mod shape;
mod source;
mod success;
mod tags;
mod words;
mod yaml;

pub use new::{New, Proposal};

use std::borrow::Cow;
use std::path::Path;

use arguments::Arguments;
use authentication::Authentication;
use corrections::Correction;
use document::{Description, Operation};
use keyholder_core::{KeyParameter, Server};
use keyholder_describe::{servers, specs};
use keyholder_openapi::load;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::{Error, Result, text};
use operation::Choice;
use overlay::Action;
use source::{Format, Published};
use yaml::{Map, Node};

/// What every overlay begins with.
const PREFACE: &str = "Proposed by Keyholder. What it guessed has a comment that says why: check it, and delete the comment.";

/// What there is of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The provider's name: lower-case letters, digits and dashes.
    pub provider: &'a str,
    /// What its description is made from.
    pub source: Source<'a>,
    /// The operation that tells who the caller is: `GET /me` or an operationId; found when left out. With examples, the
    /// request with its whole address: `GET https://api.example.com/v1/me`.
    pub operation: Option<&'a str>,
}

/// What a description is made from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// One in YAML or JSON, or a page in Markdown that embeds one.
    Description(File<'a>),
    /// None: its types are what examples show.
    Examples {
        /// How the request is authenticated: `bearer`, `basic`, `header:NAME`, `query:NAME` or `cookie:NAME`.
        auth: Option<&'a str>,
        /// What was answered.
        examples: &'a [Example<'a>],
    },
}

/// A file that was read.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, which errors name. Its ending says how it is written, where that is a known one.
    pub path: &'a Path,
    /// What it holds.
    pub text: &'a str,
}

/// An example of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body, in JSON: an empty text for none. Its file's name is the example's.
    pub body: File<'a>,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The description: as it was published, or derived from examples.
    pub description: String,
    /// The ending of the description's file: `yaml` or `json`.
    pub extension: &'static str,
    /// The overlay, in YAML.
    pub overlay: String,
    /// What was chosen and why, for people.
    pub report: String,
}

/// Proposes a description and its overlay. Nothing is read or written.
///
/// # Errors
///
/// A name that no provider can have, and whatever is wrong with what was given.
pub fn propose(input: &Input<'_>) -> Result<Texts> {
    let derived = format!("{}.yaml", input.provider);
    let derived = Path::new(&derived);
    specs::check_name(input.provider, derived)?;
    let (published, operation) = match input.source {
        Source::Description(file) => {
            let published = source::read(file, input.operation)?;
            let named = input.operation.map(str::to_owned);
            let named = named.or_else(|| published.operation.clone());
            (published, named)
        }
        Source::Examples { auth, examples } => derive(input, auth, examples)?,
    };
    let file = match input.source {
        Source::Description(file) => file.path,
        Source::Examples { .. } => derived,
    };
    let (overlay, report) = overlay(input.provider, &published, operation.as_deref())
        .map_err(|error| error.in_file(file))?;
    Ok(Texts {
        description: published.text,
        extension: published.format.extension(),
        overlay,
        report,
    })
}

/// The description that examples show, and the operation's name in it.
fn derive(
    input: &Input<'_>,
    auth: Option<&str>,
    examples: &[Example<'_>],
) -> Result<(Published, Option<String>)> {
    let Some(operation) = input.operation else {
        return Err(Error::new("there is nothing to start from").with_help(
            "give --spec FILE, or --operation \"GET https://api.example.com/v1/me\" with --auth and --example",
        ));
    };
    let request: examples::Request = operation.parse()?;
    let credential = auth.map(str::parse).transpose()?;
    let examples = examples
        .iter()
        .map(examples::Answer::read)
        .collect::<Result<Vec<_>>>()?;
    let text = examples::describe(input.provider, &request, credential.as_ref(), &examples)?;
    let document = load::parse(&text, false)?;
    let published = Published {
        text,
        format: Format::Yaml,
        document,
        operation: None,
        noticed: Vec::new(),
    };
    Ok((published, Some(request.operation())))
}

/// The overlay's text, and the report.
fn overlay(provider: &str, published: &Published, named: Option<&str>) -> Result<(String, String)> {
    let document = &published.document;
    let resolver = Resolver::new(document);
    let description = Description::new(&resolver)?;
    let choice = match named {
        Some(name) => Choice {
            candidate: operation::find(description, name)?,
            is_given: true,
            runners_up: Vec::new(),
            adding: None,
            excluded: Vec::new(),
        },
        None => operation::choose(description)?,
    };
    let candidate = &choice.candidate;
    let corrections = corrections::find(&candidate.operation);
    let mut corrected = Cow::Borrowed(document);
    for correction in &corrections {
        correction.apply(corrected.to_mut());
    }
    let resolver = Resolver::new(&corrected);
    let description = Description::new(&resolver)?;
    let operation = operation::find(description, &candidate.operation.name())?.operation;
    let mut actions = info::actions(provider, &corrected);
    actions.extend(corrections.iter().flat_map(Correction::actions));
    actions.extend(additions(
        provider,
        description,
        &operation,
        &candidate.bound,
    )?);
    let mut chosen = explain(&choice);
    let adding = choice.adding.as_ref().map(|it| &it.operation);
    if let Some(adding) = adding
        && let Some(action) = additional::propose(description, &operation, adding)
    {
        actions.push(action);
        chosen.push_str(&format!(
            "\nAsked further, for what it tells of the token: {}.",
            adding.name()
        ));
    }
    let mut preface = vec![PREFACE.to_owned(), chosen.clone()];
    let mut report = chosen;
    if let Some(remark) = newer_remark(description) {
        report.push_str(&format!("\n{remark}"));
    }
    let noticed = published
        .noticed
        .iter()
        .map(|it| format!("Read otherwise than written: {it}."));
    for remark in server_remark(description, &operation, provider)
        .into_iter()
        .chain(noticed)
    {
        report.push_str(&format!("\n{remark}"));
        preface.push(remark);
    }
    Ok((overlay::write(provider, &preface, actions), report))
}

/// What the overlay adds to a description for an operation.
fn additions(
    provider: &str,
    description: Description<'_>,
    operation: &Operation<'_>,
    bound: &[(String, String)],
) -> Result<Vec<Action>> {
    let answer = operation.success().or_else(|| operation.blank_success()).ok_or_else(|| {
        Error::at(operation.pointer(), format!("{} has no success with a JSON body", operation.name()))
            .with_help("name another operation with --operation, or describe its answer with --operation, --auth and --example in place of --spec")
    })?;
    let mut actions = Vec::new();
    if let Some(missing) = &answer.missing_schema {
        let mut update = Map::default();
        update.add("schema", missing.schema.clone());
        actions.push(Action::update(
            missing.target.clone(),
            "The description gives examples of this answer, but no schema. Its types are what the examples show.",
            update,
        ));
    }
    let mut authentication = authentication::propose(description, operation, provider);
    actions.append(&mut authentication.actions);
    let arguments = arguments::propose(operation, bound, &authentication, provider);
    let mut update = Map::default();
    update.add(
        "x-whoami",
        whoami(operation, &answer, arguments, authentication),
    );
    actions.push(Action::update(
        operation.target(),
        "How this operation answers the question whose token it is.",
        update,
    ));
    Ok(actions)
}

/// The mapping of an operation.
fn whoami(
    operation: &Operation<'_>,
    answer: &document::Response<'_>,
    arguments: Arguments,
    authentication: Authentication,
) -> Map {
    let mut whoami = Map::default();
    if !arguments.parameters.is_blank() {
        whoami.add("parameters", arguments.parameters);
    }
    if !arguments.arguments.is_blank() {
        whoami.add("arguments", arguments.arguments);
    }
    if let Some((body, why, remarks)) = arguments::body(operation, &authentication) {
        let is_blank = body.as_object().is_some_and(serde_json::Map::is_empty);
        if !is_blank || remarks.is_empty() {
            whoami.explain("body", body, why);
        }
        for remark in remarks {
            whoami.remark(remark);
        }
    }
    let context = operation::context(operation);
    identity(operation, answer, &context, &mut whoami);
    let answers = answers::propose(operation, &context.about);
    if let Some(success) = answers.success {
        whoami.add("success", success);
    }
    if let Some((mut pointers, why)) = answers.code {
        if pointers.len() == 1 {
            whoami.explain("code", pointers.remove(0), why);
        } else {
            let pointers: Vec<Node> = pointers.into_iter().map(Node::from).collect();
            whoami.explain("code", pointers, why);
        }
    }
    for remark in answers.remarks {
        whoami.remark(remark);
    }
    if !answers.rules.is_empty() {
        whoami.add("answers", answers.rules);
    }
    whoami.add("token", authentication.token);
    whoami
}

/// Adds how the identity is filled, or that nothing fills it.
fn identity(
    operation: &Operation<'_>,
    answer: &document::Response<'_>,
    context: &claims::Context,
    whoami: &mut Map,
) {
    let identity = answer
        .body
        .as_ref()
        .map(|body| claims::propose_open(body, context));
    if let Some(identity) = identity.as_ref().filter(|it| !it.map.is_empty()) {
        return whoami.add("identity", identity.map.clone());
    }
    let mut why =
        "No field was taken for a claim: a success tells that the token is good, and no more."
            .to_owned();
    if answer.body.as_ref().is_none_or(shape::Shape::is_anything) {
        why.push_str(
            " The description does not say what the answer holds: if it says whose the token is, map that here.",
        );
        if let Some(lost) = operation.lost_success() {
            why.push_str(&format!(" Its response is not there: {lost}."));
        }
    }
    // What was left out, and why.
    for remark in identity.iter().flat_map(|it| it.map.remarks()) {
        why.push(' ');
        why.push_str(remark);
    }
    whoami.explain("identity", "none", why);
}

/// Which operation it is, why, and which else it might be.
fn explain(choice: &Choice<'_>) -> String {
    let candidate = &choice.candidate;
    if choice.is_given {
        return format!("The operation, as given: {}.", candidate.operation.name());
    }
    let mut text = format!(
        "The operation, found: {}: {}.",
        candidate.operation.name(),
        candidate.reasons.join("; ")
    );
    if choice.runners_up.is_empty() {
        text.push_str("\nNothing else came near.");
    } else {
        text.push_str("\nThe next likeliest, for --operation:");
    }
    for other in &choice.runners_up {
        text.push_str(&format!(
            "\n- {} ({} against {}): {}.",
            other.operation.name(),
            other.score,
            candidate.score,
            other.reasons.join("; ")
        ));
    }
    let nearest = choice.runners_up.first();
    if let Some(nearest) = nearest.filter(|it| candidate.score - it.score <= operation::TIE) {
        text.push_str(&format!(
            "\nCheck: {} is as likely.",
            nearest.operation.name()
        ));
    }
    for (name, why) in &choice.excluded {
        text.push_str(&format!("\nNever asked: {name}: {why}."));
    }
    text
}

/// Which operations are not looked at, for their methods.
fn newer_remark(description: Description<'_>) -> Option<String> {
    let names: Vec<_> = description.newer_operations().map(|it| it.name()).collect();
    let shown: Vec<_> = names.iter().take(3).map(|it| text::shown(it)).collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!names.is_empty()).then(|| {
        format!(
            "Not looked at, for their methods, which OpenAPI 3.2 alone has: {}{more}.",
            shown.join(", ")
        )
    })
}

/// What is to be known of the base URL: by the rule that the crate is generated by.
fn server_remark(
    description: Description<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Option<String> {
    let server = servers::servers(description.root(), &operation.pointer());
    let variable = |name: &str| keyholder_describe::variable(provider, name);
    let Some(missing) = server.missing else {
        return offered(&server.named, &variable(KeyParameter::SERVER));
    };
    let parameters = server.parameters.iter().filter(|it| it.default.is_none());
    let parameters: Vec<_> = parameters
        .map(|it| format!("{} ({})", it.name, variable(&it.name)))
        .collect();
    let instead = match server.named.first() {
        Some(first) if !parameters.is_empty() => format!(
            "\nOr the caller gives {} of {}.",
            parameters.join(" and "),
            text::shown(&first.base_url)
        ),
        _ => String::new(),
    };
    let path = server.path.map_or(String::new(), |path| {
        format!(
            "\n{}{} is asked below it.",
            text::shown(&path),
            operation.path
        )
    });
    Some(format!(
        "The caller gives the base URL; for the command it is in {}.\n{missing}.{path}{instead}",
        variable("base_url")
    ))
}

/// The servers among which the caller may choose.
fn offered(servers: &[Server], variable: &str) -> Option<String> {
    let named: Vec<_> = servers
        .iter()
        .filter(|it| !it.name.is_empty())
        .map(|it| format!("`{}` is {}", it.name, text::shown(&it.base_url)))
        .collect();
    (!named.is_empty()).then(|| {
        format!(
            "The first of its servers is asked, unless {variable} names another: {}.",
            named.join("; ")
        )
    })
}
