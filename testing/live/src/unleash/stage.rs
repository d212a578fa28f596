//! Where the scenarios are played: a server, its database, and the people that they need.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::future::join4;
use keyholder::{Error as ClientError, Token, Verdict, VerdictKind};
use keyholder_openapi::{Error, Result};
use keyholder_unleash::{Client, PROVIDER};
use serde_json::{Value, json};
use testing_programs::folder::Temporary;
use testing_programs::postgresql::{self, Programs};
use testing_programs::process::{self, Process};

use super::server::{self, AccessToken, ApiTokens, Server, Session};
use crate::ask::{self, Expected, Question, Told};
use crate::report::{Outcome, Report};

/// How many calls a minute a server takes that is not to be limited.
const UNLIMITED: u32 = 1_000_000;

/// How long an answer may take that is to come.
const PATIENT: Duration = Duration::from_secs(30);

/// How long an answer is waited for that is not to come.
const IMPATIENT: Duration = Duration::from_secs(2);

/// When tokens expire that are not to expire.
const NEVER: &str = "2100-01-01T00:00:00.000Z";

/// What is started and made before the first scenario.
///
/// The order of the fields is the order in which things go.
pub(super) struct Stage<'a> {
    pub(super) server: Server,
    pub(super) database: postgresql::Server,
    pub(super) tokens: ApiTokens,
    /// The administrator that every server starts with, and a good token of hers.
    pub(super) admin: Session,
    pub(super) good: AccessToken,
    /// What is expected to be told of that token.
    pub(super) identity: Value,
    pub(super) major: u32,
    package: PathBuf,
    command_line: PathBuf,
    report: &'a mut Report,
    folder: Temporary,
}

impl<'a> Stage<'a> {
    /// Starts a database and a server, and makes a good token.
    pub(super) async fn set(
        programs: &Programs,
        package: &Path,
        command_line: &Path,
        version: &str,
        report: &'a mut Report,
    ) -> Result<Self> {
        let start = Instant::now();
        let major = super::major(version)?;
        let folder = Temporary::new("testing-live")?;
        let database = postgresql::Server::start(programs, &folder.path().join("database"))?;
        let tokens = ApiTokens::new()?;
        let log = folder.path().join("unleash.log");
        let server = Server::start(package, &database.url(), &tokens, UNLIMITED, &log)?;
        let admin = Session::log_in(server.url(), "admin", "unleash4all").await?;
        let good = admin.make_token(NEVER).await?;
        report.started(start, &format!("{}, logged in as admin", server.url()));
        Ok(Self {
            server,
            database,
            tokens,
            admin,
            good,
            identity: Value::Null,
            major,
            package: package.to_owned(),
            command_line: command_line.to_owned(),
            report,
            folder,
        })
    }

    /// Starts another server in place of this one, with the same database, which takes `limit` calls a minute.
    pub(super) fn start_again(&mut self, limit: u32) -> Result<()> {
        self.server.kill();
        let log = self.folder.path().join("unleash-again.log");
        let url = self.database.url();
        self.server = Server::start(&self.package, &url, &self.tokens, limit, &log)?;
        Ok(())
    }

    /// Takes down the result of a scenario that says by itself what it has to.
    ///
    /// # Errors
    ///
    /// An interrupt: nothing more is to be tried.
    pub(super) fn note(
        &mut self,
        scenario: &str,
        start: Instant,
        result: Result<()>,
    ) -> Result<()> {
        match result {
            _ if process::is_interrupted() => Err(Error::new("interrupted")),
            Ok(()) => Ok(()),
            Err(error) => {
                let reasons = vec![format!("it cannot be tried: {error}")];
                self.report.add(scenario, start, Outcome::Failed(reasons));
                Ok(())
            }
        }
    }

    /// Takes down that something holds, or why not.
    pub(super) fn add(&mut self, what: &str, start: Instant, told: &str, reasons: Vec<String>) {
        let outcome = if reasons.is_empty() {
            Outcome::Held(told.to_owned())
        } else {
            Outcome::Failed(reasons)
        };
        self.report.add(what, start, outcome);
    }

    /// Asks about a token in every way, and takes down whether all tell what is expected.
    pub(super) async fn ask(&mut self, what: &str, token: &Token, expected: Expected) {
        let start = Instant::now();
        let told = self.told(token, &expected, PATIENT).await;
        let reasons = expected.against(&told, token);
        self.add(what, start, &expected.in_a_line(), reasons);
    }

    /// Asks as [`ask`](Self::ask) does what is not going to be answered in time.
    pub(super) async fn ask_in_vain(&mut self, what: &str, token: &Token, expected: Expected) {
        let start = Instant::now();
        let told = self.told(token, &expected, IMPATIENT).await;
        let reasons = expected.against(&told, token);
        self.add(what, start, &expected.in_a_line(), reasons);
    }

