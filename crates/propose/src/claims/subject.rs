//! Which object of the answer is the holder.

use std::cmp::Reverse;

use super::super::shape::Shape;
use super::super::words;
use super::tables::{self, Rule};
use super::{Context, Field, Scope, is_other_id};
use keyholder_openapi::pointer;

/// How deep the holder may stand.
const DEPTH: usize = 4;

/// How many objects are looked into: a schema that refers to itself has no end.
const MOST: usize = 300;

/// How deep an object's parts may have parts.
const PARTS_DEPTH: usize = 2;

/// What the holder's object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A person or whatever else has an identifier of its own.
    Somebody,
    /// The credential itself: its identifier is no holder's.
    Credential,
    /// An organization.
    Organization,
    /// An application.
    Application,
    /// Something that has no tokens of its own, such as a project.
    Thing,
}

/// The holder's object, the objects that are part of it, and those around it.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    /// The holder's object first, then its parts.
    own: Vec<Scope<'a>>,
    /// The objects around it, the nearest first.
    outer: Vec<Scope<'a>>,
    /// The name of the holder's object, empty at the top.
    pub name: String,
    /// What it is.
    pub holder: Holder,
    /// Whether the operation's names speak of accounts.
    pub is_of_account: bool,
    /// What the operation's path names, where it is one: `customer` of `/customers/current`.
    pub noun: String,
    /// Other kinds of holder that an answer may have in its place.
    pub others: Vec<Subject<'a>>,
    /// Two objects that are as likely, by their pointers; nothing is taken from either.
    pub tie: Option<(String, String)>,
    /// Where the objects around the holder stand that are credentials.
    credentials: Vec<String>,
}

/// An object that may be the holder.
#[derive(Clone)]
struct Candidate<'a> {
    /// From the top to the object.
    path: Vec<Scope<'a>>,
    /// The names of the objects on the path; the top has none.
    names: Vec<String>,
    likeness: i32,
    facts: Facts,
}

/// What an object has of its own.
#[derive(Clone, Copy)]
struct Facts {
    /// An identifier that is customary.
    has_id: bool,
    /// What persons have: an address, a name to sign in with, a given name.
    is_personal: bool,
    /// The credential itself, and nothing that identifies a user.
    is_credential: bool,
}

/// How a holder's object may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// As the person who asks.
    Person,
    /// As a person whose something else is.
    Other,
    Token,
    Organization,
    /// As anything.
    Envelope,
}

impl Candidate<'_> {
    fn pointer(&self) -> &str {
        self.path.last().map_or("", |scope| scope.pointer.as_str())
    }

    fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// Somebody else's object makes whatever is in it somebody else's.
    fn class(&self) -> Class {
        let is_other = self.names.iter().any(|name| class(name) == Class::Other);
        if is_other {
            Class::Other
        } else {
            class(self.name())
        }
    }

    /// Whether nothing but what goes with every answer stands beside it.
    fn is_alone(&self) -> bool {
        let around = self.path.iter().rev().nth(1);
        around.is_none_or(|around| {
            around.fields.iter().all(|field| {
                self.pointer().starts_with(&field.pointer)
                    || tables::BESIDE.contains(&field.key.as_str())
            })
        })
    }

    fn is_within(&self, outer: &Self) -> bool {
        let outer = outer.pointer();
        self.pointer().len() > outer.len() && self.pointer().starts_with(&format!("{outer}/"))
    }
}

