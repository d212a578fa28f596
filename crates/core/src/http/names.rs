//! Addresses of hosts: one lookup of a name for all who want it.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use std::{fs, thread, vec};

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::watch;
use tokio::time::timeout_at;

use super::connection::is_out_of_files;

/// How long what was found is taken for true, or that nothing was. The system tells no longer time.
const KNOWN: Duration = Duration::from_secs(5);

/// How long anybody waits for a lookup. One that takes longer goes on, and until it ends the name does not resolve.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many names are looked up at once, each on a thread: the system may take half a minute for one.
const LOOKUPS: usize = 128;

/// The stack of such a thread: the system's own code runs on it.
const STACK: usize = 512 * 1024;

/// How many names are kept in mind before those are forgotten that are known no longer.
const NAMES: usize = 1024;

type Lookup = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;
type Addresses = Pin<Box<dyn Future<Output = io::Result<vec::IntoIter<SocketAddr>>> + Send>>;

/// Looks names of hosts up, for both HTTP clients.
///
/// - All who want one name share one lookup, and what comes of it, for 5 s: also that there is no such name.
/// - Nobody waits longer than 3 s for it. Lookups run on threads of their own, that neither a runtime nor the end of a
///   program waits for, at most 128 at once.
#[derive(Clone)]
pub(crate) struct Resolver(Arc<Shared>);

struct Shared {
    lookup: Box<Lookup>,
    names: Mutex<Names>,
}

#[derive(Default)]
struct Names {
    known: HashMap<String, Entry>,
    /// Those that wait for a thread.
    waiting: VecDeque<String>,
    /// How many threads there are.
    threads: usize,
}

/// What is known of a name, or when it is looked up.
struct Entry {
    since: Instant,
    found: watch::Sender<Option<Found>>,
}

#[derive(Clone)]
enum Found {
    Addresses(Arc<Vec<SocketAddr>>),
    Failure(Arc<io::Error>),
}

impl Entry {
    fn is_current(&self) -> bool {
        match &*self.found.borrow() {
            None => true,
            // What this machine lacks says nothing of the name.
            Some(Found::Failure(error)) if is_out_of_files(&**error) => false,
            Some(_) => self.since.elapsed() < KNOWN,
        }
    }
}

impl Resolver {
    /// The one that all clients of the process share.
    pub(crate) fn shared() -> Self {
        static SHARED: LazyLock<Resolver> = LazyLock::new(|| Resolver::new(system));
        SHARED.clone()
    }

    fn new(lookup: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            lookup: Box::new(lookup),
            names: Mutex::default(),
        }))
    }

    /// The addresses of a host, with the port 0.
    pub(crate) fn addresses(&self, name: &str) -> Addresses {
        let (since, mut found) = self.find(name);
        let name = name.to_owned();
        Box::pin(async move {
            let found = timeout_at((since + PATIENCE).into(), found.wait_for(Option::is_some));
            let found = match found.await {
                Ok(Ok(found)) => found.clone(),
                Ok(Err(_)) | Err(_) => None,
            };
            match found {
                Some(Found::Addresses(addresses)) => Ok(Vec::clone(&addresses).into_iter()),
                Some(Found::Failure(error)) => Err(copy(&error)),
                None => Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("{name} is not resolved in time"),
                )),
            }
        })
    }

    /// What is known of a name, or will be; and since when it is looked up.
    fn find(&self, name: &str) -> (Instant, watch::Receiver<Option<Found>>) {
        let mut names = self.lock();
        if let Some(entry) = names.known.get(name).filter(|it| it.is_current()) {
            let is_known = entry.found.borrow().is_some();
            // What is known needs no patience.
            let since = if is_known {
                Instant::now()
            } else {
                entry.since
            };
            return (since, entry.found.subscribe());
        }
        if names.known.len() >= NAMES {
            names.known.retain(|_, entry| entry.is_current());
        }
        let (found, receiver) = watch::channel(None);
        let since = Instant::now();
        names.known.insert(name.to_owned(), Entry { since, found });
        names.waiting.push_back(name.to_owned());
        if names.threads < LOOKUPS {
            let resolver = self.clone();
            let thread = thread::Builder::new().stack_size(STACK);
            // Without a thread, the name waits for one that there is, or is not resolved in time.
            if thread.spawn(move || resolver.look_up()).is_ok() {
                names.threads += 1;
            }
        }
        (since, receiver)
    }

    /// Looks names up for as long as any waits.
    fn look_up(&self) {
        while let Some(name) = self.next() {
            let found = match (self.0.lookup)(&name) {
                Ok(addresses) => Found::Addresses(Arc::new(addresses)),
                Err(error) => Found::Failure(Arc::new(error)),
            };
            if let Some(entry) = self.lock().known.get_mut(&name) {
                entry.since = Instant::now();
                entry.found.send_replace(Some(found));
            }
        }
    }

    fn next(&self) -> Option<String> {
        let mut names = self.lock();
        let next = names.waiting.pop_front();
        if next.is_none() {
            names.threads -= 1;
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        self.0.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the system knows.
fn system(name: &str) -> io::Result<Vec<SocketAddr>> {
    let found = (name, 0).to_socket_addrs();
    found.map(Iterator::collect).map_err(|error| {
        // Where no file can be opened, the system's lookup fails as if there were no such name.
        match fs::File::open("/dev/null") {
            Err(cause) if is_out_of_files(&cause) => cause,
            _ => error,
        }
    })
}

/// The same error for another who gets it.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses = self.addresses(name.as_str());
        Box::pin(async move { Ok(Box::new(addresses.await?) as reqwest::dns::Addrs) })
    }
}

