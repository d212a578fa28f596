//! `cargo xtask corpus`: many descriptions, each taken from `new` to an answer of `whoami()`.
//!
//! ```text
//! index -> generate -> compile -> ask -> compare -> report
//! ```
//!
//! A client that is made of the same files at run time is held to what the generated one says, answer by answer.
//!
//! The description plays its own provider: a `server` on this machine answers as the `original` says, and takes a
//! token only where it is `wanted`, by the index and the description's words. Both read by themselves, apart from the
//! pipeline that is under test.
//!
//! What runs code under test is a process of its own a row: what a row's code does to it is that row's alone.

pub mod answers;
mod apart;
mod baseline;
mod claims;
mod compile;
mod generate;
mod index;
mod original;
mod process;
mod report;
mod run_time;
mod runner;
mod scale;
mod server;
mod wanted;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use apart::Step;
use claims::{Claim, Finding};
use compile::Findings;
use index::Entry;
use original::Original;
use run_time::Comparison;
use runner::{Answer, Programs, Question};
use server::{Kind, Outcome, Part, Server};
use wanted::servers::{Allowed, Servers};

use keyholder_codegen::write;
use keyholder_codegen::{Destination, Generated};
use keyholder_core::ProviderInfo;
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::Cargo;

pub use apart::{ARGUMENT as STEP, step};
pub use report::{Report, Row, Standing};

/// Values for what belongs to a key, of several forms: the first is taken that fits.
const ANY: [&str; 4] = ["a1", "1", "abcdef", "11111111-1111-4111-8111-111111111111"];

/// A corpus, and where to work on it.
#[derive(Debug)]
pub struct Corpus {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The folder of the descriptions and their `index.json`.
    pub folder: PathBuf,
    /// The folder that files and crates are written to.
    pub work: PathBuf,
    /// The folder of what cargo builds.
    pub build: PathBuf,
    /// The providers to take; all when empty.
    pub only: Vec<String>,
    /// The file that tells what held before.
    pub baseline: PathBuf,
    /// Whether what holds now is kept in that file.
    pub accept: bool,
}

/// A description on its way.
struct Trial {
    entry: Entry,
    claims: Vec<Claim>,
    original: Option<Original>,
    generated: Option<Generated>,
    info: Option<ProviderInfo>,
    row: Row,
}

/// Where the work is done.
struct Work {
    root: PathBuf,
    folder: PathBuf,
    destination: Destination,
}

impl Work {
    fn specs(&self) -> PathBuf {
        self.folder.join("specs")
    }

    fn steps(&self) -> PathBuf {
        self.folder.join("steps")
    }

    fn out(&self) -> PathBuf {
        self.folder.join("out")
    }
}

impl Corpus {
    /// Takes every description as far as it comes, telling `progress` where it is.
    ///
    /// # Errors
    ///
    /// An index that cannot be read, a folder that cannot be written to, or a cargo that cannot be run. What is wrong
    /// with a description is in its row.
    pub fn run(&self, progress: &dyn Fn(&str)) -> Result<Report> {
        let entries = index::read(&self.folder, &self.only)?;
        let before = baseline::read(&self.baseline)?;
        fs::create_dir_all(&self.work)
            .map_err(|error| Error::new(format!("cannot be made: {error}")).in_file(&self.work))?;
        // cargo and the steps run in folders of their own, where a relative path means another.
        let folder = absolute(&self.work)?;
        let root = absolute(&self.root)?;
        let work = Work {
            destination: Destination::detached(&root, folder.join("out"))?,
            root,
            folder,
        };
        let mut trials = Vec::new();
        for entry in entries {
            progress(&format!("generating {}", entry.provider));
            trials.push(self.try_out(entry, &work)?);
        }
        let mut errors = Vec::new();
        let mut check_seconds = 0.0;
        if write_crates(&mut trials, &work.destination)? {
            check_seconds = self.try_crates(&mut trials, &work, &mut errors, progress)?;
        }
        let rows: Vec<_> = trials.into_iter().map(|trial| trial.row).collect();
        let fallen_back = baseline::fallen_back(&before, &rows);
        if self.accept {
            baseline::accept(&self.baseline, before, &rows)?;
        }
        Ok(Report {
            rows,
            errors,
            check_seconds,
            fallen_back,
        })
    }

