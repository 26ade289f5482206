//! A pacer for outbound call campaigns on NICE CXone.
//!
//! One idea: a pure pacer in the middle, and shells around the same code. What is decided on a
//! live campaign can be replayed and comes out the same.
//!
//! # The map
//!
//! Arrows run downward only; a test reads the imports and holds this.
//!
//! | module | what it is | imports of ours |
//! |---|---|---|
//! | [`pacing`] | the pure pacer: no clock, no I/O, no randomness, no logging | none |
//! | [`sim`] | the synthetic campaign | `pacing` |
//! | [`notice`] | what a run tells its user besides the result | none |
//! | [`files`] | durable writing | none |
//! | [`clock`] | the only reader of clocks, and deadlines | `pacing` |
//! | [`http`] | the one HTTP client: timeouts, limits, retries | `clock`, `notice`, `pacing` |
//! | [`platform`] | the outside world of one campaign, and its sandbox | `http` and those above |
//! | [`warehouse`] | record, outbox, delivery | `http` and those above |
//! | [`state`] | lock, load, durable save | `warehouse`, `files`, `clock`, `pacing` |
//! | [`cycle`] | the one cycle of a live campaign | all of the above |
//! | [`input`], [`interrupt`] | what a user gave that cannot be used; signals | none |
//! | [`sabotage`] | faults that tests ask for, of debug builds only | none |
//! | [`history`] | rows of CSV and NDJSON, checked | `input`, `pacing` |
//! | [`replay`] | history through the pacer | `history`, `pacing` |
//! | [`config`] | settings, merged and checked once | `cycle` and below |
//! | [`report`] | from results to strings, and the console | `cycle`, `sim`, `replay` and below |
//! | [`scenario_file`], [`shards`] | scenarios as files, sharded runs | `sim` |
//! | [`live`] | a live campaign, set up for its cycles | `report`, `config`, `cycle` and below |
//! | [`tick`], [`watch`], [`simulate`], [`backtest`] | one file per subcommand | all of the above |
//! | [`cli`] | flags and their help | none |

pub mod backtest;
pub mod cli;
pub mod clock;
pub mod config;
pub mod cycle;
pub mod files;
pub mod history;
pub mod http;
pub mod input;
pub mod interrupt;
pub mod live;
pub mod notice;
pub mod pacing;
pub mod platform;
pub mod replay;
pub mod report;
pub mod sabotage;
pub mod scenario_file;
pub mod shards;
pub mod sim;
pub mod simulate;
pub mod state;
pub mod tick;
pub mod warehouse;
pub mod watch;
