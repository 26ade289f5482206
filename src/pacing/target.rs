//! What a policy asks for, and what that rests on.

use std::fmt;

/// What a policy asks for, before the guards and the clamp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// In the unit of the policy, not yet in whole steps and not yet within the bounds.
    pub value: f64,
    /// What it was computed from.
    pub basis: Basis,
}

/// What a target was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// Mean available agents × utilisation.
    Capacity {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls a minute per available agent.
        utilisation: f64,
    },
    /// The same × threshold ÷ smoothed answer rate.
    Compensated {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls a minute per available agent.
        utilisation: f64,
        /// Answer rate at which the utilisation is meant.
        sla_threshold: f64,
        /// Mean answer rate over the window.
        answer_rate_mean: f64,
    },
    /// The rate that was set.
    Fixed,
    /// Agents free to take an answer, less what already rings and a reserve, ÷ answer rate.
    Predictive {
        /// Agents who wait.
        idle: u32,
        /// Agents who will have ended their call, as a mean.
        freed: f64,
        /// Answers that calls already placed will still give, as a mean.
        ringing: f64,
        /// Agents kept back for chance.
        reserve: f64,
        /// Answered ÷ attempts, filtered.
        answer_rate: f64,
        /// Mean handle time, filtered, or as it was set.
        handle_secs: f64,
        /// Agents in calls.
        busy: f64,
        /// Abandoned ÷ live answers of the last half hour.
        abandonment_rate: f64,
        /// Whether the platform told who is logged in, so that busy and handle time are measured.
        knows_staff: bool,
        /// Whether the platform counted the abandoned calls.
        knows_abandoned: bool,
        /// Seconds of the interval whose calls are answered within the horizon.
        answered_part_secs: f64,
    },
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
            Self::Fixed => f.write_str("the fixed rate"),
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
            } => {
                let staff = if *knows_staff { "" } else { "about " };
                let assumed = if *knows_staff { "" } else { " assumed" };
                let estimated = if *knows_abandoned { "" } else { " estimated" };
                write!(
                    f,
                    "({idle} idle + {freed:.1} soon free - {ringing:.1} ringing - {reserve:.1} reserve) / {answer_rate:.3} / {:.2} min; {staff}{busy:.0} in calls of {handle_secs:.0} s{assumed}, {:.1} % abandoned{estimated}",
                    answered_part_secs / 60.0,
                    abandonment_rate * 100.0
                )
            }
        }
    }
}
