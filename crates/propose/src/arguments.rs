//! The fixed values that a request needs: path, query and header parameters, and a body.

use keyholder_describe::request;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::{media_type, pointer, scalar};
use serde_json::{Map as Object, Value};

use super::authentication::{self, Authentication};
use super::document::{Operation, Parameter, is_format, media_examples, resolve};
use super::key_parameters;
use super::shape::{Shape, list, members};
use super::words;
use super::yaml::Map;

/// Words that stand for the caller in place of an identifier, whatever marks stand around them: `@me`, `-me-`.
const CALLERS: [&str; 7] = [
    "me",
    "self",
    "myself",
    "current",
    "current_user",
    "authenticated_user",
    "whoami",
];

/// Marks around such a word, by which no identifier is mistaken for it.
const MARKS: [char; 6] = ['@', '~', '-', '$', '!', '_'];

/// Values that stand for the caller where a text says so, and for nobody by themselves.
const SIGNS: [&str; 4] = ["~", "-", "@", "0"];

/// Words for persons in the names of parameters.
const PERSONS: [&str; 18] = [
    "user",
    "userid",
    "username",
    "member",
    "memberid",
    "person",
    "personid",
    "profile",
    "profileid",
    "employee",
    "owner",
    "ownerid",
    "contact",
    "author",
    "login",
    "email",
    "player",
    "uid",
];

/// Words for those whose key it may be, in the names of parameters.
const HOLDERS: [&str; 27] = [
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
    "organisationid",
    "project",
    "projectid",
    "team",
    "teamid",
    "company",
    "companyid",
    "customer",
    "customerid",
    "client",
    "clientid",
    "merchant",
    "merchantid",
    "business",
    "partner",
    "site",
];

/// Names of what differs with each request, whole.
const OF_ONE_REQUEST: [&str; 24] = [
    "timestamp",
    "time_stamp",
    "ts",
    "nonce",
    "date",
    "signature",
    "sign",
    "sig",
    "hmac",
    "digest",
    "idempotency_key",
    "idempotencykey",
    "idempotency_token",
    "request_id",
    "requestid",
    "request_time",
    "request_date",
    "correlation_id",
    "correlationid",
    "trace_id",
    "traceid",
    "transaction_id",
    "traceparent",
    "message_id",
];

/// Words by which a parameter says what the answer has or lacks.
const SWITCHING: [&str; 17] = [
    "include",
    "includes",
    "included",
    "including",
    "exclude",
    "excludes",
    "excluded",
    "excluding",
    "expand",
    "expanded",
    "omit",
    "omits",
    "hide",
    "skip",
    "with",
    "without",
    "embed",
];

/// First words of parameters that say how the answer is written.
const WRITTEN: [&str; 8] = [
    "pretty", "verbose", "compact", "detailed", "details", "extended", "full", "minimal",
];

/// First words of parameters that choose whom or what the answer is of.
const FILTERS: [&str; 7] = ["is", "has", "only", "active", "enabled", "all", "force"];

/// How deep a body is made up.
const DEPTH: usize = 6;

/// The value of a path's parameter that the description says to stand for the caller.
pub(super) fn caller(parameter: &Parameter<'_>, operation: &Operation<'_>) -> Option<String> {
    let shape = parameter.shape(operation.resolver);
    let mut said = shape.values();
    said.extend(shape.samples());
    let own = parameter.description();
    let schema = shape.description();
    said.extend(words::quoted(own));
    said.extend(words::quoted(&schema));
    said.extend(words::quoted(operation.text("description")));
    if let Some(value) = said.into_iter().find(|value| is_caller(value)) {
        return Some(value.to_owned());
    }
    let texts = [own, &schema, operation.text("description")];
    if let Some(value) = texts.into_iter().find_map(unquoted) {
        return Some(value);
    }
    // "Use me for the current user", without quotation marks.
    let line = words::line(own);
    let phrases = ["use me", "or me", "string me", "value me", "keyword me"];
    phrases
        .iter()
        .any(|phrase| words::says(&line, phrase))
        .then(|| "me".to_owned())
}

