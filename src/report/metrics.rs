//! Metrics for Prometheus' textfile collector.

use std::fmt::{Display, Write};

use crate::base::units::UnixMillis;
use crate::live::Counters;
use crate::live::CycleReport;

/// The whole file after one cycle. Values that the cycle did not measure are left out.
#[must_use]
pub fn text(report: &CycleReport, counters: &Counters, campaign_id: &str) -> String {
    let evidence = &report.decision.evidence;
    let mut file = MetricsText {
        text: String::new(),
        campaign_id,
    };
    file.gauge(
        "dial_rate",
        "Dial rate that holds, calls per minute.",
        Some(report.dial_rate()),
    );
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
        "Answer rate - SLA threshold, at the last poll.",
        evidence.deviation,
    );
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
    file.text
}

struct MetricsText<'a> {
    text: String,
    campaign_id: &'a str,
}

impl MetricsText<'_> {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.add(format_args!(
            "# HELP dialpace_{name} {help}\n# TYPE dialpace_{name} {kind}\n"
        ));
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let id = self.campaign_id;
        self.add(format_args!(
            "dialpace_{name}{{campaign=\"{id}\"{labels}}} {value}\n"
        ));
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

    fn add(&mut self, text: std::fmt::Arguments) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age")]
fn seconds(at: UnixMillis) -> f64 {
    at.0 as f64 / 1_000.0
}
