//! What a text shows to stand before a token: `Authorization: Token abc`, "format `Token token=<KEY>`", "prefixed with
//! `Token`".

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use crate::words;

/// Something that a text shows to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What stands before the token; the empty text where nothing does.
    pub prefix: String,
    /// What stands in the token's place, where it is shown.
    pub value: String,
    /// The line that shows it.
    pub quote: String,
}

impl Shown {
    /// Whether both show the same before the token: names of schemes compare without case (RFC 9110, section 11.1).
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.prefix.eq_ignore_ascii_case(&other.prefix)
    }

    pub(super) fn is(&self, scheme: &str) -> bool {
        self.prefix.trim().eq_ignore_ascii_case(scheme)
    }
}

/// Schemes that are taken for one in lower case, too.
const KNOWN: [&str; 14] = [
    "bearer",
    "token",
    "basic",
    "apikey",
    "api-key",
    "key",
    "bot",
    "jwt",
    "oauth",
    "geniekey",
    "ssws",
    "apitoken",
    "api-token",
    "private-token",
];

/// Words that begin a phrase about a token, and are no scheme.
const PROSE: [&str; 53] = [
    "the",
    "this",
    "a",
    "an",
    "use",
    "your",
    "header",
    "see",
    "http",
    "https",
    "required",
    "in",
    "enter",
    "insert",
    "send",
    "pass",
    "provide",
    "put",
    "add",
    "paste",
    "type",
    "set",
    "with",
    "where",
    "value",
    "format",
    "example",
    "my",
    "and",
    "or",
    "must",
    "should",
    "is",
    "as",
    "for",
    "to",
    "from",
    "get",
    "include",
    "authorization",
    "valid",
    "of",
    "on",
    "by",
    "replace",
    "contains",
    "like",
    "using",
    "supply",
    "obtain",
    "only",
    "curl",
    "then",
];

/// The same where no header is shown.
const NOUNS: [&str; 12] = [
    "api",
    "access",
    "secret",
    "user",
    "string",
    "credentials",
    "encoded",
    "auth",
    "base64",
    "x",
    "custom",
    "some",
];

/// A word, what may stand between it and the token, and something in the token's place.
const WORD: &str = r"([A-Za-z][A-Za-z0-9-]*)";
const BETWEEN: &str = r"( +[A-Za-z_-]+=|=| +)";
const HOLE: &str = r"(<<?[^<>\n]{1,60}>>?|\{\{?[^{}\n]{1,60}\}\}?|\$\{?\w+\}?|\[[^\[\]\n]{1,60}\]\(?|-(?i:token|key|api-?key|access-?token|jwt)-|(?:YOUR|MY|API|ACCESS|AUTH)(?:[_-][A-Z0-9]+)+\b|(?i:base64|b64|btoa)\w*\([^\n]{1,60})";

static TEMPLATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(&format!(r"\b{WORD}{BETWEEN}{HOLE}")));

/// The same after a word that leads to it, or in quotation marks, where less tells a token from prose.
static SAMPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r#"(?:["'`“]|(?:^|\b)(?i:format|value|use|enter|example|e\.g\.?|i\.e\.?|form|like|syntax|send)(?: is| of)?[:,]?\s+)["'`“]?{WORD}{BETWEEN}([^\s"'`”,;]+)"#
    ))
});

/// A word that is said to stand before the token.
static SAID: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let quoted = r#"["'`“‘]([A-Za-z][A-Za-z0-9-]*(?: [A-Za-z_]+=|=)?:?) ?["'`”’]"#;
    [
        format!(r"(?i)\bprefix(?:ed|ing)?(?:[ :]+[a-z]+){{0,5}}?[ :]+{quoted}"),
        format!(r"(?i)\bprepend(?:ed|ing)?(?: +[a-z]+){{0,5}}? *{quoted}"),
        format!(r"(?i)\bpreceded(?: +[a-z]+){{0,4}}? *{quoted}"),
        format!(r"(?i){quoted} *,? *(?:and +)?(?:followed by|before |in front |plus |\+|then a space|a space)"),
        format!(r"(?i){quoted} +(?:[a-z]+ +)?(?:as +(?:the +|a +)?)?(?:prefix|scheme|keyword)\b"),
        format!(r"(?i)\bas +(?:the +|a +)?prefix *:? *{quoted}"),
        format!(r"(?i)\b(?:with|by|using|use) +(?:the +)?(?:auth\w* +)?scheme *:? *{quoted}"),
    ]
    .iter()
    .filter_map(|it| regex(it))
    .collect()
});

