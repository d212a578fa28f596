//! The one trait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Answer, Error, Identity, Provider, Token, Verdict};

/// A future that a [`WhoAmI`] gives: boxed, so that the trait can be an object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Asks a provider whose token this is.
///
/// Every generated client implements it, and so do references, boxes and [`Arc`]s: `Box<dyn WhoAmI>` and `Arc<dyn WhoAmI>` are
/// as good as a client.
pub trait WhoAmI: Send + Sync {
    /// The provider that is asked.
    fn provider(&self) -> &Provider;

    /// Who stands behind the token.
    ///
    /// # Errors
    ///
    /// Whatever keeps that from being known. [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated)
    /// is the only kind which says that the token is no good.
    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>>;

    /// What [`whoami`](Self::whoami) would give if the provider answered so, without a request: for tests, recordings, and
    /// programs that send requests by other means. The token that this client holds is taken out of the answer.
    ///
    /// ```
    /// use keyholder_core::{Answer, Verdict, WhoAmI};
    ///
    /// fn is_refused(client: &dyn WhoAmI, status: u16, body: &str) -> bool {
    ///     Verdict::from(client.read_answer(Answer::new(status, body))).is_invalid()
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`whoami`](Self::whoami), but for what only a connection can meet.
    fn read_answer(&self, answer: Answer) -> Result<Identity, Error>;

    /// The same client with another token: what was prepared already is shared. Who has many tokens makes one client, and
    /// asks with each of them.
    ///
    /// # Errors
    ///
    /// A token that cannot be used. Nothing is sent.
    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error>;

    /// What the provider's answer says of the token: [`whoami`](Self::whoami), as a verdict.
    fn verify(&self) -> BoxFuture<'_, Verdict> {
        let identity = self.whoami();
        Box::pin(async move { identity.await.into() })
    }
}

/// The same through a pointer, so that a client can be shared, lent and kept as an object.
macro_rules! through_pointers {
    ($($pointer:ty),*) => {$(
        impl<T: WhoAmI + ?Sized> WhoAmI for $pointer {
            fn provider(&self) -> &Provider {
                (**self).provider()
            }

            fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
                (**self).whoami()
            }

            fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
                (**self).read_answer(answer)
            }

            fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
                (**self).with_token(token)
            }

            fn verify(&self) -> BoxFuture<'_, Verdict> {
                (**self).verify()
            }
        }
    )*};
}

through_pointers!(&T, Box<T>, Arc<T>);
