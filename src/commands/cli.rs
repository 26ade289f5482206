//! The command line: its subcommands, each with its arguments from the file beside it.
//!
//! The flags of settings are in `setting_flags`, made from the table of settings.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use clap::{Parser, Subcommand};

use super::backtest::args::{self as backtest, BacktestArgs};
use super::check::{self, CheckArgs};
use super::fit::args::{self as fit, FitArgs};
use super::resume::{self, ResumeArgs};
use super::setting_flags::{hidden_unless, is_of_resume, is_of_stop, live_policies};
use super::simulate::args::{self as simulate, SimulateArgs};
use super::stop::{self, StopArgs};
use super::tick::{self, TickArgs};
use super::watch::{self, WatchArgs};

/// A pacer for outbound call campaigns on NICE CXone.
///
/// It reads a campaign's answer rate and the number of available agents, smooths availability
/// over a sliding window, decides a dial rate, sets it on the campaign, and exports an audit
/// record for every rate it applied.
#[derive(Debug, Parser)]
#[command(name = "dialpace", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one cycle: poll, decide, set the dial rate, export
    ///
    /// It runs one cycle and ends, for cron or a timer. The window and everything else that is
    /// needed later is in a state file, which one run at a time may hold.
    #[command(after_help = tick::EXAMPLES, after_long_help = tick::LONG_EXAMPLES)]
    Tick(Box<TickArgs>),
    /// Run a cycle every 30 s, and show each
    ///
    /// It runs the cycle of tick on a fixed schedule, with the same state file, until Ctrl-C or
    /// SIGTERM. It ends within 2 s, and the record of what it applied is not lost. A second signal
    /// ends it at once.
    #[command(after_help = watch::EXAMPLES, after_long_help = watch::LONG_EXAMPLES)]
    Watch(Box<WatchArgs>),
    /// Stop a campaign, whatever runs on it, until resume
    ///
    /// It leaves a marker beside the state, which every cycle obeys before anything else, and sends
    /// a dial rate of 0. It waits for no lock: where another run holds the state and does not
    /// obey within a second, it sends the 0 itself.
    #[command(after_help = stop::EXAMPLES, after_long_help = stop::LONG_EXAMPLES, mut_args = hidden_unless(is_of_stop))]
    Stop(Box<StopArgs>),
    /// Check that a campaign can be paced, before the first call
    ///
    /// It asks about the settings, the state's folder, the clock, the host, the login, each call that
    /// reads, calling hours and the warehouse, and says what to do where something is missing.
    #[command(after_help = check::EXAMPLES, after_long_help = check::LONG_EXAMPLES, mut_arg("json", check::json_help))]
    Check(Box<CheckArgs>),
    /// Let a stopped campaign be paced again
    ///
    /// It takes the marker of stop away and sends nothing: the next cycle decides.
    #[command(after_help = resume::EXAMPLES, after_long_help = resume::EXAMPLES, mut_args = hidden_unless(is_of_resume))]
    Resume(Box<ResumeArgs>),
    /// Simulate a campaign, to tune policy, answer-rate threshold and tolerance
    ///
    /// It runs the pacer of tick against a synthetic world of agents, calls and answer rates, in
    /// virtual time. The same seed and options give the same bytes on every machine.
    #[command(after_help = simulate::EXAMPLES, after_long_help = simulate::LONG_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// Replay exported history: what the pacer would have decided
    ///
    /// Every row of a CSV or NDJSON file goes through the pacer of tick, at its own time. The
    /// decisions stand beside those of history. They show what would have been decided, not what
    /// would have happened.
    #[command(after_help = backtest::EXAMPLES, after_long_help = backtest::LONG_EXAMPLES, mut_arg("policy", live_policies))]
    Backtest(Box<BacktestArgs>),
    /// Fit a scenario to exported history, for simulate
    ///
    /// It finds the world that one campaign's history looks like: answer rate, agents and handle time
    /// by time, each with how sure it is. simulate then tells what another policy would have done.
    #[command(after_help = fit::EXAMPLES, after_long_help = fit::LONG_EXAMPLES)]
    Fit(Box<FitArgs>),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff: `dialpace man | man -l -`
    Man {
        /// Subcommand; without it, the page of dialpace itself
        command: Option<String>,
    },
}

const AFTER_HELP: &str = "\
Try it without an account:  dialpace tick --sandbox
Every option of a subcommand:  dialpace tick --help";
