//! Decisions of a backtest, one row for each: CSV or NDJSON. The settings are named where there
//! are several; what the input has is not repeated, but for what a decision is read beside.

use std::io::{self, Write};

use crate::base::timestamp::Stamps;
use crate::history::Row;
use crate::pacing::{Action, Decision, Pacer, Reason};

/// Writes decisions in the order in which they are taken.
pub struct DecisionWriter<W> {
    out: W,
    format: DecisionFormat,
    /// Of each pacer, what is the same in all of its decisions.
    settings: Vec<String>,
    /// From the settings to the reason: there are few of these, so they are made once.
    middles: Vec<(usize, Action, Reason, String)>,
    text: Text,
}

/// How decisions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionFormat {
    /// A header, and a line for each.
    Csv,
    /// An object for each, on a line of its own.
    Ndjson,
}

impl<W: Write> DecisionWriter<W> {
    /// Begins with the header, where the format has one.
    pub fn new(out: W, format: DecisionFormat, pacers: &[Pacer]) -> Self {
        let settings = pacers.iter().map(|pacer| {
            let limits = pacer.limits();
            let (policy, sla) = (pacer.policy().name(), limits.band.sla_threshold.value());
            let margin = limits.band.tolerance_margin.value();
            match format {
                _ if pacers.len() == 1 => String::new(),
                DecisionFormat::Csv => format!(",{policy},{sla},{margin}"),
                DecisionFormat::Ndjson => format!(
                    ",\"policy\":\"{policy}\",\"slaThreshold\":{sla},\"toleranceMargin\":{margin}"
                ),
            }
        });
        let mut bytes = Vec::with_capacity(BUFFER + ROW_MAX);
        if format == DecisionFormat::Csv {
            bytes.extend_from_slice(b"timestamp,campaignId");
            if pacers.len() > 1 {
                bytes.extend_from_slice(b",policy,slaThreshold,toleranceMargin");
            }
            bytes.extend_from_slice(HEADER);
        }
        Self {
            out,
            format,
            settings: settings.collect(),
            middles: Vec::new(),
            text: Text {
                bytes,
                stamps: Stamps::default(),
                floats: Floats::new(),
            },
        }
    }

    /// Adds what the pacer of this number decided on `row`.
    pub fn add(&mut self, pacer: usize, decision: &Decision, row: &Row) -> io::Result<()> {
        let wanted = (pacer, decision.action, decision.reason);
        let is_wanted = |(pacer, action, reason, _): &(usize, Action, Reason, String)| {
            (*pacer, *action, *reason) == wanted
        };
        if !self.middles.iter().any(is_wanted) {
            let text = self.middle(pacer, decision);
            self.middles
                .push((pacer, decision.action, decision.reason, text));
        }
        let middle = self.middles.iter().find(|known| is_wanted(known));
        let middle = middle.map_or("", |(.., text)| text);
        match self.format {
            DecisionFormat::Csv => self.text.add_csv(middle, decision, row),
            DecisionFormat::Ndjson => self.text.add_json(middle, decision, row),
        }
        if self.text.bytes.len() < BUFFER {
            return Ok(());
        }
        self.flush()
    }

    /// Gives back what is written to, once all of it is written.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.text.bytes)?;
        self.text.bytes.clear();
        Ok(())
    }

    fn middle(&self, pacer: usize, decision: &Decision) -> String {
        let settings = self.settings.get(pacer).map_or("", String::as_str);
        let (action, reason) = (decision.action.name(), decision.reason.name());
        match self.format {
            DecisionFormat::Csv => format!("{settings},{action},{reason},"),
            DecisionFormat::Ndjson => format!(
                "{settings},\"action\":\"{action}\",\"reason\":\"{reason}\",\"previousDialRate\":"
            ),
        }
    }
}

/// Text in the making.
struct Text {
    bytes: Vec<u8>,
    stamps: Stamps,
    floats: Floats,
}

impl Text {
    fn add_csv(&mut self, middle: &str, decision: &Decision, row: &Row) {
        self.stamps.write(row.at, &mut self.bytes);
        self.bytes.push(b',');
        let id = row.campaign_id;
        if id.bytes().any(|byte| byte == b',' || byte == b'"') {
            self.add(&format!("\"{}\"", id.replace('"', "\"\"")));
        } else {
            self.add(id);
        }
        self.add(middle);
        self.json(decision.previous_dial_rate());
        self.bytes.push(b',');
        self.json(decision.dial_rate());
        self.bytes.push(b',');
        self.float(decision.evidence.deviation, "");
        self.bytes.push(b',');
        self.count(row.available_agents());
        self.bytes.push(b',');
        self.float(decision.evidence.available_mean, "");
        self.bytes.push(b',');
        self.count(row.dial_rate);
        self.bytes.push(b'\n');
    }

    fn add_json(&mut self, middle: &str, decision: &Decision, row: &Row) {
        self.add("{\"timestamp\":\"");
        self.stamps.write(row.at, &mut self.bytes);
        self.add("\",\"campaignId\":");
        self.json(row.campaign_id);
        self.add(middle);
        self.json(decision.previous_dial_rate());
        self.add(",\"newDialRate\":");
        self.json(decision.dial_rate());
        self.add(",\"deviation\":");
        self.float(decision.evidence.deviation, "null");
        self.add(",\"availableAgents\":");
        self.json(row.available_agents());
        self.add(",\"agentAvailabilityAvg\":");
        self.float(decision.evidence.available_mean, "null");
        self.add(",\"dialRate\":");
        self.json(row.dial_rate);
        self.add("}\n");
    }

    fn add(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Text, whole numbers and finite floats always have JSON, and a vector takes all of it.
    fn json(&mut self, value: impl serde::Serialize) {
        let _ = serde_json::to_writer(&mut self.bytes, &value);
    }

    fn count(&mut self, value: Option<u32>) {
        if let Some(value) = value {
            self.json(value);
        }
    }

    fn float(&mut self, value: Option<f64>, none: &str) {
        match value {
            Some(value) => self.bytes.extend_from_slice(self.floats.text(value)),
            None => self.add(none),
        }
    }
}

/// Texts of floats, by a hash of their bits. Rates and means are ratios of small whole numbers,
/// so the same ones come again and again, and looking one up is faster than making its text.
struct Floats {
    known: Vec<(u64, String)>,
}

impl Floats {
    fn new() -> Self {
        Self {
            known: vec![(f64::NAN.to_bits(), String::new()); 1 << FLOAT_BITS],
        }
    }

    fn text(&mut self, value: f64) -> &[u8] {
        let bits = value.to_bits();
        // Fibonacci hashing: the highest bits of the product depend on all bits of the number.
        let place = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - FLOAT_BITS);
        let place = usize::try_from(place).unwrap_or(0);
        let Some((known, text)) = self.known.get_mut(place) else {
            return b"";
        };
        if *known != bits {
            *known = bits;
            *text = serde_json::to_string(&value).unwrap_or_default();
        }
        text.as_bytes()
    }
}

const HEADER: &[u8] = b",action,reason,previousDialRate,newDialRate,deviation,availableAgents,agentAvailabilityAvg,dialRate\n";
/// Logarithm of how many texts of floats are kept.
const FLOAT_BITS: u32 = 12;
/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;
/// Bytes of the longest row: a campaign id of 200 bytes, escaped, and 14 short fields.
const ROW_MAX: usize = 2_048;
