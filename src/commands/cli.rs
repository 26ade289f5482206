//! The command line: flags and their help, nothing else.
//!
//! Flags arrive as text, under the key of their setting; `config` merges them with the other
//! sources and reads them all the same way.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Parser, Subcommand};

/// A pacer for outbound call campaigns on NICE CXone.
///
/// It reads a campaign's answer rate and the number of available agents, smooths availability
/// over a sliding window, decides a dial rate, patches the campaign, and exports an audit record
/// for every rate it applied.
#[derive(Debug, Parser)]
#[command(name = "dialpace", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one cycle: poll, decide, patch, export
    ///
    /// One cycle and out, for cron or a timer. The window and all that must outlive the process
    /// is in a state file, which one run at a time may hold.
    #[command(after_help = TICK_EXAMPLES)]
    Tick(Box<TickArgs>),
    /// Run a cycle every 30 s, and show what goes on
    ///
    /// The cycle of tick on a fixed schedule, with the same state file, until Ctrl-C or SIGTERM: at
    /// most 2 s later it is gone, and what was applied is recorded. A second signal ends it at once.
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(Box<WatchArgs>),
    /// Simulate a campaign, to tune policy, SLA threshold and tolerance
    ///
    /// Drives the pacer of tick against a synthetic world of agents, calls and answer rates, in
    /// virtual time. The same seed and options give the same bytes on every machine.
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// Replay exported history: what would have been decided, beside what was
    ///
    /// Every row of a CSV or NDJSON file goes through the pacer of tick, at its own time. It says
    /// what would have been decided, never what would have happened.
    #[command(after_help = BACKTEST_EXAMPLES)]
    Backtest(Box<BacktestArgs>),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff: `dialpace man | man -l -`
    Man {
        /// Of this subcommand
        command: Option<String>,
    },
}

/// What `tick` takes.
#[derive(Debug, Args)]
pub struct TickArgs {
    /// What to pace to.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How to pace.
    #[command(flatten)]
    pub pacing: PacingArgs,
    /// Which campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// What to print.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What `watch` takes.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// End after this many cycles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub cycles: Option<u64>,
    /// What to pace to.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How to pace.
    #[command(flatten)]
    pub pacing: PacingArgs,
    /// Which campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// What to print.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What `simulate` takes.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The world, a TOML file; without it fifty agents and an answer rate of 0.3
    #[arg(value_name = "SCENARIO")]
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// How the results are printed
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json", "csv"])]
    pub format: String,
    /// Write one replication of the first combination, one row per interval, in backtest's columns
    #[arg(long, value_name = "FILE.csv")]
    pub trace: Option<PathBuf>,
    /// Write a report with pictures, as one HTML file
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Simulate the share I of N of the grid, and print it as JSON for --merge
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Put the parts of sharded runs together, instead of simulating
    #[arg(long, value_name = "PART.json", num_args = 1.., conflicts_with_all = ["shard", "scenario", "trace"])]
    pub merge: Vec<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// What to compare.
    #[command(flatten)]
    pub grid: GridArgs,
    /// How to pace.
    #[command(flatten)]
    pub pacing: PacingArgs,
}

/// What `backtest` takes.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// CSV with a header, or NDJSON such as the warehouse file or the lines of --json; - is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What the file calls a column: timestamp, campaignId, totalCallsDialed, totalCallsAnswered,
    /// answerRate, availableAgents, dialRate, agentAvailabilityAvg, and for predictive
    /// totalCallsAbandoned, loggedInAgents; may be given several times
    #[arg(long, value_name = "NAME=HEADER")]
    pub column: Vec<String>,
    /// Write each decision: FILE.csv or FILE.ndjson
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What a row that cannot be used does: fail, or skip (it is counted, the first ten are listed)
    #[arg(long, value_name = "WHAT", default_value = "fail", value_parser = ["fail", "skip"])]
    pub on_bad_row: String,
    /// How the summary is printed
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "json"])]
    pub format: String,
    /// Write a report with pictures, as one HTML file
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// What to compare.
    #[command(flatten)]
    pub grid: GridArgs,
    /// How to pace.
    #[command(flatten)]
    pub pacing: PacingArgs,
}

