//! Which hosts are run for everyone, by their names: what a description's makers left in it for readers is none.

use keyholder_openapi::text;
use psl::Type;
use url::Host;

use super::Fault;

/// Names that are for trying and testing: a whole label, or a part of one between hyphens.
const TRIAL: [&str; 36] = [
    "apiexplorer",
    "demo",
    "demos",
    "dev",
    "devel",
    "development",
    "e2e",
    "internal",
    "local",
    "localdev",
    "localhost",
    "mock",
    "mocks",
    "mockserver",
    "nonprod",
    "nonproduction",
    "playground",
    "preprod",
    "preproduction",
    "qa",
    "sample",
    "samples",
    "sandbox",
    "sandboxes",
    "sbx",
    "stage",
    "staging",
    "stg",
    "test",
    "testbed",
    "testenv",
    "testing",
    "tests",
    "trial",
    "tst",
    "uat",
];

/// Those of them that no other word ends in, where nothing stands between: `acmestaging`.
const TRIAL_ENDINGS: [&str; 4] = ["internal", "localhost", "preprod", "staging"];

/// What stands for the user's own name, alone in a label: `tenant.acme.com`.
const NOUNS: [&str; 9] = [
    "company",
    "customer",
    "domain",
    "host",
    "hostname",
    "instance",
    "server",
    "subdomain",
    "tenant",
];

/// The same beside another word: `your-site`, `mysite`, `site-name`. Alone, each may be a service.
const MORE_NOUNS: [&str; 16] = [
    "account",
    "app",
    "business",
    "cluster",
    "deployment",
    "installation",
    "org",
    "organisation",
    "organization",
    "project",
    "shop",
    "site",
    "store",
    "team",
    "website",
    "workspace",
];

/// What such a noun is often followed by.
const FILLERS: [&str; 9] = [
    "goes", "here", "id", "ip", "name", "ref", "slug", "the", "url",
];

/// What is a placeholder wherever it stands between hyphens.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "example",
    "examples",
    "foobar",
    "hostname",
    "placeholder",
    "replaceme",
    "subdomain",
    "tenant",
    "username",
    "your",
    "yours",
];

/// Names that are nobody's (RFC 2606, sections 2 and 3; RFC 6761, section 6).
const RESERVED: [&str; 7] = [
    "example",
    "example.com",
    "example.net",
    "example.org",
    "invalid",
    "localhost",
    "test",
];

/// Names that are known in one network alone (RFC 6762; RFC 7686; RFC 8375; ICANN's resolution 2024.07.29.06).
const ONE_NETWORK: [&str; 4] = ["home.arpa", "internal", "local", "onion"];

/// Domains under which anybody gets a name, for a tunnel to a machine of their own or for a mock.
const ANYBODY: [&str; 22] = [
    "apiary-mock.com",
    "beeceptor.com",
    "loca.lt",
    "localhost.run",
    "localtest.me",
    "lvh.me",
    "mockable.io",
    "mocklab.io",
    "mocky.io",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "nip.io",
    "pstmn.io",
    "requestbin.com",
    "sslip.io",
    "trycloudflare.com",
    "virtserver.swaggerhub.com",
    "webhook.site",
    "wiremockapi.cloud",
];

/// Hosts that answer anybody, for trying: echoes, fakes, and what editors of descriptions begin with.
const STRANGERS: [&str; 8] = [
    "httpbin.org",
    "jsonplaceholder.typicode.com",
    "petstore.swagger.io",
    "petstore3.swagger.io",
    "postman-echo.com",
    "raw.githubusercontent.com",
    "reqres.in",
    "stoplight.io",
];

/// Domains that look like a placeholder, and are a company's.
const REAL: [&str; 1] = ["your-server.de"];

