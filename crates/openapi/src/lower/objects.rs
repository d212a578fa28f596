//! OpenAPI's structure as tables: which object has which fields, and what stands in each.
//!
//! The tables are the union of OpenAPI 3.0.3 and 3.1.0 (sections 4.7 and 4.8); what only 3.1 has carries
//! its fate.

use serde_json::{Map, Value};

use super::reference::unknown_name;
use crate::pointer;
use crate::{Error, Result};

/// What stands at a place of the document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Any JSON: examples, defaults, extensions. Never looked into.
    Data,
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A Schema Object.
    Schema,
    /// An object with fixed fields.
    Object(&'static Object),
    /// A Path Item Object of `paths`, which progenitor takes only where it stands.
    PathItem,
    /// A Path Item Object of a callback.
    CallbackItem,
    /// A Callback Object.
    Callback,
    /// The callbacks of an operation, which `openapiv3` takes only where they stand.
    Callbacks,
    /// A Security Scheme Object, whose fields depend on its `type`.
    SecurityScheme,
    /// A list of Security Requirement Objects.
    Security,
    /// Media Type Objects by media type.
    Content,
    /// What a section of the components holds, or a Reference Object to one.
    Component(&'static Section),
    /// A section of the components, by name.
    Components(&'static Section),
    /// By a name that the author chose.
    Map(&'static Kind),
    /// By a name of a pattern; `x-` names are extensions.
    Patterned(&'static Pattern),
    /// A list.
    List(&'static Kind),
}

/// The fields of an object.
type Fields = Map<String, Value>;

/// An object of the specification with fixed fields.
#[derive(Debug)]
pub(super) struct Object {
    /// The specification's name for it.
    pub(super) name: &'static str,
    /// The fields that it has.
    pub(super) fields: &'static [Field],
    /// The fields without which `openapiv3` does not parse it; `a|b` asks for one of the two.
    pub(super) required: &'static [&'static str],
    /// What has to hold between the fields of one at a place.
    pub(super) check: fn(&Fields, &str) -> Result<()>,
    /// What 3.0 asks for beside the lowered fields, from the source's.
    pub(super) finish: fn(&Fields, &mut Fields),
}

/// A fixed field.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// What stands in it.
    pub(super) kind: Kind,
    /// What becomes of it.
    pub(super) fate: Fate,
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// 3.0 has it.
    Kept,
    /// 3.0 does not have it, and nothing is lost by it.
    Dropped,
    /// 3.0 does not have it, and it is said so.
    Noted(&'static str),
}

/// A section of the Components Object.
#[derive(Debug)]
pub(super) struct Section {
    /// The field of the Components Object.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) kind: Kind,
}

/// A pattern of names, outside of which `openapiv3` sees nothing.
#[derive(Debug)]
pub(super) struct Pattern {
    /// What stands at such a name.
    pub(super) kind: Kind,
    /// Whether a name is one.
    pub(super) has: fn(&str) -> bool,
    /// What such a name is.
    pub(super) name: &'static str,
}

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

impl Section {
    /// The specification's name for what it holds.
    pub(super) fn holds(&self) -> &'static str {
        self.kind.name()
    }
}

impl Kind {
    /// The specification's name for what stands there.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Object(object) => object.name,
            Self::PathItem | Self::CallbackItem => PATH_ITEM.name,
            Self::Component(section) => section.holds(),
            Self::Schema => "Schema Object",
            Self::Callback => "Callback Object",
            Self::SecurityScheme => "Security Scheme Object",
            _ => "field",
        }
    }

    /// What stands at `pointer` from the document's root, as far as the tables go.
    pub(super) fn at(pointer: &str) -> Option<Self> {
        pointer::tokens(pointer).try_fold(Self::Object(&ROOT), |kind, token| kind.step(&token))
    }

    /// What stands at `token` of what stands here.
    fn step(self, token: &str) -> Option<Self> {
        match self {
            Self::Object(object) => object.field(token).map(|field| field.kind),
            Self::PathItem | Self::CallbackItem => PATH_ITEM.field(token).map(|field| field.kind),
            Self::Component(section) => section.kind.step(token),
            Self::Components(section) => Some(section.kind),
            Self::Content => Some(Self::Object(&MEDIA_TYPE)),
            Self::Callback => Some(Self::CallbackItem),
            Self::Callbacks => Some(CALLBACKS.kind),
            Self::Map(kind) | Self::List(kind) => Some(*kind),
            Self::Patterned(pattern) => (!token.starts_with("x-")).then_some(pattern.kind),
            // Inside a schema, a name can be a keyword or a property: it is for the schema to say.
            Self::Schema
            | Self::Data
            | Self::Text
            | Self::Flag
            | Self::Choice(_)
            | Self::SecurityScheme
            | Self::Security => None,
        }
    }
}

impl Object {
    /// A field by name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field that 3.0 has.
const fn kept(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        fate: Fate::Kept,
    }
}

/// A field that 3.0 does not have, and that says nothing of requests and answers.
const fn dropped(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        fate: Fate::Dropped,
    }
}

