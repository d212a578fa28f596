//! The claims that a mapping fills in, and whether the success has what they are filled from.

use keyholder_core::{
    Claims, OrganizationClaims, PermissionClaims, Pointer, Source, SubjectTypeSource,
};
use keyholder_openapi::{Error, Result, nearest, pointer, text};

use crate::schema::{Missing, Place, Types};
use crate::wire;

/// As many names are shown for help.
const SHOWN: usize = 20;

/// A claim, or what leads to one, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'c> {
    /// Its key below `identity`, as in `organizations/name`.
    pub key: String,
    /// The lists whose items it is read from, the outermost first; each pointer is relative to an item of the one before.
    pub each: Vec<&'c Pointer>,
    /// What it takes.
    pub takes: Takes,
    /// Places in the body, relative to an item of the last list.
    pub pointers: Vec<&'c Pointer>,
    /// Response headers.
    pub headers: Vec<&'c str>,
    /// Whether it is also the name under which the item stands.
    pub is_key: bool,
    /// The same text for every answer.
    pub constant: Option<&'c str>,
}

/// What a claim takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Takes {
    /// A text or a number.
    Text,
    /// A truth value, or a text that names one.
    Flag,
    /// A number, or a text that writes one.
    Number,
    /// A list of texts, a text that parts into them, or an object of flags.
    Texts,
    /// A text, a list of them, or an object of flags.
    Permission,
    /// A value that others are told apart by.
    Value,
    /// Anything: it counts that it is there.
    Any,
    /// A list, or an object of named items.
    List,
}

/// Every claim of a mapping that comes from somewhere, with what leads to it, from the outside inwards.
#[must_use]
pub fn claims(claims: &Claims) -> Vec<Claim<'_>> {
    let mut found = Collector::default();
    for (key, takes, source) in [
        ("sub", Takes::Text, &claims.sub),
        ("name", Takes::Text, &claims.name),
        ("given_name", Takes::Text, &claims.given_name),
        ("family_name", Takes::Text, &claims.family_name),
        (
            "preferred_username",
            Takes::Text,
            &claims.preferred_username,
        ),
        ("email", Takes::Text, &claims.email),
        ("email_verified", Takes::Flag, &claims.email_verified),
        ("picture", Takes::Text, &claims.picture),
        ("created_at", Takes::Text, &claims.created_at),
        ("updated_at", Takes::Text, &claims.updated_at),
        ("scopes", Takes::Texts, &claims.scopes),
    ] {
        found.source(key, takes, source.as_ref());
    }
    match &claims.subject_type {
        Some(SubjectTypeSource::Field { at, .. }) => {
            found.place("subject_type/at", Takes::Value, [at]);
        }
        Some(SubjectTypeSource::Present { present }) => {
            let pointers = present.iter().map(|(pointer, _)| pointer);
            found.place("subject_type/present", Takes::Any, pointers);
        }
        _ => {}
    }
    if let Some(organizations) = &claims.organizations {
        found.organizations(organizations);
    }
    if let Some(permissions) = &claims.permissions {
        found.permissions("permissions", permissions);
    }
    for (index, quota) in claims.quotas.iter().enumerate() {
        for (key, takes, source) in [
            ("limit", Takes::Number, &quota.limit),
            ("used", Takes::Number, &quota.used),
            ("remaining", Takes::Number, &quota.remaining),
            ("resets_at", Takes::Text, &quota.resets_at),
        ] {
            found.source(&format!("quotas/{index}/{key}"), takes, source.as_ref());
        }
    }
    if let Some(token) = &claims.token {
        for (key, source) in [
            ("token/id", &token.id),
            ("token/name", &token.name),
            ("token/expires_at", &token.expires_at),
            ("token/issued_at", &token.issued_at),
            ("token/last_used_at", &token.last_used_at),
        ] {
            found.source(key, Takes::Text, source.as_ref());
        }
    }
    found.claims
}

#[derive(Default)]
struct Collector<'c> {
    claims: Vec<Claim<'c>>,
    each: Vec<&'c Pointer>,
}

