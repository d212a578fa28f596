//! What kind of holder it is.

use serde_json::Value;

use super::super::words;
use super::super::yaml::{Map, Node};
use super::subject::{self, Holder, Subject};
use super::tables::{self, Kind};
use super::{Context, Field, described};

/// A proposed `subject_type`, or why there is none.
pub(super) struct SubjectType {
    node: Option<Node>,
    comment: String,
}

impl SubjectType {
    /// Adds it to the mapping.
    pub(super) fn add_to(self, map: &mut Map) {
        match self.node {
            Some(node) => map.explain("subject_type", node, self.comment),
            None if map.is_empty() => {}
            None => map.remark(self.comment),
        }
    }

    fn constant(subject_type: &str, comment: impl Into<String>) -> Self {
        Self {
            node: Some(subject_type.into()),
            comment: comment.into(),
        }
    }
}

/// Proposes the kind of holder: by a field that tells, by what identifies it, by what the operation is about.
pub(super) fn propose(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
    context: &Context,
    claims: &Map,
) -> SubjectType {
    by_presence(subject)
        .or_else(|| by_field(subject))
        .or_else(|| by_flag(subject))
        .or_else(|| by_holder(subject))
        .or_else(|| by_identifier(subject, sub))
        .or_else(|| by_evidence(subject, sub, context, claims))
        .unwrap_or_else(|| SubjectType {
            node: None,
            comment: "subject_type is left out, so it is unknown: nothing says what kind of holder it is."
                .to_owned(),
        })
}

/// By which of several holders the answer has.
fn by_presence(subject: &Subject<'_>) -> Option<SubjectType> {
    if subject.others.is_empty() {
        return None;
    }
    let present: Vec<Node> = std::iter::once(subject)
        .chain(&subject.others)
        .map(|it| {
            let kind = subject::kind_of(&it.name);
            Node::List(vec![Node::from(it.pointer()), Node::from(kind)])
        })
        .collect();
    let mut node = Map::default();
    node.add("present", present);
    Some(SubjectType {
        node: Some(node.into()),
        comment: "The answer has one of several kinds of holder.".to_owned(),
    })
}

/// By what the holder's object is.
fn by_holder(subject: &Subject<'_>) -> Option<SubjectType> {
    let (kind, comment) = match subject.holder {
        Holder::Organization => (
            "organization",
            "By its names, the answer is about an organization.",
        ),
        Holder::Application => (
            "application",
            "By its names, the answer is about an application.",
        ),
        Holder::Somebody | Holder::Credential | Holder::Thing => return None,
    };
    Some(SubjectType::constant(kind, comment))
}

/// By a field whose values name kinds of holder.
fn by_field(subject: &Subject<'_>) -> Option<SubjectType> {
    subject.scopes().find_map(|scope| {
        tables::TYPE_FIELDS.iter().find_map(|name| {
            let field = scope.field(name).filter(|field| field.shape.is_string())?;
            by_values(field)
        })
    })
}

fn by_values(field: &Field<'_>) -> Option<SubjectType> {
    let all = field.shape.values();
    let description = field.shape.description();
    let mut shown = all.clone();
    shown.extend(field.shape.samples());
    if shown.is_empty() {
        shown.extend(words::quoted(&description));
    }
    let mut values = Vec::<(&str, &str)>::new();
    for value in shown {
        if let Some(meaning) = meaning(value)
            && !values.iter().any(|(other, _)| *other == value)
        {
            values.push((value, meaning));
        }
    }
    let (_, first) = *values.first()?;
    let is_constant = matches!(all.as_slice(), [_]) || is_always(&description);
    if is_constant && values.len() == 1 {
        let comment = format!("`{}` always says so{}.", field.pointer, described(field));
        return Some(SubjectType::constant(first, comment));
    }
    let mut map = Map::default();
    for (value, meaning) in &values {
        map.add(*value, *meaning);
    }
    let mut node = Map::default();
    node.add("at", field.pointer.as_str());
    node.add("values", map);
    let documented = if all.is_empty() {
        "the values that its examples show; others may exist"
    } else {
        "the values that it may have, as far as their meaning is plain"
    };
    Some(SubjectType {
        node: Some(node.into()),
        comment: format!("By its name, the kind of holder; {documented}."),
    })
}

fn is_always(description: &str) -> bool {
    words::says(&words::line(description), "always")
}

/// What a value of such a field means.
fn meaning(value: &str) -> Option<&'static str> {
    let key = words::key(value);
    tables::SUBJECT_TYPES
        .iter()
        .find(|(_, values)| values.contains(&key.as_str()))
        .map(|(meaning, _)| *meaning)
}

/// By a field that is true for what is not a person.
fn by_flag(subject: &Subject<'_>) -> Option<SubjectType> {
    let field = subject.scopes().find_map(|scope| {
        tables::MACHINE_FLAGS
            .iter()
            .filter_map(|name| scope.find(name, Kind::Flag))
            .find(|field| field.shape.types().contains("boolean"))
    })?;
    let mut values = Map::default();
    values.add(Value::Bool(true).to_string(), "service_account");
    values.add(Value::Bool(false).to_string(), "user");
    let mut node = Map::default();
    node.add("at", field.pointer.as_str());
    node.add("values", values);
    Some(SubjectType {
        node: Some(node.into()),
        comment: format!("A guess by its name{}.", described(&field)),
    })
}

