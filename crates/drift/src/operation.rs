//! The operation in question, found in a description by its method and its whole path.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use keyholder_core::Argument;
use serde_json::{Value, json};

use super::form::Resolver;
use keyholder_describe::EXTENSION;
use keyholder_describe::whoami::{self, Mapping};
use keyholder_openapi::pointer;
use keyholder_openapi::select;
use keyholder_openapi::structure::is_extension;
use keyholder_openapi::{Error, Result};

/// An operation of a description.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    /// Resolves what it refers to.
    pub resolver: Resolver<'a>,
    /// The HTTP method, in lower case.
    pub method: &'static str,
    /// The path, as a template, below the server's.
    pub path: &'a str,
    /// The path item.
    pub item: &'a Value,
    /// The operation object.
    pub object: &'a Value,
    /// The mapping, where the description has one.
    pub whoami: Option<Rc<Mapping>>,
}

/// Where an operation is served.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Server {
    /// Scheme, host and port; none for an address that is relative.
    pub origin: Option<String>,
    /// The path, without a slash at its end.
    pub path: String,
}

impl<'a> Operation<'a> {
    /// Every operation of a description.
    ///
    /// # Errors
    ///
    /// There is none.
    fn all(document: &'a Value) -> Result<Vec<Self>> {
        let operations: Vec<_> = select::operations(document)
            .into_iter()
            .map(|operation| Self {
                resolver: Resolver::new(document),
                method: operation.method,
                path: operation.path,
                item: operation
                    .items
                    .into_iter()
                    .find(|item| item.get("servers").is_some())
                    .unwrap_or(&Value::Null),
                object: operation.object,
                whoami: None,
            })
            .collect();
        if operations.is_empty() {
            return Err(Error::at("/paths", "has no operation"));
        }
        Ok(operations)
    }

    /// The operation that `x-whoami` is on with a token, which is asked first, or the first that it is on, if it is on any.
    ///
    /// # Errors
    ///
    /// A description without operations; a mapping that does not read.
    pub(super) fn marked(document: &'a Value) -> Result<Option<Self>> {
        let Some(mut operation) = Self::all_marked(document)?.into_iter().next() else {
            return Ok(None);
        };
        let at = operation.at_mapping();
        operation.whoami = Some(Rc::new(whoami::read(&operation.object[EXTENSION], &at)?));
        Ok(Some(operation))
    }

    /// The further operations that `x-whoami` is on, which are sent with the token of this one.
    ///
    /// # Errors
    ///
    /// A mapping that does not read.
    pub(super) fn further(&self) -> Result<Vec<Self>> {
        let marked = Self::all_marked(self.resolver.document)?;
        let further = marked
            .into_iter()
            .filter(|it| (it.method, it.path) != (self.method, self.path));
        further
            .map(|mut operation| {
                let at = operation.at_mapping();
                let mut mapping = whoami::read_further(&operation.object[EXTENSION], &at)?;
                if let Some(first) = &self.whoami {
                    mapping.token = first.token.clone();
                }
                operation.whoami = Some(Rc::new(mapping));
                Ok(operation)
            })
            .collect()
    }

    /// All that `x-whoami` is on, that with a token first.
    fn all_marked(document: &'a Value) -> Result<Vec<Self>> {
        let mut all = Self::all(document)?;
        all.retain(|it| it.object.get(EXTENSION).is_some());
        all.sort_by_key(|it| it.object[EXTENSION].get("token").is_none());
        Ok(all)
    }

    fn at_mapping(&self) -> String {
        let item = pointer::push("/paths", self.path);
        pointer::push(&pointer::push(&item, self.method), EXTENSION)
    }

    /// The document of this operation alone, in which every reference leads to a component.
    ///
    /// # Errors
    ///
    /// A reference that leads nowhere.
    pub(super) fn selected(&self) -> Result<Value> {
        let scheme = self.whoami.iter().find_map(|it| it.token.scheme.clone());
        let schemes: Vec<_> = scheme.into_iter().collect();
        let document = self.resolver.document;
        Ok(select::select(document, self.path, self.method, &schemes)?.document)
    }

