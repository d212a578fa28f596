//! Which scheme is used: what a program can satisfy before a browser's session, what is made for keys before what is made
//! for people.

use serde_json::Value;

use crate::document::{Description, Operation};
use crate::overlay::Action;
use crate::shape::{list, members};
use crate::words;
use crate::yaml::Map;

use super::scheme::{self, Rank, Scheme, guess};
use super::secrets::Secret;
use super::told::{self, Told};

/// What is done about the operation's security.
pub(super) enum Decision<'a> {
    /// The description declares it.
    Declared {
        chosen: Vec<Scheme<'a>>,
        /// What the operation takes as well, and what speaks for the first.
        others: Option<String>,
    },
    /// A scheme of the description that the operation does not ask for.
    Asked { chosen: Scheme<'a>, reason: String },
    /// A scheme that the description does not have, by name.
    Added {
        name: String,
        object: Value,
        /// Whether the operation asks for it already.
        is_asked: bool,
        reason: String,
    },
    /// Parameters or members of the body that are the credential, with no scheme.
    Placed {
        reason: String,
        /// The name of the one that is all of it, where others are not part of it.
        only: Option<String>,
    },
}

impl Decision<'_> {
    /// The schemes that are used.
    pub(super) fn chosen(&self) -> Vec<Scheme<'_>> {
        match self {
            Self::Declared { chosen, .. } => chosen.clone(),
            Self::Asked { chosen, .. } => vec![chosen.clone()],
            Self::Added { name, object, .. } => vec![Scheme { name, object }],
            Self::Placed { .. } => Vec::new(),
        }
    }
}

/// Decides, with what is known of the parameters and the body.
pub(super) fn decide<'a>(
    description: Description<'a>,
    operation: &Operation<'a>,
    secrets: &[Secret<'a>],
) -> Decision<'a> {
    let shared = &description.root()["security"];
    let schemes = scheme::all(description);
    let declared_of = |requirement: &'a Value| -> (Vec<Scheme<'a>>, Vec<&'a str>) {
        let mut found = (Vec::new(), Vec::new());
        for (name, _) in members(requirement) {
            match schemes.iter().find(|scheme| scheme.name == name) {
                Some(scheme) => found.0.push(scheme.clone()),
                None => found.1.push(name),
            }
        }
        found
    };
    let alternatives: Vec<_> = list(scheme::requirements(description, operation))
        .filter(|requirement| members(requirement).next().is_some())
        .collect();
    let mut declared: Vec<_> = alternatives
        .iter()
        .map(|it| declared_of(it))
        .filter(|(_, undeclared)| undeclared.is_empty())
        .flat_map(|(schemes, _)| apart(schemes))
        .collect();
    let mut left_out = Vec::new();
    if declared.is_empty() {
        // What has the one `Authorization` of a request is a token of its own, whatever else was meant beside it.
        let found = alternatives.iter().map(|it| declared_of(it));
        let found = found.filter(|(schemes, _)| schemes.iter().any(Scheme::takes_authorization));
        for (schemes, undeclared) in found {
            declared.extend(apart(schemes));
            left_out.extend(undeclared);
        }
    }
    let is_usable = declared.iter().any(|it| rank(it) < Rank::Unusable);
    if !declared.is_empty() && (is_usable || secrets.is_empty()) {
        let decision = beside_undeclared(choose(declared, operation.path), &left_out);
        return same_token(&decision, secrets).unwrap_or(decision);
    }
    let undeclared = alternatives.iter().flat_map(|it| members(it)).next();
    // A header that is the credential for certain says more than the name of a scheme.
    let is_shown = |name: &str| {
        !is_telling(name)
            && secrets
                .iter()
                .any(|it| it.is_certain && it.is_required && it.place == "header")
    };
    if let (Some((name, _)), true) = (undeclared, declared.is_empty())
        && !is_shown(name)
    {
        let told = told::find(description, operation).filter(|_| !is_telling(name));
        let why = told
            .as_ref()
            .map_or_else(|| "What it is is a guess by its name.".to_owned(), explain);
        return Decision::Added {
            name: name.to_owned(),
            object: told.map_or_else(|| guess(name), |it| it.object),
            is_asked: true,
            reason: format!(
                "The operation asks for the security scheme `{name}`, which the description does not declare. {why}"
            ),
        };
    }
    if !secrets.is_empty() {
        return placed(secrets);
    }
    let of_shared: Vec<_> = list(shared)
        .flat_map(members)
        .filter_map(|(name, _)| schemes.iter().find(|scheme| scheme.name == name))
        .collect();
    let likeliest = |schemes: &[&Scheme<'a>]| {
        schemes
            .iter()
            .min_by_key(|it| (it.is_privileged(operation.path), it.rank()))
            .map(|it| (*it).clone())
    };
    let wanted = likeliest(&of_shared).or_else(|| likeliest(&schemes.iter().collect::<Vec<_>>()));
    match wanted {
        Some(scheme) => Decision::Asked {
            reason: format!(
                "The operation asks for no credential, but an answer to this question needs one. A guess: `{}`, of the schemes that the description declares.",
                scheme.name
            ),
            chosen: scheme,
        },
        None => without(told::find(description, operation)),
    }
}

