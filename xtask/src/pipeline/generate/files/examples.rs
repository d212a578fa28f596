//! `src/examples.rs`.

use quote::quote;
use syn::parse_quote;

use crate::pipeline::generate::example::Example;
use crate::pipeline::generate::rust;

/// `src/examples.rs`.
pub(in crate::pipeline::generate) fn examples(examples: &[Example]) -> String {
    let examples = examples.iter().map(|example| {
        let (status, body) = (
            rust::status(example.status),
            rust::raw_string(&example.body),
        );
        quote!((#status, #body))
    });
    rust::render(&parse_quote! {
        //! Answers for tests and demonstrations.

        /// Answers as the description gives them: status and body, the success first.
        pub const EXAMPLES: &[(u16, &str)] = &[#(#examples),*];
    })
}
