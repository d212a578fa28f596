//! Airflow: its Python package, with the users that it keeps itself and a database in a file.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use keyholder::{ErrorKind, Token};
use keyholder_openapi::{Error, Result};
use serde_json::{Value, json};
use testing_programs::folder::Temporary;
use testing_programs::pip;
use testing_programs::process::{self, Process};

use crate::ask::Expected;
use crate::report::Report;
use crate::scene::{self, START, Scene, done, http, random};

const VERSION: &str = "3.3.2";

/// How long a token is good that is made for the command line.
const LIFE: Duration = Duration::from_secs(2);

/// What it answers to a token that is none of its own, or that was taken back.
const REFUSED: Expected = Expected::Invalid(403, None);

/// Installs it under `tools`, and tries everything.
///
/// # Errors
///
/// What cannot be installed, started or made. An interrupt.
pub(crate) async fn run(tools: &Path, command_line: &Path, report: &mut Report) -> Result<()> {
    let python = pip::install(tools, "apache-airflow", VERSION)?;
    report.about(&format!("Airflow {VERSION}"));
    let start = Instant::now();
    let server = Server::start(&python)?;
    report.started(start, &server.url);
    let mut scene = Scene::new("airflow", &server.url, command_line, report)?;
    // An administrator, and one who may do next to nothing: each may ask who they are.
    for user in ["ada", "jane"] {
        let token = server.log_in(user, "token").await?;
        let expected = scene.valid([
            ("sub", json!(user)),
            ("preferred_username", json!(user)),
            ("subject_type", json!("user")),
        ]);
        scene
            .ask(&format!("good, of {user}"), &token, expected)
            .await?;
    }
    scene.ask("bad", &Token::from(random()?), REFUSED).await?;
    let token = server.log_in("jane", "token").await?;
    let mut cut = token.expose_secret().to_owned();
    cut.truncate(cut.len() - 8);
    let cut = Token::from(cut);
    scene.ask("cut", &cut, REFUSED).await?;

    let short = server.log_in("jane", "token/cli").await?;
    tokio::time::sleep(LIFE + Duration::from_secs(1)).await;
    scene
        .ask("expired", &short, Expected::Invalid(401, None))
        .await?;

    server.log_out(&token).await?;
    scene.ask("revoked", &token, REFUSED).await?;

    // Where it has no such operation, it answers with the page of its user interface.
    let page = Expected::Indeterminate(Some((ErrorKind::InvalidResponse, Some(200), None)));
    let token = server.log_in("ada", "token").await?;
    scene
        .at("/nowhere", "asked where nothing is", &token, page)
        .await
}

struct Server {
    url: String,
    passwords: Value,
    // The order of the fields is the order in which things go.
    _process: Process,
    _folder: Temporary,
}

impl Server {
    fn start(python: &Path) -> Result<Self> {
        let folder = Temporary::new("testing-live")?;
        let port = process::free_port()?.to_string();
        let secret = random()? + &random()? + &random()? + &random()?;
        let passwords = folder.path().join("passwords.json");
        let airflow = |arguments: &[&str]| {
            let mut command = Command::new(python);
            command
                .args(["-m", "airflow"])
                .args(arguments)
                .current_dir(folder.path())
                .env("AIRFLOW_HOME", folder.path())
                .env("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
                .env(
                    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS",
                    "ada:admin,jane:viewer",
                )
                .env(
                    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
                    &passwords,
                )
                .env("AIRFLOW__API__WORKERS", "1")
                .env("AIRFLOW__API_AUTH__JWT_SECRET", &secret)
                .env("AIRFLOW__API_AUTH__JWT_ISSUER", "testing")
                .env("AIRFLOW__API_AUTH__JWT_LEEWAY", "0")
                .env(
                    "AIRFLOW__API_AUTH__JWT_CLI_EXPIRATION_TIME",
                    LIFE.as_secs().to_string(),
                );
            command
        };
        let log = |name: &str| folder.path().join(name);
        let migrate = airflow(&["db", "migrate"]);
        process::run("Airflow", &migrate, None, &log("migrate.log"), START)?;
        let serve = [
            "api-server",
            "--host",
            "127.0.0.1",
            "--apps",
            "core",
            "--port",
            &port,
        ];
        let mut process = Process::start("Airflow", &airflow(&serve), &log("api-server.log"))?;
        process.wait_until(START, |log| {
            log.contains("Application startup complete").then_some(())
        })?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            passwords: read(&passwords)?,
            _process: process,
            _folder: folder,
        })
    }

    /// A token, of one of the operations that give them.
    async fn log_in(&self, user: &str, operation: &str) -> Result<Token> {
        let request = http()?.post(format!("{}/auth/{operation}", self.url));
        let body = json!({ "username": user, "password": self.passwords[user] });
        let answer = done("log in", request.json(&body)).await?;
        scene::token(&answer, "access_token")
    }

    /// Takes a token back: the answer leads to a page that is not fetched.
    async fn log_out(&self, token: &Token) -> Result<()> {
        let builder = reqwest::Client::builder().no_proxy();
        let http = builder.redirect(reqwest::redirect::Policy::none()).build();
        let cannot = |error| Error::new(format!("the server does not do this: log out: {error}"));
        let request = http
            .map_err(cannot)?
            .get(format!("{}/api/v2/auth/logout", self.url));
        let request = request.bearer_auth(token.expose_secret());
        request.send().await.map(|_| ()).map_err(cannot)
    }
}

/// The passwords that it has made up for its users.
fn read(file: &Path) -> Result<Value> {
    let cannot = |error: &dyn std::fmt::Display| {
        Error::new(format!("cannot be read: {error}")).in_file(file)
    };
    let content = std::fs::read(file).map_err(|error| cannot(&error))?;
    serde_json::from_slice(&content).map_err(|error| cannot(&error))
}
