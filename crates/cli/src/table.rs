//! Tables for people.

use std::io;

use anstream::{AutoStream, ColorChoice};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use keyholder::{Identity, Quota, VerdictKind};

use crate::output::Line;

/// A table for standard output with these headings, in colour only where the terminal takes it.
pub(crate) fn table(headings: &[&str]) -> Table {
    table_for(AutoStream::choice(&io::stdout()), headings)
}

/// A table with these headings.
pub(crate) fn table_for(colors: ColorChoice, headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(
        headings
            .iter()
            .map(|heading| Cell::new(heading).add_attribute(Attribute::Bold)),
    );
    match colors {
        ColorChoice::Never => table.force_no_tty(),
        _ => table.enforce_styling(),
    };
    table
}

/// What is known of each token.
pub(crate) fn verdicts(lines: &[Line]) -> Table {
    let mut table = table(&[
        "provider",
        "verdict",
        "subject",
        "name",
        "e-mail",
        "organizations",
        "more",
    ]);
    for line in lines {
        let kind = line.verdict();
        let color = match kind {
            VerdictKind::Valid => Color::Green,
            VerdictKind::Invalid => Color::Red,
            VerdictKind::Indeterminate => Color::Yellow,
        };
        let verdict = Cell::new(kind).fg(color);
        let mut cells = vec![Cell::new(line.provider()), verdict];
        if let Some(identity) = line.identity() {
            cells.extend(claims(identity).map(|claim| Cell::new(plain(&claim))));
        }
        if let Some((kind, message)) = line.failure() {
            cells.extend(["", "", "", ""].map(Cell::new));
            // What is displayed of an error ends in its reason.
            cells.push(Cell::new(plain(&format!("{kind}: {message}"))));
        }
        table.add_row(cells);
    }
    table
}

fn claims(identity: &Identity) -> [String; 5] {
    let names = [&identity.given_name, &identity.family_name];
    let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
    let name = identity.name.clone().unwrap_or_else(|| names.join(" "));
    let organizations = identity.organizations.iter().flatten();
    let organizations: Vec<_> = organizations
        .filter_map(|it| it.name.as_ref().or(it.slug.as_ref()).or(it.id.as_ref()))
        .map(String::as_str)
        .collect();
    [
        identity
            .sub
            .clone()
            .unwrap_or_else(|| "(not told)".to_owned()),
        name,
        identity.email.clone().unwrap_or_default(),
        organizations.join(", "),
        more(identity),
    ]
}

fn more(identity: &Identity) -> String {
    let token = identity.token.as_ref();
    let limited = token.and_then(|it| it.limited.as_ref()).map(|limited| {
        let code = limited.code.as_ref();
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        format!("limited by {}{code}", limited.by)
    });
    let quotas = identity.quotas.iter().flatten().map(quota);
    let permissions = identity
        .permissions
        .as_ref()
        .map(|it| format!("{} permissions", it.len()));
    let scopes = identity
        .scopes
        .as_ref()
        .map(|it| format!("scopes {}", it.join(" ")));
    limited
        .into_iter()
        .chain(quotas)
        .chain(permissions)
        .chain(scopes)
        .collect::<Vec<_>>()
        .join(", ")
}

fn quota(quota: &Quota) -> String {
    let name = quota.name.replace('_', " ");
    match (quota.used, quota.limit, quota.remaining) {
        (Some(used), Some(limit), _) => format!("{name} {used} of {limit} used"),
        (_, _, Some(remaining)) => format!("{name} {remaining} left"),
        (Some(used), None, None) => format!("{name} {used} used"),
        (None, Some(limit), None) => format!("{name} of {limit}"),
        (None, None, None) => name,
    }
}

/// Text that a provider wrote, without what a terminal would take for a command.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}
