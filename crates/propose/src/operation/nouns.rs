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

/// What programs have in place of a user, in one word: a token may be its, but a person's comes first.
const SERVICE_ACCOUNTS: [&str; 4] = [
    "serviceaccount",
    "serviceaccounts",
    "serviceuser",
    "serviceusers",
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

/// Names of segments that check whatever the one before them names.
pub(super) const CHECKS: [&str; 6] = [
    "validate",
    "verify",
    "check",
    "authenticate",
    "introspect",
    "introspection",
];

/// Words of what a token is, or of how one is asked about, beside [`words::CREDENTIALS`].
const TOKENS: [&str; 22] = [
    "auth",
    "oauth",
    "oauth2",
    "authentication",
    "session",
    "sessions",
    "login",
    "account",
    "accounts",
    "me",
    "self",
    "api",
    "rest",
    "v1",
    "v2",
    "v3",
    "public",
    "identity",
    "jwt",
    "access",
    "utils",
    "authorization",
];

/// Words of what has one that is the caller's: `/users/current`.
const HOLDERS: [&str; 26] = [
    "user",
    "users",
    "member",
    "members",
    "admin",
    "admins",
    "people",
    "person",
    "profile",
    "profiles",
    "employee",
    "employees",
    "agent",
    "agents",
    "customer",
    "customers",
    "principal",
    "principals",
    "identity",
    "identities",
    "operator",
    "operators",
    "developer",
    "developers",
    "player",
    "players",
];

/// Words of more whose `self` may be the caller: those with whom and for whom people work, and what holds a token.
const MORE_HOLDERS: [&str; 61] = [
    "athlete",
    "author",
    "buyer",
    "caller",
    "candidate",
    "clinician",
    "consumer",
    "contact",
    "contractor",
    "courier",
    "creator",
    "doctor",
    "driver",
    "guest",
    "host",
    "individual",
    "investor",
    "learner",
    "manager",
    "owner",
    "parent",
    "participant",
    "patient",
    "practitioner",
    "provider",
    "recruiter",
    "resident",
    "rider",
    "seller",
    "staff",
    "student",
    "subscriber",
    "supplier",
    "teacher",
    "teammate",
    "trader",
    "tutor",
    "vendor",
    "viewer",
    "volunteer",
    "worker",
    "actor",
    "alumni",
    "human",
    "client",
    "integration",
    "app",
    "application",
    "bot",
    "robot",
    "machine",
    "installation",
    "service",
    "passport",
    "affiliate",
    "publisher",
    "advertiser",
    "reseller",
    "advisor",
    "entity",
    "persona",
];

/// Nouns of what may stand alone before `me` in the singular, and is no product's name.
const MORE_THINGS: [&str; 47] = [
    "balance",
    "transaction",
    "bank",
    "wishlist",
    "album",
    "alert",
    "appointment",
    "basket",
    "block",
    "booking",
    "campaign",
    "chat",
    "contract",
    "course",
    "deal",
    "document",
    "file",
    "folder",
    "forecast",
    "game",
    "invoice",
    "issue",
    "item",
    "job",
    "lead",
    "lesson",
    "match",
    "meeting",
    "message",
    "order",
    "payment",
    "playlist",
    "post",
    "product",
    "queue",
    "quote",
    "report",
    "reservation",
    "ride",
    "season",
    "shipment",
    "song",
    "sprint",
    "ticket",
    "track",
    "trip",
    "weather",
];

/// Whether a segment names what can hold no token, so that its `current` or its `self` is nobody. `is_current` is for
/// `current` and `self`, which go with any noun; before `me` a single word may be the name of the API.
pub(super) fn is_thing(segment: &str, is_current: bool) -> bool {
    let words = words::words(segment);
    let Some(noun) = words.last().map(String::as_str) else {
        return false;
    };
    let is_version = noun.chars().any(|c| c.is_ascii_digit());
    if is_version || segment.contains('{') || is_holder(noun) {
        return false;
    }
    let one = singular(noun);
    let is_known = [noun, one]
        .iter()
        .any(|it| THINGS.contains(it) || MORE_THINGS.contains(it));
    is_known || is_current || (one != noun && noun.len() > 4)
}

/// Whether a noun, in either number, is of somebody or something that may hold a token, or of the token.
pub(super) fn is_holder(noun: &str) -> bool {
    let one = singular(noun);
    [noun, one].iter().any(|it| {
        HOLDERS.contains(it)
            || MORE_HOLDERS.contains(it)
            || ORGANIZATIONS.contains(it)
            || SERVICE_ACCOUNTS.contains(it)
            || is_of_tokens(it)
            || ["context", "organisation", "service"].contains(it)
    })
}

/// Whether a segment is of a machine or an installation, whose `profile` is nobody's: `/instance/profile`.
pub(super) fn is_machine(segment: &str) -> bool {
    const MACHINES: [&str; 10] = [
        "instance",
        "instances",
        "server",
        "servers",
        "node",
        "nodes",
        "cluster",
        "clusters",
        "system",
        "device",
    ];
    words::words(segment)
        .last()
        .is_some_and(|word| MACHINES.contains(&word.as_str()))
}

/// Whether a token or a key of what this segment names proves nobody: `/licensing/token`, `/ssh/key`.
pub(super) fn has_other_tokens(segment: &str) -> bool {
    const OTHERS: [&str; 21] = [
        "license",
        "licence",
        "licensing",
        "push",
        "csrf",
        "xsrf",
        "captcha",
        "ssh",
        "gpg",
        "pgp",
        "signing",
        "encryption",
        "embed",
        "webhook",
        "webhooks",
        "invite",
        "invitation",
        "device",
        "share",
        "upload",
        "download",
    ];
    words::words(segment)
        .last()
        .is_some_and(|word| OTHERS.contains(&word.as_str()))
}

/// Whether the last word of a segment is of somebody: `profile`, `user-account`.
pub(super) fn is_person(segment: &str) -> bool {
    words::words(segment)
        .last()
        .is_some_and(|word| HOLDERS.contains(&word.as_str()) || word == "account")
}

/// Of which thing a summary says that it tells: "Identity of the node", "the current game session". None where it
/// speaks of a holder, or of nothing that is known.
pub(super) fn thing_of(summary: &str) -> Option<String> {
    let summary = words::words(summary);
    let words: Vec<_> = summary.iter().map(String::as_str).collect();
    let of = words
        .windows(2)
        .position(|pair| pair[0] == "of" && ["the", "a", "an", "this"].contains(&pair[1]));
    if let Some(of) = of {
        let told: Vec<_> = words[of + 2..]
            .iter()
            .take_while(|word| {
                ![
                    "for", "of", "in", "with", "by", "and", "that", "which", "to", "from",
                ]
                .contains(word)
            })
            .collect();
        let is_company = told.last().is_some_and(|it| **it == "company");
        let is_held = told.iter().any(|word| {
            is_holder(word)
                || [
                    "authenticated",
                    "current",
                    "logged",
                    "requester",
                    "bearer",
                    "request",
                    "requesting",
                    "you",
                ]
                .contains(word)
        });
        return told
            .last()
            .filter(|_| is_company && told.len() == 1 || !is_held)
            .map(|word| (**word).to_owned());
    }
    // "Fetch the configuration": what is told is set, and is nobody.
    let settings = ["configuration", "config", "settings", "preferences"];
    if let Some(last) = words.last().filter(|it| settings.contains(it)) {
        return Some((*last).to_owned());
    }
    words.windows(2).find_map(|pair| {
        let is_told = ["session", "profile", "identity"].contains(&pair[1]);
        let is_known = THINGS.contains(&pair[0])
            || MORE_THINGS.contains(&pair[0])
            || ["shopping", "checkout", "payment", "training", "risk"].contains(&pair[0]);
        (is_told && is_known && !["app", "application", "bot"].contains(&pair[0]))
            .then(|| pair[0].to_owned())
    })
}

/// The singular of a plural in `s`: `orders`. Words that end so by themselves stay: `status`, `address`, `https`.
pub(super) fn singular(noun: &str) -> &str {
    let stays = ["ss", "us", "is", "os", "ps", "as", "cs"]
        .iter()
        .any(|end| noun.ends_with(end));
    match noun.strip_suffix('s') {
        Some(one) if !stays || noun.ends_with("ips") => one,
        _ => noun,
    }
}

/// Words of segments under which nothing tells of the caller.
const SETTINGS: [&str; 14] = [
    "settings",
    "preferences",
    "config",
    "configuration",
    "stats",
    "statistics",
    "analytics",
    "insights",
    "billing",
    "usage",
    "reports",
    "notifications",
    "processed_data",
    "metrics",
];

/// Whether a check of what this segment names is one of a token.
pub(super) fn is_about_tokens(before: Option<&str>) -> bool {
    let words = words::words(before.unwrap_or_default());
    words.last().is_none_or(|word| is_of_tokens(word))
}

/// Whether a word is of what a token is, or of how one is asked about.
fn is_of_tokens(word: &str) -> bool {
    words::CREDENTIALS.contains(&word) || TOKENS.contains(&word)
}

/// Whether a path is that of a check of the token, or the root.
pub(super) fn is_check(path: &str) -> bool {
    const CHECKED: [&str; 11] = [
        "test", "ping", "status", "session", "token", "key", "auth", "whoami", "me", "self",
        "login",
    ];
    let mut segments = path.split('/').filter(|it| !it.is_empty()).peekable();
    segments.peek().is_none()
        || segments.any(|segment| {
            let key = words::key(segment);
            let last = key.rsplit('_').next().unwrap_or_default();
            CHECKS.contains(&last)
                || CHECKED.contains(&last)
                || CHECKS.iter().any(|it| key.starts_with(it))
        })
}

/// Whether a path leads through settings, figures or the like.
pub(super) fn are_within_settings(before: &[&str]) -> bool {
    before
        .iter()
        .any(|segment| SETTINGS.contains(&words::key(segment).as_str()))
}

/// Whether a segment names an organization.
pub(super) fn is_organization(segment: &str) -> bool {
    let words = words::words(segment);
    words
        .last()
        .is_some_and(|word| ORGANIZATIONS.contains(&word.as_str()))
}

/// What `current` is worth after this one: the current block of a chain is nobody.
pub(super) fn worth_of_current(before: &str) -> (i32, Option<&'static str>) {
    let words = words::words(before);
    let is_known = words.last().is_none_or(|word| {
        HOLDERS.contains(&word.as_str()) || is_of_tokens(word) || word == "context"
    });
    match worth(Some(before)) {
        (100, None) if !is_known => (30, Some("of a thing")),
        found => found,
    }
}

/// The same of one item of a collection: the current one of the caller's sessions is less than the caller.
pub(super) fn worth_of_item(before: Option<&str>) -> (i32, Option<&'static str>) {
    let words = words::words(before.unwrap_or_default());
    match words.last().map(String::as_str) {
        Some("sessions" | "session" | "logins" | "connections") => (50, Some("of a session")),
        Some(noun) if THINGS.contains(&noun) => (0, Some("of a thing")),
        _ => worth(before),
    }
}

/// What a segment's weight is worth after this one, in hundredths, and why it is less.
pub(super) fn worth(before: Option<&str>) -> (i32, Option<&'static str>) {
    // `/{tenant}/me`: within one organization, and no organization's.
    let Some(before) = before.filter(|it| !it.contains('{')) else {
        return (100, None);
    };
    let words = words::words(before);
    let noun = words.last().map_or("", String::as_str);
    if SERVICE_ACCOUNTS.contains(&words.concat().as_str()) {
        (40, Some("of a service account"))
    } else if ORGANIZATIONS.contains(&noun) {
        (40, Some("of an organization"))
    } else if THINGS.contains(&noun) {
        (30, Some("of a thing"))
    } else {
        (100, None)
    }
}