impl<'a> Subject<'a> {
    /// Finds the holder in an answer.
    pub(super) fn find(answer: &Shape<'a>, context: &Context) -> Self {
        let (pointer, top) = match answer.items() {
            Some(items) if answer.is_array() => ("/0", items),
            _ => ("", answer.clone()),
        };
        let top = Scope::new(pointer, &top);
        let mut candidates = Vec::new();
        let mut left = MOST;
        collect(
            std::slice::from_ref(&top),
            &[],
            context,
            &mut left,
            &mut candidates,
        );
        let mut candidates = nearest(&candidates);
        // An organization beside other things is what those belong to.
        candidates.retain(|it| it.class() != Class::Organization || it.is_alone());
        candidates.sort_by_key(|it| {
            let rank = tables::PERSONS.iter().position(|name| *name == it.name());
            (Reverse(it.likeness), rank.unwrap_or(usize::MAX))
        });
        let Some(best) = candidates.first() else {
            return Self::new(vec![top], Vec::new(), context);
        };
        let mut subject = Self::new(best.path.clone(), best.names.clone(), context);
        let beside = |other: &&Candidate<'a>| {
            other.path.len() == best.path.len() && !best.path.is_empty() && {
                let (a, b) = (best.path.len() - 1, other.path.len() - 1);
                a > 0 && best.path[a - 1].pointer == other.path[b - 1].pointer
            }
        };
        for other in candidates[1..].iter().filter(beside) {
            if are_alternatives(best, other) {
                let other = Self::new(other.path.clone(), other.names.clone(), context);
                subject.others.push(other);
            } else if other.likeness == best.likeness
                && best.class() != Class::Person
                && best.class() == other.class()
            {
                subject.tie = Some((best.pointer().to_owned(), other.pointer().to_owned()));
            }
        }
        subject
    }

    fn new(mut path: Vec<Scope<'a>>, mut names: Vec<String>, context: &Context) -> Self {
        let name = names.pop().unwrap_or_default();
        let mut own: Vec<_> = path.pop().into_iter().collect();
        if let Some(scope) = own.first() {
            let parts = parts(scope, PARTS_DEPTH);
            own.extend(parts);
        }
        // `{user: {id}, profile: {name}}`: what stands beside a person is that person's.
        if let Some(around) = path.last().filter(|_| class(&name) == Class::Person)
            && around.matches(&tables::SUB).is_empty()
        {
            let beside = parts(around, 1).into_iter().filter(|part| {
                !own.iter().any(|scope| scope.pointer == part.pointer)
                    && part.matches(&tables::SUB).is_empty()
            });
            own.extend(beside.collect::<Vec<_>>());
        }
        path.reverse();
        let holder = own.first().map_or(Holder::Somebody, |scope| {
            holder(scope, &own, &name, context)
        });
        let is_named = |name: Option<&String>| name.map_or("", String::as_str).to_owned();
        let credentials = path
            .iter()
            .enumerate()
            .filter(|(at, scope)| {
                // From the nearest to the top, which has no name.
                let name = names.len().checked_sub(at + 1).map(|at| &names[at]);
                is_credential(scope, &is_named(name), context)
            })
            .map(|(_, scope)| scope.pointer.clone())
            .collect();
        Self {
            own,
            outer: path,
            name,
            holder,
            is_of_account: context.speaks_of(&["account", "accounts"]),
            noun: words::singular(&context.noun),
            others: Vec::new(),
            tie: None,
            credentials,
        }
    }

    /// Whether one of the objects is a credential.
    pub(super) fn is_credential(&self, scope: &Scope<'_>) -> bool {
        (self.holder == Holder::Credential && scope.pointer == self.pointer())
            || self.credentials.contains(&scope.pointer)
    }

    /// Where the holder's object stands.
    pub(super) fn pointer(&self) -> &str {
        self.own.first().map_or("", |scope| scope.pointer.as_str())
    }

    /// The objects that make up the holder.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.own.iter()
    }

    /// The objects that make up the holder, and those around it.
    pub(super) fn around(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.own.iter().chain(&self.outer)
    }

    /// The fields that a rule names, the best first: those on their way out last.
    pub(super) fn matches(&self, rule: &Rule) -> Vec<Field<'a>> {
        // `driver_first_name` of `/drivers/me`.
        let words: Vec<_> = [self.name.as_str(), self.noun.as_str()]
            .into_iter()
            .filter(|word| {
                !matches!(class(word), Class::Token | Class::Organization)
                    && !word.is_empty()
                    && !tables::ORGANIZATIONS.contains(word)
                    && !tables::ORGANIZATION_WORDS.contains(word)
            })
            .collect();
        let mut found: Vec<_> = self
            .scopes()
            .flat_map(|scope| scope.matches_of(rule, &words))
            .collect();
        found.sort_by_key(|field| field.shape.is_deprecated());
        found
    }

    /// The best field that a rule names.
    pub(super) fn first(&self, rule: &Rule) -> Option<Field<'a>> {
        self.matches(rule).into_iter().next()
    }
}

