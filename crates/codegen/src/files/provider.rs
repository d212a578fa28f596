//! `src/provider.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, parse_quote};

use crate::about::About;
use crate::markdown;
use crate::operation::Operation;
use crate::rust::{self, docs};
use keyholder_describe::authentication::Authentication;
use keyholder_describe::whoami::Meaning;

/// `src/provider.rs`.
pub(crate) fn provider(about: &About, operation: &Operation) -> File {
    let About { name, title, .. } = about;
    let docs = docs(&[format!(
        "What the description says of {}.",
        markdown::escape(title)
    )]);
    let operation_value = operation_value(operation);
    let base_url = about
        .base_url
        .as_ref()
        .map(|url| quote!(.with_base_url(#url)));
    let authentication = authentication(&about.authentication);
    let alternatives: Vec<_> = about
        .alternatives
        .iter()
        .map(self::authentication)
        .collect();
    let alternatives =
        (!alternatives.is_empty()).then(|| quote!(.with_alternatives(&[#(#alternatives),*])));
    let (token, base) = (&about.token_variable, &about.base_url_variable);
    let form = about
        .token_form
        .as_ref()
        .map(|form| quote!(.with_token_form(#form)));
    let answers = (!operation.whoami.answers.is_empty()).then(|| quote!(Answer, Meaning,));
    parse_quote! {
        //! What the description says, as data.

        use keyholder_core::{#answers Authentication, Operation, ProviderInfo};

        #(#docs)*
        pub static PROVIDER: ProviderInfo = ProviderInfo::new(#name, env!("CARGO_PKG_VERSION"), OPERATION)
            .with_title(#title)
            #base_url
            .with_authentication(#authentication)
            #alternatives
            .with_variables(#token, #base)
            #form;

        const OPERATION: Operation = #operation_value;
    }
}

fn operation_value(operation: &Operation) -> TokenStream {
    let (id, path) = (&operation.id, &operation.path);
    let method = operation.method.to_uppercase();
    let first = rust::status(*operation.success.statuses.start());
    let last = rust::status(*operation.success.statuses.end());
    let fixed = &operation.fixed;
    let query = pairs(&fixed.query).map(|pairs| quote!(.with_query(#pairs)));
    let headers = pairs(&fixed.headers).map(|pairs| quote!(.with_headers(#pairs)));
    let body = fixed
        .body
        .as_ref()
        .map(|(media_type, content)| quote!(.with_body(#media_type, #content)));
    let accept = &operation.success.media_type;
    let code = operation.whoami.code.as_ref().map(|pointer| {
        let pointer = &pointer.0;
        quote!(.with_code(#pointer))
    });
    let answers = operation.whoami.answers.iter().map(|(key, meaning)| {
        let status = rust::status(key.status);
        let meaning = meaning_path(*meaning);
        match &key.code {
            Some(code) => quote!(Answer::code(#status, #code, #meaning)),
            None => quote!(Answer::status(#status, #meaning)),
        }
    });
    let answers =
        (!operation.whoami.answers.is_empty()).then(|| quote!(.with_answers(&[#(#answers),*])));
    quote! {
        Operation::new(#id, #method, #path)
            .with_success(#first..=#last)
            .with_accept(#accept)
            #query
            #headers
            #body
            #code
            #answers
    }
}

/// Names and values as a slice; nothing where there are none.
fn pairs(pairs: &[(String, String)]) -> Option<TokenStream> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| quote!((#name, #value)))
        .collect();
    (!pairs.is_empty()).then(|| quote!(&[#(#pairs),*]))
}

fn authentication(authentication: &Authentication) -> TokenStream {
    match authentication {
        Authentication::Basic => quote!(Authentication::Basic),
        Authentication::Header { name, prefix }
            if name == "authorization" && prefix == "Bearer " =>
        {
            quote!(Authentication::BEARER)
        }
        Authentication::Header { name, prefix } => {
            quote!(Authentication::Header { name: #name, prefix: #prefix })
        }
        Authentication::Query(name) => quote!(Authentication::Query { name: #name }),
        Authentication::Cookie(name) => quote!(Authentication::Cookie { name: #name }),
        Authentication::All(parts) => {
            let parts = parts.iter().map(|(_, part)| self::authentication(part));
            quote!(Authentication::All(&[#(#parts),*]))
        }
    }
}

fn meaning_path(meaning: Meaning) -> TokenStream {
    let variant = format_ident!("{meaning:?}");
    quote!(Meaning::#variant)
}
