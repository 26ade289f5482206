//! Today's and the recommended settings over the hours: agents, abandonment, conversations and calls.

use super::comparison::Comparison;
use super::quantities::{Point, QUANTITIES, Quantity};
use super::time_axis::TimeAxis;
use crate::report::chart::{Frame, add, escape, text, tidy};
use crate::report::figure::Figure;
use crate::report::html_table::{Cell, HtmlTable, Row};
use crate::report::labels::{Anchor, Labels};
use crate::sim::OverTime;

/// The pictures, with a legend and the same figures as a table.
pub(super) fn over_time(comparison: &Comparison, series: &[(usize, OverTime)]) -> String {
    let drawn = drawn(comparison, series);
    let Some(first) = drawn.first() else {
        return String::new();
    };
    let axis = TimeAxis::new(&comparison.results.scenario, first.series.span_secs);
    let runs = first.series.runs.len();
    let mut html = format!(
        "<h2>Over the hours</h2>\n<p class=\"note\">Mean of {}, in spans of {}.</p>\n",
        match runs {
            1 => "one run".to_owned(),
            runs => format!("{runs} runs"),
        },
        axis.span_words()
    );
    html.push_str(&legend(comparison, &drawn, runs));
    html.push_str("<div class=\"pictures\">\n");
    for quantity in &QUANTITIES {
        let points = drawn.iter().map(|it| quantity.points(it.series, &axis));
        let picture = Picture {
            comparison,
            quantity,
            drawn: &drawn,
            points: points.collect(),
            axis: &axis,
        };
        html.push_str(&picture.html());
    }
    html.push_str("</div>\n");
    html
}

/// A variant that is drawn.
struct Drawn<'a> {
    role: String,
    class: &'static str,
    series: &'a OverTime,
}

/// The variants in the order in which they are drawn: those recommended above today's.
fn drawn<'a>(comparison: &Comparison, all: &'a [(usize, OverTime)]) -> Vec<Drawn<'a>> {
    let mut classes = ["best", "next"].into_iter();
    let mut drawn: Vec<Drawn> = Vec::new();
    for (number, series) in all {
        let class = if comparison.is_choice(*number) {
            classes.next().unwrap_or("next")
        } else {
            "now"
        };
        let role = comparison.role(*number).unwrap_or_default();
        drawn.push(Drawn {
            role,
            class,
            series,
        });
    }
    drawn.sort_by_key(|it| match it.class {
        "now" => 0,
        "next" => 1,
        _ => 2,
    });
    drawn.retain(|it| !it.series.runs.is_empty());
    if let [only] = drawn.as_mut_slice() {
        only.class = "best";
    }
    drawn
}

fn legend(comparison: &Comparison, drawn: &[Drawn], runs: usize) -> String {
    let mut html = String::from("<ul class=\"legend\">");
    for Drawn { role, class, .. } in drawn {
        add(
            &mut html,
            format_args!(
                "<li><span class=\"key {class}\"></span>{}</li>",
                escape(role)
            ),
        );
    }
    let best = drawn.iter().find(|it| it.class == "best");
    if let Some(best) = best.filter(|_| runs > 1) {
        add(
            &mut html,
            format_args!(
                "<li><span class=\"key range\"></span>{}: lowest to highest run</li>",
                escape(&best.role)
            ),
        );
    }
    add(
        &mut html,
        format_args!(
            "<li><span class=\"key limit\"></span>limit: {} of 100</li></ul>\n",
            tidy(comparison.limit * 100.0)
        ),
    );
    html
}

/// One picture.
struct Picture<'a> {
    comparison: &'a Comparison<'a>,
    quantity: &'a Quantity,
    drawn: &'a [Drawn<'a>],
    /// The points of each variant.
    points: Vec<Vec<Point>>,
    axis: &'a TimeAxis,
}

