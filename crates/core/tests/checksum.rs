//! Check digits tell a mistyped token before it is sent, and never the other way round.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_core::{
    Checksum, ChecksumAlgorithm, ChecksumEncoding, Config, ErrorKind, Operation, Provider,
    ProviderInfo, Token, TokenForm, Transport,
};

const PATTERN: &str = "^ghp_(?<body>[0-9A-Za-z]{30})(?<digits>[0-9A-Za-z]{6})$";

/// Tokens that public detectors carry as samples, in halves so that nobody takes them for somebody's: the first is in
/// mongodb/kingfisher, data/rules/github.yml, the second in trufflesecurity/trufflehog, pkg/detectors.
const PUBLISHED: [[&str; 2]; 2] = [
    ["ghp_ZJDeVREhkptGF7W", "vep0NwJWlPEQP7a0t2nxL"],
    ["ghp_IwdMx9WFWRRfMhT", "YiaVjZ78Jfuamvn0YWRM0"],
];

fn form() -> TokenForm {
    let mut form = TokenForm::new(PATTERN);
    let crc32 = ChecksumAlgorithm::Crc32;
    let base62 = ChecksumEncoding::Base62;
    form.checksum = Some(Checksum::new(crc32, base62, "body", "digits"));
    form
}

fn acme(forms: Vec<TokenForm>) -> Provider {
    let mut info = ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me"));
    info.base_url = Some("https://api.acme.dev".to_owned());
    info.token.forms = forms;
    Provider::from(info)
}

fn is_mistyped(provider: &Provider, token: &str) -> bool {
    provider.is_mistyped(&Token::from(token))
}

#[test]
fn published_tokens_have_the_digits_that_their_makers_say() {
    let provider = acme(vec![form()]);
    for halves in PUBLISHED {
        let token = halves.concat();
        assert!(!is_mistyped(&provider, &token), "{token}");
        assert!(Transport::new(&provider, &Config::new(token.as_str())).is_ok());
    }
}

#[test]
fn one_wrong_character_is_told_before_anything_is_sent() {
    let provider = acme(vec![form()]);
    for halves in PUBLISHED {
        let token = halves.concat();
        for at in "ghp_".len()..token.len() {
            let other = if &token[at..=at] == "x" { "y" } else { "x" };
            let mistyped = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert!(is_mistyped(&provider, &mistyped), "{mistyped}");
            let error = Transport::new(&provider, &Config::new(mistyped.as_str())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("check digits"), "{error}");
            assert!(!error.to_string().contains(&mistyped[4..]));
        }
    }
}

#[test]
fn a_token_of_another_form_is_not_told_by_it() {
    let provider = acme(vec![form(), TokenForm::new("^ghp_[0-9A-Za-z]+$")]);
    for token in [
        // The second form knows these, and says nothing of digits.
        "ghp_ZJDeVREhkptGF7Wvep0NwJWlPEQP7a0t2nxM",
        "ghp_ZJDeVREhkptGF7W",
        // No form knows this.
        "k3yh0lder9f2",
    ] {
        assert!(!is_mistyped(&provider, token), "{token}");
    }
}

#[test]
fn leading_zeros_are_digits() {
    let provider = acme(vec![form()]);
    // Its CRC-32 is less than 62 to the fifth.
    let [first, second] = PUBLISHED[0];
    let token = format!("{first}{second}");
    assert!(token.ends_with("0t2nxL"));
    assert!(!is_mistyped(&provider, &token));
}

#[test]
fn the_groups_of_a_checksum_are_no_values_of_parameters() {
    let mut info = ProviderInfo::new("acme", Operation::new("get_me", "GET", "/{body}/me"));
    info.base_url = Some("https://api.acme.dev".to_owned());
    info.parameters = vec![keyholder_core::KeyParameter::new("body", "ACME_BODY")];
    info.token.forms = vec![form()];
    let provider = Provider::from(info);
    let error = Transport::new(&provider, &Config::new(PUBLISHED[0].concat())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("body"), "{error}");
}

#[test]
fn it_is_data() {
    let form: TokenForm = serde_json::from_value(serde_json::json!({
        "pattern": PATTERN,
        "checksum": { "algorithm": "crc32", "encoding": "base62", "of": "body", "digits": "digits" },
    }))
    .unwrap();
    assert_eq!(form, self::form());
    let json = serde_json::to_value(&form).unwrap();
    assert_eq!(serde_json::from_value::<TokenForm>(json).unwrap(), form);
}
