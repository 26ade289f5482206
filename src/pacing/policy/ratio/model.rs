//! The abandonment rate to expect at a dial ratio.

use crate::pacing::ratio_lever::RatioLever;

/// Abandoned ÷ live answers at a ratio of `hundredths`, where a share `answer_rate` of the calls is
/// answered and `freed` agents end their call within a mean ring.
///
/// Of `R` calls for one agent all answered ones but the first are abandoned, a share of
/// `1 − (1 − (1 − p)^R) ÷ (R p)`, unless other agents get free in time: they do the more often, the
/// more of them there are for each answer, `freed ÷ (R p)`.
pub(super) fn expected(lever: RatioLever, hundredths: u32, answer_rate: f64, freed: f64) -> f64 {
    let at_ratio = |ratio: f64| {
        let per_agent = RATIO_SLOPE * ratio - RATIO_OFFSET;
        let others = freed * freed / ((freed + FREED_HALF) * per_agent * answer_rate);
        of_one_agent(ratio, answer_rate) * libm::exp(-others)
    };
    match (lever, hundredths) {
        (_, ..=100) => 0.0,
        (RatioLever::Overdial, 101..200) => {
            // One call per agent while no more agents than these are available.
            let single = 3.0 * f64::from(200 - hundredths) / f64::from(hundredths - 100);
            let fewer = single * (single + 1.0) / (SINGLE_DECAY * freed.max(FREED_MIN));
            at_ratio(2.0) * libm::exp(-fewer)
        }
        _ => at_ratio(f64::from(hundredths) / 100.0),
    }
}

/// The same before a report of calls, from the number of calls that ring: mean available agents ×
/// the ratio in force. They give as many agents per answer as calls ring, in the share of an attempt
/// that a ring takes.
pub(super) fn expected_unreported(hundredths: u32, ringing: f64) -> f64 {
    if hundredths <= 100 {
        return 0.0;
    }
    let ratio = f64::from(hundredths) / 100.0;
    of_one_agent(ratio, ANSWER_RATE_HIGH) * libm::exp(-ringing * RING_SHARE / ratio)
}

fn of_one_agent(ratio: f64, answer_rate: f64) -> f64 {
    let connected = 1.0 - libm::pow(1.0 - answer_rate, ratio);
    (1.0 - connected / (ratio * answer_rate)).max(0.0)
}

/// Calls per agent as they count against the agents who get free, `1.25 R − 0.75`.
/// Origin: constant ratios of 2 and 3 in 392 worlds of 5 to 160 agents, answer rates of 0.05 to 0.75
/// and handle times of 40 to 400 s; so are the two below.
const RATIO_SLOPE: f64 = 1.25;
const RATIO_OFFSET: f64 = 0.75;
/// Agents; with so few freed within a ring, half of the calls end before one of them is free.
const FREED_HALF: f64 = 0.25;
/// Agents; keeps a quotient finite.
const FREED_MIN: f64 = 0.01;
/// Available agents² per agent freed within a ring: how fast abandonment falls where fewer agents than
/// a number get one call each.
const SINGLE_DECAY: f64 = 8.5;
/// Mean ring ÷ mean attempt, at least: 12 s of 24 s.
const RING_SHARE: f64 = 0.5;
/// Answer rate that is assumed before it is known: high, since one that is too low makes people wait.
const ANSWER_RATE_HIGH: f64 = 0.9;