/// Whether a value stands for the caller: `me`, `@me`, `-me-`, `current-user`.
fn is_caller(value: &str) -> bool {
    let word = value.trim_matches(MARKS).replace('-', "_");
    CALLERS.contains(&word.as_str())
}

/// What stands for the caller in a text without quotation marks, or is a sign alone: "-me- is the authenticated user",
/// "use ~ for the current user".
fn unquoted(text: &str) -> Option<String> {
    let is_around = |c: char| ['.', ',', ';', ':', '(', ')', '"', '\'', '`'].contains(&c);
    let tokens: Vec<_> = text
        .split_whitespace()
        .map(|token| token.trim_matches(is_around))
        .collect();
    let is_marked =
        |token: &&&str| token.starts_with(['@', '~', '-', '$', '!']) && is_caller(token);
    let is_sign = |at: usize| {
        let is = |at: Option<usize>, known: &[&str]| {
            at.and_then(|at| tokens.get(at))
                .is_some_and(|token| known.contains(&token.to_lowercase().as_str()))
        };
        let names_caller = |at| {
            is(
                Some(at),
                &["current", "currently", "authenticated", "calling"],
            )
        };
        SIGNS.contains(&tokens[at])
            && is(
                at.checked_sub(1),
                &["use", "specify", "pass", "or", "value"],
            )
            && is(Some(at + 1), &["for", "to", "as"])
            && (at + 2..at + 6).any(names_caller)
    };
    let marked = tokens.iter().find(is_marked).copied();
    let sign = || {
        (0..tokens.len())
            .find(|at| is_sign(*at))
            .map(|at| tokens[at])
    };
    marked.or_else(sign).map(str::to_owned)
}

/// Whether the value of something of this name differs with each request, so that no constant stands for it.
fn is_of_one_request(name: &str) -> bool {
    let key = words::key(name);
    let is_header = key.starts_with("x_");
    let key = key.strip_prefix("x_").unwrap_or(&key);
    let ends_in = |ends: &[&str]| ends.iter().any(|end| key.ends_with(end));
    OF_ONE_REQUEST.contains(&key)
        || ends_in(&[
            "_timestamp",
            "_nonce",
            "_signature",
            "_idempotency_key",
            "_request_id",
            "_correlation_id",
            "_hmac",
        ])
        // `X-Amz-Date`; `start_date` is a choice.
        || is_header && key.ends_with("_date") && !key.contains("version")
}

/// Whether a default is only an example of somebody: of a person's identifier, all but what stands for the caller; of an
/// account's, a number or a UUID.
fn is_somebody(name: &str, value: &str) -> bool {
    let words = words::words(name);
    let last = words.last().map_or("", String::as_str);
    let is_identifier =
        |it: &str| ["id", "ids", "uuid", "guid", "name", "login", "email"].contains(&it);
    let has = |known: &[&str]| {
        known.contains(&last)
            || is_identifier(last) && words.iter().any(|it| known.contains(&it.as_str()))
    };
    if is_caller(&value.to_lowercase()) || !value.contains(|c: char| c.is_alphanumeric()) {
        return false;
    }
    if has(&PERSONS) {
        return true;
    }
    let is_number = value.bytes().all(|it| it.is_ascii_digit());
    let is_uuid = value.len() == 36
        && value.bytes().enumerate().all(|(at, it)| match at {
            8 | 13 | 18 | 23 => it == b'-',
            _ => it.is_ascii_hexdigit(),
        });
    (is_number || is_uuid)
        && (has(&HOLDERS) || ["id", "uuid", "guid"].contains(&words.join("_").as_str()))
}