    /// Compiles the crates and asks them; the seconds that compiling took.
    fn try_crates(
        &self,
        trials: &mut [Trial],
        work: &Work,
        errors: &mut Vec<String>,
        progress: &dyn Fn(&str),
    ) -> Result<f64> {
        let out = work.out();
        let cargo = Cargo {
            root: &work.root,
            build: &absolute(&self.build)?,
        };
        progress("compiling");
        let start = Instant::now();
        let generated: Vec<_> = trials
            .iter()
            .filter(|trial| trial.row.generated)
            .map(|trial| (trial.entry.name(), trial.entry.clone()))
            .collect();
        let names: Vec<_> = generated.iter().map(|(name, _)| name.as_str()).collect();
        let mut alone = |name: &str| {
            let entry = generated.iter().find(|(it, _)| it == name);
            let (_, entry) = entry.ok_or_else(|| Error::new(format!("there is no {name}")))?;
            let folder = work.folder.join("alone").join(name);
            let destination = Destination::detached(&work.root, folder.clone())?;
            let generated = generate::crate_of(entry, &work.specs(), &destination)?;
            write::apply(&destination.changes(vec![generated])?)?;
            Ok(folder)
        };
        let findings = compile::check(&cargo, &out, &names, &mut alone)?;
        let check_seconds = start.elapsed().as_secs_f64();
        errors.extend(findings.first.get("keyholder").cloned());
        for trial in &mut *trials {
            trial.compiled(&findings);
        }

        progress("asking");
        let server = Server::start(trials.iter_mut().filter_map(Trial::part).collect())?;
        let questions: Vec<_> = trials
            .iter()
            .filter_map(|trial| trial.question(&server))
            .collect();
        let names: Vec<_> = questions.iter().map(|it| it.provider.as_str()).collect();
        let programs = Programs::build(&cargo, &work.folder.join("runner"), &out, &names)?;
        for trial in trials {
            let name = trial.entry.name();
            let question = questions.iter().find(|question| question.provider == name);
            let Some(question) = question else { continue };
            match programs.ask(&work.steps(), question) {
                Ok(answer) => {
                    trial.asked(&server, &answer);
                    trial.compared(&server, question, answer, work);
                }
                Err(error) => trial.row.fail(error.to_string()),
            }
        }
        Ok(check_seconds)
    }

    /// From the description to the crate's files.
    fn try_out(&self, entry: Entry, work: &Work) -> Result<Trial> {
        let claims = claims::read(&entry.claims);
        let mut row = Row {
            provider: entry.provider.clone(),
            claims_expected: claims.len(),
            ..Row::default()
        };
        for (name, said) in &entry.claims {
            if !said.is_string() {
                row.fail(format!("the index's {name} is no text"));
            }
        }
        let step = Step::Generate {
            root: work.root.clone(),
            corpus: absolute(&self.folder)?,
            entry: entry.clone(),
            specs: work.specs(),
            out: work.out(),
        };
        let name = format!("generate-{}", entry.name());
        let outcome: generate::Outcome = match apart::ask(&step, &work.steps(), &name) {
            Ok(outcome) => outcome,
            Err(error) => generate::Outcome {
                fault: Some(format!("proposing and generating: {error}")),
                ..generate::Outcome::default()
            },
        };
        row.seconds = (outcome.proposing.time + outcome.generating.time).as_secs_f64();
        row.codegen_seconds = outcome.generating.time.as_secs_f64();
        row.peak_memory_kib = outcome.generating.peak_memory;
        row.lines = outcome.lines;
        let wanted = entry.operation.as_deref();
        row.operation_found(wanted, outcome.operation, outcome.no_operation);
        if wanted.is_none() {
            return Ok(Trial {
                entry,
                claims,
                original: None,
                generated: None,
                info: None,
                row,
            });
        }
        let mut generated = None;
        match &outcome.fault {
            Some(fault) => row.fail(fault),
            // What has come to its end in a process of its own does so here.
            None => match generate::crate_of(&entry, &work.specs(), &work.destination) {
                Ok(it) => generated = Some(it),
                Err(error) => row.fail(error.to_string()),
            },
        }
        row.generated = generated.is_some();
        if let Some(fault) = outcome.no_info {
            row.fail(fault);
        }
        let original = generate::guarded(|| original::read(&self.folder, &entry, &claims))
            .map_err(|error| row.fail(error.to_string()))
            .ok();
        if let Some(original) = &original {
            row.bytes = original.size.bytes;
            row.operations = original.size.operations;
            row.credential_wanted = original.wanted.in_words();
            row.doubts.clone_from(&original.wanted.doubts);
        }
        Ok(Trial {
            entry,
            claims,
            original,
            generated,
            info: outcome.info,
            row,
        })
    }
}

