//! OpenAPI's structure, as tables: which object has which fields, what stands in each, and where names stand that are no
//! keywords.
//!
//! Whoever looks for something in a description walks it by these tables ([`walk`], [`walk_mut`]), so that what an
//! example holds is never taken for a reference, nor a property called `x-…` for an extension.

mod keywords;
pub(crate) mod objects;
mod swagger;

use serde_json::{Map, Value};

use crate::pointer;

pub(crate) use keywords::{KEYWORDS, Keyword};

/// The methods of a path item (OpenAPI 3.1.0, section 4.8.9.1).
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// A version of OpenAPI, as far as its structure goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Swagger 2.0.
    V2_0,
    /// OpenAPI 3.0.x.
    V3_0,
    /// OpenAPI 3.1.x.
    V3_1,
}

impl Version {
    /// The version that a document states (OpenAPI 3.1.0, section 4.8.1); `None` for another.
    #[must_use]
    pub fn of(document: &Value) -> Option<Self> {
        if document.get("swagger").and_then(Value::as_str) == Some("2.0") {
            return Some(Self::V2_0);
        }
        let stated = document.get("openapi").and_then(Value::as_str)?;
        let is_patch_of = |minor: &str| {
            stated
                .strip_prefix(minor)
                .is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()))
        };
        if is_patch_of("3.0.") {
            Some(Self::V3_0)
        } else {
            is_patch_of("3.1.").then_some(Self::V3_1)
        }
    }

    /// What the document itself is.
    #[must_use]
    pub fn root(self) -> Kind {
        match self {
            Self::V2_0 => Kind::Object(&swagger::ROOT),
            Self::V3_0 | Self::V3_1 => Kind::Object(&objects::ROOT),
        }
    }
}

/// What stands at a place of a document.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
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

/// An object of the specification with fixed fields.
#[derive(Debug)]
pub struct Object {
    /// The specification's name for it.
    pub name: &'static str,
    /// The fields that it has; all others that begin with `x-` are extensions.
    pub fields: &'static [Field],
    /// The fields without which it is not one; `a|b` asks for one of the two.
    pub required: &'static [&'static str],
}

/// A fixed field.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// The first version that has it.
    pub since: Version,
}

/// A section of the Components Object.
#[derive(Debug)]
pub struct Section {
    /// The field of the Components Object.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A pattern of names.
#[derive(Debug)]
pub struct Pattern {
    /// What stands at such a name.
    pub kind: Kind,
    /// Whether a name is one.
    pub has: fn(&str) -> bool,
    /// What such a name is.
    pub name: &'static str,
}

/// Whether `name`, of a field that an object of the specification does not have, is an extension.
#[must_use]
pub fn is_extension(name: &str) -> bool {
    name.starts_with("x-")
}

impl Section {
    /// What stands at a name in it: what it holds, or a Reference Object to that. A schema has references of its own.
    #[must_use]
    pub fn component(&'static self) -> Kind {
        match self.kind {
            Kind::Schema => Kind::Schema,
            _ => Kind::Component(self),
        }
    }

    /// The specification's name for what it holds.
    #[must_use]
    pub fn holds(&self) -> &'static str {
        self.kind.name()
    }
}

