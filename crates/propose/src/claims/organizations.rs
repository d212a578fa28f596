//! Which organizations the holder belongs to.

use super::super::shape::Shape;
use super::super::words;
use super::super::yaml::{Map, Node};
use super::subject::{self, Holder, Subject};
use super::tables::{self, Kind};
use super::{Field, Scope, described, reason, says_count};

/// Proposes `organizations`: from a list, from an object, or from fields of the holder.
pub(super) fn propose(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
    answer: &Shape<'_>,
    map: &mut Map,
) {
    if subject.holder == Holder::Organization {
        if sub.is_none() {
            from_holder(subject, map);
        }
        return;
    }
    let found = from_memberships(answer)
        .or_else(|| nearest(subject, sub, map))
        .or_else(|| from_inner_object(subject, sub))
        .or_else(|| from_described_object(subject, sub))
        .or_else(|| from_described_fields(subject, sub))
        .or_else(|| from_other_list(subject));
    if let Some((claims, comment)) = found {
        map.explain("organizations", claims, comment);
    }
}

/// From a list, an object or fields of the holder. Of two, an organization comes before what is within it, a workspace
/// or a team, and a list before the one of them that is in use.
fn nearest(subject: &Subject<'_>, sub: Option<&Field<'_>>, map: &mut Map) -> Option<(Map, String)> {
    let Some((list, noun)) = from_list(subject, sub) else {
        return from_object(subject, sub, None).or_else(|| from_fields(subject, sub, map, None));
    };
    from_object(subject, sub, noun)
        .or_else(|| from_fields(subject, sub, map, noun))
        .or(Some(list))
}

/// Whether an answer is a list of memberships in organizations, of nobody's own.
pub(super) fn are_memberships(answer: &Shape<'_>) -> bool {
    answer.items().is_some_and(|items| {
        let item = Scope::new("", &items);
        let names_user = tables::USER_IDS
            .iter()
            .any(|name| item.field(name).is_some())
            || !item.matches(&tables::PERSONAL[0]).is_empty()
            || !item.matches(&tables::USERNAME_OF_PERSONS).is_empty();
        answer.is_array() && !names_user && membership_claims(&item, "").is_some()
    })
}

/// From a holder that is one itself, and that has no identifier to be a `sub`.
fn from_holder(subject: &Subject<'_>, map: &mut Map) {
    let mut claims = Map::default();
    for rule in &tables::ORGANIZATION[..3] {
        if let Some(field) = subject.first(rule) {
            claims.explain(
                rule.claim,
                field.pointer.as_str(),
                reason(&field, rule.what),
            );
        }
    }
    if claims.get("name").is_some() {
        map.explain(
            "organizations",
            claims,
            "The answer is about an organization and has no identifier of it.",
        );
    }
}

/// From an answer that is a list of memberships and nothing else.
fn from_memberships(answer: &Shape<'_>) -> Option<(Map, String)> {
    let items = answer.items().filter(|_| answer.is_array())?;
    let claims = membership_claims(&Scope::new("", &items), "")?;
    Some((
        claims,
        "The answer is a list, whose items each name an organization.".to_owned(),
    ))
}

/// From a list that has another name, and whose items each name an organization.
fn from_other_list(subject: &Subject<'_>) -> Option<(Map, String)> {
    subject.around().find_map(|scope| {
        scope.fields.iter().find_map(|field| {
            let items = field.shape.items().filter(|_| field.shape.is_array())?;
            let claims = membership_claims(&Scope::new("", &items), &field.pointer)?;
            Some((
                claims,
                format!("Its items each name an organization{}.", described(field)),
            ))
        })
    })
}

/// The claims of an item that has `organization_id` or the like.
fn membership_claims(item: &Scope<'_>, each: &str) -> Option<Map> {
    let name = [
        "organization",
        "organisation",
        "org",
        "workspace",
        "tenant",
        "company",
    ]
    .into_iter()
    .find(|name| flat(item, name, "id").is_some())?;
    let mut claims = Map::default();
    claims.add("each", each);
    for rule in &tables::ORGANIZATION {
        let field = match rule.claim {
            "role" | "active" => item.matches(rule).into_iter().next(),
            "slug" => None,
            claim => flat(item, name, claim),
        };
        if let Some(field) = field {
            claims.add(rule.claim, field.pointer);
        }
    }
    Some(claims)
}