/// The policy and what it is held to, one of each.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pacing")]
pub struct TargetArgs {
    /// How the target rate is found: capacity (mean available agents × utilisation), compensated
    /// (the same, corrected for the answer rate), predictive (as many answers as agents will be free
    /// to take) or fixed [env: DIALPACE_POLICY] [default: capacity]
    #[arg(long, value_name = "NAME", value_parser = ["capacity", "compensated", "fixed", "predictive"])]
    pub policy: Option<String>,
    /// Answer rate the campaign is held to, 0 to 1 [env: SLA_THRESHOLD] [default: 0.75]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub sla_threshold: Option<String>,
    /// Dead band on either side of it, 0 to 1 [env: TOLERANCE_MARGIN] [default: 0.05]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub tolerance_margin: Option<String>,
}

/// The same for a comparison: lists and ranges, of which every combination is tried.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pacing")]
pub struct GridArgs {
    /// Policies, separated by commas: capacity, compensated, fixed, predictive, and in a simulation
    /// predictive-without-feed (told no more than the campaign API tells) and the reference dialers
    /// progressive, vicidial, vicidial-available, vicidial-hard, vicidial-hard-available
    /// [env: DIALPACE_POLICY] [default: capacity]
    #[arg(long, value_name = "NAMES")]
    pub policy: Option<String>,
    /// SLA thresholds: a value, a list 0.7,0.75 or a range 0.6:0.9:0.05 [env: SLA_THRESHOLD] [default: 0.75]
    #[arg(long, value_name = "SHARES")]
    pub sla_threshold: Option<String>,
    /// Tolerance margins: a value, a list or a range [env: TOLERANCE_MARGIN] [default: 0.05]
    #[arg(long, value_name = "SHARES")]
    pub tolerance_margin: Option<String>,
}

/// Pacing options, the same for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pacing")]
pub struct PacingArgs {
    /// Lowest dial rate while there are agents, calls per minute [env: MIN_DIAL_RATE] [default: 10; of
    /// predictive, which waits where a call would meet nobody, 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub min_dial_rate: Option<String>,
    /// Highest dial rate, calls per minute [env: MAX_DIAL_RATE] [default: 100]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub max_dial_rate: Option<String>,
    /// Samples in the sliding window [env: DIALPACE_WINDOW] [default: 6]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub window: Option<String>,
    /// Calls per minute dialed for each available agent, 0 to 1 [env: DIALPACE_UTILISATION] [default: 0.85]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub utilisation: Option<String>,
    /// Time from one poll to the next, at least 15s [env: DIALPACE_INTERVAL] [default: 30s]
    #[arg(long, value_name = "TIME")]
    pub interval: Option<String>,
    /// The rate of the fixed policy, calls per minute [env: DIALPACE_DIAL_RATE]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub dial_rate: Option<String>,
    /// Abandoned ÷ live answers that predictive keeps under, and a simulation recommends by
    /// [env: DIALPACE_ABANDONMENT_LIMIT] [default: 0.03]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub abandonment_limit: Option<String>,
    /// For predictive, where the platform does not tell: agents logged in
    /// [env: DIALPACE_LOGGED_IN_AGENTS] [default: estimated]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub logged_in_agents: Option<String>,
    /// For predictive, until it is learned: mean talk and wrap-up
    /// [env: DIALPACE_HANDLE_TIME] [default: 180s]
    #[arg(long, value_name = "TIME")]
    pub handle_time: Option<String>,
    /// Drop samples older than this, or off [env: DIALPACE_MAX_SAMPLE_AGE] [default: 2 × window × interval]
    #[arg(long, value_name = "TIME")]
    pub max_sample_age: Option<String>,
    /// Dial nobody when a full window passed without an agent [env: DIALPACE_STOP_WITHOUT_AGENTS] [default: true]
    #[arg(long, value_name = "BOOL")]
    pub stop_without_agents: Option<String>,
    /// Dial rate once no sample is young enough to count, or off; it is never raised to
    /// [env: DIALPACE_SAFE_RATE] [default: the lowest rate]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub safe_rate: Option<String>,
    /// A TOML file of settings, each named as its flag with _ for - [env: DIALPACE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
}

