//! Schemas in a few words, for people.

use serde_json::Value;

use super::form::{Form, Kind, Resolver};
use keyholder_openapi::Result;

/// A shape in a few words: its types, as people write them.
pub(super) fn describe(resolver: Resolver<'_>, schemas: &[&Value]) -> Result<String> {
    describe_to(resolver, schemas, 2)
}

fn describe_to(resolver: Resolver<'_>, schemas: &[&Value], depth: usize) -> Result<String> {
    let shape = resolver.shape(schemas)?;
    if shape.is_anything() {
        return Ok("anything".to_owned());
    }
    let is_union = shape
        .forms
        .iter()
        .filter(|form| form.kind == Some(Kind::Object))
        .count()
        > 1;
    let mut words = Vec::new();
    for form in &shape.forms {
        let word = describe_form(resolver, form, is_union, depth)?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if shape.nullable {
        words.push("null".to_owned());
    }
    Ok(if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" | ")
    })
}

/// A form in a few words; an object with the names of its properties, where that is what tells it from others.
pub(super) fn describe_form(
    resolver: Resolver<'_>,
    form: &Form<'_>,
    is_named: bool,
    depth: usize,
) -> Result<String> {
    const SHOWN: usize = 3;
    let Some(kind) = form.kind else {
        return Ok("anything".to_owned());
    };
    Ok(match kind {
        Kind::Array if depth > 0 => {
            format!(
                "array of {}",
                describe_to(resolver, &form.items, depth - 1)?
            )
        }
        Kind::Object if form.properties.is_empty() && depth > 0 => match &form.others {
            Some(others) => format!("map of {}", describe_to(resolver, others, depth - 1)?),
            None => "object".to_owned(),
        },
        Kind::Object if is_named => {
            let mut properties: Vec<_> = form.properties.keys().take(SHOWN).copied().collect();
            if form.properties.len() > SHOWN {
                properties.push("…");
            }
            format!("object {{{}}}", properties.join(", "))
        }
        kind => match &form.format {
            Some(format) => format!("{} ({format})", kind.name()),
            None => kind.name().to_owned(),
        },
    })
}
