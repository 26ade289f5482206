//! The pure pacer: text tables, expected result last, and an independent statement of the rule.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail; tables are long"
)]

use std::fmt::Write;
use std::time::Duration;

use dialpace::base::units::UnixMillis;
use dialpace::pacing::{
    Abandonment, Actuator, Guards, Limits, Pacer, PacerState, Policy, Ratio, Reason, Sample,
    Setpoint, Traffic, Unit,
};

/// Runs a table of polls, one per 30 s unless a line begins with its own second, through a pacer.
/// A line is `[second:] agents answer-rate -> action rate mean`, or `- -> …` for a failed poll; a
/// rate that is to be sent is applied, unless the line ends in `!`.
#[track_caller]
fn check(pacer: &Pacer, state: &mut PacerState, table: &str) {
    let (mut wanted, mut found) = (String::new(), String::new());
    let mut second = 0;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (input, _) = line.split_once("->").unwrap();
        let (time, poll) = input.split_once(':').unwrap_or(("", input));
        second = time.trim().parse().unwrap_or(second);
        let now = UnixMillis(second * 1_000);
        let mut fields = poll.split_whitespace();
        let sample = fields
            .next()
            .unwrap()
            .parse()
            .ok()
            .map(|available_agents| Sample {
                at: now,
                available_agents,
                answer_rate: fields
                    .next()
                    .and_then(|rate| Ratio::new(rate.parse().unwrap())),
                traffic: Traffic::default(),
                abandonment: Abandonment::default(),
            });
        let decision = pacer.step(state, sample, now);
        let mean = match decision.evidence.available_mean {
            Some(mean) => format!("{mean:.2}"),
            None => "-".to_owned(),
        };
        let fails = if line.ends_with('!') { " !" } else { "" };
        writeln!(
            wanted,
            "{}",
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        )
        .unwrap();
        let input = input.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(
            found,
            "{input} -> {} {} {mean}{fails}",
            decision.action,
            decision.dial_rate()
        )
        .unwrap();
        if decision.order().is_some() && fails.is_empty() {
            state.applied = decision.setpoint;
        }
        second += 30;
    }
    assert_eq!(found, wanted, "(found left, wanted right)");
}

fn capacity() -> Pacer {
    Pacer::new(Limits::default(), Policy::Capacity).unwrap()
}

#[test]
fn capacity_on_the_contracts_known_numbers() {
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        40 0.7724 -> adjusted  34 40.00
        40 0.7724 -> held      34 40.00
        40 0.7724 -> held      34 40.00
        40 0.7724 -> held      34 40.00
        40 0.7724 -> held      34 40.00
        40 0.7724 -> held      34 40.00
    ",
    );
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        3   0.75 -> adjusted  10  3.00
    ",
    );
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        200 0.75 -> adjusted 100 200.00
    ",
    );
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        10 0.75 -> adjusted 10 10.00
        20 0.75 -> adjusted 12 15.00
        30 0.75 -> adjusted 17 20.00
        40 0.75 -> adjusted 21 25.00
        50 0.75 -> adjusted 25 30.00
        60 0.75 -> adjusted 29 35.00
        70 0.75 -> adjusted 38 45.00
    ",
    );
}

#[test]
fn the_gate_sends_outside_the_band_even_an_unchanged_rate() {
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        40 0.75   -> adjusted 34 40.00
        40 0.7999 -> held     34 40.00
        40 0.81   -> adjusted 34 40.00
        40 0.6999 -> adjusted 34 40.00
        40 0.71   -> held     34 40.00
        40        -> held     34 40.00
    ",
    );
}

#[test]
fn a_rate_that_was_not_applied_is_sent_again() {
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        40 0.75 -> adjusted 34 40.00 !
        40 0.75 -> adjusted 34 40.00
        40 0.75 -> held     34 40.00
    ",
    );
}

