//! The report of `simulate` as one page: no script, nothing loaded, light and dark, printable.

use super::chart::{Frame, add, escape, tidy};
use super::{page, simulation};
use crate::sim::{Cell, Observed, Plan, Point, Summary, recommend};

/// The whole page. `observed` is one replication of the first point, where it has intervals.
#[must_use]
pub fn page(plan: &Plan, cells: &[Cell], limit: f64, observed: &[Observed]) -> String {
    let summaries = plan.summaries(cells, limit);
    let recommendation = recommend(plan, cells, &summaries, limit);
    let mut page = page::head(&plan.scenario.name);
    add(
        &mut page,
        format_args!("<p>{}</p>\n", escape(&plan.scenario.description)),
    );
    if let Some(recommendation) = &recommendation {
        let text = escape(&recommendation.to_string()).replace('\n', "<br>");
        add(&mut page, format_args!("<p class=\"advice\">{text}</p>\n"));
    }
    let choice = recommendation.and_then(|recommendation| recommendation.choice);
    page.push_str(&heat_maps(plan, &summaries, limit, choice.as_deref()));
    page.push_str(&frontier(plan, &summaries, limit, choice.as_deref()));
    page.push_str(&panels(plan, observed, limit));
    let table = escape(&simulation::table(plan, cells, limit));
    add(
        &mut page,
        format_args!(
            "<h2>Figures</h2>\n<pre>{table}</pre>\n<p class=\"note\">{LAW}</p>\n</body></html>\n"
        ),
    );
    page
}

/// One map for each policy that has several settings.
fn heat_maps(plan: &Plan, summaries: &[Summary], limit: f64, choice: Option<&str>) -> String {
    let mut policies: Vec<&str> = plan
        .points
        .iter()
        .map(|point| point.policy.as_str())
        .collect();
    policies.dedup();
    let connects = || summaries.iter().map(|s| s.connects_per_agent_hour.mean);
    let scale = (
        connects().fold(f64::INFINITY, f64::min),
        connects().fold(0.0, f64::max),
    );
    let map = |policy: &str| {
        let points = plan.points.iter().zip(summaries);
        let of_policy: Vec<(&Point, &Summary)> =
            points.filter(|(p, _)| p.policy == policy).collect();
        heat_map(policy, &of_policy, scale, limit, choice)
    };
    policies.into_iter().map(map).collect()
}

fn heat_map(
    policy: &str,
    points: &[(&Point, &Summary)],
    (low, high): (f64, f64),
    limit: f64,
    choice: Option<&str>,
) -> String {
    let slas = distinct(points.iter().map(|(point, _)| point.sla_threshold));
    let margins = distinct(points.iter().map(|(point, _)| point.tolerance_margin));
    if slas.len() * margins.len() < 2 {
        return String::new();
    }
    let at = |list: &[f64], value: f64| place(list.iter().take_while(|v| **v < value).count());
    let mut svg = String::new();
    for (point, summary) in points {
        let x = LEFT + WIDE * at(&slas, point.sla_threshold);
        let y = TOP + TALL * at(&margins, point.tolerance_margin);
        let connects = summary.connects_per_agent_hour.mean;
        let share = (connects - low) / (high - low).max(1e-9);
        add(
            &mut svg,
            format_args!(
                "<rect class=\"cell\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{WIDE}\" height=\"{TALL}\" style=\"fill-opacity:{:.3}\"/>",
                0.1 + 0.6 * share
            ),
        );
        if summary.abandonment_rate.upper() >= limit {
            add(
                &mut svg,
                format_args!(
                    "<path class=\"cross\" d=\"M{x:.1} {y:.1}l{WIDE} {TALL}m-{WIDE} 0l{WIDE} -{TALL}\"/>"
                ),
            );
        }
        let (middle, line) = (x + WIDE / 2.0, y + 17.0);
        add(
            &mut svg,
            format_args!(
                "<text class=\"value\" x=\"{middle:.1}\" y=\"{line:.1}\" text-anchor=\"middle\">{connects:.2}</text>"
            ),
        );
        if choice == Some(point.to_string().as_str()) {
            add(
                &mut svg,
                format_args!(
                    "<rect class=\"choice\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    x + 1.5,
                    y + 1.5,
                    WIDE - 3.0,
                    TALL - 3.0
                ),
            );
        }
    }
    let (columns, rows) = (place(slas.len()), place(margins.len()));
    let bottom = TOP + TALL * rows;
    for (n, sla) in slas.iter().enumerate() {
        let x = LEFT + WIDE * (place(n) + 0.5);
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bottom + 16.0,
                tidy(*sla)
            ),
        );
    }
    for (n, margin) in margins.iter().enumerate() {
        let y = TOP + 17.0 + TALL * place(n);
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"74\" y=\"{y:.1}\" text-anchor=\"end\">{}</text>",
                tidy(*margin)
            ),
        );
    }
    add(
        &mut svg,
        format_args!(
            "<text class=\"title\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">SLA threshold (answer rate)</text><text class=\"title\" transform=\"translate(20,{:.1}) rotate(-90)\" text-anchor=\"middle\">tolerance</text>",
            LEFT + WIDE * columns / 2.0,
            bottom + 36.0,
            TOP + TALL * rows / 2.0
        ),
    );
    let (width, height) = ((LEFT + WIDE * columns + 20.0).max(300.0), bottom + 46.0);
    format!(
        "<h2>{}: connects per agent-hour</h2>\n<p class=\"note\">Crossed: abandonment may be over {} %. Framed: recommended.</p>\n<svg viewBox=\"0 0 {width:.0} {height:.0}\" style=\"max-width:{width:.0}px\" role=\"img\">{svg}</svg>\n",
        escape(policy),
        tidy(limit * 100.0)
    )
}

