//! The recommendations in the words of the terminal.

use super::comparison::{Comparison, Unrunnable};
use super::to_type;
use crate::report::chart::add;
use crate::sim::{BaselineIs, LivePlatform, Recommendation};

/// The recommendation for a platform, of the variant of this number.
pub(super) fn in_words(
    comparison: &Comparison,
    recommendation: &Recommendation,
    number: Option<usize>,
) -> String {
    let limit = recommendation.abandonment_limit * 100.0;
    match (number, &recommendation.choice, recommendation.platform) {
        (Some(number), Some(choice), Some(platform)) => {
            let mut text = format!(
                "Recommended for {platform}: {choice}: the most connects per agent-hour with abandonment under {limit} %"
            );
            add_margin(&mut text, recommendation);
            add_equals(&mut text, recommendation);
            add_set(&mut text, comparison, number);
            add_gain(&mut text, comparison, recommendation, number);
            if let Some(better) = comparison.better_elsewhere(number) {
                add(&mut text, format_args!("\n{}", of_terminal(&better)));
            }
            text
        }
        (_, _, None) => {
            "No recommendation: tick and watch run none of these as they were simulated.".to_owned()
        }
        (_, _, Some(platform)) => without_choice(recommendation, platform),
    }
}

fn without_choice(recommendation: &Recommendation, platform: LivePlatform) -> String {
    let limit = recommendation.abandonment_limit * 100.0;
    let runs = match recommendation.replications {
        1 => "1 run is".to_owned(),
        runs => format!("{runs} runs are"),
    };
    let why = match &recommendation.undecided {
        Some(variant) => format!(
            "{variant} keeps abandonment under {limit} % on average, and {runs} too few to tell whether it does."
        ),
        None if recommendation.replications < 2 => format!("{runs} too few to tell."),
        None => format!(
            "no settings keep abandonment under {limit} % with confidence. Lower the dial rate or ratio, or add agents."
        ),
    };
    format!("No recommendation for {platform}: {why}")
}

/// What is abandoned, the margin to the limit, and the worst half hour.
fn add_margin(text: &mut String, recommendation: &Recommendation) {
    let limit = recommendation.abandonment_limit;
    let (rate, worst) = (
        recommendation.abandonment_rate,
        recommendation.worst_half_hour_abandonment,
    );
    let (Some(rate), Some(worst)) = (rate, worst) else {
        return;
    };
    let above = if worst > limit {
        ", above the limit, which is on the whole time: single half hours may go above it"
    } else {
        ""
    };
    add(
        text,
        format_args!(
            " ({:.2} ± {:.2} %, {:.2} points below it; {:.1} % in the worst half hour of a shift{above})",
            rate.mean * 100.0,
            rate.half_width * 100.0,
            (limit - rate.mean) * 100.0,
            worst * 100.0
        ),
    );
}

fn add_equals(text: &mut String, recommendation: &Recommendation) {
    let equal = &recommendation.no_different;
    let others = match equal.as_slice() {
        [] => {
            text.push('.');
            return;
        }
        [_] | [_, _] | [_, _, _] => equal.join("; "),
        [first, others @ ..] => format!("{first} and {} others", others.len()),
    };
    add(
        text,
        format_args!(
            "; of the settings that are statistically equal, the one with the fewest changes.\nStatistically equal: {others}."
        ),
    );
}

/// What is to be set, unless it is.
fn add_set(text: &mut String, comparison: &Comparison, number: usize) {
    if comparison.is_in_force(number) {
        text.push_str("\nThat is what you have: nothing to change.");
    } else if let Some(variant) = comparison.results.variants.get(number) {
        let settings = to_type::settings(variant, comparison.given);
        add(text, format_args!("\nSet: {}", to_type::options(&settings)));
    }
}

/// The gain over the baseline, unless that is the choice.
fn add_gain(
    text: &mut String,
    comparison: &Comparison,
    recommendation: &Recommendation,
    number: usize,
) {
    if number == comparison.results.baseline {
        if comparison.results.baseline_is == BaselineIs::Other {
            text.push_str("\nIt is the row that the others are compared with.");
        }
        return;
    }
    let (gain, patches) = (
        recommendation.gain_over_baseline,
        recommendation.patches_over_baseline,
    );
    if let (Some(gain), Some(patches)) = (gain, patches) {
        add(
            text,
            format_args!(
                "\nAgainst {}: {:+.2} ± {:.2} connects per agent-hour, {:+.1} ± {:.1} changes sent per hour.",
                recommendation.baseline,
                gain.mean,
                gain.half_width,
                patches.mean,
                patches.half_width
            ),
        );
    }
}

fn of_terminal(better: &Unrunnable) -> String {
    format!(
        "{} would do better ({:+.2} connects per agent-hour), and tick and watch cannot run it: {}.",
        better.variant, better.gain.mean, better.why
    )
}
