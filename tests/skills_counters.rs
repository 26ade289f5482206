//! Cumulative counts as rates: tables of summaries, and what each says.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should fail; its figures are exact"
)]

use dialpace::base::units::UnixMillis;
use dialpace::platform::skills::counters::{Basis, Counters, Step};
use dialpace::platform::skills::summary::Totals;

fn totals(dials: u32, connects: u32, abandons: u32) -> Totals {
    Totals {
        dials,
        connects,
        abandons,
    }
}

fn at(secs: i64) -> UnixMillis {
    UnixMillis(secs * 1_000)
}

/// What each summary says, and the rates after the last.
fn run(summaries: &[(i64, Totals)]) -> (Vec<Step>, Counters) {
    let mut counters = Counters::new("4711 v30", at(0));
    let steps = summaries
        .iter()
        .map(|(secs, totals)| counters.take(at(*secs), *totals));
    (steps.collect(), counters)
}

#[test]
fn the_golden_poll_gives_its_rates() {
    let (steps, counters) = run(&[(60, totals(3310, 994, 14)), (120, totals(3370, 1012, 15))]);
    assert_eq!(steps, [Step::Baseline, Step::Since(totals(60, 18, 1))]);
    let rates = counters.rates();
    assert_eq!(rates.answer_rate.unwrap().value(), 18.0 / 60.0);
    assert_eq!(rates.abandonment.unwrap().value(), 15.0 / 1012.0);
    assert_eq!(rates.basis, Basis::Epoch);
}

#[test]
fn a_window_with_too_few_calls_has_no_rate() {
    for (dials, connects, is_known) in
        [(20, 5, true), (19, 5, false), (20, 4, false), (0, 0, false)]
    {
        let (_, counters) = run(&[
            (0, totals(10, 2, 0)),
            (60, totals(10 + dials, 2 + connects, 0)),
        ]);
        assert_eq!(
            counters.rates().answer_rate.is_some(),
            is_known,
            "{dials} {connects}"
        );
        assert_eq!(counters.rates().basis, Basis::None);
    }
    let (_, counters) = run(&[(0, totals(10, 2, 0)), (60, totals(400, 102, 3))]);
    assert_eq!(counters.rates().basis, Basis::Measured);
    assert_eq!(counters.rates().abandonment.unwrap().value(), 0.03);
}

#[test]
fn a_count_that_goes_back_begins_the_window_anew() {
    for back in [totals(99, 50, 5), totals(200, 49, 5), totals(200, 60, 4)] {
        let (steps, counters) = run(&[(0, totals(100, 50, 5)), (60, back)]);
        assert_eq!(steps.last(), Some(&Step::Correction));
        assert_eq!(counters.corrections, 1);
        assert_eq!(
            counters.rates().answer_rate,
            None,
            "nothing since the correction"
        );
        assert_eq!(counters.marks.len(), 1);
    }
}

#[test]
fn the_window_is_ten_minutes_long() {
    let minutes = |last: i64| -> Vec<(i64, Totals)> {
        (0..=last)
            .map(|minute| {
                let calls = u32::try_from(minute).unwrap() * 10;
                // Half of the calls are answered, from the minute 20 on all.
                let answered = if minute <= 20 {
                    calls / 2
                } else {
                    100 + (calls - 200)
                };
                (minute * 60, totals(calls, answered, 0))
            })
            .collect()
    };
    assert_eq!(
        run(&minutes(20)).1.rates().answer_rate.unwrap().value(),
        0.5
    );
    assert_eq!(
        run(&minutes(30)).1.rates().answer_rate.unwrap().value(),
        1.0
    );
    assert!(
        run(&minutes(60)).1.marks.len() <= 12,
        "older summaries are dropped"
    );
}

#[test]
fn an_answer_rate_never_leaves_its_range() {
    let (_, counters) = run(&[(0, totals(0, 0, 0)), (60, totals(40, 44, 60))]);
    assert_eq!(counters.rates().answer_rate.unwrap().value(), 1.0);
}

/// Counts of one range may grow while they come in late; an end before the last one says nothing.
#[test]
fn the_same_end_twice_tells_what_came_late() {
    let (steps, counters) = run(&[
        (60, totals(10, 5, 0)),
        (60, totals(50, 25, 0)),
        (30, totals(90, 45, 0)),
    ]);
    assert_eq!(
        steps[1..],
        [
            Step::Since(totals(40, 20, 0)),
            Step::Since(Totals::default())
        ]
    );
    assert_eq!(counters.marks.len(), 2);
}

#[test]
fn a_new_epoch_keeps_the_last_difference() {
    let (_, mut counters) = run(&[(0, totals(100, 50, 5)), (60, totals(130, 60, 5))]);
    let step = counters.roll_over(at(3_600), at(120), Some(totals(150, 66, 6)));
    assert_eq!(step, Step::Since(totals(20, 6, 1)));
    assert_eq!(counters.take(at(130), totals(3, 1, 0)), Step::Baseline);
    assert_eq!(counters.rates().answer_rate, None);
}

#[test]
fn results_once_in_a_quarter_are_noticed() {
    let mut batched = Counters::new("4711 v30", at(0));
    let mut steady = Counters::new("4711 v30", at(0));
    for minute in 0..60 {
        let calls = |minutes: i64| u32::try_from(minutes).unwrap() * 30;
        batched.take(at(minute * 60), totals(calls(minute / 15 * 15), 0, 0));
        steady.take(at(minute * 60), totals(calls(minute), 0, 0));
        assert_eq!(batched.is_batched(), minute >= 45, "{minute}");
        assert!(!steady.is_batched());
    }
    assert!(batched.marks.len() > 15, "the window is longer");
}
