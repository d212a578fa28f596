//! One answer for keys that are the same.

use std::collections::HashMap;
use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use keyholder_core::{Identity, Provider, Token, Verdict};
use lru::LruCache;
use tokio::time::Instant;

use crate::Way;

/// The largest identity, in bytes of JSON, that is remembered: a server may answer with a megabyte.
const MAX_IDENTITY: usize = 16 * 1024;

/// What tells keys apart: a hash of provider, base URL, token and the way in which it is sent, keyed with a random number that only this
/// process has. 256 bits, since keys of one fingerprint get one verdict.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

/// Who waits for which answer, and which answers were just had.
pub(crate) struct Sharing<T> {
    /// None where the operating system gave no random number: then every key is taken for another.
    hash_key: Option<[u8; 32]>,
    unshared: u64,
    waiting: HashMap<Fingerprint, Vec<T>>,
    remembered: Option<LruCache<Fingerprint, (Instant, Verdict)>>,
    remember_for: Duration,
}

impl<T> Sharing<T> {
    pub(crate) fn new(remembered: usize, remember_for: Duration) -> Self {
        let mut hash_key = [0; 32];
        Self {
            hash_key: getrandom::fill(&mut hash_key).ok().map(|()| hash_key),
            unshared: 0,
            waiting: HashMap::new(),
            remembered: NonZeroUsize::new(remembered)
                .filter(|_| !remember_for.is_zero())
                .map(LruCache::sparse),
            remember_for,
        }
    }

    pub(crate) fn fingerprint(
        &mut self,
        provider: &Provider,
        base_url: &str,
        way: &Way,
        token: &Token,
    ) -> Fingerprint {
        let Some(hash_key) = &self.hash_key else {
            self.unshared += 1;
            let mut fingerprint = [0; 32];
            fingerprint[..8].copy_from_slice(&self.unshared.to_le_bytes());
            return Fingerprint(fingerprint);
        };
        // Names of headers and parameters, as the description or the caller has them.
        let authentication = way.authentication.as_ref().map(|it| format!("{it:?}"));
        let single = [
            provider.name.as_str(),
            base_url,
            authentication.as_deref().unwrap_or_default(),
            way.scheme.as_deref().unwrap_or_default(),
            token.expose_secret(),
        ];
        let mut hasher = Hasher(blake3::Hasher::new_keyed(hash_key));
        for text in single {
            hasher.text(text);
        }
        hasher.count(way.parameters.len());
        for (name, value) in &way.parameters {
            hasher.text(name);
            hasher.text(value);
        }
        // Where its parts end: two lists of parts may be one text with colons between.
        for name in token.part_names() {
            hasher.text(name);
            hasher.count(token.part(name).map_or(0, str::len));
        }
        Fingerprint(*hasher.0.finalize().as_bytes())
    }

    /// Lets `tag` wait for the answer about a key that others wait for already; gives it back where nobody does.
    pub(crate) fn join(&mut self, fingerprint: &Fingerprint, tag: T) -> Option<T> {
        match self.waiting.get_mut(fingerprint) {
            Some(tags) => {
                tags.push(tag);
                None
            }
            None => Some(tag),
        }
    }

    /// Lets `tag` wait as the first.
    pub(crate) fn begin(&mut self, fingerprint: Fingerprint, tag: T) {
        self.waiting.insert(fingerprint, vec![tag]);
    }

    /// Those that wait for an answer, which they wait for no longer.
    pub(crate) fn end(&mut self, fingerprint: &Fingerprint) -> Vec<T> {
        self.waiting.remove(fingerprint).unwrap_or_default()
    }

    /// The verdict on a key that was just asked about.
    pub(crate) fn recall(&mut self, fingerprint: &Fingerprint, now: Instant) -> Option<Verdict> {
        let cache = self.remembered.as_mut()?;
        let (since, verdict) = cache.get(fingerprint)?;
        if now.duration_since(*since) < self.remember_for {
            return Some(verdict.clone());
        }
        cache.pop(fingerprint);
        None
    }

    /// Remembers a verdict for a time, unless it says nothing of the key or is very large.
    pub(crate) fn remember(&mut self, fingerprint: Fingerprint, verdict: &Verdict, now: Instant) {
        let worth_it = match verdict {
            Verdict::Valid(identity) => is_small(identity),
            Verdict::Invalid(_) => true,
            Verdict::Indeterminate(_) => false,
        };
        if let (true, Some(cache)) = (worth_it, &mut self.remembered) {
            cache.put(fingerprint, (now, verdict.clone()));
        }
    }
}

/// Hashes texts with their lengths, so that no two lists of texts are one.
struct Hasher(blake3::Hasher);

impl Hasher {
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update(&(count as u64).to_le_bytes());
    }
}

fn is_small(identity: &Identity) -> bool {
    /// Takes so many bytes, and no more.
    struct Room(usize);
    impl io::Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self
                .0
                .checked_sub(bytes.len())
                .ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Room(MAX_IDENTITY), identity).is_ok()
}
