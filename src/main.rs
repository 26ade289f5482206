//! Parse, dispatch, and turn the result into an exit code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use dialpace::base::visible;
use dialpace::commands::cli::{Cli, Command};
use dialpace::commands::interrupt::{Ended, Interrupt, Process};
use dialpace::commands::{backtest, check, exit, fit, pages, resume, simulate, stop, tick, watch};
use dialpace::config::Sources;
use dialpace::report::{self, Console, Messages};

fn main() -> ExitCode {
    #[cfg(debug_assertions)]
    arm_fault_hook();
    let code = match Cli::try_parse() {
        Ok(cli) => dispatch(cli.command).unwrap_or_else(|error| failed(&error, Messages::Plain)),
        Err(error) => {
            print_usage(&error);
            exit::of_usage(&error)
        }
    };
    code.into()
}

/// Tells why nothing was done.
fn failed(error: &anyhow::Error, messages: Messages) -> u8 {
    let console = Console {
        messages,
        ..Console::default()
    };
    console.error(&report::text::chain(error.as_ref()));
    exit::of_error(error.as_ref())
}

/// Prints help, or what is wrong with the command line. What was typed may hold anything.
fn print_usage(error: &clap::Error) {
    let text = error.render().to_string();
    let _ = match visible::lines(&text) {
        Cow::Borrowed(_) => error.print(),
        Cow::Owned(text) => io::stderr().lock().write_all(text.as_bytes()),
    };
}

fn dispatch(command: Command) -> Result<u8> {
    let process = Process {
        is_init: std::process::id() == 1,
        end: end_at_once,
    };
    match command {
        Command::Tick(args) => {
            process.end_at_signals()?;
            let sources = sources(&args.live.settings.0)?;
            let messages = Messages::Log(sources.log_format());
            Ok(tick::run(&args, &sources).unwrap_or_else(|error| failed(&error, messages)))
        }
        Command::Watch(args) => {
            let interrupt = Interrupt::listen(process, WATCH_GRACE)?;
            let end_at_once = || end_at_once(interrupt.code());
            let sources = sources(&args.live.settings.0)?;
            let messages = Messages::Log(sources.log_format());
            let ended = watch::run(&args, &sources, &interrupt, &end_at_once);
            Ok(ended.unwrap_or_else(|error| failed(&error, messages)))
        }
        Command::Check(args) => check::run(&args, &sources(&args.settings.0)?),
        Command::Stop(args) => stop::run(&args, &sources(&args.settings.0)?),
        Command::Resume(args) => resume::run(&args, &sources(&args.settings.0)?),
        Command::Simulate(args) => {
            run_offline(process, &args.settings.0, |sources, words, stop| {
                simulate::run(&args, sources, &args.console(), words, stop)
            })
        }
        Command::Backtest(args) => {
            run_offline(process, &args.settings.0, |sources, words, stop| {
                backtest::run(&args, sources, &args.console(), words, stop)
            })
        }
        Command::Fit(args) => run_offline(process, &args.settings(), |sources, words, stop| {
            fit::run(&args, sources, &args.console(), words, stop)
        }),
        Command::Completions { shell } => Ok(pages::completions(shell)),
        Command::Man { command } => pages::manual(command.as_deref()),
    }
}

/// Runs a command that calls nobody, with its sources, the words of the command line, and the flag that a
/// signal sets.
fn run_offline(
    process: Process,
    flags: &BTreeMap<String, String>,
    run: impl FnOnce(&Sources, &[String], &Arc<AtomicBool>) -> Result<Ended>,
) -> Result<u8> {
    let process = Process {
        end: end_offline,
        ..process
    };
    let interrupt = Interrupt::listen(process, OFFLINE_GRACE)?;
    let ended = run(&sources(flags)?, &command_line(), interrupt.stop())?;
    Ok(interrupt.code_of(ended))
}

fn sources(flags: &BTreeMap<String, String>) -> Result<Sources> {
    Ok(Sources {
        flags: flags.clone(),
        environment: environment(),
        folder: std::env::current_dir()?,
    })
}

/// The words of the command line after the program's name.
fn command_line() -> Vec<String> {
    std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect()
}

/// The environment. What is not text is kept with its faults replaced by U+FFFD, so that the
/// setting that it belongs to is refused instead of taken as absent.
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

#[expect(
    clippy::disallowed_methods,
    reason = "the last resort of a run that was asked to stop"
)]
fn end_at_once(code: u8) {
    std::process::exit(code.into());
}

/// Ends a run that computes, and that would take long to come to its end.
fn end_offline(code: u8) {
    Console::default().error("interrupted before it was done; no results are printed");
    end_at_once(code);
}

/// Arms the faults that a test asks for; a release build has none of this.
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

/// Time for `watch` to end by itself after a signal, less than 2 s: it cuts its calls off before.
const WATCH_GRACE: Duration = Duration::from_millis(1_800);
/// Time for a simulation or a backtest to say how far it came.
const OFFLINE_GRACE: Duration = Duration::from_secs(1);