/// A parameter's value, where the description leaves no choice or shows one, and why. An example is none of whose
/// account is asked about.
pub(super) fn value(
    parameter: &Parameter<'_>,
    operation: &Operation<'_>,
) -> Option<(String, String)> {
    let object = parameter.object;
    let schema = object
        .get("schema")
        .map_or(object, |it| resolve(operation.resolver, it));
    let shape = parameter.shape(operation.resolver);
    if let Some(default) = schema.get("default").and_then(scalar::text) {
        if !is_somebody(parameter.name(), &default) {
            return Some((default, "The description's default.".to_owned()));
        }
        if shape.values().len() != 1 {
            return None;
        }
    }
    let values = shape.values();
    if let [only] = values.as_slice() {
        return Some(((*only).to_owned(), "The only value there is.".to_owned()));
    }
    if parameter.place() == "path" && is_format(parameter.name()) {
        let value = format(parameter, &shape, operation)?;
        return Some((value, "The answer is read as JSON.".to_owned()));
    }
    if is_switch(parameter, &shape) {
        let why = "A guess: it switches what the answer has, and this leaves it as it is.";
        return Some(("false".to_owned(), why.to_owned()));
    }
    if key_parameters::is_whose(parameter) || parameter.place() == "path" && !is_version(parameter)
    {
        return None;
    }
    if let Some(first) = values.first() {
        return Some((
            (*first).to_owned(),
            "A guess: the first of its values.".to_owned(),
        ));
    }
    if let Some(said) = said_to_be(parameter.description()) {
        return Some((said.to_owned(), "What its description says.".to_owned()));
    }
    let examples = media_examples(operation.resolver, object);
    let example = examples
        .into_iter()
        .chain(schema.get("example"))
        .chain(list(&schema["examples"]))
        .find_map(scalar::text)?;
    Some((example, "A guess: the description's example.".to_owned()))
}

/// The value that a text says something is to have: "This should be set to '7.2'".
fn said_to_be(text: &str) -> Option<&str> {
    ["set to", "must be", "should be", "has to be", "always"]
        .iter()
        .find_map(|phrase| {
            let (_, after) = text.split_once(phrase)?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|it| "'\"`".contains(*it))?;
            let (value, _) = after.get(1..)?.split_once(quote)?;
            let is_value = !value.is_empty() && !value.contains(['<', '>', '{', '}', ' ']);
            is_value.then_some(value)
        })
}

/// Whether a parameter is true or false, and says what the answer has or lacks, so that either may be sent.
fn is_switch(parameter: &Parameter<'_>, shape: &Shape<'_>) -> bool {
    let words = words::words(parameter.name());
    let first = words.first().map_or("", String::as_str);
    let line = words::line(parameter.description());
    let says = |table: &[&str]| table.iter().any(|it| words::says(&line, it));
    // `isActive` chooses whom the answer is of.
    let is_said = says(&SWITCHING) && says(&["response", "answer", "result", "output", "returned"]);
    parameter.place() == "query"
        && shape.is_boolean()
        && !FILTERS.contains(&first)
        && (SWITCHING.contains(&first) || WRITTEN.contains(&first) || is_said)
}

/// The value of a parameter that says how the answer is written, so that it is JSON.
fn format(
    parameter: &Parameter<'_>,
    shape: &Shape<'_>,
    operation: &Operation<'_>,
) -> Option<String> {
    let values = shape.values();
    let said = words::quoted(parameter.description());
    let is_json = |value: &&str| ["json", ".json"].contains(&value.to_lowercase().as_str());
    let mut shown = values.iter().copied().chain(shape.samples()).chain(said);
    if let Some(value) = shown.find(is_json) {
        return Some(value.to_owned());
    }
    if !values.is_empty() {
        return None;
    }
    // `user.{format}`, or `user{extension}`.
    let name = format!("{{{}}}", parameter.name());
    let (before, _) = operation.path.split_once(&name)?;
    let needs_dot = !before.ends_with(['.', '/']);
    Some(if needs_dot { ".json" } else { "json" }.to_owned())
}

/// What is the same in every request, and what differs from key to key.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    /// `x-whoami`'s `arguments`.
    pub arguments: Map,
    /// `x-whoami`'s `parameters`.
    pub parameters: Map,
}