#[test]
fn a_full_window_without_agents_stops() {
    check(
        &capacity(),
        &mut PacerState::default(),
        "
        40 0.75 -> adjusted 34 40.00
         0 0.75 -> adjusted 17 20.00
         0 0.75 -> adjusted 11 13.33
         0 0.75 -> adjusted 10 10.00
         0 0.75 -> held     10  8.00
         0 0.75 -> held     10  6.67
         0 0.75 -> stopped   0  0.00
         0 0.75 -> held      0  0.00
         0 0.50 -> stopped   0  0.00
         6 0.75 -> adjusted 10  1.00
    ",
    );
}

#[test]
fn old_samples_are_dropped_and_silence_leads_to_the_safe_rate_once() {
    check(
        &capacity(),
        &mut PacerState::default(),
        "
           0: 40 0.75 -> adjusted 34 40.00
          30: -       -> held     34 40.00
         330: -       -> held     34 40.00
         360: -       -> held     34 40.00
         361: -       -> safe     10 -
         390: -       -> held     10 -
         420: 80 0.75 -> adjusted 68 80.00
    ",
    );
    // After a pause the window starts again; a clock set back an hour drops it as well.
    check(
        &capacity(),
        &mut PacerState::default(),
        "
           0: 40 0.75 -> adjusted 34 40.00
        1000: 80 0.75 -> adjusted 68 80.00
       -2600: 20 0.75 -> adjusted 17 20.00
       -2610: 30 0.75 -> adjusted 21 25.00
    ",
    );
}

#[test]
fn a_failed_poll_never_raises_the_rate() {
    // Before anything is known, silence changes nothing, and the safe rate is not raised to.
    check(
        &capacity(),
        &mut PacerState::default(),
        "
           0: - -> held 0 -
        1000: - -> held 0 -
    ",
    );
    let mut state = PacerState {
        applied: Some(Setpoint::at(5)),
        ..PacerState::default()
    };
    check(
        &capacity(),
        &mut state,
        "
           0: - -> held 5 -
         400: - -> held 5 -
    ",
    );
    // A rate above a maximum that was lowered since comes down even so.
    let mut state = PacerState {
        applied: Some(Setpoint::at(150)),
        ..PacerState::default()
    };
    check(
        &capacity(),
        &mut state,
        "
           0: - -> adjusted 100 -
         400: - -> safe      10 -
    ",
    );
}

#[test]
fn after_a_lost_state_one_step_does_not_raise_the_rate() {
    let mut state = PacerState {
        applied: Some(Setpoint::at(20)),
        recovering: true,
        ..PacerState::default()
    };
    check(
        &capacity(),
        &mut state,
        "
        -       -> held     20 -
        80 0.75 -> held     20 80.00
        80 0.75 -> adjusted 68 80.00
    ",
    );
    let mut state = PacerState {
        applied: Some(Setpoint::at(90)),
        recovering: true,
        ..PacerState::default()
    };
    check(
        &capacity(),
        &mut state,
        "
        80 0.75 -> adjusted 68 80.00
    ",
    );
}

#[test]
fn guards_can_be_switched_off() {
    let guards = Guards {
        max_sample_age: None,
        stop_without_agents: false,
        safe: None,
    };
    let limits = Limits {
        window: 2,
        guards,
        ..Limits::default()
    };
    let pacer = Pacer::new(limits, Policy::Capacity).unwrap();
    check(
        &pacer,
        &mut PacerState::default(),
        "
             0: 40 0.75 -> adjusted 34 40.00
        900000: 20 0.75 -> adjusted 25 30.00
       1900000: -       -> held     25 30.00
       1900030: 0 0.75  -> adjusted 10 10.00
       1900060: 0 0.75  -> held     10  0.00
    ",
    );
}

#[test]
fn fixed_stays_but_for_the_guards() {
    let limits = Limits {
        window: 2,
        ..Limits::default()
    };
    let pacer = Pacer::new(
        limits,
        Policy::Fixed {
            unit: Unit::CallsPerMinute,
            setpoint: Setpoint::at(55),
        },
    )
    .unwrap();
    check(
        &pacer,
        &mut PacerState::default(),
        "
        40 0.75 -> adjusted 55 40.00
         0 0.75 -> held     55 20.00
         0 0.75 -> stopped   0  0.00
         1 0.75 -> adjusted 55  0.50
         1 0.30 -> adjusted 55  1.00
    ",
    );
}

