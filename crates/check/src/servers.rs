//! What waits for which server, and until when.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use keyholder_core::{Error, ErrorKind, Reason};
use tokio::time::Instant;

use crate::clients::{ClientKey, ServerKey};
use crate::sharing::Fingerprint;

/// No pause is longer, whatever a server asks for; and a clock can hold it.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// How many requests in a row a server leaves without an answer, and for how long, before it is asked no more, but for a
/// trial now and then: what breaks in one moment may be whole again in the next.
const FAILURES: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// How often in a row all that was asked at once has to fail of one whose failures do not pass by themselves.
const BURSTS: u32 = 3;

/// How long a server is left alone that failed, at first and at most.
const REST: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];

/// How long such a server is left alone before a trial, at first and at most.
const TRIAL: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(120)];

/// How long a server may be silent before others have most of the turns.
const SILENCE: Duration = Duration::from_secs(2);

/// From how long an answer takes on, a server is slow.
const SLOW: Duration = Duration::from_millis(500);

/// Which part of the turns those leave to others that are slow, or have not answered.
const LEFT: usize = 8;

/// Of so many servers that were never asked, one is the last that came.
const LAST: usize = 4;

/// A server that is to be left alone for longer than this has no more than its part of the room for keys that wait.
const LONG: Duration = Duration::from_secs(60);

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
    /// Whether the connection broke on which it was last asked.
    pub(crate) is_broken: bool,
    /// How often it was turned away with too many others.
    pub(crate) refusals: u32,
    /// The server's pauses before it was last asked.
    pub(crate) pauses: u64,
    /// How the server stood when it was last asked.
    pub(crate) standing: Standing,
    /// In which round it was last asked: of its server's requests, and of those to all that answer.
    pub(crate) rounds: [u32; 2],
    /// When it was first asked.
    pub(crate) first_asked: Option<Instant>,
    /// When it was last asked.
    pub(crate) asked: Option<Instant>,
}

/// What is known of a server's answering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It answers.
    Proven,
    /// It answers, and takes its time.
    Slow,
    /// Nothing: it was never asked.
    #[default]
    New,
    /// It left the last request without an answer, or has not answered for a while what is under way.
    Doubtful,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Proven, Self::Slow, Self::New, Self::Doubtful];
}

/// What a server is like that turns requests away.
pub(crate) enum Pause {
    /// It may be asked again after that time.
    For(Duration, Error),
    /// It asks for so long a pause that it is not asked again in that time.
    TooLong(Duration, Error),
}

/// What came of a request.
pub(crate) enum Outcome {
    /// An answer, whatever it says.
    Answer,
    /// An answer that it is too busy, or does not work for now.
    Busy,
    /// An answer that turns it away.
    Pause(Pause),
    /// None: the connection failed, or time ran out.
    Failure(Error),
}

/// What may wait for one server.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) keys: usize,
    pub(crate) bytes: usize,
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
    /// Nobody who does not know the number that their hashes are keyed with chooses them, so that a quick hash is enough.
    servers: HashMap<ServerId, Server, lru::DefaultHasher>,
    /// Those with a question that may go now, by their standing; each has its turn, and so has each standing.
    ready: [VecDeque<(ServerId, u64)>; Standing::ALL.len()],
    /// Whose turn it is among these.
    turn: usize,
    /// How many servers had a turn that were never asked before.
    new_turns: usize,
    /// How many requests are under way, by the standing that their servers had.
    under_way: [usize; Standing::ALL.len()],
    /// How old those are whose servers answer.
    proven: Ages,
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

/// Where a server is listed.
#[derive(Clone, Copy)]
enum Place {
    /// In `ready`, under that number. What is there under another is no longer its place.
    Ready(Standing, u64),
    Later,
}

