//! What the token may do.

use super::super::yaml::Map;
use super::subject::Subject;
use super::tables::{self, Kind};
use super::{Field, Scope, others, reason};

/// The names of what may be done.
const PERMISSION: [&str; 8] = [
    "permission",
    "name",
    "action",
    "slug",
    "key",
    "code",
    "scope",
    "id",
];

/// The names of what it may be done to. One that says what it is gives the type of the resource as well.
const RESOURCE: [(&str, Option<&str>); 9] = [
    ("project", Some("project")),
    ("project_id", Some("project")),
    ("repository", Some("repository")),
    ("organization_id", Some("organization")),
    ("resource_id", None),
    ("resource_name", None),
    ("resource", None),
    ("target", None),
    ("object_id", None),
];

/// Proposes `permissions` from a list of objects, and `scopes` from a list of texts.
pub(super) fn propose(subject: &Subject<'_>, map: &mut Map) {
    let listed: Vec<Field<'_>> = subject
        .around()
        .filter_map(|scope| scope.field("permissions").cloned())
        .collect();
    let objects = listed.iter().rev().find_map(|field| {
        let items = field.shape.items()?;
        let claims = claims(&Scope::new("", &items), &field.pointer)?;
        Some((field, claims))
    });
    if let Some((field, claims)) = objects {
        map.explain(
            "permissions",
            claims,
            reason(field, "what the token may do"),
        );
    }
    let roles = subject
        .around()
        .filter_map(|scope| scope.field("roles").cloned())
        .find(|field| field.shape.items().is_some_and(|item| item.is_string()));
    if let (None, Some(field)) = (map.get("permissions"), roles) {
        let mut claims = Map::default();
        claims.add("each", field.pointer.as_str());
        // The item itself.
        claims.add("permission", "");
        let comment = reason(&field, "what the token may do, role by role");
        map.explain("permissions", claims, comment);
    }
    let has_permissions = map.get("permissions").is_some();
    let mut scopes: Vec<_> = subject
        .around()
        .flat_map(|scope| scope.matches(&tables::SCOPES))
        .filter(|field| !(has_permissions && field.key == "permissions"))
        .collect();
    // What the user may do is more than what the token may.
    scopes.sort_by_key(|field| !field.key.contains("scope"));
    scopes.dedup_by(|one, other| one.pointer == other.pointer);
    if let Some(first) = scopes.first() {
        let mut comment = reason(first, "what the token may do");
        others(&scopes[1..], &mut comment);
        map.explain("scopes", first.pointer.as_str(), comment);
    }
}

/// The claims of the items of a list of permissions.
fn claims(item: &Scope<'_>, each: &str) -> Option<Map> {
    let text = |name: &str| item.find(name, Kind::Text);
    let permission = PERMISSION.iter().find_map(|name| text(name))?;
    let mut claims = Map::default();
    claims.add("each", each);
    claims.add("permission", permission.pointer);
    let resource = RESOURCE
        .iter()
        .find_map(|(name, kind)| Some((text(name)?, *kind)));
    if let Some((resource, kind)) = resource {
        claims.add("resource", resource.pointer);
        match kind {
            Some(kind) => claims.add("resource_type", kind),
            None => {
                if let Some(kind) = text("resource_type") {
                    claims.add("resource_type", kind.pointer);
                }
            }
        }
    }
    if let Some(environment) = text("environment") {
        claims.add("environment", environment.pointer);
    }
    Some(claims)
}
