//! The arguments of `simulate`, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::numbers::{at_least, number, whole};
use crate::commands::setting_flags::ComparisonFlags;
use crate::config::{SETTINGS, share};
use crate::pacing::Ratio;
use crate::report::Console;
use crate::sim::LivePlatform;

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
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1..=AGENTS_MAX, "no site has more, and a scenario's agents.roster says when nobody is there"))]
    pub agents: Option<u32>,
    /// Base answer rate, instead of the scenario's
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    pub answer_rate: Option<Ratio>,
    /// Simulated hours, instead of the scenario's
    #[arg(long, value_name = "H", allow_negative_numbers = true, value_parser = number)]
    pub hours: Option<f64>,
    /// Runs (replications) of each setting
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = whole::<u32>(1..=1_000_000, "the figures of each are kept in memory"))]
    pub replications: u32,
    /// Seed of all draws
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = at_least(0))]
    pub seed: u64,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = whole::<u32>(1..=1_024, "each is a thread with a simulated world of its own"))]
    pub jobs: Option<u32>,
    /// Print a table, json or csv
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table, hide_possible_values = true)]
    pub format: Format,
    /// Write one run of the first combination, one row per interval, in backtest's columns
    #[arg(long, value_name = "FILE.csv", hide_short_help = true)]
    pub trace: Option<PathBuf>,
    /// Write every figure of each run and combination, as CSV
    #[arg(
        long,
        value_name = "FILE.csv",
        hide_short_help = true,
        conflicts_with = "shard"
    )]
    pub samples: Option<PathBuf>,
    /// Platform that a recommendation is for: campaign-api or skills [default: each]
    #[arg(
        long,
        value_name = "NAME",
        hide_short_help = true,
        value_enum,
        hide_possible_values = true
    )]
    pub platform: Option<PlatformName>,
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

/// The platform that a recommendation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlatformName {
    /// It takes a dial rate.
    CampaignApi,
    /// They dial by themselves and take a dial ratio.
    Skills,
}

impl SimulateArgs {
    /// The platform that a recommendation is for; `None`: each.
    pub(super) fn live_platform(&self) -> Option<LivePlatform> {
        self.platform.map(|platform| match platform {
            PlatformName::CampaignApi => LivePlatform::CampaignApi,
            PlatformName::Skills => LivePlatform::Skills,
        })
    }

    /// The settings that were given with one value for all variants, by key: besides the recommended
    /// ones, these are to be set to get what was simulated.
    pub(super) fn for_all_variants(&self) -> Vec<(String, String)> {
        let of_variants = [
            "config",
            "env_file",
            "policy",
            "sla_threshold",
            "tolerance_margin",
            "front_load",
        ];
        let is_for_all = |(key, text): &(&String, &String)| {
            let setting = SETTINGS.iter().find(|setting| setting.key == *key);
            let has_lists = setting.is_some_and(|setting| setting.lists.is_some());
            let is_list = has_lists && text.contains([',', ':']);
            !is_list && !of_variants.contains(&key.as_str())
        };
        let given = self.settings.0.iter().filter(is_for_all);
        given
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect()
    }

    /// The console that prints as much as was asked for.
    #[must_use]
    pub fn console(&self) -> Console {
        Console {
            quiet: self.quiet,
            verbose: false,
            ..Console::default()
        }
    }

    /// Threads to use.
    pub(super) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, |jobs| jobs as usize)
    }
}

/// The end of the short help.
pub(in crate::commands) const EXAMPLES: &str = "\
Examples:
  dialpace simulate --policy capacity,compensated,progressive --agents 20
  dialpace simulate my.toml --sla-threshold 0.6:0.9:0.05 --report sweep.html

Every option, with its name in the environment: dialpace simulate --help";

/// The end of the long help.
pub(in crate::commands) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace simulate                          fifty agents, an answer rate of 0.3, the default policy
  dialpace simulate --print-scenario         every setting of the world, as a file to start from
  dialpace simulate --policy capacity,compensated,progressive --agents 20
  dialpace simulate my.toml --sla-threshold 0.6:0.9:0.05 --tolerance-margin 0.01:0.10:0.01
  dialpace simulate --shard 1/4 > part1.json; dialpace simulate --merge part*.json

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";

/// Most agents: as in a scenario.
const AGENTS_MAX: u32 = 100_000;
