//! The words by which APIs customarily say what is wrong with a token: lists, each entry with where it was seen.
//!
//! Where it was seen is a section of a specification, a file of a public repository (`owner/name: path`), or the title
//! of a page of documentation. `general use` stands where no one place was looked up: of such words none says that a
//! token is no good.
//!
//! The lists of codes that decide something are closed and compared whole, so that a word that nobody knows decides
//! nothing. What answers are read by, and what is proposed for descriptions, goes by the same lists.

use crate::{Limit, Reason};

/// What a word says of the token that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// It is no good, and why where the word tells.
    BadToken(Option<Reason>),
    /// None was sent: something on the way took it.
    NoToken,
    /// It is good, and something limits it.
    Limited(Limit),
    /// Too many requests.
    RateLimited,
    /// Not now.
    Unavailable,
    /// Something beside the token is wrong: another credential, a proof, the request.
    SomethingElse,
    /// That something is wrong, and no more.
    Nothing,
}

const BAD: Says = Says::BadToken(None);
const EXPIRED: Says = Says::BadToken(Some(Reason::Expired));
const REVOKED: Says = Says::BadToken(Some(Reason::Revoked));
const UNKNOWN: Says = Says::BadToken(Some(Reason::Unknown));
const NO_TOKEN: Says = Says::NoToken;
const NOTHING: Says = Says::Nothing;
const SCOPE: Says = Says::Limited(Limit::Scope);
const NETWORK: Says = Says::Limited(Limit::Network);
const KIND: Says = Says::Limited(Limit::Kind);
const ACCOUNT: Says = Says::Limited(Limit::Account);
const RATE_LIMITED: Says = Says::RateLimited;
const UNAVAILABLE: Says = Says::Unavailable;
const ANOTHER: Says = Says::SomethingElse;