impl<'c> Collector<'c> {
    fn claim(&self, key: &str, takes: Takes) -> Claim<'c> {
        Claim {
            key: key.to_owned(),
            each: self.each.clone(),
            takes,
            pointers: Vec::new(),
            headers: Vec::new(),
            is_key: false,
            constant: None,
        }
    }

    fn source(&mut self, key: &str, takes: Takes, source: Option<&'c Source>) {
        let Some(source) = source else { return };
        let mut claim = self.claim(key, takes);
        match source {
            Source::Constant(text) => claim.constant = Some(text),
            Source::Places(places) => {
                for place in places {
                    match place {
                        keyholder_core::Place::Body(pointer) => claim.pointers.push(pointer),
                        keyholder_core::Place::Header(name) => claim.headers.push(name),
                        _ => claim.is_key = true,
                    }
                }
            }
        }
        self.claims.push(claim);
    }

    fn place(&mut self, key: &str, takes: Takes, pointers: impl IntoIterator<Item = &'c Pointer>) {
        let mut claim = self.claim(key, takes);
        claim.pointers.extend(pointers);
        self.claims.push(claim);
    }

    /// Runs `collect` for what is relative to the items of a list, or to the answer where there is none.
    fn list(&mut self, key: &str, each: Option<&'c Pointer>, collect: impl FnOnce(&mut Self)) {
        if let Some(each) = each {
            self.place(&format!("{key}/each"), Takes::List, [each]);
        }
        self.each.extend(each);
        collect(self);
        if each.is_some() {
            self.each.pop();
        }
    }

    fn organizations(&mut self, claims: &'c OrganizationClaims) {
        self.list("organizations", claims.each.as_ref(), |found| {
            for (key, takes, source) in [
                ("id", Takes::Text, &claims.id),
                ("name", Takes::Text, &claims.name),
                ("slug", Takes::Text, &claims.slug),
                ("role", Takes::Text, &claims.role),
                ("active", Takes::Flag, &claims.active),
            ] {
                found.source(&format!("organizations/{key}"), takes, source.as_ref());
            }
        });
    }

    fn permissions(&mut self, at: &str, claims: &'c PermissionClaims) {
        self.list(at, claims.each.as_ref(), |found| {
            for (key, takes, source) in [
                ("permission", Takes::Permission, &claims.permission),
                ("resource", Takes::Text, &claims.resource),
                ("resource_type", Takes::Text, &claims.resource_type),
                ("environment", Takes::Text, &claims.environment),
            ] {
                found.source(&format!("{at}/{key}"), takes, source.as_ref());
            }
            if let Some(within) = &claims.within {
                found.permissions(&format!("{at}/within"), within);
            }
        });
    }
}

impl Takes {
    fn types(self) -> Types {
        let text = Types::STRING | Types::NUMBER;
        match self {
            Self::Text | Self::Number => text,
            Self::Flag => Types::BOOLEAN | Types::STRING,
            Self::Texts => Types::ARRAY | Types::STRING | Types::OBJECT,
            Self::Permission => text | Types::ARRAY | Types::OBJECT,
            Self::Value => text | Types::BOOLEAN,
            Self::Any => Types::ALL,
            Self::List => Types::ARRAY | Types::OBJECT,
        }
    }

    /// What it takes, in words.
    fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text or a number",
            Self::Flag => "a boolean",
            Self::Number => "a number",
            Self::Texts => "a list of texts, or a text",
            Self::Permission => "a text, a list of texts, or an object",
            Self::Value => "a text, a number or a boolean",
            Self::Any => "anything",
            Self::List => "a list, or an object",
        }
    }
}

/// Refuses claims that the success cannot fill in. `at` is where `identity` stands; `body` is what the success's body is.
///
/// # Errors
///
/// The claims that tell one holder, organization or token from another.
const IDENTIFYING: [&str; 5] = [
    "sub",
    "email",
    "preferred_username",
    "organizations/id",
    "token/id",
];

/// A pointer that the schema lacks, with the nearest names; a place of another type than the claim takes; a constant
/// where none can be; a part of an identity of which nothing is mapped.
pub(crate) fn check(claims: &Claims, at: &str, body: &Place<'_>) -> Result<()> {
    check_filled(claims, at)?;
    for claim in self::claims(claims) {
        check_claim(&claim, &format!("{at}/{}", claim.key), body)?;
    }
    Ok(())
}

fn check_claim(claim: &Claim<'_>, at: &str, body: &Place<'_>) -> Result<()> {
    if let Some(text) = claim.constant {
        let fits = match claim.takes {
            Takes::Flag => matches!(text, "true" | "false"),
            Takes::Number => false,
            // The same for everybody, it would identify nobody.
            _ if IDENTIFYING.contains(&claim.key.as_str()) => false,
            _ => !text.trim().is_empty(),
        };
        if !fits {
            let message =
                format!("{text:?} is not a pointer, and this claim takes no such constant");
            return Err(Error::at(at, message));
        }
    }
    for name in &claim.headers {
        check_header(name, at)?;
    }
    let mut place = body.clone();
    let mut list = None;
    for each in &claim.each {
        let found = walk(&place, each, at)?;
        list = Some(found.types());
        place = found.items();
    }
    if claim.is_key && !list.is_some_and(|types| types.meets(Types::OBJECT)) {
        let message = "only what `each` finds in an object has a name of its own";
        return Err(Error::at(at, message)
            .with_help("point to a member of the item, or let `each` lead to an object"));
    }
    for pointer in &claim.pointers {
        let found = walk(&place, pointer, at)?;
        check_types(claim.takes, pointer, &found, at)?;
    }
    Ok(())
}

