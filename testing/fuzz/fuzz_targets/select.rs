//! Selects each operation of any description: a description or an error, never a panic; selecting again changes nothing.

#![no_main]

use keyholder_openapi::load::parse;
use keyholder_openapi::select::{operations, select};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(description) = parse(text, false) else {
        return;
    };
    for operation in operations(&description) {
        let (path, method) = (operation.path, operation.method);
        if let Ok(selected) = select(&description, path, method, &[]) {
            let again = select(&selected.document, path, method, &[]).expect("it selects again");
            assert_eq!(again.document, selected.document);
        }
    }
});
