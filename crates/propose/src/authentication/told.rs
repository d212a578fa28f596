//! Where a description without security schemes says in words that the key goes: "Pass your API key in the `X-Acme-Key`
//! header", "append `?api_key=YOUR_KEY`", "HTTP Basic".

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::document::{Description, Operation};
use crate::words;

use super::shown::{self, Shown, regex};
use super::{encoding, prefix, secrets};

/// A place that the words say.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// What the scheme is to be called.
    pub name: &'static str,
    /// The scheme.
    pub object: Value,
    /// What it is, for a comment.
    pub what: String,
    /// The sentence that says so.
    pub quote: String,
    /// Other places that are named as well.
    pub others: Vec<String>,
}

/// A place in one sentence.
struct Place {
    kind: Kind,
    name: String,
    at: usize,
    quote: String,
    /// Whether the sentence is about OAuth, which is not how a program's key is sent.
    is_granted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Authorization,
    Basic,
    Header,
    Query,
}

/// A name of a header in quotation marks, alone or with its value.
const QUOTED: &str = r#"["'`“‘*]+([A-Za-z_][A-Za-z0-9_.-]*)(?:: ?[^"'`”’*\n]{0,60})?["'`”’*]+"#;
/// The same of a parameter of the query.
const QUOTED_QUERY: &str = r#"["'`“‘*]+([A-Za-z_][A-Za-z0-9_.-]*)(?:=[^"'`”’*\n]{0,60})?["'`”’*]+"#;
/// A name of a header that shows by its hyphens that it is one.
const HYPHENS: &str = r"([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)";

static HEADERS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let before = r"(?i:headers?)(?i: fields?)?(?i: named| called| name| is| of|:| with| the| key)*";
    let after = r"(?i: http| https| request| custom| auth\w*)* (?i:headers?)\b";
    [
        format!("{QUOTED}{after}"),
        format!(r"\b{HYPHENS}{after}"),
        format!("{before} {QUOTED}"),
        format!(r"{before} {HYPHENS}\b"),
        // A header as it is sent: `-H "X-Acme-Key: <key>"`.
        format!(r#"(?:^|[\s"'`(]){HYPHENS}: ?["'`]?[^\s]"#),
        // The same of a name without hyphens, where curl shows it.
        r#"(?:-H|--header)[ =]?["']([A-Za-z][A-Za-z0-9_-]*): ?[^\s]"#.to_owned(),
    ]
    .iter()
    .filter_map(|it| regex(it))
    .collect()
});

static QUERIES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let parameter = r"(?:param\w*|arg\w*|variable|field|string)";
    let kind = r"(?:url|uri|query|query[- ]string|get|querystring)";
    [
        r"[?&]([A-Za-z_][A-Za-z0-9_.-]*)=".to_owned(),
        format!(
            "(?i)\\b{kind}(?: {parameter})?(?: named| called|:| of| is| the| key| name)* {QUOTED_QUERY}"
        ),
        format!("(?i){QUOTED_QUERY},? (?:as an? |in the |to the )?(?:{kind} )+{parameter}"),
        format!("(?i){QUOTED_QUERY},? (?:as an? |in the |to the )querystring"),
        format!("(?i){parameter} (?:named |called )?{QUOTED_QUERY} (?:in|to|on|of) (?:the |every |each |your )?{kind}"),
        format!("(?i){QUOTED_QUERY} {parameter} (?:in|to|on|of|with) (?:the |every |each |your |all )*(?:{kind}|request|call)"),
    ]
    .iter()
    .filter_map(|it| regex(it))
    .collect()
});

/// The same without quotation marks, where the name is a credential's alone.
static BARE_QUERIES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)query[- ]?(?:string )?(?:param\w*|arg\w*),? (?:named |called )?([a-z][a-z0-9]*(?:_[a-z0-9]+)*)(?:[\s.,;:)=]|$)",
        r"(?i)\b([a-z][a-z0-9]*(?:_[a-z0-9]+)*) (?:query|url)[- ](?:string )?(?:param\w*|arg\w*)",
        r#"(?:^|[\s"'`(])([A-Za-z_]\w*)=[<{\[$A-Za-z0-9]\S*["'`]? (?:to|in|into|as|on) (?:\w+ ){0,3}?(?i:query|url|request|call|uri)"#,
    ]
    .iter()
    .filter_map(|it| regex(it))
    .collect()
});

/// What says that something has to be there, by what happens where it is not.
static NEEDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"(?i)forget|omit|missing|reject|fail|refus|\b40[013]\b|unauthori[sz]ed|denied")
});

/// What stands before something that is not to be used.
static DENIED_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)(?:instead of|rather than|in place of|replaces|no longer|\bnot|\bnever|n't|without|deprecated|legacy|unlike)[^.;:,\n]{0,50}$",
    )
});
/// The same after it.
static DENIED_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)^[^.;\n]{0,50}(?:(?:is|are|was|were|has been|have been) (?:now )?(?:not|no longer|deprecated|removed|ignored|unsupported)|isn't|aren't|(?:isn't|not) supported|deprecated)",
    )
});

