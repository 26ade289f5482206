//! Calling hours in the pure pacer, against a second computation in whole minutes with the clock
//! changes of 2026 written down by hand.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

use std::time::Duration;

use dialpace::base::units::UnixMillis;
use dialpace::pacing::{
    Abandonment, Action, Actuator, CallingHours, CappedWindow, DayWindow, Guards, Limits,
    OutsideHours, Pacer, PacerState, Policy, Predictive, Ratio, RatioLever, RatioSettings, Reason,
    Sample, Setpoint, Traffic, Unit, Weekdays,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const INTERVAL: i64 = 30;
/// Seconds from a poll until what it decides holds.
const POLL_TAKES: i64 = 8;

/// A zone, its standard and its summer time in minutes east of UTC, and when the latter begins and
/// ends in 2026, in UTC. In the south it ends first.
struct Zone {
    name: &'static str,
    standard: i64,
    summer: i64,
    begins: &'static str,
    ends: &'static str,
}

const ZONES: [Zone; 5] = [
    Zone {
        name: "America/New_York",
        standard: -300,
        summer: -240,
        begins: "2026-03-08T07:00:00Z",
        ends: "2026-11-01T06:00:00Z",
    },
    Zone {
        name: "Europe/London",
        standard: 0,
        summer: 60,
        begins: "2026-03-29T01:00:00Z",
        ends: "2026-10-25T01:00:00Z",
    },
    Zone {
        name: "Australia/Sydney",
        standard: 600,
        summer: 660,
        begins: "2026-10-03T16:00:00Z",
        ends: "2026-04-04T16:00:00Z",
    },
    Zone {
        name: "Australia/Lord_Howe",
        standard: 630,
        summer: 660,
        begins: "2026-10-03T15:30:00Z",
        ends: "2026-04-04T15:00:00Z",
    },
    Zone {
        name: "Asia/Kolkata",
        standard: 330,
        summer: 330,
        begins: "2026-03-08T07:00:00Z",
        ends: "2026-11-01T06:00:00Z",
    },
];

impl Zone {
    fn minutes_east(&self, utc_secs: i64) -> i64 {
        let (begins, ends) = (secs(self.begins), secs(self.ends));
        let is_summer = if begins < ends {
            (begins..ends).contains(&utc_secs)
        } else {
            !(ends..begins).contains(&utc_secs)
        };
        if is_summer {
            self.summer
        } else {
            self.standard
        }
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(self.name).unwrap()
    }
}

fn secs(utc: &str) -> i64 {
    utc.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// Windows as (days from Monday, first minute, minute of the end).
type Window = (Vec<usize>, u16, u16);

fn window((days, from, to): &Window) -> DayWindow {
    let none = Weekdays { days: [false; 7] };
    DayWindow {
        days: days.iter().fold(none, |days, day| days.and(*day)),
        from: *from,
        to: *to,
    }
}

fn hours(zone: &Zone, windows: &[Window], closed: &[i64]) -> CallingHours {
    let date = |day: &i64| {
        let at = jiff::Timestamp::from_second(day * DAY).unwrap();
        at.to_zoned(TimeZone::UTC).date()
    };
    CallingHours {
        zone: zone.zone(),
        windows: windows.iter().map(window).collect(),
        closed_days: closed.iter().map(date).collect::<Vec<Date>>(),
        caps: Vec::new(),
        interval: Duration::from_secs(INTERVAL.unsigned_abs()),
        outside: OutsideHours::Minimum,
    }
}

/// The second computation: the minutes of each window that begins on the last two days, one by one.
fn is_open(zone: &Zone, windows: &[Window], closed: &[i64], utc_secs: i64) -> bool {
    let local_minute = utc_secs.div_euclid(MINUTE) + zone.minutes_east(utc_secs);
    let today = local_minute.div_euclid(24 * 60);
    [today - 1, today].iter().any(|day| {
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap();
        let begins = |it: &&Window| it.0.contains(&weekday) && !closed.contains(day);
        windows.iter().filter(begins).any(|(_, from, to)| {
            let length = if to > from {
                to - from
            } else {
                to + 1440 - from
            };
            let begin = day * 1440 + i64::from(*from);
            (0..i64::from(length)).any(|minute| begin + minute == local_minute)
        })
    })
}

/// True where every moment from `utc_secs` until the next poll has had its effect is open. The state
/// changes at whole minutes only.
fn stays_open(zone: &Zone, windows: &[Window], closed: &[i64], utc_secs: i64) -> bool {
    let last = utc_secs + INTERVAL + POLL_TAKES;
    let minutes = (utc_secs.div_euclid(MINUTE) + 1)..=last.div_euclid(MINUTE);
    let at = |utc_secs| is_open(zone, windows, closed, utc_secs);
    at(utc_secs) && minutes.map(|minute| minute * MINUTE).all(at)
}

/// Office hours, a window in the hour that is skipped and repeated, one that spans it over midnight,
/// and the whole of two days.
fn schedules() -> Vec<Vec<Window>> {
    let all: Vec<usize> = (0..7).collect();
    vec![
        vec![(vec![0, 1, 2, 3, 4], 540, 1200), (vec![5], 600, 960)],
        vec![(all.clone(), 90, 135)],
        vec![(all.clone(), 130, 170), (all.clone(), 65, 70)],
        vec![(vec![5, 6], 22 * 60, 150)],
        vec![(vec![5, 0], 0, 1440)],
        vec![(all, 180, 120)],
    ]
}

#[test]
fn every_moment_around_every_clock_change_is_as_counted_by_minutes() {
    let mut changes = 0;
    for zone in &ZONES {
        for change in [zone.begins, zone.ends] {
            let middle = secs(change);
            let sunday = (middle + zone.minutes_east(middle) * MINUTE).div_euclid(DAY);
            for windows in schedules() {
                for closed in [vec![], vec![sunday], vec![sunday - 1]] {
                    let hours = hours(zone, &windows, &closed);
                    let mut open_secs = 0;
                    for minute in -1_500..1_500 {
                        let at = middle + minute * MINUTE;
                        let expected = is_open(zone, &windows, &closed, at);
                        open_secs += if expected { MINUTE } else { 0 };
                        for second in [0, 59] {
                            let now = UnixMillis((at + second) * 1_000 + 999);
                            assert_eq!(hours.is_inside(now), expected, "{} {now:?}", zone.name);
                        }
                        changes += 1;
                    }
                    let ends = [-1_500, 1_500].map(|it| UnixMillis((middle + it * MINUTE) * 1_000));
                    let open = hours.open_time(ends[0], ends[1]);
                    assert_eq!(open.as_secs(), u64::try_from(open_secs).unwrap());
                }
            }
        }
    }
    assert_eq!(changes, 5 * 2 * 6 * 3 * 3_000);
}

/// Every 10 s, before, during and after: 0 whenever a call could be placed outside.
#[test]
fn the_rate_is_0_before_the_end_and_until_the_begin() {
    for zone in &ZONES[..3] {
        for change in [zone.begins, zone.ends] {
            for windows in schedules() {
                let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
                let pacer = pacer.keeping(hours(zone, &windows, &[]));
                let mut state = PacerState::at_standstill();
                for step in -4_000..4_000 {
                    let at = secs(change) + step * 10;
                    let now = UnixMillis(at * 1_000);
                    // Every third poll fails.
                    let poll = (step % 3 != 0).then(|| sample(40, now));
                    let decision = pacer.step(&mut state, poll, now);
                    let is_open = stays_open(zone, &windows, &[], at);
                    let is_outside = decision.reason == Reason::OutsideHours;
                    assert_eq!(is_outside, !is_open, "{} {at}: {decision}", zone.name);
                    if is_outside {
                        assert_eq!(decision.setpoint, Some(Setpoint::Stopped));
                    } else if poll.is_some() {
                        assert_eq!(decision.setpoint, Some(Setpoint::at(34)));
                    }
                    state.applied = decision.setpoint;
                }
            }
        }
    }
}

fn sample(agents: u32, at: UnixMillis) -> Sample {
    Sample {
        at,
        available_agents: agents,
        answer_rate: Ratio::new(0.75),
        traffic: Traffic::default(),
        abandonment: Abandonment::default(),
    }
}

const OFFICE: fn() -> Vec<Window> = || vec![(vec![0, 1, 2, 3, 4], 540, 1200)];

#[test]
fn the_sentence_says_when_they_begin_or_end() {
    let zone = &ZONES[0];
    let christmas = secs("2026-12-25T00:00:00Z") / DAY;
    let new_year: Vec<i64> = (christmas..christmas + 14).collect();
    let says = |closed: &[i64], utc: &str| {
        let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
        let pacer = pacer.keeping(hours(zone, &OFFICE(), closed));
        let now = UnixMillis(secs(utc) * 1_000);
        let mut state = PacerState::at_standstill();
        pacer
            .step(&mut state, Some(sample(40, now)), now)
            .to_string()
    };
    let cases: [(&[i64], &str, &str); 6] = [
        (
            &[],
            "2026-03-07T12:00:00Z",
            "outside calling hours until Mon 09:00 America/New_York",
        ),
        // Summer time begins on the Sunday between.
        (
            &[],
            "2026-03-09T12:59:59Z",
            "outside calling hours until Mon 09:00 America/New_York",
        ),
        (
            &[],
            "2026-03-09T23:59:30Z",
            "calling hours end at Mon 20:00 America/New_York, too soon for the next poll",
        ),
        (
            &[],
            "2026-03-10T00:00:00Z",
            "outside calling hours until Tue 09:00 America/New_York",
        ),
        (
            &[christmas],
            "2026-12-25T15:00:00Z",
            "outside calling hours until Mon 09:00 America/New_York",
        ),
        (
            &new_year,
            "2026-12-25T15:00:00Z",
            "outside calling hours until Fri 2027-01-08 09:00 America/New_York",
        ),
    ];
    for (closed, utc, expected) in cases {
        assert_eq!(says(closed, utc), expected, "{utc}");
    }
    assert!(says(&[], "2026-03-09T13:00:00Z").starts_with("target 34"));
}

#[test]
fn an_unknown_rate_is_stopped_even_without_a_poll_and_a_failed_poll_lowers() {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let pacer = pacer.keeping(hours(&ZONES[0], &OFFICE(), &[]));
    let now = UnixMillis(secs("2026-03-08T12:00:00Z") * 1_000);
    for applied in [None, Some(Setpoint::at(34))] {
        let mut state = PacerState {
            applied,
            ..PacerState::default()
        };
        let decision = pacer.step(&mut state, None, now);
        assert_eq!(
            (decision.action, decision.order()),
            (Action::Stop, Some(Setpoint::Stopped))
        );
    }
    let mut state = PacerState::at_standstill();
    let decision = pacer.step(&mut state, None, now);
    assert_eq!(
        (decision.action, decision.reason),
        (Action::Hold, Reason::OutsideHours)
    );
}

#[test]
fn a_dialer_that_dials_by_itself_has_its_lowest_ratio_or_is_stopped() {
    let limits = Limits {
        actuator: Actuator::calls_per_agent(100, 300),
        ..Limits::default()
    };
    let fixed = Policy::Fixed {
        unit: Unit::CallsPerAgent,
        setpoint: Setpoint::at(300),
    };
    let now = UnixMillis(secs("2026-03-08T12:00:00Z") * 1_000);
    for (outside, applied, poll, expected) in [
        (OutsideHours::Minimum, Some(300), true, Some(100)),
        (OutsideHours::Minimum, Some(300), false, Some(100)),
        (OutsideHours::Minimum, Some(100), true, None),
        (OutsideHours::Minimum, Some(0), true, None),
        (OutsideHours::Minimum, None, true, Some(100)),
        // Nothing is known that could be lowered.
        (OutsideHours::Minimum, None, false, None),
        (OutsideHours::Stop, Some(300), true, Some(0)),
        (OutsideHours::Stop, Some(100), false, Some(0)),
        (OutsideHours::Stop, None, false, Some(0)),
        (OutsideHours::Stop, Some(0), true, None),
    ] {
        let hours = CallingHours {
            outside,
            ..hours(&ZONES[0], &OFFICE(), &[])
        };
        let pacer = Pacer::new(limits.clone(), fixed).unwrap().keeping(hours);
        let applied = applied.map(Setpoint::at);
        let mut state = PacerState {
            applied,
            ..PacerState::default()
        };
        let poll = poll.then(|| sample(5, now));
        let decision = pacer.step(&mut state, poll, now);
        assert_eq!(
            decision.order(),
            expected.map(Setpoint::at),
            "{outside:?} {applied:?}"
        );
        assert_eq!(decision.reason, Reason::OutsideHours);
    }
}

/// A highest rate holds from before its window begins until after it ends, below the minimum too, and
/// of two the lower one.
#[test]
fn a_window_has_a_highest_rate_of_its_own() {
    let all: Vec<usize> = (0..7).collect();
    let cap = |from, to, rate| CappedWindow {
        window: window(&(all.clone(), from, to)),
        max_dial_rate: Some(Setpoint::at(rate)),
        max_ratio: Some(Setpoint::at(100)),
    };
    let hours = CallingHours {
        caps: vec![cap(600, 660, 20), cap(630, 690, 5)],
        ..hours(&ZONES[0], &OFFICE(), &[])
    };
    let pacer = Pacer::new(Limits::default(), Policy::Capacity)
        .unwrap()
        .keeping(hours);
    for (utc, expected) in [
        ("2026-03-09T13:59:00Z", 34),
        ("2026-03-09T13:59:30Z", 20),
        ("2026-03-09T14:00:00Z", 20),
        ("2026-03-09T14:29:21Z", 20),
        ("2026-03-09T14:29:22Z", 5),
        ("2026-03-09T15:29:59Z", 5),
        ("2026-03-09T15:30:00Z", 34),
    ] {
        let now = UnixMillis(secs(utc) * 1_000);
        let mut state = PacerState::at_standstill();
        let decision = pacer.step(&mut state, Some(sample(40, now)), now);
        assert_eq!(decision.dial_rate(), expected, "{utc}");
        let mut state = PacerState {
            applied: Some(Setpoint::at(34)),
            ..PacerState::default()
        };
        let blind = pacer.step(&mut state, None, now);
        assert_eq!(blind.dial_rate(), expected.min(34), "{utc}, without a poll");
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(20_261_129),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn policies() -> [(Unit, Policy); 7] {
    let interval = Duration::from_secs(INTERVAL.unsigned_abs());
    let (abandonment_limit, handle_time) = (Ratio::new(0.03).unwrap(), Duration::from_secs(180));
    let predictive = |front_load| {
        Policy::Predictive(Predictive {
            interval,
            abandonment_limit,
            logged_in_agents: Some(40),
            handle_time,
            front_load,
        })
    };
    let ratio = Policy::Ratio(RatioSettings {
        interval,
        abandonment_limit,
        handle_time,
        lever: RatioLever::Real,
        raise_dwell: interval,
        writes_per_hour: 60,
    });
    let fixed = |unit| Policy::Fixed {
        unit,
        setpoint: Setpoint::at(200),
    };
    [
        (Unit::CallsPerMinute, Policy::Capacity),
        (Unit::CallsPerMinute, Policy::Compensated),
        (Unit::CallsPerMinute, predictive(false)),
        (Unit::CallsPerMinute, predictive(true)),
        (Unit::CallsPerMinute, fixed(Unit::CallsPerMinute)),
        (Unit::CallsPerAgent, ratio),
        (Unit::CallsPerAgent, fixed(Unit::CallsPerAgent)),
    ]
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let one = (
        proptest::collection::vec(0..7_usize, 1..4),
        0..1440_u16,
        1..=1440_u16,
    );
    let one = one.prop_filter("not empty", |(_, from, to)| from != to);
    proptest::collection::vec(one, 1..4)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_dialed_outside_whatever_the_policy_sees(
        zone in 0..ZONES.len(), windows in windows(), which in 0..7_usize, stops: bool, recovering: bool,
        start in proptest::option::of(0..300_u32), from in 0..364 * DAY, closed in 0..364_i64,
        cycles in proptest::collection::vec((proptest::option::weighted(0.7, (0..300_u32, proptest::option::of(0.0..=1.0_f64), 0..300_u32)), 15..4_000_i64, any::<bool>()), 1..60),
    ) {
        let zone = &ZONES[zone];
        let new_year = secs("2026-01-02T00:00:00Z");
        let closed = [new_year / DAY + closed];
        let (unit, policy) = policies()[which];
        let limits = Limits {
            actuator: Actuator { unit, min: Setpoint::at(100), max: Setpoint::at(300) },
            guards: Guards { max_sample_age: Some(Duration::from_secs(360)), stop_without_agents: true, safe: Some(Setpoint::at(150)) },
            ..Limits::default()
        };
        let outside = if stops { OutsideHours::Stop } else { OutsideHours::Minimum };
        let hours = CallingHours { outside, ..hours(zone, &windows, &closed) };
        let pacer = Pacer::new(limits, policy).unwrap().keeping(hours);
        let mut state = PacerState { applied: start.map(Setpoint::at), recovering, ..PacerState::default() };
        let mut at = new_year + from;
        for (poll, gap, applied) in cycles {
            at += gap;
            let now = UnixMillis(at * 1_000);
            let poll = poll.map(|(agents, rate, calls)| Sample {
                answer_rate: rate.and_then(Ratio::new),
                traffic: Traffic { attempts: Some(300), answered: Some(calls), logged_in: Some(agents), ..Traffic::default() },
                ..sample(agents, now)
            });
            let before = state.applied;
            let decision = pacer.step(&mut state, poll, now);
            if stays_open(zone, &windows, &closed, at) {
                prop_assert!(decision.reason != Reason::OutsideHours);
            } else {
                prop_assert_eq!(decision.reason, Reason::OutsideHours);
                prop_assert_eq!(decision.burst, None);
                let lowest = if unit == Unit::CallsPerAgent && !stops { 100 } else { 0 };
                // What is unknown and cannot be seen stays, on a dialer that is not to be stopped.
                prop_assert!(decision.setpoint.map_or(lowest > 0 && before.is_none(), |it| it <= Setpoint::at(lowest)));
                prop_assert!(before.is_none() || decision.setpoint <= before, "raised outside");
            }
            if decision.order().is_some() && applied {
                state.applied = decision.setpoint;
                state.burst = decision.burst;
            }
        }
    }
}
