//! A server of Unleash, and what only its administrator may do.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use keyholder::Token;
use keyholder_openapi::{Error, Result};
use serde_json::{Value, json};
use testing_programs::process::{Process, Signal};

/// How long a server may take to start on a machine that is busy.
const START: Duration = Duration::from_secs(180);

/// The API tokens that a server is started with.
#[derive(Debug)]
pub(super) struct ApiTokens {
    pub(super) admin: Token,
    pub(super) backend: Token,
    pub(super) frontend: Token,
}

impl ApiTokens {
    /// New ones, of the forms that the server takes.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            admin: Token::from(format!("*:*.{}", random()?)),
            backend: Token::from(format!("*:development.{}", random()?)),
            frontend: Token::from(format!("*:development.{}", random()?)),
        })
    }
}

/// 256 bits that nobody can guess, in hexadecimal.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| Error::new(format!("no random numbers can be had: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A running server; it is stopped when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    process: Process,
    url: String,
}

impl Server {
    /// Starts the server that is installed in `package`, on a port of its own, with the database at `database`.
    ///
    /// `limit` is how many calls a minute may be made with personal access tokens; versions before 8 ignore it.
    pub(super) fn start(
        package: &Path,
        database: &str,
        tokens: &ApiTokens,
        limit: u32,
        log: &Path,
    ) -> Result<Self> {
        let mut node = Command::new("node");
        node.arg("node_modules/unleash-server/dist/server.js")
            .current_dir(package)
            .env("DATABASE_URL", database)
            .env("DATABASE_SSL", "false")
            // So that a call waits for the database, not for a connection to it.
            .env("DATABASE_POOL_MAX", "20")
            .env("HTTP_HOST", "127.0.0.1")
            .env("PORT", "0")
            .env("CHECK_VERSION", "false")
            .env("SEND_TELEMETRY", "false")
            .env("LOG_LEVEL", "info")
            .env("INIT_ADMIN_API_TOKENS", tokens.admin.expose_secret())
            .env("INIT_BACKEND_API_TOKENS", tokens.backend.expose_secret())
            .env("INIT_FRONTEND_API_TOKENS", tokens.frontend.expose_secret())
            // Its administrator is in a hurry.
            .env("SIMPLE_LOGIN_LIMIT_PER_MINUTE", "1000")
            .env("CREATE_USER_RATE_LIMIT_PER_MINUTE", "1000")
            .env(
                "TOKEN_AUTHENTICATION_RATE_LIMIT_PER_MINUTE",
                limit.to_string(),
            );
        let mut process = Process::start("Unleash", &node, log)?;
        let port = process.wait_until(START, port)?;
        Ok(Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    /// Its base URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Keeps it from doing anything until [`thaw`](Self::thaw).
    pub(super) fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub(super) fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    /// Kills it in the middle of what it does.
    pub(super) fn kill(&self) {
        self.process.signal(Signal::KILL);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to save, and may be frozen.
        self.kill();
    }
}

/// The port that a log says, once it says that the server has started.
fn port(log: &str) -> Option<u16> {
    let line = log
        .lines()
        .find(|line| line.contains("Unleash has started"))?;
    let (_, port) = line.split_once("port: ")?;
    let digits: String = port.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Somebody who is logged in to a server with a password.
#[derive(Debug)]
pub(super) struct Session {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

/// A user, as the server answers who made it.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) session: Session,
    /// The answer to the making.
    pub(super) made: Value,
}

/// A personal access token.
#[derive(Debug)]
pub(super) struct AccessToken {
    pub(super) id: u64,
    pub(super) token: Token,
}

impl Session {
    /// Logs in.
    pub(super) async fn log_in(url: &str, username: &str, password: &str) -> Result<Self> {
        let http = http()?;
        let response = http
            .post(format!("{url}/auth/simple/login"))
            .json(&json!({ "username": username, "password": password }))
            .send()
            .await
            .map_err(|error| refused("log in", &error))?;
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookie = cookies
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("unleash-session="))
            .map(str::to_owned);
        let status = response.status();
        // The server sends the last byte once it has kept the session: only then does the cookie hold.
        let body = response.bytes().await;
        body.map_err(|error| refused("log in", &error))?;
        let cookie = cookie
            .ok_or_else(|| Error::new(format!("{username} cannot log in: status {status}")))?;
        Ok(Self {
            http,
            url: url.to_owned(),
            cookie,
        })
    }

    /// Makes a user with a role of the whole instance (1 admin, 2 editor, 3 viewer), who logs in.
    pub(super) async fn make_user(&self, name: &str, role: u64) -> Result<Person> {
        let username = name.to_lowercase().replace(' ', ".");
        let password = format!("A-{}", random()?);
        let user = json!({
            "name": name, "username": username, "email": format!("{username}@example.com"),
            "rootRole": role, "password": password, "sendEmail": false,
        });
        let made = self.post("/api/admin/user-admin", &user).await?;
        let session = Self::log_in(&self.url, &username, &password).await?;
        Ok(Person { session, made })
    }

    /// Deletes a user.
    pub(super) async fn delete_user(&self, person: &Person) -> Result<()> {
        self.delete(&format!("/api/admin/user-admin/{}", person.made["id"]))
            .await
    }

    /// Makes a personal access token that expires at `expires_at` (RFC 3339).
    pub(super) async fn make_token(&self, expires_at: &str) -> Result<AccessToken> {
        // Descriptions are unique to a user.
        let token = json!({ "description": random()?, "expiresAt": expires_at });
        let made = self.post("/api/admin/user/tokens", &token).await?;
        match (made["id"].as_u64(), made["secret"].as_str()) {
            (Some(id), Some(secret)) => Ok(AccessToken {
                id,
                token: Token::from(secret),
            }),
            _ => Err(Error::new("the server made no token")),
        }
    }

    /// Revokes a personal access token of one's own.
    pub(super) async fn revoke(&self, token: &AccessToken) -> Result<()> {
        self.delete(&format!("/api/admin/user/tokens/{}", token.id))
            .await
    }

    /// The status of a `POST` of nothing.
    pub(super) async fn status_of_post(&self, path: &str) -> Result<u16> {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .json(&json!({}));
        let response = request
            .header("cookie", &self.cookie)
            .send()
            .await
            .map_err(|error| refused(path, &error))?;
        Ok(response.status().as_u16())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        let response = self.send(path, request).await?;
        response.json().await.map_err(|error| refused(path, &error))
    }

    async fn delete(&self, path: &str) -> Result<()> {
        let request = self.http.delete(format!("{}{path}", self.url));
        self.send(path, request).await.map(|_| ())
    }

    async fn send(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response> {
        request
            .header("cookie", &self.cookie)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| refused(path, &error))
    }
}

/// A client that asks this machine alone.
pub(super) fn http() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()
        .map_err(|error| Error::new(format!("there is no HTTP client: {error}")))
}

/// What the server did not do.
pub(super) fn refused(what: &str, error: &reqwest::Error) -> Error {
    Error::new(format!("the server does not do this: {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::port;

    #[test]
    fn the_port_is_read_once_the_server_has_started() {
        let log = "\u{1b}[32m[INFO] server-impl.js - \u{1b}[39mUnleash has started. { address: '127.0.0.1', family: 'IPv4', port: 35111 }\n";
        assert_eq!(port(log), Some(35111));
        assert_eq!(port("{ port: 5432 }\n"), None);
    }
}
