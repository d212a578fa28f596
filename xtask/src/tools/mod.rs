//! Programs that others wrote, to hold the clients against: how they are installed, and how they run.

pub mod npm;
pub mod process;
