//! The credential among an operation's parameters, or in its body.

use serde_json::Value;

use crate::document::{Operation, Parameter, resolve};
use crate::shape::{Shape, list, members};
use crate::words;
use keyholder_openapi::references::Resolver;
use keyholder_openapi::{media_type, pointer};

use super::{encoding, shown};

/// A parameter or a member of the body that is the credential, or a part of it.
#[derive(Clone, Debug)]
pub(super) struct Secret<'a> {
    /// `header`, `query`, `cookie`, `path` or `body`.
    pub place: &'static str,
    /// Its name; of a member that lies deeper in the body, its pointer.
    pub name: String,
    /// How a part of that kind is called: `user_id`.
    pub part: String,
    /// What the description says of it.
    pub said: String,
    /// Whether it is the name that goes with a secret.
    pub is_partner: bool,
    /// Whether it is it for certain, beside other credentials, too.
    pub is_certain: bool,
    pub is_required: bool,
    /// The parameter; none for a member of the body.
    pub parameter: Option<Parameter<'a>>,
    /// The examples, which are never sent, but may show what stands before a key.
    samples: Vec<String>,
}

/// Names of a credential, wherever they stand.
const CREDENTIALS: [&str; 36] = [
    "wstoken",
    "hapikey",
    "authorization",
    "x_authorization",
    "api_key",
    "apikey",
    "x_api_key",
    "x_apikey",
    "x_api_token",
    "api_token",
    "apitoken",
    "x_auth_token",
    "auth_token",
    "authtoken",
    "x_auth_key",
    "auth_key",
    "x_access_token",
    "access_token",
    "accesstoken",
    "access_key",
    "x_token",
    "private_token",
    "x_secret_key",
    "secret_key",
    "subscription_key",
    "ocp_apim_subscription_key",
    "app_key",
    "app_secret",
    "application_key",
    "api_secret",
    "client_secret",
    "authentication_token",
    "bearer_token",
    "personal_access_token",
    "service_token",
    "api_password",
];

/// The ends of such names.
const CREDENTIAL_ENDINGS: [&str; 12] = [
    "_accesstoken",
    "_apitoken",
    "_authtoken",
    "_api_key",
    "_apikey",
    "_api_token",
    "_auth_token",
    "_access_token",
    "_secret_key",
    "_application_key",
    "_app_key",
    "_client_secret",
];

/// Names that are a credential unless the description says that they are something else.
const DOUBTFUL: [&str; 9] = [
    "key",
    "token",
    "secret",
    "auth",
    "user_key",
    "user_token",
    "security_token",
    "session_token",
    "x_session_token",
];

/// What else a key or a token may be.
const OTHERS: [&str; 46] = [
    "page token",
    "pagination",
    "cursor",
    "continuation",
    "continue",
    "csrf",
    "xsrf",
    "captcha",
    "recaptcha",
    "device token",
    "device",
    "push",
    "fcm",
    "apns",
    "registration token",
    "reset",
    "verification",
    "confirmation",
    "invite",
    "invitation",
    "refresh token",
    "upload",
    "idempotency",
    "idempotent",
    "cache",
    "issue key",
    "issue",
    "project key",
    "sort",
    "primary key",
    "foreign key",
    "object key",
    "partition",
    "lookup",
    "translation",
    "metadata",
    "otp",
    "mfa",
    "webhook",
    "sync",
    "resume",
    "next",
    "download",
    "magic link",
    "one time",
    "public key",
];

/// Words that say no more of a key than its name does.
const PLAIN: [&str; 30] = [
    "the",
    "a",
    "an",
    "your",
    "of",
    "for",
    "s",
    "token",
    "key",
    "secret",
    "auth",
    "access",
    "api",
    "bot",
    "app",
    "application",
    "account",
    "user",
    "users",
    "valid",
    "unique",
    "required",
    "my",
    "security",
    "authentication",
    "authorization",
    "string",
    "customer",
    "client",
    "must",
];

/// Words before "API key" that are no service's name.
const NOT_OWN_NAMES: [&str; 28] = [
    "id",
    "name",
    "label",
    "type",
    "public",
    "new",
    "old",
    "refresh",
    "next",
    "other",
    "created",
    "updated",
    "deleted",
    "revoked",
    "rotated",
    "optional",
    "whether",
    "if",
    "which",
    "when",
    "parent",
    "temporary",
    "external",
    "third",
    "partner",
    "webhook",
    "push",
    "device",
];

/// Names that go with a credential, and say whose it is.
const PARTNERS: [&str; 14] = [
    "user_id",
    "account_id",
    "client_id",
    "app_id",
    "application_id",
    "username",
    "user_name",
    "login",
    "account_sid",
    "auth_email",
    "auth_id",
    "key_id",
    "access_key_id",
    "api_user",
];