/// From a list of organizations, or of memberships in them.
///
/// With how many words for organizations are surely for larger ones than those of the list.
fn from_list(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
) -> Option<((Map, String), Option<usize>)> {
    let scopes: Vec<_> = subject.around().cloned().collect();
    let within: Vec<_> = scopes.iter().flat_map(holders_of_lists).collect();
    scopes.iter().chain(&within).find_map(|scope| {
        tables::ORGANIZATION_LISTS.iter().find_map(|name| {
            let field = &list(scope.field(name)?);
            let items = field.shape.items()?;
            let item = Scope::new("", &items);
            let is_other = *name == "accounts"
                && (is_own_account(&item, "account")
                    || tables::OTHER_ACCOUNTS
                        .iter()
                        .any(|sign| item.field(sign).is_some()));
            let is_liked = tables::LIKED.iter().any(|it| field.shape.says(it));
            if is_other || is_liked {
                return None;
            }
            let about = field.shape.description();
            let claims = item_claims(&items, &field.pointer, &about)?;
            // A list of the holder alone.
            let first = format!("{}/0", field.pointer);
            let is_of_holder = sub
                .and_then(|it| it.pointer.strip_prefix(&first))
                .is_some_and(|own| claims.get("id").is_some_and(|id| *id == Node::from(own)));
            if is_of_holder {
                return None;
            }
            let comment = format!("By its name, the organizations{}.", described(field));
            let larger = match *name {
                // A team is within a workspace or a company as well.
                "teams" | "user_teams" => 8,
                "workspaces" | "sites" | "accounts" => 3,
                _ => 0,
            };
            Some(((claims, comment), Some(larger)))
        })
    })
}

/// The objects that hold what the holder belongs to: `{groups: {organizations, teams}}`.
fn holders_of_lists<'a>(scope: &Scope<'a>) -> Vec<Scope<'a>> {
    let held = scope.fields.iter().filter(|field| {
        tables::LIST_HOLDERS.contains(&field.key.as_str()) && !field.shape.is_array()
    });
    held.map(Scope::of).collect()
}

/// A list, or the one in an object that tells of it: `{organizations: {items, total}}`, or a relation to several
/// (JSON:API).
fn list<'a>(field: &Field<'a>) -> Field<'a> {
    let around = Scope::of(field);
    let mut names = tables::AROUND_LISTS.iter();
    let within = names.find_map(|name| around.field(name).filter(|it| it.shape.is_array()));
    within
        .filter(|_| !field.shape.is_array())
        .unwrap_or(field)
        .clone()
}

/// The claims of the items of a list.
fn item_claims(items: &Shape<'_>, each: &str, about: &str) -> Option<Map> {
    let mut claims = Map::default();
    claims.add("each", each);
    let top = Scope::new("", items);
    if top.fields.is_empty() {
        // A list of identifiers or of names; which it is, is told or left out.
        let line = words::line(&format!("{} {about} {each}", items.description()));
        let says = |words: &[&str]| words.iter().any(|word| words::says(&line, word));
        let is_id = items.is_number()
            || items.has_format("uuid")
            || says(&["id", "ids", "identifier", "identifiers", "uuid"]);
        let claim = if is_id {
            "id"
        } else if says(&["name", "names"]) {
            "name"
        } else {
            return None;
        };
        return items.is_text().then(|| {
            claims.add(claim, "");
            claims
        });
    }
    // `{organization: {id, name}, role}`: a membership rather than an organization.
    let inner = tables::ORGANIZATIONS
        .iter()
        // An edge of GraphQL's.
        .chain([&"node"])
        .filter_map(|name| top.field(name))
        .map(Scope::of)
        .find(|scope| !scope.fields.is_empty());
    // One that has a name is an organization itself, whatever it belongs to.
    let is_one = !top.matches(&tables::ORGANIZATION[1]).is_empty();
    // The identifier of a membership is no organization's.
    let is_membership = each.to_lowercase().ends_with("memberships");
    let is_own_id = |field: &Field<'_>| {
        is_membership && !is_one && tables::OWN_IDS.contains(&field.key.as_str())
    };
    let scope = inner.as_ref().filter(|_| !is_one).unwrap_or(&top);
    let mut found = false;
    for rule in &tables::ORGANIZATION {
        let is_of_membership = matches!(rule.claim, "role" | "active");
        let field = if is_of_membership {
            top.matches(rule).into_iter().next()
        } else {
            let named = tables::ORGANIZATIONS
                .iter()
                .find_map(|name| flat(scope, name, rule.claim));
            let own = scope.matches(rule).into_iter().next();
            own.filter(|own| inner.is_some() || !is_own_id(own))
                .or(named)
        };
        if let Some(field) = field {
            found |= matches!(rule.claim, "id" | "name");
            claims.add(rule.claim, field.pointer);
        }
    }
    found.then_some(claims)
}

