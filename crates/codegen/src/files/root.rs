//! `src/lib.rs`.

use quote::format_ident;
use syn::{File, parse_quote};

use super::error::type_name as error_name;
use crate::operation::Operation;

/// `src/lib.rs`.
pub(crate) fn root(operation: &Operation) -> File {
    let error = format_ident!("{}", error_name(operation));
    parse_quote! {
        #![doc = include_str!("../README.md")]

        mod client;
        mod error;
        pub mod examples;
        #[cfg(feature = "httpmock")]
        pub mod mock;
        mod provider;
        pub mod types;

        pub use client::Client;
        pub use error::#error;
        pub use keyholder_core::{
            Config, Error, ErrorKind, Identity, OperationError, Response, Retry, Token, Verdict, WhoAmI,
        };
        pub use provider::PROVIDER;
    }
}
