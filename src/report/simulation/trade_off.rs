//! Conversations against abandonment: every variant, with today's and the recommended ones on top.

use super::comparison::{Comparison, runs_on, setting};
use crate::report::chart::{Frame, add, escape, text, ticks, tidy};
use crate::report::figure::Figure;
use crate::report::labels::{Anchor, Labels};
use crate::sim::{Estimate, Summary, VariantResults};

/// The picture; empty for a single variant.
pub(super) fn trade_off(comparison: &Comparison) -> String {
    if comparison.results.variants.len() < 2 {
        return String::new();
    }
    let frame = frame(comparison);
    let mut values = ticks(frame.x.0, frame.x.1, 5);
    values.retain(|value| *value <= frame.x.1);
    let ticks: Vec<(f64, String)> = values.into_iter().map(|x| (x, tidy(x))).collect();
    let mut svg = frame.y_axis("conversations per agent and hour");
    svg.push_str(&frame.x_axis(&ticks));
    let x = frame.px(comparison.limit * 100.0);
    let (top, bottom) = (frame.top, frame.top + frame.height);
    add(
        &mut svg,
        format_args!(
            "<line class=\"limit\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>"
        ),
    );
    let mut points: Vec<Point> = comparison
        .variants()
        .map(|(n, variant, summary)| Point::of(comparison, n, variant, summary, &frame))
        .collect();
    points.sort_by_key(|point| point.kind);
    for point in &points {
        svg.push_str(&point.svg());
    }
    add_names(&mut svg, &frame, x, &points);
    let caption = format!(
        "Across: of 100 people who answer, those who hear nobody; dotted: the limit. The best corner is top left. Large blue dot: recommended; square: {}; hollow: cannot be run live. Thin bars: 95 % confidence intervals.",
        comparison.today()
    );
    let figure = Figure {
        id: "trade-off",
        heading: "What is gained, and who hears nobody",
        words: &words(&points, comparison),
        caption: &caption,
        size: frame.size(),
        svg: &svg,
    };
    format!(
        "<h2>All settings at a glance</h2>\n<div class=\"alone\">{}</div>\n",
        figure.half()
    )
}

fn frame(comparison: &Comparison) -> Frame {
    let summaries = || comparison.summaries.iter();
    let abandoned = summaries().map(|s| s.abandonment_rate.upper() * 100.0);
    let most = abandoned.fold(comparison.limit * 150.0, f64::max);
    let connects = || summaries().map(|s| s.connects_per_agent_hour);
    let high = connects().map(|c| c.upper()).fold(0.0, f64::max);
    let low = connects().map(lower).fold(high, f64::min);
    let room = ((high - low) * 0.12).max(high * 0.05).max(0.1);
    Frame {
        height: 220.0,
        ..Frame::half((0.0, most * 1.05), ((low - room).max(0.0), high + room))
    }
}

/// The kinds of marks, in the order in which they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Reference,
    Today,
    Choice,
}

struct Point {
    kind: Kind,
    x: f64,
    y: f64,
    /// Left, right, top and bottom of its confidence intervals.
    whiskers: [f64; 4],
    /// What it is called in the picture.
    label: String,
    /// What it says under the pointer.
    words: String,
}

impl Point {
    fn of(
        comparison: &Comparison,
        number: usize,
        variant: &VariantResults,
        summary: &Summary,
        frame: &Frame,
    ) -> Self {
        let (abandoned, connects) = (summary.abandonment_rate, summary.connects_per_agent_hour);
        let role = comparison.role(number);
        let kind = if comparison.is_choice(number) {
            Kind::Choice
        } else if number == comparison.results.baseline {
            Kind::Today
        } else if variant.standing.runs_live() {
            Kind::Other
        } else {
            Kind::Reference
        };
        let said = role
            .clone()
            .map_or(String::new(), |role| format!(" ({role})"));
        Self {
            kind,
            x: frame.px(abandoned.mean * 100.0),
            y: frame.py(connects.mean),
            whiskers: [
                frame.px((lower(abandoned) * 100.0).max(0.0)),
                frame.px(abandoned.upper() * 100.0),
                frame.py(connects.upper()),
                frame.py(lower(connects)),
            ],
            label: role.unwrap_or_else(|| variant.policy.clone()),
            words: format!(
                "{}{said}: {:.1} conversations per agent and hour, {:.1} of 100 hear nobody; runs on: {}",
                setting(variant),
                connects.mean,
                abandoned.mean * 100.0,
                runs_on(variant.standing)
            ),
        }
    }

