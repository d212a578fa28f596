//! What cannot be a token is told before it is sent, and nothing else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_core::{
    Authentication, Client, Config, Credential, ErrorKind, Operation, Provider, ProviderInfo,
};

/// What is wrong with the token, if anything.
fn said(token: &str, authentication: Authentication) -> Option<String> {
    let mut info = ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me"));
    info.credentials = vec![Credential::new("key", authentication)];
    let config = Config::new(token).base_url("https://acme.example");
    let error = Client::new(&Provider::from(info), config).err()?;
    assert_eq!(error.kind(), ErrorKind::Config, "{token}");
    let shown = format!("{error} {error:?}");
    assert!(token.trim().is_empty() || !shown.contains(token), "{shown}");
    Some(error.to_string())
}

fn key() -> Authentication {
    Authentication::header("x-key", "")
}

#[test]
fn what_is_no_token_is_told_for_what_it_is() {
    for (token, expected) in [
        ("", "is empty"),
        ("   ", "is empty"),
        ("sk_0123456789\n", "ends in a line break"),
        ("sk_01234\u{7}56789", "a control character"),
        ("sk_0123456789é", "outside ASCII"),
        (" sk_0123456789", "starts or ends with a space"),
        ("\"sk_0123456789\"", "is quoted"),
        ("Bearer sk_0123456789", "begins with `Bearer `"),
        ("Authorization: sk_0123456789", "the name of a header"),
        ("$ACME_KEY", "the name of a variable"),
        ("${ACME_KEY}", "the name of a variable"),
        ("{{ secrets.ACME_KEY }}", "the name of a variable"),
        ("<your key>", "is a placeholder"),
        ("YOUR_API_KEY", "is a placeholder"),
        ("your-token-here", "is a placeholder"),
        ("YourSecretKey", "is a placeholder"),
        ("INSERT_TOKEN_HERE", "is a placeholder"),
        ("changeme", "is a placeholder"),
        ("CHANGE_ME", "is a placeholder"),
        ("xxxxxxxx-xxxx-xxxx", "is a placeholder"),
        ("sk_***", "is masked"),
        ("sk_0123...", "is masked"),
        ("sk 0123456789", "holds a space"),
    ] {
        let said = said(token, key()).unwrap_or_default();
        assert!(said.contains(expected), "{token:?}: {said}");
    }
}

#[test]
fn what_may_be_a_token_is_one() {
    for token in [
        "sk_0123456789",
        "a",
        "0000000000000000",
        "yourkey7f3a",
        "keyholder",
        "token",
        "example.com",
        "x7xxxxxx",
        "xxx",
        "1$2%3",
    ] {
        assert_eq!(said(token, key()), None, "{token}");
    }
    // What people choose for a password.
    for password in ["jane:changeme", "jane:your secret key", "jane:a b"] {
        assert_eq!(said(password, Authentication::basic()), None, "{password}");
    }
}
