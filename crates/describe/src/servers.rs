//! Which server requests go to, unless the caller names another.
//!
//! A token goes to its provider alone. So a base URL is taken from a description only where its makers run it for
//! everyone; else the caller gives it.

mod host;
mod template;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use keyholder_core::KeyParameter;
use serde_json::Value;
use url::Url;

use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};
use keyholder_openapi::{pointer, scalar};

use crate::wire;

/// The extension by which a server is said to be right, whatever its name looks like.
const EXTENSION: &str = "x-default";

/// Names of variables of which every user has a value of their own: a word of the name.
const OWN: [&str; 31] = [
    "account",
    "address",
    "client",
    "company",
    "customer",
    "deployment",
    "domain",
    "fqdn",
    "host",
    "hostname",
    "installation",
    "instance",
    "ip",
    "merchant",
    "org",
    "organisation",
    "organization",
    "portal",
    "project",
    "realm",
    "school",
    "shop",
    "site",
    "store",
    "subdomain",
    "team",
    "tenant",
    "user",
    "username",
    "workspace",
    "your",
];

/// Those of them that are so also where nothing parts them from the next word.
const OWN_PARTS: [&str; 8] = [
    "account",
    "company",
    "customer",
    "domain",
    "instance",
    "tenant",
    "workspace",
    "host",
];

/// The servers of an operation.
#[derive(Debug, Default)]
pub struct Servers {
    /// The base URL that is asked of itself; nothing where the caller has to name one, or a value of a parameter.
    pub base_url: Option<String>,
    /// Those that are run for everyone, where there are several or where they have parameters, as templates.
    pub named: Vec<keyholder_core::Server>,
    /// The parameters that stand in these templates. The names of their environment variables are left to who knows the
    /// provider's.
    pub parameters: Vec<KeyParameter>,
    /// The path that goes after the host which the caller names, before that of the operation.
    pub path: Option<String>,
    /// Why the caller has to name one.
    pub missing: Option<Missing>,
    /// What there is to say of the servers that were left out.
    pub remarks: Vec<String>,
}

/// Why a description has no base URL for everyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The server that is none.
    pub url: Option<String>,
    /// What is wrong with it, or with the description.
    pub reason: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.url {
            Some(url) => write!(f, "The server {} {}", text::shown(url), self.reason),
            None => write!(f, "The description {}", self.reason),
        }
    }
}

/// The servers of the operation at that pointer that are run for everyone. One that says so itself, with `x-default`, goes
/// first.
#[must_use]
pub fn servers(document: &Value, operation: &str) -> Servers {
    let mut candidates = candidates(document, operation);
    candidates.sort_by_key(|it| !it.is_default());
    let mut found = Servers::default();
    let mut run = Vec::new();
    for candidate in &candidates {
        match &candidate.kind {
            Kind::Good => run.push(candidate),
            _ if candidate.is_default() => run.push(candidate),
            Kind::Open(fault) => {
                let names: Vec<_> = candidate
                    .parameters
                    .iter()
                    .map(|it| it.name.as_str())
                    .collect();
                if run.is_empty() {
                    found.remarks.push(format!(
                        "at {}: {} {}: the caller gives {}, or the base URL",
                        candidate.at,
                        text::shown(&candidate.url),
                        fault.reason,
                        names.join(" and ")
                    ));
                }
                run.push(candidate);
            }
            Kind::Relative => {}
            // What comes after one that is asked is of no use to anybody.
            Kind::Bad(_) if run.iter().any(|it| it.missing().is_none()) => {}
            Kind::Bad(fault) => found.remarks.push(format!(
                "at {}: {} {}: the server is left out",
                candidate.at,
                text::shown(&candidate.url),
                fault.reason
            )),
        }
    }
    // What needs nothing of the caller goes first.
    run.sort_by_key(|it| it.missing().is_some());
    let first = run.first().copied();
    if first.is_none_or(|it| it.missing().is_some()) {
        found.missing = Some(missing(&candidates));
        found.path = candidates.iter().find_map(|it| it.path.clone());
    }
    if let Some(first) = first.filter(|it| it.missing().is_none()) {
        found.base_url = Some(first.base_url());
    }
    let mut seen = BTreeSet::new();
    run.retain(|it| seen.insert(it.template()));
    if run.len() > 1 || run.iter().any(|it| !it.parameters.is_empty()) {
        found.named = template::named(&run);
        for parameter in run.iter().flat_map(|it| &it.parameters) {
            template::add(&mut found.parameters, parameter);
        }
    }
    found
}