impl Trial {
    /// Takes down what the compiler says.
    fn compiled(&mut self, findings: &Findings) {
        let name = self.entry.name();
        self.row.compiles = findings.compiled.contains(&name);
        self.row.warnings = findings.warnings.get(&name).copied().unwrap_or_default();
        if let Some(first) = findings.first.get(&name) {
            self.row.fail(first);
        } else if self.row.generated && !self.row.compiles {
            self.row.fail("the crate was not compiled");
        }
    }

    /// What the server plays of it, if there is a crate to ask.
    fn part(&mut self) -> Option<(String, Part)> {
        if !self.row.compiles {
            return None;
        }
        let name = self.entry.name();
        let part = Part::new(&name, self.original.take()?);
        Some((name, part))
    }

    fn question(&self, server: &Server) -> Option<Question> {
        let provider = self.entry.name();
        let part = server.part(&provider)?;
        let answer = &part.original.answer;
        let bodies: Vec<_> = [&answer.body]
            .into_iter()
            .chain(&answer.others)
            .cloned()
            .collect();
        let info = self.info.as_ref();
        let further = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Good);
        let has_server = info.is_some_and(|info| {
            let info = json!(info);
            info["base_url"].is_string() || info["servers"].get(0).is_some()
        });
        Some(Question {
            base_url: server.base_url(&provider, has_server),
            token: part.token(Kind::Good),
            any: ANY.map(str::to_owned).to_vec(),
            tokens: further
                .map(|kind| (kind.word().to_owned(), part.token(kind)))
                .collect(),
            status: answer.status,
            media_type: answer.media_type.clone(),
            others: answer.others.clone(),
            answers: info
                .map(|info| answers::answers(info, &bodies))
                .unwrap_or_default(),
            provider,
        })
    }

    /// Takes down what came of asking, and compares.
    fn asked(&mut self, server: &Server, answer: &Answer) {
        let name = self.entry.name();
        let Some(part) = server.part(&name) else {
            return;
        };
        self.row.came(server.take(&name, Kind::Good));
        served(&mut self.row, &part.original.servers, answer);
        if self.row.servers == Standing::No && answer.has_default {
            // Whoever gives a key to a stranger is answered nothing.
            self.row.authenticated = false;
            return;
        }
        let [_, forbidden] = &part.original.refusals;
        self.refused(answer, forbidden.is_of_credential);
        let identity = match answer.identity() {
            Ok(identity) => identity,
            Err(error) => {
                self.row.fail(error);
                Value::Null
            }
        };
        self.row.claims_expected = 0;
        for claim in &self.claims {
            match claim.check(&part.original.answer.body, &identity) {
                Finding::Found => {
                    self.row.claims_found += 1;
                    self.row.claims_expected += 1;
                }
                Finding::Missing(reason) => {
                    self.row.claims_expected += 1;
                    self.row.fail(reason);
                }
                Finding::Wrong(reason) => {
                    self.row.claims_expected += 1;
                    self.row.wrong.push(reason.clone());
                    self.row.fail(reason);
                }
                Finding::NotExpected => {}
            }
        }
        for (claim, value) in claims::beyond(&self.claims, &part.original.answer.body, &identity) {
            let told = format!("{claim}: the index has none, and the identity says {value:?}");
            if claims::is_listed_by_indexes(claim) {
                self.row.wrong.push(told.clone());
                self.row.fail(told);
            } else {
                self.row.beyond.push(told);
            }
        }
        self.row.claims_wrong = self.row.wrong.len();
        self.row.identity = identity;
        for unread in &answer.unread {
            self.row.fail(unread);
        }
    }

    /// Takes down what came of tokens that are not simply good. Where a 403 `is_of_credential`, no good key is
    /// described to get one.
    fn refused(&mut self, answer: &Answer, is_of_credential: bool) {
        // Where the good key is not taken, the others are not either.
        if !self.row.authenticated {
            return;
        }
        let verdict = |kind: Kind| {
            let said = answer
                .asked
                .get(kind.word())
                .map(|verdict| &verdict["verdict"]);
            said.and_then(Value::as_str)
                .unwrap_or("not asked")
                .to_owned()
        };
        self.row.bad_key = verdict(Kind::Bad);
        self.row.no_scope = if is_of_credential {
            "not described".to_owned()
        } else {
            verdict(Kind::Limited)
        };
        let nobody = [Kind::Nobody, Kind::Page].map(verdict);
        let firm = nobody.iter().find(|verdict| *verdict != "indeterminate");
        self.row.nobody.clone_from(firm.unwrap_or(&nobody[0]));
        if self.row.bad_key == "valid" {
            self.row.fail("a bad key is valid");
        }
        if self.row.no_scope == "invalid" {
            self.row.fail("a good key without scope is invalid");
        }
        if matches!(self.row.nobody.as_str(), "valid" | "invalid") {
            self.row
                .fail(format!("nobody's answer makes a key {}", self.row.nobody));
        }
    }

    /// Asks by the client that is made at run time, and takes down whether it says the same.
    fn compared(&mut self, server: &Server, question: &Question, answer: Answer, work: &Work) {
        let name = self.entry.name();
        let Some(info) = &self.info else {
            return;
        };
        let step = Step::Compare {
            info: Box::new(info.clone()),
            question: question.clone(),
            answer,
        };
        match apart::ask::<Comparison>(&step, &work.steps(), &format!("compare-{name}")) {
            Ok(comparison) => {
                self.row.answers_read = comparison.read;
                self.row.answers_same = comparison.same;
                if let Some(difference) = comparison.difference {
                    self.row.fail(difference);
                }
            }
            Err(error) => self.row.fail(format!("at run time: {error}")),
        }
        // The last request with the good key was that of the client that was made at run time.
        let is_answered = matches!(
            server.take(&name, Kind::Good),
            Some(Outcome::Answered { .. })
        );
        if self.row.authenticated && !is_answered {
            self.row
                .fail("at run time, it was not asked as the description says");
        }
    }
}

