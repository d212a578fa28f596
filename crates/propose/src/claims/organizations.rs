//! Which organizations the holder belongs to.

use super::super::shape::Shape;
use super::super::words;
use super::super::yaml::Map;
use super::subject::Subject;
use super::tables::{self, Kind};
use super::{Field, Scope, described};

/// Proposes `organizations`: from a list, from an object, or from fields of the holder.
pub(super) fn propose(subject: &Subject<'_>, sub: Option<&Field<'_>>, map: &mut Map) {
    let found = from_list(subject)
        .or_else(|| from_object(subject, sub))
        .or_else(|| from_fields(subject, sub));
    if let Some((claims, comment)) = found {
        map.explain("organizations", claims, comment);
    }
}

/// From a list of organizations, or of memberships in them.
fn from_list(subject: &Subject<'_>) -> Option<(Map, String)> {
    subject.around().find_map(|scope| {
        tables::ORGANIZATION_LISTS.iter().find_map(|name| {
            let field = scope.field(name)?;
            let items = field.shape.items()?;
            let claims = item_claims(&items, &field.pointer)?;
            Some((
                claims,
                format!("By its name, the organizations{}.", described(field)),
            ))
        })
    })
}

/// The claims of the items of a list.
fn item_claims(items: &Shape<'_>, each: &str) -> Option<Map> {
    let mut claims = Map::default();
    claims.add("each", each);
    let top = Scope::new("", items);
    if top.fields.is_empty() {
        // A list of identifiers.
        return items.is_text().then(|| {
            claims.add("id", "");
            claims
        });
    }
    // `{organization: {id, name}, role}`: a membership rather than an organization.
    let inner = tables::ORGANIZATIONS
        .iter()
        .filter_map(|name| top.field(name))
        .map(Scope::of)
        .find(|scope| !scope.fields.is_empty());
    let scope = inner.as_ref().unwrap_or(&top);
    let mut found = false;
    for rule in &tables::ORGANIZATION {
        let is_of_membership = matches!(rule.claim, "role" | "active");
        let field = if is_of_membership {
            top.matches(rule).into_iter().next()
        } else {
            let named = tables::ORGANIZATIONS
                .iter()
                .find_map(|name| flat(scope, name, rule.claim));
            scope.matches(rule).into_iter().next().or(named)
        };
        if let Some(field) = field {
            found |= matches!(rule.claim, "id" | "name");
            claims.add(rule.claim, field.pointer);
        }
    }
    found.then_some(claims)
}

/// From an object that is the holder's organization.
fn from_object(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<(Map, String)> {
    let (field, scope) = names().find_map(|name| {
        subject.around().find_map(|around| {
            let field = around.field(&name)?;
            let scope = Scope::of(field);
            let holds_sub =
                sub.is_some_and(|sub| sub.pointer.starts_with(&format!("{}/", scope.pointer)));
            (!holds_sub && identifies(&scope)).then(|| (field.clone(), scope))
        })
    })?;
    let mut claims = Map::default();
    for rule in &tables::ORGANIZATION {
        if let Some(found) = scope.matches(rule).into_iter().next() {
            claims.add(rule.claim, found.pointer);
        }
    }
    if claims.get("role").is_none() {
        add_role(subject, &field.key, &mut claims);
    }
    Some((
        claims,
        format!("By its name, an organization{}.", described(&field)),
    ))
}

/// Whether an object tells of an organization.
fn identifies(scope: &Scope<'_>) -> bool {
    tables::ORGANIZATION[..2]
        .iter()
        .any(|rule| !scope.matches(rule).is_empty())
}

/// From fields such as `organization_id` and `organization_name`.
fn from_fields(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<(Map, String)> {
    let is_holders = |field: &Field<'_>| {
        sub.is_some_and(|sub| sub.pointer == field.pointer) || is_of_user(field)
    };
    names().find_map(|name| {
        subject.around().find_map(|scope| {
            let mut claims = Map::default();
            let mut first: Option<Field<'_>> = None;
            let alone = scope.find(&name, Kind::Text);
            for rule in &tables::ORGANIZATION {
                let field = flat(scope, &name, rule.claim)
                    .or_else(|| {
                        alone
                            .clone()
                            .filter(|_| is_told_by(&name, rule.claim, scope))
                    })
                    .filter(|field| !is_holders(field));
                if let Some(field) = field {
                    claims.add(rule.claim, field.pointer.as_str());
                    first.get_or_insert(field);
                }
            }
            let first = first?;
            if claims.get("id").is_none() && claims.get("name").is_none() {
                return None;
            }
            if claims.get("role").is_none() {
                add_role(subject, &name, &mut claims);
            }
            let comment = format!(
                "By the names of its fields, an organization{}.",
                described(&first)
            );
            Some((claims, comment))
        })
    })
}

/// Whether a field is described as the user's own. "Of the user's company" is not, for there the user is a possessor;
/// but a user's account is the user.
fn is_of_user(field: &Field<'_>) -> bool {
    let is_account = field.key.split('_').any(|word| word == "account");
    (is_account && field.shape.says("user s"))
        || ["for the user", "of the user", "for this user"]
            .iter()
            .any(|phrase| field.shape.says(phrase) && !field.shape.says(&format!("{phrase} s")))
}

/// A field such as `organization_id`.
fn flat<'a>(scope: &Scope<'a>, organization: &str, claim: &str) -> Option<Field<'a>> {
    let rule = tables::ORGANIZATION
        .iter()
        .find(|rule| rule.claim == claim)?;
    rule.names
        .iter()
        .find_map(|name| scope.find(&format!("{organization}_{name}"), rule.kind))
}

/// Which claim a field such as `company` or `workspace` holds when it stands by itself: the identifier where it is
/// described as one or the name has a field of its own, the name otherwise.
fn is_told_by(organization: &str, claim: &str, scope: &Scope<'_>) -> bool {
    // Too common as the name of something else.
    if matches!(
        organization,
        "resource" | "site" | "instance" | "account" | "customer"
    ) {
        return false;
    }
    let described_as_id = scope.field(organization).is_some_and(|field| {
        ["identifier", "id", "uuid", "uri"]
            .iter()
            .any(|word| field.shape.says(word))
    });
    let is_id = described_as_id || flat(scope, organization, "name").is_some();
    match claim {
        "id" => is_id,
        "name" => !is_id,
        _ => false,
    }
}

/// The holder's role, where it is said to be one in such an organization.
fn add_role(subject: &Subject<'_>, organization: &str, claims: &mut Map) {
    let role = subject.scopes().find_map(|scope| {
        ["role", "role_name", "role_code", "role/slug", "role/name"]
            .iter()
            .find_map(|name| scope.find(name, Kind::Text))
    });
    let Some(role) = role else {
        return;
    };
    let word = organization.rsplit('_').next().unwrap_or(organization);
    if words::says(&words::line(&role.shape.description()), word) {
        claims.explain(
            "role",
            role.pointer.as_str(),
            format!("Described as the role in it{}.", described(&role)),
        );
    }
}

/// The names that an organization's object or fields may have, the likeliest first.
fn names() -> impl Iterator<Item = String> {
    tables::ORGANIZATIONS.iter().flat_map(|name| {
        tables::ORGANIZATION_PREFIXES
            .iter()
            .map(move |prefix| format!("{prefix}{name}"))
    })
}