/// From an object that is the holder's organization.
fn from_object(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
    most: Option<usize>,
) -> Option<(Map, String)> {
    let mut scopes: Vec<_> = subject.around().cloned().collect();
    let within: Vec<_> = scopes.iter().flat_map(holders_of_lists).collect();
    scopes.extend(within);
    let (field, scope) = names(most).find_map(|name| {
        scopes.iter().find_map(|around| {
            let field = around.field(&name)?;
            let scope = resource(field);
            let holds_sub = holds(&scope, sub);
            // Another kind of holder is no organization of this one, but where its name says so.
            let is_holder = subject.others.iter().any(|other| {
                other.pointer() == scope.pointer
                    && !tables::ORGANIZATION_WORDS.contains(&other.name.as_str())
            });
            // A group is mostly one of permissions.
            let is_group = name.ends_with("group");
            let is_person = tables::FOLLOWED.iter().any(|it| scope.field(it).is_some());
            let is_own = name.ends_with("account") && is_own_account(&scope, "account");
            let is_other = is_holder || is_group || is_person || is_own;
            (!holds_sub && !is_other && identifies(&scope)).then(|| (field.clone(), scope))
        })
    })?;
    let mut claims = claims_of(&scope);
    // `{user: {id, organization_id}, organization: {name}}`
    let beside = subject.around().find_map(|it| flat(it, &field.key, "id"));
    if claims.get("id").is_none()
        && let Some(id) = beside.filter(|id| sub.is_none_or(|sub| sub.pointer != id.pointer))
    {
        claims.add("id", id.pointer);
    }
    if claims.get("role").is_none() {
        add_role(subject, &field.key, &mut claims);
    }
    Some((
        claims,
        format!("By its name, an organization{}.", described(&field)),
    ))
}

/// The object of a field, or what it is a relation to: `{organization: {data: {id, type}}}` (JSON:API).
fn resource<'a>(field: &Field<'a>) -> Scope<'a> {
    let scope = Scope::of(field);
    let data = scope.field("data").filter(|data| data.shape.is_object());
    match data {
        Some(data) if !identifies(&scope) => Scope::of(data),
        _ => scope,
    }
}

/// The claims of an object that is an organization.
fn claims_of(scope: &Scope<'_>) -> Map {
    let mut claims = Map::default();
    for rule in &tables::ORGANIZATION {
        let mut found = scope.matches(rule);
        match rule.claim {
            "id" => found.extend(scope.named_id()),
            "name" => {
                found.extend(scope.named("name", rule.kind));
                found.extend(scope.matches(&tables::BUSINESS_NAME));
            }
            "slug" => found.extend(scope.named("slug", rule.kind)),
            _ => {}
        }
        if let Some(found) = found.into_iter().next() {
            claims.add(rule.claim, found.pointer);
        }
    }
    claims
}

