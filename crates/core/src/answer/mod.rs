//! What an answer says of a token, read by the data that its provider's description comes to.
//!
//! - `scan`: one pass over JSON, which keeps what is asked for; `quick`: the same for JSON as most answers have it.
//! - `claims`: from what was kept to an identity.
//! - `conditions`: whether an answer fits a rule.
//! - `challenge`: what `WWW-Authenticate` says.
//! - `survey`: codes and messages in their customary places.
//! - this module: the verdict, step by step.

mod challenge;
mod claims;
mod conditions;
mod quick;
mod scan;
mod survey;

use std::cell::LazyCell;

use http::{HeaderMap, StatusCode, header};

use self::challenge::Challenges;
use self::claims::ClaimsReader;
use self::conditions::{ConditionsReader, ContentReader, RuleReader};
use self::scan::{Found, Plan, Slot};
use self::survey::Survey;
use crate::customary::{self, Says};
use crate::{Authentication, ErrorKind, Identity, Limit, Meaning, Operation, Reason, Status};

/// What reads the answers of one operation. It is made once for a provider.
pub(crate) struct Reader {
    plan: Plan,
    code: Vec<Slot>,
    rules: Vec<RuleReader>,
    success: ConditionsReader,
    content: ContentReader,
    refusals: Vec<(Status, ContentReader)>,
    /// Whether a rule says by which codes, or values of the body, the provider refuses tokens.
    has_refusals_by_code: bool,
    claims: ClaimsReader,
    /// Whether a success can name somebody.
    names_somebody: bool,
    /// Whether codes and messages of a success are looked for: by a rule, or since it names nobody and may be an error.
    surveys_successes: bool,
}

/// An answer, read whole, with the token taken out of its body.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What an answer says.
pub(crate) struct Reading {
    pub(crate) says: Saying,
    /// The provider's own code, from where the description has it, else from a customary place.
    pub(crate) code: Option<String>,
    /// Whether the code stood where the description has it.
    pub(crate) is_documented_code: bool,
}

/// What an answer says of the token.
pub(crate) enum Saying {
    /// It is good, and this is its holder; nobody in particular where it stands for no user, or is limited.
    Valid(Box<Identity>, Good),
    /// It is no good.
    Invalid(Option<Reason>),
    /// Nothing is known of it, and why.
    Indeterminate(ErrorKind, &'static str),
}

/// What an answer that proves a token good says beside that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Good {
    /// Whose it is, or that the provider says no more.
    Plain,
    /// No user stands behind it.
    NoSubject,
    /// It is not to be used for this.
    Limited(Limit),
}

/// What a body is, told by its content: a media type may be wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Object,
    /// JSON of another type.
    Json,
    /// Text, HTML, or JSON that does not parse.
    Other,
}

/// An answer, taken apart as far as rules ask for.
struct Opened<'a> {
    answer: Answer<'a>,
    kind: Kind,
    is_html: bool,
    /// The body as text, without a byte order mark.
    text: &'a str,
    found: Found<'a>,
    code: Option<String>,
    /// Codes and messages in their customary places. Of a success nobody asks for them but rules.
    survey: Survey<'a>,
}

impl Reader {
    /// What reads the answers of `operation`.
    pub(crate) fn new(operation: &Operation) -> Self {
        let mut plan = Plan::default();
        let refuses_by_code = |rule: &&crate::Rule| {
            rule.means == Meaning::Unauthenticated
                && !(rule.code.is_empty() && rule.body.is_empty())
                && rule
                    .status
                    .iter()
                    .any(|status| may_be_error(*status, operation))
        };
        let rules: Vec<_> = operation
            .answers
            .iter()
            .map(|rule| RuleReader::new(rule, &mut plan))
            .collect();
        let success = ConditionsReader::new(&operation.success.conditions, &mut plan);
        let names_somebody = operation.identity.names_somebody();
        let surveys_successes = !names_somebody
            || rules.iter().any(RuleReader::reads_messages)
            || success.reads_messages();
        Self {
            code: operation.code.iter().map(|at| plan.slot(at)).collect(),
            has_refusals_by_code: operation.answers.iter().any(|rule| refuses_by_code(&rule)),
            rules,
            success,
            content: ContentReader::new(&operation.success.content, &mut plan),
            refusals: operation
                .refusals
                .iter()
                .map(|it| (it.status, ContentReader::new(&it.content, &mut plan)))
                .collect(),
            claims: ClaimsReader::new(&operation.identity, &mut plan),
            names_somebody,
            surveys_successes,
            plan,
        }
    }

