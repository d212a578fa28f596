//! What is tried on each server, in the order in which it is tried: first what leaves the server as it is, then what
//! takes its database away, then what takes the server itself away.

use std::path::Path;
use std::time::{Duration, Instant};

use keyholder::{ErrorKind, Token, Verdict, WhoAmI as _};
use keyholder_drift::{self as drift, Description};
use keyholder_openapi::{Error, Result};
use keyholder_unleash::Client;
use serde_json::{Value, json};

use super::server::{self, Person};
use super::stage::Stage;
use crate::ask::{Expected, Told};

/// What a server answers to a token that it does not know, or knows no more.
const REFUSED: Expected = Expected::Invalid(401, Some("UnauthorizedError"));

/// Tries everything.
///
/// # Errors
///
/// An interrupt.
pub(super) async fn run(mut stage: Stage<'_>) -> Result<()> {
    /// Tries one, and goes on.
    macro_rules! attempt {
        ($name:literal, $scenario:expr) => {
            let start = Instant::now();
            let result = $scenario.await;
            stage.note($name, start, result)?;
        };
    }
    attempt!("the built-in admin", built_in_admin(&mut stage));
    attempt!("users with a role each", people(&mut stage));
    attempt!("a service account", service_account(&mut stage));
    attempt!("API tokens", api_tokens(&mut stage));
    attempt!("tokens that nobody made", garbage(&mut stage));
    attempt!("no token", no_token(&mut stage));
    attempt!("a token that expires", expiring(&mut stage));
    attempt!("a token that is revoked", revoked(&mut stage));
    attempt!("a token of a user who is deleted", deleted(&mut stage));
    attempt!(
        "the published description",
        published_description(&mut stage)
    );
    attempt!("a database that is slow", slow_database(&mut stage));
    attempt!("a database that fails", failing_database(&mut stage));
    attempt!("no database", no_database(&mut stage));
    attempt!("a server that hangs", frozen_server(&mut stage));
    attempt!("a server that dies", dying_server(&mut stage));
    attempt!("a rate limit", rate_limit(&mut stage));
    Ok(())
}

/// The administrator that every server starts with: she has a user name, and nothing else.
async fn built_in_admin(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.good.token.clone();
    let raw = stage.raw(&token).await?;
    let permissions = json!([{ "permission": "ADMIN" }]);
    stage.identity = json!({
        "provider": "unleash", "iss": stage.server.url(), "subject_type": "user", "sub": "1",
        "name": "admin", "preferred_username": "admin", "permissions": permissions,
        "picture": raw["user"]["imageUrl"], "created_at": raw["user"]["createdAt"],
    });
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask(
            "the built-in admin's token, without name and e-mail",
            &token,
            expected,
        )
        .await;
    Ok(())
}

/// An admin, an editor and a viewer: who they are is what they were made with, and what they may do is what the server
/// answers, read without the client.
async fn people(stage: &mut Stage<'_>) -> Result<()> {
    for (name, role, may) in [
        ("Ada Admin", 1, &["ADMIN"][..]),
        ("Edgar Editor", 2, &["CREATE_PROJECT", "CREATE_FEATURE"]),
        ("Vera Viewer", 3, &[]),
    ] {
        let person = stage.admin.make_user(name, role).await?;
        let token = Stage::token(&person.session).await?.token;
        let raw = stage.raw(&token).await?;
        let permissions = Stage::permissions(&raw);
        let expected = Expected::Valid(identity(stage, &person, "user", &permissions));
        let what = format!("{name}'s token");
        stage.ask(&what, &token, expected).await;
        // That is what her role stands for: the reading above is not of something else.
        let start = Instant::now();
        let has = |permission: &&&str| {
            let all = permissions.as_array();
            all.into_iter()
                .flatten()
                .any(|it| it["permission"] == ***permission)
        };
        let lacking = may.iter().filter(|permission| !has(permission));
        let mut reasons: Vec<_> = lacking
            .map(|it| format!("{it} is not among them"))
            .collect();
        if role != 1 && has(&&"ADMIN") {
            reasons.push("ADMIN is among them".to_owned());
        }
        stage.add(
            &format!("{name}'s permissions"),
            start,
            "as the role has them",
            reasons,
        );
    }
    Ok(())
}

