//! The one trait.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::{Error, Identity, Provider, Token, Verdict};

/// A future that a [`WhoAmI`] gives: boxed, so that the trait can be an object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Asks a provider whose token this is.
///
/// Every generated client implements it, and `Box<dyn WhoAmI>` is as good as a client.
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

    /// What an answer to [`whoami`](Self::whoami)'s request says that was had by other means: a recording, or a
    /// transport of one's own. The token that this client holds is taken out of it.
    ///
    /// # Errors
    ///
    /// As [`whoami`](Self::whoami), but for what only a connection can meet.
    fn read(&self, answer: http::Response<Bytes>) -> Result<Identity, Error>;

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

impl<T: WhoAmI + ?Sized> WhoAmI for Box<T> {
    fn provider(&self) -> &Provider {
        (**self).provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        (**self).whoami()
    }

    fn read(&self, answer: http::Response<Bytes>) -> Result<Identity, Error> {
        (**self).read(answer)
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        (**self).with_token(token)
    }

    fn verify(&self) -> BoxFuture<'_, Verdict> {
        (**self).verify()
    }
}
