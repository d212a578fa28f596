//! How much memory a process has held at most.

use std::fs;

/// The most that the process `id`, or `self`, has held so far, in KiB (Linux; proc(5), `VmHWM`). None where the system does
/// not tell, or there is no such process any more.
pub fn peak(id: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
