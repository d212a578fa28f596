//! What a description says of a provider, as data that the generated crates fill in.

use std::ops::RangeInclusive;

/// A provider: how it is called, where it is and how it takes a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The name in crates, features and on the command line, as in `acme`.
    pub name: &'static str,
    /// The name for people: the description's `info.title`.
    pub title: &'static str,
    /// The version of the client crate, which the `User-Agent` carries.
    pub version: &'static str,
    /// The first server of the description; `None` when every user has one of their own.
    pub base_url: Option<&'static str>,
    /// How a request carries the token.
    pub authentication: Authentication,
    /// The other ways that the description offers, for [`Config::authentication`](crate::Config::authentication).
    pub alternatives: &'static [Authentication],
    /// The environment variable that holds the token, by the provider's own custom.
    pub token_variable: &'static str,
    /// The environment variable that holds a base URL of one's own.
    pub base_url_variable: &'static str,
    /// A regular expression which the provider's tokens match, where their form is documented.
    pub token_form: Option<&'static str>,
    /// The operation that tells who the caller is.
    pub whoami: Operation,
}

impl ProviderInfo {
    /// A provider that takes a bearer token and answers at a base URL of the caller's.
    #[must_use]
    pub const fn new(name: &'static str, version: &'static str, whoami: Operation) -> Self {
        Self {
            name,
            title: name,
            version,
            base_url: None,
            authentication: Authentication::BEARER,
            alternatives: &[],
            token_variable: "",
            base_url_variable: "",
            token_form: None,
            whoami,
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub const fn with_title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Sets the base URL that is asked unless the caller names another.
    #[must_use]
    pub const fn with_base_url(mut self, base_url: &'static str) -> Self {
        self.base_url = Some(base_url);
        self
    }

    /// Sets how a request carries the token.
    #[must_use]
    pub const fn with_authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// Sets the other ways in which a request may carry the token.
    #[must_use]
    pub const fn with_alternatives(mut self, alternatives: &'static [Authentication]) -> Self {
        self.alternatives = alternatives;
        self
    }

    /// Sets the environment variables that hold the token and the base URL.
    #[must_use]
    pub const fn with_variables(mut self, token: &'static str, base_url: &'static str) -> Self {
        self.token_variable = token;
        self.base_url_variable = base_url;
        self
    }

    /// Sets the regular expression which the provider's tokens match.
    #[must_use]
    pub const fn with_token_form(mut self, form: &'static str) -> Self {
        self.token_form = Some(form);
        self
    }
}

/// How a request carries the token: an OpenAPI security scheme, resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// A user name and a password, in the `Authorization` header (RFC 7617). The token is both, with a colon
    /// between; a token without a colon is the user name of an empty password, as many providers take API keys.
    Basic,
    /// In a header, after a prefix such as `Bearer `.
    Header {
        /// The header's name, in lower case.
        name: &'static str,
        /// What stands before the token; empty for the bare token.
        prefix: &'static str,
    },
    /// In a parameter of the query.
    Query {
        /// The parameter's name.
        name: &'static str,
    },
    /// In a cookie.
    Cookie {
        /// The cookie's name.
        name: &'static str,
    },
    /// In several places at once: the token's parts, with colons between, each where its own scheme says.
    All(&'static [Authentication]),
}

impl Authentication {
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    pub const BEARER: Self = Self::Header {
        name: "authorization",
        prefix: "Bearer ",
    };
}

/// An operation of a description, with what its answers say of a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The description's `operationId`.
    pub id: &'static str,
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path, as a template.
    pub path: &'static str,
    /// The media type that is asked for.
    pub accept: &'static str,
    /// Parameters of the query that are the same in every request: name and value.
    pub query: &'static [(&'static str, &'static str)],
    /// Headers that are the same in every request: name, in lower case, and value.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body that every request has: media type and content.
    pub body: Option<(&'static str, &'static str)>,
    /// The statuses that the description documents as a success.
    pub success: RangeInclusive<u16>,
    /// Where an error answer carries the provider's own code: a JSON pointer (RFC 6901).
    pub code: Option<&'static str>,
    /// What the documented error answers say of the token.
    pub answers: &'static [Answer],
}

impl Operation {
    /// An operation that answers a good token with 200 and JSON.
    #[must_use]
    pub const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            accept: "application/json",
            query: &[],
            headers: &[],
            body: None,
            success: 200..=200,
            code: None,
            answers: &[],
        }
    }

    /// Sets the media type that is asked for.
    #[must_use]
    pub const fn with_accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Sets the parameters of the query that are the same in every request.
    #[must_use]
    pub const fn with_query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// Sets the headers that are the same in every request.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the body that every request has.
    #[must_use]
    pub const fn with_body(mut self, media_type: &'static str, content: &'static str) -> Self {
        self.body = Some((media_type, content));
        self
    }

    /// Sets the statuses of success.
    #[must_use]
    pub const fn with_success(mut self, success: RangeInclusive<u16>) -> Self {
        self.success = success;
        self
    }

    /// Sets where an error answer carries the provider's own code.
    #[must_use]
    pub const fn with_code(mut self, pointer: &'static str) -> Self {
        self.code = Some(pointer);
        self
    }

    /// Sets what the documented error answers say of the token.
    #[must_use]
    pub const fn with_answers(mut self, answers: &'static [Answer]) -> Self {
        self.answers = answers;
        self
    }

    /// Whether it may be sent twice: its method is safe or idempotent (RFC 9110, section 9.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        matches!(
            self.method,
            "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE"
        )
    }
}

/// A documented error answer and what it says of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The provider's own code; `None` for every answer of that status.
    pub code: Option<&'static str>,
    /// What it says of the token.
    pub meaning: Meaning,
}

impl Answer {
    /// Every answer of `status` means `meaning`.
    #[must_use]
    pub const fn status(status: u16, meaning: Meaning) -> Self {
        Self {
            status,
            code: None,
            meaning,
        }
    }

    /// An answer of `status` with the provider's own `code` means `meaning`.
    #[must_use]
    pub const fn code(status: u16, code: &'static str, meaning: Meaning) -> Self {
        Self {
            status,
            code: Some(code),
            meaning,
        }
    }
}

/// What a documented error answer says of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The token is no good.
    Unauthenticated,
    /// The token may not ask this; nothing is said of its validity.
    Forbidden,
    /// The token is good, and no user stands behind it.
    NoSubject,
    /// Too many requests.
    RateLimited,
    /// The provider cannot answer for now.
    Unavailable,
}