/// From the organization of something that the token is for: `{project: {id, organization: {id, name}}}`.
fn from_inner_object(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<(Map, String)> {
    let things = subject.around().flat_map(|around| {
        let named = tables::WITHIN_ORGANIZATIONS.iter();
        named.filter_map(|name| around.field(name).filter(|it| !it.shape.is_array()))
    });
    let inner: Vec<_> = things.map(Scope::of).collect();
    let (field, scope) = names(Some(tables::WHOLE_ORGANIZATIONS)).find_map(|name| {
        inner.iter().find_map(|thing| {
            let field = thing.field(&name)?;
            let scope = Scope::of(field);
            let holds_sub = holds(&scope, sub);
            (!field.shape.is_array() && !holds_sub && identifies(&scope)).then_some((field, scope))
        })
    })?;
    Some((
        claims_of(&scope),
        format!(
            "By its name, the organization of what the token is for{}.",
            described(field)
        ),
    ))
}

/// From an object under another name that is described as an organization: "a workspace of the service".
fn from_described_object(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<(Map, String)> {
    let is_described = |field: &&Field<'_>| {
        let line = words::line(&field.shape.description());
        tables::ORGANIZATION_WORDS.iter().any(|noun| {
            ["is a", "is an", "is the", "as a", "as the"]
                .iter()
                .any(|verb| words::says(&line, &format!("{verb} {noun}")))
        }) || says_belongs(&line)
    };
    let fields = subject.scopes().flat_map(|scope| &scope.fields);
    let (field, scope) = fields.filter(is_described).find_map(|field| {
        let scope = Scope::of(field);
        let holds_sub = holds(&scope, sub);
        (!field.shape.is_array() && !holds_sub && identifies(&scope)).then_some((field, scope))
    })?;
    Some((
        claims_of(&scope),
        format!(
            "By what is said of it, an organization{}.",
            described(field)
        ),
    ))
}

/// From fields under another name, of which it is said that the user belongs to what they name.
fn from_described_fields(subject: &Subject<'_>, sub: Option<&Field<'_>>) -> Option<(Map, String)> {
    subject.scopes().find_map(|scope| {
        let field = scope.fields.iter().find(|field| {
            let line = words::line(&field.shape.description());
            let stem = field.key.rsplit_once('_').map_or("", |(stem, _)| stem);
            field.shape.is_text()
                && (says_belongs(&line) || says_attached(&line) || is_attached(stem, &line))
        })?;
        let (stem, _) = field.key.rsplit_once('_')?;
        let mut claims = Map::default();
        for rule in &tables::ORGANIZATION[..3] {
            let found = flat(scope, stem, rule.claim);
            let is_free = |field: &Field<'_>| sub.is_none_or(|sub| sub.pointer != field.pointer);
            if let Some(found) = found.filter(is_free) {
                claims.add(rule.claim, found.pointer);
            }
        }
        let identifies = claims.get("id").is_some() || claims.get("name").is_some();
        identifies.then(|| {
            (
                claims,
                format!("The user belongs to it, as is said{}.", described(field)),
            )
        })
    })
}

/// Whether a text says of an organization that the token goes with it.
fn says_attached(line: &str) -> bool {
    tables::ORGANIZATION_WORDS
        .iter()
        .any(|noun| words::says(line, noun))
        && says_token_goes(line)
}

/// Whether a text says that the token goes with something: "the token belongs to".
fn says_token_goes(line: &str) -> bool {
    let verbs = [
        "is attached to",
        "belongs to",
        "is associated with",
        "is bound to",
        "is tied to",
    ];
    words::CREDENTIAL_NOUNS.iter().any(|token| {
        verbs
            .iter()
            .any(|verb| words::says(line, &format!("{token} {verb}")))
    })
}

/// Whether something that is named after what a service has for each of its customers is said to go with the token: "The
/// deployment associated with the API token".
fn is_attached(stem: &str, line: &str) -> bool {
    let last = stem.rsplit('_').next().unwrap_or(stem);
    let verbs = ["associated with", "attached to", "bound to", "tied to"];
    let is_attached = |verb: &&str| {
        let rest = line.split_once(&format!(" {verb} "));
        rest.is_some_and(|(_, rest)| {
            rest.split(' ')
                .take(3)
                .any(|word| words::CREDENTIAL_NOUNS.contains(&word))
        })
    };
    (tables::ORGANIZATION_WORDS.contains(&last) || tables::TENANTS.contains(&last))
        && (says_token_goes(line) || verbs.iter().any(is_attached))
}

/// Whether a text says that the holder belongs to what is described.
fn says_belongs(line: &str) -> bool {
    let holders = ["this user", "the user", "the account", "the member", "you"];
    holders.iter().any(|holder| {
        [
            format!("which {holder} belongs"),
            format!("{holder} belongs to"),
            format!("which {holder} belong"),
            format!("{holder} belong to"),
        ]
        .iter()
        .any(|phrase| words::says(line, phrase))
    })
}

/// Whether the holder's identifier stands in an object.
fn holds(scope: &Scope<'_>, sub: Option<&Field<'_>>) -> bool {
    sub.is_some_and(|sub| sub.pointer.starts_with(&format!("{}/", scope.pointer)))
}

/// Whether an object tells of an organization.
fn identifies(scope: &Scope<'_>) -> bool {
    let has = |rule: &tables::Rule| !scope.matches(rule).is_empty();
    // The company of a customer or an account is what somebody wrote.
    let name = words::key(scope.pointer.rsplit('/').next().unwrap_or_default());
    let is_business = name
        .rsplit('_')
        .next()
        .is_some_and(|noun| tables::ORGANIZATION_WORDS.contains(&noun));
    scope.named_id().is_some()
        || tables::ORGANIZATION[..2].iter().any(has)
        || (is_business && has(&tables::BUSINESS_NAME))
}

/// From fields such as `organization_id` and `organization_name`.
fn from_fields(
    subject: &Subject<'_>,
    sub: Option<&Field<'_>>,
    map: &mut Map,
    most: Option<usize>,
) -> Option<(Map, String)> {
    // The default account of a user is what they belong to.
    let is_holders = |field: &Field<'_>| {
        sub.is_some_and(|sub| sub.pointer == field.pointer)
            || (is_of_user(field) && !field.key.starts_with("default_"))
    };
    let mut doubt = None;
    let found = names(most).find_map(|name| {
        // Where it is in doubt what the organization is, no default within it stands for it.
        if doubt.is_some() && name.starts_with("default_") {
            return None;
        }
        subject.around().find_map(|scope| {
            // The name of the holder, where the holder is the account.
            let id = flat(scope, &name, "id");
            if id.is_some_and(|id| sub.is_some_and(|sub| sub.pointer == id.pointer)) {
                return None;
            }
            if name.ends_with("account") && is_own_account(scope, &name) {
                return None;
            }
            let mut claims = Map::default();
            let mut first: Option<Field<'_>> = None;
            let alone = scope
                .find(&name, Kind::Text)
                .filter(|_| stands_alone(&name));
            let alone = alone.filter(|field| !is_free_text(field, scope) && !says_count(field));
            // Where a URI is the holder's identifier, one is that of what the holder belongs to.
            let is_by_uri = sub.is_some_and(|sub| sub.key == "uri") && name.contains('_');
            let alone = alone.map(|field| match told_by(&field, &name, scope) {
                Told::Nothing if is_by_uri => (Told::Id, field),
                told => (told, field),
            });
            for rule in &tables::ORGANIZATION {
                let told = |field: &Field<'_>, told: Told| match (rule.claim, told) {
                    ("id", Told::Id) => true,
                    ("name", Told::Name) => rule.kind.suits(&field.key, &field.shape),
                    _ => false,
                };
                let field = flat(scope, &name, rule.claim)
                    .or_else(|| {
                        let (is, field) = alone.clone()?;
                        told(&field, is).then_some(field)
                    })
                    .filter(|field| {
                        !is_holders(field) && !is_free_text(field, scope) && !says_count(field)
                    });
                if let Some(field) = field {
                    claims.add(rule.claim, field.pointer.as_str());
                    first.get_or_insert(field);
                }
            }
            if let (None, Some((Told::Nothing, field))) = (&first, &alone) {
                doubt.get_or_insert_with(|| {
                    format!(
                        "organizations is left out: {} may be an identifier or a name{}.",
                        field.pointer,
                        described(field)
                    )
                });
            }
            let first = first?;
            if claims.get("id").is_none() && claims.get("name").is_none() {
                return None;
            }
            // An account of which nothing is said, beside a user's identifier, may be the user's.
            let is_of_persons = sub.is_some_and(|sub| tables::USER_IDS.contains(&sub.key.as_str()));
            if name == "account"
                && is_of_persons
                && first.shape.description().is_empty()
                && claims.keys().count() < 2
            {
                return None;
            }
            // One field of these may be of permissions or of a payment, or the holder's own.
            let is_weak = ["group", "customer", "business"]
                .iter()
                .any(|word| name.ends_with(word));
            // A team's name alone is what somebody has put into their profile.
            let is_weak = is_weak || (name.ends_with("team") && claims.get("id").is_none());
            if is_weak && claims.keys().count() < 2 {
                return None;
            }
            if claims.get("name").is_none()
                && let Some(field) = described_name(scope, &name, &claims)
            {
                claims.add("name", field.pointer);
            }
            // A user's account is the user, where it has no name of its own.
            let has_both = claims.get("id").is_some() && claims.get("name").is_some();
            if name.ends_with("account") && !has_both && first.shape.says("user s") {
                return None;
            }
            if claims.get("role").is_none() {
                add_role(subject, &name, &mut claims);
            }
            let comment = format!(
                "By the names of its fields, an organization{}.",
                described(&first)
            );
            Some((claims, comment))
        })
    });
    if let Some(doubt) = doubt.filter(|_| found.is_none()) {
        map.remark(doubt);
    }
    found
}

