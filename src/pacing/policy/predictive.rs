//! `predictive`: as many answers as agents will be free to take, and a reserve for chance.
//!
//! # The model
//!
//! A rate set now is answered by people some 12 s later on average, and stands for an interval of
//! `T` seconds. By the end of the `T + 8 s` in which most of its answers arrive,
//!
//! * `idle` agents wait now, and `freed = busy × (T + 10 s) ÷ H` more end their call, `H` being
//!   the mean handle time; a caller who meets no agent waits 2 s for one, hence 10 s and not 8 s;
//! * of the calls already placed, `ringing = p × rate before × ∫(1 − G)` will still be answered,
//!   `p` being the answer rate and `G` the time that people take to answer: gamma, shape 3,
//!   mean 12 s.
//!
//! The answers that arrive, `a`, and the agents who get free are counts of rare events, so that
//! their difference has the variance `D × (freed + (1 − p) × a)`. `D` is 1 where calls end
//! independently of each other. The rate is the highest for which agents are short with a
//! probability of no more than `1 − Φ(z)`:
//!
//! ```text
//! idle + freed − a − ½ = z × √(D × (freed + (1 − p) × a))
//! rate = (a − ringing) ÷ (p × the part of T whose calls are answered in time)
//! ```
//!
//! One `z` does for teams of 10 to 100 agents, answer rates of 0.08 to 0.75 and handle times of one
//! to ten minutes: 1.3, one interval in ten, gives about 3 % abandonment in all of them. That is
//! why `z` is what is learned, and not the calls to hold back, which differ with all of these.
//!
//! # What is estimated
//!
//! * `p`: answered ÷ attempts, a memory of 120 answers. Believing it too low makes people wait for
//!   nobody, so it begins at 0.9 with the weight of 3 attempts, and when the last 18 answers
//!   contradict it (by 3 standard deviations upwards, 4 downwards) they take its place.
//! * `H`: agent-seconds in calls ÷ calls ended, a memory of 300 calls, begun at `handle_time` with
//!   the weight of 10. It is learned only where the platform tells who is logged in; otherwise it
//!   stays what it was set to and the agents in calls are estimated instead, as who would end
//!   their calls as often as agents are seen to come free.
//! * `D`: the squared error of the last forecast of idle agents ÷ the variance it should have had,
//!   over 60 intervals, at least 1. It grows where calls end in waves, agents leave together or
//!   the answer rate jumps, and the reserve grows with its root.
//! * `z`: each interval moves it by `0.0019 × (abandoned − aim × live answers) ÷ (aim × the usual
//!   live answers)`: a sum of errors and no average, so that in the long run abandonment is the
//!   aim, 0.94 of the limit. It stays within 0.25 and 3, so that dialing neither races nor
//!   stops for good, and does not fall while the rate in force is below the one that was wanted:
//!   few are abandoned then, but not for its sake. What was abandoned over the last 30 intervals
//!   beyond the aim raises the `z` of the moment at once, the less the fewer answers it rests on
//!   (all of it from 230).
//!
//! # When it is told less
//!
//! Where the platform counts no abandoned calls, a poll that finds no idle agent is the sign of
//! them: of the people who answered in its interval, the share `e^(−calls ended per second)`, that
//! is, no agent came free within a second, is taken for abandoned, and more if polls before it
//! found nobody either. It is a rough sign, so `z` begins 0.2 higher and the aim is two thirds of the
//! limit. Without counts of attempts, those that the dial rate must have placed are taken.
//!
//! After a failed poll the rate falls to one that could be left alone, where there is nothing to
//! correct it by: an offered load `x` with `x + 1.7 √x` agents.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::units::UnixMillis;
use crate::pacing::sample::{Ratio, Sample};
use crate::pacing::target::{Basis, Target};

/// What `predictive` is told by its user.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictive {
    /// Time from one poll to the next.
    pub interval: Duration,
    /// Abandoned ÷ live answers that must not be exceeded.
    pub abandonment_limit: Ratio,
    /// Agents logged in, where the platform does not tell; none are more than this.
    pub logged_in_agents: Option<u32>,
    /// Mean handle time until it is learned.
    pub handle_time: Duration,
}

