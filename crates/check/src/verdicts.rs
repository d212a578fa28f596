//! The stream: keys are taken, asked about, and answered.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use keyholder_core::support::backoff;
use keyholder_core::{BoxFuture, Error, ErrorKind, Operation, Provider, Reason, Verdict};
use smallvec::smallvec;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::clients::ClientKey;
use crate::servers::{Next, Outcome, Pause, Question, Room, ServerId, Servers, Standing};
use crate::sharing::{Sharing, Tags};
use crate::{Checked, Checker, Key};

/// How many keys are taken before others have a turn on the thread.
const TAKEN_AT_ONCE: usize = 128;

/// How long no more are taken then, where no answer came since the last time: what is read ahead takes room.
const NO_HURRY: Duration = Duration::from_millis(1);

/// How often one key is turned away, by a server that answers others meanwhile, before it is given up.
const MAX_REFUSALS: u32 = 16;

/// How many times as often one key is asked about again that finds the server unavailable, or whose connections break, where
/// others are served.
const MAX_LONE: u32 = 4;

/// How long keys wait for a file descriptor while none is answered.
const MAX_SHORTAGE: Duration = Duration::from_secs(120);

/// How often connections that nobody uses are closed at most.
const CLOSED: Duration = Duration::from_secs(1);

/// How many keys are taken while all turns are had, for each turn that there is.
const AHEAD: usize = 4;

/// How many bytes of keys wait, whatever their number.
const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;

/// Which part of the room for keys that wait one server's may take that does not answer, or is to be left alone for long.
const PART: usize = 2;

/// The wait before another try of one key, and the pause of a server that does not say how long: at least, at most.
const RETRY_DELAY: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];
const PAUSE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// The verdicts on the keys of a stream, each as soon as it is known. Made by [`Checker::check`].
///
/// It ends when its input has ended and every key has its verdict. An input that panics does so through this stream;
/// what was taken until then can still be had from it.
#[must_use = "streams do nothing unless polled"]
pub struct Verdicts<S, T> {
    checker: Checker,
    input: Option<Pin<Box<S>>>,
    asked: FuturesUnordered<BoxFuture<'static, (Question, Verdict)>>,
    servers: Servers,
    sharing: Sharing<T>,
    /// What is known and was not given yet.
    known: VecDeque<Known<T>>,
    /// How many keys were taken and are not known yet.
    held: usize,
    /// How many bytes those take that are asked about, or are to be.
    held_bytes: usize,
    /// How many may be asked about at once: fewer than allowed where files were short.
    turns: usize,
    /// How many were answered since that changed.
    answers: usize,
    /// Whether an answer came since so many keys were taken.
    is_answered: bool,
    /// Since when files are short, and none was answered.
    short_since: Option<Instant>,
    /// When connections that nobody uses were last closed for it.
    closed: Option<Instant>,
    /// Whether no further key can be had for now.
    is_drained: bool,
    /// Whether no key is to be asked about any more.
    is_closed: bool,
    /// Whether none is to be asked about for now.
    is_held: bool,
    /// How many keys were taken since others last had a turn on the thread.
    taken: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

/// A verdict, and those that wait for it.
struct Known<T> {
    tags: Tags<T>,
    provider: Provider,
    verdict: Verdict,
    is_asked: bool,
}

// Nothing in it is pinned in place: the input has a box of its own.
impl<S, T> Unpin for Verdicts<S, T> {}

impl<S, T> Verdicts<S, T> {
    pub(crate) fn new(checker: Checker, input: S) -> Self {
        Self {
            servers: Servers::new(checker.rate, checker.concurrency),
            sharing: Sharing::new(
                checker.hashing.clone(),
                checker.remembered,
                checker.remembered_bytes,
                checker.remember_for,
            ),
            held: 0,
            held_bytes: 0,
            turns: checker.concurrency,
            answers: 0,
            is_answered: true,
            short_since: None,
            closed: None,
            checker,
            input: Some(Box::pin(input)),
            is_drained: false,
            asked: FuturesUnordered::new(),
            known: VecDeque::new(),
            is_closed: false,
            is_held: false,
            taken: 0,
            alarm: None,
        }
    }

    /// Takes no more keys, and gives up those that wait: their tags come back. What is asked already is still answered,
    /// within its deadline, and then the stream ends.
    pub fn close(&mut self) -> Vec<T> {
        self.input = None;
        self.is_closed = true;
        let mut tags = Vec::new();
        for question in self.servers.drain_all() {
            self.held_bytes -= question.size;
            tags.extend(self.sharing.end(&question.fingerprint));
        }
        self.held -= tags.len();
        tags
    }