    /// Asks as [`ask`](Self::ask) does where it is known that what is told is not what should be, and `why`. Once it is
    /// what should be, that fails: then it is known no more.
    pub(super) async fn ask_known(
        &mut self,
        what: &str,
        token: &Token,
        expected: Expected,
        why: &'static str,
    ) {
        let start = Instant::now();
        let told = self.told(token, &expected, PATIENT).await;
        let reasons = expected.against(&told, token);
        let outcome = if reasons.is_empty() {
            Outcome::Failed(vec![format!("it holds now, and was known not to: {why}")])
        } else {
            Outcome::Known(reasons, why)
        };
        self.report.add(what, start, outcome);
    }

    /// What every way of asking tells, all at once.
    pub(super) async fn told(
        &self,
        token: &Token,
        expected: &Expected,
        timeout: Duration,
    ) -> [Told; 4] {
        let question = Question {
            base_url: self.server.url().to_owned(),
            token: token.clone(),
            timeout,
        };
        let provider = &PROVIDER;
        let (typed, by_trait, by_command, by_table) = join4(
            by_client(&question),
            ask::by_trait(provider, &question),
            ask::by_command(&self.command_line, provider, &question, expected),
            ask::by_table(&self.command_line, provider, &question, expected),
        )
        .await;
        [typed, by_trait, by_command, by_table]
    }

    /// A good token of a session.
    pub(super) async fn token(session: &Session) -> Result<AccessToken> {
        session.make_token(NEVER).await
    }

    /// What the server itself answers a token, read without the client.
    pub(super) async fn raw(&self, token: &Token) -> Result<Value> {
        let request = server::http()?
            .get(format!("{}/api/admin/user", self.server.url()))
            .header("authorization", token.expose_secret());
        let answer = async { request.send().await?.error_for_status()?.json().await };
        answer
            .await
            .map_err(|error| server::refused("GET /api/admin/user", &error))
    }

    /// The permissions of an answer of the server, in the words of an identity, read without the client.
    pub(super) fn permissions(answer: &Value) -> Value {
        let permissions = answer["permissions"].as_array();
        let permissions = permissions.into_iter().flatten().map(|it| {
            let mut permission = serde_json::Map::new();
            let mut put = |name: &str, value: &Value| {
                if !value.is_null() {
                    permission.insert(name.to_owned(), value.clone());
                }
            };
            put("permission", &it["permission"]);
            put("resource", &it["project"]);
            if !it["project"].is_null() {
                put("resource_type", &json!("project"));
            }
            put("environment", &it["environment"]);
            Value::Object(permission)
        });
        permissions.collect()
    }

    /// Locks the table that every look at a personal access token reads, until it is [unlocked](Self::unlock_tokens).
    pub(super) fn lock_tokens(&self) -> Result<Process> {
        let lock = self.database.run_in_background(
            "BEGIN; LOCK TABLE personal_access_tokens IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3600)",
        )?;
        self.wait_for_count(
            1,
            "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' \
             AND relation = 'personal_access_tokens'::regclass",
        )?;
        Ok(lock)
    }

    /// Ends the transaction that holds the lock.
    pub(super) fn unlock_tokens(&self, lock: Process) -> Result<()> {
        drop(lock);
        // It sleeps on after whoever asked for it has gone.
        self.database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE query LIKE 'BEGIN; LOCK TABLE%' AND pid <> pg_backend_pid()",
        )?;
        Ok(())
    }

    /// How many queries wait for that table.
    pub(super) fn waiting(&self) -> Result<u64> {
        self.count(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND query LIKE 'select%personal_access_tokens%'",
        )
    }

    /// Waits until SQL counts that many.
    pub(super) fn wait_for_count(&self, count: u64, sql: &str) -> Result<()> {
        let end = Instant::now() + PATIENT;
        while self.count(sql)? < count {
            if Instant::now() > end {
                return Err(Error::new(format!("never came to {count}: {sql}")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn count(&self, sql: &str) -> Result<u64> {
        let counted = self.database.run(sql)?;
        let count = counted.trim().parse();
        count.map_err(|_| Error::new(format!("PostgreSQL counts {counted:?}")))
    }
}

/// Asks with the generated client, for the provider's own type.
async fn by_client(question: &Question) -> Told {
    const BY: &str = "the typed client";
    let client = match Client::with_config(question.config()) {
        Ok(client) => client,
        Err(error) => return Told::new(BY, &Verdict::Indeterminate(error), ""),
    };
    let result = client.get_me().await;
    let mut shown = ask::debug(&client) + &ask::debug(&result);
    let verdict = match result {
        Ok(answer) => {
            shown += &json!(*answer).to_string();
            answer.verdict()
        }
        // A token that is good and may not ask this: the method has no value of its type to give.
        Err(error) if error.verdict() == VerdictKind::Valid => {
            return Told::good(BY, &error, &shown);
        }
        Err(error) => Verdict::from(Err(ClientError::from(error))),
    };
    Told::new(BY, &verdict, &shown)
}
