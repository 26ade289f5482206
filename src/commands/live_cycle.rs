//! One cycle of a live campaign and its output, the same for `tick` and `watch`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::exit;
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::Notice;
use crate::live::{CycleReport, Live, LiveOptions, Ran, State};
use crate::pacing::Action;
use crate::report::cycle_line::{LineOptions, cycle_line};
use crate::report::json::OneOf;
use crate::report::metrics::CampaignMetrics;
use crate::report::{self, Console};

/// The metrics of a run's campaigns, as of their last cycles.
#[derive(Default)]
pub(super) struct MetricsBoard(Mutex<BTreeMap<String, CampaignMetrics>>);

impl MetricsBoard {
    /// Takes in those of one campaign, and writes the file with those of all.
    fn publish(&self, path: &Path, label: String, metrics: CampaignMetrics) -> io::Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(label, metrics);
        let text = report::metrics::text(all.values());
        files::publish_to_all(path, text.as_bytes())
    }
}

/// Runs one cycle, and writes the metrics file if one is set.
pub(super) fn run(
    live: &Live,
    state: &mut State,
    deadline: &Deadline,
    metrics: &MetricsBoard,
) -> CycleReport {
    let report = live.run(state, deadline);
    if let Some(path) = live.metrics_file {
        let cycle = live.cycle();
        let written = live
            .count(state, &report)
            .map_err(|error| report::text::chain(&error))
            .and_then(|counters| {
                let (subject, pacer) = (cycle.subject, cycle.pacer);
                let of_campaign =
                    report::metrics::of(&report, &counters, live.name, subject, pacer);
                let written = metrics.publish(path, live.label(), of_campaign);
                written.map_err(|error| error.to_string())
            });
        if let Err(problem) = written {
            let path = path.display().to_string();
            cycle
                .notices
                .tell(&Notice::MetricsNotWritten { path, problem });
        }
    }
    report
}

/// Prints the result of a cycle, as text or as JSON.
pub(super) fn print(
    live: &Live,
    report: &CycleReport,
    options: &LiveOptions,
    console: Console,
) -> io::Result<()> {
    let cycle = live.cycle();
    let is_dry_run = options.dry_run;
    if options.json {
        if !report.has_warehouse && report.action() != Action::Hold {
            cycle.notices.tell(&Notice::NothingExported);
        }
        let one = live.name.map(|name| OneOf {
            name,
            exit: exit::of_cycle(report),
        });
        return console.data(&report::json::cycle(
            report,
            one,
            cycle.subject,
            cycle.pacer,
            is_dry_run,
        ));
    }
    if report.is_worth_a_line() && !console.quiet {
        let options = LineOptions {
            name: live.name,
            is_dry_run,
            is_verbose: console.verbose,
        };
        console.data(&cycle_line(report, cycle.subject, options))?;
    }
    Ok(())
}

/// Tells which campaigns could not be opened, and returns the code of the run.
pub(super) fn conclude(
    ran: Vec<Ran<u8>>,
    options: &LiveOptions,
    console: Console,
    clock: &dyn Clock,
) -> Result<u8> {
    let mut codes = Vec::new();
    for Ran {
        name,
        subject,
        result,
    } in ran
    {
        let error = match result {
            Ok(code) => {
                codes.push(code);
                continue;
            }
            Err(error) => error,
        };
        let exit = exit::of_error(error.as_ref());
        let text = report::text::chain(error.as_ref());
        if let Some(name) = name.as_deref().filter(|_| options.json) {
            let one = OneOf { name, exit };
            console.data(&report::json::not_opened(clock.now(), one, &subject, &text))?;
        }
        console.error_of(&name.unwrap_or_else(|| subject.id()), &text);
        codes.push(exit);
    }
    Ok(exit::worst(codes))
}
