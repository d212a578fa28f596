//! `src/mock.rs`: typed mocks, for any base path, with every documented answer.
//!
//! They have the shape of progenitor's, which are made for clients that send what they are given and no more.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{File, Item, Type, parse_quote};

use keyholder_core::Status;

use super::client::{arguments, named};
use crate::answers::StatusExt as _;
use crate::markdown;
use crate::names;
use crate::operation::{Operation, Parameter};
use crate::rust;
use keyholder_openapi::Result;

/// `src/mock.rs`. `items` are progenitor's client.
///
/// # Errors
///
/// A parameter that nothing says how to send.
pub(crate) fn mock(operations: &[Operation], items: &[Item], has_secrets: bool) -> Result<File> {
    let mut wrappers = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let when = when(index, operation, items)?;
        let then = then(operation, has_secrets);
        wrappers.push(quote!(#when #then));
    }
    let types = rust::names_types(quote!(#(#wrappers)*)).then(|| {
        quote!(
            use crate::types;
        )
    });
    let functions: Vec<_> = operations
        .iter()
        .map(|it| format_ident!("{}", it.function))
        .collect();
    let docs = operations
        .iter()
        .map(|it| format!(" Answers `{}` as `config_fn` says.", it.function));
    let whens: Vec<_> = operations.iter().map(|it| wrapper(it, "When")).collect();
    let thens: Vec<_> = operations.iter().map(|it| wrapper(it, "Then")).collect();
    Ok(parse_quote! {
        //! Typed mocks for [`httpmock`].

        #![allow(clippy::all)]

        /// What to expect and what to answer, an operation each.
        pub mod operations {
            use keyholder_core::support::carries;
            use keyholder_core::{Config, Token};

            #types

            #(#wrappers)*
        }

        /// Adds a method for each operation to [`MockServer`](httpmock::MockServer).
        pub trait MockServerExt {
            #(
                #[doc = #docs]
                fn #functions<F>(&self, config_fn: F) -> httpmock::Mock<'_>
                where
                    F: FnOnce(operations::#whens, operations::#thens);
            )*
        }

        impl MockServerExt for httpmock::MockServer {
            #(
                fn #functions<F>(&self, config_fn: F) -> httpmock::Mock<'_>
                where
                    F: FnOnce(operations::#whens, operations::#thens)
                {
                    self.mock(|when, then| {
                        config_fn(operations::#whens::new(when), operations::#thens::new(then))
                    })
                }
            )*
        }
    })
}

/// The name of what wraps a part of httpmock's for an operation.
fn wrapper(operation: &Operation, part: &str) -> syn::Ident {
    format_ident!("{}{part}", names::type_name(&operation.function))
}

/// What the request of that index must be.
fn when(index: usize, operation: &Operation, items: &[Item]) -> Result<TokenStream> {
    let index = Literal::usize_unsuffixed(index);
    let name = wrapper(operation, "When");
    let method = format_ident!("{}", operation.method.to_uppercase());
    let path = format!("^(/.*)?{}$", pattern(&operation.path));
    let parameters = arguments(operation, items)?
        .into_iter()
        .map(|argument| {
            let (parameter, ty) = named(operation, argument)?;
            Ok(expected(parameter, ty))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        /// What the request must be.
        pub struct #name(httpmock::When);
        impl #name {
            /// Wraps httpmock's own.
            pub fn new(inner: httpmock::When) -> Self {
                Self(
                    inner
                        .method(httpmock::Method::#method)
                        .path_matches(regex::Regex::new(#path).unwrap()),
                )
            }
            /// httpmock's own, for what the description does not have.
            pub fn into_inner(self) -> httpmock::When {
                self.0
            }
            /// Expects the token, where the description has it. One that no client takes fits no request.
            pub fn token(self, token: impl Into<Token>) -> Self {
                self.config(&Config::new(token))
            }
            /// Expects the token and the parameters that a client made from `config` sends. What no client is made from
            /// fits no request.
            pub fn config(self, config: &Config) -> Self {
                let carries = carries(&crate::PROVIDER, #index, config.clone());
                Self(self.0.is_true(move |it| carries(&it.uri(), &it.headers(), it.body_ref())))
            }
            #(#parameters)*
        }
    })
}

/// The function that expects a parameter, which may be absent.
fn expected(parameter: &Parameter, ty: &Type) -> TokenStream {
    let Parameter {
        name,
        argument,
        is_header,
    } = parameter;
    let docs = rust::docs(&[format!("Expects the parameter `{argument}`.")]);
    let function = format_ident!("{argument}");
    let lifetime = matches!(ty, Type::Reference(_)).then(|| quote!('a,));
    let (place, missing) = if *is_header {
        (quote!(header), quote!(header_missing))
    } else {
        (quote!(query_param), quote!(query_param_missing))
    };
    quote! {
        #(#docs)*
        pub fn #function<#lifetime T>(self, value: T) -> Self
        where
            T: Into<Option<#ty>>,
        {
            if let Some(value) = value.into() {
                Self(self.0.#place(#name, value.to_string()))
            } else {
                Self(self.0.#missing(#name))
            }
        }
    }
}

/// What the answer is.
fn then(operation: &Operation, has_secrets: bool) -> TokenStream {
    let name = wrapper(operation, "Then");
    // An answer has the secrets in it, which are what a test made up.
    let value = if has_secrets {
        quote!(&keyholder_core::Exposed(value))
    } else {
        quote!(value)
    };
    let body = |type_name: Option<&str>| match type_name {
        Some(body) => {
            let body = format_ident!("{body}");
            (
                quote!(value: &types::#body),
                quote!(.header("content-type", "application/json").json_body_obj(#value)),
            )
        }
        None => (quote!(), quote!()),
    };
    let success = &operation.success;
    let mut taken = BTreeSet::from(["into_inner".to_owned(), "new".to_owned()]);
    let ok = names::unique(&reason(success.status), "_", &mut taken);
    let ok = format_ident!("{ok}");
    let status = rust::status(success.status);
    let (parameter, answer) = body(success.type_name.as_deref());
    let errors = operation.errors.iter().map(|error| {
        let function = names::function_name(&error.variant);
        let function = format_ident!("{}", names::unique(&function, "_", &mut taken));
        let label = error.status.label();
        let docs = rust::docs(&[match &error.code {
            Some(code) => format!(
                "Answers: {label}, with a body for the code {}.",
                markdown::code(code)
            ),
            None => format!("Answers: {label}."),
        }]);
        let (status_parameter, status) = match error.status {
            Status::Code(status) => (quote!(), rust::status(status).into_token_stream()),
            Status::Range(_) | Status::Default => (quote!(status: u16,), quote!(status)),
        };
        let (value, answer) = body(error.type_name.as_deref());
        quote! {
            #(#docs)*
            pub fn #function(self, #status_parameter #value) -> Self {
                Self(self.0.status(#status) #answer)
            }
        }
    });
    quote! {
        /// What the answer is.
        pub struct #name(httpmock::Then);
        impl #name {
            /// Wraps httpmock's own.
            pub fn new(inner: httpmock::Then) -> Self {
                Self(inner)
            }
            /// httpmock's own, for what the description does not have.
            pub fn into_inner(self) -> httpmock::Then {
                self.0
            }
            /// Answers with the documented success.
            pub fn #ok(self, #parameter) -> Self {
                Self(self.0.status(#status) #answer)
            }
            #(#errors)*
        }
    }
}

/// The function that answers with a success of that status, by its reason phrase.
pub(crate) fn reason(status: u16) -> String {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .map_or_else(|| "ok".to_owned(), names::function_name)
}

/// A path as a regular expression, in which any segment's text fits a name in braces.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((_, after)) = after.split_once('}')
    {
        pattern.push_str(&literal(before));
        pattern.push_str("[^/]+");
        rest = after;
    }
    pattern + &literal(rest)
}

/// A text as a regular expression that matches it alone.
fn literal(path: &str) -> String {
    let special = |c: char| "\\.+*?()|[]{}^$".contains(c);
    path.chars()
        .flat_map(|c| special(c).then_some('\\').into_iter().chain([c]))
        .collect()
}
