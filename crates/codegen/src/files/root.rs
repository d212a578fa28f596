//! `src/lib.rs`.

use quote::quote;
use syn::{File, parse_quote};

use super::error;
use crate::operation::Operation;

/// `src/lib.rs`.
pub(crate) fn root(operations: &[Operation], has_secrets: bool, has_parameters: bool) -> File {
    let errors = error::import(operations);
    let [exposed, secret] =
        [quote!(Exposed,), quote!(Secret,)].map(|name| has_secrets.then_some(name));
    let parameters = has_parameters.then(|| {
        quote!(
            pub mod parameters;
        )
    });
    parse_quote! {
        #![doc = include_str!("../README.md")]

        mod client;
        mod error;
        pub mod examples;
        #[cfg(feature = "httpmock")]
        pub mod mock;
        #parameters
        mod provider;
        pub mod types;

        pub use client::Client;
        pub use error::#errors;
        pub use keyholder_core::{
            Config, Error, ErrorKind, #exposed Identity, OperationError, Response, Retry, #secret Token, Verdict,
            WhoAmI,
        };
        pub use provider::PROVIDER;
    }
}
