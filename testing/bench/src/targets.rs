//! What the figures are to be.

use std::fmt;

use serde_json::{Value, json};

use super::report::{Ratio, Table};

/// What the ratio of a figure to that of its table's reference is to be.
#[derive(Debug)]
pub struct Target {
    table: &'static str,
    subject: &'static str,
    measure: &'static str,
    bound: Bound,
    /// Whether it is counted, not timed: the same on every machine, or nearly.
    is_counted: bool,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

const fn counted(
    table: &'static str,
    subject: &'static str,
    measure: &'static str,
    most: f64,
) -> Target {
    Target {
        table,
        subject,
        measure,
        bound: Bound::AtMost(most),
        is_counted: true,
    }
}

const fn timed(
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
        is_counted: false,
    }
}

const TARGETS: &[Target] = &[
    counted("One call", "keyholder", "instructions", 0.65),
    counted("One call", "keyholder", "allocations", 1.0),
    counted("A key of many", "keyholder", "instructions", 0.75),
    counted("A key of many", "keyholder", "allocations", 1.0),
    counted("Memory", "keyholder", "1000 keys", 1.2),
    counted("Memory", "keyholder", "100000 keys", 1.2),
    counted("Memory", "keyholder", "1000000 keys", 1.2),
    counted("Answers made to be dear", "1 MB", "repeated letter", 1.2),
    counted("Answers made to be dear", "1 MB", "escaped letter", 1.2),
    counted("Answers made to be dear", "1 MB", "percent signs", 1.2),
    counted("Answers made to be dear", "1 MB", "backslashes", 1.2),
    counted(
        "The first call over https",
        "four clients",
        "instructions",
        1.2,
    ),
    timed("Many keys", "keyholder", "one core", Bound::AtLeast(1.05)),
    timed("Many keys", "keyholder", "two cores", Bound::AtLeast(1.05)),
    timed(
        "The command",
        "keyholder check",
        "rate",
        Bound::AtLeast(0.9),
    ),
    timed("A user's build", "keyholder", "crates", Bound::AtMost(1.1)),
    timed("A user's build", "keyholder", "CPU", Bound::AtMost(1.1)),
    timed(
        "A user's build",
        "keyholder",
        "stripped binary",
        Bound::AtMost(1.1),
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
fn measured(tables: &[Table]) -> impl Iterator<Item = (&'static Target, Ratio)> {
    TARGETS
        .iter()
        .filter_map(|target| Some((target, target.ratio(tables)?)))
}

/// Those that are counted and were missed.
pub(super) fn missed(tables: &[Table]) -> Vec<&'static Target> {
    measured(tables)
        .filter(|(target, ratio)| target.is_counted && !target.holds(*ratio))
        .map(|(target, _)| target)
        .collect()
}

/// Each target that was measured, and whether it holds, as Markdown.
pub(super) fn markdown(tables: &[Table]) -> String {
    let mut text = String::from(
        "## Targets\n\nRatios to the figure in the same column that the tables' ratios are to; the median of the rounds \
         decides.\n\n| | wanted | seen | holds |\n|---|---:|---:|---|\n",
    );
    for (target, ratio) in measured(tables) {
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
    measured(tables).map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::{Bound, TARGETS, missed};
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
        for target in TARGETS {
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
            assert_eq!(
                missed(&[table(bad)]).len(),
                usize::from(target.is_counted),
                "{target}"
            );
        }
    }

    #[test]
    fn what_was_not_measured_is_not_missed() {
        assert!(missed(&[]).is_empty());
    }
}