fn check_types(takes: Takes, pointer: &Pointer, found: &Place<'_>, at: &str) -> Result<()> {
    let shown = match pointer.as_str() {
        "" => "the answer".to_owned(),
        pointer => text::shown(pointer),
    };
    let types = found.types();
    // Of a schema that contradicts itself, nothing is known.
    if types == Types::NONE {
        return Ok(());
    }
    if takes == Takes::List && !types.meets(takes.types()) {
        return Err(Error::at(at, format!("{shown} is not a list")));
    }
    if !types.meets(takes.types()) {
        let kind = types.kind();
        let error = Error::at(
            at,
            format!("{shown} is {kind}, and this claim takes {}", takes.wanted()),
        );
        return Err(match found.names() {
            names if names.is_empty() => error,
            names => error.with_help(format!("point into it; there is: {}", listed(&names))),
        });
    }
    let is_of_lists = matches!(takes, Takes::Texts | Takes::Permission) && types == Types::ARRAY;
    let items = found.items().types();
    if is_of_lists && items != Types::NONE && !items.meets(Takes::Text.types()) {
        let message = format!(
            "{shown} is a list of what is {}, and this claim takes {}",
            items.kind(),
            takes.wanted()
        );
        let error = Error::at(at, message);
        return Err(match found.items().names() {
            names if names.is_empty() => error,
            names => error.with_help(format!(
                "`permissions` with `each` takes a member of each item; there is: {}",
                listed(&names)
            )),
        });
    }
    Ok(())
}

/// Where a pointer of a claim leads to.
fn walk<'a>(place: &Place<'a>, pointer: &Pointer, at: &str) -> Result<Place<'a>> {
    place
        .walk(pointer)
        .map_err(|missing| lacks("the answer has no", pointer, &missing, at))
}

/// The error for a pointer that leads nowhere, with the nearest names; `says` begins it, as in `the answer has no`.
pub(crate) fn lacks(says: &str, pointer: &Pointer, missing: &Missing, at: &str) -> Error {
    let Missing { token, names } = missing;
    let pointer = text::shown(pointer.as_str());
    let error = Error::at(at, format!("{says} {pointer} ({token:?} is not there)"));
    match nearest::nearest(token, names.iter().map(String::as_str)) {
        Some(nearest) => error.with_help(format!(
            "did you mean {nearest:?}? There is: {}",
            listed(names)
        )),
        None if names.is_empty() => error,
        None => error.with_help(format!("there is: {}", listed(names))),
    }
}

/// Names, up to a few.
pub(crate) fn listed(names: &[String]) -> String {
    let mut shown: Vec<_> = names
        .iter()
        .take(SHOWN)
        .map(|name| text::shown(name))
        .collect();
    if names.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Refuses the name of a response header that none can have.
pub(crate) fn check_header(name: &str, at: &str) -> Result<()> {
    match wire::response_header_name(name) {
        None => Ok(()),
        Some(reason) => Err(Error::at(at, format!("{} {reason}", text::shown(name)))),
    }
}

/// Refuses a part of an identity of which nothing is mapped.
fn check_filled(claims: &Claims, at: &str) -> Result<()> {
    let mut empty = Vec::new();
    if let Some(it) = &claims.organizations {
        let parts = [&it.id, &it.name, &it.slug, &it.role, &it.active];
        empty.extend(is_empty(&parts).then(|| "organizations".to_owned()));
    }
    let mut permissions = claims.permissions.as_ref();
    let mut key = "permissions".to_owned();
    while let Some(it) = permissions {
        let parts = [
            &it.permission,
            &it.resource,
            &it.resource_type,
            &it.environment,
        ];
        empty.extend((is_empty(&parts) && it.within.is_none()).then(|| key.clone()));
        permissions = it.within.as_deref();
        key.push_str("/within");
    }
    for (index, it) in claims.quotas.iter().enumerate() {
        let parts = [&it.limit, &it.used, &it.remaining, &it.resets_at];
        empty.extend(is_empty(&parts).then(|| format!("quotas/{index}")));
    }
    if let Some(it) = &claims.token {
        let parts = [
            &it.id,
            &it.name,
            &it.expires_at,
            &it.issued_at,
            &it.last_used_at,
        ];
        empty.extend(is_empty(&parts).then(|| "token".to_owned()));
    }
    match empty.first() {
        None => Ok(()),
        Some(key) => Err(Error::at(format!("{at}/{key}"), "maps nothing")
            .with_help("map a part of it, or leave it out")),
    }
}

fn is_empty(parts: &[&Option<Source>]) -> bool {
    parts.iter().all(|part| part.is_none())
}

/// The pointer to what stands under `key` below `at`.
pub(crate) fn below(at: &str, keys: &[&str]) -> String {
    keys.iter()
        .fold(at.to_owned(), |at, key| pointer::push(&at, key))
}
