//! The stream of verdicts, on a clock that the tests move: limits, pauses, sharing, back-pressure, cancellation.
#![allow(
    clippy::similar_names,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

mod providers;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{self, Stream, StreamExt};
use keyholder_check::{Checked, Checker, Key};
use keyholder_core::{
    Answer, Authentication, BoxFuture, Credential, Error, ErrorKind, Identity, KeyParameter,
    Operation, Part, Provider, ProviderInfo, Token, TokenForm, Verdict, WhoAmI,
};
use providers::{EXTRUCT, KATAPULT, UNLEASH};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

const TOKEN: &str = "user.4f9c7e21b8d3a605";
const SECOND: Duration = Duration::from_secs(1);

/// What a server answers to the nth request, and after how long.
type Script = dyn Fn(&str, usize) -> (Duration, u16, Option<u64>) + Send + Sync;

/// Servers that no socket leads to, and what became of them.
struct World {
    script: Box<Script>,
    asked: Mutex<Vec<(String, Instant)>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl World {
    fn new(
        script: impl Fn(&str, usize) -> (Duration, u16, Option<u64>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    /// All servers answer a good key, after a second.
    fn good() -> Arc<Self> {
        Self::new(|_, _| (SECOND, 200, None))
    }

    /// The server whose base URL ends so takes that time for each key; all others answer after a millisecond.
    fn with_slow(slow: &'static str, time: Duration) -> Arc<Self> {
        Self::new(move |server, _| {
            let is_slow = server.ends_with(slow);
            let time = if is_slow { time } else { SECOND / 1000 };
            (time, 200, None)
        })
    }

    fn checker(self: &Arc<Self>) -> Checker {
        let world = Arc::clone(self);
        Checker::new().client(move |provider, config| {
            let server = config.base_url_of(provider)?;
            Ok(Box::new(Client {
                client: Box::new(keyholder_core::Client::new(provider, config)?),
                world: Arc::clone(&world),
                server,
            }))
        })
    }

    /// The same, with clients that wait no longer than that for an answer.
    fn checker_with_deadline(self: &Arc<Self>, deadline: Duration) -> Checker {
        let world = Arc::clone(self);
        Checker::new().client(move |provider, config| {
            let client = Client {
                server: config.base_url_of(provider)?,
                client: Box::new(keyholder_core::Client::new(provider, config)?),
                world: Arc::clone(&world),
            };
            Ok(Box::new(Impatient { client, deadline }))
        })
    }

    /// When each request came to the server whose base URL ends so.
    fn asked(&self, server: &str) -> Vec<Instant> {
        let asked = self.asked.lock().unwrap();
        let asked = asked.iter().filter(|(it, _)| it.ends_with(server));
        asked.map(|(_, at)| *at).collect()
    }
}

struct Client {
    client: Box<dyn WhoAmI>,
    world: Arc<World>,
    server: String,
}

/// A client that has a deadline.
struct Impatient {
    client: Client,
    deadline: Duration,
}

impl WhoAmI for Impatient {
    fn provider(&self) -> &Provider {
        self.client.provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        Box::pin(async move {
            let answer = timeout(self.deadline, self.client.whoami()).await;
            answer.unwrap_or_else(|_| {
                let error = json!({ "kind": "timeout", "message": "too late" });
                let verdict = json!({ "provider": "unleash", "verdict": "indeterminate", "identity": null, "error": error });
                let verdict: Verdict = serde_json::from_value(verdict).unwrap();
                Err(verdict.error().unwrap().clone())
            })
        })
    }

    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.client.read_answer(answer)
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        Ok(Box::new(Self {
            client: self.client.of(token)?,
            deadline: self.deadline,
        }))
    }
}

/// Counts a request for as long as it is under way.
struct UnderWay(Arc<World>);

impl UnderWay {
    fn new(world: &Arc<World>) -> Self {
        let count = world.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        world.most.fetch_max(count, Ordering::SeqCst);
        Self(Arc::clone(world))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl WhoAmI for Client {
    fn provider(&self) -> &Provider {
        self.client.provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        Box::pin(async move {
            let _under_way = UnderWay::new(&self.world);
            let nth = self.world.asked(&self.server).len();
            let asked = (self.server.clone(), Instant::now());
            self.world.asked.lock().unwrap().push(asked);
            let (time, status, retry_after) = (self.world.script)(&self.server, nth);
            sleep(time).await;
            let body = match status {
                // As the description has them: a refusal is one by its code.
                200 | 401 => self.example(status),
                _ => "",
            };
            let mut answer = Answer::new(status, body);
            if let Some(seconds) = retry_after {
                answer = answer.header("retry-after", &seconds.to_string());
            }
            self.read_answer(answer)
        })
    }

    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.client.read_answer(answer)
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        Ok(Box::new(self.of(token)?))
    }
}

impl Client {
    /// The same, with another token.
    fn of(&self, token: &Token) -> Result<Self, Error> {
        Ok(Self {
            client: self.client.with_token(token)?,
            world: Arc::clone(&self.world),
            server: self.server.clone(),
        })
    }

    fn example(&self, status: u16) -> &'static str {
        let examples = match self.provider().name.as_str() {
            "extruct" => keyholder_extruct::examples::EXAMPLES,
            "katapult" => keyholder_katapult::examples::EXAMPLES,
            _ => keyholder_unleash::examples::EXAMPLES,
        };
        examples.iter().find(|it| it.0 == status).unwrap().1
    }
}

fn server(name: &str) -> String {
    format!("https://{name}.example.com/{name}")
}

/// The nth key, a different one each, of the server of that name.
fn key(tag: usize, name: &str) -> Key<usize> {
    Key::new(tag, &*UNLEASH, format!("{TOKEN}{tag}")).base_url(server(name))
}

fn keys(count: usize, name: &'static str) -> impl Stream<Item = Key<usize>> {
    stream::iter((0..count).map(move |tag| key(tag, name)))
}

/// Waits until the server whose base URL ends so has answered for so many keys.
async fn answered_by(
    verdicts: &mut (impl Stream<Item = Checked<usize>> + Unpin),
    server: &str,
    keys: usize,
) {
    let mut answered = 0;
    while answered < keys {
        let checked = verdicts.next().await.unwrap();
        let identity = checked.verdict.identity();
        answered += usize::from(identity.is_some_and(|it| it.iss.ends_with(server)));
    }
}

fn outcomes(checked: &[Checked<usize>]) -> HashMap<&'static str, usize> {
    let mut outcomes = HashMap::new();
    for it in checked {
        *outcomes.entry(it.verdict.as_str()).or_default() += 1;
    }
    outcomes
}

// Limits.

#[tokio::test(start_paused = true)]
async fn no_more_keys_are_asked_about_at_once_than_allowed() {
    for concurrency in [1, 7, 64] {
        let world = World::good();
        let checker = world.checker().concurrency(concurrency);
        let start = Instant::now();
        let checked: Vec<_> = checker.check(keys(128, "a")).collect().await;
        assert_eq!(outcomes(&checked), HashMap::from([("valid", 128)]));
        assert_eq!(world.most.load(Ordering::SeqCst), concurrency);
        // On this clock nothing but the answers takes time.
        let rounds = u32::try_from(128_usize.div_ceil(concurrency)).unwrap();
        assert_eq!(start.elapsed().as_secs(), u64::from(rounds));
        let mut tags: Vec<_> = checked.iter().map(|it| it.tag).collect();
        tags.sort_unstable();
        assert!(tags.into_iter().eq(0..128), "every key once");
    }
}

#[tokio::test(start_paused = true)]
async fn the_default_concurrency_is_64() {
    let world = World::good();
    let checked: Vec<_> = world.checker().check(keys(200, "a")).collect().await;
    assert_eq!(checked.len(), 200);
    assert_eq!(world.most.load(Ordering::SeqCst), 64);
}

#[tokio::test(start_paused = true)]
async fn each_server_is_asked_at_its_rate() {
    let world = World::good();
    let rate = NonZeroU32::new(5).unwrap();
    let checker = world.checker().rate(rate, SECOND);
    let input = stream::select(keys(20, "a"), keys(20, "b"));
    let start = Instant::now();
    let checked: Vec<_> = checker.check(input).collect().await;
    assert_eq!(checked.len(), 40);
    for name in ["a", "b"] {
        let asked = world.asked(name);
        assert_eq!(asked.len(), 20);
        for pair in asked.windows(2) {
            assert!(pair[1] - pair[0] >= Duration::from_millis(200), "{asked:?}");
        }
        // And no slower than that: the clock's milliseconds aside.
        assert!(asked[19] - start < Duration::from_millis(19 * 202));
    }
}

// Servers that do not answer.

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_takes_few_turns_and_is_given_up_until_a_trial() {
    // It answers again after a while; the other takes a tenth of a second each time.
    let start = Instant::now();
    let world = World::new(move |server, _| {
        let is_down = server.ends_with("/a") && start.elapsed() < 30 * SECOND;
        (if is_down { 60 * SECOND } else { SECOND / 10 }, 200, None)
    });
    // The test's client has no deadline of its own.
    let checker = world.checker_with_deadline(10 * SECOND).concurrency(16);
    let mut verdicts = checker.check(stream::select(keys(200, "a"), keys(2000, "b")));
    let (mut good, mut lost, mut turned_away) = (Vec::new(), Vec::new(), 0);
    while let Some(checked) = verdicts.next().await {
        turned_away += usize::from(!checked.is_asked);
        match checked.verdict {
            Verdict::Valid(_) => good.push(start.elapsed()),
            Verdict::Indeterminate(error) => {
                assert_eq!(error.kind(), ErrorKind::Timeout);
                lost.push(start.elapsed());
            }
            Verdict::Invalid(_) => panic!("nobody refused a key"),
        }
    }
    assert_eq!(good.len() + lost.len(), 2200);
    assert!(good.len() >= 2000);
    // The other has most turns from the start: alone it would need 12.5 s.
    assert!(good[1999] < 25 * SECOND, "{:?}", good[1999]);
    assert_eq!(turned_away + world.asked("").len(), 2200, "each is either");
    // And what waits is not asked one timeout after the other.
    assert!(lost.last().unwrap() < &(60 * SECOND), "{lost:?}");
    assert!(world.asked("/a").len() < 60, "{}", world.asked("/a").len());
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_ahead_of_others_leaves_them_turns() {
    // All of the first server's keys come first; it takes a second for each, or never answers.
    for time in [SECOND, SECOND * 1000] {
        let world = World::with_slow("/a", time);
        let input = keys(640, "a").chain(keys(300, "b"));
        let mut verdicts = world.checker().check(input);
        let start = Instant::now();
        answered_by(&mut verdicts, "/b", 300).await;
        assert!(start.elapsed() < SECOND, "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn turns_are_left_to_those_that_come_later() {
    // Nothing else is there when the slow server's keys are taken.
    for (time, name) in [(SECOND, "slow"), (SECOND * 1000, "hanging")] {
        let world = World::with_slow("/a", time);
        let later = stream::once(sleep(SECOND / 2)).flat_map(|()| keys(300, "b"));
        let mut verdicts = world.checker().check(keys(200, "a").chain(later).boxed());
        let start = Instant::now();
        answered_by(&mut verdicts, "/b", 300).await;
        assert!(start.elapsed() < SECOND, "{name}: {:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_breaks_in_one_moment_is_one_failure() {
    // All that is under way gets no answer, once; what comes after that does.
    let world = World::new(|_, nth| {
        let hangs = (100..164).contains(&nth);
        (if hangs { SECOND * 1000 } else { SECOND / 100 }, 200, None)
    });
    let checker = world.checker_with_deadline(SECOND);
    let checked: Vec<_> = checker.check(keys(2000, "a")).collect().await;
    let good = checked.iter().filter(|it| it.verdict.is_valid()).count();
    // Those that were seen to fail after others were served are asked once more.
    assert!(good >= 2000 - 64, "{good}");
    assert!(checked.iter().all(|it| it.is_asked));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_leaves_one_in_a_hundred_without_an_answer_loses_no_key() {
    // One of its machines is gone. Others wait no longer for that than for one that is gone as a whole.
    let world = World::new(|server, nth| {
        let hangs = server.ends_with("/a") && nth % 100 == 99;
        (if hangs { SECOND * 1000 } else { SECOND / 1000 }, 200, None)
    });
    let start = Instant::now();
    let input = keys(12_000, "a").chain(keys(2000, "b"));
    let checker = world.checker_with_deadline(SECOND * 10).max_waiting(20_000);
    let mut verdicts = checker.check(input.boxed());
    answered_by(&mut verdicts, "/b", 2000).await;
    assert!(start.elapsed() < SECOND * 5, "{:?}", start.elapsed());
    let rest: Vec<_> = verdicts.collect().await;
    let lost = rest.iter().filter(|it| !it.verdict.is_valid()).count();
    // A key that finds the machine that is gone twice in a row is told so.
    assert!(lost <= 12, "{lost}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_so_many_a_second_loses_no_key() {
    for (status, wait) in [(429, Some(1)), (503, None)] {
        let start = Instant::now();
        let taken = Mutex::new((0, 0));
        let world = World::new(move |_, _| {
            let mut taken = taken.lock().unwrap();
            let second = start.elapsed().as_secs();
            if taken.0 != second {
                *taken = (second, 0);
            }
            taken.1 += 1;
            if taken.1 <= 10 {
                (SECOND / 100, 200, None)
            } else {
                (SECOND / 100, status, wait)
            }
        });
        let checked: Vec<_> = world.checker().check(keys(300, "a")).collect().await;
        assert_eq!(outcomes(&checked), HashMap::from([("valid", 300)]));
        // It allows no more than ten a second.
        assert!(start.elapsed() < SECOND * 40, "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_serves_nobody_is_not_asked_more_often_than_that() {
    let world = World::new(|_, _| (SECOND / 100, 503, None));
    let checker = world.checker().max_retries(2);
    let checked: Vec<_> = checker.check(keys(20, "a")).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("indeterminate", 20)]));
    assert_eq!(world.asked("/a").len(), 60);
}

#[tokio::test(start_paused = true)]
async fn of_few_turns_servers_that_do_not_answer_leave_one() {
    for turns in [2, 3, 4] {
        let world = World::new(|server, _| {
            let answers = server.ends_with("/b");
            (if answers { SECOND / 10 } else { SECOND * 1000 }, 200, None)
        });
        let hanging = stream::iter((0..40).map(|tag| key(tag, &format!("h{tag}"))));
        let start = Instant::now();
        let checker = world.checker_with_deadline(SECOND * 10).concurrency(turns);
        let mut verdicts = checker.check(hanging.chain(keys(20, "b")));
        let mut good = Vec::new();
        while let Some(checked) = verdicts.next().await {
            if let Verdict::Valid(_) = checked.verdict {
                good.push(start.elapsed());
            }
        }
        assert_eq!(good.len(), 20);
        assert!(good[19] < SECOND * 10, "{turns}: {:?}", good[19]);
    }
}

#[tokio::test(start_paused = true)]
async fn many_servers_that_do_not_answer_leave_others_half_of_the_turns() {
    // Six hundred of them, two keys each.
    let hanging = || stream::iter((0..1200).map(|tag| key(tag, &format!("h{}", tag / 2))));
    for (is_last, most) in [(false, 12), (true, 24)] {
        let world = World::new(|server, _| {
            let answers = server.ends_with("/b");
            (if answers { SECOND / 10 } else { SECOND * 1000 }, 200, None)
        });
        let good = keys(2000, "b");
        let input: Pin<Box<dyn Stream<Item = Key<usize>>>> = if is_last {
            Box::pin(hanging().chain(good))
        } else {
            Box::pin(stream::select(hanging(), good))
        };
        let start = Instant::now();
        let mut verdicts = world.checker_with_deadline(SECOND * 10).check(input);
        let (mut good, mut lost) = (Vec::new(), 0);
        while let Some(checked) = verdicts.next().await {
            match checked.verdict {
                Verdict::Valid(_) => good.push(start.elapsed()),
                _ => lost += 1,
            }
        }
        assert_eq!((good.len(), lost), (2000, 1200));
        assert!(good[1999] < SECOND * most, "{:?}", good[1999]);
        // When nobody else wants the turns, they have all of them.
        assert!(start.elapsed() < SECOND * 250, "{:?}", start.elapsed());
        assert!(world.most.load(Ordering::SeqCst) <= 64);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_pauses_for_long_has_half_of_the_room() {
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0) => (SECOND, 429, Some(200)),
        _ => (SECOND, 200, None),
    });
    let input = keys(1000, "a").chain(keys(50, "b"));
    let checker = world.checker().concurrency(4).max_waiting(100);
    let start = Instant::now();
    let checked: Vec<_> = checker
        .check(input)
        .map(|checked| (start.elapsed(), checked))
        .collect()
        .await;
    assert_eq!(checked.len(), 1050);
    let is_b = |it: &Checked<usize>| {
        it.verdict
            .identity()
            .is_some_and(|it| it.iss.ends_with("/b"))
    };
    let others = checked.iter().filter(|(_, it)| is_b(it));
    assert_eq!(others.clone().count(), 50);
    assert!(others.clone().all(|(at, _)| *at < SECOND * 100));
    // Those that came when half of the room was theirs know why they were not asked.
    let (mut asked, mut turned_away) = (0, 0);
    for (_, checked) in checked.iter().filter(|(_, it)| !is_b(it)) {
        match &checked.verdict {
            Verdict::Indeterminate(error) => {
                assert_eq!(error.kind(), ErrorKind::RateLimited);
                assert!(!checked.is_asked);
                turned_away += 1;
            }
            _ => asked += 1,
        }
    }
    assert!((50..70).contains(&asked), "{asked}");
    assert_eq!(asked + turned_away, 1000);
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_what_failures_began() {
    // Many requests are left without an answer at once, and those that were made a moment later are answered after that.
    let millis = Duration::from_millis;
    let world = World::new(move |_, nth| match nth {
        0 => (millis(5), 200, None),
        1..32 => (SECOND * 1000, 200, None),
        _ => (millis(18), 200, None),
    });
    let start = Instant::now();
    let checker = world.checker_with_deadline(millis(20));
    let checked: Vec<_> = checker.check(keys(200, "a")).collect().await;
    assert_eq!(checked.len(), 200);
    assert!(start.elapsed() < SECOND * 5, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_is_answered_opens_a_server_again() {
    let start = Instant::now();
    let world = World::new(move |_, _| {
        let is_down = start.elapsed() < 5 * SECOND;
        (if is_down { 60 * SECOND } else { SECOND / 10 }, 200, None)
    });
    let checker = world.checker_with_deadline(SECOND).concurrency(16);
    // Keys come all the time, some after the trial.
    let input = stream::unfold(0, |n| async move {
        sleep(SECOND / 5).await;
        (n < 300).then(|| (key(n, "a"), n + 1))
    });
    let checked: Vec<_> = checker.check(input.boxed()).collect().await;
    assert_eq!(checked.len(), 300);
    let good = checked.iter().filter(|it| it.verdict.is_valid()).count();
    assert!((150..300).contains(&good), "{good}");
}

// Pauses.

#[tokio::test(start_paused = true)]
async fn a_server_that_pauses_stops_no_other_and_takes_no_turn() {
    // The first ten are turned away, and asked again after the pause.
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0..10) => (SECOND, 429, Some(60)),
        _ => (SECOND, 200, None),
    });
    let checker = world.checker().concurrency(10);
    let input = keys(100, "a").chain(keys(100, "b"));
    let start = Instant::now();
    let mut times = HashMap::new();
    let mut verdicts = checker.check(input);
    while let Some(checked) = verdicts.next().await {
        assert!(checked.verdict.is_valid(), "{checked:?}");
        let iss = &checked.verdict.identity().unwrap().iss;
        let name = iss.chars().last().unwrap();
        times
            .entry(name)
            .or_insert_with(Vec::new)
            .push(start.elapsed());
    }
    let last = |name| *times[&name].last().unwrap();
    assert_eq!((times[&'a'].len(), times[&'b'].len()), (100, 100));
    // It has half of the turns until its first answer.
    assert!(last('b') < Duration::from_secs(13), "{times:?}");
    let asked = world.asked("/a");
    assert_eq!(asked.len(), 110);
    assert!(asked[4] - start < SECOND);
    assert!(asked[5] - start >= Duration::from_secs(61), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn a_503_with_a_wait_pauses_too_and_one_without_does_not() {
    for (wait, after) in [(Some(30), 31), (None, 1)] {
        let world = World::new(move |_, nth| match nth {
            0 => (SECOND, 503, wait),
            _ => (SECOND, 200, None),
        });
        let checker = world.checker().concurrency(1);
        let start = Instant::now();
        let checked: Vec<_> = checker.check(keys(2, "a")).collect().await;
        assert_eq!(outcomes(&checked), HashMap::from([("valid", 2)]));
        assert_eq!((world.asked("/a")[1] - start).as_secs(), after);
    }
}

#[tokio::test(start_paused = true)]
async fn providers_of_one_base_url_and_base_urls_of_one_provider_pause_apart() {
    let world = World::new(|_, nth| match nth {
        0 => (SECOND, 429, Some(60)),
        _ => (SECOND, 200, None),
    });
    let all = [
        Key::new(0, &*UNLEASH, TOKEN).base_url("https://example.com/a"),
        Key::new(1, &*UNLEASH, TOKEN).base_url("https://example.com/b"),
        Key::new(2, &*KATAPULT, TOKEN).base_url("https://example.com/c"),
    ];
    let start = Instant::now();
    let checker = world.checker().concurrency(1);
    let checked: Vec<_> = checker.check(stream::iter(all)).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 3)]));
    // Each was asked at its own time, and each paused for itself.
    for (name, first) in [("/a", 0), ("/b", 1), ("/c", 2)] {
        let asked = world.asked(name);
        assert_eq!((asked[0] - start).as_secs(), first);
        assert!(asked[1] - start >= Duration::from_secs(first + 61));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_stops_pausing_is_given_up() {
    let world = World::new(|_, _| (SECOND, 429, Some(10)));
    let checker = world.checker().concurrency(1).max_retries(2);
    let start = Instant::now();
    let checked: Vec<_> = checker.check(keys(1, "a")).collect().await;
    let error = checked[0].verdict.error().unwrap();
    assert!(checked[0].verdict.is_indeterminate());
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(10)));
    assert_eq!(world.asked("/a").len(), 3);
    assert_eq!(start.elapsed().as_secs(), 23);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_few_at_a_time_answers_all_in_the_end() {
    // Three requests a minute; whatever is beyond is turned away.
    let times = Mutex::new(Vec::<Instant>::new());
    let world = World::new(move |_, _| {
        let mut times = times.lock().unwrap();
        times.retain(|it| it.elapsed() < Duration::from_secs(60));
        if times.len() < 3 {
            times.push(Instant::now());
            (Duration::ZERO, 200, None)
        } else {
            (Duration::ZERO, 429, Some(60))
        }
    });
    let checked: Vec<_> = world.checker().check(keys(30, "a")).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 30)]));
}

#[tokio::test(start_paused = true)]
async fn a_429_without_a_wait_pauses_for_longer_each_time() {
    let world = World::new(|_, _| (Duration::ZERO, 429, None));
    let checker = world.checker().concurrency(1).max_retries(3);
    let checked: Vec<_> = checker.check(keys(1, "a")).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("indeterminate", 1)]));
    let asked = world.asked("/a");
    assert_eq!(asked.len(), 4);
    for pair in asked.windows(2) {
        let pause = pair[1] - pair[0];
        assert!(pause >= Duration::from_millis(450) && pause <= Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_too_long_is_not_waited_for_and_not_disturbed() {
    let world = World::new(|server, _| {
        if server.ends_with("/a") {
            (SECOND, 429, Some(u64::MAX))
        } else {
            (SECOND, 200, None)
        }
    });
    let checker = world.checker().concurrency(2).max_pause(60 * SECOND);
    let input = stream::iter((0..1000).map(|tag| match tag % 2 {
        0 => key(tag, "a"),
        _ => key(tag, "b"),
    }));
    let checked: Vec<_> = checker.check(input).collect().await;
    assert_eq!(
        outcomes(&checked),
        HashMap::from([("valid", 500), ("indeterminate", 500)])
    );
    // Those that were under way when it said so, and no other.
    assert!(world.asked("/a").len() <= 2);
    let asked = checked.iter().filter(|it| it.is_asked).count();
    assert_eq!(asked, world.asked("").len());
    let error = checked.iter().find_map(|it| it.verdict.error()).unwrap();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test(start_paused = true)]
async fn what_fails_in_passing_is_tried_again_without_taking_a_turn() {
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0..2) => (Duration::ZERO, 502, None),
        (true, _) => (Duration::ZERO, 200, None),
        (false, _) => (Duration::ZERO, 500, None),
    });
    let input = stream::iter([key(0, "a"), key(1, "b")]);
    let checker = world.checker().concurrency(1);
    let checked: Vec<_> = checker.check(input).collect().await;
    let verdict = |tag| &checked.iter().find(|it| it.tag == tag).unwrap().verdict;
    assert!(verdict(0).is_valid());
    assert_eq!(world.asked("/a").len(), 3);
    // The wait left room for the other, whose 500 is final.
    assert_eq!(checked[0].tag, 1);
    assert_eq!(verdict(1).error().unwrap().status().unwrap(), 500);
    assert_eq!(world.asked("/b").len(), 1);
}

