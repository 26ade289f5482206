//! The command line: arguments and their help, nothing else.
//!
//! The flags of settings are in `setting_flags`; here is what is no setting.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::setting_flags::{ComparisonFlags, LiveFlags};
use crate::live;
use crate::report::Console;

/// A pacer for outbound call campaigns on NICE CXone.
///
/// It reads a campaign's answer rate and the number of available agents, smooths availability
/// over a sliding window, decides a dial rate, patches the campaign, and exports an audit record
/// for every rate it applied.
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
    /// Run one cycle: poll, decide, patch, export
    ///
    /// It runs one cycle and ends, for cron or a timer. The window and everything else that is
    /// needed later is in a state file, which one run at a time may hold.
    #[command(after_help = TICK_EXAMPLES, after_long_help = TICK_LONG_EXAMPLES)]
    Tick(Box<TickArgs>),
    /// Run a cycle every 30 s, and show each
    ///
    /// It runs the cycle of tick on a fixed schedule, with the same state file, until Ctrl-C or
    /// SIGTERM. It ends within 2 s, and the record of what it applied is not lost. A second signal
    /// ends it at once.
    #[command(after_help = WATCH_EXAMPLES, after_long_help = WATCH_LONG_EXAMPLES)]
    Watch(Box<WatchArgs>),
    /// Simulate a campaign, to tune policy, SLA threshold and tolerance
    ///
    /// It runs the pacer of tick against a synthetic world of agents, calls and answer rates, in
    /// virtual time. The same seed and options give the same bytes on every machine.
    #[command(after_help = SIMULATE_EXAMPLES, after_long_help = SIMULATE_LONG_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// Replay exported history: what the pacer would have decided
    ///
    /// Every row of a CSV or NDJSON file goes through the pacer of tick, at its own time. The
    /// decisions stand beside those of history. They show what would have been decided, not what
    /// would have happened.
    #[command(after_help = BACKTEST_EXAMPLES, after_long_help = BACKTEST_LONG_EXAMPLES)]
    Backtest(Box<BacktestArgs>),
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

/// The arguments of `tick`.
#[derive(Debug, Args)]
pub struct TickArgs {
    /// The campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The arguments of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// End after this many cycles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub cycles: Option<u64>,
    /// The campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The arguments of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// World to simulate, a TOML file; without it fifty agents and an answer rate of 0.3
    #[arg(
        value_name = "SCENARIO",
        help = "World to simulate, a TOML file; without it, fifty agents"
    )]
    pub scenario: Option<PathBuf>,
    /// Print the scenario with every default, and end
    #[arg(long)]
    pub print_scenario: bool,
    /// Agents, all day, instead of the scenario's roster
    #[arg(long, value_name = "N")]
    pub agents: Option<u32>,
    /// Base answer rate, instead of the scenario's
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub answer_rate: Option<f64>,
    /// Simulated hours, instead of the scenario's
    #[arg(long, value_name = "H", allow_negative_numbers = true)]
    pub hours: Option<f64>,
    /// Replications of each combination
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub replications: u32,
    /// Seed of all draws
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Print a table, json or csv
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table, hide_possible_values = true)]
    pub format: Format,
    /// Write one replication of the first combination, one row per interval, in backtest's columns
    #[arg(long, value_name = "FILE.csv", hide_short_help = true)]
    pub trace: Option<PathBuf>,
    /// Write a report with pictures, as one HTML file
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Simulate share I of N of the combinations and print it as JSON for --merge
    #[arg(long, value_name = "I/N", hide_short_help = true)]
    pub shard: Option<String>,
    /// Merge the parts of sharded runs instead of simulating
    #[arg(long, value_name = "PART.json", hide_short_help = true, num_args = 1.., conflicts_with_all = ["shard", "scenario", "trace"])]
    pub merge: Vec<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: ComparisonFlags,
}

/// The form in which `simulate` prints its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// One object.
    Json,
    /// One line for each combination.
    Csv,
}

/// The arguments of `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// CSV with a header, or NDJSON; - is stdin
    ///
    /// NDJSON such as the warehouse file or the lines of --json has one object in each line.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Name that the file gives to a column
    ///
    /// Columns are timestamp, campaignId, totalCallsDialed, totalCallsAnswered, answerRate,
    /// availableAgents, dialRate, agentAvailabilityAvg, and for policy predictive
    /// totalCallsAbandoned and loggedInAgents. May be given several times.
    #[arg(long, value_name = "NAME=HEADER")]
    pub column: Vec<String>,
    /// Write each decision, to FILE.csv or FILE.ndjson
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// At a bad row: fail, or skip it
    ///
    /// A row that cannot be used is bad. Rows that are skipped are counted, and the first ten are listed.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnBadRow::Fail, hide_possible_values = true)]
    pub on_bad_row: OnBadRow,
    /// Print a table or json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = SummaryFormat::Table, hide_possible_values = true)]
    pub format: SummaryFormat,
    /// Write a report with pictures, as one HTML file
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: ComparisonFlags,
}

/// The action at a row that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnBadRow {
    /// The run ends.
    Fail,
    /// The row is left out.
    Skip,
}

/// The form in which `backtest` prints its summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// Columns for people.
    Table,
    /// One object.
    Json,
}

/// The arguments of the commands that pace a campaign.
#[derive(Debug, Args)]
#[command(next_help_heading = "Campaign")]
pub struct LiveArgs {
    /// Pace a built-in campaign: no account needed
    ///
    /// It runs on this machine, without credentials and without network. A scenario file may
    /// describe it.
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1)]
    pub sandbox: Option<Option<PathBuf>>,
    /// Speed of the sandbox: virtual seconds in each second, 1 to 1000
    ///
    /// In watch, waiting between cycles passes that fast as well.
    #[arg(long, value_name = "X", requires = "sandbox", hide_short_help = true, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub speed: u16,
    /// Decide and show, and change nothing
    ///
    /// Everything is done but writing. The request that would be sent and the record that would be
    /// exported are printed.
    #[arg(long)]
    pub dry_run: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: LiveFlags,
}

