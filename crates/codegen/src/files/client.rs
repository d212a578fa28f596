//! `src/client.rs`.

use keyholder_core::Authentication;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, FnArg, Generics, ImplItem, ImplItemFn, Item, Type, parse_quote};

use super::error::type_name as error_name;
use crate::about::About;
use crate::key;
use crate::markdown;
use crate::operation::{Operation, Parameter};
use crate::rust::{self, docs};
use keyholder_openapi::pointer;
use keyholder_openapi::{Error, Result};

/// progenitor's method for the operation.
fn method<'a>(items: &'a [Item], name: &str) -> Option<&'a ImplItemFn> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(item),
            _ => None,
        })
        .flat_map(|item| &item.items)
        .find_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == name => Some(function),
            _ => None,
        })
}

/// The arguments of a call that asks for nothing but the answer, each of them absent.
pub(crate) fn no_arguments(operation: &Operation, items: &[Item]) -> String {
    let parameters = method(items, &operation.function)
        .map_or(0, |method| method.sig.inputs.len().saturating_sub(1));
    vec!["None"; parameters].join(", ")
}

/// `src/client.rs`.
pub(crate) fn client(about: &About, operation: &Operation, items: &[Item]) -> Result<File> {
    let error = format_ident!("{}", error_name(operation));
    let about_client = docs(&[format!(
        "Asks {} whose token this is. Cheap to clone.",
        markdown::escape(&about.info.title)
    )]);
    let constructor = constructor(about);
    let method = method(items, &operation.function)
        .ok_or_else(|| Error::at(&operation.pointer, "progenitor generated no method for it"))?;
    let inputs: Vec<_> = method.sig.inputs.iter().skip(1).collect();
    let call = call(about, operation, &method.sig.generics, &inputs)?;
    let types = rust::names_types(call.clone()).then(|| {
        quote!(
            use crate::types;
        )
    });
    let unusable = if about.info.parameters.is_empty() {
        "A token or a base URL"
    } else {
        "A token, a base URL or a parameter"
    };
    let about_config = docs(&[
        "A client made as `config` says.".to_owned(),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        format!("{unusable} that cannot be used. Nothing is sent."),
    ]);
    let mut parameters = about.parameters().into_iter();
    let parameters = parameters
        .any(|it| it.is_required && it.values.is_some())
        .then(|| {
            quote!(
                use crate::parameters;
            )
        });
    Ok(parse_quote! {
        //! The client.

        use keyholder_core::{
            BoxFuture, Config, Error, Identity, OperationError, Provider, Response, Token, Transport, WhoAmI,
        };
        use keyholder_core::support::{Bytes, http};

        use crate::error::#error;
        #parameters
        use crate::PROVIDER;
        #types

        #(#about_client)*
        #[derive(Clone, Debug)]
        pub struct Client {
            transport: Transport,
        }

        impl Client {
            #constructor

            #(#about_config)*
            pub fn with_config(config: Config) -> Result<Self, Error> {
                let transport = Transport::new(&PROVIDER, &config)?;
                Ok(Self { transport })
            }

            #call
        }

        impl WhoAmI for Client {
            fn provider(&self) -> &Provider {
                &PROVIDER
            }

            fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
                Box::pin(self.transport.whoami())
            }

            fn read(&self, answer: http::Response<Bytes>) -> Result<Identity, Error> {
                self.transport.read(answer)
            }
        }
    })
}

