//! What is the same in every request: the values of parameters and the body that `x-whoami` gives.

use std::collections::BTreeMap;

use keyholder_core::{Argument, Authentication, Credential, Pointer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::whoami::Mapping;
use crate::wire;
use keyholder_openapi::references::resolved;
use keyholder_openapi::text as foreign;
use keyholder_openapi::{Error, Result};
use keyholder_openapi::{media_type, nearest, pointer, scalar};

/// What RFC 3986, section 2.3, leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is the same in every request.
#[derive(Debug)]
pub struct Fixed {
    /// The path, with the values of its parameters, but for those that belong to a key and the token's place.
    pub path: String,
    /// The query's parameters.
    pub query: Vec<(String, Argument)>,
    /// Headers, by names in lower case.
    pub headers: Vec<(String, Argument)>,
    /// The body: media type and content.
    pub body: Option<(String, String)>,
}

/// Takes out of `operation` the parameters and the body that `whoami` gives values for or that one of the `credentials`
/// fills, and what no client can send.
///
/// # Errors
///
/// A required parameter or body without a value; a value for a parameter that there is not.
pub fn fix(
    document: &Value,
    path: &str,
    item: &Value,
    operation: &mut Map<String, Value>,
    whoami: &Mapping,
    credentials: &[Credential],
    at: &str,
) -> Result<Fixed> {
    let places: Vec<_> = credentials
        .iter()
        .flat_map(|it| leaves(&it.authentication))
        .collect();
    let carries = |place: &str, name: &str| {
        places.iter().any(|it| match it {
            Authentication::Header { name: own, .. } => {
                place == "header" && own.eq_ignore_ascii_case(name)
            }
            Authentication::Query { name: own } => place == "query" && own == name,
            Authentication::Cookie { name: own } => place == "cookie" && own == name,
            Authentication::Path { name: own } => place == "path" && own == name,
            _ => false,
        })
    };
    let mut fixed = Fixed {
        path: path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: body(document, operation, whoami, &places, at)?,
    };
    let parameters = parameters(document, item, operation.get("parameters"), at);
    check_arguments(&parameters, whoami, at)?;
    let mut open = Vec::new();
    let mut missing = Vec::new();
    for ((place, name), Located { parameter, at: own }) in &parameters {
        if carries(place, name) {
            if whoami.arguments.contains_key(name) {
                let at = format!("{at}/x-whoami/arguments/{}", pointer::escape(name));
                return Err(Error::at(
                    at,
                    "is where the token goes: it has no other value",
                ));
            }
            continue;
        }
        let members: Vec<_> = members(name, whoami).collect();
        for (member, value) in &members {
            let at_value = format!("{at}/x-whoami/arguments/{}", pointer::escape(member));
            fixed.set(place, member, value, own, &at_value)?;
        }
        match value(parameter, whoami) {
            _ if !members.is_empty() => {}
            Some(value) => {
                let at_value = match whoami.arguments.get(name) {
                    Some(_) => format!("{at}/x-whoami/arguments/{}", pointer::escape(name)),
                    None => pointer::push(own, "schema"),
                };
                fixed.set(place, name, &value, own, &at_value)?;
            }
            None if is_open(place, parameter) => {
                check_name(place, name, own)?;
                open.push(parameter.clone());
            }
            None if parameter["required"] != json!(true) || is_ignored(place, name) => {}
            None => missing.push(name.as_str()),
        }
    }
    if !missing.is_empty() {
        return Err(unfilled(&missing, at));
    }
    // What is left in braces is filled when a key is there.
    let is_parameter = |name: &str| {
        let mut arguments = whoami.arguments.values();
        arguments.any(|it| matches!(it, Argument::Parameter { parameter } if parameter == name))
    };
    let is_filled_later = |name: &str| carries("path", name) || is_parameter(name);
    let mut filled = String::new();
    let mut rest = fixed.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !is_filled_later(name) {
            return Err(unfilled(&[name], at));
        }
        filled = filled + before + "value";
        rest = after;
    }
    filled.push_str(rest);
    for authentication in &places {
        if let Authentication::Path { name } = authentication
            && !fixed.path.contains(&format!("{{{name}}}"))
        {
            let message = format!("the path has no {{{name}}} for the token");
            return Err(Error::at(format!("{at}/x-whoami/token"), message));
        }
    }
    if let Some(reason) = wire::path(&filled) {
        let message = format!("{} {reason}", foreign::shown(&fixed.path));
        return Err(Error::at(pointer::push("/paths", path), message));
    }
    operation.insert("parameters".to_owned(), Value::Array(open));
    Ok(fixed)
}

