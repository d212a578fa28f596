//! What waits for which server, and until when.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use keyholder_core::Error;
use tokio::time::Instant;

use crate::clients::{ClientKey, ServerKey};
use crate::sharing::Fingerprint;

/// No pause is longer, whatever a server asks for; and a clock can hold it.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// How many requests in a row a server leaves without an answer before it is asked no more, but for a trial now and then.
const FAILURES: u32 = 10;

/// How long such a server is left alone before a trial, at first and at most.
const TRIAL: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(120)];

/// How long a server may be silent before others have most of the turns.
const SILENCE: Duration = Duration::from_secs(2);

/// How many servers that nothing waits for are kept in mind, because they have asked to be left alone.
const MAX_IDLE: usize = 10_000;

/// A provider, and a base URL without a slash at its end.
pub(crate) type ServerId = Arc<ServerKey>;

/// One request to make, for everybody who waits for its answer.
pub(crate) struct Question {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) server: ServerId,
    pub(crate) key: ClientKey,
    /// About how many bytes it takes.
    pub(crate) size: usize,
    /// How often no file descriptor was left to ask it with.
    pub(crate) shortages: u32,
    /// How often it was tried and failed in passing.
    pub(crate) failures: u32,
    /// How often it was turned away with too many others.
    pub(crate) refusals: u32,
    /// The server's pauses before it was last asked.
    pub(crate) pauses: u64,
}

/// What a server is like that turns requests away.
pub(crate) enum Pause {
    /// It may be asked again after that time.
    For(Duration),
    /// It asks for so long a pause that it is not asked again in that time.
    TooLong(Duration, Error),
}

/// What came of a request.
pub(crate) enum Outcome {
    /// An answer, whatever it says.
    Answer,
    /// An answer that turns it away.
    Pause(Pause),
    /// None: the connection failed, or time ran out.
    Failure(Error),
}

/// What to do with a question whose turn it is.
pub(crate) enum Next {
    /// It may be asked now.
    Ask(Question),
    /// Its server is not to be asked, and said this.
    Refuse(Question, Error),
}

/// The servers that keys wait for.
pub(crate) struct Servers {
    quota: Option<Quota>,
    /// How many requests may be under way in all.
    concurrency: usize,
    clock: Time,
    servers: HashMap<ServerId, Server>,
    /// Those with a question that may go now; each has its turn.
    ready: VecDeque<ServerId>,
    /// What is to be looked at again, and when.
    later: BTreeMap<(Instant, u64), Later>,
    counter: u64,
    /// How many questions wait.
    waiting: usize,
    /// How many servers there may be before the idle ones are forgotten.
    room: usize,
}

enum Later {
    Server(ServerId),
    Question(Box<Question>),
}

struct Server {
    queue: VecDeque<Question>,
    /// Whether it is in `ready`, or in `later` as a server.
    is_listed: bool,
    /// How many of its questions are under way, or in `later`.
    elsewhere: usize,
    /// How many are under way.
    asked: usize,
    /// How many may be: it grows with each answer, and halves with each failure.
    share: usize,
    /// When it last answered; before that, nothing.
    last_answer: Option<Instant>,
    /// How many failures there were since it last answered.
    failures: u32,
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, Time, NoOpMiddleware<Duration>>>,
    last_asked: Instant,
    paused_until: Instant,
    /// What it said when it asked for too long a pause.
    refusal: Option<Error>,
    /// Until when it is asked no more, since it left too many requests in a row without an answer, and the last failure.
    broken: Option<(Instant, Error)>,
    pauses: u64,
    /// How many pauses there were since it last answered anything else.
    pauses_in_a_row: u32,
}

/// Tokio's clock, which tests can pause, for the rate limiter.
#[derive(Clone, Copy)]
struct Time {
    start: Instant,
}

impl Clock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Servers {
    pub(crate) fn new(quota: Option<Quota>, concurrency: usize) -> Self {
        Self {
            quota,
            concurrency,
            clock: Time {
                start: Instant::now(),
            },
            servers: HashMap::new(),
            ready: VecDeque::new(),
            later: BTreeMap::new(),
            counter: 0,
            waiting: 0,
            room: 1024,
        }
    }

    /// What the server said, if it asked for so long a pause that it is not to be asked.
    pub(crate) fn refusal(&self, id: &ServerId, now: Instant) -> Option<Error> {
        self.servers.get(id)?.refusal(now)
    }

    /// Lets a question wait for its server, behind all others.
    pub(crate) fn push(&mut self, question: Question, now: Instant) {
        let id = Arc::clone(&question.server);
        self.server(&id, now).queue.push_back(question);
        self.waiting += 1;
        self.list(id);
    }

