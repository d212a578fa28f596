//! What is asked for in words beside the prefix: Base64, and the fixed half of a user name and a password.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::words;

use super::shown::regex;

/// Whether the token is encoded before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Who sends it encodes it; with the line that says so.
    Base64(String),
    /// It is encoded already.
    Already(String),
    /// Base64 is spoken of, and no more is plain.
    Doubt(String),
}

/// The half of a pair that is the same for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Username(String),
    Password(String),
}

static BASE64: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"(?i)base[ -]?64|\bb64|\bbtoa\("));

/// Base64 as something to be done.
static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let base64 = r"(?:base[ -]?64|b64)";
    regex(&format!(
        r#"(?i){base64}\w*\(|btoa\(|{base64} of\b|(?:must|should|needs? to|has to|have to) (?:first )?be {base64}|encod\w+ (?:\S+ ){{0,8}}?(?:in|as|with|using|to) {base64}|{base64}[ -]?encode\b|{base64}[ -]?encod(?:ed|ing|e)?(?: (?:version|value|form|string|representation))?(?: of)?(?: the| your| an?)? *["'`<{{(]*(?:\w+ ){{0,2}}?(?:api|key|apikey|api_key|token|user\w*|client\w*|app\w*|account|login|email|id|credentials?)\b|(?:convert|transform)\w* (?:\S+ ){{0,6}}?(?:to|into) {base64}"#
    ))
});

static ALREADY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)already (?:\S+ )?(?:base[ -]?64|encoded)|pre-?encoded|(?:don't|do not|no need to|without) (?:\S+ )?(?:base[ -]?64|encod)\w*|encoded for you|(?:given|issued|shown|displayed) to you (?:\S+ )?base[ -]?64",
    )
});

/// A token that is Base64 by its nature, or as it is issued.
static NATURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let issued = r"(?:(?:that|which) )?you (?:can )?(?:get|got|find|receive|received|obtain|copy|copied)\b|(?:provided|issued|generated|given|supplied) (?:by|to|in|for|from|when)\b|from (?:the|your|our) [\w ]{0,20}(?:dashboard|console|settings|profile|account)\b";
    let base64 = r"(?i)base[ -]?64(?:url)?[ -]?encoded ";
    regex(&format!(
        r"{base64}(?:jwt|json web token|saml|x\.?509|certificate)|{base64}(?:[\w-]+ ){{0,3}}?(?:key|token|secret|credentials?),? (?:{issued})"
    ))
});

static BASIC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:http )?basic[ -](?:http )?(?:auth\w*|access auth\w*|credentials|scheme|base64|b64|[<{\[]\w*(?:base64|encoded|credential)|Z|[A-Za-z0-9+/]{12,}=)|\bhttp basic\b",
    )
});

/// What a text asks for.
pub(super) fn find(text: &str) -> Option<Encoding> {
    let at = BASE64.as_ref()?.find(text)?.start();
    let quote = words::quote_at(text, at);
    let is =
        |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|it| it.is_match(text));
    Some(if is(&ALREADY) {
        Encoding::Already(quote)
    } else if is(&ASKED) && !is(&NATURE) {
        let at = ASKED.as_ref()?.find(text)?.start();
        Encoding::Base64(words::quote_at(text, at))
    } else {
        Encoding::Doubt(quote)
    })
}

/// Whether a text speaks of a user name and a password, or shows a pair with its colon.
pub(super) fn tells_pair(text: &str) -> bool {
    let line = words::line(text);
    [
        "username",
        "user name",
        "password",
        "user",
        "credentials",
        "pair",
    ]
    .iter()
    .any(|it| words::says(&line, it))
        || COLON.as_ref().is_some_and(|it| it.is_match(text))
}

static COLON: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"[A-Za-z_>}\]"'`] ?:["'`)>}]|["'`]:|[a-z_]:[a-z_]"#));

/// Where a text speaks of Basic authentication.
pub(super) fn basic(text: &str) -> Option<String> {
    let at = BASIC.as_ref()?.find(text)?.start();
    Some(words::quote_at(text, at))
}

/// Where a text speaks of it, or shows curl's `-u`.
pub(super) fn basic_at(text: &str) -> Option<usize> {
    let said = BASIC.as_ref()?.find(text).map(|it| it.start());
    let is_keys = || {
        let at = TRAILING_COLON.as_ref()?.find(text)?.start();
        words::says(&words::line(text), "basic").then_some(at)
    };
    said.or_else(|| CURL.as_ref()?.find(text).map(|it| it.start()))
        .or_else(is_keys)
        .or_else(|| half_of_pair(text))
}