/// Options of the commands that drive a live campaign.
#[derive(Debug, Args)]
#[command(next_help_heading = "Campaign")]
pub struct LiveArgs {
    /// Use a built-in campaign on this machine instead of a real one: no credentials, no network;
    /// a scenario file may describe it
    #[arg(
        long,
        value_name = "SCENARIO",
        num_args = 0..=1,
        conflicts_with_all = ["site", "client_id", "client_secret_file", "campaign_id"]
    )]
    pub sandbox: Option<Option<PathBuf>>,
    /// Virtual seconds per second of the sandbox's world, 1 to 1000; in watch, of the waiting
    #[arg(long, value_name = "X", requires = "sandbox", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub speed: u16,
    /// Do everything but write: print the request that would be sent and what would be exported
    #[arg(long)]
    pub dry_run: bool,
    /// Host of the platform, with or without https:// and port [env: CXONE_SITE]
    #[arg(long, value_name = "HOST")]
    pub site: Option<String>,
    /// OAuth client id [env: CXONE_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// File that holds the OAuth client secret [env: CXONE_CLIENT_SECRET_FILE; the secret itself: CXONE_CLIENT_SECRET]
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<String>,
    /// Campaign to pace [env: CAMPAIGN_ID]
    #[arg(long, value_name = "ID")]
    pub campaign_id: Option<String>,
    /// Where audit records go: an https address or an NDJSON file [env: DW_ENDPOINT] [default: nowhere]
    #[arg(long, value_name = "URL|FILE")]
    pub dw_endpoint: Option<String>,
    /// State file [env: DIALPACE_STATE] [default: dialpace/CAMPAIGN.json under $XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    /// Time a cycle may take [env: DIALPACE_DEADLINE] [default: 25s]
    #[arg(long, value_name = "TIME")]
    pub deadline: Option<String>,
    /// What guards the PATCH: any (nothing) or etag (the campaign must not have changed since it
    /// was read in the same cycle) [env: DIALPACE_IF_MATCH] [default: any]
    #[arg(long, value_name = "GUARD", value_parser = ["any", "etag"])]
    pub if_match: Option<String>,
    /// Certificates of authorities to trust besides the machine's own, PEM [env: DIALPACE_CA_FILE]
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<String>,
    /// How often a failed call is tried again [env: DIALPACE_RETRIES] [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub retries: Option<String>,
    /// First wait before a retry; the next are 1, 2, 3, 5, 8, … times as long [env: DIALPACE_RETRY_WAIT] [default: 1s]
    #[arg(long, value_name = "TIME")]
    pub retry_wait: Option<String>,
    /// Write metrics for Prometheus' textfile collector after every cycle [env: DIALPACE_METRICS_FILE]
    #[arg(long, value_name = "FILE.prom")]
    pub metrics_file: Option<String>,
    /// Records that may wait for the warehouse; older ones go to a file [env: DIALPACE_OUTBOX_LIMIT] [default: 2000]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub outbox_limit: Option<String>,
}

/// What is printed.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print one JSON object per cycle
    #[arg(long)]
    pub json: bool,
    /// Print warnings and errors only, besides what --json or --dry-run ask for
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every HTTP exchange to stderr as well
    #[arg(long, short)]
    pub verbose: bool,
}

/// The flags of a subcommand that were given and hold text, by the key of their setting.
#[must_use]
pub fn given_flags(matches: &ArgMatches) -> BTreeMap<String, String> {
    let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    matches
        .ids()
        .map(clap::Id::as_str)
        .filter(given)
        .filter_map(|id| {
            let text = matches.try_get_one::<String>(id).ok()??;
            Some((id.to_owned(), text.clone()))
        })
        .collect()
}

const AFTER_HELP: &str = "\
Try it without an account:  dialpace tick --sandbox
Every option of a subcommand:  dialpace tick --help";

const TICK_EXAMPLES: &str = "\
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
  dialpace watch --sandbox                            a built-in campaign, in real time
  dialpace watch --sandbox --speed 60 --cycles 100    fifty minutes of it in less than one
  dialpace watch --config campaign.toml               a real campaign; Ctrl-C ends it
  dialpace watch --config campaign.toml --dry-run     decide and show, and change nothing
  dialpace watch --config campaign.toml --json | tee -a watch.ndjson

A failed cycle is reported and the next one is run. The exit code is that of the last cycle, as
tick has it (see dialpace tick --help), or 130/143 after Ctrl-C or SIGTERM.";

const SIMULATE_EXAMPLES: &str = "\
Examples:
  dialpace simulate                          fifty agents, an answer rate of 0.3, the default policy
  dialpace simulate --print-scenario         every setting of the world, as a file to start from
  dialpace simulate --policy capacity,compensated,progressive --agents 20
  dialpace simulate my.toml --sla-threshold 0.6:0.9:0.05 --tolerance-margin 0.01:0.10:0.01
  dialpace simulate --shard 1/4 > part1.json; dialpace simulate --merge part*.json

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";

const BACKTEST_EXAMPLES: &str = "\
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
