//! The ratio policy in the simulated world: what it reaches, and what it never does.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on should fail; its figures are shown"
)]

use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use dialpace::base::units::UnixMillis;
use dialpace::pacing::{
    Abandonment, Actuator, Limits, Pacer, PacerState, Policy, Ratio, RatioLever, RatioSettings,
    Sample, Setpoint, Traffic, Unit,
};
use dialpace::sim::{
    Command, Controller, Distribution, Estimate, Figures, PacerController, PlatformMetrics,
    Scenario, Shift, Step, Telemetry, simulate,
};

const SEED: u64 = 8_022;

fn settings(lever: RatioLever) -> RatioSettings {
    RatioSettings {
        interval: Duration::from_secs(30),
        abandonment_limit: Ratio::new(0.03).unwrap(),
        handle_time: Duration::from_secs(180),
        lever,
        raise_dwell: Duration::from_secs(180),
        writes_per_hour: 12,
    }
}

fn pacer(lever: RatioLever) -> Pacer {
    let actuator = Actuator::calls_per_agent(100, 300);
    let limits = Limits {
        guards: dialpace::pacing::Guards {
            safe: Some(actuator.min),
            ..Limits::default().guards
        },
        actuator,
        ..Limits::default()
    };
    Pacer::new(limits, Policy::Ratio(settings(lever))).unwrap()
}

/// The conditions of the league: a shift of eight hours from a cold start.
fn league(agents: u32) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.agents.roster = vec![shift(0.0, agents)];
    scenario.calls.no_answer_share = 0.75;
    scenario.calls.busy_share = 0.25;
    scenario.calls.talk = Distribution::Exponential { mean_secs: 180.0 };
    scenario.calls.wrap_up = Distribution::Fixed { mean_secs: 0.0 };
    scenario
}

fn shift(from_secs: f64, count: u32) -> Shift {
    Shift { from_secs, count }
}

/// Mean occupancy and abandonment, in per cent, and the half-width of the latter.
fn run(scenario: &Scenario, lever: RatioLever) -> [f64; 3] {
    scenario.check().unwrap();
    let agents = scenario.agents_max();
    let replications = if agents < 15 { 40 } else { 16 };
    let pacer = pacer(lever);
    let figures: Vec<Figures> = (0..replications)
        .map(|replication| {
            let mut controller = PacerController::new(&pacer, Telemetry::Full);
            simulate(scenario, &mut controller, SEED, replication)
        })
        .collect();
    let mean = |figure: fn(&Figures) -> f64| {
        let values: Vec<f64> = figures.iter().map(figure).collect();
        Estimate::of(&values)
    };
    let abandoned = mean(|f| f.abandonment_rate);
    let occupied = mean(|f| f.occupancy).mean;
    [occupied, abandoned.mean, abandoned.half_width].map(|share| share * 100.0)
}

/// Runs worlds in parallel. Returns the misses: too little occupancy, or more than 3 % abandoned.
fn misses(worlds: Vec<(String, Scenario, RatioLever, f64)>) -> String {
    let ran = thread::scope(|scope| {
        let threads: Vec<_> = worlds
            .into_iter()
            .map(|(name, scenario, lever, demanded)| {
                scope.spawn(move || (name, demanded, run(&scenario, lever)))
            })
            .collect();
        let ran = threads.into_iter().map(|thread| thread.join().unwrap());
        ran.collect::<Vec<_>>()
    });
    let mut misses = String::new();
    for (name, demanded, [occupied, abandoned, half_width]) in ran {
        println!("{name}: {occupied:.2} % occupied, {abandoned:.2} ± {half_width:.2} % abandoned");
        if occupied < demanded || abandoned > 3.0 {
            writeln!(
                misses,
                "{name}: {occupied:.2} % occupied of {demanded}, {abandoned:.2} % abandoned"
            )
            .unwrap();
        }
    }
    misses
}

