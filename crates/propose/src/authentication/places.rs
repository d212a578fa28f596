//! Where the token goes: by schemes of the description, or into parameters and the body, as one text or in parts.

use crate::words;
use crate::yaml::{Map, Node};

use super::details::Detail;
use super::scheme::{Rank, Scheme};
use super::secrets::Secret;
use super::{Authentication, Context};

/// How a token of several parts is given as one text.
const IN_ORDER: &str = "A token that is one text has them in this order, with colons between; in the environment each is in its own `env`.";

impl Context<'_> {
    /// The token goes by schemes of the description.
    pub(super) fn declare(
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
            proposal
                .token
                .explain("parts", parts, format!("{why} {IN_ORDER}"));
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
        if chosen.len() > 1 && (has_basic || !needs_parts) {
            proposal.token.remark(self.order(chosen));
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
    pub(super) fn place(
        &self,
        secrets: &[Secret<'_>],
        reason: &str,
        proposal: &mut Authentication,
    ) {
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
            "{reason} The credential is of several parts: {}. {IN_ORDER}",
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

    /// What is to be known of the parts that the schemes of one requirement are. A reader has them in the order of their
    /// names, and names their variables after them.
    fn order(&self, chosen: &[Scheme<'_>]) -> String {
        let parts: Vec<_> = chosen
            .iter()
            .flat_map(|scheme| {
                if scheme.is_basic() {
                    vec!["username", "password"]
                } else {
                    vec![scheme.name]
                }
            })
            .collect();
        let variables: Vec<_> = parts
            .iter()
            .map(|part| {
                let name = keyholder_describe::variable(self.provider, part);
                format!("`{part}` in {name}")
            })
            .collect();
        format!(
            "The operation asks for all of them at once. A token that is one text has the parts in the order of the schemes' names, with colons between: `{}`. In the environment each has a variable of its own: {}.",
            parts.join(":"),
            variables.join(", ")
        )
    }

    /// The variable of a part.
    fn variable(&self, part: &str) -> String {
        let key = part.to_uppercase();
        let own = keyholder_describe::variable(self.provider, "");
        if key.starts_with(&own) {
            return key;
        }
        keyholder_describe::variable(self.provider, part)
    }
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
