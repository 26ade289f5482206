//! Times between which the answer rate is the same, found where it steps by more than chance.

use std::ops::Range;

/// Attempts and answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) attempts: f64,
    pub(super) answered: f64,
}

impl Tally {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            attempts: self.attempts + other.attempts,
            answered: self.answered + other.answered,
        }
    }

    /// Answered ÷ attempts, never 0 or 1: a half of each is added.
    pub(super) fn share(self) -> f64 {
        (self.answered + 0.5) / (self.attempts + 1.0)
    }

    /// Log-likelihood of the answers at their own share.
    fn log_likelihood(self) -> f64 {
        let share = self.share();
        self.answered * libm::log(share) + (self.attempts - self.answered) * libm::log(1.0 - share)
    }
}

/// Runs of parts with one share each, in order: the parts are cut in two where that explains most, as
/// long as it explains more than chance would (binary segmentation, Scott and Knott 1974).
pub(super) fn segments(parts: &[Tally]) -> Vec<Range<usize>> {
    let mut sums = vec![Tally::default()];
    for part in parts {
        let last = sums.last().copied().unwrap_or_default();
        sums.push(last.plus(*part));
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of parts")]
    let needed = 2.0 * libm::log(parts.len().max(1) as f64) + EVIDENCE_MIN;
    let mut found = Vec::new();
    let mut left: Vec<Range<usize>> = Vec::from([Range {
        start: 0,
        end: parts.len(),
    }]);
    while let Some(range) = left.pop() {
        match best_cut(&sums, &range).filter(|(gain, _)| *gain > needed) {
            Some((_, cut)) => {
                left.push(cut..range.end);
                left.push(range.start..cut);
            }
            None => found.push(range),
        }
    }
    found
}

fn best_cut(sums: &[Tally], range: &Range<usize>) -> Option<(f64, usize)> {
    let between = |from: usize, to: usize| {
        let (from, to) = (sums.get(from)?, sums.get(to)?);
        Some(Tally {
            attempts: to.attempts - from.attempts,
            answered: to.answered - from.answered,
        })
    };
    let whole = between(range.start, range.end)?.log_likelihood();
    let cuts = (range.start + PARTS_MIN)..(range.end + 1).saturating_sub(PARTS_MIN);
    let gain = |cut: usize| {
        let before = between(range.start, cut)?.log_likelihood();
        let after = between(cut, range.end)?.log_likelihood();
        Some((2.0 * (before + after - whole), cut))
    };
    cuts.filter_map(gain).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Twice the log-likelihood that a cut has to explain, besides the choice among all cuts.
const EVIDENCE_MIN: f64 = 4.0;
/// Parts of five minutes that a run has at least.
const PARTS_MIN: usize = 3;