/// Whether an account is one that the holder has, at a bank or an exchange, and not what the holder belongs to: by its
/// words, or by what stands beside it.
fn is_own_account(scope: &Scope<'_>, name: &str) -> bool {
    let is_told = |field: &Field<'_>| tables::OWN_ACCOUNTS.iter().any(|it| field.shape.says(it));
    scope.fields.iter().any(|field| {
        let key = field.key.as_str();
        tables::BESIDE_OWN_ACCOUNTS.contains(&key)
            || key.contains("sub_account")
            || key.contains("subaccount")
            || (key.starts_with(name) && is_told(field))
    })
}

/// The name under another name, where it is described as that of this organization: "The name of the user's account".
fn described_name<'a>(scope: &Scope<'a>, organization: &str, claims: &Map) -> Option<Field<'a>> {
    let noun = organization.rsplit('_').next()?;
    let is_one = |field: &&Field<'a>| {
        let text = field.shape.description();
        let mut clauses = text.split(['.', ',', ';', '(', '\n']).map(words::line);
        let is_name = clauses.any(|clause| {
            let whose = ["the", "the user s", "the current user s", "your"];
            let ends =
                |what: &str, whose: &str| clause.ends_with(&format!(" {what} {whose} {noun} "));
            ["name of", "name for", "label of", "title of"]
                .iter()
                .any(|what| whose.iter().any(|whose| ends(what, whose)))
        });
        is_name && Kind::Name.suits(&field.key, &field.shape)
    };
    claims.get("id")?;
    scope.fields.iter().find(is_one).cloned()
}

