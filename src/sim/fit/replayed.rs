//! The history's dial rates in a simulation.
//!
//! A pacer lowers the rate when few agents are available and raises it when many are. Its rates would
//! be out of step with other agents, who are available at other moments: calls would meet nobody
//! where the pacer would have slowed down. So the rates follow the simulated agents as far as they
//! followed the agents of the history.

use super::observation::{Counts, Observation, Prepared};

/// The dial rates of a history, and how they followed its available agents.
#[derive(Clone, Debug)]
pub(super) struct DialRates {
    /// Dial rates in order of time.
    pub(super) rates: Vec<RateAt>,
    /// Calls per minute for each agent more at the poll, and in the mean of the last polls.
    pub(super) response: (f64, f64),
}

/// A dial rate of the history, with the agents that it was set for.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateAt {
    /// Seconds from the start.
    pub(super) at_secs: f64,
    /// Calls per minute from then on.
    pub(super) rate: f64,
    /// Available agents then; `None` where the poll failed.
    pub(super) available: Option<f64>,
}

/// Available agents of the last polls.
#[derive(Clone, Debug, Default)]
pub(super) struct LastPolls(Vec<f64>);

impl LastPolls {
    pub(super) fn add(&mut self, available: f64) {
        self.0.push(available);
        if self.0.len() > LAST_POLLS {
            self.0.remove(0);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few polls")]
    pub(super) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len().max(1) as f64
    }
}

impl DialRates {
    /// The rates of the rows; where these have none, the rates that their attempts come from.
    pub(super) fn of(history: &Prepared, since: &dyn Fn(&Observation) -> f64) -> Self {
        let rows = &history.rows;
        let available = |row: &Observation| row.counts.map(|counts| counts.available);
        let has_rates = rows.iter().any(|row| row.dial_rate.is_some());
        let rate = |row: &Observation| {
            if has_rates {
                return Some(RateAt {
                    at_secs: since(row),
                    rate: f64::from(row.dial_rate?),
                    available: available(row),
                });
            }
            Some(RateAt {
                at_secs: since(row) - history.interval_secs,
                rate: row.counts?.attempts * 60.0 / history.interval_secs,
                available: None,
            })
        };
        let rates: Vec<RateAt> = rows.iter().filter_map(rate).collect();
        let response = if has_rates {
            response(&rates)
        } else {
            (0.0, 0.0)
        };
        Self { rates, response }
    }
}

/// Least squares of the rate on the available agents, now and in the mean of the last polls, within
/// each half hour.
fn response(rates: &[RateAt]) -> (f64, f64) {
    let mut last = LastPolls::default();
    let mut points = Vec::new();
    for rate in rates {
        if let Some(available) = rate.available {
            last.add(available);
            if rate.rate > 0.0 {
                let part = (rate.at_secs / HALF_HOUR_SECS).floor();
                points.push((part, [available, last.mean(), rate.rate]));
            }
        }
    }
    // Sums of products of the three, each less its mean.
    let mut products = [[0.0; 3]; 3];
    let mut count = 0.0;
    for part in points.chunk_by(|a, b| (a.0 - b.0).abs() < 0.5) {
        let means = [0, 1, 2]
            .map(|place: usize| mean(part.iter().filter_map(|(_, point)| point.get(place))));
        for (_, point) in part {
            let less = [0, 1, 2].map(|place: usize| at(point, place) - at(&means, place));
            for (row, of_row) in products.iter_mut().zip(less) {
                for (slot, of_column) in row.iter_mut().zip(less) {
                    *slot += of_row * of_column;
                }
            }
            count += 1.0;
        }
    }
    let [[aa, am, ar], [_, mm, mr], _] = products;
    let determinant = aa * mm - am * am;
    if count < POINTS_MIN || determinant <= 1e-6 * aa * mm || aa <= 0.0 {
        return (0.0, 0.0);
    }
    (
        (ar * mm - mr * am) / determinant,
        (mr * aa - ar * am) / determinant,
    )
}

fn mean<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / f64::max(count, 1.0)
}

fn at(values: &[f64; 3], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
}

/// Counts of agents of a poll, if it has them.
pub(super) fn counts_of(row: &Observation) -> Option<(&Observation, Counts)> {
    Some((row, row.counts?))
}

/// Polls whose mean a pacer may follow: the default window.
const LAST_POLLS: usize = 6;
const HALF_HOUR_SECS: f64 = 1_800.0;
/// Fewer polls tell nothing.
const POINTS_MIN: f64 = 60.0;