/// The objects that hold more of the fields of an object.
fn parts<'a>(scope: &Scope<'a>, depth: usize) -> Vec<Scope<'a>> {
    let has_id = !scope.matches(&tables::SUB).is_empty();
    let is_part = |field: &&Field<'a>| {
        let key = field.key.as_str();
        // A person without an identifier, in an object that has one, is that object's.
        let is_same = has_id && tables::PERSONS.contains(&key) && {
            let inner = Scope::of(field);
            !inner.fields.is_empty() && inner.matches(&tables::SUB).is_empty()
        };
        (tables::PARTS.contains(&key) || is_same)
            && !field.shape.is_array()
            && !scope.shape.covers(&field.shape)
    };
    let mut found = Vec::new();
    for field in scope.fields.iter().filter(is_part) {
        let part = Scope::of(field);
        if !part.fields.is_empty() {
            let inner = if depth > 1 {
                parts(&part, depth - 1)
            } else {
                Vec::new()
            };
            found.push(part);
            found.extend(inner);
        }
    }
    found
}

/// What an object is, by its name, its schema's, what it has and what the operation is about.
fn holder(scope: &Scope<'_>, own: &[Scope<'_>], name: &str, context: &Context) -> Holder {
    if is_credential(scope, name, context) {
        return Holder::Credential;
    }
    let has = |rule: &Rule| own.iter().any(|scope| !scope.matches(rule).is_empty());
    if has(&tables::USERNAME_OF_PERSONS) || has(&tables::PERSONAL[2]) || has(&tables::PERSONAL[3]) {
        return Holder::Somebody;
    }
    let is_at_top = matches!(class(name), Class::Envelope) && name != "account";
    let mut words: Vec<String> = words::words(name);
    if is_at_top {
        let mut names: Vec<_> = scope.shape.names();
        names.reverse();
        for name in names {
            words.extend(words::words(name));
        }
        words.extend(context.noun.split('_').map(str::to_owned));
    }
    // `{id, project, type}`: what is of a project and is called nothing is no person.
    let is_of_project = ["project", "project_id"]
        .iter()
        .any(|key| scope.field(key).is_some());
    let is_called = is_personal(scope) || has(&tables::NAME) || has(&tables::USERNAME);
    if is_at_top && is_of_project && !is_called && scope.field("type").is_some() {
        return Holder::Thing;
    }
    let speaks_of = |table: &[&str]| {
        words.iter().any(|word| {
            table.contains(&word.as_str()) || table.contains(&words::singular(word).as_str())
        })
    };
    if speaks_of(&[
        "user", "member", "person", "profile", "account", "admin", "me",
    ]) {
        Holder::Somebody
    } else if speaks_of(&tables::ORGANIZATION_WORDS) {
        Holder::Organization
    } else if speaks_of(&["app", "application", "integration"]) {
        Holder::Application
    } else if speaks_of(&["project", "environment"]) {
        Holder::Thing
    } else {
        Holder::Somebody
    }
}

/// Whether an object is a credential rather than somebody's.
fn is_credential(scope: &Scope<'_>, name: &str, context: &Context) -> bool {
    if tables::TOKENS.contains(&name) {
        return true;
    }
    if is_personal(scope) || scope.field("sub").is_some() {
        return false;
    }
    let is_at_top = class(name) == Class::Envelope;
    let is_word = |word: &str| words::CREDENTIALS.contains(&word) || word == "pat";
    let is_named = scope.shape.names().iter().any(|name| {
        let words = words::words(name);
        words.iter().any(|word| is_word(word)) && !words.iter().any(|word| word == "user")
    });
    let is_spoken_of = is_at_top
        && (context.noun.split('_').any(is_word)
            || context.speaks_of(&["introspect", "introspects", "introspection"]));
    let signs = tables::TOKEN_SIGNS
        .iter()
        .filter(|name| scope.field(name).is_some())
        .count();
    let is_identified = scope
        .field("id")
        .is_some_and(|id| super::is_identifier_of(id, &words::CREDENTIAL_NOUNS));
    let is_scoped = !scope.matches(&tables::SCOPES).is_empty();
    is_named || is_spoken_of || is_identified || signs >= 2 || (signs == 1 && is_scoped)
}

/// Whether an object has what persons have.
pub(super) fn is_personal(scope: &Scope<'_>) -> bool {
    let is_named = scope.field("name").is_some_and(super::is_users_name);
    is_named
        || [
            &tables::PERSONAL[0],
            &tables::PERSONAL[2],
            &tables::PERSONAL[3],
            &tables::USERNAME_OF_PERSONS,
        ]
        .iter()
        .any(|rule| !scope.matches(rule).is_empty())
}

