//! Proposes the claims of an identity from the fields of the answer.

mod forms;
mod kinds;
mod lost;
mod organizations;
mod permissions;
mod quotas;
mod subject;
mod subject_type;
mod tables;

use super::shape::Shape;
use super::words;
use super::yaml::{Map, Node};
use keyholder_openapi::pointer;
use subject::{Holder, Subject};
use tables::{Kind, Rule};

/// A proposed `identity`.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// The mapping, with a comment on each guess.
    pub map: Map,
}

impl Identity {
    /// The claims that were found.
    pub(super) fn claims(&self) -> impl Iterator<Item = &str> {
        self.map.keys()
    }
}

/// What is known of the operation beside its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// Path, operationId and summary, as a [`words::line`].
    pub about: String,
    /// What the path names last, its words joined by underscores: `teams` of `/teams/current`.
    pub noun: String,
    /// The collection of which the path takes the caller's own item, likewise; empty for another path.
    pub collection: String,
}

impl Context {
    /// Whether the operation's names speak of any of these.
    fn speaks_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| words::says(&self.about, name))
    }
}

/// An object of the answer, and where it stands.
#[derive(Clone, Debug)]
struct Scope<'a> {
    pointer: String,
    shape: Shape<'a>,
    fields: Vec<Field<'a>>,
}

/// A field of an object.
#[derive(Clone, Debug)]
struct Field<'a> {
    pointer: String,
    /// The name's words, joined by underscores.
    key: String,
    shape: Shape<'a>,
}

impl<'a> Scope<'a> {
    fn new(pointer: &str, shape: &Shape<'a>) -> Self {
        let all = shape.fields();
        let names: Vec<&str> = all.keys().copied().collect();
        // `@id` of JSON-LD is the document's beside an `id`.
        let is_keyword = |name: &str| {
            name.strip_prefix('@')
                .is_some_and(|rest| names.contains(&rest))
        };
        let fields = all
            .into_iter()
            .filter(|(name, shape)| !shape.is_gone(name) && !is_keyword(name))
            .map(|(name, shape)| Field {
                pointer: pointer::push(pointer, name),
                key: words::key(name),
                shape,
            });
        Self {
            pointer: pointer.to_owned(),
            shape: shape.clone(),
            fields: fields.collect(),
        }
    }

    /// The object that a field holds.
    fn of(field: &Field<'a>) -> Self {
        Self::new(&field.pointer, &field.shape)
    }

    fn field(&self, key: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The identifier that is named after the object: `user_sid` of `user`.
    fn named_id(&self) -> Option<Field<'a>> {
        let mut endings = tables::ID_ENDINGS.iter();
        endings.find_map(|ending| self.named(ending, Kind::Text))
    }

    /// The field that is named after the object and has this ending: `org_name` of `org`.
    fn named(&self, ending: &str, kind: Kind) -> Option<Field<'a>> {
        let name = words::key(self.pointer.rsplit('/').next()?);
        self.find(&format!("{name}_{ending}"), kind)
    }

    /// The field at a path of names, where `0` is the first item and `*` the first field of that kind.
    fn find(&self, path: &str, kind: Kind) -> Option<Field<'a>> {
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let is_any = first == "*";
        let mut candidates: Vec<_> = self
            .fields
            .iter()
            .filter(|field| {
                let name = match rest {
                    Some(_) => words::without_filler(&field.key),
                    None if kind == Kind::Date => words::without_unit(&field.key),
                    None => &field.key,
                };
                field.key == first || name == first || (is_any && is_size(field))
            })
            .collect();
        if is_any {
            candidates.sort_by_key(|field| {
                let rank = tables::SIZES.iter().position(|size| *size == field.key);
                rank.unwrap_or(usize::MAX)
            });
        }
        let mut candidates = candidates.into_iter();
        match rest {
            None => candidates
                .find(|field| kind.suits(&field.key, &field.shape))
                .cloned(),
            Some(rest) => candidates.find_map(|field| match rest.strip_prefix("0/") {
                Some(rest) => {
                    let items = field.shape.items()?;
                    let pointer = pointer::push(&field.pointer, "0");
                    Scope::new(&pointer, &items).find(rest, kind)
                }
                None if rest == "0" => {
                    let shape = field.shape.items()?;
                    kind.suits(&field.key, &shape).then(|| Field {
                        pointer: pointer::push(&field.pointer, "0"),
                        key: field.key.clone(),
                        shape,
                    })
                }
                None => {
                    let scope = Scope::of(field);
                    scope
                        .find(rest, kind)
                        .or_else(|| scope.find(&format!("{first}_{rest}"), kind))
                }
            }),
        }
    }

    /// All fields that a rule names, the best first.
    fn matches(&self, rule: &Rule) -> Vec<Field<'a>> {
        self.matches_of(rule, &[])
    }

    /// The same, where the names may have one of these words before them, as they may have those for a person.
    fn matches_of(&self, rule: &Rule, words: &[&str]) -> Vec<Field<'a>> {
        let mut found = Vec::<Field<'a>>::new();
        let mut add = |name: &str| {
            if let Some(field) = self.find(name, rule.kind)
                && !found.iter().any(|other| other.pointer == field.pointer)
            {
                found.push(field);
            }
        };
        rule.names.iter().for_each(|name| add(name));
        for prefix in tables::BEFORE_NAMES.iter().chain(words) {
            for name in rule.prefixed() {
                add(&format!("{prefix}_{name}"));
            }
        }
        found.sort_by_key(|field| field.shape.is_deprecated());
        found
    }
}

