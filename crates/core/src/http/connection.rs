//! What failed about a request that got no whole answer.

use std::error::Error as StdError;
use std::io;

use crate::{Error, ErrorKind, Reason};

/// What is known of a failure beside its causes.
#[derive(Clone, Copy)]
struct Known {
    is_timeout: bool,
    /// There was no connection yet.
    is_connect: bool,
    /// The request cannot be sent at all.
    is_builder: bool,
    /// The head of an answer was there.
    is_in_body: bool,
}

/// What reqwest says of it. Its error names the URL, whose query may hold the token.
pub(super) fn error(error: reqwest::Error) -> Error {
    let known = Known {
        is_timeout: error.is_timeout(),
        is_connect: error.is_connect(),
        is_builder: error.is_builder(),
        is_in_body: error.is_body() || error.is_decode(),
    };
    failure(known, error.without_url())
}

/// What hyper's pooled client says of it.
#[cfg(feature = "__rustls")]
pub(super) fn lean_error(error: hyper_util::client::legacy::Error) -> Error {
    let known = Known {
        is_timeout: causes(&error).any(is_timeout),
        is_connect: error.is_connect(),
        is_builder: false,
        is_in_body: false,
    };
    failure(known, error)
}

/// What hyper says of a body.
#[cfg(feature = "__rustls")]
pub(super) fn body_error(error: hyper::Error) -> Error {
    let known = Known {
        is_timeout: causes(&error).any(is_timeout),
        is_connect: false,
        is_builder: false,
        is_in_body: true,
    };
    failure(known, error)
}

#[cfg(feature = "__rustls")]
fn is_timeout(cause: &(dyn StdError + 'static)) -> bool {
    let io = cause.downcast_ref::<io::Error>();
    let http = cause.downcast_ref::<hyper::Error>();
    io.is_some_and(|it| it.kind() == io::ErrorKind::TimedOut)
        || http.is_some_and(hyper::Error::is_timeout)
}

fn failure(known: Known, error: impl StdError + Send + Sync + 'static) -> Error {
    if known.is_timeout && !known.is_connect {
        return too_late().with_source(error);
    }
    let reason = reason(known, &error);
    let (kind, message) = if reason == Some(Reason::NoTls) || known.is_builder {
        (ErrorKind::Config, "the request cannot be sent")
    } else if is_malformed(known, &error) {
        (ErrorKind::InvalidResponse, "the answer is not HTTP")
    } else if known.is_connect {
        (ErrorKind::Connect, "no connection to the provider")
    } else {
        (ErrorKind::Connect, "the connection broke")
    };
    let reason = reason.filter(|_| kind != ErrorKind::InvalidResponse);
    Error::new(kind, message)
        .with_reason(reason)
        .with_source(error)
}

/// What keeps an HTTP client from being built.
pub(super) fn build_error(error: impl StdError + Send + Sync + 'static) -> Error {
    let says = |text: &str| causes(&error).any(|cause| cause.to_string().contains(text));
    let reason = if causes(&error).any(is_out_of_files) {
        Some(Reason::TooManyFiles)
    } else {
        says("certificate").then_some(Reason::NoRoots)
    };
    Error::config("the HTTP client cannot be built")
        .with_reason(reason)
        .with_source(error)
}

/// The deadline passed.
pub(super) fn too_late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "no whole answer within the time allowed",
    )
}

/// An error and its causes, the outermost first. What an [`io::Error`] wraps is one of them.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn reason(known: Known, error: &(dyn StdError + 'static)) -> Option<Reason> {
    let causes: Vec<_> = causes(error).collect();
    // Of these two, everything else is a consequence.
    if causes.iter().any(|cause| is_out_of_files(*cause)) {
        return Some(Reason::TooManyFiles);
    }
    let says = |text: &str| causes.iter().any(|cause| cause.to_string().contains(text));
    // hyper-util's words: its types are not public.
    if says("tunnel error") || says("proxy") || says("socks error") {
        return Some(Reason::Proxy);
    }
    if says("dns error") {
        return Some(Reason::NameNotFound);
    }
    if says("scheme is not http") {
        return Some(Reason::NoTls);
    }
    if let Some(reason) = causes.iter().find_map(|cause| tls(*cause)) {
        return Some(reason);
    }
    if known.is_timeout {
        return Some(Reason::ConnectTimeout);
    }
    let by_io = causes.iter().find_map(|cause| {
        let kind = cause.downcast_ref::<io::Error>()?.kind();
        match kind {
            io::ErrorKind::ConnectionRefused => Some(Reason::Refused),
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Some(Reason::Unreachable),
            io::ErrorKind::TimedOut => Some(Reason::ConnectTimeout),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof => Some(Reason::Reset),
            _ => None,
        }
    });
    by_io.or_else(|| {
        let is_closed = |error: &hyper::Error| error.is_incomplete_message() || error.is_closed();
        let mut http = causes
            .iter()
            .filter_map(|cause| cause.downcast_ref::<hyper::Error>());
        http.any(is_closed).then_some(Reason::Reset)
    })
}

/// Whether the process, or the machine, has no file descriptor left: `EMFILE` and `ENFILE`.
pub(super) fn is_out_of_files(cause: &(dyn StdError + 'static)) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    let error = cause.downcast_ref::<io::Error>();
    cfg!(unix)
        && error
            .and_then(io::Error::raw_os_error)
            .is_some_and(|code| matches!(code, ENFILE | EMFILE))
}

/// What TLS says.
#[cfg(feature = "__rustls")]
fn tls(cause: &(dyn StdError + 'static)) -> Option<Reason> {
    use rustls::{CertificateError, Error};

    Some(match cause.downcast_ref::<Error>()? {
        Error::InvalidCertificate(error) => match error {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Reason::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Reason::CertificateName
            }
            CertificateError::UnknownIssuer => Reason::CertificateIssuer,
            // One that was signed by itself, and is an authority's by what it says.
            other if other.to_string().contains("CaUsedAsEndEntity") => Reason::CertificateIssuer,
            _ => Reason::Certificate,
        },
        _ => Reason::Tls,
    })
}

/// What TLS says: of a backend of the caller's choice, only whether it speaks of a certificate.
#[cfg(not(feature = "__rustls"))]
fn tls(cause: &(dyn StdError + 'static)) -> Option<Reason> {
    let text = cause.to_string().to_lowercase();
    if text.contains("certificate") {
        Some(Reason::Certificate)
    } else if text.contains("tls") || text.contains("ssl") {
        Some(Reason::Tls)
    } else {
        None
    }
}

/// Whether what came does not parse as HTTP: its head, or the chunks of its body.
fn is_malformed(known: Known, error: &(dyn StdError + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(|source| {
        let head = source.downcast_ref::<hyper::Error>();
        let chunk = source.downcast_ref::<io::Error>();
        head.is_some_and(hyper::Error::is_parse)
            || chunk.is_some_and(|chunk| {
                known.is_in_body
                    && matches!(
                        chunk.kind(),
                        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
                    )
            })
    })
}
