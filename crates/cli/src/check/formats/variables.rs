//! Files of environment variables, as in `.env`: which of them are keys, and whose.

use std::collections::HashMap;
use std::io::{self, Read};

use keyholder::Provider;

use super::{Broken, Sink, findings};
use crate::check::line::{Found, Refusal};
use crate::check::members::Secret;
use crate::output::Extra;
use crate::providers::{By, Providers};

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// What is in the name of a variable that holds a key.
const NAMES_OF_KEYS: [&str; 7] = [
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "SECRET",
    "ACCESS_KEY",
    "PASSWORD",
    "_PAT",
];

/// What a name ends with that says of a key where it is or what it is, and is none itself.
const NO_KEYS: [&str; 9] = [
    "_FILE",
    "_PATH",
    "_ID",
    "_URL",
    "_NAME",
    "_EXPIRES",
    "_EXPIRES_AT",
    "_TTL",
    "_HEADER",
];

/// A variable of a file.
struct Variable {
    name: String,
    value: String,
    line: u64,
}

/// Gives the keys of a file to `sink`.
pub(super) fn walk(
    input: Box<dyn Read>,
    providers: &Providers,
    sink: &mut dyn Sink,
) -> Result<(), Broken> {
    let text = read(input)?;
    for (number, found) in keys(&text, providers) {
        if !sink.take(number, found) {
            break;
        }
    }
    Ok(())
}

/// The text of a file.
///
/// # Errors
///
/// It cannot be read, or is too long.
pub(super) fn read(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    input
        .take(LONGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| {
            if error.kind() == io::ErrorKind::InvalidData {
                io::Error::new(error.kind(), "it is not text in UTF-8")
            } else {
                error
            }
        })?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other(format!(
            "it is longer than {LONGEST} bytes"
        )));
    }
    Ok(text)
}

/// The keys of a file with the lines that they are on, in their order; and what is wrong with it.
pub(in crate::check) fn keys(
    text: &str,
    providers: &Providers,
) -> Vec<(u64, Result<Found, Refusal>)> {
    let (variables, malformed) = parse(text);
    let values: HashMap<_, _> = variables
        .iter()
        .map(|it| (it.name.as_str(), it.value.as_str()))
        .collect();
    let mut keys: Vec<_> = malformed
        .into_iter()
        .map(|number| {
            (
                number,
                Err(Refusal::malformed(
                    "not NAME=VALUE, or a quotation mark is missing",
                )),
            )
        })
        .collect();
    for variable in &variables {
        // What is written again counts as the last has it.
        let is_last = values.get(variable.name.as_str()) == Some(&variable.value.as_str());
        if is_last && let Some(found) = key(variable, &values, providers) {
            keys.push((variable.line, Ok(found)));
        }
    }
    keys.sort_by_key(|(number, _)| *number);
    keys
}

/// The key that a variable holds, if it holds one.
fn key(variable: &Variable, values: &HashMap<&str, &str>, providers: &Providers) -> Option<Found> {
    let Variable { name, value, line } = variable;
    if value.is_empty() {
        return None;
    }
    let found = |secret| Found {
        id: findings::raw(name),
        secrets: vec![secret],
        extra: Extra {
            line: Some(*line),
            ..Extra::default()
        },
        ..Found::default()
    };
    if let Some((provider, affix)) = of_token(name, providers) {
        return Some(beside(
            found(Secret::Whole(value.clone())),
            provider,
            &affix,
            values,
        ));
    }
    if let Some((provider, affix)) = of_first_part(name, providers) {
        let parts = provider.token.parts.iter();
        let parts: Option<Vec<_>> = parts
            .map(|part| {
                let value = values.get(affix.of(&part.variable).as_str())?;
                Some((part.name.clone(), (*value).to_owned()))
            })
            .collect();
        return Some(beside(
            found(Secret::Parts(parts?)),
            provider,
            &affix,
            values,
        ));
    }
    if of_other(name, providers) {
        return None;
    }
    let is_key = |found: &Found| {
        let token = keyholder::Token::from(value.as_str());
        let is_told = || !providers.of_tokens(&[token], By::Prefix).is_empty();
        !found.secrets.is_empty() && (is_named_as_key(name) || is_told())
    };
    let mut other = found(Secret::Whole(value.clone()));
    other.is_finding = true;
    Some(other).filter(is_key)
}

fn is_named_as_key(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES_OF_KEYS.iter().any(|it| name.contains(it)) && !NO_KEYS.iter().any(|it| name.ends_with(it))
}

/// What stands around a variable's name, where there are several keys of one provider.
struct Affix {
    before: String,
    after: String,
}