/// Takes down where the client would send a key by default.
fn served(row: &mut Row, servers: &Servers, answer: &Answer) {
    let provider = &answer.provider;
    if provider.is_null() {
        return;
    }
    // With the values of parameters that the caller need not give.
    let filled = |url: &str| {
        let mut url = url.to_owned();
        for parameter in provider["parameters"].as_array().into_iter().flatten() {
            if let (Some(name), Some(default)) =
                (parameter["name"].as_str(), parameter["default"].as_str())
            {
                url = url.replace(&format!("{{{name}}}"), default);
            }
        }
        url
    };
    let named = provider["servers"].as_array().into_iter().flatten();
    let named = named.filter_map(|server| server["base_url"].as_str());
    let named: Vec<_> = named.map(filled).collect();
    // Of several by name, the first is asked.
    let base_url = provider["base_url"].as_str().map(filled);
    let base_url = base_url.or_else(|| named.first().cloned());
    if base_url.is_none() && answer.has_default {
        row.fail("a client can be made without a base URL, and says of none");
        row.servers = Standing::No;
        return;
    }
    let (standing, note) = match servers.judge(base_url.as_deref(), &named) {
        Allowed::Yes => (Standing::Yes, None),
        Allowed::Unknown(note) => (Standing::Unknown, Some(note)),
        Allowed::No(note) => {
            row.fail(format!("base URL: {note}"));
            (Standing::No, Some(note))
        }
    };
    row.servers = standing;
    row.base_url = base_url;
    row.servers_note = note;
}

