//! What stands before a key in a header: by what is said of that scheme, and of no other.

use crate::document::{Description, Operation};
use crate::shape::members;
use crate::words;

use serde_json::Value;

use super::scheme::{self, Scheme};
use super::shown::{self, Shown};

/// What is known of it.
#[derive(Clone, Debug)]
pub(super) enum Prefix {
    /// It is said, and where.
    Known(Shown, String),
    /// It is said that nothing stands there, and where.
    Bare(String),
    /// It is not known, or not for certain; with what is to be said of it.
    Doubt(String),
    /// It is not known, as it mostly is where there is none.
    Unsaid,
}

/// What stands before the token of a scheme. `beside` is what is said of a parameter that is the same header.
pub(super) fn find(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
    beside: &str,
) -> Prefix {
    let header = scheme.header().unwrap_or("Authorization");
    if let Some(prefix) = extension(scheme) {
        return prefix;
    }
    let own = shown::plain(&scheme.words());
    let mut found = shown::anywhere(&own, header);
    if found.is_empty() && scheme.is_authorization() {
        found.extend(misplaced(scheme).or_else(|| shown::bearer(&own)));
    }
    if let Some(other) = found.iter().find(|it| is_aside(&own, it)).cloned() {
        // What is said of something else beside it is left out; where it is all there is, with a remark.
        found.retain(|it| !is_aside(&own, it));
        if found.is_empty() {
            return Prefix::Doubt(format!(
                "What stands before the key is not said: `{}` is said of OAuth, or of what is in place of this. If there is anything, give it as `prefix`. The scheme's own words: \"{}\"",
                other.prefix, other.quote
            ));
        }
    }
    if let Some(prefix) = one(&found, "The scheme's own words") {
        return prefix;
    }
    let beside = shown::plain(beside);
    let mut found = shown::anywhere(&beside, header);
    if found.is_empty() && scheme.is_authorization() {
        found.extend(shown::bearer(&beside));
    }
    if let Some(prefix) = one(&found, "The words of the header") {
        return prefix;
    }
    if !scheme.is_authorization() {
        return in_its_header(description, operation, header);
    }
    elsewhere(description, operation, scheme)
}

/// What the operation or the introduction shows in a header of the provider's own, which no other scheme has.
fn in_its_header(description: Description<'_>, operation: &Operation<'_>, header: &str) -> Prefix {
    let info = description.root()["info"]["description"].as_str();
    let text = format!("{}\n{}", texts(operation), info.unwrap_or_default());
    let found = shown::in_header(&shown::plain(&text), header);
    match one(&found, "The description's words") {
        Some(prefix @ Prefix::Known(..)) => prefix,
        _ => Prefix::Unsaid,
    }
}

/// Whether the sentences of a scheme's words that show it are about something else, as others of them are not: "A key.
/// (OAuth tokens are sent as `Bearer <token>` instead.)"
fn is_aside(own: &str, shown: &Shown) -> bool {
    let word = words::line(&shown.prefix);
    // A word `OAuth` is about itself, wherever it is shown.
    let is_about = |line: &str| {
        ["oauth", "oauth2", "instead", "deprecated", "no longer"]
            .iter()
            .filter(|it| **it != word.trim())
            .any(|it| words::says(line, it))
    };
    let sentences = own.split('\n').flat_map(|it| it.split(". "));
    let lines: Vec<_> = sentences
        .map(words::line)
        .filter(|it| !it.trim().is_empty())
        .collect();
    let (with, without): (Vec<_>, Vec<_>) =
        lines.iter().partition(|it| words::says(it, word.trim()));
    !shown.prefix.is_empty()
        && !with.is_empty()
        && with.iter().all(|it| is_about(it))
        && without.iter().any(|it| !is_about(it))
}

/// The `scheme` of a key, which only schemes of HTTP have.
fn misplaced(scheme: &Scheme<'_>) -> Option<Shown> {
    let name = scheme.object["scheme"].as_str()?;
    let prefix = match name.to_lowercase().as_str() {
        "bearer" => "Bearer ".to_owned(),
        "basic" => "Basic ".to_owned(),
        _ => format!("{name} "),
    };
    Some(Shown {
        prefix,
        value: String::new(),
        quote: format!("scheme: {name}"),
    })
}

