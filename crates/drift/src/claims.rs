//! What `x-whoami` reads of an answer, and whether another description still has it.

use keyholder_core::Pointer;
use keyholder_describe::claims as described;
use keyholder_describe::whoami::Mapping;
use keyholder_openapi::Result;

use super::change::{Change, Kind, Part, Place};
use super::form::{Kind as Type, Resolver, Schemas, Shape};

/// A place that the mapping reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// What is lost with it.
    note: String,
    /// Where it points: a name, or each item of a list.
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Each,
    Name(String),
}

/// Whether a description has what a pointer leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// It says that there is no such thing.
    No,
    /// It does not say.
    Perhaps,
    /// It does.
    Yes,
}

/// What a mapping reads of a success: its claims, and what must stand in it.
pub(super) fn claims(mapping: &Mapping) -> Vec<Claim> {
    let identity = mapping.identity.claims();
    let mut claims: Vec<_> = described::claims(&identity)
        .iter()
        .flat_map(|claim| {
            let around = claim
                .each
                .iter()
                .flat_map(|each| names(each).chain([Token::Each]));
            let around: Vec<_> = around.collect();
            let note = format!("the claim `{}` is lost", claim.key);
            claim.pointers.iter().map(move |pointer| Claim {
                note: note.clone(),
                tokens: around.iter().cloned().chain(names(pointer)).collect(),
            })
        })
        .collect();
    claims.extend(
        mapping
            .success
            .body
            .keys()
            .map(|pointer| Claim::of_condition("success", pointer)),
    );
    claims
}

/// The response headers that a mapping reads of the answers with this status, and what is lost with each.
pub(super) fn headers(mapping: &Mapping, status: &str, is_success: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if is_success {
        let identity = mapping.identity.claims();
        for claim in described::claims(&identity) {
            let note = format!("the claim `{}` is lost", claim.key);
            let names = claim.headers.iter();
            found.extend(names.map(|name| ((*name).to_owned(), note.clone())));
        }
    }
    let rules = mapping.answers.rules.iter().zip(&mapping.answers.keys);
    let of_status = rules.filter(|(rule, _)| rule.status.iter().any(|it| it.to_string() == status));
    for (rule, key) in of_status {
        let names = rule.header.keys();
        found.extend(names.map(|name| {
            let note = format!("what `answers/{key}` asks of {name} cannot be told");
            (name.clone(), note)
        }));
    }
    // By it, the client knows when to ask again (RFC 9110, section 10.2.3).
    let note = "the client asks again after a time of its own".to_owned();
    found.push(("Retry-After".to_owned(), note));
    found
}

/// What the rules of a mapping ask of the body of answers that have this status.
pub(super) fn conditions(mapping: &Mapping, status: &str) -> Vec<Claim> {
    let rules = mapping.answers.rules.iter().zip(&mapping.answers.keys);
    let of_status = rules.filter(|(rule, _)| rule.status.iter().any(|it| it.to_string() == status));
    of_status
        .flat_map(|(rule, key)| {
            let name = format!("answers/{key}");
            rule.body
                .keys()
                .map(move |pointer| Claim::of_condition(&name, pointer))
        })
        .collect()
}

impl Claim {
    fn of_condition(of: &str, pointer: &Pointer) -> Self {
        Self {
            note: format!("what `{of}` asks of {pointer} cannot be told"),
            tokens: names(pointer).collect(),
        }
    }
}

fn names(pointer: &Pointer) -> impl Iterator<Item = Token> + '_ {
    pointer.tokens().map(Token::Name)
}

/// Marks the changes by which a claim is lost, or adds one that says so.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn lost(
    claims: &[Claim],
    status: &str,
    ours: (Resolver<'_>, &Schemas<'_>),
    theirs: (Resolver<'_>, &Schemas<'_>),
    changes: &mut Vec<Change>,
) -> Result<()> {
    for claim in claims {
        let before = find(ours.0, ours.1, &claim.tokens)?;
        let after = find(theirs.0, theirs.1, &claim.tokens)?;
        if after >= before || after == Found::Yes {
            continue;
        }
        let mut place = Place::whole(Part::Answer(status.to_owned()));
        for token in steps(ours.0, ours.1, &claim.tokens)? {
            place = place.push(&token);
        }
        let note = &claim.note;
        let cause = changes
            .iter_mut()
            .filter(|change| {
                matches!(change.kind, Kind::Removed | Kind::Type | Kind::Unread)
                    && change.place.holds(&place)
            })
            .max_by_key(|change| change.place.pointer.len());
        match cause {
            Some(change) => *change = change.clone().breaking(note.as_str()),
            None => {
                changes.push(
                    Change::new(&place, Kind::Unread, "described", "").breaking(note.as_str()),
                );
            }
        }
    }
    Ok(())
}

