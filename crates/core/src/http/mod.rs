//! The HTTP policy, once for all clients.

mod answer;
mod base_url;
mod body;
mod credential;
mod redact;
mod response;
mod retry;
mod transport;

pub use response::Response;
pub use transport::Transport;
