//! `src/requests.rs`.

use syn::{ImplItem, Item, parse_quote};

use crate::pipeline::generate::rust;

/// `src/requests.rs`: what is left of progenitor's client.
pub(in crate::pipeline::generate) fn requests(items: Vec<Item>) -> String {
    let mut kept: Vec<Item> = vec![
        parse_quote!(
            use keyholder_core::Transport;
        ),
        parse_quote!(
            use progenitor_client::{
                ByteStream, ClientHooks, ClientInfo, Error, OperationInfo, ResponseValue,
            };
        ),
        parse_quote!(
            #[allow(unused_imports)]
            use progenitor_client::{RequestBuilderExt, encode_path};
        ),
        parse_quote!(
            #[allow(unused_imports)]
            use crate::types;
        ),
        parse_quote!(
            use crate::PROVIDER;
        ),
    ];
    for mut item in items {
        match &mut item {
            Item::Use(_) => continue,
            Item::Struct(client) => {
                client.vis = parse_quote!(pub(crate));
                rust::document_as(&mut client.attrs, "Builds the requests.");
            }
            Item::Impl(client) if client.trait_.is_none() => {
                client.items.retain(|item| !is_constructor(item));
                for item in &mut client.items {
                    if let ImplItem::Fn(function) = item {
                        function.vis = parse_quote!(pub(crate));
                    }
                }
                if client.items.is_empty() {
                    continue;
                }
            }
            _ => {}
        }
        kept.push(item);
    }
    kept.push(parse_quote! {
        impl Client {
            pub(crate) fn new(transport: Transport) -> Self {
                Self {
                    baseurl: transport.base_url().to_owned(),
                    client: transport.http_client().clone(),
                    inner: transport,
                }
            }

            pub(crate) fn transport(&self) -> &Transport {
                &self.inner
            }
        }
    });
    kept.push(parse_quote! {
        impl ClientHooks<Transport> for Client {
            async fn pre<E>(&self, request: &mut reqwest::Request, _: &OperationInfo) -> Result<(), Error<E>> {
                self.inner.prepare_request(request, &PROVIDER.whoami);
                Ok(())
            }

            async fn post<E>(&self, answer: &reqwest::Result<reqwest::Response>, _: &OperationInfo) -> Result<(), Error<E>> {
                if self.inner.was_redirected(answer) {
                    return Err(Error::Custom("redirected".to_owned()));
                }
                Ok(())
            }
        }
    });
    format!(
        "//! How the requests are built.\n\n#![allow(clippy::all)]\n\n{}",
        rust::render(&rust::file(kept))
    )
}

fn is_constructor(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == "new" || function.sig.ident == "new_with_client")
}
