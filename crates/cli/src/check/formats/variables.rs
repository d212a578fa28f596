//! Files of environment variables, as in `.env`: which of them are keys, and whose.

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use keyholder::{Provider, Token};

use super::{Broken, Sink, findings};
use crate::arguments::text_of;
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

/// The variables of a file, or of the environment.
pub(crate) struct Variables {
    variables: Vec<Variable>,
    malformed: Vec<u64>,
}

/// Gives the keys of a file to `sink`.
pub(super) fn walk(
    input: Box<dyn Read>,
    providers: &Providers,
    sink: &mut dyn Sink,
) -> Result<(), Broken> {
    let variables = Variables::of(&read(input)?);
    let mut keys: Vec<_> = variables
        .malformed
        .iter()
        .map(|line| (*line, None))
        .collect();
    keys.extend(variables.last().map(|it| (it.line, Some(it))));
    keys.sort_by_key(|(line, _)| *line);
    for (line, variable) in keys {
        let found = match variable {
            Some(variable) => Ok(variables.found(variable, providers)),
            None => Err(Refusal::malformed(
                "not NAME=VALUE, or a quotation mark is missing",
            )),
        };
        if let Some(found) = found.transpose()
            && !sink.take(line, found)
        {
            break;
        }
    }
    Ok(())
}

/// The text of a file.
fn read(input: impl Read) -> io::Result<String> {
    let text = text_of(input, LONGEST + 1)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other(format!(
            "it is longer than {LONGEST} bytes"
        )));
    }
    Ok(text)
}

impl Variables {
    /// Those of a text.
    fn of(text: &str) -> Self {
        let (variables, malformed) = parse(text);
        Self {
            variables,
            malformed,
        }
    }

    /// Those of a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is too long.
    pub(crate) fn of_file(file: &Path) -> io::Result<Self> {
        let input = super::decoded(Box::new(File::open(file)?))?;
        Ok(Self::of(&read(input)?))
    }

    /// Those of this process that are text.
    pub(crate) fn of_environment() -> Self {
        let all = env::vars_os();
        let all = all.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let variables = all.map(|(name, value)| Variable {
            name,
            value,
            line: 0,
        });
        let mut variables: Vec<_> = variables.collect();
        variables.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            variables,
            malformed: Vec::new(),
        }
    }

    /// The lines that are no variables.
    pub(crate) fn malformed(&self) -> &[u64] {
        &self.malformed
    }

    /// The value of a variable: what is written again counts as the last has it, and an empty one is none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut variables = self.variables.iter().rev();
        let variable = variables.find(|it| it.name == name)?;
        Some(variable.value.as_str()).filter(|it| !it.is_empty())
    }

    /// Each variable as it is written last, where there is something in it.
    fn last(&self) -> impl Iterator<Item = &Variable> {
        let lines: HashMap<_, _> = self
            .variables
            .iter()
            .map(|it| (&it.name, it.line))
            .collect();
        let is_last =
            move |it: &&Variable| lines.get(&it.name) == Some(&it.line) && !it.value.is_empty();
        self.variables.iter().filter(is_last)
    }

    /// The tokens of the providers, each with its variable and what stands around the provider's variable in that.
    pub(crate) fn tokens<'p>(
        &self,
        providers: &'p Providers,
    ) -> Vec<(String, &'p Provider, Affix, Token)> {
        let tokens = self.last().filter_map(|variable| {
            let token = self.token(variable, providers);
            let (provider, affix, secret) = token.or_else(|| told(variable, providers))?;
            let token = match secret {
                Secret::Whole(token) => Token::from(token),
                Secret::Parts(parts) => Token::of_parts(parts),
            };
            Some((variable.name.clone(), provider, affix, token))
        });
        tokens.collect()
    }

    /// What stands beside a token: the provider's variables with the same around them, under the provider's names.
    pub(crate) fn beside(&self, provider: &Provider, affix: &Affix) -> Self {
        let parameters = provider.parameters.iter().map(|it| &it.variable);
        let names = parameters.chain([&provider.base_url_variable]);
        let variables = names.filter_map(|name| {
            let value = self.get(&affix.of(name)).or_else(|| self.get(name))?;
            Some(Variable {
                name: name.clone(),
                value: value.to_owned(),
                line: 0,
            })
        });
        Self {
            variables: variables.collect(),
            malformed: Vec::new(),
        }
    }

    /// The token that a variable holds, or the first part of.
    fn token<'p>(
        &self,
        variable: &Variable,
        providers: &'p Providers,
    ) -> Option<(&'p Provider, Affix, Secret)> {
        let Variable { name, value, .. } = variable;
        if let Some((provider, affix)) = of_token(name, providers) {
            return Some((provider, affix, Secret::Whole(value.clone())));
        }
        let (provider, affix) = of_first_part(name, providers)?;
        let parts = provider.token.parts.iter().map(|part| {
            let value = self.get(&affix.of(&part.variable))?;
            Some((part.name.clone(), value.to_owned()))
        });
        let parts: Option<Vec<_>> = parts.collect();
        Some((provider, affix, Secret::Parts(parts?)))
    }

    /// The key that a variable holds, if it holds one.
    fn found(&self, variable: &Variable, providers: &Providers) -> Option<Found> {
        let Variable { name, value, line } = variable;
        let found = Found {
            id: findings::raw(name),
            extra: Extra {
                line: Some(*line),
                ..Extra::default()
            },
            ..Found::default()
        };
        if let Some((provider, affix, secret)) = self.token(variable, providers) {
            let beside = self.beside(provider, &affix);
            let parameters = provider.parameters.iter();
            let parameters = parameters
                .filter_map(|it| Some((it.name.clone(), beside.get(&it.variable)?.to_owned())));
            return Some(Found {
                provider: Some(provider.name.clone()),
                secrets: vec![secret],
                base_url: beside.get(&provider.base_url_variable).map(str::to_owned),
                parameters: parameters.collect(),
                ..found
            });
        }
        if of_other(name, providers) {
            return None;
        }
        let token = Token::from(value.as_str());
        let is_told = || !providers.of_tokens(&[token], By::Prefix).is_empty();
        let is_key = is_named_as_key(name) || is_told();
        is_key.then(|| Found {
            is_finding: true,
            secrets: vec![Secret::Whole(value.clone())],
            ..found
        })
    }
}

/// The token of a variable that is called as none of the providers' are, where its form tells whose it is.
fn told<'p>(
    variable: &Variable,
    providers: &'p Providers,
) -> Option<(&'p Provider, Affix, Secret)> {
    if of_other(&variable.name, providers) {
        return None;
    }
    let token = Token::from(variable.value.as_str());
    let [provider] = *providers.of_tokens(&[token], By::Prefix) else {
        return None;
    };
    let secret = Secret::Whole(variable.value.clone());
    Some((provider, Affix::default(), secret))
}

fn is_named_as_key(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES_OF_KEYS.iter().any(|it| name.contains(it)) && !NO_KEYS.iter().any(|it| name.ends_with(it))
}

/// What stands around a variable's name, where there are several keys of one provider.
#[derive(Default)]
pub(crate) struct Affix {
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

    /// Whether that is a name, in upper case.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let own = format!("{}{}", self.before, self.after);
        own.trim_matches('_').eq_ignore_ascii_case(name)
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
