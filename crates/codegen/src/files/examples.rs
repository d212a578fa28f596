//! `src/examples.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, parse_quote};

use crate::example::Example;
use crate::rust;

/// `src/examples.rs`: a list for each operation, with the name of its method but for the first.
pub(crate) fn examples(first: &[Example], further: &[(&str, Vec<Example>)]) -> File {
    let answers = answers(first);
    let further = further.iter().map(|(function, examples)| {
        let name = format_ident!("{}", name(function));
        let docs = rust::docs(&[format!(
            "Answers to `{function}` as the description gives them: status and body, the success first."
        )]);
        let answers = self::answers(examples);
        quote! {
            #(#docs)*
            pub const #name: &[(u16, &str)] = &[#answers];
        }
    });
    parse_quote! {
        //! Answers for tests and demonstrations.

        /// Answers as the description gives them: status and body, the success first.
        pub const EXAMPLES: &[(u16, &str)] = &[#answers];

        #(#further)*
    }
}

/// The name of the list of a further operation, by that of its method.
pub(crate) fn name(function: &str) -> String {
    format!("{}_EXAMPLES", function.trim_end_matches('_').to_uppercase())
}

fn answers(examples: &[Example]) -> TokenStream {
    let examples = examples.iter().map(|example| {
        let (status, body) = (
            rust::status(example.status),
            rust::raw_string(&example.body),
        );
        quote!((#status, #body))
    });
    quote!(#(#examples),*)
}