impl Picture<'_> {
    fn html(&self) -> String {
        let (quantity, axis) = (self.quantity, self.axis);
        let limit = self.comparison.limit * 100.0;
        let least = if quantity.has_limit { limit * 1.3 } else { 1.0 };
        let means = self.points.iter().flatten().filter_map(|point| point.mean);
        let ranges = self.best().iter().filter_map(|point| Some(point.range?.1));
        let highest = means.chain(ranges).fold(least, f64::max);
        let frame = Frame::half((0.0, axis.hours), (0.0, highest * 1.08));
        let mut svg = frame.y_axis(quantity.unit);
        svg.push_str(&frame.x_axis(&axis.ticks(frame.width)));
        let band = self.best().iter();
        let band: Vec<(f64, f64, f64)> = band
            .filter_map(|point| Some((point.hours, point.range?.0, point.range?.1)))
            .collect();
        if band.len() > 1 {
            svg.push_str(&frame.area("range", &band));
        }
        if quantity.has_limit {
            svg.push_str(&frame.level("limit", limit));
        }
        for (drawn, points) in self.drawn.iter().zip(&self.points) {
            let points: Vec<_> = points
                .iter()
                .map(|point| (point.hours, point.mean))
                .collect();
            svg.push_str(&frame.line(&format!("line {}", drawn.class), &points));
        }
        let mut caption = String::new();
        if let Some((mark, words)) = self.worst(&frame).filter(|_| quantity.has_limit) {
            svg.push_str(&mark);
            caption = words;
        }
        for place in 0..self.points.first().map_or(0, Vec::len) {
            let (from, to) = axis.span(place);
            svg.push_str(&frame.hover((from, to), &self.words_of(place)));
        }
        let figure = Figure {
            id: quantity.id,
            heading: quantity.heading,
            words: &self.words(),
            caption: &caption,
            size: frame.size(),
            svg: &svg,
        };
        format!(
            "<div>{}<details><summary>{} as a table</summary>{}</details></div>\n",
            figure.half(),
            quantity.heading,
            self.table()
        )
    }

    /// The points of the variant that is drawn on top of the others, if it is recommended.
    fn best(&self) -> &[Point] {
        let last = self.drawn.iter().zip(&self.points).next_back();
        let best = last.filter(|(drawn, _)| drawn.class == "best");
        best.map_or(&[], |(_, points)| points)
    }

    /// A mark at the span with the highest mean, and its words.
    fn worst(&self, frame: &Frame) -> Option<(String, String)> {
        let last = self.points.last()?;
        let known = last.iter().enumerate();
        let known = known.filter_map(|(place, point)| Some((place, point.hours, point.mean?)));
        let (place, hours, mean) = known.max_by(|a, b| a.2.total_cmp(&b.2))?;
        if mean <= 0.0 {
            return None;
        }
        let (x, y) = (frame.px(hours), frame.py(mean));
        let mut labels = Labels::inside(frame.left, frame.left + frame.width);
        let words = format!("{mean:.1}");
        let mut svg = format!("<circle class=\"dot best\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>");
        // Above it, or below where the unit of the axis would be in the way.
        let above = y - 10.0;
        let y = if above > frame.top + 4.0 {
            above
        } else {
            y + 22.0
        };
        for x in [x, x + 24.0, x - 24.0] {
            if labels.take(x, y, Anchor::Middle, &words) {
                svg.push_str(&text("strong", x, y, Anchor::Middle, &words));
                break;
            }
        }
        let role = self.drawn.last().map_or("", |drawn| &drawn.role);
        let of = match self.drawn.len() {
            1 => String::new(),
            _ => format!(" ({role})"),
        };
        let words = format!(
            "Circle: the worst time of day{of} in the mean of the runs, {}, with {mean:.1} of 100. Each run's own worst half hour may be at another time.",
            self.axis.span_name(place)
        );
        Some((svg, escape(&words)))
    }

    /// "10:00 to 10:30: today 46.1; recommended 87.0 (81.2 to 92.4)"
    fn words_of(&self, place: usize) -> String {
        let mut words = format!("{}, {}:", self.axis.span_name(place), self.quantity.unit);
        for (drawn, points) in self.drawn.iter().zip(&self.points) {
            let value = points.get(place).and_then(|point| point.mean);
            let value = value.map_or("too few".to_owned(), |value| format!("{value:.1}"));
            add(&mut words, format_args!(" {} {value};", drawn.role));
        }
        words.trim_end_matches(';').to_owned()
    }

    /// Every point.
    fn table(&self) -> String {
        let mut headings = vec!["time".to_owned()];
        headings.extend(self.drawn.iter().map(|it| it.role.clone()));
        let row = |place: usize| {
            let mut cells = vec![Cell::text(&self.axis.span_name(place))];
            for points in &self.points {
                let mean = points.get(place).and_then(|point| point.mean);
                let mean = mean.map_or("–".to_owned(), |mean| format!("{mean:.1}"));
                cells.push(Cell::text(&mean));
            }
            Row {
                cells,
                ..Row::default()
            }
        };
        let spans = self.points.iter().map(Vec::len).max();
        HtmlTable {
            id: &format!("{}-table", self.quantity.id),
            caption: self.quantity.unit,
            headings,
            rows: (0..spans.unwrap_or(0)).map(row).collect(),
            is_sortable: false,
        }
        .html()
    }

    /// The lowest and the highest of each variant.
    fn words(&self) -> String {
        let mut words = format!("{} over the hours.", self.quantity.unit);
        for (drawn, points) in self.drawn.iter().zip(&self.points) {
            let means = || points.iter().filter_map(|point| point.mean);
            let low = means().fold(f64::INFINITY, f64::min);
            let high = means().fold(f64::NEG_INFINITY, f64::max);
            if low <= high {
                add(
                    &mut words,
                    format_args!(" {}: {low:.1} to {high:.1}.", drawn.role),
                );
            }
        }
        words
    }
}
