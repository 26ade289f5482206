//! The account of abandoned calls, and the estimates beside it.

use serde::{Deserialize, Serialize};

use super::model::{expected, expected_unreported};
use super::settings::RatioSettings;
use crate::base::units::UnixMillis;
use crate::pacing::policy::share::Share;
use crate::pacing::sample::Sample;
use crate::pacing::setpoint::Setpoint;
use crate::pacing::window::Window;

/// The account of abandoned calls and the estimates of `ratio`, kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowance {
    /// Time of the last poll.
    pub(super) at: UnixMillis,
    /// Time of the last poll that reported calls; of the first poll until there is one.
    pub(super) heard_at: UnixMillis,
    /// Abandoned calls that the aim allows for the answers reported, less those reported.
    pub(super) calls: f64,
    /// Answered ÷ attempts.
    pub(super) answers: Share,
    /// Calls ended per agent-second in calls.
    pub(super) ends: Share,
    /// Agents in calls at the last poll.
    pub(super) busy: f64,
    /// The same at the last poll that reported calls; `None` before the first.
    pub(super) busy_reported: Option<f64>,
    /// Agent-seconds in calls since then.
    pub(super) busy_secs: f64,
    /// Answered calls per second, where the platform does not report the staffed agents.
    pub(super) flow: Share,
    /// Abandoned calls: reported ÷ expected.
    pub(super) surplus: Share,
    /// The intervals of the last quarter of an hour.
    pub(super) recent: Vec<RecentInterval>,
    /// The setpoint applied at the last poll.
    pub(super) applied: Option<Setpoint>,
    /// Time of its last change; `None` before the first.
    pub(super) changed_at: Option<UnixMillis>,
    /// Times of the changes sent in the last hour.
    pub(super) writes: Vec<UnixMillis>,
    /// Number of consecutive polls that asked for a higher ratio.
    pub(super) agreed: u32,
}

/// An interval of the last quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecentInterval {
    /// Its end.
    pub(super) at: UnixMillis,
    /// Abandoned calls that the aim allows for its answers, less those expected: before any report.
    pub(super) calls: f64,
    /// Live answers reported at its end.
    pub(super) answered: u32,
    /// Abandoned calls reported at its end.
    pub(super) abandoned: u32,
}

/// The abandonment rates to expect now, and the flow of answers.
pub(super) struct Outlook {
    /// Answers per minute with the usual number of agents in calls.
    pub(super) answers_per_min: f64,
    /// Agents who end a call within a mean ring.
    freed: f64,
    answer_rate: f64,
    /// Reported ÷ expected abandoned calls.
    surplus: f64,
    /// Mean available agents × ratio, as long as no calls are reported.
    unreported: Option<f64>,
}

impl Allowance {
    /// The account before the first poll, `sample`.
    pub(super) fn new(settings: &RatioSettings, sample: &Sample) -> Self {
        let interval = i64::try_from(settings.interval.as_millis()).unwrap_or(0);
        let handle_secs = settings.handle_time.as_secs_f64().max(HANDLE_SECS_MIN);
        Self {
            at: UnixMillis(sample.at.0.saturating_sub(interval)),
            heard_at: sample.at,
            calls: 0.0,
            answers: Share::new(ANSWER_RATE_FIRST, ANSWER_RATE_FIRST_ATTEMPTS),
            ends: Share {
                part: HANDLE_TIME_FIRST_CALLS,
                whole: handle_secs * HANDLE_TIME_FIRST_CALLS,
            },
            busy: 0.0,
            busy_reported: None,
            busy_secs: 0.0,
            flow: Share::new(0.0, 0.0),
            surplus: Share::new(0.0, 0.0),
            recent: Vec::new(),
            applied: None,
            changed_at: None,
            writes: Vec::new(),
            agreed: 0,
        }
    }

