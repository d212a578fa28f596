//! One answer for keys that are the same.

use std::collections::HashMap;
use std::hash::Hasher as _;
use std::num::NonZeroUsize;
use std::time::Duration;

use keyholder_core::support::{pack, unpack};
use keyholder_core::{Error, Provider, Token, Verdict};
use lru::LruCache;
use siphasher::sip128::{Hasher128, SipHasher13};
use smallvec::{SmallVec, smallvec};
use tokio::time::Instant;

use crate::Way;

/// What tells keys apart: a hash of provider, base URL, token and the way in which it is sent, keyed with a random number
/// that only this process has. Keys of one fingerprint get one verdict: by chance that happens to two of 2^64, and nobody who
/// does not know the number can choose keys for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    /// A part of it, which is enough of a hash.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn short(self) -> u64 {
        self.0 as u64
    }
}

/// Makes fingerprints.
#[derive(Clone)]
pub(crate) struct Hashing {
    /// None where the operating system gave no random number: then every key is taken for another.
    key: Option<[u8; 16]>,
}

impl Hashing {
    pub(crate) fn new() -> Self {
        let mut key = [0; 16];
        Self {
            key: getrandom::fill(&mut key).ok().map(|()| key),
        }
    }

    /// What tells ways to ask providers apart.
    pub(crate) fn way(
        &self,
        provider: &Provider,
        base_url: Option<&String>,
        way: &Way,
    ) -> Fingerprint {
        let mut hasher = Hasher::new(self.key.unwrap_or_default());
        // Names of headers and parameters, as the description or the caller has them.
        let authentication = way.authentication.as_ref().map(|it| format!("{it:?}"));
        hasher.text(&provider.name);
        for text in [base_url, authentication.as_ref(), way.scheme.as_ref()] {
            hasher.count(usize::from(text.is_some()));
            hasher.text(text.map_or("", String::as_str));
        }
        hasher.count(way.parameters.len());
        for (name, value) in &way.parameters {
            hasher.text(name);
            hasher.text(value);
        }
        hasher.finish()
    }

    /// What tells a key from others; nothing where that cannot be told.
    fn key(&self, way: Fingerprint, token: &Token) -> Option<Fingerprint> {
        let mut hasher = Hasher::new(self.key?);
        hasher.0.write(&way.0.to_le_bytes());
        hasher.text(token.expose_secret());
        // Where its parts end: two lists of parts may be one text with colons between.
        for name in token.part_names() {
            hasher.text(name);
            hasher.count(token.part(name).map_or(0, str::len));
        }
        Some(hasher.finish())
    }
}

/// Those that wait for one answer: most often one.
pub(crate) type Tags<T> = SmallVec<[T; 1]>;

/// Who waits for which answer, and which answers were just had.
pub(crate) struct Sharing<T> {
    hashing: Hashing,
    unshared: u128,
    /// Nobody who does not know the number chooses fingerprints, so that a quick hash of them is enough.
    waiting: HashMap<Fingerprint, Tags<T>, lru::DefaultHasher>,
    remembered: Option<Remembered>,
}

impl<T> Sharing<T> {
    pub(crate) fn new(
        hashing: Hashing,
        remembered: usize,
        bytes: usize,
        remember_for: Duration,
    ) -> Self {
        Self {
            hashing,
            unshared: 0,
            waiting: HashMap::default(),
            remembered: NonZeroUsize::new(remembered)
                .filter(|_| !remember_for.is_zero())
                .map(|most| Remembered {
                    verdicts: LruCache::sparse(most),
                    size: 0,
                    room: bytes,
                    time: remember_for,
                    scratch: Vec::new(),
                }),
        }
    }

    /// What tells a key from others, of which `way` is what [`Hashing::way`] says.
    pub(crate) fn fingerprint(&mut self, way: Fingerprint, token: &Token) -> Fingerprint {
        self.hashing.key(way, token).unwrap_or_else(|| {
            self.unshared += 1;
            Fingerprint(self.unshared)
        })
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
        self.waiting.insert(fingerprint, smallvec![tag]);
    }

