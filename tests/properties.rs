//! What holds for every input. A failure prints the smallest case and the seed that finds it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

use std::time::Duration;

use dialpace::base::units::UnixMillis;
use dialpace::http::retry_after;
use dialpace::live::{Loaded, Store};
use dialpace::pacing::{
    Abandonment, Actuator, Band, Guards, Limits, Pacer, PacerState, Policy, Predictive, Ratio,
    RatioLever, RatioSettings, Sample, Setpoint, Traffic, Unit,
};
use dialpace::warehouse::{CampaignRecord, Record};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Ten thousand cases, the same in each run unless `PROPERTIES_SEED` says otherwise.
#[expect(clippy::disallowed_methods, reason = "a test's own setting")]
fn config() -> ProptestConfig {
    let seed = std::env::var("PROPERTIES_SEED").map_or(20_261_122, |text| text.parse().unwrap());
    println!("PROPERTIES_SEED={seed}");
    ProptestConfig {
        cases: 10_000,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Agents available, answer rate, and what else a platform may tell.
type Told = (u32, Option<f64>, Traffic);
/// A poll, or `None` where it failed; the seconds since the one before; whether it is applied.
type Cycle = (Option<Told>, i64, bool);

fn cycles() -> impl Strategy<Value = Vec<Cycle>> {
    let agents = prop_oneof![Just(0_u32), 0..300_u32, any::<u32>()];
    let rate = proptest::option::of(0.0..=1.0_f64);
    let count = || proptest::option::of(prop_oneof![8 => 0..300_u32, 1 => any::<u32>()]);
    let traffic = (count(), count(), count(), count()).prop_map(
        |(attempts, answered, abandoned, logged_in)| Traffic {
            attempts,
            answered,
            abandoned,
            logged_in,
            busy: None,
        },
    );
    let poll = proptest::option::weighted(0.8, (agents, rate, traffic));
    let gap = prop_oneof![8 => 15..90_i64, 1 => -4_000..4_000_i64];
    proptest::collection::vec((poll, gap, any::<bool>()), 1..40)
}

fn limits() -> impl Strategy<Value = Limits> {
    let guards = (any::<bool>(), any::<bool>(), 0.0..=1.0_f64);
    let unit = prop_oneof![2 => Just(Unit::CallsPerMinute), 1 => Just(Unit::CallsPerAgent)];
    (
        unit,
        0.0..=1.0_f64,
        0.0..=0.3_f64,
        0..200_u32,
        0..300_u32,
        1..9_usize,
        0.0..=1.0_f64,
        guards,
    )
        .prop_map(
            |(unit, sla, tolerance, min, span, window, utilisation, (ages, stops, safe))| {
                let max = min + span;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a share of a small number"
                )]
                let safe = (safe * f64::from(max)) as u32;
                Limits {
                    actuator: Actuator {
                        unit,
                        min: Setpoint::at(min),
                        max: Setpoint::at(max),
                    },
                    band: Band {
                        sla_threshold: Ratio::new(sla).unwrap(),
                        tolerance_margin: Ratio::new(tolerance).unwrap(),
                    },
                    window,
                    utilisation: Ratio::new(utilisation).unwrap(),
                    guards: Guards {
                        max_sample_age: ages.then_some(Duration::from_secs(360)),
                        stop_without_agents: stops,
                        safe: ages.then_some(Setpoint::at(safe)),
                    },
                }
            },
        )
}

fn policy(limits: &Limits, which: u8) -> Policy {
    let unit = limits.actuator.unit;
    match which % 4 {
        0 | 2 if unit == Unit::CallsPerAgent => Policy::Ratio(RatioSettings {
            interval: Duration::from_secs(30),
            abandonment_limit: Ratio::new(f64::from(which) / 255.0).unwrap(),
            handle_time: Duration::from_secs(u64::from(which)),
            lever: [RatioLever::Whole, RatioLever::Overdial, RatioLever::Real]
                [usize::from(which % 3)],
            raise_dwell: Duration::from_secs(u64::from(which)),
            writes_per_hour: u32::from(which % 20) + 1,
        }),
        _ if unit == Unit::CallsPerAgent => fixed(limits),
        0 => Policy::Capacity,
        1 => Policy::Compensated,
        2 => Policy::Predictive(Predictive {
            interval: Duration::from_secs(30),
            abandonment_limit: Ratio::new(f64::from(which) / 255.0).unwrap(),
            logged_in_agents: (which > 128).then_some(u32::from(which)),
            handle_time: Duration::from_secs(u64::from(which)),
            front_load: which.is_multiple_of(5),
        }),
        _ => fixed(limits),
    }
}

