//! Verdaccio: its npm package. It speaks npm's protocol: both providers of the catalogue are held against it.
//!
//! It tells nobody that a token is bad: whoever it does not know is nobody, as who sent none at all. So no answer of it may
//! condemn a token.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use keyholder::{ErrorKind, Token};
use keyholder_openapi::Result;
use serde_json::json;
use testing_programs::folder::Temporary;
use testing_programs::npm;
use testing_programs::process::{self, Process};

use crate::ask::Expected;
use crate::report::Report;
use crate::scene::{self, START, Scene, done, http, random};

const VERSION: &str = "6.8.0";

/// How long a token is good.
const LIFE: Duration = Duration::from_secs(3);

/// Installs it under `tools`, and tries everything.
///
/// # Errors
///
/// What cannot be installed, started or made. An interrupt.
pub(crate) async fn run(tools: &Path, command_line: &Path, report: &mut Report) -> Result<()> {
    let overrides = [("node-fetch", "2.7.0")];
    let package = npm::install(tools, "verdaccio", VERSION, &overrides)?;
    report.about(&format!("Verdaccio {VERSION}"));
    // Tokens of a user and a password, encrypted, as by default; and tokens that expire, which are JWTs.
    let life = LIFE.as_secs();
    let expiring =
        format!("security: {{ api: {{ jwt: {{ sign: {{ expiresIn: {life}s }} }} }} }}\n");
    for (kind, security) in [("encrypted", ""), ("JWT", &expiring)] {
        let start = Instant::now();
        let server = Server::start(&package, security)?;
        report.started(start, &server.url);
        for provider in ["verdaccio", "npm"] {
            let scene = Scene::new(provider, &server.url, command_line, &mut *report)?;
            tokens(
                scene,
                &server,
                &format!("{provider}, {kind}"),
                kind == "JWT",
            )
            .await?;
        }
    }
    Ok(())
}

/// What it answers where it knows nobody.
const NOBODY: Expected =
    Expected::Indeterminate(Some((ErrorKind::InvalidResponse, Some(200), None)));

async fn tokens(mut scene: Scene<'_>, server: &Server, of: &str, expires: bool) -> Result<()> {
    let (name, password) = (format!("user-{}", random()?), random()?);
    let token = server.sign_up(&name, &password).await?;
    let claims = scene.valid([
        ("sub", json!(name)),
        ("preferred_username", json!(name)),
        ("subject_type", json!("user")),
    ]);
    scene.ask(&format!("{of}: good"), &token, claims).await?;
    let mut cut = token.expose_secret().to_owned();
    cut.truncate(cut.len() - 4);
    let cut = Token::from(format!("{cut}abcd"));
    scene.ask(&format!("{of}: bad"), &cut, NOBODY).await?;
    let unknown = Token::from(random()?);
    scene
        .ask(&format!("{of}: made up"), &unknown, NOBODY)
        .await?;
    if expires {
        tokio::time::sleep(LIFE + Duration::from_secs(1)).await;
        scene.ask(&format!("{of}: expired"), &token, NOBODY).await?;
    } else {
        // There is no other way to take back a token of a user and a password.
        server
            .change_password(&name, &token, &password, &random()?)
            .await?;
        scene.ask(&format!("{of}: revoked"), &token, NOBODY).await?;
    }
    Ok(())
}

struct Server {
    url: String,
    // The order of the fields is the order in which things go.
    _process: Process,
    _folder: Temporary,
}

impl Server {
    fn start(package: &Path, security: &str) -> Result<Self> {
        let folder = Temporary::new("testing-live")?;
        let port = process::free_port()?;
        let config = folder.path().join("config.yaml");
        let settings = format!(
            "storage: ./storage\nauth: {{ htpasswd: {{ file: ./htpasswd, max_users: 100 }} }}\nuplinks: {{}}\n\
             packages: {{ '**': {{ access: $authenticated }} }}\nflags: {{ changePassword: true }}\n\
             log: {{ type: stdout, format: json, level: info }}\n{security}"
        );
        scene::write(&config, &settings)?;
        let mut node = Command::new("node");
        node.arg("node_modules/verdaccio/bin/verdaccio")
            .arg("--config")
            .arg(&config)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .current_dir(package);
        let log = folder.path().join("verdaccio.log");
        let mut process = Process::start("Verdaccio", &node, &log)?;
        process.wait_until(START, |log| log.contains("http address - ").then_some(()))?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            _process: process,
            _folder: folder,
        })
    }

    /// Makes a user, and gives the token of the first log-in.
    async fn sign_up(&self, name: &str, password: &str) -> Result<Token> {
        let url = format!("{}/-/user/org.couchdb.user:{name}", self.url);
        let user = json!({ "name": name, "password": password });
        let made = done("make a user", http()?.put(&url).json(&user)).await?;
        // The token that comes with it does not outlive the first log-in.
        scene::token(&made, "token")
    }

    async fn change_password(&self, name: &str, token: &Token, old: &str, new: &str) -> Result<()> {
        let change = json!({ "name": name, "password": { "old": old, "new": new } });
        let request = http()?
            .post(format!("{}/-/npm/v1/user", self.url))
            .json(&change);
        let request = request.bearer_auth(token.expose_secret());
        done("change a password", request).await.map(|_| ())
    }
}
