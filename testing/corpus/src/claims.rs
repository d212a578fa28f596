//! What an index says of an answer's claims, and whether an identity has them.
//!
//! The index is written for people: `/user/id`, `/first_name + /last_name`, `/memberId or /tokenId`,
//! `/workspaces[] (gid,name)`, `/account (single: id,name)`, `/photo/url (photo nullable)`. What stands before the
//! parenthesis says where; in it, names without spaces are members of an organization.

use std::collections::BTreeMap;

use serde_json::Value;

/// A claim that an identity has a place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// The index's name of it.
    name: String,
    place: Place,
    /// The place of this claim alone, where others share its source.
    own: Option<&'static str>,
    source: Source,
    /// What is told of an organization.
    members: Vec<String>,
}

/// Where an identity has it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// At one of these pointers.
    Text(Vec<&'static str>),
    Organizations,
    Scopes,
}

/// Where the answer has it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// At one of these pointers.
    Any(Vec<String>),
    /// A given and a family name.
    Names(String, String),
    /// At all of these pointers.
    All(Vec<String>),
}

/// How a claim came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// The identity has it.
    Found,
    /// It does not, and why.
    Missing(String),
    /// It has something else in its place, and what.
    Wrong(String),
    /// The answer has nothing there that says it.
    NotExpected,
}

/// The claims of an index's row that an identity has a place for.
pub(super) fn read(claims: &BTreeMap<String, Value>) -> Vec<Claim> {
    let mut read: Vec<_> = claims
        .iter()
        .filter_map(|(name, text)| claim(name, text.as_str()?))
        .collect();
    // One value needs no more than one place.
    let shared: Vec<_> = read
        .iter()
        .map(|claim| {
            let same = read.iter().filter(|other| other.source == claim.source);
            let mut places: Vec<_> = same.flat_map(Claim::texts).copied().collect();
            places.dedup();
            places
        })
        .collect();
    for (claim, shared) in read.iter_mut().zip(shared) {
        if let Place::Text(places) = &mut claim.place {
            *places = shared;
        }
    }
    read
}

fn claim(name: &str, text: &str) -> Option<Claim> {
    let place = match name {
        "sub" => Place::Text(vec!["/sub"]),
        // A token has a name, too.
        "name" => Place::Text(vec!["/name", "/token/name"]),
        "given_name" => Place::Text(vec!["/given_name"]),
        "family_name" => Place::Text(vec!["/family_name"]),
        "username" | "preferred_username" => Place::Text(vec!["/preferred_username"]),
        "email" => Place::Text(vec!["/email"]),
        "email_verified" => Place::Text(vec!["/email_verified"]),
        "picture" => Place::Text(vec!["/picture"]),
        "created_at" => Place::Text(vec!["/created_at"]),
        "updated_at" => Place::Text(vec!["/updated_at"]),
        "expires" | "expires_at" => Place::Text(vec!["/token/expires_at"]),
        "token" | "token_id" => Place::Text(vec!["/token/id"]),
        "orgs" | "organizations" => Place::Organizations,
        "scope" | "scopes" => Place::Scopes,
        _ => return None,
    };
    let (pointers, note) = text.split_once('(').unwrap_or((text, ""));
    let note = note.rsplit_once(')').map_or(note, |(note, _)| note);
    let note = note.split_once(':').map_or(note, |(_, members)| members);
    let is_name =
        |name: &&str| !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '/');
    let members = note.split(',').map(str::trim).filter(is_name);
    let split = |separator: &str| -> Vec<String> {
        let pointers = pointers.split(separator);
        pointers
            .map(|it| it.trim().trim_end_matches("[]").to_owned())
            .collect()
    };
    let mut alternatives = split(" or ");
    // Beside names in one, those in two are what the same is made of.
    if alternatives.iter().any(|it| !it.contains('+')) {
        alternatives.retain(|it| !it.contains('+'));
    }
    let source = match (split("+").as_slice(), split(",").as_slice()) {
        _ if alternatives.len() > 1 => Source::Any(alternatives),
        ([given, family], _) if alternatives.iter().all(|it| it.contains('+')) => {
            Source::Names(given.clone(), family.clone())
        }
        (_, [_, _, ..]) => Source::All(split(",")),
        _ => Source::Any(alternatives),
    };
    let mut place = place;
    if let (Place::Text(places), Source::Any(pointers)) = (&mut place, &source) {
        places.extend(elsewhere(name, pointers));
    }
    let own = match &place {
        Place::Text(places) => places.first().copied(),
        Place::Organizations | Place::Scopes => None,
    };
    Some(Claim {
        name: name.to_owned(),
        place,
        own,
        source,
        members: members.map(str::to_owned).collect(),
    })
}

