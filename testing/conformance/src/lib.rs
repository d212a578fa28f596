//! `cargo xtask conformance`: every generated client held against a mock that others made.
//!
//! ```text
//! describe -> serve -> ask -> compare -> report
//! ```
//!
//! Prism, Stoplight's mock server, reads each description with its overlay, neither selected nor lowered, and answers
//! by it. A `program` asks through the generated clients, and a `proxy` in between keeps what came and went. What the
//! clients make of it is compared with the JSON that was sent, by rules that are written down here a second time.

pub mod arguments;
pub mod assertions;
pub mod description;
pub mod difference;
pub mod identity;
pub mod known;
pub mod log;
pub mod places;
mod prism;
mod program;
mod proxy;
pub mod question;
pub mod report;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use assertions::Received;
use description::Described;
use log::Log;
use prism::Prism;
use proxy::{Exchange, Proxy, Route};
use question::{Kind, Question};
use report::{Finding, Report, Row};

use keyholder_codegen::{Destination, Interface, generate_from};
use keyholder_describe::specs;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::Cargo;
use testing_harness::server::Answer;

/// Headers that every client sends, or HTTP does.
const USUAL: [&str; 7] = [
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "user-agent",
];

/// Which clients are held, and where.
#[derive(Debug)]
pub struct Conformance {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The folder of the descriptions.
    pub specs: PathBuf,
    /// The folder of the crates.
    pub out: PathBuf,
    /// The file of known findings.
    pub known: PathBuf,
    /// The folder to work in.
    pub work: PathBuf,
    /// The folder that programs of others are kept in.
    pub tools: PathBuf,
    /// The providers to ask; all when empty.
    pub providers: Vec<String>,
    /// How many bodies are generated for each described answer.
    pub seeds: u64,
}

/// A provider on its way.
struct Trial {
    described: Described,
    interface: Interface,
    prism: Prism,
}

/// A question to a provider, by its place in the list of trials.
struct Asked {
    trial: usize,
    question: Question,
}

