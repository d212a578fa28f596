//! Applies any overlay to any description, one after the other in the input: a description or an error, never a panic.

#![no_main]

use keyholder_openapi::load::parse;
use keyholder_openapi::overlay::overlay;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((description, corrections)) = text.split_once("\n---\n") else {
        return;
    };
    if let (Ok(description), Ok(corrections)) =
        (parse(description, false), parse(corrections, false))
    {
        let _ = overlay(description, &corrections);
    }
});