    /// Updates account and estimates by a poll. `ratio` is the one in force, in hundredths.
    pub(super) fn learn(
        &mut self,
        settings: &RatioSettings,
        sample: &Sample,
        window: &Window,
        ratio: u32,
    ) -> Outlook {
        let elapsed = millis(sample.at.0.saturating_sub(self.at.0)) / 1_000.0;
        let is_usable = elapsed > 0.0 && elapsed <= RECENT_SECS;
        if !is_usable {
            self.recent.clear();
        }
        let secs = if is_usable {
            elapsed
        } else {
            settings.interval.as_secs_f64()
        };
        let traffic = &sample.traffic;
        let attempts = f64::from(traffic.attempts.unwrap_or(0));
        let answered = f64::from(traffic.answered.unwrap_or(0)).min(attempts);
        self.learn_flow(sample, secs, attempts, answered);
        let outlook = self.outlook(sample, window, ratio);
        let modelled = outlook.modelled(settings, ratio) * answered;
        let abandoned = traffic.abandoned.map_or(modelled, f64::from);
        let keep = SURPLUS_MEMORY / (SURPLUS_MEMORY + abandoned.max(modelled));
        self.surplus.add(keep, abandoned, modelled);

        let outlook = self.outlook(sample, window, ratio);
        let aim = settings.aim();
        self.calls += aim * answered - abandoned;
        if outlook.unreported.is_some() && self.calls > -BLIND_CALLS_MAX {
            self.calls -= BLIND_CALLS_PER_MIN * secs / 60.0;
        }
        let here = outlook.expected(settings, ratio);
        let answers_now = self.answers_per_sec_now(sample) * secs / (1.0 - here);
        self.recent.push(RecentInterval {
            at: sample.at,
            calls: (aim - here) * answers_now,
            answered: traffic.answered.unwrap_or(0),
            abandoned: traffic.abandoned.unwrap_or(0),
        });
        let now = sample.at;
        self.recent
            .retain(|interval| millis(now.0.saturating_sub(interval.at.0)) < RECENT_SECS * 1_000.0);
        if attempts > 0.0 {
            self.heard_at = now;
        }
        self.at = now;
        outlook
    }

    /// The allowance with what the last quarter of an hour is expected to add, since its calls may not
    /// be reported yet.
    pub(super) fn expected_calls(&self) -> f64 {
        self.calls + self.unreported_calls()
    }

    /// What the last quarter of an hour is expected to add to the allowance.
    pub(super) fn unreported_calls(&self) -> f64 {
        self.recent.iter().map(|interval| interval.calls).sum()
    }

    fn learn_flow(&mut self, sample: &Sample, secs: f64, attempts: f64, answered: f64) {
        let keep = ANSWERS_MEMORY / (ANSWERS_MEMORY + answered);
        self.answers.add(keep, answered, attempts);
        let keep = FLOW_MEMORY_SECS / (FLOW_MEMORY_SECS + secs);
        self.flow.add(keep, answered, secs);
        let Some(busy) = busy(sample) else {
            return;
        };
        self.busy_secs += f64::midpoint(self.busy, busy) * secs;
        self.busy = busy;
        if attempts > 0.0 {
            // Before the first report, time may have passed whose calls are not in it.
            if let Some(before) = self.busy_reported {
                let abandoned = f64::from(sample.traffic.abandoned.unwrap_or(0));
                let ended = (answered - abandoned - (busy - before)).max(0.0);
                let keep = HANDLE_TIME_MEMORY / (HANDLE_TIME_MEMORY + ended);
                self.ends.add(keep, ended, self.busy_secs);
            }
            self.busy_reported = Some(busy);
            self.busy_secs = 0.0;
        }
    }

    fn outlook(&self, sample: &Sample, window: &Window, ratio: u32) -> Outlook {
        let (freed_per_sec, usual) = match sample.traffic.logged_in {
            Some(staffed) => {
                let per_sec = f64::from(staffed) * self.ends_per_sec();
                (per_sec, per_sec * OCCUPANCY_USUAL)
            }
            None => (self.flow.value(), self.flow.value()),
        };
        let is_reported = self.answers.whole >= REPORTED_ATTEMPTS_MIN;
        let available_mean = window.available_mean().unwrap_or(0.0);
        let available_mean = if window.len() >= UNREPORTED_POLLS {
            available_mean
        } else {
            0.0
        };
        Outlook {
            answers_per_min: usual * 60.0,
            freed: freed_per_sec * RING_SECS,
            answer_rate: self.answers.value().clamp(ANSWER_RATE_MIN, ANSWER_RATE_MAX),
            surplus: ((self.surplus.part + SURPLUS_FIRST) / (self.surplus.whole + SURPLUS_FIRST))
                .clamp(SURPLUS_MIN, SURPLUS_MAX),
            unreported: (!is_reported).then(|| available_mean * f64::from(ratio) / 100.0),
        }
    }