/// Why a host is not one that is run for everyone.
pub(super) fn fault(host: &Host<&str>) -> Option<Fault> {
    let Host::Domain(name) = host else {
        return Some(Fault::guess(
            "is an address, and a service for everyone has a name",
        ));
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_in = |domains: &[&str]| {
        domains.iter().any(|domain| {
            let above = name.strip_suffix(domain);
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        })
    };
    if name != "localhost" && is_in(&RESERVED) {
        return Some(Fault::certain(
            "is under a name that is reserved for examples and tests (RFC 2606)",
        ));
    }
    if !name.contains('.') || is_in(&ONE_NETWORK) {
        return Some(Fault::guess(
            "is known on one machine or in one network alone",
        ));
    }
    if is_in(&ANYBODY) {
        return Some(Fault::guess("is under a domain where anybody gets a name"));
    }
    if STRANGERS.contains(&name) {
        return Some(Fault::guess(
            "answers anybody, for trying, and is no provider's own",
        ));
    }
    let Some(suffix) = public_suffix(name) else {
        return Some(Fault::guess("is under no top-level domain that there is"));
    };
    let Some(rest) = name
        .strip_suffix(suffix)
        .and_then(|it| it.strip_suffix('.'))
    else {
        return Some(Fault::guess("is a suffix that many share"));
    };
    let (left, own) = rest.rsplit_once('.').unwrap_or(("", rest));
    of_domain(own, suffix)
        .or_else(|| left.split('.').find_map(of_label))
        .map(Fault::guess)
}

/// Words in a server's description by which it is for trying and testing.
const TRIAL_WORDS: [&str; 17] = [
    "demo",
    "dev",
    "development",
    "localhost",
    "mock",
    "mocked",
    "nonprod",
    "playground",
    "preprod",
    "preproduction",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// Words by which it is for everyone, whatever else is said.
const EVERYONE: [&str; 10] = [
    "all",
    "default",
    "everyone",
    "live",
    "main",
    "not",
    "prod",
    "production",
    "productive",
    "public",
];

/// What in a server's description says that each user has their own, or is to put it there.
const ONES_OWN: [&str; 15] = [
    "on-premise",
    "own deployment",
    "own domain",
    "own host",
    "own instance",
    "own server",
    "own url",
    "replace with",
    "self-hosted",
    "selfhosted",
    "your domain",
    "your host",
    "your instance",
    "your server",
    "your subdomain",
];

/// A longer description is more than the name of a server, and may speak of another.
const MOST_WORDS: usize = 8;

/// Why a server is not run for everyone, by its description: `Staging`, `Sandbox server`.
pub(super) fn fault_of_description(description: &str) -> Option<Fault> {
    let text = description.to_lowercase();
    let text = text
        .replace("non-prod", "nonprod")
        .replace("pre-prod", "preprod")
        .replace("nonproduction", "nonprod");
    let words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let is_short = words.len() <= MOST_WORDS;
    let what = if ONES_OWN.iter().any(|it| text.contains(it)) {
        "is each user's own"
    } else if is_short && has(&TRIAL_WORDS) && !has(&EVERYONE) {
        "is for trying or testing"
    } else {
        return None;
    };
    let shown = text::shown(description.trim());
    Some(Fault::guess(format!(
        "{what}, by its description \"{shown}\""
    )))
}

/// Whether a part of a path stands for what each user puts in its place: `your-tenant`, `<tenant>`.
pub(super) fn is_placeholder_segment(segment: &str) -> bool {
    let label = segment.to_ascii_lowercase();
    label.contains(['<', '>'])
        || is_filling(&label)
        || is_ones_own(&label)
        || parts(&label).any(|part| part == "your")
}

/// Whether the value of a variable stands for what each user puts in its place.
pub(super) fn is_placeholder(value: &str) -> bool {
    let label = value.to_ascii_lowercase();
    let is_bracketed = value.contains(['{', '}', '<', '>', '[', ']', '$', '*', '…']);
    is_bracketed
        || label == "demo"
        || is_filling(&label)
        || is_ones_own(&label)
        || parts(&label).any(|part| PLACEHOLDERS.contains(&part))
}

/// The suffix that a registry has, as `co.uk` is: one that a company has for its customers is a name like others.
fn public_suffix(name: &str) -> Option<&str> {
    let mut rest = name;
    loop {
        let suffix = psl::suffix(rest.as_bytes())?;
        let text = rest.get(rest.len().checked_sub(suffix.as_bytes().len())?..)?;
        match suffix.typ()? {
            Type::Icann => return Some(text),
            Type::Private => rest = text.split_once('.')?.1,
        }
    }
}

/// What is wrong with the name that somebody registered. A word for trying may be what the company is called, as long
/// as it is not what follows that: `acme-demo`.
fn of_domain(own: &str, suffix: &str) -> Option<String> {
    if REAL.contains(&format!("{own}.{suffix}").as_str()) {
        return None;
    }
    let is_generic = ["com", "net", "org"].contains(&suffix);
    let parts: Vec<_> = parts(own).collect();
    let is_placeholder = own.starts_with("your-")
        || parts.contains(&"example")
        || is_ones_own(own)
        || is_generic && (NOUNS.contains(&own) || is_filling(own));
    if is_placeholder {
        return Some(placeholder(own));
    }
    let is_last = parts.len() > 1 && parts.last().is_some_and(|last| TRIAL.contains(last));
    let is_joined = TRIAL_ENDINGS
        .iter()
        .any(|ending| own.len() > ending.len() && own.ends_with(ending));
    (is_last || is_joined).then(|| trial(own))
}

/// What is wrong with a name below it.
fn of_label(label: &str) -> Option<String> {
    if is_placeholder_label(label) || label.starts_with("my-") {
        return Some(placeholder(label));
    }
    let is_trial = |part: &str| {
        let bare = part.strip_prefix("api").or(part.strip_suffix("api"));
        TRIAL.contains(&part) || bare.is_some_and(|bare| TRIAL.contains(&bare))
    };
    let is_joined = TRIAL_ENDINGS
        .iter()
        .chain(&["sandbox"])
        .any(|word| label.starts_with(word) || label.ends_with(word));
    // Where the word is in two.
    let is_split = ["non-prod", "pre-prod", "api-explorer"]
        .iter()
        .any(|word| label.starts_with(word));
    (is_joined || is_split || parts(label).any(is_trial)).then(|| trial(label))
}

fn is_placeholder_label(label: &str) -> bool {
    let is_noun = |part: &&str| NOUNS.contains(part) || MORE_NOUNS.contains(part);
    let parts: Vec<_> = parts(label).collect();
    let is_of_nouns = parts.iter().any(is_noun)
        && parts
            .iter()
            .all(|part| is_noun(part) || FILLERS.contains(part))
        && (parts.len() > 1 || parts.iter().any(|part| NOUNS.contains(part)));
    let is_named = |part: &str| {
        let noun = part
            .strip_suffix("name")
            .or_else(|| part.strip_suffix("id"));
        noun.is_some_and(|noun| is_noun(&noun))
    };
    is_of_nouns
        || is_filling(label)
        || is_ones_own(label)
        || parts
            .iter()
            .any(|part| PLACEHOLDERS.contains(part) || is_named(part))
}

/// `your-site`, `yoursite`, `my-site`, `mysite`.
fn is_ones_own(label: &str) -> bool {
    let of = |word: &str| {
        label
            .strip_prefix(word)
            .map(|rest| rest.trim_start_matches(['-', '_']))
    };
    let is_noun = |noun: &str| NOUNS.contains(&noun) || MORE_NOUNS.contains(&noun);
    // `yourpodurl`: whatever it is, it is theirs.
    let is_named = |rest: &str| {
        let endings = ["url", "name", "here", "host", "domain"];
        endings
            .iter()
            .any(|ending| rest.len() > ending.len() && rest.ends_with(ending))
    };
    of("your").is_some_and(|rest| is_noun(rest) || is_named(rest))
        || of("my").is_some_and(|noun| is_noun(noun) && noun != "account")
}

/// A name that is only there to have one.
fn is_filling(label: &str) -> bool {
    let is_crossed = label.len() > 2 && label.bytes().all(|it| it == b'x');
    is_crossed || ["foo", "bar", "baz", "foobar"].contains(&label)
}

/// The words of a label, without the figures by which many are told apart.
fn parts(label: &str) -> impl Iterator<Item = &str> {
    label
        .split(['-', '_'])
        .map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn placeholder(name: &str) -> String {
    format!("is a placeholder, by its name \"{name}\"")
}

fn trial(name: &str) -> String {
    format!("is for trying or testing, by its name \"{name}\"")
}
