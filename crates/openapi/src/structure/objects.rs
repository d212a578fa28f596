//! The objects of OpenAPI 3.0.3 and 3.1.0 (sections 4.7 and 4.8) as tables: their fields, and what stands in each.

use super::{Field, Kind, Object, Pattern, Section, Version};

static PATHS: Pattern = Pattern {
    kind: Kind::PathItem,
    has: |name| name.starts_with('/'),
    name: "a path, which starts with `/`",
};

static STATUSES: Pattern = Pattern {
    kind: Kind::Component(&RESPONSES),
    has: is_status,
    name: "a status, such as `200` or `4XX`, or `default`",
};

/// A field that every version has.
const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: Version::V3_0,
    }
}

/// A field that 3.0 does not have.
const fn since_3_1(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: Version::V3_1,
    }
}

const fn object(
    name: &'static str,
    fields: &'static [Field],
    required: &'static [&'static str],
) -> Object {
    Object {
        name,
        fields,
        required,
    }
}

pub(crate) static ROOT: Object = object(
    "OpenAPI Object",
    &[
        field("openapi", Kind::Text),
        field("info", Kind::Object(&INFO)),
        since_3_1("jsonSchemaDialect", Kind::Text),
        field("servers", Kind::List(&Kind::Object(&SERVER))),
        field("paths", Kind::Patterned(&PATHS)),
        since_3_1("webhooks", Kind::Map(&Kind::CallbackItem)),
        field("components", Kind::Object(&COMPONENTS)),
        field("security", Kind::Security),
        field("tags", Kind::List(&Kind::Object(&TAG))),
        field("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
    ],
    &["openapi", "info"],
);

static INFO: Object = object(
    "Info Object",
    &[
        field("title", Kind::Text),
        since_3_1("summary", Kind::Text),
        field("description", Kind::Text),
        field("termsOfService", Kind::Text),
        field("contact", Kind::Object(&CONTACT)),
        field("license", Kind::Object(&LICENSE)),
        field("version", Kind::Text),
    ],
    &["title", "version"],
);

static CONTACT: Object = object(
    "Contact Object",
    &[
        field("name", Kind::Text),
        field("url", Kind::Text),
        field("email", Kind::Text),
    ],
    &[],
);

static LICENSE: Object = object(
    "License Object",
    &[
        field("name", Kind::Text),
        since_3_1("identifier", Kind::Text),
        field("url", Kind::Text),
    ],
    &["name"],
);

static SERVER: Object = object(
    "Server Object",
    &[
        field("url", Kind::Text),
        field("description", Kind::Text),
        field("variables", Kind::Map(&Kind::Object(&SERVER_VARIABLE))),
    ],
    &["url"],
);

static SERVER_VARIABLE: Object = object(
    "Server Variable Object",
    &[
        field("enum", Kind::List(&Kind::Text)),
        field("default", Kind::Text),
        field("description", Kind::Text),
    ],
    &["default"],
);

static COMPONENTS: Object = object(
    "Components Object",
    &[
        field("schemas", Kind::Components(&SCHEMAS)),
        field("responses", Kind::Components(&RESPONSES)),
        field("parameters", Kind::Components(&PARAMETERS)),
        field("examples", Kind::Components(&EXAMPLES)),
        field("requestBodies", Kind::Components(&REQUEST_BODIES)),
        field("headers", Kind::Components(&HEADERS)),
        field("securitySchemes", Kind::Components(&SECURITY_SCHEMES)),
        field("links", Kind::Components(&LINKS)),
        field("callbacks", Kind::Components(&CALLBACKS)),
        since_3_1("pathItems", Kind::Components(&PATH_ITEMS)),
    ],
    &[],
);

pub(crate) static SCHEMAS: Section = Section {
    name: "schemas",
    kind: Kind::Schema,
};
static RESPONSES: Section = Section {
    name: "responses",
    kind: Kind::Object(&RESPONSE),
};
static PARAMETERS: Section = Section {
    name: "parameters",
    kind: Kind::Object(&PARAMETER),
};
static EXAMPLES: Section = Section {
    name: "examples",
    kind: Kind::Object(&EXAMPLE),
};
static REQUEST_BODIES: Section = Section {
    name: "requestBodies",
    kind: Kind::Object(&REQUEST_BODY),
};
static HEADERS: Section = Section {
    name: "headers",
    kind: Kind::Object(&HEADER),
};
pub(crate) static SECURITY_SCHEMES: Section = Section {
    name: "securitySchemes",
    kind: Kind::SecurityScheme,
};
static LINKS: Section = Section {
    name: "links",
    kind: Kind::Object(&LINK),
};
pub(crate) static PATH_ITEMS: Section = Section {
    name: "pathItems",
    kind: Kind::PathItem,
};
pub(crate) static CALLBACKS: Section = Section {
    name: "callbacks",
    kind: Kind::Callback,
};

pub(crate) static PATH_ITEM: Object = object(
    "Path Item Object",
    &[
        field("$ref", Kind::Text),
        field("summary", Kind::Text),
        field("description", Kind::Text),
        field("get", Kind::Object(&OPERATION)),
        field("put", Kind::Object(&OPERATION)),
        field("post", Kind::Object(&OPERATION)),
        field("delete", Kind::Object(&OPERATION)),
        field("options", Kind::Object(&OPERATION)),
        field("head", Kind::Object(&OPERATION)),
        field("patch", Kind::Object(&OPERATION)),
        field("trace", Kind::Object(&OPERATION)),
        field("servers", Kind::List(&Kind::Object(&SERVER))),
        field("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
    ],
    &[],
);

static OPERATION: Object = object(
    "Operation Object",
    &[
        field("tags", Kind::List(&Kind::Text)),
        field("summary", Kind::Text),
        field("description", Kind::Text),
        field("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
        field("operationId", Kind::Text),
        field("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
        field("requestBody", Kind::Component(&REQUEST_BODIES)),
        field("responses", Kind::Patterned(&STATUSES)),
        field("callbacks", Kind::Callbacks),
        field("deprecated", Kind::Flag),
        field("security", Kind::Security),
        field("servers", Kind::List(&Kind::Object(&SERVER))),
    ],
    &[],
);

pub(crate) static EXTERNAL_DOCUMENTATION: Object = object(
    "External Documentation Object",
    &[field("description", Kind::Text), field("url", Kind::Text)],
    &["url"],
);

static PARAMETER: Object = object(
    "Parameter Object",
    &[
        field("name", Kind::Text),
        field("in", Kind::Choice(&["query", "header", "path", "cookie"])),
        field("description", Kind::Text),
        field("required", Kind::Flag),
        field("deprecated", Kind::Flag),
        field("allowEmptyValue", Kind::Flag),
        field("style", Kind::Text),
        field("explode", Kind::Flag),
        field("allowReserved", Kind::Flag),
        field("schema", Kind::Schema),
        field("example", Kind::Data),
        field("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
        field("content", Kind::Content),
    ],
    &["name", "in", "schema|content"],
);

static HEADER: Object = object(
    "Header Object",
    &[
        field("description", Kind::Text),
        field("required", Kind::Flag),
        field("deprecated", Kind::Flag),
        field("allowEmptyValue", Kind::Flag),
        field("style", Kind::Choice(&["simple"])),
        field("explode", Kind::Flag),
        field("allowReserved", Kind::Flag),
        field("schema", Kind::Schema),
        field("example", Kind::Data),
        field("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
        field("content", Kind::Content),
    ],
    &["schema|content"],
);

static REQUEST_BODY: Object = object(
    "Request Body Object",
    &[
        field("description", Kind::Text),
        field("content", Kind::Content),
        field("required", Kind::Flag),
    ],
    &["content"],
);

pub(crate) static MEDIA_TYPE: Object = object(
    "Media Type Object",
    &[
        field("schema", Kind::Schema),
        field("example", Kind::Data),
        field("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
        field("encoding", Kind::Map(&Kind::Object(&ENCODING))),
    ],
    &[],
);

static ENCODING: Object = object(
    "Encoding Object",
    &[
        field("contentType", Kind::Text),
        field("headers", Kind::Map(&Kind::Component(&HEADERS))),
        field("style", Kind::Choice(QUERY_STYLES)),
        field("explode", Kind::Flag),
        field("allowReserved", Kind::Flag),
    ],
    &[],
);

static RESPONSE: Object = object(
    "Response Object",
    &[
        field("description", Kind::Text),
        field("headers", Kind::Map(&Kind::Component(&HEADERS))),
        field("content", Kind::Content),
        field("links", Kind::Map(&Kind::Component(&LINKS))),
    ],
    &["description"],
);

static EXAMPLE: Object = object(
    "Example Object",
    &[
        field("summary", Kind::Text),
        field("description", Kind::Text),
        field("value", Kind::Data),
        field("externalValue", Kind::Text),
    ],
    &[],
);

static LINK: Object = object(
    "Link Object",
    &[
        field("operationRef", Kind::Text),
        field("operationId", Kind::Text),
        field("parameters", Kind::Map(&Kind::Data)),
        field("requestBody", Kind::Data),
        field("description", Kind::Text),
        field("server", Kind::Object(&SERVER)),
    ],
    &["operationRef|operationId"],
);

static TAG: Object = object(
    "Tag Object",
    &[
        field("name", Kind::Text),
        field("description", Kind::Text),
        field("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
    ],
    &["name"],
);

pub(crate) static DISCRIMINATOR: Object = object(
    "Discriminator Object",
    &[
        field("propertyName", Kind::Text),
        field("mapping", Kind::Map(&Kind::Text)),
    ],
    &["propertyName"],
);

/// The Security Scheme Object of a `type` (OpenAPI 3.1.0, section 4.8.27).
pub(crate) fn security_scheme(of_type: &str) -> Option<&'static Object> {
    match of_type {
        "apiKey" => Some(&API_KEY),
        "http" => Some(&HTTP),
        "oauth2" => Some(&OAUTH2),
        "openIdConnect" => Some(&OPEN_ID_CONNECT),
        _ => None,
    }
}

static API_KEY: Object = object(
    "Security Scheme Object",
    &[
        field("type", Kind::Text),
        field("description", Kind::Text),
        field("name", Kind::Text),
        field("in", Kind::Choice(&["query", "header", "cookie"])),
    ],
    &["name", "in"],
);

static HTTP: Object = object(
    "Security Scheme Object",
    &[
        field("type", Kind::Text),
        field("description", Kind::Text),
        field("scheme", Kind::Text),
        field("bearerFormat", Kind::Text),
    ],
    &["scheme"],
);

static OAUTH2: Object = object(
    "Security Scheme Object",
    &[
        field("type", Kind::Text),
        field("description", Kind::Text),
        field("flows", Kind::Object(&OAUTH_FLOWS)),
    ],
    &["flows"],
);

static OPEN_ID_CONNECT: Object = object(
    "Security Scheme Object",
    &[
        field("type", Kind::Text),
        field("description", Kind::Text),
        field("openIdConnectUrl", Kind::Text),
    ],
    &["openIdConnectUrl"],
);

static OAUTH_FLOWS: Object = object(
    "OAuth Flows Object",
    &[
        field("implicit", Kind::Object(&AUTHORIZATION_FLOW)),
        field("password", Kind::Object(&TOKEN_FLOW)),
        field("clientCredentials", Kind::Object(&TOKEN_FLOW)),
        field("authorizationCode", Kind::Object(&CODE_FLOW)),
    ],
    &[],
);

const FLOW: &[Field] = &[
    field("authorizationUrl", Kind::Text),
    field("tokenUrl", Kind::Text),
    field("refreshUrl", Kind::Text),
    field("scopes", Kind::Map(&Kind::Text)),
];
static AUTHORIZATION_FLOW: Object =
    object("OAuth Flow Object", FLOW, &["authorizationUrl", "scopes"]);
static TOKEN_FLOW: Object = object("OAuth Flow Object", FLOW, &["tokenUrl", "scopes"]);
static CODE_FLOW: Object = object(
    "OAuth Flow Object",
    FLOW,
    &["authorizationUrl", "tokenUrl", "scopes"],
);

const QUERY_STYLES: &[&str] = &["form", "spaceDelimited", "pipeDelimited", "deepObject"];

/// Whether a name is one that the Responses Object has (OpenAPI 3.1.0, section 4.8.16.2).
fn is_status(name: &str) -> bool {
    match name.as_bytes() {
        [b'1'..=b'9', b'X' | b'x', b'X' | b'x'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() == 2 && rest.iter().all(u8::is_ascii_digit),
        _ => name == "default",
    }
}
