//! Charts as inline SVG: a plot area with axes, lines, bands and marks with hover texts.

use std::fmt::Write;

use super::labels::{Anchor, Labels, text_width};
use crate::base::visible;

/// The plot area of a chart, with a scale on each axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Values at the left and right edge.
    pub(super) x: (f64, f64),
    /// Values at the bottom and top edge.
    pub(super) y: (f64, f64),
}

impl Frame {
    /// A chart of which two stand side by side on a screen, and one on a phone.
    pub(super) fn half(x: (f64, f64), y: (f64, f64)) -> Self {
        Self {
            left: LEFT,
            top: TOP,
            width: HALF - LEFT - RIGHT,
            height: 130.0,
            x,
            y,
        }
    }

    /// A chart as wide as the page; on a phone it is scrolled.
    pub(super) fn whole(x: (f64, f64), y: (f64, f64)) -> Self {
        Self {
            width: WHOLE - LEFT - RIGHT,
            height: 230.0,
            ..Self::half(x, y)
        }
    }

    /// Width and height of the picture.
    pub(super) fn size(&self) -> (f64, f64) {
        let width = self.left + self.width + RIGHT;
        (width, self.top + self.height + BOTTOM)
    }

    /// Position of `x` in pixels.
    pub(super) fn px(&self, x: f64) -> f64 {
        self.left + (x - self.x.0) / (self.x.1 - self.x.0) * self.width
    }

    /// Position of `y` in pixels, inside the frame.
    pub(super) fn py(&self, y: f64) -> f64 {
        let share = ((y - self.y.0) / (self.y.1 - self.y.0)).clamp(0.0, 1.0);
        self.top + (1.0 - share) * self.height
    }

    /// Grid lines across with their numbers, and the unit above.
    pub(super) fn y_axis(&self, unit: &str) -> String {
        let mut svg = text("title", 0.0, UNIT_Y, Anchor::Start, unit);
        let right = self.left + self.width;
        for value in ticks(self.y.0, self.y.1, 5) {
            let y = self.py(value);
            add(
                &mut svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{:.1}\" x2=\"{right:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
                    self.left
                ),
            );
            let number = short(value);
            svg.push_str(&text("num", self.left - 6.0, y + 4.0, Anchor::End, &number));
        }
        svg
    }

    /// Grid lines downward at these values, and their labels, of which none overlaps another or leaves
    /// the picture.
    pub(super) fn x_axis(&self, at: &[(f64, String)]) -> String {
        let mut svg = String::new();
        let bottom = self.top + self.height;
        let mut labels = Labels::inside(0.0, self.size().0);
        for (value, label) in at {
            let x = self.px(*value);
            add(
                &mut svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
                    self.top
                ),
            );
            let y = bottom + 20.0;
            let half = text_width(label) / 2.0;
            let x = x.min(self.size().0 - half);
            if labels.take(x, y, Anchor::Middle, label) {
                svg.push_str(&text("num", x, y, Anchor::Middle, label));
            }
        }
        svg
    }

    /// A line through `points`. A point without `y` breaks it. Of many points in one pixel, the
    /// lowest and the highest are drawn.
    pub(super) fn line(&self, class: &str, points: &[(f64, Option<f64>)]) -> String {
        let mut path = String::new();
        let mut pen_down = false;
        let per_pixel = points.len().div_ceil(POINTS_MAX).max(1);
        for chunk in points.chunks(per_pixel) {
            let known = || chunk.iter().filter_map(|(x, y)| Some((*x, (*y)?)));
            let low = known().min_by(|a, b| a.1.total_cmp(&b.1));
            let high = known().max_by(|a, b| a.1.total_cmp(&b.1));
            let (Some(low), Some(high)) = (low, high) else {
                pen_down = false;
                continue;
            };
            let mut both = vec![low];
            if per_pixel > 1 {
                both.push(high);
                both.sort_by(|a, b| a.0.total_cmp(&b.0));
            }
            for (x, y) in both {
                let step = if pen_down { 'L' } else { 'M' };
                add(
                    &mut path,
                    format_args!("{step}{:.1} {:.1}", self.px(x), self.py(y)),
                );
                pen_down = true;
            }
        }
        format!("<path class=\"{class}\" d=\"{path}\"/>")
    }

    /// The area between two lines, through `(x, lowest, highest)`.
    pub(super) fn area(&self, class: &str, points: &[(f64, f64, f64)]) -> String {
        let mut path = String::new();
        let above = points.iter().map(|(x, _, high)| (*x, *high));
        let below = points.iter().rev().map(|(x, low, _)| (*x, *low));
        for (n, (x, y)) in above.chain(below).enumerate() {
            let step = if n == 0 { 'M' } else { 'L' };
            add(
                &mut path,
                format_args!("{step}{:.1} {:.1}", self.px(x), self.py(y)),
            );
        }
        format!("<path class=\"{class}\" d=\"{path}Z\"/>")
    }

    /// A horizontal line at `y`.
    pub(super) fn level(&self, class: &str, y: f64) -> String {
        let at = self.py(y);
        format!(
            "<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>",
            self.left,
            self.left + self.width
        )
    }

    /// A box from `x.0` to `x.1` and from `y.0` to `y.1`, of some height in any case.
    pub(super) fn bar(&self, class: &str, x: (f64, f64), y: (f64, f64)) -> String {
        let (left, right) = (self.px(x.0), self.px(x.1));
        let (top, bottom) = (self.py(y.1), self.py(y.0));
        format!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            right - left,
            (bottom - top).max(1.0)
        )
    }

    /// A strip from top to bottom that shows `words` under the pointer.
    pub(super) fn hover(&self, x: (f64, f64), words: &str) -> String {
        let (left, right) = (self.px(x.0), self.px(x.1));
        format!(
            "<rect class=\"hit\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
            self.top,
            right - left,
            self.height,
            escape(words)
        )
    }
}

