//! A further operation that adds what it knows of the token.

use super::claims;
use super::document::{Description, Operation, Parameter};
use super::operation;
use super::overlay::Action;
use super::yaml::{Map, Node};
use serde_json::Value;

/// The claims that an operation about the token adds.
const ADDED: [&str; 3] = ["scopes", "permissions", "token"];

/// The mapping of an operation that tells of the token, beside the one that is asked first. Only one that takes the same
/// credentials at the same servers and needs nothing else is added: its request is then known to be right.
pub(super) fn propose(
    description: Description<'_>,
    first: &Operation<'_>,
    further: &Operation<'_>,
) -> Option<Action> {
    // The document may have been corrected since.
    let further = operation::find(description, &further.name())
        .ok()?
        .operation;
    if !is_asked_alike(description, first, &further) {
        return None;
    }
    let known = identity(first)?;
    let mut added = identity(&further)?;
    added.keep(|claim| ADDED.contains(&claim) && known.get(claim).is_none());
    if added.is_empty() {
        return None;
    }
    let mut whoami = Map::default();
    whoami.add("adds_claims", Node::from(Value::from(true)));
    whoami.add("identity", added);
    let mut update = Map::default();
    update.add("x-whoami", whoami);
    Some(Action::update(
        further.target(),
        "What is known of the token itself. It is asked of good tokens alone, and its failure changes no verdict.",
        update,
    ))
}

fn identity(operation: &Operation<'_>) -> Option<Map> {
    let body = operation.success()?.body?;
    Some(claims::propose(&body, &operation::context(operation)).map)
}

/// Whether a request of the one is authenticated and sent as a request of the other, and needs nothing more.
fn is_asked_alike(
    description: Description<'_>,
    first: &Operation<'_>,
    further: &Operation<'_>,
) -> bool {
    let root = description.root();
    let needs_more = further.path.contains('{')
        || further.method != "get"
        || further.parameters().iter().any(Parameter::is_required);
    let has_servers = [first, further]
        .iter()
        .any(|it| it.object.get("servers").is_some() || it.item.get("servers").is_some());
    let security = |of: &Operation<'_>| operation::security(of, root).clone();
    !needs_more
        && !has_servers
        && !first.parameters().iter().any(Parameter::is_required)
        && security(first) == security(further)
}
