//! Which conditions follow from others, and which contradict themselves.
//!
//! Where it is not certain that one follows from the other, it does not.

use keyholder_core::{Rule, Scalar, Test, Text};

/// Whether whatever meets the conditions of `rule` on body, headers and text meets those of `other`.
pub(crate) fn by(rule: &Rule, other: &Rule) -> bool {
    let has_body = other.body.iter().all(|(at, test)| {
        let own = rule.body.get(at);
        own.is_some_and(|own| test_follows(own, test, false))
    });
    let has_header = other.header.iter().all(|(name, test)| {
        let mut own = rule
            .header
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        own.any(|(_, own)| test_follows(own, test, true))
    });
    let has_text = match (&other.text, &rule.text) {
        (None, _) => true,
        (Some(text), Some(own)) => text_follows(own, text),
        (Some(_), None) => false,
    };
    has_body && has_header && has_text
}

/// Whether what meets `own` meets `other`. A header may have several values, of which each test takes one that fits.
fn test_follows(own: &Test, other: &Test, is_header: bool) -> bool {
    if own == other {
        return true;
    }
    let values = values(own);
    let is_one_of = |all: &[Scalar]| {
        values
            .as_ref()
            .is_some_and(|values| values.iter().all(|it| holds(all, it)))
    };
    let equals = other.equals.is_empty() || is_one_of(&other.equals);
    let not = other.not.iter().all(|excluded| {
        let is_other = values
            .as_ref()
            .is_some_and(|values| !holds(values, excluded));
        holds(&own.not, excluded)
            || (is_other && !is_header)
            || (*excluded == Scalar::Null && is_there(own))
            || (*excluded != Scalar::Null && is_absent(own))
    });
    let contains = other.contains.is_empty()
        || (!own.contains.is_empty() && own.contains.iter().all(|it| other.contains.contains(it)))
        || values.as_ref().is_some_and(|values| {
            values
                .iter()
                .all(|it| matches!(it, Scalar::Text(text) if holds_one(text, &other.contains)))
        });
    let present = match other.present {
        None => true,
        Some(true) => is_there(own),
        Some(false) => is_absent(own),
    };
    equals && not && contains && present
}

fn text_follows(own: &Text, other: &Text) -> bool {
    // What one of several texts must hold, each of them has to have.
    let has = |wanted: &[String]| {
        let has_one = |text: &String| holds_one(text, wanted);
        own.all.iter().any(has_one) || (!own.any.is_empty() && own.any.iter().all(has_one))
    };
    let excludes = |text: &String| {
        own.none
            .iter()
            .any(|it| holds_one(text, std::slice::from_ref(it)))
    };
    (other.any.is_empty() || has(&other.any))
        && other
            .all
            .iter()
            .all(|wanted| has(std::slice::from_ref(wanted)))
        && other.none.iter().all(excludes)
}

/// Whether a text holds one of several, in upper or lower case.
fn holds_one(text: &str, wanted: &[String]) -> bool {
    let text = text.to_lowercase();
    wanted.iter().any(|it| text.contains(&it.to_lowercase()))
}

/// Whether a condition asks that there is something.
pub(crate) fn is_there(test: &Test) -> bool {
    test.present == Some(true)
        || !test.contains.is_empty()
        || test.not.contains(&Scalar::Null)
        || values(test).is_some_and(|values| !values.contains(&Scalar::Null))
}

/// Whether a condition asks that there is nothing.
fn is_absent(test: &Test) -> bool {
    test.present == Some(false)
        || values(test).is_some_and(|values| values.iter().all(|it| *it == Scalar::Null))
}

/// Whether a condition leaves no room for an object or a list.
pub(crate) fn is_no_container(test: &Test) -> bool {
    is_absent(test) || !test.equals.is_empty()
}

/// Whether no value meets a condition.
pub(crate) fn is_contradiction(test: &Test) -> bool {
    let values = values(test);
    let is_none_left = values.as_ref().is_some_and(Vec::is_empty);
    let lacks = |scalar: &Scalar| !matches!(scalar, Scalar::Text(value) if holds_one(value, &test.contains));
    let cannot_contain =
        !test.contains.is_empty() && values.as_ref().is_some_and(|it| it.iter().all(lacks));
    is_none_left || cannot_contain || (is_there(test) && is_absent(test))
}

/// The values that a condition lets through, where it lists them.
fn values(test: &Test) -> Option<Vec<Scalar>> {
    let left = test.equals.iter().filter(|it| !holds(&test.not, it));
    let left = left.filter(|it| test.present != Some(false) || **it == Scalar::Null);
    let left = left.filter(|it| test.present != Some(true) || **it != Scalar::Null);
    (!test.equals.is_empty()).then(|| left.cloned().collect())
}

/// Whether a scalar is among several: `1`, `1.0` and `1e0` are the same.
fn holds(all: &[Scalar], scalar: &Scalar) -> bool {
    all.iter().any(|it| match (it, scalar) {
        (Scalar::Number(one), Scalar::Number(other)) => {
            one == other || (one.as_f64().is_some() && one.as_f64() == other.as_f64())
        }
        (one, other) => one == other,
    })
}