/// Proposes `arguments`: what the path needs, what is required, and the version of the API where a header pins it; and
/// `parameters`, where a value belongs to the key.
pub(super) fn propose(
    operation: &Operation<'_>,
    bound: &[(String, String)],
    authentication: &Authentication,
    provider: &str,
) -> Arguments {
    let mut proposal = Arguments::default();
    let map = &mut proposal.arguments;
    for parameter in operation.parameters() {
        let name = parameter.name();
        let is_fixed = matches!(parameter.place(), "path" | "query" | "header" | "cookie");
        // Clients name themselves.
        let is_of_client = parameter.place() == "header" && name.eq_ignore_ascii_case("user-agent");
        if !is_fixed || is_of_client || authentication.sends(&parameter) {
            continue;
        }
        let given = bound.iter().find(|(known, _)| known == name);
        let stands_for_caller = match given {
            Some((_, value)) => Some(value.clone()),
            None if parameter.is_required() => caller(&parameter, operation)
                .filter(|_| parameter.place() == "path" || key_parameters::is_whose(&parameter)),
            None => None,
        };
        if let Some(value) = stands_for_caller {
            let gist = words::gist(parameter.description());
            map.explain(name, value, format!("Stands for the caller. {gist}"));
            continue;
        }
        if authentication::is_credential(&parameter) {
            // No default of a credential is anybody's own.
            if parameter.is_required() {
                map.remark(format!(
                    "`{name}` is required, and may be a credential: no value is given to it. Described as: \"{}\"",
                    words::quote(parameter.description())
                ));
            }
            continue;
        }
        if is_of_one_request(name) {
            let only = parameter.shape(operation.resolver);
            if let ([only], true) = (only.values().as_slice(), parameter.is_required()) {
                map.explain(name, (*only).to_owned(), "The only value there is.");
            } else if parameter.is_required() {
                let said = match parameter.description().trim() {
                    "" => String::new(),
                    said => format!(" Described as: \"{}\"", words::quote(said)),
                };
                map.remark(format!(
                    "`{name}` is required, and by its name its value differs with each request: no constant stands for it, and none is given.{said}"
                ));
            }
            continue;
        }
        let value = value(&parameter, operation);
        match value {
            Some((value, why)) if parameter.is_required() => map.explain(name, value, why),
            Some((value, _)) if is_version(&parameter) => map.explain(
                name,
                value,
                "Not required, but it keeps the answer what it is described to be here.",
            ),
            None if request::is_ignored(parameter.place(), name) => {}
            None if parameter.is_required() => {
                match key_parameters::propose(&parameter, operation, provider) {
                    Some(key) => key.add(name, map, &mut proposal.parameters),
                    None => map.remark(format!(
                        "`{name}` is required, and nothing in the description says what to send: give it a value here."
                    )),
                }
            }
            _ => {}
        }
    }
    proposal
}

/// Whether a header or a part of the path names the version of the API.
fn is_version(parameter: &Parameter<'_>) -> bool {
    matches!(parameter.place(), "header" | "path")
        && words::words(parameter.name())
            .iter()
            .any(|word| word == "version")
}

/// Whether a name says whose account is asked about.
pub(super) fn says_whose(name: &str) -> bool {
    key_parameters::is_whose_name(name)
}

/// Whether a name says that its value belongs to the key: an organization's, a region; but no person's.
pub(super) fn is_of_key(name: &str) -> bool {
    key_parameters::is_of_key(name)
        && !words::words(name)
            .iter()
            .any(|word| PERSONS.contains(&word.as_str()))
}

/// Whether a parameter's name is that of somebody's identifier: `id`, `userId`, `email`, `loginId`.
pub(super) fn says_who(name: &str) -> bool {
    let words = words::words(name);
    let is_identifier = |word: &String| {
        ["id", "uuid", "guid", "name", "email", "login", "address"].contains(&word.as_str())
    };
    let is_person = |word: &String| PERSONS.contains(&word.as_str());
    match words.as_slice() {
        [only] => is_person(only) || ["id", "uuid", "guid"].contains(&only.as_str()),
        [first @ .., last] => is_identifier(last) && first.iter().all(is_person),
        [] => false,
    }
}