/// A key, in the words around a name.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:api[ _-]?keys?|api[ _-]?tokens?|access[ _-]?(?:keys?|tokens?)|auth\w*[ _-]?(?:keys?|tokens?)|secret[ _-]?keys?|tokens?|keys?|credentials?)\b",
    )
});

/// Headers that are never the place of a key, by words of their names.
const OTHER_HEADERS: [&str; 37] = [
    "id",
    "idempotency",
    "csrf",
    "xsrf",
    "request",
    "correlation",
    "trace",
    "webhook",
    "hub",
    "signature",
    "sign",
    "hmac",
    "timestamp",
    "nonce",
    "date",
    "version",
    "content",
    "accept",
    "agent",
    "host",
    "origin",
    "retry",
    "limit",
    "ratelimit",
    "remaining",
    "reset",
    "cookie",
    "location",
    "cache",
    "proxy",
    "www",
    "forwarded",
    "type",
    "language",
    "page",
    "next",
    "refresh",
];

/// What a sentence is about that says nothing of how requests are authenticated.
const ASIDE: [&str; 13] = [
    "webhook",
    "webhooks",
    "idempotency",
    "idempotent",
    "csrf",
    "xsrf",
    "signature",
    "pagination",
    "response header",
    "response headers",
    "rate limit",
    "token endpoint",
    "refresh token",
];

/// The place that the words of the operation or of the introduction say, if they say one.
pub(super) fn find(description: Description<'_>, operation: &Operation<'_>) -> Option<Told> {
    let own = prefix::texts(operation);
    let info = description.root()["info"]["description"]
        .as_str()
        .unwrap_or_default();
    [own.as_str(), info].iter().find_map(|text| {
        let text = shown::plain(text);
        let lines = text.lines().map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words.join(" ")
        });
        in_text(&lines.collect::<Vec<_>>().join("\n"))
    })
}

fn in_text(text: &str) -> Option<Told> {
    let mut places = Vec::new();
    for (at, sentence) in sentences(text) {
        let line = words::line(sentence);
        if ASIDE.iter().any(|it| words::says(&line, it)) {
            continue;
        }
        let is_granted = is_granted(&line);
        let mut add = |kind, name: &str, start: usize| {
            places.push(Place {
                kind,
                name: name.to_owned(),
                at: at + start,
                quote: words::quote(sentence),
                is_granted,
            });
        };
        if let Some(start) = encoding::basic_at(sentence)
            && !is_denied(sentence, start, start + "basic".len())
        {
            add(Kind::Basic, "", start);
        }
        for (kind, patterns, is_quoted) in [
            (Kind::Header, &HEADERS, true),
            (Kind::Query, &QUERIES, true),
            (Kind::Query, &BARE_QUERIES, false),
        ] {
            for it in patterns.iter().flat_map(|it| it.captures_iter(sentence)) {
                let (Some(whole), Some(name)) = (it.get(0), it.get(1)) else {
                    continue;
                };
                let is_known = is_quoted || secrets::is_name(name.as_str(), "query");
                if is_known
                    && is_place(kind, name.as_str(), sentence, name.start(), name.end())
                    && !is_denied(sentence, name.start(), whole.end())
                {
                    add(kind, name.as_str(), name.start());
                }
            }
        }
    }
    let authorization = authorization(text);
    if let Some(shown) = &authorization {
        places.push(Place {
            kind: if shown.is("basic") {
                Kind::Basic
            } else {
                Kind::Authorization
            },
            name: shown.prefix.clone(),
            at: text
                .to_ascii_lowercase()
                .find("authorization")
                .unwrap_or_default(),
            quote: shown.quote.clone(),
            is_granted: is_granted(&words::line(&shown.quote)),
        });
    }
    // A query is written into logs.
    let order = |it: &Place| (it.is_granted, it.kind == Kind::Query, it.at);
    places.sort_by_key(order);
    let first = places.first()?;
    let mut others = Vec::new();
    for place in &places[1..] {
        let is_same = place.kind == first.kind && place.name.eq_ignore_ascii_case(&first.name);
        let is_basic = first.kind == Kind::Basic && place.kind == Kind::Basic;
        let called = place.called();
        if !is_same && !is_basic && !others.contains(&called) {
            others.push(called);
        }
    }
    Some(first.told(others))
}

impl Place {
    fn called(&self) -> String {
        match self.kind {
            Kind::Authorization if self.name.is_empty() => "`Authorization`".to_owned(),
            Kind::Authorization => format!("`Authorization: {}…`", self.name),
            Kind::Basic => "Basic authentication".to_owned(),
            Kind::Header => format!("the header `{}`", self.name),
            Kind::Query => format!("the query's `{}`", self.name),
        }
    }

    /// A key in `Authorization`; with the sentence, where that alone tells what stands before it.
    fn authorization(&self) -> Value {
        let mut object = json!({ "type": "apiKey", "in": "header", "name": "Authorization" });
        if shown::in_header(&self.quote, "Authorization").is_empty() {
            object["description"] = json!(self.quote);
        }
        object
    }

