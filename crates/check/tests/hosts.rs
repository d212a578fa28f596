//! Which hosts a key may be sent to, whatever a base URL is made to look like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use keyholder_check::{AllowedHost, AllowedHosts};
use keyholder_core::{KeyParameter, Operation, Provider, ProviderInfo, Server};

fn acme() -> Provider {
    let mut provider = ProviderInfo::new("acme", Operation::new("me", "GET", "/me"));
    provider.base_url = Some("https://api.acme.com/v1".to_owned());
    provider.base_url_variable = "ACME_BASE_URL".into();
    provider.servers = vec![
        Server::new("main", "https://api.acme.com/v1"),
        Server::new("region", "https://{region}.regions.acme.com"),
    ];
    let mut region = KeyParameter::new("region", "ACME_REGION");
    region.values = vec!["eu".to_owned(), "us".to_owned()];
    provider.parameters = vec![region];
    provider.into()
}

fn allowed(hosts: &[&str]) -> AllowedHosts {
    hosts.iter().map(|it| it.parse().unwrap()).collect()
}

/// Of these base URLs, those that are asked.
fn permitted<'a>(hosts: &[&str], named: &[&str], base_urls: &[&'a str]) -> Vec<&'a str> {
    let allowed = allowed(hosts);
    let permitted = |it: &&&str| allowed.permit(&acme(), named, it).is_ok();
    base_urls.iter().filter(permitted).copied().collect()
}

#[test]
fn the_origin_of_the_provider_is_its_own() {
    let own = [
        "https://api.acme.com",
        "https://API.Acme.COM/v2/",
        "https://api.acme.com:443",
        "https:api.acme.com",
        // One of its regions.
        "https://EU.regions.acme.com/v3",
        "https:\\\\api.acme.com\\v1",
        // As the URL standard reads them: the same host.
        "https://api%2Eacme%2ecom",
        "https://\u{ff41}pi.acme\u{3002}com",
        " https://api.ac\tme.com\n",
    ];
    assert_eq!(permitted(&[], &[], &own), own);
}

#[test]
fn nothing_that_looks_like_the_provider_is_its_own() {
    let others = [
        "http://api.acme.com",
        "https://api.acme.com:8443",
        "https://api.acme.com:80",
        "https://api.acme.com.",
        "https://acme.com",
        "https://www.api.acme.com",
        "https://api.acme.com.evil.example",
        "https://evil.example/api.acme.com",
        "https://evil.example/#https://api.acme.com",
        "https://evil.example?https://api.acme.com",
        "https://api.acme.com@evil.example",
        "https://api.acme.com:443@evil.example",
        "https://evil.example\\@api.acme.com",
        "https://evil.example%23@x/api.acme.com",
        // With a Cyrillic letter.
        "https://\u{0430}pi.acme.com",
        "https://xn--pi-6kc.acme.com",
        "https://api-acme.com",
        "https://evil.regions.acme.com",
        "https://eu.us.regions.acme.com",
        "https://regions.acme.com",
        "http://eu.regions.acme.com",
        "ftp://api.acme.com",
        "wss://api.acme.com",
        "file:///api.acme.com",
        "data:api.acme.com",
        "api.acme.com",
        "//api.acme.com",
        "",
    ];
    assert_eq!(permitted(&[], &[], &others), [""; 0]);
    // What is allowed for others makes none of them so.
    assert_eq!(permitted(&["other.example"], &[], &others), [""; 0]);
}

#[test]
fn this_machine_is_always_allowed_and_no_name_that_ends_so() {
    let loopback = [
        "http://127.0.0.1:4242",
        "http://127.8.8.8",
        "http://[::1]:4242",
        "http://[0:0::1]",
        "http://[::ffff:127.0.0.1]",
        "https://localhost",
        "http://LOCALHOST:1",
        // Octal, hexadecimal and short: the same address.
        "http://0177.0.0.1",
        "http://0x7f.1",
        "http://2130706433",
    ];
    assert_eq!(permitted(&[], &[], &loopback), loopback);
    let others = [
        "http://evil-localhost",
        "http://acme.localhost",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://0.0.0.0",
        "http://[::]",
        "http://10.0.0.1",
        "http://169.254.169.254",
        "http://[::ffff:10.0.0.1]",
        "http://0x0a.1",
        "http://[fe80::1]",
        "http://localhost.",
    ];
    assert_eq!(permitted(&[], &[], &others), [""; 0]);
}

#[test]
fn what_the_operator_has_named_is_allowed_with_its_origin() {
    let named = ["https://acme.internal:8443/base", "not a URL"];
    let base_urls = [
        "https://acme.internal:8443/other",
        "https://acme.internal",
        "http://acme.internal:8443",
        "not a URL",
    ];
    assert_eq!(permitted(&[], &named, &base_urls), base_urls[..1]);
}