    /// Whether claims come from headers, too: then these are to be without the token.
    pub(crate) fn reads_headers(&self) -> bool {
        self.plan.reads_headers
    }

    /// What `answer` says of a token that was sent by `authentication`.
    pub(crate) fn read(
        &self,
        operation: &Operation,
        authentication: &Authentication,
        answer: Answer<'_>,
    ) -> Reading {
        let opened = self.open(operation, answer);
        let says = self.says(operation, authentication, &opened);
        let is_documented_code = opened.code.is_some();
        let is_error = !operation.is_success(answer.status.as_u16());
        Reading {
            says,
            is_documented_code,
            code: opened.code.or_else(|| {
                let code = is_error.then(|| opened.survey.codes.first())?;
                code.map(ToString::to_string)
            }),
        }
    }

    fn open<'a>(&self, operation: &Operation, answer: Answer<'a>) -> Opened<'a> {
        let body = answer
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(answer.body);
        // Bytes that are no text are no JSON either.
        let text = std::str::from_utf8(body).map(trimmed);
        let is_success = operation.is_success(answer.status.as_u16());
        let wants_survey = !is_success || self.surveys_successes;
        let mut survey = Survey::default();
        let (kind, found) = match text {
            Ok("") => (Kind::Empty, Found::default()),
            Err(_) => (Kind::Other, Found::default()),
            Ok(text) => match self.plan.scan(text) {
                Ok(found) if text.starts_with('{') => {
                    if wants_survey {
                        survey = Survey::read(text, answer.status);
                    }
                    (Kind::Object, found)
                }
                Ok(found) => (Kind::Json, found),
                Err(_) => (Kind::Other, Found::default()),
            },
        };
        let text = text.unwrap_or_default();
        let mut codes = self.code.iter();
        let code = codes.find_map(|slot| {
            let code = found.get(*slot)?.into_code()?;
            (!code.is_empty()).then(|| code.into_owned())
        });
        Opened {
            answer,
            kind,
            is_html: is_html(answer.headers, text),
            text,
            found,
            code,
            survey,
        }
    }

    /// The steps, in their order.
    fn says(
        &self,
        operation: &Operation,
        authentication: &Authentication,
        answer: &Opened<'_>,
    ) -> Saying {
        let status = answer.answer.status.as_u16();
        let is_success = operation.is_success(status);
        let is_ours = |scheme: &str| {
            let named = operation.challenges.iter().map(String::as_str);
            let mut ours = named.chain(authentication.scheme());
            ours.any(|it| it.eq_ignore_ascii_case(scheme))
        };
        // Of most answers nobody asks for them.
        let challenges = LazyCell::new(|| Challenges::read(answer.answer.headers, is_ours));
        let rules = self.rules.iter();
        let mut fitting = rules.filter(|rule| rule.fits(answer, is_success));
        match fitting.next() {
            Some(rule) => {
                let rule = &rule.rule;
                let code = || answer.code.clone().or_else(|| answer.survey.first_code());
                match rule.means {
                    Meaning::Valid | Meaning::NoSubject | Meaning::Limited
                        if rule.is_by_status_alone()
                            && !is_success
                            && may_be_another(answer, &challenges) =>
                    {
                        not_the_providers()
                    }
                    Meaning::Valid => self.valid(answer, Good::Plain, None),
                    Meaning::NoSubject => self.valid(answer, Good::NoSubject, None),
                    Meaning::Limited => {
                        let by = rule.by.unwrap_or(Limit::Scope);
                        self.valid(answer, Good::Limited(by), code())
                    }
                    Meaning::Unauthenticated if rule.is_by_status_alone() => {
                        self.http_refusal(answer, &challenges, rule.reason)
                    }
                    Meaning::Unauthenticated => match veto(answer) {
                        Some((kind, message)) => Saying::Indeterminate(kind, message),
                        None if answer.is_html => not_the_providers(),
                        None => Saying::Invalid(rule.reason.or_else(|| answer.reason())),
                    },
                    // By the status alone it is HTTP's own meaning said aloud.
                    Meaning::Forbidden
                        if rule.is_by_status_alone()
                            && challenges.says(status) == challenge::Says::InsufficientScope =>
                    {
                        self.undocumented(answer, &challenges)
                    }
                    Meaning::Forbidden => Saying::Indeterminate(ErrorKind::Forbidden, FORBIDDEN),
                    Meaning::RateLimited => {
                        Saying::Indeterminate(ErrorKind::RateLimited, RATE_LIMITED)
                    }
                    Meaning::Unavailable => {
                        Saying::Indeterminate(ErrorKind::Unavailable, UNAVAILABLE)
                    }
                    Meaning::Nothing => Saying::Indeterminate(
                        if is_success {
                            ErrorKind::InvalidResponse
                        } else {
                            ErrorKind::UnexpectedStatus
                        },
                        "the answer says nothing of the token",
                    ),
                }
            }
            None if is_success => self.success(operation, answer),
            None => self.undocumented(answer, &challenges),
        }
    }

    /// A token that the answer proves good, with what it tells of its holder.
    fn valid(&self, answer: &Opened<'_>, good: Good, code: Option<String>) -> Saying {
        let mut identity = Identity::default();
        if answer.answer.status.is_success() {
            self.claims
                .fill(&answer.found, answer.answer.headers, &mut identity);
        }
        if let Good::Limited(by) = good {
            let token = identity.token.get_or_insert_default();
            token.limited = Some(crate::Limited::new(by, code));
        }
        Saying::Valid(Box::new(identity), good)
    }

    /// Step 2: a documented success, of which no rule spoke.
    fn success(&self, operation: &Operation, answer: &Opened<'_>) -> Saying {
        if !self.success.hold(answer) {
            return Saying::Indeterminate(
                ErrorKind::InvalidResponse,
                "the answer is not what the description says of a good token",
            );
        }
        if !self.names_somebody {
            // These have no body, whatever their header says (RFC 9110, sections 15.3.5 and 15.3.6).
            let has_none = matches!(answer.answer.status.as_u16(), 204 | 205);
            let has_form = (has_none && answer.kind == Kind::Empty)
                || (self.content.fits(answer) && self.is_media_type(operation, answer));
            let says_bad = |code: &str| {
                matches!(
                    customary::code(code),
                    Some(Says::BadToken(_) | Says::NoToken)
                )
            };
            return if has_form && !answer.survey.codes.iter().any(|code| says_bad(code)) {
                self.valid(answer, Good::Plain, None)
            } else {
                unlike_the_description()
            };
        }
        match answer.kind {
            Kind::Object | Kind::Json => {}
            // What comes in headers needs no body.
            Kind::Empty if self.claims.reads_headers() => {}
            Kind::Empty | Kind::Other => return unlike_the_description(),
        }
        let headers = answer.answer.headers;
        if self.claims.name_somebody(&answer.found, headers) {
            self.valid(answer, Good::Plain, None)
        } else {
            Saying::Indeterminate(ErrorKind::InvalidResponse, "the answer names nobody")
        }
    }

    /// Whether a body is of the described media type, where nothing but that tells what it is.
    fn is_media_type(&self, operation: &Operation, answer: &Opened<'_>) -> bool {
        if !matches!(self.content, ContentReader::Other) {
            return !answer.is_html;
        }
        let described = essence(operation.success.media_type.as_bytes());
        let mut sent = media_types(answer.answer.headers);
        sent.any(|it| it.eq_ignore_ascii_case(described))
    }

    /// Step 3: what HTTP itself says, where no rule spoke.
    fn undocumented(&self, answer: &Opened<'_>, challenges: &Challenges) -> Saying {
        match (
            answer.answer.status.as_u16(),
            challenges.says(answer.answer.status.as_u16()),
        ) {
            (401 | 403, challenge::Says::InsufficientScope) => {
                let code = challenges.error().map(str::to_owned);
                self.valid(answer, Good::Limited(Limit::Scope), code)
            }
            (401, _) => self.http_refusal(answer, challenges, None),
            (300..=399, _) => Saying::Indeterminate(
                ErrorKind::Redirected,
                "the provider answered with a redirect, which is not followed",
            ),
            (429, _) => Saying::Indeterminate(ErrorKind::RateLimited, RATE_LIMITED),
            (500..=599, _) => Saying::Indeterminate(ErrorKind::Unavailable, UNAVAILABLE),
            (403, _) if answer.kind == Kind::Other || answer.is_html => not_the_providers(),
            (403, _) => Saying::Indeterminate(ErrorKind::Forbidden, FORBIDDEN),
            _ => Saying::Indeterminate(
                ErrorKind::UnexpectedStatus,
                "the answer is not one that the description has",
            ),
        }
    }

    /// Whether an answer whose status alone refuses the token does so in a form in which this provider may: a 401, or what
    /// a rule says by the status alone.
    fn http_refusal(
        &self,
        answer: &Opened<'_>,
        challenges: &Challenges,
        reason: Option<Reason>,
    ) -> Saying {
        if let Some((kind, message)) = veto(answer) {
            return Saying::Indeterminate(kind, message);
        }
        let indeterminate = |message| Saying::Indeterminate(ErrorKind::UnexpectedStatus, message);
        let status = answer.answer.status.as_u16();
        match challenges.says(status) {
            challenge::Says::InsufficientScope => {
                let code = challenges.error().map(str::to_owned);
                return self.valid(answer, Good::Limited(Limit::Scope), code);
            }
            challenge::Says::SomethingElse => {
                return indeterminate(
                    "the challenge is not the provider's, or complains about something other than the token",
                );
            }
            challenge::Says::Refused(_)
                if self.has_refusals_by_code && !self.has_refusal_code(answer) =>
            {
                return indeterminate(
                    "the answer has no code by which the provider refuses tokens",
                );
            }
            challenge::Says::Refused(description) => {
                let told = description.and_then(customary::reason);
                return Saying::Invalid(reason.or(told).or_else(|| answer.reason()));
            }
            challenge::Says::Nothing => {}
        }
        if answer.is_html || answer.kind == Kind::Other {
            return not_the_providers();
        }
        if self.has_refusals_by_code {
            return indeterminate("the answer has no code by which the provider refuses tokens");
        }
        let documented = self.refusals.iter().find(|(it, _)| it.names(status));
        let documented =
            documented.or_else(|| self.refusals.iter().find(|(it, _)| *it == Status::Default));
        // JSON of another type is nobody's refusal, and neither is text.
        let has_form = matches!(answer.kind, Kind::Empty | Kind::Object)
            && match documented.map(|(_, content)| content) {
                None => true,
                Some(ContentReader::Other | ContentReader::Json | ContentReader::List) => false,
                Some(content) => content.fits(answer),
            };
        if !has_form {
            return indeterminate(
                "the answer's body is not one by which the provider refuses tokens",
            );
        }
        let is_about_token = |code: &str| {
            matches!(
                customary::code(code),
                Some(Says::BadToken(_) | Says::Nothing)
            )
        };
        let mut codes = answer.survey.codes.iter().map(AsRef::as_ref);
        let mut documented = answer
            .code
            .iter()
            .filter(|code| survey::is_code(code, answer.answer.status));
        if !codes.all(is_about_token) || !documented.all(|code| is_about_token(code)) {
            return indeterminate("the answer's code is not known to be about the token");
        }
        if answer
            .survey
            .texts()
            .any(|it| customary::message(it).is_some())
        {
            return indeterminate("the answer's message speaks of something other than the token");
        }
        Saying::Invalid(reason.or_else(|| answer.reason()))
    }
}