struct Server {
    queue: VecDeque<Question>,
    /// About how many bytes those take.
    bytes: usize,
    /// Where it is listed, if it is.
    place: Option<Place>,
    /// How many of its questions are under way, or in `later`.
    elsewhere: usize,
    /// How many are under way.
    asked: usize,
    /// How old those are.
    ages: Ages,
    /// How many may be: one more after as many answers, and half after what went wrong.
    share: usize,
    /// How many answers there were since it grew.
    answers: usize,
    /// Since when it is what it is: what was asked before says no more than what made it so.
    shared_since: Instant,
    /// When it last answered; before that, nothing.
    last_answer: Option<Instant>,
    /// When it last answered and turned nobody away.
    last_served: Option<Instant>,
    /// How long that answer took.
    took: Duration,
    /// Since when something is under way.
    asked_since: Instant,
    /// How many failures there were since it last answered, how often it was left alone for that, and when the first of
    /// them was asked.
    failures: u32,
    rests: u32,
    failing_since: Instant,
    /// Until when it is left alone since it failed.
    resting_until: Instant,
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, Time, NoOpMiddleware<Duration>>>,
    last_asked: Instant,
    paused_until: Instant,
    /// What it said when it last asked for a pause.
    pausing: Option<Error>,
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

/// How many requests are under way, by how many others ended since they began. A round ends with as many as may be under
/// way at once; what has outlived two is old.
#[derive(Default)]
struct Ages {
    /// How many rounds there were, and how many requests ended in this one.
    rounds: u32,
    ended: usize,
    /// Those of this round and of the one before it.
    young: [usize; 2],
    /// All others.
    old: usize,
}

impl Ages {
    /// One begins, in the round that this gives.
    fn begin(&mut self) -> u32 {
        self.young[0] += 1;
        self.rounds
    }

    /// One ends that began in that round, where so many may be under way.
    fn end(&mut self, began: u32, concurrency: usize) {
        let place = match self.rounds.wrapping_sub(began) {
            0 => &mut self.young[0],
            1 => &mut self.young[1],
            _ => &mut self.old,
        };
        *place = place.saturating_sub(1);
        self.ended += 1;
        if self.ended >= concurrency {
            self.ended = 0;
            self.rounds = self.rounds.wrapping_add(1);
            let [this, before] = self.young;
            self.young = [0, this];
            self.old += before;
        }
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
            servers: HashMap::default(),
            ready: Default::default(),
            turn: 0,
            new_turns: 0,
            under_way: [0; Standing::ALL.len()],
            proven: Ages::default(),
            later: BTreeMap::new(),
            counter: 0,
            waiting: 0,
            room: 1024,
        }
    }

    /// What the server said, if it is not to be asked: it asked for too long a pause, or failed too often.
    pub(crate) fn refusal(&self, id: &ServerId, now: Instant) -> Option<Error> {
        self.servers.get(id)?.refusal(now)
    }

    /// What keeps one more question from waiting for its server: what [`refusal`](Self::refusal) gives; or that `room` is
    /// full, and the server does not answer, or is to be left alone for long.
    pub(crate) fn turns_away(&self, id: &ServerId, now: Instant, room: Room) -> Option<Error> {
        let server = self.servers.get(id)?;
        let overflow = || {
            server
                .stops(now)
                .filter(|_| !server.has_room(room))
                .cloned()
        };
        server.refusal(now).or_else(overflow)
    }

    /// The questions that wait for such a server beyond the room that it has, the last first. They wait no longer.
    pub(crate) fn surplus(
        &mut self,
        id: &ServerId,
        now: Instant,
        room: Room,
    ) -> Option<(Error, Vec<Question>)> {
        let server = self.servers.get_mut(id)?;
        let error = server.stops(now)?.clone();
        let mut surplus = Vec::new();
        while !server.has_room(room)
            && let Some(question) = server.queue.pop_back()
        {
            server.bytes -= question.size;
            surplus.push(question);
        }
        self.waiting -= surplus.len();
        Some((error, surplus))
    }

    /// Lets a question wait for its server, behind all others.
    pub(crate) fn push(&mut self, question: Question, now: Instant) {
        let id = Arc::clone(&question.server);
        let server = self.server(&id, now);
        server.bytes += question.size;
        server.queue.push_back(question);
        self.waiting += 1;
        self.list(id, now);
    }

