//! `tick`: one cycle and out.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::clock::{Clock, SystemClock};
use crate::config::Sources;
use crate::cycle::CycleReport;
use crate::live::{self, Options, World};
use crate::report::{Console, text};

/// Runs one cycle and prints it. The report says whether all of it went well.
pub fn run(options: &Options, sources: &Sources, console: &Console) -> Result<CycleReport> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    live::with(options, sources, console, &clock, World::Kept, |live| {
        let mut state = live.load()?;
        let report = live.run(&mut state, &live.deadline);
        live.print(&report, *console)
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
    })
}