impl Reader {
    /// Whether the answer has a code by which a rule says that the provider refuses tokens, whatever its status.
    fn has_refusal_code(&self, answer: &Opened<'_>) -> bool {
        let mut rules = self.rules.iter().map(|rule| &rule.rule);
        let code = answer.code.as_ref();
        rules.any(|rule| {
            rule.means == Meaning::Unauthenticated && code.is_some_and(|it| rule.code.contains(it))
        })
    }
}

/// Whether an answer whose status alone speaks for the token may be of somebody in between: a page, a proxy, a gateway.
fn may_be_another(answer: &Opened<'_>, challenges: &Challenges) -> bool {
    let headers = answer.answer.headers;
    answer.is_html
        || answer.kind == Kind::Other
        || challenges.has_others_only
        || headers.contains_key(header::PROXY_AUTHENTICATE)
}

impl Opened<'_> {
    /// Why the token is refused, where a code or a message tells.
    fn reason(&self) -> Option<Reason> {
        let documented = self.code.iter().map(String::as_str);
        let codes = documented.chain(self.survey.codes.iter().map(AsRef::as_ref));
        let mut told = codes.filter_map(|code| match customary::code(code) {
            Some(Says::BadToken(reason)) => reason,
            _ => None,
        });
        let mut messages = self.survey.messages.iter();
        told.next()
            .or_else(|| messages.find_map(|message| customary::reason(message)))
    }
}

