//! What tasks share that ask the generated clients: what a description says of its operation, a server to be asked,
//! and a program that asks.

pub(crate) mod described;
pub(crate) mod program;
pub(crate) mod server;
