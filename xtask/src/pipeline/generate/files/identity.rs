//! `src/identity.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use crate::pipeline::generate::operation::Operation;
use crate::pipeline::generate::rust;

/// `src/identity.rs`.
pub(in crate::pipeline::generate) fn identity(
    operation: &Operation,
    claims: &TokenStream,
) -> String {
    let success = format_ident!("{}", operation.success.type_name);
    let text = claims.to_string();
    let uses = |name: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == name)
    };
    let names = [
        "Organization",
        "Permission",
        "Quota",
        "SubjectType",
        "TokenInfo",
    ]
    .into_iter()
    .filter(|name| uses(name))
    .map(|name| format_ident!("{name}"));
    let module = uses("claim").then(|| quote!(claim,));
    let answer = if uses("answer") {
        quote!(answer)
    } else {
        quote!(_)
    };
    let identity = if text.is_empty() {
        quote!(_)
    } else {
        quote!(identity)
    };
    rust::render(&parse_quote! {
        //! From the provider's answer to the claims of an identity.

        #![allow(clippy::all)]

        use keyholder_core::{#module Identity, #(#names),*};

        use crate::types;

        pub(crate) fn claims(#answer: &types::#success, #identity: &mut Identity) {
            #claims
        }
    })
}