const FORBIDDEN: &str = "the provider refuses to answer, which says nothing of the token";
const RATE_LIMITED: &str = "the provider asks for fewer requests";
const UNAVAILABLE: &str = "the provider cannot answer for now";

fn not_the_providers() -> Saying {
    Saying::Indeterminate(
        ErrorKind::InvalidResponse,
        "the answer's body is not the provider's",
    )
}

fn unlike_the_description() -> Saying {
    Saying::Indeterminate(
        ErrorKind::InvalidResponse,
        "the answer's body does not read as the description says",
    )
}

/// Step 0: what allows no "invalid", by whatever rule.
fn veto(answer: &Opened<'_>) -> Option<(ErrorKind, &'static str)> {
    let headers = answer.answer.headers;
    if headers.contains_key(header::RETRY_AFTER) {
        return Some((
            ErrorKind::RateLimited,
            "the answer asks to come back later, which no refusal of a token does",
        ));
    }
    if headers.contains_key(header::PROXY_AUTHENTICATE) {
        return Some((
            ErrorKind::UnexpectedStatus,
            "a proxy asks for its own credentials",
        ));
    }
    if answer.survey.is_cut {
        return Some((
            ErrorKind::UnexpectedStatus,
            "the answer tells of more errors than are looked at",
        ));
    }
    let says_no_token = |code: &str| customary::code(code) == Some(Says::NoToken);
    let has_code = answer.code.as_deref().is_some_and(says_no_token)
        || answer.survey.codes.iter().any(|code| says_no_token(code));
    let has_message = answer
        .survey
        .texts()
        .any(|it| customary::message(it) == Some(Says::NoToken))
        || (answer.kind == Kind::Other
            && !answer.is_html
            && customary::message(answer.text) == Some(Says::NoToken));
    (has_code || has_message).then_some((
        ErrorKind::UnexpectedStatus,
        "the answer says that no token came: something on the way may have taken it",
    ))
}

