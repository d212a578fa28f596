//! What a request has to carry, and where it may go: read of the index and of the description's words by itself.
//!
//! It uses nothing of the crates under test, so that what they get wrong is not wrong here in the same way. Where
//! nothing says what is wanted, that is told, and nothing is taken for right.

mod request;
pub(super) mod servers;
mod summary;
mod words;

use serde_json::Value;

use testing_harness::description::{Place, list, members, resolve};

pub(super) use request::{Judgement, came, carries};
use summary::{Half, Spot, Written};

/// The name of the header in which a key mostly has a word before it.
const AUTHORIZATION: &str = "authorization";

/// The methods of credentials: alternatives, each of one or several secrets at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    alternatives: Vec<Vec<Secret>>,
    /// What could not be understood, or is not said.
    pub doubts: Vec<String>,
}

/// Where a request carries a part of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Secret {
    /// In a header, after what stands before it.
    Header {
        name: String,
        before: Before,
        is_encoded: bool,
    },
    /// A user name and a password (RFC 7617).
    Basic(Pair),
    Query(String),
    Cookie(String),
    /// A parameter of the path.
    Path(String),
    /// A member of the body: JSON, by a pointer, or of a form.
    Body(String),
    /// Nothing says where: anywhere.
    Anywhere,
}

/// What stands before a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Before {
    Exactly(String),
    /// A scheme of HTTP's, whose name has no case (RFC 9110, section 11.1).
    Scheme(String),
    /// Nothing says whether there is a word. One of the scheme's own may be right: its name, in lower case.
    Unsaid(Vec<String>),
}

/// The halves of basic authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pair {
    /// The token is both.
    Both,
    /// The token is the user; the password is this one, or any.
    User(Option<String>),
    /// The token is the password; the user is this one, or any.
    Password(Option<String>),
    /// The token is the pair as it is encoded.
    Encoded,
}

impl Wanted {
    /// Reads what the index says of it, and for the rest the description. `names` are the schemes that are required, by
    /// the index.
    pub(super) fn read(place: Place<'_>, said: Option<&str>, requirements: Option<&Value>) -> Self {
        let reader = Reader::new(place, requirements);
        let mut wanted = Self::default();
        let mut alternatives = match said {
            Some(said) => {
                let summary = summary::read(said);
                let unclear = summary.unclear.iter();
                wanted
                    .doubts
                    .extend(unclear.map(|text| format!("{text:?} is not understood")));
                summary.alternatives
            }
            None => reader.declared(),
        };
        if alternatives.is_empty() && !wanted.doubts.is_empty() {
            alternatives = reader.declared();
        }
        if alternatives.is_empty() {
            alternatives = reader.existing();
        }
        if alternatives.is_empty() {
            alternatives.extend(reader.undeclared());
        }
        if alternatives.is_empty() {
            wanted
                .doubts
                .push("nothing says where the key goes".to_owned());
            wanted.alternatives.push(vec![Secret::Anywhere]);
        }
        for (index, parts) in alternatives.into_iter().enumerate() {
            let mut secrets: Vec<Secret> = Vec::new();
            for secret in parts.into_iter().map(|part| reader.secret(part, index)) {
                if !secrets.contains(&secret) {
                    secrets.push(secret);
                }
            }
            for secrets in one_of_each_header(secrets) {
                if !wanted.alternatives.contains(&secrets) {
                    wanted.alternatives.push(secrets);
                }
            }
        }
        wanted.leave_to_browsers();
        wanted
    }

    /// Leaves out the alternatives of a browser's session where there are others: what a program has is a key.
    fn leave_to_browsers(&mut self) {
        let is_of_a_browser = |secrets: &Vec<Secret>| {
            secrets.iter().any(|secret| match secret {
                Secret::Cookie(_) => true,
                Secret::Header { name, .. } => name.contains("csrf") || name.contains("xsrf"),
                _ => false,
            })
        };
        if self
            .alternatives
            .iter()
            .any(|secrets| !is_of_a_browser(secrets))
        {
            self.alternatives
                .retain(|secrets| !is_of_a_browser(secrets));
        }
    }

