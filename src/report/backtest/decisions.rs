//! The file of decisions, CSV or NDJSON, one row for each. The policy and its band are in it where
//! there are several; of the input it repeats only what a decision is compared with.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::float_texts::FloatTexts;
use crate::base::swept::{self, SweptValues, json_name, json_value};
use crate::base::timestamp::Stamps;
use crate::base::visible;
use crate::history::HistoryRow;
use crate::pacing::{Action, Decision, Pacer, Reason, Unit};
use crate::report::csv_cell::cell;

/// Writes decisions in the order in which they are made.
pub struct DecisionWriter<W> {
    out: W,
    format: DecisionFormat,
    /// Policy and band of each pacer, as they stand in each of its rows.
    settings: Vec<String>,
    middles: Vec<Middle>,
    rows: RowText,
}

/// Format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionFormat {
    /// A header, and a line for each decision.
    Csv,
    /// An object on a line for each decision.
    Ndjson,
}

/// The middle of a row, from the settings to the reason. There are few of them, so each text is
/// made once.
struct Middle {
    pacer: usize,
    action: Action,
    reason: Reason,
    text: String,
}

impl<W: Write> DecisionWriter<W> {
    /// A file that begins with the header, where the format has one.
    pub fn new(out: W, format: DecisionFormat, pacers: &[Pacer], swept: &[SweptValues]) -> Self {
        let first = pacers.first();
        let unit = first.map_or(Unit::CallsPerMinute, |pacer| pacer.limits().actuator.unit);
        let keys = swept::keys(swept);
        let mut bytes = Vec::with_capacity(BUFFER_BYTES + ROW_BYTES_MAX);
        if format == DecisionFormat::Csv {
            bytes.extend_from_slice(b"timestamp,campaignId");
            if pacers.len() > 1 {
                bytes.extend_from_slice(b",policy,slaThreshold,toleranceMargin");
            }
            for key in &keys {
                bytes.extend_from_slice(format!(",{}", json_name(key)).as_bytes());
            }
            bytes.extend_from_slice(match unit {
                Unit::CallsPerMinute => HEADER_REST,
                Unit::CallsPerAgent => HEADER_REST_OF_RATIOS,
            });
        }
        let settings = pacers.iter().enumerate().map(|(n, pacer)| match pacers {
            [_] => String::new(),
            _ => settings_text(format, pacer, &keys, swept.get(n)),
        });
        Self {
            out,
            format,
            settings: settings.collect(),
            middles: Vec::new(),
            rows: RowText {
                unit,
                bytes,
                stamps: Stamps::default(),
                floats: FloatTexts::new(),
            },
        }
    }

    /// Adds the decision of the pacer of this number on `row`.
    pub fn add(&mut self, pacer: usize, decision: &Decision, row: &HistoryRow) -> io::Result<()> {
        let (action, reason) = (decision.action, decision.reason);
        let is_wanted = |middle: &&Middle| {
            (middle.pacer, middle.action, middle.reason) == (pacer, action, reason)
        };
        if !self.middles.iter().any(|middle| is_wanted(&middle)) {
            let text = self.middle_text(pacer, decision);
            self.middles.push(Middle {
                pacer,
                action,
                reason,
                text,
            });
        }
        let middle = self.middles.iter().find(is_wanted);
        let middle = middle.map_or("", |middle| &middle.text);
        match self.format {
            DecisionFormat::Csv => self.rows.add_csv(middle, decision, row),
            DecisionFormat::Ndjson => self.rows.add_json(middle, decision, row),
        }
        if self.rows.bytes.len() < BUFFER_BYTES {
            return Ok(());
        }
        self.flush()
    }

    /// Writes what is left and returns the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.rows.bytes)?;
        self.rows.bytes.clear();
        Ok(())
    }

    fn middle_text(&self, pacer: usize, decision: &Decision) -> String {
        let settings = self.settings.get(pacer).map_or("", String::as_str);
        let (action, reason) = (decision.action.name(), decision.reason.name());
        match self.format {
            DecisionFormat::Csv => format!("{settings},{action},{reason},"),
            DecisionFormat::Ndjson => {
                format!("{settings},\"action\":\"{action}\",\"reason\":\"{reason}\",")
            }
        }
    }
}