/// Adds the last object of `path` and those within it.
fn collect<'a>(
    path: &[Scope<'a>],
    names: &[String],
    context: &Context,
    left: &mut usize,
    found: &mut Vec<Candidate<'a>>,
) {
    let Some(scope) = path.last().filter(|_| *left > 0) else {
        return;
    };
    *left -= 1;
    let name = names.last().map_or("", String::as_str);
    let has_user_id = tables::USER_IDS
        .iter()
        .any(|name| scope.find(name, tables::Kind::Text).is_some());
    let facts = Facts {
        has_id: !scope.matches(&tables::SUB).is_empty(),
        is_personal: is_personal(scope),
        is_credential: is_credential(scope, name, context) && !has_user_id,
    };
    let likeness = likeness(scope, name, facts);
    if likeness > 0 || (name == "account" || tables::ENVELOPES.contains(&name)) {
        found.push(Candidate {
            path: path.to_vec(),
            names: names.to_vec(),
            likeness: likeness - i32::try_from(names.len()).unwrap_or(i32::MAX),
            facts,
        });
    }
    if names.len() == DEPTH {
        return;
    }
    let is_entered = |field: &&Field<'_>| {
        let is_collection = !context.collection.is_empty() && field.key == context.collection;
        is_entered(field, scope)
            || (is_collection && names.is_empty())
            || (field.shape.is_object() && names_caller(field))
    };
    for field in scope.fields.iter().filter(is_entered) {
        let shape = match field.shape.items() {
            Some(items) if field.shape.is_array() => {
                let pointer = pointer::push(&field.pointer, "0");
                Scope::new(&pointer, &items)
            }
            _ => Scope::of(field),
        };
        // `{user: {manager: {user: …}}}`: what is within its like is somebody else.
        if path.iter().any(|outer| outer.shape.covers(&shape.shape)) {
            continue;
        }
        let mut path = path.to_vec();
        path.push(shape);
        let mut names = names.to_vec();
        names.push(field.key.clone());
        collect(&path, &names, context, left, found);
    }
}

/// The candidates without those that are somebody else beside a nearer one.
fn nearest<'a>(candidates: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
    let is_nested = |candidate: &Candidate<'a>| {
        candidates.iter().any(|outer| {
            let is_holder = outer.facts.has_id && !outer.facts.is_credential && outer.likeness > 0;
            candidate.is_within(outer)
                && is_holder
                && (outer.facts.is_personal || candidate.class() != Class::Person)
        })
    };
    let is_other = |candidate: &Candidate<'a>| {
        candidate.class() == Class::Other
            && candidates
                .iter()
                .any(|it| it.class() != Class::Other && !it.facts.is_credential && it.facts.has_id)
    };
    candidates
        .iter()
        .filter(|it| !is_nested(it) && !is_other(it))
        .cloned()
        .collect()
}

/// Whether an answer has one of two objects, and not both.
fn are_alternatives(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    let Some(around) = one.path.len().checked_sub(2).map(|at| &one.path[at]) else {
        return false;
    };
    let (kind, other_kind) = (kind_of(one.name()), kind_of(other.name()));
    let is_known = one.class() == Class::Person
        && other_kind != "unknown"
        && (other.name() == "account" || other.class() == Class::Organization);
    let is_application = other_kind == "application" || other_kind == "service_account";
    if kind == other_kind || !(is_known || is_application) {
        return false;
    }
    let is_nullable = |name: &str| {
        around
            .field(name)
            .is_some_and(|field| field.shape.is_nullable())
    };
    let has = |form: &std::collections::BTreeSet<&str>, name: &str| {
        form.iter().any(|it| words::key(it) == name)
    };
    let forms = around.shape.forms();
    let are_apart = forms
        .iter()
        .any(|form| has(form, one.name()) && !has(form, other.name()))
        && forms
            .iter()
            .any(|form| has(form, other.name()) && !has(form, one.name()));
    // A caller is a person or a machine's account.
    let is_either = ["service_account", "service_user", "machine_user"].contains(&other.name())
        && one.class() == Class::Person;
    other.facts.has_id
        && (is_either || (is_nullable(one.name()) && is_nullable(other.name())) || are_apart)
}

/// The kind of holder that an object's name tells of, beside others.
pub(super) fn kind_of(name: &str) -> &'static str {
    if tables::PERSONS.contains(&name) {
        return "user";
    }
    let known = tables::SUBJECT_TYPES
        .iter()
        .find(|(_, names)| names.contains(&name));
    match known {
        Some((kind, _)) => kind,
        None if tables::ORGANIZATIONS.contains(&name) => "organization",
        None => "unknown",
    }
}

