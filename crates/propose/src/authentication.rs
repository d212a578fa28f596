//! How the operation is authenticated: the scheme, what stands before the token, and where the token comes from.

use serde_json::{Value, json};

use super::document::{Description, Operation, Parameter};
use super::overlay::Action;
use super::shape::{list, members};
use super::words;
use super::yaml::Map;

/// The proposal.
#[derive(Clone, Debug, Default)]
pub(super) struct Authentication {
    /// What the overlay corrects.
    pub actions: Vec<Action>,
    /// The parameters that it removes, by the `JSONPath` that selects them.
    pub removed: Vec<String>,
    /// `x-whoami`'s `token`.
    pub token: Map,
}

/// A credential that a request takes.
#[derive(Clone, Debug)]
struct Scheme<'a> {
    name: &'a str,
    object: &'a Value,
}

/// What is done about the operation's security.
enum Decision<'a> {
    /// The description declares it.
    Declared {
        chosen: Vec<Scheme<'a>>,
        others: Vec<String>,
    },
    /// A scheme of the description that the operation does not ask for.
    Asked { chosen: Scheme<'a>, reason: String },
    /// Schemes that the description does not have, by name; each with its object.
    Added {
        schemes: Vec<(String, Value)>,
        /// Whether the operation asks for them already.
        is_asked: bool,
        reason: String,
    },
}

/// Headers and query parameters that hold a credential, by the words of their names.
const CREDENTIALS: [&str; 18] = [
    "authorization",
    "x_authorization",
    "api_key",
    "apikey",
    "x_api_key",
    "x_apikey",
    "x_api_token",
    "api_token",
    "x_auth_token",
    "auth_token",
    "x_auth_key",
    "x_access_token",
    "access_token",
    "x_token",
    "private_token",
    "x_secret_key",
    "subscription_key",
    "ocp_apim_subscription_key",
];

/// The ends of such names.
const CREDENTIAL_ENDINGS: [&str; 6] = [
    "_api_key",
    "_apikey",
    "_api_token",
    "_auth_token",
    "_access_token",
    "_secret_key",
];

/// The ends of names of headers that go with a credential, and say whose it is.
const PARTNERS: [&str; 9] = [
    "user_id",
    "account_id",
    "client_id",
    "app_id",
    "application_id",
    "username",
    "login",
    "account_sid",
    "auth_email",
];

/// Words that stand after `Authorization:` in prose.
const PROSE: [&str; 12] = [
    "the", "this", "a", "an", "use", "your", "header", "see", "http", "api", "required", "in",
];

/// The first words of placeholders, which are no provider's variable.
const PLACEHOLDERS: [&str; 13] = [
    "YOUR", "MY", "API", "ACCESS", "AUTH", "BEARER", "THE", "X", "SECRET", "INSERT", "REPLACE",
    "EXAMPLE", "USER",
];

/// The last words of variables that hold a token.
const VARIABLE_ENDINGS: [&str; 5] = ["TOKEN", "KEY", "APIKEY", "SECRET", "PAT"];

/// Whether a parameter is really the credential.
pub(super) fn is_credential(parameter: &Parameter<'_>) -> bool {
    let key = words::key(parameter.name());
    match parameter.place() {
        "header" => is_credential_name(&key),
        "query" => {
            is_credential_name(&key) && key != "authorization" || matches!(key.as_str(), "token")
        }
        _ => false,
    }
}

fn is_credential_name(key: &str) -> bool {
    CREDENTIALS.contains(&key)
        || CREDENTIAL_ENDINGS
            .iter()
            .any(|ending| key.ends_with(ending))
}