/// The same where only a known scheme is taken for one.
static SAID_OF_KNOWN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let known =
        r"(bearer|Bearer|BEARER|Token|Basic|ApiKey|Apikey|API-Key|Api-Key|APIKey|Bot|JWT|GenieKey)";
    [
        r#"(?i)\b(?:begin|start)s?(?:ning|ing)?(?: +[a-z]+){0,4}? *["'`“‘]([A-Za-z][A-Za-z0-9-]*) ?["'`”’]"#.to_owned(),
        format!(r"\b{known} +(?:[Pp]refix|PREFIX|[Ss]cheme|followed by|before )"),
        format!(r"\b(?i:prefix|prefixed|prefixing|prepend|prepended|preceded|begins?|starts?)(?: +[a-z]+){{0,4}}? +{known}\b"),
        format!(r"\b(?i:add|put|insert|include|write|type)(?: +[a-z]+){{0,2}} +{known} +(?i:before|in front|and)\b"),
        format!(r"\b{known} *\+ "),
        format!(r#"["'`“]{known} ?["'`”] *(?:\+|&|\.)"#),
    ]
    .iter()
    .filter_map(|it| regex(it))
    .collect()
});

/// An unquoted word with a capital after "prefixed with".
static PREFIXED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"\b(?i:prefixed (?:with|by)|preceded by|prefix of|prefix is|prefix:|prepend)(?: the)?(?: word| string| keyword| text)? ([A-Z][A-Za-z0-9-]*)",
    )
});

static BEARER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)\bbearer(?: (?:access |api |jwt )?(?:tokens?|auth\w*|scheme|header|format|key))|\b(?:as|with|jwt|a|using|use) (?:a |the )?bearer\b|^\s*bearer\s*$",
    )
});

static NEGATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:\bwithout|\bno|\bnot|n't|\bnever|\bomit|\bleave out)(?: +[a-z]+){0,5}? +["'`“]?(prefix\w*|bearer)\b"#,
    )
});

/// Two of which nothing is left: "do not forget the prefix", "fails without the prefix".
static DOUBLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)(?:not|n't|never|cannot|fail\w*|reject\w*|invalid|refused?|\b40[013])\b[^.\n]{0,60}\b(?:without|omit|forget|leave out)|\bno (?:need|longer)",
    )
});

static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"</?code(?:\s[^<>]*)?>"));

/// A pattern of this crate; a test holds that all are well-formed.
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// A text without the marks of HTML and Markdown that stand between its words.
pub(super) fn plain(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let text = match CODE.as_ref() {
        Some(code) => code.replace_all(&text, "`").into_owned(),
        None => text,
    };
    words::without_tags(&text).into_owned()
}

/// What a text shows in the header of that name: `Authorization: Token abc`.
pub(super) fn in_header(text: &str, header: &str) -> Vec<Shown> {
    let name = regex_lite::escape(header);
    let open = r#"["'`*\\ \]]*[:=,]["'`*\\ ]*"#;
    let mut found = Vec::new();
    let with_prefix = regex(&format!(
        r"(?i:{name}(?: header)?){open}{WORD}( +[A-Za-z_-]+=|=|: ?| +)(\S+)"
    ));
    for it in with_prefix
        .iter()
        .flat_map(|regex| regex.captures_iter(text))
    {
        found.extend(shown(text, &it, is_word, is_token));
    }
    let alone = regex(&format!(
        r#"(?i:{name}(?: header)?){open}(?:(?P<word>[A-Za-z][A-Za-z0-9-]*) ?["'`]|(?P<hole>{HOLE}|[A-Z][A-Z0-9]*_[A-Z0-9_]+\b))"#
    ));
    for it in alone.iter().flat_map(|regex| regex.captures_iter(text)) {
        let at = it.get(0).map_or(0, |it| it.start());
        let word = it.name("word").map(|it| it.as_str());
        let (prefix, value) = match (word, it.name("hole")) {
            (Some(word), _) if is_known(word) => (format!("{word} "), String::new()),
            (None, Some(hole)) => (String::new(), hole.as_str().to_owned()),
            _ => continue,
        };
        found.push(Shown {
            prefix,
            value,
            quote: words::quote_at(text, at),
        });
    }
    found
}

