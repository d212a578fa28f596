//! Reading a body up to a bound.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;

/// Why a body could not be read whole.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is larger than the bound.
    TooLarge,
    /// The connection failed in the middle of it.
    Broken(reqwest::Error),
}

/// Reads `stream` to its end, and stops at the chunk that goes past `limit` bytes.
pub(super) async fn read(
    stream: impl Stream<Item = reqwest::Result<Bytes>>,
    limit: usize,
) -> Result<Bytes, Failure> {
    let mut stream = pin!(stream);
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(Failure::Broken)?;
        if chunk.len() > limit - body.len() {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