/// The output of the commands that pace a campaign.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print one JSON object per cycle
    #[arg(long)]
    pub json: bool,
    /// Print warnings and errors only
    ///
    /// What --json and --dry-run ask for is printed nevertheless.
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every HTTP exchange to stderr as well
    #[arg(long, short)]
    pub verbose: bool,
}

impl LiveArgs {
    /// The options of the campaign that is set up.
    #[must_use]
    pub fn options(&self, output: OutputArgs) -> live::Options {
        live::Options {
            sandbox: self.sandbox.clone(),
            speed: self.speed,
            dry_run: self.dry_run,
            json: output.json,
        }
    }
}

impl OutputArgs {
    /// The console that prints as much as was asked for.
    #[must_use]
    pub fn console(self) -> Console {
        Console {
            quiet: self.quiet,
            verbose: self.verbose,
        }
    }
}

impl SimulateArgs {
    /// The console that prints as much as was asked for.
    #[must_use]
    pub fn console(&self) -> Console {
        Console {
            quiet: self.quiet,
            verbose: false,
        }
    }
}

impl BacktestArgs {
    /// The console that prints as much as was asked for.
    #[must_use]
    pub fn console(&self) -> Console {
        Console {
            quiet: self.quiet,
            verbose: false,
        }
    }
}

const AFTER_HELP: &str = "\
Try it without an account:  dialpace tick --sandbox
Every option of a subcommand:  dialpace tick --help";

const TICK_EXAMPLES: &str = "\
Examples:
  dialpace tick --sandbox                           one cycle, built-in campaign
  dialpace tick --config campaign.toml --dry-run    print, and change nothing
  dialpace tick --config campaign.toml --json       a real campaign

Every option, with its name in the environment: dialpace tick --help";

const TICK_LONG_EXAMPLES: &str = "\
Examples:
  dialpace tick --sandbox              one cycle against a built-in campaign
  dialpace tick --sandbox --dry-run    the same, printing the PATCH instead of sending it
  dialpace tick --site na1.example.com --client-id ID --client-secret-file secret.txt \\
      --campaign-id 4711 --dw-endpoint https://warehouse.example.com/dialer
  dialpace tick --config campaign.toml --json

Settings come from flags, then the environment, then .env in the current folder, then the --config
file, then defaults. An empty value is an error. Times are written 30s, 6m or 500ms. The client
secret is never taken from the command line.

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 3 authentication or permission;
4 rate limited or out of time; 5 the platform answered something unusable; 6 applied, but records
wait for the warehouse; 75 another run holds the state; 130/143 interrupted.";

const WATCH_EXAMPLES: &str = "\
Examples:
  dialpace watch --sandbox                            a built-in campaign
  dialpace watch --sandbox --speed 60 --cycles 100    fifty minutes of it in one
  dialpace watch --config campaign.toml               a real one; Ctrl-C ends it

Every option, with its name in the environment: dialpace watch --help";

const WATCH_LONG_EXAMPLES: &str = "\
Examples:
  dialpace watch --sandbox                            a built-in campaign, in real time
  dialpace watch --sandbox --speed 60 --cycles 100    fifty minutes of it in one
  dialpace watch --config campaign.toml               a real campaign; Ctrl-C ends it
  dialpace watch --config campaign.toml --dry-run     decide and show, and change nothing
  dialpace watch --config campaign.toml --json | tee -a watch.ndjson

A failed cycle is reported and the next one is run. The exit code is that of the last cycle, as
in tick (see dialpace tick --help), or 130/143 after Ctrl-C or SIGTERM.";

const SIMULATE_EXAMPLES: &str = "\
Examples:
  dialpace simulate --policy capacity,compensated,progressive --agents 20
  dialpace simulate my.toml --sla-threshold 0.6:0.9:0.05 --report sweep.html

Every option, with its name in the environment: dialpace simulate --help";

const SIMULATE_LONG_EXAMPLES: &str = "\
Examples:
  dialpace simulate                          fifty agents, an answer rate of 0.3, the default policy
  dialpace simulate --print-scenario         every setting of the world, as a file to start from
  dialpace simulate --policy capacity,compensated,progressive --agents 20
  dialpace simulate my.toml --sla-threshold 0.6:0.9:0.05 --tolerance-margin 0.01:0.10:0.01
  dialpace simulate --shard 1/4 > part1.json; dialpace simulate --merge part*.json

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";

const BACKTEST_EXAMPLES: &str = "\
Examples:
  dialpace backtest history.csv --output decisions.csv --report report.html
  dialpace backtest export.csv --column availableAgents=agents_idle
  dialpace backtest history.csv --sla-threshold 0.6:0.9:0.05

Every option, with its name in the environment: dialpace backtest --help";

const BACKTEST_LONG_EXAMPLES: &str = "\
Examples:
  dialpace backtest history.csv
  dialpace backtest export.csv --column availableAgents=agents_idle --column timestamp=ts
  dialpace backtest history.csv --sla-threshold 0.6:0.9:0.05 --tolerance-margin 0.05,0.1
  dialpace backtest history.csv --output decisions.csv --report report.html
  zcat history.csv.gz | dialpace backtest - --format json

Needed columns: timestamp (RFC 3339, or seconds or milliseconds since 1970), availableAgents, and
answerRate or both totals. dialRate is the history to compare with; rows of several campaignIds
are paced apart. A row with none of the metrics is a poll that failed.

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";