/// Whether a field of an object of pictures is one of them, by its name or its format.
fn is_size(field: &Field<'_>) -> bool {
    let begins_with_number = field.key.starts_with(|c: char| c.is_ascii_digit());
    tables::SIZES.contains(&field.key.as_str())
        || begins_with_number
        || field.key.starts_with("image_")
        || field.key.ends_with("_url")
        || ["uri", "url"].iter().any(|it| field.shape.has_format(it))
}

/// Proposes the mapping of an answer.
pub(super) fn propose(answer: &Shape<'_>, context: &Context) -> Identity {
    let (answer, remarks) = forms::of_holders(answer, context);
    let mut identity = propose_whole(&answer, context);
    for remark in remarks {
        identity.map.remark(remark);
    }
    identity
}

/// The same, with what the answer's schema leaves untold: the identifier of a holder of whom nothing is described is left
/// open.
pub(super) fn propose_open(answer: &Shape<'_>, context: &Context) -> Identity {
    let mut identity = propose(answer, context);
    lost::add_to(&mut identity.map, answer);
    identity
}

/// Proposes the mapping of an answer, from all of its forms.
fn propose_whole(answer: &Shape<'_>, context: &Context) -> Identity {
    let subject = Subject::find(answer, context);
    let mut map = Map::default();
    if let Some((one, other)) = &subject.tie {
        map.remark(format!(
            "sub and all else of the holder is left out: {one} is as likely to be the holder as {other}."
        ));
        return Identity { map };
    }
    let sub = match subject.holder {
        _ if organizations::are_memberships(answer) => {
            map.remark("sub is left out: each item of the answer is a membership, and none of its identifiers is the holder's.");
            None
        }
        Holder::Thing => {
            map.remark(
                "sub is left out: by its name, the answer is about something that has no tokens.",
            );
            None
        }
        _ => sub(&subject, &mut map),
    };
    let is_nameless_organization = subject.holder == Holder::Organization && sub.is_none();
    let names_holder = subject.holder != Holder::Thing && !is_nameless_organization;
    if names_holder {
        for rule in &tables::PERSONAL {
            claim(&subject, rule, &mut map);
        }
        if map.get("email").is_none() {
            address_beside(&subject, &mut map);
        }
        if map.get("email").is_none() {
            from_record(&subject, &tables::PERSONAL[0], &mut map);
        }
        if map.get("picture").is_none() {
            described_picture(&subject, &mut map);
        }
        names(&subject, context, &mut map);
        if sub.is_some() && subject.holder == Holder::Somebody {
            kinds::add_to(&mut map, &subject);
        }
    }
    let is_of_holder = !matches!(subject.holder, Holder::Credential | Holder::Thing);
    // A membership's are none of the holder's.
    if is_of_holder && !organizations::are_memberships(answer) {
        for rule in &tables::DATES {
            claim(&subject, rule, &mut map);
            if map.get(rule.claim).is_none() {
                from_record(&subject, rule, &mut map);
            }
        }
    }
    let subject_type = subject_type::propose(&subject, sub.as_ref(), context, &map);
    subject_type.add_to(&mut map);
    organizations::propose(&subject, sub.as_ref(), answer, &mut map);
    permissions::propose(&subject, &mut map);
    quotas::propose(&subject, &mut map);
    token(&subject, sub.as_ref(), &mut map);
    Identity { map }
}

/// Finds a field of the holder.
type Find<'a> = fn(&Subject<'a>) -> Option<Field<'a>>;

/// The identifier of the holder.
fn sub<'a>(subject: &Subject<'a>, map: &mut Map) -> Option<Field<'a>> {
    let by_name = identifiers(subject);
    if let Some((one, other)) = undecided(&by_name) {
        map.remark(format!(
            "sub is left out: {}{} is as likely as {}{}.",
            one.pointer,
            described(one),
            other.pointer,
            described(other)
        ));
        return None;
    }
    if let Some(first) = by_name.first() {
        let mut comment = reason(first, "an identifier");
        others(&by_name[1..], &mut comment);
        add(subject, "sub", first, &tables::SUB, comment, map);
        return Some(first.clone());
    }
    if let Some(name) = of_resource(subject) {
        let comment = "A resource's name in its metadata tells it from others of its kind.";
        map.explain("sub", name.pointer.as_str(), comment);
        return Some(name);
    }
    let told: [(Find<'a>, &str); 4] = [
        (
            of_record,
            "Beside when the holder's object was made, its identifier",
        ),
        (
            of_noun,
            "By its name, it identifies what it stands in, or what the path names",
        ),
        (
            of_kinds,
            "A kind of caller stands beside it, so it identifies the caller",
        ),
        (
            of_chain,
            "By its words, the holder's address on a blockchain",
        ),
    ];
    for (find, why) in told {
        if let Some(own) = find(subject) {
            let comment = format!("{why}{}.", described(&own));
            map.explain("sub", own.pointer.as_str(), comment);
            return Some(own);
        }
    }
    let ids: Vec<_> = subject
        .scopes()
        .flat_map(|scope| scope.fields.iter().filter(|field| is_other_id(field)))
        .cloned()
        .collect();
    match ids.as_slice() {
        [] => {
            let key = of_key(subject);
            match &key {
                Some(key) => map.explain(
                    "sub",
                    key.pointer.as_str(),
                    format!("The answer has no other identifier{}.", described(key)),
                ),
                None => remark_denied(subject, &tables::SUB, map),
            }
            key
        }
        [only] if !may_be_holders(only) => {
            map.remark(format!(
                "sub is left out: nothing says that {} is the holder's identifier{}.",
                only.pointer,
                described(only)
            ));
            None
        }
        [only] => {
            let comment = format!(
                "A guess: the field that looks most like the holder's identifier{}.",
                described(only)
            );
            map.explain("sub", only.pointer.as_str(), comment);
            Some(only.clone())
        }
        several => {
            let pointers: Vec<_> = several.iter().map(|field| field.pointer.as_str()).collect();
            map.remark(format!(
                "sub is left out: any of {} may be the holder's identifier.",
                pointers.join(", ")
            ));
            None
        }
    }
}

