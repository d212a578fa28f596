//! A build without TLS: `cargo test -p keyholder-core --no-default-features --test no_tls`.
#![cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
#![allow(clippy::unwrap_used, missing_docs)]

use keyholder_core::{
    Client, Config, ErrorKind, Operation, Provider, ProviderInfo, Reason, WhoAmI as _,
};

#[tokio::test]
async fn https_is_a_configuration_error_that_names_the_features() {
    let provider = Provider::from(ProviderInfo::new(
        "acme",
        Operation::new("get_me", "GET", "/me"),
    ));
    let config = Config::new("a-token").base_url("https://127.0.0.1:1");
    let client = Client::new(&provider, config).unwrap();
    let error = client.whoami().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.reason(), Some(Reason::NoTls));
    assert!(!error.is_retryable());
    let told = error.to_string();
    for feature in ["`rustls`", "`rustls-ring`", "`native-tls`"] {
        assert!(told.contains(feature), "{told}");
    }
}
