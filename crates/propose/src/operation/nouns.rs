//! Whose `self` a path speaks of: `/users/self` is the caller, `/groups/self` is a group.

use super::super::words;

/// Nouns of organizations: a token may be theirs, but a person's comes first.
const ORGANIZATIONS: [&str; 34] = [
    "group",
    "groups",
    "organization",
    "organizations",
    "organisation",
    "organisations",
    "org",
    "orgs",
    "company",
    "companies",
    "team",
    "teams",
    "workspace",
    "workspaces",
    "tenant",
    "tenants",
    "merchant",
    "merchants",
    "business",
    "businesses",
    "enterprise",
    "enterprises",
    "partner",
    "partners",
    "shop",
    "shops",
    "store",
    "stores",
    "household",
    "households",
    "institution",
    "institutions",
    "site",
    "sites",
];

/// Nouns of what is neither a person nor an organization.
const THINGS: [&str; 65] = [
    "search",
    "webhooks",
    "config",
    "app",
    "apps",
    "application",
    "applications",
    "bot",
    "bots",
    "device",
    "devices",
    "instance",
    "instances",
    "server",
    "servers",
    "node",
    "nodes",
    "cluster",
    "clusters",
    "project",
    "projects",
    "environment",
    "environments",
    "plan",
    "plans",
    "subscription",
    "subscriptions",
    "billing",
    "invoices",
    "orders",
    "games",
    "channels",
    "rooms",
    "guilds",
    "leaderboards",
    "leaderboard",
    "wallet",
    "wallets",
    "cart",
    "settings",
    "preferences",
    "permissions",
    "roles",
    "quota",
    "quotas",
    "usage",
    "limits",
    "notifications",
    "jobs",
    "tasks",
    "events",
    "version",
    "versions",
    "releases",
    "status",
    "sprints",
    "shifts",
    "runs",
    "locations",
    "weather",
    "prices",
    "rates",
    "system",
    "registry",
    "repository",
];

/// The same of one item of a collection: the current one of the caller's sessions is less than the caller.
pub(super) fn worth_of_item(before: Option<&str>) -> (i32, Option<&'static str>) {
    let words = words::words(before.unwrap_or_default());
    match words.last().map(String::as_str) {
        Some("sessions" | "session" | "logins" | "connections") => (50, Some("of a session")),
        _ => worth(before),
    }
}

/// What a segment's weight is worth after this one, in hundredths, and why it is less.
pub(super) fn worth(before: Option<&str>) -> (i32, Option<&'static str>) {
    let Some(before) = before else {
        return (100, None);
    };
    let words = words::words(before);
    let noun = words.last().map_or("", String::as_str);
    if ORGANIZATIONS.contains(&noun) {
        (40, Some("of an organization"))
    } else if THINGS.contains(&noun) {
        (30, Some("of a thing"))
    } else {
        (100, None)
    }
}