// Sharing.

#[tokio::test(start_paused = true)]
async fn a_key_that_is_asked_about_is_not_asked_about_again() {
    let world = World::good();
    let same = |tag| Key::new(tag, &*UNLEASH, TOKEN).base_url(server("a"));
    let same = stream::iter((0..100).map(same));
    let slash = Key::new(100, &*UNLEASH, TOKEN).base_url(server("a") + "/");
    let checked: Vec<_> = world
        .checker()
        .check(same.chain(stream::iter([slash])))
        .collect()
        .await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 101)]));
    assert_eq!(world.asked("").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_that_differ_in_anything_are_asked_about_apart() {
    let world = World::good();
    let all = [
        Key::new(0, &*UNLEASH, TOKEN).base_url("https://example.com/a"),
        Key::new(1, &*UNLEASH, TOKEN).base_url("https://example.com/b"),
        Key::new(2, &*KATAPULT, TOKEN).base_url("https://example.com/a"),
        Key::new(3, &*UNLEASH, "another").base_url("https://example.com/a"),
        Key::new(4, &*UNLEASH, TOKEN)
            .base_url("https://example.com/a")
            .authentication(keyholder_core::Authentication::bearer()),
    ];
    let checked: Vec<_> = world.checker().check(stream::iter(all)).collect().await;
    assert_eq!(checked.len(), 5);
    assert_eq!(world.asked("").len(), 5);
}

/// A provider whose keys have a region, and two parts by one of its schemes.
fn regional() -> Provider {
    let mut info = ProviderInfo::new("acme", Operation::new("me", "GET", "/me"));
    info.parameters = vec![KeyParameter::new("region", "ACME_REGION")];
    let parts = vec![
        Part::new("id", Authentication::query("id")),
        Part::new("key", Authentication::header("x-key", "")),
    ];
    let both = Credential::new("both", Authentication::All { parts });
    info.credentials.push(both);
    info.into()
}

#[tokio::test(start_paused = true)]
async fn the_same_token_sent_in_another_way_is_another_key() {
    let provider = regional();
    let key = |token: Token| Key::new((), &provider, token).base_url("https://example.com");
    let pair = |id, key| Token::of_parts([("id", id), ("key", key)]);
    let apart = [
        key(TOKEN.into()),
        key(format!("{TOKEN}:c").into()).scheme("both"),
        key(format!("{TOKEN}:c").into())
            .scheme("both")
            .parameter("region", "eu"),
        key(TOKEN.into()).parameter("region", "eu"),
        key(TOKEN.into()).parameter("region", "us"),
        key(pair("a:b", "c")).scheme("both"),
        key(pair("a", "b:c")).scheme("both"),
        key("a:b:c".into()).scheme("both"),
    ];
    let count = apart.len();
    let world = World::good();
    let twice = apart.iter().chain(&apart).cloned();
    let twice: Vec<_> = twice.collect();
    let checked = world.checker().check(stream::iter(twice)).count().await;
    assert_eq!((checked, world.asked("").len()), (2 * count, count));
}

#[test]
fn a_plan_has_the_way_of_the_key() {
    let provider = regional();
    let key = Key::new((), &provider, TOKEN).base_url("https://EXAMPLE.com/");
    let plan = Checker::new().plan(&key.clone().scheme("both")).unwrap();
    assert_eq!(plan.scheme.as_deref(), Some("both"));
    assert_eq!(plan.requests[0].url, "https://example.com/me");
    for wrong in [
        key.clone().scheme(TOKEN),
        key.clone().parameter(TOKEN, TOKEN),
    ] {
        let error = Checker::new().plan(&wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!error.to_string().contains(TOKEN), "{error}");
        assert!(Checker::new().validate(&wrong).is_err());
        assert!(!format!("{wrong:?}").contains(TOKEN));
    }
}

/// An input whose keys come one a second.
fn slowly(all: Vec<Key<usize>>) -> impl Stream<Item = Key<usize>> {
    stream::iter(all).then(|key| async {
        sleep(SECOND).await;
        key
    })
}

fn same(tag: usize) -> Key<usize> {
    Key::new(tag, &*UNLEASH, TOKEN).base_url(server("a"))
}

#[tokio::test(start_paused = true)]
async fn a_verdict_is_remembered_for_its_time() {
    for (status, name) in [(200, "valid"), (401, "invalid")] {
        let world = World::new(move |_, _| (Duration::ZERO, status, None));
        let checker = world.checker().remember(10, Duration::from_millis(4500));
        let all = (0..12).map(same).collect();
        let checked: Vec<_> = checker.check(slowly(all)).collect().await;
        assert_eq!(outcomes(&checked), HashMap::from([(name, 12)]));
        // At the seconds 1, 6 and 11.
        assert_eq!(world.asked("").len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_remembered_where_nothing_is_to_be() {
    for (verdicts, time) in [(0, SECOND * 60), (10, Duration::ZERO)] {
        let world = World::new(|_, _| (Duration::ZERO, 200, None));
        let checker = world.checker().remember(verdicts, time);
        let all = (0..5).map(same).collect();
        assert_eq!(checker.check(slowly(all)).count().await, 5);
        assert_eq!(world.asked("").len(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn an_indeterminate_verdict_is_not_remembered() {
    let world = World::new(|_, nth| match nth {
        0 => (Duration::ZERO, 403, None),
        _ => (Duration::ZERO, 200, None),
    });
    let all = (0..3).map(same).collect();
    let checked: Vec<_> = world.checker().check(slowly(all)).collect().await;
    assert_eq!(
        outcomes(&checked),
        HashMap::from([("indeterminate", 1), ("valid", 2)])
    );
    assert_eq!(world.asked("").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_more_verdicts_are_remembered_than_allowed() {
    let world = World::new(|_, _| (Duration::ZERO, 200, None));
    let checker = world.checker().remember(3, SECOND * 3600);
    // The first four, of which the first is forgotten; then the last three, which are not, and the first again.
    let order = [0, 1, 2, 3, 3, 2, 1, 0];
    let all = order.into_iter().map(|tag| key(tag, "a")).collect();
    assert_eq!(checker.check(slowly(all)).count().await, 8);
    assert_eq!(world.asked("").len(), 5);
}

#[tokio::test(start_paused = true)]
async fn no_more_bytes_are_remembered_than_allowed() {
    for (bytes, requests) in [(0, 6), (64 * 1024, 3)] {
        let world = World::new(|_, _| (Duration::ZERO, 200, None));
        let checker = world.checker().remember_bytes(bytes);
        let all = [0, 1, 2, 0, 1, 2].into_iter().map(|tag| key(tag, "a"));
        assert_eq!(checker.check(slowly(all.collect())).count().await, 6);
        assert_eq!(world.asked("").len(), requests, "{bytes}");
    }
    // What was asked for longest ago goes first: of a hundred, some are left, and those are the last.
    let world = World::new(|_, _| (Duration::ZERO, 200, None));
    let checker = world.checker().remember_bytes(16 * 1024);
    let order = (0..100).chain((0..100).rev());
    let all = order.map(|tag| key(tag, "a")).collect();
    assert_eq!(checker.check(slowly(all)).count().await, 200);
    let asked = world.asked("").len();
    assert!((110..190).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn what_is_remembered_is_what_was_answered() {
    for status in [200, 401] {
        let world = World::new(move |_, _| (Duration::ZERO, status, None));
        let all = (0..2).map(same).collect();
        let checked: Vec<_> = world.checker().check(slowly(all)).collect().await;
        assert_eq!(world.asked("").len(), 1);
        let [first, second] = &checked[..] else {
            panic!("two verdicts")
        };
        let json = |it: &Checked<usize>| serde_json::to_value(&it.verdict).unwrap();
        assert_eq!(json(first), json(second));
        let body = |it: &Checked<usize>| Some(it.verdict.error()?.body()?.to_vec());
        assert_eq!(body(first), body(second));
    }
}

#[tokio::test(start_paused = true)]
async fn one_client_is_made_for_each_server() {
    let world = World::good();
    let made = Arc::new(AtomicUsize::new(0));
    let (count, inner) = (Arc::clone(&made), Arc::clone(&world));
    let checker = Checker::new().client(move |provider, config| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Client {
            server: config.base_url_of(provider)?,
            client: Box::new(keyholder_core::Client::new(provider, config)?),
            world: Arc::clone(&inner),
        }))
    });
    for tag in 0..10 {
        assert!(checker.validate(&key(tag, "a")).is_ok());
    }
    assert_eq!(made.load(Ordering::SeqCst), 1);
    let input = stream::select(keys(50, "a"), keys(50, "b"));
    let checked: Vec<_> = checker.check(input).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 100)]));
    assert_eq!(made.load(Ordering::SeqCst), 2);
    let servers = ["/a", "/b"].map(|name| world.asked(name).len());
    assert_eq!(servers, [50, 50], "each key is asked where it belongs");
}

#[tokio::test(start_paused = true)]
async fn tokens_whose_form_says_the_server_are_asked_about_there() {
    let mut info = (*regional()).clone();
    info.base_url = Some("https://us.example.com".to_owned());
    info.servers = vec![keyholder_core::Server::new(
        "",
        "https://{region}.example.com",
    )];
    info.parameters[0].values.clear();
    info.token.forms = vec![TokenForm::new("^(?P<region>eu|us)_")];
    let provider = Provider::from(info);
    let tokens = [
        "eu_0123456789",
        "us_0123456789",
        "eu_1123456789",
        "eu_0123456789",
    ];
    let keys = tokens.map(|token| Key::new(0, &provider, token));
    let checker = World::good();
    let hosts = keys
        .each_ref()
        .map(|key| checker.checker().plan(key).unwrap().base_url);
    assert_eq!(hosts[0], "https://eu.example.com");
    let checked: Vec<_> = checker.checker().check(stream::iter(keys)).collect().await;
    assert_eq!(checked.len(), 4);
    let asked = ["//eu.example.com", "//us.example.com"].map(|host| checker.asked(host).len());
    assert_eq!(asked, [2, 1]);
}

// Back-pressure.

/// Counts what is taken from an input.
fn counted<S: Stream>(input: S) -> (impl Stream<Item = S::Item>, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let input = input.inspect(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    (input, taken)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_that_there_is_no_room_for() {
    let world = World::good();
    let (input, taken) = counted(stream::iter(0..).map(|tag| key(tag, "a")));
    let checker = world.checker().concurrency(8).max_waiting(32);
    let mut verdicts = checker.check(input);
    for read in 1..50 {
        verdicts.next().await.unwrap();
        assert!(taken.load(Ordering::SeqCst) <= 8 + 32 + read);
    }
    // Nobody reads: nothing is taken, however much time passes.
    let before = taken.load(Ordering::SeqCst);
    sleep(SECOND * 100).await;
    assert_eq!(taken.load(Ordering::SeqCst), before);
}

#[tokio::test(start_paused = true)]
async fn no_more_keys_wait_than_allowed() {
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0) => (SECOND, 429, Some(60)),
        _ => (SECOND, 200, None),
    });
    let (input, taken) = counted(keys(1000, "a").chain(keys(1, "b")));
    let checker = world.checker().concurrency(4).max_waiting(100);
    let mut verdicts = checker.check(input);
    let start = Instant::now();
    tokio::select! {
        _ = verdicts.next() => assert!(start.elapsed() < 2 * SECOND, "those under way"),
        () = sleep(SECOND * 30) => {}
    }
    while let Some(Some(_)) = verdicts.next().now_or_never() {}
    tokio::select! {
        _ = verdicts.next() => {},
        () = sleep(SECOND * 20) => {}
    }
    let taken = taken.load(Ordering::SeqCst);
    assert!((100..=112).contains(&taken), "{taken}");
    let checked: Vec<_> = verdicts.collect().await;
    assert!(checked.len() > 900, "the rest comes after the pause");
}

#[tokio::test(start_paused = true)]
async fn keys_are_taken_past_those_of_a_server_that_pauses() {
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0..64) => (SECOND, 429, Some(60)),
        _ => (SECOND, 200, None),
    });
    let input = keys(10_100, "a").chain(keys(100, "b"));
    let start = Instant::now();
    let mut verdicts = world.checker().check(input);
    let mut last = HashMap::new();
    while let Some(checked) = verdicts.next().await {
        let iss = &checked.verdict.identity().unwrap().iss;
        last.insert(iss.ends_with("/b"), start.elapsed());
    }
    assert!(last[&true] < 10 * SECOND, "{last:?}");
    assert!(last[&false] > 60 * SECOND, "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn keys_that_wait_are_bounded_in_bytes() {
    let world = World::new(|_, nth| match nth {
        0..64 => (SECOND, 429, Some(60)),
        _ => (SECOND, 200, None),
    });
    // A mebibyte each.
    let base_url = format!("{}/{}", server("a"), "x".repeat(1024 * 1024));
    let all = (0..).map(move |tag| {
        Key::new(tag, &*UNLEASH, format!("{TOKEN}{tag}")).base_url(base_url.clone())
    });
    let (input, taken) = counted(stream::iter(all));
    let mut verdicts = world.checker().check(input);
    tokio::select! {
        _ = verdicts.next() => panic!("all of them pause"),
        () = sleep(SECOND * 30) => {}
    }
    // Each is held as it came, and as it is sent.
    let taken = taken.load(Ordering::SeqCst);
    assert!((30..=33).contains(&taken), "{taken}");
}

#[tokio::test(start_paused = true)]
async fn without_file_descriptors_fewer_are_asked_about_and_none_is_lost() {
    // Ten have one at a time.
    let open = Arc::new(AtomicUsize::new(0));
    let checker = Checker::new().client(move |provider, config| {
        let client = Box::new(keyholder_core::Client::new(provider, config)?);
        let open = Arc::clone(&open);
        Ok(Box::new(Short { client, open }))
    });
    let checked: Vec<_> = checker.check(keys(500, "a")).collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 500)]));
}

