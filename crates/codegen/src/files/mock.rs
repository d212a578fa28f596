//! `src/mock.rs`: progenitor's typed mocks, for any base path, with every documented answer.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprCall, ExprLit, ExprMethodCall, File, ImplItem, Item, ItemImpl, Lit, LitStr,
    parse_quote,
};

use keyholder_core::Status;

use crate::answers::StatusExt as _;
use crate::markdown;
use crate::names;
use crate::operation::{Operation, Parameter};
use crate::rust;
use keyholder_openapi::Result;

/// `src/mock.rs`.
///
/// # Errors
///
/// progenitor's tokens are not Rust.
pub(crate) fn mock(tokens: TokenStream, operation: &Operation, has_secrets: bool) -> Result<File> {
    let mut file = rust::parse(tokens)?;
    rust::tidy(&mut file);
    let path = &operation.path;
    AnyBasePath { path }.visit_file_mut(&mut file);
    for item in &mut file.items {
        match item {
            Item::Mod(module) => {
                rust::document_as(
                    &mut module.attrs,
                    "What to expect and what to answer, an operation each.",
                );
                if let Some((_, items)) = &mut module.content {
                    for item in &mut *items {
                        operation_item(item, operation);
                    }
                    import_types(items);
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
    if has_secrets {
        Exposing.visit_file_mut(&mut file);
    }
    file.attrs = parse_quote! {
        //! Typed mocks for [`httpmock`].

        #![allow(clippy::all)]
    };
    Ok(file)
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
            } else {
                parameter_names(item, operation);
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

/// Imports the types where there is something of them, in the place of everything that the crate has.
fn import_types(items: &mut Vec<Item>) {
    items.retain(|item| !matches!(item, Item::Use(_)));
    if rust::names_types(quote!(#(#items)*)) {
        items.insert(
            0,
            parse_quote!(
                use crate::types;
            ),
        );
    }
}

/// Names the parameters as requests name them: progenitor is shown the names of their arguments.
fn parameter_names(when: &mut ItemImpl, operation: &Operation) {
    for item in &mut when.items {
        let ImplItem::Fn(function) = item else {
            continue;
        };
        let named = operation.parameters.iter();
        let mut named = named.filter(|it| function.sig.ident == it.argument);
        if let Some(Parameter { name, argument, .. }) = named.next() {
            Renamed { argument, name }.visit_impl_item_fn_mut(function);
        }
    }
}

/// Puts the name of a parameter in the place of its argument's, where httpmock is told it.
struct Renamed<'a> {
    argument: &'a str,
    name: &'a str,
}

impl VisitMut for Renamed<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        let method = call.method.to_string();
        let is_of_parameter = matches!(
            method.as_str(),
            "header" | "header_missing" | "query_param" | "query_param_missing"
        );
        if let (
            true,
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })),
        ) = (is_of_parameter, call.args.first_mut())
            && text.value() == self.argument
        {
            *text = LitStr::new(self.name, text.span());
        }
    }
}

/// A method for each documented error answer.
fn error_answers(then: &mut ItemImpl, operation: &Operation) {
    let mut taken: BTreeSet<_> = then
        .items
        .iter()
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        })
        .collect();
    for error in &operation.errors {
        let function = names::function_name(&error.variant);
        let function = format_ident!("{}", names::unique(&function, "_", &mut taken));
        let label = error.status.label();
        let docs = rust::docs(&[match &error.code {
            Some(code) => format!(
                "Answers: {label}, with a body for the code {}.",
                markdown::code(code)
            ),
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

/// Lets an answer have the secrets in it, which are what a test made up.
struct Exposing;

impl VisitMut for Exposing {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "json_body_obj"
            && let Some(value) = call.args.first_mut()
        {
            *value = parse_quote!(&keyholder_core::Exposed(#value));
        }
    }
}

/// Lets the path stand below any base path, as base URLs may have one, and with any value of what a key has in it.
struct AnyBasePath<'a> {
    path: &'a str,
}

impl VisitMut for AnyBasePath<'_> {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let function = call.func.to_token_stream().to_string();
        if let (
            true,
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })),
        ) = (function.ends_with("Regex :: new"), call.args.first_mut())
        {
            *text = LitStr::new(&format!("^(/.*)?{}$", pattern(self.path)), text.span());
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}

/// A path as a regular expression, in which any segment's text fits a name in braces.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((_, after)) = after.split_once('}')
    {
        pattern.push_str(&literal(before));
        pattern.push_str("[^/]+");
        rest = after;
    }
    pattern + &literal(rest)
}

/// A text as a regular expression that matches it alone.
fn literal(path: &str) -> String {
    let special = |c: char| "\\.+*?()|[]{}^$".contains(c);
    path.chars()
        .flat_map(|c| special(c).then_some('\\').into_iter().chain([c]))
        .collect()
}
