//! What a pacer has seen and done, which its next rate may follow.

/// What a pacer has seen and done in the last polls.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    available: Vec<f64>,
    rates: Vec<f64>,
}

impl Seen {
    pub(super) fn see(&mut self, available: f64) {
        push(&mut self.available, available, LAST_POLLS);
    }

    pub(super) fn dial(&mut self, rate: f64) {
        push(&mut self.rates, rate, LAST_RATES);
    }

    /// The available agents now and at the polls before, their mean, and the rates before.
    pub(super) fn causes(&self) -> Option<[f64; CAUSES]> {
        let available = |back: usize| {
            let place = self.available.len().checked_sub(back + 1)?;
            self.available.get(place).copied()
        };
        let [before, last] = match self.rates.as_slice() {
            [before, last] => [*before, *last],
            _ => return None,
        };
        let now = available(0)?;
        Some([
            now,
            available(1).unwrap_or(now),
            mean(self.available.iter()),
            last,
            before,
        ])
    }
}

/// The mean of values; 0 of none.
pub(super) fn mean<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / f64::max(count, 1.0)
}

fn push(values: &mut Vec<f64>, value: f64, most: usize) {
    values.push(value);
    if values.len() > most {
        values.remove(0);
    }
}

/// Polls whose mean a pacer may follow: the default window.
const LAST_POLLS: usize = 6;
/// Rates whose calls may still ring.
const LAST_RATES: usize = 2;
/// The available agents now, before, and in the mean; the last two rates.
pub(super) const CAUSES: usize = 5;
