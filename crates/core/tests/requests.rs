//! What a request carries, byte by byte: the token in each place that there is, and what belongs to a key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use keyholder_core::support::carries;
use keyholder_core::{
    Argument, Authentication, Body, Client, Config, Credential, Encoding, ErrorKind, KeyParameter,
    Operation, Part, Provider, ProviderInfo, Retry, Server as Named, Status, Token, TokenForm,
    VerdictKind, WhoAmI,
};
use testing_fault_server::{Answer, Request, Server};

/// The token; in base64 it is `a2V5LTAxMjM0NTY3ODk=`.
const TOKEN: &str = "key-0123456789";

fn provider(operation: Operation, authentication: Authentication) -> ProviderInfo {
    let mut info = ProviderInfo::new("acme", operation);
    info.credentials = vec![Credential::new("key", authentication)];
    info
}

fn me(path: &str) -> Operation {
    let mut operation = Operation::new("get_me", "GET", path);
    operation.identity.sub = serde_json::from_str("\"/id\"").unwrap();
    operation
}

/// Either way to send: hyper's client alone, and reqwest.
fn ways_to_send(config: Config) -> [Config; 2] {
    static REQWEST: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let builder = keyholder_core::http_client_builder().no_proxy();
        builder.build().unwrap()
    });
    [config.clone(), config.http_client(REQWEST.clone())]
}

/// A request, with its headers in an order of their own.
fn ordered(mut request: Request) -> Request {
    request.headers.sort();
    request
}

