//! What a request needs that belongs to a key: server variables, and what the mapping names.

use std::collections::{BTreeMap, BTreeSet};

use keyholder_core::{
    Argument, Authentication, Checksum, Credential, KeyParameter, Operation, Server, TokenForm,
};
use keyholder_openapi::{Error, Result, nearest, pointer, text};
use regex_lite::Regex;

use crate::provider::variable;
use crate::request::leaves;
use crate::whoami::{Mapping, ParameterSource};

/// What the parameters of a key are held against.
pub(crate) struct Uses<'a> {
    pub(crate) servers: &'a [Server],
    pub(crate) operations: &'a [Operation],
    /// The arguments of further operations, with where their mappings stand.
    pub(crate) arguments: &'a [(String, BTreeMap<String, Argument>)],
    pub(crate) forms: &'a [TokenForm],
    pub(crate) credentials: &'a [Credential],
}

/// The parameters of a provider's keys: those in its servers' URLs, with what the mapping says of them, and its own.
///
/// # Errors
///
/// One that nothing uses, one that is used and not named, and values that do not fit each other.
pub(crate) fn parameters(
    mapping: &Mapping,
    in_servers: Vec<KeyParameter>,
    uses: &Uses<'_>,
    provider: &str,
    at: &str,
) -> Result<Vec<KeyParameter>> {
    let at = pointer::push(at, "parameters");
    let mut parameters = in_servers;
    for (name, source) in &mapping.parameters {
        let at = pointer::push(&at, name);
        check_name(name, uses, &at)?;
        match parameters.iter_mut().find(|it| it.name == *name) {
            Some(parameter) => tell(parameter, source),
            None => {
                let mut parameter = KeyParameter::new(name, "");
                tell(&mut parameter, source);
                parameters.push(parameter);
            }
        }
    }
    if let [first, _, ..] = uses.servers {
        let mut server = KeyParameter::new(KeyParameter::SERVER, "");
        "Which of the provider's servers is asked.".clone_into(&mut server.description);
        server.values = uses.servers.iter().map(|it| it.name.clone()).collect();
        server.default = Some(first.name.clone());
        parameters.push(server);
    }
    for parameter in &mut parameters {
        if parameter.variable.is_empty() {
            parameter.variable = variable(provider, &parameter.name);
        }
        if mapping.parameters.contains_key(&parameter.name) {
            check_values(parameter, &pointer::push(&at, &parameter.name))?;
        }
    }
    check_uses(mapping, &parameters, uses, &at)?;
    Ok(parameters)
}

/// Puts what the mapping says into a parameter.
fn tell(parameter: &mut KeyParameter, source: &ParameterSource) {
    if let Some(env) = &source.env {
        parameter.variable.clone_from(env);
    }
    if !source.description.is_empty() {
        parameter.description = text::line(&source.description);
    }
    if !source.values.is_empty() {
        parameter.values.clone_from(&source.values);
    }
    if source.pattern.is_some() {
        parameter.pattern.clone_from(&source.pattern);
    }
    if source.default.is_some() {
        parameter.default.clone_from(&source.default);
    }
}

fn check_name(name: &str, uses: &Uses<'_>, at: &str) -> Result<()> {
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name {
        return Err(Error::at(at, "is not a name that a parameter can have")
            .with_help("use lower-case letters, digits and underscores, and start with a letter"));
    }
    if name == KeyParameter::SERVER && uses.servers.len() > 1 {
        return Err(Error::at(
            at,
            "is the name of the parameter that chooses one of the servers",
        ));
    }
    let is_place = uses
        .credentials
        .iter()
        .flat_map(|it| leaves(&it.authentication))
        .any(|it| matches!(it, Authentication::Path { name: place } if place == name));
    if is_place {
        return Err(
            Error::at(at, "is the name of the token's place in the path")
                .with_help("give the parameter another name"),
        );
    }
    Ok(())
}

