//! Lowers any description: a description or an error, never a panic; lowering again changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xtask::pipeline::load::parse;
use xtask::pipeline::lower::lower;

fuzz_target!(|text: &str| {
    let Ok(description) = parse(text, false) else { return };
    if let Ok(lowered) = lower(&description) {
        let again = lower(&lowered.document).expect("what was lowered lowers");
        assert_eq!(again.document, lowered.document);
    }
});
