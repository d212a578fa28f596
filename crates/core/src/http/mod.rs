//! The HTTP policy, once for all clients.

mod answer;
pub(crate) mod base_url;
mod body;
mod carried;
mod clients;
mod connection;
mod credential;
mod exchange;
#[cfg(feature = "__rustls")]
mod lean;
mod names;
mod plan;
mod redact;
mod request;
mod response;
mod retry;
#[cfg(feature = "__rustls")]
mod stream;
mod transport;
mod values;

pub use answer::Answer;
pub use carried::carries;
pub use clients::HttpClients;
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
pub(crate) use lean::install as install_cryptography;
pub use plan::{Plan, PlannedRequest};
pub use request::Parameter;
pub use response::Response;
pub use retry::backoff;
pub use transport::Transport;