/// A colon after the key, before both are encoded.
static TRAILING_COLON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let colon = r#"(?:colon\b|["'`“(]:["'`”)])"#;
    regex(&format!(
        r"(?i)(?:followed by|appended with|append\w*|ending (?:in|with)|ends? (?:in|with)|suffixed (?:with|by)|add\w*|trailing|plus|and|with|\+) (?:an? |the |single |trailing )*{colon}|{colon} (?:\([^)]*\) )?(?:appended|added|at the end|at its end|after)"
    ))
});

/// Where a text says that a colon stands after the key.
pub(super) fn ends_in_colon(text: &str) -> Option<String> {
    let at = TRAILING_COLON.as_ref()?.find(text)?.start();
    // Between a user name and a password it is no end.
    let line = words::line(text);
    let is_between = words::says(&line, "password")
        && ![
            "no password",
            "empty password",
            "blank password",
            "password empty",
            "password blank",
            "without password",
            "without a password",
        ]
        .iter()
        .any(|it| words::says(&line, it));
    (!is_between).then(|| words::quote_at(text, at))
}

/// `{email}/token:{api_token}`, and the same in words: a user name with something after it.
static APPENDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:[<{\[][\w .-]*(?:mail|user|login|name)[\w .-]*[>}\]]|\b(?:email|user|login)\w*)/[a-z][\w-]*:(?:[<{\[$]|\w*(?:token|key))|[\w.+-]+@[\w.-]+/[a-z][\w-]*:\S|(?:mail|user|login|name)\b[^.\n]{0,40}["'`“ ]/[a-z][\w-]*["'`”]?,? (?:\w+ ){0,2}?(?:append|added|at the end|after)|(?:mail|user|login|name)\b[^.\n]{0,40}(?:followed by|plus|\+|append\w*|suffix\w*|add\w*)(?: with| by| the| text| string)* ["'`“]?/[a-z]"#,
    )
});

/// One key that is both halves.
static BOTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i){KEY}{FILL}(?:as|for|in|is) (?:both )?(?:of )?{OF}{USERNAME}(?: field)?,? (?:and|as well as)(?: also)?(?: as| for| in)? {OF}password|both (?:the )?{USERNAME} and (?:the )?password (?:are|is|should be|must be|to|with) {OF}{KEY}"
    ))
});

/// What is to be said of a pair whose halves both go with the key.
pub(super) fn whole_pair(text: &str) -> Option<String> {
    if let Some(it) = APPENDED.as_ref()?.find(text) {
        let quote = words::quote_at(text, it.start());
        return Some(format!(
            "The token is the whole pair, and something is added to its user name. Give it as it is sent: \"{quote}\""
        ));
    }
    let it = BOTH.as_ref()?.find(text)?;
    let quote = words::quote_at(text, it.start());
    Some(format!(
        "The key is the user name and the password at once. Give the token as the pair, the key twice with a colon between: \"{quote}\""
    ))
}

/// Where a text says that the key is a user name or a password.
fn half_of_pair(text: &str) -> Option<usize> {
    let line = words::line(text);
    let is_pair = ["username", "user name", "password"]
        .iter()
        .any(|it| words::says(&line, it));
    let at =
        |pattern: &'static LazyLock<Option<Regex>>| Some(pattern.as_ref()?.find(text)?.start());
    at(&KEY_IS_USERNAME)
        .or_else(|| at(&KEY_IS_PASSWORD))
        .filter(|_| is_pair)
}

/// Whether the value that stands after `Basic` is a pair that is encoded.
pub(super) fn is_pair(value: &str) -> bool {
    let lower = value.to_lowercase();
    [
        "base64",
        "b64",
        "btoa",
        "encoded",
        "credential",
        "user",
        "pair",
    ]
    .iter()
    .any(|it| lower.contains(it))
        || lower.contains(':')
        || value.len() > 11 && value.ends_with('=')
}

/// `-u api:KEY` of curl.
static CURL: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"(?:^|[\s`"'])(?:-u|--user)[ =]?["'`]?([^\s:"'`]*):([^\s"'`\\]*)"#));

/// Which half of the pair the key is.
static KEY_IS_USERNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i){FREE}{KEY}{FILL}(?:as|for|in|into|is) {OF}{USERNAME}|{USERNAME}{IS} *{OF}{KEY}"
    ))
});
static KEY_IS_PASSWORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i){FREE}{KEY}{FILL}(?:as|for|in|into|is) {OF}password|password{IS} *{OF}{KEY}"
    ))
});
/// Not in quotation marks: a value in them is what it says.
const FREE: &str = r#"(?:^|[^"'`“\w])"#;
const KEY: &str = r#"[<{]?(?:(?:api|access|secret|auth|public|private|personal|account|app|live|rest)[ -]){0,3}(?:key|token|apikey|api_key|secret)[>}"'`]*"#;
const FILL: &str = r" (?:\([^)]*\) )?";
const OF: &str = r#"(?:["'`<{]?(?:the|your|a|an|its) )?(?:http )?(?:basic(?: auth\w*)? )?"#;
const USERNAME: &str = r#"["'`]?(?:user ?name|user|login|user ?id)["'`]?"#;
const IS: &str = r#"["'`]?(?:,? (?:is|should be|must be|set to|to|with|being)|:|=| -)?"#;