/// Whether an identifier under another name may be the holder's: by a word for people or for what keeps their accounts, or
/// by what is said of it.
fn may_be_holders(field: &Field<'_>) -> bool {
    let mut words = field.key.split('_');
    words.any(|word| tables::ACCOUNT_KEEPERS.contains(&word))
        || is_identifier_of(field, &["user", "account", "member", "person", "customer"])
}

/// The identifier of what asks, beside which kind of caller that is: `{resource_id, auth_type: api_key | user}`.
fn of_kinds<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    let own = subject.scopes().next()?;
    let is_kind = |value: &&str| {
        let value = words::key(value);
        let value = value.as_str();
        tables::TOKENS.contains(&value)
            || tables::CALLERS.contains(&value)
            || ["user", "service_account"].iter().any(|kind| {
                let kinds = tables::SUBJECT_TYPES.iter();
                kinds
                    .filter(|(it, _)| it == kind)
                    .any(|(_, names)| names.contains(&value))
            })
    };
    let says_kind = own.fields.iter().any(|field| {
        let values = field.shape.values();
        field.key.ends_with("_type") && values.len() > 1 && values.iter().all(is_kind)
    });
    own.field("resource_id")
        .filter(|field| says_kind && field.shape.is_text() && !is_denied(field, "sub"))
        .cloned()
}

/// The holder's address on a blockchain: `0x` and many hexadecimal digits, or said to be one.
fn of_chain<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    let own = subject.scopes().next()?;
    let is_one = |field: &&Field<'a>| {
        let says = |words: &[&str]| words.iter().any(|word| field.shape.says(word));
        let is_hexadecimal = |text: &str| {
            let digits = text.strip_prefix("0x").unwrap_or_default();
            digits.len() >= 40 && digits.bytes().all(|it| it.is_ascii_hexdigit())
        };
        let is_shown = field.shape.samples().into_iter().any(is_hexadecimal)
            || field
                .shape
                .pattern()
                .is_some_and(|it| it.starts_with("^0x"));
        let is_said = says(&["address"])
            && says(&[
                "wallet",
                "starknet",
                "ethereum",
                "evm",
                "blockchain",
                "on chain",
                "solana",
            ]);
        field.shape.is_string() && (is_shown || is_said) && !is_denied(field, "sub")
    };
    let mut names = tables::ADDRESSES.iter();
    names.find_map(|name| own.field(name).filter(is_one).cloned())
}

/// A key of the user, such as `user_key`, where no words say that it opens something.
fn of_key<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    if subject.holder == Holder::Credential {
        return None;
    }
    let is_one = |field: &&Field<'a>| {
        let line = words::line(&field.shape.description());
        let says = |phrases: &[&str]| phrases.iter().any(|it| words::says(&line, it));
        let is_users = tables::USER_KEYS.contains(&field.key.as_str())
            || (field.key == "key"
                && says(&[
                    "user key",
                    "key of the user",
                    "user s key",
                    "identifies the user",
                ]));
        let is_secret =
            says(&tables::SECRET_WORDS) || ["password"].iter().any(|it| field.shape.has_format(it));
        is_users && !is_secret && field.shape.is_text()
    };
    let own = subject.scopes().next()?;
    own.fields.iter().find(is_one).cloned()
}

/// The name of a resource as Kubernetes has them: `{kind, metadata: {name}, spec}`.
fn of_resource<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    let own = subject.scopes().next()?;
    own.field("spec")?;
    own.find("metadata/name", Kind::Name)
}

/// The objects that tell of the holder's object as a record: `metadata` with when it was made.
fn records<'a>(subject: &Subject<'a>) -> impl Iterator<Item = Scope<'a>> {
    let fields = subject.scopes().flat_map(|scope| &scope.fields);
    fields
        .filter(|field| tables::RECORDS.contains(&field.key.as_str()) && !field.shape.is_array())
        .map(Scope::of)
}

/// A claim that stands in what tells of the holder's object as a record: when it was made or changed, or an address.
fn from_record(subject: &Subject<'_>, rule: &Rule, map: &mut Map) {
    let mut fields = records(subject).flat_map(|record| record.matches(rule));
    if let Some(field) = fields.find(|it| !is_denied(it, rule.claim)) {
        map.explain(
            rule.claim,
            field.pointer.as_str(),
            reason(&field, rule.what),
        );
    }
}

/// The identifier of the holder's object as a record: beside when that was made, it is not the request's.
fn of_record<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    if subject.holder == Holder::Credential {
        return None;
    }
    records(subject)
        .filter(|record| !record.matches(&tables::DATES[0]).is_empty())
        .find_map(|record| {
            let ids = ["id", "uid", "uuid", "guid"].into_iter();
            ids.filter_map(|id| record.find(id, Kind::Text))
                .find(|id| !is_denied(id, "sub") && !is_identifier_of(id, &["request", "response"]))
        })
}

/// The identifier that is named after what the operation is about, `customer_uuid` of `/customers/current`, or after its
/// object: `{user: {user_sid}}`.
fn of_noun<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    let own = subject.scopes().next()?;
    if let Some(field) = own.named_id() {
        return Some(field);
    }
    let is_own = |field: &&Field<'_>| {
        let parts = field.key.rsplit_once('_');
        parts.is_some_and(|(stem, last)| stem == subject.noun && tables::ID_ENDINGS.contains(&last))
            && field.shape.is_text()
    };
    own.fields.iter().find(is_own).cloned()
}

