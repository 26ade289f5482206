//! The pure pacer: no clock, no I/O, no randomness, no logging.
//!
//! Every command drives this code, so a decision made on a live campaign can be replayed and
//! comes out the same. One [step](Pacer::step) is one cycle:
//!
//! 1. samples older than the guard allows are dropped, the new one enters the window;
//! 2. the [policy](Policy) turns the window into a target; under `capacity` that is
//!    `floor(mean available agents × utilisation)`, clamped to the minimum and maximum;
//! 3. `deviation = answer rate − SLA threshold`;
//! 4. the rate is sent if `|deviation| > tolerance` or if it differs from the one last applied,
//!    and held otherwise;
//! 5. at a time when nobody may be called, the rate is 0 instead ([`CallingHours`]).
//!
//! # A worked example
//!
//! Forty agents are available in each of six polls; 77.24 % of the calls are answered.
//!
//! ```
//! use dialpace::pacing::{
//!     Abandonment, Action, Limits, Pacer, PacerState, Policy, Ratio, Sample, Setpoint, Traffic,
//! };
//! use dialpace::base::units::UnixMillis;
//!
//! let pacer = Pacer::new(Limits::default(), Policy::Capacity)?;
//! let mut state = PacerState::default();
//! let poll = |second: i64| Sample {
//!     at: UnixMillis(second * 1_000),
//!     available_agents: 40,
//!     answer_rate: Ratio::new(0.7724),
//!     traffic: Traffic::default(),
//!     abandonment: Abandonment::default(),
//! };
//!
//! // floor(40 × 0.85) = 34, and nothing was applied before: it is sent.
//! let first = pacer.step(&mut state, Some(poll(0)), UnixMillis(0));
//! assert_eq!((first.action, first.order()), (Action::Adjust, Some(Setpoint::at(34))));
//! state.applied = first.order();
//!
//! // The same again, and 0.7724 is within 0.75 ± 0.05: held.
//! let second = pacer.step(&mut state, Some(poll(30)), UnixMillis(30_000));
//! assert_eq!(second.action, Action::Hold);
//! # Ok::<(), dialpace::pacing::LimitsError>(())
//! ```

mod band;
mod burst;
mod decision;
mod decision_text;
mod dial_ratio;
mod hours;
mod limits;
mod pacer;
mod policy;
mod ratio_basis;
mod ratio_lever;
mod sample;
mod setpoint;
mod state;
mod step;
mod target;
mod window;

pub use band::Band;
pub use burst::Burst;
pub use decision::{Action, Decision, Evidence, Reason};
pub use dial_ratio::DialRatio;
pub use hours::{CallingHours, CappedWindow, DayWindow, OutsideHours, Weekdays};
pub use limits::{
    ABANDONMENT_LIMIT, Guards, HANDLE_TIME, INTERVAL, Limits, LimitsError, MAX_DIAL_RATE,
    MIN_DIAL_RATE, RAISE_DWELL, SLA_THRESHOLD, TOLERANCE_MARGIN, UTILISATION, WINDOW,
    WRITES_PER_HOUR, default_max_sample_age,
};
pub use pacer::Pacer;
pub use policy::{Allowance, Forecast, Policy, Predictive, RatioSettings};
pub use ratio_basis::{RatioBasis, RatioCause};
pub use ratio_lever::{RatioLever, RatioPosition};
pub use sample::{Abandonment, AbandonmentBasis, IntervalRate, NotARatio, Ratio, Sample, Traffic};
pub use setpoint::{Actuator, Setpoint, Unit};
pub use state::PacerState;
pub use target::{Basis, Target};
pub use window::Window;