    fn svg(&self) -> String {
        let (x, y) = (self.x, self.y);
        let [left, right, top, bottom] = self.whiskers;
        let title = format!("<title>{}</title>", escape(&self.words));
        let circle = |class: &str, radius: f64| {
            format!(
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\">{title}</circle>"
            )
        };
        let mark = match self.kind {
            Kind::Other => circle("dot", 4.0),
            Kind::Reference => circle("dot open", 4.5),
            Kind::Choice => circle("dot best", 7.0),
            Kind::Today => format!(
                "<rect class=\"dot today\" x=\"{:.1}\" y=\"{:.1}\" width=\"11\" height=\"11\">{title}</rect>",
                x - 5.5,
                y - 5.5
            ),
        };
        format!(
            "<path class=\"whisker\" d=\"M{left:.1} {y:.1}H{right:.1}M{x:.1} {top:.1}V{bottom:.1}\"/>{mark}"
        )
    }
}

/// The names of the marks that have room: those on top first, then each policy once.
fn add_names(svg: &mut String, frame: &Frame, limit_x: f64, points: &[Point]) {
    let mut labels = Labels::inside(frame.left + 2.0, frame.size().0);
    for point in points.iter().take(MARKS_KEPT_FREE) {
        labels.keep_free(point.x, point.y, 3.0);
    }
    for point in points.iter().filter(|point| point.kind >= Kind::Today) {
        labels.keep_free(point.x, point.y, 7.0);
    }
    let mut named: Vec<&str> = Vec::new();
    for point in points.iter().rev() {
        if named.contains(&point.label.as_str()) {
            continue;
        }
        let class = if point.kind >= Kind::Today {
            "strong"
        } else {
            "num"
        };
        let (x, y) = (point.x, point.y);
        let places = [
            (x + 11.0, y + 4.0, Anchor::Start),
            (x - 11.0, y + 4.0, Anchor::End),
            (x, y - 11.0, Anchor::Middle),
            (x, y + 21.0, Anchor::Middle),
            (x + 9.0, y - 9.0, Anchor::Start),
            (x + 9.0, y + 17.0, Anchor::Start),
            (x - 9.0, y - 9.0, Anchor::End),
        ];
        let is_in_frame = |(_, y, _): &(f64, f64, Anchor)| {
            let (top, bottom) = (frame.top + 12.0, frame.top + frame.height - 4.0);
            (top..=bottom).contains(y)
        };
        // Rather beside the line of the limit than across it.
        let is_across = |(x, _, anchor): &(f64, f64, Anchor)| {
            let (left, right) = anchor.extent(*x, &point.label);
            left < limit_x && limit_x < right
        };
        let (across, beside): (Vec<_>, Vec<_>) =
            places.into_iter().filter(is_in_frame).partition(is_across);
        let mut places = beside.into_iter().chain(across);
        let found = places.find(|(x, y, anchor)| labels.take(*x, *y, *anchor, &point.label));
        if let Some((x, y, anchor)) = found {
            named.push(&point.label);
            svg.push_str(&text(class, x, y, anchor, &point.label));
        }
    }
    let y = frame.top + frame.height - 6.0;
    for (x, anchor) in [(limit_x + 5.0, Anchor::Start), (limit_x - 5.0, Anchor::End)] {
        if labels.take(x, y, anchor, "limit") {
            svg.push_str(&text("num", x, y, anchor, "limit"));
            break;
        }
    }
}

/// What the marks on top say.
fn words(points: &[Point], comparison: &Comparison) -> String {
    let on_top = points
        .iter()
        .rev()
        .filter(|point| point.kind >= Kind::Today);
    let on_top: Vec<&str> = on_top.map(|point| point.words.as_str()).collect();
    format!(
        "{} settings. {}. The limit is {} of 100. The table below has all of them.",
        points.len(),
        on_top.join(". "),
        tidy(comparison.limit * 100.0)
    )
}

fn lower(estimate: Estimate) -> f64 {
    estimate.mean - estimate.half_width
}

/// Marks that labels keep away from; with more there would be no room left.
const MARKS_KEPT_FREE: usize = 60;