impl Fixed {
    /// Sets a parameter that is described at `at`, to what stands at `at_value`.
    fn set(
        &mut self,
        place: &str,
        name: &str,
        argument: &Argument,
        at: &str,
        at_value: &str,
    ) -> Result<()> {
        check_name(place, name, at)?;
        let value = match argument {
            Argument::Fixed(value) => value.as_str(),
            Argument::Parameter { parameter } => {
                match place {
                    "path" => {
                        let place = format!("{{{name}}}");
                        self.path = self.path.replace(&place, &format!("{{{parameter}}}"));
                    }
                    "query" => self.query.push((name.to_owned(), argument.clone())),
                    _ => self
                        .headers
                        .push((name.to_ascii_lowercase(), argument.clone())),
                }
                return Ok(());
            }
            _ => return Err(Error::at(at_value, "is not a value")),
        };
        let cannot = |reason| {
            let message = format!("the value {} {reason}", foreign::shown(value));
            Err(Error::at(at_value, message))
        };
        if let Some(reason) = wire::length(value) {
            return cannot(reason);
        }
        match place {
            // Alone in its segment, it would lead to another path.
            "path" if matches!(value, "" | "." | "..") => {
                return cannot("leads to another path (RFC 3986, section 5.2.4)");
            }
            "path" => {
                let value = utf8_percent_encode(value, UNRESERVED).to_string();
                self.path = self.path.replace(&format!("{{{name}}}"), &value);
            }
            "query" => self.query.push((name.to_owned(), argument.clone())),
            "header" => {
                if let Some(reason) = wire::header_value(value) {
                    return cannot(reason);
                }
                self.headers
                    .push((name.to_ascii_lowercase(), argument.clone()));
            }
            _ => {
                let message =
                    format!("the parameter {name} is in {place:?}, which is not supported");
                return Err(Error::at(pointer::push(at, "in"), message));
            }
        }
        Ok(())
    }
}

/// Refuses a parameter that no request can have.
fn check_name(place: &str, name: &str, at: &str) -> Result<()> {
    let reason = match place {
        "header" => wire::header_name(name),
        "query" => wire::query_name(name),
        _ => None,
    };
    match reason {
        None => Ok(()),
        Some(reason) => Err(Error::at(
            pointer::push(at, "name"),
            format!("{} {reason}", foreign::shown(name)),
        )),
    }
}

/// A parameter, and where it is described.
struct Located {
    parameter: Value,
    at: String,
}

/// The parameters of the operation and of its path item, by place and name, which the operation's own win
/// (OpenAPI 3.0.3, section 4.7.9).
fn parameters(
    document: &Value,
    item: &Value,
    own: Option<&Value>,
    at: &str,
) -> BTreeMap<(String, String), Located> {
    let at_item = at.rsplit_once('/').map_or("", |(item, _)| item);
    let mut described = BTreeMap::new();
    for (parameters, at) in [(item.get("parameters"), at_item), (own, at)] {
        let at = pointer::push(at, "parameters");
        let parameters = parameters.and_then(Value::as_array).into_iter().flatten();
        for (index, parameter) in parameters.enumerate() {
            let target = parameter["$ref"].as_str();
            let target = target.and_then(|target| target.strip_prefix('#'));
            let at = target.map_or_else(|| pointer::push(&at, index.to_string()), str::to_owned);
            let parameter = resolved(document, parameter);
            if let (Some(place), Some(name)) =
                (parameter["in"].as_str(), parameter["name"].as_str())
            {
                let parameter = parameter.clone();
                let key = (place.to_owned(), name.to_owned());
                described.insert(key, Located { parameter, at });
            }
        }
    }
    described
}

fn check_arguments(
    parameters: &BTreeMap<(String, String), Located>,
    whoami: &Mapping,
    at: &str,
) -> Result<()> {
    let unknown = whoami.arguments.keys().find(|argument| {
        let whole = argument.split('[').next().unwrap_or_default();
        !parameters
            .keys()
            .any(|(_, name)| name == *argument || name == whole)
    });
    match unknown {
        None => Ok(()),
        Some(argument) => {
            let names: Vec<_> = parameters.keys().map(|(_, name)| name.as_str()).collect();
            let error = Error::at(
                format!("{at}/x-whoami/arguments/{}", pointer::escape(argument)),
                "the operation has no such parameter",
            );
            Err(match names.as_slice() {
                [] => error.with_help("it has none: leave out `arguments`"),
                names => error.with_help(format!("there is: {}", names.join(", "))),
            })
        }
    }
}