/// An extension that is named after it, such as `x-apikey-prefix`.
fn extension(scheme: &Scheme<'_>) -> Option<Prefix> {
    let (key, value) = members(scheme.object)
        .filter(|(key, _)| key.starts_with("x-"))
        .flat_map(|(key, value)| {
            let inner = members(value).map(move |(name, value)| (format!("{key}.{name}"), value));
            std::iter::once((key.to_owned(), value)).chain(inner)
        })
        .find(|(key, _)| words::words(key).last().is_some_and(|it| it == "prefix"))?;
    let value = value.as_str()?;
    let quote = format!("{key}: {value}");
    if value.trim().is_empty() {
        return Some(Prefix::Bare(format!("The scheme says so: \"{quote}\"")));
    }
    let is_whole = value.ends_with([' ', '=', ':', '/']);
    let prefix = format!("{value}{}", if is_whole { "" } else { " " });
    let why = format!("The scheme says so: \"{quote}\"");
    let shown = Shown {
        prefix,
        value: String::new(),
        quote,
    };
    Some(Prefix::Known(shown, why))
}

/// The one thing that is shown; a doubt about several; nothing where nothing is.
fn one(found: &[Shown], who: &str) -> Option<Prefix> {
    let first = found.first()?;
    if found.iter().all(|it| it.is_same(first)) {
        let why = format!("{who}: \"{}\"", first.quote);
        return Some(if first.prefix.is_empty() {
            Prefix::Bare(why)
        } else {
            // What shows the token's place says the most; and a capital, more than none.
            let has_capital = |it: &&Shown| it.prefix.starts_with(|c: char| c.is_ascii_uppercase());
            let best = found
                .iter()
                .rev()
                .max_by_key(|it| (has_capital(it), !it.value.is_empty()))
                .unwrap_or(first);
            Prefix::Known(best.clone(), format!("{who}: \"{}\"", best.quote))
        });
    }
    let mut several: Vec<&Shown> = Vec::new();
    for it in found {
        if !several.iter().any(|other| other.is_same(it)) {
            several.push(it);
        }
    }
    let names: Vec<_> = several
        .iter()
        .map(|it| match it.prefix.as_str() {
            "" => format!("nothing (\"{}\")", it.quote),
            prefix => format!("`{prefix}` (\"{}\")", it.quote),
        })
        .collect();
    Some(Prefix::Doubt(format!(
        "What stands before the token is left out, as more than one thing is shown: {}. Give the right one as `prefix`.",
        names.join(", ")
    )))
}

/// What the operation or the introduction shows, where nobody else claims it.
fn elsewhere(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
) -> Prefix {
    let mut found = Vec::new();
    let mut claimed = Vec::new();
    let own = shown::plain(&texts(operation));
    let info = description.root()["info"]["description"]
        .as_str()
        .unwrap_or_default();
    let mut extended = Vec::new();
    extensions(description.root(), &mut |it| {
        if it.contains("Authorization") {
            extended.push(it);
        }
    });
    let places = std::iter::once((own, "The operation's own words"))
        .chain(
            paragraphs(info)
                .into_iter()
                .map(|it| (shown::plain(&it), "The introduction")),
        )
        .chain(
            extended
                .into_iter()
                .map(|it| (shown::plain(it), "An extension of the description")),
        );
    for (text, who) in places {
        for it in shown::in_header(&text, "Authorization") {
            match claim(description, operation, scheme, &it, &text) {
                Some(by) => claimed.push((it, by)),
                None => found.push((it, who)),
            }
        }
    }
    let who = found.first().map_or("", |(_, who)| who);
    let shown: Vec<_> = found.iter().map(|(it, _)| it.clone()).collect();
    if let Some(prefix) = one(&shown, who) {
        return prefix;
    }
    let same = of_same(description, operation, scheme);
    if let Some(prefix) = agreed(&same) {
        return prefix;
    }
    claimed.extend(of_others(description, operation, scheme));
    let said = scheme.object["description"]
        .as_str()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let said = said.map_or(String::new(), |it| format!(" (\"{}\")", words::quote(it)));
    let mut text = format!(
        "A key in `Authorization` mostly has a scheme before it, such as `Bearer `, and the description shows none that can be taken{said}: the bare key is sent."
    );
    if let Some((it, by)) = claimed.first() {
        text = format!(
            "A key in `Authorization` mostly has a scheme before it, and none is said of this one{said}: the bare key is sent. `{}` is {by}: \"{}\".",
            it.prefix, it.quote
        );
    }
    let is_named_bearer = words::words(scheme.name).iter().any(|it| it == "bearer");
    if is_named_bearer && said.is_empty() && same.is_empty() && claimed.is_empty() {
        let shown = Shown {
            prefix: "Bearer ".to_owned(),
            value: String::new(),
            quote: scheme.name.to_owned(),
        };
        let why = format!(
            "By the scheme's name, `{}`; nothing else is said",
            scheme.name
        );
        return Prefix::Known(shown, why);
    }
    match likely(scheme.name) {
        _ if !same.is_empty() => {
            for (name, shown) in same.iter().take(1) {
                text.push_str(&format!(
                    " The likely one, as {name} shows it, which asks for the same scheme: `prefix: \"{}\"` (\"{}\").",
                    shown.prefix, shown.quote
                ));
            }
        }
        Some((name, why)) => text.push_str(&format!(
            " The likely one, by {why} `{}`: `prefix: \"{name} \"`.",
            scheme.name
        )),
        None => text.push_str(" If there is one, give it as `prefix`."),
    }
    Prefix::Doubt(text)
}