/// Why the caller has to name a server: what is wrong with the first.
fn missing(candidates: &[Candidate<'_>]) -> Missing {
    candidates
        .iter()
        .find_map(Candidate::missing)
        .unwrap_or_else(|| Missing {
            url: None,
            reason: "names no server".to_owned(),
        })
}

/// Refuses a server that is not run for everyone and that the description did not have when it was published: whoever
/// wrote it can mend it, or say that it is right.
///
/// # Errors
///
/// There is one, wherever in the list; or an `x-default` that says nothing.
pub fn refuse_added(document: &Value, operation: &str, published: &Value) -> Result<()> {
    for candidate in candidates(document, operation) {
        check_default(&candidate, published)?;
        let Kind::Bad(fault) = &candidate.kind else {
            continue;
        };
        if candidate.is_default() || has_server(published, candidate.server, &["url", "variables"])
        {
            continue;
        }
        let help = "name a server that is run for every user of the provider, or remove the servers: the caller then names the base URL";
        let or_else = if fault.is_guess {
            format!("; where it is one, say so with `{EXTENSION}: true` and a `description`")
        } else {
            String::new()
        };
        let message = format!("{} {}", text::shown(&candidate.url), fault.reason);
        return Err(Error::at(candidate.at, message).with_help(format!("{help}{or_else}")));
    }
    Ok(())
}

/// Refuses an `x-default` that cannot be what is meant, unless it was published so.
fn check_default(candidate: &Candidate<'_>, published: &Value) -> Result<()> {
    let server = candidate.server;
    let Some(value) = server.get(EXTENSION) else {
        return Ok(());
    };
    if has_server(published, server, &["url", "variables", EXTENSION]) {
        return Ok(());
    }
    let message = match (value, &candidate.kind) {
        (Value::Bool(false), _) => return Ok(()),
        (Value::Bool(true), Kind::Relative) => "is for a server with a host".to_owned(),
        (Value::Bool(true), Kind::Open(fault) | Kind::Bad(fault)) if !fault.is_guess => {
            let url = text::shown(&candidate.url);
            format!("cannot make it right that {url} {}", fault.reason)
        }
        (Value::Bool(true), _) if candidate.is_default() => return Ok(()),
        (Value::Bool(true), _) => "needs a `description` of the server, which says why".to_owned(),
        _ => "is neither true nor false".to_owned(),
    };
    let at = candidate.at.strip_suffix("/url").unwrap_or(&candidate.at);
    Err(Error::at(pointer::push(at, EXTENSION), message))
}

/// A server of an operation.
struct Candidate<'a> {
    /// Where its URL stands.
    at: String,
    /// The URL, with the defaults of its variables.
    url: String,
    /// The same with the names of its parameters in braces.
    template: String,
    /// What in it belongs to a key.
    parameters: Vec<KeyParameter>,
    /// The path after the host, where a request may have it.
    path: Option<String>,
    kind: Kind,
    server: &'a Value,
}

enum Kind {
    /// Run for everyone.
    Good,
    /// The same, once its parameters have values: with their defaults it has that fault.
    Open(Fault),
    /// A path alone.
    Relative,
    Bad(Fault),
}

/// Why a server is not one for everyone.
struct Fault {
    reason: String,
    /// It is told by names, and whoever knows the server may know better.
    is_guess: bool,
}

