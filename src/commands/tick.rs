//! `tick`: one cycle and out.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::live_cycle;
use crate::base::clock::{Clock, SystemClock};
use crate::config::Sources;
use crate::live::CycleReport;
use crate::live::{Options, SandboxLifetime, open_and_run};
use crate::report::{Console, text};

/// Runs one cycle and prints it. The report says whether all of it went well.
pub fn run(options: &Options, sources: &Sources, console: &Console) -> Result<CycleReport> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    open_and_run(
        options,
        sources,
        console,
        &clock,
        SandboxLifetime::Persistent,
        |live| {
            let mut state = live.load()?;
            let report = live_cycle::run(live, &mut state, &live.deadline);
            live_cycle::print(live, &report, options, *console)
                .and_then(|()| match options {
                    Options {
                        dry_run: true,
                        json: false,
                        ..
                    } if report.error.is_none() => console.data(&text::dry_run(&report)),
                    _ => Ok(()),
                })
                .context("the cycle is done, but its result cannot be printed")?;
            Ok(report)
        },
    )
}