/// Where else an identity may have a claim: what a credential says of itself is the token's, and a name in one part is a
/// given name.
fn elsewhere(name: &str, pointers: &[String]) -> Option<&'static str> {
    let all = |is: fn(&str) -> bool| pointers.iter().all(|pointer| is(pointer));
    let is_credential = |pointer: &str| {
        let parent = pointer
            .rsplit_once('/')
            .map_or("", |(parent, _)| last(parent));
        let words = parent.to_ascii_lowercase();
        words.ends_with("key") || words.ends_with("token") || words.ends_with("credential")
    };
    match name {
        "sub" if all(is_credential) => Some("/token/id"),
        "created_at" if all(is_credential) => Some("/token/issued_at"),
        "name" if all(|pointer| matches!(last(pointer), "first_name" | "firstName")) => {
            Some("/given_name")
        }
        _ => None,
    }
}

/// Whether the answer has what the claim is made of.
pub(super) fn holds(claim: &Claim, answer: &Value) -> bool {
    let is_organization = claim.place == Place::Organizations;
    let says = |value: &Value| match value {
        Value::Null => false,
        // An organization of which nothing is said is none.
        Value::Object(members) => !(is_organization && members.is_empty()),
        _ => true,
    };
    let has = |pointer: &String| answer.pointer(pointer).is_some_and(says);
    match &claim.source {
        Source::Any(pointers) => pointers.iter().any(has),
        Source::Names(given, family) => has(given) && has(family),
        Source::All(pointers) => pointers.iter().all(has),
    }
}

/// Whether a value of the claim tells whose token it is.
pub(super) fn names_somebody(claim: &Claim) -> bool {
    match &claim.place {
        Place::Text(places) => places.iter().any(|place| {
            !matches!(
                *place,
                "/email_verified"
                    | "/picture"
                    | "/created_at"
                    | "/updated_at"
                    | "/token/expires_at"
            )
        }),
        Place::Organizations => true,
        Place::Scopes => false,
    }
}

impl Claim {
    fn texts(&self) -> &[&'static str] {
        match &self.place {
            Place::Text(places) => places,
            Place::Organizations | Place::Scopes => &[],
        }
    }

    /// Whether the answer has that value where the index says that this claim is.
    fn sends(&self, answer: &Value, value: &Value) -> bool {
        let (Source::Any(pointers) | Source::All(pointers)) = &self.source else {
            return false;
        };
        let sent = pointers
            .iter()
            .filter_map(|pointer| answer.pointer(pointer).and_then(plain));
        plain(value).is_some_and(|value| sent.into_iter().any(|sent| sent == value))
    }

    /// Whether `identity` has what `answer` says.
    pub(super) fn check(&self, answer: &Value, identity: &Value) -> Finding {
        if !holds(self, answer) {
            let said = self
                .own
                .and_then(|place| identity.pointer(place))
                .and_then(plain);
            return match said {
                Some(said) => self.wrong(&format!(
                    "the answer does not have it, and the identity says {said:?}"
                )),
                None => self.missing("the answer does not have it"),
            };
        }
        match &self.place {
            Place::Text(places) => self.check_text(places, answer, identity),
            Place::Organizations => self.check_organizations(answer, identity),
            Place::Scopes => self.check_scopes(answer, identity),
        }
    }

