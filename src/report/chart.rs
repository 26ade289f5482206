//! Charts as inline SVG: axes with titles and units, lines and bands.

use std::fmt::Write;

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
    /// Position of `x` in pixels.
    pub(super) fn px(&self, x: f64) -> f64 {
        self.left + (x - self.x.0) / (self.x.1 - self.x.0) * self.width
    }

    /// Position of `y` in pixels, inside the frame.
    pub(super) fn py(&self, y: f64) -> f64 {
        let share = ((y - self.y.0) / (self.y.1 - self.y.0)).clamp(0.0, 1.0);
        self.top + (1.0 - share) * self.height
    }

    /// Grid lines with their numbers, and titles of both axes.
    pub(super) fn axes(&self, x_title: &str, y_title: &str) -> String {
        let mut svg = String::new();
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        for value in ticks(self.y.0, self.y.1, 4) {
            let y = self.py(value);
            add(
                &mut svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{:.1}\" x2=\"{right:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"num\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    self.left,
                    self.left - 6.0,
                    y + 4.0,
                    tidy(value)
                ),
            );
        }
        for value in ticks(self.x.0, self.x.1, 8) {
            let x = self.px(value);
            add(
                &mut svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
                    self.top
                ),
            );
            if !x_title.is_empty() {
                add(
                    &mut svg,
                    format_args!(
                        "<text class=\"num\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                        bottom + 16.0,
                        tidy(value)
                    ),
                );
            }
        }
        let middle = self.top + self.height / 2.0;
        add(
            &mut svg,
            format_args!(
                "<text class=\"title\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{x_title}</text><text class=\"title\" transform=\"translate({:.1},{middle:.1}) rotate(-90)\" text-anchor=\"middle\">{y_title}</text>",
                self.left + self.width / 2.0,
                bottom + 34.0,
                self.left - 44.0
            ),
        );
        svg
    }

    /// A line through `points`. A point without `y` breaks it. Of many points in one pixel, the
    /// lowest and the highest are drawn.
    pub(super) fn line(&self, class: &str, points: &[(f64, Option<f64>)]) -> String {
        let mut path = String::new();
        let mut pen_down = false;
        let per_pixel = points.len().div_ceil(PIXELS_MAX).max(1);
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

    /// A horizontal line at `y`.
    pub(super) fn level(&self, class: &str, y: f64) -> String {
        let at = self.py(y);
        format!(
            "<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>",
            self.left,
            self.left + self.width
        )
    }

    /// The area between two values of `y`.
    pub(super) fn band(&self, low: f64, high: f64) -> String {
        let (top, bottom) = (self.py(high), self.py(low));
        format!(
            "<rect class=\"band\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            self.left,
            self.width,
            bottom - top
        )
    }
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

/// Pixels of the widest chart.
const PIXELS_MAX: usize = 800;
