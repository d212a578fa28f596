//! Reading a body up to a bound.

use bytes::{Bytes, BytesMut};

use super::exchange::Body;
use crate::Error;

/// Why a body could not be read whole.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is larger than the bound.
    TooLarge,
    /// The connection failed in the middle of it.
    Broken(Error),
}

/// Reads a body to its end, and stops at the chunk that goes past `limit` bytes.
pub(super) async fn read(mut chunks: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut body = next(&mut chunks, limit).await?.unwrap_or_default();
    // Most bodies are one chunk, which is the body then.
    while let Some(chunk) = next(&mut chunks, limit - body.len()).await? {
        let mut longer = BytesMut::from(body);
        longer.extend_from_slice(&chunk);
        body = longer.freeze();
    }
    Ok(body)
}

async fn next(chunks: &mut Body, limit: usize) -> Result<Option<Bytes>, Failure> {
    let chunk = chunks.chunk().await.map_err(Failure::Broken)?;
    match chunk {
        Some(chunk) if chunk.len() > limit => Err(Failure::TooLarge),
        chunk => Ok(chunk),
    }
}
