//! `src/blocking.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, FnArg, Item, parse_quote};

use super::client::{self, Declared};
use super::error;
use crate::about::About;
use crate::markdown;
use crate::operation::Operation;
use crate::rust::{self, docs};
use keyholder_openapi::Result;

/// `src/blocking.rs`: the client for programs without an async runtime, around the one of `src/client.rs`.
///
/// # Errors
///
/// As [`client::client`].
pub(crate) fn blocking(about: &About, operations: &[Operation], items: &[Item]) -> Result<File> {
    let errors = error::import(operations);
    let about_client = docs(&[format!(
        "Asks {} whose token this is, and waits for the answer. Cheap to clone.",
        markdown::escape(&about.info.title)
    )]);
    let constructor = client::constructor(about);
    let about_config = client::about_config(about);
    let calls = operations
        .iter()
        .map(|operation| call(operation, items))
        .collect::<Result<Vec<_>>>()?;
    let types = rust::names_types(quote!(#(#calls)*)).then(|| {
        quote!(
            use crate::types;
        )
    });
    let parameters = client::import_of_parameters(about);
    Ok(parse_quote! {
        //! The client for programs without an async runtime.

        use keyholder_core::{Config, Error, OperationError, Response, Token};
        pub use keyholder_core::blocking::{WhoAmI, block_on};

        use crate::error::#errors;
        #parameters
        #types

        #(#about_client)*
        #[derive(Clone, Debug)]
        pub struct Client {
            client: crate::Client,
        }

        impl Client {
            #constructor

            #(#about_config)*
            pub fn with_config(config: Config) -> Result<Self, Error> {
                let client = crate::Client::with_config(config)?;
                Ok(Self { client })
            }

            #(#calls)*
        }

        impl WhoAmI for Client {
            fn as_async(&self) -> &dyn crate::WhoAmI {
                &self.client
            }
        }
    })
}

/// The method that asks an operation.
fn call(operation: &Operation, items: &[Item]) -> Result<TokenStream> {
    let function = format_ident!("{}", operation.function);
    let arguments = client::arguments(operation, items)?.into_iter();
    let arguments = arguments.filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&argument.pat),
        FnArg::Receiver(_) => None,
    });
    let Declared { docs, signature } = client::declared(operation, items)?;
    Ok(quote! {
        #(#docs)*
        pub #signature {
            let answer = block_on(self.client.#function(#(#arguments),*));
            answer.map_err(|error| error.with_provider(&crate::PROVIDER))?
        }
    })
}
