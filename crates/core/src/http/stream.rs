//! A connection that takes no request while it holds an answer that nobody asked for.
//!
//! HTTP/1.1 tells which answer is to which request by their order alone (RFC 9112, section 9.3.2). A server that sends one
//! answer too many would have each of the following taken for the answer to the request after it: one key's verdict for
//! another's. hyper closes a connection on which something comes while it is idle, as soon as it is told so; but what came a
//! moment ago it is not told yet. So the system is asked before each request whether anything is there.
//!
//! What comes after the request was sent cannot be told from its answer by anybody.

use std::io::{self, IoSlice};
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;

type Inner = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection, encrypted or not.
pub(super) struct Stream {
    inner: Inner,
    /// Whether what is written next begins a request.
    is_between: bool,
}

impl From<Inner> for Stream {
    fn from(inner: Inner) -> Self {
        Self {
            // TLS may have more to say after its handshake.
            is_between: matches!(inner, MaybeHttpsStream::Http(_)),
            inner,
        }
    }
}

impl Stream {
    /// Before something is written: whether that may be.
    fn check(&mut self) -> io::Result<()> {
        if mem::take(&mut self.is_between) && has_bytes(self.socket()) {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the server sent an answer that nobody asked for",
            ));
        }
        Ok(())
    }

    fn socket(&self) -> &TcpStream {
        match &self.inner {
            MaybeHttpsStream::Http(stream) => stream.inner(),
            MaybeHttpsStream::Https(stream) => stream.inner().get_ref().0.inner().inner(),
        }
    }
}

/// Whether something came that was not read. What keeps that from being known is told by whoever writes or reads next.
fn has_bytes(socket: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    SockRef::from(socket)
        .peek(&mut byte)
        .is_ok_and(|count| count > 0)
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.inner.connected()
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.inner).poll_read(context, buffer));
        self.is_between = true;
        Poll::Ready(read)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }
}