/// The fields that may be the holder's identifier, by their names and by what is said of them; the best first.
fn identifiers<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    let mut found = subject.matches(&tables::SUB);
    found.retain(|field| {
        !is_identifier_of(field, &["token", "key", "session"])
            && !is_denied(field, "sub")
            && !is_of_account_beside_user(subject, field)
    });
    // Beside a user's number, `gid` is that of a group (POSIX).
    if found.iter().any(|field| field.key == "uid") {
        found.retain(|field| field.key != "gid");
    }
    if subject.holder == Holder::Credential {
        let is_holders = |field: &Field<'_>| {
            !tables::OWN_IDS.contains(&field.key.as_str())
                || is_identifier_of(
                    field,
                    &[
                        "user",
                        "owner",
                        "account",
                        "company",
                        "organization",
                        "member",
                        "customer",
                    ],
                )
        };
        found.retain(is_holders);
        found.extend(subject.matches(&tables::MAKERS));
    }
    // Where the object's own is not described as the holder's, the user's is.
    if found
        .first()
        .is_some_and(|first| first.key == "id" && !is_identifier_of(first, &["user", "account"]))
        && undecided(&found).is_none()
        && let Some(at) = found.iter().position(|field| {
            tables::USER_IDS[..5].contains(&field.key.as_str())
                && pointer::parent(&field.pointer) == pointer::parent(&found[0].pointer)
        })
    {
        let users = found.remove(at);
        found.insert(0, users);
    }
    if !matches!(found.first(), Some(field) if tables::OWN_IDS.contains(&field.key.as_str())) {
        let is_name = |field: &&Field<'_>| field.key == "name" && is_resource_name(field);
        let names = subject.matches(&tables::NAME);
        if let Some(name) = names.iter().find(is_name) {
            found.insert(0, name.clone());
        }
    }
    found
}

/// An object's own identifier and a user's beside it, where nothing says which is the holder's.
fn undecided<'f, 'a>(found: &'f [Field<'a>]) -> Option<(&'f Field<'a>, &'f Field<'a>)> {
    let first = found.first().filter(|it| it.key == "id")?;
    let parent = pointer::parent(&first.pointer);
    let users = found.iter().find(|field| {
        tables::USER_IDS[..5].contains(&field.key.as_str())
            && pointer::parent(&field.pointer) == parent
    })?;
    let others = [
        "membership",
        "member",
        "profile",
        "user profile",
        "user membership",
        "record",
        "relation",
        "assignment",
        "row",
    ];
    let is_told = is_identifier_of(first, &["user", "account"])
        || is_identifier_of(first, &others)
        || (first.shape.description().is_empty() && is_identifier_of(users, &["user"]));
    (!is_told).then_some((first, users))
}

/// Whether a field is of an account that stands apart from the user: `{accountId, accountName, userName}`; or
/// `{accountId, userName}`, where nothing speaks of accounts but that.
fn is_of_account_beside_user(subject: &Subject<'_>, field: &Field<'_>) -> bool {
    let is_of_account = ["account_id", "account_name"].contains(&field.key.as_str());
    let is_beside_username = field.key == "account_id"
        && !subject.is_of_account
        && !is_identifier_of(field, &["user"])
        && subject
            .scopes()
            .any(|scope| scope.field("user_name").is_some() || scope.field("username").is_some());
    if is_beside_username {
        return true;
    }
    is_of_account
        && subject.scopes().any(|scope| {
            let has = |key: &str| scope.field(key).is_some();
            has("account_id")
                && has("account_name")
                && scope
                    .fields
                    .iter()
                    .any(|it| it.key.starts_with("user_") || it.key == "username")
        })
}

/// Whether a field is described as what identifies one of these.
fn is_identifier_of(field: &Field<'_>, nouns: &[&str]) -> bool {
    let line = words::line(&field.shape.description());
    ["id", "ids", "identifier", "uuid", "guid"]
        .iter()
        .any(|id| {
            nouns.iter().any(|noun| {
                [
                    format!("{noun} {id}"),
                    format!("{noun} s {id}"),
                    format!("{noun} s unique {id}"),
                    format!("{id} of {noun}"),
                    format!("{id} of the {noun}"),
                    format!("{id} of this {noun}"),
                    format!("{id} of the authenticated {noun}"),
                    format!("{id} of the current {noun}"),
                    format!("{id} of the api {noun}"),
                    format!("{id} of the access {noun}"),
                    format!("{id} of your {noun}"),
                    format!("{id} for the {noun}"),
                    format!("{id} for this {noun}"),
                    format!("{id} for the api {noun}"),
                    format!("{id} for {noun}"),
                ]
                .iter()
                .any(|phrase| {
                    // "The identifier for the user profile" is not the user's, nor "of the token owner" the token's.
                    let goes_on = [
                        "profile",
                        "membership",
                        "record",
                        "role",
                        "group",
                        "owner",
                        "s owner",
                        "holder",
                        "bearer",
                        "creator",
                        "user",
                    ]
                    .iter()
                    .any(|next| words::says(&line, &format!("{phrase} {next}")));
                    words::says(&line, phrase) && !goes_on
                })
            })
        })
}

/// Whether a `name` is a resource's path, as in `users/1`.
fn is_resource_name(field: &Field<'_>) -> bool {
    let is_path = |text: &str| {
        text.split_once('/').is_some_and(|(collection, id)| {
            !id.is_empty()
                && !collection.is_empty()
                && collection
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_')
                && !id.contains(' ')
        })
    };
    let description = field.shape.description();
    field.shape.says("resource name")
        || words::quoted(&description).into_iter().any(is_path)
        || description.contains("ormat: users/")
        || field.shape.samples().into_iter().any(is_path)
        || field
            .shape
            .keyword("pattern")
            .any(|it| is_path(it.trim_start_matches('^')))
}