/// What `predictive` has learned, and must outlive the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Forecast {
    at: UnixMillis,
    idle: f64,
    busy: f64,
    /// Calls per minute in force before the last poll.
    rate_before: f64,
    /// Calls per minute that were wanted at the last poll.
    wanted: f64,
    answers: Share,
    last_answers: Share,
    /// Calls ended per agent-second in calls.
    ends: Share,
    dispersion: f64,
    reserve: f64,
    abandoned: Share,
    live_mean: f64,
    /// Intervals in which people were called.
    learned: u32,
    polls: u32,
    /// What the last whole rate left of the one that was wanted.
    rest: f64,
    /// Polls without an idle agent in a row.
    without_idle: u32,
}

/// A ratio of two sums that forget.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    part: f64,
    whole: f64,
}

/// What one interval showed.
struct Interval {
    attempts: f64,
    live: f64,
    abandoned: f64,
    /// Its length in intervals of the settings; `None` where it was too long to learn from.
    length: Option<f64>,
}

impl Share {
    fn new(value: f64, weight: f64) -> Self {
        Self {
            part: value * weight,
            whole: weight,
        }
    }

    /// Adds to both sums, of which `keep` is kept.
    fn add(&mut self, keep: f64, part: f64, whole: f64) {
        self.part = self.part * keep + part;
        self.whole = self.whole * keep + whole;
    }

    fn value(self) -> f64 {
        if self.whole > 0.0 {
            self.part / self.whole
        } else {
            0.0
        }
    }
}

impl Predictive {
    fn aim(&self, is_told: bool) -> f64 {
        let share = if is_told { AIM_TOLD } else { AIM_UNTOLD };
        (self.abandonment_limit.value() * share).max(AIM_MIN)
    }

    /// Standard deviations to begin with: those of 3 %, and of other limits as the tail of the
    /// normal distribution has them.
    fn reserve_first(&self, is_told: bool) -> f64 {
        let limits = self.abandonment_limit.value() / RESERVE_FIRST_LIMIT;
        let wider = if is_told { 0.0 } else { RESERVE_UNTOLD };
        let reserve = RESERVE_FIRST + wider - RESERVE_PER_LIMIT * libm::log(limits);
        reserve.clamp(RESERVE_MIN, RESERVE_MAX)
    }

    fn secs(&self) -> f64 {
        self.interval.as_secs_f64()
    }
}

impl Forecast {
    /// Nothing learned, at a first poll.
    fn new(settings: &Predictive, sample: &Sample) -> Self {
        let idle = f64::from(sample.available_agents);
        let handle_secs = settings.handle_time.as_secs_f64().max(HANDLE_SECS_MIN);
        let live = sample.traffic.answered.map_or(0.0, f64::from);
        let in_calls = live * handle_secs / settings.secs();
        let is_told = sample.traffic.abandoned.is_some();
        Self {
            at: sample.at,
            idle,
            busy: match settings.logged_in_agents {
                Some(agents) => (f64::from(agents) - idle).max(0.0),
                None => in_calls,
            },
            rate_before: 0.0,
            wanted: 0.0,
            answers: Share::new(ANSWER_RATE_FIRST, ANSWER_RATE_WEIGHT),
            last_answers: Share::new(0.0, 0.0),
            ends: Share {
                part: HANDLE_WEIGHT,
                whole: handle_secs * HANDLE_WEIGHT,
            },
            dispersion: 1.0,
            reserve: settings.reserve_first(is_told),
            abandoned: Share::new(0.0, 0.0),
            live_mean: 0.0,
            learned: 0,
            polls: 0,
            rest: 0.0,
            without_idle: 0,
        }
    }

    /// Learns from a poll, and says what rate it calls for. `dial_rate` is the one in force since
    /// the poll before.
    pub(super) fn next(
        known: &mut Option<Box<Self>>,
        settings: &Predictive,
        sample: &Sample,
        dial_rate: u32,
    ) -> Target {
        let rate = f64::from(dial_rate);
        let forecast = known.get_or_insert_with(|| Box::new(Self::new(settings, sample)));
        forecast.learn(settings, sample, rate);
        let mut target = forecast.target(settings, sample, rate);
        // Rates are whole; what is cut off is dialed later, or one agent would never be called for.
        target.value += forecast.rest;
        forecast.rest = target.value.fract();
        forecast.rate_before = rate;
        forecast.wanted = target.value;
        target
    }

