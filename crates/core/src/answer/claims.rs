//! From an answer to the claims of an identity.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::HeaderMap;

use super::scan::{Found, Plan, Slot, Value, for_each};
use crate::{
    Claims, Identity, Organization, OrganizationClaims, Permission, PermissionClaims, Place, Quota,
    QuotaClaims, Source, SubjectType, SubjectTypeSource, Timestamp, TokenClaims, TokenInfo, text,
};

/// How many items of each list an identity holds. What comes beyond is left out, so that an answer of a given size cannot
/// make an identity many times as large.
const MAX_ITEMS: usize = 10_000;

/// About how many bytes the texts of each list take at most.
const MAX_SIZE: usize = 1024 * 1024;

/// How many bytes of a text an identity holds: one that is told once may stand in every item of a list.
const MAX_TEXT: usize = 4096;

/// The items of a list, as many as there is room for.
struct Items<T> {
    items: Vec<T>,
    size: usize,
}

impl<T> Items<T> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            size: 0,
        }
    }

    fn has_room(&self) -> bool {
        self.items.len() < MAX_ITEMS && self.size < MAX_SIZE
    }

    /// Adds an item whose texts have that size, unless there is no room.
    fn push(&mut self, item: T, texts: usize) {
        if self.has_room() {
            self.size += texts;
            self.items.push(item);
        }
    }
}

impl Items<String> {
    fn text(&mut self, text: String) {
        let size = size(&text);
        self.push(text, size);
    }
}

/// What a text takes of an allocator, at least.
fn size(text: &str) -> usize {
    text.len().max(32)
}

/// A text as an identity holds it.
fn kept(text: Cow<'_, str>) -> String {
    text::kept(text, MAX_TEXT)
}

/// What reads claims, and where in a body they are found.
pub(super) struct ClaimsReader {
    sub: Option<SourceReader>,
    name: Option<SourceReader>,
    given_name: Option<SourceReader>,
    family_name: Option<SourceReader>,
    preferred_username: Option<SourceReader>,
    email: Option<SourceReader>,
    email_verified: Option<SourceReader>,
    picture: Option<SourceReader>,
    created_at: Option<SourceReader>,
    updated_at: Option<SourceReader>,
    subject_type: SubjectTypeReader,
    organizations: Option<ListReader<OrganizationReader>>,
    permissions: Option<ListReader<PermissionReader>>,
    scopes: Option<SourceReader>,
    quotas: Vec<QuotaReader>,
    token: Option<TokenReader>,
}

/// Where a claim is found.
enum SourceReader {
    Constant(String),
    Places(Vec<PlaceReader>),
}

enum PlaceReader {
    Body(Slot),
    Header(String),
    Key,
}

enum SubjectTypeReader {
    Constant(SubjectType),
    Field(Slot, BTreeMap<String, SubjectType>),
    Present(Vec<(Slot, SubjectType)>),
}

/// The items of a list or an object, each with a plan of its own; or the answer itself, as the only one.
struct ListReader<T> {
    each: Option<(Slot, Plan)>,
    item: T,
}

struct OrganizationReader {
    id: Option<SourceReader>,
    name: Option<SourceReader>,
    slug: Option<SourceReader>,
    role: Option<SourceReader>,
    active: Option<SourceReader>,
}

struct PermissionReader {
    permission: Option<SourceReader>,
    resource: Option<SourceReader>,
    resource_type: Option<SourceReader>,
    environment: Option<SourceReader>,
    within: Option<Box<ListReader<PermissionReader>>>,
}

struct QuotaReader {
    name: String,
    unit: Option<String>,
    limit: Option<SourceReader>,
    used: Option<SourceReader>,
    remaining: Option<SourceReader>,
    resets_at: Option<SourceReader>,
}

struct TokenReader {
    id: Option<SourceReader>,
    name: Option<SourceReader>,
    expires_at: Option<SourceReader>,
    issued_at: Option<SourceReader>,
    last_used_at: Option<SourceReader>,
}

/// Where an item's claims are read from.
#[derive(Clone, Copy)]
struct Item<'i, 'a> {
    found: &'i Found<'a>,
    headers: &'i HeaderMap,
    /// The name under which the item stands in an object.
    key: Option<&'i str>,
}