fn settings_text(
    format: DecisionFormat,
    pacer: &Pacer,
    keys: &[&str],
    swept: Option<&SweptValues>,
) -> String {
    let limits = pacer.limits();
    let (policy, sla) = (pacer.policy().name(), limits.band.sla_threshold.value());
    let margin = limits.band.tolerance_margin.value();
    let mut text = match format {
        DecisionFormat::Csv => format!(",{policy},{sla},{margin}"),
        DecisionFormat::Ndjson => {
            format!(",\"policy\":\"{policy}\",\"slaThreshold\":{sla},\"toleranceMargin\":{margin}")
        }
    };
    for key in keys {
        let value = swept.map_or("", |values| swept::value(values, key));
        let _ = match format {
            DecisionFormat::Csv => write!(text, ",{value}"),
            DecisionFormat::Ndjson => {
                write!(text, ",\"{}\":{}", json_name(key), json_value(value))
            }
        };
    }
    text
}

/// Rows as text that is not written yet.
struct RowText {
    unit: Unit,
    bytes: Vec<u8>,
    stamps: Stamps,
    floats: FloatTexts,
}

impl RowText {
    fn add_csv(&mut self, middle: &str, decision: &Decision, row: &HistoryRow) {
        self.stamps.write(row.at, &mut self.bytes);
        self.bytes.push(b',');
        self.add(&cell(row.campaign_id));
        self.add(middle);
        self.lever(decision.previous_dial_rate());
        self.bytes.push(b',');
        self.lever(decision.dial_rate());
        self.bytes.push(b',');
        self.float(decision.evidence.deviation, "");
        self.bytes.push(b',');
        self.count(row.available_agents());
        self.bytes.push(b',');
        self.float(decision.evidence.available_mean, "");
        self.bytes.push(b',');
        if let Some(steps) = row.steps(self.unit) {
            self.lever(steps);
        }
        self.bytes.push(b'\n');
    }

    fn add_json(&mut self, middle: &str, decision: &Decision, row: &HistoryRow) {
        self.add("{\"timestamp\":\"");
        self.stamps.write(row.at, &mut self.bytes);
        self.add("\",\"campaignId\":");
        self.text(row.campaign_id);
        self.add(middle);
        let [previous, new, history] = match self.unit {
            Unit::CallsPerMinute => ["previousDialRate", "newDialRate", "dialRate"],
            Unit::CallsPerAgent => ["previousRatio", "newRatio", "ratio"],
        };
        self.name(previous);
        self.lever(decision.previous_dial_rate());
        self.bytes.push(b',');
        self.name(new);
        self.lever(decision.dial_rate());
        self.add(",\"deviation\":");
        self.float(decision.evidence.deviation, "null");
        self.add(",\"availableAgents\":");
        self.json(row.available_agents());
        self.add(",\"agentAvailabilityAvg\":");
        self.float(decision.evidence.available_mean, "null");
        self.bytes.push(b',');
        self.name(history);
        match row.steps(self.unit) {
            Some(steps) => self.lever(steps),
            None => self.add("null"),
        }
        self.add("}\n");
    }

    fn name(&mut self, name: &str) {
        self.bytes.push(b'"');
        self.add(name);
        self.add("\":");
    }

    /// A setpoint of so many steps.
    fn lever(&mut self, steps: u32) {
        match self.unit {
            Unit::CallsPerMinute => self.json(steps),
            Unit::CallsPerAgent => {
                let ratio = self.unit.of_steps(f64::from(steps));
                self.float(Some(ratio), "");
            }
        }
    }

    fn add(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn json(&mut self, value: impl serde::Serialize) {
        // Text, whole numbers and finite floats always have JSON, and a vector takes all of it.
        let _ = serde_json::to_writer(&mut self.bytes, &value);
    }

    /// Text as JSON, in which nothing is unseen.
    fn text(&mut self, text: &str) {
        if text.chars().any(visible::is_unseen) {
            let json = serde_json::to_string(text).unwrap_or_default();
            self.add(&visible::lines(&json));
        } else {
            self.json(text);
        }
    }

    fn count(&mut self, value: Option<u32>) {
        if let Some(value) = value {
            self.json(value);
        }
    }

    fn float(&mut self, value: Option<f64>, absent: &str) {
        match value {
            Some(value) => self.bytes.extend_from_slice(self.floats.text(value)),
            None => self.add(absent),
        }
    }
}

/// The columns after the settings.
const HEADER_REST: &[u8] = b",action,reason,previousDialRate,newDialRate,deviation,availableAgents,agentAvailabilityAvg,dialRate\n";
const HEADER_REST_OF_RATIOS: &[u8] =
    b",action,reason,previousRatio,newRatio,deviation,availableAgents,agentAvailabilityAvg,ratio\n";
/// Bytes written at once.
const BUFFER_BYTES: usize = 1 << 18;
/// Bytes of the longest row: a campaign id of 200 bytes, escaped, and 14 short fields.
const ROW_BYTES_MAX: usize = 2_048;
