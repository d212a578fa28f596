//! `src/identity.rs`.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{File, parse_quote};

use crate::operation::Operation;

/// `src/identity.rs`.
pub(crate) fn identity(operation: &Operation, claims: &TokenStream) -> File {
    let success = format_ident!("{}", operation.success.type_name);
    let mut found = BTreeSet::new();
    names(claims, &mut found);
    let uses = |name: &str| found.contains(name);
    let imported = [
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
    let identity = if claims.is_empty() {
        quote!(_)
    } else {
        quote!(identity)
    };
    parse_quote! {
        //! From the provider's answer to the claims of an identity.

        #![allow(clippy::all)]

        use keyholder_core::{#module Identity, #(#imported),*};

        use crate::types;

        pub(crate) fn claims(#answer: &types::#success, #identity: &mut Identity) {
            #claims
        }
    }
}

/// The names in `tokens` that something has to bring in: not those inside a path.
fn names(tokens: &TokenStream, found: &mut BTreeSet<String>) {
    let mut in_path = false;
    for token in tokens.clone() {
        match &token {
            TokenTree::Ident(name) if !in_path => {
                found.insert(name.to_string());
            }
            TokenTree::Group(group) => names(&group.stream(), found),
            _ => {}
        }
        in_path = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
}