/// Who else may be meant by what is shown.
fn claim(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
    shown: &Shown,
    text: &str,
) -> Option<String> {
    let line = words::line(text);
    let names_own = words::says(&line, words::line(scheme.name).trim());
    let others = scheme::all(description);
    let others = others.iter().filter(|it| it.name != scheme.name);
    for other in others {
        let name = words::line(other.name);
        let is_named = name.trim().len() > 4 && words::says(&line, name.trim()) && !names_own;
        let is_own = (other.is_bearer() && shown.is("bearer"))
            || (other.is_basic() && shown.is("basic"))
            || other.unusual().is_some_and(|it| shown.is(it))
            || shown::anywhere(&shown::plain(&other.words()), "Authorization")
                .iter()
                .any(|it| it.is_same(shown));
        if is_own || is_named {
            return Some(format!("of another scheme, `{}`", other.name));
        }
    }
    if ["oauth", "oauth2"].iter().any(|it| words::says(&line, it)) {
        return Some("shown where OAuth is spoken of".to_owned());
    }
    let other = of_operations(description, operation, scheme).find(|(it, _)| it.is_same(shown));
    other.map(|(_, by)| by)
}

/// What other schemes and operations show.
fn of_others(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
) -> Option<(Shown, String)> {
    let others = scheme::all(description);
    let of_schemes = others
        .iter()
        .filter(|it| it.name != scheme.name && it.is_authorization())
        .flat_map(|other| {
            let by = format!("of another scheme, `{}`", other.name);
            let found = shown::anywhere(&shown::plain(&other.words()), "Authorization");
            found.into_iter().map(move |it| (it, by.clone()))
        });
    of_operations(description, operation, scheme)
        .chain(of_schemes)
        .find(|(it, _)| !it.prefix.is_empty())
}

/// The words before a key that many providers have. What one operation alone has may be its own.
const CUSTOMARY: [&str; 6] = ["bearer", "token", "apikey", "api-key", "key", "bot"];

/// What other operations of the same scheme show, where all of them show the same, and that is customary.
fn agreed(same: &[(String, Shown)]) -> Option<Prefix> {
    let ((name, first), rest) = same.split_first()?;
    let is_customary = CUSTOMARY.iter().any(|it| first.is(it));
    let is_agreed = is_customary && rest.iter().all(|(_, it)| it.is_same(first));
    is_agreed.then(|| {
        let why = format!(
            "{name} shows it, which asks for the same scheme: \"{}\"",
            first.quote
        );
        Prefix::Known(first.clone(), why)
    })
}

