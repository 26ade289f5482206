//! A pacer for outbound call campaigns on NICE CXone.
//!
//! One idea: a pure pacer in the middle, and shells around the same code. What is decided on a
//! live campaign can be replayed and comes out the same.
//!
//! # The map
//!
//! Arrows run downward only: a room imports rooms below it and no others. `tests/layering.rs` reads
//! this table and the imports of every file, and fails where they differ.
//!
//! | room | what it is | imports |
//! |---|---|---|
//! | [`commands`] | the command line, exit codes, one file for each subcommand | [`report`] [`live`] [`config`] [`replay`] [`history`] [`sim`] [`pacing`] [`http`] [`base`] |
//! | [`report`] | text, JSON, HTML and metrics: functions from results to strings; the console | [`live`] [`config`] [`replay`] [`history`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`live`] | one live campaign: set up, its cycle, its state between runs | [`config`] [`platform`] [`warehouse`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`config`] | settings from every source, merged and checked once; scenario files | [`platform`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`platform`] | what is paced, over HTTP: the account, the campaign API, and its sandbox | [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`warehouse`] | the audit record, the outbox it waits in, its delivery | [`http`] [`pacing`] [`base`] |
//! | [`replay`] | exported rows through the pacer | [`history`] [`pacing`] [`base`] |
//! | [`history`] | exported rows: CSV and NDJSON, read and checked | [`pacing`] [`base`] |
//! | [`sim`] | the synthetic world: agents, calls and answer rates in virtual time | [`pacing`] [`base`] |
//! | [`http`] | the one HTTP client: timeouts, limits, retries | [`base`] |
//! | [`pacing`] | the pure pacer: no clock, no I/O, no randomness, no logging | [`base`] |
//! | [`base`] | clock, files, notices, secrets, text, input errors, units | |
//!
//! # Where to begin
//!
//! * A decision: [`pacing::Pacer::step`].
//! * From an HTTP answer to the PATCH body: [`platform::Platform::poll`] → [`live::Cycle::run`] →
//!   [`pacing::Pacer::step`] → [`platform::Platform::apply`].
//! * A rate through the simulation: [`sim::simulate`].
//! * A row through `backtest`: [`history::HistoryReader`] → [`replay::Replay`].
//! * Another kind of platform: an implementation of [`platform::Platform`] beside the campaign API.
//!
//! # Glossary
//!
//! Terms of the field, as the crate uses them:
//!
//! * attempt: one dialed call; it ends answered by a person, unanswered, busy or at a machine
//! * live answer: an attempt answered by a person
//! * answer rate: live answers ÷ attempts that ended, 0 to 1
//! * connected call: a live answer that an agent took
//! * abandoned call: a live answer without an agent in time, 2 s
//! * abandonment rate: abandoned ÷ (connected + abandoned), 0 to 1
//! * staffed agents: agents logged in and not on a break
//! * available (idle) agents: staffed agents without a call or wrap-up
//! * busy agents: staffed agents in a call or in wrap-up
//! * handle time: talk time + wrap-up time of a connected call
//! * occupancy: busy agent-seconds ÷ staffed agent-seconds, 0 to 1
//! * dial rate: calls placed per minute
//! * dial ratio: calls ringing per available agent
//! * utilisation: calls per minute for each available agent, a setting of `capacity`
//!
//! Terms of the crate:
//!
//! * lever: the one quantity of a campaign that is set, a dial rate or a dial ratio
//! * setpoint: a position of the lever, stopped or a number of steps ([`pacing::Setpoint`])
//! * unit: calls per minute or calls per agent ([`pacing::Unit`])
//! * actuator: a lever's unit, minimum and maximum ([`pacing::Actuator`])
//! * sample: the data of one successful poll ([`pacing::Sample`])
//! * window: the last samples ([`pacing::Window`])
//! * band: SLA threshold ± tolerance margin of the answer rate ([`pacing::Band`])
//! * policy: the rule that computes a target from the window ([`pacing::Policy`])
//! * target: the value that a policy asks for, before guards and bounds ([`pacing::Target`])
//! * calling hours: the hours in which people may be called ([`pacing::CallingHours`])
//! * guard: a rule that overrides the target of every policy ([`pacing::Guards`])
//! * decision: action, reason, setpoint and evidence of one step ([`pacing::Decision`])
//! * evidence: the data that a decision rests on ([`pacing::Evidence`])
//! * cycle: settle, poll, decide, send, record ([`live::Cycle`])
//! * interval: the time from one cycle to the next
//! * deadline: the time by which a cycle must end ([`base::clock::Deadline`])
//! * standing: the lever as the platform reports it ([`platform::Standing`])
//! * cursor: data that a platform keeps from one poll to the next ([`platform::Cursor`])
//! * change: a setpoint to apply, with the version that it was decided for ([`platform::Change`])
//! * intent: a setpoint saved before it is sent ([`live::Intent`])
//! * settle: to read whether an open intent was applied
//! * record: the audit record of an applied decision ([`warehouse::Record`])
//! * outbox: the records that wait for the warehouse ([`warehouse::Outbox`])
//! * batch: the records that are sent to the warehouse in one request
//! * notice: an event reported to the user besides the result ([`base::notice::Notice`])
//! * telemetry: the counts that a simulated platform reports to a pacer
//! * scenario: the parameters of a simulated world ([`sim::Scenario`])
//! * variant: one combination of policy and settings that is simulated
//! * replication: one run of a variant with its own random draws

pub mod base;
pub mod commands;
pub mod config;
pub mod history;
pub mod http;
pub mod live;
pub mod pacing;
pub mod platform;
pub mod replay;
pub mod report;
pub mod sim;
pub mod warehouse;
