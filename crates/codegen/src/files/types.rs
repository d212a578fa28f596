//! `src/types.rs`.

use syn::{File, parse_quote};

use crate::rust::{StringEnum, Types};

/// `src/types.rs`.
pub(crate) fn types(types: &Types) -> File {
    let enums = types.enums.iter().map(StringEnum::item);
    let mut file: File = parse_quote! {
        //! The types of the provider's answers.

        #![allow(clippy::all)]

        use serde::{Deserialize, Serialize};
    };
    file.items.extend(types.items.iter().cloned().chain(enums));
    file
}
