//! Server variables that belong to a key, such as a region or a tenant (OpenAPI 3.0.3, section 4.7.6).

use std::collections::BTreeSet;

use keyholder_core::{KeyParameter, Server};
use keyholder_openapi::{scalar, text};
use serde_json::Value;

use super::{Candidate, authority, host, is_credential, is_everyones, is_own, unusable};

/// What stands in the place of a value that nobody has given yet.
const STAND_IN: &str = "x1";

/// The template of a server's URL with the names of its parameters in braces, and these; nothing where it has none, or
/// where what they are put into is not the provider's own whatever they are. With `is_faulty`, the defaults do not make a
/// server that is run for everyone.
pub(super) fn open(
    url: &str,
    variables: &Value,
    is_faulty: bool,
) -> Option<(String, Vec<KeyParameter>)> {
    if !url.contains("://") {
        return None;
    }
    let host = authority(url);
    let mut template = String::new();
    let mut parameters = Vec::<KeyParameter>::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if is_credential(name) {
            return None;
        }
        let at = url.len() - rest.len() + before.len();
        template.push_str(before);
        rest = after;
        let variable = &variables[name];
        let default = scalar::text(&variable["default"]).filter(|it| !it.trim().is_empty());
        let is_in_host = host.contains(&at);
        let is_placeholder = |value: &str| host::is_placeholder(value.trim_matches('/'));
        // In the path, what has a real default is a part of the API and not of a key.
        match &default {
            Some(value) if !is_in_host && !is_placeholder(value) => {
                template.push_str(value);
                continue;
            }
            _ => {}
        }
        let key = snake_case(name);
        if key.is_empty() {
            return None;
        }
        let values = variable["enum"].as_array().into_iter().flatten();
        let values: Vec<_> = values.filter_map(scalar::text).collect();
        let is_listed = default.as_ref().is_some_and(|it| values.contains(it));
        let mut parameter = KeyParameter::new(key.as_str(), "");
        parameter.values = values;
        parameter.default = default.filter(|value| {
            !is_placeholder(value) && (is_listed || !is_own(name) || is_everyones(name, value))
        });
        let said = variable["description"].as_str().unwrap_or_default();
        parameter.description = text::line(said);
        template.push_str(&format!("{{{key}}}"));
        add(&mut parameters, &parameter);
    }
    template.push_str(rest);
    if parameters.is_empty() || template.matches('{').count() != template.matches('}').count() {
        return None;
    }
    // Each of the values is held against what a host must be, and no other is taken.
    let ends_in_listed = parameters.iter().any(|it| {
        let before = host_of(&template).strip_suffix(&format!("{{{}}}", it.name));
        let is_end = before.is_some_and(|it| it.is_empty() || it.ends_with('.'));
        is_end && !it.values.is_empty()
    });
    let is_good = |parameters: &[KeyParameter]| {
        let url = parameters.iter().fold(template.clone(), |url, parameter| {
            let value = parameter.default.as_ref().or(parameter.values.first());
            let value = value.map_or(STAND_IN, String::as_str);
            url.replace(&format!("{{{}}}", parameter.name), value)
        });
        (is_below_own(&template) || ends_in_listed) && unusable(&url).is_none()
    };
    // Each value is put where the others have theirs.
    for index in 0..parameters.len() {
        let mut tried = parameters.clone();
        let values = std::mem::take(&mut parameters[index].values);
        let had_values = !values.is_empty();
        let kept: Vec<_> = values
            .into_iter()
            .filter(|value| {
                tried[index].default = Some(value.clone());
                is_good(&tried)
            })
            .collect();
        if had_values && kept.is_empty() {
            return None;
        }
        parameters[index].values = kept;
    }
    for parameter in &mut parameters {
        let is_kept =
            |value: &String| parameter.values.is_empty() || parameter.values.contains(value);
        parameter.default = parameter.default.take().filter(is_kept);
    }
    if !is_good(&parameters) {
        for parameter in &mut parameters {
            parameter.default = None;
        }
    }
    let lacks_one = parameters.iter().any(|it| it.default.is_none());
    // What is wrong must be the values, which the caller gives.
    (is_good(&parameters) && (!is_faulty || lacks_one)).then_some((template, parameters))
}

/// Whether the end of a host is a name that somebody registered, whatever stands in the braces before it.
fn is_below_own(template: &str) -> bool {
    let authority = host_of(template);
    let fixed = authority.rsplit('}').next().unwrap_or_default();
    if fixed.len() == authority.len() {
        return true;
    }
    let Some((_, name)) = fixed.split_once('.') else {
        return false;
    };
    let name = name.split(':').next().unwrap_or_default();
    psl::domain(name.as_bytes()).is_some()
}

/// The host of a template, with its port.
fn host_of(template: &str) -> &str {
    let rest = template.split_once("://").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// Adds a parameter, or the values of one of that name.
pub(super) fn add(parameters: &mut Vec<KeyParameter>, parameter: &KeyParameter) {
    match parameters.iter_mut().find(|it| it.name == parameter.name) {
        None => parameters.push(parameter.clone()),
        Some(known) if known.values.is_empty() || parameter.values.is_empty() => {
            known.values.clear();
        }
        Some(known) => {
            for value in &parameter.values {
                if !known.values.contains(value) {
                    known.values.push(value.clone());
                }
            }
        }
    }
}

/// The servers with names: by their descriptions where these are short, else by what tells their hosts apart.
pub(super) fn named(run: &[&Candidate<'_>]) -> Vec<Server> {
    let mut taken = BTreeSet::new();
    let servers = run.iter().map(|candidate| {
        let template = candidate.template();
        if run.len() == 1 {
            return Server::new("", template);
        }
        let said = candidate.server["description"].as_str().unwrap_or_default();
        let said = slug(said);
        let host = template.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let by_host = slug(host.split('.').next().unwrap_or_default());
        let whole = slug(&template.replace("https://", ""));
        let names = [said, by_host, whole];
        let name = names
            .into_iter()
            .find(|name| !name.is_empty() && name.len() <= 24 && !taken.contains(name));
        let name = name.unwrap_or_else(|| {
            let mut number = 1;
            while taken.contains(&number.to_string()) {
                number += 1;
            }
            number.to_string()
        });
        taken.insert(name.clone());
        Server::new(name, template)
    });
    servers.collect()
}

/// A text in lower case, with hyphens between its words.
fn slug(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// The name of a variable as that of a parameter: in lower case, with underscores between its words.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            was_lower = false;
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        if c.is_ascii_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        snake.push(c.to_ascii_lowercase());
    }
    snake.trim_end_matches('_').to_owned()
}