/// The method that asks the operation.
fn call(
    about: &About,
    operation: &Operation,
    generics: &Generics,
    parameters: &[&FnArg],
) -> Result<TokenStream> {
    let function = format_ident!("{}", operation.function);
    let (success, method) = match &operation.success.type_name {
        Some(type_name) => {
            let type_name = format_ident!("{type_name}");
            (quote!(types::#type_name), quote!(send))
        }
        None => (quote!(()), quote!(send_for_status)),
    };
    let error = format_ident!("{}", error_name(operation));
    let sent = parameters
        .iter()
        .map(|parameter| sent(operation, parameter))
        .collect::<Result<Vec<_>>>()?;
    let parameter = (!sent.is_empty()).then(|| {
        quote!(
            use keyholder_core::Parameter;
        )
    });
    let (generics, receiver) = if parameters.is_empty() {
        (quote!(), quote!(&self))
    } else {
        (quote!(#generics), quote!(&'a self))
    };
    let summary = operation.summary.as_deref().map(markdown::prose);
    let asks = format!("Asks {}.", markdown::code(&about.endpoint));
    let errors =
        "Whatever is not the documented success. A documented error comes in its own type.";
    let lines: Vec<_> = summary
        .into_iter()
        .flatten()
        .chain(["", &asks, "", "# Errors", "", errors].map(str::to_owned))
        .skip_while(String::is_empty)
        .collect();
    let docs = docs(&lines);
    Ok(quote! {
        #(#docs)*
        pub async fn #function #generics (
            #receiver,
            #(#parameters),*
        ) -> Result<Response<#success>, OperationError<#error>> {
            #parameter
            self.transport.#method(0, &[#(#sent),*]).await
        }
    })
}

/// `new`: the secrets that the authentication takes, after the base URL where every user has one of their own, and before
/// what else belongs to a key and has no value of its own.
fn constructor(about: &About) -> TokenStream {
    let parts: Vec<_> = about
        .parts()
        .iter()
        .map(|part| format_ident!("{part}"))
        .collect();
    let (mut arguments, token) = if parts.is_empty() {
        (vec![quote!(token: impl Into<Token>)], quote!(token))
    } else {
        let authentication = about.info.authentication();
        let names = authentication
            .map(Authentication::parts)
            .unwrap_or_default();
        (
            parts.iter().map(|part| quote!(#part: &str)).collect(),
            quote!(Token::of_parts([#((#names, #parts)),*])),
        )
    };
    let mut config = quote!(Config::new(#token));
    let mut needed = "A token";
    let mut lines = vec!["A client with the defaults of [`Config`].".to_owned()];
    if key::needs_base_url(&about.info) {
        arguments.insert(0, quote!(base_url: impl Into<String>));
        config.extend(quote!(.base_url(base_url)));
        needed = "A token or a base URL";
        lines = vec![
            "A client for the server at `base_url`, with the defaults of [`Config`].".to_owned(),
        ];
    }
    let parameters = about.parameters();
    for parameter in parameters.iter().filter(|it| it.is_required) {
        let (name, argument) = (
            &parameter.info.name,
            format_ident!("{}", parameter.argument),
        );
        let (ty, value) = match &parameter.values {
            Some(values) => {
                let ty = format_ident!("{}", values.name);
                (quote!(parameters::#ty), quote!(#argument.as_str()))
            }
            None => (quote!(impl Into<String>), quote!(#argument)),
        };
        arguments.push(quote!(#argument: #ty));
        config.extend(quote!(.parameter(#name, #value)));
        needed = "A token, or what else it is given,";
        if !parameter.info.description.is_empty() {
            let about = format!("`{}`: {}", parameter.argument, parameter.info.description);
            lines.extend([String::new()].into_iter().chain(markdown::prose(&about)));
        }
    }
    let can = if needed == "A token" { "sent" } else { "used" };
    lines.extend(
        [
            "",
            "# Errors",
            "",
            &format!("{needed} that cannot be {can}. Nothing is sent."),
        ]
        .map(str::to_owned),
    );
    let docs = docs(&lines);
    quote! {
        #(#docs)*
        pub fn new(#(#arguments),*) -> Result<Self, Error> {
            Self::with_config(#config)
        }
    }
}

/// What is sent for an argument.
fn sent(operation: &Operation, parameter: &FnArg) -> Result<TokenStream> {
    let FnArg::Typed(typed) = parameter else {
        return Ok(quote!());
    };
    let pat = &typed.pat;
    let argument = quote!(#pat).to_string();
    let named = |it: &&Parameter| it.argument == argument;
    match operation.parameters.iter().find(named) {
        Some(Parameter {
            name, is_header, ..
        }) if is_option(&typed.ty) => {
            let place = if *is_header {
                quote!(header)
            } else {
                quote!(query)
            };
            Ok(quote!(Parameter::#place(#name, &#pat)))
        }
        _ => Err(Error::at(
            pointer::push(&operation.pointer, "parameters"),
            format!("the parameter {argument} is required, and nothing says what to send"),
        )
        .with_help("remove it with the overlay when the operation answers without it")),
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