/// Proposes how the operation is authenticated.
pub(super) fn propose(
    description: Description<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Authentication {
    let credentials = credentials(operation);
    let decision = decide(description, operation, &credentials);
    let mut proposal = Authentication::default();
    remove_parameters(&decision, &credentials, &mut proposal);
    let chosen = match &decision {
        Decision::Declared { chosen, .. } => chosen.clone(),
        Decision::Asked { chosen, .. } => vec![chosen.clone()],
        Decision::Added { schemes, .. } => schemes
            .iter()
            .map(|(name, object)| Scheme { name, object })
            .collect(),
    };
    let (variable, why) = variable(description, operation, &chosen, provider);
    match why {
        Some(why) => proposal.token.explain("env", variable, why),
        None => proposal.token.add("env", variable),
    }
    if let Some(form) = form(&chosen) {
        proposal.token.explain(
            "form",
            form,
            "The scheme's description says what tokens begin with.",
        );
    }
    add_scheme(&decision, &mut proposal);
    if let [scheme] = chosen.as_slice()
        && let Some((prefix, why)) = prefix(description, operation, scheme, &credentials)
    {
        proposal.token.explain("prefix", prefix, why);
    }
    proposal.actions.extend(actions(&decision, operation));
    proposal
}

/// The credentials among the parameters, and what goes with them.
fn credentials<'a>(operation: &Operation<'a>) -> Vec<Parameter<'a>> {
    let parameters = operation.parameters();
    let found: Vec<_> = parameters
        .iter()
        .filter(|parameter| is_credential(parameter))
        .cloned()
        .collect();
    let is_required = found.iter().any(Parameter::is_required);
    let mut found: Vec<_> = if is_required {
        found.into_iter().filter(Parameter::is_required).collect()
    } else {
        found.into_iter().take(1).collect()
    };
    if found.iter().any(|parameter| parameter.place() == "header") {
        found.extend(parameters.into_iter().filter(is_partner));
    }
    found
}

/// Whether a parameter goes with a credential, such as the identifier of whose it is.
pub(super) fn is_partner(parameter: &Parameter<'_>) -> bool {
    let key = words::key(parameter.name());
    let named = PARTNERS.iter().any(|ending| key.ends_with(ending));
    parameter.place() == "header" && parameter.is_required() && named
}

fn decide<'a>(
    description: Description<'a>,
    operation: &Operation<'a>,
    credentials: &[Parameter<'a>],
) -> Decision<'a> {
    let own = operation.object.get("security");
    let shared = &description.root()["security"];
    let requirements = own.unwrap_or(shared);
    let schemes: Vec<_> = description
        .security_schemes()
        .map(|(name, object)| Scheme { name, object })
        .collect();
    let resolve = |requirement: &'a Value| -> Option<Vec<Scheme<'a>>> {
        members(requirement)
            .map(|(name, _)| schemes.iter().find(|scheme| scheme.name == name).cloned())
            .collect()
    };
    let alternatives: Vec<_> = list(requirements)
        .filter(|requirement| members(requirement).next().is_some())
        .collect();
    let declared: Vec<_> = alternatives.iter().filter_map(|it| resolve(it)).collect();
    if !declared.is_empty() {
        return choose(declared);
    }
    if let Some((name, _)) = alternatives.iter().flat_map(|it| members(it)).next() {
        let scheme = guess(name, &told(operation, description));
        return Decision::Added {
            schemes: vec![(name.to_owned(), scheme)],
            is_asked: true,
            reason: format!(
                "The operation asks for the security scheme `{name}`, which the description does not declare. What it is is a guess by its name."
            ),
        };
    }
    if !credentials.is_empty() {
        return from_parameters(credentials);
    }
    let wanted = list(shared)
        .flat_map(members)
        .find_map(|(name, _)| schemes.iter().find(|scheme| scheme.name == name))
        .or_else(|| schemes.iter().find(|scheme| is_one_secret(scheme)))
        .or(schemes.first());
    match wanted {
        Some(scheme) => Decision::Asked {
            chosen: scheme.clone(),
            reason: format!(
                "The operation asks for no credential, but an answer to this question needs one. A guess: `{}`, of the schemes that the description declares.",
                scheme.name
            ),
        },
        None => Decision::Added {
            schemes: vec![("bearer".to_owned(), guess("bearer", &told(operation, description)))],
            is_asked: false,
            reason: "The description declares no security scheme. A guess: a bearer token, as most providers have.".to_owned(),
        },
    }
}

/// The first alternative that one secret satisfies, or else the first.
fn choose(mut alternatives: Vec<Vec<Scheme<'_>>>) -> Decision<'_> {
    let single = alternatives
        .iter()
        .position(|schemes| matches!(schemes.as_slice(), [one] if is_one_secret(one)));
    let chosen = alternatives.remove(single.unwrap_or_default());
    let others = alternatives
        .iter()
        .map(|schemes| {
            let names: Vec<_> = schemes.iter().map(|scheme| scheme.name).collect();
            format!("`{}`", names.join("` with `"))
        })
        .collect();
    Decision::Declared { chosen, others }
}

/// Whether one secret is the whole credential. Basic authentication takes a name and a password, unless its
/// description calls the credential a key or a token.
fn is_one_secret(scheme: &Scheme<'_>) -> bool {
    let kind = scheme.object["type"].as_str().unwrap_or_default();
    let is_basic = kind == "basic"
        || scheme.object["scheme"]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case("basic"));
    let said = words::line(scheme.object["description"].as_str().unwrap_or_default());
    let is_key = ["api key", "api keys", "api token", "access token"]
        .iter()
        .any(|phrase| words::says(&said, phrase));
    kind != "mutualTLS" && (!is_basic || is_key)
}