    /// The same operation in its [`selected`](Self::selected) document.
    pub(super) fn within<'b>(&self, selected: &'b Value) -> Operation<'b>
    where
        'a: 'b,
    {
        let item = &selected["paths"][self.path];
        Operation {
            resolver: Resolver::new(selected),
            method: self.method,
            path: self.path,
            item,
            object: &item[self.method],
            whoami: self.whoami.clone(),
        }
    }

    /// The operation of that name: `GET /me`, with or without the path of its server, or an operationId.
    ///
    /// # Errors
    ///
    /// No such operation, with the nearest; or several.
    pub(super) fn named(document: &'a Value, name: &str) -> Result<Self> {
        let all = Self::all(document)?;
        let by_id = |operation: &&Self| operation.object["operationId"].as_str() == Some(name);
        if let Some(found) = all.iter().find(by_id) {
            return Ok(found.clone());
        }
        let wanted = name
            .split_once(' ')
            .map(|(method, path)| (method.to_ascii_lowercase(), normal(path)));
        let by_path = |operation: &&Self| {
            wanted.as_ref().is_some_and(|(method, path)| {
                operation.method == method
                    && (normal(operation.path) == *path || operation.full_paths().contains(path))
            })
        };
        match all.iter().find(by_path) {
            Some(found) => Ok(found.clone()),
            None => Err(missing(name, &all)),
        }
    }

    /// The operation of another description that has the method and the whole path of this one.
    ///
    /// Where the paths of the servers are not known, or differ, the path below them decides.
    ///
    /// # Errors
    ///
    /// No such operation, with the nearest.
    pub(super) fn counterpart<'b>(&self, document: &'b Value) -> Result<Operation<'b>> {
        let all = Operation::all(document)?;
        let of_method: Vec<_> = all.iter().filter(|it| it.method == self.method).collect();
        let own = self.full_paths();
        let same = |paths: &BTreeSet<String>| paths.iter().any(|path| own.contains(path));
        let found = of_method
            .iter()
            .find(|it| same(&it.full_paths()))
            .or_else(|| {
                let names = self.spellings(normal(self.path));
                let is_same = |it: &&&Operation<'b>| names.contains(&normal(it.path));
                of_method.iter().find(is_same)
            })
            .or_else(|| {
                // One description has the server's path in its own paths, and no server.
                let is_end = |it: &&&Operation<'b>| {
                    let theirs = normal(it.path);
                    let ends = |longer: &str, shorter: &str| {
                        shorter.len() > 1 && longer.ends_with(shorter)
                    };
                    (it.servers().is_empty() || self.servers().is_empty())
                        && own
                            .iter()
                            .any(|ours| ends(ours, &theirs) || ends(&theirs, ours))
                };
                let mut ends = of_method.iter().filter(is_end);
                match (ends.next(), ends.next()) {
                    (Some(found), None) => Some(found),
                    _ => None,
                }
            });
        match found {
            Some(found) => Ok((*found).clone()),
            None => Err(missing(&self.name(), &all)),
        }
    }

    /// Method and path, as in `GET /me`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }

    /// The servers, with the defaults of their variables.
    pub(super) fn servers(&self) -> Vec<Server> {
        let levels = [self.object, self.item, self.resolver.document];
        let lists = levels.map(|level| level["servers"].as_array());
        let listed = lists.into_iter().flatten().find(|list| !list.is_empty());
        listed
            .into_iter()
            .flatten()
            .filter_map(|server| {
                let mut url = server["url"].as_str()?.to_owned();
                for (name, variable) in server["variables"].as_object().into_iter().flatten() {
                    if let Some(value) = variable["default"].as_str() {
                        url = url.replace(&format!("{{{name}}}"), value);
                    }
                }
                let (origin, path) = match url.split_once("://") {
                    Some((scheme, rest)) => {
                        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                        let origin = format!("{scheme}://{host}").to_ascii_lowercase();
                        (Some(origin), path.to_owned())
                    }
                    None => (None, url),
                };
                let path = path.trim_end_matches('/').to_owned();
                Some(Server { origin, path })
            })
            .collect()
    }

    /// The paths with those of the servers before them, in every spelling.
    pub(super) fn full_paths(&self) -> BTreeSet<String> {
        let servers = self.servers();
        let mut paths: BTreeSet<_> = servers
            .iter()
            .flat_map(|server| self.spellings(normal(&format!("{}{}", server.path, self.path))))
            .collect();
        if paths.is_empty() {
            paths.extend(self.spellings(normal(self.path)));
        }
        paths
    }

    /// A path as a template, and with the values that the mapping gives.
    fn spellings(&self, path: String) -> BTreeSet<String> {
        let mut filled = self.path.to_owned();
        for (name, value) in self.whoami.iter().flat_map(|whoami| &whoami.arguments) {
            if let Argument::Fixed(value) = value {
                filled = filled.replace(&format!("{{{name}}}"), value);
            }
        }
        let base = path.strip_suffix(&normal(self.path)).map(str::to_owned);
        let filled = base.map(|base| format!("{base}{}", normal(&filled)));
        std::iter::once(path).chain(filled).collect()
    }

    /// The parameters of the operation and of its path item, by place and name, which the operation's own win
    /// (OpenAPI 3.0.3, section 4.7.9). Without those of the path, which the path itself tells of, and without the
    /// headers that are no parameters (section 4.7.12.1).
    ///
    /// # Errors
    ///
    /// A reference that points nowhere.
    pub(super) fn parameters(&self) -> Result<BTreeMap<(String, String), &'a Value>> {
        const NONE: [&str; 3] = ["accept", "content-type", "authorization"];
        let mut parameters = BTreeMap::new();
        for level in [self.item, self.object] {
            for parameter in level["parameters"].as_array().into_iter().flatten() {
                let parameter = self.resolver.resolve(parameter)?;
                let (Some(place), Some(name)) =
                    (parameter["in"].as_str(), parameter["name"].as_str())
                else {
                    continue;
                };
                let name = match place {
                    "header" => name.to_ascii_lowercase(),
                    _ => name.to_owned(),
                };
                if place != "path" && !(place == "header" && NONE.contains(&name.as_str())) {
                    parameters.insert((place.to_owned(), name), parameter);
                }
            }
        }
        Ok(parameters)
    }

    /// The responses, by status, after their references.
    ///
    /// # Errors
    ///
    /// A reference that points nowhere.
    pub(super) fn responses(&self) -> Result<BTreeMap<String, &'a Value>> {
        let responses = self.object["responses"].as_object();
        responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| !is_extension(status))
            .map(|(status, response)| {
                let status = match status.as_str() {
                    "default" => status.clone(),
                    status => status.to_ascii_uppercase(),
                };
                Ok((status, self.resolver.resolve(response)?))
            })
            .collect()
    }

    /// The request's body, after its reference.
    ///
    /// # Errors
    ///
    /// A reference that points nowhere.
    pub(super) fn body(&self) -> Result<Option<&'a Value>> {
        let body = self.object.get("requestBody");
        body.map(|body| self.resolver.resolve(body)).transpose()
    }

    /// Whether it is deprecated.
    pub(super) fn is_deprecated(&self) -> bool {
        self.object["deprecated"] == json!(true)
    }
}

/// A path in which the names of parameters do not matter, nor a slash at its end.
fn normal(path: &str) -> String {
    let mut normal = String::new();
    let mut is_name = false;
    for c in path.trim_end_matches('/').chars() {
        match c {
            '{' => {
                is_name = true;
                normal.push_str("{}");
            }
            '}' => is_name = false,
            _ if is_name => {}
            c => normal.push(c),
        }
    }
    if normal.is_empty() {
        normal.push('/');
    }
    normal
}

/// The error for an operation that is not there: the nearest are likely to be the one.
fn missing(name: &str, all: &[Operation<'_>]) -> Error {
    const SHOWN: usize = 3;
    let mut names: Vec<_> = all
        .iter()
        .flat_map(|operation| {
            let id = operation.object["operationId"].as_str();
            std::iter::once(operation.name()).chain(id.map(str::to_owned))
        })
        .map(|other| (strsim::jaro_winkler(name, &other), other))
        .collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let names: Vec<_> = names
        .into_iter()
        .take(SHOWN)
        .map(|(_, name)| name)
        .collect();
    Error::at("/paths", format!("there is no {name}")).with_help(format!(
        "the nearest are: {}; name one with --operation",
        names.join(", ")
    ))
}
