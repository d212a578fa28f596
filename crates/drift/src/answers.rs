//! The answers of two descriptions, status by status.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::{Change, Kind, Part, Place};
use super::claims;
use super::form::{self, Schemas};
use super::operation::Operation;
use super::schema::{self, Reader};
use keyholder_core::{Pointer, Status};
use keyholder_openapi::Result;
use keyholder_openapi::media_type::{self, essence};

type Responses<'a> = BTreeMap<String, &'a Value>;

/// The differences in what the two answer.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn compare(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Change>> {
    let our_responses = ours.responses()?;
    let their_responses = theirs.responses()?;
    // The mapping may say which of the successes it reads.
    let wanted = ours
        .whoami
        .as_ref()
        .map(|mapping| mapping.success.status.as_slice());
    let wanted = wanted.unwrap_or_default();
    let our_success = success(&our_responses, wanted);
    let their_success = success(&their_responses, wanted).or(success(&their_responses, &[]));
    let mut changes = Vec::new();
    let answer = |status: &str| Place::whole(Part::Answer(status.to_owned()));

    let mut theirs_taken = None;
    if let Some(status) = our_success {
        let found = covering(&their_responses, status).or(their_success);
        match found {
            Some(found) => {
                theirs_taken = Some(found);
                if found != status {
                    let change = Change::new(&answer(status), Kind::Moved, status, found);
                    changes.push(moved(change, status, found));
                }
                let pair = (our_responses[status], their_responses[found]);
                changes.extend(body(ours, theirs, pair, (status, found), true)?);
            }
            None => changes.push(
                Change::new(
                    &answer(status),
                    Kind::Removed,
                    words(&our_responses, status),
                    "",
                )
                .breaking("there is no such success any more"),
            ),
        }
    }
    for status in our_responses
        .keys()
        .filter(|it| Some(it.as_str()) != our_success)
    {
        match covering(&their_responses, status) {
            Some(found) => {
                let pair = (our_responses[status], their_responses[found]);
                changes.extend(body(ours, theirs, pair, (status, found), false)?);
            }
            None => changes.push(Change::new(
                &answer(status),
                Kind::Removed,
                words(&our_responses, status),
                "",
            )),
        }
    }
    for status in their_responses
        .keys()
        .filter(|it| Some(it.as_str()) != theirs_taken)
    {
        if covering(&our_responses, status).is_some_and(|it| it == status) {
            continue;
        }
        match covering(&our_responses, status) {
            // What ours says of a range or of all others holds of it too.
            Some(found) if !(is_success(status) && Some(found) != our_success) => {
                let pair = (our_responses[found], their_responses[status]);
                let is_success = Some(found) == our_success;
                changes.extend(body(ours, theirs, pair, (found, status), is_success)?);
            }
            _ => {
                let change = Change::new(
                    &answer(status),
                    Kind::Added,
                    "",
                    words(&their_responses, status),
                );
                changes.push(if is_success(status) && our_success.is_some() {
                    change.breaking("another status is no success to the client")
                } else {
                    change
                });
            }
        }
    }
    Ok(changes)
}

/// What it means that the success has another status: nothing, where ours is a range that holds it.
fn moved(change: Change, ours: &str, theirs: &str) -> Change {
    const NOTE: &str = "another status is no success to the client";
    match (rank(ours), rank(theirs)) {
        (1.., _) => change,
        (0, 1..) => change.noted(NOTE),
        (0, 0) => change.breaking(NOTE),
    }
}

