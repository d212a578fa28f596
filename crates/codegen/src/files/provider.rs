//! `src/provider.rs`.

use keyholder_core::ProviderInfo;
use proc_macro2::Literal;
use syn::{File, parse_quote};

use crate::about::About;
use crate::markdown;
use crate::rust::{self, docs};
use keyholder_openapi::text;
use keyholder_openapi::{Error, Result};

/// `src/provider.rs`: the provider's data as JSON, which is the same as what is made of the description at run time.
///
/// # Errors
///
/// Data that does not read back as it was, which is a defect of this generator.
pub(crate) fn provider(about: &About) -> Result<File> {
    let docs = docs(&[format!(
        "What the description says of {}.",
        markdown::escape(&about.info.title)
    )]);
    let json = json(&about.info)?;
    Ok(parse_quote! {
        //! What the description says, as data.

        use std::sync::LazyLock;

        use keyholder_core::Provider;
        use keyholder_core::support::embedded;

        #(#docs)*
        pub static PROVIDER: LazyLock<Provider> =
            LazyLock::new(|| embedded(INFO, env!("CARGO_PKG_VERSION")));

        const INFO: &str = #json;
    })
}

/// A provider as JSON, in a literal: without its version, since the crate has its own.
///
/// # Errors
///
/// Data that does not read back as it was, which is a defect of this generator.
pub(crate) fn json(info: &ProviderInfo) -> Result<Literal> {
    let mut info = info.clone();
    info.version.clear();
    let json = serde_json::to_string_pretty(&info).unwrap_or_default();
    let json = text::json(&json);
    if serde_json::from_str::<ProviderInfo>(&json).ok() != Some(info) {
        return Err(Error::at(
            "/info",
            "the description makes the generator write data that does not read back",
        ));
    }
    Ok(rust::raw_string(&json))
}