#[test]
fn it_fills_the_agents_time_under_the_limit_even_if_reports_are_late() {
    // Agents; occupancy with whole numbers at once and a quarter of an hour late, and with the second
    // lever: somewhat below what it comes to.
    let table = "
          5  79.3 79.2 81.4
         10  81.7 81.4 84.6
         20  88.2 87.4 88.1
         50  91.5 91.3 91.4
        100  91.2 91.2 91.1
        200  91.0 90.9 90.9
    ";
    let mut worlds = Vec::new();
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let numbers: Vec<f64> = line
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let [agents, at_once, late, finer] = numbers[..] else {
            panic!("{line}");
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number"
        )]
        let scenario = league(agents as u32);
        let mut late_reports = scenario.clone();
        late_reports.dialer.ratio.report_lag_secs = 900.0;
        let mut second_lever = scenario.clone();
        second_lever.dialer.ratio.lever = RatioLever::Overdial;
        let name = |what: &str| format!("{agents} agents, {what}");
        worlds.extend([
            (name("whole numbers"), scenario, RatioLever::Whole, at_once),
            (name("late reports"), late_reports, RatioLever::Whole, late),
            (
                name("second lever"),
                second_lever,
                RatioLever::Overdial,
                finer,
            ),
        ]);
    }
    let misses = misses(worlds);
    assert!(misses.is_empty(), "\n{misses}");
}

#[test]
fn it_keeps_the_limit_in_every_world() {
    let change = |name: &str, agents: u32, change: &dyn Fn(&mut Scenario)| {
        let mut scenario = league(agents);
        change(&mut scenario);
        (format!("{agents} agents, {name}"), scenario)
    };
    let step = |at_secs: f64, factor: f64| Step { at_secs, factor };
    let mut worlds = Vec::new();
    for agents in [5, 10, 20, 50] {
        worlds.extend([
            change("waves", agents, &|s| {
                (s.answer_rate.amplitude, s.answer_rate.period_secs) = (0.4, 1_200.0);
            }),
            change("steps, late reports", agents, &|s| {
                s.answer_rate.steps =
                    vec![step(7_200.0, 0.5), step(14_400.0, 1.0), step(18_000.0, 1.8)];
                s.dialer.ratio.report_lag_secs = 900.0;
            }),
            change("six in ten answer", agents, &|s| s.answer_rate.base = 0.6),
            change("reports each quarter of an hour", agents, &|s| {
                s.dialer.ratio.report_batch_secs = 900.0;
            }),
            change("two thirds leave", agents, &|s| {
                s.agents.roster = [(0.0, agents), (10_800.0, agents / 3), (18_000.0, agents)]
                    .map(|(from, count)| shift(from, count))
                    .to_vec();
            }),
            change("twice the talk at noon", agents, &|s| {
                s.calls.talk_steps = vec![step(14_400.0, 2.0), step(18_000.0, 1.0)];
            }),
            change("short patience, machines", agents, &|s| {
                s.calls.patience = Distribution::Fixed { mean_secs: 1.0 };
                (s.calls.no_answer_share, s.calls.machine_share) = (0.45, 0.3);
                s.calls.machine_passed_share = 0.1;
            }),
            change("failing writes", agents, &|s| {
                (s.faults.patch_failure, s.faults.patch_delay_secs) = (0.2, 15.0);
                s.faults.poll_failure = 0.05;
            }),
        ]);
    }
    let worlds = worlds.into_iter();
    let worlds = worlds.map(|(name, scenario)| (name, scenario, RatioLever::Whole, 0.0));
    let misses = misses(worlds.collect());
    assert!(misses.is_empty(), "\n{misses}");
}

/// A controller with its commands and their times.
struct Recorded<'a>(PacerController<'a>, Vec<(f64, u32)>);

impl Controller for Recorded<'_> {
    fn poll(&mut self, now: f64, metrics: Option<PlatformMetrics>) -> Command {
        let command = self.0.poll(now, metrics);
        self.1
            .extend(command.send.map(|setpoint| (now, setpoint.steps())));
        command
    }

    fn applied(&mut self, now: f64, setpoint: Setpoint) {
        self.0.applied(now, setpoint);
    }

    fn unit(&self) -> Unit {
        self.0.unit()
    }
}