/// What is expected to be told of somebody.
fn identity(stage: &Stage<'_>, person: &Person, kind: &str, permissions: &Value) -> Value {
    let made = &person.made;
    json!({
        "provider": "unleash", "iss": stage.server.url(), "subject_type": kind,
        "sub": made["id"].to_string(), "name": made["name"], "email": made["email"],
        "preferred_username": made["username"], "picture": made["imageUrl"],
        "created_at": made["createdAt"], "permissions": permissions,
    })
}

/// The edition of the npm package has no way to make a service account, but the same server answers for one that is in
/// its database.
async fn service_account(stage: &mut Stage<'_>) -> Result<()> {
    let start = Instant::now();
    let status = stage
        .admin
        .status_of_post("/api/admin/service-account")
        .await?;
    let reasons = match status {
        404 => vec![],
        status => vec![format!(
            "status {status} rather than 404: make them by it, not in the database"
        )],
    };
    let told = "404: this edition cannot, so it is made in the database";
    stage.add("making a service account", start, told, reasons);
    let person = stage.admin.make_user("Deploy Bot", 3).await?;
    let token = Stage::token(&person.session).await?.token;
    let id = &person.made["id"];
    stage.database.run(&format!(
        "UPDATE users SET is_service = true WHERE id = {id}"
    ))?;
    let permissions = Stage::permissions(&stage.raw(&token).await?);
    let expected = Expected::Valid(identity(stage, &person, "service_account", &permissions));
    stage
        .ask("a service account's token", &token, expected)
        .await;
    Ok(())
}

/// The server puts an admin API token itself into its answer; tokens of the other types are refused here.
async fn api_tokens(stage: &mut Stage<'_>) -> Result<()> {
    let start = Instant::now();
    let admin = stage.tokens.admin.clone();
    let raw = stage.raw(&admin).await?;
    let mut reasons = Vec::new();
    if raw["user"]["secret"] != admin.expose_secret() {
        reasons
            .push("the answer does not repeat the token: nothing is proved by the next".to_owned());
    }
    if !raw["user"]["id"].is_null() {
        reasons.push("the answer has an id".to_owned());
    }
    stage.add(
        "the server's answer to an admin API token",
        start,
        "repeats the token, has no id",
        reasons,
    );
    let expected = Expected::Valid(nobody(stage));
    stage
        .ask(
            "an admin API token, which no output shows",
            &admin,
            expected,
        )
        .await;

    // The server takes them, and not for this: they are good.
    let limited = Expected::Valid(json!({
        "provider": "unleash", "iss": stage.server.url(), "subject_type": "unknown",
        "token": { "limited": { "by": "kind" } },
    }));
    let (backend, frontend) = (stage.tokens.backend.clone(), stage.tokens.frontend.clone());
    stage
        .ask("a backend token", &backend, limited.clone())
        .await;
    stage.ask("a frontend token", &frontend, limited).await;
    Ok(())
}

/// What is expected to be told of an admin API token: no user stands behind it.
fn nobody(stage: &Stage<'_>) -> Value {
    json!({
        "provider": "unleash", "iss": stage.server.url(), "subject_type": "unknown", "name": "admin",
        "preferred_username": "admin", "permissions": [{ "permission": "ADMIN" }],
    })
}

/// Tokens of every form that nobody made.
async fn garbage(stage: &mut Stage<'_>) -> Result<()> {
    let random = server::random()?;
    for (what, token) in [
        ("garbage", random.clone()),
        (
            "garbage of the form of a personal access token",
            format!("user:{random}"),
        ),
        (
            "garbage of the form of an admin API token",
            format!("*:*.{random}"),
        ),
    ] {
        stage.ask(what, &Token::from(token), REFUSED).await;
    }
    Ok(())
}

