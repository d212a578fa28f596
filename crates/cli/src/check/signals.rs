//! Who wants it to end.

use std::io;
use std::process::{self, ExitCode};

use tokio::sync::watch;

/// A signal that asks a program to end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    Interrupt,
    #[cfg(unix)]
    Terminate,
}

impl Signal {
    /// What a shell has for a program that the signal ended: 128 and its number.
    fn status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            #[cfg(unix)]
            Self::Terminate => 143,
        }
    }

    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(self.status())
    }
}

/// The first signal; the second ends the program, whatever it is at.
pub(super) struct Signals(watch::Receiver<Option<Signal>>);

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        let (sender, first) = watch::channel(None);
        let mut signals = Incoming::new()?;
        tokio::spawn(async move {
            if let Some(signal) = signals.next().await {
                sender.send_replace(Some(signal));
                if let Some(signal) = signals.next().await {
                    process::exit(signal.status().into());
                }
            }
            // Nothing more can come.
            std::future::pending::<()>().await;
        });
        Ok(Self(first))
    }

    /// Waits for the first signal.
    pub(super) async fn first(&mut self) -> Signal {
        if let Ok(first) = self.0.wait_for(Option::is_some).await
            && let Some(signal) = *first
        {
            return signal;
        }
        std::future::pending().await
    }
}

#[cfg(unix)]
struct Incoming {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Incoming {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            it = self.interrupt.recv() => it.map(|()| Signal::Interrupt),
            it = self.terminate.recv() => it.map(|()| Signal::Terminate),
        }
    }
}

#[cfg(not(unix))]
struct Incoming;

#[cfg(not(unix))]
impl Incoming {
    #[allow(clippy::unnecessary_wraps)]
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::signal::ctrl_c()
            .await
            .ok()
            .map(|()| Signal::Interrupt)
    }
}
