//! What is left to be used.

use std::collections::BTreeMap;

use super::super::yaml::{Map, Node};
use super::subject::Subject;
use super::{Field, Scope};

/// Objects that hold quotas.
const CONTAINERS: [&str; 12] = [
    "quota",
    "quotas",
    "limits",
    "limit",
    "usage",
    "credits",
    "rate_limit",
    "rate_limits",
    "plan_limits",
    "allowance",
    "allowances",
    "subscription",
];

/// The words that tell what a figure is; the first that a name has decides.
const ROLES: [(Role, &[&str]); 3] = [
    (Role::Remaining, &["remaining", "left", "available"]),
    (Role::Used, &["used", "usage", "consumed", "spent"]),
    (
        Role::Limit,
        &["limit", "quota", "allowance", "cap", "maximum"],
    ),
];

/// Words that tell it only beside another figure of the same quota.
const WEAK_ROLES: [(Role, &[&str]); 2] = [
    (
        Role::Limit,
        &["total", "amount", "max", "included", "allowed"],
    ),
    (Role::Used, &["count"]),
];

/// Words of a name that say nothing of the quota.
const FILLERS: [&str; 6] = ["num", "number", "of", "current", "is", "the"];

/// Words for units, and the unit.
const UNITS: [(&str, &str); 20] = [
    ("cents", "cent"),
    ("credits", "credit"),
    ("bytes", "byte"),
    ("kb", "kilobyte"),
    ("mb", "megabyte"),
    ("gb", "gigabyte"),
    ("usd", "usd"),
    ("eur", "eur"),
    ("seconds", "second"),
    ("minutes", "minute"),
    ("hours", "hour"),
    ("requests", "request"),
    ("calls", "call"),
    ("tokens", "token"),
    ("characters", "character"),
    ("pages", "page"),
    ("documents", "document"),
    ("messages", "message"),
    ("emails", "email"),
    ("seats", "seat"),
];

/// Units that a description may name, as in "in bytes".
const DESCRIBED_UNITS: [(&str, &str); 7] = [
    ("in bytes", "byte"),
    ("in cents", "cent"),
    ("in usd", "usd"),
    ("in us dollars", "usd"),
    ("in credits", "credit"),
    ("in seconds", "second"),
    ("in minutes", "minute"),
];

/// When a quota is whole again; a name that may be something else counts only for a date.
const RESETS: [(&str, bool); 10] = [
    ("resets_at", true),
    ("reset_at", true),
    ("reset_date", true),
    ("reset_time", true),
    ("next_reset_at", true),
    ("next_reset_date", true),
    ("renews_at", true),
    ("reset", false),
    ("limit_reset", false),
    ("resets", false),
];

/// Names that are figures of something else: a page's, or how often a wrong password was given.
const NOT_QUOTAS: [&str; 8] = [
    "attempts", "login", "page", "offset", "total", "upload", "size", "idle",
];

/// More than this is a price list rather than a quota.
const MOST: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Limit,
    Used,
    Remaining,
}

impl Role {
    fn claim(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Used => "used",
            Self::Remaining => "remaining",
        }
    }
}

/// A figure of a quota.
struct Figure<'a> {
    role: Role,
    is_sure: bool,
    field: Field<'a>,
}

/// The figures of one object, by the words that they share.
type Quotas<'a> = BTreeMap<Vec<String>, Vec<Figure<'a>>>;

/// Proposes `quotas`: figures named limit, used or remaining, of the holder or of an object of quotas.
pub(super) fn propose(subject: &Subject<'_>, map: &mut Map) {
    let mut quotas = Vec::new();
    for scope in subject.around() {
        collect(scope, "", &mut quotas);
        for field in &scope.fields {
            if CONTAINERS.contains(&field.key.as_str()) {
                collect(&Scope::of(field), &field.key, &mut quotas);
            }
        }
    }
    quotas.truncate(MOST);
    if !quotas.is_empty() {
        map.explain(
            "quotas",
            Node::List(quotas),
            "By the names of the figures. Units are guesses.",
        );
    }
}

/// Adds the quotas of one object; `container` is its name where it is one of quotas.
fn collect(scope: &Scope<'_>, container: &str, found: &mut Vec<Node>) {
    let mut quotas = Quotas::new();
    for field in scope.fields.iter().filter(|field| field.shape.is_number()) {
        if let Some((stem, figure)) = figure(field) {
            let figures = quotas.entry(stem).or_default();
            if !figures.iter().any(|other| other.role == figure.role) {
                figures.push(figure);
            }
        }
    }
    let resets_at = resets_at(scope);
    for (stem, figures) in quotas {
        if is_quota(&stem, &figures, container) {
            found.push(quota(&stem, figures, container, resets_at.as_ref()));
        }
    }
}