fn class(name: &str) -> Class {
    if is_person(name) {
        Class::Person
    } else if tables::OTHERS.contains(&name) {
        Class::Other
    } else if tables::TOKENS.contains(&name) {
        Class::Token
    } else if name != "account"
        && name != "customer"
        && name != "resource"
        && tables::ORGANIZATIONS.contains(&name)
    {
        Class::Organization
    } else {
        Class::Envelope
    }
}

/// Whether a name is that of the person who asks: `user`, `team_user`, `user_data`.
fn is_person(name: &str) -> bool {
    let words: Vec<_> = name.split('_').collect();
    let speaks_of_person = ["user", "member", "viewer", "me", "person", "admin"]
        .iter()
        .any(|word| words.first() == Some(word) || words.last() == Some(word));
    tables::PERSONS.contains(&name)
        || (speaks_of_person && !words.iter().any(|word| tables::NOT_PERSONS.contains(word)))
}

/// Whether the holder may stand in a field's object.
pub(super) fn is_entered(field: &Field<'_>, scope: &Scope<'_>) -> bool {
    let key = field.key.as_str();
    if tables::PARTS.contains(&key)
        && !tables::PERSONS.contains(&key)
        && !tables::ENVELOPES.contains(&key)
    {
        return false;
    }
    let is_known = [
        &tables::PERSONS[..],
        &tables::OTHERS,
        &tables::ENVELOPES,
        &tables::TOKENS,
        &tables::ORGANIZATIONS,
        &tables::MACHINES,
    ]
    .iter()
    .any(|names| names.contains(&key));
    is_known || (is_person(key) && !field.shape.is_array()) || is_wrapper(field, scope)
}

/// Whether an object under another name has the caller's identifier, by what is said of that: `meta` with "the
/// authenticated customer's id".
fn names_caller(field: &Field<'_>) -> bool {
    let named = field
        .shape
        .fields_named(|name| name.eq_ignore_ascii_case("id"));
    let mut ids = named.into_iter().map(|(name, shape)| Field {
        pointer: pointer::push(&field.pointer, name),
        key: "id".to_owned(),
        shape,
    });
    ids.any(|id| is_callers(&id))
}

/// Whether an identifier is described as the caller's.
fn is_callers(id: &Field<'_>) -> bool {
    let says = |word: &&str| id.shape.says(word);
    ["authenticated", "current", "calling"].iter().any(says)
        && super::is_identifier_of(id, &["user", "customer", "account", "member", "caller"])
}

/// Whether an object has nothing but this one, and what goes with every answer.
fn is_wrapper(field: &Field<'_>, scope: &Scope<'_>) -> bool {
    let is_beside = |other: &Field<'_>| {
        other.pointer == field.pointer || tables::BESIDE.contains(&other.key.as_str())
    };
    let is_list_of_others = field.shape.is_array() && field.key.ends_with('s');
    (field.shape.is_object() || field.shape.is_array())
        && !is_list_of_others
        && !tables::BESIDE.contains(&field.key.as_str())
        && !tables::OTHERS.contains(&field.key.as_str())
        && scope.fields.iter().all(is_beside)
}

/// How much an object looks like the holder: three for an identifier or an address, fewer for names.
fn likeness(scope: &Scope<'_>, name: &str, facts: Facts) -> i32 {
    let mut own = vec![scope.clone()];
    own.extend(parts(scope, PARTS_DEPTH));
    let has = |rule: &Rule| own.iter().any(|scope| !scope.matches(rule).is_empty());
    let mut points = 0;
    if has(&tables::SUB) {
        points += 6;
    }
    if scope.field("id").is_some_and(is_callers) {
        points += 6;
    }
    for rule in &tables::PERSONAL {
        points += match rule.claim {
            _ if !has(rule) => 0,
            "email" => 6,
            _ => 2,
        };
    }
    if has(&tables::NAME) {
        points += 4;
    }
    if has(&tables::USERNAME_OF_PERSONS) {
        points += 4;
    }
    if points == 0 {
        let is_hinted = scope.fields.iter().any(is_other_id) || has(&tables::LABEL);
        return if is_hinted { 3 } else { 0 };
    }
    match class(name) {
        Class::Person => points += 6,
        Class::Other => points += 2,
        Class::Token => points -= 8,
        Class::Organization => points -= 4,
        Class::Envelope if facts.is_credential => points -= 6,
        Class::Envelope => {}
    }
    points
}