/// Whether a status of a rule may be one of an error.
fn may_be_error(status: Status, operation: &Operation) -> bool {
    match status {
        Status::Code(code) => !operation.is_success(code),
        Status::Range(hundred) => hundred >= 4,
        Status::Default => true,
    }
}

/// Whether the body is a page, by its media type or by how it begins.
fn is_html(headers: &HeaderMap, text: &str) -> bool {
    let begins = |start: &str| {
        text.get(..start.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(start))
    };
    let is_page = |media_type: &[u8]| {
        media_type.eq_ignore_ascii_case(b"text/html")
            || media_type.eq_ignore_ascii_case(b"application/xhtml+xml")
    };
    media_types(headers).any(is_page) || begins("<!doctype html") || begins("<html")
}

/// A text without what may stand around a value of JSON (RFC 8259, section 2): a form feed may not.
fn trimmed(text: &str) -> &str {
    let is_other = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let bytes = text.as_bytes();
    let start = bytes.iter().position(is_other).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(is_other).map_or(start, |at| at + 1);
    text.get(start..end).unwrap_or_default()
}

/// The media types that the answer says it is of, whatever their parameters hold: of several, any may be true.
fn media_types(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(header::CONTENT_TYPE).iter();
    values.map(|value| essence(value.as_bytes()))
}

/// A media type without its parameters (RFC 9110, section 8.3.1).
fn essence(media_type: &[u8]) -> &[u8] {
    let mut parts = media_type.split(|&byte| byte == b';');
    parts.next().unwrap_or_default().trim_ascii()
}
