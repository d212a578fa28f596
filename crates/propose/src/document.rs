//! A description as it was published, for looking things up in it.

use serde_json::Value;

use super::infer::Seen;
use super::shape::{Shape, list, members};
use super::words;
use super::yaml::Map;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::{Error, Result, media_type, pointer, select};

/// A description.
#[derive(Clone, Copy, Debug)]
pub(super) struct Description<'a> {
    /// The whole document, and what its references lead to.
    pub resolver: &'a Resolver<'a>,
}

/// An operation of a description.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    /// The document that it stands in, and what its references lead to.
    pub resolver: &'a Resolver<'a>,
    /// The path, as a template.
    pub path: &'a str,
    /// The method, in lower case.
    pub method: &'a str,
    /// The path item that holds it.
    pub item: &'a Value,
    /// The operation object.
    pub object: &'a Value,
    /// Where that stands.
    at: String,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'a> {
    /// The parameter object, after its `$ref`.
    pub object: &'a Value,
    /// The `JSONPath` that selects it in its list.
    pub target: String,
}

/// A response of an operation.
#[derive(Clone, Debug)]
pub(super) struct Response<'a> {
    /// The key: a status, a range such as `4XX`, or `default`.
    pub status: &'a str,
    /// The description of the response.
    pub description: &'a str,
    /// The JSON body, where one is described.
    pub body: Option<Shape<'a>>,
    /// The schema that its examples show, where it has none of its own.
    pub missing_schema: Option<MissingSchema>,
}

/// A schema that a media type lacks.
#[derive(Clone, Debug)]
pub(super) struct MissingSchema {
    /// The `JSONPath` of the media type.
    pub target: String,
    /// What its examples show.
    pub schema: Map,
}

impl<'a> Description<'a> {
    /// Takes a document for a description.
    ///
    /// # Errors
    ///
    /// A document that is none.
    pub(super) fn new(resolver: &'a Resolver<'a>) -> Result<Self> {
        let root = resolver.document();
        if root.get("openapi").is_none() {
            return Err(
                Error::at("", "is not an OpenAPI description: it has no `openapi`").with_help(
                    "without a description, use --operation, --auth and --example; see `new --help`",
                ),
            );
        }
        if members(&root["paths"]).next().is_none() {
            return Err(Error::at("/paths", "has no paths"));
        }
        Ok(Self { resolver })
    }

    /// The whole document.
    pub(super) fn root(self) -> &'a Value {
        self.resolver.document()
    }

    /// Its operations, in the order of their paths.
    pub(super) fn operations(self) -> impl Iterator<Item = Operation<'a>> {
        let resolver = self.resolver;
        select::operations(self.root())
            .into_iter()
            .map(move |operation| Operation {
                resolver,
                path: operation.path,
                method: operation.method,
                item: operation
                    .items
                    .into_iter()
                    .find(|item| item.get(operation.method).is_some())
                    .unwrap_or(&Value::Null),
                object: operation.object,
                at: operation.pointer,
            })
    }

    /// Its operations of methods that OpenAPI 3.2 alone has, of which no client is made.
    pub(super) fn newer_operations(self) -> impl Iterator<Item = Operation<'a>> {
        let resolver = self.resolver;
        select::newer_operations(self.root())
            .into_iter()
            .map(move |(path, method, object)| Operation {
                resolver,
                path,
                method,
                item: &self.root()["paths"][path],
                object,
                at: pointer::push("/paths", path),
            })
    }

    /// The security schemes, by name.
    pub(super) fn security_schemes(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        members(&self.root()["components"]["securitySchemes"])
            .map(move |(name, scheme)| (name, resolve(self.resolver, scheme)))
    }
}

impl<'a> Operation<'a> {
    /// Method and path, as in `GET /me`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }

    /// Where it stands, as a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        self.at.clone()
    }

    /// Where it stands, as a `JSONPath`.
    pub(super) fn target(&self) -> String {
        format!("{}.{}", self.item_target(), self.method)
    }

    fn item_target(&self) -> String {
        let item = pointer::parent(&self.at).unwrap_or_default();
        if item == pointer::push("/paths", self.path) {
            format!("$.paths[{}]", name_selector(self.path))
        } else {
            path_of(item)
        }
    }

    /// The segments of the path, the last one first, each without how the answer is written.
    pub(super) fn segments_from_last(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.path.trim_end_matches('/').rsplit('/').map(plain)
    }

    /// A text of the operation object.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.object[key].as_str().unwrap_or_default()
    }

    /// Its parameters: its own, and those of the path that it does not override.
    pub(super) fn parameters(&self) -> Vec<Parameter<'a>> {
        let levels = [
            (self.target(), &self.object["parameters"]),
            (self.item_target(), &self.item["parameters"]),
        ];
        let mut parameters = Vec::<Parameter<'a>>::new();
        for (target, entries) in levels {
            for entry in list(entries) {
                let object = resolve(self.resolver, entry);
                let parameter = Parameter {
                    object,
                    target: format!("{target}.parameters[?{}]", filter(entry)),
                };
                let is_new = !parameters.iter().any(|other| {
                    other.name() == parameter.name() && other.place() == parameter.place()
                });
                if is_new {
                    parameters.push(parameter);
                }
            }
        }
        parameters
    }

    /// Its responses.
    pub(super) fn responses(&self) -> Vec<Response<'a>> {
        members(&self.object["responses"])
            .map(|(status, entry)| {
                let response = resolve(self.resolver, entry);
                let target = match entry["$ref"].as_str() {
                    Some(reference) => match self.resolver.resolve(reference, "") {
                        Ok(target) => path_of(&target.pointer),
                        Err(_) => path_of(reference),
                    },
                    None => format!("{}.responses[{}]", self.target(), name_selector(status)),
                };
                Response {
                    status,
                    description: response["description"].as_str().unwrap_or_default(),
                    body: self.body(response),
                    missing_schema: self.missing_schema(response, &target),
                }
            })
            .collect()
    }

    /// The success that has a JSON body: of the lowest status, of the range `2XX`, or the default.
    pub(super) fn success(&self) -> Option<Response<'a>> {
        let mut successes: Vec<_> = self
            .responses()
            .into_iter()
            .filter(|response| response.status.starts_with('2') || response.status == "default")
            .filter(|response| response.body.is_some())
            .collect();
        successes.sort_by_key(|response| response.status);
        successes.into_iter().next()
    }

    /// The success of which nothing is described but that there is one.
    pub(super) fn blank_success(&self) -> Option<Response<'a>> {
        let mut successes: Vec<_> = members(&self.object["responses"])
            .filter(|(status, entry)| {
                let response = resolve(self.resolver, entry);
                // 204 and 205 say that there is none (RFC 9110, section 15.3).
                let may_have_body = status.starts_with('2') && !matches!(*status, "204" | "205");
                may_have_body && members(&response["content"]).next().is_none()
            })
            .map(|(status, _)| status)
            .collect();
        successes.sort_unstable();
        let first = *successes.first()?;
        self.responses()
            .into_iter()
            .find(|response| response.status == first)
    }

    /// Why the reference to its success leads nowhere, where it is one.
    pub(super) fn lost_success(&self) -> Option<String> {
        members(&self.object["responses"])
            .filter(|(status, _)| status.starts_with('2') || *status == "default")
            .filter_map(|(_, entry)| entry["$ref"].as_str())
            .find_map(|reference| self.resolver.resolve(reference, "").err())
            .map(|error| error.message().to_owned())
    }

    /// The JSON body of a response.
    fn body(&self, response: &'a Value) -> Option<Shape<'a>> {
        let (_, media) = media_type::json(response["content"].as_object()?)?;
        let shape = Shape::new(
            self.resolver,
            media.get("schema"),
            media_examples(self.resolver, media),
        );
        (!shape.is_empty()).then_some(shape)
    }

    /// The schema of a JSON body that has examples alone.
    fn missing_schema(&self, response: &'a Value, target: &str) -> Option<MissingSchema> {
        let (media_type, media) = media_type::json(response["content"].as_object()?)?;
        let examples = media_examples(self.resolver, media);
        let is_missing = media
            .get("schema")
            .is_none_or(|schema| members(schema).next().is_none());
        // A text that shows an object, as pages' generators write it, is none itself.
        let is_written = |example: &&Value| {
            example
                .as_str()
                .is_some_and(|text| text.trim_start().starts_with(['{', '[']))
        };
        if !is_missing || examples.iter().all(is_written) {
            return None;
        }
        Some(MissingSchema {
            target: format!("{target}.content[{}]", name_selector(media_type)),
            schema: Seen::of(examples.into_iter().filter(|it| !is_written(it))).schema(),
        })
    }

    /// The request body, after its `$ref`, as OpenAPI 3 describes it. That of a GET is to be ignored (OpenAPI 3.0.3,
    /// section 4.7.10.1).
    pub(super) fn request_body(&self) -> Option<&'a Value> {
        self.object
            .get("requestBody")
            .filter(|_| self.method != "get")
            .map(|body| resolve(self.resolver, body))
    }
}

