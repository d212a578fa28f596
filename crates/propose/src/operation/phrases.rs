//! What a text says of the caller: "the current user", and whether that is what it speaks of.

use super::super::words;

/// What stands before a noun for the caller, and how much it says.
const QUALIFIERS: [(&str, i32); 26] = [
    ("currently logged", 20),
    ("logged", 16),
    ("currently authorized", 22),
    ("currently authorised", 22),
    ("authorised", 18),
    ("currently connected", 18),
    ("authenticated", 22),
    ("currently authenticated", 22),
    ("authenticating", 20),
    ("current", 22),
    ("current authenticated", 22),
    ("logged in", 20),
    ("loggedin", 20),
    ("currently logged in", 22),
    ("current logged in", 22),
    ("signed in", 20),
    ("currently signed in", 22),
    ("calling", 20),
    ("requesting", 20),
    ("authorized", 18),
    ("authorizing", 18),
    ("connected", 12),
    ("own", 18),
    ("my", 18),
    ("your own", 18),
    ("your", 14),
];

/// Nouns for the caller.
const CALLERS: [&str; 33] = [
    "customer",
    "developer",
    "bot account",
    "user",
    "users",
    "account",
    "member",
    "person",
    "profile",
    "user profile",
    "admin",
    "administrator",
    "agent",
    "athlete",
    "player",
    "employee",
    "teammate",
    "operator",
    "principal",
    "identity",
    "api key",
    "apikey",
    "key",
    "token",
    "api token",
    "access token",
    "api credential",
    "credential",
    "credentials",
    "session",
    "auth session",
    "bot user",
    "caller",
];

/// Nouns for what a token may be of in place of a person.
const ORGANIZATIONS: [&str; 19] = [
    "installation",
    "project",
    "organization",
    "organisation",
    "org",
    "team",
    "workspace",
    "company",
    "tenant",
    "merchant",
    "business",
    "seller",
    "shop",
    "store",
    "application",
    "app",
    "bot",
    "integration",
    "service account",
];

/// How much less a noun for an organization says.
const ORGANIZATION_DISCOUNT: i32 = 8;

/// Phrases as they stand.
const FIXED: [(&str, i32); 125] = [
    ("authentication is functioning", 18),
    ("authentication is working", 18),
    ("authentication works", 18),
    ("api key is working", 18),
    ("api key works", 18),
    ("token is working", 18),
    ("credentials are working", 18),
    ("credentials work", 18),
    ("check the key", 18),
    ("check the api key", 18),
    ("check your api key", 18),
    ("check your key", 18),
    ("verify the key", 18),
    ("verify the api key", 18),
    ("verify your api key", 18),
    ("validate the key", 18),
    ("validate your api key", 18),
    ("checks the api key", 18),
    ("testing authentication", 18),
    ("test your authentication", 18),
    ("test your credentials", 18),
    ("test your api key", 18),
    ("api token is valid", 20),
    ("credential is valid", 18),
    ("who am i", 24),
    ("whoami", 24),
    ("caller identity", 24),
    ("identify the caller", 24),
    ("identity of the caller", 24),
    ("who is making the request", 20),
    ("owner of the token", 24),
    ("owner of an access token", 24),
    ("owner of a given access token", 24),
    ("owner of the api key", 24),
    ("owner of the api token", 24),
    ("owner of the access token", 24),
    ("owner of this token", 24),
    ("of the access token", 18),
    ("of the token", 18),
    ("of the api key", 18),
    ("of the api token", 18),
    ("of an access token", 18),
    ("of an api key", 18),
    ("token belongs to", 22),
    ("key belongs to", 22),
    ("api key is valid", 20),
    ("token is valid", 20),
    ("credentials are valid", 20),
    ("key is valid", 20),
    (AUTHENTICATED, 16),
    ("of the key", 18),
    ("of this key", 18),
    ("of this token", 18),
    ("of this api key", 18),
    ("of your api key", 18),
    ("about the key", 18),
    ("about the api key", 18),
    ("about the token", 18),
    ("about the access token", 18),
    ("about your api key", 18),
    ("about this api key", 18),
    ("about this token", 18),
    ("about yourself", 20),
    ("about the caller", 22),
    ("token owner", 22),
    ("api key owner", 22),
    ("token holder", 22),
    ("token info", 22),
    ("token information", 20),
    ("token details", 20),
    ("token status", 20),
    ("token metadata", 18),
    ("api key info", 20),
    ("api key information", 20),
    ("api key details", 18),
    ("token s bot user", 22),
    ("associated with the authentication method used", 22),
    ("used to authenticate the request", 18),
    ("used to authenticate this request", 18),
    ("token the current user", 20),
    ("user the token belongs to", 24),
    ("user for the token", 20),
    ("user in the token", 22),
    ("user in the access token", 22),
    ("bound to the api token", 22),
    ("bound to the token", 22),
    ("bound to the api key", 22),
    ("associated with the current", 14),
    ("associated with the token", 22),
    ("associated with the provided token", 22),
    ("associated with the api key", 22),
    ("associated with the provided api key", 22),
    ("associated with api key", 22),
    ("associated with your api key", 22),
    ("associated with the access token", 22),
    ("associated with this api key", 22),
    ("associated with this token", 22),
    ("information about an oauth access token", 18),
    ("introspect", 18),
    ("introspects", 18),
    ("verify credentials", 22),
    ("verify a token", 20),
    ("verify token", 18),
    ("verify the token", 20),
    ("verify api key", 18),
    ("validate token", 18),
    ("validate api key", 20),
    ("validate the api key", 20),
    ("validates the api key", 20),
    ("check api key", 18),
    ("check token", 18),
    ("checks authentication", 20),
    ("check authentication", 18),
    ("test authentication", 18),
    ("lookup self", 22),
    ("look up self", 22),
    ("auth info", 20),
    ("api key used", 14),
    ("api key you used", 16),
    ("user profile", 8),
    ("get user information", 10),
    ("account information", 8),
    ("account details", 8),
    ("get account", 8),
    ("get me", 22),
];

