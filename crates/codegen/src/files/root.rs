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

        #[cfg(feature = "blocking")]
        pub mod blocking;
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
            Answer, Authentication, BoxFuture, Config, Encoding, Error, ErrorKind, ErrorResponse, #exposed HttpClients,
            Identity, Limit, Limited, NotAPointer, OperationError, Organization, Part, Permission, Plan,
            PlannedRequest, Pointer, Provider, ProviderInfo, Quota, Reason, Response, Retry, #secret SubjectType,
            Timestamp, Token, TokenInfo, Verdict, VerdictKind, WhoAmI, http_client_builder,
        };
        /// What every client shares: the rest of a provider's data, [`ProviderInfo`], is here.
        pub use keyholder_core;
        pub use provider::PROVIDER;
    }
}
