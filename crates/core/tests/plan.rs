//! What a client would send, told without its token; and which hosts are the provider's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_core::{
    Authentication, Config, Credential, KeyParameter, Operation, Provider, ProviderInfo, Server,
    TokenForm,
};

const TOKEN: &str = "key-0123456789-eu";

/// A provider of two schemes, whose keys have a region in the host and an account in the path.
fn regional() -> ProviderInfo {
    let path = "/v2/accounts/{account}/me";
    let mut info = ProviderInfo::new("acme", Operation::new("get_me", "GET", path));
    info.servers = vec![Server::new("", "https://{region}.acme.dev/v2")];
    info.base_path = "/v2".into();
    let mut region = KeyParameter::new("region", "ACME_REGION");
    region.values = vec!["eu".to_owned(), "US".to_owned()];
    let account = KeyParameter::new("account", "ACME_ACCOUNT");
    info.parameters = vec![region, account];
    info.credentials = vec![
        Credential::new("key", Authentication::header("x-key", "")),
        Credential::new("path", Authentication::path("account")),
    ];
    let mut more = Operation::new("get_more", "POST", "/more");
    more.adds_claims = true;
    info.operations.push(more);
    info.token.forms = vec![TokenForm::new("^key-(?<account>[0-9]+)-(?<region>[a-z]+)$")];
    info
}

#[test]
fn a_plan_tells_the_requests_in_their_order_and_nothing_of_the_token() {
    let provider = Provider::from(regional());
    let plan = Config::new(TOKEN).plan(&provider).unwrap();
    assert_eq!(plan.base_url, "https://eu.acme.dev/v2");
    assert_eq!(plan.scheme.as_deref(), Some("key"));
    assert_eq!(plan.authentication, Authentication::header("x-key", ""));
    let requests = |config: Config| -> Vec<_> {
        let plan = config.plan(&provider).unwrap();
        let requests = plan.requests.iter();
        requests
            .map(|it| format!("{} {}", it.method, it.url))
            .collect()
    };
    // The account comes out of the token, and is not told.
    assert_eq!(
        requests(Config::new(TOKEN)),
        [
            "GET https://eu.acme.dev/v2/accounts/{account}/me",
            "POST https://eu.acme.dev/v2/more",
        ]
    );
    for base_url in ["https://keys.example", "https://keys.example/v2/"] {
        assert_eq!(
            requests(Config::new(TOKEN).base_url(base_url))[0],
            "GET https://keys.example/v2/accounts/{account}/me"
        );
    }
    let plan = Config::new(TOKEN).scheme("path").plan(&provider).unwrap();
    assert_eq!(plan.scheme.as_deref(), Some("path"));
    let other = Config::new(TOKEN).parameter("region", "nowhere");
    assert!(other.plan(&provider).is_err());
}

#[test]
fn a_host_is_the_providers_own_with_values_that_its_parameter_may_have() {
    let provider = Provider::from(regional());
    for own in ["https://eu.acme.dev", "https://us.acme.dev/other"] {
        assert!(provider.runs(own), "{own}");
    }
    for other in [
        "https://evil.acme.dev",
        "https://eu.evil.acme.dev",
        "https://euus.acme.dev",
        "https://acme.dev",
        "https://eu.acme.dev:8443",
        "http://eu.acme.dev",
    ] {
        assert!(!provider.runs(other), "{other}");
    }
}