/// What is said of who asks, or as a condition.
const AUTHENTICATED: &str = "is authenticated";

/// From here on, a phrase surely speaks of the user who asks.
const SURE: i32 = 20;

/// Phrases that end a name, and little else.
const WEAK: [(&str, i32); 3] = [("user info", 14), ("userinfo", 16), ("get session", 12)];

/// Words for what is told of somebody, rather than something that is theirs.
const ABOUT: [&str; 27] = [
    "info",
    "information",
    "infos",
    "detail",
    "details",
    "profile",
    "identity",
    "data",
    "account",
    "record",
    "object",
    "user",
    "users",
    "model",
    "itself",
    "id",
    "metadata",
    "resource",
    "summary",
    "attributes",
    "properties",
    "context",
    "whoami",
    "status",
    "representation",
    "basics",
    "name",
];

/// Words before which a noun is somebody whose something is spoken of: "the settings of the current user".
const OF: [&str; 15] = [
    "for",
    "of",
    "by",
    "to",
    "from",
    "with",
    "in",
    "on",
    "against",
    "across",
    "within",
    "under",
    "into",
    "inside",
    "throughout",
];

/// Words that stand between those and the noun.
const ARTICLES: [&str; 9] = [
    "the", "a", "an", "this", "your", "our", "any", "given", "their",
];

/// Words after which a sentence, or a name, goes on without naming anything of the caller's.
const GOES_ON: [&str; 50] = [
    "and",
    "with",
    "by",
    "for",
    "in",
    "from",
    "of",
    "that",
    "who",
    "which",
    "whose",
    "along",
    "including",
    "as",
    "using",
    "via",
    "if",
    "or",
    "is",
    "has",
    "based",
    "on",
    "the",
    "to",
    "associated",
    "making",
    "v1",
    "v2",
    "v3",
    "get",
    "api",
    "me",
    "self",
    "auth",
    "when",
    "where",
    "a",
    "an",
    "this",
    "your",
    "belonging",
    "through",
    "public",
    "only",
    "response",
    "used",
    "you",
    "returns",
    "authenticated",
    "s",
];

/// How texts say that a request names whom it asks about.
const NAMED: [&str; 9] = [
    "by id",
    "by its id",
    "by their id",
    "by user id",
    "by userid",
    "by username",
    "by user name",
    "by email",
    "by e mail",
];

/// Whether a text says that the request names whom it asks about: "the user by ID", but not "by ID token".
pub(super) fn says_whose(text: &str) -> bool {
    let line = words::line(text);
    let says = |phrase: &str| words::says(&line, phrase);
    NAMED
        .iter()
        .any(|phrase| says(phrase) && !says(&format!("{phrase} token")))
}

/// How a text says what an operation does that is asked without a name.
const UNNAMED: [&str; 14] = [
    "if you don t specify",
    "if you do not specify",
    "if you don t provide",
    "if you do not provide",
    "if not specified",
    "if not provided",
    "if unspecified",
    "if omitted",
    "if no id",
    "if no ids",
    "if no user id",
    "if no parameters",
    "when omitted",
    "defaults to",
];