    /// Lets a question that was asked wait for its server again, before all others.
    pub(crate) fn push_again(&mut self, question: Question, now: Instant) {
        let id = Arc::clone(&question.server);
        self.server(&id, now).queue.push_front(question);
        self.waiting += 1;
        self.list(id);
    }

    /// Lets a question wait for some time, and then again for its server.
    pub(crate) fn delay(&mut self, question: Question, now: Instant, delay: Duration) {
        self.server(&Arc::clone(&question.server), now).elsewhere += 1;
        self.waiting += 1;
        self.later(now + delay.min(DAY), Later::Question(Box::new(question)));
    }

    /// The next question whose turn it is. Whether others `may_come` says if one server alone may have all turns.
    pub(crate) fn next(&mut self, now: Instant, may_come: bool) -> Option<Next> {
        self.wake(now);
        let has_others = may_come || self.servers.len() > 1;
        while let Some(id) = self.ready.pop_front() {
            let Some(server) = self.servers.get_mut(&id) else {
                continue;
            };
            server.is_listed = false;
            let Some(mut question) = server.queue.pop_front() else {
                continue;
            };
            // One that does not answer takes few turns from others, whether they are known yet or come later.
            let answers = server
                .last_answer
                .is_some_and(|at| server.asked == 0 || now.saturating_duration_since(at) < SILENCE);
            let most = if has_others && !answers {
                self.concurrency / 2
            } else {
                self.concurrency
            };
            let may_be_asked = server.asked < server.share.min(most).max(1);
            let next = if let Some(error) = server.refusal(now) {
                Next::Refuse(question, error)
            } else if !may_be_asked {
                // What is under way lists it again when it ends.
                server.queue.push_front(question);
                continue;
            } else if let Some(until) = server.blocked_until(now, self.clock.start) {
                server.queue.push_front(question);
                server.is_listed = true;
                self.later(until, Later::Server(id));
                continue;
            } else {
                server.elsewhere += 1;
                server.asked += 1;
                server.last_asked = now;
                question.pauses = server.pauses;
                Next::Ask(question)
            };
            self.waiting -= 1;
            self.list(id);
            return Some(next);
        }
        None
    }

    /// Has the only server that there is looked at again.
    pub(crate) fn list_only(&mut self) {
        if self.servers.len() == 1
            && let Some(id) = self.servers.keys().next().cloned()
        {
            self.list(id);
        }
    }

    /// Notes what came of a question, and gives how many pauses there were in a row.
    pub(crate) fn answered(&mut self, question: &Question, outcome: &Outcome, now: Instant) -> u32 {
        let concurrency = self.concurrency;
        let Some(server) = self.servers.get_mut(&question.server) else {
            return 0;
        };
        server.elsewhere = server.elsewhere.saturating_sub(1);
        server.asked = server.asked.saturating_sub(1);
        match outcome {
            Outcome::Failure(error) => server.failed(error, now),
            Outcome::Answer | Outcome::Pause(_) => {
                server.last_answer = Some(now);
                server.share = (server.share + 1).min(concurrency);
                server.failures = 0;
                server.broken = None;
            }
        }
        let in_a_row = match outcome {
            Outcome::Pause(pause) => server.paused(question, pause, now),
            Outcome::Answer | Outcome::Failure(_) => {
                server.pauses_in_a_row = 0;
                0
            }
        };
        self.list(Arc::clone(&question.server));
        in_a_row
    }

    /// Notes that a question could not be asked after all.
    pub(crate) fn unasked(&mut self, question: &Question) {
        if let Some(server) = self.servers.get_mut(&question.server) {
            server.elsewhere = server.elsewhere.saturating_sub(1);
            server.asked = server.asked.saturating_sub(1);
            self.list(Arc::clone(&question.server));
        }
    }

    /// How many pauses there were since the server last answered anything else.
    pub(crate) fn pauses_in_a_row(&self, id: &ServerId) -> u32 {
        self.servers.get(id).map_or(0, |it| it.pauses_in_a_row)
    }

    /// The questions that wait for one server, which wait no longer.
    pub(crate) fn drain(&mut self, id: &ServerId) -> Vec<Question> {
        let server = self.servers.get_mut(id);
        let questions: Vec<_> = server.map_or_else(Vec::new, |it| it.queue.drain(..).collect());
        self.waiting -= questions.len();
        questions
    }

    /// All questions that wait, which wait no longer.
    pub(crate) fn drain_all(&mut self) -> Vec<Question> {
        let queues = self.servers.values_mut().flat_map(|it| it.queue.drain(..));
        let mut questions: Vec<_> = queues.collect();
        for later in std::mem::take(&mut self.later).into_values() {
            if let Later::Question(question) = later {
                questions.push(*question);
            }
        }
        self.servers.clear();
        self.ready.clear();
        self.waiting = 0;
        questions
    }