impl tower_service::Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Addresses;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Addresses {
        self.addresses(name.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use tower_service::Service;

    use super::*;

    const ADDRESS: ([u8; 4], u16) = ([192, 0, 2, 1], 0);

    /// A resolver that counts its lookups. Each waits until it is let go.
    fn counting() -> (Resolver, Arc<AtomicUsize>, mpsc::Sender<()>) {
        let count = Arc::new(AtomicUsize::new(0));
        let (let_go, held) = mpsc::channel::<()>();
        let (lookups, held) = (Arc::clone(&count), Mutex::new(held));
        let resolver = Resolver::new(move |name| {
            lookups.fetch_add(1, Ordering::SeqCst);
            if name.starts_with("held") {
                let _ = held.lock().unwrap().recv();
            }
            if name.contains("nowhere") {
                return Err(io::Error::other("no such name"));
            }
            Ok(vec![ADDRESS.into()])
        });
        (resolver, count, let_go)
    }

    #[tokio::test]
    async fn all_who_want_a_name_share_one_lookup() {
        let (resolver, count, let_go) = counting();
        for name in ["held.example", "held.nowhere.example"] {
            let all: Vec<_> = (0..100).map(|_| resolver.addresses(name)).collect();
            let_go.send(()).unwrap();
            for one in all {
                let found = one.await.map(Iterator::collect::<Vec<_>>);
                if name.contains("nowhere") {
                    assert_eq!(found.unwrap_err().to_string(), "no such name");
                } else {
                    assert_eq!(found.unwrap(), [ADDRESS.into()]);
                }
            }
            // And what came of it holds for a while.
            assert_eq!(
                resolver.addresses(name).await.is_ok(),
                name == "held.example"
            );
        }
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn both_clients_get_the_same() {
        let (mut resolver, count, _let_go) = counting();
        let name: reqwest::dns::Name = "a.example".parse().unwrap();
        let found = reqwest::dns::Resolve::resolve(&resolver, name).await;
        assert_eq!(found.unwrap().collect::<Vec<_>>(), [ADDRESS.into()]);
        let found = resolver.call("a.example".parse().unwrap()).await;
        assert_eq!(found.unwrap().collect::<Vec<_>>(), [ADDRESS.into()]);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_lookup_that_hangs_holds_up_no_other_and_nobody_for_long() {
        let (resolver, count, let_go) = counting();
        let hanging: Vec<_> = (0..10)
            .map(|nth| resolver.addresses(&format!("held{nth}.example")))
            .collect();
        assert!(resolver.addresses("a.example").await.is_ok());
        for one in hanging {
            assert_eq!(one.await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
        // It goes on: meanwhile others are told at once, and start none.
        let again = resolver.addresses("held0.example").await;
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(count.load(Ordering::SeqCst), 11);
        drop(let_go);
    }

    #[tokio::test]
    async fn what_this_machine_lacks_is_not_remembered() {
        let count = Arc::new(AtomicUsize::new(0));
        let lookups = Arc::clone(&count);
        let resolver = Resolver::new(move |_| match lookups.fetch_add(1, Ordering::SeqCst) {
            0 => Err(io::Error::from_raw_os_error(24)),
            _ => Ok(vec![ADDRESS.into()]),
        });
        let error = resolver.addresses("a.example").await.unwrap_err();
        assert!(is_out_of_files(&error));
        assert!(resolver.addresses("a.example").await.is_ok());
    }

    #[test]
    fn the_end_of_a_runtime_waits_for_no_lookup() {
        let (resolver, _, let_go) = counting();
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let addresses = resolver.addresses("held.example");
        runtime.spawn(addresses);
        // It would wait for ever.
        drop(runtime);
        drop(let_go);
    }
}
