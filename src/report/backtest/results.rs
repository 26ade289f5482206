//! The results that every form of output shows.

use std::fmt::Write as _;

use serde_json::Value;

use crate::history::BadRow;
use crate::pacing::{Pacer, Unit};
use crate::replay::Replay;

/// Results of a backtest.
pub struct BacktestResults<'a> {
    /// Name of the file, or `-`.
    pub source: &'a str,
    /// Name of the zone of hours of the day.
    pub zone_name: &'a str,
    /// The replay of its rows.
    pub replay: &'a Replay,
    /// The swept settings of each pacer.
    pub swept: &'a [SweptValues],
    /// The first bad rows.
    pub bad_rows: &'a [BadRow],
    /// Number of all bad rows, which were skipped.
    pub skipped: u64,
    /// Rows that have the window's mean of available agents instead of a count.
    pub means: u64,
}

/// Values of swept settings, each with the key of its setting.
pub type SweptValues = Vec<(&'static str, String)>;

impl BacktestResults<'_> {
    /// Policy, band and swept settings of a pacer: "capacity with SLA 0.75 ± 0.05, utilisation 0.8".
    pub(super) fn setting(&self, number: usize, pacer: &Pacer) -> String {
        let limits = pacer.limits();
        let mut text = format!(
            "{} with SLA {} ± {}",
            pacer.policy().name(),
            limits.band.sla_threshold.value(),
            limits.band.tolerance_margin.value()
        );
        for (key, value) in self.swept.get(number).into_iter().flatten() {
            let _ = write!(text, ", {} {value}", key.replace('_', " "));
        }
        text
    }

    /// The unit of every pacer.
    pub(super) fn unit(&self) -> Unit {
        let first = self.replay.pacers().first();
        first.map_or(Unit::CallsPerMinute, |pacer| pacer.limits().actuator.unit)
    }
}

/// The keys of all swept settings, in their order.
pub(super) fn swept_keys(swept: &[SweptValues]) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for (key, _) in swept.iter().flatten() {
        if !keys.contains(key) {
            keys.push(*key);
        }
    }
    keys
}

/// The value of a swept setting; empty where it makes no difference.
pub(super) fn swept_value<'a>(values: &'a SweptValues, key: &str) -> &'a str {
    let mut values = values.iter();
    let found = values.find(|(other, _)| *other == key);
    found.map_or("", |(_, value)| value)
}

/// The name of a setting in JSON and CSV: "maxDialRate".
pub(super) fn json_name(key: &str) -> String {
    let mut name = String::new();
    for (n, word) in key.split('_').enumerate() {
        match word.chars().next() {
            Some(first) if n > 0 => {
                name.push(first.to_ascii_uppercase());
                name.push_str(word.get(1..).unwrap_or_default());
            }
            _ => name.push_str(word),
        }
    }
    name
}

/// A value of a setting: a number, or text such as "180s".
pub(super) fn json_value(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
    }
}