    /// Takes no key and begins no request while it is held. What is asked already is still answered: a stream that nobody
    /// polls would let those answers come too late.
    ///
    /// It stays pending then when nothing is asked any more: poll it again after it is let go.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    fn take(&mut self, key: Key<T>, now: Instant) {
        let size = key.size() + mem::size_of::<Question>();
        let Key {
            tag,
            provider,
            token,
            way,
        } = key;
        let client = match self.checker.client_for(&provider, &way, &token) {
            Ok(client) => client,
            Err(error) => return self.know_unasked(&provider, smallvec![tag], error),
        };
        let fingerprint = self.sharing.fingerprint(client.fingerprint, &token);
        if let Some(verdict) = self.sharing.recall(&fingerprint, now) {
            return self.know(&provider, smallvec![tag], verdict, true);
        }
        let Some(tag) = self.sharing.join(&fingerprint, tag) else {
            self.held += 1;
            return;
        };
        let server = Arc::clone(&client.server);
        if let Some(error) = self.servers.turns_away(&server, now, self.room_of_one()) {
            return self.know_unasked(&provider, smallvec![tag], error);
        }
        self.sharing.begin(fingerprint, tag);
        self.held += 1;
        self.held_bytes += size;
        let question = Question {
            fingerprint,
            server,
            key: ClientKey { client, token },
            size,
            shortages: 0,
            failures: 0,
            is_broken: false,
            refusals: 0,
            pauses: 0,
            standing: Standing::default(),
            rounds: [0; 2],
            first_asked: None,
            asked: None,
        };
        self.servers.push(question, now);
    }

    fn ask(&mut self, question: Question) {
        let client = if question.is_broken {
            question.key.ready_anew(&self.checker)
        } else {
            question.key.ready(&self.checker)
        };
        self.asked.push(Box::pin(async move {
            let verdict = match client {
                Ok(client) => client.verify().await,
                Err(error) => Verdict::Indeterminate(error),
            };
            (question, verdict)
        }));
    }

    /// Does with an answer what it asks for: passes it on, or asks again later.
    fn settle(&mut self, mut question: Question, verdict: Verdict, now: Instant) {
        if is_short_of_files(&verdict) && !self.is_closed {
            let since = *self.short_since.get_or_insert(now);
            if now.saturating_duration_since(since) < MAX_SHORTAGE {
                return self.ask_fewer(question, now);
            }
        } else {
            self.short_since = None;
        }
        question.is_broken = verdict.error().is_some_and(has_broken);
        self.is_answered = true;
        self.answers += 1;
        if self.answers >= self.turns {
            self.answers = 0;
            self.turns = (self.turns + 1).min(self.checker.concurrency);
        }
        let pause = verdict
            .error()
            .and_then(|error| self.pause(error, &question.server));
        let outcome = match (pause, verdict.error()) {
            (Some(pause), _) => Outcome::Pause(pause),
            (None, Some(error)) if is_unanswered(error) => Outcome::Failure(error.clone()),
            (None, Some(error))
                if error.kind() == ErrorKind::Unavailable || error.is_retryable() =>
            {
                Outcome::Busy
            }
            (None, _) => Outcome::Answer,
        };
        let is_overloaded = matches!(outcome, Outcome::Busy) || question.is_broken;
        let in_a_row = self.servers.answered(&question, &outcome, now);
        let may_ask_again = !self.is_closed
            && question
                .server
                .provider
                .whoami()
                .is_some_and(Operation::is_idempotent);
        if !matches!(outcome, Outcome::Answer) {
            self.give_up(&question.server, now);
        }
        match (outcome, &verdict) {
            (Outcome::Pause(Pause::TooLong(..)), _) => {}
            (Outcome::Pause(Pause::For(..)), _) => {
                let is_hopeless =
                    in_a_row > self.checker.max_retries || question.refusals >= MAX_REFUSALS;
                if may_ask_again && !is_hopeless {
                    question.refusals += 1;
                    return self.servers.push_again(question, now);
                }
            }
            (_, Verdict::Indeterminate(error)) if may_ask_again && has_failed(error) => {
                // Others were luckier, as this one may be yet.
                let is_lone = self.servers.has_served(&question);
                let retries = match (error.kind(), self.checker.max_retries) {
                    // It has had its time, and takes as long again.
                    (ErrorKind::Timeout, most) => most.min(u32::from(is_lone)),
                    (_, most) if is_overloaded && is_lone => most.saturating_mul(MAX_LONE),
                    (_, most) => most,
                };
                if let Some(delay) = delay(RETRY_DELAY, question.failures, retries) {
                    question.failures += 1;
                    return self.servers.delay(question, now, delay);
                }
            }
            (Outcome::Answer | Outcome::Busy | Outcome::Failure(_), _) => {}
        }
        self.answer(&question, verdict, now);
    }

