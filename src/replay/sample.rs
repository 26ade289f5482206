//! The sample that the pacer would have seen at a row.

use crate::base::units::UnixMillis;
use crate::history::{AvailableAgents, HistoryPoll};
use crate::pacing::{Abandonment, Limits, Sample, Window};

/// The sample of a poll. A row that has only the window's mean refills the window with samples of
/// whole agents whose mean comes nearest to it.
pub(super) fn from_poll(
    poll: HistoryPoll,
    at: UnixMillis,
    limits: &Limits,
    window: &mut Window,
) -> Sample {
    let sample = |available_agents| Sample {
        at,
        available_agents,
        answer_rate: poll.answer_rate,
        traffic: poll.traffic,
        abandonment: Abandonment::default(),
    };
    let mean = match poll.available {
        AvailableAgents::Count(agents) => return sample(agents),
        AvailableAgents::WindowMean(mean) => mean,
    };
    let capacity = limits.window;
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
    *window = Window::default();
    let mut last = sample(0);
    for place in 0..samples {
        let agents = if f64::from(place) < with_one_more {
            each + 1.0
        } else {
            each
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and from 0 to the mean, which is below 2³²"
        )]
        let next = sample(agents as u32);
        // The pacer admits the last one itself.
        if place > 0 {
            window.admit(last, capacity);
        }
        last = next;
    }
    last
}