/// The request that a server gets, whichever way it is sent.
async fn sent(info: ProviderInfo, config: Config) -> Request {
    let provider = Provider::from(info);
    let server = Server::start([Answer::json(200, r#"{"id":"u7"}"#)])
        .await
        .unwrap();
    for config in ways_to_send(config.clone().base_url(server.url())) {
        let client = Client::new(&provider, config).unwrap();
        assert_eq!(client.verify().await.kind(), VerdictKind::Valid);
    }
    let mut requests: Vec<_> = server.requests().into_iter().map(ordered).collect();
    assert_eq!(requests.len(), 2);
    let (one, other) = (format!("{:?}", requests[0]), format!("{:?}", requests[1]));
    assert_eq!(one, other);
    let request = requests.remove(0);
    assert!(is_fit(&provider, &config, &request), "{request:?}");
    request
}

/// Whether a mock takes it for a request of a client made from `config`, to some operation.
fn is_fit(provider: &Provider, config: &Config, request: &Request) -> bool {
    let uri = request.line.split(' ').nth(1).unwrap().parse().unwrap();
    let headers = request.headers.iter().map(|(name, value)| {
        let name = HeaderName::try_from(name).unwrap();
        (name, HeaderValue::try_from(value).unwrap())
    });
    let headers = headers.collect::<HeaderMap>();
    let mut operations = 0..provider.operations.len();
    operations.any(|operation| {
        carries(provider, operation, config.clone())(&uri, &headers, &request.body)
    })
}

/// What keeps a client from being made.
fn refused(info: ProviderInfo, config: Config) -> String {
    let error = Client::new(&info.into(), config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

fn basic(username: Option<&str>, password: Option<&str>, is_encoded: bool) -> Authentication {
    let mut basic = Authentication::basic();
    if let Authentication::Basic {
        username: user,
        password: word,
        encoded,
    } = &mut basic
    {
        *user = username.map(str::to_owned);
        *word = password.map(str::to_owned);
        *encoded = is_encoded;
    }
    basic
}

fn encoded(name: &str, prefix: &str) -> Authentication {
    let mut header = Authentication::header(name, prefix);
    if let Authentication::Header { encoding, .. } = &mut header {
        *encoding = Some(Encoding::Base64);
    }
    header
}

#[tokio::test]
async fn a_header_carries_the_token_as_it_is_asked_for() {
    for (authentication, token, header, value) in [
        (
            Authentication::bearer(),
            TOKEN,
            "authorization",
            "Bearer key-0123456789",
        ),
        (
            Authentication::header("Authorization", "Token token="),
            TOKEN,
            "authorization",
            "Token token=key-0123456789",
        ),
        (
            Authentication::header("X-Key", ""),
            TOKEN,
            "x-key",
            "key-0123456789",
        ),
        (encoded("X-Key", ""), TOKEN, "x-key", "a2V5LTAxMjM0NTY3ODk="),
        (
            encoded("authorization", "ApiKey "),
            TOKEN,
            "authorization",
            "ApiKey a2V5LTAxMjM0NTY3ODk=",
        ),
        // RFC 7617, section 2: a user name, a colon and a password.
        (
            basic(None, None, false),
            "jane:a:b",
            "authorization",
            "Basic amFuZTphOmI=",
        ),
        (
            basic(None, None, false),
            "key",
            "authorization",
            "Basic a2V5Og==",
        ),
        (
            basic(Some("api"), None, false),
            "a:b",
            "authorization",
            "Basic YXBpOmE6Yg==",
        ),
        (
            basic(None, Some("x"), false),
            "key",
            "authorization",
            "Basic a2V5Ong=",
        ),
        (
            basic(None, None, true),
            "a2V5Ong=",
            "authorization",
            "Basic a2V5Ong=",
        ),
        (
            Authentication::cookie("session"),
            "a;b",
            "cookie",
            "session=a%3Bb",
        ),
        (
            Authentication::cookie("session"),
            "s%3Aa_b-c.d~e+f/g==",
            "cookie",
            "session=s%3Aa_b-c.d~e+f/g==",
        ),
    ] {
        let shown = format!("{authentication:?}");
        let request = sent(provider(me("/me"), authentication), Config::new(token)).await;
        assert_eq!(request.header(header), Some(value), "{shown}");
    }
}

#[tokio::test]
async fn query_path_and_body_carry_it_and_nothing_leaves_its_place() {
    let query = provider(me("/me"), Authentication::query("api key"));
    let request = sent(query, Config::new("a&b=c#d")).await;
    assert_eq!(request.target(), "/me?api+key=a%26b%3Dc%23d");

    let path = || provider(me("/keys/{key}/me"), Authentication::path("key"));
    let request = sent(path(), Config::new("a/../b?c")).await;
    assert_eq!(request.target(), "/keys/a%2F..%2Fb%3Fc/me");
    let message = refused(path(), Config::new("..").base_url("https://api.acme.com"));
    assert!(message.contains("another path"), "{message}");
    let nowhere = provider(me("/me"), Authentication::path("key"));
    let message = refused(nowhere, Config::new(TOKEN).base_url("https://api.acme.com"));
    assert!(message.contains("no place {key}"), "{message}");

    let mut operation = me("/me");
    operation.method = "POST".to_owned();
    operation.body = Some(Body::new(
        "application/json",
        r#"{"lang":"en","auth":{"v":1}}"#,
    ));
    let member = Authentication::body("/auth/key".parse().unwrap());
    let request = sent(provider(operation.clone(), member), Config::new("a\"b")).await;
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"lang": "en", "auth": {"v": 1, "key": "a\"b"}})
    );
    assert_eq!(request.header("content-type"), Some("application/json"));

    operation.body = Some(Body::new("application/x-www-form-urlencoded", "lang=en"));
    let member = Authentication::body("/key".parse().unwrap());
    let request = sent(provider(operation, member), Config::new("a&b")).await;
    assert_eq!(request.body, b"lang=en&key=a%26b");
}

#[tokio::test]
async fn parts_go_to_places_of_their_own() {
    let parts = vec![
        Part::new("id", Authentication::query("id")),
        Part::new("login", Authentication::basic()),
        Part::new("secret", Authentication::header("x-secret", "")),
    ];
    let info = || {
        provider(
            me("/me"),
            Authentication::All {
                parts: parts.clone(),
            },
        )
    };
    let request = sent(info(), Config::new("i:jane:pass:s:t")).await;
    assert_eq!(request.target(), "/me?id=i");
    assert_eq!(request.header("authorization"), Some("Basic amFuZTpwYXNz"));
    assert_eq!(request.header("x-secret"), Some("s:t"));

    let named = Token::of_parts([
        ("secret", "s"),
        ("password", "p:q"),
        ("username", "jane"),
        ("id", "a:b"),
    ]);
    let request = sent(info(), Config::new(named)).await;
    assert_eq!(request.target(), "/me?id=a%3Ab");
    assert_eq!(request.header("authorization"), Some("Basic amFuZTpwOnE="));

    let base_url = "https://api.acme.com";
    let lacking = Token::of_parts([("id", "the-id-of-it"), ("secret", "the-secret")]);
    let message = refused(info(), Config::new(lacking).base_url(base_url));
    assert!(message.contains("lacks its part username"), "{message}");
    assert!(!message.contains("the-"), "{message}");
    let single = provider(me("/me"), Authentication::bearer());
    let named = Token::of_parts([("id", "the-id-of-it")]);
    let message = refused(single, Config::new(named).base_url(base_url));
    assert!(message.contains("has no parts"), "{message}");
}

/// A provider with a server in each region, an account in the path, and forms.
fn regional() -> ProviderInfo {
    let mut operation = me("/accounts/{account}/me");
    let region = |name: &str| Argument::Parameter {
        parameter: name.to_owned(),
    };
    operation.query = vec![
        ("v".to_owned(), Argument::from("1")),
        ("region".to_owned(), region("region")),
    ];
    operation.headers = vec![("x-region".to_owned(), region("region"))];
    let mut info = provider(operation, Authentication::header("x-key", ""));
    let mut region = KeyParameter::new("region", "ACME_REGION");
    region.values = vec!["eu".to_owned(), "us".to_owned()];
    region.default = Some("us".to_owned());
    let mut account = KeyParameter::new("account", "ACME_ACCOUNT");
    account.pattern = Some("[a-z0-9./ ]+".to_owned());
    info.parameters = vec![region, account];
    info.base_url = Some("https://us.acme.com/v1".to_owned());
    info.servers = vec![Named::new("", "https://{region}.acme.com/v1")];
    info
}

#[tokio::test]
async fn parameters_of_a_key_are_put_where_they_belong() {
    let config = Config::new(TOKEN)
        .parameter("account", "a 7")
        .parameter("region", "eu");
    let request = sent(regional(), config.clone()).await;
    assert_eq!(request.target(), "/accounts/a%207/me?v=1&region=eu");
    assert_eq!(request.header("x-region"), Some("eu"));
    let provider = Provider::from(regional());
    assert_eq!(
        config.base_url_of(&provider).unwrap(),
        "https://eu.acme.com/v1"
    );
    let config = Config::new(TOKEN).parameter("account", "a7");
    assert_eq!(
        config.base_url_of(&provider).unwrap(),
        "https://us.acme.com/v1"
    );
}

#[test]
fn a_parameter_that_is_missing_or_malformed_is_named_and_not_shown() {
    for (name, value, expected) in [
        (
            "region",
            "eu",
            "account of the key is missing: give it (ACME_ACCOUNT on the command line)",
        ),
        (
            "region",
            "evil-value",
            "region of the key is none of eu, us",
        ),
        (
            "account",
            "EVIL-VALUE",
            "account of the key does not have the form [a-z0-9./ ]+",
        ),
        (
            "account",
            "..",
            "account of the key would lead to another path",
        ),
        (
            "account",
            "a/evil-value",
            "account of the key does not have the form",
        ),
        (
            "account",
            "a/b",
            "account of the key would lead to another path",
        ),
        (
            "tenant",
            "evil-value",
            "a parameter is unknown; this provider's keys have: region, account",
        ),
    ] {
        let message = refused(regional(), Config::new(TOKEN).parameter(name, value));
        assert!(message.contains(expected), "{name}={value}: {message}");
        assert!(!message.contains("evil"), "{message}");
    }
}

#[test]
fn no_parameter_leaves_its_label_of_the_host() {
    let mut info = provider(me("/me"), Authentication::bearer());
    info.parameters = vec![KeyParameter::new("tenant", "ACME_TENANT")];
    "ACME_BASE_URL".clone_into(&mut info.base_url_variable);
    info.servers = vec![Named::new("", "https://{tenant}.acme.com")];
    let base_url = |value: &str| {
        let config = Config::new(TOKEN).parameter("tenant", value);
        config.base_url_of(&info.clone().into())
    };
    assert_eq!(base_url("Blue-7").unwrap(), "https://blue-7.acme.com");
    let without = Config::new(TOKEN).base_url_of(&info.clone().into());
    let message = without.unwrap_err().to_string();
    let expected = "tenant of the key is missing: give it (ACME_TENANT on the command line), or the base URL (ACME_BASE_URL)";
    assert!(message.contains(expected), "{message}");
    for value in [
        "",
        ".",
        "a.b",
        "evil.example/",
        "evil.example#",
        "evil.example?",
        "a@b",
        "a:1",
        "a\\b",
        "a b",
        "%2f",
        "\u{ff0f}",
        "a\n",
        "x{y}",
    ] {
        let error = base_url(value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{value:?}");
    }
}

#[test]
fn the_parameter_server_names_one_of_several() {
    let mut info = provider(me("/me"), Authentication::bearer());
    info.base_url = Some("https://us.acme.com".to_owned());
    info.servers = vec![
        Named::new("us", "https://us.acme.com"),
        Named::new("eu", "https://eu.acme.com"),
    ];
    let mut server = KeyParameter::new("server", "ACME_SERVER");
    server.values = vec!["us".to_owned(), "eu".to_owned()];
    server.default = Some("us".to_owned());
    info.parameters = vec![server];
    let provider = Provider::from(info);
    let base_url = |config: Config| config.base_url_of(&provider);
    assert_eq!(base_url(Config::new(TOKEN)).unwrap(), "https://us.acme.com");
    let named = |name: &str| base_url(Config::new(TOKEN).parameter("server", name));
    assert_eq!(named("eu").unwrap(), "https://eu.acme.com");
    let message = named("evil-value").unwrap_err().to_string();
    assert!(
        message.contains("server of the key is none of us, eu"),
        "{message}"
    );
}

#[test]
fn a_base_url_is_the_providers_own_by_its_origin() {
    let mut info = provider(me("/me"), Authentication::bearer());
    info.base_url = Some("https://api.acme.com/v1".to_owned());
    info.servers = vec![
        Named::new("first", "https://api.acme.com/v1"),
        Named::new("tenant", "https://{tenant}.eu.acme.com"),
    ];
    let provider = Provider::from(info);
    for own in [
        "https://api.acme.com",
        "https://API.acme.com:443/v2/",
        "https://blue.eu.acme.com/x",
    ] {
        assert!(provider.runs(own), "{own}");
    }
    for other in [
        "http://api.acme.com",
        "https://api.acme.com:8443",
        "https://api.acme.com.evil.example",
        "https://acme.com",
        "https://a.b.eu.acme.com",
        "https://eu.acme.com",
        "https://api.acme.com@evil.example",
        "https://evil.example/?x=https://api.acme.com",
        "https://evil.example/.eu.acme.com",
        "not a URL",
    ] {
        assert!(!provider.runs(other), "{other}");
    }
}

#[tokio::test]
async fn a_path_that_the_base_url_has_is_not_put_there_twice() {
    for (below, expected) in [
        ("", "/api/v3/me"),
        ("/", "/api/v3/me"),
        ("/api/v3", "/api/v3/me"),
        ("/api/v3/", "/api/v3/me"),
        ("/api", "/api/v3/me"),
        ("/proxy", "/proxy/api/v3/me"),
        ("/proxy/api/v3", "/proxy/api/v3/me"),
        ("/v3", "/v3/api/v3/me"),
        ("/xapi/v3", "/xapi/v3/api/v3/me"),
    ] {
        let server = Server::start([Answer::json(200, r#"{"id":"u7"}"#)])
            .await
            .unwrap();
        let mut info = provider(me("/api/v3/me"), Authentication::bearer());
        info.base_path = "/api/v3".to_owned();
        let config = Config::new(TOKEN).base_url(format!("{}{below}", server.url()));
        let client = Client::new(&info.into(), config).unwrap();
        client.whoami().await.unwrap();
        assert_eq!(server.requests()[0].target(), expected, "{below}");
    }
}

/// A provider of two kinds of tokens, each with a scheme and an operation.
fn of_two_kinds() -> ProviderInfo {
    let mut info = provider(me("/me"), Authentication::bearer());
    info.credentials.push(Credential::new(
        "Legacy",
        Authentication::header("x-legacy", ""),
    ));
    let mut service = me("/service");
    "get_service".clone_into(&mut service.id);
    info.operations.push(service);
    let mut legacy = TokenForm::new("^old_(?P<account>[0-9]+)_");
    legacy.scheme = Some("Legacy".to_owned());
    legacy.operation = Some("get_service".to_owned());
    info.token.forms = vec![TokenForm::new("^new_"), legacy];
    info
}

#[tokio::test]
async fn the_form_chooses_scheme_operation_and_parameters_unless_the_caller_does() {
    let request = sent(of_two_kinds(), Config::new("new_1")).await;
    assert_eq!(
        (request.target(), request.header("authorization")),
        ("/me", Some("Bearer new_1"))
    );
    let request = sent(of_two_kinds(), Config::new("old_77_x")).await;
    assert_eq!(
        (request.target(), request.header("x-legacy")),
        ("/service", Some("old_77_x"))
    );
    let request = sent(of_two_kinds(), Config::new("old_77_x").scheme("key")).await;
    assert_eq!(request.header("x-legacy"), None);
    assert_eq!(request.header("authorization"), Some("Bearer old_77_x"));

    let message = refused(
        of_two_kinds(),
        Config::new("new_1")
            .scheme("other")
            .base_url("https://a.acme.com"),
    );
    assert!(
        message.contains("no scheme of that name: it has key, Legacy"),
        "{message}"
    );

    let mut info = of_two_kinds();
    info.parameters = vec![KeyParameter::new("account", "ACME_ACCOUNT")];
    info.operations[1].path = "/accounts/{account}/service".to_owned();
    let request = sent(info.clone(), Config::new("old_77_x")).await;
    assert_eq!(request.target(), "/accounts/77/service");
    let request = sent(
        info.clone(),
        Config::new("old_77_x").parameter("account", "8"),
    )
    .await;
    assert_eq!(request.target(), "/accounts/8/service");
    // Another kind of token needs none.
    info.token.forms[0].operation = Some("get_me".to_owned());
    let request = sent(info, Config::new("new_1")).await;
    assert_eq!(request.target(), "/me");
}

#[test]
fn where_there_is_no_other_form_nothing_else_is_sent() {
    let mut info = of_two_kinds();
    info.token.exclusive = true;
    for (token, expected) in [
        ("sk_0123456789", "none of the forms"),
        // What is wrong with it in particular says more.
        ("Bearer new_sk_0123456789", "begins with `Bearer `"),
    ] {
        let config = Config::new(token).base_url("https://a.acme.com");
        let message = refused(info.clone(), config);
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("sk_"), "{message}");
    }
}

#[test]
fn the_makers_other_secrets_are_not_sent() {
    let mut info = of_two_kinds();
    info.token.others = vec!["^(?:new|refresh)_".to_owned()];
    let config = Config::new("refresh_0123456789").base_url("https://a.acme.com");
    let message = refused(info.clone(), config);
    assert!(message.contains("for something else"), "{message}");
    assert!(!message.contains("refresh_"), "{message}");
    let provider = keyholder_core::Provider::from(info);
    assert!(provider.is_other(&"refresh_0123456789".into()));
    // What has a form of the tokens is one.
    assert!(!provider.is_other(&"new_1".into()));
    assert!(!provider.is_other(&"sk_1".into()));
}

#[tokio::test]
async fn a_form_that_others_have_too_tells_how_a_token_is_sent_and_not_whose_it_is() {
    let mut info = of_two_kinds();
    let forms = info.token.forms.clone();
    let provider = keyholder_core::Provider::from(info.clone());
    assert!(provider.knows(&"new_1".into()));
    let told = sent(info.clone(), Config::new("new_1")).await;
    info.token.forms = forms
        .into_iter()
        .map(|mut form| {
            form.shared = true;
            form
        })
        .collect();
    let provider = keyholder_core::Provider::from(info.clone());
    assert!(!provider.knows(&"new_1".into()));
    let request = sent(info, Config::new("new_1")).await;
    assert_eq!(request.target(), told.target());
    assert_eq!(
        request.header("authorization"),
        told.header("authorization")
    );
}

/// What two operations that answer so come to, and how many requests that took, whichever way they are sent.
async fn asked(answers: &[Answer], adds_claims: bool) -> (keyholder_core::Verdict, usize) {
    let mut seen = Vec::new();
    for config in ways_to_send(Config::new(TOKEN)) {
        seen.push(asked_by(config, answers, adds_claims).await);
    }
    let json = |(verdict, requests): &(keyholder_core::Verdict, usize)| {
        // Each server has a port of its own.
        let mut json = serde_json::to_value(verdict).unwrap();
        if json["identity"].is_object() {
            json["identity"]["iss"] = serde_json::Value::Null;
        }
        (json, *requests)
    };
    assert_eq!(json(&seen[0]), json(&seen[1]), "{answers:?}");
    seen.remove(0)
}

async fn asked_by(
    config: Config,
    answers: &[Answer],
    adds_claims: bool,
) -> (keyholder_core::Verdict, usize) {
    let server = Server::start(answers.to_vec()).await.unwrap();
    let mut info = provider(me("/me"), Authentication::bearer());
    let mut service = me("/service");
    service.identity.name = serde_json::from_str("\"/name\"").unwrap();
    service.adds_claims = adds_claims;
    info.operations.push(service);
    let mut limited =
        keyholder_core::Rule::new(Status::Code(403), keyholder_core::Meaning::Limited);
    limited.by = Some(keyholder_core::Limit::Kind);
    info.operations[0].answers = vec![limited.with_code("wrong_kind")];
    info.operations[0].code = vec!["/code".parse().unwrap()];
    let config = config.base_url(server.url()).retry(Retry::OFF);
    let client = Client::new(&info.into(), config).unwrap();
    let verdict = client.verify().await;
    (verdict, server.requests().len())
}

#[tokio::test]
async fn a_refusal_by_one_operation_does_not_condemn_what_another_knows() {
    let good = || Answer::json(200, r#"{"id":"u7","name":"Jane"}"#);
    let refusal = || Answer::json(401, "{}");
    let limited = || Answer::json(403, r#"{"code":"wrong_kind"}"#);
    let unknown = || Answer::json(404, "{}");
    let down = || Answer::json(503, "{}");
    for (answers, expected, requests) in [
        (vec![good(), good()], VerdictKind::Valid, 1),
        (vec![refusal(), good()], VerdictKind::Valid, 2),
        (vec![unknown(), good()], VerdictKind::Valid, 2),
        (vec![limited(), good()], VerdictKind::Valid, 2),
        (vec![limited(), refusal()], VerdictKind::Valid, 2),
        (vec![refusal(), refusal()], VerdictKind::Invalid, 2),
        (vec![refusal(), unknown()], VerdictKind::Indeterminate, 2),
        (vec![unknown(), refusal()], VerdictKind::Indeterminate, 2),
        (vec![refusal(), down()], VerdictKind::Indeterminate, 2),
        // A server that does not answer would not answer the next either.
        (vec![down(), good()], VerdictKind::Indeterminate, 1),
    ] {
        let (verdict, count) = asked(&answers, false).await;
        assert_eq!((verdict.kind(), count), (expected, requests), "{answers:?}");
    }
    let (verdict, _) = asked(&[limited(), good()], false).await;
    let token = verdict.identity().unwrap().token.as_ref();
    assert!(
        token.is_none_or(|token| token.limited.is_none()),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn an_operation_that_adds_claims_changes_no_verdict() {
    let good = || Answer::json(200, r#"{"id":"u7"}"#);
    let named = Answer::json(200, r#"{"id":"other","name":"Jane"}"#);
    let (verdict, _) = asked(&[good(), named], true).await;
    let identity = verdict.identity().unwrap();
    assert_eq!(identity.sub.as_deref(), Some("u7"));
    assert_eq!(identity.name.as_deref(), Some("Jane"));
    for answer in [
        Answer::json(401, "{}"),
        Answer::json(500, "{}"),
        Answer::new().reset(),
    ] {
        let (verdict, requests) = asked(&[good(), answer], true).await;
        assert_eq!((verdict.kind(), requests), (VerdictKind::Valid, 2));
    }
    // It is not asked of a token that is no good.
    let (verdict, requests) = asked(&[Answer::json(401, "{}")], true).await;
    assert_eq!((verdict.kind(), requests), (VerdictKind::Invalid, 1));
}

/// Where tokens go, the operations and forms of which decide that; with two tokens of each, the second to be sent after the
/// first.
fn ways() -> Vec<(ProviderInfo, [Token; 2])> {
    let plain = || [Token::from("key-0123456789"), Token::from("other/key1=")];
    let pair = || [Token::from("jane:a:b"), Token::from("joe:c")];
    let path = || me("/keys/{key}/me");
    let mut posted = me("/me");
    "POST".clone_into(&mut posted.method);
    let mut form = posted.clone();
    form.body = Some(Body::new("application/x-www-form-urlencoded", "lang=en"));
    let member = || Authentication::body("/auth/key".parse().unwrap());
    let parts = vec![
        Part::new("id", Authentication::query("id")),
        Part::new("session", Authentication::cookie("session")),
        Part::new("place", Authentication::path("key")),
        Part::new("secret", Authentication::header("x-secret", "")),
    ];
    let mut regional = regional();
    regional.servers.clear();
    regional.parameters[0].pattern = None;
    regional.token.forms = vec![TokenForm::new("^(?P<region>eu|us)_(?P<account>[0-9]+)_")];
    vec![
        (provider(me("/me"), Authentication::bearer()), plain()),
        (provider(me("/me"), encoded("x-key", "Key ")), plain()),
        (provider(me("/me"), basic(None, None, false)), pair()),
        (
            provider(me("/me"), Authentication::cookie("session")),
            plain(),
        ),
        (provider(me("/me"), Authentication::query("key")), plain()),
        (provider(path(), Authentication::path("key")), plain()),
        (provider(posted, member()), plain()),
        (
            provider(form, Authentication::body("/key".parse().unwrap())),
            plain(),
        ),
        (
            provider(path(), Authentication::All { parts }),
            [Token::from("i:s:p:k"), Token::from("i/2:s;2:p/2:k2")],
        ),
        // The form says which scheme and operation, or what goes into the path.
        (
            of_two_kinds(),
            [Token::from("new_1"), Token::from("old_77_x")],
        ),
        (
            of_two_kinds(),
            [Token::from("old_77_x"), Token::from("else")],
        ),
        (
            regional,
            [Token::from("eu_7_x-0123"), Token::from("us_8_y-4567")],
        ),
    ]
}

#[tokio::test]
async fn another_token_is_sent_as_if_the_client_had_been_made_for_it() {
    for (info, tokens) in ways() {
        let server = Server::start([Answer::json(200, r#"{"id":"u7"}"#)])
            .await
            .unwrap();
        let provider = Provider::from(info);
        let config = |token: &Token| Config::new(token.clone()).base_url(server.url());
        let shared = Client::new(&provider, config(&tokens[0])).unwrap();
        for token in tokens.iter().chain(&tokens) {
            let own = Client::new(&provider, config(token)).unwrap();
            own.whoami().await.unwrap();
            shared.with_token(token).unwrap().whoami().await.unwrap();
        }
        // One made of another's.
        let last = shared.with_token(&tokens[1]).unwrap();
        let last = last.with_token(&tokens[0]).unwrap();
        last.whoami().await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 9);
        for sent in requests[..8]
            .chunks(2)
            .chain([&[requests[0].clone(), requests[8].clone()][..]])
        {
            let [own, shared] = sent else { panic!("two") };
            let told = |request: &Request| format!("{:?}", ordered(request.clone()));
            assert_eq!(told(own), told(shared));
        }
    }
}

#[test]
fn another_token_that_cannot_be_sent_is_refused_in_the_same_words() {
    let mut exclusive = of_two_kinds();
    exclusive.token.exclusive = true;
    let pairs = provider(
        me("/me"),
        Authentication::All {
            parts: vec![
                Part::new("id", Authentication::query("id")),
                Part::new("secret", Authentication::header("x-secret", "")),
            ],
        },
    );
    let mut accounts = of_two_kinds();
    accounts.parameters = vec![KeyParameter::new("account", "ACME_ACCOUNT")];
    accounts.parameters[0].values = vec!["77".to_owned()];
    accounts.operations[1].path = "/accounts/{account}/service".to_owned();
    for (info, good, wrong) in [
        (exclusive.clone(), "new_1", "sk_1"),
        (exclusive, "new_1", "Bearer new_1"),
        (provider(me("/me"), Authentication::bearer()), "a", "a b"),
        (
            provider(me("/me"), Authentication::bearer()),
            "a",
            "Basic a",
        ),
        (provider(me("/me"), Authentication::bearer()), "a", ""),
        (provider(me("/{k}"), Authentication::path("k")), "a", ".."),
        (pairs, "a:b", "a"),
        (accounts, "old_77_x", "old_78_x"),
    ] {
        let provider = Provider::from(info);
        let config = |token: &str| Config::new(token).base_url("https://api.acme.com");
        let own = Client::new(&provider, config(wrong)).unwrap_err();
        let client = Client::new(&provider, config(good)).unwrap();
        let error = client.with_token(&wrong.into()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), own.to_string());
        assert_eq!(error.provider(), Some("acme"));
    }
}

#[test]
fn each_token_is_taken_out_of_its_own_answers() {
    let provider = Provider::from(provider(me("/me"), Authentication::bearer()));
    let config = Config::new(TOKEN).base_url("https://api.acme.com");
    let client = Client::new(&provider, config).unwrap();
    let other = client.with_token(&"other-9876543210".into()).unwrap();
    let answer = || {
        let body = format!(r#"{{"id":"{TOKEN} other-9876543210"}}"#);
        keyholder_core::Answer::new(200, body)
    };
    let sub = |client: &dyn WhoAmI| client.read_answer(answer()).unwrap().sub.unwrap();
    assert_eq!(sub(&client), "[REDACTED] other-9876543210");
    assert_eq!(sub(&*other), format!("{TOKEN} [REDACTED]"));
}

/// What comes of one call, by either way to send, of a server that does `answers`.
async fn outcome(config: Config, answers: &[Answer]) -> (ErrorKind, Option<u16>, usize) {
    let mut seen = Vec::new();
    for config in ways_to_send(config) {
        let server = Server::start(answers.to_vec()).await.unwrap();
        let provider = Provider::from(provider(me("/me"), Authentication::bearer()));
        let client = Client::new(&provider, config.base_url(server.url())).unwrap();
        let verdict = client.verify().await;
        let error = verdict.error().unwrap_or_else(|| panic!("{answers:?}"));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
        let status = error.status().map(|it| it.as_u16());
        seen.push((
            error.kind(),
            error.reason(),
            status,
            shown,
            server.requests().len(),
        ));
    }
    let (kind, reason, status, shown, requests) = seen.remove(0);
    assert_eq!(
        (kind, reason, status, shown, requests),
        seen[0],
        "{answers:?}"
    );
    (kind, status, requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_does_wrong_comes_to_the_same_whichever_way_it_is_asked() {
    use ErrorKind::{BodyTooLarge, Connect, InvalidResponse, Redirected, Timeout, Unavailable};
    let short = || Config::new(TOKEN).timeout(std::time::Duration::from_millis(300));
    let once = || Config::new(TOKEN).retry(Retry::OFF);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let sized = format!("{head}content-length: 20\r\n\r\n");
    let send = |text: &str| Answer::new().send(text);
    for (config, answers, expected) in [
        (short(), vec![Answer::new().silence()], (Timeout, None, 1)),
        (
            short(),
            vec![send(&sized).silence()],
            (Timeout, Some(200), 1),
        ),
        (
            short(),
            vec![send(&chunked).drip("1\r\n{\r\n", std::time::Duration::from_millis(200))],
            (Timeout, Some(200), 1),
        ),
        (
            once(),
            vec![send("SSH-2.0-x\r\n").close()],
            (InvalidResponse, None, 1),
        ),
        (
            once(),
            vec![send("HTTP/1.1 abc\r\n\r\n").close()],
            (InvalidResponse, None, 1),
        ),
        (
            once(),
            vec![send(&chunked).send("zz\r\n").close()],
            (InvalidResponse, Some(200), 1),
        ),
        (
            once(),
            vec![send(&sized).send("{").close()],
            (Connect, Some(200), 1),
        ),
        (
            once(),
            vec![send(&sized).send("{").reset()],
            (Connect, Some(200), 1),
        ),
        (once(), vec![Answer::new().close()], (Connect, None, 1)),
        (once(), vec![Answer::new().reset()], (Connect, None, 1)),
        (
            once().max_body_bytes(9),
            vec![Answer::json(200, "{\"id\": 10}")],
            (BodyTooLarge, Some(200), 1),
        ),
        (
            once().max_body_bytes(99),
            vec![send(&chunked).flood("8\r\n[[[[[[[[\r\n")],
            (BodyTooLarge, Some(200), 1),
        ),
        (
            once(),
            vec![Answer::http(302, &["location: /other"], "")],
            (Redirected, Some(302), 1),
        ),
        (
            Config::new(TOKEN),
            vec![
                Answer::json(503, "{}"),
                Answer::new().reset(),
                Answer::json(500, "{}"),
            ],
            (Unavailable, Some(500), 3),
        ),
    ] {
        let seen = outcome(config, &answers).await;
        assert_eq!(seen, expected, "{answers:?}");
    }
}

#[tokio::test]
async fn a_mock_takes_no_request_with_another_token() {
    let in_body = |media_type, content| {
        let mut operation = me("/me");
        operation.method = "POST".to_owned();
        operation.body = Some(Body::new(media_type, content));
        provider(operation, Authentication::body("/key".parse().unwrap()))
    };
    for info in [
        provider(me("/me"), Authentication::bearer()),
        provider(me("/me"), Authentication::cookie("session")),
        provider(me("/me"), Authentication::query("key")),
        provider(me("/keys/{key}"), Authentication::path("key")),
        in_body("application/json", "{}"),
        in_body("application/x-www-form-urlencoded", "a=b"),
    ] {
        let provider = Provider::from(info.clone());
        let request = sent(info, Config::new(TOKEN)).await;
        let other = Config::new("key-0123456780");
        assert!(!is_fit(&provider, &other, &request), "{request:?}");
    }
}

#[tokio::test]
async fn a_mock_takes_no_request_of_a_key_with_other_parameters() {
    let config = |account| Config::new(TOKEN).parameter("account", account);
    let mut info = provider(me("/{account}/me"), Authentication::bearer());
    info.parameters = vec![KeyParameter::new("account", "ACME_ACCOUNT")];
    let provider = Provider::from(info.clone());
    let request = sent(info, config("17")).await;
    assert!(!is_fit(&provider, &config("18"), &request), "{request:?}");
}
