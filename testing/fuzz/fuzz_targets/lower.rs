//! Lowers any description: a description or an error, never a panic; lowering again changes nothing.

#![no_main]

use keyholder_openapi::load::parse;
use keyholder_openapi::lower::lower;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(description) = parse(text, false) else {
        return;
    };
    if let Ok(lowered) = lower(&description) {
        let again = lower(&lowered.document).expect("what was lowered lowers");
        assert_eq!(again.document, lowered.document);
    }
});
