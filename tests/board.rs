//! The words of `tick` and `watch`: the line of a cycle, and live lines that fit a narrow terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::time::Duration;

use dialpace::base::subject::Subject;
use dialpace::base::units::UnixMillis;
use dialpace::live::CycleReport;
use dialpace::live::Outcome::{self, Applied, Conflict, Held, NotApplied, Pending};
use dialpace::pacing::{
    Abandonment, AbandonmentBasis, Actuator, Basis, Decision, Limits, Pacer, PacerState, Policy,
    Predictive, Ratio, RatioBasis, RatioCause, Reason, Sample, Setpoint, Target, Traffic, Unit,
};
use dialpace::report::board::Board;
use dialpace::report::cycle_line::{LineOptions, cycle_line};

const REASONS: [Reason; 18] = [
    Reason::OutsideBand,
    Reason::RateDiffers,
    Reason::Stable,
    Reason::QuietInterval,
    Reason::NoAgents,
    Reason::Recovering,
    Reason::PollFailed,
    Reason::Unseen,
    Reason::NoSamples,
    Reason::AboveMaximum,
    Reason::ChangedElsewhere,
    Reason::HeldByOperator,
    Reason::OutsideHours,
    Reason::BurstOver,
    Reason::NotEnoughData,
    Reason::NoAuthority,
    Reason::NotApplied,
    Reason::WriteLatched,
];

const CAUSES: [RatioCause; 8] = [
    RatioCause::Within,
    RatioCause::Overdrawn,
    RatioCause::NoResults,
    RatioCause::Raised,
    RatioCause::FirstPoll,
    RatioCause::Dwell,
    RatioCause::Budget,
    RatioCause::FewAvailable,
];

fn sample(at: i64) -> Sample {
    Sample {
        at: UnixMillis(at),
        available_agents: 1_234,
        answer_rate: Some(Ratio::try_from(0.3333).unwrap()),
        traffic: Traffic::default(),
        abandonment: Abandonment {
            rate: Some(Ratio::try_from(0.1234).unwrap()),
            basis: AbandonmentBasis::Measured,
        },
    }
}

/// Of several campaigns with long names, one line each: the rate and the state are whole.
#[test]
fn a_line_of_several_keeps_its_rate_and_state_in_fifty_columns() {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let subject = Subject::Campaign("4711".to_owned());
    let name = "spring-renewals-2026-03-north";
    let mut board = Board::new(Some(name), &subject, &pacer, None, false);
    let line = board.line(None, 50);
    assert!(line.contains(" not known yet running"), "{line}");
    let decision = pacer.step(&mut PacerState::default(), Some(sample(0)), UnixMillis(0));
    board.add(&report(decision, Applied));
    let line = board.line(Some(Duration::from_secs(30)), 50);
    let shown: String = line.chars().take(50).collect();
    assert!(shown.starts_with("spring…north "), "{line}");
    assert!(shown.contains(" 100 calls/min next in 30 s"), "{line}");
    let wide = board.line(None, 80);
    assert!(wide.starts_with("spring-renew…26-03-north "), "{wide}");
}

#[test]
fn every_line_fits_fifty_columns() {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let subject = Subject::Campaign("spring-renewals-2026-03".to_owned());
    for reason in REASONS {
        let mut state = PacerState::default();
        let mut board = Board::new(None, &subject, &pacer, None, false);
        for n in 0..12 {
            let at = 1_772_461_805_000 + n * 30_000;
            let mut decision = pacer.step(&mut state, Some(sample(at)), UnixMillis(at));
            decision.reason = reason;
            board.add(&CycleReport {
                pending: 12_345,
                ..report(decision, Applied)
            });
        }
        for line in board.lines(Some(Duration::from_secs(30))) {
            assert!(line.chars().count() <= 50, "{reason:?}: {line}");
        }
    }
    let causes = CAUSES.map(|cause| decide_ratio(200, 100, cause));
    let fixed = Policy::Fixed {
        unit: Unit::CallsPerMinute,
        setpoint: Setpoint::at(20),
    };
    let predictive = Policy::Predictive(Predictive {
        interval: Duration::from_secs(30),
        abandonment_limit: Ratio::try_from(0.03).unwrap(),
        logged_in_agents: None,
        handle_time: Duration::from_secs(180),
        front_load: false,
    });
    let moved = [Policy::Capacity, Policy::Compensated, fixed, predictive]
        .map(|policy| decide(policy, None, 60, Some(0.3)));
    for decision in causes.into_iter().chain(moved) {
        let mut board = Board::new(None, &subject, &pacer, None, false);
        let reason = format!("{decision}");
        board.add(&report(decision, Applied));
        let why = &board.lines(None)[2];
        assert!(why.chars().count() <= 50, "{reason}: {why}");
    }
}

