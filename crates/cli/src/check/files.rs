//! File descriptors: how many keys can be asked about at once with those that there are.

use std::fs;

/// How many are kept for the rest: lookups of names, certificates, what the runtime opens.
const KEPT: u64 = 16;

/// How many are open where the system does not tell.
const OPEN: u64 = 16;

/// As many of `concurrency` as there are file descriptors for. The limit of the process is raised as far as it may be.
pub(super) fn fitting(concurrency: u16) -> u16 {
    let Ok(limit) = rlimit::increase_nofile_limit(u64::MAX) else {
        return concurrency;
    };
    let open = fs::read_dir("/dev/fd").map_or(OPEN, |open| open.count() as u64);
    let left = limit.saturating_sub(open + KEPT).max(1);
    u16::try_from(left).map_or(concurrency, |left| left.min(concurrency))
}
