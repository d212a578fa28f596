//! What was asked, what was told, and whether it held.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// One thing that was tried.
#[derive(Debug)]
struct Line {
    server: String,
    asked: String,
    outcome: Outcome,
    took: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It holds: what was told.
    Held(String),
    /// It does not hold: why.
    Failed(Vec<String>),
    /// It does not hold, and that is known: why not, and what keeps it so.
    Known(Vec<String>, &'static str),
}

/// All that was tried so far. Each thing is printed as it comes.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    server: String,
}

impl Report {
    /// Says which server the next lines are about.
    pub(crate) fn about(&mut self, server: &str) {
        server.clone_into(&mut self.server);
        println!("\n{server}");
    }

    /// Takes down that a server stands at that place now, which was begun at `start`.
    pub(crate) fn started(&mut self, start: Instant, place: &str) {
        self.add("start", start, Outcome::Held(format!("at {place}")));
    }

    /// Adds a thing that was tried since `start`, and prints it.
    pub(crate) fn add(&mut self, asked: &str, start: Instant, outcome: Outcome) {
        let took = start.elapsed();
        let seconds = took.as_secs_f64();
        match &outcome {
            Outcome::Held(told) => println!("  ok      {asked}: {told} ({seconds:.1} s)"),
            Outcome::Failed(reasons) => {
                println!("  FAILED  {asked} ({seconds:.1} s)");
                for reason in reasons {
                    println!("          {reason}");
                }
            }
            Outcome::Known(reasons, why) => {
                println!("  KNOWN   {asked} ({seconds:.1} s): {why}");
                for reason in reasons {
                    println!("          {reason}");
                }
            }
        }
        self.lines.push(Line {
            server: self.server.clone(),
            asked: asked.to_owned(),
            outcome,
            took,
        });
    }

    /// Whether everything holds that is not known not to.
    pub(crate) fn holds(&self) -> bool {
        let failed = |line: &Line| matches!(line.outcome, Outcome::Failed(_));
        !self.lines.is_empty() && !self.lines.iter().any(failed)
    }

    /// A line for each server, and for each thing that does not hold.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        let mut servers: Vec<_> = self.lines.iter().map(|line| &line.server).collect();
        servers.dedup();
        for server in servers {
            let lines: Vec<_> = self
                .lines
                .iter()
                .filter(|line| line.server == *server)
                .collect();
            let count =
                |is: fn(&Outcome) -> bool| lines.iter().filter(|it| is(&it.outcome)).count();
            let took: Duration = lines.iter().map(|line| line.took).sum();
            let _ = write!(
                text,
                "\n{server}: {} ok, {} failed, {} known, in {:.0} s",
                count(|it| matches!(it, Outcome::Held(_))),
                count(|it| matches!(it, Outcome::Failed(_))),
                count(|it| matches!(it, Outcome::Known(..))),
                took.as_secs_f64()
            );
            for line in lines {
                let word = match line.outcome {
                    Outcome::Held(_) => continue,
                    Outcome::Failed(_) => "failed",
                    Outcome::Known(..) => "known",
                };
                let _ = write!(text, "\n  {word}: {}", line.asked);
            }
        }
        text
    }
}