    /// Connected calls per second, from the agents in calls now.
    fn answers_per_sec_now(&self, sample: &Sample) -> f64 {
        match busy(sample) {
            Some(busy) => busy * self.ends_per_sec(),
            None => self.flow.value(),
        }
    }

    fn ends_per_sec(&self) -> f64 {
        self.ends.value().min(1.0 / HANDLE_SECS_MIN)
    }
}

impl Outlook {
    /// Abandoned ÷ live answers to expect at a ratio, in hundredths.
    pub(super) fn expected(&self, settings: &RatioSettings, ratio: u32) -> f64 {
        let expected = match self.unreported {
            Some(ringing) => expected_unreported(ratio, ringing),
            None => self.modelled(settings, ratio) * self.surplus,
        };
        expected.min(EXPECTED_MAX)
    }

    /// The same as the model has it, before it is corrected by what was reported.
    fn modelled(&self, settings: &RatioSettings, ratio: u32) -> f64 {
        expected(settings.lever, ratio, self.answer_rate, self.freed)
    }
}

fn busy(sample: &Sample) -> Option<f64> {
    let staffed = sample.traffic.logged_in?;
    Some(f64::from(staffed.saturating_sub(sample.available_agents)))
}

#[expect(clippy::cast_precision_loss, reason = "a time of milliseconds")]
fn millis(time: i64) -> f64 {
    time as f64
}

/// Time for which calls may not be reported yet, s: CXone calls contact data complete after a quarter
/// of an hour.
pub(super) const RECENT_SECS: f64 = 900.0;
/// Mean ring until a person answers, s: two to three rings.
const RING_SECS: f64 = 12.0;
/// Occupancy for which the flow of answers is computed.
const OCCUPANCY_USUAL: f64 = 0.85;
/// Answer rate before the first poll: high, since one that is too low makes people wait in vain.
const ANSWER_RATE_FIRST: f64 = 0.9;
/// Attempts that it weighs as.
const ANSWER_RATE_FIRST_ATTEMPTS: f64 = 3.0;
/// Lowest answer rate that is used.
const ANSWER_RATE_MIN: f64 = 0.01;
/// Highest answer rate that is used.
const ANSWER_RATE_MAX: f64 = 0.99;
/// Answers; memory of the answer rate.
const ANSWERS_MEMORY: f64 = 250.0;
/// Calls that the set handle time weighs as, before it is measured.
const HANDLE_TIME_FIRST_CALLS: f64 = 10.0;
/// Calls; memory of the handle time.
const HANDLE_TIME_MEMORY: f64 = 300.0;
/// Shortest handle time that is used, s.
const HANDLE_SECS_MIN: f64 = 5.0;
/// Memory of the flow of answers, s.
const FLOW_MEMORY_SECS: f64 = 1_800.0;
/// Attempts from which the reports are used.
const REPORTED_ATTEMPTS_MIN: f64 = 20.0;
/// Polls from which available agents stand in for them.
const UNREPORTED_POLLS: usize = 6;
/// Abandoned calls that a minute without any report costs: what is dialed before the first report is
/// dialed without knowing, and in a short shift not made up for. Nothing where reports are on time.
/// Origin: a search of 3 settings in six worlds, on time and late, confirmed on others.
const BLIND_CALLS_PER_MIN: f64 = 0.03;
/// Most abandoned calls that are charged for it.
const BLIND_CALLS_MAX: f64 = 0.5;
/// Abandoned calls; memory of reported ÷ expected.
const SURPLUS_MEMORY: f64 = 50.0;
/// Abandoned calls that a quotient of 1 weighs as, at the start.
const SURPLUS_FIRST: f64 = 15.0;
/// Bounds of reported ÷ expected.
const SURPLUS_MIN: f64 = 0.8;
const SURPLUS_MAX: f64 = 5.0;
/// Highest abandonment rate that is expected.
const EXPECTED_MAX: f64 = 0.9;