#[test]
fn it_raises_by_a_step_after_the_dwell_and_keeps_its_budget_of_changes() {
    let mut restless = league(10);
    restless.answer_rate.drift_deviation = 0.1;
    restless.answer_rate.drift_relaxation_secs = 300.0;
    let pacer = pacer(RatioLever::Whole);
    let mut changes = 0;
    for replication in 0..20 {
        let controller = PacerController::new(&pacer, Telemetry::Full);
        let mut recorded = Recorded(controller, Vec::new());
        simulate(&restless, &mut recorded, SEED, replication);
        let (mut before, mut changed_at) = (100, -1e9);
        for (n, (at, ratio)) in recorded.1.iter().enumerate() {
            let (at, ratio) = (*at, *ratio);
            assert_ne!(ratio, before, "a value that stands is not written");
            if ratio > before {
                assert_eq!(ratio, before + 100, "by a step");
                assert!(at - changed_at >= 180.0, "{changed_at} to {at}");
            }
            let in_hour = recorded
                .1
                .iter()
                .take(n + 1)
                .filter(|(then, _)| at - then < 3_600.0);
            assert!(in_hour.count() <= 12, "the hour before {at}");
            (before, changed_at) = (ratio, at);
        }
        changes += recorded.1.len();
    }
    assert!(changes > 20 * 8 * 4, "{changes}: nothing is tested");
}

/// Polls every 30 s: available and staffed agents, attempts, answered, abandoned.
fn decisions(pacer: &Pacer, state: &mut PacerState, polls: &[[u32; 5]]) -> Vec<String> {
    let mut lines = Vec::new();
    for poll in polls {
        let at = UnixMillis(state.heard_at.map_or(0, |at| at.0 + 30_000));
        let [available, staffed, attempts, answered, abandoned] = *poll;
        let sample = Sample {
            at,
            available_agents: available,
            answer_rate: Ratio::new(f64::from(answered) / f64::from(attempts.max(1))),
            traffic: Traffic {
                attempts: Some(attempts),
                answered: Some(answered),
                abandoned: Some(abandoned),
                logged_in: Some(staffed),
                busy: None,
            },
            abandonment: Abandonment::default(),
        };
        let decision = pacer.step(state, Some(sample), at);
        lines.push(decision.to_string());
        if decision.order().is_some() {
            state.applied = decision.setpoint;
        }
    }
    lines
}

#[test]
fn each_decision_says_why() {
    let pacer = pacer(RatioLever::Whole);
    let mut state = PacerState {
        applied: Some(Setpoint::ONE_PER_AGENT),
        ..PacerState::default()
    };
    // Thirty agents, three in ten answer, 180 s of talk.
    let usual = [6, 30, 14, 4, 0];
    let lines = decisions(&pacer, &mut state, &[usual; 3]);
    let starts = |line: &str, start: &str| assert!(line.starts_with(start), "{line}\n{start}");
    starts(
        &lines[0],
        "ratio stays 1: 0 of 4 answers abandoned in 15 min; the account of 2.88 % holds ",
    );
    assert!(
        lines[1].contains("; a raise waits for a second poll"),
        "{}",
        lines[1]
    );
    starts(
        &lines[2],
        "ratio 1 → 2: 0 of 12 answers abandoned in 15 min; ",
    );
    // Until the last change is long enough ago, it stays.
    let lines = decisions(&pacer, &mut state, &[[4, 30, 16, 5, 0]; 8]);
    assert!(
        lines[4].contains("the last change is too recent"),
        "{}",
        lines[4]
    );
    // A bad minute: down at once, a step each poll.
    let lines = decisions(&pacer, &mut state, &[[0, 30, 20, 9, 5]; 4]);
    let text = lines.join("\n");
    assert!(lines[2].contains(" → 1: "), "{text}");
    assert!(
        text.contains("the account of 2.88 % is overdrawn by "),
        "{text}"
    );
    // Twenty minutes without a report: the lowest.
    let mut state = PacerState {
        applied: Some(Setpoint::at(300)),
        ..PacerState::default()
    };
    decisions(&pacer, &mut state, &[[4, 30, 40, 12, 0]; 4]);
    let lines = decisions(&pacer, &mut state, &[[4, 30, 0, 0, 0]; 42]);
    let text = lines.join("\n");
    assert!(text.contains(" → 1: 0 of 0 answers abandoned"), "{text}");
    assert!(text.contains("no calls reported for 20 min"), "{text}");
}

#[test]
fn without_staffing_counts_it_paces_all_the_same() {
    let mut scenario = league(20);
    scenario.hours = 8.0;
    let pacer = pacer(RatioLever::Whole);
    let mut controller = PacerController::new(&pacer, Telemetry::CampaignApi);
    let figures = simulate(&scenario, &mut controller, SEED, 0);
    println!("{figures:?}");
    assert!(figures.occupancy > 0.8, "{figures:?}");
}
