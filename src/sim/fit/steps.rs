//! A series as steps: runs of one level each.

use std::ops::Range;

use super::observation::median;

/// The runs of `values` that leave the least squares, each change at a price (Jackson and others 2005,
/// optimal partitioning). Each run has the median of its values.
pub(super) fn steps(values: &[f64], noise_min: f64) -> Vec<(Range<usize>, f64)> {
    let mut sums = vec![(0.0, 0.0)];
    for value in values {
        let (sum, squares) = sums.last().copied().unwrap_or_default();
        sums.push((sum + value, squares + value * value));
    }
    let cost = |from: usize, to: usize| match (sums.get(from), sums.get(to)) {
        (Some((sum, squares)), Some((sum_to, squares_to))) => {
            let (sum, count) = (sum_to - sum, float(to - from));
            (squares_to - squares - sum * sum / count).max(0.0)
        }
        _ => 0.0,
    };
    let price = price(values, noise_min);
    // The least cost of the first n values, and the start of their last run.
    let mut best: Vec<(f64, usize)> = vec![(-price, 0)];
    for to in 1..=values.len() {
        let of = |from: usize| {
            let before = best.get(from).map_or(0.0, |(cost, _)| *cost);
            (before + cost(from, to) + price, from)
        };
        let least = (0..to).map(of).min_by(|a, b| a.0.total_cmp(&b.0));
        best.push(least.unwrap_or((0.0, 0)));
    }
    let mut runs = Vec::new();
    let mut to = values.len();
    while to > 0 {
        let from = best.get(to).map_or(0, |(_, from)| *from);
        let mut run = values.get(from..to).unwrap_or_default().to_vec();
        runs.push((from..to, median(&mut run).unwrap_or(0.0)));
        to = from;
    }
    runs.reverse();
    for place in 1..runs.len() {
        begin_falls_earlier(&mut runs, place, values);
    }
    end_falls_at_once(&mut runs);
    runs
}

/// A short run on the way down belongs to the level that it leads to.
fn end_falls_at_once(runs: &mut Vec<(Range<usize>, f64)>) {
    let mut place = 1;
    while place + 1 < runs.len() {
        let is_on_the_way = match runs.get(place - 1..=place + 1) {
            Some([(_, before), (run, level), (_, after)]) => {
                run.len() <= FALL_MAX && before > level && level > after
            }
            _ => false,
        };
        if is_on_the_way {
            let (run, _) = runs.remove(place);
            if let Some((next, _)) = runs.get_mut(place) {
                next.start = run.start;
            }
        } else {
            place += 1;
        }
    }
}

/// Agents who are busy when a shift ends log out one by one: a fall begins where the values leave the
/// level before.
fn begin_falls_earlier(runs: &mut [(Range<usize>, f64)], place: usize, values: &[f64]) {
    if let Some([(before, high), (run, low)]) = runs.get_mut(place - 1..=place) {
        let left = |value: &f64| *value < *high - 0.15 * (*high - *low);
        while before.len() > 1 && *low < *high && values.get(before.end - 1).is_some_and(left) {
            before.end -= 1;
            run.start -= 1;
        }
    }
}

/// What a change has to explain: more than the unrest from one value to the next would.
fn price(values: &[f64], noise_min: f64) -> f64 {
    let moved = |pair: &[f64]| match pair {
        [a, b] if (*a - *b).abs() > 0.0 => Some((a - b).abs()),
        _ => None,
    };
    let changes: Vec<f64> = values.windows(2).filter_map(moved).collect();
    let share = float(changes.len()) / float(values.len().max(1));
    let mut changes = changes;
    let typical = median(&mut changes).unwrap_or(0.0) * share.min(0.5) * 2.0;
    let noise = (typical * typical / 2.0).max(noise_min);
    3.0 * libm::log(float(values.len().max(2))) * noise
}

#[expect(clippy::cast_precision_loss, reason = "counts of parts of days")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Parts of five minutes in which the last calls of a shift end.
const FALL_MAX: usize = 4;