impl ClaimsReader {
    pub(super) fn new(claims: &Claims, plan: &mut Plan) -> Self {
        let mut source = |source: &Option<Source>| SourceReader::new(source.as_ref(), plan);
        Self {
            sub: source(&claims.sub),
            name: source(&claims.name),
            given_name: source(&claims.given_name),
            family_name: source(&claims.family_name),
            preferred_username: source(&claims.preferred_username),
            email: source(&claims.email),
            email_verified: source(&claims.email_verified),
            picture: source(&claims.picture),
            created_at: source(&claims.created_at),
            updated_at: source(&claims.updated_at),
            scopes: source(&claims.scopes),
            subject_type: SubjectTypeReader::new(claims.subject_type.as_ref(), plan),
            organizations: claims.organizations.as_ref().map(|it| {
                ListReader::new(it.each.as_ref(), plan, |plan| {
                    OrganizationReader::new(it, plan)
                })
            }),
            permissions: claims.permissions.as_ref().map(|it| {
                ListReader::new(it.each.as_ref(), plan, |plan| {
                    PermissionReader::new(it, plan)
                })
            }),
            quotas: claims
                .quotas
                .iter()
                .map(|it| QuotaReader::new(it, plan))
                .collect(),
            token: claims.token.as_ref().map(|it| TokenReader::new(it, plan)),
        }
    }

    /// Fills in what the answer tells. A value of an unexpected type is no claim.
    pub(super) fn fill(&self, found: &Found<'_>, headers: &HeaderMap, identity: &mut Identity) {
        let item = Item {
            found,
            headers,
            key: None,
        };
        identity.sub = item.text(self.sub.as_ref());
        identity.name = item.text(self.name.as_ref());
        identity.given_name = item.text(self.given_name.as_ref());
        identity.family_name = item.text(self.family_name.as_ref());
        identity.preferred_username = item.text(self.preferred_username.as_ref());
        identity.email = item.text(self.email.as_ref());
        identity.email_verified = item.flag(self.email_verified.as_ref());
        identity.picture = item.text(self.picture.as_ref());
        identity.created_at = item.timestamp(self.created_at.as_ref());
        identity.updated_at = item.timestamp(self.updated_at.as_ref());
        identity.subject_type = self.subject_type.read(item);
        identity.organizations = self.organizations.as_ref().and_then(|list| {
            let mut items = Items::new();
            let is_there = list.for_each(item, &mut |reader, item| {
                let it = reader.read(item);
                let texts = [&it.id, &it.name, &it.slug, &it.role];
                let texts: usize = texts.into_iter().flatten().map(|it| size(it)).sum();
                if it != Organization::default() {
                    items.push(it, texts);
                }
                items.has_room()
            });
            let items = items.items;
            // The answer itself tells of one, or says nothing.
            (is_there && (list.each.is_some() || !items.is_empty())).then_some(items)
        });
        identity.permissions = self.permissions.as_ref().and_then(|list| {
            let mut items = Items::new();
            let is_there = PermissionReader::read(list, item, &Permission::default(), &mut items);
            let items = items.items;
            (is_there && (list.each.is_some() || !items.is_empty())).then_some(items)
        });
        identity.scopes = item.texts(self.scopes.as_ref());
        let quotas = self.quotas.iter().filter_map(|quota| quota.read(item));
        let quotas: Vec<_> = quotas.collect();
        identity.quotas = (!quotas.is_empty()).then_some(quotas);
        let token = self.token.as_ref().map(|token| token.read(item));
        identity.token = token.filter(|token| *token != TokenInfo::default());
    }

    /// Whether the answer names somebody: a text with something in it, or a number, at one of the claims of
    /// [`Claims::naming`]. Constants name nobody.
    pub(super) fn name_somebody(&self, found: &Found<'_>, headers: &HeaderMap) -> bool {
        let item = Item {
            found,
            headers,
            key: None,
        };
        let own = [
            &self.sub,
            &self.email,
            &self.preferred_username,
            &self.name,
            &self.given_name,
            &self.family_name,
        ];
        let token = self.token.iter().flat_map(|it| [&it.id, &it.name]);
        if own
            .into_iter()
            .chain(token)
            .any(|it| item.names(it.as_ref()))
        {
            return true;
        }
        let mut is_named = false;
        if let Some(list) = &self.organizations {
            list.for_each(item, &mut |reader, item| {
                is_named = item.names(reader.id.as_ref()) || item.names(reader.name.as_ref());
                !is_named
            });
        }
        is_named
    }

