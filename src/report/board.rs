//! The board: the live lines that `watch` shows of a campaign, and its closing summary.

use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;

use super::band_tally::BandTally;
use super::board_text::{shortened, span, sparkline, time_of_day, times};
use super::counts::count_of;
use super::lever;
use super::reason::in_a_few_words;
use super::text::chain;
use crate::base::notice_text::Waiting;
use crate::base::subject::Subject;
use crate::live::{CycleReport, Outcome};
use crate::pacing::{AbandonmentBasis, Action, Pacer, Setpoint, Unit};
use crate::sim::Figures;

/// The figures on the board.
#[derive(Debug, Default)]
pub struct Board {
    name: String,
    subject: String,
    unit: Option<Unit>,
    position: String,
    changed: Option<String>,
    why: Option<&'static str>,
    agents: Option<(u32, f64)>,
    agents_before: VecDeque<u32>,
    answers: String,
    abandoned: String,
    limit: Option<f64>,
    exported: usize,
    pending: usize,
    has_warehouse: bool,
    last_error: Option<String>,
    is_dry_run: bool,
    counts: Counts,
    tally: BandTally,
}

/// Counters of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    cycles: u64,
    sent: u64,
    changed: u64,
    failed: u64,
}

impl Board {
    /// Number of lines of [`lines`](Self::lines).
    pub const LINES: usize = 9;

    /// The board before the first cycle.
    #[must_use]
    pub fn new(
        name: Option<&str>,
        subject: &Subject,
        pacer: &Pacer,
        setpoint: Option<Setpoint>,
        is_dry_run: bool,
    ) -> Self {
        let unit = pacer.limits().actuator.unit;
        let policy = pacer.policy().name();
        Self {
            name: name.unwrap_or_default().to_owned(),
            subject: match subject {
                Subject::Campaign(id) => format!("campaign    {id}, {policy}"),
                Subject::Skill(id) => format!("skill       {id}, {policy}"),
            },
            unit: Some(unit),
            position: position(unit, setpoint),
            is_dry_run,
            answers: "not polled yet".to_owned(),
            abandoned: "not known".to_owned(),
            limit: pacer.policy().abandonment_limit().map(f64::from),
            tally: BandTally::of(pacer),
            ..Self::default()
        }
    }

    /// Adds the result of one cycle.
    pub fn add(&mut self, report: &CycleReport) {
        self.counts.cycles += 1;
        self.add_change(report);
        self.add_poll(report);
        if report.error.is_some() {
            self.counts.failed += 1;
        }
    }

    /// Adds the end of a burst, which is no cycle of its own.
    pub fn add_burst_end(&mut self, report: &CycleReport) {
        self.add_change(report);
    }

    fn add_change(&mut self, report: &CycleReport) {
        let decision = &report.decision;
        let unit = decision.unit;
        let was_sent = matches!(report.outcome, Outcome::Applied | Outcome::WouldApply(..));
        self.counts.sent += u64::from(was_sent);
        if was_sent && is_change(report) {
            self.counts.changed += 1;
            self.changed = Some(format!(
                "was {} until {}",
                lever::number(unit, decision.previous),
                time_of_day(decision.at)
            ));
        }
        self.why = Some(in_a_few_words(decision, is_change(report)));
        self.position = position(unit, report.setpoint());
        self.exported += report.exported;
        self.pending = report.pending;
        self.has_warehouse = report.has_warehouse;
        if let Some(error) = &report.error {
            let at = time_of_day(decision.at);
            self.last_error = Some(format!("{} (at {at})", chain(error)));
        }
    }

    fn add_poll(&mut self, report: &CycleReport) {
        let decision = &report.decision;
        let evidence = &decision.evidence;
        if let (Some(agents), Some(mean)) = (evidence.available_agents, evidence.available_mean) {
            self.agents = Some((agents, mean));
            self.agents_before.push_back(agents);
            if self.agents_before.len() > HISTORY {
                self.agents_before.pop_front();
            }
        }
        self.tally.add(decision);
        let sla = evidence.band.sla_threshold.value() * 100.0;
        self.answers = match evidence.answer_rate {
            Some(rate) => format!("{:.1} %, threshold {sla:.0} %", rate.value() * 100.0),
            None if evidence.available_agents.is_some() => "nothing was dialed".to_owned(),
            None => "unknown: the poll failed".to_owned(),
        };
        let abandonment = evidence.abandonment();
        if let Some(rate) = abandonment.rate {
            let basis = match abandonment.basis {
                AbandonmentBasis::Estimated => "expected",
                AbandonmentBasis::Epoch => "today",
                AbandonmentBasis::Measured | AbandonmentBasis::None => "measured",
            };
            self.abandoned = format!("{:.1} % {basis}", f64::from(rate) * 100.0);
        }
    }

