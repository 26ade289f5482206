//! The answer in plain words: what the recommended settings give, and whether others do better.

use super::comparison::{Comparison, Unrunnable, is_sure, of_100, setting};
use super::to_type;
use crate::report::chart::{add, escape, tidy};
use crate::report::counts::count_of;
use crate::sim::{BaselineIs, Estimate, Figures, LivePlatform, Recommendation, Standing, Summary};

/// The answer for each platform, and what the others are compared with.
pub(super) fn answers(comparison: &Comparison) -> String {
    let mut html = String::new();
    if comparison.recommendations.is_empty() {
        let words = paragraph("", &only_one(comparison));
        answer(&mut html, "", &words);
    }
    let has_several = comparison.recommendations.len() > 1;
    for (recommendation, number) in &comparison.recommendations {
        let heading = match recommendation.platform {
            Some(platform) if has_several => format!("For {platform}"),
            _ => String::new(),
        };
        let content = match (number, recommendation.platform) {
            (Some(number), Some(platform)) => [
                to_set(comparison, *number),
                paragraph("", &gain(comparison, *number)),
                paragraph("more", &cost(comparison, *number)),
                paragraph("more", &others(comparison, *number, platform)),
            ]
            .concat(),
            _ => paragraph("", &without_choice(comparison, recommendation)),
        };
        answer(&mut html, &heading, &content);
    }
    html.push_str(&paragraph("", &today(comparison)));
    html
}

fn answer(html: &mut String, heading: &str, content: &str) {
    html.push_str("<div class=\"answer\">");
    if !heading.is_empty() {
        add(html, format_args!("<h2>{}</h2>", escape(heading)));
    }
    html.push_str(content);
    html.push_str("</div>\n");
}

fn paragraph(class: &str, words: &str) -> String {
    let class = match class {
        "" => String::new(),
        class => format!(" class=\"{class}\""),
    };
    format!("<p{class}>{}</p>\n", escape(words))
}

/// What is to be set, as lines of the configuration file and as options.
fn to_set(comparison: &Comparison, number: usize) -> String {
    if comparison.is_in_force(number) {
        return "<p><b>That is what you have: nothing to change.</b></p>\n".to_owned();
    }
    let Some(variant) = comparison.results.variants.get(number) else {
        return String::new();
    };
    let settings = to_type::settings(variant, comparison.given);
    format!(
        "<p><b>Set: {}</b></p>\n<pre>{}</pre>\n<p class=\"note\">These are lines of the configuration file. The same as options: <code>{}</code></p>\n",
        escape(&to_type::in_words(variant, &settings)),
        escape(&to_type::lines(&settings)),
        escape(&to_type::options(&settings))
    )
}

/// What the recommended settings give.
fn gain(comparison: &Comparison, number: usize) -> String {
    let connects = |number: usize| {
        let summary = comparison.summaries.get(number);
        summary.map_or(0.0, |summary| summary.connects_per_agent_hour.mean)
    };
    let (own, today) = (connects(number), connects(comparison.results.baseline));
    let than = match comparison.results.baseline_is {
        BaselineIs::InForce => "today",
        BaselineIs::Defaults => "with this program's default settings",
        BaselineIs::Other => "with the baseline",
    };
    let gain = comparison.over_today(number, CONNECTS);
    if number == comparison.results.baseline {
        format!("Each agent has {own:.1} conversations an hour.")
    } else if is_sure(gain) {
        let more = if gain.mean > 0.0 { "more" } else { "fewer" };
        format!(
            "With these settings each agent has {:.1} {more} conversations an hour than {than} ({own:.1} instead of {today:.1}).",
            gain.mean.abs()
        )
    } else {
        format!(
            "With these settings each agent has as many conversations an hour as {than}, as far as chance lets us tell ({own:.1} and {today:.1})."
        )
    }
}

/// Who hears nobody: on average, beside the limit, and in the worst half hour.
fn cost(comparison: &Comparison, number: usize) -> String {
    let (Some(own), Some(baseline)) = (
        comparison.summaries.get(number),
        comparison.summaries.get(comparison.results.baseline),
    ) else {
        return String::new();
    };
    let limit = comparison.limit;
    let (rate, worst) = (
        own.abandonment_rate.mean,
        own.worst_half_hour_abandonment.mean,
    );
    let beside = if number == comparison.results.baseline {
        String::new()
    } else {
        let (of, name) = (of_100(baseline.abandonment_rate.mean), comparison.today());
        format!(" ({name}: {of})")
    };
    let above = if worst > limit {
        ", which is above the limit: the limit is on the whole time, and single half hours may go above it"
    } else {
        ""
    };
    format!(
        "Of 100 people who answer, {} hear nobody{beside}: {} below the limit of {}. In each run's own worst half hour, {} of 100 do, on average over the runs{above}.",
        of_100(rate),
        of_100(limit - rate),
        tidy(limit * 100.0),
        of_100(worst)
    )
}

/// Whether another setting of the platform that keeps the limit does better, or one that runs nowhere.
fn others(comparison: &Comparison, number: usize, platform: LivePlatform) -> String {
    let rivals = comparison.variants().filter(|(n, variant, summary)| {
        *n != number
            && variant.standing == Standing::RunsOn(platform)
            && summary.abandonment_rate.upper() < comparison.limit
    });
    let rivals: Vec<Estimate> = rivals
        .map(|(n, ..)| comparison.results.paired(n, number, CONNECTS))
        .collect();
    let better = rivals.iter().filter(|it| is_sure(**it) && it.mean > 0.0);
    let (better, equal) = (
        better.count(),
        rivals.iter().filter(|it| !is_sure(**it)).count(),
    );
    let limit = tidy(comparison.limit * 100.0);
    let on = format!("runs on {platform} and stays under {limit} of 100");
    let mut words = match (rivals.len(), better, equal) {
        (0, ..) => format!("Nothing else tried {on}."),
        (_, 0, 0) => format!("Nothing else tried that {on} does as well."),
        (_, 0, 1) => format!(
            "Nothing else tried that {on} does better by more than chance; one other does as well."
        ),
        (_, 0, equal) => format!(
            "Nothing else tried that {on} does better by more than chance; {equal} others do as well."
        ),
        (_, 1, _) => format!("One other that {on} does a little better: see the table."),
        (_, better, _) => format!(
            "{better} others that run there under the limit do a little better: see the table."
        ),
    };
    if let Some(Unrunnable { variant, gain, why }) = comparison.better_elsewhere(number) {
        add(
            &mut words,
            format_args!(
                " {} would do better, with {:.1} more conversations an hour, and tick and watch cannot run it: {why}.",
                setting(variant),
                gain.mean
            ),
        );
    }
    words
}

fn without_choice(comparison: &Comparison, recommendation: &Recommendation) -> String {
    let limit = tidy(comparison.limit * 100.0);
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

/// What the others are compared with, and how much was simulated.
fn today(comparison: &Comparison) -> String {
    let results = comparison.results;
    let scenario = &results.scenario;
    let name = results.variants.get(results.baseline).map(setting);
    let name = name.unwrap_or_default();
    let is = match (results.variants.len(), results.baseline_is) {
        (0 | 1, _) => format!("The settings: {name}"),
        (_, BaselineIs::InForce) => {
            format!("“Today” is {name}: your settings in force, of the files and the environment")
        }
        (_, BaselineIs::Defaults) => format!(
            "“Dialpace's defaults” are {name}: no file and no environment sets anything else"
        ),
        (_, BaselineIs::Other) => format!(
            "“Baseline” is {name}, which the others are compared with: the settings in force are not among those tried"
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
