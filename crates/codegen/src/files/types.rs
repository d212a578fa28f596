//! `src/types.rs`.

use syn::{File, Item, parse_quote};

use crate::rust::{StringEnum, Types};

/// `src/types.rs`.
pub(crate) fn types(types: &Types) -> File {
    let enums = types.enums.iter().map(StringEnum::item);
    let mut file: File = parse_quote! {
        //! The types of the provider's answers.

        #![allow(clippy::all)]
    };
    let mut items = types.items.iter();
    if items.any(|item| matches!(item, Item::Struct(_) | Item::Enum(_))) {
        file.items.push(parse_quote!(
            use serde::{Deserialize, Serialize};
        ));
    }
    file.items.extend(types.items.iter().cloned().chain(enums));
    file
}
