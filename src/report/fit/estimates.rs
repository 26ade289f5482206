//! The estimates of a fit, with how sure each is.

use super::FitResults;
use super::words::{handle_is_lower_bound, range};
use crate::sim::fit::{RosterBasis, Uncertain};

/// An estimate as text.
pub(super) struct EstimateText {
    pub(super) name: String,
    pub(super) value: String,
    /// Its 95 % interval, or what else is known.
    pub(super) range: String,
    /// Half of the interval as a share of the value; `None` where there is none.
    pub(super) may_be_off: Option<f64>,
}

/// All estimates.
pub(super) fn estimates(results: &FitResults) -> Vec<EstimateText> {
    let fit = &results.fit;
    let mut all = Vec::new();
    let mut add = |name: &str, value: Uncertain, decimals: usize| {
        all.push(estimate(name, value, decimals));
    };
    add("answer rate", fit.answer.base, 4);
    if let Some((deviation, relaxation)) = fit.answer.drift {
        add("  its drift, standard deviation", deviation, 3);
        add("  its drift, relaxation time, s", relaxation, 0);
    }
    add("handle time, s", fit.handle.mean_secs, 1);
    let is_lower_bound = handle_is_lower_bound(results);
    if let Some(handle) = all.last_mut().filter(|_| is_lower_bound) {
        "a lower bound where people abandon".clone_into(&mut handle.range);
        handle.may_be_off = None;
    }
    let mut add = |name: &str, value: Uncertain, decimals: usize| {
        all.push(estimate(name, value, decimals));
    };
    if let Some(ring) = fit.ring {
        add("time of an attempt, s", ring.attempt_secs, 1);
    }
    if let Some(breaks) = fit.breaks {
        add("breaks of an agent per hour", breaks.per_hour, 2);
        add("length of a break, s", breaks.mean_secs, 0);
    }
    add("failed polls", fit.polls.failure, 4);
    all.extend(agents_at_most(results));
    all
}

fn estimate(name: &str, value: Uncertain, decimals: usize) -> EstimateText {
    let half = (value.high - value.low) / 2.0;
    EstimateText {
        name: name.to_owned(),
        value: format!("{:.decimals$}", value.value),
        range: range(value, decimals),
        may_be_off: (value.value > 0.0).then(|| half / value.value),
    }
}

fn agents_at_most(results: &FitResults) -> Option<EstimateText> {
    let fit = &results.fit;
    let shifts = fit.roster.shifts.iter();
    let most = shifts.max_by(|a, b| a.count.total_cmp(&b.count))?;
    let (low, high) = most.range;
    let is_measured = fit.roster.basis == RosterBasis::LoggedIn && fit.breaks.is_none();
    let (range, may_be_off) = match (is_measured, fit.is_typical) {
        (true, true) => (format!("{low:.0} to {high:.0} on single days"), None),
        (true, false) => (String::new(), None),
        (false, _) => (
            format!("{low:.0} to {high:.0}"),
            (most.count > 0.0).then(|| (high - low) / 2.0 / most.count),
        ),
    };
    Some(EstimateText {
        name: "agents at most".to_owned(),
        value: format!("{:.0}", most.count),
        range,
        may_be_off,
    })
}