    fn check_text(&self, places: &[&str], answer: &Value, identity: &Value) -> Finding {
        let said = |place: &&str| identity.pointer(place).and_then(plain);
        let is_found = match &self.source {
            Source::Any(pointers) | Source::All(pointers) => {
                let sent = pointers.iter();
                let sent: Vec<_> = sent
                    .filter_map(|pointer| answer.pointer(pointer).and_then(plain))
                    .collect();
                // Right elsewhere, and another here.
                if let Some(other) = self
                    .own
                    .as_ref()
                    .and_then(said)
                    .filter(|it| !sent.contains(it))
                {
                    return self.wrong(&format!("the identity says {other:?}"));
                }
                places
                    .iter()
                    .filter_map(said)
                    .any(|said| sent.contains(&said))
            }
            Source::Names(given, family) => {
                let sent = |pointer| answer.pointer(pointer).and_then(plain).unwrap_or_default();
                let (given, family) = (sent(given), sent(family));
                let said = |place| identity.pointer(place).and_then(plain).unwrap_or_default();
                let name = said("/name");
                (said("/given_name") == given && said("/family_name") == family)
                    || (name.contains(&given) && name.contains(&family))
            }
        };
        if is_found {
            return Finding::Found;
        }
        let said: Vec<_> = places.iter().filter_map(said).collect();
        match said.first() {
            None => self.missing("the identity does not have it"),
            Some(said) if self.is_part(answer, said) => {
                self.missing(&format!("the identity says {said:?} alone"))
            }
            Some(said) => self.wrong(&format!("the identity says {said:?}")),
        }
    }

    /// Whether a value is a given or a family name, where the claim is both.
    fn is_part(&self, answer: &Value, said: &str) -> bool {
        let Source::Names(given, family) = &self.source else {
            return false;
        };
        let mut parts = [given, family].into_iter();
        parts.any(|it| {
            answer
                .pointer(it)
                .and_then(plain)
                .is_some_and(|it| it == said)
        })
    }

    fn check_organizations(&self, answer: &Value, identity: &Value) -> Finding {
        let organizations = identity["organizations"].as_array();
        let organizations = organizations.map(Vec::as_slice).unwrap_or_default();
        let pointers = match &self.source {
            Source::Any(pointers) => pointers.clone(),
            Source::All(pointers) => {
                let parts = pointers.iter().filter_map(|pointer| {
                    let value = answer.pointer(pointer).and_then(plain)?;
                    Some((last(pointer).to_owned(), value))
                });
                let parts: Vec<_> = parts.collect();
                let is_found = organizations.iter().any(|it| covers(it, &parts));
                return self.found_among(is_found, organizations, &[parts]);
            }
            Source::Names(first, second) => vec![first.clone(), second.clone()],
        };
        let sent = pointers
            .iter()
            .find_map(|it| Some((it, answer.pointer(it)?)));
        let Some((pointer, sent)) = sent else {
            return self.missing("the answer does not have it");
        };
        let items = match sent {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let parts: Vec<_> = items
            .iter()
            .map(|item| self.parts(item, last(pointer)))
            .collect();
        if parts.first().is_none_or(Vec::is_empty) {
            return Finding::NotExpected;
        }
        let is_found = parts.iter().all(|parts| {
            let is_told = organizations.iter().any(|it| covers(it, parts));
            // A list of words may be of roles.
            is_told || (sent.is_array() && is_listed(identity, parts))
        });
        self.found_among(is_found, organizations, &parts)
    }

    /// One that is not found is wrong where an organization is told by an id or a name that is another's.
    fn found_among(
        &self,
        is_found: bool,
        organizations: &[Value],
        parts: &[Vec<(String, String)>],
    ) -> Finding {
        let told = |organization: &Value| {
            plain(&organization["id"]).or_else(|| plain(&organization["name"]))
        };
        let is_sent = |value: &String| parts.iter().flatten().any(|(_, sent)| sent == value);
        let other = organizations
            .iter()
            .filter_map(told)
            .find(|it| !is_sent(it));
        match other {
            Some(other) if !is_found => self.wrong(&format!("the identity says {other:?}")),
            _ => self.found(is_found),
        }
    }

    /// What identifies an organization: its listed members, or those whose names say so; a text is one itself.
    fn parts(&self, item: &Value, name: &str) -> Vec<(String, String)> {
        if let Some(text) = plain(item) {
            return vec![(name.to_owned(), text)];
        }
        let members = item.as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| match self.members.as_slice() {
            [] => field(name).is_some(),
            listed => listed.contains(name),
        });
        members
            .filter_map(|(name, value)| Some((name.clone(), plain(value)?)))
            .collect()
    }