/// A decision of `policy` on one poll, from the setpoint before.
fn decide(policy: Policy, before: Option<u32>, agents: u32, answer_rate: Option<f64>) -> Decision {
    let pacer = Pacer::new(Limits::default(), policy).unwrap();
    let mut state = PacerState {
        applied: before.map(Setpoint::at),
        ..PacerState::default()
    };
    let poll = Sample {
        available_agents: agents,
        answer_rate: answer_rate.and_then(Ratio::new),
        ..sample(0)
    };
    pacer.step(&mut state, Some(poll), UnixMillis(0))
}

/// A decision on a dial ratio.
fn decide_ratio(before: u32, after: u32, cause: RatioCause) -> Decision {
    let decision = decide(Policy::Capacity, Some(before), 12, Some(0.3));
    let mut decision = Decision {
        unit: Unit::CallsPerAgent,
        previous: Some(Setpoint::at(before)),
        setpoint: Some(Setpoint::at(after)),
        reason: Reason::RateDiffers,
        ..decision
    };
    let basis = RatioBasis {
        answered: 310,
        abandoned: 14,
        allowance: 2.0,
        aim: 0.0288,
        expected: 0.02,
        next: if cause == RatioCause::Within {
            0.0
        } else {
            3.0
        },
        next_expected: 0.04,
        cause,
    };
    decision.evidence.target = Some(Target {
        value: f64::from(after) / 100.0,
        basis: Basis::Ratio(basis),
    });
    decision
}

fn report(decision: Decision, outcome: Outcome) -> CycleReport {
    CycleReport {
        exported: usize::from(decision.unit == Unit::CallsPerMinute),
        decision,
        outcome,
        refused: 0,
        export_problem: None,
        pending: 0,
        has_warehouse: true,
        unsettled: None,
        error: None,
    }
}

fn line(decision: Decision, outcome: Outcome, is_verbose: bool) -> String {
    let subject = match decision.unit {
        Unit::CallsPerMinute => Subject::Campaign("spring".to_owned()),
        Unit::CallsPerAgent => Subject::Skill(4711),
    };
    let report = report(decision, outcome);
    let options = LineOptions {
        name: None,
        is_dry_run: false,
        is_verbose,
    };
    let line = cycle_line(&report, &subject, options);
    line.split_once("Z ").unwrap().1.to_owned()
}

/// The line is `expected` in its middle: what changed, why, and what was seen.
fn assert_line(decision: Decision, outcome: Outcome, expected: &str) {
    let (subject, records) = match decision.unit {
        Unit::CallsPerMinute => ("campaign spring", "1 record exported"),
        Unit::CallsPerAgent => ("skill 4711", "nothing to export"),
    };
    let expected = format!("{subject}: {expected}; {records}");
    assert_eq!(line(decision, outcome, false), expected);
}

#[test]
fn the_line_of_a_cycle_says_what_changed_and_why() {
    let capacity = Policy::Capacity;
    let narrow = Limits {
        actuator: Actuator {
            max: Setpoint::at(30),
            ..Limits::default().actuator
        },
        ..Limits::default()
    };
    let capped = Pacer::new(narrow, capacity).unwrap().step(
        &mut PacerState::default(),
        Some(Sample {
            available_agents: 40,
            ..sample(0)
        }),
        UnixMillis(0),
    );
    for (decision, outcome, expected) in [
        (
            decide(capacity, None, 30, Some(0.5)),
            Applied,
            "dial rate 0 → 25 calls/min: it follows the available agents; 30 agents available, 50 % of calls answered, below the threshold of 75 %",
        ),
        (
            decide(capacity, Some(34), 1, Some(0.9)),
            Applied,
            "dial rate 34 → 10 calls/min: it is the lowest rate allowed; 1 agent available, 90 % of calls answered, above the threshold of 75 %",
        ),
        (
            capped,
            Applied,
            "dial rate 0 → 30 calls/min: it is the highest rate allowed; 40 agents available, 33.3 % of calls answered, below the threshold of 75 %",
        ),
        (
            decide(capacity, Some(34), 40, Some(0.3)),
            Applied,
            "dial rate 34 calls/min sent again: answer rate is off its threshold; 40 agents available, 30 % of calls answered, below the threshold of 75 %",
        ),
        (
            decide(capacity, Some(34), 40, Some(0.7724)),
            Held,
            "dial rate held at 34 calls/min: nothing has changed; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            decide(capacity, None, 40, None),
            Applied,
            "dial rate 0 → 34 calls/min: nothing dialed, so by the agents alone; 40 agents available",
        ),
    ] {
        assert_line(decision, outcome, expected);
    }
}

