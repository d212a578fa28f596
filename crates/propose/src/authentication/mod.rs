//! How the operation is authenticated: the scheme, what stands before the token, and where the token comes from.

mod choice;
mod encoding;
mod prefix;
mod scheme;
mod secrets;
mod shown;
mod variable;

pub(crate) use secrets::{is_credential, is_partner};

use serde_json::{Value, json};

use crate::document::{Description, Operation, Parameter};
use crate::overlay::Action;
use crate::words;
use crate::yaml::{Map, Node};

use choice::Decision;
use encoding::{Encoding, Half};
use prefix::Prefix;
use scheme::{Rank, Scheme};
use secrets::Secret;

/// The proposal.
#[derive(Clone, Debug, Default)]
pub(super) struct Authentication {
    /// What the overlay corrects.
    pub actions: Vec<Action>,
    /// The parameters that the token goes into, or that are removed: place and name.
    pub sent: Vec<(String, String)>,
    /// The members of the body that the token goes into, or that no example may fill: name or pointer.
    pub in_body: Vec<String>,
    /// `x-whoami`'s `token`.
    pub token: Map,
}

impl Authentication {
    /// Whether the token goes into a parameter.
    pub(super) fn sends(&self, parameter: &Parameter<'_>) -> bool {
        self.sent
            .iter()
            .any(|(place, name)| place == parameter.place() && name == parameter.name())
    }
}

/// What one scheme needs beside itself.
#[derive(Default)]
struct Detail {
    /// Members of `token`, each with what it rests on.
    members: Vec<(&'static str, String, String)>,
    remarks: Vec<String>,
    /// What the scheme is really.
    replacement: Option<(Value, String)>,
}

/// Proposes how the operation is authenticated.
pub(super) fn propose(
    description: Description<'_>,
    operation: &Operation<'_>,
    provider: &str,
) -> Authentication {
    let secrets = secrets::find(operation);
    let decision = choice::decide(description, operation, &secrets);
    let chosen = decision.chosen();
    let mut proposal = Authentication::default();
    for secret in secrets.iter().filter(|it| it.place == "body") {
        proposal.in_body.push(secret.name.clone());
    }
    remove_parameters(&decision, &chosen, operation, &mut proposal);
    let (variable, why) = variable::variable(description, operation, &chosen, provider);
    match why {
        Some(why) => proposal.token.explain("env", variable, why),
        None => proposal.token.add("env", variable),
    }
    if let Some(form) = variable::form(&chosen) {
        proposal.token.explain(
            "form",
            form,
            "The scheme's description says what tokens begin with.",
        );
    }
    if let Decision::Declared {
        others: Some(others),
        ..
    } = &decision
        && let [scheme] = chosen.as_slice()
    {
        proposal
            .token
            .explain("scheme", scheme.name, others.clone());
    }
    let context = Context {
        description,
        operation,
        provider,
    };
    match &decision {
        Decision::Placed { reason } => context.place(&secrets, reason, &mut proposal),
        _ => context.declare(&chosen, &secrets, &mut proposal),
    }
    proposal
        .actions
        .extend(choice::actions(&decision, operation));
    proposal
}

/// What a proposal is made from.
struct Context<'a> {
    description: Description<'a>,
    operation: &'a Operation<'a>,
    provider: &'a str,
}

