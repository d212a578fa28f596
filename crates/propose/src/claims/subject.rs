//! Which object of the answer is the holder.

use super::super::shape::Shape;
use super::tables::{self, Kind, Rule};
use super::{Field, Scope, is_other_id};

/// How deep the holder may stand.
const DEPTH: usize = 4;

/// The holder's object, the objects that are part of it, and those around it.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    /// The holder's object first, then its parts, then what it is a part of.
    own: Vec<Scope<'a>>,
    /// The objects around it, the nearest first.
    outer: Vec<Scope<'a>>,
    /// The name of the holder's object, empty at the top.
    pub name: String,
}

/// An object that may be the holder.
struct Candidate<'a> {
    /// From the top to the object.
    path: Vec<Scope<'a>>,
    /// The names of the objects on the path; the top has none.
    names: Vec<String>,
    likeness: i32,
}

impl<'a> Subject<'a> {
    /// Finds the holder in an answer.
    pub(super) fn find(answer: &Shape<'a>) -> Self {
        let mut candidates = Vec::new();
        let (pointer, top) = match answer.items() {
            Some(items) if answer.is_array() => ("/0", items),
            _ => ("", answer.clone()),
        };
        let top = Scope::new(pointer, &top);
        collect(std::slice::from_ref(&top), &[], &mut candidates);
        let mut best: Option<Candidate<'a>> = None;
        for candidate in candidates {
            if best
                .as_ref()
                .is_none_or(|it| candidate.likeness > it.likeness)
            {
                best = Some(candidate);
            }
        }
        match best {
            Some(best) => Self::new(best.path, best.names),
            None => Self::new(vec![top], Vec::new()),
        }
    }

    fn new(mut path: Vec<Scope<'a>>, mut names: Vec<String>) -> Self {
        let name = names.last().cloned().unwrap_or_default();
        let mut own: Vec<_> = path.pop().into_iter().collect();
        let parts: Vec<_> = own
            .iter()
            .flat_map(|scope| &scope.fields)
            .filter(|field| tables::PARTS.contains(&field.key.as_str()))
            .map(Scope::of)
            .collect();
        own.extend(parts);
        // `{id, attributes: {…}}`: what the attributes belong to is the holder too.
        while names
            .pop()
            .is_some_and(|name| tables::PARTS.contains(&name.as_str()))
        {
            own.extend(path.pop());
        }
        path.reverse();
        Self {
            own,
            outer: path,
            name,
        }
    }

    /// The objects that make up the holder.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.own.iter()
    }

    /// The objects that make up the holder, and those around it.
    pub(super) fn around(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.own.iter().chain(&self.outer)
    }

    /// The fields that a rule names, the best first.
    pub(super) fn matches(&self, rule: &Rule) -> Vec<Field<'a>> {
        self.scopes()
            .flat_map(|scope| scope.matches(rule))
            .collect()
    }

    /// The best field that a rule names.
    pub(super) fn first(&self, rule: &Rule) -> Option<Field<'a>> {
        self.matches(rule).into_iter().next()
    }
}

/// Adds the last object of `path` and those within it.
fn collect<'a>(path: &[Scope<'a>], names: &[String], found: &mut Vec<Candidate<'a>>) {
    let Some(scope) = path.last() else {
        return;
    };
    let inner: Vec<_> = scope
        .fields
        .iter()
        .filter(|field| is_entered(field))
        .cloned()
        .collect();
    let name = names.last().map_or("", String::as_str);
    let likeness = likeness(scope, name);
    if likeness > 0 || tables::ENVELOPES.contains(&name) {
        found.push(Candidate {
            path: path.to_vec(),
            names: names.to_vec(),
            likeness: likeness - i32::try_from(names.len()).unwrap_or(i32::MAX),
        });
    }
    if names.len() == DEPTH {
        return;
    }
    for field in inner {
        let shape = match field.shape.items() {
            Some(items) if field.shape.is_array() => {
                let pointer = keyholder_openapi::pointer::push(&field.pointer, "0");
                Scope::new(&pointer, &items)
            }
            _ => Scope::of(&field),
        };
        let mut path = path.to_vec();
        path.push(shape);
        let mut names = names.to_vec();
        names.push(field.key);
        collect(&path, &names, found);
    }
}

/// Whether the holder may stand in a field's object.
fn is_entered(field: &Field<'_>) -> bool {
    [
        &tables::PERSONS[..],
        &tables::ENVELOPES[..],
        &tables::TOKENS[..],
        &tables::PARTS[..],
        &tables::ORGANIZATIONS[..],
    ]
    .iter()
    .any(|names| names.contains(&field.key.as_str()))
}

/// How much an object looks like the holder: three for an identifier or an address, fewer for names.
fn likeness(scope: &Scope<'_>, name: &str) -> i32 {
    let has = |rule: &Rule| !scope.matches(rule).is_empty();
    let mut points = 0;
    if has(&tables::SUB) {
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
    if scope.find("username", Kind::Text).is_some() || scope.find("login", Kind::Text).is_some() {
        points += 4;
    }
    if points == 0 {
        let is_hinted = scope.fields.iter().any(is_other_id) || has(&tables::LABEL);
        return if is_hinted { 3 } else { 0 };
    }
    if tables::PERSONS.contains(&name) {
        points += 6;
    } else if tables::TOKENS.contains(&name) {
        points -= 8;
    } else if name != "account" && tables::ORGANIZATIONS.contains(&name) {
        points -= 4;
    }
    points
}