/// A text at a position in pixels.
pub(super) fn text(class: &str, x: f64, y: f64, anchor: Anchor, words: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{}\">{}</text>",
        anchor.name(),
        escape(words)
    )
}

/// About `wanted` round values between two ends.
pub(super) fn ticks(from: f64, to: f64, wanted: u32) -> Vec<f64> {
    let raw = (to - from) / f64::from(wanted);
    let power = 10.0_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|m| m * power)
        .into_iter()
        .find(|step| *step >= raw);
    let step = step.unwrap_or(power);
    let mut values = Vec::new();
    let mut value = (from / step).ceil() * step;
    while value <= to + step * 1e-9 && values.len() < 50 {
        values.push(value);
        value += step;
    }
    values
}

/// A number with at most three decimals, without trailing zeros.
pub(super) fn tidy(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// The same in few characters: "20k".
fn short(value: f64) -> String {
    if value.abs() >= 10_000.0 {
        return format!("{}k", tidy(value / 1_000.0));
    }
    tidy(value)
}

pub(super) fn add(svg: &mut String, text: std::fmt::Arguments) {
    // Writing to a String cannot fail.
    let _ = svg.write_fmt(text);
}

/// Text with the characters replaced that HTML reserves, or that nobody would see.
pub(super) fn escape(text: &str) -> String {
    visible::lines(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Points of a line; more cannot be seen.
const POINTS_MAX: usize = 800;
/// Widths of the pictures in pixels: half a page, which fills a phone, and a page.
const HALF: f64 = 400.0;
const WHOLE: f64 = 960.0;
/// Margins around the plot area, and the base line of the unit above it.
const LEFT: f64 = 46.0;
const TOP: f64 = 28.0;
const RIGHT: f64 = 14.0;
const BOTTOM: f64 = 26.0;
const UNIT_Y: f64 = 13.0;
