//! `JupyterHub`: its Python package, with users and a service that acts for them.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use keyholder::{ErrorKind, Token};
use keyholder_openapi::Result;
use reqwest::Method;
use serde_json::{Value, json};
use testing_programs::folder::Temporary;
use testing_programs::pip;
use testing_programs::process::{self, Process};

use crate::ask::Expected;
use crate::report::Report;
use crate::scene::{self, START, Scene, done, http, random};

const VERSION: &str = "5.4.0";

/// A hub alone: without the proxy before it, and with users who log in nowhere.
const CONFIG: &str = r#"
import os
from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    should_start = False

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


c = get_config()
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = os.environ["HUB_URL"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.services = [
    {"name": "keeper", "api_token": os.environ["KEEPER_TOKEN"]},
    {"name": "idle", "api_token": os.environ["IDLE_TOKEN"]},
]
c.JupyterHub.load_roles = [{"name": "keeper", "services": ["keeper"], "scopes": ["admin:users", "tokens"]}]
"#;

/// What it answers to a token that it does not know, or knows no more.
const REFUSED: Expected = Expected::Invalid(403, None);

/// Installs it under `tools`, and tries everything.
///
/// # Errors
///
/// What cannot be installed, started or made. An interrupt.
pub(crate) async fn run(tools: &Path, command_line: &Path, report: &mut Report) -> Result<()> {
    let python = pip::install(tools, "jupyterhub", VERSION)?;
    report.about(&format!("JupyterHub {VERSION}"));
    let start = Instant::now();
    let hub = Hub::start(&python)?;
    report.started(start, &hub.url);
    let mut scene = Scene::new("jupyterhub", &hub.url, command_line, report)?;
    services(&mut scene, &hub).await?;
    users(&mut scene, &hub).await
}

/// Tokens of services: one that may do much, and one that may do nothing.
async fn services(scene: &mut Scene<'_>, hub: &Hub) -> Result<()> {
    for (name, token) in [("keeper", &hub.keeper), ("idle", &hub.idle)] {
        let raw = hub.raw(token).await?;
        let expected = scene.valid([
            ("sub", json!(name)),
            ("preferred_username", json!(name)),
            ("subject_type", json!("service_account")),
            ("scopes", raw["scopes"].clone()),
            ("token", json!({ "id": raw["token_id"] })),
        ]);
        scene
            .ask(&format!("the service {name}"), token, expected)
            .await?;
    }
    Ok(())
}

async fn users(scene: &mut Scene<'_>, hub: &Hub) -> Result<()> {
    hub.call(Method::POST, "/users/jane", None).await?;
    let whole = hub.make_token("jane", &json!({})).await?;
    let narrow = hub.make_token("jane", &json!({ "scopes": [] })).await?;
    for (what, made) in [
        ("good", &whole),
        ("good, without a scope of its own", &narrow),
    ] {
        let expected = scene.valid([
            ("sub", json!("jane")),
            ("preferred_username", json!("jane")),
            ("subject_type", json!("user")),
            ("created_at", made.created.clone()),
            ("scopes", made.scopes.clone()),
            ("token", json!({ "id": made.id })),
        ]);
        scene.ask(what, &made.token, expected).await?;
    }
    scene.ask("bad", &Token::from(random()?), REFUSED).await?;

    let short = hub.make_token("jane", &json!({ "expires_in": 1 })).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.ask("expired", &short.token, REFUSED).await?;

    let path = format!("/users/jane/tokens/{}", narrow.id);
    hub.call(Method::DELETE, &path, None).await?;
    scene.ask("revoked", &narrow.token, REFUSED).await?;

    hub.call(Method::DELETE, "/users/jane", None).await?;
    scene
        .ask("of a user who was deleted", &whole.token, REFUSED)
        .await?;

    // It knows the service, and says so of nothing else: who asks elsewhere is told of no page.
    let elsewhere = Expected::Indeterminate(Some((ErrorKind::UnexpectedStatus, Some(404), None)));
    scene
        .at(
            "/hub/nowhere",
            "asked where nothing is",
            &hub.keeper,
            elsewhere,
        )
        .await
}

/// A token of a user.
struct Made {
    id: String,
    token: Token,
    scopes: Value,
    /// When the user was made; null where the token may not see it.
    created: Value,
}

struct Hub {
    url: String,
    keeper: Token,
    idle: Token,
    // The order of the fields is the order in which things go.
    _process: Process,
    _folder: Temporary,
}

impl Hub {
    fn start(python: &Path) -> Result<Self> {
        let folder = Temporary::new("testing-live")?;
        let url = format!("http://127.0.0.1:{}", process::free_port()?);
        let (keeper, idle) = (random()?, random()?);
        scene::write(&folder.path().join("jupyterhub_config.py"), CONFIG)?;
        let mut command = Command::new(python);
        command
            .args(["-m", "jupyterhub"])
            .current_dir(folder.path())
            .env("HUB_URL", &url)
            .env("KEEPER_TOKEN", &keeper)
            .env("IDLE_TOKEN", &idle);
        let log = folder.path().join("jupyterhub.log");
        let mut process = Process::start("JupyterHub", &command, &log)?;
        process.wait_until(START, |log| {
            log.contains("JupyterHub is now running").then_some(())
        })?;
        Ok(Self {
            url,
            keeper: Token::from(keeper),
            idle: Token::from(idle),
            _process: process,
            _folder: folder,
        })
    }

    /// What it answers of a token, read without the client.
    async fn raw(&self, token: &Token) -> Result<Value> {
        let request = http()?.get(format!("{}/hub/api/user", self.url));
        let header = format!("token {}", token.expose_secret());
        done("GET /user", request.header("authorization", header)).await
    }

    /// What it does for the service that may.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let request = http()?.request(method, format!("{}/hub/api{path}", self.url));
        let header = format!("token {}", self.keeper.expose_secret());
        let request = request.header("authorization", header);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        done(path, request).await
    }

    async fn make_token(&self, user: &str, wanted: &Value) -> Result<Made> {
        let path = format!("/users/{user}/tokens");
        let made = self.call(Method::POST, &path, Some(wanted)).await?;
        let token = scene::token(&made, "token")?;
        let raw = self.raw(&token).await?;
        Ok(Made {
            id: raw["token_id"].as_str().unwrap_or_default().to_owned(),
            token,
            scopes: raw["scopes"].clone(),
            created: raw["created"].clone(),
        })
    }
}
