//! The target of a policy, and its basis.

use std::fmt;

use super::ratio_basis::RatioBasis;
use super::sample::Ratio;

/// The value that a policy asks for, before the guards and the bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Value in the unit of the policy, not rounded and not bounded.
    pub value: f64,
    /// The figures that it was computed from.
    pub basis: Basis,
}

/// The figures that a target was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// Mean available agents × utilisation.
    Capacity {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls per minute for each available agent.
        utilisation: f64,
    },
    /// Mean available agents × utilisation × threshold ÷ mean answer rate.
    Compensated {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls per minute for each available agent.
        utilisation: f64,
        /// Answer rate for which the utilisation was chosen.
        sla_threshold: f64,
        /// Mean answer rate over the window.
        answer_rate_mean: f64,
    },
    /// The setpoint that was set.
    Fixed,
    /// (Agents who will be free − answers of calls already placed − a reserve) ÷ answer rate.
    Predictive {
        /// Available agents.
        idle: u32,
        /// Expected number of agents who end their call within the horizon.
        freed: f64,
        /// Expected number of answers from calls already placed.
        ringing: f64,
        /// Agents kept in reserve against chance.
        reserve: f64,
        /// Answered ÷ attempts, filtered.
        answer_rate: f64,
        /// Mean handle time, filtered, or the setting; s.
        handle_secs: f64,
        /// Agents in calls or wrap-up.
        busy: f64,
        /// Abandoned ÷ live answers, over about 30 intervals.
        abandonment_rate: f64,
        /// True where the platform reports the staffed agents, so that `busy` and the handle time are
        /// measured.
        knows_staff: bool,
        /// True where the platform counts abandoned calls.
        knows_abandoned: bool,
        /// Part of the interval whose calls are answered within the horizon, s.
        answered_part_secs: f64,
        /// Time from sending a rate until it is dialed, as observed, s.
        delay_secs: f64,
    },
    /// The account of abandoned calls.
    Ratio(RatioBasis),
}

impl Basis {
    /// The abandonment rate that the policy expects, where it is one that does.
    #[must_use]
    pub fn expected_abandonment(&self) -> Option<Ratio> {
        match self {
            Self::Capacity { .. } | Self::Compensated { .. } | Self::Fixed => None,
            Self::Predictive {
                abandonment_rate, ..
            } => Ratio::new(abandonment_rate.clamp(0.0, 1.0)),
            Self::Ratio(basis) => Ratio::new(basis.expected.clamp(0.0, 1.0)),
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capacity {
                available_mean,
                utilisation,
            } => write!(f, "floor({available_mean:.1} agents × {utilisation})"),
            Self::Compensated {
                available_mean,
                utilisation,
                sla_threshold,
                answer_rate_mean,
            } => write!(
                f,
                "floor({available_mean:.1} agents × {utilisation} × {sla_threshold} / {answer_rate_mean:.3})"
            ),
            Self::Fixed => f.write_str("the fixed value"),
            Self::Predictive {
                idle,
                freed,
                ringing,
                reserve,
                answer_rate,
                handle_secs,
                busy,
                abandonment_rate,
                knows_staff,
                knows_abandoned,
                answered_part_secs,
                delay_secs,
            } => {
                let staff = if *knows_staff { "" } else { "about " };
                let assumed = if *knows_staff { "" } else { " assumed" };
                let estimated = if *knows_abandoned { "" } else { " estimated" };
                write!(
                    f,
                    "({idle} idle + {freed:.1} soon free - {ringing:.1} ringing - {reserve:.1} reserve) / {answer_rate:.3} / {:.2} min; {staff}{busy:.0} in calls of {handle_secs:.0} s{assumed}, {:.1} % abandoned{estimated}",
                    answered_part_secs / 60.0,
                    abandonment_rate * 100.0
                )?;
                if *delay_secs >= 1.0 {
                    write!(f, ", changes {delay_secs:.0} s late")?;
                }
                Ok(())
            }
            Self::Ratio(basis) => basis.fmt(f),
        }
    }
}