    /// Gives up the keys that wait for a server which is not to be asked; of those that wait for one which is to be left
    /// alone for long, the ones that it has no room for.
    fn give_up(&mut self, server: &ServerId, now: Instant) {
        let (error, given_up) = match self.servers.refusal(server, now) {
            Some(error) => (error, self.servers.drain(server)),
            None => match self.servers.surplus(server, now, self.room_of_one()) {
                Some(surplus) => surplus,
                None => return,
            },
        };
        for other in given_up {
            self.refuse(&other, error.clone());
        }
    }

    /// What of the room for keys that wait one server's may take that does not answer, or is to be left alone for long.
    fn room_of_one(&self) -> Room {
        Room {
            keys: self.checker.max_waiting / PART,
            bytes: MAX_HELD_BYTES / PART,
        }
    }

    /// Asks fewer at once, and again later about a key for which no file descriptor was left. That says nothing of its
    /// server.
    fn ask_fewer(&mut self, mut question: Question, now: Instant) {
        if self.closed.is_none_or(|at| now - at >= CLOSED) {
            self.closed = Some(now);
            self.checker.http_clients.close_idle();
        }
        self.answers = 0;
        self.turns = self.turns.min(self.asked.len()).max(1);
        self.servers.unasked(&question, now);
        let delay = delay(RETRY_DELAY, question.shortages, u32::MAX).unwrap_or(RETRY_DELAY[1]);
        question.shortages += 1;
        self.servers.delay(question, now, delay);
    }

    /// Whether a server turns requests away, and for how long.
    fn pause(&self, error: &Error, server: &ServerId) -> Option<Pause> {
        let time = match (error.kind(), error.wait()) {
            (ErrorKind::Unauthenticated, _) => return None,
            // Some limit requests with 403, and say how long.
            (_, Some(time)) => time,
            (ErrorKind::RateLimited, None) => {
                let past = self.servers.pauses_in_a_row(server);
                delay(PAUSE, past, u32::MAX).unwrap_or(PAUSE[1])
            }
            _ => return None,
        };
        Some(if time > self.checker.max_pause {
            Pause::TooLong(time, error.clone())
        } else {
            Pause::For(time, error.clone())
        })
    }

    /// Gives the verdict to all who wait for it.
    fn answer(&mut self, question: &Question, verdict: Verdict, now: Instant) {
        self.held_bytes -= question.size;
        self.sharing.remember(question.fingerprint, &verdict, now);
        let tags = self.sharing.end(&question.fingerprint);
        self.held -= tags.len();
        self.know(&question.server.provider, tags, verdict, true);
    }

    /// Gives all who wait for the verdict the error that keeps their server from being asked.
    fn refuse(&mut self, question: &Question, error: Error) {
        self.held_bytes -= question.size;
        let tags = self.sharing.end(&question.fingerprint);
        self.held -= tags.len();
        let was_asked = question.failures > 0 || question.refusals > 0;
        let verdict = Verdict::Indeterminate(error);
        self.know(&question.server.provider, tags, verdict, was_asked);
    }

    fn know_unasked(&mut self, provider: &Provider, tags: Tags<T>, error: Error) {
        self.know(provider, tags, Verdict::Indeterminate(error), false);
    }

    fn know(&mut self, provider: &Provider, tags: Tags<T>, verdict: Verdict, is_asked: bool) {
        if !tags.is_empty() {
            let provider = provider.clone();
            self.known.push_back(Known {
                tags,
                provider,
                verdict,
                is_asked,
            });
        }
    }

    /// The next that is known. A verdict that many wait for is copied as each is given it: copies of a large one for all
    /// of them would take up much memory.
    fn give(&mut self) -> Option<Checked<T>> {
        let known = self.known.front_mut()?;
        let tag = known.tags.pop()?;
        let is_asked = known.is_asked;
        if !known.tags.is_empty() {
            return Some(Checked {
                tag,
                provider: known.provider.clone(),
                verdict: known.verdict.clone(),
                is_asked,
            });
        }
        // Most keys come once, and need no copy.
        let known = self.known.pop_front()?;
        Some(Checked {
            tag,
            provider: known.provider,
            verdict: known.verdict,
            is_asked,
        })
    }

    fn has_room(&self) -> bool {
        let most = self
            .checker
            .max_waiting
            .saturating_add(self.checker.concurrency);
        // A little is read ahead while there is no turn: the next key may be of a server that has none.
        let ahead = self.checker.concurrency.saturating_mul(AHEAD);
        let is_near = self.has_turn() || self.held < self.asked.len().saturating_add(ahead);
        is_near && self.held < most && self.held_bytes < MAX_HELD_BYTES
    }

