//! The forms that an answer may have, and which of them are nobody's.

use std::collections::VecDeque;

use serde_json::Value;

use super::super::shape::Shape;
use super::super::words;
use super::{Context, Scope, subject, tables};
use keyholder_openapi::pointer;

/// How deep unions are looked for.
const DEPTH: usize = 3;

/// How many objects are looked into: a schema that refers to itself has no end.
const MOST: usize = 60;

/// How many fields of a form are named.
const SHOWN: usize = 5;

/// Claims that tell of a holder.
const HOLDERS: [&str; 7] = [
    "sub",
    "email",
    "preferred_username",
    "name",
    "given_name",
    "family_name",
    "organizations",
];

/// Claims that tell of a token.
const TOKENS: [&str; 3] = ["permissions", "scopes", "token"];

/// What an answer tells of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Holder,
    Token,
}

/// Why nothing is taken from a form.
#[derive(Clone, Copy)]
enum Silence {
    /// It is an error.
    Failure,
    /// It is for whom nobody knows.
    Anonymous,
    /// It tells of the token and of no holder.
    Token,
    /// It has no field that tells of anybody.
    Blank,
}

/// The answer without those of its forms that are nobody's, where others are somebody's; and what is to be said of it.
pub(super) fn of_holders<'a>(answer: &Shape<'a>, context: &Context) -> (Shape<'a>, Vec<String>) {
    let mut left_out = Vec::new();
    let mut remarks = Vec::new();
    let mut open = VecDeque::from([(String::new(), answer.clone(), DEPTH)]);
    let mut left = MOST;
    while let Some((at, shape, depth)) = open.pop_front().filter(|_| left > 0) {
        left -= 1;
        for (forms, is_one) in shape.unions() {
            for (form, silence) in silent(&shape, &forms, is_one, context) {
                remarks.push(remark(&at, &shape.form(form), silence));
                left_out.push(form);
            }
        }
        if depth > 0 {
            open.extend(within(&at, &shape).map(|(at, inner)| (at, inner, depth - 1)));
        }
    }
    if left_out.is_empty() {
        return (answer.clone(), remarks);
    }
    (answer.without(&left_out), remarks)
}

/// What may hold the holder: the items of a list, or the objects of an object.
fn within<'a>(at: &str, shape: &Shape<'a>) -> impl Iterator<Item = (String, Shape<'a>)> + use<'a> {
    let items = shape.items().filter(|_| shape.is_array());
    let scope = Scope::new(at, shape);
    let is_entered = |field: &&super::Field<'a>| subject::is_entered(field, &scope);
    let fields: Vec<_> = scope.fields.iter().filter(is_entered).cloned().collect();
    let fields = fields.into_iter().map(|field| (field.pointer, field.shape));
    items
        .map(|items| (pointer::push(at, "0"), items))
        .into_iter()
        .chain(fields)
}

/// The forms of a union that are nobody's, where another is somebody's.
fn silent<'a>(
    shape: &Shape<'a>,
    forms: &[&'a Value],
    is_one: bool,
    context: &Context,
) -> Vec<(&'a Value, Silence)> {
    // What stands beside the union tells of the holder whatever the form.
    if told(&shape.without(forms), context).is_some() {
        return Vec::new();
    }
    let (mut silent, mut tokens) = (Vec::new(), Vec::new());
    let (mut is_told, mut has_holder) = (false, false);
    for form in forms {
        let alone = shape.form(form);
        if alone.fields().is_empty() {
            continue;
        }
        let others: Vec<_> = forms
            .iter()
            .filter(|it| !std::ptr::eq(**it, *form))
            .copied()
            .collect();
        // Of `anyOf`, an answer may have several at once: what one lacks, another tells.
        let silence = if is_failure(&alone) {
            Some(Silence::Failure)
        } else if is_anonymous(&alone) {
            Some(Silence::Anonymous)
        } else if let Some(tells_of) = told(&shape.without(&others), context) {
            is_told = true;
            has_holder |= tells_of == Told::Holder;
            if is_one && tells_of == Told::Token {
                tokens.push((*form, Silence::Token));
            }
            None
        } else {
            is_one.then_some(Silence::Blank)
        };
        silent.extend(silence.map(|silence| (*form, silence)));
    }
    if has_holder {
        silent.append(&mut tokens);
    }
    if is_told { silent } else { Vec::new() }
}

/// What an answer of this shape tells of, if anything.
fn told(shape: &Shape<'_>, context: &Context) -> Option<Told> {
    let identity = super::propose_whole(shape, context);
    let has = |claims: &[&str]| identity.claims().any(|claim| claims.contains(&claim));
    if has(&HOLDERS) {
        Some(Told::Holder)
    } else {
        has(&TOKENS).then_some(Told::Token)
    }
}

/// Whether a form is an error, by the name of its schema or by its fields.
fn is_failure(form: &Shape<'_>) -> bool {
    if is_named(form, &tables::FAILURES) {
        return true;
    }
    let keys: Vec<_> = form.fields().into_keys().map(words::key).collect();
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    let tells_failure = has(&["error", "errors", "error_code", "error_message"])
        || (has(&["message", "detail", "title", "msg"]) && has(&["code", "status", "status_code"]));
    let is_beside = |key: &String| {
        let key = key.as_str();
        tables::OF_FAILURES.contains(&key) || tables::BESIDE.contains(&key)
    };
    tells_failure && keys.iter().all(is_beside)
}

/// Whether a form is for whom nobody knows, by the name of its schema or by a value that it always has.
fn is_anonymous(form: &Shape<'_>) -> bool {
    if is_named(form, &["anonymous", "unauthenticated", "unauthorized"]) {
        return true;
    }
    form.fields().iter().any(|(name, field)| {
        let key = words::key(name);
        match field.constant() {
            Some(Value::Bool(flag)) => {
                let table: &[&str] = if *flag {
                    &["anonymous", "is_anonymous", "guest", "is_guest"]
                } else {
                    &[
                        "authenticated",
                        "is_authenticated",
                        "logged_in",
                        "is_logged_in",
                        "signed_in",
                        "ok",
                        "success",
                        "valid",
                        "is_valid",
                    ]
                };
                table.contains(&key.as_str())
            }
            Some(Value::String(value)) => {
                let is_kind = ["type", "kind", "status", "state", "object"].contains(&key.as_str());
                is_kind && tables::NOBODYS.contains(&words::key(value).as_str())
            }
            _ => false,
        }
    })
}

/// Whether the name of a form's schema has one of these words.
fn is_named(form: &Shape<'_>, names: &[&str]) -> bool {
    form.names().iter().any(|name| {
        let words = words::words(name);
        words.iter().any(|word| names.contains(&word.as_str()))
    })
}

/// What is said of a form from which nothing is taken.
fn remark(at: &str, form: &Shape<'_>, silence: Silence) -> String {
    let fields = form.fields();
    let mut shown: Vec<_> = fields.keys().take(SHOWN).copied().collect();
    if fields.len() > SHOWN {
        shown.push("…");
    }
    let name = form
        .names()
        .first()
        .map_or(String::new(), |name| format!("`{}` ", words::quote(name)));
    let place = if at.is_empty() { "the answer" } else { at };
    let why = match silence {
        Silence::Failure => "is an error",
        Silence::Anonymous => "is for whom nobody knows",
        Silence::Token => "tells of the token alone, whose identifier is no holder's",
        Silence::Blank => "tells of nobody",
    };
    format!(
        "Nothing is taken from one of the forms of {place}, for it {why}: {name}{{{}}}.",
        shown.join(", ")
    )
}
