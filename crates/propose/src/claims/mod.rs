//! Proposes the claims of an identity from the fields of the answer.

mod organizations;
mod permissions;
mod quotas;
mod subject;
mod subject_type;
mod tables;

use super::shape::Shape;
use super::words;
use super::yaml::Map;
use keyholder_openapi::pointer;
use subject::Subject;
use tables::{Kind, Rule};

/// A proposed `identity`.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// The mapping, with a comment on each guess.
    pub map: Map,
}

impl Identity {
    /// The claims that were found.
    pub(super) fn claims(&self) -> impl Iterator<Item = &str> {
        self.map.keys()
    }
}

/// What is known of the operation beside its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// Path, operationId and summary, as a [`words::line`].
    pub about: String,
}

impl Context {
    /// Whether the operation's names speak of any of these.
    fn speaks_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| words::says(&self.about, name))
    }
}

/// An object of the answer, and where it stands.
#[derive(Clone, Debug)]
struct Scope<'a> {
    pointer: String,
    fields: Vec<Field<'a>>,
}

/// A field of an object.
#[derive(Clone, Debug)]
struct Field<'a> {
    pointer: String,
    /// The name's words, joined by underscores.
    key: String,
    shape: Shape<'a>,
}

impl<'a> Scope<'a> {
    fn new(pointer: &str, shape: &Shape<'a>) -> Self {
        let fields = shape.fields().into_iter().map(|(name, shape)| Field {
            pointer: pointer::push(pointer, name),
            key: words::key(name),
            shape,
        });
        Self {
            pointer: pointer.to_owned(),
            fields: fields.collect(),
        }
    }

    /// The object that a field holds.
    fn of(field: &Field<'a>) -> Self {
        Self::new(&field.pointer, &field.shape)
    }

    fn field(&self, key: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The field at a path of names, where `0` is the first item and `*` the first field of that kind.
    fn find(&self, path: &str, kind: Kind) -> Option<Field<'a>> {
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let mut candidates = self
            .fields
            .iter()
            .filter(|field| first == "*" || field.key == first);
        match rest {
            None => candidates.find(|field| kind.suits(&field.shape)).cloned(),
            Some(rest) => candidates.find_map(|field| match rest.strip_prefix("0/") {
                Some(rest) => {
                    let items = field.shape.items()?;
                    let pointer = pointer::push(&field.pointer, "0");
                    Scope::new(&pointer, &items).find(rest, kind)
                }
                None if rest == "0" => {
                    let shape = field.shape.items()?;
                    kind.suits(&shape).then(|| Field {
                        pointer: pointer::push(&field.pointer, "0"),
                        key: field.key.clone(),
                        shape,
                    })
                }
                None => Scope::of(field).find(rest, kind),
            }),
        }
    }

    /// All fields that a rule names, the best first.
    fn matches(&self, rule: &Rule) -> Vec<Field<'a>> {
        let mut found = Vec::<Field<'a>>::new();
        for name in rule.names {
            if let Some(field) = self.find(name, rule.kind)
                && !found.iter().any(|other| other.pointer == field.pointer)
            {
                found.push(field);
            }
        }
        found
    }
}

/// Proposes the mapping of an answer.
pub(super) fn propose(answer: &Shape<'_>, context: &Context) -> Identity {
    let subject = Subject::find(answer);
    let mut map = Map::default();
    let sub = sub(&subject, &mut map);
    for rule in &tables::PERSONAL {
        claim(&subject, rule, &mut map);
    }
    names(&subject, context, &mut map);
    for rule in &tables::DATES {
        claim(&subject, rule, &mut map);
    }
    let subject_type = subject_type::propose(&subject, sub.as_ref(), context, &map);
    subject_type.add_to(&mut map);
    organizations::propose(&subject, sub.as_ref(), &mut map);
    permissions::propose(&subject, &mut map);
    quotas::propose(&subject, &mut map);
    token(&subject, &mut map);
    if map.is_empty() {
        map.remark("No field of the answer looks like a claim: a good token is told from a bad one, and no more.");
    }
    Identity { map }
}

