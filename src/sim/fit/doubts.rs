//! Counts that cannot be what their columns say.

use super::observation::{Counts, Prepared};

/// What makes the counts of a history doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Fewer agents are logged in than available, in most rows with available agents.
    FewerLoggedInThanAvailable,
    /// The available agents are the same in every row.
    AvailableNeverChanges,
}

/// The doubts about the counts of `history`.
pub(super) fn doubts(history: &Prepared) -> Vec<Doubt> {
    let counts: Vec<Counts> = history.rows.iter().filter_map(|row| row.counts).collect();
    let with_available = || counts.iter().filter(|counts| counts.available > 0.0);
    let is_below = |counts: &&Counts| counts.logged_in.is_some_and(|all| all < counts.available);
    let below = with_available().filter(is_below).count();
    let changes = counts.windows(2).any(|pair| match pair {
        [before, after] => (after.available - before.available).abs() > 0.0,
        _ => false,
    });
    [
        (
            2 * below > with_available().count(),
            Doubt::FewerLoggedInThanAvailable,
        ),
        (!changes, Doubt::AvailableNeverChanges),
    ]
    .into_iter()
    .filter_map(|(is_so, doubt)| is_so.then_some(doubt))
    .collect()
}