/// Whether the answer has what the pointer of JSON leads to.
pub(super) fn has(resolver: Resolver<'_>, schemas: &Schemas<'_>, at: &Pointer) -> Result<bool> {
    let tokens: Vec<_> = names(at).collect();
    Ok(find(resolver, schemas, &tokens)? != Found::No)
}

/// The values that what a pointer leads to is said to have; none where any may be.
pub(super) fn values(
    resolver: Resolver<'_>,
    schemas: &Schemas<'_>,
    at: &Pointer,
) -> Result<Option<Vec<String>>> {
    let tokens: Vec<_> = names(at).collect();
    let mut values = Vec::new();
    for shape in ends(resolver, schemas, &tokens)? {
        for form in shape.forms {
            match form.values {
                Some(listed) => values.extend(listed),
                None => return Ok(None),
            }
        }
    }
    Ok((!values.is_empty()).then_some(values))
}

/// The shapes that a pointer leads to, one for each form on the way that has it.
fn ends<'a>(
    resolver: Resolver<'a>,
    schemas: &Schemas<'a>,
    tokens: &[Token],
) -> Result<Vec<Shape<'a>>> {
    let shape = resolver.shape(schemas)?;
    let Some((token, rest)) = tokens.split_first() else {
        return Ok(vec![shape]);
    };
    let mut found = Vec::new();
    for form in &shape.forms {
        if let Some(inner) = step(form, token) {
            found.extend(ends(resolver, &inner, rest)?);
        }
    }
    Ok(found)
}

fn find(resolver: Resolver<'_>, schemas: &Schemas<'_>, tokens: &[Token]) -> Result<Found> {
    let shape = resolver.shape(schemas)?;
    let Some((token, rest)) = tokens.split_first() else {
        return Ok(if shape.forms.is_empty() {
            Found::No
        } else {
            Found::Yes
        });
    };
    let mut best = Found::No;
    for form in &shape.forms {
        let found = match step(form, token) {
            Some(inner) => find(resolver, &inner, rest)?,
            None if form.kind.is_none() => Found::Perhaps,
            // An object of which nothing is said.
            None if form.kind == Some(Type::Object)
                && form.properties.is_empty()
                && !form.is_closed =>
            {
                Found::Perhaps
            }
            None => Found::No,
        };
        best = best.max(found);
    }
    Ok(best)
}

/// What a form says of what a token leads to.
fn step<'a>(form: &super::form::Form<'a>, token: &Token) -> Option<Schemas<'a>> {
    match (form.kind?, token) {
        (Type::Array, Token::Each) => Some(form.items.clone()),
        (Type::Array, Token::Name(name)) if name.parse::<usize>().is_ok() => {
            Some(form.items.clone())
        }
        (Type::Object, Token::Each) => form.others.clone(),
        (Type::Object, Token::Name(name)) => form.property(name).cloned(),
        _ => None,
    }
}

/// The place of what a pointer leads to, as changes name it.
fn steps(resolver: Resolver<'_>, schemas: &Schemas<'_>, tokens: &[Token]) -> Result<Vec<String>> {
    let Some((token, rest)) = tokens.split_first() else {
        return Ok(Vec::new());
    };
    let shape = resolver.shape(schemas)?;
    for form in &shape.forms {
        if let Some(inner) = step(form, token) {
            let name = match token {
                Token::Name(name) if form.properties.contains_key(name.as_str()) => name.clone(),
                _ => "*".to_owned(),
            };
            let mut steps = vec![name];
            steps.extend(self::steps(resolver, &inner, rest)?);
            return Ok(steps);
        }
    }
    let name = |token: &Token| match token {
        Token::Each => "*".to_owned(),
        Token::Name(name) => name.clone(),
    };
    Ok(tokens.iter().map(name).collect())
}