/// The one policy that knows both units.
fn fixed(limits: &Limits) -> Policy {
    let Actuator { unit, min, max } = limits.actuator;
    Policy::Fixed {
        unit,
        setpoint: Setpoint::at(u32::midpoint(min.steps(), max.steps())),
    }
}

fn sample(poll: Told, at: UnixMillis) -> Sample {
    Sample {
        at,
        available_agents: poll.0,
        answer_rate: poll.1.and_then(Ratio::new),
        traffic: poll.2,
        abandonment: Abandonment::default(),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_decision_is_within_bounds(limits in limits(), which in any::<u8>(), start in proptest::option::of(0..500_u32), recovering: bool, cycles in cycles()) {
        let pacer = Pacer::new(limits.clone(), policy(&limits, which)).unwrap();
        let mut state = PacerState { applied: start.map(Setpoint::at), recovering, ..PacerState::default() };
        let mut now = UnixMillis(0);
        for (poll, gap, applied) in cycles {
            now = UnixMillis(now.0 + gap * 1_000);
            let before = state.applied;
            let was_recovering = state.recovering;
            let poll = poll.map(|poll| sample(poll, now));

            let mut twin = state.clone();
            let decision = pacer.step(&mut state, poll, now);
            prop_assert_eq!(&pacer.step(&mut twin, poll, now), &decision, "the same input twice");
            prop_assert_eq!(&twin, &state);

            prop_assert!(decision.order().is_none_or(|setpoint| setpoint <= limits.actuator.max));
            prop_assert_eq!(decision.previous, before);
            prop_assert!(decision.order().is_some() || decision.setpoint == before);
            if poll.is_none() || was_recovering {
                prop_assert!(decision.setpoint.unwrap_or(Setpoint::Stopped) <= before.unwrap_or(Setpoint::Stopped), "raised without a poll or after a loss");
            }
            let silent = state.window.iter().all(|s| s.available_agents == 0);
            let min = limits.actuator.min;
            let (staff, lowest) = match (limits.actuator.unit, poll.and_then(|s| s.traffic.logged_in)) {
                // Nobody is staffed in the whole window, as far as it was told.
                (Unit::CallsPerAgent, _) => (state.window.iter().filter_map(|s| s.traffic.logged_in).max(), before.or(was_recovering.then_some(Setpoint::Stopped)).unwrap_or(min).min(min)),
                (Unit::CallsPerMinute, staff) if matches!(pacer.policy(), Policy::Predictive(_)) => (staff.or(Some(1)), Setpoint::Stopped),
                (Unit::CallsPerMinute, _) => (None, Setpoint::Stopped),
            };
            let is_empty = staff.is_none_or(|agents| agents == 0);
            if limits.guards.stop_without_agents && poll.is_some() && silent && is_empty && state.window.len() == limits.window {
                prop_assert_eq!(decision.setpoint, Some(lowest));
            }
            for figure in [decision.evidence.available_mean, decision.evidence.deviation].into_iter().flatten() {
                prop_assert!(figure.is_finite());
            }
            prop_assert!(!decision.to_string().contains("NaN"));
            let json = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(&serde_json::from_str::<PacerState>(&json).unwrap(), &state);
            if decision.order().is_some() && applied {
                state.applied = decision.setpoint;
            }
        }
    }

    /// In whole numbers, and without the pacer's own window.
    #[test]
    fn capacity_is_the_contracts_rule(agents in proptest::collection::vec(0..400_u32, 1..30), min in 0..60_u32, span in 0..200_u32) {
        let max = min + span;
        let guards = Guards { stop_without_agents: false, max_sample_age: None, safe: None };
        let limits = Limits { actuator: Actuator::calls_per_minute(min, max), guards, ..Limits::default() };
        let pacer = Pacer::new(limits, Policy::Capacity).unwrap();
        let mut state = PacerState::default();
        for (n, count) in agents.iter().enumerate() {
            let now = UnixMillis(i64::try_from(n).unwrap() * 30_000);
            let decision = pacer.step(&mut state, Some(sample((*count, Some(0.75), Traffic::default()), now)), now);
            let last = &agents[n.saturating_sub(5)..=n];
            // floor(sum ÷ count × 0.85), in hundredths.
            let sum: u32 = last.iter().sum();
            let target = sum * 85 / (u32::try_from(last.len()).unwrap() * 100);
            // A mean that is not a binary fraction may fall a hair below a whole target.
            let exact = (sum * 85).is_multiple_of(u32::try_from(last.len()).unwrap() * 100);
            let allowed = [target.clamp(min, max), target.saturating_sub(u32::from(exact)).clamp(min, max)];
            prop_assert!(allowed.contains(&decision.dial_rate()), "{} of {allowed:?}", decision.dial_rate());
            state.applied = decision.setpoint;
        }
    }

    #[test]
    fn fewer_agents_never_give_a_higher_rate(limits in limits(), which in any::<u8>(), polls in proptest::collection::vec((0..300_u32, 0..300_u32, 0.0..=1.0_f64), 1..12)) {
        // Predictive and ratio are left out: fewer idle agents may be more who are about to end their call.
        let which = match limits.actuator.unit {
            Unit::CallsPerMinute if which % 4 == 2 => which - 1,
            Unit::CallsPerMinute => which,
            Unit::CallsPerAgent => which | 1,
        };
        let pacer = Pacer::new(limits.clone(), policy(&limits, which)).unwrap();
        let (mut more, mut fewer) = (PacerState::default(), PacerState::default());
        for (n, (agents, less, rate)) in polls.into_iter().enumerate() {
            let now = UnixMillis(i64::try_from(n).unwrap() * 30_000);
            let a = pacer.step(&mut more, Some(sample((agents, Some(rate), Traffic::default()), now)), now);
            let b = pacer.step(&mut fewer, Some(sample((agents.saturating_sub(less), Some(rate), Traffic::default()), now)), now);
            prop_assert!(b.setpoint <= a.setpoint, "{a:?}\n{b:?}");
        }
    }

    #[test]
    fn a_record_is_read_back_exactly_and_its_id_is_its_bodys(previous in any::<u32>(), new in any::<u32>(), rate in proptest::option::of(0.0..=1.0_f64), mean in 0.0..1e6_f64) {
        let fields = CampaignRecord {
            timestamp: "2026-11-22T15:03:01.123Z".to_owned(), campaign_id: "camp-42".to_owned(),
            previous_dial_rate: previous, new_dial_rate: new, current_answer_rate: rate, sla_threshold: 0.75,
            deviation: rate.map(|rate| rate - 0.75), agent_availability_avg: Some(mean),
        };
        let record = Record::Campaign(fields.clone());
        let read: Record = serde_json::from_str(&record.json()).unwrap();
        prop_assert_eq!(read.id(), record.id());
        prop_assert_eq!(&read, &record);
        let other = Record::Campaign(CampaignRecord { new_dial_rate: new ^ 1, ..fields });
        prop_assert_ne!(other.id(), record.id());
    }

    #[test]
    fn any_retry_after_is_a_wait_or_nothing(header in "\\PC{0,40}", now in any::<i64>()) {
        let _ = retry_after(&header, UnixMillis(now));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_as_state_are_a_state_or_damaged(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("any-bytes.json");
        #[expect(clippy::disallowed_methods, reason = "a test's own input")]
        std::fs::write(&path, &content).unwrap();
        let loaded = Store::read_only(&path, "camp-42").unwrap().load().unwrap();
        prop_assert!(matches!(loaded, Loaded::Damaged(_)));
    }
}