    fn learn(&mut self, settings: &Predictive, sample: &Sample, rate: f64) {
        let is_first = self.polls == 0;
        let idle = f64::from(sample.available_agents);
        let interval = self.interval(settings, sample, rate);
        if let Some(length) = interval.length.filter(|_| !is_first) {
            self.learn_dispersion(settings, idle, rate, length);
        }
        self.learn_answer_rate(&interval);
        self.learn_agents(settings, sample, &interval, is_first);
        self.learn_reserve(settings, sample, &interval, rate);
        self.at = sample.at;
        self.idle = idle;
        self.polls = self.polls.saturating_add(1);
    }

    /// What happened since the last poll, as far as it was told or can be told from the rest.
    fn interval(&mut self, settings: &Predictive, sample: &Sample, rate: f64) -> Interval {
        let traffic = &sample.traffic;
        let elapsed = sample.at.0.saturating_sub(self.at.0);
        #[expect(clippy::cast_precision_loss, reason = "a time of milliseconds")]
        let length = elapsed as f64 / 1_000.0 / settings.secs();
        let attempts = match traffic.attempts {
            Some(attempts) => f64::from(attempts),
            None => rate * settings.secs() / 60.0,
        };
        let live = match (traffic.answered, sample.answer_rate) {
            (Some(answered), _) => f64::from(answered),
            (None, Some(answer_rate)) => attempts * answer_rate.value(),
            (None, None) => 0.0,
        };
        self.without_idle = match sample.available_agents {
            0 => self.without_idle.saturating_add(1),
            _ => 0,
        };
        let abandoned = match traffic.abandoned {
            Some(abandoned) => f64::from(abandoned),
            None if self.without_idle == 0 => 0.0,
            None => {
                let ends_per_sec = self.busy * self.ends.value();
                let polls = f64::from(self.without_idle.min(SIGNS_MAX));
                let share = libm::exp(-ends_per_sec * WAIT_SECS_SIGN);
                live * share.max(1.0 - libm::pow(AMPLE, polls))
            }
        };
        Interval {
            attempts,
            live,
            abandoned,
            length: (length > 0.0 && length < LENGTH_MAX).then_some(length),
        }
    }

    fn learn_dispersion(&mut self, settings: &Predictive, idle: f64, rate: f64, length: f64) {
        let secs = settings.secs() * length;
        let freed = self.busy * self.ends.value() * secs;
        let late = unanswered_secs(secs);
        let calls = self.rate_before * late + rate * (secs - late);
        let answers = self.answer_rate() * calls / 60.0;
        let error = idle - (self.idle + freed - answers).max(0.0);
        let surprise = (error * error / (freed + answers + VARIANCE_FLOOR)).min(SURPRISE_MAX);
        self.dispersion += (surprise - self.dispersion) / DISPERSION_MEMORY;
    }

    fn learn_answer_rate(&mut self, interval: &Interval) {
        let (live, attempts) = (interval.live, interval.attempts);
        // As many answers, so that few of them are not taken for more than they are.
        let answer_rate = self.answer_rate();
        let keep = |answers: f64| answers / (answers + attempts * answer_rate);
        self.answers.add(keep(ANSWERS_MEMORY), live, attempts);
        self.last_answers
            .add(keep(LAST_ANSWERS_MEMORY), live, attempts);
        let (answer_rate, last) = (self.answers.value(), self.last_answers);
        let deviation =
            libm::sqrt(answer_rate * (1.0 - answer_rate).max(0.0) / last.whole.max(1.0));
        let off = last.value() - answer_rate;
        let contradicts = off > CONTRADICTS_UP * deviation || off < -CONTRADICTS_DOWN * deviation;
        if last.whole > LAST_ANSWERS_MIN && contradicts {
            self.answers = last;
        }
    }

    /// The agents in calls and, where they are told, how long calls take.
    fn learn_agents(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        interval: &Interval,
        is_first: bool,
    ) {
        let idle = f64::from(sample.available_agents);
        let length = interval.length.filter(|_| !is_first);
        let connected = (interval.live - interval.abandoned).max(0.0) * length.unwrap_or(1.0);
        if let Some(logged_in) = sample.traffic.logged_in {
            let busy = (f64::from(logged_in) - idle).max(0.0);
            if let Some(length) = length {
                let ended = connected - (busy - self.busy);
                let agent_secs = f64::midpoint(busy, self.busy) * settings.secs() * length;
                let keep = HANDLE_MEMORY / (HANDLE_MEMORY + ended.max(0.0));
                self.ends.add(keep, ended, agent_secs);
                self.ends.part = self.ends.part.max(HANDLE_WEIGHT / 10.0);
            }
            self.busy = busy;
            return;
        }
        let Some(length) = length else {
            return;
        };
        let ended = idle - self.idle + connected;
        let expected = self.busy * self.ends.value() * settings.secs() * length;
        let busy = self.busy + connected - expected + BUSY_GAIN * (ended - expected);
        let at_most = settings
            .logged_in_agents
            .map_or(f64::INFINITY, |agents| f64::from(agents) - idle);
        self.busy = busy.min(at_most).clamp(0.0, AGENTS_MAX);
    }