/// The alternatives that are meant by one: a request has one `Authorization`, so schemes that each need it for
/// themselves are instead of one another, whatever the description says.
fn apart(schemes: Vec<Scheme<'_>>) -> Vec<Vec<Scheme<'_>>> {
    let (alone, rest): (Vec<_>, Vec<_>) = schemes
        .iter()
        .cloned()
        .partition(Scheme::takes_authorization);
    if alone.len() < 2 {
        return vec![schemes];
    }
    alone
        .into_iter()
        .map(|one| std::iter::once(one).chain(rest.iter().cloned()).collect())
        .collect()
}

/// The decision, with the schemes that the operation asks for beside what is chosen and that the description does not
/// declare: they are left out, and so the scheme is named.
fn beside_undeclared<'a>(decision: Decision<'a>, undeclared: &[&str]) -> Decision<'a> {
    let Decision::Declared { chosen, others } = decision else {
        return decision;
    };
    if undeclared.is_empty() {
        return Decision::Declared { chosen, others };
    }
    let names: Vec<_> = undeclared.iter().map(|it| format!("`{it}`")).collect();
    let others = others.map_or_else(String::new, |it| format!("{it} "));
    let others = Some(format!(
        "{others}The operation asks for {} beside it, which the description does not declare: it is left out.",
        names.join(" and ")
    ));
    Decision::Declared { chosen, others }
}

/// Where nothing at all is declared, by what the words say.
fn without<'a>(told: Option<Told>) -> Decision<'a> {
    let Some(told) = told else {
        return Decision::Added {
            name: "bearer".to_owned(),
            object: guess("bearer"),
            is_asked: false,
            reason: "The description declares no security scheme. A guess: a bearer token, as most providers have.".to_owned(),
        };
    };
    Decision::Added {
        name: told.name.to_owned(),
        reason: format!(
            "The description declares no security scheme. {}",
            explain(&told)
        ),
        object: told.object,
        is_asked: false,
    }
}

/// What the words say, and where.
fn explain(told: &Told) -> String {
    let others = if told.others.is_empty() {
        String::new()
    } else {
        format!(" (and {}, too)", told.others.join(" and "))
    };
    format!(
        "Its words say what is sent, {}: \"{}\"{others}",
        told.what, told.quote
    )
}

/// Whether a scheme's name says what it is, whatever the words of the description are about.
fn is_telling(name: &str) -> bool {
    words::words(name)
        .iter()
        .any(|it| ["basic", "bearer", "jwt", "oauth", "oauth2"].contains(&it.as_str()))
}

/// The credential is among the parameters, or in the body.
fn placed<'a>(secrets: &[Secret<'a>]) -> Decision<'a> {
    if let [secret] = secrets
        && secret.is_basic()
    {
        return Decision::Added {
            name: "basic".to_owned(),
            object: guess("basic"),
            is_asked: false,
            reason: format!(
                "The description declares no security for it, but a parameter that is the credential: `{}`.",
                secret.name
            ),
        };
    }
    Decision::Placed {
        reason: "The description declares no security scheme for it.".to_owned(),
        only: None,
    }
}

/// Names of parameters that hold what a bearer token's scheme would send.
const BEARERS: [&str; 6] = [
    "access_token",
    "accesstoken",
    "token",
    "bearer_token",
    "oauth_token",
    "oauth2_token",
];

/// A bearer token that the operation asks for a second time, in a parameter: that is where it goes.
fn same_token<'a>(decision: &Decision<'a>, secrets: &[Secret<'a>]) -> Option<Decision<'a>> {
    let chosen = decision.chosen();
    let [scheme] = chosen.as_slice() else {
        return None;
    };
    let is_same = |secret: &&Secret<'_>| {
        let key = words::key(&secret.name);
        let name = key.strip_prefix("x_").unwrap_or(&key);
        matches!(secret.place, "query" | "header")
            && secret.is_required
            && BEARERS.contains(&name)
            && !secret.is_asked_about()
            && !is_for_scheme(scheme, secret.place, &secret.name)
    };
    let mut found = secrets.iter().filter(is_same);
    let (secret, None) = (found.next()?, found.next()) else {
        return None;
    };
    scheme.is_bearer().then(|| Decision::Placed {
        reason: format!(
            "The operation asks for the scheme `{}`, and requires a parameter for what is taken to be the same token.",
            scheme.name
        ),
        only: Some(secret.name.clone()),
    })
}

/// Whether a parameter stands for what OAuth 2.0 sends: a header called `token` is how some pages write
/// `Authorization`, where such tokens go (RFC 6750, section 2.1).
pub(super) fn is_for_scheme(scheme: &Scheme<'_>, place: &str, name: &str) -> bool {
    scheme.is_oauth() && place == "header" && name.eq_ignore_ascii_case("token")
}