/// Our clients do not ask without a token; the description's mapping takes what the server answers to whoever does for a
/// refusal.
async fn no_token(stage: &mut Stage<'_>) -> Result<()> {
    let unsent = Expected::unanswered(ErrorKind::Config);
    stage
        .ask(
            "an empty token, which is not sent",
            &Token::from(""),
            unsent,
        )
        .await;

    let start = Instant::now();
    let response = server::http()?
        .get(format!("{}/api/admin/user", stage.server.url()))
        .send()
        .await
        .map_err(|error| server::refused("GET /api/admin/user", &error))?;
    let mut answer = http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let body = response
        .bytes()
        .await
        .map_err(|error| server::refused("a body", &error))?;
    let answer = answer
        .body(body)
        .map_err(|error| Error::new(format!("the answer cannot be read: {error}")))?;
    let token = stage.good.token.clone();
    let client = Client::new(stage.server.url(), token.clone())
        .map_err(|error| Error::new(format!("no client: {error}")))?;
    let verdict: Verdict = client.read_answer(answer.into()).into();
    let told = Told::new("read", &verdict, "");
    // It says that none came, which says nothing of one that was sent.
    let expected = Expected::Indeterminate(Some((
        ErrorKind::UnexpectedStatus,
        Some(401),
        Some("AuthenticationRequired"),
    )));
    let reasons = expected.against(&[told], &token);
    stage.add(
        "the answer to a request without a token",
        start,
        &expected.in_a_line(),
        reasons,
    );
    Ok(())
}

/// A token is good until it expires, by the clock of the database.
async fn expiring(stage: &mut Stage<'_>) -> Result<()> {
    // On a machine that is busy, it may have expired before it was asked about.
    for seconds in [5, 20, 80] {
        let expires_at = stage.database.run(&format!(
            "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '{seconds} s', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
        ))?;
        let token = stage.admin.make_token(expires_at.trim()).await?;
        let start = Instant::now();
        let expected = Expected::Valid(stage.identity.clone());
        let told = stage
            .told(&token.token, &expected, Duration::from_secs(30))
            .await;
        let expired = format!(
            "SELECT count(*) FROM personal_access_tokens WHERE id = {} AND expires_at <= now()",
            token.id
        );
        if stage.database.run(&expired)?.trim() != "0" {
            continue;
        }
        let reasons = expected.against(&told, &token.token);
        stage.add(
            "a token that is about to expire",
            start,
            &expected.in_a_line(),
            reasons,
        );
        stage.wait_for_count(1, &expired)?;
        stage
            .ask("the same token, expired", &token.token, REFUSED)
            .await;
        return Ok(());
    }
    Err(Error::new(
        "the machine is too busy to ask before a token expires",
    ))
}

/// A token is good until its holder revokes it.
async fn revoked(stage: &mut Stage<'_>) -> Result<()> {
    let token = Stage::token(&stage.admin).await?;
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask(
            "a token that is about to be revoked",
            &token.token,
            expected,
        )
        .await;
    stage.admin.revoke(&token).await?;
    stage
        .ask("the same token, revoked", &token.token, REFUSED)
        .await;
    Ok(())
}

/// A token is good until its user is deleted.
async fn deleted(stage: &mut Stage<'_>) -> Result<()> {
    let person = stage.admin.make_user("Gone Tomorrow", 3).await?;
    let token = Stage::token(&person.session).await?.token;
    let permissions = Stage::permissions(&stage.raw(&token).await?);
    let expected = Expected::Valid(identity(stage, &person, "user", &permissions));
    stage
        .ask(
            "the token of a user who is about to be deleted",
            &token,
            expected,
        )
        .await;
    stage.admin.delete_user(&person).await?;
    stage
        .ask("the same token, its user deleted", &token, REFUSED)
        .await;
    Ok(())
}

