//! Cumulative counts as rates. Pure: the times and counts of successive summaries go in, and what
//! they say of the calls between them comes out.
//!
//! An epoch is a range with a fixed start, whose end moves. Its first counts are the baseline and
//! give no rate; each later summary gives the difference from the one before. A count that goes back
//! is a correction: its difference says nothing, and the window begins anew.

use serde::{Deserialize, Serialize};

use super::summary::Totals;
use crate::base::units::UnixMillis;
use crate::pacing::Ratio;

/// The counts of an epoch. Kept between runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counters {
    /// The skill and the version of the interface that the counts are of.
    pub source: String,
    /// The start of the range.
    pub epoch: UnixMillis,
    /// The counts at the ends of the window's summaries, oldest first: the baseline is the first.
    pub marks: Vec<Mark>,
    /// Differences left out because a count went back.
    #[serde(default)]
    pub corrections: u32,
    /// Summaries in a row at which the dials moved, each just after a quarter of an hour.
    #[serde(default)]
    pub quarter_steps: u32,
}

/// The counts at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mark {
    /// The end of the range.
    pub at: UnixMillis,
    /// The counts.
    pub totals: Totals,
}

/// What a summary says of the time since the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first counts of an epoch.
    Baseline,
    /// Calls since the summary before; all 0 tells nothing new.
    Since(Totals),
    /// A count went back.
    Correction,
}

/// The rates over the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Connects ÷ dials; `None` with too few of them.
    pub answer_rate: Option<Ratio>,
    /// Abandoned ÷ connects.
    pub abandonment: Option<Ratio>,
    /// What the abandonment rests on.
    pub basis: Basis,
}

/// What an abandonment rate rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The window.
    Measured,
    /// The whole epoch, because the window has too few connects.
    Epoch,
    /// Nothing.
    None,
}

impl Basis {
    /// Its word in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Epoch => "epoch",
            Self::None => "none",
        }
    }
}

impl Counters {
    /// The counters of an epoch that has none yet.
    #[must_use]
    pub fn new(source: &str, epoch: UnixMillis) -> Self {
        Self {
            source: source.to_owned(),
            epoch,
            marks: Vec::new(),
            corrections: 0,
            quarter_steps: 0,
        }
    }

    /// Takes in the counts at `at`, the end of the range.
    pub fn take(&mut self, at: UnixMillis, totals: Totals) -> Step {
        let step = match self.marks.last() {
            None => Step::Baseline,
            // A clock that was set back.
            Some(last) if at < last.at => Step::Since(Totals::default()),
            Some(last) => last
                .totals
                .until(totals)
                .map_or(Step::Correction, Step::Since),
        };
        match step {
            Step::Since(_) if self.marks.last().is_some_and(|last| at < last.at) => return step,
            Step::Since(since) if since.dials > 0 => self.note_step(at),
            Step::Correction => {
                self.corrections = self.corrections.saturating_add(1);
                self.marks.clear();
            }
            Step::Since(_) | Step::Baseline => {}
        }
        self.marks.push(Mark { at, totals });
        self.drop_old(at);
        step
    }

    /// Continues in a new range, whose counts begin anew. `last` are the counts at the end of the
    /// old one.
    pub fn roll_over(&mut self, epoch: UnixMillis, at: UnixMillis, last: Option<Totals>) -> Step {
        let step = last.map_or(Step::Baseline, |last| self.take(at, last));
        *self = Self {
            corrections: self.corrections,
            quarter_steps: self.quarter_steps,
            ..Self::new(&self.source, epoch)
        };
        step
    }

    /// The rates over the window.
    #[must_use]
    pub fn rates(&self) -> Rates {
        let (first, last) = match (self.marks.first(), self.marks.last()) {
            (Some(first), Some(last)) => (first.totals, last.totals),
            _ => return Rates::NONE,
        };
        let since = first.until(last).unwrap_or_default();
        let is_enough = since.dials >= DIALS_MIN && since.connects >= CONNECTS_MIN;
        let (abandonment, basis) = if since.connects >= ABANDONMENT_CONNECTS_MIN {
            (since.abandonment(), Basis::Measured)
        } else if last.connects >= ABANDONMENT_CONNECTS_MIN {
            (last.abandonment(), Basis::Epoch)
        } else {
            (None, Basis::None)
        };
        Rates {
            answer_rate: if is_enough {
                share(since.connects, since.dials)
            } else {
                None
            },
            abandonment,
            basis,
        }
    }

    /// True where the dials seem to move only once in a quarter of an hour.
    #[must_use]
    pub fn is_batched(&self) -> bool {
        self.quarter_steps >= BATCHED_MIN
    }

    fn note_step(&mut self, at: UnixMillis) {
        let last = self.marks.last().map_or(at, |last| last.at);
        let quarter = |at: UnixMillis| at.0.div_euclid(QUARTER_MILLIS);
        let is_long = at.distance(last).as_millis() > u128::from(QUARTER_MILLIS.unsigned_abs() / 3);
        self.quarter_steps = if is_long {
            // Too long between two summaries to tell.
            self.quarter_steps
        } else if quarter(last) == quarter(at) {
            0
        } else {
            self.quarter_steps.saturating_add(1)
        };
    }

    /// Leaves the marks of the window, and the one before it, from which its first difference is
    /// taken.
    fn drop_old(&mut self, now: UnixMillis) {
        let window = if self.is_batched() {
            BATCHED_WINDOW_MILLIS
        } else {
            WINDOW_MILLIS
        };
        let begin = now.0.saturating_sub(window);
        let kept = self
            .marks
            .iter()
            .rposition(|mark| mark.at.0 <= begin)
            .unwrap_or(0);
        self.marks.drain(..kept);
    }
}

impl Totals {
    /// The calls from these counts to `later`; `None` where one went back.
    #[must_use]
    pub fn until(self, later: Self) -> Option<Self> {
        Some(Self {
            dials: later.dials.checked_sub(self.dials)?,
            connects: later.connects.checked_sub(self.connects)?,
            abandons: later.abandons.checked_sub(self.abandons)?,
        })
    }

    fn abandonment(self) -> Option<Ratio> {
        share(self.abandons, self.connects.max(1))
    }
}

impl Rates {
    /// No rate.
    pub const NONE: Self = Self {
        answer_rate: None,
        abandonment: None,
        basis: Basis::None,
    };
}

/// `part` ÷ `whole`, at most 1.
fn share(part: u32, whole: u32) -> Option<Ratio> {
    Ratio::new((f64::from(part) / f64::from(whole)).min(1.0))
}

/// Length of the window, ms: 10 minutes.
const WINDOW_MILLIS: i64 = 600_000;
/// Length of the window where results come once in a quarter of an hour, ms: two of them.
const BATCHED_WINDOW_MILLIS: i64 = 2 * QUARTER_MILLIS;
const QUARTER_MILLIS: i64 = 900_000;
/// Summaries in a row after which the results are taken to be batched: of counts that move by
/// chance, one in 15 moves just after a quarter, so that three in a row are one in 3000.
const BATCHED_MIN: u32 = 3;
/// Fewest dials for an answer rate.
const DIALS_MIN: u32 = 20;
/// Fewest connects for an answer rate.
const CONNECTS_MIN: u32 = 5;
/// Fewest connects for an abandonment rate: 5 cannot tell 3 % from 20 %.
const ABANDONMENT_CONNECTS_MIN: u32 = 100;
