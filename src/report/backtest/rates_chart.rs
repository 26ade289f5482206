//! The chart of one campaign's dial rates over time, decided and in history.

use super::differences_table::Marked;
use crate::pacing::Unit;
use crate::replay::{DownsampledSeries, RateAt, RateSeries, ReplayedCampaign};
use crate::report::chart::{Frame, add, escape, text, ticks, tidy};
use crate::report::clock_axis::{self, Clock};
use crate::report::figure::Figure;
use crate::report::labels::Anchor;

/// The dial rates of a campaign.
pub(super) struct RatesChart<'a> {
    pub(super) number: usize,
    pub(super) campaign: &'a ReplayedCampaign,
    pub(super) rates: &'a RateSeries,
    pub(super) unit: Unit,
    /// True for the only campaign, whose picture is large.
    pub(super) is_alone: bool,
    pub(super) clock: Clock<'a>,
    /// The differences that are marked, of all campaigns.
    pub(super) marked: &'a [Marked],
}

impl RatesChart<'_> {
    pub(super) fn html(&self) -> String {
        let (frame, marks) = self.marks();
        let mut svg = frame.y_axis(match self.unit {
            Unit::CallsPerMinute => "calls per minute",
            Unit::CallsPerAgent => "calls per agent",
        });
        let (from, to) = self.ends();
        let ticks = clock_axis::ticks(from, to, self.clock, frame.width);
        let ticks: Vec<_> = ticks
            .into_iter()
            .map(|(at, label)| (self.x(at), label))
            .collect();
        svg.push_str(&frame.x_axis(&ticks));
        svg.push_str(&frame.line("line past", &self.points(&self.rates.history)));
        svg.push_str(&frame.line("line best", &self.points(&self.rates.decided)));
        let strips: u32 = if self.is_alone { 96 } else { 48 };
        let step = (to - from) / i64::from(strips) + 1;
        for strip in 0..i64::from(strips) {
            let (begin, end) = (from + strip * step, (from + (strip + 1) * step).min(to));
            let words = self.words_between(begin, end);
            if let Some(words) = words.filter(|_| begin < end) {
                svg.push_str(&frame.hover((self.x(begin), self.x(end)), &words));
            }
        }
        svg.push_str(&marks);
        let heading = match &*self.campaign.id {
            "" => "Decided and history".to_owned(),
            id => id.to_owned(),
        };
        let caption = format!(
            "Of every {} the lowest and the highest value are drawn.",
            duration(self.rates.decided.span_millis())
        );
        let id = format!("campaign-{}", self.number + 1);
        let figure = Figure {
            id: &id,
            heading: &heading,
            words: &self.words(),
            caption: &caption,
            size: frame.size(),
            svg: &svg,
        };
        if self.is_alone {
            figure.whole()
        } else {
            figure.half()
        }
    }

    /// First and last time.
    fn ends(&self) -> (i64, i64) {
        let first_at = self.campaign.first_at.0;
        (first_at, self.campaign.last_at.0.max(first_at + 1))
    }

    /// Hours from the first time.
    fn x(&self, at: i64) -> f64 {
        float(at.saturating_sub(self.ends().0)) / 3_600_000.0
    }

    fn value(&self, steps: u32) -> f64 {
        self.unit.of_steps(f64::from(steps))
    }

    /// The frame, with room above it for the numbers of the marks, and the marks.
    fn marks(&self) -> (Frame, String) {
        let is_own = |it: &&Marked| it.campaign == *self.campaign.id;
        let mut own: Vec<&Marked> = self.marked.iter().filter(is_own).collect();
        own.sort_by_key(|it| it.difference.at);
        let buckets = self.rates.decided.buckets().iter();
        let buckets = buckets.chain(self.rates.history.buckets());
        let of_marks = own.iter().map(|it| it.difference);
        let of_marks = of_marks.map(|it| it.decided.max(it.history));
        let highest = buckets.map(|bucket| bucket.high.rate).chain(of_marks).max();
        let highest = self.value(highest.unwrap_or(0).max(1));
        let (x, y) = ((0.0, self.x(self.ends().1)), (0.0, round_up(highest)));
        let mut frame = if self.is_alone {
            Frame::whole(x, y)
        } else {
            Frame::half(x, y)
        };
        let at = own.iter().map(|it| frame.px(self.x(it.difference.at.0)));
        let places = spread(&at.collect::<Vec<_>>(), frame.size().0 - NUMBER_WIDTH / 2.0);
        if !own.is_empty() {
            frame.top += NUMBERS_HEIGHT;
        }
        let marks = own.iter().zip(places);
        let marks = marks.map(|(it, place)| self.mark(it, place, &frame));
        (frame, marks.collect())
    }

    /// A mark, with its number above the frame at `place`, and a line from there.
    fn mark(&self, marked: &Marked, place: f64, frame: &Frame) -> String {
        let difference = &marked.difference;
        let x = frame.px(self.x(difference.at.0));
        let low = self.value(difference.decided.min(difference.history));
        let high = self.value(difference.decided.max(difference.history));
        let (top, bottom) = (frame.py(high), frame.py(low).max(frame.py(high) + 4.0));
        let y = frame.top - NUMBERS_HEIGHT + 9.0;
        let words = format!(
            "{}: decided {}, history {}",
            clock_axis::words((self.clock)(difference.at.0)),
            tidy(self.value(difference.decided)),
            tidy(self.value(difference.history))
        );
        let mut svg = format!(
            "<g id=\"{}\"><title>{}</title>",
            marked.id(),
            escape(&words)
        );
        add(
            &mut svg,
            format_args!(
                "<path class=\"whisker\" d=\"M{place:.1} {:.1}L{x:.1} {:.1}V{top:.1}\"/><line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>",
                y + 3.0,
                frame.top
            ),
        );
        let number = marked.number.to_string();
        svg.push_str(&text("strong", place, y, Anchor::Middle, &number));
        svg.push_str("</g>");
        svg
    }

    /// The lowest and the highest rate of every bucket, in the order of time. A gap breaks the line.
    fn points(&self, series: &DownsampledSeries) -> Vec<(f64, Option<f64>)> {
        let gap_millis = GAP_MILLIS.max(2 * series.span_millis());
        let mut points = Vec::new();
        let mut last_at: Option<i64> = None;
        for bucket in series.buckets() {
            let first_at = bucket.first_at.0;
            if last_at.is_some_and(|last_at| first_at - last_at > gap_millis) {
                points.push((self.x(first_at), None));
            }
            last_at = Some(bucket.last_at.0);
            let mut both = [bucket.low, bucket.high];
            both.sort_unstable();
            for RateAt { at, rate } in both {
                points.push((self.x(at.0), Some(self.value(rate))));
            }
        }
        points
    }

    /// "Mon 5 Jan, 16:00 to 17:10: decided 10 to 19, history 10 to 52"; `None` without rows.
    fn words_between(&self, from: i64, to: i64) -> Option<String> {
        let decided = self.range(&self.rates.decided, from, to)?;
        let clock = |at: i64| clock_axis::short_words((self.clock)(at));
        let (from_words, to_words) = (clock(from), clock(to));
        let (day, _) = from_words.split_once(", ")?;
        let to_words = match to_words.split_once(", ")? {
            (last, time) if last == day => time.to_owned(),
            _ => to_words,
        };
        let history = self.range(&self.rates.history, from, to);
        let history = history.map_or(String::new(), |range| format!(", history {range}"));
        Some(format!(
            "{from_words} to {to_words}: decided {decided}{history}"
        ))
    }

    fn range(&self, series: &DownsampledSeries, from: i64, to: i64) -> Option<String> {
        let buckets = series.buckets();
        let first = buckets.partition_point(|bucket| bucket.last_at.0 < from);
        let until = buckets.partition_point(|bucket| bucket.first_at.0 < to);
        let buckets = buckets.get(first..until)?;
        let low = buckets.iter().map(|bucket| bucket.low.rate).min()?;
        let high = buckets.iter().map(|bucket| bucket.high.rate).max()?;
        let (low, high) = (tidy(self.value(low)), tidy(self.value(high)));
        Some(if low == high {
            low
        } else {
            format!("{low} to {high}")
        })
    }

    /// What the picture says.
    fn words(&self) -> String {
        let (from, to) = self.ends();
        let clock = |at: i64| clock_axis::words((self.clock)(at));
        let range = |series| {
            self.range(series, from, to + 1)
                .unwrap_or("nothing".to_owned())
        };
        let mut words = format!(
            "From {} to {}. Decided: {}.",
            clock(from),
            clock(to),
            range(&self.rates.decided)
        );
        if !self.rates.history.buckets().is_empty() {
            add(
                &mut words,
                format_args!(" History: {}.", range(&self.rates.history)),
            );
        }
        words
    }
}