impl<'a> Parameter<'a> {
    /// Its name.
    pub(super) fn name(&self) -> &'a str {
        self.object["name"].as_str().unwrap_or_default()
    }

    /// Where it is sent: `path`, `query`, `header`, or `cookie`.
    pub(super) fn place(&self) -> &'a str {
        self.object["in"].as_str().unwrap_or_default()
    }

    /// Whether it must be sent.
    pub(super) fn is_required(&self) -> bool {
        self.place() == "path" || self.object["required"] == true
    }

    /// What is described of its value.
    pub(super) fn shape(&self, resolver: &'a Resolver<'a>) -> Shape<'a> {
        let examples = media_examples(resolver, self.object);
        Shape::new(resolver, self.object.get("schema"), examples)
    }

    /// Its description.
    pub(super) fn description(&self) -> &'a str {
        self.object["description"].as_str().unwrap_or_default()
    }
}

/// A segment of a path without how the answer is written: `user` of `user.{format}`, `user{extension}` and `user.json`,
/// and `{user}` of `{user}.json`.
pub(super) fn plain(segment: &str) -> &str {
    let named = segment
        .strip_suffix('}')
        .and_then(|rest| rest.rsplit_once('{'))
        .filter(|(before, name)| !before.is_empty() && is_format(name))
        .map(|(before, _)| before.trim_end_matches('.'));
    let written = || {
        segment
            .strip_suffix(".json")
            .or_else(|| segment.strip_suffix(".xml"))
    };
    named
        .or_else(written)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(segment)
}

/// Whether a parameter says how the answer is written, by its name.
pub(super) fn is_format(name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "format",
        "extension",
        "ext",
        "media",
        "mediatype",
        "suffix",
        "filetype",
        "output",
    ];
    let words = words::words(name);
    words.iter().any(|word| WORDS.contains(&word.as_str()))
}

/// What a `$ref` refers to, or the value itself.
pub(super) fn resolve<'a>(resolver: &Resolver<'a>, value: &'a Value) -> &'a Value {
    let mut value = value;
    // A chain of references; the bound keeps a circle from being followed for ever.
    for _ in 0..16 {
        let reference = value["$ref"].as_str();
        match reference.and_then(|it| resolver.resolve(it, "").ok()) {
            Some(target) => value = target.value,
            None => break,
        }
    }
    value
}

/// The examples of a media type or a parameter.
pub(super) fn media_examples<'a>(resolver: &Resolver<'a>, media: &'a Value) -> Vec<&'a Value> {
    let named = members(&media["examples"])
        .map(|(_, example)| resolve(resolver, example))
        .filter_map(|example| example.get("value"));
    media.get("example").into_iter().chain(named).collect()
}

/// The expression that selects a parameter in its list (RFC 9535, section 2.3.5).
fn filter(entry: &Value) -> String {
    match entry["$ref"].as_str() {
        Some(reference) => format!("@['$ref'] == {}", name_selector(reference)),
        None => format!(
            "@.in == {} && @.name == {}",
            name_selector(entry["in"].as_str().unwrap_or_default()),
            name_selector(entry["name"].as_str().unwrap_or_default()),
        ),
    }
}

/// A JSON pointer or a local `$ref` as a `JSONPath`.
pub(super) fn path_of(reference: &str) -> String {
    pointer::tokens(reference.trim_start_matches('#'))
        .map(|token| format!("[{}]", name_selector(&token)))
        .fold("$".to_owned(), |path, segment| path + &segment)
}

/// A string in a `JSONPath` (RFC 9535, section 2.3.1.1).
pub(super) fn name_selector(name: &str) -> String {
    format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"))
}
