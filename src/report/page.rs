//! The beginning and the end of every HTML report. A report is one page that loads nothing, has light
//! and dark colours, and can be printed. Its only script sorts tables.

use super::chart::{add, escape};
use super::made_by::MadeBy;
use crate::config::PolicyName;
use crate::sim::VariantResults;

/// The page up to and including its heading.
pub(super) fn head(title: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>dialpace: {title}</title><style>{STYLE}</style></head><body><main>\n<h1>{title}</h1>\n"
    )
}

/// The words of `terms` that `page` uses, the policies on it, what made it, and its end.
pub(super) fn end(page: &str, terms: &[&str], policies: &[&str], made_by: &MadeBy) -> String {
    let mut html = String::from("<h2>Words</h2>\n<dl>\n");
    // Not of the style and the title before it.
    let used = page.split("<main>").last().unwrap_or_default();
    let used = used.to_lowercase();
    let is_used = |marks: &[&str]| marks.iter().any(|mark| used.contains(mark));
    let words = WORDS.iter().filter(|(term, ..)| terms.contains(term));
    for (term, _, meaning) in words.filter(|(_, marks, _)| is_used(marks)) {
        add(
            &mut html,
            format_args!("<dt>{term}</dt><dd>{meaning}</dd>\n"),
        );
    }
    let mut named: Vec<PolicyName> = Vec::new();
    for policy in policies {
        let policy = policy.trim_end_matches(VariantResults::FRONT_LOADED);
        let policy = policy.parse().ok();
        named.extend(policy.filter(|policy| !named.contains(policy)));
    }
    for policy in named {
        add(
            &mut html,
            format_args!(
                "<dt>Policy {policy}</dt><dd>{}.</dd>\n",
                escape(policy.help())
            ),
        );
    }
    add(
        &mut html,
        format_args!(
            "</dl>\n{}</main><script>{SCRIPT}</script></body></html>\n",
            made_by.html()
        ),
    );
    html
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// SHA-256 of the two, for the policy of what the page may do; `tests/reports.rs` compares them.
const STYLE_HASH: &str = "sha256-/JqRqMzamfArAgvjrELgw7Rf+IfbuPvu1+W7oXavrJk=";
const SCRIPT_HASH: &str = "sha256-2Des+u3wp9m6tCJ7j5Ocg09pHa9rlZyrMLeR+Qf0ksY=";

/// The terms of the field, how a page that uses one can be told, and what each means in plain words, as
/// in the crate's glossary.
const WORDS: [(&str, &[&str], &str); 17] = [
    (
        "Abandoned call",
        &["abandon", "hear nobody"],
        "A person answers, no agent is free in time, and the person hears nobody. Its share is counted of the calls that people answer; machines and calls without an answer are out.",
    ),
    (
        "Answer rate",
        &["answer rate"],
        "Of 100 calls that end, how many a person answers.",
    ),
    (
        "Busy (occupancy)",
        &["busy"],
        "Of the time in which agents are logged in and not on a break, the share in a conversation or in wrap-up.",
    ),
    (
        "Band",
        &["band"],
        "The answer rate that is expected (the threshold, <code>--sla-threshold</code>), plus or minus a tolerance (<code>--tolerance-margin</code>). Outside it the rate is sent at every poll; only the policy compensated dials more or less by it.",
    ),
    (
        "Conversation",
        &["conversation"],
        "An answered call that an agent took (a connected call).",
    ),
    ("Dial rate", &["dial rate"], "Calls placed per minute."),
    (
        "Dial ratio",
        &["dial ratio"],
        "Calls that ring at once for each agent without a call.",
    ),
    (
        "Drift",
        &["drift"],
        "A slow wandering of the answer rate around its mean; the relaxation time says how slow.",
    ),
    (
        "Handle time",
        &["handle time"],
        "Talk and wrap-up of one conversation together.",
    ),
    (
        "Policy",
        &["policy"],
        "The rule that decides how fast to dial. docs/POLICIES.md describes each.",
    ),
    (
        "Change sent (PATCH)",
        &["changes sent"],
        "A dial rate or ratio that is written to the dialer, changed or not.",
    ),
    (
        "Run (replication)",
        &["replication"],
        "The whole scenario simulated once, with people and calls by chance. Every setting meets the same people in the same run.",
    ),
    (
        "By chance",
        &["chance", "±"],
        "A difference counts only where its 95 % confidence interval leaves out zero. “±” is half of that interval.",
    ),
    (
        "Worst half hour",
        &["worst half hour"],
        "Each run's own: the half hour with the largest share of abandoned calls, of those with 20 answers or more; then the mean over the runs.",
    ),
    (
        "Worst time of day",
        &["worst time of day"],
        "The time with the largest share of abandoned calls of all runs together. It is below the runs' own worst half hours, which are at different times.",
    ),
    (
        "Reference",
        &["reference"],
        "A dialer to compare with, which decides at every call. It exists in the simulation only.",
    ),
    (
        "Told more",
        &["told more"],
        "In the simulation, the policy is told of staffed agents and abandoned calls, which the campaign API does not tell. It cannot be run live like this; predictive-without-feed is what can.",
    ),
];
