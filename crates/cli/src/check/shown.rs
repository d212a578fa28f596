//! What `check` shows people rather than programs: the tokens that matter, by verdict and provider.

use std::collections::BTreeMap;

use keyholder::VerdictKind;

use crate::output::Line;
use crate::table::{failure, subject, table};

/// How many lines are shown even where they do not matter.
const FEW: u64 = 50;

/// How many lines of one provider and one verdict are shown.
const MOST: usize = 50;

/// The lines that are shown at the end.
#[derive(Default)]
pub(super) struct Shown {
    fail_on: Vec<VerdictKind>,
    total: u64,
    groups: BTreeMap<Place, Group>,
}

/// Where lines stand: what matters most comes first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Whether the lines are shown only where there are few.
    is_minor: bool,
    rank: u8,
    provider: String,
}

#[derive(Default)]
struct Group {
    rows: Vec<(VerdictKind, [String; 6])>,
    left: u64,
}

impl Shown {
    pub(super) fn new(fail_on: &[VerdictKind]) -> Self {
        Self {
            fail_on: fail_on.to_vec(),
            ..Self::default()
        }
    }

    /// Notes a line.
    pub(super) fn push(&mut self, line: &Line) {
        self.total += 1;
        let group = self.groups.entry(self.place(line)).or_default();
        if group.rows.len() < MOST {
            group.rows.push((line.verdict(), row(line)));
        } else {
            group.left += 1;
        }
    }

    fn place(&self, line: &Line) -> Place {
        let verdict = line.verdict();
        // What a scanner found is the worse for being valid.
        let alarm = if line.is_finding() {
            VerdictKind::Valid
        } else {
            VerdictKind::Invalid
        };
        let rank = match verdict {
            _ if self.fail_on.contains(&verdict) => 0,
            verdict if verdict == alarm => 1,
            VerdictKind::Indeterminate if !line.provider().is_empty() => 2,
            VerdictKind::Indeterminate => 3,
            _ => 4,
        };
        Place {
            is_minor: rank == 4,
            rank,
            provider: line.provider().to_owned(),
        }
    }

    /// The table, with what is not in it; nothing where there is nothing to show.
    pub(super) fn table(self) -> String {
        let is_all = self.total <= FEW;
        let headings = [
            "provider",
            "verdict",
            "key",
            "where",
            "rule",
            "what is known",
        ];
        let mut table = table(&headings)
            .optional(&["key", "where", "rule"])
            .dispensable(&["rule", "key"])
            .cut_at_start("where");
        let mut notes = String::new();
        let mut is_empty = true;
        for (place, group) in self.groups {
            if place.is_minor && !is_all {
                continue;
            }
            is_empty = false;
            for (verdict, row) in group.rows {
                table.add_verdict(verdict, row);
            }
            if group.left > 0 {
                let name = if place.provider.is_empty() {
                    "(unknown)"
                } else {
                    &place.provider
                };
                notes += &format!("{} more of {name}: --to jsonl has all\n", group.left);
            }
        }
        if is_empty {
            return notes;
        }
        format!("{}\n{notes}", table.trim_fmt())
    }
}

fn row(line: &Line) -> [String; 6] {
    let extra = line.extra.as_deref();
    let provider = match line.provider() {
        "" => "(unknown)",
        provider => provider,
    };
    let file = extra.and_then(|it| it.file.clone());
    let number = extra.and_then(|it| it.line).map(|it| it.to_string());
    let has_file = file.is_some();
    let places: Vec<_> = file.into_iter().chain(number).collect();
    let masked = extra.and_then(|it| it.token.clone());
    // A finding's identifier says where it is, which stands beside it where that is known.
    let is_beside = line.is_finding() && has_file;
    let id = line.id_text().filter(|_| !is_beside);
    let key: Vec<_> = id.into_iter().chain(masked).collect();
    let known = line.identity().map(subject).or_else(|| failure(line));
    [
        provider.to_owned(),
        line.verdict().to_string(),
        key.join(" "),
        places.join(":"),
        extra.and_then(|it| it.rule.clone()).unwrap_or_default(),
        known.unwrap_or_default(),
    ]
}