/// The server describes itself: a second source, which nobody of us wrote.
async fn published_description(stage: &mut Stage<'_>) -> Result<()> {
    let start = Instant::now();
    let url = format!("{}/docs/openapi.json", stage.server.url());
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let unreachable = |error| Error::new(format!("{url} cannot be fetched: {error}"));
    let answer = reqwest::get(&url).await.map_err(unreachable)?;
    let text = answer.text().await.map_err(unreachable)?;
    let ours = Description::of_provider("unleash", &specs)?;
    let drift = drift::compare(&ours, &Description::parse(&url, &text)?, None)?;
    let reasons = if drift.breaks() {
        drift.table().lines().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    stage.add(
        "the description that the server publishes",
        start,
        "nothing in it breaks the client",
        reasons,
    );
    Ok(())
}

/// While the database does not answer, no answer comes; then the token is as good as before.
async fn slow_database(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.good.token.clone();
    let lock = stage.lock_tokens()?;
    let too_late = Expected::unanswered(ErrorKind::Timeout);
    stage
        .ask_in_vain("a good token, the database slow", &token, too_late)
        .await;
    stage.unlock_tokens(lock)?;
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask("the same token, the database quick again", &token, expected)
        .await;
    Ok(())
}

/// When a query for a token fails, the server logs that and goes on as if there were no such token.
async fn failing_database(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.good.token.clone();
    stage
        .database
        .run("ALTER TABLE personal_access_tokens RENAME TO elsewhere")?;
    stage
        .ask_known(
            "a good token, the database failing",
            &token,
            Expected::Indeterminate(None),
            "the server answers as if nobody had made the token, with the same 401, code and message",
        )
        .await;
    stage
        .database
        .run("ALTER TABLE elsewhere RENAME TO personal_access_tokens")?;
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask("the same token, the database well again", &token, expected)
        .await;
    Ok(())
}

/// Without a database the server waits for one, and answers for the tokens that it remembers.
async fn no_database(stage: &mut Stage<'_>) -> Result<()> {
    let (token, admin) = (stage.good.token.clone(), stage.tokens.admin.clone());
    stage.database.stop();
    let too_late = Expected::unanswered(ErrorKind::Timeout);
    stage
        .ask_in_vain("a good token, the database gone", &token, too_late)
        .await;
    let remembered = Expected::Valid(nobody(stage));
    stage
        .ask("an admin API token, the database gone", &admin, remembered)
        .await;
    stage.database.resume()?;
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask("the same token, the database back", &token, expected)
        .await;
    Ok(())
}

/// A server that takes connections, and does nothing.
async fn frozen_server(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.good.token.clone();
    stage.server.freeze();
    let too_late = Expected::unanswered(ErrorKind::Timeout);
    stage
        .ask_in_vain("a good token, the server frozen", &token, too_late)
        .await;
    stage.server.thaw();
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask("the same token, the server thawed", &token, expected)
        .await;
    Ok(())
}

/// A server that dies while it is answering, and one that is dead.
async fn dying_server(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.good.token.clone();
    let broken = Expected::unanswered(ErrorKind::Connect);
    let start = Instant::now();
    // All four that ask wait for the database when the server is killed.
    let lock = stage.lock_tokens()?;
    let told = stage.told(&token, &broken, Duration::from_secs(60));
    let kill = async {
        while stage.waiting()? < 4 {
            if start.elapsed() > Duration::from_secs(50) {
                return Err(Error::new(
                    "the four calls do not all wait for the database",
                ));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stage.server.kill();
        Ok(())
    };
    let (told, killed) = tokio::join!(told, kill);
    stage.unlock_tokens(lock)?;
    killed?;
    let reasons = broken.against(&told, &token);
    stage.add(
        "a good token, the server killed in the middle",
        start,
        &broken.in_a_line(),
        reasons,
    );
    stage
        .ask("a good token, the server gone", &token, broken)
        .await;
    Ok(())
}

/// From version 8 on, a server limits the calls that are made with personal access tokens.
async fn rate_limit(stage: &mut Stage<'_>) -> Result<()> {
    // As many as one scenario makes.
    const LIMIT: u32 = 4;
    stage.start_again(LIMIT)?;
    let token = stage.good.token.clone();
    if let Some(identity) = stage.identity.as_object_mut() {
        identity.insert("iss".to_owned(), json!(stage.server.url()));
    }
    let expected = Expected::Valid(stage.identity.clone());
    stage
        .ask("a good token, the server back", &token, expected.clone())
        .await;
    if stage.major < 8 {
        stage
            .ask(
                "the same token, more often: there is no limit",
                &token,
                expected,
            )
            .await;
        return Ok(());
    }
    let limited = Expected::Indeterminate(Some((ErrorKind::RateLimited, Some(429), None)));
    stage
        .ask("the same token, more often than it may", &token, limited)
        .await;
    Ok(())
}