/// A short word in quotation marks, or after a colon, as one half.
static USERNAME_IS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r#"(?i)["'`“]([\w@.-]{{1,24}})["'`”],? as {OF}{USERNAME}|{USERNAME}(?: (?:is|of|to|must be|should be|set to|as|always|the|string|literal|text|word|e\.g\.|such as|like|being))* *[:=]? *["'`“]([\w@.-]{{1,24}})["'`”]"#
    ))
});
static PASSWORD_IS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r#"(?i)["'`“]([\w@.-]{{1,24}})["'`”],? as {OF}password|password["'`]?(?: (?:is|of|to|must be|should be|set to|as|always|the|string|literal|text|word|e\.g\.|such as|like|being))* *[:=]? *["'`“]([\w@.-]{{1,24}})["'`”]"#
    ))
});
static BARE_USERNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b(x|api|apikey|api_key|api_token|anystring|key|token) as {OF}{USERNAME}|{USERNAME}(?: is| of| to|:|=)? +(x|api|apikey|api_key|anystring|token|key)\b"
    ))
});
static BARE_PASSWORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b(x|api_token|api_key|anystring) as {OF}password|password(?: is| of| to|:|=)? +(x|api_token|anystring)\b"
    ))
});
/// `anystring:YOUR_API_KEY` in quotation marks.
static QUOTED_PAIR: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"["'`“]([a-z0-9_]{1,24}):([^\s"'`”:]+)["'`”]"#));

/// A quoted word of which it is said that it must stand there: whatever it is, it is meant.
static USERNAME_MUST_BE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r#"(?i){USERNAME} (?:must be|must always be|has to be|is always|is the (?:literal|string|word|text)|should be the (?:literal|string|word|text))(?: the)?(?: literal| string| word| text)* *["'`“]([\w@.-]{{1,24}})["'`”]"#
    ))
});

/// The key as the password, with an article, beside a user name without one: "Username: apikey. Password: your key."
static SOME_KEY_IS_PASSWORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(&format!(r"(?i)password{IS} *(?:your|the|an?|its) {KEY}")));
static PLAIN_USERNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i){USERNAME}(?: is|:|=) *(apikey|api_key|api|token|key|api_token)(?:[.,;\n]| and\b|$)"
    ))
});
static ANY_USERNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)(?:any|anything|arbitrary|whatever)[\w ]{{0,24}} (?:as|for) {OF}{USERNAME}|\bany (?:random )?{USERNAME}|{USERNAME}[\w ]{{0,20}} (?:can|may|could) be (?:any|arbitrary)|{USERNAME} is (?:ignored|not used|irrelevant)"
    ))
});
static ANY_PASSWORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)(?:any|anything|arbitrary|whatever)[\w ]{0,24} (?:as|for) (?:the |your |a )?password|password[\w ]{0,20} (?:can|may|could) be (?:any|arbitrary)",
    )
});
static NO_USERNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)(?:blank|empty|no) {USERNAME}|without (?:a |any )?{USERNAME}|{USERNAME}[\w ]{{0,20}} (?:blank|empty)|{USERNAME} is (?:not (?:needed|required)|left (?:blank|empty))"
    ))
});