    /// What stands for a token of `provider`: of as many parts as the alternative of the fewest asks for, with colons
    /// between. `kind` tells one token from another.
    pub(super) fn token(&self, provider: &str, kind: &str) -> String {
        let fewest = self.alternatives.iter().map(|secrets| parts(secrets));
        let fewest = fewest.min().unwrap_or(1);
        let parts: Vec<_> = ["one", "two", "three", "four"]
            .iter()
            .take(fewest)
            .map(|part| format!("{provider}-{kind}-{part}"))
            .collect();
        parts.join(":")
    }

    /// The operation without those of its parameters that are credentials.
    pub(super) fn without_credentials(&self, document: &Value, level: &Value) -> Value {
        let mut level = level.clone();
        let Some(parameters) = level["parameters"].as_array() else {
            return level;
        };
        let kept: Vec<_> = parameters
            .iter()
            .filter(|parameter| !self.is_credential(resolve(document, parameter)))
            .cloned()
            .collect();
        level["parameters"] = Value::Array(kept);
        level
    }

    fn is_credential(&self, parameter: &Value) -> bool {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = parameter["in"].as_str().unwrap_or_default();
        self.alternatives
            .iter()
            .flatten()
            .any(|secret| match secret {
                Secret::Header { name: it, .. } => {
                    place == "header" && it.eq_ignore_ascii_case(name)
                }
                Secret::Query(it) => place == "query" && it == name,
                Secret::Cookie(it) => place == "cookie" && it == name,
                Secret::Path(it) => place == "path" && it == name,
                Secret::Basic(_) => place == "header" && name.eq_ignore_ascii_case(AUTHORIZATION),
                Secret::Body(_) | Secret::Anywhere => false,
            })
    }

