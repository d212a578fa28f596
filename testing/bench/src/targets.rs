//! What the figures are to be.

use std::fmt;

use serde_json::{Value, json};

use super::answers::NAME as DEAR;
use super::report::{Ratio, Table};
use super::start::NAME as START;
use Bound::{AtLeast, AtMost};

/// What the ratio of a figure to that of its table's reference is to be.
#[derive(Debug)]
pub struct Target {
    table: &'static str,
    subject: &'static str,
    measure: &'static str,
    bound: Bound,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

const fn target(
    table: &'static str,
    subject: &'static str,
    measure: &'static str,
    bound: Bound,
) -> Target {
    Target {
        table,
        subject,
        measure,
        bound,
    }
}

/// What is counted: the same on every machine, or nearly.
const COUNTED: &[Target] = &[
    target("One call", "keyholder", "instructions", AtMost(0.65)),
    target("One call", "keyholder", "allocations", AtMost(1.0)),
    target("A key of many", "keyholder", "instructions", AtMost(0.75)),
    target("A key of many", "keyholder", "allocations", AtMost(1.0)),
    target("Memory", "keyholder", "1000 keys", AtMost(1.2)),
    target("Memory", "keyholder", "100000 keys", AtMost(1.2)),
    target("Memory", "keyholder", "1000000 keys", AtMost(1.2)),
    target(DEAR, "1 MB", "repeated letter", AtMost(1.2)),
    target(DEAR, "1 MB", "escaped letter", AtMost(1.2)),
    target(DEAR, "1 MB", "percent signs", AtMost(1.2)),
    target(DEAR, "1 MB", "backslashes", AtMost(1.2)),
    target(START, "four clients", "instructions", AtMost(1.2)),
];

/// What depends on the machine, and what it does beside.
const TIMED: &[Target] = &[
    target("Many keys", "keyholder", "one core", AtLeast(1.05)),
    target("Many keys", "keyholder", "two cores", AtLeast(1.05)),
    target("The command", "keyholder check", "rate", AtLeast(0.9)),
    target("A user's build", "keyholder", "crates", AtMost(1.1)),
    target("A user's build", "keyholder", "CPU", AtMost(1.1)),
    target(
        "A user's build",
        "keyholder",
        "stripped binary",
        AtMost(1.1),
    ),
];

impl Target {
    fn ratio(&self, tables: &[Table]) -> Option<Ratio> {
        let table = tables.iter().find(|table| table.name == self.table)?;
        table.ratio_of(self.subject, self.measure)
    }

    fn holds(&self, ratio: Ratio) -> bool {
        match self.bound {
            Bound::AtMost(most) => ratio.median <= most,
            Bound::AtLeast(least) => ratio.median >= least,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            table,
            subject,
            measure,
            bound,
            ..
        } = self;
        write!(f, "{table}, {subject}, {measure}: {bound}")
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "at most {most:.2}"),
            Self::AtLeast(least) => write!(f, "at least {least:.2}"),
        }
    }
}

/// Those that were measured, with what they came to.
fn measured(
    targets: impl Iterator<Item = &'static Target>,
    tables: &[Table],
) -> impl Iterator<Item = (&'static Target, Ratio)> {
    targets.filter_map(|target| Some((target, target.ratio(tables)?)))
}

fn all() -> impl Iterator<Item = &'static Target> {
    COUNTED.iter().chain(TIMED)
}

/// Those that are counted and were missed.
pub(super) fn missed(tables: &[Table]) -> Vec<&'static Target> {
    measured(COUNTED.iter(), tables)
        .filter(|(target, ratio)| !target.holds(*ratio))
        .map(|(target, _)| target)
        .collect()
}

/// Each target that was measured, and whether it holds, as Markdown.
pub(super) fn markdown(tables: &[Table]) -> String {
    let mut text = String::from(
        "## Targets\n\nRatios to the figure in the same column that the tables' ratios are to; the median of the rounds \
         decides.\n\n| | wanted | seen | holds |\n|---|---:|---:|---|\n",
    );
    for (target, ratio) in measured(all(), tables) {
        let holds = if target.holds(ratio) { "yes" } else { "no" };
        let Target {
            table,
            subject,
            measure,
            bound,
            ..
        } = target;
        text.push_str(&format!(
            "| {table}: {subject}, {measure} | {bound} | {ratio} | {holds} |\n"
        ));
    }
    text
}

/// Each target that was measured, and whether it holds.
pub(super) fn json(tables: &[Table]) -> Vec<Value> {
    let target = |(target, ratio): (&Target, Ratio)| {
        json!({
            "benchmark": target.table,
            "subject": target.subject,
            "measure": target.measure,
            "bound": target.bound.to_string(),
            "ratio": ratio.median,
            "holds": target.holds(ratio),
        })
    };
    measured(all(), tables).map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::{Bound, COUNTED, TIMED, missed};
    use crate::report::{Figure, Table};

    fn table(name: &'static str, subject: &str, measure: &str, rounds: [[f64; 3]; 2]) -> Table {
        let [ours, theirs] = rounds;
        Table {
            name,
            about: String::new(),
            reference: Some("reference"),
            figures: vec![
                Figure::of_rounds(subject, measure, ours.to_vec(), ""),
                Figure::of_rounds("reference", measure, theirs.to_vec(), ""),
            ],
        }
    }

    #[test]
    fn a_target_is_missed_by_the_median_of_the_rounds() {
        let counted = COUNTED.iter().map(|target| (target, 1));
        for (target, misses) in counted.chain(TIMED.iter().map(|target| (target, 0))) {
            let good = match target.bound {
                Bound::AtMost(most) => most - 0.01,
                Bound::AtLeast(least) => least + 0.01,
            };
            let bad = match target.bound {
                Bound::AtMost(most) => most + 0.01,
                Bound::AtLeast(least) => least - 0.01,
            };
            // Each round is compared with its own: the second is slow for both.
            let ours = |ratio: f64| [bad, ratio * 50.0, ratio];
            let table = |ratio| {
                table(
                    target.table,
                    target.subject,
                    target.measure,
                    [ours(ratio), [1.0, 50.0, 1.0]],
                )
            };
            assert!(missed(&[table(good)]).is_empty(), "{target}");
            assert_eq!(missed(&[table(bad)]).len(), misses, "{target}");
        }
    }

    #[test]
    fn what_was_not_measured_is_not_missed() {
        assert!(missed(&[]).is_empty());
    }
}
