//! Metrics for Prometheus' textfile collector.

use std::fmt::{Display, Write};

use crate::base::subject::Subject;
use crate::base::units::UnixMillis;
use crate::live::Counters;
use crate::live::CycleReport;
use crate::pacing::{Decision, Pacer, Reason, Unit};

/// The metrics of one campaign after a cycle.
#[derive(Debug)]
pub struct CampaignMetrics {
    /// Each metric: its head, and its samples.
    metrics: Vec<(String, String)>,
    label: String,
}

/// The whole file: each metric once, with the samples of all campaigns.
#[must_use]
pub fn text<'m>(campaigns: impl IntoIterator<Item = &'m CampaignMetrics>) -> String {
    let mut all: Vec<(&str, String)> = Vec::new();
    for (head, samples) in campaigns.into_iter().flat_map(|it| &it.metrics) {
        match all.iter_mut().find(|(known, _)| *known == head.as_str()) {
            Some((_, known)) => known.push_str(samples),
            None => all.push((head, samples.clone())),
        }
    }
    let texts = all
        .into_iter()
        .map(|(head, samples)| head.to_owned() + &samples);
    texts.collect()
}

/// The metrics of one campaign, with its name where there are several. Values that the cycle did not
/// measure are left out.
#[must_use]
pub fn of(
    report: &CycleReport,
    counters: &Counters,
    name: Option<&str>,
    subject: &Subject,
    pacer: &Pacer,
) -> CampaignMetrics {
    let evidence = &report.decision.evidence;
    let mut label = format!("{}=\"{}\"", subject.kind(), subject.id());
    if let Some(name) = name {
        // Writing to a String cannot fail.
        let _ = write!(label, ",name=\"{name}\"");
    }
    let mut file = CampaignMetrics {
        metrics: Vec::new(),
        label,
    };
    file.lever(report);
    file.gauge(
        "available_agents",
        "Agents available at the last poll.",
        evidence.available_agents,
    );
    file.gauge(
        "available_agents_mean",
        "Mean available agents over the window.",
        evidence.available_mean,
    );
    file.gauge(
        "answer_rate",
        "Answered by a person / attempts that ended, at the last poll.",
        evidence.answer_rate.map(f64::from),
    );
    file.gauge(
        "deviation",
        "Answer rate - its threshold, at the last poll.",
        evidence.deviation,
    );
    file.abandonment(report, pacer);
    file.head("policy_info", "gauge", "The policy that decides.");
    let policy = format!(",policy=\"{}\"", pacer.policy().name());
    file.sample("policy_info", &policy, 1);
    file.permission(&report.decision, pacer);
    file.head("cycles_total", "counter", "Cycles by what came of them.");
    for (outcome, count) in [
        ("adjusted", counters.adjusted),
        ("held", counters.held),
        ("stopped", counters.stopped),
        ("safe", counters.safe),
        ("failed", counters.failed),
    ] {
        let label = format!(",outcome=\"{outcome}\"");
        file.sample("cycles_total", &label, count);
    }
    file.counter(
        "retries_total",
        "Calls that were tried again.",
        counters.retries,
    );
    file.records(report.pending, counters);
    file.gauge(
        "last_cycle_timestamp_seconds",
        "When the last cycle decided.",
        Some(seconds(report.decision.at)),
    );
    file.gauge(
        "last_success_timestamp_seconds",
        "When a cycle last went well; 0 where none has.",
        Some(counters.succeeded_at.map_or(0.0, seconds)),
    );
    file.head("build_info", "gauge", "The version that runs.");
    let version = concat!(",version=\"", env!("CARGO_PKG_VERSION"), "\"");
    file.sample("build_info", version, 1);
    file
}

impl CampaignMetrics {
    /// The lever, and what a skill tells of its agents.
    fn lever(&mut self, report: &CycleReport) {
        let decision = &report.decision;
        let value = |setpoint| decision.unit.value(setpoint);
        if decision.unit == Unit::CallsPerMinute {
            let rate = report.setpoint().map_or(0.0, value);
            let help = "Dial rate that holds, calls per minute.";
            self.gauge("dial_rate", help, Some(rate));
            return;
        }
        self.gauge(
            "dial_ratio",
            "Dial ratio that holds, calls per agent; 0 where the skill is stopped.",
            report.setpoint().map(value),
        );
        let evidence = &decision.evidence;
        self.gauge(
            "staffed_agents",
            "Agents logged in and not on a break, at the last poll.",
            evidence.traffic.logged_in,
        );
        self.gauge(
            "busy_agents",
            "Agents with a call or in wrap-up, at the last poll.",
            evidence.traffic.busy,
        );
    }

    /// The abandonment rate with its basis, and the limit that the policy keeps under.
    fn abandonment(&mut self, report: &CycleReport, pacer: &Pacer) {
        let abandonment = report.decision.evidence.abandonment();
        if let Some(rate) = abandonment.rate {
            self.head(
                "abandonment_rate",
                "gauge",
                "Abandoned / (connected + abandoned), measured or else expected.",
            );
            let basis = format!(",basis=\"{}\"", abandonment.basis.name());
            self.sample("abandonment_rate", &basis, f64::from(rate));
        }
        self.gauge(
            "abandonment_limit",
            "The abandonment rate that the policy keeps under.",
            pacer.policy().abandonment_limit().map(f64::from),
        );
    }

    /// What an operator and the calling hours allow.
    fn permission(&mut self, decision: &Decision, pacer: &Pacer) {
        self.gauge(
            "held_by_operator",
            "1 while dialpace stop holds it, until dialpace resume.",
            Some(u8::from(decision.reason == Reason::HeldByOperator)),
        );
        let hours = pacer.hours();
        self.gauge(
            "inside_calling_hours",
            "1 while people may be called, 0 outside calling hours.",
            hours.map(|hours| u8::from(hours.is_inside(decision.at))),
        );
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let head = format!("# HELP dialpace_{name} {help}\n# TYPE dialpace_{name} {kind}\n");
        self.metrics.push((head, String::new()));
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let label = &self.label;
        if let Some((_, samples)) = self.metrics.last_mut() {
            // Writing to a String cannot fail.
            let _ = writeln!(samples, "dialpace_{name}{{{label}{labels}}} {value}");
        }
    }

    fn records(&mut self, pending: usize, counters: &Counters) {
        self.counter(
            "exported_records_total",
            "Records that the warehouse took.",
            counters.exported,
        );
        self.counter(
            "refused_records_total",
            "Records that the warehouse refused for good.",
            counters.refused,
        );
        self.gauge(
            "pending_records",
            "Records that wait for the warehouse.",
            Some(pending),
        );
    }

    fn gauge(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.sample(name, "", value);
        }
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.sample(name, "", value);
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age")]
fn seconds(at: UnixMillis) -> f64 {
    at.0 as f64 / 1_000.0
}
