//! `tick`: one cycle and out.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::cli::TickArgs;
use super::{exit, live_cycle};
use crate::base::clock::{Clock, SystemClock};
use crate::config::Sources;
use crate::live::{SandboxLifetime, open_and_run};
use crate::report::text;

/// Runs one cycle and prints it.
pub fn run(args: &TickArgs, sources: &Sources) -> Result<u8> {
    let console = args.output.console();
    let options = args.live.options(args.output);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let report = open_and_run(
        &options,
        sources,
        &console,
        &clock,
        SandboxLifetime::Persistent,
        |live| {
            let mut state = live.load()?;
            let report = live_cycle::run(live, &mut state, &live.deadline);
            live_cycle::print(live, &report, options.json, console)
                .and_then(|()| {
                    if options.dry_run && !options.json && report.error.is_none() {
                        console.data(&text::dry_run(&report))
                    } else {
                        Ok(())
                    }
                })
                .context("the cycle is done, but its result cannot be printed")?;
            Ok(report)
        },
    )?;
    if let Some(message) = text::failure(&report) {
        console.error(&message);
    }
    Ok(exit::of_cycle(&report))
}