/// Adds a claim; of several kinds of holder, that of each.
fn add(
    subject: &Subject<'_>,
    claim: &str,
    field: &Field<'_>,
    rule: &Rule,
    mut comment: String,
    map: &mut Map,
) {
    let mut places = vec![Node::from(field.pointer.as_str())];
    for other in &subject.others {
        let found = match claim {
            "sub" => identifiers(other).into_iter().next(),
            _ => other.first(rule),
        };
        places.extend(found.map(|field| Node::from(field.pointer)));
    }
    if places.len() == 1 {
        map.explain(claim, field.pointer.as_str(), comment);
    } else {
        comment.push_str(" The others are those of other kinds of holder.");
        map.explain(claim, places, comment);
    }
}

/// Whether a field is an identifier that is not known to be something else's.
fn is_other_id(field: &Field<'_>) -> bool {
    let Some((stem, last)) = field.key.rsplit_once('_') else {
        return false;
    };
    let names_another = stem
        .split('_')
        .any(|word| tables::OTHERS_IDS.contains(&word) || tables::ORGANIZATIONS.contains(&word));
    tables::ID_ENDINGS.contains(&last) && !names_another && field.shape.is_text()
}

/// Whether the words of a field deny what its name says of the holder.
fn is_denied(field: &Field<'_>, claim: &str) -> bool {
    let line = words::line(&field.shape.description());
    // An alias of several words is what others see.
    let is_shown = claim == "preferred_username"
        && tables::CALLED.contains(&field.key.as_str())
        && field.shape.samples().iter().any(|it| it.contains(' '));
    if is_shown {
        return true;
    }
    let is_told = tables::DENIALS
        .iter()
        .filter(|(claims, _)| claims.contains(&claim) || claims.contains(&"*"))
        .any(|(_, phrases)| phrases.iter().any(|phrase| words::says(&line, phrase)));
    let says = |phrases: &[&str]| phrases.iter().any(|it| words::says(&line, it));
    // "Number of seconds since 1970" is a date.
    let is_count = matches!(claim, "created_at" | "updated_at")
        && says(&["number of", "count of", "how many", "how often"])
        && !says(&["seconds", "milliseconds", "epoch", "since"]);
    is_told || is_count || (tables::NO_COUNTS.contains(&claim) && says_count(field))
}

/// Whether a field is described as how many there are of something: "Number of users", but not "Number of the account".
fn says_count(field: &Field<'_>) -> bool {
    let words = words::words(&field.shape.description());
    let says = |phrase: &[&str]| {
        let start = words.iter().position(|word| word != "the");
        start.is_some_and(|at| {
            words[at..]
                .iter()
                .map(String::as_str)
                .take(phrase.len())
                .eq(phrase.iter().copied())
        })
    };
    let is_plural = words
        .iter()
        .skip_while(|word| *word != "of")
        .nth(1)
        .is_some_and(|word| word.ends_with('s') && word != "this");
    says(&["how", "many"])
        || says(&["total", "number"])
        || says(&["total", "count"])
        || says(&["count", "of"])
        || (says(&["number", "of"]) && is_plural)
}

/// The fields that a rule names and whose words do not deny it, the best first.
fn undenied<'a>(subject: &Subject<'a>, rule: &Rule) -> Vec<Field<'a>> {
    let mut found = subject.matches(rule);
    found.retain(|field| !is_denied(field, rule.claim));
    found
}

/// One claim, by the first name of its table that the answer has.
fn claim(subject: &Subject<'_>, rule: &Rule, map: &mut Map) {
    let mut found = undenied(subject, rule);
    if rule.claim == "picture" && subject.holder != Holder::Organization {
        // A logo is a company's.
        found.retain(|field| !field.key.starts_with("logo"));
    }
    if let Some(first) = found.first() {
        let mut comment = reason(first, rule.what);
        others(&found[1..], &mut comment);
        add(subject, rule.claim, first, rule, comment, map);
    } else if let Some(other) = subject.others.iter().find_map(|other| other.first(rule)) {
        map.explain(
            rule.claim,
            other.pointer.as_str(),
            reason(&other, rule.what),
        );
    } else {
        remark_denied(subject, rule, map);
    }
}

/// Says of a claim that is left out which field its name stands for, and what the words say instead.
fn remark_denied(subject: &Subject<'_>, rule: &Rule, map: &mut Map) {
    let denied = subject.matches(rule);
    if let Some(field) = denied.iter().find(|field| is_denied(field, rule.claim)) {
        map.remark(format!(
            "{} is left out: by its words, {} is something else{}.",
            rule.claim,
            field.pointer,
            described(field)
        ));
    }
}

/// The address that stands beside a person rather than in it: `{user: {id, username}, email}`.
fn address_beside(subject: &Subject<'_>, map: &mut Map) {
    let is_person = tables::PERSONS.contains(&subject.name.as_str());
    let email = &tables::PERSONAL[0];
    let around = subject.around().nth(subject.scopes().count());
    let found = around
        .filter(|around| is_person && around.matches(&tables::SUB).is_empty())
        .and_then(|around| around.field("email").cloned())
        .filter(|field| {
            email.kind.suits(&field.key, &field.shape) && !is_denied(field, email.claim)
        });
    if let Some(field) = found {
        map.explain(
            email.claim,
            field.pointer.as_str(),
            reason(&field, email.what),
        );
    }
}