/// Whether a text says that who asks is meant where the request names nobody: "If you don't specify IDs, returns the
/// user in the access token".
pub(super) fn defaults_to_caller(text: &str) -> bool {
    text.split(['.', '\n']).any(|sentence| {
        let line = words::line(sentence);
        UNNAMED.iter().any(|it| words::says(&line, it))
            && best(sentence).is_some_and(|(_, weight)| weight >= SURE)
    })
}

/// Whether a word is of what is told of somebody: "details".
pub(super) fn is_told(word: &str) -> bool {
    ABOUT.contains(&word) && word != "users"
}

/// Whether a text has a word for whoever asks, of whatever it speaks: "your", "current".
pub(super) fn speaks_to_caller(text: &str) -> bool {
    const ASKING: [&str; 7] = [
        "yourself", "caller", "me", "self", "myself", "whoami", "token",
    ];
    words::words(text).iter().any(|word| {
        let is_qualifier = QUALIFIERS.iter().any(|(it, _)| it == word);
        is_qualifier || ASKING.contains(&word.as_str())
    })
}

/// The phrase of a text that says most, and how much.
pub(super) fn best(text: &str) -> Option<(String, i32)> {
    text.split(['.', ',', ';', ':', '!', '?', '\n', '(', ')'])
        .filter_map(best_of_clause)
        .max_by_key(|(_, weight)| *weight)
}

fn best_of_clause(clause: &str) -> Option<(String, i32)> {
    let words = words::words(clause);
    let mut best: Option<(String, i32)> = None;
    let mut offer = |phrase: &str, weight: i32| {
        if weight > 0 && best.as_ref().is_none_or(|(_, other)| weight > *other) {
            best = Some((phrase.to_owned(), weight));
        }
    };
    // "If the user is authenticated, remote lookups are allowed": of whom it tells is not said.
    let is_condition = words
        .first()
        .is_some_and(|it| ["if", "when", "unless"].contains(&it.as_str()));
    for (phrase, weight) in FIXED.iter().chain(&WEAK) {
        if is_condition && *phrase == AUTHENTICATED {
            continue;
        }
        if let Some((start, end)) = position(&words, phrase) {
            offer(phrase, weigh(&words, start, end, *weight));
        }
    }
    for (qualifier, weight) in QUALIFIERS {
        let Some((start, noun)) = position(&words, qualifier) else {
            continue;
        };
        let callers = CALLERS.iter().map(|it| (it, 0));
        let organizations = ORGANIZATIONS.iter().map(|it| (it, ORGANIZATION_DISCOUNT));
        for (caller, discount) in callers.chain(organizations) {
            if let Some((0, end)) = position(&words[noun..], caller) {
                let phrase = format!("{qualifier} {caller}");
                offer(&phrase, weigh(&words, start, noun + end, weight - discount));
            }
        }
    }
    if let Some((start, end)) = asking(&words) {
        let said = words[start..end].join(" ");
        offer(&said, weigh(&words, start, end, 22));
    }
    if let Some((start, end)) = associated(&words) {
        offer("associated with the key", weigh(&words, start, end, 22));
    }
    best
}

/// Where it is said whose request it is: "the account that sent the request". First word, and the one after the last.
fn asking(words: &[String]) -> Option<(usize, usize)> {
    const VERBS: [&str; 14] = [
        "sent",
        "sends",
        "sending",
        "made",
        "makes",
        "making",
        "issued",
        "issues",
        "issuing",
        "performed",
        "performs",
        "performing",
        "initiated",
        "initiating",
    ];
    let is_one = |at: usize, table: &[&str]| {
        words
            .get(at)
            .is_some_and(|word| table.contains(&word.as_str()))
    };
    let after = |mut at: usize, table: &[&str]| {
        while is_one(at, table) {
            at += 1;
        }
        at
    };
    (0..words.len()).find_map(|start| {
        let verb = after(start + 1, &["that", "who", "which", "has", "is"]);
        let request = after(after(verb + 1, &ARTICLES), &["api"]);
        let is_said = is_one(start, &CALLERS)
            && is_one(verb, &VERBS)
            && is_one(request, &["request", "call"]);
        is_said.then_some((start, request + 1))
    })
}

