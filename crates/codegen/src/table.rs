//! The table of providers for a README.

use crate::Provider;
use crate::markdown::{self, code_in_cell};

/// A table of providers in Markdown, a row each, with links to their crates in `folder`.
#[must_use]
pub fn table(providers: &[Provider], folder: &str) -> String {
    let rows: String = providers
        .iter()
        .map(|provider| {
            let Provider {
                name,
                title,
                token_variable,
                base_url,
                endpoint,
                ..
            } = provider;
            let base_url = match base_url {
                Some(url) => code_in_cell(url),
                None => "your own".to_owned(),
            };
            let title = markdown::escape(title);
            let (endpoint, variable) = (code_in_cell(endpoint), code_in_cell(token_variable));
            format!("| [{title}]({folder}/{name}) | `keyholder-{name}` | {endpoint} | {base_url} | {variable} |\n")
        })
        .collect();
    format!("| provider | crate | asks | base URL | token in |\n|---|---|---|---|---|\n{rows}")
}
