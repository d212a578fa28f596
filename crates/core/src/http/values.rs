//! The values of the parameters that belong to a key, and templates that they are put into.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::base_url;
use crate::provider::Form;
use crate::{Config, Error, KeyParameter, Provider};

/// What RFC 3986, section 2.3, leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The values of a key's parameters.
pub(super) struct Values<'a> {
    provider: &'a Provider,
    /// What the caller gives, which goes before what the token's form gives.
    given: &'a BTreeMap<String, String>,
    form: Option<&'a Form<'a>>,
}

impl<'a> Values<'a> {
    /// The values that the caller gives, or else the token's form.
    ///
    /// # Errors
    ///
    /// A value for a parameter that the provider has not.
    pub(super) fn new(
        provider: &'a Provider,
        config: &'a Config,
        form: Option<&'a Form<'a>>,
    ) -> Result<Self, Error> {
        let given = &config.parameters;
        let is_known = |name: &String| provider.parameters.iter().any(|it| it.name == *name);
        if !given.keys().all(is_known) {
            let known = provider.parameters.iter().map(|it| it.name.as_str());
            let known: Vec<_> = known.collect();
            // The name is not shown: it comes from where tokens come from.
            return Err(Error::config(match known.as_slice() {
                [] => "the keys of this provider have no parameters".to_owned(),
                known => format!(
                    "a parameter is unknown; this provider's keys have: {}",
                    known.join(", ")
                ),
            }));
        }
        Ok(Self {
            provider,
            given,
            form,
        })
    }

    /// The value of a parameter, checked.
    ///
    /// # Errors
    ///
    /// None is given, or one that it may not have. No value is shown: it may be a token in the wrong place.
    fn get(&self, name: &str) -> Result<&str, Error> {
        let parameters = &self.provider.parameters;
        let Some(parameter) = parameters.iter().find(|it| it.name == name) else {
            return Err(Error::config(format!(
                "the description names no parameter {name}"
            )));
        };
        let given = self.given.get(name);
        let given = given.or_else(|| self.form?.values.get(name));
        let value = given.or(parameter.default.as_ref()).ok_or_else(|| {
            let place = format!("{{{name}}}");
            let mut servers = self.provider.servers.iter();
            let instead = if servers.any(|it| it.base_url.contains(&place)) {
                let variable = &self.provider.base_url_variable;
                format!(", or the base URL ({variable})")
            } else {
                String::new()
            };
            Error::config(format!(
                "the parameter {name} of the key is missing: give it{}{instead}",
                by_variable(parameter)
            ))
        })?;
        let is_listed = parameter.values.is_empty() || parameter.values.contains(value);
        if !is_listed {
            return Err(Error::config(format!(
                "the parameter {name} of the key is none of {}",
                parameter.values.join(", ")
            )));
        }
        if let Some(pattern) = &parameter.pattern
            && !self.provider.may_be(parameter, value)
        {
            return Err(Error::config(format!(
                "the parameter {name} of the key does not have the form {pattern}"
            )));
        }
        Ok(value)
    }

    /// The value of a parameter, as it is sent in the query or in a header.
    pub(super) fn text(&self, name: &str) -> Result<&str, Error> {
        let value = self.get(name)?;
        if value.is_empty() || value.chars().any(char::is_control) {
            return Err(Error::config(format!(
                "the parameter {name} of the key is empty, or holds a control character"
            )));
        }
        Ok(value)
    }

    /// A path with the values of its parameters, each of which stays in its segment. A name for which `keep` holds is left
    /// as it is.
    pub(super) fn fill_path(
        &self,
        template: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<String, Error> {
        fill(template, |name| {
            if keep(name) {
                return Ok(format!("{{{name}}}"));
            }
            let value = self.text(name)?;
            if matches!(value, "." | "..") || value.contains(['/', '\\']) {
                return Err(Error::config(format!(
                    "the parameter {name} of the key would lead to another path"
                )));
            }
            Ok(encoded(value))
        })
    }

    /// A base URL with the values of its parameters. In the host, each stays in its label.
    pub(super) fn fill_base_url(&self, template: &str) -> Result<String, Error> {
        let (host, path) = base_url::parted(template);
        let host = fill(host, |name| {
            let value = self.get(name)?;
            let parameter = self.provider.parameters.iter().find(|it| it.name == name);
            // Who wrote the description knows of names with dots.
            let may_have_dots =
                parameter.is_some_and(|it| !it.values.is_empty() || it.pattern.is_some());
            let is_label = |label: &str| {
                !label.is_empty()
                    && label.len() < 64
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            };
            let fits = if may_have_dots {
                value.split('.').all(is_label)
            } else {
                is_label(value)
            };
            if fits {
                Ok(value.to_ascii_lowercase())
            } else {
                Err(Error::config(format!(
                    "the parameter {name} of the key cannot be part of a host: it has other characters than letters, digits and hyphens"
                )))
            }
        })?;
        Ok(host + &self.fill_path(path, |_| false)?)
    }

    /// The base URL of the server that is named, or of the first; `None` where the caller has to give one.
    pub(super) fn base_url(&self) -> Result<Option<String>, Error> {
        let servers = &self.provider.servers;
        let server = if servers.len() > 1 {
            let name = self.get(KeyParameter::SERVER)?;
            servers.iter().find(|it| it.name == name)
        } else {
            servers.first()
        };
        match server {
            Some(server) => self.fill_base_url(&server.base_url).map(Some),
            None => Ok(self.provider.base_url.clone()),
        }
    }
}

fn by_variable(parameter: &KeyParameter) -> String {
    if parameter.variable.is_empty() {
        String::new()
    } else {
        format!(" ({} on the command line)", parameter.variable)
    }
}

/// A value as it stands in a path.
pub(super) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, UNRESERVED).to_string()
}

/// As [`fill`], where every name has a value.
pub(super) fn filled(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    // Nothing keeps it from being filled.
    fill(template, |name| Ok(value(name))).unwrap_or_default()
}

/// A template with `value` of each name that stands in braces.
pub(super) fn fill(
    template: &str,
    mut value: impl FnMut(&str) -> Result<String, Error>,
) -> Result<String, Error> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}