/// The identifier of the holder.
fn sub<'a>(subject: &Subject<'a>, map: &mut Map) -> Option<Field<'a>> {
    let by_name: Vec<_> = subject
        .scopes()
        .flat_map(|scope| scope.matches(&tables::SUB))
        .collect();
    if let Some(first) = by_name.first() {
        let mut comment = reason(first, "an identifier");
        others(&by_name[1..], &mut comment);
        map.explain("sub", first.pointer.as_str(), comment);
        return Some(first.clone());
    }
    let ids: Vec<_> = subject
        .scopes()
        .flat_map(|scope| scope.fields.iter().filter(|field| is_other_id(field)))
        .cloned()
        .collect();
    if let Some(first) = ids.first() {
        let mut comment = format!(
            "A guess: the field that looks most like the holder's identifier{}.",
            described(first)
        );
        others(&ids[1..], &mut comment);
        map.explain("sub", first.pointer.as_str(), comment);
        return Some(first.clone());
    }
    let substitute = subject.first(&tables::SUB_SUBSTITUTE)?;
    map.explain(
        "sub",
        substitute.pointer.as_str(),
        "The answer has no identifier; this is the next best thing, if it never goes to another holder.",
    );
    Some(substitute)
}

/// Whether a field is an identifier that is not known to be something else's.
fn is_other_id(field: &Field<'_>) -> bool {
    let Some((stem, last)) = field.key.rsplit_once('_') else {
        return false;
    };
    let names_another = stem
        .split('_')
        .any(|word| tables::OTHERS_IDS.contains(&word) || tables::ORGANIZATIONS.contains(&word));
    tables::ID_ENDINGS.contains(&last) && !names_another && field.shape.is_text()
}

/// One claim, by the first name of its table that the answer has.
fn claim(subject: &Subject<'_>, rule: &Rule, map: &mut Map) {
    let found = subject.matches(rule);
    let Some(first) = found.first() else {
        return;
    };
    let mut comment = reason(first, rule.what);
    others(&found[1..], &mut comment);
    map.explain(rule.claim, first.pointer.as_str(), comment);
}

/// The claims of names, which lean on one another.
fn names(subject: &Subject<'_>, context: &Context, map: &mut Map) {
    claim(subject, &tables::NAME, map);
    let has_name = map.get("name").is_some();
    let has_parts = map.get("given_name").is_some() || map.get("family_name").is_some();
    if !has_name && !has_parts {
        claim(subject, &tables::LABEL, map);
    }
    if map.get("name").is_none()
        && !has_parts
        && context.speaks_of(&tables::CREDENTIALS)
        && let Some(field) = subject.first(&tables::DESCRIPTION)
    {
        map.explain(
            "name",
            field.pointer.as_str(),
            "The answer is about a credential and names nobody; this says what it is for.",
        );
    }
    claim(subject, &tables::USERNAME, map);
    let username = subject
        .first(&tables::NAME)
        .filter(|field| map.get("preferred_username").is_none() && is_described_as_username(field));
    if let Some(field) = username {
        map.explain(
            "preferred_username",
            field.pointer.as_str(),
            format!("Described as the name to log in with{}.", described(&field)),
        );
    }
    if map.get("email").is_none() {
        let addresses = subject.matches(&tables::LOGIN);
        if let Some(field) = addresses.iter().find(|field| field.shape.is_email()) {
            map.explain(
                "email",
                field.pointer.as_str(),
                "Its format or its example is an e-mail address.",
            );
        }
    }
}

fn is_described_as_username(field: &Field<'_>) -> bool {
    tables::USERNAME_PHRASES
        .iter()
        .any(|phrase| field.shape.says(phrase))
}

/// What the answer says of the token itself.
fn token(subject: &Subject<'_>, map: &mut Map) {
    let mut claims = Map::default();
    for rule in &tables::TOKEN {
        let found = subject
            .around()
            .flat_map(|scope| scope.matches(rule))
            .next();
        if let Some(field) = found {
            claims.explain(
                rule.claim,
                field.pointer.as_str(),
                reason(&field, rule.what),
            );
        }
    }
    if !claims.is_empty() {
        map.add("token", claims);
    }
}

/// Why a field was taken for something: its name, and what the description says of it.
fn reason(field: &Field<'_>, what: &str) -> String {
    format!("By its name, {what}{}.", described(field))
}

/// Adds the runners-up to a comment.
fn others(others: &[Field<'_>], comment: &mut String) {
    if !others.is_empty() {
        let pointers: Vec<_> = others.iter().map(|field| field.pointer.as_str()).collect();
        comment.push_str(&format!(" Next: {}.", pointers.join(", ")));
    }
}

/// What the description says of a field, for the end of a comment.
fn described(field: &Field<'_>) -> String {
    let gist = words::gist(&field.shape.description());
    match gist.trim_end_matches(['.', ':']) {
        "" => String::new(),
        gist => format!(": \"{gist}\""),
    }
}