#[test]
fn a_fixed_ratio_is_sent_once_and_is_lowest_without_agents() {
    let limits = Limits {
        window: 2,
        actuator: Actuator::calls_per_agent(100, 300),
        ..Limits::default()
    };
    let policy = Policy::Fixed {
        unit: Unit::CallsPerAgent,
        setpoint: Setpoint::at(200),
    };
    let pacer = Pacer::new(limits, policy).unwrap();
    check(
        &pacer,
        &mut PacerState::default(),
        "
        40 0.75 -> adjusted 200 40.00
        40 0.30 -> held     200 40.00
         0 0.30 -> held     200 20.00
         0 0.30 -> adjusted 100  0.00
         0 0.30 -> held     100  0.00
         1 0.30 -> adjusted 200  0.50
    ",
    );
}

#[test]
fn compensated_holds_the_answered_calls_constant_outside_the_band() {
    let limits = Limits {
        window: 1,
        ..Limits::default()
    };
    let pacer = Pacer::new(limits, Policy::Compensated).unwrap();
    // 40 × 0.85 = 34 inside the band; × 0.75 / rate outside it; plain where nobody answered.
    check(
        &pacer,
        &mut PacerState::default(),
        "
        40 0.75  -> adjusted  34 40.00
        40 0.70  -> adjusted  36 40.00
        40 0.71  -> adjusted  34 40.00
        40 0.60  -> adjusted  42 40.00
        40 0.375 -> adjusted  68 40.00
        40 1.00  -> adjusted  25 40.00
        40 0.01  -> adjusted 100 40.00
        40 0.00  -> adjusted  34 40.00
        40       -> held      34 40.00
    ",
    );
    // The rate is smoothed over the window, the band is not.
    let limits = Limits {
        window: 2,
        ..Limits::default()
    };
    let pacer = Pacer::new(limits, Policy::Compensated).unwrap();
    check(
        &pacer,
        &mut PacerState::default(),
        "
        40 0.75 -> adjusted 34 40.00
        40 0.50 -> adjusted 40 40.00
        40 0.75 -> adjusted 34 40.00
    ",
    );
}