/// Where it is said that something goes with the token: "associated with a given private API key", "the user's details
/// based on the access token". First word, and the
/// one after the last.
fn associated(words: &[String]) -> Option<(usize, usize)> {
    let is_of_holder = |at: usize| {
        at.checked_sub(1)
            .and_then(|before| words.get(before))
            .is_some_and(|it| CALLERS.contains(&it.as_str()) || ABOUT.contains(&it.as_str()))
    };
    let start = words.windows(2).enumerate().position(|(at, pair)| {
        // "The user's details based on the access token", but not "prices based on".
        let is_based = pair[0] == "based" && ["on", "upon"].contains(&pair[1].as_str());
        let verbs = [
            "associated",
            "connected",
            "linked",
            "tied",
            "belonging",
            "belongs",
            "corresponding",
        ];
        let is_held =
            verbs.contains(&pair[0].as_str()) && ["with", "to"].contains(&pair[1].as_str());
        is_held || is_based && is_of_holder(at)
    })?;
    let is_filler = |word: &String| {
        [
            "the",
            "a",
            "an",
            "your",
            "this",
            "that",
            "given",
            "provided",
            "supplied",
            "passed",
            "specified",
            "current",
            "private",
            "public",
            "secret",
            "used",
            "access",
            "api",
            "auth",
            "authentication",
            "bearer",
            "oauth",
        ]
        .contains(&word.as_str())
    };
    let fillers = words[start + 2..]
        .iter()
        .take_while(|word| is_filler(word))
        .count();
    let noun = start + 2 + fillers;
    let is_token = words.get(noun).is_some_and(|word| {
        ["key", "apikey", "token", "credentials", "credential"].contains(&word.as_str())
    });
    (is_token && fillers > 0).then_some((start, noun + 1))
}

/// Where a phrase stands among words: its first word, and the one after its last.
fn position(words: &[String], phrase: &str) -> Option<(usize, usize)> {
    let count = phrase.split(' ').count();
    let start = words
        .windows(count)
        .position(|window| window.iter().map(String::as_str).eq(phrase.split(' ')))?;
    Some((start, start + count))
}

/// What a phrase says where it stands: a third, where the text speaks of something that is the caller's; nothing, where
/// it speaks of what the caller must do.
fn weigh(words: &[String], start: usize, end: usize, weight: i32) -> i32 {
    let must = ["must", "should", "needs", "cannot", "shall"];
    if words.get(end).is_some_and(|it| must.contains(&it.as_str())) {
        0
    } else if is_relative(&words[..start], &words[end..])
        || is_of_the_caller(&words[..start])
        || is_followed_by_another(&words[end..])
    {
        weight / 3
    } else {
        weight
    }
}

/// Whether it says whose something else is: "all elements that the authenticated user has permission to view".
fn is_relative(before: &[String], after: &[String]) -> bool {
    let verbs = [
        "has", "have", "can", "may", "owns", "owned", "created", "manages", "follows", "sees",
        "belongs",
    ];
    let mut before = before.iter().map(String::as_str).rev().peekable();
    while before
        .next_if(|word| ARTICLES.contains(word) || ["that", "which"].contains(word))
        .is_some()
    {}
    // A plural: of who the caller is there is one.
    after.first().is_some_and(|it| verbs.contains(&it.as_str()))
        && before
            .next()
            .is_some_and(|word| word.ends_with('s') && word.len() > 4 && !is_verb(word))
}

/// Whether a word that may be a plural tells what the operation does: "Returns", "checks".
fn is_verb(word: &str) -> bool {
    super::verbs::reads(word) || ["details", "whether", "status", "access"].contains(&word)
}

/// Whether what stands before makes it "the settings of the current user".
fn is_of_the_caller(before: &[String]) -> bool {
    let mut before = before.iter().map(String::as_str).rev().peekable();
    while before.next_if(|word| ARTICLES.contains(word)).is_some() {}
    // "Memberships for the organization associated with the key".
    let mut noun = before.clone();
    noun.next();
    while noun.next_if(|word| ARTICLES.contains(word)).is_some() {}
    for words in [&mut before, &mut noun] {
        if words.next_if(|word| OF.contains(word)).is_some() {
            return !words.next().is_none_or(|word| ABOUT.contains(&word));
        }
    }
    false
}

/// Whether what stands after makes it "the current user's settings".
fn is_followed_by_another(after: &[String]) -> bool {
    let mut after = after.iter().map(String::as_str).peekable();
    let is_possessor = after.next_if_eq(&"s").is_some();
    let Some(next) = after.next() else {
        return false;
    };
    !ABOUT.contains(&next) && (is_possessor || !GOES_ON.contains(&next))
}
