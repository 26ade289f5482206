//! The command line: one file for each subcommand.

pub mod backtest;
mod burst;
pub mod cli;
pub mod exit;
pub mod interrupt;
pub mod live_args;
mod live_cycle;
pub mod pages;
pub mod resume;
mod setting_flags;
pub mod simulate;
pub mod stop;
pub mod tick;
pub mod watch;
