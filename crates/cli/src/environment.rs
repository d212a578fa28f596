//! What environment variables say of a provider's keys.

use std::env::{self, VarError};

use keyholder::{Error, Provider, ProviderInfo, Token};

/// The base URL in the environment; an empty one is none.
pub(crate) fn base_url_of(provider: &Provider) -> Result<Option<String>, Error> {
    filled(&provider.base_url_variable)
}

/// The token of `provider`: in one variable or, of several parts, in a variable each.
pub(crate) fn token_of(provider: &Provider) -> Result<Token, Error> {
    let source = &provider.token;
    if let Some(token) = variable(&source.variable)? {
        return Ok(Token::from(token));
    }
    let mut parts = Vec::new();
    for part in &source.parts {
        parts.push((&part.name, &part.variable, variable(&part.variable)?));
    }
    let missing = parts.iter().filter(|(_, _, value)| value.is_none());
    let missing: Vec<_> = missing.map(|(_, name, _)| name.as_str()).collect();
    if parts.is_empty() || missing.len() == parts.len() {
        let whole = &source.variable;
        let or = if parts.is_empty() { "" } else { ", or " };
        let parts = missing.join(" and ");
        return Err(Error::config(format!("no token: set {whole}{or}{parts}")));
    }
    if !missing.is_empty() {
        let missing = missing.join(" and ");
        return Err(Error::config(format!(
            "a part of the token is missing: set {missing}"
        )));
    }
    let parts = parts.into_iter();
    let parts = parts.filter_map(|(name, _, value)| Some((name.as_str(), value?)));
    Ok(Token::of_parts(parts))
}

/// Whether a token of `provider`, or a part of one, is in the environment.
pub(crate) fn has_token(provider: &Provider) -> bool {
    let parts = provider.token.parts.iter().map(|it| &it.variable);
    let variables: Vec<_> = parts.chain([&provider.token.variable]).collect();
    has_some(&variables)
}

/// Whether one of these variables is set.
pub(crate) fn has_some(variables: &[impl AsRef<str>]) -> bool {
    let mut variables = variables.iter();
    variables.any(|it| env::var_os(it.as_ref()).is_some())
}

/// `provider`, with the environment's values in place of the defaults of its keys' parameters. So what a caller gives, or
/// a token has in it, goes before the environment.
pub(crate) fn with_parameters(provider: &Provider) -> Result<Provider, Error> {
    let mut info = ProviderInfo::clone(provider);
    let mut has_some = false;
    for parameter in &mut info.parameters {
        if let Some(value) = filled(&parameter.variable)? {
            parameter.default = Some(value);
            has_some = true;
        }
    }
    Ok(if has_some {
        info.into()
    } else {
        provider.clone()
    })
}

/// An environment variable, where it is set and not empty.
fn filled(name: &str) -> Result<Option<String>, Error> {
    Ok(variable(name)?.filter(|value| !value.is_empty()))
}

/// An environment variable, where it is set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    // What a description names no variable for is in none.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Ok(None);
    }
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        // Its own message quotes the value.
        Err(VarError::NotUnicode(_)) => Err(Error::config(format!("{name} is not text"))),
    }
}
