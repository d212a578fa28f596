//! Values that belong to a key and not to the provider: the account, the tenant, the region.

use regex_lite::Regex;

use super::document::{Operation, Parameter};
use super::words;
use super::yaml::{Map, Node};

/// What a parameter says of whose account is asked about, by the words of its name.
const WHOSE: [&str; 46] = [
    "account",
    "accountid",
    "tenant",
    "tenantid",
    "workspace",
    "workspaceid",
    "org",
    "orgid",
    "organization",
    "organisation",
    "organizationid",
    "project",
    "projectid",
    "subdomain",
    "domain",
    "shop",
    "store",
    "site",
    "team",
    "teamid",
    "company",
    "companyid",
    "customer",
    "client",
    "merchant",
    "business",
    "partner",
    "instance",
    "realm",
    "environment",
    "region",
    "datacenter",
    "cluster",
    "zone",
    "namespace",
    "application",
    "app",
    "portal",
    "vault",
    "space",
    "user",
    "userid",
    "username",
    "member",
    "profile",
    "person",
];

/// Words that leave it open what a name says.
const IDENTIFIERS: [&str; 17] = [
    "id",
    "ids",
    "uuid",
    "guid",
    "gid",
    "sid",
    "key",
    "slug",
    "name",
    "code",
    "number",
    "no",
    "handle",
    "login",
    "email",
    "identifier",
    "ref",
];

/// A parameter of a key.
pub(super) struct KeyParameter {
    name: String,
    map: Map,
    why: String,
}

/// Whether a name says whose account is asked about, or which of somebody's things.
pub(super) fn is_whose_name(name: &str) -> bool {
    let words = words::words(name);
    let has = |known: &[&str]| words.iter().any(|it| known.contains(&it.as_str()));
    has(&IDENTIFIERS)
        || has(&WHOSE) && !has(&["type", "fields", "agent", "format", "include", "expand"])
}

/// Whether a name has a word for whose account is asked about.
pub(super) fn is_of_key(name: &str) -> bool {
    words::words(name)
        .iter()
        .any(|word| WHOSE.contains(&word.as_str()))
}

/// Whether a parameter says so.
pub(super) fn is_whose(parameter: &Parameter<'_>) -> bool {
    is_whose_name(parameter.name())
}

/// Proposes a parameter of the key for a parameter of the operation, where its name says whose account is asked about.
pub(super) fn propose(
    parameter: &Parameter<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Option<KeyParameter> {
    let name = name(parameter, operation)?;
    let description = parameter.description().trim();
    let said = match description {
        "" => String::new(),
        said => format!(" Described as: \"{}\"", words::quote(said)),
    };
    let mut map = Map::default();
    map.add("env", keyholder_describe::variable(provider, &name));
    let shape = parameter.shape(operation.resolver);
    let values: Vec<_> = shape.values().into_iter().map(Node::from).collect();
    if !values.is_empty() {
        map.add("values", values);
    } else if let Some(pattern) = shape.pattern().filter(|it| is_plain(it)) {
        map.add("pattern", pattern);
    }
    if !description.is_empty() {
        map.add("description", words::gist(description));
    }
    let why = format!("By its name, a value that belongs to the key.{said}");
    Some(KeyParameter { name, map, why })
}

impl KeyParameter {
    /// Adds it, and the argument that is its value.
    pub(super) fn add(self, argument: &str, arguments: &mut Map, parameters: &mut Map) {
        let name = if parameters.get(&self.name).is_none() {
            self.name
        } else {
            words::key(argument)
        };
        let mut value = Map::default();
        value.add("parameter", name.clone());
        arguments.add(argument, value);
        parameters.explain(name, self.map, self.why);
    }
}

/// What the parameter of the key is called: `account` for `X-Account-Id`, and for the `id` of `/accounts/{id}`.
fn name(parameter: &Parameter<'_>, operation: &Operation<'_>) -> Option<String> {
    let of_words = |words: &[String]| {
        let found = words.iter().rfind(|it| WHOSE.contains(&it.as_str()))?;
        let name = match found.strip_suffix("id") {
            Some(name) if WHOSE.contains(&name) => name,
            _ => found,
        };
        Some(name.to_owned())
    };
    let own = words::words(parameter.name());
    if let Some(name) = of_words(&own) {
        return Some(name);
    }
    // `/accounts/{id}`: what stands before it says what it identifies.
    let is_identifier = own.iter().all(|it| IDENTIFIERS.contains(&it.as_str()));
    if parameter.place() != "path" || !is_identifier {
        return None;
    }
    let hole = format!("{{{}}}", parameter.name());
    let (before, _) = operation.path.split_once(&hole)?;
    let segment = before.trim_end_matches('/').rsplit('/').next()?;
    of_words(&words::words(&words::singular(segment)))
}

/// Whether a pattern is read alike by all: no look-around, no classes of Unicode, no reference backwards.
fn is_plain(pattern: &str) -> bool {
    let is_special = ["(?", r"\p", r"\P", r"\k", r"\u", r"\c"]
        .iter()
        .any(|it| pattern.contains(it));
    let refers = (b'1'..=b'9').any(|digit| pattern.contains(&format!("\\{}", char::from(digit))));
    !is_special && !refers && Regex::new(pattern).is_ok()
}