/// The body of one answer, in both.
fn body(
    ours: &Operation<'_>,
    theirs: &Operation<'_>,
    (our_response, their_response): (&Value, &Value),
    (our_status, their_status): (&str, &str),
    is_success: bool,
) -> Result<Vec<Change>> {
    let status = more_exact(our_status, their_status);
    let place = Place::whole(Part::Answer(status.to_owned()));
    let mut changes = headers(
        ours,
        our_response,
        their_response,
        (our_status, status),
        is_success,
    );
    let (our_media, their_media) = (json_media(our_response), json_media(their_response));
    for name in media_types(our_response) {
        let is_json = our_media.is_some_and(|(media_type, _)| media_type == name);
        if is_json && their_media.is_some() {
            continue;
        }
        if !media_types(their_response).any(|it| essence(it) == essence(name)) {
            let change = Change::new(&place, Kind::Removed, name, "");
            changes.push(if is_json && is_success {
                change.breaking("the client reads nothing else")
            } else {
                change
            });
        }
    }
    for name in media_types(their_response) {
        let is_json = their_media.is_some_and(|(media_type, _)| media_type == name);
        if is_json && our_media.is_some() {
            continue;
        }
        if !media_types(our_response).any(|it| essence(it) == essence(name)) {
            changes.push(Change::new(&place, Kind::Added, "", name));
        }
    }
    let (Some((our_name, our_media)), Some((their_name, their_media))) = (our_media, their_media)
    else {
        return Ok(changes);
    };
    if essence(our_name) != essence(their_name) {
        changes.push(Change::new(&place, Kind::Moved, our_name, their_name));
    }
    let our_schemas: Schemas<'_> = our_media.get("schema").into_iter().collect();
    let their_schemas: Schemas<'_> = their_media.get("schema").into_iter().collect();
    let (our_side, their_side) = (
        (ours.resolver, &our_schemas),
        (theirs.resolver, &their_schemas),
    );
    let mut found = schema::compare(our_side, their_side, Reader::Client, &place)?;
    if is_success {
        let mut read = Vec::new();
        if let Some(mapping) = &ours.whoami {
            read.extend(claims::claims(mapping));
            read.extend(claims::conditions(mapping, our_status));
        }
        claims::lost(&read, status, our_side, their_side, &mut found)?;
    } else {
        let mut unread = Vec::new();
        for change in &mut found {
            if change.breaks {
                change.note.clear();
            }
            unread.push(std::mem::take(&mut change.breaks));
        }
        let codes = codes(ours, status, our_side, their_side, &place)?;
        if let Some(mapping) = &ours.whoami {
            let read = claims::conditions(mapping, our_status);
            claims::lost(&read, status, our_side, their_side, &mut found)?;
        }
        // What is not asked for is not read.
        for (change, _) in found.iter_mut().zip(unread).filter(|(_, unread)| *unread) {
            if !change.breaks {
                "the client falls back to status and code".clone_into(&mut change.note);
            }
        }
        found.extend(codes);
    }
    changes.extend(found);
    Ok(changes)
}

/// The headers of one answer that the mapping reads, and that theirs does not have any more.
fn headers(
    ours: &Operation<'_>,
    our_response: &Value,
    their_response: &Value,
    (our_status, status): (&str, &str),
    is_success: bool,
) -> Vec<Change> {
    // A name is compared without case (RFC 9110, section 5.1).
    let has = |response: &Value, name: &str| {
        let headers = response["headers"].as_object();
        headers.is_some_and(|all| all.keys().any(|it| it.eq_ignore_ascii_case(name)))
    };
    let Some(mapping) = &ours.whoami else {
        return Vec::new();
    };
    let mut lost = BTreeMap::<String, Change>::new();
    for (name, note) in claims::headers(mapping, our_status, is_success) {
        if !has(our_response, &name) || has(their_response, &name) {
            continue;
        }
        let place = Place::whole(Part::Header(status.to_owned(), name.clone()));
        let change = lost.remove(&name);
        let change = change.unwrap_or_else(|| Change::new(&place, Kind::Removed, "a header", ""));
        let breaks = !name.eq_ignore_ascii_case("retry-after") || change.breaks;
        let change = change.breaking(note);
        lost.insert(name, Change { breaks, ..change });
    }
    lost.into_values().collect()
}

