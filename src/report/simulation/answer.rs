//! The answer in plain words: what the recommended settings give, and whether others do better.

use super::comparison::{Comparison, is_sure, of_100, options, setting};
use crate::report::chart::{add, escape, tidy};
use crate::report::counts::count_of;
use crate::sim::{Estimate, Figures, LivePlatform, Recommendation, Standing, Summary};

/// The answer for each platform, and what "today" is.
pub(super) fn answers(comparison: &Comparison) -> String {
    let mut html = String::new();
    if comparison.recommendations.is_empty() {
        answer(&mut html, "", &only_one(comparison), "");
    }
    let has_several = comparison.recommendations.len() > 1;
    for (recommendation, number) in &comparison.recommendations {
        let heading = match recommendation.platform {
            Some(platform) if has_several => format!("For {platform}"),
            _ => String::new(),
        };
        let (words, note) = match (number, recommendation.platform) {
            (Some(number), Some(platform)) => (
                with_choice(comparison, *number, platform),
                details(comparison, *number),
            ),
            _ => (without_choice(comparison, recommendation), String::new()),
        };
        answer(&mut html, &heading, &words, &note);
    }
    add(
        &mut html,
        format_args!("<p>{}</p>\n", escape(&today(comparison))),
    );
    html
}

fn answer(html: &mut String, heading: &str, words: &str, note: &str) {
    html.push_str("<div class=\"answer\">");
    if !heading.is_empty() {
        add(html, format_args!("<h2>{}</h2>", escape(heading)));
    }
    add(html, format_args!("<p>{}</p>", escape(words)));
    html.push_str(note);
    html.push_str("</div>\n");
}

/// What the recommended settings give, and whether others do better.
fn with_choice(comparison: &Comparison, number: usize, platform: LivePlatform) -> String {
    let Some(summary) = comparison.summaries.get(number) else {
        return String::new();
    };
    let abandoned = of_100(summary.abandonment_rate.mean);
    let connects = summary.connects_per_agent_hour.mean;
    let gain = comparison.over_today(number, CONNECTS);
    let today = comparison.summaries.get(comparison.results.baseline);
    let (today, abandoned_today) = today.map_or((0.0, 0.0), |summary| {
        let connects = summary.connects_per_agent_hour.mean;
        (connects, summary.abandonment_rate.mean)
    });
    let is_today = number == comparison.results.baseline;
    let beside = if is_today {
        String::new()
    } else {
        format!(" (today {})", of_100(abandoned_today))
    };
    let first = if is_today {
        format!("Stay with today's settings: each agent has {connects:.1} conversations an hour")
    } else if is_sure(gain) {
        let more = if gain.mean > 0.0 { "more" } else { "fewer" };
        format!(
            "With these settings each agent has {:.1} {more} conversations an hour than today ({connects:.1} instead of {today:.1})",
            gain.mean.abs()
        )
    } else {
        format!(
            "With these settings each agent has as many conversations an hour as today, as far as chance lets us tell ({connects:.1} and {today:.1})"
        )
    };
    format!(
        "{first}, and {abandoned} of 100 people who answer hear nobody{beside}. {}",
        others(comparison, number, platform)
    )
}

/// Whether another setting of the platform that keeps the limit does better.
fn others(comparison: &Comparison, number: usize, platform: LivePlatform) -> String {
    let limit = comparison.data.limit;
    let rivals = comparison.variants().filter(|(n, variant, summary)| {
        *n != number
            && variant.standing == Standing::RunsOn(platform)
            && summary.abandonment_rate.upper() < limit
    });
    let rivals: Vec<Estimate> = rivals
        .map(|(n, ..)| comparison.results.paired(n, number, CONNECTS))
        .collect();
    let better = rivals.iter().filter(|it| is_sure(**it) && it.mean > 0.0);
    let (better, equal) = (
        better.count(),
        rivals.iter().filter(|it| !is_sure(**it)).count(),
    );
    let limit = tidy(limit * 100.0);
    match (rivals.len(), better, equal) {
        (0, ..) => format!("Nothing else tried runs there and stays under {limit} of 100."),
        (_, 0, 0) => format!("Nothing else tried that stays under {limit} of 100 does as well."),
        (_, 0, 1) => {
            "Nothing else tried does better by more than chance; one other does as well.".to_owned()
        }
        (_, 0, equal) => format!(
            "Nothing else tried does better by more than chance; {equal} others do as well."
        ),
        (_, 1, _) => "One other does a little better: see the table.".to_owned(),
        (_, better, _) => format!("{better} others do a little better: see the table."),
    }
}