/// The values of the members of an object, as the style `deepObject` writes them: `name[member]`.
fn members<'a>(
    name: &str,
    whoami: &'a Mapping,
) -> impl Iterator<Item = (&'a String, &'a Argument)> {
    let start = format!("{name}[");
    whoami
        .arguments
        .iter()
        .filter(move |(argument, _)| argument.starts_with(&start))
}

/// The value that a parameter always has: from the mapping or, where it is required, its own default.
fn value(parameter: &Value, whoami: &Mapping) -> Option<Argument> {
    let given = parameter["name"]
        .as_str()
        .and_then(|name| whoami.arguments.get(name));
    let schema = &parameter["schema"];
    let only = match schema["enum"].as_array().map(Vec::as_slice) {
        Some([only]) => Some(only),
        _ => schema.get("default"),
    };
    let only = only
        .filter(|_| parameter["required"] == json!(true))
        .and_then(scalar::text);
    given.cloned().or(only.map(Argument::Fixed))
}

/// Whether callers may give the parameter: it is optional, and of a form that progenitor's requests and mocks take.
fn is_open(place: &str, parameter: &Value) -> bool {
    let style = parameter["style"].as_str();
    let is_plain = match place {
        "query" => matches!(style, None | Some("form")),
        "header" => {
            matches!(style, None | Some("simple"))
                && !is_ignored(place, parameter["name"].as_str().unwrap_or_default())
        }
        _ => false,
    };
    let kind = parameter["schema"]["type"].as_str();
    let is_scalar = matches!(kind, Some("string" | "integer" | "number" | "boolean"));
    is_plain && is_scalar && parameter["required"] != json!(true)
}

/// Headers that a description cannot make parameters of (OpenAPI 3.0.3, section 4.7.12.1).
#[must_use]
pub fn is_ignored(place: &str, name: &str) -> bool {
    let ignored = ["accept", "content-type", "authorization"];
    place == "header" && ignored.contains(&name.to_ascii_lowercase().as_str())
}

fn unfilled(names: &[&str], at: &str) -> Error {
    let (what, value, it) = match names {
        [name] => (
            format!("the parameter {name} is"),
            "its value",
            "it is the token, or remove it",
        ),
        _ => (
            format!("the parameters {} are", names.join(", ")),
            "their values",
            "one is the token, or remove them",
        ),
    };
    let arguments: Vec<_> = names.iter().map(|name| format!("{name}: …")).collect();
    Error::at(
        pointer::push(at, "parameters"),
        format!("{what} required, and nothing says what to send"),
    )
    .with_help(format!(
        "give {value} as `arguments: {{ {} }}` in `x-whoami`, say as `token.in` that {it} with the overlay when the operation answers without",
        arguments.join(", ")
    ))
}

/// Whether the operation at that pointer is of a method whose requests have no body.
fn is_bodiless(at: &str) -> bool {
    at.ends_with("/get") || at.ends_with("/head")
}