/// A client that fails when too many are at work.
struct Short {
    client: Box<dyn WhoAmI>,
    open: Arc<AtomicUsize>,
}

impl WhoAmI for Short {
    fn provider(&self) -> &Provider {
        self.client.provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        Box::pin(async move {
            let error =
                json!({ "kind": "connect", "reason": "too_many_files", "message": "none left" });
            let verdict = json!({ "provider": "unleash", "verdict": "indeterminate", "identity": null, "error": error });
            if self.open.fetch_add(1, Ordering::SeqCst) >= 10 {
                self.open.fetch_sub(1, Ordering::SeqCst);
                let verdict: Verdict = serde_json::from_value(verdict).unwrap();
                return Err(verdict.error().unwrap().clone());
            }
            sleep(SECOND).await;
            self.open.fetch_sub(1, Ordering::SeqCst);
            let body = keyholder_unleash::examples::EXAMPLES[0].1;
            self.read_answer(Answer::new(200, body))
        })
    }

    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.client.read_answer(answer)
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        Ok(Box::new(Self {
            client: self.client.with_token(token)?,
            open: Arc::clone(&self.open),
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn others_have_a_turn_while_an_endless_input_has_no_news() {
    let world = World::good();
    // The same key, again and again, while its answer is awaited.
    let input = stream::iter((0..).map(same));
    let checker = world.checker().max_waiting(usize::MAX);
    let mut verdicts = checker.check(input);
    let turns = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = verdicts.next() => panic!("no time has passed"),
        () = turns => {}
    }
}

// The end, and before it.

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_ends_everything() {
    let world = World::good();
    let (input, taken) = counted(keys(1000, "a"));
    let mut verdicts = world.checker().concurrency(16).check(input);
    verdicts.next().await.unwrap();
    let under_way = world.under_way.load(Ordering::SeqCst);
    assert!(under_way > 0);
    drop(verdicts);
    assert_eq!(world.under_way.load(Ordering::SeqCst), 0);
    let (before, asked) = (taken.load(Ordering::SeqCst), world.asked("").len());
    sleep(SECOND * 100).await;
    assert_eq!(taken.load(Ordering::SeqCst), before);
    assert_eq!(world.asked("").len(), asked);
    assert_eq!(
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks(),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn closing_gives_up_what_waits_and_answers_what_is_asked() {
    let world = World::new(|server, nth| match (server.ends_with("/a"), nth) {
        (true, 0..2) => (Duration::ZERO, 429, Some(60)),
        (true, _) => (SECOND, 200, None),
        (false, _) => (SECOND * 5, 200, None),
    });
    let input = keys(10, "a").chain(stream::iter([key(10, "b"), key(10, "b")]));
    let mut verdicts = world
        .checker()
        .concurrency(2)
        .check(input.chain(stream::pending()));
    assert!(verdicts.next().now_or_never().is_none());
    tokio::select! {
        _ = verdicts.next() => panic!("nothing is known"),
        () = sleep(SECOND) => {}
    }
    let start = Instant::now();
    let mut tags = verdicts.close();
    tags.sort_unstable();
    assert!(tags.into_iter().eq(0..10));
    let checked: Vec<_> = verdicts.collect().await;
    // Both that wait for the one answer.
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 2)]));
    assert!(start.elapsed() <= SECOND * 5);
}

#[test]
fn the_stream_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&Checker::new().check(keys(1, "a")));
}