/// Codes, in lower case and without what separates words; what they say; and where they were seen.
///
/// Only codes of which nobody means anything else are here. These were looked up and left out, as a good token gets
/// them too: `invalid_auth` (Slack: also an address that is not allowed), `AuthFailure` (EC2: also a missing permission),
/// `NOT_AUTHORIZED` (`PayPal`: a missing permission), `InvalidClientTokenId` (AWS: also a region that is not enabled),
/// `invalidkey` (Weather Underground: also a plan's limit; of storage: the key of an object), `token_not_found` and
/// `api_key_not_found` (Appwrite, Meilisearch: a resource of that name).
#[rustfmt::skip]
pub const CODES: &[(&str, Says, &str)] = &[
    // The token is no good.
    ("invalidtoken", BAD, "RFC 6750, section 3.1"),
    ("tokeninvalid", BAD, "TykTechnologies/tyk: internal/errors/classification.go"),
    ("tokennotvalid", BAD, "jazzband/djangorestframework-simplejwt: rest_framework_simplejwt/exceptions.py"),
    ("invalidaccesstoken", BAD, "dropbox/dropbox-api-spec: auth.stone"),
    ("accesstokeninvalid", BAD, "Contentful docs, Errors"),
    ("invalidapitoken", BAD, "trufflesecurity/trufflehog: pkg/detectors/sendbird/sendbird.go"),
    ("invalidjwt", BAD, "supabase/storage: src/internal/errors/codes.ts"),
    ("badjwt", BAD, "supabase/auth: internal/api/apierrors/errorcode.go"),
    ("jwttokeninvalid", BAD, "googleapis/googleapis: google/api/error_reason.proto"),
    ("userjwtinvalid", BAD, "appwrite/appwrite: app/config/errors.php"),
    ("fstjwtauthorizationtokeninvalid", BAD, "fastify/fastify-jwt: README.md"),
    ("invalidapikey", BAD, "Resend docs, Errors"),
    ("apikeyinvalid", BAD, "googleapis/googleapis: google/api/error_reason.proto"),
    ("invalidaccesskey", BAD, "betterleaks/betterleaks: cmd/generate/config/rules/weatherstack.go"),
    ("accesskeyinvalid", BAD, "ScreenshotOne docs, Access Key Invalid"),
    ("invalidcredentials", BAD, "Directus docs, Error Codes"),
    ("invalidcredential", BAD, "googleapis/googleapis: google/api/servicecontrol/v1/check_error.proto"),
    ("badcredentials", BAD, "betterleaks/betterleaks: cmd/generate/config/rules/sslmate.go"),
    // The same, and why.
    ("expiredtoken", EXPIRED, "bluesky-social/bsky-docs: atproto-openapi-types/spec/api.json"),
    ("expiredtokenexception", EXPIRED, "AWS IAM API reference, Common Error Types"),
    ("expiredtokenerror", EXPIRED, "Alibaba Cloud Yunxiao docs, Error code center"),
    ("tokenexpired", EXPIRED, "Directus docs, Error Codes; Glean docs, Token Expired"),
    ("tokenexpirederror", EXPIRED, "auth0/node-jsonwebtoken: README.md"),
    ("fstjwtauthorizationtokenexpired", EXPIRED, "fastify/fastify-jwt: README.md"),
    ("accesstokenexpired", EXPIRED, "square/connect-api-specification: api.json"),
    ("expiredaccesstoken", EXPIRED, "dropbox/dropbox-api-spec: auth.stone"),
    ("apikeyexpired", EXPIRED, "stripe/stripe-cli: pkg/requests/base.go"),
    ("accountkeyexpired", EXPIRED, "appwrite/appwrite: app/config/errors.php"),
    ("projectkeyexpired", EXPIRED, "appwrite/appwrite: app/config/errors.php"),
    ("keyexpired", EXPIRED, "Ably docs, 40132: API key expired"),
    ("tokenrevoked", REVOKED, "slackapi/slack-api-specs: web-api/slack_web_openapi_v2.json"),
    ("revokedtoken", REVOKED, "auth0/express-jwt: src/index.ts"),
    ("accesstokenrevoked", REVOKED, "square/connect-api-specification: api.json"),
    ("keyrevoked", REVOKED, "Ably docs, 40131: API key revoked"),
    ("munknowntoken", UNKNOWN, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    // None was sent, say these.
    ("missingtoken", NO_TOKEN, "FusionAuth/fusionauth-openapi: openapi.yaml"),
    ("tokenmissing", NO_TOKEN, "general use"),
    ("mmissingtoken", NO_TOKEN, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    ("notoken", NO_TOKEN, "general use"),
    ("tokenrequired", NO_TOKEN, "general use"),
    ("tokennotprovided", NO_TOKEN, "apify/apify-docs: apify-api/openapi/openapi.yaml"),
    ("missingapitoken", NO_TOKEN, "apify/apify-docs: apify-api/openapi/openapi.yaml"),
    ("missingaccesstoken", NO_TOKEN, "general use"),
    ("accesstokenmissing", NO_TOKEN, "general use"),
    ("accesstokenrequired", NO_TOKEN, "FusionAuth/fusionauth-openapi: openapi.yaml"),
    ("missingapikey", NO_TOKEN, "Resend docs, Errors"),
    ("apikeymissing", NO_TOKEN, "NREL/api-umbrella: config/schema.cue; NewsAPI docs, Errors"),
    ("apikeyrequired", NO_TOKEN, "general use"),
    ("noapikey", NO_TOKEN, "general use"),
    ("apikeynotprovided", NO_TOKEN, "general use"),
    ("missingkey", NO_TOKEN, "unkeyed/unkey: docs/product/cookbook/go-echo-middleware.mdx"),
    ("missingaccesskey", NO_TOKEN, "general use"),
    ("accesskeyrequired", NO_TOKEN, "ScreenshotOne docs, Access Key Required"),
    ("missingauthentication", NO_TOKEN, "general use"),
    ("missingauthenticationtoken", NO_TOKEN, "AWS IAM API reference, Common Error Types"),
    ("missingauthenticationtokenexception", NO_TOKEN, "general use"),
    ("missingauth", NO_TOKEN, "general use"),
    ("authmissing", NO_TOKEN, "bluesky-social/bsky-docs: atproto-openapi-types/spec/api.json"),
    ("missingauthorization", NO_TOKEN, "general use"),
    ("missingauthorizationheader", NO_TOKEN, "meilisearch/meilisearch: crates/meilisearch/src/routes/api_key.rs"),
    ("fstbearerauthmissingauthorizationheader", NO_TOKEN, "fastify/fastify-bearer-auth: lib/errors.js"),
    ("fstjwtnoauthorizationinheader", NO_TOKEN, "fastify/fastify-jwt: README.md"),
    ("fstjwtnoauthorizationincookie", NO_TOKEN, "fastify/fastify-jwt: README.md"),
    ("noauthorization", NO_TOKEN, "supabase/auth: internal/api/apierrors/errorcode.go"),
    ("noauthorizationheader", NO_TOKEN, "general use"),
    ("missingcredentials", NO_TOKEN, "general use"),
    ("nocredentials", NO_TOKEN, "general use"),
    ("credentialsrequired", NO_TOKEN, "auth0/express-jwt: src/index.ts"),
    ("credentialsmissing", NO_TOKEN, "googleapis/googleapis: google/api/error_reason.proto"),
    ("notauthed", NO_TOKEN, "slackapi/slack-api-specs: web-api/slack_web_openapi_v2.json"),
    ("notauthenticated", NO_TOKEN, "encode/django-rest-framework: rest_framework/exceptions.py"),
    ("authenticationrequired", NO_TOKEN, "Airtable docs, API: Common troubleshooting"),
    ("authorizationrequired", NO_TOKEN, "general use"),
    ("authrequired", NO_TOKEN, "general use"),
    ("loginrequired", NO_TOKEN, "OpenID Connect Core 1.0, section 3.1.2.6"),
    // Something is wrong, say these, and no more: either any error, or what the status 401 says already.
    ("error", NOTHING, "omniti-labs/jsend: README.md"),
    ("errors", NOTHING, "general use"),
    ("fail", NOTHING, "omniti-labs/jsend: README.md"),
    ("failed", NOTHING, "general use"),
    ("failure", NOTHING, "general use"),
    ("httpexception", NOTHING, "general use"),
    ("httperror", NOTHING, "general use"),
    ("unauthorized", NOTHING, "RFC 9110, section 15.5.2; Square, ErrorCode: a general authorization error"),
    ("unauthorised", NOTHING, "general use"),
    ("unauthorizederror", NOTHING, "auth0/express-jwt: src/errors/UnauthorizedError.ts"),
    ("unauthenticated", NOTHING, "googleapis/googleapis: google/rpc/code.proto"),
    ("authenticationfailed", NOTHING, "encode/django-rest-framework: rest_framework/exceptions.py"),
    ("authenticationfailure", NOTHING, "PayPal docs, AUTHENTICATION_FAILURE"),
    ("authenticationerror", NOTHING, "square/connect-api-specification: api.json"),
];

/// What a code says, by [`CODES`]: compared whole, in any case and however its words are separated.
#[must_use]
pub fn code(code: &str) -> Option<Says> {
    let folded: String = code
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(80)
        .collect();
    let mut codes = CODES.iter();
    let found = codes.find(|(word, ..)| *word == folded);
    found.map(|(_, says, _)| *says)
}

/// Phrases of messages that say that no token came; and where they were seen. In lower case, with single spaces.
#[rustfmt::skip]
pub const NO_TOKEN_PHRASES: &[(&str, &str)] = &[
    ("no api key", "Kong/kong: kong/plugins/key-auth/handler.lua"),
    ("not authenticated", "fastapi/fastapi: fastapi/security/http.py"),
    ("must be authenticated", "general use"),
    ("credentials were not provided", "encode/django-rest-framework: docs/tutorial/4-authentication-and-permissions.md"),
    ("credentials not provided", "general use"),
    ("no credentials", "encode/django-rest-framework: rest_framework/authentication.py"),
    ("missing credentials", "supabase/server: src/errors.ts"),
    ("missing authentication", "apache/apisix: apisix/plugins/acl.lua"),
    ("missing required authentication", "general use"),
    ("missing authorization", "apache/apisix: apisix/plugins/basic-auth.lua"),
    ("authorization header is missing", "meilisearch/meilisearch: crates/meilisearch/src/routes/api_key.rs"),
    ("authorization header missing", "django-tastypie/django-tastypie: tastypie/authentication.py"),
    ("authorization header not found", "general use"),
    ("authorization header is required", "general use"),
    ("authorization field missing", "TykTechnologies/tyk: gateway/handler_error.go"),
    ("no authorization header", "fastify/fastify-jwt: README.md"),
    ("no authorization token", "auth0/express-jwt: src/index.ts"),
    ("no auth token", "mikenicholson/passport-jwt: lib/strategy.js"),
    ("missing bearer", "thephpleague/oauth2-server: src/AuthorizationValidators/BearerTokenValidator.php"),
    ("missing token", "general use"),
    ("missing access token", "general use"),
    ("missing api key", "apache/apisix: apisix/plugins/key-auth.lua"),
    ("missing api token", "general use"),
    ("missing jwt", "vimalloc/flask-jwt-extended: flask_jwt_extended/view_decorators.py"),
    ("jwt is missing", "google/jwt_verify_lib: src/status.cc"),
    ("token is missing", "Kong/kong: kong/plugins/oauth2/access.lua"),
    ("token missing", "mattupstate/flask-jwt: flask_jwt/__init__.py"),
    ("token not provided", "tymondesigns/jwt-auth: src/Http/Middleware/BaseMiddleware.php"),
    ("token was not provided", "apify/apify-docs: apify-api/openapi/openapi.yaml"),
    ("token could not be parsed from the request", "tymondesigns/jwt-auth: src/JWT.php"),
    ("no token provided", "general use"),
    ("no token found", "general use"),
    ("no token was", "general use"),
    ("no access token", "general use"),
    ("no bearer token", "apache/apisix: apisix/plugins/openid-connect.lua"),
    ("access token is missing", "Kong/kong: kong/plugins/oauth2/access.lua"),
    ("access token is empty", "general use"),
    ("access token required", "SumUp docs, Missing Token"),
    ("token required", "ArcGIS tile services, error 499"),
    ("token is required", "TykTechnologies/tyk: gateway/api.go"),
    ("api key is missing", "NewsAPI docs, Errors"),
    ("api key missing", "general use"),
    ("api key is required", "general use"),
    ("api key required", "general use"),
    ("api key was not provided", "general use"),
    ("api key was not supplied", "NREL developer docs, General Web Service Errors"),
    ("api key not provided", "general use"),
    ("api key not found in request", "general use"),
    ("did not provide an api key", "general use"),
    ("didn t provide an api key", "general use"),
    ("must provide an api key", "general use"),
    ("missing subscription key", "MicrosoftDocs/SupportArticles-docs: unauthorized-errors-invoke-apis.md"),
    ("full authentication is required", "Spring Security, ExceptionTranslationFilter"),
    ("authentication required", "distribution/distribution: registry/api/errcode/register.go"),
    ("authentication is required", "Spring Security, ExceptionTranslationFilter"),
    ("login required", "general use"),
    ("not logged in", "dropbox/dropbox-api-spec: sharing.stone"),
    ("unauthenticated request", "general use"),
    ("please log in", "general use"),
    ("please login", "general use"),
    ("please authenticate", "general use"),
    ("please sign in", "general use"),
    ("sign in or sign up", "general use"),
    ("must be logged in", "general use"),
    ("anonymous", "general use"),
];

/// Words of messages that speak of something else than whether the token is good. Each begins a word; one that ends in a
/// space is a whole word. In lower case.
#[rustfmt::skip]
pub const OTHER_MATTERS: &[(&str, Says, &str)] = &[
    ("scope", SCOPE, "RFC 6750, section 3.1"),
    ("permission", SCOPE, "googleapis/googleapis: google/rpc/code.proto"),
    ("privilege", SCOPE, "fastapi/fastapi: docs_src/additional_responses/tutorial004_py310.py"),
    ("entitle", SCOPE, "general use"),
    ("insufficient", SCOPE, "RFC 6750, section 3.1"),
    ("restricted", SCOPE, "Resend docs, Errors"),
    ("read only", SCOPE, "parse-community/parse-server: src/SharedRest.js"),
    ("role ", SCOPE, "Contentful docs, Errors"),
    ("may only", SCOPE, "general use"),
    ("can only", SCOPE, "Resend docs, Errors"),
    ("not authorized to", SCOPE, "appwrite/appwrite: app/config/errors.php"),
    ("not enabled", SCOPE, "LocationIQ docs, Errors"),
    ("access to ", SCOPE, "general use"),
    ("no access", SCOPE, "general use"),
    ("have access", SCOPE, "general use"),
    ("access denied", SCOPE, "general use"),
    ("not authorized for", SCOPE, "general use"),
    ("not allowed to", SCOPE, "general use"),
    ("access is disabled", SCOPE, "general use"),
    ("denied", SCOPE, "general use"),
    ("forbidden", SCOPE, "general use"),
    ("admins", SCOPE, "general use"),
    ("not valid for this", SCOPE, "general use"),
    ("ip ", NETWORK, "unkeyed/unkey: docs/product/glossary.mdx"),
    ("ips ", NETWORK, "general use"),
    ("ip address", NETWORK, "googleapis/googleapis: google/api/error_reason.proto"),
    ("address", NETWORK, "LocationIQ docs, Errors"),
    ("network", NETWORK, "Slack docs, accesslimited"),
    ("allow list", NETWORK, "general use"),
    ("allowlist", NETWORK, "intercom/Intercom-OpenAPI: descriptions/2.14/api.intercom.io.yaml"),
    ("allowed list", NETWORK, "general use"),
    ("whitelist", NETWORK, "unkeyed/unkey: docs/product/glossary.mdx"),
    ("denylist", NETWORK, "apache/apisix: apisix/plugins/ua-restriction.lua"),
    ("blacklist", NETWORK, "apache/apisix: apisix/plugins/consumer-restriction.lua"),
    ("blocklist", NETWORK, "general use"),
    ("blocked", NETWORK, "googleapis/googleapis: google/api/error_reason.proto"),
    ("location", NETWORK, "googleapis/googleapis: google/api/error_reason.proto"),
    ("region", NETWORK, "OpenAI docs, Error codes"),
    ("country", NETWORK, "OpenAI docs, Error codes"),
    ("referer", NETWORK, "apache/apisix: apisix/plugins/referer-restriction.lua"),
    ("referrer", NETWORK, "googleapis/googleapis: google/api/error_reason.proto"),
    ("origin", NETWORK, "googleapis/googleapis: google/api/error_reason.proto"),
    ("firewall", NETWORK, "apache/apisix: apisix/plugins/chaitin-waf.lua"),
    ("vpn", NETWORK, "general use"),
    ("wrong type", KIND, "jazzband/djangorestframework-simplejwt: rest_framework_simplejwt/tokens.py"),
    ("wrong token type", KIND, "general use"),
    ("invalid token type", KIND, "pocketbase/pocketbase: core/record_query.go"),
    ("different token type", KIND, "general use"),
    ("current token type", KIND, "Alibaba Cloud Yunxiao docs, Error code center"),
    ("this token type", KIND, "general use"),
    ("type of token", KIND, "general use"),
    ("kind of token", KIND, "general use"),
    ("audience", KIND, "google/jwt_verify_lib: src/status.cc"),
    ("issuer", KIND, "google/jwt_verify_lib: src/status.cc"),
    ("not supported", KIND, "OpenAI docs, Error codes"),
    ("not allowed for", KIND, "general use"),
    ("test mode", KIND, "Stripe docs, API keys"),
    ("live mode", KIND, "Stripe docs, API keys"),
    ("environment", KIND, "Paddle docs, invalid_token"),
    ("sandbox", KIND, "Paddle docs, invalid_token"),
    ("suspend", ACCOUNT, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    ("locked", ACCOUNT, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    ("deactivat", ACCOUNT, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    ("account is disabled", ACCOUNT, "influxdata/openapi: contracts/oss.json"),
    ("account disabled", ACCOUNT, "Spring Security, ActiveDirectoryLdapAuthenticationProvider"),
    ("password expired", ACCOUNT, "gitlabhq/gitlabhq: lib/gitlab/auth/user_access_denied_reason.rb"),
    ("password has expired", ACCOUNT, "general use"),
    ("inactive account", ACCOUNT, "general use"),
    ("account inactive", ACCOUNT, "slackapi/slack-api-specs: web-api/slack_web_openapi_v2.json"),
    ("account is inactive", ACCOUNT, "trufflesecurity/trufflehog: pkg/detectors/aha/aha.go"),
    ("user inactive", ACCOUNT, "encode/django-rest-framework: rest_framework/authentication.py"),
    ("user is inactive", ACCOUNT, "jazzband/djangorestframework-simplejwt: rest_framework_simplejwt/authentication.py"),
    ("user is not active", ACCOUNT, "jazzband/djangorestframework-simplejwt: docs/creating_tokens_manually.rst"),
    ("member of", ACCOUNT, "OpenAI docs, Error codes"),
    ("billing", ACCOUNT, "OpenAI docs, Error codes"),
    ("payment", ACCOUNT, "RFC 9110, section 15.5.3"),
    ("unpaid", ACCOUNT, "general use"),
    ("invoice", ACCOUNT, "general use"),
    ("overdue", ACCOUNT, "general use"),
    ("subscription", ACCOUNT, "betterleaks/betterleaks: cmd/generate/config/rules/weatherstack.go"),
    ("trial", ACCOUNT, "trufflesecurity/trufflehog: pkg/detectors/aha/aha.go"),
    ("plan ", ACCOUNT, "OpenAI docs, Error codes"),
    ("upgrade", ACCOUNT, "sendgrid/sendgrid-oai: oai_v3_stoplight.json"),
    ("credit ", ACCOUNT, "general use"),
    ("credits ", ACCOUNT, "OpenRouterTeam/typescript-sdk: .speakeasy/in.openapi.yaml"),
    ("balance", ACCOUNT, "betterleaks/betterleaks: cmd/generate/config/rules/zai.go"),
    ("license", ACCOUNT, "general use"),
    ("licence", ACCOUNT, "general use"),
    ("verify your", ACCOUNT, "supabase/auth: internal/api/reauthenticate.go"),
    ("not been verified", ACCOUNT, "NREL/api-umbrella: config/schema.cue"),
    ("two factor", ACCOUNT, "RocketChat/Rocket.Chat-Open-API: authentication.yaml"),
    ("2fa", ACCOUNT, "RocketChat/Rocket.Chat-Open-API: authentication.yaml"),
    ("mfa ", ACCOUNT, "supabase/auth: internal/api/apierrors/errorcode.go"),
    ("one time pass", ACCOUNT, "npm/cli: lib/utils/auth.js"),
    ("otp ", ACCOUNT, "Directus docs, Error Codes"),
    ("saml", ACCOUNT, "general use"),
    ("sso ", ACCOUNT, "general use"),
    ("terms of", ACCOUNT, "matrix-org/matrix-spec: data/api/identity/v2_associations.yaml"),
    ("tenant", ACCOUNT, "general use"),
    ("workspace", ACCOUNT, "general use"),
    ("consent", ACCOUNT, "general use"),
    ("not verified", ACCOUNT, "general use"),
    ("free tier", ACCOUNT, "general use"),
    ("exhausted", ACCOUNT, "general use"),
    ("user not found", ACCOUNT, "general use"),
    ("rate limit", RATE_LIMITED, "RFC 6585, section 4"),
    ("ratelimit", RATE_LIMITED, "draft-ietf-httpapi-ratelimit-headers"),
    ("too many", RATE_LIMITED, "RFC 6585, section 4"),
    ("limit", RATE_LIMITED, "googleapis/googleapis: google/api/error_reason.proto"),
    ("quota", RATE_LIMITED, "googleapis/googleapis: google/api/error_reason.proto"),
    ("throttl", RATE_LIMITED, "encode/django-rest-framework: docs/api-guide/exceptions.md"),
    ("exceeded", RATE_LIMITED, "googleapis/googleapis: google/api/error_reason.proto"),
    ("slow down", RATE_LIMITED, "RFC 8628, section 3.5; Notion docs, Errors"),
    ("maintenance", UNAVAILABLE, "meilisearch-sdk 0.5.0, errors::ErrorCode"),
    ("temporar", UNAVAILABLE, "encode/django-rest-framework: docs/api-guide/exceptions.md"),
    ("try again", UNAVAILABLE, "encode/django-rest-framework: docs/api-guide/exceptions.md"),
    ("unavailable", UNAVAILABLE, "RFC 9110, section 15.6.4"),
    ("timed out", UNAVAILABLE, "matrix-org/matrix-spec: data/api/client-server/appservice_ping.yaml"),
    ("timeout", UNAVAILABLE, "RFC 9110, section 15.6.5"),
    ("upstream", UNAVAILABLE, "general use"),
    ("internal error", UNAVAILABLE, "Kong/kong: kong/clustering/rpc/json_rpc_v2.lua"),
    ("database", UNAVAILABLE, "Notion docs, Status codes: database_connection_unavailable"),
    ("gateway", UNAVAILABLE, "RFC 9110, section 15.6.3"),
    ("unable to", UNAVAILABLE, "general use"),
    ("could not reach", UNAVAILABLE, "general use"),
    ("server error", UNAVAILABLE, "general use"),
    ("server unavailable", UNAVAILABLE, "general use"),
    ("captcha", ANOTHER, "matrix-org/matrix-spec: content/client-server-api/_index.md"),
    ("proxy", ANOTHER, "RFC 9110, section 11.7"),
    ("clock", ANOTHER, "TykTechnologies/tyk: gateway/mw_http_signature_validation.go"),
    ("not yet valid", ANOTHER, "google/jwt_verify_lib: src/status.cc"),
    ("signature", ANOTHER, "AWS IAM API reference, Common Error Types"),
    ("csrf", ANOTHER, "laravel/framework: Foundation/Http/Middleware/PreventRequestForgery.php"),
    ("capabilities token", ANOTHER, "general use"),
    ("session", ANOTHER, "googleapis/googleapis: google/api/error_reason.proto"),
    ("cookie", ANOTHER, "googleapis/googleapis: google/api/error_reason.proto"),
    ("timestamp", ANOTHER, "general use"),
    ("request expired", ANOTHER, "general use"),
    ("client cert", ANOTHER, "general use"),
    ("certificate", ANOTHER, "general use"),
    ("version", ANOTHER, "general use"),
    ("nonce", ANOTHER, "general use"),
    ("device", ANOTHER, "general use"),
    ("feature", ANOTHER, "general use"),
    ("jwt used before", ANOTHER, "general use"),
];

/// What a message says of the token beside that it is no good, by [`NO_TOKEN_PHRASES`] and [`OTHER_MATTERS`]: nothing
/// where it speaks of neither.
#[must_use]
pub fn message(message: &str) -> Option<Says> {
    // Some write a code where a message belongs.
    if code(message) == Some(Says::NoToken) {
        return Some(Says::NoToken);
    }
    let folded = fold(message);
    // "Missing or invalid" may be either, and so may "a valid token is required".
    let is_bad = [
        "invalid ",
        "incorrect ",
        "expired ",
        "wrong ",
        "bad ",
        "malformed ",
        "valid ",
    ];
    let is_bad = is_bad.iter().any(|it| begins_a_word(&folded, it));
    let is_either = is_bad && folded.contains(" or ");
    let mut phrases = NO_TOKEN_PHRASES.iter();
    let is_said = phrases.any(|(phrase, _)| begins_a_word(&folded, phrase));
    if !is_bad && (is_said || says_absent(&folded)) || is_said && !is_either {
        return Some(Says::NoToken);
    }
    let mut words = OTHER_MATTERS.iter();
    let found = words.find(|(word, ..)| begins_a_word(&folded, word));
    found.map(|(_, says, _)| *says)
}

/// Whether a folded message names a credential, and says that it is absent.
fn says_absent(folded: &str) -> bool {
    const CREDENTIALS: [&str; 10] = [
        "auth ",
        "key ",
        "token ",
        "tokens ",
        "api key",
        "apikey",
        "credentials ",
        "authorization ",
        "authentication ",
        "jwt ",
    ];
    const ABSENT: [&str; 20] = [
        "needed ",
        "not sent",
        "supply ",
        "no ",
        "missing ",
        "required ",
        "requires ",
        "require ",
        "not provided",
        "not supplied",
        "not specified",
        "not present",
        "not given",
        "was not found in",
        "not found in",
        "without ",
        "absent ",
        "empty ",
        "expected ",
        "please provide",
    ];
    let has = |words: &[&str]| words.iter().any(|word| begins_a_word(folded, word));
    has(&CREDENTIALS) && has(&ABSENT)
}

/// Why a message says that the token is no good, where it tells one reason.
#[must_use]
pub fn reason(message: &str) -> Option<Reason> {
    let folded = fold(message);
    if folded.contains(" or ") {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|word| begins_a_word(&folded, word));
    let reasons = [
        (has(&["expired ", "has expired", "expiry"]), Reason::Expired),
        (
            has(&["revoked ", "been deleted", "deleted ", "been disabled"]),
            Reason::Revoked,
        ),
        (
            has(&[
                "unknown ",
                "not found",
                "does not exist",
                "no such",
                "not recognized",
                "not recognised",
            ]),
            Reason::Unknown,
        ),
    ];
    let mut told = reasons.into_iter().filter(|(is_told, _)| *is_told);
    match (told.next(), told.next()) {
        (Some((_, reason)), None) => Some(reason),
        _ => None,
    }
}

/// Whether an `error_description` speaks of who issued a token and for whom: the token may be good elsewhere, or the
/// server be misconfigured.
#[must_use]
pub fn is_about_issuance(description: &str) -> bool {
    let folded = fold(description);
    // Of claims of a JWT, `aud`, `iss` and `nbf` (RFC 7519, section 4.1).
    [
        "audience",
        "aud ",
        "issuer",
        "iss ",
        "issued by",
        "signing key",
        "signature key",
        "kid ",
        "jwk",
        "certificate",
        "cert ",
        "thumbprint",
        "not before",
        "notbefore",
        "nbf ",
        "not yet valid",
        "not valid before",
        "used before",
    ]
    .iter()
    .any(|word| begins_a_word(&folded, word))
}

/// In lower case, with one space between words, before the first and after the last.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for c in text.chars() {
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

fn begins_a_word(folded: &str, word: &str) -> bool {
    folded
        .match_indices(word)
        .any(|(index, _)| folded[..index].ends_with(' '))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{
        CODES, NO_TOKEN_PHRASES, OTHER_MATTERS, Says, code, fold, is_about_issuance, message,
        reason,
    };
    use crate::{Limit, Reason};

    #[test]
    fn codes_are_compared_whole_after_folding() {
        assert_eq!(code("invalid_token"), Some(Says::BadToken(None)));
        assert_eq!(code("InvalidToken"), Some(Says::BadToken(None)));
        assert_eq!(code("INVALID-TOKEN"), Some(Says::BadToken(None)));
        assert_eq!(
            code("token_expired"),
            Some(Says::BadToken(Some(Reason::Expired)))
        );
        assert_eq!(
            code("key_revoked"),
            Some(Says::BadToken(Some(Reason::Revoked)))
        );
        assert_eq!(
            code("M_UNKNOWN_TOKEN"),
            Some(Says::BadToken(Some(Reason::Unknown)))
        );
        assert_eq!(code("not_authed"), Some(Says::NoToken));
        for other in [
            "invalid_token_scope",
            "license_expired",
            "ip_not_allowed",
            "",
            "0",
            "token",
        ] {
            assert_eq!(code(other), None, "{other}");
        }
    }

    #[test]
    fn codes_that_a_good_token_gets_too_are_not_known() {
        for ambiguous in [
            "invalid_auth",
            "AuthFailure",
            "AuthorizationFailed",
            "NOT_AUTHORIZED",
            "InvalidClientTokenId",
            "invalidkey",
            "token_not_found",
            "api_key_not_found",
        ] {
            assert_eq!(code(ambiguous), None, "{ambiguous}");
        }
    }

    #[test]
    fn codes_that_say_the_status_again_say_nothing() {
        for again in [
            "unauthorized",
            "UNAUTHENTICATED",
            "authentication_failed",
            "AUTHENTICATION_ERROR",
        ] {
            assert_eq!(code(again), Some(Says::Nothing), "{again}");
        }
    }

    #[test]
    fn messages_are_read_by_words() {
        for none in [
            "Invalid token",
            "Bad credentials",
            "Could not validate credentials",
            "The API key is invalid.",
            "You must log in to see this.",
            "Missing or invalid API key",
            "The API key is missing or not valid.",
            "Given token not valid for any token type",
            "bad",
            "Token expired",
        ] {
            assert_eq!(message(none), None, "{none}");
        }
        for (text, says) in [
            ("No API key found in request", Says::NoToken),
            ("Not authenticated", Says::NoToken),
            (
                "Client must be authenticated to access this resource.",
                Says::NoToken,
            ),
            ("Access token is empty.", Says::NoToken),
            (
                "This key lacks the scope user:read",
                Says::Limited(Limit::Scope),
            ),
            (
                "You are not authorized to perform the requested action.",
                Says::Limited(Limit::Scope),
            ),
            ("Your IP is not allowed", Says::Limited(Limit::Network)),
            ("Token has wrong type", Says::Limited(Limit::Kind)),
            (
                "invalid token: expected a different token type for this endpoint",
                Says::Limited(Limit::Kind),
            ),
            (
                "Access token validation failure. Invalid audience.",
                Says::Limited(Limit::Kind),
            ),
            ("Account suspended", Says::Limited(Limit::Account)),
            ("User inactive or deleted.", Says::Limited(Limit::Account)),
            (
                "You must be a member of an organization to use the API",
                Says::Limited(Limit::Account),
            ),
            ("Too many failed attempts", Says::RateLimited),
            ("Try again later", Says::Unavailable),
            ("Jwt not yet valid", Says::SomethingElse),
        ] {
            assert_eq!(message(text), Some(says), "{text}");
        }
    }

    #[test]
    fn one_reason_is_told_or_none() {
        assert_eq!(reason("The access token expired"), Some(Reason::Expired));
        assert_eq!(reason("This token was revoked."), Some(Reason::Revoked));
        assert_eq!(reason("The token does not exist or has expired"), None);
        assert_eq!(reason("Invalid token"), None);
        assert!(is_about_issuance("The audience 'x' is invalid"));
        assert!(!is_about_issuance("The access token expired"));
    }

    #[test]
    fn the_lists_are_folded_and_hold_nothing_twice() {
        let mut seen = BTreeSet::new();
        for (word, ..) in CODES {
            assert!(seen.insert(word), "{word}");
            assert!(
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
                "{word}"
            );
        }
        let words = OTHER_MATTERS.iter().map(|(word, ..)| word);
        for word in NO_TOKEN_PHRASES.iter().map(|(word, _)| word).chain(words) {
            assert!(seen.insert(word), "{word}");
            assert_eq!(fold(word).trim(), word.trim());
        }
    }

    #[test]
    fn each_entry_says_in_short_where_it_was_seen() {
        let codes = CODES.iter().map(|(word, _, source)| (word, source));
        let phrases = NO_TOKEN_PHRASES.iter().map(|(word, source)| (word, source));
        let words = OTHER_MATTERS.iter().map(|(word, _, source)| (word, source));
        for (word, source) in codes.chain(phrases).chain(words) {
            assert!((1..=82).contains(&source.len()), "{word}: {source}");
            assert_eq!(source.trim(), *source, "{word}");
        }
        for (word, says, source) in CODES {
            assert!(
                !matches!(says, Says::BadToken(_)) || *source != "general use",
                "{word}"
            );
        }
    }

    #[test]
    fn the_lists_are_sorted_into_groups() {
        for list in [CODES, OTHER_MATTERS] {
            let mut groups: Vec<Says> = list.iter().map(|(_, says, _)| *says).collect();
            groups.dedup();
            for (index, group) in groups.iter().enumerate() {
                assert!(!groups[..index].contains(group), "{group:?}");
            }
        }
    }
}