    /// Whether a claim that can name somebody comes from a header.
    pub(super) fn reads_headers(&self) -> bool {
        let token = self.token.iter().flat_map(|it| [&it.id, &it.name]);
        [&self.sub, &self.email, &self.preferred_username, &self.name]
            .into_iter()
            .chain(token)
            .flatten()
            .any(|source| match source {
                SourceReader::Constant(_) => false,
                SourceReader::Places(places) => {
                    places.iter().any(|it| matches!(it, PlaceReader::Header(_)))
                }
            })
    }
}

impl SourceReader {
    fn new(source: Option<&Source>, plan: &mut Plan) -> Option<Self> {
        Some(match source? {
            Source::Constant(text) => Self::Constant(text.clone()),
            Source::Places(places) => Self::Places(
                places
                    .iter()
                    .map(|place| match place {
                        Place::Body(pointer) => PlaceReader::Body(plan.slot(pointer)),
                        Place::Header(name) => {
                            plan.reads_headers = true;
                            PlaceReader::Header(name.clone())
                        }
                        Place::Key => PlaceReader::Key,
                    })
                    .collect(),
            ),
        })
    }
}

impl SubjectTypeReader {
    fn new(source: Option<&SubjectTypeSource>, plan: &mut Plan) -> Self {
        match source {
            None => Self::Constant(SubjectType::Unknown),
            Some(SubjectTypeSource::Constant(subject_type)) => Self::Constant(*subject_type),
            Some(SubjectTypeSource::Field { at, values }) => {
                Self::Field(plan.slot(at), values.clone())
            }
            Some(SubjectTypeSource::Present { present }) => {
                let present = present.iter().map(|(at, it)| (plan.slot(at), *it));
                Self::Present(present.collect())
            }
        }
    }

    fn read(&self, item: Item<'_, '_>) -> SubjectType {
        match self {
            Self::Constant(subject_type) => *subject_type,
            Self::Field(slot, values) => {
                let named = match item.found.get(*slot) {
                    Some(Value::Bool(flag)) => Some(Cow::Owned(flag.to_string())),
                    value => value.and_then(Value::into_text),
                };
                let found = named.and_then(|value| values.get(value.as_ref()));
                found.copied().unwrap_or_default()
            }
            Self::Present(present) => {
                let mut present = present.iter();
                let is_there =
                    |slot: Slot| !matches!(item.found.get(slot), None | Some(Value::Null));
                let found = present.find(|(slot, _)| is_there(*slot));
                found.map(|(_, it)| *it).unwrap_or_default()
            }
        }
    }
}

impl<T> ListReader<T> {
    fn new(
        each: Option<&crate::Pointer>,
        plan: &mut Plan,
        item: impl FnOnce(&mut Plan) -> T,
    ) -> Self {
        match each {
            None => Self {
                item: item(plan),
                each: None,
            },
            Some(each) => {
                let mut own = Plan::default();
                let item = item(&mut own);
                plan.reads_headers |= own.reads_headers;
                Self {
                    item,
                    each: Some((plan.slot(each), own)),
                }
            }
        }
    }

    /// Calls `visit` with each item, until it returns false. Whether there is a list at all, if of nothing.
    fn for_each(
        &self,
        around: Item<'_, '_>,
        visit: &mut dyn FnMut(&T, Item<'_, '_>) -> bool,
    ) -> bool {
        let Some((slot, plan)) = &self.each else {
            visit(&self.item, around);
            return true;
        };
        let Some(Value::List(raw) | Value::Object(raw)) = around.found.get(*slot) else {
            return false;
        };
        for_each(raw, |key, raw| match plan.scan(raw) {
            Ok(found) => visit(
                &self.item,
                Item {
                    found: &found,
                    headers: around.headers,
                    key,
                },
            ),
            Err(_) => true,
        });
        true
    }
}

impl OrganizationReader {
    fn new(claims: &OrganizationClaims, plan: &mut Plan) -> Self {
        let mut source = |source: &Option<Source>| SourceReader::new(source.as_ref(), plan);
        Self {
            id: source(&claims.id),
            name: source(&claims.name),
            slug: source(&claims.slug),
            role: source(&claims.role),
            active: source(&claims.active),
        }
    }

    fn read(&self, item: Item<'_, '_>) -> Organization {
        Organization {
            id: item.text(self.id.as_ref()),
            name: item.text(self.name.as_ref()),
            slug: item.text(self.slug.as_ref()),
            role: item.text(self.role.as_ref()),
            active: item.flag(self.active.as_ref()),
        }
    }
}

