//! Clients for programs without an async runtime.
//!
//! A call waits on the calling thread for its answer. Any thread may call, and many at once: what waits for the network runs on
//! one thread, which all calls of a process share and which is started by the first.
//!
//! A thread on which Tokio polls a task must not wait, because other tasks wait for it: there, a call is an error of the kind
//! [`Config`](crate::ErrorKind::Config), and nothing is sent. Threads of `spawn_blocking` and `block_in_place` may call.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Handle};
use tokio::task::coop;

use crate::{Answer, Config, Error, Identity, Provider, Token, Verdict};

/// Asks a provider whose token this is, and waits for the answer: [`WhoAmI`](crate::WhoAmI) for programs without an async
/// runtime. Every generated `blocking::Client` implements it.
pub trait WhoAmI: Send + Sync {
    /// The client that asks.
    fn as_async(&self) -> &dyn crate::WhoAmI;

    /// The provider that is asked.
    fn provider(&self) -> &Provider {
        self.as_async().provider()
    }

    /// Who stands behind the token.
    ///
    /// # Errors
    ///
    /// As [`WhoAmI::whoami`](crate::WhoAmI::whoami), and as [`block_on`].
    fn whoami(&self) -> Result<Identity, Error> {
        block_on(self.as_async().whoami()).map_err(|error| error.with_provider(self.provider()))?
    }

    /// What the provider's answer says of the token: [`whoami`](Self::whoami), as a verdict.
    fn verify(&self) -> Verdict {
        let verdict = block_on(self.as_async().verify());
        verdict.unwrap_or_else(|error| Err(error.with_provider(self.provider())).into())
    }

    /// What [`whoami`](Self::whoami) would give if the provider answered so, without a request.
    ///
    /// # Errors
    ///
    /// As [`WhoAmI::read_answer`](crate::WhoAmI::read_answer).
    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.as_async().read_answer(answer)
    }

    /// The same client with another token.
    ///
    /// # Errors
    ///
    /// As [`WhoAmI::with_token`](crate::WhoAmI::with_token).
    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        let client = self.as_async().with_token(token)?;
        Ok(Box::new(Client::from(client)))
    }
}

/// A client made from a provider's data alone, or around any async client, that waits for answers.
///
/// ```no_run
/// use keyholder_core::blocking::{Client, WhoAmI as _};
/// use keyholder_core::{Config, Operation, Provider, ProviderInfo};
///
/// let provider = Provider::from(ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me")));
/// let client = Client::new(&provider, Config::new("a-token").base_url("https://acme.example"))?;
/// println!("{:?}", client.whoami()?.sub);
/// # Ok::<(), keyholder_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client<C = crate::Client>(C);

impl Client {
    /// A client of `provider`, made as `config` says.
    ///
    /// # Errors
    ///
    /// As [`Client::new`](crate::Client::new).
    pub fn new(provider: &Provider, config: impl Into<Config>) -> Result<Self, Error> {
        crate::Client::new(provider, config).map(Self)
    }
}

impl<C: crate::WhoAmI> From<C> for Client<C> {
    fn from(client: C) -> Self {
        Self(client)
    }
}

impl<C: crate::WhoAmI> WhoAmI for Client<C> {
    fn as_async(&self) -> &dyn crate::WhoAmI {
        &self.0
    }
}

/// Runs a future of this library on the calling thread, and waits for what comes of it.
///
/// # Errors
///
/// Tokio polls a task on this thread, or the thread that all calls share cannot be started. Then the future is not polled.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if is_in_task() {
        return Err(Error::config(
            "a blocking call in an async task would hold up all tasks of its thread: await the async client, or call it in \
             `tokio::task::spawn_blocking`",
        ));
    }
    let runtime = runtime()?;
    // The future's clocks and sockets are those of that runtime.
    let _entered = runtime.enter();
    let mut future = pin!(future);
    let parked = Arc::new(Parked::here());
    let waker = Waker::from(Arc::clone(&parked));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        parked.wait();
    }
}

/// Whether Tokio polls a task on this thread.
///
/// No function of Tokio's says so: [`Handle::try_current`] does not tell a task from a thread that may block. But what is polled
/// has a budget after which it yields, and what may block has none.
fn is_in_task() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut taken = Vec::new();
    let is_spent = (0..=u8::MAX).any(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(part) => {
            taken.push(part);
            false
        }
        Poll::Pending => true,
    });
    // Each gives back what there was before it.
    while taken.pop().is_some() {}
    is_spent
}

/// The runtime that all calls share, started by the first.
fn runtime() -> Result<Handle, Error> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    let mut running = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*running {
        return Ok(handle.clone());
    }
    let cannot =
        |error| Error::config("no thread for blocking calls can be started").with_source(error);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(cannot)?;
    let handle = runtime.handle().clone();
    let thread = thread::Builder::new().name("keyholder-blocking".to_owned());
    let started = thread.spawn(move || runtime.block_on(std::future::pending::<()>()));
    started.map_err(cannot)?;
    Ok(running.insert(handle).clone())
}

/// A thread that waits to be woken.
struct Parked {
    thread: Thread,
    /// Others may unpark a thread for reasons of their own.
    is_woken: AtomicBool,
}

impl Parked {
    fn here() -> Self {
        Self {
            thread: thread::current(),
            is_woken: AtomicBool::new(false),
        }
    }

    fn wait(&self) {
        while !self.is_woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