/// What other operations show that ask for the same scheme, with their names.
fn of_same(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
) -> Vec<(String, Shown)> {
    description
        .operations()
        .filter(|it| it.object != operation.object)
        .filter(|it| scheme::is_asked(scheme, description, it))
        .flat_map(|it| {
            let mut text = texts(&it);
            for parameter in it.parameters() {
                if parameter.place() == "header"
                    && parameter.name().eq_ignore_ascii_case("authorization")
                {
                    super::strings(parameter.object, &mut |it| {
                        text.push_str(&format!("Authorization: {it}\n"));
                    });
                }
            }
            let name = it.name();
            let text = shown::plain(&text);
            let found = shown::in_header(&text, "Authorization").into_iter();
            let found = found.filter(|shown| {
                !shown.prefix.is_empty() && claim(description, &it, scheme, shown, &text).is_none()
            });
            found.map(|it| (name.clone(), it)).collect::<Vec<_>>()
        })
        .collect()
}

/// What operations show that ask for other schemes.
fn of_operations<'a>(
    description: Description<'a>,
    operation: &'a Operation<'a>,
    scheme: &'a Scheme<'a>,
) -> impl Iterator<Item = (Shown, String)> + 'a {
    description
        .operations()
        .filter(move |it| it.object != operation.object)
        .filter(move |it| !scheme::is_asked(scheme, description, it))
        .flat_map(|it| {
            let by = format!("shown of another operation, {}", it.name());
            let found = shown::in_header(&shown::plain(&texts(&it)), "Authorization");
            found.into_iter().map(move |it| (it, by.clone()))
        })
}

/// What an operation says in its own words, samples of code included.
pub(super) fn texts(operation: &Operation<'_>) -> String {
    let mut text = format!(
        "{}\n{}\n",
        operation.text("summary"),
        operation.text("description")
    );
    extensions(operation.object, &mut |it| {
        text.push_str(&format!("{it}\n"));
    });
    text
}

/// The texts of the extensions of an object.
fn extensions<'a>(object: &'a Value, each: &mut impl FnMut(&'a str)) {
    for (_, value) in members(object).filter(|(key, _)| key.starts_with("x-")) {
        super::strings(value, each);
    }
}

/// The paragraphs of a text, each after the heading that it stands under. What is set apart, as code is, belongs to the
/// paragraph before.
fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut heading = String::new();
    let mut is_code = false;
    let mut is_new = true;
    for line in text.lines() {
        let trimmed = line.trim();
        let is_fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        is_code ^= is_fence;
        let is_heading = !is_code && trimmed.starts_with(['#', '='])
            || ["<h1", "<h2", "<h3", "<h4"]
                .iter()
                .any(|it| trimmed.contains(it));
        if is_heading {
            heading = format!("{trimmed}\n");
            is_new = true;
        } else if trimmed.is_empty() && !is_code {
            is_new = true;
            continue;
        }
        let is_apart = is_fence || line.starts_with("    ") || trimmed.starts_with(['`', '>']);
        let leads_on = found.last().is_some_and(|it| it.trim_end().ends_with(':'));
        if is_heading || is_new && !(is_apart || leads_on) || found.is_empty() {
            found.push(if is_heading {
                String::new()
            } else {
                heading.clone()
            });
        }
        is_new = is_heading;
        if let Some(paragraph) = found.last_mut() {
            paragraph.push_str(line);
            paragraph.push('\n');
        }
    }
    found
}

/// The scheme that a name is likely to be, and how it is found.
fn likely(name: &str) -> Option<(String, &'static str)> {
    let words = words::words(name);
    let has = |word: &str| words.iter().any(|it| it == word);
    for (word, scheme) in [("bearer", "Bearer"), ("jwt", "Bearer"), ("bot", "Bot")] {
        if has(word) {
            return Some((scheme.to_owned(), "a word in the scheme's name"));
        }
    }
    let rest = [
        "Authorization",
        "Authentication",
        "Auth",
        "Scheme",
        "Header",
    ]
    .iter()
    .find_map(|end| name.strip_suffix(end).filter(|rest| !rest.is_empty()))
    .unwrap_or(name);
    let is_name = rest.starts_with(|c: char| c.is_ascii_uppercase())
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && ![
            "Authorization",
            "Auth",
            "Default",
            "Authentication",
            "Header",
            "Security",
        ]
        .contains(&rest);
    is_name.then(|| (rest.to_owned(), "the scheme's own name,"))
}