impl PermissionReader {
    fn new(claims: &PermissionClaims, plan: &mut Plan) -> Self {
        let mut source = |source: &Option<Source>| SourceReader::new(source.as_ref(), plan);
        Self {
            permission: source(&claims.permission),
            resource: source(&claims.resource),
            resource_type: source(&claims.resource_type),
            environment: source(&claims.environment),
            within: claims.within.as_ref().map(|it| {
                let own = |plan: &mut Plan| Self::new(it, plan);
                Box::new(ListReader::new(it.each.as_ref(), plan, own))
            }),
        }
    }

    /// Adds the permissions of a list to `items`. What they don't say of themselves, `around` says. Whether there is a
    /// list.
    fn read(
        list: &ListReader<Self>,
        item: Item<'_, '_>,
        around: &Permission,
        items: &mut Items<Permission>,
    ) -> bool {
        list.for_each(item, &mut |reader, item| {
            let or = |source: &Option<SourceReader>, around: &Option<String>| {
                item.text(source.as_ref()).or_else(|| around.clone())
            };
            let mut permission = Permission {
                permission: around.permission.clone(),
                resource: or(&reader.resource, &around.resource),
                resource_type: or(&reader.resource_type, &around.resource_type),
                environment: or(&reader.environment, &around.environment),
            };
            if let Some(within) = &reader.within {
                permission.permission = or(&reader.permission, &around.permission);
                Self::read(within, item, &permission, items);
                return items.has_room();
            }
            // The type of a resource that is not there says nothing.
            if permission.resource.is_none() {
                permission.resource_type = None;
            }
            let Permission {
                resource,
                resource_type,
                environment,
                ..
            } = &permission;
            let around = [resource, resource_type, environment];
            let around: usize = around.into_iter().flatten().map(|it| size(it)).sum();
            match item.texts_of(reader.permission.as_ref()) {
                Some(texts) => {
                    for text in texts {
                        if !items.has_room() {
                            break;
                        }
                        let size = around + size(&text);
                        let permission = Permission {
                            permission: Some(text),
                            ..permission.clone()
                        };
                        items.push(permission, size);
                    }
                }
                None if permission != Permission::default() => {
                    let own = permission.permission.as_ref().map_or(0, |it| size(it));
                    items.push(permission, around + own);
                }
                None => {}
            }
            items.has_room()
        })
    }
}

impl QuotaReader {
    fn new(claims: &QuotaClaims, plan: &mut Plan) -> Self {
        let mut source = |source: &Option<Source>| SourceReader::new(source.as_ref(), plan);
        Self {
            name: claims.name.clone(),
            unit: claims.unit.clone(),
            limit: source(&claims.limit),
            used: source(&claims.used),
            remaining: source(&claims.remaining),
            resets_at: source(&claims.resets_at),
        }
    }

    /// The quota; nothing where the answer has no figure of it.
    fn read(&self, item: Item<'_, '_>) -> Option<Quota> {
        let figures = Quota {
            limit: item.number(self.limit.as_ref()),
            used: item.number(self.used.as_ref()),
            remaining: item.number(self.remaining.as_ref()),
            resets_at: item.timestamp(self.resets_at.as_ref()),
            ..Quota::default()
        };
        (figures != Quota::default()).then(|| Quota {
            name: self.name.clone(),
            unit: self.unit.clone(),
            ..figures
        })
    }
}

impl TokenReader {
    fn new(claims: &TokenClaims, plan: &mut Plan) -> Self {
        let mut source = |source: &Option<Source>| SourceReader::new(source.as_ref(), plan);
        Self {
            id: source(&claims.id),
            name: source(&claims.name),
            expires_at: source(&claims.expires_at),
            issued_at: source(&claims.issued_at),
            last_used_at: source(&claims.last_used_at),
        }
    }

    fn read(&self, item: Item<'_, '_>) -> TokenInfo {
        TokenInfo {
            id: item.text(self.id.as_ref()),
            name: item.text(self.name.as_ref()),
            expires_at: item.timestamp(self.expires_at.as_ref()),
            issued_at: item.timestamp(self.issued_at.as_ref()),
            last_used_at: item.timestamp(self.last_used_at.as_ref()),
            limited: None,
        }
    }
}