    /// Whether one more may be asked about.
    fn has_turn(&self) -> bool {
        self.asked.len() < self.turns
    }
}

impl<S, T> Verdicts<S, T>
where
    S: Stream<Item = Key<T>>,
{
    /// Takes a key, if there is one; `Pending` when the input has none yet, or has ended.
    fn poll_input(&mut self, context: &mut Context<'_>, now: Instant) -> Poll<()> {
        // It is put back unless it has ended, or panics.
        let Some(mut input) = self.input.take() else {
            return Poll::Pending;
        };
        match input.as_mut().poll_next(context) {
            Poll::Ready(Some(key)) => {
                self.input = Some(input);
                self.take(key, now);
                Poll::Ready(())
            }
            Poll::Ready(None) => Poll::Pending,
            Poll::Pending => {
                self.input = Some(input);
                Poll::Pending
            }
        }
    }
}

impl<S, T> Stream for Verdicts<S, T>
where
    S: Stream<Item = Key<T>>,
{
    type Item = Checked<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Checked<T>>> {
        let this = self.get_mut();
        // One look at the clock does for what is done at once.
        let mut now = Instant::now();
        loop {
            // What is known goes out first: nothing is taken or asked that nobody reads.
            if let Some(checked) = this.give() {
                return Poll::Ready(Some(checked));
            }
            if let Poll::Ready(Some((question, verdict))) =
                Pin::new(&mut this.asked).poll_next(context)
            {
                this.settle(question, verdict, now);
                continue;
            }
            if this.is_held && !(this.input.is_none() && this.servers.is_empty()) {
                return Poll::Pending;
            }
            if this.has_turn()
                && let Some(next) =
                    this.servers
                        .next(now, this.turns, !this.is_drained, this.input.is_some())
            {
                match next {
                    Next::Ask(question) => this.ask(question),
                    Next::Refuse(question, error) => {
                        this.refuse(&question, error);
                    }
                }
                continue;
            }
            if this.has_room() {
                if this.taken == TAKEN_AT_ONCE {
                    this.taken = 0;
                    if mem::take(&mut this.is_answered) || this.asked.is_empty() {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    ready!(poll_alarm(&mut this.alarm, now + NO_HURRY, context));
                }
                if this.poll_input(context, now).is_ready() {
                    this.is_drained = false;
                    this.taken += 1;
                    continue;
                }
            }
            if !this.is_drained {
                // One server alone need leave no turn to others.
                this.is_drained = true;
                this.servers.list_only(now);
                continue;
            }
            if this.input.is_none() && this.asked.is_empty() && this.servers.is_empty() {
                return Poll::Ready(None);
            }
            this.taken = 0;
            // Without room, an answer comes first, and wakes the stream.
            match this.servers.next_wake() {
                Some(at) if this.has_turn() => {
                    ready!(poll_alarm(&mut this.alarm, at, context));
                    now = Instant::now();
                }
                _ => return Poll::Pending,
            }
        }
    }
}

fn poll_alarm(
    alarm: &mut Option<Pin<Box<Sleep>>>,
    at: Instant,
    context: &mut Context<'_>,
) -> Poll<()> {
    let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(at)));
    if alarm.deadline() != at {
        alarm.as_mut().reset(at);
    }
    alarm.as_mut().poll(context)
}

/// How long to wait after so many failures: between both bounds, longer each time; `None` after too many.
fn delay([min, max]: [Duration; 2], past: u32, retries: u32) -> Option<Duration> {
    (past < retries).then(|| min + backoff(min, max.saturating_sub(min), past))
}

/// Whether the request failed in a way that another try may not.
fn has_failed(error: &Error) -> bool {
    error.is_retryable() && error.kind() != ErrorKind::RateLimited
}

/// Whether a server gave no answer. What this machine lacks is no fault of a server.
fn is_unanswered(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout)
        && error.reason() != Some(Reason::TooManyFiles)
}

/// Whether the connection broke, or was about to: a 408 may be of one that nobody used.
fn has_broken(error: &Error) -> bool {
    error.reason() == Some(Reason::Reset) || error.status().is_some_and(|it| it.as_u16() == 408)
}

/// Whether this process had no file descriptor left to ask with.
fn is_short_of_files(verdict: &Verdict) -> bool {
    verdict
        .error()
        .is_some_and(|error| error.reason() == Some(Reason::TooManyFiles))
}

/// Shows how much is under way, and no key.
impl<S, T> fmt::Debug for Verdicts<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdicts")
            .field("asked", &self.asked.len())
            .field("held", &self.held)
            .field("known", &self.known.len())
            .finish_non_exhaustive()
    }
}
