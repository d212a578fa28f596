//! How the operation is authenticated: the scheme, what stands before the token, and where the token comes from.

mod choice;
mod details;
mod encoding;
mod places;
mod prefix;
mod scheme;
mod secrets;
mod shown;
mod told;
mod variable;

pub(crate) use secrets::{body_schema, is_credential, is_json_rpc, is_partner, secrets_in_body};

use serde_json::Value;

use crate::document::{Description, Operation, Parameter};
use crate::overlay::Action;
use crate::yaml::Map;

use choice::Decision;
use scheme::Scheme;
use secrets::Secret;

/// The proposal.
#[derive(Clone, Debug, Default)]
pub(super) struct Authentication {
    /// What the overlay corrects.
    pub actions: Vec<Action>,
    /// The parameters that the token goes into, or that are removed: place and name.
    pub sent: Vec<(String, String)>,
    /// The members of the body that the token goes into, or that no example may fill: name or pointer.
    pub in_body: Vec<String>,
    /// `x-whoami`'s `token`.
    pub token: Map,
}

impl Authentication {
    /// Whether the token goes into a parameter.
    pub(super) fn sends(&self, parameter: &Parameter<'_>) -> bool {
        self.sent
            .iter()
            .any(|(place, name)| place == parameter.place() && name == parameter.name())
    }
}

/// Proposes how the operation is authenticated.
pub(super) fn propose(
    description: Description<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Authentication {
    let secrets = secrets::find(operation);
    let decision = choice::decide(description, operation, &secrets);
    let chosen = decision.chosen();
    let mut proposal = Authentication::default();
    for secret in secrets.iter().filter(|it| it.place == "body") {
        proposal.in_body.push(secret.name.clone());
    }
    remove_parameters(&decision, &chosen, operation, &mut proposal);
    let (variable, why) = variable::variable(description, operation, &chosen, provider);
    match why {
        Some(why) => proposal.token.explain("env", variable, why),
        None => proposal.token.add("env", variable),
    }
    if let Some(form) = variable::form(&chosen) {
        proposal.token.explain(
            "form",
            form,
            "The scheme's description says what tokens begin with.",
        );
    }
    if let Decision::Declared {
        others: Some(others),
        ..
    } = &decision
        && let [scheme] = chosen.as_slice()
    {
        proposal
            .token
            .explain("scheme", scheme.name, others.clone());
    }
    let context = Context {
        description,
        operation,
        provider,
    };
    match &decision {
        Decision::Placed { reason, only } => {
            let is_meant = |it: &Secret<'_>| only.as_ref().is_none_or(|name| *name == it.name);
            let secrets: Vec<_> = secrets.into_iter().filter(is_meant).collect();
            context.place(&secrets, reason, &mut proposal);
        }
        _ => context.declare(&chosen, &secrets, &mut proposal),
    }
    proposal
        .actions
        .extend(choice::actions(&decision, operation));
    proposal
}

/// What a proposal is made from.
struct Context<'a> {
    description: Description<'a>,
    operation: &'a Operation<'a>,
    provider: &'a str,
}

/// Removes the parameters that are the same as a scheme.
fn remove_parameters(
    decision: &Decision<'_>,
    chosen: &[Scheme<'_>],
    operation: &Operation<'_>,
    proposal: &mut Authentication,
) {
    let is_replaced = |parameter: &Parameter<'_>| match decision {
        Decision::Placed { .. } => false,
        _ => chosen.iter().any(|scheme| is_sent_by(scheme, parameter)),
    };
    for parameter in operation.parameters().iter().filter(|it| is_replaced(it)) {
        let sent = (parameter.place().to_owned(), parameter.name().to_owned());
        proposal.sent.push(sent);
        proposal.actions.push(Action::remove(
            parameter.target.clone(),
            format!(
                "`{}` is the credential, not a parameter for the caller to fill in at each call.",
                parameter.name()
            ),
        ));
    }
}

/// Whether a scheme sends what a parameter would.
fn is_sent_by(scheme: &Scheme<'_>, parameter: &Parameter<'_>) -> bool {
    match scheme.object["type"].as_str() {
        Some("apiKey") => {
            scheme.object["in"] == parameter.place()
                && scheme.object["name"].as_str().is_some_and(|name| {
                    name.eq_ignore_ascii_case(parameter.name())
                        || parameter.place() == "header" && is_cgi_name(parameter.name(), name)
                })
        }
        _ => {
            parameter.place() == "header" && parameter.name().eq_ignore_ascii_case("authorization")
                || choice::is_for_scheme(scheme, parameter.place(), parameter.name())
        }
    }
}

/// Whether a parameter has the name by which a program behind a server finds a header: `HTTP_X_KEY` for `X-Key` (RFC 3875,
/// section 4.1.18).
fn is_cgi_name(parameter: &str, header: &str) -> bool {
    let name = parameter.strip_prefix("HTTP_").unwrap_or_default();
    name.replace('_', "-").eq_ignore_ascii_case(header)
}

/// Calls `each` for every string in `value`.
fn strings<'a>(value: &'a Value, each: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(members) => members.values().for_each(|member| strings(member, each)),
        _ => {}
    }
}