/// The same where the name is the whole of it.
const WHOLE_PARTNERS: [&str; 3] = ["user", "email", "id"];

/// What a password is called; it is a credential beside a name alone.
const PASSWORDS: [&str; 4] = ["password", "passwd", "pass", "pwd"];

/// How deep a body is looked into.
const DEPTH: usize = 3;

impl Secret<'_> {
    /// What is said of it, and what its examples show, as it would be sent.
    pub(super) fn shown(&self) -> String {
        let mut text = self.said.clone();
        for sample in &self.samples {
            text.push_str(&format!("\n{}", shown::sample(&self.name, sample)));
        }
        text
    }

    /// Whether it is a token that the answer is about, rather than the one that asks.
    pub(super) fn is_asked_about(&self) -> bool {
        let said = words::line(&self.said);
        ["introspect", "inspect", "validate", "verify", "check"]
            .iter()
            .any(|it| words::says(&said, it))
    }

    pub(super) fn is_header(&self, name: &str) -> bool {
        self.place == "header" && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it is `Authorization`, and nothing shows what stands there.
    fn is_bare_authorization(&self) -> bool {
        self.is_header("authorization")
            && shown::anywhere(&shown::plain(&self.shown()), "Authorization").is_empty()
    }

    /// Whether it is the header of Basic authentication.
    pub(super) fn is_basic(&self) -> bool {
        let text = shown::plain(&self.shown());
        let found = shown::anywhere(&text, "Authorization");
        let is_said = if found.is_empty() {
            encoding::basic(&text).is_some()
        } else {
            found.iter().all(|it| it.is("basic"))
        };
        self.is_header("authorization") && is_said
    }
}

/// Whether a parameter is really the credential.
pub(crate) fn is_credential(parameter: &Parameter<'_>) -> bool {
    let strength = strength_of(parameter, parameter.description());
    match parameter.place() {
        "header" | "query" => strength.is_some(),
        "path" => strength == Some(true),
        _ => false,
    }
}

/// How certain it is that a parameter of which `said` is said is the credential, as [`strength`]. A header whose words or
/// default show a scheme of HTTP before a token is one.
fn strength_of(parameter: &Parameter<'_>, said: &str) -> Option<bool> {
    let (name, place) = (parameter.name(), parameter.place());
    let shows_scheme = || {
        let default = parameter.object["schema"]["default"].as_str();
        let sample = default.map_or(String::new(), |it| shown::sample(name, it));
        let text = shown::plain(&format!("{said}\n{sample}"));
        shown::anywhere(&text, name)
            .iter()
            .any(|it| it.is("bearer") || it.is("basic"))
    };
    match strength(name, said, place) {
        Some(true) => Some(true),
        _ if place == "header" && shows_scheme() => Some(true),
        strength => strength,
    }
}

/// Whether a parameter goes with a credential, such as the identifier of whose it is.
pub(crate) fn is_partner(parameter: &Parameter<'_>) -> bool {
    parameter.place() == "header" && parameter.is_required() && is_partner_name(parameter.name())
}

/// Whether a name alone is likely to be that of a credential.
pub(super) fn is_name(name: &str, place: &str) -> bool {
    strength(name, "", place).is_some()
}

fn is_partner_name(name: &str) -> bool {
    let key = words::key(name);
    PARTNERS
        .iter()
        .any(|ending| key == *ending || key.ends_with(&format!("_{ending}")))
        || WHOLE_PARTNERS.contains(&key.as_str())
}

/// How certain it is that something of this name and description is the credential: for certain, or unless there is
/// another; none where it is not.
fn strength(name: &str, description: &str, place: &str) -> Option<bool> {
    let key = words::key(name);
    let said = words::line(description);
    let named = words::line(name);
    let is_other = OTHERS
        .iter()
        .any(|it| words::says(&said, it) || words::says(&named, it));
    if [
        "page",
        "next",
        "csrf",
        "xsrf",
        "refresh",
        "device",
        "idempotency",
        "id",
    ]
    .iter()
    .any(|it| key.split('_').any(|word| word == *it))
    {
        return None;
    }
    // "Reserved for the service" is nobody's to send.
    if said.trim_start().starts_with("reserved") {
        return None;
    }
    let is_named = CREDENTIALS.contains(&key.as_str())
        || CREDENTIAL_ENDINGS
            .iter()
            .any(|ending| key.ends_with(ending));
    if is_named && !(place == "query" && key == "authorization") {
        return Some(true);
    }
    if is_described(&said) && !key.ends_with("name") {
        return Some(true);
    }
    if is_other {
        return None;
    }
    let is_plain = said.split_whitespace().all(|word| PLAIN.contains(&word));
    // `X-Acme-Token`: a header of the provider's own.
    let is_own = place == "header"
        && key.starts_with("x_")
        && ["_token", "_key", "_secret"]
            .iter()
            .any(|end| key.ends_with(end));
    (DOUBTFUL.contains(&key.as_str()) && is_plain || is_own).then_some(false)
}

