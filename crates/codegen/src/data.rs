//! Several providers as data, in one file: for who asks them without a crate for each.

use keyholder_core::ProviderInfo;
use keyholder_describe::Described;
use keyholder_openapi::Result;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use sha2::{Digest, Sha256};
use syn::parse_quote;

use crate::files::json;
use crate::package::Marker;

/// Several providers as data.
#[derive(Clone, Debug)]
pub struct Data {
    /// A file of Rust: the static `ENTRIES`, an array of the parent's `Entry` by the providers' names. `Entry::new` takes the
    /// name, the environment variables of the token and of its parts, those of the key's parameters, whether the tokens'
    /// forms are known, and the JSON of [`ProviderInfo`] without a version.
    pub file: String,
    /// What of the descriptions was left out or looks doubtful, a line each.
    pub remarks: Vec<String>,
}

/// The providers that are described so, by name. `command` is what the file says that it is written by.
///
/// # Errors
///
/// Whatever is wrong with a description or its overlay, with file and pointer.
pub fn data(described: &[Described], command: &str) -> Result<Data> {
    let mut described: Vec<_> = described.iter().collect();
    described.sort_by_key(|it| it.provider());
    let mut hash = Sha256::new();
    let mut entries = Vec::new();
    let mut remarks = Vec::new();
    for described in described {
        hash.update(described.hash());
        let file = described.file();
        let (info, found) = keyholder_describe::provider(described)?;
        entries.push(entry(&info).map_err(|error| error.in_file(file))?);
        remarks.extend(found.iter().map(|it| format!("{}: {it}", file.display())));
    }
    let hash: String = hash
        .finalize()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    let count = Literal::usize_unsuffixed(entries.len());
    let tree = parse_quote! {
        //! The providers, as data.

        use super::Entry;

        /// By their names.
        pub(super) static ENTRIES: [Entry; #count] = [#(#entries),*];
    };
    let file = Marker::of_several(&hash, command).rust(&tree)?;
    Ok(Data { file, remarks })
}

fn entry(info: &ProviderInfo) -> Result<TokenStream> {
    let name = &info.name;
    let token = &info.token.variable;
    let parts = info.token.parts.iter().map(|it| &it.variable);
    let parameters = info.parameters.iter().map(|it| &it.variable);
    let has_forms = !info.token.forms.is_empty();
    let json = json(info)?;
    Ok(quote! {
        Entry::new(#name, &[#token #(, #parts)*], &[#(#parameters),*], #has_forms, #json)
    })
}
