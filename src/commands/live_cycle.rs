//! One cycle of a live campaign and its output, the same for `tick` and `watch`.

use std::io;

use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::notice::Notice;
use crate::live::{CycleReport, Live, LiveOptions, State};
use crate::pacing::Action;
use crate::report::{self, Console};

/// Runs one cycle, and writes the metrics file if one is set.
pub(super) fn run(live: &Live, state: &mut State, deadline: &Deadline) -> CycleReport {
    let report = live.run(state, deadline);
    if let Some(path) = live.metrics_file {
        let written = live
            .count(state, &report)
            .map_err(|error| report::text::chain(&error))
            .and_then(|counters| {
                let text = report::metrics::text(
                    &report,
                    &counters,
                    live.cycle().subject,
                    live.cycle().pacer,
                );
                files::publish_to_all(path, text.as_bytes()).map_err(|error| error.to_string())
            });
        if let Err(problem) = written {
            let path = path.display().to_string();
            let notice = Notice::MetricsNotWritten { path, problem };
            live.cycle().notices.tell(&notice);
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
        return console.data(&report::json::cycle(
            report,
            cycle.subject,
            cycle.pacer,
            is_dry_run,
        ));
    }
    if report.is_worth_a_line() && !console.quiet {
        console.data(&report::text::cycle(report, cycle.subject, is_dry_run))?;
    }
    Ok(())
}