    fn told(&self, others: Vec<String>) -> Told {
        let key = |place: &str| json!({ "type": "apiKey", "in": place, "name": self.name });
        let (name, object, what) = match self.kind {
            Kind::Basic => (
                "basic",
                json!({ "type": "http", "scheme": "basic" }),
                "Basic authentication".to_owned(),
            ),
            Kind::Authorization if self.name.trim().eq_ignore_ascii_case("bearer") => (
                "bearer",
                json!({ "type": "http", "scheme": "bearer" }),
                "a bearer token".to_owned(),
            ),
            Kind::Authorization => (
                "authorization",
                self.authorization(),
                "a key in `Authorization`".to_owned(),
            ),
            Kind::Header => (
                "key",
                key("header"),
                format!("a key in the header `{}`", self.name),
            ),
            Kind::Query => (
                "key",
                key("query"),
                format!("a key in the query, as `{}`", self.name),
            ),
        };
        Told {
            name,
            object,
            what,
            quote: self.quote.clone(),
            others,
        }
    }
}

fn is_granted(line: &str) -> bool {
    ["oauth", "oauth2"].iter().any(|it| words::says(line, it))
}

/// What is shown in `Authorization`, where it is one thing, or a bearer token that is spoken of.
fn authorization(text: &str) -> Option<Shown> {
    let found = shown::in_header(text, "Authorization");
    let Some(first) = found.first() else {
        return in_sentence(text).or_else(|| shown::bearer(text));
    };
    let is_one = found.iter().all(|it| it.is_same(first));
    is_one.then(|| first.clone())
}

/// What a sentence about `Authorization` shows beside it: "in the `Authorization` header, as `Token <key>`".
fn in_sentence(text: &str) -> Option<Shown> {
    sentences(text)
        .into_iter()
        .filter(|(_, sentence)| sentence.to_ascii_lowercase().contains("authorization"))
        .flat_map(|(_, sentence)| shown::anywhere(sentence, "Authorization"))
        .find(|it| !it.prefix.is_empty())
}

/// The sentences and lines of a text, each with where it begins.
fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let ends = text.char_indices().filter_map(|(at, c)| {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let is_end = c == '\n'
            || matches!(c, '.' | '!' | ';')
                && after.starts_with(char::is_whitespace)
                && !before.ends_with("e.g")
                && !before.ends_with("i.e");
        is_end.then_some(at + c.len_utf8())
    });
    for end in ends.chain([text.len()]) {
        let sentence = text.get(start..end).unwrap_or_default();
        if !sentence.trim().is_empty() {
            found.push((start, sentence));
        }
        start = end;
    }
    found
}

/// Whether a name in a sentence is where a key goes: by the name, or by a key that is spoken of beside it.
fn is_place(kind: Kind, name: &str, sentence: &str, start: usize, end: usize) -> bool {
    let words = words::words(name);
    let is_authorization = words.last().is_some_and(|it| it == "authorization");
    if kind == Kind::Header
        && (is_authorization || words.iter().any(|it| OTHER_HEADERS.contains(&it.as_str())))
    {
        return false;
    }
    let place = if kind == Kind::Header {
        "header"
    } else {
        "query"
    };
    let is_key = words.last().is_some_and(|it| {
        [
            "key", "token", "apikey", "secret", "auth", "pat", "apitoken",
        ]
        .contains(&it.as_str())
    });
    if secrets::is_name(name, place) || kind == Kind::Header && is_key {
        return true;
    }
    // `?page=2&limit=YOUR_LIMIT` has a value of its own; what is said of keys there is said of another.
    let is_shown = sentence
        .get(end..)
        .is_some_and(|after| after.starts_with(['=', ':']));
    let is_key_near = |part: &str| KEY.as_ref().is_some_and(|it| it.is_match(part));
    if is_shown {
        let after = sentence.get(end + 1..).unwrap_or_default().trim_start();
        let value = after
            .split([' ', '&', '"', '\'', '`', '\n'])
            .next()
            .unwrap_or_default();
        let value = words::line(value);
        return is_key_near(&value);
    }
    let before = sentence.get(..start).unwrap_or_default();
    let after = sentence.get(end..).unwrap_or_default();
    let last: String = before.chars().rev().take(60).collect();
    let last: String = last.chars().rev().collect();
    let next: String = after.chars().take(60).collect();
    is_key_near(&last) || is_key_near(&next)
}

/// Whether what stands there is said not to be used.
fn is_denied(sentence: &str, start: usize, end: usize) -> bool {
    let is = |pattern: &LazyLock<Option<Regex>>, part: Option<&str>| {
        pattern
            .as_ref()
            .is_some_and(|it| it.is_match(part.unwrap_or_default()))
    };
    let is_needed = is(&NEEDED, Some(sentence));
    !is_needed
        && (is(&DENIED_BEFORE, sentence.get(..start)) || is(&DENIED_AFTER, sentence.get(end..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_well_formed() {
        assert_eq!(
            (HEADERS.len(), QUERIES.len(), BARE_QUERIES.len()),
            (6, 6, 3)
        );
        assert!(
            [&NEEDED, &DENIED_BEFORE, &DENIED_AFTER, &KEY]
                .iter()
                .all(|it| it.is_some())
        );
    }
}
