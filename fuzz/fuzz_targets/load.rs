//! Parses any text as YAML and as JSON: a value or an error, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xtask::pipeline::load::parse;

fuzz_target!(|text: &str| {
    let _ = parse(text, false);
    let _ = parse(text, true);
});
