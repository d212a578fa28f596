//! The keywords of a schema, and what the value of each is.
//!
//! They are JSON Schema 2020-12's (Core sections 8 and 10, Validation sections 6 to 9), OpenAPI's own
//! (3.1.0, section 4.8.24), and 3.0's `nullable`.

use super::{Kind, objects};

/// What a keyword's value is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keyword {
    /// Any JSON.
    Data,
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A number.
    Number,
    /// A number greater than zero.
    Positive,
    /// A number; 3.0's is a boolean.
    Bound,
    /// An integer, not negative; `5.0` is one.
    Count,
    /// A type, or a list of types.
    Types,
    /// A list of any JSON.
    Values,
    /// A list of strings.
    Texts,
    /// Lists of strings by name.
    TextsByName,
    /// An object.
    Object,
    /// A Discriminator Object.
    Discriminator,
    /// An External Documentation Object.
    Documentation,
    /// A schema.
    Schema,
    /// Schemas, at least one.
    Schemas,
    /// Schemas by name.
    SchemasByName,
}

/// The keywords, each with what its value is.
pub(crate) const KEYWORDS: &[(&str, Keyword)] = &[
    // Core.
    ("$ref", Keyword::Text),
    ("$schema", Keyword::Text),
    ("$id", Keyword::Text),
    ("$anchor", Keyword::Text),
    ("$dynamicRef", Keyword::Text),
    ("$dynamicAnchor", Keyword::Text),
    ("$vocabulary", Keyword::Object),
    ("$comment", Keyword::Text),
    ("$defs", Keyword::SchemasByName),
    ("definitions", Keyword::SchemasByName),
    // Applicators.
    ("allOf", Keyword::Schemas),
    ("anyOf", Keyword::Schemas),
    ("oneOf", Keyword::Schemas),
    ("not", Keyword::Schema),
    ("if", Keyword::Schema),
    ("then", Keyword::Schema),
    ("else", Keyword::Schema),
    ("dependentSchemas", Keyword::SchemasByName),
    ("prefixItems", Keyword::Schemas),
    ("items", Keyword::Schema),
    ("contains", Keyword::Schema),
    ("properties", Keyword::SchemasByName),
    ("patternProperties", Keyword::SchemasByName),
    ("additionalProperties", Keyword::Schema),
    ("propertyNames", Keyword::Schema),
    ("unevaluatedItems", Keyword::Schema),
    ("unevaluatedProperties", Keyword::Schema),
    // Validation.
    ("type", Keyword::Types),
    ("enum", Keyword::Values),
    ("const", Keyword::Data),
    ("multipleOf", Keyword::Positive),
    ("maximum", Keyword::Number),
    ("exclusiveMaximum", Keyword::Bound),
    ("minimum", Keyword::Number),
    ("exclusiveMinimum", Keyword::Bound),
    ("maxLength", Keyword::Count),
    ("minLength", Keyword::Count),
    ("pattern", Keyword::Text),
    ("maxItems", Keyword::Count),
    ("minItems", Keyword::Count),
    ("uniqueItems", Keyword::Flag),
    ("maxContains", Keyword::Count),
    ("minContains", Keyword::Count),
    ("maxProperties", Keyword::Count),
    ("minProperties", Keyword::Count),
    ("required", Keyword::Texts),
    ("dependentRequired", Keyword::TextsByName),
    // Annotations.
    ("format", Keyword::Text),
    ("contentEncoding", Keyword::Text),
    ("contentMediaType", Keyword::Text),
    ("contentSchema", Keyword::Schema),
    ("title", Keyword::Text),
    ("description", Keyword::Text),
    ("default", Keyword::Data),
    ("deprecated", Keyword::Flag),
    ("readOnly", Keyword::Flag),
    ("writeOnly", Keyword::Flag),
    ("examples", Keyword::Values),
    // OpenAPI.
    ("discriminator", Keyword::Discriminator),
    ("xml", Keyword::Object),
    ("externalDocs", Keyword::Documentation),
    ("example", Keyword::Data),
    ("nullable", Keyword::Flag),
];

/// What stands at a keyword of a schema; `None` for one that is not known, and for what holds no schema.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let (_, keyword) = KEYWORDS.iter().find(|(known, _)| *known == name)?;
    match keyword {
        Keyword::Schema => Some(Kind::Schema),
        Keyword::Schemas => Some(Kind::List(&Kind::Schema)),
        Keyword::SchemasByName => Some(Kind::Map(&Kind::Schema)),
        Keyword::Discriminator => Some(Kind::Object(&objects::DISCRIMINATOR)),
        Keyword::Documentation => Some(Kind::Object(&objects::EXTERNAL_DOCUMENTATION)),
        _ => None,
    }
}