/// What a text about one scheme shows or says to stand before its token.
pub(super) fn anywhere(text: &str, header: &str) -> Vec<Shown> {
    let text = &without_authorization(text, header);
    let mut found = in_header(text, header);
    for it in TEMPLATE.iter().flat_map(|regex| regex.captures_iter(text)) {
        found.extend(shown(text, &it, is_scheme, |value| !value.ends_with("](")));
    }
    for it in SAMPLE.iter().flat_map(|regex| regex.captures_iter(text)) {
        found.extend(shown(text, &it, is_scheme, is_sample));
    }
    for it in SAID.iter().flat_map(|regex| regex.captures_iter(text)) {
        found.extend(said(text, &it, is_scheme));
    }
    for it in SAID_OF_KNOWN
        .iter()
        .flat_map(|regex| regex.captures_iter(text))
    {
        found.extend(said(text, &it, is_known));
    }
    for it in PREFIXED.iter().flat_map(|regex| regex.captures_iter(text)) {
        found.extend(said(text, &it, is_scheme));
    }
    let is_header = |it: &Shown| it.is(header) || it.is("authorization");
    found.retain(|it| !is_header(it));
    if let Some((what, quote)) = negated(text) {
        found.retain(|it| !it.is(&what) && (what == "bearer" || !it.value.is_empty()));
        if !found.iter().any(|it| !it.prefix.is_empty()) {
            return vec![Shown {
                prefix: String::new(),
                value: String::new(),
                quote,
            }];
        }
    }
    found
}

static AUTHORIZATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?P<before>^|[^\w-])authorization(?: header)?["'`*\\ ]*[:=]["'`*\\ ]*[a-z][a-z0-9-]* +[^\s"'`]+"#,
    )
});

/// What a text about another header shows of `Authorization` is not said of that header.
fn without_authorization(text: &str, header: &str) -> String {
    match AUTHORIZATION.as_ref() {
        Some(shown) if !header.eq_ignore_ascii_case("authorization") => {
            shown.replace_all(text, "${before}").into_owned()
        }
        _ => text.to_owned(),
    }
}

/// Where a text speaks of a bearer token, without showing one.
pub(super) fn bearer(text: &str) -> Option<Shown> {
    let at = BEARER.as_ref()?.find(text)?.start();
    let is_denied = negated(text).is_some();
    (!is_denied).then(|| Shown {
        prefix: "Bearer ".to_owned(),
        value: String::new(),
        quote: words::quote_at(text, at),
    })
}

/// What is said not to stand before the token: `prefix` or `bearer`.
fn negated(text: &str) -> Option<(String, String)> {
    let found = NEGATION.as_ref()?.captures(text)?;
    let at = found.get(0)?.start();
    let quote = words::quote_at(text, at);
    if DOUBLE.as_ref().is_some_and(|it| it.is_match(&quote)) {
        return None;
    }
    let what = found.get(1)?.as_str().to_lowercase();
    let what = if what == "bearer" {
        what
    } else {
        "prefix".to_owned()
    };
    Some((what, quote))
}

/// A word, what stands between, and the token.
fn shown(
    text: &str,
    it: &Captures<'_>,
    is_scheme: impl Fn(&str) -> bool,
    is_value: impl Fn(&str) -> bool,
) -> Option<Shown> {
    let (word, between, value) = (it.get(1)?, it.get(2)?, it.get(3)?);
    // Punctuation of the sentence around it.
    let shown = value
        .as_str()
        .trim_end_matches(['"', '\'', '`', '.', ',', ';', '”']);
    let is_quoted_value = shown.starts_with(['"', '\'', '`']) && between.as_str().ends_with('=');
    let rest = text.get(value.start() + shown.len()..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let is_first_of_several = rest.starts_with(',') && rest.contains('=');
    let name = between.as_str().trim();
    let is_open = matches!(name, "" | "=" | ":");
    // `Authorization: Key id=…`: a name other than the token's own stands before something else.
    let lower = name.to_lowercase();
    let of_token = ["token", "key", "auth", "jwt", "secret"];
    let is_named = is_open || of_token.iter().any(|it| lower.contains(it));
    let fits = is_scheme(word.as_str())
        && !is_quoted_value
        && !is_first_of_several
        && is_named
        && (is_value(shown) || value.as_str().contains("..."));
    fits.then(|| Shown {
        prefix: format!(
            "{}{}",
            word.as_str(),
            if is_open && name.is_empty() {
                " ".to_owned()
            } else if is_open {
                between.as_str().trim_start().to_owned()
            } else {
                format!(" {name}")
            }
        ),
        value: shown.to_owned(),
        quote: words::quote_at(text, word.start()),
    })
}

/// A word that is said to stand there.
fn said(text: &str, it: &Captures<'_>, is_word: impl Fn(&str) -> bool) -> Option<Shown> {
    let word = it.get(1)?;
    // A colon there belongs to the sentence.
    let said = word.as_str().trim_end_matches(':');
    let first = said.split([' ', '=']).next().unwrap_or_default();
    // Where a token's own beginning is meant, as in `sk-`.
    let is_scheme = is_word(first) && !said.ends_with('-');
    is_scheme.then(|| Shown {
        prefix: format!("{said}{}", if said.ends_with('=') { "" } else { " " }),
        value: String::new(),
        quote: words::quote_at(text, word.start()),
    })
}

/// An example of a header, as it would be sent. What stands after a known scheme is the token, whatever it looks like.
pub(super) fn sample(header: &str, example: &str) -> String {
    match example.trim().split_once(' ') {
        Some((word, token)) if is_known(word) && !token.contains(' ') && !is_token(token) => {
            format!("{header}: {word} <token>")
        }
        _ => format!("{header}: {example}"),
    }
}

fn is_known(word: &str) -> bool {
    KNOWN.contains(&word.to_lowercase().as_str())
}

/// Whether a word may be a scheme where a header is shown.
fn is_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    !PROSE.contains(&lower.as_str())
        && (word.starts_with(|c: char| c.is_ascii_uppercase()) || is_known(&lower))
}

