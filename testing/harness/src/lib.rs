//! What tasks share that ask the generated clients: what a description says of its operation, a server to be asked,
//! and a program that asks.

pub mod cargo;
pub mod description;
pub mod file;
pub mod memory;
pub mod program;
pub mod server;
pub mod table;
pub mod task;
