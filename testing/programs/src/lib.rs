//! Programs that others wrote, to hold the clients against: how they are installed, and how they run.

pub mod debian;
pub mod folder;
pub mod npm;
pub mod pip;
pub mod postgresql;
pub mod process;
