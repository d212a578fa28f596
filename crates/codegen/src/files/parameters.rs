//! `src/parameters.rs`.

use syn::{File, parse_quote};

use crate::about::About;
use crate::rust::StringEnum;

/// `src/parameters.rs`; nothing where no parameter has values that are listed.
pub(crate) fn parameters(about: &About) -> Option<File> {
    let parameters = about.parameters().into_iter();
    let enums: Vec<_> = parameters.filter_map(|it| it.values).collect();
    let mut file: File = parse_quote! {
        //! The values of what belongs to a key beside its token.
    };
    file.items.extend(enums.iter().map(StringEnum::item));
    (!enums.is_empty()).then_some(file)
}
