//! The command line: one file for each subcommand.

pub mod backtest;
pub mod check;
pub mod cli;
mod command_text;
pub mod exit;
pub mod fit;
mod history_file;
pub mod interrupt;
pub mod live_args;
mod live_cycle;
mod made_by;
mod manual;
mod numbers;
pub mod pages;
mod pause;
mod progress;
pub mod reading_args;
pub mod resume;
mod selection;
mod setting_flags;
pub mod simulate;
pub mod stop;
pub mod tick;
pub mod watch;
mod watchdog;