/// A picture under another name, where its name or its description says that it is the address of one.
fn described_picture(subject: &Subject<'_>, map: &mut Map) {
    let is_one = |field: &&Field<'_>| {
        let says = |words: &[&str]| words.iter().any(|word| field.shape.says(word));
        let is_described = says(&["url", "uri", "link"])
            && says(&[
                "avatar",
                "profile picture",
                "profile photo",
                "profile image",
            ]);
        let words: Vec<_> = field.key.split('_').collect();
        let has = |table: &[&str]| words.iter().any(|word| table.contains(word));
        let is_named = has(&tables::PICTURES)
            && !has(&tables::OTHER_PICTURES)
            && (has(&["url", "uri", "href", "link", "src"]) || field.shape.has_format("uri"));
        field.shape.is_string()
            && (is_described || is_named)
            && Kind::Picture.suits(&field.key, &field.shape)
    };
    let fields = subject.scopes().flat_map(|scope| &scope.fields);
    if let Some(field) = fields.filter(is_one).min_by_key(|field| field.key.len()) {
        map.explain(
            "picture",
            field.pointer.as_str(),
            format!("By its words, a picture's address{}.", described(field)),
        );
    }
}

/// The claims of names, which lean on one another.
fn names(subject: &Subject<'_>, context: &Context, map: &mut Map) {
    let is_credential = subject.holder == Holder::Credential;
    if !is_credential {
        name(subject, map);
    }
    let has_name = map.get("name").is_some();
    let has_parts = map.get("given_name").is_some() || map.get("family_name").is_some();
    if !has_name && !has_parts && !is_credential {
        titled(subject, map);
    }
    let has_name = map.get("name").is_some();
    let has_username = subject.first(&tables::USERNAME_OF_PERSONS).is_some();
    if !has_name && !has_parts && !is_credential && !has_username {
        claim(subject, &tables::LABEL, map);
    }
    if map.get("name").is_none()
        && !has_parts
        && !is_credential
        && context.speaks_of(&tables::CREDENTIALS)
        && let Some(field) = subject.first(&tables::DESCRIPTION)
    {
        map.explain(
            "name",
            field.pointer.as_str(),
            "The answer is about a credential and names nobody; this says what it is for.",
        );
    }
    if map.get("preferred_username").is_none() && subject.holder != Holder::Organization {
        claim(subject, &tables::USERNAME, map);
    }
    if map.get("preferred_username").is_none() && subject.holder == Holder::Somebody {
        username_of_sign_in(subject, map);
    }
    if map.get("preferred_username").is_none()
        && subject.holder == Holder::Somebody
        && let Some(field) = of_resource(subject)
    {
        let comment = "By this name, the API knows the user.";
        map.explain("preferred_username", field.pointer.as_str(), comment);
    }
    // Alone, a nickname is the name.
    let is_beside_name = has_parts || subject.matches(&tables::NAME).len() > 1;
    if map.get("preferred_username").is_none()
        && is_beside_name
        && subject
            .first(&tables::NICKNAME)
            .is_some_and(|it| looks_like_username(&it))
    {
        claim(subject, &tables::NICKNAME, map);
    }
    let username = undenied(subject, &tables::NAME)
        .into_iter()
        .next()
        .filter(|field| map.get("preferred_username").is_none() && is_described_as_username(field));
    if let Some(field) = username {
        map.explain(
            "preferred_username",
            field.pointer.as_str(),
            format!("Described as the name to log in with{}.", described(&field)),
        );
    }
    if map.get("email").is_none() {
        let addresses = subject.matches(&tables::LOGIN);
        if let Some(field) = addresses.iter().find(|field| field.shape.is_email()) {
            map.explain(
                "email",
                field.pointer.as_str(),
                "Its format or its example is an e-mail address.",
            );
        }
    }
    only_name(subject, context, map);
    // A given name without another is what its bearer is called.
    if let Some(given) = map
        .get("given_name")
        .filter(|_| map.get("name").is_none() && map.get("family_name").is_none())
    {
        let given = given.clone();
        map.explain("name", given, "The given name is the only one.");
    }
}

/// The name to sign in with, in what holds that: `{authenticators: {password: {username}}}`. Of two ways to sign in that
/// have one each, neither is the one.
fn username_of_sign_in(subject: &Subject<'_>, map: &mut Map) {
    let is_other = |field: &&Field<'_>| {
        let mut words = field.key.split('_');
        !words.any(|word| tables::OTHER_SIGN_INS.contains(&word)) && field.shape.is_object()
    };
    let held = subject
        .scopes()
        .flat_map(|scope| &scope.fields)
        .filter(|field| tables::SIGN_INS.contains(&field.key.as_str()))
        .filter(is_other)
        .map(Scope::of);
    let found: Vec<_> = held
        .flat_map(|scope| {
            let within = scope.fields.iter().filter(is_other).map(Scope::of);
            let within: Vec<_> = within.collect();
            std::iter::once(scope).chain(within)
        })
        .filter(|scope| scope.field("provider").is_none())
        .filter_map(|scope| {
            let found = scope.matches(&tables::USERNAME_OF_PERSONS);
            found
                .into_iter()
                .find(|field| !is_denied(field, "preferred_username"))
        })
        .collect();
    if let [only] = found.as_slice() {
        let rule = &tables::USERNAME_OF_PERSONS;
        map.explain(rule.claim, only.pointer.as_str(), reason(only, rule.what));
    }
}

/// A title that is described as what somebody is called, where `name` is a resource's path.
fn titled(subject: &Subject<'_>, map: &mut Map) {
    let says = |field: &Field<'_>| {
        ["full name", "display name", "name of the user"]
            .iter()
            .any(|it| field.shape.says(it))
    };
    let mut fields = subject
        .scopes()
        .filter_map(|scope| scope.find("title", Kind::Name));
    if let Some(field) = fields.find(says) {
        let comment = format!("Described as a name{}.", described(&field));
        map.explain("name", field.pointer.as_str(), comment);
    }
}