/// Occupancy against abandonment, every point with its intervals.
fn frontier(plan: &Plan, summaries: &[Summary], limit: f64, choice: Option<&str>) -> String {
    let highest = summaries
        .iter()
        .map(|s| s.abandonment_rate.upper() * 100.0)
        .fold(limit * 150.0, f64::max);
    let occupancies = || summaries.iter().map(|s| s.occupancy.mean * 100.0);
    let low = (occupancies().fold(100.0, f64::min) - 5.0).max(0.0);
    let high = (occupancies().fold(0.0, f64::max) + 5.0).min(100.0);
    let frame = Frame {
        left: 60.0,
        top: 10.0,
        width: 780.0,
        height: 300.0,
        x: (0.0, highest),
        y: (low, high),
    };
    let mut svg = frame.axes("abandoned, % of live answers", "occupancy, %");
    let x = frame.px(limit * 100.0);
    add(
        &mut svg,
        format_args!(
            "<line class=\"limit\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"10\" y2=\"310\"/><text class=\"num\" x=\"{:.1}\" y=\"24\">limit</text>",
            x + 4.0
        ),
    );
    for (point, s) in plan.points.iter().zip(summaries) {
        let (x, y) = (
            frame.px(s.abandonment_rate.mean * 100.0),
            frame.py(s.occupancy.mean * 100.0),
        );
        let (left, right) = (
            frame.px(((s.abandonment_rate.mean - s.abandonment_rate.half_width) * 100.0).max(0.0)),
            frame.px(s.abandonment_rate.upper() * 100.0),
        );
        let (top, bottom) = (
            frame.py(s.occupancy.upper() * 100.0),
            frame.py((s.occupancy.mean - s.occupancy.half_width) * 100.0),
        );
        let class = if choice == Some(point.to_string().as_str()) {
            "dot chosen"
        } else {
            "dot"
        };
        add(
            &mut svg,
            format_args!(
                "<path class=\"whisker\" d=\"M{left:.1} {y:.1}H{right:.1}M{x:.1} {top:.1}V{bottom:.1}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{}</title></circle>",
                escape(&point.to_string())
            ),
        );
    }
    let mut named: Vec<&str> = Vec::new();
    for (point, s) in plan.points.iter().zip(summaries) {
        if !named.contains(&point.policy.as_str()) {
            named.push(&point.policy);
            add(
                &mut svg,
                format_args!(
                    "<text class=\"num\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                    frame.px(s.abandonment_rate.mean * 100.0) + 8.0,
                    frame.py(s.occupancy.mean * 100.0) - 6.0,
                    escape(&point.policy)
                ),
            );
        }
    }
    format!(
        "<h2>Occupancy against abandonment</h2>\n<p class=\"note\">Bars are 95 % confidence intervals; the best corner is top left.</p>\n<svg viewBox=\"0 0 860 356\" role=\"img\">{svg}</svg>\n"
    )
}

