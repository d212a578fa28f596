//! `src/mock.rs`: progenitor's typed mocks, for any base path, with every documented answer.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{ImplItem, Item, ItemImpl, parse_quote};

use crate::answers::Status;
use crate::names;
use crate::operation::Operation;
use crate::rust;
use keyholder_openapi::Result;

/// `src/mock.rs`.
///
/// # Errors
///
/// progenitor's tokens are not Rust.
pub(crate) fn mock(tokens: TokenStream, operation: &Operation) -> Result<String> {
    let mut file = rust::parse(tokens)?;
    rust::tidy(&mut file);
    AnyBasePath.visit_file_mut(&mut file);
    for item in &mut file.items {
        match item {
            Item::Mod(module) => {
                rust::document_as(
                    &mut module.attrs,
                    "What to expect and what to answer, an operation each.",
                );
                for item in module.content.iter_mut().flat_map(|(_, items)| items) {
                    operation_item(item, operation);
                }
            }
            Item::Trait(extension) => {
                rust::document_as(
                    &mut extension.attrs,
                    "Adds a method for each operation to [`MockServer`](httpmock::MockServer).",
                );
                for item in &mut extension.items {
                    if let syn::TraitItem::Fn(function) = item {
                        rust::document_as(
                            &mut function.attrs,
                            &format!("Answers `{}` as `config_fn` says.", operation.function),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    Ok(format!(
        "//! Typed mocks for [`httpmock`].\n\n#![allow(clippy::all)]\n\n{}",
        rust::render(&file)
    ))
}

fn operation_item(item: &mut Item, operation: &Operation) {
    match item {
        Item::Struct(item) => {
            let text = if item.ident.to_string().ends_with("When") {
                "What the request must be."
            } else {
                "What the answer is."
            };
            rust::document_as(&mut item.attrs, text);
        }
        Item::Impl(item) => {
            let name = quote::ToTokens::to_token_stream(&item.self_ty).to_string();
            if name.ends_with("Then") {
                error_answers(item, operation);
            }
            for item in &mut item.items {
                if let ImplItem::Fn(function) = item {
                    let text = match function.sig.ident.to_string().as_str() {
                        "new" => "Wraps httpmock's own.".to_owned(),
                        "into_inner" => {
                            "httpmock's own, for what the description does not have.".to_owned()
                        }
                        _ if name.ends_with("When") => {
                            format!("Expects the parameter `{}`.", function.sig.ident)
                        }
                        _ => "Answers with the documented success.".to_owned(),
                    };
                    rust::document(&mut function.attrs, &text);
                }
            }
        }
        _ => {}
    }
}

/// A method for each documented error answer.
fn error_answers(then: &mut ItemImpl, operation: &Operation) {
    for error in &operation.errors {
        let function = format_ident!("{}", names::function_name(&error.variant));
        let label = error.status.label();
        let docs = rust::docs(&[match &error.code {
            Some(code) => format!("Answers: {label}, with a body for the code `{code}`."),
            None => format!("Answers: {label}."),
        }]);
        let (parameter, status) = match error.status {
            Status::Code(status) => (quote!(), rust::status(status).into_token_stream()),
            Status::Range(_) | Status::Default => (quote!(status: u16,), quote!(status)),
        };
        let (value, body) = match &error.type_name {
            Some(body) => {
                let body = format_ident!("{body}");
                (
                    quote!(value: &types::#body),
                    quote!(.header("content-type", "application/json").json_body_obj(value)),
                )
            }
            None => (quote!(), quote!()),
        };
        then.items.push(parse_quote! {
            #(#docs)*
            pub fn #function(self, #parameter #value) -> Self {
                Self(self.0.status(#status) #body)
            }
        });
    }
}

/// Lets the path stand below any base path, as base URLs may have one.
struct AnyBasePath;

impl VisitMut for AnyBasePath {
    fn visit_lit_str_mut(&mut self, text: &mut syn::LitStr) {
        let value = text.value();
        let path = value
            .strip_prefix('^')
            .and_then(|path| path.strip_suffix('$'));
        if let Some(path) = path.filter(|path| path.starts_with('/')) {
            *text = syn::LitStr::new(&format!("^(/.*)?{}$", literal(path)), text.span());
        }
        visit_mut::visit_lit_str_mut(self, text);
    }
}

/// A path as a regular expression that matches it alone.
fn literal(path: &str) -> String {
    let special = |c: char| "\\.+*?()|[]{}^$".contains(c);
    path.chars()
        .flat_map(|c| special(c).then_some('\\').into_iter().chain([c]))
        .collect()
}
