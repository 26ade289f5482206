//! A synthetic campaign to tune a pacer in: agents, calls and answer rates in virtual time.
//!
//! The pacer is the one that `tick` runs; nothing of a policy is written again. A replication is
//! a pure function of scenario, controller, seed and number, the same on every machine.

mod answer;
mod controller;
mod draws;
mod faults;
mod figures;
mod level;
mod on_demand;
mod plan;
mod recommend;
mod results;
mod scenario;
mod statistics;
mod world;

pub use controller::{
    Controller, PacerController, PlatformMetrics, RateCommand, ReferenceDialer, Snapshot,
    Telemetry, Trace, TraceRow,
};
pub use draws::Distribution;
pub use faults::FaultDraws;
pub use figures::Figures;
pub use level::LevelRule;
pub use on_demand::OnDemandWorld;
pub use plan::{Driver, Plan, Variant};
pub use recommend::{Recommendation, recommend};
pub use results::{Replication, Results, Summary, VariantResults};
pub use scenario::{
    Agents, AnswerRate, Calls, Dialer, Faults, Outage, Scenario, ScenarioError, Shift, Spacing,
    Step,
};
pub use statistics::Estimate;
pub use world::simulate;