    /// Those that wait for an answer, which they wait for no longer.
    pub(crate) fn end(&mut self, fingerprint: &Fingerprint) -> Tags<T> {
        self.waiting.remove(fingerprint).unwrap_or_default()
    }

    /// The verdict on a key that was just asked about.
    pub(crate) fn recall(&mut self, fingerprint: &Fingerprint, now: Instant) -> Option<Verdict> {
        self.remembered.as_mut()?.get(fingerprint, now)
    }

    /// Remembers a verdict for a time, unless it says nothing of the key or is very large.
    pub(crate) fn remember(&mut self, fingerprint: Fingerprint, verdict: &Verdict, now: Instant) {
        if let Some(remembered) = &mut self.remembered
            && let Some(short) = Short::of(verdict, &mut remembered.scratch)
        {
            remembered.put(fingerprint, short, now);
        }
    }
}

/// The largest identity, in bytes as it is packed, that is remembered: a server may answer with a megabyte.
const MAX_IDENTITY: usize = 16 * 1024;

/// A verdict in little memory.
enum Short {
    /// The identity, packed.
    Valid(Box<[u8]>),
    Invalid(Error),
}

impl Short {
    /// None of what says nothing of the key, and of what is very large.
    fn of(verdict: &Verdict, scratch: &mut Vec<u8>) -> Option<Self> {
        match verdict {
            Verdict::Valid(identity) => {
                scratch.clear();
                pack(identity, scratch);
                let short = scratch.len() <= MAX_IDENTITY;
                let packed = short.then(|| Self::Valid(scratch.as_slice().into()));
                scratch.shrink_to(MAX_IDENTITY);
                packed
            }
            Verdict::Invalid(error) => Some(Self::Invalid(error.clone())),
            Verdict::Indeterminate(_) => None,
        }
    }

    fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Valid(packed) => {
                let identity = unpack(packed)?;
                Some(Verdict::Valid(Box::new(identity)))
            }
            Self::Invalid(error) => Some(Verdict::Invalid(error.clone())),
        }
    }

    /// About how many bytes it takes, its place in the cache included.
    fn size(&self) -> usize {
        // What an allocator and a map add, and an error that has no texts.
        const ENTRY: usize = 160;
        const ERROR: usize = 320;
        ENTRY
            + match self {
                Self::Valid(packed) => packed.len(),
                Self::Invalid(error) => {
                    ERROR + error.body().map_or(0, <[u8]>::len) + error.code().map_or(0, str::len)
                }
            }
    }
}

/// Verdicts that were just had, in a bounded number and a bounded number of bytes.
struct Remembered {
    verdicts: LruCache<Fingerprint, (Instant, Short)>,
    /// How many bytes they take.
    size: usize,
    /// How many they may take.
    room: usize,
    time: Duration,
    /// Where an identity is packed before it is known how long it comes out.
    scratch: Vec<u8>,
}

impl Remembered {
    fn get(&mut self, fingerprint: &Fingerprint, now: Instant) -> Option<Verdict> {
        let (since, short) = self.verdicts.get(fingerprint)?;
        if now.duration_since(*since) < self.time {
            return short.verdict();
        }
        let old = self.verdicts.pop(fingerprint);
        self.forget(old.map(|(_, short)| short));
        None
    }

    fn put(&mut self, fingerprint: Fingerprint, short: Short, now: Instant) {
        self.size += short.size();
        let old = self.verdicts.push(fingerprint, (now, short));
        self.forget(old.map(|(_, (_, short))| short));
        while self.size > self.room {
            let Some((_, (_, oldest))) = self.verdicts.pop_lru() else {
                break;
            };
            self.forget(Some(oldest));
        }
    }

    fn forget(&mut self, short: Option<Short>) {
        self.size -= short.map_or(0, |short| short.size());
    }
}

/// Hashes texts with their lengths, so that no two lists of texts are one.
struct Hasher(SipHasher13);

impl Hasher {
    fn new(key: [u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(&key))
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.write(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.write(&(count as u64).to_le_bytes());
    }

    fn finish(&self) -> Fingerprint {
        Fingerprint(self.0.finish128().as_u128())
    }
}