impl Conformance {
    /// Asks everything, telling `progress` where it is.
    ///
    /// # Errors
    ///
    /// A description, a crate or a file that cannot be read; a Prism that cannot be installed or started. What is
    /// wrong with a client is in the report.
    pub fn run(&self, progress: &dyn Fn(&str)) -> Result<Report> {
        let start = Instant::now();
        let known = known::read(&self.known)?;
        let crates = absolute(&self.out)?;
        let work = absolute(&self.work)?;
        let destination = Destination::standalone(&self.out);
        let specs = specs::named(&self.specs, &self.providers)?;

        progress("reading the descriptions");
        let mut described = Vec::new();
        for spec in &specs {
            let description = keyholder_describe::Described::read(spec)?;
            let interface = generate_from(&description, &destination)?.interface;
            let document = description.document;
            let it = Described::read(&spec.provider, document)
                .map_err(|error| error.in_file(&spec.description))?;
            described.push((it, interface));
        }

        progress("starting Prism");
        let program = prism::install(&self.tools)?;
        let mut trials = Vec::new();
        for (described, interface) in described {
            let prism = Prism::start(&program, &described.provider, &described.document, &work)?;
            trials.push(Trial {
                described,
                interface,
                prism,
            });
        }
        let (asked, proxy) = self.proxy(&mut trials)?;

        progress(&format!("asking {} questions", asked.len()));
        let lines: Vec<_> = asked
            .iter()
            .enumerate()
            .map(|(number, asked)| line(number, &trials[asked.trial].described, &proxy))
            .collect();
        let cargo = Cargo {
            root: &self.root,
            build: &work.join("build"),
        };
        let providers: Vec<_> = trials
            .iter()
            .map(|trial| (trial.described.provider.as_str(), &trial.interface))
            .collect();
        let folder = work.join("program");
        let said = program::ask(&cargo, &folder, &crates, &providers, &lines)?;

        let mut rows = Vec::new();
        let exchanges = proxy.exchanges();
        for (index, trial) in trials.iter_mut().enumerate() {
            let questions = asked
                .iter()
                .enumerate()
                .filter(|(_, asked)| asked.trial == index);
            let questions: BTreeMap<_, _> = questions
                .map(|(number, asked)| (number, &asked.question))
                .collect();
            let own: Vec<_> = exchanges
                .iter()
                .filter(|exchange| questions.contains_key(&exchange.route))
                .collect();
            rows.push(trial.compare(&questions, &own, &said, &proxy)?);
        }
        let (rows, unneeded) = known::set_aside(rows, &known);
        Ok(Report {
            rows,
            unneeded,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// The questions of all providers, and the proxy that forwards them, each by its number.
    fn proxy(&self, trials: &mut [Trial]) -> Result<(Vec<Asked>, Proxy)> {
        let mut asked = Vec::new();
        let mut routes = Vec::new();
        for (index, trial) in trials.iter_mut().enumerate() {
            let prism = trial.prism.address()?;
            for question in question::questions(&trial.described, self.seeds) {
                routes.push(Route {
                    prism,
                    base_path: trial.described.base_path.clone(),
                    preference: question.preference(),
                    tampering: match question.kind {
                        Kind::Refusal(tampering) => Some(tampering),
                        _ => None,
                    },
                    token: trial.described.token(),
                });
                asked.push(Asked {
                    trial: index,
                    question,
                });
            }
        }
        Ok((asked, Proxy::start(routes)?))
    }
}

impl Trial {
    /// Compares what was said with what came, and what Prism complains of with what was done to the requests.
    fn compare(
        &mut self,
        questions: &BTreeMap<usize, &Question>,
        exchanges: &[&Exchange],
        said: &[Value],
        proxy: &Proxy,
    ) -> Result<Row> {
        let log = self.log(exchanges.len())?;
        let described = &self.described;
        let mut row = Row {
            provider: described.provider.clone(),
            ..Row::default()
        };
        row.findings
            .extend(log.start.iter().map(|complaint| Finding {
                question: String::new(),
                finding: format!("Prism says: {complaint}"),
                reason: None,
            }));
        let mut bodies = BTreeSet::new();
        let mut all = Vec::new();
        for (number, question) in questions {
            let own = exchanges.iter().zip(&log.requests);
            let own: Vec<_> = own.filter(|(it, _)| it.route == *number).collect();
            let came: Vec<_> = own.iter().map(|(it, _)| received(&it.answer)).collect();
            let base_url = proxy.base_url(*number, &described.base_path);
            let said = said.iter().find(|said| said["number"] == *number);
            let said = said.unwrap_or(&Value::Null);
            let mut wrong = Vec::new();
            for (exchange, complaints) in own {
                wrong.extend(undescribed(described, exchange));
                wrong.extend(log::unexpected(question, complaints));
            }
            wrong.extend(assertions::wrong(
                described, question, &came, &base_url, said,
            ));
            // Both calls of a question may find the same.
            let mut seen = BTreeSet::new();
            wrong.retain(|finding| seen.insert(finding.clone()));
            for answer in came {
                bodies.insert(answer.body.clone());
                all.push(answer);
            }
            row.count(&question.kind);
            row.held += usize::from(wrong.is_empty());
            row.findings
                .extend(wrong.into_iter().map(|finding| Finding {
                    question: question.to_string(),
                    finding,
                    reason: None,
                }));
        }
        row.bodies = bodies.len();
        let unreached = rules::unreached(described, &all).into_iter();
        row.findings.extend(unreached.map(|finding| Finding {
            question: String::new(),
            finding,
            reason: None,
        }));
        Ok(row)
    }

    /// What Prism's log says of `requests` requests.
    fn log(&mut self, requests: usize) -> Result<Log> {
        // One more, so that all is written that is said of those before it.
        let address = self.prism.address()?;
        proxy::exchange(address, "GET", "/the-end", &[], &[])?;
        self.prism.log(requests)
    }
}

/// What a client sent that is not described, or did not send that is: some of it no mock asks for.
fn undescribed(described: &Described, exchange: &Exchange) -> Vec<String> {
    let Exchange { request, .. } = exchange;
    let path = request.path.strip_prefix(described.base_path.as_str());
    let path = path.filter(|path| described.parameters.is_path(path));
    let Some(path) = path.filter(|_| request.method.eq_ignore_ascii_case(&described.method)) else {
        return vec![format!(
            "the client asks {} {}",
            request.method, request.path
        )];
    };
    let mut wrong = Vec::new();
    let keys = described.credentials.query();
    if let Err(reason) = described.parameters.check(path, request, &keys, &[]) {
        wrong.push(format!("the client's request: {reason}"));
    }
    let token = described.token();
    if described.has_security() && !described.credentials.accept(request, &token) {
        let expected = described.credentials.expectation();
        wrong.push(format!(
            "the client's request is not authenticated by {expected}"
        ));
    }
    for (name, value) in &request.headers {
        let is_known = USUAL.contains(&name.as_str())
            || described.parameters.is_header(name)
            || token.split(':').any(|part| value.contains(part));
        if !is_known {
            wrong.push(format!(
                "the client sends a header {name}, which is not described"
            ));
        }
    }
    wrong
}

fn received(answer: &Answer) -> Received {
    Received {
        status: answer.status,
        headers: answer.headers.clone(),
        body: answer.body.clone(),
    }
}

fn line(number: usize, described: &Described, proxy: &Proxy) -> Value {
    json!({
        "number": number,
        "provider": described.provider,
        "base_url": proxy.base_url(number, &described.base_path),
        "token": described.token(),
    })
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(error.to_string()).in_file(path))
}