impl Fault {
    fn certain(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_guess: false,
        }
    }

    fn guess(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_guess: true,
        }
    }
}

impl Candidate<'_> {
    fn base_url(&self) -> String {
        self.url.trim_end_matches('/').to_owned()
    }

    fn template(&self) -> String {
        self.template.trim_end_matches('/').to_owned()
    }

    /// Why nothing can be asked there of itself.
    fn missing(&self) -> Option<Missing> {
        let (url, reason) = match &self.kind {
            Kind::Good => return None,
            _ if self.is_default() => return None,
            Kind::Relative if self.url.is_empty() => ("/", "names no host"),
            Kind::Relative => (self.url.as_str(), "names no host"),
            Kind::Open(fault) | Kind::Bad(fault) => (self.url.as_str(), fault.reason.as_str()),
        };
        Some(Missing {
            url: Some(url.to_owned()),
            reason: reason.to_owned(),
        })
    }

    /// Whether it is said outright that this is the server for everyone, and why.
    fn is_default(&self) -> bool {
        let description = self.server["description"].as_str().unwrap_or_default();
        let is_possible = match &self.kind {
            Kind::Good => true,
            Kind::Relative => false,
            Kind::Open(fault) | Kind::Bad(fault) => fault.is_guess,
        };
        is_possible && self.server[EXTENSION] == true && !description.trim().is_empty()
    }
}

/// The servers of the operation, its path item or the description, whichever has some (OpenAPI 3.0.3, section 4.7.5).
fn candidates<'a>(document: &'a Value, operation: &str) -> Vec<Candidate<'a>> {
    let item = operation.rsplit_once('/').map_or("", |(item, _)| item);
    let servers = [operation, item, ""].into_iter().find_map(|place| {
        let at = pointer::push(place, "servers");
        let servers = document.pointer(&at)?.as_array()?;
        (!servers.is_empty()).then_some((at, servers))
    });
    let (at, servers) = match &servers {
        Some((at, servers)) => (at.as_str(), servers.as_slice()),
        None => return Vec::new(),
    };
    let candidates = servers.iter().enumerate().filter_map(|(index, server)| {
        let at = pointer::push(&pointer::push(at, index.to_string()), "url");
        Some(candidate(at, server["url"].as_str()?, server))
    });
    candidates.collect()
}

fn candidate<'a>(at: String, template: &str, server: &'a Value) -> Candidate<'a> {
    let template = &encrypted(template, &server["variables"]);
    let Filled {
        url,
        fault: doubt,
        is_path_open,
    } = fill(template, &server["variables"]);
    let mut candidate = Candidate {
        at,
        template: url.clone(),
        url,
        parameters: Vec::new(),
        path: None,
        kind: Kind::Good,
        server,
    };
    let url = &candidate.url;
    let Some(path) = parted(url) else {
        (candidate.path, candidate.kind) = match relative(url) {
            Ok(path) => (
                path.filter(|it| placeholder_in(it).is_none()),
                Kind::Relative,
            ),
            Err(reason) => (None, Kind::Bad(Fault::certain(reason))),
        };
        return candidate;
    };
    candidate.path = Some(path.trim_end_matches('/'))
        .filter(|path| !is_path_open && !path.is_empty() && wire::path(path).is_none())
        .map(str::to_owned);
    let placeholder = placeholder_in(path).map(|segment| {
        let shown = text::shown(segment);
        Fault::guess(format!("has the placeholder \"{shown}\" in its path"))
    });
    if placeholder.is_some() {
        candidate.path = None;
    }
    // What is certain goes first: nobody can say that it is right.
    let (certain, guesses): (Vec<_>, Vec<_>) = [doubt, unusable(url), placeholder]
        .into_iter()
        .flatten()
        .partition(|fault| !fault.is_guess);
    let fault = certain.into_iter().chain(guesses).next();
    let opened = template::open(template, &server["variables"], fault.is_some());
    candidate.kind = match (fault, &opened) {
        (None, _) => Kind::Good,
        (Some(fault), Some(_)) => Kind::Open(fault),
        (Some(fault), None) => Kind::Bad(fault),
    };
    if let Some((template, parameters)) = opened {
        candidate.template = template;
        candidate.parameters = parameters;
    }
    // No value of a parameter makes it another.
    let description = server["description"].as_str().unwrap_or_default();
    if let (Kind::Good | Kind::Open(_), Some(fault)) =
        (&candidate.kind, host::fault_of_description(description))
    {
        candidate.kind = Kind::Bad(fault);
    }
    candidate
}

