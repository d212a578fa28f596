//! `src/examples.rs`.

use quote::quote;
use syn::{File, parse_quote};

use crate::example::Example;
use crate::rust;

/// `src/examples.rs`.
pub(crate) fn examples(examples: &[Example]) -> File {
    let examples = examples.iter().map(|example| {
        let (status, body) = (
            rust::status(example.status),
            rust::raw_string(&example.body),
        );
        quote!((#status, #body))
    });
    parse_quote! {
        //! Answers for tests and demonstrations.

        /// Answers as the description gives them: status and body, the success first.
        pub const EXAMPLES: &[(u16, &str)] = &[#(#examples),*];
    }
}