/// The codes by which the mapping tells the errors of a status apart, and which theirs does not have.
fn codes(
    ours: &Operation<'_>,
    status: &str,
    our_side: (form::Resolver<'_>, &Schemas<'_>),
    their_side: (form::Resolver<'_>, &Schemas<'_>),
    place: &Place,
) -> Result<Vec<Change>> {
    let Some(whoami) = &ours.whoami else {
        return Ok(Vec::new());
    };
    let rules = whoami.answers.rules.iter();
    let of_status = rules.filter(|rule| rule.status.iter().any(|it| it.to_string() == status));
    let named: Vec<_> = of_status.flat_map(|rule| &rule.code).collect();
    let mut ours_has = Vec::new();
    let mut theirs_has = Vec::new();
    for code in &whoami.code {
        if claims::has(our_side.0, our_side.1, code)? {
            ours_has.push(code);
            if claims::has(their_side.0, their_side.1, code)? {
                theirs_has.push(code);
            }
        }
    }
    let Some(first) = theirs_has
        .first()
        .or(ours_has.first())
        .filter(|_| !named.is_empty())
    else {
        return Ok(Vec::new());
    };
    let place = Place {
        pointer: first.to_string(),
        ..place.clone()
    };
    if theirs_has.is_empty() {
        let answers: Vec<_> = named
            .iter()
            .map(|code| format!("`{status} {code}`"))
            .collect();
        let note = format!("{} cannot be told by its code", answers.join(", "));
        return Ok(vec![
            Change::new(&place, Kind::Unread, "the code", "").breaking(note),
        ]);
    }
    let listed = |side: (form::Resolver<'_>, &Schemas<'_>), codes: &[&Pointer]| {
        let mut all = Vec::new();
        for code in codes {
            match claims::values(side.0, side.1, code)? {
                Some(values) => all.extend(values),
                None => return Ok(None),
            }
        }
        Ok(Some(all))
    };
    let before = listed(our_side, &ours_has)?;
    let Some(after) = listed(their_side, &theirs_has)? else {
        return Ok(Vec::new());
    };
    let is_lost = |code: &&&String| {
        let code = json!(code).to_string();
        !after.contains(&code) && before.as_ref().is_none_or(|before| before.contains(&code))
    };
    Ok(named
        .iter()
        .filter(is_lost)
        .map(|code| {
            Change::new(&place, Kind::Unread, code.as_str(), "")
                .breaking(format!("`{status} {code}` does not occur any more"))
        })
        .collect())
}

/// The status of the success that a client reads: one of its own, then a range, then the default; with a JSON body
/// where one has it.
fn success<'a>(responses: &'a Responses<'_>, wanted: &[Status]) -> Option<&'a str> {
    let is_wanted = |status: &str| match (status.parse(), wanted) {
        (_, []) => is_success(status) || status == "default",
        (Ok(Status::Code(code)), wanted) => wanted.iter().any(|it| it.names(code)),
        (Ok(other), wanted) => wanted.contains(&other),
        (Err(_), _) => false,
    };
    let mut found: Vec<_> = responses
        .iter()
        .filter(|(status, _)| is_wanted(status))
        .map(|(status, response)| {
            (
                rank(status),
                status.as_str(),
                json_media(response).is_some(),
            )
        })
        .collect();
    found.sort_unstable();
    let with_body = found.iter().find(|(.., has_json)| *has_json);
    let any = found.iter().find(|(rank, ..)| *rank < rank_of_default());
    with_body.or(any).map(|(_, status, _)| *status)
}

/// The response that describes an answer of this status (OpenAPI 3.0.3, section 4.7.16).
fn covering<'a>(responses: &'a Responses<'_>, status: &str) -> Option<&'a str> {
    let range = status.chars().next().map(|hundred| format!("{hundred}XX"));
    let candidates = [Some(status.to_owned()), range, Some("default".to_owned())];
    let covers = |candidate: &String| {
        let found = responses
            .get_key_value(candidate)
            .map(|(key, _)| key.as_str());
        // A default beside a success is for errors.
        found.filter(|key| {
            *key != "default"
                || *key == status
                || !is_success(status)
                || !responses.keys().any(|it| is_success(it))
        })
    };
    candidates.iter().flatten().find_map(covers)
}

fn more_exact<'a>(ours: &'a str, theirs: &'a str) -> &'a str {
    if rank(theirs) < rank(ours) {
        theirs
    } else {
        ours
    }
}

fn rank(status: &str) -> u8 {
    if status == "default" {
        rank_of_default()
    } else {
        u8::from(status.ends_with("XX"))
    }
}

const fn rank_of_default() -> u8 {
    2
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// What an answer is, in a few words.
fn words(responses: &Responses<'_>, status: &str) -> String {
    let types: Vec<_> = responses
        .get(status)
        .into_iter()
        .flat_map(|response| media_types(response))
        .collect();
    if types.is_empty() {
        "no body".to_owned()
    } else {
        types.join(", ")
    }
}

fn media_types(response: &Value) -> impl Iterator<Item = &str> {
    let content = response["content"].as_object();
    content.into_iter().flatten().map(|(name, _)| name.as_str())
}

/// The media type that is JSON, as the client's generator takes it.
fn json_media(response: &Value) -> Option<(&str, &Value)> {
    media_type::json(response.get("content")?.as_object()?)
}
