//! Shares of servers: the same on every machine, each server in one of them.
#![allow(clippy::unwrap_used, missing_docs)]

mod providers;

use keyholder_check::{Checker, Key, Shard};
use providers::{EXTRUCT, UNLEASH};

/// The share of a server, and that it is in no other.
fn share(provider: &keyholder_core::Provider, base_url: &str, count: u32) -> u32 {
    let shards = (0..count).map(|it| Shard::new(it, count).unwrap());
    let mut having = (0..).zip(shards);
    let (share, _) = having
        .find(|(_, it)| it.has_server(provider, base_url))
        .unwrap();
    assert!(having.all(|(_, it)| !it.has_server(provider, base_url)));
    share
}

/// Computed by another implementation of XXH64: they hold for ever.
#[test]
fn a_server_is_in_the_share_that_it_always_was_in() {
    let shares = |provider, base_url| [2, 3, 7, 1000].map(|it| share(provider, base_url, it));
    assert_eq!(shares(&EXTRUCT, "https://api.extruct.ai"), [1, 1, 0, 99]);
    let expected = [0, 2, 0, 694];
    assert_eq!(shares(&UNLEASH, "https://unleash.example.com"), expected);
    assert_eq!(shares(&UNLEASH, "https://unleash.example.com/"), expected);
    assert_eq!(shares(&UNLEASH, "https://example.com/a"), [1, 0, 0, 153]);
}

#[test]
fn a_key_is_in_the_share_of_its_server() {
    let checker = Checker::new();
    for (key, share) in [
        (Key::new((), &*EXTRUCT, "a"), 99),
        (Key::new((), &*EXTRUCT, "b"), 99),
        (
            Key::new((), &*UNLEASH, "a").base_url("https://UNLEASH.example.com:443/"),
            694,
        ),
        // Of these nobody can tell the server.
        (Key::new((), &*UNLEASH, "a"), 0),
        (Key::new((), &*UNLEASH, "a").base_url("unleash"), 0),
    ] {
        for index in [0, 99, 694] {
            let shard = Shard::new(index, 1000).unwrap();
            assert_eq!(shard.has(&checker, &key), index == share, "{key:?}");
        }
    }
}

#[test]
fn a_share_is_counted_from_0_or_from_1() {
    let parse = |text: &str| text.parse::<Shard>();
    for (text, shown) in [
        ("0/3", "0/3"),
        ("3/3", "0/3"),
        ("1/3", "1/3"),
        ("1/1", "0/1"),
    ] {
        let shard = parse(text).unwrap();
        assert_eq!(shard.to_string(), shown);
        assert_eq!(shard.is_first(), shown.starts_with('0'));
    }
    for text in [
        "",
        "/",
        "1",
        "1/",
        "/2",
        "0/0",
        "4/3",
        "-1/3",
        "+1/3",
        "1/3/3",
        "1 / 3",
        "a/b",
        "1/99999999999",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}