/// The template with `https` for a variable that is its scheme, where that is one of its values; and where it names none,
/// as in `//api.acme.dev`.
fn encrypted(template: &str, variables: &Value) -> String {
    if template.starts_with("//") {
        return format!("https:{template}");
    }
    let variable = template
        .strip_prefix('{')
        .and_then(|rest| rest.split_once("}://"));
    match variable {
        Some((name, rest))
            if variables[name]["enum"]
                .as_array()
                .is_some_and(|values| values.iter().any(|it| it == "https")) =>
        {
            format!("https://{rest}")
        }
        _ => template.to_owned(),
    }
}

/// Where the host and port of a URL stand, whose variables are in braces.
fn authority(url: &str) -> Range<usize> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    start..end
}

/// A server's URL with the defaults of its variables.
struct Filled {
    url: String,
    /// What is wrong with these.
    fault: Option<Fault>,
    /// It is so of one in the path.
    is_path_open: bool,
}

fn fill(template: &str, variables: &Value) -> Filled {
    // What comes before the host may be a variable, too.
    let end = authority(template).end;
    let mut url = String::new();
    let mut fault: Option<Fault> = None;
    let mut is_path_open = false;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let at = template.len() - rest.len() + before.len();
        url.push_str(before);
        rest = after;
        let variable = &variables[name];
        let default = scalar::text(&variable["default"]);
        let values = variable["enum"].as_array();
        let is_listed = values.is_some_and(|values| values.contains(&variable["default"]));
        let shown = text::shown(name);
        if is_credential(name) {
            // A default of it is an example, and an example is never sent.
            url.push_str(&format!("{{{name}}}"));
            let reason = format!("has a credential for its variable \"{shown}\"");
            fault = Some(Fault::certain(reason));
            is_path_open |= at >= end;
            continue;
        }
        let found = match &default {
            Some(default) if default.trim().is_empty() && !is_listed => None,
            default => default.as_deref(),
        };
        let Some(value) = found else {
            url.push_str(&format!("{{{name}}}"));
            let certain = Fault::certain(format!("has the variable \"{shown}\" without a default"));
            // What no one can make right is said rather than what looks doubtful.
            fault = fault.filter(|fault| !fault.is_guess).or(Some(certain));
            continue;
        };
        url.push_str(value);
        let is_own = at < end && !is_listed && is_own(name) && !is_everyones(name, value);
        if host::is_placeholder(value.trim_matches('/')) {
            is_path_open |= at >= end;
            let placeholder = Fault {
                reason: format!("has a placeholder for the default of its variable \"{shown}\""),
                // A variable for a variable is none.
                is_guess: !value.contains(['{', '}']),
            };
            if fault
                .as_ref()
                .is_none_or(|fault| fault.is_guess && !placeholder.is_guess)
            {
                fault = Some(placeholder);
            }
        } else if is_own {
            fault.get_or_insert_with(|| {
                Fault::guess(format!(
                    "is each user's own, by the name of its variable \"{shown}\""
                ))
            });
        }
    }
    url.push_str(rest);
    if fault.as_ref().is_none_or(|fault| fault.is_guess) && url.contains(['{', '}']) {
        fault = Some(Fault::certain("has a brace outside of a variable"));
    }
    Filled {
        url,
        fault,
        is_path_open,
    }
}