#[tokio::test(start_paused = true)]
async fn an_empty_input_ends_at_once_and_stays_so() {
    let world = World::good();
    let mut verdicts = world.checker().check(stream::empty::<Key<()>>());
    assert!(verdicts.next().await.is_none());
    assert!(verdicts.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_input_that_panics_takes_nothing_down_that_was_taken() {
    let world = World::good();
    let mut left = 5;
    let input = stream::poll_fn(move |_| {
        left -= 1;
        assert!(left > 0, "the input breaks");
        Poll::Ready(Some(key(left, "a")))
    });
    let mut verdicts = world.checker().check(input);
    let first = AssertUnwindSafe(verdicts.next()).catch_unwind().await;
    assert!(first.is_err(), "the panic is the reader's");
    let checked: Vec<_> = verdicts.collect().await;
    assert_eq!(outcomes(&checked), HashMap::from([("valid", 4)]));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_asked_about_says_so_at_once() {
    let world = World::good();
    let checker = world.checker();
    let all = [
        Key::new(0, &*UNLEASH, TOKEN),
        Key::new(1, &*EXTRUCT, "a line\nbreak"),
        Key::new(2, &*EXTRUCT, TOKEN).base_url("http://example.com"),
        Key::new(3, &*EXTRUCT, TOKEN),
    ];
    for key in &all {
        assert_eq!(
            checker.validate(key).is_err(),
            !format!("{key:?}").contains("tag: 3")
        );
    }
    let checked: Vec<_> = checker.check(stream::iter(all)).collect().await;
    for it in checked.iter().filter(|it| it.tag != 3) {
        let error = it.verdict.error().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.provider(), Some(it.provider.name.as_str()));
    }
    assert_eq!(
        outcomes(&checked),
        HashMap::from([("indeterminate", 3), ("valid", 1)])
    );
    assert_eq!(world.asked("").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_shows_a_key() {
    let world = World::new(|_, _| (SECOND, 401, None));
    let key = Key::new("tag", &*UNLEASH, TOKEN)
        .base_url(format!("https://user:{TOKEN}@example.com/?key={TOKEN}"));
    let good = Key::new("tag", &*UNLEASH, TOKEN).base_url(server("a"));
    let checker = world.checker();
    let mut shown = format!("{key:?}{key:#?}{good:?}{checker:?}{checker:#?}");
    shown += &format!("{:?}", checker.validate(&key));
    let input = stream::iter([key, good.clone(), good]);
    let mut verdicts = checker.check(input);
    while let Some(checked) = verdicts.next().await {
        shown += &format!("{verdicts:?}{verdicts:#?}{checked:?}{checked:#?}");
    }
    assert!(
        shown.contains("unleash") && shown.contains("held"),
        "{shown}"
    );
    assert!(!shown.contains("4f9c7e21"), "{shown}");
}