#[test]
fn the_line_of_a_cycle_says_who_decided_and_what_became_of_it() {
    let (capacity, compensated, near) = (Policy::Capacity, Policy::Compensated, Some(0.7724));
    let fixed = Policy::Fixed {
        unit: Unit::CallsPerMinute,
        setpoint: Setpoint::at(20),
    };
    let usual = || decide(capacity, Some(34), 40, near);
    let closed = "outside calling hours until Mon 09:00 UTC".to_owned();
    for (decision, outcome, expected) in [
        (
            decide(compensated, Some(34), 40, Some(0.3)),
            Applied,
            "dial rate 34 → 85 calls/min: it follows the agents and the answers; 40 agents available, 30 % of calls answered, below the threshold of 75 %",
        ),
        (
            decide(fixed, None, 40, near),
            Applied,
            "dial rate 0 → 20 calls/min: the fixed value; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            usual().held_by_operator(),
            Applied,
            "stopped, dial rate 34 → 0 calls/min: by an operator, until dialpace resume; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            usual().held_for(Reason::OutsideHours, closed),
            Held,
            "dial rate held at 34 calls/min: outside calling hours until Mon 09:00 UTC; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            decide(capacity, Some(20), 40, near),
            Conflict,
            "dial rate held at 20 calls/min: somebody else changed the campaign meanwhile; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            decide(capacity, Some(20), 40, near),
            Pending,
            "dial rate 34 calls/min, accepted and not confirmed yet: it follows the available agents; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
        (
            decide(capacity, Some(20), 40, near),
            NotApplied,
            "dial rate 34 calls/min was not applied: it follows the available agents; 40 agents available, 77.2 % of calls answered, near the threshold of 75 %",
        ),
    ] {
        assert_line(decision, outcome, expected);
    }
}

#[test]
fn the_line_of_a_guard_says_why_the_rate_falls() {
    let lowered = |window: usize, poll: Option<Sample>| {
        let limits = Limits {
            window,
            ..Limits::default()
        };
        let mut state = PacerState {
            applied: Some(Setpoint::at(134)),
            ..PacerState::default()
        };
        let pacer = Pacer::new(limits, Policy::Capacity).unwrap();
        pacer.step(&mut state, poll, UnixMillis(0))
    };
    let nobody = Sample {
        available_agents: 0,
        answer_rate: None,
        ..sample(0)
    };
    assert_line(
        lowered(1, Some(nobody)),
        Applied,
        "stopped, dial rate 134 → 0 calls/min: no agent is available; 0 agents available",
    );
    assert_line(
        lowered(6, None),
        Applied,
        "dial rate 134 → 100 calls/min: above the maximum that is set now",
    );
}

#[test]
fn the_line_of_a_skill_says_what_the_abandoned_calls_allow() {
    for (decision, outcome, expected) in [
        (
            decide_ratio(100, 200, RatioCause::Raised),
            Applied,
            "dial ratio 1 → 2 calls per agent: few enough calls are abandoned; 12 agents available, 14 of 310 answered calls abandoned in 15 min (2.9 % allowed)",
        ),
        (
            decide_ratio(200, 100, RatioCause::Overdrawn),
            Applied,
            "dial ratio 2 → 1 call per agent: this one may abandon too many; 12 agents available, 14 of 310 answered calls abandoned in 15 min (2.9 % allowed)",
        ),
        (
            decide_ratio(200, 200, RatioCause::Within),
            Held,
            "dial ratio held at 2 calls per agent: it is the highest ratio allowed; 12 agents available, 14 of 310 answered calls abandoned in 15 min (2.9 % allowed)",
        ),
    ] {
        assert_line(decision, outcome, expected);
    }
}

/// The formula is for those who ask for it.
#[test]
fn a_verbose_line_has_the_formula_as_well() {
    let decision = decide(Policy::Capacity, Some(34), 40, Some(0.3));
    let plain = line(decision.clone(), Applied, false);
    assert_eq!(
        line(decision, Applied, true),
        format!(
            "{plain} (answer rate 0.300 below 0.75 ± 0.05, target 34 = floor(40.0 agents × 0.85); 1 of 6 samples)"
        )
    );
}

/// The mean stands beside the agents where it differs.
#[test]
fn a_line_has_the_mean_of_the_agents_where_it_differs() {
    let mut decision = decide(Policy::Capacity, Some(34), 40, Some(0.7724));
    decision.evidence.available_mean = Some(38.25);
    let line = line(decision, Held, false);
    assert!(
        line.contains("; 40 agents available (mean 38.2), "),
        "{line}"
    );
}

/// After half an hour of polls that are all outside the band, the summary says what fits.
#[test]
fn the_summary_of_a_long_watch_has_a_threshold_that_fits() {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let subject = Subject::Campaign("spring".to_owned());
    let mut board = Board::new(None, &subject, &pacer, None, false);
    for polls in 1..=60 {
        let decision = decide(Policy::Capacity, Some(34), 40, Some(0.3));
        board.add(&report(decision, Applied));
        let closing = board.closing(Duration::from_secs(1_800), None);
        let has_hint = closing.ends_with(
            "For this data --sla-threshold 0.3 fits; single polls scatter, so a wider --tolerance-margin holds more of them.",
        );
        assert_eq!(has_hint, polls == 60, "{polls}: {closing}");
    }
}
