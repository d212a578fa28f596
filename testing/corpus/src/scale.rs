//! What a step costs: its time, and the memory of this process while it ran.

use std::fs;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use testing_harness::memory;

/// The cost of a step.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Cost {
    /// How long it took.
    pub time: Duration,
    /// The most memory that this process held meanwhile, in KiB; where the system tells.
    pub peak_memory: Option<u64>,
}

/// Runs `step`, and says what it cost.
pub(super) fn measure<T>(step: impl FnOnce() -> T) -> (T, Cost) {
    let is_reset = reset_peak();
    let start = Instant::now();
    let result = step();
    let cost = Cost {
        time: start.elapsed(),
        peak_memory: is_reset.then(|| memory::peak("self")).flatten(),
    };
    (result, cost)
}

/// Forgets the peak until now (Linux; proc(5), `/proc/[pid]/clear_refs`).
fn reset_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}