/// What a number is a figure of, and which.
fn figure<'a>(field: &Field<'a>) -> Option<(Vec<String>, Figure<'a>)> {
    let words: Vec<&str> = field.key.split('_').collect();
    let find = |roles: &[(Role, &[&str])]| {
        roles
            .iter()
            .find(|(_, names)| words.iter().any(|word| names.contains(word)))
            .map(|(role, _)| *role)
    };
    let (role, is_sure) = match (find(&ROLES), find(&WEAK_ROLES)) {
        (Some(role), _) => (role, true),
        (None, Some(role)) => (role, false),
        // `credits` and `bonus_credits`: nothing counts those that are used.
        (None, None) if words.last() == Some(&"credits") => (Role::Remaining, true),
        (None, None) => return None,
    };
    let names = ROLES
        .iter()
        .chain(&WEAK_ROLES)
        .flat_map(|(_, names)| *names);
    let ignored: Vec<&str> = names.chain(&FILLERS).copied().collect();
    let stem: Vec<_> = words
        .iter()
        .filter(|word| !ignored.contains(word))
        .map(|word| (*word).to_owned())
        .collect();
    let figure = Figure {
        role,
        is_sure,
        field: field.clone(),
    };
    Some((stem, figure))
}

/// Whether figures make up a quota: what is left, or a limit, is told; or both a limit and what is used.
fn is_quota(stem: &[String], figures: &[Figure<'_>], container: &str) -> bool {
    let is_other = stem.iter().any(|word| NOT_QUOTAS.contains(&word.as_str()));
    let is_sure = figures.iter().any(|figure| figure.is_sure);
    let tells = |role: Role| figures.iter().any(|it| it.role == role);
    let is_limited = figures
        .iter()
        .any(|it| it.role == Role::Limit && it.is_sure)
        && !(stem.is_empty() && container.is_empty() && figures.len() == 1);
    !is_other
        && is_sure
        && (tells(Role::Remaining) || is_limited || (tells(Role::Limit) && tells(Role::Used)))
}

fn quota(
    stem: &[String],
    mut figures: Vec<Figure<'_>>,
    container: &str,
    resets_at: Option<&Field<'_>>,
) -> Node {
    figures.sort_by_key(|figure| figure.role);
    let in_name = stem.iter().find_map(|word| {
        let unit = UNITS.iter().find(|(name, _)| name == word)?;
        Some((word, unit.1))
    });
    let in_description = figures.iter().find_map(|figure| {
        DESCRIBED_UNITS
            .iter()
            .find(|(phrase, _)| figure.field.shape.says(phrase))
            .map(|(_, unit)| *unit)
    });
    let mut name = stem.to_vec();
    if let Some((word, _)) = in_name.filter(|_| stem.len() > 1) {
        let is_figure_itself = figures.len() == 1 && stem.last() == Some(word);
        if !is_figure_itself {
            name.retain(|other| other != word);
        }
    }
    let name = match name.join("_") {
        name if !name.is_empty() => name,
        _ if container.is_empty() => "quota".to_owned(),
        _ => container.to_owned(),
    };
    let mut quota = Map::default();
    quota.add("name", name);
    if let Some(unit) = in_name.map(|(_, unit)| unit).or(in_description) {
        quota.add("unit", unit);
    }
    // What is counted begins anew; what is merely left may last.
    let is_counted = figures.iter().any(|figure| figure.role != Role::Remaining);
    for figure in figures {
        quota.add(figure.role.claim(), figure.field.pointer);
    }
    if let Some(resets_at) = resets_at.filter(|_| is_counted) {
        quota.add("resets_at", resets_at.pointer.as_str());
    }
    quota.into()
}

/// When the quotas of an object are whole again.
fn resets_at<'a>(scope: &Scope<'a>) -> Option<Field<'a>> {
    RESETS.iter().find_map(|(name, is_sure)| {
        let field = scope.field(name)?;
        let is_date = field.shape.is_number()
            || ["date-time", "date"]
                .iter()
                .any(|format| field.shape.has_format(format));
        let is_list_of_values = !field.shape.values().is_empty();
        (field.shape.is_text() && !is_list_of_values && (*is_sure || is_date))
            .then(|| field.clone())
    })
}