/// Whether a field is described as the user's own. "Of the user's company" is not, for there the user is a possessor.
fn is_of_user(field: &Field<'_>) -> bool {
    ["for the user", "of the user", "for this user"]
        .iter()
        .any(|phrase| field.shape.says(phrase) && !field.shape.says(&format!("{phrase} s")))
}

/// A field such as `organization_id`.
fn flat<'a>(scope: &Scope<'a>, organization: &str, claim: &str) -> Option<Field<'a>> {
    // A resource's name is an identifier of whatever it is.
    if organization.ends_with("resource") || organization.ends_with("instance") {
        return None;
    }
    let rule = tables::ORGANIZATION
        .iter()
        .find(|rule| rule.claim == claim)?;
    rule.names
        .iter()
        .find_map(|name| scope.find(&format!("{organization}_{name}"), rule.kind))
}

/// What a field such as `company` or `workspace` holds when it stands by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Id,
    Name,
    Nothing,
}

/// Whether a word is rare enough as the name of something else.
fn stands_alone(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    !matches!(
        last,
        "resource" | "site" | "instance" | "account" | "customer" | "group" | "business" | "realm"
    )
}

/// The identifier where it is described as one, is a number, or the name has a field of its own; the name where it is
/// described as one. A person's `company` of which nothing is said is what that person wrote; another holder's is its name.
fn told_by(field: &Field<'_>, organization: &str, scope: &Scope<'_>) -> Told {
    let says = |words: &[&str]| words.iter().any(|word| field.shape.says(word));
    let is_number = !field.shape.is_string() && field.shape.is_number();
    let samples = field.shape.samples();
    let shows = |looks: &dyn Fn(&str) -> bool| {
        !samples.is_empty() && samples.iter().all(|sample| looks(sample))
    };
    if is_number
        || field.shape.has_format("uuid")
        || field.shape.has_format("uri")
        || says(&["identifier", "id", "uuid", "uri", "reference"])
        || shows(&looks_like_id)
        || flat(scope, organization, "name").is_some()
    {
        Told::Id
    } else if says(&["name", "called"])
        || shows(&looks_like_name)
        || flat(scope, organization, "id").is_some()
        || (organization.ends_with("company") && !subject::is_personal(scope))
    {
        Told::Name
    } else {
        Told::Nothing
    }
}