fn check_values(parameter: &KeyParameter, at: &str) -> Result<()> {
    let pattern = parameter.pattern.as_ref();
    let pattern = pattern.and_then(|it| Regex::new(&format!("^(?:{it})$")).ok());
    let fits = |value: &String| pattern.as_ref().is_none_or(|it| it.is_match(value));
    if let Some(value) = parameter.values.iter().find(|value| !fits(value)) {
        let message = format!("{} does not match the pattern", text::shown(value));
        return Err(Error::at(pointer::push(at, "values"), message));
    }
    if let Some(default) = &parameter.default
        && (!fits(default) || !parameter.values.is_empty() && !parameter.values.contains(default))
    {
        let message = format!("{} is not a value that it may have", text::shown(default));
        return Err(Error::at(pointer::push(at, "default"), message));
    }
    Ok(())
}

/// Refuses a parameter that nothing uses, and a use of one that there is not.
fn check_uses(
    mapping: &Mapping,
    parameters: &[KeyParameter],
    uses: &Uses<'_>,
    at: &str,
) -> Result<()> {
    let known = || parameters.iter().map(|it| it.name.as_str());
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    let at_mapping = at.rsplit_once('/').map_or("", |(mapping, _)| mapping);
    let own = mapping.arguments.iter().map(|it| (at_mapping, it));
    let further = uses.arguments.iter();
    let further =
        further.flat_map(|(at, arguments)| arguments.iter().map(move |it| (at.as_str(), it)));
    for (at_mapping, (name, argument)) in own.chain(further) {
        let Argument::Parameter { parameter } = argument else {
            continue;
        };
        if !known().any(|it| it == parameter) {
            let at = pointer::push(&pointer::push(at_mapping, "arguments"), name);
            let message = format!(
                "the key has no parameter {}: `parameters` names those that it has",
                text::shown(parameter)
            );
            return Err(nearest::help(Error::at(at, message), parameter, known()));
        }
        needed.insert(parameter);
    }
    for parameter in known() {
        let place = format!("{{{parameter}}}");
        let is_in = |template: &str| template.contains(&place);
        if uses.servers.iter().any(|it| is_in(&it.base_url))
            || uses.operations.iter().any(|it| is_in(&it.path))
        {
            needed.insert(parameter);
        }
    }
    for name in mapping.parameters.keys() {
        if !needed.contains(name.as_str()) {
            return Err(
                Error::at(pointer::push(at, name), "nothing uses it").with_help(
                    "name it in `arguments`, as `{ parameter: … }`, or as a variable of the server",
                ),
            );
        }
    }
    for form in uses.forms {
        let Ok(pattern) = Regex::new(&form.pattern) else {
            continue;
        };
        let of_checksum = form.checksum.as_ref().map(Checksum::groups);
        let of_checksum = of_checksum.as_ref().map_or(&[][..], |it| &it[..]);
        let groups = || pattern.capture_names().flatten();
        if let Some(name) = of_checksum
            .iter()
            .find(|name| !groups().any(|it| it == **name))
        {
            let at = format!("{at_mapping}/token/form");
            let message = format!(
                "the checksum speaks of the group {}, which the pattern lacks",
                text::shown(name)
            );
            return Err(nearest::help(Error::at(at, message), name, groups()));
        }
        let mut values = groups().filter(|name| !of_checksum.contains(name));
        if let Some(name) = values.find(|name| !known().any(|it| it == *name)) {
            let at = format!("{at_mapping}/token/form");
            let message = format!("the group {name} is the name of no parameter of the key");
            return Err(nearest::help(Error::at(at, message), name, known()));
        }
        if let Some(scheme) = &form.scheme
            && !uses.credentials.iter().any(|it| it.scheme == *scheme)
        {
            let at = format!("{at_mapping}/token/form");
            let message = format!(
                "{} is no scheme that the operation takes",
                text::shown(scheme)
            );
            let known = uses.credentials.iter().map(|it| it.scheme.as_str());
            return Err(nearest::help(Error::at(at, message), scheme, known));
        }
        if let Some(id) = &form.operation
            && !uses
                .operations
                .iter()
                .any(|it| it.id == *id && !it.adds_claims)
        {
            let at = format!("{at_mapping}/token/form");
            let message = format!("{} is no operation that has `x-whoami`", text::shown(id));
            let known = uses.operations.iter().map(|it| it.id.as_str());
            return Err(nearest::help(Error::at(at, message), id, known));
        }
    }
    Ok(())
}