/// Writes the crates that came out, as one workspace; whether there is any.
fn write_crates(trials: &mut [Trial], destination: &Destination) -> Result<bool> {
    let generated: Vec<_> = trials
        .iter_mut()
        .filter_map(|trial| trial.generated.take())
        .collect();
    if generated.is_empty() {
        return Ok(false);
    }
    write::apply(&destination.changes(generated)?)?;
    Ok(true)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(error.to_string()).in_file(path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};
    use testing_harness::description::Place;

    use super::{Answer, Row, Servers, Standing, served};

    /// How a client with that data stands, where a description has these servers.
    fn standing(servers: &[&str], provider: Value, has_default: bool) -> Standing {
        let servers: Vec<_> = servers.iter().map(|url| json!({ "url": url })).collect();
        let document = json!({ "servers": servers });
        let servers = Servers::read(Place {
            document: &document,
            item: &Value::Null,
            operation: &Value::Null,
        });
        let mut answer: Answer = serde_json::from_value(json!({ "error": null })).unwrap();
        answer.provider = provider;
        answer.has_default = has_default;
        let mut row = Row::default();
        served(&mut row, &servers, &answer);
        row.servers
    }

    #[test]
    fn a_client_may_have_a_base_url_only_where_one_is_for_everyone() {
        let good = "https://api.acme-inc.com";
        let demo = "https://demo.acme-inc.com";
        let of = |url: &str| json!({ "base_url": url });
        assert_eq!(standing(&[good], of(good), true), Standing::Yes);
        assert_eq!(
            standing(&[demo], json!({ "name": "acme" }), false),
            Standing::Yes
        );
        for (servers, provider, has_default) in [
            ([demo], of(demo), true),
            ([good], of("https://api.acme.io"), true),
            ([good], json!({ "name": "acme" }), false),
            ([demo], json!({ "name": "acme" }), true),
        ] {
            assert_eq!(
                standing(&servers, provider, has_default),
                Standing::No,
                "{servers:?}"
            );
        }
        // A value that a parameter has by itself makes it a default.
        let regions = ["https://{region}.acme-inc.com"];
        let own = json!({ "base_url": regions[0], "parameters": [{ "name": "region", "default": "abcdef" }] });
        assert_eq!(standing(&regions, own.clone(), true), Standing::No);
        let several = json!({ "servers": [{ "name": "", "base_url": regions[0] }], "parameters": own["parameters"] });
        assert_eq!(standing(&regions, several, true), Standing::No);
        let given = json!({ "base_url": regions[0], "parameters": [{ "name": "region" }] });
        assert_eq!(standing(&regions, given, false), Standing::Yes);
        let listed = json!({ "servers": [{ "name": "eu", "base_url": good }, { "name": "us", "base_url": demo }] });
        assert_eq!(standing(&[good, demo], listed, true), Standing::No);
        assert_eq!(
            standing(
                &[good, "https://us.acme-inc.com"],
                json!({
                    "servers": [{ "name": "eu", "base_url": good }, { "name": "us", "base_url": "https://us.acme-inc.com" }],
                }),
                true
            ),
            Standing::Yes
        );
    }
}
