//! Parses any text as YAML and as JSON: a value or an error, never a panic.

#![no_main]

use keyholder_openapi::load::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = parse(text, false);
    let _ = parse(text, true);
});