    fn check_scopes(&self, answer: &Value, identity: &Value) -> Finding {
        let (Source::Any(pointers) | Source::All(pointers)) = &self.source else {
            return Finding::NotExpected;
        };
        let sent = pointers.iter().find_map(|pointer| answer.pointer(pointer));
        let sent: Vec<String> = match sent {
            Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            Some(Value::Array(items)) => items.iter().filter_map(plain).collect(),
            _ => Vec::new(),
        };
        if sent.is_empty() {
            return Finding::NotExpected;
        }
        let said = identity["scopes"].as_array().into_iter().flatten();
        let other = said.filter_map(plain).find(|scope| !sent.contains(scope));
        let is_found = sent
            .into_iter()
            .all(|scope| is_listed(identity, &[(String::new(), scope)]));
        match other {
            Some(other) => self.wrong(&format!("the identity says {other:?}")),
            None => self.found(is_found),
        }
    }

    fn found(&self, is_found: bool) -> Finding {
        if is_found {
            Finding::Found
        } else {
            self.missing("the identity does not have it")
        }
    }

    fn missing(&self, reason: &str) -> Finding {
        Finding::Missing(self.told(reason))
    }

    fn wrong(&self, reason: &str) -> Finding {
        Finding::Wrong(self.told(reason))
    }

    fn told(&self, reason: &str) -> String {
        let pointers = match &self.source {
            Source::Any(pointers) | Source::All(pointers) => pointers.join(", "),
            Source::Names(given, family) => format!("{given}, {family}"),
        };
        format!("{} of {pointers}: {reason}", self.name)
    }
}

/// Whether indexes list the claim wherever an answer has it: then one that they do not list is wrong. Of dates, scopes
/// and the like they list some.
pub(super) fn is_listed_by_indexes(claim: &str) -> bool {
    matches!(
        claim,
        "sub" | "name" | "username" | "email" | "picture" | "orgs"
    )
}

/// What an identity says where the index says nothing: names of claims, each with its value. A name may be what the
/// index has as another claim of the same holder, such as a user name.
pub(super) fn beyond(
    claims: &[Claim],
    answer: &Value,
    identity: &Value,
) -> Vec<(&'static str, String)> {
    let is_a_name = |name: &str| matches!(name, "name" | "username" | "email");
    let is_known_as_another = |name: &str, value: &Value| {
        let mut others = claims.iter().filter(|claim| is_a_name(&claim.name));
        is_a_name(name) && others.any(|claim| claim.sends(answer, value))
    };
    let has = |names: &[&str]| {
        claims
            .iter()
            .any(|claim| names.contains(&claim.name.as_str()))
    };
    let named = [
        ("sub", "/sub", has(&["sub"])),
        ("name", "/name", has(&["name", "given_name", "family_name"])),
        (
            "username",
            "/preferred_username",
            has(&["username", "preferred_username"]),
        ),
        ("email", "/email", has(&["email"])),
        ("picture", "/picture", has(&["picture"])),
        ("created_at", "/created_at", has(&["created_at"])),
        ("updated_at", "/updated_at", has(&["updated_at"])),
        (
            "expires",
            "/token/expires_at",
            has(&["expires", "expires_at"]),
        ),
        ("orgs", "/organizations/0", has(&["orgs", "organizations"])),
        ("scope", "/scopes/0", has(&["scope", "scopes"])),
    ];
    named
        .into_iter()
        .filter(|(.., is_known)| !is_known)
        .filter_map(|(name, pointer, _)| {
            let value = identity.pointer(pointer)?;
            if is_known_as_another(name, value) {
                return None;
            }
            Some((name, plain(value).unwrap_or_else(|| value.to_string())))
        })
        .collect()
}