/// Places for the numbers of marks at `at`, which go up: each above its mark, or as near as the ones
/// beside it leave it, and none right of `right`.
fn spread(at: &[f64], right: f64) -> Vec<f64> {
    let mut places = at.to_vec();
    let mut free = f64::NEG_INFINITY;
    for place in &mut places {
        *place = place.max(free);
        free = *place + NUMBER_WIDTH;
    }
    let mut free = right;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - NUMBER_WIDTH;
    }
    places
}

/// The end of an axis that has a number at or above `highest`.
fn round_up(highest: f64) -> f64 {
    let values = ticks(0.0, highest, 5);
    let step = values.get(1).copied().unwrap_or(highest);
    (highest / step).ceil() * step
}

/// "30 s", "8 min", "2.1 h"
fn duration(millis: i64) -> String {
    match millis {
        ..60_000 => format!("{} s", tidy(float(millis) / 1_000.0)),
        60_000..3_600_000 => format!("{} min", tidy(float(millis) / 60_000.0)),
        _ => format!("{:.1} h", float(millis) / 3_600_000.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds, for a chart")]
fn float(millis: i64) -> f64 {
    millis as f64
}

/// A gap between rows that breaks the line, if it is longer than two spans too.
const GAP_MILLIS: i64 = 10 * 60_000;
/// Room for the numbers of marks above a picture, and the width that each takes, pixels.
const NUMBERS_HEIGHT: f64 = 24.0;
const NUMBER_WIDTH: f64 = 18.0;
