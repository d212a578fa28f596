//! What came out, as a table for people and as JSON for programs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::question::Kind;
use testing_harness::table::aligned;

/// What came out for one provider.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The provider.
    pub provider: String,
    /// How many answers the client was given that the description's examples make.
    pub examples: usize,
    /// How many that were generated from its schemas.
    pub generated: usize,
    /// How many that refused a request whose credential was tampered with.
    pub refusals: usize,
    /// How many different bodies there were among all of them.
    pub bodies: usize,
    /// How many answers held.
    pub held: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is wrong, and known to be.
    pub known: Vec<Finding>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was asked; empty for what is of no question.
    pub question: String,
    /// What is wrong, and where.
    pub finding: String,
    /// Why that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// A row for each provider.
    pub rows: Vec<Row>,
    /// Known findings that were not found: they are no longer needed.
    pub unneeded: Vec<String>,
    /// The seconds that all took.
    pub seconds: f64,
}

impl Row {
    /// Takes down that an answer was given.
    pub(super) fn count(&mut self, kind: &Kind) {
        *match kind {
            Kind::Example | Kind::Named(_) => &mut self.examples,
            Kind::Dynamic(_) => &mut self.generated,
            Kind::Refusal(_) => &mut self.refusals,
        } += 1;
    }

    fn answers(&self) -> usize {
        self.examples + self.generated + self.refusals
    }
}

impl Report {
    /// Whether every answer held, and nothing that is known is no longer so.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.unneeded.is_empty() && self.rows.iter().all(|row| row.findings.is_empty())
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "providers": self.rows,
            "totals": {
                "answers": self.sum(Row::answers),
                "held": self.sum(|row| row.held),
                "findings": self.sum(|row| row.findings.len()),
            },
            "unneeded": self.unneeded,
            "holds": self.holds(),
            "seconds": self.seconds,
        })
    }

    fn sum(&self, of: impl Fn(&Row) -> usize) -> usize {
        self.rows.iter().map(of).sum()
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let head = [
            "provider",
            "examples",
            "generated",
            "refusals",
            "bodies",
            "held",
        ];
        let mut cells = vec![head.map(str::to_owned)];
        let line = |name: &str, figures: [usize; 4], held: usize, answers: usize| {
            let [examples, generated, refusals, bodies] = figures.map(|figure| figure.to_string());
            [
                name.to_owned(),
                examples,
                generated,
                refusals,
                bodies,
                format!("{held}/{answers}"),
            ]
        };
        for row in &self.rows {
            let figures = [row.examples, row.generated, row.refusals, row.bodies];
            cells.push(line(&row.provider, figures, row.held, row.answers()));
        }
        let figures = [
            self.sum(|row| row.examples),
            self.sum(|row| row.generated),
            self.sum(|row| row.refusals),
            self.sum(|row| row.bodies),
        ];
        cells.push(line(
            "total",
            figures,
            self.sum(|row| row.held),
            self.sum(Row::answers),
        ));
        let mut text = aligned(&cells);
        for row in &self.rows {
            text.push_str(&findings(row));
        }
        for known in &self.unneeded {
            text.push_str(&format!(
                "\nno longer found, so no longer to be listed: {known}\n"
            ));
        }
        text.push_str(&format!(
            "\n{} of {} answers held, in {:.1} s\n",
            self.sum(|row| row.held),
            self.sum(Row::answers),
            self.seconds
        ));
        text
    }
}

/// What is wrong with a provider: of what many questions find alike, the first.
fn findings(row: &Row) -> String {
    let mut text = String::new();
    let mut alike = Vec::<(String, &Finding, usize)>::new();
    for finding in &row.findings {
        let kind = finding.kind();
        match alike.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, _, count)) => *count += 1,
            None => alike.push((kind, finding, 1)),
        }
    }
    for (index, (_, finding, count)) in alike.into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { "" });
        let Finding {
            question, finding, ..
        } = finding;
        let question = match question.as_str() {
            "" => String::new(),
            question => format!(" {question}:"),
        };
        text.push_str(&format!("{}:{question} {finding}", row.provider));
        match count {
            1 => text.push('\n'),
            _ => text.push_str(&format!(" (and {} like it)\n", count - 1)),
        }
    }
    let known: BTreeSet<_> = row
        .known
        .iter()
        .filter_map(|known| Some((&known.question, known.reason.as_ref()?)))
        .collect();
    for (question, reason) in known {
        let question = match question.as_str() {
            "" => String::new(),
            question => format!(" {question}:"),
        };
        text.push_str(&format!("\n{}:{question} known: {reason}\n", row.provider));
    }
    text
}

impl Finding {
    /// What findings of one cause have in common: the answer, and what is wrong, in whichever item of a list.
    fn kind(&self) -> String {
        let answer = self.question.split(',').next().unwrap_or_default();
        if self.finding.starts_with("Prism says") {
            return format!("{answer}: {}", self.finding);
        }
        let place = self.finding.split(": ").next().unwrap_or_default();
        let place = place.split('/').map(|token| match token.parse::<usize>() {
            Ok(_) => "*",
            Err(_) => token,
        });
        format!("{answer}: {}", place.collect::<Vec<_>>().join("/"))
    }
}