/// Whether the identity lists the values as scopes or permissions.
fn is_listed(identity: &Value, parts: &[(String, String)]) -> bool {
    let list = |pointer| {
        identity
            .pointer(pointer)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let scopes = list("/scopes").filter_map(plain);
    let permissions = list("/permissions").filter_map(|it| plain(&it["permission"]));
    let listed: Vec<_> = scopes.chain(permissions).collect();
    parts.iter().all(|(_, value)| listed.contains(value))
}

/// Whether an organization has all values, each where its name belongs.
fn covers(organization: &Value, parts: &[(String, String)]) -> bool {
    let fields = ["id", "name", "slug", "role"];
    parts.iter().all(|(name, value)| {
        let has = |field: &&str| organization[*field].as_str() == Some(value);
        match field(name) {
            Some(field) => has(&field),
            None => fields.iter().any(has),
        }
    })
}

/// The field of an organization that a member's name tells of.
fn field(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if name.ends_with("id") {
        Some("id")
    } else if name.ends_with("name") {
        Some("name")
    } else if name == "slug" {
        Some("slug")
    } else {
        None
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// A scalar as a text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{Claim, Finding, beyond, names_somebody, read};

    fn claims(claims: &[(&str, &str)]) -> Vec<Claim> {
        let claims = claims
            .iter()
            .map(|(name, text)| ((*name).to_owned(), json!(text)));
        read(&claims.collect::<BTreeMap<_, _>>())
    }

    fn finding(name: &str, text: &str, answer: &Value, identity: &Value) -> Finding {
        claims(&[(name, text)])[0].check(answer, identity)
    }

    #[test]
    fn what_the_answer_says_is_found_where_it_belongs() {
        let answer = json!({
            "user": { "id": 7, "first": "Ada", "last": "King", "mail": "a@b.example", "photo": { "url": "u" } },
            "teams": [{ "gid": "t1", "name": "One" }, { "gid": "t2", "name": "Two" }],
            "account": { "id": "a", "name": "Acme", "plan": "free" },
            "team_id": "t1", "workspace": "w", "workspace_name": "W",
            "scope": "read write", "roles": ["admin"], "until": "2030-01-01", "first_name": "Ada", "display": "Ada K.",
            "api_key": { "id": "k", "made": "2026-01-01" },
        });
        let cases = [
            ("sub", "/user/id", json!({ "sub": "7" })),
            ("sub", "/nothing or /user/id", json!({ "sub": "7" })),
            ("email", "/user/mail", json!({ "email": "a@b.example" })),
            (
                "picture",
                "/user/photo/url (photo nullable)",
                json!({ "picture": "u" }),
            ),
            (
                "name",
                "/user/first + /user/last",
                json!({ "given_name": "Ada", "family_name": "King" }),
            ),
            (
                "name",
                "/user/first + /user/last",
                json!({ "name": "Ada King" }),
            ),
            ("name", "/team_id", json!({ "token": { "name": "t1" } })),
            (
                "expires",
                "/until",
                json!({ "token": { "expires_at": "2030-01-01" } }),
            ),
            ("scope", "/scope", json!({ "scopes": ["write", "read"] })),
            (
                "scope",
                "/roles",
                json!({ "permissions": [{ "permission": "admin" }] }),
            ),
            (
                "orgs",
                "/account (single: id,name)",
                json!({ "organizations": [{ "id": "a", "name": "Acme" }] }),
            ),
            (
                "orgs",
                "/teams[] (gid,name)",
                json!({ "organizations": [{ "id": "t1", "name": "One" }, { "id": "t2", "name": "Two" }] }),
            ),
            (
                "orgs",
                "/team_id",
                json!({ "organizations": [{ "id": "t1" }] }),
            ),
            (
                "orgs",
                "/workspace,/workspace_name",
                json!({ "organizations": [{ "id": "w", "name": "W" }] }),
            ),
            ("sub", "/api_key/id", json!({ "token": { "id": "k" } })),
            (
                "created_at",
                "/api_key/made",
                json!({ "token": { "issued_at": "2026-01-01" } }),
            ),
            ("name", "/first_name", json!({ "given_name": "Ada" })),
            (
                "name",
                "/display or /user/first + /user/last",
                json!({ "name": "Ada K." }),
            ),
            (
                "orgs",
                "/workspace (+ /a,/b)",
                json!({ "organizations": [{ "name": "w" }] }),
            ),
            (
                "orgs",
                "/roles[]",
                json!({ "permissions": [{ "permission": "admin" }] }),
            ),
        ];
        for (name, text, identity) in cases {
            assert_eq!(
                finding(name, text, &answer, &identity),
                Finding::Found,
                "{name}: {text}"
            );
        }
    }

    #[test]
    fn what_is_left_out_is_missing_and_what_is_mixed_up_is_wrong() {
        let answer = json!({
            "id": "1", "first": "Ada", "last": "King", "scope": "read write", "nothing": null,
            "teams": [{ "gid": "t1", "name": "One" }, { "gid": "t2", "name": "Two" }], "team": "t1",
        });
        let missing = [
            ("sub", "/id", json!({})),
            ("sub", "/elsewhere", json!({})),
            ("sub", "/id", json!({ "token": { "id": "1" } })),
            ("username", "/id", json!({ "name": "1" })),
            ("name", "/first + /last", json!({ "name": "Ada" })),
            ("scope", "/scope", json!({ "scopes": ["read"] })),
            (
                "orgs",
                "/teams[] (gid,name)",
                json!({ "organizations": [{ "id": "t1", "name": "One" }] }),
            ),
            ("orgs", "/team", json!({ "sub": "t1" })),
        ];
        for (name, text, identity) in missing {
            let finding = finding(name, text, &answer, &identity);
            assert!(
                matches!(finding, Finding::Missing(_)),
                "{name}: {text}: {finding:?}"
            );
        }
        let wrong = [
            ("sub", "/id", json!({ "sub": "2" })),
            ("sub", "/nothing", json!({ "sub": "1" })),
            (
                "name",
                "/id",
                json!({ "name": "Ada", "token": { "name": "1" } }),
            ),
            ("name", "/first + /last", json!({ "name": "Acme" })),
            (
                "scope",
                "/scope",
                json!({ "scopes": ["read", "write", "admin"] }),
            ),
            ("orgs", "/team", json!({ "organizations": [{ "id": "1" }] })),
        ];
        for (name, text, identity) in wrong {
            let finding = finding(name, text, &answer, &identity);
            assert!(
                matches!(finding, Finding::Wrong(_)),
                "{name}: {text}: {finding:?}"
            );
        }
        let halves = json!({ "given_name": "King", "family_name": "Ada" });
        assert_ne!(
            finding("name", "/first + /last", &answer, &halves),
            Finding::Found
        );
        let swapped = json!({ "organizations": [{ "id": "One", "name": "t1" }, { "id": "Two", "name": "t2" }] });
        assert_ne!(
            finding("orgs", "/teams[] (gid,name)", &answer, &swapped),
            Finding::Found
        );
    }

    #[test]
    fn what_the_index_does_not_speak_of_is_told() {
        let index = claims(&[("sub", "/id"), ("name", "/first + /last")]);
        let identity = json!({ "sub": "1", "given_name": "Ada", "email": "a@b.example", "organizations": [{ "id": "o" }] });
        let told = |index: &[Claim], answer: &Value, identity: &Value| {
            let told = beyond(index, answer, identity).into_iter();
            told.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(told(&index, &json!({}), &identity), ["email", "orgs"]);
        // The same value under another name of the holder's is no other value.
        let index = claims(&[("username", "/login")]);
        let answer = json!({ "login": "ada", "title": "Dr" });
        for (name, expected) in [("ada", &[][..]), ("Dr", &["name"][..])] {
            assert_eq!(told(&index, &answer, &json!({ "name": name })), expected);
        }
        assert_eq!(told(&index, &answer, &json!({ "sub": "ada" })), ["sub"]);
    }

    #[test]
    fn what_has_no_place_is_not_expected() {
        assert!(claims(&[("device", "/device_id"), ("groups", "/groups")]).is_empty());
        let answer = json!({ "owner": { "type": "workspace", "workspace": true } });
        let finding = finding("orgs", "/owner", &answer, &json!({}));
        assert_eq!(finding, Finding::NotExpected);
        let orgs = claims(&[("orgs", "/0 (id,name)")]);
        assert!(!super::holds(&orgs[0], &json!([{}])));
        assert!(super::holds(&orgs[0], &json!([{ "id": "o" }])));
    }

    #[test]
    fn one_value_needs_one_place() {
        let identity = json!({ "email": "a@b.example" });
        let answer = json!({ "login": "a@b.example" });
        for claim in claims(&[("email", "/login"), ("username", "/login")]) {
            assert_eq!(claim.check(&answer, &identity), Finding::Found);
        }
    }

    #[test]
    fn a_scope_names_nobody() {
        let named = |claim| claims(&[claim]).iter().all(names_somebody);
        for claim in [
            ("sub", "/id"),
            ("email", "/email"),
            ("orgs", "/orgs[] (id,name)"),
        ] {
            assert!(named(claim), "{claim:?}");
        }
        for claim in [
            ("scope", "/scope"),
            ("picture", "/photo"),
            ("expires", "/until"),
        ] {
            assert!(!named(claim), "{claim:?}");
        }
    }
}
