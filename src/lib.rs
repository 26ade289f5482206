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
//! | [`report`] | text, JSON, HTML and metrics: functions from results to strings; the console | [`live`] [`replay`] [`history`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`live`] | one live campaign: set up, its cycle, its state between runs | [`config`] [`platform`] [`warehouse`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`config`] | settings from every source, merged and checked once; scenario files | [`platform`] [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`platform`] | what is paced, over HTTP: the account, the campaign API, and its sandbox | [`sim`] [`http`] [`pacing`] [`base`] |
//! | [`warehouse`] | the audit record, the outbox it waits in, its delivery | [`http`] [`pacing`] [`base`] |
//! | [`replay`] | exported rows through the pacer | [`history`] [`pacing`] [`base`] |
//! | [`history`] | exported rows: CSV and NDJSON, read and checked | [`pacing`] [`base`] |
//! | [`sim`] | the synthetic world: agents, calls and answer rates in virtual time | [`pacing`] [`base`] |
//! | [`http`] | the one HTTP client: timeouts, limits, retries | [`base`] |
//! | [`pacing`] | the pure pacer: no clock, no I/O, no randomness, no logging | [`base`] |
//! | [`base`] | clock, files, notices, input errors, units | |
//!
//! # Where to begin
//!
//! * A decision: [`pacing::Pacer::step`].
//! * From an HTTP answer to the PATCH body: [`platform::Platform::poll`] → [`live::Cycle::run`] →
//!   [`pacing::Pacer::step`] → [`platform::Platform::apply`].
//! * A rate through the simulation: [`sim::simulate`].
//! * A row through `backtest`: [`history::HistoryReader`] → [`replay::Replay`].
//! * Another kind of platform: an implementation of [`platform::Platform`] beside the campaign API.

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