/// Schemes from the parameters that are credentials.
fn from_parameters<'a>(credentials: &[Parameter<'_>]) -> Decision<'a> {
    let names: Vec<_> = credentials.iter().map(Parameter::name).collect();
    let schemes = credentials
        .iter()
        .map(|parameter| (scheme_name(parameter), scheme_of(parameter)))
        .collect();
    Decision::Added {
        schemes,
        is_asked: false,
        reason: format!(
            "The description declares no security for it, but a parameter that is the credential: `{}`.",
            names.join("` and `")
        ),
    }
}

fn scheme_name(parameter: &Parameter<'_>) -> String {
    let mut name = String::new();
    for (index, word) in words::words(parameter.name()).iter().enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 => name.extend(first.to_uppercase()),
            Some(first) => name.push(first),
            None => {}
        }
        name.extend(letters);
    }
    name
}

fn scheme_of(parameter: &Parameter<'_>) -> Value {
    let is_authorization = words::key(parameter.name()) == "authorization";
    if is_authorization {
        let before = prefix_in(&shown(parameter)).map(|it| it.trim().to_lowercase());
        if let Some(scheme @ ("bearer" | "basic")) = before.as_deref() {
            return json!({ "type": "http", "scheme": scheme });
        }
    }
    json!({ "type": "apiKey", "in": parameter.place(), "name": parameter.name() })
}

/// What the description says of a parameter's value, as it would be sent.
fn shown(parameter: &Parameter<'_>) -> String {
    let schema = &parameter.object["schema"];
    let examples = [
        &parameter.object["example"],
        &schema["example"],
        &schema["default"],
        &parameter.object["x-example"],
    ];
    let mut text = parameter.description().to_owned();
    for example in examples.into_iter().filter_map(Value::as_str) {
        text.push_str(&format!("\nAuthorization: {example}"));
    }
    for quoted in words::quoted(parameter.description()) {
        text.push_str(&format!("\nAuthorization: {quoted}"));
    }
    text
}

/// A scheme by its name and by what the description says elsewhere.
fn guess(name: &str, told: &str) -> Value {
    let words = words::words(name);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let before = prefix_in(told).map(|it| it.trim().to_lowercase());
    if has(&["basic"]) || (!has(&["bearer"]) && before.as_deref() == Some("basic")) {
        json!({ "type": "http", "scheme": "basic" })
    } else if !has(&["bearer", "jwt", "oauth", "oauth2"])
        && before.is_none()
        && (has(&["apikey"]) || (has(&["api"]) && has(&["key"])))
    {
        json!({ "type": "apiKey", "in": "header", "name": "X-API-Key" })
    } else {
        json!({ "type": "http", "scheme": "bearer" })
    }
}

/// What the operation and the description tell in words.
fn told(operation: &Operation<'_>, description: Description<'_>) -> String {
    let mut text = String::new();
    strings(operation.object, &mut |it| {
        text.push_str(it);
        text.push('\n');
    });
    text.push_str(
        description.root()["info"]["description"]
            .as_str()
            .unwrap_or_default(),
    );
    text
}

/// Calls `each` for every string in `value`.
fn strings<'a>(value: &'a Value, each: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(members) => members.values().for_each(|member| strings(member, each)),
        _ => {}
    }
}

/// Removes the parameters that are the credential.
fn remove_parameters(
    decision: &Decision<'_>,
    credentials: &[Parameter<'_>],
    proposal: &mut Authentication,
) {
    let is_replaced = |parameter: &Parameter<'_>| match decision {
        Decision::Added { is_asked, .. } => !is_asked,
        Decision::Asked { chosen, .. } => is_sent_by(chosen, parameter),
        Decision::Declared { chosen, .. } => {
            chosen.iter().any(|scheme| is_sent_by(scheme, parameter))
        }
    };
    for parameter in credentials.iter().filter(|it| is_replaced(it)) {
        proposal.removed.push(parameter.target.clone());
        proposal.actions.push(Action::remove(
            parameter.target.clone(),
            format!(
                "`{}` is the credential, not a parameter for the caller to fill in at each call.",
                parameter.name()
            ),
        ));
    }
}

