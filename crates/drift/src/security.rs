//! What an operation asks for as a credential, by what is sent rather than by the names of schemes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::{Change, Kind, Part, Place};
use super::operation::Operation;
use keyholder_openapi::Result;

/// How a request carries one credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Carrier(String);

/// What satisfies an operation: all of these credentials at once; none lets anybody ask.
type Requirement = BTreeSet<Carrier>;

/// The differences in what the two ask for.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn compare(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Change>> {
    let place = Place::whole(Part::Security);
    let token = ours.whoami.as_ref().map(|whoami| &whoami.token);
    let prefix = token.and_then(|token| token.prefix.as_deref());
    let offered = requirements(ours, prefix)?;
    let accepted = requirements(theirs, prefix)?;
    let used: Vec<_> = match token.and_then(|token| token.scheme.as_deref()) {
        Some(scheme) => vec![Requirement::from([carrier(ours, scheme, prefix)?])],
        // Without a mapping, nobody knows which of them a reader uses.
        None if token.is_none() => offered.clone(),
        None => used(&offered).into_iter().collect(),
    };
    let is_open = accepted.is_empty() || accepted.contains(&Requirement::new());
    let is_refused = !used.is_empty() && !is_open && !used.iter().any(|it| accepted.contains(it));
    let is_asked_now = offered.iter().all(BTreeSet::is_empty) && !is_open;
    let mut changes = Vec::new();
    for gone in offered.iter().filter(|it| !accepted.contains(it)) {
        let change = Change::new(&place, Kind::Removed, name(gone), "");
        changes.push(if is_refused && used.contains(gone) {
            change.breaking("the server refuses what is sent")
        } else {
            change
        });
    }
    for new in accepted.iter().filter(|it| !offered.contains(it)) {
        let change = Change::new(&place, Kind::Added, "", name(new));
        changes.push(if is_asked_now {
            change.breaking("the server asks for a credential now")
        } else {
            change
        });
    }
    Ok(changes)
}

/// The requirement that a client satisfies first: of one secret, else of several.
fn used(offered: &[Requirement]) -> Option<Requirement> {
    let is_single = |it: &&Requirement| it.len() == 1 && it.iter().all(|it| it.0 != BASIC);
    let is_any = |it: &&Requirement| !it.is_empty();
    offered
        .iter()
        .find(is_single)
        .or_else(|| offered.iter().find(is_any))
        .cloned()
}

fn requirements(operation: &Operation<'_>, prefix: Option<&str>) -> Result<Vec<Requirement>> {
    let security = operation
        .object
        .get("security")
        .or_else(|| operation.resolver.document.get("security"));
    let mut requirements: Vec<Requirement> = Vec::new();
    for alternative in security.and_then(Value::as_array).into_iter().flatten() {
        let names = alternative.as_object().into_iter().flatten();
        let requirement = names
            .map(|(name, _)| carrier(operation, name, prefix))
            .collect::<Result<_>>()?;
        if !requirements.contains(&requirement) {
            requirements.push(requirement);
        }
    }
    Ok(requirements)
}

const BASIC: &str = "basic";

/// How the scheme of that name is sent. `prefix` stands before an API key in a header, as the mapping says, and no
/// description does.
fn carrier(operation: &Operation<'_>, name: &str, prefix: Option<&str>) -> Result<Carrier> {
    let schemes = &operation.resolver.document["components"]["securitySchemes"];
    let Some(scheme) = schemes.get(name) else {
        return Ok(Carrier(format!("{name} (not described)")));
    };
    let scheme = operation.resolver.resolve(scheme)?;
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    let bearer = "bearer token";
    Ok(Carrier(match text("type") {
        // Their access tokens are bearer tokens (RFC 6750, section 2.1).
        "oauth2" | "openIdConnect" => bearer.to_owned(),
        "http" => match text("scheme").to_ascii_lowercase().as_str() {
            "bearer" => bearer.to_owned(),
            "basic" => BASIC.to_owned(),
            other => format!("http {other}"),
        },
        "apiKey" if text("in") == "header" => {
            let header = text("name").to_ascii_lowercase();
            match prefix.unwrap_or_default().trim() {
                "Bearer" if header == "authorization" => bearer.to_owned(),
                "" => format!("key in header {header}"),
                prefix => format!("key in header {header} after {prefix:?}"),
            }
        }
        "apiKey" => format!("key in {} {}", text("in"), text("name")),
        other => other.to_owned(),
    }))
}

fn name(requirement: &Requirement) -> String {
    if requirement.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<_> = requirement.iter().map(|it| it.0.as_str()).collect();
    names.join(" and ")
}
