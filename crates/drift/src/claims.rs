//! What `x-whoami` reads of an answer, and whether another description still has it.

use serde_json::Value;

use super::change::{Change, Kind, Part, Place};
use super::form::{Kind as Type, Resolver, Schemas, Shape};
use keyholder_openapi::Result;
use keyholder_openapi::pointer;

/// One pointer of the mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// Its key below `x-whoami/identity`.
    name: String,
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

/// The pointers of a mapping as it is written. A text that starts with `/` is one, and so is the empty text.
pub(super) fn claims(mapping: &Value) -> Vec<Claim> {
    let mut claims = Vec::new();
    collect(&mapping["identity"], "", &[], &mut claims);
    claims
}

fn collect(value: &Value, name: &str, before: &[Token], claims: &mut Vec<Claim>) {
    match value {
        Value::String(text) if text.is_empty() || text.starts_with('/') => {
            let mut tokens = before.to_vec();
            tokens.extend(pointer::tokens(text).map(Token::Name));
            claims.push(Claim {
                name: name.to_owned(),
                tokens,
            });
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                // Pointers of one claim share its name; quotas are told apart.
                let name = match item {
                    Value::Object(_) => format!("{name}/{index}"),
                    _ => name.to_owned(),
                };
                collect(item, &name, before, claims);
            }
        }
        Value::Object(members) => {
            let mut inner = before.to_vec();
            if let Some(each) = members.get("each").and_then(Value::as_str) {
                collect(&members["each"], &format!("{name}/each"), before, claims);
                inner.extend(pointer::tokens(each).map(Token::Name));
                inner.push(Token::Each);
            }
            for (key, member) in members {
                // The values of a field are no pointers.
                if key != "each" && key != "values" {
                    let name = if name.is_empty() {
                        key.clone()
                    } else {
                        format!("{name}/{key}")
                    };
                    collect(member, &name, &inner, claims);
                }
            }
        }
        _ => {}
    }
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
        let note = format!("the claim `{}` is lost", claim.name);
        let cause = changes
            .iter_mut()
            .filter(|change| {
                matches!(change.kind, Kind::Removed | Kind::Type | Kind::Unread)
                    && change.place.holds(&place)
            })
            .max_by_key(|change| change.place.pointer.len());
        match cause {
            Some(change) => *change = change.clone().breaking(note),
            None => {
                changes.push(Change::new(&place, Kind::Unread, "described", "").breaking(note));
            }
        }
    }
    Ok(())
}

/// Whether the answer has what the pointer of JSON leads to.
pub(super) fn has(resolver: Resolver<'_>, schemas: &Schemas<'_>, at: &str) -> Result<bool> {
    let tokens: Vec<_> = pointer::tokens(at).map(Token::Name).collect();
    Ok(find(resolver, schemas, &tokens)? != Found::No)
}

/// The values that what a pointer leads to is said to have; none where any may be.
pub(super) fn values(
    resolver: Resolver<'_>,
    schemas: &Schemas<'_>,
    at: &str,
) -> Result<Option<Vec<String>>> {
    let tokens: Vec<_> = pointer::tokens(at).map(Token::Name).collect();
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