/// The members that a body must have and that nothing tells: no default, no single value, no credential.
pub(super) fn needed_in_body<'a>(operation: &Operation<'a>) -> Vec<&'a str> {
    let Some(schema) = authentication::body_schema(operation) else {
        return Vec::new();
    };
    if is_json_rpc(operation.resolver, schema, &Value::Null) {
        return Vec::new();
    }
    let secrets = authentication::secrets_in_body(operation);
    let schema = resolve(operation.resolver, schema);
    let branches: Vec<_> = std::iter::once(schema)
        .chain(list(&schema["allOf"]).map(|it| resolve(operation.resolver, it)))
        .collect();
    let is_told = |name: &str| {
        branches.iter().any(|branch| {
            let member = resolve(operation.resolver, &branch["properties"][name]);
            let is_one = list(&member["enum"]).count() == 1;
            // The number of a request is nobody's.
            let is_number = name.eq_ignore_ascii_case("id") && member["type"] == "integer";
            // `{{device}}` is filled in by a program for people.
            let default = member.get("default");
            let is_template = default
                .and_then(Value::as_str)
                .is_some_and(|it| it.contains("{{"));
            (default.is_some() && !is_template)
                || member.get("const").is_some()
                || is_one
                || is_number
        })
    };
    branches
        .iter()
        .flat_map(|branch| list(&branch["required"]))
        .filter_map(Value::as_str)
        .filter(|name| !is_told(name) && !secrets.iter().any(|secret| secret == name))
        .collect()
}

/// Proposes `body`, where the operation needs one, and why; with what is to be said of it. What the token goes into is
/// left out, and no example says whose account is asked about.
pub(super) fn body(
    operation: &Operation<'_>,
    authentication: &Authentication,
) -> Option<(Value, &'static str, Vec<String>)> {
    let body = operation.request_body()?;
    if body["required"] != true {
        return None;
    }
    let content = body["content"].as_object()?;
    let (_, media) = media_type::json(content).or_else(|| members(&body["content"]).next())?;
    let is_sent = |pointer: &str| {
        let name = pointer.strip_prefix('/').unwrap_or(pointer);
        let mut sent = authentication.in_body.iter();
        sent.any(|it| it == pointer || it == name)
    };
    let mut remarks = Vec::new();
    let example = media_examples(operation.resolver, media);
    let (mut made, why) = match example.first() {
        Some(example) => ((*example).clone(), "The description's example."),
        None => (
            smallest(operation.resolver, &media["schema"], 0),
            "A guess: the smallest body that the schema allows.",
        ),
    };
    let is_envelope = is_json_rpc(operation.resolver, &media["schema"], &made);
    strip(&mut made, "", &mut |pointer, name, value| {
        if is_sent(pointer) {
            return true;
        }
        if is_envelope && pointer.matches('/').count() == 1 && ENVELOPE.contains(&name) {
            return false;
        }
        if is_of_one_request(name)
            && !is_fixed(operation.resolver, &media["schema"], pointer, value)
        {
            remarks.push(format!(
                "`{name}` of the body is left out: by its name its value differs with each request."
            ));
            return true;
        }
        if !key_parameters::is_whose_name(name)
            || is_fixed(operation.resolver, &media["schema"], pointer, value)
        {
            return false;
        }
        if *value == "" {
            remarks.push(format!(
                "`{name}` of the body says whose account is asked about, and the description has no value: give it one in `body`."
            ));
            return false;
        }
        remarks.push(format!(
            "`{name}` of the body is left out: it says whose account is asked about, and the description has an example alone. If it is needed, give it a value in `body`."
        ));
        true
    });
    if is_envelope
        && example.is_empty()
        && let Some(envelope) = made.as_object_mut()
    {
        complete(envelope);
    }
    let is_blank = made.as_object().is_some_and(Object::is_empty);
    if is_blank && !authentication.in_body.is_empty() {
        // The token makes the body.
        return (!remarks.is_empty()).then_some((made, why, remarks));
    }
    Some((made, why, remarks))
}

