//! A simulated campaign: agents, calls and answer rates in virtual time.
//!
//! The pacer is the one that `tick` runs. A replication is a pure function of scenario, controller,
//! seed and number, and the same on every machine.
//!
//! In the order of reading: `scenario` has the parameters, `world` the simulation, `controller` the
//! pacer in it, `plan` many replications, and `results` their figures.

mod answer;
mod controller;
mod distribution;
mod draws;
mod faults;
mod figures;
pub mod fit;
mod level;
mod on_demand;
mod over_time;
mod plan;
mod recommend;
mod results;
mod scenario;
mod standing;
mod statistics;
mod step_factor;
mod world;

pub use controller::{
    Command, Controller, PacerController, PlatformMetrics, ReferenceDialer, Snapshot, Telemetry,
    TraceRow,
};
pub use distribution::Distribution;
pub use faults::FaultDraws;
pub use figures::Figures;
pub use level::LevelRule;
pub use on_demand::{Lever, OnDemandWorld};
pub use over_time::{OverTime, Span};
pub use plan::{Driver, Plan, Variant};
pub use recommend::{Recommendation, recommend};
pub use results::{BaselineIs, Replication, Results, Summary, VariantResults};
pub use scenario::{
    Agents, AnswerRate, Calls, ClockShift, ClockStep, ClockTime, DialerKind, Dialing, Faults,
    LocalTime, Outage, RatioDialing, Scenario, ScenarioError, Shift, Spacing, Step, Weekdays,
};
pub use standing::{LivePlatform, Standing};
pub use statistics::Estimate;
pub use world::{AgentStates, Totals, simulate};