/// How likely it is that a program asks with all of these.
fn rank(schemes: &[Scheme<'_>]) -> Rank {
    schemes
        .iter()
        .map(Scheme::rank)
        .max()
        .unwrap_or(Rank::Unusable)
}

/// The likeliest alternative: what everybody has before an administrator's; of the same rank, one secret before several,
/// and the first before the others.
fn choose<'a>(mut alternatives: Vec<Vec<Scheme<'a>>>, path: &str) -> Decision<'a> {
    let is_privileged = |schemes: &[Scheme<'_>]| schemes.iter().any(|it| it.is_privileged(path));
    // Even an administrator's key is likelier to be a program's than a browser's cookie.
    let kind = |rank: Rank| (rank == Rank::Unusable, rank >= Rank::Cookie);
    let likeliest = alternatives
        .iter()
        .enumerate()
        .min_by_key(|(index, schemes)| {
            let rank = rank(schemes);
            let is_several = schemes.len() > 1;
            (kind(rank), is_privileged(schemes), rank, is_several, *index)
        })
        .map_or(0, |(index, _)| index);
    let first = alternatives.first().map(|it| rank(it));
    let is_first_privileged = alternatives.first().is_some_and(|it| is_privileged(it));
    let chosen = alternatives.remove(likeliest);
    let mut names: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for schemes in &alternatives {
        let joined: Vec<_> = schemes.iter().map(|scheme| scheme.name).collect();
        let name = format!("`{}`", joined.join("` with `"));
        let is_chosen = schemes.len() == chosen.len()
            && schemes
                .iter()
                .zip(&chosen)
                .all(|(one, other)| one.name == other.name);
        if !is_chosen && !names.contains(&name) {
            names.push(name);
            // Which of them is a key and which an access token is told by their words.
            said.extend(schemes.iter().filter_map(said_of));
        }
    }
    let why = match (rank(&chosen), first) {
        (rank, Some(first)) if rank == first && likeliest == 0 => {
            "The first that a program can satisfy"
        }
        _ if is_first_privileged && !is_privileged(&chosen) => {
            "Not a key of administrators, partners or the provider"
        }
        (Rank::Key, _) => "By its name or its words, what is made for programs",
        (_, Some(Rank::Session | Rank::Cookie)) => "Not a browser's session",
        (_, Some(Rank::Unusable)) => "What a token alone satisfies",
        _ => "The likeliest that one token satisfies",
    };
    let others = (!names.is_empty())
        .then(|| format!("{why}; the operation takes {} as well.", names.join(", ")))
        .map(|others| others + &said.concat());
    Decision::Declared { chosen, others }
}

/// What the description says of a scheme, as a sentence.
fn said_of(scheme: &Scheme<'_>) -> Option<String> {
    let said = words::gist(scheme.object["description"].as_str()?);
    let said = said.trim_end_matches(['.', ':', ' ']);
    (!said.is_empty()).then(|| format!(" Of `{}` is said: \"{said}\".", scheme.name))
}

/// Takes the security requirements away of which the description does not declare the schemes.
fn without_undeclared(operation: &Operation<'_>) -> Vec<Action> {
    let root = operation.resolver.document();
    let own = operation.object.get("security");
    let declared = &root["components"]["securitySchemes"];
    let is_undeclared = list(own.unwrap_or(&root["security"]))
        .flat_map(members)
        .any(|(name, _)| declared.get(name).is_none());
    if !is_undeclared {
        return Vec::new();
    }
    let why = "It asks for a security scheme that the description does not declare.";
    let mut update = Map::default();
    update.add("security", serde_json::json!([]));
    let removed = own.map(|_| Action::remove(format!("{}.security", operation.target()), why));
    removed
        .into_iter()
        .chain([Action::update(operation.target(), why, update)])
        .collect()
}

/// What the overlay adds to the description.
pub(super) fn actions(decision: &Decision<'_>, operation: &Operation<'_>) -> Vec<Action> {
    let (asked, reason) = match decision {
        Decision::Declared { .. } => return Vec::new(),
        Decision::Placed { .. } => return without_undeclared(operation),
        Decision::Asked { chosen, reason } => (Some(chosen.name), reason),
        Decision::Added {
            name,
            is_asked,
            reason,
            ..
        } => ((!is_asked).then_some(name.as_str()), reason),
    };
    let mut actions = Vec::new();
    if let Decision::Added { name, object, .. } = decision {
        let mut schemes = Map::default();
        schemes.add(name.clone(), object.clone());
        let mut components = Map::default();
        components.add("securitySchemes", schemes);
        let mut update = Map::default();
        update.add("components", components);
        actions.push(Action::update("$", reason.clone(), update));
    }
    let Some(asked) = asked else {
        return actions;
    };
    let is_empty = |requirement: &Value| members(requirement).next().is_none();
    if list(&operation.object["security"]).any(is_empty) {
        actions.push(Action::remove(
            format!("{}.security", operation.target()),
            "It says that no credential is needed.",
        ));
    }
    let mut requirement = Map::default();
    requirement.add(asked, serde_json::json!([]));
    let mut update = Map::default();
    update.add("security", vec![requirement.into()]);
    let why = if actions.iter().any(|action| action.target == "$") {
        "The operation asks for that credential.".to_owned()
    } else {
        reason.clone()
    };
    actions.push(Action::update(operation.target(), why, update));
    actions
}