impl Affix {
    /// What stands around `variable` in `name`, with underscores between.
    fn around(variable: &str, name: &str) -> Option<Self> {
        if variable.is_empty() {
            return None;
        }
        let (before, after) = if name == variable {
            ("", "")
        } else if let Some(after) = name.strip_prefix(variable) {
            ("", after.starts_with('_').then_some(after)?)
        } else {
            let before = name.strip_suffix(variable)?;
            (before.ends_with('_').then_some(before)?, "")
        };
        let is_key = !NO_KEYS.iter().any(|it| after.ends_with(it));
        is_key.then(|| Self {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// Another variable of the same key.
    fn of(&self, variable: &str) -> String {
        format!("{}{variable}{}", self.before, self.after)
    }

    fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// The provider whose token a variable holds: the one whose variable is the most of the name.
fn of_token<'p>(name: &str, providers: &'p Providers) -> Option<(&'p Provider, Affix)> {
    let all = providers.iter();
    let fitting = all.filter_map(|it| Some((it, Affix::around(&it.token.variable, name)?)));
    fitting.min_by_key(|(_, affix)| affix.len())
}

/// The provider of whose token a variable holds the first part.
fn of_first_part<'p>(name: &str, providers: &'p Providers) -> Option<(&'p Provider, Affix)> {
    let all = providers.iter();
    let fitting = all.filter_map(|it| {
        let first = it.token.parts.first()?;
        Some((it, Affix::around(&first.variable, name)?))
    });
    fitting.min_by_key(|(_, affix)| affix.len())
}

/// Whether a variable holds something else of a provider's key.
fn of_other(name: &str, providers: &Providers) -> bool {
    let is_of = |provider: &Provider| {
        let parts = provider.token.parts.iter().map(|it| &it.variable);
        let parameters = provider.parameters.iter().map(|it| &it.variable);
        let mut all = parts.chain(parameters).chain([&provider.base_url_variable]);
        all.any(|it| Affix::around(it, name).is_some())
    };
    providers.iter().any(is_of)
}

/// A key with the base URL and the parameters that stand beside it in the file.
fn beside(found: Found, provider: &Provider, affix: &Affix, values: &HashMap<&str, &str>) -> Found {
    let value = |variable: &str| {
        let own = values.get(affix.of(variable).as_str());
        let value = own.or_else(|| values.get(variable)).copied();
        value.filter(|it| !it.is_empty()).map(str::to_owned)
    };
    let parameters = provider.parameters.iter();
    let parameters = parameters.filter_map(|it| Some((it.name.clone(), value(&it.variable)?)));
    Found {
        provider: Some(provider.name.clone()),
        base_url: value(&provider.base_url_variable),
        parameters: parameters.collect(),
        ..found
    }
}

/// The variables of a file, and the lines that are none.
///
/// What shells and their libraries agree on: `NAME=VALUE`, `export` before it, comments, values in single quotation marks as
/// they are, in double ones with escapes and over several lines. A `$NAME` in a value stays as it is, and nothing is put
/// into the environment.
fn parse(text: &str) -> (Vec<Variable>, Vec<u64>) {
    let mut variables = Vec::new();
    let mut malformed = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let start = line;
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let statement = rest[..end].trim();
        let statement = statement
            .strip_prefix("export")
            .filter(|it| it.starts_with([' ', '\t']))
            .map_or(statement, str::trim_start);
        let mut used = end;
        if !statement.is_empty() && !statement.starts_with('#') {
            match statement.split_once('=') {
                Some((name, _)) if is_name(name.trim()) => {
                    let at = rest.find('=').map_or(end, |at| at + 1);
                    match value(&rest[at..]) {
                        Some((value, length)) => {
                            variables.push(Variable {
                                name: name.trim().to_owned(),
                                value,
                                line: start,
                            });
                            used = at + length;
                        }
                        None => malformed.push(start),
                    }
                }
                _ => malformed.push(start),
            }
        }
        line += rest[..used].matches('\n').count() as u64;
        rest = &rest[used..];
    }
    (variables, malformed)
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !name.is_empty() && name.chars().all(is_part)
}

/// The value that a text begins with, and how long that and the rest of its line is. Nothing where it does not end.
fn value(text: &str) -> Option<(String, usize)> {
    let blanks = text.len() - text.trim_start_matches([' ', '\t']).len();
    let from = &text[blanks..];
    let line_of = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let Some(quote) = from.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let end = line_of(0);
        let line = &text[..end];
        // A comment has a blank before it: a key may have the sign in it.
        let line = line.split(" #").next().unwrap_or_default();
        let line = line.split("\t#").next().unwrap_or_default();
        return Some((line.trim().to_owned(), end));
    };
    let mut value = String::new();
    let mut characters = from.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            c if c == quote => return Some((value, line_of(blanks + at))),
            '\\' if quote == '"' => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                c @ ('"' | '\\' | '$' | '\'') => value.push(c),
                c => value.extend(['\\', c]),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_file_is_read_as_shells_read_it() {
        let text = "\
# a comment
A=plain
export B = spaced \t
C='single $A \\n'
D=\"double \\\"x\\\" \\$A\" # a comment
E=with#sign # and a comment
F=
G=\"two
lines\"
H=last
nonsense
I=\"never ends
";
        let (variables, malformed) = parse(text);
        let told: Vec<_> = variables
            .iter()
            .map(|it| (it.name.as_str(), it.value.as_str(), it.line))
            .collect();
        assert_eq!(
            told,
            [
                ("A", "plain", 2),
                ("B", "spaced", 3),
                ("C", "single $A \\n", 4),
                ("D", "double \"x\" $A", 5),
                ("E", "with#sign", 6),
                ("F", "", 7),
                ("G", "two\nlines", 8),
                ("H", "last", 10),
            ]
        );
        assert_eq!(malformed, [11, 12]);
    }
}
