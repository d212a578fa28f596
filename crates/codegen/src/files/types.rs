//! `src/types.rs`.

use crate::rust::{self, Types};

/// `src/types.rs`.
pub(crate) fn types(types: &Types) -> String {
    let mut code = String::from(
        "//! The types of the provider's answers.\n\n#![allow(clippy::all)]\n\nuse serde::{Deserialize, Serialize};\n\n",
    );
    code.push_str(&rust::render(&rust::file(types.items.clone())));
    for open in &types.enums {
        code.push('\n');
        code.push_str(&open.render());
    }
    code
}
