//! Applies any overlay to any description, one after the other in the input: a description or an error, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xtask::pipeline::load::parse;
use xtask::pipeline::overlay::overlay;

fuzz_target!(|text: &str| {
    let Some((description, corrections)) = text.split_once("\n---\n") else { return };
    if let (Ok(description), Ok(corrections)) = (parse(description, false), parse(corrections, false)) {
        let _ = overlay(description, &corrections);
    }
});