/// Whether a description begins by calling something a key: "Your API key", "A valid access token of the account".
fn is_described(line: &str) -> bool {
    let words: Vec<_> = line
        .split_whitespace()
        .skip_while(|word| {
            [
                "the", "a", "an", "your", "valid", "this", "is", "personal", "private", "secret",
                "account", "user", "users", "s", "required", "unique", "own", "current", "acme",
                "rest", "as", "our", "you",
            ]
            .contains(word)
        })
        .collect();
    // The service's own name may stand before: "A valid Acme API key".
    let is_own_name = words
        .first()
        .is_some_and(|word| !NOT_OWN_NAMES.contains(word));
    let rests = [
        Some(words.join(" ")),
        is_own_name.then(|| words[1..].join(" ")),
    ];
    let names = [
        "api key",
        "apikey",
        "api token",
        "api access key",
        "api access token",
        "access token",
        "access key",
        "auth token",
        "auth key",
        "authentication token",
        "authentication key",
        "authorization token",
        "api secret",
        "key for authentication",
        "token for authentication",
        "key to authenticate",
        "token to authenticate",
        "key used to authenticate",
        "token used to authenticate",
        "token used for authentication",
        "api credential",
        "bearer token",
        "token to introspect",
        "token to inspect",
        "token to validate",
        "token to verify",
        "token to check",
        "authorization key",
    ];
    let of_something_else = [
        "id",
        "name",
        "identifier",
        "label",
        "type",
        "s",
        "prefix",
        "status",
        "description",
    ];
    let begins_with = |rest: &String, name: &str| {
        rest.strip_prefix(name).is_some_and(|after| {
            after.is_empty()
                || after.starts_with(' ')
                    && !after
                        .split_whitespace()
                        .next()
                        .is_some_and(|it| of_something_else.contains(&it))
        })
    };
    rests
        .iter()
        .flatten()
        .any(|rest| names.iter().any(|name| begins_with(rest, name)))
}

/// The credentials among the parameters and in the body, the names that go with them first. Of those that are not
/// required, the first, where none is.
pub(super) fn find<'a>(operation: &Operation<'a>) -> Vec<Secret<'a>> {
    let mut all: Vec<_> = operation
        .parameters()
        .into_iter()
        .filter_map(|parameter| of_parameter(operation, parameter))
        .collect();
    all.extend(in_body(operation));
    let has_name = all.iter().any(|it| it.is_partner && it.is_required);
    // A password alone is somebody's.
    all.retain(|it| has_name || !PASSWORDS.contains(&it.part.as_str()));
    let (partners, keys): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_partner);
    let is_required = keys.iter().any(|it| it.is_required);
    let keys: Vec<_> = if is_required {
        keys.into_iter().filter(|it| it.is_required).collect()
    } else {
        // A query is written into logs, and what stands before a token in `Authorization` has to be said.
        let mut keys = keys;
        keys.sort_by_key(|it| (it.place == "query", it.is_bare_authorization()));
        keys.into_iter()
            .filter(|it| it.is_certain)
            .take(1)
            .collect()
    };
    if keys.is_empty() {
        return Vec::new();
    }
    let is_one = keys.len() == 1;
    let mut found: Vec<_> = partners
        .into_iter()
        .filter(|it| it.is_required && is_one)
        .filter(|it| {
            keys.iter()
                .all(|key| key.place == it.place || it.place == "header")
        })
        .collect();
    found.extend(keys);
    // Beside `Authorization`, headers are given as the operation lists them; elsewhere whose key it is goes first.
    let is_header = |it: &Secret<'_>| it.place == "header";
    let has_authorization = found.iter().any(|it| it.is_header("authorization"));
    if has_authorization && found.iter().all(is_header) {
        let parameters = operation.parameters();
        found.sort_by_key(|it| {
            let own = it.parameter.as_ref();
            own.and_then(|own| parameters.iter().position(|it| it.name() == own.name()))
        });
    }
    found
}

fn of_parameter<'a>(operation: &Operation<'a>, parameter: Parameter<'a>) -> Option<Secret<'a>> {
    let place = ["header", "query", "cookie", "path"]
        .into_iter()
        .find(|it| *it == parameter.place())?;
    let shape = parameter.shape(operation.resolver);
    let said = format!("{}\n{}", parameter.description(), shape.description());
    let sample = parameter.object["x-example"].as_str();
    let samples = shape
        .samples()
        .into_iter()
        .chain(sample)
        .map(str::to_owned)
        .collect();
    let name = parameter.name();
    let said = said.trim();
    let strength = strength_of(&parameter, said);
    let mut secret = secret(place, name, said, parameter.is_required(), strength)?;
    // In a path or a cookie, a name alone says little: `/tokens/{token}` may be any token.
    let is_told = secret.is_certain || place == "path" && is_only(operation);
    if matches!(place, "path" | "cookie") && !is_told {
        return None;
    }
    secret.samples = samples;
    secret.parameter = Some(parameter);
    Some(secret)
}