/// The same where none is.
fn is_scheme(word: &str) -> bool {
    is_word(word) && !NOUNS.contains(&word.to_lowercase().as_str())
}

/// Whether something stands for a token, where a header is shown: it does not look like a word of a sentence.
fn is_token(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.starts_with(['<', '{', '$', '[', '(', '%', '*'])
        || text.contains(|c: char| c.is_uppercase() || c.is_numeric() || c == '_' || c == '.')
        || ["token", "key", "jwt", "secret", "credential", "base64"]
            .iter()
            .any(|it| lower.contains(it))
        || lower.starts_with("xxx")
}

/// Whether something stands for a token in quotation marks, or after a word that leads to it.
fn is_sample(text: &str) -> bool {
    let lower = text.to_lowercase();
    // "API key" in quotation marks is a phrase.
    let is_capitals =
        text.len() > 2 && text != "API" && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let is_mixed = text.len() > 5 && text.contains(|c: char| c.is_ascii_digit());
    text.starts_with(['<', '{', '$', '%'])
        || text.starts_with('[') && !text.contains("](")
        || is_capitals
        || is_mixed
        || ["...", "…", "***", "xxx", "abc", "base64", "eyj"]
            .iter()
            .any(|it| lower.starts_with(it))
        || lower.ends_with("xxx")
        || text.contains('_') && ["token", "key"].iter().any(|it| lower.contains(it))
        || ["token", "key", "jwt", "apikey"].contains(&lower.as_str())
        || [
            "yourtoken",
            "your-token",
            "your-key",
            "your-api-key",
            "api-key",
        ]
        .contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_well_formed() {
        let single = [
            &TEMPLATE,
            &SAMPLE,
            &PREFIXED,
            &BEARER,
            &NEGATION,
            &DOUBLE,
            &CODE,
            &AUTHORIZATION,
        ];
        assert!(single.iter().all(|it| it.is_some()));
        assert_eq!((SAID.len(), SAID_OF_KNOWN.len()), (7, 6));
        assert!(!in_header("Authorization: Token <key>", "Authorization").is_empty());
    }
}