/// The members of a request of JSON-RPC 2.0, section 4.
const ENVELOPE: [&str; 4] = ["jsonrpc", "method", "params", "id"];

/// Whether a body is a request of JSON-RPC.
fn is_json_rpc<'a>(resolver: &Resolver<'a>, schema: &'a Value, made: &Value) -> bool {
    made.get("jsonrpc").is_some() || authentication::is_json_rpc(resolver, schema)
}

/// What the specification says of an envelope's members where the description does not: the version, and an `id`,
/// without which there is no answer.
fn complete(envelope: &mut Object<String, Value>) {
    if envelope.get("jsonrpc").is_none_or(|it| *it == "") {
        envelope.insert("jsonrpc".to_owned(), Value::from("2.0"));
    }
    match envelope.get("id") {
        Some(id) if *id == "" => envelope.insert("id".to_owned(), Value::from("1")),
        // A schema that says nothing makes an empty object.
        Some(id) if *id != 0 && !id.is_object() => None,
        _ => envelope.insert("id".to_owned(), Value::from(1)),
    };
}

/// Whether the schema leaves a member no other value, or says that it is the default.
fn is_fixed<'a>(resolver: &Resolver<'a>, schema: &'a Value, pointer: &str, value: &Value) -> bool {
    let mut schema = resolve(resolver, schema);
    for token in pointer::tokens(pointer) {
        let mut branches =
            std::iter::once(schema).chain(list(&schema["allOf"]).map(|it| resolve(resolver, it)));
        let Some(member) = branches.find_map(|it| it["properties"].get(&token)) else {
            return false;
        };
        schema = resolve(resolver, member);
    }
    let only = schema["enum"].as_array().filter(|it| it.len() == 1);
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let default = schema
        .get("default")
        .filter(|it| !scalar::text(it).is_some_and(|it| is_somebody(name, &it)));
    let fixed = [schema.get("const"), default, only.and_then(|it| it.first())];
    fixed.into_iter().flatten().any(|it| it == value)
}

/// Takes out the scalar members of an object, and of those in it, that `is_out` says; and objects that have nothing left.
fn strip(value: &mut Value, at: &str, is_out: &mut impl FnMut(&str, &str, &Value) -> bool) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    members.retain(|name, member| {
        let pointer = pointer::push(at, name);
        if !member.is_object() && !member.is_array() {
            return !is_out(&pointer, name, member);
        }
        let was_blank = member.as_object().is_some_and(Object::is_empty);
        strip(member, &pointer, is_out);
        was_blank || !member.as_object().is_some_and(Object::is_empty)
    });
}

/// The smallest value that a schema allows, as far as it says.
fn smallest<'a>(resolver: &Resolver<'a>, schema: &'a Value, depth: usize) -> Value {
    let schema = resolve(resolver, schema);
    for keyword in ["const", "default", "example"] {
        if let Some(value) = schema.get(keyword) {
            return value.clone();
        }
    }
    if let Some(first) = list(&schema["enum"])
        .chain(list(&schema["examples"]))
        .next()
    {
        return first.clone();
    }
    let kind = schema["type"]
        .as_str()
        .or_else(|| list(&schema["type"]).find_map(Value::as_str));
    match kind {
        Some("string") => Value::from(""),
        Some("integer" | "number") => Value::from(0),
        Some("boolean") => Value::from(false),
        Some("array") => Value::Array(Vec::new()),
        _ => {
            let mut object = Object::new();
            let branches = std::iter::once(schema)
                .chain(list(&schema["allOf"]).map(|it| resolve(resolver, it)));
            for branch in branches.filter(|_| depth < DEPTH) {
                for name in list(&branch["required"]).filter_map(Value::as_str) {
                    let value = smallest(resolver, &branch["properties"][name], depth + 1);
                    object.entry(name).or_insert(value);
                }
            }
            Value::Object(object)
        }
    }
}