/// By what identifies it, or the object that it stands in.
fn by_identifier(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<SubjectType> {
    let sub = sub?;
    let own = words::line(&sub.shape.description());
    let stem = sub.key.rsplit_once('_').map_or("", |(stem, _)| stem);
    for (meaning, names) in &tables::SUBJECT_TYPES[1..] {
        let named = names
            .iter()
            .any(|name| *name == stem || *name == subject.name);
        if named {
            let comment = format!("By the name of `{}`, which identifies it.", sub.pointer);
            return Some(SubjectType::constant(meaning, comment));
        }
        let said = [
            "id of",
            "id of the",
            "identifier of",
            "identifier of the",
            "identifier for the",
        ]
        .iter()
        .any(|phrase| {
            names.iter().any(|name| {
                let of = format!("{phrase} {name}");
                // The identifier of an organization's member is a person's.
                let is_of_one_in_it = ["member", "user", "admin", "owner"]
                    .iter()
                    .any(|person| words::says(&own, &format!("{of} {person}")));
                words::says(&own, &of) && !is_of_one_in_it
            })
        });
        if said {
            let comment = format!("What identifies it is described so{}.", described(sub));
            return Some(SubjectType::constant(meaning, comment));
        }
    }
    None
}

/// What businesses have by law, by the word after `legal`.
const LEGAL: [&str; 6] = ["name", "entity", "form", "address", "type", "status"];

/// What is a business's own, by the word after `company` or the like.
const OWN: [&str; 8] = [
    "address", "email", "phone", "number", "website", "url", "country", "street",
];

/// Where a letter goes: an account that has several of these is written to as a business is.
const POSTAL: [&str; 11] = [
    "address",
    "address1",
    "address_1",
    "address_line_1",
    "street",
    "city",
    "zip",
    "zip_code",
    "postal_code",
    "postcode",
    "state",
];

/// A field that businesses have rather than persons.
fn business<'a>(subject: &'a Subject<'_>, context: &Context) -> Option<&'a Field<'a>> {
    let speaks_of_person = context
        .speaks_of(&["user", "users", "me", "member", "profile", "person"])
        || tables::PERSONS.contains(&subject.name.as_str());
    let is_account = subject.is_of_account && !speaks_of_person;
    let fields = || subject.scopes().flat_map(|scope| &scope.fields);
    let is_postal = |field: &&Field<'_>| POSTAL.contains(&field.key.as_str());
    let is_letterbox = fields().filter(is_postal).count() > 1;
    fields().find(|field| {
        let mut words = field.key.split('_');
        let first = words.next().unwrap_or_default();
        let second = words.next();
        let is_own = |table: &[&str]| second.is_some_and(|it| table.contains(&it));
        let is_company = ["company", "organization", "organisation"].contains(&first);
        match first {
            // `legal_consent` is a person's.
            "legal" => is_own(&LEGAL),
            "business" | "merchant" | "tax" | "vat" | "currency" => true,
            "registered" | "registration" => is_own(&["address", "number", "name"]),
            "industry" | "siret" | "abn" | "ein" => second.is_none(),
            // Who works for a company has its name.
            _ if is_company => {
                (is_own(&OWN) && !speaks_of_person)
                    || (is_account && (second.is_none() || second == Some("name")))
            }
            _ => is_account && is_letterbox && is_postal(field),
        }
    })
}

/// By what only persons have, or what the operation is about.
fn by_evidence(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
    context: &Context,
    claims: &Map,
) -> Option<SubjectType> {
    let is_of_credential = context.speaks_of(&["credential", "credentials"]);
    let personal = ["given_name", "family_name", "email", "preferred_username"]
        .into_iter()
        // A credential has a name to sign in with and is no person.
        .filter(|claim| !(is_of_credential && *claim == "preferred_username"))
        .find(|claim| claims.get(claim).is_some());
    // Businesses have addresses, too.
    let of_business = business(subject, context).filter(|_| personal == Some("email"));
    if let Some(field) = of_business {
        return Some(SubjectType {
            node: None,
            comment: format!(
                "subject_type is left out, so it is unknown: persons have an address to write to, but {} is what businesses have.",
                field.pointer
            ),
        });
    }
    if let Some(claim) = personal {
        let comment = format!("A guess: the answer has `{claim}`, as persons have.");
        return Some(SubjectType::constant("user", comment));
    }
    if tables::PERSONS.contains(&subject.name.as_str()) {
        let comment = format!("A guess: by the name `{}`.", subject.name);
        return Some(SubjectType::constant("user", comment));
    }
    let named = sub.is_some_and(|sub| sub.key.starts_with("user") || sub.key.ends_with("user_id"));
    let about = sub.is_some() && context.speaks_of(&["user", "users", "member", "members"]);
    (named || about).then(|| {
        SubjectType::constant(
            "user",
            "A guess: by its names, the operation is about users.",
        )
    })
}