    /// The lines, with the time until the next cycle. They fit 50 columns, but for the error.
    #[must_use]
    pub fn lines(&self, next: Option<Duration>) -> [String; Self::LINES] {
        let changed = self.changed.as_ref().map(|changed| format!(", {changed}"));
        let agents = match self.agents {
            Some((agents, mean)) => {
                format!(
                    "{agents} idle, mean {mean:.1} {}",
                    sparkline(&self.agents_before)
                )
            }
            None => "not polled yet".to_owned(),
        };
        let limit = self
            .limit
            .map(|limit| format!(", limit {:.1} %", limit * 100.0));
        let records = if self.has_warehouse {
            format!("{} sent, {} wait", self.exported, self.pending)
        } else {
            "none: DW_ENDPOINT is not set".to_owned()
        };
        let next = match next {
            Some(next) => format!("in {} s", next.as_millis().div_ceil(1_000)),
            None => "running".to_owned(),
        };
        let Counts { cycles, failed, .. } = self.counts;
        [
            self.subject.clone(),
            format!(
                "{}{}{}",
                self.unit.map_or("", lever::label),
                self.position,
                changed.unwrap_or_default()
            ),
            format!("why         {}", self.why.unwrap_or("not decided yet")),
            format!("agents      {agents}"),
            format!("answered    {}", self.answers),
            format!(
                "abandoned   {}{}",
                self.abandoned,
                limit.unwrap_or_default()
            ),
            format!("records     {records}"),
            format!("next cycle  {next}; {cycles} run, {failed} failed"),
            format!(
                "last error  {}",
                self.last_error.as_deref().unwrap_or("none")
            ),
        ]
    }

    /// One line about the campaign, among several. In a terminal of `width` characters its name is
    /// shortened, and its agents stand where a narrow one cuts the line.
    #[must_use]
    pub fn line(&self, next: Option<Duration>, width: usize) -> String {
        let agents = match self.agents {
            Some((agents, _)) => format!("{agents} idle"),
            None => "not polled yet".to_owned(),
        };
        let state = match (&self.last_error, self.pending, next) {
            (Some(error), ..) => format!("failed: {error}"),
            (None, 0, None) => "running".to_owned(),
            (None, 0, Some(next)) => format!("next in {} s", next.as_millis().div_ceil(1_000)),
            (None, pending, _) => Waiting(pending).to_string(),
        };
        let names = width.saturating_sub(BESIDE_NAME).clamp(12, 24);
        let name = shortened(&self.name, names);
        format!("{name:<names$} {:<13} {state:<14} {agents}", self.position)
    }

    /// Summary of the run, with the results of a sandbox's campaign.
    #[must_use]
    pub fn closing(&self, lasted: Duration, figures: Option<&Figures>) -> String {
        let counts = self.counts;
        let exported = if self.has_warehouse {
            let exported = count_of(self.exported as u64, "record");
            format!("{exported} exported, {}", Waiting(self.pending))
        } else {
            "nothing exported: DW_ENDPOINT is not set".to_owned()
        };
        let mut text = format!(
            "{} in {}: the {} {} sent {} and changed {}, {} failed; {exported}",
            count_of(counts.cycles, "cycle"),
            span(lasted),
            match self.unit {
                Some(Unit::CallsPerAgent) => "ratio",
                _ => "rate",
            },
            if self.is_dry_run {
                "would have been"
            } else {
                "was"
            },
            times(counts.sent),
            times(counts.changed),
            count_of(counts.failed, "cycle"),
        );
        if let Some(figures) = figures {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\nmeanwhile in the sandbox: agents were busy {:.1} % of their time (occupancy), {:.2} % of answered calls were abandoned, {:.0} calls dialed",
                figures.occupancy * 100.0,
                figures.abandonment_rate * 100.0,
                figures.calls_dialed
            );
        }
        if let Some(hint) = self.tally.hint() {
            let _ = write!(text, "\n{hint}");
        }
        text
    }

    /// True where the cycle is printed above the block: something changed or failed.
    #[must_use]
    pub fn is_news(report: &CycleReport) -> bool {
        report.error.is_some()
            || report.export_problem.is_some()
            || matches!(report.outcome, Outcome::Conflict | Outcome::Pending)
            || is_change(report)
            || matches!(report.action(), Action::Stop | Action::Safe)
    }
}

/// True where the lever is elsewhere after the cycle. An unknown position counts as stopped.
fn is_change(report: &CycleReport) -> bool {
    let steps = |setpoint: Option<Setpoint>| setpoint.map_or(0, Setpoint::steps);
    steps(report.setpoint()) != steps(report.decision.previous)
}

/// The position of the lever, which the first run does not know before it has set it.
fn position(unit: Unit, setpoint: Option<Setpoint>) -> String {
    match setpoint {
        None => "not known yet".to_owned(),
        setpoint => lever::position(unit, setpoint),
    }
}

/// Characters of a campaign's line beside its name.
const BESIDE_NAME: usize = 38;
/// Number of polls in the sparkline: five minutes at one every 30 s, so that the line fits.
const HISTORY: usize = 10;
