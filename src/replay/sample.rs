//! The sample that the pacer would have seen at a row.

use crate::base::units::UnixMillis;
use crate::history::{AvailableAgents, HistoryPoll};
use crate::pacing::{Abandonment, Limits, Sample, Window};

/// The sample of a poll. A row that has only the window's mean refills the window with samples of
/// whole agents whose mean comes nearest to it.
#[inline]
pub(super) fn from_poll(
    poll: &HistoryPoll,
    at: UnixMillis,
    limits: &Limits,
    window: &mut Window,
) -> Sample {
    let mut sample = Sample {
        at,
        available_agents: 0,
        answer_rate: poll.answer_rate,
        traffic: poll.traffic,
        abandonment: Abandonment::default(),
    };
    sample.available_agents = match poll.available {
        AvailableAgents::Count(agents) => agents,
        AvailableAgents::WindowMean(mean) => refill(window, limits.window, mean, sample),
    };
    sample
}

/// Refills a window with samples that are like one, all but the last, and returns the agents of that.
fn refill(window: &mut Window, capacity: usize, mean: f64, like: Sample) -> u32 {
    let samples_max = u32::try_from(capacity).unwrap_or(u32::MAX);
    let sum_of = |samples: u32| (mean * f64::from(samples)).round();
    // A new window is not full yet. The mean can only be that of a number of samples at which the
    // sum of agents is whole; the largest such number is taken.
    let is_whole = |samples: &u32| (sum_of(*samples) / f64::from(*samples) - mean).abs() < 1e-9;
    let samples = (1..=samples_max).rev().find(is_whole);
    let samples = samples.unwrap_or(samples_max);
    let sum = sum_of(samples);
    let each = (sum / f64::from(samples)).floor();
    // So many samples get one agent more, to make up the sum.
    let with_one_more = sum - each * f64::from(samples);
    let agents_at = |place: u32| {
        let is_one_more = f64::from(place) < with_one_more;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and from 0 to the mean, which is below 2³²"
        )]
        let agents = (each + f64::from(u8::from(is_one_more))) as u32;
        agents
    };
    *window = Window::default();
    // The pacer admits the last one itself.
    for place in 0..samples - 1 {
        let available_agents = agents_at(place);
        let sample = Sample {
            available_agents,
            ..like
        };
        window.admit(sample, capacity);
    }
    agents_at(samples - 1)
}