/// A field that 3.0 does not have.
const fn noted(name: &'static str, kind: Kind, reason: &'static str) -> Field {
    Field {
        name,
        kind,
        fate: Fate::Noted(reason),
    }
}

/// An object that its fields say all of.
const fn object(
    name: &'static str,
    fields: &'static [Field],
    required: &'static [&'static str],
) -> Object {
    Object {
        name,
        fields,
        required,
        check: |_, _| Ok(()),
        finish: |_, _| {},
    }
}

pub(super) static ROOT: Object = object(
    "OpenAPI Object",
    &[
        kept("openapi", Kind::Text),
        kept("info", Kind::Object(&INFO)),
        dropped("jsonSchemaDialect", Kind::Text),
        kept("servers", Kind::List(&Kind::Object(&SERVER))),
        kept("paths", Kind::Patterned(&PATHS)),
        noted(
            "webhooks",
            Kind::Map(&Kind::CallbackItem),
            "a client does not receive webhooks: dropped",
        ),
        kept("components", Kind::Object(&COMPONENTS)),
        kept("security", Kind::Security),
        kept("tags", Kind::List(&Kind::Object(&TAG))),
        kept("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
    ],
    &["openapi", "info"],
);

static INFO: Object = object(
    "Info Object",
    &[
        kept("title", Kind::Text),
        dropped("summary", Kind::Text),
        kept("description", Kind::Text),
        kept("termsOfService", Kind::Text),
        kept("contact", Kind::Object(&CONTACT)),
        kept("license", Kind::Object(&LICENSE)),
        kept("version", Kind::Text),
    ],
    &["title", "version"],
);

static CONTACT: Object = object(
    "Contact Object",
    &[
        kept("name", Kind::Text),
        kept("url", Kind::Text),
        kept("email", Kind::Text),
    ],
    &[],
);

static LICENSE: Object = Object {
    finish: license_url,
    ..object(
        "License Object",
        &[
            kept("name", Kind::Text),
            dropped("identifier", Kind::Text),
            kept("url", Kind::Text),
        ],
        &["name"],
    )
};

static SERVER: Object = object(
    "Server Object",
    &[
        kept("url", Kind::Text),
        kept("description", Kind::Text),
        kept("variables", Kind::Map(&Kind::Object(&SERVER_VARIABLE))),
    ],
    &["url"],
);

static SERVER_VARIABLE: Object = object(
    "Server Variable Object",
    &[
        kept("enum", Kind::List(&Kind::Text)),
        kept("default", Kind::Text),
        kept("description", Kind::Text),
    ],
    &["default"],
);

static COMPONENTS: Object = object(
    "Components Object",
    &[
        kept("schemas", Kind::Components(&SCHEMAS)),
        kept("responses", Kind::Components(&RESPONSES)),
        kept("parameters", Kind::Components(&PARAMETERS)),
        kept("examples", Kind::Components(&EXAMPLES)),
        kept("requestBodies", Kind::Components(&REQUEST_BODIES)),
        kept("headers", Kind::Components(&HEADERS)),
        kept("securitySchemes", Kind::Components(&SECURITY_SCHEMES)),
        kept("links", Kind::Components(&LINKS)),
        kept("callbacks", Kind::Components(&CALLBACKS)),
        // They are lowered at the paths that refer to them.
        dropped("pathItems", Kind::Map(&Kind::PathItem)),
    ],
    &[],
);

pub(super) static SCHEMAS: Section = Section {
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
pub(super) static SECURITY_SCHEMES: Section = Section {
    name: "securitySchemes",
    kind: Kind::SecurityScheme,
};
static LINKS: Section = Section {
    name: "links",
    kind: Kind::Object(&LINK),
};
pub(super) static CALLBACKS: Section = Section {
    name: "callbacks",
    kind: Kind::Callback,
};

pub(super) static PATH_ITEM: Object = object(
    "Path Item Object",
    &[
        // It is followed: the operations come to stand where the reference stood.
        dropped("$ref", Kind::Text),
        kept("summary", Kind::Text),
        kept("description", Kind::Text),
        kept("get", Kind::Object(&OPERATION)),
        kept("put", Kind::Object(&OPERATION)),
        kept("post", Kind::Object(&OPERATION)),
        kept("delete", Kind::Object(&OPERATION)),
        kept("options", Kind::Object(&OPERATION)),
        kept("head", Kind::Object(&OPERATION)),
        kept("patch", Kind::Object(&OPERATION)),
        kept("trace", Kind::Object(&OPERATION)),
        kept("servers", Kind::List(&Kind::Object(&SERVER))),
        kept("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
    ],
    &[],
);

static OPERATION: Object = Object {
    finish: responses,
    ..object(
        "Operation Object",
        &[
            kept("tags", Kind::List(&Kind::Text)),
            kept("summary", Kind::Text),
            kept("description", Kind::Text),
            kept("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
            kept("operationId", Kind::Text),
            kept("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
            kept("requestBody", Kind::Component(&REQUEST_BODIES)),
            kept("responses", Kind::Patterned(&STATUSES)),
            kept("callbacks", Kind::Callbacks),
            kept("deprecated", Kind::Flag),
            kept("security", Kind::Security),
            kept("servers", Kind::List(&Kind::Object(&SERVER))),
        ],
        &[],
    )
};

pub(super) static EXTERNAL_DOCUMENTATION: Object = object(
    "External Documentation Object",
    &[kept("description", Kind::Text), kept("url", Kind::Text)],
    &["url"],
);

static PARAMETER: Object = Object {
    check: parameter_style,
    finish: path_parameter,
    ..object(
        "Parameter Object",
        &[
            kept("name", Kind::Text),
            kept("in", Kind::Choice(&["query", "header", "path", "cookie"])),
            kept("description", Kind::Text),
            kept("required", Kind::Flag),
            kept("deprecated", Kind::Flag),
            kept("allowEmptyValue", Kind::Flag),
            kept("style", Kind::Text),
            kept("explode", Kind::Flag),
            kept("allowReserved", Kind::Flag),
            kept("schema", Kind::Schema),
            kept("example", Kind::Data),
            kept("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
            kept("content", Kind::Content),
        ],
        &["name", "in", "schema|content"],
    )
};

static HEADER: Object = object(
    "Header Object",
    &[
        kept("description", Kind::Text),
        kept("required", Kind::Flag),
        kept("deprecated", Kind::Flag),
        kept("allowEmptyValue", Kind::Flag),
        kept("style", Kind::Choice(&["simple"])),
        kept("explode", Kind::Flag),
        kept("allowReserved", Kind::Flag),
        kept("schema", Kind::Schema),
        kept("example", Kind::Data),
        kept("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
        kept("content", Kind::Content),
    ],
    &["schema|content"],
);

static REQUEST_BODY: Object = object(
    "Request Body Object",
    &[
        kept("description", Kind::Text),
        kept("content", Kind::Content),
        kept("required", Kind::Flag),
    ],
    &["content"],
);

pub(super) static MEDIA_TYPE: Object = object(
    "Media Type Object",
    &[
        kept("schema", Kind::Schema),
        kept("example", Kind::Data),
        kept("examples", Kind::Map(&Kind::Component(&EXAMPLES))),
        kept("encoding", Kind::Map(&Kind::Object(&ENCODING))),
    ],
    &[],
);

static ENCODING: Object = object(
    "Encoding Object",
    &[
        kept("contentType", Kind::Text),
        kept("headers", Kind::Map(&Kind::Component(&HEADERS))),
        kept("style", Kind::Choice(QUERY_STYLES)),
        kept("explode", Kind::Flag),
        kept("allowReserved", Kind::Flag),
    ],
    &[],
);

static RESPONSE: Object = object(
    "Response Object",
    &[
        kept("description", Kind::Text),
        kept("headers", Kind::Map(&Kind::Component(&HEADERS))),
        kept("content", Kind::Content),
        kept("links", Kind::Map(&Kind::Component(&LINKS))),
    ],
    &["description"],
);

static EXAMPLE: Object = object(
    "Example Object",
    &[
        kept("summary", Kind::Text),
        kept("description", Kind::Text),
        kept("value", Kind::Data),
        kept("externalValue", Kind::Text),
    ],
    &[],
);

static LINK: Object = object(
    "Link Object",
    &[
        kept("operationRef", Kind::Text),
        kept("operationId", Kind::Text),
        kept("parameters", Kind::Map(&Kind::Data)),
        kept("requestBody", Kind::Data),
        kept("description", Kind::Text),
        kept("server", Kind::Object(&SERVER)),
    ],
    &["operationRef|operationId"],
);

static TAG: Object = object(
    "Tag Object",
    &[
        kept("name", Kind::Text),
        kept("description", Kind::Text),
        kept("externalDocs", Kind::Object(&EXTERNAL_DOCUMENTATION)),
    ],
    &["name"],
);

pub(super) static DISCRIMINATOR: Object = object(
    "Discriminator Object",
    &[
        kept("propertyName", Kind::Text),
        kept("mapping", Kind::Map(&Kind::Text)),
    ],
    &["propertyName"],
);

/// The Security Scheme Object of a `type` (OpenAPI 3.1.0, section 4.8.27).
pub(super) fn security_scheme(of_type: &str) -> Option<&'static Object> {
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
        kept("type", Kind::Text),
        kept("description", Kind::Text),
        kept("name", Kind::Text),
        kept("in", Kind::Choice(&["query", "header", "cookie"])),
    ],
    &["name", "in"],
);

static HTTP: Object = object(
    "Security Scheme Object",
    &[
        kept("type", Kind::Text),
        kept("description", Kind::Text),
        kept("scheme", Kind::Text),
        kept("bearerFormat", Kind::Text),
    ],
    &["scheme"],
);

static OAUTH2: Object = object(
    "Security Scheme Object",
    &[
        kept("type", Kind::Text),
        kept("description", Kind::Text),
        kept("flows", Kind::Object(&OAUTH_FLOWS)),
    ],
    &["flows"],
);

static OPEN_ID_CONNECT: Object = object(
    "Security Scheme Object",
    &[
        kept("type", Kind::Text),
        kept("description", Kind::Text),
        kept("openIdConnectUrl", Kind::Text),
    ],
    &["openIdConnectUrl"],
);

static OAUTH_FLOWS: Object = object(
    "OAuth Flows Object",
    &[
        kept("implicit", Kind::Object(&AUTHORIZATION_FLOW)),
        kept("password", Kind::Object(&TOKEN_FLOW)),
        kept("clientCredentials", Kind::Object(&TOKEN_FLOW)),
        kept("authorizationCode", Kind::Object(&CODE_FLOW)),
    ],
    &[],
);

const FLOW: &[Field] = &[
    kept("authorizationUrl", Kind::Text),
    kept("tokenUrl", Kind::Text),
    kept("refreshUrl", Kind::Text),
    kept("scopes", Kind::Map(&Kind::Text)),
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

/// The styles that a parameter may have where it stands (OpenAPI 3.1.0, section 4.8.12.2.1).
fn parameter_style(source: &Fields, at: &str) -> Result<()> {
    let text = |field| source.get(field).and_then(Value::as_str);
    let (Some(place), Some(style)) = (text("in"), text("style")) else {
        return Ok(());
    };
    let styles: &[&str] = match place {
        "path" => &["matrix", "label", "simple"],
        "query" => QUERY_STYLES,
        "header" => &["simple"],
        _ => &["form"],
    };
    if styles.contains(&style) {
        return Ok(());
    }
    let message = format!("`{style}` is not a style of a parameter in `{place}`");
    let error = Error::at(pointer::push(at, "style"), message);
    Err(unknown_name(error, style, styles.iter().copied()))
}

/// A parameter in the path is required (OpenAPI 3.1.0, section 4.8.12.2); progenitor relies on its saying so.
fn path_parameter(source: &Fields, out: &mut Fields) {
    if source.get("in").is_some_and(|place| place == "path") {
        out.insert("required".to_owned(), true.into());
    }
}

/// 3.0 names a license by URL only: the page that SPDX has for an identifier (but not for an expression).
fn license_url(source: &Fields, out: &mut Fields) {
    let of_identifier = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if let Some(identifier) = source.get("identifier").and_then(Value::as_str)
        && identifier.chars().all(of_identifier)
        && !identifier.is_empty()
    {
        let url = || format!("https://spdx.org/licenses/{identifier}.html").into();
        out.entry("url").or_insert_with(url);
    }
}

/// 3.1 permits an operation without `responses`, 3.0 does not. None is documented: progenitor then answers
/// with the raw response.
fn responses(_: &Fields, out: &mut Fields) {
    out.entry("responses")
        .or_insert_with(|| Fields::new().into());
}
