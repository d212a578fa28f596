//! Reading a body up to a bound.

use std::mem;

use bytes::Bytes;

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

/// Reads a body to its end, and stops at the chunk that goes past `limit` bytes. Until it is there, little more than what came
/// of it is held.
pub(super) async fn read(mut chunks: Body, limit: usize) -> Result<Bytes, Failure> {
    let first = next(&mut chunks, limit).await?.unwrap_or_default();
    // Most bodies are one chunk, which is the body then.
    let Some(second) = next(&mut chunks, limit - first.len()).await? else {
        return Ok(first);
    };
    let mut body = Pieces::default();
    body.append(&first);
    body.append(&second);
    drop((first, second));
    while let Some(chunk) = next(&mut chunks, limit - body.length).await? {
        body.append(&chunk);
    }
    Ok(body.joined())
}

/// A body as far as it came, without the room that one text has which grows.
#[derive(Default)]
struct Pieces {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    length: usize,
}

impl Pieces {
    /// How large they are, at least and at most.
    const ROOM: [usize; 2] = [4 * 1024, 32 * 1024];

    fn append(&mut self, mut chunk: &[u8]) {
        self.length += chunk.len();
        while !chunk.is_empty() {
            if self.last.len() == self.last.capacity() {
                let room = self.length.clamp(Self::ROOM[0], Self::ROOM[1]);
                let full = mem::replace(&mut self.last, Vec::with_capacity(room));
                self.full.push(full);
            }
            let room = self.last.capacity() - self.last.len();
            let (now, later) = chunk.split_at(room.min(chunk.len()));
            self.last.extend_from_slice(now);
            chunk = later;
        }
    }

    fn joined(self) -> Bytes {
        let mut joined = Vec::with_capacity(self.length);
        for piece in self.full.into_iter().chain([self.last]) {
            joined.extend_from_slice(&piece);
        }
        joined.into()
    }
}

async fn next(chunks: &mut Body, limit: usize) -> Result<Option<Bytes>, Failure> {
    let chunk = chunks.chunk().await.map_err(Failure::Broken)?;
    match chunk {
        Some(chunk) if chunk.len() > limit => Err(Failure::TooLarge),
        chunk => Ok(chunk),
    }
}
