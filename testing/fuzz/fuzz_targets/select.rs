//! Selects from any description: a description or an error, never a panic; selecting again changes nothing.

#![no_main]

use keyholder_openapi::load::parse;
use keyholder_openapi::select::select;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(description) = parse(text, false) else {
        return;
    };
    if let Ok(selected) = select(&description) {
        assert_eq!(select(&selected).ok(), Some(selected));
    }
});