/// The room to the limit, the worst half hour, and the settings as options of the program.
fn details(comparison: &Comparison, number: usize) -> String {
    let variant = comparison.results.variants.get(number);
    let (Some(variant), Some(summary)) = (variant, comparison.summaries.get(number)) else {
        return String::new();
    };
    let limit = comparison.data.limit;
    format!(
        "<p class=\"more\">That is {} of 100 below the limit of {}. In the worst half hour of a run, {} of 100 hear nobody, on average over the runs.</p><p class=\"note\">These settings: {}. Options: <code>{}</code></p>",
        of_100(limit - summary.abandonment_rate.mean),
        tidy(limit * 100.0),
        of_100(summary.worst_half_hour_abandonment.mean),
        escape(&setting(variant)),
        escape(&options(variant))
    )
}

fn without_choice(comparison: &Comparison, recommendation: &Recommendation) -> String {
    let limit = tidy(comparison.data.limit * 100.0);
    let runs = match recommendation.replications {
        1 => "one run is".to_owned(),
        runs => format!("{runs} runs are"),
    };
    match (&recommendation.undecided, recommendation.platform) {
        (_, None) => "No recommendation: all of these are dialers to compare with, and none can be run live as it was simulated.".to_owned(),
        (Some(name), _) => {
            let variants = comparison.results.variants.iter();
            let found = variants.zip(&comparison.summaries).find(|(variant, _)| variant.to_string() == *name);
            let (name, abandoned) = found.map_or((name.clone(), String::new()), |(variant, summary)| {
                let abandoned = of_100(summary.abandonment_rate.mean);
                (setting(variant), format!(" ({abandoned} of 100)"))
            });
            format!("No recommendation yet: with {name}, fewer than {limit} of 100 people who answer hear nobody on average{abandoned}, and {runs} too few to be sure. Simulate more with --replications.")
        }
        (None, _) if recommendation.replications < 2 => {
            format!("No recommendation: {runs} too few to tell. Simulate more with --replications.")
        }
        (None, _) => format!("No recommendation: none of the settings tried surely keeps the people who answer and hear nobody under {limit} of 100{}. Lower the dial rate or ratio, or add agents.", lowest(comparison, recommendation)),
    }
}

/// "; the lowest is capacity (band 0.3 ± 0.05) with 4.1": of those that run on the platform.
fn lowest(comparison: &Comparison, recommendation: &Recommendation) -> String {
    let runs = recommendation.platform.map(Standing::RunsOn);
    let candidates = comparison.variants();
    let candidates = candidates.filter(|(_, variant, _)| Some(variant.standing) == runs);
    let rate = |summary: &Summary| summary.abandonment_rate.mean;
    let lowest = candidates.min_by(|a, b| rate(a.2).total_cmp(&rate(b.2)));
    lowest.map_or_else(String::new, |(_, variant, summary)| {
        let (name, abandoned) = (setting(variant), of_100(rate(summary)));
        format!("; the lowest is {name} with {abandoned}")
    })
}

fn only_one(comparison: &Comparison) -> String {
    let summary = comparison.summaries.first();
    summary.map_or_else(String::new, |summary| {
        format!(
            "With these settings each agent has {:.1} conversations an hour and is busy {:.0} % of the time, and {} of 100 people who answer hear nobody. No other setting was simulated, so there is nothing to compare with.",
            summary.connects_per_agent_hour.mean,
            summary.occupancy.mean * 100.0,
            of_100(summary.abandonment_rate.mean)
        )
    })
}

/// What "today" is, and how much was simulated.
fn today(comparison: &Comparison) -> String {
    let results = comparison.results;
    let scenario = &results.scenario;
    let name = results.variants.get(results.baseline).map(setting);
    let name = name.unwrap_or_default();
    let is = match (results.variants.len(), comparison.data.is_baseline_in_force) {
        (0 | 1, _) => format!("The settings: {name}"),
        (_, true) => format!("“Today” is {name}: your settings in force"),
        (_, false) => format!(
            "“Today” is {name}: the first of the settings tried, since your settings in force are not among them"
        ),
    };
    format!(
        "{is}. Simulated: {} of {} with up to {}, seed {}.",
        match results.replications {
            1 => "one run (replication)".to_owned(),
            runs => format!("{runs} runs (replications)"),
        },
        match tidy(scenario.hours).as_str() {
            "1" => "an hour".to_owned(),
            hours => format!("{hours} hours"),
        },
        count_of(scenario.agents_max().into(), "agent"),
        results.seed
    )
}

const CONNECTS: fn(&Figures) -> f64 = |figures| figures.connects_per_agent_hour;