/// Whether a scheme sends what a parameter would.
fn is_sent_by(scheme: &Scheme<'_>, parameter: &Parameter<'_>) -> bool {
    match scheme.object["type"].as_str() {
        Some("apiKey") => {
            scheme.object["in"] == parameter.place()
                && scheme.object["name"]
                    .as_str()
                    .is_some_and(|name| name.eq_ignore_ascii_case(parameter.name()))
        }
        _ => {
            parameter.place() == "header" && parameter.name().eq_ignore_ascii_case("authorization")
        }
    }
}

/// Names the scheme where there is a choice.
fn add_scheme(decision: &Decision<'_>, proposal: &mut Authentication) {
    let Decision::Declared { chosen, others } = decision else {
        return;
    };
    let (Some(scheme), false) = (chosen.first(), others.is_empty()) else {
        return;
    };
    if chosen.len() == 1 {
        proposal.token.explain(
            "scheme",
            scheme.name,
            format!(
                "The first that one secret satisfies; the operation takes {} as well.",
                others.join(", ")
            ),
        );
    }
}

/// What the overlay adds to the description.
fn actions(decision: &Decision<'_>, operation: &Operation<'_>) -> Vec<Action> {
    let (added, asked, reason) = match decision {
        Decision::Declared { .. } => return Vec::new(),
        Decision::Asked { chosen, reason } => (Vec::new(), vec![chosen.name], reason),
        Decision::Added {
            schemes,
            is_asked,
            reason,
        } => {
            let asked = schemes.iter().map(|(name, _)| name.as_str());
            let asked = asked.filter(|_| !is_asked).collect();
            (schemes.clone(), asked, reason)
        }
    };
    let mut actions = Vec::new();
    if !added.is_empty() {
        let mut schemes = Map::default();
        for (name, scheme) in added {
            schemes.add(name, scheme);
        }
        let mut components = Map::default();
        components.add("securitySchemes", schemes);
        let mut update = Map::default();
        update.add("components", components);
        actions.push(Action::update("$", reason.clone(), update));
    }
    if !asked.is_empty() {
        let is_empty = |requirement: &Value| members(requirement).next().is_none();
        if list(&operation.object["security"]).any(is_empty) {
            actions.push(Action::remove(
                format!("{}.security", operation.target()),
                "It says that no credential is needed.",
            ));
        }
        let mut requirement = Map::default();
        for name in asked {
            requirement.add(name, json!([]));
        }
        let mut update = Map::default();
        update.add("security", vec![requirement.into()]);
        let why = if actions.iter().any(|action| action.target == "$") {
            "The operation asks for that credential.".to_owned()
        } else {
            reason.clone()
        };
        actions.push(Action::update(operation.target(), why, update));
    }
    actions
}