/// The half of the pair that is fixed, where the other is the key; with the line that says so.
pub(super) fn half(text: &str) -> Option<(Half, String)> {
    let curl = CURL
        .iter()
        .flat_map(|regex| regex.captures_iter(text))
        .find_map(|it| {
            let (left, right) = (it.get(1)?, it.get(2)?);
            let half = of_pair(left.as_str(), right.as_str())?;
            Some((half, words::quote_at(text, left.start())))
        });
    let quoted = || {
        let pairs = QUOTED_PAIR.iter();
        let mut pairs = pairs.flat_map(|regex| regex.captures_iter(text));
        pairs.find_map(|it| {
            let (left, right) = (it.get(1)?, it.get(2)?);
            let half = of_pair(left.as_str(), right.as_str())?;
            Some((half, words::quote_at(text, left.start())))
        })
    };
    if let Some(found) = curl.or_else(quoted) {
        return Some(found);
    }
    let key_at =
        |pattern: &'static LazyLock<Option<Regex>>| Some(pattern.as_ref()?.find(text)?.start());
    let (username, password) = (key_at(&KEY_IS_USERNAME), key_at(&KEY_IS_PASSWORD));
    match (username, password) {
        (Some(at), Some(_)) if is_match(&SOME_KEY_IS_PASSWORD, text) => {
            let quote = words::quote_at(text, at);
            value(&PLAIN_USERNAME, text).map(|it| (Half::Username(it), quote))
        }
        // Which is which is not plain.
        (Some(_), Some(_)) | (None, None) => None,
        (Some(at), None) => {
            let quote = words::quote_at(text, at);
            let fixed = value(&PASSWORD_IS, text).or_else(|| value(&BARE_PASSWORD, text));
            let any = || is_match(&ANY_PASSWORD, text).then(|| "x".to_owned());
            fixed.or_else(any).map(|it| (Half::Password(it), quote))
        }
        (None, Some(at)) => {
            let quote = words::quote_at(text, at);
            let must_be = || {
                let found = USERNAME_MUST_BE.as_ref()?.captures(text)?;
                Some(found.get(1)?.as_str().to_owned())
            };
            let fixed = must_be()
                .or_else(|| value(&USERNAME_IS, text))
                .or_else(|| value(&BARE_USERNAME, text));
            let any = || is_match(&ANY_USERNAME, text).then(|| "x".to_owned());
            let none = || is_match(&NO_USERNAME, text).then(String::new);
            fixed
                .or_else(any)
                .or_else(none)
                .map(|it| (Half::Username(it), quote))
        }
    }
}

fn is_match(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|it| it.is_match(text))
}

/// The first value that is no name of what it stands for.
fn value(pattern: &'static LazyLock<Option<Regex>>, text: &str) -> Option<String> {
    let names = [
        "username", "user", "login", "password", "email", "your", "the", "userid",
    ];
    pattern
        .as_ref()?
        .captures_iter(text)
        .filter_map(|it| it.get(1).or_else(|| it.get(2)))
        .map(|it| it.as_str().to_owned())
        .find(|it| !names.contains(&it.to_lowercase().as_str()))
}

/// The fixed half of `api:<KEY>`: a plain word beside what stands for a token.
fn of_pair(left: &str, right: &str) -> Option<Half> {
    // `https://api.acme.dev/v1` is no pair.
    if right.starts_with('/') {
        return None;
    }
    let stands = |text: &str| {
        let is_mixed = text.len() > 7 && text.contains(|c: char| c.is_ascii_digit());
        let is_capitals = text.len() > 2
            && text
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        text.starts_with(['<', '{', '$', '[', '%'])
            || is_capitals
            || is_mixed
            || text.to_lowercase().starts_with("your")
    };
    let names = [
        "username", "user", "login", "password", "pass", "pwd", "email", "secret",
    ];
    let is_fixed = |text: &str| {
        !text.is_empty()
            && !stands(text)
            && !names.contains(&text.to_lowercase().as_str())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    // `key:<secret>` and `<id>:token` are pairs of two secrets.
    let is_half = |text: &str| {
        let lower = text.to_lowercase();
        ["secret", "password", "user", "email", "login"]
            .iter()
            .any(|it| lower.contains(it))
    };
    if left.is_empty() && stands(right) {
        return Some(Half::Username(String::new()));
    }
    if is_fixed(left) && stands(right) && !is_half(right) {
        return Some(Half::Username(left.to_owned()));
    }
    if stands(left) && is_fixed(right) && !is_half(left) {
        return Some(Half::Password(right.to_owned()));
    }
    // `api_key:x`: the one half is a name of a key, the other is none of anything.
    let is_x = right.eq_ignore_ascii_case("x");
    (is_x && words::line(left).contains(" key ")).then(|| Half::Password(right.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_well_formed() {
        let all = [
            &BASE64,
            &COLON,
            &TRAILING_COLON,
            &APPENDED,
            &BOTH,
            &ASKED,
            &ALREADY,
            &NATURE,
            &BASIC,
            &CURL,
            &KEY_IS_USERNAME,
            &KEY_IS_PASSWORD,
            &USERNAME_IS,
            &PASSWORD_IS,
            &BARE_USERNAME,
            &BARE_PASSWORD,
            &ANY_USERNAME,
            &ANY_PASSWORD,
            &NO_USERNAME,
            &QUOTED_PAIR,
            &USERNAME_MUST_BE,
            &SOME_KEY_IS_PASSWORD,
            &PLAIN_USERNAME,
        ];
        assert!(all.iter().all(|it| it.is_some()));
    }
}