    /// Whether no question waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// When there is something to do again, if only time is missing.
    pub(crate) fn next_wake(&self) -> Option<Instant> {
        self.later.first_key_value().map(|((at, _), _)| *at)
    }

    fn wake(&mut self, now: Instant) {
        while let Some(entry) = self.later.first_entry().filter(|it| it.key().0 <= now) {
            match entry.remove() {
                Later::Server(id) => self.ready.push_back(id),
                Later::Question(question) => {
                    let server = self.server(&Arc::clone(&question.server), now);
                    server.elsewhere = server.elsewhere.saturating_sub(1);
                    self.waiting -= 1;
                    self.push_again(*question, now);
                }
            }
        }
    }

    fn later(&mut self, at: Instant, what: Later) {
        self.counter += 1;
        self.later.insert((at, self.counter), what);
    }

    fn list(&mut self, id: ServerId) {
        if let Some(server) = self.servers.get_mut(&id)
            && !server.is_listed
            && !server.queue.is_empty()
        {
            server.is_listed = true;
            self.ready.push_back(id);
        }
    }

    fn server(&mut self, id: &ServerId, now: Instant) -> &mut Server {
        if !self.servers.contains_key(id) {
            self.forget_idle(now);
        }
        let (quota, clock, concurrency) = (self.quota, self.clock, self.concurrency);
        self.servers
            .entry(Arc::clone(id))
            .or_insert_with(|| Server {
                queue: VecDeque::new(),
                is_listed: false,
                elsewhere: 0,
                asked: 0,
                share: concurrency,
                last_answer: None,
                failures: 0,
                limiter: quota.map(|quota| RateLimiter::direct_with_clock(quota, clock)),
                last_asked: now,
                paused_until: now,
                refusal: None,
                broken: None,
                pauses: 0,
                pauses_in_a_row: 0,
            })
    }

    /// Forgets the servers that are as good as new, where there are many.
    fn forget_idle(&mut self, now: Instant) {
        if self.servers.len() < self.room {
            return;
        }
        let interval = self
            .quota
            .map_or(Duration::ZERO, |quota| quota.replenish_interval());
        let mut paused = 0;
        self.servers.retain(|_, server| {
            let is_idle = !server.is_listed && server.queue.is_empty() && server.elsewhere == 0;
            let is_new = server.paused_until <= now
                && server.failures == 0
                && now.saturating_duration_since(server.last_asked) >= interval;
            if is_idle && !is_new {
                paused += 1;
            }
            !is_idle || (!is_new && paused <= MAX_IDLE)
        });
        self.room = (self.servers.len() * 2).max(1024);
    }
}

impl Server {
    /// Notes an answer that turned a question away, and gives how many there were in a row.
    fn paused(&mut self, question: &Question, pause: &Pause, now: Instant) -> u32 {
        let (Pause::For(time) | Pause::TooLong(time, _)) = pause;
        self.paused_until = self.paused_until.max(now + (*time).min(DAY));
        match pause {
            Pause::TooLong(_, error) => self.refusal = Some(error.clone()),
            // It was asked, so that what it said before is over.
            Pause::For(_) if self.pauses == question.pauses => self.refusal = None,
            Pause::For(_) => {}
        }
        // Those that were asked at once are turned away at once: that is one pause.
        if question.pauses == self.pauses {
            self.pauses += 1;
            self.pauses_in_a_row += 1;
        }
        self.pauses_in_a_row
    }

    /// Notes that no answer came. After too many in a row, all that wait for the server are told what it was, until a
    /// trial is answered.
    fn failed(&mut self, error: &Error, now: Instant) {
        self.share = (self.share / 2).max(1);
        self.failures = self.failures.saturating_add(1);
        if let Some(more) = self.failures.checked_sub(FAILURES) {
            let longer = TRIAL[0].saturating_mul(2_u32.saturating_pow(more / FAILURES));
            self.broken = Some((now + longer.min(TRIAL[1]), error.clone()));
        }
    }

    fn refusal(&self, now: Instant) -> Option<Error> {
        let refusal = self.refusal.as_ref().filter(|_| self.paused_until > now);
        let broken = self.broken.as_ref().filter(|(until, _)| *until > now);
        refusal.or(broken.map(|(_, error)| error)).cloned()
    }

    /// Until when nothing may be asked; otherwise a request is taken off its rate.
    fn blocked_until(&self, now: Instant, start: Instant) -> Option<Instant> {
        if self.paused_until > now {
            return Some(self.paused_until);
        }
        let until = self.limiter.as_ref()?.check().err()?;
        Some(start + until.earliest_possible())
    }
}