/// Of a user who is told by a name and by nothing else, the name is the one to sign in with.
fn only_name(subject: &Subject<'_>, context: &Context, map: &mut Map) {
    let is_alone = [
        "sub",
        "email",
        "preferred_username",
        "given_name",
        "family_name",
        "picture",
    ]
    .iter()
    .all(|claim| map.get(claim).is_none());
    let Some(field) = subject
        .first(&tables::NAME)
        .filter(|it| it.key == "name" && is_alone)
    else {
        return;
    };
    let says = |phrase: &&str| field.shape.says(phrase);
    let is_full = ["full name", "display name", "real name", "first name"]
        .iter()
        .any(says);
    let names = subject.scopes().flat_map(|scope| scope.shape.names());
    let is_of_another = ["account", "customer", "party", "entity"].contains(&subject.name.as_str());
    let is_of_user = is_users_name(&field)
        || tables::PERSONS.contains(&subject.name.as_str())
        || names
            .into_iter()
            .any(|name| words::words(name).iter().any(|it| it == "user"))
        || (context.speaks_of(&["user", "users"]) && !is_of_another);
    if subject.holder == Holder::Somebody && is_of_user && !is_full {
        map.remove("name");
        map.explain(
            "preferred_username",
            field.pointer.as_str(),
            format!(
                "Nothing else tells this user from others{}.",
                described(&field)
            ),
        );
    }
}

/// Whether a nickname is one that a user is told by: by its words, or by examples in one word of small letters.
fn looks_like_username(field: &Field<'_>) -> bool {
    let says = |phrase: &&str| field.shape.says(phrase);
    let samples = field.shape.samples();
    let is_plain = |text: &&str| {
        text.len() > 2 && !text.contains(|c: char| c.is_whitespace() || c.is_uppercase())
    };
    [
        "username",
        "user name",
        "login",
        "unique",
        "handle",
        "mention",
    ]
    .iter()
    .any(says)
        || (!samples.is_empty() && samples.iter().all(is_plain))
}

/// Whether a name is described as a user's, and not as a token's.
fn is_users_name(field: &Field<'_>) -> bool {
    let says = |phrases: &[&str]| phrases.iter().any(|it| field.shape.says(it));
    says(&[
        "user s name",
        "name of the user",
        "name of this user",
        "username",
    ]) && !says(&words::CREDENTIAL_NOUNS)
}

/// The name to show: a full one rather than one that may be to sign in with.
fn name(subject: &Subject<'_>, map: &mut Map) {
    let mut found = undenied(subject, &tables::NAME);
    found.retain(|field| field.key != "name" || !is_resource_name(field));
    found.retain(|field| field.key != "full" || field.shape.says("name"));
    if map.get("given_name").is_some() || map.get("family_name").is_some() {
        found.retain(|field| !tables::NICKNAME.names.contains(&field.key.as_str()));
    }
    found.retain(|field| !is_of_account_beside_user(subject, field));
    // Of who has a given and a family name, an account's is somebody else's.
    let [_, _, given, family, _] = &tables::PERSONAL;
    if let (Some(given), Some(_)) = (subject.first(given), subject.first(family)) {
        // Neither is one to be called by, nor one of a part of the user's object.
        let depth = |field: &Field<'_>| field.pointer.matches('/').count();
        found.retain(|field| {
            let key = field.key.as_str();
            key != "account_name"
                && !tables::PREFERRED_NAMES.contains(&key)
                && depth(field) <= depth(&given)
        });
    }
    let has_username = subject.first(&tables::USERNAME_OF_PERSONS).is_some();
    let Some(first) = found.first().cloned() else {
        if let Some(field) = public_name(subject) {
            let comment = reason(&field, "the name that others see");
            map.explain("name", field.pointer.as_str(), comment);
            return;
        }
        remark_denied(subject, &tables::NAME, map);
        // `user_name` is one to sign in with.
        let is_person = tables::PERSONS.contains(&subject.name.as_str());
        let own = subject.scopes().next().filter(|_| !is_person);
        let named = own.and_then(|scope| scope.named("name", Kind::Name));
        let elsewhere = if named.is_some() {
            named
        } else if subject.holder == Holder::Organization {
            subject.first(&tables::NAME_OF_OTHERS)
        } else {
            let mut others = subject.others.iter();
            others.find_map(|other| other.first(&tables::NAME))
        };
        if let Some(field) = elsewhere {
            let comment = reason(&field, tables::NAME.what);
            map.explain("name", field.pointer.as_str(), comment);
        }
        return;
    };
    // What is called "user name" beside a given and a family name is no third name.
    let has_parts = map.get("given_name").is_some() && map.get("family_name").is_some();
    let is_username = words::key(&first.shape.description()) == "username"
        || (first.key == "name" && has_parts && first.shape.says("user name"));
    // "A unique name" of several words is no name to sign in with.
    let is_words = first.shape.samples().iter().any(|it| it.contains(' '));
    let is_to_sign_in = is_username
        || !is_words
            && tables::SIGN_IN_PHRASES
                .iter()
                .any(|phrase| first.shape.says(phrase));
    let full = found[1..].iter().find(|field| {
        tables::FULL_NAMES.contains(&field.key.as_str())
            || (is_to_sign_in && field.key.ends_with("_name"))
    });
    if first.key == "name" && !has_username {
        if let Some(full) = full {
            let comment = reason(full, "a full name, as `name` beside it may be no person's");
            add(subject, "name", full, &tables::NAME, comment, map);
        }
        if is_to_sign_in {
            map.explain(
                "preferred_username",
                first.pointer.as_str(),
                format!("Described as the name to log in with{}.", described(&first)),
            );
        }
        if full.is_some() || is_to_sign_in {
            return;
        }
    }
    if is_given_name(subject, &first) {
        map.explain(
            "given_name",
            first.pointer.as_str(),
            "A family name stands beside it and no given name: it is the given name.",
        );
        return;
    }
    let mut comment = reason(&first, tables::NAME.what);
    others(&found[1..], &mut comment);
    add(subject, "name", &first, &tables::NAME, comment, map);
}