#[test]
fn a_host_is_allowed_as_it_was_written() {
    let base_urls = [
        "https://keys.example",
        "https://KEYS.example/path",
        "http://keys.example",
        "https://keys.example:8443",
        "http://keys.example:443",
        "https://keys.example.",
        "https://a.keys.example",
        "https://keys.example.org",
    ];
    // The default port of the scheme: whether `http` may be is another matter.
    assert_eq!(
        permitted(&["Keys.Example"], &[], &base_urls),
        base_urls[..3]
    );
    assert_eq!(
        permitted(&["keys.example:8443"], &[], &base_urls),
        base_urls[3..4]
    );
    assert_eq!(
        permitted(&["keys.example:443"], &[], &base_urls),
        [
            "https://keys.example",
            "https://KEYS.example/path",
            "http://keys.example:443"
        ]
    );
}

#[test]
fn a_star_is_for_every_name_below() {
    let base_urls = [
        "https://a.keys.example",
        "https://a.b.KEYS.example/path",
        "https://keys.example",
        "https://evilkeys.example",
        "https://.keys.example",
        "https://..keys.example",
        "https://a..keys.example",
        "https://a.keys.example.",
        "https://a.keys.example:8443",
        "https://a.keys.example.evil.example",
    ];
    assert_eq!(
        permitted(&["*.keys.example"], &[], &base_urls),
        base_urls[..2]
    );
    assert_eq!(
        permitted(&["*.keys.example:8443"], &[], &base_urls),
        ["https://a.keys.example:8443"]
    );
}

#[test]
fn addresses_and_names_of_other_alphabets_are_compared_as_urls_have_them() {
    for (host, base_url) in [
        ("10.1.2.3", "https://0xa.0x1.0x2.0x3"),
        ("0xa.1.2.3", "https://10.1.2.3"),
        ("[2001:db8::1]", "https://[2001:DB8:0::1]"),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("b\u{fc}cher.example", "https://xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "https://B\u{dc}CHER.example"),
        ("*.b\u{fc}cher.example", "https://a.xn--bcher-kva.example"),
    ] {
        assert_eq!(permitted(&[host], &[], &[base_url]), [base_url], "{host}");
        assert_eq!(permitted(&["x.example"], &[], &[base_url]), [""; 0]);
    }
}

#[test]
fn what_is_no_host_allows_nothing() {
    for text in [
        "",
        "*",
        "*.",
        "*.*.example",
        "a.*.example",
        "*example.com",
        "**.example.com",
        "*.10.0.0.1",
        "*.[::1]",
        "https://keys.example",
        "keys.example/",
        "keys.example/path",
        "user@keys.example",
        "keys.example:",
        "keys.example:0",
        "keys.example:+443",
        "keys.example:65536",
        "keys.example:https",
        "keys.example.",
        ".keys.example",
        "keys .example",
        "keys.example\n",
        "keys%2eexample",
        "::1",
        "[::1",
        "[::1]8443",
        "[::1]x:8443",
        ":443",
    ] {
        assert!(text.parse::<AllowedHost>().is_err(), "{text:?}");
    }
}

/// Nothing but the host of a base URL is shown: the rest may be a password.
#[test]
fn what_is_said_names_the_host_and_what_to_do() {
    for (base_url, host) in [
        (
            "https://u:hunter2@evil.example/hunter2?hunter2#hunter2",
            "evil.example",
        ),
        ("https://EVIL.example:8443", "evil.example:8443"),
        ("http://evil.example:443", "evil.example:443"),
        ("https://[2001:DB8::1]:8443", "[2001:db8::1]:8443"),
        ("https://b\u{fc}cher.example", "xn--bcher-kva.example"),
    ] {
        let over = if base_url.starts_with("http:") {
            " over http"
        } else {
            ""
        };
        let error = AllowedHosts::default()
            .permit(&acme(), &[], base_url)
            .unwrap_err();
        assert_eq!(error.host(), host);
        assert_eq!(
            error.to_string(),
            format!(
                "acme: nothing is sent to {host}{over}, which is not the provider's own: allow it with `--allow-host {host}`, or name it in ACME_BASE_URL"
            )
        );
        assert!(!format!("{error:?}").contains("hunter2"));
        // What is advised does what it says.
        assert_eq!(permitted(&[host], &[], &[base_url]), [base_url]);
    }
}

/// What is advised may be pasted into a shell.
#[test]
fn no_command_is_advised() {
    for host in [
        "$(reboot).evil.example",
        "evil.example;reboot",
        "evil.example&reboot",
        "evil.example'reboot",
        "evil.example\"reboot",
        "evil.example!reboot",
        "evil.example*",
    ] {
        let base_url = format!("https://{host}");
        let error = AllowedHosts::default().permit(&acme(), &[], &base_url);
        let message = error.unwrap_err().to_string();
        let expected = "acme: the base URL has no host that can be allowed";
        assert_eq!(message, expected, "{host}");
    }
}
