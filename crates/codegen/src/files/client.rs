//! `src/client.rs`.

use keyholder_core::Authentication;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Attribute, File, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, PathArguments, Type,
    parse_quote,
};

use super::error::{self, type_name as error_name};
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

/// The arguments of the operation's method, beside the client.
pub(crate) fn arguments<'a>(operation: &Operation, items: &'a [Item]) -> Result<Vec<&'a FnArg>> {
    let method = method(items, &operation.function)
        .ok_or_else(|| Error::at(&operation.pointer, "progenitor generated no method for it"))?;
    Ok(method.sig.inputs.iter().skip(1).collect())
}

/// The arguments of a call that asks for nothing but the answer, each of them absent.
pub(crate) fn no_arguments(operation: &Operation, items: &[Item]) -> String {
    let parameters = method(items, &operation.function)
        .map_or(0, |method| method.sig.inputs.len().saturating_sub(1));
    vec!["None"; parameters].join(", ")
}

/// `src/client.rs`.
pub(crate) fn client(about: &About, operations: &[Operation], items: &[Item]) -> Result<File> {
    let errors = error::import(operations);
    let about_client = docs(&[format!(
        "Asks {} whose token this is. Cheap to clone.",
        markdown::escape(&about.info.title)
    )]);
    let constructor = constructor(about);
    let calls = operations
        .iter()
        .enumerate()
        .map(|(index, operation)| call(index, operation, items))
        .collect::<Result<Vec<_>>>()?;
    let types = rust::names_types(quote!(#(#calls)*)).then(|| {
        quote!(
            use crate::types;
        )
    });
    let about_config = about_config(about);
    let parameters = import_of_parameters(about);
    Ok(parse_quote! {
        //! The client.

        use keyholder_core::{
            Answer, BoxFuture, Config, Error, Identity, OperationError, Provider, Response, Token, Transport, WhoAmI,
        };

        use crate::error::#errors;
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

            #(#calls)*
        }

        impl WhoAmI for Client {
            fn provider(&self) -> &Provider {
                &PROVIDER
            }

            fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
                Box::pin(self.transport.whoami())
            }

            fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
                self.transport.read_answer(answer)
            }

            fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
                Ok(Box::new(Self { transport: self.transport.with_token(token)? }))
            }
        }
    })
}

/// The documentation of `with_config`.
pub(crate) fn about_config(about: &About) -> Vec<Attribute> {
    let unusable = if about.info.parameters.is_empty() {
        "A token or a base URL"
    } else {
        "A token, a base URL or a parameter"
    };
    docs(&[
        "A client made as `config` says.".to_owned(),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        format!("{unusable} that cannot be used. Nothing is sent."),
    ])
}

/// The module of the parameters' types, where the constructor takes any.
pub(crate) fn import_of_parameters(about: &About) -> Option<TokenStream> {
    let mut parameters = about.parameters().into_iter();
    let has_types = parameters.any(|it| it.is_required && it.values.is_some());
    has_types.then(|| {
        quote!(
            use crate::parameters;
        )
    })
}

/// The method that asks the operation of that index.
fn call(index: usize, operation: &Operation, items: &[Item]) -> Result<TokenStream> {
    let index = Literal::usize_unsuffixed(index);
    let sent = arguments(operation, items)?
        .into_iter()
        .map(|parameter| sent(operation, parameter))
        .collect::<Result<Vec<_>>>()?;
    let parameter = (!sent.is_empty()).then(|| {
        quote!(
            use keyholder_core::Parameter;
        )
    });
    let method = match &operation.success.type_name {
        Some(_) => quote!(send),
        None => quote!(send_for_status),
    };
    let Declared { docs, signature } = declared(operation, items)?;
    Ok(quote! {
        #(#docs)*
        pub async #signature {
            #parameter
            self.transport.#method(#index, &[#(#sent),*]).await
        }
    })
}

/// A method that asks an operation, without what waits for its answer.
pub(crate) struct Declared {
    /// The attributes of its documentation.
    pub docs: Vec<Attribute>,
    /// From `fn` on.
    pub signature: TokenStream,
}

/// The method that asks an operation.
pub(crate) fn declared(operation: &Operation, items: &[Item]) -> Result<Declared> {
    let parameters = arguments(operation, items)?;
    let generics = method(items, &operation.function).map(|method| &method.sig.generics);
    let function = format_ident!("{}", operation.function);
    let success = match &operation.success.type_name {
        Some(type_name) => {
            let type_name = format_ident!("{type_name}");
            quote!(types::#type_name)
        }
        None => quote!(()),
    };
    let error = format_ident!("{}", error_name(operation));
    let (generics, receiver) = if parameters.is_empty() {
        (quote!(), quote!(&self))
    } else {
        (quote!(#generics), quote!(&'a self))
    };
    let summary = operation.summary.as_deref().map(markdown::prose);
    let asks = format!("Asks {}.", markdown::code(&operation.endpoint()));
    let errors =
        "Whatever is not the documented success. A documented error comes in its own type.";
    let lines: Vec<_> = summary
        .into_iter()
        .flatten()
        .chain(["", &asks, "", "# Errors", "", errors].map(str::to_owned))
        .skip_while(String::is_empty)
        .collect();
    Ok(Declared {
        docs: docs(&lines),
        signature: quote! {
            fn #function #generics (
                #receiver,
                #(#parameters),*
            ) -> Result<Response<#success>, OperationError<#error>>
        },
    })
}

/// `new`: the secrets that the authentication takes, after the base URL where every user has one of their own, and before
/// what else belongs to a key and has no value of its own.
pub(crate) fn constructor(about: &About) -> TokenStream {
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
fn sent(operation: &Operation, argument: &FnArg) -> Result<TokenStream> {
    let (parameter, _) = named(operation, argument)?;
    let (name, argument) = (&parameter.name, format_ident!("{}", parameter.argument));
    let place = if parameter.is_header {
        quote!(header)
    } else {
        quote!(query)
    };
    Ok(quote!(Parameter::#place(#name, &#argument)))
}

/// The parameter that an argument of progenitor's is for, with the type of its value.
///
/// # Errors
///
/// An argument that may not be absent.
pub(crate) fn named<'a>(
    operation: &'a Operation,
    argument: &'a FnArg,
) -> Result<(&'a Parameter, &'a Type)> {
    let FnArg::Typed(typed) = argument else {
        return Err(Error::at(
            &operation.pointer,
            "progenitor generated no method for it",
        ));
    };
    let pat = &typed.pat;
    let argument = quote!(#pat).to_string();
    let mut parameters = operation.parameters.iter();
    let parameter = parameters.find(|it| it.argument == argument);
    parameter.zip(value(&typed.ty)).ok_or_else(|| {
        Error::at(
            pointer::push(&operation.pointer, "parameters"),
            format!("the parameter {argument} is required, and nothing says what to send"),
        )
        .with_help("remove it with the overlay when the operation answers without it")
    })
}

/// The type of a value that may be absent.
fn value(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(inner) if last.ident == "Option" => {
            inner.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}