impl Item<'_, '_> {
    /// The first of a source's places of which `read` makes something.
    fn first<T>(
        &self,
        source: Option<&SourceReader>,
        read: impl Fn(Value<'_>) -> Option<T>,
    ) -> Option<T> {
        let text = |text: &str| read(Value::Text(Cow::Borrowed(text)));
        match source? {
            SourceReader::Constant(constant) => text(constant),
            SourceReader::Places(places) => places.iter().find_map(|place| match place {
                PlaceReader::Body(slot) => read(self.found.get(*slot)?),
                PlaceReader::Header(name) => text(&header(self.headers, name)?),
                PlaceReader::Key => text(self.key?),
            }),
        }
    }

    /// A text with something in it, or a number as it is written.
    fn text(&self, source: Option<&SourceReader>) -> Option<String> {
        self.first(source, |value| {
            let text = value.into_text()?;
            has_something(&text).then(|| kept(text))
        })
    }

    fn timestamp(&self, source: Option<&SourceReader>) -> Option<Timestamp> {
        self.text(source).map(Timestamp::from)
    }

    fn flag(&self, source: Option<&SourceReader>) -> Option<bool> {
        self.first(source, |value| value.flag())
    }

    fn number(&self, source: Option<&SourceReader>) -> Option<f64> {
        self.first(source, |value| value.number())
    }

    /// Whether a source has a text with something in it, or a number, and is no constant.
    fn names(&self, source: Option<&SourceReader>) -> bool {
        let is_place = matches!(source, Some(SourceReader::Places(_)));
        let is_text = |value: Value<'_>| {
            let text = value.into_text()?;
            has_something(&text).then_some(())
        };
        is_place && self.first(source, is_text).is_some()
    }

    /// A list of texts; the parts of a text; the members of an object that are true.
    fn texts(&self, source: Option<&SourceReader>) -> Option<Vec<String>> {
        self.first(source, |value| match value {
            Value::Text(text) => {
                let parts = text.split(|c: char| c == ',' || c.is_whitespace());
                let parts = parts.filter(|part| !part.is_empty());
                let mut texts = Items::new();
                for part in parts {
                    if !texts.has_room() {
                        break;
                    }
                    texts.text(kept(Cow::Borrowed(part)));
                }
                Some(texts.items)
            }
            Value::List(raw) => Some(listed(raw)),
            Value::Object(raw) => Some(flagged(raw)),
            _ => None,
        })
    }

    /// The same, but that a text is one whole.
    fn texts_of(&self, source: Option<&SourceReader>) -> Option<Vec<String>> {
        self.first(source, |value| match value {
            Value::List(raw) => Some(listed(raw)),
            Value::Object(raw) => Some(flagged(raw)),
            value => {
                let text = value.into_text()?;
                (!text.trim().is_empty()).then(|| vec![kept(text)])
            }
        })
    }
}

/// Whether a text is more than blanks.
fn has_something(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace())
}

/// The texts and numbers of a list.
fn listed(raw: &str) -> Vec<String> {
    let mut texts = Items::new();
    for_each(raw, |_, raw| {
        let text = Value::read(raw).and_then(Value::into_text);
        if let Some(text) = text.filter(|it| !it.trim().is_empty()) {
            texts.text(kept(text));
        }
        texts.has_room()
    });
    texts.items
}

/// The members of an object that are true; of one whose members are texts or objects themselves, in the form
/// `member:text` and `member:inner`.
fn flagged(raw: &str) -> Vec<String> {
    let mut texts = Items::new();
    for_each(raw, |name, raw| {
        // It may stand in every text.
        let name = text::beginning(name.unwrap_or_default(), MAX_TEXT);
        match Value::read(raw) {
            Some(value) if value.flag() == Some(true) => texts.text(name.to_owned()),
            Some(value) if value.flag() == Some(false) => {}
            Some(Value::Text(text)) if !text.trim().is_empty() => {
                texts.text(kept(format!("{name}:{text}").into()));
            }
            Some(Value::List(inner)) => {
                for text in listed(inner) {
                    if !texts.has_room() {
                        break;
                    }
                    texts.text(kept(format!("{name}:{text}").into()));
                }
            }
            Some(Value::Object(inner)) => for_each(inner, |member, raw| {
                if let (Some(member), Some(Value::Bool(true))) = (member, Value::read(raw)) {
                    texts.text(kept(format!("{name}:{member}").into()));
                }
                texts.has_room()
            }),
            _ => {}
        }
        texts.has_room()
    });
    texts.items
}

/// The values of a header, with commas between (RFC 9110, section 5.3).
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(name).iter();
    // What is not ASCII is most often UTF-8 (RFC 9110, section 5.5, has it opaque).
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}