/// Whether nothing else of the operation's path is a parameter: `/bot{token}/getMe`.
fn is_only(operation: &Operation<'_>) -> bool {
    operation.path.matches('{').count() == 1
}

/// The last token of a pointer; of a name, all of it.
fn last_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn secret<'a>(
    place: &'static str,
    name: &str,
    said: &str,
    is_required: bool,
    strength: Option<bool>,
) -> Option<Secret<'a>> {
    let last = last_of(name);
    let key = words::key(last);
    let part = key.strip_prefix("x_").unwrap_or(&key).to_owned();
    let is_password = PASSWORDS.contains(&key.as_str());
    let is_partner = strength.is_none() && !is_password && is_partner_name(last) && place != "path";
    if strength.is_none() && !is_partner && !is_password {
        return None;
    }
    Some(Secret {
        place,
        name: name.to_owned(),
        part,
        said: said.to_owned(),
        is_partner,
        is_certain: strength == Some(true),
        is_required,
        parameter: None,
        samples: Vec::new(),
    })
}

/// The schema of the body that is sent: of JSON, or else of the first kind there is.
pub(crate) fn body_schema<'a>(operation: &Operation<'a>) -> Option<&'a Value> {
    let body = operation.request_body()?;
    let content = body["content"].as_object()?;
    let (_, media) = media_type::json(content).or_else(|| members(&body["content"]).next())?;
    media.get("schema")
}

/// Members of the body that are the credential.
fn in_body<'a>(operation: &Operation<'a>) -> Vec<Secret<'a>> {
    let mut found = Vec::new();
    if let Some(schema) = body_schema(operation) {
        walk(operation, schema, "", true, DEPTH, &mut found);
        // A body that must be sent has what is all there is of it.
        let is_needed = operation
            .request_body()
            .is_some_and(|body| body["required"] == true);
        let all = Shape::new(operation.resolver, Some(schema), Vec::new());
        if let ([only], true) = (found.as_mut_slice(), is_needed) {
            only.is_required |= all.fields().len() == 1 && !only.is_partner;
        }
    }
    found
}

/// The names of the body's members that are a credential.
pub(crate) fn secrets_in_body(operation: &Operation<'_>) -> Vec<String> {
    in_body(operation)
        .into_iter()
        .filter(|it| !it.is_partner)
        .map(|it| it.name)
        .collect()
}

/// Whether a schema is that of a request of JSON-RPC.
pub(crate) fn is_json_rpc<'a>(resolver: &Resolver<'a>, schema: &'a Value) -> bool {
    let schema = resolve(resolver, schema);
    std::iter::once(schema)
        .chain(list(&schema["allOf"]).map(|it| resolve(resolver, it)))
        .any(|branch| branch["properties"].get("jsonrpc").is_some())
}

fn walk<'a>(
    operation: &Operation<'a>,
    schema: &'a Value,
    at: &str,
    is_required: bool,
    depth: usize,
    found: &mut Vec<Secret<'a>>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let schema = resolve(operation.resolver, schema);
    let branches: Vec<_> = std::iter::once(schema)
        .chain(list(&schema["allOf"]).map(|it| resolve(operation.resolver, it)))
        .collect();
    let is_envelope = is_json_rpc(operation.resolver, schema);
    let required: Vec<_> = branches
        .iter()
        .flat_map(|branch| list(&branch["required"]))
        .filter_map(Value::as_str)
        .collect();
    for (name, member) in branches
        .iter()
        .flat_map(|branch| members(&branch["properties"]))
    {
        let pointer = pointer::push(at, name);
        let needed = is_required && required.contains(&name);
        let shape = Shape::new(operation.resolver, Some(member), Vec::new());
        // At the root, the name alone is plainer than a pointer.
        let called = if at.is_empty() && !name.contains('/') {
            name
        } else {
            &pointer
        };
        let is_text = shape.is_text();
        // The number of a request, or of anything else, is nobody's.
        let is_number = is_envelope || !shape.is_string() && !shape.types().is_empty();
        let is_other = name.eq_ignore_ascii_case("id") && is_number;
        let said = shape.description();
        let strength = strength(last_of(called), &said, "body");
        match secret("body", called, &said, needed, strength).filter(|_| is_text && !is_other) {
            Some(secret) => found.push(secret),
            None => walk(operation, member, &pointer, needed, depth, found),
        }
    }
}