/// Takes the body out of the operation: what is sent is what the mapping says.
fn body(
    document: &Value,
    operation: &mut Map<String, Value>,
    whoami: &Mapping,
    places: &[&Authentication],
    at: &str,
) -> Result<Option<(String, String)>> {
    let mut described = operation.remove("requestBody").unwrap_or_default();
    if is_bodiless(at) {
        if whoami.body.is_some() {
            return Err(Error::at(
                format!("{at}/x-whoami/body"),
                "a request of GET has no body (RFC 9110, section 9.3.1)",
            ));
        }
        // What is described of one is to be ignored (OpenAPI 3.0.3, section 4.7.10.1).
        described = Value::Null;
    }
    let described = resolved(document, &described);
    let at = pointer::push(at, "requestBody");
    let media_types: Vec<_> = described["content"]
        .as_object()
        .into_iter()
        .flat_map(|content| content.keys().cloned())
        .collect();
    let json = media_types.iter().find(|it| media_type::is_json(it));
    let form = media_types.iter().find(|it| {
        let form = "application/x-www-form-urlencoded";
        it.get(..form.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(form))
    });
    let carried: Vec<_> = places
        .iter()
        .filter_map(|it| match it {
            Authentication::Body { pointer } => Some(pointer),
            _ => None,
        })
        .collect();
    check_members(document, described, whoami, &carried, &at)?;
    let of_token = (!carried.is_empty()).then(|| json!({}));
    let Some(content) = whoami.body.as_ref().or(of_token.as_ref()) else {
        return if described["required"] == json!(true) {
            Err(
                Error::at(at, "the body is required, and nothing says what to send")
                    .with_help("give it as `body: { … }` in `x-whoami`"),
            )
        } else {
            Ok(None)
        };
    };
    if let (None, Some(media_type)) = (json, form) {
        check_media_type(media_type, &at)?;
        return Ok(Some((media_type.clone(), self::form(content, &at)?)));
    }
    let is_multipart = |it: &String| it.to_ascii_lowercase().starts_with("multipart/");
    if let (None, Some(media_type)) = (json, media_types.iter().find(|it| is_multipart(it))) {
        let at = pointer::push(&pointer::push(&at, "content"), media_type);
        let message = "a body in parts is not supported, and the operation takes no JSON or form";
        return Err(Error::at(at, message));
    }
    let media_type = json.map_or("application/json", String::as_str);
    check_media_type(media_type, &at)?;
    Ok(Some((media_type.to_owned(), content.to_string())))
}

/// Refuses a body in which a required member has no value, or that has no place for the token.
fn check_members(
    document: &Value,
    described: &Value,
    whoami: &Mapping,
    carried: &[&Pointer],
    at: &str,
) -> Result<()> {
    if carried.is_empty() {
        return Ok(());
    }
    let content = described["content"].as_object().into_iter().flatten();
    let Some((media_type, content)) = content
        .clone()
        .find(|(it, _)| media_type::is_json(it))
        .or_else(|| content.clone().next())
    else {
        return Ok(());
    };
    let at = pointer::push(&pointer::push(at, "content"), media_type);
    let at = pointer::push(&at, "schema");
    let schema = resolved(document, &content["schema"]);
    let properties = schema["properties"].as_object();
    for pointer in carried {
        let name = pointer.tokens().next().unwrap_or_default();
        if let Some(properties) = properties
            && !properties.contains_key(&name)
        {
            let message = format!("has no member {} for the token", foreign::shown(&name));
            let error = Error::at(pointer::push(&at, "properties"), message);
            let known = properties.keys().map(String::as_str);
            return Err(nearest::help(error, &name, known));
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        let is_given = whoami
            .body
            .as_ref()
            .is_some_and(|body| body.get(name).is_some());
        let is_carried = carried
            .iter()
            .any(|it| it.tokens().next().is_some_and(|first| first == name));
        if !is_given && !is_carried {
            let message =
                format!("the body's member {name} is required, and nothing says what to send");
            return Err(Error::at(pointer::push(&at, "required"), message)
                .with_help("give it as `body: { … }` in `x-whoami`"));
        }
    }
    Ok(())
}

/// The places of a way to carry a token, each alone.
pub(crate) fn leaves(authentication: &Authentication) -> Vec<&Authentication> {
    match authentication {
        Authentication::All { parts } => parts
            .iter()
            .flat_map(|part| leaves(&part.authentication))
            .collect(),
        one => vec![one],
    }
}

/// Refuses a media type that no header can name.
fn check_media_type(media_type: &str, at: &str) -> Result<()> {
    match wire::media_type(media_type) {
        None => Ok(()),
        Some(reason) => {
            let at = pointer::push(&pointer::push(at, "content"), media_type);
            Err(Error::at(
                at,
                format!("{} {reason}", foreign::shown(media_type)),
            ))
        }
    }
}

/// An object of texts as a form (WHATWG URL, section 5.2).
fn form(content: &Value, at: &str) -> Result<String> {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let pairs: Option<Vec<_>> = content.as_object().and_then(|members| {
        let pair = |(name, value): (&String, &Value)| {
            Some(format!(
                "{}={}",
                encode(name),
                encode(&scalar::text(value)?)
            ))
        };
        members.iter().map(pair).collect()
    });
    pairs
        .map(|pairs| pairs.join("&"))
        .ok_or_else(|| Error::at(at, "a form is an object of texts and numbers"))
}