/// Whether a variable is the token or a part of it, by its name: `token`, `apiKey`.
fn is_credential(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    ["token", "apikey", "secret", "password"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether every user has a value of their own of a variable, by its name.
fn is_own(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphabetic() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphabetic(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.iter().any(|word| {
        OWN.contains(&word.as_str()) || OWN_PARTS.iter().any(|part| word.contains(part))
    })
}

/// Whether the default of a subdomain is what providers call the host of their API: nobody's own.
fn is_everyones(name: &str, value: &str) -> bool {
    let name = name.replace(['_', '-'], "");
    name.eq_ignore_ascii_case("subdomain")
        && ["api", "apis", "rest", "gateway", "www", "app"].contains(&value)
}

/// The path of a URL that has a host, or was meant to have one; nothing for one without.
fn parted(url: &str) -> Option<&str> {
    let rest = match url.split_once("://") {
        // In a query, it is a value.
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => rest,
        _ => match url.strip_prefix("//") {
            Some(rest) => rest,
            None => {
                let first = url.split('/').next().unwrap_or_default();
                let is_host = first.contains(['{', '<', ':', '@'])
                    || first.contains('.') && ![".", ".."].contains(&first)
                    || first == "localhost";
                return is_host.then(|| url.strip_prefix(first).unwrap_or_default());
            }
        },
    };
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    let is_whole = !rest.contains(['@', '?', '#', '\\']);
    Some(if is_whole { &rest[end..] } else { "" })
}

/// The first segment of a path that stands for what each user puts in its place.
fn placeholder_in(path: &str) -> Option<&str> {
    path.split('/').find(|it| host::is_placeholder_segment(it))
}

/// The path of a server without a host, which is relative to where its description was found.
fn relative(url: &str) -> std::result::Result<Option<String>, &'static str> {
    let path = url.strip_prefix("./").unwrap_or(url);
    let path = if path == "." { "" } else { path };
    let path = path.trim_matches('/');
    if path.is_empty() {
        return Ok(None);
    }
    if path.contains(['{', '}']) {
        return Err("has a variable without a default");
    }
    let path = format!("/{path}");
    match wire::path(&path) {
        None => Ok(Some(path)),
        Some(reason) => Err(reason),
    }
}

/// Why no client can use a base URL, or may send everyone's tokens there.
fn unusable(url: &str) -> Option<Fault> {
    // A parser would leave out some of them without a word.
    if url.chars().any(|c| c.is_whitespace() || text::is_hidden(c)) {
        return Some(Fault::certain("holds a character that no URL has"));
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some(Fault::certain("has no scheme"));
    };
    // To a parser, a backslash is a slash, and slashes before the host are none.
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if scheme.is_empty() {
        return Some(Fault::certain("has no scheme"));
    }
    if authority.is_empty() {
        return Some(Fault::certain("names no host"));
    }
    if authority.contains('@') {
        return Some(Fault::certain("holds a user name or a password"));
    }
    let parsed = match Url::parse(url) {
        Ok(parsed) if !url.contains('\\') => parsed,
        _ => return Some(Fault::certain("is not a URL")),
    };
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Some(Fault::certain("holds a query or a fragment"));
    }
    let ("https", Some(host)) = (parsed.scheme(), parsed.host()) else {
        return Some(Fault::certain("is not https"));
    };
    host::fault(&host)
}

/// Whether a description has that server anywhere, as far as these members go.
fn has_server(description: &Value, server: &Value, members: &[&str]) -> bool {
    let is_same = |other: &Value| {
        members
            .iter()
            .all(|member| other.get(*member) == server.get(*member))
    };
    match description {
        Value::Object(object) => object.iter().any(|(key, member)| {
            let is_here = key == "servers"
                && member
                    .as_array()
                    .is_some_and(|servers| servers.iter().any(is_same));
            is_here || has_server(member, server, members)
        }),
        Value::Array(items) => items.iter().any(|item| has_server(item, server, members)),
        _ => false,
    }
}