impl Object {
    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Kind {
    /// The specification's name for what stands there.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Object(object) => object.name,
            Self::PathItem | Self::CallbackItem => objects::PATH_ITEM.name,
            Self::Component(section) => section.holds(),
            Self::Schema => "Schema Object",
            Self::Callback => "Callback Object",
            Self::SecurityScheme => "Security Scheme Object",
            _ => "field",
        }
    }

    /// What stands at `pointer` (RFC 6901) from the root of a document of `version`, as far as the tables go.
    #[must_use]
    pub fn at(version: Version, pointer: &str) -> Option<Self> {
        pointer::tokens(pointer).try_fold(version.root(), |kind, token| kind.step(&token))
    }

    /// What stands at `token` of what stands here; `None` where the specification has nothing there, or an extension.
    #[must_use]
    pub fn step(self, token: &str) -> Option<Self> {
        match self {
            Self::Object(object) => object.field(token).map(|field| field.kind),
            Self::PathItem | Self::CallbackItem => {
                objects::PATH_ITEM.field(token).map(|field| field.kind)
            }
            Self::Component(section) => section.kind.step(token),
            Self::Components(section) => Some(section.component()),
            Self::Content => Some(Self::Object(&objects::MEDIA_TYPE)),
            Self::Callback => (!is_extension(token)).then_some(Self::CallbackItem),
            Self::Callbacks => Some(Self::Component(&objects::CALLBACKS)),
            Self::Map(kind) | Self::List(kind) => Some(*kind),
            Self::Patterned(pattern) => (!is_extension(token)).then_some(pattern.kind),
            Self::Schema => keywords::kind(token),
            Self::Data
            | Self::Text
            | Self::Flag
            | Self::Choice(_)
            | Self::SecurityScheme
            | Self::Security => None,
        }
    }

    /// The section of the components that what stands here may be referred to in, by a `$ref` in its place.
    #[must_use]
    pub fn section(self) -> Option<&'static Section> {
        match self {
            Self::Component(section) => Some(section),
            Self::Schema => Some(&objects::SCHEMAS),
            _ => None,
        }
    }

    /// The `$ref` of `value`, which stands here, where the specification has one: in a Reference Object, a schema or a
    /// path item.
    #[must_use]
    pub fn reference(self, value: &Value) -> Option<&str> {
        match self {
            Self::Component(_) | Self::Schema | Self::PathItem | Self::CallbackItem => {
                value.get("$ref").and_then(Value::as_str)
            }
            _ => None,
        }
    }

    /// What stands in a list here. Drafts before 2020-12 have lists of schemas where it has one.
    pub(crate) fn item(self) -> Option<Self> {
        match self {
            Self::List(kind) => Some(*kind),
            Self::Schema => Some(Self::Schema),
            _ => None,
        }
    }
}

/// A place of a document that [`walk`] comes by.
#[derive(Debug, Clone, Copy)]
pub struct Node<'v, 'p> {
    /// What stands there.
    pub kind: Kind,
    /// The value that stands there.
    pub value: &'v Value,
    /// Where it stands: a JSON pointer (RFC 6901).
    pub pointer: &'p str,
}

/// Visits `value`, which is of `kind` and stands at `pointer`, and all that the tables know in it, from the outside in.
/// What `visit` answers with `false` is not looked into.
pub fn walk<'v>(
    kind: Kind,
    value: &'v Value,
    pointer: &str,
    visit: &mut dyn FnMut(Node<'v, '_>) -> bool,
) {
    if !visit(Node {
        kind,
        value,
        pointer,
    }) {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(kind) = kind.step(name) {
                    walk(kind, member, &pointer::push(pointer, name), visit);
                }
            }
        }
        Value::Array(items) => {
            if let Some(kind) = kind.item() {
                for (index, item) in items.iter().enumerate() {
                    walk(
                        kind,
                        item,
                        &pointer::push(pointer, index.to_string()),
                        visit,
                    );
                }
            }
        }
        _ => {}
    }
}

/// Visits `value`, which is of `kind`, and all that the tables know in it, to be changed, from the outside in.
pub fn walk_mut(kind: Kind, value: &mut Value, visit: &mut dyn FnMut(Kind, &mut Value)) {
    visit(kind, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(kind) = kind.step(name) {
                    walk_mut(kind, member, visit);
                }
            }
        }
        Value::Array(items) => {
            if let Some(kind) = kind.item() {
                for item in items {
                    walk_mut(kind, item, visit);
                }
            }
        }
        _ => {}
    }
}

/// `value`, which is of `kind`, with every member that the tables know made anew by `make`, and all others as they are.
///
/// # Errors
///
/// Those of `make`.
pub(crate) fn map_members<E>(
    kind: Kind,
    value: &Value,
    pointer: &str,
    make: &mut dyn FnMut(Kind, &Value, &str) -> Result<Value, E>,
) -> Result<Value, E> {
    Ok(match value {
        Value::Object(members) => {
            let mut out = Map::new();
            for (name, member) in members {
                let member = match kind.step(name) {
                    Some(kind) => make(kind, member, &pointer::push(pointer, name))?,
                    None => member.clone(),
                };
                out.insert(name.clone(), member);
            }
            out.into()
        }
        Value::Array(items) => match kind.item() {
            Some(kind) => {
                let mut out = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    out.push(make(
                        kind,
                        item,
                        &pointer::push(pointer, index.to_string()),
                    )?);
                }
                out.into()
            }
            None => value.clone(),
        },
        _ => value.clone(),
    })
}
