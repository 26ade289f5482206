//! Parse, dispatch, and turn what happened into an exit code.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use dialpace::commands::cli::{
    BacktestArgs, Cli, Command, SimulateArgs, TickArgs, WatchArgs, given_flags,
};
use dialpace::commands::interrupt::{Ended, Interrupt};
use dialpace::commands::simulate::{self, Format};
use dialpace::commands::watch::{self, Watched};
use dialpace::commands::{backtest, exit, tick};
use dialpace::config::Sources;
use dialpace::live;
use dialpace::report::{self, Console};

/// Plans the fault that a test asks for. A release build has none of this.
#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "no setting, and not in a release"
)]
fn arm_fault_hook() {
    if let Ok(plan) = std::env::var("DIALPACE_FAULT") {
        dialpace::base::fault_hook::arm(&plan);
    }
}

fn main() -> ExitCode {
    #[cfg(debug_assertions)]
    arm_fault_hook();
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                exit::USAGE
            } else {
                exit::DONE
            }
            .into();
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let flags = matches.subcommand().map(|(_, matches)| matches);
    match cli.command {
        Command::Tick(args) => run_tick(&args, flags),
        Command::Watch(args) => run_watch(&args, flags),
        Command::Simulate(args) => run_simulate(*args, flags),
        Command::Backtest(args) => run_backtest(*args, flags),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "dialpace", &mut script);
            print(&script)
        }
        Command::Man { command } => run_man(command.as_deref()),
    }
}

fn run_tick(args: &TickArgs, matches: Option<&ArgMatches>) -> ExitCode {
    let console = Console {
        quiet: args.output.quiet,
        verbose: args.output.verbose,
    };
    let options = live::Options {
        sandbox: args.live.sandbox.clone(),
        speed: args.live.speed,
        dry_run: args.live.dry_run,
        json: args.output.json,
    };
    let result = sources(matches).and_then(|sources| tick::run(&options, &sources, &console));
    match result {
        Ok(report) => {
            if let Some(message) = report::text::failure(&report) {
                console.error(&message);
            }
            exit::of_cycle(&report).into()
        }
        Err(error) => failed(console, &error),
    }
}

fn run_watch(args: &WatchArgs, matches: Option<&ArgMatches>) -> ExitCode {
    let console = Console {
        quiet: args.output.quiet,
        verbose: args.output.verbose,
    };
    let options = watch::Options {
        live: live::Options {
            sandbox: args.live.sandbox.clone(),
            speed: args.live.speed,
            dry_run: args.live.dry_run,
            json: args.output.json,
        },
        cycles: args.cycles,
    };
    let result = Interrupt::listen()
        .map_err(anyhow::Error::from)
        .and_then(|interrupt| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the last resort of a run that was asked to stop"
            )]
            let end_at_once = || std::process::exit(interrupt.code().into());
            let sources = sources(matches)?;
            let stop = interrupt.stop();
            let watched = watch::run(&options, &sources, console, stop, &end_at_once)?;
            Ok(match watched {
                Watched::Interrupted => interrupt.code(),
                Watched::Done(last) => exit::of_cycle(&last),
            })
        });
    match result {
        Ok(code) => code.into(),
        Err(error) => failed(console, &error),
    }
}

fn failed(console: Console, error: &anyhow::Error) -> ExitCode {
    console.error(&report::text::chain(error.as_ref()));
    exit::of_error(error.as_ref()).into()
}

fn run_simulate(args: SimulateArgs, matches: Option<&ArgMatches>) -> ExitCode {
    let console = Console {
        quiet: args.quiet,
        verbose: false,
    };
    let options = simulate::Options {
        scenario: args.scenario,
        print_scenario: args.print_scenario,
        agents: args.agents,
        answer_rate: args.answer_rate,
        hours: args.hours,
        replications: args.replications,
        seed: args.seed,
        jobs: args.jobs,
        format: match args.format.as_str() {
            "json" => Format::Json,
            "csv" => Format::Csv,
            _ => Format::Table,
        },
        trace: args.trace,
        report: args.report,
        shard: args.shard,
        merge: args.merge,
        quiet: args.quiet,
    };
    run_interruptibly(console, |interrupt| {
        simulate::run(&options, &sources(matches)?, &console, interrupt.stop())
    })
}

fn run_backtest(args: BacktestArgs, matches: Option<&ArgMatches>) -> ExitCode {
    let console = Console {
        quiet: args.quiet,
        verbose: false,
    };
    let options = backtest::Options {
        file: args.file,
        columns: args.column,
        output: args.output,
        skips_bad_rows: args.on_bad_row == "skip",
        json: args.format == "json",
        report: args.report,
        quiet: args.quiet,
    };
    run_interruptibly(console, |interrupt| {
        backtest::run(&options, &sources(matches)?, &console, interrupt.stop())
    })
}

fn run_interruptibly(console: Console, run: impl FnOnce(&Interrupt) -> Result<Ended>) -> ExitCode {
    let result = Interrupt::listen()
        .map_err(anyhow::Error::from)
        .and_then(|interrupt| {
            Ok(match run(&interrupt)? {
                Ended::Done => exit::DONE,
                Ended::Interrupted => interrupt.code(),
            })
        });
    match result {
        Ok(code) => code.into(),
        Err(error) => failed(console, &error),
    }
}

fn run_man(name: Option<&str>) -> ExitCode {
    let mut command = Cli::command();
    command.build();
    let command = match name {
        None => Some(&command),
        Some(name) => command.find_subcommand(name),
    };
    let mut page = Vec::new();
    match command.map(|command| clap_mangen::Man::new(command.clone()).render(&mut page)) {
        Some(Ok(())) => print(&page),
        Some(Err(_)) => exit::FAILED.into(),
        None => {
            let message = format!("there is no subcommand {:?}", name.unwrap_or_default());
            Console::default().error(&message);
            exit::USAGE.into()
        }
    }
}

fn sources(matches: Option<&ArgMatches>) -> Result<Sources> {
    Ok(Sources {
        flags: matches.map(given_flags).unwrap_or_default(),
        environment: environment(),
        folder: std::env::current_dir()?,
    })
}

/// The environment. What is not text is kept with its faults replaced by U+FFFD, by which the
/// setting that it belongs to is refused rather than taken as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "the one reader of the environment"
)]
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| {
            let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
            (text(name), text(value))
        })
        .collect()
}

/// A broken pipe means that the reader has seen enough.
fn print(text: &[u8]) -> ExitCode {
    let _ = io::stdout().lock().write_all(text);
    exit::DONE.into()
}