impl Context<'_> {
    /// The token goes by schemes of the description.
    fn declare(
        &self,
        chosen: &[Scheme<'_>],
        secrets: &[Secret<'_>],
        proposal: &mut Authentication,
    ) {
        // Parameters that are a credential for certain, and that no scheme sends.
        let more: Vec<_> = secrets
            .iter()
            .filter(|it| it.is_required && (it.is_certain || it.is_partner))
            .filter(|it| matches!(it.place, "header" | "query"))
            .filter(|it| {
                !proposal
                    .sent
                    .iter()
                    .any(|(place, name)| *place == *it.place && *name == it.name)
            })
            .collect();
        let more = if more.iter().any(|it| it.is_certain) {
            more
        } else {
            Vec::new()
        };
        let mut details: Vec<_> = chosen.iter().map(|scheme| self.detail(scheme)).collect();
        for (scheme, detail) in chosen.iter().zip(&mut details) {
            if let Some((object, why)) = detail.replacement.take() {
                proposal.actions.extend(scheme.replace(&object, &why));
            }
        }
        let is_several = chosen.len() + more.len() > 1;
        let needs_parts = !more.is_empty() || details.iter().any(|it| !it.members.is_empty());
        let has_basic = chosen.iter().any(Scheme::is_basic);
        if is_several && needs_parts && !has_basic {
            let mut parts = Vec::new();
            for (scheme, detail) in chosen.iter().zip(&details) {
                parts.push(self.part_of_scheme(scheme, detail));
            }
            for secret in &more {
                parts.push(self.part(secret, &mut proposal.token));
                proposal
                    .sent
                    .push((secret.place.to_owned(), secret.name.clone()));
            }
            let why = if more.is_empty() {
                "The operation asks for all of them at once.".to_owned()
            } else {
                format!(
                    "The operation asks for the scheme, and for what is a credential itself: {}.",
                    named(&more)
                )
            };
            proposal.token.explain("parts", parts, why);
        } else if let [detail] = details.as_slice() {
            for (key, value, why) in &detail.members {
                proposal.token.explain(*key, value.clone(), why.clone());
            }
        }
        for remark in details.into_iter().flat_map(|it| it.remarks) {
            proposal.token.remark(remark);
        }
        if is_several && needs_parts && has_basic {
            proposal.token.remark("A user name and a password are asked for beside other secrets: this cannot be said here. Name one of the schemes as `scheme`.");
        }
        if let Some(remark) = rank_remark(chosen) {
            proposal.token.remark(remark);
        }
        for secret in secrets
            .iter()
            .filter(|it| it.place == "body" && it.is_required)
        {
            proposal.token.remark(format!(
                "The body's `{}` may be the credential rather than what the scheme sends: if so, say `in: body` and `name: {}` here. No value is given to it.{}",
                secret.name, secret.name, quoted(secret)
            ));
        }
    }

    /// The token goes into parameters or the body, which no scheme of the description says.
    fn place(&self, secrets: &[Secret<'_>], reason: &str, proposal: &mut Authentication) {
        for secret in secrets.iter().filter(|it| it.place != "body") {
            proposal
                .sent
                .push((secret.place.to_owned(), secret.name.clone()));
        }
        if let [secret] = secrets {
            let what = match secret.place {
                "body" => "a member of the body",
                "path" => "a part of the path",
                _ => "a parameter",
            };
            let doubt = if secret.is_certain {
                ""
            } else {
                " A guess by its name."
            };
            let why = format!(
                "{reason} `{}`, {what}, is the credential.{doubt}{}",
                secret.name,
                quoted(secret)
            );
            proposal.token.explain("in", secret.place, why);
            proposal.token.add("name", secret.name.clone());
            let detail = self.detail_of_secret(secret);
            for (key, value, why) in detail.members {
                proposal.token.explain(key, value, why);
            }
            for remark in detail.remarks {
                proposal.token.remark(remark);
            }
            return;
        }
        let parts: Vec<_> = secrets
            .iter()
            .map(|secret| self.part(secret, &mut proposal.token))
            .collect();
        let all: Vec<_> = secrets.iter().collect();
        let why = format!(
            "{reason} The credential is of several parts: {}. A token is their texts in this order, with colons between.",
            named(&all)
        );
        proposal.token.explain("parts", parts, why);
    }

    /// One of several parts, in a parameter or the body.
    fn part(&self, secret: &Secret<'_>, token: &mut Map) -> Node {
        let mut map = Map::default();
        map.add("part", secret.part.clone());
        map.add("in", secret.place);
        map.add("name", secret.name.clone());
        let detail = self.detail_of_secret(secret);
        for (key, value, why) in detail.members {
            map.explain(key, value, why);
        }
        for remark in detail.remarks {
            token.remark(remark);
        }
        map.add("env", self.variable(&secret.part));
        map.into()
    }

    /// One of several parts, by a scheme.
    fn part_of_scheme(&self, scheme: &Scheme<'_>, detail: &Detail) -> Node {
        let key = words::key(scheme.name);
        let part = key.strip_prefix("x_").unwrap_or(&key).to_owned();
        let mut map = Map::default();
        map.add("part", part.clone());
        let member = |key: &str| scheme.object[key].as_str().unwrap_or_default().to_owned();
        if scheme.is_bearer() {
            map.add("in", "header");
            map.add("name", "Authorization");
            if detail.members.iter().all(|(key, ..)| *key != "prefix") {
                map.add("prefix", "Bearer ");
            }
        } else {
            map.add(
                "in",
                if scheme.unusual().is_some() {
                    "header".to_owned()
                } else {
                    member("in")
                },
            );
            map.add(
                "name",
                if scheme.unusual().is_some() {
                    "Authorization".to_owned()
                } else {
                    member("name")
                },
            );
        }
        for (key, value, why) in &detail.members {
            map.explain(*key, value.clone(), why.clone());
        }
        map.add("env", self.variable(&part));
        map.into()
    }

    /// The variable of a part.
    fn variable(&self, part: &str) -> String {
        let key = part.to_uppercase();
        let provider = self.provider.replace('-', "_").to_uppercase();
        if key.starts_with(&format!("{provider}_")) {
            return key;
        }
        format!("{provider}_{key}")
    }

    /// What a scheme needs beside itself, by its own words.
    fn detail(&self, scheme: &Scheme<'_>) -> Detail {
        if scheme.is_basic() {
            return self.basic(scheme);
        }
        if let Some(name) = scheme.unusual() {
            return unusual(scheme, name);
        }
        if scheme.is_bearer() {
            return bearer(scheme);
        }
        match scheme.header() {
            Some(header) => self.key(scheme, &self.beside(header)),
            None => Detail::default(),
        }
    }

    /// The same of a header that is the credential, without a scheme.
    fn detail_of_secret(&self, secret: &Secret<'_>) -> Detail {
        if secret.place != "header" {
            return Detail::default();
        }
        let object = json!({ "type": "apiKey", "in": "header", "name": secret.name });
        let scheme = Scheme {
            name: "",
            object: &object,
        };
        let mut detail = self.key(&scheme, &secret.shown());
        if detail.replacement.take().is_some() {
            detail.remarks.push(
                "It is Basic authentication: describe it as a security scheme `{type: http, scheme: basic}`."
                    .to_owned(),
            );
        }
        detail
    }

    /// What is said of a parameter that is the same header.
    fn beside(&self, header: &str) -> String {
        let mut text = String::new();
        for parameter in self.operation.parameters() {
            if parameter.place() != "header" || !parameter.name().eq_ignore_ascii_case(header) {
                continue;
            }
            let shape = parameter.shape(self.operation.resolver);
            text.push_str(&format!(
                "{}\n{}\n",
                parameter.description(),
                shape.description()
            ));
            let sample = parameter.object["x-example"].as_str();
            for sample in shape.samples().into_iter().chain(sample) {
                text.push_str(&format!("{header}: {sample}\n"));
            }
        }
        text
    }

    /// A key in a header.
    fn key(&self, scheme: &Scheme<'_>, beside: &str) -> Detail {
        let mut detail = Detail::default();
        let own = shown::plain(&format!("{}\n{beside}", scheme.words()));
        let encoding = encoding::find(&own);
        let prefix = prefix::find(self.description, self.operation, scheme, beside);
        let basic = match &prefix {
            Prefix::Known(shown, why) if shown.is("basic") => {
                let is_encoded = matches!(encoding, Some(Encoding::Base64(_) | Encoding::Doubt(_)));
                (is_encoded || encoding::is_pair(&shown.value)).then(|| why.clone())
            }
            Prefix::Known(..) | Prefix::Bare(_) => None,
            // "Basic" is said of plans and of much else.
            _ if matches!(encoding, Some(Encoding::Base64(_))) || encoding::tells_pair(&own) => {
                encoding::basic(&own).map(|quote| format!("The scheme's own words: \"{quote}\""))
            }
            _ => None,
        };
        let is_replaced = basic.is_some() && !matches!(encoding, Some(Encoding::Already(_)));
        if let (Some(why), true) = (basic, is_replaced && scheme.is_authorization()) {
            add_half(&own, &mut detail);
            if !encoding::tells_pair(&own) {
                detail.remarks.push("A pair is sent: the key as the user name, a colon, and no password. If the key alone is to be encoded, keep the scheme and say `prefix: \"Basic \"` and `encoding: base64`.".to_owned());
            }
            detail.replacement = Some((
                json!({ "type": "http", "scheme": "basic" }),
                format!("It is Basic authentication, a pair in Base64. {why}"),
            ));
            return detail;
        }
        match prefix {
            Prefix::Known(shown, why) => {
                if shown.is("basic") && encoding.is_none() {
                    detail.remarks.push("Nothing says whether the token is the encoded pair already. If a user name and a password are to be encoded, describe the scheme as `{type: http, scheme: basic}` in place of the prefix.".to_owned());
                }
                detail.members.push(("prefix", shown.prefix, why));
            }
            Prefix::Bare(why) => detail
                .remarks
                .push(format!("Nothing stands before the key. {why}")),
            Prefix::Doubt(remark) => detail.remarks.push(remark),
            Prefix::Unsaid => {}
        }
        match encoding {
            Some(Encoding::Base64(quote)) => {
                detail
                    .members
                    .push(("encoding", "base64".to_owned(), format!("\"{quote}\"")));
            }
            Some(Encoding::Already(quote)) => detail
                .remarks
                .push(format!("The token is taken to be encoded already: \"{quote}\"")),
            Some(Encoding::Doubt(quote)) => detail.remarks.push(format!(
                "Base64 is spoken of, and whether the token is to be encoded is not plain: \"{quote}\". If it is, say `encoding: base64`."
            )),
            None => {}
        }
        detail
    }

    /// A user name and a password.
    fn basic(&self, scheme: &Scheme<'_>) -> Detail {
        let mut detail = Detail::default();
        let own = shown::plain(&scheme.words());
        if let Some(Encoding::Already(quote)) = encoding::find(&own) {
            detail
                .members
                .push(("encoding", "none".to_owned(), format!("\"{quote}\"")));
            return detail;
        }
        if add_half(&own, &mut detail) {
            return detail;
        }
        let schemes = scheme::all(self.description);
        let is_only = schemes.iter().filter(|it| it.is_basic()).count() < 2;
        if is_only {
            let info = self.description.root()["info"]["description"].as_str();
            let text = format!(
                "{}\n{}",
                prefix::texts(self.operation),
                info.unwrap_or_default()
            );
            add_half(&shown::plain(&text), &mut detail);
        }
        detail
    }
}

/// Adds the half of a pair that is fixed, if a text says so.
fn add_half(text: &str, detail: &mut Detail) -> bool {
    let Some((half, quote)) = encoding::half(text) else {
        return false;
    };
    let (key, value) = match half {
        Half::Username(value) => ("username", value),
        Half::Password(value) => ("password", value),
    };
    detail.members.push((key, value, format!("\"{quote}\"")));
    true
}

/// A bearer token; by its own words, one that another scheme stands before.
fn bearer(scheme: &Scheme<'_>) -> Detail {
    let mut detail = Detail::default();
    let own = shown::plain(&scheme.words());
    let mut found = shown::in_header(&own, "Authorization");
    let format = scheme.object["bearerFormat"].as_str().unwrap_or_default();
    found.extend(shown::anywhere(format, "Authorization"));
    if scheme.http().is_some()
        && let Some(first) = found.first()
        && found.iter().all(|it| it.is_same(first))
        && !first.prefix.is_empty()
        && !first.is("bearer")
        && !first.is("basic")
    {
        let why = format!(
            "Not `Bearer`, by the scheme's own words: \"{}\"",
            first.quote
        );
        detail.members.push(("prefix", first.prefix.clone(), why));
    }
    detail
}

/// A scheme of HTTP that stands before a token as `Bearer` does.
fn unusual(scheme: &Scheme<'_>, name: &str) -> Detail {
    let mut detail = Detail::default();
    let found = shown::anywhere(&shown::plain(&scheme.words()), "Authorization");
    let shown = found
        .first()
        .filter(|first| found.iter().all(|it| it.is_same(first)) && !first.prefix.is_empty());
    let (prefix, why) = match shown {
        Some(shown) => (
            shown.prefix.clone(),
            format!("The scheme's own words: \"{}\"", shown.quote),
        ),
        None => (
            format!("{name} "),
            format!(
                "The scheme's own: \"scheme: {name}\". It is no registered one; check that it is spelt like this."
            ),
        ),
    };
    detail.members.push(("prefix", prefix, why));
    detail.replacement = Some((
        json!({ "type": "apiKey", "in": "header", "name": "Authorization" }),
        format!("A token stands after `{name}` as it is: a key in the header, with a prefix."),
    ));
    detail
}

/// What is to be said of a scheme that no program's token satisfies well.
fn rank_remark(chosen: &[Scheme<'_>]) -> Option<String> {
    let scheme = chosen.iter().max_by_key(|it| it.rank())?;
    let name = scheme.name;
    match scheme.rank() {
        Rank::Session => Some(format!(
            "`{name}` is a session, as a browser has one, and the operation takes nothing else: what a program has may be no such token."
        )),
        Rank::Unusable => Some(format!(
            "`{name}` is not satisfied by a token alone, and the description offers nothing else. If there is another way, say it by `in` and `name`."
        )),
        _ => None,
    }
}

/// The names of what the credential consists of.
fn named(secrets: &[&Secret<'_>]) -> String {
    let names: Vec<_> = secrets
        .iter()
        .map(|it| match quoted(it).as_str() {
            "" => format!("`{}`", it.name),
            quoted => format!(
                "`{}` ({})",
                it.name,
                quoted.trim().trim_start_matches("Described as: ")
            ),
        })
        .collect();
    names.join(" and ")
}

/// What is said of it, for a comment.
fn quoted(secret: &Secret<'_>) -> String {
    match secret.said.trim() {
        "" => String::new(),
        said => format!(" Described as: \"{}\"", words::quote(said)),
    }
}

/// Removes the parameters that are the same as a scheme.
fn remove_parameters(
    decision: &Decision<'_>,
    chosen: &[Scheme<'_>],
    operation: &Operation<'_>,
    proposal: &mut Authentication,
) {
    let is_replaced = |parameter: &Parameter<'_>| match decision {
        Decision::Placed { .. } => false,
        _ => chosen.iter().any(|scheme| is_sent_by(scheme, parameter)),
    };
    for parameter in operation.parameters().iter().filter(|it| is_replaced(it)) {
        let sent = (parameter.place().to_owned(), parameter.name().to_owned());
        proposal.sent.push(sent);
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

/// Calls `each` for every string in `value`.
fn strings<'a>(value: &'a Value, each: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(members) => members.values().for_each(|member| strings(member, each)),
        _ => {}
    }
}