/// One replication on one time axis.
fn panels(plan: &Plan, observed: &[Observed], limit: f64) -> String {
    let Some(point) = plan.points.first().filter(|_| !observed.is_empty()) else {
        return String::new();
    };
    let hours = plan.scenario.hours;
    let series = |value: &dyn Fn(&Observed) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        observed
            .iter()
            .map(|o| (o.at_secs / 3600.0, value(o)))
            .collect()
    };
    let frame = |n: usize, top: f64| Frame {
        left: 60.0,
        top: 10.0 + 150.0 * place(n),
        width: 780.0,
        height: 120.0,
        x: (0.0, hours),
        y: (0.0, top),
    };
    let highest =
        |value: &dyn Fn(&Observed) -> f64| observed.iter().map(value).fold(1.0, f64::max) * 1.1;
    let rate = frame(0, highest(&|o| f64::from(o.dial_rate)));
    let staff = frame(1, highest(&|o| f64::from(o.logged_in)));
    let band = (
        point.sla_threshold - point.tolerance_margin,
        point.sla_threshold + point.tolerance_margin,
    );
    let answers = frame(2, 1.0);
    let rolling = rolling_abandonment(observed, plan.scenario.interval_secs);
    let worst = rolling
        .iter()
        .filter_map(|(_, share)| *share)
        .fold(limit * 200.0, f64::max);
    let lost = frame(3, worst * 1.1);
    let mut svg = rate.axes("", "dial rate, /min");
    svg.push_str(&rate.line("line", &series(&|o| Some(f64::from(o.dial_rate)))));
    svg.push_str(&staff.axes("", "agents"));
    svg.push_str(&staff.line("line faint", &series(&|o| Some(f64::from(o.logged_in)))));
    svg.push_str(&staff.line(
        "line",
        &series(&|o| Some(f64::from(o.logged_in.saturating_sub(o.idle)))),
    ));
    svg.push_str(&staff.line("line other", &series(&|o| Some(f64::from(o.idle)))));
    svg.push_str(&answers.band(band.0, band.1));
    svg.push_str(&answers.axes("", "answer rate"));
    svg.push_str(&answers.line("line thin", &series(&|o| o.answer_rate.map(f64::from))));
    svg.push_str(&lost.axes("hours", "abandoned, %"));
    svg.push_str(&lost.level("limit", limit * 100.0));
    svg.push_str(&lost.line("line", &rolling));
    format!(
        "<h2>One replication: {}</h2>\n<p class=\"note\">From the top: dial rate; agents logged in (grey), in calls or wrap-up (blue), available (orange); answer rate per interval and its SLA band; abandonment of the last half hour and the limit of {} %.</p>\n<svg viewBox=\"0 0 860 630\" role=\"img\">{svg}</svg>\n",
        escape(&point.to_string()),
        tidy(limit * 100.0)
    )
}

/// Abandonment of the half hour before each poll, in per cent; none below 20 live answers.
fn rolling_abandonment(observed: &[Observed], interval_secs: f64) -> Vec<(f64, Option<f64>)> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 1,800"
    )]
    let span = (1_800.0 / interval_secs) as usize;
    let counts = |n: usize| {
        observed
            .get(n)
            .map_or((0, 0), |o| (o.connected, o.abandoned))
    };
    let shares = observed.iter().enumerate().map(|(n, o)| {
        let before = n.checked_sub(span).map_or((0, 0), counts);
        let (connected, abandoned) = (o.connected - before.0, o.abandoned - before.1);
        #[expect(clippy::cast_precision_loss, reason = "counts of half an hour")]
        let share = abandoned as f64 / (connected + abandoned).max(1) as f64 * 100.0;
        (
            o.at_secs / 3600.0,
            (connected + abandoned >= 20).then_some(share),
        )
    });
    shares.collect()
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

fn place(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// A heat map's margins and cells, in pixels.
const LEFT: f64 = 80.0;
const TOP: f64 = 10.0;
const WIDE: f64 = 56.0;
const TALL: f64 = 26.0;

/// What the law says of the figure that the report is about.
const LAW: &str = "USA (FTC TSR 310.4(b)(4), FCC 64.1200(a)(7)): at most 3 % of the calls answered by a live person may be abandoned, per campaign, over each 30 days; abandoned means no agent within 2 s of the completed greeting, after ringing at least 15 s or 4 times. UK: since March 2017 there is no safe harbour. The denominator is live answers; machines and no-answers are out.";