    /// Lets a question that was asked wait for its server again, before all others.
    pub(crate) fn push_again(&mut self, question: Question, now: Instant) {
        let id = Arc::clone(&question.server);
        let server = self.server(&id, now);
        server.bytes += question.size;
        server.queue.push_front(question);
        self.waiting += 1;
        self.list(id, now);
    }

    /// Lets a question wait for some time, and then again for its server.
    pub(crate) fn delay(&mut self, question: Question, now: Instant, delay: Duration) {
        self.server(&Arc::clone(&question.server), now).elsewhere += 1;
        self.waiting += 1;
        self.later(now + delay.min(DAY), Later::Question(Box::new(question)));
    }

    /// Notes that a question is under way no longer.
    fn end(&mut self, question: &Question) -> Option<&mut Server> {
        let [own, of_all] = question.rounds;
        self.under_way[question.standing as usize] -= 1;
        if question.standing == Standing::Proven {
            self.proven.end(of_all, self.concurrency);
        }
        let server = self.servers.get_mut(&question.server)?;
        server.elsewhere = server.elsewhere.saturating_sub(1);
        server.asked = server.asked.saturating_sub(1);
        server.ages.end(own, self.concurrency);
        Some(server)
    }

    /// The next question whose turn it is, of so many `turns` in all. Whether other keys `may_come` at once says if one
    /// server alone may have all turns; whether they may come later, as long as the input `is_open`, if those may that have
    /// not answered.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        turns: usize,
        may_come: bool,
        is_open: bool,
    ) -> Option<Next> {
        self.wake(now);
        let has_others = may_come || self.servers.len() > 1;
        let is_shared = has_others || is_open;
        let half = (turns / 2).max(1);
        while let Some((id, number)) = self.pop_ready(turns, has_others && is_open) {
            let are_others_ready = self.ready.iter().any(|ready| !ready.is_empty());
            let Some(server) = self.servers.get_mut(&id) else {
                continue;
            };
            match server.place {
                Some(Place::Ready(_, current)) if current == number => server.place = None,
                _ => continue,
            }
            let Some(mut question) = server.queue.pop_front() else {
                continue;
            };
            let standing = server.standing(now);
            // One that does not answer takes few turns from others, whether they are known yet or come later.
            let most = match standing {
                Standing::Proven => self.concurrency,
                _ if !is_shared => self.concurrency,
                Standing::Slow if !is_open && !are_others_ready => self.concurrency,
                Standing::New | Standing::Doubtful if has_others => self.concurrency / 2,
                _ => self.concurrency - self.concurrency / LEFT,
            };
            // One that answers most may leave some without an answer. These have half of the turns, as all have that do not
            // answer.
            let unanswered = match standing {
                Standing::Proven => self.proven.old,
                Standing::Doubtful => self.proven.old + self.under_way[Standing::Doubtful as usize],
                Standing::Slow | Standing::New => 0,
            };
            let is_stuck = server.ages.old > 0 && unanswered >= half;
            // Beyond half of the turns, a server that nothing is known of is asked once.
            let [_, _, new, doubtful] = self.under_way;
            let is_awaited =
                standing == Standing::New && server.asked > 0 && new + doubtful >= half;
            let is_held = is_shared && (is_stuck || is_awaited);
            let may_be_asked = !is_held && server.asked < server.share.min(most).max(1);
            let next = if let Some(error) = server.refusal(now) {
                Next::Refuse(question, error)
            } else if !may_be_asked {
                // What is under way lists it again when it ends.
                server.queue.push_front(question);
                continue;
            } else if let Some(until) = server.blocked_until(now, self.clock.start) {
                server.queue.push_front(question);
                server.place = Some(Place::Later);
                self.later(until, Later::Server(id));
                continue;
            } else {
                if server.asked == 0 {
                    server.asked_since = now;
                }
                server.elsewhere += 1;
                server.asked += 1;
                server.last_asked = now;
                question.pauses = server.pauses;
                question.standing = standing;
                question.rounds[0] = server.ages.begin();
                if standing == Standing::Proven {
                    question.rounds[1] = self.proven.begin();
                }
                question.asked = Some(now);
                question.first_asked.get_or_insert(now);
                self.under_way[standing as usize] += 1;
                Next::Ask(question)
            };
            let (Next::Ask(question) | Next::Refuse(question, _)) = &next;
            server.bytes -= question.size;
            self.waiting -= 1;
            self.list(id, now);
            return Some(next);
        }
        None
    }

    /// The next server whose turn it is.
    ///
    /// While there are keys of servers that answer, or may be, those that do not have half of the turns, however many they
    /// are. Half of that is for the first request to servers that were never asked, and an eighth of all turns beside: what
    /// hangs keeps none from showing that it answers. Of these, the last that came has a turn now and then, and what is beyond
    /// half, so that it need not wait behind all the others.
    fn pop_ready(&mut self, turns: usize, may_come: bool) -> Option<(ServerId, u64)> {
        let [proven, slow, new, doubtful] = self.under_way;
        let is_ready = |standing| !self.ready[standing as usize].is_empty();
        let is_shared = may_come
            || proven + slow > 0
            || is_ready(Standing::Proven)
            || is_ready(Standing::Slow)
            || !self.later.is_empty();
        let half = (turns / 2).max(1);
        let for_doubtful = if is_ready(Standing::New) {
            (half / 2).max(1)
        } else {
            half
        };
        let may_have = |standing| match standing {
            _ if !is_shared => true,
            Standing::Proven => true,
            Standing::Slow
                if !may_come && !is_ready(Standing::Proven) && !is_ready(Standing::New) =>
            {
                true
            }
            Standing::Slow => slow + new + doubtful < (turns - turns / LEFT).max(1),
            // Of few turns, one is left.
            Standing::New => {
                let beside = (turns / 8).max(1);
                new + doubtful < (half + beside).min(turns.saturating_sub(1).max(1))
            }
            Standing::Doubtful => doubtful < for_doubtful && new + doubtful < half,
        };
        let may_have = Standing::ALL.map(may_have);
        for offset in 0..may_have.len() {
            let turn = (self.turn + offset) % may_have.len();
            if !may_have[turn] {
                continue;
            }
            let is_new = Standing::ALL[turn] == Standing::New;
            let ready = &mut self.ready[turn];
            // What is beyond half is for those that came last, which may answer where the first do not.
            let is_last = self.new_turns % LAST == LAST - 1 || new + doubtful >= half;
            let next = if is_new && is_last {
                ready.pop_back()
            } else {
                ready.pop_front()
            };
            if next.is_some() {
                self.new_turns += usize::from(is_new);
                self.turn = turn + 1;
                return next;
            }
        }
        None
    }

    /// Has the only server that there is looked at again.
    pub(crate) fn list_only(&mut self, now: Instant) {
        if self.servers.len() == 1
            && let Some(id) = self.servers.keys().next().cloned()
        {
            self.list(id, now);
        }
    }

    /// Notes what came of a question, and gives how many pauses there were in a row.
    pub(crate) fn answered(&mut self, question: &Question, outcome: &Outcome, now: Instant) -> u32 {
        let concurrency = self.concurrency;
        let Some(server) = self.end(question) else {
            return 0;
        };
        let asked = question.asked.unwrap_or(now);
        match outcome {
            Outcome::Failure(error) => server.failed(error, asked, now),
            Outcome::Answer | Outcome::Busy | Outcome::Pause(_) => {
                server.last_answer = Some(now);
                server.took = now.saturating_duration_since(asked);
                server.failures = 0;
                server.broken = None;
                match outcome {
                    Outcome::Answer => {
                        server.last_served = Some(now);
                        server.grow(concurrency, now);
                    }
                    Outcome::Busy => server.rest(asked, now),
                    _ => {
                        server.shrink(asked, now);
                    }
                }
            }
        }
        let in_a_row = match outcome {
            Outcome::Pause(pause) => server.paused(question, pause, now),
            Outcome::Answer | Outcome::Busy | Outcome::Failure(_) => {
                server.pauses_in_a_row = 0;
                0
            }
        };
        self.list(Arc::clone(&question.server), now);
        in_a_row
    }

    /// Whether a server has served others since it was first asked that.
    pub(crate) fn has_served(&self, question: &Question) -> bool {
        let last = self.servers.get(&question.server);
        let last = last.and_then(|server| server.last_served);
        last > question.first_asked
    }

    /// Notes that a question could not be asked after all.
    pub(crate) fn unasked(&mut self, question: &Question, now: Instant) {
        if self.end(question).is_some() {
            self.list(Arc::clone(&question.server), now);
        }
    }

    /// How many pauses there were since the server last answered anything else.
    pub(crate) fn pauses_in_a_row(&self, id: &ServerId) -> u32 {
        self.servers.get(id).map_or(0, |it| it.pauses_in_a_row)
    }

    /// The questions that wait for one server, which wait no longer.
    pub(crate) fn drain(&mut self, id: &ServerId) -> Vec<Question> {
        let Some(server) = self.servers.get_mut(id) else {
            return Vec::new();
        };
        server.bytes = 0;
        let questions: Vec<_> = server.queue.drain(..).collect();
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
        self.ready = Default::default();
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
                Later::Server(id) => {
                    if let Some(server) = self.servers.get_mut(&id) {
                        server.place = None;
                    }
                    self.list(id, now);
                }
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

    /// Lists a server that has a question where it belongs.
    fn list(&mut self, id: ServerId, now: Instant) {
        let Some(server) = self.servers.get_mut(&id).filter(|it| !it.queue.is_empty()) else {
            return;
        };
        let standing = server.standing(now);
        match server.place {
            Some(Place::Later) => return,
            Some(Place::Ready(listed, _)) if listed == standing => return,
            _ => {}
        }
        self.counter += 1;
        server.place = Some(Place::Ready(standing, self.counter));
        self.ready[standing as usize].push_back((id, self.counter));
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
                bytes: 0,
                place: None,
                elsewhere: 0,
                asked: 0,
                ages: Ages::default(),
                share: concurrency,
                answers: 0,
                shared_since: now,
                last_answer: None,
                last_served: None,
                took: Duration::ZERO,
                asked_since: now,
                failures: 0,
                rests: 0,
                failing_since: now,
                resting_until: now,
                limiter: quota.map(|quota| RateLimiter::direct_with_clock(quota, clock)),
                last_asked: now,
                paused_until: now,
                pausing: None,
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
            let is_idle =
                server.place.is_none() && server.queue.is_empty() && server.elsewhere == 0;
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
    /// Whether one more may wait, where the server has no more than that.
    fn has_room(&self, room: Room) -> bool {
        self.queue.len() < room.keys && self.bytes < room.bytes
    }

    /// Why it takes none for long, if so: it failed too often, whether a trial is due or not, or asked for a long pause.
    fn stops(&self, now: Instant) -> Option<&Error> {
        let broken = self.broken.as_ref().map(|(_, error)| error);
        let pausing = self.pausing.as_ref();
        broken.or(pausing.filter(|_| self.paused_until > now + LONG))
    }

    fn standing(&self, now: Instant) -> Standing {
        let is_silent = |answered: Instant| {
            let since = answered.max(self.asked_since);
            self.asked > 0 && now.saturating_duration_since(since) >= SILENCE
        };
        match self.last_answer {
            _ if self.failures > 0 => Standing::Doubtful,
            None if self.asked == 0 => Standing::New,
            None => Standing::Doubtful,
            Some(at) if is_silent(at) => Standing::Doubtful,
            Some(_) if self.took >= SLOW => Standing::Slow,
            Some(_) => Standing::Proven,
        }
    }

    /// Notes an answer that turned a question away, and gives how many there were in a row.
    fn paused(&mut self, question: &Question, pause: &Pause, now: Instant) -> u32 {
        let (Pause::For(time, error) | Pause::TooLong(time, error)) = pause;
        self.paused_until = self.paused_until.max(now + (*time).min(DAY));
        self.pausing = Some(error.clone());
        match pause {
            Pause::TooLong(..) => self.refusal = Some(error.clone()),
            // It was asked, so that what it said before is over.
            Pause::For(..) if self.pauses == question.pauses => self.refusal = None,
            Pause::For(..) => {}
        }
        // Those that were asked at once are turned away at once: that is one pause.
        if question.pauses == self.pauses {
            self.pauses += 1;
            self.pauses_in_a_row += 1;
        }
        self.pauses_in_a_row
    }

    /// Notes that no answer came to what was asked then. The server is left alone for a moment, longer each time. After too
    /// many in a row, and long enough, all that wait for it are told what it was, until a trial is answered: at once, where
    /// it does not pass by itself.
    fn failed(&mut self, error: &Error, asked: Instant, now: Instant) {
        // It has answered others since then: one of several machines may be gone, or one request in a hundred.
        if self.last_answer.is_some_and(|at| at > asked) {
            if error.kind() != ErrorKind::Timeout {
                self.rest(asked, now);
            }
            return;
        }
        if self.failures == 0 {
            self.failing_since = asked;
        }
        self.failures = self.failures.saturating_add(1);
        self.rest(asked, now);
        let is_lasting = now.saturating_duration_since(self.failing_since) >= PATIENCE
            || (!may_pass(error) && self.rests >= BURSTS);
        if let Some(more) = self.failures.checked_sub(FAILURES)
            && is_lasting
        {
            let longer = TRIAL[0].saturating_mul(2_u32.saturating_pow(more / FAILURES));
            self.broken = Some((now + longer.min(TRIAL[1]), error.clone()));
        }
    }

    /// Leaves it alone for a moment, longer each time until it answers, and asks less of it then.
    fn rest(&mut self, asked: Instant, now: Instant) {
        if self.shrink(asked, now) {
            let rest = REST[0].saturating_mul(2_u32.saturating_pow(self.rests));
            self.rests = self.rests.saturating_add(1);
            self.resting_until = now + rest.min(REST[1]);
        }
    }

    /// Halves its share for what went wrong, but once for all that was asked at once; whether it did.
    fn shrink(&mut self, asked: Instant, now: Instant) -> bool {
        let is_new = asked >= self.shared_since;
        if is_new {
            self.share = (self.share / 2).max(1);
            self.answers = 0;
            self.shared_since = now;
        }
        is_new
    }

    /// Lets its share grow after an answer, slowly: a server that can take no more would be asked too much each time.
    fn grow(&mut self, most: usize, now: Instant) {
        self.rests = 0;
        self.resting_until = now;
        self.answers += 1;
        if self.answers >= self.share {
            self.answers = 0;
            self.share = (self.share + 1).min(most);
        }
    }

    fn refusal(&self, now: Instant) -> Option<Error> {
        let refusal = self.refusal.as_ref().filter(|_| self.paused_until > now);
        let broken = self.broken.as_ref().filter(|(until, _)| *until > now);
        refusal.or(broken.map(|(_, error)| error)).cloned()
    }

    /// Until when nothing may be asked; otherwise a request is taken off its rate.
    fn blocked_until(&self, now: Instant, start: Instant) -> Option<Instant> {
        let until = self.paused_until.max(self.resting_until);
        if until > now {
            return Some(until);
        }
        let until = self.limiter.as_ref()?.check().err()?;
        Some(start + until.earliest_possible())
    }
}

/// Whether it may be over in a moment that a server gave no answer: a name that nobody knows stays so, and a bad certificate.
fn may_pass(error: &Error) -> bool {
    use Reason::{ConnectTimeout, Refused, Reset, Tls, Unreachable};
    matches!(
        error.reason(),
        None | Some(Refused | Unreachable | ConnectTimeout | Reset | Tls)
    )
}