/// The name of the account that others follow, of a user who has none: `{username, account: {displayName, followers}}`.
fn public_name<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    let fields = subject.scopes().flat_map(|scope| &scope.fields);
    let account = fields
        .filter(|field| field.key == "account" && !field.shape.is_array())
        .map(Scope::of)
        .find(|scope| tables::FOLLOWED.iter().any(|it| scope.field(it).is_some()))?;
    ["display_name", "displayname", "full_name"]
        .iter()
        .find_map(|name| account.find(name, Kind::Name))
}

/// Whether a `name` is the given one: `{name, last_name}`.
fn is_given_name(subject: &Subject<'_>, name: &Field<'_>) -> bool {
    let [_, _, given, family, _] = &tables::PERSONAL;
    let is_beside =
        |field: Field<'_>| pointer::parent(&field.pointer) == pointer::parent(&name.pointer);
    name.key == "name"
        && subject.first(given).is_none()
        && subject.first(family).is_some_and(is_beside)
        && !["full name", "display name"]
            .iter()
            .any(|phrase| name.shape.says(phrase))
}

/// "The user name" alone may be what the user is called.
fn is_described_as_username(field: &Field<'_>) -> bool {
    let is_to_sign_in = [
        "login", "log in", "logs in", "sign in", "signs in", "unique",
    ]
    .iter()
    .any(|phrase| field.shape.says(phrase));
    tables::USERNAME_PHRASES
        .iter()
        .any(|phrase| field.shape.says(phrase) && (*phrase != "user name" || is_to_sign_in))
}

/// What the answer says of the token itself.
fn token(subject: &Subject<'_>, sub: Option<&Field<'_>>, map: &mut Map) {
    let mut claims = Map::default();
    let is_free = |field: &Field<'_>| sub.is_none_or(|sub| sub.pointer != field.pointer);
    for (rule, own) in tables::TOKEN.iter().zip(&tables::OWN_TOKEN) {
        let named = subject
            .around()
            .flat_map(|scope| scope.matches(rule))
            .find(is_free);
        // Fields of an object that is the token: the holder's own, or one around the holder.
        let inner = subject
            .around()
            .filter(|scope| subject.is_credential(scope))
            .flat_map(|scope| scope.matches(own))
            .find(is_free);
        let described = subject
            .around()
            .flat_map(|scope| {
                let names_token = names_token(scope) || is_session(scope);
                let fields = scope.matches(own).into_iter();
                fields.filter(move |field| names_token || is_of_token(field))
            })
            .find(|_| rule.claim == "expires_at");
        if let Some(field) = named.or(inner).or(described) {
            claims.explain(
                rule.claim,
                field.pointer.as_str(),
                reason(&field, rule.what),
            );
        }
    }
    if !claims.is_empty() {
        map.add("token", claims);
    }
}

/// Whether an object tells of the token by other fields, and nothing that persons have.
fn names_token(scope: &Scope<'_>) -> bool {
    let has = |rule: &Rule| !scope.matches(rule).is_empty();
    let tells = has(&tables::TOKEN[0]) || has(&tables::TOKEN[1]) || has(&tables::SCOPES);
    tells && !has_address_or_username(scope)
}

/// Whether an object has an address or a name to sign in with, as persons have.
fn has_address_or_username(scope: &Scope<'_>) -> bool {
    [&tables::PERSONAL[0], &tables::USERNAME_OF_PERSONS]
        .iter()
        .any(|rule| !scope.matches(rule).is_empty())
}

/// Whether an object is a session of somebody who is told of in it, or another proof of who asks: its end is the
/// credential's.
fn is_session(scope: &Scope<'_>) -> bool {
    let is_one = |word: &String| {
        let word = word.as_str();
        word == "auth" || tables::TOKENS.contains(&word) || words::CREDENTIALS.contains(&word)
    };
    let names = scope.shape.names();
    let is_named = names
        .iter()
        .any(|name| words::words(name).iter().any(is_one));
    is_named && !has_address_or_username(scope)
}

/// Whether a field is described as the token's.
fn is_of_token(field: &Field<'_>) -> bool {
    words::CREDENTIAL_NOUNS
        .iter()
        .any(|word| field.shape.says(word))
}

/// Why a field was taken for something: its name, and what the description says of it.
fn reason(field: &Field<'_>, what: &str) -> String {
    format!("By its name, {what}{}.", described(field))
}

/// Adds the runners-up to a comment.
fn others(others: &[Field<'_>], comment: &mut String) {
    if !others.is_empty() {
        let pointers: Vec<_> = others.iter().map(|field| field.pointer.as_str()).collect();
        comment.push_str(&format!(" Next: {}.", pointers.join(", ")));
    }
}

/// What the description says of a field, for the end of a comment.
fn described(field: &Field<'_>) -> String {
    let gist = words::gist(&field.shape.description());
    match gist.trim_end_matches(['.', ':']) {
        "" => String::new(),
        gist => format!(": \"{gist}\""),
    }
}
