//! Weekdays and hours of the day, over all campaigns.

use crate::pacing::Limits;
use crate::replay::HourOfWeek;
use crate::report::chart::{Frame, add, escape, tidy};
use crate::report::figure::Figure;

/// Mean deviation of the answer rate by hour and weekday; empty where there is no answer rate.
pub(super) fn week_table(week: &[HourOfWeek], limits: &Limits, zone: &str) -> String {
    let means = || week.iter().filter_map(mean_deviation);
    let largest = means().map(f64::abs).fold(1e-9, f64::max);
    let days: Vec<&[HourOfWeek]> = week.chunks(24).collect();
    let at = |day: &&[HourOfWeek], hour: usize| day.get(hour).and_then(mean_deviation);
    let is_known = |hour: &usize| days.iter().any(|day| at(day, *hour).is_some());
    let known: Vec<usize> = (0..24).filter(is_known).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return String::new();
    };
    let mut html = format!(
        "<h2>Answer rate by weekday and hour</h2>\n<p class=\"note\">The answer rate less the one expected, {} (the threshold), in percentage points, mean over all campaigns. Inside the band: −{margin} to +{margin}. Blue: fewer people answer; orange: more.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"week\"><table class=\"heat\"><caption id=\"week\"><span>Hours of {}</span></caption><thead><tr><th scope=\"col\">hour</th>",
        limits.band.sla_threshold.value(),
        escape(zone),
        margin = tidy(limits.band.tolerance_margin.value() * 100.0)
    );
    for day in DAYS {
        add(&mut html, format_args!("<th scope=\"col\">{day}</th>"));
    }
    html.push_str("</tr></thead><tbody>\n");
    for hour in *first..=*last {
        add(
            &mut html,
            format_args!("<tr><th scope=\"row\">{hour:02}:00</th>"),
        );
        for day in &days {
            html.push_str(&cell(at(day, hour), largest));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
    html
}

/// A cell, stronger in colour the nearer `mean` is to the largest deviation.
fn cell(mean: Option<f64>, largest: f64) -> String {
    let Some(mean) = mean else {
        return "<td></td>".to_owned();
    };
    let colour = if mean < 0.0 { 'c' } else { 'w' };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share, at most 5"
    )]
    let strength = (mean.abs() / largest * 5.0).ceil().clamp(1.0, 5.0) as u32;
    let points = tidy((mean * 100.0).round()).replace('-', "−");
    let plus = if mean * 100.0 >= 0.5 { "+" } else { "" };
    format!("<td class=\"{colour}{strength}\">{plus}{points}</td>")
}

/// Share outside the band, and changes of the dial rate, by hour of the day.
pub(super) fn day_charts(week: &[HourOfWeek], zone: &str) -> String {
    let day = day(week);
    let of = |value: &dyn Fn(&HourOfWeek) -> Option<f64>| day.each_ref().map(value);
    let outside =
        of(&|hour| quotient(hour.outside_band, hour.with_answer_rate).map(|share| share * 100.0));
    let decided = of(&|hour| quotient(hour.changes, hour.hours));
    let history = of(&|hour| quotient(hour.history_changes, hour.hours));
    let changes = Bars {
        id: "changes",
        heading: "Changes of the dial rate or ratio",
        unit: "per hour and campaign",
        series: &[
            ("decided", "bar", decided),
            ("history", "bar past", history),
        ],
        caption: "Left and blue: decided; right and purple: history.",
    };
    let outside = Bars {
        id: "outside",
        heading: "Answer rate outside the band",
        unit: "% of the polls",
        series: &[("outside", "bar", outside)],
        caption: "",
    };
    format!(
        "<h2>By hour of the day</h2>\n<p class=\"note\">Hours of {}, over all days and campaigns.</p>\n<div class=\"pictures\">\n{}{}</div>\n",
        escape(zone),
        changes.html(),
        outside.html()
    )
}

/// One or two bars for each hour of the day.
struct Bars<'a> {
    id: &'a str,
    heading: &'a str,
    unit: &'a str,
    /// Name, class and values.
    series: &'a [(&'a str, &'a str, [Option<f64>; 24])],
    caption: &'a str,
}

impl Bars<'_> {
    fn html(&self) -> String {
        let values = || {
            self.series
                .iter()
                .flat_map(|(_, _, values)| values)
                .flatten()
        };
        let highest = values().copied().fold(1.0, f64::max);
        let frame = Frame::half((0.0, 24.0), (0.0, highest * 1.08));
        let mut svg = frame.y_axis(self.unit);
        let ticks = (0..24_u32).step_by(3);
        let ticks: Vec<_> = ticks
            .map(|hour| (f64::from(hour), format!("{hour:02}")))
            .collect();
        svg.push_str(&frame.x_axis(&ticks));
        let width = 0.8 / float(self.series.len().max(1));
        for hour in 0..24 {
            let mut words = format!("{hour:02}:00, {}:", self.unit);
            let mut has_any = false;
            for (n, (name, class, values)) in self.series.iter().enumerate() {
                let Some(value) = values.get(hour).copied().flatten() else {
                    continue;
                };
                has_any = true;
                add(&mut words, format_args!(" {name} {value:.1};"));
                let left = float(hour) + 0.1 + float(n) * width;
                svg.push_str(&frame.bar(class, (left, left + width), (0.0, value)));
            }
            if has_any {
                let hours = (float(hour), float(hour) + 1.0);
                svg.push_str(&frame.hover(hours, words.trim_end_matches(';')));
            }
        }
        Figure {
            id: self.id,
            heading: self.heading,
            words: &self.words(),
            caption: self.caption,
            size: frame.size(),
            svg: &svg,
        }
        .half()
    }

    /// The hour with the most of each.
    fn words(&self) -> String {
        let mut words = format!("{}, by hour of the day.", self.unit);
        for (name, _, values) in self.series {
            let known = values.iter().enumerate();
            let known = known.filter_map(|(hour, value)| Some((hour, (*value)?)));
            if let Some((hour, most)) = known.max_by(|a, b| a.1.total_cmp(&b.1)) {
                add(
                    &mut words,
                    format_args!(" Most {name}: {most:.1} at {hour:02}:00."),
                );
            }
        }
        words
    }
}

/// The hours of the day, each the sum of that hour over the weekdays.
fn day(week: &[HourOfWeek]) -> [HourOfWeek; 24] {
    let mut day = [HourOfWeek::default(); 24];
    for hours in week.chunks(24) {
        for (sum, hour) in day.iter_mut().zip(hours) {
            sum.with_answer_rate += hour.with_answer_rate;
            sum.outside_band += hour.outside_band;
            sum.changes += hour.changes;
            sum.history_changes += hour.history_changes;
            sum.hours += hour.hours;
        }
    }
    day
}

fn mean_deviation(hour: &HourOfWeek) -> Option<f64> {
    (hour.with_answer_rate > 0).then(|| hour.deviation_sum / f64::from(hour.with_answer_rate))
}

fn quotient(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
