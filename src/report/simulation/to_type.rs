//! What a user types to get a variant: lines of the configuration file, or options.

use crate::report::made_by::quoted;
use crate::sim::VariantResults;

/// The settings of a variant that `tick` and `watch` can run, by the key of each, with those that the
/// user gave for all variants.
pub(super) fn settings(
    variant: &VariantResults,
    given: &[(String, String)],
) -> Vec<(String, String)> {
    let policy = variant
        .policy
        .trim_end_matches(VariantResults::FRONT_LOADED);
    let policy = policy.trim_end_matches("-without-feed");
    let mut settings = vec![("policy".to_owned(), policy.to_owned())];
    let mut add = |key: &str, value: String| settings.push((key.to_owned(), value));
    if variant.is_front_loaded() {
        add("front_load", "on".to_owned());
    }
    if variant.standing.has_band() {
        let band = variant.band;
        add("sla_threshold", band.sla_threshold.value().to_string());
        add(
            "tolerance_margin",
            band.tolerance_margin.value().to_string(),
        );
    }
    for (key, value) in variant.swept.iter().chain(given) {
        add(key, value.clone());
    }
    settings
}

/// `policy = predictive (row predictive-without-feed), sla_threshold = 0.3`
pub(super) fn in_words(variant: &VariantResults, settings: &[(String, String)]) -> String {
    let word = |(key, value): &(String, String)| {
        let is_of_row = key == "policy" && *value != variant.policy;
        let row = if is_of_row {
            format!(" (row {})", variant.policy)
        } else {
            String::new()
        };
        format!("{key} = {value}{row}")
    };
    settings.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The lines of the configuration file.
pub(super) fn lines(settings: &[(String, String)]) -> String {
    let line = |(key, value): &(String, String)| {
        if value.parse::<f64>().is_ok() {
            format!("{key} = {value}\n")
        } else {
            format!("{key} = {value:?}\n")
        }
    };
    settings.iter().map(line).collect()
}

/// The options of a command.
pub(super) fn options(settings: &[(String, String)]) -> String {
    let option =
        |(key, value): &(String, String)| format!("--{} {}", key.replace('_', "-"), quoted(value));
    settings.iter().map(option).collect::<Vec<_>>().join(" ")
}