/// What stands before the token in the header `Authorization` of an `apiKey` scheme, and where that is said.
fn prefix(
    description: Description<'_>,
    operation: &Operation<'_>,
    scheme: &Scheme<'_>,
    credentials: &[Parameter<'_>],
) -> Option<(String, String)> {
    let object = scheme.object;
    let is_header = object["type"] == "apiKey" && object["in"] == "header";
    let name = object["name"].as_str().unwrap_or_default();
    if !is_header || !name.eq_ignore_ascii_case("authorization") {
        return None;
    }
    let mut own = String::new();
    strings(object, &mut |text| own.push_str(&format!("{text}\n")));
    for example in members(object).filter_map(|(key, value)| {
        let is_example = key.starts_with("x-") || key.contains("example");
        value.as_str().filter(|_| is_example)
    }) {
        own.push_str(&format!("Authorization: {example}\n"));
    }
    for parameter in credentials {
        own.push_str(&shown(parameter));
    }
    if let Some(prefix) = prefix_in(&own) {
        return Some((prefix, "The scheme's description says so.".to_owned()));
    }
    if let Some(prefix) = prefix_in(&told(operation, description)) {
        return Some((
            prefix,
            "The description of the operation or of the API says so.".to_owned(),
        ));
    }
    let mut found = None;
    strings(description.root(), &mut |text| {
        if found.is_none() && text.contains("uthorization") {
            found = prefix_in(text);
        }
    });
    if let Some(prefix) = found {
        return Some((
            prefix,
            "A guess: an example elsewhere in the description shows it.".to_owned(),
        ));
    }
    let words = words::words(scheme.name);
    let by_name = [("bearer", "Bearer "), ("jwt", "Bearer "), ("bot", "Bot ")]
        .into_iter()
        .find(|(word, _)| words.iter().any(|it| it == word));
    by_name.map(|(_, prefix)| {
        (
            prefix.to_owned(),
            format!("A guess by the scheme's name, `{}`.", scheme.name),
        )
    })
}

/// What a text shows to stand before a token: `Authorization: Token abc`, or "prefixed with `Token`".
fn prefix_in(text: &str) -> Option<String> {
    let shown = text
        .match_indices("uthorization")
        .find_map(|(at, found)| prefix_at(&text[at + found.len()..]));
    shown.or_else(|| {
        let (_, after) = text.split_once("prefixed with")?;
        let word = *words::quoted(after).first()?;
        let is_word =
            !word.is_empty() && !word.contains(char::is_whitespace) && !word.ends_with(['_', '-']);
        is_word.then(|| format!("{word} "))
    })
}

/// What follows the header's name: a colon, a word, and the token or what stands for it.
fn prefix_at(rest: &str) -> Option<String> {
    let is_opening = |c: char| matches!(c, '"' | '\'' | '`' | '*' | ' ' | '[' | ']' | '\\');
    let rest = rest.trim_start_matches(is_opening);
    let rest = rest
        .strip_prefix([':', '='])
        .or_else(|| rest.strip_prefix(','))?
        .trim_start_matches(is_opening);
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-')?;
    let (word, rest) = rest.split_at(end);
    let rest = rest.strip_prefix(' ')?;
    let next = rest
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '\''))
        .next()?;
    let is_scheme = !PROSE.contains(&word.to_lowercase().as_str())
        && (word.starts_with(char::is_uppercase)
            || matches!(word, "bearer" | "token" | "basic" | "apikey"));
    if word.is_empty() || !is_scheme {
        return None;
    }
    if next.starts_with("token=") {
        return Some(format!("{word} token="));
    }
    // What stands for a token does not look like a word of a sentence.
    let is_token = next.starts_with(['<', '{', '$', '[', '('])
        || next.contains(|c: char| c.is_uppercase() || c.is_numeric() || c == '_' || c == '.')
        || next.contains("token")
        || next.contains("key")
        || next.starts_with("xxx");
    is_token.then(|| format!("{word} "))
}

/// What a description says that tokens begin with, as a regular expression.
fn form(chosen: &[Scheme<'_>]) -> Option<String> {
    let [scheme] = chosen else {
        return None;
    };
    let text = scheme.object["description"].as_str()?;
    let is_said = [
        "begin with",
        "begins with",
        "start with",
        "starts with",
        "prefixed with",
    ]
    .iter()
    .any(|phrase| text.contains(phrase));
    let mut prefixes: Vec<_> = words::quoted(text)
        .into_iter()
        .filter(|word| word.len() > 1 && word.ends_with(['_', '-']))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        })
        .collect();
    prefixes.dedup();
    // Of several, each may be another kind of token's.
    match prefixes.as_slice() {
        [one] if is_said => Some(format!("^{one}")),
        _ => None,
    }
}

/// The environment variable that holds the token, and where it was found.
fn variable(
    description: Description<'_>,
    operation: &Operation<'_>,
    chosen: &[Scheme<'_>],
    provider: &str,
) -> (String, Option<String>) {
    let mut found = None;
    let mut look = |text: &str| {
        if found.is_none() {
            found = variable_in(text, provider);
        }
    };
    for scheme in chosen {
        strings(scheme.object, &mut look);
    }
    strings(operation.object, &mut look);
    strings(&description.root()["info"], &mut look);
    match found {
        Some(name) => (
            name,
            Some("The examples in the description use this name.".to_owned()),
        ),
        None => (default_variable(provider), None),
    }
}

/// The name that a provider's variable has by default.
pub(super) fn default_variable(provider: &str) -> String {
    format!("{}_API_TOKEN", provider.replace('-', "_").to_uppercase())
}

/// A name such as `EXAMPLE_TOKEN` in a text, where `EXAMPLE` begins as the provider's name does.
fn variable_in(text: &str, provider: &str) -> Option<String> {
    let letters: String = provider
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(4)
        .collect();
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.contains('_'))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .filter(|word| {
            let mut parts = word.split('_').filter(|part| !part.is_empty());
            let first = parts.next().unwrap_or_default();
            let last = parts.next_back().unwrap_or_default();
            let own = first.to_lowercase().starts_with(&letters)
                || letters.starts_with(&first.to_lowercase()) && first.len() > 2;
            own && !PLACEHOLDERS.contains(&first) && VARIABLE_ENDINGS.contains(&last)
        })
        .map(str::to_owned)
        .next()
}