    /// The query's parameters that carry secrets.
    pub(super) fn query(&self) -> Vec<&str> {
        let secrets = self.alternatives.iter().flatten();
        secrets
            .filter_map(|secret| match secret {
                Secret::Query(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// What is wanted, in words.
    pub(super) fn in_words(&self) -> String {
        let alternative = |secrets: &Vec<Secret>| {
            let secrets: Vec<_> = secrets.iter().map(Secret::in_words).collect();
            secrets.join(" and ")
        };
        let alternatives: Vec<_> = self.alternatives.iter().map(alternative).collect();
        alternatives.join(", or ")
    }
}

/// The secrets, with one alone that goes into `Authorization`: it can carry no more (RFC 9110, section 11.6.2), so that
/// schemes which are written as if all were required are alternatives.
fn one_of_each_header(secrets: Vec<Secret>) -> Vec<Vec<Secret>> {
    let is_authorization = |secret: &Secret| match secret {
        Secret::Header { name, .. } => name == AUTHORIZATION,
        Secret::Basic(_) => true,
        _ => false,
    };
    let (one_of, others): (Vec<_>, Vec<_>) = secrets.into_iter().partition(is_authorization);
    if one_of.is_empty() {
        return vec![others];
    }
    let one_of = one_of.into_iter();
    one_of
        .map(|secret| std::iter::once(secret).chain(others.clone()).collect())
        .collect()
}

/// How many parts of a token an alternative takes.
fn parts(secrets: &[Secret]) -> usize {
    secrets
        .iter()
        .map(|secret| match secret {
            Secret::Basic(Pair::Both) => 2,
            _ => 1,
        })
        .sum()
}

impl Secret {
    fn in_words(&self) -> String {
        match self {
            Self::Header {
                name,
                before,
                is_encoded,
            } => {
                let before = match before {
                    Before::Exactly(before) => before.clone(),
                    Before::Scheme(scheme) => format!("{scheme} "),
                    Before::Unsaid(_) => "(a word or none) ".to_owned(),
                };
                let key = if *is_encoded { "base64(KEY)" } else { "KEY" };
                format!("`{name}: {before}{key}`")
            }
            Self::Basic(pair) => {
                let any = |fixed: &Option<String>| fixed.clone().unwrap_or_else(|| "…".to_owned());
                match pair {
                    Pair::Both => "`authorization: Basic base64(KEY)`".to_owned(),
                    Pair::User(password) => {
                        format!("`authorization: Basic base64(KEY:{})`", any(password))
                    }
                    Pair::Password(user) => {
                        format!("`authorization: Basic base64({}:KEY)`", any(user))
                    }
                    Pair::Encoded => "`authorization: Basic KEY`".to_owned(),
                }
            }
            Self::Query(name) => format!("{name} in the query"),
            Self::Cookie(name) => format!("the cookie {name}"),
            Self::Path(name) => format!("{name} in the path"),
            Self::Body(name) => format!("{name} in the body"),
            Self::Anywhere => "the key anywhere".to_owned(),
        }
    }
}

/// Reads of a description what an index leaves open.
struct Reader<'a> {
    place: Place<'a>,
    schemes: &'a Value,
    /// The names of the schemes that are required, by alternative.
    required: Option<Vec<Vec<String>>>,
}

impl<'a> Reader<'a> {
    fn new(place: Place<'a>, requirements: Option<&Value>) -> Self {
        let Place {
            document,
            operation,
            ..
        } = place;
        let schemes = match document.get("securityDefinitions") {
            Some(old) => old,
            None => &document["components"]["securitySchemes"],
        };
        let own = || operation.get("security").or(document.get("security"));
        let required = requirements
            .filter(|it| it.is_array())
            .or_else(own)
            .map(|all| {
                list(all)
                    .map(|one| {
                        members(one)
                            .map(|(name, _)| name.to_owned())
                            .collect::<Vec<_>>()
                    })
                    .filter(|names| !names.is_empty())
                    .collect()
            });
        Self {
            place,
            schemes,
            required,
        }
    }

    /// What the description requires of the operation.
    fn declared(&self) -> Vec<Vec<Written>> {
        let required = self.required.iter().flatten();
        required
            .map(|names| {
                let parts = names.iter();
                parts
                    .filter_map(|name| self.scheme(name))
                    .collect::<Vec<_>>()
            })
            .filter(|parts| !parts.is_empty())
            .collect()
    }

    /// What there is at all, where nothing is required: any of it.
    fn existing(&self) -> Vec<Vec<Written>> {
        let schemes = members(self.schemes);
        schemes
            .filter_map(|(name, _)| Some(vec![self.scheme(name)?]))
            .collect()
    }

    /// A security scheme: of OpenAPI 3 (3.1.0, section 4.8.27) or Swagger 2.0.
    fn scheme(&self, name: &str) -> Option<Written> {
        let scheme = resolve(self.place.document, &self.schemes[name]);
        let text = |key: &str| scheme[key].as_str().unwrap_or_default().to_owned();
        let spot = match text("type").as_str() {
            "oauth2" | "openIdConnect" => Spot::Bearer,
            "basic" => Spot::Basic,
            "http" => match text("scheme").to_ascii_lowercase().as_str() {
                "basic" => Spot::Basic,
                "bearer" => Spot::Bearer,
                _ => Spot::Http(text("scheme")),
            },
            "apiKey" => match text("in").as_str() {
                "query" => Spot::Query(text("name")),
                "cookie" => Spot::Cookie(text("name")),
                _ => Spot::Header(text("name")),
            },
            _ => summary::undeclared(name)?,
        };
        Some(Written::at(spot))
    }

    /// The parameters of the operation, or the members of its body, that are the credential, where no scheme is
    /// declared.
    fn undeclared(&self) -> Option<Vec<Written>> {
        let Place {
            document,
            item,
            operation,
        } = self.place;
        let parameters: Vec<_> = [operation, item]
            .into_iter()
            .flat_map(|level| list(&level["parameters"]))
            .map(|parameter| resolve(document, parameter))
            .collect();
        let mut parts = Vec::new();
        for place in ["header", "query", "cookie", "path"] {
            let named = parameters.iter().filter(|it| it["in"] == place);
            let named: Vec<_> = named
                .filter_map(|it| Some((it["name"].as_str()?, it["required"] == true)))
                .collect();
            if !named.iter().any(|(name, _)| is_secret(name)) {
                continue;
            }
            let wanted = named.into_iter().filter(|(name, required)| {
                is_secret(name) || (*required && goes_with_a_secret(name))
            });
            parts.extend(wanted.map(|(name, _)| {
                let name = name.to_owned();
                Written::at(match place {
                    "header" => Spot::Header(name),
                    "query" => Spot::Query(name),
                    "cookie" => Spot::Cookie(name),
                    _ => Spot::Path(name),
                })
            }));
            return Some(parts);
        }
        let old = parameters.iter().filter(|it| it["in"] == "body");
        let forms = parameters.iter().filter(|it| it["in"] == "formData");
        let forms = forms.filter_map(|it| it["name"].as_str());
        let body = resolve(document, &operation["requestBody"]);
        let schemas = members(&body["content"]).map(|(_, media)| &media["schema"]);
        let schemas = schemas.chain(old.map(|it| &it["schema"]));
        let names = schemas
            .map(|schema| resolve(document, schema))
            .flat_map(|schema| members(&schema["properties"]).map(|(name, _)| name));
        let secret = forms.chain(names).find(|name| is_secret(name))?;
        Some(vec![Written::at(Spot::Body(secret.to_owned()))])
    }

    /// A part, with what the description says of it where the index says nothing.
    fn secret(&self, written: Written, alternative: usize) -> Secret {
        let Written {
            place,
            prefix,
            is_encoded,
            half,
        } = written;
        let header = |name: String, before| Secret::Header {
            name: name.to_ascii_lowercase(),
            before,
            is_encoded,
        };
        let scheme = |scheme: &str| Before::Scheme(scheme.to_owned());
        match place {
            Spot::Bearer => {
                let own = || self.of_bearer(alternative).or_else(|| self.of_operation());
                let before = match prefix.or_else(own) {
                    Some(prefix) => Before::Exactly(prefix),
                    None => scheme("Bearer"),
                };
                header(AUTHORIZATION.to_owned(), before)
            }
            Spot::Http(name) => header(
                AUTHORIZATION.to_owned(),
                prefix.map_or(scheme(&name), Before::Exactly),
            ),
            Spot::Header(name) => {
                let before = prefix.or_else(|| self.prefix(&name, alternative));
                let is_bare = !name.eq_ignore_ascii_case(AUTHORIZATION);
                let before = before.or(is_bare.then(String::new));
                let before = match before {
                    Some(before) => Before::Exactly(before),
                    None => Before::Unsaid(self.names(&name, alternative)),
                };
                header(name, before)
            }
            Spot::Basic => {
                let half = half.or_else(|| self.half(alternative));
                Secret::Basic(match half {
                    _ if is_encoded => Pair::Encoded,
                    None => Pair::Both,
                    Some(Half::User(user)) => Pair::Password(Some(user)),
                    Some(Half::Password(password)) => Pair::User(Some(password)),
                    Some(Half::AnyUser) => Pair::Password(None),
                    Some(Half::AnyPassword) => Pair::User(None),
                })
            }
            Spot::Query(name) => Secret::Query(name),
            Spot::Cookie(name) => Secret::Cookie(name),
            Spot::Path(name) => Secret::Path(name),
            Spot::Body(name) => Secret::Body(name),
        }
    }

    /// The schemes of a place that this alternative may mean, by name: those that are required, of this alternative
    /// first.
    fn meant(&self, is: impl Fn(&Value) -> bool, alternative: usize) -> Vec<(&str, &'a Value)> {
        let all = members(self.schemes).map(|(name, it)| (name, resolve(self.place.document, it)));
        let all: Vec<_> = all.filter(|(_, scheme)| is(scheme)).collect();
        let Some(required) = &self.required else {
            return all;
        };
        let of = |names: &[String]| {
            let all = all.iter();
            all.filter(|(name, _)| names.iter().any(|it| it == name))
                .copied()
                .collect::<Vec<_>>()
        };
        let own = required.get(alternative).map(|names| of(names));
        match own {
            Some(own) if !own.is_empty() => own,
            _ => match of(&required.concat()) {
                some if !some.is_empty() => some,
                _ if required.is_empty() => all,
                _ => Vec::new(),
            },
        }
    }

    /// The schemes that put a key in a header.
    fn in_header(&self, header: &str, alternative: usize) -> Vec<(&str, &'a Value)> {
        let is = |scheme: &Value| {
            let name = scheme["name"].as_str().unwrap_or_default();
            scheme["type"] == "apiKey" && name.eq_ignore_ascii_case(header)
        };
        self.meant(is, alternative)
    }

    /// The names of the schemes that put a key in a header, in lower case: some are the word before it.
    fn names(&self, header: &str, alternative: usize) -> Vec<String> {
        let schemes = self.in_header(header, alternative).into_iter();
        schemes.map(|(name, _)| name.to_ascii_lowercase()).collect()
    }

    /// What stands before a key in a header, in the description's words: of the scheme itself, of the operation, of
    /// the API as a whole, and of other operations that ask for the same scheme, where all of them agree.
    fn prefix(&self, header: &str, alternative: usize) -> Option<String> {
        let schemes = self.in_header(header, alternative);
        for (_, scheme) in &schemes {
            let text = scheme["description"].as_str().unwrap_or_default();
            if let Some(prefix) = words::said(header, text) {
                return Some(prefix);
            }
            let shown = ["x-default", "x-example", "example"].iter();
            let mut shown = shown.filter_map(|key| scheme[*key].as_str());
            if let Some(prefix) = shown.find_map(words::prefix_of) {
                return Some(prefix);
            }
        }
        if let Some(prefix) = self.of_operation() {
            return Some(prefix);
        }
        if let Some(prefix) = self.of_the_whole(header) {
            return Some(prefix);
        }
        let names: Vec<_> = schemes.iter().map(|(name, _)| *name).collect();
        agreed(&self.elsewhere(header, &names))
    }

    /// What stands before the key in the words of a scheme for bearer tokens, which may know another word.
    fn of_bearer(&self, alternative: usize) -> Option<String> {
        let is = |scheme: &Value| {
            let scheme = scheme["scheme"].as_str().unwrap_or_default();
            scheme.eq_ignore_ascii_case("bearer")
        };
        let schemes = self.meant(is, alternative);
        let (_, scheme) = schemes.first()?;
        let format = scheme["bearerFormat"].as_str().unwrap_or_default();
        let format = Some(format).filter(|format| format.contains(' '));
        format.and_then(words::prefix_of).or_else(|| {
            let text = scheme["description"].as_str().unwrap_or_default();
            agreed(&words::shown(AUTHORIZATION, text))
        })
    }

    /// What stands before the key in the operation's own words, and in its parameter of that name.
    fn of_operation(&self) -> Option<String> {
        let Place {
            document,
            item,
            operation,
        } = self.place;
        let mut parameters = [operation, item]
            .into_iter()
            .flat_map(|level| list(&level["parameters"]))
            .map(|parameter| resolve(document, parameter));
        let own = parameters.find(|it| {
            it["in"] == "header"
                && it["name"]
                    .as_str()
                    .is_some_and(|name| name.eq_ignore_ascii_case(AUTHORIZATION))
        });
        if let Some(own) = own {
            let values = [
                &own["example"],
                &own["schema"]["example"],
                &own["schema"]["default"],
            ];
            let mut values = values.into_iter().filter_map(Value::as_str);
            let text = own["description"].as_str().unwrap_or_default();
            let prefix = values.find_map(words::prefix_of);
            if let Some(prefix) = prefix.or_else(|| words::said(AUTHORIZATION, text)) {
                return Some(prefix);
            }
        }
        let text = operation["description"].as_str().unwrap_or_default();
        agreed(&words::shown(AUTHORIZATION, text))
    }

    /// What stands before keys in what is said of the API as a whole, where all of it agrees: its description, its
    /// tags, its extensions, and a shared parameter of the header's name.
    fn of_the_whole(&self, header: &str) -> Option<String> {
        let document = self.place.document;
        let mut texts = Vec::new();
        collect(&document["info"], &mut texts);
        collect(&document["tags"], &mut texts);
        for (_, value) in members(document).filter(|(name, _)| name.starts_with("x-")) {
            collect(value, &mut texts);
        }
        let mut found: Vec<_> = texts
            .iter()
            .flat_map(|text| words::shown(header, text))
            .collect();
        let shared = [
            &document["components"]["parameters"],
            &document["parameters"],
        ];
        let shared = shared
            .into_iter()
            .flat_map(members)
            .map(|(_, parameter)| parameter);
        let shared = shared.filter(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == "header" && name.eq_ignore_ascii_case(header)
        });
        for parameter in shared {
            let values = [
                &parameter["example"],
                &parameter["schema"]["default"],
                &parameter["default"],
            ];
            found.extend(
                values
                    .into_iter()
                    .filter_map(Value::as_str)
                    .filter_map(words::prefix_of),
            );
        }
        // A bearer token may be that of another scheme.
        let has_bearer = members(self.schemes).any(|(_, scheme)| {
            let scheme = resolve(document, scheme);
            let is_http = scheme["scheme"]
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case("bearer"));
            is_http || scheme["type"] == "oauth2" || scheme["type"] == "openIdConnect"
        });
        found.retain(|prefix| !has_bearer || !prefix.trim().eq_ignore_ascii_case("bearer"));
        agreed(&found)
    }

    /// What stands before keys where operations that ask for one of these schemes show the header.
    fn elsewhere(&self, header: &str, names: &[&str]) -> Vec<String> {
        let document = self.place.document;
        let asks = |operation: &Value| {
            let security = operation.get("security").or(document.get("security"));
            let mut requirements = security.into_iter().flat_map(list);
            requirements.any(|it| members(it).any(|(name, _)| names.contains(&name)))
        };
        members(&document["paths"])
            .flat_map(|(_, item)| members(item))
            .filter(|(_, operation)| operation.is_object() && asks(operation))
            .flat_map(|(_, operation)| {
                // What is shown in its texts and samples; not what its answers are like.
                let mut shown = operation.clone();
                if let Some(shown) = shown.as_object_mut() {
                    shown.remove("responses");
                    shown.remove("requestBody");
                    shown.remove("security");
                }
                words::shown(header, &shown.to_string().replace("\\n", "\n"))
            })
            .collect()
    }

    fn half(&self, alternative: usize) -> Option<Half> {
        let is = |scheme: &Value| {
            scheme["type"] == "basic"
                || scheme["scheme"]
                    .as_str()
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
        };
        let text = |value: &'a Value| value["description"].as_str();
        let schemes = self.meant(is, alternative);
        let own = schemes
            .iter()
            .find_map(|(_, scheme)| words::half(text(scheme)?, true));
        own.or_else(|| {
            let around = [self.place.operation, &self.place.document["info"]];
            let mut around = around.into_iter().filter_map(text);
            around.find_map(|text| words::half(text, false))
        })
    }
}

/// The texts in a value.
fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// What all of them are, if they are the same.
fn agreed(shown: &[String]) -> Option<String> {
    let first = shown.first()?;
    shown.iter().all(|it| it == first).then(|| first.clone())
}

/// The words of a name, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let is_new = !c.is_alphanumeric() || (c.is_uppercase() && was_lower);
        if is_new {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a parameter of that name is a credential.
fn is_secret(name: &str) -> bool {
    let words = words_of(name);
    let has = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    let is_of_forgery = has(&[
        "csrf",
        "xsrf",
        "captcha",
        "page",
        "next",
        "cursor",
        "idempotency",
        "sync",
    ]);
    !is_of_forgery
        && (has(&[
            "token",
            "apikey",
            "authtoken",
            "accesstoken",
            "secret",
            "authorization",
        ]) || words.last().is_some_and(|last| last == "key"))
}

/// Whether a parameter of that name tells whose secret another is.
fn goes_with_a_secret(name: &str) -> bool {
    let words = words_of(name);
    let has = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    has(&["id", "email", "username", "user"])
        && has(&[
            "user",
            "app",
            "application",
            "client",
            "account",
            "email",
            "username",
        ])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, Wanted};

    /// What is wanted of `GET /me`, in words, and how many doubts there are.
    fn wanted(document: &Value, said: Option<&str>) -> (String, usize) {
        let item = &document["paths"]["/me"];
        let place = Place {
            document,
            item,
            operation: &item["get"],
        };
        let wanted = Wanted::read(place, said, None);
        (wanted.in_words(), wanted.doubts.len())
    }

    fn key(description: &str, more: &Value) -> Value {
        let mut document = json!({
            "security": [{ "key": [] }],
            "paths": { "/me": { "get": {} } },
            "components": { "securitySchemes": {
                "key": { "type": "apiKey", "in": "header", "name": "Authorization", "description": description },
                "other": { "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Other <key>`" },
            } },
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            document[name] = value.clone();
        }
        document
    }

    #[test]
    fn the_words_of_the_scheme_go_before_those_of_others() {
        let said = Some("apiKey header Authorization");
        let other = json!({ "paths": {
            "/me": { "get": {} },
            "/metrics": { "get": { "security": [{ "other": [] }], "description": "`Authorization: Metrics <token>`" } },
        } });
        let same = json!({ "paths": {
            "/me": { "get": {} },
            "/a": { "get": { "description": "curl -H 'Authorization: Token YOUR_KEY'" } },
        } });
        let info =
            json!({ "info": { "description": "Needs `Authorization: Bearer <jwt-token>`." } });
        let bare =
            json!({ "info": { "description": "```\nAuthorization: mrp_RNtLRSPmGj2pd1\n```" } });
        let cases = [
            (
                key("`Token token=<API_KEY>`", &other),
                "`authorization: Token token=KEY`",
            ),
            (key("", &other), "`authorization: (a word or none) KEY`"),
            (key("", &same), "`authorization: Token KEY`"),
            (key("", &info), "`authorization: Bearer KEY`"),
            (key("", &bare), "`authorization: KEY`"),
        ];
        for (document, expected) in cases {
            assert_eq!(wanted(&document, said).0, expected, "{document}");
            assert_eq!(wanted(&document, None).0, expected, "{document}");
        }
        // The index knows better.
        let document = key("`Token <key>`", &json!({}));
        let said = Some("apiKey header Authorization (prefix `GenieKey `)");
        assert_eq!(wanted(&document, said).0, "`authorization: GenieKey KEY`");
    }

    #[test]
    fn what_no_scheme_declares_is_told_by_the_parameters() {
        let of = |operation: Value| json!({ "paths": { "/me": { "get": operation } } });
        let header = |name: &str| json!({ "in": "header", "name": name, "required": true });
        let cases = [
            (
                of(
                    json!({ "parameters": [header("X-User-Id"), header("X-Auth-Token"), header("X-Trace-Id")] }),
                ),
                "`x-user-id: KEY` and `x-auth-token: KEY`",
                0,
            ),
            (
                of(
                    json!({ "parameters": [{ "in": "query", "name": "key" }, { "in": "query", "name": "page_token" }] }),
                ),
                "key in the query",
                0,
            ),
            (
                of(
                    json!({ "requestBody": { "content": { "application/json": { "schema": {
                    "properties": { "id": {}, "api_key": {} } } } } } }),
                ),
                "api_key in the body",
                0,
            ),
            (
                of(json!({ "parameters": [header("X-Trace-Id")] })),
                "the key anywhere",
                1,
            ),
        ];
        for (document, expected, doubts) in cases {
            assert_eq!(
                wanted(&document, Some("none declared")),
                (expected.to_owned(), doubts),
                "{document}"
            );
        }
    }

    #[test]
    fn a_bearer_scheme_may_know_another_word() {
        let of = |scheme: Value| {
            json!({
                "security": [{ "it": [] }],
                "paths": { "/me": { "get": {} } },
                "components": { "securitySchemes": { "it": scheme } },
            })
        };
        let cases = [
            (json!({}), "`authorization: Bearer KEY`"),
            (
                json!({ "bearerFormat": "JWT" }),
                "`authorization: Bearer KEY`",
            ),
            (
                json!({ "bearerFormat": "Metrics <token>" }),
                "`authorization: Metrics KEY`",
            ),
            (
                json!({ "description": "`Authorization: Token <key>`" }),
                "`authorization: Token KEY`",
            ),
            (
                json!({ "description": "`Authorization: Bearer <key>`" }),
                "`authorization: Bearer KEY`",
            ),
        ];
        for (mut scheme, expected) in cases {
            scheme["type"] = json!("http");
            scheme["scheme"] = json!("bearer");
            let document = of(scheme);
            assert_eq!(
                wanted(&document, Some("http bearer")).0,
                expected,
                "{document}"
            );
        }
    }

    #[test]
    fn a_browsers_session_is_for_browsers() {
        let document = json!({ "paths": { "/me": { "get": {} } } });
        let cases = [
            ("apiKey cookie sid OR apiKey header X-Key", "`x-key: KEY`"),
            ("apiKey cookie sid", "the cookie sid"),
            (
                "http basic AND http bearer AND apiKey header X-Tenant",
                "`authorization: Basic base64(KEY)` and `x-tenant: KEY`, or `authorization: Bearer KEY` and `x-tenant: KEY`",
            ),
            ("oauth2 AND http bearer", "`authorization: Bearer KEY`"),
            (
                "http basic AND apiKey header X-CSRFToken OR http bearer",
                "`authorization: Bearer KEY`",
            ),
        ];
        for (said, expected) in cases {
            assert_eq!(wanted(&document, Some(said)).0, expected, "{said}");
        }
    }

    #[test]
    fn a_summary_that_is_not_understood_is_a_doubt_and_the_description_speaks() {
        let document = json!({
            "security": [{ "a": [] }],
            "paths": { "/me": { "get": {} } },
            "securityDefinitions": { "a": { "type": "apiKey", "in": "query", "name": "k" } },
        });
        assert_eq!(
            wanted(&document, Some("by arrangement")),
            ("k in the query".to_owned(), 1)
        );
        assert_eq!(wanted(&document, None), ("k in the query".to_owned(), 0));
    }
}