#[test]
fn the_reason_is_data_and_reads_as_a_sentence() {
    let mut state = PacerState::default();
    let poll = |agents, rate| {
        Some(Sample {
            at: UnixMillis(0),
            available_agents: agents,
            answer_rate: Ratio::new(rate),
            traffic: Traffic::default(),
            abandonment: Abandonment::default(),
        })
    };
    let sentence = |state: &mut PacerState, poll, wanted: Reason| {
        let decision = capacity().step(state, poll, UnixMillis(0));
        assert_eq!(decision.reason, wanted);
        state.applied = decision.setpoint;
        decision.to_string()
    };
    assert_eq!(
        sentence(&mut state, poll(3, 0.9), Reason::OutsideBand),
        "answer rate 0.900 above 0.75 ± 0.05, target 2 = floor(3.0 agents × 0.85), raised to the minimum 10"
    );
    assert_eq!(
        sentence(&mut state, poll(397, 0.75), Reason::RateDiffers),
        "target 170 = floor(200.0 agents × 0.85), cut to the maximum 100, answer rate 0.750 within 0.75 ± 0.05"
    );
    assert_eq!(
        sentence(&mut state, None, Reason::PollFailed),
        "poll failed, 2 of 6 samples still count"
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let refused = |limits: Limits, policy| Pacer::new(limits, policy).unwrap_err().setting;
    let default = Limits::default;
    assert_eq!(
        refused(
            Limits {
                actuator: Actuator::calls_per_minute(101, 100),
                ..default()
            },
            Policy::Capacity
        ),
        "min_dial_rate"
    );
    assert_eq!(
        refused(
            Limits {
                window: 0,
                ..default()
            },
            Policy::Capacity
        ),
        "window"
    );
    assert_eq!(
        refused(
            Limits {
                actuator: Actuator::calls_per_minute(10, 1_000_000),
                ..default()
            },
            Policy::Capacity
        ),
        "max_dial_rate"
    );
    assert_eq!(
        refused(
            default(),
            Policy::Fixed {
                unit: Unit::CallsPerMinute,
                setpoint: Setpoint::at(9),
            }
        ),
        "dial_rate"
    );
    let guards = Guards {
        safe: Some(Setpoint::at(101)),
        ..default().guards
    };
    assert_eq!(
        refused(
            Limits {
                guards,
                ..default()
            },
            Policy::Capacity
        ),
        "safe_rate"
    );
}

/// The capacity rule as CAMPAIGN-API.md states it, in whole numbers where it has them.
struct Rule {
    window: Vec<u32>,
    current: u32,
}

impl Rule {
    /// Returns the rate to send, or `None` to hold.
    fn cycle(&mut self, agents: u32, answer_rate: f64) -> Option<u32> {
        self.window.push(agents);
        if self.window.len() > 6 {
            self.window.remove(0);
        }
        if self.window.len() == 6 && self.window.iter().sum::<u32>() == 0 {
            let sends = self.current != 0 || (answer_rate - 0.75).abs() > 0.05;
            self.current = 0;
            return sends.then_some(0);
        }
        let sum: u32 = self.window.iter().sum();
        let average = f64::from(sum) / f64::from(u32::try_from(self.window.len()).unwrap());
        #[expect(clippy::cast_possible_truncation, reason = "at most 85 % of a u16")]
        let rate = ((average * 0.85).floor() as i64).clamp(10, 100);
        let rate = u32::try_from(rate).unwrap();
        let adjust = (answer_rate - 0.75).abs() > 0.05 || rate != self.current;
        self.current = rate;
        adjust.then_some(rate)
    }
}

#[test]
fn capacity_equals_the_rule_over_long_random_sequences() {
    // A small generator, so that the sequence is the same everywhere.
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let pacer = capacity();
    for _ in 0..20 {
        let mut state = PacerState::default();
        let mut rule = Rule {
            window: Vec::new(),
            current: 0,
        };
        let mut typical = 0;
        for step in 0..20_000 {
            if step % 50 == 0 {
                typical = draw(200);
            }
            let agents = u32::try_from(draw(typical + 1)).unwrap();
            let answer_rate = f64::from(u32::try_from(draw(10_001)).unwrap()) / 10_000.0;
            let now = UnixMillis(step * 30_000);
            let sample = Sample {
                at: now,
                available_agents: agents,
                answer_rate: Ratio::new(answer_rate),
                traffic: Traffic::default(),
                abandonment: Abandonment::default(),
            };
            let decision = pacer.step(&mut state, Some(sample), now);
            let sent = decision.order().is_some().then_some(decision.dial_rate());
            assert_eq!(
                sent,
                rule.cycle(agents, answer_rate),
                "step {step}: {decision:?}"
            );
            if let Some(rate) = sent {
                state.applied = Some(Setpoint::at(rate));
            }
        }
    }
}

#[test]
fn state_survives_serialisation_exactly() {
    let pacer = capacity();
    let mut state = PacerState::default();
    for (n, rate) in [0.1, 1.0 / 3.0, 0.7724, 0.0, 1.0].into_iter().enumerate() {
        let now = UnixMillis(i64::try_from(n).unwrap() * 30_000 - 60_000);
        let sample = Sample {
            at: now,
            available_agents: 7,
            answer_rate: Ratio::new(rate),
            traffic: Traffic::default(),
            abandonment: Abandonment::default(),
        };
        let decision = pacer.step(&mut state, Some(sample), now);
        state.applied = decision.setpoint;
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<PacerState>(&json).unwrap(), state);
    }
    let bad = r#"{"dialRate":1,"window":[{"at":0,"availableAgents":1,"answerRate":1.5}],"heardAt":null,"recovering":false}"#;
    assert!(serde_json::from_str::<PacerState>(bad).is_err());
}

#[test]
fn the_default_age_is_twice_the_window() {
    let limits = Limits::default();
    assert_eq!(limits.guards.max_sample_age, Some(Duration::from_secs(360)));
}