    fn learn_reserve(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        interval: &Interval,
        rate: f64,
    ) {
        let (live, abandoned) = (interval.live, interval.abandoned);
        let aim = settings.aim(sample.traffic.abandoned.is_some());
        self.abandoned
            .add(1.0 - 1.0 / ABANDONED_MEMORY, abandoned, live);
        if interval.attempts > 0.0 || live > 0.0 {
            self.learned = self.learned.saturating_add(1);
            let memory = LIVE_MEMORY.min(f64::from(self.learned));
            self.live_mean += (live - self.live_mean) / memory;
        }
        let usual = aim * self.live_mean.max(LIVE_MEAN_MIN);
        let step = RESERVE_GAIN * (abandoned - aim * live) / usual;
        let was_clamped = rate + 1.0 < self.wanted;
        if step > 0.0 || !was_clamped {
            self.reserve = (self.reserve + step).clamp(RESERVE_MIN, RESERVE_MAX);
        }
    }

    fn target(&self, settings: &Predictive, sample: &Sample, rate: f64) -> Target {
        let idle = f64::from(sample.available_agents);
        let secs = settings.secs();
        let answer_rate = self.answer_rate();
        let horizon = secs + AFTER_INTERVAL_SECS;
        let freed = self.busy * self.ends.value() * (horizon + PATIENCE_SECS);
        let ringing = answer_rate * rate / 60.0 * unanswered_secs(horizon);
        let late = unanswered_secs(horizon) - unanswered_secs(AFTER_INTERVAL_SECS);
        let z = self.reserve_now(settings.aim(sample.traffic.abandoned.is_some()));

        // idle + freed − a − ½ = z √(D (freed + (1 − p) a)), solved for a.
        let spread = z * z * self.dispersion.max(1.0);
        let room = idle + freed - HALF;
        let half = spread * (1.0 - answer_rate) / 2.0;
        let constant = spread * (freed + VARIANCE_MIN);
        let answers = if room > 0.0 {
            room + half - libm::sqrt(2.0 * room * half + half * half + constant)
        } else {
            0.0
        };
        let wanted = (answers - ringing).max(0.0);
        Target {
            value: wanted / (answer_rate * (secs - late)) * 60.0,
            basis: Basis::Predictive {
                idle: sample.available_agents,
                freed,
                ringing,
                reserve: (idle + freed - answers).max(0.0),
                answer_rate,
                handle_secs: 1.0 / self.ends.value(),
                busy: self.busy,
                abandonment_rate: self.abandoned.value(),
                knows_staff: sample.traffic.logged_in.is_some(),
                knows_abandoned: sample.traffic.abandoned.is_some(),
                answered_part_secs: secs - late,
            },
        }
    }

    /// Standard deviations to hold back now.
    fn reserve_now(&self, aim: f64) -> f64 {
        let beyond = (self.abandoned.value() / aim - 1.0).clamp(0.0, BEYOND_MAX);
        let certainty = (self.abandoned.whole / ALERT_LIVE).min(1.0);
        let alert = ALERT_GAIN * beyond * certainty;
        (self.reserve + alert).min(RESERVE_NOW_MAX)
    }

    fn answer_rate(&self) -> f64 {
        self.answers.value().clamp(ANSWER_RATE_MIN, ANSWER_RATE_MAX)
    }

    /// Whether anybody is logged in, as far as is known.
    pub(super) fn has_staff(&self, sample: &Sample) -> bool {
        match sample.traffic.logged_in {
            Some(agents) => agents > 0,
            None => self.busy >= 1.0,
        }
    }

    /// A rate that can be left alone for a while, calls per minute.
    pub(super) fn rate_without_polls(&self) -> f64 {
        let agents = self.idle + self.busy;
        let root = (libm::sqrt(UNSEEN * UNSEEN + 4.0 * agents) - UNSEEN) / 2.0;
        root * root * self.ends.value() / self.answer_rate() * 60.0
    }
}

