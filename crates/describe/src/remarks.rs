//! What looks doubtful of a description that reads: an answer that may be a success and be nobody's.

use keyholder_core::{Claims, Operation, Pointer, Rule};
use keyholder_openapi::{pointer, text};
use serde_json::{Map, Value};

use crate::claims::claims;
use crate::schema::{Place, Types};

/// Members that tell whether there is somebody, or whether the token is good; without what separates words.
const FLAGS: [&str; 28] = [
    "active",
    "anonymous",
    "authenticated",
    "authorized",
    "blocked",
    "deleted",
    "disabled",
    "enabled",
    "expired",
    "guest",
    "isactive",
    "isanonymous",
    "isauthenticated",
    "isauthorized",
    "isdisabled",
    "isenabled",
    "isexpired",
    "isguest",
    "isrevoked",
    "isvalid",
    "loggedin",
    "ok",
    "revoked",
    "state",
    "status",
    "success",
    "suspended",
    "valid",
];

/// As many members of a success are named.
const SHOWN: usize = 10;

/// The remarks on the success of an operation, which stands at `at`.
pub(crate) fn on_success(
    document: &Value,
    object: &Map<String, Value>,
    operation: &Operation,
    body: &Place<'_>,
    at: &str,
) -> Vec<String> {
    let rules: Vec<_> = operation
        .answers
        .iter()
        .filter(|rule| speaks_of_success(rule, operation))
        .collect();
    let conditions = &operation.success.conditions;
    let mut remarks = Vec::new();
    if rules.is_empty() && conditions.is_empty() {
        remarks.extend(optional(document, object, at));
    }
    let mut known: Vec<&Pointer> = conditions.body.keys().collect();
    known.extend(rules.iter().flat_map(|rule| rule.body.keys()));
    if rules.iter().any(|rule| !rule.code.is_empty()) {
        known.extend(&operation.code);
    }
    known.extend(claimed(&operation.identity));
    for place in flags(body)
        .into_iter()
        .filter(|place| !known.iter().any(|it| it.as_str() == place))
        .take(SHOWN)
    {
        remarks.push(format!(
            "at {at}/x-whoami: a success has {}, which may tell that the token is no good or nobody's: no rule of `answers` and no condition of `success` says what it means",
            text::shown(&place)
        ));
    }
    if operation.identity != Claims::default() && !operation.identity.names_somebody() {
        remarks.push(format!(
            "at {at}/x-whoami/identity: no claim names anybody: an answer of the documented form is taken for a success"
        ));
    }
    remarks
}

fn speaks_of_success(rule: &Rule, operation: &Operation) -> bool {
    let successes = &operation.success.status;
    rule.status.iter().any(|status| match status {
        keyholder_core::Status::Code(code) => operation.is_success(*code),
        other => successes.contains(other),
    })
}

/// That the operation asks for no credential (OpenAPI 3.0.3, section 4.7.10.1, `security`).
fn optional(document: &Value, object: &Map<String, Value>, at: &str) -> Option<String> {
    let (security, at) = match object.get("security") {
        Some(security) => (security, format!("{at}/security")),
        None => (document.get("security")?, "/security".to_owned()),
    };
    let requirements = security.as_array()?;
    let is_open = |requirement: &Value| requirement.as_object().is_some_and(Map::is_empty);
    (requirements.is_empty() || requirements.iter().any(is_open)).then(|| {
        format!("at {at}: anybody may ask: an answer to nobody may look like a success, and no rule tells it apart")
    })
}

/// The places that claims are read from, of the answer itself.
fn claimed(identity: &Claims) -> impl Iterator<Item = &Pointer> {
    let own = claims(identity)
        .into_iter()
        .filter(|claim| claim.each.is_empty());
    own.flat_map(|claim| claim.pointers)
}

/// The truth values and lists of values, at the root or one below, that go by a name of [`FLAGS`].
fn flags(body: &Place<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let names = body.names();
    for (name, member) in body.members() {
        let at = pointer::push("", name);
        if member.types() == Types::OBJECT {
            // Another of the same kind, such as a parent, tells of itself.
            if member.names() == names {
                continue;
            }
            let inner = member.members().into_iter();
            let inner = inner.filter(|(name, member)| is_flag(name, member));
            found.extend(inner.map(|(name, _)| pointer::push(&at, name)));
        } else if is_flag(name, &member) {
            found.push(at);
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_flag(name: &str, member: &Place<'_>) -> bool {
    let folded: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let is_listed =
        || member.types() == Types::STRING && member.values().is_some_and(|it| it.len() > 1);
    FLAGS.contains(&folded.as_str()) && (member.types() == Types::BOOLEAN || is_listed())
}
