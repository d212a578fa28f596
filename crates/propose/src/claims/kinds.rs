//! A holder who is told of apart as a person and as a business: `{accountType, individualAccount, businessAccount}`.

use super::super::yaml::{Map, Node};
use super::subject::Subject;
use super::tables::{self, Rule};
use super::{Field, Scope, is_denied};

/// First words of what is told of a person.
const INDIVIDUALS: [&str; 4] = ["individual", "personal", "person", "natural"];

/// First words of what is told of a business.
const BUSINESSES: [&str; 4] = ["business", "company", "corporate", "legal"];

/// What such a word stands before.
const TOLD: [&str; 8] = [
    "account",
    "detail",
    "details",
    "info",
    "information",
    "data",
    "person",
    "profile",
];

/// Adds what the holder's object lacks and one of the two has: of each answer, only one of them is there.
pub(super) fn add_to(map: &mut Map, subject: &Subject<'_>) {
    let Some(own) = subject.scopes().next() else {
        return;
    };
    // Without its kind, a holder may have both.
    let says_kind = own.fields.iter().any(|field| {
        field.shape.is_string() && ["type", "kind"].iter().any(|it| field.key.ends_with(it))
    });
    let Some((individual, business)) = alternatives(own).filter(|_| says_kind) else {
        return;
    };
    let has_name = ["name", "given_name", "family_name"]
        .iter()
        .any(|claim| map.get(claim).is_some());
    // Whoever a business names is not the business.
    let of_both = [&tables::PERSONAL[0], &tables::NAME];
    let of_person = tables::PERSONAL
        .iter()
        .filter(|rule| ["given_name", "family_name"].contains(&rule.claim));
    let rules = of_both.into_iter().chain(of_person);
    for rule in rules.filter(|rule| !(has_name && rule.claim.ends_with("name"))) {
        if map.get(rule.claim).is_some() {
            continue;
        }
        let is_of_both = of_both.iter().any(|it| it.claim == rule.claim);
        let of_business = is_of_both.then(|| told(&business, rule)).flatten();
        let places: Vec<_> = told(&individual, rule)
            .into_iter()
            .chain(of_business)
            .map(|field| field.pointer)
            .collect();
        let comment =
            "By its name. The holder is a person or a business, and each is told of apart.";
        match places.as_slice() {
            [] => {}
            [only] => map.explain(rule.claim, only.as_str(), comment),
            _ => {
                let places: Vec<_> = places.into_iter().map(Node::from).collect();
                map.explain(rule.claim, places, comment);
            }
        }
    }
}

/// The object of the person and that of the business.
fn alternatives<'a>(own: &Scope<'a>) -> Option<(Scope<'a>, Scope<'a>)> {
    let told_of = |field: &'_ Field<'a>, firsts: &[&str]| {
        let (first, told) = field.key.split_once('_')?;
        (firsts.contains(&first) && TOLD.contains(&told) && field.shape.is_object())
            .then(|| told.to_owned())
    };
    own.fields.iter().find_map(|individual| {
        let told = told_of(individual, &INDIVIDUALS)?;
        let business = own
            .fields
            .iter()
            .find(|field| told_of(field, &BUSINESSES).as_ref() == Some(&told))?;
        Some((Scope::of(individual), Scope::of(business)))
    })
}

/// The best field of an object that a rule names and whose words do not deny it.
fn told<'a>(scope: &Scope<'a>, rule: &Rule) -> Option<Field<'a>> {
    scope
        .matches(rule)
        .into_iter()
        .find(|field| !is_denied(field, rule.claim))
}
