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
//! * `p`: answered ÷ attempts, with a memory of 120 answers. An estimate that is too low makes
//!   people wait for an agent, so it begins at 0.9 with the weight of 3 attempts, and when the last
//!   18 answers contradict it (by 3 standard deviations upwards, 4 downwards) they replace it.
//! * `H`: agent-seconds in calls ÷ calls ended, with a memory of 300 calls; it begins at
//!   `handle_time` with the weight of 10. It is measured only where the platform reports the
//!   staffed agents; otherwise it stays at its setting, and the number of agents in calls is
//!   estimated instead, so that their calls end as often as agents are seen to become available.
//! * `D`: the squared error of the last forecast of idle agents ÷ the variance it should have had,
//!   over 60 intervals, at least 1. It grows where calls end in waves, agents leave together or
//!   the answer rate jumps, and the reserve grows with its root.
//! * `z`: each interval moves it by `0.0019 × (abandoned − aim × live answers) ÷ (aim × the usual
//!   live answers)`: a sum of errors and no average, so that in the long run abandonment is the
//!   aim, 0.95 of the limit. It stays within 0.25 and 3, so that a reserve remains and dialing
//!   never ends for good. It does not fall while the rate in force is below the target: few calls
//!   are abandoned then, but not because of `z`. Abandonment above the aim over the last 30
//!   intervals raises the `z` of the moment at once, in full from 230 live answers and in
//!   proportion below.
//! * The sum is slow: what it has to learn in a disturbance is not learned in a shift. So there is an
//!   account beside it, `aim × live answers − abandoned`: while it is overdrawn it raises the `z` of
//!   the moment, by 0.15 for a standard deviation of the abandoned calls of an hour. Chance keeps it
//!   near 0; waves of the answer rate, bursts of machines and lost changes overdraw it.
//! * The delay of a change: attempts that end in an interval follow the rate of the interval before
//!   for as long as a call lasts and a change takes to bite. A regression on the changes of the rate
//!   tells that time; what is beyond 18 s is a delay, during which calls are still placed at the
//!   rate in force.
//!
//! # Without all counts
//!
//! Where the platform does not count abandoned calls, they are estimated from polls that find no
//! available agent: of the live answers in the interval, the share `e^(−calls ended per second)`,
//! the probability that no agent became available within a second, counts as abandoned, and more
//! where the polls before found none either; but the poll says something of the last answers alone,
//! `0.3 + 0.5 × calls ended per second` of them. The estimate is rough, so the aim is two thirds of
//! the limit. Without a count of attempts, the dial rate gives them.
//!
//! # Bursts
//!
//! Where a shell acts twice in an interval, the calls of `T` are placed in its first third. People have
//! answered most of them when the next poll comes, so that `ringing` is small and `idle` tells what
//! became of them: the horizon is `T`, and the first `z` is 1.2. A poll without an available agent is
//! rarer than a shortage, since agents get free in the last 5.5 s or so, when nobody answers any more:
//! it says something of `0.13 × e^(5.5 s × calls ended per second)` of the answers.
//!
//! After a failed poll the rate falls to one that can hold without polls: an offered load `x` with
//! `x + 1.7 √x` agents.

mod forecast;
mod interval;
mod learn;
mod rate;
mod ring_time;
mod settings;

use crate::pacing::sample::Sample;
use crate::pacing::target::Target;

pub use forecast::Forecast;
pub use settings::Predictive;

impl Forecast {
    /// Updates the estimates by a poll and computes the target. `rate` is the mean dial rate
    /// since the poll before, calls per minute.
    pub(super) fn next(
        known: &mut Option<Box<Self>>,
        settings: &Predictive,
        sample: &Sample,
        rate: f64,
    ) -> Target {
        let forecast = known.get_or_insert_with(|| Box::new(Self::new(settings, sample)));
        forecast.learn(settings, sample, rate);
        let mut target = forecast.target(settings, sample, rate);
        // Rates are whole, and so are the calls of a burst; the fraction is dialed later, or a single
        // agent would never get a call. It is most of a call in a burst, and not for a moment in which
        // no call is wanted.
        if !settings.front_load || target.value > 0.0 {
            target.value += forecast.rest;
            forecast.rest = (target.value - settings.dialed(target.value)).max(0.0);
        }
        forecast.rate_before = rate;
        forecast.wanted = target.value;
        target
    }

    /// True where agents are staffed, as reported or estimated.
    pub(super) fn has_staff(&self, sample: &Sample) -> bool {
        match sample.traffic.logged_in {
            Some(agents) => agents > 0,
            None => self.busy >= 1.0,
        }
    }

    /// The highest dial rate that can hold without polls, calls per minute.
    pub(super) fn rate_without_polls(&self) -> f64 {
        let agents = self.idle + self.busy;
        let root = (libm::sqrt(BLIND_STAFFING_Z * BLIND_STAFFING_Z + 4.0 * agents)
            - BLIND_STAFFING_Z)
            / 2.0;
        root * root * self.ends.value() / self.answer_rate() * 60.0
    }
}

/// Standard deviations of a rate without polls: Erlang's loss of 3 % with 10 to 100 agents.
/// Origin: a bound. `scripts/sensitivity BLIND_STAFFING_Z`: a quarter less or a third more changes
/// nothing in its six worlds.
const BLIND_STAFFING_Z: f64 = 1.7;