/// `∫(1 − G)` from 0 to `secs`: the seconds of dialing whose calls will be answered and have not
/// been, `G` being gamma with shape 3.
fn unanswered_secs(secs: f64) -> f64 {
    let scale = TIME_TO_ANSWER_SECS / 3.0;
    let x = secs / scale;
    let e = libm::exp(-x);
    scale * (3.0 - e * (3.0 + 2.0 * x + x * x / 2.0))
}

/// Mean time until a person answers: DESIGN of the simulated world, and 2 to 3 rings.
const TIME_TO_ANSWER_SECS: f64 = 12.0;
/// Seconds after the interval in which its answers still count; 6 to 10 do as well.
const AFTER_INTERVAL_SECS: f64 = 8.0;
/// How long a caller waits for an agent: what the regulators count.
const PATIENCE_SECS: f64 = 2.0;
/// The correction of a whole number by a continuous one.
const HALF: f64 = 0.5;
/// Keeps the variance above zero where nothing is expected.
const VARIANCE_MIN: f64 = 0.05;
/// The same where it is divided by.
const VARIANCE_FLOOR: f64 = 0.3;

const ANSWER_RATE_FIRST: f64 = 0.9;
const ANSWER_RATE_WEIGHT: f64 = 3.0;
const ANSWER_RATE_MIN: f64 = 0.01;
const ANSWER_RATE_MAX: f64 = 0.99;
/// Answers.
const ANSWERS_MEMORY: f64 = 120.0;
const LAST_ANSWERS_MEMORY: f64 = 18.0;
/// Attempts.
const LAST_ANSWERS_MIN: f64 = 20.0;
/// Standard deviations.
const CONTRADICTS_UP: f64 = 3.0;
const CONTRADICTS_DOWN: f64 = 4.0;

/// Calls.
const HANDLE_WEIGHT: f64 = 10.0;
const HANDLE_MEMORY: f64 = 300.0;
const HANDLE_SECS_MIN: f64 = 5.0;
/// How much of the difference between calls that ended and calls expected to end the number of
/// agents in calls takes on: it follows in about ten minutes.
const BUSY_GAIN: f64 = 0.3;
const AGENTS_MAX: f64 = 1e6;

/// Intervals.
const DISPERSION_MEMORY: f64 = 60.0;
const SURPRISE_MAX: f64 = 400.0;

/// Aim ÷ limit, where abandoned calls are counted and where they are not.
const AIM_TOLD: f64 = 0.0283 / 0.03;
const AIM_UNTOLD: f64 = 2.0 / 3.0;
/// An aim of nothing would be reached only by standing still.
const AIM_MIN: f64 = 0.001;
/// Standard deviations at a limit of 3 %: short of agents once in 10.3 intervals.
const RESERVE_FIRST: f64 = 1.3;
const RESERVE_FIRST_LIMIT: f64 = 0.03;
/// What they fall by when the limit is e times higher.
const RESERVE_PER_LIMIT: f64 = 0.55;
/// Standard deviations; the wider is added where abandoned calls are not counted.
const RESERVE_UNTOLD: f64 = 0.2;
const RESERVE_MIN: f64 = 0.25;
const RESERVE_MAX: f64 = 3.0;
const RESERVE_NOW_MAX: f64 = 3.25;
/// As fast as abandonment can be told from chance: about 350 intervals.
const RESERVE_GAIN: f64 = 0.0019;
const LIVE_MEMORY: f64 = 100.0;
const LIVE_MEAN_MIN: f64 = 0.3;
/// Intervals.
const ABANDONED_MEMORY: f64 = 30.0;
const ALERT_GAIN: f64 = 0.75;
/// Live answers from which on abandonment is taken at its word.
const ALERT_LIVE: f64 = 230.0;
const BEYOND_MAX: f64 = 3.0;

/// A caller who waits is on average behind another, so half the patience.
const WAIT_SECS_SIGN: f64 = 1.0;
/// One poll without an idle agent takes a fifth of its callers for abandoned, two in a row more.
const AMPLE: f64 = 0.8;
const SIGNS_MAX: u32 = 50;

/// Intervals between two polls that can still be learned from: one poll may be missing.
const LENGTH_MAX: f64 = 2.5;
/// Standard deviations of a rate that nothing corrects: Erlang's loss of 3 % for 10 to 100 agents.
const UNSEEN: f64 = 1.7;
