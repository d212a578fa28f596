//! The objects of Swagger 2.0 as tables, as far as they hold references and schemas.

use super::{Field, Kind, Object, Pattern, Section, Version};

pub(super) static ROOT: Object = object(
    "Swagger Object",
    &[
        field("swagger", Kind::Text),
        field("paths", Kind::Patterned(&PATHS)),
        field("definitions", Kind::Components(&DEFINITIONS)),
        field("parameters", Kind::Components(&PARAMETERS)),
        field("responses", Kind::Components(&RESPONSES)),
        field(
            "securityDefinitions",
            Kind::Components(&SECURITY_DEFINITIONS),
        ),
        field("security", Kind::Security),
    ],
);

static PATHS: Pattern = Pattern {
    kind: Kind::Component(&PATH_ITEMS),
    has: |name| name.starts_with('/'),
    name: "a path, which starts with `/`",
};

static STATUSES: Pattern = Pattern {
    kind: Kind::Component(&RESPONSES),
    has: |_| true,
    name: "a status, or `default`",
};

static DEFINITIONS: Section = Section {
    name: "definitions",
    kind: Kind::Schema,
};

static PARAMETERS: Section = Section {
    name: "parameters",
    kind: Kind::Object(&PARAMETER),
};

static RESPONSES: Section = Section {
    name: "responses",
    kind: Kind::Object(&RESPONSE),
};

static SECURITY_DEFINITIONS: Section = Section {
    name: "securityDefinitions",
    kind: Kind::SecurityScheme,
};

/// No section of the document: path items are referred to where they stand, or in another document.
static PATH_ITEMS: Section = Section {
    name: "pathItems",
    kind: Kind::Object(&PATH_ITEM),
};

static PATH_ITEM: Object = object(
    "Path Item Object",
    &[
        field("$ref", Kind::Text),
        field("get", Kind::Object(&OPERATION)),
        field("put", Kind::Object(&OPERATION)),
        field("post", Kind::Object(&OPERATION)),
        field("delete", Kind::Object(&OPERATION)),
        field("options", Kind::Object(&OPERATION)),
        field("head", Kind::Object(&OPERATION)),
        field("patch", Kind::Object(&OPERATION)),
        field("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
    ],
);

static OPERATION: Object = object(
    "Operation Object",
    &[
        field("parameters", Kind::List(&Kind::Component(&PARAMETERS))),
        field("responses", Kind::Patterned(&STATUSES)),
        field("security", Kind::Security),
    ],
);

/// In a body, a parameter has a schema; elsewhere it is nearly one itself, without references.
static PARAMETER: Object = object("Parameter Object", &[field("schema", Kind::Schema)]);

static RESPONSE: Object = object("Response Object", &[field("schema", Kind::Schema)]);

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: Version::V2_0,
    }
}

const fn object(name: &'static str, fields: &'static [Field]) -> Object {
    Object {
        name,
        fields,
        required: &[],
    }
}