/// Whether a sample is as identifiers are: digits, hexadecimal ones as in a UUID, or `org_4f7c91ab`.
fn looks_like_id(sample: &str) -> bool {
    let is_hexadecimal = |c: char| c.is_ascii_hexdigit() || c == '-';
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let is_random = |text: &str| {
        text.len() >= 8 && has_digit(text) && text.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_prefixed = sample
        .rsplit_once('_')
        .is_some_and(|(_, rest)| is_random(rest));
    sample.chars().all(|c| c.is_ascii_digit())
        || (sample.len() >= 16 && has_digit(sample) && sample.chars().all(is_hexadecimal))
        || is_prefixed
}

/// Whether a sample is as names are: several words, each with a capital.
fn looks_like_name(sample: &str) -> bool {
    let mut words = sample.split_whitespace();
    words.clone().count() > 1
        && words.all(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()))
}

/// Whether a field is what somebody wrote of themselves, beside a biography and the like.
fn is_free_text(field: &Field<'_>, scope: &Scope<'_>) -> bool {
    let is_told = tables::FREE_TEXTS
        .iter()
        .any(|phrase| field.shape.says(phrase));
    let is_alone = !field.key.contains('_');
    let says_id = ["id", "identifier"].iter().any(|it| field.shape.says(it));
    is_told
        || is_alone
            && !says_id
            && !field.shape.is_number()
            && [
                "bio",
                "biography",
                "blog",
                "about",
                "about_me",
                "headline",
                "location",
                "occupation",
                "interests",
                "job_title",
                "hireable",
            ]
            .iter()
            .any(|name| scope.field(name).is_some())
}

/// The holder's role, where it is said to be one in such an organization.
fn add_role(subject: &Subject<'_>, organization: &str, claims: &mut Map) {
    let role = subject.scopes().find_map(|scope| {
        ["role", "role_name", "role_code", "role/slug", "role/name"]
            .iter()
            .find_map(|name| scope.find(name, Kind::Text))
    });
    let Some(role) = role else {
        return;
    };
    let word = organization.rsplit('_').next().unwrap_or(organization);
    if words::says(&words::line(&role.shape.description()), word) {
        claims.explain(
            "role",
            role.pointer.as_str(),
            format!("Described as the role in it{}.", described(&role)),
        );
    }
}

/// The names that an organization's object or fields may have, the likeliest first: of so many words at most.
fn names(most: Option<usize>) -> impl Iterator<Item = String> {
    let words = tables::ORGANIZATIONS.iter();
    words.take(most.unwrap_or(usize::MAX)).flat_map(|name| {
        tables::ORGANIZATION_PREFIXES
            .iter()
            .map(move |prefix| format!("{prefix}{name}"))
    })
}
