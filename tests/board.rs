//! The live lines of `watch`: they fit a narrow terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::time::Duration;

use dialpace::base::subject::Subject;
use dialpace::base::units::UnixMillis;
use dialpace::live::{CycleReport, Outcome};
use dialpace::pacing::{
    Abandonment, AbandonmentBasis, Limits, Pacer, PacerState, Policy, Ratio, Reason, Sample,
    Traffic,
};
use dialpace::report::board::Board;

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
                decision,
                outcome: Outcome::Applied,
                exported: 1,
                refused: 0,
                export_problem: None,
                pending: 12_345,
                has_warehouse: true,
                unsettled: None,
                error: None,
            });
        }
        for line in board.lines(Some(Duration::from_secs(30))) {
            assert!(line.chars().count() <= 50, "{reason:?}: {line}");
        }
    }
}
