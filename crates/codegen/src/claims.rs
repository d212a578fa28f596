//! From `x-whoami` to the Rust that fills an `Identity`, through the generated types.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{Fields, GenericArgument, Item, PathArguments, Type};

use crate::rust::{TypeIndex, wire_name};
use keyholder_describe::whoami::{
    Claims, OrganizationClaims, PermissionClaims, Pointer, QuotaClaims, Source, SubjectType,
    SubjectTypeSource, TokenClaims,
};
use keyholder_openapi::nearest::nearest;
use keyholder_openapi::pointer;
use keyholder_openapi::{Error, Result};

/// Writes the mapping.
pub(crate) struct Mapping<'a> {
    /// The types of the answer.
    pub types: TypeIndex<'a>,
    /// Where `x-whoami/identity` stands, for errors.
    pub at: String,
}

/// What is made of the field at the end of a pointer: from an expression of an `Option` and the field's type.
type Leaf<'l> = &'l dyn Fn(TokenStream, &Type) -> Result<TokenStream>;

impl Mapping<'_> {
    /// The statements that fill `identity` from `answer`, a reference to the type of that name.
    ///
    /// # Errors
    ///
    /// A pointer that the answer does not have, with the nearest names.
    pub(crate) fn statements(&self, claims: &Claims, type_name: &str) -> Result<TokenStream> {
        let root: Type =
            syn::parse_str(type_name).map_err(|error| Error::new(error.to_string()))?;
        let base = quote!(answer);
        let mut code = TokenStream::new();
        for (name, source, function) in [
            ("sub", &claims.sub, "text"),
            ("name", &claims.name, "text"),
            ("given_name", &claims.given_name, "text"),
            ("family_name", &claims.family_name, "text"),
            ("preferred_username", &claims.preferred_username, "text"),
            ("email", &claims.email, "text"),
            ("email_verified", &claims.email_verified, "flag"),
            ("picture", &claims.picture, "text"),
            ("created_at", &claims.created_at, "text"),
            ("updated_at", &claims.updated_at, "text"),
            ("scopes", &claims.scopes, "text_list"),
        ] {
            code.extend(self.assign(
                "identity",
                name,
                source.as_ref(),
                function,
                &base,
                &root,
                name,
            )?);
        }
        if let Some(source) = &claims.subject_type {
            let value = self.subject_type(source, &base, &root)?;
            code.extend(quote!(identity.subject_type = #value;));
        }
        if let Some(organizations) = &claims.organizations {
            code.extend(self.organizations(organizations, &base, &root)?);
        }
        if let Some(permissions) = &claims.permissions {
            code.extend(self.permissions(permissions, &base, &root)?);
        }
        if !claims.quotas.is_empty() {
            code.extend(self.quotas(&claims.quotas, &base, &root)?);
        }
        if let Some(token) = &claims.token {
            code.extend(self.token(token, &base, &root)?);
        }
        Ok(code)
    }

    /// `target.field = claim;`, or nothing for a claim that has no source.
    #[allow(clippy::too_many_arguments)]
    fn assign(
        &self,
        target: &str,
        field: &str,
        source: Option<&Source>,
        function: &str,
        base: &TokenStream,
        ty: &Type,
        key: &str,
    ) -> Result<TokenStream> {
        let Some(source) = source else {
            return Ok(TokenStream::new());
        };
        let (target, field) = (format_ident!("{target}"), format_ident!("{field}"));
        let value = self.value(source, function, base, ty, key)?;
        Ok(quote!(#target.#field = #value;))
    }

    fn value(
        &self,
        source: &Source,
        function: &str,
        base: &TokenStream,
        ty: &Type,
        key: &str,
    ) -> Result<TokenStream> {
        let function = format_ident!("{function}");
        match source {
            Source::Constant(text) => match (function.to_string().as_str(), text.as_str()) {
                ("flag", "true") => Ok(quote!(Some(true))),
                ("flag", "false") => Ok(quote!(Some(false))),
                ("text", text) => Ok(quote!(Some(#text.to_owned()))),
                _ => Err(self.error(
                    key,
                    format!("{text:?} is not a pointer, and this claim takes no such constant"),
                )),
            },
            Source::Pointers(pointers) => {
                let mut values = pointers.iter().map(|pointer| {
                    let leaf = |expression: TokenStream, ty: &Type| {
                        self.claim(&function.to_string(), &expression, ty, pointer, key)
                    };
                    self.access(pointer, base, ty, key, &leaf)
                });
                let first = values
                    .next()
                    .unwrap_or_else(|| Err(self.error(key, "the list of pointers is empty")))?;
                values.try_fold(first, |first, next| {
                    let next = next?;
                    Ok(quote!(#first.or_else(|| #next)))
                })
            }
        }
    }

    fn subject_type(
        &self,
        source: &SubjectTypeSource,
        base: &TokenStream,
        ty: &Type,
    ) -> Result<TokenStream> {
        match source {
            SubjectTypeSource::Constant(constant) => Ok(subject_type(*constant)),
            SubjectTypeSource::Field(field) => {
                let values = field.values.iter().map(|(value, meaning)| {
                    let meaning = subject_type(*meaning);
                    quote!((#value, #meaning))
                });
                let key = "subject_type/at";
                let leaf = |expression: TokenStream, ty: &Type| {
                    self.claim("text", &expression, ty, &field.at, key)
                };
                let text = self.access(&field.at, base, ty, key, &leaf)?;
                Ok(quote!(claim::subject_type(#text.as_deref(), &[#(#values),*])))
            }
        }
    }

    fn organizations(
        &self,
        claims: &OrganizationClaims,
        base: &TokenStream,
        ty: &Type,
    ) -> Result<TokenStream> {
        self.list(
            base,
            ty,
            "organizations",
            "Organization",
            claims.each.as_ref(),
            &|base, ty| {
                let mut code = TokenStream::new();
                for (name, source, function) in [
                    ("id", &claims.id, "text"),
                    ("name", &claims.name, "text"),
                    ("slug", &claims.slug, "text"),
                    ("role", &claims.role, "text"),
                    ("active", &claims.active, "flag"),
                ] {
                    let key = format!("organizations/{name}");
                    code.extend(self.assign(
                        "item",
                        name,
                        source.as_ref(),
                        function,
                        base,
                        ty,
                        &key,
                    )?);
                }
                Ok(code)
            },
        )
    }

    fn permissions(
        &self,
        claims: &PermissionClaims,
        base: &TokenStream,
        ty: &Type,
    ) -> Result<TokenStream> {
        self.list(
            base,
            ty,
            "permissions",
            "Permission",
            claims.each.as_ref(),
            &|base, ty| {
                let mut code = TokenStream::new();
                for (name, source) in [
                    ("permission", &claims.permission),
                    ("resource", &claims.resource),
                    ("environment", &claims.environment),
                ] {
                    let key = format!("permissions/{name}");
                    code.extend(self.assign(
                        "item",
                        name,
                        source.as_ref(),
                        "text",
                        base,
                        ty,
                        &key,
                    )?);
                }
                if let Some(source) = &claims.resource_type {
                    let value =
                        self.value(source, "text", base, ty, "permissions/resource_type")?;
                    // The type of a resource that is not there says nothing.
                    code.extend(
                        quote!(item.resource_type = item.resource.as_ref().and_then(|_| #value);),
                    );
                }
                Ok(code)
            },
        )
    }

    /// A list of claims: from each item of a list, or one from the answer itself.
    fn list(
        &self,
        base: &TokenStream,
        ty: &Type,
        field: &str,
        item: &str,
        each: Option<&Pointer>,
        fill: &dyn Fn(&TokenStream, &Type) -> Result<TokenStream>,
    ) -> Result<TokenStream> {
        let (name, item) = (format_ident!("{field}"), format_ident!("{item}"));
        let Some(each) = each else {
            let fill = self.filled(field, fill(base, ty)?)?;
            return Ok(quote! {
                let mut item = #item::default();
                #fill
                identity.#name = claim::present(item).map(|item| vec![item]);
            });
        };
        let key = format!("{field}/each");
        let leaf = |expression: TokenStream, ty: &Type| {
            let of =
                element(ty).ok_or_else(|| self.error(&key, format!("{} is not a list", each.0)))?;
            let (of, items) = match argument(of, "Option") {
                Some(of) => (of, quote!(items.iter().flatten())),
                None => (of, quote!(items.iter())),
            };
            let fill = self.filled(field, fill(&quote!(it), of)?)?;
            Ok(quote! {
                #expression.map(|items| {
                    #items.map(|it| {
                        let mut item = #item::default();
                        #fill
                        item
                    }).collect()
                })
            })
        };
        let items = self.access(each, base, ty, &key, &leaf)?;
        Ok(quote!(identity.#name = #items;))
    }

    fn quotas(&self, quotas: &[QuotaClaims], base: &TokenStream, ty: &Type) -> Result<TokenStream> {
        let mut code = quote!(let mut quotas = Vec::new(););
        for (index, quota) in quotas.iter().enumerate() {
            let mut fill = TokenStream::new();
            for (field, source, function) in [
                ("limit", &quota.limit, "number"),
                ("used", &quota.used, "number"),
                ("remaining", &quota.remaining, "number"),
                ("resets_at", &quota.resets_at, "text"),
            ] {
                let key = format!("quotas/{index}/{field}");
                fill.extend(self.assign(
                    "quota",
                    field,
                    source.as_ref(),
                    function,
                    base,
                    ty,
                    &key,
                )?);
            }
            let fill = self.filled(&format!("quotas/{index}"), fill)?;
            let name = &quota.name;
            let unit = quota
                .unit
                .as_ref()
                .map(|unit| quote!(quota.unit = Some(#unit.to_owned());));
            code.extend(quote! {
                let mut quota = Quota::default();
                #fill
                // Without a figure there is no quota.
                if let Some(mut quota) = claim::present(quota) {
                    quota.name = #name.to_owned();
                    #unit
                    quotas.push(quota);
                }
            });
        }
        code.extend(quote!(identity.quotas = claim::present(quotas);));
        Ok(code)
    }

    fn token(&self, token: &TokenClaims, base: &TokenStream, ty: &Type) -> Result<TokenStream> {
        let mut fill = TokenStream::new();
        for (field, source) in [
            ("id", &token.id),
            ("name", &token.name),
            ("expires_at", &token.expires_at),
        ] {
            let key = format!("token/{field}");
            fill.extend(self.assign("token", field, source.as_ref(), "text", base, ty, &key)?);
        }
        let fill = self.filled("token", fill)?;
        Ok(quote! {
            let mut token = TokenInfo::default();
            #fill
            identity.token = claim::present(token);
        })
    }

    /// Refuses a claim of which no part is mapped.
    fn filled(&self, key: &str, fill: TokenStream) -> Result<TokenStream> {
        if fill.is_empty() {
            return Err(self
                .error(key, "maps nothing")
                .with_help("map a part of it, or leave it out"));
        }
        Ok(fill)
    }

    /// The claim that a field of type `ty` holds.
    fn claim(
        &self,
        function: &str,
        field: &TokenStream,
        ty: &Type,
        pointer: &Pointer,
        key: &str,
    ) -> Result<TokenStream> {
        let shape = self.shape(ty);
        let name = last_segment(ty).map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        let (suits, wanted) = match (function, &shape) {
            ("text_list", Shape::List(item)) if self.is_direct(item) => (true, ""),
            ("text_list", Shape::List(item)) => {
                let leaf =
                    |field: TokenStream, ty: &Type| self.claim("text", &field, ty, pointer, key);
                let text = self.end(quote!(Some(it)), item, &leaf)?;
                return Ok(quote! {
                    #field.map(|items| items.iter().filter_map(|it| #text).collect::<Vec<_>>())
                });
            }
            ("text_list", _) => (
                matches!(name.as_str(), "String" | "Value"),
                "a list of texts, or a text",
            ),
            ("flag", _) => (matches!(name.as_str(), "bool" | "Value"), "a boolean"),
            ("number", _) => (
                matches!(name.as_str(), "String" | "Value") || name.starts_with(['f', 'i', 'u']),
                "a number",
            ),
            _ => (
                matches!(shape, Shape::Scalar | Shape::Any) && !name.is_empty(),
                "a text or a number",
            ),
        };
        if suits {
            let function = format_ident!("{function}");
            return Ok(quote!(claim::#function(#field)));
        }
        let place = match pointer.0.as_str() {
            "" => "the answer",
            place => place,
        };
        let error = self.error(
            key,
            format!("{place} is {}, and this claim takes {wanted}", shape.kind()),
        );
        Err(match &shape {
            Shape::Struct(fields) => error.with_help(format!(
                "point into it; there is: {}",
                names(fields).join(", ")
            )),
            _ => error,
        })
    }

    /// Whether a value of the type is one that `claim` reads as it is.
    fn is_direct(&self, ty: &Type) -> bool {
        argument(ty, "Option").is_none() && matches!(self.shape(ty), Shape::Scalar | Shape::Any)
    }

    /// What `leaf` makes of the value of an `Option`, out of whatever the value is wrapped in.
    fn end(&self, option: TokenStream, ty: &Type, leaf: Leaf<'_>) -> Result<TokenStream> {
        if let Some(inner) = argument(ty, "Option") {
            return self.end(quote!(#option.and_then(Option::as_ref)), inner, leaf);
        }
        match self.shape(ty) {
            Shape::Boxed(inner) => self.end(quote!(#option.map(|it| &**it)), inner, leaf),
            Shape::Wrapper(inner) => self.end(quote!(#option.map(|it| &it.0)), inner, leaf),
            Shape::Union(variants, is_whole) => {
                let arms = union(&variants, is_whole, |inner| {
                    self.end(quote!(Some(it)), inner, leaf)
                })?;
                Ok(quote!(#option.and_then(|it| match it { #arms })))
            }
            _ => leaf(option, self.unaliased(ty)),
        }
    }

    /// The type that an alias stands for.
    fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        let name = last_segment(ty).map(|last| last.ident.to_string());
        match name.and_then(|name| self.types.get(&name)) {
            Some(Item::Type(item)) => self.unaliased(&item.ty),
            _ => ty,
        }
    }

    /// The expression that reads `pointer` from `base`, a reference to `ty`, and gives what `leaf` makes of it.
    fn access(
        &self,
        pointer: &Pointer,
        base: &TokenStream,
        ty: &Type,
        key: &str,
        leaf: Leaf<'_>,
    ) -> Result<TokenStream> {
        let tokens: Vec<_> = pointer::tokens(&pointer.0).collect();
        self.walk(&tokens, base, ty, leaf)
            .map_err(|missing| match missing {
                Missing::Named { token, names } => {
                    let error = self.error(
                        key,
                        format!("the answer has no {} ({token:?} is not there)", pointer.0),
                    );
                    match nearest(&token, names.iter().map(String::as_str)) {
                        Some(nearest) => error.with_help(format!(
                            "did you mean {nearest:?}? There is: {}",
                            names.join(", ")
                        )),
                        None if names.is_empty() => error,
                        None => error.with_help(format!("there is: {}", names.join(", "))),
                    }
                }
                Missing::Other(error) => error,
            })
    }

    fn walk(
        &self,
        tokens: &[String],
        base: &TokenStream,
        ty: &Type,
        leaf: Leaf<'_>,
    ) -> std::result::Result<TokenStream, Missing> {
        let Some((token, rest)) = tokens.split_first() else {
            let base = without_parentheses(base);
            return Ok(self.end(quote!(Some(#base)), ty, leaf)?);
        };
        if let Some(inner) = argument(ty, "Option") {
            return self.follow(tokens, quote!(#base.as_ref()), inner, leaf);
        }
        match self.shape(ty) {
            Shape::Boxed(inner) => self.walk(tokens, &quote!((&**#base)), inner, leaf),
            Shape::Wrapper(inner) => self.walk(tokens, &quote!((&#base.0)), inner, leaf),
            Shape::Struct(fields) => {
                let field = fields.iter().find(|field| {
                    let name =
                        wire_name(&field.attrs).or(field.ident.as_ref().map(ToString::to_string));
                    name.as_deref() == Some(token)
                });
                let Some((field, ident)) =
                    field.and_then(|field| Some((field, field.ident.as_ref()?)))
                else {
                    return Err(Missing::Named {
                        token: token.clone(),
                        names: names(&fields),
                    });
                };
                match argument(&field.ty, "Option") {
                    Some(inner) => self.follow(rest, quote!(#base.#ident.as_ref()), inner, leaf),
                    None => self.walk(rest, &quote!((&#base.#ident)), &field.ty, leaf),
                }
            }
            Shape::Map(inner) => self.follow(rest, quote!(#base.get(#token)), inner, leaf),
            Shape::List(inner) => match token.parse::<usize>() {
                Ok(index) => self.follow(rest, quote!(#base.get(#index)), inner, leaf),
                Err(_) => Err(Missing::Named {
                    token: token.clone(),
                    names: Vec::new(),
                }),
            },
            Shape::Any => self.follow(rest, quote!(#base.get(#token)), ty, leaf),
            Shape::Union(variants, is_whole) => {
                let arms = union(&variants, is_whole, |inner| {
                    self.walk(tokens, &quote!(it), inner, leaf)
                })?;
                Ok(quote!(match #base { #arms }))
            }
            Shape::Scalar => Err(Missing::Named {
                token: token.clone(),
                names: Vec::new(),
            }),
        }
    }

    /// Goes on from an expression of an `Option`.
    fn follow(
        &self,
        rest: &[String],
        option: TokenStream,
        ty: &Type,
        leaf: Leaf<'_>,
    ) -> std::result::Result<TokenStream, Missing> {
        if rest.is_empty() {
            return Ok(self.end(option, ty, leaf)?);
        }
        let inner = self.walk(rest, &quote!(it), ty, leaf)?;
        Ok(quote!(#option.and_then(|it| #inner)))
    }

    fn shape<'t>(&'t self, ty: &'t Type) -> Shape<'t> {
        if let Some(inner) = argument(ty, "Box") {
            return Shape::Boxed(inner);
        }
        if let Some(inner) = element(ty) {
            return Shape::List(inner);
        }
        let Some(last) = last_segment(ty) else {
            return Shape::Scalar;
        };
        match last.ident.to_string().as_str() {
            "BTreeMap" | "HashMap" | "Map" => {
                return arguments(ty)
                    .last()
                    .map_or(Shape::Scalar, |value| Shape::Map(value));
            }
            "Value" => return Shape::Any,
            _ => {}
        }
        match self.types.get(&last.ident.to_string()) {
            Some(Item::Struct(item)) => match &item.fields {
                Fields::Named(fields) => Shape::Struct(fields.named.iter().collect()),
                Fields::Unnamed(fields) => fields
                    .unnamed
                    .first()
                    .map_or(Shape::Scalar, |field| Shape::Wrapper(&field.ty)),
                Fields::Unit => Shape::Scalar,
            },
            Some(Item::Type(item)) => self.shape(&item.ty),
            Some(Item::Enum(item)) => {
                let name = &item.ident;
                let variants: Vec<_> = item
                    .variants
                    .iter()
                    .filter_map(|variant| match &variant.fields {
                        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                            let ident = &variant.ident;
                            Some((quote!(types::#name::#ident), &fields.unnamed[0].ty))
                        }
                        _ => None,
                    })
                    .collect();
                let is_whole = variants.len() == item.variants.len();
                if variants.is_empty() {
                    Shape::Scalar
                } else {
                    Shape::Union(variants, is_whole)
                }
            }
            _ => Shape::Scalar,
        }
    }

    fn error(&self, key: &str, message: impl Into<String>) -> Error {
        Error::at(format!("{}/{key}", self.at), message)
    }
}

/// How a value of a generated type is taken apart.
enum Shape<'t> {
    Struct(Vec<&'t syn::Field>),
    /// The forms that hold one value, and whether these are all.
    Union(Vec<(TokenStream, &'t Type)>, bool),
    Wrapper(&'t Type),
    Boxed(&'t Type),
    List(&'t Type),
    Map(&'t Type),
    Any,
    Scalar,
}

impl Shape<'_> {
    /// What it is to somebody who reads the description.
    fn kind(&self) -> &'static str {
        match self {
            Self::Struct(_) | Self::Map(_) => "an object",
            Self::List(_) => "a list",
            Self::Union(..) | Self::Wrapper(_) | Self::Boxed(_) | Self::Any => "a value",
            Self::Scalar => "of another type",
        }
    }
}

/// The arms of a `match` on a union: what `read` makes of each form that has the field.
fn union<E>(
    variants: &[(TokenStream, &Type)],
    is_whole: bool,
    read: impl Fn(&Type) -> std::result::Result<TokenStream, E>,
) -> std::result::Result<TokenStream, E> {
    let mut arms = Vec::new();
    let mut missing = None;
    for (variant, inner) in variants {
        match read(inner) {
            Ok(value) => arms.push(quote!(#variant(it) => #value,)),
            Err(error) => missing = Some(error),
        }
    }
    match missing {
        Some(error) if arms.is_empty() => Err(error),
        None if is_whole => Ok(quote!(#(#arms)*)),
        _ => Ok(quote!(#(#arms)* _ => None)),
    }
}

/// The fields' names as the provider writes them.
fn names(fields: &[&syn::Field]) -> Vec<String> {
    fields
        .iter()
        .filter_map(|field| {
            wire_name(&field.attrs).or(field.ident.as_ref().map(ToString::to_string))
        })
        .collect()
}

/// Why a pointer leads nowhere.
enum Missing {
    Named { token: String, names: Vec<String> },
    Other(Error),
}

impl From<Error> for Missing {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

fn subject_type(subject_type: SubjectType) -> TokenStream {
    let variant = format_ident!("{subject_type:?}");
    quote!(SubjectType::#variant)
}

fn without_parentheses(expression: &TokenStream) -> TokenStream {
    let mut tokens = expression.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
            group.stream()
        }
        _ => expression.clone(),
    }
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn arguments(ty: &Type) -> Vec<&Type> {
    match last_segment(ty).map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// `T` of a `name<T>`.
fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let last = last_segment(ty)?;
    if last.ident == name {
        arguments(ty).first().copied()
    } else {
        None
    }
}

/// `T` of a `Vec<T>`.
fn element(ty: &Type) -> Option<&Type> {
    argument(ty, "Vec")
}
