//! `src/error.rs`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{File, parse_quote};

use keyholder_core::Status;

use crate::answers::{ErrorAnswer, StatusExt as _};
use crate::boxes::Sizes;
use crate::markdown;
use crate::names;
use crate::operation::Operation;
use crate::rust::{self, docs};

/// The name of the operation's error type.
pub(crate) fn type_name(operation: &Operation) -> String {
    format!("{}ErrorResponse", names::type_name(&operation.function))
}

/// What an import of the operations' error types names.
pub(crate) fn import(operations: &[Operation]) -> TokenStream {
    let names = operations
        .iter()
        .map(|it| format_ident!("{}", type_name(it)));
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [only] => quote!(#only),
        names => quote!({#(#names),*}),
    }
}

/// `src/error.rs`: an enum for each operation.
pub(crate) fn errors(operations: &[Operation], sizes: &Sizes) -> File {
    let enums = operations.iter().map(|it| of_operation(it, sizes));
    let mut errors = operations.iter().flat_map(|it| &it.errors);
    let (types, read) = if errors.any(|error| error.type_name.is_some()) {
        let read = quote! {
            fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
                serde_json::from_slice(body).ok()
            }
        };
        (
            quote!(
                use crate::types;
            ),
            read,
        )
    } else {
        (quote!(), quote!())
    };
    parse_quote! {
        //! The documented error answers.

        use keyholder_core::ErrorResponse;

        #types

        #(#enums)*

        #read
    }
}

/// The enum of an operation's errors.
fn of_operation(operation: &Operation, sizes: &Sizes) -> TokenStream {
    let name = format_ident!("{}", type_name(operation));
    let docs = docs(&[format!(
        "The documented error answers of `{}`.",
        operation.function
    )]);
    let variants = operation.errors.iter().map(|it| variant(it, sizes));
    let arms = operation.errors.iter().map(arm);
    let mut errors = operation.errors.iter();
    let body = if errors.any(|error| error.type_name.is_some()) {
        quote!(body)
    } else {
        quote!(_)
    };
    quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants),*
        }

        impl ErrorResponse for #name {
            fn decode(status: u16, code: Option<&str>, #body: &[u8]) -> Option<Self> {
                match (status, code) {
                    #(#arms,)*
                    _ => None,
                }
            }
        }
    }
}

fn variant(error: &ErrorAnswer, sizes: &Sizes) -> TokenStream {
    let variant = format_ident!("{}", error.variant);
    let label = error.status.label();
    let answer = match &error.code {
        Some(code) => format!("{label}, code {}.", markdown::code(code)),
        None => format!("{label}."),
    };
    let mut lines = markdown::prose(&error.description);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(answer);
    let docs = docs(&lines);
    let body = error.type_name.as_ref().map(|body| {
        let name = format_ident!("{body}");
        if sizes.is_large(body) {
            quote!((Box<types::#name>))
        } else {
            quote!((types::#name))
        }
    });
    quote!(#(#docs)* #variant #body)
}

fn arm(error: &ErrorAnswer) -> TokenStream {
    let variant = format_ident!("{}", error.variant);
    let status = match error.status {
        Status::Code(status) => rust::status(status).into_token_stream(),
        Status::Range(hundred) => {
            let (first, last) = (
                rust::status(hundred * 100),
                rust::status(hundred * 100 + 99),
            );
            quote!(#first..=#last)
        }
        Status::Default => quote!(400..=599),
    };
    let code = match &error.code {
        Some(code) => quote!(Some(#code)),
        None => quote!(_),
    };
    match error.type_name {
        Some(_) => quote!((#status, #code) => read(body).map(Self::#variant)),
        None => quote!((#status, #code) => Some(Self::#variant)),
    }
}
